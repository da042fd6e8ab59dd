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
  diag_code problem; /* 0, or why the cells are not to be trusted: DIAG_NUL_BYTE, DIAG_NOT_UTF8, DIAG_QUOTE_STRAY */
  size_t stray;      /* first cell of DIAG_QUOTE_STRAY */
  bool cut;          /* the file ends without a line end after this row */
} csv_row;
typedef enum { CSV_ROW, CSV_END, CSV_FAILED } csv_step;

typedef struct csv_reader csv_reader;
/* `name` is what messages show; separator 0: `;`, or `,` when the first row has no `;` outside quotes. NULL when out of memory. */
csv_reader *csv_open(ppr_alloc alloc, const char *name, char separator, io_read_fn read, void *ctx, const io_limits *limits, ppr_report *report);
void csv_close(csv_reader *c); /* NULL allowed */
/* The next row that is not blank. CSV_FAILED: the file cannot be read on, the reason is in the report (out of memory: csv_failed_memory). */
csv_step csv_next(csv_reader *c, const csv_row **row);
/* False for a cell of a row with a problem that the problem may have touched. */
bool csv_cell_sound(const csv_row *row, size_t cell);
char csv_separator(const csv_reader *c);
bool csv_failed_memory(const csv_reader *c);
#endif
