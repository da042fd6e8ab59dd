/* 128-bit integers and the arithmetic the machine states once: checked wide operations and division with a named rounding. */
#ifndef PPR_BASE_WIDE_H
#define PPR_BASE_WIDE_H
#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 ppr_wide;

#define WIDE_MAX ((ppr_wide)((((unsigned __int128)1) << 127) - 1))
#define WIDE_MIN (-WIDE_MAX - 1)

/* Checked: false when the result does not fit 128 bits; *out is then 0. */
static inline bool wide_add(ppr_wide *out, ppr_wide a, ppr_wide b) {
  if (__builtin_add_overflow(a, b, out)) {
    *out = 0;
    return false;
  }
  return true;
}
static inline bool wide_sub(ppr_wide *out, ppr_wide a, ppr_wide b) {
  if (__builtin_sub_overflow(a, b, out)) {
    *out = 0;
    return false;
  }
  return true;
}
static inline bool wide_mul(ppr_wide *out, ppr_wide a, ppr_wide b) {
  if (__builtin_mul_overflow(a, b, out)) {
    *out = 0;
    return false;
  }
  return true;
}
static inline bool wide_fits64(ppr_wide a) { return a >= INT64_MIN && a <= INT64_MAX; }
static inline ppr_wide wide_abs(ppr_wide a) { return a < 0 ? -a : a; } /* a <> WIDE_MIN */
/* Greatest common divisor, not negative; a and b <> WIDE_MIN. */
static inline ppr_wide wide_gcd(ppr_wide a, ppr_wide b) {
  while (b) {
    ppr_wide t = a % b;
    a = b;
    b = t;
  }
  return a < 0 ? -a : a;
}
#endif
