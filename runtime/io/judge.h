/* What evaluation says against a record: faults of the machine and findings of checks become issues of the record. */
#ifndef PPR_IO_JUDGE_H
#define PPR_IO_JUDGE_H
#include "io/writer.h"

/* A fault: names the input or the rule whose instruction raised it. */
void judge_fault(record_store *store, store_record *r, const ppr_fault *fault);
/* Finds the checks that say something about some record of the edition, of which `out` has all results. */
void judge_find(record_store *store, uint32_t edition, const ppr_result *out);
/* Findings of the checks of the edition; of those found only, until the store is cleared. */
void judge_checks(record_store *store, store_record *r, const result_view *results);
#endif
