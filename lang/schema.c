/* Input schema, result files and checks of a Fassung as sections of the program; see schema.h. */
#include "schema.h"
#include "survey.h"
#include "vary.h"
#include <inttypes.h>
#include <string.h>

static uint32_t str(lowering *l, const char *text) { return build_string(l->b, text); }

/* ---- input ---- */

static void put_enums(lowering *l) {
  uint32_t at = 0;
  for (int i = 0; i < l->m->n_enums + (l->m->asks_evidence ? 1 : 0); i++) {
    enumeration *e = i < l->m->n_enums ? l->m->enums[i] : l->m->evidence;
    e->id = build_enumeration(l->b, (ppr_enumeration){str(l, e->name), at, (uint32_t)e->count});
    for (int k = 0; k < e->count; k++)
      build_member(l->b, (ppr_member){str(l, e->members[k].name), str(l, e->members[k].code), str(l, e->members[k].label)});
    at += (uint32_t)e->count;
  }
}

/* Field row of a symbol and its inputs (none for text keys). */
static uint32_t put_field(lowering *l, symbol *s, uint32_t block, uint32_t first_input) {
  const ast_field *f = s->field;
  const ast_cite *cites = f && f->cites ? f->cites : s->block && s->block->cites ? s->block->cites : s->decl->cites;
  ppr_pos p = lower_place(l, f ? f->name.span : s->decl->name_span);
  bool text = s->type.form == TYPE_TEXT;
  const char *column = f && f->column ? f->column : s->name;
  ppr_field row = {str(l, s->name),
                   kind_of(&s->type),
                   enum_row(&s->type),
                   str(l, unit_label(l->m, &s->type)),
                   (uint32_t)shown_scale(&s->type),
                   s->flags,
                   block,
                   s->n_axes > 0 ? s->axes[0].of->id + 1 : 0,
                   s->n_axes > 1 ? s->axes[1].of->id + 1 : 0,
                   first_input,
                   text ? 0 : (uint32_t)s->elements,
                   str(l, column),
                   str(l, cite_text(l->m, cites)),
                   p.file,
                   p.line,
                   s->lo,
                   s->hi,
                   s->preset};
  uint32_t id = s->row = build_field(l->b, row);
  if (text) return id;
  if (!(s->inputs = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->inputs))) {
    l->e.failed = true;
    return id;
  }
  for (int i = 0; i < s->elements; i++) s->inputs[i] = build_input(l->b, (ppr_input){str(l, model_label(l->m, s, i)), id, physical_type(&s->type)});
  l->n_inputs += (uint32_t)s->elements;
  return id;
}

/* Position of a key by name, or -1 after a diagnostic. */
static int key_position(lowering *l, ast_name name) {
  const char *names[64];
  size_t count = 0;
  for (int i = 0; i < l->m->n_keys; i++) {
    if (name_is(name, l->m->keys[i]->name)) return i;
    if (count < 64) names[count++] = l->m->keys[i]->name;
  }
  near_name near = model_near_in(l->m, name.text, names, count);
  diag *d = report_add(l->m->report, DIAG_UNKNOWN_NAME, name.span, name.text, near.de, near.en, NULL);
  if (near.name) diag_set_fix(l->m->report, d, name.span, near.name);
  return -1;
}

static uint32_t put_conds(lowering *l, const ast_block *b, const uint32_t *key_fields) {
  uint32_t n = 0;
  for (const ast_where *w = b->wheres; w; w = w->next, n++) {
    ppr_cond row = {str(l, w->column), 0, 0, 0};
    if (w->form == WHERE_TEXT) row.text = str(l, w->text);
    else {
      int k = key_position(l, w->key);
      if (k < 0) continue;
      const check_type *t = &l->m->keys[k]->type;
      if (w->offset && (t->form != TYPE_NUMBER || t->scale))
        report_add(l->m->report, DIAG_TYPE_MISMATCH, w->key.span, DIAG_BOTH("ein Schlüssel mit ganzen Zahlen", "a key with whole numbers"),
                   model_type_text(l->m, t), NULL);
      row.key = key_fields[k] + 1;
      row.offset = w->offset;
    }
    build_cond(l->b, row);
  }
  return n;
}

static const ast_named *keys_of_table(const model *m, const ast_block *b) {
  const ast_named *keys = b->keys;
  for (const ast_block *o = m->input->blocks; o && !keys && !b->fields; o = o->next)
    if (!strcmp(o->table, b->table)) keys = o->keys;
  return keys;
}

/* The keys of the rows of a table, as written at the block; one without fields may leave them to the others. */
static uint32_t put_block_keys(lowering *l, const ast_block *b) {
  const ast_named *keys = keys_of_table(l->m, b);
  uint32_t n = 0;
  for (const ast_named *k = keys; k; k = k->next) {
    int at = key_position(l, k->name);
    if (at < 0) continue;
    for (const ast_named *o = keys; o != k; o = o->next)
      if (name_is(k->name, o->name.text)) report_add(l->m->report, DIAG_DUPLICATE_NAME, k->name.span, k->name.text, NULL);
    build_block_key(l->b, (ppr_block_key){(uint32_t)at});
    n++;
  }
  for (const ast_block *o = l->m->input->blocks; o != b; o = o->next) {
    if (strcmp(o->table, b->table)) continue;
    uint32_t same = 0, others = 0;
    for (const ast_named *k = keys_of_table(l->m, o); k; k = k->next, others++)
      for (const ast_named *mine = keys; mine; mine = mine->next) same += name_is(mine->name, k->name.text);
    if (same != n || others != n) report_add(l->m->report, DIAG_BLOCK_KEYS_DIFFER, b->span, b->table, NULL);
  }
  return n;
}

void schema_inputs(lowering *l, ppr_edition *edition) {
  model *m = l->m;
  put_enums(l);
  uint32_t *key_fields = arena_array(m->arena, (size_t)m->n_keys + 1, sizeof *key_fields), fields = 0, conds = 0, block = 0, first_key = 0;
  edition->period_input = PPR_NONE;
  if (!key_fields || !m->input) {
    l->e.failed = l->e.failed || !key_fields;
    return;
  }
  for (int i = 0; i < m->n_keys; i++) {
    key_fields[i] = put_field(l, m->keys[i], 0, l->n_inputs);
    build_key(l->b, (ppr_key){key_fields[i]});
    fields++;
  }
  if (m->period) {
    edition->period_input = l->n_inputs;
    edition->period_year = (uint32_t)m->period_year;
    edition->period_quarter = (uint32_t)m->period_quarter;
    put_field(l, m->period, 0, l->n_inputs);
    fields++;
  }
  for (ast_block *b = m->input->blocks; b; b = b->next) {
    uint32_t first_field = fields, axis_id[2] = {0, 0}, axis_column[2] = {0, 0}, n = 0;
    for (const ast_axis *a = b->axes; a && n < 2; a = a->next, n++) {
      const enumeration *of = model_enum(m, a->enumeration.text);
      axis_id[n] = of ? of->id + 1 : 0;
      axis_column[n] = str(l, a->column);
    }
    for (ast_field *f = b->fields; f; f = f->next) {
      symbol *s = model_symbol(m, f->name.text);
      if (!s || s->field != f || s->type.form == TYPE_ERROR) continue;
      put_field(l, s, block + 1, l->n_inputs);
      fields++;
    }
    uint32_t count = put_conds(l, b, key_fields), block_keys = put_block_keys(l, b);
    build_block(l->b, (ppr_block){str(l, b->table), axis_id[0], axis_id[1], conds, count, first_field, fields - first_field, axis_column[0],
                                  axis_column[1], first_key, block_keys});
    first_key += block_keys;
    conds += count;
    block++;
  }
  for (symbol *s = m->symbols; s; s = s->next) {
    if (s->form != SYM_FIELD || !(s->flags & PPR_FIELD_READING)) continue;
    uint32_t field = put_field(l, s, 0, l->n_inputs);
    build_reading(l->b, (ppr_reading){str(l, s->name), field, str(l, s->decl->text), str(l, cite_text(m, s->decl->cites))});
  }
  for (symbol *s = m->symbols; s; s = s->next) {
    if (s->form != SYM_FIELD || !(s->flags & PPR_FIELD_PARAMETER) || s->type.form == TYPE_ERROR) continue;
    build_parameter(l->b, (ppr_parameter){str(l, s->name), put_field(l, s, 0, l->n_inputs), str(l, cite_text(m, s->decl->cites))});
  }
  vary_put(l);
  for (size_t i = 0; i < m->n_decls; i++) {
    const ast_decl *d = m->decls[i];
    if (d->form == DECL_OPEN) build_open(l->b, (ppr_open){str(l, d->name), str(l, d->text), str(l, cite_text(m, d->cites))});
  }
}

/* ---- results ---- */

bool schema_axes(model *m, const ast_decl *d, axis *axes, int *n) {
  int64_t elements = 1;
  *n = 0;
  for (const ast_axis *a = d->axes; a; a = a->next) {
    enumeration *of = model_axis(m, a);
    if (!of) return false;
    if (*n == MAX_AXES) {
      report_add(m->report, DIAG_TOO_MANY_AXES, a->enumeration.span, "3", NULL);
      return false;
    }
    axes[(*n)++] = (axis){a->alias.text ? a->alias.text : of->name, of, NULL};
    if ((elements *= of->count) <= MAX_ELEMENTS) continue;
    report_add(m->report, DIAG_TOO_MANY_ELEMENTS, d->name_span, d->name, arena_printf(m->arena, "%" PRId64, elements),
               arena_printf(m->arena, "%d", MAX_ELEMENTS), NULL);
    return false;
  }
  return true;
}

static bool sums_over(const ast_decl *d, const symbol *key) {
  for (const ast_named *k = d->summed; k; k = k->next)
    if ((key->flags & PPR_FIELD_KEY) && name_is(k->name, key->name)) return true;
  return false;
}

/* Keys summed over that only another kind of record has: then the output is about that one. */
static bool sums_foreign(const model *m, const ast_decl *d) {
  bool foreign = false;
  for (const ast_named *k = d->summed; k; k = k->next) {
    const symbol *s = model_symbol(m, k->name.text);
    foreign = foreign || (s && s->foreign && (s->flags & PPR_FIELD_KEY));
  }
  return foreign;
}

static void check_summed(model *m, const ast_decl *d) {
  const char *names[64], *list = "";
  size_t n = 0;
  for (; (int)n < m->n_keys && n < 64 && list; n++) {
    names[n] = m->keys[n]->name;
    list = arena_printf(m->arena, "%s%s%s", list, n ? ", " : "", names[n]);
  }
  for (const ast_named *k = d->summed; k; k = k->next) {
    const symbol *s = model_symbol(m, k->name.text);
    for (const ast_named *o = d->summed; o != k; o = o->next)
      if (name_is(k->name, o->name.text)) report_add(m->report, DIAG_DUPLICATE_NAME, k->name.span, k->name.text, NULL);
    if (s && (s->flags & PPR_FIELD_KEY)) continue;
    near_name near = model_near_in(m, k->name.text, names, n);
    bool close = near.name != NULL;
    diag *g = report_add(m->report, DIAG_SUM_KEY, k->name.span, k->name.text, m->input ? m->input->name : "",
                         close ? near.de : arena_printf(m->arena, "Schlüssel sind: %s.", list ? list : ""),
                         close ? near.en : arena_printf(m->arena, "The keys are: %s.", list ? list : ""), NULL);
    if (close) diag_set_fix(m->report, g, k->name.span, near.name);
  }
}

/* What the columns of a block with sums show: numbers that add up, or what rows must agree in. */
static void check_summed_column(model *m, const ast_decl *d, const ast_column *c) {
  const binding *b = c->value->form == EX_REF ? c->value->bound : NULL;
  if (b && b->form == BOUND_SYMBOL && sums_over(d, b->symbol)) report_add(m->report, DIAG_SUM_KEY_SHOWN, c->span, c->name, b->symbol->name, NULL);
  else if (c->value->type->form == TYPE_NUMBER && c->value->type->percent) report_add(m->report, DIAG_SUM_PERCENT, c->span, c->name, NULL);
}

void schema_root(lowering *l, size_t i, const symbol *root) {
  model *m = l->m;
  bool own = false;
  for (size_t k = 0; k < root->n_uses; k++) {
    m->skipped[i] = m->skipped[i] || root->uses[k]->excluded;
    own = own || root->uses[k]->own;
  }
  if (own && m->skipped[i]) report_add(m->report, DIAG_KINDS_MIXED, m->decls[i]->name_span, m->decls[i]->name, NULL);
  for (size_t k = 0; k < root->n_uses && !m->skipped[i]; k++) lower_mark_needed(root->uses[k]);
}

void schema_check(lowering *l) {
  model *m = l->m;
  if (!(m->skipped = arena_array(m->arena, m->n_decls + 1, sizeof *m->skipped))) {
    l->e.failed = true;
    return;
  }
  bool any = false;
  static const check_type yes_no = {.form = TYPE_BOOL};
  for (size_t i = 0; i < m->n_decls; i++) {
    ast_decl *d = m->decls[i];
    axis axes[MAX_AXES];
    int n;
    if (d->form != DECL_OUTPUT) continue;
    any = true;
    m->skipped[i] = sums_foreign(m, d);
    if (!schema_axes(m, d, axes, &n)) continue;
    symbol *root = arena_alloc(m->arena, sizeof *root);
    if (!root) return;
    if (d->cond) check_expression(m, d->cond, axes, n, root, &yes_no);
    for (const ast_column *c = d->columns; c; c = c->next)
      for (const ast_column *o = d->columns; o != c; o = o->next)
        if (!strcmp(o->name, c->name)) report_add(m->report, DIAG_OUTPUT_COLUMN_TWICE, c->span, d->name, c->name, NULL);
    for (ast_column *c = d->columns; c; c = c->next) {
      if (!check_expression(m, c->value, axes, n, root, NULL)) continue;
      if (c->value->type->form == TYPE_BRUCH) report_add(m->report, DIAG_BRUCH_NOT_STORED, c->value->span, NULL);
      if (c->value->type->form == TYPE_STATE)
        report_add(m->report, DIAG_TYPE_MISMATCH, c->value->span, DIAG_BOTH("ein Wert", "a value"), model_source_text(m, c->value->span), NULL);
      if (d->summed) check_summed_column(m, d, c);
    }
    schema_root(l, i, root);
    if (!m->skipped[i]) check_summed(m, d);
  }
  survey_check(l);
  if (!any) report_add(m->report, DIAG_NO_OUTPUT, m->file->head, m->file->fassung.text, NULL);
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->form == SYM_CHECK && !s->excluded) lower_mark_needed(s);
  for (symbol *s = m->symbols; s && report_count(m->report, PPR_SEV_ERROR) == 0; s = s->next)
    if (s->form == SYM_RULE && !s->needed && !s->excluded && (s->own || m->n_kinds == 1))
      report_add(m->report, DIAG_RULE_UNUSED, s->decl->name_span, s->name, NULL);
}

const char *schema_name(lowering *l, const ast_decl *d, const char *column) {
  int block = 0;
  for (size_t i = 0; i < l->m->n_decls; i++) {
    const ast_decl *o = l->m->decls[i];
    if (o->form == DECL_OUTPUT && !strcmp(o->name, d->name)) block++;
    if (o == d) break;
  }
  const char *name = block > 1 ? arena_printf(l->m->arena, "%s.%d.%s", d->name, block, column) : arena_printf(l->m->arena, "%s.%s", d->name, column);
  return name ? name : "";
}

const char *schema_label(const lowering *l, const char *name, const symbol *shape, int element) {
  symbol named = {.name = name, .n_axes = shape->n_axes};
  memcpy(named.axes, shape->axes, sizeof named.axes);
  return model_label(l->m, &named, element);
}

/* The rule or field element a plain reference means, or NULL. */
static symbol *plain_ref(const lowering *l, const ast_expr *e, int *element) {
  const binding *b = e->form == EX_REF ? e->bound : NULL;
  int index[MAX_AXES];
  if (!b || b->form != BOUND_SYMBOL ||
      (b->symbol->form != SYM_RULE && b->symbol->form != SYM_FIELD && b->symbol->form != SYM_SERIES && b->symbol->form != SYM_TIERS))
    return NULL;
  for (int i = 0; i < b->symbol->n_axes; i++) {
    if (b->index[i].expr) {
      const binding *x = b->index[i].expr->form == EX_REF ? b->index[i].expr->bound : NULL;
      if (!x || x->form == BOUND_SYMBOL) return NULL;
      index[i] = x->form == BOUND_AXIS ? l->elem[x->slot] : x->member;
    } else index[i] = l->elem[b->index[i].slot];
  }
  *element = model_element(b->symbol, index);
  return b->symbol;
}

static ppr_cell put_cell(lowering *l, const ast_decl *d, ast_column *c, const char *name, const symbol *shape, int element) {
  int index[MAX_AXES], at;
  model_split(shape, element, index);
  if (c->value->form == EX_EDITION) return (ppr_cell){PPR_CELL_TEXT, str(l, l->m->file->fassung.text)};
  const binding *b = c->value->form == EX_REF ? c->value->bound : NULL;
  if (b && b->form == BOUND_AXIS) return (ppr_cell){PPR_CELL_TEXT, str(l, shape->axes[b->slot].of->members[index[b->slot]].code)};
  if (b && b->form == BOUND_MEMBER) return (ppr_cell){PPR_CELL_TEXT, str(l, b->enumeration->members[b->member].code)};
  for (int i = 0; i < shape->n_axes; i++) l->elem[i] = index[i];
  symbol *s = plain_ref(l, c->value, &at);
  if (s && (s->type.form == TYPE_TEXT || (d->summed && s->type.form == TYPE_NUMBER))) { /* keys are not added up */
    for (int k = 0; k < l->m->n_keys; k++)
      if (l->m->keys[k] == s) return (ppr_cell){PPR_CELL_FIELD, (uint32_t)k};
  }
  l->branch_deps = l->n_deps;
  size_t deps = l->n_deps;
  value v = lower_value(l, c->value, index, shape->n_axes);
  l->n_deps = deps;
  const check_type *t = s ? &s->type : c->value->type;
  const char *label = s ? model_label(l->m, s->assumes ? s->assumes : s, at) : schema_label(l, name, shape, element);
  return (ppr_cell){PPR_CELL_OUTPUT, lower_output(l, label, t, v, s && s->insts ? s->insts[at] : 0)};
}

typedef struct cell_list {
  ppr_cell *at;
  size_t n, cap;
} cell_list;
typedef struct line_list {
  ppr_line *at;
  size_t n, cap;
} line_list;

/* Lines of one `ausgabe` block: one per element of its axes. */
static void put_block(lowering *l, ast_decl *d, uint32_t file, line_list *lines, cell_list *cells) {
  symbol shape = {.elements = 1};
  if (!schema_axes(l->m, d, shape.axes, &shape.n_axes)) return;
  for (int i = 0; i < shape.n_axes; i++) shape.elements *= shape.axes[i].of->count;
  size_t n = 0;
  for (const ast_column *c = d->columns; c; c = c->next) n++;
  const char *when = schema_name(l, d, "wenn"), **names = arena_array(l->m->arena, n + 1, sizeof *names);
  if (!names) {
    l->e.failed = true;
    return;
  }
  n = 0;
  for (const ast_column *c = d->columns; c; c = c->next) names[n++] = schema_name(l, d, c->name);
  for (int e = 0; e < shape.elements; e++) {
    int index[MAX_AXES];
    model_split(&shape, e, index);
    ppr_line line = {file, 0, (uint32_t)cells->n, 0};
    if (d->cond) {
      size_t deps = l->n_deps;
      value c = lower_condition(l, d->cond, index, shape.n_axes);
      l->n_deps = deps;
      if (opnd_is_const(&c.num) && c.states == 1u << PPR_PRESENT && !c.num.lo) continue; /* never printed */
      if (!opnd_is_const(&c.num)) {
        static const check_type yes_no = {.form = TYPE_BOOL};
        line.when = lower_output(l, schema_label(l, when, &shape, e), &yes_no, c, 0) + 1;
      }
    }
    n = 0;
    for (ast_column *c = d->columns; c; c = c->next) {
      ppr_cell now = put_cell(l, d, c, names[n++], &shape, e);
      ppr_cell *grown = arena_grow(l->m->arena, cells->at, cells->n, &cells->cap, cells->n + 1, sizeof *grown);
      if (!grown) {
        l->e.failed = true;
        return;
      }
      cells->at = grown;
      cells->at[cells->n++] = now;
      line.cells++;
    }
    ppr_line *grown = arena_grow(l->m->arena, lines->at, lines->n, &lines->cap, lines->n + 1, sizeof *grown);
    if (!grown) {
      l->e.failed = true;
      return;
    }
    lines->at = grown;
    lines->at[lines->n++] = line;
  }
}

static bool same_columns(const ast_decl *a, const ast_decl *b) {
  const ast_column *x = a->columns, *y = b->columns;
  for (; x && y; x = x->next, y = y->next)
    if (strcmp(x->name, y->name)) return false;
  return !x && !y;
}

static bool same_sums(const model *m, const ast_decl *a, const ast_decl *b) {
  bool same = true;
  for (int k = 0; k < m->n_keys; k++) same = same && sums_over(a, m->keys[k]) == sums_over(b, m->keys[k]);
  return same;
}

static void put_checks(lowering *l) {
  static const check_type yes_no = {.form = TYPE_BOOL};
  for (symbol *s = l->m->symbols; s; s = s->next) {
    if (s->form != SYM_CHECK || s->excluded) continue;
    ppr_pos p = lower_place(l, s->decl->name_span);
    for (int i = 0; i < s->elements; i++) {
      int index[MAX_AXES];
      model_split(s, i, index);
      l->e.at = s->decl->name_span;
      size_t deps = l->n_deps;
      l->branch_deps = deps;
      value v = lower_condition(l, s->decl->cond, index, s->n_axes);
      l->n_deps = deps;
      if (opnd_is_const(&v.num) && !v.num.lo && v.states == 1u << PPR_PRESENT) continue; /* cannot happen for this element */
      const char *label = model_label(l->m, s, i);
      uint32_t output = lower_output(l, label, &yes_no, v, 0);
      build_check(l->b, (ppr_check){str(l, s->name), s->decl->hint ? PPR_SEV_HINT : PPR_SEV_ERROR, str(l, s->decl->text), output,
                                    str(l, cite_text(l->m, s->decl->cites)), p.file, p.line, str(l, label)});
    }
  }
}

void schema_outputs(lowering *l) {
  model *m = l->m;
  line_list lines = {0};
  cell_list cells = {0};
  uint32_t file = 0, cols = 0;
  if (!m->skipped) return; /* out of memory */
  for (size_t i = 0; i < m->n_decls; i++) {
    ast_decl *d = m->decls[i];
    bool first = d->form == DECL_OUTPUT && !m->skipped[i];
    for (size_t k = 0; k < i && first; k++) first = m->decls[k]->form != DECL_OUTPUT || m->skipped[k] || strcmp(m->decls[k]->name, d->name);
    if (!first) continue;
    uint32_t n = 0;
    for (const ast_column *c = d->columns; c; c = c->next, n++) build_col(l->b, (ppr_col){str(l, c->name)});
    build_file(l->b, (ppr_file){str(l, d->name), cols, n});
    cols += n;
    for (int k = 0; k < m->n_keys; k++)
      if (sums_over(d, m->keys[k])) build_sum_key(l->b, (ppr_sum_key){file, (uint32_t)k});
    for (size_t k = i; k < m->n_decls; k++) {
      if (m->decls[k]->form != DECL_OUTPUT || m->skipped[k] || strcmp(m->decls[k]->name, d->name)) continue;
      bool columns = same_columns(d, m->decls[k]);
      if (!columns || !same_sums(m, d, m->decls[k])) {
        diag *g = report_add(m->report, columns ? DIAG_SUMS_DIFFER : DIAG_COLUMNS_DIFFER, m->decls[k]->name_span, d->name, NULL);
        diag_add_note(m->report, g, d->name_span, "hier ist der erste Block", "the first block is here");
      } else put_block(l, m->decls[k], file, &lines, &cells);
    }
    file++;
  }
  for (size_t i = 0; i < lines.n; i++) build_line(l->b, lines.at[i]);
  for (size_t i = 0; i < cells.n; i++) build_cell(l->b, cells.at[i]);
  put_checks(l);
  survey_put(l);
}
