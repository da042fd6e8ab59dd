/* Exact scaled integers: powers of ten, division with rounding, reading and printing with a decimal comma or point. */
#ifndef PPR_BASE_DECIMAL_H
#define PPR_BASE_DECIMAL_H
#include "base/wide.h"
#include <stddef.h>

#define DEC_MAX_SCALE 18 /* largest scale of a stored number */
#define DEC_TEXT 48      /* enough bytes for dec_print of any 128-bit number */

typedef enum { DEC_OK, DEC_EMPTY, DEC_NOT_A_NUMBER, DEC_WRONG_MARK, DEC_TOO_PRECISE, DEC_TOO_LARGE } dec_status;

/* 10^n for 0 <= n <= 38. */
ppr_wide dec_pow10(int n);
/* Quotient a / b rounded to a whole number by a ppr_round_mode (half away from zero, away from zero, toward zero, half to even).
 * b <> 0. False when the result (only WIDE_MIN / -1) does not fit; exact for every pair otherwise. */
bool dec_div_round(ppr_wide *out, ppr_wide a, ppr_wide b, int mode);
/* Read `text` (n bytes, no blanks) as a decimal with at most `scale` decimals; the mark is ',' or '.'. "1,50" with scale 1 is DEC_OK: trailing zeros
 * are not precision. DEC_WRONG_MARK: the number is right but has the other mark. On DEC_OK *out = value * 10^scale. */
dec_status dec_parse(int64_t *out, const char *text, size_t n, int scale, char mark);
/* Print value / 10^scale with exactly `scale` decimals; returns the length, `out` has DEC_TEXT bytes and is NUL-terminated. */
size_t dec_print(char *out, ppr_wide value, int scale, char mark);
/* The same; quick. */
size_t dec_print64(char *out, int64_t value, int scale, char mark);
/* Print the exact quotient num/den (times 10^-scale) with up to `digits` decimals, followed by "…" when it does not end; for explanations. `out` has
 * 96 bytes. */
size_t dec_print_quotient(char *out, ppr_wide num, ppr_wide den, int scale, int digits, char mark);
#endif
