/* The reader of tables, on the hand-made Regelwerk of support/probe.h. */
#include "code/build.h"
#include "code/verify.h"
#include "io/tables.h"
#include "support/memory.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
  char folder[64];
  ppr_program *program;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  bool opened;
} fixture;

static int setup(void **state) {
  static fixture f;
  f = (fixture){.program = probe_program(), .report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default)};
  probe_folder(f.folder);
  probe_tables(f.folder);
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

static ppr_status read_with(fixture *f, const io_limits *limits) {
  assert_int_equal(schema_open(&f->schema, f->arena, f->program, NULL, 0, f->report), PPR_OK);
  assert_true(store_init(&f->store, ppr_alloc_default, f->schema, limits));
  f->opened = true;
  return tables_read(&f->store, f->folder, f->report);
}
static ppr_status read_all(fixture *f) { return read_with(f, &io_limits_default); }

/* "state:value" of an input by its label. */
static const char *input(fixture *f, size_t record, const char *label) {
  static char out[64];
  store_record *r = &f->store.records[record];
  const ppr_edition *e = f->schema->editions[r->edition].e;
  for (uint32_t i = 0; i < e->n_input; i++)
    if (strcmp(schema_str(f->schema, e->input[i].label), label) == 0) {
      snprintf(out, sizeof out, "%d:%lld", *store_state(&f->store, r, i), (long long)*store_value(&f->store, r, i));
      return out;
    }
  return "?";
}

/* The issue with this code of a record, or NULL. */
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
static const diag *reported(fixture *f, diag_code code) {
  const diag *d = report_first(f->report);
  while (d && d->code != code) d = d->next;
  return d;
}

static void probe_is_sound(void **state) {
  fixture *f = *state;
  assert_true(verify_program(f->program, f->report));
}

static void good_record(void **state) {
  fixture *f = *state;
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 1);
  assert_false(f->store.records[0].refused);
  assert_int_equal(issues(f, 0), 0);
  assert_int_equal(f->store.records[0].edition, 0);
  assert_string_equal(input(f, 0, "Pflicht"), "0:1");
  assert_string_equal(input(f, 0, "Stunden"), "0:1250"); /* 12,50 */
  assert_string_equal(input(f, 0, "Teiler"), "0:4");
  assert_string_equal(input(f, 0, "Ab"), "0:19754"); /* 01.02.2024 is 31 days after 19723 = 01.01.2024 */
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:30");
  assert_string_equal(input(f, 0, "Tage[A2]"), "0:0"); /* no row: preset */
  assert_string_equal(input(f, 0, "Tage[A4]"), "0:12");
  assert_string_equal(input(f, 0, "VKS[a,a]"), "0:375"); /* 1,25 + 2,5 */
  assert_string_equal(input(f, 0, "VKS[a,b]"), "0:0");
  assert_string_equal(input(f, 0, "VKS[b,b]"), "0:700");
  assert_string_equal(input(f, 0, "Berichtsquartal"), "0:8096"); /* 2024 * 4 + 0 */
  assert_string_equal(input(f, 0, "Einrichtung"), "0:0");
  assert_string_equal(input(f, 0, "Lesart"), "0:0");
}

static void order_and_editions(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T1.csv",
              "Pflicht;Einrichtung;Quartal;Jahr;IK;Ab;Stunden;Teiler\nja;29;3;2024;2;;;1\nnein;30;01;2024;1;;;1\nja;29;4;2024;2;;;1\n");
  probe_write(f->folder, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n1;2024;1;30;2023;A4;5\n9;2024;3;29;2023;A1;5\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, 5); /* three of T1, one new of T2, one new of T3 */
  const uint32_t editions[] = {1, 0, 1, 1, 0}, locals[] = {0, 0, 1, 2, 1};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(f->store.records[i].edition, editions[i]);
    assert_int_equal(f->store.records[i].local, locals[i]);
  }
  assert_string_equal(f->store.records[1].key, "1");
  assert_string_equal(input(f, 1, "Tage[A4]"), "0:5"); /* quarter "01" and "1" are one record */
  assert_string_equal(input(f, 1, "Stunden"), "1:0");  /* optional and empty: fehlt, no issue */
  assert_false(f->store.records[1].refused);
  const store_issue *missing = issue(f, 3, DIAG_FIELD_MISSING);
  assert_non_null(missing);
  assert_string_equal(missing->table, "T1");
  assert_string_equal(missing->field, "Pflicht");
  assert_true(f->store.records[3].refused);
}

typedef struct bad_cell {
  const char *table, *row;
  diag_code code;
  const char *field;
  uint64_t line;
} bad_cell;

/* Each bad row is added to the good tables: one issue, named place, and the good record stays good. */
static void bad_cells(void **state) {
  fixture *f = *state;
  static const bad_cell cases[] = {
      {"T1", "5;2024;1;29;ja;zwölf;1;\n", DIAG_CELL_NUMBER, "Stunden", 3},
      {"T1", "5;2024;1;29;ja;1.5;1;\n", DIAG_CELL_MARK, "Stunden", 3},
      {"T1", "5;2024;1;29;ja;1,555;1;\n", DIAG_CELL_PRECISE, "Stunden", 3},
      {"T1", "5;2024;1;29;ja;1000000;1;\n", DIAG_CELL_RANGE, "Stunden", 3},
      {"T1", "5;2024;1;29;ja;99999999999999999999;1;\n", DIAG_CELL_LARGE, "Stunden", 3},
      {"T1", "5;2024;1;29;ja;-1;1;\n", DIAG_CELL_RANGE, "Stunden", 3},
      {"T1", "5;2024;1;29;Ja;;1;\n", DIAG_CELL_YESNO, "Pflicht", 3},
      {"T1", "5;2024;1;29;;;1;\n", DIAG_CELL_EMPTY, "Pflicht", 3},
      {"T1", "5;2024;1;29;ja;;;\n", DIAG_CELL_EMPTY, "Teiler", 3}, /* the preset is for an absent row only */
      {"T1", "5;2024;1;29;ja;;1;30.02.2024\n", DIAG_CELL_DATE, "Ab", 3},
      {"T1", "5;2024;1;31;ja;;1;\n", DIAG_CODE_UNKNOWN, "Einrichtung", 3},
      {"T1", ";2024;1;29;ja;;1;\n", DIAG_KEY_EMPTY, "IK", 3},
      {"T1", "5;2024;5;29;ja;;1;\n", DIAG_CELL_RANGE, "Quartal", 3},
      {"T1", "5;zweitausend;1;29;ja;;1;\n", DIAG_CELL_NUMBER, "Jahr", 3},
      {"T1", "5;2023;4;29;ja;;1;\n", DIAG_BEFORE_FIRST, "Jahr", 3},
      {"T1", "5;2025;1;29;ja;;1;\n", DIAG_AFTER_LAST, "Jahr", 3},
      {"T1", "5;2024;1;29;ja;;1\n", DIAG_CELL_COUNT, "", 3},
      {"T1", "5;2024;1;29;ja;;1;;\n", DIAG_CELL_COUNT, "", 3},
      {"T1", "5;2024;1;29;ja;1", DIAG_TRUNCATED, "", 3},
      {"T1", "5;2024;1;29;ja;;1;\n5;2024;1;29;ja;;1;\n", DIAG_CELL_DUPLICATE, "Pflicht", 4},
      {"T2", "5;2024;1;29;2023;A9;3\n", DIAG_CODE_UNKNOWN, "Gebiet", 4},
      {"T2", "5;2024;3;29;2023;A4;3\n", DIAG_CODE_EDITION, "Gebiet", 4},
      {"T2", "5;2024;1;29;2023;A1;-3\n", DIAG_CELL_RANGE, "Tage[A1]", 4},
      {"T2", "5;2024;1;29;2023;A1;3\n5;2024;1;29;2023;A1;3\n", DIAG_CELL_DUPLICATE, "Tage[A1]", 5},
      {"T2", "5;2024;1;29;vorher;A1;3\n", DIAG_CELL_NUMBER, "Jahrgang", 4},
      {"T3", "5;2024;1;29;T;a;b;600\n5;2024;1;29;T;a;b;401\n", DIAG_SUM_RANGE, "VKS[a,b]", 0}, /* 1001 > 1000 */
      {"T3", "5;2024;1;29;T;a;c;1\n", DIAG_CODE_UNKNOWN, "Auf", 6},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const bad_cell *c = &cases[i];
    char name[16], text[1024];
    snprintf(name, sizeof name, "%s.csv", c->table);
    probe_tables(f->folder);
    char *good = probe_read(f->folder, name);
    snprintf(text, sizeof text, "%s%s", good, c->row);
    free(good);
    probe_write(f->folder, name, text);
    assert_int_equal(read_all(f), PPR_OK);
    assert_int_equal(f->store.count, 2);
    assert_false(f->store.records[0].refused);
    assert_true(f->store.records[1].refused);
    const store_issue *found = issue(f, 1, c->code);
    if (!found) fail_msg("case %zu: no issue %d, first is %d", i, c->code, f->store.records[1].first ? (int)f->store.records[1].first->code : 0);
    assert_string_equal(found->field, c->field);
    assert_int_equal(found->line, c->line);
    assert_string_equal(found->table, c->table);
    store_fini(&f->store);
    f->opened = false;
  }
}

static void messages_name_what_helps(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n260100001;2024;1;29;2023;A1;1.5\n7;2024;3;29;2023;A4;1\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_string_equal(issue(f, 0, DIAG_CELL_MARK)->args[1], "1,5");
  const store_issue *code = issue(f, 1, DIAG_CODE_EDITION);
  assert_string_equal(code->args[0], "A4");
  assert_string_equal(code->args[1], "Bereich");
  assert_string_equal(code->args[2], "2024-07");
  assert_string_equal(code->args[3], "2024-01");
}

static void unread_rows_are_findings(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T2.csv",
              "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n260100001;2024;1;29;2022;A1;1\n260100001;2024;1;29;2023;A1;2\n");
  assert_int_equal(read_all(f), PPR_OK);
  assert_false(f->store.records[0].refused);
  assert_int_equal(issues(f, 0), 1);
  assert_int_equal(issue(f, 0, DIAG_ROW_UNREAD)->line, 2);
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:2");
}

static void missing_file(void **state) {
  fixture *f = *state;
  char path[128];
  snprintf(path, sizeof path, "%s/T1.csv", f->folder);
  remove(path);
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_FILE_MISSING));
  assert_string_equal(reported(f, DIAG_FILE_MISSING)->where, "T1.csv");
}

static void missing_optional_file(void **state) {
  fixture *f = *state;
  char path[128];
  snprintf(path, sizeof path, "%s/T2.csv", f->folder); /* all its fields have presets */
  remove(path);
  assert_int_equal(read_all(f), PPR_OK);
  assert_non_null(reported(f, DIAG_TABLE_ABSENT));
  assert_string_equal(reported(f, DIAG_TABLE_ABSENT)->args[0], "T2");
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:0");
}

static void missing_column_and_key(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T1.csv", "IK;Jahr;Quartal;Einrichtung;Pflicht;Teiler;Ab\n1;2024;1;29;ja;1;\n");
  probe_write(f->folder, "T2.csv", "IK;Jahr;Einrichtung;Jahrgang;Gebiet;Tage\n1;2024;29;2023;A1;1\n");
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  const diag *d = reported(f, DIAG_COLUMN_MISSING);
  assert_string_equal(d->args[0], "Quartal");
  assert_string_equal(d->where, "T2.csv:1");
  d = d->next;
  assert_string_equal(d->args[0], "Stunden");
  assert_string_equal(d->where, "T1.csv:1");
}

static void unclear_record_stops_the_run(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n260100001;2024;1;2");
  assert_int_equal(read_all(f), PPR_DIAGNOSED); /* "2" may be the beginning of "29" */
  assert_non_null(reported(f, DIAG_TRUNCATED));
  assert_non_null(reported(f, DIAG_KEY_UNREADABLE));
}

static void file_damage(void **state) {
  fixture *f = *state;
  probe_write(f->folder, "T2.csv", "");
  probe_write(f->folder, "T3.csv", "IK;Jahr;Quartal;Einrichtung;Dienst;Dienst;Von;Auf;VKS\n");
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_FILE_EMPTY));
  assert_string_equal(reported(f, DIAG_COLUMN_TWICE)->args[0], "Dienst");
}

static void missing_folder(void **state) {
  fixture *f = *state;
  probe_remove(f->folder);
  assert_int_equal(read_all(f), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_PATH_NOT_FOUND));
}

static void limits_of_records_and_issues(void **state) {
  fixture *f = *state;
  io_limits limits = io_limits_default;
  limits.records = 2;
  limits.issues = 3;
  probe_write(f->folder, "T1.csv", "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n260100001;2024;1;29;x;x;x;x\n2;2024;1;29;ja;;1;\n");
  assert_int_equal(read_with(f, &limits), PPR_OK); /* as many records as allowed */
  assert_int_equal(issues(f, 0), 3);               /* two of four and the notice */
  assert_non_null(issue(f, 0, DIAG_MORE_ISSUES));
  store_fini(&f->store);
  f->opened = false;
  probe_write(f->folder, "T2.csv", "IK;Jahr;Quartal;Einrichtung;Jahrgang;Gebiet;Tage\n3;2024;1;29;2023;A1;1\n");
  assert_int_equal(read_with(f, &limits), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_TOO_MANY_RECORDS));
}

static void cell_limit(void **state) {
  fixture *f = *state;
  io_limits limits = io_limits_default;
  limits.cell_bytes = 5;
  probe_write(f->folder, "T1.csv", "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n1;2024;1;29;ja;12,50;1;\n2;2024;1;29;ja;012,50;1;\n");
  assert_int_equal(read_with(f, &limits), PPR_OK);
  assert_false(f->store.records[0].refused);
  assert_non_null(issue(f, 1, DIAG_CELL_LONG));
}

/* More records than one block of lanes holds. */
static void many_records(void **state) {
  fixture *f = *state;
  enum { N = 2 * STORE_LANES + 7 };
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 20);
  buf_puts(&b, "IK;Jahr;Quartal;Einrichtung;Pflicht;Stunden;Teiler;Ab\n");
  for (int i = 0; i < N; i++) buf_printf(&b, "%d;2024;%d;29;ja;%d;1;\n", 1000 + i, i % 4 + 1, i);
  probe_write_bytes(f->folder, "T1.csv", b.data, b.size);
  buf_fini(&b);
  assert_int_equal(read_all(f), PPR_OK);
  assert_int_equal(f->store.count, N + 1); /* and the one of T2 and T3 */
  for (int i = 0; i < N; i++) {
    char want[32];
    snprintf(want, sizeof want, "0:%d", i * 100);
    assert_string_equal(input(f, (size_t)i, "Stunden"), want);
  }
}

static void out_of_memory(void **state) {
  fixture *f = *state;
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

/* Between the two readings a table grows, or loses the rows that are to be read. */
static void changed_file(void **state) {
  fixture *f = *state;
  tables_reader *t;
  tables_cursor *c;
  assert_int_equal(schema_open(&f->schema, f->arena, f->program, NULL, 0, f->report), PPR_OK);
  assert_true(store_init(&f->store, ppr_alloc_default, f->schema, &io_limits_default));
  f->opened = true;
  assert_int_equal(tables_open(&t, ppr_alloc_default, f->schema, &io_limits_default, f->folder, 2, f->report), PPR_OK);
  assert_int_equal(tables_count(t), 1);
  assert_int_equal(tables_unchanged(t, f->report), PPR_OK);
  char path[96];
  snprintf(path, sizeof path, "%s/T1.csv", f->folder);
  FILE *file = fopen(path, "ab");
  assert_non_null(file);
  fputs("1;2024;1;29;ja;;;\n", file);
  fclose(file);
  assert_int_equal(tables_unchanged(t, f->report), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_FILE_CHANGED));
  assert_int_equal(truncate(path, 10), 0);
  assert_int_equal(tables_cursor_new(&c, t, &f->store, f->report), PPR_OK);
  assert_int_equal(tables_fill(c, 0, 1), PPR_DIAGNOSED);
  tables_cursor_free(c);
  tables_close(t);
}

/* The places of keys, by their texts as records keep them. */
static void find_by_key(void **state) {
  fixture *f = *state;
  tables_reader *t;
  static const char *const here[] = {"260100001", "2024", "1", "29"}, *const other[] = {"260100001", "2024", "01", "29"};
  assert_int_equal(schema_open(&f->schema, f->arena, f->program, NULL, 0, f->report), PPR_OK);
  assert_int_equal(tables_open(&t, ppr_alloc_default, f->schema, &io_limits_default, f->folder, 1, f->report), PPR_OK);
  assert_int_equal(tables_find(t, here), 0);
  assert_true(tables_find(t, other) == SIZE_MAX);
  tables_close(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(probe_is_sound),
                                     TEST(changed_file),
                                     TEST(find_by_key),
                                     TEST(good_record),
                                     TEST(order_and_editions),
                                     TEST(bad_cells),
                                     TEST(messages_name_what_helps),
                                     TEST(unread_rows_are_findings),
                                     TEST(missing_file),
                                     TEST(missing_optional_file),
                                     TEST(missing_column_and_key),
                                     TEST(unclear_record_stops_the_run),
                                     TEST(file_damage),
                                     TEST(missing_folder),
                                     TEST(limits_of_records_and_issues),
                                     TEST(cell_limit),
                                     TEST(many_records),
                                     TEST(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
