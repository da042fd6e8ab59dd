/* Reader of the tables of a Nachweis: one CSV file per table, joined by key. It reads twice: first which records there are and where their rows
 * stand, then, some records at a time and in several threads, what the rows say. So it holds places instead of values. */
#ifndef PPR_IO_TABLES_H
#define PPR_IO_TABLES_H
#include "io/store.h"

typedef struct tables_reader tables_reader;
/* The first reading of all tables of the program in the folder, by so many threads. PPR_DIAGNOSED: a file, column or key is missing or unreadable. */
ppr_status tables_open(tables_reader **out, ppr_alloc alloc, const io_schema *schema, const io_limits *limits, const char *folder, size_t jobs,
                       ppr_report *report);
void tables_close(tables_reader *t); /* NULL allowed */
/* Number of records; the one with these key texts, SIZE_MAX: none. */
size_t tables_count(const tables_reader *t);
size_t tables_find(tables_reader *t, const char *const *key);
/* PPR_DIAGNOSED: a file has changed since it was opened. */
ppr_status tables_unchanged(const tables_reader *t, ppr_report *report);

/* The second reading, by one thread; the reader and the store must outlive it. */
typedef struct tables_cursor tables_cursor;
ppr_status tables_cursor_new(tables_cursor **out, const tables_reader *t, record_store *store, ppr_report *report);
/* The records first … first + count into the store, which is empty, finished. */
ppr_status tables_fill(tables_cursor *c, size_t first, size_t count);
void tables_cursor_free(tables_cursor *c); /* NULL allowed */

/* Everything at once, for few records. */
ppr_status tables_read(record_store *store, const char *folder, ppr_report *report);
#endif
