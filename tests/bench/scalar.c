/* The reference: scaled integers, a struct per record, one function per record. Compiled for the machine it runs on. */
#include "scalar.h"
#include <stdbool.h>

/* Compiled once for each kind of machine. */
#define BENCH_PASTE_(name, isa) name##_##isa
#define BENCH_PASTE(name, isa) BENCH_PASTE_(name, isa)
#define BENCH_NAME(name) BENCH_PASTE(name, BENCH_ISA)

/* Half up; numerator >= 0, divisor > 0. */
static inline int64_t rounded(int64_t numerator, int64_t divisor) { return (2 * numerator + divisor) / (2 * divisor); }

static inline bool leaves_corridor(const record *r) {
  for (int a = 0; a < AREAS; a++) {
    int64_t apart = r->current[a] - r->previous[a];
    if (40 * (apart < 0 ? -apart : apart) > r->previous[a]) return true;
  }
  return false;
}

/* Minutes in 1/100 for each profession. */
static inline void minutes_of(const record *r, int64_t minutes[PROFESSIONS]) {
  const int64_t *days = leaves_corridor(r) ? r->current : r->previous;
  for (int p = 0; p < PROFESSIONS; p++) minutes[p] = 0;
  for (int a = 0; a < AREAS; a++) {
    int64_t weeks = area_week[a] == 5 ? 20 * days[a] : rounded(100 * days[a], 7);
    for (int p = 0; p < PROFESSIONS; p++) minutes[p] += weeks * minute_value[a][p];
  }
  if (r->duty) return;
  for (int p = 0; p < PROFESSIONS; p++) minutes[p] = rounded(9 * minutes[p], 10);
}

static void evaluate(const record *r, outcome *o) {
  int64_t minutes[PROFESSIONS], total = 0, weighted = 0, missing = 0, threshold = threshold_of(r->year);
  minutes_of(r, minutes);
  o->fulfilled = 1;
  for (int p = 0; p < PROFESSIONS; p++) {
    int64_t minimum = rounded(minutes[p], 6000), cap = minimum * cap_percent[p], credited = r->credited[p];
    int64_t actual = r->hours[p] - credited + (credited < cap ? credited : cap);
    int64_t degree = minimum ? rounded(100 * actual, minimum) : 10000;
    o->minimum[p] = minimum;
    o->degree[p] = degree;
    total += minimum;
    weighted += degree * minimum;
    if (degree < 100 * threshold) {
      o->fulfilled = 0;
      missing += threshold * minimum - actual;
    }
  }
  o->facility_degree = total ? rounded(weighted, total) : 10000;
  o->sanction = total && (r->year == 2026 || r->year == 2027) ? rounded(6500 * missing, threshold * total) : 0;
}

void BENCH_NAME(scalar_evaluate)(const record *in, size_t n, outcome *out) {
  for (size_t i = 0; i < n; i++) evaluate(&in[i], &out[i]);
}
