/* Fassungen of a Regelwerk: order, dates, predecessors, and the consolidated declarations of an amending Fassung. */
#ifndef PPR_LANG_EDITIONS_H
#define PPR_LANG_EDITIONS_H
#include "ast.h"

typedef struct edition_text {
  ast_file *file;
  ast_decl **decls;
  size_t n_decls;            /* consolidated: what is in force, in text order */
  const char **decl_edition; /* Fassung whose text declares each */
  ast_decl **struck;
  size_t n_struck;             /* `streiche` of this and of the amended Fassungen */
  int64_t from_day, until_day; /* until_day INT64_MAX: open */
  bool done;                   /* consolidated */
} edition_text;

/* Sorts by date, checks gaps and overlaps, consolidates. NULL after errors that leave nothing to compile; *n editions otherwise. */
edition_text *editions_arrange(ppr_report *r, ppr_arena *arena, ast_file **files, size_t count, size_t *n);
#endif
