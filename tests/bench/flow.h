/* The engine on the way from a flat file to results, hashed instead of written: its own readers, evaluators and threads. */
#ifndef PPR_BENCH_FLOW_H
#define PPR_BENCH_FLOW_H
#include "records.h"
#include <stdbool.h>

/* `image`: the kernel as ppr compile writes it. False with a message on stderr. */
bool flow_file(const char *image, const char *path, size_t jobs, checksum *out);
#endif
