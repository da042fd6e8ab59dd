/* Kernels of inputs and constants: required and range faults are found here, presets take the place of absent values. */
#include "vm/kern.h"
#include <string.h>

/* State byte of a caller's column; anything unknown counts as absent. */
PPR_INLINE uint8_t state_of(uint8_t byte) { return byte > PPR_UNBESTIMMT ? (uint8_t)PPR_FEHLT : byte; }

static bool absent_allowed(const kern_step *s, uint8_t state) {
  return (s->x.in.flags & PPR_FIELD_OPTIONAL) || ((s->x.in.flags & PPR_FIELD_PRESET) && state == PPR_FEHLT);
}

/* Value of one absent lane, with its fault if absence is one. */
static int64_t absent(const kern_step *s, const kern_block *k, uint32_t lane, uint8_t state) {
  if (!absent_allowed(s, state)) {
    kern_fault(s, k, lane, DIAG_FAULT_MISSING);
    return 0;
  }
  return (s->x.in.flags & PPR_FIELD_PRESET) && state == PPR_FEHLT ? s->k : 0;
}

/* Columns of a batch lie far apart and blocks are short: without help every block would begin with cold columns. */
static void fetch_ahead(const int64_t *v, uint32_t n) {
  for (uint32_t i = 0; i < n; i += 8) __builtin_prefetch(v + i);
}

PPR_KERNEL static int64_t copy_in(int64_t *restrict d, const int64_t *restrict v, uint32_t n, int64_t lo, int64_t hi) {
  int64_t bad = 0;
  for (uint32_t i = 0; i < n; i++) {
    d[i] = v[i];
    bad |= (v[i] < lo) | (v[i] > hi);
  }
  return bad;
}

PPR_KERNEL static uint8_t any_state(const uint8_t *s, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) any |= s[i];
  return any;
}

/* Fetches an input column as numbers into d. */
static void fetch(const kern_step *s, const kern_block *k, int64_t *d) {
  const ppr_column *col = &k->in[s->x.in.slot];
  int64_t lo = s->x.in.lo, hi = s->x.in.hi;
  if (!col->values) {
    for (uint32_t i = 0; i < k->n; i++) d[i] = absent(s, k, i, PPR_FEHLT);
    return;
  }
  const int64_t *v = col->values + k->row;
  fetch_ahead(v + k->n, k->ahead);
  const uint8_t *states = col->states ? col->states + k->row : NULL;
  if (!states || !any_state(states, k->n)) {
    if (copy_in(d, v, k->n, lo, hi))
      for (uint32_t i = 0; i < k->n; i++)
        if (v[i] < lo || v[i] > hi) kern_fault(s, k, i, DIAG_FAULT_RANGE);
    return;
  }
  for (uint32_t i = 0; i < k->n; i++) {
    uint8_t state = state_of(states[i]);
    if (state) {
      d[i] = absent(s, k, i, state);
    } else {
      d[i] = v[i];
      if (v[i] < lo || v[i] > hi) kern_fault(s, k, i, DIAG_FAULT_RANGE);
    }
  }
}

void kern_IN_INT(const kern_step *s, const kern_block *k) { fetch(s, k, s->d); }

void kern_IN_BOOL(const kern_step *s, const kern_block *k) {
  uint8_t *d = s->d;
  int64_t part[64];
  kern_block sub = *k;
  for (uint32_t at = 0; at < k->n; at += 64) {
    sub.n = k->n - at < 64 ? k->n - at : 64;
    sub.ahead = at + 64 < k->n ? 0 : k->ahead;
    sub.row = k->row + at, sub.active = k->active + at, sub.faults = k->faults + at;
    fetch(s, &sub, part);
    for (uint32_t i = 0; i < sub.n; i++) d[at + i] = part[i] != 0;
  }
}

/* A preset makes a missing value present. */
void kern_IN_STATE(const kern_step *s, const kern_block *k) {
  const ppr_column *col = &k->in[s->x.in.slot];
  uint8_t *d = s->d, missing = (s->x.in.flags & PPR_FIELD_PRESET) ? PPR_PRESENT : PPR_FEHLT;
  if (!col->values) {
    memset(d, missing, k->n);
  } else if (!col->states) {
    memset(d, PPR_PRESENT, k->n);
  } else {
    for (uint32_t i = 0; i < k->n; i++) {
      uint8_t state = state_of(col->states[k->row + i]);
      d[i] = state == PPR_FEHLT ? missing : state;
    }
  }
}

void kern_CONST_INT(const kern_step *s, const kern_block *k) {
  int64_t *d = s->d;
  for (uint32_t i = 0; i < k->n; i++) d[i] = s->k;
}

void kern_CONST_BOOL(const kern_step *s, const kern_block *k) { memset(s->d, (int)(s->k & 3), k->n); }

void kern_CONST_WIDE(const kern_step *s, const kern_block *k) {
  ppr_wide *d = s->d;
  for (uint32_t i = 0; i < k->n; i++) d[i] = s->x.wide;
}
