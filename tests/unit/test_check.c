/* Types of expressions: what fits a declared type and with which code everything else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <cmocka.h>

#include "support/rules.h"

#define DECLARED                                                                                                                                     \
  RULES_HEAD "einheit Tag, Woche, Minute, Stunde = 60 Minute, Schicht = 7,5 Stunde\naufzählung Art § 3\n  x, y klein\naufzählung Ort § 3\n  x, " \
             "z\n" RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 0..100\n    m : Zahl(2) 0..100\n    p : Prozent(1) 0 %..100 %\n    T : Tag(0) "      \
             "0..100\n    S : Stunde(0) 0..100\n"                                                                                                    \
             "    M : Minute(0) 0..100\n    d : Datum 01.01.2020..31.12.2099\n    w : ja/nein\n    a : Art\n    leer : Zahl(0) 0..9 optional\n"      \
             "  aus \"Arten\" je Art spalte \"Art\"\n    k : Zahl(0) 0..9\n"

typedef struct sample {
  const char *type, *expr, *code;
} sample; /* code NULL: accepted */

static void try_samples(const sample *samples, size_t n) {
  int wrong = 0;
  for (size_t i = 0; i < n; i++) {
    char text[4096];
    snprintf(text, sizeof text, "%sregel Ergebnis : %s § 1\n  = %s\n%s", DECLARED, samples[i].type, samples[i].expr, RULES_OUTPUT);
    rules r = rules_compile(text);
    bool right =
        samples[i].code ? rules_count(&r, samples[i].code) == 1 && rules_count(&r, NULL) == 1 : r.status == PPR_OK && rules_count(&r, NULL) == 0;
    if (!right) print_error("%s = %s:\n%s\n", samples[i].type, samples[i].expr, ppr_report_text(r.report, PPR_GERMAN));
    wrong += !right;
    rules_free(&r);
  }
  assert_int_equal(wrong, 0);
}
#define TRY(samples) try_samples(samples, sizeof samples / sizeof *(samples))

static void test_scales(void **state) {
  (void)state;
  static const sample samples[] = {
      {"Zahl(0)", "n", NULL},
      {"Zahl(2)", "n", NULL}, /* more decimals than needed */
      {"Zahl(0)", "m", "PPR2053"},
      {"Zahl(4)", "m * m", NULL},
      {"Zahl(3)", "m * m", "PPR2053"},
      {"Zahl(2)", "m + n", NULL},
      {"Zahl(1)", "m + n", "PPR2053"},
      {"Zahl(1)", "m gerundet abwärts auf 1", NULL},
      {"Zahl(1)", "m gerundet abwärts auf 0", "PPR2015"}, /* said to be rounded otherwise than declared */
      {"Zahl(1)", "n / 3", "PPR2014"},
      {"Zahl(1)", "n / 3 gerundet gerade auf 1", NULL},
      {"Zahl(1)", "n / 3 gerundet halb auf 1", "PPR2016"},
      {"Zahl(2)", "wenn w dann m sonst 0", NULL},
      {"Zahl(1)", "wenn w dann m sonst 0", "PPR2053"},
      {"Zahl(2)", "summe über Art : k * m", NULL},
      {"Zahl(0)", "anzahl Art mit k > m", NULL},
      {"Zahl(2)", "min(n, m)", NULL},
      {"Zahl(0)", "max(n, m)", "PPR2053"},
      {"Zahl(2)", "-abs(m - n)", NULL},
      {"Bruch", "n / 3", "PPR2027"}, /* no column of an output */
      {"Zahl(0)", "n / 0 gerundet gerade auf 0", "PPR2035"},
      {"Zahl(0)", "ja", "PPR2011"},
      {"Zahl(0)", "d", "PPR2011"},
  };
  TRY(samples);
}

static void test_percent(void **state) {
  (void)state;
  static const sample samples[] = {
      {"Prozent(1)", "p", NULL},
      {"Prozent(0)", "p", "PPR2053"},
      {"Prozent(0)", "90 %", NULL},
      {"Prozent(0)", "0", NULL},
      {"Prozent(0)", "0,9", "PPR2036"},
      {"Prozent(0)", "0,9 in Prozent", NULL},
      {"Prozent(2)", "n / m", "PPR2036"},
      {"Prozent(2)", "n / m in Prozent gerundet kaufmännisch auf 2", NULL},
      {"Prozent(2)", "T in Prozent gerundet kaufmännisch auf 2", "PPR2052"},
      {"Prozent(1)", "100 % - p", NULL},
      {"Zahl(3)", "n * p", NULL},
      {"Zahl(2)", "n * p", "PPR2053"},
      {"ja/nein", "p > 0,5", NULL},
  };
  TRY(samples);
}

static void test_units(void **state) {
  (void)state;
  static const sample samples[] = {
      {"Tag(0)", "T + 7 Tag", NULL},
      {"Tag(0)", "T + 7", "PPR2012"},
      {"Tag(0)", "T + 0", NULL}, /* nothing is nothing of anything */
      {"Tag(0)", "T", NULL},
      {"Tag(0)", "n", "PPR2051"},
      {"Tag(0)", "n * 1 Tag", NULL},
      {"Woche(2)", "T / 7 Tag je Woche gerundet kaufmännisch auf 2", NULL},
      {"Tag(0)", "T * T", "PPR2051"},
      {"Zahl(2)", "T / 7 Tag gerundet kaufmännisch auf 2", NULL},
      {"Stunde(0)", "S + M", "PPR2012"},
      {"Minute(0)", "(S in Minute) + M", NULL},
      {"Minute(0)", "S in Minute", NULL}, /* whole factor: no fraction */
      {"Stunde(0)", "M in Stunde", "PPR2014"},
      {"Schicht(1)", "M in Schicht gerundet kaufmännisch auf 1", NULL},
      {"Tag(0)", "S in Tag", "PPR2013"},
      {"ja/nein", "S > M", "PPR2012"},
      {"ja/nein", "S > 0", NULL},
      {"ja/nein", "S > 5", "PPR2012"},
      {"Stunden(0)", "S", "PPR2003"},
      {"Stunde", "S", "PPR2011"}, /* without its scale */
  };
  TRY(samples);
}

static void test_words(void **state) {
  (void)state;
  static const sample samples[] = {
      {"ja/nein", "a ist x", NULL},
      {"ja/nein", "a = x", NULL},
      {"ja/nein", "x = a", NULL},
      {"ja/nein", "a ist klein", NULL},
      {"ja/nein", "a ist z", "PPR2004"},
      {"ja/nein", "a = z", "PPR2011"},
      {"ja/nein", "a > x", "PPR2011"},
      {"ja/nein", "n ist x", "PPR2011"},
      {"Art", "x", NULL},
      {"Ort", "x", NULL},
      {"Ort", "a", "PPR2011"},
      {"Art", "wenn w dann x sonst y", NULL},
      {"Zahl(0)", "k[x]", NULL},
      {"Zahl(0)", "k[a]", NULL},
      {"Zahl(0)", "k", "PPR2008"},
      {"Zahl(0)", "k[z]", "PPR2038"},
      {"Zahl(0)", "k[x, y]", "PPR2007"},
      {"Zahl(0)", "n[x]", "PPR2007"},
      {"Zahl(0)", "Art", "PPR2006"},
      {"Zahl(0)", "unbekannt", "PPR2001"},
      {"Zahl(0)", "summe über Arten : 1", "PPR2005"},
      {"ja/nein", "Haus = Haus", "PPR2045"},
      {"ja/nein", "leer = fehlt", "PPR2011"},
      {"ja/nein", "leer fehlt", NULL},
      {"ja/nein", "w und n", "PPR2011"},
      {"ja/nein", "nicht n > 3", NULL},
  };
  TRY(samples);
}

static void test_functions(void **state) {
  (void)state;
  static const sample samples[] = {
      {"Datum", "plustage(d, 14)", NULL},
      {"Datum", "plustage(d, m)", "PPR2011"}, /* decimals where whole days are wanted */
      {"Datum", "plustage(d, 2 * n - 1)", NULL},
      {"Datum", "plusmonate(d, wochentag(d) - k[x])", NULL},
      {"Datum", "plustage(d, tagezwischen(d, d))", "PPR2011"},
      {"Datum", "plustage(d, tagezwischen(d, d) / 1 Tag gerundet abwärts auf 0)", NULL},
      {"Tag(0)", "2 * tagezwischen(d, d) + tage(Berichtsquartal) - 1 Tag", NULL},
      {"Zahl(0)", "kalenderwoche(d) - monat(d)", NULL},
      {"Zahl(0)", "wochentag(Berichtsquartal)", "PPR2011"},
      {"Datum", "plustage(d)", "PPR2010"},
      {"Datum", "plusjahre(d, 1)", "PPR2009"},
      {"Tag(0)", "tagezwischen(d, ende(Berichtsquartal))", NULL},
      {"Zahl(0)", "tagezwischen(d, d)", "PPR2051"},
      {"ja/nein", "quartal(d) = Berichtsquartal", NULL},
      {"ja/nein", "d = Berichtsquartal", "PPR2011"},
      {"Zahl(0)", "abs(n, m)", "PPR2010"},
      {"Zahl(0)", "max(n, ja)", "PPR2011"},
  };
  TRY(samples);
}

static void test_states(void **state) {
  (void)state;
  static const sample samples[] = {
      {"Zahl(0)", "leer", "PPR2020"},
      {"Zahl(0) oder fehlt", "leer", NULL},
      {"Zahl(0)", "leer + 1", "PPR2019"},
      {"Zahl(0)", "leer falls fehlt 0", NULL},
      {"Zahl(0)", "leer falls entfällt 0", "PPR2020"}, /* not the state it can have */
      {"Zahl(0)", "wenn leer vorhanden dann leer sonst 0", NULL},
      {"Zahl(0)", "wenn nicht leer fehlt dann leer + 1 sonst 0", NULL},
      {"Zahl(0)", "wenn leer fehlt dann 0 sonst leer", NULL},
      {"Zahl(0)", "wenn w und leer vorhanden dann leer sonst 0", NULL},
      {"Zahl(0)", "wenn w oder leer vorhanden dann leer sonst 0", "PPR2020"}, /* or does not say which */
      {"Zahl(0)", "wenn leer fehlt oder w dann 0 sonst leer", NULL},
      {"ja/nein", "leer vorhanden und leer > 3", NULL},
      {"ja/nein", "leer > 3 und leer vorhanden", "PPR2019"},
      {"Zahl(0)", "entfällt", "PPR2020"},
      {"Zahl(0) oder entfällt", "entfällt", NULL},
      {"Zahl(0) oder unbestimmt", "1 + (wenn w dann unbestimmt \"offen\" sonst n)", NULL},
      {"Zahl(0)", "1 + (wenn w dann unbestimmt \"offen\" sonst n)", "PPR2020"},
      {"Zahl(0)", "(wenn w dann unbestimmt \"offen\" sonst n) falls unbestimmt 3", NULL},
  };
  TRY(samples);
}

/* What stands at declarations. */
static void test_declarations(void **state) {
  (void)state;
  static const struct {
    const char *rules, *code, *words;
  } samples[] = {
      {"regel Ergebnis : Zahl(0)\n  = n\n", "PPR2017", "Ergebnis"},
      {"regel Ergebnis : Zahl(0)\n  = n § 6\n", NULL, ""}, /* at the base */
      {"regel Ergebnis : Zahl(0)\n  fall i § 6\n    wenn w\n    = 1\n  sonst = 2\n", NULL, ""},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\n  = 2\n", "PPR2032", "Ergebnis"},
      {"regel Ergebnis : Zahl(0) § 6\n  ausnahme i § 6\n    wenn w\n    = 1\n", "PPR2032", "Ergebnis"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\n  ausnahme i\n    wenn w\n    = 1\n", "PPR2017", "Ergebnis, i"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\n  ausnahme i § 6\n    wenn w\n    = 1\n  ausnahme i § 6\n    wenn nicht w\n    = 1\n", "PPR2025", "i"},
      {"regel Ergebnis : Text § 6\n  = 1\n", "PPR2045", ""},
      {"regel Ergebnis : Zahl(0) § 6\n  = T1[x]\ntabelle T1 je Art : Bruch § 6\n  x 1\n  y 2\n", "PPR2027", ""},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nzeitreihe Z : Bruch § 6\n  ab 01.01.2024 : 1\n", "PPR2027", ""},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nstaffel St nach n : Text § 6\n  ab 0 : 1\n", "PPR2045", ""},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nprüfung p1 hinweis\n  wenn w \"x\"\n", "PPR2017", "p1"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nprüfung p1 hinweis § 6\n  wenn leer > 3 \"x\"\n", "PPR2019", "fehlt"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nausgabe \"F\" wenn leer > 1\n  spalte \"n\" = n\n", "PPR2019", "fehlt"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nausgabe \"F\" je Arten\n  spalte \"n\" = n\n", "PPR2005", "Arten"},
      {"regel Ergebnis : Zahl(0) § 6\n  = 1\nausgabe \"F\"\n  spalte \"n\" = entfällt\n", "PPR2011", ""},
  };
  int wrong = 0;
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    char text[4096];
    snprintf(text, sizeof text, "%s%s%s", DECLARED, samples[i].rules, RULES_OUTPUT);
    rules r = rules_compile(text);
    bool right = samples[i].code ? rules_says(&r, samples[i].code, samples[i].words, 0) && rules_count(&r, NULL) == 1 : r.status == PPR_OK;
    if (!right) print_error("%s\n%s\n", samples[i].rules, ppr_report_text(r.report, PPR_GERMAN));
    wrong += !right;
    rules_free(&r);
  }
  assert_int_equal(wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_scales),    cmocka_unit_test(test_percent), cmocka_unit_test(test_units),        cmocka_unit_test(test_words),
      cmocka_unit_test(test_functions), cmocka_unit_test(test_states),  cmocka_unit_test(test_declarations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
