/* One table of a Nachweis bound to the program: its columns, which blocks of each edition take a row, and what a row says about a record. */
#ifndef PPR_IO_TABLE_H
#define PPR_IO_TABLE_H
#include "io/store.h"

typedef struct cond_bind {
  const ppr_cond *cond;
  const char *text;
  size_t size;
  uint32_t column;
} cond_bind;
typedef struct block_bind {
  const ppr_block *block;
  bool passes; /* its rows are passed over before the key is read: constant texts, one of them in a key column, and no field */
  cond_bind *conds;
  uint32_t axis_column[2];
  uint32_t *field_column;
} block_bind;
typedef struct edition_bind {
  block_bind *blocks;
  uint32_t n_blocks;
  const char *missing; /* first column the table lacks, NULL: none */
  bool required;       /* a field of the table is neither optional nor preset */
} edition_bind;

typedef struct bound_table {
  const io_schema *schema;
  ppr_arena *arena;
  const char *name, *file, *columns; /* columns: as a list, for messages */
  uint32_t edition;                  /* the first that knows the bound_table */
  uint32_t *keys;                    /* positions of the keys its rows have, ascending */
  size_t n_keys;
  bool absent, passes;
  textmap header;
  size_t n_columns;
  uint32_t *key_column; /* per key of the schema, TEXTMAP_NONE: not of this bound_table */
  bool led;             /* the first n_keys columns are its keys */
  edition_bind *editions;
} bound_table;

/* What conditions of rows compare with: the key of a record and its edition. */
typedef struct key_view {
  uint32_t edition;
  const char **text; /* per key */
  int64_t *number;   /* valid where whole */
  bool *whole;
} key_view;

/* Takes the columns of the header. False: something is wrong with it, told to `complain`, or out of memory. */
typedef void (*table_complain)(void *ctx, const bound_table *t, uint64_t line, diag_code code, const char *a, const char *b);
bool table_header(bound_table *t, const csv_row *row, ppr_alloc alloc, table_complain complain, void *ctx);
/* Blocks of all editions to columns; without a header when the table is absent. PPR_NOMEM. */
ppr_status table_bind(bound_table *t);

/* May the cell be believed? Of a damaged row some may: those before the damage. */
bool table_trusts(const bound_table *t, const csv_row *row, size_t cell);
/* What is wrong with a row whose cells are not all to be trusted; 0: nothing. */
diag_code table_damage(const bound_table *t, const csv_row *row);
/* Is the row of a kind that is passed over before its key is read? What stands there may be no key. */
bool table_passes(const bound_table *t, const csv_row *row);

/* A view of a key: texts each ended by NUL. Its arrays have room for all keys. */
void table_view(key_view *view, const io_schema *schema, const char *key, uint32_t edition);
/* Does some block of the edition take the row, or is it wrong in a way that is said about the record? */
bool table_takes(const bound_table *t, const key_view *view, const csv_row *row);
/* A damaged row refuses its record, a sound one fills in its values. False: nothing reads it. */
bool table_give(const bound_table *t, record_store *store, store_record *r, const key_view *view, const csv_row *row);
/* The finding that nothing reads the row. */
void table_unread(const bound_table *t, record_store *store, store_record *r, const csv_row *row);
#endif
