/* Scanner: one NUL-terminated UTF-8 text to tokens as written. Wrong spellings of numbers, dates and signs are reported with the right one, and the
 * meant value goes on. Where line ends matter is decided in layout.c. */
#include "lexer.h"
#include "syntax.h"
#include "parser.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/text.h"
#include "code/program.h"
#include <stdio.h>
#include <string.h>

typedef unsigned char byte;

/*!re2c
  re2c:eof = 0;
  re2c:yyfill:enable = 0;
  re2c:define:YYCTYPE = byte;
  re2c:define:YYCURSOR = at;
  re2c:define:YYMARKER = marker;
  re2c:define:YYLIMIT = limit;

  digit  = [0-9];
  letter = [a-zA-Z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u1E00-\u1EFF];
  accent = [\u0300-\u036F];
  hyphen = [-\u2010\u2011];
  word   = letter (letter | digit | "_" | accent | hyphen (letter | digit))*;
  blank  = [ \t\r\u00A0\u2009\u202F];
*/

const char *lexer_keyword(int kind) {
  switch (kind) {
#define KEYWORD(token, word, english, role, use) \
  case T_##token: return word;
#include "keywords.def"
#undef KEYWORD
  default: return NULL;
  }
}

/* How a keyword is used; see keywords.def. */
typedef enum { WORD, DECLARES, CHANGES, BEGINS, VARIES, COUNTS } keyword_role;

static keyword_role role_of(int kind) {
  switch (kind) {
#define KEYWORD(token, word, english, role, use) \
  case T_##token: return role;
#include "keywords.def"
#undef KEYWORD
  default: return WORD;
  }
}

bool lexer_declares(int kind, bool changes) {
  keyword_role role = role_of(kind);
  return role == DECLARES || role == BEGINS || (changes && role == CHANGES);
}

bool lexer_contextual(int kind) { return role_of(kind) >= BEGINS; }

int lexer_reserved(const char *word, size_t n) {
#define KEYWORD(token, text, english, role, use) \
  if (n == sizeof text - 1 && memcmp(word, text, n) == 0) return T_##token;
#include "keywords.def"
#undef KEYWORD
  return 0;
}

const char *lexer_text(const lexer *l, ppr_span span) {
  const char *text = arena_strndup(l->arena, (const char *)l->text + span.begin, span.end - span.begin);
  return text ? text : "";
}

static ppr_span span_between(const lexer *l, const byte *begin, const byte *end) {
  return (ppr_span){l->source, (uint32_t)(begin - l->text), (uint32_t)(end - l->text)};
}

static diag *complain(lexer *l, diag_code code, ppr_span span, const char *arg1, const char *arg2) {
  l->broken = true;
  return report_add(l->report, code, span, arg1, arg2, NULL);
}

/* Reports a wrong spelling: {1} what is written, {2} the right form, which is also the fix. */
static void respell(lexer *l, diag_code code, ppr_span span, const char *right) {
  diag_set_fix(l->report, complain(l, code, span, lexer_text(l, span), right), span, right);
}

static bool report_unreadable(lexer *l, const char *text, size_t size) {
  size_t at;
  text_problem problem = text_check(text, size, &at);
  ppr_span span = {l->source, (uint32_t)at, (uint32_t)at + 1};
  char hex[8];
  if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
    complain(l, DIAG_TEXT_UTF16, (ppr_span){l->source, 0, 2}, NULL, NULL);
    return true;
  }
  if (problem == TEXT_MALFORMED) {
    ppr_buf meant;
    buf_init(&meant, ppr_alloc_default, 64);
    text_from_cp1252(&meant, text + at, 1, NULL);
    buf_putc(&meant, 0);
    snprintf(hex, sizeof hex, "%02X", (unsigned)(byte)text[at]);
    complain(l, DIAG_TEXT_NOT_UTF8, span, hex, meant.failed ? "?" : meant.data);
    buf_fini(&meant);
    return true;
  }
  if (problem == TEXT_NUL) complain(l, DIAG_TEXT_NUL_BYTE, span, NULL, NULL);
  for (size_t i = text_bom(text, size), n; i < size; i += n) {
    uint32_t cp;
    if ((n = text_plain(text + i, size - i)) > 0) continue; /* the usual case */
    n = text_decode(&cp, text + i, size - i);
    if (cp == '\t' || cp == '\n' || cp == '\r' || cp == 0) continue;
    bool hidden = text_is_bidi(cp) || text_is_hidden(cp);
    if (!hidden && !text_is_control(cp)) continue;
    span = (ppr_span){l->source, (uint32_t)i, (uint32_t)(i + n)};
    char name[12];
    snprintf(name, sizeof name, "U+%04X", (unsigned)cp);
    diag *d = complain(l, hidden ? DIAG_TEXT_INVISIBLE : DIAG_TEXT_CONTROL, span, name, NULL);
    diag_set_fix(l->report, d, span, "");
  }
  return l->broken;
}

bool lexer_init(lexer *l, ppr_report *report, ppr_arena *arena, uint32_t source) {
  const ppr_source *s = report_source(report, source);
  *l = (lexer){.report = report, .arena = arena, .source = source};
  l->text = (const byte *)s->text;
  l->limit = l->text + s->size;
  l->cursor = l->text;
  if (s->size > LEXER_MAX_SIZE) {
    char limit[24];
    snprintf(limit, sizeof limit, "%u", LEXER_MAX_SIZE);
    complain(l, DIAG_PATH_TOO_LARGE, SPAN_NONE, s->name, limit);
    return false;
  }
  if (report_unreadable(l, s->text, s->size)) return false;
  l->cursor += text_bom(s->text, s->size);
  return true;
}

const byte *lexer_skip_blanks(const lexer *l, const byte *at) {
  const byte *marker, *limit = l->limit;
  for (;;) {
    const byte *start = at;
    /*!re2c
      blank+ { return at; }
      *      { return start; }
      $      { return start; }
    */
  }
}

/* End of the word at `at`, NULL when there is none. */
static const byte *match_word(const lexer *l, const byte *at) {
  const byte *marker, *limit = l->limit;
  /*!re2c
    word { return at; }
    *    { return NULL; }
    $    { return NULL; }
  */
}

/* The composed form of a vowel with U+0308, 0 if there is none. */
static uint32_t umlaut_of(uint32_t vowel) {
  switch (vowel) {
  case 'a': return 0xE4;
  case 'o': return 0xF6;
  case 'u': return 0xFC;
  case 'A': return 0xC4;
  case 'O': return 0xD6;
  case 'U': return 0xDC;
  default: return 0;
  }
}

/* The word with composed umlauts and plain hyphens, as it is compared and stored. */
static const char *plain_word(lexer *l, const byte *begin, const byte *end) {
  size_t n = (size_t)(end - begin);
  if (text_plain((const char *)begin, n) == n) {
    const char *same = arena_strndup(l->arena, (const char *)begin, n);
    l->failed = l->failed || !same;
    return same ? same : "";
  }
  char *word = arena_alloc(l->arena, n + 1); /* never longer than written */
  if (!word) {
    l->failed = true;
    return "";
  }
  size_t out = 0;
  bool changed = false;
  for (size_t i = 0; i < n;) {
    uint32_t cp, next = 0;
    i += text_decode(&cp, (const char *)begin + i, n - i);
    size_t more = i < n ? text_decode(&next, (const char *)begin + i, n - i) : 0;
    if (next == 0x308 && umlaut_of(cp)) {
      cp = umlaut_of(cp);
      i += more;
      changed = true;
    } else if (cp == 0x2010 || cp == 0x2011) {
      cp = '-';
      changed = true;
    } else if (cp >= 0x300 && cp <= 0x36F) {
      changed = true;
      continue;
    }
    out += text_encode(word + out, cp);
  }
  word[out] = 0;
  if (changed) respell(l, DIAG_LEX_LETTER, span_between(l, begin, end), word);
  return word;
}

/* A number begins, perhaps with its sign. */
static bool number_follows(const lexer *l, const byte *at) {
  at = lexer_skip_blanks(l, at);
  return (*at >= '0' && *at <= '9') || *at == '-' || ((size_t)(l->limit - at) >= 3 && memcmp(at, "\xE2\x88\x92", 3) == 0);
}

/* Token of a word that is reserved here, 0: it is a name or part of one. first: it would begin the name. */
static int reserved_here(const lexer *l, const char *word, const byte *behind, bool first, bool fresh) {
  int kind = lexer_reserved(word, strlen(word));
  switch (role_of(kind)) {
  case BEGINS: return first && (fresh || role_of(l->before) == CHANGES) ? kind : 0;
  case VARIES: return l->within == T_FUER && (kind != T_VON || number_follows(l, behind)) ? kind : 0;
  case COUNTS: return l->within == T_AUSWERTUNG && first && fresh ? kind : 0;
  case WORD:
  case DECLARES:
  case CHANGES:
  default: return kind;
  }
}

/* A reserved word, or a name: all words up to the end of the line or the next reserved word. */
static void scan_words(lexer *l, token *t, const byte *begin, const byte *end) {
  const char *word = plain_word(l, begin, end);
  t->kind = reserved_here(l, word, end, true, t->fresh);
  l->cursor = end;
  if (t->kind) {
    t->span = span_between(l, begin, end);
    return;
  }
  t->kind = T_NAME;
  const char *name = word;
  for (;;) {
    const byte *start = lexer_skip_blanks(l, end), *stop = start > end ? match_word(l, start) : NULL;
    if (!stop) break;
    word = plain_word(l, start, stop); /* a wrong letter in a reserved word is reported twice at one place: kept once */
    if (reserved_here(l, word, stop, false, false)) break;
    name = arena_printf(l->arena, "%s %s", name, word);
    if (!name) {
      l->failed = true;
      name = "";
    }
    end = stop;
  }
  l->cursor = end;
  t->span = span_between(l, begin, end);
  t->name = (ast_name){name, t->span};
}

bool lexer_split(lexer *l, ast_name *words, ast_name *first) {
  if (!words->text || !*words->text) return false;
  const byte *begin = l->text + words->span.begin, *end = match_word(l, begin), *more;
  if (!end) return false;
  size_t n = strcspn(words->text, " ");
  *first = (ast_name){arena_strndup(l->arena, words->text, n), span_between(l, begin, end)};
  if (!first->text) {
    l->failed = true;
    first->text = "";
  }
  more = lexer_skip_blanks(l, end);
  words->text += words->text[n] ? n + 1 : n;
  words->span.begin = (uint32_t)(more - l->text);
  return true;
}

static void set_literal(lexer *l, token *t, int kind, ast_expr_form form, int64_t number) {
  t->kind = kind;
  t->literal = arena_alloc(l->arena, sizeof *t->literal);
  if (!t->literal) {
    l->failed = true;
    return;
  }
  t->literal->form = form;
  t->literal->span = t->span;
  t->literal->number = number;
}

/* The digits and the last comma (at `comma`, NULL: whole number) as a number; a percent sign behind it belongs to it. */
static void scan_number(lexer *l, token *t, const byte *begin, const byte *end, const byte *comma) {
  int64_t value = 0;
  int scale = 0, digits = 0;
  for (const byte *p = begin; p < end; p++) {
    if (*p < '0' || *p > '9') continue;
    if (digits > 0 || *p != '0') digits++;
    if (comma && p > comma) scale++;
    if (digits <= DEC_MAX_SCALE) value = value * 10 + (*p - '0');
  }
  t->span = span_between(l, begin, end);
  bool too_large = digits > DEC_MAX_SCALE || scale > DEC_MAX_SCALE;
  if (too_large) {
    complain(l, DIAG_NUMBER_TOO_LARGE, t->span, lexer_text(l, t->span), NULL);
    value = 0;
    scale = 0;
  }
  const byte *sign = lexer_skip_blanks(l, end);
  bool percent = *sign == '%';
  l->cursor = percent ? sign + 1 : end;
  t->span.end = (uint32_t)(l->cursor - l->text);
  set_literal(l, t, T_NUMBER, EX_NUMBER, value);
  if (!t->literal) return;
  t->literal->scale = scale;
  t->literal->percent = percent;
  t->literal->too_large = too_large;
}

/* Digits grouped or separated by points, apostrophes or several commas. */
static void scan_wrong_number(lexer *l, token *t, const byte *begin, const byte *end) {
  char right[64];
  size_t n = 0, after = 0;
  int points = 0, commas = 0, others = 0;
  bool groups = true; /* one to three digits, then three each up to a comma */
  const byte *comma = NULL;
  for (const byte *p = begin; p < end; p++) {
    if (*p >= '0' && *p <= '9') {
      after++;
      continue;
    }
    if (commas) groups = false;
    if (points + others == 0 ? after > 3 : after != 3) groups = false;
    points += *p == '.';
    others += *p == '\'';
    if (*p == ',') commas++, comma = p;
    after = 0;
  }
  if (commas == 0 && after != 3) groups = false;
  bool decimal_point = !groups && points == 1 && commas == 0 && others == 0;
  if (commas > 1 || (!groups && !decimal_point) || end - begin > 40) { /* no telling what is meant: the first part stands in */
    l->cursor = end;
    t->span = span_between(l, begin, end);
    complain(l, commas > 1 ? DIAG_NUMBER_COMMAS : DIAG_NUMBER_FORM, t->span, lexer_text(l, t->span), NULL);
    set_literal(l, t, T_NUMBER, EX_NUMBER, 0);
    return;
  }
  for (const byte *p = begin; p < end; p++) {
    if (*p >= '0' && *p <= '9') right[n++] = (char)*p;
    else if (*p == ',' || decimal_point) right[n++] = ',', comma = p;
  }
  right[n] = 0;
  respell(l, decimal_point ? DIAG_NUMBER_POINT : DIAG_NUMBER_GROUPS, span_between(l, begin, end), right);
  scan_number(l, t, begin, end, comma);
}

/* `7Tag`: the number, and the word is the next token. */
static void scan_glued_number(lexer *l, token *t, const byte *begin) {
  const byte *end = begin;
  while ((*end >= '0' && *end <= '9') || *end == ',') end++;
  const byte *stop = match_word(l, end);
  const char *right = arena_printf(l->arena, "%.*s %.*s", (int)(end - begin), (const char *)begin, (int)(stop - end), (const char *)end);
  respell(l, DIAG_NUMBER_LETTERS, span_between(l, begin, stop), right ? right : "");
  scan_number(l, t, begin, end, memchr(begin, ',', (size_t)(end - begin)));
}

/* A short number; a long one stays at a value no date has. */
static int64_t digits_at(const byte **at, const byte *end) {
  int64_t value = 0;
  for (; *at < end && **at >= '0' && **at <= '9'; ++*at) value = value > 99999 ? value : value * 10 + (**at - '0');
  return value;
}

/* A date in any order the rules of the scanner let through; day first or year first is seen by the first number. */
static void scan_date(lexer *l, token *t, const byte *begin, const byte *end) {
  const byte *p = begin;
  int64_t number[3];
  for (int i = 0; i < 3; i++, p++) number[i] = digits_at(&p, end);
  bool iso = begin[2] != '.' && begin[1] != '.';
  int64_t year = iso ? number[0] : number[2], month = number[1], dom = iso ? number[2] : number[0];
  if (!iso && end[-3] == '.') year += 2000;
  l->cursor = end;
  t->span = span_between(l, begin, end);
  char right[16];
  if (year >= 1 && month >= 1 && month <= 12 && dom >= 1 && dom <= 31 && !day_valid(year, (int)month, (int)dom)) {
    dom = month_days(year, (int)month);
    day_print(right, day_of(year, (int)month, (int)dom));
    respell(l, DIAG_DATE_DAY, t->span, right);
  } else if (!day_valid(year, (int)month, (int)dom)) {
    complain(l, DIAG_DATE_NONE, t->span, lexer_text(l, t->span), NULL);
    year = 2000;
    month = dom = 1;
  } else {
    day_print(right, day_of(year, (int)month, (int)dom));
    if ((size_t)(end - begin) != strlen(right) || memcmp(begin, right, strlen(right)) != 0) respell(l, DIAG_DATE_FORM, t->span, right);
  }
  set_literal(l, t, T_DATE, EX_DATE, day_of(year, (int)month, (int)dom));
}

static void scan_quarter(lexer *l, token *t, const byte *begin, const byte *end) {
  const byte *p = begin;
  int64_t year = digits_at(&p, end);
  while (*p < '0' || *p > '9') p++;
  int64_t number = digits_at(&p, end);
  l->cursor = end;
  t->span = span_between(l, begin, end);
  if (number < 1 || number > 4 || year < 1) {
    complain(l, DIAG_QUARTER_NONE, t->span, lexer_text(l, t->span), NULL);
    year = year < 1 ? 2000 : year;
    number = 1;
  } else {
    char right[16];
    quarter_print(right, quarter_of(year, (int)number));
    if ((size_t)(end - begin) != strlen(right) || memcmp(begin, right, strlen(right)) != 0) respell(l, DIAG_QUARTER_FORM, t->span, right);
  }
  set_literal(l, t, T_QUARTER, EX_QUARTER, quarter_of(year, (int)number));
}

static void scan_edition(lexer *l, token *t, const byte *begin, const byte *end) {
  const byte *p = begin + 5;
  int64_t month = digits_at(&p, end);
  l->cursor = end;
  t->kind = T_EDITION;
  t->span = span_between(l, begin, end);
  t->name = (ast_name){lexer_text(l, t->span), t->span};
  if (month < 1 || month > 12) {
    complain(l, DIAG_EDITION_NONE, t->span, t->name.text, NULL);
  } else if (end - begin != 7) {
    const char *right = arena_printf(l->arena, "%.4s-%02d", (const char *)begin, (int)month);
    if (!right) {
      l->failed = true;
      return;
    }
    respell(l, DIAG_EDITION_FORM, t->span, right);
    t->name.text = right;
  }
}

/* Text up to the closing sign on the same line; `wrong`: the opening sign is none of ours. */
static void scan_text(lexer *l, token *t, const byte *begin, const byte *inside, bool wrong) {
  static const char *const closers[] = {"\"", "“", "”", "«", "»", "‘", "’", "'"};
  size_t first = *begin == '"' || strncmp((const char *)begin, "„", 3) != 0 ? 0 : 1, count = sizeof closers / sizeof closers[0];
  if (*begin == '"') count = 1;
  else if (!wrong) count = 3;
  const byte *end = inside, *close = NULL;
  size_t length = 0;
  for (; end < l->limit && *end != '\n' && !close; end++) {
    for (size_t i = first; i < count && !close; i++) {
      length = strlen(closers[i]);
      if ((size_t)(l->limit - end) >= length && memcmp(end, closers[i], length) == 0) close = end;
    }
  }
  if (!close && first == 1) { /* „text" */
    close = memchr(inside, '"', (size_t)(end - inside));
    length = 1;
    wrong = true;
  }
  t->kind = T_TEXT;
  const byte *stop = close ? close : end;
  while (!close && stop > inside && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t')) stop--;
  l->cursor = close ? close + length : stop;
  t->span = span_between(l, begin, l->cursor);
  t->text = arena_strndup(l->arena, (const char *)inside, (size_t)(stop - inside));
  if (!t->text) {
    l->failed = true;
    t->text = "";
  }
  if (!close) {
    complain(l, DIAG_TEXT_OPEN, (ppr_span){l->source, t->span.begin, t->span.begin + (uint32_t)(inside - begin)}, NULL, NULL);
  } else if (wrong) {
    const char *right = arena_printf(l->arena, strchr(t->text, '"') ? "„%s“" : "\"%s\"", t->text);
    respell(l, DIAG_TEXT_QUOTES, t->span, right ? right : "");
  }
}

static void wrong_sign(lexer *l, token *t, int kind, const char *right) {
  t->kind = kind;
  respell(l, DIAG_LEX_SIGN, t->span, right);
}

static void unknown_character(lexer *l, const byte *begin, const byte *end) {
  ppr_span span = span_between(l, begin, end);
  l->cursor = end;
  complain(l, DIAG_LEX_CHARACTER, span, lexer_text(l, span), NULL);
}

/* One token at l->cursor, with its span; false: nothing for the grammar (blank, comment, unknown character). */
static bool scan_one(lexer *l, token *t) {
  const byte *at = l->cursor, *start = at, *marker, *limit = l->limit;
#define SIGN(sign) \
  t->kind = sign;  \
  break
#define WRONG(sign, right)         \
  l->cursor = at;                  \
  t->span = span_between(l, start, at); \
  wrong_sign(l, t, sign, right);   \
  return true
  for (;;) {
    /*!re2c
      blank+                { l->cursor = at; return false; }
      "\n"                  { l->cursor = at; t->fresh = true; return false; }
      "#" [^\n\x00]*        { l->cursor = at; return false; }
      "//" [^\n\x00]*       { l->cursor = at; respell(l, DIAG_LEX_SIGN, span_between(l, start, start + 2), "#"); return false; }
      $                     { t->kind = T_YYEOF; break; }

      word                  { scan_words(l, t, start, at); return true; }
      digit{2} "." digit{2} "." digit{4} { scan_date(l, t, start, at); return true; }
      digit{1,2} "." digit{1,2} "." (digit{4} | digit{2}) { scan_date(l, t, start, at); return true; }
      digit{4} "-" digit{1,2} "-" digit{1,2} { scan_date(l, t, start, at); return true; }
      digit{4} [-/]? [qQ] digit+ { scan_quarter(l, t, start, at); return true; }
      digit{4} "-" digit{1,2} { scan_edition(l, t, start, at); return true; }
      digit+                { scan_number(l, t, start, at, NULL); return true; }
      digit+ "," digit+     { scan_number(l, t, start, at, memchr(start, ',', (size_t)(at - start))); return true; }
      digit+ ([.,\x27] digit+)+ { scan_wrong_number(l, t, start, at); return true; }
      digit+ ("," digit+)? letter { scan_glued_number(l, t, start); return true; }
      "\""                  { scan_text(l, t, start, at, false); return true; }
      "\u201E"              { scan_text(l, t, start, at, false); return true; }
      [\u201C\u201D\u00AB\u00BB\u201A\u2018\u2019\x27] { scan_text(l, t, start, at, true); return true; }
      "\u00A7" [^#\n\x00]*       { cites_scan(l, t, start, at); return true; }

      "+"                   { SIGN(T_PLUS); }
      [-\u2212]                { SIGN(T_MINUS); }
      [*\u00D7]                { SIGN(T_TIMES); }
      "/"                   { SIGN(T_SLASH); }
      "="                   { SIGN(T_EQUAL); }
      "<>" | "\u2260"            { SIGN(T_NOT_EQUAL); }
      "<"                   { SIGN(T_LESS); }
      "<=" | "\u2264"            { SIGN(T_AT_MOST); }
      ">"                   { SIGN(T_GREATER); }
      ">=" | "\u2265"            { SIGN(T_AT_LEAST); }
      "("                   { SIGN(T_OPEN); }
      ")"                   { SIGN(T_CLOSE); }
      "["                   { SIGN(T_INDEX); }
      "]"                   { SIGN(T_INDEX_END); }
      ":"                   { SIGN(T_COLON); }
      ";"                   { SIGN(T_SEMICOLON); }
      ","                   { SIGN(T_COMMA); }
      ".."                  { SIGN(T_RANGE); }

      [\u2013\u2014]                { WRONG(T_MINUS, "-"); }
      [\u00B7\u2219\u22C5]                 { WRONG(T_TIMES, "*"); }
      [\u00F7\u2215]                  { WRONG(T_SLASH, "/"); }
      "=="                  { WRONG(T_EQUAL, "="); }
      ":="                  { WRONG(T_EQUAL, "="); }
      "!=" | "=/="          { WRONG(T_NOT_EQUAL, "<>"); }
      "=<"                  { WRONG(T_AT_MOST, "<="); }
      "=>"                  { WRONG(T_AT_LEAST, ">="); }
      "&" | "&&"            { WRONG(T_UND, "und"); }
      "|" | "||"            { WRONG(T_ODER, "oder"); }
      "!"                   { WRONG(T_NICHT, "nicht"); }
      "{"                   { WRONG(T_INDEX, "["); }
      "}"                   { WRONG(T_INDEX_END, "]"); }
      "..." | "\u2026"           { WRONG(T_RANGE, ".."); }

      [^\x00]               { unknown_character(l, start, at); return false; }
      *                     { l->cursor = at; return false; }
    */
  }
#undef SIGN
#undef WRONG
  l->cursor = at;
  t->span = span_between(l, start, at);
  return true;
}

token lexer_scan(lexer *l) {
  size_t consumed = (size_t)(l->cursor - l->text);
  token t = {.fresh = consumed == text_bom((const char *)l->text, (size_t)(l->limit - l->text))};
  while (!scan_one(l, &t)) continue;
  if (lexer_declares(t.kind, false) && (t.kind != T_OFFEN || t.fresh)) l->within = t.kind;
  l->before = t.kind;
  return t;
}
