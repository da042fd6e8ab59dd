/* The record store: joins rows to records by key, picks the edition, fills input columns, keeps the issues of each record. */
#include "io/store.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include <stdio.h>
#include <string.h>

bool store_init(record_store *s, ppr_alloc alloc, const io_schema *schema, const io_limits *limits) {
  *s = (record_store){.alloc = alloc, .schema = schema, .limits = limits};
  buf_init(&s->join, alloc, limits->line_bytes * 2 + 65536);
  s->keys = arena_new(alloc);
  s->issues = arena_new(alloc);
  if (!s->keys || !s->issues) return false;
  textmap_init(&s->index, s->keys);
  s->parts = arena_array(s->keys, schema->program->n_editions, sizeof *s->parts);
  return s->parts != NULL;
}

static size_t block_inputs(const record_store *s, uint32_t edition) { return (size_t)s->schema->editions[edition].e->n_input + 1; }

void store_fini(record_store *s) {
  for (uint32_t i = 0; s->parts && i < s->schema->program->n_editions; i++) {
    store_part *part = &s->parts[i];
    size_t cells = block_inputs(s, i) * STORE_LANES;
    for (size_t b = 0; b < part->n_blocks; b++) {
      s->alloc.fn(s->alloc.ctx, part->blocks[b].values, cells * sizeof(int64_t), 0);
      s->alloc.fn(s->alloc.ctx, part->blocks[b].states, cells, 0);
    }
    if (part->blocks) s->alloc.fn(s->alloc.ctx, part->blocks, part->cap * sizeof *part->blocks, 0);
  }
  if (s->records) s->alloc.fn(s->alloc.ctx, s->records, s->cap * sizeof *s->records, 0);
  buf_fini(&s->join);
  arena_free(s->issues);
  arena_free(s->keys);
}

bool store_full(const record_store *s) { return s->before + s->count >= s->limits->records; }

int64_t *store_value(record_store *s, const store_record *r, uint32_t input) {
  return &s->parts[r->edition].blocks[r->local / STORE_LANES].values[(size_t)input * STORE_LANES + r->local % STORE_LANES];
}
uint8_t *store_state(record_store *s, const store_record *r, uint32_t input) {
  return &s->parts[r->edition].blocks[r->local / STORE_LANES].states[(size_t)input * STORE_LANES + r->local % STORE_LANES];
}

void store_issue_add(record_store *s, store_record *r, const value_fault *fault, const char *table, uint64_t line, const char *field) {
  const store_issue *last = r->last; /* several blocks may take one row and see the same wrong cell */
  if (last && line && last->code == fault->code && last->line == line && last->table == table && strcmp(last->field, field) == 0) return;
  bool error = diag_find(fault->code)->severity == PPR_SEV_ERROR;
  r->refused = r->refused || error;
  if (r->issues >= s->limits->issues) return;
  static const value_fault more = {DIAG_MORE_ISSUES, {NULL, NULL, NULL, NULL}};
  if (++r->issues == s->limits->issues) fault = &more;
  store_issue *issue = arena_alloc(s->issues, sizeof *issue);
  if (!issue) {
    s->failed = true;
    return;
  }
  *issue = (store_issue){fault->code, line, table, field, {fault->args[0], fault->args[1], fault->args[2], fault->args[3]}, NULL};
  if (r->last) r->last->next = issue;
  else r->first = issue;
  r->last = issue;
}

static void key_issue(record_store *s, store_record *r, diag_code code, const char *a, const char *b, const char *c, const char *table, size_t key) {
  value_fault fault = {code, {a, b, c, NULL}};
  store_issue_add(s, r, &fault, table, r->line, s->schema->keys[key]);
}

/* A lane for the record in the blocks of its edition. */
static bool take_lane(record_store *s, store_record *r, uint32_t edition) {
  store_part *part = &s->parts[edition];
  size_t block = part->records / STORE_LANES, inputs = block_inputs(s, edition);
  if (block == part->n_blocks) {
    if (part->n_blocks == part->cap) {
      size_t cap = part->cap ? part->cap * 2 : 4;
      store_block *blocks = s->alloc.fn(s->alloc.ctx, part->blocks, part->cap * sizeof *blocks, cap * sizeof *blocks);
      if (!blocks) return false;
      part->blocks = blocks;
      part->cap = cap;
    }
    store_block b = {s->alloc.fn(s->alloc.ctx, NULL, 0, inputs * STORE_LANES * sizeof(int64_t)),
                     s->alloc.fn(s->alloc.ctx, NULL, 0, inputs * STORE_LANES)};
    if (!b.values || !b.states) {
      if (b.values) s->alloc.fn(s->alloc.ctx, b.values, inputs * STORE_LANES * sizeof(int64_t), 0);
      if (b.states) s->alloc.fn(s->alloc.ctx, b.states, inputs * STORE_LANES, 0);
      return false;
    }
    part->blocks[part->n_blocks++] = b;
  }
  store_block *b = &part->blocks[block];
  if (part->records % STORE_LANES == 0) { /* fresh, or left by records cleared away */
    memset(b->values, 0, inputs * STORE_LANES * sizeof(int64_t));
    memset(b->states, STORE_ABSENT, inputs * STORE_LANES);
  }
  r->edition = edition;
  r->local = part->records++;
  return true;
}

static const char *key_text(const char *key, size_t k) {
  for (; k > 0; k--) key += strlen(key) + 1;
  return key;
}

static uint32_t edition_at(const ppr_program *p, int64_t quarter) {
  int64_t day = quarter_first_day(quarter);
  for (uint32_t i = 0; i < p->n_editions; i++)
    if (day >= p->editions[i].from_day && day <= p->editions[i].until_day) return i;
  return PPR_NONE;
}

static bool year_of(csv_cell c, int64_t *year) { return dec_parse(year, c.text, c.size, 0, ',') == DEC_OK && *year >= 1 && *year <= 9999; }
static bool number_of(csv_cell c, int64_t *number) { return dec_parse(number, c.text, c.size, 0, ',') == DEC_OK && *number >= 1 && *number <= 4; }

uint32_t store_edition_of(const record_store *s, csv_cell year, csv_cell quarter) {
  int64_t y, q;
  return year_of(year, &y) && number_of(quarter, &q) ? edition_at(s->schema->program, quarter_of(y, (int)q)) : PPR_NONE;
}

/* The edition of the record's quarter; PPR_NONE with an issue when there is none. */
static uint32_t choose_edition(record_store *s, store_record *r, int64_t *quarter, const char *table, char mark) {
  const io_schema *schema = s->schema;
  const ppr_program *p = schema->program;
  *quarter = 0;
  if (!schema->dated) return 0;
  int64_t year, number;
  const char *y = key_text(r->key, schema->year), *q = key_text(r->key, schema->quarter);
  bool good = year_of((csv_cell){y, strlen(y)}, &year), in_year = number_of((csv_cell){q, strlen(q)}, &number);
  if (!good || !in_year) {
    const ppr_edition *e = &p->editions[p->n_editions - 1]; /* the ranges of the newest text serve for the message */
    size_t bad = good ? schema->quarter : schema->year;
    const char *text = good ? q : y;
    value_fault fault;
    int64_t ignored;
    if (schema_parse(schema, p->n_editions - 1, &e->field[e->key[bad].field], (csv_cell){text, strlen(text)}, mark, &ignored, &fault, s->issues))
      key_issue(s, r, DIAG_CELL_RANGE, shown(s->issues, text, strlen(text)), "1", good ? "4" : "9999", table, bad);
    else store_issue_add(s, r, &fault, table, r->line, schema->keys[bad]);
    return PPR_NONE;
  }
  *quarter = quarter_of(year, (int)number);
  uint32_t edition = edition_at(p, *quarter);
  if (edition != PPR_NONE) return edition;
  char text[16], limit[16] = "?";
  bool before = quarter_first_day(*quarter) < p->editions[0].from_day;
  uint32_t nearest = before ? 0 : p->n_editions - 1;
  int64_t border = before ? p->editions[0].from_day : p->editions[nearest].until_day;
  quarter_print(text, *quarter);
  if (border >= DAY_MIN && border <= DAY_MAX) day_print(limit, border);
  key_issue(s, r, before ? DIAG_BEFORE_FIRST : DIAG_AFTER_LAST, arena_printf(s->issues, "%s", text), schema_edition_name(schema, nearest),
            arena_printf(s->issues, "%s", limit), table, schema->year);
  return PPR_NONE;
}

/* Key fields that rules use as inputs. */
static void set_keys(record_store *s, store_record *r, const char *table, char mark) {
  const ppr_edition *e = s->schema->editions[r->edition].e;
  const char *text = r->key;
  for (size_t k = 0; k < s->schema->n_keys; k++, text += strlen(text) + 1) {
    const ppr_field *f = &e->field[e->key[k].field];
    value_fault fault;
    int64_t value;
    if (!*text) {
      key_issue(s, r, DIAG_KEY_EMPTY, s->schema->keys[k], NULL, NULL, table, k);
      continue;
    }
    if (f->kind == PPR_KIND_TEXT) continue;
    if (!schema_parse(s->schema, r->edition, f, (csv_cell){text, strlen(text)}, mark, &value, &fault, s->issues)) {
      store_issue_add(s, r, &fault, table, r->line, s->schema->keys[k]);
    } else if (f->inputs > 0) {
      *store_value(s, r, f->first_input) = value;
      *store_state(s, r, f->first_input) = PPR_PRESENT;
    }
  }
}

/* The texts of all keys, or of the n at the positions `only`, behind each other; whole numbers in their shortest form: "01" and "1" name the same
 * quarter. */
static bool join_some(record_store *s, const csv_cell *key, const uint32_t *only, size_t n) {
  const ppr_edition *e = s->schema->editions[0].e;
  s->join.size = 0;
  for (size_t i = 0; i < n; i++) {
    size_t k = only ? only[i] : i;
    int64_t number;
    size_t size = key[k].size < s->limits->cell_bytes ? key[k].size : s->limits->cell_bytes;
    if (e->field[e->key[k].field].kind == PPR_KIND_NUMBER && dec_parse(&number, key[k].text, size, 0, ',') == DEC_OK) {
      buf_printf(&s->join, "%lld", (long long)number);
    } else {
      for (size_t c = 0; c < size; c++) buf_putc(&s->join, key[k].text[c] ? key[k].text[c] : '?');
    }
    buf_putc(&s->join, '\0');
  }
  return !s->join.failed;
}

static bool join_key(record_store *s, const csv_cell *key) { return join_some(s, key, NULL, s->schema->n_keys); }

bool store_join_open(record_store *s, store_join *j, ppr_arena *arena, const uint32_t *keys, size_t n_keys) {
  *j = (store_join){.keys = keys, .n_keys = n_keys, .next = arena_array(arena, s->count, sizeof *j->next)};
  textmap_init(&j->first, arena);
  uint32_t *last = arena_array(arena, s->count, sizeof *last); /* of the records with the keys of a first one */
  csv_cell *key = arena_array(arena, s->schema->n_keys, sizeof *key);
  if (!j->next || !last || !key) return false;
  for (size_t i = 0; i < s->count; i++) {
    const char *text = s->records[i].key;
    for (size_t k = 0; k < s->schema->n_keys; k++, text += strlen(text) + 1) key[k] = (csv_cell){text, strlen(text)};
    if (!join_some(s, key, keys, n_keys)) return false;
    uint32_t own = (uint32_t)i, first = textmap_add(&j->first, s->join.data, s->join.size, own, NULL);
    if (first == TEXTMAP_NONE) return false;
    if (first != own) j->next[last[first]] = own;
    last[first] = own;
    j->next[own] = PPR_NONE;
  }
  return true;
}

uint32_t store_join_find(record_store *s, const store_join *j, const csv_cell *key) {
  if (!join_some(s, key, j->keys, j->n_keys)) {
    s->failed = true;
    return PPR_NONE;
  }
  return textmap_find(&j->first, s->join.data, s->join.size);
}

static store_record *append(record_store *s) {
  if (s->count == s->cap) {
    size_t cap = s->cap ? s->cap * 2 : 256;
    store_record *records = s->alloc.fn(s->alloc.ctx, s->records, s->cap * sizeof *records, cap * sizeof *records);
    if (!records) return NULL;
    s->records = records;
    s->cap = cap;
  }
  s->records[s->count] = (store_record){.edition = PPR_NONE};
  return &s->records[s->count++];
}

static uint32_t fail(record_store *s) {
  s->failed = true;
  return PPR_NONE;
}

uint32_t store_add(record_store *s, const csv_cell *key, const char *table, uint64_t line, char mark, bool *fresh) {
  *fresh = false;
  if (!join_key(s, key)) return fail(s);
  uint32_t found = textmap_find(&s->index, s->join.data, s->join.size);
  if (found != TEXTMAP_NONE) return found;
  if (store_full(s)) return PPR_NONE;
  const char *text;
  uint32_t number = (uint32_t)(s->before + s->count);
  if (textmap_add(&s->index, s->join.data, s->join.size, number, &text) == TEXTMAP_NONE) return fail(s);
  store_record *r = append(s);
  if (!r) return fail(s);
  *fresh = true;
  r->key = text;
  r->line = line;
  int64_t quarter;
  uint32_t edition = choose_edition(s, r, &quarter, table, mark);
  if (edition == PPR_NONE) return number;
  if (!take_lane(s, r, edition)) return fail(s);
  set_keys(s, r, table, mark);
  uint32_t slot = s->schema->editions[edition].e->period_input;
  if (s->schema->dated && slot != PPR_NONE) {
    *store_value(s, r, slot) = quarter;
    *store_state(s, r, slot) = PPR_PRESENT;
  }
  return number;
}

uint32_t store_repeat(record_store *s, const csv_cell *key, const char *table, uint64_t line, uint32_t number) {
  if (!join_key(s, key)) return fail(s);
  if (store_full(s)) return PPR_NONE;
  store_record *r = append(s);
  if (!r) return fail(s);
  r->key = arena_strndup(s->issues, s->join.data, s->join.size);
  r->line = line;
  if (!r->key) return fail(s);
  const char *first = arena_printf(s->issues, "%lu", (unsigned long)number + 1);
  value_fault fault = {DIAG_RECORD_TWICE, {first, NULL, NULL, NULL}};
  store_issue_add(s, r, &fault, table, line, "");
  return (uint32_t)(s->before + s->count - 1);
}

static const char *input_label(const record_store *s, const store_record *r, uint32_t input) {
  return schema_str(s->schema, s->schema->editions[r->edition].e->input[input].label);
}

void store_cell(record_store *s, store_record *r, const ppr_field *f, uint32_t input, csv_cell cell, char mark, const char *table, uint64_t line) {
  uint8_t *state = store_state(s, r, input);
  int64_t *value = store_value(s, r, input), read;
  const char *label = input_label(s, r, input);
  bool first = *state == STORE_ABSENT;
  value_fault fault;
  if (!first && !(f->flags & PPR_FIELD_SUM)) {
    fault = (value_fault){DIAG_CELL_DUPLICATE, {label, NULL, NULL, NULL}};
    store_issue_add(s, r, &fault, table, line, label);
  } else if (cell.size == 0) {
    *state = PPR_FEHLT;
    if (f->flags & PPR_FIELD_OPTIONAL) return;
    fault = (value_fault){DIAG_CELL_EMPTY, {label, NULL, NULL, NULL}};
    store_issue_add(s, r, &fault, table, line, label);
  } else if (cell.size > s->limits->cell_bytes) {
    *state = PPR_FEHLT;
    fault = (value_fault){DIAG_CELL_LONG, {arena_printf(s->issues, "%zu", s->limits->cell_bytes), NULL, NULL, NULL}};
    store_issue_add(s, r, &fault, table, line, label);
  } else if (!schema_parse(s->schema, r->edition, f, cell, mark, &read, &fault, s->issues)) {
    *state = PPR_FEHLT;
    store_issue_add(s, r, &fault, table, line, label);
  } else if (first) {
    *state = PPR_PRESENT;
    *value = read;
  } else if (*state == PPR_PRESENT && __builtin_add_overflow(*value, read, value)) {
    *state = PPR_FEHLT; /* store_finish judges sums that did not overflow */
    *value = 0;
    fault = (value_fault){DIAG_CELL_LARGE, {shown(s->issues, cell.text, cell.size), NULL, NULL, NULL}};
    store_issue_add(s, r, &fault, table, line, label);
  }
}

static void finish_sum(record_store *s, store_record *r, const ppr_field *f, uint32_t input, const char *table) {
  int64_t value = *store_value(s, r, input);
  if (value >= f->lo && value <= f->hi) return;
  char lo[DEC_TEXT], hi[DEC_TEXT];
  dec_print(lo, f->lo, (int)f->scale, ',');
  dec_print(hi, f->hi, (int)f->scale, ',');
  const char *label = input_label(s, r, input);
  value_fault fault = {DIAG_SUM_RANGE, {label, arena_printf(s->issues, "%s", lo), arena_printf(s->issues, "%s", hi), NULL}};
  *store_state(s, r, input) = PPR_FEHLT;
  store_issue_add(s, r, &fault, table, 0, label);
}

static void finish_absent(record_store *s, store_record *r, uint32_t field, uint32_t input, const char *table) {
  const schema_edition *se = &s->schema->editions[r->edition];
  const ppr_field *f = &se->e->field[field];
  uint8_t *state = store_state(s, r, input);
  *state = PPR_FEHLT;
  if (f->flags & PPR_FIELD_PRESET) {
    *state = PPR_PRESENT;
    *store_value(s, r, input) = se->preset[field];
  } else if (!(f->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_KEY | PPR_FIELD_PERIOD))) {
    const char *label = input_label(s, r, input);
    value_fault fault = {DIAG_FIELD_MISSING, {label, NULL, NULL, NULL}};
    store_issue_add(s, r, &fault, table, 0, label);
  }
}

/* One input of all records of an edition; `of` gives the record of each lane. Column by column, as the values lie. */
static void finish_input(record_store *s, uint32_t edition, uint32_t field, uint32_t input, const uint32_t *of) {
  const schema_edition *se = &s->schema->editions[edition];
  const ppr_field *f = &se->e->field[field];
  const char *table = f->block ? schema_str(s->schema, se->e->block[f->block - 1].table) : "";
  bool sum = f->flags & PPR_FIELD_SUM;
  for (uint32_t i = 0; i < s->parts[edition].records; i++) {
    uint8_t state = s->parts[edition].blocks[i / STORE_LANES].states[(size_t)input * STORE_LANES + i % STORE_LANES];
    if (state == STORE_ABSENT) finish_absent(s, &s->records[of[i]], field, input, table);
    else if (sum && state == PPR_PRESENT) finish_sum(s, &s->records[of[i]], f, input, table);
  }
}

void store_finish(record_store *s) {
  uint32_t *of = arena_array(s->issues, s->count + 1, sizeof *of);
  for (uint32_t edition = 0; of && edition < s->schema->program->n_editions; edition++) {
    const ppr_edition *e = s->schema->editions[edition].e;
    for (size_t i = 0; i < s->count; i++)
      if (s->records[i].edition == edition) of[s->records[i].local] = (uint32_t)i;
    for (uint32_t f = 0; f < e->n_field; f++)
      for (uint32_t n = 0; n < e->field[f].inputs; n++) finish_input(s, edition, f, e->field[f].first_input + n, of);
  }
  if (arena_failed(s->issues)) s->failed = true;
}

void store_clear(record_store *s) {
  for (uint32_t i = 0; i < s->schema->program->n_editions; i++) s->parts[i].records = 0;
  s->before += s->count;
  s->count = 0;
  arena_free(s->issues);
  s->issues = arena_new(s->alloc);
  if (!s->issues) s->failed = true;
}
