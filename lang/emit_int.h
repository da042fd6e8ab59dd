/* Insides of the emitter that emit.c (pools, numbering, regions) and emit_number.c (what is computed) share. */
#ifndef PPR_LANG_EMIT_INT_H
#define PPR_LANG_EMIT_INT_H
#include "code/interval.h"
#include "emit.h"

#define PUSH(e, items, n, cap, item)                                                                                                                 \
  do {                                                                                                                                               \
    void *grown_ = arena_extend((e)->room, (e)->items, (e)->n, &(e)->cap, (e)->n + 1, sizeof *(e)->items);                                           \
    if (!grown_) (e)->failed = true;                                                                                                                 \
    else {                                                                                                                                           \
      (e)->items = grown_;                                                                                                                           \
      (e)->items[(e)->n++] = (item);                                                                                                                 \
    }                                                                                                                                                \
  } while (0)

/* An instruction, or an equal one that is computed wherever this one would be; lo..hi: its proved interval. */
opnd emit_op(emitter *e, ppr_op code, uint32_t m, uint32_t a, uint32_t b, uint32_t c, ppr_wide lo, ppr_wide hi);
/* Index of a constant. */
uint32_t emit_konst(emitter *e, int64_t v);
/* Does region outer contain region inner, or is it the same? */
bool emit_encloses(const emitter *e, uint32_t outer, uint32_t inner);
/* May computing the operand fault? Then it must be computed even where its value does not matter: nothing that reads it folds away. Inputs are
 * checked anyhow. */
bool emit_risky(const emitter *e, const opnd *o);

static inline interval opnd_interval(const opnd *o) { return (interval){o->lo, o->hi}; }
/* Fits an INT register? */
static inline bool opnd_is_narrow(const opnd *o) { return opnd_is_const(o) ? wide_fits64(o->lo) : o->type != PPR_T_WIDE; }
static inline opnd opnd_truth(bool v) { return (opnd){PPR_NONE, PPR_T_BOOL, v, v}; }
#endif
