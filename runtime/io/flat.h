/* Reader of the flat form: one CSV row per record. Opened once; its rows may then be read in pieces by several readers, in several threads. */
#ifndef PPR_IO_FLAT_H
#define PPR_IO_FLAT_H
#include "io/store.h"

typedef struct flat_reader flat_reader;
/* Reads the header. The store must outlive the reader. PPR_DIAGNOSED: the file is unreadable or lacks key columns. */
ppr_status flat_open(flat_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report);
/* Up to `max` further records into the store, finished; *more is false at the end. */
ppr_status flat_read(flat_reader *f, size_t max, bool *more);
void flat_close(flat_reader *f); /* NULL allowed */

/* Another reader of pieces of the same file, into its own store and report. `of` must outlive it. */
ppr_status flat_fork(flat_reader **out, const flat_reader *of, record_store *store, ppr_report *report);
/* In the order of the file, of the reader opened: the next rows for `to`, whose report takes the messages. *more is false when there are none. */
ppr_status flat_take(flat_reader *f, flat_reader *to, bool *more);
/* Of the reader `to`, in any thread: the records of these rows into its store, finished. */
ppr_status flat_piece(flat_reader *to);
/* In the order of the file: refuses records whose key was there before. PPR_LIMIT: there are too many records. */
ppr_status flat_settle(flat_reader *f, flat_reader *to);
#endif
