/* The record store: joins rows to records by key, picks the edition, fills input columns, keeps the issues of each record. */
#include "io/store.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include <stdio.h>
#include <string.h>

enum { CLEARED = 64 }; /* lanes cleared together, before the first of them is taken */

bool store_init(record_store *s, ppr_alloc alloc, const io_schema *schema, const io_limits *limits) {
  *s = (record_store){.alloc = alloc, .schema = schema, .limits = limits};
  buf_init(&s->join, alloc, limits->line_bytes * 2 + 65536);
  s->arena = arena_new(alloc);
  s->issues = arena_new(alloc);
  if (!s->arena || !s->issues) return false;
  s->parts = arena_array(s->arena, schema->program->n_editions, sizeof *s->parts);
  s->key = arena_array(s->arena, schema->n_keys, sizeof *s->key);
  for (size_t i = 0; i < STORE_QUARTERS; i++) s->quarters[i] = (store_quarter){-1, PPR_NONE};
  return s->parts && s->key;
}

static size_t block_inputs(const record_store *s, uint32_t edition) { return (size_t)s->schema->editions[edition].e->n_input + 1; }

/* Bytes of a block, whose arrays are one piece of memory. */
static size_t block_bytes(size_t inputs) { return inputs * (STORE_APART * (sizeof(int64_t) + 1) + sizeof(uint32_t) + sizeof(bool)); }

static bool make_block(record_store *s, store_block *b, size_t inputs) {
  char *p = s->alloc.fn(s->alloc.ctx, NULL, 0, block_bytes(inputs));
  if (!p) return false;
  *b = (store_block){.values = (int64_t *)(void *)p};
  b->used = (uint32_t *)(void *)(p += inputs * STORE_APART * sizeof *b->values);
  b->uses = (bool *)(p += inputs * sizeof *b->used);
  b->states = (uint8_t *)(p + inputs * sizeof *b->uses);
  memset(b->uses, 0, inputs * sizeof *b->uses);
  return true;
}

void store_fini(record_store *s) {
  for (uint32_t i = 0; s->parts && i < s->schema->program->n_editions; i++) {
    store_part *part = &s->parts[i];
    for (size_t b = 0; b < part->n_blocks; b++) s->alloc.fn(s->alloc.ctx, part->blocks[b].values, block_bytes(block_inputs(s, i)), 0);
    if (part->blocks) s->alloc.fn(s->alloc.ctx, part->blocks, part->cap * sizeof *part->blocks, 0);
  }
  if (s->records) s->alloc.fn(s->alloc.ctx, s->records, s->cap * sizeof *s->records, 0);
  buf_fini(&s->join);
  arena_free(s->issues);
  arena_free(s->arena);
}

/* --- columns --- */

store_block *store_block_of(const record_store *s, const store_record *r) { return &s->parts[r->edition].blocks[r->local / STORE_LANES]; }

static size_t place_of(const store_record *r, uint32_t input) { return (size_t)input * STORE_APART + r->local % STORE_LANES; }

const int64_t *store_value(const record_store *s, const store_record *r, uint32_t input) {
  const store_block *b = store_block_of(s, r);
  return b->uses[input] ? &b->values[place_of(r, input)] : s->parts[r->edition].rest[input].values;
}

const uint8_t *store_state(const record_store *s, const store_record *r, uint32_t input) {
  static const uint8_t present = PPR_PRESENT;
  const store_block *b = store_block_of(s, r);
  if (b->uses[input]) return &b->states[place_of(r, input)];
  const uint8_t *rest = s->parts[r->edition].rest[input].states;
  return rest ? rest : &present;
}

/* Records that are finished keep what they had; the others have no value yet. */
static void use(record_store *s, const store_record *r, uint32_t input) {
  const store_part *part = &s->parts[r->edition];
  store_block *b = store_block_of(s, r);
  int64_t *values = b->values + (size_t)input * STORE_APART;
  uint8_t *states = b->states + (size_t)input * STORE_APART;
  uint32_t first = r->local - r->local % STORE_LANES, finished = part->finished > first ? part->finished - first : 0;
  int64_t value = *store_value(s, r, input);
  uint8_t state = *store_state(s, r, input);
  for (uint32_t i = 0; i < STORE_LANES; i++) values[i] = i < finished ? value : 0;
  for (uint32_t i = 0; i < STORE_LANES; i++) states[i] = i < finished ? state : STORE_ABSENT;
  b->uses[input] = true;
  b->used[b->n_used++] = input;
}

void store_use(record_store *s, const store_record *r, uint32_t input) {
  if (!store_block_of(s, r)->uses[input]) use(s, r, input);
}

void store_set(record_store *s, const store_record *r, uint32_t input, int64_t value, uint8_t state) {
  store_use(s, r, input);
  store_block_of(s, r)->values[place_of(r, input)] = value;
  store_block_of(s, r)->states[place_of(r, input)] = state;
}

/* The same number in every lane, in the arena; shared by those inputs that have it. */
static const int64_t *constant(record_store *s, const ppr_column *rest, size_t n, int64_t value) {
  for (size_t i = n; i-- > 0;)
    if (*rest[i].values == value) return rest[i].values;
  int64_t *values = arena_array(s->arena, STORE_LANES, sizeof *values);
  for (uint32_t i = 0; values && i < STORE_LANES; i++) values[i] = value;
  return values;
}

/* The columns of inputs that are not in use. */
static bool make_rest(record_store *s, uint32_t edition) {
  const schema_edition *se = &s->schema->editions[edition];
  size_t inputs = block_inputs(s, edition);
  ppr_column *rest = arena_array(s->arena, inputs, sizeof *rest);
  uint8_t *absent = arena_array(s->arena, STORE_LANES, 1);
  if (!rest || !absent) return false;
  memset(absent, PPR_FEHLT, STORE_LANES);
  for (uint32_t i = 0; i < inputs; i++) {
    const ppr_field *f = i < se->e->n_input ? &se->e->field[se->e->input[i].field] : NULL;
    bool preset = f && f->flags & PPR_FIELD_PRESET;
    rest[i].values = constant(s, rest, i, preset ? se->preset[f - se->e->field] : 0);
    rest[i].states = preset ? NULL : absent;
    if (!rest[i].values) return false;
  }
  s->parts[edition].rest = rest;
  return true;
}

/* A lane for the record in the blocks of its edition. */
static bool take_lane(record_store *s, store_record *r, uint32_t edition) {
  store_part *part = &s->parts[edition];
  size_t block = part->records / STORE_LANES, lane = part->records % STORE_LANES;
  if (!part->rest && !make_rest(s, edition)) return false;
  if (block == part->n_blocks) {
    if (part->n_blocks == part->cap) {
      size_t cap = part->cap ? part->cap * 2 : 4;
      store_block *blocks = s->alloc.fn(s->alloc.ctx, part->blocks, part->cap * sizeof *blocks, cap * sizeof *blocks);
      if (!blocks) return false;
      part->blocks = blocks;
      part->cap = cap;
    }
    if (!make_block(s, &part->blocks[block], block_inputs(s, edition))) return false;
    part->n_blocks++;
  }
  const store_block *b = &part->blocks[block];
  for (uint32_t i = 0; i < b->n_used && lane % CLEARED == 0; i++) /* left by records cleared away */
    memset(b->states + (size_t)b->used[i] * STORE_APART + lane, STORE_ABSENT, CLEARED);
  r->edition = edition;
  r->local = part->records++;
  return true;
}

/* --- issues --- */

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

/* --- records --- */

static uint32_t edition_at(const ppr_program *p, int64_t quarter) {
  int64_t day = quarter_first_day(quarter);
  for (uint32_t i = 0; i < p->n_editions; i++)
    if (day >= p->editions[i].from_day && day <= p->editions[i].until_day) return i;
  return PPR_NONE;
}

/* The same; the quarters of a file are few, so the last ones are remembered. */
static uint32_t edition_of(record_store *s, int64_t quarter) {
  store_quarter *q = &s->quarters[(uint64_t)quarter % STORE_QUARTERS];
  if (q->quarter != quarter) *q = (store_quarter){quarter, edition_at(s->schema->program, quarter)};
  return q->edition;
}

static bool whole_number(csv_cell c, int64_t *number) { return dec_parse(number, c.text, c.size, 0, ',') == DEC_OK; }
static bool is_year(int64_t n) { return n >= 1 && n <= 9999; }
static bool is_quarter(int64_t n) { return n >= 1 && n <= 4; }

uint32_t store_edition_of(const io_schema *s, csv_cell year, csv_cell quarter) {
  int64_t y, q;
  if (!whole_number(year, &y) || !whole_number(quarter, &q) || !is_year(y) || !is_quarter(q)) return PPR_NONE;
  return edition_at(s->program, quarter_of(y, (int)q));
}

static bool key_number(const store_key *k, int64_t *number) {
  *number = k->number;
  return k->whole || whole_number(k->text, number);
}

/* The edition of the record's quarter; PPR_NONE with an issue when there is none. */
static uint32_t choose_edition(record_store *s, store_record *r, int64_t *quarter, const char *table, char mark) {
  const io_schema *schema = s->schema;
  const ppr_program *p = schema->program;
  *quarter = 0;
  if (!schema->dated) return 0;
  int64_t year, number;
  const store_key *y = &s->key[schema->year], *q = &s->key[schema->quarter];
  bool good = key_number(y, &year) && is_year(year), in_year = key_number(q, &number) && is_quarter(number);
  if (!good || !in_year) {
    const ppr_edition *e = &p->editions[p->n_editions - 1]; /* the ranges of the newest text serve for the message */
    size_t bad = good ? schema->quarter : schema->year;
    csv_cell text = good ? q->text : y->text;
    value_fault fault;
    int64_t ignored;
    if (schema_parse(schema, p->n_editions - 1, &e->field[e->key[bad].field], text, mark, &ignored, &fault, s->issues))
      key_issue(s, r, DIAG_CELL_RANGE, shown(s->issues, text.text, text.size), "1", good ? "4" : "9999", table, bad);
    else store_issue_add(s, r, &fault, table, r->line, schema->keys[bad]);
    return PPR_NONE;
  }
  *quarter = quarter_of(year, (int)number);
  uint32_t edition = edition_of(s, *quarter);
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
  for (size_t k = 0; k < s->schema->n_keys; k++) {
    const ppr_field *f = &e->field[e->key[k].field];
    value_fault fault;
    int64_t value;
    const store_key *key = &s->key[k];
    if (key->text.size == 0) {
      key_issue(s, r, DIAG_KEY_EMPTY, s->schema->keys[k], NULL, NULL, table, k);
      continue;
    }
    if (f->kind == PPR_KIND_TEXT) continue;
    bool known = key->whole && f->kind == PPR_KIND_NUMBER && f->scale == 0 && key->number >= f->lo && key->number <= f->hi;
    if (known) value = key->number;
    else if (!schema_parse(s->schema, r->edition, f, key->text, mark, &value, &fault, s->issues)) {
      store_issue_add(s, r, &fault, table, r->line, s->schema->keys[k]);
      continue;
    }
    if (f->inputs > 0) store_set(s, r, f->first_input, value, PPR_PRESENT);
  }
}

/* Digits only, few enough to be a number, without zeros in front? Then copied, and what they are. */
static bool copy_digits(char *to, csv_cell cell, int64_t *number) {
  int64_t value = 0;
  if (cell.size == 0 || cell.size > 18 || (cell.text[0] == '0' && cell.size > 1)) return false;
  for (size_t i = 0; i < cell.size; i++) {
    char c = to[i] = cell.text[i];
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  *number = value;
  return true;
}

/* Room for the text of n keys, all (only NULL) or those of the positions. */
static char *join_room(ppr_buf *out, const io_limits *limits, const csv_cell *key, const uint32_t *only, size_t n) {
  size_t size = 0;
  out->size = 0;
  for (size_t i = 0; i < n; i++) {
    size_t own = key[only ? only[i] : i].size;
    size += (own < limits->cell_bytes ? own : limits->cell_bytes) + DEC_TEXT;
  }
  return buf_room(out, size);
}

/* One key cell as text ended by NUL, behind which the next one may stand. *whole: it is a number, *number. */
static char *join_cell(char *to, const io_limits *limits, csv_cell cell, bool number_kind, bool *whole, int64_t *number) {
  if (cell.size > limits->cell_bytes) cell.size = limits->cell_bytes;
  *whole = number_kind && copy_digits(to, cell, number);
  if (number_kind && !*whole && (*whole = dec_parse(number, cell.text, cell.size, 0, ',') == DEC_OK)) {
    to += dec_print(to, *number, 0, ',');
  } else if (*whole) {
    to += cell.size;
  } else {
    if (cell.size) memcpy(to, cell.text, cell.size);
    for (char *end = to + cell.size; to < end; to++)
      if (!*to) *to = '?';
  }
  *to = 0;
  return to + 1;
}

bool store_join(ppr_buf *out, const io_schema *s, const io_limits *limits, const csv_cell *key, const uint32_t *only, size_t n) {
  const ppr_edition *e = s->editions[0].e;
  char *begin = join_room(out, limits, key, only, n), *to = begin;
  for (size_t i = 0; i < n && begin; i++) {
    size_t k = only ? only[i] : i;
    bool whole;
    int64_t number;
    to = join_cell(to, limits, key[k], e->field[e->key[k].field].kind == PPR_KIND_NUMBER, &whole, &number);
  }
  if (begin) buf_take(out, (size_t)(to - begin));
  return begin != NULL;
}

/* The key of a record, in s->key part by part. */
static bool take_key(record_store *s, store_record *r, const csv_cell *key) {
  const ppr_edition *e = s->schema->editions[0].e;
  char *begin = join_room(&s->join, s->limits, key, NULL, s->schema->n_keys), *to = begin;
  for (size_t k = 0; k < s->schema->n_keys && begin; k++) {
    store_key *own = &s->key[k];
    char *from = to;
    to = join_cell(to, s->limits, key[k], e->field[e->key[k].field].kind == PPR_KIND_NUMBER, &own->whole, &own->number);
    own->text.size = (size_t)(to - from) - 1;
  }
  const char *text = r->key = begin ? arena_strndup(s->issues, begin, (size_t)(to - begin)) : NULL;
  r->key_size = (uint32_t)(to - begin);
  for (size_t k = 0; text && k < s->schema->n_keys; k++, text += s->key[k - 1].text.size + 1) s->key[k].text.text = text;
  return text != NULL;
}

static store_record *new_record(record_store *s) {
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

static store_record *fail(record_store *s) {
  s->failed = true;
  return NULL;
}

store_record *store_append(record_store *s, const csv_cell *key, const char *table, uint64_t line, char mark) {
  store_record *r = new_record(s);
  if (!r) return fail(s);
  r->line = line;
  if (!take_key(s, r, key)) return fail(s);
  int64_t quarter;
  uint32_t edition = choose_edition(s, r, &quarter, table, mark);
  if (edition == PPR_NONE) return r;
  if (!take_lane(s, r, edition)) return fail(s);
  set_keys(s, r, table, mark);
  uint32_t slot = s->schema->editions[edition].e->period_input;
  if (s->schema->dated && slot != PPR_NONE) store_set(s, r, slot, quarter, PPR_PRESENT);
  return r;
}

void store_undo(record_store *s) {
  const store_record *r = &s->records[--s->count];
  if (r->edition == PPR_NONE) return;
  const store_block *b = store_block_of(s, r);
  for (uint32_t i = 0; i < b->n_used; i++) b->states[place_of(r, b->used[i])] = STORE_ABSENT;
  s->parts[r->edition].records--;
}

void store_row_issue(record_store *s, store_record *r, const value_fault *fault, const char *table, uint64_t line) {
  store_issue_add(s, r, fault, table, line, "");
  if (r->last && r->last->code == fault->code) r->row = r->last;
}

void store_repeat(record_store *s, store_record *r, uint32_t number) {
  store_issue *row = r->row;
  const char *first = arena_printf(s->issues, "%lu", (unsigned long)number + 1);
  value_fault fault = {DIAG_RECORD_TWICE, {first, NULL, NULL, NULL}};
  r->first = r->last = NULL;
  r->issues = 0;
  r->edition = PPR_NONE;
  store_issue_add(s, r, &fault, "", r->line, "");
  if (!row || !r->last) return;
  row->next = NULL;
  r->last->next = row;
  r->last = row;
  r->issues++;
}

bool store_unique(record_store *s, key_set *keys) {
  for (size_t i = 0; i < s->count; i++) {
    bool fresh;
    store_record *r = &s->records[i];
    uint32_t number = keyset_take(keys, r->key, r->key_size, &fresh);
    if (number == UINT32_MAX) s->failed = true;
    else if (!fresh) store_repeat(s, r, number);
    if (s->failed) return false;
  }
  return true;
}

static const char *input_label(const record_store *s, const store_record *r, uint32_t input) {
  return schema_str(s->schema, s->schema->editions[r->edition].e->input[input].label);
}

static void input_issue(record_store *s, store_record *r, uint32_t input, const value_fault *fault, const char *table, uint64_t line) {
  store_issue_add(s, r, fault, table, line, input_label(s, r, input));
}

void store_cell(record_store *s, store_record *r, const ppr_field *f, uint32_t input, csv_cell cell, char mark, const char *table, uint64_t line) {
  store_use(s, r, input);
  const store_block *b = store_block_of(s, r);
  uint8_t *state = &b->states[place_of(r, input)];
  int64_t *value = &b->values[place_of(r, input)], read;
  bool first = *state == STORE_ABSENT;
  value_fault fault;
  if (!first && !(f->flags & PPR_FIELD_SUM)) {
    fault = (value_fault){DIAG_CELL_DUPLICATE, {input_label(s, r, input), NULL, NULL, NULL}};
    input_issue(s, r, input, &fault, table, line);
  } else if (cell.size == 0) {
    *state = PPR_FEHLT;
    if (f->flags & PPR_FIELD_OPTIONAL) return;
    fault = (value_fault){DIAG_CELL_EMPTY, {input_label(s, r, input), NULL, NULL, NULL}};
    input_issue(s, r, input, &fault, table, line);
  } else if (cell.size > s->limits->cell_bytes) {
    *state = PPR_FEHLT;
    fault = (value_fault){DIAG_CELL_LONG, {arena_printf(s->issues, "%zu", s->limits->cell_bytes), NULL, NULL, NULL}};
    input_issue(s, r, input, &fault, table, line);
  } else if (!schema_parse(s->schema, r->edition, f, cell, mark, &read, &fault, s->issues)) {
    *state = PPR_FEHLT;
    input_issue(s, r, input, &fault, table, line);
  } else if (first) {
    *state = PPR_PRESENT;
    *value = read;
  } else if (*state == PPR_PRESENT && __builtin_add_overflow(*value, read, value)) {
    *state = PPR_FEHLT; /* store_finish judges sums that did not overflow */
    *value = 0;
    fault = (value_fault){DIAG_CELL_LARGE, {shown(s->issues, cell.text, cell.size), NULL, NULL, NULL}};
    input_issue(s, r, input, &fault, table, line);
  }
}

static void finish_sum(record_store *s, store_record *r, const ppr_field *f, uint32_t input, const char *table) {
  int64_t value = *store_value(s, r, input);
  if (value >= f->lo && value <= f->hi) return;
  char lo[DEC_TEXT], hi[DEC_TEXT];
  dec_print(lo, f->lo, (int)f->scale, ',');
  dec_print(hi, f->hi, (int)f->scale, ',');
  value_fault fault = {DIAG_SUM_RANGE, {input_label(s, r, input), arena_printf(s->issues, "%s", lo), arena_printf(s->issues, "%s", hi), NULL}};
  store_set(s, r, input, value, PPR_FEHLT);
  input_issue(s, r, input, &fault, table, 0);
}

static void finish_missing(record_store *s, store_record *r, uint32_t input, const char *table) {
  value_fault fault = {DIAG_FIELD_MISSING, {input_label(s, r, input), NULL, NULL, NULL}};
  input_issue(s, r, input, &fault, table, 0);
}

/* Absent lanes of n become FEHLT, or present with the value. Loops without branches: most inputs of most records are absent. */
static void settle(int64_t *restrict values, uint8_t *restrict states, uint32_t n, const int64_t *preset) {
  uint8_t state = preset ? PPR_PRESENT : PPR_FEHLT;
  for (uint32_t i = 0; i < n && preset; i++) values[i] = states[i] == STORE_ABSENT ? *preset : values[i];
  for (uint32_t i = 0; i < n; i++) states[i] = states[i] == STORE_ABSENT ? state : states[i];
}

/* One input of the records of an edition that are not finished; `of` gives the record of each lane. Column by column, as the values lie. */
static void finish_input(record_store *s, uint32_t edition, uint32_t field, uint32_t input, const uint32_t *of) {
  const schema_edition *se = &s->schema->editions[edition];
  const store_part *part = &s->parts[edition];
  const ppr_field *f = &se->e->field[field];
  const char *table = f->block ? schema_str(s->schema, se->e->block[f->block - 1].table) : "";
  bool needed = !(f->flags & (PPR_FIELD_PRESET | PPR_FIELD_OPTIONAL | PPR_FIELD_KEY | PPR_FIELD_PERIOD));
  for (uint32_t first = part->finished, n; first < part->records; first += n) {
    uint32_t lane = first % STORE_LANES, rest = part->records - first;
    const store_block *b = &part->blocks[first / STORE_LANES];
    bool used = b->uses[input];
    n = rest < STORE_LANES - lane ? rest : STORE_LANES - lane;
    int64_t *values = b->values + (size_t)input * STORE_APART + lane;
    uint8_t *states = b->states + (size_t)input * STORE_APART + lane;
    for (uint32_t i = 0; i < n && used && f->flags & PPR_FIELD_SUM; i++)
      if (states[i] == PPR_PRESENT) finish_sum(s, &s->records[of[first + i]], f, input, table);
    if (used && !memchr(states, STORE_ABSENT, n)) continue;
    for (uint32_t i = 0; i < n && needed; i++)
      if (!used || states[i] == STORE_ABSENT) finish_missing(s, &s->records[of[first + i]], input, table);
    if (used) settle(values, states, n, f->flags & PPR_FIELD_PRESET ? &se->preset[field] : NULL);
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
    s->parts[edition].finished = s->parts[edition].records;
  }
  if (arena_failed(s->issues)) s->failed = true;
}

/* Complete columns are told as such: the evaluator then has nothing to copy. */
void store_columns(const record_store *s, uint32_t edition, size_t block, size_t lane, size_t rows, ppr_column *in) {
  const store_block *b = &s->parts[edition].blocks[block];
  for (uint32_t i = 0; i < s->schema->editions[edition].e->n_input; i++) {
    in[i] = s->parts[edition].rest[i];
    if (!b->uses[i]) continue;
    const uint8_t *states = b->states + (size_t)i * STORE_APART + lane;
    uint8_t absent = 0;
    for (size_t n = 0; n < rows; n++) absent |= states[n];
    in[i] = (ppr_column){.values = b->values + (size_t)i * STORE_APART + lane, .states = absent ? states : NULL};
  }
}

void store_clear(record_store *s) {
  for (uint32_t i = 0; i < s->schema->program->n_editions; i++) {
    s->parts[i].records = s->parts[i].finished = 0;
    s->parts[i].checked = false;
  }
  s->count = 0;
  arena_free(s->issues);
  s->issues = arena_new(s->alloc);
  if (!s->issues) s->failed = true;
}
