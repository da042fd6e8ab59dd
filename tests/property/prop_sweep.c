/* Sweeps of random rules over random records against plain counting: every run computed again by an evaluator that knows of no sweep, record by
 * record, and counted by sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ppr/compile.h>
#include <ppr/sweep.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "support/prng.h"

enum { ROUNDS = 40, MOST = 2200, GROUPS = 3, TEXT = 8192 };

typedef struct sample {
  char rules[TEXT];
  int64_t x[MOST], y[MOST], z[MOST], group[MOST];
  uint32_t n;
} sample;

typedef struct answers {
  bool yes[MOST], there[MOST];
  int64_t number[MOST];
} answers; /* of one run */

static void put(char *out, const char *text) { snprintf(out + strlen(out), TEXT - strlen(out), "%s", text); }

/* A number: at most 50 * 3^4 away from zero, so nothing overflows. */
static void number(prng *r, char *out, int depth) {
  static const char *const leaves[] = {"X", "Y", "Z", "P", "Q", "7", "(-3)"};
  static const char *const two[] = {" + ", " - "};
  if (depth == 0) {
    put(out, leaves[prng_below(r, 7)]);
    return;
  }
  switch (prng_below(r, 4)) {
  case 0:
    put(out, "max(");
    number(r, out, depth - 1);
    put(out, ", ");
    number(r, out, depth - 1);
    put(out, ")");
    break;
  case 1:
    put(out, "(wenn ");
    number(r, out, depth - 1);
    put(out, prng_below(r, 2) ? " > " : " <= ");
    number(r, out, depth - 1);
    put(out, " dann ");
    number(r, out, depth - 1);
    put(out, " sonst ");
    number(r, out, depth - 1);
    put(out, ")");
    break;
  default:
    put(out, "(");
    number(r, out, depth - 1);
    put(out, two[prng_below(r, 2)]);
    number(r, out, depth - 1);
    put(out, ")");
  }
}

/* Parts, the condition and columns of the same meaning, from which they are computed again. */
static void make_rules(prng *r, sample *s) {
  char sum[TEXT] = "", share[TEXT] = "", when[TEXT] = "", text[TEXT];
  number(r, sum, 3);
  number(r, share, 2);
  number(r, when, 1);
  int from = (int)prng_between(r, -9, 3), step = (int)prng_between(r, 1, 3), steps = (int)prng_between(r, 1, 8);
  snprintf(
      s->rules, TEXT,
      "regelwerk Probe \"Probe\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz\"\n  gilt ab 01.01.2024\naufzählung Art § 1\n  a, b, c\n"
      "eingabe E § 1\n  schlüssel K : Zahl(0) 1..9999, Jahr : Zahl(0) 2024..2025, Quartal : Zahl(0) 1..4\n  zeitraum Zeit = Jahr, Quartal\n  aus "
      "\"A\"\n"
      "    G : Art\n    X : Zahl(0) -50..50\n    Y : Zahl(0) -50..50\n    Z : Zahl(0) -50..50\n"
      "parameter P : Zahl(0) -50..50 vorgabe %d § 1\nparameter Q : Zahl(0) -50..50 vorgabe %d § 1\nfür P von %d bis %d schritt %d\nfür Q in %d; %d\n",
      (int)prng_between(r, -9, 9), (int)prng_between(r, -9, 9), from, from + steps * step, step, (int)prng_between(r, -9, -1),
      (int)prng_between(r, 0, 9));
  snprintf(text, sizeof text,
           "regel Summe : Zahl(0) § 1\n  = %.2000s\nregel Anteil : ja/nein § 1\n  = %.2000s > 0\nregel Wann : ja/nein § 1\n  = %.2000s > -20\n", sum,
           share, when);
  put(s->rules, text);
  put(s->rules, "auswertung \"W\" wenn Wann\n  gruppe \"G\" = G\n  gruppe \"V\" = Anteil\n  anteil \"ja\" = Anteil\n  verteilung \"s\" = Summe\n"
                "ausgabe \"E\"\n  spalte \"Summe\" = Summe\n  spalte \"Anteil\" = Anteil\n  spalte \"Wann\" = Wann\n");
}

static void make_records(prng *r, sample *s, const char *path) {
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  s->n = (uint32_t)(prng_below(r, 4) ? prng_between(r, 1, 60) : prng_between(r, 900, MOST)); /* blocks of the store are 1024 */
  fputs("K;Jahr;Quartal;G;X;Y;Z\n", out);
  for (uint32_t i = 0; i < s->n; i++) {
    s->group[i] = prng_between(r, 0, GROUPS - 1);
    s->x[i] = prng_between(r, -50, 50), s->y[i] = prng_between(r, -50, 50), s->z[i] = prng_between(r, -50, 50);
    fprintf(out, "%u;2024;1;%c;%d;%d;%d\n", i + 1, (char)('a' + s->group[i]), (int)s->x[i], (int)s->y[i], (int)s->z[i]);
  }
  assert_int_equal(fclose(out), 0);
}

/* One run, one record after the other. */
static void compute(const ppr_program *p, const sample *s, int64_t vp, int64_t vq, answers *a) {
  ppr_evaluator *v;
  ppr_column in[16];
  ppr_result out[16];
  int64_t values[16], anys[16];
  uint8_t states[16];
  ppr_value_info info;
  ppr_fault fault;
  assert_int_equal(ppr_evaluator_new(&v, p, 0, NULL), PPR_OK);
  int sum = ppr_program_find_output(p, 0, "Summe"), share = ppr_program_find_output(p, 0, "Anteil"), when = ppr_program_find_output(p, 0, "Wann");
  assert_true(sum >= 0 && share >= 0 && when >= 0);
  for (size_t j = 0; ppr_program_output(p, 0, j, &info) == PPR_OK; j++) {
    assert_true(j < 16);
    out[j] = (ppr_result){&values[j], &states[j], NULL};
  }
  for (uint32_t i = 0; i < s->n; i++) {
    for (size_t k = 0; ppr_program_input(p, 0, k, &info) == PPR_OK; k++) {
      assert_true(k < 16);

      anys[k] = info.lo; /* keys: no rule asks for them */
      in[k] = (ppr_column){.values = &anys[k]};
      if (strcmp(info.name, "X") == 0) in[k].values = &s->x[i];
      if (strcmp(info.name, "Y") == 0) in[k].values = &s->y[i];
      if (strcmp(info.name, "Z") == 0) in[k].values = &s->z[i];
      if (strcmp(info.name, "G") == 0) in[k].values = &s->group[i];
      if (strcmp(info.name, "P") == 0) in[k].values = &vp;
      if (strcmp(info.name, "Q") == 0) in[k].values = &vq;
    }
    assert_int_equal(ppr_evaluator_eval(v, in, 1, out, &fault), PPR_OK);
    assert_int_equal(fault.code, 0);
    assert_true(!states[sum] && !states[share] && !states[when]);
    a->there[i] = values[when] == 1;
    a->yes[i] = values[share] == 1;
    a->number[i] = values[sum];
  }
  ppr_evaluator_free(v);
}

static int by_value(const void *a, const void *b) {
  return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
}

static void query(sqlite3 *db, const char *sql, char *out, size_t size) {
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
  *out = 0;
  if (sqlite3_step(s) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count(s); i++) {
      const char *cell = (const char *)sqlite3_column_text(s, i);
      snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", cell ? cell : "");
    }
  sqlite3_finalize(s);
}

static void expect(sqlite3 *db, const sample *s, int scenario, uint64_t run, const char *cell, const char *columns, const char *table,
                   const char *want) {
  char sql[512], has[512];
  snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE scenario = %d AND run = %" PRIu64 " AND cell = '%s'%s", columns, table, scenario, run, cell,
           strcmp(table, "spread") == 0 ? " ORDER BY rank)" : "");
  query(db, sql, has, sizeof has);
  if (strcmp(has, want) != 0) fail_msg("%s\n%s\n  has  %s\n  want %s", s->rules, sql, has, want);
}

/* A cell: records of a group (-1: any) and verdict (-1: any). */
static void check_cell(sqlite3 *db, const sample *s, int scenario, uint64_t run, const answers *a, const answers *base, int group, int verdict) {
  static const int percent[] = {0, 5, 10, 25, 50, 75, 90, 95, 100};
  static int64_t sorted[MOST];
  int64_t yes = 0, no = 0, gained = 0, lost = 0, sum = 0;
  size_t n = 0;
  char cell[32] = "", want[512];
  for (uint32_t i = 0; i < s->n; i++) {
    if (!a->there[i] || (group >= 0 && s->group[i] != group) || (verdict >= 0 && a->yes[i] != verdict)) continue;
    yes += a->yes[i];
    no += !a->yes[i];
    if (base && base->there[i]) gained += a->yes[i] && !base->yes[i], lost += !a->yes[i] && base->yes[i];
    sum += a->number[i];
    sorted[n++] = a->number[i];
  }
  if (group >= 0) snprintf(cell, sizeof cell, "G=%c%s", 'a' + group, verdict < 0 ? "" : verdict ? "; V=ja" : "; V=nein");
  else if (verdict >= 0) snprintf(cell, sizeof cell, "V=%s", verdict ? "ja" : "nein");
  snprintf(want, sizeof want, "%" PRId64 " %" PRId64 " 0 %" PRId64 " %" PRId64, yes, no, gained, lost);
  expect(db, s, scenario, run, cell, "yes, no, absent, gained, lost", "share", n ? want : "");
  snprintf(want, sizeof want, "%zu %" PRId64, n, sum);
  expect(db, s, scenario, run, cell, "n, sum", "total", n ? want : "");
  qsort(sorted, n, sizeof *sorted, by_value);
  *want = 0;
  for (size_t k = 0; n && k < sizeof percent / sizeof *percent; k++) {
    size_t rank = 1; /* the least one with so many per cent of the values at or below it */
    while (rank * 100 < n * (size_t)percent[k]) rank++;
    snprintf(want + strlen(want), sizeof want - strlen(want), "%s%" PRId64, k ? "," : "", sorted[rank - 1]);
  }
  expect(db, s, scenario, run, cell, "group_concat(value) FROM (SELECT value", "spread", want);
}

static int64_t value(sqlite3 *db, uint64_t run, const char *name) {
  char sql[256], has[64];
  snprintf(sql, sizeof sql,
           "SELECT value FROM value JOIN parameter ON parameter.id = parameter AND parameter.scenario = value.scenario WHERE value.scenario = 1 AND "
           "run = %" PRIu64 " AND name = '%s'",
           run, name);
  query(db, sql, has, sizeof has);
  assert_true(*has);
  return strtoll(has, NULL, 10);
}

static void check(const ppr_program *p, const sample *s, const char *ledger) {
  static answers base, now;
  sqlite3 *db;
  char has[64];
  assert_int_equal(sqlite3_open_v2(ledger, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  query(db,
        "SELECT sets, (SELECT count(*) FROM (SELECT DISTINCT a.value, b.value FROM value a JOIN value b ON a.run = b.run AND a.scenario = b.scenario "
        "WHERE a.scenario = 1 AND a.run > 0 AND a.parameter = 0 AND b.parameter = 1)) FROM scenario WHERE id = 1",
        has, sizeof has);
  uint64_t sets = strtoull(has, NULL, 10), different = strtoull(strchr(has, ' '), NULL, 10);
  assert_true(sets > 1 && sets == different); /* every point of the grid once */
  compute(p, s, value(db, 0, "P"), value(db, 0, "Q"), &base);
  for (uint64_t run = 0; run <= sets; run++) {
    compute(p, s, value(db, run, "P"), value(db, run, "Q"), &now);
    for (int group = -1; group < GROUPS; group++) check_cell(db, s, 1, run, &now, &base, group, -1);
    for (int verdict = 0; verdict < 2; verdict++) check_cell(db, s, 1, run, &now, &base, -1, verdict);
    if (run == 0)
      for (int k = 0; k < 2 * GROUPS; k++) check_cell(db, s, 0, run, &now, NULL, k / 2, k % 2);
  }
  sqlite3_close(db);
}

static void sweeps(void **state) {
  (void)state;
  static sample s;
  prng r = prng_new("prop_sweep");
  char folder[] = "/tmp/ppr-prop-sweep-XXXXXX", input[64], ledger[64];
  assert_non_null(mkdtemp(folder));
  snprintf(input, sizeof input, "%s/in.csv", folder);
  snprintf(ledger, sizeof ledger, "%s/l.sqlite", folder);
  for (int round = 0; round < ROUNDS; round++) {
    ppr_engine *engine = ppr_engine_new();
    ppr_report *report = ppr_report_new();
    make_rules(&r, &s);
    make_records(&r, &s, input);
    ppr_source_text file = {"probe.ppr", s.rules, strlen(s.rules)};
    ppr_program *p = NULL;
    if (ppr_compile(&p, engine, &file, 1, report) != PPR_OK) fail_msg("%s\n%s", s.rules, ppr_report_text(report, PPR_GERMAN));
    ppr_sweep_scenario scenarios[] = {{"Basis", p}, {"dieselbe", p}};
    ppr_run_opts run = PPR_RUN_OPTS_INIT;
    run.input = input;
    run.form = PPR_FORM_FLAT;
    run.jobs = (uint32_t)prng_between(&r, 1, 3);
    ppr_sweep_opts opts = PPR_SWEEP_OPTS_INIT;
    ppr_sweep_summary summary;
    opts.scenarios = scenarios;
    opts.n_scenarios = 2;
    opts.run = &run;
    opts.ledger = ledger;
    if (ppr_sweep(engine, &opts, &summary, report) != PPR_OK) fail_msg("%s\n%s", s.rules, ppr_report_text(report, PPR_GERMAN));
    check(p, &s, ledger);
    ppr_program_free(p);
    ppr_report_free(report);
    ppr_engine_free(engine);
    remove(ledger);
  }
  remove(input);
  rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sweeps)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
