/* Case tables and coverage: goals and what reaches them counted by hand on a small text, the notation of cells, places of errors, memory running out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine.h"
#include "support/memory.h"
#include "support/rules.h"
#include <sys/stat.h>

/* Goals: elements verlangt 2, erfüllt 2, verletzt, zu zahlen, Schwelle, Abschlag = 8; branches: base rules 4, the exception applied and not = 6; the
 * choice 2; cells 2; steps 2 + 2; boundaries: the comparison 2, the beginning of the second entry of Schwelle 2, of Abschlag 2. 28 in all. */
#define KLEIN                                                                                                                                        \
  RULES_HEAD                                                                                                                                         \
  "einheit Stunde, Euro\naufzählung Berufsgruppe § 5\n  a, b = \"Pflege\"\n" RULES_INPUT                                                             \
  "  aus \"Haus\"\n    Tagesklinik : ja/nein\n  aus \"Stunden\" je Berufsgruppe spalte \"Berufsgruppe\"\n"                                           \
  "    Soll : Stunde(0) 0..9999\n    Ist : Stunde(2) 0..9999\n"                                                                                      \
  "tabelle Faktor je Berufsgruppe : Zahl(1) § 1\n  a 1\n  b 1,5\n"                                                                                  \
  "zeitreihe Schwelle : Prozent(0) § 16\n  ab 01.01.2024 : 90 %\n  ab 01.01.2027 : 95 %\n"                                                          \
  "regel verlangt je Berufsgruppe : Stunde(0) § 6\n  = Soll * Faktor gerundet kaufmännisch auf 0\n"                                                \
  "  ausnahme Tagesklinik § 6\n    wenn Tagesklinik\n    = Soll\n"                                                                                  \
  "regel erfüllt je Berufsgruppe : ja/nein § 7\n  = Ist >= Schwelle * verlangt\n"                                                                  \
  "regel verletzt : Zahl(0) § 13\n  = anzahl Berufsgruppe mit nicht erfüllt\n"                                                                     \
  "staffel Abschlag nach verletzt : Euro(0) § 13\n  0 : 0\n  ab 1 : 200\n"                                                                          \
  "regel Ergebnis : Euro(0) § 13\n  = wenn Tagesklinik dann 0 Euro sonst Abschlag\n" RULES_OUTPUT

/* Asks for erfüllt[a], verlangt[a], Schwelle; applies the base rules of erfüllt and verlangt, not the exception; the cell of a; the entry of 2024,
 * and its side of the boundary of 2027; the comparison is true. 3 + 3 + 1 + 1 + 2 = 10. */
#define TEST_A "test \"t\" § 1\n  gegeben Soll[a] = 100; Ist[a] = 90; Tagesklinik = nein; Berichtsquartal = 2024-Q1\n  erwarte erfüllt[a] = ja\n"

typedef struct ran {
  ppr_engine *engine;
  ppr_report *report;
  ppr_coverage *coverage;
  ppr_status status;
  size_t passed, failed;
  char said[4096], explained[4096];
  uint32_t line;
} ran;

static void take(const ppr_test_result *r, void *ctx) {
  ran *x = ctx;
  if (r->passed) x->passed++;
  else {
    x->failed++;
    x->line = r->line;
    snprintf(x->said, sizeof x->said, "%s", r->details);
    snprintf(x->explained, sizeof x->explained, "%s", r->explanation);
  }
}

static void write_file(const char *path, const char *text) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_true(fputs(text, f) >= 0);
  assert_int_equal(fclose(f), 0);
}

/* The text as a file, and a table beside it unless it is NULL; m: the memory of the engine, NULL: the usual. */
static ran run_with(const char *text, const char *table, memory *m) {
  char folder[] = "/tmp/ppr-cover-XXXXXX", path[64], cases[64], file[80];
  ran x = {.engine = ppr_engine_new(), .report = ppr_report_new()};
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/t.ppr", folder);
  snprintf(cases, sizeof cases, "%s/faelle", folder);
  snprintf(file, sizeof file, "%s/t.csv", cases);
  write_file(path, text);
  if (table) {
    assert_int_equal(mkdir(cases, 0777), 0);
    write_file(file, table);
  }
  ppr_test_opts opts = PPR_TEST_OPTS_INIT;
  opts.explain = 1;
  ppr_alloc usual = x.engine->alloc;
  if (m) x.engine->alloc = memory_alloc(m);
  x.status = ppr_test(x.engine, path, &opts, x.report, take, &x, &x.coverage);
  x.engine->alloc = usual;
  unlink(file);
  rmdir(cases);
  unlink(path);
  rmdir(folder);
  return x;
}

static ran run(const char *text, const char *table) { return run_with(text, table, NULL); }

static void end(ran *x) {
  ppr_coverage_free(x->coverage);
  ppr_report_free(x->report);
  ppr_engine_free(x->engine);
}

static const ppr_cover_item *item(const ran *x, ppr_cover_kind kind, const char *what) {
  for (size_t i = 0; i < x->coverage->n_items; i++)
    if (x->coverage->items[i].kind == kind && strcmp(x->coverage->items[i].what, what) == 0) return &x->coverage->items[i];
  fail_msg("no goal %s", what);
  return NULL;
}

static int says(const ran *x, const char *code, const char *words, uint32_t line, uint32_t column) {
  ppr_diagnostic d;
  for (size_t i = 0; ppr_report_get(x->report, i, PPR_GERMAN, &d) == PPR_OK; i++)
    if (strcmp(d.code, code) == 0 && strstr(d.message, words) && d.line == line && d.column == column) return 1;
  return 0;
}

static void test_hand_counted(void **state) {
  (void)state;
  ran none = run(KLEIN, NULL), one = run(KLEIN TEST_A, NULL);
  assert_int_equal(none.status, PPR_OK);
  assert_int_equal(none.coverage->goals, 28);
  assert_int_equal(none.coverage->reached, 0);
  assert_int_equal(one.status, PPR_OK);
  assert_int_equal(one.passed, 1);
  assert_int_equal(one.coverage->goals, 28);
  assert_int_equal(one.coverage->reached, 10);
  assert_int_equal(item(&one, PPR_COVER_ELEMENT, "erfüllt[a]")->reached, PPR_COVER_YES);
  assert_int_equal(item(&one, PPR_COVER_ELEMENT, "erfüllt[b]")->reached, 0);
  assert_int_equal(item(&one, PPR_COVER_ELEMENT, "verletzt")->reached, 0);
  assert_int_equal(item(&one, PPR_COVER_BRANCH, "Ausnahme „Tagesklinik“")->goals, PPR_COVER_YES | PPR_COVER_NO);
  assert_int_equal(item(&one, PPR_COVER_BRANCH, "Ausnahme „Tagesklinik“")->reached, PPR_COVER_NO);
  assert_int_equal(item(&one, PPR_COVER_CELL, "Faktor[a]")->reached, PPR_COVER_YES);
  assert_int_equal(item(&one, PPR_COVER_CELL, "Faktor[b]")->reached, 0);
  const ppr_cover_item *b = item(&one, PPR_COVER_BOUNDARY, "Ist >= Schwelle * verlangt");
  assert_int_equal(b->reached, PPR_COVER_YES);
  assert_true(b->equal);
  assert_null(b->below);
  assert_null(b->above);
  b = item(&one, PPR_COVER_BOUNDARY, "Beginn von „ab 01.01.2027 : 95 %“"); /* 2024-Q1 is twelve quarters before */
  assert_int_equal(b->reached, PPR_COVER_NO);
  assert_string_equal(b->below, "12 Quartale");
  end(&none);
  end(&one);
}

/* Rows add what they ask for: b of the first the cell and the exception not applied, 0,01 below 90 % of 300 = 270; the choice for Abschlag, whose
 * entry from 1 on and its boundary from above. The second row the exception, the other arm; with `Tagesklinik` nothing asks for Abschlag. */
static void test_rows(void **state) {
  (void)state;
  ran x = run(KLEIN TEST_A,
              "Fall;Fundstelle;Berichtsquartal;Tagesklinik;Soll;Soll[b];Ist;Ist[b];erwarte verlangt[b];erwarte erfüllt[b];erwarte Ergebnis\n"
              "eins;§ 7;2024-Q1;nein;100;200;100;269,99;300;nein;200\n"
              ";;;;;;;;;;\n"
              "zwei;§ 6;2026-Q4;ja;100;200;100;180,00;200;ja;0\n");
  assert_int_equal(x.status, PPR_OK);
  assert_int_equal(x.passed, 3);
  assert_int_equal(x.failed, 0);
  assert_int_equal(x.coverage->reached, 24);
  const ppr_cover_item *b = item(&x, PPR_COVER_BOUNDARY, "Ist >= Schwelle * verlangt");
  assert_int_equal(b->reached, PPR_COVER_YES | PPR_COVER_NO);
  assert_string_equal(b->below, "0,01 Stunde");
  assert_string_equal(b->above, "10 Stunde"); /* 100 against 90 */
  assert_string_equal(item(&x, PPR_COVER_BOUNDARY, "Beginn von „ab 01.01.2027 : 95 %“")->below, "1 Quartal");
  assert_int_equal(item(&x, PPR_COVER_STEP, "0 : 0")->reached, 0);
  assert_int_equal(item(&x, PPR_COVER_STEP, "ab 1 : 200")->reached, PPR_COVER_YES);
  end(&x);
}

/* What a product takes times zero does not matter, nor what stands behind a settled `und`, nor a present cell a state test asks about. */
static void test_what_does_not_matter(void **state) {
  (void)state;
  static const char text[] = RULES_HEAD "aufzählung Art § 1\n  p, q, r\n" RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 0..9\n    m : Zahl(0) 0..9\n"
                                        "tabelle T je Art : Zahl(0) oder entfällt § 1\n  p 2\n  q 3\n  r entfällt\n"
                                        "regel teuer : Zahl(0) § 1\n  = 7 * m\n"
                                        "regel Ergebnis : Zahl(0) § 1\n  = summe über Art mit T vorhanden : T * (wenn Art ist p dann n sonst m)\n"
                                        "regel Ja : ja/nein § 1\n  = n > 0 und teuer > 6\n"
                                        "ausgabe \"Ergebnis\"\n  spalte \"Ergebnis\" = Ergebnis\n  spalte \"Ja\" = Ja\n"
                                        "test \"t\" § 1\n  gegeben n = 0; m = 1\n  erwarte Ergebnis = 3; Ja = nein\n";
  ran x = run(text, NULL);
  assert_int_equal(x.status, PPR_OK);
  assert_int_equal(x.passed, 1);
  assert_int_equal(item(&x, PPR_COVER_CELL, "T[p]")->reached, 0);
  assert_int_equal(item(&x, PPR_COVER_CELL, "T[q]")->reached, PPR_COVER_YES);
  assert_int_equal(item(&x, PPR_COVER_CELL, "T[r]")->reached, PPR_COVER_YES);
  assert_int_equal(item(&x, PPR_COVER_ELEMENT, "teuer")->reached, 0);
  assert_int_equal(item(&x, PPR_COVER_BOUNDARY, "n > 0")->reached, PPR_COVER_NO);
  assert_int_equal(item(&x, PPR_COVER_BOUNDARY, "teuer > 6")->reached, 0);
  assert_int_equal(item(&x, PPR_COVER_CHOICE, "(wenn Art ist p dann n sonst m)")->reached, PPR_COVER_YES | PPR_COVER_NO); /* of p it is the zero */
  end(&x);
}

/* Natives are called although inputs that nothing asks for, here the keys, are not given: 82 nights are 0,8 below 90 % of 92. */
static void test_absent_inputs(void **state) {
  (void)state;
  ran x = run(RULES_HEAD "einheit Tag\n" RULES_INPUT "  aus \"Haus\"\n    n : Tag(0) 0..99 optional\n    m : Tag(0) 0..99\n"
                         "regel durch null : Tag(0) § 1\n  = 9 Tag / m * 1 Tag gerundet kaufmännisch auf 0\n"
                         "regel genug : ja/nein oder fehlt § 1\n  = wenn n vorhanden dann n > 90 % * nächte(Berichtsquartal) sonst fehlt\n"
                         "regel Ergebnis : ja/nein oder fehlt § 1\n  = wenn durch null > 1 Tag dann ja sonst genug\n" RULES_OUTPUT
                         "test \"t\" § 1\n  gegeben n = 82; Berichtsquartal = 2024-Q4\n  erwarte genug = nein\n",
              NULL);
  assert_int_equal(x.status, PPR_OK);
  assert_int_equal(x.passed, 1);
  const ppr_cover_item *b = item(&x, PPR_COVER_BOUNDARY, "n > 90 % * nächte(Berichtsquartal)");
  assert_int_equal(b->reached, PPR_COVER_NO);
  assert_string_equal(b->below, "0,8 Tag");
  end(&x);
}

/* What the compiler decides for every element is no goal. */
static void test_impossible(void **state) {
  (void)state;
  ran x = run(RULES_HEAD RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 1..9\n"
                                     "regel Ergebnis : Zahl(0) § 1\n  = wenn n > 0 dann 1 sonst 2\n" RULES_OUTPUT,
              NULL);
  assert_int_equal(x.coverage->goals, 4); /* element, base rule, true, dann */
  assert_int_equal(item(&x, PPR_COVER_BOUNDARY, "n > 0")->goals, PPR_COVER_YES);
  end(&x);
}

/* Codes and names of members, percent with and without sign, absent values, faults, blanks. */
static void test_cells(void **state) {
  (void)state;
  static const char text[] =
      RULES_HEAD "aufzählung Art § 1\n  p = \"29\", q = \"30\"\n" RULES_INPUT
                 "  aus \"Haus\"\n    n : Zahl(0) 0..9\n    d : Datum 01.01.2020..31.12.2099 optional\n    w : Art\n"
                 "regel Grad : Prozent(2) oder entfällt § 1\n  = wenn n = 0 dann entfällt sonst 1 / n in Prozent gerundet kaufmännisch auf 2\n"
                 "regel Gross : Zahl(0) § 1\n  = 9 / n gerundet kaufmännisch auf 0\n"
                 "regel Welche : Art § 1\n  = w\n"
                 "regel Ergebnis : Datum oder fehlt § 1\n  = d\n"
                 "ausgabe \"Ergebnis\"\n  spalte \"Ergebnis\" = Ergebnis\n  spalte \"g\" = Grad\n  spalte \"h\" = Gross\n  spalte \"w\" = Welche\n";
  ran x = run(text, "Fall;n;d;w;erwarte Grad;erwarte Ergebnis;erwarte Gross;erwarte Welche\n"
                    "Code;4; 01.02.2024 ;29;25,00;01.02.2024;2;p\n"
                    "Name;4;;q;25 %;fehlt;;30\n"
                    "\"mit ; darin\";0;;;entfällt;;;\n"
                    "Rechenfehler;0;;;;;Fehler PPR5204;\n");
  assert_int_equal(x.status, PPR_OK);
  assert_int_equal(x.passed, 4);
  assert_int_equal(x.failed, 0);
  end(&x);
}

/* The first difference in the order of the rules is explained, not the first of the row. */
static void test_difference(void **state) {
  (void)state;
  ran x = run(KLEIN, "Fall;Berichtsquartal;Tagesklinik;Soll;Ist;erwarte Ergebnis;erwarte verlangt\n"
                     "falsch;2024-Q1;nein;100;135;1;150\n");
  assert_int_equal(x.status, PPR_OK);
  assert_int_equal(x.failed, 1);
  assert_int_equal(x.line, 2);
  /* a: 100 * 1 = 100, not 150; b: 150; 135 is 90 % of 150: nothing to pay */
  assert_string_equal(x.said, "Spalte 6 „erwarte Ergebnis“: erwartet 1 Euro, ist 0 Euro\n"
                              "Spalte 7 „erwarte verlangt“: verlangt[a]: erwartet 150 Stunde, ist 100 Stunde\n");
  assert_non_null(strstr(x.explained, "verlangt[a] = 100 Stunde\n  Regel „verlangt“, Fassung 2024-01, § 6\n"));
  assert_null(strstr(x.explained, "Ergebnis"));
  end(&x);
}

/* Errors have the place of the cell; the other rows are run all the same. */
static void test_errors(void **state) {
  (void)state;
  ran x = run(KLEIN, "Fall;Berichtsquartal;Soll[a];Ist[a];Tagesklinik;erwarte verlangt[a]\n"
                     "Punkt;2024-Q1;1.5;1;nein;1\n"
                     "Wort;2024-Q1;viel;1;nein;1\n"
                     "genau;2024-Q1;1;1,234;nein;1\n"
                     "gut;2024-Q1;7;1;nein;7\n"
                     "weit;2024-Q1;10000;1;nein;1\n"
                     "jein;2024-Q1;1;1;jein;1\n"
                     "früh;2023-Q4;1;1;nein;1\n"
                     "kurz;2024-Q1;1;1;nein\n");
  assert_int_equal(x.status, PPR_DIAGNOSED);
  assert_int_equal(x.passed, 1);
  assert_int_equal(x.failed, 5);
  assert_true(says(&x, "PPR5101", "1.5", 2, 15));
  assert_true(says(&x, "PPR5100", "viel", 3, 14));
  assert_true(says(&x, "PPR5102", "1,234", 4, 17));
  assert_true(says(&x, "PPR2028", "10000", 6, 14));
  assert_true(says(&x, "PPR5105", "jein", 7, 18));
  assert_true(says(&x, "PPR5114", "2023-Q4", 8, 6));
  assert_true(says(&x, "PPR5009", "5", 9, 1));
  end(&x);
  x = run(KLEIN, "Name;erwarte verlangt[a]\nx;1\n");
  assert_int_equal(x.status, PPR_DIAGNOSED);
  assert_true(says(&x, "PPR5003", "Fall", 1, 1));
  end(&x);
  x = run(KLEIN, "Fall;Soll[a]\nx;1\n");
  assert_true(says(&x, "PPR5003", "erwarte", 1, 1));
  end(&x);
  x = run(KLEIN, "Fall;Sol;erwarte verlangt[c]\nx;1;1\n");
  assert_true(says(&x, "PPR2001", "Sol", 1, 6));
  end(&x);
  x = run(KLEIN, "");
  assert_true(says(&x, "PPR5002", "t.csv", 1, 1));
  end(&x);
}

/* A row belongs to the Fassung in force in its quarter, or to the one it names. */
static void test_edition(void **state) {
  (void)state;
  ran x = run(KLEIN, "Fall;Fassung;Jahr;Quartal;Tagesklinik;Soll;erwarte verlangt[a]\n"
                     "Jahr;;2025;2;nein;5;5\n"
                     "keine;2023-01;2025;2;nein;5;5\n"
                     "genannt;2024-01;;;nein;5;5\n");
  assert_int_equal(x.passed, 2);
  assert_true(says(&x, "PPR5108", "2023-01", 3, 7));
  end(&x);
}

/* Whichever request for memory fails, the call says so and gives everything back. */
static void test_without_memory(void **state) {
  (void)state;
  static const char table[] = "Fall;Berichtsquartal;Tagesklinik;Soll;Ist;erwarte Ergebnis\nfalsch;2024-Q1;nein;100;135;1\n";
  bool complete = false;
  for (size_t at = 1, runs = 0; !complete; at += at < 400 ? 1 : at / 50, runs++) {
    memory m = {.fail_at = at};
    ran x = run_with(KLEIN TEST_A, table, &m);
    complete = m.requests < at;
    if (complete) assert_int_equal(x.status, PPR_OK);
    else if (x.status != PPR_OK) assert_null(x.coverage);
    if (x.status == PPR_OK) assert_int_equal(x.passed + x.failed, 2);
    ppr_coverage_free(x.coverage);
    x.coverage = NULL;
    assert_int_equal(m.blocks, 0);
    assert_int_equal(m.bytes, 0);
    end(&x);
    assert_true(runs < 10000);
  }
}

static void test_misuse(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_test_opts opts = PPR_TEST_OPTS_INIT, wrong = opts;
  wrong.size = 1;
  assert_int_equal(ppr_test(NULL, "x", &opts, report, NULL, NULL, NULL), PPR_MISUSE);
  assert_int_equal(ppr_test(engine, NULL, &opts, report, NULL, NULL, NULL), PPR_MISUSE);
  assert_int_equal(ppr_test(engine, "x", NULL, report, NULL, NULL, NULL), PPR_MISUSE);
  assert_int_equal(ppr_test(engine, "x", &wrong, report, NULL, NULL, NULL), PPR_MISUSE);
  assert_int_equal(ppr_test(engine, "x", &opts, NULL, NULL, NULL, NULL), PPR_MISUSE);
  assert_int_equal(ppr_test(engine, "/does/not/exist.ppr", &opts, report, NULL, NULL, NULL), PPR_DIAGNOSED);
  ppr_coverage_free(NULL);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hand_counted), cmocka_unit_test(test_rows),           cmocka_unit_test(test_what_does_not_matter),
      cmocka_unit_test(test_impossible),   cmocka_unit_test(test_absent_inputs),  cmocka_unit_test(test_cells),
      cmocka_unit_test(test_difference),   cmocka_unit_test(test_errors),         cmocka_unit_test(test_edition),
      cmocka_unit_test(test_misuse),       cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
