/* The machine: plans (register → slot, which instructions run) and the loop over blocks of lanes. */
#ifndef PPR_VM_EXEC_H
#define PPR_VM_EXEC_H
#include "code/program.h"
#include "ppr/ppr.h"
#include "vm/native_table.h"

typedef struct ppr_vm ppr_vm;
/* lanes 0: chosen by program size. keep: every register has its own slot and every instruction runs. natives: table of linked functions (may be NULL
 * when the edition has none). */
ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives);
void vm_free(ppr_vm *vm);
ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults);
/* After vm_eval of one row under keep: the value of a register (BOOL and INT widened). */
ppr_wide vm_register(const ppr_vm *vm, uint32_t reg);
#endif
