/* How distributions shift: histogram of the baseline under that of a scenario, with the quantiles of both. */
#include "sweep/page.h"
#include "sweep/svg.h"
#include <string.h>

enum { BINS_SHOWN = 48, LEFT = 960, RIGHT = 7100, TOP = 120, BOTTOM = 2000, STRIP = 2480, STRIP_GAP = 260, HEIGHT = 3000 };

typedef struct bin {
  int64_t low, high, n;
} bin;

typedef struct bins {
  bin *at;
  size_t n, cap;
} bins;

/* What is drawn of two histograms: columns of equal width, and what lies beyond them. */
typedef struct window {
  int64_t first, width;
  size_t n;
  int64_t counts[2][BINS_SHOWN + 2], below[2], above[2];
} window;

static bins read_bins(page *p, const book_scenario *c, const book_survey *v, size_t part) {
  bins out = {0};
  book_rows r = book_ask(p->b, "SELECT low, high, n FROM bin WHERE scenario = ? AND survey = ? AND cell = ? AND part = ? ORDER BY low");
  book_bind(&r, 1, c->id);
  book_bind(&r, 2, v->id);
  book_bind_text(&r, 3, v->cells[page_all(v)].key);
  book_bind(&r, 4, v->parts[part].id);
  while (book_next(&r)) {
    bin *grown = arena_grow(p->arena, out.at, out.n, &out.cap, out.n + 1, sizeof *grown);
    if (!grown) break;
    out.at = grown;
    out.at[out.n++] = (bin){book_int(&r, 0), book_int(&r, 1), book_int(&r, 2)};
    bin *b = &out.at[out.n - 1];
    if (b->low >= b->high || b->n < 0 || b->low < INT64_MIN / 4 || b->high > INT64_MAX / 4) {
      book_damaged(p->b, "bin");
      break;
    }
  }
  book_end(&r);
  return out;
}

static int64_t floor_to(int64_t value, int64_t width) {
  int64_t rest = value % width;
  return value - (rest < 0 ? rest + width : rest);
}

/* From the least to the greatest value, or where that would be too much, from the 5th to the 95th percentile and a quarter of this on both sides. */
static bool choose_window(window *w, const bins *b, const book_figure *const *f, size_t n) {
  int64_t lo = INT64_MAX, hi = INT64_MIN, least = INT64_MAX, most = INT64_MIN;
  *w = (window){0};
  for (size_t i = 0; i < n; i++) {
    if (!b[i].n) continue;
    if (b[i].at[0].low < lo) lo = b[i].at[0].low;
    if (b[i].at[b[i].n - 1].high > hi) hi = b[i].at[b[i].n - 1].high;
    w->width = b[i].at[0].high - b[i].at[0].low;
    if (f[i] && f[i]->spread) {
      if (f[i]->rank[1] < least) least = f[i]->rank[1];
      if (f[i]->rank[BOOK_RANKS - 2] > most) most = f[i]->rank[BOOK_RANKS - 2];
    }
  }
  if (lo >= hi) return false;
  if ((hi - lo) / w->width > BINS_SHOWN && least <= most) {
    int64_t beside = (most - least) / 4 + w->width;
    if (least - beside > lo) lo = least - beside;
    if (most + beside < hi) hi = most + beside;
  }
  int64_t merged = (hi - lo) / w->width / BINS_SHOWN + 1;
  w->width *= merged;
  w->first = floor_to(lo, w->width);
  w->n = (size_t)((hi - w->first + w->width - 1) / w->width);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < b[i].n; k++) {
      const bin *one = &b[i].at[k];
      int64_t column = (floor_to(one->low, w->width) - w->first) / w->width;
      if (one->low < w->first) w->below[i] += one->n;
      else if ((size_t)column >= w->n) w->above[i] += one->n;
      else w->counts[i][column] += one->n;
    }
  return true;
}

/* Least to greatest of 5 … 95 per cent as a line, the middle half as a box, the median as a stroke. */
static void strip(page *p, const svg_axis *x, const book_figure *f, int y, int which, const char *name) {
  static const char *const whisker[] = {"whisker0", "whisker1"}, *const box[] = {"box0", "box1"};
  svg_text(p, which ? "strong" : "soft", 'e', LEFT - 70, y + 40, name);
  if (!f || !f->spread) return;
  int at[BOOK_RANKS];
  for (int i = 0; i < BOOK_RANKS; i++) at[i] = svg_at(x, f->rank[i]);
  svg_line(p, whisker[which], at[1], y, at[7], y);
  svg_rect(p, box[which], at[3], y - 60, at[5] - at[3] < 10 ? 10 : at[5] - at[3], 120);
  svg_line(p, "median", at[4], y - 80, at[4], y + 80);
}

static void steps(page *p, const window *w, const svg_axis *x, const svg_axis *y, const int64_t *counts) {
  int *xs = page_array(p, 2 * w->n + 2, sizeof *xs), *ys = page_array(p, 2 * w->n + 2, sizeof *ys);
  size_t n = 0;
  if (!xs || !ys) return;
  xs[n] = svg_at(x, w->first), ys[n++] = BOTTOM;
  for (size_t i = 0; i < w->n; i++) {
    int at = svg_at(y, counts[i]);
    xs[n] = xs[n - 1], ys[n++] = at;
    xs[n] = svg_at(x, w->first + (int64_t)(i + 1) * w->width), ys[n++] = at;
  }
  xs[n] = xs[n - 1], ys[n++] = BOTTOM;
  svg_path(p, "step", xs, ys, n, false);
}

static void beyond(page *p, const window *w, size_t n) {
  if (w->below[0] + w->above[0] + (n > 1 ? w->below[1] + w->above[1] : 0) == 0) return;
  page_put(p, page_say(p, " Nicht im Bild: ", " Not in the picture: "));
  for (size_t i = 0; i < n; i++) {
    if (i) page_put(p, page_say(p, "; im Szenario ", "; in the scenario "));
    else page_put(p, page_say(p, "in der Ausgangslage ", "in the baseline "));
    amount_count(p->out, w->below[i], p->style);
    page_put(p, page_say(p, " darunter, ", " below, "));
    amount_count(p->out, w->above[i], p->style);
    page_put(p, page_say(p, " darüber", " above"));
  }
  page_put(p, ".");
}

static void quantiles(page *p, const book_part *part, const book_figure *const *f, const char *const *names, size_t n) {
  page_table(p, "");
  page_put(p, "<thead><tr><th></th>");
  buf_printf(p->out, "<th>%s</th><th>%s</th>", page_say(p, "Werte", "values"), page_say(p, "kleinster", "least"));
  for (int i = 1; i + 1 < BOOK_RANKS; i++) buf_printf(p->out, "<th>%d\xC2\xA0%%</th>", book_percent[i]);
  buf_printf(p->out, "<th>%s</th></tr></thead><tbody>\n", page_say(p, "größter", "greatest"));
  for (size_t i = 0; i < n; i++) {
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, names[i]);
    page_put(p, "</th><td>");
    amount_count(p->out, f[i] ? f[i]->yes : 0, p->style);
    page_put(p, "</td>");
    for (int k = 0; k < BOOK_RANKS; k++) {
      page_put(p, "<td>");
      if (f[i] && f[i]->spread) amount_put(p->out, &part->measure, f[i]->rank[k], p->style);
      page_put(p, "</td>");
    }
    page_put(p, "</tr>\n");
  }
  page_table_end(p);
}

static void histogram(page *p, const book_survey *v, size_t part, const book_scenario *const *c, size_t n) {
  const book_part *of = &v->parts[part];
  bins b[2] = {{0}};
  const book_figure *f[2] = {NULL, NULL};
  const char *names[2] = {c[0]->name, n > 1 ? c[1]->name : ""};
  window w;
  for (size_t i = 0; i < n; i++) {
    b[i] = read_bins(p, c[i], v, part);
    f[i] = book_at(c[i], v, page_all(v), part);
  }
  if (p->b->status != PPR_OK || !choose_window(&w, b, f, n)) return;
  int64_t most = 1;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < w.n; k++)
      if (w.counts[i][k] > most) most = w.counts[i][k];
  static const book_measure count = {"", BOOK_NUMBER, 0};
  svg_axis y = svg_axis_over(0, most, BOTTOM, TOP, 5, true), x = svg_axis_over(w.first, w.first + (int64_t)w.n * w.width, LEFT, RIGHT, 9, false);
  const char *title = arena_printf(p->arena, "%s: %s%s%s", of->name, names[0], n > 1 ? " / " : "", names[1]);
  page_put(p, "<figure><h3>");
  page_text(p, n > 1 ? names[1] : names[0]);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, v, part));
  page_put(p, "</span></h3>\n");
  svg_open(p, 7200, n > 1 ? HEIGHT : HEIGHT - STRIP_GAP, title ? title : "",
           page_say(p,
                    "Häufigkeit der Werte; gefüllt die Ausgangslage, als Linie das Szenario; darunter Spannen von 5 bis 95 Prozent, Kästen der "
                    "mittleren Hälfte, Striche der Mediane",
                    "frequency of values; filled the baseline, as a line the scenario; below spans from 5 to 95 per cent, boxes of the middle half, "
                    "strokes of the medians"));
  svg_ticks_y(p, &y, &count, LEFT, RIGHT);
  for (size_t k = 0; k < w.n; k++) {
    int from = svg_at(&x, w.first + (int64_t)k * w.width), to = svg_at(&x, w.first + (int64_t)(k + 1) * w.width), top = svg_at(&y, w.counts[0][k]);
    if (w.counts[0][k]) svg_rect(p, "bar0", from + 5, top, to - from - 10, BOTTOM - top);
  }
  if (n > 1) steps(p, &w, &x, &y, w.counts[1]);
  svg_ticks_x(p, &x, &of->measure, BOTTOM, BOTTOM);
  strip(p, &x, f[0], STRIP, 0, page_say(p, "Ausgangslage", "baseline"));
  if (n > 1) strip(p, &x, f[1], STRIP + STRIP_GAP, 1, page_say(p, "Szenario", "scenario"));
  svg_close(p);
  page_put(p, "<figcaption>");
  page_text(p, page_say(p, "Zahl der Ergebnisse je ", "Number of results per "));
  page_amount(p, &of->measure, w.width);
  page_text(p, n > 1 ? page_say(p, "; gefüllt die Ausgangslage, als Linie das Szenario.", "; filled the baseline, as a line the scenario.") : ".");
  beyond(p, &w, n);
  page_put(p, "</figcaption>\n");
  quantiles(p, of, f, names, n);
  page_put(p, "</figure>\n");
}

/* A scenario that leaves a distribution as it is is not drawn. */
static bool same_spread(const book_figure *a, const book_figure *b) {
  return a && b && a->yes == b->yes && a->sum == b->sum && memcmp(a->rank, b->rank, sizeof a->rank) == 0;
}

void page_spreads(page *p) {
  const book *b = p->b;
  for (size_t s = 0; s < b->n_surveys; s++) {
    const book_survey *v = &b->surveys[s];
    size_t all = page_all(v);
    if (all == v->n_cells) continue;
    for (size_t k = v->n_groups; k < v->n_parts; k++) {
      if (v->parts[k].form != BOOK_SPREAD) continue;
      size_t shown = 0;
      for (size_t i = 1; i < b->n_scenarios; i++) {
        const book_scenario *both[] = {&b->scenarios[0], &b->scenarios[i]};
        if (!book_at(both[1], v, all, k) || same_spread(book_at(both[0], v, all, k), book_at(both[1], v, all, k))) continue;
        histogram(p, v, k, both, 2);
        shown++;
      }
      const book_scenario *alone[] = {&b->scenarios[0]};
      if (!shown) histogram(p, v, k, alone, 1);
    }
  }
}
