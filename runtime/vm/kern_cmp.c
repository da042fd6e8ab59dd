/* Kernels of comparison; their results are 0 or 1. */
#include "vm/kern.h"

#define COMPARE(NAME, TYPE, EXPR)                                                                                                                    \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    uint8_t *restrict d = kern_out(k, s);                                                                                                            \
    const TYPE *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);                                                                       \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = EXPR;                                                                                          \
  }
COMPARE(EQ, int64_t, a[i] == b[i])
COMPARE(LT, int64_t, a[i] < b[i])
COMPARE(LE, int64_t, a[i] <= b[i])
COMPARE(EQW, ppr_wide, a[i] == b[i])
COMPARE(LTW, ppr_wide, a[i] < b[i])
COMPARE(LEW, ppr_wide, a[i] <= b[i])
COMPARE(EQB, uint8_t, a[i] == b[i])

#define COMPARE_K(NAME, TYPE, EXPR)                                                                                                                  \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    uint8_t *restrict d = kern_out(k, s);                                                                                                            \
    const TYPE *restrict a = kern_in(k, s->a);                                                                                                       \
    int64_t c = s->k;                                                                                                                                \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = EXPR;                                                                                          \
  }
COMPARE_K(EQK, int64_t, a[i] == c)
COMPARE_K(LTK, int64_t, a[i] < c)
COMPARE_K(LEK, int64_t, a[i] <= c)
COMPARE_K(EQBK, uint8_t, a[i] == c)
