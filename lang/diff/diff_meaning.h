/* Two texts compared by meaning, for one kind of record: shared by the questions (diff_meaning.c) and the records that answer them (diff_region.c).
 */
#ifndef PPR_LANG_DIFF_DIFF_MEANING_H
#define PPR_LANG_DIFF_DIFF_MEANING_H
#include "diff/diff_search.h"
#include "diff/diff_step.h"

/* A result both texts have, or that there is none. */
typedef struct question {
  diff_pair pair;
  node_id *parts; /* of NONE: refusals one text alone has */
  size_t n_parts;
} question;

enum { DIFF_POOL = 64 };

typedef struct meaning {
  diffing *d;
  diff_kind *kind;
  ppr_arena *arena;
  ppr_program *program[2];
  const ppr_edition *e[2];
  graph *g;
  graph_program code[2];
  diff_search *search;
  ppr_evaluator *evaluator[2];
  node_id *refusal[2];
  size_t n_refusal[2];
  node_id admitted; /* no plain refusal holds */
  diff_steps *steps;
  int64_t *pool[DIFF_POOL]; /* the smallest record of each region */
  size_t n_pool;
  int64_t *point;
  question *questions; /* of the results not proved equal by form */
  int64_t **found;     /* records that show a difference, NULL: none yet */
  size_t n_open;
} meaning;

static inline const char *diff_say(const diffing *d, const char *de, const char *en) { return d->opts->language == PPR_ENGLISH ? en : de; }
/* Every input as when nothing is said. */
void diff_region_usual(const meaning *m, int64_t *leaves);
/* The region of a record that shows the difference; made when it is the first, and the record is then the smallest. NONE: out of memory. */
uint32_t diff_region_place(meaning *m, const char *label, const question *q, int64_t *leaves);
#endif
