/* Kernels of natives and of faults a program states itself. Natives are only called for active lanes without a fault. */
#include "vm/kern_lanes.h"
#include <string.h>

/* Natives are pure, and records of a block ask for the same few quarters and dates: what was asked last is remembered, by a hash of the arguments. */
enum { KNOWN_BITS = 4 };
typedef struct known_call {
  bool filled;
  int64_t result, args[PPR_NATIVE_PARAMS];
} known_call;

static bool same_args(const known_call *known, const int64_t *args, uint32_t n) {
  bool same = known->filled;
  for (uint32_t j = 0; same && j < n; j++) same = known->args[j] == args[j];
  return same;
}

KERNEL_OF(CALL, 64, 64, 64) {
  int64_t *d = kern_out(k, s), args[PPR_NATIVE_PARAMS];
  known_call all[1 << KNOWN_BITS];
  for (uint32_t i = 0; i < 1 << KNOWN_BITS; i++) all[i].filled = false;
  for (uint32_t i = 0; i < k->n; i++) {
    d[i] = 0;
    if (!k->active[i] || k->faults[i].code) continue;
    uint64_t hash = 0;
    for (uint32_t j = 0; j < s->count; j++) {
      args[j] = ((const int64_t *)kern_in(k, s->list[j]))[i];
      hash = (hash + (uint64_t)args[j]) * UINT64_C(0x9E3779B97F4A7C15);
    }
    known_call *known = &all[hash >> (64 - KNOWN_BITS)];
    if (same_args(known, args, s->count)) {
      d[i] = known->result;
      continue;
    }
    int failed = natives_call(k->natives, s->x.native, &d[i], args, s->count);
    if (failed || d[i] < s->x.native->lo || d[i] > s->x.native->hi) { /* the compiler relies on the range */
      d[i] = 0;
      kern_fault(s, k, i, DIAG_FAULT_NATIVE);
      continue;
    }
    known->filled = true;
    known->result = d[i];
    memcpy(known->args, args, s->count * sizeof *args);
  }
}

KERNEL_OF(FAIL, 0, 0, 8) {
  memset(kern_out(k, s), 0, k->full);
  for (uint32_t i = 0; i < k->n; i++) kern_fault(s, k, i, (uint32_t)s->k);
}
