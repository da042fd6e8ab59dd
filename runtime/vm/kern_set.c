/* The set of kernels this file is compiled for: PPR_ISA is its name in symbols, PPR_ISA_NAME in reports. */
#include "vm/kern_lanes.h"

kern_enter_fn KERN(enter);
kern_other_fn KERN(other);
kern_store_fn KERN(store_8_32), KERN(store_8_64), KERN(store_32_32), KERN(store_32_64), KERN(store_64_32), KERN(store_64_64), KERN(store_128_32),
    KERN(store_128_64);
#define STORES(W) [CLASS_##W] = {KERN(store_##W##_32), KERN(store_##W##_64)}

#ifndef PPR_ISA_NAME
#define PPR_ISA_NAME "base"
#endif
extern const kern_set KERN(set);
const kern_set KERN(set) = {.name = PPR_ISA_NAME,
                            .group = PPR_GROUP,
                            .fn =
                                {
#define KERNEL(name, w, wb, d) [KERN_##name##_##w##_##wb##_##d] = KERN(name##_##w##_##wb##_##d),
#include "vm/kernels.def"
                                },
                            .enter = KERN(enter),
                            .other = KERN(other),
                            .store = {STORES(8), STORES(32), STORES(64), STORES(128)}};
