/* Declarations to symbols: units, enumerations, the input schema, tables, series, tiers, rules and natives of one Fassung.
 * Needs: m->decls, m->decl_edition, m->from_day, m->until_day, m->input. Leaves: every name with its type, every constant checked. */
#include "base/decimal.h"
#include "base/quarter.h"
#include "model.h"
#include <inttypes.h>
#include <string.h>

ppr_span model_place(const symbol *s) { return s->field ? s->field->name.span : s->decl ? s->decl->name_span : SPAN_NONE; }

static void duplicate(model *m, ppr_span span, const char *name, ppr_span earlier) {
  diag *d = report_add(m->report, DIAG_DUPLICATE_NAME, span, name, NULL);
  if (earlier.file != UINT32_MAX) diag_add_note(m->report, d, earlier, "hier ist er vereinbart", "it is declared here");
}

bool model_reserved(const char *name) {
  static const char *const words[] = {"Zahl", "Prozent", "Datum", "Quartal", "Text", "min", "max", "abs"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcmp(name, words[i]) == 0) return true;
  return false;
}

static bool reserved(model *m, const char *name, ppr_span span) {
  bool is = model_reserved(name);
  if (is) report_add(m->report, DIAG_RESERVED_NAME, span, name, NULL);
  return is;
}

static symbol *add_symbol(model *m, symbol_form form, const char *name, ppr_span span, ast_decl *d) {
  const symbol *known = model_symbol(m, name);
  const enumeration *of = model_enum(m, name);
  if (known || of) {
    duplicate(m, span, name, known ? model_place(known) : of->decl->name_span);
    return NULL;
  }
  symbol *s = arena_alloc(m->arena, sizeof *s);
  if (!s) return NULL;
  s->form = form;
  s->name = name;
  s->decl = d;
  s->states = 1u << PPR_PRESENT;
  s->elements = 1;
  return model_add(m, s);
}

enumeration *model_axis(model *m, const ast_axis *a) {
  enumeration *of = model_enum(m, a->enumeration.text);
  if (of) return of;
  const char **names = arena_array(m->arena, (size_t)m->n_enums + 1, sizeof *names);
  if (!names) return NULL;
  for (int i = 0; i < m->n_enums; i++) names[i] = m->enums[i]->name;
  near_name n = model_near_in(m, a->enumeration.text, names, (size_t)m->n_enums);
  diag *d = report_add(m->report, DIAG_UNKNOWN_ENUM, a->enumeration.span, a->enumeration.text, n.de, n.en, NULL);
  if (n.name) diag_set_fix(m->report, d, a->enumeration.span, n.name);
  model_struck_note(m, d, a->enumeration.text);
  return NULL;
}

static bool set_axes(model *m, symbol *s, const ast_axis *list, int most) {
  for (const ast_axis *a = list; a; a = a->next) {
    if (s->n_axes == most) {
      report_add(m->report, DIAG_TOO_MANY_AXES, a->enumeration.span, arena_printf(m->arena, "%d", most), NULL);
      return false;
    }
    enumeration *of = model_axis(m, a);
    if (!of) return false;
    if ((int64_t)s->elements * of->count > MAX_ELEMENTS) {
      report_add(m->report, DIAG_TOO_MANY_ELEMENTS, model_place(s), s->name, arena_printf(m->arena, "%" PRId64, (int64_t)s->elements * of->count),
                 arena_printf(m->arena, "%d", MAX_ELEMENTS), NULL);
      return false;
    }
    axis now = {a->alias.text ? a->alias.text : of->name, of, a->column};
    for (int i = 0; i < s->n_axes; i++)
      if (!strcmp(s->axes[i].name, now.name)) duplicate(m, a->alias.text ? a->alias.span : a->enumeration.span, now.name, SPAN_NONE);
    s->axes[s->n_axes++] = now;
    s->elements *= of->count;
  }
  return true;
}

/* The unit a factor refers to stands before it. */
static void unknown_base(model *m, const ast_unit *u) {
  const char **names = arena_array(m->arena, (size_t)m->n_units + 1, sizeof *names);
  near_name n = {"Die Grundeinheit steht vor der Einheit, die sich auf sie bezieht.", "The base unit stands before the unit that refers to it.",
                 NULL};
  if (!names) return;
  for (int i = 0; i < m->n_units; i++) names[i] = m->units[i].name;
  near_name near = model_near_in(m, u->base.text, names, (size_t)m->n_units);
  if (near.name) n = near;
  diag *d = report_add(m->report, DIAG_UNKNOWN_UNIT, u->base.span, u->base.text, n.de, n.en, NULL);
  if (n.name) diag_set_fix(m->report, d, u->base.span, n.name);
}

static void declare_units(model *m, const ast_decl *d) {
  for (const ast_unit *u = d->units; u; u = u->next) {
    if (reserved(m, u->name.text, u->name.span)) continue;
    if (model_find_unit(m, u->name.text) >= 0) {
      duplicate(m, u->name.span, u->name.text, SPAN_NONE);
      continue;
    }
    unit *grown = arena_array(m->arena, (size_t)m->n_units + 1, sizeof *grown);
    if (!grown) return;
    if (m->n_units) memcpy(grown, m->units, sizeof *grown * (size_t)m->n_units);
    m->units = grown;
    unit *now = &m->units[m->n_units];
    *now = (unit){u->name.text, -1, 1, 0};
    if (u->has_factor) {
      now->base = model_find_unit(m, u->base.text);
      now->factor = u->factor;
      now->factor_scale = u->factor_scale;
      if (now->base < 0) unknown_base(m, u);
      else if (u->factor == 0) {
        report_add(m->report, DIAG_UNIT_FACTOR, u->name.span, u->name.text, NULL);
        now->base = -1;
      }
    }
    m->n_units++;
  }
}

static void push_enum(model *m, enumeration *e, ppr_span span) {
  const enumeration *known = model_enum(m, e->name);
  if (known) {
    duplicate(m, span, e->name, known->decl->name_span);
    return;
  }
  if (reserved(m, e->name, span)) return;
  enumeration **grown = arena_array(m->arena, (size_t)m->n_enums + 1, sizeof *grown);
  if (!grown) return;
  if (m->n_enums) memcpy(grown, m->enums, sizeof *grown * (size_t)m->n_enums);
  grown[m->n_enums++] = e;
  m->enums = grown;
}

static void declare_enum(model *m, ast_decl *d) {
  enumeration *e = arena_alloc(m->arena, sizeof *e);
  int n = 0;
  for (const ast_member *k = d->members; k; k = k->next) n++;
  if (!e || !(e->members = arena_array(m->arena, (size_t)n + 1, sizeof *e->members))) return;
  if (!(e->attrs = arena_array(m->arena, 64, sizeof *e->attrs))) return;
  e->name = d->name;
  e->decl = d;
  for (const ast_member *k = d->members; k; k = k->next) {
    if (model_member(e, k->name.text) >= 0) {
      duplicate(m, k->name.span, k->name.text, SPAN_NONE);
      continue;
    }
    member *now = &e->members[e->count];
    *now = (member){k->name.text, k->code ? k->code : k->name.text, k->label ? k->label : "", 0};
    for (const ast_attr *a = k->attrs; a; a = a->next) {
      int i = 0;
      while (i < e->n_attrs && strcmp(e->attrs[i], a->name.text)) i++;
      if (i == 64) report_add(m->report, DIAG_TOO_MANY_ATTRIBUTES, a->name.span, e->name, "64", NULL);
      if (i == e->n_attrs && i < 64) e->attrs[e->n_attrs++] = a->name.text;
      if (i < 64) now->attrs |= UINT64_C(1) << i;
    }
    e->count++;
  }
  push_enum(m, e, d->name_span);
}

static void declare_reading(model *m, ast_decl *d) {
  enumeration *e = arena_alloc(m->arena, sizeof *e);
  int n = 0, presets = 0;
  for (const ast_variant *v = d->variants; v; v = v->next) n++;
  if (!e || !(e->members = arena_array(m->arena, (size_t)n + 1, sizeof *e->members))) return;
  e->name = arena_printf(m->arena, "Auslegung %s", d->name);
  e->decl = d;
  e->reading = true;
  symbol *s = add_symbol(m, SYM_FIELD, d->name, d->name_span, d);
  if (!s) return;
  s->flags = PPR_FIELD_READING | PPR_FIELD_PRESET;
  for (const ast_variant *v = d->variants; v; v = v->next) {
    if (model_member(e, v->name.text) >= 0) duplicate(m, v->name.span, v->name.text, SPAN_NONE);
    if (v->preset) {
      s->preset = e->count;
      presets++;
    }
    e->members[e->count++] = (member){v->name.text, v->name.text, v->source ? v->source : "", 0};
  }
  if (presets != 1) report_add(m->report, DIAG_READING_PRESET, d->name_span, d->name, NULL);
  push_enum(m, e, d->name_span);
  s->type = (check_type){.form = TYPE_ENUM, .enumeration = e};
  s->lo = 0;
  s->hi = e->count - 1;
}

static void need_cite(model *m, const ast_cite *c, ppr_span span, const char *what) {
  if (!c) report_add(m->report, DIAG_CITE_MISSING, span, what, NULL);
}

static void declare_field(model *m, ast_decl *d, ast_block *block, ast_field *f, bool key) {
  symbol *s = add_symbol(m, SYM_FIELD, f->name.text, f->name.span, d);
  if (!s) return;
  s->field = f;
  s->block = block;
  if (!model_type(m, &f->type, &s->type)) return;
  if (s->type.form == TYPE_BRUCH) {
    report_add(m->report, DIAG_BRUCH_NOT_STORED, f->type.span, NULL);
    s->type.form = TYPE_ERROR;
    return;
  }
  if (block && !set_axes(m, s, block->axes, 2)) return;
  if (key) s->flags |= PPR_FIELD_KEY;
  if (f->sum) s->flags |= PPR_FIELD_SUM;
  if (f->sum && s->type.form != TYPE_NUMBER) report_add(m->report, DIAG_SUM_NOT_NUMBER, f->type.span, s->name, model_type_text(m, &s->type), NULL);
  if (f->optional) {
    s->flags |= PPR_FIELD_OPTIONAL;
    s->states |= 1u << PPR_FEHLT;
  }
  switch (s->type.form) {
  case TYPE_BOOL: s->lo = 0, s->hi = 1; break;
  case TYPE_ENUM: s->lo = 0, s->hi = s->type.enumeration->count - 1; break;
  case TYPE_DATE: s->lo = DAY_MIN, s->hi = DAY_MAX; break;
  case TYPE_QUARTER: s->lo = quarter_of(1, 1), s->hi = quarter_of(9999, 4); break;
  case TYPE_NUMBER:
    if (!f->range.present) report_add(m->report, DIAG_RANGE_MISSING, f->name.span, f->name.text, NULL);
    break;
  case TYPE_TEXT:
    if (!key) {
      report_add(m->report, DIAG_TEXT_VALUE, f->type.span, NULL);
      s->type.form = TYPE_ERROR;
    }
    break;
  case TYPE_BRUCH:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: break;
  }
  if (f->range.present && s->type.form != TYPE_TEXT) {
    cell lo, hi;
    if (model_literal(m, f->range.lo, &s->type, &lo, DIAG_TYPE_MISMATCH) && model_literal(m, f->range.hi, &s->type, &hi, DIAG_TYPE_MISMATCH)) {
      s->lo = lo.value;
      s->hi = hi.value;
      if (lo.value > hi.value)
        report_add(m->report, DIAG_RANGE_INVERTED, (ppr_span){f->range.lo->span.file, f->range.lo->span.begin, f->range.hi->span.end}, NULL);
    }
  }
  if (f->preset) {
    cell c;
    if (model_literal(m, f->preset, &s->type, &c, DIAG_TYPE_MISMATCH)) {
      s->flags |= PPR_FIELD_PRESET;
      s->preset = c.value;
      if (c.value < s->lo || c.value > s->hi)
        report_add(m->report, DIAG_VALUE_RANGE, f->preset->span, model_value_text(m, &s->type, 0, c.value),
                   arena_printf(m->arena, "%s..%s", model_value_text(m, &s->type, 0, s->lo), model_value_text(m, &s->type, 0, s->hi)), NULL);
    }
  }
}

/* An input of the run, not of the data: one value with preset. */
static void declare_parameter(model *m, ast_decl *d) {
  ast_field *f = d->parameter;
  declare_field(m, d, NULL, f, false);
  symbol *s = model_symbol(m, f->name.text);
  if (!s || s->field != f) return;
  s->flags |= PPR_FIELD_PARAMETER;
  if (s->type.form == TYPE_ERROR || s->type.form == TYPE_NUMBER || s->type.form == TYPE_DATE || s->type.form == TYPE_BOOL) return;
  report_add(m->report, DIAG_PARAMETER_TYPE, f->type.span, model_type_text(m, &s->type), NULL);
  s->type.form = TYPE_ERROR;
}

static const char *assumed_in_vain(const symbol *s) {
  if (s->form != SYM_FIELD) return s->form == SYM_RULE ? DIAG_BOTH("eine Regel", "a rule") : DIAG_BOTH("keine Angabe", "no field");
  if (s->flags & PPR_FIELD_READING) return DIAG_BOTH("eine Auslegung", "a reading");
  if (s->flags & PPR_FIELD_PARAMETER) return DIAG_BOTH("ein Parameter", "a parameter");
  if (s->flags & PPR_FIELD_KEY) return DIAG_BOTH("ein Schlüssel", "a key");
  return s->block ? NULL : DIAG_BOTH("der Zeitraum", "the period");
}

/* A rule in front of a field: the rule is what everything else sees, the field what the record says. */
static void declare_assumption(model *m, ast_decl *d) {
  symbol *f = model_symbol(m, d->name);
  if (!f) {
    near_name n = model_near(m, d->name);
    diag *g = report_add(m->report, DIAG_UNKNOWN_NAME, d->name_span, d->name, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, g, d->name_span, n.name);
    model_struck_note(m, g, d->name);
    return;
  }
  const char *other = assumed_in_vain(f);
  if (other) {
    report_add(m->report, DIAG_ASSUMPTION_FIELD, d->name_span, d->name, other, NULL);
    return;
  }
  symbol *s = add_symbol(m, SYM_RULE, arena_printf(m->arena, "Annahme %s", d->name), d->name_span, d);
  if (!s || !(s->uses = arena_grow(m->arena, NULL, 0, &s->cap_uses, 1, sizeof(symbol *)))) return;
  s->uses[s->n_uses++] = f; /* even where it does not ask: it belongs to the same kind of record */
  s->type = f->type;
  s->states = f->states;
  memcpy(s->axes, f->axes, sizeof s->axes);
  s->n_axes = f->n_axes;
  s->elements = f->elements;
  s->assumes = f;
  f->assumed = s;
}

/* Position of the key `zeitraum` names, -1 when it is none or does not hold whole numbers lo to hi. */
static int period_part(model *m, ast_name name, int64_t lo, int64_t hi) {
  int at = 0;
  while (at < m->n_keys && !name_is(name, m->keys[at]->name)) at++;
  if (at == m->n_keys) {
    const char **names = arena_array(m->arena, (size_t)m->n_keys + 1, sizeof *names);
    if (!names) return -1;
    for (int i = 0; i < m->n_keys; i++) names[i] = m->keys[i]->name;
    near_name n = model_near_in(m, name.text, names, (size_t)m->n_keys);
    diag *d = report_add(m->report, DIAG_UNKNOWN_NAME, name.span, name.text, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, d, name.span, n.name);
    return -1;
  }
  const symbol *k = m->keys[at];
  if (k->type.form == TYPE_NUMBER && k->type.scale == 0 && k->lo >= lo && k->hi <= hi) return at;
  if (k->type.form != TYPE_ERROR) report_add(m->report, DIAG_PERIOD_KEY, name.span, NULL);
  return -1;
}

static void declare_period(model *m, ast_decl *d) {
  m->period_year = period_part(m, d->period_year, 1, 9999);
  m->period_quarter = period_part(m, d->period_quarter, 1, 4);
  symbol *s = add_symbol(m, SYM_FIELD, d->period.text, d->period.span, d);
  if (!s) return;
  s->type = (check_type){.form = TYPE_QUARTER};
  s->flags = PPR_FIELD_PERIOD;
  s->lo = quarter_of_day(m->from_day);
  s->hi = m->until_day == INT64_MAX ? quarter_of(9999, 4) : quarter_of_day(m->until_day);
  m->period = s;
}

static void declare_input(model *m, ast_decl *d) {
  int n = 0;
  for (const ast_field *f = d->keys; f; f = f->next) n++;
  if (!(m->keys = arena_array(m->arena, (size_t)n + 1, sizeof *m->keys))) return;
  for (ast_field *f = d->keys; f; f = f->next) {
    declare_field(m, d, NULL, f, true);
    symbol *s = model_symbol(m, f->name.text);
    if (s && s->field == f) m->keys[m->n_keys++] = s;
  }
  if (d->period.text) declare_period(m, d);
  else report_add(m->report, DIAG_PERIOD_MISSING, d->name_span, d->name, NULL);
  for (ast_block *b = d->blocks; b; b = b->next) {
    for (const ast_axis *a = b->axes; a; a = a->next)
      if (!a->column) report_add(m->report, DIAG_MISSING_AXIS_COLUMN, a->enumeration.span, a->enumeration.text, NULL);
    for (ast_field *f = b->fields; f; f = f->next) declare_field(m, d, b, f, false);
  }
}

/* Fields of another kind of record: known, so that rules about them can be told apart. Keys of one name are the same key. */
static void declare_foreign(model *m, ast_decl *d) {
  symbol *last = m->symbols;
  while (last && last->next) last = last->next;
  for (ast_field *f = d->keys; f; f = f->next) {
    const symbol *own = model_symbol(m, f->name.text);
    if (!own || !(own->flags & PPR_FIELD_KEY)) declare_field(m, d, NULL, f, true);
  }
  if (d->period.text && !(m->period && !strcmp(m->period->name, d->period.text))) {
    symbol *s = add_symbol(m, SYM_FIELD, d->period.text, d->period.span, d);
    if (s) s->type = (check_type){.form = TYPE_QUARTER};
  }
  for (ast_block *b = d->blocks; b; b = b->next)
    for (ast_field *f = b->fields; f; f = f->next) declare_field(m, d, b, f, false);
  for (symbol *s = last ? last->next : m->symbols; s; s = s->next) s->foreign = true;
}

static void fill_row(model *m, symbol *s, const ast_row *r, int row, const int *columns, int n_columns) {
  bool whole = r->count == 1 && r->cells->value->form == EX_STATE && n_columns != 1;
  if (!whole && r->count != n_columns) {
    report_add(m->report, DIAG_TABLE_CELLS, r->span, r->label.text, arena_printf(m->arena, "%d", r->count), arena_printf(m->arena, "%d", n_columns),
               NULL);
    return;
  }
  const ast_cell *c = r->cells;
  for (int i = 0; i < n_columns; i++, c = whole ? c : c->next) {
    if (columns[i] < 0) continue;
    cell *to = &s->cells[s->n_axes == 2 ? row * s->axes[1].of->count + columns[i] : row];
    cell v;
    if (!model_constant(m, c->value, &s->type, &v)) continue;
    v.cites = r->cites;
    *to = v;
    s->states |= 1u << v.state;
  }
}

/* A type whose values are single numbers: of tables, series, tiers and functions. */
static bool stored_type(model *m, const ast_type *t, check_type *out) {
  bool right = model_type(m, t, out);
  if (right && (out->form == TYPE_BRUCH || out->form == TYPE_TEXT)) {
    report_add(m->report, out->form == TYPE_TEXT ? DIAG_TEXT_VALUE : DIAG_BRUCH_NOT_STORED, t->span, NULL);
    right = false;
  }
  if (!right) out->form = TYPE_ERROR;
  return right;
}

static void declare_table(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_TABLE, d->name, d->name_span, d);
  if (!s) return;
  s->limit = d->form == DECL_LIMIT;
  need_cite(m, d->cites, d->name_span, d->name);
  if (!stored_type(m, &d->type, &s->type) || !set_axes(m, s, d->axes, 2)) {
    s->type.form = TYPE_ERROR;
    return;
  }
  if (!(s->cells = arena_array(m->arena, (size_t)s->elements, sizeof *s->cells))) return;
  int n_columns = s->n_axes == 2 ? d->header_count : 1;
  int *columns = arena_array(m->arena, (size_t)n_columns + 1, sizeof *columns);
  const enumeration *rows = s->axes[0].of;
  bool *seen_row = arena_array(m->arena, (size_t)rows->count + 1, 1), *seen_column = NULL;
  if (!columns || !seen_row) return;
  if (s->n_axes == 2) {
    const enumeration *heads = s->axes[1].of;
    if (!(seen_column = arena_array(m->arena, (size_t)heads->count + 1, 1))) return;
    for (int i = 0; i < n_columns; i++) {
      columns[i] = model_member(heads, d->header[i].text);
      if (columns[i] < 0) model_unknown_member(m, d->header[i], heads);
      else if (seen_column[columns[i]]) report_add(m->report, DIAG_TABLE_COLUMN_TWICE, d->header[i].span, d->name, d->header[i].text, NULL);
      else seen_column[columns[i]] = true;
    }
    for (int i = 0; i < heads->count; i++)
      if (!seen_column[i]) report_add(m->report, DIAG_TABLE_COLUMN_MISSING, d->name_span, d->name, heads->members[i].name, NULL);
  }
  for (const ast_row *r = d->rows; r; r = r->next) {
    int row = model_member(rows, r->label.text);
    if (row < 0) {
      model_unknown_member(m, r->label, rows);
      continue;
    }
    if (seen_row[row]) {
      const ast_row *first = d->rows;
      while (!name_is(first->label, r->label.text)) first = first->next;
      diag *g = report_add(m->report, DIAG_TABLE_ROW_TWICE, r->label.span, d->name, r->label.text, NULL);
      diag_add_note(m->report, g, first->label.span, "hier steht sie zum ersten Mal", "it stands here first");
      continue;
    }
    seen_row[row] = true;
    fill_row(m, s, r, row, columns, n_columns);
  }
  for (int i = 0; i < rows->count; i++)
    if (!seen_row[i]) report_add(m->report, DIAG_TABLE_ROW_MISSING, d->name_span, d->name, rows->members[i].name, NULL);
}

/* First quarter whose first day is not before the day. */
static int64_t quarter_from(int64_t day) {
  int64_t q = quarter_of_day(day);
  return quarter_first_day(q) == day ? q : q + 1;
}

static const char *day_text(const model *m, int64_t day) {
  char out[16];
  day_print(out, day);
  return arena_printf(m->arena, "%s", out);
}

static void declare_series(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_SERIES, d->name, d->name_span, d);
  if (!s) return;
  need_cite(m, d->cites, d->name_span, d->name);
  if (!stored_type(m, &d->type, &s->type)) return;
  int n = 0;
  for (const ast_entry *e = d->entries; e; e = e->next) n++;
  if (n == 0 && !m->proving) report_add(m->report, DIAG_SERIES_GAP, d->name_span, d->name, day_text(m, m->from_day), NULL);
  if (!(s->steps = arena_array(m->arena, (size_t)n + 1, sizeof *s->steps))) return;
  bool right = true;
  for (ast_entry *e = d->entries; e; e = e->next) {
    step *now = &s->steps[s->n_steps];
    now->entry = e;
    if (!model_constant(m, e->value, &s->type, &now->value)) right = false;
    now->value.cites = e->cites;
    s->states |= 1u << now->value.state;
    const ast_entry *next = e->next;
    int64_t from = e->from->number, until = e->until ? e->until->number : next && next->from ? next->from->number - 1 : DAY_MAX;
    if (e->until && until < from) {
      report_add(m->report, DIAG_SERIES_ORDER, e->until->span, NULL);
      until = next && next->from ? next->from->number - 1 : DAY_MAX;
      right = false;
    }
    if (m->proving) {
      if (until < from && !e->until) until = from; /* the next begins no later: both hold on that day */
    } else if (s->n_steps) {
      int64_t expected = now[-1].until + 1;
      if (from < expected || from <= now[-1].from) {
        report_add(m->report, DIAG_SERIES_OVERLAP, e->from->span, d->name, day_text(m, from), NULL);
        right = false;
      } else if (from > expected) {
        report_add(m->report, DIAG_SERIES_GAP, e->from->span, d->name, day_text(m, expected), NULL);
        right = false;
      }
    } else if (from > m->from_day) {
      report_add(m->report, DIAG_SERIES_START, e->from->span, d->name, day_text(m, from), day_text(m, m->from_day), NULL);
      right = false;
    }
    now->from = from;
    now->until = until;
    s->n_steps++;
  }
  int64_t last = m->until_day == INT64_MAX ? DAY_MAX : m->until_day;
  if (right && !m->proving && s->n_steps && s->steps[s->n_steps - 1].until < last)
    report_add(m->report, DIAG_SERIES_GAP, d->name_span, d->name, day_text(m, s->steps[s->n_steps - 1].until + 1), NULL);
  for (int i = 0; i < s->n_steps; i++) { /* days to quarters */
    step *now = &s->steps[i];
    now->until = now->until >= DAY_MAX ? quarter_of(9999, 4) : quarter_from(now->until + 1) - 1;
    now->from = quarter_from(now->from);
  }
}

static void declare_tiers(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_TIERS, d->name, d->name_span, d);
  if (!s) return;
  need_cite(m, d->cites, d->name_span, d->name);
  stored_type(m, &d->type, &s->type);
  /* The argument's type is known only after all declarations: check finishes the steps. */
}

static void declare_rule(model *m, ast_decl *d, symbol_form form) {
  symbol *s = add_symbol(m, form, d->name, d->name_span, d);
  if (!s) return;
  bool right = set_axes(m, s, d->axes, MAX_AXES);
  if (form == SYM_CHECK) s->type.form = TYPE_BOOL;
  else if (!model_type(m, &d->type, &s->type)) right = false;
  s->states |= d->type.states & ~1u;
  if (s->type.form == TYPE_TEXT) {
    report_add(m->report, DIAG_TEXT_VALUE, d->type.span, NULL);
    right = false;
  }
  if (!right) s->type.form = TYPE_ERROR;
}

const char *model_signature(const model *m, const symbol *f) {
  const char *all = "";
  for (int i = 0; i < f->n_params; i++) all = arena_printf(m->arena, "%s%s%s", all, i ? "," : "", model_type_text(m, &f->params[i]));
  return arena_printf(m->arena, "%s(%s)", model_type_text(m, &f->type), all);
}

static void declare_native(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_NATIVE, d->name, d->name_span, d);
  if (!s) return;
  s->library = d->text;
  if (reserved(m, d->name, d->name_span)) s->type.form = TYPE_ERROR;
  bool right = stored_type(m, &d->type, &s->type);
  for (const ast_param *p = d->params; p; p = p->next) {
    if (s->n_params == 8) {
      report_add(m->report, DIAG_WRONG_ARG_COUNT, d->name_span, d->name, "8", "9", NULL);
      break;
    }
    if (!stored_type(m, &p->type, &s->params[s->n_params++])) right = false;
  }
  const ppr_native *known = m->natives && right ? natives_find(m->natives, d->name) : NULL;
  if (known && !native_same_signature(known->signature, model_signature(m, s))) {
    report_add(m->report, DIAG_NATIVE_TYPE, d->name_span, d->name, known->signature, NULL);
    right = false;
  }
  if (!right) s->type.form = TYPE_ERROR;
  s->native_lo = INT64_MIN;
  s->native_hi = INT64_MAX;
  switch (s->type.form) {
  case TYPE_DATE: s->native_lo = DAY_MIN, s->native_hi = DAY_MAX; break;
  case TYPE_QUARTER: s->native_lo = quarter_of(1, 1), s->native_hi = quarter_of(9999, 4); break;
  case TYPE_BOOL: s->native_lo = 0, s->native_hi = 1; break;
  case TYPE_ENUM: s->native_lo = 0, s->native_hi = s->type.enumeration->count - 1; break;
  case TYPE_NUMBER:
  case TYPE_BRUCH:
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: break;
  }
}

/* The enumeration of `beleg(…)`, unless the rule file uses its name itself. It is part of a program only where a rule asks for evidence. */
static void declare_evidence(model *m) {
  enumeration *e = arena_alloc(m->arena, sizeof *e);
  if (model_enum(m, "Beleg") || !e || !(e->members = arena_array(m->arena, EVIDENCE_OPEN + 1, sizeof *e->members))) return;
  e->name = "Beleg";
  for (unsigned i = EVIDENCE_CONFIRMED; i <= EVIDENCE_OPEN; i++) {
    const char *word = ast_evidence_word(i);
    e->members[e->count++] = (member){word, word, "", 0};
  }
  m->evidence = e;
}

void model_declare(model *m) {
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_UNIT) declare_units(m, m->decls[i]);
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_ENUM) declare_enum(m, m->decls[i]);
  declare_evidence(m);
  if (m->input) declare_input(m, m->input);
  for (size_t i = 0; i < m->n_decls; i++) /* tables may name them */
    if (m->decls[i]->form == DECL_PARAMETER) declare_parameter(m, m->decls[i]);
  for (size_t i = 0; i < m->n_decls; i++) {
    ast_decl *d = m->decls[i];
    switch (d->form) {
    case DECL_READING: declare_reading(m, d); break;
    case DECL_INPUT:
      m->n_kinds++;
      if (d == m->input) break; /* declared first */
      declare_foreign(m, d);
      break;
    case DECL_TABLE:
    case DECL_LIMIT: declare_table(m, d); break;
    case DECL_SERIES: declare_series(m, d); break;
    case DECL_TIERS: declare_tiers(m, d); break;
    case DECL_RULE: declare_rule(m, d, SYM_RULE); break;
    case DECL_CHECK: declare_rule(m, d, SYM_CHECK); break;
    case DECL_NATIVE: declare_native(m, d); break;
    case DECL_UNIT:
    case DECL_ENUM:
    case DECL_OPEN:
    case DECL_OUTPUT:
    case DECL_TEST:
    case DECL_PARAMETER:
    case DECL_ASSUMPTION:
    case DECL_DOMAIN:
    case DECL_SURVEY:
    default: break;
    }
  }
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_ASSUMPTION) declare_assumption(m, m->decls[i]);
  if (!m->input) report_add(m->report, DIAG_SCHEMA_COUNT, m->file->head, NULL);
}
