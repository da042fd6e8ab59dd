/* Runs the tests of rule files, `test` declarations and rows of case tables: each compiles to a small program of just what it expects, in which given
 * rules are inputs, and is evaluated by the machine. Where somebody asks how a value came about, or what was reached, it is compiled once more with
 * all notes and run under the keep plan; that run decides nothing. */
#include "base/file.h"
#include "base/quarter.h"
#include "code/verify.h"
#include "compile.h"
#include "engine.h"
#include "lower.h"
#include "schema.h"
#include "test/cover.h"
#include "test/table.h"
#include "vm/exec.h"
#include "vm/explain.h"
#include <stdio.h>
#include <string.h>

typedef struct given {
  symbol *symbol;
  int element;
  cell value;
  bool all;
} given;
typedef struct expectation {
  uint32_t output;
  symbol *symbol;
  int element;
  const ast_assign *from;
  const char *label, *fault;
  check_type type;
  cell value;
} expectation;

typedef struct test_run {
  ppr_engine *engine;
  ppr_report *report;
  ppr_arena *arena;
  uint32_t first_source;
  const ast_decl *test;
  bool table; /* a row of a case table */
  given *givens;
  size_t n_givens;
  expectation *expected;
  size_t n_expected;
  cell *actual; /* of each, where the record has no fault */
  size_t wrong; /* the first in the order of the rules that is not as expected, SIZE_MAX: none */
  bool faulted, explain;
  cover *cover; /* NULL: not asked for */
  ppr_buf details, explanation;
  ppr_language language;
} test_run;

static const char *say(const test_run *t, const char *de, const char *en) { return t->language == PPR_ENGLISH ? en : de; }

/* A value as the explanation below it has it: ja/nein and the decimal mark are those of the language. */
static const char *shown_value(const test_run *t, const model *m, const check_type *type, uint8_t state, int64_t number) {
  const char *text = model_value_text(m, type, state, number), *comma = type->form == TYPE_NUMBER ? strchr(text, ',') : NULL;
  if (t->language != PPR_ENGLISH || state != PPR_PRESENT) return text;
  if (type->form == TYPE_BOOL) return number ? "yes" : "no";
  if (comma) text = arena_printf(m->arena, "%.*s.%s", (int)(comma - text), text, comma + 1);
  return text ? text : "";
}

/* One assignment with its target and value typed. */
typedef struct typed {
  symbol *symbol;
  int index[MAX_AXES];
  bool all;
  cell value;
} typed;

static bool type_value(model *m, const ast_assign *a, const check_type *t, bool table, cell *out) {
  return table ? table_value(m, a->value, t, out) : model_literal(m, a->value, t, out, DIAG_TEST_VALUE);
}

static bool type_given(model *m, const ast_assign *a, bool table, typed *out) {
  *out = (typed){0};
  if (!check_target(m, a->target, &out->symbol, out->index, &out->all)) return false;
  const symbol *s = out->symbol;
  cell *c = &out->value;
  if (!type_value(m, a, &s->type, table, c)) return false;
  bool is_field = s->form == SYM_FIELD;
  unsigned states = is_field ? 1u << PPR_PRESENT | 1u << PPR_FEHLT : s->states;
  if (!(states >> c->state & 1)) {
    report_add(m->report, DIAG_TEST_VALUE, a->value->span, model_type_text(m, &s->type), model_state_word(c->state), NULL);
    return false;
  }
  if (is_field && c->state == PPR_PRESENT && (c->value < s->lo || c->value > s->hi)) {
    report_add(m->report, DIAG_VALUE_RANGE, a->value->span, model_value_text(m, &s->type, 0, c->value),
               arena_printf(m->arena, "%s..%s", model_value_text(m, &s->type, 0, s->lo), model_value_text(m, &s->type, 0, s->hi)), NULL);
    return false;
  }
  return true;
}

static bool type_expected(model *m, const ast_assign *a, bool table, typed *out) {
  *out = (typed){0};
  if (!check_target(m, a->target, &out->symbol, out->index, &out->all)) return false;
  return a->fault || type_value(m, a, &out->symbol->type, table, &out->value);
}

void tests_check(model *m) {
  typed ignored;
  for (size_t i = 0; i < m->n_decls; i++) {
    if (m->decls[i]->form != DECL_TEST) continue;
    for (const ast_assign *a = m->decls[i]->given; a; a = a->next) type_given(m, a, false, &ignored);
    for (const ast_assign *a = m->decls[i]->expected; a; a = a->next) type_expected(m, a, false, &ignored);
  }
}

/* Assignments to (symbol, element, value); an assignment without indices counts for every element not set otherwise. */
static bool read_given(test_run *t, model *m) {
  size_t n = 0, cap = 0;
  bool right = true;
  for (const ast_assign *a = t->test->given; a; a = a->next) {
    typed now;
    if (!type_given(m, a, t->table, &now)) {
      right = false;
      continue;
    }
    symbol *s = now.symbol;
    for (int e = 0; e < s->elements; e++) {
      if (!now.all && e != model_element(s, now.index)) continue;
      size_t at = 0;
      while (at < n && (t->givens[at].symbol != s || t->givens[at].element != e)) at++;
      if (at < n && now.all && !t->givens[at].all) continue;
      if (at == n) {
        given *grown = arena_grow(t->arena, t->givens, n, &cap, n + 1, sizeof *grown);
        if (!grown) return false;
        t->givens = grown;
        n++;
      }
      t->givens[at] = (given){s, e, now.value, now.all};
    }
  }
  t->n_givens = n;
  return right;
}

static bool read_expected(test_run *t, model *m, lowering *l, bool only_mark) {
  size_t n = 0, cap = 0;
  bool right = true;
  for (const ast_assign *a = t->test->expected; a; a = a->next) {
    typed now;
    if (!type_expected(m, a, t->table, &now)) {
      right = false;
      continue;
    }
    symbol *s = now.symbol;
    lower_mark_needed(s);
    if (only_mark) continue;
    for (int e = 0; e < s->elements; e++) {
      if (!now.all && e != model_element(s, now.index)) continue;
      expectation *grown = arena_grow(t->arena, t->expected, n, &cap, n + 1, sizeof *grown);
      if (!grown) return false;
      t->expected = grown;
      const char *label = model_label(m, s, e);
      value v = lower_element(l, s, e, a->target->span);
      uint32_t inst = !l->silent && s->insts ? s->insts[e] : 0;
      t->expected[n++] = (expectation){lower_output(l, label, &s->type, v, inst), s, e, a, label, a->fault, s->type, now.value};
    }
  }
  t->n_expected = n;
  return right;
}

/* What notes say where a given rule is used: "VKS-Mind[b] = 1000 Stunde (gegeben)". */
static void label_given(const test_run *t, model *m, lowering *l) {
  for (size_t i = 0; i < t->n_givens; i++) {
    const given *g = &t->givens[i];
    symbol *s = g->symbol;
    if (s->form == SYM_FIELD) continue;
    if (!s->labels && !(s->labels = arena_array(t->arena, (size_t)s->elements, sizeof *s->labels))) return;
    const char *is = shown_value(t, m, &s->type, g->value.state, g->value.value), *label = model_label(m, s, g->element);
    s->labels[g->element] = build_string(l->b, arena_printf(t->arena, "%s = %s (%s)", label, is, say(t, "gegeben", "given"))) + 1;
  }
}

/* The small program: inputs of the schema, then one input per given rule element. told: with all notes, and the record of m->trace. */
static ppr_program *test_program(test_run *t, model *m, bool told, const uint32_t **map) {
  ppr_builder *b = build_new(t->engine->alloc);
  lowering *l = arena_alloc(t->arena, sizeof *l);
  ppr_edition *e = b ? build_edition(b) : NULL;
  if (!b || !l || !e) {
    build_discard(b);
    return NULL;
  }
  size_t before = report_added(t->report, PPR_SEV_ERROR);
  build_name(b, "test");
  for (uint32_t i = 0; i < report_sources(t->report) - t->first_source; i++) {
    static const uint8_t none[32];
    build_source(b, report_source(t->report, t->first_source + i)->name, none);
  }
  e->name = build_string(b, m->file->fassung.text);
  e->from_day = m->from_day;
  e->until_day = e->written_until = m->until_day;
  lower_init(l, m, b, t->first_source);
  l->silent = !told;
  schema_inputs(l, e);
  l->overrides = arena_array(t->arena, t->n_givens + 1, sizeof *l->overrides);
  for (size_t i = 0; l->overrides && i < t->n_givens; i++) {
    const given *g = &t->givens[i];
    if (g->symbol->form == SYM_FIELD) continue;
    ppr_field row = {build_string(b, g->symbol->name),
                     kind_of(&g->symbol->type),
                     enum_row(&g->symbol->type),
                     0,
                     (uint32_t)shown_scale(&g->symbol->type),
                     0,
                     0,
                     0,
                     0,
                     l->n_inputs,
                     1,
                     0,
                     0,
                     0,
                     0,
                     g->value.value,
                     g->value.value,
                     0};
    uint32_t field = build_field(b, row);
    uint32_t input = build_input(b, (ppr_input){build_string(b, model_label(m, g->symbol, g->element)), field, physical_type(&g->symbol->type)});
    l->overrides[l->n_overrides++] = (override){g->symbol, g->element, input, g->value.value, g->value.state};
    l->n_inputs++;
  }
  for (symbol *s = m->symbols; s; s = s->next) s->needed = false, s->labels = s->told = NULL; /* strings of another builder */
  ppr_program *p = NULL;
  if (l->overrides && read_expected(t, m, l, true)) {
    if (told) {
      label_given(t, m, l);
      lower_inputs(l);
    }
    lower_rules(l);
    read_expected(t, m, l, false);
    if (report_added(t->report, PPR_SEV_ERROR) == before) {
      lower_finish(l, e);
      *map = l->map;
      if (!build_failed(b) && !l->e.failed) {
        p = build_finish(b);
        b = NULL;
      }
    }
  }
  build_discard(b);
  if (p && (!verify_program(p, t->report) || natives_link(t->engine->natives, p, t->report) != PPR_OK)) {
    program_free(p);
    p = NULL;
  }
  return p;
}

/* What no compared value needs may be absent: it is some value then, so that nothing fails for it. False when out of memory. */
static bool fill_required(test_run *t, const ppr_edition *e, ppr_column *in) {
  for (uint32_t i = 0; i < e->n_input; i++) {
    const ppr_field *f = &e->field[e->input[i].field];
    if (in[i].values || f->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET)) continue;
    int64_t *v = arena_alloc(t->arena, sizeof *v);
    if (!v) return false;
    *v = f->lo;
    in[i].values = v;
  }
  return true;
}

/* Input columns of the one record. */
static ppr_column *test_columns(test_run *t, const model *m, const ppr_edition *e) {
  ppr_column *in = arena_array(t->arena, e->n_input + 1, sizeof *in);
  if (!in) return NULL;
  for (size_t i = 0; i < t->n_givens; i++) {
    const given *g = &t->givens[i];
    uint32_t at = PPR_NONE;
    if (g->symbol->form == SYM_FIELD) at = g->symbol->inputs[g->element];
    if (at == PPR_NONE) continue;
    int64_t *v = arena_alloc(t->arena, sizeof *v);
    uint8_t *s = arena_alloc(t->arena, 1);
    if (!v || !s) return NULL;
    *v = g->value.value;
    *s = g->value.state;
    in[at] = (ppr_column){v, s, NULL};
  }
  for (uint32_t i = 0; i < e->n_input; i++) { /* given rules: their value is the only one of their range */
    const ppr_field *f = &e->field[e->input[i].field];
    if (f->column || f->flags || f->lo != f->hi || in[i].values) continue;
    int64_t *v = arena_alloc(t->arena, sizeof *v);
    if (!v) return NULL;
    *v = f->lo;
    in[i].values = v;
  }
  const symbol *p = m->period; /* from the given year and quarter, where both are there */
  if (p && p->inputs && !in[p->inputs[0]].values && m->keys[m->period_year]->inputs && m->keys[m->period_quarter]->inputs) {
    const ppr_column *y = &in[m->keys[m->period_year]->inputs[0]], *q = &in[m->keys[m->period_quarter]->inputs[0]];
    int64_t *v = arena_alloc(t->arena, sizeof *v);
    if (v && y->values && q->values) {
      *v = quarter_of(*y->values, (int)*q->values);
      in[p->inputs[0]].values = v;
    }
  }
  return in;
}

/* "Wochen[A1]: "; of a row with its column: "Spalte 7 „erwarte Wochen[A1]“: ". */
static void put_place(test_run *t, const model *m, const expectation *x) {
  const ast_expr *target = x->from->target;
  if (t->table) buf_printf(&t->details, say(t, "Spalte %d „%s“: ", "column %d “%s”: "), (int)target->number, model_source_text(m, target->span));
  if (!t->table || (x->symbol->n_axes && !target->args)) buf_printf(&t->details, "%s: ", x->label);
}

static size_t rank_of(const model *m, const symbol *s) {
  size_t k = 0;
  while (k < m->n_order && m->order[k] != s) k++;
  return k < m->n_order ? k + 1 : 0; /* fields come first */
}

/* "PPR5201", and what it is about where that was not expected: the input, or the place in the rule file. */
static const char *fault_text(const test_run *t, const ppr_program *p, const ppr_fault *fault) {
  const ppr_edition *e = &p->editions[0];
  const ppr_instr *i = &e->instr[fault->pc];
  const ppr_pos *pos = &e->pos[fault->pc];
  const char *place = instr_info(i->op)->shape == SHAPE_IN ? program_string(p, e->input[i->a].label)
                                                           : arena_printf(t->arena, "%s:%u", program_string(p, pos->file), pos->line);
  char code[8];
  ppr_buf text;
  buf_init(&text, t->engine->alloc, 4096);
  diag_code_text(code, (diag_code)fault->code);
  diag_message(&text, &(diag){.code = (diag_code)fault->code, .span = SPAN_NONE, .args = {place}},
               t->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE);
  const char *whole = arena_printf(t->arena, "%s (%.*s)", code, (int)text.size, text.data ? text.data : "");
  buf_fini(&text);
  return whole ? whole : "";
}

/* One evaluation of the small program. */
typedef struct evaluation {
  ppr_vm *vm;
  const ppr_column *in;
  int64_t *values; /* of outputs */
  uint8_t *states;
  ppr_fault fault;
} evaluation;

/* False when out of memory. */
static bool evaluate(test_run *t, const ppr_program *p, bool keep, const ppr_column *in, evaluation *out) {
  const ppr_edition *e = &p->editions[0];
  *out = (evaluation){NULL, in, arena_array(t->arena, e->n_output + 1, sizeof *out->values), arena_array(t->arena, e->n_output + 1, 1), {0}};
  ppr_result *results = arena_array(t->arena, e->n_output + 1, sizeof *results);
  if (!in || !out->values || !out->states || !results) return false;
  for (uint32_t i = 0; i < e->n_output; i++) results[i] = (ppr_result){&out->values[i], &out->states[i], NULL};
  return vm_new(&out->vm, t->engine->alloc, p, 0, 1, keep, t->engine->natives) == PPR_OK && vm_eval(out->vm, in, 1, results, &out->fault) == PPR_OK;
}

/* What is not as expected, in lines. Leaves the actual values. False when out of memory. */
static bool compare(test_run *t, const model *m, const ppr_program *p, const evaluation *is) {
  char code[8] = "";
  if (is->fault.code) diag_code_text(code, (diag_code)is->fault.code);
  t->faulted = is->fault.code != 0;
  if (!(t->actual = arena_array(t->arena, t->n_expected + 1, sizeof *t->actual))) return false;
  for (size_t i = 0; i < t->n_expected; i++) {
    const expectation *x = &t->expected[i];
    uint8_t state = is->states[x->output];
    t->actual[i] = (cell){.state = state, .value = state == PPR_PRESENT ? is->values[x->output] : 0};
    bool right =
        x->fault ? !strcmp(x->fault, code) : !t->faulted && state == x->value.state && (state != PPR_PRESENT || t->actual[i].value == x->value.value);
    if (right) continue;
    const char *want = x->fault ? x->fault : shown_value(t, m, &x->type, x->value.state, x->value.value);
    put_place(t, m, x);
    buf_printf(&t->details, say(t, "erwartet %s, ist %s\n", "expected %s, is %s\n"), want,
               t->faulted ? fault_text(t, p, &is->fault) : shown_value(t, m, &x->type, state, t->actual[i].value));
    if (t->wrong == SIZE_MAX || rank_of(m, x->symbol) < rank_of(m, t->expected[t->wrong].symbol)) t->wrong = i;
  }
  return true;
}

/* Values told otherwise than they were compared: then the compiler is wrong, and the test says so. */
static bool contradicts(test_run *t, const evaluation *told) {
  bool wrong = false;
  for (size_t i = 0; i < t->n_expected; i++) {
    const expectation *x = &t->expected[i];
    uint8_t state = told->states[x->output];
    if (state == t->actual[i].state && (state != PPR_PRESENT || told->values[x->output] == t->actual[i].value)) continue;
    wrong = true;
    buf_printf(&t->details, say(t, "%s: die Herleitung hat einen anderen Wert\n", "%s: the derivation has another value\n"), x->label);
  }
  return wrong;
}

/* What the compared values asked for, and how the first wrong one came about: a run that keeps everything. What the record lacks besides is no fault
 * of these values. False when out of memory. */
static bool look_closer(test_run *t, model *m) {
  trace record = {.arena = t->arena};
  const uint32_t *map = NULL;
  evaluation told = {0};
  m->trace = &record;
  ppr_program *p = test_program(t, m, true, &map);
  m->trace = NULL;
  ppr_column *in = p ? test_columns(t, m, &p->editions[0]) : NULL;
  bool right = in && fill_required(t, &p->editions[0], in) && evaluate(t, p, true, in, &told);
  if (right && !contradicts(t, &told)) {
    if (t->cover) cover_next(t->cover);
    for (size_t i = 0; t->cover && i < t->n_expected; i++)
      cover_asked(t->cover, &(cover_run){m, told.vm, map}, t->expected[i].symbol, t->expected[i].element);
    explain_opts opts = {.lang = t->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE, .partial = true};
    if (t->explain && t->wrong < t->n_expected)
      right = explain_letter(&t->explanation, told.vm, p, 0, in, &t->expected[t->wrong].output, 1, &opts) == PPR_OK;
  }
  vm_free(told.vm);
  program_free(p);
  return right;
}

static bool belongs(const model *m, const ast_assign *list) {
  for (; list; list = list->next) {
    const symbol *s = list->target->form == EX_REF ? model_symbol(m, list->target->name.text) : NULL;
    if (s && s->excluded) return false;
  }
  return true;
}

/* The Fassung for the kind of record the test is about: the first that knows all its targets. */
static model *test_model(test_run *t, const edition_text *text) {
  model *first = NULL;
  for (size_t kind = 0; kind == 0 || compile_kind(text, kind); kind++) {
    model *m = compile_model(t->report, t->arena, t->engine->natives, text, compile_kind(text, kind));
    if (!m || (belongs(m, t->test->given) && belongs(m, t->test->expected))) return m;
    if (!first) first = m;
  }
  /* none knows them all: the first once more, since the trees carry the meaning of the last */
  return first ? compile_model(t->report, t->arena, t->engine->natives, text, first->input) : NULL;
}

static void run_one(test_run *t, const edition_text *text, const ast_decl *d, ppr_test_fn fn, void *ctx) {
  size_t before = report_added(t->report, PPR_SEV_ERROR);
  uint32_t line, col;
  const char *none = say(t, "zu wenig Speicher\n", "out of memory\n");
  t->test = d;
  t->n_givens = t->n_expected = 0;
  t->givens = NULL;
  t->expected = NULL;
  t->wrong = SIZE_MAX;
  t->faulted = false;
  t->details.size = t->explanation.size = 0;
  model *m = test_model(t, text);
  if (m && read_given(t, m)) {
    const uint32_t *map;
    ppr_program *p = test_program(t, m, false, &map);
    evaluation is = {0};
    bool right = !p || (evaluate(t, p, false, test_columns(t, m, &p->editions[0]), &is) && compare(t, m, p, &is));
    vm_free(is.vm);
    if (p && right && !t->faulted && (t->cover || (t->explain && t->wrong != SIZE_MAX))) right = look_closer(t, m);
    if (!right) buf_puts(&t->details, none);
    program_free(p);
    if (!p && report_added(t->report, PPR_SEV_ERROR) == before) buf_puts(&t->details, none);
  }
  if (report_added(t->report, PPR_SEV_ERROR) != before) buf_puts(&t->details, say(t, "Der Test hat Fehler.\n", "The test has errors.\n"));
  buf_putc(&t->details, '\0');
  buf_putc(&t->explanation, '\0');
  report_place(t->report, d->span, &line, &col);
  ppr_test_result result = {.edition = text->file->fassung.text,
                            .title = d->name,
                            .file = report_source(t->report, d->span.file)->name,
                            .line = line,
                            .passed = t->details.size == 1,
                            .details = t->details.data,
                            .citation = m ? cite_text(m, d->cites) : "",
                            .explanation = t->explanation.data};
  while (result.explanation && *result.explanation == '\n') result.explanation++; /* the derivation begins a part of a letter */
  if (fn && !t->details.failed && !t->explanation.failed) fn(&result, ctx);
}

/* What is to be run. */
typedef struct choice {
  const char *file; /* one test by its place; NULL: all */
  uint32_t line;
  const char *cases;  /* case tables: a file or folder that must be there */
  const char *beside; /* the same, which may be missing */
} choice;

static bool chosen(const choice *c, const ppr_report *r, const ast_decl *d) {
  uint32_t line, col;
  if (d->form != DECL_TEST) return false;
  report_place(r, d->span, &line, &col);
  return !c->file || (c->line == line && strcmp(c->file, report_source(r, d->span.file)->name) == 0);
}

/* In an arena of its own. False when out of memory. */
static bool run_apart(test_run *t, const edition_text *text, const ast_decl *d, bool table, ppr_test_fn fn, void *ctx) {
  if (!(t->arena = arena_new(t->engine->alloc))) return false;
  t->table = table;
  run_one(t, text, d, fn, ctx);
  bool right = !arena_failed(t->arena);
  arena_free(t->arena);
  return right;
}

/* Goals are what any Fassung can do for any kind of record. */
static bool find_goals(test_run *t, const edition_text *texts, size_t n) {
  bool right = true;
  for (size_t i = 0; i < n && right; i++) {
    for (size_t kind = 0; right && (kind == 0 || compile_kind(&texts[i], kind)); kind++) {
      ppr_arena *arena = arena_new(t->engine->alloc);
      ppr_builder *b = build_new(t->engine->alloc);
      trace record = {.arena = arena};
      model *m = arena && b ? compile_model(t->report, arena, t->engine->natives, &texts[i], compile_kind(&texts[i], kind)) : NULL;
      if (m) m->trace = &record;
      if (m && compile_lower(m, &texts[i], b, t->first_source, NULL)) cover_possible(t->cover, m);
      right = m && !arena_failed(arena);
      build_discard(b);
      arena_free(arena);
    }
  }
  return right;
}

enum { MAX_CASE_TABLE = 64 << 20 };

/* Rows beside the rule files say what their text yields: not what a scenario makes of it, unless the table was named. */
static bool run_table(test_run *t, ppr_arena *arena, const char *path, bool named, const edition_text *texts, size_t n, ppr_test_fn fn, void *ctx) {
  char *data;
  size_t size, count;
  table_case *cases;
  file_status status = file_read(t->engine->alloc, path, MAX_CASE_TABLE, &data, &size);
  if (status != FILE_OK) {
    file_report(t->report, status, path, MAX_CASE_TABLE);
    return status != FILE_NO_MEMORY;
  }
  uint32_t source = report_add_source(t->report, path, data, size);
  file_free(t->engine->alloc, data, size);
  if (source == UINT32_MAX || !table_read(t->report, arena, t->engine->alloc, source, texts, n, &cases, &count)) return false;
  bool right = true;
  for (size_t i = 0; i < count && right; i++)
    if (named || cases[i].text->n_scenarios == 0) right = run_apart(t, cases[i].text, cases[i].test, true, fn, ctx);
  return right;
}

static bool run_tables(test_run *t, ppr_arena *arena, const choice *c, const edition_text *texts, size_t n, ppr_test_fn fn, void *ctx) {
  const char *path = c->cases ? c->cases : c->beside, **paths = &path;
  size_t count = 1;
  if (!path || (!c->cases && file_kind_of(path) != FILE_KIND_FOLDER)) return true;
  if (file_kind_of(path) == FILE_KIND_FOLDER) {
    file_status status = file_list(arena, path, ".csv", &paths, &count);
    if (status != FILE_OK) {
      file_report(t->report, status, path, 0);
      return status != FILE_NO_MEMORY;
    }
    if (!count && c->cases) report_add(t->report, DIAG_NO_CASE_TABLE, SPAN_NONE, path, NULL);
  }
  bool right = true;
  for (size_t i = 0; i < count && right; i++) right = run_table(t, arena, paths[i], c->cases != NULL, texts, n, fn, ctx);
  return right;
}

/* Tests of the sources from `first` on, which compile. */
static ppr_status run_tests(test_run *t, choice only, ppr_test_fn fn, void *ctx) {
  ppr_engine *engine = t->engine;
  ppr_report *report = t->report;
  ppr_arena *arena = arena_new(engine->alloc);
  size_t n = 0, count = report_sources(report) - t->first_source;
  edition_text *texts = arena ? compile_front(report, arena, t->first_source, count, &n) : NULL;
  bool right = texts != NULL;
  buf_init(&t->details, engine->alloc, 1 << 20);
  buf_init(&t->explanation, engine->alloc, 1 << 24);
  if (right && t->cover) right = find_goals(t, texts, n);
  for (size_t i = 0; right && i < n; i++)
    for (size_t k = 0; right && k < texts[i].n_decls; k++)
      if (chosen(&only, report, texts[i].decls[k])) right = run_apart(t, &texts[i], texts[i].decls[k], false, fn, ctx);
  right = right && run_tables(t, arena, &only, texts, n, fn, ctx) && !t->details.failed && !t->explanation.failed && !report_failed(report);
  buf_fini(&t->details);
  buf_fini(&t->explanation);
  arena_free(arena);
  report_sort(report);
  return !right ? PPR_NOMEM : report_count(report, PPR_SEV_ERROR) ? PPR_DIAGNOSED : PPR_OK;
}

/* The rules themselves must be sound; their sources are then the last of the report. */
static ppr_status sound(ppr_engine *engine, const char *path, ppr_report *report) {
  ppr_program *whole = NULL;
  ppr_status status = ppr_compile_path(&whole, engine, path, report);
  program_free(whole);
  return status;
}

ppr_status ppr_test_path(ppr_engine *engine, const char *path, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx) {
  if (!engine || !path || !report) return PPR_MISUSE;
  test_run t = {.engine = engine, .report = report, .first_source = report_sources(report), .language = language};
  ppr_status status = sound(engine, path, report);
  return status == PPR_OK ? run_tests(&t, (choice){0}, fn, ctx) : status;
}

/* The folder `faelle` beside the rule files. */
static const char *cases_beside(ppr_arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  if (file_kind_of(path) == FILE_KIND_FOLDER) return arena_printf(arena, "%s%sfaelle", path, slash && !slash[1] ? "" : "/");
  return slash ? arena_printf(arena, "%.*s/faelle", (int)(slash - path), path) : "faelle";
}

ppr_status ppr_test(ppr_engine *engine, const char *path, const ppr_test_opts *opts, ppr_report *report, ppr_test_fn fn, void *ctx,
                    ppr_coverage **coverage) {
  if (!engine || !path || !opts || opts->size != sizeof *opts || !report) return PPR_MISUSE;
  if (coverage) *coverage = NULL;
  test_run t = {
      .engine = engine, .report = report, .first_source = report_sources(report), .language = opts->language, .explain = opts->explain != 0};
  ppr_arena *arena = arena_new(engine->alloc);
  if (coverage) t.cover = cover_new(engine->alloc, report, opts->language);
  const char *beside = arena ? cases_beside(arena, path) : NULL;
  ppr_status status = !beside || (coverage && !t.cover) ? PPR_NOMEM : sound(engine, path, report);
  if (status == PPR_OK) status = run_tests(&t, (choice){.cases = opts->cases, .beside = beside}, fn, ctx);
  if (coverage && (status == PPR_OK || status == PPR_DIAGNOSED) && cover_result(t.cover, coverage) != PPR_OK) status = PPR_NOMEM;
  cover_free(t.cover);
  arena_free(arena);
  return status;
}

ppr_status tests_run_one(ppr_engine *engine, const ppr_source_text *files, size_t count, const char *file, uint32_t line, ppr_language language,
                         ppr_report *report, ppr_test_fn fn, void *ctx) {
  ppr_program *whole = NULL;
  test_run t = {.engine = engine, .report = report, .first_source = report_sources(report), .language = language};
  ppr_status status = ppr_compile(&whole, engine, files, count, report);
  program_free(whole);
  return status == PPR_OK ? run_tests(&t, (choice){.file = file, .line = line}, fn, ctx) : status;
}
