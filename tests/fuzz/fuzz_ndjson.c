/* Any bytes as JSON records of the hand-made Regelwerk, whole and in small pieces: the same number of records either way. */
#include "code/build.h"
#include "io/ndjson.h"
#include "support/probe.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_all(const uint8_t *data, size_t size, size_t piece) {
  static ppr_program *program; /* the same for every input */
  if (!program) program = probe_program();
  io_limits limits = io_limits_default;
  limits.columns = 32;
  limits.records = 100;
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  io_schema *schema;
  record_store store;
  ndjson_reader *reader;
  probe_bytes bytes = {(const char *)data, size, 0, piece};
  bool more = true;
  size_t records = 0;
  if (schema_open(&schema, arena, program, NULL, 0, report) != PPR_OK || !store_init(&store, ppr_alloc_default, schema, &limits)) abort();
  if (ndjson_open(&reader, &store, "fuzz.json", probe_read_fn, &bytes, report) != PPR_OK) abort();
  ppr_status status = PPR_OK;
  while (status == PPR_OK && more) {
    status = ndjson_read(reader, 3, &more);
    for (size_t i = 0; i < store.count; i++)
      if (store.records[i].edition == PPR_NONE && !store.records[i].refused) abort();
    records += store.count;
    store_clear(&store);
  }
  ndjson_close(reader);
  store_fini(&store);
  arena_free(arena);
  report_free(report);
  return status == PPR_OK ? records : SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (read_all(data, size, 0) != read_all(data, size, 5)) abort();
  return 0;
}
