/* Records as rows of tables: the way of io/tables.c backwards. */
#include "proof/record.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include <string.h>

enum { MAX_COLUMNS = 256 };

typedef struct row {
  const char *cell[MAX_COLUMNS]; /* by column, NULL: nothing said */
  bool selector[MAX_COLUMNS];
  bool needed;
  struct row *next;
} row;

typedef struct sheet {
  ppr_arena *arena;
  const ppr_program *p;
  const ppr_edition *e;
  const int64_t *values;
  const uint8_t *states;
  const char *column[MAX_COLUMNS];
  uint32_t n_columns, n_keys;
  row *rows, **last;
  bool failed;
} sheet;

const char *record_value(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, uint32_t kind, uint32_t enumeration, uint32_t scale,
                         int64_t value) {
  char text[DEC_TEXT];
  size_t n = 0;
  switch ((ppr_kind)kind) {
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT: n = dec_print(text, value, (int)scale, ','); break;
  case PPR_KIND_BOOL: return value ? "ja" : "nein";
  case PPR_KIND_DATE: n = day_print(text, value); break;
  case PPR_KIND_QUARTER: n = quarter_print(text, value); break;
  case PPR_KIND_ENUM:
    if (!enumeration || value < 0 || value >= e->enumeration[enumeration - 1].count) return "";
    return program_string(p, e->member[e->enumeration[enumeration - 1].first + (uint32_t)value].code);
  case PPR_KIND_TEXT: return "1";
  }
  const char *copy = arena_strndup(arena, text, n);
  return copy ? copy : "";
}

static const char *field_text(const sheet *s, const ppr_field *f, uint32_t element) {
  if (!f->inputs) return "1"; /* a key of text */
  return record_value(s->arena, s->p, s->e, f->kind, f->enumeration, f->scale, s->values[f->first_input + element]);
}

static const char *key_text(const sheet *s, uint32_t key, int64_t offset) {
  const ppr_field *f = &s->e->field[s->e->key[key].field];
  if (!offset || !f->inputs) return field_text(s, f, 0);
  return record_value(s->arena, s->p, s->e, f->kind, f->enumeration, f->scale, s->values[f->first_input] + offset);
}

static uint32_t column_of(sheet *s, uint32_t name) {
  const char *text = program_string(s->p, name);
  for (uint32_t i = 0; i < s->n_columns; i++)
    if (!strcmp(s->column[i], text)) return i;
  if (s->n_columns == MAX_COLUMNS) {
    s->failed = true;
    return 0;
  }
  s->column[s->n_columns] = text;
  return s->n_columns++;
}

/* The row with these selecting cells, new or known. */
static row *row_of(sheet *s, const row *wanted) {
  for (row *r = s->rows; r; r = r->next) {
    bool same = true;
    for (uint32_t i = 0; i < s->n_columns && same; i++)
      same = r->selector[i] == wanted->selector[i] && (!r->selector[i] || !strcmp(r->cell[i], wanted->cell[i]));
    if (same) return r;
  }
  row *r = arena_alloc(s->arena, sizeof *r);
  if (!r) {
    s->failed = true;
    return NULL;
  }
  *r = *wanted;
  r->next = NULL;
  *s->last = r;
  s->last = &r->next;
  return r;
}

static const char *member_code(const sheet *s, uint32_t enumeration, uint32_t member) {
  return program_string(s->p, s->e->member[s->e->enumeration[enumeration - 1].first + member].code);
}

/* Cells every row of the block has: keys, and what its conditions ask for. */
static void select_rows(sheet *s, const ppr_block *b, row *wanted) {
  for (uint32_t i = 0; i < b->conds; i++) {
    const ppr_cond *c = &s->e->cond[b->first_cond + i];
    uint32_t at = column_of(s, c->column), key = 0;
    while (c->key && key < s->e->n_key && s->e->key[key].field != c->key - 1) key++;
    wanted->cell[at] = c->key ? key_text(s, key, c->offset) : program_string(s->p, c->text);
    wanted->selector[at] = true;
  }
}

static void put_element(sheet *s, const ppr_block *b, const row *shape, uint32_t first, uint32_t second, uint32_t element) {
  row wanted = *shape;
  if (b->axis1) {
    uint32_t at = column_of(s, b->column1);
    wanted.cell[at] = member_code(s, b->axis1, first);
    wanted.selector[at] = true;
  }
  if (b->axis2) {
    uint32_t at = column_of(s, b->column2);
    wanted.cell[at] = member_code(s, b->axis2, second);
    wanted.selector[at] = true;
  }
  row *r = row_of(s, &wanted);
  for (uint32_t i = 0; r && i < b->fields; i++) {
    const ppr_field *f = &s->e->field[b->first_field + i];
    uint32_t input = f->first_input + element;
    bool absent = s->states[input] != PPR_PRESENT;
    r->cell[column_of(s, f->column)] = absent ? "" : field_text(s, f, element);
    r->needed = r->needed || (f->flags & PPR_FIELD_OPTIONAL ? !absent : !(f->flags & PPR_FIELD_PRESET) || s->values[input] != f->preset);
  }
}

static void put_block(sheet *s, const ppr_block *b) {
  row shape = {.needed = false};
  uint32_t first = b->axis1 ? s->e->enumeration[b->axis1 - 1].count : 1, second = b->axis2 ? s->e->enumeration[b->axis2 - 1].count : 1;
  if (!b->fields) return;
  select_rows(s, b, &shape);
  for (uint32_t i = 0; i < first; i++)
    for (uint32_t k = 0; k < second; k++) put_element(s, b, &shape, i, k, i * second + k);
}

static void put_keys(sheet *s, const ppr_block *b) {
  uint32_t n = b->keys ? b->keys : s->e->n_key;
  for (uint32_t i = 0; i < n; i++) column_of(s, s->e->field[s->e->key[b->keys ? s->e->block_key[b->first_key + i].key : i].field].column);
  s->n_keys = s->n_columns;
  for (uint32_t k = 0; k < s->e->n_block; k++) { /* the columns of the file in the order of its blocks */
    const ppr_block *o = &s->e->block[k];
    if (o->table != b->table) continue;
    for (uint32_t i = 0; i < o->conds; i++) column_of(s, s->e->cond[o->first_cond + i].column);
    if (o->axis1) column_of(s, o->column1);
    if (o->axis2) column_of(s, o->column2);
    for (uint32_t i = 0; i < o->fields; i++) column_of(s, s->e->field[o->first_field + i].column);
  }
}

static const char *cell_text(ppr_arena *arena, const char *text) {
  if (!strpbrk(text, ";\"\r\n")) return text;
  const char *out = "\"";
  for (const char *c = text; *c && out; c++) out = arena_printf(arena, *c == '"' ? "%s\"%c" : "%s%c", out, *c);
  return arena_printf(arena, "%s\"", out ? out : "");
}

static const char *line_text(sheet *s, const row *r, const ppr_block *b) {
  const char *out = "";
  for (uint32_t i = 0; i < s->n_columns && out; i++) {
    const char *cell = !r ? s->column[i] : i < s->n_keys ? key_text(s, b->keys ? s->e->block_key[b->first_key + i].key : i, 0) : r->cell[i];
    out = arena_printf(s->arena, "%s%s%s", out, i ? ";" : "", cell_text(s->arena, cell ? cell : ""));
  }
  return out ? out : "";
}

/* The file of a block's table. force: a row even if it says nothing, so that there is a record. */
static bool put_table(sheet *s, const ppr_block *b, bool force, ppr_proof_table *out) {
  s->n_columns = 0;
  s->rows = NULL;
  s->last = &s->rows;
  put_keys(s, b);
  for (uint32_t k = 0; k < s->e->n_block; k++)
    if (s->e->block[k].table == b->table) put_block(s, &s->e->block[k]);
  const char *text = arena_printf(s->arena, "%s\n", line_text(s, NULL, b));
  *out = (ppr_proof_table){program_string(s->p, b->table), text, 0};
  for (const row *r = s->rows; r && text; r = r->next) {
    if (!r->needed && !(force && r == s->rows)) continue;
    text = arena_printf(s->arena, "%s%s\n", text, line_text(s, r, b));
    out->rows++;
  }
  out->text = text;
  return text && !s->failed;
}

ppr_proof_table *record_tables(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, const uint8_t *states,
                               size_t *n) {
  sheet *s = arena_alloc(arena, sizeof *s);
  ppr_proof_table *out = arena_array(arena, (size_t)e->n_block + 1, sizeof *out);
  const ppr_block *whole = NULL; /* a table that makes a record */
  size_t whole_at = 0;
  bool some = false;
  *n = 0;
  if (!s || !out) return NULL;
  *s = (sheet){.arena = arena, .p = p, .e = e, .values = values, .states = states};
  for (uint32_t i = 0; i < e->n_block; i++) {
    const ppr_block *b = &e->block[i];
    bool first = true;
    for (uint32_t k = 0; k < i; k++) first = first && e->block[k].table != b->table;
    if (!first) continue;
    if (!put_table(s, b, false, &out[*n])) return NULL;
    if (!b->keys && s->rows) {
      some = some || out[*n].rows;
      if (!whole) whole = b, whole_at = *n;
    }
    ++*n;
  }
  if (!some && whole && !put_table(s, whole, true, &out[whole_at])) return NULL;
  return out;
}

const char *record_key(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values) {
  sheet s = {.arena = arena, .p = p, .e = e, .values = values};
  const char *out = "";
  for (uint32_t i = 0; i < e->n_key && out; i++) out = arena_printf(arena, "%s%s%s", out, i ? "," : "", key_text(&s, i, 0));
  return out ? out : "";
}

const char **record_readings(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, size_t *n) {
  const char **out = arena_array(arena, (size_t)e->n_reading + 1, sizeof *out);
  *n = 0;
  for (uint32_t i = 0; out && i < e->n_reading; i++) {
    const ppr_field *f = &e->field[e->reading[i].field];
    int64_t v = values[f->first_input];
    if (v == f->preset || !f->enumeration || v < 0 || v >= e->enumeration[f->enumeration - 1].count) continue;
    out[(*n)++] = arena_printf(arena, "%s=%s", program_string(p, e->reading[i].name),
                               program_string(p, e->member[e->enumeration[f->enumeration - 1].first + (uint32_t)v].name));
  }
  return out;
}

const char **record_parameters(ppr_arena *arena, const ppr_program *p, const ppr_edition *e, const int64_t *values, size_t *n) {
  const char **out = arena_array(arena, (size_t)e->n_parameter + 1, sizeof *out);
  *n = 0;
  for (uint32_t i = 0; out && i < e->n_parameter; i++) {
    const ppr_field *f = &e->field[e->parameter[i].field];
    if (values[f->first_input] == f->preset) continue;
    out[(*n)++] = arena_printf(arena, "%s=%s", program_string(p, e->parameter[i].name),
                               record_value(arena, p, e, f->kind, f->enumeration, f->scale, values[f->first_input]));
  }
  return out;
}
