/* The reference: the kernel as a programmer would write it in C, one record after the other. */
#ifndef PPR_BENCH_SCALAR_H
#define PPR_BENCH_SCALAR_H
#include "records.h"

/* As compiled for this machine, for AVX2, for plain x86-64 (elsewhere all the same). */
void scalar_evaluate_native(const record *in, size_t n, outcome *out);
void scalar_evaluate_avx2(const record *in, size_t n, outcome *out);
void scalar_evaluate_baseline(const record *in, size_t n, outcome *out);
#endif
