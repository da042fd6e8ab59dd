/* A sweep: scenario by scenario, chunk by chunk into the ledger. Start reading here. */
#define _POSIX_C_SOURCE 200809L
#include "ppr/sweep.h"
#include "ppr/population.h"
#include "base/digest.h"
#include "base/file.h"
#include "engine.h"
#include "io/pipeline.h"
#include "sweep/data.h"
#include "sweep/sweep_write.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 64, SPREAD_BYTES = 128 << 20, DRAWS = 1000 };

typedef struct job {
  const ppr_sweep_opts *opts;
  ppr_alloc alloc;
  ppr_report *report;
  ppr_arena *arena;
  ledger *book;
  tally_plan plan;
  sweep_writer out;
  int64_t *width; /* of histograms */
  scenario *baseline, *s;
  uint32_t slots;                    /* runs of a chunk of s */
  uint64_t next, last, chunk_number; /* the next run to be looked at, and the last for now */
  int64_t *done; /* chunks of s in the ledger when it began: their first runs in order; those before next_done lie before `next` */
  size_t n_done, next_done;
  data_files data; /* what any of the scenarios reads */
  uint64_t begin;
  ppr_sweep_progress progress;
  ppr_sweep_summary *summary;
} job;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool stopped(const job *j) { return j->opts->stop && *j->opts->stop; }

/* --- a scenario begins --- */

static ppr_status program_digest(const scenario *s, char out[65]) {
  void *bytes;
  size_t size;
  uint8_t sha[32];
  ppr_status status = ppr_program_save(s->program, &bytes, &size);
  if (status != PPR_OK) return status;
  sha256(sha, bytes, size);
  sha256_text(out, sha);
  ppr_free(bytes);
  return PPR_OK;
}

static const char *last_part(const char *path, size_t *n) {
  for (*n = strlen(path); *n > 1 && path[*n - 1] == '/';) --*n;
  size_t from = *n;
  while (from > 0 && path[from - 1] != '/') from--;
  *n -= from;
  return path + from;
}

const store_record ***scenario_records(const scenario *s, ppr_arena *arena) {
  const record_store *store = &s->input.store;
  uint32_t n = s->program->n_editions;
  const store_record ***records = arena_array(arena, n, sizeof *records);
  for (uint32_t e = 0; records && e < n; e++)
    if (!(records[e] = arena_array(arena, (size_t)store->parts[e].records + 1, sizeof **records))) return NULL;
  for (size_t i = 0; records && i < store->count; i++)
    if (store->records[i].edition != PPR_NONE) records[store->records[i].edition][store->records[i].local] = &store->records[i];
  return records;
}

/* The same records in the baseline, found by their keys. */
static bool match_records(scenario *s, const scenario *base, ppr_arena *arena) {
  textmap keys;
  uint32_t n = s->program->n_editions;
  textmap_init(&keys, arena);
  for (size_t i = 0; i < base->input.store.count; i++) {
    const store_record *r = &base->input.store.records[i];
    if (textmap_add(&keys, r->key, r->key_size, (uint32_t)i, NULL) == TEXTMAP_NONE) return false;
  }
  s->place = arena_array(arena, n, sizeof *s->place);
  s->before = arena_array(arena, n, sizeof *s->before);
  if (!s->place || !s->before) return false;
  for (uint32_t e = 0; e < n; e++) {
    uint32_t records = s->input.store.parts[e].records;
    s->before[e] = PPR_NONE;
    if (!(s->place[e] = arena_array(arena, (size_t)records + 1, sizeof **s->place))) return false;
    for (uint32_t i = 0; i < records; i++) {
      const store_record *r = s->records[e][i];
      uint32_t at = textmap_find(&keys, r->key, r->key_size);
      const store_record *was = at == TEXTMAP_NONE ? NULL : &base->input.store.records[at];
      if (was && was->edition != PPR_NONE && s->before[e] == PPR_NONE) s->before[e] = was->edition;
      s->place[e][i] = was && was->edition == s->before[e] ? was->local : PPR_NONE;
    }
    if (s->before[e] != PPR_NONE) tally_match(&s->editions[e], &base->editions[s->before[e]]);
  }
  return true;
}

/* What is asked of each edition that has records. */
static ppr_status read_surveys(job *j, scenario *s) {
  const record_store *store = &s->input.store;
  char count[24];
  size_t surveyed = 0;
  bool any = false;
  s->editions = arena_array(j->arena, s->program->n_editions, sizeof *s->editions);
  if (!s->editions) return PPR_NOMEM;
  for (uint32_t e = 0; e < s->program->n_editions; e++) {
    ppr_status status = tally_read(&j->plan, &s->editions[e], j->arena, s->input.schema, e, j->report);
    if (status != PPR_OK) return status;
    any = any || s->editions[e].n_instances;
    if (s->editions[e].n_instances) surveyed += store->parts[e].records;
    else if (store->parts[e].records) {
      snprintf(count, sizeof count, "%u", store->parts[e].records);
      report_add(j->report, DIAG_SWEEP_WITHOUT, SPAN_NONE, s->name, count, schema_edition_name(s->input.schema, e), NULL);
    }
  }
  if (surveyed) return PPR_OK;
  report_add(j->report, any ? DIAG_SWEEP_RECORDS : DIAG_SWEEP_NOTHING, SPAN_NONE, s->name, NULL);
  return PPR_DIAGNOSED;
}

static ppr_status open_space(const job *j, scenario *s, const io_schema *schema) {
  const ppr_sweep_opts *o = j->opts;
  if (s->readings) return space_readings(&s->space, j->arena, schema, o->vary_readings == PPR_READINGS_SINGLY, o->limit, j->report);
  return space_open(&s->space, j->arena, schema, o->seed, o->draws ? o->draws : DRAWS, o->limit, j->report);
}

/* What is to be said about the records is said by the baseline; the other scenarios say what keeps them from being read. */
static ppr_status read_records(job *j, scenario *s) {
  if (!s->baseline) return hold_open(&s->input, j->alloc, s->program, &s->run, j->report);
  ppr_report *own = report_new(j->alloc);
  if (!own) return PPR_NOMEM;
  ppr_status status = hold_open(&s->input, j->alloc, s->program, &s->run, own);
  if (status != PPR_OK) report_take(j->report, own);
  report_free(own);
  return status;
}

static ppr_status open_scenario(job *j, scenario *s) {
  const ppr_sweep_opts *o = j->opts;
  ppr_status status = input_select(&s->selected, s->program, o->run, j->report);
  if (status != PPR_OK) return status;
  if (s->selected) s->program = s->selected;
  if (!(s->models = worker_models_new(j->alloc, s->program))) return PPR_NOMEM;
  status = read_records(j, s);
  if (status == PPR_OK) status = read_surveys(j, s);
  if (status == PPR_OK) status = open_space(j, s, s->input.schema);
  if (status != PPR_OK) return status;
  if (!space_keys(&s->space, j->arena, &s->input.store) || !(s->records = scenario_records(s, j->arena))) return PPR_NOMEM;
  return s->baseline && !match_records(s, s->baseline, j->arena) ? PPR_NOMEM : PPR_OK;
}

static void close_scenario(scenario *s) {
  worker_models_free(s->models);
  hold_close(&s->input);
  ppr_program_free(s->selected);
}

/* The first file with other bytes than in the ledger; "": none, or it is gone. */
static const char *other_input(job *j) {
  for (size_t i = 0; i < j->data.n; i++) {
    const char *has = ledger_text(j->book, j->arena, "SELECT sha256 FROM file WHERE name = ?", "t", j->data.files[i].name);
    if (!has || strcmp(has, j->data.files[i].sha256) != 0) return j->data.files[i].name;
  }
  return "";
}

static const char *other_text(job *j, const scenario *s) {
  for (uint32_t i = 0; i < s->program->n_sources; i++) {
    char digest[65];
    const char *name = program_string(s->program, s->program->sources[i].name);
    sha256_text(digest, s->program->sources[i].sha256);
    if (!ledger_number(j->book, 0, "SELECT count(*) FROM source WHERE scenario = ? AND name = ? AND sha256 = ?", "itt", (int64_t)s->id, name, digest))
      return name;
  }
  return "";
}

/* The scenario is in the ledger as it is now, or is put there. */
static ppr_status enter_scenario(job *j, scenario *s) {
  char program[65];
  ppr_status status = program_digest(s, program);
  if (status != PPR_OK) return status;
  const char *has[3];
  static const char *const asked[] = {"name", "program", "data"};
  const char *want[] = {s->name, program, j->data.digest};
  for (int i = 0; i < 3; i++) {
    const char *sql = arena_printf(j->arena, "SELECT %s FROM scenario WHERE id = ?", asked[i]);
    if (!sql) return PPR_NOMEM;
    has[i] = ledger_text(j->book, j->arena, sql, "i", (int64_t)s->id);
    if (has[i] && strcmp(has[i], want[i]) != 0) {
      static const char *const told[] = {DIAG_BOTH("%s: der Name%s%s%s", "%s: the name%s%s%s"),
                                         DIAG_BOTH("%s: das Programm%s%s%s", "%s: the program%s%s%s"),
                                         DIAG_BOTH("%s: die Eingabe%s%s%s", "%s: the input%s%s%s")};
      const char *file = i == 0 ? "" : i == 1 ? other_text(j, s) : other_input(j), *before = *file ? " (" : "", *behind = *file ? ")" : "";
      const char *what = arena_printf(j->arena, told[i], s->name, before, file, behind, s->name, before, file, behind);
      report_add(j->report, DIAG_LEDGER_OTHER, SPAN_NONE, j->opts->ledger, what ? what : "", has[i], want[i], NULL);
      return PPR_DIAGNOSED;
    }
  }
  if (has[0]) return PPR_OK;
  status = ledger_begin(j->book);
  if (status != PPR_OK) return status;
  status = sweep_write_scenario(&j->out, program, j->data.digest);
  if (s->id == 0) sweep_write_input(&j->out, &j->data);
  if (status == PPR_OK) return ledger_commit(j->book);
  ledger_undo(j->book);
  return status;
}

/* --- chunks --- */

/* One thread's chunk at hand. */
typedef struct item {
  job *j;
  sweep_worker *worker;
  uint64_t first, failed[SLOTS];
  uint32_t n;
  ppr_status status;
  tally_result *result; /* of run 0 */
} item;

static bool mine(const job *j, uint64_t number) { return j->opts->chunks == 0 || number % j->opts->chunks == j->opts->chunk - 1; }

/* Asked for one chunk after the other. */
static bool done_before(job *j, uint64_t first) {
  while (j->next_done < j->n_done && j->done[j->next_done] < (int64_t)first) j->next_done++;
  return j->next_done < j->n_done && j->done[j->next_done] == (int64_t)first;
}

/* The next chunk that is to be done here: run 0, then so many runs each. Run 0 is everybody's. */
static ppr_status take(void *p, bool *more) {
  item *it = p;
  job *j = it->j;
  for (;;) {
    *more = j->next <= j->last && !stopped(j);
    if (!*more) return PPR_OK;
    it->first = j->next;
    it->n = it->first == 0 ? 1 : j->s->space.sets - it->first + 1 < j->slots ? (uint32_t)(j->s->space.sets - it->first + 1) : j->slots;
    j->next += it->n;
    uint64_t number = it->first ? j->chunk_number++ : 0;
    if ((it->first == 0 || mine(j, number)) && !done_before(j, it->first)) return PPR_OK;
  }
}

static tally_result *new_result(const scenario *s, ppr_arena *arena) {
  tally_result *all = arena_array(arena, s->program->n_editions, sizeof *all);
  for (uint32_t e = 0; all && e < s->program->n_editions; e++) {
    size_t records = s->input.store.parts[e].records, outputs = s->editions[e].n_instances ? s->editions[e].edition.n_output : 0;
    all[e] = (tally_result){arena_array(arena, outputs * records + 1, sizeof(int64_t)), arena_array(arena, outputs * records + 1, 1),
                            arena_array(arena, records + 1, 1), records};
    if (!all[e].values || !all[e].states || !all[e].fine) return NULL;
  }
  return all;
}

static ppr_status compute(void *p) {
  item *it = p;
  job *j = it->j;
  if (!it->worker && !(it->worker = worker_new(j->s, j->alloc, &j->plan, j->slots))) return PPR_NOMEM;
  it->result = NULL;
  if (it->first == 0 && !(it->result = new_result(j->s, j->arena))) return PPR_NOMEM; /* one thread alone gets run 0 */
  ppr_status status = worker_runs(it->worker, it->first, it->n, it->failed, it->result);
  if (it->first == 0) return status; /* goes on where the ledger is */
  for (uint32_t k = 0; k < it->n && status == PPR_OK; k++)
    if (!tally_end(worker_tally(it->worker), k, it->first + k, false)) status = PPR_NOMEM;
  return status;
}

static ppr_status write_chunk(job *j, item *it) {
  tally *t = worker_tally(it->worker);
  size_t rows, cells;
  ppr_status status = PPR_OK;
  if (it->first == 0) {
    if (!tally_bins(t, 0, j->width, sweep_write_bin, &j->out) || !tally_end(t, 0, 0, true)) return PPR_NOMEM;
    if (!j->s->baseline) j->s->result = it->result;
    status = sweep_write_changes(&j->out, t, it->result);
  }
  const tally_row *row = tally_rows(t, &rows);
  for (size_t i = 0; i < rows; i++) sweep_write_row(&j->out, &row[i]);
  const tally_cell *cell = tally_cells(t, &cells);
  for (size_t i = 0; i < cells; i++) sweep_write_cell(&j->out, &cell[i]);
  for (uint32_t k = 0; k < it->n; k++) {
    sweep_write_values(&j->out, it->first + k);
    ledger_put(j->book, LEDGER_failed, "iii", (int64_t)j->s->id, (int64_t)(it->first + k), (int64_t)it->failed[k]);
  }
  ledger_put(j->book, LEDGER_chunk, "iii", (int64_t)j->s->id, (int64_t)it->first, (int64_t)it->n);
  return status;
}

static ppr_status end(void *p, ppr_status status) {
  item *it = p;
  job *j = it->j;
  if (status != PPR_OK) return status;
  status = ledger_begin(j->book);
  if (status != PPR_OK) return status;
  status = write_chunk(j, it);
  if (status == PPR_OK) status = ledger_commit(j->book);
  else ledger_undo(j->book);
  tally_clear(worker_tally(it->worker));
  j->summary->evaluations += (uint64_t)it->n * j->s->input.store.count;
  j->progress.done = j->summary->evaluations;
  if (j->progress.total < j->progress.done) j->progress.total = j->progress.done;
  j->progress.milliseconds = now() - j->begin;
  if (j->opts->progress && status == PPR_OK) j->opts->progress(&j->progress, j->opts->ctx);
  return status;
}

static const pipeline flow = {.take = take, .stages = {{compute, false}}, .end = end};

/* Runs side by side: as many as their distributions leave room for. It depends on records and surveys only, so that chunks are the same in every
 * call. */
static uint32_t slots_of(const job *j, const scenario *s) {
  size_t bytes = 1;
  for (uint32_t e = 0; e < s->program->n_editions; e++)
    for (uint32_t k = 0; k < s->editions[e].n_instances; k++) {
      const tally_survey *v = &j->plan.surveys[s->editions[e].instances[k].survey];
      for (uint32_t p = 0; p < v->n_parts; p++)
        if (v->parts[p].form == PPR_PART_SPREAD) bytes += 16 * (size_t)s->input.store.parts[e].records;
    }
  size_t slots = SPREAD_BYTES / bytes;
  return slots < 1 ? 1 : slots > SLOTS ? SLOTS : (uint32_t)slots;
}

/* The same bins in every scenario, also where the first of them was counted by an earlier call. */
static void recall_widths(job *j) {
  for (size_t i = 0; i < j->plan.n_surveys; i++)
    for (uint32_t p = 0; p < j->plan.surveys[i].n_parts; p++)
      if (!j->width[i * TALLY_PARTS + p] && j->plan.surveys[i].parts[p].form == PPR_PART_SPREAD)
        j->width[i * TALLY_PARTS + p] =
            ledger_number(j->book, 0, "SELECT high - low FROM bin WHERE survey = ? AND part = ? LIMIT 1", "ii", (int64_t)i, (int64_t)p);
}

/* Run 0 of the baseline is needed in memory, whether or not it is in the ledger. */
static ppr_status recall_baseline(job *j) {
  scenario *s = j->baseline;
  if (s->result) return PPR_OK;
  uint64_t failed[1];
  sweep_worker *w = worker_new(s, j->alloc, &j->plan, 1);
  tally_result *result = new_result(s, j->arena);
  ppr_status status = w && result ? worker_runs(w, 0, 1, failed, result) : PPR_NOMEM;
  worker_free(w);
  s->result = result;
  return status;
}

/* Run 0 of the baseline alone; its other runs, like those of any scenario, are compared with it. */
static ppr_status run_baseline(job *j, scenario *s, void *const *items, size_t n) {
  j->last = 0;
  ppr_status status = pipeline_run(&flow, items, n, n);
  if (status == PPR_OK) status = recall_baseline(j);
  if (status != PPR_OK || !s->space.sets) return status;
  s->baseline = s;
  return match_records(s, s, j->arena) ? PPR_OK : PPR_NOMEM;
}

static ppr_status run_scenario(job *j, scenario *s) {
  void *items[PIPELINE_JOBS];
  size_t jobs = j->opts->run->jobs ? j->opts->run->jobs : 1;
  if (jobs > PIPELINE_JOBS) jobs = PIPELINE_JOBS;
  item *all = arena_array(j->arena, jobs, sizeof *all);
  if (!all) return PPR_NOMEM;
  j->s = s;
  j->next = j->chunk_number = 0;
  j->slots = slots_of(j, s);
  if (!ledger_list(j->book, j->arena, &j->done, &j->n_done, "SELECT first FROM chunk WHERE scenario = ? ORDER BY first", "i", (int64_t)s->id))
    return PPR_NOMEM;
  j->next_done = 0;
  recall_widths(j);
  j->progress.scenario = s->name;
  for (size_t i = 0; i < jobs; i++) {
    all[i].j = j;
    items[i] = &all[i];
  }
  ppr_status status = s->baseline ? PPR_OK : run_baseline(j, s, items, jobs);
  j->last = s->space.sets;
  if (status == PPR_OK) status = pipeline_run(&flow, items, jobs, jobs);
  for (size_t i = 0; i < jobs; i++) worker_free(all[i].worker);
  return status;
}

/* --- what is chosen --- */

static bool knows(const ppr_program *p, const char *name, bool reading) {
  for (uint32_t i = 0; i < p->n_editions; i++) {
    const ppr_edition *e = &p->editions[i];
    for (uint32_t k = 0; k < (reading ? e->n_reading : e->n_parameter); k++)
      if (strcmp(program_string(p, reading ? e->reading[k].name : e->parameter[k].name), name) == 0) return true;
  }
  return false;
}

static bool anybody_knows(const scenario *all, size_t n, const char *name, bool reading) {
  size_t i = 0;
  while (i < n && !knows(all[i].program, name, reading)) i++;
  return i < n;
}

/* A scenario passes over the readings and parameters other scenarios alone have; what none has is refused. */
static ppr_status choose(job *j, scenario *all, size_t n) {
  const ppr_run_opts *o = j->opts->run;
  const ppr_program **programs = arena_array(j->arena, n, sizeof *programs);
  for (size_t i = 0; i < n; i++) {
    ppr_reading_choice *readings = arena_array(j->arena, o->n_readings + 1, sizeof *readings);
    ppr_parameter_choice *parameters = arena_array(j->arena, o->n_parameters + 1, sizeof *parameters);
    if (!programs || !readings || !parameters) return PPR_NOMEM;
    programs[i] = all[i].program;
    ppr_run_opts *own = &all[i].run;
    *own = *o;
    own->readings = readings, own->parameters = parameters;
    own->n_readings = own->n_parameters = 0;
    for (size_t k = 0; k < o->n_readings; k++) {
      const char *name = o->readings[k].name;
      if (!name || knows(all[i].program, name, true) || !anybody_knows(all, n, name, true)) readings[own->n_readings++] = o->readings[k];
    }
    for (size_t k = 0; k < o->n_parameters; k++) {
      const char *name = o->parameters[k].name;
      if (!name || knows(all[i].program, name, false)) parameters[own->n_parameters++] = o->parameters[k];
    }
  }
  for (size_t k = 0; k < o->n_parameters; k++)
    if (o->parameters[k].name && !anybody_knows(all, n, o->parameters[k].name, false))
      return schema_no_parameter(j->arena, programs, n, o->parameters[k].name, j->report);
  return PPR_OK;
}

/* --- the whole --- */

/* What would be asked of a scenario, without its records: so that errors come before anything is computed, and progress knows its end. */
static ppr_status count_runs(job *j, scenario *of) {
  scenario s = {.id = of->id, .name = of->name, .program = of->program, .readings = of->readings};
  io_schema *schema = NULL;
  ppr_status status = input_select(&s.selected, s.program, j->opts->run, j->report);
  if (s.selected) s.program = s.selected;
  if (status == PPR_OK) status = schema_open(&schema, j->arena, s.program, of->run.readings, of->run.n_readings, j->report);
  if (status == PPR_OK) status = schema_set(schema, of->run.parameters, of->run.n_parameters, j->report);
  if (status == PPR_OK && !data_tables(&j->data, j->arena, schema)) status = PPR_NOMEM;
  if (status == PPR_OK) status = open_space(j, &s, schema);
  of->space.sets = s.space.sets;
  ppr_program_free(s.selected);
  return status;
}

/* Runs of all scenarios. */
static ppr_status count_all(job *j, scenario *all, size_t n, uint64_t *runs) {
  *runs = 0;
  for (size_t i = 0; i < n; i++) {
    ppr_status status = count_runs(j, &all[i]);
    if (status != PPR_OK) return status;
    *runs += all[i].space.sets + 1;
  }
  return PPR_OK;
}

/* Runs of a scenario this call has before it; where it makes a share of the chunks, about so many. */
static uint64_t runs_left(const job *j, const scenario *s) {
  uint64_t chunks = j->opts->chunks ? j->opts->chunks : 1, mine = (s->space.sets + chunks - 1) / chunks + 1;
  uint64_t done = (uint64_t)ledger_number(j->book, 0, "SELECT coalesce(sum(n), 0) FROM chunk WHERE scenario = ?", "i", (int64_t)s->id);
  return mine > done ? mine - done : 0;
}

/* What the page tells of the input: its name, and what a population says of itself; and who computed. */
static ppr_status write_notes(job *j) {
  enum { ORIGIN_MOST = 1 << 20 };
  size_t n, size;
  const char *input = j->opts->run->input, *name = last_part(input, &n);
  const char *note = arena_strndup(j->arena, name, n), *path = arena_printf(j->arena, "%s/" PPR_POPULATION_ORIGIN, input);
  if (!note || !path) return PPR_NOMEM;
  if (strcmp(note, ".") != 0 && strcmp(note, "..") != 0) ledger_note(j->book, "input", note);
  ledger_note(j->book, "ppr", ppr_version());
  char *text;
  if (file_kind_of(path) != FILE_KIND_REGULAR || file_read(j->alloc, path, ORIGIN_MOST, &text, &size) != FILE_OK) return PPR_OK;
  const char *line = arena_strndup(j->arena, text, strcspn(text, "\r\n"));
  file_free(j->alloc, text, size);
  if (!line) return PPR_NOMEM;
  ledger_note(j->book, "origin", line);
  return PPR_OK;
}

static ppr_status write_meta(job *j) {
  const ppr_sweep_opts *o = j->opts;
  char text[64];
  ppr_status status = ledger_begin(j->book);
  if (status != PPR_OK) return status;
  status = ledger_meta(j->book, "rules", ppr_program_name(o->scenarios[0].program));
  if (status == PPR_OK) status = ledger_meta(j->book, "record", o->run->record ? o->run->record : "");
  if (status == PPR_OK) status = ledger_meta(j->book, "as-of", o->run->as_of ? o->run->as_of : "");
  snprintf(text, sizeof text, "%" PRIu64, o->seed);
  if (status == PPR_OK) status = ledger_meta(j->book, "seed", text);
  snprintf(text, sizeof text, "%" PRIu64, o->draws ? o->draws : (uint64_t)DRAWS);
  if (status == PPR_OK) status = ledger_meta(j->book, "draws", text);
  snprintf(text, sizeof text, "%zu", o->n_scenarios + (o->vary_readings != PPR_READINGS_CHOSEN));
  if (status == PPR_OK) status = ledger_meta(j->book, "scenarios", text);
  const char *chosen = "";
  for (size_t i = 0; i < o->run->n_readings && chosen; i++)
    chosen = arena_printf(j->arena, "%s%s%s=%s", chosen, i ? "; " : "", o->run->readings[i].name, o->run->readings[i].variant);
  if (status == PPR_OK) status = chosen ? ledger_meta(j->book, "readings", chosen) : PPR_NOMEM;
  const char *set = "";
  for (size_t i = 0; i < o->run->n_parameters && set; i++)
    set = arena_printf(j->arena, "%s%s%s=%s", set, i ? "; " : "", o->run->parameters[i].name, o->run->parameters[i].value);
  if (status == PPR_OK) status = set ? ledger_meta(j->book, "parameters", set) : PPR_NOMEM;
  if (status == PPR_OK) status = write_notes(j);
  if (status == PPR_OK) return ledger_commit(j->book);
  ledger_undo(j->book);
  return status;
}

static ppr_status open_ledger(job *j) {
  ppr_status status = ledger_open(&j->book, j->alloc, j->opts->ledger, true, j->report);
  return status == PPR_OK ? write_meta(j) : status;
}

static ppr_status sweep_all(job *j, scenario *all, size_t n) {
  uint64_t runs = 0;
  ppr_status status = choose(j, all, n);
  if (status == PPR_OK) status = count_all(j, all, n, &runs);
  j->summary->runs = runs;
  for (size_t i = 0; i < n && status == PPR_OK; i++) {
    scenario *s = &all[i];
    status = open_scenario(j, s);
    if (status == PPR_OK && !j->width && !(j->width = arena_array(j->arena, (size_t)TALLY_SURVEYS * TALLY_PARTS, sizeof *j->width)))
      status = PPR_NOMEM;
    if (status == PPR_OK && i == 0) /* behind the reader, who says better what is wrong with the input */
      status = data_digest(&j->data, j->alloc, j->arena, j->opts->run->input, j->report);
    if (status == PPR_OK && i == 0) status = open_ledger(j); /* behind both: a call that is refused leaves none */
    j->out = (sweep_writer){j->book, j->arena, &j->plan, s};
    if (status == PPR_OK && i == 0) {
      j->summary->records = s->input.store.count;
      for (size_t k = 0; k < s->input.store.count; k++) j->summary->refused += s->input.store.records[k].refused;
      for (size_t k = 0; k < n; k++) j->progress.total += runs_left(j, &all[k]) * s->input.store.count; /* as if all had as many records */
    } else if (status == PPR_OK)
      j->progress.total += runs_left(j, s) * (s->input.store.count - j->baseline->input.store.count); /* may wrap, both ways */
    if (status == PPR_OK) status = enter_scenario(j, s);
    if (status == PPR_OK) status = run_scenario(j, s);
    if (i) close_scenario(s);
    if (stopped(j)) break;
  }
  if (j->book && status == PPR_OK) {
    j->summary->runs_done = (uint64_t)ledger_number(j->book, 0, "SELECT coalesce(sum(n), 0) FROM chunk", "");
    j->summary->complete = j->summary->runs_done == runs;
  }
  return status;
}

ppr_status ppr_sweep(ppr_engine *engine, const ppr_sweep_opts *opts, ppr_sweep_summary *summary, ppr_report *report) {
  if (!engine || !opts || opts->size != sizeof *opts || !summary || !report || !opts->scenarios || opts->n_scenarios == 0 || !opts->ledger)
    return PPR_MISUSE;
  if (!opts->run || opts->run->size != sizeof *opts->run || !opts->run->input || strcmp(opts->run->input, "-") == 0) return PPR_MISUSE;
  if (opts->chunks && (opts->chunk == 0 || opts->chunk > opts->chunks)) return PPR_MISUSE;
  *summary = (ppr_sweep_summary){0};
  job j = {.opts = opts, .alloc = engine->alloc, .report = report, .arena = arena_new(engine->alloc), .summary = summary, .begin = now()};
  size_t n = opts->n_scenarios + (opts->vary_readings != PPR_READINGS_CHOSEN);
  scenario *all = j.arena ? arena_array(j.arena, n, sizeof *all) : NULL;
  ppr_status status = all ? PPR_OK : PPR_NOMEM;
  for (size_t i = 0; i < n && all; i++) {
    bool readings = i == opts->n_scenarios;
    const ppr_sweep_scenario *from = &opts->scenarios[readings ? 0 : i];
    all[i] = (scenario){
        .id = (uint32_t)i, .baseline = i ? all : NULL, .name = readings ? "Lesarten" : from->name, .program = from->program, .readings = readings};
  }
  if (status == PPR_OK) {
    j.baseline = &all[0];
    status = sweep_all(&j, all, n);
    close_scenario(&all[0]);
  }
  ledger_close(j.book);
  summary->milliseconds = now() - j.begin;
  if (status == PPR_OK && arena_failed(j.arena)) status = PPR_NOMEM;
  arena_free(j.arena);
  return report_failed(report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}

ppr_status ppr_sweep_merge(ppr_engine *engine, const char *out, const char *const *ledgers, size_t n, ppr_report *report) {
  if (!engine || !out || !ledgers || n == 0 || !report) return PPR_MISUSE;
  if (file_kind_of(out) != FILE_KIND_NONE) {
    report_add(report, DIAG_LEDGER_EXISTS, SPAN_NONE, out, NULL);
    return PPR_DIAGNOSED;
  }
  ledger *l;
  ppr_status status = ledger_open(&l, engine->alloc, out, true, report);
  for (size_t i = 0; i < n && status == PPR_OK; i++) status = ledger_merge(l, ledgers[i]);
  ledger_close(l);
  if (status != PPR_OK) remove(out);
  return status;
}
