/* Rows cut in one scan against rows looked at with care, over random files. A row with a quote is always looked at with care: so another cell, `""`,
 * behind each row of a file without quotes must change nothing but the places. And no row of less than MARKS bytes is cut in one scan where longer
 * ones are forbidden. Files are read from a stream and in pieces. */
#include "io/csv.h"
#include "io/marks.h"
#include "support/prng.h"
#include "support/probe.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 1500, EXTRA = 3 }; /* EXTRA: bytes of `;""` */

/* How a file is read. */
typedef struct way {
  size_t piece; /* bytes a read gives at most, 0: all */
  size_t rows;  /* taken together; 0: not in pieces */
  io_limits limits;
  bool extra; /* its rows have the extra cell */
  bool lent;  /* pieces may not be changed */
} way;

static void put_row(ppr_buf *out, const csv_row *row, bool extra) {
  uint64_t behind = extra ? EXTRA * (row->line - 1) : 0;
  size_t own = extra ? EXTRA : 0, count = row->count - (extra ? 1 : 0);
  buf_printf(out, "%llu %llu+%zu %d %d %zu:", (unsigned long long)row->line, (unsigned long long)(row->at - behind), row->size - own, row->cut,
             (int)row->problem, row->problem == DIAG_QUOTE_STRAY ? row->stray : 0);
  for (size_t i = 0; i < count; i++) {
    buf_puts(out, csv_cell_sound(row, i) ? " [" : " ?[");
    buf_put(out, row->cells[i].text, row->cells[i].size);
    buf_putc(out, ']');
  }
  buf_putc(out, '\n');
}

static csv_step put_rows(ppr_buf *out, csv_reader *csv, const way *w) {
  const csv_row *row;
  csv_step step;
  while ((step = csv_next(csv, &row)) == CSV_ROW) put_row(out, row, w->extra);
  return step;
}

/* The rows of a piece; of a lent one with another row behind it. */
static csv_step put_piece(ppr_buf *out, csv_reader *over, csv_piece *piece, const way *w) {
  ppr_buf lent;
  buf_init(&lent, ppr_alloc_default, SIZE_MAX);
  buf_put(&lent, piece->memory, piece->size);
  buf_puts(&lent, "hinten;nichts\n");
  memset(buf_room(&lent, CSV_PADDING), 0, CSV_PADDING);
  csv_piece other = *piece;
  other.lent = true;
  other.memory = lent.data;
  csv_over(over, w->lent ? &other : piece);
  csv_step step = put_rows(out, over, w);
  if (w->lent) assert_memory_equal(lent.data, piece->memory, piece->size);
  buf_fini(&lent);
  return step;
}

/* All there is to say about a file, read that way. */
static void describe(ppr_buf *out, const char *text, size_t size, const way *w) {
  ppr_report *report = report_new(ppr_alloc_default);
  probe_bytes bytes = {text, size, 0, w->piece};
  csv_reader *csv = csv_open(ppr_alloc_default, "x.csv", 0, probe_read_fn, &bytes, &w->limits, report);
  csv_reader *over = csv_open(ppr_alloc_default, "x.csv", ';', NULL, NULL, &w->limits, report);
  csv_piece piece = {0};
  const csv_row *row;
  assert_non_null(csv);
  assert_non_null(over);
  csv_step step = w->rows ? csv_next(csv, &row) : put_rows(out, csv, w);
  if (w->rows && step == CSV_ROW) put_row(out, row, w->extra);
  while (w->rows && step == CSV_ROW && (step = csv_take(csv, &piece, w->rows)) == CSV_ROW) {
    if (put_piece(out, over, &piece, w) == CSV_FAILED) step = CSV_FAILED;
  }
  buf_printf(out, "%d\n", (int)step);
  report_print(out, report, PPR_LANG_DE, false);
  assert_false(out->failed);
  csv_piece_free(&piece, ppr_alloc_default);
  csv_close(over);
  csv_close(csv);
  report_free(report);
}

/* Quotes none, in pairs, or any. */
enum { NO_QUOTES, PAIRS, ANY_QUOTES };

static void put_cell(ppr_buf *out, prng *r, int quotes, bool odd) {
  static const char *const plain[] = {"", "0", "12,50", " 7 ", "ja", "\t", "x  y", "\rz", "2024", "260100001", ",", "."};
  static const char *const quoted[] = {"\"a;b\"", "\"\"", " \"x\" ", "\"z\"z", "a\"b\"", "\"x\ny\"", "\"\"\"\"", "a\""};
  static const char *const wide[] = {"\xc3\xa4", "\xe4", "\xff", "\xe2\x82\xac"};
  uint64_t n = prng_below(r, 100);
  if (quotes && n < 8) buf_puts(out, quoted[prng_below(r, sizeof quoted / sizeof *quoted - (quotes == PAIRS))]);
  else if (odd && n < 12) buf_puts(out, wide[prng_below(r, sizeof wide / sizeof *wide)]);
  else if (odd && n < 14) buf_putc(out, 0);
  else if (n < 16)
    for (uint64_t i = prng_below(r, 150); i > 0; i--) buf_putc(out, (char)('a' + i % 26));
  else buf_puts(out, plain[prng_below(r, sizeof plain / sizeof *plain)]);
}

/* A file; its rows have fewer than MARKS bytes, or any number. With its twin, whose rows have the extra cell. */
static void make_file(ppr_buf *out, ppr_buf *twin, prng *r, int quotes, bool odd, bool few) {
  out->size = twin->size = 0;
  uint64_t rows = prng_below(r, 30), columns = 1 + prng_below(r, few ? 4 : 40);
  bool crlf = prng_below(r, 3) == 0;
  for (uint64_t i = 0; i <= rows; i++) {
    size_t begin = out->size;
    uint64_t n = prng_below(r, 20) ? columns : prng_below(r, columns * 2);
    for (uint64_t k = 0; k < n; k++) {
      if (k) buf_putc(out, ';');
      size_t before = out->size;
      if (i > 0 || k > 0) put_cell(out, r, quotes, odd);
      else buf_puts(out, "a;b");                                     /* says what the separator is */
      if (few && out->size - begin > MARKS - 10) out->size = before; /* room for the separators to come */
    }
    buf_put(twin, out->data + begin, out->size - begin);
    buf_puts(twin, ";\"\"");
    if (i == rows && prng_below(r, 2)) continue; /* cut */
    buf_puts(out, crlf ? "\r\n" : "\n");
    buf_puts(twin, crlf ? "\r\n" : "\n");
  }
  if (out->size == 0) twin->size = 0;
}

/* Random files, by way of what is to be expected of them: their own reading under limits that forbid rows of MARKS bytes, that of their twins, or
 * any. */
typedef enum { BY_LIMIT, BY_TWIN, BY_STREAM } oracle;

static void compare(const char *name, oracle by, int quotes, bool few) {
  prng r = prng_new(name);
  ppr_buf text, twin, wanted, got;
  ppr_buf *all[] = {&text, &twin, &wanted, &got};
  for (size_t i = 0; i < 4; i++) buf_init(all[i], ppr_alloc_default, SIZE_MAX);
  for (int round = 0; round < ROUNDS; round++) {
    make_file(&text, &twin, &r, quotes, prng_below(&r, 3) == 0, few);
    way careful = {.limits = io_limits_default, .extra = by == BY_TWIN};
    if (by == BY_LIMIT) careful.limits.line_bytes = MARKS - 1;
    wanted.size = 0;
    if (by == BY_TWIN) describe(&wanted, twin.data, twin.size, &careful);
    else describe(&wanted, text.data, text.size, &careful);
    const way ways[] = {{.rows = 0},
                        {.piece = 1 + (size_t)prng_below(&r, 90)},
                        {.rows = 1 + (size_t)prng_below(&r, 9)},
                        {.rows = SIZE_MAX, .piece = 50},
                        {.rows = 1 + (size_t)prng_below(&r, 9), .lent = true}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
      way w = ways[i];
      w.limits = io_limits_default;
      got.size = 0;
      describe(&got, text.data, text.size, &w);
      if (wanted.size != got.size || memcmp(wanted.data, got.data, got.size) != 0)
        fail_msg("way %zu gives\n%.*s\ninstead of\n%.*s\nof\n%.*s", i, (int)got.size, got.data, (int)wanted.size, wanted.data, (int)text.size,
                 text.data);
    }
  }
  for (size_t i = 0; i < 4; i++) buf_fini(all[i]);
}

static void long_rows(void **state) {
  (void)state;
  compare("test_cut, long rows", BY_TWIN, NO_QUOTES, false);
}

static void short_rows(void **state) {
  (void)state;
  compare("test_cut, short rows", BY_LIMIT, PAIRS, true);
}

static void any_rows(void **state) {
  (void)state;
  compare("test_cut, any rows", BY_STREAM, ANY_QUOTES, false);
}

/* The marks themselves, byte by byte. */
static void marks(void **state) {
  (void)state;
  prng r = prng_new("test_cut, marks");
  for (int round = 0; round < ROUNDS; round++) {
    char text[MARKS];
    for (size_t i = 0; i < MARKS; i++) text[i] = prng_below(&r, 2) ? (char)prng_below(&r, 256) : ";\n\"059"[prng_below(&r, 7)];
    marks_text t = marks_load(text);
    uint64_t ends = marks_equal(t, '\n');
    for (size_t i = 0; i < MARKS; i++) {
      unsigned char c = (unsigned char)text[i];
      assert_int_equal(ends >> i & 1, c == '\n');
      assert_int_equal(marks_equal(t, text[0]) >> i & 1, text[i] == text[0]);
      assert_int_equal(marks_high(t) >> i & 1, c >= 0x80);
      assert_int_equal(marks_no_digits(t) >> i & 1, c < '0' || c > '9');
      assert_int_equal(marks_odd(t) >> i & 1, c >= 0x80 || c == 0 || c == '"');
      assert_int_equal(marks_unprinted(t) >> i & 1, c < ' ' || c > '~' || c == '"');
      assert_int_equal(marks_no_word(t) >> i & 1, c <= ' ' || c > '~' || c == '"');
      assert_int_equal(marks_below(ends) >> i & 1, memchr(text, '\n', i + 1) == NULL);
      assert_int_equal(marks_upto(ends) >> i & 1, memchr(text, '\n', i) == NULL);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(long_rows), cmocka_unit_test(short_rows), cmocka_unit_test(any_rows), cmocka_unit_test(marks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
