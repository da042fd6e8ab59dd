/* A plan ready to run: steps, and where registers are. */
#ifndef PPR_VM_STEPS_H
#define PPR_VM_STEPS_H
#include "vm/kern.h"
#include "vm/plan.h"

/* An output that may be computed in the caller's array. */
typedef struct steps_direct {
  uint32_t output, reg;
  size_t home; /* of the register: steps_home */
} steps_direct;

typedef struct vm_steps {
  kern_step *step;
  uint32_t n;
  kern_step *again; /* of a plan in two parts: the second */
  uint32_t n_again;
  kern_step *constant; /* run before the first block; their registers stay */
  uint32_t n_constant;
  uint32_t depth;                                 /* of regions */
  uint32_t n_reg;                                 /* registers of the edition and wide copies */
  uint8_t *class;                                 /* per register: kern_class */
  uint32_t *slot;                                 /* per register: slot among those of its class, PPR_NONE: the plan has none */
  size_t first[KERN_CLASSES], size[KERN_CLASSES]; /* where slots of a class begin in the memory of a machine, bytes of one */
  size_t bytes;                                   /* of that memory */
  steps_direct *direct;
  uint32_t n_direct;
} vm_steps;

/* Where a register has its place in the memory of a machine, in bytes. */
static inline size_t steps_home(const vm_steps *s, uint32_t reg) { return s->first[s->class[reg]] + s->size[s->class[reg]] * s->slot[reg]; }

/* For what steps are made. */
typedef struct steps_context {
  ppr_arena *arena, *scratch; /* of the steps; for the time being */
  const ppr_program *program;
  const ppr_edition *edition;
  const native_table *natives;
  const kern_set *set;
  uint32_t lanes; /* of a block */
} steps_context;

/* again: second part of the plan, NULL: it has one. PPR_INVALID_PROGRAM: a native is not linked. */
ppr_status steps_make(vm_steps *out, const steps_context *x, const vm_plan *plan, const vm_plan *again);
#endif
