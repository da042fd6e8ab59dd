/* The calendar against dates whose day number and weekday are known, and against counting one day at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/quarter.h"

static void test_known_days(void **state) {
  (void)state;
  assert_int_equal(day_of(1970, 1, 1), 0);
  assert_int_equal(day_of(1969, 12, 31), -1);
  assert_int_equal(day_of(2000, 1, 1), 10957);                   /* 30 * 365 + 7 leap days (1972 … 1996) */
  assert_int_equal(day_of(2000, 3, 1), 11017);                   /* + 31 + 29 */
  assert_int_equal(day_of(2024, 7, 1), 19905);                   /* 54 * 365 + 13 (1972 … 2020) = 19723 for 1 January, + 31+29+31+30+31+30 = 182 */
  assert_int_equal(day_of(1900, 3, 1) - day_of(1900, 2, 28), 1); /* no leap year */
  assert_int_equal(day_of(1, 1, 1), DAY_MIN);
  assert_int_equal(day_of(9999, 12, 31), DAY_MAX);
}

static void test_every_day(void **state) {
  (void)state;
  int64_t day = DAY_MIN;
  for (int year = 1; year <= 9999; year++)
    for (int month = 1; month <= 12; month++) {
      bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
      int last = month == 2 ? 28 + leap : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
      if (month_days(year, month) != last) fail();
      for (int dom = 1; dom <= last; dom++, day++) {
        int64_t y;
        int m, d;
        if (day_of(year, month, dom) != day) fail_msg("%d-%d-%d", year, month, dom);
        day_split(day, &y, &m, &d);
        if (y != year || m != month || d != dom) fail_msg("%d-%d-%d", year, month, dom);
        if (quarter_of_day(day) != quarter_of(year, (month + 2) / 3)) fail();
      }
    }
  assert_int_equal(day, DAY_MAX + 1);
}

/* Weekday and week by walking: after Sunday comes Monday, and the Monday whose week holds 4 January begins week 1. */
static void test_every_week(void **state) {
  (void)state;
  int64_t day = DAY_MIN;
  int weekday = 0, week = 0; /* 1 January of the year 1 is a Monday: 719162 days before a Thursday, 719162 = 7 * 102737 + 3 */
  for (int year = 1; year <= 9999; year++)
    for (int month = 1; month <= 12; month++)
      for (int dom = 1; dom <= month_days(year, month); dom++, day++) {
        weekday = weekday % 7 + 1;
        if (weekday == 1) week = (month == 12 && dom >= 29) || (month == 1 && dom <= 4) ? 1 : week + 1;
        if (day_weekday(day) != weekday) fail_msg("weekday of %d-%d-%d", year, month, dom);
        if (day_week(day) != week) fail_msg("week of %d-%d-%d", year, month, dom);
      }
  assert_int_equal(day, DAY_MAX + 1);
  assert_int_equal(weekday, 5); /* 31 December 9999 is a Friday */
}

static void test_valid(void **state) {
  (void)state;
  assert_true(day_valid(2024, 2, 29));
  assert_false(day_valid(2023, 2, 29));
  assert_false(day_valid(2100, 2, 29));
  assert_true(day_valid(2000, 2, 29));
  assert_false(day_valid(2024, 4, 31));
  assert_false(day_valid(2024, 0, 1));
  assert_false(day_valid(2024, 13, 1));
  assert_false(day_valid(2024, 1, 0));
  assert_false(day_valid(0, 1, 1));
  assert_false(day_valid(10000, 1, 1));
  assert_int_equal(month_days(2024, 0), 0);
}

static void test_months(void **state) {
  (void)state;
  assert_int_equal(day_plus_months(day_of(2024, 1, 31), 1), day_of(2024, 2, 29));
  assert_int_equal(day_plus_months(day_of(2023, 1, 31), 1), day_of(2023, 2, 28));
  assert_int_equal(day_plus_months(day_of(2024, 3, 31), -1), day_of(2024, 2, 29));
  assert_int_equal(day_plus_months(day_of(2024, 2, 29), 12), day_of(2025, 2, 28));
  assert_int_equal(day_plus_months(day_of(2024, 11, 15), 3), day_of(2025, 2, 15));
  assert_int_equal(day_plus_months(day_of(2024, 1, 15), -1), day_of(2023, 12, 15));
  assert_int_equal(day_plus_months(day_of(2024, 7, 1), 0), day_of(2024, 7, 1));
  assert_true(day_plus_months(DAY_MIN, INT64_MAX) > DAY_MAX); /* out of the calendar, not wrapped into it */
  assert_true(day_plus_months(DAY_MAX, INT64_MIN) < DAY_MIN);
}

static void test_quarters(void **state) {
  (void)state;
  int64_t q = quarter_of(2024, 3);
  assert_int_equal(q, 8098); /* 2024 * 4 + 2 */
  assert_int_equal(quarter_first_day(q), day_of(2024, 7, 1));
  assert_int_equal(quarter_last_day(q), day_of(2024, 9, 30));
  assert_int_equal(quarter_last_day(q) - quarter_first_day(q) + 1, 92);
  assert_int_equal(quarter_last_day(quarter_of(2024, 1)) - quarter_first_day(quarter_of(2024, 1)) + 1, 91);
  assert_int_equal(quarter_last_day(quarter_of(2023, 1)) - quarter_first_day(quarter_of(2023, 1)) + 1, 90);
  assert_int_equal(quarter_of_day(day_of(2024, 6, 30)), quarter_of(2024, 2));
  assert_int_equal(quarter_of_day(day_of(2024, 12, 31)) + 1, quarter_of_day(day_of(2025, 1, 1)));
}

/* Kernels run over lanes whose values mean nothing: any argument must be harmless. */
static void test_extremes(void **state) {
  (void)state;
  static const int64_t values[] = {INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX};
  for (size_t i = 0; i < 6; i++) {
    int64_t y;
    int m, d;
    char out[16];
    day_split(values[i], &y, &m, &d);
    assert_in_range(m, 1, 12);
    assert_in_range(d, 1, 31);
    quarter_of_day(values[i]);
    assert_in_range(day_weekday(values[i]), 1, 7);
    assert_in_range(day_week(values[i]), 1, 53);
    quarter_first_day(values[i]);
    quarter_last_day(values[i]);
    day_of(values[i], 1, 1);
    day_plus_months(values[i], values[5 - i]);
    assert_int_equal(day_print(out, values[i]), 10);
    assert_int_equal(quarter_print(out, values[i]), 7);
  }
}

static void test_print_parse(void **state) {
  (void)state;
  char out[16];
  assert_int_equal(day_print(out, 19905), 10);
  assert_string_equal(out, "01.07.2024");
  assert_int_equal(day_print(out, DAY_MIN), 10);
  assert_string_equal(out, "01.01.0001");
  assert_int_equal(quarter_print(out, 8098), 7);
  assert_string_equal(out, "2024-Q3");
  int64_t v;
  assert_true(day_parse(&v, "01.07.2024", 10));
  assert_int_equal(v, 19905);
  assert_true(day_parse(&v, "29.02.2024 ", 10));
  static const char *const bad_days[] = {"1.7.2024",   "01.07.24",    "29.02.2023", "31.04.2024", "00.01.2024", "01.13.2024",
                                         "01-07-2024", "01.07.2024 ", "0a.07.2024", "01.07.0000", "",           "+1.07.2024"};
  for (size_t i = 0; i < sizeof bad_days / sizeof *bad_days; i++) assert_false(day_parse(&v, bad_days[i], strlen(bad_days[i])));
  assert_true(quarter_parse(&v, "2024-Q3", 7));
  assert_int_equal(v, 8098);
  static const char *const bad_quarters[] = {"2024-Q0", "2024-Q5", "2024-q3", "2024Q3", "24-Q3", "2024-Q33", "0000-Q1", "", "2024/Q3", "2o24-Q3"};
  for (size_t i = 0; i < sizeof bad_quarters / sizeof *bad_quarters; i++) assert_false(quarter_parse(&v, bad_quarters[i], strlen(bad_quarters[i])));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_days), cmocka_unit_test(test_every_day), cmocka_unit_test(test_every_week), cmocka_unit_test(test_valid),
      cmocka_unit_test(test_months),     cmocka_unit_test(test_quarters),  cmocka_unit_test(test_extremes),   cmocka_unit_test(test_print_parse),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
