/* Kernels of logic. Operands may be states: everything but 0 is true; results are 0 or 1. */
#include "vm/kern.h"
#include <string.h>

PPR_KERNEL void kern_NOT(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  const uint8_t *restrict a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i] == 0;
}

PPR_KERNEL void kern_AND(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  const uint8_t *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = (a[i] != 0) & (b[i] != 0);
}

PPR_KERNEL void kern_OR(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  const uint8_t *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = (a[i] | b[i]) != 0;
}

PPR_KERNEL void kern_ANY(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  uint32_t n = k->n;
  memset(d, 0, n);
  for (uint32_t j = 0; j < s->count; j++) {
    const uint8_t *restrict a = kern_in(k, s->list[j]);
    for (uint32_t i = 0; i < n; i++) d[i] |= a[i] != 0;
  }
}

PPR_KERNEL void kern_ALL(const kern_step *s, const kern_block *k) {
  uint8_t *restrict d = kern_out(k, s);
  uint32_t n = k->n;
  memset(d, 1, n);
  for (uint32_t j = 0; j < s->count; j++) {
    const uint8_t *restrict a = kern_in(k, s->list[j]);
    for (uint32_t i = 0; i < n; i++) d[i] &= a[i] != 0;
  }
}

PPR_KERNEL void kern_COUNT(const kern_step *s, const kern_block *k) {
  int64_t *restrict d = kern_out(k, s);
  uint32_t n = k->n;
  for (uint32_t i = 0; i < n; i++) d[i] = 0;
  for (uint32_t j = 0; j < s->count; j++) {
    const uint8_t *restrict a = kern_in(k, s->list[j]);
    for (uint32_t i = 0; i < n; i++) d[i] += a[i] != 0;
  }
}
