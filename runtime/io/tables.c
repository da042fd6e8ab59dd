/* Reader of the tables of a Nachweis. What a table means is in the sections block, cond and field of each edition; nothing about hospitals is here.
 */
#include "io/tables.h"
#include "base/decimal.h"
#include "base/file.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct cond_bind {
  const ppr_cond *cond;
  const char *text;
  size_t size;
  uint32_t column;
} cond_bind;
typedef struct block_bind {
  const ppr_block *block;
  cond_bind *conds;
  uint32_t axis_column[2];
  uint32_t *field_column;
} block_bind;
typedef struct edition_bind {
  block_bind *blocks;
  uint32_t n_blocks;
  const char *missing; /* first column the table lacks, NULL: none */
  bool required;       /* a field of the table is neither optional nor preset */
} edition_bind;

typedef struct table {
  const char *name, *file, *columns; /* columns: as a list, for messages */
  bool absent;
  textmap header;
  size_t n_columns;
  uint32_t *key_column;
  edition_bind *editions;
} table;

typedef struct reading_run {
  record_store *store;
  const io_schema *schema;
  ppr_arena *arena;
  ppr_report *report;
  table *tables;
  size_t n_tables;
  csv_cell *key;    /* key cells of a row */
  ppr_buf last_key; /* raw key cells of the row before, each with its length in front */
  uint32_t last_record;
  int64_t *key_number; /* of the current record; valid where key_whole */
  bool *key_whole;
  bool bad; /* the report says why nothing can be computed */
} reading_run;

static ppr_status collect_tables(reading_run *run) {
  textmap seen;
  textmap_init(&seen, run->arena);
  size_t blocks = 0;
  for (uint32_t i = 0; i < run->schema->program->n_editions; i++) blocks += run->schema->editions[i].e->n_block;
  run->tables = arena_array(run->arena, blocks + 1, sizeof *run->tables);
  if (!run->tables) return PPR_NOMEM;
  for (uint32_t i = 0; i < run->schema->program->n_editions; i++) {
    const ppr_edition *e = run->schema->editions[i].e;
    for (uint32_t b = 0; b < e->n_block; b++) {
      const char *name = schema_str(run->schema, e->block[b].table);
      uint32_t at = textmap_add(&seen, name, strlen(name), (uint32_t)run->n_tables, NULL);
      if (at == TEXTMAP_NONE) return PPR_NOMEM;
      if (at == run->n_tables) run->tables[run->n_tables++].name = name;
    }
  }
  return PPR_OK;
}

static diag *complain(reading_run *run, const table *t, uint64_t line, diag_code code, const char *a, const char *b) {
  diag *d = a ? report_add(run->report, code, SPAN_NONE, a, b, NULL) : report_add(run->report, code, SPAN_NONE, NULL);
  const char *where = line ? arena_printf(run->arena, "%s:%llu", t->file, (unsigned long long)line) : t->file;
  if (where) diag_set_where(run->report, d, where);
  if (diag_find(code)->severity == PPR_SEV_ERROR) run->bad = true;
  return d;
}

static bool read_header(reading_run *run, table *t, const csv_row *row) {
  ppr_buf list;
  buf_init(&list, run->store->alloc, 4000);
  textmap_init(&t->header, run->arena);
  t->n_columns = row->count;
  bool good = true;
  for (size_t i = 0; i < row->count; i++) {
    csv_cell c = row->cells[i];
    if (i) buf_puts(&list, ", ");
    buf_puts(&list, shown(run->arena, c.text, c.size));
    if (c.size == 0) continue;
    if (textmap_find(&t->header, c.text, c.size) != TEXTMAP_NONE) {
      complain(run, t, row->line, DIAG_COLUMN_TWICE, shown(run->arena, c.text, c.size), NULL);
      good = false;
    }
    textmap_add(&t->header, c.text, c.size, (uint32_t)i, NULL);
  }
  t->columns = list.data ? arena_strndup(run->arena, list.data, list.size) : "";
  buf_fini(&list);
  if (row->problem) {
    complain(run, t, row->line, row->problem, NULL, NULL);
    good = false;
  }
  t->key_column = arena_array(run->arena, run->schema->n_keys, sizeof *t->key_column);
  if (!t->key_column || !t->columns) return false;
  for (size_t k = 0; k < run->schema->n_keys; k++) {
    t->key_column[k] = textmap_find(&t->header, run->schema->keys[k], strlen(run->schema->keys[k]));
    if (t->key_column[k] != TEXTMAP_NONE) continue;
    complain(run, t, row->line, DIAG_COLUMN_MISSING, run->schema->keys[k], t->columns);
    good = false;
  }
  return good;
}

static uint32_t find_column(const reading_run *run, const table *t, edition_bind *eb, uint32_t name) {
  const char *text = schema_str(run->schema, name);
  uint32_t at = textmap_find(&t->header, text, strlen(text));
  if (at == TEXTMAP_NONE && !eb->missing) eb->missing = text;
  return at;
}

static ppr_status bind_block(reading_run *run, const table *t, edition_bind *eb, const ppr_edition *e, const ppr_block *b) {
  block_bind *bb = &eb->blocks[eb->n_blocks++];
  bb->block = b;
  bb->conds = arena_array(run->arena, b->conds + 1, sizeof *bb->conds);
  bb->field_column = arena_array(run->arena, b->fields + 1, sizeof *bb->field_column);
  if (!bb->conds || !bb->field_column) return PPR_NOMEM;
  for (uint32_t i = 0; i < b->fields; i++)
    if (!(e->field[b->first_field + i].flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))) eb->required = true;
  if (t->absent) return PPR_OK;
  for (uint32_t i = 0; i < b->conds; i++) {
    const ppr_cond *c = &e->cond[b->first_cond + i];
    const char *text = schema_str(run->schema, c->text);
    bb->conds[i] = (cond_bind){c, text, strlen(text), find_column(run, t, eb, c->column)};
  }
  if (b->axis1) bb->axis_column[0] = find_column(run, t, eb, b->column1);
  if (b->axis2) bb->axis_column[1] = find_column(run, t, eb, b->column2);
  for (uint32_t i = 0; i < b->fields; i++) {
    const ppr_field *f = &e->field[b->first_field + i];
    bb->field_column[i] = find_column(run, t, eb, f->column ? f->column : f->name);
  }
  return PPR_OK;
}

static ppr_status bind_table(reading_run *run, table *t) {
  uint32_t n = run->schema->program->n_editions;
  t->editions = arena_array(run->arena, n, sizeof *t->editions);
  if (!t->editions) return PPR_NOMEM;
  for (uint32_t i = 0; i < n; i++) {
    const ppr_edition *e = run->schema->editions[i].e;
    edition_bind *eb = &t->editions[i];
    eb->blocks = arena_array(run->arena, e->n_block + 1, sizeof *eb->blocks);
    if (!eb->blocks) return PPR_NOMEM;
    for (uint32_t b = 0; b < e->n_block; b++) {
      if (strcmp(schema_str(run->schema, e->block[b].table), t->name) != 0) continue;
      ppr_status status = bind_block(run, t, eb, e, &e->block[b]);
      if (status != PPR_OK) return status;
    }
  }
  return PPR_OK;
}

/* The record of the row; consecutive rows mostly belong to one, so the raw key is compared first. NULL: the run cannot go on. */
static store_record *record_of(reading_run *run, const table *t, const csv_row *row) {
  record_store *store = run->store;
  const char *last = run->last_key.data;
  size_t at = 0;
  bool same = run->last_key.size > 0;
  for (size_t k = 0; k < run->schema->n_keys; k++) {
    const csv_cell c = run->key[k] = row->cells[t->key_column[k]];
    size_t size;
    if (!same) continue;
    memcpy(&size, last + at, sizeof size);
    same = size == c.size && memcmp(last + at + sizeof size, c.text, size) == 0;
    at += sizeof size + size;
  }
  if (same) return &store->records[run->last_record];
  bool fresh;
  uint32_t number = store_add(store, run->key, t->name, row->line, ',', &fresh);
  if (number == PPR_NONE) {
    if (!store->failed) complain(run, t, row->line, DIAG_TOO_MANY_RECORDS, arena_printf(run->arena, "%zu", store->limits->records), NULL);
    return NULL;
  }
  run->last_record = number;
  run->last_key.size = 0;
  for (size_t k = 0; k < run->schema->n_keys; k++) {
    buf_put(&run->last_key, &run->key[k].size, sizeof run->key[k].size);
    buf_put(&run->last_key, run->key[k].text, run->key[k].size);
  }
  if (run->last_key.failed) store->failed = true;
  const char *text = store->records[number].key;
  for (size_t k = 0; k < run->schema->n_keys; k++, text += strlen(text) + 1)
    run->key_whole[k] = dec_parse(&run->key_number[k], text, strlen(text), 0, ',') == DEC_OK;
  return &store->records[number];
}

/* Does the block take the row? A cell that should be a whole number and is none is an issue and counts as taken: *taken. */
static bool conds_hold(reading_run *run, const table *t, store_record *r, const block_bind *b, const csv_row *row, bool *taken) {
  for (uint32_t i = 0; i < b->block->conds; i++) {
    const cond_bind *c = &b->conds[i];
    csv_cell cell = row->cells[c->column];
    if (c->cond->key == 0) {
      if (cell.size != c->size || memcmp(cell.text, c->text, c->size) != 0) return false;
      continue;
    }
    uint32_t k = c->cond->key - 1;
    int64_t number, wanted;
    if (!run->key_whole[k]) {
      const char *key = r->key;
      for (uint32_t n = 0; n < k; n++) key += strlen(key) + 1;
      if (cell.size != strlen(key) || memcmp(cell.text, key, cell.size) != 0) return false;
    } else if (dec_parse(&number, cell.text, cell.size, 0, ',') != DEC_OK) {
      value_fault fault = {DIAG_CELL_NUMBER, {shown(run->store->issues, cell.text, cell.size), NULL, NULL, NULL}};
      store_issue_add(run->store, r, &fault, t->name, row->line, schema_str(run->schema, c->cond->column));
      *taken = true;
      return false;
    } else if (__builtin_add_overflow(run->key_number[k], c->cond->offset, &wanted) || number != wanted) {
      return false;
    }
  }
  return true;
}

static void take_row(reading_run *run, const table *t, store_record *r, const block_bind *b, const csv_row *row) {
  const ppr_edition *e = run->schema->editions[r->edition].e;
  const uint32_t axis[2] = {b->block->axis1, b->block->axis2}, column[2] = {b->block->column1, b->block->column2};
  uint32_t element = 0;
  for (int i = 0; i < 2; i++) {
    if (!axis[i]) continue;
    value_fault fault;
    uint32_t member = schema_member(run->schema, r->edition, axis[i] - 1, row->cells[b->axis_column[i]], &fault, run->store->issues);
    if (member == TEXTMAP_NONE) {
      store_issue_add(run->store, r, &fault, t->name, row->line, schema_str(run->schema, column[i]));
      return;
    }
    element = element * e->enumeration[axis[i] - 1].count + member;
  }
  for (uint32_t i = 0; i < b->block->fields; i++) {
    const ppr_field *f = &e->field[b->block->first_field + i];
    if (element < f->inputs) store_cell(run->store, r, f, f->first_input + element, row->cells[b->field_column[i]], ',', t->name, row->line);
  }
}

/* A row whose cells are not to be trusted refuses its record, if it can be told which one that is. */
static bool damaged_row(reading_run *run, const table *t, const csv_row *row) {
  bool readable = true;
  size_t trusted = row->cut && row->count < t->n_columns ? row->count - 1 : row->count;
  for (size_t k = 0; k < run->schema->n_keys && readable; k++) readable = t->key_column[k] < trusted && csv_cell_sound(row, t->key_column[k]);
  diag_code code = row->problem ? row->problem : row->cut && row->count < t->n_columns ? DIAG_TRUNCATED : DIAG_CELL_COUNT;
  const char *have = arena_printf(run->store->issues, "%zu", row->count), *want = arena_printf(run->store->issues, "%zu", t->n_columns);
  if (!readable) {
    complain(run, t, row->line, code, have, want);
    complain(run, t, row->line, DIAG_KEY_UNREADABLE, NULL, NULL);
    return false;
  }
  store_record *r = record_of(run, t, row);
  if (!r) return false;
  value_fault fault = {code, {have, want, NULL, NULL}};
  store_issue_add(run->store, r, &fault, t->name, row->line, "");
  return true;
}

static bool read_row(reading_run *run, const table *t, const csv_row *row) {
  if (row->problem || row->count != t->n_columns) return damaged_row(run, t, row);
  if (row->cut) complain(run, t, row->line, DIAG_NO_NEWLINE, NULL, NULL);
  store_record *r = record_of(run, t, row);
  if (!r) return false;
  if (r->edition == PPR_NONE) return true;
  const edition_bind *eb = &t->editions[r->edition];
  if (eb->missing) return true; /* check_needs reports it */
  bool taken = false;
  for (uint32_t i = 0; i < eb->n_blocks; i++) {
    if (!conds_hold(run, t, r, &eb->blocks[i], row, &taken)) continue;
    taken = true;
    take_row(run, t, r, &eb->blocks[i], row);
  }
  if (!taken) {
    value_fault fault = {DIAG_ROW_UNREAD, {NULL, NULL, NULL, NULL}};
    store_issue_add(run->store, r, &fault, t->name, row->line, "");
  }
  return !run->store->failed;
}

static long read_file(void *ctx, char *out, size_t size) {
  FILE *f = ctx;
  size_t n = fread(out, 1, size, f);
  return n == 0 && ferror(f) ? -1 : (long)n;
}

static ppr_status read_rows(reading_run *run, table *t, csv_reader *csv) {
  const csv_row *row;
  csv_step step = csv_next(csv, &row);
  if (step == CSV_END) complain(run, t, 0, DIAG_FILE_EMPTY, t->file, NULL);
  if (step != CSV_ROW) return csv_failed_memory(csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  if (!read_header(run, t, row)) return arena_failed(run->arena) ? PPR_NOMEM : PPR_DIAGNOSED;
  ppr_status status = bind_table(run, t);
  if (status != PPR_OK) return status;
  run->last_key.size = 0;
  while ((step = csv_next(csv, &row)) == CSV_ROW)
    if (!read_row(run, t, row)) return run->store->failed ? PPR_NOMEM : PPR_DIAGNOSED;
  if (step == CSV_FAILED) return csv_failed_memory(csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  return PPR_OK;
}

static ppr_status read_table(reading_run *run, table *t, const char *folder) {
  if (!*t->name || *t->name == '.' || strpbrk(t->name, "/\\")) {
    report_add(run->report, DIAG_TABLE_NAME, SPAN_NONE, t->name, NULL);
    return PPR_DIAGNOSED;
  }
  const char *path = arena_printf(run->arena, "%s/%s.csv", folder, t->name);
  t->file = arena_printf(run->arena, "%s.csv", t->name);
  if (!path || !t->file) return PPR_NOMEM;
  FILE *f = fopen(path, "rb");
  if (!f) {
    t->absent = errno == ENOENT;
    if (t->absent) return bind_table(run, t);
    report_add(run->report, DIAG_FILE_UNREADABLE, SPAN_NONE, t->file, strerror(errno), NULL);
    return PPR_DIAGNOSED;
  }
  csv_reader *csv = csv_open(run->store->alloc, t->file, ';', read_file, f, run->store->limits, run->report);
  ppr_status status = csv ? read_rows(run, t, csv) : PPR_NOMEM;
  csv_close(csv);
  fclose(f);
  return status;
}

/* Missing files and columns count where records of an edition need them; without any record every edition counts. */
static void check_needs(reading_run *run) {
  for (size_t i = 0; i < run->n_tables; i++) {
    table *t = &run->tables[i];
    const char *needed = NULL;
    bool known = false;
    for (uint32_t n = 0; t->editions && n < run->schema->program->n_editions; n++) {
      const edition_bind *eb = &t->editions[n];
      if (run->store->count > 0 && run->store->parts[n].records == 0) continue;
      if (eb->n_blocks) known = true;
      if (eb->required && !needed) needed = schema_edition_name(run->schema, n);
      if (!t->absent && eb->missing) complain(run, t, 1, DIAG_COLUMN_MISSING, eb->missing, t->columns);
    }
    if (t->absent && needed) complain(run, t, 0, DIAG_FILE_MISSING, t->file, needed);
    else if (t->absent && known) complain(run, t, 0, DIAG_TABLE_ABSENT, t->name, NULL);
  }
}

static ppr_status read_all(reading_run *run, const char *folder) {
  size_t keys = run->schema->n_keys;
  run->key = arena_array(run->arena, keys, sizeof *run->key);
  run->key_number = arena_array(run->arena, keys, sizeof *run->key_number);
  run->key_whole = arena_array(run->arena, keys, sizeof *run->key_whole);
  ppr_status status = collect_tables(run);
  if (status != PPR_OK || arena_failed(run->arena)) return PPR_NOMEM;
  for (size_t i = 0; i < run->n_tables; i++) {
    status = read_table(run, &run->tables[i], folder);
    if (status == PPR_DIAGNOSED) run->bad = true; /* the other tables may have something to say as well */
    else if (status != PPR_OK) return status;
  }
  check_needs(run);
  if (run->bad) return PPR_DIAGNOSED;
  store_finish(run->store);
  return run->store->failed || arena_failed(run->arena) ? PPR_NOMEM : PPR_OK;
}

ppr_status tables_read(record_store *store, const char *folder, ppr_report *report) {
  file_kind kind = file_kind_of(folder);
  if (kind != FILE_KIND_FOLDER) {
    file_report(report, kind == FILE_KIND_NONE ? FILE_NOT_FOUND : FILE_NOT_FOLDER, folder, 0);
    return PPR_DIAGNOSED;
  }
  reading_run run = {.store = store, .schema = store->schema, .report = report, .arena = arena_new(store->alloc)};
  if (!run.arena) return PPR_NOMEM;
  buf_init(&run.last_key, store->alloc, store->limits->line_bytes * 4);
  ppr_status status = read_all(&run, folder);
  buf_fini(&run.last_key);
  arena_free(run.arena);
  return status;
}
