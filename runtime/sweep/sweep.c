/* A sweep: scenario by scenario, chunk by chunk into the ledger. Start reading here. */
#define _POSIX_C_SOURCE 200809L
#include "ppr/sweep.h"
#include "base/crc.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/file.h"
#include "engine.h"
#include "io/cells.h"
#include "io/pipeline.h"
#include "sweep/ledger.h"
#include "sweep/sweep.h"
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
  int64_t *width; /* of histograms */
  scenario *baseline, *s;
  uint32_t slots; /* runs of a chunk of s */
  uint64_t next, chunk_number;
  int64_t *done; /* chunks of s in the ledger when it began: their first runs */
  size_t n_done;
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

/* Digests of the program and of the records it reads. */
static ppr_status digests(const job *j, scenario *s, char program[65], char data[65]) {
  void *bytes;
  size_t size;
  uint8_t sha[32];
  ppr_status status = ppr_program_save(s->program, &bytes, &size);
  if (status != PPR_OK) return status;
  sha256(sha, bytes, size);
  sha256_text(program, sha);
  ppr_free(bytes);
  ppr_buf sums;
  buf_init(&sums, j->alloc, (size_t)1 << 30);
  const record_store *store = &s->input.store;
  for (size_t i = 0; i < store->count; i++) {
    uint32_t words[] = {crc32c(store->records[i].key, store->records[i].key_size), store->records[i].edition, store->records[i].refused};
    buf_put(&sums, words, sizeof words);
  }
  for (uint32_t e = 0; e < s->program->n_editions; e++)
    for (uint32_t first = 0; first < store->parts[e].records; first += STORE_LANES) {
      const store_block *b = &store->parts[e].blocks[first / STORE_LANES];
      uint32_t n = store->parts[e].records - first < STORE_LANES ? store->parts[e].records - first : STORE_LANES;
      for (uint32_t i = 0; i < s->program->editions[e].n_input; i++) {
        uint32_t words[] = {crc32c(b->values + (size_t)i * STORE_APART, n * sizeof(int64_t)), crc32c(b->states + (size_t)i * STORE_APART, n)};
        buf_put(&sums, words, sizeof words);
      }
    }
  sha256(sha, sums.data ? sums.data : "", sums.size);
  sha256_text(data, sha);
  bool failed = sums.failed;
  buf_fini(&sums);
  return failed ? PPR_NOMEM : PPR_OK;
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
  if (!s->baseline) return hold_open(&s->input, j->alloc, s->program, j->opts->run, j->report);
  ppr_report *own = report_new(j->alloc);
  if (!own) return PPR_NOMEM;
  ppr_status status = hold_open(&s->input, j->alloc, s->program, j->opts->run, own);
  if (status != PPR_OK) report_take(j->report, own);
  report_free(own);
  return status;
}

static ppr_status open_scenario(job *j, scenario *s) {
  const ppr_sweep_opts *o = j->opts;
  ppr_status status = input_select(&s->selected, s->program, o->run, j->report);
  if (status != PPR_OK) return status;
  if (s->selected) s->program = s->selected;
  status = read_records(j, s);
  if (status == PPR_OK) status = read_surveys(j, s);
  if (status == PPR_OK) status = open_space(j, s, s->input.schema);
  if (status != PPR_OK) return status;
  if (!space_keys(&s->space, j->arena, &s->input.store) || !(s->records = scenario_records(s, j->arena))) return PPR_NOMEM;
  return s->baseline && !match_records(s, s->baseline, j->arena) ? PPR_NOMEM : PPR_OK;
}

static void close_scenario(scenario *s) {
  hold_close(&s->input);
  ppr_program_free(s->selected);
}

/* --- what a scenario is, in the ledger --- */

static const char *const forms[] = {[PPR_DOMAIN_RANGE] = "range",       [PPR_DOMAIN_LIST] = "list",     [PPR_DOMAIN_UNIFORM] = "uniform",
                                    [PPR_DOMAIN_TRIANGLE] = "triangle", [PPR_DOMAIN_NORMAL] = "normal", [PPR_DOMAIN_WEIGHTED] = "weighted"};
static const char *const kinds[] = {[PPR_KIND_NUMBER] = "zahl",     [PPR_KIND_PERCENT] = "prozent", [PPR_KIND_BOOL] = "ja/nein", [PPR_KIND_DATE] = "datum",
                                    [PPR_KIND_QUARTER] = "quartal", [PPR_KIND_ENUM] = "wort",       [PPR_KIND_TEXT] = "text"};
static const char *const part_forms[] = {
    [PPR_PART_GROUP] = "gruppe", [PPR_PART_SHARE] = "anteil", [PPR_PART_SUM] = "summe", [PPR_PART_SPREAD] = "verteilung"};

/* Decimals of the stored number: those of a percentage are of the fraction. */
static int64_t stored_scale(uint32_t kind, uint32_t scale) { return (int64_t)scale + (kind == PPR_KIND_PERCENT ? 2 : 0); }

static const char *keyed_for(const job *j, const scenario *s, const space_axis *a) {
  const char *out = "";
  size_t n = !a->keyed ? 0 : a->domain->every ? s->input.schema->n_keys : a->domain->keys;
  for (size_t k = 0; k < n && out; k++) {
    uint32_t at = a->domain->every ? (uint32_t)k : a->key[k].key;
    out = arena_printf(j->arena, "%s%s%s", out, k ? "," : "", s->input.schema->keys[at]);
  }
  return out ? out : "";
}

static const char *word_of(const scenario *s, const space_axis *a, int64_t value) {
  const ppr_edition *e = s->input.schema->editions[a->edition].e;
  if (a->field->kind != PPR_KIND_ENUM || !a->field->enumeration) return "";
  return schema_str(s->input.schema, e->member[e->enumeration[a->field->enumeration - 1].first + (uint64_t)value].name);
}

static ppr_status write_scenario(job *j, scenario *s, const char *program, const char *data) {
  const space *sp = &s->space;
  int64_t refused = 0;
  for (size_t i = 0; i < s->input.store.count; i++) refused += s->input.store.records[i].refused;
  ledger_put(j->book, LEDGER_scenario, "itttiiiii", (int64_t)s->id, s->name, program, data, (int64_t)s->input.store.count, refused, (int64_t)sp->grid,
             (int64_t)sp->draws, (int64_t)sp->sets);
  for (size_t i = 0; i < sp->n_axes; i++) {
    const space_axis *a = &sp->axes[i];
    ledger_put(j->book, LEDGER_parameter, "iitttiittti", (int64_t)s->id, (int64_t)i, a->name, schema_str(s->input.schema, a->field->unit),
               kinds[a->field->kind], stored_scale(a->field->kind, a->field->scale), s->input.schema->editions[a->edition].preset[a->field - s->input.schema->editions[a->edition].e->field],
               forms[a->domain->form], "", keyed_for(j, s, a), (int64_t)a->steps);
  }
  for (size_t i = 0; i < j->plan.n_surveys; i++) {
    const tally_survey *v = &j->plan.surveys[i];
    ledger_put(j->book, LEDGER_survey, "it", (int64_t)i, v->name);
    for (uint32_t k = 0; k < v->n_parts; k++)
      ledger_put(j->book, LEDGER_part, "iitttti", (int64_t)i, (int64_t)k, part_forms[v->parts[k].form], v->parts[k].name, v->parts[k].unit,
                 kinds[v->parts[k].kind], stored_scale(v->parts[k].kind, v->parts[k].scale));
  }
  return PPR_OK;
}

/* The scenario is in the ledger as it is now, or is put there. */
static ppr_status enter_scenario(job *j, scenario *s) {
  char program[65], data[65];
  ppr_status status = digests(j, s, program, data);
  if (status != PPR_OK) return status;
  const char *has[3];
  static const char *const asked[] = {"name", "program", "data"};
  const char *want[] = {s->name, program, data};
  for (int i = 0; i < 3; i++) {
    const char *sql = arena_printf(j->arena, "SELECT %s FROM scenario WHERE id = ?", asked[i]);
    if (!sql) return PPR_NOMEM;
    has[i] = ledger_text(j->book, j->arena, sql, "i", (int64_t)s->id);
    if (has[i] && strcmp(has[i], want[i]) != 0) {
      const char *what = arena_printf(j->arena, "%s: %s", s->name, asked[i]);
      report_add(j->report, DIAG_LEDGER_OTHER, SPAN_NONE, j->opts->ledger, what, has[i], want[i], NULL);
      return PPR_DIAGNOSED;
    }
  }
  if (has[0]) return PPR_OK;
  status = ledger_begin(j->book);
  if (status != PPR_OK) return status;
  write_scenario(j, s, program, data);
  return ledger_commit(j->book);
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

static bool done_before(const job *j, uint64_t first) {
  for (size_t i = 0; i < j->n_done; i++)
    if (j->done[i] == (int64_t)first) return true;
  return false;
}

/* The next chunk that is to be done here: run 0, then so many runs each. Run 0 is everybody's. */
static ppr_status take(void *p, bool *more) {
  item *it = p;
  job *j = it->j;
  for (;;) {
    *more = j->next <= j->s->space.sets && !stopped(j);
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

static const char *wide_text(ppr_wide value, char out[DEC_TEXT]) {
  dec_print(out, value, 0, ',');
  return out;
}

static void write_row(const job *j, const tally_row *r) {
  char sum[DEC_TEXT];
  int64_t s = j->s->id, run = (int64_t)r->run, survey = r->survey, part = r->part;
  if (r->form == PPR_PART_SHARE) {
    ledger_put(j->book, LEDGER_share, "iiitiiiiii", s, run, survey, r->cell, part, (int64_t)r->yes, (int64_t)r->no, (int64_t)r->absent, (int64_t)r->gained,
               (int64_t)r->lost);
    return;
  }
  ledger_put(j->book, LEDGER_total, "iiitiiit", s, run, survey, r->cell, part, (int64_t)r->yes, (int64_t)r->absent, wide_text(r->sum, sum));
  for (int k = 0; r->form == PPR_PART_SPREAD && r->yes && k < TALLY_RANKS; k++)
    ledger_put(j->book, LEDGER_spread, "iiitiii", s, run, survey, r->cell, part, (int64_t)tally_percent[k], r->rank[k]);
}

static void write_cell(const job *j, const tally_cell *c) {
  ledger_put(j->book, LEDGER_cell, "iti", (int64_t)c->survey, c->cell, (int64_t)c->groups);
  for (uint32_t g = 0; g < TALLY_GROUPS; g++)
    if (c->groups >> g & 1)
      ledger_put(j->book, LEDGER_cell_group, "ititti", (int64_t)c->survey, c->cell, (int64_t)g, c->value[g], c->label[g], c->place[g]);
}

static void write_bin(const tally_bin *b, void *ctx) {
  const job *j = ctx;
  ledger_put(j->book, LEDGER_bin, "iitiiii", (int64_t)j->s->id, (int64_t)b->survey, b->cell, (int64_t)b->part, b->low, b->high, (int64_t)b->n);
}

/* The values of the parameters of a run that are the same for all records. */
static void write_values(const job *j, uint64_t run) {
  const space *sp = &j->s->space;
  for (size_t i = 0; i < sp->n_axes; i++) {
    const space_axis *a = &sp->axes[i];
    const schema_edition *se = &j->s->input.schema->editions[a->edition];
    if (a->keyed) continue;
    int64_t value = run ? space_value(sp, a, run, a->edition, 0) : se->preset[a->field - se->e->field];
    ledger_put(j->book, LEDGER_value, "iiiit", (int64_t)j->s->id, (int64_t)run, (int64_t)i, value, word_of(j->s, a, value));
  }
}

static const char *key_text(job *j, const store_record *r) {
  const char *out = "";
  for (size_t k = 0; k < j->s->input.schema->n_keys && out; k++) out = arena_printf(j->arena, "%s%s%s", out, k ? "," : "", cells_key_text(r, k));
  return out;
}

/* A value of an instance, false: there is none. */
static bool value_of(const tally_result *r, const tally_instance *in, uint32_t part, uint32_t record, int64_t *value) {
  if (!r->fine[record] || (in->when && r->values[(in->when - 1) * r->records + record] != 1)) return false;
  size_t at = in->column[part] * r->records + record;
  *value = r->values[at];
  return r->states[at] == PPR_PRESENT;
}

/* Results of run 0 that differ from those of the baseline. */
static ppr_status write_changes(job *j, item *it) {
  const scenario *s = j->s, *base = s->baseline;
  for (uint32_t e = 0; base && e < s->program->n_editions; e++) {
    if (s->before[e] == PPR_NONE || !s->editions[e].n_instances) continue;
    const tally_edition *was = &base->editions[s->before[e]];
    const tally_result *before = &base->result[s->before[e]], *after = &it->result[e];
    tally_block b = {.schema = base->input.schema, .edition = s->before[e], .of = was, .n = (uint32_t)before->records, .stride = before->records,
                     .values = before->values, .states = before->states, .fine = before->fine};
    for (uint32_t i = 0; i < after->records; i++) {
      uint32_t at = s->place[e][i];
      const char *key = NULL;
      for (uint32_t k = 0; at != PPR_NONE && k < s->editions[e].n_instances; k++) {
        const tally_instance *in = &s->editions[e].instances[k], *old = in->before == PPR_NONE ? NULL : &was->instances[in->before];
        const tally_survey *survey = &j->plan.surveys[in->survey];
        for (uint32_t p = survey->n_groups; old && p < survey->n_parts; p++) {
          int64_t x = 0, y = 0;
          bool has_x = value_of(before, old, p, at, &x), has_y = value_of(after, in, p, i, &y);
          if (has_x == has_y && (!has_x || x == y)) continue;
          const tally_cell *cell = before->fine[at] ? tally_cell_of(worker_tally(it->worker), &b, in->before, at) : NULL;
          if (!key && !(key = key_text(j, s->records[e][i]))) return PPR_NOMEM;
          ledger_put(j->book, LEDGER_change, !has_x ? "itititxi" : !has_y ? "itititix" : "itititii", (int64_t)s->id, key, (int64_t)in->survey, in->element,
                     (int64_t)p, cell ? cell->cell : "", has_x ? x : y, y);
        }
      }
    }
  }
  return PPR_OK;
}

static ppr_status write_chunk(job *j, item *it) {
  tally *t = worker_tally(it->worker);
  size_t rows, cells;
  ppr_status status = PPR_OK;
  if (it->first == 0) {
    if (!tally_bins(t, 0, j->width, write_bin, j) || !tally_end(t, 0, 0, true)) return PPR_NOMEM;
    if (!j->s->baseline) j->s->result = it->result;
    status = write_changes(j, it);
  }
  const tally_row *row = tally_rows(t, &rows);
  for (size_t i = 0; i < rows; i++) write_row(j, &row[i]);
  const tally_cell *cell = tally_cells(t, &cells);
  for (size_t i = 0; i < cells; i++) write_cell(j, &cell[i]);
  for (uint32_t k = 0; k < it->n; k++) {
    write_values(j, it->first + k);
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
  j->progress.milliseconds = now() - j->begin;
  if (j->opts->progress && status == PPR_OK) j->opts->progress(&j->progress, j->opts->ctx);
  return status;
}

static const pipeline flow = {take, {{compute, false}}, end};

/* Runs side by side: as many as their distributions leave room for. It depends on records and surveys only, so that chunks are the same in every call. */
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

static void ignore_bin(const tally_bin *bin, void *ctx) {
  (void)bin;
  (void)ctx;
}

/* Run 0 of the baseline is needed in memory, whether or not it is in the ledger. */
static ppr_status recall_baseline(job *j) {
  scenario *s = j->baseline;
  if (s->result) return PPR_OK;
  uint64_t failed[1];
  sweep_worker *w = worker_new(s, j->alloc, &j->plan, 1);
  tally_result *result = new_result(s, j->arena);
  ppr_status status = w && result ? worker_runs(w, 0, 1, failed, result) : PPR_NOMEM;
  if (status == PPR_OK && !tally_bins(worker_tally(w), 0, j->width, ignore_bin, NULL)) status = PPR_NOMEM;
  worker_free(w);
  s->result = result;
  return status;
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
  if (!ledger_list(j->book, j->arena, &j->done, &j->n_done, "SELECT first FROM chunk WHERE scenario = ?", "i", (int64_t)s->id)) return PPR_NOMEM;
  j->progress.scenario = s->name;
  for (size_t i = 0; i < jobs; i++) {
    all[i].j = j;
    items[i] = &all[i];
  }
  ppr_status status = pipeline_run(&flow, items, jobs);
  for (size_t i = 0; i < jobs; i++) worker_free(all[i].worker);
  return status;
}

/* --- the whole --- */

/* What would be asked of a scenario, without its records: so that errors come before anything is computed, and progress knows its end. */
static ppr_status count_runs(job *j, const scenario *of, uint64_t *sets) {
  scenario s = {.id = of->id, .name = of->name, .program = of->program, .readings = of->readings};
  io_schema *schema = NULL;
  ppr_status status = input_select(&s.selected, s.program, j->opts->run, j->report);
  if (s.selected) s.program = s.selected;
  if (status == PPR_OK) status = schema_open(&schema, j->arena, s.program, j->opts->run->readings, j->opts->run->n_readings, j->report);
  if (status == PPR_OK) status = open_space(j, &s, schema);
  *sets = s.space.sets;
  ppr_program_free(s.selected);
  return status;
}

/* Runs of all scenarios, and those of them that are in the ledger. */
static ppr_status count_all(job *j, scenario *all, size_t n, uint64_t *runs) {
  *runs = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t sets = 0;
    ppr_status status = count_runs(j, &all[i], &sets);
    if (status != PPR_OK) return status;
    *runs += sets + 1;
  }
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
  if (status == PPR_OK) return ledger_commit(j->book);
  ledger_undo(j->book);
  return status;
}

static ppr_status sweep_all(job *j, scenario *all, size_t n) {
  uint64_t runs;
  ppr_status status = count_all(j, all, n, &runs);
  if (status == PPR_OK) status = ledger_open(&j->book, j->alloc, j->opts->ledger, true, j->report);
  if (status == PPR_OK) status = write_meta(j);
  j->summary->runs = runs;
  for (size_t i = 0; i < n && status == PPR_OK; i++) {
    scenario *s = &all[i];
    s->id = (uint32_t)i;
    s->baseline = i ? j->baseline : NULL;
    status = open_scenario(j, s);
    if (status == PPR_OK && !j->width && !(j->width = arena_array(j->arena, (size_t)TALLY_SURVEYS * TALLY_PARTS, sizeof *j->width))) status = PPR_NOMEM;
    if (status == PPR_OK && i == 0) {
      j->summary->records = s->input.store.count;
      for (size_t k = 0; k < s->input.store.count; k++) j->summary->refused += s->input.store.records[k].refused;
      j->progress.total = runs * s->input.store.count; /* scenarios read the same records; counted down below by what is done already */
      int64_t done = ledger_number(j->book, 0, "SELECT coalesce(sum(n), 0) FROM chunk", "");
      j->progress.total -= (uint64_t)done * s->input.store.count;
    }
    if (status == PPR_OK) status = enter_scenario(j, s);
    if (status == PPR_OK) status = run_scenario(j, s);
    if (status == PPR_OK && i == 0) status = recall_baseline(j);
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
  if (!engine || !opts || opts->size != sizeof *opts || !summary || !report || !opts->scenarios || opts->n_scenarios == 0 || !opts->ledger) return PPR_MISUSE;
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
    all[i] = (scenario){.name = readings ? "Lesarten" : from->name, .program = from->program, .readings = readings};
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
