/* How parameters and readings vary: the `für` of a Fassung, checked against what they are, and written to the program. */
#include "vary.h"
#include <string.h>

static bool numeric(const symbol *s) { return s->type.form == TYPE_NUMBER || s->type.form == TYPE_DATE; }

/* What steps and deviations are measured in: days of a date. */
static check_type distance(const check_type *t) { return t->form == TYPE_DATE ? (check_type){.form = TYPE_NUMBER} : *t; }

static const char *told(const model *m, const check_type *t, int64_t number) { return model_value_text(m, t, PPR_PRESENT, number); }

static symbol *target_of(model *m, const ast_decl *d) {
  symbol *s = model_symbol(m, d->name);
  if (s && (s->flags & PPR_FIELD_SET)) return s;
  const char **names = arena_array(m->arena, m->n_symbols + 1, sizeof *names);
  size_t n = 0;
  if (!names) return NULL;
  for (const symbol *k = m->symbols; k; k = k->next)
    if (k->flags & PPR_FIELD_SET) names[n++] = k->name;
  near_name near = model_near_in(m, d->name, names, n);
  diag *g = report_add(m->report, DIAG_DOMAIN_TARGET, d->name_span, d->name, near.de, near.en, NULL);
  if (near.name) diag_set_fix(m->report, g, d->name_span, near.name);
  return NULL;
}

static bool value_of(model *m, const symbol *s, ast_expr *e, int64_t *out) {
  cell c;
  if (!model_literal(m, e, &s->type, &c, DIAG_TYPE_MISMATCH)) return false;
  *out = c.value;
  if (c.value >= s->lo && c.value <= s->hi) return true;
  report_add(m->report, DIAG_VALUE_RANGE, e->span, told(m, &s->type, c.value),
             arena_printf(m->arena, "%s..%s", told(m, &s->type, s->lo), told(m, &s->type, s->hi)), NULL);
  return false;
}

static bool ascends(model *m, const symbol *s, const ast_choice *at, int64_t before, int64_t number) {
  if (before <= number) return true;
  report_add(m->report, DIAG_DOMAIN_ORDER, at->value->span, told(m, &s->type, before), told(m, &s->type, number), NULL);
  return false;
}

/* The last value of a form is a distance: the step of a range, the deviation of a normal distribution. */
static bool last_distance(model *m, variation *v, const ast_choice *at, const int64_t *before) {
  check_type t = distance(&v->of->type);
  cell c;
  if (!model_literal(m, at->value, &t, &c, DIAG_TYPE_MISMATCH)) return false;
  v->values[v->n_values++].value = c.value;
  if (v->form == PPR_DOMAIN_NORMAL) {
    if (c.value >= 0) return true;
    report_add(m->report, DIAG_DOMAIN_ORDER, at->value->span, told(m, &t, 0), told(m, &t, c.value), NULL);
    return false;
  }
  if (c.value > 0 && ((ppr_wide)before[1] - before[0]) % c.value == 0) return true;
  report_add(m->report, DIAG_DOMAIN_STEP, at->value->span, told(m, &t, c.value), told(m, &v->of->type, before[0]), told(m, &v->of->type, before[1]),
             NULL);
  return false;
}

static bool read_values(model *m, variation *v, const ast_domain *d) {
  size_t n = d->all ? (size_t)(v->of->hi - v->of->lo) + 1 : 0;
  bool ends_in_distance = d->form == PPR_DOMAIN_RANGE || d->form == PPR_DOMAIN_NORMAL,
       ordered = numeric(v->of) && d->form != PPR_DOMAIN_LIST && d->form != PPR_DOMAIN_WEIGHTED;
  int64_t before[3] = {0};
  for (const ast_choice *c = d->values; c; c = c->next) n++;
  if (!(v->values = arena_array(m->arena, n + 1, sizeof *v->values))) return false;
  for (size_t i = 0; d->all && i < n; i++) v->values[v->n_values++].value = v->of->lo + (int64_t)i;
  for (const ast_choice *c = d->values; c; c = c->next) {
    size_t at = v->n_values;
    if (ends_in_distance && !c->next) return last_distance(m, v, c, before);
    int64_t number;
    if (!value_of(m, v->of, c->value, &number)) return false;
    if (ordered && at && !ascends(m, v->of, c, before[at - 1], number)) return false;
    for (size_t i = 0; !ordered && i < at; i++)
      if (v->values[i].value == number)
        report_add(m->report, DIAG_DOMAIN_VALUE_TWICE, c->value->span, model_source_text(m, c->value->span), NULL);
    if (ordered && at < 3) before[at] = number;
    v->values[v->n_values++] = (ppr_domain_value){number, c->weight};
  }
  return true;
}

/* Keys of this kind of record; those only another kind has do not tell its records apart. */
static bool read_keys(model *m, variation *v, const ast_domain *d) {
  const char *names[65] = {"Datensatz"};
  size_t n = 1;
  for (int i = 0; i < m->n_keys && n < 65; i++) names[n++] = m->keys[i]->name;
  if (!(v->keys = arena_array(m->arena, n, sizeof *v->keys))) return false;
  for (const ast_named *k = d->keys; k; k = k->next) {
    int at = 0;
    while (at < m->n_keys && !name_is(k->name, m->keys[at]->name)) at++;
    for (const ast_named *o = d->keys; o != k; o = o->next)
      if (name_is(k->name, o->name.text)) report_add(m->report, DIAG_DUPLICATE_NAME, k->name.span, k->name.text, NULL);
    if (name_is(k->name, "Datensatz")) {
      v->every = true;
      continue;
    }
    const symbol *s = model_symbol(m, k->name.text);
    if (at < m->n_keys) {
      if (v->n_keys < n) v->keys[v->n_keys++] = (uint32_t)at;
    } else if (!s || !(s->flags & PPR_FIELD_KEY)) {
      near_name near = model_near_in(m, k->name.text, names, n);
      diag *g = report_add(m->report, DIAG_UNKNOWN_NAME, k->name.span, k->name.text, near.de, near.en, NULL);
      if (near.name) diag_set_fix(m->report, g, k->name.span, near.name);
      return false;
    }
  }
  if (v->every) v->n_keys = 0;
  return true;
}

/* Words and ja/nein have no order to step through or draw from. */
static bool fits(model *m, const symbol *s, const ast_decl *d) {
  const ast_domain *x = d->domain;
  bool listed = x->form == PPR_DOMAIN_LIST || x->form == PPR_DOMAIN_WEIGHTED;
  if (numeric(s) ? !x->all : listed) return true;
  const char *what = s->flags & PPR_FIELD_READING ? DIAG_BOTH("es ist eine Auslegung", "it is a reading") : model_type_text(m, &s->type);
  report_add(m->report, DIAG_DOMAIN_FORM, d->name_span, d->name, what, NULL);
  return false;
}

void vary_check(model *m) {
  variation **end = &m->domains;
  for (size_t i = 0; i < m->n_decls; i++) {
    const ast_decl *d = m->decls[i];
    if (d->form != DECL_DOMAIN) continue;
    symbol *s = target_of(m, d);
    variation *v = s && s->type.form != TYPE_ERROR && fits(m, s, d) ? arena_alloc(m->arena, sizeof *v) : NULL;
    if (!v) continue;
    *v = (variation){.of = s, .decl = d, .form = d->domain->form};
    for (const variation *o = m->domains; o; o = o->next) {
      if (o->of != s) continue;
      diag *g = report_add(m->report, DIAG_DOMAIN_TWICE, d->name_span, d->name, NULL);
      diag_add_note(m->report, g, o->decl->name_span, "hier steht es zum ersten Mal", "it stands here first");
    }
    if (!read_values(m, v, d->domain) || !read_keys(m, v, d->domain)) continue;
    *end = v;
    end = &v->next;
  }
}

void vary_put(lowering *l) {
  uint32_t values = 0, keys = 0;
  for (const variation *v = l->m->domains; v; v = v->next) {
    ppr_pos p = lower_place(l, v->decl->name_span);
    build_domain(l->b, (ppr_domain){v->of->row, v->form, values, (uint32_t)v->n_values, keys, (uint32_t)v->n_keys, v->every, p.file, p.line});
    for (size_t i = 0; i < v->n_values; i++) build_domain_value(l->b, v->values[i]);
    for (size_t i = 0; i < v->n_keys; i++) build_domain_key(l->b, (ppr_domain_key){v->keys[i]});
    values += (uint32_t)v->n_values;
    keys += (uint32_t)v->n_keys;
  }
}
