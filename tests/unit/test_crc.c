/* CRC-32C against its published check value and against the definition, bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/crc.h"
#include "support/prng.h"

/* The tables, whatever this processor has. */
#undef __x86_64__
#define crc32c crc32c_by_tables
uint32_t crc32c_by_tables(const void *data, size_t n);
#include "base/crc.c"
#undef crc32c

static uint32_t by_definition(const uint8_t *p, size_t n) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < 8 * n; i++) {
    crc ^= p[i / 8] >> i % 8 & 1;
    crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

static void test_known(void **state) {
  (void)state;
  uint8_t zeros[32] = {0}, ones[32];
  memset(ones, 0xff, sizeof ones);
  assert_int_equal(crc32c("123456789", 9), 0xe3069283);
  assert_int_equal(crc32c("", 0), 0);
  assert_int_equal(crc32c(zeros, 32), 0x8a9136aa); /* RFC 3720, B.4 */
  assert_int_equal(crc32c(ones, 32), 0x62a8ab43);
}

static void test_all_ways_agree(void **state) {
  (void)state;
  static uint8_t data[300];
  prng r = prng_new("test_crc");
  for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)prng_next(&r);
  for (size_t n = 0; n < 270; n++)
    for (size_t from = 0; from < 9; from++) {
      uint32_t want = by_definition(data + from, n);
      assert_int_equal(crc32c(data + from, n), want);
      assert_int_equal(crc32c_by_tables(data + from, n), want);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_known), cmocka_unit_test(test_all_ways_agree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
