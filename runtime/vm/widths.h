/* The widths of registers in a plan, and with them the kernel of each row. */
#ifndef PPR_VM_WIDTHS_H
#define PPR_VM_WIDTHS_H
#include "vm/plan.h"

/* Numbers as narrow as their interval and a kernel allow; where an operand must be wider, its row names the register's copy (p->wide), which nobody
 * has made yet. False when out of memory. */
bool widths_choose(vm_plan *p, ppr_arena *arena, const ppr_edition *e);
/* All numbers in 64 bits. */
bool widths_keep(vm_plan *p, ppr_arena *arena, const ppr_edition *e);
/* The row that makes the wide copy of what `from` defines; it belongs behind it. */
plan_row widths_copy(const vm_plan *p, const plan_row *from);
#endif
