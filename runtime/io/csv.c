/* Reader of CSV rows. One row at a time lies whole in the buffer; cells are slices of it, unquoted in place. */
#include "io/csv.h"
#include "base/oserror.h"
#include "base/text.h"
#include "io/marks.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 1 << 16, PIECE = 1 << 16 }; /* bytes read at once, and from which on pieces are cut: what was read is in the cache still */
typedef enum { ENC_ASCII, ENC_UTF8, ENC_CP1252 } encoding; /* ASCII: nothing else seen yet */

struct csv_reader {
  ppr_alloc alloc;
  const char *name;
  io_read_fn read;
  void *ctx;
  const io_limits *limits;
  ppr_report *report;
  char *data;
  size_t pos, end, cap; /* unread bytes are data[pos..end) */
  uint64_t at;          /* bytes of the file before pos */
  bool eof, started, memory;
  bool borrowed; /* data belongs to a piece */
  bool lent;     /* and must not be changed */
  int error;     /* errno of a failed read */
  diag_code why; /* of CSV_FAILED, told by tell() */
  size_t limit;
  char separator;
  encoding enc;
  ppr_buf converted, own; /* own: copy of what is lent */
  csv_cell *cells;
  size_t cells_cap;
  uint64_t line, rows;
  csv_row row;
};

csv_reader *csv_open(ppr_alloc alloc, const char *name, char separator, io_read_fn read, void *ctx, const io_limits *limits, ppr_report *report) {
  csv_reader *c = alloc.fn(alloc.ctx, NULL, 0, sizeof *c);
  if (!c) return NULL;
  *c = (csv_reader){.alloc = alloc, .name = name, .separator = separator, .read = read, .ctx = ctx, .limits = limits, .report = report, .line = 1};
  buf_init(&c->converted, alloc, limits->line_bytes * 3);
  buf_init(&c->own, alloc, SIZE_MAX / 2);
  return c;
}

void csv_close(csv_reader *c) {
  if (!c) return;
  ppr_alloc alloc = c->alloc;
  buf_fini(&c->converted);
  buf_fini(&c->own);
  if (c->data && !c->borrowed) alloc.fn(alloc.ctx, c->data, c->cap, 0);
  if (c->cells) alloc.fn(alloc.ctx, c->cells, c->cells_cap * sizeof *c->cells, 0);
  alloc.fn(alloc.ctx, c, sizeof *c, 0);
}

char csv_separator(const csv_reader *c) { return c->separator; }
bool csv_failed_memory(const csv_reader *c) { return c->memory; }

static void place(csv_reader *c, diag *d, uint64_t line) {
  char where[512];
  snprintf(where, sizeof where, "%.400s:%llu", c->name, (unsigned long long)line);
  diag_set_where(c->report, d, where);
}

/* Remembers what is wrong at the line at hand. */
static csv_step fail_limit(csv_reader *c, diag_code code, size_t limit) {
  c->why = code;
  c->limit = limit;
  return CSV_FAILED;
}

static csv_step fail(csv_reader *c, diag_code code) { return fail_limit(c, code, 0); }

/* Says why the file cannot be read on. */
static csv_step tell(csv_reader *c) {
  char limit[24];
  snprintf(limit, sizeof limit, "%zu", c->limit);
  if (c->memory) return CSV_FAILED;
  if (c->why == DIAG_FILE_UNREADABLE) report_add(c->report, c->why, SPAN_NONE, c->name, oserror_both(c->error), NULL);
  else place(c, report_add(c->report, c->why, SPAN_NONE, c->limit ? limit : NULL, NULL), c->line);
  return CSV_FAILED;
}

static csv_step fail_memory(csv_reader *c) {
  c->memory = true;
  return CSV_FAILED;
}

/* Room for a chunk behind `end`. The unread bytes move to the front when they are the smaller part, so that none moves often. */
static bool make_room(csv_reader *c) {
  if (c->cap - c->end >= CHUNK + CSV_PADDING) return true;
  if (c->data && c->pos >= c->end - c->pos) {
    memmove(c->data, c->data + c->pos, c->end - c->pos);
    c->end -= c->pos;
    c->pos = 0;
    if (c->cap - c->end >= CHUNK + CSV_PADDING) return true;
  }
  size_t cap = c->cap ? c->cap * 2 : (size_t)4 * CHUNK;
  char *data = c->alloc.fn(c->alloc.ctx, c->data, c->cap, cap);
  if (!data) return false;
  c->data = data;
  c->cap = cap;
  return true;
}

/* Reads more bytes behind `end`. CSV_END: there are no more. */
static csv_step fill(csv_reader *c) {
  if (c->eof) return CSV_END;
  if (!make_room(c)) return fail_memory(c);
  c->data[c->end] = 0;
  long got = c->error ? -1 : c->read(c->ctx, c->data + c->end, CHUNK);
  if (got < 0) {
    if (!c->error) c->error = errno ? errno : EIO;
    return fail(c, DIAG_FILE_UNREADABLE);
  }
  if (got == 0) c->eof = true;
  c->end += (size_t)got;
  c->data[c->end] = 0;
  return got == 0 ? CSV_END : CSV_ROW;
}

static csv_step start(csv_reader *c) {
  c->started = true;
  csv_step step = CSV_ROW;
  while (c->end - c->pos < 4 && step == CSV_ROW) step = fill(c);
  if (step == CSV_FAILED) return step;
  const unsigned char *p = (const unsigned char *)c->data + c->pos;
  size_t n = c->end - c->pos;
  if (n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF))) return fail(c, DIAG_UTF16);
  size_t bom = text_bom(c->data + c->pos, n);
  c->pos += bom;
  c->at += bom;
  if (bom) c->enc = ENC_UTF8;
  return CSV_ROW;
}

/* Finds the end of the row that begins `from` behind pos: *size bytes without its line end, *used with it. Line ends inside quotes belong to the row.
 */
static csv_step row_extent(csv_reader *c, size_t from, size_t *size, size_t *used, uint64_t *lines, bool *cut) {
  size_t at = 0; /* scanned so far */
  bool quoted = false;
  *lines = 1;
  *cut = false;
  for (;;) {
    const char *begin = c->data + c->pos + from;
    size_t have = c->end - c->pos - from;
    const char *nl = have > at ? memchr(begin + at, '\n', have - at) : NULL;
    size_t upto = nl ? (size_t)(nl - begin) : have;
    for (const char *q = begin + at; (q = memchr(q, '"', (size_t)(begin + upto - q))) != NULL; q++) quoted = !quoted;
    if (nl && quoted) {
      at = upto + 1;
      ++*lines;
      if (at <= c->limits->line_bytes) continue;
    } else if (nl) {
      *size = upto;
      *used = upto + 1;
      break;
    }
    at = nl ? upto + 1 : have;
    if (at > c->limits->line_bytes) return fail_limit(c, DIAG_LINE_TOO_LONG, c->limits->line_bytes);
    csv_step step = fill(c);
    if (step == CSV_FAILED) return step;
    if (step == CSV_END) {
      if (c->end == c->pos + from) return CSV_END;
      if (quoted) return fail(c, DIAG_QUOTE_OPEN);
      *size = *used = c->end - c->pos - from;
      *cut = true;
      break;
    }
  }
  if (*size > 0 && c->data[c->pos + from + *size - 1] == '\r') --*size;
  return *size > c->limits->line_bytes ? fail_limit(c, DIAG_LINE_TOO_LONG, c->limits->line_bytes) : CSV_ROW;
}

/* Bidi characters are text like any other here; messages show them cleaned. */
static bool well_formed(const char *text, size_t size) {
  for (size_t from = 0, at;; from += at) {
    text_problem problem = text_check(text + from, size - from, &at);
    if (problem == TEXT_OK) return true;
    if (problem == TEXT_MALFORMED) return false;
    uint32_t cp;
    at += text_decode(&cp, text + from + at, size - from - at);
  }
}

bool csv_cell_sound(const csv_row *row, size_t cell) {
  const csv_cell *c = &row->cells[cell];
  if (row->problem == DIAG_NUL_BYTE) return !memchr(c->text, 0, c->size);
  if (row->problem == DIAG_NOT_UTF8) return well_formed(c->text, c->size);
  return row->problem != DIAG_QUOTE_STRAY || cell < row->stray;
}

/* Nothing but ASCII, and no NUL? */
static bool is_plain(const char *text, size_t size) {
  unsigned char high = 0, nul = 0;
  for (size_t i = 0; i < size; i++) {
    high |= (unsigned char)text[i];
    nul |= text[i] == 0;
  }
  return high < 0x80 && !nul;
}

/* The row as UTF-8 (*text may move to the conversion buffer); sets the problem of the row. False when out of memory. */
static bool decode(csv_reader *c, char **text, size_t *size) {
  if (is_plain(*text, *size)) return true;
  if (memchr(*text, 0, *size)) {
    c->row.problem = DIAG_NUL_BYTE;
    return true;
  }
  if (c->enc != ENC_CP1252 && well_formed(*text, *size)) {
    c->enc = ENC_UTF8;
    return true;
  }
  if (c->enc == ENC_UTF8) {
    c->row.problem = DIAG_NOT_UTF8;
    return true;
  }
  if (c->enc == ENC_ASCII) place(c, report_add(c->report, DIAG_CP1252, SPAN_NONE, NULL), c->row.line);
  c->enc = ENC_CP1252;
  c->converted.size = 0;
  if (!text_from_cp1252(&c->converted, *text, *size, NULL)) c->row.problem = DIAG_NOT_UTF8;
  if (c->converted.failed) return false;
  *text = c->converted.data;
  *size = c->converted.size;
  return true;
}

static bool push(csv_reader *c, const char *text, size_t size) {
  if (c->row.count == c->cells_cap) {
    size_t cap = c->cells_cap ? c->cells_cap * 2 : 32;
    csv_cell *cells = c->alloc.fn(c->alloc.ctx, c->cells, c->cells_cap * sizeof *cells, cap * sizeof *cells);
    if (!cells) return false;
    c->cells = cells;
    c->cells_cap = cap;
  }
  c->cells[c->row.count++] = (csv_cell){text, size};
  return true;
}

static bool blank(char ch) { return ch == ' ' || ch == '\t'; }

/* One quoted cell at *p (behind the quote), unquoted in place; *p is left at the separator or the end. */
static csv_cell quoted_cell(csv_reader *c, char **p, const char *end) {
  char *from = *p, *to = *p, *begin = *p;
  for (;; from++) {
    if (from == end) break; /* row_extent saw an even number of quotes, but they may not pair up in this cell */
    if (*from == '"') {
      if (from + 1 < end && from[1] == '"') from++;
      else break;
    }
    *to++ = *from;
  }
  if (from < end) from++;
  while (from < end && blank(*from)) from++;
  if (from < end && *from != c->separator) {
    if (!c->row.problem) c->row.stray = c->row.count;
    if (!c->row.problem) c->row.problem = DIAG_QUOTE_STRAY;
    while (from < end && *from != c->separator) from++;
  }
  *p = from;
  return (csv_cell){begin, (size_t)(to - begin)};
}

static csv_cell trimmed(const char *from, const char *to) {
  while (from < to && blank(*from)) from++;
  while (to > from && blank(to[-1])) to--;
  return (csv_cell){from, (size_t)(to - from)};
}

/* Cuts the row into cells. CSV_FAILED when there are too many. */
static csv_step split(csv_reader *c, char *text, size_t size) {
  char *p = text, *end = text + size;
  for (;;) {
    char *from = p;
    while (from < end && blank(*from) && *from != c->separator) from++;
    csv_cell cell;
    if (from < end && *from == '"') {
      p = from + 1;
      cell = quoted_cell(c, &p, end);
    } else {
      char *sep = from < end ? memchr(from, c->separator, (size_t)(end - from)) : NULL;
      p = sep ? sep : end;
      cell = trimmed(from, p);
    }
    if (c->row.count == c->limits->columns) return fail_limit(c, DIAG_TOO_MANY_COLUMNS, c->limits->columns);
    if (!push(c, cell.text, cell.size)) return fail_memory(c);
    if (p == end) return CSV_ROW;
    p++;
  }
}

/* `;` unless the row has none outside quotes but a `,`. */
static char guess_separator(const char *text, size_t size) {
  bool quoted = false, comma = false;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"') quoted = !quoted;
    else if (text[i] == ';' && !quoted) return ';';
    else if (text[i] == ',' && !quoted) comma = true;
  }
  return comma ? ',' : ';';
}

/* Cuts the row at pos in one scan: one that is whole, ASCII without quotes, and has no more cells than any before. False: it is looked at with care.
 */
static bool cut_plain(csv_reader *c, size_t *used) {
  const char *text = c->data + c->pos, *from = text;
  size_t n = 0, most = c->cells_cap < c->limits->columns ? c->cells_cap : c->limits->columns;
  bool blanks = false; /* may there be blanks in the row so far? */
  if (c->pos == c->end || c->separator == 0) return false;
  for (size_t at = 0; at + MARKS <= c->limits->line_bytes; at += MARKS) { /* NUL behind the last byte ends it */
    marks_text t = marks_load(text + at);
    uint64_t end = marks_equal(t, '\n'), below = marks_below(end);
    if (marks_no_word(t) & below) {
      if (marks_odd(t) & below) return false;
      blanks = true;
    }
    for (uint64_t cells = marks_equal(t, c->separator) & below; cells; cells &= cells - 1) {
      const char *to = text + at + __builtin_ctzll(cells);
      if (n == most) return false;
      c->cells[n++] = blanks ? trimmed(from, to) : (csv_cell){from, (size_t)(to - from)};
      from = to + 1;
    }
    if (!end) continue;
    const char *to = text + at + __builtin_ctzll(end);
    *used = (size_t)(to + 1 - text);
    if (n == most || *used > c->end - c->pos) return false;
    c->cells[n++] = trimmed(from, to > text && to[-1] == '\r' ? to - 1 : to);
    c->row.count = n;
    return c->row.plain = true;
  }
  return false;
}

/* Bytes that may be changed in place of the lent ones that are left. */
static bool make_own(csv_reader *c) {
  c->own.size = 0;
  if (!buf_room(&c->own, c->end - c->pos + CSV_PADDING)) return false;
  buf_put(&c->own, c->data + c->pos, c->end - c->pos);
  c->data = c->own.data;
  c->end -= c->pos;
  c->pos = 0;
  c->lent = false;
  return true;
}

/* Cuts any row. */
static csv_step cut_row(csv_reader *c, size_t *used, uint64_t *lines) {
  size_t size;
  if (c->lent && c->pos < c->end && !make_own(c)) return fail_memory(c);
  csv_step step = row_extent(c, 0, &size, used, lines, &c->row.cut);
  if (step != CSV_ROW) return step;
  char *text = c->data + c->pos;
  if (!decode(c, &text, &size)) return fail_memory(c);
  if (c->separator == 0) c->separator = guess_separator(text, size);
  return split(c, text, size);
}

static csv_step next_row(csv_reader *c) {
  if (!c->started) {
    csv_step step = start(c);
    if (step != CSV_ROW) return step;
  }
  for (;;) {
    size_t used;
    uint64_t lines = 1;
    c->row = (csv_row){.line = c->line, .at = c->at};
    csv_step step = cut_plain(c, &used) ? CSV_ROW : cut_row(c, &used, &lines);
    if (step != CSV_ROW) return step;
    c->pos += used;
    c->at += used;
    c->line += lines;
    c->row.size = used;
    c->row.cells = c->cells;
    bool empty = true; /* spreadsheets leave rows of nothing but separators at the end */
    for (size_t i = 0; i < c->row.count && empty; i++) empty = c->cells[i].size == 0;
    if (empty && !c->row.problem) continue;
    if (c->rows++ > c->limits->rows) { /* the header is no row of the table */
      c->line = c->row.line;
      return fail_limit(c, DIAG_TOO_MANY_ROWS, c->limits->rows);
    }
    return CSV_ROW;
  }
}

csv_step csv_next(csv_reader *c, const csv_row **row) {
  csv_step step = next_row(c);
  *row = &c->row;
  return step == CSV_FAILED ? tell(c) : step;
}

/* --- pieces --- */

/* Rows from pos on. */
typedef struct extent {
  size_t size; /* bytes of all of them */
  uint64_t lines;
  bool quotes, high; /* are there quotes, bytes beyond ASCII? */
} extent;

static void look_for_odd(extent *e, const char *text) {
  e->quotes = memchr(text, '"', e->size) != NULL;
  for (size_t i = 0; i < e->size; i++) e->high |= (unsigned char)text[i] >= 0x80;
}

/* Whole lines, at most `rows` of them, taken for rows. The rest of the file may be one without end. */
static extent measure_lines(const csv_reader *c, size_t rows) {
  const char *begin = c->data + c->pos;
  size_t have = c->end - c->pos;
  marks_part seen = {0};
  extent e = {0};
  for (size_t at = 0; at < have && e.lines < rows; at += MARKS) {
    marks_text t = marks_load(begin + at);
    uint64_t ends = marks_equal(t, '\n'), there = have - at < MARKS ? (UINT64_C(1) << (have - at)) - 1 : UINT64_MAX;
    seen = marks_seen(seen, t);
    for (ends &= there; ends && e.lines < rows; ends &= ends - 1, e.lines++) e.size = at + (size_t)__builtin_ctzll(ends) + 1;
  }
  if (c->eof && e.size < have && e.lines < rows) {
    e.size = have;
    e.lines++;
  }
  if (marks_high_of(seen)) look_for_odd(&e, begin); /* perhaps behind the last row */
  return e;
}

/* The same row by row, where line ends may be inside quotes. Of a failure behind the first row the next call will tell. */
static csv_step measure_rows(csv_reader *c, size_t rows, extent *e) {
  csv_step step = CSV_ROW;
  *e = (extent){0};
  for (size_t n = 0; n < rows; n++) {
    size_t text, used;
    uint64_t more;
    bool cut;
    if (n > 0 && e->size == c->end - c->pos) break; /* what has been read so far will do */
    step = row_extent(c, e->size, &text, &used, &more, &cut);
    if (step != CSV_ROW) break;
    for (size_t i = 0; i < text; i++) e->high |= (unsigned char)c->data[c->pos + e->size + i] >= 0x80;
    e->size += used;
    e->lines += more;
  }
  return e->size ? CSV_ROW : step;
}

/* The first text beyond ASCII says in what encoding the file is. */
static void settle_encoding(csv_reader *c, size_t size) {
  for (size_t from = 0, used; from < size && c->enc == ENC_ASCII; from += used) {
    size_t row;
    uint64_t lines;
    bool cut;
    if (row_extent(c, from, &row, &used, &lines, &cut) != CSV_ROW) return;
    const char *text = c->data + c->pos + from;
    if (is_plain(text, row) || memchr(text, 0, row)) continue;
    c->enc = well_formed(text, row) ? ENC_UTF8 : ENC_CP1252;
  }
}

static bool copy(const csv_reader *c, csv_piece *piece, size_t size) {
  if (piece->cap < size + CSV_PADDING) {
    size_t cap = size + size / 2 + CSV_PADDING;
    char *memory = c->alloc.fn(c->alloc.ctx, piece->memory, piece->cap, cap);
    if (!memory) return false;
    piece->memory = memory;
    piece->cap = cap;
  }
  memcpy(piece->memory, c->data + c->pos, size);
  piece->memory[size] = 0;
  piece->size = size;
  piece->line = c->line;
  piece->at = c->at;
  piece->separator = c->separator;
  return true;
}

csv_step csv_take(csv_reader *c, csv_piece *piece, size_t rows) {
  csv_step step = CSV_ROW;
  while (c->end - c->pos < PIECE && step == CSV_ROW) step = fill(c);
  if (c->memory) return CSV_FAILED;
  if (c->end == c->pos) return step == CSV_FAILED ? tell(c) : CSV_END;
  extent e = measure_lines(c, rows);
  if (e.quotes || e.size == 0) {
    step = measure_rows(c, rows, &e);
    if (step != CSV_ROW) return step == CSV_FAILED ? tell(c) : step;
  }
  uint8_t before = (uint8_t)c->enc;
  if (e.high && c->enc == ENC_ASCII) settle_encoding(c, e.size);
  if (!copy(c, piece, e.size)) return fail_memory(c);
  piece->encoding = before;
  c->pos += e.size;
  c->at += e.size;
  c->line += e.lines;
  return CSV_ROW;
}

void csv_piece_free(csv_piece *piece, ppr_alloc alloc) {
  if (piece->memory) alloc.fn(alloc.ctx, piece->memory, piece->cap, 0);
}

void csv_over(csv_reader *c, const csv_piece *piece) {
  if (c->data && !c->borrowed) c->alloc.fn(c->alloc.ctx, c->data, c->cap, 0);
  c->data = piece->memory;
  c->pos = 0;
  c->end = piece->size;
  c->cap = piece->cap;
  c->line = piece->line;
  c->at = piece->at;
  c->separator = piece->separator;
  c->enc = (encoding)piece->encoding;
  c->rows = 0;
  c->why = (diag_code)0;
  c->lent = piece->lent;
  c->borrowed = c->eof = c->started = true;
}

char *csv_rest(const csv_reader *c, size_t *size, uint64_t *line) {
  *size = c->end - c->pos;
  *line = c->line;
  return c->data + c->pos;
}

void csv_pass(csv_reader *c, size_t bytes) {
  c->pos += bytes;
  c->at += bytes;
  c->line++;
}

void csv_report(csv_reader *c, ppr_report *report) { c->report = report; }
uint8_t csv_encoding(const csv_reader *c) { return (uint8_t)c->enc; }
