/* The main job: records from a reader, batches per edition through the machine, results to a writer in the order of the input. */
#include "base/decimal.h"
#include "base/file.h"
#include "base/quarter.h"
#include "base/text.h"
#include "code/build.h"
#include "code/select.h"
#include "engine.h"
#include "io/effect.h"
#include "io/flat.h"
#include "io/judge.h"
#include "io/ndjson.h"
#include "io/tables.h"
#include "io/writer.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { WINDOW = STORE_LANES }; /* records evaluated and written together */

typedef struct machine {
  ppr_evaluator *evaluator;
  ppr_column *in;
  ppr_result *out;   /* arrays of WINDOW */
  ppr_result *piece; /* the same, shifted */
  ppr_fault *faults;
} machine; /* of one edition, made when its first record comes */

typedef struct job {
  const ppr_program *program; /* the editions it is about */
  ppr_program *selected;      /* NULL: the whole program */
  const ppr_run_opts *opts;
  ppr_alloc alloc;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  result_writer *writer;
  ppr_reading_effect **changes; /* readings are compared; NULL: results are written */
  size_t *n_changes;
  effect_run *effects;
  machine *machines;
  ppr_run_summary *summary;
  FILE *file;
  flat_reader *flat;
  ndjson_reader *ndjson;
  size_t reported;
} job;

static ppr_lang lang_of(const job *j) { return j->opts->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE; }
static bool is_std(const char *path) { return !path || strcmp(path, "-") == 0; }

static double now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- evaluation --- */

static ppr_status make_machine(job *j, uint32_t edition) {
  machine *m = &j->machines[edition];
  if (m->evaluator) return PPR_OK;
  const ppr_edition *e = &j->program->editions[edition];
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = j->opts->lanes;
  m->in = arena_array(j->arena, (size_t)e->n_input + 1, sizeof *m->in);
  m->out = arena_array(j->arena, (size_t)e->n_output + 1, sizeof *m->out);
  m->piece = arena_array(j->arena, (size_t)e->n_output + 1, sizeof *m->piece);
  m->faults = arena_array(j->arena, WINDOW, sizeof *m->faults);
  if (!m->in || !m->out || !m->piece || !m->faults) return PPR_NOMEM;
  for (uint32_t o = 0; o < e->n_output; o++) {
    m->out[o].values = arena_array(j->arena, WINDOW, sizeof *m->out[o].values);
    m->out[o].states = arena_array(j->arena, WINDOW, 1);
    if (!m->out[o].values || !m->out[o].states) return PPR_NOMEM;
  }
  return ppr_evaluator_new(&m->evaluator, j->program, edition, &opts);
}

/* The records first … first + count of an edition, block by block of the store. */
static ppr_status evaluate(job *j, uint32_t edition, uint32_t first, uint32_t count) {
  const ppr_edition *e = &j->program->editions[edition];
  ppr_status status = make_machine(j, edition);
  machine *m = &j->machines[edition];
  for (uint32_t done = 0; done < count && status == PPR_OK;) {
    const store_block *b = &j->store.parts[edition].blocks[(first + done) / STORE_LANES];
    uint32_t lane = (first + done) % STORE_LANES, n = STORE_LANES - lane < count - done ? STORE_LANES - lane : count - done;
    for (uint32_t i = 0; i < e->n_input; i++)
      m->in[i] = (ppr_column){b->values + (size_t)i * STORE_LANES + lane, b->states + (size_t)i * STORE_LANES + lane, NULL};
    for (uint32_t o = 0; o < e->n_output; o++) m->piece[o] = (ppr_result){m->out[o].values + done, m->out[o].states + done, NULL};
    status = ppr_evaluator_eval(m->evaluator, m->in, n, m->piece, m->faults + done);
    done += n;
  }
  return status;
}

static void name_issue(job *j, const store_record *r, const store_issue *issue) {
  ppr_buf text;
  buf_init(&text, j->alloc, 65536);
  writer_issue_text(&text, issue, lang_of(j));
  diag *d = report_add(j->report, DIAG_RECORD_REFUSED, SPAN_NONE, writer_key(j->schema, r, j->store.issues), text.data ? text.data : "", NULL);
  const char *input = is_std(j->opts->input) ? "stdin" : j->opts->input, *slash = strrchr(input, '/');
  const char *table = *issue->table ? issue->table : j->opts->form == PPR_FORM_TABLES ? "" : slash && slash[1] ? slash + 1 : input;
  const char *where = arena_printf(j->store.issues, "%s%s", table, *issue->table ? ".csv" : "");
  if (issue->line && where) where = arena_printf(j->store.issues, "%s:%llu", where, (unsigned long long)issue->line);
  if (*issue->field && where) where = arena_printf(j->store.issues, "%s%s%s", where, *where ? ": " : "", issue->field);
  if (where && *where) diag_set_where(j->report, d, where);
  buf_fini(&text);
}

/* The first error of a refused record goes to the report, for so many records. */
static void name_refused(job *j, const store_record *r) {
  if (j->reported > io_limits_default.reported) return;
  if (j->reported++ == io_limits_default.reported) {
    if (j->writer) report_add(j->report, DIAG_MORE_REFUSED, SPAN_NONE, NULL);
    return;
  }
  const store_issue *issue = r->first;
  while (issue && diag_find(issue->code)->severity != PPR_SEV_ERROR) issue = issue->next;
  if (issue) name_issue(j, r, issue);
}

static void judge_record(job *j, store_record *r, const machine *m, uint32_t row) {
  ppr_run_summary *s = j->summary;
  result_view view = {m ? m->out : NULL, row};
  if (r->edition != PPR_NONE && r->edition < 64) s->by_edition[r->edition]++;
  if (!r->refused && m) {
    if (m->faults[row].code) {
      judge_fault(&j->store, r, &m->faults[row]);
      s->faults++;
    } else {
      judge_checks(&j->store, r, &view);
    }
  }
  s->records++;
  if (r->refused) s->refused++;
  for (const store_issue *i = r->first; i; i = i->next) s->findings += diag_find(i->code)->severity != PPR_SEV_ERROR;
  if (r->refused) name_refused(j, r);
  if (j->writer) writer_record(j->writer, r, r->refused || !m ? NULL : &view);
}

/* Records from … until of the store: each edition's share in one go, then all of them in order. */
static ppr_status run_window(job *j, size_t from, size_t until) {
  const record_store *store = &j->store;
  uint32_t n = j->program->n_editions;
  uint32_t *first = arena_array(j->store.issues, n, sizeof *first), *count = arena_array(j->store.issues, n, sizeof *count);
  if (!first || !count) return PPR_NOMEM;
  for (size_t i = from; i < until; i++) {
    const store_record *r = &store->records[i];
    if (r->edition != PPR_NONE && count[r->edition]++ == 0) first[r->edition] = r->local;
  }
  ppr_status status = PPR_OK;
  for (uint32_t e = 0; e < n && status == PPR_OK; e++)
    if (count[e]) status = evaluate(j, e, first[e], count[e]);
  if (status == PPR_OK && j->effects) status = effect_window(j->effects, from, until);
  if (status != PPR_OK) return status;
  for (size_t i = from; i < until; i++) {
    store_record *r = &j->store.records[i];
    judge_record(j, r, r->edition == PPR_NONE ? NULL : &j->machines[r->edition], r->edition == PPR_NONE ? 0 : r->local - first[r->edition]);
  }
  return j->store.failed ? PPR_NOMEM : PPR_OK;
}

static ppr_status run_held(job *j, size_t total) {
  ppr_status status = PPR_OK;
  for (size_t from = 0; from < j->store.count && status == PPR_OK; from += WINDOW) {
    status = run_window(j, from, from + WINDOW < j->store.count ? from + WINDOW : j->store.count);
    if (j->opts->progress) j->opts->progress(j->summary->records, total, j->opts->ctx);
  }
  return status;
}

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
    report_add(j->report, gone ? DIAG_PATH_NOT_FOUND : DIAG_FILE_UNREADABLE, SPAN_NONE, j->opts->input, gone ? NULL : strerror(errno), NULL);
    return PPR_DIAGNOSED;
  }
  const char *name = std ? "stdin" : j->opts->input;
  return j->opts->form == PPR_FORM_FLAT ? flat_open(&j->flat, &j->store, name, read_stream, j->file, j->report)
                                        : ndjson_open(&j->ndjson, &j->store, name, read_stream, j->file, j->report);
}

static ppr_status next_records(job *j, bool *more) { return j->flat ? flat_read(j->flat, WINDOW, more) : ndjson_read(j->ndjson, WINDOW, more); }

/* --- the jobs --- */

static ppr_status prepare(job *j) {
  j->arena = arena_new(j->alloc);
  if (!j->arena) return PPR_NOMEM;
  ppr_status status = schema_open(&j->schema, j->arena, j->program, j->opts->readings, j->opts->n_readings, j->report);
  if (status != PPR_OK) return status;
  j->machines = arena_array(j->arena, j->program->n_editions, sizeof *j->machines);
  return store_init(&j->store, j->alloc, j->schema, &io_limits_default) && j->machines ? PPR_OK : PPR_NOMEM;
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

static ppr_status open_output(job *j) {
  const ppr_run_opts *o = j->opts;
  bool std = is_std(o->output);
  bool list_in_input = j->changes && !std && o->form == PPR_FORM_TABLES && lies_in(o->output, o->input ? o->input : ".", j->arena);
  if (list_in_input || (!std && !is_std(o->input) && same_folder(o->input, o->output))) {
    report_add(j->report, DIAG_OUTPUT_IS_INPUT, SPAN_NONE, o->output, NULL);
    return PPR_DIAGNOSED;
  }
  if (j->changes) return effect_open(&j->effects, &j->store, std ? NULL : o->output, o->lanes, j->report);
  if (o->output_ndjson || std) return writer_open_json(&j->writer, &j->store, std ? NULL : o->output, lang_of(j), j->report);
  return writer_open_csv(&j->writer, &j->store, o->output, lang_of(j), j->report);
}

static ppr_status run_all(job *j) {
  ppr_status status = prepare(j);
  if (status == PPR_OK) status = open_output(j);
  if (status != PPR_OK) return status;
  if (j->opts->form == PPR_FORM_TABLES) {
    status = tables_read(&j->store, j->opts->input ? j->opts->input : ".", j->report);
    if (status == PPR_OK) status = run_held(j, j->store.count);
  } else {
    status = open_stream(j);
    for (bool more = true; more && status == PPR_OK;) {
      status = next_records(j, &more);
      if (status == PPR_OK) status = run_held(j, 0);
      store_clear(&j->store);
    }
  }
  if (status != PPR_OK) return status;
  if (j->summary->records == 0) report_add(j->report, DIAG_NO_RECORDS, SPAN_NONE, NULL);
  if (j->changes) {
    status = effect_finish(j->effects, j->changes, j->n_changes);
  } else {
    status = writer_counts(j->writer, &j->summary->counts, &j->summary->n_counts);
    if (status != PPR_OK) return status;
    status = writer_commit(j->writer);
    j->writer = NULL;
  }
  return status == PPR_OK && j->summary->refused ? PPR_REFUSED : status;
}

static void finish(job *j) {
  writer_abort(j->writer);
  effect_close(j->effects);
  flat_close(j->flat);
  ndjson_close(j->ndjson);
  if (j->file && j->file != stdin) fclose(j->file);
  for (uint32_t e = 0; j->machines && e < j->program->n_editions; e++) ppr_evaluator_free(j->machines[e].evaluator);
  if (j->store.schema) store_fini(&j->store);
  arena_free(j->arena);
  program_free(j->selected);
}

/* "01.03.2024" or "2024-03-01". */
static bool parse_day(int64_t *out, const char *text) {
  int64_t year, month, dom;
  if (day_parse(out, text, strlen(text))) return true;
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return false;
  if (dec_parse(&year, text, 4, 0, ',') != DEC_OK || dec_parse(&month, text + 5, 2, 0, ',') != DEC_OK ||
      dec_parse(&dom, text + 8, 2, 0, ',') != DEC_OK)
    return false;
  if (month < 1 || month > 12 || dom < 1 || dom > 31 || !day_valid(year, (int)month, (int)dom)) return false;
  *out = day_of(year, (int)month, (int)dom);
  return true;
}

/* The editions the job is about; j->selected is to be freed. */
static ppr_status choose(job *j, const ppr_program *program) {
  const ppr_run_opts *o = j->opts;
  int64_t known = INT64_MAX;
  uint32_t n = program->n_editions;
  j->program = program;
  if (o->as_of && !parse_day(&known, o->as_of)) {
    report_add(j->report, DIAG_AS_OF, SPAN_NONE, o->as_of, NULL);
    return PPR_DIAGNOSED;
  }
  if (!o->record && !o->as_of && (n == 0 || program->editions[0].record == program->editions[n - 1].record)) return PPR_OK;
  ppr_status status = program_select(&j->selected, program, o->record, known);
  if (status == PPR_MISUSE) {
    const char *kinds = "", *last = NULL;
    for (uint32_t i = 0; i < n; i++) {
      const char *kind = program_string(program, program->editions[i].record);
      if (!last || strcmp(last, kind) != 0) kinds = arena_printf(report_arena(j->report), "%s%s%s", kinds, last ? ", " : "", kind);
      last = kind;
    }
    report_add(j->report, DIAG_NOTHING_SELECTED, SPAN_NONE, o->record ? o->record : "–", o->as_of ? o->as_of : "–", kinds ? kinds : "", NULL);
    return PPR_DIAGNOSED;
  }
  if (status == PPR_OK) j->program = j->selected;
  return status;
}

/* Counts by edition of the selection to counts by edition of the whole program. */
static void count_by_program(const job *j, const ppr_program *program) {
  size_t by_edition[64] = {0};
  for (uint32_t i = 0; i < j->program->n_editions && i < 64; i++)
    for (uint32_t k = 0; k < program->n_editions && k < 64; k++)
      if (program->editions[k].instr == j->program->editions[i].instr) by_edition[k] = j->summary->by_edition[i];
  memcpy(j->summary->by_edition, by_edition, sizeof by_edition);
}

static ppr_status run_job(job *j, const ppr_program *program) {
  double begin = now();
  ppr_status status = choose(j, program);
  if (status == PPR_OK) status = run_all(j);
  if (j->selected) count_by_program(j, program);
  finish(j);
  j->summary->seconds = now() - begin;
  return report_failed(j->report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}

static bool bad_opts(const ppr_run_opts *opts) {
  return !opts || opts->size != sizeof *opts || (opts->n_readings && !opts->readings) || opts->lanes > 1024;
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

/* The wanted record, by its texts as the store keeps them; SIZE_MAX when it is not there (yet). */
static size_t find_record(const job *j, const char *const *key) {
  for (size_t i = 0; i < j->store.count; i++) {
    const char *text = j->store.records[i].key;
    bool same = true;
    for (size_t k = 0; k < j->schema->n_keys && same; k++, text += strlen(text) + 1) same = strcmp(text, key[k]) == 0;
    if (same) return i;
  }
  return SIZE_MAX;
}

static ppr_status refuse_explanation(job *j, const store_record *r) {
  for (const store_issue *i = r->first; i; i = i->next)
    if (diag_find(i->code)->severity == PPR_SEV_ERROR) name_issue(j, r, i);
  return PPR_DIAGNOSED;
}

static ppr_status explain_record(job *j, size_t at, const char *key, const char *output, ppr_buf *text) {
  store_record *r = &j->store.records[at];
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
    size_t n = 0;
    const char **names = arena_array(j->arena, (size_t)e->n_output + 1, sizeof *names);
    for (uint32_t o = 0; names && o < e->n_output; o++) names[n++] = program_string(j->program, e->output[o].label);
    size_t near = names ? text_nearest(output, names, n) : SIZE_MAX;
    report_add(j->report, DIAG_OUTPUT_UNKNOWN, SPAN_NONE, output, program_string(j->program, e->name), near < n ? names[near] : "–", NULL);
    return PPR_DIAGNOSED;
  }
  ppr_status status = evaluate(j, r->edition, r->local, 1);
  if (status != PPR_OK) return status;
  machine *m = &j->machines[r->edition];
  if (m->faults[0].code) {
    judge_fault(&j->store, r, &m->faults[0]);
    return refuse_explanation(j, r);
  }
  ppr_letter_opts opts = PPR_LETTER_OPTS_INIT;
  const char *told;
  size_t which = (size_t)found;
  opts.language = j->opts->language;
  opts.detail = j->opts->explain_full ? PPR_EXPLAIN_FULL : PPR_EXPLAIN_SHORT;
  opts.form = j->opts->explain_form;
  opts.record = key;
  status = ppr_evaluator_letter(m->evaluator, m->in, 0, output ? &which : NULL, output ? 1 : 0, &opts, &told);
  if (status == PPR_OK) buf_puts(text, told);
  return status;
}

static ppr_status explain_all(job *j, const char *const *key, size_t keys, const char *output, ppr_buf *text) {
  ppr_status status = prepare(j);
  if (status != PPR_OK) return status;
  ppr_buf joined;
  buf_init(&joined, j->alloc, 65536);
  for (size_t k = 0; k < keys; k++) buf_printf(&joined, "%s%s", k ? "/" : "", key[k]);
  const char *shown_key = joined.data ? arena_strndup(j->arena, joined.data, joined.size) : "";
  buf_fini(&joined);
  if (keys != j->schema->n_keys) {
    const char *names = "";
    for (size_t k = 0; k < j->schema->n_keys && names; k++) names = arena_printf(j->arena, "%s%s%s", names, k ? ", " : "", j->schema->keys[k]);
    report_add(j->report, DIAG_KEY_COUNT, SPAN_NONE, arena_printf(j->arena, "%zu", keys), arena_printf(j->arena, "%zu", j->schema->n_keys), names,
               NULL);
    return PPR_DIAGNOSED;
  }
  bool more = false;
  if (j->opts->form == PPR_FORM_TABLES) status = tables_read(&j->store, j->opts->input ? j->opts->input : ".", j->report);
  else if ((status = open_stream(j)) == PPR_OK) status = next_records(j, &more);
  while (status == PPR_OK) {
    size_t at = find_record(j, key);
    if (at != SIZE_MAX) return explain_record(j, at, shown_key ? shown_key : "", output, text);
    if (!more) break;
    store_clear(&j->store);
    status = next_records(j, &more);
  }
  if (status == PPR_OK) {
    report_add(j->report, DIAG_RECORD_UNKNOWN, SPAN_NONE, shown_key ? shown_key : "", NULL);
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
  if (status == PPR_OK && !is_std(opts->output)) {
    file_status written = file_write_atomic(opts->output, out.data, out.size);
    if (written != FILE_OK) file_report(report, written, opts->output, 0);
    status = written == FILE_OK ? PPR_OK : PPR_IO;
  } else if (status == PPR_OK) {
    *text = out.data;
    return status;
  }
  buf_fini(&out);
  return status;
}
