/* Runs in groups, levels in order; see fan.h. */
#include "sweep/fan.h"
#include <stdlib.h>
#include <string.h>

enum { SHARE_SCALE = 6 };

const int fan_percent[FAN_RANKS] = {0, 5, 25, 50, 75, 95, 100};

typedef struct placed {
  int64_t value, run;
} placed;

static int by_value(const void *a, const void *b) {
  const placed *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return (x->run > y->run) - (x->run < y->run);
}

static int by_level(const void *a, const void *b) {
  const book_level *x = a, *y = b;
  return book_compare(*x, *y);
}

bool fan_group(page *p, const book_scenario *c, size_t parameter, fan_runs *out) {
  size_t n = 0, room = (size_t)c->last + 1;
  placed *all = page_array(p, room, sizeof *all);
  *out = (fan_runs){page_array(p, room, sizeof *out->value), page_array(p, room + 1, sizeof *out->first), page_array(p, room, sizeof *out->run), 0};
  if (!all || !out->value || !out->first || !out->run) return false;
  for (int64_t run = book_next_run(c, 0); run > 0; run = book_next_run(c, run)) {
    int64_t value = 0;
    if (parameter < c->n_parameters && !book_value(c, parameter, run, &value)) continue;
    all[n++] = (placed){value, run};
  }
  qsort(all, n, sizeof *all, by_value);
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || all[i].value != all[i - 1].value) {
      out->first[out->n] = i;
      out->value[out->n++] = all[i].value;
    }
    out->run[i] = all[i].run;
  }
  out->first[out->n] = n;
  return true;
}

fan_point fan_of(book_level *levels, size_t n) {
  fan_point out = {0};
  qsort(levels, n, sizeof *levels, by_level);
  size_t gone = 0;
  while (gone < n && !levels[gone].den) gone++; /* they come first */
  out.n = n - gone;
  for (int i = 0; i < FAN_RANKS && out.n; i++) {
    size_t rank = (out.n * (size_t)fan_percent[i] + 99) / 100;
    out.rank[i] = levels[gone + (rank ? rank - 1 : 0)];
  }
  return out;
}

static bool make_room(page *p, const book_scenario *c) {
  size_t need = (size_t)c->last + 1;
  if (need > p->room) {
    p->series = page_array(p, BOOK_RANKS * need, sizeof *p->series);
    p->some = page_array(p, need, sizeof *p->some);
    p->room = p->series && p->some ? need : 0;
  }
  return p->room;
}

bool fan_series(page *p, const book_scenario *c, const book_survey *s, size_t cell, size_t part) {
  return make_room(p, c) && book_series(p->b, c, s, cell, part, p->series);
}

fan_point *fan_points(page *p, const book_scenario *c, const fan_runs *runs, const book_survey *s, size_t cell, size_t part) {
  fan_point *points = page_array(p, runs->n, sizeof *points);
  if (!points || !fan_series(p, c, s, cell, part)) return NULL;
  for (size_t k = 0; k < runs->n; k++) {
    size_t n = 0;
    for (size_t i = runs->first[k]; i < runs->first[k + 1]; i++) p->some[n++] = p->series[runs->run[i]];
    points[k] = fan_of(p->some, n);
  }
  return points;
}

fan_point *fan_ranks(page *p, const book_scenario *c, const fan_runs *runs, const book_survey *s, size_t cell, size_t part) {
  fan_point *points = page_array(p, runs->n, sizeof *points);
  if (!points || !make_room(p, c) || !book_ranks(p->b, c, s, cell, part, p->series)) return NULL;
  for (int i = 0; i < FAN_RANKS; i++) {
    size_t rank = 0;
    while (book_percent[rank] != fan_percent[i]) rank++; /* they are among them */
    for (size_t k = 0; k < runs->n; k++) {
      size_t n = 0;
      for (size_t at = runs->first[k]; at < runs->first[k + 1]; at++) p->some[n++] = p->series[rank * ((size_t)c->last + 1) + (size_t)runs->run[at]];
      fan_point one = fan_of(p->some, n);
      points[k].n = one.n;
      points[k].rank[i] = one.rank[FAN_MEDIAN];
    }
  }
  return points;
}

ppr_wide fan_height(book_level level, book_form form) {
  int64_t value;
  if (form != BOOK_SHARE) return level.num;
  return amount_scaled(&value, level.num, level.den, SHARE_SCALE) ? value : 0;
}

book_measure fan_measure(const book_part *part) { return part->form == BOOK_SHARE ? (book_measure){"", BOOK_PERCENT, SHARE_SCALE} : part->measure; }
