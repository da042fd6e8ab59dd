/* Building the tree: nodes, lists, the lines of tables, and the forms of expressions that the grammar lets through but no reader should guess. */
#include "syntax.h"
#include "parser.h"
#include <stdio.h>
#include <string.h>

bool name_is(ast_name n, const char *text) { return n.text && strcmp(n.text, text) == 0; }

void *ast_item(syntax *s, size_t size) { return arena_alloc(s->lex.arena, size); }

static diag *complain(syntax *s, diag_code code, ppr_span span, const char *arg1, const char *arg2, const char *arg3) {
  s->lex.broken = true;
  return report_add(s->lex.report, code, span, arg1, arg2, arg3, NULL);
}

const char *ast_evidence_word(unsigned evidence) {
  static const char *const words[] = {"bestätigt", "sekundär", "erschlossen", "ungeklärt"};
  return words[evidence <= EVIDENCE_OPEN ? evidence : EVIDENCE_OPEN];
}

/* Declarations */

ast_decl *ast_declare(syntax *s, ast_decl_form form, ppr_span span, ast_name name) {
  ast_decl *d = ast_item(s, sizeof *d);
  if (!d) return NULL;
  d->form = form;
  d->name = name.text;
  d->name_span = span;
  s->last_item = NULL;
  return d;
}

void ast_add_decl(syntax *s, ast_change change, ppr_span span, ast_decl *d) {
  d->change = change;
  d->span = span;
  if (s->last_decl) s->last_decl->next = d;
  else s->file->decls = d;
  s->last_decl = d;
}

void ast_add_cites(ast_cite **list, ast_cite *more) {
  while (*list) list = &(*list)->next;
  *list = more;
}

bool ast_add_attrs(syntax *s, ast_attr_list *list, ast_name words) {
  ast_name word;
  while (lexer_split(&s->lex, &words, &word)) {
    ast_attr *attr = ast_item(s, sizeof *attr);
    if (!attr) return false;
    attr->name = word;
    AST_APPEND(*list, attr);
  }
  return true;
}

ast_member *ast_make_member(syntax *s, ast_attr *words, const char *code, const char *label, ast_attr *more) {
  ast_member *m = words ? ast_item(s, sizeof *m) : NULL;
  if (!m) return NULL;
  *m = (ast_member){.name = words->name, .code = code, .label = label, .attrs = words->next};
  ast_attr **link = &m->attrs;
  while (*link) link = &(*link)->next;
  *link = more;
  return m;
}

void ast_add_block(syntax *s, ast_decl *input, ast_block *block) {
  ast_block *last = s->last_item;
  if (last) last->next = block;
  else input->blocks = block;
  s->last_item = block;
}

bool ast_add_entry(syntax *s, ast_decl *d, ast_entry entry) {
  ast_entry *item = ast_item(s, sizeof *item), *last = s->last_item;
  if (!item) return false;
  *item = entry;
  if (last) last->next = item;
  else d->entries = item;
  s->last_item = item;
  return true;
}

bool ast_add_branch(syntax *s, ast_decl *rule, ast_branch branch) {
  ast_branch *item = ast_item(s, sizeof *item), *last = s->last_item;
  if (!item) return false;
  *item = branch;
  if (last) last->next = item;
  else rule->branches = item;
  s->last_item = item;
  return true;
}

bool ast_add_column(syntax *s, ast_decl *output, const char *name, ppr_span span, ast_expr *value) {
  ast_column *item = ast_item(s, sizeof *item), *last = s->last_item;
  if (!item) return false;
  *item = (ast_column){.name = name, .span = span, .value = value};
  if (last) last->next = item;
  else output->columns = item;
  s->last_item = item;
  return true;
}

bool ast_add_part(syntax *s, ast_decl *survey, ast_part part) {
  ast_part *item = ast_item(s, sizeof *item), *last = s->last_item;
  if (!item) return false;
  *item = part;
  if (last) last->next = item;
  else survey->parts = item;
  s->last_item = item;
  return true;
}

bool ast_add_choice(syntax *s, ast_choice_list *list, ast_expr *value, int64_t weight) {
  ast_choice *item = ast_item(s, sizeof *item);
  if (!item) return false;
  *item = (ast_choice){.value = value, .weight = weight};
  AST_APPEND(*list, item);
  return true;
}

ast_decl *ast_vary(syntax *s, ast_name name, unsigned form, ast_choice *values, ast_named *keys, ast_cite *cites) {
  ast_decl *d = ast_declare(s, DECL_DOMAIN, name.span, name);
  if (!d || !(d->domain = ast_item(s, sizeof *d->domain))) return NULL;
  *d->domain = (ast_domain){.form = form, .values = values, .keys = keys};
  d->cites = cites;
  return d;
}

bool ast_edition_head(syntax *s, ppr_span span) {
  if (s->file->scenario.text) complain(s, DIAG_SCENARIO_HEAD, span, lexer_text(&s->lex, span), NULL, NULL);
  return !s->file->scenario.text;
}

/* Tables */

bool ast_add_cell(syntax *s, ast_cell_list *cells, ast_expr *value) {
  ast_cell *cell = value ? ast_item(s, sizeof *cell) : NULL;
  if (!cell) return false;
  *cell = (ast_cell){.value = value, .span = value->span};
  AST_APPEND(*cells, cell);
  return true;
}

bool ast_add_words(syntax *s, ast_cell_list *cells, ast_name words) {
  ast_name word;
  while (lexer_split(&s->lex, &words, &word))
    if (!ast_add_cell(s, cells, ast_reference(s, word, word.span))) return false;
  return true;
}

static bool set_header(syntax *s, ast_decl *table, const ast_cell *cells) {
  int count = 0;
  for (const ast_cell *c = cells; c; c = c->next, count++) {
    if (c->value->form == EX_REF) continue;
    complain(s, DIAG_TABLE_HEADER, c->span, lexer_text(&s->lex, c->span), table->name, NULL);
    break;
  }
  table->header = arena_array(s->lex.arena, (size_t)count + 1, sizeof *table->header);
  if (!table->header) return false;
  table->header_count = count;
  for (int i = 0; i < count; i++, cells = cells->next) table->header[i] = cells->value->name;
  return true;
}

static bool is_header(const syntax *s, const ast_decl *table, const ast_cell *cells, const ast_cite *cites) {
  if (table->axes) return table->axes->next && !table->header;
  for (const ast_cell *c = cells; c; c = c->next)
    if (c->value->form != EX_REF) return false;
  return !table->header && !s->last_item && !cites;
}

bool ast_header_to_row(ppr_arena *arena, ast_decl *table) {
  ast_row *row = arena_alloc(arena, sizeof *row);
  if (!row) return false;
  ast_cell **link = &row->cells;
  *row = (ast_row){.label = table->header[0], .span = table->header[0].span, .count = table->header_count - 1, .next = table->rows};
  for (int i = 1; i < table->header_count; i++, link = &(*link)->next) {
    ast_cell *cell = *link = arena_alloc(arena, sizeof *cell);
    if (!cell || !(cell->value = arena_alloc(arena, sizeof *cell->value))) return false;
    cell->value->form = EX_REF;
    cell->value->name = table->header[i];
    cell->span = cell->value->span = table->header[i].span;
    row->span.end = cell->span.end;
  }
  table->rows = row;
  table->header = NULL;
  table->header_count = 0;
  return true;
}

void ast_refuse_restated(syntax *s, ppr_span span) {
  diag_set_fix(s->lex.report, complain(s, DIAG_EXTENSION_HEAD, span, lexer_text(&s->lex, span), NULL, NULL), span, "");
}

bool ast_end_extension(syntax *s, ast_decl *d) {
  if (d->header && !d->rows && !ast_header_to_row(s->lex.arena, d)) return false;
  if (!d->rows && !d->members && !d->entries && !d->blocks && !s->lex.broken) complain(s, DIAG_EXTENSION_EMPTY, d->name_span, d->name, NULL, NULL);
  return true;
}

bool ast_add_line(syntax *s, ast_decl *table, ast_cell *cells, ast_cite *cites) {
  if (!cells) return true;
  if (is_header(s, table, cells, cites)) {
    ast_add_cites(&table->cites, cites);
    return set_header(s, table, cells);
  }
  if (cells->value->form != EX_REF) {
    complain(s, DIAG_TABLE_LABEL, cells->span, lexer_text(&s->lex, cells->span), table->name, NULL);
    return true;
  }
  ast_row *row = ast_item(s, sizeof *row), *last = s->last_item;
  if (!row) return false;
  row->label = cells->value->name;
  row->span = cells->span;
  row->cells = cells->next;
  row->cites = cites;
  for (const ast_cell *c = row->cells; c; c = c->next, row->count++) row->span.end = c->span.end;
  if (last) last->next = row;
  else table->rows = row;
  s->last_item = row;
  return true;
}

/* Expressions */

int64_t ast_whole(syntax *s, const ast_expr *literal, int64_t lo, int64_t hi) {
  if (literal->too_large) return lo; /* reported */
  if (literal->scale == 0 && !literal->percent && literal->number >= lo && literal->number <= hi) return literal->number;
  char from[24], to[24];
  snprintf(from, sizeof from, "%lld", (long long)lo);
  snprintf(to, sizeof to, "%lld", (long long)hi);
  complain(s, DIAG_NUMBER_WHOLE, literal->span, lexer_text(&s->lex, literal->span), from, to);
  return lo;
}

ast_type ast_number_type(syntax *s, ppr_span span, ast_name name, ast_name per, const ast_expr *scale) {
  return (ast_type){.span = span, .form = AST_TYPE_NUMBER, .name = name, .per = per, .scale = (int)ast_whole(s, scale, 0, 18)};
}

ast_expr *ast_make(syntax *s, ast_expr_form form, ppr_span span) {
  ast_expr *e = ast_item(s, sizeof *e);
  if (!e) return NULL;
  e->form = form;
  e->span = span;
  return e;
}

void syntax_too_deep(syntax *s, ppr_span span) {
  if (s->too_deep) return;
  s->too_deep = true;
  char limit[24];
  snprintf(limit, sizeof limit, "%d", AST_MAX_DEPTH);
  complain(s, DIAG_SYNTAX_DEPTH, span, limit, NULL, NULL);
}

static unsigned deeper(unsigned depth, const ast_expr *child) { return child && child->depth > depth ? child->depth : depth; }

ast_expr *ast_seal(syntax *s, ast_expr *e) {
  unsigned depth = deeper(deeper(deeper(deeper(0, e->a), e->b), e->c), e->filter);
  for (const ast_expr *arg = e->args; arg; arg = arg->next) depth = deeper(depth, arg);
  e->depth = depth + 1;
  if (e->depth <= AST_MAX_DEPTH) return e;
  syntax_too_deep(s, e->span);
  return ast_make(s, EX_BOOL, e->span); /* a leaf stands in, so that no pass ever recurses deeper */
}

ast_bind ast_strength(const ast_expr *e) {
  static const ast_bind binary[] = {[BIN_ADD] = BIND_SUM,    [BIN_SUB] = BIND_SUM,    [BIN_MUL] = BIND_PRODUCT, [BIN_DIV] = BIND_PRODUCT,
                                    [BIN_EQ] = BIND_COMPARE, [BIN_NE] = BIND_COMPARE, [BIN_LT] = BIND_COMPARE,  [BIN_LE] = BIND_COMPARE,
                                    [BIN_GT] = BIND_COMPARE, [BIN_GE] = BIND_COMPARE, [BIN_AND] = BIND_AND,     [BIN_OR] = BIND_OR};
  switch (e->form) {
  case EX_IF:
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: return BIND_PREFIX;
  case EX_DEFAULT: return BIND_DEFAULT;
  case EX_BINARY: return binary[e->op];
  case EX_NOT: return BIND_NOT;
  case EX_IS:
  case EX_HAS: return BIND_COMPARE;
  case EX_ROUND:
  case EX_CONVERT: return BIND_ROUND;
  case EX_NEGATE: return BIND_SIGN;
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION:
  case EX_REF:
  case EX_CALL: break;
  }
  return BIND_PRIMARY;
}

/* A weaker operand on the left of a stronger operator has been taken as written; the reader needs parentheses to see it, and comparisons do not
 * chain. */
static void judge_left(syntax *s, const ast_expr *e) {
  const ast_expr *a = e->a;
  ast_bind strength = ast_strength(e), left = ast_strength(a);
  if (left > strength || left < BIND_DEFAULT || !a->a || a->span.begin != a->a->span.begin) return; /* stronger, or in parentheses */
  if (left == strength && strength != BIND_COMPARE) return;
  const char *text = lexer_text(&s->lex, a->span);
  diag *d = complain(s, left == strength ? DIAG_COMPARE_CHAIN : DIAG_PARENTHESES, a->span, text, NULL, NULL);
  const char *fix = left == strength ? NULL : arena_printf(s->lex.arena, "(%s)", text);
  if (fix) diag_set_fix(s->lex.report, d, a->span, fix);
}

ast_expr *ast_unary(syntax *s, ast_expr_form form, ppr_span span, ast_expr *a) {
  ast_expr *e = ast_make(s, form, span);
  if (!e) return NULL;
  e->a = a;
  if (form != EX_NEGATE && form != EX_NOT) judge_left(s, e);
  return ast_seal(s, e);
}

ast_expr *ast_infix(syntax *s, ast_binary op, ppr_span span, ast_expr *a, ast_expr *b) {
  ast_expr *e = ast_make(s, EX_BINARY, span);
  if (!e) return NULL;
  e->op = op;
  e->a = a;
  e->b = b;
  judge_left(s, e);
  return ast_seal(s, e);
}

ast_expr *ast_state(syntax *s, unsigned state, ppr_span span, const char *written, const char *reason) {
  ast_expr *e = ast_make(s, EX_STATE, span);
  if (!e) return NULL;
  e->state = state;
  e->name = (ast_name){written, span};
  e->text = reason;
  return e;
}

ast_expr *ast_reference(syntax *s, ast_name name, ppr_span span) {
  ast_expr *e = ast_make(s, EX_REF, span);
  if (e) e->name = name;
  return e;
}

ast_expr *ast_negative(syntax *s, ppr_span span, ast_expr *literal) { return ast_unary(s, EX_NEGATE, span, literal); }

ast_expr *ast_aggregate(syntax *s, ast_expr_form form, ppr_span span, ast_axis *axis, ast_expr *filter, ast_expr *body) {
  ast_expr *e = ast_make(s, form, span);
  if (!e) return NULL;
  e->axis = axis;
  e->filter = filter;
  e->a = body;
  return ast_seal(s, e);
}

ast_expr *ast_with_unit(syntax *s, ppr_span span, ast_expr *number, ast_name unit, ast_name per) {
  if (name_is(unit, "Prozent") && !per.text) {
    const char *digits = lexer_text(&s->lex, number->span), *fix = arena_printf(s->lex.arena, "%s %%", digits);
    diag *d = complain(s, DIAG_PERCENT_WORD, span, digits, NULL, NULL);
    if (fix) diag_set_fix(s->lex.report, d, span, fix);
    number->percent = true;
  } else {
    number->name = unit;
    number->per = per;
  }
  number->span = span;
  return number;
}
