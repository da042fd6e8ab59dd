/* An allocation hook that counts what is out and can refuse the n-th request, for leak and out-of-memory tests. */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H
#include "base/arena.h"

typedef struct memory {
  size_t bytes, blocks; /* out now */
  size_t requests;      /* so far, without frees */
  size_t fail_at;       /* refuse this request (1: the first) and all after it; 0: never */
} memory;

static inline void *memory_fn(void *ctx, void *ptr, size_t old_size, size_t new_size) {
  memory *m = ctx;
  if (new_size && ++m->requests >= m->fail_at && m->fail_at) return NULL;
  void *result = ppr_alloc_default.fn(ppr_alloc_default.ctx, ptr, old_size, new_size);
  if (new_size && !result) return NULL;
  m->bytes += new_size - (ptr ? old_size : 0);
  m->blocks += (size_t)(new_size != 0) - (size_t)(ptr != NULL);
  return result;
}

static inline ppr_alloc memory_alloc(memory *m) { return (ppr_alloc){memory_fn, m}; }
#endif
