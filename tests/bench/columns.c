/* The blocks of the columnar reference, filled from records. */
#include "columnar.h"
#include <stdbool.h>
#include <stdlib.h>

enum { MOST_DAYS = 130000, MOST_HOURS = 1 << 29 }; /* sums of minutes stay below 2^32 */

static bool fits(const record *r) {
  int64_t previous = 0, current = 0;
  bool fine = true;
  for (int a = 0; a < AREAS; a++) {
    fine &= r->previous[a] >= 0 && r->current[a] >= 0;
    previous += r->previous[a];
    current += r->current[a];
  }
  for (int p = 0; p < PROFESSIONS; p++) fine &= r->hours[p] >= 0 && r->hours[p] < MOST_HOURS && r->credited[p] >= 0 && r->credited[p] < MOST_HOURS;
  return fine && previous <= MOST_DAYS && current <= MOST_DAYS;
}

columnar *columnar_new(const record *in, size_t n) {
  size_t blocks = (n + BLOCK - 1) / BLOCK;
  columnar *all = aligned_alloc(64, blocks * sizeof *all);
  if (!all) return NULL;
  for (size_t b = 0; b < blocks; b++) all[b] = (columnar){0};
  for (size_t i = 0; i < n; i++) {
    columnar *c = &all[i / BLOCK];
    size_t at = i % BLOCK;
    if (!fits(&in[i])) {
      free(all);
      return NULL;
    }
    c->year[at] = (int32_t)in[i].year;
    c->duty[at] = (int32_t)in[i].duty;
    for (int a = 0; a < AREAS; a++) c->previous[a][at] = (int32_t)in[i].previous[a], c->current[a][at] = (int32_t)in[i].current[a];
    for (int p = 0; p < PROFESSIONS; p++) c->hours[p][at] = (int32_t)in[i].hours[p], c->credited[p][at] = (int32_t)in[i].credited[p];
  }
  return all;
}
