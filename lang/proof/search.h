/* Search for records by the machine: candidates in batches, bisection along inputs, and making small what was found. */
#ifndef PPR_LANG_PROOF_SEARCH_H
#define PPR_LANG_PROOF_SEARCH_H
#include "proof/graph.h"
#include "ppr/ppr.h"

/* The machine on records given as values of leaves (n_leaf each, one record after the other). */
typedef struct search_machine search_machine;
ppr_status search_machine_new(search_machine **out, ppr_alloc alloc, const graph *g, const graph_program *p);
void search_machine_free(search_machine *m);
enum { SEARCH_BATCH = 256 };
/* Evaluates up to SEARCH_BATCH records; results stay until the next call. */
bool search_evaluate(search_machine *m, const int64_t *leaves, size_t n);
ppr_fault search_fault(const search_machine *m, size_t record);
/* Value of an output; its state where state is not NULL. */
int64_t search_output(const search_machine *m, size_t record, uint32_t output, uint8_t *state);

/* What is looked for: hit[i] is set for the records that are it. False: out of memory. */
typedef bool (*search_test)(void *ctx, const int64_t *leaves, size_t n, bool *hit);

typedef struct search {
  const graph *g;
  ppr_alloc alloc;
  search_test test;
  void *ctx;
  node_id question; /* a node that is (about) the question: its leaves are varied, its constants are tried */
  uint64_t budget;  /* records tried at most */
  uint64_t tried;
} search;

/* Looks for a record from `point` on (n_leaf values), in which it is left. Deterministic. */
bool search_find(search *s, int64_t *point);
/* Moves every leaf of a record that is a hit to its usual value, or as near to it as the answer stays the same. */
bool search_shrink(search *s, int64_t *point);
#endif
