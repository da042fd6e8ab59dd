/* Kernels of division. A quotient is the truncated quotient of the magnitudes after adding what the rounding mode asks for; signs are put back
 * last. */
#include "vm/kern_lanes.h"
#include <string.h>

/* --- through binary64 ---
 *
 * Numbers below 2^48 in magnitude (KERN_EXACT) divide through binary64, by whole vectors where the processor can. That is exact. QUOTIENT: let x be
 * the numerator with what the rounding mode adds to it, |x| <= 2^50, t = |x| / |b| and q its whole part. x and b convert exactly. The rounded
 * quotient is not below q, because q is a binary64 number and rounding keeps order. It is below q + 1: t <= q + 1 - 1 / |b|, and rounding adds less
 * than t * 2^-52 < 1 / |b|, whatever the direction of rounding. So the conversion back, which cuts off the fraction, gives q. SCALE: see divisor.c.
 * Written without branches: the compiler keeps floating point operations where they are. */

/* Lanes that mean nothing (no record, other arm, faulted) may hold any number: the conversion of a binary64 beyond the range of the result then gives
 * an unspecified one (C11 F.4), which nobody reads. */
#define ANY_LANE __attribute__((no_sanitize("float-cast-overflow")))

/* To binary64 and back, cutting off the fraction. Without an instruction for 64 bits: adding 1.5 * 2^52 puts a number below 2^51 into the last bits.
 */
#define SHIFTER 6755399441055744.0
#define SHIFTER_BITS UINT64_C(0x4338000000000000)
PPR_INLINE double to_binary_32(int32_t a) { return a; }
PPR_INLINE double to_binary_64(int64_t a) {
#ifdef __AVX512DQ__
  return (double)a;
#else
  uint64_t bits = (uint64_t)a + SHIFTER_BITS;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x - SHIFTER;
#endif
}
ANY_LANE PPR_INLINE int32_t from_binary_32(double x) { return (int32_t)x; }
ANY_LANE PPR_INLINE int64_t from_binary_64(double x) {
#ifdef __AVX512DQ__
  return (int64_t)x;
#else
  double whole = x + SHIFTER - SHIFTER, beyond = __builtin_fabs(whole) > __builtin_fabs(x) ? 1.0 : 0.0; /* the nearest whole number */
  whole = whole - __builtin_copysign(beyond, x) + SHIFTER;
  uint64_t bits;
  memcpy(&bits, &whole, sizeof bits);
  return (int64_t)(bits - SHIFTER_BITS);
#endif
}

/* Lanes of a SCALE: d = a * multiplier and what rounding adds. positive: no operand or result is negative. */
#define SCALE_LANES(W, D)                                                                                                                            \
  ANY_LANE PPR_INLINE void scale_lanes_##W##_##D(kern_##D *restrict d, const kern_##W *restrict a, uint32_t lanes, kern_scale v) {                   \
    double multiplier, added;                                                                                                                        \
    memcpy(&multiplier, &v.multiplier, sizeof multiplier);                                                                                           \
    memcpy(&added, &v.added, sizeof added);                                                                                                          \
    if (v.positive) {                                                                                                                                \
      EACH_LANE(i) d[i] = from_binary_##D(to_binary_##W(a[i]) * multiplier + added);                                                                 \
    } else {                                                                                                                                         \
      EACH_LANE(i) {                                                                                                                                 \
        double x = to_binary_##W(a[i]) * multiplier;                                                                                                 \
        d[i] = from_binary_##D(x + __builtin_copysign(added, x));                                                                                    \
      }                                                                                                                                              \
    }                                                                                                                                                \
  }
SCALE_LANES(32, 32)
SCALE_LANES(64, 32)
SCALE_LANES(64, 64)

#define SCALE_OF(W, D)                                                                                                                               \
  KERNEL_OF(SCALE, W, W, D) { scale_lanes_##W##_##D(kern_out(k, s), kern_in(k, s->a), lanes, *s->x.scale); }
SCALE_OF(32, 32)
SCALE_OF(64, 32)
SCALE_OF(64, 64)

/* The magnitude of x, rounded; some of the bits from 2^30 on are set if and only if it is not within KERN_ASSUMED. */
PPR_INLINE uint64_t whole_bits(double x) {
  double last = __builtin_fabs(x) + 0x1p52;
  uint64_t bits;
  memcpy(&bits, &last, sizeof bits);
  return bits ^ UINT64_C(0x4330000000000000);
}

/* Lanes of a QUOTIENT: a * factor / b, `other` where b is 0. Half up doubles numerator and divisor, so that halves are whole. Is one of them beyond
 * 32 bits? */
#define EACH_QUOTIENT(W, B, D, ADD, TWICE)                                                                                                           \
  EACH_LANE(i) {                                                                                                                                     \
    double x = to_binary_##W(a[i]) * factor, y = to_binary_##B(b[i]), up = ADD, q = (x + __builtin_copysign(up, x)) / (y * TWICE);                   \
    q = y == 0 ? other : q;                                                                                                                          \
    beyond |= whole_bits(q);                                                                                                                         \
    d[i] = from_binary_##D(q);                                                                                                                       \
  }
#define QUOTIENT_LANES(W, B, D)                                                                                                                      \
  ANY_LANE PPR_INLINE bool quotient_lanes_##W##_##B##_##D(kern_##D *restrict d, const kern_##W *restrict a, const kern_##B *restrict b,              \
                                                          uint32_t lanes, double factor, double other, uint32_t mode) {                              \
    uint64_t beyond = 0;                                                                                                                             \
    if (mode == PPR_ROUND_HALF_UP) {                                                                                                                 \
      factor += factor;                                                                                                                              \
      EACH_QUOTIENT(W, B, D, y, 2)                                                                                                                   \
    } else if (mode == PPR_ROUND_UP) {                                                                                                               \
      EACH_QUOTIENT(W, B, D, __builtin_fabs(y) - 1, 1)                                                                                               \
    } else {                                                                                                                                         \
      EACH_QUOTIENT(W, B, D, 0, 1)                                                                                                                   \
    }                                                                                                                                                \
    return beyond >> 30;                                                                                                                             \
  }
QUOTIENT_LANES(32, 32, 32)
QUOTIENT_LANES(32, 32, 64)
QUOTIENT_LANES(64, 32, 32)
QUOTIENT_LANES(64, 32, 64)
QUOTIENT_LANES(64, 64, 32)
QUOTIENT_LANES(64, 64, 64)

/* Lanes that divide by zero; most of them are in the arm of a region that is not theirs. */
#define FAULT_ZEROS(W)                                                                                                                               \
  static void fault_zeros_##W(const kern_step *s, const kern_block *k, const kern_##W *b) {                                                          \
    kern_8 any = 0;                                                                                                                                  \
    for (uint32_t i = 0; i < k->n; i++) any |= (kern_8)(b[i] == 0) & k->active[i];                                                                   \
    if (any)                                                                                                                                         \
      for (uint32_t i = 0; i < k->n; i++)                                                                                                            \
        if (b[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);                                                                                     \
  }
FAULT_ZEROS(32)
FAULT_ZEROS(64)

#define QUOTIENT_OF(W, B, D)                                                                                                                         \
  KERNEL_OF(QUOTIENT, W, B, D) {                                                                                                                     \
    const kern_##B *b = kern_in(k, s->b);                                                                                                            \
    bool beyond = quotient_lanes_##W##_##B##_##D(kern_out(k, s), kern_in(k, s->a), b, lanes, (double)s->k, (double)s->x.other, s->mode);             \
    if (beyond && s->assumed) *k->spoiled = true;                                                                                                    \
    if (!s->sure) fault_zeros_##B(s, k, b);                                                                                                          \
  }
QUOTIENT_OF(32, 32, 32)
QUOTIENT_OF(32, 32, 64)
QUOTIENT_OF(64, 32, 32)
QUOTIENT_OF(64, 32, 64)
QUOTIENT_OF(64, 64, 32)
QUOTIENT_OF(64, 64, 64)

/* --- DIV and DIVK: all 64-bit numbers, all modes --- */

/* Collects numbers; is none of them beyond the magnitude that divides through binary64? */
#define COLLECT(n) ((uint64_t)(n) + (uint64_t)KERN_EXACT)
PPR_INLINE bool all_small(uint64_t collected) { return collected < 2 * (uint64_t)KERN_EXACT; }

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

#define DIVIDE_ALL(MODE)                                                                                                                             \
  for (uint32_t i = 0; i < k->n; i++) d[i] = divide(a[i], b[i], MODE)

KERNEL_OF(DIV, 64, 64, 64) {
  int64_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  uint64_t seen = 0;
  EACH_LANE(i) seen |= COLLECT(a[i]) | COLLECT(b[i]);
  if (all_small(seen) && s->mode != PPR_ROUND_HALF_EVEN) quotient_lanes_64_64_64(d, a, b, lanes, 1, (double)s->x.other, s->mode);
  else if (s->mode == PPR_ROUND_HALF_UP) DIVIDE_ALL(PPR_ROUND_HALF_UP);
  else if (s->mode == PPR_ROUND_UP) DIVIDE_ALL(PPR_ROUND_UP);
  else if (s->mode == PPR_ROUND_DOWN) DIVIDE_ALL(PPR_ROUND_DOWN);
  else DIVIDE_ALL(PPR_ROUND_HALF_EVEN);
  if (!s->sure) fault_zeros_64(s, k, b);
}

/* High word of a 64-bit product by 32-bit parts: the form that vectorises. */
PPR_INLINE uint64_t high(uint64_t a, uint64_t b) {
  uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  uint64_t mid = a1 * b0 + ((a0 * b0) >> 32);
  uint64_t mid2 = a0 * b1 + (mid & 0xffffffff);
  return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

/* All numerators, by multiplication (divisor.c). minus: all ones where the result is negative. */
PPR_INLINE void divide_by_constant(int64_t *restrict d, const int64_t *restrict a, uint32_t lanes, kern_divisor v, bool even) {
  uint64_t flip = 0 - (uint64_t)v.negative;
  EACH_LANE(i) {
    uint64_t u = prim_magnitude(a[i]), m = u + v.bias, t = high(m, v.magic), q = (t + ((m - t) >> v.pre)) >> v.post;
    if (even) q += prim_even(q, u - q * v.by, v.by);
    uint64_t minus = flip ^ (0 - (uint64_t)(a[i] < 0));
    d[i] = (int64_t)((q ^ minus) - minus);
  }
}

KERNEL_OF(DIVK, 64, 64, 64) {
  int64_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  const kern_divisor *v = s->x.divisor;
  uint64_t seen = 0;
  EACH_LANE(i) seen |= COLLECT(a[i]);
  if (v->small && all_small(seen)) scale_lanes_64_64(d, a, lanes, v->scale);
  else if (s->mode == PPR_ROUND_HALF_EVEN) divide_by_constant(d, a, lanes, *v, true);
  else divide_by_constant(d, a, lanes, *v, false);
}

/* The lane keeps its value, so that what follows stays defined. */
#define NONZERO_OF(W)                                                                                                                                \
  KERNEL_OF(NONZERO, W, W, W) {                                                                                                                      \
    kern_##W *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a);                                                                                                   \
    EACH_LANE(i) d[i] = a[i];                                                                                                                        \
    if (!s->sure) fault_zeros_##W(s, k, a);                                                                                                          \
  }
NONZERO_OF(32)
NONZERO_OF(64)
