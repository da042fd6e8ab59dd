/* The share of one thread in a run: some records at a time with their results, their rows as text, what is to be said about them, what they count. */
#ifndef PPR_IO_BATCH_H
#define PPR_IO_BATCH_H
#include "io/writer.h"

typedef struct batch_machine {
  ppr_evaluator *evaluator;
  ppr_column *in;
  ppr_result *out, *piece; /* of all records of the edition; shifted to a block */
  ppr_fault *faults;
  size_t rows;   /* for so many records */
  bool few;      /* the evaluator is one for few records */
} batch_machine; /* of one edition, made when its first record comes */

/* Evaluators for the batches of a run: an edition is planned once, by whichever batch needs it first, and every batch has evaluators like that one.
 * lanes, profile: as in ppr_evaluator_opts. NULL: out of memory. */
typedef struct batch_models batch_models;
batch_models *batch_models_new(ppr_alloc alloc, const ppr_program *program, uint32_t lanes, bool profile);
void batch_models_free(batch_models *models); /* NULL allowed */

typedef struct batch {
  const ppr_program *program;
  const io_schema *schema;
  batch_models *models;
  record_store store;
  ppr_report *report; /* what readers say about the rows at hand */
  ppr_arena *arena;
  batch_machine *machines;
  result_writer *writer;   /* NULL: no rows are written */
  ppr_run_summary summary; /* of the records at hand */
} batch;

/* False: out of memory; batch_fini is right in any case. `report` takes messages. */
bool batch_init(batch *b, ppr_alloc alloc, const io_schema *schema, batch_models *models, ppr_report *report);
void batch_fini(batch *b);
/* Results of all records in the store. */
ppr_status batch_evaluate(batch *b);
/* Faults and findings become issues; counts, and rows of the writer. */
ppr_status batch_judge(batch *b);
/* The results of a record, false: it has none because it was refused. */
bool batch_results(const batch *b, const store_record *r, result_view *view);
/* Makes ready for other records. */
void batch_clear(batch *b);
/* Adds the counts of a batch to those of the run. */
void batch_count(const batch *b, ppr_run_summary *total);
/* Adds the times of its evaluators to those of the run; false: out of memory. */
bool batch_profile(const batch *b, ppr_run_summary *total);
#endif
