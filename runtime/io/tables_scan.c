/* The first reading of the tables: which records there are and where their rows stand. Tables with all keys are cut into pieces that threads look at
 * side by side; what they find is put together in the order of the file. Tables with fewer keys come after them, row by row. */
#include "io/pipeline.h"
#include "base/oserror.h"
#include "io/tables_int.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { RUN_BYTES = 1 << 24, PIECE_ROWS = 8192 };

/* Rows with one key that stand together in a piece. */
typedef struct key_run {
  uint64_t at, line;
  uint32_t bytes;
  uint32_t key, size; /* in the text of keys */
} key_run;

/* What one thread works with. */
typedef struct scan_lane {
  struct scan *s;
  ppr_report *report;
  csv_reader *csv;
  csv_piece piece;
  csv_cell *key;  /* key cells of the first row with a key */
  ppr_buf before; /* raw key cells of the row before: the bytes they have in the file (whole), or each with its length in front */
  bool whole;
  ppr_buf joined, keys;
  key_run *runs;
  size_t n_runs, cap;
  uint64_t rows; /* of the piece */
  bool bad;      /* its report says why nothing can be computed */
} scan_lane;

/* The first reading of one table. */
typedef struct scan {
  tables_reader *t;
  bound_table *table;
  uint16_t number;
  csv_reader *csv;
  uint64_t rows;
  /* of a table with fewer keys */
  key_join *join;
  uint32_t group; /* of the row before, UINT32_MAX: none */
  ppr_buf text;
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

/* --- messages --- */

static void tell(ppr_report *report, const bound_table *table, uint64_t line, diag_code code, const char *a, const char *b) {
  diag *d = a ? report_add(report, code, SPAN_NONE, a, b, NULL) : report_add(report, code, SPAN_NONE, NULL);
  const char *where = line ? arena_printf(report_arena(report), "%s:%llu", table->file, (unsigned long long)line) : table->file;
  if (where) diag_set_where(report, d, where);
}

static void complain(void *ctx, const bound_table *table, uint64_t line, diag_code code, const char *a, const char *b) {
  tables_reader *t = ctx;
  tell(t->report, table, line, code, a, b);
  if (diag_find(code)->severity == PPR_SEV_ERROR) t->bad = true;
}

/* --- rows and runs --- */

static bool grow(ppr_alloc alloc, void **items, size_t count, size_t *cap, size_t size) {
  if (count < *cap) return true;
  size_t more = *cap ? *cap * 2 : 256;
  void *grown = alloc.fn(alloc.ctx, *items, *cap * size, more * size);
  if (!grown) return false;
  *items = grown;
  *cap = more;
  return true;
}

/* Rows behind those the list has of this table, or as a run of their own. */
static bool add_rows(const scan *s, run_list *list, uint64_t at, uint64_t line, size_t bytes, bool unread) {
  tables_reader *t = s->t;
  row_run *last = list->last == PPR_NONE ? NULL : &t->runs[list->last];
  if (last && last->table == s->number && last->at + last->bytes == at && last->unread == unread && last->bytes + bytes < RUN_BYTES) {
    last->bytes += (uint32_t)bytes;
    return true;
  }
  if (t->n_runs >= PPR_NONE || !grow(t->alloc, (void **)&t->runs, t->n_runs, &t->runs_cap, sizeof *t->runs)) return false;
  uint32_t own = (uint32_t)t->n_runs++;
  t->runs[own] = (row_run){at, line, (uint32_t)bytes, PPR_NONE, s->number, unread};
  if (list->last == PPR_NONE) list->first = own;
  else t->runs[list->last].next = own;
  list->last = own;
  return true;
}

/* Are the key cells those of the row before? Consecutive rows mostly belong to one record, so raw texts are compared first; of a plain row all at
 * once.
 */
static bool same_key(scan_lane *l, const bound_table *table, const csv_row *row) {
  const csv_cell *first = row->cells, *last = first + table->n_keys - 1;
  bool whole = row->plain && table->led, same = whole == l->whole && l->before.size > 0;
  const char *before = l->before.data;
  size_t at = 0, lead = whole ? (size_t)(last->text - first->text) + last->size : 0;
  if (whole) same = same && lead == l->before.size && memcmp(before, first->text, lead) == 0;
  for (size_t i = 0; i < table->n_keys && same && !whole; i++) {
    const csv_cell c = row->cells[table->key_column[table->keys[i]]];
    size_t size;
    memcpy(&size, before + at, sizeof size);
    same = size == c.size && memcmp(before + at + sizeof size, c.text, size) == 0;
    at += sizeof size + size;
  }
  if (same) return true;
  l->before.size = 0;
  l->whole = whole;
  if (whole) buf_put(&l->before, first->text, lead);
  for (size_t i = 0; i < table->n_keys; i++) {
    uint32_t k = table->keys[i];
    const csv_cell *c = &row->cells[table->key_column[k]];
    l->key[k] = *c;
    if (whole) continue;
    buf_put(&l->before, &c->size, sizeof c->size);
    buf_put(&l->before, c->text, c->size);
  }
  return false;
}

/* Whether the row counts, by itself. PPR_DIAGNOSED: its key is not to be read. */
static ppr_status judge_row(scan_lane *l, const bound_table *table, const csv_row *row, bool *counts) {
  diag_code damage = table_damage(table, row);
  *counts = true;
  if (!damage && !row->cut && !table->passes) return PPR_OK;
  if (row->cut && !damage) tell(l->report, table, row->line, DIAG_NO_NEWLINE, NULL, NULL);
  *counts = !table_passes(table, row);
  bool readable = true;
  for (size_t i = 0; damage && i < table->n_keys; i++) readable = readable && table_trusts(table, row, table->key_column[table->keys[i]]);
  if (!*counts || readable) return PPR_OK;
  char cells[24], columns[24];
  snprintf(cells, sizeof cells, "%zu", row->count);
  snprintf(columns, sizeof columns, "%zu", table->n_columns);
  tell(l->report, table, row->line, damage, cells, columns);
  tell(l->report, table, row->line, DIAG_KEY_UNREADABLE, NULL, NULL);
  l->bad = true;
  return PPR_DIAGNOSED;
}

/* --- tables with all keys: stages of the pipeline --- */

static ppr_status take_piece(void *item, bool *more) {
  scan_lane *l = item;
  scan *s = l->s;
  csv_report(s->csv, l->report);
  csv_step step = csv_take(s->csv, &l->piece, PIECE_ROWS);
  *more = step == CSV_ROW;
  l->n_runs = l->keys.size = 0;
  l->rows = 0;
  if (step == CSV_FAILED) return csv_failed_memory(s->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  if (step == CSV_ROW) csv_over(l->csv, &l->piece);
  return PPR_OK;
}

static bool add_run(scan_lane *l, const csv_row *row, bool same) {
  key_run *last = l->n_runs ? &l->runs[l->n_runs - 1] : NULL;
  if (same && last && last->at + last->bytes == row->at) {
    last->bytes += (uint32_t)row->size;
    return true;
  }
  key_run run = {row->at, row->line, (uint32_t)row->size, (uint32_t)l->keys.size, (uint32_t)l->joined.size};
  if (same && last) {
    run.key = last->key;
    run.size = last->size;
  } else {
    buf_put(&l->keys, l->joined.data, l->joined.size);
  }
  if (l->keys.failed || !grow(l->s->t->alloc, (void **)&l->runs, l->n_runs, &l->cap, sizeof *l->runs)) return false;
  l->runs[l->n_runs++] = run;
  return true;
}

static ppr_status scan_piece(void *item) {
  scan_lane *l = item;
  const tables_reader *t = l->s->t;
  const bound_table *table = l->s->table;
  const csv_row *row;
  csv_step step;
  l->before.size = 0;
  while ((step = csv_next(l->csv, &row)) == CSV_ROW) {
    bool counts;
    l->rows++;
    ppr_status status = judge_row(l, table, row, &counts);
    if (status != PPR_OK) return status;
    if (!counts) continue;
    bool same = same_key(l, table, row);
    if (!same && !store_join(&l->joined, t->schema, t->limits, l->key, NULL, t->schema->n_keys)) return PPR_NOMEM;
    if (l->before.failed || !add_run(l, row, same)) return PPR_NOMEM;
  }
  if (step == CSV_FAILED) return csv_failed_memory(l->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  return PPR_OK;
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

/* The record of a run, found or new. */
static ppr_status enter_run(scan *s, const key_run *run, const char *key) {
  tables_reader *t = s->t;
  bool fresh;
  uint32_t number = keyset_enter(t->keys, key, run->size, &fresh);
  if (number == UINT32_MAX) return PPR_NOMEM;
  if (fresh) {
    if (t->n_records == t->limits->records) {
      complain(t, s->table, run->line, DIAG_TOO_MANY_RECORDS, arena_printf(t->arena, "%zu", t->limits->records), NULL);
      return PPR_DIAGNOSED;
    }
    if (!grow(t->alloc, (void **)&t->records, t->n_records, &t->records_cap, sizeof *t->records)) return PPR_NOMEM;
    uint32_t edition = edition_of(t->schema, key);
    t->records[t->n_records++] = (table_record){run->line, {PPR_NONE, PPR_NONE}, edition, s->number};
    if (edition != PPR_NONE) t->by_edition[edition]++;
  }
  return add_rows(s, &t->records[number].runs, run->at, run->line, run->bytes, false) ? PPR_OK : PPR_NOMEM;
}

/* What a piece holds up to where it failed. */
static ppr_status enter_piece(void *item, ppr_status status) {
  scan_lane *l = item;
  scan *s = l->s;
  tables_reader *t = s->t;
  ppr_status entered = PPR_OK;
  report_take(t->report, l->report);
  t->bad = t->bad || l->bad;
  for (size_t i = 0; i < l->n_runs && entered == PPR_OK; i++) entered = enter_run(s, &l->runs[i], l->keys.data + l->runs[i].key);
  s->rows += l->rows;
  if (entered == PPR_OK && s->rows > t->limits->rows) {
    complain(t, s->table, l->piece.line, DIAG_TOO_MANY_ROWS, arena_printf(t->arena, "%zu", t->limits->rows), NULL);
    return PPR_DIAGNOSED;
  }
  return entered == PPR_OK ? status : entered;
}

static ppr_status scan_pieces(scan *s) {
  static const pipeline flow = {.take = take_piece, .stages = {{scan_piece, false}}, .end = enter_piece};
  tables_reader *t = s->t;
  void *items[PIPELINE_ITEMS];
  ppr_status status = PPR_OK;
  keyset_rewind(t->keys);
  for (size_t i = 0; i < t->n_lanes && status == PPR_OK; i++) {
    scan_lane *l = items[i] = &t->lanes[i];
    l->s = s;
    l->csv = csv_open(t->alloc, s->table->file, ';', NULL, NULL, t->limits, l->report);
    if (!l->csv) status = PPR_NOMEM;
  }
  if (status == PPR_OK) status = pipeline_run(&flow, items, t->n_lanes, t->jobs);
  for (size_t i = 0; i < t->n_lanes; i++) {
    csv_close(t->lanes[i].csv);
    t->lanes[i].csv = NULL;
  }
  csv_report(s->csv, t->report);
  return status;
}

/* --- tables with fewer keys --- */

/* Rows of other houses are no error, but a mistyped key looks the same. Not after an error: then records may be missing. */
static void stray_row(scan *s, const csv_row *row) {
  tables_reader *t = s->t;
  if (t->bad || s->stray++ >= t->limits->reported) return;
  const char *key = "";
  for (size_t i = 0; i < s->table->n_keys && key; i++) {
    csv_cell c = row->cells[s->table->key_column[s->table->keys[i]]];
    key = arena_printf(t->arena, "%s%s%s", key, i ? "/" : "", shown(t->arena, c.text, c.size));
  }
  complain(t, s->table, row->line, DIAG_ROW_WITHOUT_RECORD, key ? key : "", NULL);
}

/* Does any record of the group take the row? By its other cells it may be meant for some of them only. */
static bool group_takes(scan *s, const csv_row *row, bool *taken) {
  const tables_reader *t = s->t;
  *taken = false;
  for (uint32_t n = s->join->first[s->group]; n != PPR_NONE && !*taken; n = s->join->next[n]) {
    if (!keyset_key(t->keys, n, &s->text)) return false;
    table_view(&s->view, t->schema, s->text.data, t->records[n].edition);
    *taken = table_takes(s->table, &s->view, row);
  }
  return true;
}

/* A row with some of the keys belongs to every record that has them. */
static ppr_status joined_row(scan *s, scan_lane *l, const csv_row *row) {
  tables_reader *t = s->t;
  bool taken;
  if (!same_key(l, s->table, row)) {
    if (!store_join(&l->joined, t->schema, t->limits, l->key, s->join->keys, s->join->n_keys)) return PPR_NOMEM;
    s->group = keyset_find(s->join->groups, l->joined.data, l->joined.size);
    if (keyset_failed(s->join->groups) || l->before.failed) return PPR_NOMEM;
  }
  if (s->group == UINT32_MAX) {
    stray_row(s, row);
    return PPR_OK;
  }
  return group_takes(s, row, &taken) && add_rows(s, &s->join->runs[s->group], row->at, row->line, row->size, !taken) ? PPR_OK : PPR_NOMEM;
}

static ppr_status scan_joined(scan *s) {
  tables_reader *t = s->t;
  scan_lane *l = &t->lanes[0];
  const csv_row *row;
  csv_step step = CSV_END;
  ppr_status status = PPR_OK;
  buf_init(&s->text, t->alloc, t->limits->line_bytes * 2 + 65536);
  if (!view_new(&s->view, t->arena, t->schema->n_keys)) return PPR_NOMEM;
  keyset_rewind(s->join->groups);
  l->before.size = 0;
  while (status == PPR_OK && (step = csv_next(s->csv, &row)) == CSV_ROW) {
    bool counts;
    status = judge_row(l, s->table, row, &counts);
    report_take(t->report, l->report);
    t->bad = t->bad || l->bad;
    if (status == PPR_OK && counts) status = joined_row(s, l, row);
  }
  buf_fini(&s->text);
  if (status != PPR_OK) return status;
  if (s->stray > t->limits->reported)
    complain(t, s->table, 0, DIAG_MORE_WITHOUT_RECORD, arena_printf(t->arena, "%zu", s->stray - t->limits->reported), NULL);
  if (step == CSV_FAILED) return csv_failed_memory(s->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  return PPR_OK;
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

/* --- files --- */

static ppr_status scan_rows(scan *s) {
  tables_reader *t = s->t;
  const csv_row *row;
  csv_step step = csv_next(s->csv, &row);
  if (step == CSV_END) complain(t, s->table, 0, DIAG_FILE_EMPTY, s->table->file, NULL);
  if (step != CSV_ROW) return csv_failed_memory(s->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  if (!table_header(s->table, row, t->alloc, complain, t)) return arena_failed(t->arena) ? PPR_NOMEM : PPR_DIAGNOSED;
  ppr_status status = table_bind(s->table);
  if (status != PPR_OK) return status;
  return s->join ? scan_joined(s) : scan_pieces(s);
}

static ppr_status scan_source(tables_reader *t, size_t number, key_join *join) {
  scan s = {.t = t, .table = &t->tables[number], .number = (uint16_t)number, .join = join};
  s.csv = csv_open(t->alloc, s.table->file, ';', file_source_next, t->sources[number], t->limits, t->report);
  if (!s.csv) return PPR_NOMEM;
  ppr_status status = scan_rows(&s);
  t->encodings[number] = csv_encoding(s.csv);
  csv_close(s.csv);
  return status;
}

/* Where a table is looked for; NULL when out of memory. */
static const char *path_of(tables_reader *t, const char *folder, const bound_table *table) {
  size_t n = strlen(folder);
  return arena_printf(t->arena, "%s%s%s.csv", folder, n && folder[n - 1] == '/' ? "" : "/", table->name);
}

static ppr_status scan_table(tables_reader *t, size_t number, const char *folder) {
  bound_table *table = &t->tables[number];
  if (!*table->name || *table->name == '.' || strpbrk(table->name, "/\\")) {
    report_add(t->report, DIAG_TABLE_NAME, SPAN_NONE, table->name, NULL);
    return PPR_DIAGNOSED;
  }
  const char *path = path_of(t, folder, table);
  table->file = arena_printf(t->arena, "%s.csv", table->name);
  if (!path || !table->file) return PPR_NOMEM;
  file_status opened = file_source_open(&t->sources[number], t->alloc, path);
  if (opened == FILE_OK) {
    key_join *join = NULL;
    if (table->n_keys < t->schema->n_keys && !(join = join_of(t, table))) return PPR_NOMEM;
    return scan_source(t, number, join);
  }
  table->absent = opened == FILE_NOT_FOUND;
  if (table->absent) return table_bind(table);
  if (opened == FILE_NO_MEMORY) return PPR_NOMEM;
  report_add(t->report, DIAG_FILE_UNREADABLE, SPAN_NONE, path, oserror_both(errno), NULL);
  return PPR_DIAGNOSED;
}

/* Missing files and columns count where records of an edition need them; without any record every edition counts. */
static void check_needs(tables_reader *t, const char *folder) {
  const char *optional = "";
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
    if (table->absent && needed) complain(t, table, 0, DIAG_FILE_MISSING, path_of(t, folder, table), needed);
    else if (table->absent && known && optional) optional = arena_printf(t->arena, "%s%s%s", optional, *optional ? ", " : "", table->name);
  }
  if (optional && *optional) report_add(t->report, DIAG_TABLE_ABSENT, SPAN_NONE, optional, NULL);
}

/* First the tables with all keys, which say what records there are, then the others. */
static ppr_status scan_tables(tables_reader *t, const char *folder, bool joined) {
  for (size_t i = 0; i < t->n_tables; i++) {
    if ((t->tables[i].n_keys < t->schema->n_keys) != joined) continue;
    ppr_status status = scan_table(t, i, folder);
    if (status == PPR_DIAGNOSED) t->bad = true; /* the other tables may have something to say as well */
    else if (status != PPR_OK) return status;
  }
  return PPR_OK;
}

static ppr_status make_lanes(tables_reader *t) {
  size_t n = pipeline_items(t->jobs);
  t->lanes = arena_array(t->arena, n, sizeof *t->lanes);
  if (!t->lanes) return PPR_NOMEM;
  for (; t->n_lanes < n; t->n_lanes++) {
    scan_lane *l = &t->lanes[t->n_lanes];
    buf_init(&l->before, t->alloc, t->limits->line_bytes * 4);
    buf_init(&l->joined, t->alloc, t->limits->line_bytes * 2 + 65536);
    buf_init(&l->keys, t->alloc, (size_t)1 << 31);
    l->key = arena_array(t->arena, t->schema->n_keys, sizeof *l->key);
    l->report = report_new(t->alloc);
    if (!l->key || !l->report) {
      t->n_lanes++;
      return PPR_NOMEM;
    }
  }
  return PPR_OK;
}

void scan_done(tables_reader *t) {
  for (size_t i = 0; i < t->n_lanes; i++) {
    scan_lane *l = &t->lanes[i];
    buf_fini(&l->before);
    buf_fini(&l->joined);
    buf_fini(&l->keys);
    csv_piece_free(&l->piece, t->alloc);
    if (l->runs) t->alloc.fn(t->alloc.ctx, l->runs, l->cap * sizeof *l->runs, 0);
    if (l->report) report_free(l->report);
  }
  t->n_lanes = 0;
}

ppr_status scan_folder(tables_reader *t, const char *folder, size_t jobs) {
  t->jobs = jobs < 1 ? 1 : jobs < PIPELINE_JOBS ? jobs : PIPELINE_JOBS;
  t->keys = keyset_new(t->alloc);
  t->by_edition = arena_array(t->arena, t->schema->program->n_editions, sizeof *t->by_edition);
  if (!t->keys || !t->by_edition) return PPR_NOMEM;
  ppr_status status = make_lanes(t);
  if (status == PPR_OK) status = collect_tables(t);
  if (status == PPR_OK) status = scan_tables(t, folder, false);
  if (status == PPR_OK) status = scan_tables(t, folder, true);
  if (status != PPR_OK) return arena_failed(t->arena) ? PPR_NOMEM : status;
  check_needs(t, folder);
  if (t->bad) return PPR_DIAGNOSED;
  return arena_failed(t->arena) ? PPR_NOMEM : PPR_OK;
}
