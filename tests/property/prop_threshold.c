/* Verdicts exactly on a legal threshold: every spelling of a rule gives the right verdict in every case. And roundings of the published rules cannot
 * be dropped or changed unnoticed. argv[1]: folder with rules/, else the one it was built from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "compile.h"
#include "engine.h"
#include "support/prng.h"
#include "vm/exec.h"

enum { MAX_CASES = 20000 };

/* Cases of two fields X and Y with the verdict the law gives, and for credits the hours credited; or with the fault every spelling must meet. */
typedef struct corpus {
  int64_t *x, *y, *credited;
  bool *verdict;
  size_t n;
  uint32_t fault;
} corpus;

static const char *source_dir;

static void *numbers(size_t size) {
  void *p = calloc(MAX_CASES, size);
  assert_non_null(p);
  return p;
}

static corpus corpus_new(void) {
  return (corpus){numbers(sizeof(int64_t)), numbers(sizeof(int64_t)), numbers(sizeof(int64_t)), numbers(sizeof(bool)), 0, 0};
}

static void corpus_free(corpus *c) {
  free(c->x);
  free(c->y);
  free(c->credited);
  free(c->verdict);
}

static void add(corpus *c, int64_t x, int64_t y, bool verdict) {
  assert_true(c->n < MAX_CASES);
  if (x < 0) return;
  c->x[c->n] = x;
  c->y[c->n] = y;
  c->verdict[c->n++] = verdict;
}

/* ---- one spelling, compiled and run over all cases ---- */

typedef struct spelling {
  const char *type;  /* of the rule */
  const char *value; /* its expression */
  const char *more;  /* further declarations */
} spelling;

static ppr_program *compiled(ppr_engine *engine, const char *text, bool show) {
  ppr_program *p = NULL;
  ppr_report *r = ppr_report_new();
  ppr_source_text file = {"schwelle.ppr", text, strlen(text)};
  ppr_status status = ppr_compile(&p, engine, &file, 1, r);
  if (status != PPR_OK && show) printf("%s\n%s\n", text, ppr_report_text(r, PPR_ENGLISH));
  ppr_report_free(r);
  return p;
}

static void judge(ppr_engine *engine, const corpus *c, const char *fields, const spelling *s) {
  ppr_arena *a = arena_new(ppr_alloc_default);
  const char *text = arena_printf(a,
                                  "regelwerk Schwelle \"Fälle auf der Schwelle\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz AT 05.02.2024 B4\"\n"
                                  "  gilt ab 01.01.2024\neinheit Tag, Minute, Stunde = 60 Minute\n"
                                  "eingabe Nachweis § Anlage 3\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n"
                                  "  zeitraum Berichtsquartal = Jahr, Quartal\n  aus \"Fall\"\n%s%s\nregel Ergebnis : %s § 7\n  = %s\n"
                                  "ausgabe \"Fall\"\n  spalte \"Ergebnis\" = Ergebnis\n",
                                  fields, s->more ? s->more : "", s->type, s->value);
  ppr_program *p = compiled(engine, text, true);
  assert_non_null(p);
  size_t inputs = p->editions[0].n_input;
  ppr_column *in = arena_array(a, inputs, sizeof *in);
  int64_t *same[3], *values = arena_array(a, c->n, sizeof *values);
  uint8_t *states = arena_array(a, c->n, 1);
  ppr_fault *faults = arena_array(a, c->n, sizeof *faults);
  static const int64_t of_all[3] = {2025, 2, 2025 * 4 + 1};
  for (int i = 0; i < 3; i++) {
    same[i] = arena_array(a, c->n, sizeof *same[i]);
    for (size_t k = 0; k < c->n; k++) same[i][k] = of_all[i];
  }
  static const char *const names[] = {"Jahr", "Quartal", "Berichtsquartal", "X", "Y"};
  for (int i = 0; i < 5; i++) {
    int at = ppr_program_find_input(p, 0, names[i]);
    assert_true(at >= 0);
    in[at].values = i < 3 ? same[i] : i == 3 ? c->x : c->y;
  }
  int at = ppr_program_find_output(p, 0, "Ergebnis");
  ppr_result *out = arena_array(a, p->editions[0].n_output, sizeof *out);
  out[at] = (ppr_result){values, states, NULL};
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 0, false, engine->natives), PPR_OK);
  assert_int_equal(vm_eval(vm, in, c->n, out, faults), PPR_OK);
  bool credit = strcmp(s->type, "ja/nein") != 0;
  for (size_t i = 0; i < c->n; i++) {
    int64_t expected = credit ? c->credited[i] : c->verdict[i];
    if (faults[i].code == c->fault && (c->fault || (states[i] == PPR_PRESENT && values[i] == expected))) continue;
    fail_msg("%s: X = %" PRId64 ", Y = %" PRId64 " (stored): fault %u, state %u, %" PRId64 " instead of %" PRId64, s->value, c->x[i], c->y[i],
             faults[i].code, states[i], values[i], expected);
  }
  vm_free(vm);
  ppr_program_free(p);
  arena_free(a);
}

static int64_t ten_to(int n) { return n ? 10 * ten_to(n - 1) : 1; }

/* Small ones all, large ones at random: a dividend or minimum in hours or days. */
static int64_t some_base(prng *p, int64_t i, int64_t multiple) {
  int64_t n = i < 400 ? i + 1 : prng_between(p, 1, i % 3 ? 20000 : 999999999 / multiple);
  return n * multiple;
}

/* ---- the degree of fulfilment: X = VKS-Ist, Y = VKS-Mind ---- */

/* `decimals` of VKS-Ist: cases whose VKS-Mind makes percent * VKS-Mind exact there. */
static corpus degrees(prng *p, int percent, int decimals) {
  corpus c = corpus_new();
  int64_t one = ten_to(decimals), multiple = 1;
  while (percent * multiple * one % 100) multiple++;
  for (int64_t i = 0; i < 4000; i++) {
    int64_t mind = some_base(p, i, multiple), exact = mind * percent * one / 100;
    add(&c, exact, mind, true);
    add(&c, exact - 1, mind, false);
    add(&c, exact + 1, mind, true);
  }
  return c;
}

static void degree_thresholds(void **state) {
  static const int steps[] = {85, 90, 95, 100};
  prng p = prng_new("prop_threshold");
  ppr_engine *engine = *state;
  for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
    for (int decimals = 0; decimals <= 2; decimals++) {
      corpus c = degrees(&p, steps[k], decimals);
      ppr_arena *a = arena_new(ppr_alloc_default);
#define T(...) arena_printf(a, __VA_ARGS__)
      int s = steps[k];
      const char *fields = T("    X : Stunde(%d) 0..9999999999\n    Y : Stunde(0) 0..9999999999\n", decimals);
      const char *share = s == 100 ? "1" : T("0,%d", s);
      const spelling all[] = {
          {"ja/nein", T("X >= %d %% * Y", s), NULL},
          {"ja/nein", T("X / Y >= %d %%", s), NULL},
          {"ja/nein", T("X / Y in Prozent >= %d %%", s), NULL},
          {"ja/nein", T("X / Y >= %s", share), NULL},
          {"ja/nein", T("X * 100 >= %d * Y", s), NULL},
          {"ja/nein", T("100 * X / Y >= %d", s), NULL},
          {"ja/nein", T("nicht X < %s * Y", share), NULL},
          {"ja/nein", T("nicht %d %% > X / Y", s), NULL},
          {"ja/nein", T("%d %% * Y <= X", s), NULL},
          {"ja/nein", T("X - %d %% * Y >= 0 Stunde", s), NULL},
          {"ja/nein", T("X / Y - %d %% >= 0", s), NULL},
          {"ja/nein", T("X / (%d %% * Y) >= 1", s), NULL},
          {"ja/nein", T("X / %d %% >= Y", s), NULL},
          {"ja/nein", T("max(X, %d %% * Y) = X", s), NULL},
          {"ja/nein", T("min(X / Y, %d %%) = %d %%", s, s), NULL},
          {"ja/nein", T("X in Minute >= %d %% * (Y in Minute)", s), NULL},
          {"ja/nein", T("(X in Minute) / 60 Minute >= %d %% * Y / 1 Stunde", s), NULL},
          {"ja/nein", T("wenn X / Y < %d %% dann nein sonst ja", s), NULL},
          {"ja/nein", T("Grad >= %d %%", s), "regel Grad : Bruch § 7 Abs. 2\n  = X / Y\n"},
          {"ja/nein", "X >= Stufe * Y",
           T("zeitreihe Stufe : Prozent(0) § 16\n  ab 01.01.2020 : 3 %%\n  ab 01.01.2025 : %d %%\n  ab 01.01.2026 : 4 %%\n", s)},
          {"ja/nein", "X / Y >= Stufe", T("zeitreihe Stufe : Prozent(1) § 16\n  ab 01.01.2020 : %d,0 %%\n", s)},
          {"ja/nein", "Lücke <= 0 Stunde", T("regel Lücke : Stunde(4) § 7\n  = %d %% * Y - X\n", s)},
      };
#undef T
      for (size_t i = 0; i < sizeof all / sizeof *all; i++) judge(engine, &c, fields, &all[i]);
      arena_free(a);
      corpus_free(&c);
    }
}

/* A minimum of zero hours: a spelling that divides by it gives no verdict, however certain the comparison looks. */
static void zero_minimum(void **state) {
  static const char *const fields = "    X : Stunde(2) 0..9999999999\n    Y : Stunde(0) 0..9999999999\n";
  static const spelling divide[] = {
      {"ja/nein", "X / Y >= 90 %", NULL},
      {"ja/nein", "X / Y >= 0 %", NULL},
      {"ja/nein", "X / Y < 0 %", NULL},
      {"ja/nein", "nicht X / Y < 90 %", NULL},
      {"ja/nein", "0 % <= X / Y", NULL},
      {"ja/nein", "min(X / Y, 90 %) = 90 %", NULL},
      {"ja/nein", "abs(X / Y) > -1", NULL},
      {"ja/nein", "1 / (X / Y) <= 1", NULL},
      {"ja/nein", "0 * (X / Y) = 0", NULL},
      {"ja/nein", "X / Y - X / Y = 0", NULL},
      {"ja/nein", "X / (90 % * Y) >= 1", NULL},
      {"ja/nein", "X / Y > 0 und nein", NULL},
      {"ja/nein", "wenn X / Y >= 90 % dann ja sonst ja", NULL},
      {"ja/nein", "(X / Y gerundet kaufmännisch auf 2) >= 0", NULL},
      {"ja/nein", "(X / Y in Prozent gerundet abwärts auf 0) * 0 = 0 %", NULL},
      {"ja/nein", "Grad >= 0 %", "regel Grad : Bruch § 7 Abs. 2\n  = X / Y\n"},
  };
  static const spelling guarded[] = {
      {"ja/nein", "Y <> 0 Stunde und X / Y >= 90 %", NULL},
      {"ja/nein", "nicht (Y = 0 Stunde oder X / Y < 90 %)", NULL},
      {"ja/nein", "wenn Y > 0 Stunde dann X / Y >= 90 % sonst nein", NULL},
      {"ja/nein", "wenn Y = 0 Stunde dann nein sonst (X / Y gerundet kaufmännisch auf 2) >= 0,9", NULL},
  };
  corpus c = corpus_new();
  for (int64_t x = 0; x < 300; x++) add(&c, x, 0, false);
  for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++) judge(*state, &c, fields, &guarded[i]);
  c.fault = DIAG_FAULT_DIVISION;
  for (size_t i = 0; i < sizeof divide / sizeof *divide; i++) judge(*state, &c, fields, &divide[i]);
  corpus_free(&c);
}

/* ---- the corridor: X days, Y days of the year before; more than 2,5 percent apart? ---- */

static void corridor(void **state) {
  prng p = prng_new("prop_threshold");
  corpus c = corpus_new();
  for (int64_t i = 0; i < 2000; i++) {
    int64_t before = some_base(&p, i, i % 2 ? 40 : 1), edge = before / 40;
    for (int64_t d = edge - 1; d <= edge + 2; d++) {
      if (d < 0) continue;
      add(&c, before + d, before, 40 * d > before);
      if (d) add(&c, before - d, before, 40 * d > before);
    }
  }
  static const spelling all[] = {
      {"ja/nein", "abs(X - Y) > 2,5 % * Y", NULL},
      {"ja/nein", "X > 1,025 * Y oder X < 0,975 * Y", NULL},
      {"ja/nein", "X > 102,5 % * Y oder X < 97,5 % * Y", NULL},
      {"ja/nein", "X / Y > 102,5 % oder X / Y < 97,5 %", NULL},
      {"ja/nein", "X / Y > 1,025 oder 0,975 > X / Y", NULL},
      {"ja/nein", "abs(X - Y) / Y > 2,5 %", NULL},
      {"ja/nein", "abs(X / Y - 1) > 2,5 %", NULL},
      {"ja/nein", "abs(X - Y) / Y in Prozent > 2,5 %", NULL},
      {"ja/nein", "X - Y > 2,5 % * Y oder Y - X > 2,5 % * Y", NULL},
      {"ja/nein", "abs(X - Y) * 40 > Y", NULL},
      {"ja/nein", "abs(1000 * X - 1000 * Y) > 25 * Y", NULL},
      {"ja/nein", "nicht abs(Y - X) <= 0,025 * Y", NULL},
      {"ja/nein", "nicht (X <= 1,025 * Y und X >= 0,975 * Y)", NULL},
      {"ja/nein", "max(X, Y) - min(X, Y) > 2,5 % * Y", NULL},
      {"ja/nein", "40 * X > 41 * Y oder 40 * X < 39 * Y", NULL},
      {"ja/nein", "X * X - 2 * X * Y + Y * Y > 0,000625 * Y * Y", NULL},
      {"ja/nein", "Abweichung > 2,5 % oder Abweichung < -2,5 %", "regel Abweichung : Bruch § 6 Abs. 4\n  = (X - Y) / Y\n"},
      {"ja/nein", "wenn X >= Y dann X / Y > 102,5 % sonst X / Y < 97,5 %", NULL},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) judge(*state, &c, "    X : Tag(0) 0..9999999999\n    Y : Tag(0) 0..9999999999\n", &all[i]);
  corpus_free(&c);
}

/* ---- credits: X hours asked for, Y = VKS-Mind; verdict: above the cap ---- */

static void credits(void **state) {
  static const int caps[] = {5, 10, 15};
  prng p = prng_new("prop_threshold");
  for (size_t k = 0; k < sizeof caps / sizeof *caps; k++) {
    corpus c = corpus_new();
    int cap = caps[k];
    for (int64_t i = 0; i < 2000; i++) {
      int64_t mind = some_base(&p, i, 1), exact = mind * cap; /* in hundredths */
      for (int64_t d = -1; d <= 1; d++) {
        if (exact + d >= 0) c.credited[c.n] = d > 0 ? exact : exact + d;
        add(&c, exact + d, mind, d > 0);
      }
    }
    ppr_arena *a = arena_new(ppr_alloc_default);
#define T(...) arena_printf(a, __VA_ARGS__)
    const char *limit = T("aufzählung Gruppe § 5\n  a, b\ngrenze Anteil je Gruppe : Prozent(0) § 8\n  a %d %%\n  b keine\n", cap);
    const spelling all[] = {
        {"ja/nein", T("X > %d %% * Y", cap), NULL},
        {"ja/nein", T("X / Y > %d %%", cap), NULL},
        {"ja/nein", T("X / Y in Prozent > %d %%", cap), NULL},
        {"ja/nein", T("X * 100 > %d * Y", cap), NULL},
        {"ja/nein", T("nicht X <= 0,%02d * Y", cap), NULL},
        {"ja/nein", T("X - %d %% * Y > 0 Stunde", cap), NULL},
        {"ja/nein", T("min(X, %d %% * Y) <> X", cap), NULL},
        {"ja/nein", T("(X in Minute) > %d %% * (Y in Minute)", cap), NULL},
        {"ja/nein", "wenn Anteil[a] vorhanden dann X > Anteil[a] * Y sonst nein", limit},
        {"ja/nein", "irgendein Gruppe mit Anteil vorhanden : X > Anteil * Y", limit},
        {"Stunde(2)", T("min(X, %d %% * Y)", cap), NULL},
        {"Stunde(2)", T("wenn X > %d %% * Y dann %d %% * Y sonst X", cap, cap), NULL},
        {"Stunde(2)", T("wenn X / Y <= %d %% dann X sonst 0,%02d * Y", cap, cap), NULL},
        {"Stunde(2)", T("X - max(X - %d %% * Y, 0 Stunde)", cap), NULL},
        {"Stunde(2)", T("min(X / Y, %d %%) * Y gerundet kaufmännisch auf 2", cap), NULL},
        {"Stunde(2)", T("(min(X in Minute, %d %% * (Y in Minute))) in Stunde gerundet gerade auf 2", cap), NULL},
        {"Stunde(2)", "kleinste über Gruppe mit Anteil vorhanden : min(X, Anteil * Y)", limit},
    };
#undef T
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
      judge(*state, &c, "    X : Stunde(2) 0..9999999999\n    Y : Stunde(0) 0..9999999999\n", &all[i]);
    arena_free(a);
    corpus_free(&c);
  }
}

/* ---- roundings of the published rules ---- */

/* `gerundet … auf N` in the text: where it begins, its number, its end; inside: of another rounding. */
typedef struct rounding {
  size_t begin, digits, end;
  bool inside;
} rounding;
typedef struct roundings {
  const char *text;
  rounding at[256];
  size_t n;
} roundings;

static void collect(const ast_expr *e, bool inside, roundings *all) {
  if (!e) return;
  bool here = e->form == EX_ROUND;
  if (here) {
    assert_true(all->n < 256);
    rounding *r = &all->at[all->n++];
    r->begin = e->a->span.end;
    const char *number = strstr(all->text + r->begin, " auf ");
    assert_non_null(number);
    r->digits = (size_t)(number - all->text) + 5;
    r->end = r->digits + strspn(all->text + r->digits, "0123456789");
    r->inside = inside;
    assert_true(r->end <= e->span.end && r->end > r->digits);
  }
  collect(e->a, inside || here, all);
  collect(e->b, inside || here, all);
  collect(e->c, inside || here, all);
  collect(e->filter, inside, all);
  for (const ast_expr *x = e->args; x; x = x->next) collect(x, inside || here, all);
}

static void published_roundings(void **state) {
  ppr_engine *engine = *state;
  ppr_arena *a = arena_new(ppr_alloc_default);
  ppr_report *r = ppr_report_new();
  char *text = NULL;
  size_t inner = 0, compile = 0, unnoticed = 0;
  const char *path = arena_printf(a, "%s/rules/ppp-rl", source_dir);
  assert_int_equal(ppr_consolidate_path(engine, path, "2024-07", &text, r), PPR_OK);
  ppr_program *p = compiled(engine, text, true);
  assert_non_null(p);
  ppr_program_free(p);
  roundings all = {.text = text};
  ast_file *file = parse_source(r, a, report_add_source(r, "2024-07.ppr", text, strlen(text)));
  for (const ast_decl *d = file->decls; d; d = d->next)
    for (const ast_branch *b = d->branches; b; b = b->next) collect(b->value, false, &all);
  assert_true(all.n >= 10);
  for (size_t i = 0; i < all.n; i++) {
    const rounding *o = &all.at[i];
    const char *changed[2] = {arena_printf(a, "%.*s%s", (int)o->begin, text, text + o->end),
                              arena_printf(a, "%.*s%ld%s", (int)o->digits, text, strtol(text + o->digits, NULL, 10) + 1, text + o->end)};
    inner += o->inside;
    for (int k = 0; k < 2; k++) {
      p = compiled(engine, changed[k], false);
      compile += p && o->inside; /* rounded again further out: any number of decimals may be meant */
      if (p && !o->inside) {
        printf("`%.*s` %s: it still compiles\n", (int)(o->end - o->begin), text + o->begin, k ? "with one decimal more" : "left out");
        unnoticed++;
      }
      ppr_program_free(p);
    }
  }
  printf("%zu roundings, %zu of them inside of another; %zu of %zu changes of those compile\n", all.n, inner, compile, 2 * inner);
  ppr_report_free(r);
  arena_free(a);
  ppr_free(text);
  assert_int_equal(unnoticed, 0);
}

static int setup(void **state) { return (*state = ppr_engine_new()) ? 0 : -1; }
static int teardown(void **state) {
  ppr_engine_free(*state);
  return 0;
}

int main(int argc, char **argv) {
  source_dir = argc > 1 ? argv[1] : PPR_SOURCE_DIR;
  const struct CMUnitTest tests[] = {cmocka_unit_test(degree_thresholds), cmocka_unit_test(zero_minimum), cmocka_unit_test(corridor),
                                     cmocka_unit_test(credits), cmocka_unit_test(published_roundings)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
