/* Items through stages in several threads: each thread carries one item through all stages, then takes the next. A stage in order sees one item at a
 * time, in the order in which the first stage filled them; the others run at the same time. */
#ifndef PPR_IO_PIPELINE_H
#define PPR_IO_PIPELINE_H
#include "ppr/ppr.h"
#include <stdbool.h>

enum { PIPELINE_STAGES = 4, PIPELINE_JOBS = 64 };

typedef struct pipeline_stage {
  ppr_status (*run)(void *item);
  bool in_order;
} pipeline_stage;

typedef struct pipeline {
  ppr_status (*take)(void *item, bool *more); /* in order; *more is false when there is nothing left, and the item stays empty */
  pipeline_stage stages[PIPELINE_STAGES];     /* ended by run NULL */
  /* The last stage, in order: gets the status of the stages before. Behind an item whose status is not PPR_OK there comes none. */
  ppr_status (*end)(void *item, ppr_status status);
} pipeline;

/* Runs to the end, or to the first failure in the order of items, and gives its status. One item per thread: items[0] is that of the caller's thread.
 * The others are started when a second item comes; where the system refuses one, there are fewer. */
ppr_status pipeline_run(const pipeline *p, void *const *items, size_t n_items);
#endif
