/* Plans: which instructions run and where registers live. Two pure functions of an edition, nothing else decides about memory. */
#ifndef PPR_VM_PLAN_H
#define PPR_VM_PLAN_H
#include "code/program.h"

#define PPR_TYPES 3

typedef struct vm_plan {
  uint32_t *pc; /* the instructions that run, in program order */
  uint32_t n_pc;
  bool *needed;   /* per instruction: some output needs it, or it checks an input or states a fault; only these may fault */
  uint32_t *slot; /* per register: slot among those of its physical type, PPR_NONE when nothing defines it in this plan */
  uint32_t slots[PPR_TYPES];
} vm_plan;

/* What no output needs is left out, regions without content too; a slot is free again after the last use of its register. Constants have slots of
 * their own: they are written before the first block and stay. A register defined in a region may hold stale (initialised) memory on lanes that did
 * not enter it. False when out of memory. */
bool plan_bulk(vm_plan *out, ppr_arena *arena, const ppr_edition *e);
/* Every instruction runs, every register keeps its own slot. */
bool plan_keep(vm_plan *out, ppr_arena *arena, const ppr_edition *e);

/* Register operands of an instruction in order: register(j) for j < count. */
typedef struct plan_operands {
  uint32_t direct[3];
  const ppr_arg *list;
  uint32_t count, stride;
} plan_operands;
plan_operands plan_operands_of(const ppr_edition *e, const ppr_instr *i);
static inline uint32_t plan_operand(const plan_operands *o, uint32_t j) { return o->list ? o->list[(size_t)j * o->stride].value : o->direct[j]; }
/* Is its register the same for all records? */
bool plan_constant(const ppr_instr *i);
/* Does the instruction define its register d? */
bool plan_defines(const ppr_instr *i);
#endif
