/* The public call: arguments, what is told of each obligation, priorities, states, checks, faults behind faults, several kinds and Fassungen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "support/rules.h"

enum { MOST = 64 };
typedef struct told {
  size_t n;
  struct {
    ppr_proof_kind kind;
    ppr_proof_status status;
    ppr_proof_method method;
    char rule[64], element[64], first[64], second[64], fault[16], edition[16], record[64], reason[256], key[64], table[512], run[1024], readings[128];
    uint32_t line;
    int repeated, refused;
  } at[MOST];
} told;

static void take(const ppr_proof *x, void *ctx) {
  told *t = ctx;
  assert_in_range(t->n, 0, MOST - 1);
#define COPY(to, from) snprintf(t->at[t->n].to, sizeof t->at[t->n].to, "%s", from)
  t->at[t->n].kind = x->kind;
  t->at[t->n].status = x->status;
  t->at[t->n].method = x->method;
  t->at[t->n].line = x->line;
  t->at[t->n].repeated = x->repeated;
  t->at[t->n].refused = x->refused;
  COPY(rule, x->rule);
  COPY(element, x->element);
  COPY(first, x->first);
  COPY(second, x->second);
  COPY(fault, x->fault);
  COPY(edition, x->edition);
  COPY(record, x->record);
  COPY(reason, x->reason);
  COPY(key, x->key);
  COPY(run, x->run);
  COPY(table, x->n_tables ? x->tables[0].text : "");
  COPY(readings, x->n_readings ? x->readings[0] : "");
  assert_true((x->status == PPR_WITNESS && !x->repeated) == (x->n_tables > 0));
  t->n++;
}

static ppr_status proved(const char *text, const ppr_prove_opts *wanted, told *t) {
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_source_text file = {"t.ppr", text, strlen(text)};
  ppr_prove_opts opts = PPR_PROVE_OPTS_INIT;
  t->n = 0;
  ppr_status status = ppr_prove(engine, &file, 1, wanted ? wanted : &opts, report, take, t);
  if (status == PPR_DIAGNOSED) printf("%s", ppr_report_text(report, PPR_GERMAN));
  ppr_report_free(report);
  ppr_engine_free(engine);
  return status;
}

/* The obligation of this kind about these branches (or "" and the rule), or the n-th fault. */
static size_t find(const told *t, ppr_proof_kind kind, const char *first, const char *second) {
  for (size_t i = 0; i < t->n; i++)
    if (t->at[i].kind == kind && !strcmp(t->at[i].first, first) && !strcmp(t->at[i].second, second)) return i;
  fail();
  return 0;
}

static size_t count(const told *t, ppr_proof_kind kind, ppr_proof_status status) {
  size_t n = 0;
  for (size_t i = 0; i < t->n; i++) n += t->at[i].kind == kind && t->at[i].status == status;
  return n;
}

#define TEXT(fields, body) RULES_HEAD "einheit Stunde\naufzählung Art § 3\n  x, y, z\n" RULES_INPUT "  aus \"Haus\"\n" fields body RULES_OUTPUT

static void arguments(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  static told t;
  const char *text = TEXT("    n : Zahl(0) 0..9\n", "regel Ergebnis : Zahl(0) § 1\n  fall klein § 1\n    wenn n < 5\n    = 1\n  sonst = 2\n");
  ppr_source_text file = {"t.ppr", text, strlen(text)};
  ppr_prove_opts opts = PPR_PROVE_OPTS_INIT, none = {0};
  assert_int_equal(ppr_prove(NULL, &file, 1, &opts, report, take, &t), PPR_MISUSE);
  assert_int_equal(ppr_prove(engine, NULL, 1, &opts, report, take, &t), PPR_MISUSE);
  assert_int_equal(ppr_prove(engine, &file, 1, NULL, report, take, &t), PPR_MISUSE);
  assert_int_equal(ppr_prove(engine, &file, 1, &none, report, take, &t), PPR_MISUSE);
  assert_int_equal(ppr_prove(engine, &file, 1, &opts, NULL, take, &t), PPR_MISUSE);
  assert_int_equal(ppr_prove(engine, NULL, 0, &opts, report, take, &t), PPR_DIAGNOSED);
  assert_int_equal(ppr_prove_path(engine, "/does/not/exist.ppr", &opts, report, take, &t), PPR_DIAGNOSED);
  ppr_report_free(report);
  ppr_engine_free(engine);
  assert_int_equal(proved(text, &opts, &t), PPR_OK);
  opts.rule = "Ergebnis";
  assert_int_equal(proved(text, &opts, &t), PPR_OK);
  opts.rule = "anderes";
  assert_int_equal(proved(text, &opts, &t), PPR_MISUSE);
  opts.rule = NULL;
  opts.edition = "2023-01";
  assert_int_equal(proved(text, &opts, &t), PPR_MISUSE);
}

/* An overlap with `vor` is none; one through a third branch neither; gaps beside `sonst` neither. */
static void priorities(void **state) {
  (void)state;
  static told t;
  assert_int_equal(
      proved(TEXT("    n : Zahl(0) 0..9\n", "regel Ergebnis : Zahl(0) § 1\n  = 0\n  ausnahme eins vor zwei § 1\n    wenn n > 3\n    = 1\n"
                                            "  ausnahme zwei vor drei § 1\n    wenn n > 4\n    = 2\n  ausnahme drei § 1\n    wenn n > 5\n    = 3\n"
                                            "  ausnahme vier § 1\n    wenn n = 4\n    = 4\n"),
             NULL, &t),
      PPR_OK);
  assert_int_equal(count(&t, PPR_PROOF_COVER, PPR_PROVED), 0);
  assert_int_equal(count(&t, PPR_PROOF_EXCLUDE, PPR_WITNESS), 1); /* eins and vier, for n = 4 */
  size_t i = find(&t, PPR_PROOF_EXCLUDE, "eins", "vier");
  assert_int_equal(t.at[i].status, PPR_WITNESS);
  assert_string_equal(t.at[i].table, "Haus;Jahr;Quartal;n\n1;2024;1;4\n");
  assert_int_equal(t.at[find(&t, PPR_PROOF_EXCLUDE, "drei", "vier")].status, PPR_PROVED);
}

/* Three that hold together: each pair has its record, though the machine stops at the first. */
static void three_at_once(void **state) {
  (void)state;
  static told t;
  assert_int_equal(proved(TEXT("    n : Zahl(0) 0..9\n", "regel Ergebnis : Zahl(0) § 1\n  fall eins § 1\n    wenn n > 3\n    = 1\n"
                                                         "  fall zwei § 1\n    wenn n >= 3\n    = 2\n  fall drei § 1\n    wenn n >= 2\n    = 3\n"),
                          NULL, &t),
                   PPR_OK);
  assert_int_equal(count(&t, PPR_PROOF_EXCLUDE, PPR_WITNESS), 3);
  assert_non_null(strstr(t.at[find(&t, PPR_PROOF_EXCLUDE, "zwei", "drei")].table, ";3\n")); /* eins does not hold there */
  assert_non_null(strstr(t.at[find(&t, PPR_PROOF_COVER, "", "")].table, ";0\n"));
}

/* A condition that says nothing where the other holds cannot hold with it. */
static void states(void **state) {
  (void)state;
  static told t;
  assert_int_equal(
      proved(TEXT("    n : Zahl(0) 1..9 optional\n", "regel Ergebnis : Zahl(0) § 1\n  = 0\n  ausnahme leer § 1\n    wenn n fehlt\n    = 1\n"
                                                     "  ausnahme groß § 1\n    wenn n > 4\n    = 2\n"),
             NULL, &t),
      PPR_OK);
  assert_int_equal(t.at[find(&t, PPR_PROOF_EXCLUDE, "leer", "groß")].status, PPR_PROVED);
  assert_int_equal(proved(TEXT("    n : Zahl(0) 1..9 optional\n", "regel Ergebnis : Zahl(0) § 1\n  fall leer § 1\n    wenn n fehlt\n    = 1\n"
                                                                  "  fall groß § 1\n    wenn nicht n fehlt und n > 1\n    = 2\n"),
                          NULL, &t),
                   PPR_OK);
  assert_string_equal(t.at[find(&t, PPR_PROOF_COVER, "", "")].table, "Haus;Jahr;Quartal;n\n1;2024;1;1\n");
}

/* Elements of an axis: one gap of many is told, the others are counted. */
static void elements(void **state) {
  (void)state;
  static told t;
  assert_int_equal(proved(RULES_HEAD "aufzählung Art § 3\n  x, y halb, z\n" RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 0..9\n"
                                     "regel Ergebnis je Art : Zahl(0) § 1\n  fall halb § 1\n    wenn Art ist halb\n    = 1\n"
                                     "  fall groß § 1\n    wenn Art ist nicht halb und n > 1\n    = 2\n"
                                     "ausgabe \"Ergebnis\" je Art\n  spalte \"Art\" = Art\n  spalte \"Ergebnis\" = Ergebnis\n",
                          NULL, &t),
                   PPR_OK);
  size_t gaps = count(&t, PPR_PROOF_COVER, PPR_WITNESS), told_once = 0;
  assert_int_equal(gaps, 2); /* x and z */
  for (size_t i = 0; i < t.n; i++) told_once += t.at[i].status == PPR_WITNESS && !t.at[i].repeated;
  assert_int_equal(told_once, 1);
  assert_string_equal(t.at[find(&t, PPR_PROOF_COVER, "", "")].element, "Ergebnis[x]");
  assert_int_equal(count(&t, PPR_PROOF_COVER, PPR_PROVED), 0); /* y: decided when compiling, there is nothing to ask */
}

/* Division by zero: proved away behind a guard, refuted without; only under another reading; only where a check refuses anyhow. */
static void faults(void **state) {
  (void)state;
  static told t;
  assert_int_equal(proved(TEXT("    n : Zahl(0) 0..9\n    m : Zahl(0) 0..9\n",
                               "regel Ergebnis : Zahl(2) § 1\n  = wenn n - m = 0 dann 0 sonst 1 / (3 * m - 3 * n) gerundet kaufmännisch auf 2\n"),
                          NULL, &t),
                   PPR_OK);
  assert_int_equal(t.n, 1);
  assert_int_equal(t.at[0].status, PPR_PROVED);
  assert_int_equal(t.at[0].method, PPR_PROOF_FORM); /* the guard and the question are one node */
  assert_int_equal(
      proved(TEXT("    n : Zahl(0) 0..9\n    m : Zahl(0) 3..9\n",
                  "auslegung Lesart \"Wie?\" § 9\n  vorgabe eng \"1\",\n  weit \"2\"\nprüfung klein fehler § 2\n  wenn m < 6\n  \"Zu klein.\"\n"
                  "regel Ergebnis : Zahl(2) § 1\n  = wenn Lesart ist eng dann 1 sonst 1 / (n - m) gerundet kaufmännisch auf 2\n"),
             NULL, &t),
      PPR_OK);
  size_t i = find(&t, PPR_PROOF_FAULT, "", "");
  assert_int_equal(t.at[i].status, PPR_WITNESS);
  assert_string_equal(t.at[i].fault, "PPR5204");
  assert_string_equal(t.at[i].readings, "Lesart=weit");
  assert_string_equal(t.at[i].table, "Haus;Jahr;Quartal;n;m\n1;2024;1;6;6\n"); /* 3 would do, were it not refused */
  assert_int_equal(t.at[i].refused, 0);
  assert_int_equal(
      proved(TEXT("    n : Zahl(0) 0..9\n",
                  "prüfung null fehler § 2\n  wenn n = 0\n  \"Null.\"\nregel Ergebnis : Zahl(2) § 1\n  = 1 / n gerundet kaufmännisch auf 2\n"),
             NULL, &t),
      PPR_OK);
  i = find(&t, PPR_PROOF_FAULT, "", "");
  assert_true(t.at[i].status == PPR_WITNESS && t.at[i].refused);
}

/* What is only in records in which another rule fails before is not decided, and says so. */
static void hidden(void **state) {
  (void)state;
  static told t;
  assert_int_equal(proved(TEXT("    n : Zahl(0) 0..9\n", "regel früher : Zahl(2) § 1\n  = 1 / n gerundet kaufmännisch auf 2\n"
                                                         "regel Ergebnis : Zahl(2) § 1\n  = früher + (1 / (2 * n) gerundet kaufmännisch auf 2)\n"),
                          NULL, &t),
                   PPR_OK);
  assert_int_equal(t.n, 2);
  assert_int_equal(t.at[0].status, PPR_WITNESS);
  assert_int_equal(t.at[1].status, PPR_UNDECIDED);
  assert_non_null(strstr(t.at[1].reason, "t.ppr:14"));
}

/* Numbers beyond 64 bits: whether the result fits depends on the record. */
static void overflow(void **state) {
  (void)state;
  static told t;
  assert_int_equal(proved(TEXT("    n : Zahl(0) 0..999999999999\n", "regel Ergebnis : Zahl(0) § 1\n  = n * n\n"), NULL, &t), PPR_OK);
  size_t i = find(&t, PPR_PROOF_FAULT, "", "");
  assert_int_equal(t.at[i].status, PPR_WITNESS);
  assert_string_equal(t.at[i].fault, "PPR5203");
  assert_non_null(strstr(t.at[i].table, ";3037000500\n")); /* the least n with n * n > 2^63 - 1 */
  assert_int_equal(
      proved(TEXT("    n : Zahl(0) 0..999999999999\n", "regel Ergebnis : Zahl(0) § 1\n  = wenn n < 3037000500 dann n * n sonst 0\n"), NULL, &t),
      PPR_OK);
  for (size_t k = 0; k < t.n; k++) assert_int_equal(t.at[k].status, PPR_PROVED);
}

/* Each Fassung and each kind of record by itself. */
static void editions(void **state) {
  (void)state;
  static told t;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  const char *first = RULES_HEAD RULES_INPUT
      "  aus \"Haus\"\n    n : Zahl(0) 0..9\neingabe Fall § 3\n  schlüssel Haus : Text, Nummer : Zahl(0) 1..9, Jahr : Zahl(0) 2020..2099, Quartal : "
      "Zahl(0) 1..4\n"
      "  zeitraum Berichtsquartal = Jahr, Quartal\n  aus \"Fall\"\n    m : Zahl(0) 0..9\n"
      "regel Ergebnis : Zahl(0) § 1\n  fall klein § 1\n    wenn n < 5\n    = 1\n  fall groß § 1\n    wenn n >= 5\n    = 2\n"
      "regel Wert : Zahl(0) § 2\n  fall klein § 2\n    wenn m < 5\n    = 1\n  fall groß § 2\n    wenn m > 5\n    = 2\n" RULES_OUTPUT
      "ausgabe \"Wert\"\n  spalte \"Wert\" = Wert\n",
             *second = "regelwerk Beispiel \"Test\"\nfassung 2025-01\n  beschluss 19.10.2024 \"B\"\n  gilt ab 01.01.2025\n  ändert fassung 2024-01\n"
                       "ändere regel Ergebnis : Zahl(0) § 1\n  fall klein § 1\n    wenn n < 5\n    = 1\n  fall groß § 1\n    wenn n > 3\n    = 2\n";
  ppr_source_text files[2] = {{"a.ppr", first, strlen(first)}, {"b.ppr", second, strlen(second)}};
  ppr_prove_opts opts = PPR_PROVE_OPTS_INIT;
  t.n = 0;
  assert_int_equal(ppr_prove(engine, files, 2, &opts, report, take, &t), PPR_OK);
  size_t gaps = 0, clashes = 0;
  for (size_t i = 0; i < t.n; i++) {
    if (t.at[i].status != PPR_WITNESS) continue;
    if (t.at[i].kind == PPR_PROOF_COVER) {
      gaps++;
      assert_string_equal(t.at[i].record, "Fall");
      assert_non_null(strstr(t.at[i].key, strcmp(t.at[i].edition, "2024-01") ? "1,1,2025,1" : "1,1,2024,1"));
    } else {
      clashes++;
      assert_string_equal(t.at[i].edition, "2025-01");
      assert_string_equal(t.at[i].rule, "Ergebnis");
    }
  }
  assert_true(gaps == 2 && clashes == 1);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(arguments), cmocka_unit_test(priorities), cmocka_unit_test(three_at_once),
                                     cmocka_unit_test(states),    cmocka_unit_test(elements),   cmocka_unit_test(faults),
                                     cmocka_unit_test(hidden),    cmocka_unit_test(overflow),   cmocka_unit_test(editions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
