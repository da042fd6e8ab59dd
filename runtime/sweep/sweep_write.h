/* What a sweep is and what it found, as rows of its ledger (ledger.def). All of this inside a transaction of the caller; failures of the ledger stick
 * there and are told by its commit. */
#ifndef PPR_SWEEP_SWEEP_WRITE_H
#define PPR_SWEEP_SWEEP_WRITE_H
#include "sweep/data.h"
#include "sweep/ledger.h"
#include "sweep/sweep.h"

typedef struct sweep_writer {
  ledger *book;
  ppr_arena *arena; /* for texts; its failure is the caller's to ask for */
  const tally_plan *plan;
  const scenario *s; /* at hand */
} sweep_writer;

/* The scenario, its sources, what varies in it, and the surveys known so far. program, data: digests. PPR_NOMEM. */
ppr_status sweep_write_scenario(const sweep_writer *w, const char *program, const char *data);
/* The files of the input. */
void sweep_write_input(const sweep_writer *w, const data_files *d);
void sweep_write_row(const sweep_writer *w, const tally_row *r);
void sweep_write_cell(const sweep_writer *w, const tally_cell *c);
void sweep_write_bin(const tally_bin *b, void *writer); /* for tally_bins */
/* The values of the parameters of a run that are the same for all records. */
void sweep_write_values(const sweep_writer *w, uint64_t run);
/* What of `result`, run 0 of a scenario by edition, differs from the baseline's; nothing for the baseline itself. t: where cells are found.
 * PPR_NOMEM. */
ppr_status sweep_write_changes(const sweep_writer *w, tally *t, const tally_result *result);
#endif
