/* Invented records: keys enumerated, parameters drawn, evaluated and written like any run; see ppr/population.h. */
#include "ppr/population.h"
#include "base/digest.h"
#include "base/file.h"
#include "code/build.h"
#include "engine.h"
#include "io/batch.h"
#include "io/hold.h"
#include "io/pipeline.h"
#include "sweep/grid.h"
#include "sweep/space.h"
#include <inttypes.h>
#include <string.h>

typedef struct job job;
/* What one thread works with. */
typedef struct share {
  job *job;
  ppr_report *report;
  batch batch;
  space space; /* with its own hashes of keys */
  char *text;
  csv_cell *cells;
  uint64_t first;
  size_t count;
} share;

struct job {
  const ppr_population_opts *opts;
  ppr_program *selected;
  const ppr_program *program;
  ppr_alloc alloc;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  grid grid;
  space space;
  uint64_t taken;
  batch_models *models;
  share *shares;
  size_t n_shares;
  result_writer *writer;
  ppr_population_summary *summary;
};

/* --- stages of the pipeline --- */

static ppr_status take(void *item, bool *more) {
  share *s = item;
  uint64_t rest = s->job->grid.size - s->job->taken;
  s->first = s->job->taken;
  s->count = rest < STORE_LANES ? (size_t)rest : STORE_LANES;
  s->job->taken += s->count;
  *more = s->count > 0;
  return PPR_OK;
}

static bool chosen(const job *j, const char *name) {
  const ppr_run_opts *run = j->opts->run;
  for (size_t i = 0; i < run->n_parameters; i++)
    if (strcmp(run->parameters[i].name, name) == 0) return true;
  return false;
}

/* A parameter the caller has set is not drawn. */
static void set_drawn(share *s) {
  record_store *store = &s->batch.store;
  for (size_t i = 0; i < s->space.n_axes; i++) {
    const space_axis *a = &s->space.axes[i];
    if (chosen(s->job, a->name)) continue;
    for (size_t r = 0; r < store->count; r++) {
      const store_record *record = &store->records[r];
      if (record->edition == PPR_NONE || a->input[record->edition] == PPR_NONE) continue;
      store_set(store, record, a->input[record->edition], space_value(&s->space, a, 1, record->edition, record->local), PPR_PRESENT);
    }
  }
}

static ppr_status draw(void *item) {
  share *s = item;
  record_store *store = &s->batch.store;
  for (size_t i = 0; i < s->count; i++) {
    grid_cells(&s->job->grid, s->first + i, s->text, s->cells);
    if (!store_append(store, s->cells, "", 0, ',')) return PPR_NOMEM;
  }
  if (!space_keys(&s->space, store->issues, store)) return PPR_NOMEM;
  set_drawn(s);
  store_finish(store);
  return store->failed ? PPR_NOMEM : PPR_OK;
}

static ppr_status evaluate(void *item) {
  share *s = item;
  ppr_status status = batch_evaluate(&s->batch);
  return status == PPR_OK ? batch_judge(&s->batch) : status;
}

static bool has_rows(const job *j, const store_record *r, const result_view *v) {
  const ppr_edition *e = j->schema->editions[r->edition].e;
  for (uint32_t l = 0; l < e->n_line; l++)
    if (writer_wants(&e->line[l], v)) return true;
  return false;
}

/* Its record is no data to be corrected: the rules are at fault, and nothing is written. */
static ppr_status refused(job *j, const record_store *store, const store_record *r) {
  const store_issue *issue = r->first;
  while (issue && diag_find(issue->code)->severity != PPR_SEV_ERROR) issue = issue->next;
  ppr_buf text;
  buf_init(&text, j->alloc, 65536);
  if (issue) writer_issue_text(&text, issue, j->opts->run->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE);
  report_add(j->report, DIAG_RECORD_REFUSED, SPAN_NONE, writer_key(j->schema, r, store->issues), text.data ? text.data : "", NULL);
  buf_fini(&text);
  return PPR_DIAGNOSED;
}

static ppr_status put(void *item, ppr_status status) {
  share *s = item;
  job *j = s->job;
  report_take(j->report, s->report);
  for (size_t i = 0; i < s->batch.store.count && status == PPR_OK; i++) {
    const store_record *r = &s->batch.store.records[i];
    result_view view;
    if (r->refused) return refused(j, &s->batch.store, r);
    if (!batch_results(&s->batch, r, &view)) continue;
    writer_sum(j->writer, s->batch.writer, r, &view);
    j->summary->records += has_rows(j, r, &view);
  }
  if (status != PPR_OK) return status;
  writer_take(j->writer, s->batch.writer);
  j->summary->keys += s->count;
  if (j->opts->run->progress) j->opts->run->progress(j->summary->keys, (size_t)j->grid.size, j->opts->run->ctx);
  batch_clear(&s->batch);
  return s->batch.store.failed ? PPR_NOMEM : PPR_OK;
}

static const pipeline flow = {.take = take, .stages = {{draw, false}, {evaluate, false}}, .end = put};

/* --- before and behind --- */

/* Inputs are keys and parameters, and some of them are drawn; a grid of values would be several populations. */
static ppr_status is_population(const job *j) {
  for (uint32_t i = 0; i < j->program->n_editions; i++) {
    const ppr_edition *e = &j->program->editions[i];
    for (uint32_t f = 0; f < e->n_field; f++) {
      if (!e->field[f].block) continue;
      report_add(j->report, DIAG_POPULATION_READS, SPAN_NONE, program_string(j->program, j->program->name),
                 program_string(j->program, e->field[f].name), NULL);
      return PPR_DIAGNOSED;
    }
  }
  for (size_t i = 0; i < j->space.n_axes; i++) {
    if (!j->space.axes[i].steps) continue;
    report_add(j->report, DIAG_POPULATION_GRID, SPAN_NONE, j->space.axes[i].name, NULL);
    return PPR_DIAGNOSED;
  }
  if (j->space.n_axes) return PPR_OK;
  report_add(j->report, DIAG_POPULATION_NONE, SPAN_NONE, program_string(j->program, j->program->name), NULL);
  return PPR_DIAGNOSED;
}

/* Tables of two populations in one folder would be taken for one. */
static ppr_status folder_is_free(const job *j) {
  const char **files;
  size_t n = 0;
  const char *folder = j->opts->run->output;
  file_status status = file_kind_of(folder) == FILE_KIND_NONE ? FILE_OK : file_list(j->arena, folder, "", &files, &n);
  if (status != FILE_OK) {
    file_report(j->report, status, folder, 0);
    return status == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
  }
  if (n) report_add(j->report, DIAG_POPULATION_EXISTS, SPAN_NONE, folder, NULL);
  return n ? PPR_DIAGNOSED : PPR_OK;
}

static ppr_status open_share(job *j, share *s) {
  s->job = j;
  s->report = report_new(j->alloc);
  bool fine = batch_init(&s->batch, j->alloc, j->schema, j->models, s->report);
  s->space = j->space;
  s->space.axes = arena_array(j->arena, j->space.n_axes, sizeof *s->space.axes);
  s->text = arena_array(j->arena, j->grid.n_keys, GRID_CELL);
  s->cells = arena_array(j->arena, j->grid.n_keys, sizeof *s->cells);
  if (!fine || !s->report || !s->space.axes || !s->text || !s->cells) return PPR_NOMEM;
  memcpy(s->space.axes, j->space.axes, j->space.n_axes * sizeof *s->space.axes);
  return PPR_OK;
}

static ppr_status prepare(job *j) {
  const ppr_run_opts *run = j->opts->run;
  ppr_status status = (j->arena = arena_new(j->alloc)) ? PPR_OK : PPR_NOMEM;
  if (status == PPR_OK) status = schema_open(&j->schema, j->arena, j->program, run->readings, run->n_readings, j->report);
  if (status == PPR_OK) status = schema_set(j->schema, run->parameters, run->n_parameters, j->report);
  if (status == PPR_OK) status = space_open(&j->space, j->arena, j->schema, j->opts->seed, 1, 0, j->report);
  if (status == PPR_OK) status = is_population(j);
  if (status == PPR_OK) status = grid_open(&j->grid, j->arena, j->schema, j->opts->count, j->opts->year, j->report);
  if (status == PPR_OK) status = folder_is_free(j);
  size_t n = run->jobs == 0 ? 1 : run->jobs < PIPELINE_JOBS ? run->jobs : PIPELINE_JOBS;
  if (status == PPR_OK && !(j->models = batch_models_new(j->alloc, j->schema->program, run->lanes, false))) status = PPR_NOMEM;
  if (status == PPR_OK && !(j->shares = arena_array(j->arena, n, sizeof *j->shares))) status = PPR_NOMEM;
  while (status == PPR_OK && j->n_shares < n) status = open_share(j, &j->shares[j->n_shares++]);
  return status;
}

/* What the tables were made of, so that they can be made again, and that they are invented. */
static void tell_origin(const job *j, ppr_buf *out) {
  const ppr_program *p = j->program;
  const ppr_run_opts *run = j->opts->run;
  buf_puts(out, "Erfundene Daten: Nichts davon stammt aus einem wirklichen Krankenhaus.\n\n");
  buf_printf(out, "Regelwerk:  %s\n", program_string(p, p->name));
  for (uint32_t i = 0; i < p->n_editions; i++) {
    const ppr_edition *e = &p->editions[i];
    buf_printf(out, "Fassung:    %s, %s\n", program_string(p, e->name), program_string(p, e->decision));
  }
  for (uint32_t i = 0; i < p->n_sources; i++) {
    char digest[65];
    sha256_text(digest, p->sources[i].sha256);
    buf_printf(out, "Datei:      %s, SHA-256 %s\n", program_string(p, p->sources[i].name), digest);
  }
  for (size_t i = 0; i < run->n_readings; i++) buf_printf(out, "Auslegung:  %s = %s\n", run->readings[i].name, run->readings[i].variant);
  for (size_t i = 0; i < run->n_parameters; i++) buf_printf(out, "Parameter:  %s = %s\n", run->parameters[i].name, run->parameters[i].value);
  buf_puts(out, "Schlüssel:  ");
  grid_tell(&j->grid, out);
  buf_printf(out, "\nStartwert:  %" PRIu64 "\nDatensätze: %zu\nErzeugt mit ppr %s\n", j->opts->seed, j->summary->records, ppr_version());
}

static ppr_status write_all(job *j) {
  ppr_buf text;
  file_sink *sink = NULL;
  const char *path = arena_printf(j->arena, "%s/%s", j->opts->run->output, PPR_POPULATION_ORIGIN);
  buf_init(&text, j->alloc, 1 << 20);
  tell_origin(j, &text);
  file_status file = text.failed || !path ? FILE_NO_MEMORY : file_sink_open(&sink, j->alloc, path);
  if (file == FILE_OK) {
    file_sink_write(sink, text.data, text.size);
    file = file_sink_finish(sink);
  } else sink = NULL;
  buf_fini(&text);
  ppr_status status = PPR_OK;
  if (file == FILE_OK) {
    status = writer_commit(j->writer);
    j->writer = NULL;
  }
  if (file == FILE_OK && status == PPR_OK) {
    file = file_sink_commit(sink);
    sink = NULL;
  }
  file_sink_abort(sink);
  if (file == FILE_OK) return status;
  file_report(j->report, file, path ? path : "", 0);
  return file == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
}

static ppr_status make(job *j) {
  void *items[PIPELINE_JOBS];
  const ppr_run_opts *run = j->opts->run;
  ppr_status status = prepare(j);
  if (status != PPR_OK) return status;
  ppr_lang lang = run->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE;
  status = writer_open_csv(&j->writer, &j->shares[0].batch.store, run->output, lang, j->report);
  if (status == PPR_OK) writer_drop_errors(j->writer);
  for (size_t i = 0; i < j->n_shares && status == PPR_OK; i++) {
    items[i] = &j->shares[i];
    status = writer_part(&j->shares[i].batch.writer, j->writer, &j->shares[i].batch.store);
  }
  if (status == PPR_OK) status = pipeline_run(&flow, items, j->n_shares, j->n_shares);
  return status == PPR_OK ? write_all(j) : status;
}

ppr_status ppr_population(const ppr_program *program, ppr_engine *engine, const ppr_population_opts *opts, ppr_population_summary *summary,
                          ppr_report *report) {
  if (!program || !engine || !opts || opts->size != sizeof *opts || !summary || !report) return PPR_MISUSE;
  const ppr_run_opts *run = opts->run;
  if (!run || run->size != sizeof *run || !run->output || run->lanes > 1024) return PPR_MISUSE;
  *summary = (ppr_population_summary){0};
  job j = {.opts = opts, .program = program, .alloc = engine->alloc, .report = report, .summary = summary};
  ppr_status status = input_select(&j.selected, program, run, report);
  if (j.selected) j.program = j.selected;
  if (status == PPR_OK) status = make(&j);
  writer_abort(j.writer);
  for (size_t i = 0; i < j.n_shares; i++) {
    batch_fini(&j.shares[i].batch);
    if (j.shares[i].report) report_free(j.shares[i].report);
  }
  batch_models_free(j.models);
  arena_free(j.arena);
  program_free(j.selected);
  return status;
}
