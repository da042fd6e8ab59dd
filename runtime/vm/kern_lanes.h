/* For files of kernels: their names in the set being compiled (PPR_ISA), the lanes it computes together (PPR_GROUP) and the loop over lanes. */
#ifndef PPR_VM_KERN_LANES_H
#define PPR_VM_KERN_LANES_H
#include "vm/kern.h"

#ifndef PPR_ISA
#define PPR_ISA base
#endif
#ifndef PPR_GROUP
#define PPR_GROUP KERN_GROUP
#endif
#define KERN_PASTE_(name, isa) name##_##isa
#define KERN_PASTE(name, isa) KERN_PASTE_(name, isa)
/* The symbol of a name in this set. */
#define KERN(name) KERN_PASTE(kern_##name, PPR_ISA)

#define KERNEL(name, w, wb, d) kern_fn KERN(name##_##w##_##wb##_##d);
#include "vm/kernels.def"

/* The head of a kernel; the body follows. It knows `lanes`, the lanes to compute: whole groups, so that no loop has a remainder. */
#define KERNEL_OF(name, w, wb, d)                                                                                                                    \
  PPR_INLINE void body_##name##_##w##_##wb##_##d(const kern_step *s, const kern_block *k, uint32_t lanes);                                           \
  void KERN(name##_##w##_##wb##_##d)(const kern_step *s, const kern_block *k) { body_##name##_##w##_##wb##_##d(s, k, k->full & ~(PPR_GROUP - 1)); }  \
  PPR_INLINE void body_##name##_##w##_##wb##_##d(const kern_step *s, const kern_block *k, __attribute__((unused)) uint32_t lanes)
#define EACH_LANE(i) for (uint32_t i = 0; i < lanes; i++)

/* Unsigned twins, for arithmetic that wraps. */
typedef uint32_t kern_u32;
typedef uint64_t kern_u64;
#endif
