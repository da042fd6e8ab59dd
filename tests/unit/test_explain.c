/* The explanation of a small rule: staffing minutes with an exception, roundings, a table cell, a shared operand, absent and faulted records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "code/verify.h"
#include "support/tiny.h"
#include "vm/explain.h"

enum { DAYS, DAY_CLINIC, FREE, INPUTS };

typedef struct world {
  ppr_program *p;
  ppr_vm *vm;
} world;

static uint32_t text(tiny *t, const char *s) { return build_string(t->b, s); }

/* Wochen = Tage / 7 or, Ausnahme Tagesklinik, Tage / 5, to 2; Minuten = Wochen * 207 to 0; erfüllt = Minuten >= 1000, frei: entfällt. */
static world make(void) {
  tiny t = tiny_new();
  uint32_t days = tiny_input(&t, "Tage[A1]", PPR_KIND_NUMBER, 0, 0, 99999, 0),
           clinic = tiny_input(&t, "Tagesklinik", PPR_KIND_BOOL, PPR_FIELD_PRESET, 0, 1, 0);
  uint32_t exempt = tiny_input(&t, "befreit", PPR_KIND_BOOL, PPR_FIELD_OPTIONAL, 0, 1, 0);
  t.e->field[days].unit = text(&t, "Tag");
  t.e->field[days].cite = text(&t, "§ Anlage 3");
  uint32_t d = tiny1(&t, PPR_OP_IN_INT, days), c = tiny1(&t, PPR_OP_IN_BOOL, clinic), f = tiny1(&t, PPR_OP_IN_BOOL, exempt);
  uint32_t fs = tiny1(&t, PPR_OP_IN_STATE, exempt);
  uint32_t hundred = tiny2(&t, PPR_OP_MULK, d, tiny_k(&t, 100)), five = tiny_const(&t, 5), seven = tiny_const(&t, 7);
  uint32_t w5 = tiny2(&t, PPR_OP_DIV, hundred, five), w7 = tiny2(&t, PPR_OP_DIV, hundred, seven);
  uint32_t weeks = tiny3(&t, PPR_OP_SEL_INT, c, w5, w7), value = tiny_const(&t, 207);
  uint32_t product = tiny2(&t, PPR_OP_MUL, weeks, value), cent = tiny_const(&t, 100), minutes = tiny2(&t, PPR_OP_DIV, product, cent);
  uint32_t enough = tiny2(&t, PPR_OP_LEK, minutes, tiny_k(&t, 999)), met = tiny1(&t, PPR_OP_NOT, enough);
  uint32_t no = tiny1(&t, PPR_OP_NOT, fs), sure = tiny2(&t, PPR_OP_AND, no, f);
  uint32_t st =
      tiny3(&t, PPR_OP_SEL_BOOL, sure, tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, PPR_ENTFAELLT)), tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, 0)));

  ppr_builder *b = t.b;
  uint32_t rw = build_rule(b, (ppr_rule){text(&t, "Wochen"), PPR_RULE_RULE, text(&t, "§ 6 Abs. 2"), 0, 1, text(&t, "2024-01")});
  uint32_t rt = build_rule(b, (ppr_rule){text(&t, "Minutenwerte"), PPR_RULE_TABLE, text(&t, "§ Anlage 1"), 0, 2, text(&t, "2023-01")});
  uint32_t rm = build_rule(b, (ppr_rule){text(&t, "Minuten"), PPR_RULE_RULE, text(&t, "§ 6 Abs. 1"), 0, 3, text(&t, "2024-01")});
  uint32_t re = build_rule(b, (ppr_rule){text(&t, "erfüllt"), PPR_RULE_RULE, text(&t, "§ 16 Abs. 1"), 0, 4, text(&t, "2024-01")});
  uint32_t first_dep[2]; /* each branch has notes of its own */
  for (int i = 0; i < 2; i++) {
    first_dep[i] = build_dep(b, (ppr_dep){PPR_DEP_INPUT, days, 0});
    build_dep(b, (ppr_dep){PPR_DEP_INPUT, clinic, 0});
  }
  uint32_t r5 = build_round(b, (ppr_round){w5, hundred, five, PPR_ROUND_HALF_UP, 2, PPR_T_INT});
  uint32_t r7 = build_round(b, (ppr_round){w7, hundred, seven, PPR_ROUND_HALF_UP, 2, PPR_T_INT});
  uint32_t bw = build_branch(b, (ppr_branch){text(&t, "Tagesklinik"), text(&t, "§ 6 Abs. 2 Satz 2"), text(&t, "Tage / 5 Tag je Woche"), c + 1,
                                             PPR_BRANCH_EXCEPTION, first_dep[0], 2, r5, 1});
  build_branch(b, (ppr_branch){0, text(&t, "§ 6 Abs. 2 Satz 1"), text(&t, "Tage / 7 Tag je Woche"), 0, PPR_BRANCH_BASE, first_dep[1], 2, r7, 1});
  uint32_t iw = build_inst(b, (ppr_inst){text(&t, "Wochen[A1]"), rw, PPR_KIND_NUMBER, 0, text(&t, "Woche"), 2, 0, weeks, 0, bw, 2, 0});
  uint32_t iv = build_inst(b, (ppr_inst){text(&t, "Minutenwerte[A1,a]"), rt, PPR_KIND_NUMBER, 0, text(&t, "Minute je Woche"), 0, 0, value, 0, 0, 0, 0});
  uint32_t dm = build_dep(b, (ppr_dep){PPR_DEP_INST, iw, 0});
  build_dep(b, (ppr_dep){PPR_DEP_INST, iv, 0});
  /* product has scale 2: minutes = product / 10^2 */
  uint32_t rd = build_round(b, (ppr_round){minutes, product, cent, PPR_ROUND_HALF_UP, 0, PPR_T_INT});
  uint32_t bm = build_branch(b, (ppr_branch){0, 0, text(&t, "Wochen * Minutenwerte"), 0, PPR_BRANCH_BASE, dm, 2, rd, 1});
  uint32_t im = build_inst(b, (ppr_inst){text(&t, "Minuten[A1,a]"), rm, PPR_KIND_NUMBER, 0, text(&t, "Minute"), 0, 0, minutes, 0, bm, 1, 0});
  uint32_t de = build_dep(b, (ppr_dep){PPR_DEP_INST, im, 0});
  build_dep(b, (ppr_dep){PPR_DEP_INST, iw, 0}); /* a second time */
  build_dep(b, (ppr_dep){PPR_DEP_CONST, 0, text(&t, "Mindestminuten = 1000 Minute (§ 16)")});
  build_dep(b, (ppr_dep){PPR_DEP_INPUT, exempt, 0});
  uint32_t be = build_branch(b, (ppr_branch){0, 0, text(&t, "Minuten >= Mindestminuten"), 0, PPR_BRANCH_BASE, de, 4, 0, 0});
  uint32_t ie = build_inst(b, (ppr_inst){text(&t, "erfüllt[a]"), re, PPR_KIND_BOOL, 0, 0, 0, 0, met, st + 1, be, 1, 0});
  ppr_output o = {.label = text(&t, "erfüllt[a]"), .kind = PPR_KIND_BOOL, .reg = met, .state = st + 1, .inst = ie + 1};
  build_output(b, o);
  world w = {build_finish(b), NULL};
  ppr_report *report = report_new(ppr_alloc_default);
  assert_true(verify_program(w.p, report));
  report_free(report);
  assert_int_equal(vm_new(&w.vm, ppr_alloc_default, w.p, 0, 1, true, NULL), PPR_OK);
  return w;
}

/* exempt < 0: no value */
static void assert_explained(int64_t days, int64_t clinic, int64_t exempt, ppr_lang lang, const char *want) {
  world w = make();
  static const uint8_t missing = PPR_FEHLT;
  ppr_column in[INPUTS] = {{&days, days < 0 ? &missing : NULL}, {clinic < 0 ? NULL : &clinic, NULL}, {exempt < 0 ? NULL : &exempt, NULL}};
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 0, lang), PPR_OK);
  assert_string_equal(out.data, want);
  buf_fini(&out);
  vm_free(w.vm);
  program_free(w.p);
}

/* 34 days: 34 / 7 = 4,857142857…, rounded 4,86; 4,86 * 207 = 1006,02, rounded 1006 */
static void test_base_rule(void **state) {
  (void)state;
  assert_explained(34, -1, -1, PPR_LANG_DE,
                   "erfüllt[a] = ja\n"
                   "Probe Proberegelwerk, Fassung 2024-01\n"
                   "\n"
                   "erfüllt[a] = ja\n"
                   "  Regel „erfüllt“, Fassung 2024-01, § 16 Abs. 1\n"
                   "  = Minuten >= Mindestminuten\n"
                   "  Minuten[A1,a] = 1006 Minute\n"
                   "    Regel „Minuten“, Fassung 2024-01, § 6 Abs. 1\n"
                   "    = Wochen * Minutenwerte\n"
                   "    Rundung kaufmännisch auf 0: 1006,02 → 1006\n"
                   "    Wochen[A1] = 4,86 Woche\n"
                   "      Regel „Wochen“, Fassung 2024-01, § 6 Abs. 2\n"
                   "      angewandt: Grundregel (§ 6 Abs. 2 Satz 1): Tage / 7 Tag je Woche\n"
                   "      Rundung kaufmännisch auf 2: 4,85714285… → 4,86\n"
                   "      nicht angewandt: Ausnahme „Tagesklinik“ (§ 6 Abs. 2 Satz 2), weil die Bedingung nicht erfüllt ist\n"
                   "      Tage[A1]    = 34 Tag, Eingabe (§ Anlage 3)\n"
                   "      Tagesklinik = nein, Vorgabewert ohne Angabe\n"
                   "    Minutenwerte[A1,a] = 207 Minute je Woche, Tabelle „Minutenwerte“, Fassung 2023-01, § Anlage 1\n"
                   "  Wochen[A1] = 4,86 Woche, siehe oben\n"
                   "  Mindestminuten = 1000 Minute (§ 16)\n"
                   "  befreit = fehlt, Eingabe\n");
}

/* 20 days in a day clinic: 20 / 5 = 4 exactly; 4 * 207 = 828 */
static void test_exception_in_english(void **state) {
  (void)state;
  assert_explained(20, 1, 0, PPR_LANG_EN,
                   "erfüllt[a] = no\n"
                   "Probe Proberegelwerk, edition 2024-01\n"
                   "\n"
                   "erfüllt[a] = no\n"
                   "  rule “erfüllt”, edition 2024-01, § 16 Abs. 1\n"
                   "  = Minuten >= Mindestminuten\n"
                   "  Minuten[A1,a] = 828 Minute\n"
                   "    rule “Minuten”, edition 2024-01, § 6 Abs. 1\n"
                   "    = Wochen * Minutenwerte\n"
                   "    rounded half away from zero to 0: 828 → 828\n"
                   "    Wochen[A1] = 4.00 Woche\n"
                   "      rule “Wochen”, edition 2024-01, § 6 Abs. 2\n"
                   "      applied: exception “Tagesklinik” (§ 6 Abs. 2 Satz 2): Tage / 5 Tag je Woche\n"
                   "      rounded half away from zero to 2: 4 → 4.00\n"
                   "      Tage[A1]    = 20 Tag, input (§ Anlage 3)\n"
                   "      Tagesklinik = yes, input\n"
                   "    Minutenwerte[A1,a] = 207 Minute je Woche, table “Minutenwerte”, edition 2023-01, § Anlage 1\n"
                   "  Wochen[A1] = 4.00 Woche, see above\n"
                   "  Mindestminuten = 1000 Minute (§ 16)\n"
                   "  befreit = no, input\n");
}

static void test_fault(void **state) {
  (void)state;
  assert_explained(-1, 0, -1, PPR_LANG_DE, "Der Datensatz wird nicht gerechnet.\n  PPR5201 Pflichtangabe fehlt: Tage[A1]\n");
  assert_explained(100000, 0, -1, PPR_LANG_EN, "The record is not evaluated.\n  PPR5202 value outside the allowed range: Tage[A1]\n");
}

static void test_absent_result(void **state) {
  (void)state;
  world w = make();
  static const int64_t days = 34, yes = 1;
  ppr_column in[INPUTS] = {{&days, NULL}, {NULL, NULL}, {&yes, NULL}};
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 0, PPR_LANG_DE), PPR_OK);
  assert_memory_equal(out.data, "erfüllt[a] = entfällt\n", strlen("erfüllt[a] = entfällt\n"));
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 1, PPR_LANG_DE), PPR_MISUSE);
  assert_int_equal(explain_output(&out, w.vm, w.p, 1, in, 0, PPR_LANG_DE), PPR_MISUSE);
  buf_fini(&out);
  vm_free(w.vm);
  program_free(w.p);
}

/* One instance of every form of rule whose operands are one field of every kind; the first of two exceptions that hold applies. */
static void test_forms(void **state) {
  (void)state;
  tiny t = tiny_new();
  ppr_builder *b = t.b;
  uint32_t member = build_member(b, (ppr_member){text(&t, "b"), text(&t, "b"), text(&t, "Pflegefachpersonen")});
  uint32_t group = build_enumeration(b, (ppr_enumeration){text(&t, "Berufsgruppe"), member, 1}) + 1;
  static const struct {
    const char *name;
    ppr_kind kind;
    uint32_t flags, scale;
    int64_t hi, preset;
  } fields[] = {
      {"Anteil", PPR_KIND_PERCENT, 0, 1, 9999, 0},
      {"Stichtag", PPR_KIND_DATE, 0, 0, 99999, 0},
      {"Quartal", PPR_KIND_QUARTER, 0, 0, 9999, 0},
      {"Gruppe", PPR_KIND_ENUM, 0, 0, 0, 0},
      {"Stunden", PPR_KIND_NUMBER, PPR_FIELD_OPTIONAL, 2, 9999, 0},
      {"Lesart", PPR_KIND_ENUM, PPR_FIELD_READING | PPR_FIELD_PRESET, 0, 0, 0},
  };
  enum { N = sizeof fields / sizeof *fields };
  uint32_t dep = 0;
  for (uint32_t i = 0; i < N; i++) {
    uint32_t slot = tiny_input(&t, fields[i].name, fields[i].kind, fields[i].flags, 0, fields[i].hi, fields[i].preset);
    t.e->field[i].scale = fields[i].scale;
    t.e->field[i].enumeration = fields[i].kind == PPR_KIND_ENUM ? group : 0;
    tiny1(&t, PPR_OP_IN_INT, slot);
    dep = build_dep(b, (ppr_dep){PPR_DEP_INPUT, slot, 0});
  }
  uint32_t yes = tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, 1)), no = tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, 0));
  uint32_t num = tiny_const(&t, 2), den = tiny_const(&t, 3), degree = tiny_op(&t, PPR_OP_DIV, PPR_ROUND_UP, num, den, 0); /* 0,66… up to 1 */
  uint32_t round = build_round(b, (ppr_round){degree, num, den, PPR_ROUND_UP, 2, PPR_T_INT});
  uint32_t branch = build_branch(b, (ppr_branch){text(&t, "erste"), 0, 0, no + 1, PPR_BRANCH_CASE, 0, 0, 0, 0});
  build_branch(b, (ppr_branch){text(&t, "zweite"), 0, text(&t, "x"), yes + 1, PPR_BRANCH_CASE, dep + 1 - N, N, round, 1});
  build_branch(b, (ppr_branch){text(&t, "dritte"), 0, text(&t, "y"), yes + 1, PPR_BRANCH_CASE, 0, 0, 0, 0});
  build_branch(b, (ppr_branch){0, 0, text(&t, "z"), 0, PPR_BRANCH_ELSE, 0, 0, 0, 0});
  uint32_t rule = build_rule(b, (ppr_rule){text(&t, "Grad"), PPR_RULE_CHECK, 0, 0, 1, 0});
  uint32_t inst = build_inst(b, (ppr_inst){text(&t, "Grad"), rule, PPR_KIND_PERCENT, 0, 0, 0, 0, degree, 0, branch, 4, 0});
  build_output(b, (ppr_output){.label = text(&t, "Grad"), .kind = PPR_KIND_PERCENT, .reg = degree, .inst = inst + 1});
  ppr_program *p = build_finish(b);
  ppr_report *report = report_new(ppr_alloc_default);
  assert_true(verify_program(p, report));
  report_free(report);
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 1, true, NULL), PPR_OK);
  static const int64_t v[N] = {905, 19905, 2024 * 4 + 2, 0, 0, 0};
  static const uint8_t absent = PPR_ENTFAELLT;
  ppr_column in[N];
  for (int i = 0; i < N; i++) in[i] = (ppr_column){&v[i], NULL};
  in[4].states = &absent;
  in[5].values = NULL;
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, vm, p, 0, in, 0, PPR_LANG_DE), PPR_OK);
  assert_string_equal(out.data, "Grad = 1 %\n"
                                "Probe Proberegelwerk, Fassung 2024-01\n"
                                "\n"
                                "Grad = 1 %\n"
                                "  Prüfung „Grad“\n"
                                "  angewandt: Fall „zweite“: x\n"
                                "  Rundung aufwärts auf 0: 0,666666… → 1 %\n"
                                "  nicht angewandt: Fall „erste“, weil die Bedingung nicht erfüllt ist\n"
                                "  nicht angewandt: Fall „dritte“, weil der angewandte Fall vorgeht\n"
                                "  Anteil   = 90,5 %, Eingabe\n"
                                "  Stichtag = 01.07.2024, Eingabe\n"
                                "  Quartal  = 2024-Q3, Eingabe\n"
                                "  Gruppe   = b (Pflegefachpersonen), Eingabe\n"
                                "  Stunden  = entfällt, Eingabe\n"
                                "  Lesart   = b (Pflegefachpersonen), Auslegung nach Vorgabe\n");
  buf_fini(&out);
  vm_free(vm);
  program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_base_rule), cmocka_unit_test(test_exception_in_english), cmocka_unit_test(test_fault),
                                     cmocka_unit_test(test_absent_result), cmocka_unit_test(test_forms)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
