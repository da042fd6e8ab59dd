/* Fassungen of a Regelwerk: order, dates, predecessors, and the consolidated declarations of an amending Fassung. */
#ifndef PPR_LANG_EDITIONS_H
#define PPR_LANG_EDITIONS_H
#include "ast.h"

typedef struct edition_text {
  ast_file *file;   /* with scenarios a copy, whose Fassung is called "2024-07 + NAME" */
  const char *name; /* of the Fassung alone */
  ast_decl **decls;
  size_t n_decls;            /* consolidated: what is in force, in text order */
  const char **decl_edition; /* Fassung whose text declares each */
  ast_decl **struck;
  size_t n_struck;             /* `streiche` of this and of the amended Fassungen */
  int64_t from_day, until_day; /* until_day INT64_MAX: open */
  bool done;                   /* consolidated */
  const ast_file **scenarios;  /* that change it, in their order */
  size_t n_scenarios, cap_scenarios;
} edition_text;

/* Whether a Fassung is meant by a name: "2024-07", or with its scenarios as it is shown. */
bool edition_is(const edition_text *text, const char *name);
/* Sorts by date, checks gaps and overlaps, consolidates, applies scenarios in the order of the files. NULL after errors that leave nothing to
 * compile; *n editions otherwise. */
edition_text *editions_arrange(ppr_report *r, ppr_arena *arena, ast_file **files, size_t count, size_t *n);
#endif
