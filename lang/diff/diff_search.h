/* Two machines side by side: what two texts say of one record, and looking for records of which they say something else. */
#ifndef PPR_LANG_DIFF_DIFF_SEARCH_H
#define PPR_LANG_DIFF_DIFF_SEARCH_H
#include "proof/graph.h"
#include "proof/search.h"

/* A result in each text; NONE both: that the record has results at all. */
typedef struct diff_pair {
  uint32_t output[2];
  node_id differs; /* 1 where they are not the same: its inputs are varied */
} diff_pair;

typedef struct diff_search diff_search;
/* Both programs (two, in one graph, which it keeps a reference to). NULL: out of memory. */
diff_search *diff_search_new(ppr_arena *arena, ppr_alloc alloc, const graph *g, const graph_program *code);
void diff_search_free(diff_search *s); /* NULL allowed */
/* Runs both texts over up to SEARCH_BATCH records, n_leaf values each; the others speak of them until the next run. False: out of memory. */
bool diff_search_run(diff_search *s, const int64_t *leaves, size_t n);
/* The text gives the record no results: it faults, or a check of severity `fehler` fails. */
bool diff_search_refused(const diff_search *s, int side, size_t record);
bool diff_search_faults(const diff_search *s, int side, size_t record);
int64_t diff_search_output(const diff_search *s, int side, size_t record, uint32_t output, uint8_t *state);
/* Both texts give the result, and not the same. */
bool diff_search_shows(const diff_search *s, const diff_pair *pair, size_t record);
bool diff_search_confirms(diff_search *s, const diff_pair *pair, const int64_t *leaves);
/* The same of many records, for search.h. */
typedef struct diff_asked {
  diff_search *s;
  const diff_pair *pair;
} diff_asked;
bool diff_search_test(void *ctx /* diff_asked */, const int64_t *leaves, size_t n, bool *hit);
/* Looks for a record that shows each pair; found[i] (NULL before) is set to one in the arena. Deterministic. False: out of memory. */
bool diff_search_explore(diff_search *s, const diff_pair *const *pairs, size_t n, int64_t **found);
#endif
