/* Kernels of choice: selection by a condition, tables, conversions between numbers, yes/no and states. */
#include "vm/kern.h"

#define SELECT(NAME, TYPE)                                                                                                                           \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    TYPE *restrict d = s->d;                                                                                                                         \
    const uint8_t *restrict a = s->a;                                                                                                                \
    const TYPE *restrict b = s->b, *restrict c = s->c;                                                                                               \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i] ? b[i] : c[i];                                                                            \
  }
SELECT(SEL_INT, int64_t)
SELECT(SEL_BOOL, uint8_t)
SELECT(SEL_WIDE, ppr_wide)

void kern_LOOK(const kern_step *s, const kern_block *k) {
  int64_t *d = s->d;
  const int64_t *a = s->a;
  uint64_t size = (uint64_t)s->x.table.rows * s->x.table.cols;
  for (uint32_t i = 0; i < k->n; i++) {
    bool found = (uint64_t)a[i] < size;
    d[i] = found ? s->konst[a[i]] : 0;
    if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);
  }
}

void kern_LOOK2(const kern_step *s, const kern_block *k) {
  int64_t *d = s->d;
  const int64_t *a = s->a, *b = s->b;
  for (uint32_t i = 0; i < k->n; i++) {
    bool found = (uint64_t)a[i] < s->x.table.rows && (uint64_t)b[i] < s->x.table.cols;
    d[i] = found ? s->konst[(uint64_t)a[i] * s->x.table.cols + (uint64_t)b[i]] : 0;
    if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);
  }
}

PPR_KERNEL void kern_RANK(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = s->d;
  const int64_t *restrict a = s->a;
  uint32_t n = k->n;
  for (uint32_t i = 0; i < n; i++) d[i] = 0;
  for (uint32_t j = 0; j < s->x.table.rows; j++) {
    int64_t bound = s->konst[j];
    for (uint32_t i = 0; i < n; i++) d[i] += bound <= a[i];
  }
}

PPR_KERNEL void kern_BOOLOF(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = s->d;
  const int64_t *restrict a = s->a;
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i] != 0;
}

PPR_KERNEL void kern_INTOF(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = s->d;
  const uint8_t *restrict a = s->a;
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i];
}

/* There are four states; a number that is none of them keeps its low bits, so that the result always is one. */
PPR_KERNEL void kern_STATEOF(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = s->d;
  const int64_t *restrict a = s->a;
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = (uint8_t)(a[i] & 3);
}
