/* Patterns of instructions that become one step. */
#ifndef PPR_VM_FUSE_H
#define PPR_VM_FUSE_H
#include "vm/plan.h"

/* The rows of a bulk plan, with their ranges: fused where that gives the same numbers and the same faults at the same pc. Regions in which nothing
 * can fault any more disappear. False when out of memory. */
bool fuse_rows(vm_plan *p, ppr_arena *arena, const ppr_edition *e);
#endif
