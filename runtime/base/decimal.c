/* Scaled integers as text and under division: the only place that knows how digits become numbers and how a quotient is rounded. */
#include "base/decimal.h"
#include <assert.h>
#include <string.h>

__extension__ typedef unsigned __int128 uwide;

/* The order of ppr_round_mode (code/program.h), which this folder must not include. */
enum { HALF_UP, UP, DOWN, HALF_EVEN };

static uwide magnitude(ppr_wide a) { return a < 0 ? -(uwide)a : (uwide)a; }

ppr_wide dec_pow10(int n) {
  assert(n >= 0 && n <= 38);
  static const uint64_t small[20] = {1ull,
                                     10ull,
                                     100ull,
                                     1000ull,
                                     10000ull,
                                     100000ull,
                                     1000000ull,
                                     10000000ull,
                                     100000000ull,
                                     1000000000ull,
                                     10000000000ull,
                                     100000000000ull,
                                     1000000000000ull,
                                     10000000000000ull,
                                     100000000000000ull,
                                     1000000000000000ull,
                                     10000000000000000ull,
                                     100000000000000000ull,
                                     1000000000000000000ull,
                                     10000000000000000000ull};
  return n < 20 ? (ppr_wide)small[n] : (ppr_wide)small[19] * (ppr_wide)small[n - 19];
}

bool dec_div_round(ppr_wide *out, ppr_wide a, ppr_wide b, int mode) {
  assert(mode >= HALF_UP && mode <= HALF_EVEN);
  *out = 0;
  if (b == 0) return false;
  uwide n = magnitude(a), d = magnitude(b), quotient, rest;
  if (n <= UINT64_MAX && d <= UINT64_MAX) { /* the usual case, by the division instruction */
    quotient = (uint64_t)n / (uint64_t)d;
    rest = (uint64_t)n % (uint64_t)d;
  } else {
    quotient = n / d;
    rest = n - quotient * d;
  }
  if (rest) {               /* so d >= 2, and quotient + 1 cannot overflow */
    uwide other = d - rest; /* comparing it with rest compares the fraction with one half */
    switch (mode) {
    case HALF_UP: quotient += rest >= other; break;
    case UP: quotient += 1; break;
    case DOWN: break;
    default: quotient += rest > other || (rest == other && (quotient & 1)); break;
    }
  }
  bool negative = (a < 0) != (b < 0);
  if (!negative && quotient > (uwide)WIDE_MAX) return false;
  *out = (ppr_wide)(negative ? -quotient : quotient);
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_run(const char *text, size_t n) {
  size_t i = 0;
  while (i < n && is_digit(text[i])) i++;
  return i;
}

/* The usual case: digits, perhaps a mark and decimals, all together with the decimals that lack no more than 18 digits. */
static bool parse_short(int64_t *out, const char *text, size_t n, int scale, char mark) {
  if (n + (size_t)scale > 18) return false;
  size_t at = 0, decimals = 0;
  int64_t value = 0;
  for (; at < n && is_digit(text[at]); at++) value = value * 10 + (text[at] - '0');
  if (at == 0) return false;
  if (at < n) {
    decimals = n - at - 1;
    if (text[at] != mark || decimals == 0 || decimals > (size_t)scale) return false;
    for (at++; at < n && is_digit(text[at]); at++) value = value * 10 + (text[at] - '0');
    if (at < n) return false;
  }
  *out = value * (int64_t)dec_pow10(scale - (int)decimals);
  return true;
}

dec_status dec_parse(int64_t *out, const char *text, size_t n, int scale, char mark) {
  assert(scale >= 0 && scale <= DEC_MAX_SCALE);
  if (parse_short(out, text, n, scale, mark)) return DEC_OK;
  *out = 0;
  if (n == 0) return DEC_EMPTY;
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') text++, n--;
  size_t whole = digits_run(text, n), decimals = 0;
  if (whole == 0) return DEC_NOT_A_NUMBER;
  const char *fraction = text + whole;
  if (whole < n) {
    if (*fraction != ',' && *fraction != '.') return DEC_NOT_A_NUMBER;
    bool wrong = *fraction != mark;
    fraction++;
    decimals = digits_run(fraction, n - whole - 1);
    if (decimals == 0 || whole + 1 + decimals < n) return DEC_NOT_A_NUMBER;
    if (wrong) return DEC_WRONG_MARK;
  }
  while (whole && *text == '0') text++, whole--;
  while (decimals && fraction[decimals - 1] == '0') decimals--;
  if (whole > 18) return DEC_TOO_LARGE;
  if (decimals > (size_t)scale) return DEC_TOO_PRECISE;
  ppr_wide value = 0; /* at most 18 + 18 digits, then at most 10^18 * 10^18 */
  for (size_t i = 0; i < whole; i++) value = value * 10 + (text[i] - '0');
  for (size_t i = 0; i < decimals; i++) value = value * 10 + (fraction[i] - '0');
  if (value >= dec_pow10(18)) return DEC_TOO_LARGE; /* more than 18 significant digits */
  value *= dec_pow10(scale - (int)decimals);
  if (negative) value = -value;
  if (!wide_fits64(value)) return DEC_TOO_LARGE;
  *out = (int64_t)value;
  return DEC_OK;
}

/* Digits of v, most significant first, at least `least` <= 40 of them; returns their number. `out` has room for 40. */
static int digits_of(char out[40], uwide v, int least) {
  int from = 40;
  while (v > UINT64_MAX) out[--from] = (char)('0' + (int)(v % 10)), v /= 10;
  for (uint64_t low = (uint64_t)v; low; low /= 10) out[--from] = (char)('0' + (int)(low % 10));
  while (40 - from < least) out[--from] = '0';
  memmove(out, out + from, (size_t)(40 - from));
  return 40 - from;
}

/* The digits of two numbers below 10^4 as bytes 0 to 9, the first one in the lowest byte: the hundreds of both, then pairs, then all digits at once.
 */
static uint64_t eight_digits(uint32_t first, uint32_t second) {
  uint64_t both = first | (uint64_t)second << 32;
  uint64_t hundreds = (both * 5243 >> 19) & UINT64_C(0x0000007f0000007f), pairs = hundreds | (both - hundreds * 100) << 16;
  uint64_t tens = (pairs * 103 >> 10) & UINT64_C(0x000f000f000f000f);
  return tens | (pairs - tens * 10) << 8;
}

/* Of n digits in the low bytes all but the leading zeros, at least one. Eight bytes are written. */
static char *put_digits(char *out, uint64_t digits, unsigned n, bool leading) {
  unsigned zeros = !leading ? 0 : digits ? (unsigned)__builtin_ctzll(digits) / 8 : n - 1;
  uint64_t text = (digits | UINT64_C(0x3030303030303030)) >> (8 * zeros);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  text = __builtin_bswap64(text);
#endif
  memcpy(out, &text, sizeof text);
  return out + n - zeros;
}

static size_t print_long(char *out, ppr_wide value, int scale, char mark) {
  char digits[40];
  int n = digits_of(digits, magnitude(value), scale + 1);
  char *p = out;
  if (value < 0) *p++ = '-';
  for (int i = 0; i < n; i++) {
    if (scale && i == n - scale) *p++ = mark;
    *p++ = digits[i];
  }
  *p = 0;
  return (size_t)(p - out);
}

/* Most numbers have up to eight digits, up to four of them decimals: hardly a branch depends on how many. */
size_t dec_print64(char *out, int64_t value, int scale, char mark) {
  static const uint32_t units[] = {1, 10, 100, 1000, 10000};
  assert(scale >= 0 && scale <= 38);
  uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  if (scale > 4 || n >= 100000000) return print_long(out, value, scale, mark);
  char *p = out;
  *p = '-';
  p += value < 0;
  if (scale == 0) {
    p = put_digits(p, eight_digits((uint32_t)n / 10000, (uint32_t)n % 10000), 8, true);
  } else {
    uint32_t unit = units[scale], whole = scale == 2 ? (uint32_t)n / 100 : (uint32_t)n / unit;
    uint64_t digits = eight_digits(whole % 10000, (uint32_t)n - whole * unit);
    bool more = whole >= 10000;
    if (more) p = put_digits(p, eight_digits(whole / 10000, 0) & UINT32_MAX, 4, true);
    p = put_digits(p, digits & UINT32_MAX, 4, !more);
    *p++ = mark;
    p = put_digits(p, digits >> (64 - 8 * scale), (unsigned)scale, false);
  }
  *p = 0;
  return (size_t)(p - out);
}

size_t dec_print(char *out, ppr_wide value, int scale, char mark) {
  assert(scale >= 0 && scale <= 38);
  return wide_fits64(value) ? dec_print64(out, (int64_t)value, scale, mark) : print_long(out, value, scale, mark);
}

size_t dec_print_quotient(char *out, ppr_wide num, ppr_wide den, int scale, int digits, char mark) {
  assert(scale >= 0 && scale <= 38);
  *out = 0;
  if (den == 0) return 0;
  if (digits < 0) digits = 0;
  if (digits > 40) digits = 40;
  uwide d = magnitude(den), quotient = magnitude(num) / d, rest = magnitude(num) % d;
  char whole[40];
  int n = digits_of(whole, quotient, scale + 1);
  char *p = out;
  if ((num < 0) != (den < 0) && num != 0) *p++ = '-';
  for (int i = 0; i < n - scale; i++) *p++ = whole[i];
  char *comma = p;
  *p++ = mark;
  bool ends = true;
  for (int i = 0; i < scale || (rest && i < digits); i++) {
    int digit = 0;
    if (i < scale) digit = whole[n - scale + i] - '0';
    else { /* rest * 10 / d without leaving 128 bits: ten additions modulo d */ uwide sum = 0;
      for (int k = 0; k < 10; k++) {
        sum += rest;
        if (sum >= d) sum -= d, digit++;
      }
      rest = sum;
    }
    if (i < digits) *p++ = (char)('0' + digit);
    else if (digit) ends = false;
  }
  if (rest) ends = false;
  if (ends) {
    while (p > comma + 1 && p[-1] == '0') p--;
    if (p == comma + 1) p = comma;
    *p = 0;
  } else {
    memcpy(p, "…", sizeof "…");
    p += sizeof "…" - 1;
  }
  return (size_t)(p - out);
}
