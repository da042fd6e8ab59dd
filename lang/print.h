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
const char *print_form_word(ast_decl_form form); /* "regel" */
/* Parts of declarations, each on one line. */
void print_constant(ppr_buf *out, const ast_expr *e); /* value of a table cell, time series or tier */
void print_member(ppr_buf *out, const ast_member *m);
void print_bounds(ppr_buf *out, const ast_entry *e); /* "ab 01.01.2024", "über 20 % bis 35 %" */
void print_entry(ppr_buf *out, const ast_entry *e);
void print_field(ppr_buf *out, const ast_field *f);
void print_block_head(ppr_buf *out, const ast_block *b);
void print_axes(ppr_buf *out, const ast_axis *axes); /* " je Bereich" */
#endif
