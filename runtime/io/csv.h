/* Reader of CSV rows: quotes, UTF-8 with or without mark, Windows-1252, both line ends, limits. Knows nothing of what the cells mean. */
#ifndef PPR_IO_CSV_H
#define PPR_IO_CSV_H
#include "base/report.h"
#include "io/limits.h"

/* Reads up to `size` bytes; 0 at the end, -1 on an error (errno set). */
typedef long (*io_read_fn)(void *ctx, char *out, size_t size);

typedef struct csv_cell {
  const char *text;
  size_t size;
} csv_cell; /* not NUL-terminated; valid until the next row */
typedef struct csv_row {
  const csv_cell *cells;
  size_t count;
  uint64_t line;     /* 1-based line of its first character */
  uint64_t at, size; /* bytes of the file before it; its own with the line end */
  diag_code problem; /* 0, or why the cells are not to be trusted: DIAG_NUL_BYTE, DIAG_NOT_UTF8, DIAG_QUOTE_STRAY */
  size_t stray;      /* first cell of DIAG_QUOTE_STRAY */
  bool cut;          /* the file ends without a line end after this row */
  bool plain;        /* what the file has from the first to the last cell, blanks and separators between them, stands there in memory */
} csv_row;
typedef enum { CSV_ROW, CSV_END, CSV_FAILED } csv_step;

enum { CSV_PADDING = 128 }; /* bytes that may be read behind the last one */
/* Whole rows as they stand in a file, to be read by another reader. Zeroed: empty. */
typedef struct csv_piece {
  char *memory; /* its bytes, followed by NUL and room for CSV_PADDING in all */
  size_t size, cap;
  uint64_t line, at; /* of its first row, as in csv_row */
  char separator;
  uint8_t encoding;
  bool lent; /* its bytes must stay as they are, and other rows than its own may stand behind them */
} csv_piece;

typedef struct csv_reader csv_reader;
/* `name` is what messages show; separator 0: `;`, or `,` when the first row has no `;` outside quotes. NULL when out of memory. */
csv_reader *csv_open(ppr_alloc alloc, const char *name, char separator, io_read_fn read, void *ctx, const io_limits *limits, ppr_report *report);
void csv_close(csv_reader *c); /* NULL allowed */
/* The next row that is not blank. CSV_FAILED: the file cannot be read on, the reason is in the report (out of memory: csv_failed_memory). */
csv_step csv_next(csv_reader *c, const csv_row **row);
/* The next rows, at most `rows` of them, into a piece, whose bytes before may be overwritten. CSV_ROW: there are some, CSV_END and CSV_FAILED as
 * csv_next. Not before the first row was read by csv_next: it says what the separator is. */
csv_step csv_take(csv_reader *c, csv_piece *piece, size_t rows);
void csv_piece_free(csv_piece *piece, ppr_alloc alloc);
/* Makes c a reader of the rows of a piece, which must outlive the reading. Its bytes are changed by it unless they are lent. */
void csv_over(csv_reader *c, const csv_piece *piece);
/* The bytes not read yet, as far as they are there, followed by NUL; and how to pass over one row of them that is one line. */
char *csv_rest(const csv_reader *c, size_t *size, uint64_t *line);
void csv_pass(csv_reader *c, size_t bytes);
/* Messages go there from now on. */
void csv_report(csv_reader *c, ppr_report *report);
/* What a piece of rows of this file would have as encoding, now that all of it was read. */
uint8_t csv_encoding(const csv_reader *c);
/* False for a cell of a row with a problem that the problem may have touched. */
bool csv_cell_sound(const csv_row *row, size_t cell);
char csv_separator(const csv_reader *c);
bool csv_failed_memory(const csv_reader *c);
#endif
