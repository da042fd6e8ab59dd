/* Verifier, the editions: their heads, their order, and the parts in the order in which they rely on each other. */
#include "code/verify_int.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>

static const char *edition_name(const verifier *v) { return v->e->name < v->p->n_string ? program_string(v->p, v->e->name) : "?"; }

typedef struct number_text {
  char text[24];
} number_text;

static number_text number(uint64_t value) {
  number_text t;
  snprintf(t.text, sizeof t.text, "%" PRIu64, value);
  return t;
}

bool verify_fail_at(const verifier *v, diag_code code, uint32_t pc, uint64_t value) {
  const char *place = arena_printf(report_arena(v->r), "%s:%" PRIu32, edition_name(v), pc);
  report_add(v->r, code, SPAN_NONE, place ? place : "", number(value).text, NULL);
  return false;
}

bool verify_fail_row(const verifier *v, diag_code code, const char *section, uint32_t row, const char *member, uint64_t value, uint64_t other) {
  const char *place = arena_printf(report_arena(v->r), "%s %s[%" PRIu32 "].%s", edition_name(v), section, row, member);
  report_add(v->r, code, SPAN_NONE, place ? place : "", number(value).text, number(other).text, NULL);
  return false;
}

static bool fail_edition(const verifier *v, diag_code code, uint64_t value, uint64_t other) {
  report_add(v->r, code, SPAN_NONE, edition_name(v), number(value).text, number(other).text, NULL);
  return false;
}

static bool head(const verifier *v) {
  const ppr_edition *e = v->e;
  uint32_t texts[] = {e->name, e->decision, e->title, e->record};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (texts[i] >= v->p->n_string) return fail_edition(v, DIAG_VERIFY_REFERENCE, texts[i], 0);
  if (e->from_day > e->until_day || e->until_day > e->written_until) return fail_edition(v, DIAG_VERIFY_DAYS, 0, 0);
  if (e->n_instr > VERIFY_MAX_INSTR) return fail_edition(v, DIAG_VERIFY_LENGTH, e->n_instr, VERIFY_MAX_INSTR);
  if (e->cost != e->n_instr) return fail_edition(v, DIAG_VERIFY_COST, e->cost, e->n_instr);
  if (e->n_pos != e->n_instr) return fail_edition(v, DIAG_VERIFY_PLACES, e->n_pos, e->n_instr);
  return true;
}

static bool texts(const verifier *v) {
  const ppr_program *p = v->p;
  size_t at;
  if (text_check(p->text, p->n_text ? p->n_text - 1 : 0, &at) == TEXT_OK) return true;
  for (uint32_t id = 0; id < p->n_string; id++) {
    const char *text = program_string(p, id);
    size_t n = (id + 1 < p->n_string ? p->string_at[id + 1] : p->n_text) - p->string_at[id] - 1;
    if (text_check(text, n, &at) == TEXT_MALFORMED) return verify_fail_row(v, DIAG_VERIFY_TEXT, "string", id, "text", id, 0);
  }
  return true;
}

static bool program(const ppr_program *p, ppr_report *r) {
  verifier v = {.p = p, .e = NULL, .r = r};
  if (p->n_editions == 0) return report_add(r, DIAG_VERIFY_NO_EDITION, SPAN_NONE, NULL), false;
  v.e = &p->editions[0];
  if (!texts(&v)) return false;
  if (p->name >= p->n_string) return fail_edition(&v, DIAG_VERIFY_REFERENCE, p->name, 0);
  for (uint32_t i = 0; i < p->n_sources; i++)
    if (p->sources[i].name >= p->n_string) return verify_fail_row(&v, DIAG_VERIFY_REFERENCE, "source", i, "name", p->sources[i].name, 0);
  for (uint32_t i = 0; i < p->n_editions; i++) {
    v.e = &p->editions[i];
    if (!head(&v)) return false;
    const ppr_edition *before = i ? v.e - 1 : NULL; /* comparing in this order keeps until_day + 1 from overflowing */
    bool follows = before && before->record == v.e->record;
    for (uint32_t k = 0; k + 1 < i && !follows; k++) /* kinds of record stand together */
      if (p->editions[k].record == v.e->record)
        return report_add(r, DIAG_VERIFY_ORDER, SPAN_NONE, program_string(p, before->name), edition_name(&v), NULL), false;
    if (follows && (before->until_day >= v.e->from_day || before->until_day + 1 != v.e->from_day))
      return report_add(r, DIAG_VERIFY_ORDER, SPAN_NONE, program_string(p, before->name), edition_name(&v), NULL), false;
    if (!verify_references(&v, false) || !verify_rows(&v)) return false;
  }
  return true;
}

bool verify_schema(const ppr_program *p, ppr_report *r) { return program(p, r) && !report_failed(r); }

bool verify_edition(const ppr_program *p, const ppr_edition *e, ppr_report *r) {
  verifier v = {.p = p, .e = e, .r = r};
  return verify_references(&v, true) && verify_code(&v) && verify_notes(&v) && !report_failed(r);
}

bool verify_program(const ppr_program *p, ppr_report *r) {
  bool sound = verify_schema(p, r);
  for (uint32_t i = 0; sound && i < p->n_editions; i++) sound = verify_edition(p, &p->editions[i], r);
  return sound;
}
