/* Constants of division, prepared once: multipliers instead of divisors. */
#include "vm/kern.h"
#include <string.h>

/* c = k / by, then three units of the last place further from zero: |c| >= |k / by| * (1 + 2.5 * 2^-53) and <= |k / by| * (1 + 3.5 * 2^-52). */
static uint64_t ratio(double k, double by) {
  double c = k / by;
  uint64_t bits;
  memcpy(&bits, &c, sizeof bits);
  return k == 0 ? bits : bits + 3;
}

/* For |a * factor| + by <= 2^49 cutting off fl(fl(a * c) + d) with c = ratio(factor, by), d = ratio(what the mode adds, by) gives the whole part q of
 * t = (|a * factor| + what the mode adds) / by: two roundings lose less than 2^-52 of it and the ratios add more, so the sum is not below t >= q,
 * and being the rounding of a number not below q it is not below q. And it exceeds t by less than t * 2^-49 <= 1 / by, which is the least distance of
 * t to q + 1. */
kern_scale divisor_scale(int64_t factor, int64_t by, uint32_t mode, bool positive) {
  return (kern_scale){ratio((double)factor, (double)by), ratio((double)prim_bias((uint64_t)by, mode), (double)by), positive};
}

/* Division by multiplication (Granlund, Montgomery 1994): with l = ceil(log2 by), magic = floor(2^64 * (2^l - by) / by) + 1 and t = high(n * magic)
 * the quotient is (t + ((n - t) >> min(l, 1))) >> max(l - 1, 0), for every 64-bit n. */
void divisor_init(kern_divisor *d, int64_t by, uint32_t mode) {
  uint64_t u = prim_magnitude(by);
  if (u == 0) u = 1; /* refused by the verifier */
  unsigned l = u <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(u - 1);
  __extension__ unsigned __int128 rest = (((unsigned __int128)1) << l) - u;
  *d = (kern_divisor){.by = u, .magic = (uint64_t)((rest << 64) / u) + 1, .bias = prim_bias(u, mode), .negative = by < 0};
  d->pre = l ? 1 : 0;
  d->post = (uint8_t)(l ? l - 1 : 0);
  d->small = u <= (uint64_t)KERN_EXACT && mode != PPR_ROUND_HALF_EVEN;
  if (d->small) d->scale = divisor_scale(by < 0 ? -1 : 1, (int64_t)u, mode, false);
}
