/* The names of one file: walks its declarations with the model of its Fassung and notes what each name means. */
#include "lsp/snapshot.h"
#include <string.h>

typedef struct walk {
  snapshot *s;
  model *m;
  size_t edition;
  const char *rule;                /* scope of labels */
  const ast_axis *axes[MAX_SLOTS]; /* in scope, by slot; NULL: not known */
  int n;
} walk;

static void note(walk *w, entity_form form, const char *scope, ast_name name, bool declares) {
  if (!name.text || !scope) return;
  snapshot_note(w->s,
                (occurrence){.span = name.span, .of = snapshot_entity(w->s, form, scope, name.text), .edition = w->edition, .declares = declares});
}

static void note_symbol(walk *w, ast_name name, bool declares) { note(w, ENTITY_SYMBOL, "", name, declares); }

/* Alias of an axis: its scope is the place where it is declared, as text. */
static const char *alias_scope(walk *w, ppr_span span) {
  const char *scope = arena_printf(w->s->arena, "%u:%u", span.file, span.begin);
  return scope ? scope : "";
}

static void note_alias(walk *w, const ast_axis *a, ast_name name, bool declares) {
  note(w, ENTITY_ALIAS, alias_scope(w, a->alias.span), name, declares);
}

static void note_axis(walk *w, const ast_axis *a) {
  note(w, ENTITY_ENUM, "", a->enumeration, false);
  if (a->alias.text) note_alias(w, a, a->alias, true);
}

static void note_axes(walk *w, const ast_axis *list) {
  for (; list; list = list->next) note_axis(w, list);
}

static void open_axis(walk *w, const ast_axis *a) {
  if (w->n < MAX_SLOTS) w->axes[w->n++] = a;
}

static void note_unit(walk *w, ast_name name) {
  if (name.text && !name_is(name, "Zahl") && !name_is(name, "Prozent")) note(w, ENTITY_UNIT, "", name, false);
}

static void note_type(walk *w, const ast_type *t) {
  if (t->form == AST_TYPE_NAMED) {
    if (t->name.text && model_enum(w->m, t->name.text)) note(w, ENTITY_ENUM, "", t->name, false);
    return;
  }
  note_unit(w, t->name);
  note_unit(w, t->per);
}

static void note_member(walk *w, const enumeration *of, ast_name name, bool declares) {
  if (of) note(w, ENTITY_MEMBER, of->name, name, declares);
}

/* ---- expressions ---- */

/* "A1,b" when every index is a member. */
static const char *constant_element(walk *w, const binding *b) {
  const char *text = NULL;
  for (int i = 0; i < b->symbol->n_axes; i++) {
    const ast_expr *e = b->index[i].expr;
    const binding *index = e && e->form == EX_REF ? e->bound : NULL;
    if (!index || index->form != BOUND_MEMBER) return NULL;
    text = arena_printf(w->s->arena, "%s%s%s", text ? text : "", text ? "," : "", e->name.text);
  }
  return text;
}

static void walk_ref(walk *w, const ast_expr *e) {
  const binding *b = e->bound;
  bool wrong = !b || !e->type || (e->type->form == TYPE_ERROR && b->form == BOUND_AXIS); /* `check` found no meaning */
  if (wrong) {
    if (model_symbol(w->m, e->name.text)) note_symbol(w, e->name, false);
    else if (model_enum(w->m, e->name.text)) note(w, ENTITY_ENUM, "", e->name, false);
    return;
  }
  switch (b->form) {
  case BOUND_AXIS: {
    const ast_axis *a = b->slot < w->n ? w->axes[b->slot] : NULL;
    if (a && a->alias.text) note_alias(w, a, e->name, false);
    else if (a) note(w, ENTITY_ENUM, "", e->name, false);
    break;
  }
  case BOUND_MEMBER: note_member(w, b->enumeration, e->name, false); break;
  case BOUND_SYMBOL:
    snapshot_note(w->s, (occurrence){.span = e->name.span,
                                     .of = snapshot_entity(w->s, ENTITY_SYMBOL, "", e->name.text),
                                     .edition = w->edition,
                                     .element = e->args ? constant_element(w, b) : NULL});
    break;
  default: break;
  }
}

static void walk_is(walk *w, const ast_expr *e) {
  const is_binding *b = e->bound;
  if (!b || !e->type || e->type->form == TYPE_ERROR) return;
  if (b->member >= 0) note_member(w, b->enumeration, e->name, false);
  else if (b->attr >= 0) note(w, ENTITY_ATTR, b->enumeration->name, e->name, false);
}

static void walk_expr(walk *w, const ast_expr *e) {
  if (!e) return;
  int outside = w->n;
  switch (e->form) {
  case EX_NUMBER:
  case EX_CONVERT:
    note_unit(w, e->name);
    note_unit(w, e->per);
    break;
  case EX_REF: walk_ref(w, e); break;
  case EX_ROUND: note(w, ENTITY_FUNCTION, "", e->name, false); break;
  case EX_CALL: {
    const symbol *f = model_symbol(w->m, e->name.text);
    note(w, f && f->decl ? ENTITY_SYMBOL : ENTITY_FUNCTION, "", e->name, false);
    break;
  }
  case EX_IS: walk_is(w, e); break;
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX:
    note_axis(w, e->axis);
    open_axis(w, e->axis);
    break;
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION:
  case EX_NEGATE:
  case EX_NOT:
  case EX_BINARY:
  case EX_HAS:
  case EX_DEFAULT:
  case EX_IF:
  default: break;
  }
  walk_expr(w, e->a);
  walk_expr(w, e->b);
  walk_expr(w, e->c);
  walk_expr(w, e->filter);
  for (const ast_expr *a = e->args; a; a = a->next) walk_expr(w, a);
  w->n = outside;
}

/* A constant: a number with its unit, or a member of the type's enumeration. */
static void walk_value(walk *w, const check_type *t, const ast_expr *e) {
  if (!e) return;
  if (e->form == EX_NEGATE) e = e->a;
  if (e->form == EX_NUMBER) walk_expr(w, e);
  if (e->form == EX_REF && t && t->form == TYPE_ENUM && model_member(t->enumeration, e->name.text) >= 0)
    note_member(w, t->enumeration, e->name, false);
}

/* ---- declarations ---- */

static void walk_fields(walk *w, const ast_field *list) {
  for (; list; list = list->next) {
    const symbol *s = model_symbol(w->m, list->name.text);
    note_symbol(w, list->name, true);
    note_type(w, &list->type);
    walk_value(w, s ? &s->type : NULL, list->preset);
  }
}

static void walk_input(walk *w, const ast_decl *d) {
  walk_fields(w, d->keys);
  note_symbol(w, d->period, true);
  note_symbol(w, d->period_year, false);
  note_symbol(w, d->period_quarter, false);
  for (const ast_block *b = d->blocks; b; b = b->next) {
    note_axes(w, b->axes);
    for (const ast_where *where = b->wheres; where; where = where->next)
      if (where->form == WHERE_KEY) note_symbol(w, where->key, false);
    for (const ast_named *key = b->keys; key; key = key->next) note_symbol(w, key->name, false);
    walk_fields(w, b->fields);
  }
}

static void walk_cells(walk *w, const ast_decl *d, const symbol *s, const ast_row *row, const ast_name *header, int n_header) {
  bool whole = row->count == 1 && row->cells && row->cells->value->form == EX_STATE && s->n_axes == 2;
  int i = 0;
  for (const ast_cell *c = row->cells; c; c = c->next, i++) {
    walk_value(w, &s->type, c->value);
    if (c->value->form == EX_REF || whole) continue; /* a name already; or no single element */
    if (s->n_axes == 2 && i >= n_header) break;
    const char *element = s->n_axes == 2 ? arena_printf(w->s->arena, "%s,%s", row->label.text, header[i].text) : row->label.text;
    snapshot_note(w->s, (occurrence){.span = c->value->span,
                                     .of = snapshot_entity(w->s, ENTITY_SYMBOL, "", d->name),
                                     .edition = w->edition,
                                     .cell = true,
                                     .element = element});
  }
}

static void walk_table(walk *w, const ast_decl *d) {
  const symbol *s = model_symbol(w->m, d->name);
  note_axes(w, d->axes);
  if (d->change != CHANGE_EXTEND) note_type(w, &d->type);
  if (!s || s->form != SYM_TABLE || s->n_axes == 0) return;
  const ast_name *header = d->header;
  int n_header = d->header_count;
  if (n_header == 0 && s->decl) { /* what is added has the columns of the table */
    header = s->decl->header;
    n_header = s->decl->header_count;
  }
  for (int i = 0; s->n_axes == 2 && i < d->header_count; i++) note_member(w, s->axes[1].of, d->header[i], false);
  for (const ast_row *row = d->rows; row; row = row->next) {
    note_member(w, s->axes[0].of, row->label, false);
    walk_cells(w, d, s, row, header, n_header);
  }
}

static void walk_entries(walk *w, const ast_decl *d) {
  const symbol *s = model_symbol(w->m, d->name);
  if (d->change != CHANGE_EXTEND) note_type(w, &d->type);
  if (d->argument) walk_expr(w, d->argument);
  for (const ast_entry *e = d->entries; e; e = e->next) {
    walk_value(w, s ? &s->type : NULL, e->from);
    walk_value(w, s ? &s->type : NULL, e->until);
    walk_value(w, s ? &s->type : NULL, e->value);
  }
}

static void walk_enum(walk *w, const ast_decl *d) {
  for (const ast_member *k = d->members; k; k = k->next) {
    note(w, ENTITY_MEMBER, d->name, k->name, true);
    for (const ast_attr *a = k->attrs; a; a = a->next) note(w, ENTITY_ATTR, d->name, a->name, true);
  }
}

static void walk_rule(walk *w, const ast_decl *d) {
  note_axes(w, d->axes);
  for (const ast_axis *a = d->axes; a; a = a->next) open_axis(w, a);
  if (d->form == DECL_RULE) note_type(w, &d->type);
  for (const ast_branch *b = d->branches; b; b = b->next) {
    note(w, ENTITY_LABEL, d->name, b->label, true);
    for (const ast_before *k = b->before; k; k = k->next) note(w, ENTITY_LABEL, d->name, k->label, false);
    walk_expr(w, b->cond);
    walk_expr(w, b->value);
  }
  walk_expr(w, d->cond);
  w->n = 0;
}

/* Outputs are checked with the other parts of the schema; here only to give their names a meaning. */
static void walk_output(walk *w, const ast_decl *d) {
  axis axes[MAX_AXES];
  int n = 0;
  const check_type condition = {.form = TYPE_BOOL};
  note_axes(w, d->axes);
  for (const ast_axis *a = d->axes; a && n < MAX_AXES; a = a->next) {
    enumeration *of = model_enum(w->m, a->enumeration.text);
    if (!of) break;
    axes[n++] = (axis){a->alias.text ? a->alias.text : of->name, of, NULL};
    open_axis(w, a);
  }
  for (const ast_named *key = d->summed; key; key = key->next) note_symbol(w, key->name, false);
  if (d->cond) check_expression(w->m, d->cond, axes, n, NULL, &condition);
  walk_expr(w, d->cond);
  for (const ast_column *c = d->columns; c; c = c->next) {
    check_expression(w->m, c->value, axes, n, NULL, NULL);
    walk_expr(w, c->value);
  }
  for (const ast_part *p = d->parts; p; p = p->next) {
    check_expression(w->m, p->value, axes, n, NULL, NULL);
    walk_expr(w, p->value);
  }
  w->n = 0;
}

/* The axes of an assumption are those of its field, which are not written. */
static void walk_assumption(walk *w, const ast_decl *d) {
  const symbol *field = model_symbol(w->m, d->name);
  for (const ast_axis *a = field && field->block ? field->block->axes : NULL; a; a = a->next) open_axis(w, a);
  walk_rule(w, d);
}

static void walk_domain(walk *w, const ast_decl *d) {
  const symbol *s = model_symbol(w->m, d->name);
  for (const ast_named *key = d->domain->keys; key; key = key->next) note_symbol(w, key->name, false);
  for (const ast_choice *c = d->domain->values; c; c = c->next) walk_value(w, s ? &s->type : NULL, c->value);
}

static void walk_assignments(walk *w, const ast_assign *list) {
  for (; list; list = list->next) {
    if (list->target->form != EX_REF) continue;
    const symbol *s = model_symbol(w->m, list->target->name.text);
    if (!s) continue;
    const char *element = NULL;
    int i = 0;
    for (const ast_expr *a = list->target->args; a && i < s->n_axes; a = a->next, i++) {
      if (a->form != EX_REF || model_member(s->axes[i].of, a->name.text) < 0) continue;
      note_member(w, s->axes[i].of, a->name, false);
      element = arena_printf(w->s->arena, "%s%s%s", element ? element : "", element ? "," : "", a->name.text);
    }
    snapshot_note(w->s, (occurrence){.span = list->target->name.span,
                                     .of = snapshot_entity(w->s, ENTITY_SYMBOL, "", s->name),
                                     .edition = w->edition,
                                     .element = i == s->n_axes ? element : NULL});
    walk_value(w, &s->type, list->value);
  }
}

static void walk_removed(walk *w, const ast_decl *d) {
  const symbol *s = model_symbol(w->m, d->name);
  for (const ast_named *k = d->removed; k; k = k->next) {
    if (d->form == DECL_ENUM) note(w, ENTITY_MEMBER, d->name, k->name, false);
    else if (s && s->n_axes) note_member(w, s->axes[0].of, k->name, false);
  }
  for (const ast_named *k = d->removed_columns; k; k = k->next)
    if (s && s->n_axes == 2) note_member(w, s->axes[1].of, k->name, false);
}

static void walk_units(walk *w, const ast_decl *d) {
  for (const ast_unit *u = d->units; u; u = u->next) {
    note(w, ENTITY_UNIT, "", u->name, d->change == CHANGE_NONE || d->change == CHANGE_REPLACE);
    note_unit(w, u->base);
  }
}

static void walk_decl(walk *w, const ast_decl *d) {
  bool declares = d->change == CHANGE_NONE || d->change == CHANGE_REPLACE;
  ast_name name = {d->name, d->name_span};
  w->n = 0;
  switch (d->form) {
  case DECL_UNIT: walk_units(w, d); return;
  case DECL_OUTPUT:
  case DECL_SURVEY:
    if (declares) walk_output(w, d);
    return;
  case DECL_TEST:
    walk_assignments(w, d->given);
    walk_assignments(w, d->expected);
    return;
  case DECL_ENUM: note(w, ENTITY_ENUM, "", name, declares); break;
  case DECL_INPUT: note(w, ENTITY_KIND, "", name, declares); break;
  case DECL_OPEN: note(w, ENTITY_OPEN, "", name, declares); break;
  case DECL_ASSUMPTION:
  case DECL_DOMAIN: note_symbol(w, name, false); break;
  case DECL_TABLE:
  case DECL_LIMIT:
  case DECL_SERIES:
  case DECL_TIERS:
  case DECL_RULE:
  case DECL_READING:
  case DECL_CHECK:
  case DECL_PARAMETER:
  case DECL_NATIVE:
  default: note_symbol(w, name, declares);
  }
  if (d->change == CHANGE_REMOVE) {
    walk_removed(w, d);
    return;
  }
  switch (d->form) {
  case DECL_ENUM: walk_enum(w, d); break;
  case DECL_INPUT: walk_input(w, d); break;
  case DECL_TABLE:
  case DECL_LIMIT: walk_table(w, d); break;
  case DECL_SERIES:
  case DECL_TIERS: walk_entries(w, d); break;
  case DECL_RULE:
  case DECL_CHECK: walk_rule(w, d); break;
  case DECL_READING:
    for (const ast_variant *v = d->variants; v; v = v->next)
      note(w, ENTITY_MEMBER, arena_printf(w->s->arena, "Auslegung %s", d->name), v->name, true);
    break;
  case DECL_NATIVE:
    note_type(w, &d->type);
    for (const ast_param *p = d->params; p; p = p->next) note_type(w, &p->type);
    break;
  case DECL_PARAMETER: note_type(w, &d->parameter->type); break;
  case DECL_ASSUMPTION: walk_assumption(w, d); break;
  case DECL_DOMAIN: walk_domain(w, d); break;
  case DECL_UNIT:
  case DECL_OPEN:
  case DECL_OUTPUT:
  case DECL_SURVEY:
  case DECL_TEST:
  default: break;
  }
}

void walk_file(snapshot *s, const snapshot_file *file, model *m) {
  walk w = {.s = s, .m = m, .edition = file->edition};
  note(&w, ENTITY_EDITION, "", file->tree->fassung, true);
  note(&w, ENTITY_EDITION, "", file->tree->predecessor, false);
  for (const ast_decl *d = file->tree->decls; d; d = d->next) walk_decl(&w, d);
}
