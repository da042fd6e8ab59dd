/* What of the input a sweep reads: its files by name, with their digests. */
#ifndef PPR_SWEEP_DATA_H
#define PPR_SWEEP_DATA_H
#include "io/schema.h"

typedef struct data_file {
  const char *name; /* of the table; after data_digest of the file */
  uint64_t bytes;
  char sha256[65];
} data_file;

/* Names and order do not depend on which scenario names a table first. */
typedef struct data_files {
  data_file *files;
  size_t n, cap;
  char digest[65]; /* of a single file its own; of tables that of their digests and names, as `sha256sum` prints them in order */
} data_files;

/* Adds the tables the editions of a schema know. False: out of memory. */
bool data_tables(data_files *d, ppr_arena *arena, const io_schema *schema);
/* Reads what is there of the tables, or the input itself where it is a file; tables that are missing are left out. PPR_DIAGNOSED: unreadable. */
ppr_status data_digest(data_files *d, ppr_alloc alloc, ppr_arena *arena, const char *input, ppr_report *report);
#endif
