/* Tokens of rule files: names, numbers, dates, texts, citations, repaired spellings, and the marks of the layout. */
#include "lexer.h"
#include "parser.h"
#include "code/program.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 64 };

typedef struct scan {
  ppr_report *report;
  ppr_arena *arena;
  lexer lex;
  bool readable;
  token tokens[MOST];
  int count; /* without the end of the file */
} scan;

static scan start(const char *text, size_t size) {
  scan s = {.report = report_new(ppr_alloc_default), .arena = arena_new(ppr_alloc_default)};
  assert_non_null(s.report);
  assert_non_null(s.arena);
  uint32_t source = report_add_source(s.report, "t.ppr", text, size);
  s.readable = lexer_init(&s.lex, s.report, s.arena, source);
  return s;
}

static scan scan_text(const char *text) {
  scan s = start(text, strlen(text));
  assert_true(s.readable);
  for (token t; (t = lexer_scan(&s.lex)).kind != T_YYEOF;) {
    assert_in_range(s.count, 0, MOST - 1);
    s.tokens[s.count++] = t;
  }
  return s;
}

/* As the grammar sees it, with the end. */
static scan lay_out(const char *text) {
  scan s = start(text, strlen(text));
  assert_true(s.readable);
  do {
    assert_in_range(s.count, 0, MOST - 1);
    s.tokens[s.count++] = layout_next(&s.lex);
  } while (s.tokens[s.count - 1].kind != T_YYEOF);
  return s;
}

static void finish(scan *s) {
  arena_free(s->arena);
  report_free(s->report);
}

static void assert_kinds(const scan *s, const int *kinds, int count) {
  assert_int_equal(s->count, count);
  for (int i = 0; i < count; i++) assert_int_equal(s->tokens[i].kind, kinds[i]);
}
#define ASSERT_KINDS(s, ...) assert_kinds(&(s), (const int[]){__VA_ARGS__}, (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

/* One token, one diagnostic with this fix. */
static void assert_repaired(const char *text, diag_code code, const char *fix, int64_t number, int scale) {
  scan s = scan_text(text);
  const diag *d = report_first(s.report);
  assert_non_null(d);
  assert_int_equal(d->code, code);
  assert_null(d->next);
  assert_string_equal(d->fix, fix);
  assert_int_equal(d->fix_span.begin, 0);
  assert_int_equal(d->fix_span.end, strlen(text));
  assert_non_null(s.tokens[0].literal);
  assert_int_equal(s.tokens[0].literal->number, number);
  assert_int_equal(s.tokens[0].literal->scale, scale);
  assert_true(s.lex.broken);
  finish(&s);
}

static void names(void **state) {
  (void)state;
  scan s = scan_text("Umsetzungsgrad  der\t\xC2\xA0"
                     "Einrichtung VKS-Mind\nzweite_Zeile A1");
  ASSERT_KINDS(s, T_NAME, T_NAME);
  assert_string_equal(s.tokens[0].name.text, "Umsetzungsgrad der Einrichtung VKS-Mind");
  assert_int_equal(s.tokens[0].span.begin, 0);
  assert_int_equal(s.tokens[0].span.end, 42);
  assert_string_equal(s.tokens[1].name.text, "zweite_Zeile A1");
  assert_true(s.tokens[1].fresh);
  finish(&s);

  s = scan_text("a - b a-b c -d e- f"); /* a hyphen belongs to a word between letters or digits only */
  ASSERT_KINDS(s, T_NAME, T_MINUS, T_NAME, T_MINUS, T_NAME, T_MINUS, T_NAME);
  assert_string_equal(s.tokens[2].name.text, "b a-b c");
  assert_string_equal(s.tokens[4].name.text, "d e");
  finish(&s);

  s = scan_text("Tage nach Abzug Nach regelmäßig"); /* reserved words end a name; case and longer words do not matter */
  ASSERT_KINDS(s, T_NAME, T_NACH, T_NAME);
  assert_string_equal(s.tokens[2].name.text, "Abzug Nach regelmäßig");
  finish(&s);
}

static void split_names(void **state) {
  (void)state;
  scan s = scan_text("A6  teilstationär Erwachsene");
  ast_name words = s.tokens[0].name, first;
  assert_true(lexer_split(&s.lex, &words, &first));
  assert_string_equal(first.text, "A6");
  assert_int_equal(first.span.end, 2);
  assert_true(lexer_split(&s.lex, &words, &first));
  assert_string_equal(first.text, "teilstationär");
  assert_int_equal(first.span.begin, 4);
  assert_int_equal(first.span.end, 18);
  assert_true(lexer_split(&s.lex, &words, &first));
  assert_string_equal(first.text, "Erwachsene");
  assert_false(lexer_split(&s.lex, &words, &first));
  finish(&s);
}

static void keywords(void **state) {
  (void)state;
  static const struct {
    const char *word;
    int kind;
  } table[] = {
#define KEYWORD(token, word, english, role, use) {word, T_##token},
#include "keywords.def"
#undef KEYWORD
  };
  size_t count = sizeof table / sizeof table[0];
  for (size_t i = 0; i < count; i++) {
    bool varies = table[i].kind >= T_VON && table[i].kind <= T_STREUUNG, counts = table[i].kind >= T_GRUPPE && table[i].kind <= T_VERTEILUNG;
    char text[64];
    snprintf(text, sizeof text, "%s%s 1", varies ? "für x " : counts ? "auswertung\n" : "", table[i].word);
    scan s = scan_text(text);
    if (varies) ASSERT_KINDS(s, T_FUER, T_NAME, table[i].kind, T_NUMBER);
    else if (counts) ASSERT_KINDS(s, T_AUSWERTUNG, table[i].kind, T_NUMBER);
    else ASSERT_KINDS(s, table[i].kind, T_NUMBER);
    finish(&s);
    assert_string_equal(lexer_keyword(table[i].kind), table[i].word);
    for (size_t j = 0; j < i; j++) assert_string_not_equal(table[i].word, table[j].word);
  }
  assert_null(lexer_keyword(T_NAME));
  assert_true(lexer_declares(T_REGEL, false));
  assert_false(lexer_declares(T_AENDERE, false));
  assert_true(lexer_declares(T_AENDERE, true));
  assert_true(lexer_declares(T_ERGAENZE, true));
  assert_false(lexer_declares(T_WENN, true));
}

/* Words reserved in one place are parts of names elsewhere. */
static void contextual_words(void **state) {
  (void)state;
  scan s = scan_text("Ausnahme für Tageskliniken normal\nAnrechnung von c\ngruppe x");
  ASSERT_KINDS(s, T_NAME, T_NAME, T_NAME);
  finish(&s);
  s = scan_text("für Anrechnung von c von 1\nstreiche für x");
  ASSERT_KINDS(s, T_FUER, T_NAME, T_VON, T_NUMBER, T_STREICHE, T_FUER, T_NAME);
  finish(&s);
  s = scan_text("für x gezogen je y normal -5 streuung 2\nregel normal\nauswertung \"a\"\n gruppe \"b\" = große gruppe");
  ASSERT_KINDS(s, T_FUER, T_NAME, T_GEZOGEN, T_JE, T_NAME, T_NORMAL, T_MINUS, T_NUMBER, T_STREUUNG, T_NUMBER, T_REGEL, T_NAME, T_AUSWERTUNG, T_TEXT,
               T_GRUPPE, T_TEXT, T_EQUAL, T_NAME);
  finish(&s);
}

static void numbers(void **state) {
  (void)state;
  scan s = scan_text("7 2,50 99999 90 % 2,5% 999999999999999999 007 0..5");
  ASSERT_KINDS(s, T_NUMBER, T_NUMBER, T_NUMBER, T_NUMBER, T_NUMBER, T_NUMBER, T_NUMBER, T_NUMBER, T_RANGE, T_NUMBER);
  static const struct {
    int64_t number;
    int scale;
    bool percent;
  } expected[] = {{7, 0, false}, {250, 2, false}, {99999, 0, false}, {90, 0, true}, {25, 1, true}, {999999999999999999, 0, false},
                  {7, 0, false}, {0, 0, false}};
  for (int i = 0; i < 8; i++) {
    assert_int_equal(s.tokens[i].literal->number, expected[i].number);
    assert_int_equal(s.tokens[i].literal->scale, expected[i].scale);
    assert_int_equal(s.tokens[i].literal->percent, expected[i].percent);
  }
  assert_int_equal(s.tokens[3].span.end - s.tokens[3].span.begin, 4);
  assert_null(report_first(s.report));
  finish(&s);

  s = scan_text("1234567890123456789");
  assert_int_equal(report_first(s.report)->code, DIAG_NUMBER_TOO_LARGE);
  assert_true(s.tokens[0].literal->too_large);
  finish(&s);
}

static void dates(void **state) {
  (void)state;
  scan s = scan_text("01.01.1970 01.07.2024 29.02.2024 2024-Q3 2024-07");
  ASSERT_KINDS(s, T_DATE, T_DATE, T_DATE, T_QUARTER, T_EDITION);
  assert_int_equal(s.tokens[0].literal->number, 0);
  assert_int_equal(s.tokens[1].literal->number, 19905); /* 54 years with 13 leap days, then 182 days */
  assert_int_equal(s.tokens[2].literal->number, 19782);
  assert_int_equal(s.tokens[3].literal->number, 2024 * 4 + 2);
  assert_string_equal(s.tokens[4].name.text, "2024-07");
  finish(&s);
}

static void repaired_numbers(void **state) {
  (void)state;
  assert_repaired("2.5", DIAG_NUMBER_POINT, "2,5", 25, 1);
  assert_repaired("1234.5", DIAG_NUMBER_POINT, "1234,5", 12345, 1);
  assert_repaired("1.000", DIAG_NUMBER_GROUPS, "1000", 1000, 0);
  assert_repaired("12.345.678,90", DIAG_NUMBER_GROUPS, "12345678,90", 1234567890, 2);
  assert_repaired("1'000", DIAG_NUMBER_GROUPS, "1000", 1000, 0);
  assert_repaired("1.7.2024", DIAG_DATE_FORM, "01.07.2024", 19905, 0);
  assert_repaired("1.7.24", DIAG_DATE_FORM, "01.07.2024", 19905, 0);
  assert_repaired("2024-07-01", DIAG_DATE_FORM, "01.07.2024", 19905, 0);
  assert_repaired("31.02.2024", DIAG_DATE_DAY, "29.02.2024", 19782, 0);
  assert_repaired("2024Q3", DIAG_QUARTER_FORM, "2024-Q3", 2024 * 4 + 2, 0);
  assert_repaired("2024-q3", DIAG_QUARTER_FORM, "2024-Q3", 2024 * 4 + 2, 0);
  assert_repaired("5Tag", DIAG_NUMBER_LETTERS, "5 Tag", 5, 0);
}

static void unreadable_numbers(void **state) {
  (void)state;
  static const struct {
    const char *text;
    diag_code code;
  } table[] = {{"1.2.3", DIAG_NUMBER_FORM},    {"1,234.50", DIAG_NUMBER_FORM}, {"1,2,3", DIAG_NUMBER_COMMAS}, {"01.13.2024", DIAG_DATE_NONE},
               {"32.01.2024", DIAG_DATE_NONE}, {"2024-Q5", DIAG_QUARTER_NONE}, {"2024-13", DIAG_EDITION_NONE}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    scan s = scan_text(table[i].text);
    assert_int_equal(s.count, 1);
    assert_int_equal(report_first(s.report)->code, table[i].code);
    finish(&s);
  }
}

static void texts(void **state) {
  (void)state;
  scan s = scan_text("\"BAnz AT 05.02.2024 B4\" „mit \"Zitat\"“ „hoch” \"\" # \"Kommentar\"\n\"a");
  ASSERT_KINDS(s, T_TEXT, T_TEXT, T_TEXT, T_TEXT, T_TEXT);
  assert_string_equal(s.tokens[0].text, "BAnz AT 05.02.2024 B4");
  assert_string_equal(s.tokens[1].text, "mit \"Zitat\"");
  assert_string_equal(s.tokens[2].text, "hoch");
  assert_string_equal(s.tokens[3].text, "");
  assert_string_equal(s.tokens[4].text, "a");
  assert_int_equal(report_first(s.report)->code, DIAG_TEXT_OPEN);
  assert_null(report_first(s.report)->next);
  finish(&s);
}

static void citations(void **state) {
  (void)state;
  scan s = scan_text("§ 6 Abs. 4; Anlage 3 Tab. A3.3 ;§ 7, § 8 # Rest\n§ 9 \r\n§");
  ASSERT_KINDS(s, T_CITE, T_CITE, T_CITE);
  const ast_cite *c = s.tokens[0].cites;
  assert_string_equal(c->text, "§ 6 Abs. 4");
  assert_string_equal(c->next->text, "§ Anlage 3 Tab. A3.3");
  assert_int_equal(c->next->span.begin, 13); /* the sign has two bytes */
  assert_int_equal(c->next->span.end, 31);
  assert_string_equal(c->next->next->text, "§ 7, § 8");
  assert_null(c->next->next->next);
  assert_string_equal(s.tokens[1].cites->text, "§ 9");
  assert_null(s.tokens[2].cites);
  assert_int_equal(report_first(s.report)->code, DIAG_CITE_EMPTY);
  finish(&s);
}

static void evidence(void **state) {
  (void)state;
  static const char text[] = "§ 6 [sekundär: BAnz; B4 ] ; Anlage 1[erschlossen];§ 7 [ungeklärt:]\u00A0; 8\n§ 9 [ sekundär : a [b]";
  scan s = scan_text(text);
  ASSERT_KINDS(s, T_CITE, T_CITE);
  static const struct {
    const char *text, *written, *source;
    unsigned evidence;
  } expected[] = {{"§ 6", "§ 6 [sekundär: BAnz; B4 ]", "BAnz; B4", EVIDENCE_SECONDARY},
                  {"§ Anlage 1", "Anlage 1[erschlossen]", NULL, EVIDENCE_INFERRED},
                  {"§ 7", "§ 7 [ungeklärt:]", NULL, EVIDENCE_OPEN},
                  {"§ 8", "8", NULL, EVIDENCE_CONFIRMED},
                  {"§ 9", "§ 9 [ sekundär : a [b]", "a [b", EVIDENCE_SECONDARY}};
  const ast_cite *c = s.tokens[0].cites;
  for (int i = 0; i < 5; i++, c = i == 4 ? s.tokens[1].cites : c->next) {
    assert_non_null(c);
    assert_string_equal(c->text, expected[i].text);
    assert_string_equal(lexer_text(&s.lex, c->span), expected[i].written);
    assert_int_equal(c->evidence, expected[i].evidence);
    if (expected[i].source) assert_string_equal(c->source, expected[i].source);
    else assert_null(c->source);
  }
  assert_null(report_first(s.report));
  finish(&s);
}

static void wrong_evidence(void **state) {
  (void)state;
  static const struct {
    const char *text;
    diag_code code;
    const char *under, *fix;
  } table[] = {{"§ 1 [sekundar: x]", DIAG_EVIDENCE_WORD, "sekundar", "sekundär"}, {"§ 1 [Ungeklärt]", DIAG_EVIDENCE_WORD, "Ungeklärt", "ungeklärt"},
               {"§ 1 [bestätigt]", DIAG_EVIDENCE_WORD, "bestätigt", NULL},        {"§ 1 []", DIAG_EVIDENCE_WORD, "[]", NULL},
               {"§ 1 [sekundär] Satz 2", DIAG_EVIDENCE_END, "Satz 2", NULL},      {"§ 1 [sekundär: x", DIAG_BRACKET_OPEN, "[", NULL},
               {"§ [sekundär]", DIAG_CITE_EMPTY, "§ [sekundär]", NULL},           {"§ 1 [sekundär: a = b]", DIAG_CITE_TOO_LONG, "=", NULL}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    scan s = scan_text(table[i].text);
    const diag *d = report_first(s.report);
    assert_non_null(d);
    assert_null(d->next);
    assert_int_equal(d->code, table[i].code);
    assert_string_equal(lexer_text(&s.lex, d->span), table[i].under);
    if (table[i].fix) assert_string_equal(d->fix, table[i].fix);
    else assert_null(d->fix);
    assert_true(s.lex.broken);
    finish(&s);
  }
}

static void signs(void **state) {
  (void)state;
  scan s = scan_text("+ - * / = <> < <= > >= ( ) [ ] : ; , .. × − ≠ ≤ ≥");
  ASSERT_KINDS(s, T_PLUS, T_MINUS, T_TIMES, T_SLASH, T_EQUAL, T_NOT_EQUAL, T_LESS, T_AT_MOST, T_GREATER, T_AT_LEAST, T_OPEN, T_CLOSE, T_INDEX,
               T_INDEX_END, T_COLON, T_SEMICOLON, T_COMMA, T_RANGE, T_TIMES, T_MINUS, T_NOT_EQUAL, T_AT_MOST, T_AT_LEAST);
  assert_null(report_first(s.report));
  finish(&s);

  s = scan_text("== != => && || ! – · $ ;"); /* meant, and reported */
  ASSERT_KINDS(s, T_EQUAL, T_NOT_EQUAL, T_AT_LEAST, T_UND, T_ODER, T_NICHT, T_MINUS, T_TIMES, T_SEMICOLON);
  assert_int_equal(report_count(s.report, PPR_SEV_ERROR), 9);
  finish(&s);
}

static void composed_letters(void **state) {
  (void)state;
  scan s = scan_text("pru\xCC\x88"
                     "fung erfu\xCC\x88llt VKS\xE2\x80\x91Ist"); /* u and U+0308; U+2011 */
  ASSERT_KINDS(s, T_PRUEFUNG, T_NAME);
  assert_string_equal(s.tokens[1].name.text, "erfüllt VKS-Ist");
  assert_int_equal(report_count(s.report, PPR_SEV_ERROR), 3);
  assert_int_equal(report_first(s.report)->code, DIAG_LEX_LETTER);
  assert_string_equal(report_first(s.report)->fix, "prüfung");
  finish(&s);
}

static void refuse(const char *text, size_t size, diag_code code, uint32_t at) {
  scan s = start(text, size);
  assert_false(s.readable);
  assert_int_equal(report_first(s.report)->code, code);
  assert_int_equal(report_first(s.report)->span.begin, at);
  finish(&s);
}

static void refused_texts(void **state) {
  (void)state;
  refuse("regel Gr\xFC\xDF", 10, DIAG_TEXT_NOT_UTF8, 8);
  refuse("\xFF\xFEr\0", 4, DIAG_TEXT_UTF16, 0);
  refuse("a\0b", 3, DIAG_TEXT_NUL_BYTE, 1);
  refuse("ab\xE2\x80\xAE", 5, DIAG_TEXT_INVISIBLE, 2);
  refuse("ab\xC2\xAD", 4, DIAG_TEXT_INVISIBLE, 2);
  refuse("ab\f", 3, DIAG_TEXT_CONTROL, 2);
  scan s = scan_text("\xEF\xBB\xBFregel"); /* a byte order mark at the beginning is harmless */
  ASSERT_KINDS(s, T_REGEL);
  assert_true(s.tokens[0].fresh);
  finish(&s);
}

static void layout_of_declarations(void **state) {
  (void)state;
  scan s = lay_out("fassung 2024-07 regel A : Zahl(0)\n= 1\nändere offen B \"x\" streiche regel C");
  ASSERT_KINDS(s, T_FASSUNG, T_EDITION, T_END, T_REGEL, T_NAME, T_COLON, T_NAME, T_OPEN, T_NUMBER, T_CLOSE, T_VALUE, T_NUMBER, T_END, T_AENDERE,
               T_OFFEN, T_NAME, T_TEXT, T_END, T_STREICHE, T_REGEL, T_NAME, T_END, T_YYEOF);
  finish(&s);
  s = lay_out("");
  ASSERT_KINDS(s, T_END, T_YYEOF);
  finish(&s);
  s = lay_out("a = 1 (b\n= 2)\n= 3 Tag\nJahr 4 % Wort"); /* `=` in brackets compares; a unit stands behind its number */
  ASSERT_KINDS(s, T_NAME, T_EQUAL, T_NUMBER, T_OPEN, T_NAME, T_EQUAL, T_NUMBER, T_CLOSE, T_VALUE, T_NUMBER, T_UNIT, T_NAME, T_NUMBER, T_NAME, T_END,
               T_YYEOF);
  finish(&s);
}

static void layout_of_tables(void **state) {
  (void)state;
  scan s = lay_out("tabelle T je X,\nY :\nZahl(0)\noder fehlt\n§ 1\n a b\nA1 1 offen\n§ 2\nA2 3\n\noffen N \"x\"\nc d");
  ASSERT_KINDS(s, T_END, T_TABELLE, T_NAME, T_JE, T_NAME, T_COMMA, T_NAME, T_COLON, T_NAME, T_OPEN, T_NUMBER, T_CLOSE, T_ODER, T_FEHLT, T_CITE,
               T_LINE, T_NAME, T_LINE, T_NAME, T_NUMBER, T_OFFEN, T_CITE, T_LINE, T_NAME, T_NUMBER, T_END, T_OFFEN, T_NAME, T_TEXT, T_NAME, T_END,
               T_YYEOF);
  finish(&s);
  s = lay_out(
      "ergänze tabelle\nT § 1\na b\nA1 1\nergänze grenze G A2 2 streiche tabelle T :\nA3"); /* without a colon the rows begin behind the name */
  ASSERT_KINDS(s, T_END, T_ERGAENZE, T_TABELLE, T_NAME, T_CITE, T_LINE, T_NAME, T_LINE, T_NAME, T_NUMBER, T_END, T_ERGAENZE, T_GRENZE, T_NAME,
               T_NUMBER, T_END, T_STREICHE, T_TABELLE, T_NAME, T_COLON, T_NAME, T_END, T_YYEOF);
  finish(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names),
      cmocka_unit_test(split_names),
      cmocka_unit_test(keywords),
      cmocka_unit_test(contextual_words),
      cmocka_unit_test(numbers),
      cmocka_unit_test(dates),
      cmocka_unit_test(repaired_numbers),
      cmocka_unit_test(unreadable_numbers),
      cmocka_unit_test(texts),
      cmocka_unit_test(citations),
      cmocka_unit_test(evidence),
      cmocka_unit_test(wrong_evidence),
      cmocka_unit_test(signs),
      cmocka_unit_test(composed_letters),
      cmocka_unit_test(refused_texts),
      cmocka_unit_test(layout_of_declarations),
      cmocka_unit_test(layout_of_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
