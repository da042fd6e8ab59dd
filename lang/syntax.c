/* Syntax errors in the words of the author: what was read, what would have gone on, and the likely slip behind it. */
#include "syntax.h"
#include "parser.h"
#include "base/text.h"
#include <string.h>

enum { SHOWN = 6, FOLDED = 96 };

typedef struct set {
  const int *kinds;
  int count;
} set;

static bool has(set s, int kind) {
  for (int i = 0; i < s.count; i++)
    if (s.kinds[i] == kind) return true;
  return false;
}

static diag *complain(syntax *s, diag_code code, ppr_span span, const char *arg1, const char *arg2) {
  s->lex.broken = true;
  return report_add(s->lex.report, code, span, arg1, arg2, NULL);
}

const char *syntax_spelling(int kind) {
  switch (kind) {
  case T_PLUS: return "+";
  case T_MINUS: return "-";
  case T_TIMES: return "*";
  case T_SLASH: return "/";
  case T_EQUAL: return "=";
  case T_NOT_EQUAL: return "<>";
  case T_LESS: return "<";
  case T_AT_MOST: return "<=";
  case T_GREATER: return ">";
  case T_AT_LEAST: return ">=";
  case T_OPEN: return "(";
  case T_CLOSE: return ")";
  case T_INDEX: return "[";
  case T_INDEX_END: return "]";
  case T_COLON: return ":";
  case T_SEMICOLON: return ";";
  case T_COMMA: return ",";
  case T_RANGE: return "..";
  default: return lexer_keyword(kind);
  }
}

/* A phrase in both languages. */
typedef struct phrase {
  const char *de, *en;
} phrase;

/* Class of a token without a spelling of its own. */
static phrase class_of(int kind) {
  switch (kind) {
  case T_NAME: return (phrase){"ein Name", "a name"};
  case T_UNIT: return (phrase){"eine Einheit", "a unit"};
  case T_NUMBER: return (phrase){"eine Zahl", "a number"};
  case T_DATE: return (phrase){"ein Datum", "a date"};
  case T_QUARTER: return (phrase){"ein Quartal", "a quarter"};
  case T_EDITION: return (phrase){"der Name einer Fassung (Jahr-Monat)", "the name of an edition (year-month)"};
  case T_TEXT: return (phrase){"ein Text in Anführungszeichen", "a text in quotation marks"};
  case T_CITE: return (phrase){"eine Fundstelle (§ …)", "a citation (§ …)"};
  case T_VALUE: return (phrase){"„=“ am Zeilenanfang", "“=” at the beginning of a line"};
  case T_LINE: return (phrase){"eine Tabellenzeile", "a row of the table"};
  case T_END: return (phrase){"eine neue Vereinbarung", "a new declaration"};
  default: return (phrase){"ein anderes Zeichen", "another character"};
  }
}

/* The token the author wrote: behind the mark between declarations stands the one that caused it. */
static const token *written(const syntax *s, const token *found) {
  return (found->kind == T_END || found->kind == T_LINE) && s->lex.has_held ? &s->lex.held : found;
}

/* What was read, as an argument of a message. */
static const char *describe(syntax *s, const token *found) {
  const token *t = written(s, found);
  ppr_arena *arena = s->lex.arena;
  const char *text = NULL, *word = lexer_keyword(t->kind), *sign = syntax_spelling(t->kind), *source = lexer_text(&s->lex, t->span);
  if (t->kind == T_YYEOF) return DIAG_BOTH("das Ende der Datei", "the end of the file");
  if (word) text = arena_printf(arena, DIAG_BOTH("das Schlüsselwort „%s“", "the keyword “%s”"), word, word);
  else if (t->kind == T_NAME || t->kind == T_UNIT)
    text = arena_printf(arena, DIAG_BOTH("der Name „%s“", "the name “%s”"), t->name.text, t->name.text);
  else if (t->kind == T_NUMBER) text = arena_printf(arena, DIAG_BOTH("die Zahl %s", "the number %s"), source, source);
  else if (t->kind == T_DATE) text = arena_printf(arena, DIAG_BOTH("das Datum %s", "the date %s"), source, source);
  else if (sign) text = arena_printf(arena, DIAG_BOTH("„%s“", "“%s”"), sign, sign);
  else text = arena_printf(arena, DIAG_BOTH("%s", "%s"), class_of(t->kind).de, class_of(t->kind).en);
  return text ? text : "";
}

/* Groups of tokens that one word names: shown instead of them when its telling members are all expected. */
static const int starts[] = {T_NAME,  T_NUMBER, T_DATE,         T_QUARTER, T_JA,        T_NEIN,     T_OPEN,
                             T_MINUS, T_NICHT,  T_WENN,         T_SUMME,   T_KLEINSTE,  T_GROESSTE, T_IRGENDEIN,
                             T_ALLE,  T_ANZAHL, T_EDITION_NAME, T_FEHLT,   T_ENTFAELLT, T_KEINE,    T_UNBESTIMMT};
static const int operators[] = {T_PLUS, T_MINUS, T_TIMES, T_SLASH, T_EQUAL,     T_NOT_EQUAL, T_LESS,      T_AT_MOST,    T_GREATER,  T_AT_LEAST,
                                T_UND,  T_ODER,  T_IST,   T_FALLS, T_VORHANDEN, T_FEHLT,     T_ENTFAELLT, T_UNBESTIMMT, T_GERUNDET, T_IN};
static const int cells[] = {T_NAME, T_UNIT, T_NUMBER, T_MINUS, T_DATE, T_QUARTER, T_JA, T_NEIN, T_ENTFAELLT, T_KEINE, T_OFFEN};
#define SET(array) ((set){array, (int)(sizeof(array) / sizeof *(array))})

typedef struct listing {
  ppr_buf de, en;
  int shown;
} listing;

static void put_item(listing *l, phrase item) {
  if (l->shown < SHOWN) {
    buf_printf(&l->de, "%s%s", l->shown ? ", " : "", item.de);
    buf_printf(&l->en, "%s%s", l->shown ? ", " : "", item.en);
  } else if (l->shown == SHOWN) {
    buf_puts(&l->de, ", …");
    buf_puts(&l->en, ", …");
  }
  l->shown++;
}

static void put_sign(syntax *s, listing *l, const char *sign) {
  const char *de = arena_printf(s->lex.arena, "„%s“", sign), *en = arena_printf(s->lex.arena, "“%s”", sign);
  if (de && en) put_item(l, (phrase){de, en});
}

/* What would have gone on, as an argument of a message. */
static const char *list_expected(syntax *s, set expected) {
  bool expression = has(expected, T_OPEN) && has(expected, T_WENN) && has(expected, T_NUMBER);
  bool operation = has(expected, T_PLUS) && has(expected, T_UND) && has(expected, T_IST);
  bool declaration = has(expected, T_REGEL) && has(expected, T_TABELLE);
  bool cell = has(expected, T_OFFEN) && has(expected, T_UNIT);
  listing l = {.shown = 0};
  buf_init(&l.de, ppr_alloc_default, 4096);
  buf_init(&l.en, ppr_alloc_default, 4096);
  if (expression) put_item(&l, (phrase){"ein Ausdruck", "an expression"});
  if (operation) put_item(&l, (phrase){"ein Rechenzeichen oder Vergleich", "an operator or comparison"});
  if (declaration) put_item(&l, (phrase){"eine Vereinbarung (regel, tabelle, …)", "a declaration (regel, tabelle, …)"});
  if (cell) put_item(&l, (phrase){"ein Tabellenwert", "a table value"});
  for (int i = 0; i < expected.count; i++) {
    int kind = expected.kinds[i];
    if (expression && has(SET(starts), kind)) continue;
    if (operation && has(SET(operators), kind)) continue;
    if (declaration && (lexer_declares(kind, true))) continue;
    if (cell && has(SET(cells), kind)) continue;
    if (kind == T_VALUE && has(expected, T_EQUAL) && !operation) continue; /* either form of the sign */
    if (syntax_spelling(kind)) put_sign(s, &l, syntax_spelling(kind));
    else put_item(&l, class_of(kind));
  }
  if (!l.shown) put_item(&l, (phrase){"nichts", "nothing"});
  const char *text = l.de.failed || l.en.failed ? NULL : arena_printf(s->lex.arena, DIAG_BOTH("%s", "%s"), l.de.data, l.en.data);
  buf_fini(&l.de);
  buf_fini(&l.en);
  return text ? text : "";
}

/* Lower case with ae, oe, ue, ss: what is left when spelling habits are set aside. Returns the length, 0 when too long to be a reserved word. */
static size_t fold(char out[FOLDED], const char *word) {
  size_t n = 0, size = strlen(word);
  for (size_t i = 0; i < size;) {
    uint32_t cp;
    const char *pair = NULL;
    i += text_decode(&cp, word + i, size - i);
    switch (cp) {
    case 0xC4:
    case 0xE4: pair = "ae"; break;
    case 0xD6:
    case 0xF6: pair = "oe"; break;
    case 0xDC:
    case 0xFC: pair = "ue"; break;
    case 0xDF: pair = "ss"; break;
    default: break;
    }
    if (n + 4 >= FOLDED) return 0;
    if (pair) {
      memcpy(out + n, pair, 2);
      n += 2;
    } else if (cp < 0x80) {
      out[n++] = (char)(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
    } else {
      n += text_encode(out + n, cp);
    }
  }
  out[n] = 0;
  return n;
}

/* How far a word is from a reserved word: 0 same but for case and umlauts, 1 the English word, then by changed letters; -1 too far. Short words are
 * alike by accident: they need the same first letter, and a strict caller takes none. */
static int far(const char *word, const char *keyword, const char *english, bool strict) {
  char a[FOLDED], b[FOLDED];
  size_t na = fold(a, word), nb = fold(b, keyword);
  if (!na || strcmp(word, keyword) == 0) return -1;
  if (na == nb && memcmp(a, b, na) == 0) return 0;
  if (strcmp(a, english) == 0) return 1;
  size_t allowed = nb < 4 ? 0 : nb < 6 ? !strict : strict ? 1 : 2;
  if (nb < 6 && *a != *b) return -1;
  size_t d = text_distance(a, na, b, nb, allowed);
  return d <= allowed ? 1 + (int)d : -1;
}

/* Whether a reserved word could stand here; where a declaration may end, the next may begin. */
static bool possible(const set *expected, int kind) {
  return expected ? has(*expected, kind) || (lexer_declares(kind, true) && has(*expected, T_END)) : !lexer_contextual(kind);
}

static const char *nearest(const char *word, const set *expected, bool strict) {
  const char *best = NULL;
  int least = 0, d;
#define KEYWORD(token, text, english, role, use)                                                                                                     \
  if (possible(expected, T_##token) && (d = far(word, text, english, strict)) >= 0 && (!best || d < least)) {                                        \
    best = text;                                                                                                                                     \
    least = d;                                                                                                                                       \
  }
#include "keywords.def"
#undef KEYWORD
  return best;
}

/* A word that was meant as a reserved one: the first of the name in the way, or one of the name before. */
static bool misspelled(syntax *s, const token *found, set expected) {
  ast_name words = found->name, word = {0};
  const token *holder = found;
  const char *meant = NULL;
  if (found->kind == T_NAME || found->kind == T_UNIT) {
    if (lexer_split(&s->lex, &words, &word)) meant = nearest(word.text, &expected, false);
  } else if (lexer_keyword(found->kind)) { /* `Fassung` for `fassung` */
    word = (ast_name){lexer_keyword(found->kind), found->span};
    meant = nearest(word.text, &expected, true);
  }
  if (!meant && (s->before.kind == T_NAME || s->before.kind == T_UNIT)) {
    words = s->before.name;
    holder = &s->before;
    for (bool strict = !holder->fresh; !meant && lexer_split(&s->lex, &words, &word); strict = true) meant = nearest(word.text, NULL, strict);
  }
  if (!meant) return false;
  diag_set_fix(s->lex.report, complain(s, DIAG_KEYWORD_SPELLING, word.span, word.text, meant), word.span, meant);
  int kind = lexer_reserved(meant, strlen(meant));
  bool first = holder->fresh && word.span.begin == holder->span.begin;
  if (first || !lexer_declares(kind, true)) layout_resume(&s->lex, word.span, kind); /* the recovery stops there if a part begins with it */
  return true;
}

static bool names_something(int kind) {
  return lexer_declares(kind, false) || kind == T_AUSNAHME || kind == T_FALL || kind == T_VOR || kind == T_ALS || kind == T_SCHLUESSEL ||
         kind == T_ZEITRAUM || kind == T_VORGABE || kind == T_COMMA;
}

/* A reserved word in the place of a name, or behind the first words of one. */
static bool inside_name(syntax *s, const token *found, set expected) {
  const token *t = written(s, found);
  if (!lexer_keyword(t->kind) || t->fresh) return false;
  bool instead = has(expected, T_NAME) && !has(expected, T_NUMBER) && names_something(s->before.kind);
  bool behind = s->before.kind == T_NAME && names_something(s->earlier.kind);
  if (!instead && !behind) return false;
  complain(s, DIAG_KEYWORD_IN_NAME, t->span, lexer_keyword(t->kind), NULL);
  return true;
}

static bool bracket_left_open(syntax *s, const token *found, set expected) {
  bool close = has(expected, T_CLOSE), index = has(expected, T_INDEX_END), other = found->kind == T_CLOSE || found->kind == T_INDEX_END;
  uint32_t depth = s->lex.depth + other; /* the other closing bracket has taken the place of the missing one */
  if ((!close && !index) || depth == 0 || depth > LAYOUT_BRACKETS) return false;
  if (!other && !found->fresh && !lexer_keyword(found->kind) && found->kind != T_END && found->kind != T_CITE && found->kind != T_TEXT) return false;
  diag *d = complain(s, DIAG_BRACKET_OPEN, s->lex.open[depth - 1], close ? "(" : "[", close ? ")" : "]");
  diag_add_note(s->lex.report, d, written(s, found)->span, "bis hierher gelesen", "read up to here");
  return true;
}

/* A citation before, on whose line stands what is missing now. */
static bool inside_citation(syntax *s, set expected) {
  if (s->before.kind != T_CITE) return false;
  const char *line = lexer_text(&s->lex, s->before.span);
  if (strchr(line, '=')) return true; /* the lexer has reported it */
  for (const char *word = line; *word; word += strspn(word, " \t")) {
    const char *bracket_end = *word == '[' ? strchr(word, ']') : NULL;
    if (bracket_end) word = bracket_end + 1; /* any words */
    size_t n = strcspn(word, " \t");
    int kind = lexer_reserved(word, n);
    if (kind && has(expected, kind)) {
      uint32_t begin = s->before.span.begin + (uint32_t)(word - line);
      complain(s, DIAG_CITE_TOO_LONG, (ppr_span){s->before.span.file, begin, begin + (uint32_t)n}, syntax_spelling(kind), NULL);
      return true;
    }
    word += n;
  }
  return false;
}

/* `2,` and `,5`, and `1 000` where one number is expected. */
static bool torn_number(syntax *s, const token *found) {
  const token *before = &s->before;
  const unsigned char *text = s->lex.text;
  if (found->kind == T_COMMA) {
    ppr_span span = found->span;
    bool digit_behind = text[span.end] >= '0' && text[span.end] <= '9', digit_before = before->kind == T_NUMBER && before->span.end == span.begin;
    if (digit_behind == digit_before) return false;
    span.begin = digit_before ? before->span.begin : span.begin;
    while (digit_behind && text[span.end] >= '0' && text[span.end] <= '9') span.end++;
    const char *wrong = lexer_text(&s->lex, span);
    const char *right = digit_behind ? arena_printf(s->lex.arena, "0%s", wrong) : lexer_text(&s->lex, before->span);
    if (right) diag_set_fix(s->lex.report, complain(s, DIAG_NUMBER_MARK, span, wrong, right), span, right);
    return right != NULL;
  }
  if (found->kind == T_NUMBER && before->kind == T_NUMBER && !found->fresh && !before->literal->percent && before->literal->scale == 0) {
    ppr_span span = {found->span.file, before->span.begin, before->span.end};
    const unsigned char *p = text + found->span.begin;
    int digits = 0;
    while (p[digits] >= '0' && p[digits] <= '9') digits++;
    if (digits != 3 || before->span.end - before->span.begin > 3) return false;
    const char *first = lexer_text(&s->lex, span), *second = lexer_text(&s->lex, found->span),
               *right = arena_printf(s->lex.arena, "%s%s", first, second);
    span.end = found->span.end;
    if (right) diag_set_fix(s->lex.report, complain(s, DIAG_NUMBER_GROUPS, span, lexer_text(&s->lex, span), right), span, right);
    return right != NULL;
  }
  return false;
}

void syntax_error(syntax *s, const token *found, const int *expected_kinds, int count) {
  set expected = {expected_kinds, count};
  if (torn_number(s, found) || inside_citation(s, expected) || misspelled(s, found, expected) || inside_name(s, found, expected) ||
      bracket_left_open(s, found, expected))
    return;
  const token *t = written(s, found);
  if (has(expected, T_VALUE) && (t->kind == T_AUSNAHME || t->kind == T_FALL || t->kind == T_SONST || t->kind == T_YYEOF || found->kind == T_END)) {
    complain(s, DIAG_VALUE_SIGN, t->span, describe(s, found), NULL);
    return;
  }
  complain(s, DIAG_SYNTAX, t->span, describe(s, found), list_expected(s, expected));
}
