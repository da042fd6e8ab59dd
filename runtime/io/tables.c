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
  bool passes; /* its rows are passed over before the key is read: constant texts, one of them in a key column, and no field */
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
  uint32_t edition;                  /* the first that knows the table */
  uint32_t *keys;                    /* positions of the keys its rows have, ascending */
  size_t n_keys;
  bool absent, passes;
  textmap header;
  size_t n_columns;
  uint32_t *key_column; /* per key of the schema, TEXTMAP_NONE: not of this table */
  edition_bind *editions;
  const store_join *join; /* NULL: it has all keys, so that each row has one record */
  size_t stray;           /* rows without record */
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
  bool *marks;         /* per key */
  int64_t *key_number; /* of the current record; valid where key_whole */
  bool *key_whole;
  bool bad; /* the report says why nothing can be computed */
} reading_run;

/* The keys a block reads rows by, as marks. */
static size_t mark_keys(reading_run *run, const ppr_edition *e, const ppr_block *b) {
  for (size_t k = 0; k < run->schema->n_keys; k++) run->marks[k] = b->keys == 0;
  for (uint32_t i = 0; i < b->keys; i++) run->marks[e->block_key[b->first_key + i].key] = true;
  size_t n = 0;
  for (size_t k = 0; k < run->schema->n_keys; k++) n += run->marks[k];
  return n;
}

/* The keys of a table are those of its blocks, the same in every edition: one file has one head line. */
static ppr_status keys_of_table(reading_run *run, table *t, uint32_t edition, const ppr_block *b) {
  size_t n = mark_keys(run, run->schema->editions[edition].e, b);
  if (!t->keys) {
    t->edition = edition;
    t->keys = arena_array(run->arena, n, sizeof *t->keys);
    if (!t->keys) return PPR_NOMEM;
    for (uint32_t k = 0; k < run->schema->n_keys; k++)
      if (run->marks[k]) t->keys[t->n_keys++] = k;
    return PPR_OK;
  }
  bool same = n == t->n_keys;
  for (size_t i = 0; same && i < n; i++) same = run->marks[t->keys[i]];
  if (same) return PPR_OK;
  report_add(run->report, DIAG_TABLE_KEYS_DIFFER, SPAN_NONE, t->name, schema_edition_name(run->schema, t->edition),
             schema_edition_name(run->schema, edition), NULL);
  return PPR_DIAGNOSED;
}

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
      ppr_status status = keys_of_table(run, &run->tables[at], i, &e->block[b]);
      if (status != PPR_OK) return status;
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
  for (size_t k = 0; k < run->schema->n_keys; k++) t->key_column[k] = TEXTMAP_NONE;
  for (size_t i = 0; i < t->n_keys; i++) {
    uint32_t k = t->keys[i];
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

static bool is_key_column(const reading_run *run, const char *name) {
  for (size_t k = 0; k < run->schema->n_keys; k++)
    if (strcmp(run->schema->keys[k], name) == 0) return true;
  return false;
}

static ppr_status bind_block(reading_run *run, table *t, edition_bind *eb, const ppr_edition *e, const ppr_block *b) {
  block_bind *bb = &eb->blocks[eb->n_blocks++];
  bb->block = b;
  bb->conds = arena_array(run->arena, b->conds + 1, sizeof *bb->conds);
  bb->field_column = arena_array(run->arena, b->fields + 1, sizeof *bb->field_column);
  if (!bb->conds || !bb->field_column) return PPR_NOMEM;
  for (uint32_t i = 0; i < b->fields; i++)
    if (!(e->field[b->first_field + i].flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))) eb->required = true;
  if (t->absent) return PPR_OK;
  uint32_t texts = 0;
  bool on_key = false;
  for (uint32_t i = 0; i < b->conds; i++) {
    const ppr_cond *c = &e->cond[b->first_cond + i];
    const char *text = schema_str(run->schema, c->text);
    bb->conds[i] = (cond_bind){c, text, strlen(text), find_column(run, t, eb, c->column)};
    texts += c->key == 0 && bb->conds[i].column != TEXTMAP_NONE;
    on_key = on_key || is_key_column(run, schema_str(run->schema, c->column));
  }
  bb->passes = b->fields == 0 && on_key && texts == b->conds;
  t->passes = t->passes || bb->passes;
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

/* Makes the numbers of the record's key those that conditions refer to. */
static store_record *look_at(reading_run *run, uint32_t number) {
  store_record *r = &run->store->records[number];
  const char *text = r->key;
  for (size_t k = 0; k < run->schema->n_keys; k++, text += strlen(text) + 1)
    run->key_whole[k] = dec_parse(&run->key_number[k], text, strlen(text), 0, ',') == DEC_OK;
  return r;
}

/* The record of a row with all keys; consecutive rows mostly belong to one, so the raw key is compared first. NULL: the run cannot go on. */
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
  return look_at(run, number);
}

static bool text_holds(const cond_bind *c, csv_cell cell) { return cell.size == c->size && memcmp(cell.text, c->text, c->size) == 0; }

/* Does the block take the row? A cell that should be a whole number and is none is an issue and counts as taken: *taken. */
static bool conds_hold(reading_run *run, const table *t, store_record *r, const block_bind *b, const csv_row *row, bool *taken) {
  for (uint32_t i = 0; i < b->block->conds; i++) {
    const cond_bind *c = &b->conds[i];
    csv_cell cell = row->cells[c->column];
    if (c->cond->key == 0) {
      if (!text_holds(c, cell)) return false;
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

/* May the cell be believed? Of a damaged row some may: those before the damage. */
static bool trusted(const table *t, const csv_row *row, size_t cell) {
  size_t count = row->cut && row->count < t->n_columns ? row->count - 1 : row->count;
  return cell < count && csv_cell_sound(row, cell);
}

/* Is the row of a kind that some block of the edition passes over? */
static bool edition_passes(const table *t, const edition_bind *eb, const csv_row *row) {
  for (uint32_t i = 0; i < eb->n_blocks; i++) {
    const block_bind *b = &eb->blocks[i];
    bool holds = b->passes;
    for (uint32_t c = 0; holds && c < b->block->conds; c++)
      holds = trusted(t, row, b->conds[c].column) && text_holds(&b->conds[c], row->cells[b->conds[c].column]);
    if (holds) return true;
  }
  return false;
}

/* Before its key is read: what stands there may be no key. The edition is that of the quarter in the row; where it names none, any will do. */
static bool passed_over(const reading_run *run, const table *t, const csv_row *row) {
  if (!t->passes) return false;
  const io_schema *s = run->schema;
  uint32_t edition = s->dated ? PPR_NONE : 0;
  if (s->dated && trusted(t, row, t->key_column[s->year]) && trusted(t, row, t->key_column[s->quarter]))
    edition = store_edition_of(run->store, row->cells[t->key_column[s->year]], row->cells[t->key_column[s->quarter]]);
  if (edition != PPR_NONE) return edition_passes(t, &t->editions[edition], row);
  for (uint32_t i = 0; i < s->program->n_editions; i++)
    if (edition_passes(t, &t->editions[i], row)) return true;
  return false;
}

/* What is wrong with a row whose cells are not all to be trusted; code 0: nothing. */
static value_fault damage_of(const reading_run *run, const table *t, const csv_row *row) {
  value_fault fault = {(diag_code)0, {NULL, NULL, NULL, NULL}};
  if (!row->problem && row->count == t->n_columns) return fault;
  fault.code = row->problem ? row->problem : row->cut && row->count < t->n_columns ? DIAG_TRUNCATED : DIAG_CELL_COUNT;
  fault.args[0] = arena_printf(run->store->issues, "%zu", row->count);
  fault.args[1] = arena_printf(run->store->issues, "%zu", t->n_columns);
  return fault;
}

/* A damaged row refuses its record, a sound one fills in its values. False: nothing reads it. */
static bool give_row(reading_run *run, const table *t, store_record *r, const csv_row *row, const value_fault *damage) {
  if (damage->code) {
    store_issue_add(run->store, r, damage, t->name, row->line, "");
    return true;
  }
  if (r->edition == PPR_NONE) return true;
  const edition_bind *eb = &t->editions[r->edition];
  bool taken = eb->missing != NULL; /* check_needs reports it */
  for (uint32_t i = 0; !eb->missing && i < eb->n_blocks; i++) {
    if (!conds_hold(run, t, r, &eb->blocks[i], row, &taken)) continue;
    taken = true;
    take_row(run, t, r, &eb->blocks[i], row);
  }
  return taken;
}

static void unread_row(reading_run *run, const table *t, store_record *r, const csv_row *row) {
  value_fault fault = {DIAG_ROW_UNREAD, {NULL, NULL, NULL, NULL}};
  store_issue_add(run->store, r, &fault, t->name, row->line, "");
}

/* Rows of other houses are no error, but a mistyped key looks the same. Not after an error: then records may be missing. */
static void stray_row(reading_run *run, table *t, const csv_row *row) {
  if (run->bad || t->stray++ >= run->store->limits->reported) return;
  const char *key = "";
  for (size_t i = 0; i < t->n_keys && key; i++) {
    csv_cell c = run->key[t->keys[i]];
    key = arena_printf(run->arena, "%s%s%s", key, i ? "/" : "", shown(run->arena, c.text, c.size));
  }
  complain(run, t, row->line, DIAG_ROW_WITHOUT_RECORD, key ? key : "", NULL);
}

/* A row with some of the keys belongs to every record that has them; by its other cells it may be meant for some of those only. */
static void give_joined(reading_run *run, table *t, const csv_row *row, const value_fault *damage) {
  for (size_t i = 0; i < t->n_keys; i++) run->key[t->keys[i]] = row->cells[t->key_column[t->keys[i]]];
  uint32_t first = store_join_find(run->store, t->join, run->key);
  bool taken = false;
  if (first == PPR_NONE && !run->store->failed) stray_row(run, t, row);
  for (uint32_t n = first; n != PPR_NONE; n = t->join->next[n]) taken = give_row(run, t, look_at(run, n), row, damage) || taken;
  for (uint32_t n = taken ? PPR_NONE : first; n != PPR_NONE; n = t->join->next[n]) unread_row(run, t, &run->store->records[n], row);
}

static bool read_row(reading_run *run, table *t, const csv_row *row) {
  value_fault damage = damage_of(run, t, row);
  if (row->cut && !damage.code) complain(run, t, row->line, DIAG_NO_NEWLINE, NULL, NULL);
  if (passed_over(run, t, row)) return true;
  bool readable = true;
  for (size_t i = 0; damage.code && i < t->n_keys; i++) readable = readable && trusted(t, row, t->key_column[t->keys[i]]);
  if (!readable) {
    complain(run, t, row->line, damage.code, damage.args[0], damage.args[1]);
    complain(run, t, row->line, DIAG_KEY_UNREADABLE, NULL, NULL);
    return false;
  }
  if (t->join) {
    give_joined(run, t, row, &damage);
  } else {
    store_record *r = record_of(run, t, row);
    if (!r) return false;
    if (!give_row(run, t, r, row, &damage)) unread_row(run, t, r, row);
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
  if (t->stray > run->store->limits->reported)
    complain(run, t, 0, DIAG_MORE_WITHOUT_RECORD, arena_printf(run->arena, "%zu", t->stray - run->store->limits->reported), NULL);
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

/* The join of a table with fewer keys, shared by those with the same ones. */
static ppr_status join_table(reading_run *run, table *t) {
  for (const table *o = run->tables; o < run->tables + run->n_tables && !t->join; o++)
    if (o->join && o->n_keys == t->n_keys && memcmp(o->keys, t->keys, t->n_keys * sizeof *t->keys) == 0) t->join = o->join;
  if (t->join) return PPR_OK;
  store_join *join = arena_alloc(run->arena, sizeof *join);
  if (!join || !store_join_open(run->store, join, run->arena, t->keys, t->n_keys)) return PPR_NOMEM;
  t->join = join;
  return PPR_OK;
}

/* First the tables with all keys, which say what records there are, then the others. */
static ppr_status read_tables(reading_run *run, const char *folder, bool joined) {
  for (size_t i = 0; i < run->n_tables; i++) {
    table *t = &run->tables[i];
    if ((t->n_keys < run->schema->n_keys) != joined) continue;
    ppr_status status = joined ? join_table(run, t) : PPR_OK;
    if (status == PPR_OK) status = read_table(run, t, folder);
    if (status == PPR_DIAGNOSED) run->bad = true; /* the other tables may have something to say as well */
    else if (status != PPR_OK) return status;
  }
  return PPR_OK;
}

static ppr_status read_all(reading_run *run, const char *folder) {
  size_t keys = run->schema->n_keys;
  run->key = arena_array(run->arena, keys, sizeof *run->key);
  run->key_number = arena_array(run->arena, keys, sizeof *run->key_number);
  run->key_whole = arena_array(run->arena, keys, sizeof *run->key_whole);
  run->marks = arena_array(run->arena, keys, sizeof *run->marks);
  if (arena_failed(run->arena)) return PPR_NOMEM;
  ppr_status status = collect_tables(run);
  if (status == PPR_OK) status = read_tables(run, folder, false);
  if (status == PPR_OK) status = read_tables(run, folder, true);
  if (status != PPR_OK) return arena_failed(run->arena) ? PPR_NOMEM : status;
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
