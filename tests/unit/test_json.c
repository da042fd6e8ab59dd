/* The reader of JSON records, on the hand-made Regelwerk of support/probe.h. */
#include "code/build.h"
#include "io/ndjson.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  ppr_program *program;
  ppr_report *report;
  ppr_arena *arena;
  io_schema *schema;
  record_store store;
  io_limits limits;
  probe_bytes bytes;
  ndjson_reader *json;
} fixture;

static int setup(void **state) {
  static fixture f;
  f = (fixture){
      .program = probe_program(), .report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default), .limits = io_limits_default};
  assert_int_equal(schema_open(&f.schema, f.arena, f.program, NULL, 0, f.report), PPR_OK);
  assert_true(store_init(&f.store, ppr_alloc_default, f.schema, &f.limits));
  *state = &f;
  return 0;
}
static int teardown(void **state) {
  fixture *f = *state;
  ndjson_close(f->json);
  store_fini(&f->store);
  arena_free(f->arena);
  report_free(f->report);
  program_free(f->program);
  return 0;
}

static ppr_status read_pieces(fixture *f, const char *text, size_t piece) {
  f->bytes = (probe_bytes){text, strlen(text), 0, piece};
  assert_int_equal(ndjson_open(&f->json, &f->store, "x.json", probe_read_fn, &f->bytes, f->report), PPR_OK);
  bool more = true;
  ppr_status status = PPR_OK;
  while (more && status == PPR_OK) status = ndjson_read(f->json, SIZE_MAX, &more);
  return status;
}
static ppr_status read_text(fixture *f, const char *text) { return read_pieces(f, text, 0); }
static void restart(fixture *f) {
  ndjson_close(f->json);
  store_fini(&f->store);
  assert_true(store_init(&f->store, ppr_alloc_default, f->schema, &f->limits));
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

static const char two[] =
    "{\"Tage\": {\"A1\": 7, \"A4\": null}, \"VKS\": {\"a\": {\"b\": 1.25}}, \"IK\": \"X\", \"Jahr\": 2024, \"Quartal\": 1,\n"
    " \"Einrichtung\": \"29\", \"Pflicht\": true}\n"
    "{\"IK\":\"Y\",\"Jahr\":\"2024\",\"Quartal\":3,\"Einrichtung\":\"30\",\"Pflicht\":false,\"Stunden\":12.5,\"VKS[b,a]\":2,\"Lesart\":\"mild\"}\n";

static void check_two(fixture *f) {
  assert_int_equal(f->store.count, 2);
  assert_false(f->store.records[0].refused);
  assert_string_equal(input(f, 0, "Tage[A1]"), "0:7");
  assert_string_equal(input(f, 0, "Tage[A4]"), "0:0"); /* null: as if it were not there */
  assert_string_equal(input(f, 0, "VKS[a,b]"), "0:125");
  assert_string_equal(input(f, 0, "Pflicht"), "0:1");
  assert_string_equal(input(f, 0, "Stunden"), "1:0");
  assert_int_equal(f->store.records[0].line, 1);
  assert_int_equal(f->store.records[1].line, 3);
  assert_int_equal(f->store.records[1].edition, 1);
  assert_string_equal(input(f, 1, "Stunden"), "0:1250");
  assert_string_equal(input(f, 1, "VKS[b,a]"), "0:200");
  assert_string_equal(input(f, 1, "Lesart"), "0:1");
}

static void records(void **state) {
  fixture *f = *state;
  assert_int_equal(read_text(f, two), PPR_OK);
  check_two(f);
  for (size_t piece = 1; piece < 20; piece += 3) {
    restart(f);
    assert_int_equal(read_pieces(f, two, piece), PPR_OK);
    check_two(f);
  }
}

static void array_mark_and_nothing(void **state) {
  fixture *f = *state;
  assert_int_equal(read_text(f, "\xEF\xBB\xBF[{\"IK\":1,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true},\n{\"IK\":2,\"Jahr\":2024,"
                                "\"Quartal\":1,\"Einrichtung\":29,"
                                "\"Pflicht\":\"nein\"}]"),
                   PPR_OK);
  assert_int_equal(f->store.count, 2);
  assert_false(f->store.records[0].refused || f->store.records[1].refused);
  restart(f);
  assert_int_equal(read_text(f, ""), PPR_OK);
  restart(f);
  assert_int_equal(read_text(f, " \n\n"), PPR_OK);
  assert_int_equal(f->store.count, 0);
}

/* 0.1 + 0.2 would betray a double; 17 digits would lose theirs. */
static void numbers_by_their_text(void **state) {
  fixture *f = *state;
  assert_int_equal(read_text(f, "{\"IK\":1,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true,\"Stunden\":999999.99}\n"
                                "{\"IK\":2,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true,\"Stunden\":0.30000000000000004}\n"
                                "{\"IK\":3,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true,\"Stunden\":1e2}\n"
                                "{\"IK\":4,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true,\"Stunden\":\"1,5\"}\n"),
                   PPR_OK);
  assert_string_equal(input(f, 0, "Stunden"), "0:99999999");
  assert_non_null(issue(f, 1, DIAG_CELL_PRECISE));
  assert_non_null(issue(f, 2, DIAG_CELL_NUMBER));
  assert_string_equal(issue(f, 3, DIAG_CELL_MARK)->args[1], "1.5");
}

static void wrong_values(void **state) {
  fixture *f = *state;
  assert_int_equal(
      read_text(
          f, "{\"IK\":1,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":1,\"Stunden\":true,\"Tage\":{\"A1\":1,\"A9\":2},\"Tage[A1]\":1}\n"
             "{\"Jahr\":2024,\"Quartal\":3,\"Einrichtung\":29,\"Pflicht\":true,\"Tage\":{\"A4\":2}}\n{}\n"),
      PPR_OK);
  assert_int_equal(f->store.count, 3);
  const store_issue *shape = issue(f, 0, DIAG_JSON_SHAPE);
  assert_string_equal(shape->field, "Pflicht");
  assert_string_equal(shape->next->field, "Stunden");
  assert_non_null(issue(f, 0, DIAG_CELL_DUPLICATE));
  assert_string_equal(reported(f, DIAG_COLUMN_UNKNOWN)->args[0], "Tage[A9]");
  assert_non_null(issue(f, 1, DIAG_KEY_EMPTY));
  assert_non_null(issue(f, 1, DIAG_FIELD_EDITION));
  assert_true(f->store.records[2].refused);
}

typedef struct bad_text {
  const char *text;
  diag_code code;
  const char *where;
} bad_text;

static void broken_texts(void **state) {
  fixture *f = *state;
  static const bad_text cases[] = {{"{\"IK\":1,}\n", DIAG_JSON_SYNTAX, "x.json:1"},
                                   {"{\"IK\":1}\n\n{\"IK\":", DIAG_JSON_SYNTAX, NULL},
                                   {"{\"IK\":\"\xE4\"}", DIAG_JSON_SYNTAX, "x.json:1"},
                                   {"7\n", DIAG_JSON_SHAPE, NULL},
                                   {"null", DIAG_JSON_SHAPE, NULL},
                                   {"[[1]]", DIAG_JSON_SHAPE, "x.json:1"},
                                   {"{\"Tage\":[1]}", DIAG_JSON_SHAPE, "x.json:1"},
                                   {"\n{\"a\":{\"b\":{\"c\":{}}}}", DIAG_JSON_LIMIT, "x.json:2"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (read_text(f, cases[i].text) != PPR_DIAGNOSED) fail_msg("case %zu", i);
    const diag *d = reported(f, cases[i].code);
    if (!d) fail_msg("case %zu: %d", i, report_first(f->report)->code);
    if (cases[i].where) assert_string_equal(d->where, cases[i].where);
    restart(f);
    report_free(f->report);
    f->report = report_new(ppr_alloc_default);
  }
  f->json = NULL;
}

static void limits(void **state) {
  fixture *f = *state;
  f->limits.columns = 4;
  assert_int_equal(read_text(f, "{\"IK\":1,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29}"), PPR_OK);
  restart(f);
  assert_int_equal(read_text(f, "{\"IK\":1,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true}"), PPR_DIAGNOSED);
  assert_non_null(reported(f, DIAG_JSON_LIMIT));
  restart(f);
  f->limits = io_limits_default;
  f->limits.json_bytes = 200000;
  size_t n = 300000;
  char *text = malloc(n + 1);
  memset(text, 'x', n);
  text[n] = 0;
  memcpy(text, "{\"IK\":\"", 7);
  assert_int_equal(read_text(f, text), PPR_LIMIT);
  restart(f);
  memset(text, ' ', n); /* many small records are no long one */
  for (size_t i = 0; i + 100 < n; i += 100) {
    int used = snprintf(text + i, 100, "{\"IK\":%zu,\"Jahr\":2024,\"Quartal\":1,\"Einrichtung\":29,\"Pflicht\":true}", i);
    text[i + (size_t)used] = '\n';
  }
  assert_int_equal(read_text(f, text), PPR_OK);
  assert_int_equal(f->store.count, 2999);
  assert_int_equal(f->store.records[2998].line, 2999);
  free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(records),      TEST(array_mark_and_nothing), TEST(numbers_by_their_text),
                                     TEST(wrong_values), TEST(broken_texts),           TEST(limits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
