/* Kernels of outputs: results into the caller's arrays. */
#include "vm/kern_lanes.h"

#define STORE(W, D)                                                                                                                                  \
  kern_store_fn KERN(store_##W##_##D);                                                                                                               \
  void KERN(store_##W##_##D)(void *to, const void *from, const uint8_t *restrict state, uint32_t n) {                                                \
    kern_##D *restrict out = to;                                                                                                                     \
    const kern_##W *restrict reg = from;                                                                                                             \
    if (state)                                                                                                                                       \
      for (uint32_t i = 0; i < n; i++) {                                                                                                             \
        kern_##D value = (kern_##D)reg[i];                                                                                                           \
        out[i] = state[i] ? 0 : value;                                                                                                               \
      }                                                                                                                                              \
    else                                                                                                                                             \
      for (uint32_t i = 0; i < n; i++) out[i] = (kern_##D)reg[i];                                                                                    \
  }
STORE(8, 32)
STORE(8, 64)
STORE(32, 32)
STORE(32, 64)
STORE(64, 32)
STORE(64, 64)
STORE(128, 32)
STORE(128, 64)
