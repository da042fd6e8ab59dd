/* The one layout of rule files. */
#ifndef PPR_LANG_FMT_H
#define PPR_LANG_FMT_H
#include "ast.h"

/* Appends the text of an unbroken source of the report in canonical layout, comments included: the same tokens, in their canonical spelling. What
 * the lines are follows from the tree; a list keeps the lines its author gave it, and an expression that was broken stays broken. Laid out again
 * nothing changes. False when out of memory. */
bool fmt_file(ppr_buf *out, ppr_report *r, ppr_arena *arena, const ast_file *file);
/* The same of text that is not a source yet, such as a printed tree; `name` is for the report. */
bool fmt_text(ppr_buf *out, ppr_report *r, ppr_arena *arena, const char *name, const char *text, size_t size);
#endif
