/* Intervals of numbers: the bounds of a result from those of its operands. The compiler proves 64 bits with them, a plan chooses 32. Saturating: a
 * bound beyond 128 bits is the greatest or least there is. */
#ifndef PPR_CODE_INTERVAL_H
#define PPR_CODE_INTERVAL_H
#include "base/wide.h"
#include <stddef.h>
#include <stdint.h>

typedef struct interval {
  ppr_wide lo, hi;
} interval;

interval interval_add(interval a, interval b);
interval interval_sub(interval a, interval b);
interval interval_mul(interval a, interval b);
interval interval_neg(interval a);
interval interval_abs(interval a);
interval interval_min(interval a, interval b);
interval interval_max(interval a, interval b);
/* Either of the two. */
interval interval_join(interval a, interval b);
/* Quotient rounded by a ppr_round_mode; a zero divisor gives no value. */
interval interval_div(interval a, interval b, uint32_t mode);
/* How many of n ascending bounds are not above the value. */
interval interval_rank(interval a, const int64_t *bounds, uint32_t n);
/* Of n > 0 numbers. */
interval interval_of(const int64_t *values, size_t n);
/* The part within lo..hi; lo..hi where there is none. */
interval interval_clip(interval a, ppr_wide lo, ppr_wide hi);

static inline bool interval_within(interval a, ppr_wide lo, ppr_wide hi) { return a.lo >= lo && a.hi <= hi; }
static inline bool interval_fits64(interval a) { return interval_within(a, INT64_MIN, INT64_MAX); }
static inline bool interval_fits32(interval a) { return interval_within(a, INT32_MIN, INT32_MAX); }
static inline bool interval_has_zero(interval a) { return a.lo <= 0 && a.hi >= 0; }
/* The greatest magnitude. */
ppr_wide interval_magnitude(interval a);
#endif
