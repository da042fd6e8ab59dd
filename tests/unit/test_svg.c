/* Axes of drawings: round ticks, exact places, names that do not cover each other. */
#include "sweep/svg.h"
#include "support/prng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void ticks(void **state) {
  (void)state;
  svg_axis a = svg_axis_over(0, 100, 0, 1000, 5, true);
  assert_true(a.lo == 0 && a.hi == 100 && a.step == 20);
  a = svg_axis_over(8231, 9877, 0, 1000, 6, true); /* 1646 / 6 is 275: steps of 500 from 8000 to 10000 */
  assert_true(a.lo == 8000 && a.hi == 10000 && a.step == 500);
  a = svg_axis_over(-3, 4, 0, 1000, 10, true);
  assert_true(a.lo == -3 && a.hi == 4 && a.step == 1);
  a = svg_axis_over(-1501, -10, 0, 1000, 4, true); /* down to -2000 */
  assert_true(a.lo == -2000 && a.hi == 0 && a.step == 500);
  a = svg_axis_over(42, 42, 0, 1000, 6, false); /* one value alone */
  assert_true(a.hi > a.lo && a.lo <= 42 && a.hi >= 42);
  a = svg_axis_over(90, 97, 640, 5900, 8, false); /* ends as they are, ticks within */
  assert_true(a.lo == 90 && a.hi == 97 && svg_first_tick(&a) == 90);
  a = svg_axis_over(93, 117, 0, 1000, 5, false);
  assert_true(a.step == 5 && svg_first_tick(&a) == 95);
}

static void places(void **state) {
  (void)state;
  svg_axis x = svg_axis_over(0, 100, 100, 1100, 5, true), y = svg_axis_over(0, 100, 900, 100, 5, true);
  assert_int_equal(svg_at(&x, 0), 100);
  assert_int_equal(svg_at(&x, 50), 600);
  assert_int_equal(svg_at(&x, 100), 1100);
  assert_int_equal(svg_at(&y, 25), 700); /* up the page */
  assert_int_equal(svg_at(&x, -7), 100); /* what lies beyond is put at the edge */
  assert_int_equal(svg_at(&x, 700), 1100);
  svg_axis wide = {-((ppr_wide)1 << 125), (ppr_wide)1 << 125, (ppr_wide)1 << 120, 0, 1000};
  assert_int_equal(svg_at(&wide, 0), 500);
}

static void decimals(void **state) {
  (void)state;
  const book_measure percent = {"", BOOK_PERCENT, 6}, hours = {"h", BOOK_NUMBER, 2};
  svg_axis a = svg_axis_over(0, 1000000, 0, 1000, 5, true); /* steps of 20 %: no decimals */
  ppr_wide value = 200000;
  book_measure m = svg_tick_measure(&a, &percent, &value);
  assert_true(m.scale == 2 && value == 20);
  a = svg_axis_over(500000, 503000, 0, 1000, 6, true); /* steps of 0,05 % */
  value = 500500;
  m = svg_tick_measure(&a, &percent, &value);
  assert_true(m.scale == 4 && value == 5005);
  a = svg_axis_over(0, 125, 0, 1000, 5, true); /* steps of 0,50 */
  value = 50;
  m = svg_tick_measure(&a, &hours, &value);
  assert_true(m.scale == 1 && value == 5);
}

static void any_axis(void **state) {
  (void)state;
  prng random = prng_new("any_axis");
  for (int i = 0; i < 20000; i++) {
    int shift = (int)(prng_next(&random) % 60);
    ppr_wide lo = (int64_t)prng_next(&random) >> shift, hi = lo + (ppr_wide)(prng_next(&random) >> shift);
    int n = 2 + (int)(prng_next(&random) % 12);
    svg_axis a = svg_axis_over(lo, hi, 0, 7000, n, true);
    assert_true(a.lo <= lo && a.hi >= hi && a.hi > a.lo);
    assert_true(a.lo % a.step == 0 && a.hi % a.step == 0);
    assert_true((a.hi - a.lo) / a.step <= n + 2);
    assert_true(lo - a.lo < a.step && a.hi - hi <= a.step);
    int at = svg_at(&a, lo), end = svg_at(&a, hi);
    assert_true(at >= 0 && end <= 7000 && at <= end);
  }
}

static void names_apart(void **state) {
  (void)state;
  int wanted[] = {500, 480, 1000, 510};
  svg_spread(wanted, 4, 100, 0, 2000); /* 480, 500, 510, 1000 → 480, 580, 680, 1000 */
  assert_int_equal(wanted[1], 480);
  assert_int_equal(wanted[0], 580);
  assert_int_equal(wanted[3], 680);
  assert_int_equal(wanted[2], 1000);
  int low[] = {1990, 1995, 2000};
  svg_spread(low, 3, 100, 0, 2000); /* pushed back from the edge */
  assert_int_equal(low[2], 2000);
  assert_int_equal(low[1], 1900);
  assert_int_equal(low[0], 1800);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ticks), cmocka_unit_test(places), cmocka_unit_test(decimals), cmocka_unit_test(any_axis),
                                     cmocka_unit_test(names_apart)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
