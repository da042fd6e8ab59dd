/* Insides of the two readings of the tables: what the first finds and the second goes by. */
#ifndef PPR_IO_TABLES_INT_H
#define PPR_IO_TABLES_INT_H
#include "base/file.h"
#include "io/table.h"
#include "io/tables.h"

/* Rows of one record that stand together in a file. */
typedef struct row_run {
  uint64_t at, line;
  uint32_t bytes, next; /* next: run of the same record, in the order of reading; PPR_NONE: last */
  uint16_t table;
  bool unread; /* nothing reads it, whichever record it belongs to */
} row_run;

/* Runs of a record, or of the records with some keys. */
typedef struct run_list {
  uint32_t first, last; /* PPR_NONE: empty */
} run_list;

typedef struct table_record {
  uint64_t line; /* where it first appeared, in this bound_table */
  run_list runs;
  uint32_t edition;
  uint16_t table;
} table_record;

/* The records by some of their keys: made when all of them are there. */
typedef struct key_join {
  const uint32_t *keys; /* positions, ascending */
  size_t n_keys;
  key_set *groups;
  uint32_t *group; /* per record */
  uint32_t *next;  /* per record: the next one of its group, PPR_NONE: last */
  uint32_t *first; /* per group: its first record */
  run_list *runs;  /* per group: rows of all tables with these keys */
  struct key_join *other;
} key_join;

struct tables_reader {
  ppr_alloc alloc;
  const io_schema *schema;
  const io_limits *limits;
  ppr_report *report;
  ppr_arena *arena;
  bound_table *tables;
  size_t n_tables;
  file_source **sources; /* per table, NULL: absent */
  uint8_t *encodings;
  key_set *keys;
  table_record *records;
  size_t n_records, records_cap;
  row_run *runs;
  size_t n_runs, runs_cap;
  size_t *by_edition; /* records */
  key_join *joins;
  bool bad;                /* the report says why nothing can be computed */
  struct scan_lane *lanes; /* of the first reading: pieces on their way */
  size_t n_lanes, jobs;    /* jobs: threads of the first reading */
};

/* The first reading of everything, into t. */
ppr_status scan_folder(tables_reader *t, const char *folder, size_t jobs);
void scan_done(tables_reader *t);
/* A view of keys in the arena. */
bool view_new(key_view *view, ppr_arena *arena, size_t keys);
#endif
