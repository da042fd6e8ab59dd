/* The lines of a laid-out rule file: tokens in their canonical spelling with the comments between them, and the line being written. */
#ifndef PPR_LANG_FMT_LINE_H
#define PPR_LANG_FMT_LINE_H
#include "ast.h"
#include "base/buf.h"

enum { FMT_WIDTH = 160 }; /* columns of a line where it can be broken at all */

/* A comment; `flush`: it begins in the first column. */
typedef struct fmt_note {
  const char *text;
  size_t size;
  uint32_t blanks; /* empty lines before it */
  bool trailing, flush;
} fmt_note;

typedef enum { FMT_PLAIN, FMT_FIELD, FMT_MEMBER, FMT_ENTRY, FMT_ASSIGN } fmt_item;

typedef struct fmt_token {
  int kind;
  ppr_span span;
  const char *text;  /* canonical spelling */
  size_t width, sum; /* columns; columns from the beginning of the file if everything stood on one line */
  bool fresh, decl, row, blank_before;
  uint32_t notes, n_notes; /* comments between the token before and this one */
  uint32_t blanks;         /* empty lines just before it */
  size_t match;            /* the closing bracket of an opening one */
  fmt_item item;           /* what begins here */
  const ast_expr *root;    /* the whole expression that begins here */
} fmt_token;

typedef struct fmt {
  ppr_buf *out;
  fmt_token *tokens; /* n tokens and the end of the file behind them */
  size_t n, cap;
  fmt_note *notes;
  size_t n_notes, cap_notes;

  size_t margin;          /* column of the next token if the line is not open */
  size_t hang;            /* column where what has to leave the line goes on */
  size_t col, lines;      /* width of the open line; lines written */
  size_t noted;           /* the comments before the tokens up to this one are written */
  bool open;              /* the line has a token */
  bool shut;              /* nothing may follow on the line: it ends with a citation */
  const fmt_note *behind; /* comment that will end the line */
} fmt;

/* Reads the tokens of an unbroken source; false when out of memory. */
bool fmt_line_read(fmt *f, ppr_report *r, ppr_arena *arena, uint32_t source);
/* The first token that begins at or behind the offset. */
size_t fmt_line_find(const fmt *f, uint32_t offset);

/* Width of the tokens first … last on one line, and whether they can stand on one: no comment is between them. */
size_t fmt_line_width(const fmt *f, size_t first, size_t last);
bool fmt_line_joined(const fmt *f, size_t first, size_t last);
/* Whether they fit on the line as it is, with `trail` columns behind them. */
bool fmt_line_fits(const fmt *f, size_t first, size_t last, size_t trail);

/* Ends the line; the next token stands at `margin`. */
void fmt_line_end(fmt *f, size_t margin);
/* Begins a line at `margin` with token i: the comments and the empty line before it come first. */
void fmt_line_start(fmt *f, size_t i, size_t margin, size_t hang);
void fmt_line_put(fmt *f, size_t i);
void fmt_line_put_all(fmt *f, size_t first, size_t last);
/* Tokens first … last as one text made of them. */
void fmt_line_put_text(fmt *f, size_t first, size_t last, const char *text, size_t width);
/* Token i at a column, or behind one blank when the line has come that far; on the next line if it does not fit. */
void fmt_line_put_at(fmt *f, size_t i, size_t column);
#endif
