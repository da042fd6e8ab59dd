/* What a sweep counts, worked out by hand on 26 records of two Fassungen whose enumerations differ: numbers below zero, percentages, sums beyond 64
 * bits, conditions, axes, groups that vary with a parameter, surveys and members that only some scenarios have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ppr/compile.h>
#include <ppr/sweep.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char first[] = "regelwerk Probe \"Probe\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz\"\n  gilt ab 01.01.2024\n"
                            "aufzählung Feld § 1\n  EP \"Erwachsene\", KJP \"Kinder\", PSM \"Psychosomatik\"\n"
                            "eingabe Nachweis § 1\n  schlüssel IK : Zahl(0) 1..99, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n"
                            "  zeitraum Berichtsquartal = Jahr, Quartal\n  aus \"A\"\n    Art : Feld\n    Rest : Zahl(0) -9..9 optional\n"
                            "    Wert : Zahl(1) -999..999\n    Grad : Prozent(1) -100 %..100 %\n    Viel : Zahl(0) 0..999999999999999999\n"
                            "ausgabe \"E\"\n  spalte \"Wert\" = Wert\n";
/* Behind EP all members have other places. */
static const char second[] =
    "regelwerk Probe \"Probe\"\nfassung 2025-01\n  beschluss 19.10.2024 \"BAnz\"\n  gilt ab 01.01.2025\n  ändert fassung 2024-01\n"
    "streiche aufzählung Feld : EP\n";
static const char asked[] =
    "regelwerk Probe\nszenario \"Kennzahlen\" auf fassung 2024-01, 2025-01\n"
    "auswertung \"Alle\" wenn Wert > -500\n  gruppe \"Feld\" = Art\n  gruppe \"Rest\" = Rest\n  anteil \"positiv\" = Wert > 0\n"
    "  summe \"Wert\" = Wert\n  summe \"Viel\" = Viel\n  verteilung \"Grad\" = Grad\n"
    "auswertung \"Je\" je Feld\n  gruppe \"Fach\" = Feld\n  anteil \"trifft\" = Art = Feld\n";
static const char more[] = "regelwerk Probe\nszenario \"Mehr\" auf fassung 2024-01, 2025-01\nparameter Zuschlag : Zahl(1) -9..9 vorgabe 0\n"
                           "für Zuschlag in -1; 0; 2,5\nannahme Wert\n  = Wert + Zuschlag\n"
                           "auswertung \"Zweite\"\n  gruppe \"Vorzeichen\" = Wert > 0\n  verteilung \"Wert\" = Wert\n";
static const char fewer[] = "regelwerk Probe\nszenario \"Weniger\" auf fassung 2024-01\nstreiche aufzählung Feld : EP\n";

static const char records[] = "IK;Jahr;Quartal;Art;Rest;Wert;Grad;Viel\n"
                              "1;2024;1;EP;-1;-7,5;-10,0;999999999999999999\n"
                              "2;2024;1;KJP;;2,0;-0,5;999999999999999999\n"
                              "3;2024;1;PSM;3;4,0;0,0;999999999999999999\n"
                              "4;2025;1;KJP;-1;-1,0;10,0;999999999999999999\n"
                              "5;2025;1;PSM;3;-600,0;20,0;999999999999999999\n"
                              "6;2025;1;KJP;;0,5;30,0;999999999999999999\n";
enum { OTHERS = 20 }; /* from IK 10 on: 2024, EP, 5, all else zero */

typedef struct fixture {
  ppr_engine *engine;
  ppr_report *report;
  ppr_program *programs[3];
  char folder[64], input[96], ledger[96];
} fixture;

static ppr_program *compile(fixture *f, const char *scenario) {
  ppr_source_text files[] = {{"2024-01.ppr", first, sizeof first - 1},
                             {"2025-01.ppr", second, sizeof second - 1},
                             {"kennzahlen.ppr", asked, sizeof asked - 1},
                             {"szenario.ppr", scenario, scenario ? strlen(scenario) : 0}};
  ppr_program *p = NULL;
  if (ppr_compile(&p, f->engine, files, scenario ? 4 : 3, f->report) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  return p;
}

static ppr_status sweep(fixture *f) {
  ppr_sweep_scenario scenarios[] = {{"Basis", f->programs[0]}, {"Mehr", f->programs[1]}, {"Weniger", f->programs[2]}};
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  run.input = f->input;
  run.form = PPR_FORM_FLAT;
  ppr_sweep_opts opts = PPR_SWEEP_OPTS_INIT;
  ppr_sweep_summary s;
  opts.scenarios = scenarios;
  opts.n_scenarios = 3;
  opts.run = &run;
  opts.ledger = f->ledger;
  return ppr_sweep(f->engine, &opts, &s, f->report);
}

static int setup(void **state) {
  fixture *f = *state = calloc(1, sizeof *f);
  f->engine = ppr_engine_new();
  f->report = ppr_report_new();
  snprintf(f->folder, sizeof f->folder, "/tmp/ppr-tally-XXXXXX");
  assert_non_null(mkdtemp(f->folder));
  snprintf(f->input, sizeof f->input, "%s/in.csv", f->folder);
  snprintf(f->ledger, sizeof f->ledger, "%s/l.sqlite", f->folder);
  FILE *out = fopen(f->input, "w");
  assert_non_null(out);
  assert_true(fputs(records, out) >= 0);
  for (int i = 0; i < OTHERS; i++) fprintf(out, "%d;2024;1;EP;5;0;0;999999999999999999\n", 10 + i);
  assert_int_equal(fclose(out), 0);
  f->programs[0] = compile(f, NULL);
  f->programs[1] = compile(f, more);
  f->programs[2] = compile(f, fewer);
  if (sweep(f) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  return 0;
}

static int teardown(void **state) {
  fixture *f = *state;
  for (int i = 0; i < 3; i++) ppr_program_free(f->programs[i]);
  ppr_report_free(f->report);
  ppr_engine_free(f->engine);
  remove(f->input);
  remove(f->ledger);
  assert_int_equal(rmdir(f->folder), 0);
  free(f);
  return 0;
}

/* The rows of a query: columns joined by blanks, rows by "; ". */
static void expect(const fixture *f, const char *sql, const char *rows) {
  char has[1024] = "";
  sqlite3 *db;
  sqlite3_stmt *s;
  assert_int_equal(sqlite3_open_v2(f->ledger, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
  while (sqlite3_step(s) == SQLITE_ROW)
    for (int i = 0; i < sqlite3_column_count(s); i++) {
      const unsigned char *cell = sqlite3_column_text(s, i);
      snprintf(has + strlen(has), sizeof has - strlen(has), "%s%s", i ? " " : *has ? "; " : "", cell ? (const char *)cell : "NULL");
    }
  sqlite3_finalize(s);
  sqlite3_close(db);
  if (strcmp(has, rows) != 0) fail_msg("%s\n  has  %s\n  want %s", sql, has, rows);
}

#define ALL "FROM share JOIN survey ON survey.id = survey WHERE name = 'Alle' AND scenario = "
#define SUM(part) "SELECT n, sum FROM total JOIN survey ON survey.id = survey WHERE name = 'Alle' AND part = " part " AND "
#define RANKS(what) "SELECT group_concat(value) FROM (SELECT value FROM spread JOIN survey ON survey.id = survey WHERE " what " ORDER BY rank)"

/* Record 5 is none of `wenn`: 25 are counted, of them 2, 3, 6 above zero. */
static void baseline(void **state) {
  fixture *f = *state;
  expect(f, "SELECT yes, no, absent " ALL "0 AND cell = ''", "3 22 0");
  /* KJP is the second member in 2024 and the first in 2025: 2, 4, 6; PSM: 3 */
  expect(f, "SELECT cell, yes, no " ALL "0 AND cell IN ('Feld=EP', 'Feld=KJP', 'Feld=PSM') ORDER BY cell",
         "Feld=EP 0 21; Feld=KJP 2 1; Feld=PSM 1 0");
  expect(f, "SELECT label, place FROM cell_group JOIN survey ON id = survey WHERE name = 'Alle' AND cell = 'Feld=KJP'", "Kinder 0");
  /* -1 is a value, and not the state of a record that has none (2, 6) */
  expect(f, "SELECT cell, yes, no " ALL "0 AND cell LIKE 'Rest=%' ORDER BY cell", "Rest=-1 0 2; Rest=3 1 0; Rest=5 0 20; Rest=fehlt 2 0");
  expect(f, "SELECT cell, yes, no " ALL "0 AND cell LIKE 'Feld=KJP; %' ORDER BY cell", "Feld=KJP; Rest=-1 0 1; Feld=KJP; Rest=fehlt 2 0");
  /* -7,5 + 2 + 4 - 1 + 0,5; of KJP 2 - 1 + 0,5 */
  expect(f, SUM("3") "scenario = 0 AND cell = ''", "25 -20");
  expect(f, SUM("3") "scenario = 0 AND cell = 'Feld=KJP'", "3 15");
  expect(f, SUM("4") "scenario = 0 AND cell = ''", "25 24999999999999999975"); /* 25 * (10^18 - 1) */
  expect(f, SUM("5") "scenario = 0 AND cell = ''", "25 295");                  /* -100 - 5 + 100 + 300 thousandths */
  /* -100, -5, 21 times 0, 100, 300: 5 % is the 2nd, 10 % the 3rd, 90 % the 23rd, 95 % the 24th */
  expect(f, RANKS("name = 'Alle' AND scenario = 0 AND cell = ''"), "-100,-5,0,0,0,0,0,100,300");
  expect(f, RANKS("name = 'Alle' AND scenario = 0 AND cell = 'Feld=PSM'"), "0,0,0,0,0,0,0,0,0"); /* one value */
  expect(f, RANKS("name = 'Alle' AND scenario = 0 AND cell = 'Feld=KJP'"), "-5,-5,-5,-5,100,300,300,300,300");
  expect(f, "SELECT sum(n) FROM bin JOIN survey ON survey.id = survey WHERE name = 'Alle' AND scenario = 0 AND cell = ''", "25");
  expect(f, "SELECT count(*) FROM bin WHERE low > high OR low % (high - low) <> 0", "0");
  /* 2024: 23 records for EP, KJP, PSM; 2025: 3 records for KJP, PSM */
  expect(f, "SELECT cell, yes, no FROM share JOIN survey ON survey.id = survey WHERE name = 'Je' AND scenario = 0 AND cell <> '' ORDER BY cell",
         "Fach=EP 21 2; Fach=KJP 3 23; Fach=PSM 2 24");
}

static void parameter(void **state) {
  fixture *f = *state;
  expect(f, "SELECT name, text, steps FROM parameter", "Zuschlag in -1,0; 0,0; 2,5 3");
  expect(f, "SELECT run, value FROM value WHERE scenario = 1 ORDER BY run", "0 0; 1 -10; 2 0; 3 25");
  /* one less: 6 falls below zero; 2,5 more: 4 and the twenty rise above it */
  expect(f, "SELECT run, yes, no, gained, lost " ALL "1 AND cell = '' ORDER BY run", "0 3 22 0 0; 1 2 23 0 1; 2 3 22 0 0; 3 24 1 21 0");
  expect(f, SUM("3") "scenario = 1 AND cell = '' ORDER BY run", "25 -20; 25 -270; 25 -20; 25 605"); /* -2 - 25, -2 + 25 * 2,5 */
  /* groups follow the parameter: -600 is in this survey */
  expect(f,
         "SELECT run, cell, n FROM total JOIN survey ON survey.id = survey WHERE name = 'Zweite' AND cell <> '' AND scenario = 1 ORDER BY run, cell",
         "0 Vorzeichen=ja 3; 0 Vorzeichen=nein 23; 1 Vorzeichen=ja 2; 1 Vorzeichen=nein 24; 2 Vorzeichen=ja 3; 2 Vorzeichen=nein 23; 3 Vorzeichen=ja "
         "24; "
         "3 Vorzeichen=nein 2");
  expect(f, RANKS("name = 'Zweite' AND run = 3 AND cell = 'Vorzeichen=nein'"), "-5975,-5975,-5975,-5975,-5975,-50,-50,-50,-50");
  expect(f, "SELECT count(*) FROM change WHERE scenario = 1", "0");
}

/* Without EP the reader refuses 21 records: they are in no number, and lose what they had. All else is as it was, though places of members are
 * others. */
static void fewer_members(void **state) {
  fixture *f = *state;
  expect(f, "SELECT id, records, refused FROM scenario ORDER BY id", "0 26 0; 1 26 0; 2 26 21");
  expect(f, "SELECT n FROM failed WHERE scenario = 2", "0"); /* of those that were read */
  expect(f, "SELECT count(DISTINCT data), count(DISTINCT program) FROM scenario", "1 3");
  expect(f, "SELECT yes, no, gained, lost " ALL "2 AND cell = ''", "3 1 0 0");
  expect(f, "SELECT cell, yes, no " ALL "2 AND cell LIKE 'Feld=%' AND cell NOT LIKE '%;%' ORDER BY cell", "Feld=KJP 2 1; Feld=PSM 1 0");
  expect(f,
         "SELECT cell, yes, no, gained, lost FROM share JOIN survey ON survey.id = survey WHERE name = 'Je' AND scenario = 2 AND cell <> '' ORDER BY "
         "cell",
         "Fach=KJP 3 2 0 0; Fach=PSM 2 3 0 0");
  /* per record four parts of `Alle`, and `trifft` for KJP and PSM */
  expect(f, "SELECT count(*), count(after), count(DISTINCT record) FROM change WHERE scenario = 2", "126 0 21");
  expect(f, "SELECT DISTINCT cell FROM change JOIN survey ON id = survey WHERE scenario = 2 AND name = 'Alle' ORDER BY cell",
         "Feld=EP; Rest=-1; Feld=EP; Rest=5");
  expect(f, "SELECT count(*) FROM total JOIN survey ON survey.id = survey WHERE name = 'Zweite' AND scenario <> 1", "0");
  expect(f, "SELECT name FROM source WHERE scenario = 2 ORDER BY name", "2024-01.ppr; 2025-01.ppr; kennzahlen.ppr; szenario.ppr");
}

/* Asked of the records of two groups at once. */
static void goal(void **state) {
  fixture *f = *state;
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  run.input = f->input;
  run.form = PPR_FORM_FLAT;
  ppr_goal_opts opts = PPR_GOAL_OPTS_INIT;
  opts.run = &run;
  opts.parameter = "Zuschlag";
  opts.part = "positiv";
  opts.cell = "Feld=KJP; Rest=-1"; /* record 4: -1,0 */
  opts.numerator = opts.denominator = 1;
  ppr_goal g;
  if (ppr_find_goal(f->engine, f->programs[1], &opts, &g, f->report) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  assert_int_equal(g.n_spans, 2);
  assert_true(!g.spans[0].met && g.spans[0].last == 10 && g.spans[1].met && g.spans[1].first == 11 && g.of == 1);
  ppr_free(g.spans);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(baseline), cmocka_unit_test(parameter), cmocka_unit_test(fewer_members),
                                     cmocka_unit_test(goal)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
