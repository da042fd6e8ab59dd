/* Rows of the flat form that are nothing but numbers and words in order, straight into the columns of the store. All others take the long way. */
#ifndef PPR_IO_PLAIN_H
#define PPR_IO_PLAIN_H
#include "io/store.h"

typedef enum { PLAIN_PASS, PLAIN_NUMBER, PLAIN_YESNO, PLAIN_VALUE, PLAIN_NEVER } plain_form;

/* A column of the file in an edition. */
typedef struct plain_column {
  const ppr_field *field;
  int64_t lo, hi;
  uint32_t at;   /* of its input in values and states of a block */
  uint8_t form;  /* PASS: not of this edition and empty, or a key; NUMBER; YESNO; VALUE: what schema_parse reads; NEVER: a value here is an issue */
  uint8_t scale; /* of NUMBER: decimals stored */
} plain_column;

plain_column plain_column_of(const ppr_field *f, uint32_t input);
/* The cells of a row up to column n into `cells`; NULL when they are not plain. The text ends in NUL or with the row, and
 * CSV_PADDING bytes behind it may be read; else where the next cell
 * begins. */
const char *plain_cells(csv_cell *cells, size_t n, const char *text, char separator);
/* The cells from `text` on into the record's lane; `columns` are those of these cells. The end of the row with its line end, or NULL: the record's
 * lane is of no use then. Nothing is said about the cells. */
const char *plain_row(record_store *store, const store_record *r, const plain_column *columns, size_t n, const char *text, char separator, char mark);
#endif
