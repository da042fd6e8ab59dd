/* The reference for the whole way from a flat file to results: read, scan byte by byte, evaluate as columns, hash, all in memory that stays in the
 * cache. */
#ifndef PPR_BENCH_STREAM_H
#define PPR_BENCH_STREAM_H
#include "records.h"
#include <stdbool.h>

/* False with a message on stderr. It knows the columns of files_flat by their place and takes every digit for granted. */
bool stream_file(const char *path, checksum *out);
#endif
