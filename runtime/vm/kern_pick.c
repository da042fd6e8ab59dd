/* Kernels of choice: selection by a condition, tables, conversions between numbers, yes/no and states. */
#include "vm/kern.h"

#define SELECT(NAME, TYPE)                                                                                                                           \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    TYPE *restrict d = kern_out(k, s);                                                                                                               \
    const uint8_t *restrict a = kern_in(k, s->a);                                                                                                    \
    const TYPE *restrict b = kern_in(k, s->b), *restrict c = kern_in(k, s->c);                                                                       \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i] ? b[i] : c[i];                                                                            \
  }
SELECT(SEL_INT, int64_t)
SELECT(SEL_BOOL, uint8_t)
SELECT(SEL_WIDE, ppr_wide)

void kern_LOOK(const kern_step *s, const kern_block *k) {
  int64_t *d = kern_out(k, s);
  const int64_t *a = kern_in(k, s->a);
  const kern_table *t = s->x.table;
  uint64_t size = (uint64_t)t->rows * t->cols;
  for (uint32_t i = 0; i < k->n; i++) {
    bool found = (uint64_t)a[i] < size;
    d[i] = found ? t->cells[a[i]] : 0;
    if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);
  }
}

void kern_LOOK2(const kern_step *s, const kern_block *k) {
  int64_t *d = kern_out(k, s);
  const int64_t *a = kern_in(k, s->a), *b = kern_in(k, s->b);
  const kern_table *t = s->x.table;
  for (uint32_t i = 0; i < k->n; i++) {
    bool found = (uint64_t)a[i] < t->rows && (uint64_t)b[i] < t->cols;
    d[i] = found ? t->cells[(uint64_t)a[i] * t->cols + (uint64_t)b[i]] : 0;
    if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);
  }
}

PPR_KERNEL void kern_RANK(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  uint32_t n = k->n;
  for (uint32_t i = 0; i < n; i++) d[i] = 0;
  for (uint32_t j = 0; j < s->x.table->rows; j++) {
    int64_t bound = s->x.table->cells[j];
    for (uint32_t i = 0; i < n; i++) d[i] += bound <= a[i];
  }
}

PPR_KERNEL void kern_BOOLOF(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i] != 0;
}

PPR_KERNEL void kern_INTOF(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  const uint8_t *restrict a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i];
}

/* There are four states; a number that is none of them keeps its low bits, so that the result always is one. */
PPR_KERNEL void kern_STATEOF(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = (uint8_t)(a[i] & 3);
}
