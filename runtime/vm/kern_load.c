/* Kernels of inputs and constants: required and range faults are found here, presets take the place of absent values. */
#include "vm/kern_lanes.h"
#include <string.h>

/* State byte of a caller's column; anything unknown counts as absent. */
PPR_INLINE uint8_t state_of(uint8_t byte) { return byte > PPR_UNBESTIMMT ? (uint8_t)PPR_FEHLT : byte; }

PPR_INLINE bool is_absent(const ppr_column *col) { return !col->values && !col->narrow; }

/* The number of one row; the column is not absent. */
PPR_INLINE int64_t value_at(const ppr_column *col, size_t row) { return col->narrow ? col->narrow[row] : col->values[row]; }

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

static uint8_t any_state(const uint8_t *s, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) any |= s[i];
  return any;
}

/* Are all values of the block present, and enough of them to be worth vectors? */
PPR_INLINE bool complete(const ppr_column *col, const kern_block *k) {
  return k->n >= KERN_GROUP && !is_absent(col) && (!col->states || !any_state(col->states + k->row, k->n));
}

/* Range faults of a complete column, and its numbers into a register unless they stay where they are (d NULL). With a range narrower than half of all
 * numbers exactly the values outside make one of the differences negative: let x = v - lo modulo 2^W and w = hi - lo; inside is x <= w, and beyond
 * that either x or w - x modulo 2^W reaches 2^(W-1). */
#define READ_OF(W, D)                                                                                                                                \
  static void read_##W##_##D(const kern_step *s, const kern_block *k, const kern_##W *v, kern_##D *restrict d) {                                     \
    const kern_input *in = s->x.in;                                                                                                                  \
    int64_t least = (kern_##W)((kern_u##W)1 << (W - 1)), most = -(least + 1);                                                                        \
    int64_t lo = in->lo < least ? least : in->lo, hi = in->hi > most ? most : in->hi; /* of this width */                                            \
    bool open = lo == least && hi == most, odd = lo > hi || ((uint64_t)hi - (uint64_t)lo) >> (W - 1);                                                \
    kern_u##W signs = 0, from = (kern_u##W)lo, to = (kern_u##W)hi;                                                                                   \
    if (d)                                                                                                                                           \
      for (uint32_t i = 0; i < k->n; i++) {                                                                                                          \
        signs |= ((kern_u##W)v[i] - from) | (to - (kern_u##W)v[i]);                                                                                  \
        d[i] = (kern_##D)v[i];                                                                                                                       \
      }                                                                                                                                              \
    else                                                                                                                                             \
      for (uint32_t i = 0; i < k->n; i++) signs |= ((kern_u##W)v[i] - from) | (to - (kern_u##W)v[i]);                                                \
    if (!open && (odd || signs >> (W - 1)))                                                                                                          \
      for (uint32_t i = 0; i < k->n; i++)                                                                                                            \
        if (v[i] < in->lo || v[i] > in->hi) kern_fault(s, k, i, DIAG_FAULT_RANGE);                                                                   \
  }
READ_OF(32, 32)
READ_OF(32, 64)
READ_OF(64, 32)
READ_OF(64, 64)

/* One lane of a column with gaps. */
PPR_INLINE int64_t fetch(const kern_step *s, const kern_block *k, uint32_t lane) {
  const kern_input *in = s->x.in;
  const ppr_column *col = &k->in[in->slot];
  uint8_t state = is_absent(col) ? (uint8_t)PPR_FEHLT : col->states ? state_of(col->states[k->row + lane]) : (uint8_t)PPR_PRESENT;
  if (state) return absent(s, k, lane, state);
  int64_t v = value_at(col, k->row + lane);
  if (v < in->lo || v > in->hi) kern_fault(s, k, lane, DIAG_FAULT_RANGE);
  return v;
}

/* A complete column of the caller that is as wide as the register is the register; nothing writes to it, because nothing else defines that register.
 */
#define INPUT_OF(D, SAME, OTHER, W)                                                                                                                  \
  KERNEL_OF(IN_INT, 0, 0, D) {                                                                                                                       \
    const kern_input *in = s->x.in;                                                                                                                  \
    const ppr_column *col = &k->in[in->slot];                                                                                                        \
    kern_##D *d = (kern_##D *)(void *)(k->memory + in->home);                                                                                        \
    k->reg[s->d] = d;                                                                                                                                \
    if (!complete(col, k)) {                                                                                                                         \
      for (uint32_t i = 0; i < k->n; i++) d[i] = (kern_##D)fetch(s, k, i);                                                                           \
    } else if (!col->SAME) {                                                                                                                         \
      read_##W##_##D(s, k, col->OTHER + k->row, d);                                                                                                  \
    } else if (k->lend) {                                                                                                                            \
      read_##D##_##D(s, k, col->SAME + k->row, NULL);                                                                                                \
      k->reg[s->d] = (void *)(uintptr_t)(col->SAME + k->row);                                                                                        \
    } else {                                                                                                                                         \
      read_##D##_##D(s, k, col->SAME + k->row, d);                                                                                                   \
    }                                                                                                                                                \
  }
INPUT_OF(32, narrow, values, 64)
INPUT_OF(64, values, narrow, 32)

KERNEL_OF(IN_BOOL, 0, 0, 8) {
  kern_8 *restrict d = kern_out(k, s);
  const ppr_column *col = &k->in[s->x.in->slot];
  uint32_t n = k->n;
  if (!complete(col, k)) {
    for (uint32_t i = 0; i < n; i++) d[i] = fetch(s, k, i) != 0;
  } else if (col->narrow) {
    const int32_t *restrict v = col->narrow + k->row;
    read_32_32(s, k, v, NULL);
    for (uint32_t i = 0; i < n; i++) d[i] = v[i] != 0;
  } else {
    const int64_t *restrict v = col->values + k->row;
    read_64_64(s, k, v, NULL);
    for (uint32_t i = 0; i < n; i++) d[i] = v[i] != 0;
  }
}

/* A preset makes a missing value present. */
KERNEL_OF(IN_STATE, 0, 0, 8) {
  const ppr_column *col = &k->in[s->x.in->slot];
  uint32_t n = k->n;
  kern_8 *restrict d = kern_out(k, s), missing = (s->x.in->flags & PPR_FIELD_PRESET) ? PPR_PRESENT : PPR_FEHLT;
  if (is_absent(col)) {
    memset(d, missing, n);
  } else if (!col->states) {
    memset(d, PPR_PRESENT, n);
  } else {
    const uint8_t *restrict given = col->states + k->row;
    for (uint32_t i = 0; i < n; i++) {
      uint8_t state = state_of(given[i]);
      d[i] = state == PPR_FEHLT ? missing : state;
    }
  }
}

#define CONST_OF(D)                                                                                                                                  \
  KERNEL_OF(CONST_INT, 0, 0, D) {                                                                                                                    \
    kern_##D *d = kern_out(k, s);                                                                                                                    \
    EACH_LANE(i) d[i] = (kern_##D)s->k;                                                                                                              \
  }
CONST_OF(32)
CONST_OF(64)

KERNEL_OF(CONST_BOOL, 0, 0, 8) { memset(kern_out(k, s), (int)(s->k & 3), k->full); }

KERNEL_OF(CONST_WIDE, 0, 0, 128) {
  ppr_wide *d = kern_out(k, s);
  EACH_LANE(i) d[i] = *s->x.wide;
}
