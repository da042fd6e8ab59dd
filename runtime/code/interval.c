/* Interval arithmetic; see interval.h. */
#include "code/interval.h"
#include "code/program.h"

static ppr_wide least(ppr_wide a, ppr_wide b) { return a < b ? a : b; }
static ppr_wide most(ppr_wide a, ppr_wide b) { return a > b ? a : b; }

static ppr_wide sat_add(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (!__builtin_add_overflow(a, b, &r)) return r;
  return a < 0 ? WIDE_MIN : WIDE_MAX;
}
static ppr_wide sat_neg(ppr_wide a) { return a == WIDE_MIN ? WIDE_MAX : -a; }
static ppr_wide sat_mul(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (!__builtin_mul_overflow(a, b, &r)) return r;
  return (a < 0) == (b < 0) ? WIDE_MAX : WIDE_MIN;
}

interval interval_add(interval a, interval b) { return (interval){sat_add(a.lo, b.lo), sat_add(a.hi, b.hi)}; }
interval interval_neg(interval a) { return (interval){sat_neg(a.hi), sat_neg(a.lo)}; }
interval interval_sub(interval a, interval b) { return interval_add(a, interval_neg(b)); }

interval interval_mul(interval a, interval b) {
  ppr_wide p[4] = {sat_mul(a.lo, b.lo), sat_mul(a.lo, b.hi), sat_mul(a.hi, b.lo), sat_mul(a.hi, b.hi)};
  return (interval){least(least(p[0], p[1]), least(p[2], p[3])), most(most(p[0], p[1]), most(p[2], p[3]))};
}

interval interval_abs(interval a) {
  if (a.lo >= 0) return a;
  if (a.hi <= 0) return interval_neg(a);
  return (interval){0, interval_magnitude(a)};
}

interval interval_min(interval a, interval b) { return (interval){least(a.lo, b.lo), least(a.hi, b.hi)}; }
interval interval_max(interval a, interval b) { return (interval){most(a.lo, b.lo), most(a.hi, b.hi)}; }
interval interval_join(interval a, interval b) { return (interval){least(a.lo, b.lo), most(a.hi, b.hi)}; }

ppr_wide interval_magnitude(interval a) { return most(sat_neg(a.lo), a.hi); }

interval interval_div(interval a, interval b, uint32_t mode) {
  ppr_wide big = interval_magnitude(a), small = b.lo > 0 ? b.lo : b.hi < 0 ? sat_neg(b.hi) : 1;
  ppr_wide bound = sat_add(big / small, mode == PPR_ROUND_DOWN || big % small == 0 ? 0 : 1);
  interval r = {a.lo >= 0 && b.lo >= 0 ? 0 : sat_neg(bound), bound};
  if (a.lo >= 0 && b.lo >= 0 && b.hi > 0) r.lo = b.hi < WIDE_MAX ? a.lo / b.hi : 0;
  if (a.hi <= 0 && b.lo >= 0) r.hi = 0;
  return r;
}

interval interval_rank(interval a, const int64_t *bounds, uint32_t n) {
  interval r = {0, 0};
  for (uint32_t i = 0; i < n; i++) {
    r.lo += bounds[i] <= a.lo;
    r.hi += bounds[i] <= a.hi;
  }
  return r;
}

interval interval_of(const int64_t *values, size_t n) {
  interval r = {values[0], values[0]};
  for (size_t i = 1; i < n; i++) r = interval_join(r, (interval){values[i], values[i]});
  return r;
}

interval interval_clip(interval a, ppr_wide lo, ppr_wide hi) {
  interval r = {most(a.lo, lo), least(a.hi, hi)};
  return r.lo <= r.hi ? r : (interval){lo, hi};
}
