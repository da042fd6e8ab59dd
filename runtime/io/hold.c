/* Choosing editions and reading everything; see hold.h. */
#include "io/hold.h"
#include "base/decimal.h"
#include "base/oserror.h"
#include "base/quarter.h"
#include "code/select.h"
#include "io/flat.h"
#include "io/ndjson.h"
#include "io/tables.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static long read_stream(void *ctx, char *out, size_t size) {
  FILE *f = ctx;
  size_t n = fread(out, 1, size, f);
  return n == 0 && ferror(f) ? -1 : (long)n;
}

static ppr_status read_file(record_store *store, const ppr_run_opts *opts, ppr_report *report) {
  FILE *f = fopen(opts->input, "rb");
  bool more;
  if (!f) {
    bool gone = errno == ENOENT;
    report_add(report, gone ? DIAG_PATH_NOT_FOUND : DIAG_FILE_UNREADABLE, SPAN_NONE, opts->input, gone ? NULL : oserror_both(errno), NULL);
    return PPR_DIAGNOSED;
  }
  flat_reader *flat = NULL;
  ndjson_reader *ndjson = NULL;
  ppr_status status;
  if (opts->form == PPR_FORM_FLAT) {
    status = flat_open(&flat, store, opts->input, read_stream, f, report);
    if (status == PPR_OK) status = flat_read(flat, SIZE_MAX, &more);
    flat_close(flat);
  } else {
    status = ndjson_open(&ndjson, store, opts->input, read_stream, f, report);
    if (status == PPR_OK) status = ndjson_read(ndjson, SIZE_MAX, &more);
    ndjson_close(ndjson);
  }
  fclose(f);
  return status;
}

/* "01.03.2024" or "2024-03-01". */
static bool parse_day(int64_t *out, const char *text) {
  int64_t year, month, dom;
  if (day_parse(out, text, strlen(text))) return true;
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return false;
  if (dec_parse(&year, text, 4, 0, ',') != DEC_OK || dec_parse(&month, text + 5, 2, 0, ',') != DEC_OK ||
      dec_parse(&dom, text + 8, 2, 0, ',') != DEC_OK)
    return false;
  if (month < 1 || month > 12 || dom < 1 || dom > 31 || !day_valid(year, (int)month, (int)dom)) return false;
  *out = day_of(year, (int)month, (int)dom);
  return true;
}

ppr_status input_select(ppr_program **selected, const ppr_program *program, const ppr_run_opts *opts, ppr_report *report) {
  int64_t known = INT64_MAX;
  uint32_t n = program->n_editions;
  *selected = NULL;
  if (opts->as_of && !parse_day(&known, opts->as_of)) {
    report_add(report, DIAG_AS_OF, SPAN_NONE, opts->as_of, NULL);
    return PPR_DIAGNOSED;
  }
  if (!opts->record && !opts->as_of && (n == 0 || program->editions[0].record == program->editions[n - 1].record)) return PPR_OK;
  ppr_status status = program_select(selected, program, opts->record, known);
  if (status != PPR_MISUSE) return status;
  const char *kinds = "", *last = NULL;
  int64_t first = INT64_MAX;
  bool is_kind = !opts->record;
  for (uint32_t i = 0; i < n && kinds; i++) {
    const ppr_edition *e = &program->editions[i];
    const char *kind = program_string(program, e->record);
    if (!last || strcmp(last, kind) != 0) kinds = arena_printf(report_arena(report), "%s%s%s", kinds, last ? ", " : "", kind);
    last = kind;
    if (e->decided_day < first) first = e->decided_day;
    is_kind = is_kind || strcmp(kind, opts->record) == 0;
  }
  char day[16] = "";
  if (first <= DAY_MAX) day_print(day, first);
  if (is_kind) report_add(report, DIAG_NOTHING_SELECTED, SPAN_NONE, opts->as_of ? opts->as_of : "", day, NULL);
  else report_add(report, DIAG_RECORD_KIND, SPAN_NONE, opts->record, kinds ? kinds : "", NULL);
  return PPR_DIAGNOSED;
}

ppr_status hold_open(held_input *h, ppr_alloc alloc, const ppr_program *p, const ppr_run_opts *opts, ppr_report *report) {
  *h = (held_input){.arena = arena_new(alloc)};
  if (!h->arena) return PPR_NOMEM;
  ppr_status status = schema_open(&h->schema, h->arena, p, opts->readings, opts->n_readings, report);
  if (status == PPR_OK) status = schema_set(h->schema, opts->parameters, opts->n_parameters, report);
  if (status != PPR_OK) return status;
  if (!store_init(&h->store, alloc, h->schema, &io_limits_default)) return PPR_NOMEM;
  return opts->form == PPR_FORM_TABLES ? tables_read(&h->store, opts->input, report) : read_file(&h->store, opts, report);
}

void hold_close(held_input *h) {
  if (h->store.schema) store_fini(&h->store);
  arena_free(h->arena);
  *h = (held_input){0};
}
