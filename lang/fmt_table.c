/* Rows in columns as on paper: numbers to the right, words to the left, citations below each other. */
#include "fmt_table.h"
#include "base/text.h"
#include "parser.h"
#include <string.h>

enum {
  MARGIN = 2,
  GAP = 2,        /* blanks before a column */
  CITE_GAP = 4,   /* blanks before the column of citations */
  ENTRY_WIDE = 60 /* a longer entry does not push away the citations of the others */
};

typedef struct cell {
  const char *text;
  size_t width;
  bool word; /* no number */
} cell;

typedef struct row {
  size_t first, last, next; /* tokens without citations; the first token behind them */
  cell *cells;              /* the label comes first, but not in a header */
  size_t n, cap;
} row;

typedef struct table {
  fmt *f;
  ppr_arena *arena;
  row *rows;
  size_t n, cap;
  bool headed, right; /* columns of numbers */
  size_t label, *widths, columns, cites;
} table;

static bool add_cell(table *t, row *r, const char *text, size_t size, bool word) {
  r->cells = arena_grow(t->arena, r->cells, r->n, &r->cap, r->n + 1, sizeof *r->cells);
  const char *copy = arena_strndup(t->arena, text, size);
  if (!r->cells || !copy) return false;
  r->cells[r->n++] = (cell){copy, text_length(copy, size), word};
  return true;
}

static bool add_words(table *t, row *r, const char *words) {
  for (size_t n; *words; words += n + (words[n] == ' ')) {
    n = strcspn(words, " ");
    if (!add_cell(t, r, words, n, true)) return false;
  }
  return true;
}

static bool read_row(table *t, row *r, size_t end) {
  const fmt_token *tokens = t->f->tokens;
  size_t i = r->first;
  for (; i < end && tokens[i].kind != T_CITE && (i == r->first || !tokens[i].row); i++) {
    const char *text = tokens[i].text;
    bool done;
    if (tokens[i].kind == T_NAME || tokens[i].kind == T_UNIT) done = add_words(t, r, text);
    else if (tokens[i].kind != T_MINUS) done = add_cell(t, r, text, tokens[i].width ? strlen(text) : 0, tokens[i].kind != T_NUMBER);
    else {
      text = arena_printf(t->arena, "-%s", tokens[++i].text);
      done = text && add_cell(t, r, text, strlen(text), false);
    }
    if (!done) return false;
    if (tokens[i].kind == T_NUMBER) t->right = true;
  }
  r->last = i - 1;
  while (i < end && !tokens[i].row) i++;
  r->next = i;
  return true;
}

/* A lone word in a row of several columns, or among numbers, is not aligned with them. */
static bool counts(const table *t, const row *r, size_t k) {
  return !r->cells[k].word || (t->columns > 1 ? r->n - (k > 0) > 1 || k == 0 : !t->right);
}

static bool measure(table *t) {
  for (size_t i = 0; i < t->n; i++) {
    size_t columns = t->rows[i].n - !(t->headed && i == 0);
    if (columns > t->columns) t->columns = columns;
  }
  t->widths = arena_array(t->arena, t->columns + 1, sizeof *t->widths);
  if (!t->widths) return false;
  for (size_t i = 0; i < t->n; i++) {
    const row *r = &t->rows[i];
    bool header = t->headed && i == 0;
    if (!header && r->cells[0].width > t->label) t->label = r->cells[0].width;
    for (size_t k = header ? 0 : 1; k < r->n; k++) {
      size_t *width = &t->widths[k - !header];
      if ((header || counts(t, r, k)) && r->cells[k].width > *width) *width = r->cells[k].width;
    }
  }
  return true;
}

static void put_blanks(ppr_buf *out, size_t n) {
  while (n-- > 0) buf_putc(out, ' ');
}

/* The line of a row without margin; columns are padded when something follows them. */
static void compose(const table *t, const row *r, bool header, ppr_buf *out) {
  size_t col = header ? 0 : r->cells[0].width, wanted = t->label;
  if (!header) buf_puts(out, r->cells[0].text);
  for (size_t k = header ? 0 : 1; k < r->n; k++) {
    const cell *c = &r->cells[k];
    size_t width = t->widths[k - !header];
    bool aligned = t->right && (header || counts(t, r, k)) && c->width < width;
    size_t at = wanted + GAP + (aligned ? width - c->width : 0);
    put_blanks(out, at - col);
    buf_puts(out, c->text);
    col = at + c->width;
    wanted += GAP + width;
    if (wanted < col) wanted = col; /* a lone word */
  }
}

static bool put_rows(table *t) {
  fmt *f = t->f;
  ppr_buf line;
  buf_init(&line, ppr_alloc_default, SIZE_MAX);
  for (size_t i = 0; i < t->n; i++) { /* first only the place of the citations */
    line.size = 0;
    compose(t, &t->rows[i], t->headed && i == 0, &line);
    size_t width = MARGIN + text_length(line.size ? line.data : "", line.size);
    if (width + CITE_GAP > t->cites) t->cites = width + CITE_GAP;
  }
  for (size_t i = 0; i < t->n; i++) {
    const row *r = &t->rows[i];
    bool header = t->headed && i == 0;
    line.size = 0;
    compose(t, r, header, &line);
    fmt_line_start(f, r->first, MARGIN, MARGIN + 4);
    if (line.failed) break;
    fmt_line_put_text(f, r->first, r->last, line.size ? line.data : "", text_length(line.size ? line.data : "", line.size));
    for (size_t k = r->last + 1; k < r->next; k++) fmt_line_put_at(f, k, t->cites);
  }
  bool failed = line.failed;
  buf_fini(&line);
  return !failed;
}

bool fmt_table_rows(fmt *f, ppr_arena *arena, size_t i, size_t end, bool headed) {
  table t = {.f = f, .arena = arena, .headed = headed};
  while (i < end) {
    t.rows = arena_grow(arena, t.rows, t.n, &t.cap, t.n + 1, sizeof *t.rows);
    if (!t.rows) return false;
    row *r = &t.rows[t.n++];
    *r = (row){.first = i};
    if (!read_row(&t, r, end)) return false;
    i = r->next;
  }
  return measure(&t) && put_rows(&t);
}

size_t fmt_table_entries(const fmt *f, size_t begin, size_t end) {
  size_t column = 0, entries = 0;
  for (size_t i = begin; i < end; i++) {
    if (f->tokens[i].item != FMT_ENTRY) continue;
    size_t last = i + 1;
    while (last < end && f->tokens[last].item != FMT_ENTRY && f->tokens[last].kind != T_CITE) last++;
    size_t width = MARGIN + fmt_line_width(f, i, last - 1);
    bool cited = last < end && f->tokens[last].kind == T_CITE;
    if (cited && width <= ENTRY_WIDE && width + CITE_GAP > column) column = width + CITE_GAP;
    entries++;
  }
  return entries > 1 ? column : 0;
}
