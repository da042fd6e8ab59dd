/* A scenario at work: its records, its parameter space, what is asked of it. */
#ifndef PPR_SWEEP_SWEEP_H
#define PPR_SWEEP_SWEEP_H
#include "io/hold.h"
#include "ppr/sweep.h"
#include "sweep/space.h"
#include "sweep/tally.h"

/* Machines for the workers of a scenario: each edition is planned once, and every worker has machines like those. NULL: out of memory. */
typedef struct worker_models worker_models;
worker_models *worker_models_new(ppr_alloc alloc, const ppr_program *program);
void worker_models_free(worker_models *models); /* NULL allowed */

/* One scenario of a sweep, while its runs are made. */
typedef struct scenario {
  uint32_t id;
  const char *name;
  ppr_program *selected; /* NULL: program is the caller's */
  const ppr_program *program;
  ppr_run_opts run; /* with the choices its text knows */
  held_input input;
  space space;
  tally_edition *editions;         /* instances 0 where nothing is asked */
  const store_record ***records;   /* per edition and place */
  const struct scenario *baseline; /* NULL: this is it */
  tally_result *result;            /* baseline: results of run 0 per edition */
  uint32_t **place, *before;       /* per edition: of each record its place in the baseline's edition `before` */
  worker_models *models;
  bool readings; /* varies readings, not what its text says */
} scenario;

/* The records of each edition by their place in it; NULL: out of memory. */
const store_record ***scenario_records(const scenario *s, ppr_arena *arena);

/* One thread's machines for a scenario. */
typedef struct sweep_worker sweep_worker;
sweep_worker *worker_new(const scenario *s, ppr_alloc alloc, const tally_plan *plan, uint32_t slots);
void worker_free(sweep_worker *w); /* NULL allowed */
/* Runs first … first + n - 1, n at most the slots; their rows are in the tally. failed: per run records without results. keep: results of the run (n
 * is 1) by edition, or NULL. */
ppr_status worker_runs(sweep_worker *w, uint64_t first, uint32_t n, uint64_t *failed, tally_result *keep);
tally *worker_tally(sweep_worker *w);
#endif
