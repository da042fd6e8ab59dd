/* The syntax tree as s-expressions, for goldens and for comparing trees. */
#ifndef PPR_SUPPORT_AST_DUMP_H
#define PPR_SUPPORT_AST_DUMP_H
#include "ast.h"

/* With a report, places are shown as line:column-line:column; with NULL there are none. */
void ast_dump(ppr_buf *out, const ast_file *file, const ppr_report *places);
#endif
