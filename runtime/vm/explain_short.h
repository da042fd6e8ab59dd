/* The short form of an explanation: what can have mattered, elements of one rule together, the rest in a line. */
#ifndef PPR_VM_EXPLAIN_SHORT_H
#define PPR_VM_EXPLAIN_SHORT_H
#include "vm/explain_text.h"

void short_tell(teller *t, uint32_t inst);
#endif
