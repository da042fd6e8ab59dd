/* A slow second meaning of rule files for property tests: walks the tree with rationals of any size. It uses the names and types the compiler's front
 * bound and nothing behind them: no intervals, instructions, plans, kernels or calendar. Values of tables, series, tiers and units come from the
 * tree. */
#ifndef TESTS_SUPPORT_ORACLE_H
#define TESTS_SUPPORT_ORACLE_H
#include "model.h"

typedef struct oracle oracle;

/* Needs a checked model without errors; NULL when out of memory. */
oracle *oracle_new(model *m);
void oracle_free(oracle *o);

/* Inputs and results have the labels of the program: "Tage[A1]", "Datei.Spalte[A1,b]". Index by label, or -1. */
int oracle_find_input(const oracle *o, const char *label);
int oracle_find_result(const oracle *o, const char *label);
/* Stored number of one input of the record, or its absence. */
void oracle_set(oracle *o, int input, bool present, int64_t value);
/* Evaluates every rule, check and column for the inputs set. */
void oracle_run(oracle *o);
/* The same, where what comes after a fault counts as unknown: results that do not depend on it are known all the same. */
void oracle_run_lenient(oracle *o);

enum { ORACLE_FAULTS = 5201 }; /* number of the code of bit 0 */
/* Every fault that some order of evaluation meets first; 0: the record has none. */
unsigned oracle_faults(const oracle *o);
/* Where the text has the first one of them. */
ppr_span oracle_fault_place(const oracle *o);
/* After a run without faults; numbers are scaled by 10^scale. False when the number does not have that form: a defect of rules or oracle. */
bool oracle_result(const oracle *o, int result, uint32_t scale, uint8_t *state, int64_t *value);
/* What made the rule text meaningless (a value used that is not there …), or NULL. */
const char *oracle_complaint(const oracle *o);
#endif
