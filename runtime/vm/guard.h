/* What the conditions of open arms say about registers. */
#ifndef PPR_VM_GUARD_H
#define PPR_VM_GUARD_H
#include "vm/plan.h"

typedef struct guard_arm {
  uint32_t cond;
  bool truth; /* the arm of WHEN, in which cond is not 0 */
} guard_arm;

typedef struct guards {
  vm_plan *p;
  uint32_t *def; /* per register: row that defines it + 1 */
  guard_arm *arm;
  uint32_t depth;
} guards;

/* False when out of memory. */
bool guard_init(guards *g, ppr_arena *arena, vm_plan *p);
/* The row defining a register, NULL: none. */
plan_row *guard_def(const guards *g, uint32_t reg);
void guard_open(guards *g, uint32_t cond, bool truth);
void guard_close(guards *g);
/* Is a number not 0 on the lanes of the arms open now? */
bool guard_nonzero(const guards *g, uint32_t reg);
#endif
