/* From text to program and to results: statuses, several errors, several Fassungen, numbers at the edges of 64 and 128 bits, tests in rule files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/quarter.h"
#include "code/program.h"
#include "ppr/native.h"
#include "support/rules.h"

#define FIELDS(fields) RULES_HEAD RULES_INPUT "  aus \"Haus\"\n" fields
#define SIMPLE FIELDS("    n : Zahl(0) 0..9\n") "regel Ergebnis : Zahl(0) § 1\n  = 2 * n\n" RULES_OUTPUT

/* ---- compiling ---- */

static void test_statuses(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *p = NULL;
  ppr_source_text file = {"t.ppr", SIMPLE, strlen(SIMPLE)};
  assert_int_equal(ppr_compile(NULL, engine, &file, 1, report), PPR_MISUSE);
  assert_int_equal(ppr_compile(&p, NULL, &file, 1, report), PPR_MISUSE);
  assert_int_equal(ppr_compile(&p, engine, &file, 1, NULL), PPR_MISUSE);
  assert_int_equal(ppr_compile(&p, engine, NULL, 1, report), PPR_MISUSE);
  assert_int_equal(ppr_compile(&p, engine, &file, 0, report), PPR_DIAGNOSED);
  assert_null(p);
  ppr_report_free(report);
  report = ppr_report_new();
  assert_int_equal(ppr_compile(&p, engine, &file, 1, report), PPR_OK);
  assert_string_equal(ppr_program_name(p), "Beispiel");
  assert_int_equal(ppr_program_editions(p), 1);
  ppr_program_free(p);
  assert_int_equal(ppr_compile_path(&p, engine, "/does/not/exist.ppr", report), PPR_DIAGNOSED);
  assert_null(p);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

/* The same text, the same bytes. */
static void test_same_bytes(void **state) {
  (void)state;
  rules a = rules_compile(SIMPLE), b = rules_compile(SIMPLE);
  void *x, *y;
  size_t nx, ny;
  assert_int_equal(ppr_program_save(a.program, &x, &nx), PPR_OK);
  assert_int_equal(ppr_program_save(b.program, &y, &ny), PPR_OK);
  assert_int_equal(nx, ny);
  assert_memory_equal(x, y, nx);
  ppr_free(x);
  ppr_free(y);
  rules_free(&a);
  rules_free(&b);
}

/* Errors of every kind of pass appear together and in the order of the text. */
static void test_several_errors(void **state) {
  (void)state;
  rules r = rules_compile(FIELDS("    n : Zahl(0) 9..0\n    m : Zahl(0)\n") "tabelle T je Nichts : Zahl(0) § 1\n  a 1\n"
                                                                            "regel Ergebnis : Zahl(0)\n  = n + x\nregel b : Zahl(0) § 1\n  = n / "
                                                                            "2\nregel c : Zahl(0) § 1\n  = c\n"
                                                                            "test \"t\" § 1\n  gegeben z = 1\n  erwarte b = 1\n" RULES_OUTPUT);
  assert_int_equal(r.status, PPR_DIAGNOSED);
  assert_null(r.program);
  static const char *const codes[] = {"PPR2030", "PPR2029", "PPR2005", "PPR2017", "PPR2001", "PPR2014", "PPR2018", "PPR2001"};
  ppr_diagnostic d;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    assert_int_equal(ppr_report_get(r.report, i, PPR_GERMAN, &d), PPR_OK);
    assert_string_equal(d.code, codes[i]);
  }
  assert_int_equal(ppr_report_count(r.report), sizeof codes / sizeof *codes);
  rules_free(&r);
}

/* The place of a proposal: where it stands and how far it reaches. */
static void test_proposals(void **state) {
  (void)state;
  ppr_diagnostic d;
  rules r = rules_compile(FIELDS("    n : Zahl(0) 0..9\n") "regel Ergebnis : Zahl(0) § 1\n  = n / 2\n" RULES_OUTPUT);
  assert_int_equal(ppr_report_get(r.report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.fix, " gerundet kaufmännisch auf 0");
  assert_int_equal(d.line, 11);
  assert_int_equal(d.column, 5);
  assert_int_equal(d.fix_line, 11);
  assert_int_equal(d.fix_column, 10);
  assert_int_equal(d.fix_end_column, 10);
  rules_free(&r);
  r = rules_compile(FIELDS("    Größe : Zahl(0) 0..9\n") "regel Ergebnis : Zahl(0) § 1\n  = Grösse\n" RULES_OUTPUT);
  assert_int_equal(ppr_report_get(r.report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.fix, "Größe");
  assert_int_equal(d.fix_column, 5);
  assert_int_equal(d.fix_end_column, 11); /* in characters */
  rules_free(&r);
}

/* ---- evaluating ---- */

typedef struct run {
  ppr_evaluator *evaluator;
  const ppr_program *program;
  ppr_column in[16];
  int64_t values[16][4];
  size_t inputs;
  int64_t out[8][4];
  uint8_t states[8][4];
  ppr_fault faults[4];
} run;

static void run_start(run *t, const ppr_program *p) {
  memset(t, 0, sizeof *t);
  ppr_edition_info e;
  assert_int_equal(ppr_program_edition(p, 0, &e), PPR_OK);
  t->program = p;
  t->inputs = e.inputs;
  assert_in_range(e.inputs, 0, 15);
  assert_in_range(e.outputs, 0, 7);
  assert_int_equal(ppr_evaluator_new(&t->evaluator, p, 0, NULL), PPR_OK);
}

static void run_set(run *t, const char *name, const int64_t values[4]) {
  int at = ppr_program_find_input(t->program, 0, name);
  assert_true(at >= 0);
  memcpy(t->values[at], values, sizeof t->values[at]);
  t->in[at].values = t->values[at];
}

static void run_eval(run *t) {
  ppr_result out[8];
  run_set(t, "Jahr", (int64_t[]){2024, 2024, 2024, 2024});
  run_set(t, "Quartal", (int64_t[]){1, 1, 1, 1});
  int64_t q = quarter_of(2024, 1);
  run_set(t, "Berichtsquartal", (int64_t[]){q, q, q, q});
  for (int i = 0; i < 8; i++) out[i] = (ppr_result){t->out[i], t->states[i], NULL};
  assert_int_equal(ppr_evaluator_eval(t->evaluator, t->in, 4, out, t->faults), PPR_OK);
}

static int output(const run *t, const char *name) {
  int at = ppr_program_find_output(t->program, 0, name);
  assert_true(at >= 0);
  return at;
}

#define BIG INT64_C(999999999999999999) /* 10^18 - 1, the largest bound that can be written */
#define WIDE_FIELDS                                                                                                                                  \
  "    X : Zahl(0) -999999999999999999..999999999999999999\n    Y : Zahl(0) -999999999999999999..999999999999999999\n    Z : Zahl(0) "               \
  "1..999999999999999999\n"

/* Products of two fields of 18 digits need 120 bits; the results are exact at the edges of the ranges. */
static void test_wide_edges(void **state) {
  (void)state;
  rules r = rules_compile(FIELDS(WIDE_FIELDS) "regel Quotient : Zahl(0) § 1\n  = X * Y / Z gerundet kaufmännisch auf 0\n"
                                              "regel größer : ja/nein § 1\n  = X * Y > Z * 3\n"
                                              "regel Rest : Zahl(0) § 1\n  = X * Y - Z * Z\n"
                                              "ausgabe \"E\"\n  spalte \"q\" = Quotient\n  spalte \"g\" = größer\n  spalte \"r\" = Rest\n");
  assert_int_equal(r.status, PPR_OK);
  run t;
  run_start(&t, r.program);
  run_set(&t, "X", (int64_t[]){BIG, -BIG, BIG, -BIG});
  run_set(&t, "Y", (int64_t[]){BIG, BIG, 3, 3});
  run_set(&t, "Z", (int64_t[]){BIG, BIG, BIG, 2});
  run_eval(&t);
  int q = output(&t, "Quotient"), g = output(&t, "größer"), rest = output(&t, "Rest");
  assert_int_equal(t.faults[0].code, 0);
  assert_int_equal(t.out[q][0], BIG);
  assert_int_equal(t.out[g][0], 1);
  assert_int_equal(t.out[rest][0], 0);
  /* (10^18 - 1)^2 twice: the difference is no number of 64 bits, and only this record is refused */
  assert_int_equal(t.faults[1].code, 5203);
  assert_int_equal(t.out[q][2], 3);
  assert_int_equal(t.out[g][2], 0);         /* 3 (10^18 - 1) on both sides */
  assert_int_equal(t.faults[2].code, 5203); /* 3 (10^18 - 1) - (10^18 - 1)^2 */
  assert_int_equal(t.faults[3].code, 0);
  assert_int_equal(t.out[q][3], -INT64_C(1499999999999999999)); /* -1499999999999999998,5 away from zero */
  assert_int_equal(t.out[g][3], 0);
  assert_int_equal(t.out[rest][3], -INT64_C(2999999999999999997) - 4);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
}

/* The last number 64 bits hold, and the next. */
static void test_storage_edges(void **state) {
  (void)state;
  rules r = rules_compile(FIELDS(WIDE_FIELDS) "regel Summe : Zahl(0) § 1\n  = 9 * X + Y\nregel Produkt : Zahl(0) § 1\n  = X * Y\n"
                                              "ausgabe \"E\"\n  spalte \"s\" = Summe\n  spalte \"p\" = Produkt\n");
  assert_int_equal(r.status, PPR_OK);
  run t;
  run_start(&t, r.program);
  /* 9 (10^18 - 1) + 223372036854775816 = 9223372036854775807 */
  run_set(&t, "X", (int64_t[]){BIG, BIG, -BIG, -BIG});
  run_set(&t, "Y", (int64_t[]){INT64_C(223372036854775816), INT64_C(223372036854775817), -INT64_C(223372036854775817), -INT64_C(223372036854775818)});
  run_set(&t, "Z", (int64_t[]){1, 1, 1, 1});
  run_eval(&t);
  int s = output(&t, "Summe");
  for (int i = 0; i < 4; i++) assert_int_equal(t.faults[i].code, 5203); /* the product does not fit in any of them */
  (void)s;
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
  r = rules_compile(FIELDS(WIDE_FIELDS) "regel Summe : Zahl(0) § 1\n  = 9 * X + Y\nausgabe \"E\"\n  spalte \"s\" = Summe\n");
  run_start(&t, r.program);
  run_set(&t, "X", (int64_t[]){BIG, BIG, -BIG, -BIG});
  run_set(&t, "Y", (int64_t[]){INT64_C(223372036854775816), INT64_C(223372036854775817), -INT64_C(223372036854775817), -INT64_C(223372036854775818)});
  run_set(&t, "Z", (int64_t[]){1, 1, 1, 1});
  run_eval(&t);
  s = output(&t, "Summe");
  assert_int_equal(t.faults[0].code, 0);
  assert_true(t.out[s][0] == INT64_MAX);
  assert_int_equal(t.faults[1].code, 5203);
  assert_int_equal(t.faults[2].code, 0);
  assert_true(t.out[s][2] == INT64_MIN);
  assert_int_equal(t.faults[3].code, 5203);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
  /* 3037000499^2 = 9223372030926249001 and 3037000500^2 = 9223372037000250000 lie on either side of 2^63 */
  r = rules_compile(FIELDS(WIDE_FIELDS) "regel Produkt : Zahl(0) § 1\n  = X * Y\nausgabe \"E\"\n  spalte \"p\" = Produkt\n");
  run_start(&t, r.program);
  run_set(&t, "X", (int64_t[]){3037000499, 3037000500, -3037000499, 0});
  run_set(&t, "Y", (int64_t[]){3037000499, 3037000500, 3037000499, BIG});
  run_set(&t, "Z", (int64_t[]){1, 1, 1, 1});
  run_eval(&t);
  int p = output(&t, "Produkt");
  assert_int_equal(t.out[p][0], INT64_C(9223372030926249001));
  assert_int_equal(t.faults[1].code, 5203);
  assert_int_equal(t.out[p][2], -INT64_C(9223372030926249001));
  assert_int_equal(t.out[p][3], 0);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
}

/* Intermediate values beyond 128 bits are a fault of the record that needs them. */
static void test_beyond_wide(void **state) {
  (void)state;
  rules r = rules_compile(FIELDS(WIDE_FIELDS) "regel Ergebnis : ja/nein § 1\n  = X * X * X > Y\n" RULES_OUTPUT);
  assert_int_equal(r.status, PPR_OK);
  run t;
  run_start(&t, r.program);
  /* 5541191377756^3 is just below 2^127 = 1,7014 * 10^38, 5541191377757^3 is not */
  run_set(&t, "X", (int64_t[]){INT64_C(5541191377756), INT64_C(5541191377757), BIG, -BIG});
  run_set(&t, "Y", (int64_t[]){0, 0, 0, 0});
  run_set(&t, "Z", (int64_t[]){1, 1, 1, 1});
  run_eval(&t);
  assert_int_equal(t.faults[0].code, 0);
  assert_int_equal(t.out[0][0], 1);
  for (int i = 1; i < 4; i++) assert_int_equal(t.faults[i].code, 5203);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
}

/* What is proved to fit has no 128-bit instruction, and the listing says so. */
static void test_listing_marks(void **state) {
  (void)state;
  char *text = NULL;
  rules r =
      rules_compile(FIELDS("    X : Zahl(0) 0..999999999\n    Y : Zahl(0) 0..999999999\n") "regel Ergebnis : Zahl(0) § 1\n  = X * Y\n" RULES_OUTPUT);
  assert_int_equal(ppr_program_listing(r.program, 0, &text), PPR_OK);
  assert_non_null(strstr(text, "64 Bit bewiesen"));
  assert_null(strstr(text, "wide"));
  ppr_free(text);
  rules_free(&r);
  r = rules_compile(FIELDS(WIDE_FIELDS) "regel Ergebnis : Zahl(0) § 1\n  = X * Y / Z gerundet kaufmännisch auf 0\n" RULES_OUTPUT);
  assert_int_equal(ppr_program_listing(r.program, 0, &text), PPR_OK);
  assert_non_null(strstr(text, "wide"));
  ppr_free(text);
  rules_free(&r);
}

/* A fault counts although the result it stands in is known beforehand, and not where a condition keeps it away. */
static void test_faults_are_kept(void **state) {
  (void)state;
  rules r = rules_compile(FIELDS(
      "    n : Zahl(0) 0..9\n") "regel eins : ja/nein § 1\n  = n / n >= 0\nregel zwei : Zahl(0) § 1\n  = 0 * (7 / n) gerundet kaufmännisch auf 0\n"
                                "ausgabe \"E\"\n  spalte \"a\" = eins\n  spalte \"b\" = zwei\n");
  run t;
  run_start(&t, r.program);
  run_set(&t, "n", (int64_t[]){0, 1, 9, 0});
  run_eval(&t);
  assert_int_equal(t.faults[0].code, 5204);
  assert_int_equal(t.faults[1].code, 0);
  assert_int_equal(t.out[output(&t, "eins")][1], 1);
  assert_int_equal(t.out[output(&t, "zwei")][2], 0);
  assert_int_equal(t.faults[3].code, 5204);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
  r = rules_compile(FIELDS("    n : Zahl(0) 0..9\n") "regel Ergebnis : ja/nein § 1\n  = n > 0 und 7 / n > 2\n" RULES_OUTPUT);
  run_start(&t, r.program);
  run_set(&t, "n", (int64_t[]){0, 1, 9, 3});
  run_eval(&t);
  for (int i = 0; i < 4; i++) assert_int_equal(t.faults[i].code, 0);
  assert_int_equal(t.out[0][0], 0);
  assert_int_equal(t.out[0][1], 1);
  assert_int_equal(t.out[0][2], 0);
  assert_int_equal(t.out[0][3], 1);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
}

static int same(int64_t *out, int64_t n) {
  *out = n;
  return n == 7;
}

/* A function that leaves the range it promised is a fault of the record, like one that fails. */
static void test_functions_of_the_host(void **state) {
  (void)state;
  static const char text[] = FIELDS("    n : Zahl(0) 0..9\n") "regel Ergebnis : ja/nein § 1\n  = gleich(n) <= 5\n" RULES_OUTPUT;
  ppr_native native = {"gleich", "Zahl(0)(Zahl(0))", (ppr_native_fn)same, "", "", "", 0, 5};
  ppr_source_text file = {"t.ppr", text, sizeof text - 1};
  rules r = {ppr_engine_new(), ppr_report_new(), NULL, PPR_OK};
  assert_int_equal(ppr_engine_register(r.engine, &native), PPR_OK);
  assert_int_equal(ppr_compile(&r.program, r.engine, &file, 1, r.report), PPR_OK);
  run t;
  run_start(&t, r.program);
  run_set(&t, "n", (int64_t[]){5, 6, 7, 0});
  run_eval(&t);
  assert_int_equal(t.faults[0].code, 0);
  assert_int_equal(t.out[0][0], 1); /* known beforehand, and the function is called all the same */
  assert_int_equal(t.faults[1].code, 5205);
  assert_int_equal(t.faults[2].code, 5205);
  assert_int_equal(t.faults[3].code, 0);
  ppr_evaluator_free(t.evaluator);
  rules_free(&r);
}

/* ---- tests in rule files ---- */

typedef struct tally {
  int passed, failed;
  char last[512];
} tally;

static void count(const ppr_test_result *result, void *ctx) {
  tally *t = ctx;
  if (result->passed) t->passed++;
  else t->failed++;
  snprintf(t->last, sizeof t->last, "%s|%s|%u|%s", result->edition, result->title, result->line, result->details);
}

static ppr_status test_file(const char *text, tally *t, ppr_report *report) {
  char path[] = "/tmp/ppr-test-compile-XXXXXX";
  int file = mkstemp(path);
  assert_true(file >= 0);
  assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
  close(file);
  ppr_engine *engine = ppr_engine_new();
  memset(t, 0, sizeof *t);
  ppr_status status = ppr_test_path(engine, path, PPR_GERMAN, report, count, t);
  ppr_engine_free(engine);
  unlink(path);
  return status;
}

static void test_tests(void **state) {
  (void)state;
  tally t;
  ppr_report *report = ppr_report_new();
  assert_int_equal(test_file(SIMPLE "test \"richtig\" § 1\n  gegeben n = 4\n  erwarte Ergebnis = 8\n", &t, report), PPR_OK);
  assert_int_equal(t.passed, 1);
  assert_string_equal(t.last, "2024-01|richtig|14|");
  assert_int_equal(test_file(SIMPLE "test \"falsch\" § 1\n  gegeben n = 4\n  erwarte Ergebnis = 9\n", &t, report), PPR_OK);
  assert_int_equal(t.failed, 1);
  assert_string_equal(t.last, "2024-01|falsch|14|Ergebnis: erwartet 9, ist 8\n");
  /* a given rule stands in place of the rule; a required value that is missing refuses the record */
  assert_int_equal(
      test_file(FIELDS("    n : Zahl(0) 0..9\n") "regel Mitte : Zahl(0) § 1\n  = n\nregel Ergebnis : Zahl(0) § 1\n  = 2 * Mitte\n" RULES_OUTPUT
                                                 "test \"gegeben\" § 1\n  gegeben Mitte = 50\n  erwarte Ergebnis = 100\n"
                                                 "test \"fehlt\" § 1\n  erwarte Ergebnis = Fehler \"PPR5201\"\n",
                &t, report),
      PPR_OK);
  assert_int_equal(t.passed, 2);
  assert_int_equal(ppr_report_count(report), 0);
  /* what is no number of its own can be neither given nor expected */
  assert_int_equal(test_file(FIELDS("    n : Zahl(0) 0..9\n") "regel Hälfte : Bruch § 1\n  = n / 2\nregel Ergebnis : Zahl(0) § 1\n  = Hälfte "
                                                              "gerundet kaufmännisch auf 0\n" RULES_OUTPUT
                                                              "test \"Bruch\" § 1\n  gegeben Hälfte = 3\n  erwarte Ergebnis = 3\n",
                             &t, report),
                   PPR_DIAGNOSED);
  assert_int_equal(t.passed + t.failed, 0);
  ppr_report_free(report);
}

/* An element that a test does not ask for takes no part: neither what it lacks nor its faults. */
static void test_slices(void **state) {
  (void)state;
  tally t;
  ppr_report *report = ppr_report_new();
  ppr_status status = test_file(
      RULES_HEAD "aufzählung Art § 3\n  x, y\n" RULES_INPUT "  aus \"Arten\" je Art spalte \"Art\"\n    n : Zahl(0) 0..9\n    dabei : ja/nein\n"
                 "regel Ergebnis je Art : Zahl(0) § 1\n  = 8 / n gerundet kaufmännisch auf 0\n"
                 "regel Kleinstes je Art : Zahl(0) § 1\n  = kleinste über Art als z mit dabei[z] und z = Art : n[z]\n"
                 "ausgabe \"E\" je Art\n  spalte \"e\" = Ergebnis\n  spalte \"k\" = Kleinstes\n"
                 "test \"nur x\" § 1\n  gegeben n[x] = 2; n[y] = 0\n  erwarte Ergebnis[x] = 4\n"
                 "test \"nur y\" § 1\n  gegeben n[y] = 0\n  erwarte Ergebnis[y] = Fehler \"PPR5204\"\n"
                 "test \"x ist dabei\" § 1\n  gegeben n[x] = 2; dabei[x] = ja; dabei[y] = nein\n  erwarte Kleinstes[x] = 2\n"
                 "test \"y ist es nicht\" § 1\n  gegeben n[y] = 2; dabei[x] = ja; dabei[y] = nein\n  erwarte Kleinstes[y] = Fehler \"PPR5207\"\n",
      &t, report);
  if (t.failed) print_error("%s\n", t.last);
  assert_int_equal(status, PPR_OK);
  assert_int_equal(t.passed, 4);
  ppr_report_free(report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_statuses),        cmocka_unit_test(test_same_bytes),
      cmocka_unit_test(test_several_errors),  cmocka_unit_test(test_proposals),
      cmocka_unit_test(test_wide_edges),      cmocka_unit_test(test_storage_edges),
      cmocka_unit_test(test_beyond_wide),     cmocka_unit_test(test_listing_marks),
      cmocka_unit_test(test_faults_are_kept), cmocka_unit_test(test_functions_of_the_host),
      cmocka_unit_test(test_tests),           cmocka_unit_test(test_slices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
