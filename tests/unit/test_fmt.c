/* Laying out through the public calls: what is refused, what is written, and the alignment of columns. How everything looks is tests/golden/fmt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ppr/compile.h"

#define HEAD "regelwerk R\nfassung 2024-07\n"

static void assert_laid_out(const char *text, const char *expected) {
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  char *result = NULL;
  assert_int_equal(ppr_format(engine, &(ppr_source_text){"t.ppr", text, strlen(text)}, &result, report), PPR_OK);
  assert_string_equal(result, expected);
  assert_int_equal(ppr_report_count(report), 0);
  ppr_free(result);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

/* Numbers to the right in columns of their own width, words to the left, citations below each other, a lone word at the first column. */
static void columns(void **state) {
  (void)state;
  assert_laid_out(HEAD "tabelle T je X, Y : Zahl(1) § 1\na bb ccc\nA1 1,5 20 offen § 2\nÄÄ10 -1 2 3\nA9 entfällt § 3\n",
                  HEAD "tabelle T je X, Y : Zahl(1) § 1\n"
                       "          a  bb    ccc\n"
                       "  A1    1,5  20  offen    § 2\n"
                       "  ÄÄ10   -1   2      3\n"
                       "  A9    entfällt          § 3\n");
  assert_laid_out(HEAD "tabelle T je X, Y : ja/nein\na b\nA nein ja\nBC ja nein\n", HEAD "tabelle T je X, Y : ja/nein\n"
                                                                                         "      a     b\n"
                                                                                         "  A   nein  ja\n"
                                                                                         "  BC  ja    nein\n");
  assert_laid_out(HEAD "grenze G je X : Prozent(0)\na keine § 1\nlang 10 %\nb 5%", HEAD "grenze G je X : Prozent(0)\n"
                                                                                        "  a     keine    § 1\n"
                                                                                        "  lang  10 %\n"
                                                                                        "  b      5 %\n");
  assert_laid_out(HEAD "zeitreihe S : Zahl(0) § 1\nab 01.01.2020 bis 31.12.2020 : 5 § 2\nab 01.01.2021 : 1000 § 3\n",
                  HEAD "zeitreihe S : Zahl(0) § 1\n"
                       "  ab 01.01.2020 bis 31.12.2020 : 5    § 2\n"
                       "  ab 01.01.2021 : 1000                § 3\n");
}

/* A byte order mark and carriage returns go; an empty file of a head alone is one. */
static void line_ends(void **state) {
  (void)state;
  assert_laid_out("\xEF\xBB\xBF# Kopf\r\n\r\n\r\n\r\nregelwerk R\r\nfassung 2024-07", "# Kopf\n\n" HEAD);
}

static void refused(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  char *result = (char *)"x";
  ppr_source_text text = {"t.ppr", "regel", 5};
  assert_int_equal(ppr_format(engine, &text, &result, report), PPR_DIAGNOSED);
  assert_null(result);
  assert_true(ppr_report_count(report) > 0);
  assert_int_equal(ppr_format(NULL, &text, &result, report), PPR_MISUSE);
  assert_int_equal(ppr_format(engine, NULL, &result, report), PPR_MISUSE);
  assert_int_equal(ppr_format(engine, &text, NULL, report), PPR_MISUSE);
  assert_int_equal(ppr_format(engine, &text, &result, NULL), PPR_MISUSE);
  assert_int_equal(ppr_format_path(engine, NULL, 0, NULL, NULL, report), PPR_MISUSE);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

typedef struct seen {
  size_t files, changed;
} seen;

static void take(const ppr_formatted *file, void *ctx) {
  seen *s = ctx;
  s->files++;
  if (file->changed) s->changed++;
  assert_int_equal(file->size, strlen(file->text));
}

static void assert_file(const char *path, const char *expected) {
  char *data;
  size_t size;
  assert_int_equal(file_read(ppr_alloc_default, path, 1 << 16, &data, &size), FILE_OK);
  assert_string_equal(data, expected);
  file_free(ppr_alloc_default, data, size);
}

/* A folder with a file that changes, one that does not and one that is no rule text. */
static void folders(void **state) {
  (void)state;
  static const char loose[] = "regelwerk   R fassung 2024-07", bad[] = HEAD "regel :";
  static const char *const names[] = {"a.ppr", "b.ppr", "c.ppr"}, *const texts[] = {loose, HEAD, bad};
  char folder[] = "/tmp/ppr-fmt-XXXXXX", path[3][64];
  assert_non_null(mkdtemp(folder));
  for (size_t i = 0; i < 3; i++) {
    snprintf(path[i], sizeof path[i], "%s/%s", folder, names[i]);
    assert_int_equal(file_write_atomic(path[i], texts[i], strlen(texts[i])), FILE_OK);
  }
  struct stat before, after;
  assert_int_equal(stat(path[1], &before), 0);
  ppr_engine *engine = ppr_engine_new();
  for (int write = 0; write < 2; write++) {
    ppr_report *report = ppr_report_new();
    seen s = {0};
    assert_int_equal(ppr_format_path(engine, folder, write, take, &s, report), PPR_DIAGNOSED);
    assert_int_equal(s.files, 2);
    assert_int_equal(s.changed, 1);
    assert_file(path[0], write ? HEAD : loose);
    assert_file(path[2], bad);
    ppr_report_free(report);
  }
  assert_int_equal(stat(path[1], &after), 0);
  assert_true(before.st_ino == after.st_ino); /* what is laid out is not written again */
  ppr_engine_free(engine);
  for (size_t i = 0; i < 3; i++) assert_int_equal(unlink(path[i]), 0);
  assert_int_equal(rmdir(folder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(columns), cmocka_unit_test(line_ends), cmocka_unit_test(refused), cmocka_unit_test(folders)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
