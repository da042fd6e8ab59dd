/* Kernels of logic. Operands may be states: everything but 0 is true; results are 0 or 1. And the lanes of the arms of a region. */
#include "vm/kern_lanes.h"
#include <string.h>

KERNEL_OF(NOT, 8, 8, 8) {
  kern_8 *restrict d = kern_out(k, s);
  const kern_8 *restrict a = kern_in(k, s->a);
  EACH_LANE(i) d[i] = a[i] == 0;
}

KERNEL_OF(AND, 8, 8, 8) {
  kern_8 *restrict d = kern_out(k, s);
  const kern_8 *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  EACH_LANE(i) d[i] = (a[i] != 0) & (b[i] != 0);
}

KERNEL_OF(OR, 8, 8, 8) {
  kern_8 *restrict d = kern_out(k, s);
  const kern_8 *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  EACH_LANE(i) d[i] = (a[i] | b[i]) != 0;
}

/* Lists go in groups of four; JOIN is | or &, NONE what an empty list gives. */
#define LIST_OF(NAME, JOIN, NONE)                                                                                                                    \
  KERNEL_OF(NAME, 8, 8, 8) {                                                                                                                         \
    kern_8 *restrict d = kern_out(k, s);                                                                                                             \
    uint32_t j = 0;                                                                                                                                  \
    memset(d, NONE, k->full);                                                                                                                        \
    for (; j + 4 <= s->count; j += 4) {                                                                                                              \
      const kern_8 *restrict a0 = kern_in(k, s->list[j]), *restrict a1 = kern_in(k, s->list[j + 1]);                                                 \
      const kern_8 *restrict a2 = kern_in(k, s->list[j + 2]), *restrict a3 = kern_in(k, s->list[j + 3]);                                             \
      EACH_LANE(i) d[i] = d[i] JOIN(a0[i] != 0) JOIN(a1[i] != 0) JOIN(a2[i] != 0) JOIN(a3[i] != 0);                                                  \
    }                                                                                                                                                \
    for (; j < s->count; j++) {                                                                                                                      \
      const kern_8 *restrict a = kern_in(k, s->list[j]);                                                                                             \
      EACH_LANE(i) d[i] = d[i] JOIN(a[i] != 0);                                                                                                      \
    }                                                                                                                                                \
  }
LIST_OF(ANY, |, 0)
LIST_OF(ALL, &, 1)

#define COUNT_OF(D)                                                                                                                                  \
  KERNEL_OF(COUNT, 8, 8, D) {                                                                                                                        \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    EACH_LANE(i) d[i] = 0;                                                                                                                           \
    for (uint32_t j = 0; j < s->count; j++) {                                                                                                        \
      const kern_8 *restrict a = kern_in(k, s->list[j]);                                                                                             \
      EACH_LANE(i) d[i] += a[i] != 0;                                                                                                                \
    }                                                                                                                                                \
  }
COUNT_OF(32)
COUNT_OF(64)

kern_enter_fn KERN(enter);
bool KERN(enter)(uint8_t *restrict mask, const uint8_t *restrict parent, const uint8_t *restrict cond, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) {
    mask[i] = parent[i] & (cond[i] != 0);
    any |= mask[i];
  }
  return any;
}

kern_other_fn KERN(other);
bool KERN(other)(uint8_t *restrict mask, const uint8_t *restrict parent, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) {
    mask[i] = parent[i] & (mask[i] == 0);
    any |= mask[i];
  }
  return any;
}
