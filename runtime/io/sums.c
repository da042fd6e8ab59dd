/* Groups of rows by their text, exact sums, and the rows that come of them; see sums.h. */
#include "io/sums.h"
#include "base/decimal.h"
#include <stdlib.h>
#include <string.h>

void sums_init(sum_table *t, ppr_arena *arena) {
  *t = (sum_table){.arena = arena};
  textmap_init(&t->texts, arena);
  textmap_init(&t->heads, arena);
}

/* Room for one more row and its numbers. */
static bool room(sum_table *t, uint32_t numbers) {
  if (t->n_rows == t->cap_rows) {
    sum_row *rows = arena_grow(t->arena, t->rows, t->n_rows, &t->cap_rows, t->n_rows + 1, sizeof *rows);
    if (!rows) return false;
    t->rows = rows;
  }
  if (t->cap_numbers - t->n_numbers < numbers) {
    sum_number *grown = arena_grow(t->arena, t->numbers, t->n_numbers, &t->cap_numbers, t->n_numbers + numbers, sizeof *grown);
    if (!grown) return false;
    t->numbers = grown;
  }
  return true;
}

uint32_t sums_row(sum_table *t, const char *text, size_t size, size_t head, uint32_t line, uint32_t numbers, bool *fresh) {
  const char *own;
  *fresh = false;
  if (t->n_rows >= TEXTMAP_NONE - 1 || !room(t, numbers)) return TEXTMAP_NONE;
  uint32_t next = (uint32_t)t->n_rows, at = textmap_add(&t->texts, text, size, next, &own);
  if (at == TEXTMAP_NONE) return at;
  if (at != next) {
    sum_row *row = &t->rows[at];
    if (line < row->line) row->line = line;
    return at;
  }
  uint32_t family = textmap_add(&t->heads, text, head, (uint32_t)t->heads.count, NULL);
  if (family == TEXTMAP_NONE) return family;
  t->rows[t->n_rows++] = (sum_row){own, (uint32_t)size, family, line, next, numbers, t->n_numbers};
  for (uint32_t i = 0; i < numbers; i++) t->numbers[t->n_numbers++] = (sum_number){0};
  *fresh = true;
  return at;
}

bool sums_add(sum_number *n, uint8_t state, int64_t value, int scale) {
  if (state == PPR_PRESENT) {
    int common = n->scale > scale ? n->scale : scale;
    ppr_wide total, more;
    if (!wide_mul(&total, n->total, dec_pow10(common - n->scale)) || !wide_mul(&more, value, dec_pow10(common - scale)) ||
        !wide_add(&total, total, more))
      return false;
    n->total = total;
    n->scale = common;
  }
  n->states |= 1u << state;
  return true;
}

uint8_t sums_state(const sum_number *n) {
  if (n->states & 1u << PPR_UNBESTIMMT) return PPR_UNBESTIMMT;
  if (n->states & 1u << PPR_PRESENT) return PPR_PRESENT;
  return n->states & 1u << PPR_ENTFAELLT ? PPR_ENTFAELLT : PPR_FEHLT;
}

static int compare(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

static int by_place(const void *a, const void *b) {
  const sum_row *x = a, *y = b;
  if (x->family != y->family) return compare(x->family, y->family);
  return x->line != y->line ? compare(x->line, y->line) : compare(x->order, y->order);
}

void sums_sort(sum_table *t) {
  if (t->n_rows) qsort(t->rows, t->n_rows, sizeof *t->rows, by_place);
}

/* --- rows of a result file --- */

/* A row is known by what it prints besides its sums: the keys that stay, then per column 't' and its text, or 'n' for a number; each ends in a NUL.
 */
enum { PART_TEXT = 't', PART_NUMBER = 'n' };

static bool adds_up(const ppr_edition *e, const ppr_cell *c) { return c->kind == PPR_CELL_OUTPUT && e->output[c->value].kind == PPR_KIND_NUMBER; }

const ppr_cell *sums_cell(const ppr_edition *e, const ppr_line *line, const uint32_t *cell_of, size_t column) {
  uint32_t cell = cell_of[column];
  return !cell || cell > line->cells ? NULL : &e->cell[line->first_cell + cell - 1];
}

bool sums_columns(sum_file *f, const char *const *columns, size_t n, const ppr_edition *e, uint32_t row, const uint32_t *cell_of) {
  f->columns = columns;
  f->n_columns = n;
  if (!f->adds && !(f->adds = arena_array(f->table.arena, n + 1, sizeof *f->adds))) return false;
  for (uint32_t l = 0; l < e->n_line; l++)
    for (size_t c = 0; e->line[l].file == row && c < n; c++) {
      const ppr_cell *cell = sums_cell(e, &e->line[l], cell_of, c);
      f->adds[c] = f->adds[c] || (cell && adds_up(e, cell));
    }
  return true;
}

static void put_keys(const sum_file *f, ppr_buf *out, const store_record *r) {
  const io_schema *s = f->form.store->schema;
  bool first = true;
  for (size_t k = 0; k < s->n_keys; k++) {
    if (f->summed[k]) continue;
    if (!first) buf_putc(out, f->form.json ? ',' : ';');
    first = false;
    if (f->form.json) {
      cells_json_text(out, s->keys[k]);
      buf_putc(out, ':');
    }
    cells_key(&f->form, out, r, k);
  }
  buf_putc(out, '\0');
}

/* A column that only other editions have is an absent number or an empty text, as it is there. */
static bool number_part(const sum_file *f, const ppr_edition *e, const ppr_cell *cell, size_t column) {
  return cell ? adds_up(e, cell) : f->adds[column];
}

size_t sums_line(sum_file *f, ppr_buf *scratch, const store_record *r, const result_view *v, uint32_t line, const uint32_t *cell_of, bool *fresh) {
  const ppr_edition *e = f->form.store->schema->editions[r->edition].e;
  const ppr_line *l = &e->line[line];
  uint32_t numbers = 0;
  *fresh = false;
  scratch->size = 0;
  put_keys(f, scratch, r);
  size_t head = scratch->size;
  for (size_t c = 0; c < f->n_columns; c++) {
    const ppr_cell *cell = sums_cell(e, l, cell_of, c);
    bool number = number_part(f, e, cell, c);
    numbers += number;
    buf_putc(scratch, number ? PART_NUMBER : PART_TEXT);
    if (!number && cell) cells_put(&f->form, scratch, r, v, cell);
    else if (!number && f->form.json) buf_puts(scratch, "null");
    buf_putc(scratch, '\0');
  }
  uint32_t at = scratch->failed ? TEXTMAP_NONE : sums_row(&f->table, scratch->data, scratch->size, head, line, numbers, fresh);
  if (at == TEXTMAP_NONE) return f->n_columns;
  sum_number *sum = f->table.numbers + f->table.rows[at].first;
  for (size_t c = 0; c < f->n_columns; c++) {
    const ppr_cell *cell = sums_cell(e, l, cell_of, c);
    if (!number_part(f, e, cell, c)) continue;
    const ppr_result *result = cell ? &v->out[cell->value] : NULL;
    if (result && !sums_add(sum, result->states[v->row], result->values[v->row], (int)e->output[cell->value].scale)) return c;
    sum++;
  }
  return f->n_columns;
}

void sums_put(const sum_file *f, ppr_buf *out, const sum_row *row) {
  const io_schema *s = f->form.store->schema;
  const char *part = row->text + strlen(row->text) + 1;
  const sum_number *sum = f->table.numbers + row->first;
  bool json = f->form.json, first = true;
  if (json) buf_putc(out, '{');
  buf_puts(out, row->text);
  if (*row->text) buf_putc(out, json ? ',' : ';');
  if (json) {
    buf_puts(out, "\"Summe über\":[");
    for (size_t k = 0; k < s->n_keys; k++) {
      if (!f->summed[k]) continue;
      if (!first) buf_putc(out, ',');
      first = false;
      cells_json_text(out, s->keys[k]);
    }
    buf_puts(out, "],\"Ergebnisse\":{");
    cells_json_text(out, f->name);
    buf_puts(out, ":[{");
  }
  for (size_t c = 0; c < f->n_columns; c++, part += strlen(part) + 1) {
    if (c) buf_putc(out, json ? ',' : ';');
    if (json) {
      cells_json_text(out, f->columns[c]);
      buf_putc(out, ':');
    }
    if (*part == PART_TEXT) {
      buf_puts(out, part + 1);
      continue;
    }
    cells_number(&f->form, out, sum->total, sum->scale, sums_state(sum));
    sum++;
  }
  buf_puts(out, json ? "}]}}\n" : "\n");
}
