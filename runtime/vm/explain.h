/* The explanation of one result: a run that keeps every register, told along the notes of the program (instances, branches, operands, roundings). */
#ifndef PPR_VM_EXPLAIN_H
#define PPR_VM_EXPLAIN_H
#include "base/buf.h"
#include "base/report.h"
#include "vm/exec.h"

/* Evaluate row 0 of `in` on `vm` (made with keep and one lane for this edition) and append the explanation of one output to out.
 * Branches of an instance are expected in the order in which they are tried: the first whose condition holds applies, else the one without condition. */
ppr_status explain_output(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, uint32_t output, ppr_lang lang);
#endif
