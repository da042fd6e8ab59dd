/* Cells of results as text: CSV cells with decimal comma, or JSON values. */
#ifndef PPR_IO_CELLS_H
#define PPR_IO_CELLS_H
#include "base/wide.h"
#include "io/store.h"

/* Outputs of one record: row `row` of every output. */
typedef struct result_view {
  const ppr_result *out;
  size_t row;
} result_view;

typedef struct cell_form {
  record_store *store;
  bool json;
} cell_form;

/* Text of the key at position k. */
const char *cells_key_text(const store_record *r, size_t k);
/* Any text as a CSV cell, quoted as needed; as a JSON string. */
void cells_csv(ppr_buf *out, const char *text, size_t n);
/* All n key columns of a record as CSV. */
void cells_csv_keys(ppr_buf *out, const store_record *r, size_t n);
void cells_json(ppr_buf *out, const char *text, size_t n);
void cells_json_text(ppr_buf *out, const char *text);
/* In the form: the key at position k; a number / 10^scale in its state; a cell of a result file. */
void cells_key(const cell_form *form, ppr_buf *out, const store_record *r, size_t k);
void cells_number(const cell_form *form, ppr_buf *out, ppr_wide value, int scale, uint8_t state);
void cells_put(const cell_form *form, ppr_buf *out, const store_record *r, const result_view *v, const ppr_cell *c);
#endif
