/* Kernels of 64-bit arithmetic. The compiler proved that results fit; the kernels wrap, so that lanes whose values mean nothing stay defined. */
#include "vm/kern.h"

#define BINARY(NAME, EXPR)                                                                                                                           \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    int64_t *restrict d = kern_out(k, s);                                                                                                            \
    const int64_t *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);                                                                    \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = EXPR;                                                                                          \
  }
BINARY(ADD, prim_add(a[i], b[i]))
BINARY(SUB, prim_sub(a[i], b[i]))
BINARY(MUL, prim_mul(a[i], b[i]))
BINARY(MIN, a[i] < b[i] ? a[i] : b[i])
BINARY(MAX, a[i] > b[i] ? a[i] : b[i])

#define UNARY(NAME, EXPR)                                                                                                                            \
  PPR_KERNEL void kern_##NAME(const kern_step *s, const kern_block *k) {                                                                             \
    int64_t *restrict d = kern_out(k, s);                                                                                                            \
    const int64_t *restrict a = kern_in(k, s->a), c = s->k;                                                                                          \
    (void)c;                                                                                                                                         \
    for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = EXPR;                                                                                          \
  }
UNARY(NEG, prim_sub(0, a[i]))
UNARY(ABS, (int64_t)prim_magnitude(a[i]))
UNARY(ADDK, prim_add(a[i], c))
UNARY(MULK, prim_mul(a[i], c))

/* Long lists go in groups of four registers, so that the running sum is stored once per group. */
PPR_KERNEL void kern_SUM(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  uint32_t n = k->n, j = 0;
  for (uint32_t i = 0; i < n; i++) d[i] = 0;
  for (; j + 4 <= s->count; j += 4) {
    const int64_t *restrict a0 = kern_in(k, s->list[j]), *restrict a1 = kern_in(k, s->list[j + 1]);
    const int64_t *restrict a2 = kern_in(k, s->list[j + 2]), *restrict a3 = kern_in(k, s->list[j + 3]);
    for (uint32_t i = 0; i < n; i++) d[i] = prim_add(prim_add(d[i], prim_add(a0[i], a1[i])), prim_add(a2[i], a3[i]));
  }
  for (; j < s->count; j++) {
    const int64_t *restrict a = kern_in(k, s->list[j]);
    for (uint32_t i = 0; i < n; i++) d[i] = prim_add(d[i], a[i]);
  }
}

/* Eight terms of a DOT from term j on, added to what the lanes start from. */
#define TERM(t) const int64_t *restrict a##t = kern_in(k, s->list[j + t]), k##t = s->x.factors[j + t]
#define PRODUCT(t) prim_mul(a##t[i], k##t)
#define SUM4(p, q, r, t) prim_add(prim_add(PRODUCT(p), PRODUCT(q)), prim_add(PRODUCT(r), PRODUCT(t)))
#define EIGHT_TERMS(START)                                                                                                                           \
  do {                                                                                                                                               \
    TERM(0);                                                                                                                                         \
    TERM(1);                                                                                                                                         \
    TERM(2);                                                                                                                                         \
    TERM(3);                                                                                                                                         \
    TERM(4);                                                                                                                                         \
    TERM(5);                                                                                                                                         \
    TERM(6);                                                                                                                                         \
    TERM(7);                                                                                                                                         \
    for (uint32_t i = 0; i < n; i++) d[i] = prim_add(START, prim_add(SUM4(0, 1, 2, 3), SUM4(4, 5, 6, 7)));                                           \
  } while (0)

/* Groups of eight terms: the running sum is stored once per group, and the first group starts from the summand. */
PPR_KERNEL void kern_DOT(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  uint32_t n = k->n, j = 0;
  int64_t start = s->k;
  if (s->count >= 8) {
    EIGHT_TERMS(start);
    j = 8;
  } else {
    for (uint32_t i = 0; i < n; i++) d[i] = start;
  }
  for (; j + 8 <= s->count; j += 8) EIGHT_TERMS(d[i]);
  for (; j + 2 <= s->count; j += 2) {
    TERM(0);
    TERM(1);
    for (uint32_t i = 0; i < n; i++) d[i] = prim_add(d[i], prim_add(PRODUCT(0), PRODUCT(1)));
  }
  if (j < s->count) {
    TERM(0);
    for (uint32_t i = 0; i < n; i++) d[i] = prim_add(d[i], PRODUCT(0));
  }
}
