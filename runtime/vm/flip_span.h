/* Which values a register can take when one input, or one register, runs over a range and everything else stays: one exact step after the other over
 * 128-bit intervals. A range of one value gives the value itself. */
#ifndef PPR_VM_FLIP_SPAN_H
#define PPR_VM_FLIP_SPAN_H
#include "code/interval.h"
#include "vm/exec.h"

/* Of a yes/no or a state: 1, 0, or -1 where it may be either. */
static inline int span_truth(interval a) { return a.lo > 0 || a.hi < 0 ? 1 : a.lo == 0 && a.hi == 0 ? 0 : -1; }

typedef struct spans {
  const ppr_program *p;
  const ppr_edition *e;
  interval *base; /* per register: now; exact where the record computed it */
  interval *now;  /* per register: of the last walk */
  uint32_t *pcs;  /* the instructions behind the root, in order */
  uint32_t n_pcs;
  uint32_t *below; /* of these those that depend on what varies, in order */
  uint32_t n_below;
  bool *mark;          /* per register: depends on what varies */
  uint32_t input, reg; /* what varies */
  uint64_t work;       /* instructions walked so far */
} spans;

/* After vm_eval of one row under keep without fault: what the registers of `roots` are made of. False when out of memory. */
bool spans_init(spans *s, ppr_arena *arena, const ppr_program *p, uint32_t edition, const ppr_vm *vm, const uint32_t *roots, uint32_t n_roots);
/* From now on this input varies, or this register whatever defines it; the other is PPR_NONE. False when no root depends on it. */
bool spans_vary(spans *s, uint32_t input, uint32_t reg);
/* Values of all registers while what varies runs over lo..hi; read them by spans_of. */
void spans_walk(spans *s, ppr_wide lo, ppr_wide hi);
static inline interval spans_of(const spans *s, uint32_t reg) { return s->mark[reg] ? s->now[reg] : s->base[reg]; }
/* Is the register at this instruction computed for the record of the kept run? One truth per instruction. */
bool *spans_active(ppr_arena *arena, const ppr_edition *e, const ppr_vm *vm);
#endif
