/* What proofs know of functions: results for single arguments, ends for intervals. */
#include "proof/graph.h"
#include <string.h>

enum { FEW = 64 }; /* so many combinations of arguments are tried one by one */

/* Checked against the functions by tests/unit/test_graph.c. */
static const graph_known_call known[] = {
    {"beginn", {1, 0}, {0, 0}},        {"ende", {1, 0}, {0, 0}},           {"plustage", {1, 1}, {1, 1}}, {"pluswochen", {1, 1}, {1, 7}},
    {"plusmonate", {1, 1}, {0, 0}},    {"tagezwischen", {-1, 1}, {-1, 1}}, {"quartal", {1, 0}, {0, 0}},  {"jahr", {1, 0}, {0, 0}},
    {"tage", {0, 0}, {0, 0}},          {"nächte", {0, 0}, {0, 0}},         {"monat", {0, 0}, {0, 0}},    {"wochentag", {0, 0}, {0, 0}},
    {"kalenderwoche", {0, 0}, {0, 0}},
};

const graph_known_call *graph_known_calls(size_t *count) {
  *count = sizeof known / sizeof *known;
  return known;
}

const graph_known_call *graph_known(const char *name) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i].name, name)) return &known[i];
  return NULL;
}

/* The function without fault for these arguments? */
static bool value_of(const graph *g, uint32_t native, uint32_t n, const ppr_wide *args, ppr_wide *out) {
  int64_t in[PPR_NATIVE_PARAMS], result = 0;
  const ppr_native *f = g->native[native];
  for (uint32_t i = 0; i < n; i++) {
    if (!wide_fits64(args[i])) return false;
    in[i] = (int64_t)args[i];
  }
  if (natives_call(g->natives, f, &result, in, n) != 0 || result < f->lo || result > f->hi) return false;
  *out = result;
  return true;
}

bool graph_call_value(const graph *g, const graph_node *n, const ppr_wide *args, ppr_wide *out) {
  ppr_wide result = 0;
  if (n->count > PPR_NATIVE_PARAMS) return false;
  for (uint32_t i = 0; i < n->count; i++)
    if (!wide_fits64(args[i])) return false;
  bool right = value_of(g, n->extra, n->count, args, &result);
  *out = n->op == NODE_FAILS ? !right : right ? result : 0;
  return true;
}

static bool each(const graph *g, uint32_t native, uint32_t n, const ppr_wide *lo, const ppr_wide *hi, ppr_wide result[2]) {
  ppr_wide at[PPR_NATIVE_PARAMS], combinations = 1, now;
  for (uint32_t i = 0; i < n; i++) {
    if (hi[i] - lo[i] >= FEW || (combinations *= hi[i] - lo[i] + 1) > FEW) return false;
    at[i] = lo[i];
  }
  for (bool first = true;; first = false) {
    if (!value_of(g, native, n, at, &now)) return false;
    if (first || now < result[0]) result[0] = now;
    if (first || now > result[1]) result[1] = now;
    uint32_t i = 0;
    while (i < n && at[i] == hi[i]) at[i] = lo[i], i++;
    if (i == n) return true;
    at[i]++;
  }
}

bool graph_call_range(const graph *g, uint32_t native, uint32_t n, const ppr_wide *lo, const ppr_wide *hi, ppr_wide result[2]) {
  if (n > PPR_NATIVE_PARAMS) return false;
  for (uint32_t i = 0; i < n; i++)
    if (!wide_fits64(lo[i]) || !wide_fits64(hi[i])) return false;
  if (each(g, native, n, lo, hi, result)) return true;
  const graph_known_call *k = graph_known(g->native[native]->name);
  ppr_wide least[2], most[2];
  if (!k || n > 2) return false;
  for (uint32_t i = 0; i < n; i++) {
    least[i] = k->rises[i] >= 0 ? lo[i] : hi[i];
    most[i] = k->rises[i] >= 0 ? hi[i] : lo[i];
  }
  if (!value_of(g, native, n, least, &result[0]) || !value_of(g, native, n, most, &result[1])) return false;
  if (!k->rises[0]) result[0] = g->native[native]->lo, result[1] = g->native[native]->hi;
  return true;
}
