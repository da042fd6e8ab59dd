/* Comparison of readings. Per window: results as chosen, then per variant results again; only records with a changed register are looked at by line.
 */
#include "io/effect.h"
#include "base/file.h"
#include "io/cells.h"
#include "io/results.h"
#include <string.h>

enum { FLUSH = 65536, WINDOW = STORE_LANES };
enum { YES_TO_NO = 1, NO_TO_YES = 2, OTHER = 4 }; /* how a verdict changed */

/* A variant as the editions know it. */
typedef struct choice {
  uint32_t input; /* PPR_NONE: the edition lacks reading or variant, or holds it anyway */
  int64_t member;
} choice;

typedef struct variation {
  const char *reading, *variant, *instead_of;
  choice *of; /* per edition */
} variation;

typedef struct verdict {
  const char *file, *column;
} verdict;

typedef struct machine {
  ppr_evaluator *evaluator;
  ppr_column *in;
  ppr_result *piece; /* columns of a result shifted to a block */
  result_set chosen, varied;
  uint32_t *verdict_of; /* per column of its files: verdict, PPR_NONE: none */
  size_t *at;           /* per row: position in the store */
  uint32_t first, count;
} machine; /* of one edition, made when its first record comes */

/* What one record adds to the list under one variation. */
typedef struct span {
  size_t begin, end;
  struct span *next;
} span;

struct effect_run {
  record_store *store;
  const io_schema *schema;
  ppr_report *report;
  ppr_arena *arena;
  uint32_t lanes;
  machine *machines;
  variation *variations;
  size_t n_variations, cap_variations;
  verdict *verdicts;
  size_t n_verdicts, cap_verdicts;
  ppr_reading_effect *counts; /* [variation * (1 + n_verdicts)]: all verdicts together, then each */
  uint8_t *how, *dirty;       /* per verdict, of the record at hand; per row */
  int64_t *constant;          /* WINDOW times the variant at hand */
  const char *path;           /* of the list, NULL: none */
  file_sink *sink;
  ppr_arena *spans; /* of the window at hand */
  span **head, **tail;
  ppr_buf text, list, before, after;
};

/* --- what there is to vary and to judge --- */

/* The variation of this name, added if new; NULL when out of memory. */
static variation *vary(effect_run *x, const char *reading, const char *variant, const char *instead_of) {
  for (size_t i = 0; i < x->n_variations; i++)
    if (strcmp(x->variations[i].reading, reading) == 0 && strcmp(x->variations[i].variant, variant) == 0) return &x->variations[i];
  uint32_t n = x->schema->program->n_editions;
  x->variations = arena_grow(x->arena, x->variations, x->n_variations, &x->cap_variations, x->n_variations + 1, sizeof *x->variations);
  choice *of = arena_array(x->arena, n, sizeof *of);
  if (!x->variations || !of) return NULL;
  for (uint32_t e = 0; e < n; e++) of[e].input = PPR_NONE;
  x->variations[x->n_variations] = (variation){reading, variant, instead_of, of};
  return &x->variations[x->n_variations++];
}

/* The variant of a reading the run holds, in an edition. */
static const char *held(const effect_run *x, uint32_t edition, const ppr_reading *r) {
  const schema_edition *se = &x->schema->editions[edition];
  const ppr_enumeration *en = &se->e->enumeration[se->e->field[r->field].enumeration - 1];
  return schema_str(x->schema, se->e->member[en->first + (uint64_t)se->preset[r->field]].name);
}

/* The same in all editions that have the reading; NULL when they differ. */
static const char *held_everywhere(const effect_run *x, const char *name) {
  const char *one = NULL;
  for (uint32_t i = 0; i < x->schema->program->n_editions; i++) {
    const ppr_edition *e = x->schema->editions[i].e;
    for (uint32_t r = 0; r < e->n_reading; r++) {
      if (strcmp(schema_str(x->schema, e->reading[r].name), name) != 0 || !e->field[e->reading[r].field].enumeration) continue;
      const char *variant = held(x, i, &e->reading[r]);
      if (one && strcmp(one, variant) != 0) return NULL;
      one = variant;
    }
  }
  return one;
}

/* The variants of one reading in all editions, so that those of a reading stand together. */
static bool vary_reading(effect_run *x, const char *name) {
  const char *instead_of = held_everywhere(x, name);
  for (uint32_t i = 0; i < x->schema->program->n_editions; i++) {
    const schema_edition *se = &x->schema->editions[i];
    for (uint32_t r = 0; r < se->e->n_reading; r++) {
      const ppr_field *f = &se->e->field[se->e->reading[r].field];
      if (strcmp(schema_str(x->schema, se->e->reading[r].name), name) != 0 || !f->enumeration) continue;
      const ppr_enumeration *en = &se->e->enumeration[f->enumeration - 1];
      for (uint32_t m = 0; m < en->count; m++) {
        if (m == se->preset[se->e->reading[r].field]) continue;
        variation *v = vary(x, name, schema_str(x->schema, se->e->member[en->first + m].name), instead_of);
        if (!v) return false;
        v->of[i] = (choice){f->first_input, m};
      }
    }
  }
  return true;
}

static bool collect_variations(effect_run *x) {
  textmap seen;
  textmap_init(&seen, x->arena);
  for (uint32_t i = 0; i < x->schema->program->n_editions; i++) {
    const ppr_edition *e = x->schema->editions[i].e;
    for (uint32_t r = 0; r < e->n_reading; r++) {
      const char *name = schema_str(x->schema, e->reading[r].name);
      if (textmap_find(&seen, name, strlen(name)) != TEXTMAP_NONE) continue;
      if (textmap_add(&seen, name, strlen(name), 0, NULL) == TEXTMAP_NONE || !vary_reading(x, name)) return false;
    }
  }
  return true;
}

static bool is_verdict(const ppr_edition *e, const ppr_cell *c) { return c->kind == PPR_CELL_OUTPUT && e->output[c->value].kind == PPR_KIND_BOOL; }

static uint32_t add_verdict(effect_run *x, const char *file, const char *column) {
  for (size_t i = 0; i < x->n_verdicts; i++)
    if (strcmp(x->verdicts[i].file, file) == 0 && strcmp(x->verdicts[i].column, column) == 0) return (uint32_t)i;
  x->verdicts = arena_grow(x->arena, x->verdicts, x->n_verdicts, &x->cap_verdicts, x->n_verdicts + 1, sizeof *x->verdicts);
  if (!x->verdicts) return PPR_NONE;
  x->verdicts[x->n_verdicts] = (verdict){file, column};
  return (uint32_t)x->n_verdicts++;
}

static bool collect_verdicts(effect_run *x, uint32_t edition) {
  const ppr_edition *e = x->schema->editions[edition].e;
  uint32_t *of = x->machines[edition].verdict_of = arena_array(x->arena, (size_t)e->n_col + 1, sizeof *of);
  if (!of) return false;
  for (uint32_t c = 0; c < e->n_col; c++) of[c] = PPR_NONE;
  for (uint32_t l = 0; l < e->n_line; l++)
    for (uint32_t c = 0; c < e->line[l].cells; c++) {
      const ppr_file *f = &e->file[e->line[l].file];
      if (c >= f->cols || of[f->first_col + c] != PPR_NONE || !is_verdict(e, &e->cell[e->line[l].first_cell + c])) continue;
      of[f->first_col + c] = add_verdict(x, schema_str(x->schema, f->name), schema_str(x->schema, e->col[f->first_col + c].name));
      if (of[f->first_col + c] == PPR_NONE) return false;
    }
  return true;
}

static ppr_status open_list(effect_run *x, const char *path) {
  x->path = arena_strndup(x->arena, path, strlen(path));
  x->head = arena_array(x->arena, WINDOW, sizeof *x->head);
  x->tail = arena_array(x->arena, WINDOW, sizeof *x->tail);
  if (!x->path || !x->head || !x->tail) return PPR_NOMEM;
  file_status status = file_sink_open(&x->sink, x->store->alloc, x->path);
  if (status != FILE_OK) {
    x->sink = NULL;
    file_report(x->report, status, x->path, 0);
    return status == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
  }
  for (size_t k = 0; k < x->schema->n_keys; k++) {
    cells_csv(&x->list, x->schema->keys[k], strlen(x->schema->keys[k]));
    buf_putc(&x->list, ';');
  }
  buf_puts(&x->list, "Auslegung;Variante;Datei;Spalte;Ergebnis;vorher;nachher\n");
  return PPR_OK;
}

ppr_status effect_open(effect_run **out, record_store *store, const char *list, uint32_t lanes, ppr_report *report) {
  ppr_arena *arena = arena_new(store->alloc);
  effect_run *x = *out = arena ? arena_alloc(arena, sizeof *x) : NULL;
  if (!x) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *x = (effect_run){.store = store, .schema = store->schema, .report = report, .arena = arena, .lanes = lanes};
  ppr_buf *bufs[] = {&x->text, &x->list, &x->before, &x->after};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_init(bufs[i], store->alloc, (size_t)1 << 31);
  uint32_t n = x->schema->program->n_editions;
  x->machines = arena_array(arena, n, sizeof *x->machines);
  if (!x->machines || !collect_variations(x)) return PPR_NOMEM;
  for (uint32_t e = 0; e < n; e++)
    if (!collect_verdicts(x, e)) return PPR_NOMEM;
  x->counts = arena_array(arena, x->n_variations * (1 + x->n_verdicts) + 1, sizeof *x->counts);
  x->how = arena_array(arena, x->n_verdicts + 1, sizeof *x->how);
  x->dirty = arena_array(arena, WINDOW, sizeof *x->dirty);
  x->constant = arena_array(arena, WINDOW, sizeof *x->constant);
  if (!x->counts || !x->how || !x->dirty || !x->constant) return PPR_NOMEM;
  return list ? open_list(x, list) : PPR_OK;
}

/* --- evaluation --- */

static ppr_status make_machine(effect_run *x, uint32_t edition) {
  machine *m = &x->machines[edition];
  if (m->evaluator) return PPR_OK;
  const ppr_edition *e = x->schema->editions[edition].e;
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = x->lanes;
  m->in = arena_array(x->arena, (size_t)e->n_input + 1, sizeof *m->in);
  m->piece = arena_array(x->arena, (size_t)e->n_output + 1, sizeof *m->piece);
  m->at = arena_array(x->arena, WINDOW, sizeof *m->at);
  if (!m->in || !m->piece || !m->at) return PPR_NOMEM;
  if (!results_make(&m->chosen, x->arena, e, WINDOW) || !results_make(&m->varied, x->arena, e, WINDOW)) return PPR_NOMEM;
  return ppr_evaluator_new(&m->evaluator, x->schema->program, edition, &opts);
}

/* The records of the window of one edition, block by block of the store; `instead` (NULL: as they are) in place of one input. */
static ppr_status evaluate(effect_run *x, uint32_t edition, const choice *instead, result_set *into) {
  const ppr_edition *e = x->schema->editions[edition].e;
  machine *m = &x->machines[edition];
  ppr_status status = PPR_OK;
  for (uint32_t i = 0; instead && i < m->count; i++) x->constant[i] = instead->member;
  for (uint32_t done = 0; done < m->count && status == PPR_OK;) {
    uint32_t lane = (m->first + done) % STORE_LANES, n = STORE_LANES - lane < m->count - done ? STORE_LANES - lane : m->count - done;
    store_columns(x->store, edition, (m->first + done) / STORE_LANES, lane, n, m->in);
    if (instead) m->in[instead->input] = (ppr_column){.values = x->constant};
    for (uint32_t o = 0; o < e->n_output; o++) m->piece[o] = (ppr_result){.values = into->out[o].values + done, .states = into->out[o].states + done};
    status = ppr_evaluator_eval(m->evaluator, m->in, n, m->piece, into->faults + done);
    done += n;
  }
  return status;
}

/* --- comparison --- */

static bool differs(const ppr_result *a, const ppr_result *b, size_t row) {
  return a->states[row] != b->states[row] || (a->states[row] == PPR_PRESENT && a->values[row] != b->values[row]);
}

static void mark_dirty(effect_run *x, const machine *m, uint32_t outputs) {
  memset(x->dirty, 0, m->count);
  for (uint32_t o = 0; o < outputs; o++) {
    const ppr_result *a = &m->chosen.out[o], *b = &m->varied.out[o];
    for (uint32_t row = 0; row < m->count; row++) x->dirty[row] |= differs(a, b, row);
  }
}

static void put_cell(effect_run *x, ppr_buf *out, const store_record *r, const result_set *of, size_t row, const ppr_cell *c) {
  out->size = 0;
  if (of) cells_put(&(cell_form){x->store, false}, out, r, &(result_view){of->out, row}, c);
}

static bool same_text(const ppr_buf *a, const ppr_buf *b) { return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0); }

static uint8_t direction(const result_set *a, const result_set *b, size_t row, uint32_t output) {
  bool told = a && b && a->out[output].states[row] == PPR_PRESENT && b->out[output].states[row] == PPR_PRESENT;
  return !told ? OTHER : a->out[output].values[row] ? YES_TO_NO : NO_TO_YES;
}

static void list_cell(effect_run *x, const store_record *r, const variation *v, const char *file, const char *column, const char *label) {
  const char *texts[] = {v->reading, v->variant, file, column, label};
  for (size_t k = 0; k < x->schema->n_keys; k++) {
    if (k) buf_putc(&x->text, ';');
    cells_key(&(cell_form){x->store, false}, &x->text, r, k);
  }
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    buf_putc(&x->text, ';');
    cells_csv(&x->text, texts[i], strlen(texts[i]));
  }
  buf_putc(&x->text, ';');
  buf_put(&x->text, x->before.data, x->before.size);
  buf_putc(&x->text, ';');
  buf_put(&x->text, x->after.data, x->after.size);
  buf_putc(&x->text, '\n');
}

/* One possible row of a result file; a, b: results with and without the variant, NULL: the row is not there. True when something changed. */
static bool compare_line(effect_run *x, const variation *v, const store_record *r, size_t row, const ppr_line *line, const result_set *a,
                         const result_set *b) {
  const ppr_edition *e = x->schema->editions[r->edition].e;
  const ppr_file *f = &e->file[line->file];
  bool changed = !a != !b;
  for (uint32_t c = 0; c < line->cells && c < f->cols; c++) {
    const ppr_cell *cell = &e->cell[line->first_cell + c];
    bool computed = cell->kind == PPR_CELL_OUTPUT;
    if (a && b && (!computed || !differs(&a->out[cell->value], &b->out[cell->value], row))) continue;
    put_cell(x, &x->before, r, a, row, cell);
    put_cell(x, &x->after, r, b, row, cell);
    if (same_text(&x->before, &x->after)) continue; /* absent numbers look alike */
    changed = true;
    if (is_verdict(e, cell)) x->how[x->machines[r->edition].verdict_of[f->first_col + c]] |= direction(a, b, row, cell->value);
    if (x->sink)
      list_cell(x, r, v, schema_str(x->schema, f->name), schema_str(x->schema, e->col[f->first_col + c].name),
                computed ? schema_str(x->schema, e->output[cell->value].label) : "");
  }
  return changed;
}

static void count_how(ppr_reading_effect *n, uint8_t how, bool any) {
  n->changed += how != 0;
  n->yes_to_no += (how & YES_TO_NO) != 0;
  n->no_to_yes += (how & NO_TO_YES) != 0;
  n->other += (how & OTHER) != 0;
  n->any += any;
}

static bool keep_span(effect_run *x, size_t position, size_t begin) {
  if (x->text.size == begin) return true;
  span *s = arena_alloc(x->spans, sizeof *s);
  if (!s) return false;
  *s = (span){begin, x->text.size, NULL};
  if (x->head[position]) x->tail[position]->next = s;
  else x->head[position] = s;
  x->tail[position] = s;
  return true;
}

static bool compare_record(effect_run *x, size_t variation_index, size_t position, const machine *m, size_t row, const result_set *a,
                           const result_set *b) {
  const store_record *r = &x->store->records[m->at[row]];
  const ppr_edition *e = x->schema->editions[r->edition].e;
  ppr_reading_effect *counts = &x->counts[variation_index * (1 + x->n_verdicts)];
  size_t begin = x->text.size;
  bool any = false;
  uint8_t all = 0;
  memset(x->how, 0, x->n_verdicts);
  for (uint32_t l = 0; l < e->n_line; l++) {
    const ppr_line *line = &e->line[l];
    const result_set *before = a && (!line->when || results_yes(&a->out[line->when - 1], row)) ? a : NULL;
    const result_set *after = b && (!line->when || results_yes(&b->out[line->when - 1], row)) ? b : NULL;
    if ((before || after) && compare_line(x, &x->variations[variation_index], r, row, line, before, after)) any = true;
  }
  for (size_t i = 0; i < x->n_verdicts; i++) {
    count_how(&counts[1 + i], x->how[i], x->how[i] != 0);
    all |= x->how[i];
  }
  count_how(counts, all, any);
  return !x->sink || keep_span(x, position, begin);
}

static bool compare(effect_run *x, size_t variation_index, size_t from, uint32_t edition) {
  const ppr_edition *e = x->schema->editions[edition].e;
  const machine *m = &x->machines[edition];
  ppr_reading_effect *counts = &x->counts[variation_index * (1 + x->n_verdicts)];
  mark_dirty(x, m, e->n_output);
  for (uint32_t row = 0; row < m->count; row++) {
    if (m->at[row] == SIZE_MAX || x->store->records[m->at[row]].refused) continue;
    const result_set *a = results_given(&m->chosen, e, row) ? &m->chosen : NULL, *b = results_given(&m->varied, e, row) ? &m->varied : NULL;
    if (!a && !b) continue;
    counts->records++;
    counts->without += !a || !b;
    if (a && b && !x->dirty[row]) continue;
    if (!compare_record(x, variation_index, m->at[row] - from, m, row, a, b)) return false;
  }
  return true;
}

/* --- windows --- */

static void write_list(effect_run *x, size_t over) {
  if (x->list.size <= over || x->list.failed) return;
  file_sink_write(x->sink, x->list.data, x->list.size);
  x->list.size = 0;
}

/* The list in the order of the records, whatever the order of evaluation was. */
static void write_spans(effect_run *x, size_t records) {
  for (size_t i = 0; i < records; i++)
    for (const span *s = x->head[i]; s && !x->text.failed; s = s->next) {
      buf_put(&x->list, x->text.data + s->begin, s->end - s->begin);
      write_list(x, FLUSH);
    }
}

static ppr_status begin_window(effect_run *x, size_t from, size_t until) {
  for (uint32_t e = 0; e < x->schema->program->n_editions; e++) x->machines[e].count = 0;
  for (size_t i = from; i < until; i++) {
    const store_record *r = &x->store->records[i];
    if (r->edition == PPR_NONE) continue;
    ppr_status status = make_machine(x, r->edition);
    if (status != PPR_OK) return status;
    machine *m = &x->machines[r->edition];
    if (m->count == 0) m->first = r->local;
    while (m->count < r->local - m->first) m->at[m->count++] = SIZE_MAX; /* lanes of records that repeat another one */
    m->at[m->count++] = i;
  }
  if (!x->sink) return PPR_OK;
  arena_free(x->spans);
  x->spans = arena_new(x->store->alloc);
  memset(x->head, 0, WINDOW * sizeof *x->head);
  x->text.size = 0;
  return x->spans ? PPR_OK : PPR_NOMEM;
}

static ppr_status run_window(effect_run *x, size_t from, size_t until) {
  uint32_t n = x->schema->program->n_editions;
  ppr_status status = begin_window(x, from, until);
  for (uint32_t e = 0; e < n && status == PPR_OK; e++)
    if (x->machines[e].count) status = evaluate(x, e, NULL, &x->machines[e].chosen);
  for (size_t v = 0; v < x->n_variations; v++)
    for (uint32_t e = 0; e < n && status == PPR_OK; e++) {
      const choice *c = &x->variations[v].of[e];
      if (!x->machines[e].count || c->input == PPR_NONE) continue;
      status = evaluate(x, e, c, &x->machines[e].varied);
      if (status == PPR_OK && !compare(x, v, from, e)) status = PPR_NOMEM;
    }
  if (status == PPR_OK && x->sink) write_spans(x, until - from);
  return status == PPR_OK && (x->text.failed || x->list.failed || x->before.failed || x->after.failed) ? PPR_NOMEM : status;
}

ppr_status effect_window(effect_run *x, size_t from, size_t until) {
  ppr_status status = PPR_OK;
  for (; from < until && status == PPR_OK; from += WINDOW) status = run_window(x, from, until - from < WINDOW ? until : from + WINDOW);
  return status;
}

/* --- the end --- */

ppr_status effect_finish(effect_run *x, ppr_reading_effect **effects, size_t *n) {
  size_t each = 1 + x->n_verdicts, count = 0;
  ppr_reading_effect *out = ppr_alloc_default.fn(ppr_alloc_default.ctx, NULL, 0, (x->n_variations * each + 1) * sizeof *out);
  *effects = NULL;
  *n = 0;
  if (!out) return PPR_NOMEM;
  for (size_t v = 0; v < x->n_variations; v++)
    for (size_t i = 0; i < each; i++) {
      ppr_reading_effect *c = &x->counts[v * each + i];
      if (i && !c->changed) continue;
      c->reading = x->variations[v].reading;
      c->variant = x->variations[v].variant;
      c->instead_of = x->variations[v].instead_of;
      c->records = x->counts[v * each].records;
      if (i) c->file = x->verdicts[i - 1].file;
      if (i) c->column = x->verdicts[i - 1].column;
      out[count++] = *c;
    }
  ppr_status status = PPR_OK;
  if (x->sink) {
    write_list(x, 0);
    file_status committed = x->list.failed ? FILE_NO_MEMORY : file_sink_commit(x->sink);
    if (!x->list.failed) x->sink = NULL;
    if (committed != FILE_OK) file_report(x->report, committed, x->path, 0);
    if (committed != FILE_OK) status = committed == FILE_NO_MEMORY ? PPR_NOMEM : PPR_IO;
  }
  if (status == PPR_OK) {
    *effects = out;
    *n = count;
  } else ppr_alloc_default.fn(ppr_alloc_default.ctx, out, (x->n_variations * each + 1) * sizeof *out, 0);
  return status;
}

void effect_close(effect_run *x) {
  if (!x) return;
  for (uint32_t e = 0; x->machines && e < x->schema->program->n_editions; e++) ppr_evaluator_free(x->machines[e].evaluator);
  file_sink_abort(x->sink);
  buf_fini(&x->text);
  buf_fini(&x->list);
  buf_fini(&x->before);
  buf_fini(&x->after);
  arena_free(x->spans);
  arena_free(x->arena);
}
