/* Verifier, what scenarios add: parameters, the values they and readings take, what is counted. References are checked before. */
#include "code/verify_int.h"

static bool no_domain(const verifier *v, const char *section, uint32_t row, const char *member) {
  return verify_fail_row(v, DIAG_VERIFY_DOMAIN, section, row, member, 0, 0);
}

/* A parameter is one value with preset, and no text or word; one row per field. */
static bool parameters(const verifier *v) {
  const ppr_edition *e = v->e;
  uint32_t fields = 0;
  for (uint32_t i = 0; i < e->n_field; i++) fields += (e->field[i].flags & PPR_FIELD_PARAMETER) != 0;
  for (uint32_t i = 0; i < e->n_parameter; i++) {
    const ppr_field *f = &e->field[e->parameter[i].field];
    if (f->flags != (PPR_FIELD_PARAMETER | PPR_FIELD_PRESET) || f->block || f->inputs != 1 || f->kind == PPR_KIND_ENUM || f->kind == PPR_KIND_TEXT)
      return no_domain(v, "parameter", i, "field");
    if (i && e->parameter[i - 1].field >= e->parameter[i].field) return no_domain(v, "parameter", i, "field"); /* ascending: none twice */
  }
  return fields == e->n_parameter || no_domain(v, "parameter", 0, "field");
}

static bool steps(const ppr_domain_value *x) {
  ppr_wide span = (ppr_wide)x[1].value - x[0].value;
  return span >= 0 && x[2].value > 0 && span % x[2].value == 0;
}

/* The values of each form are as many, in the order and in the range the draw and the grid rely on. */
static bool domain_values(const ppr_edition *e, const ppr_domain *d) {
  static const uint8_t counts[] = {
      [PPR_DOMAIN_RANGE] = 3, [PPR_DOMAIN_UNIFORM] = 2, [PPR_DOMAIN_TRIANGLE] = 3, [PPR_DOMAIN_NORMAL] = 2, [PPR_DOMAIN_WEIGHTED] = 0};
  const ppr_field *f = &e->field[d->field];
  const ppr_domain_value *x = e->domain_value + d->first;
  uint32_t within = d->values; /* how many of them are values of the field */
  ppr_wide weight = 0;
  if (d->values == 0 || (counts[d->form] && counts[d->form] != d->values)) return false;
  switch ((ppr_domain_form)d->form) {
  case PPR_DOMAIN_RANGE:
    if (!steps(x)) return false;
    within = 2;
    break;
  case PPR_DOMAIN_NORMAL:
    if (x[1].value < 0) return false;
    within = 1;
    break;
  case PPR_DOMAIN_UNIFORM:
    if (x[0].value > x[1].value) return false;
    break;
  case PPR_DOMAIN_TRIANGLE:
    if (x[0].value > x[1].value || x[1].value > x[2].value) return false;
    break;
  case PPR_DOMAIN_LIST:
  case PPR_DOMAIN_WEIGHTED: break;
  }
  for (uint32_t i = 0; i < d->values; i++) {
    if (i < within && (x[i].value < f->lo || x[i].value > f->hi)) return false;
    if (d->form == PPR_DOMAIN_WEIGHTED ? x[i].weight <= 0 : x[i].weight != 0) return false;
    weight += x[i].weight;
  }
  return wide_fits64(weight);
}

static bool domains(const verifier *v) {
  const ppr_edition *e = v->e;
  bool *varied = arena_array(report_arena(v->r), e->n_field, sizeof *varied);
  uint64_t values = 0, keys = 0;
  if (!varied && e->n_field) return false;
  for (uint32_t i = 0; i < e->n_domain; i++) {
    const ppr_domain *d = &e->domain[i];
    bool drawn = d->form != PPR_DOMAIN_RANGE && d->form != PPR_DOMAIN_LIST;
    const ppr_field *f = &e->field[d->field];
    bool listed = d->form == PPR_DOMAIN_LIST || d->form == PPR_DOMAIN_WEIGHTED;
    if (!(f->flags & PPR_FIELD_SET) || varied[d->field]) return no_domain(v, "domain", i, "field");
    if (!listed && f->kind != PPR_KIND_NUMBER && f->kind != PPR_KIND_PERCENT && f->kind != PPR_KIND_DATE) return no_domain(v, "domain", i, "form");
    if ((!drawn && (d->keys || d->every)) || (d->keys && d->every)) return no_domain(v, "domain", i, "keys");
    if ((values += d->values) > e->n_domain_value || (keys += d->keys) > e->n_domain_key)
      return verify_fail_row(v, DIAG_VERIFY_SHARED, "domain", i, "values", 0, 0);
    if (!domain_values(e, d)) return no_domain(v, "domain", i, "values");
    for (uint32_t k = d->first_key; k < d->first_key + d->keys; k++)
      for (uint32_t o = d->first_key; o < k; o++)
        if (e->domain_key[o].key == e->domain_key[k].key) return no_domain(v, "domain_key", k, "key");
    varied[d->field] = true;
  }
  return true;
}

static bool part_fits(const ppr_part *p, const ppr_output *o) {
  switch ((ppr_part_form)p->form) {
  case PPR_PART_GROUP:
    return o->kind == PPR_KIND_ENUM || o->kind == PPR_KIND_BOOL || o->kind == PPR_KIND_QUARTER || (o->kind == PPR_KIND_NUMBER && o->scale == 0);
  case PPR_PART_SHARE: return o->kind == PPR_KIND_BOOL;
  case PPR_PART_SUM: return o->kind == PPR_KIND_NUMBER;
  case PPR_PART_SPREAD: return o->kind == PPR_KIND_NUMBER || o->kind == PPR_KIND_PERCENT;
  }
  return false;
}

static bool surveys(const verifier *v) {
  const ppr_edition *e = v->e;
  uint64_t parts = 0;
  for (uint32_t i = 0; i < e->n_survey; i++) {
    const ppr_survey *s = &e->survey[i];
    if (s->when && e->output[s->when - 1].kind != PPR_KIND_BOOL) return verify_fail_row(v, DIAG_VERIFY_SURVEY, "survey", i, "when", 0, 0);
    if (s->name == 0) return verify_fail_row(v, DIAG_VERIFY_LABEL, "survey", i, "name", 0, 0);
    if ((parts += s->parts) > e->n_part) return verify_fail_row(v, DIAG_VERIFY_SHARED, "survey", i, "parts", 0, 0);
  }
  for (uint32_t i = 0; i < e->n_part; i++) {
    if (!part_fits(&e->part[i], &e->output[e->part[i].output])) return verify_fail_row(v, DIAG_VERIFY_SURVEY, "part", i, "form", 0, 0);
    if (e->part[i].name == 0) return verify_fail_row(v, DIAG_VERIFY_LABEL, "part", i, "name", 0, 0);
  }
  return true;
}

bool verify_sweeps(const verifier *v) { return parameters(v) && domains(v) && surveys(v); }
