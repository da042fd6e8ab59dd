/* Kernels of 64-bit division. A quotient is the truncated quotient of the magnitudes after adding what the rounding mode asks for; signs are put back
 * last. */
#include "vm/kern.h"

/* Truncated n / by; most numbers of the domain fit 32 bits, where processors divide much faster. */
PPR_INLINE uint64_t quotient(uint64_t n, uint64_t by) { return ((n | by) >> 32) == 0 ? (uint64_t)((uint32_t)n / (uint32_t)by) : n / by; }

/* One lane of DIV for a mode known at compile time; by = 0 yields 0. */
PPR_INLINE int64_t divide(int64_t a, int64_t b, uint32_t mode) {
  uint64_t by = prim_magnitude(b), n = prim_magnitude(a);
  uint64_t safe = by ? by : 1;
  uint64_t q = quotient(n + prim_bias(safe, mode), safe);
  if (mode == PPR_ROUND_HALF_EVEN) q += prim_even(q, n - q * safe, safe);
  return by ? prim_sign(q, (a ^ b) < 0) : 0;
}

PPR_INLINE bool divide_lanes(int64_t *restrict d, const int64_t *restrict a, const int64_t *restrict b, uint32_t n, uint32_t mode) {
  bool zero = false;
  for (uint32_t i = 0; i < n; i++) {
    zero |= b[i] == 0;
    d[i] = divide(a[i], b[i], mode);
  }
  return zero;
}

void kern_DIV(const kern_step *s, const kern_block *k) {
  const int64_t *b = s->b;
  bool zero = false;
  switch ((ppr_round_mode)s->mode) {
  case PPR_ROUND_HALF_UP: zero = divide_lanes(s->d, s->a, b, k->n, PPR_ROUND_HALF_UP); break;
  case PPR_ROUND_UP: zero = divide_lanes(s->d, s->a, b, k->n, PPR_ROUND_UP); break;
  case PPR_ROUND_DOWN: zero = divide_lanes(s->d, s->a, b, k->n, PPR_ROUND_DOWN); break;
  case PPR_ROUND_HALF_EVEN:
  case PPR_ROUND_MODES: zero = divide_lanes(s->d, s->a, b, k->n, PPR_ROUND_HALF_EVEN); break;
  }
  if (zero)
    for (uint32_t i = 0; i < k->n; i++)
      if (b[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);
}

/* The lane keeps its value, so that what follows stays defined. */
void kern_NONZERO(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = s->d;
  const int64_t *restrict a = s->a;
  bool zero = false;
  for (uint32_t i = 0; i < k->n; i++) {
    d[i] = a[i];
    zero |= a[i] == 0;
  }
  if (zero)
    for (uint32_t i = 0; i < k->n; i++)
      if (a[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);
}

/* Division by multiplication (Granlund, Montgomery 1994): with l = ceil(log2 by), magic = floor(2^64 * (2^l - by) / by) + 1 and t = high(n * magic)
 * the quotient is (t + ((n - t) >> min(l, 1))) >> max(l - 1, 0), for every 64-bit n. For n < 2^31, by <= 2^31 it is (n * narrow) >> (31 + l), narrow
 * = floor(2^(31+l) / by) + 1: the error n * (narrow * by - 2^(31+l)) <= n * 2^l stays below 2^(31+l). narrow fits 32 bits when by is no power of two
 * or l = 0 is left out. */
void kern_divisor_init(kern_divisor *d, int64_t by, uint32_t mode) {
  uint64_t u = prim_magnitude(by);
  unsigned l = u <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(u - 1);
  __extension__ unsigned __int128 rest = (((unsigned __int128)1) << l) - u;
  d->by = u;
  d->negative = by < 0;
  d->bias = prim_bias(u ? u : 1, mode);
  d->magic = u ? (uint64_t)((rest << 64) / u) + 1 : 0;
  d->pre = l ? 1 : 0;
  d->post = (uint8_t)(l ? l - 1 : 0);
  bool power = (u & (u - 1)) == 0;
  if (u == 0 || u > (UINT64_C(1) << 31)) {
    d->narrow = 0, d->shift = 0; /* the numerators it would serve are never narrow */
  } else if (power) {
    d->narrow = 1, d->shift = (uint8_t)l;
  } else {
    d->narrow = (uint32_t)((UINT64_C(1) << (31 + l)) / u + 1);
    d->shift = (uint8_t)(31 + l);
  }
}

/* High word of a 64-bit product by 32-bit parts: the form that vectorises. */
PPR_INLINE uint64_t high(uint64_t a, uint64_t b) {
  uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  uint64_t mid = a1 * b0 + ((a0 * b0) >> 32);
  uint64_t mid2 = a0 * b1 + (mid & 0xffffffff);
  return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

/* Lanes of DIVK; false when a lane was too large for the narrow form and all must be done again. */
PPR_INLINE bool narrow_lanes(int64_t *restrict d, const int64_t *restrict a, uint32_t n, kern_divisor v, bool even) {
  uint64_t top = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t u = prim_magnitude(a[i]), m = u + v.bias, q = (m * v.narrow) >> v.shift;
    top |= u;
    if (even) q += prim_even(q, u - q * v.by, v.by);
    d[i] = prim_sign(q, (a[i] < 0) != v.negative);
  }
  return top < (UINT64_C(1) << 30);
}

PPR_INLINE void full_lanes(int64_t *restrict d, const int64_t *restrict a, uint32_t n, kern_divisor v, bool even) {
  for (uint32_t i = 0; i < n; i++) {
    uint64_t u = prim_magnitude(a[i]), m = u + v.bias, t = high(m, v.magic), q = (t + ((m - t) >> v.pre)) >> v.post;
    if (even) q += prim_even(q, u - q * v.by, v.by);
    d[i] = prim_sign(q, (a[i] < 0) != v.negative);
  }
}

PPR_KERNEL void kern_DIVK(const kern_step *s, const kern_block *k) {
  kern_divisor v = s->x.divisor;
  bool even = s->mode == PPR_ROUND_HALF_EVEN;
  if (v.by == 0) { /* refused by the verifier */
    for (uint32_t i = 0; i < k->n; i++) ((int64_t *)s->d)[i] = 0;
    return;
  }
  /* bias < 2^30 keeps the biased numerator below 2^31 */
  bool narrow = v.narrow != 0 && v.bias < (UINT64_C(1) << 30);
  if (even) {
    if (!narrow || !narrow_lanes(s->d, s->a, k->n, v, true)) full_lanes(s->d, s->a, k->n, v, true);
  } else {
    if (!narrow || !narrow_lanes(s->d, s->a, k->n, v, false)) full_lanes(s->d, s->a, k->n, v, false);
  }
}
