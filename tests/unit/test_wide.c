/* 128-bit helpers at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/wide.h"

static void test_limits(void **state) {
  (void)state;
  ppr_wide two_63 = (ppr_wide)1 << 63; /* 2^126 = two_63 * two_63 */
  assert_true(WIDE_MAX == two_63 * two_63 - 1 + two_63 * two_63);
  assert_true(WIDE_MIN == -WIDE_MAX - 1);
  assert_true(WIDE_MIN < 0 && WIDE_MAX > 0);
}

static void test_add_sub(void **state) {
  (void)state;
  ppr_wide out = 7;
  assert_true(wide_add(&out, WIDE_MAX, WIDE_MIN));
  assert_true(out == -1);
  assert_true(wide_add(&out, WIDE_MAX - 1, 1));
  assert_true(out == WIDE_MAX);
  assert_false(wide_add(&out, WIDE_MAX, 1));
  assert_true(out == 0);
  assert_false(wide_add(&out, WIDE_MIN, -1));
  assert_true(wide_sub(&out, WIDE_MIN, WIDE_MIN));
  assert_true(out == 0);
  assert_true(wide_sub(&out, -1, WIDE_MAX));
  assert_true(out == WIDE_MIN);
  out = 7;
  assert_false(wide_sub(&out, 0, WIDE_MIN));
  assert_true(out == 0);
}

static void test_mul(void **state) {
  (void)state;
  ppr_wide out, two_63 = (ppr_wide)1 << 63;
  assert_true(wide_mul(&out, two_63, two_63));
  assert_true(out == (ppr_wide)1 << 126);
  assert_false(wide_mul(&out, two_63, 2 * two_63)); /* 2^127 */
  assert_true(out == 0);
  assert_true(wide_mul(&out, two_63, -2 * two_63)); /* -2^127 */
  assert_true(out == WIDE_MIN);
  assert_false(wide_mul(&out, WIDE_MIN, -1));
  assert_true(wide_mul(&out, INT64_MIN, INT64_MIN));
  assert_true(out == (ppr_wide)1 << 126);
}

static void test_fits(void **state) {
  (void)state;
  assert_true(wide_fits64(INT64_MAX));
  assert_true(wide_fits64(INT64_MIN));
  assert_false(wide_fits64((ppr_wide)INT64_MAX + 1));
  assert_false(wide_fits64((ppr_wide)INT64_MIN - 1));
  assert_true(wide_abs(-5) == 5);
  assert_true(wide_abs(WIDE_MIN + 1) == WIDE_MAX);
  assert_true(wide_abs(0) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_add_sub),
      cmocka_unit_test(test_mul),
      cmocka_unit_test(test_fits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
