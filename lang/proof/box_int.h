/* Shared by box.c (the search) and contract.c (what one node says about its neighbours). */
#ifndef PPR_LANG_PROOF_BOX_INT_H
#define PPR_LANG_PROOF_BOX_INT_H
#include "proof/box.h"

typedef struct box_change {
  uint32_t at;
  ppr_wide lo, hi; /* before */
} box_change;

/* The nodes a question is made of, numbered 0 .. n-1 in ascending order, each with its present interval. */
typedef struct box {
  const graph *g;
  ppr_arena *arena;
  uint32_t n;
  node_id *id;
  uint32_t *first; /* operands of node i: arg[first[i] ..], none for a cut */
  uint32_t *count;
  uint32_t *arg;
  uint32_t *parent_at, *parent; /* who has it as operand */
  ppr_wide *lo, *hi;
  box_change *trail;
  size_t n_trail, cap_trail;
  uint32_t *queue; /* ring of n + 1 */
  uint32_t head, tail;
  bool *queued;
  uint64_t spent;
  bool failed; /* out of memory */
} box;

/* Interval of the node's value computed from those of its operands; false: nothing but the node's own is known. */
bool contract_forward(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi);
/* Narrows node and operands by what the node says; false: no value is left. */
bool contract_node(box *b, uint32_t at);
/* Narrows one interval to lo..hi; false: nothing is left. */
bool box_narrow(box *b, uint32_t at, ppr_wide lo, ppr_wide hi);
/* linear.c: do the linear forms contradict each other? relevant: nodes the answer depends on; pure: intervals that follow from the leaves alone.
 * False: not found out. */
bool linear_empty(box *b, const bool *relevant, const box *pure);
#endif
