/* Kernels of inputs and constants: required and range faults are found here, presets take the place of absent values. */
#include "vm/kern.h"
#include <string.h>

/* State byte of a caller's column; anything unknown counts as absent. */
PPR_INLINE uint8_t state_of(uint8_t byte) { return byte > PPR_UNBESTIMMT ? (uint8_t)PPR_FEHLT : byte; }

static bool absent_allowed(const kern_input *in, uint8_t state) {
  return (in->flags & PPR_FIELD_OPTIONAL) || ((in->flags & PPR_FIELD_PRESET) && state == PPR_FEHLT);
}

/* Value of one absent lane, with its fault if absence is one. */
static int64_t absent(const kern_step *s, const kern_block *k, uint32_t lane, uint8_t state) {
  const kern_input *in = s->x.in;
  if (!absent_allowed(in, state)) {
    kern_fault(s, k, lane, DIAG_FAULT_MISSING);
    return 0;
  }
  return (in->flags & PPR_FIELD_PRESET) && state == PPR_FEHLT ? in->preset : 0;
}

PPR_KERNEL static uint8_t any_state(const uint8_t *s, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) any |= s[i];
  return any;
}

/* Columns of a batch lie far apart and blocks are short: without help every block would begin with cold columns. */
static void fetch_ahead(const int64_t *v, uint32_t n) {
  for (uint32_t i = 0; i < n; i += 8) __builtin_prefetch(v + i);
}

/* The number of one row; the column is not absent. */
PPR_INLINE int64_t value_at(const ppr_column *col, size_t row) { return col->narrow ? col->narrow[row] : col->values[row]; }

/* The column's values when all are present in this block, else NULL. */
static const int64_t *complete(const ppr_column *col, const kern_block *k) {
  if (!col->values) return NULL;
  fetch_ahead(col->values + k->row + k->n, k->ahead);
  return col->states && any_state(col->states + k->row, k->n) ? NULL : col->values + k->row;
}

/* May a value be outside of lo..hi? With a range narrower than 2^63 exactly the values outside make one of the differences negative: let x = v - lo
 * modulo 2^64 and w = hi - lo; inside is x <= w, and beyond that either x or w - x modulo 2^64 reaches 2^63. */
PPR_KERNEL static bool outside(const int64_t *v, uint32_t n, int64_t lo, int64_t hi) {
  uint64_t signs = 0, from = (uint64_t)lo, to = (uint64_t)hi;
  if (to - from >= UINT64_C(1) << 63) return true;
  for (uint32_t i = 0; i < n; i++) signs |= ((uint64_t)v[i] - from) | (to - (uint64_t)v[i]);
  return signs >> 63;
}

/* Range faults of a complete column. */
static void check(const kern_step *s, const kern_block *k, const int64_t *v) {
  const kern_input *in = s->x.in;
  if (k->n < 8 || outside(v, k->n, in->lo, in->hi)) /* few lanes are not worth the search */
    for (uint32_t i = 0; i < k->n; i++)
      if (v[i] < in->lo || v[i] > in->hi) kern_fault(s, k, i, DIAG_FAULT_RANGE);
}

/* One lane of a column with gaps. */
static int64_t fetch(const kern_step *s, const kern_block *k, uint32_t lane) {
  const kern_input *in = s->x.in;
  const ppr_column *col = &k->in[in->slot];
  uint8_t state = !col->values && !col->narrow ? (uint8_t)PPR_FEHLT : col->states ? state_of(col->states[k->row + lane]) : (uint8_t)PPR_PRESENT;
  if (state) return absent(s, k, lane, state);
  int64_t v = value_at(col, k->row + lane);
  if (v < in->lo || v > in->hi) kern_fault(s, k, lane, DIAG_FAULT_RANGE);
  return v;
}

/* A complete column of the caller is the register; nothing writes to it, because nothing else defines that register. */
void kern_IN_INT(const kern_step *s, const kern_block *k) {
  const kern_input *in = s->x.in;
  const int64_t *v = complete(&k->in[in->slot], k);
  int64_t *d = in->own;
  k->reg[s->d] = d;
  if (!v) {
    for (uint32_t i = 0; i < k->n; i++) d[i] = fetch(s, k, i);
    return;
  }
  check(s, k, v);
  if (in->copy) memcpy(d, v, k->n * sizeof *d);
  else k->reg[s->d] = (void *)(uintptr_t)v;
}

PPR_KERNEL static void to_bool(uint8_t *restrict d, const int64_t *restrict v, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) d[i] = v[i] != 0;
}

void kern_IN_BOOL(const kern_step *s, const kern_block *k) {
  const int64_t *v = complete(&k->in[s->x.in->slot], k);
  uint8_t *d = kern_out(k, s);
  if (v) {
    check(s, k, v);
    to_bool(d, v, k->n);
  } else {
    for (uint32_t i = 0; i < k->n; i++) d[i] = fetch(s, k, i) != 0;
  }
}

/* A preset makes a missing value present. */
void kern_IN_STATE(const kern_step *s, const kern_block *k) {
  const ppr_column *col = &k->in[s->x.in->slot];
  uint8_t *d = kern_out(k, s), missing = (s->x.in->flags & PPR_FIELD_PRESET) ? PPR_PRESENT : PPR_FEHLT;
  if (!col->values && !col->narrow) {
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
  int64_t *d = kern_out(k, s);
  for (uint32_t i = 0; i < k->n; i++) d[i] = s->k;
}

void kern_CONST_BOOL(const kern_step *s, const kern_block *k) { memset(kern_out(k, s), (int)(s->k & 3), k->n); }

void kern_CONST_WIDE(const kern_step *s, const kern_block *k) {
  ppr_wide *d = kern_out(k, s);
  for (uint32_t i = 0; i < k->n; i++) d[i] = *s->x.wide;
}
