/* Diagnostics: places, repetition, order, limits, and how a report looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/oserror.h"
#include "base/report.h"
#include "ppr/ppr.h"
#include "support/memory.h"

static const char source[] = "regel Prüfung : Zahl(2)\n" /* bytes 0 to 24 */
                             "  = Größe über 2.5\r\n"    /* from 25 */
                             "\tTage\t= 7\n"             /* from 48 */
                             "\n"                        /* 58 */
                             "ende";                     /* from 59 */

/* Span of the `nth` occurrence of `word` in the source. */
static ppr_span at(const char *word, int nth) {
  const char *p = strstr(source, word);
  while (p && nth-- > 0) p = strstr(p + 1, word);
  assert_non_null(p);
  uint32_t begin = (uint32_t)(p - source);
  return (ppr_span){0, begin, begin + (uint32_t)strlen(word)};
}

static ppr_report *new_report(void) {
  ppr_report *r = report_new(ppr_alloc_default);
  assert_int_equal(report_add_source(r, "a.ppr", source, sizeof source - 1), 0);
  return r;
}

static void check_place(const ppr_report *r, ppr_span span, uint32_t line, uint32_t col) {
  uint32_t l, c;
  report_place(r, span, &l, &c);
  assert_int_equal(l, line);
  assert_int_equal(c, col);
}

static void test_places(void **state) {
  (void)state;
  ppr_report *r = new_report();
  const ppr_source *s = report_source(r, 0);
  assert_string_equal(s->name, "a.ppr");
  assert_int_equal(s->lines, 5);
  assert_int_equal(s->text[s->size], 0);
  check_place(r, (ppr_span){0, 0, 1}, 1, 1);
  check_place(r, at("Zahl", 0), 1, 17);
  check_place(r, at("über", 0), 2, 11);
  check_place(r, at("2.5", 0), 2, 16);
  check_place(r, at("Tage", 0), 3, 2);
  check_place(r, at("7", 0), 3, 9);
  check_place(r, (ppr_span){0, 58, 58}, 4, 1);
  check_place(r, at("ende", 0), 5, 1);
  check_place(r, (ppr_span){0, sizeof source - 1, sizeof source - 1}, 5, 5);
  check_place(r, (ppr_span){0, 9999, 9999}, 5, 5);
  check_place(r, SPAN_NONE, 1, 1);
  assert_int_equal(report_add_source(r, "leer.ppr", "", 0), 1);
  check_place(r, (ppr_span){1, 0, 0}, 1, 1);
  assert_int_equal(report_sources(r), 2);
  assert_null(report_source(r, 2));
  report_free(r);
  report_free(NULL);
}

static void test_repetition(void **state) {
  (void)state;
  ppr_report *r = new_report();
  diag *a = report_add(r, DIAG_FAULT_MISSING, at("Tage", 0), "Tage", NULL);
  assert_ptr_equal(report_add(r, DIAG_FAULT_MISSING, at("Tage", 0), "Tage", NULL), a);
  assert_int_equal(report_count(r, PPR_SEV_ERROR), 1);
  report_add(r, DIAG_FAULT_MISSING, at("Tage", 0), "Tag", NULL);
  report_add(r, DIAG_FAULT_RANGE, at("Tage", 0), "Tage", NULL);
  report_add(r, DIAG_FAULT_MISSING, at("ende", 0), "Tage", NULL);
  assert_int_equal(report_count(r, PPR_SEV_ERROR), 4);
  diag_add_note(r, a, at("ende", 0), "hier", "here");
  diag_add_note(r, a, at("ende", 0), "hier", "here");
  assert_non_null(a->notes);
  assert_null(a->notes->next);
  /* without a place the same message may be about other data */
  diag *b = report_add(r, DIAG_FAULT_MISSING, SPAN_NONE, "Tage", NULL);
  diag *c = report_add(r, DIAG_FAULT_MISSING, SPAN_NONE, "Tage", NULL);
  assert_ptr_not_equal(b, c);
  assert_false(report_failed(r));
  report_free(r);
}

static void test_order(void **state) {
  (void)state;
  ppr_report *r = new_report();
  report_add_source(r, "b.ppr", source, sizeof source - 1);
  report_add(r, DIAG_FAULT_MISSING, SPAN_NONE, "5", NULL);
  report_add(r, DIAG_FAULT_MISSING, (ppr_span){1, 0, 1}, "4", NULL);
  report_add(r, DIAG_FAULT_MISSING, (ppr_span){0, 30, 31}, "2", NULL);
  report_add(r, DIAG_FAULT_RANGE, (ppr_span){0, 30, 35}, "3", NULL); /* equal places keep their order */
  report_add(r, DIAG_FAULT_MISSING, (ppr_span){0, 2, 9}, "1", NULL);
  report_add(r, DIAG_FAULT_RANGE, SPAN_NONE, "6", NULL);
  report_sort(r);
  char order[8] = "";
  size_t n = 0;
  for (const diag *d = report_first(r); d; d = d->next) order[n++] = d->args[0][0];
  assert_string_equal(order, "123456");
  report_add(r, DIAG_FAULT_RANGE, SPAN_NONE, "7", NULL); /* the end of the list is known after sorting */
  for (const diag *d = report_first(r); d; d = d->next) n += !d->next && d->args[0][0] == '7';
  assert_int_equal(n, 7);
  report_free(r);
  r = report_new(ppr_alloc_default);
  report_sort(r);
  assert_null(report_first(r));
  report_free(r);
}

static void test_order_many(void **state) {
  (void)state;
  ppr_report *r = new_report();
  static char text[2000];
  memset(text, 'x', sizeof text);
  uint32_t file = report_add_source(r, "x", text, sizeof text);
  for (uint32_t i = 0; i < 99; i++)
    report_add(r, DIAG_FAULT_MISSING, (ppr_span){file, (i * 37) % 99 * 10, 1999}, NULL); /* 37 and 99 have no common factor */
  report_sort(r);
  uint32_t i = 0;
  for (const diag *d = report_first(r); d; d = d->next, i++) assert_int_equal(d->span.begin, i * 10);
  assert_int_equal(i, 99);
  report_free(r);
}

static void test_limit(void **state) {
  (void)state;
  ppr_report *r = new_report();
  static char text[3000];
  memset(text, 'x', sizeof text);
  uint32_t file = report_add_source(r, "viel.ppr", text, sizeof text);
  for (uint32_t i = 0; i < 250; i++) {
    diag *d = report_add(r, DIAG_FAULT_MISSING, (ppr_span){file, i, i + 1}, "x", NULL);
    diag_add_note(r, d, SPAN_NONE, "n", "n"); /* harmless on what is dropped */
    diag_set_fix(r, d, d->span, "y");
    diag_set_where(r, d, "w");
  }
  report_add(r, DIAG_FAULT_MISSING, (ppr_span){0, 0, 1}, "x", NULL); /* another file has its own limit */
  assert_int_equal(report_count(r, PPR_SEV_ERROR), 101);
  assert_int_equal(report_count(r, PPR_SEV_HINT), 1);
  report_sort(r);
  const diag *last = report_first(r);
  while (last->next) last = last->next;
  assert_int_equal(last->code, DIAG_SUPPRESSED);
  assert_string_equal(last->args[0], "150");
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  diag_print(&out, r, last, PPR_LANG_DE, false);
  assert_string_equal(out.data, "viel.ppr:1:3001: Hinweis PPR7900: weitere Meldungen unterdrückt: 150\n"
                                "Hilfe: Nach dem Beheben der ersten Fehler erneut prüfen.\n");
  buf_fini(&out);
  report_free(r);

  r = new_report(); /* other messages do not use up the room of errors */
  for (uint32_t i = 0; i < 1100; i++) report_add(r, DIAG_SUPPRESSED, SPAN_NONE, "x", NULL);
  report_add(r, DIAG_FAULT_MISSING, SPAN_NONE, "x", NULL);
  assert_int_equal(report_count(r, PPR_SEV_HINT), 1001);
  assert_int_equal(report_count(r, PPR_SEV_ERROR), 1);
  report_free(r);
}

static void check_report(const ppr_report *r, ppr_lang lang, const char *want) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  report_print(&out, r, lang, false);
  assert_string_equal(out.data ? out.data : "", want);
  buf_fini(&out);
}

static void test_text(void **state) {
  (void)state;
  ppr_report *r = new_report();
  check_report(r, PPR_LANG_DE, "");
  diag *d = report_add(r, DIAG_FAULT_DIVISION, at("2.5", 0), "a / b", NULL);
  diag_add_note(r, d, at("Prüfung", 0), "vereinbart ist das hier", "declared here");
  diag_add_note(r, d, SPAN_NONE, "ohne Ort", "no place");
  diag_set_fix(r, d, at("2.5", 0), "2,5");
  check_report(r, PPR_LANG_DE,
               "a.ppr:2:16: Fehler PPR5204: Division durch null: a / b\n"
               "    2 |   = Größe über 2.5\n"
               "      |                ^~~\n"
               "a.ppr:1:7: Anmerkung: vereinbart ist das hier\n"
               "    1 | regel Prüfung : Zahl(2)\n"
               "      |       ^~~~~~~\n"
               "Anmerkung: ohne Ort\n"
               "Hilfe: Die Regel sollte den Fall mit einer Ausnahme oder mit `wenn` behandeln.\n"
               "Vorschlag: „2.5“ durch „2,5“ ersetzen\n");
  check_report(r, PPR_LANG_EN,
               "a.ppr:2:16: error PPR5204: division by zero: a / b\n"
               "    2 |   = Größe über 2.5\n"
               "      |                ^~~\n"
               "a.ppr:1:7: note: declared here\n"
               "    1 | regel Prüfung : Zahl(2)\n"
               "      |       ^~~~~~~\n"
               "note: no place\n"
               "help: The rule should treat the case by an exception or by `wenn`.\n"
               "suggestion: replace “2.5” by “2,5”\n");
  report_free(r);
}

static void test_text_edges(void **state) {
  (void)state;
  ppr_report *r = new_report();
  diag *d = report_add(r, DIAG_FAULT_RANGE, at("7", 0), "x", NULL); /* tabs */
  diag_set_fix(r, d, (ppr_span){0, 0, 0}, "# ");
  d = report_add(r, DIAG_FAULT_RANGE, at("Größe über 2.5\r\n\tTage", 0), "y", NULL); /* more than one line */
  diag_set_fix(r, d, at("über ", 0), "");
  report_add(r, DIAG_FAULT_RANGE, (ppr_span){0, sizeof source - 1, sizeof source - 1}, "z", NULL); /* the end of the file */
  report_add(r, DIAG_FAULT_RANGE, (ppr_span){0, 58, 59}, "leer", NULL);                            /* an empty line */
  d = report_add(r, DIAG_FAULT_RANGE, SPAN_NONE, "100000", NULL);
  diag_set_where(r, d, "A3.3.csv:17: Behandlungstage");
  report_sort(r);
  check_report(r, PPR_LANG_DE,
               "a.ppr:2:5: Fehler PPR5202: Wert außerhalb der zulässigen Werte: y\n"
               "    2 |   = Größe über 2.5\n"
               "      |     ^~~~~~~~~~~~~~\n"
               "Vorschlag: „über “ streichen\n"
               "a.ppr:3:9: Fehler PPR5202: Wert außerhalb der zulässigen Werte: x\n"
               "    3 |     Tage    = 7\n"
               "      |               ^\n"
               "Vorschlag: „# “ einfügen (Zeile 1)\n"
               "a.ppr:4:1: Fehler PPR5202: Wert außerhalb der zulässigen Werte: leer\n"
               "    4 | \n"
               "      | ^\n"
               "a.ppr:5:5: Fehler PPR5202: Wert außerhalb der zulässigen Werte: z\n"
               "    5 | ende\n"
               "      |     ^\n"
               "A3.3.csv:17: Behandlungstage: Fehler PPR5202: Wert außerhalb der zulässigen Werte: 100000\n");
  report_free(r);
}

/* Columns of the excerpt: two for a wide character, none for a combining mark, tabs to the next multiple of four. Places count characters. */
static void test_widths(void **state) {
  (void)state;
  static const char wide[] = "\u540D\u524D = e\u0301 + \U0001F642\tTage\u00AD!";
  ppr_report *r = report_new(ppr_alloc_default);
  assert_int_equal(report_add_source(r, "w.ppr", wide, sizeof wide - 1), 0);
  uint32_t begin = (uint32_t)(strstr(wide, "Tage") - wide);
  report_add(r, DIAG_FAULT_RANGE, (ppr_span){0, begin, (uint32_t)sizeof wide - 1}, DIAG_BOTH("eine Zahl", "a number"), NULL);
  check_report(r, PPR_LANG_DE,
               "w.ppr:1:13: Fehler PPR5202: Wert außerhalb der zulässigen Werte: eine Zahl\n"
               "    1 | \u540D\u524D = e\u0301 + \U0001F642   Tage\uFFFD!\n"
               "      |                 ^~~~~~\n");
  check_report(r, PPR_LANG_EN,
               "w.ppr:1:13: error PPR5202: value outside the allowed range: a number\n"
               "    1 | \u540D\u524D = e\u0301 + \U0001F642   Tage\uFFFD!\n"
               "      |                 ^~~~~~\n");
  report_free(r);
}

/* The same report through the public calls: places of the message, its proposal and its notes. */
static void test_public_places(void **state) {
  (void)state;
  ppr_report *r = new_report();
  diag *d = report_add(r, DIAG_FAULT_RANGE, at("2.5", 0), "x", NULL);
  diag_set_fix(r, d, at("2.5", 0), "2,5");
  diag_add_note(r, d, at("Prüfung", 0), "hier", "here");
  diag_add_note(r, d, SPAN_NONE, "ohne Ort", "no place");
  ppr_diagnostic got;
  assert_int_equal(ppr_report_get(r, 0, PPR_ENGLISH, &got), PPR_OK);
  assert_int_equal(got.line, 2);
  assert_int_equal(got.column, 16);
  assert_int_equal(got.end_line, 2);
  assert_int_equal(got.end_column, 19);
  assert_int_equal(got.fix_column, 16);
  assert_int_equal(got.fix_end_column, 19);
  assert_string_equal(got.fix_file, "a.ppr");
  ppr_note note;
  assert_int_equal(ppr_report_note(r, 0, 0, PPR_ENGLISH, &note), PPR_OK);
  assert_string_equal(note.text, "here");
  assert_string_equal(note.file, "a.ppr");
  assert_int_equal(note.line, 1);
  assert_int_equal(note.column, 7);
  assert_int_equal(note.end_column, 14);
  assert_int_equal(ppr_report_note(r, 0, 1, PPR_GERMAN, &note), PPR_OK);
  assert_string_equal(note.text, "ohne Ort");
  assert_null(note.file);
  assert_int_equal(ppr_report_note(r, 0, 2, PPR_GERMAN, &note), PPR_MISUSE);
  assert_int_equal(ppr_report_note(r, 1, 0, PPR_GERMAN, &note), PPR_MISUSE);
  assert_int_equal(ppr_report_note(NULL, 0, 0, PPR_GERMAN, &note), PPR_MISUSE);
  assert_int_equal(ppr_report_note(r, 0, 0, PPR_GERMAN, NULL), PPR_MISUSE);
  report_free(r);
}

static void test_hostile_text(void **state) {
  (void)state;
  ppr_report *r = report_new(ppr_alloc_default);
  report_add_source(r, "b\033[2J.ppr", "x\xE2\x80\xAEy \xFF z", 9);
  report_add(r, DIAG_FAULT_RANGE, (ppr_span){0, 8, 9}, "a\033]0;b\nc", NULL);
  check_report(r, PPR_LANG_EN,
               "b\xEF\xBF\xBD[2J.ppr:1:7: error PPR5202: value outside the allowed range: a\xEF\xBF\xBD]0;b c\n"
               "    1 | x\xEF\xBF\xBDy \xEF\xBF\xBD z\n"
               "      |       ^\n");
  report_free(r);

  r = report_new(ppr_alloc_default); /* an argument without end */
  static char digits[10001];
  memset(digits, '9', 10000);
  report_add(r, DIAG_FAULT_RANGE, SPAN_NONE, digits, NULL);
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  report_print(&out, r, PPR_LANG_DE, false);
  assert_true(out.size < 400);
  assert_non_null(strstr(out.data, "99…"));
  buf_fini(&out);
  report_free(r);
}

static void test_long_line(void **state) {
  (void)state;
  char text[1001], want[1000];
  memset(text, 'a', 1000);
  memcpy(text + 500, "XY", 2);
  text[1000] = 0;
  ppr_report *r = report_new(ppr_alloc_default);
  report_add_source(r, "l", text, 1000);
  report_add(r, DIAG_FAULT_NATIVE, (ppr_span){0, 500, 502}, "f", NULL);
  /* 50 columns before the place, 140 in all */
  snprintf(want, sizeof want, "l:1:501: Fehler PPR5205: Funktion meldet einen Fehler: f\n    1 | …%.50sXY%.88s…\n      | %51s^~\n", text, text, "");
  check_report(r, PPR_LANG_DE, want);
  report_free(r);
  /* a mark that runs out of the window ends with it */
  r = report_new(ppr_alloc_default);
  report_add_source(r, "l", text, 1000);
  report_add(r, DIAG_FAULT_NATIVE, (ppr_span){0, 0, 1000}, "f", NULL);
  memset(text + 900, '~', 100);
  char tildes[140];
  memset(tildes, '~', 139);
  tildes[139] = 0;
  snprintf(want, sizeof want, "l:1:1: Fehler PPR5205: Funktion meldet einen Fehler: f\n    1 | %.140s…\n      | ^%s\n", text, tildes);
  check_report(r, PPR_LANG_DE, want);
  report_free(r);
}

static void test_color(void **state) {
  (void)state;
  ppr_report *r = new_report();
  report_add(r, DIAG_FAULT_NATIVE, at("ende", 0), "f", NULL);
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  report_print(&out, r, PPR_LANG_EN, true);
  assert_string_equal(out.data, "\033[1ma.ppr:5:1: \033[1;31merror PPR5205: \033[0mfunction failed: f\n"
                                "    5 | ende\n"
                                "      | \033[1;31m^~~~\033[0m\n");
  buf_fini(&out);
  report_free(r);
}

static void test_json(void **state) {
  (void)state;
  ppr_report *r = new_report();
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  report_print_json(&out, r);
  assert_string_equal(out.data, "[]\n");
  diag *d = report_add(r, DIAG_FAULT_DIVISION, at("2.5", 0), "a \"b\" \\ c", NULL);
  diag_add_note(r, d, at("Prüfung", 0), "hier", "here");
  diag_add_note(r, d, SPAN_NONE, "dort", "there");
  diag_set_fix(r, d, at("2.5", 0), "2,5\n");
  d = report_add(r, DIAG_FAULT_NATIVE, SPAN_NONE, "f", NULL);
  diag_set_where(r, d, "A1.csv:2:\t\x01\xFF");
  out.size = 0;
  report_print_json(&out, r);
  assert_string_equal(
      out.data,
      "[\n{\"code\": \"PPR5204\", \"severity\": \"error\", \"file\": \"a.ppr\", \"line\": 2, \"column\": 16, \"end_line\": 2, \"end_column\": 19, "
      "\"message\": {\"de\": \"Division durch null: a \\\"b\\\" \\\\ c\", \"en\": \"division by zero: a \\\"b\\\" \\\\ c\"}, "
      "\"help\": {\"de\": \"Die Regel sollte den Fall mit einer Ausnahme oder mit `wenn` behandeln.\", "
      "\"en\": \"The rule should treat the case by an exception or by `wenn`.\"}, "
      "\"notes\": [{\"de\": \"hier\", \"en\": \"here\", \"file\": \"a.ppr\", \"line\": 1, \"column\": 7, \"end_line\": 1, \"end_column\": 14}, "
      "{\"de\": \"dort\", \"en\": \"there\"}], "
      "\"fix\": {\"replacement\": \"2,5\\u000a\", \"file\": \"a.ppr\", \"line\": 2, \"column\": 16, \"end_line\": 2, \"end_column\": 19}},\n"
      "{\"code\": \"PPR5205\", \"severity\": \"error\", \"where\": \"A1.csv:2:\\u0009\\u0001\xEF\xBF\xBD\", "
      "\"message\": {\"de\": \"Funktion meldet einen Fehler: f\", \"en\": \"function failed: f\"}}\n]\n");
  buf_fini(&out);
  report_free(r);
}

/* Bit k for {k}. */
static unsigned placeholders(const char *text) {
  unsigned used = 0;
  for (unsigned k = 1; k <= 6; k++) {
    const char mark[4] = {'{', (char)('0' + k), '}', 0};
    if (strstr(text, mark)) used |= 1u << k;
  }
  return used;
}

/* Every row of the table: found by its number; texts in both languages with the same arguments. */
static void test_table(void **state) {
  (void)state;
  size_t count;
  const diag_row *rows = diag_rows(&count);
  for (size_t i = 0; i < count; i++) {
    const diag_row *row = &rows[i];
    assert_ptr_equal(diag_find(row->code), row);
    assert_in_range(row->code, 1000, 9999);
    assert_true(row->de[0] && row->en[0]);
    assert_int_equal(!row->help_de[0], !row->help_en[0]);
    if (placeholders(row->de) != placeholders(row->en)) fail_msg("PPR%04d: the languages show different arguments", (int)row->code);
  }
  assert_null(diag_find((diag_code)9999));
  char text[8];
  diag_code_text(text, DIAG_FAULT_MISSING);
  assert_string_equal(text, "PPR5201");
}

/* The word for one and the word for more, in both languages. */
static void test_so_many(void **state) {
  (void)state;
  static const struct {
    const char *count, *all, *de, *en;
  } cases[] = {
      {"1", "5", "Zeile hat 1 Zelle, die Kopfzeile 5", "row has 1 cell, the header 5"},
      {"3", "1", "Zeile hat 3 Zellen, die Kopfzeile 1", "row has 3 cells, the header 1"},
      {"0", "2", "Zeile hat 0 Zellen, die Kopfzeile 2", "row has 0 cells, the header 2"},
      {"11", "2", "Zeile hat 11 Zellen, die Kopfzeile 2", "row has 11 cells, the header 2"},
  };
  ppr_report *r = new_report();
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const diag *d = report_add(r, DIAG_CELL_COUNT, SPAN_NONE, cases[i].count, cases[i].all, NULL);
    out.size = 0;
    diag_message(&out, d, PPR_LANG_DE);
    assert_string_equal(out.data, cases[i].de);
    out.size = 0;
    diag_message(&out, d, PPR_LANG_EN);
    assert_string_equal(out.data, cases[i].en);
  }
  buf_fini(&out);
  report_free(r);
}

/* What the system says, in the language of the message; a number without a row as strerror has it. */
static void test_system_words(void **state) {
  (void)state;
  assert_string_equal(oserror_text(EISDIR, PPR_LANG_DE), "das ist ein Ordner");
  assert_string_equal(oserror_text(EISDIR, PPR_LANG_EN), "is a directory");
  assert_string_equal(oserror_text(EILSEQ, PPR_LANG_DE), strerror(EILSEQ));
  assert_string_equal(ppr_system_error(ENOSPC, PPR_GERMAN), "kein Platz auf dem Datenträger");
  assert_string_equal(ppr_system_error(ENOSPC, PPR_ENGLISH), "no space left on device");
  ppr_report *r = new_report();
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  const diag *d = report_add(r, DIAG_FILE_UNREADABLE, SPAN_NONE, "a.csv", oserror_both(EACCES), NULL);
  diag_message(&out, d, PPR_LANG_DE);
  assert_string_equal(out.data, "a.csv ist nicht lesbar: keine Berechtigung");
  out.size = 0;
  diag_message(&out, d, PPR_LANG_EN);
  assert_string_equal(out.data, "cannot read a.csv: permission denied");
  buf_fini(&out);
  report_free(r);
}

/* Whatever request for memory fails first: no crash, no leak, and the report says so. */
static void test_out_of_memory(void **state) {
  (void)state;
  bool done = false;
  for (size_t n = 1; !done; n++) {
    memory m = {.fail_at = n};
    ppr_report *r = report_new(memory_alloc(&m));
    if (r) {
      for (int file = 0; file < 20; file++) report_add_source(r, "a.ppr", source, sizeof source - 1);
      for (uint32_t i = 0; i < 300; i++) {
        diag *d = report_add(r, DIAG_FAULT_MISSING, (ppr_span){i % 20, i % 60, i % 60 + 1}, "a", "b", "c", "d", "e", "f", NULL);
        assert_non_null(d);
        diag_add_note(r, d, SPAN_NONE, "hier", "here");
        diag_set_fix(r, d, d->span, "x");
        diag_set_where(r, d, "w");
      }
      report_sort(r);
      ppr_buf out;
      buf_init(&out, memory_alloc(&m), SIZE_MAX);
      report_print(&out, r, PPR_LANG_DE, false);
      report_print_json(&out, r);
      done = !report_failed(r) && !out.failed;
      if (done) assert_int_equal(report_count(r, PPR_SEV_ERROR), 60); /* i % 20 follows from i % 60 */
      buf_fini(&out);
    }
    report_free(r);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(m.blocks, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_places),        cmocka_unit_test(test_repetition),   cmocka_unit_test(test_order),
      cmocka_unit_test(test_order_many),    cmocka_unit_test(test_limit),        cmocka_unit_test(test_text),
      cmocka_unit_test(test_text_edges),    cmocka_unit_test(test_hostile_text), cmocka_unit_test(test_long_line),
      cmocka_unit_test(test_color),         cmocka_unit_test(test_json),         cmocka_unit_test(test_table),
      cmocka_unit_test(test_out_of_memory), cmocka_unit_test(test_widths),       cmocka_unit_test(test_public_places),
      cmocka_unit_test(test_so_many),       cmocka_unit_test(test_system_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
