/* Uncertain inputs: how results of the draws spread, for all records and by group. */
#include "sweep/fan.h"
#include "sweep/svg.h"

enum { COLUMNS_MOST = 60, ROWS_MOST = 24, LEFT = 2300, RIGHT = 6300, LABEL = 30 };

static bool draws_in(const book_scenario *c) {
  bool drawn = false;
  for (size_t k = 0; k < c->n_parameters; k++) drawn = drawn || !c->parameters[k].steps;
  return drawn && c->draws > 1 && c->grid == 1;
}

static book_level baseline_of(page *p, const book_survey *v, size_t cell, size_t part) {
  return book_level_of(book_at(&p->b->scenarios[0], v, cell, part), v->parts[part].form);
}

/* --- histogram of all records --- */

static void level_mark(page *p, const svg_axis *x, ppr_wide value, const char *class, const char *name, int top, int bottom, int y) {
  int at = svg_at(x, value);
  if (value < x->lo || value > x->hi) return;
  svg_line(p, class, at, top, at, bottom);
  svg_text(p, "soft tiny", 'm', at, y, name);
}

static void histogram(page *p, const book_survey *v, size_t part, const fan_runs *runs, const fan_point *q) {
  enum { TOP = 420, BOTTOM = 2300, FROM = 640, TO = 7050 };
  static const book_measure count = {"", BOOK_NUMBER, 0};
  book_form form = v->parts[part].form;
  book_measure m = fan_measure(&v->parts[part]);
  book_level was = baseline_of(p, v, page_all(v), part);
  ppr_wide lo = fan_height(q->rank[0], form), hi = fan_height(q->rank[FAN_RANKS - 1], form);
  svg_axis bins = svg_axis_over(lo, hi + 1, FROM, TO, 30, true), x;
  int64_t counts[COLUMNS_MOST] = {0}, most = 1;
  size_t n = (size_t)((bins.hi - bins.lo) / bins.step);
  if (n > COLUMNS_MOST) n = COLUMNS_MOST;
  for (size_t i = 0; i < runs->first[1]; i++) {
    book_level level = p->series[runs->run[i]];
    size_t column = level.den ? (size_t)((fan_height(level, form) - bins.lo) / bins.step) : n;
    if (column < n && ++counts[column] > most) most = counts[column];
  }
  ppr_wide left = bins.lo, right = bins.hi;
  if (was.den && fan_height(was, form) < left) left = fan_height(was, form); /* the baseline is in the picture */
  if (was.den && fan_height(was, form) > right) right = fan_height(was, form);
  x = svg_axis_over(left, right, FROM, TO, 8, false);
  svg_axis y = svg_axis_over(0, most, BOTTOM, TOP, 4, true);
  svg_open(p, 7200, 2650, v->parts[part].name,
           page_say(p, "Häufigkeit der Ergebnisse über die Ziehungen, mit 5, 50 und 95 Prozent und der Ausgangslage",
                    "frequency of results over the draws, with 5, 50 and 95 per cent and the baseline"));
  svg_ticks_y(p, &y, &count, FROM, TO);
  for (size_t k = 0; k < n; k++) {
    int from = svg_at(&x, bins.lo + (ppr_wide)k * bins.step), to = svg_at(&x, bins.lo + (ppr_wide)(k + 1) * bins.step), top = svg_at(&y, counts[k]);
    if (counts[k]) svg_rect(p, "bar1", from + 5, top, to - from > 14 ? to - from - 10 : 4, BOTTOM - top);
  }
  svg_ticks_x(p, &x, &m, BOTTOM, BOTTOM);
  static const char *const names[FAN_RANKS] = {NULL, "5 %", NULL, "50 %", NULL, "95 %", NULL};
  for (int i = 0; i < FAN_RANKS; i++)
    if (names[i]) level_mark(p, &x, fan_height(q->rank[i], form), "cross", names[i], TOP - 120, BOTTOM, TOP - 150);
  if (was.den) level_mark(p, &x, fan_height(was, form), "ref", page_say(p, "Ausgangslage", "baseline"), TOP - 230, BOTTOM, TOP - 260);
  svg_close(p);
}

/* --- by group --- */

typedef struct row {
  size_t cell;
  fan_point *point; /* one */
} row;

static void interval_rows(page *p, const book_survey *v, size_t part, const row *rows, size_t n) {
  enum { ROW = 260, TOP = 100 };
  book_form form = v->parts[part].form;
  book_measure m = fan_measure(&v->parts[part]);
  ppr_wide lo = 0, hi = 0;
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    const book_level ends[] = {rows[i].point->rank[0], rows[i].point->rank[FAN_RANKS - 1], baseline_of(p, v, rows[i].cell, part)};
    for (int k = 0; k < 3; k++) {
      if (!ends[k].den) continue;
      ppr_wide at = fan_height(ends[k], form);
      if (!any || at < lo) lo = at;
      if (!any || at > hi) hi = at;
      any = true;
    }
  }
  int bottom = TOP + ROW * (int)n;
  svg_axis x = svg_axis_over(lo, hi, LEFT, RIGHT, 7, true);
  svg_open(p, 7200, bottom + 300, v->parts[part].name,
           page_say(p, "Je Zeile eine Gruppe: Linie von 5 bis 95 Prozent, Kasten von 25 bis 75, Strich beim Median, Raute bei der Ausgangslage",
                    "a row per group: a line from 5 to 95 per cent, a box from 25 to 75, a stroke at the median, a diamond at the baseline"));
  svg_ticks_x(p, &x, &m, bottom, TOP - 60);
  for (size_t i = 0; i < n; i++) {
    const fan_point *q = rows[i].point;
    int y = TOP + ROW * (int)i + ROW / 2, at[FAN_RANKS];
    const book_cell *cell = &v->cells[rows[i].cell];
    svg_label(p, cell->n_groups ? "" : "strong", 'e', LEFT - 100, y + 40, cell->n_groups ? cell->label : page_say(p, "alle", "all"), LABEL);
    if (!q->n) continue;
    for (int k = 0; k < FAN_RANKS; k++) at[k] = svg_at(&x, fan_height(q->rank[k], form));
    svg_line(p, "whisker1", at[1], y, at[FAN_RANKS - 2], y);
    svg_rect(p, "box1", at[2], y - 55, at[4] - at[2] < 10 ? 10 : at[4] - at[2], 110);
    svg_line(p, "median", at[FAN_MEDIAN], y - 75, at[FAN_MEDIAN], y + 75);
    book_level was = baseline_of(p, v, rows[i].cell, part);
    if (was.den) svg_mark(p, 3, "hole", svg_at(&x, fan_height(was, form)), y);
    svg_text_begin(p, "tick", 's', RIGHT + 100, y + 40);
    page_level(p, &v->parts[part], q->rank[FAN_MEDIAN]);
    svg_text_end(p);
  }
  svg_close(p);
  page_element(p, "figcaption", "",
               page_say(p, "Linie: 5 bis 95 Prozent der Ziehungen; Kasten: 25 bis 75; Strich und Zahl: Median; Raute: Ausgangslage.",
                        "Line: 5 to 95 per cent of the draws; box: 25 to 75; stroke and number: median; diamond: baseline."));
}

static void span(page *p, const book_part *part, const char *before, book_level from, book_level to) {
  page_put(p, before);
  page_level(p, part, from);
  page_put(p, page_say(p, " bis ", " to "));
  page_level(p, part, to);
}

static void draws_of(page *p, const book_scenario *c, const fan_runs *runs, const book_survey *v, size_t part) {
  row rows[ROWS_MOST];
  size_t cells[ROWS_MOST], found = 0, n = 0, all = page_all(v);
  cells[found++] = all;
  for (size_t g = 0; g < v->n_groups; g++) found += page_group_cells(v, g, cells + found, ROWS_MOST - found);
  for (size_t i = 0; i < found; i++) {
    rows[n] = (row){cells[i], fan_points(p, c, runs, v, cells[i], part)};
    if (!rows[n].point) return;
    if (i == 0 || rows[n].point->n) n++; /* groups nothing is known of are left out */
  }
  if (!rows[0].point->n || !fan_series(p, c, v, all, part)) return;
  page_put(p, "<figure><h3>");
  page_text(p, c->name);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, v, part));
  page_put(p, "</span></h3>\n<p>");
  const fan_point *q = rows[0].point;
  bool moves = book_compare(q->rank[0], q->rank[FAN_RANKS - 1]) != 0;
  amount_count(p->out, (int64_t)q->n, p->style);
  page_put(p, moves ? page_say(p, " Ziehungen. Median ", " draws. Median ") : page_say(p, " Ziehungen, in allen ", " draws, in all of them "));
  page_level(p, &v->parts[part], q->rank[FAN_MEDIAN]);
  if (moves) {
    span(p, &v->parts[part], page_say(p, "; von 5 bis 95 Prozent: ", "; from 5 to 95 per cent: "), q->rank[1], q->rank[FAN_RANKS - 2]);
    span(p, &v->parts[part], page_say(p, "; alle: ", "; all: "), q->rank[0], q->rank[FAN_RANKS - 1]);
  }
  page_put(p, page_say(p, ". Ausgangslage: ", ". Baseline: "));
  page_level(p, &v->parts[part], baseline_of(p, v, all, part));
  page_put(p, ".</p>\n");
  if (moves) histogram(p, v, part, runs, q);
  if (moves && n > 1 && v->parts[part].form == BOOK_SHARE) interval_rows(p, v, part, rows, n); /* sums of groups are too unlike for one scale */
  page_put(p, "</figure>\n");
}

void page_draws(page *p) {
  book *b = p->b;
  for (size_t i = 0; i < b->n_scenarios; i++) {
    book_scenario *c = &b->scenarios[i];
    fan_runs runs;
    if (!draws_in(c) || !book_values(b, c) || !fan_group(p, c, c->n_parameters, &runs) || runs.n == 0) continue;
    for (size_t s = 0; s < b->n_surveys; s++) {
      const book_survey *v = &b->surveys[s];
      for (size_t k = v->n_groups; k < v->n_parts && page_all(v) < v->n_cells; k++)
        if (v->parts[k].form != BOOK_SPREAD) draws_of(p, c, &runs, v, k);
    }
  }
}
