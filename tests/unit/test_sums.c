/* Sums over records: groups and exact numbers, then result files of the Regelwerk of support/probe.h whose rows are added up. */
#include "base/decimal.h"
#include "engine.h"
#include "io/sums.h"
#include "io/writer.h"
#include "ppr/run.h"
#include "support/memory.h"
#include "support/prng.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- numbers --- */

static void scales(void **state) {
  (void)state;
  sum_number n = {0};
  assert_true(sums_add(&n, PPR_PRESENT, 15, 1)); /* 1,5 */
  assert_true(sums_add(&n, PPR_PRESENT, 7, 0));
  assert_true(n.total == 85 && n.scale == 1);       /* 8,5: a smaller scale is brought to the larger one */
  assert_true(sums_add(&n, PPR_PRESENT, -1234, 3)); /* -1,234 */
  assert_true(n.total == 7266 && n.scale == 3);     /* 8,500 - 1,234 */
  assert_int_equal(sums_state(&n), PPR_PRESENT);
}

/* An absent number adds nothing; one unbestimmt leaves the sum open; without any number there is none. */
static void states(void **state) {
  (void)state;
  static const struct {
    uint8_t seen[3], sum;
    int total;
  } cases[] = {
      {{PPR_PRESENT, PPR_ENTFAELLT, PPR_PRESENT}, PPR_PRESENT, 10},
      {{PPR_FEHLT, PPR_FEHLT, PPR_PRESENT}, PPR_PRESENT, 5},
      {{PPR_ENTFAELLT, PPR_ENTFAELLT, PPR_ENTFAELLT}, PPR_ENTFAELLT, 0},
      {{PPR_FEHLT, PPR_ENTFAELLT, PPR_FEHLT}, PPR_ENTFAELLT, 0},
      {{PPR_FEHLT, PPR_FEHLT, PPR_FEHLT}, PPR_FEHLT, 0},
      {{PPR_PRESENT, PPR_UNBESTIMMT, PPR_PRESENT}, PPR_UNBESTIMMT, 10},
      {{PPR_UNBESTIMMT, PPR_ENTFAELLT, PPR_FEHLT}, PPR_UNBESTIMMT, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sum_number n = {0};
    for (int k = 0; k < 3; k++) assert_true(sums_add(&n, cases[i].seen[k], 5, 0)); /* the value beside an absent state means nothing */
    assert_int_equal(sums_state(&n), cases[i].sum);
    assert_true(n.total == cases[i].total);
  }
  sum_number none = {0};
  assert_int_equal(sums_state(&none), PPR_FEHLT);
}

/* 2^63 - 1 is about 9,2 * 10^18; 18 decimals make it 9,2 * 10^36, of which 18 fit below 2^127, about 1,7 * 10^38. */
static void too_large(void **state) {
  (void)state;
  sum_number n = {0};
  assert_true(sums_add(&n, PPR_PRESENT, 0, DEC_MAX_SCALE));
  for (int i = 0; i < 18; i++) assert_true(sums_add(&n, PPR_PRESENT, INT64_MAX, 0));
  ppr_wide most = n.total;
  assert_true(most == (ppr_wide)INT64_MAX * 18 * dec_pow10(18));
  assert_false(sums_add(&n, PPR_PRESENT, INT64_MAX, 0));
  assert_true(n.total == most); /* unchanged, not wrapped */
  assert_true(sums_add(&n, PPR_PRESENT, INT64_MIN, 0));
  assert_true(n.total == most + (ppr_wide)INT64_MIN * dec_pow10(18));
  sum_number large = {.total = WIDE_MAX / 10};
  assert_false(sums_add(&large, PPR_PRESENT, 1, 2)); /* bringing the total itself to the scale */
  assert_true(large.total == WIDE_MAX / 10 && large.scale == 0);
}

/* --- groups --- */

static uint32_t row(sum_table *t, const char *head, const char *rest, uint32_t line, bool fresh) {
  char text[64];
  bool made;
  int n = snprintf(text, sizeof text, "%s%c%s", head, 0, rest);
  uint32_t at = sums_row(t, text, (size_t)n + 1, strlen(head) + 1, line, 2, &made);
  assert_int_equal(made, fresh);
  return at;
}

/* Families as they came, in each the lines as they stand in a record, equal lines as they came. */
static void order(void **state) {
  (void)state;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  sum_table t;
  sums_init(&t, arena);
  uint32_t first = row(&t, "H2", "b", 1, true);
  row(&t, "H1", "b", 1, true);
  row(&t, "H2", "c", 2, true);
  row(&t, "H2", "a", 3, true);
  row(&t, "H1", "b2", 1, true);
  assert_int_equal(row(&t, "H2", "b", 1, false), first);
  row(&t, "H2", "a", 0, false); /* from now on the first line */
  assert_int_equal(t.n_rows, 5);
  assert_int_equal(t.n_numbers, 10);
  sums_sort(&t);
  static const char *const wanted[][2] = {{"H2", "a"}, {"H2", "b"}, {"H2", "c"}, {"H1", "b"}, {"H1", "b2"}};
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(t.rows[i].text, wanted[i][0]);
    assert_string_equal(t.rows[i].text + 3, wanted[i][1]);
  }
  arena_free(arena);
}

/* Random rows against a plain array: every group has the sum of its numbers, whatever the order of the scales. */
static void random_rows(void **state) {
  (void)state;
  enum { GROUPS = 23, ROWS = 5000 };
  prng random = prng_new("random_rows");
  ppr_arena *arena = arena_new(ppr_alloc_default);
  sum_table t;
  sums_init(&t, arena);
  ppr_wide wanted[GROUPS][2] = {{0}};
  uint32_t at[GROUPS];
  bool seen[GROUPS] = {false};
  for (int i = 0; i < ROWS; i++) {
    uint32_t group = (uint32_t)prng_below(&random, GROUPS);
    char text[32];
    bool fresh;
    int n = snprintf(text, sizeof text, "%u", group);
    at[group] = sums_row(&t, text, (size_t)n + 1, (size_t)n + 1, 0, 2, &fresh);
    assert_int_equal(fresh, !seen[group]);
    seen[group] = true;
    for (int k = 0; k < 2; k++) {
      int scale = (int)prng_below(&random, 7);
      int64_t value = prng_between(&random, -1000000000, 1000000000);
      assert_true(sums_add(&t.numbers[t.rows[at[group]].first + (size_t)k], PPR_PRESENT, value, scale));
      wanted[group][k] += value * dec_pow10(6 - scale);
    }
  }
  for (int g = 0; g < GROUPS; g++)
    for (int k = 0; k < 2 && seen[g]; k++) {
      const sum_number *n = &t.numbers[t.rows[at[g]].first + (size_t)k];
      assert_true(n->total * dec_pow10(6 - n->scale) == wanted[g][k]);
    }
  assert_true(t.n_rows <= GROUPS); /* as many as come out */
  arena_free(arena);
}

/* --- files --- */

enum { IK, JAHR, QUARTAL, EINRICHTUNG };
enum { FILE_R, FILE_G };

typedef struct fixture {
  char in[64], out[128];
  ppr_program *program;
  ppr_engine *engine;
  ppr_report *report;
  ppr_run_opts opts;
  ppr_run_summary summary;
  ppr_sum_key keys[8];
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

/* The files of both editions are summed over these keys. */
static void sum_over(fixture *f, const ppr_sum_key *keys, uint32_t n) {
  memcpy(f->keys, keys, n * sizeof *keys);
  for (uint32_t i = 0; i < f->program->n_editions; i++) {
    f->program->editions[i].sum_key = f->keys;
    f->program->editions[i].n_sum_key = n;
  }
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
static const diag *reported(fixture *f, diag_code code) {
  const diag *d = report_first(f->report);
  while (d && d->code != code) d = d->next;
  return d;
}

#define T1_HEAD "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n"
#define T2_HEAD "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n"
#define T3_HEAD "IK;Jahr;Quartal;Einrichtung;Dienst;Von;Auf;VKS\n"

/* Summe (of Tage) and Quote = Summe / Teiler to one decimal, per record:
 *   1  2024-Q1 29   30 / 4 = 7,5   yes     G: a 1,25  b 2,00
 *   2  2024-Q1 29   12 / 1 = 12,0  yes     no rows of G
 *   3  2024-Q1 29  150 / 4 = 37,5  no      G: a 0,00  b 0,00
 *   4  2024-Q3 29   10 / 3 = 3,3   yes     G: a 100,00  b 0,50
 *   5  2024-Q1 30    1 / 1 = 1,0   yes     no rows of G
 *   6  refused: Teiler is 0 */
static void write_records(const fixture *f) {
  probe_write(f->in, "T1.csv",
              T1_HEAD "1;2024;1;29;ja;;4;\n2;2024;1;29;nein;;1;\n3;2024;1;29;ja;;4;\n4;2024;3;29;ja;;3;\n5;2024;1;30;nein;;1;\n6;2024;1;29;ja;;0;\n");
  probe_write(f->in, "T2.csv",
              T2_HEAD "1;2024;1;29;2023;A1;30\n2;2024;1;29;2023;A2;12\n3;2024;1;29;2023;A1;150\n4;2024;3;29;2023;A1;10\n5;2024;1;30;2023;A1;1\n");
  probe_write(f->in, "T3.csv", T3_HEAD "1;2024;1;29;T;a;a;1,25\n1;2024;1;29;T;b;b;2\n4;2024;3;29;T;a;a;100\n4;2024;3;29;T;b;b;0,5\n");
}

static void over_one_key(void **state) {
  fixture *f = *state;
  write_records(f);
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  assert_int_equal(run(f), PPR_REFUSED);
  /* 30 + 12 and 7,5 + 12,0; the three of 2024-Q1 29 are two rows, since `erfüllt` differs */
  expect_file(f, "R.csv",
              "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;42;ja;19,5;2024-01\n2024;1;29;150;nein;37,5;2024-01\n"
              "2024;3;29;10;ja;3,3;2024-07\n2024;1;30;1;ja;1,0;2024-01\n");
  /* the other file is as ever */
  expect_file(f, "G.csv",
              "IK;Jahr;Quartal;Einrichtung;Gruppe;VKS\n1;2024;1;29;a;1,25\n1;2024;1;29;b;2,00\n3;2024;1;29;a;0,00\n3;2024;1;29;b;0,00\n"
              "4;2024;3;29;a;100,00\n4;2024;3;29;b;0,50\n");
  const diag *lacking = reported(f, DIAG_SUMS_INCOMPLETE);
  assert_non_null(lacking);
  assert_string_equal(lacking->args[0], "R");
  assert_string_equal(lacking->args[1], "1");
  /* yes/no counts are those of the rows written: 29: two yes, one no */
  assert_int_equal(f->summary.n_counts, 2);
  assert_string_equal(f->summary.counts[0].group, "29");
  assert_int_equal(f->summary.counts[0].yes, 2);
  assert_int_equal(f->summary.counts[0].no, 1);
  assert_int_equal(f->summary.counts[1].yes, 1);
}

/* Over hospital, quarter and facility, across the Fassungen: a 1,25 + 0 + 100, b 2 + 0 + 0,5. */
static void over_quarters(void **state) {
  fixture *f = *state;
  write_records(f);
  sum_over(f, (ppr_sum_key[]){{FILE_G, IK}, {FILE_G, QUARTAL}, {FILE_G, EINRICHTUNG}}, 3);
  assert_int_equal(run(f), PPR_REFUSED);
  expect_file(f, "G.csv", "Jahr;Gruppe;VKS\n2024;a;101,25\n2024;b;2,50\n");
}

/* Over all keys no key column is left. */
static void over_all_keys(void **state) {
  fixture *f = *state;
  write_records(f);
  sum_over(f, (ppr_sum_key[]){{FILE_G, IK}, {FILE_G, JAHR}, {FILE_G, QUARTAL}, {FILE_G, EINRICHTUNG}}, 4);
  assert_int_equal(run(f), PPR_REFUSED);
  expect_file(f, "G.csv", "Gruppe;VKS\na;101,25\nb;2,50\n");
}

static void complete(void **state) {
  fixture *f = *state;
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  assert_int_equal(run(f), PPR_OK);
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;42;ja;10,5;2024-01\n");
  assert_null(reported(f, DIAG_SUMS_INCOMPLETE));
}

/* Records first, without the file that is summed, then a row of it per line. */
static void json(void **state) {
  fixture *f = *state;
  char out[128];
  write_records(f);
  probe_write(f->in, "T1.csv", T1_HEAD "1;2024;1;29;ja;;4;\n4;2024;3;29;ja;;3;\n");
  probe_write(f->in, "T2.csv", T2_HEAD "1;2024;1;29;2023;A1;30\n4;2024;3;29;2023;A1;10\n");
  snprintf(out, sizeof out, "%s/out.json", f->in);
  f->opts.output = out;
  f->opts.output_ndjson = 1;
  sum_over(f, (ppr_sum_key[]){{FILE_G, IK}, {FILE_G, QUARTAL}}, 2);
  assert_int_equal(run(f), PPR_OK);
  char *text = probe_read(f->in, "out.json");
  assert_string_equal(
      text, "{\"IK\":\"1\",\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":\"29\",\"Fassung\":\"2024-01\",\"Ergebnisse\":{\"R\":[{\"Summe\":30,"
            "\"erfüllt\":true,\"Quote\":7.5,\"Fassung\":\"2024-01\"}]}}\n"
            "{\"IK\":\"4\",\"Jahr\":2024,\"Quartal\":3,\"Einrichtung\":\"29\",\"Fassung\":\"2024-07\",\"Ergebnisse\":{\"R\":[{\"Summe\":10,"
            "\"erfüllt\":true,\"Quote\":3.3,\"Fassung\":\"2024-07\"}]}}\n"
            "{\"Jahr\":2024,\"Einrichtung\":\"29\",\"Summe über\":[\"IK\",\"Quartal\"],\"Ergebnisse\":{\"G\":[{\"Gruppe\":\"a\",\"VKS\":101.25}]}}\n"
            "{\"Jahr\":2024,\"Einrichtung\":\"29\",\"Summe über\":[\"IK\",\"Quartal\"],\"Ergebnisse\":{\"G\":[{\"Gruppe\":\"b\",\"VKS\":2.50}]}}\n");
  free(text);
}

/* More records than a window holds, in batches of 1, 3 and 512: the same bytes, and the sums of the formula by which they were made. */
static void batch_sizes(void **state) {
  fixture *f = *state;
  enum { RECORDS = 2500 };
  ppr_buf t1, t2, wanted;
  buf_init(&t1, ppr_alloc_default, 1 << 20);
  buf_init(&t2, ppr_alloc_default, 1 << 20);
  buf_init(&wanted, ppr_alloc_default, 1 << 20);
  buf_puts(&t1, T1_HEAD);
  buf_puts(&t2, T2_HEAD);
  long long days[4] = {0};
  for (int i = 0; i < RECORDS; i++) {
    buf_printf(&t1, "%d;2024;%d;29;nein;;1;\n", i, i % 4 + 1);
    buf_printf(&t2, "%d;2024;%d;29;2023;A1;%d\n", i, i % 4 + 1, i % 97);
    days[i % 4] += i % 97;
  }
  probe_write_bytes(f->in, "T1.csv", t1.data, t1.size);
  probe_write_bytes(f->in, "T2.csv", t2.data, t2.size);
  probe_write(f->in, "T3.csv", T3_HEAD);
  buf_puts(&wanted, "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n");
  for (int q = 0; q < 4; q++) buf_printf(&wanted, "2024;%d;29;%lld;ja;%lld,0;%s\n", q + 1, days[q], days[q], q < 2 ? "2024-01" : "2024-07");
  buf_putc(&wanted, '\0');
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  static const uint32_t lanes[] = {1, 3, 512, 0};
  for (int l = 0; l < 4; l++) {
    f->opts.lanes = lanes[l];
    assert_int_equal(run(f), PPR_OK);
    expect_file(f, "R.csv", wanted.data);
  }
  buf_fini(&t1);
  buf_fini(&t2);
  buf_fini(&wanted);
}

static void editions_differ(void **state) {
  fixture *f = *state;
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  f->program->editions[1].n_sum_key = 0;
  assert_int_equal(run(f), PPR_DIAGNOSED);
  const diag *d = reported(f, DIAG_SUM_KEYS_DIFFER);
  assert_non_null(d);
  assert_string_equal(d->args[0], "R");
  assert_string_equal(d->args[1], "2024-01");
  assert_string_equal(d->args[2], "2024-07");
  assert_null(probe_read(f->out, "R.csv"));
}

/* --- results no rule of the probe gives, straight into the writer --- */

typedef struct bench {
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  result_writer *writer;
  ppr_result out[16];
  int64_t values[16];
  uint8_t states[16];
} bench;

static void bench_open(bench *b, fixture *f) {
  *b = (bench){.arena = arena_new(ppr_alloc_default)};
  assert_int_equal(schema_open(&b->schema, b->arena, f->program, NULL, 0, f->report), PPR_OK);
  assert_true(store_init(&b->store, ppr_alloc_default, b->schema, &io_limits_default));
  assert_int_equal(writer_open_csv(&b->writer, &b->store, f->out, PPR_LANG_DE, f->report), PPR_OK);
  for (int i = 0; i < 16; i++) b->out[i] = (ppr_result){.values = &b->values[i], .states = &b->states[i]};
  b->values[1] = 1; /* erfüllt; outputs as in probe.c: Summe, erfüllt, Quote, Pflicht … */
}
/* A record of 2024-Q1 with this IK, Summe and Quote. */
static void bench_record(bench *b, const char *ik, int64_t summe, uint8_t summe_state, int64_t quote, uint8_t quote_state) {
  const csv_cell key[] = {{ik, strlen(ik)}, {"2024", 4}, {"1", 1}, {"29", 2}};
  const store_record *r = store_append(&b->store, key, "T1", 2, ',');
  assert_non_null(r);
  b->values[0] = summe, b->states[0] = summe_state;
  b->values[2] = quote, b->states[2] = quote_state;
  writer_record(b->writer, r, &(result_view){b->out, 0});
}
static ppr_status bench_close(bench *b) {
  ppr_status status = writer_commit(b->writer);
  store_fini(&b->store);
  arena_free(b->arena);
  return status;
}

static void absent_numbers(void **state) {
  fixture *f = *state;
  bench b;
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  bench_open(&b, f);
  bench_record(&b, "1", 7, PPR_PRESENT, 15, PPR_ENTFAELLT);
  bench_record(&b, "2", 9, PPR_FEHLT, 15, PPR_FEHLT);
  assert_int_equal(bench_close(&b), PPR_OK);
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;7;ja;;2024-01\n");
  bench_open(&b, f);
  bench_record(&b, "1", 7, PPR_PRESENT, 15, PPR_PRESENT);
  bench_record(&b, "2", 9, PPR_UNBESTIMMT, 15, PPR_PRESENT);
  assert_int_equal(bench_close(&b), PPR_OK);
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;unbestimmt;ja;3,0;2024-01\n");
}

/* Beyond 64 bits a sum is exact: 2 * (2^63 - 1) = 18446744073709551614. Beyond 128 bits the run fails and names the record. */
static void large_sums(void **state) {
  fixture *f = *state;
  bench b;
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}}, 1);
  bench_open(&b, f);
  bench_record(&b, "1", INT64_MAX, PPR_PRESENT, INT64_MIN, PPR_PRESENT);
  bench_record(&b, "2", INT64_MAX, PPR_PRESENT, INT64_MIN, PPR_PRESENT);
  assert_int_equal(bench_close(&b), PPR_OK);
  /* -2 * 2^63 with one decimal */
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;18446744073709551614;ja;-1844674407370955161,6;2024-01\n");
  bench_open(&b, f);
  f->program->editions[0].output[0].scale = DEC_MAX_SCALE;
  bench_record(&b, "1", 0, PPR_PRESENT, 0, PPR_PRESENT);
  f->program->editions[0].output[0].scale = 0;
  for (char ik[] = "a"; *ik <= 's'; ++*ik) bench_record(&b, ik, INT64_MAX, PPR_PRESENT, 0, PPR_PRESENT); /* 19 of them */
  assert_int_equal(bench_close(&b), PPR_DIAGNOSED);
  const diag *d = reported(f, DIAG_SUM_OVERFLOW);
  assert_non_null(d);
  assert_string_equal(d->args[0], "R");
  assert_string_equal(d->args[1], "Summe");
  assert_string_equal(d->args[2], "s/2024/1/29");
  /* the files of the run before are still there */
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;18446744073709551614;ja;-1844674407370955161,6;2024-01\n");
}

/* Every allocation refused in turn: no crash, nothing left. */
static void out_of_memory(void **state) {
  fixture *f = *state;
  bool done = false;
  sum_over(f, (ppr_sum_key[]){{FILE_R, IK}, {FILE_G, IK}}, 2);
  for (size_t n = 1; n < 2000 && !done; n++) {
    memory m = {.fail_at = n};
    ppr_engine engine = {.alloc = memory_alloc(&m), .natives = f->engine->natives};
    ppr_status status = ppr_run(f->program, &engine, &f->opts, &f->summary, f->report);
    done = status == PPR_OK;
    assert_int_equal(m.bytes, 0);
    if (!done) assert_int_equal(status, PPR_NOMEM);
  }
  assert_true(done);
  expect_file(f, "R.csv", "Jahr;Quartal;Einrichtung;Summe;erfüllt;Quote;Fassung\n2024;1;29;42;ja;10,5;2024-01\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scales), cmocka_unit_test(states), cmocka_unit_test(too_large), cmocka_unit_test(order), cmocka_unit_test(random_rows),
      TEST(over_one_key),       TEST(over_quarters),      TEST(over_all_keys),         TEST(complete),          TEST(json),
      TEST(batch_sizes),        TEST(editions_differ),    TEST(absent_numbers),        TEST(large_sums),        TEST(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
