/* Sums of products told factor by factor, where the notes prove that this is what was computed. */
#ifndef PPR_VM_EXPLAIN_SUM_H
#define PPR_VM_EXPLAIN_SUM_H
#include "vm/explain_operand.h"

typedef struct sum_term {
  const operand *left, *right;
  ppr_wide product;       /* exact, of the scale of the block */
  const ppr_round *round; /* NULL: not rounded by itself */
} sum_term;

typedef struct sum_block {
  sum_term *terms;
  uint32_t n, scale; /* scale of the products */
  ppr_wide total;    /* of the products or, where they are rounded, of these */
  uint32_t total_scale;
} sum_block;

/* Is the instance, but for a rounding of the whole, exactly the sum of the products of two families of its operands? */
bool sum_find(sum_block *out, const teller *t, const ppr_inst *i, const ppr_branch *b, const operands *m);
void sum_tell(const sum_block *sum, const teller *t, unsigned depth);
/* Are the operands of this name in it? */
bool sum_has(const sum_block *sum, const operand *o);
#endif
