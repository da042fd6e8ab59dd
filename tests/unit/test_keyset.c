/* The set of keys against a list that is searched from the front, in every order keys may come. */
#include "io/keyset.h"
#include "support/memory.h"
#include "support/prng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { KEYS = 3000, ROOM = 96 };

typedef struct key {
  char text[ROOM];
  size_t size;
} key;

static key make(const char *first, unsigned second, unsigned third) {
  key k;
  k.size = (size_t)snprintf(k.text, sizeof k.text, "%s%c%u%c%u", first, 0, second, 0, third) + 1;
  return k;
}

static bool same(const key *a, const key *b) { return a->size == b->size && memcmp(a->text, b->text, a->size) == 0; }

static uint32_t first_of(const key *keys, uint32_t at) {
  for (uint32_t i = 0; i < at; i++)
    if (same(&keys[i], &keys[at])) return i;
  return at;
}

/* Takes the keys and compares with the list; then enters them into another set, and finds them all again. */
static void check(const key *keys, uint32_t n) {
  key_set *all = keyset_new(ppr_alloc_default), *different = keyset_new(ppr_alloc_default);
  static uint32_t number[KEYS];
  uint32_t count = 0;
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, 1 << 20);
  for (uint32_t i = 0; i < n; i++) {
    bool fresh;
    uint32_t first = first_of(keys, i);
    assert_int_equal(keyset_take(all, keys[i].text, keys[i].size, &fresh), first);
    assert_int_equal(fresh, first == i);
    number[i] = first == i ? count++ : number[first];
    assert_int_equal(keyset_enter(different, keys[i].text, keys[i].size, &fresh), number[i]);
    assert_int_equal(fresh, first == i);
  }
  assert_int_equal(keyset_count(all), n);
  assert_int_equal(keyset_count(different), count);
  for (uint32_t i = 0; i < n; i++) {
    assert_int_equal(keyset_find(different, keys[i].text, keys[i].size), number[i]);
    assert_true(keyset_key(all, i, &text));
    assert_int_equal(text.size, keys[i].size);
    assert_memory_equal(text.data, keys[i].text, keys[i].size);
  }
  key none = make("keiner", 1, 1);
  assert_int_equal(keyset_find(different, none.text, none.size), UINT32_MAX);
  assert_false(keyset_failed(different));
  buf_fini(&text);
  keyset_free(all);
  keyset_free(different);
}

/* Ascending as numbers, "9" before "10"; every key of a facility twice. */
static void in_order(void **state) {
  (void)state;
  static key keys[KEYS];
  for (unsigned i = 0; i < KEYS; i++) {
    char first[16];
    snprintf(first, sizeof first, "%u", 5 + i / 8);
    keys[i] = make(first, 2024, i % 4);
  }
  check(keys, KEYS);
}

/* In the order of texts, until one comes late: it and all before must still be known. */
static void order_breaks(void **state) {
  (void)state;
  static key keys[KEYS];
  for (unsigned i = 0; i < KEYS; i++) {
    char first[16];
    snprintf(first, sizeof first, "haus%06u", i / 3);
    keys[i] = make(first, 2024, i % 3);
  }
  keys[2000] = keys[17];
  keys[2001] = keys[1];
  keys[KEYS - 1] = keys[1999];
  check(keys, KEYS);
}

static void at_random(void **state) {
  (void)state;
  static key keys[KEYS];
  prng p = prng_new("keyset");
  for (int round = 0; round < 6; round++) {
    unsigned facilities = (unsigned)prng_between(&p, 1, 2000), mixed = (unsigned)prng_below(&p, 2);
    for (unsigned i = 0; i < KEYS; i++) {
      char first[ROOM / 2];
      unsigned f = (unsigned)prng_below(&p, facilities);
      snprintf(first, sizeof first, mixed && f % 5 == 0 ? "Einrichtung mit langem Namen %u" : "%u", f);
      keys[i] = make(first, (unsigned)prng_between(&p, 2020, 2022), (unsigned)prng_below(&p, 4));
    }
    check(keys, KEYS);
  }
}

/* Long keys share long beginnings; sizes beyond one byte are packed right. */
static void long_keys(void **state) {
  (void)state;
  key_set *s = keyset_new(ppr_alloc_default);
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, 1 << 20);
  static char keys[40][1000];
  bool fresh;
  for (uint32_t i = 0; i < 40; i++) {
    memset(keys[i], 'x', sizeof keys[i]);
    keys[i][sizeof keys[i] - 1] = 0;
    keys[i][20 * i + 19] = 'y';
    assert_int_equal(keyset_take(s, keys[i], sizeof keys[i], &fresh), i);
  }
  for (uint32_t i = 0; i < 40; i++) {
    assert_true(keyset_key(s, i, &text));
    assert_memory_equal(text.data, keys[i], sizeof keys[i]);
    assert_int_equal(keyset_take(s, keys[i], sizeof keys[i], &fresh), i);
    assert_false(fresh);
  }
  buf_fini(&text);
  keyset_free(s);
}

/* What keys in order cost, growing by doubling: less than the bare texts. */
static void packed(void **state) {
  (void)state;
  key_set *s = keyset_new(ppr_alloc_default);
  bool fresh;
  size_t bytes = 0;
  for (unsigned i = 0; i < 100000; i++) {
    char first[16];
    snprintf(first, sizeof first, "%u", 260000 + i / 22);
    key k = make(first, 2024 + i % 22 / 4, i % 4);
    bytes += k.size;
    keyset_take(s, k.text, k.size, &fresh);
  }
  assert_true(keyset_bytes(s) < bytes);
  keyset_free(s);
}

/* Whichever allocation fails: no wrong answer. */
/* A second file with the keys in the same order needs no index of all keys, one in another order does; both find every key. */
static void same_order_again(void **state) {
  (void)state;
  enum { HOUSES = 700, QUARTERS = 4 };
  key_set *s = keyset_new(ppr_alloc_default);
  size_t bytes = 0;
  bool fresh;
  for (int file = 0; file < 4; file++) {
    if (file < 3) keyset_rewind(s);
    for (unsigned i = 0; i < HOUSES * QUARTERS; i++) {
      unsigned at = file < 3 ? i : HOUSES * QUARTERS - 1 - i;
      if (file == 2 && at / QUARTERS % 5 == 3) continue; /* a house without rows */
      char house[16];
      snprintf(house, sizeof house, "%u", 1000 + at / QUARTERS);
      key k = make(house, 2024, at % QUARTERS + 1);
      assert_int_equal(keyset_enter(s, k.text, k.size, &fresh), at);
      assert_int_equal(fresh, file == 0);
      if (i % 3 == 0 && file > 0) assert_int_equal(keyset_enter(s, k.text, k.size, &fresh), at); /* rows of one record in two pieces */
    }
    if (file == 0) bytes = keyset_bytes(s);
    else if (file < 3) assert_int_equal(keyset_bytes(s), bytes);
    else assert_true(keyset_bytes(s) > bytes);
  }
  assert_int_equal(keyset_count(s), HOUSES * QUARTERS);
  key more = make("1699", 2024, 5);
  keyset_rewind(s);
  assert_int_equal(keyset_enter(s, more.text, more.size, &fresh), HOUSES * QUARTERS);
  assert_true(fresh);
  keyset_free(s);
}

static void out_of_memory(void **state) {
  (void)state;
  for (size_t fail_at = 1;; fail_at++) {
    memory m = {.fail_at = fail_at};
    key_set *s = keyset_new(memory_alloc(&m));
    bool failed = !s;
    for (unsigned i = 0; i < 300 && !failed; i++) {
      char first[16];
      bool fresh;
      snprintf(first, sizeof first, "%u", i < 200 ? i : 299 - i);
      key k = make(first, 1, 1);
      uint32_t number = keyset_take(s, k.text, k.size, &fresh);
      failed = number == UINT32_MAX;
      if (!failed) assert_int_equal(number, i < 200 ? i : 299 - i);
    }
    keyset_free(s);
    assert_int_equal(m.blocks, 0);
    if (!failed) break;
  }
}

#define TEST(f) cmocka_unit_test(f)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(in_order), TEST(order_breaks),     TEST(at_random),    TEST(long_keys),
                                     TEST(packed),   TEST(same_order_again), TEST(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
