/* Which outputs of an edition a sweep asks for; see tally.h. */
#include "sweep/tally.h"
#include "code/image.h"
#include <string.h>

static uint32_t parts_of(const ppr_edition *e, uint32_t form, bool is, const ppr_survey *s, uint32_t *at, uint32_t n) {
  for (uint32_t i = 0; i < s->parts; i++)
    if ((e->part[s->first_part + i].form == form) == is && n < TALLY_PARTS) at[n++] = s->first_part + i;
  return n;
}

static bool same_part(const tally_part *p, const tally_part *q) {
  return p->form == q->form && p->kind == q->kind && p->scale == q->scale && !strcmp(p->name, q->name) && !strcmp(p->unit, q->unit);
}

static ppr_status add_survey(tally_plan *plan, uint32_t *index, ppr_arena *arena, const char *name, const tally_part *parts, uint32_t n,
                             uint32_t groups, const io_schema *schema, uint32_t edition, ppr_report *report) {
  size_t at = 0;
  while (at < plan->n_surveys && strcmp(plan->surveys[at].name, name) != 0) at++;
  *index = (uint32_t)at;
  if (at == TALLY_SURVEYS) {
    report_add(report, DIAG_SURVEY_LARGE, SPAN_NONE, name, NULL);
    return PPR_DIAGNOSED;
  }
  if (at == plan->n_surveys) {
    plan->surveys = arena_grow(arena, plan->surveys, at, &plan->cap, at + 1, sizeof *plan->surveys);
    tally_part *copy = arena_copy(arena, parts, n, sizeof *parts);
    if (!plan->surveys || !copy) return PPR_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
      copy[i].name = arena_printf(arena, "%s", parts[i].name); /* programs come and go */
      copy[i].unit = arena_printf(arena, "%s", parts[i].unit);
    }
    plan->surveys[plan->n_surveys++] = (tally_survey){arena_printf(arena, "%s", name), copy, n, groups};
    return arena_failed(arena) ? PPR_NOMEM : PPR_OK;
  }
  const tally_survey *s = &plan->surveys[at];
  bool same = s->n_parts == n && s->n_groups == groups;
  for (uint32_t i = 0; same && i < n; i++) same = same_part(&s->parts[i], &parts[i]);
  if (same) return PPR_OK;
  report_add(report, DIAG_SURVEY_DIFFERS, SPAN_NONE, name, schema_edition_name(schema, edition), NULL);
  return PPR_DIAGNOSED;
}

/* The output among those asked for; new ones are added. */
static uint32_t ask(tally_edition *t, uint32_t output) {
  uint32_t at = 0;
  while (at < t->edition.n_output && t->output[at] != output) at++;
  if (at == t->edition.n_output) t->output[t->edition.n_output++] = output;
  return at;
}

static const char *brackets(ppr_arena *arena, const char *label) {
  const char *open = strchr(label, '[');
  return open ? arena_strndup(arena, open + 1, strlen(open) - 2) : "";
}

static ppr_status read_instance(tally_plan *plan, tally_edition *out, tally_instance *to, const ppr_survey *s, ppr_arena *arena,
                                const io_schema *schema, uint32_t edition, ppr_report *report) {
  const ppr_edition *e = schema->editions[edition].e;
  uint32_t at[TALLY_PARTS], groups = parts_of(e, PPR_PART_GROUP, true, s, at, 0), n = parts_of(e, PPR_PART_GROUP, false, s, at, groups);
  tally_part parts[TALLY_PARTS];
  const char *name = schema_str(schema, s->name);
  if (groups > TALLY_GROUPS || n < s->parts) {
    report_add(report, DIAG_SURVEY_LARGE, SPAN_NONE, name, NULL);
    return PPR_DIAGNOSED;
  }
  *to = (tally_instance){.before = PPR_NONE, .element = ""};
  to->when = s->when ? ask(out, s->when - 1) + 1 : 0;
  for (uint32_t i = 0; i < n; i++) {
    const ppr_part *p = &e->part[at[i]];
    const ppr_output *o = &e->output[p->output];
    to->column[i] = ask(out, p->output);
    parts[i] = (tally_part){p->form, o->kind, o->scale, schema_str(schema, p->name), schema_str(schema, o->unit)};
    if (i >= groups && !*to->element) to->element = brackets(arena, schema_str(schema, o->label));
  }
  if (!to->element) return PPR_NOMEM;
  return add_survey(plan, &to->survey, arena, name, parts, n, groups, schema, edition, report);
}

ppr_status tally_read(tally_plan *plan, tally_edition *out, ppr_arena *arena, const io_schema *schema, uint32_t edition, ppr_report *report) {
  const ppr_edition *e = schema->editions[edition].e;
  ppr_status proved = image_code(schema->program, edition, report); /* before its rows are copied */
  if (proved != PPR_OK) return proved;
  *out = (tally_edition){.edition = *e, .output = arena_array(arena, (size_t)e->n_output + e->n_check + 1, sizeof *out->output)};
  out->edition.n_output = 0;
  out->instances = arena_array(arena, (size_t)e->n_survey + 1, sizeof *out->instances);
  if (!out->output || !out->instances) return PPR_NOMEM;
  for (uint32_t i = 0; i < e->n_survey; i++) {
    ppr_status status = read_instance(plan, out, &out->instances[out->n_instances++], &e->survey[i], arena, schema, edition, report);
    if (status != PPR_OK) return status;
  }
  out->first_refusal = out->edition.n_output;
  for (uint32_t i = 0; i < e->n_check; i++) /* behind the others, so one that is also asked for elsewhere stands twice */
    if (e->check[i].severity == PPR_SEV_ERROR) out->output[out->edition.n_output++] = e->check[i].output;
  ppr_output *outputs = arena_array(arena, (size_t)out->edition.n_output + 1, sizeof *outputs);
  if (!outputs) return PPR_NOMEM;
  for (uint32_t i = 0; i < out->edition.n_output; i++) outputs[i] = e->output[out->output[i]];
  out->edition.output = outputs;
  return PPR_OK;
}

void tally_match(tally_edition *of, const tally_edition *baseline) {
  for (uint32_t i = 0; i < of->n_instances; i++) {
    tally_instance *a = &of->instances[i];
    for (uint32_t k = 0; k < baseline->n_instances && a->before == PPR_NONE; k++)
      if (baseline->instances[k].survey == a->survey && !strcmp(baseline->instances[k].element, a->element)) a->before = k;
  }
}
