/* State of one parse, what grammar actions build with, and how syntax errors are worded. Only lexer, layout, grammar and ast.c include this. */
#ifndef PPR_LANG_SYNTAX_H
#define PPR_LANG_SYNTAX_H
#include "lexer.h"

typedef struct syntax {
  lexer lex;
  ast_file *file;
  token earlier, before, at; /* the last three tokens of the grammar */
  bool too_deep;             /* reported */
  ast_decl *last_decl;       /* end of the file's list */
  void *last_item;           /* end of the list of rows, branches, entries, columns or blocks of the declaration at work */
  int *expected;             /* parse_expected: what would go on at the end of the text */
  int n_expected, most_expected;
} syntax;

/* Lists under construction. */
#define AST_LIST(type)                                                                                                                               \
  typedef struct type##_list {                                                                                                                       \
    type *first, *last;                                                                                                                              \
  } type##_list
#define AST_APPEND(list, item) ((list).last ? ((list).last->next = (item)) : ((list).first = (item)), (list).last = (item))
AST_LIST(ast_expr);
AST_LIST(ast_axis);
AST_LIST(ast_unit);
AST_LIST(ast_attr);
AST_LIST(ast_member);
AST_LIST(ast_field);
AST_LIST(ast_where);
AST_LIST(ast_block);
AST_LIST(ast_cell);
AST_LIST(ast_before);
AST_LIST(ast_variant);
AST_LIST(ast_assign);
AST_LIST(ast_param);
AST_LIST(ast_named);
AST_LIST(ast_choice);

/* Builders: NULL when out of memory. */
void *ast_item(syntax *s, size_t size);
ast_decl *ast_declare(syntax *s, ast_decl_form form, ppr_span span, ast_name name);
void ast_add_decl(syntax *s, ast_change change, ppr_span span, ast_decl *d);
void ast_add_cites(ast_cite **list, ast_cite *more);
ast_expr *ast_make(syntax *s, ast_expr_form form, ppr_span span);
/* Takes the finished node: its depth, and the parentheses the table of binding strengths asks for. */
ast_expr *ast_seal(syntax *s, ast_expr *e);
ast_expr *ast_unary(syntax *s, ast_expr_form form, ppr_span span, ast_expr *a);
ast_expr *ast_infix(syntax *s, ast_binary op, ppr_span span, ast_expr *a, ast_expr *b);
ast_expr *ast_state(syntax *s, unsigned state, ppr_span span, const char *written, const char *reason);
ast_expr *ast_reference(syntax *s, ast_name name, ppr_span span);
ast_expr *ast_negative(syntax *s, ppr_span span, ast_expr *literal);
ast_expr *ast_aggregate(syntax *s, ast_expr_form form, ppr_span span, ast_axis *axis, ast_expr *filter, ast_expr *body);
ast_expr *ast_with_unit(syntax *s, ppr_span span, ast_expr *number, ast_name unit, ast_name per);
ast_type ast_number_type(syntax *s, ppr_span span, ast_name name, ast_name per, const ast_expr *scale);
/* The literal as a whole number lo..hi; reported and lo otherwise. */
int64_t ast_whole(syntax *s, const ast_expr *literal, int64_t lo, int64_t hi);
/* Adds the words of a name token as cells of their own. */
bool ast_add_words(syntax *s, ast_cell_list *cells, ast_name words);
bool ast_add_cell(syntax *s, ast_cell_list *cells, ast_expr *value);
/* A line of a table: its header when it has two axes and none yet, else a row. What is added to a table may begin with a header: words alone. */
bool ast_add_line(syntax *s, ast_decl *table, ast_cell *cells, ast_cite *cites);
/* Adds the words of a name token as attributes; of a member, the first is its name. */
bool ast_add_attrs(syntax *s, ast_attr_list *list, ast_name words);
ast_member *ast_make_member(syntax *s, ast_attr *words, const char *code, const char *label, ast_attr *more);
void ast_add_block(syntax *s, ast_decl *input, ast_block *block);
/* Reports axes and type behind the name in `ergänze …`. */
void ast_refuse_restated(syntax *s, ppr_span span);
/* Ends `ergänze …`: a lone line of words is a row; nothing at all is reported. */
bool ast_end_extension(syntax *s, ast_decl *d);
bool ast_add_entry(syntax *s, ast_decl *d, ast_entry entry);
bool ast_add_branch(syntax *s, ast_decl *rule, ast_branch branch);
bool ast_add_column(syntax *s, ast_decl *output, const char *name, ppr_span span, ast_expr *value);
bool ast_add_part(syntax *s, ast_decl *survey, ast_part part);
bool ast_add_choice(syntax *s, ast_choice_list *list, ast_expr *value, int64_t weight);
ast_decl *ast_vary(syntax *s, ast_name name, unsigned form, ast_choice *values, ast_named *keys, ast_cite *cites);
/* A scenario has neither Beschluss nor dates nor predecessor; false after a message. */
bool ast_edition_head(syntax *s, ppr_span span);

/* Spelling of a sign or reserved word; NULL for tokens without one of their own. */
const char *syntax_spelling(int kind);
/* Reports an unexpected token; expected: token kinds that would have gone on. */
void syntax_error(syntax *s, const token *found, const int *expected, int count);
/* Reports nesting beyond the limit, once. */
void syntax_too_deep(syntax *s, ppr_span span);
#endif
