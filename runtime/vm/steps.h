/* A plan ready to run: steps, and where registers are. */
#ifndef PPR_VM_STEPS_H
#define PPR_VM_STEPS_H
#include "vm/kern.h"
#include "vm/plan.h"

/* An output that may be computed in the caller's array. */
typedef struct steps_direct {
  uint32_t output, reg;
  void *own;
} steps_direct;

typedef struct vm_steps {
  kern_step *step;
  uint32_t n;
  kern_step *again; /* of a plan in two parts: the second */
  uint32_t n_again;
  uint32_t depth; /* of regions */
  uint8_t *class; /* per register: kern_class */
  void **reg;     /* memory of each register, NULL when the plan has none; columns of the caller while a block runs */
  steps_direct *direct;
  uint32_t n_direct;
} vm_steps;

/* again: second part of the plan, NULL: it has one. PPR_INVALID_PROGRAM: a native is not linked. Registers of constants hold their values afterwards. */
ppr_status steps_make(vm_steps *out, ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const vm_plan *plan, const vm_plan *again,
                      const kern_set *set, const native_table *natives, uint32_t lanes);
#endif
