/* Sums over records: rows of a result file with the same texts become one row, their numbers are added up exactly. Memory is proportional to the rows
 * that come out, not to those that go in. */
#ifndef PPR_IO_SUMS_H
#define PPR_IO_SUMS_H
#include "io/cells.h"

/* Sum of the numbers seen: total / 10^scale, scale being the largest among them. */
typedef struct sum_number {
  ppr_wide total;
  int scale;
  unsigned states; /* of the numbers seen, bits 1 << ppr_state */
} sum_number;

typedef struct sum_row {
  const char *text;
  uint32_t size;
  uint32_t family, line, order; /* what it is sorted by, see sums_sort */
  uint32_t numbers;
  size_t first; /* numbers first … first + numbers of the table */
} sum_row;

typedef struct sum_table {
  ppr_arena *arena;
  textmap texts, heads; /* text of a row → its position; head → family */
  sum_row *rows;
  size_t n_rows, cap_rows;
  sum_number *numbers;
  size_t n_numbers, cap_numbers;
} sum_table;

void sums_init(sum_table *t, ppr_arena *arena);
/* Position of the row with this text, found or (*fresh) new with `numbers` empty sums; the same text always comes with the same count. The first
 * `head` bytes are what it shares with its family; line: its place among the rows of a record. TEXTMAP_NONE when out of memory. Positions hold until
 * sums_sort. */
uint32_t sums_row(sum_table *t, const char *text, size_t size, size_t head, uint32_t line, uint32_t numbers, bool *fresh);
/* Adds value / 10^scale (0 … 18), or only its state when it is absent. False: the sum does not fit 128 bits and is unchanged. */
bool sums_add(sum_number *n, uint8_t state, int64_t value, int scale);
/* unbestimmt if one number was; present if one number was there; else absent. */
uint8_t sums_state(const sum_number *n);
/* Families in the order in which they appeared; in a family by line, then by appearance. */
void sums_sort(sum_table *t);

/* A result file whose rows are added up. */
typedef struct sum_file {
  cell_form form;
  const char *name;
  const bool *summed; /* per key: rows are added up over it */
  const char *const *columns;
  size_t n_columns;
  bool *adds; /* per column: some edition has numbers in it */
  sum_table table;
} sum_file;
/* The columns of the file, and which of them the rows of an edition (its file row `row`) add up; cell_of: per column the position of its cell in a
 * line
 * + 1, 0: it has none. Once per edition before its first line. False: out of memory. */
bool sums_columns(sum_file *f, const char *const *columns, size_t n, const ppr_edition *e, uint32_t row, const uint32_t *cell_of);
/* The cell of a column in a line, NULL: it has none. */
const ppr_cell *sums_cell(const ppr_edition *e, const ppr_line *line, const uint32_t *cell_of, size_t column);
/* Adds a line of the record's edition; *fresh: it begins a new row. Returns the column whose sum became too large, n_columns when all is well; out of
 * memory shows in `scratch` or the arena. */
size_t sums_line(sum_file *f, ppr_buf *scratch, const store_record *r, const result_view *v, uint32_t line, const uint32_t *cell_of, bool *fresh);
/* A finished row: keys that stay and columns as a CSV row, or a JSON object {"IK":…,"Summe über":["Fall"],"Ergebnisse":{"A3.1":[{…}]}}. */
void sums_put(const sum_file *f, ppr_buf *out, const sum_row *row);
#endif
