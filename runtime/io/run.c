/* The main job: records from a reader, through the machine, results to a writer in the order of the input; in as many threads as asked for. */
#include "base/decimal.h"
#include "base/file.h"
#include "base/oserror.h"
#include "base/quarter.h"
#include "base/text.h"
#include "code/build.h"
#include "code/select.h"
#include "engine.h"
#include "io/batch.h"
#include "io/effect.h"
#include "io/flat.h"
#include "io/hold.h"
#include "io/judge.h"
#include "io/ndjson.h"
#include "io/pipeline.h"
#include "io/tables.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { WINDOW = STORE_LANES }; /* records read together, where the reader can choose */
enum { SIMILAR_MOST = 6 };     /* names told in place of a wrong one */

enum { READING, EVALUATING, WRITING, PHASES };

typedef struct job job;
/* What one thread works with. */
typedef struct share {
  job *job;
  ppr_report *report; /* about the records at hand, so that messages keep the order of the input */
  batch batch;
  flat_reader *flat;
  tables_cursor *cursor;
  size_t first, count;  /* of the tables: records to read */
  double spent[PHASES]; /* seconds */
} share;

struct job {
  const ppr_program *program; /* the editions it is about */
  ppr_program *selected;      /* NULL: the whole program */
  const ppr_run_opts *opts;
  ppr_alloc alloc;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  batch_models *models;
  share *shares;
  size_t n_shares;
  result_writer *writer;
  ppr_reading_effect **changes; /* readings are compared; NULL: results are written */
  size_t *n_changes;
  effect_run *effects;
  ppr_run_summary *summary;
  FILE *file;
  flat_reader *flat;
  ndjson_reader *ndjson;
  tables_reader *tables;
  size_t taken; /* of the tables: records */
  size_t reported;
};

static ppr_lang lang_of(const job *j) { return j->opts->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE; }
static bool is_std(const char *path) { return !path || strcmp(path, "-") == 0; }

static double now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Adds the time since begin, which becomes now. */
static void account(share *s, unsigned phase, double *begin) {
  double end = now();
  s->spent[phase] += end - *begin;
  *begin = end;
}

/* --- messages --- */

static void name_issue(job *j, const record_store *store, const store_record *r, const store_issue *issue) {
  ppr_buf text;
  buf_init(&text, j->alloc, 65536);
  writer_issue_text(&text, issue, lang_of(j));
  diag *d = report_add(j->report, DIAG_RECORD_REFUSED, SPAN_NONE, writer_key(j->schema, r, store->issues), text.data ? text.data : "", NULL);
  const char *input = is_std(j->opts->input) ? "stdin" : j->opts->input, *slash = strrchr(input, '/');
  const char *table = *issue->table ? issue->table : j->opts->form == PPR_FORM_TABLES ? "" : slash && slash[1] ? slash + 1 : input;
  const char *where = arena_printf(store->issues, "%s%s", table, *issue->table ? ".csv" : "");
  if (issue->line && where) where = arena_printf(store->issues, "%s:%llu", where, (unsigned long long)issue->line);
  if (*issue->field && where) where = arena_printf(store->issues, "%s%s%s", where, *where ? ": " : "", issue->field);
  if (where && *where) diag_set_where(j->report, d, where);
  buf_fini(&text);
}

/* The first error of a refused record goes to the report, for so many records. */
static void name_refused(job *j, const record_store *store, const store_record *r) {
  if (j->reported > io_limits_default.reported) return;
  if (j->reported++ == io_limits_default.reported) {
    if (j->writer) report_add(j->report, DIAG_MORE_REFUSED, SPAN_NONE, NULL);
    return;
  }
  const store_issue *issue = r->first;
  while (issue && diag_find(issue->code)->severity != PPR_SEV_ERROR) issue = issue->next;
  if (issue) name_issue(j, store, r, issue);
}

/* --- stages of the pipeline --- */

static ppr_status take_flat(void *item, bool *more) {
  share *s = item;
  double begin = now();
  ppr_status status = flat_take(s->job->flat, s->flat, more);
  account(s, READING, &begin);
  return status;
}

static ppr_status take_json(void *item, bool *more) {
  share *s = item;
  double begin = now();
  ndjson_into(s->job->ndjson, &s->batch.store, s->report);
  ppr_status status = ndjson_read(s->job->ndjson, WINDOW, more);
  *more = s->batch.store.count > 0;
  account(s, READING, &begin);
  return status;
}

static ppr_status take_records(void *item, bool *more) {
  share *s = item;
  size_t rest = tables_count(s->job->tables) - s->job->taken;
  s->first = s->job->taken;
  s->count = rest < WINDOW ? rest : WINDOW;
  s->job->taken += s->count;
  *more = s->count > 0;
  return PPR_OK;
}

static ppr_status read_flat(void *item) {
  share *s = item;
  double begin = now();
  ppr_status status = flat_piece(s->flat);
  account(s, READING, &begin);
  return status;
}

static ppr_status settle_flat(void *item) {
  share *s = item;
  double begin = now();
  ppr_status status = flat_settle(s->job->flat, s->flat);
  account(s, READING, &begin);
  return status;
}

static ppr_status read_records(void *item) {
  share *s = item;
  double begin = now();
  ppr_status status = tables_fill(s->cursor, s->first, s->count);
  account(s, READING, &begin);
  return status;
}

/* What some of the records at hand have, so that nothing else need be asked of each. */
static void look_over(share *s) {
  record_store *store = &s->batch.store;
  for (uint32_t e = 0; e < s->job->program->n_editions; e++) {
    if (!store->parts[e].records) continue;
    judge_find(store, e, s->batch.machines[e].out);
    if (s->batch.writer) writer_find(s->batch.writer, e, s->batch.machines[e].out);
  }
}

static ppr_status evaluate(void *item) {
  share *s = item;
  double begin = now();
  ppr_status status = batch_evaluate(&s->batch);
  if (status == PPR_OK && s->job->effects) status = effect_window(s->job->effects, 0, s->batch.store.count);
  account(s, EVALUATING, &begin);
  if (status == PPR_OK) look_over(s);
  if (status == PPR_OK) status = batch_judge(&s->batch); /* makes the text */
  account(s, WRITING, &begin);
  return status;
}

static ppr_status put(void *item, ppr_status status) {
  share *s = item;
  job *j = s->job;
  double begin = now();
  report_take(j->report, s->report);
  if (status != PPR_OK) return status;
  for (size_t i = 0; i < s->batch.store.count; i++) {
    const store_record *r = &s->batch.store.records[i];
    result_view view;
    if (r->refused) name_refused(j, &s->batch.store, r);
    if (j->writer && batch_results(&s->batch, r, &view)) writer_sum(j->writer, s->batch.writer, r, &view);
  }
  if (j->writer) writer_take(j->writer, s->batch.writer);
  batch_count(&s->batch, j->summary);
  if (j->opts->progress) j->opts->progress(j->summary->records, j->tables ? tables_count(j->tables) : 0, j->opts->ctx);
  batch_clear(&s->batch);
  account(s, WRITING, &begin);
  return s->batch.store.failed ? PPR_NOMEM : PPR_OK;
}

static const pipeline flow_of[] = {
    [PPR_FORM_TABLES] = {.take = take_records, .stages = {{read_records, false}, {evaluate, false}}, .end = put},
    [PPR_FORM_FLAT] = {.take = take_flat, .stages = {{read_flat, false}, {settle_flat, true}, {evaluate, false}}, .end = put},
    [PPR_FORM_NDJSON] = {.take = take_json, .stages = {{evaluate, false}}, .end = put},
};

/* --- input --- */

static long read_stream(void *ctx, char *out, size_t size) {
  FILE *f = ctx;
  size_t n = fread(out, 1, size, f);
  return n == 0 && ferror(f) ? -1 : (long)n;
}

static ppr_status open_stream(job *j) {
  bool std = is_std(j->opts->input);
  j->file = std ? stdin : fopen(j->opts->input, "rb");
  if (!j->file) {
    bool gone = errno == ENOENT;
    report_add(j->report, gone ? DIAG_PATH_NOT_FOUND : DIAG_FILE_UNREADABLE, SPAN_NONE, j->opts->input, gone ? NULL : oserror_both(errno), NULL);
    return PPR_DIAGNOSED;
  }
  const char *name = std ? "stdin" : j->opts->input;
  record_store *store = &j->shares[0].batch.store;
  return j->opts->form == PPR_FORM_FLAT ? flat_open(&j->flat, store, name, read_stream, j->file, j->report)
                                        : ndjson_open(&j->ndjson, store, name, read_stream, j->file, j->report);
}

/* Threads. */
static size_t jobs_of(const job *j) {
  size_t n = j->opts->jobs < PIPELINE_JOBS ? j->opts->jobs : PIPELINE_JOBS;
  return j->changes || n == 0 ? 1 : n;
}

static ppr_status open_input(job *j) {
  if (j->opts->form != PPR_FORM_TABLES) return open_stream(j);
  return tables_open(&j->tables, j->alloc, j->schema, &io_limits_default, j->opts->input ? j->opts->input : ".", jobs_of(j), j->report);
}

/* --- the jobs --- */

static ppr_status prepare(job *j, size_t n_shares) {
  j->arena = arena_new(j->alloc);
  if (!j->arena) return PPR_NOMEM;
  ppr_status status = schema_open(&j->schema, j->arena, j->program, j->opts->readings, j->opts->n_readings, j->report);
  if (status == PPR_OK) status = schema_set(j->schema, j->opts->parameters, j->opts->n_parameters, j->report);
  if (status != PPR_OK) return status;
  j->models = batch_models_new(j->alloc, j->schema->program, j->opts->lanes, j->opts->profile != 0);
  j->shares = arena_array(j->arena, n_shares, sizeof *j->shares);
  if (!j->models || !j->shares) return PPR_NOMEM;
  for (; j->n_shares < n_shares; j->n_shares++) {
    share *s = &j->shares[j->n_shares];
    s->job = j;
    s->report = report_new(j->alloc);
    bool fine = batch_init(&s->batch, j->alloc, j->schema, j->models, s->report);
    if (!fine || !s->report) {
      j->n_shares++;
      return PPR_NOMEM;
    }
  }
  return PPR_OK;
}

/* What each share needs of reader and writer, which are open. */
static ppr_status share_out(job *j) {
  ppr_status status = PPR_OK;
  for (size_t i = 0; i < j->n_shares && status == PPR_OK; i++) {
    share *s = &j->shares[i];
    if (j->flat) status = flat_fork(&s->flat, j->flat, &s->batch.store, s->report);
    if (j->tables) status = tables_cursor_new(&s->cursor, j->tables, &s->batch.store, s->report);
    if (status == PPR_OK && j->writer) status = writer_part(&s->batch.writer, j->writer, &s->batch.store);
  }
  return status;
}

static bool same_folder(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The list of changes must not replace a table. */
static bool lies_in(const char *file, const char *folder, ppr_arena *arena) {
  const char *slash = strrchr(file, '/');
  const char *parent = !slash ? "." : slash == file ? "/" : arena_strndup(arena, file, (size_t)(slash - file));
  return parent && same_folder(parent, folder);
}

static ppr_status check_output(job *j) {
  const ppr_run_opts *o = j->opts;
  bool std = is_std(o->output);
  bool list_in_input = j->changes && !std && o->form == PPR_FORM_TABLES && lies_in(o->output, o->input ? o->input : ".", j->arena);
  if (!list_in_input && (std || is_std(o->input) || !same_folder(o->input, o->output))) return PPR_OK;
  report_add(j->report, DIAG_OUTPUT_IS_INPUT, SPAN_NONE, o->output, NULL);
  return PPR_DIAGNOSED;
}

static ppr_status open_output(job *j) {
  const ppr_run_opts *o = j->opts;
  bool std = is_std(o->output);
  if (j->changes) return effect_open(&j->effects, &j->shares[0].batch.store, std ? NULL : o->output, o->lanes, j->report);
  if (o->output_ndjson || std) return writer_open_json(&j->writer, &j->shares[0].batch.store, std ? NULL : o->output, lang_of(j), j->report);
  return writer_open_csv(&j->writer, &j->shares[0].batch.store, o->output, lang_of(j), j->report);
}

static ppr_status run_all(job *j) {
  void *items[PIPELINE_ITEMS];
  size_t jobs = jobs_of(j);
  ppr_status status = prepare(j, pipeline_items(jobs));
  if (status == PPR_OK) status = check_output(j);
  double begin = now();
  if (status == PPR_OK) status = open_input(j);
  if (status == PPR_OK) account(&j->shares[0], READING, &begin); /* tables are read once here */
  /* After the input: a call with a wrong input leaves no folder behind. */
  if (status == PPR_OK) status = open_output(j);
  if (status == PPR_OK) status = share_out(j);
  for (size_t i = 0; i < j->n_shares; i++) items[i] = &j->shares[i];
  pipeline flow = flow_of[j->opts->form];
  flow.at_once = j->tables && tables_count(j->tables) > WINDOW;
  if (status == PPR_OK) status = pipeline_run(&flow, items, j->n_shares, jobs);
  if (status == PPR_OK && j->tables) status = tables_unchanged(j->tables, j->report);
  if (status != PPR_OK) return status;
  if (j->summary->records == 0) report_add(j->report, DIAG_NO_RECORDS, SPAN_NONE, NULL);
  if (j->changes) {
    status = effect_finish(j->effects, j->changes, j->n_changes);
  } else {
    begin = now();
    status = writer_counts(j->writer, &j->summary->counts, &j->summary->n_counts);
    if (status != PPR_OK) return status;
    status = writer_commit(j->writer);
    j->writer = NULL;
    account(&j->shares[0], WRITING, &begin);
  }
  return status == PPR_OK && j->summary->refused ? PPR_REFUSED : status;
}

static void finish(job *j) {
  for (size_t i = 0; i < j->n_shares; i++) {
    share *s = &j->shares[i];
    flat_close(s->flat);
    tables_cursor_free(s->cursor);
  }
  writer_abort(j->writer);
  effect_close(j->effects);
  flat_close(j->flat);
  ndjson_close(j->ndjson);
  tables_close(j->tables);
  if (j->file && j->file != stdin) fclose(j->file);
  for (size_t i = 0; i < j->n_shares; i++) {
    batch_fini(&j->shares[i].batch);
    if (j->shares[i].report) report_free(j->shares[i].report);
  }
  batch_models_free(j->models);
  arena_free(j->arena);
  program_free(j->selected);
}

/* The editions the job is about; j->selected is to be freed. */
static ppr_status choose(job *j, const ppr_program *program) {
  ppr_status status = input_select(&j->selected, program, j->opts, j->report);
  j->program = j->selected ? j->selected : program;
  return status;
}

/* Editions of one kind of record begin on different days. */
static bool same_edition(const ppr_edition *a, const ppr_edition *b) { return a->record == b->record && a->from_day == b->from_day; }

/* Counts by edition of the selection to counts by edition of the whole program. */
static void count_by_program(const job *j, const ppr_program *program) {
  size_t by_edition[64] = {0};
  for (uint32_t i = 0; i < j->program->n_editions && i < 64; i++)
    for (uint32_t k = 0; k < program->n_editions && k < 64; k++)
      if (same_edition(&program->editions[k], &j->program->editions[i])) by_edition[k] = j->summary->by_edition[i];
  memcpy(j->summary->by_edition, by_edition, sizeof by_edition);
}

static ppr_status run_job(job *j, const ppr_program *program) {
  double begin = now();
  ppr_status status = choose(j, program);
  if (status == PPR_OK) status = run_all(j);
  for (size_t i = 0; i < j->n_shares && (status == PPR_OK || status == PPR_REFUSED); i++)
    if (!batch_profile(&j->shares[i].batch, j->summary)) status = PPR_NOMEM;
  for (size_t i = 0; i < j->n_shares; i++) {
    j->summary->reading += j->shares[i].spent[READING];
    j->summary->evaluating += j->shares[i].spent[EVALUATING];
    j->summary->writing += j->shares[i].spent[WRITING];
  }
  if (j->selected) count_by_program(j, program);
  finish(j);
  j->summary->seconds = now() - begin;
  return report_failed(j->report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}

static bool bad_opts(const ppr_run_opts *opts) {
  return !opts || opts->size != sizeof *opts || (opts->n_readings && !opts->readings) || (opts->n_parameters && !opts->parameters) ||
         opts->lanes > 1024;
}

ppr_status ppr_run(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, ppr_run_summary *summary, ppr_report *report) {
  if (!program || !engine || bad_opts(opts) || !summary || !report) return PPR_MISUSE;
  *summary = (ppr_run_summary){0};
  job j = {.program = program, .opts = opts, .alloc = engine->alloc, .report = report, .summary = summary};
  ppr_status status = run_job(&j, program);
  if (status != PPR_OK && status != PPR_REFUSED) {
    ppr_free(summary->counts);
    summary->counts = NULL;
    summary->n_counts = 0;
    ppr_free(summary->profile);
    summary->profile = NULL;
    summary->n_profile = 0;
  }
  return status;
}

ppr_status ppr_run_readings(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, ppr_run_summary *summary,
                            ppr_reading_effect **effects, size_t *n_effects, ppr_report *report) {
  if (effects) *effects = NULL;
  if (n_effects) *n_effects = 0;
  if (!program || !engine || bad_opts(opts) || !summary || !effects || !n_effects || !report) return PPR_MISUSE;
  *summary = (ppr_run_summary){0};
  job j = {.program = program, .opts = opts, .alloc = engine->alloc, .report = report, .summary = summary};
  j.changes = effects;
  j.n_changes = n_effects;
  return run_job(&j, program);
}

/* --- explanation --- */

/* Reads the wanted record, by its texts as the store keeps them, and others with it; *at is its place in the store, SIZE_MAX: it is not there (but
 * another may be, as an example of a key). */
static ppr_status find_record(job *j, const char *const *key, size_t *at) {
  share *s = &j->shares[0];
  ppr_status status = open_input(j);
  *at = SIZE_MAX;
  if (status == PPR_OK && j->tables) {
    size_t number = tables_find(j->tables, key);
    if (number == SIZE_MAX && tables_count(j->tables) == 0) return PPR_OK;
    if (number != SIZE_MAX) *at = 0;
    status = tables_cursor_new(&s->cursor, j->tables, &s->batch.store, j->report);
    return status == PPR_OK ? tables_fill(s->cursor, number == SIZE_MAX ? 0 : number, 1) : status;
  }
  for (bool more = true; status == PPR_OK && more;) {
    store_clear(&s->batch.store);
    status = j->flat ? flat_read(j->flat, WINDOW, &more) : ndjson_read(j->ndjson, WINDOW, &more);
    for (size_t i = 0; status == PPR_OK && i < s->batch.store.count; i++) {
      const char *text = s->batch.store.records[i].key;
      bool same = true;
      for (size_t k = 0; k < j->schema->n_keys && same; k++, text += strlen(text) + 1) same = strcmp(text, key[k]) == 0;
      *at = i;
      if (same) return PPR_OK;
    }
    *at = SIZE_MAX;
  }
  return status;
}

static ppr_status refuse_explanation(job *j, const store_record *r) {
  for (const store_issue *i = r->first; i; i = i->next)
    if (diag_find(i->code)->severity == PPR_SEV_ERROR) name_issue(j, &j->shares[0].batch.store, r, i);
  return PPR_DIAGNOSED;
}

/* Does a word mean this column of a result file: "erfuellt" or "A5.2: erfuellt"? */
static bool means_column(const ppr_program *p, const ppr_file *file, const char *column, const char *word) {
  const char *name = program_string(p, file->name);
  size_t n = strlen(name);
  return strcmp(column, word) == 0 || (strncmp(word, name, n) == 0 && strncmp(word + n, ": ", 2) == 0 && strcmp(word + n + 2, column) == 0);
}

static bool any(const bool *marks, size_t n) { return memchr(marks, true, n) != NULL; }

/* Results a wrong name may mean: elements of the rule of that name, what a column of that name shows, names it is a part of, else the nearest one. */
static const char *similar_outputs(job *j, const ppr_edition *e, const char *word) {
  const ppr_program *p = j->program;
  size_t length = strlen(word), n = e->n_output, told = 0;
  const char **labels = arena_array(j->arena, n + 1, sizeof *labels), *text = "";
  bool *meant = arena_array(j->arena, n + 1, sizeof *meant);
  if (!labels || !meant) return NULL;
  for (size_t o = 0; o < n; o++) {
    labels[o] = program_string(p, e->output[o].label);
    meant[o] = strncmp(labels[o], word, length) == 0 && labels[o][length] == '[';
  }
  if (!any(meant, n))
    for (uint32_t i = 0; i < e->n_line; i++) {
      const ppr_file *file = &e->file[e->line[i].file];
      const ppr_cell *cells = &e->cell[e->line[i].first_cell];
      for (uint32_t c = 0; c < e->line[i].cells; c++)
        if (cells[c].kind == PPR_CELL_OUTPUT && means_column(p, file, program_string(p, e->col[file->first_col + c].name), word))
          meant[cells[c].value] = true;
    }
  if (!any(meant, n) && length > 2)
    for (size_t o = 0; o < n; o++) meant[o] = strstr(labels[o], word) != NULL;
  size_t near = any(meant, n) ? n : text_nearest(word, labels, n);
  if (near < n) meant[near] = true;
  for (size_t o = 0; o < n && text; o++) {
    if (!meant[o] || (e->n_inst && !e->output[o].inst)) continue; /* names of rules, not of conditions and columns */
    if (told++ == SIMILAR_MOST) return arena_printf(j->arena, "%s, …", text);
    text = arena_printf(j->arena, "%s%s%s", text, told > 1 ? ", " : "", labels[o]);
  }
  return told ? text : DIAG_BOTH("keines", "none");
}

static ppr_status explain_record(job *j, size_t at, const char *key, const char *output, ppr_buf *text) {
  batch *b = &j->shares[0].batch;
  store_record *r = &b->store.records[at];
  const ppr_edition *e = r->edition == PPR_NONE ? NULL : &j->program->editions[r->edition];
  if (r->refused || !e) return refuse_explanation(j, r);
  if (!output && !j->opts->explain_verdicts) {
    for (uint32_t o = 0; o < e->n_output; o++) {
      if (!e->output[o].inst) continue; /* names of rules, not of conditions and columns */
      buf_puts(text, program_string(j->program, e->output[o].label));
      buf_putc(text, '\n');
    }
    return PPR_OK;
  }
  int found = output ? ppr_program_find_output(j->program, r->edition, output) : 0;
  if (found < 0) {
    report_add(j->report, DIAG_OUTPUT_UNKNOWN, SPAN_NONE, output, program_string(j->program, e->name), similar_outputs(j, e, output), NULL);
    return PPR_DIAGNOSED;
  }
  ppr_status status = batch_evaluate(b);
  if (status != PPR_OK) return status;
  batch_machine *m = &b->machines[r->edition];
  if (m->faults[r->local].code) {
    judge_fault(&b->store, r, &m->faults[r->local]);
    return refuse_explanation(j, r);
  }
  ppr_letter_opts opts = PPR_LETTER_OPTS_INIT;
  const char *told;
  size_t which = (size_t)found;
  opts.language = j->opts->language;
  opts.detail = j->opts->explain_full ? PPR_EXPLAIN_FULL : PPR_EXPLAIN_SHORT;
  opts.form = j->opts->explain_form;
  opts.record = key;
  store_columns(&b->store, r->edition, r->local / STORE_LANES, r->local % STORE_LANES, 1, m->in);
  status = ppr_evaluator_letter(m->evaluator, m->in, 0, output ? &which : NULL, output ? 1 : 0, &opts, &told);
  if (status == PPR_OK) buf_puts(text, told);
  return status;
}

static const char *list_keys(job *j) {
  const char *names = "";
  for (size_t k = 0; k < j->schema->n_keys && names; k++) names = arena_printf(j->arena, "%s%s%s", names, k ? ", " : "", j->schema->keys[k]);
  return names;
}

static ppr_status explain_all(job *j, const char *const *key, size_t keys, const char *output, ppr_buf *text) {
  ppr_status status = prepare(j, 1);
  if (status != PPR_OK) return status;
  ppr_buf joined;
  buf_init(&joined, j->alloc, 65536);
  for (size_t k = 0; k < keys; k++) buf_printf(&joined, "%s%s", k ? "/" : "", key[k]);
  const char *shown_key = joined.data ? arena_strndup(j->arena, joined.data, joined.size) : "";
  buf_fini(&joined);
  if (keys != j->schema->n_keys) {
    report_add(j->report, DIAG_KEY_COUNT, SPAN_NONE, arena_printf(j->arena, "%zu", keys), arena_printf(j->arena, "%zu", j->schema->n_keys),
               list_keys(j), NULL);
    return PPR_DIAGNOSED;
  }
  size_t at;
  status = find_record(j, key, &at);
  if (status == PPR_OK && at != SIZE_MAX) return explain_record(j, at, shown_key ? shown_key : "", output, text);
  if (status == PPR_OK) {
    const record_store *store = &j->shares[0].batch.store;
    const char *names = list_keys(j), *example = store->count ? "" : DIAG_BOTH("keiner", "none"), *part = store->count ? store->records[0].key : "";
    for (size_t k = 0; store->count && k < keys && example; k++, part += strlen(part) + 1)
      example = arena_printf(j->arena, "%s%s%s", example, k ? "," : "", part);
    report_add(j->report, DIAG_RECORD_UNKNOWN, SPAN_NONE, shown_key ? shown_key : "", names, example, NULL);
    status = PPR_DIAGNOSED;
  }
  return status;
}

ppr_status ppr_run_explain(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, const char *const *key, size_t keys,
                           const char *output, char **text, ppr_report *report) {
  if (text) *text = NULL;
  if (!program || !engine || !opts || opts->size != sizeof *opts || (!key && keys) || !text || !report) return PPR_MISUSE;
  ppr_run_summary ignored = {0};
  job j = {.program = program, .opts = opts, .alloc = engine->alloc, .report = report, .summary = &ignored};
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, (size_t)256 << 20); /* given away: ppr_free frees what the default allocator gave */
  ppr_status status = choose(&j, program);
  if (status == PPR_OK) status = explain_all(&j, key, keys, output, &out);
  finish(&j);
  buf_puts(&out, "");
  if (status == PPR_OK && out.failed) status = PPR_NOMEM;
  if (status == PPR_OK && !is_std(opts->explain_file)) {
    file_status written = file_write_atomic(opts->explain_file, out.data, out.size);
    if (written != FILE_OK) file_report(report, written, opts->explain_file, 0);
    status = written == FILE_OK ? PPR_OK : PPR_IO;
  } else if (status == PPR_OK) {
    *text = out.data;
    return status;
  }
  buf_fini(&out);
  return status;
}
