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

/* Numbers of a magnitude below SMALL divide through binary64, by whole vectors where the processor can. That is exact: let x be the numerator with
 * what the rounding mode adds to it, |x| < 2^52, t = |x| / |b| and q its whole part. x and b convert exactly. The rounded quotient is not below q,
 * because q is a binary64 number and rounding keeps order. It is below q + 1: t <= q + 1 - 1 / |b|, and rounding adds less than t * 2^-52 = |x| *
 * 2^-52 / |b| < 1 / |b|, whatever the direction of rounding. So the conversion back, which cuts off the fraction, gives q. Written without branches:
 * the compiler keeps floating point operations where they are. */
#define SMALL (UINT64_C(1) << 51)
PPR_INLINE int64_t divide_small(int64_t a, int64_t b, uint64_t bias, uint32_t mode) {
  int64_t minus = -(int64_t)(a < 0), x = a + (((int64_t)bias ^ minus) - minus);
  int64_t q = (int64_t)((double)x / (double)b);
  if (mode == PPR_ROUND_HALF_EVEN) {
    minus = -(int64_t)((a ^ b) < 0);
    q += ((int64_t)prim_even((uint64_t)q, prim_magnitude(a - q * b), prim_magnitude(b)) ^ minus) - minus;
  }
  return q;
}

PPR_INLINE void divide_lanes(int64_t *restrict d, const int64_t *restrict a, const int64_t *restrict b, uint32_t n, uint32_t mode, bool small) {
  if (small) {
    for (uint32_t i = 0; i < n; i++) {
      int64_t zero = b[i] == 0, by = b[i] + zero;
      d[i] = divide_small(a[i], by, prim_bias(prim_magnitude(by), mode), mode) & (zero - 1);
    }
  } else {
    for (uint32_t i = 0; i < n; i++) d[i] = divide(a[i], b[i], mode);
  }
}

/* Lanes that divide by zero; most of them are in the arm of a region that is not theirs. */
PPR_KERNEL static void fault_zeros(const kern_step *s, const kern_block *k, const int64_t *b) {
  uint64_t any = 0;
  for (uint32_t i = 0; i < k->n; i++) any |= (uint64_t)(b[i] == 0) & k->active[i];
  if (any)
    for (uint32_t i = 0; i < k->n; i++)
      if (b[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);
}

PPR_KERNEL void kern_DIV(const kern_step *s, const kern_block *k) {
  int64_t *d = kern_out(k, s);
  const int64_t *a = kern_in(k, s->a), *b = kern_in(k, s->b);
  uint32_t n = k->n;
  uint64_t top = 0, zero = 0;
  for (uint32_t i = 0; i < n; i++) {
    top |= prim_magnitude(a[i]) | prim_magnitude(b[i]);
    zero |= b[i] == 0;
  }
  bool small = top < SMALL;
  switch ((ppr_round_mode)s->mode) {
  case PPR_ROUND_HALF_UP: divide_lanes(d, a, b, n, PPR_ROUND_HALF_UP, small); break;
  case PPR_ROUND_UP: divide_lanes(d, a, b, n, PPR_ROUND_UP, small); break;
  case PPR_ROUND_DOWN: divide_lanes(d, a, b, n, PPR_ROUND_DOWN, small); break;
  case PPR_ROUND_HALF_EVEN:
  case PPR_ROUND_MODES: divide_lanes(d, a, b, n, PPR_ROUND_HALF_EVEN, small); break;
  }
  if (zero) fault_zeros(s, k, b);
}

/* The lane keeps its value, so that what follows stays defined. */
PPR_KERNEL void kern_NONZERO(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  uint64_t zero = 0;
  for (uint32_t i = 0, n = k->n; i < n; i++) {
    d[i] = a[i];
    zero |= a[i] == 0;
  }
  if (zero) fault_zeros(s, k, a);
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

/* The three forms of DIVK: numerators below 2^30, below SMALL, all. minus: all ones where the result is negative. */
PPR_INLINE int64_t negate(uint64_t q, uint64_t minus) { return (int64_t)((q ^ minus) - minus); }

PPR_INLINE void narrow_lanes(int64_t *restrict d, const int64_t *restrict a, uint32_t n, kern_divisor v, bool even) {
  uint64_t flip = 0 - (uint64_t)v.negative;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t u = prim_magnitude(a[i]), q = ((u + v.bias) * v.narrow) >> v.shift;
    if (even) q += prim_even(q, u - q * v.by, v.by);
    d[i] = negate(q, flip ^ (0 - (uint64_t)(a[i] < 0)));
  }
}

PPR_INLINE void small_lanes(int64_t *restrict d, const int64_t *restrict a, uint32_t n, kern_divisor v, bool even) {
  int64_t by = prim_sign(v.by, v.negative);
  for (uint32_t i = 0; i < n; i++) d[i] = divide_small(a[i], by, v.bias, even ? PPR_ROUND_HALF_EVEN : PPR_ROUND_MODES);
}

PPR_INLINE void full_lanes(int64_t *restrict d, const int64_t *restrict a, uint32_t n, kern_divisor v, bool even) {
  uint64_t flip = 0 - (uint64_t)v.negative;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t u = prim_magnitude(a[i]), m = u + v.bias, t = high(m, v.magic), q = (t + ((m - t) >> v.pre)) >> v.post;
    if (even) q += prim_even(q, u - q * v.by, v.by);
    d[i] = negate(q, flip ^ (0 - (uint64_t)(a[i] < 0)));
  }
}

PPR_INLINE void divide_by_constant(int64_t *d, const int64_t *a, uint32_t n, const kern_divisor *v, bool even) {
  uint64_t top = 0;
  for (uint32_t i = 0; i < n; i++) top |= prim_magnitude(a[i]);
  if (v->narrow != 0 && (top | v->bias) < (UINT64_C(1) << 30)) narrow_lanes(d, a, n, *v, even); /* with the bias below 2^31 */
  else if ((top | v->by) < SMALL) small_lanes(d, a, n, *v, even);
  else full_lanes(d, a, n, *v, even);
}

PPR_KERNEL void kern_DIVK(const kern_step *s, const kern_block *k) {
  int64_t *d = kern_out(k, s);
  const int64_t *a = kern_in(k, s->a);
  if (s->x.divisor->by == 0) /* refused by the verifier */
    for (uint32_t i = 0; i < k->n; i++) d[i] = 0;
  else if (s->mode == PPR_ROUND_HALF_EVEN) divide_by_constant(d, a, k->n, s->x.divisor, true);
  else divide_by_constant(d, a, k->n, s->x.divisor, false);
}
