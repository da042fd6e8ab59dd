/* The other reference: the kernel written for the vector units, as far as C goes. 32-bit columns in blocks; what the engine is measured against
 * later. */
#ifndef PPR_BENCH_COLUMNAR_H
#define PPR_BENCH_COLUMNAR_H
#include "records.h"

enum { BLOCK = 1024, COLUMN = BLOCK + 16 }; /* a cache line apart, so that columns do not share cache sets */
typedef int32_t lanes[COLUMN];

typedef struct columnar {
  lanes year, duty, previous[AREAS], current[AREAS], hours[PROFESSIONS], credited[PROFESSIONS];
  lanes result[RESULTS]; /* minimum, degree, facility degree, fulfilled, sanction */
} columnar;

/* Blocks for n records (the last one padded with zeros), or NULL: out of memory, or a record outside of what 32 bits hold. Free with free. */
columnar *columnar_new(const record *in, size_t n);
/* As compiled for this machine, for AVX2, for plain x86-64 (elsewhere all the same). */
void columnar_evaluate_native(columnar *blocks, size_t n);
void columnar_evaluate_avx2(columnar *blocks, size_t n);
void columnar_evaluate_baseline(columnar *blocks, size_t n);
#endif
