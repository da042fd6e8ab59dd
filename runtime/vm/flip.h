/* How far a yes/no result is from the other answer: which single value, changed by how much, turns it. Found by intervals, confirmed by the machine.
 */
#ifndef PPR_VM_FLIP_H
#define PPR_VM_FLIP_H
#include "vm/exec.h"

typedef struct flip {
  bool is_input;
  uint32_t index;           /* input slot, or instance: the value of a rule, everything it is made of put aside */
  int64_t now, last, first; /* stored numbers: the value of the record; the last one on the way that keeps the answer; the first one that turns it */
  bool nearest;             /* proved: no value between now and first turns it; else it is the first that was found */
} flip;

typedef struct flips {
  const flip *item; /* values of rules first, then inputs, those that need the smallest change of their value first, then readings */
  uint32_t n;
  bool complete; /* proved: no other value that was looked at turns the result by itself */
} flips;

/* After vm_eval of one row under keep, without fault, on `vm`. Nothing is found for what is not a present yes/no. Keys, the quarter and absent inputs
 * stay as they are; so do tables, series and tiers, which are law. *whole: a machine for the edition as it runs, NULL: it is made when it is first
 * needed; for the next call, and to be freed by the caller. */
ppr_status flips_find(flips *out, ppr_arena *arena, ppr_alloc alloc, const ppr_program *p, uint32_t edition, const ppr_vm *vm, ppr_vm **whole,
                      const ppr_column *in, uint32_t output);
#endif
