/* Two texts over the same records: which results change, by how much, and which partial texts change them too (ppr_run_compare). First both texts,
 * keeping the cells that differ; then each partial text for the records of these. */
#include "base/decimal.h"
#include "engine.h"
#include "io/cells.h"
#include "io/hold.h"
#include "io/results.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = STORE_LANES, LISTED = 100000 };

/* A cell of a result file, known by file, column and result, so that it is the same in several programs. */
typedef struct spot {
  const char *file, *column, *label;
  uint32_t col; /* index of the column compared */
} spot;

/* The spot in one program. */
typedef struct place {
  const ppr_cell *cell; /* NULL: not there */
  const ppr_output *output;
  uint32_t when; /* output + 1 */
} place;

typedef struct slot {
  bool there;
  uint8_t state;
  int64_t value;
} slot;

/* One program at work on records of a store that may be another program's. */
typedef struct machine {
  const ppr_program *program;
  const ppr_edition *e;
  ppr_evaluator *evaluator;
  record_store *source;
  uint32_t *from; /* per input: input of the source, NONE: preset */
  int64_t *values;
  uint8_t *states;
  ppr_column *in;
  result_set results;
  place *at; /* per spot */
  size_t n_at;
} machine;

typedef struct change {
  size_t record; /* of the store before */
  uint32_t spot;
  slot before, after;
  const char *before_text, *after_text; /* of a listed yes/no, else NULL */
  uint64_t *alone, *moved;              /* a bit per partial program, of a listed yes/no */
} change;

typedef struct comparing {
  ppr_arena *arena; /* of the answer */
  ppr_arena *work;
  record_store *store[2];
  machine two[2];
  textmap spot_of; /* file, column, result → spot */
  spot *spots;
  size_t n_spots, cap_spots;
  ppr_compared_column *columns;
  uint32_t *scale; /* per column: the largest */
  size_t n_columns, cap_columns, cap_scale;
  change *changes;
  size_t n_changes, cap_changes, listed;
  textmap after_of; /* key → record of the store after */
  size_t n_partial, words;
  uint32_t lanes;
  ppr_buf text;
  ppr_comparison *out;
} comparing;

static const char *text_of(const ppr_program *p, uint32_t id) { return program_string(p, id); }

/* ---- spots ---- */

static uint32_t column_index(comparing *c, const char *file, const char *column, const ppr_program *p, const ppr_output *o) {
  size_t i = 0;
  while (i < c->n_columns && (strcmp(c->columns[i].file, file) || strcmp(c->columns[i].column, column))) i++;
  if (i == c->n_columns) {
    c->columns = arena_grow(c->arena, c->columns, c->n_columns, &c->cap_columns, i + 1, sizeof *c->columns);
    c->scale = arena_grow(c->arena, c->scale, c->n_columns, &c->cap_scale, i + 1, sizeof *c->scale);
    if (!c->columns || !c->scale) return PPR_NONE;
    const char *unit = arena_printf(c->arena, "%s", text_of(p, o->unit));
    c->columns[i] = (ppr_compared_column){.file = file, .column = column, .unit = unit, .kind = (ppr_value_kind)o->kind};
    c->columns[i].alone = arena_array(c->arena, c->n_partial + 1, sizeof(size_t));
    c->columns[i].moved = arena_array(c->arena, c->n_partial + 1, sizeof(size_t));
    c->scale[i] = 0;
    c->n_columns++;
  }
  if (o->scale > c->scale[i]) c->scale[i] = o->scale;
  return (uint32_t)i;
}

/* The spot of a cell, new if add; nth: cells of one name are told apart by their order. NONE: unknown, or out of memory. */
static uint32_t spot_index(comparing *c, const ppr_program *p, const char *file, const char *column, const ppr_output *o, uint32_t nth, bool add) {
  const char *label = text_of(p, o->label);
  c->text.size = 0;
  buf_printf(&c->text, "%s%c%s%c%s%c%u", file, 0, column, 0, label, 0, nth);
  if (c->text.failed) return PPR_NONE;
  if (!add) return textmap_find(&c->spot_of, c->text.data, c->text.size);
  uint32_t found = textmap_add(&c->spot_of, c->text.data, c->text.size, (uint32_t)c->n_spots, NULL);
  if (found != c->n_spots) return found;
  c->spots = arena_grow(c->work, c->spots, c->n_spots, &c->cap_spots, c->n_spots + 1, sizeof *c->spots);
  spot s = {arena_printf(c->arena, "%s", file), arena_printf(c->arena, "%s", column), arena_printf(c->arena, "%s", label), 0};
  if (!c->spots || !s.file || !s.column || !s.label) return PPR_NONE;
  s.col = column_index(c, s.file, s.column, p, o);
  if (s.col == PPR_NONE) return PPR_NONE;
  c->spots[c->n_spots++] = s;
  return found;
}

/* Where the spots are in the edition; add: those not known yet become spots. */
static bool find_spots(comparing *c, machine *m, bool add) {
  const ppr_edition *e = m->e;
  size_t n = 0;
  for (uint32_t l = 0; l < e->n_line; l++) n += e->line[l].cells;
  m->n_at = c->n_spots + (add ? n : 0);
  m->at = arena_array(c->work, m->n_at + 1, sizeof *m->at);
  for (uint32_t l = 0; m->at && l < e->n_line; l++) {
    const ppr_file *f = &e->file[e->line[l].file];
    for (uint32_t i = 0; i < e->line[l].cells && i < f->cols; i++) {
      const ppr_cell *cell = &e->cell[e->line[l].first_cell + i];
      if (cell->kind != PPR_CELL_OUTPUT) continue;
      const ppr_output *o = &e->output[cell->value];
      const char *file = text_of(m->program, f->name), *column = text_of(m->program, e->col[f->first_col + i].name);
      uint32_t at = PPR_NONE, nth = 0;
      do at = spot_index(c, m->program, file, column, o, nth++, add);
      while (at != PPR_NONE && m->at[at].cell);
      if (at == PPR_NONE && add) return false;
      if (at != PPR_NONE) m->at[at] = (place){cell, o, e->line[l].when};
    }
  }
  return m->at != NULL;
}

/* ---- machines ---- */

static bool same_members(const ppr_program *p, const ppr_edition *a, uint32_t x, const ppr_program *q, const ppr_edition *b, uint32_t y) {
  if (!x || !y) return x == y;
  const ppr_enumeration *m = &a->enumeration[x - 1], *n = &b->enumeration[y - 1];
  bool same = m->count == n->count;
  for (uint32_t i = 0; same && i < m->count; i++) {
    const ppr_member *s = &a->member[m->first + i], *t = &b->member[n->first + i];
    same = !strcmp(text_of(p, s->name), text_of(q, t->name)) && !strcmp(text_of(p, s->code), text_of(q, t->code));
  }
  return same;
}

/* Both programs read the field from the same cells in the same way; the range is the machine's affair. */
static bool same_field(const ppr_program *p, const ppr_edition *a, const ppr_field *f, const ppr_program *q, const ppr_edition *b,
                       const ppr_field *g) {
  if (f->kind != g->kind || f->flags != g->flags || f->scale != g->scale || f->preset != g->preset || !f->block != !g->block) return false;
  if (!same_members(p, a, f->enumeration, q, b, g->enumeration)) return false;
  if (f->flags & PPR_FIELD_SET) return true;
  if (strcmp(text_of(p, f->column), text_of(q, g->column))) return false;
  if (!f->block) return true;
  const ppr_block *s = &a->block[f->block - 1], *t = &b->block[g->block - 1];
  bool same = !strcmp(text_of(p, s->table), text_of(q, t->table)) && s->conds == t->conds;
  for (uint32_t i = 0; same && i < s->conds; i++) {
    const ppr_cond *x = &a->cond[s->first_cond + i], *y = &b->cond[t->first_cond + i];
    same = !strcmp(text_of(p, x->column), text_of(q, y->column)) && !strcmp(text_of(p, x->text), text_of(q, y->text)) && x->key == y->key &&
           x->offset == y->offset;
  }
  return same;
}

/* The inputs of the machine as its source has them; false: the source lacks one. */
static bool map_inputs(comparing *c, machine *m, record_store *source) {
  const ppr_program *q = source->schema->program;
  const ppr_edition *b = &q->editions[0];
  textmap labels;
  textmap_init(&labels, c->work);
  m->source = source;
  m->from = arena_array(c->work, (size_t)m->e->n_input + 1, sizeof *m->from);
  if (!m->from) return false;
  for (uint32_t i = 0; i < b->n_input; i++) {
    const char *label = text_of(q, b->input[i].label);
    textmap_add(&labels, label, strlen(label), i, NULL);
  }
  for (uint32_t i = 0; i < m->e->n_input; i++) {
    const char *label = text_of(m->program, m->e->input[i].label);
    const ppr_field *f = &m->e->field[m->e->input[i].field];
    m->from[i] = textmap_find(&labels, label, strlen(label));
    bool same = m->from[i] != TEXTMAP_NONE && same_field(m->program, m->e, f, q, b, &b->field[b->input[m->from[i]].field]);
    if (!same && !(f->flags & PPR_FIELD_SET)) return false;
    if (!same) m->from[i] = PPR_NONE;
  }
  return !labels.failed;
}

static ppr_status make_machine(comparing *c, machine *m) {
  const ppr_edition *e = m->e;
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = c->lanes;
  m->values = arena_array(c->work, (size_t)e->n_input + 1, WINDOW * sizeof *m->values);
  m->states = arena_array(c->work, (size_t)e->n_input + 1, WINDOW);
  m->in = arena_array(c->work, (size_t)e->n_input + 1, sizeof *m->in);
  if (!results_make(&m->results, c->work, e, WINDOW)) return PPR_NOMEM;
  for (uint32_t i = 0; i < e->n_input; i++) m->in[i] = (ppr_column){m->values + (size_t)i * WINDOW, m->states + (size_t)i * WINDOW, NULL};
  return ppr_evaluator_new(&m->evaluator, m->program, 0, &opts);
}

static ppr_status evaluate(machine *m, const store_record *const *records, size_t n) {
  for (uint32_t i = 0; i < m->e->n_input; i++)
    for (size_t k = 0; k < n; k++) {
      bool preset = m->from[i] == PPR_NONE;
      m->values[(size_t)i * WINDOW + k] = preset ? m->e->field[m->e->input[i].field].preset : *store_value(m->source, records[k], m->from[i]);
      m->states[(size_t)i * WINDOW + k] = preset ? PPR_PRESENT : *store_state(m->source, records[k], m->from[i]);
    }
  return ppr_evaluator_eval(m->evaluator, m->in, n, m->results.out, m->results.faults);
}

static slot slot_at(const machine *m, uint32_t at, size_t row, bool given) {
  const place *p = at < m->n_at ? &m->at[at] : NULL;
  if (!given || !p || !p->cell || (p->when && !results_yes(&m->results.out[p->when - 1], row))) return (slot){false, PPR_FEHLT, 0};
  return (slot){true, m->results.out[p->cell->value].states[row], m->results.out[p->cell->value].values[row]};
}

/* ---- comparison ---- */

static bool is_number(const ppr_output *o) { return o->kind == PPR_KIND_NUMBER || o->kind == PPR_KIND_PERCENT; }

static ppr_wide scaled(int64_t value, uint32_t scale, uint32_t to) {
  ppr_wide v = value;
  for (; scale < to; scale++) v *= 10;
  return v;
}

static const char *code_of(const machine *m, const ppr_output *o, int64_t member) {
  const ppr_member *x = &m->e->member[m->e->enumeration[o->enumeration - 1].first + (uint64_t)member];
  return text_of(m->program, x->code ? x->code : x->name);
}

/* Printed alike. */
static bool alike(const machine *m, slot x, const machine *w, slot y, uint32_t at) {
  if (!x.there || !y.there) return x.there == y.there;
  const ppr_output *o = m->at[at].output, *q = w->at[at].output;
  if (o->kind != q->kind && !(is_number(o) && is_number(q))) return false;
  if (x.state != PPR_PRESENT || y.state != PPR_PRESENT) {
    bool word = o->kind == PPR_KIND_BOOL || x.state == PPR_UNBESTIMMT || y.state == PPR_UNBESTIMMT;
    return word ? x.state == y.state : x.state != PPR_PRESENT && y.state != PPR_PRESENT;
  }
  if (o->kind == PPR_KIND_ENUM) return !strcmp(code_of(m, o, x.value), code_of(w, q, y.value));
  uint32_t scale = o->scale > q->scale ? o->scale : q->scale;
  return scaled(x.value, o->scale, scale) == scaled(y.value, q->scale, scale);
}

static bool verdict_at(const comparing *c, uint32_t at) {
  for (int s = 0; s < 2; s++)
    if (at < c->two[s].n_at && c->two[s].at[at].cell && c->two[s].at[at].output->kind == PPR_KIND_BOOL) return true;
  return false;
}

static const char *shown_cell(comparing *c, int side, const store_record *r, size_t row, uint32_t at, slot s) {
  c->text.size = 0;
  if (s.there) cells_put(&(cell_form){c->store[side], false}, &c->text, r, &(result_view){c->two[side].results.out, row}, c->two[side].at[at].cell);
  return c->text.failed ? NULL : arena_strndup(c->arena, c->text.data ? c->text.data : "", c->text.size);
}

static bool keep(comparing *c, size_t record, uint32_t at, slot x, slot y, const store_record *a, const store_record *b, size_t row) {
  c->changes = arena_grow(c->work, c->changes, c->n_changes, &c->cap_changes, c->n_changes + 1, sizeof *c->changes);
  if (!c->changes) return false;
  change *n = &c->changes[c->n_changes++];
  *n = (change){record, at, x, y, NULL, NULL, NULL, NULL};
  if (!verdict_at(c, at)) return true;
  if (c->listed == LISTED) {
    c->out->more_cells++;
    return true;
  }
  c->listed++;
  n->before_text = shown_cell(c, 0, a, row, at, x);
  n->after_text = shown_cell(c, 1, b, row, at, y);
  n->alone = arena_array(c->work, c->words + 1, sizeof *n->alone);
  n->moved = arena_array(c->work, c->words + 1, sizeof *n->moved);
  return n->before_text && n->after_text && n->alone && n->moved;
}

static bool compare_record(comparing *c, size_t record, const store_record *a, const store_record *b, size_t row) {
  bool verdict = false, any = false;
  for (uint32_t at = 0; at < c->n_spots; at++) {
    slot x = slot_at(&c->two[0], at, row, true), y = slot_at(&c->two[1], at, row, true);
    if (alike(&c->two[0], x, &c->two[1], y, at)) continue;
    any = true;
    verdict = verdict || verdict_at(c, at);
    if (!keep(c, record, at, x, y, a, b, row)) return false;
  }
  c->out->changed += verdict;
  c->out->changed_any += any;
  return true;
}

static size_t key_size(const comparing *c, const store_record *r) {
  const char *text = r->key;
  for (size_t k = 0; k < c->store[0]->schema->n_keys; k++) text += strlen(text) + 1;
  return (size_t)(text - r->key);
}

static bool usable(const store_record *r) { return r && !r->refused && r->edition != PPR_NONE; }

/* Records of both stores, a window at a time. */
static ppr_status compare_both(comparing *c) {
  const store_record **pair[2];
  size_t *number = arena_array(c->work, WINDOW, sizeof *number), n = 0;
  bool *met = arena_array(c->work, c->store[1]->count + 1, sizeof *met);
  for (int s = 0; s < 2; s++)
    if (!(pair[s] = arena_array(c->work, WINDOW, sizeof *pair[s]))) return PPR_NOMEM;
  if (!number || !met) return PPR_NOMEM;
  for (size_t i = 0; i <= c->store[0]->count; i++) {
    const store_record *a = i < c->store[0]->count ? &c->store[0]->records[i] : NULL, *b = NULL;
    uint32_t other = a ? textmap_find(&c->after_of, a->key, key_size(c, a)) : TEXTMAP_NONE;
    if (other != TEXTMAP_NONE) b = &c->store[1]->records[other];
    if (usable(a) && usable(b)) {
      number[n] = i;
      pair[0][n] = a;
      pair[1][n++] = b;
    } else if (a) { /* refused before anything is evaluated */
      c->out->only_before += usable(a);
      c->out->only_after += usable(b);
      c->out->without += !usable(a) && !usable(b);
    }
    if (b) met[other] = true;
    if (n < WINDOW && i < c->store[0]->count) continue;
    for (int s = 0; s < 2 && n; s++) {
      ppr_status status = evaluate(&c->two[s], pair[s], n);
      if (status != PPR_OK) return status;
    }
    for (size_t row = 0; row < n; row++) {
      bool has[2] = {results_given(&c->two[0].results, c->two[0].e, row), results_given(&c->two[1].results, c->two[1].e, row)};
      c->out->records += has[0] && has[1];
      c->out->only_before += has[0] && !has[1];
      c->out->only_after += !has[0] && has[1];
      c->out->without += !has[0] && !has[1];
      if (has[0] && has[1] && !compare_record(c, number[row], pair[0][row], pair[1][row], row)) return PPR_NOMEM;
    }
    n = 0;
  }
  for (size_t i = 0; i < c->store[1]->count; i++) /* of tables only the new text reads */
    c->out->only_after += !met[i] && usable(&c->store[1]->records[i]);
  return PPR_OK;
}

/* ---- partial programs ---- */

static void attribute(comparing *c, const machine *m, size_t partial, change *x, size_t row, bool given) {
  slot s = slot_at(m, x->spot, row, given);
  bool alone = alike(m, s, &c->two[1], x->after, x->spot), moved = alone || !alike(m, s, &c->two[0], x->before, x->spot);
  ppr_compared_column *col = &c->columns[c->spots[x->spot].col];
  ((size_t *)(uintptr_t)col->alone)[partial] += alone;
  ((size_t *)(uintptr_t)col->moved)[partial] += moved;
  if (x->alone && alone) x->alone[partial / 64] |= UINT64_C(1) << partial % 64;
  if (x->moved && moved) x->moved[partial / 64] |= UINT64_C(1) << partial % 64;
}

static ppr_status run_partial(comparing *c, const ppr_program *p, size_t partial) {
  machine m = {.program = p, .e = &p->editions[0]};
  ppr_arena *held = c->work;
  ppr_status status = PPR_NOMEM;
  const store_record **records = NULL;
  size_t *first = NULL, at = 0;
  if (!(c->work = arena_new(c->store[0]->alloc))) {
    c->work = held;
    return PPR_NOMEM;
  }
  bool mapped = map_inputs(c, &m, c->store[0]) || map_inputs(c, &m, c->store[1]);
  records = arena_array(c->work, WINDOW, sizeof *records);
  first = arena_array(c->work, WINDOW + 1, sizeof *first);
  if (records && first && !arena_failed(c->work)) status = mapped && find_spots(c, &m, false) ? make_machine(c, &m) : PPR_OK;
  if (mapped && status == PPR_OK) c->out->ran[partial] = 1;
  while (mapped && status == PPR_OK && at < c->n_changes) {
    size_t n = 0;
    for (; at < c->n_changes && (n < WINDOW || c->changes[at].record == c->changes[at - 1].record); at++) {
      if (n && c->changes[at].record == c->changes[at - 1].record) continue;
      const store_record *r = &c->store[0]->records[c->changes[at].record];
      first[n] = at;
      records[n++] = m.source == c->store[0] ? r : &c->store[1]->records[textmap_find(&c->after_of, r->key, key_size(c, r))];
    }
    first[n] = at;
    status = evaluate(&m, records, n);
    for (size_t row = 0; row < n && status == PPR_OK; row++) {
      bool given = results_given(&m.results, m.e, row);
      for (size_t i = first[row]; i < first[row + 1]; i++) attribute(c, &m, partial, &c->changes[i], row, given);
    }
  }
  ppr_evaluator_free(m.evaluator);
  arena_free(c->work);
  c->work = held;
  return status;
}

/* ---- the answer ---- */

static int by_size(const void *a, const void *b) {
  ppr_wide x = *(const ppr_wide *)a, y = *(const ppr_wide *)b;
  return (x > y) - (x < y);
}

static const char *number_text(comparing *c, ppr_wide value, uint32_t scale) {
  char text[DEC_TEXT];
  size_t n = dec_print(text, value, (int)scale, ',');
  return arena_strndup(c->arena, text, n);
}

/* Sum and quantiles of the differences of one column. */
static bool measure(comparing *c, uint32_t col) {
  ppr_compared_column *k = &c->columns[col];
  ppr_wide *d = arena_array(c->work, k->measured + 1, sizeof *d), sum = 0;
  size_t n = 0;
  for (size_t i = 0; d && i < c->n_changes; i++) {
    const change *x = &c->changes[i];
    if (c->spots[x->spot].col != col || !x->before.there || !x->after.there || x->before.state || x->after.state) continue;
    const ppr_output *o = c->two[0].at[x->spot].output, *q = c->two[1].at[x->spot].output;
    d[n] = scaled(x->after.value, q->scale, c->scale[col]) - scaled(x->before.value, o->scale, c->scale[col]);
    sum += d[n++];
  }
  if (!d || n == 0) return d != NULL;
  qsort(d, n, sizeof *d, by_size);
  k->sum = number_text(c, sum, c->scale[col]);
  k->least = number_text(c, d[0], c->scale[col]);
  k->lower = number_text(c, d[(n + 3) / 4 - 1], c->scale[col]);
  k->median = number_text(c, d[(n + 1) / 2 - 1], c->scale[col]);
  k->upper = number_text(c, d[(3 * n + 3) / 4 - 1], c->scale[col]);
  k->most = number_text(c, d[n - 1], c->scale[col]);
  return k->sum && k->most;
}

static void count_change(ppr_compared_column *k, const change *x, bool number) {
  bool told = x->before.there && x->after.there && x->before.state == PPR_PRESENT && x->after.state == PPR_PRESENT;
  k->cells++;
  if (k->kind == PPR_YESNO && told) *(x->before.value ? &k->yes_to_no : &k->no_to_yes) += 1;
  else if (number && told) k->measured++;
  else if (!told) k->other++;
}

static bool count_columns(comparing *c) {
  size_t *last = arena_array(c->work, c->n_columns + 1, sizeof *last); /* record + 1 */
  for (size_t i = 0; last && i < c->n_changes; i++) {
    const change *x = &c->changes[i];
    uint32_t col = c->spots[x->spot].col;
    ppr_compared_column *k = &c->columns[col];
    count_change(k, x, k->kind == PPR_NUMBER || k->kind == PPR_PERCENT);
    k->records += last[col] != x->record + 1;
    last[col] = x->record + 1;
  }
  for (uint32_t i = 0; last && i < c->n_columns; i++)
    if (c->columns[i].measured && !measure(c, i)) return false;
  return last != NULL;
}

static bool fill_cell(comparing *c, const change *x, ppr_compared_cell *out) {
  const spot *s = &c->spots[x->spot];
  const store_record *r = &c->store[0]->records[x->record];
  c->text.size = 0;
  for (size_t k = 0; k < c->store[0]->schema->n_keys; k++) buf_printf(&c->text, "%s%s", k ? "," : "", cells_key_text(r, k));
  *out = (ppr_compared_cell){.file = s->file, .column = s->column, .output = s->label, .before = x->before_text, .after = x->after_text};
  out->key = c->text.failed ? NULL : arena_strndup(c->arena, c->text.data ? c->text.data : "", c->text.size);
  for (size_t w = 0; w < c->words; w++) out->alone = out->alone || x->alone[w];
  const uint64_t *bits = out->alone ? x->alone : x->moved;
  size_t *through = arena_array(c->arena, c->n_partial + 1, sizeof *through);
  for (size_t i = 0; through && i < c->n_partial; i++)
    if (bits[i / 64] >> i % 64 & 1) through[out->n_through++] = i;
  out->through = through;
  return out->key && through;
}

static bool answer(comparing *c) {
  ppr_comparison *out = c->out;
  if (!count_columns(c)) return false;
  out->columns = arena_array(c->arena, c->n_columns + 1, sizeof *out->columns);
  out->cells = arena_array(c->arena, c->listed + 1, sizeof *out->cells);
  if (!out->columns || !out->cells) return false;
  for (size_t i = 0; i < c->n_columns; i++)
    if (c->columns[i].cells) out->columns[out->n_columns++] = c->columns[i];
  for (size_t i = 0; i < c->n_changes; i++)
    if (c->changes[i].alone && !fill_cell(c, &c->changes[i], &out->cells[out->n_cells++])) return false;
  return !arena_failed(c->arena);
}

static ppr_status compare(comparing *c, const ppr_program *const *partial) {
  textmap_init(&c->spot_of, c->work);
  textmap_init(&c->after_of, c->work);
  for (size_t i = 0; i < c->store[1]->count; i++) {
    const store_record *r = &c->store[1]->records[i];
    if (textmap_add(&c->after_of, r->key, key_size(c, r), (uint32_t)i, NULL) == TEXTMAP_NONE) return PPR_NOMEM;
  }
  ppr_status status = PPR_OK;
  for (int s = 0; s < 2 && status == PPR_OK; s++) {
    machine *m = &c->two[s];
    *m = (machine){.program = c->store[s]->schema->program, .e = &c->store[s]->schema->program->editions[0]};
    if (!map_inputs(c, m, c->store[s]) || !find_spots(c, m, true)) return PPR_NOMEM;
    status = make_machine(c, m);
  }
  if (status == PPR_OK) status = compare_both(c);
  for (size_t i = 0; i < c->n_partial && status == PPR_OK; i++) status = run_partial(c, partial[i], i);
  if (status == PPR_OK && !answer(c)) status = PPR_NOMEM;
  for (int s = 0; s < 2; s++) ppr_evaluator_free(c->two[s].evaluator);
  return status;
}

static ppr_status compare_stores(record_store *before, record_store *after, const ppr_program *const *partial, size_t n_partial, uint32_t lanes,
                                 ppr_comparison **out) {
  comparing c = {.store = {before, after}, .n_partial = n_partial, .words = (n_partial + 63) / 64, .lanes = lanes};
  c.arena = arena_new(ppr_alloc_default);
  c.work = arena_new(before->alloc);
  buf_init(&c.text, before->alloc, (size_t)1 << 30);
  c.out = c.arena ? arena_alloc(c.arena, sizeof *c.out) : NULL;
  if (c.out) {
    c.out->memory = c.arena;
    c.out->ran = arena_array(c.arena, n_partial + 1, 1);
  }
  ppr_status status = c.out && c.out->ran && c.work ? compare(&c, partial) : PPR_NOMEM;
  if (status == PPR_OK) *out = c.out;
  else arena_free(c.arena);
  buf_fini(&c.text);
  arena_free(c.work);
  return status;
}

/* ---- the records ---- */

static bool has_reading(const ppr_program *p, const char *name) {
  for (uint32_t r = 0; r < p->editions[0].n_reading; r++)
    if (strcmp(text_of(p, p->editions[0].reading[r].name), name) == 0) return true;
  return false;
}

static bool has_parameter(const ppr_program *p, const char *name) {
  for (uint32_t r = 0; r < p->editions[0].n_parameter; r++)
    if (strcmp(text_of(p, p->editions[0].parameter[r].name), name) == 0) return true;
  return false;
}

/* All records as one text reads them. Readings and parameters the other text alone has are passed over; what neither has is left to be refused. */
static ppr_status hold(held_input *h, ppr_engine *engine, const ppr_program *own, const ppr_program *other, const ppr_run_opts *opts,
                       ppr_report *report) {
  ppr_run_opts own_opts = *opts;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_reading_choice *chosen = arena ? arena_array(arena, opts->n_readings + 1, sizeof *chosen) : NULL;
  ppr_parameter_choice *set = arena ? arena_array(arena, opts->n_parameters + 1, sizeof *set) : NULL;
  own_opts.readings = chosen;
  own_opts.parameters = set;
  own_opts.n_readings = own_opts.n_parameters = 0;
  for (size_t i = 0; set && i < opts->n_parameters; i++)
    if (has_parameter(own, opts->parameters[i].name) || !has_parameter(other, opts->parameters[i].name))
      set[own_opts.n_parameters++] = opts->parameters[i];
  for (size_t i = 0; chosen && i < opts->n_readings; i++)
    if (has_reading(own, opts->readings[i].name) || !has_reading(other, opts->readings[i].name)) chosen[own_opts.n_readings++] = opts->readings[i];
  ppr_status status = chosen && set ? hold_open(h, engine->alloc, own, &own_opts, report) : PPR_NOMEM;
  arena_free(arena);
  return status;
}

ppr_status ppr_run_compare(const ppr_program *before, const ppr_program *after, const ppr_program *const *partial, size_t n_partial,
                           ppr_engine *engine, const ppr_run_opts *opts, ppr_comparison **out, ppr_report *report) {
  if (out) *out = NULL;
  if (!before || !after || (n_partial && !partial) || !engine || !opts || opts->size != sizeof *opts || !opts->input || !out || !report)
    return PPR_MISUSE;
  if (before->n_editions != 1 || after->n_editions != 1 || opts->lanes > 1024 || strcmp(opts->input, "-") == 0) return PPR_MISUSE;
  for (size_t i = 0; i < n_partial; i++)
    if (partial[i]->n_editions != 1) return PPR_MISUSE;
  held_input two[2] = {{0}};
  ppr_status status = hold(&two[0], engine, before, after, opts, report);
  if (status == PPR_OK) status = hold(&two[1], engine, after, before, opts, report);
  if (status == PPR_OK) status = compare_stores(&two[0].store, &two[1].store, partial, n_partial, opts->lanes, out);
  if (status == PPR_OK && (*out)->records + (*out)->only_before + (*out)->only_after + (*out)->without == 0)
    report_add(report, DIAG_NO_RECORDS, SPAN_NONE, NULL);
  for (int s = 0; s < 2; s++) hold_close(&two[s]);
  return report_failed(report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}

void ppr_comparison_free(ppr_comparison *comparison) {
  if (comparison) arena_free(comparison->memory);
}
