/* What machines of an edition run: made once, then changed by nobody, so that machines of many threads share it. */
#ifndef PPR_VM_VM_CODE_H
#define PPR_VM_VM_CODE_H
#include "code/interval.h"
#include "ppr/ppr.h"
#include "vm/steps.h"
#include <stdatomic.h>

/* `assumed` takes for granted that quotients fit 32 bits, which can be proved of few and is true of most: where a block shows one that does not,
 * `proved` computes the block again. */
typedef struct vm_code {
  ppr_arena *arena;
  atomic_uint users;
  const ppr_edition *edition;
  const native_table *natives;
  const kern_set *set;
  uint32_t lanes; /* of a block */
  bool keep, split;
  bool assuming; /* assumed is there and pays */
  vm_steps proved, assumed;
  interval *output; /* per output: the numbers it can be */
  bool *varies;     /* split: per output, it is of the second part */
} vm_code;

/* What is asked of it; see vm_new and vm_new_split. */
typedef struct vm_code_opts {
  uint32_t lanes;
  bool keep;
  const bool *varies; /* per input; NULL: it is in one part */
  const native_table *natives;
  const kern_set *set;
} vm_code_opts;

/* With one user. PPR_MISUSE: no such edition, too many lanes. PPR_INVALID_PROGRAM: a native is not linked. The memory is given back by whoever is the
 * last user, in whatever thread. */
ppr_status vm_code_new(vm_code **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, const vm_code_opts *opts);
/* One more user, one less; the last one frees. Threads may call both at the same time. */
vm_code *vm_code_share(vm_code *code);
void vm_code_leave(vm_code *code);
#endif
