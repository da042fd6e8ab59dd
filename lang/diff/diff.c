/* `ppr diff`: two texts, compared by declarations, by meaning and by data; see ppr/diff.h. Start reading here. */
#include "diff/diff.h"
#include "base/quarter.h"
#include "compile.h"
#include "engine.h"
#include <string.h>

/* ---- the texts ---- */

/* Reads and compiles a path, so that errors are told with their places, and arranges its Fassungen. */
static ppr_status read_texts(diffing *d, const char *path, bool changed, edition_text **texts, size_t *n) {
  uint32_t first = report_sources(d->report);
  ppr_program *program = NULL;
  size_t scenarios = d->engine->n_scenarios; /* the old text is without them */
  if (!changed) d->engine->n_scenarios = 0;
  ppr_status status = ppr_compile_path(&program, d->engine, path, d->report);
  d->engine->n_scenarios = scenarios;
  if (status != PPR_OK) return status;
  ppr_program_free(program);
  *texts = compile_front(d->report, d->arena, first, report_sources(d->report) - first, n);
  return *texts ? PPR_OK : PPR_NOMEM;
}

static ppr_status wrong(diffing *d, ppr_diff_option option) {
  d->wrong = option;
  return PPR_MISUSE;
}

static const edition_text *edition_named(const edition_text *texts, size_t n, const char *edition) {
  for (size_t i = n; i-- > 0;)
    if (!edition || edition_is(&texts[i], edition)) return &texts[i];
  return NULL;
}

/* The last Fassung a scenario changes. */
static const edition_text *changed_edition(const edition_text *texts, size_t n) {
  for (size_t i = n; i-- > 0;)
    if (texts[i].n_scenarios) return &texts[i];
  return NULL;
}

/* With scenarios the texts are those without and with them, of one Fassung unless two are named. */
static ppr_status read_sides(diffing *d) {
  const ppr_diff_opts *o = d->opts;
  edition_text *texts[2] = {NULL, NULL};
  size_t n[2] = {0, 0};
  bool scenario = d->engine->n_scenarios > 0, two = o->new_path || scenario;
  ppr_status status = read_texts(d, o->old_path, false, &texts[0], &n[0]);
  if (status == PPR_OK && two) status = read_texts(d, o->new_path ? o->new_path : o->old_path, true, &texts[1], &n[1]);
  if (status != PPR_OK) return status;
  const edition_text *now = scenario && !o->to ? changed_edition(texts[two], n[two]) : edition_named(texts[two], n[two], o->to);
  if (!now) return wrong(d, PPR_DIFF_OPTION_TO);
  const edition_text *old = edition_named(texts[0], n[0], o->from || !scenario ? o->from : now->name);
  if (!two && !o->from) old = now > texts[0] ? now - 1 : NULL;
  if (!old) return wrong(d, PPR_DIFF_OPTION_FROM);
  d->side[0] = (diff_side){old, o->old_path};
  d->side[1] = (diff_side){now, o->new_path ? o->new_path : o->old_path};
  return PPR_OK;
}

static bool has_kind(const edition_text *text, const char *record) {
  size_t i = 0;
  while (diff_kind_name(text, i) && strcmp(diff_kind_name(text, i), record)) i++;
  return diff_kind_name(text, i) != NULL;
}

static ppr_status check_options(diffing *d) {
  const ppr_diff_opts *o = d->opts;
  if (o->record && !(has_kind(d->side[0].text, o->record) && has_kind(d->side[1].text, o->record))) return wrong(d, PPR_DIFF_OPTION_RECORD);
  d->quarter = quarter_of_day(d->side[1].text->from_day);
  return !o->quarter || quarter_parse(&d->quarter, o->quarter, strlen(o->quarter)) ? PPR_OK : wrong(d, PPR_DIFF_OPTION_QUARTER);
}

/* The sources once more, for what is tried without being said. */
static bool make_spare(diffing *d) {
  d->spare = report_new(d->engine->alloc);
  if (d->spare) report_borrow_sources(d->spare, d->report);
  return d->spare != NULL;
}

/* ---- the answer ---- */

bool diff_different(const diffing *d) {
  bool different = d->structure.n > 0;
  for (size_t i = 0; i < d->n_kinds; i++)
    different = different || d->kinds[i].n_outputs != d->kinds[i].counts[OUTPUT_EQUAL] + d->kinds[i].counts[OUTPUT_UNDECIDED];
  return different || (d->data && (d->data->changed || d->data->only_before || d->data->only_after));
}

static void sum_up(const diffing *d, ppr_diff_summary *s) {
  s->changes = d->structure.n;
  for (size_t i = 0; i < d->n_kinds; i++) {
    const size_t *n = d->kinds[i].counts;
    s->equal += n[OUTPUT_EQUAL];
    s->different += n[OUTPUT_DIFFERENT];
    s->undecided += n[OUTPUT_UNDECIDED];
    s->added += n[OUTPUT_ADDED];
    s->removed += n[OUTPUT_REMOVED];
  }
  if (d->data) s->records = d->data->records;
  if (d->data) s->records_changed = d->data->changed;
}

static ppr_status tell(diffing *d, char **text) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, (size_t)1 << 30); /* given away: ppr_free frees what the default allocator gave */
  if (d->opts->form == PPR_DIFF_JSON) diff_json(d, &out);
  else if (d->opts->form == PPR_DIFF_HTML) diff_page(d, &out);
  else diff_tell(d, &out);
  buf_putc(&out, '\0');
  if (out.failed) {
    buf_fini(&out);
    return PPR_NOMEM;
  }
  *text = out.data;
  return PPR_OK;
}

static ppr_status compare(diffing *d) {
  diff_structures(d); /* the others tell which change is responsible */
  if (!d->failed && diff_tells(d, PPR_DIFF_MEANING)) diff_meanings(d);
  ppr_status status = d->failed ? PPR_NOMEM : PPR_OK;
  if (status == PPR_OK && diff_tells(d, PPR_DIFF_DATA) && d->opts->data) status = diff_data(d);
  return d->failed ? PPR_NOMEM : status;
}

ppr_status ppr_diff_paths(ppr_engine *engine, const ppr_diff_opts *opts, ppr_diff_summary *summary, char **text, ppr_report *report) {
  if (text) *text = NULL;
  if (!engine || !opts || opts->size != sizeof *opts || !opts->old_path || !summary || !text || !report) return PPR_MISUSE;
  *summary = (ppr_diff_summary){0};
  diffing d = {.engine = engine, .report = report, .opts = opts, .arena = arena_new(engine->alloc)};
  ppr_status status = d.arena ? read_sides(&d) : PPR_NOMEM;
  if (status == PPR_OK) status = check_options(&d);
  if (status == PPR_OK && !make_spare(&d)) status = PPR_NOMEM;
  if (status == PPR_OK) status = compare(&d);
  if (status == PPR_OK || status == PPR_REFUSED) {
    ppr_status told = tell(&d, text);
    if (told != PPR_OK) status = told;
    sum_up(&d, summary);
  }
  summary->wrong = d.wrong;
  ppr_comparison_free(d.data);
  report_free(d.spare);
  arena_free(d.arena);
  return report_failed(report) ? PPR_NOMEM : status;
}
