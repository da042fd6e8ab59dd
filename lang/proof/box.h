/* Questions about all records: branch and prune over a graph. Intervals go forward through the graph and backward from the question; undecided
 * conditions are tried both ways, then inputs are halved. */
#ifndef PPR_LANG_PROOF_BOX_H
#define PPR_LANG_PROOF_BOX_H
#include "proof/graph.h"

typedef enum {
  BOX_NONE,   /* proved: the question is 1 for no record */
  BOX_POINT,  /* it is 1 for the record found, computed in the graph: to be confirmed by the machine */
  BOX_BUDGET, /* not decided: budget used up */
  BOX_UNKNOWN /* not decided: it rests on numbers nothing is known of, or memory ran out */
} box_answer;

typedef struct box_result {
  box_answer answer;
  uint64_t spent; /* revisions of nodes: what the budget is counted in */
  uint64_t splits;
  bool cut; /* NONE was proved with inner numbers taken as free */
} box_result;

/* Is there a record for which the yes/no node is 1? point: n_leaf values of a record, the usual ones for leaves the question does not depend on; also
 * read as a first guess. The answer depends on graph, question, guess and budget only, not on time or machine. cut (may be NULL): per node, taken as
 * a free number within its interval; then POINT means nothing and is answered as BOX_BUDGET. */
box_result box_solve(const graph *g, ppr_alloc alloc, node_id question, uint64_t budget, const bool *cut, int64_t *point);
/* The same, first with everything below the comparisons cut, then without. */
box_result box_decide(const graph *g, ppr_alloc alloc, node_id question, uint64_t budget, int64_t *point);
#endif
