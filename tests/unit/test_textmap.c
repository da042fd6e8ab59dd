/* The map from texts to numbers against a list, and the hash it compares short texts by: its steps undone one by one give the text again. */
#include "base/hash.h"
#include "io/textmap.h"
#include "support/prng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TEXTS = 2000, LONGEST = 20 };

typedef struct text {
  char bytes[LONGEST + 1];
  size_t size;
} text;

/* Few different bytes, so that many texts are alike or equal. */
static text random_text(prng *r) {
  text t = {.size = (size_t)prng_below(r, LONGEST + 1)};
  for (size_t i = 0; i < t.size; i++) t.bytes[i] = (char)prng_below(r, 3);
  return t;
}

static uint32_t first_of(const text *list, uint32_t n, const text *t) {
  for (uint32_t i = 0; i < n; i++)
    if (list[i].size == t->size && memcmp(list[i].bytes, t->bytes, t->size) == 0) return i;
  return TEXTMAP_NONE;
}

static void like_a_list(void **state) {
  (void)state;
  prng r = prng_new("test_textmap");
  static text list[TEXTS];
  ppr_arena *arena = arena_new(ppr_alloc_default);
  textmap m;
  textmap_init(&m, arena);
  for (uint32_t n = 0; n < TEXTS; n++) {
    const char *copy;
    list[n] = random_text(&r);
    uint32_t first = first_of(list, n, &list[n]);
    assert_int_equal(textmap_find(&m, list[n].bytes, list[n].size), first);
    assert_int_equal(textmap_add(&m, list[n].bytes, list[n].size, n, &copy), first == TEXTMAP_NONE ? n : first);
    assert_memory_equal(copy, list[n].bytes, list[n].size);
    text other = random_text(&r);
    assert_int_equal(textmap_find(&m, other.bytes, other.size), first_of(list, n + 1, &other));
  }
  arena_free(arena);
}

static uint64_t inverse(uint64_t odd) {
  uint64_t x = odd;
  for (int i = 0; i < 6; i++) x *= 2 - odd * x; /* each step doubles the bits that are right */
  return x;
}

/* The word before its high bits were added to the low ones. */
static uint64_t undo_shifts(uint64_t h, unsigned a, unsigned b) {
  uint64_t x = h;
  for (int i = 0; i < 8; i++) x = h ^ x >> a ^ (b ? x >> b : 0);
  return x;
}

/* The text of a size that has this hash, which there is only one of. */
static text text_of(uint64_t hash, size_t size) {
  text t = {.size = size};
  uint64_t seed = size * UINT64_C(0x9e3779b97f4a7c15), w = undo_shifts(hash, 29, 32) * inverse(UINT64_C(0xc4ceb9fe1a85ec53));
  if (size == 8) {
    w = undo_shifts(w, 32, 0) * inverse(UINT64_C(0xff51afd7ed558ccd)) ^ seed;
    memcpy(t.bytes, &w, 8);
    return t;
  }
  w ^= seed;
  uint32_t first = (uint32_t)w, last = (uint32_t)(w >> 32);
  if (size >= 4) {
    memcpy(t.bytes, &first, 4);
    memcpy(t.bytes + size - 4, &last, 4);
  } else if (size > 0) {
    t.bytes[size / 2] = (char)(first & 0xff);
    t.bytes[0] = (char)(first >> 8);
    t.bytes[size - 1] = (char)last;
  }
  return t;
}

static void short_texts_by_hash(void **state) {
  (void)state;
  prng r = prng_new("test_textmap, hash");
  for (int round = 0; round < 100000; round++) {
    char bytes[HASH_EXACT];
    uint64_t word = prng_next(&r);
    memcpy(bytes, &word, sizeof bytes);
    size_t size = (size_t)prng_below(&r, HASH_EXACT + 1);
    text back = text_of(hash_bytes(0, bytes, size), size);
    assert_memory_equal(back.bytes, bytes, size);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(like_a_list), cmocka_unit_test(short_texts_by_hash)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
