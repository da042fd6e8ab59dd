/* The compiler as one function, and what the tests of rule files share with it. */
#ifndef PPR_LANG_COMPILE_H
#define PPR_LANG_COMPILE_H
#include "editions.h"
#include "code/build.h"
#include "model.h"
#include "ppr/compile.h"

struct lowering; /* lower.h */
struct lower_duties;

/* Sources of a path: a file, or all *.ppr of a folder, and behind them the scenarios of the engine (NULL: the files are not for compiling). */
ppr_status compile_read(ppr_report *r, ppr_arena *arena, const ppr_engine *scenarios, const char *path, ppr_source_text **files, size_t *count);
/* Parsed and arranged Fassungen of sources first .. first + count of the report. */
edition_text *compile_front(ppr_report *r, ppr_arena *arena, uint32_t first, size_t count, size_t *n);
/* Types the `test` declarations of a Fassung. */
void tests_check(model *m);
/* Runs the one test that begins at this line (from 1) of the file of that name; nothing is told where none does. */
ppr_status tests_run_one(ppr_engine *engine, const ppr_source_text *files, size_t count, const char *file, uint32_t line, ppr_language language,
                         ppr_report *report, ppr_test_fn fn, void *ctx);
/* Model of one Fassung for one kind of record: every name declared, every expression of a rule, tier or check typed. */
model *compile_names(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input);
/* The same with its cases examined and its rules ordered; errors are in the report. */
model *compile_model(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input);
/* The same, but gaps and overlaps of branches, tiers and series are no errors. */
model *compile_model_proving(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input);
/* Code of a model as the next edition of the builder; NULL: errors are in the report, of the model or found here, or memory ran out. duties: see
 * lower.h. */
struct lowering *compile_lower(model *m, const edition_text *text, ppr_builder *b, uint32_t first, struct lower_duties *duties);
/* The index-th eingabe of a Fassung: its kinds of record in text order; NULL beyond the last. */
ast_decl *compile_kind(const edition_text *text, size_t index);
#endif
