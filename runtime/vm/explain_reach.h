/* What a result depends on: walks from registers back through the instructions, stopping at the operands that are explained by themselves. */
#ifndef PPR_VM_EXPLAIN_REACH_H
#define PPR_VM_EXPLAIN_REACH_H
#include "vm/exec.h"

/* CODE: whatever the instructions read. ASKED: only what this record asked for: chosen arms, conditions up to the one that settles them.
 * MATTERED: of these only what can have changed the result: no zero terms or what they are multiplied with, of a quantor what settles it. */
typedef enum { REACH_CODE, REACH_ASKED, REACH_MATTERED } reach_mode;

typedef struct reach {
  const ppr_edition *e;
  const ppr_vm *vm;
  uint32_t *def;                  /* per register: pc + 1 of the instruction that defines it */
  uint32_t *stop, *seen, *inputs; /* per register, register, input: mark of the last set of stops or walk */
  uint32_t *stack;
  uint32_t n_stack, stops, walk;
  bool constants; /* the last walk met constants that are not mere factors: table cells may have gone into them */
} reach;

/* After vm_eval of one row under keep. False when out of memory. */
bool reach_init(reach *r, ppr_arena *arena, const ppr_edition *e, const ppr_vm *vm);
/* Walks stop at the operands of all branches of this instance. */
void reach_within(reach *r, const ppr_inst *inst);
/* Begin a walk at a register, or continue the last one. */
void reach_from(reach *r, uint32_t reg, reach_mode mode, bool begin);
/* A walk from the value of an instance: what it is now, or all it may be. */
void reach_result(reach *r, const ppr_inst *inst, reach_mode mode);
/* The register a value was taken from: through choices and changes of width. */
uint32_t reach_chosen(const reach *r, uint32_t reg);
/* Did the last walk come across this operand? Never true for constants. */
bool reach_met(const reach *r, const ppr_dep *d);
#endif
