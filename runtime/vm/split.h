/* Which rows of a plan depend on inputs that change while the records stay, and which do not. */
#ifndef PPR_VM_SPLIT_H
#define PPR_VM_SPLIT_H
#include "vm/plan.h"

/* Rows that do not depend on a varying input first, the others behind them, each in their order; a region with rows of both stands in both. varies:
 * per input. *n_fixed: how many come first. In a region whose condition varies everything does: nobody computed it for the lanes that enter it now.
 * False when out of memory. */
bool split_rows(vm_plan *p, ppr_arena *arena, const bool *varies, uint32_t *n_fixed);
#endif
