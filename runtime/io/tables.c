/* Both readings of the tables; see tables.h. What a table means to a record is in table.c. */
#include "io/tables.h"
#include "base/file.h"
#include "io/table.h"
#include <errno.h>
#include <string.h>

enum { AHEAD = 1 << 16, RUN_BYTES = 1 << 24 };

/* Rows of one record that stand together in a file. */
typedef struct row_run {
  uint64_t at, line;
  uint32_t bytes, next; /* next: run of the same record, in the order of reading; PPR_NONE: last */
  uint16_t table;
  bool unread; /* nothing reads it, whichever record it belongs to */
} row_run;

/* Runs of a record, or of the records with some keys. */
typedef struct run_list {
  uint32_t first, last; /* PPR_NONE: empty */
} run_list;

typedef struct table_record {
  uint64_t line; /* where it first appeared, in this bound_table */
  run_list runs;
  uint32_t edition;
  uint16_t table;
} table_record;

/* The records by some of their keys: made when all of them are there. */
typedef struct key_join {
  const uint32_t *keys; /* positions, ascending */
  size_t n_keys;
  key_set *groups;
  uint32_t *group; /* per record */
  uint32_t *next;  /* per record: the next one of its group, PPR_NONE: last */
  uint32_t *first; /* per group: its first record */
  run_list *runs;  /* per group: rows of all tables with these keys */
  struct key_join *other;
} key_join;

struct tables_reader {
  ppr_alloc alloc;
  const io_schema *schema;
  const io_limits *limits;
  ppr_report *report;
  ppr_arena *arena;
  bound_table *tables;
  size_t n_tables;
  file_source **sources; /* per table, NULL: absent */
  uint8_t *encodings;
  key_set *keys;
  table_record *records;
  size_t n_records, records_cap;
  row_run *runs;
  size_t n_runs, runs_cap;
  size_t *by_edition; /* records */
  key_join *joins;
  bool bad; /* the report says why nothing can be computed */
};

/* The first reading of one table. */
typedef struct scan {
  tables_reader *t;
  bound_table *table;
  uint16_t number;
  key_join *join;   /* NULL: it has all keys, so that each row has one record */
  csv_cell *key;    /* key cells of a row */
  ppr_buf last_key; /* raw key cells of the row before, each with its length in front */
  uint32_t last;    /* its record or group */
  ppr_buf joined, text;
  key_view view;
  size_t stray; /* rows without record */
} scan;

/* --- what tables there are --- */

/* The keys a block reads rows by, as marks. */
static size_t mark_keys(const tables_reader *t, bool *marks, const ppr_edition *e, const ppr_block *b) {
  for (size_t k = 0; k < t->schema->n_keys; k++) marks[k] = b->keys == 0;
  for (uint32_t i = 0; i < b->keys; i++) marks[e->block_key[b->first_key + i].key] = true;
  size_t n = 0;
  for (size_t k = 0; k < t->schema->n_keys; k++) n += marks[k];
  return n;
}

/* The keys of a table are those of its blocks, the same in every edition: one file has one head line. */
static ppr_status keys_of_table(tables_reader *t, bound_table *table, bool *marks, uint32_t edition, const ppr_block *b) {
  size_t n = mark_keys(t, marks, t->schema->editions[edition].e, b);
  if (!table->keys) {
    table->edition = edition;
    table->keys = arena_array(t->arena, n, sizeof *table->keys);
    if (!table->keys) return PPR_NOMEM;
    for (uint32_t k = 0; k < t->schema->n_keys; k++)
      if (marks[k]) table->keys[table->n_keys++] = k;
    return PPR_OK;
  }
  bool same = n == table->n_keys;
  for (size_t i = 0; same && i < n; i++) same = marks[table->keys[i]];
  if (same) return PPR_OK;
  report_add(t->report, DIAG_TABLE_KEYS_DIFFER, SPAN_NONE, table->name, schema_edition_name(t->schema, table->edition),
             schema_edition_name(t->schema, edition), NULL);
  return PPR_DIAGNOSED;
}

static ppr_status collect_tables(tables_reader *t) {
  textmap seen;
  textmap_init(&seen, t->arena);
  size_t blocks = 0;
  for (uint32_t i = 0; i < t->schema->program->n_editions; i++) blocks += t->schema->editions[i].e->n_block;
  if (blocks > UINT16_MAX) return PPR_LIMIT;
  bool *marks = arena_array(t->arena, t->schema->n_keys, sizeof *marks);
  t->tables = arena_array(t->arena, blocks + 1, sizeof *t->tables);
  t->sources = arena_array(t->arena, blocks + 1, sizeof *t->sources);
  t->encodings = arena_array(t->arena, blocks + 1, 1);
  if (arena_failed(t->arena)) return PPR_NOMEM;
  for (uint32_t i = 0; i < t->schema->program->n_editions; i++) {
    const ppr_edition *e = t->schema->editions[i].e;
    for (uint32_t b = 0; b < e->n_block; b++) {
      const char *name = schema_str(t->schema, e->block[b].table);
      uint32_t at = textmap_add(&seen, name, strlen(name), (uint32_t)t->n_tables, NULL);
      if (at == TEXTMAP_NONE) return PPR_NOMEM;
      if (at == t->n_tables) t->tables[t->n_tables++] = (bound_table){.schema = t->schema, .arena = t->arena, .name = name};
      ppr_status status = keys_of_table(t, &t->tables[at], marks, i, &e->block[b]);
      if (status != PPR_OK) return status;
    }
  }
  return PPR_OK;
}

/* --- the first reading --- */

static void complain(void *ctx, const bound_table *table, uint64_t line, diag_code code, const char *a, const char *b) {
  tables_reader *t = ctx;
  diag *d = a ? report_add(t->report, code, SPAN_NONE, a, b, NULL) : report_add(t->report, code, SPAN_NONE, NULL);
  const char *where = line ? arena_printf(t->arena, "%s:%llu", table->file, (unsigned long long)line) : table->file;
  if (where) diag_set_where(t->report, d, where);
  if (diag_find(code)->severity == PPR_SEV_ERROR) t->bad = true;
}

static bool grow(ppr_alloc alloc, void **items, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return true;
  size_t more = *cap ? *cap * 2 : 256;
  void *grown = alloc.fn(alloc.ctx, *items, *cap * size, more * size);
  if (!grown) return false;
  *items = grown;
  *cap = more;
  return true;
}

/* The row behind those the list has of this table, or as a run of its own. */
static bool add_row(const scan *s, run_list *list, const csv_row *row, bool unread) {
  tables_reader *t = s->t;
  row_run *last = list->last == PPR_NONE ? NULL : &t->runs[list->last];
  if (last && last->table == s->number && last->at + last->bytes == row->at && last->unread == unread && last->bytes + row->size < RUN_BYTES) {
    last->bytes += (uint32_t)row->size;
    return true;
  }
  if (t->n_runs >= PPR_NONE || !grow(t->alloc, (void **)&t->runs, t->n_runs, &t->runs_cap, sizeof *t->runs)) return false;
  uint32_t own = (uint32_t)t->n_runs++;
  t->runs[own] = (row_run){row->at, row->line, (uint32_t)row->size, PPR_NONE, s->number, unread};
  if (list->last == PPR_NONE) list->first = own;
  else t->runs[list->last].next = own;
  list->last = own;
  return true;
}

/* Are the key cells those of the row before? Consecutive rows mostly belong to one record, so raw texts are compared first. */
static bool same_key(scan *s, const csv_row *row) {
  const bound_table *table = s->table;
  const char *last = s->last_key.data;
  size_t at = 0;
  bool same = s->last_key.size > 0;
  for (size_t i = 0; i < table->n_keys; i++) {
    uint32_t k = table->keys[i];
    const csv_cell c = s->key[k] = row->cells[table->key_column[k]];
    size_t size;
    if (!same) continue;
    memcpy(&size, last + at, sizeof size);
    same = size == c.size && memcmp(last + at + sizeof size, c.text, size) == 0;
    at += sizeof size + size;
  }
  return same;
}

static bool remember_key(scan *s, uint32_t found) {
  s->last = found;
  s->last_key.size = 0;
  for (size_t i = 0; i < s->table->n_keys; i++) {
    const csv_cell *c = &s->key[s->table->keys[i]];
    buf_put(&s->last_key, &c->size, sizeof c->size);
    buf_put(&s->last_key, c->text, c->size);
  }
  return !s->last_key.failed;
}

static uint32_t edition_of(const io_schema *s, const char *key) {
  csv_cell year = {NULL, 0}, quarter = {NULL, 0};
  if (!s->dated) return 0;
  for (size_t k = 0; k < s->n_keys; k++, key += strlen(key) + 1) {
    if (k == s->year) year = (csv_cell){key, strlen(key)};
    if (k == s->quarter) quarter = (csv_cell){key, strlen(key)};
  }
  return store_edition_of(s, year, quarter);
}

/* The record of a row with all keys. */
static ppr_status record_row(scan *s, const csv_row *row) {
  tables_reader *t = s->t;
  if (!same_key(s, row)) {
    bool fresh;
    if (!store_join(&s->joined, t->schema, t->limits, s->key, NULL, t->schema->n_keys)) return PPR_NOMEM;
    uint32_t number = keyset_enter(t->keys, s->joined.data, s->joined.size, &fresh);
    if (number == UINT32_MAX || !remember_key(s, number)) return PPR_NOMEM;
    if (fresh) {
      if (t->n_records == t->limits->records) {
        complain(t, s->table, row->line, DIAG_TOO_MANY_RECORDS, arena_printf(t->arena, "%zu", t->limits->records), NULL);
        return PPR_DIAGNOSED;
      }
      if (!grow(t->alloc, (void **)&t->records, t->n_records, &t->records_cap, sizeof *t->records)) return PPR_NOMEM;
      uint32_t edition = edition_of(t->schema, s->joined.data);
      t->records[t->n_records++] = (table_record){row->line, {PPR_NONE, PPR_NONE}, edition, s->number};
      if (edition != PPR_NONE) t->by_edition[edition]++;
    }
  }
  return add_row(s, &t->records[s->last].runs, row, false) ? PPR_OK : PPR_NOMEM;
}

/* Rows of other houses are no error, but a mistyped key looks the same. Not after an error: then records may be missing. */
static void stray_row(scan *s, const csv_row *row) {
  tables_reader *t = s->t;
  if (t->bad || s->stray++ >= t->limits->reported) return;
  const char *key = "";
  for (size_t i = 0; i < s->table->n_keys && key; i++) {
    csv_cell c = s->key[s->table->keys[i]];
    key = arena_printf(t->arena, "%s%s%s", key, i ? "/" : "", shown(t->arena, c.text, c.size));
  }
  complain(t, s->table, row->line, DIAG_ROW_WITHOUT_RECORD, key ? key : "", NULL);
}

/* Does any record of the group take the row? By its other cells it may be meant for some of them only. */
static bool group_takes(scan *s, uint32_t group, const csv_row *row, bool *taken) {
  const tables_reader *t = s->t;
  *taken = false;
  for (uint32_t n = s->join->first[group]; n != PPR_NONE && !*taken; n = s->join->next[n]) {
    if (!keyset_key(t->keys, n, &s->text)) return false;
    table_view(&s->view, t->schema, s->text.data, t->records[n].edition);
    *taken = table_takes(s->table, &s->view, row);
  }
  return true;
}

/* A row with some of the keys belongs to every record that has them. */
static ppr_status joined_row(scan *s, const csv_row *row) {
  tables_reader *t = s->t;
  bool taken;
  if (!same_key(s, row)) {
    if (!store_join(&s->joined, t->schema, t->limits, s->key, s->join->keys, s->join->n_keys)) return PPR_NOMEM;
    uint32_t group = keyset_find(s->join->groups, s->joined.data, s->joined.size);
    if (keyset_failed(s->join->groups) || !remember_key(s, group)) return PPR_NOMEM;
  }
  if (s->last == UINT32_MAX) {
    stray_row(s, row);
    return PPR_OK;
  }
  return group_takes(s, s->last, row, &taken) && add_row(s, &s->join->runs[s->last], row, !taken) ? PPR_OK : PPR_NOMEM;
}

static ppr_status scan_row(scan *s, const csv_row *row) {
  tables_reader *t = s->t;
  const bound_table *table = s->table;
  diag_code damage = table_damage(table, row);
  if (row->cut && !damage) complain(t, table, row->line, DIAG_NO_NEWLINE, NULL, NULL);
  if (table_passes(table, row)) return PPR_OK;
  bool readable = true;
  for (size_t i = 0; damage && i < table->n_keys; i++) readable = readable && table_trusts(table, row, table->key_column[table->keys[i]]);
  if (!readable) {
    complain(t, table, row->line, damage, arena_printf(t->arena, "%zu", row->count), arena_printf(t->arena, "%zu", table->n_columns));
    complain(t, table, row->line, DIAG_KEY_UNREADABLE, NULL, NULL);
    return PPR_DIAGNOSED;
  }
  return s->join ? joined_row(s, row) : record_row(s, row);
}

static ppr_status scan_rows(scan *s, csv_reader *csv) {
  tables_reader *t = s->t;
  const csv_row *row;
  csv_step step = csv_next(csv, &row);
  if (step == CSV_END) complain(t, s->table, 0, DIAG_FILE_EMPTY, s->table->file, NULL);
  if (step != CSV_ROW) return csv_failed_memory(csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  if (!table_header(s->table, row, t->alloc, complain, t)) return arena_failed(t->arena) ? PPR_NOMEM : PPR_DIAGNOSED;
  ppr_status status = table_bind(s->table);
  while (status == PPR_OK && (step = csv_next(csv, &row)) == CSV_ROW) status = scan_row(s, row);
  if (status != PPR_OK) return status;
  if (s->stray > t->limits->reported)
    complain(t, s->table, 0, DIAG_MORE_WITHOUT_RECORD, arena_printf(t->arena, "%zu", s->stray - t->limits->reported), NULL);
  if (step == CSV_FAILED) return csv_failed_memory(csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  return PPR_OK;
}

static bool view_new(key_view *view, ppr_arena *arena, size_t keys) {
  view->text = arena_array(arena, keys, sizeof *view->text);
  view->number = arena_array(arena, keys, sizeof *view->number);
  view->whole = arena_array(arena, keys, sizeof *view->whole);
  return !arena_failed(arena);
}

static ppr_status scan_source(tables_reader *t, size_t number, key_join *join) {
  scan s = {.t = t, .table = &t->tables[number], .number = (uint16_t)number, .join = join};
  s.key = arena_array(t->arena, t->schema->n_keys, sizeof *s.key);
  if (!s.key || !view_new(&s.view, t->arena, t->schema->n_keys)) return PPR_NOMEM;
  buf_init(&s.last_key, t->alloc, t->limits->line_bytes * 4);
  buf_init(&s.joined, t->alloc, t->limits->line_bytes * 2 + 65536);
  buf_init(&s.text, t->alloc, t->limits->line_bytes * 2 + 65536);
  csv_reader *csv = csv_open(t->alloc, s.table->file, ';', file_source_next, t->sources[number], t->limits, t->report);
  ppr_status status = csv ? scan_rows(&s, csv) : PPR_NOMEM;
  if (csv) t->encodings[number] = csv_encoding(csv);
  csv_close(csv);
  buf_fini(&s.last_key);
  buf_fini(&s.joined);
  buf_fini(&s.text);
  return status;
}

static ppr_status scan_table(tables_reader *t, size_t number, key_join *join, const char *folder) {
  bound_table *table = &t->tables[number];
  if (!*table->name || *table->name == '.' || strpbrk(table->name, "/\\")) {
    report_add(t->report, DIAG_TABLE_NAME, SPAN_NONE, table->name, NULL);
    return PPR_DIAGNOSED;
  }
  const char *path = arena_printf(t->arena, "%s/%s.csv", folder, table->name);
  table->file = arena_printf(t->arena, "%s.csv", table->name);
  if (!path || !table->file) return PPR_NOMEM;
  file_status opened = file_source_open(&t->sources[number], t->alloc, path);
  if (opened == FILE_OK) return scan_source(t, number, join);
  table->absent = opened == FILE_NOT_FOUND;
  if (table->absent) return table_bind(table);
  if (opened == FILE_NO_MEMORY) return PPR_NOMEM;
  report_add(t->report, DIAG_FILE_UNREADABLE, SPAN_NONE, table->file, strerror(errno), NULL);
  return PPR_DIAGNOSED;
}

/* Missing files and columns count where records of an edition need them; without any record every edition counts. */
static void check_needs(tables_reader *t) {
  for (size_t i = 0; i < t->n_tables; i++) {
    bound_table *table = &t->tables[i];
    const char *needed = NULL;
    bool known = false;
    for (uint32_t n = 0; table->editions && n < t->schema->program->n_editions; n++) {
      const edition_bind *eb = &table->editions[n];
      if (t->n_records > 0 && t->by_edition[n] == 0) continue;
      if (eb->n_blocks) known = true;
      if (eb->required && !needed) needed = schema_edition_name(t->schema, n);
      if (!table->absent && eb->missing) complain(t, table, 1, DIAG_COLUMN_MISSING, eb->missing, table->columns);
    }
    if (table->absent && needed) complain(t, table, 0, DIAG_FILE_MISSING, table->file, needed);
    else if (table->absent && known) complain(t, table, 0, DIAG_TABLE_ABSENT, table->name, NULL);
  }
}

static bool make_groups(tables_reader *t, key_join *j) {
  csv_cell *key = arena_array(t->arena, t->schema->n_keys, sizeof *key);
  uint32_t *last = NULL; /* per group: its last record */
  ppr_buf text, joined;
  buf_init(&text, t->alloc, t->limits->line_bytes * 2 + 65536);
  buf_init(&joined, t->alloc, t->limits->line_bytes * 2 + 65536);
  j->groups = keyset_new(t->alloc);
  j->group = arena_array(t->arena, t->n_records, sizeof *j->group);
  j->next = arena_array(t->arena, t->n_records, sizeof *j->next);
  bool fine = key && j->groups && j->group && j->next;
  for (size_t i = 0; i < t->n_records && fine; i++) {
    bool fresh;
    fine = keyset_key(t->keys, (uint32_t)i, &text);
    const char *p = text.data;
    for (size_t k = 0; k < t->schema->n_keys && fine; k++, p += strlen(p) + 1) key[k] = (csv_cell){p, strlen(p)};
    fine = fine && store_join(&joined, t->schema, t->limits, key, j->keys, j->n_keys);
    if (fine) j->group[i] = keyset_enter(j->groups, joined.data, joined.size, &fresh);
    fine = fine && j->group[i] != UINT32_MAX;
  }
  buf_fini(&text);
  buf_fini(&joined);
  if (!fine) return false;
  size_t groups = keyset_count(j->groups);
  j->first = arena_array(t->arena, groups, sizeof *j->first);
  j->runs = arena_array(t->arena, groups, sizeof *j->runs);
  last = arena_array(t->arena, groups, sizeof *last);
  if (!j->first || !j->runs || !last) return false;
  for (size_t g = 0; g < groups; g++) {
    j->first[g] = PPR_NONE;
    j->runs[g] = (run_list){PPR_NONE, PPR_NONE};
  }
  for (size_t i = 0; i < t->n_records; i++) {
    uint32_t g = j->group[i];
    if (j->first[g] == PPR_NONE) j->first[g] = (uint32_t)i;
    else j->next[last[g]] = (uint32_t)i;
    last[g] = (uint32_t)i;
    j->next[i] = PPR_NONE;
  }
  return true;
}

/* The join of a table with fewer keys, shared by those with the same ones. */
static key_join *join_of(tables_reader *t, const bound_table *table) {
  key_join **end = &t->joins;
  for (; *end; end = &(*end)->other)
    if ((*end)->n_keys == table->n_keys && memcmp((*end)->keys, table->keys, table->n_keys * sizeof *table->keys) == 0) return *end;
  key_join *j = arena_alloc(t->arena, sizeof *j);
  if (!j) return NULL;
  *j = (key_join){.keys = table->keys, .n_keys = table->n_keys};
  *end = j;
  return make_groups(t, j) ? j : NULL;
}

/* First the tables with all keys, which say what records there are, then the others. */
static ppr_status scan_tables(tables_reader *t, const char *folder, bool joined) {
  for (size_t i = 0; i < t->n_tables; i++) {
    if ((t->tables[i].n_keys < t->schema->n_keys) != joined) continue;
    key_join *join = joined ? join_of(t, &t->tables[i]) : NULL;
    if (joined && !join) return PPR_NOMEM;
    ppr_status status = scan_table(t, i, join, folder);
    if (status == PPR_DIAGNOSED) t->bad = true; /* the other tables may have something to say as well */
    else if (status != PPR_OK) return status;
  }
  return PPR_OK;
}

static ppr_status scan_all(tables_reader *t, const char *folder) {
  t->keys = keyset_new(t->alloc);
  t->by_edition = arena_array(t->arena, t->schema->program->n_editions, sizeof *t->by_edition);
  if (!t->keys || !t->by_edition) return PPR_NOMEM;
  ppr_status status = collect_tables(t);
  if (status == PPR_OK) status = scan_tables(t, folder, false);
  if (status == PPR_OK) status = scan_tables(t, folder, true);
  if (status != PPR_OK) return arena_failed(t->arena) ? PPR_NOMEM : status;
  check_needs(t);
  if (t->bad) return PPR_DIAGNOSED;
  return arena_failed(t->arena) ? PPR_NOMEM : PPR_OK;
}

ppr_status tables_open(tables_reader **out, ppr_alloc alloc, const io_schema *schema, const io_limits *limits, const char *folder,
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
  ppr_status status = scan_all(t, folder);
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
  csv_piece piece; /* the rows at hand: reading changes them */
  csv_cell *key;
  ppr_buf text;
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
  csv_piece_free(&c->piece, c->t->alloc);
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
static const char *run_bytes(tables_cursor *c, const row_run *run, ppr_status *status) {
  window *w = &c->windows[run->table];
  if (run->at >= w->at && run->at + run->bytes <= w->at + w->size) return w->data + (run->at - w->at);
  bool on = run->at >= w->at && run->at <= w->at + w->size + AHEAD;
  size_t size = on && run->bytes < AHEAD ? AHEAD : run->bytes;
  *status = PPR_NOMEM;
  if (!room(c->t->alloc, &w->data, &w->cap, size)) return NULL;
  w->at = run->at;
  w->size = file_source_at(c->t->sources[run->table], run->at, w->data, size);
  if (w->size >= run->bytes) return w->data;
  w->size = 0;
  *status = changed(c->t, run->table, c->report);
  return NULL;
}

/* Rows of a run into the record. */
static ppr_status give_run(tables_cursor *c, store_record *r, const row_run *run) {
  ppr_status status = PPR_OK;
  const bound_table *table = &c->t->tables[run->table];
  const char *bytes = run_bytes(c, run, &status);
  if (!bytes) return status;
  if (!room(c->t->alloc, &c->piece.memory, &c->piece.cap, run->bytes + CSV_PADDING)) return PPR_NOMEM;
  memcpy(c->piece.memory, bytes, run->bytes);
  c->piece.memory[run->bytes] = 0;
  c->piece.size = run->bytes;
  c->piece.line = run->line;
  c->piece.at = run->at;
  c->piece.separator = ';';
  c->piece.encoding = c->t->encodings[run->table];
  csv_reader *csv = c->csv[run->table];
  csv_over(csv, &c->piece);
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
  for (uint32_t n = list.first; n != PPR_NONE && status == PPR_OK; n = c->t->runs[n].next) status = give_run(c, r, &c->t->runs[n]);
  return status;
}

static ppr_status fill_record(tables_cursor *c, uint32_t number) {
  const tables_reader *t = c->t;
  const table_record *from = &t->records[number];
  if (!keyset_key(t->keys, number, &c->text)) return PPR_NOMEM;
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
  ppr_status status = tables_open(&t, store->alloc, store->schema, store->limits, folder, report);
  if (status != PPR_OK) return status;
  status = tables_cursor_new(&c, t, store, report);
  if (status == PPR_OK) status = tables_fill(c, 0, t->n_records);
  tables_cursor_free(c);
  tables_close(t);
  return status;
}
