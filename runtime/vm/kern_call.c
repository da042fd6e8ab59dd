/* Kernels of natives and of faults a program states itself. Natives are only called for active lanes without a fault. */
#include "vm/kern_lanes.h"
#include <string.h>

KERNEL_OF(CALL, 64, 64, 64) {
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

KERNEL_OF(FAIL, 0, 0, 8) {
  memset(kern_out(k, s), 0, k->full);
  for (uint32_t i = 0; i < k->n; i++) kern_fault(s, k, i, (uint32_t)s->k);
}
