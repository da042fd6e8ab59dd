/* The CSV reader: forms of rows, encodings, damage, limits on both sides, reads in small pieces. */
#include "io/csv.h"
#include "support/memory.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  ppr_report *report;
  csv_reader *csv;
  probe_bytes bytes;
  io_limits limits;
} fixture;

static void begin_sized(fixture *f, const void *text, size_t size, char separator, size_t piece) {
  f->report = report_new(ppr_alloc_default);
  f->bytes = (probe_bytes){text, size, 0, piece};
  f->csv = csv_open(ppr_alloc_default, "x.csv", separator, probe_read_fn, &f->bytes, &f->limits, f->report);
  assert_non_null(f->csv);
}
static fixture fresh(void) { return (fixture){.limits = io_limits_default}; }
static void begin(fixture *f, const char *text) { begin_sized(f, text, strlen(text), ';', 0); }
static void end(fixture *f) {
  csv_close(f->csv);
  report_free(f->report);
}

/* The row as "a|b|c", or "END", "FAILED". */
static const char *next(fixture *f) {
  static char out[4096];
  const csv_row *row;
  switch (csv_next(f->csv, &row)) {
  case CSV_END: return "END";
  case CSV_FAILED: return "FAILED";
  case CSV_ROW: break;
  }
  size_t at = 0;
  for (size_t i = 0; i < row->count; i++) {
    if (i) out[at++] = '|';
    memcpy(out + at, row->cells[i].text, row->cells[i].size);
    at += row->cells[i].size;
  }
  out[at] = 0;
  return out;
}

static const csv_row *row_of(fixture *f) {
  const csv_row *row;
  assert_int_equal(csv_next(f->csv, &row), CSV_ROW);
  return row;
}

static void cells_and_line_ends(void **state) {
  (void)state;
  fixture f = fresh();
  begin(&f, "a;b;c\r\n1; 2 ;\n\n;;\nletzte;x;y");
  assert_string_equal(next(&f), "a|b|c");
  assert_string_equal(next(&f), "1|2|");
  const csv_row *row = row_of(&f); /* the blank row and the row of separators are left out, lines go on counting */
  assert_int_equal(row->line, 5);
  assert_true(row->cut);
  assert_int_equal(row->count, 3);
  assert_string_equal(next(&f), "END");
  assert_int_equal(report_count(f.report, PPR_SEV_HINT), 0);
  end(&f);
}

static void quotes(void **state) {
  (void)state;
  fixture f = fresh();
  begin(&f, "\"a;b\";\"sagt \"\"ja\"\"\"; \"c\" \n\"zwei\nZeilen\";2\n3;4\n");
  assert_string_equal(next(&f), "a;b|sagt \"ja\"|c");
  assert_string_equal(next(&f), "zwei\nZeilen|2");
  assert_int_equal(row_of(&f)->line, 4);
  assert_string_equal(next(&f), "END");
  end(&f);
}

static void quote_damage(void **state) {
  (void)state;
  fixture f = fresh();
  begin(&f, "1;\"a\"b;3\n4;5;6\n");
  const csv_row *row = row_of(&f);
  assert_int_equal(row->problem, DIAG_QUOTE_STRAY);
  assert_int_equal(row->count, 3);
  assert_true(csv_cell_sound(row, 0));
  assert_false(csv_cell_sound(row, 1));
  assert_string_equal(next(&f), "4|5|6");
  end(&f);
  begin(&f, "1;2\n3;\"offen\n4;5\n");
  assert_string_equal(next(&f), "1|2");
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_QUOTE_OPEN);
  assert_string_equal(report_first(f.report)->where, "x.csv:2");
  end(&f);
}

static void encodings(void **state) {
  (void)state;
  fixture f = fresh();
  begin(&f, "\xEF\xBB\xBF"
            "a;\xC3\xA4\n");
  assert_string_equal(next(&f), "a|ä");
  assert_int_equal(report_count(f.report, PPR_SEV_HINT), 0);
  end(&f);
  begin(&f, "a;b\n1;\xE4\xF6\x80\n2;\xC3\xA4\n"); /* Windows-1252 from line 2 on: ä ö €, then Ã ¤ */
  assert_string_equal(next(&f), "a|b");
  assert_string_equal(next(&f), "1|äö€");
  assert_string_equal(next(&f), "2|Ã¤");
  assert_int_equal(report_count(f.report, PPR_SEV_HINT), 1);
  assert_int_equal(report_first(f.report)->code, DIAG_CP1252);
  assert_string_equal(report_first(f.report)->where, "x.csv:2");
  end(&f);
  begin(&f, "\xC3\xA4;b\n1;\xE4\n2;c\n"); /* was UTF-8 before: damage */
  assert_string_equal(next(&f), "ä|b");
  const csv_row *row = row_of(&f);
  assert_int_equal(row->problem, DIAG_NOT_UTF8);
  assert_true(csv_cell_sound(row, 0));
  assert_false(csv_cell_sound(row, 1));
  assert_string_equal(next(&f), "2|c");
  end(&f);
  begin_sized(&f,
              "\xFF\xFE"
              "a\0;\0",
              6, ';', 0);
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_UTF16);
  end(&f);
  begin_sized(&f, "a;b\nc\0d;2\n", 10, ';', 0);
  assert_string_equal(next(&f), "a|b");
  row = row_of(&f);
  assert_int_equal(row->problem, DIAG_NUL_BYTE);
  assert_false(csv_cell_sound(row, 0));
  assert_true(csv_cell_sound(row, 1));
  end(&f);
}

static void separators(void **state) {
  (void)state;
  fixture f = fresh();
  begin_sized(&f, "\"a;b\",c\n1,2\n", 12, 0, 0);
  assert_string_equal(next(&f), "a;b|c");
  assert_int_equal(csv_separator(f.csv), ',');
  end(&f);
  begin_sized(&f, "a,b;c\n", 6, 0, 0);
  assert_string_equal(next(&f), "a,b|c");
  assert_int_equal(csv_separator(f.csv), ';');
  end(&f);
}

static void limits(void **state) {
  (void)state;
  fixture f = fresh();
  f.limits.columns = 3;
  begin(&f, "1;2;3\n1;2;3;4\n");
  assert_string_equal(next(&f), "1|2|3");
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_TOO_MANY_COLUMNS);
  assert_string_equal(report_first(f.report)->where, "x.csv:2");
  end(&f);
  f = fresh();
  f.limits.line_bytes = 5;
  begin(&f, "12345\n123456\n");
  assert_string_equal(next(&f), "12345");
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_LINE_TOO_LONG);
  end(&f);
  f = fresh();
  f.limits.rows = 2; /* besides the header */
  begin(&f, "k\n1\n2\n");
  for (int i = 0; i < 3; i++) assert_string_not_equal(next(&f), "FAILED");
  assert_string_equal(next(&f), "END");
  end(&f);
  begin(&f, "k\n1\n2\n3\n");
  for (int i = 0; i < 3; i++) assert_string_not_equal(next(&f), "FAILED");
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_TOO_MANY_ROWS);
  assert_string_equal(report_first(f.report)->where, "x.csv:4");
  end(&f);
}

/* The default limits, on both sides. */
static void default_limits(void **state) {
  (void)state;
  fixture f = fresh();
  size_t n = f.limits.line_bytes;
  char *text = malloc(n + 2);
  memset(text, 'x', n + 1);
  text[n] = '\n';
  begin_sized(&f, text, n + 1, ';', 0);
  assert_int_equal(row_of(&f)->cells[0].size, n);
  end(&f);
  text[n] = 'x';
  text[n + 1] = '\n';
  begin_sized(&f, text, n + 2, ';', 0);
  assert_string_equal(next(&f), "FAILED");
  end(&f);
  memset(text, ';', n);
  text[0] = 'k';
  text[f.limits.columns] = '\n'; /* 'k' and columns - 1 separators: as many cells as allowed */
  begin_sized(&f, text, f.limits.columns + 1, ';', 0);
  assert_int_equal(row_of(&f)->count, f.limits.columns);
  end(&f);
  text[f.limits.columns] = ';';
  begin_sized(&f, text, 1000000, ';', 0);
  assert_string_equal(next(&f), "FAILED");
  assert_int_equal(report_first(f.report)->code, DIAG_TOO_MANY_COLUMNS);
  end(&f);
  free(text);
}

static void small_pieces(void **state) {
  (void)state;
  static const char text[] = "\xEF\xBB\xBF"
                             "a;\"b\nc\"\r\n1;\xC3\xA4\n";
  for (size_t piece = 1; piece < 8; piece++) {
    fixture f = fresh();
    begin_sized(&f, text, sizeof text - 1, ';', piece);
    assert_string_equal(next(&f), "a|b\nc");
    assert_string_equal(next(&f), "1|ä");
    assert_string_equal(next(&f), "END");
    end(&f);
  }
}

static void empty(void **state) {
  (void)state;
  fixture f = fresh();
  begin(&f, "");
  assert_string_equal(next(&f), "END");
  end(&f);
  begin(&f, "\n\n");
  assert_string_equal(next(&f), "END");
  end(&f);
}

static long failing_read(void *ctx, char *out, size_t size) {
  (void)ctx, (void)out, (void)size;
  return -1;
}

static void read_error(void **state) {
  (void)state;
  io_limits limits = io_limits_default;
  ppr_report *r = report_new(ppr_alloc_default);
  csv_reader *c = csv_open(ppr_alloc_default, "x.csv", ';', failing_read, NULL, &limits, r);
  const csv_row *row;
  assert_int_equal(csv_next(c, &row), CSV_FAILED);
  assert_int_equal(report_first(r)->code, DIAG_FILE_UNREADABLE);
  csv_close(c);
  report_free(r);
}

/* Every allocation refused in turn: no crash, nothing left. */
static void out_of_memory(void **state) {
  (void)state;
  static const char text[] = "a;\xE4;c\n1;2;3\n";
  for (size_t n = 1; n < 20; n++) {
    memory m = {.fail_at = n};
    io_limits limits = io_limits_default;
    ppr_report *r = report_new(ppr_alloc_default);
    probe_bytes b = {text, sizeof text - 1, 0, 0};
    csv_reader *c = csv_open(memory_alloc(&m), "x.csv", ';', probe_read_fn, &b, &limits, r);
    const csv_row *row;
    csv_step step = CSV_ROW;
    while (c && (step = csv_next(c, &row)) == CSV_ROW) continue;
    if (c) assert_true(step == CSV_END || csv_failed_memory(c));
    csv_close(c);
    report_free(r);
    assert_int_equal(m.bytes, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(cells_and_line_ends), cmocka_unit_test(quotes),       cmocka_unit_test(quote_damage),
                                     cmocka_unit_test(encodings),           cmocka_unit_test(separators),   cmocka_unit_test(limits),
                                     cmocka_unit_test(default_limits),      cmocka_unit_test(small_pieces), cmocka_unit_test(empty),
                                     cmocka_unit_test(read_error),          cmocka_unit_test(out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
