/* Runs from files to files, on the hand-made Regelwerk of support/probe.h: result files, the error file, JSON, readings, explanations. */
#include "code/build.h"
#include "engine.h"
#include "io/writer.h"
#include "ppr/run.h"
#include "support/memory.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

typedef struct fixture {
  char in[64], out[128];
  ppr_program *program;
  ppr_engine *engine;
  ppr_report *report;
  ppr_run_opts opts;
  ppr_run_summary summary;
} fixture;

static int setup(void **state) {
  static fixture f;
  f = (fixture){.program = probe_program(), .engine = ppr_engine_new(), .report = ppr_report_new(), .opts = PPR_RUN_OPTS_INIT};
  probe_folder(f.in);
  probe_tables(f.in);
  snprintf(f.out, sizeof f.out, "%s/aus", f.in);
  f.opts.input = f.in;
  f.opts.output = f.out;
  *state = &f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  ppr_free(f->summary.counts);
  ppr_report_free(f->report);
  ppr_engine_free(f->engine);
  program_free(f->program);
  probe_remove(f->in);
  return 0;
}

static ppr_status run(fixture *f) {
  ppr_free(f->summary.counts);
  f->summary.counts = NULL;
  return ppr_run(f->program, f->engine, &f->opts, &f->summary, f->report);
}

static void expect_file(const fixture *f, const char *name, const char *text) {
  char *found = probe_read(f->out, name);
  if (!found) fail_msg("%s is missing", name);
  assert_string_equal(found, text);
  free(found);
}
static void expect_absent(const fixture *f, const char *name) {
  char *found = probe_read(f->out, name);
  free(found);
  assert_null(found);
}
static const diag *reported(fixture *f, diag_code code) {
  const diag *d = report_first(f->report);
  while (d && d->code != code) d = d->next;
  return d;
}

#define ERROR_HEAD "IK;Jahr;Quartal;Einrichtung;Tabelle;Zeile;Feld;Code;Text\n"

/* Summe 30 + 12 = 42; Quote 42 / 4 = 10,5. */
static void result_files(void **state) {
  fixture *f = *state;
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv", "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n260100001;2024;1;29;42;ja;10,5;2024-01\n");
  expect_file(f, "G.csv", "IK;Jahr;Quartal;Einrichtung;Gruppe;VKS\n260100001;2024;1;29;a;3,75\n260100001;2024;1;29;b;7,00\n");
  expect_file(f, "Fehler.csv", ERROR_HEAD);
  assert_int_equal(f->summary.records, 1);
  assert_int_equal(f->summary.refused, 0);
  assert_int_equal(f->summary.by_edition[0], 1);
  assert_int_equal(f->summary.n_counts, 1);
  assert_string_equal(f->summary.counts[0].file, "R");
  assert_string_equal(f->summary.counts[0].column, "erfüllt");
  assert_string_equal(f->summary.counts[0].group, "29");
  assert_int_equal(f->summary.counts[0].yes, 1);
  assert_int_equal(f->summary.counts[0].no + f->summary.counts[0].absent, 0);
}

/* Two editions interleaved, a fault (Teiler 0), a refusing check, a hint, a wrong cell: the others are there, in the order of the input. */
static void mixed_records(void **state) {
  fixture *f = *state;
  probe_write(f->in, "T1.csv",
              "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n5;2024;3;29;nein;;3;\n4;2024;1;30;ja;;0;\n3;2024;4;30;nein;;7;\n2;2024;2;29;"
              "nein;;1;\n1;2024;3;29;nein;;1,5;\n");
  probe_write(f->in, "T2.csv",
              "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n5;2024;3;29;2023;A1;100\n5;2024;3;29;2023;A2;1\n4;2024;1;30;2023;A1;1\n3;2024;4;30;"
              "2023;A2;1001\n2;2024;2;29;2023;A4;600\n");
  probe_write(f->in, "T3.csv", "IK;Jahr;Quartal;Einrichtung;Dienst;Von;Auf;VKS\n");
  assert_int_equal(run(f), PPR_REFUSED);
  /* 101 / 3 = 33,66… */
  expect_file(f, "R.csv",
              "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n5;2024;3;29;101;nein;33,7;2024-07\n2;2024;2;29;600;nein;600,0;2024-01\n");
  expect_file(f, "G.csv", "IK;Jahr;Quartal;Einrichtung;Gruppe;VKS\n");
  char *errors = probe_read(f->out, "Fehler.csv");
  assert_non_null(strstr(errors, "\n4;2024;1;30;;;;PPR5204;")); /* division by zero, at its place */
  assert_non_null(strstr(errors, "2024-01.ppr:"));
  assert_non_null(strstr(errors, "\n3;2024;4;30;;;Obergrenze;PPR5301;Obergrenze: zu viel\n"));
  assert_non_null(strstr(errors, "\n2;2024;2;29;;;Plausibel;PPR5302;Plausibel: viel\n"));
  assert_non_null(strstr(errors, "\n1;2024;3;29;T1;6;Teiler;PPR5102;")); /* 1,5 has a decimal too many */
  free(errors);
  assert_int_equal(f->summary.records, 5);
  assert_int_equal(f->summary.refused, 3);
  assert_int_equal(f->summary.faults, 1);
  assert_int_equal(f->summary.by_edition[0], 2);
  assert_int_equal(f->summary.by_edition[1], 3);
  assert_int_equal(f->summary.findings, 2); /* the hint "viel" of record 2, and of record 3 */
  assert_string_equal(reported(f, DIAG_RECORD_REFUSED)->args[0], "4/2024/1/30");
}

/* The same records as batches of 1 and 7: the same bytes. */
static void batch_sizes(void **state) {
  fixture *f = *state;
  ppr_buf t1, t2;
  buf_init(&t1, ppr_alloc_default, 1 << 20);
  buf_init(&t2, ppr_alloc_default, 1 << 20);
  buf_puts(&t1, "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n");
  buf_puts(&t2, "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n");
  for (int i = 0; i < 2500; i++) {
    buf_printf(&t1, "%d;2024;%d;29;%s;;%d;\n", i, i % 4 + 1, i % 3 ? "ja" : "nein", i % 10);
    buf_printf(&t2, "%d;2024;%d;29;2023;A1;%d\n", i, i % 4 + 1, i % 300);
  }
  probe_write_bytes(f->in, "T1.csv", t1.data, t1.size);
  probe_write_bytes(f->in, "T2.csv", t2.data, t2.size);
  buf_fini(&t1);
  buf_fini(&t2);
  static const char *const names[] = {"R.csv", "G.csv", "Fehler.csv"};
  char *first[3];
  assert_int_equal(run(f), PPR_REFUSED);
  for (int i = 0; i < 3; i++) first[i] = probe_read(f->out, names[i]);
  static const uint32_t lanes[] = {1, 7, 1024};
  for (int l = 0; l < 3; l++) {
    f->opts.lanes = lanes[l];
    assert_int_equal(run(f), PPR_REFUSED);
    for (int i = 0; i < 3; i++) expect_file(f, names[i], first[i]);
  }
  assert_int_equal(f->summary.records, 2501); /* the 2500 and the one that only T3 knows */
  assert_int_equal(f->summary.faults, 250);   /* Teiler 0: every tenth */
  assert_int_equal(f->summary.refused, 251);
  for (int i = 0; i < 3; i++) free(first[i]);
}

static void readings(void **state) {
  fixture *f = *state;
  probe_write(f->in, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n260100001;2024;1;29;2023;A1;200\n");
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv", "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n260100001;2024;1;29;200;nein;50,0;2024-01\n");
  ppr_reading_choice choice = {"Lesart", "mild"};
  f->opts.readings = &choice;
  f->opts.n_readings = 1;
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv", "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n260100001;2024;1;29;200;ja;50,0;2024-01\n");
  choice.variant = "sanft";
  assert_int_equal(run(f), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_VARIANT_UNKNOWN)->args[3], "streng, mild");
  choice.name = "Deutung";
  assert_int_equal(run(f), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_READING_UNKNOWN)->args[1], "Lesart");
}

static void whole_or_absent(void **state) {
  fixture *f = *state;
  assert_int_equal(run(f), PPR_OK);
  char *before = probe_read(f->out, "R.csv");
  probe_write(f->in, "T2.csv", "");
  assert_int_equal(run(f), PPR_DIAGNOSED);
  expect_file(f, "R.csv", before); /* unchanged */
  free(before);
  probe_remove(f->out);
  assert_int_equal(run(f), PPR_DIAGNOSED);
  expect_absent(f, "R.csv");
  expect_absent(f, "Fehler.csv");
}

static void outputs_that_cannot_be(void **state) {
  fixture *f = *state;
  f->opts.output = f->in;
  assert_int_equal(run(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_OUTPUT_IS_INPUT));
  probe_write(f->in, "datei", "x");
  char path[128];
  snprintf(path, sizeof path, "%s/datei", f->in);
  f->opts.output = path;
  assert_int_equal(run(f), PPR_IO);
  snprintf(path, sizeof path, "%s/nicht/da", f->in);
  assert_int_equal(run(f), PPR_IO);
}

static void json_results(void **state) {
  fixture *f = *state;
  probe_write(f->in, "in.json",
              "{\"IK\":\"a\\\"b\",\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":\"29\",\"Pflicht\":true,\"Tage\":{\"A1\":5},\"Teiler\":2,\"VKS\":{"
              "\"a\":{\"a\":0.5}}}\n"
              "{\"IK\":\"c\",\"Jahr\":2024,\"Quartal\":3,\"Einrichtung\":\"30\",\"Pflicht\":false,\"Tage\":{\"A1\":-1}}\n");
  char in[128], out[128];
  snprintf(in, sizeof in, "%s/in.json", f->in);
  snprintf(out, sizeof out, "%s/out.json", f->in);
  f->opts.input = in;
  f->opts.output = out;
  f->opts.form = PPR_FORM_NDJSON;
  f->opts.output_ndjson = 1;
  assert_int_equal(run(f), PPR_REFUSED);
  char *text = probe_read(f->in, "out.json");
  assert_string_equal(
      text, "{\"IK\":\"a\\\"b\",\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":\"29\",\"Fassung\":\"2024-01\",\"Ergebnisse\":{\"R\":[{\"Summe\":5,"
            "\"erfüllt\":true,"
            "\"Quote\":2.5,\"Fassung\":\"2024-01\"}],\"G\":[{\"Gruppe\":\"a\",\"VKS\":0.50},{\"Gruppe\":\"b\",\"VKS\":0.00}]}}\n"
            "{\"IK\":\"c\",\"Jahr\":2024,\"Quartal\":3,\"Einrichtung\":\"30\",\"Fassung\":\"2024-07\",\"Fehler\":[{\"Code\":\"PPR5104\",\"Zeile\":2,"
            "\"Feld\":\"Tage[A1]\",\"Text\":\"-1 liegt nicht zwischen 0 und 99999\"}]}\n");
  free(text);
}

static void flat_to_files(void **state) {
  fixture *f = *state;
  probe_write(f->in, "in.csv",
              "IK;Jahr;Quartal;Einrichtung;Pflicht;Tage[A1]\nX;2024;1;29;nein;1\n=1+1;2024;1;29;nein;\"2\"\n\"a;b\";2024;1;29;nein;3\n");
  char in[128];
  snprintf(in, sizeof in, "%s/in.csv", f->in);
  f->opts.input = in;
  f->opts.form = PPR_FORM_FLAT;
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv",
              "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\nX;2024;1;29;1;ja;1,0;2024-01\n'=1+1;2024;1;29;2;ja;2,0;2024-01\n\"a;b\";2024;"
              "1;29;3;ja;3,0;2024-01\n");
}

static void no_records(void **state) {
  fixture *f = *state;
  probe_write(f->in, "T1.csv", "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n");
  probe_write(f->in, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n");
  probe_write(f->in, "T3.csv", "IK;Jahr;Quartal;Einrichtung;Dienst;Von;Auf;VKS\n");
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv", "IK;Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n");
  assert_non_null(reported(f, DIAG_NO_RECORDS));
}

static void explain(void **state) {
  fixture *f = *state;
  static const char *const key[] = {"260100001", "2024", "1", "29"}, *const other[] = {"260100001", "2024", "2", "29"};
  char *text = NULL;
  assert_int_equal(ppr_run_explain(f->program, f->engine, &f->opts, key, 4, "Summe", &text, f->report), PPR_OK);
  assert_non_null(strstr(text, "42"));
  assert_non_null(strstr(text, "\nDatensatz 260100001/2024/1/29\n"));
  ppr_free(text);
  f->opts.explain_full = 1;
  assert_int_equal(ppr_run_explain(f->program, f->engine, &f->opts, key, 4, "Summe", &text, f->report), PPR_OK);
  assert_non_null(strstr(text, "\nDatensatz 260100001/2024/1/29\n"));
  ppr_free(text);
  assert_int_equal(ppr_run_explain(f->program, f->engine, &f->opts, key, 4, "Sume", &text, f->report), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_OUTPUT_UNKNOWN)->args[2], "Summe");
  assert_int_equal(ppr_run_explain(f->program, f->engine, &f->opts, other, 4, "Summe", &text, f->report), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_RECORD_UNKNOWN)->args[0], "260100001/2024/2/29");
  assert_int_equal(ppr_run_explain(f->program, f->engine, &f->opts, key, 3, "Summe", &text, f->report), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_KEY_COUNT)->args[2], "IK, Jahr, Quartal, Einrichtung");
  assert_null(text);
}

/* So many refused records are named in the report, then one hint; the error file has all. */
static void limit_of_reported(void **state) {
  fixture *f = *state;
  size_t limit = io_limits_default.reported;
  for (size_t extra = 0; extra < 2; extra++) {
    ppr_buf b;
    buf_init(&b, ppr_alloc_default, 1 << 20);
    buf_puts(&b, "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n260100001;2024;1;29;ja;;1;\n");
    for (size_t i = 0; i < limit + extra; i++) buf_printf(&b, "%zu;2024;1;29;x;;1;\n", i);
    probe_write_bytes(f->in, "T1.csv", b.data, b.size);
    buf_fini(&b);
    ppr_report_free(f->report);
    f->report = ppr_report_new();
    assert_int_equal(run(f), PPR_REFUSED);
    assert_int_equal(ppr_report_count(f->report), limit + extra);
    assert_int_equal(reported(f, DIAG_MORE_REFUSED) != NULL, extra);
    assert_int_equal(f->summary.refused, limit + extra);
  }
}

/* Every allocation of the readers and writers refused in turn: no crash, nothing left, no file. */
static void out_of_memory(void **state) {
  fixture *f = *state;
  bool done = false;
  for (size_t n = 1; n < 2000 && !done; n++) {
    memory m = {.fail_at = n};
    ppr_engine engine = {.alloc = memory_alloc(&m), .natives = f->engine->natives};
    ppr_status status = ppr_run(f->program, &engine, &f->opts, &f->summary, f->report);
    done = status == PPR_OK;
    assert_int_equal(m.bytes, 0);
    if (done) break;
    assert_int_equal(status, PPR_NOMEM);
    expect_absent(f, "R.csv");
    expect_absent(f, "Fehler.csv");
  }
  assert_true(done);
}

static void misuse(void **state) {
  fixture *f = *state;
  f->opts.size = 1;
  assert_int_equal(run(f), PPR_MISUSE);
  f->opts.size = sizeof f->opts;
  f->opts.lanes = 1025;
  assert_int_equal(run(f), PPR_MISUSE);
  f->opts.lanes = 0;
  f->opts.n_readings = 1;
  assert_int_equal(run(f), PPR_MISUSE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(result_files),           TEST(mixed_records), TEST(batch_sizes),   TEST(readings),   TEST(whole_or_absent),
                                     TEST(outputs_that_cannot_be), TEST(json_results),  TEST(flat_to_files), TEST(no_records), TEST(explain),
                                     TEST(limit_of_reported),      TEST(out_of_memory), TEST(misuse)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
