/* What a sweep counts: `auswertung` as outputs of the program that no result file shows, and the sections survey and part. */
#include "survey.h"
#include <string.h>

static const check_type YES_NO = {.form = TYPE_BOOL};

static bool fits(const check_type *t, unsigned form) {
  bool number = t->form == TYPE_NUMBER && !t->percent;
  switch ((ppr_part_form)form) {
  case PPR_PART_GROUP: return t->form == TYPE_ENUM || t->form == TYPE_BOOL || t->form == TYPE_QUARTER || (number && t->scale == 0);
  case PPR_PART_SHARE: return t->form == TYPE_BOOL;
  case PPR_PART_SUM: return number;
  case PPR_PART_SPREAD: return t->form == TYPE_NUMBER;
  }
  return false;
}

static void check_part(model *m, const ast_decl *d, const ast_part *p, axis *axes, int n, symbol *root) {
  static const char *const wanted[] = {[PPR_PART_GROUP] = DIAG_BOTH("eine Aufzählung, ja/nein, ein Quartal oder eine ganze Zahl",
                                                                    "an enumeration, ja/nein, a quarter or a whole number"),
                                       [PPR_PART_SHARE] = DIAG_BOTH("eine Bedingung (ja/nein)", "a condition (ja/nein)"),
                                       [PPR_PART_SUM] = DIAG_BOTH("eine Zahl, kein Prozentsatz", "a number, no percentage"),
                                       [PPR_PART_SPREAD] = DIAG_BOTH("eine Zahl", "a number")};
  if (!*p->name) report_add(m->report, DIAG_NAME_EMPTY, p->span, NULL);
  for (const ast_part *o = d->parts; o != p; o = o->next)
    if (!strcmp(o->name, p->name)) report_add(m->report, DIAG_DUPLICATE_NAME, p->span, p->name, NULL);
  if (!check_expression(m, p->value, axes, n, root, p->form == PPR_PART_SHARE ? &YES_NO : NULL)) return;
  const check_type *t = p->value->type;
  if (t->form == TYPE_BRUCH) report_add(m->report, DIAG_BRUCH_NOT_STORED, p->value->span, NULL);
  else if (!fits(t, p->form)) report_add(m->report, DIAG_TYPE_MISMATCH, p->value->span, wanted[p->form], model_type_text(m, t), NULL);
}

void survey_check(lowering *l) {
  model *m = l->m;
  for (size_t i = 0; i < m->n_decls; i++) {
    ast_decl *d = m->decls[i];
    if (d->form != DECL_SURVEY) continue;
    axis axes[MAX_AXES];
    int n;
    if (!schema_axes(m, d, axes, &n)) continue;
    symbol *root = arena_alloc(m->arena, sizeof *root);
    if (!root) return;
    for (size_t k = 0; k < i; k++)
      if (m->decls[k]->form == DECL_SURVEY && !strcmp(m->decls[k]->name, d->name))
        report_add(m->report, DIAG_DUPLICATE_NAME, d->name_span, d->name, NULL);
    if (!*d->name) report_add(m->report, DIAG_NAME_EMPTY, d->name_span, NULL);
    if (!d->parts) report_add(m->report, DIAG_SURVEY_EMPTY, d->name_span, d->name, NULL);
    if (d->cond) check_expression(m, d->cond, axes, n, root, &YES_NO);
    for (const ast_part *p = d->parts; p; p = p->next) check_part(m, d, p, axes, n, root);
    schema_root(l, i, root);
  }
}

/* One element of the axes: a row of the section, and its parts from *parts on. */
static void put_element(lowering *l, const ast_decl *d, const symbol *shape, int element, ppr_pos place, uint32_t *parts) {
  int index[MAX_AXES];
  model_split(shape, element, index);
  ppr_survey row = {build_string(l->b, d->name), 0, *parts, 0, place.file, place.line};
  if (d->cond) {
    value when = lower_condition(l, d->cond, index, shape->n_axes);
    row.when = lower_output(l, schema_label(l, schema_name(l, d, "wenn"), shape, element), &YES_NO, when, 0) + 1;
  }
  for (const ast_part *k = d->parts; k; k = k->next) {
    value v = lower_value(l, k->value, index, shape->n_axes);
    uint32_t output = lower_output(l, schema_label(l, schema_name(l, d, k->name), shape, element), k->value->type, v, 0);
    build_part(l->b, (ppr_part){build_string(l->b, k->name), k->form, output});
    row.parts++;
  }
  *parts += row.parts;
  build_survey(l->b, row);
}

void survey_put(lowering *l) {
  model *m = l->m;
  uint32_t parts = 0;
  for (size_t i = 0; i < m->n_decls; i++) {
    const ast_decl *d = m->decls[i];
    symbol shape = {.elements = 1};
    if (d->form != DECL_SURVEY || m->skipped[i] || !schema_axes(m, d, shape.axes, &shape.n_axes)) continue;
    for (int a = 0; a < shape.n_axes; a++) shape.elements *= shape.axes[a].of->count;
    ppr_pos p = lower_place(l, d->name_span);
    size_t deps = l->n_deps;
    l->e.at = d->name_span;
    l->branch_deps = deps;
    for (int e = 0; e < shape.elements; e++) {
      put_element(l, d, &shape, e, p, &parts);
      l->n_deps = deps;
    }
  }
}
