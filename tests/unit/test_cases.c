/* The decision procedure for cases and exceptions: what must be refused, with which witness, and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "support/rules.h"

#define DECLARED                                                                                                                                     \
  RULES_HEAD "einheit Stunde\naufzählung Art § 3\n  voll, halb teilweise, viertel teilweise klein\naufzählung Gruppe § 5\n  a, b\n"              \
             "auslegung Lesart \"Wie?\" § 9\n  vorgabe eng \"1\",\n  weit \"2\"\n" RULES_INPUT                                                       \
             "  aus \"Haus\"\n    P : ja/nein\n    Q : ja/nein\n    n : Zahl(0) 0..100\n    k : Zahl(0) 0..100\n    m : Zahl(2) -10..10\n"           \
             "    Satz : Prozent(1) 0 %..100 %\n    Zeit : Stunde(0) 0..1000\n    Eingang : Datum 01.01.2020..31.12.2099\n"                          \
             "    Meldung : Zahl(0) 0..9 optional\n    Form : Art\n    Ziel : Art\n"

/* Two branches with these conditions. */
static rules branches(const char *kind, const char *first, const char *second) {
  char text[4096];
  int n =
      snprintf(text, sizeof text, "%sregel Ergebnis : Zahl(0) § 1\n%s  %s eins § 1\n    wenn %s\n    = 1\n  %s zwei § 1\n    wenn %s\n    = 2\n%s",
               DECLARED, strcmp(kind, "fall") ? "  = 0\n" : "", kind, first, kind, second, RULES_OUTPUT);
  assert_in_range(n, 1, sizeof text - 1);
  return rules_compile(text);
}

static void print_unexpected(rules *r, const char *first, const char *second) {
  print_error("„%s“ and „%s“:\n%s\n", first, second, ppr_report_text(r->report, PPR_GERMAN));
}

/* Exceptions that can hold together, with the words of the witness. */
static void overlap(const char *first, const char *second, const char *witness) {
  rules r = branches("ausnahme", first, second);
  if (!rules_says(&r, "PPR2022", witness, 0)) print_unexpected(&r, first, second);
  assert_true(rules_says(&r, "PPR2022", witness, 0));
  assert_int_equal(rules_count(&r, NULL), 1);
  rules_free(&r);
}

/* Exceptions that exclude each other. */
static void exclusive(const char *first, const char *second) {
  rules r = branches("ausnahme", first, second);
  if (r.status != PPR_OK) print_unexpected(&r, first, second);
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
}

/* Cases that exclude each other and leave something out. */
static void gap(const char *first, const char *second, const char *witness) {
  rules r = branches("fall", first, second);
  if (!rules_says(&r, "PPR2021", witness, 0)) print_unexpected(&r, first, second);
  assert_true(rules_says(&r, "PPR2021", witness, 0));
  assert_int_equal(rules_count(&r, NULL), 1);
  rules_free(&r);
}

/* Cases that exclude each other and cover everything. */
static void complete(const char *first, const char *second) {
  rules r = branches("fall", first, second);
  if (r.status != PPR_OK) print_unexpected(&r, first, second);
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
}

static void test_thresholds(void **state) {
  (void)state;
  overlap("n >= 10", "n <= 10", "n = 10");
  overlap("10 <= n", "n < 20", "n = 10");
  overlap("n > 10", "n < 12", "wenn n = 11");
  overlap("n > 10", "n < 13", "wenn n > 10 und n < 13");
  overlap("n <> 10", "n = 11", "wenn n = 11");
  exclusive("n > 10", "n < 11"); /* no whole number between */
  exclusive("n > 5", "n <= 5");
  exclusive("5 > n", "n >= 5");
  exclusive("n = 5", "n <> 5");
  exclusive("nicht n > 5", "n > 5");
  gap("n < 50", "n > 50", "n = 50");
  gap("n <= 49", "n >= 51", "n = 50");
  gap("n <= 49", "n >= 52", "n > 49 und n < 52");
  gap("n > 0", "n < 0", "n = 0");
  complete("n < 50", "n >= 50");
  complete("n <= 49", "n >= 50");
  complete("n = 0", "n > 0"); /* below the range is nothing */
  complete("n <= 99", "n = 100");
  overlap("m > 2,49", "m < 2,51", "m = 2,50");
  exclusive("m > 2,49", "m < 2,50");
  gap("m <= 2,48", "m >= 2,50", "m = 2,49");
  complete("m <= 2,4", "m > 2,40"); /* the same number, written differently */
  overlap("Satz >= 50 %", "Satz <= 0,5", "Satz = 50 %");
  exclusive("Satz > 50 %", "Satz <= 0,5");
  overlap("Zeit > 8 Stunde", "Zeit > 10 Stunde", "Zeit > 10 Stunde");
  exclusive("m < -1", "m >= -1");
}

static void test_dates(void **state) {
  (void)state;
  overlap("Eingang <= 31.03.2024", "Eingang >= 31.03.2024", "Eingang = 31.03.2024");
  exclusive("Eingang <= 31.03.2024", "Eingang >= 01.04.2024");
  complete("Eingang <= 31.03.2024", "Eingang >= 01.04.2024"); /* no day between */
  gap("Eingang < 31.03.2024", "Eingang > 31.03.2024", "Eingang = 31.03.2024");
  gap("Eingang <= 29.03.2024", "Eingang >= 31.03.2024", "Eingang = 30.03.2024");
  overlap("Berichtsquartal >= 2024-Q2", "Berichtsquartal <= 2024-Q3", "Berichtsquartal = 2024-Q2");
  complete("Berichtsquartal < 2024-Q3", "Berichtsquartal >= 2024-Q3");
  complete("Berichtsquartal = 2024-Q1", "Berichtsquartal > 2024-Q1"); /* the Fassung begins with 2024-Q1 */
}

static void test_enumerations(void **state) {
  (void)state;
  overlap("Form ist teilweise", "Form ist viertel", "Form = viertel");
  overlap("Form ist teilweise", "Form ist klein", "Form = viertel");
  exclusive("Form ist teilweise", "Form ist voll");
  exclusive("Form ist nicht teilweise", "Form ist halb");
  exclusive("Form = halb", "Form <> halb");
  exclusive("Form ist voll", "viertel = Form");
  complete("Form ist teilweise", "Form ist voll");
  complete("Form ist nicht voll", "Form = voll");
  gap("Form ist klein", "Form = voll", "Form = halb");
  overlap("Form = Ziel", "Form ist voll", "Form = voll und Ziel = voll");
  exclusive("Form = Ziel", "Form ist voll und Ziel ist halb");
  complete("Form = Ziel", "Ziel <> Form");
  complete("Lesart ist eng", "Lesart ist weit");
  exclusive("Lesart ist eng und P", "Lesart ist weit");
  overlap("Lesart ist eng", "P", "Lesart = eng und P");
}

static void test_yes_and_no(void **state) {
  (void)state;
  overlap("P", "Q", "P und Q");
  overlap("P oder Q", "nicht P", "nicht P und Q");
  exclusive("P und Q", "nicht P oder nicht Q");
  complete("P und Q", "nicht (P und Q)");
  complete("P = Q", "P <> Q");
  complete("P = ja", "P = nein");
  exclusive("P = nein", "P");
  gap("P und Q", "nicht P", "P und nicht Q");
  gap("P und Q", "nicht P und nicht Q", "P und nicht Q"); /* the first of two */
  complete("wenn P dann Q sonst n > 5", "P und nicht Q oder nicht P und n <= 5");
  exclusive("wenn P dann Q sonst nein", "nicht Q");
  overlap("irgendein Gruppe : P", "alle Gruppe : Q", "irgendein Gruppe : P und alle Gruppe : Q"); /* taken as free */
  exclusive("irgendein Gruppe : P", "nicht (irgendein Gruppe : P)");
}

static void test_nested(void **state) {
  (void)state;
  overlap("n > 5 und (P oder Q)", "n < 10 und nicht Q", "n > 5 und n < 10 und P und nicht Q");
  exclusive("n > 5 und (P oder Q)", "n < 10 und nicht P und nicht Q");
  exclusive("(n < 5 oder n > 10) und P", "n >= 5 und n <= 10");
  complete("n < 5 oder n > 10", "n >= 5 und n <= 10");
  gap("n < 5 oder n > 10", "n > 5 und n <= 10", "n = 5");
}

static void test_pairs(void **state) {
  (void)state;
  exclusive("n > k", "n <= k");
  exclusive("n > k", "k > n");
  exclusive("n = k", "n <> k");
  complete("n > k", "k >= n");
  overlap("n >= k", "k >= n", "n = k");
  gap("n > k", "n < k", "n = k");
  exclusive("n / 2 > k", "n / 2 <= k"); /* any expression, if it is written the same way */
}

static void test_states(void **state) {
  (void)state;
  complete("Meldung vorhanden", "Meldung fehlt");
  complete("Meldung vorhanden", "nicht Meldung vorhanden");
  exclusive("Meldung vorhanden", "Meldung fehlt und P");
  gap("Meldung vorhanden und P", "Meldung fehlt", "Meldung vorhanden und nicht P");
  overlap("Meldung fehlt", "P", "Meldung fehlt und P");
}

/* A branch that stands before another by way of a third; unknown and circular priorities. */
static rules three(const char *first, const char *second) {
  char text[4096];
  snprintf(text, sizeof text,
           "%sregel Ergebnis : Zahl(0) § 1\n  = 0\n  ausnahme eins%s § 1\n    wenn P\n    = 1\n  ausnahme zwei%s § 1\n    wenn Q\n    = 2\n"
           "  ausnahme drei § 1\n    wenn n > 3\n    = 3\n%s",
           DECLARED, first, second, RULES_OUTPUT);
  return rules_compile(text);
}

static void test_priorities(void **state) {
  (void)state;
  rules r = three(" vor zwei", " vor drei");
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
  r = three(" vor drei", " vor drei");
  assert_int_equal(rules_count(&r, "PPR2022"), 1); /* eins and zwei */
  assert_true(rules_says(&r, "PPR2022", "„eins“ und „zwei“", 0));
  rules_free(&r);
  r = three(" vor vier", " vor drei");
  assert_true(rules_says(&r, "PPR2023", "vier", 0));
  assert_int_equal(rules_count(&r, "PPR2022"), 2);
  rules_free(&r);
  r = three(" vor zwei, drei", " vor eins");
  assert_int_equal(rules_count(&r, "PPR2024"), 1);
  assert_true(rules_says(&r, "PPR2024", "eins → zwei → eins", 0));
  rules_free(&r);
  r = three(" vor eins", "");
  assert_true(rules_says(&r, "PPR2023", "eins", 0)); /* not before itself */
  rules_free(&r);
}

/* For each element of its axes a rule is decided by what the axis is. */
static void test_axes(void **state) {
  (void)state;
  rules r = rules_compile(DECLARED "regel Paar je Gruppe als Von, Gruppe als Auf : Zahl(0) § 1\n"
                                   "  fall gleich § 1\n    wenn Von = Auf\n    = 1\n"
                                   "  fall auf-a § 1\n    wenn Von ist b und Auf ist a\n    = 2\n"
                                   "  fall auf-b § 1\n    wenn Auf ist b und P\n    = 3\n"
                                   "ausgabe \"Paar\" je Gruppe als Von, Gruppe als Auf\n  spalte \"Paar\" = Paar\n");
  assert_true(rules_says(&r, "PPR2022", "„gleich“ und „auf-b“ können zugleich gelten, wenn Von = b und Auf = b und P", 0));
  assert_true(rules_says(&r, "PPR2021", "Von = a und Auf = b und nicht P", 0));
  assert_int_equal(rules_count(&r, NULL), 2);
  rules_free(&r);
}

/* A hundred branches with a value each, decided in a moment. */
static void test_many_branches(void **state) {
  (void)state;
  static char text[32768];
  size_t n = (size_t)snprintf(text, sizeof text, "%sregel Ergebnis : Zahl(0) § 1\n", DECLARED);
  for (int i = 0; i < 20; i++)
    n += (size_t)snprintf(text + n, sizeof text - n, "  fall f%d § 1\n    wenn n >= %d und n < %d\n    = %d\n", i, i * 5, i * 5 + 5, i);
  snprintf(text + n, sizeof text - n, "  fall rest § 1\n    wenn n = 100\n    = 20\n%s", RULES_OUTPUT);
  rules r = rules_compile(text);
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_thresholds), cmocka_unit_test(test_dates),         cmocka_unit_test(test_enumerations), cmocka_unit_test(test_yes_and_no),
      cmocka_unit_test(test_nested),     cmocka_unit_test(test_pairs),         cmocka_unit_test(test_states),       cmocka_unit_test(test_priorities),
      cmocka_unit_test(test_axes),       cmocka_unit_test(test_many_branches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
