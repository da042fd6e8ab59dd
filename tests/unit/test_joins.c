/* Tables with fewer keys than the records have, and rows passed over before their key is read: on a small Regelwerk made here. */
#include "base/quarter.h"
#include "code/build.h"
#include "code/verify.h"
#include "io/tables.h"
#include "support/asm.h"
#include "support/memory.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* --- the Regelwerk: keys IK, Jahr, Quartal, Haus (28, 29, 30); Fassung 2024-01 for 2024, Fassung 2025-01 for 2025 ---
 * Eingang by IK, Jahr, Quartal: Tag (date, optional), Seiten (0..999, preset 7).
 * Haus by all keys: Betten (0..999); passes over Haus = 297 in 2024, Haus = 298 and Dienst = N in 2025.
 * Anteil by IK where Jahr = Jahr - 1: Vorjahr (0..999, preset 0, sum); where Art = alt: not read. */

static uint32_t put_field(asm_code *c, const char *name, ppr_field f) {
  f.name = asm_string(c, name);
  f.first_input = c->e->n_input;
  f.inputs = f.kind != PPR_KIND_TEXT;
  uint32_t at = build_field(c->b, f);
  if (f.inputs) build_input(c->b, (ppr_input){f.name, at, PPR_T_INT});
  return at;
}

static void put_block(asm_code *c, ppr_block b, const char *table, uint32_t n_keys, const uint32_t *keys) {
  b.table = asm_string(c, table);
  b.first_key = c->e->n_block_key;
  b.keys = n_keys;
  for (uint32_t i = 0; i < n_keys; i++) build_block_key(c->b, (ppr_block_key){keys[i]});
  build_block(c->b, b);
}

static uint32_t cond(asm_code *c, const char *column, const char *text) {
  return build_cond(c->b, (ppr_cond){.column = asm_string(c, column), .text = asm_string(c, text)});
}

static void put_edition(asm_code *c, bool late, uint32_t keys_of_eingang) {
  static const char *const names[] = {"IK", "Jahr", "Quartal", "Haus"}, *const houses[] = {"28", "29", "30"};
  for (int i = 0; i < 3; i++) build_member(c->b, (ppr_member){asm_string(c, houses[i]), 0, 0});
  build_enumeration(c->b, (ppr_enumeration){asm_string(c, "Haus"), 0, 3});
  const ppr_field key[] = {{.kind = PPR_KIND_TEXT, .flags = PPR_FIELD_KEY},
                           {.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_KEY, .lo = 2020, .hi = 2099},
                           {.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_KEY, .lo = 1, .hi = 4},
                           {.kind = PPR_KIND_ENUM, .flags = PPR_FIELD_KEY, .enumeration = 1, .hi = 2}};
  for (uint32_t k = 0; k < 4; k++) build_key(c->b, (ppr_key){put_field(c, names[k], key[k])});
  c->e->period_input = c->e->n_input;
  c->e->period_year = 1;
  c->e->period_quarter = 2;
  put_field(c, "Berichtsquartal", (ppr_field){.kind = PPR_KIND_QUARTER, .flags = PPR_FIELD_PERIOD, .hi = 40000});

  uint32_t first = put_field(c, "Tag", (ppr_field){.kind = PPR_KIND_DATE, .flags = PPR_FIELD_OPTIONAL, .block = 1, .lo = DAY_MIN, .hi = DAY_MAX});
  put_field(c, "Seiten", (ppr_field){.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_PRESET, .block = 1, .hi = 999, .preset = 7});
  put_block(c, (ppr_block){.first_field = first, .fields = 2}, "Eingang", keys_of_eingang, (uint32_t[]){2, 0, 1});

  first = put_field(c, "Betten", (ppr_field){.kind = PPR_KIND_NUMBER, .block = 2, .hi = 999});
  put_block(c, (ppr_block){.first_field = first, .fields = 1}, "Haus", 0, NULL);
  uint32_t conds = cond(c, "Haus", late ? "298" : "297");
  if (late) cond(c, "Dienst", "N");
  put_block(c, (ppr_block){.first_cond = conds, .conds = late ? 2 : 1}, "Haus", 0, NULL);

  first = put_field(c, "Vorjahr", (ppr_field){.kind = PPR_KIND_NUMBER, .flags = PPR_FIELD_PRESET | PPR_FIELD_SUM, .block = 4, .hi = 999});
  conds = build_cond(c->b, (ppr_cond){.column = asm_string(c, "Jahr"), .key = 2, .offset = -1});
  put_block(c, (ppr_block){.first_cond = conds, .conds = 1, .first_field = first, .fields = 1}, "Anteil", 1, (uint32_t[]){0});
  put_block(c, (ppr_block){.first_cond = cond(c, "Art", "alt"), .conds = 1}, "Anteil", 1, (uint32_t[]){0});
  asm_output(c, "eins", PPR_KIND_NUMBER, 0, asm_int(c, 1), 0);
}

static ppr_program *regelwerk(uint32_t keys_of_eingang_later) {
  asm_code c;
  asm_begin(&c);
  c.e->until_day = day_of(2024, 12, 31);
  put_edition(&c, false, 3);
  asm_edition(&c, "2025-01", day_of(2025, 1, 1), day_of(2025, 12, 31));
  put_edition(&c, true, keys_of_eingang_later);
  return asm_end(&c);
}

/* --- fixture --- */

typedef struct fixture {
  char folder[64];
  ppr_program *program;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  bool opened;
} fixture;

#define HAUS "IK;Jahr;Quartal;Haus;Dienst;Betten\n"
#define EINGANG "IK;Jahr;Quartal;Tag;Seiten\n"
#define ANTEIL "IK;Jahr;Art;Vorjahr\n"
/* Three houses of one quarter of one site, then one of another quarter. */
#define HOUSES HAUS "1;2024;1;28;T;10\n1;2024;1;29;T;20\n1;2024;1;30;T;30\n1;2025;1;29;T;40\n"

static int setup(void **state) {
  static fixture f;
  f = (fixture){.program = regelwerk(3), .report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default)};
  probe_folder(f.folder);
  probe_write(f.folder, "Haus.csv", HOUSES);
  probe_write(f.folder, "Eingang.csv", EINGANG);
  probe_write(f.folder, "Anteil.csv", ANTEIL);
  *state = &f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  if (f->opened) store_fini(&f->store);
  arena_free(f->arena);
  report_free(f->report);
  program_free(f->program);
  probe_remove(f->folder);
  return 0;
}

static ppr_status read_all(fixture *f) {
  assert_int_equal(schema_open(&f->schema, f->arena, f->program, NULL, 0, f->report), PPR_OK);
  assert_true(store_init(&f->store, ppr_alloc_default, f->schema, &io_limits_default));
  f->opened = true;
  return tables_read(&f->store, f->folder, f->report);
}

/* "state:value" of an input. */
static void value(fixture *f, size_t record, const char *label, const char *wanted) {
  char out[64] = "?";
  store_record *r = &f->store.records[record];
  const ppr_edition *e = f->schema->editions[r->edition].e;
  for (uint32_t i = 0; i < e->n_input; i++)
    if (strcmp(schema_str(f->schema, e->input[i].label), label) == 0)
      snprintf(out, sizeof out, "%d:%lld", *store_state(&f->store, r, i), (long long)*store_value(&f->store, r, i));
  assert_string_equal(out, wanted);
}

static const store_issue *issue(fixture *f, size_t record, diag_code code) {
  const store_issue *i = f->store.records[record].first;
  while (i && i->code != code) i = i->next;
  return i;
}
static size_t issues(fixture *f, size_t record) {
  size_t n = 0;
  for (const store_issue *i = f->store.records[record].first; i; i = i->next) n++;
  return n;
}
static const diag *reported(const diag *d, diag_code code) {
  while (d && d->code != code) d = d->next;
  return d;
}
static size_t reports(fixture *f, diag_code code) {
  size_t n = 0;
  for (const diag *d = reported(report_first(f->report), code); d; d = reported(d->next, code)) n++;
  return n;
}

/* --- tests --- */

static void regelwerk_is_sound(void **state) {
  fixture *f = *state;
  assert_true(verify_program(f->program, f->report));
}

static void one_row_for_three_houses(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;01;10.05.2024;3\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 4);
  for (size_t i = 0; i < 3; i++) {
    value(f, i, "Tag", "0:19853"); /* 19723 = 01.01.2024; 31 + 29 + 31 + 30 + 9 = 130 days later */
    value(f, i, "Seiten", "0:3");
  }
  value(f, 1, "Betten", "0:20");
  value(f, 3, "Tag", "1:0"); /* no row: fehlt */
  value(f, 3, "Seiten", "0:7");
  for (size_t i = 0; i < 4; i++) assert_int_equal(issues(f, i), 0);
  assert_null(report_first(f->report));
}

static void two_rows_for_one_quarter(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1;;3\n1;2025;1;;4\n1;2024;1;;3\n");
  assert_int_equal(read_all(f), PPR_OK);
  for (size_t i = 0; i < 3; i++) {
    const store_issue *twice = issue(f, i, DIAG_CELL_DUPLICATE);
    assert_non_null(twice);
    assert_int_equal(twice->line, 4);
    assert_string_equal(twice->table, "Eingang");
    assert_true(f->store.records[i].refused);
  }
  assert_false(f->store.records[3].refused);
  value(f, 3, "Seiten", "0:4");
}

static void bad_cell_for_three_houses(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1;31.06.2024;3\n");
  assert_int_equal(read_all(f), PPR_OK);
  for (size_t i = 0; i < 3; i++) assert_int_equal(issue(f, i, DIAG_CELL_DATE)->line, 2);
  assert_false(f->store.records[3].refused);
}

static void row_of_an_unknown_site(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;2;;3\n1;2024;1;;5\n;2024;1;;3\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 4); /* they make no record */
  for (size_t i = 0; i < 4; i++) assert_int_equal(issues(f, i), 0);
  const diag *d = reported(report_first(f->report), DIAG_ROW_WITHOUT_RECORD);
  assert_int_equal(d->severity, PPR_SEV_WARNING);
  assert_string_equal(d->where, "Eingang.csv:2");
  assert_string_equal(d->args[0], "1/2024/2");
  d = reported(d->next, DIAG_ROW_WITHOUT_RECORD);
  assert_string_equal(d->where, "Eingang.csv:4");
  assert_string_equal(d->args[0], "/2024/1");
  assert_int_equal(reports(f, DIAG_ROW_WITHOUT_RECORD), 2);
}

static void many_unknown_sites(void **state) {
  fixture *f = *state;
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 16);
  buf_puts(&b, EINGANG);
  for (int i = 0; i < 25; i++) buf_printf(&b, "%d;2024;1;;3\n", 100 + i);
  probe_write_bytes(f->folder, "Eingang.csv", b.data, b.size);
  buf_fini(&b);
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(reports(f, DIAG_ROW_WITHOUT_RECORD), 20);
  const diag *d = reported(report_first(f->report), DIAG_MORE_WITHOUT_RECORD);
  assert_string_equal(d->args[0], "5");
  assert_string_equal(d->where, "Eingang.csv");
}

static void damaged_row(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "2;2024;1;;3;\n1;2024;1;;3;\n1;2025;1;;4\n");
  assert_int_equal(read_all(f), PPR_OK);
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(issue(f, i, DIAG_CELL_COUNT)->line, 3);
    assert_true(f->store.records[i].refused);
    value(f, i, "Seiten", "0:7"); /* nothing of it was read */
  }
  assert_false(f->store.records[3].refused);
  assert_string_equal(reported(report_first(f->report), DIAG_ROW_WITHOUT_RECORD)->where, "Eingang.csv:2");
}

static void damaged_row_with_unclear_key(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1");
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  assert_non_null(reported(report_first(f->report), DIAG_TRUNCATED));
  assert_non_null(reported(report_first(f->report), DIAG_KEY_UNREADABLE));
}

/* Anteil is keyed by IK alone; which year counts is a matter of each record. */
static void years_of_each_record(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Anteil.csv", ANTEIL "1;2023;neu;5\n1;2024;neu;6\n1;2024;neu;1\n1;2023;neu;900\n1;2021;alt;x\n1;2022;neu;1\n");
  probe_write(f->folder, "Haus.csv", HAUS "1;2025;1;28;T;1\n1;2025;2;28;T;1\n1;2024;1;28;T;1\n2;2024;1;28;T;1\n");
  assert_int_equal(read_all(f), PPR_OK);
  value(f, 0, "Vorjahr", "0:7");
  value(f, 1, "Vorjahr", "0:7");
  value(f, 2, "Vorjahr", "0:905");
  value(f, 3, "Vorjahr", "0:0");
  for (size_t i = 0; i < 3; i++) { /* only the row no record reads is a finding, and one of each */
    assert_int_equal(issues(f, i), 1);
    assert_int_equal(issue(f, i, DIAG_ROW_UNREAD)->line, 7);
    assert_false(f->store.records[i].refused);
  }
  assert_int_equal(issues(f, 3), 0);
}

static void missing_key_column(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", "IK;Jahr;Haus;Tag;Seiten\n");
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  const diag *d = reported(report_first(f->report), DIAG_COLUMN_MISSING);
  assert_string_equal(d->args[0], "Quartal");
  assert_null(reported(d->next, DIAG_COLUMN_MISSING));
}

static void missing_table(void **state) {
  fixture *f = *state;
  char path[128];
  snprintf(path, sizeof path, "%s/Eingang.csv", f->folder);
  remove(path);
  assert_int_equal(read_all(f), PPR_OK);
  assert_non_null(reported(report_first(f->report), DIAG_TABLE_ABSENT));
  value(f, 0, "Seiten", "0:7");
}

static void no_records(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Haus.csv", HAUS);
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1;;3\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 0);
  assert_int_equal(reports(f, DIAG_ROW_WITHOUT_RECORD), 1);
}

static void no_strays_after_an_error(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Haus.csv", "");
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1;;3\n");
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  assert_int_equal(reports(f, DIAG_ROW_WITHOUT_RECORD), 0);
}

static void pseudo_keys(void **state) {
  fixture *f = *state;
  static const char rows[] = HAUS "1;2024;1;28;T;10\n" /* a record */
                                  "1;2024;1;297;T;500\n"
                                  "1;2024;1;297;T\n"     /* damaged, but what it is about is plain */
                                  ";20x4;1;297;T;500\n"  /* no quarter: any Fassung */
                                  "1;2019;1;298;N;500\n" /* no Fassung: any */
                                  "1;2025;1;298;N;500\n";
  probe_write(f->folder, "Haus.csv", rows);
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 1);
  assert_int_equal(issues(f, 0), 0);
  assert_null(report_first(f->report));
}

static void pseudo_keys_of_another_edition(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Haus.csv", HAUS "1;2025;1;297;T;1\n1;2025;1;298;T;1\n1;2024;4;298;N;1\n1;2024;4;30;T;1\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 4);
  for (size_t i = 0; i < 3; i++) assert_string_equal(issue(f, i, DIAG_CODE_UNKNOWN)->field, "Haus");
  assert_false(f->store.records[3].refused);
}

static void keys_differ_between_editions(void **state) {
  fixture *f = *state;
  program_free(f->program);
  f->program = regelwerk(2);
  assert_true(verify_program(f->program, f->report));
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  const diag *d = reported(report_first(f->report), DIAG_TABLE_KEYS_DIFFER);
  assert_string_equal(d->args[0], "Eingang");
  assert_string_equal(d->args[1], "2024-01");
  assert_string_equal(d->args[2], "2025-01");
}

/* Every record of many sites gets the row of its own site. */
static void many_sites(void **state) {
  fixture *f = *state;
  enum { SITES = 1500 };
  ppr_buf houses, papers;
  buf_init(&houses, ppr_alloc_default, 1 << 20);
  buf_init(&papers, ppr_alloc_default, 1 << 20);
  buf_puts(&houses, HAUS);
  buf_puts(&papers, EINGANG);
  for (int i = 0; i < 3 * SITES; i++) buf_printf(&houses, "%d;2024;1;%d;T;1\n", i % SITES, 28 + i / SITES);
  for (int i = SITES - 1; i >= 0; i--) buf_printf(&papers, "%d;2024;1;;%d\n", i, i % 1000);
  probe_write_bytes(f->folder, "Haus.csv", houses.data, houses.size);
  probe_write_bytes(f->folder, "Eingang.csv", papers.data, papers.size);
  buf_fini(&houses);
  buf_fini(&papers);
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 3 * SITES);
  for (size_t i = 0; i < 3 * SITES; i++) {
    char wanted[32];
    snprintf(wanted, sizeof wanted, "0:%zu", i % SITES % 1000);
    value(f, i, "Seiten", wanted);
  }
  assert_null(report_first(f->report));
}

static void out_of_memory(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "Eingang.csv", EINGANG "1;2024;1;;3\n9;2024;1;;3\n1;2025;1;;3;\n");
  bool done = false;
  for (size_t n = 1; n < 400 && !done; n++) {
    memory m = {.fail_at = n};
    record_store store;
    ppr_report *r = report_new(ppr_alloc_default);
    ppr_arena *a = arena_new(ppr_alloc_default);
    io_schema *s;
    assert_int_equal(schema_open(&s, a, f->program, NULL, 0, r), PPR_OK);
    if (store_init(&store, memory_alloc(&m), s, &io_limits_default)) {
      ppr_status status = tables_read(&store, f->folder, r);
      done = status == PPR_OK;
      assert_true(done || status == PPR_NOMEM);
    }
    store_fini(&store);
    assert_int_equal(m.bytes, 0);
    arena_free(a);
    report_free(r);
  }
  assert_true(done);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(regelwerk_is_sound),
                                     TEST(one_row_for_three_houses),
                                     TEST(two_rows_for_one_quarter),
                                     TEST(bad_cell_for_three_houses),
                                     TEST(row_of_an_unknown_site),
                                     TEST(many_unknown_sites),
                                     TEST(damaged_row),
                                     TEST(damaged_row_with_unclear_key),
                                     TEST(years_of_each_record),
                                     TEST(missing_key_column),
                                     TEST(missing_table),
                                     TEST(no_records),
                                     TEST(no_strays_after_an_error),
                                     TEST(pseudo_keys),
                                     TEST(pseudo_keys_of_another_edition),
                                     TEST(keys_differ_between_editions),
                                     TEST(many_sites),
                                     TEST(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
