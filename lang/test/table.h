/* Case tables: CSV files beside the rule files, one row one case. A row is a `test` in another notation: columns with the name of a field or rule are
 * given, columns `erwarte NAME` are compared, an empty cell says nothing. */
#ifndef PPR_LANG_TEST_TABLE_H
#define PPR_LANG_TEST_TABLE_H
#include "compile.h"

/* A row: its place, and the Fassung it is about. Assignments have targets whose number is that of the column from 1, and whose place is the head of
 * the column; values are references whose name is the text of the cell. */
typedef struct table_case {
  ast_decl *test;
  const edition_text *text;
} table_case;
/* The cases of a source of the report. What is wrong with the file is in the report, with its line. False when out of memory. */
bool table_read(ppr_report *r, ppr_arena *arena, ppr_alloc alloc, uint32_t source, const edition_text *texts, size_t n_texts, table_case **cases,
                size_t *count);
/* The value of a cell in the notation of input tables: decimal comma, percent with or without its sign, codes or names of members; in tests also
 * states. Diagnoses. */
bool table_value(model *m, const ast_expr *cell, const check_type *t, struct cell *out);
#endif
