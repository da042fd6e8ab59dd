/* Random trees of every form: the printed text parses to the same tree and prints again the same; laid out it has the same tree and every comment,
 * and laid out again nothing changes. */
#include "fmt.h"
#include "print.h"
#include "base/quarter.h"
#include "code/program.h"
#include "support/ast_dump.h"
#include "support/prng.h"
#include "support/program_gen.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { FILES = 400, PROGRAMS = 100, DEEP = 5 };

typedef struct gen {
  prng random;
  ppr_arena *arena;
} gen;

static int below(gen *g, int n) { return (int)prng_below(&g->random, (uint64_t)n); }
static bool chance(gen *g, int percent) { return below(g, 100) < percent; }

static void *make(gen *g, size_t size) {
  void *item = arena_alloc(g->arena, size);
  assert_non_null(item);
  return item;
}
#define MAKE(g, type) ((type *)make(g, sizeof(type)))
/* A list of lo to hi items. */
#define LIST(g, type, lo, hi, call)                                                                                                                  \
  type *list = NULL, **link = &list;                                                                                                                 \
  for (int n_ = (lo) + below(g, (hi) - (lo) + 1); n_ > 0; n_--) {                                                                                    \
    *link = (call);                                                                                                                                  \
    link = &(*link)->next;                                                                                                                           \
  }                                                                                                                                                  \
  return list

static const char *word(gen *g) {
  static const char *const words[] = {"a", "A1", "Tage", "VKS-Mind", "Umsetzungsgrad", "Größe", "x_1", "Öffnung", "b2-c", "Jahr", "Wenn", "Straße"};
  return words[below(g, (int)(sizeof words / sizeof words[0]))];
}

static ast_name one_word(gen *g) { return (ast_name){word(g), SPAN_NONE}; }

static ast_name name(gen *g) {
  if (chance(g, 70)) return one_word(g);
  const char *text = arena_printf(g->arena, chance(g, 50) ? "%s %s" : "%s der %s", word(g), word(g));
  assert_non_null(text);
  return (ast_name){text, SPAN_NONE};
}

static ast_name perhaps(gen *g, ast_name n, int percent) { return chance(g, percent) ? n : (ast_name){0}; }

static const char *text(gen *g) {
  static const char *const texts[] = {"", "Text", "mit \"Zitat\"", "„innen“", "§ 6 # kein Kommentar", "wenn a dann", "größer als 5 %"};
  return texts[below(g, (int)(sizeof texts / sizeof texts[0]))];
}

static ast_cite *cite(gen *g) {
  static const char *const texts[] = {"§ 6 Abs. 2 Satz 1", "§ Anlage 1 Nr. 1", "§ 7, § 8", "§ 1"};
  ast_cite *c = MAKE(g, ast_cite);
  static const char *const sources[] = {"Formel der Psych-PV", "BAnz; B4", "„a“: 1, 2", "wenn"};
  c->text = texts[below(g, 4)];
  c->evidence = chance(g, 40) ? (unsigned)below(g, EVIDENCE_OPEN + 1) : EVIDENCE_CONFIRMED;
  if (c->evidence && chance(g, 60)) c->source = sources[below(g, 4)];
  return c;
}
static ast_cite *cites(gen *g) { LIST(g, ast_cite, 0, 3, cite(g)); }

static ast_named *named(gen *g) {
  ast_named *n = MAKE(g, ast_named);
  n->name = name(g);
  return n;
}
static ast_named *names(gen *g, int lo) { LIST(g, ast_named, lo, 3, named(g)); }

static ast_axis *axis(gen *g, bool column) {
  ast_axis *a = MAKE(g, ast_axis);
  a->enumeration = name(g);
  a->alias = perhaps(g, name(g), 40);
  if (column && chance(g, 80)) a->column = text(g);
  return a;
}
static ast_axis *axes(gen *g, int lo, int hi, bool column) { LIST(g, ast_axis, lo, hi, axis(g, column)); }

static ast_type type(gen *g) {
  ast_type t = {.form = (ast_type_form)below(g, 4)};
  if (t.form == AST_TYPE_NUMBER || t.form == AST_TYPE_BRUCH) {
    t.name = t.form == AST_TYPE_NUMBER || chance(g, 50) ? name(g) : (ast_name){0};
    if (t.name.text) t.per = perhaps(g, name(g), 30);
    if (t.form == AST_TYPE_NUMBER) t.scale = below(g, 19);
  }
  if (t.form == AST_TYPE_NAMED) t.name = name(g);
  if (chance(g, 30)) t.states = (unsigned)(1 + below(g, 7)) << PPR_FEHLT;
  return t;
}

/* Expressions */

static ast_expr *node(gen *g, ast_expr_form form) {
  ast_expr *e = MAKE(g, ast_expr);
  e->form = form;
  return e;
}

static ast_expr *number(gen *g, bool unit) {
  ast_expr *e = node(g, EX_NUMBER);
  e->number = chance(g, 10) ? 999999999999999999 : below(g, 100000);
  e->scale = chance(g, 60) ? 0 : below(g, 6);
  e->percent = chance(g, 20);
  if (unit && !e->percent && chance(g, 50)) {
    e->name = name(g);
    e->per = perhaps(g, name(g), 30);
  }
  return e;
}

static ast_expr *negative(gen *g, ast_expr *e) {
  ast_expr *n = node(g, EX_NEGATE);
  n->a = e;
  return chance(g, 20) ? n : e;
}

static ast_expr *literal(gen *g) {
  ast_expr *e = node(g, chance(g, 40) ? EX_BOOL : chance(g, 50) ? EX_DATE : EX_QUARTER);
  if (e->form == EX_BOOL) e->number = below(g, 2);
  if (e->form == EX_DATE) e->number = below(g, 40000);
  if (e->form == EX_QUARTER) e->number = quarter_of(2000 + below(g, 100), 1 + below(g, 4));
  return e;
}

static ast_expr *state_value(gen *g) {
  ast_expr *e = node(g, EX_STATE);
  e->state = (unsigned)(PPR_FEHLT + below(g, 3));
  if (e->state == PPR_UNBESTIMMT) e->text = text(g);
  if (e->state == PPR_ENTFAELLT && chance(g, 30)) e->name.text = "keine";
  return e;
}

static ast_expr *expr(gen *g, int depth);
static ast_expr *listed(gen *g, int depth) { return expr(g, depth); }
static ast_expr *args(gen *g, int lo, int depth) { LIST(g, ast_expr, lo, 3, listed(g, depth)); }

static ast_expr *reference(gen *g, int depth) {
  ast_expr *e = node(g, EX_REF);
  e->name = name(g);
  if (depth > 0 && chance(g, 30)) e->args = args(g, 1, depth - 1);
  return e;
}

static ast_expr *leaf(gen *g) {
  switch (below(g, 6)) {
  case 0: return number(g, true);
  case 1: return literal(g);
  case 2: return state_value(g);
  case 3: return node(g, EX_EDITION);
  default: return reference(g, 0);
  }
}

static ast_expr *expr(gen *g, int depth) {
  if (depth <= 0 || chance(g, 15)) return leaf(g);
  ast_expr *e = node(g, (ast_expr_form)(EX_REF + below(g, EX_CONVERT - EX_REF + 1)));
  switch (e->form) {
  case EX_REF: return reference(g, depth);
  case EX_CALL:
    e->name = name(g);
    e->args = args(g, 0, depth - 1);
    return e;
  case EX_BINARY:
    e->op = (ast_binary)below(g, BIN_OR + 1);
    e->b = expr(g, depth - 1);
    break;
  case EX_IS:
    e->name = name(g);
    e->negated = chance(g, 40);
    break;
  case EX_HAS: e->state = (unsigned)below(g, 4); break;
  case EX_DEFAULT:
    e->state = (unsigned)(PPR_FEHLT + below(g, 3));
    e->b = expr(g, depth - 1);
    break;
  case EX_IF:
    e->b = expr(g, depth - 1);
    e->c = expr(g, depth - 1);
    break;
  case EX_COUNT:
    e->axis = axis(g, false);
    e->filter = expr(g, depth - 1);
    return e;
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_MIN:
  case EX_MAX:
    e->axis = axis(g, false);
    if (chance(g, 50)) e->filter = expr(g, depth - 1);
    break;
  case EX_ROUND:
    e->name = name(g);
    e->number = below(g, 19);
    break;
  case EX_CONVERT:
    e->name = name(g);
    e->per = perhaps(g, name(g), 30);
    break;
  case EX_NEGATE:
  case EX_NOT: break;
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION: fail();
  }
  e->a = expr(g, depth - 1);
  return e;
}

/* Parts of declarations */

static ast_expr *constant(gen *g) {
  if (chance(g, 50)) return negative(g, number(g, true));
  if (chance(g, 40)) return literal(g);
  if (chance(g, 40)) return reference(g, 0);
  ast_expr *e = node(g, EX_STATE);
  e->state = chance(g, 50) ? PPR_ENTFAELLT : PPR_UNBESTIMMT;
  if (e->state == PPR_UNBESTIMMT && chance(g, 50)) e->text = text(g);
  return e;
}

static ast_cell *cell(gen *g) {
  ast_cell *c = MAKE(g, ast_cell);
  switch (below(g, 4)) {
  case 0: c->value = negative(g, number(g, false)); break;
  case 1: c->value = literal(g); break;
  case 2:
    c->value = node(g, EX_REF);
    c->value->name = one_word(g);
    break;
  default: c->value = node(g, EX_STATE); c->value->state = chance(g, 50) ? PPR_ENTFAELLT : PPR_UNBESTIMMT;
  }
  return c;
}
static ast_cell *cells(gen *g) { LIST(g, ast_cell, 0, 6, cell(g)); }

static ast_row *row(gen *g) {
  ast_row *r = MAKE(g, ast_row);
  r->label = one_word(g);
  r->cells = cells(g);
  for (const ast_cell *c = r->cells; c; c = c->next) r->count++;
  r->cites = cites(g);
  return r;
}
static ast_row *rows(gen *g) { LIST(g, ast_row, 0, 4, row(g)); }

static ast_range range(gen *g) {
  ast_range r = {.present = chance(g, 60)};
  if (!r.present) return r;
  r.lo = chance(g, 70) ? negative(g, number(g, false)) : node(g, EX_DATE);
  r.hi = chance(g, 70) ? negative(g, number(g, false)) : node(g, EX_DATE);
  return r;
}

static ast_field *key(gen *g) {
  ast_field *f = MAKE(g, ast_field);
  f->name = name(g);
  f->type = type(g);
  f->range = range(g);
  if (chance(g, 40)) f->column = text(g);
  return f;
}
static ast_field *keys(gen *g) { LIST(g, ast_field, 1, 4, key(g)); }

static ast_field *field(gen *g) {
  ast_field *f = key(g);
  f->optional = chance(g, 20);
  f->sum = chance(g, 20);
  if (chance(g, 30)) f->preset = chance(g, 50) ? negative(g, number(g, false)) : chance(g, 50) ? literal(g) : reference(g, 0);
  f->cites = cites(g);
  return f;
}
static ast_field *fields(gen *g) { LIST(g, ast_field, 0, 4, field(g)); }

static ast_where *where(gen *g) {
  ast_where *w = MAKE(g, ast_where);
  w->column = text(g);
  w->form = chance(g, 50) ? WHERE_TEXT : WHERE_KEY;
  if (w->form == WHERE_TEXT) w->text = text(g);
  else {
    w->key = name(g);
    w->offset = below(g, 7) - 3;
  }
  return w;
}
static ast_where *wheres(gen *g) { LIST(g, ast_where, 0, 2, where(g)); }

static ast_block *block(gen *g) {
  ast_block *b = MAKE(g, ast_block);
  b->table = text(g);
  b->axes = axes(g, 0, 2, true);
  b->wheres = wheres(g);
  b->keys = names(g, 0);
  b->fields = fields(g);
  b->cites = cites(g);
  return b;
}
static ast_block *blocks(gen *g) { LIST(g, ast_block, 0, 3, block(g)); }

static ast_entry *series_entry(gen *g) {
  ast_entry *e = MAKE(g, ast_entry);
  e->from = node(g, EX_DATE);
  if (chance(g, 40)) e->until = node(g, EX_DATE);
  e->value = constant(g);
  e->cites = cites(g);
  return e;
}
static ast_entry *series(gen *g) { LIST(g, ast_entry, 0, 4, series_entry(g)); }

static ast_entry *tier(gen *g) {
  ast_entry *e = MAKE(g, ast_entry);
  int form = below(g, 4); /* point, from, until, both */
  if (form != 2) e->from = negative(g, number(g, true));
  if (form == 0) e->until = e->from;
  if (form >= 2) e->until = negative(g, number(g, true));
  e->from_exclusive = form != 0 && e->from && chance(g, 50);
  e->until_exclusive = form >= 2 && chance(g, 50);
  e->value = constant(g);
  e->cites = cites(g);
  return e;
}
static ast_entry *tiers(gen *g) { LIST(g, ast_entry, 0, 4, tier(g)); }

static ast_before *before(gen *g) {
  ast_before *b = MAKE(g, ast_before);
  b->label = name(g);
  return b;
}
static ast_before *befores(gen *g) { LIST(g, ast_before, 0, 2, before(g)); }

static ast_branch *branch(gen *g) {
  ast_branch *b = MAKE(g, ast_branch);
  b->form = (ast_branch_form)below(g, 4);
  if (b->form == BRANCH_EXCEPTION || b->form == BRANCH_CASE) {
    b->label = name(g);
    b->before = befores(g);
    b->cond = expr(g, DEEP);
  }
  b->value = expr(g, DEEP);
  b->cites = cites(g);
  return b;
}
static ast_branch *branches(gen *g) { LIST(g, ast_branch, 0, 4, branch(g)); }

static ast_attr *attr(gen *g) {
  ast_attr *a = MAKE(g, ast_attr);
  a->name = one_word(g);
  return a;
}
static ast_attr *attrs(gen *g) { LIST(g, ast_attr, 0, 3, attr(g)); }

static ast_member *member(gen *g) {
  ast_member *m = MAKE(g, ast_member);
  m->name = one_word(g);
  if (chance(g, 40)) m->code = text(g);
  if (chance(g, 40)) m->label = text(g);
  m->attrs = attrs(g);
  return m;
}
static ast_member *members(gen *g) { LIST(g, ast_member, 1, 4, member(g)); }

static ast_unit *unit(gen *g) {
  ast_unit *u = MAKE(g, ast_unit);
  u->name = name(g);
  u->has_factor = chance(g, 50);
  if (u->has_factor) {
    u->factor = below(g, 10000);
    u->factor_scale = below(g, 4);
    u->base = name(g);
  }
  return u;
}
static ast_unit *units(gen *g) { LIST(g, ast_unit, 1, 3, unit(g)); }

static ast_variant *variant(gen *g) {
  ast_variant *v = MAKE(g, ast_variant);
  v->name = name(g);
  v->preset = chance(g, 40);
  v->source = text(g);
  return v;
}
static ast_variant *variants(gen *g) { LIST(g, ast_variant, 1, 3, variant(g)); }

static ast_column *column(gen *g) {
  ast_column *c = MAKE(g, ast_column);
  c->name = text(g);
  c->value = expr(g, DEEP);
  return c;
}
static ast_column *columns(gen *g) { LIST(g, ast_column, 0, 3, column(g)); }

static ast_assign *assign(gen *g, bool expected) {
  ast_assign *a = MAKE(g, ast_assign);
  a->target = reference(g, 2);
  if (expected && chance(g, 20)) a->fault = "PPR5201";
  else if (chance(g, 10)) {
    a->value = node(g, EX_STATE);
    a->value->state = PPR_UNBESTIMMT;
  } else a->value = expr(g, DEEP - 2);
  return a;
}
static ast_assign *assigns(gen *g, bool expected) { LIST(g, ast_assign, 0, 3, assign(g, expected)); }

static ast_expr *amount(gen *g) {
  switch (below(g, 3)) {
  case 0: return negative(g, number(g, true));
  case 1: return literal(g);
  default: {
    ast_expr *e = node(g, EX_REF);
    e->name = name(g);
    return e;
  }
  }
}

static ast_choice *choice(gen *g, bool weighted) {
  ast_choice *c = MAKE(g, ast_choice);
  c->value = amount(g);
  c->weight = weighted ? 1 + below(g, 1000) : 0;
  return c;
}
static ast_choice *choices(gen *g, int lo, int hi, bool weighted) { LIST(g, ast_choice, lo, hi, choice(g, weighted)); }

static ast_domain *domain(gen *g) {
  static const int counts[] = {
      [PPR_DOMAIN_RANGE] = 3, [PPR_DOMAIN_UNIFORM] = 2, [PPR_DOMAIN_TRIANGLE] = 3, [PPR_DOMAIN_NORMAL] = 2, [PPR_DOMAIN_WEIGHTED] = 0};
  ast_domain *d = MAKE(g, ast_domain);
  d->form = (unsigned)below(g, PPR_DOMAIN_WEIGHTED + 1);
  d->all = d->form == PPR_DOMAIN_LIST && chance(g, 30);
  if (!d->all && counts[d->form]) d->values = choices(g, counts[d->form], counts[d->form], false);
  else if (!d->all) d->values = choices(g, 1, 4, d->form == PPR_DOMAIN_WEIGHTED);
  if (d->form != PPR_DOMAIN_RANGE && d->form != PPR_DOMAIN_LIST) d->keys = names(g, 0);
  if (d->form != PPR_DOMAIN_RANGE && d->form != PPR_DOMAIN_UNIFORM) return d;
  while (d->values->value->form == EX_REF || (d->values->value->form == EX_BOOL))
    d->values->value = negative(g, number(g, true)); /* `von` stands before a number */
  return d;
}

static ast_part *part(gen *g) {
  ast_part *p = MAKE(g, ast_part);
  p->form = (unsigned)below(g, PPR_PART_SPREAD + 1);
  p->name = text(g);
  p->value = expr(g, DEEP);
  return p;
}
static ast_part *parts(gen *g) { LIST(g, ast_part, 0, 3, part(g)); }

static ast_param *param(gen *g) {
  ast_param *p = MAKE(g, ast_param);
  p->type = type(g);
  return p;
}
static ast_param *params(gen *g) { LIST(g, ast_param, 1, 3, param(g)); }

static void removed(gen *g, ast_decl *d) {
  static const ast_decl_form forms[] = {DECL_UNIT, DECL_ENUM,   DECL_INPUT,  DECL_TABLE,     DECL_LIMIT,      DECL_SERIES, DECL_RULE,
                                        DECL_OPEN, DECL_OUTPUT, DECL_NATIVE, DECL_PARAMETER, DECL_ASSUMPTION, DECL_DOMAIN, DECL_SURVEY};
  d->form = forms[below(g, 14)];
  d->name = d->form == DECL_OUTPUT || d->form == DECL_SURVEY ? text(g) : name(g).text;
  bool table = d->form == DECL_TABLE || d->form == DECL_LIMIT;
  if (table && chance(g, 30)) d->removed_columns = names(g, 1);
  else if (table || d->form == DECL_ENUM) d->removed = names(g, 0);
  if (d->form != DECL_UNIT) return;
  d->name = NULL;
  d->units = MAKE(g, ast_unit);
  d->units->name = name(g);
}

static void header(gen *g, ast_decl *d) {
  d->header_count = 1 + below(g, 6);
  d->header = make(g, (size_t)d->header_count * sizeof *d->header);
  for (int i = 0; i < d->header_count; i++) d->header[i] = one_word(g);
}

/* Rows without a header do not begin with words alone, and a header stands before rows: see ast_header_to_row. */
static void extended(gen *g, ast_decl *d) {
  static const ast_decl_form forms[] = {DECL_ENUM, DECL_TABLE, DECL_LIMIT, DECL_SERIES, DECL_INPUT};
  d->form = forms[below(g, 5)];
  d->name = name(g).text;
  d->cites = cites(g);
  if (d->form == DECL_ENUM) d->members = members(g);
  else if (d->form == DECL_INPUT) do
      d->blocks = blocks(g);
    while (!d->blocks);
  else if (d->form == DECL_SERIES) do
      d->entries = series(g);
    while (!d->entries);
  else {
    do d->rows = rows(g);
    while (!d->rows);
    ast_cell *c = d->rows->cells;
    while (c && c->value->form == EX_REF) c = c->next;
    if (c ? chance(g, 40) : d->rows->next || !d->rows->cites) header(g, d);
  }
}

static ast_decl *decl(gen *g) {
  ast_decl *d = MAKE(g, ast_decl);
  d->form = (ast_decl_form)below(g, DECL_SURVEY + 1);
  d->change = (ast_change)(chance(g, 75) ? 0 : 1 + below(g, 3));
  if (d->change == CHANGE_REMOVE) {
    removed(g, d);
    return d;
  }
  if (d->change == CHANGE_EXTEND) {
    extended(g, d);
    return d;
  }
  if (d->form != DECL_UNIT) d->name = name(g).text;
  if (d->form != DECL_UNIT) d->cites = cites(g);
  switch (d->form) {
  case DECL_UNIT: d->units = units(g); break;
  case DECL_ENUM: d->members = members(g); break;
  case DECL_INPUT:
    d->keys = keys(g);
    d->blocks = blocks(g);
    if (!chance(g, 70)) break;
    d->period = name(g);
    d->period_year = name(g);
    d->period_quarter = name(g);
    break;
  case DECL_TABLE:
  case DECL_LIMIT:
    d->axes = axes(g, 1, 2, false);
    d->type = type(g);
    if (d->axes->next) header(g, d);
    d->rows = rows(g);
    break;
  case DECL_SERIES:
    d->type = type(g);
    d->entries = series(g);
    break;
  case DECL_TIERS:
    d->type = type(g);
    d->argument = reference(g, 1);
    d->entries = tiers(g);
    break;
  case DECL_RULE:
    d->axes = axes(g, 0, 3, false);
    d->type = type(g);
    d->branches = branches(g);
    break;
  case DECL_READING:
    d->text = text(g);
    d->variants = variants(g);
    break;
  case DECL_CHECK:
    d->axes = axes(g, 0, 2, false);
    d->hint = chance(g, 50);
    d->cond = expr(g, DEEP);
    d->text = text(g);
    break;
  case DECL_OPEN: d->text = text(g); break;
  case DECL_OUTPUT:
    d->name = text(g);
    d->axes = axes(g, 0, 2, false);
    d->summed = names(g, 0);
    if (chance(g, 40)) d->cond = expr(g, DEEP);
    d->columns = columns(g);
    break;
  case DECL_TEST:
    d->name = text(g);
    d->given = assigns(g, false);
    d->expected = assigns(g, true);
    break;
  case DECL_NATIVE:
    d->type = type(g);
    d->params = params(g);
    d->text = text(g);
    break;
  case DECL_PARAMETER:
    d->parameter = MAKE(g, ast_field);
    *d->parameter = (ast_field){.name = {d->name, d->name_span}, .type = type(g), .range = range(g), .preset = amount(g), .cites = d->cites};
    break;
  case DECL_ASSUMPTION: d->branches = branches(g); break;
  case DECL_DOMAIN: d->domain = domain(g); break;
  case DECL_SURVEY:
    d->name = text(g);
    if (chance(g, 40)) d->cond = expr(g, DEEP);
    d->parts = parts(g);
    break;
  }
  return d;
}
static ast_decl *decls(gen *g) { LIST(g, ast_decl, 0, 6, decl(g)); }

static ast_file *file(gen *g) {
  ast_file *f = MAKE(g, ast_file);
  f->regelwerk = name(g);
  if (chance(g, 50)) f->title = text(g);
  f->fassung.text = "2024-07";
  if (chance(g, 30)) { /* a scenario: no Fassung, but the names of some */
    static const char *const editions[] = {"2024-07", "2025-01", "2026-01"};
    ast_named **end = &f->targets;
    f->fassung.text = NULL;
    f->scenario.text = text(g);
    f->target_range = chance(g, 30);
    for (int i = 0, n = f->target_range ? 2 : 1 + below(g, 3); i < n; i++, end = &(*end)->next) {
      *end = MAKE(g, ast_named);
      (*end)->name.text = editions[i];
    }
    if (chance(g, 50)) f->description = text(g);
    f->decls = decls(g);
    return f;
  }
  f->has_decision = chance(g, 50);
  f->decision_day = below(g, 40000) * f->has_decision;
  if (f->has_decision && chance(g, 50)) f->publication = text(g);
  f->has_from = chance(g, 80);
  f->from_day = below(g, 40000) * f->has_from;
  f->has_until = f->has_from && chance(g, 50);
  f->until_day = below(g, 40000) * f->has_until;
  f->basis = (ast_basis)below(g, 3);
  if (f->basis != BASIS_NONE) f->predecessor.text = "2023-01";
  f->decls = decls(g);
  return f;
}

static ppr_buf buffer(void) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, (size_t)1 << 26);
  return b;
}

static void same(const ppr_buf *a, const ppr_buf *b, const ppr_buf *text_of_a) {
  if (a->size == b->size && memcmp(a->data, b->data, a->size) == 0) return;
  fprintf(stderr, "%.*s\n--- before\n%.*s\n--- after\n%.*s\n", (int)text_of_a->size, text_of_a->data, (int)a->size, a->data, (int)b->size, b->data);
  fail();
}

static void put_blanks(ppr_buf *out, int n) {
  while (n-- > 0) buf_putc(out, ' ');
}

/* The lines of the text at other margins; with comments (numbered from 0, their count is returned) between and behind them, and empty lines. */
static int disarrange(gen *g, ppr_buf *out, const ppr_buf *text, bool comments) {
  int count = 0;
  for (const char *p = text->data, *end = p + text->size, *stop; p < end; p = stop + 1) {
    stop = memchr(p, '\n', (size_t)(end - p));
    assert_non_null(stop);
    p += strspn(p, " ") < (size_t)(stop - p) ? strspn(p, " ") : 0;
    while (comments && chance(g, 25)) {
      if (chance(g, 30)) buf_putc(out, '\n');
      put_blanks(out, below(g, 5));
      buf_printf(out, "# K%d\n", count++);
    }
    put_blanks(out, below(g, 9));
    buf_put(out, p, (size_t)(stop - p));
    put_blanks(out, below(g, 3));
    if (comments && chance(g, 30)) buf_printf(out, "%s# K%d", chance(g, 50) ? "" : " ", count++);
    buf_puts(out, chance(g, 10) ? "\r\n" : "\n");
    if (comments && chance(g, 15)) buf_puts(out, "\n \n");
  }
  return count;
}

static void lay_out(gen *g, ppr_buf *out, const ppr_buf *text, ppr_buf *tree) {
  ppr_report *report = report_new(ppr_alloc_default);
  assert_non_null(report);
  if (!fmt_text(out, report, g->arena, "t.ppr", text->data, text->size)) {
    report_print(out, report, PPR_LANG_EN, false);
    fprintf(stderr, "%.*s\n%.*s\n", (int)text->size, text->data, (int)out->size, out->data);
    fail();
  }
  ast_file *again = parse_source(report, g->arena, report_add_source(report, "t.ppr", out->data, out->size));
  assert_non_null(again);
  if (tree) ast_dump(tree, again, NULL);
  report_free(report);
}

/* No blanks at line ends, no tabs, no carriage returns, at most one empty line (the comments are no section heads). */
static void check_lines(const ppr_buf *text) {
  assert_true(text->size > 0 && text->data[text->size - 1] == '\n');
  assert_null(memchr(text->data, '\r', text->size));
  assert_null(strstr(text->data, " \n"));
  assert_null(strstr(text->data, "\n\n\n"));
}

static void check_layout(gen *g, const ppr_buf *printed, const ppr_buf *tree) {
  ppr_buf moved = buffer(), commented = buffer(), a = buffer(), b = buffer(), c = buffer(), d = buffer(), tree2 = buffer();
  disarrange(g, &moved, printed, false);
  lay_out(g, &a, printed, NULL);
  lay_out(g, &b, &moved, &tree2);
  same(tree, &tree2, &b);
  same(&a, &b, printed); /* the margins of the author do not matter */
  tree2.size = 0;
  int comments = disarrange(g, &commented, printed, true);
  lay_out(g, &c, &commented, &tree2);
  same(tree, &tree2, &c);
  lay_out(g, &d, &c, NULL);
  same(&c, &d, &commented);
  check_lines(&a);
  check_lines(&c);
  const char *at = c.data;
  for (int i = 0; i < comments; i++) {
    char comment[32];
    snprintf(comment, sizeof comment, "# K%d\n", i);
    if (!(at = strstr(at, comment))) fprintf(stderr, "%s is lost:\n%s\n", comment, c.data);
    assert_non_null(at);
  }
  ppr_buf *const all[] = {&moved, &commented, &a, &b, &c, &d, &tree2};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_fini(all[i]);
}

static void round_trip(gen *g) {
  ast_file *first = file(g);
  ppr_buf tree = buffer(), printed = buffer(), tree2 = buffer(), printed2 = buffer();
  ast_dump(&tree, first, NULL);
  print_file(&printed, first);
  ppr_report *report = report_new(ppr_alloc_default);
  assert_non_null(report);
  ast_file *second = parse_source(report, g->arena, report_add_source(report, "t.ppr", printed.data, printed.size));
  assert_non_null(second);
  if (second->broken) {
    report_print(&tree2, report, PPR_LANG_EN, false);
    fprintf(stderr, "%.*s\n%.*s\n", (int)printed.size, printed.data, (int)tree2.size, tree2.data);
    fail();
  }
  ast_dump(&tree2, second, NULL);
  same(&tree, &tree2, &printed);
  print_file(&printed2, second);
  same(&printed, &printed2, &printed);
  check_layout(g, &printed, &tree);
  report_free(report);
  buf_fini(&tree);
  buf_fini(&printed);
  buf_fini(&tree2);
  buf_fini(&printed2);
}

static void printed_text_is_the_tree(void **state) {
  (void)state;
  gen g = {.random = prng_new("prop_print")};
  for (int i = 0; i < FILES; i++) {
    g.arena = arena_new(ppr_alloc_default);
    assert_non_null(g.arena);
    round_trip(&g);
    arena_free(g.arena);
  }
}

/* Random rule files that compile: laid out they have the same tree. */
static void programs_keep_their_tree(void **state) {
  (void)state;
  gen g = {.random = prng_new("prop_print programs")};
  for (int i = 0; i < PROGRAMS; i++) {
    g.arena = arena_new(ppr_alloc_default);
    ppr_report *report = report_new(ppr_alloc_default);
    assert_non_null(g.arena);
    assert_non_null(report);
    const char *text = program_gen(&g.random, g.arena, 1 + below(&g, 10)).text;
    ppr_buf written = buffer(), tree = buffer();
    buf_puts(&written, text);
    ast_file *file = parse_source(report, g.arena, report_add_source(report, "t.ppr", text, written.size));
    assert_non_null(file);
    assert_false(file->broken);
    ast_dump(&tree, file, NULL);
    check_layout(&g, &written, &tree);
    buf_fini(&written);
    buf_fini(&tree);
    report_free(report);
    arena_free(g.arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(printed_text_is_the_tree), cmocka_unit_test(programs_keep_their_tree)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
