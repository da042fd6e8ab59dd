/* Items through stages in several threads: a thread carries an item through its stages; where it is not the item's turn, the item waits and the
 * thread takes another one. A stage in order sees one item at a time, in the order in which the first stage filled them; the others run at the same
 * time. */
#ifndef PPR_IO_PIPELINE_H
#define PPR_IO_PIPELINE_H
#include "ppr/ppr.h"
#include <stdbool.h>

enum { PIPELINE_STAGES = 4, PIPELINE_JOBS = 64, PIPELINE_ITEMS = PIPELINE_JOBS * 3 / 2 };

typedef struct pipeline_stage {
  ppr_status (*run)(void *item);
  bool in_order;
} pipeline_stage;

typedef struct pipeline {
  ppr_status (*take)(void *item, bool *more); /* in order; *more is false when there is nothing left, and the item stays empty */
  pipeline_stage stages[PIPELINE_STAGES];     /* ended by run NULL */
  /* The last stage, in order: gets the status of the stages before. Behind an item whose status is not PPR_OK there comes none. */
  ppr_status (*end)(void *item, ppr_status status);
  bool at_once; /* all threads start with the first item: it is known that there will be more */
} pipeline;

/* How many items keep so many threads busy though one takes longer than another; for one thread one. */
static inline size_t pipeline_items(size_t jobs) {
  size_t most = jobs < PIPELINE_JOBS ? jobs : PIPELINE_JOBS;
  return most < 2 ? 1 : most + (most + 1) / 2;
}

/* Runs to the end, or to the first failure in the order of items, and gives its status; at most PIPELINE_ITEMS items and PIPELINE_JOBS threads, that
 * of the caller among them. An item is with one thread at a time, not always the same. The other threads are started when a second item comes, or at
 * once; where the system refuses one, there are fewer. */
ppr_status pipeline_run(const pipeline *p, void *const *items, size_t n_items, size_t jobs);
#endif
