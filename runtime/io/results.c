/* Results in memory; see results.h. */
#include "io/results.h"

bool results_make(result_set *r, ppr_arena *arena, const ppr_edition *e, size_t records) {
  r->out = arena_array(arena, (size_t)e->n_output + 1, sizeof *r->out);
  r->faults = arena_array(arena, records, sizeof *r->faults);
  for (uint32_t o = 0; r->out && o < e->n_output; o++) {
    r->out[o].values = arena_array(arena, records, sizeof *r->out[o].values);
    r->out[o].states = arena_array(arena, records, 1);
  }
  return !arena_failed(arena);
}

bool results_any(const ppr_result *out, size_t rows) {
  uint64_t any = 0;
  for (size_t i = 0; i < rows; i++) any |= out->states[i] == PPR_PRESENT ? (uint64_t)out->values[i] : 0;
  return any != 0;
}

bool results_given(const result_set *r, const ppr_edition *e, size_t row) {
  if (r->faults[row].code) return false;
  for (uint32_t i = 0; i < e->n_check; i++)
    if (e->check[i].severity == 0 && results_yes(&r->out[e->check[i].output], row)) return false;
  return true;
}
