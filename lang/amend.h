/* Amendments below the declaration: a declaration with rows, members, entries or blocks added, replaced or struck. */
#ifndef PPR_LANG_AMEND_H
#define PPR_LANG_AMEND_H
#include "ast.h"

/* New declaration: `base` as changed by `change` (`ergänze …`, or `streiche …` with names of parts). `base` stays as it is. Unknown names and columns
 * are diagnosed; NULL when out of memory. */
ast_decl *amend_parts(ppr_report *r, ppr_arena *arena, const ast_decl *base, ast_decl *change);
#endif
