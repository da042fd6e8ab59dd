/* The tables as records: opening, and the second reading; see tables.h. What a table means to a record is in table.c. */
#include "io/tables_int.h"
#include <string.h>

enum { AHEAD = 1 << 16, AFTER = 4 };

bool view_new(key_view *view, ppr_arena *arena, size_t keys) {
  view->text = arena_array(arena, keys, sizeof *view->text);
  view->number = arena_array(arena, keys, sizeof *view->number);
  view->whole = arena_array(arena, keys, sizeof *view->whole);
  return !arena_failed(arena);
}

ppr_status tables_open(tables_reader **out, ppr_alloc alloc, const io_schema *schema, const io_limits *limits, const char *folder, size_t jobs,
                       ppr_report *report) {
  *out = NULL;
  file_kind kind = file_kind_of(folder);
  if (kind != FILE_KIND_FOLDER) {
    file_report(report, kind == FILE_KIND_NONE ? FILE_NOT_FOUND : FILE_NOT_FOLDER, folder, 0);
    return PPR_DIAGNOSED;
  }
  ppr_arena *arena = arena_new(alloc);
  tables_reader *t = arena ? arena_alloc(arena, sizeof *t) : NULL;
  if (!t) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *t = (tables_reader){.alloc = alloc, .schema = schema, .limits = limits, .report = report, .arena = arena};
  ppr_status status = scan_folder(t, folder, jobs);
  scan_done(t);
  if (status == PPR_OK) *out = t;
  else tables_close(t);
  return status;
}

void tables_close(tables_reader *t) {
  if (!t) return;
  for (size_t i = 0; i < t->n_tables; i++) file_source_close(t->sources[i]);
  for (key_join *j = t->joins; j; j = j->other) keyset_free(j->groups);
  keyset_free(t->keys);
  if (t->records) t->alloc.fn(t->alloc.ctx, t->records, t->records_cap * sizeof *t->records, 0);
  if (t->runs) t->alloc.fn(t->alloc.ctx, t->runs, t->runs_cap * sizeof *t->runs, 0);
  arena_free(t->arena);
}

size_t tables_count(const tables_reader *t) { return t->n_records; }

size_t tables_find(tables_reader *t, const char *const *key) {
  ppr_buf text;
  buf_init(&text, t->alloc, t->limits->line_bytes * 2 + 65536);
  for (size_t k = 0; k < t->schema->n_keys; k++) buf_put(&text, key[k], strlen(key[k]) + 1);
  uint32_t number = text.failed ? UINT32_MAX : keyset_find(t->keys, text.data, text.size);
  buf_fini(&text);
  return number == UINT32_MAX ? SIZE_MAX : number;
}

static ppr_status changed(const tables_reader *t, size_t table, ppr_report *report) {
  diag_set_where(report, report_add(report, DIAG_FILE_CHANGED, SPAN_NONE, t->tables[table].file, NULL), t->tables[table].file);
  return PPR_DIAGNOSED;
}

ppr_status tables_unchanged(const tables_reader *t, ppr_report *report) {
  for (size_t i = 0; i < t->n_tables; i++)
    if (t->sources[i] && !file_source_same(t->sources[i])) return changed(t, i, report);
  return PPR_OK;
}

/* --- the second reading --- */

/* What was read of a file last: the rows behind are mostly wanted next. */
typedef struct window {
  char *data;
  uint64_t at;
  size_t size, cap;
} window;

struct tables_cursor {
  const tables_reader *t;
  record_store *store;
  ppr_report *report;
  ppr_arena *arena;
  window *windows; /* per bound_table */
  csv_reader **csv;
  csv_cell *key;
  ppr_buf text; /* the key of the record at hand */
  key_walk walk;
  key_view view;
};

ppr_status tables_cursor_new(tables_cursor **out, const tables_reader *t, record_store *store, ppr_report *report) {
  *out = NULL;
  ppr_arena *arena = arena_new(t->alloc);
  tables_cursor *c = arena ? arena_alloc(arena, sizeof *c) : NULL;
  if (!c) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *c = (tables_cursor){.t = t, .store = store, .report = report, .arena = arena};
  buf_init(&c->text, t->alloc, t->limits->line_bytes * 2 + 65536);
  c->windows = arena_array(arena, t->n_tables + 1, sizeof *c->windows);
  c->csv = arena_array(arena, t->n_tables + 1, sizeof *c->csv);
  c->key = arena_array(arena, t->schema->n_keys, sizeof *c->key);
  bool fine = view_new(&c->view, arena, t->schema->n_keys);
  for (size_t i = 0; i < t->n_tables && fine; i++)
    fine = !t->sources[i] || (c->csv[i] = csv_open(t->alloc, t->tables[i].file, ';', NULL, NULL, t->limits, report));
  if (fine) *out = c;
  else tables_cursor_free(c);
  return fine ? PPR_OK : PPR_NOMEM;
}

void tables_cursor_free(tables_cursor *c) {
  if (!c) return;
  for (size_t i = 0; c->csv && i < c->t->n_tables; i++) csv_close(c->csv[i]);
  for (size_t i = 0; c->windows && i < c->t->n_tables; i++)
    if (c->windows[i].data) c->t->alloc.fn(c->t->alloc.ctx, c->windows[i].data, c->windows[i].cap, 0);
  buf_fini(&c->text);
  arena_free(c->arena);
}

static bool room(ppr_alloc alloc, char **data, size_t *cap, size_t need) {
  if (need <= *cap) return true;
  char *grown = alloc.fn(alloc.ctx, *data, *cap, need);
  if (!grown) return false;
  *data = grown;
  *cap = need;
  return true;
}

/* The bytes of a run, by reading on where the rows go on, else no more than them; NULL with the status why not. */
static char *run_bytes(tables_cursor *c, const row_run *run, ppr_status *status) {
  window *w = &c->windows[run->table];
  if (run->at >= w->at && run->at + run->bytes <= w->at + w->size) return w->data + (run->at - w->at);
  bool on = run->at >= w->at && run->at <= w->at + w->size + AHEAD;
  size_t size = on && run->bytes < AHEAD ? AHEAD : run->bytes;
  *status = PPR_NOMEM;
  if (!room(c->t->alloc, &w->data, &w->cap, size + CSV_PADDING)) return NULL;
  w->at = run->at;
  w->size = file_source_at(c->t->sources[run->table], run->at, w->data, size);
  w->data[w->size] = 0;
  if (w->size >= run->bytes) return w->data;
  w->size = 0;
  *status = changed(c->t, run->table, c->report);
  return NULL;
}

/* Rows of a run into the record. */
static ppr_status give_run(tables_cursor *c, store_record *r, const row_run *run) {
  ppr_status status = PPR_OK;
  const bound_table *table = &c->t->tables[run->table];
  char *bytes = run_bytes(c, run, &status);
  if (!bytes) return status;
  csv_piece piece = {.memory = bytes, .size = run->bytes, .line = run->line, .at = run->at, .separator = ';', .lent = true};
  piece.encoding = c->t->encodings[run->table];
  csv_reader *csv = c->csv[run->table];
  csv_over(csv, &piece);
  const csv_row *row;
  csv_step step;
  while ((step = csv_next(csv, &row)) == CSV_ROW)
    if (run->unread || (!table_give(table, c->store, r, &c->view, row) && table->n_keys == c->t->schema->n_keys))
      table_unread(table, c->store, r, row);
  if (step == CSV_FAILED) return csv_failed_memory(csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  return c->store->failed ? PPR_NOMEM : PPR_OK;
}

static ppr_status give_runs(tables_cursor *c, store_record *r, run_list list) {
  ppr_status status = PPR_OK;
  const row_run *runs = c->t->runs;
  for (uint32_t n = list.first; n != PPR_NONE && status == PPR_OK; n = runs[n].next) {
    if (n + AFTER < c->t->n_runs) __builtin_prefetch(&runs[n + AFTER]); /* of the same table, for a record to come */
    status = give_run(c, r, &runs[n]);
  }
  return status;
}

static ppr_status fill_record(tables_cursor *c, uint32_t number) {
  const tables_reader *t = c->t;
  const table_record *from = &t->records[number];
  if (!keyset_walk(t->keys, number, &c->walk, &c->text)) return PPR_NOMEM;
  const char *p = c->text.data;
  for (size_t k = 0; k < t->schema->n_keys; k++, p += strlen(p) + 1) c->key[k] = (csv_cell){p, strlen(p)};
  store_record *r = store_append(c->store, c->key, t->tables[from->table].name, from->line, ',');
  if (!r) return PPR_NOMEM;
  table_view(&c->view, t->schema, c->text.data, r->edition);
  ppr_status status = give_runs(c, r, from->runs);
  for (const key_join *j = t->joins; j && status == PPR_OK; j = j->other) status = give_runs(c, r, j->runs[j->group[number]]);
  return status;
}

ppr_status tables_fill(tables_cursor *c, size_t first, size_t count) {
  ppr_status status = PPR_OK;
  for (size_t i = 0; i < count && status == PPR_OK; i++) status = fill_record(c, (uint32_t)(first + i));
  if (status != PPR_OK) return status;
  store_finish(c->store);
  return c->store->failed ? PPR_NOMEM : PPR_OK;
}

ppr_status tables_read(record_store *store, const char *folder, ppr_report *report) {
  tables_reader *t;
  tables_cursor *c;
  ppr_status status = tables_open(&t, store->alloc, store->schema, store->limits, folder, 1, report);
  if (status != PPR_OK) return status;
  status = tables_cursor_new(&c, t, store, report);
  if (status == PPR_OK) status = tables_fill(c, 0, t->n_records);
  tables_cursor_free(c);
  tables_close(t);
  return status;
}
