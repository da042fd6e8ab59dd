/* Decimals: each rounding mode at its edges, reading what data files hold, printing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "base/decimal.h"
#include "code/program.h"

static void test_pow10(void **state) {
  (void)state;
  ppr_wide v = 1;
  for (int n = 0; n <= 38; n++, v *= n <= 38 ? 10 : 1) assert_true(dec_pow10(n) == v);
}

typedef struct div_row {
  int64_t a, b;
  int64_t want[PPR_ROUND_MODES]; /* half up, up, down, half even */
} div_row;

static void test_div_round(void **state) {
  (void)state;
  static const div_row rows[] = {
      {0, 5, {0, 0, 0, 0}},
      {10, 5, {2, 2, 2, 2}},
      {-10, 5, {-2, -2, -2, -2}},
      {1, 3, {0, 1, 0, 0}},
      {2, 3, {1, 1, 0, 1}},
      {1, 2, {1, 1, 0, 0}},
      {3, 2, {2, 2, 1, 2}},
      {5, 2, {3, 3, 2, 2}},
      {-1, 2, {-1, -1, 0, 0}},
      {-3, 2, {-2, -2, -1, -2}},
      {-5, 2, {-3, -3, -2, -2}},
      {5, -2, {-3, -3, -2, -2}},
      {-5, -2, {3, 3, 2, 2}},
      {-2, 3, {-1, -1, 0, -1}},
      {-1, 3, {0, -1, 0, 0}},
      {149, 100, {1, 2, 1, 1}},
      {150, 100, {2, 2, 1, 2}},
      {151, 100, {2, 2, 1, 2}},
      {250, 100, {3, 3, 2, 2}},
      {251, 100, {3, 3, 2, 3}},
      {INT64_MAX, 2, {INT64_MAX / 2 + 1, INT64_MAX / 2 + 1, INT64_MAX / 2, INT64_MAX / 2 + 1}}, /* (2^63 - 1) / 2 = 2^62 - 1/2 */
      {INT64_MIN, 1, {INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int mode = 0; mode < PPR_ROUND_MODES; mode++) {
      ppr_wide out;
      assert_true(dec_div_round(&out, rows[i].a, rows[i].b, mode));
      assert_int_equal((int64_t)out, rows[i].want[mode]);
    }
}

static void test_div_wide(void **state) {
  (void)state;
  ppr_wide out = 7, half = (ppr_wide)1 << 126;
  for (int mode = 0; mode < PPR_ROUND_MODES; mode++) {
    assert_false(dec_div_round(&out, WIDE_MIN, -1, mode)); /* 2^127 does not fit */
    assert_true(out == 0);
    assert_true(dec_div_round(&out, WIDE_MIN, 1, mode));
    assert_true(out == WIDE_MIN);
    assert_true(dec_div_round(&out, WIDE_MIN, WIDE_MIN, mode));
    assert_true(out == 1);
    assert_false(dec_div_round(&out, 5, 0, mode));
  }
  /* 2^126 / -2^127 = -1/2 */
  assert_true(dec_div_round(&out, half, WIDE_MIN, PPR_ROUND_HALF_UP) && out == -1);
  assert_true(dec_div_round(&out, half, WIDE_MIN, PPR_ROUND_UP) && out == -1);
  assert_true(dec_div_round(&out, half, WIDE_MIN, PPR_ROUND_DOWN) && out == 0);
  assert_true(dec_div_round(&out, half, WIDE_MIN, PPR_ROUND_HALF_EVEN) && out == 0);
  /* 2^126 / (2^127 - 1) is a little more than a half, (2^126 - 1) / (2^127 - 1) a little less */
  assert_true(dec_div_round(&out, half, WIDE_MAX, PPR_ROUND_HALF_EVEN) && out == 1);
  assert_true(dec_div_round(&out, half, WIDE_MAX, PPR_ROUND_HALF_UP) && out == 1);
  assert_true(dec_div_round(&out, half - 1, WIDE_MAX, PPR_ROUND_HALF_UP) && out == 0);
  /* (2^127 - 1) / 2 = 2^126 - 1/2 */
  assert_true(dec_div_round(&out, WIDE_MAX, 2, PPR_ROUND_HALF_UP) && out == half);
  assert_true(dec_div_round(&out, WIDE_MAX, 2, PPR_ROUND_DOWN) && out == half - 1);
  assert_true(dec_div_round(&out, WIDE_MAX, -2, PPR_ROUND_UP) && out == -half);
}

typedef struct parse_row {
  const char *text;
  int scale;
  char mark;
  dec_status status;
  int64_t value;
} parse_row;

static void test_parse(void **state) {
  (void)state;
  static const parse_row rows[] = {
      {"0", 0, ',', DEC_OK, 0},
      {"7", 0, ',', DEC_OK, 7},
      {"7", 2, ',', DEC_OK, 700},
      {"-7", 0, ',', DEC_OK, -7},
      {"+7", 0, ',', DEC_OK, 7},
      {"-0", 2, ',', DEC_OK, 0},
      {"2,5", 1, ',', DEC_OK, 25},
      {"2,5", 2, ',', DEC_OK, 250},
      {"2.5", 2, '.', DEC_OK, 250},
      {"1,50", 1, ',', DEC_OK, 15},
      {"1,00000000000000000000000000", 0, ',', DEC_OK, 1},
      {"-0,01", 2, ',', DEC_OK, -1},
      {"007,5", 1, ',', DEC_OK, 75},
      {"00000000000000000000000000000042", 0, ',', DEC_OK, 42},
      {"999999999999999999", 0, ',', DEC_OK, 999999999999999999},
      {"9999999999999999,99", 2, ',', DEC_OK, 999999999999999999},
      {"0,000000000000000001", 18, ',', DEC_OK, 1},
      {"9,22", 18, ',', DEC_OK, 9220000000000000000},
      {"", 0, ',', DEC_EMPTY, 0},
      {"-", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"+", 0, ',', DEC_NOT_A_NUMBER, 0},
      {",5", 1, ',', DEC_NOT_A_NUMBER, 0},
      {"5,", 1, ',', DEC_NOT_A_NUMBER, 0},
      {",", 1, ',', DEC_NOT_A_NUMBER, 0},
      {"1 000", 0, ',', DEC_NOT_A_NUMBER, 0},
      {" 1", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"1,2,3", 2, ',', DEC_NOT_A_NUMBER, 0},
      {"1.000,50", 2, ',', DEC_NOT_A_NUMBER, 0},
      {"1e5", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"0x10", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"--1", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"nan", 0, ',', DEC_NOT_A_NUMBER, 0},
      {"\xC2\xB2", 0, ',', DEC_NOT_A_NUMBER, 0}, /* superscript two */
      {"2.5", 1, ',', DEC_WRONG_MARK, 0},
      {"2,5", 1, '.', DEC_WRONG_MARK, 0},
      {"1.000", 0, ',', DEC_WRONG_MARK, 0},
      {"2,55", 1, ',', DEC_TOO_PRECISE, 0},
      {"0,5", 0, ',', DEC_TOO_PRECISE, 0},
      {"0,0000000000000000001", 18, ',', DEC_TOO_PRECISE, 0},
      {"1000000000000000000", 0, ',', DEC_TOO_LARGE, 0}, /* 19 digits */
      {"12345678901234567,89", 2, ',', DEC_TOO_LARGE, 0},
      {"10", 18, ',', DEC_TOO_LARGE, 0}, /* 10^19 does not fit */
      {"-9,3", 18, ',', DEC_TOO_LARGE, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t value = 99;
    dec_status status = dec_parse(&value, rows[i].text, strlen(rows[i].text), rows[i].scale, rows[i].mark);
    if (status != rows[i].status || value != rows[i].value) fail_msg("\"%s\": status %d, value %lld", rows[i].text, (int)status, (long long)value);
  }
  int64_t value;
  assert_int_equal(dec_parse(&value, "123456", 3, 0, ','), DEC_OK); /* n bytes, no more */
  assert_int_equal(value, 123);
  assert_int_equal(dec_parse(&value, "1\0002", 3, 0, ','), DEC_NOT_A_NUMBER);
}

static void test_parse_long(void **state) {
  (void)state;
  enum { N = 10000 };
  char *text = malloc(N);
  int64_t value;
  memset(text, '9', N);
  assert_int_equal(dec_parse(&value, text, N, 2, ','), DEC_TOO_LARGE);
  memset(text, '0', N);
  assert_int_equal(dec_parse(&value, text, N, 2, ','), DEC_OK);
  assert_int_equal(value, 0);
  text[N - 1] = '7';
  assert_int_equal(dec_parse(&value, text, N, 2, ','), DEC_OK);
  assert_int_equal(value, 700);
  text[1] = ',';
  assert_int_equal(dec_parse(&value, text, N, 18, ','), DEC_TOO_PRECISE);
  text[N - 1] = '0';
  text[2] = '5';
  assert_int_equal(dec_parse(&value, text, N, 2, ','), DEC_OK);
  assert_int_equal(value, 50);
  free(text);
}

static void check_print(ppr_wide value, int scale, char mark, const char *want) {
  char out[DEC_TEXT];
  assert_int_equal(dec_print(out, value, scale, mark), strlen(want));
  assert_string_equal(out, want);
}

static void test_print(void **state) {
  (void)state;
  check_print(0, 0, ',', "0");
  check_print(0, 2, ',', "0,00");
  check_print(5, 2, ',', "0,05");
  check_print(-5, 2, ',', "-0,05");
  check_print(-105, 2, '.', "-1.05");
  check_print(9025, 2, ',', "90,25");
  check_print(1000, 0, ',', "1000");
  check_print(INT64_MAX, 18, ',', "9,223372036854775807");
  check_print(INT64_MIN, 0, ',', "-9223372036854775808");
  check_print(WIDE_MIN, 0, ',', "-170141183460469231731687303715884105728");
  check_print(WIDE_MIN, 38, ',', "-1,70141183460469231731687303715884105728");
  check_print(WIDE_MAX, 18, ',', "170141183460469231731,687303715884105727");
  check_print(1, 38, ',', "0,00000000000000000000000000000000000001");
}

/* Numbers around every power of ten, which is where digits, decimals and the two ways of printing begin and end. */
static void test_print_edges(void **state) {
  (void)state;
  int64_t power = 1;
  for (int digits = 0; digits < 18; digits++, power *= 10)
    for (int64_t near = -2; near <= 2; near++)
      for (int scale = 0; scale <= 6; scale++)
        for (int sign = -1; sign <= 1; sign += 2) {
          int64_t value = power + near, unit = (int64_t)dec_pow10(scale);
          if (value < 0) continue;
          char want[2 * DEC_TEXT], decimals[DEC_TEXT] = "";
          if (scale) snprintf(decimals, sizeof decimals, ".%0*lld", scale, (long long)(value % unit));
          snprintf(want, sizeof want, "%s%lld%s", sign < 0 && value ? "-" : "", (long long)(value / unit), decimals);
          check_print(sign * value, scale, '.', want);
        }
}

static void check_quotient(ppr_wide num, ppr_wide den, int scale, int digits, const char *want) {
  char out[96];
  assert_int_equal(dec_print_quotient(out, num, den, scale, digits, ','), strlen(want));
  assert_string_equal(out, want);
}

static void test_print_quotient(void **state) {
  (void)state;
  check_quotient(4, 2, 0, 4, "2");
  check_quotient(1, 2, 0, 4, "0,5");
  check_quotient(-1, 4, 0, 4, "-0,25");
  check_quotient(1, -4, 0, 4, "-0,25");
  check_quotient(2, 3, 0, 4, "0,6666…");
  check_quotient(1, 3000, 0, 2, "0,00…");
  check_quotient(-1, 3000, 0, 2, "-0,00…");
  check_quotient(0, -7, 0, 4, "0");
  check_quotient(100, 7, 0, 6, "14,285714…");
  check_quotient(5, 1, 2, 4, "0,05");    /* 0,05 */
  check_quotient(1, 8, 2, 6, "0,00125"); /* 0,125 hundredths */
  check_quotient(1, 8, 2, 4, "0,0012…");
  check_quotient(125, 1, 2, 1, "1,2…");
  check_quotient(120, 1, 2, 1, "1,2");
  check_quotient(1, 2, 0, 0, "0,…");
  check_quotient(10, 5, 0, 0, "2");
  check_quotient(WIDE_MIN, WIDE_MIN + 1, 0, 3, "1,000…");
  check_quotient(WIDE_MIN, 1, 0, 3, "-170141183460469231731687303715884105728");
  check_quotient(WIDE_MIN, 3, 38, 99, "-0,5671372782015641057722910123862803524266…"); /* 40 decimals at most */
  check_quotient(1, 0, 0, 3, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pow10),      cmocka_unit_test(test_div_round), cmocka_unit_test(test_div_wide),    cmocka_unit_test(test_parse),
      cmocka_unit_test(test_parse_long), cmocka_unit_test(test_print),     cmocka_unit_test(test_print_edges), cmocka_unit_test(test_print_quotient),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
