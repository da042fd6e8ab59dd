/* The engine under measurement, through its public interface: kernel.ppr compiled, columns bound by name, results read back. */
#ifndef PPR_BENCH_ENGINE_H
#define PPR_BENCH_ENGINE_H
#include "records.h"
#include <ppr/ppr.h>
#include <stdbool.h>

enum { MAX_INPUTS = 64 };

typedef struct engine {
  ppr_engine *handle;
  ppr_report *report;
  ppr_program *program;
  ppr_evaluator *evaluator;
  size_t inputs;
  const char *input_name[MAX_INPUTS];
  ppr_value_kind input_kind[MAX_INPUTS];
} engine;

/* Columns of n records as the engine takes them. narrow: numbers in 32 bits where the ranges of inputs and results promise that they fit. */
typedef struct batch {
  size_t n;
  void *memory;
  ppr_column in[MAX_INPUTS];
  ppr_result out[RESULTS];
  ppr_fault *faults;
} batch;

/* False with a message on stderr. lanes 0: the engine's choice. kernels: see ppr_kernels. */
bool engine_open(engine *e, const char *kernel, uint32_t lanes, uint32_t kernels);
void engine_close(engine *e);

bool batch_new(batch *b, const engine *e, const record *in, size_t n, bool narrow);
/* One row of it. */
int64_t batch_input(const batch *b, size_t input, size_t row);
void batch_free(batch *b);
/* Checksum of the results; false when a record was refused. */
bool batch_checksum(const batch *b, checksum *out);
#endif
