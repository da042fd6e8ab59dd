/* Populations: which keys there are, that draws belong to their keys and are uniform, that bytes depend on the seed alone, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ppr/compile.h>
#include <ppr/population.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"
#include "support/memory.h"

#define HEAD                                                                                                                                         \
  "regelwerk Probe \"Probe\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz\"\n  gilt ab 01.01.2024\naufzählung Feld § 1\n  x = \"29\", y = "     \
  "\"30\"\n"
#define KEYS(haus)                                                                                                                                   \
  "eingabe E § 1\n  schlüssel Haus : " haus ", Jahr : Zahl(0) 2024..2025, Quartal : Zahl(0) 1..4, Art : Feld\n  zeitraum Q = Jahr, Quartal\n"
#define DRAWS                                                                                                                                        \
  "parameter Rang : Zahl(0) 0..9 vorgabe 0 § 1\nfür Rang gezogen je Haus, Art gleichverteilt von 0 bis 9\n"                                        \
  "parameter Laune : Zahl(0) 0..9 vorgabe 0 § 1\nfür Laune gezogen je Datensatz gleichverteilt von 0 bis 9\n"                                      \
  "parameter fest : Zahl(0) 0..9 vorgabe 3 § 1\n"
#define OUTPUT "ausgabe \"T\" wenn Rang + fest > 3\n  spalte \"Rang\" = Rang\n  spalte \"Laune\" = Laune\n  spalte \"fest\" = fest\n"
static const char good[] = HEAD KEYS("Zahl(0) 101..300") DRAWS OUTPUT;

enum { MOST = 3200 };
typedef struct row {
  int haus, year, quarter, art, rang, laune, fest;
} row;

typedef struct fixture {
  ppr_engine *engine;
  ppr_report *report;
  ppr_population_summary summary;
  char folder[64];
  row rows[MOST];
  size_t n;
} fixture;

static int setup(void **state) {
  fixture *f = calloc(1, sizeof *f);
  f->engine = ppr_engine_new();
  snprintf(f->folder, sizeof f->folder, "/tmp/ppr-population-XXXXXX");
  assert_non_null(mkdtemp(f->folder));
  *state = f;
  return 0;
}

static void empty(const fixture *f) {
  static const char *const names[] = {"T.csv", PPR_POPULATION_ORIGIN, "fremd"};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
    remove(path);
  }
}

static int teardown(void **state) {
  fixture *f = *state;
  empty(f);
  rmdir(f->folder);
  ppr_report_free(f->report);
  ppr_engine_free(f->engine);
  free(f);
  return 0;
}

/* Makes a population in the folder, emptied before unless `keep`. */
static ppr_status make(fixture *f, const char *text, uint64_t seed, uint64_t count, int64_t year, uint32_t jobs, const char *fest, bool keep) {
  ppr_report_free(f->report);
  f->report = ppr_report_new();
  if (!keep) empty(f);
  ppr_source_text file = {"probe.ppr", text, strlen(text)};
  ppr_program *p = NULL;
  if (ppr_compile(&p, f->engine, &file, 1, f->report) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  ppr_parameter_choice choice = {"fest", fest};
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  run.output = f->folder;
  run.jobs = jobs;
  run.parameters = &choice;
  run.n_parameters = fest != NULL;
  ppr_population_opts opts = PPR_POPULATION_OPTS_INIT;
  opts.run = &run;
  opts.seed = seed;
  opts.count = count;
  opts.year = year;
  ppr_status status = ppr_population(p, f->engine, &opts, &f->summary, f->report);
  ppr_program_free(p);
  return status;
}

static void read_rows(fixture *f) {
  char path[128], line[256];
  snprintf(path, sizeof path, "%s/T.csv", f->folder);
  FILE *in = fopen(path, "r");
  assert_non_null(in);
  assert_non_null(fgets(line, sizeof line, in));
  assert_string_equal(line, "Haus;Jahr;Quartal;Art;Rang;Laune;fest\n");
  for (f->n = 0; fgets(line, sizeof line, in); f->n++) {
    row *r = &f->rows[f->n];
    assert_true(f->n < MOST);
    int *cells[] = {&r->haus, &r->year, &r->quarter, &r->art, &r->rang, &r->laune, &r->fest};
    char *at = line;
    for (size_t i = 0; i < 7; i++, at++) {
      char *end;
      *cells[i] = (int)strtol(at, &end, 10);
      assert_true(end > at && *end == (i < 6 ? ';' : '\n'));
      at = end;
    }
  }
  fclose(in);
}

static char *read_text(const fixture *f, const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", f->folder, name);
  FILE *in = fopen(path, "r");
  assert_non_null(in);
  char *text = calloc(1, 1 << 20);
  size_t n = fread(text, 1, (1 << 20) - 1, in);
  fclose(in);
  text[n] = 0;
  return text;
}

static void refused(fixture *f, const char *code) {
  ppr_diagnostic d;
  assert_int_equal(ppr_report_count(f->report), 1);
  assert_int_equal(ppr_report_get(f->report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.code, code);
}

/* 200 houses, 2 years, 4 quarters, 2 kinds; with fest = 9 every record has a row. */
static void test_keys(void **state) {
  fixture *f = *state;
  assert_int_equal(make(f, good, 1, 0, 0, 1, "9", false), PPR_OK);
  read_rows(f);
  assert_int_equal(f->n, 3200);
  assert_int_equal(f->summary.keys, 3200);
  assert_int_equal(f->summary.records, 3200);
  for (size_t i = 0; i < f->n; i++) {
    const row *r = &f->rows[i];
    assert_int_equal(r->haus, 101 + (int)i / 16);
    assert_int_equal(r->year, 2024 + (int)i / 8 % 2);
    assert_int_equal(r->quarter, 1 + (int)i / 2 % 4);
    assert_int_equal(r->art, 29 + (int)i % 2);
    assert_int_equal(r->fest, 9);
  }
}

/* Rang belongs to house and kind: it is the same in all eight quarters, and neither that of the other kind nor of the next house. */
static void test_draws_belong_to_keys(void **state) {
  fixture *f = *state;
  size_t as_kind = 0, as_next = 0, as_before = 0;
  assert_int_equal(make(f, good, 7, 0, 0, 1, "9", false), PPR_OK);
  read_rows(f);
  for (size_t i = 0; i < f->n; i++) {
    const row *first = &f->rows[i / 16 * 16 + i % 2], *r = &f->rows[i];
    assert_int_equal(r->rang, first->rang);
    as_kind += r->rang == f->rows[i ^ 1].rang;
    as_next += i >= 16 && r->rang == f->rows[i - 16].rang;
    as_before += i >= 2 && r->laune == f->rows[i - 2].laune;
  }
  /* one in ten by chance: of 200 houses and kinds 20 (in 16 rows each), of 3200 records 320 */
  assert_in_range(as_kind, 16 * 5, 16 * 45);
  assert_in_range(as_next, 16 * 5, 16 * 45);
  assert_in_range(as_before, 240, 400);
}

/* Ten values, 3200 records: chi-square with 9 degrees of freedom, of which one in a thousand exceeds 27,88. */
static void test_uniform(void **state) {
  fixture *f = *state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    int seen[10] = {0}, sum = 0;
    assert_int_equal(make(f, good, seed, 0, 0, 1, "9", false), PPR_OK);
    read_rows(f);
    for (size_t i = 0; i < f->n; i++) {
      assert_in_range(f->rows[i].laune, 0, 9);
      seen[f->rows[i].laune]++;
    }
    for (int v = 0; v < 10; v++) sum += (seen[v] - 320) * (seen[v] - 320); /* chi-square = sum / 320 */
    assert_true(sum > 0 && sum < 8921);
  }
}

/* The same bytes for any number of threads; others for another seed. Few houses are the first ones of many. */
static void test_bytes(void **state) {
  fixture *f = *state;
  assert_int_equal(make(f, good, 3, 0, 0, 1, NULL, false), PPR_OK);
  char *one = read_text(f, "T.csv"), *origin = read_text(f, PPR_POPULATION_ORIGIN);
  assert_int_equal(make(f, good, 3, 0, 0, 4, NULL, false), PPR_OK);
  char *four = read_text(f, "T.csv"), *origin_four = read_text(f, PPR_POPULATION_ORIGIN);
  assert_int_equal(make(f, good, 4, 0, 0, 1, NULL, false), PPR_OK);
  char *other = read_text(f, "T.csv");
  assert_int_equal(make(f, good, 3, 10, 0, 1, NULL, false), PPR_OK);
  char *few = read_text(f, "T.csv");
  assert_string_equal(one, four);
  assert_string_equal(origin, origin_four);
  assert_string_not_equal(one, other);
  assert_true(strlen(few) < strlen(one));
  assert_memory_equal(few, one, strlen(few));
  assert_int_equal(f->summary.keys, 160);
  assert_non_null(strstr(origin, "Schlüssel:  Haus 101 bis 300, Jahr 2024 bis 2025, Quartal 1 bis 4, Art 29 30\n"));
  assert_non_null(strstr(origin, "Startwert:  3\n"));
  char *texts[] = {one, four, other, few, origin, origin_four};
  for (size_t i = 0; i < 6; i++) free(texts[i]);
}

/* With fest as preset, 3, those whose Rang is 0 have no row. */
static void test_condition_and_year(void **state) {
  fixture *f = *state;
  assert_int_equal(make(f, good, 1, 0, 2025, 2, NULL, false), PPR_OK);
  read_rows(f);
  assert_int_equal(f->summary.keys, 1600);
  assert_int_equal(f->summary.records, f->n);
  assert_in_range(f->n, 1320, 1560); /* nine of ten */
  for (size_t i = 0; i < f->n; i++) {
    assert_int_equal(f->rows[i].year, 2025);
    assert_true(f->rows[i].rang > 0);
    assert_int_equal(f->rows[i].fest, 3);
  }
}

/* A drawn parameter that is chosen is not drawn. */
static void test_choice(void **state) {
  fixture *f = *state;
  static const char text[] = HEAD KEYS("Zahl(0) 1..50") DRAWS "für fest gezogen je Datensatz gleichverteilt von 0 bis 9\nausgabe \"T\"\n  spalte "
                                                              "\"Rang\" = Rang\n  spalte \"Laune\" = Laune\n  spalte \"fest\" = fest\n";
  bool same = true;
  assert_int_equal(make(f, text, 1, 0, 2024, 1, NULL, false), PPR_OK);
  read_rows(f);
  assert_int_equal(f->n, 400);
  for (size_t i = 1; i < f->n; i++) same = same && f->rows[i].fest == f->rows[0].fest;
  assert_false(same);
  assert_int_equal(make(f, text, 1, 0, 2024, 1, "5", false), PPR_OK);
  read_rows(f);
  assert_int_equal(f->n, 400);
  for (size_t i = 0; i < f->n; i++) assert_int_equal(f->rows[i].fest, 5);
  char *origin = read_text(f, PPR_POPULATION_ORIGIN);
  assert_non_null(strstr(origin, "Parameter:  fest = 5\n"));
  free(origin);
}

static void test_refused(void **state) {
  fixture *f = *state;
  static const struct {
    const char *text, *code;
    uint64_t count;
    int64_t year;
  } cases[] = {
      {HEAD KEYS("Zahl(0) 1..9") "  aus \"A\"\n    Rang : Zahl(0) 0..9\n" OUTPUT "parameter fest : Zahl(0) 0..9 vorgabe 3 § 1\n"
                                 "parameter Laune : Zahl(0) 0..9 vorgabe 3 § 1\nfür Laune gezogen gleichverteilt von 0 bis 9\n",
       "PPR5450", 0, 0},
      {HEAD KEYS("Zahl(0) 1..9") "parameter Rang : Zahl(0) 0..9 vorgabe 0 § 1\nausgabe \"T\"\n  spalte \"Rang\" = Rang\n", "PPR5451", 0, 0},
      {HEAD KEYS("Zahl(0) 1..9") "parameter Rang : Zahl(0) 0..9 vorgabe 0 § 1\nfür Rang in 1; 2\nausgabe \"T\"\n  spalte \"Rang\" = Rang\n",
       "PPR5452", 0, 0},
      {HEAD KEYS("Text") DRAWS OUTPUT, "PPR5453", 0, 0},
      {HEAD KEYS("Zahl(2) 1..9") DRAWS OUTPUT, "PPR5453", 0, 0},
      {good, "PPR5454", 201, 0},
      {good, "PPR5455", 0, 2026},
      {good, "PPR5455", 0, 2023},
      {HEAD KEYS("Zahl(0) 1..268435456") DRAWS OUTPUT, "PPR5456", 0, 0}, /* times 16 is 2^32 */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(make(f, cases[i].text, 1, cases[i].count, cases[i].year, 1, NULL, false), PPR_DIAGNOSED);
    refused(f, cases[i].code);
  }
  char path[128];
  empty(f);
  snprintf(path, sizeof path, "%s/fremd", f->folder);
  FILE *other = fopen(path, "w");
  assert_non_null(other);
  fclose(other);
  assert_int_equal(make(f, good, 1, 0, 0, 1, NULL, true), PPR_DIAGNOSED);
  refused(f, "PPR5457");
}

/* A record without results makes the whole population fail: the rules are wrong, and nothing is written. */
static void test_fault(void **state) {
  fixture *f = *state;
  static const char text[] = HEAD KEYS("Zahl(0) 1..50") DRAWS
      "regel Teil : Zahl(2) § 1\n  = 10 / Laune gerundet kaufmännisch auf 2\nausgabe \"T\"\n  spalte \"Teil\" = Teil\n";
  char path[128];
  assert_int_equal(make(f, text, 1, 0, 0, 2, NULL, false), PPR_DIAGNOSED);
  refused(f, "PPR5035");
  snprintf(path, sizeof path, "%s/T.csv", f->folder);
  assert_int_not_equal(access(path, F_OK), 0);
  snprintf(path, sizeof path, "%s/%s", f->folder, PPR_POPULATION_ORIGIN);
  assert_int_not_equal(access(path, F_OK), 0);
}

/* Every allocation refused in turn: told as such, nothing written, nothing left. */
static void test_out_of_memory(void **state) {
  fixture *f = *state;
  ppr_source_text file = {"probe.ppr", good, sizeof good - 1};
  ppr_program *p = NULL;
  f->report = ppr_report_new();
  assert_int_equal(ppr_compile(&p, f->engine, &file, 1, f->report), PPR_OK);
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  run.output = f->folder;
  ppr_population_opts opts = PPR_POPULATION_OPTS_INIT;
  opts.run = &run;
  opts.count = 2;
  ppr_alloc before = f->engine->alloc;
  ppr_status status = PPR_NOMEM;
  size_t n = 0;
  while (status != PPR_OK) {
    memory m = {.fail_at = ++n};
    f->engine->alloc = memory_alloc(&m);
    status = ppr_population(p, f->engine, &opts, &f->summary, f->report);
    f->engine->alloc = before;
    assert_int_equal(m.bytes, 0);
    assert_true(status == PPR_OK || status == PPR_NOMEM);
    char path[128];
    snprintf(path, sizeof path, "%s/T.csv", f->folder);
    assert_int_equal(access(path, F_OK) == 0, status == PPR_OK);
  }
  assert_true(n > 20);
  ppr_program_free(p);
}

static void test_misuse(void **state) {
  fixture *f = *state;
  ppr_population_opts opts = PPR_POPULATION_OPTS_INIT;
  ppr_source_text file = {"probe.ppr", good, sizeof good - 1};
  ppr_program *p = NULL;
  f->report = ppr_report_new();
  assert_int_equal(ppr_compile(&p, f->engine, &file, 1, f->report), PPR_OK);
  assert_int_equal(ppr_population(p, f->engine, &opts, &f->summary, f->report), PPR_MISUSE); /* no run */
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  opts.run = &run;
  assert_int_equal(ppr_population(p, f->engine, &opts, &f->summary, f->report), PPR_MISUSE); /* no output */
  assert_int_equal(ppr_population(NULL, f->engine, &opts, &f->summary, f->report), PPR_MISUSE);
  ppr_program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
      cmocka_unit_test_setup_teardown(test_draws_belong_to_keys, setup, teardown),
      cmocka_unit_test_setup_teardown(test_uniform, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
      cmocka_unit_test_setup_teardown(test_condition_and_year, setup, teardown),
      cmocka_unit_test_setup_teardown(test_choice, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(test_fault, setup, teardown),
      cmocka_unit_test_setup_teardown(test_out_of_memory, setup, teardown),
      cmocka_unit_test_setup_teardown(test_misuse, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
