/* Where the explanations of one result part: the deepest value that is not the same though all it rests on is. */
#ifndef PPR_LANG_DIFF_DIFF_STEP_H
#define PPR_LANG_DIFF_DIFF_STEP_H
#include "diff/diff.h"
#include "proof/graph.h"

typedef struct diff_steps diff_steps;
diff_steps *diff_steps_new(diffing *d, ppr_arena *arena, const graph *g, const graph_program *code /* two */);
/* The step on the way of an output (of both texts, NONE: that there are results) of the record with these leaves; the changes of the structure it
 * rests on, ascending. NULL: out of memory. */
const size_t *diff_step_find(diff_steps *s, const char *label, const uint32_t output[2], const int64_t *leaves, diff_step *step, size_t *n);
/* Takes a record by its leaves; is the yes/no node 1 for it? */
bool diff_steps_at(diff_steps *s, const int64_t *leaves);
bool diff_steps_true(const diff_steps *s, node_id node);
#endif
