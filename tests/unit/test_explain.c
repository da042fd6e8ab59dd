/* Explanations of small programs: staffing minutes with an exception, roundings, a table cell, a shared operand, absent and faulted records; what the
 * short form folds, tables of elements, sums of products, quotients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "code/verify.h"
#include "support/memory.h"
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
  uint32_t iv =
      build_inst(b, (ppr_inst){text(&t, "Minutenwerte[A1,a]"), rt, PPR_KIND_NUMBER, 0, text(&t, "Minute je Woche"), 0, 0, value, 0, 0, 0, 0});
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
static void assert_explained(int64_t days, int64_t clinic, int64_t exempt, ppr_lang lang, ppr_explain_detail detail, const char *want) {
  world w = make();
  static const uint8_t missing = PPR_FEHLT;
  ppr_column in[INPUTS] = {
      {&days, days < 0 ? &missing : NULL, NULL}, {clinic < 0 ? NULL : &clinic, NULL, NULL}, {exempt < 0 ? NULL : &exempt, NULL, NULL}};
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 0, lang, detail), PPR_OK);
  assert_string_equal(out.data, want);
  buf_fini(&out);
  vm_free(w.vm);
  program_free(w.p);
}

/* 34 days: 34 / 7 = 4,857142857…, rounded 4,86; 4,86 * 207 = 1006,02, rounded 1006. What turns it: 999 minutes are not enough; 4,83 * 207 = 999,81,
 * rounded 1000, are, 4,82 * 207 = 997,74, rounded 998, are not; 33 / 7 = 4,71…, 4,71 * 207 = 974,97. In a day clinic 34 / 5 = 6,8 are enough too. */
static void test_base_rule(void **state) {
  (void)state;
  assert_explained(34, -1, -1, PPR_LANG_DE, PPR_EXPLAIN_FULL,
                   "erfüllt[a] = ja\n"
                   "Probe Proberegelwerk, Fassung 2024-01\n"
                   "\n"
                   "Was erfüllt[a] kippt, wenn alles Übrige bleibt:\n"
                   "  Wert einer Regel        jetzt   kippt bei      Abstand  noch ja bei\n"
                   "  Minuten[A1,a]     1006 Minute  999 Minute    -7 Minute  1000 Minute\n"
                   "  Wochen[A1]         4,86 Woche  4,82 Woche  -0,04 Woche   4,83 Woche\n"
                   "  einzelne Eingabe   jetzt  kippt bei  Abstand  noch ja bei\n"
                   "  Tage[A1]          34 Tag     33 Tag   -1 Tag       34 Tag\n"
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
                   "      nicht angewandt: Ausnahme „Tagesklinik“ (§ 6 Abs. 2 Satz 2), weil die Bedingung nicht erfüllt ist (Tagesklinik = "
                   "nein)\n"
                   "      Tage[A1]    = 34 Tag, Eingabe (§ Anlage 3)\n"
                   "      Tagesklinik = nein, Vorgabewert ohne Angabe\n"
                   "    Minutenwerte[A1,a] = 207 Minute je Woche, Tabelle „Minutenwerte“, Fassung 2023-01, § Anlage 1\n"
                   "  Wochen[A1] = 4,86 Woche, siehe oben\n"
                   "  Mindestminuten = 1000 Minute (§ 16)\n"
                   "  befreit = fehlt, Eingabe\n");
}

/* The same in short: nothing is left out, the operand named twice stands once. */
static void test_base_rule_in_short(void **state) {
  (void)state;
  assert_explained(34, -1, -1, PPR_LANG_DE, PPR_EXPLAIN_SHORT,
                   "erfüllt[a] = ja\n"
                   "Probe Proberegelwerk, Fassung 2024-01\n"
                   "\n"
                   "Was erfüllt[a] kippt, wenn alles Übrige bleibt:\n"
                   "  Wert einer Regel        jetzt   kippt bei      Abstand  noch ja bei\n"
                   "  Minuten[A1,a]     1006 Minute  999 Minute    -7 Minute  1000 Minute\n"
                   "  Wochen[A1]         4,86 Woche  4,82 Woche  -0,04 Woche   4,83 Woche\n"
                   "  einzelne Eingabe   jetzt  kippt bei  Abstand  noch ja bei\n"
                   "  Tage[A1]          34 Tag     33 Tag   -1 Tag       34 Tag\n"
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
                   "      nicht angewandt: Ausnahme „Tagesklinik“ (§ 6 Abs. 2 Satz 2), weil die Bedingung nicht erfüllt ist (Tagesklinik = "
                   "nein)\n"
                   "      Tage[A1]    = 34 Tag, Eingabe (§ Anlage 3)\n"
                   "      Tagesklinik = nein, Vorgabewert ohne Angabe\n"
                   "    Minutenwerte[A1,a] = 207 Minute je Woche, Tabelle „Minutenwerte“, Fassung 2023-01, § Anlage 1\n"
                   "  Wochen[A1] = 4,86 Woche, siehe oben\n"
                   "  Mindestminuten = 1000 Minute (§ 16)\n"
                   "  befreit = fehlt, Eingabe\n");
}

/* 20 days in a day clinic: 20 / 5 = 4 exactly; 4 * 207 = 828. 25 / 5 * 207 = 1035 would be enough, 24 / 5 * 207 = 993,6 not; with befreit there is no
 * answer any more, which is none to the contrary. */
static void test_exception_in_english(void **state) {
  (void)state;
  assert_explained(20, 1, 0, PPR_LANG_EN, PPR_EXPLAIN_FULL,
                   "erfüllt[a] = no\n"
                   "Probe Proberegelwerk, edition 2024-01\n"
                   "\n"
                   "What turns erfüllt[a] while everything else stays:\n"
                   "  value of a rule         now     turns at     distance  still no at\n"
                   "  Minuten[A1,a]    828 Minute  1000 Minute  +172 Minute   999 Minute\n"
                   "  Wochen[A1]       4.00 Woche   4.83 Woche  +0.83 Woche   4.82 Woche\n"
                   "  single input     now  turns at  distance  still no at\n"
                   "  Tage[A1]      20 Tag    25 Tag    +5 Tag       24 Tag\n"
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
  assert_explained(-1, 0, -1, PPR_LANG_DE, PPR_EXPLAIN_SHORT, "Der Datensatz wird nicht gerechnet.\n  PPR5201 Pflichtangabe fehlt: Tage[A1]\n");
  assert_explained(100000, 0, -1, PPR_LANG_EN, PPR_EXPLAIN_FULL,
                   "The record is not evaluated.\n  PPR5202 value outside the allowed range: Tage[A1]\n");
}

static void test_absent_result(void **state) {
  (void)state;
  world w = make();
  static const int64_t days = 34, yes = 1;
  ppr_column in[INPUTS] = {{&days, NULL, NULL}, {NULL, NULL, NULL}, {&yes, NULL, NULL}};
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 0, PPR_LANG_DE, PPR_EXPLAIN_FULL), PPR_OK);
  assert_memory_equal(out.data, "erfüllt[a] = entfällt\n", strlen("erfüllt[a] = entfällt\n"));
  assert_int_equal(explain_output(&out, w.vm, w.p, 0, in, 1, PPR_LANG_DE, PPR_EXPLAIN_SHORT), PPR_MISUSE);
  assert_int_equal(explain_output(&out, w.vm, w.p, 1, in, 0, PPR_LANG_DE, PPR_EXPLAIN_SHORT), PPR_MISUSE);
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
  for (int i = 0; i < N; i++) in[i] = (ppr_column){&v[i], NULL, NULL};
  in[4].states = &absent;
  in[5].values = NULL;
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, vm, p, 0, in, 0, PPR_LANG_DE, PPR_EXPLAIN_FULL), PPR_OK);
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

/* --- the short form --- */

/* The explanation of the only output of a program that is then freed. */
static void assert_told(tiny *t, const ppr_column *in, ppr_lang lang, ppr_explain_detail detail, const char *want) {
  ppr_program *p = build_finish(t->b);
  ppr_report *report = report_new(ppr_alloc_default);
  assert_true(verify_program(p, report));
  report_free(report);
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 1, true, NULL), PPR_OK);
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  assert_int_equal(explain_output(&out, vm, p, 0, in, 0, lang, detail), PPR_OK);
  assert_string_equal(out.data, want);
  buf_fini(&out);
  vm_free(vm);
  program_free(p);
}

static uint32_t rule(tiny *t, const char *name, const char *cite) {
  return build_rule(t->b, (ppr_rule){text(t, name), PPR_RULE_RULE, text(t, cite), 0, 1, 0});
}

static uint32_t input_dep(tiny *t, uint32_t input) { return build_dep(t->b, (ppr_dep){PPR_DEP_INPUT, input, 0}); }
static uint32_t inst_dep(tiny *t, uint32_t inst) { return build_dep(t->b, (ppr_dep){PPR_DEP_INST, inst, 0}); }
static uint32_t const_dep(tiny *t, const char *label) { return build_dep(t->b, (ppr_dep){PPR_DEP_CONST, 0, text(t, label)}); }

/* A number of one base branch. */
static uint32_t number(tiny *t, const char *label, uint32_t rule_row, const char *unit, uint32_t scale, uint32_t reg, const char *formula,
                       uint32_t first_dep, uint32_t deps) {
  uint32_t b = build_branch(t->b, (ppr_branch){0, 0, text(t, formula), 0, PPR_BRANCH_BASE, first_dep, deps, 0, 0});
  return build_inst(t->b, (ppr_inst){text(t, label), rule_row, PPR_KIND_NUMBER, 0, text(t, unit), scale, 0, reg, 0, b, 1, 0});
}

static void number_output(tiny *t, const char *label, uint32_t scale, uint32_t reg, uint32_t inst) {
  build_output(t->b, (ppr_output){.label = text(t, label), .kind = PPR_KIND_NUMBER, .scale = scale, .reg = reg, .inst = inst + 1});
}

/* Four areas: Wochen = Tage / 7 to 2, groß = Tage > 200, überhaupt groß = irgendein groß,
 * Minuten = sum of Wochen * Minutenwert; Ausnahme klein, when none is groß: 0; Ausnahme befreit, when befreit: 0. */
static void areas(tiny *t) {
  static const char *const
      days[] = {"Tage[A1]", "Tage[A2]", "Tage[A3]", "Tage[A4]"},
      *const weeks[] = {"Wochen[A1]", "Wochen[A2]", "Wochen[A3]", "Wochen[A4]"}, *const large[] = {"groß[A1]", "groß[A2]", "groß[A3]", "groß[A4]"},
      *const cells[] = {"Minutenwert[A1,d] = 122 Minute je Woche (§ Anlage 1)", "Minutenwert[A2,d] = 117 Minute je Woche (§ Anlage 1)",
                        "Minutenwert[A3,d] = 176 Minute je Woche (§ Anlage 1)", "Minutenwert[A4,d] = 51 Minute je Woche (§ Anlage 1)"};
  static const int64_t minutes[] = {122, 117, 176, 51};
  *t = tiny_new();
  ppr_builder *b = t->b;
  uint32_t in[4], week[4], big[4], week_inst[4], big_inst[4], seven = tiny_const(t, 7), pairs[8];
  uint32_t rw = rule(t, "Wochen", "§ 6 Abs. 2"), rg = rule(t, "groß", "§ 6 Abs. 4"), ra = rule(t, "überhaupt groß", "§ 6 Abs. 4"),
           rm = rule(t, "Minuten", "§ 6 Abs. 1");
  for (int i = 0; i < 4; i++) {
    in[i] = tiny_input(t, days[i], PPR_KIND_NUMBER, PPR_FIELD_PRESET, 0, 99999, 0);
    t->e->field[in[i]].unit = text(t, "Tag");
    t->e->field[in[i]].cite = text(t, "§ Anlage 3");
    uint32_t d = tiny1(t, PPR_OP_IN_INT, in[i]), num = tiny2(t, PPR_OP_MULK, d, tiny_k(t, 100));
    week[i] = tiny2(t, PPR_OP_DIV, num, seven);
    big[i] = tiny1(t, PPR_OP_NOT, tiny2(t, PPR_OP_LEK, d, tiny_k(t, 200)));
    uint32_t round = build_round(b, (ppr_round){week[i], num, seven, PPR_ROUND_HALF_UP, 2, PPR_T_INT});
    uint32_t bw = build_branch(b, (ppr_branch){0, 0, text(t, "Tage / 7 Tag je Woche"), 0, PPR_BRANCH_BASE, input_dep(t, in[i]), 1, round, 1});
    week_inst[i] = build_inst(b, (ppr_inst){text(t, weeks[i]), rw, PPR_KIND_NUMBER, 0, text(t, "Woche"), 2, 0, week[i], 0, bw, 1, 0});
    uint32_t bg = build_branch(b, (ppr_branch){0, 0, text(t, "Tage > 200 Tag"), 0, PPR_BRANCH_BASE, input_dep(t, in[i]), 1, 0, 0});
    big_inst[i] = build_inst(b, (ppr_inst){text(t, large[i]), rg, PPR_KIND_BOOL, 0, 0, 0, 0, big[i], 0, bg, 1, 0});
    pairs[2 * i] = week[i];
    pairs[2 * i + 1] = tiny_k(t, minutes[i]);
  }
  uint32_t exempt = tiny_input(t, "befreit", PPR_KIND_BOOL, PPR_FIELD_PRESET, 0, 1, 0), no = tiny1(t, PPR_OP_IN_BOOL, exempt);
  uint32_t any = tiny2(t, PPR_OP_ANY, tiny_args(t, big, 4), 4), none = tiny1(t, PPR_OP_NOT, any), zero = tiny_const(t, 0);
  uint32_t dot = tiny3(t, PPR_OP_DOT, tiny_args(t, pairs, 8), 4, tiny_k(t, 0));
  uint32_t sum = tiny3(t, PPR_OP_SEL_INT, none, zero, tiny3(t, PPR_OP_SEL_INT, no, zero, dot));
  uint32_t first = inst_dep(t, big_inst[0]);
  for (int i = 1; i < 4; i++) inst_dep(t, big_inst[i]);
  uint32_t ba = build_branch(b, (ppr_branch){0, 0, text(t, "irgendein Bereich : groß"), 0, PPR_BRANCH_BASE, first, 4, 0, 0});
  uint32_t ia = build_inst(b, (ppr_inst){text(t, "überhaupt groß"), ra, PPR_KIND_BOOL, 0, 0, 0, 0, any, 0, ba, 1, 0});
  uint32_t cond = inst_dep(t, ia), when = input_dep(t, exempt);
  first = const_dep(t, cells[0]);
  inst_dep(t, week_inst[0]);
  for (int i = 1; i < 4; i++) {
    const_dep(t, cells[i]);
    inst_dep(t, week_inst[i]);
  }
  uint32_t bm =
      build_branch(b, (ppr_branch){text(t, "klein"), text(t, "§ 6 Abs. 5"), text(t, "0 Minute"), none + 1, PPR_BRANCH_EXCEPTION, cond, 1, 0, 0});
  build_branch(b, (ppr_branch){text(t, "befreit"), text(t, "§ 6 Abs. 6"), text(t, "0 Minute"), no + 1, PPR_BRANCH_EXCEPTION, when, 1, 0, 0});
  build_branch(b, (ppr_branch){0, 0, text(t, "summe über Bereich : Wochen * Minutenwert"), 0, PPR_BRANCH_BASE, first, 8, 0, 0});
  uint32_t im = build_inst(b, (ppr_inst){text(t, "Minuten[d]"), rm, PPR_KIND_NUMBER, 0, text(t, "Minute"), 2, 0, sum, 0, bm, 3, 0});
  number_output(t, "Minuten[d]", 2, sum, im);
}

/* 1518 / 7 = 216,857…, 216,86 * 122 = 26456,92; 167 / 7 = 23,857…, 23,86 * 117 = 2791,62; together 29248,54 */
static void test_folded(void **state) {
  (void)state;
  tiny t;
  areas(&t);
  static const int64_t days[] = {1518, 167, 0};
  ppr_column in[5] = {{&days[0], NULL, NULL}, {&days[1], NULL, NULL}, {&days[2], NULL, NULL}, {NULL, NULL, NULL}, {NULL, NULL, NULL}};
  assert_told(&t, in, PPR_LANG_DE, PPR_EXPLAIN_SHORT,
              "Minuten[d] = 29248,54\n"
              "Probe Proberegelwerk, Fassung 2024-01\n"
              "\n"
              "Minuten[d] = 29248,54 Minute\n"
              "  Regel „Minuten“, § 6 Abs. 1\n"
              "  angewandt: Grundregel: summe über Bereich : Wochen * Minutenwert\n"
              "  nicht angewandt: Ausnahme „klein“ (§ 6 Abs. 5), weil die Bedingung nicht erfüllt ist (überhaupt groß = ja)\n"
              "  nicht angewandt: Ausnahme „befreit“ (§ 6 Abs. 6), weil die Bedingung nicht erfüllt ist (befreit = nein)\n"
              "               Wochen  ×          Minutenwert\n"
              "  A1     216,86 Woche  ×  122 Minute je Woche  =  26456,92\n"
              "  A2      23,86 Woche  ×  117 Minute je Woche  =   2791,62\n"
              "  Summe                                        =  29248,54\n"
              "  Minutenwert: § Anlage 1\n"
              "  Minutenwert[A3,d; A4,d]: ohne Einfluss (2 Elemente)\n"
              "  Wochen[A1, A2]\n"
              "    Regel „Wochen“, § 6 Abs. 2\n"
              "    = Tage / 7 Tag je Woche\n"
              "              Wochen    vor Rundung      Tage\n"
              "    A1  216,86 Woche  216,85714285…  1518 Tag\n"
              "    A2   23,86 Woche   23,85714285…   167 Tag\n"
              "    Tage: Eingabe (§ Anlage 3)\n"
              "  Wochen[A3, A4] = 0,00 Woche (2 Elemente, ohne Herleitung)\n"
              "  überhaupt groß = ja\n"
              "    Regel „überhaupt groß“, § 6 Abs. 4\n"
              "    = irgendein Bereich : groß\n"
              "    groß[A1] = ja\n"
              "      Regel „groß“, § 6 Abs. 4\n"
              "      = Tage > 200 Tag\n"
              "      Tage[A1] = 1518 Tag, Eingabe (§ Anlage 3)\n"
              "    groß[A2, A3, A4] = nein (3 Elemente, ohne Herleitung)\n"
              "  befreit = nein, Vorgabewert ohne Angabe\n");
}

/* No area is large: every element is a reason; equal elements share a line. */
static void test_all_elements_settle(void **state) {
  (void)state;
  tiny t;
  areas(&t);
  static const int64_t days[] = {150, 0};
  ppr_column in[5] = {{&days[0], NULL, NULL}, {&days[1], NULL, NULL}, {&days[1], NULL, NULL}, {&days[1], NULL, NULL}, {NULL, NULL, NULL}};
  assert_told(&t, in, PPR_LANG_EN, PPR_EXPLAIN_SHORT,
              "Minuten[d] = 0.00\n"
              "Probe Proberegelwerk, edition 2024-01\n"
              "\n"
              "Minuten[d] = 0.00 Minute\n"
              "  rule “Minuten”, § 6 Abs. 1\n"
              "  applied: exception “klein” (§ 6 Abs. 5): 0 Minute\n"
              "  not applied: exception “befreit” (§ 6 Abs. 6), the applied one takes precedence\n"
              "  überhaupt groß = no\n"
              "    rule “überhaupt groß”, § 6 Abs. 4\n"
              "    = irgendein Bereich : groß\n"
              "    groß[A1, A2, A3, A4]\n"
              "      rule “groß”, § 6 Abs. 4\n"
              "      = Tage > 200 Tag\n"
              "                  groß     Tage\n"
              "      A1            no  150 Tag\n"
              "      A2, A3, A4    no    0 Tag\n"
              "      Tage: input (§ Anlage 3)\n");
}

/* Of a choice only the chosen arm; of "und" the first that fails; a zero term in a line; everything in the full form. */
static tiny choice(void) {
  tiny t = tiny_new();
  uint32_t yes = tiny_input(&t, "Pflicht", PPR_KIND_BOOL, 0, 0, 1, 0), x = tiny_input(&t, "x", PPR_KIND_NUMBER, 0, 0, 9, 0),
           y = tiny_input(&t, "y", PPR_KIND_NUMBER, 0, 0, 9, 0);
  uint32_t c = tiny1(&t, PPR_OP_IN_BOOL, yes), a = tiny1(&t, PPR_OP_IN_INT, x), b = tiny1(&t, PPR_OP_IN_INT, y);
  uint32_t doubled = tiny2(&t, PPR_OP_MULK, a, tiny_k(&t, 2)), halved = tiny2(&t, PPR_OP_MULK, b, tiny_k(&t, 5));
  uint32_t chosen = tiny3(&t, PPR_OP_SEL_INT, c, doubled, halved), all = tiny2(&t, PPR_OP_ADD, chosen, halved);
  uint32_t r = rule(&t, "R", "§ 1"), s = rule(&t, "S", "§ 2"), z = rule(&t, "Z", "§ 3");
  uint32_t ix = number(&t, "doppelt", r, "", 0, doubled, "2 * x", input_dep(&t, x), 1);
  uint32_t iy = number(&t, "fünffach", s, "", 0, halved, "5 * y", input_dep(&t, y), 1);
  uint32_t first = input_dep(&t, yes);
  inst_dep(&t, ix);
  input_dep(&t, y);
  uint32_t ic = number(&t, "gewählt", z, "", 0, chosen, "wenn Pflicht dann doppelt sonst 5 * y", first, 3);
  first = inst_dep(&t, ic);
  inst_dep(&t, iy);
  uint32_t ia = number(&t, "Summe", z, "", 0, all, "gewählt + fünffach", first, 2);
  number_output(&t, "Summe", 0, all, ia);
  return t;
}

static void test_choice(void **state) {
  (void)state;
  static const int64_t one = 1, three = 3, zero = 0;
  const ppr_column in[] = {{&one, NULL, NULL}, {&three, NULL, NULL}, {&zero, NULL, NULL}};
  tiny t = choice();
  assert_told(&t, in, PPR_LANG_DE, PPR_EXPLAIN_SHORT,
              "Summe = 6\n"
              "Probe Proberegelwerk, Fassung 2024-01\n"
              "\n"
              "Summe = 6\n"
              "  Regel „Z“, § 3\n"
              "  = gewählt + fünffach\n"
              "  gewählt = 6\n"
              "    Regel „Z“, § 3\n"
              "    = wenn Pflicht dann doppelt sonst 5 * y\n"
              "    Pflicht = ja, Eingabe\n"
              "    doppelt = 6\n"
              "      Regel „R“, § 1\n"
              "      = 2 * x\n"
              "      x = 3, Eingabe\n"
              "  fünffach = 0, Regel „S“, § 2 (trägt nichts bei)\n");
  t = choice();
  assert_told(&t, in, PPR_LANG_DE, PPR_EXPLAIN_FULL,
              "Summe = 6\n"
              "Probe Proberegelwerk, Fassung 2024-01\n"
              "\n"
              "Summe = 6\n"
              "  Regel „Z“, § 3\n"
              "  = gewählt + fünffach\n"
              "  gewählt = 6\n"
              "    Regel „Z“, § 3\n"
              "    = wenn Pflicht dann doppelt sonst 5 * y\n"
              "    Pflicht = ja, Eingabe\n"
              "    doppelt = 6\n"
              "      Regel „R“, § 1\n"
              "      = 2 * x\n"
              "      x = 3, Eingabe\n"
              "    y       = 0, Eingabe\n"
              "  fünffach = 0\n"
              "    Regel „S“, § 2\n"
              "    = 5 * y\n"
              "    y = 0, Eingabe\n");
}

/* 100 / 3 hundredths of one are 33,333333… %; 5 / 2; 200 / 3 hundredths are 0,666666…; nothing by nothing; one that is not there. */
static void test_quotients(void **state) {
  (void)state;
  tiny t = tiny_new();
  static const struct {
    const char *label;
    ppr_kind kind;
    const char *unit;
    int64_t num, den;
    uint32_t scale;
    bool absent;
  } q[] = {{"Anteil", PPR_KIND_PERCENT, "", 100, 3, 0, false},     {"je Woche", PPR_KIND_NUMBER, "Tag je Woche", 5, 2, 0, false},
           {"lang", PPR_KIND_NUMBER, "Stunde", 200, 3, 2, false},  {"minus", PPR_KIND_NUMBER, "", -7, 4, 1, false},
           {"geteilt", PPR_KIND_NUMBER, "Stunde", 7, 0, 0, false}, {"voll", PPR_KIND_PERCENT, "", 800, 8, 0, false},
           {"frei", PPR_KIND_NUMBER, "Stunde", 1, 0, 0, true}};
  enum { N = sizeof q / sizeof *q };
  uint32_t r = rule(&t, "Grad", "§ 7"), insts[N], one = tiny_const(&t, 1);
  for (int i = 0; i < N; i++) {
    uint32_t num = tiny_const(&t, q[i].num), den = tiny_const(&t, q[i].den), gone = tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, PPR_ENTFAELLT));
    insts[i] = build_inst(
        t.b, (ppr_inst){text(&t, q[i].label), r, q[i].kind, 0, text(&t, q[i].unit), q[i].scale, 0, num, q[i].absent ? gone + 1 : 0, 0, 0, den + 1});
  }
  uint32_t first = inst_dep(&t, insts[0]);
  for (int i = 1; i < N; i++) inst_dep(&t, insts[i]);
  number_output(&t, "eins", 0, one, number(&t, "eins", r, "", 0, one, "1", first, N));
  assert_told(&t, NULL, PPR_LANG_DE, PPR_EXPLAIN_FULL,
              "eins = 1\n"
              "Probe Proberegelwerk, Fassung 2024-01\n"
              "\n"
              "eins = 1\n"
              "  Regel „Grad“, § 7\n"
              "  = 1\n"
              "  Anteil = 33,333333… %, Regel „Grad“, § 7\n"
              "  je Woche = 2,5 Tag je Woche, Regel „Grad“, § 7\n"
              "  lang = 0,666666… Stunde, Regel „Grad“, § 7\n"
              "  minus = -0,175, Regel „Grad“, § 7\n"
              "  geteilt = (Division durch null), Regel „Grad“, § 7\n"
              "  voll = 100 %, Regel „Grad“, § 7\n"
              "  frei = entfällt, Regel „Grad“, § 7\n");
}

/* Nine cells of two axes are a matrix; elements of one rule with equal values and nothing else to tell share a head. */
static void test_matrix(void **state) {
  (void)state;
  tiny t = tiny_new();
  static const char *const cells[] = {"Wert[A,x] = 1,50 Stunde (§ 2)", "Wert[A,y] = 2,50 Stunde (§ 2)",  "Wert[A,z] = entfällt (§ 2)",
                                      "Wert[B,x] = 0,00 Stunde (§ 2)", "Wert[B,y] = 10,25 Stunde (§ 2)", "Wert[B,z] = 6,00 Stunde (§ 3)",
                                      "Wert[C,x] = 7,00 Stunde (§ 2)", "Wert[C,y] = 8,00 Stunde (§ 2)",  "Wert[C,z] = 9,00 Stunde (§ 2)",
                                      "Wert[D,x] = 7,00 Stunde (§ 2)", "Wert[D,y] = 8,00 Stunde (§ 2)",  "Wert[D,z] = 9,00 Stunde (§ 2)"};
  static const char *const labels[] = {"Tage[A]", "Tage[B]"};
  uint32_t r = rule(&t, "Rest", "§ 1"), rt = rule(&t, "Tage", "§ 4"), seven = tiny_const(&t, 7), insts[2];
  for (int i = 0; i < 2; i++) insts[i] = number(&t, labels[i], rt, "Tag", 0, seven, "7 Tag", 0, 0);
  uint32_t first = inst_dep(&t, insts[0]);
  inst_dep(&t, insts[1]);
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) const_dep(&t, cells[i]);
  number_output(&t, "Rest", 0, seven, number(&t, "Rest", r, "", 0, seven, "7", first, 14));
  assert_told(&t, NULL, PPR_LANG_DE, PPR_EXPLAIN_SHORT,
              "Rest = 7\n"
              "Probe Proberegelwerk, Fassung 2024-01\n"
              "\n"
              "Rest = 7\n"
              "  Regel „Rest“, § 1\n"
              "  = 7\n"
              "  Tage[A, B] = 7 Tag\n"
              "    Regel „Tage“, § 4\n"
              "    = 7 Tag\n"
              "  Wert: § 2; § 3\n"
              "    Stunde     x      y     z\n"
              "    A       1,50   2,50\n"
              "    B       0,00  10,25  6,00\n"
              "    C, D    7,00   8,00  9,00\n"
              "  Wert[A,z] = entfällt (§ 2)\n");
}

/* Every refused allocation ends in PPR_NOMEM, without leaks; then the text is whole. */
static void test_out_of_memory(void **state) {
  (void)state;
  tiny t;
  areas(&t);
  ppr_program *p = build_finish(t.b);
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 1, true, NULL), PPR_OK);
  static const int64_t days[] = {1518, 167, 0};
  ppr_column in[5] = {{&days[0], NULL, NULL}, {&days[1], NULL, NULL}, {&days[2], NULL, NULL}, {NULL, NULL, NULL}, {NULL, NULL, NULL}};
  for (int detail = PPR_EXPLAIN_SHORT; detail <= PPR_EXPLAIN_FULL; detail++) {
    ppr_status status = PPR_NOMEM;
    for (size_t n = 1; status == PPR_NOMEM; n++) {
      memory m = {.fail_at = n};
      ppr_buf out;
      buf_init(&out, memory_alloc(&m), SIZE_MAX);
      status = explain_output(&out, vm, p, 0, in, 0, PPR_LANG_DE, (ppr_explain_detail)detail);
      assert_true(status == PPR_NOMEM || status == PPR_OK);
      assert_int_equal(status == PPR_OK, m.requests < n);
      buf_fini(&out);
      assert_int_equal(m.bytes, 0);
    }
  }
  vm_free(vm);
  program_free(p);
}

/* A verdict with what turns it, in every form: each request refused once. */
static void test_out_of_memory_in_every_form(void **state) {
  (void)state;
  world w = make();
  static const int64_t days = 34;
  ppr_column in[INPUTS] = {{&days, NULL, NULL}, {NULL, NULL, NULL}, {NULL, NULL, NULL}};
  static const uint32_t output = 0;
  for (int form = PPR_EXPLAIN_TEXT; form <= PPR_EXPLAIN_JSON; form++) {
    ppr_status status = PPR_NOMEM;
    const explain_opts opts = {PPR_LANG_DE, false, (ppr_explain_form)form, "Eins", false};
    for (size_t n = 1; status == PPR_NOMEM; n++) {
      memory m = {.fail_at = n};
      ppr_buf out;
      buf_init(&out, memory_alloc(&m), SIZE_MAX);
      status = explain_letter(&out, w.vm, w.p, 0, in, &output, 1, &opts);
      assert_true(status == PPR_NOMEM || status == PPR_OK);
      assert_int_equal(status == PPR_OK, m.requests < n);
      buf_fini(&out);
      assert_int_equal(m.bytes, 0);
    }
  }
  vm_free(w.vm);
  program_free(w.p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_base_rule),
                                     cmocka_unit_test(test_exception_in_english),
                                     cmocka_unit_test(test_fault),
                                     cmocka_unit_test(test_absent_result),
                                     cmocka_unit_test(test_forms),
                                     cmocka_unit_test(test_base_rule_in_short),
                                     cmocka_unit_test(test_folded),
                                     cmocka_unit_test(test_all_elements_settle),
                                     cmocka_unit_test(test_choice),
                                     cmocka_unit_test(test_quotients),
                                     cmocka_unit_test(test_matrix),
                                     cmocka_unit_test(test_out_of_memory),
                                     cmocka_unit_test(test_out_of_memory_in_every_form)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
