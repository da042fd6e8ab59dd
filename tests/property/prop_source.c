/* Random rule files: they compile, the machine says what a slow reading of the text says, for every number of lanes, both plans and every set of
 * kernels, from the compiler and from an image, and one rule more changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/decimal.h"
#include "base/quarter.h"
#include "compile.h"
#include "engine.h"
#include "support/oracle.h"
#include "support/prng.h"
#include "support/program_gen.h"
#include "vm/exec.h"

enum { PROGRAMS = 200, ROWS = 50, MAX_SIZE = 10 };

/* Results of the rows, column by column. */
typedef struct results {
  int64_t *values;
  uint8_t *states;
  ppr_fault *faults;
} results;

typedef enum {
  RIGHT,
  NOT_COMPILED,
  NOT_UNDERSTOOD,
  FAULT_DIFFERS,
  RESULT_DIFFERS,
  PLANS_DIFFER,
  IMAGE_DIFFERS,
  EXPLANATION_DIFFERS,
  EXTRA_DIFFERS
} outcome;

typedef struct trial {
  ppr_engine *engine;
  ppr_arena *arena;
  prng p; /* of the records */
  const char *text, *extra;
  ppr_program *program;
  const ppr_edition *e;
  oracle *oracle;
  ppr_report *report;  /* with the oracle's reading of the text */
  int *input, *output; /* oracle's index of each input and output */
  ppr_column *in;
  int64_t *values; /* n_input columns of ROWS */
  uint8_t *states;
  size_t unnoticed, faults[8], seen[4]; /* how often each was the result: a run that never meets one proves little */
  ppr_buf what;                         /* what went wrong */
  uint32_t code;                        /* of the first message, where it does not compile */
  bool shrinking;                       /* a rule nobody needs is no fault of a text then */
} trial;

/* ---- what a failure shows ---- */

static void tell_value(trial *t, uint32_t output, uint8_t state, int64_t value) {
  const ppr_output *o = &t->e->output[output];
  char text[DEC_TEXT];
  dec_print(text, value, (int)o->scale, ',');
  buf_printf(&t->what, "%s%s", state ? model_state_word(state) : text, !state && o->kind == PPR_KIND_PERCENT ? " %" : "");
}

static void tell_row(trial *t, int row) {
  buf_printf(&t->what, "record %d:\n", row);
  for (uint32_t i = 0; i < t->e->n_input; i++) {
    const ppr_field *f = &t->e->field[t->e->input[i].field];
    size_t at = (size_t)i * ROWS + (size_t)row;
    char text[DEC_TEXT];
    dec_print(text, t->values[at], (int)f->scale, ',');
    buf_printf(&t->what, "  %s = %s%s\n", program_string(t->program, t->e->input[i].label), t->states[at] ? "fehlt" : text,
               t->states[at] || f->kind == PPR_KIND_NUMBER ? ""
               : f->kind == PPR_KIND_PERCENT               ? " %"
                                                           : " (as stored)");
  }
}

/* ---- one program ---- */

static ppr_program *compiled(trial *t, const char *text) {
  ppr_report *r = ppr_report_new();
  ppr_program *p = NULL;
  ppr_source_text file = {"zufall.ppr", text, strlen(text)};
  ppr_status status = ppr_compile(&p, t->engine, &file, 1, r);
  if (status != PPR_OK || (ppr_report_count(r) && !t->shrinking)) {
    t->code = report_first(r) ? (uint32_t)report_first(r)->code : 0;
    buf_printf(&t->what, "does not compile (%s):\n%s\n", ppr_status_text(status), ppr_report_text(r, PPR_ENGLISH));
    ppr_program_free(p);
    p = NULL;
  }
  ppr_report_free(r);
  return p;
}

/* The oracle reads the same text with the compiler's front. */
static bool read_again(trial *t) {
  ppr_report *r = t->report;
  size_t n = 0;
  uint32_t first = report_add_source(r, "zufall.ppr", t->text, strlen(t->text));
  edition_text *e = compile_front(r, t->arena, first, 1, &n);
  model *m = e ? compile_model(r, t->arena, t->engine->natives, &e[0], compile_kind(&e[0], 0)) : NULL;
  t->oracle = m && report_count(r, PPR_SEV_ERROR) == 0 ? oracle_new(m) : NULL;
  t->input = arena_array(t->arena, t->e->n_input, sizeof *t->input);
  t->output = arena_array(t->arena, t->e->n_output, sizeof *t->output);
  bool right = t->oracle && t->input && t->output;
  for (uint32_t i = 0; right && i < t->e->n_input; i++)
    right = (t->input[i] = oracle_find_input(t->oracle, program_string(t->program, t->e->input[i].label))) >= 0;
  for (uint32_t i = 0; right && i < t->e->n_output; i++)
    right = (t->output[i] = oracle_find_result(t->oracle, program_string(t->program, t->e->output[i].label))) >= 0;
  if (!right) buf_puts(&t->what, "the oracle does not know an input or output\n");
  return right;
}

static int64_t some_input(prng *p, const ppr_field *f) {
  int64_t lo = f->lo, hi = f->hi, v;
  switch (prng_below(p, 8)) {
  case 0: return lo;
  case 1: return hi;
  case 2: v = lo + (int64_t)prng_below(p, 3); break;
  case 3: v = hi - (int64_t)prng_below(p, 3); break;
  case 4: v = 0; break;
  case 5: v = prng_between(p, -20, 120); break;
  case 6: v = (int64_t)(prng_next(p) >> prng_below(p, 60)) >> 1; break;
  default: v = prng_between(p, lo, hi); break;
  }
  return v < lo || v > hi ? prng_between(p, lo, hi) : v;
}

/* Whole records are sometimes all at one edge, or lack a required value or leave a range. */
static void make_rows(trial *t) {
  size_t cells = (size_t)t->e->n_input * ROWS;
  t->values = arena_array(t->arena, cells, sizeof *t->values);
  t->states = arena_array(t->arena, cells, 1);
  t->in = arena_array(t->arena, t->e->n_input, sizeof *t->in);
  assert_true(t->values && t->states && t->in);
  uint64_t moods[ROWS];
  for (int row = 0; row < ROWS; row++) moods[row] = prng_below(&t->p, 24);
  for (uint32_t i = 0; i < t->e->n_input; i++) {
    const ppr_field *f = &t->e->field[t->e->input[i].field];
    bool may_miss = f->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET);
    prng p = t->p; /* by name: leaving out an input leaves the others as they are */
    for (const char *c = program_string(t->program, t->e->input[i].label); *c; c++) p.state = (p.state ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    for (int row = 0; row < ROWS; row++) {
      uint64_t mood = moods[row];
      size_t at = (size_t)i * ROWS + (size_t)row;
      t->values[at] = mood == 0 ? f->lo : mood == 1 ? f->hi : mood == 2 && f->lo <= 0 && f->hi >= 0 ? 0 : some_input(&p, f);
      bool missing = prng_below(&p, 4) == 0, wrong = prng_below(&p, 8) == 0;
      if (may_miss && (mood == 3 || (mood > 3 && missing))) t->states[at] = PPR_FEHLT;
      if (mood == 4 && wrong) t->states[at] = PPR_FEHLT;
      if (mood == 5 && wrong && !may_miss) t->values[at] = f->hi + 1; /* of what nothing uses, only required values are checked */
    }
    t->in[i] = (ppr_column){t->values + (size_t)i * ROWS, t->states + (size_t)i * ROWS, NULL};
  }
}

/* How the machine runs: kernels NULL: the best. slim: input columns of 32 bits, where they hold the numbers. */
typedef struct manner {
  uint32_t lanes;
  bool keep, slim;
  const kern_set *kernels;
} manner;

static const ppr_column *slim_columns(const trial *t, const ppr_edition *e) {
  ppr_column *slim = arena_array(t->arena, (size_t)e->n_input + 1, sizeof *slim);
  for (uint32_t i = 0; i < e->n_input; i++) {
    const ppr_column *in = &t->in[i];
    int32_t *narrow = arena_array(t->arena, ROWS, sizeof *narrow);
    bool fits = in->values != NULL;
    for (int row = 0; fits && row < ROWS; row++) {
      fits = in->values[row] >= INT32_MIN && in->values[row] <= INT32_MAX;
      narrow[row] = (int32_t)in->values[row];
    }
    slim[i] = fits ? (ppr_column){NULL, in->states, narrow} : *in;
  }
  return slim;
}

static void run(const trial *t, const ppr_program *p, manner how, results *r) {
  const ppr_edition *e = &p->editions[0];
  const kern_set *set = how.kernels ? how.kernels : kern_best(how.lanes);
  ppr_vm *vm;
  ppr_result *out = arena_array(t->arena, e->n_output, sizeof *out);
  r->values = arena_array(t->arena, (size_t)e->n_output * ROWS, sizeof *r->values);
  r->states = arena_array(t->arena, (size_t)e->n_output * ROWS, 1);
  r->faults = arena_array(t->arena, ROWS, sizeof *r->faults);
  for (uint32_t i = 0; i < e->n_output; i++) out[i] = (ppr_result){r->values + (size_t)i * ROWS, r->states + (size_t)i * ROWS, NULL};
  assert_int_equal(vm_new_with(&vm, ppr_alloc_default, p, 0, how.lanes, how.keep, t->engine->natives, set), PPR_OK);
  assert_int_equal(vm_eval(vm, how.slim ? slim_columns(t, e) : t->in, ROWS, out, r->faults), PPR_OK);
  vm_free(vm);
}

static bool same_as_oracle(trial *t, const results *r, int row, uint32_t output, uint8_t *state, int64_t *value, bool *number) {
  const ppr_output *o = &t->e->output[output];
  size_t at = (size_t)output * ROWS + (size_t)row;
  *number = oracle_result(t->oracle, t->output[output], o->scale + (o->kind == PPR_KIND_PERCENT ? 2 : 0), state, value);
  return *number && *state == r->states[at] && (*state || *value == r->values[at]);
}

/* May the machine leave a fault out? Only where all results are what they are without the value that faults. */
static bool fault_without_effect(trial *t, const results *r, int row) {
  uint8_t state;
  int64_t value;
  bool number, same = true;
  oracle_run_lenient(t->oracle);
  for (uint32_t j = 0; j < t->e->n_output && same; j++) same = same_as_oracle(t, r, row, j, &state, &value, &number);
  t->unnoticed += same;
  return same;
}

/* (2) Every record against the oracle. */
static outcome by_oracle(trial *t, const results *r) {
  for (int row = 0; row < ROWS; row++) {
    for (uint32_t i = 0; i < t->e->n_input; i++) {
      size_t at = (size_t)i * ROWS + (size_t)row;
      oracle_set(t->oracle, t->input[i], !t->states[at], t->values[at]);
    }
    oracle_run(t->oracle);
    unsigned faults = oracle_faults(t->oracle);
    uint32_t code = r->faults[row].code;
    ppr_span place = oracle_fault_place(t->oracle);
    bool agrees = code ? code >= ORACLE_FAULTS && code < ORACLE_FAULTS + 7 && (faults >> (code - ORACLE_FAULTS) & 1)
                       : faults == 0 || fault_without_effect(t, r, row);
    if (!agrees || oracle_complaint(t->oracle)) {
      const ppr_pos *at = code ? &t->e->pos[r->faults[row].pc] : NULL;
      uint32_t line = 0, column = 0;
      tell_row(t, row);
      if (oracle_complaint(t->oracle)) {
        buf_printf(&t->what, "oracle: %s\n", oracle_complaint(t->oracle));
        return NOT_UNDERSTOOD;
      }
      if (faults) report_place(t->report, place, &line, &column);
      buf_printf(&t->what, "fault of the machine %u (line %u, column %u), faults of the oracle %#x (line %u, column %u)\n", code, at ? at->line : 0,
                 at ? at->col : 0, faults, line, column);
      return FAULT_DIFFERS;
    }
    t->faults[code ? code - ORACLE_FAULTS + 1 : 0]++;
    for (uint32_t j = 0; j < t->e->n_output && !code; j++) {
      size_t at = (size_t)j * ROWS + (size_t)row;
      uint8_t state;
      int64_t value;
      bool number;
      t->seen[r->states[at]]++;
      if (same_as_oracle(t, r, row, j, &state, &value, &number)) continue;
      tell_row(t, row);
      buf_printf(&t->what, "%s: machine ", program_string(t->program, t->e->output[j].label));
      tell_value(t, j, r->states[at], r->values[at]);
      buf_puts(&t->what, number ? ", oracle " : ", oracle (no number of this form) ");
      tell_value(t, j, state, value);
      buf_putc(&t->what, '\n');
      return RESULT_DIFFERS;
    }
  }
  return RIGHT;
}

static bool same_results(trial *t, const ppr_program *p, const results *a, const results *b, const char *what) {
  for (int row = 0; row < ROWS; row++) {
    bool same = a->faults[row].code == b->faults[row].code;
    uint32_t j = 0;
    for (; j < t->e->n_output && same && !a->faults[row].code; j++) {
      int k = ppr_program_find_output(p, 0, program_string(t->program, t->e->output[j].label));
      size_t x = (size_t)j * ROWS + (size_t)row, y = (size_t)k * ROWS + (size_t)row;
      same = k >= 0 && a->states[x] == b->states[y] && (a->states[x] || a->values[x] == b->values[y]);
    }
    if (same) continue;
    tell_row(t, row);
    buf_printf(&t->what, "%s: %s differs; faults %u and %u\n", what, j ? program_string(t->program, t->e->output[j - 1].label) : "the fault",
               a->faults[row].code, b->faults[row].code);
    return false;
  }
  return true;
}

/* (3) */
static bool right_by_plans(trial *t, const results *r) {
  static const uint32_t lanes[] = {1, 3, 7, 16, 1024};
  const kern_set *sets[KERN_SETS];
  uint32_t n_sets = kern_sets(sets);
  for (uint32_t i = 0; i < 5 + 2 * n_sets; i++) { /* lanes under both plans, then every set of kernels with both widths of columns */
    for (int second = 0; second < 2; second++) {
      manner how = {i < 5 ? lanes[i] : i % 2 ? 16 : 0, i < 5 && second, i >= 5 && second, i < 5 ? NULL : sets[(i - 5) / 2]};
      results other;
      run(t, t->program, how, &other);
      const char *what = arena_printf(t->arena, "%u lanes, %s, columns of %d bits, %s kernels", how.lanes, how.keep ? "keep" : "bulk",
                                      how.slim ? 32 : 64, how.kernels ? how.kernels->name : "the best");
      if (!same_results(t, t->program, r, &other, what)) return false;
    }
  }
  return true;
}

/* (4) */
static bool right_by_image(trial *t, const results *r) {
  void *bytes = NULL, *again = NULL;
  size_t size, size_again = 0;
  ppr_report *report = ppr_report_new();
  ppr_program *loaded = NULL;
  results other;
  bool right = ppr_program_save(t->program, &bytes, &size) == PPR_OK && ppr_program_load(&loaded, t->engine, bytes, size, report) == PPR_OK;
  if (!right) buf_printf(&t->what, "image refused: %s\n", ppr_report_text(report, PPR_ENGLISH));
  else if (ppr_program_save(loaded, &again, &size_again) != PPR_OK || size != size_again || memcmp(bytes, again, size)) {
    buf_puts(&t->what, "the image of the loaded image has other bytes\n");
    right = false;
  } else {
    run(t, loaded, (manner){0}, &other);
    right = same_results(t, loaded, r, &other, "image");
  }
  ppr_program_free(loaded);
  ppr_free(bytes);
  ppr_free(again);
  ppr_report_free(report);
  return right;
}

/* (5) The new rule may fault; where it does not, nothing else has changed. */
static bool right_with_extra(trial *t, const results *r) {
  ppr_program *p = compiled(t, arena_printf(t->arena, "%s%s", t->text, t->extra));
  if (!p) return false;
  results other;
  run(t, p, (manner){0}, &other);
  for (int row = 0; row < ROWS; row++)
    if (other.faults[row].code) r->faults[row] = other.faults[row];
  bool right = same_results(t, p, r, &other, "one rule more");
  ppr_program_free(p);
  return right;
}

/* The value as the explanation's first line should say it. */
static const char *value_text(const trial *t, const ppr_output *o, uint8_t state, int64_t value) {
  char text[DEC_TEXT];
  if (state) return model_state_word(state);
  switch ((ppr_kind)o->kind) {
  case PPR_KIND_BOOL: return value ? "ja" : "nein";
  case PPR_KIND_ENUM: return program_string(t->program, t->e->member[t->e->enumeration[o->enumeration - 1].first + (uint32_t)value].name);
  case PPR_KIND_DATE: day_print(text, value); break;
  case PPR_KIND_QUARTER: quarter_print(text, value); break;
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT:
  case PPR_KIND_TEXT: dec_print(text, value, (int)o->scale, ','); break;
  }
  return arena_strndup(t->arena, text, strlen(text));
}

/* (6) */
static bool right_explained(trial *t, const results *r) {
  ppr_evaluator *evaluator = NULL;
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.keep = 1;
  opts.lanes = 1;
  bool right = ppr_evaluator_new(&evaluator, t->program, 0, &opts) == PPR_OK;
  for (int i = 0; i < 12 && right && t->e->n_output; i++) {
    const char *text = NULL;
    size_t row = prng_below(&t->p, ROWS), j = prng_below(&t->p, t->e->n_output), at = j * ROWS + row, n = 0;
    const ppr_output *o = &t->e->output[j];
    if (ppr_evaluator_explain(evaluator, t->in, row, j, PPR_GERMAN, (ppr_explain_detail)prng_below(&t->p, 2), &text) != PPR_OK || !text) text = "";
    const char *wanted =
        r->faults[row].code ? arena_printf(t->arena, "Der Datensatz wird nicht gerechnet.\n  PPR%u", r->faults[row].code)
                            : arena_printf(t->arena, "%s = %s", program_string(t->program, o->label), value_text(t, o, r->states[at], r->values[at]));
    n = strlen(wanted);
    right = !strncmp(text, wanted, n) && (text[n] == '\n' || text[n] == ' ');
    if (!right) {
      tell_row(t, (int)row);
      buf_printf(&t->what, "the explanation begins otherwise than `%s`:\n%s\n", wanted, text);
    }
  }
  ppr_evaluator_free(evaluator);
  return right;
}

static outcome judge(trial *t) {
  results r;
  run(t, t->program, (manner){0}, &r);
  outcome o = by_oracle(t, &r);
  if (o != RIGHT) return o;
  if (!right_by_plans(t, &r)) return PLANS_DIFFER;
  if (!right_by_image(t, &r)) return IMAGE_DIFFERS;
  if (!right_explained(t, &r)) return EXPLANATION_DIFFERS;
  return right_with_extra(t, &r) ? RIGHT : EXTRA_DIFFERS;
}

/* Everything about one text; what went wrong is in t->what. */
static outcome try_text(trial *t, const char *text, const char *extra, prng p) {
  t->arena = arena_new(ppr_alloc_default);
  t->text = text;
  t->extra = extra;
  t->p = p;
  t->what.size = 0;
  t->code = 0;
  outcome o = NOT_COMPILED;
  if ((t->program = compiled(t, text))) {
    t->report = ppr_report_new();
    t->e = &t->program->editions[0];
    if (read_again(t)) {
      make_rows(t);
      o = judge(t);
    }
    oracle_free(t->oracle);
    t->oracle = NULL;
    ppr_report_free(t->report);
    ppr_program_free(t->program);
  }
  arena_free(t->arena);
  return o;
}

/* ---- shrinking ---- */

/* A declaration, or also a part of one that can be left out. */
static bool begins_piece(const char *line, bool parts) {
  static const char *const words[] = {"  ausnahme", "  fall", "  spalte", "  aus ", "  ab "};
  if (*line != ' ' && *line != '\n') return true;
  for (size_t i = 0; parts && i < sizeof words / sizeof *words; i++)
    if (!strncmp(line, words[i], strlen(words[i]))) return true;
  return false;
}

typedef struct shrinker {
  trial *t;
  const char *extra;
  prng p;
  outcome wrong;
  uint32_t code;
  char *now; /* the smallest text so far */
} shrinker;

/* Takes text[begin, end) out for `with`, if the same still goes wrong. */
static bool shrink_to(shrinker *s, size_t begin, size_t end, const char *with, size_t n) {
  size_t size = strlen(s->now);
  char *less = malloc(size - (end - begin) + n + 1);
  assert_non_null(less);
  memcpy(less, s->now, begin);
  memcpy(less + begin, with, n);
  memcpy(less + begin + n, s->now + end, size - end + 1);
  bool still = try_text(s->t, less, s->extra, s->p) == s->wrong && s->t->code == s->code;
  free(still ? s->now : less);
  if (still) s->now = less;
  return still;
}

static bool shrink_pieces(shrinker *s, bool parts) {
  bool some = false;
  for (size_t at = strlen(s->now); at-- > 0;) {
    if ((at && s->now[at - 1] != '\n') || !begins_piece(s->now + at, parts)) continue;
    size_t end = at;
    do
      while (s->now[end] && s->now[end++] != '\n') {}
    while (s->now[end] && !begins_piece(s->now + end, parts));
    some = shrink_to(s, at, end, "", 0) || some;
  }
  return some;
}

/* An expression for the one it is part of. */
static bool shrink_expr(shrinker *s, const ast_expr *e) {
  const ast_expr *parts[5] = {NULL};
  if (!e) return false;
  int n = 0;
  if (e->c) parts[n++] = e->c;
  if (e->b) parts[n++] = e->b;
  if (e->a) parts[n++] = e->a;
  if (e->form == EX_CALL && e->args) parts[n++] = e->args;
  if (e->form == EX_CALL && e->args && e->args->next) parts[n++] = e->args->next;
  for (int i = 0; i < n; i++) {
    char with[4096];
    int size = snprintf(with, sizeof with, "(%.*s)", (int)(parts[i]->span.end - parts[i]->span.begin), s->now + parts[i]->span.begin);
    bool bare = s->now[parts[i]->span.begin] == '(' || parts[i]->form == EX_REF;
    if (size > 0 && (size_t)size < sizeof with && shrink_to(s, e->span.begin, e->span.end, with + bare, (size_t)size - 2 * bare)) return true;
  }
  for (int i = 0; i < n; i++)
    if (shrink_expr(s, parts[i])) return true;
  return shrink_expr(s, e->filter);
}

/* One step in the expressions; the tree is stale then. */
static bool shrink_exprs(shrinker *s) {
  ppr_report *r = ppr_report_new();
  ppr_arena *a = arena_new(ppr_alloc_default);
  ast_file *f = parse_source(r, a, report_add_source(r, "", s->now, strlen(s->now)));
  bool done = false;
  for (const ast_decl *d = f->decls; d && !done; d = d->next) {
    done = shrink_expr(s, d->cond);
    for (const ast_branch *b = d->branches; b && !done; b = b->next) done = shrink_expr(s, b->cond) || shrink_expr(s, b->value);
    for (const ast_column *c = d->columns; c && !done; c = c->next) done = shrink_expr(s, c->value);
  }
  arena_free(a);
  ppr_report_free(r);
  return done;
}

/* Leaves out declarations, branches and parts of expressions as long as the same goes wrong. */
static char *shrunk(trial *t, const char *text, const char *extra, prng p, outcome wrong) {
  shrinker s = {t, extra, p, wrong, t->code, strdup(text)};
  t->shrinking = true;
  for (bool again = true; again;) {
    again = false;
    while (shrink_pieces(&s, false) || shrink_pieces(&s, true)) again = true;
    while (shrink_exprs(&s)) again = true;
  }
  return s.now;
}

static bool try_seed(trial *t, uint64_t seed, int size) {
  ppr_arena *arena = arena_new(ppr_alloc_default);
  prng p = {seed};
  program_text text = program_gen(&p, arena, size);
  assert_false(arena_failed(arena));
  outcome wrong = try_text(t, text.text, text.extra, p);
  if (wrong != RIGHT) {
    buf_putc(&t->what, '\0');
    printf("PPR_PROGRAM=%" PRIu64 ":%d\n%s", seed, size, t->what.data);
    char *less = shrunk(t, text.text, text.extra, p, wrong);
    try_text(t, less, text.extra, p);
    buf_putc(&t->what, '\0');
    printf("shrunk:\n%s%s%s\n%s", less, wrong == EXTRA_DIFFERS ? "# one rule more:\n" : "", wrong == EXTRA_DIFFERS ? text.extra : "", t->what.data);
    free(less);
  }
  arena_free(arena);
  return wrong == RIGHT;
}

/* PPR_COUNT: how many programs. PPR_PROGRAM=seed:size: this one. */
static void random_programs(void **state) {
  (void)state;
  prng p = prng_new("prop_source");
  const char *count = getenv("PPR_COUNT"), *one = getenv("PPR_PROGRAM");
  int programs = count ? (int)strtol(count, NULL, 10) : PROGRAMS;
  trial t = {.engine = ppr_engine_new()};
  bool right = true;
  assert_non_null(t.engine);
  buf_init(&t.what, ppr_alloc_default, 1 << 20);
  if (one) {
    char *size;
    uint64_t seed = strtoull(one, &size, 10);
    right = try_seed(&t, seed, *size == ':' ? (int)strtol(size + 1, NULL, 10) : 1);
  } else
    for (int i = 0; i < programs && right; i++) right = try_seed(&t, prng_next(&p), 1 + i % MAX_SIZE);
  printf("records: %zu whole, %zu missing, %zu out of range, %zu overflow, %zu division, %zu function, %zu empty\n", t.faults[0], t.faults[1],
         t.faults[2], t.faults[3], t.faults[4], t.faults[5], t.faults[7]);
  printf("faults that no result depends on, left out: %zu\n", t.unnoticed);
  printf("results: %zu present, %zu fehlt, %zu entfällt, %zu unbestimmt\n", t.seen[0], t.seen[1], t.seen[2], t.seen[3]);
  for (int i = 0; right && !count && !one && i < 8; i++) right = i == 6 || t.faults[i] > 0; /* PPR5206: only a damaged program */
  for (int i = 0; right && !count && !one && i < 4; i++) right = t.seen[i] > 0;
  buf_fini(&t.what);
  ppr_engine_free(t.engine);
  assert_true(right);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
