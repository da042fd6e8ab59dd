/* The widths of registers in a plan, and with them the kernel of each row. */
#ifndef PPR_VM_WIDTHS_H
#define PPR_VM_WIDTHS_H
#include "vm/plan.h"

/* Numbers as narrow as their interval and a kernel allow; rows that make wide copies are added after the row that defines the register, or, of a
 * constant, beside it. False when out of memory. */
bool widths_choose(vm_plan *p, ppr_arena *arena, const ppr_edition *e);
/* All numbers in 64 bits. */
bool widths_keep(vm_plan *p, ppr_arena *arena, const ppr_edition *e);
#endif
