/* Draws: bounds, frequencies against the stated weights, and that a draw depends on its seed words alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "sweep/draw.h"
#include <string.h>

enum { DRAWS = 200000 };

static int64_t draw(const ppr_domain *d, const ppr_domain_value *v, uint64_t number, int64_t lo, int64_t hi) {
  draw_stream s = draw_begin(20240701, draw_hash(0, "x", 1), number, 0);
  return draw_value(&s, d, v, lo, hi);
}

/* Counts draws of lo … hi (at most 64 values) and holds each count against its weight: within five standard deviations, which a right generator
 * leaves once in two million. */
static void hold_against(const ppr_domain *d, const ppr_domain_value *v, int64_t lo, int64_t hi, const uint64_t *weight) {
  uint64_t count[64] = {0}, all = 0;
  for (int64_t x = lo; x <= hi; x++) all += weight[x - lo];
  for (uint64_t i = 0; i < DRAWS; i++) {
    int64_t x = draw(d, v, i, lo, hi);
    assert_in_range(x - lo, 0, hi - lo);
    count[x - lo]++;
  }
  for (int64_t x = lo; x <= hi; x++) {
    int64_t expected = (int64_t)(DRAWS * weight[x - lo] / all), apart = (int64_t)count[x - lo] - expected;
    if (apart * apart > 25 * expected + 25)
      fail_msg("%lld drawn %llu times, expected %lld", (long long)x, (unsigned long long)count[x - lo], (long long)expected);
  }
}

static void uniform(void **state) {
  (void)state;
  const ppr_domain d = {.form = PPR_DOMAIN_UNIFORM, .values = 2};
  const ppr_domain_value v[] = {{-3, 0}, {3, 0}};
  static const uint64_t weight[] = {1, 1, 1, 1, 1, 1, 1};
  hold_against(&d, v, -3, 3, weight);
  const ppr_domain_value one[] = {{5, 0}, {5, 0}}, all[] = {{INT64_MIN, 0}, {INT64_MAX, 0}};
  assert_int_equal(draw(&d, one, 7, 5, 5), 5);
  assert_true(draw(&d, all, 1, INT64_MIN, INT64_MAX) != draw(&d, all, 2, INT64_MIN, INT64_MAX));
}

/* a = 0, m = 2, b = 6: the distances from -1 and 7, as weights of the two sides: 5, 10, 15 (3 places of 5), then 12, 9, 6, 3 (4 places of 3). */
static void triangle(void **state) {
  (void)state;
  const ppr_domain d = {.form = PPR_DOMAIN_TRIANGLE, .values = 3};
  const ppr_domain_value v[] = {{0, 0}, {2, 0}, {6, 0}};
  static const uint64_t weight[] = {5, 10, 15, 12, 9, 6, 3};
  hold_against(&d, v, 0, 6, weight);
  const ppr_domain_value left[] = {{0, 0}, {3, 0}, {3, 0}}, right[] = {{0, 0}, {0, 0}, {3, 0}}, point[] = {{4, 0}, {4, 0}, {4, 0}};
  static const uint64_t rising[] = {1, 2, 3, 4}, falling[] = {4, 3, 2, 1};
  hold_against(&d, left, 0, 3, rising);
  hold_against(&d, right, 0, 3, falling);
  assert_int_equal(draw(&d, point, 1, 0, 9), 4);
}

static void weighted(void **state) {
  (void)state;
  const ppr_domain d = {.form = PPR_DOMAIN_WEIGHTED, .values = 3};
  const ppr_domain_value v[] = {{2, 1}, {0, 7}, {1, 2}};
  static const uint64_t weight[] = {7, 2, 1};
  hold_against(&d, v, 0, 2, weight);
}

/* Of the sum of twelve equal numbers less six: mean 0, variance 1; within one deviation of the mean 68.3 per cent (normal) less 0.4. */
static void normal(void **state) {
  (void)state;
  const ppr_domain d = {.form = PPR_DOMAIN_NORMAL, .values = 2};
  const ppr_domain_value v[] = {{5000, 0}, {1000, 0}};
  int64_t sum = 0, squares = 0, within = 0;
  for (uint64_t i = 0; i < DRAWS; i++) {
    int64_t x = draw(&d, v, i, -100000, 100000) - 5000;
    sum += x, squares += x * x, within += x >= -1000 && x <= 1000;
  }
  assert_in_range(sum / DRAWS + 100, 88, 112);       /* mean 0 with deviation 1000 / sqrt(200000) = 2.2 */
  assert_in_range(squares / DRAWS, 980000, 1020000); /* variance 10^6 with deviation 10^6 * sqrt(1.9 / 200000) = 3100 */
  assert_in_range(within * 1000 / DRAWS, 673, 689);
  for (uint64_t i = 0; i < 2000; i++) assert_in_range(draw(&d, v, i, 4500, 5200), 4500, 5200); /* cut */
  const ppr_domain_value none[] = {{7, 0}, {0, 0}};
  assert_int_equal(draw(&d, none, 3, 0, 9), 7);
}

static void depends_on_its_words(void **state) {
  (void)state;
  draw_stream a = draw_begin(1, 2, 3, 4), b = draw_begin(1, 2, 3, 4);
  for (int i = 0; i < 100; i++) assert_true(draw_next(&a) == draw_next(&b));
  const uint64_t words[][4] = {{1, 2, 3, 4}, {2, 2, 3, 4}, {1, 3, 3, 4}, {1, 2, 4, 4}, {1, 2, 3, 5}, {2, 1, 3, 4}, {4, 3, 2, 1}, {0, 0, 0, 0}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    for (size_t k = 0; k < i; k++) {
      draw_stream x = draw_begin(words[i][0], words[i][1], words[i][2], words[i][3]),
                  y = draw_begin(words[k][0], words[k][1], words[k][2], words[k][3]);
      assert_true(draw_next(&x) != draw_next(&y));
    }
  assert_true(draw_hash(0, "ab", 2) != draw_hash(0, "ba", 2));
  assert_true(draw_hash(draw_hash(0, "a", 2), "b", 2) != draw_hash(draw_hash(0, "b", 2), "a", 2));
}

/* Splitmix64 begun with 0 gives these words (the reference program of its authors); a stream is the same from its own state on. */
static void known_words(void **state) {
  (void)state;
  draw_stream s = {0, 0};
  assert_true(draw_next(&s) == UINT64_C(0xE220A8397B1DCDAF));
  assert_true(draw_next(&s) == UINT64_C(0x6E789E6AA1B965F4));
  assert_true(draw_next(&s) == UINT64_C(0x06C45D188009454F));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(uniform), cmocka_unit_test(triangle),    cmocka_unit_test(weighted),
                                     cmocka_unit_test(normal),  cmocka_unit_test(known_words), cmocka_unit_test(depends_on_its_words)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
