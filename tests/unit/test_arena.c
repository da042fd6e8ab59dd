/* Arenas: alignment, zeroing, growth, sticky failure, nothing left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/arena.h"
#include "support/memory.h"

static void test_alignment_and_zero(void **state) {
  (void)state;
  memory m = {0};
  ppr_arena *a = arena_new(memory_alloc(&m));
  static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 4095, 4096, 4097, 70000, 1u << 20};
  char *last = NULL;
  for (int round = 0; round < 3; round++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      char *p = arena_alloc(a, sizes[i]);
      assert_non_null(p);
      assert_ptr_not_equal(p, last);
      assert_int_equal((uintptr_t)p % (sizes[i] >= 4096 ? 64 : 16), 0);
      for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(p[k], 0);
      memset(p, 0x5A, sizes[i]); /* the next item must not see it */
      last = p;
    }
  assert_false(arena_failed(a));
  arena_free(a);
  arena_free(NULL);
  assert_int_equal(m.bytes, 0);
  assert_int_equal(m.blocks, 0);
}

static void test_many_small(void **state) {
  (void)state;
  memory m = {0};
  ppr_arena *a = arena_new(memory_alloc(&m));
  uint32_t *items[5000];
  for (uint32_t i = 0; i < 5000; i++) {
    items[i] = arena_alloc(a, sizeof(uint32_t));
    *items[i] = i;
  }
  for (uint32_t i = 0; i < 5000; i++) assert_int_equal(*items[i], i);
#ifndef PPR_ARENA_TWIN
  assert_true(m.blocks < 20); /* 80,000 bytes in doubling chunks */
#else
  assert_int_equal(m.blocks, 5001); /* one per item and the arena */
#endif
  arena_free(a);
  assert_int_equal(m.bytes, 0);
}

static void test_strings(void **state) {
  (void)state;
  ppr_arena *a = arena_new(ppr_alloc_default);
  assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
  assert_string_equal(arena_strndup(a, NULL, 0), "");
  assert_string_equal(arena_printf(a, "%s[%d]", "Tage", 7), "Tage[7]");
  char *wide = arena_printf(a, "%05000d", 1);
  assert_int_equal(strlen(wide), 5000);
  arena_free(a);
}

static void test_grow(void **state) {
  (void)state;
  ppr_arena *a = arena_new(ppr_alloc_default);
  int *items = NULL;
  size_t cap = 0, moves = 0;
  for (size_t n = 0; n < 1000; n++) {
    int *before = items;
    items = arena_grow(a, items, n, &cap, n + 1, sizeof *items);
    moves += items != before;
    items[n] = (int)n;
  }
  for (size_t n = 0; n < 1000; n++) assert_int_equal(items[n], n);
  assert_true(cap >= 1000);
  assert_int_equal(moves, 8); /* 8, 16, 32, 64, 128, 256, 512, 1024 */
  arena_free(a);
}

/* What is cleared away serves again, as zeroed memory; nothing is lost. */
static void test_clear(void **state) {
  (void)state;
  memory m = {0};
  ppr_arena *a = arena_new(memory_alloc(&m));
  for (int round = 0; round < 5; round++) {
    size_t before = m.bytes;
    for (size_t size = 1; size < 100000; size += size) {
      unsigned char *item = arena_alloc(a, size);
      for (size_t i = 0; i < size; i++) assert_int_equal(item[i], 0);
      memset(item, 0xAA, size);
    }
#ifndef PPR_ARENA_TWIN
    if (round) assert_int_equal(m.bytes, before); /* the same sizes find what the round before left */
#endif
    (void)before;
    arena_clear(a);
  }
  int three[] = {3, 1, 4}, *copy = arena_copy(a, three, 3, sizeof *three);
  assert_memory_equal(copy, three, sizeof three);
  assert_non_null(arena_copy(a, NULL, 0, 8));
  assert_null(arena_copy(a, three, SIZE_MAX, 2));
  assert_true(arena_failed(a));
  arena_free(a);
  assert_int_equal(m.bytes, 0);
}

/* Items of an arena that is taken over live on, and are counted there. */
static void test_adopt(void **state) {
  (void)state;
  memory m = {0};
  ppr_arena *a = arena_new(memory_alloc(&m)), *b = arena_new(memory_alloc(&m)), *none = arena_new(memory_alloc(&m));
  char *own = arena_strndup(a, "eigen", 5), *taken = arena_strndup(b, "fremd", 5);
  memset(arena_alloc(b, 100000), 7, 100000);
  arena_adopt(a, b);
  arena_adopt(a, none);
  assert_false(arena_failed(a));
  char *more = arena_strndup(a, "mehr", 4);
  assert_string_equal(own, "eigen");
  assert_string_equal(taken, "fremd");
  assert_string_equal(more, "mehr");
  b = arena_new(memory_alloc(&m));
  assert_null(arena_alloc(b, SIZE_MAX));
  arena_adopt(a, b);
  assert_true(arena_failed(a));
  arena_free(a);
  assert_int_equal(m.bytes, 0);
  assert_int_equal(m.blocks, 0);
}

static void test_overflow(void **state) {
  (void)state;
  memory m = {0};
  ppr_arena *a = arena_new(memory_alloc(&m));
  assert_non_null(arena_array(a, 3, 5));
  assert_null(arena_array(a, SIZE_MAX / 2, 3));
  assert_true(arena_failed(a));
  assert_null(arena_alloc(a, 1)); /* for good */
  arena_free(a);
  a = arena_new(memory_alloc(&m));
  assert_null(arena_alloc(a, SIZE_MAX));
  assert_true(arena_failed(a));
  arena_free(a);
  a = arena_new(memory_alloc(&m));
  assert_null(arena_strndup(a, "", SIZE_MAX));
  size_t cap = 4;
  int four[4] = {0};
  assert_null(arena_grow(a, four, 4, &cap, SIZE_MAX, sizeof(int)));
  assert_int_equal(cap, 0);
  arena_free(a);
  assert_int_equal(m.bytes, 0);
}

static void test_out_of_memory(void **state) {
  (void)state;
  bool done = false;
  for (size_t n = 1; !done; n++) {
    memory m = {.fail_at = n};
    ppr_arena *a = arena_new(memory_alloc(&m));
    if (a) {
      for (int i = 0; i < 100; i++) {
        char *p = arena_alloc(a, 1000);
        assert_int_equal(p == NULL, arena_failed(a));
      }
      done = !arena_failed(a);
    }
    arena_free(a);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(m.blocks, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_alignment_and_zero),
      cmocka_unit_test(test_many_small),
      cmocka_unit_test(test_strings),
      cmocka_unit_test(test_grow),
      cmocka_unit_test(test_adopt),
      cmocka_unit_test(test_overflow),
      cmocka_unit_test(test_out_of_memory),
      cmocka_unit_test(test_clear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
