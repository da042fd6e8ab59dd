/* Any bytes as a CSV file: once as bare rows under small limits, once as a flat file of the hand-made Regelwerk, so that headers, names and values
 * are reached. The reader never gives a cell outside its row, and what it counts as lines exists. */
#include "code/build.h"
#include "io/csv.h"
#include "io/flat.h"
#include "support/probe.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rows(const uint8_t *data, size_t size, size_t piece, char separator) {
  io_limits limits = io_limits_default;
  limits.line_bytes = 4096;
  limits.columns = 64;
  limits.rows = 1000;
  ppr_report *report = report_new(ppr_alloc_default);
  probe_bytes bytes = {(const char *)data, size, 0, piece};
  csv_reader *csv = csv_open(ppr_alloc_default, "fuzz.csv", separator, probe_read_fn, &bytes, &limits, report);
  if (!csv || !report) abort();
  const csv_row *row;
  uint64_t line = 0;
  volatile unsigned char sum = 0;
  while (csv_next(csv, &row) == CSV_ROW) {
    if (row->line <= line || row->line > size || row->count == 0 || row->count > limits.columns) abort();
    line = row->line;
    for (size_t i = 0; i < row->count; i++) {
      if (row->cells[i].size > 3 * limits.line_bytes) abort();
      for (size_t k = 0; k < row->cells[i].size; k++) sum = (unsigned char)(sum + row->cells[i].text[k]);
      if (row->problem) csv_cell_sound(row, i);
    }
  }
  csv_close(csv);
  report_free(report);
}

static void flat(const uint8_t *data, size_t size) {
  static ppr_program *program; /* the same for every input */
  if (!program) program = probe_program();
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  io_schema *schema;
  record_store store;
  flat_reader *reader;
  probe_bytes bytes = {(const char *)data, size, 0, 0};
  bool more = true;
  if (schema_open(&schema, arena, program, NULL, 0, report) != PPR_OK || !store_init(&store, ppr_alloc_default, schema, &io_limits_default)) abort();
  ppr_status status = flat_open(&reader, &store, "fuzz.csv", probe_read_fn, &bytes, report);
  while (status == PPR_OK && more) {
    status = flat_read(reader, 3, &more);
    for (size_t i = 0; i < store.count; i++) /* what is not refused has all it needs */
      if (store.records[i].edition == PPR_NONE && !store.records[i].refused) abort();
    store_clear(&store);
  }
  flat_close(reader);
  store_fini(&store);
  arena_free(arena);
  report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rows(data, size, 0, ';');
  rows(data, size, 7, 0);
  flat(data, size);
  return 0;
}
