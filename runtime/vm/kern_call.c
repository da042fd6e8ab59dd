/* Kernels of natives and of faults a program states itself. Natives are only called for active lanes without a fault. */
#include "vm/kern.h"
#include <string.h>

void kern_CALL(const kern_step *s, const kern_block *k) {
  int64_t *d = kern_out(k, s), args[PPR_NATIVE_PARAMS];
  for (uint32_t i = 0; i < k->n; i++) {
    d[i] = 0;
    if (!k->active[i] || k->faults[i].code) continue;
    for (uint32_t j = 0; j < s->count; j++) args[j] = ((const int64_t *)kern_in(k, s->list[j]))[i];
    int failed = natives_call(k->natives, s->x.native, &d[i], args, s->count);
    if (failed || d[i] < s->x.native->lo || d[i] > s->x.native->hi) { /* the compiler relies on the range */
      d[i] = 0;
      kern_fault(s, k, i, DIAG_FAULT_NATIVE);
    }
  }
}

void kern_FAIL(const kern_step *s, const kern_block *k) {
  memset(kern_out(k, s), 0, k->n);
  for (uint32_t i = 0; i < k->n; i++) kern_fault(s, k, i, (uint32_t)s->k);
}

/* Regions are the business of exec.c; these keep the table of kernels complete. */
void kern_WHEN(const kern_step *s, const kern_block *k) { (void)s, (void)k; }
void kern_ELSE(const kern_step *s, const kern_block *k) { (void)s, (void)k; }
void kern_END(const kern_step *s, const kern_block *k) { (void)s, (void)k; }
