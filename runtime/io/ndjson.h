/* Reader of JSON records: objects one after the other, one per line or however laid out, or in one array. */
#ifndef PPR_IO_NDJSON_H
#define PPR_IO_NDJSON_H
#include "io/store.h"

typedef struct ndjson_reader ndjson_reader;
ppr_status ndjson_open(ndjson_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report);
/* About `max` further records into the store, finished; *more is false at the end. */
ppr_status ndjson_read(ndjson_reader *j, size_t max, bool *more);
/* The records read from now on go there, and the messages. */
void ndjson_into(ndjson_reader *j, record_store *store, ppr_report *report);
void ndjson_close(ndjson_reader *j); /* NULL allowed */
#endif
