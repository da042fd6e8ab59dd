/* Reader of the flat form: one CSV row per record. */
#ifndef PPR_IO_FLAT_H
#define PPR_IO_FLAT_H
#include "io/store.h"

typedef struct flat_reader flat_reader;
/* Reads the header. The store must outlive the reader. PPR_DIAGNOSED: the file is unreadable or lacks key columns. */
ppr_status flat_open(flat_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report);
/* Up to `max` further records into the store, finished; *more is false at the end. */
ppr_status flat_read(flat_reader *f, size_t max, bool *more);
void flat_close(flat_reader *f); /* NULL allowed */
#endif
