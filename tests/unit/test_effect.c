/* What other readings change, on the hand-made Regelwerk of support/probe.h: counts, the list, memory, misuse. */
#include "code/build.h"
#include "engine.h"
#include "ppr/run.h"
#include "support/memory.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  char in[64], out[64], list[128];
  ppr_program *program;
  ppr_engine *engine;
  ppr_report *report;
  ppr_run_opts opts;
  ppr_run_summary summary;
  ppr_reading_effect *effects;
  size_t n;
} fixture;

static int setup(void **state) {
  static fixture f;
  f = (fixture){.program = probe_program(), .engine = ppr_engine_new(), .report = ppr_report_new(), .opts = PPR_RUN_OPTS_INIT};
  probe_folder(f.in);
  probe_folder(f.out);
  probe_tables(f.in);
  snprintf(f.list, sizeof f.list, "%s/liste.csv", f.out);
  f.opts.input = f.in;
  f.opts.output = f.list;
  *state = &f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  ppr_free(f->effects);
  ppr_report_free(f->report);
  ppr_engine_free(f->engine);
  program_free(f->program);
  probe_remove(f->in);
  probe_remove(f->out);
  return 0;
}

static ppr_status run(fixture *f) {
  ppr_free(f->effects);
  return ppr_run_readings(f->program, f->engine, &f->opts, &f->summary, &f->effects, &f->n, f->report);
}
static void expect_list(const fixture *f, const char *rows) {
  char *found = probe_read(f->out, "liste.csv"), wanted[2048];
  assert_non_null(found);
  snprintf(wanted, sizeof wanted, "IK;Jahr;Quartal;Einrichtung;Auslegung;Variante;Datei;Spalte;Ergebnis;vorher;nachher\n%s", rows);
  assert_string_equal(found, wanted);
  free(found);
}
static const diag *reported(fixture *f, diag_code code) {
  const diag *d = report_first(f->report);
  while (d && d->code != code) d = d->next;
  return d;
}

/* Up to 100 days are good, up to 200 if mild: 100 and 201 stay, 101 (until June) and 200 (from July) change. Refused: 1001 days, and Teiler 0. */
static void write_records(const fixture *f) {
  probe_write(f->in, "T1.csv",
              "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n1;2024;3;29;nein;;1;\n2;2024;1;29;nein;;1;\n3;2024;4;30;ja;;1;\n"
              "4;2024;2;30;ja;;1;\n5;2024;2;30;ja;;1;\n6;2024;2;30;ja;;0;\n");
  probe_write(f->in, "T2.csv",
              "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n1;2024;3;29;2023;A1;200\n2;2024;1;29;2023;A4;101\n3;2024;4;30;2023;A2;201\n"
              "4;2024;2;30;2023;A1;100\n5;2024;2;30;2023;A1;1001\n6;2024;2;30;2023;A1;150\n");
  probe_write(f->in, "T3.csv", "IK;Jahr;Quartal;Einrichtung;Dienst;Von;Auf;VKS\n");
}

static void counts_and_list(void **state) {
  fixture *f = *state;
  write_records(f);
  assert_int_equal(run(f), PPR_REFUSED);
  assert_int_equal(f->summary.records, 6);
  assert_int_equal(f->summary.refused, 2);
  assert_int_equal(f->summary.faults, 1);
  assert_null(f->summary.counts);
  assert_int_equal(f->n, 2);
  const ppr_reading_effect *all = &f->effects[0], *one = &f->effects[1];
  assert_string_equal(all->reading, "Lesart");
  assert_string_equal(all->variant, "mild");
  assert_string_equal(all->instead_of, "streng");
  assert_null(all->file);
  assert_string_equal(one->file, "R");
  assert_string_equal(one->column, "erfüllt");
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(f->effects[i].records, 4);
    assert_int_equal(f->effects[i].changed, 2);
    assert_int_equal(f->effects[i].yes_to_no, 0);
    assert_int_equal(f->effects[i].no_to_yes, 2);
    assert_int_equal(f->effects[i].other, 0);
    assert_int_equal(f->effects[i].any, 2);
  }
  expect_list(f, "1;2024;3;29;Lesart;mild;R;erfüllt;erfüllt;nein;ja\n2;2024;1;29;Lesart;mild;R;erfüllt;erfüllt;nein;ja\n");
  assert_string_equal(reported(f, DIAG_RECORD_REFUSED)->args[0], "5/2024/2/30");

  /* The other way round, without a list. */
  ppr_reading_choice choice = {"Lesart", "mild"};
  f->opts.readings = &choice;
  f->opts.n_readings = 1;
  f->opts.output = NULL;
  assert_int_equal(run(f), PPR_REFUSED);
  assert_int_equal(f->n, 2);
  assert_string_equal(f->effects[0].variant, "streng");
  assert_int_equal(f->effects[0].yes_to_no, 2);
  assert_int_equal(f->effects[0].no_to_yes, 0);
}

/* Nothing changes: no item per verdict, an empty list. */
static void nothing_changes(void **state) {
  fixture *f = *state;
  assert_int_equal(run(f), PPR_OK); /* 42 days */
  assert_int_equal(f->n, 1);
  assert_int_equal(f->effects[0].records, 1);
  assert_int_equal(f->effects[0].changed + f->effects[0].any, 0);
  expect_list(f, "");
}

/* Blocks of any size: the same numbers and bytes. i % 300 days, in turn in the four quarters, each third with rows in G. */
static void batch_sizes(void **state) {
  fixture *f = *state;
  enum { COUNT = 2500 };
  ppr_buf flat;
  size_t between = 0;
  char path[128], *first = NULL;
  buf_init(&flat, ppr_alloc_default, 1 << 20);
  buf_puts(&flat, "IK;Jahr;Quartal;Einrichtung;Pflicht;Tage[A1]\n");
  for (int i = 0; i < COUNT; i++) {
    buf_printf(&flat, "%d;2024;%d;29;%s;%d\n", i, i % 4 + 1, i % 3 ? "ja" : "nein", i % 300);
    between += i % 300 > 100 && i % 300 <= 200;
  }
  probe_write_bytes(f->in, "flach.csv", flat.data, flat.size);
  buf_fini(&flat);
  snprintf(path, sizeof path, "%s/flach.csv", f->in);
  f->opts.input = path;
  f->opts.form = PPR_FORM_FLAT;
  static const uint32_t lanes[] = {0, 1, 7, 1024};
  for (size_t l = 0; l < sizeof lanes / sizeof *lanes; l++) {
    f->opts.lanes = lanes[l];
    assert_int_equal(run(f), PPR_OK);
    assert_int_equal(f->effects[0].records, COUNT);
    assert_int_equal(f->effects[0].no_to_yes, between);
    assert_int_equal(f->effects[0].any, between);
    char *list = probe_read(f->out, "liste.csv");
    assert_non_null(list);
    if (first) {
      assert_string_equal(list, first);
      free(list);
    } else {
      first = list;
    }
  }
  free(first);
}

/* Every allocation of the engine refused in turn: no crash, nothing left, no file. */
static void out_of_memory(void **state) {
  fixture *f = *state;
  write_records(f);
  bool done = false;
  for (size_t n = 1; n < 2000 && !done; n++) {
    memory m = {.fail_at = n};
    ppr_engine engine = {.alloc = memory_alloc(&m), .natives = f->engine->natives};
    ppr_reading_effect *effects = NULL;
    size_t count = 0;
    ppr_status status = ppr_run_readings(f->program, &engine, &f->opts, &f->summary, &effects, &count, f->report);
    done = status == PPR_REFUSED;
    ppr_free(effects);
    assert_int_equal(m.bytes, 0);
    if (done) break;
    assert_int_equal(status, PPR_NOMEM);
    assert_int_equal(count, 0);
    assert_null(probe_read(f->out, "liste.csv"));
  }
  assert_true(done);
}

static void misuse(void **state) {
  fixture *f = *state;
  ppr_reading_effect *effects;
  size_t n;
  assert_int_equal(ppr_run_readings(NULL, f->engine, &f->opts, &f->summary, &effects, &n, f->report), PPR_MISUSE);
  assert_int_equal(ppr_run_readings(f->program, f->engine, &f->opts, &f->summary, NULL, &n, f->report), PPR_MISUSE);
  assert_int_equal(ppr_run_readings(f->program, f->engine, &f->opts, &f->summary, &effects, NULL, f->report), PPR_MISUSE);
  f->opts.lanes = 1025;
  assert_int_equal(run(f), PPR_MISUSE);
  assert_int_equal(f->n, 0);
  f->opts.lanes = 0;
  ppr_reading_choice choice = {"Lesart", "sanft"};
  f->opts.readings = &choice;
  f->opts.n_readings = 1;
  assert_int_equal(run(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_VARIANT_UNKNOWN));
  f->opts.n_readings = 0;
  char inside[128];
  snprintf(inside, sizeof inside, "%s/T1.csv", f->in);
  f->opts.output = inside;
  assert_int_equal(run(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_OUTPUT_IS_INPUT));
}

/* The variants of a reading by index; their sources are "" in this Regelwerk. */
static void variants(void **state) {
  fixture *f = *state;
  assert_string_equal(ppr_program_variant(f->program, 0, 0, 1), "mild");
  assert_string_equal(ppr_program_variant_source(f->program, 0, 0, 1), "");
  assert_null(ppr_program_variant_source(f->program, 0, 0, 2));
  assert_null(ppr_program_variant_source(f->program, 0, 1, 0));
  assert_null(ppr_program_variant_source(f->program, 2, 0, 0));
  assert_null(ppr_program_variant_source(NULL, 0, 0, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(counts_and_list), TEST(nothing_changes), TEST(batch_sizes),
                                     TEST(out_of_memory),   TEST(misuse),          TEST(variants)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
