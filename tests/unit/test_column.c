/* Columns: bytes counted by hand, numbers and back for all widths and runs, and the refusal of bytes nobody writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/arena.h"
#include "code/column.h"
#include "support/prng.h"
#include <string.h>

enum { LIMIT = 1 << 20, MANY = 2000 };

static ppr_buf put(const void *numbers, uint32_t n, bool wide) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, LIMIT);
  column_put(&b, numbers, wide ? 8 : 4, n, wide);
  assert_false(b.failed);
  return b;
}

static void expect_bytes(const void *numbers, uint32_t n, bool wide, const uint8_t *bytes, size_t size) {
  ppr_buf b = put(numbers, n, wide);
  assert_int_equal(b.size, size);
  if (size) assert_memory_equal(b.data, bytes, size);
  buf_fini(&b);
}

/* The number of a step stands above bit 0, six bits in the first byte, then seven each. */
static void by_hand(void **state) {
  (void)state;
  expect_bytes(NULL, 0, false, NULL, 0);
  expect_bytes((uint32_t[]){0}, 1, false, (uint8_t[]){0}, 1);
  expect_bytes((uint32_t[]){31}, 1, false, (uint8_t[]){62 << 1}, 1);                 /* 31 is 62 */
  expect_bytes((uint32_t[]){32}, 1, false, (uint8_t[]){0x80, 1}, 2);                 /* 64: no low bits, one above them */
  expect_bytes((uint32_t[]){UINT32_MAX}, 1, false, (uint8_t[]){1 << 1}, 1);          /* -1 is 1 */
  expect_bytes((uint32_t[]){5, 6, 7, 8, 2}, 5, false, (uint8_t[]){20, 5, 1, 22}, 4); /* 5 is 10, three times 1, -6 is 11 */
  expect_bytes((uint32_t[]){0, UINT32_MAX, 3}, 3, false, (uint8_t[]){0, 2, 16}, 3);  /* 0, -1, 4 */
  expect_bytes((int64_t[]){INT64_MIN}, 1, true, (uint8_t[]){0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 3}, 10); /* all 64 bits */
  uint32_t run[300] = {0};
  expect_bytes(run, 300, false, (uint8_t[]){1, 255, 1, 41}, 4); /* 257 and 43 rows */
}

static void expect_same(const void *numbers, uint32_t n, bool wide) {
  static int64_t back[MANY];
  ppr_buf b = put(numbers, n, wide);
  const uint8_t *bytes = (const uint8_t *)b.data, *end = bytes + b.size;
  assert_ptr_equal(column_get(bytes, end, back, wide ? 8 : 4, n, wide), end);
  if (n) assert_memory_equal(back, numbers, n * (wide ? 8 : 4));
  for (size_t cut = b.size % 97; n && cut < b.size; cut += 97) assert_null(column_get(bytes, bytes + cut, back, wide ? 8 : 4, n, wide));
  buf_fini(&b);
}

/* Numbers of every size, in runs of every length. */
static void round_trip(void **state) {
  (void)state;
  static int64_t wide[MANY];
  static uint32_t narrow[MANY];
  prng g = prng_new("round_trip");
  for (int round = 0; round < 300; round++) {
    uint32_t n = (uint32_t)prng_below(&g, 600);
    uint64_t now = 0, step = 0;
    for (uint32_t i = 0, left = 0; i < n; i++, left--) {
      if (left == 0) {
        left = (uint32_t)prng_below(&g, 10) ? 1 + (uint32_t)prng_below(&g, 3) : 200 + (uint32_t)prng_below(&g, 200);
        step = prng_next(&g) >> prng_below(&g, 64);
        if (prng_below(&g, 2)) step = 0 - step;
      }
      now += step;
      wide[i] = (int64_t)now;
      narrow[i] = (uint32_t)now;
    }
    expect_same(wide, n, true);
    expect_same(narrow, n, false);
  }
}

/* One sequence of numbers has one sequence of bytes: all others are refused, and so is what leads out of the rows. */
static void refused(void **state) {
  (void)state;
  static const struct {
    uint32_t rows;
    bool wide;
    uint8_t size, bytes[12];
  } wrong[] = {
      {1, false, 1, {0x80}},    /* the end of the number is missing */
      {1, false, 2, {0x82, 0}}, /* not the shortest form */
      {1, false, 3, {0x80, 0x80, 0}},
      {1, false, 6, {0x80, 0x80, 0x80, 0x80, 0x80, 1}},                         /* more than 32 bits */
      {1, true, 10, {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 4}}, /* more than 64 bits */
      {1, true, 11, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1}},
      {2, false, 1, {1}},    /* how often is missing */
      {1, false, 2, {1, 0}}, /* twice, where there is one row */
      {2, false, 2, {2, 2}}, /* equal steps apart */
      {3, false, 3, {1, 0, 0}},
      {4, false, 4, {3, 0, 3, 0}},
  };
  int64_t out[8];
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    uint8_t bytes[12];
    memcpy(bytes, wrong[i].bytes, sizeof bytes);
    assert_null(column_get(bytes, bytes + wrong[i].size, out, 8, wrong[i].rows, wrong[i].wide));
  }
  static int64_t many[300];
  const uint8_t full[] = {1, 255, 1, 0}, split[] = {1, 254, 1, 0};
  assert_ptr_equal(column_get(full, full + 4, many, 8, 259, true), full + 4);
  assert_null(column_get(split, split + 4, many, 8, 258, true));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(round_trip), cmocka_unit_test(refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
