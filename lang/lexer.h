/* Text to tokens: numbers, dates, names of several words, reserved words, citations; and the few places where a line end has a meaning. */
#ifndef PPR_LANG_LEXER_H
#define PPR_LANG_LEXER_H
#include "ast.h"

#define LEXER_MAX_SIZE (4u << 20) /* bytes of a rule file */

/* A token; kind is one of parser.h. Numbers, dates and quarters arrive as literal nodes, so that spelling is judged in one place. */
typedef struct token {
  int kind;
  ppr_span span;
  bool fresh;        /* first token on its line */
  ast_name name;     /* T_NAME, T_UNIT, T_EDITION */
  const char *text;  /* T_TEXT */
  ast_expr *literal; /* T_NUMBER, T_DATE, T_QUARTER */
  ast_cite *cites;   /* T_CITE: the citations of one line */
} token;

typedef enum { LAYOUT_PLAIN, LAYOUT_TABLE_HEAD, LAYOUT_TABLE } layout_mode;
enum { LAYOUT_BRACKETS = 64 }; /* open brackets remembered for messages */

typedef struct lexer {
  ppr_report *report;
  ppr_arena *arena;
  uint32_t source;
  const unsigned char *text, *cursor, *limit;
  bool broken, failed; /* errors were reported; out of memory */

  /* words that are reserved in one place only */
  int within, before; /* declaration at hand, last token */

  /* layout */
  layout_mode mode;
  token last, held; /* last token handed out; token waiting behind a virtual one */
  bool has_held, ended;
  bool resuming; /* the held token still needs its T_END */
  bool asking;   /* at the end of the text stands once a token nothing expects: the grammar then says what it would have taken */
  uint32_t depth;
  ppr_span open[LAYOUT_BRACKETS];
} lexer;

/* False when the text is refused as a whole (not UTF-8, NUL, invisible characters): reported. */
bool lexer_init(lexer *l, ppr_report *report, ppr_arena *arena, uint32_t source);
/* The next token as written. At the end T_YYEOF again and again. */
token lexer_scan(lexer *l);
/* The next token for the grammar: T_END before each declaration and at the end, T_LINE before each row of a table, T_VALUE for `=` at the
 * beginning of a line, T_UNIT for a name behind a number on the same line. */
token layout_next(lexer *l);
/* Go back to a misspelled word and read it as the reserved word `kind`. */
void layout_resume(lexer *l, ppr_span word, int kind);

/* Word of a keyword token, NULL for other tokens. */
const char *lexer_keyword(int kind);
/* Keywords that begin a declaration; with changes: also those that stand before one. */
bool lexer_declares(int kind, bool changes);
/* Keywords that are reserved in one place only. */
bool lexer_contextual(int kind);
/* Token of the n bytes as a reserved word, 0 if they are none. */
int lexer_reserved(const char *word, size_t n);
/* Blanks of one line, also the ones word processors put in. */
const unsigned char *lexer_skip_blanks(const lexer *l, const unsigned char *at);
/* `§ …; …` from `begin` to `end`, the end of the line or the comment: a T_CITE. */
void cites_scan(lexer *l, token *t, const unsigned char *begin, const unsigned char *end);
/* Takes the first word off a name of several words; false when none is left. */
bool lexer_split(lexer *l, ast_name *words, ast_name *first);
/* Source text of a span, copied to the arena; "" when out of memory. */
const char *lexer_text(const lexer *l, ppr_span span);
#endif
