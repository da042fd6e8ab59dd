/* The machine: registers for the code of an edition, and the loop over blocks of lanes. */
#ifndef PPR_VM_EXEC_H
#define PPR_VM_EXEC_H
#include "code/program.h"
#include "ppr/ppr.h"
#include "vm/kern.h"
#include "vm/native_table.h"

typedef struct ppr_vm ppr_vm;
/* lanes 0: chosen by program size. keep: every register has its own slot and every instruction runs. natives: table of linked functions (may be NULL
 * when the edition has none). */
ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives);
/* The same with kernels of a named set (kern_sets). */
ppr_status vm_new_with(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives,
                       const kern_set *set);
/* A machine for one block that is evaluated many times, while only some inputs change. varies: per input. */
ppr_status vm_new_split(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, const bool *varies,
                        const native_table *natives, const kern_set *set);
/* Another machine for what this one runs, with registers of its own: nothing is planned again. `like` may be running meanwhile in another thread.
 * They may be freed in any order and by any thread; the hooks they were made with must bear that. */
ppr_status vm_like(ppr_vm **out, ppr_alloc alloc, const ppr_vm *like);
uint32_t vm_lanes(const ppr_vm *vm);
void vm_free(ppr_vm *vm);
/* Takes rows records, at most vm_lanes: what does not depend on varying inputs is computed, and stored if it is an output. The columns must stay as
 * they are while vm_again is called. */
void vm_fix(ppr_vm *vm, const ppr_column *in, uint32_t rows, const ppr_result *out);
/* The other results of those records, and the faults; `in` may differ from that of vm_fix in the columns of varying inputs. Results and faults are
 * those of vm_eval. */
void vm_again(ppr_vm *vm, const ppr_column *in, const ppr_result *out, ppr_fault *faults);
/* Per output: vm_again stores it. */
const bool *vm_varying(const ppr_vm *vm);
/* Steps of the two parts, for judging what a sweep costs. */
void vm_split_size(const ppr_vm *vm, uint32_t *fixed, uint32_t *again);
/* PPR_MISUSE: an output is wanted in 32 bits that may not fit them. */
ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults);
/* What an output can be in a record without fault; 0 where it is absent. */
void vm_output_range(const ppr_vm *vm, uint32_t output, int64_t *lo, int64_t *hi);
/* From now on every step is timed; false when out of memory. */
typedef struct vm_profile_row {
  const char *name;
  uint64_t steps, lanes, nanoseconds;
} vm_profile_row;
bool vm_profile(ppr_vm *vm);
/* What a kernel did so far; false beyond the last or when nobody asked for a profile. */
bool vm_profile_get(const ppr_vm *vm, uint32_t index, vm_profile_row *out);
/* After vm_eval of one row under keep: the value of a register (BOOL and INT widened). */
ppr_wide vm_register(const ppr_vm *vm, uint32_t reg);
#endif
