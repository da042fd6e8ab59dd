/* Decimals against a slow oracle with integers of any size: division with rounding, reading, printing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <gmp.h>
#include <string.h>
#include "base/decimal.h"
#include "code/program.h"
#include "support/prng.h"

#define CASES 200000

__extension__ typedef unsigned __int128 uwide;

static void set_wide(mpz_t out, ppr_wide v) {
  uwide m = v < 0 ? -(uwide)v : (uwide)v;
  uint64_t words[2] = {(uint64_t)m, (uint64_t)(m >> 64)};
  mpz_import(out, 2, -1, sizeof *words, 0, 0, words);
  if (v < 0) mpz_neg(out, out);
}

/* Numbers of every length, often at an edge: powers of two and ten, limits, and their neighbours. */
static ppr_wide any_wide(prng *p) {
  ppr_wide v;
  switch (prng_below(p, 6)) {
  case 0: v = (ppr_wide)prng_below(p, 20); break;
  case 1: v = dec_pow10((int)prng_below(p, 39)); break;
  case 2: {
    uint64_t shift = prng_below(p, 128);
    v = shift == 127 ? WIDE_MIN : (ppr_wide)1 << shift;
    break;
  }
  case 3: v = prng_below(p, 2) ? WIDE_MIN : WIDE_MAX; break;
  default: {
    uint64_t high = prng_next(p), low = prng_next(p), shift = prng_below(p, 128);
    v = (ppr_wide)(((uwide)high << 64 | low) >> shift);
    break;
  }
  }
  ppr_wide near = (ppr_wide)prng_below(p, 5) - 2, sum;
  if (prng_below(p, 2) && wide_add(&sum, v, near)) v = sum;
  if (prng_below(p, 2) && v != WIDE_MIN) v = -v;
  return v;
}

/* The rounding rules by their definition: floor quotient, and the distances to it and to the next number. */
static void oracle_round(mpz_t out, const mpz_t a, const mpz_t b, int mode) {
  mpz_t down, up, below, above, t;
  mpz_inits(down, up, below, above, t, NULL);
  mpz_fdiv_q(down, a, b); /* floor */
  mpz_cdiv_q(up, a, b);   /* ceiling */
  mpz_mul(t, down, b);
  mpz_sub(below, a, t);
  mpz_abs(below, below); /* distance to the floor, times |b| */
  mpz_mul(t, up, b);
  mpz_sub(above, t, a);
  mpz_abs(above, above);
  bool negative = mpz_sgn(a) * mpz_sgn(b) < 0;
  int nearer = mpz_cmp(below, above); /* < 0: the floor is nearer */
  bool take_up = false;
  switch ((ppr_round_mode)mode) {
  case PPR_ROUND_HALF_UP: take_up = nearer > 0 || (nearer == 0 && !negative); break;
  case PPR_ROUND_UP: take_up = !negative; break;
  case PPR_ROUND_DOWN: take_up = negative; break;
  case PPR_ROUND_HALF_EVEN: take_up = nearer > 0 || (nearer == 0 && mpz_odd_p(down)); break;
  case PPR_ROUND_MODES:
  default: break;
  }
  mpz_set(out, take_up ? up : down);
  mpz_clears(down, up, below, above, t, NULL);
}

static void prop_div_round(void **state) {
  (void)state;
  prng p = prng_new("prop_div_round");
  mpz_t a, b, want, got, low, high;
  mpz_inits(a, b, want, got, low, high, NULL);
  set_wide(low, WIDE_MIN);
  set_wide(high, WIDE_MAX);
  for (int i = 0; i < CASES; i++) {
    ppr_wide x = any_wide(&p), y = any_wide(&p), q, double_x;
    if (y == 0) y = 1;
    if (prng_below(&p, 4) == 0 && wide_mul(&double_x, y, (ppr_wide)prng_between(&p, -50, 50))) { /* exactly a half, or near it */
      x = double_x / 2 + (ppr_wide)prng_between(&p, -1, 1);
    }
    set_wide(a, x);
    set_wide(b, y);
    for (int mode = 0; mode < PPR_ROUND_MODES; mode++) {
      oracle_round(want, a, b, mode);
      bool fits = mpz_cmp(want, low) >= 0 && mpz_cmp(want, high) <= 0;
      bool good = dec_div_round(&q, x, y, mode);
      set_wide(got, q);
      if (good != fits || (fits && mpz_cmp(got, want) != 0)) {
        gmp_printf("%Zd / %Zd mode %d: want %Zd, got %s %Zd\n", a, b, mode, want, good ? "" : "no number", got);
        fail();
      }
    }
  }
  mpz_clears(a, b, want, got, low, high, NULL);
}

/* Printing is the big integer with a mark put in. */
static void prop_print(void **state) {
  (void)state;
  prng p = prng_new("prop_print");
  mpz_t v;
  mpz_init(v);
  for (int i = 0; i < CASES; i++) {
    ppr_wide x = any_wide(&p);
    int scale = (int)prng_below(&p, 39);
    if (i % 2) x = ((x & UINT32_MAX) >> prng_below(&p, 32)) * (x < 0 ? -1 : 1), scale %= 6; /* as short as most are */
    char got[DEC_TEXT], digits[128], want[300];
    size_t n = dec_print(got, x, scale, ',');
    set_wide(v, x);
    mpz_abs(v, v);
    gmp_snprintf(digits, sizeof digits, "%Zd", v);
    int length = (int)strlen(digits), zeros = length > scale ? 0 : scale + 1 - length;
    char padded[256];
    snprintf(padded, sizeof padded, "%.*s%s", zeros, "000000000000000000000000000000000000000", digits);
    int whole = (int)strlen(padded) - scale;
    snprintf(want, sizeof want, "%s%.*s%s%s", x < 0 ? "-" : "", whole, padded, scale ? "," : "", padded + whole);
    if (n != strlen(want) || strcmp(got, want) != 0) fail_msg("%s scale %d: got %s", want, scale, got);
  }
  mpz_clear(v);
}

/* What the text means by the definition: an optional sign, digits, a mark, digits. */
static dec_status oracle_parse(mpz_t out, const char *text, int scale, char mark) {
  char whole[256] = "", fraction[256] = "", other[2] = {mark == ',' ? '.' : ',', 0}, own[2] = {mark, 0};
  const char *digits = "0123456789";
  mpz_set_ui(out, 0);
  if (!*text) return DEC_EMPTY;
  bool negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  size_t n = strspn(text, digits);
  if (n == 0) return DEC_NOT_A_NUMBER;
  memcpy(whole, text, n);
  text += n;
  bool wrong = *text == *other;
  if (*text == *own || *text == *other) {
    text++;
    n = strspn(text, digits);
    if (n == 0) return DEC_NOT_A_NUMBER;
    memcpy(fraction, text, n);
    text += n;
  }
  if (*text) return DEC_NOT_A_NUMBER;
  if (wrong) return DEC_WRONG_MARK;
  size_t decimals = strlen(fraction);
  while (decimals && fraction[decimals - 1] == '0') fraction[--decimals] = 0;
  mpz_t v, limit;
  mpz_inits(v, limit, NULL);
  mpz_ui_pow_ui(limit, 10, 18);
  mpz_set_str(v, whole, 10);
  dec_status status = DEC_OK;
  if (mpz_cmp(v, limit) >= 0) status = DEC_TOO_LARGE;
  else if (decimals > (size_t)scale) status = DEC_TOO_PRECISE;
  else {
    char all[512];
    snprintf(all, sizeof all, "%s%s", whole, fraction);
    mpz_set_str(v, all, 10);
    if (mpz_cmp(v, limit) >= 0) status = DEC_TOO_LARGE;
    mpz_t factor;
    mpz_init(factor);
    mpz_ui_pow_ui(factor, 10, (unsigned long)scale - decimals);
    mpz_mul(v, v, factor);
    if (negative) mpz_neg(v, v);
    mpz_clear(factor);
    if (!mpz_fits_slong_p(v)) status = DEC_TOO_LARGE;
  }
  if (status == DEC_OK) mpz_set(out, v);
  mpz_clears(v, limit, NULL);
  return status;
}

static size_t put_run(prng *p, char *out, uint64_t most) {
  size_t n = (size_t)prng_below(p, most + 1);
  bool zeros = prng_below(p, 3) == 0;
  for (size_t i = 0; i < n; i++) out[i] = zeros ? '0' : (char)('0' + (int)prng_below(p, 10));
  return n;
}

static void prop_parse(void **state) {
  (void)state;
  prng p = prng_new("prop_parse");
  mpz_t want, got;
  mpz_inits(want, got, NULL);
  int seen[DEC_TOO_LARGE + 1] = {0};
  for (int i = 0; i < CASES; i++) {
    char text[256];
    size_t n = 0;
    if (prng_below(&p, 3) == 0) text[n++] = "+-- "[prng_below(&p, 4)];
    n += put_run(&p, text + n, prng_below(&p, 4) ? 12 : 25);
    n += put_run(&p, text + n, 4);
    if (prng_below(&p, 3)) {
      text[n++] = ",,,."[prng_below(&p, 4)];
      n += put_run(&p, text + n, prng_below(&p, 4) ? 5 : 25);
      n += put_run(&p, text + n, 3);
    }
    if (prng_below(&p, 20) == 0) text[n++] = ",.-e 0"[prng_below(&p, 6)];
    text[n] = 0;
    int scale = (int)prng_below(&p, prng_below(&p, 3) ? 5 : DEC_MAX_SCALE + 1);
    char mark = prng_below(&p, 8) ? ',' : '.';
    int64_t value;
    dec_status status = dec_parse(&value, text, n, scale, mark), expected = oracle_parse(want, text, scale, mark);
    set_wide(got, value);
    if (status != expected || mpz_cmp(got, want) != 0) fail_msg("\"%s\" scale %d: status %d, want %d", text, scale, (int)status, (int)expected);
    seen[status]++;
    if (status != DEC_OK) continue;
    char printed[DEC_TEXT]; /* reading what was printed gives the number again, if it has at most 18 digits */
    int64_t again;
    n = dec_print(printed, value, scale, mark);
    if (value < INT64_C(1000000000000000000) && value > -INT64_C(1000000000000000000) &&
        (dec_parse(&again, printed, n, scale, mark) != DEC_OK || again != value))
      fail_msg("\"%s\" scale %d", printed, scale);
  }
  for (int s = DEC_OK; s <= DEC_TOO_LARGE; s++) assert_true(seen[s] > 100); /* the generator reaches every answer */
  mpz_clears(want, got, NULL);
}

/* A printed quotient, cut off, is the exact quotient rounded toward zero; the ellipsis stands exactly where something was cut off. */
static void prop_quotient(void **state) {
  (void)state;
  prng p = prng_new("prop_quotient");
  mpz_t num, den, value, rest, printed;
  mpz_inits(num, den, value, rest, printed, NULL);
  for (int i = 0; i < CASES / 4; i++) {
    ppr_wide x = any_wide(&p), y = any_wide(&p);
    if (y == 0) y = 3;
    int scale = (int)prng_below(&p, 20), digits = (int)prng_below(&p, 12);
    char out[96], plain[96];
    size_t n = dec_print_quotient(out, x, y, scale, digits, ',');
    assert_int_equal(n, strlen(out));
    bool cut = n > 3 && strcmp(out + n - 3, "…") == 0;
    if (cut) out[n - 3] = 0;
    char *comma = strchr(out, ',');
    int decimals = comma ? (int)strlen(comma + 1) : 0;
    assert_true(decimals <= digits);
    size_t k = 0;
    for (const char *c = out; *c; c++)
      if (*c != ',') plain[k++] = *c;
    plain[k] = 0;
    mpz_set_str(printed, plain, 10);
    set_wide(num, x); /* num * 10^decimals / (den * 10^scale), toward zero */
    set_wide(den, y);
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)decimals);
    mpz_mul(num, num, power);
    mpz_ui_pow_ui(power, 10, (unsigned long)scale);
    mpz_mul(den, den, power);
    mpz_clear(power);
    mpz_tdiv_qr(value, rest, num, den);
    if (mpz_cmp(value, printed) != 0 || cut != (mpz_sgn(rest) != 0) || (cut && decimals != digits))
      fail_msg("%s%s (scale %d, %d digits)", out, cut ? "…" : "", scale, digits);
  }
  mpz_clears(num, den, value, rest, printed, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prop_div_round),
      cmocka_unit_test(prop_print),
      cmocka_unit_test(prop_parse),
      cmocka_unit_test(prop_quotient),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
