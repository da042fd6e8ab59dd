/* Numbers of reports as text: exact, grouped for people, rounded half away from zero. */
#include "sweep/amount.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const amount_style file = {',', false, false}, people = {',', true, false}, moved = {',', true, true}, point = {'.', false, false};
static const book_measure hours = {"VKS", BOOK_NUMBER, 2}, percent = {"", BOOK_PERCENT, 4}, day = {"", BOOK_DATE, 0}, quarter = {"", BOOK_QUARTER, 0},
                          yesno = {"", BOOK_YESNO, 0}, whole = {"", BOOK_NUMBER, 0};

static ppr_buf text;
static int open_text(void **state) {
  (void)state;
  buf_init(&text, ppr_alloc_default, 1 << 20);
  return 0;
}
static int close_text(void **state) {
  (void)state;
  buf_fini(&text);
  return 0;
}

static void is(const char *expected) {
  assert_false(text.failed);
  assert_string_equal(text.data ? text.data : "", expected);
  text.size = 0;
}

static void put(const book_measure *m, ppr_wide value, amount_style style, const char *expected) {
  amount_put(&text, m, value, style);
  is(expected);
}

#define THIN "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"

static void numbers(void **state) {
  (void)state;
  put(&hours, 0, file, "0,00");
  put(&hours, -5, file, "-0,05");
  put(&hours, 123456789, file, "1234567,89");
  put(&hours, 123456789, point, "1234567.89");
  put(&hours, 123456, people, "1234,56"); /* four digits are not grouped, five are */
  put(&hours, 1234567, people, "12" THIN "345,67");
  put(&hours, -12345678900, people, MINUS "123" THIN "456" THIN "789,00");
  put(&hours, 250, moved, "+2,50");
  put(&hours, 0, moved, "0,00");
  put(&whole, 1000000, people, "1" THIN "000" THIN "000");
  put(&percent, 9025, file, "90,25"); /* percent is stored as a fraction */
  put(&percent, -1, file, "-0,01");
  put(&whole, ((ppr_wide)1 << 100), file, "1267650600228229401496703205376");
}

static void words(void **state) {
  (void)state;
  put(&day, 19782, file, "29.02.2024"); /* 54 years and 13 leap days before them: 54 * 365 + 13 = 19723 is 1 January 2024; 59 days later */
  put(&quarter, 2024 * 4 + 2, file, "2024-Q3");
  put(&yesno, 1, file, "ja");
  put(&yesno, 0, file, "nein");
  put(&day, 5, moved, "+5"); /* a difference of two days is a number */
  put(&day, INT64_MAX, file, "9223372036854775807");
}

static void rate(ppr_wide num, ppr_wide den, int decimals, const char *expected) {
  amount_rate(&text, num, den, decimals, file);
  is(expected);
}

static void rates(void **state) {
  (void)state;
  rate(1, 2, 2, "50,00");
  rate(1, 3, 2, "33,33");
  rate(2, 3, 2, "66,67");
  rate(1, 8, 2, "12,50");
  rate(1, 16, 2, "6,25");
  rate(1, 32, 2, "3,13");   /* 3,125: half away from zero */
  rate(-1, 32, 2, "-3,13"); /* also below */
  rate(49999, 100000, 2, "50,00");
  rate(0, 7, 2, "0,00");
  rate(7, 7, 0, "100");
  rate(5, 0, 2, "\xE2\x80\x93"); /* nothing to divide by */
  rate(WIDE_MAX, 3, 2, "\xE2\x80\x93");
}

static void rate_moved(book_level a, book_level b, const char *expected) {
  amount_rate_moved(&text, a, b, 2, file);
  is(expected);
}

static void differences(void **state) {
  (void)state;
  rate_moved((book_level){2, 3}, (book_level){1, 3}, "33,33");
  /* 0,005 % and 0,0149 % are rounded 0,01 and 0,01; the difference is 0,0099 %, not 0 */
  rate_moved((book_level){149, 1000000}, (book_level){50, 1000000}, "0,01");
  rate_moved((book_level){1, 2}, (book_level){1, 2}, "0,00");
  rate_moved((book_level){1, 3}, (book_level){2, 3}, "-33,33");
  rate_moved((book_level){1, 0}, (book_level){1, 2}, "\xE2\x80\x93");
}

static void comparing(void **state) {
  (void)state;
  assert_true(book_compare((book_level){1, 3}, (book_level){333333333, 1000000000}) > 0);
  assert_int_equal(book_compare((book_level){2, 4}, (book_level){1, 2}), 0);
  assert_true(book_compare((book_level){0, 0}, (book_level){-5, 1}) < 0); /* what is not there comes first */
  assert_int_equal(book_compare((book_level){0, 0}, (book_level){1, 0}), 0);
  assert_true(book_compare((book_level){(INT64_MAX / 4) - 1, INT64_MAX / 4}, (book_level){1, 1}) < 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(words), cmocka_unit_test(rates), cmocka_unit_test(differences),
                                     cmocka_unit_test(comparing)};
  return cmocka_run_group_tests(tests, open_text, close_text);
}
