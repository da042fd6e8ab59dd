/* The text of a syntax tree: parsing it gives the same tree, and equal trees have equal texts. fmt.h lays it out; comments are not part of the tree.
 */
#ifndef PPR_LANG_PRINT_H
#define PPR_LANG_PRINT_H
#include "ast.h"

/* Of an unbroken file. */
void print_file(ppr_buf *out, const ast_file *file);
void print_decl(ppr_buf *out, const ast_decl *decl);
void print_expr(ppr_buf *out, const ast_expr *e);
void print_cites(ppr_buf *out, const ast_cite *cites); /* "§ 6 Abs. 1; § 7 [sekundär]" */
void print_type(ppr_buf *out, const ast_type *type);
#endif
