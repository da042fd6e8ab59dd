/* Makes the records of the benchmark: splitmix64 from a fixed seed; 22 quarters per facility, edges and zeros at fixed rates. */
#include "records.h"
#include <stdbool.h>

enum { QUARTERS = 22 }; /* of each facility: 2024-Q3 to 2029-Q4 */

static uint64_t next(uint64_t *state) {
  *state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = *state;
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}
static int64_t below(uint64_t *state, uint64_t n) { return (int64_t)(next(state) % n); }
static int64_t between(uint64_t *state, int64_t lo, int64_t hi) { return lo + below(state, (uint64_t)(hi - lo) + 1); }
static bool chance(uint64_t *state, int64_t percent) { return below(state, 100) < percent; }

static int64_t some_beds(uint64_t *state) {
  int64_t size = below(state, 100);
  if (size < 15) return between(state, 8, 30);
  if (size < 65) return between(state, 30, 120);
  if (size < 95) return between(state, 120, 350);
  return between(state, 350, 900);
}

static void make_facility(facility *f, uint64_t *state) {
  static const int32_t present[AREAS] = {98, 92, 70, 30, 15, 15, 60, 50, 20, 5, 65, 35, 30, 5}; /* percent of facilities */
  static const int32_t share[AREAS] = {40, 15, 12, 6, 3, 2, 12, 6, 3, 1, 14, 5, 4, 1};          /* of the days */
  int64_t beds = some_beds(state), occupied = between(state, 85, 100), days = beds * 91 * occupied / 100;
  int64_t weight[AREAS], total = 0;
  for (int a = 0; a < AREAS; a++) {
    weight[a] = chance(state, present[a]) ? share[a] * between(state, 50, 150) : 0;
    total += weight[a];
  }
  if (total == 0) weight[0] = total = 1;
  for (int a = 0; a < AREAS; a++) f->days[a] = days * weight[a] / total;
  f->duty = chance(state, 75);
  f->quality = between(state, 820, 1180);
}

/* Days of both years: 45 % of the records within the corridor of 2.5 %, some of them on its edge, some without any day. */
static void make_days(record *r, const facility *f, uint64_t *state) {
  bool stable = chance(state, 45), closed = below(state, 500) == 0, edge = below(state, 33) == 0;
  for (int a = 0; a < AREAS; a++) {
    int64_t before = f->days[a] * between(state, 900, 1100) / 1000, now, corridor = before / 40;
    if (!stable) {
      now = before * between(state, 850, 1150) / 1000;
      if (f->days[a] && below(state, 60) == 0) before = 0; /* opened since */
    } else if (edge) {
      now = below(state, 2) ? before + corridor : before - corridor;
      now += below(state, 8) == 0;
    } else {
      now = before + between(state, -corridor, corridor);
    }
    r->previous[a] = closed ? 0 : before;
    r->current[a] = closed ? 0 : now;
  }
}

/* Hours a profession must have, close enough to make the reported ones plausible. */
static int64_t required(const record *r, const int64_t days[AREAS], int p) {
  int64_t minutes = 0;
  for (int a = 0; a < AREAS; a++) minutes += (200 * days[a] + area_week[a]) / (2 * area_week[a]) * minute_value[a][p];
  if (!r->duty) minutes = (9 * minutes + 5) / 10;
  return (minutes + 3000) / 6000;
}

static void make_hours(record *r, const facility *f, uint64_t *state) {
  bool deviates = false;
  for (int a = 0; a < AREAS; a++) {
    int64_t apart = r->current[a] - r->previous[a];
    deviates |= 40 * (apart < 0 ? -apart : apart) > r->previous[a];
  }
  for (int p = 0; p < PROFESSIONS; p++) {
    int64_t minimum = required(r, deviates ? r->current : r->previous, p);
    int64_t usual = between(state, 900, 1120);
    r->hours[p] = minimum * 100 * f->quality / 1000 * usual / 1000 + below(state, 100);
    bool credits = p > 0 && chance(state, 40);
    if (below(state, 25) == 0) { /* on the threshold or just below it */
      r->hours[p] = minimum * threshold_of(r->year);
      if (minimum) r->hours[p] -= below(state, 2);
      credits = false;
    }
    r->credited[p] = credits ? r->hours[p] * between(state, 0, 150) / 1000 : 0;
  }
}

record_source records_begin(void) { return (record_source){.state = UINT64_C(0x50505052554c4553)}; }

void records_next(record_source *s, record *out, size_t n) {
  for (size_t i = 0; i < n; i++, s->made++) {
    int64_t quarter = (int64_t)(s->made % QUARTERS) + 2; /* from 2024-Q1 on */
    record *r = &out[i];
    if (s->made % QUARTERS == 0) make_facility(&s->f, &s->state);
    *r = (record){.facility = 260000 + (int64_t)(s->made / QUARTERS), .year = 2024 + quarter / 4, .quarter = 1 + quarter % 4, .duty = s->f.duty};
    if (below(&s->state, 32) == 0) r->year = between(&s->state, 2020, 2023);
    make_days(r, &s->f, &s->state);
    make_hours(r, &s->f, &s->state);
  }
}

void records_make(record *out, size_t n) {
  record_source s = records_begin();
  records_next(&s, out, n);
}

void checksum_add(checksum *c, const int64_t results[RESULTS]) {
  static const int32_t prime[RESULTS] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53};
  int64_t hash = 0;
  for (int k = 0; k < RESULTS; k++) hash += prime[k] * results[k];
  c->plain += hash;
  c->placed += hash % 65521 * (1 + (int64_t)(c->n % 1000));
  c->n++;
}

const char *checksum_published(size_t n) {
  switch (n) {
  case 10000: return "24640684969:163469403391";
  case 100000: return "248532386081:1636752024125";
  case 1000000: return "2490594935955:16358537125999";
  default: return NULL;
  }
}
