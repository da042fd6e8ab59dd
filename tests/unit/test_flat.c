/* The reader of the flat form and the names of inputs, on the hand-made Regelwerk of support/probe.h. */
#include "code/build.h"
#include "io/flat.h"
#include "io/names.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  ppr_program *program;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  probe_bytes bytes;
  flat_reader *flat;
} fixture;

static int setup(void **state) {
  static fixture f;
  f = (fixture){.program = probe_program(), .report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default)};
  assert_int_equal(schema_open(&f.schema, f.arena, f.program, NULL, 0, f.report), PPR_OK);
  assert_true(store_init(&f.store, ppr_alloc_default, f.schema, &io_limits_default));
  *state = &f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  flat_close(f->flat);
  store_fini(&f->store);
  arena_free(f->arena);
  report_free(f->report);
  program_free(f->program);
  return 0;
}

static ppr_status open_text(fixture *f, const char *text) {
  f->bytes = (probe_bytes){text, strlen(text), 0, 0};
  return flat_open(&f->flat, &f->store, "x.csv", probe_read_fn, &f->bytes, f->report);
}

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
static const store_issue *issue(fixture *f, size_t record, diag_code code) {
  const store_issue *i = f->store.records[record].first;
  while (i && i->code != code) i = i->next;
  return i;
}
static const diag *reported(fixture *f, diag_code code) {
  const diag *d = report_first(f->report);
  while (d && d->code != code) d = d->next;
  return d;
}

static void resolve(fixture *f, uint32_t edition, const char *text, const char *label) {
  input_name n;
  uint32_t field, slot;
  bool found = name_split(&n, (csv_cell){text, strlen(text)}) && name_resolve(f->schema, edition, &n, &field, &slot);
  if (!label) {
    if (found) fail_msg("%s is a name", text);
    return;
  }
  if (!found) fail_msg("%s is no name", text);
  assert_string_equal(schema_str(f->schema, f->schema->editions[edition].e->input[slot].label), label);
}

static void names(void **state) {
  fixture *f = *state;
  resolve(f, 0, "Pflicht", "Pflicht");
  resolve(f, 0, "Tage[A4]", "Tage[A4]");
  resolve(f, 0, "Tage[ A4 ]", "Tage[A4]");
  resolve(f, 0, "Tage[Gebiet=A2]", "Tage[A2]");
  resolve(f, 0, "Tage[Bereich=A2]", "Tage[A2]");
  resolve(f, 0, "VKS[a,b]", "VKS[a,b]");
  resolve(f, 0, "VKS[Auf=b, Von=a]", "VKS[a,b]");
  resolve(f, 0, "VKS[Von=b,Auf=a]", "VKS[b,a]");
  resolve(f, 1, "Tage[A4]", NULL); /* only in 2024-01 */
  static const char *const wrong[] = {"Tage",       "Tage[]",           "Tage[A1",  "Tage[A1]x", "Tage[A1,A2]",     "Pflicht[A1]", "VKS[a]",
                                      "VKS[a,b,a]", "VKS[Von=a,Von=b]", "VKS[a,c]", "IK",        "Berichtsquartal", "[A1]",        ""};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) resolve(f, 0, wrong[i], NULL);
}

static void records(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "Tage[A1];IK;Jahr;Quartal;Einrichtung;Pflicht;VKS[b,a];Lesart\n7;X;2024;1;29;ja;1,5;\n;Y;2024;3;30;nein;;mild\n"),
                   PPR_OK);
  assert_int_equal(flat_read(f->flat, 1, &more), PPR_OK);
  assert_true(more);
  assert_int_equal(f->store.count, 1);
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:7");
  assert_string_equal(input(f, 0, "Tage[A2]"), "0:0");
  assert_string_equal(input(f, 0, "VKS[b,a]"), "0:150");
  assert_string_equal(input(f, 0, "Stunden"), "1:0");
  assert_string_equal(input(f, 0, "Lesart"), "0:0");
  store_clear(&f->store);
  assert_int_equal(flat_read(f->flat, 1024, &more), PPR_OK);
  assert_false(more);
  assert_int_equal(f->store.count, 1);
  assert_int_equal(f->store.records[0].edition, 1);
  assert_int_equal(f->store.records[0].line, 3);
  assert_string_equal(input(f, 0, "Lesart"), "0:1");
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:0"); /* empty is like a row that is not there */
}

static void comma_and_point(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "IK,Jahr,Quartal,Einrichtung,Pflicht,Stunden,\"VKS[a,b]\"\nX,2024,1,29,ja,1.25,3\nY,2024,1,29,ja,\"1,25\",\n"),
                   PPR_OK);
  assert_int_equal(flat_read(f->flat, 1024, &more), PPR_OK);
  assert_string_equal(input(f, 0, "Stunden"), "0:125");
  assert_string_equal(input(f, 0, "VKS[a,b]"), "0:300");
  assert_string_equal(issue(f, 1, DIAG_CELL_MARK)->args[1], "1.25");
}

static void duplicate_record(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "IK;Jahr;Quartal;Einrichtung;Pflicht\nX;2024;1;29;ja\nX;2024;01;29;ja\n"), PPR_OK);
  assert_int_equal(flat_read(f->flat, 1, &more), PPR_OK);
  store_clear(&f->store); /* also when the first one is long gone */
  assert_int_equal(flat_read(f->flat, 1, &more), PPR_OK);
  assert_int_equal(f->store.count, 1);
  assert_true(f->store.records[0].refused);
  assert_string_equal(issue(f, 0, DIAG_RECORD_TWICE)->args[0], "1");
}

static void columns(void **state) {
  fixture *f = *state;
  assert_int_equal(open_text(f, "IK;Jahr;Einrichtung;Pflicht\n"), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_COLUMN_MISSING)->args[0], "Quartal");
  assert_int_equal(open_text(f, "IK;IK;Jahr;Quartal;Einrichtung;Pflicht\n"), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_COLUMN_TWICE));
  assert_int_equal(open_text(f, ""), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_FILE_EMPTY));
}

static void missing_required_column(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "IK;Jahr;Quartal;Einrichtung;Bemerkung\nX;2024;1;29;gut\n"), PPR_OK);
  assert_string_equal(reported(f, DIAG_COLUMN_UNKNOWN)->args[0], "Bemerkung");
  assert_int_equal(flat_read(f->flat, 1024, &more), PPR_DIAGNOSED);
  assert_string_equal(reported(f, DIAG_COLUMN_MISSING)->args[0], "Pflicht");
}

static void column_of_another_edition(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "IK;Jahr;Quartal;Einrichtung;Pflicht;Tage[A4]\nX;2024;3;29;ja;\nY;2024;3;29;ja;5\nZ;2024;1;29;ja;5\n"), PPR_OK);
  assert_int_equal(flat_read(f->flat, 1024, &more), PPR_OK);
  assert_false(f->store.records[0].refused);
  assert_string_equal(issue(f, 1, DIAG_FIELD_EDITION)->args[2], "2024-01");
  assert_string_equal(input(f, 2, "Tage[A4]"), "0:5");
}

static void damaged_rows(void **state) {
  fixture *f = *state;
  bool more;
  assert_int_equal(open_text(f, "IK;Jahr;Quartal;Einrichtung;Pflicht\nX;2024;1;29\nY;2024;1;29;ja\nZ;20"), PPR_OK);
  assert_int_equal(flat_read(f->flat, 1024, &more), PPR_OK);
  assert_non_null(issue(f, 0, DIAG_CELL_COUNT));
  assert_false(f->store.records[1].refused);
  assert_non_null(issue(f, 2, DIAG_TRUNCATED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(names),
                                     TEST(records),
                                     TEST(comma_and_point),
                                     TEST(duplicate_record),
                                     TEST(columns),
                                     TEST(missing_required_column),
                                     TEST(column_of_another_edition),
                                     TEST(damaged_rows)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
