/* Kernels of outputs: results into the caller's arrays. */
#include "vm/kern.h"
#include <string.h>

#define STORE(NAME, TYPE)                                                                                                                            \
  PPR_KERNEL static void store_##NAME(int64_t *restrict out, const TYPE *restrict reg, uint32_t n) {                                                 \
    for (uint32_t i = 0; i < n; i++) out[i] = (int64_t)reg[i];                                                                                       \
  }                                                                                                                                                  \
  PPR_KERNEL static void store_present_##NAME(int64_t *restrict out, const TYPE *restrict reg, const uint8_t *restrict state, uint32_t n) {          \
    for (uint32_t i = 0; i < n; i++) out[i] = state[i] ? 0 : (int64_t)reg[i];                                                                        \
  }
STORE(BOOL, uint8_t)
STORE(INT, int64_t)
STORE(WIDE, ppr_wide)

void kern_store(int64_t *out, const void *reg, ppr_type type, const uint8_t *state, uint32_t n) {
  switch (type) {
#define PPR_TYPE(number, name, ctype, text)                                                                                                          \
  case PPR_T_##name:                                                                                                                                 \
    if (state) store_present_##name(out, reg, state, n);                                                                                             \
    else store_##name(out, reg, n);                                                                                                                  \
    break;
#include "code/types.def"
#undef PPR_TYPE
  }
}
