/* A record as rows of the input tables, as `ppr run` reads them; values as text. */
#ifndef PPR_LANG_PROOF_RECORD_H
#define PPR_LANG_PROOF_RECORD_H
#include "code/program.h"
#include "ppr/compile.h"

/* "2,50", "ja", "01.07.2024", "A1": a value as a cell. kind: ppr_kind; enumeration + 1. Text lives in the arena. */
const char *record_value(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, uint32_t kind, uint32_t enumeration, uint32_t scale,
                         int64_t value);
/* The tables of the edition with the rows of one record (values and states as for the machine): every table, rows that say nothing left out. Text
 * keys are "1". NULL: out of memory. */
ppr_proof_table *record_tables(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, const uint8_t *states, size_t *n);
/* "1,1,2024,3": the key as `ppr explain --key` takes it. */
const char *record_key(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values);
/* "NAME=VARIANTE" of every reading that is not as preset. */
const char **record_readings(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, size_t *n);
/* "NAME=VALUE" of every parameter that is not as preset. */
const char **record_parameters(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, size_t *n);
#endif
