/* ppr: scenarios over many parameter sets, kept in a ledger; and reports from it. Needs the library ppr-lang. */
#ifndef PPR_SWEEP_H
#define PPR_SWEEP_H
#include <ppr/run.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ppr_sweep_scenario {
  const char *name;
  const ppr_program *program;
} ppr_sweep_scenario;

/* Whether readings are varied too, as a scenario of its own on the text of the baseline: one variant at a time, or all combinations. */
typedef enum ppr_sweep_readings { PPR_READINGS_CHOSEN, PPR_READINGS_SINGLY, PPR_READINGS_ALL } ppr_sweep_readings;

typedef struct ppr_sweep_progress {
  uint64_t done, total; /* evaluations (a record in a run) of this call, those of earlier calls left out */
  uint64_t milliseconds;
  const char *scenario; /* at hand */
} ppr_sweep_progress;

typedef struct ppr_sweep_opts {
  size_t size;
  const ppr_sweep_scenario *scenarios; /* the first is the baseline: its run 0 is what others are compared with */
  size_t n_scenarios;
  const char *ledger;        /* SQLite file; made, or resumed if it is of the same sweep */
  const ppr_run_opts *run;   /* input (not stdin), form, record, as_of, readings, parameters, jobs; nothing else */
  uint64_t seed, draws;      /* draws: sets per point of the grid where something is drawn; 0: 1000 */
  uint64_t limit;            /* most sets of a scenario; 0: any */
  uint32_t chunk, chunks;    /* only every chunks-th chunk, from chunk (1 … chunks) on; chunks 0: all */
  ppr_sweep_readings vary_readings;
  const volatile int *stop;  /* may be NULL; not 0: end with the chunks at hand, as if nothing else had been asked for */
  void (*progress)(const ppr_sweep_progress *at, void *ctx); /* by one thread at a time; may be NULL */
  void *ctx;
} ppr_sweep_opts;
#define PPR_SWEEP_OPTS_INIT                                                                                                                          \
  { sizeof(ppr_sweep_opts), 0, 0, 0, 0, 1, 0, 0, 0, 0, PPR_READINGS_CHOSEN, 0, 0, 0 }

typedef struct ppr_sweep_summary {
  uint64_t runs, runs_done, evaluations; /* of the whole sweep; of them in the ledger; made by this call */
  size_t records, refused;               /* of the baseline */
  uint64_t milliseconds;
  int complete; /* every run is in the ledger */
} ppr_sweep_summary;

/* Evaluates every scenario in run 0 (every parameter as preset) and in its parameter sets, and adds up what the `auswertung` of the programs say. Finished chunks
 * are in the ledger at any moment; the same call goes on where the last one ended, and the content of a complete ledger does not depend on interruptions, jobs
 * or chunks. PPR_DIAGNOSED: nothing to count, a ledger of another sweep, too many sets, unreadable input. */
PPR_API ppr_status ppr_sweep(ppr_engine *engine, const ppr_sweep_opts *opts, ppr_sweep_summary *summary, ppr_report *report);
/* One new ledger from several of one sweep (chunks k/n of it). */
PPR_API ppr_status ppr_sweep_merge(ppr_engine *engine, const char *out, const char *const *ledgers, size_t n, ppr_report *report);

/* Backward question about a parameter: at which of its values does a share of the records say yes? The share is a part `anteil` of an `auswertung`. */
typedef struct ppr_goal_opts {
  size_t size;
  const ppr_run_opts *run;     /* as of a sweep */
  const char *parameter;       /* varied over its range, step by step of its decimals; others keep their presets */
  const char *survey, *part;   /* survey NULL: the first one that has such a part */
  const char *cell;            /* "Fachgebiet=EP" counts these records only; NULL: all */
  uint64_t numerator, denominator; /* the share wanted, 60/100 say */
  int at_most;                 /* at most so many, else at least */
  const char *from, *until;    /* look there only, as the parameter is written ("80 %"); NULL: its range */
  uint64_t limit;              /* evaluate at most so many values; 0: 100000 */
} ppr_goal_opts;
#define PPR_GOAL_OPTS_INIT                                                                                                                           \
  { sizeof(ppr_goal_opts), 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0 }
/* Neighbouring values that all meet the goal, or all do not. Numbers as stored. */
typedef struct ppr_goal_span {
  int64_t first, last;
  int met;
  uint64_t yes_first, yes_last, of_first, of_last; /* records that say yes at the ends, of those that say yes or no */
  int looked; /* every value of the span was evaluated; else only its ends and some between, so that the goal may change twice inside */
} ppr_goal_span;
typedef struct ppr_goal {
  ppr_value_info parameter; /* its strings belong to the program */
  int64_t preset;
  uint64_t yes, of;         /* at the preset */
  uint64_t evaluated;       /* values */
  size_t records;
  ppr_goal_span *spans;     /* in order, the whole of what was looked at; free with ppr_free */
  size_t n_spans;
} ppr_goal;
/* PPR_DIAGNOSED: no such parameter, part or cell, a value outside its range, unreadable input. */
PPR_API ppr_status ppr_find_goal(ppr_engine *engine, const ppr_program *program, const ppr_goal_opts *opts, ppr_goal *goal, ppr_report *report);

/* The input of a turn. */
typedef struct ppr_turn_input {
  ppr_value_info info;
  const char *now, *last, *first; /* words of an enumeration, else NULL */
} ppr_turn_input;
/* Backward question about one record: which single value turns a yes/no (a result by its name, or a part `anteil`)? As ppr_evaluator_turns, each turn confirmed by
 * evaluating `first` and `last`. answer: what the record has now; *inputs, one for each turn, and
 * turns->turns are to be freed with ppr_free. PPR_DIAGNOSED: no such record, result, or no answer for it. */
PPR_API ppr_status ppr_find_turns(ppr_engine *engine, const ppr_program *program, const ppr_run_opts *run, const char *const *key, size_t keys, const char *result,
                                  int *answer, ppr_turns *turns, ppr_turn_input **inputs, ppr_report *report);

/* Reports, from the ledger alone and the same for the same content, in whatever order it was written. PPR_IO: not readable or not writable; PPR_DIAGNOSED: not a
 * ledger, damaged, or without results of the baseline.
 *
 * CSV files (semicolon, decimal comma) and ergebnisse.json into a folder, which is made; all of them or none:
 * Szenarien, Parameter, Anteile, Summen, Verteilungen, Histogramme (run 0 beside the baseline), Kurven (every run), Wechsel (results of records that differ). */
PPR_API ppr_status ppr_sweep_outcomes(const char *ledger, const char *folder, ppr_language language, ppr_report *report);
/* One HTML page with tables and drawings: static, nothing fetched, no script, to be read on a screen or printed. */
PPR_API ppr_status ppr_sweep_page(const char *ledger, const char *file, ppr_language language, ppr_report *report);

#ifdef __cplusplus
}
#endif
#endif
