/* Keys from their declarations; see grid.h. */
#include "sweep/grid.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ppr_status refuse(ppr_report *report, diag_code code, const char *a, uint64_t b, uint64_t c) {
  ppr_arena *arena = report_arena(report);
  report_add(report, code, SPAN_NONE, a, arena_printf(arena, "%" PRIu64, b), arena_printf(arena, "%" PRIu64, c), NULL);
  return PPR_DIAGNOSED;
}

static ppr_status open_key(grid_key *k, ppr_arena *arena, const io_schema *schema, const ppr_edition *e, size_t at, ppr_report *report) {
  const ppr_field *f = &e->field[e->key[at].field];
  *k = (grid_key){.name = schema->keys[at]};
  if (f->kind == PPR_KIND_NUMBER && f->scale == 0) {
    k->first = f->lo;
    k->values = (uint64_t)f->hi - (uint64_t)f->lo + 1;
    return PPR_OK;
  }
  if (f->kind != PPR_KIND_ENUM) {
    report_add(report, DIAG_POPULATION_KEY, SPAN_NONE, k->name, NULL);
    return PPR_DIAGNOSED;
  }
  const ppr_enumeration *words = &e->enumeration[f->enumeration - 1];
  k->values = words->count;
  k->codes = arena_array(arena, (size_t)words->count + 1, sizeof *k->codes);
  for (uint32_t i = 0; k->codes && i < words->count; i++) k->codes[i] = schema_code(schema, &e->member[words->first + i]);
  return k->codes ? PPR_OK : PPR_NOMEM;
}

static ppr_status only_year(grid *out, const io_schema *schema, int64_t year, ppr_report *report) {
  grid_key *k = schema->dated ? &out->keys[schema->year] : NULL;
  if (!k || year < k->first || (uint64_t)(year - k->first) >= k->values) {
    report_add(report, DIAG_POPULATION_YEAR, SPAN_NONE, arena_printf(report_arena(report), "%" PRId64, year), NULL);
    return PPR_DIAGNOSED;
  }
  k->first = year;
  k->values = 1;
  return PPR_OK;
}

ppr_status grid_open(grid *out, ppr_arena *arena, const io_schema *schema, uint64_t count, int64_t year, ppr_report *report) {
  const ppr_edition *e = schema->editions[schema->program->n_editions - 1].e;
  *out = (grid){.n_keys = schema->n_keys, .size = 1};
  if (!(out->keys = arena_array(arena, schema->n_keys, sizeof *out->keys))) return PPR_NOMEM;
  for (size_t i = 0; i < out->n_keys; i++) {
    ppr_status status = open_key(&out->keys[i], arena, schema, e, i, report);
    if (status != PPR_OK) return status;
  }
  if (count > out->keys[0].values) return refuse(report, DIAG_POPULATION_COUNT, out->keys[0].name, out->keys[0].values, count);
  if (count) out->keys[0].values = count;
  if (year) {
    ppr_status status = only_year(out, schema, year, report);
    if (status != PPR_OK) return status;
  }
  for (size_t i = 0; i < out->n_keys; i++)
    if (__builtin_mul_overflow(out->size, out->keys[i].values, &out->size) || out->size > UINT32_MAX)
      return refuse(report, DIAG_POPULATION_LARGE, out->keys[i].name, out->keys[i].values, UINT32_MAX);
  return PPR_OK;
}

void grid_cells(const grid *g, uint64_t number, char *text, csv_cell *cells) {
  for (size_t i = g->n_keys; i-- > 0;) {
    const grid_key *k = &g->keys[i];
    uint64_t at = number % k->values;
    char *own = text + i * GRID_CELL;
    number /= k->values;
    if (!k->codes) snprintf(own, GRID_CELL, "%" PRId64, k->first + (int64_t)at);
    cells[i].text = k->codes ? k->codes[at] : own;
    cells[i].size = strlen(cells[i].text);
  }
}

void grid_tell(const grid *g, ppr_buf *out) {
  for (size_t i = 0; i < g->n_keys; i++) {
    const grid_key *k = &g->keys[i];
    buf_printf(out, "%s%s", i ? ", " : "", k->name);
    for (uint64_t v = 0; k->codes && v < k->values; v++) buf_printf(out, " %s", k->codes[v]);
    if (!k->codes) buf_printf(out, " %" PRId64, k->first);
    if (!k->codes && k->values > 1) buf_printf(out, " bis %" PRId64, k->first + (int64_t)(k->values - 1));
  }
}
