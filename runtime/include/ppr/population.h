/* ppr: invented records from drawn values. Needs the library ppr-lang. */
#ifndef PPR_POPULATION_H
#define PPR_POPULATION_H
#include <ppr/run.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ppr_population_opts {
  size_t size;
  const ppr_run_opts *run; /* output (a folder, made if missing, without files), record, as_of, readings, parameters, lanes, jobs, language, progress;
                              nothing else */
  uint64_t seed;
  uint64_t count; /* only so many values of the first key; 0: all */
  int64_t year;   /* only records of this year; 0: of all years of the key */
} ppr_population_opts;
#define PPR_POPULATION_OPTS_INIT                                                                                                                     \
  { sizeof(ppr_population_opts), 0, 1, 0, 0 }

typedef struct ppr_population_summary {
  size_t keys, records; /* keys enumerated; those with a row in a result file */
} ppr_population_summary;

/* What a population made of the same program, seed, count and year says of itself; beside its tables. */
#define PPR_POPULATION_ORIGIN "HERKUNFT.txt"

/* Enumerates the keys of a program whose inputs are keys and parameters: of a number every value of its range, of an enumeration every member, the
 * last key fastest. Draws every parameter the rules say is drawn, evaluates, and writes every result file and PPR_POPULATION_ORIGIN, all or none. The
 * bytes depend on program, seed, count, year, readings and parameters alone. PPR_DIAGNOSED: the program reads tables or draws nothing, a key that
 * cannot be enumerated, count or year beyond it, files in the folder, a record that has no results. PPR_MISUSE: no output. */
PPR_API ppr_status ppr_population(const ppr_program *program, ppr_engine *engine, const ppr_population_opts *opts, ppr_population_summary *summary,
                                  ppr_report *report);

#ifdef __cplusplus
}
#endif
#endif
