/* Runs the `test` declarations of rule files: each compiles to a small program of just what it expects, in which given rules are inputs, and is
 * evaluated by the machine. */
#include "base/quarter.h"
#include "code/verify.h"
#include "compile.h"
#include "engine.h"
#include "lower.h"
#include "schema.h"
#include "vm/exec.h"
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
  given *givens;
  size_t n_givens;
  expectation *expected;
  size_t n_expected;
  ppr_buf details;
  ppr_language language;
} test_run;

static const char *say(const test_run *t, const char *de, const char *en) { return t->language == PPR_ENGLISH ? en : de; }

/* One assignment with its target and value typed. */
typedef struct typed {
  symbol *symbol;
  int index[MAX_AXES];
  bool all;
  cell value;
} typed;

static bool type_given(model *m, const ast_assign *a, typed *out) {
  *out = (typed){0};
  if (!check_target(m, a->target, &out->symbol, out->index, &out->all)) return false;
  const symbol *s = out->symbol;
  cell *c = &out->value;
  if (!model_literal(m, a->value, &s->type, c, DIAG_TEST_VALUE)) return false;
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

static bool type_expected(model *m, const ast_assign *a, typed *out) {
  *out = (typed){0};
  if (!check_target(m, a->target, &out->symbol, out->index, &out->all)) return false;
  return a->fault || model_literal(m, a->value, &out->symbol->type, &out->value, DIAG_TEST_VALUE);
}

void tests_check(model *m) {
  typed ignored;
  for (size_t i = 0; i < m->n_decls; i++) {
    if (m->decls[i]->form != DECL_TEST) continue;
    for (const ast_assign *a = m->decls[i]->given; a; a = a->next) type_given(m, a, &ignored);
    for (const ast_assign *a = m->decls[i]->expected; a; a = a->next) type_expected(m, a, &ignored);
  }
}

/* Assignments to (symbol, element, value); an assignment without indices counts for every element not set otherwise. */
static bool read_given(test_run *t, model *m) {
  size_t n = 0, cap = 0;
  bool right = true;
  for (const ast_assign *a = t->test->given; a; a = a->next) {
    typed now;
    if (!type_given(m, a, &now)) {
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
    if (!type_expected(m, a, &now)) {
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
      t->expected[n++] = (expectation){lower_output(l, label, &s->type, v, 0), label, a->fault, s->type, now.value};
    }
  }
  t->n_expected = n;
  return right;
}

/* The small program: inputs of the schema, then one input per given rule element. */
static ppr_program *test_program(test_run *t, model *m) {
  ppr_builder *b = build_new(t->engine->alloc);
  lowering *l = arena_alloc(t->arena, sizeof *l);
  ppr_edition *e = b ? build_edition(b) : NULL;
  if (!b || !l || !e) {
    build_discard(b);
    return NULL;
  }
  size_t before = report_count(t->report, PPR_SEV_ERROR);
  build_name(b, "test");
  for (uint32_t i = 0; i < report_sources(t->report) - t->first_source; i++) {
    static const uint8_t none[32];
    build_source(b, report_source(t->report, t->first_source + i)->name, none);
  }
  e->name = build_string(b, m->file->fassung.text);
  e->from_day = m->from_day;
  e->until_day = e->written_until = m->until_day;
  lower_init(l, m, b, t->first_source);
  l->silent = true;
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
  for (symbol *s = m->symbols; s; s = s->next) s->needed = false;
  ppr_program *p = NULL;
  if (l->overrides && read_expected(t, m, l, true)) {
    lower_rules(l);
    read_expected(t, m, l, false);
    if (report_count(t->report, PPR_SEV_ERROR) == before) {
      lower_finish(l, e);
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

static void compare(test_run *t, const model *m, const ppr_fault *fault, const int64_t *values, const uint8_t *states) {
  char code[8] = "";
  if (fault->code) diag_code_text(code, (diag_code)fault->code);
  for (size_t i = 0; i < t->n_expected; i++) {
    const expectation *x = &t->expected[i];
    const char *want = x->fault ? x->fault : model_value_text(m, &x->type, x->value.state, x->value.value), *is;
    bool right;
    if (fault->code) {
      is = code;
      right = x->fault && !strcmp(x->fault, code);
    } else {
      is = model_value_text(m, &x->type, states[x->output], values[x->output]);
      right = !x->fault && states[x->output] == x->value.state && (x->value.state != PPR_PRESENT || values[x->output] == x->value.value);
    }
    if (!right) buf_printf(&t->details, say(t, "%s: erwartet %s, ist %s\n", "%s: expected %s, is %s\n"), x->label, want, is);
  }
}

static void evaluate(test_run *t, const model *m, const ppr_program *p) {
  const ppr_edition *e = &p->editions[0];
  ppr_vm *vm;
  ppr_column *in = test_columns(t, m, e);
  int64_t *values = arena_array(t->arena, e->n_output + 1, sizeof *values);
  uint8_t *states = arena_array(t->arena, e->n_output + 1, 1);
  ppr_result *out = arena_array(t->arena, e->n_output + 1, sizeof *out);
  ppr_fault fault = {0};
  if (!in || !values || !states || !out || vm_new(&vm, t->engine->alloc, p, 0, 1, false, t->engine->natives) != PPR_OK) {
    buf_puts(&t->details, say(t, "zu wenig Speicher\n", "out of memory\n"));
    return;
  }
  for (uint32_t i = 0; i < e->n_output; i++) out[i] = (ppr_result){&values[i], &states[i], NULL};
  vm_eval(vm, in, 1, out, &fault);
  vm_free(vm);
  compare(t, m, &fault, values, states);
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

static void run_one(test_run *t, const edition_text *text, ast_decl *d, ppr_test_fn fn, void *ctx) {
  size_t before = report_count(t->report, PPR_SEV_ERROR);
  uint32_t line, col;
  t->test = d;
  t->n_givens = t->n_expected = 0;
  t->givens = NULL;
  t->expected = NULL;
  t->details.size = 0;
  model *m = test_model(t, text);
  if (m && read_given(t, m)) {
    ppr_program *p = test_program(t, m);
    if (p) evaluate(t, m, p);
    program_free(p);
    if (!p && report_count(t->report, PPR_SEV_ERROR) == before) buf_puts(&t->details, say(t, "zu wenig Speicher\n", "out of memory\n"));
  }
  if (report_count(t->report, PPR_SEV_ERROR) != before) buf_puts(&t->details, say(t, "Der Test hat Fehler.\n", "The test has errors.\n"));
  buf_putc(&t->details, '\0');
  report_place(t->report, d->span, &line, &col);
  ppr_test_result result = {text->file->fassung.text, d->name,        report_source(t->report, d->span.file)->name, line,
                            t->details.size == 1,     t->details.data};
  if (fn && !t->details.failed) fn(&result, ctx);
}

/* One test by its place; file NULL: all. */
typedef struct choice {
  const char *file;
  uint32_t line;
} choice;

static bool chosen(const choice *c, const ppr_report *r, const ast_decl *d) {
  uint32_t line, col;
  if (d->form != DECL_TEST) return false;
  report_place(r, d->span, &line, &col);
  return !c->file || (c->line == line && strcmp(c->file, report_source(r, d->span.file)->name) == 0);
}

/* Tests of the sources from `first` on, which compile. */
static ppr_status run_tests(ppr_engine *engine, uint32_t first, choice only, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx) {
  ppr_arena *arena = arena_new(engine->alloc);
  size_t n = 0, count = report_sources(report) - first;
  edition_text *texts = arena ? compile_front(report, arena, first, count, &n) : NULL;
  test_run t = {.engine = engine, .report = report, .first_source = first, .language = language};
  buf_init(&t.details, engine->alloc, 1 << 20);
  for (size_t i = 0; texts && i < n; i++) {
    for (size_t k = 0; k < texts[i].n_decls; k++) {
      if (!chosen(&only, report, texts[i].decls[k])) continue;
      if (!(t.arena = arena_new(engine->alloc))) break;
      run_one(&t, &texts[i], texts[i].decls[k], fn, ctx);
      arena_free(t.arena);
    }
  }
  bool failed = !texts || t.details.failed || report_failed(report);
  buf_fini(&t.details);
  arena_free(arena);
  return failed ? PPR_NOMEM : report_count(report, PPR_SEV_ERROR) ? PPR_DIAGNOSED : PPR_OK;
}

ppr_status ppr_test_path(ppr_engine *engine, const char *path, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx) {
  if (!engine || !path || !report) return PPR_MISUSE;
  ppr_program *whole = NULL;
  uint32_t first = report_sources(report);
  ppr_status status = ppr_compile_path(&whole, engine, path, report); /* the rules themselves must be sound */
  program_free(whole);
  return status == PPR_OK ? run_tests(engine, first, (choice){0}, language, report, fn, ctx) : status;
}

ppr_status tests_run_one(ppr_engine *engine, const ppr_source_text *files, size_t count, const char *file, uint32_t line, ppr_language language,
                         ppr_report *report, ppr_test_fn fn, void *ctx) {
  ppr_program *whole = NULL;
  uint32_t first = report_sources(report);
  ppr_status status = ppr_compile(&whole, engine, files, count, report);
  program_free(whole);
  return status == PPR_OK ? run_tests(engine, first, (choice){file, line}, language, report, fn, ctx) : status;
}
