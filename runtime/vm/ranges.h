/* The intervals of an edition's registers. */
#ifndef PPR_VM_RANGES_H
#define PPR_VM_RANGES_H
#include "code/interval.h"
#include "code/program.h"
#include "vm/native_table.h"

/* One interval per register: what it can hold on a lane without fault that came to its instruction. Numbers that may leave 64 bits have all of them.
 * natives may be NULL. assume: a DIV that can be computed through binary64 (ranges_exact) is taken to stay within KERN_ASSUMED. */
void ranges_find(interval *out, const ppr_edition *e, const ppr_program *p, const native_table *natives, bool assume);
/* Do numbers stay within what binary64 divides exactly (kern_div.c)? */
bool ranges_exact(interval r);
#endif
