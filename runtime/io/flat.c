/* Reader of the flat form. Columns are bound to inputs once per edition, when its first record comes. */
#include "io/flat.h"
#include "io/names.h"
#include "io/plain.h"
#include <string.h>

typedef struct column {
  const char *text;
  input_name name;
  uint32_t key;     /* position in the key, PPR_NONE: none */
  uint32_t edition; /* first edition that knows it, PPR_NONE: none */
} column;
typedef struct binding {
  uint32_t field, input;
} binding; /* input PPR_NONE: not in this edition */

struct flat_reader {
  record_store *store;
  const io_schema *schema;
  ppr_report *report;
  ppr_arena *arena;
  csv_reader *csv;
  const char *name;
  char mark;
  column *columns;
  size_t n_columns;
  const char *listed; /* the first columns, for messages */
  binding **editions; /* per edition, NULL: not bound yet */
  plain_column **plain;
  uint32_t *key_column;
  csv_cell *key, *lead; /* lead: the first columns, all keys among them */
  size_t n_lead;
  bool quick; /* plain rows may take the short way */
  csv_piece piece;
  key_set *keys; /* of the reader opened, as is: */
  size_t records;
};

static void complain(flat_reader *f, uint64_t line, diag_code code, const char *a, const char *b) {
  diag *d = a ? report_add(f->report, code, SPAN_NONE, a, b, NULL) : report_add(f->report, code, SPAN_NONE, NULL);
  const char *where = line ? arena_printf(f->arena, "%s:%llu", f->name, (unsigned long long)line) : f->name;
  if (where) diag_set_where(f->report, d, where);
}

static const char *list_columns(flat_reader *f, const csv_row *row) {
  const char *list = "";
  for (size_t i = 0; i < row->count && i < 12 && list; i++)
    list = arena_printf(f->arena, "%s%s%s", list, i ? ", " : "", shown(f->arena, row->cells[i].text, row->cells[i].size));
  return list && row->count > 12 ? arena_printf(f->arena, "%s, …", list) : list;
}

static ppr_status read_header(flat_reader *f) {
  const csv_row *row;
  csv_step step = csv_next(f->csv, &row);
  if (step == CSV_END) complain(f, 0, DIAG_FILE_EMPTY, f->name, NULL);
  if (step != CSV_ROW) return csv_failed_memory(f->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  f->mark = csv_separator(f->csv) == ',' ? '.' : ',';
  f->n_columns = row->count;
  f->columns = arena_array(f->arena, row->count, sizeof *f->columns);
  f->listed = list_columns(f, row);
  if (!f->columns || !f->listed) return PPR_NOMEM;
  ppr_status status = PPR_OK;
  if (row->problem) {
    complain(f, row->line, row->problem, NULL, NULL);
    status = PPR_DIAGNOSED;
  }
  textmap seen;
  textmap_init(&seen, f->arena);
  for (size_t i = 0; i < row->count; i++) {
    column *c = &f->columns[i];
    c->text = arena_strndup(f->arena, row->cells[i].text, row->cells[i].size);
    if (!c->text) return PPR_NOMEM;
    csv_cell text = {c->text, row->cells[i].size};
    const char *show = shown(f->arena, c->text, text.size);
    c->edition = PPR_NONE;
    c->key = name_key(f->schema, text);
    if (text.size == 0) continue;
    uint32_t first = textmap_add(&seen, text.text, text.size, (uint32_t)i, NULL);
    if (first == TEXTMAP_NONE) return PPR_NOMEM;
    if (first != i || (c->key != PPR_NONE && f->key_column[c->key] != PPR_NONE)) {
      complain(f, row->line, DIAG_COLUMN_TWICE, show, NULL);
      status = PPR_DIAGNOSED;
    } else if (c->key != PPR_NONE) {
      f->key_column[c->key] = (uint32_t)i;
    } else {
      if (name_split(&c->name, text)) c->edition = name_edition(f->schema, &c->name);
      if (c->edition == PPR_NONE) complain(f, row->line, DIAG_COLUMN_UNKNOWN, show, NULL);
    }
  }
  for (size_t k = 0; k < f->schema->n_keys; k++) {
    if (f->key_column[k] != PPR_NONE) continue;
    complain(f, row->line, DIAG_COLUMN_MISSING, f->schema->keys[k], f->listed);
    status = PPR_DIAGNOSED;
  }
  return status;
}

/* Required inputs without a column are one message for the file, not one per record. */
static ppr_status bind_edition(flat_reader *f, uint32_t edition) {
  const ppr_edition *e = f->schema->editions[edition].e;
  binding *b = f->editions[edition] = arena_array(f->arena, f->n_columns, sizeof *b);
  uint32_t *column_of = arena_array(f->arena, (size_t)e->n_input + 1, sizeof *column_of); /* + 1 */
  plain_column *plain = f->plain[edition] = arena_array(f->arena, f->n_columns, sizeof *plain);
  if (!b || !column_of || !plain) return PPR_NOMEM;
  ppr_status status = PPR_OK;
  for (size_t i = 0; i < f->n_columns; i++) {
    const column *c = &f->columns[i];
    b[i].input = PPR_NONE;
    plain[i].form = c->edition == PPR_NONE ? PLAIN_PASS : PLAIN_NEVER;
    if (c->edition == PPR_NONE || !name_resolve(f->schema, edition, &c->name, &b[i].field, &b[i].input)) continue;
    if (column_of[b[i].input]) {
      complain(f, 1, DIAG_COLUMN_TWICE, c->text, NULL); /* the same input in two spellings */
      status = PPR_DIAGNOSED;
    }
    column_of[b[i].input] = (uint32_t)i + 1;
    plain[i] = plain_column_of(&e->field[b[i].field], b[i].input);
  }
  for (uint32_t n = 0; n < e->n_field; n++) {
    const ppr_field *field = &e->field[n];
    if (!field->block || (field->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET | PPR_FIELD_KEY | PPR_FIELD_PERIOD))) continue;
    for (uint32_t i = 0; i < field->inputs; i++) {
      if (column_of[field->first_input + i]) continue;
      complain(f, 1, DIAG_COLUMN_MISSING, schema_str(f->schema, e->input[field->first_input + i].label), f->listed);
      status = PPR_DIAGNOSED;
    }
  }
  return status;
}

static ppr_status read_cells(flat_reader *f, store_record *r, const csv_row *row) {
  const ppr_edition *e = f->schema->editions[r->edition].e;
  if (!f->editions[r->edition]) {
    ppr_status status = bind_edition(f, r->edition);
    if (status != PPR_OK) return status;
  }
  const binding *b = f->editions[r->edition];
  for (size_t i = 0; i < f->n_columns; i++) {
    const column *c = &f->columns[i];
    if (row->cells[i].size == 0 || c->edition == PPR_NONE) continue; /* empty: like a row that is not there */
    if (b[i].input != PPR_NONE) {
      store_cell(f->store, r, &e->field[b[i].field], b[i].input, row->cells[i], f->mark, "", row->line);
    } else {
      value_fault fault = {DIAG_FIELD_EDITION,
                           {c->text, schema_edition_name(f->schema, r->edition), schema_edition_name(f->schema, c->edition), NULL}};
      store_issue_add(f->store, r, &fault, "", row->line, c->text);
    }
  }
  return PPR_OK;
}

static ppr_status read_row(flat_reader *f, const csv_row *row) {
  record_store *store = f->store;
  for (size_t k = 0; k < f->schema->n_keys; k++) f->key[k] = f->key_column[k] < row->count ? row->cells[f->key_column[k]] : (csv_cell){"", 0};
  store_record *r = store_append(store, f->key, "", row->line, f->mark);
  if (!r) return PPR_NOMEM;
  if (row->problem || row->count != f->n_columns) {
    diag_code code = row->problem ? row->problem : row->cut && row->count < f->n_columns ? DIAG_TRUNCATED : DIAG_CELL_COUNT;
    value_fault fault = {code, {arena_printf(store->issues, "%zu", row->count), arena_printf(store->issues, "%zu", f->n_columns), NULL, NULL}};
    store_row_issue(store, r, &fault, "", row->line);
    return PPR_OK;
  }
  if (row->cut) complain(f, row->line, DIAG_NO_NEWLINE, NULL, NULL);
  return r->edition == PPR_NONE ? PPR_OK : read_cells(f, r, row);
}

/* The next row if it is plain and right in everything; else nothing has happened. */
static bool read_plain(flat_reader *f) {
  size_t size;
  uint64_t line;
  char separator = csv_separator(f->csv);
  const char *row = csv_rest(f->csv, &size, &line), *cells = size ? plain_cells(f->lead, f->n_lead, row, separator) : NULL;
  if (!cells) return false;
  for (size_t k = 0; k < f->schema->n_keys; k++) f->key[k] = f->lead[f->key_column[k]];
  const store_record *r = store_append(f->store, f->key, "", line, f->mark);
  if (!r) return false;
  const char *end = NULL;
  if (!r->first && r->edition != PPR_NONE && f->plain[r->edition]) {
    bool again = f->n_lead > f->schema->n_keys; /* others stand among the keys */
    size_t from = again ? 0 : f->n_lead;
    end = plain_row(f->store, r, f->plain[r->edition] + from, f->n_columns - from, again ? row : cells, separator, f->mark);
  }
  if (end && (size_t)(end - row) <= f->store->limits->line_bytes) csv_pass(f->csv, (size_t)(end - row));
  else store_undo(f->store);
  return end != NULL;
}

static ppr_status read_rows(flat_reader *f, size_t max, bool *more) {
  const csv_row *row;
  *more = true;
  while (f->store->count < max) {
    if (f->quick && read_plain(f)) continue;
    if (f->store->failed) return PPR_NOMEM;
    csv_step step = csv_next(f->csv, &row);
    if (step == CSV_FAILED) return csv_failed_memory(f->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
    if (step == CSV_END) {
      *more = false;
      break;
    }
    ppr_status status = read_row(f, row);
    if (status != PPR_OK) return f->store->failed ? PPR_NOMEM : status;
  }
  store_finish(f->store);
  return f->store->failed ? PPR_NOMEM : PPR_OK;
}

static ppr_status make(flat_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report) {
  ppr_arena *arena = arena_new(store->alloc);
  flat_reader *f = *out = arena ? arena_alloc(arena, sizeof *f) : NULL;
  if (!f) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  size_t keys = store->schema->n_keys, editions = store->schema->program->n_editions;
  *f = (flat_reader){.store = store, .schema = store->schema, .report = report, .arena = arena, .name = name};
  f->key = arena_array(arena, keys, sizeof *f->key);
  f->key_column = arena_array(arena, keys, sizeof *f->key_column);
  f->editions = arena_array(arena, editions, sizeof *f->editions);
  f->plain = arena_array(arena, editions, sizeof *f->plain);
  f->csv = csv_open(store->alloc, name, 0, read, ctx, store->limits, report);
  return f->csv && !arena_failed(arena) ? PPR_OK : PPR_NOMEM;
}

/* How many columns hold all keys: those are read before the others. */
static ppr_status find_lead(flat_reader *f) {
  for (size_t k = 0; k < f->schema->n_keys; k++)
    if (f->key_column[k] >= f->n_lead) f->n_lead = (size_t)f->key_column[k] + 1;
  f->lead = arena_array(f->arena, f->n_lead + 1, sizeof *f->lead);
  f->quick = f->n_lead < f->n_columns && f->store->limits->cell_bytes >= 64; /* no plain number is longer */
  return f->lead ? PPR_OK : PPR_NOMEM;
}

static ppr_status opened(flat_reader **out, ppr_status status) {
  if (status == PPR_OK) status = find_lead(*out);
  if (status == PPR_OK) return status;
  flat_close(*out);
  *out = NULL;
  return status;
}

ppr_status flat_open(flat_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report) {
  ppr_status status = make(out, store, name, read, ctx, report);
  for (size_t k = 0; status == PPR_OK && k < store->schema->n_keys; k++) (*out)->key_column[k] = PPR_NONE;
  if (status == PPR_OK && !((*out)->keys = keyset_new(store->alloc))) status = PPR_NOMEM;
  if (status == PPR_OK) status = read_header(*out);
  return opened(out, status);
}

ppr_status flat_fork(flat_reader **out, const flat_reader *of, record_store *store, ppr_report *report) {
  ppr_status status = make(out, store, of->name, NULL, NULL, report);
  if (status == PPR_OK) {
    flat_reader *f = *out;
    f->mark = of->mark;
    f->columns = of->columns;
    f->n_columns = of->n_columns;
    f->listed = of->listed;
    memcpy(f->key_column, of->key_column, of->schema->n_keys * sizeof *f->key_column);
  }
  return opened(out, status);
}

ppr_status flat_take(flat_reader *f, flat_reader *to, bool *more) {
  csv_report(f->csv, to->report);
  csv_step step = csv_take(f->csv, &to->piece, STORE_LANES);
  *more = step == CSV_ROW;
  if (step == CSV_FAILED) return csv_failed_memory(f->csv) ? PPR_NOMEM : PPR_DIAGNOSED;
  if (step == CSV_ROW) csv_over(to->csv, &to->piece);
  return PPR_OK;
}

ppr_status flat_piece(flat_reader *to) {
  bool more;
  return read_rows(to, SIZE_MAX, &more);
}

ppr_status flat_settle(flat_reader *f, flat_reader *to) {
  size_t most = f->store->limits->records, count = to->store->count;
  if (count > most - f->records) {
    complain(to, to->store->records[most - f->records].line, DIAG_TOO_MANY_RECORDS, arena_printf(to->arena, "%zu", most), NULL);
    return PPR_LIMIT;
  }
  f->records += count;
  return store_unique(to->store, f->keys) ? PPR_OK : PPR_NOMEM;
}

ppr_status flat_read(flat_reader *f, size_t max, bool *more) {
  ppr_status status = read_rows(f, max, more);
  return status == PPR_OK ? flat_settle(f, f) : status;
}

void flat_close(flat_reader *f) {
  if (!f) return;
  csv_close(f->csv);
  csv_piece_free(&f->piece, f->store->alloc);
  keyset_free(f->keys);
  arena_free(f->arena);
}
