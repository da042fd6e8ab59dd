/* What other readings would change: the records of a run are evaluated again under every variant it did not choose, and their result rows compared.
 */
#ifndef PPR_IO_EFFECT_H
#define PPR_IO_EFFECT_H
#include "io/store.h"

typedef struct effect_run effect_run;

/* The readings chosen in the schema of the store are what is compared with. `list`: CSV file of every changed cell, NULL: none; lanes: as in
 * ppr_evaluator_opts. */
ppr_status effect_open(effect_run **out, record_store *store, const char *list, uint32_t lanes, ppr_report *report);
/* The records from … until of the store. Those that are refused by now are left out: evaluation judges the others itself. */
ppr_status effect_window(effect_run *x, size_t from, size_t until);
/* Commits the list and gives the counts: one allocation of ppr_alloc_default, strings of the program. */
ppr_status effect_finish(effect_run *x, ppr_reading_effect **effects, size_t *n);
/* An uncommitted list is removed. NULL allowed. */
void effect_close(effect_run *x);
#endif
