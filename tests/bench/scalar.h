/* The reference: the kernel as a programmer would write it in C, one record after the other. */
#ifndef PPR_BENCH_SCALAR_H
#define PPR_BENCH_SCALAR_H
#include "records.h"

void scalar_evaluate(const record *in, size_t n, outcome *out);
#endif
