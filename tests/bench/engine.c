/* Compiles the kernel and binds its inputs by name. */
#include "engine.h"
#include <ppr/compile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool failed(const engine *e, const char *what) {
  fprintf(stderr, "bench: %s\n%s", what, ppr_report_text(e->report, PPR_ENGLISH));
  return false;
}

bool engine_open(engine *e, const char *kernel, uint32_t lanes, uint32_t kernels) {
  ppr_edition_info edition;
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = lanes;
  opts.kernels = kernels;
  *e = (engine){.handle = ppr_engine_new(), .report = ppr_report_new()};
  if (!e->handle || !e->report) return false;
  if (ppr_compile_path(&e->program, e->handle, kernel, e->report) != PPR_OK) return failed(e, kernel);
  if (ppr_program_edition(e->program, 0, &edition) != PPR_OK || edition.inputs > MAX_INPUTS || edition.outputs != RESULTS)
    return failed(e, "not the kernel");
  e->inputs = edition.inputs;
  for (size_t i = 0; i < e->inputs; i++) {
    ppr_value_info info;
    if (ppr_program_input(e->program, 0, i, &info) != PPR_OK) return failed(e, "input");
    e->input_name[i] = info.name;
    e->input_kind[i] = info.kind;
  }
  return ppr_evaluator_new(&e->evaluator, e->program, 0, &opts) == PPR_OK || failed(e, "no evaluator");
}

void engine_close(engine *e) {
  ppr_evaluator_free(e->evaluator);
  ppr_program_free(e->program);
  ppr_report_free(e->report);
  ppr_engine_free(e->handle);
}

/* "head[item]" among items? */
static bool is_element(const char *name, const char *head, const char *item) {
  size_t n = strlen(head), m = strlen(item);
  return strncmp(name, head, n) == 0 && name[n] == '[' && strncmp(name + n + 1, item, m) == 0 && strcmp(name + n + 1 + m, "]") == 0;
}

/* The member of a record an input takes its value from; NULL for the quarter, which is computed. */
static const int64_t *member(const record *r, const char *name, bool *known) {
  static const char *const profession[PROFESSIONS] = {"a", "b", "c", "d", "e", "f"};
  *known = true;
  if (strcmp(name, "Jahr") == 0) return &r->year;
  if (strcmp(name, "Quartal") == 0) return &r->quarter;
  if (strcmp(name, "Pflichtversorgung") == 0) return &r->duty;
  if (strcmp(name, "Berichtsquartal") == 0) return NULL;
  for (int a = 0; a < AREAS; a++) {
    if (is_element(name, "Vorjahrestage", area_name[a])) return &r->previous[a];
    if (is_element(name, "Behandlungstage", area_name[a])) return &r->current[a];
  }
  for (int p = 0; p < PROFESSIONS; p++) {
    if (is_element(name, "gemeldete Stunden", profession[p])) return &r->hours[p];
    if (is_element(name, "Hilfskräfte", profession[p])) return &r->credited[p];
  }
  *known = false;
  return NULL;
}

static bool fits32(const ppr_value_info *info) { return info->lo >= INT32_MIN && info->hi <= INT32_MAX; }

bool batch_new(batch *b, const engine *e, const record *in, size_t n, bool narrow) {
  size_t apart = (n * sizeof(int64_t) + 63) / 64 * 64 + 64; /* a cache line between columns */
  *b = (batch){.n = n, .memory = aligned_alloc(64, (e->inputs + RESULTS) * apart), .faults = calloc(n, sizeof *b->faults)};
  if (!b->memory || !b->faults) return false;
  memset(b->memory, 0, (e->inputs + RESULTS) * apart);
  for (size_t i = 0; i < e->inputs; i++) {
    void *column = (char *)b->memory + i * apart;
    bool known;
    ppr_value_info info;
    bool small = narrow && ppr_program_input(e->program, 0, i, &info) == PPR_OK && fits32(&info);
    const int64_t *first = member(in, e->input_name[i], &known);
    if (!known) return failed(e, e->input_name[i]);
    for (size_t row = 0; row < n; row++) {
      int64_t v = first ? *(const int64_t *)((const char *)first + row * sizeof *in) : in[row].year * 4 + in[row].quarter - 1;
      if (small) ((int32_t *)column)[row] = (int32_t)v;
      else ((int64_t *)column)[row] = v;
    }
    b->in[i] = (ppr_column){small ? NULL : column, NULL, small ? column : NULL};
  }
  for (size_t k = 0; k < RESULTS; k++) {
    void *column = (char *)b->memory + (e->inputs + k) * apart;
    ppr_value_info info;
    bool small = narrow && ppr_evaluator_output(e->evaluator, k, &info) == PPR_OK && fits32(&info);
    b->out[k] = (ppr_result){small ? NULL : column, NULL, small ? column : NULL};
  }
  return true;
}

int64_t batch_input(const batch *b, size_t input, size_t row) {
  const ppr_column *c = &b->in[input];
  return c->narrow ? c->narrow[row] : c->values[row];
}

void batch_free(batch *b) {
  free(b->memory);
  free(b->faults);
}

bool batch_checksum(const batch *b, checksum *out) {
  *out = (checksum){0, 0, 0};
  for (size_t row = 0; row < b->n; row++) {
    int64_t results[RESULTS];
    for (size_t k = 0; k < RESULTS; k++) results[k] = b->out[k].narrow ? b->out[k].narrow[row] : b->out[k].values[row];
    if (b->faults[row].code) return false;
    checksum_add(out, results);
  }
  return true;
}
