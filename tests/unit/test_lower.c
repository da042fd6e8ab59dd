/* Trees to instructions: what becomes constant per element, what becomes an instruction, and the notes for explanation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "code/program.h"
#include "support/rules.h"

#define DECLARED                                                                                                                                     \
  RULES_HEAD "aufzählung Art § 3\n  x, y klein, z klein\n" RULES_INPUT                                                                               \
             "  aus \"H\"\n    n : Zahl(0) 1..9\n    k : Zahl(0) 0..9\n    w : ja/nein\n    a : Art\n    leer : Zahl(0) 0..9 optional\n"             \
             "  aus \"A\" je Art spalte \"A\"\n    m : Zahl(0) 0..9\ntabelle T je Art : Zahl(0) § 7\n  x 2\n  y 3\n  z entfällt\n"

static rules compiled(const char *text) {
  rules r = rules_compile(text);
  if (r.status != PPR_OK) print_error("%s\n", ppr_report_text(r.report, PPR_GERMAN));
  assert_int_equal(r.status, PPR_OK);
  return r;
}

static unsigned ops(const rules *r, ppr_op op) {
  unsigned n = 0;
  const ppr_edition *e = &r->program->editions[0];
  for (uint32_t i = 0; i < e->n_instr; i++) n += e->instr[i].op == op;
  return n;
}

static const ppr_inst *inst(const rules *r, const char *label) {
  const ppr_edition *e = &r->program->editions[0];
  for (uint32_t i = 0; i < e->n_inst; i++)
    if (!strcmp(program_string(r->program, e->inst[i].label), label)) return &e->inst[i];
  fail_msg("no %s", label);
  return NULL;
}

static const char *branch_label(const rules *r, const ppr_inst *i, uint32_t k) {
  return program_string(r->program, r->program->editions[0].branch[i->first_branch + k].label);
}

/* What an axis decides is decided when compiling: one branch is left of three. */
static void test_axes_are_constant(void **state) {
  (void)state;
  rules r = compiled(
      DECLARED
      "regel R je Art : Zahl(0) § 1\n  fall groß § 1\n    wenn Art ist nicht klein\n    = m\n  fall erstes § 1\n    wenn Art ist y\n    = 2 * m\n"
      "  sonst = 3 * m\nausgabe \"R\" je Art\n  spalte \"R\" = R\n");
  static const char *const left[3] = {"groß", "erstes", ""};
  static const char *const labels[3] = {"R[x]", "R[y]", "R[z]"};
  for (int i = 0; i < 3; i++) {
    assert_int_equal(inst(&r, labels[i])->branches, 1);
    assert_string_equal(branch_label(&r, inst(&r, labels[i]), 0), left[i]);
  }
  assert_int_equal(ops(&r, PPR_OP_WHEN) + ops(&r, PPR_OP_SEL_INT), 0);
  rules_free(&r);
}

/* Table cells are constants; a sum over them is one instruction; the elements without a value are not there. */
static void test_tables_and_sums(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = summe über Art mit T vorhanden : m * T\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_DOT), 1);
  const ppr_edition *e = &r.program->editions[0];
  for (uint32_t i = 0; i < e->n_instr; i++)
    if (e->instr[i].op == PPR_OP_DOT) assert_int_equal(e->instr[i].b, 2); /* x and y */
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(0) oder entfällt § 1\n  = T[a]\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_LOOK), 2); /* value and state by the record's own value */
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = m[a]\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_LOOK), 0);
  assert_int_equal(ops(&r, PPR_OP_SEL_INT), 2); /* two choices between three elements */
  rules_free(&r);
}

/* A choice needs a region only where an arm may fault. */
static void test_regions(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = wenn w dann n * n sonst n + 1\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_WHEN), 0);
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = wenn w dann 72 / n gerundet gerade auf 0 sonst 0\n" RULES_OUTPUT); /* n is 1 to 9 */
  assert_int_equal(ops(&r, PPR_OP_WHEN), 0);
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = wenn k > 0 dann 72 / k gerundet gerade auf 0 sonst 0\n" RULES_OUTPUT); /* k may be 0 */
  assert_int_equal(ops(&r, PPR_OP_WHEN), 1);
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : ja/nein § 1\n  = k > 0 und 72 / k >= 9\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_WHEN), 1);
  assert_int_equal(ops(&r, PPR_OP_NONZERO), 1);
  rules_free(&r);
}

/* A quotient is not divided until it is rounded: comparisons multiply crosswise. */
static void test_quotients(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Q : Bruch § 1\n  = k / n\nregel Ergebnis : ja/nein § 1\n  = Q >= 0,5\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_DIV) + ops(&r, PPR_OP_DIVK) + ops(&r, PPR_OP_DIVW), 0);
  assert_int_not_equal(inst(&r, "Q")->den, 0); /* explained as a quotient */
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(2) § 1\n  = k / 7 gerundet kaufmännisch auf 2\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_DIVK), 1);
  assert_int_equal(r.program->editions[0].n_round, 1);
  assert_int_equal(r.program->editions[0].round[0].scale, 2);
  rules_free(&r);
}

/* Required fields are looked at even when nothing reads them, others are not. */
static void test_inputs(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = 1\n" RULES_OUTPUT);
  /* Jahr, Quartal, Berichtsquartal, n, k, a, three m; w is yes or no; leer may be absent */
  assert_int_equal(ops(&r, PPR_OP_IN_INT), 9);
  assert_int_equal(ops(&r, PPR_OP_IN_BOOL), 1);
  assert_int_equal(ops(&r, PPR_OP_IN_STATE), 0);
  rules_free(&r);
  r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = leer falls fehlt 3\n" RULES_OUTPUT);
  assert_int_equal(ops(&r, PPR_OP_IN_INT), 10);
  assert_int_equal(ops(&r, PPR_OP_IN_STATE), 1);
  rules_free(&r);
}

/* Notes: what a branch is made of. */
static void test_notes(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Hilfe : Zahl(0) § 2\n  = 2 * n\nregel Ergebnis : Zahl(0) § 1 Abs. 1\n  = Hilfe + k # der Grundsatz\n  ausnahme "
                              "klein § 1 Abs. 2\n    wenn w\n    = T[x]\n" RULES_OUTPUT);
  const ppr_edition *e = &r.program->editions[0];
  const ppr_inst *i = inst(&r, "Ergebnis");
  assert_int_equal(i->branches, 2);
  const ppr_branch *klein = &e->branch[i->first_branch], *base = klein + 1;
  assert_string_equal(program_string(r.program, klein->label), "klein");
  assert_string_equal(program_string(r.program, klein->cite), "§ 1 Abs. 2");
  assert_int_equal(klein->form, PPR_BRANCH_EXCEPTION);
  assert_int_not_equal(klein->cond, 0);
  assert_string_equal(program_string(r.program, base->formula), "Hilfe + k");
  assert_int_equal(base->form, PPR_BRANCH_BASE);
  assert_int_equal(base->deps, 2);
  assert_int_equal(e->dep[base->first_dep].kind, PPR_DEP_INST);
  assert_string_equal(program_string(r.program, e->dep[base->first_dep].label), "Hilfe");
  assert_int_equal(e->dep[base->first_dep + 1].kind, PPR_DEP_INPUT);
  rules_free(&r);
}

/* Names of columns that happen to agree stay apart. */
static void test_output_names(void **state) {
  (void)state;
  rules r = compiled(DECLARED "regel Ergebnis : Zahl(0) § 1\n  = n\nausgabe \"A\"\n  spalte \"x\" = 1 * n\nausgabe \"A\"\n  spalte \"x\" = 2 * "
                              "n\nausgabe \"A.2\"\n  spalte \"x\" = 3 * n\n" RULES_OUTPUT);
  assert_true(ppr_program_find_output(r.program, 0, "A.x") >= 0);
  assert_true(ppr_program_find_output(r.program, 0, "A.2.x") >= 0);
  assert_true(ppr_program_find_output(r.program, 0, "A.2.x (2)") >= 0);
  rules_free(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_axes_are_constant), cmocka_unit_test(test_tables_and_sums), cmocka_unit_test(test_regions),
      cmocka_unit_test(test_quotients),         cmocka_unit_test(test_inputs),          cmocka_unit_test(test_notes),
      cmocka_unit_test(test_output_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
