/* The standard library: every example of the tables is true, results outside the calendar are refused, documentation is complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/quarter.h"
#include "standard.h"
#include "vm/native_table.h"

/* A value as an example writes it, of a type of the signature. */
static int64_t value_of(const char *type, const char *text, size_t n) {
  int64_t value;
  if (strcmp(type, "Datum") == 0) {
    assert_true(day_parse(&value, text, n));
  } else if (strcmp(type, "Quartal") == 0) {
    assert_true(quarter_parse(&value, text, n));
  } else {
    char *end;
    value = strtoll(text, &end, 10);
    assert_ptr_equal(end, text + n);
  }
  return value;
}

/* "name(a, b) = r" */
static void run_example(const native_table *t, const ppr_native *native) {
  const char *p = native->example;
  size_t name = strlen(native->name);
  char type[64];
  int64_t args[PPR_NATIVE_PARAMS], out;
  int n = native_arity(native->signature);
  assert_memory_equal(p, native->name, name);
  assert_int_equal(p[name], '(');
  p += name + 1;
  for (int i = 0; i < n; i++) {
    size_t length = strcspn(p, ",)");
    assert_true(native_type(native->signature, i, type));
    args[i] = value_of(type, p, length);
    p += length + 1;
    while (*p == ' ') p++;
  }
  assert_memory_equal(p, "= ", 2);
  p += 2;
  assert_true(native_type(native->signature, -1, type));
  assert_int_equal(natives_call(t, native, &out, args, (unsigned)n), 0);
  assert_int_equal(out, value_of(type, p, strlen(p)));
  assert_true(out >= native->lo && out <= native->hi);
}

static native_table *standard(void) {
  size_t count;
  const ppr_native *all = standard_natives(&count);
  native_table *t = natives_new(ppr_alloc_default);
  for (size_t i = 0; i < count; i++) assert_int_equal(natives_register(t, &all[i]), PPR_OK);
  return t;
}

static void test_examples(void **state) {
  (void)state;
  native_table *t = standard();
  assert_true(natives_count(t) >= 10);
  for (size_t i = 0; i < natives_count(t); i++) {
    const ppr_native *native = natives_at(t, i);
    run_example(t, native);
    assert_true(strlen(native->doc_de) > 10 && strlen(native->doc_en) > 10);
  }
  natives_free(t);
}

static int64_t call(const native_table *t, const char *name, int64_t a, int64_t b, int *code) {
  const ppr_native *native = natives_find(t, name);
  int64_t out = -1;
  assert_non_null(native);
  *code = natives_call(t, native, &out, (int64_t[]){a, b}, (unsigned)native_arity(native->signature));
  if (!*code) assert_true(out >= native->lo && out <= native->hi);
  return out;
}

static void test_edges(void **state) {
  (void)state;
  native_table *t = standard();
  int code;
  /* 9999-12-31 is the last day, 0001-01-01 the first */
  assert_int_equal(call(t, "plustage", DAY_MAX, 0, &code), DAY_MAX);
  assert_int_equal(code, 0);
  static const struct {
    const char *name;
    int64_t a, b;
  } refused[] = {
      {"plustage", DAY_MAX, 1},
      {"plustage", DAY_MIN, -1},
      {"plustage", 0, INT64_MAX},
      {"plustage", INT64_MIN, 1},
      {"pluswochen", 0, INT64_MIN},
      {"pluswochen", DAY_MAX - 6, 1},
      {"plusmonate", DAY_MAX, 1},
      {"plusmonate", 0, INT64_MAX},
      {"plusmonate", DAY_MAX + 1, -1},
      {"beginn", 3, 0},
      {"beginn", 40000, 0},
      {"ende", INT64_MAX, 0},
      {"tage", -1, 0},
      {"jahr", INT64_MIN, 0},
      {"quartal", DAY_MAX + 1, 0},
      {"tagezwischen", INT64_MIN, INT64_MAX},
      {"monat", DAY_MAX + 1, 0},
      {"monat", INT64_MIN, 0},
      {"wochentag", DAY_MIN - 1, 0},
      {"kalenderwoche", DAY_MAX + 1, 0},
      {"kalenderwoche", INT64_MAX, 0},
  };
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    call(t, refused[i].name, refused[i].a, refused[i].b, &code);
    assert_int_not_equal(code, 0);
  }
  assert_int_equal(call(t, "jahr", 39999, 0, &code), 9999);
  assert_int_equal(call(t, "quartal", DAY_MIN, 0, &code), 4);
  assert_int_equal(call(t, "quartal", DAY_MAX, 0, &code), 39999);
  assert_int_equal(call(t, "tagezwischen", DAY_MIN, DAY_MAX, &code), 3652058); /* 9999 years of 365.2425 days, less one day */
  natives_free(t);
}

/* Days of quarters: 2023 90 91 92 92, 2024 is a leap year. */
static void test_quarters(void **state) {
  (void)state;
  native_table *t = standard();
  static const int64_t days[8] = {90, 91, 92, 92, 91, 91, 92, 92};
  int code;
  for (int i = 0; i < 8; i++) {
    assert_int_equal(call(t, "tage", quarter_of(2023, 1) + i, 0, &code), days[i]);
    assert_int_equal(call(t, "nächte", quarter_of(2023, 1) + i, 0, &code), days[i]);
    int64_t first = call(t, "beginn", quarter_of(2023, 1) + i, 0, &code), last = call(t, "ende", quarter_of(2023, 1) + i, 0, &code);
    assert_int_equal(call(t, "tagezwischen", first, last, &code), days[i] - 1);
    assert_int_equal(call(t, "quartal", last, 0, &code), quarter_of(2023, 1) + i);
  }
  natives_free(t);
}

/* Month, weekday and ISO week where years meet, from a printed calendar. A year has a week 53 if it begins on a Thursday, or is a leap year that
 * begins on a Wednesday: 2020 does. */
static void test_weeks(void **state) {
  (void)state;
  native_table *t = standard();
  static const struct {
    int64_t year;
    int month, dom, weekday, week;
  } days[] = {
      {2018, 12, 30, 7, 52}, /* the last Sunday of 2018 */
      {2018, 12, 31, 1, 1},  /* its Thursday is 3 January 2019 */
      {2020, 12, 31, 4, 53}, {2021, 1, 3, 7, 53},   {2021, 1, 4, 1, 1},  {2024, 2, 29, 4, 9},
      {2024, 12, 30, 1, 1},  {2024, 12, 29, 7, 52}, {2023, 1, 1, 7, 52}, {2027, 1, 1, 5, 53}, /* 2026 begins on a Thursday */
      {1, 1, 1, 1, 1},       {9999, 12, 31, 5, 52},
  };
  int code;
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    int64_t day = day_of(days[i].year, days[i].month, days[i].dom);
    assert_int_equal(call(t, "monat", day, 0, &code), days[i].month);
    assert_int_equal(call(t, "wochentag", day, 0, &code), days[i].weekday);
    assert_int_equal(call(t, "kalenderwoche", day, 0, &code), days[i].week);
  }
  natives_free(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_edges), cmocka_unit_test(test_quarters),
                                     cmocka_unit_test(test_weeks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
