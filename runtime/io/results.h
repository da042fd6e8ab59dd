/* Results of several records of one edition, for jobs that look at them before they are written. */
#ifndef PPR_IO_RESULTS_H
#define PPR_IO_RESULTS_H
#include "base/arena.h"
#include "code/program.h"
#include "ppr/ppr.h"

typedef struct result_set {
  ppr_result *out; /* per output */
  ppr_fault *faults;
} result_set;

/* Room for a number of records in the arena; false when out of memory. */
bool results_make(result_set *r, ppr_arena *arena, const ppr_edition *e, size_t records);
/* A yes/no is there and says yes. */
static inline bool results_yes(const ppr_result *out, size_t row) { return out->states[row] == PPR_PRESENT && out->values[row]; }
/* A yes/no says yes in some of so many rows. */
bool results_any(const ppr_result *out, size_t rows);
/* The record has rows in the result files: no fault, and no check of severity `fehler` fails. */
bool results_given(const result_set *r, const ppr_edition *e, size_t row);
#endif
