/* Sweeps over a grid: curves with bands over one parameter, heat maps over two, and where a share crosses a half or the baseline. */
#include "sweep/fan.h"
#include "sweep/svg.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

enum { CURVES_MOST = 40, LINES_MOST = 8, MARKS_MOST = 31, VALUES_MOST = 2000, GRID_MOST = 2500, CROSSINGS_SHOWN = 4, NUMBERS_ACROSS = 14 };
enum { TOP = 330, BOTTOM = 2950, HEIGHT = 3550, WIDE = 7200, LABEL = 30 };

typedef struct curve {
  const char *name;
  fan_point *points;
} curve;

typedef struct curves {
  const book_scenario *c;
  const book_survey *v;
  const book_part *part;
  const book_parameter *over;
  fan_runs runs;
  curve line[LINES_MOST];
  size_t n;
  book_level baseline;
  int inner;       /* the least quantile in the picture: of distributions not the extremes */
  int left, right; /* of the picture */
} curves;

static const char *const line_class[] = {"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7"};
static const char *const mark_class[] = {"m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"};
static const book_level half = {1, 2};

/* The first point whose median is on the other side of a level than the one before; n: none. Points nothing is known of are passed over. */
static size_t crossing(const curves *x, size_t from, book_level level, size_t *before) {
  const fan_point *points = x->line[0].points;
  size_t last = x->runs.n;
  for (size_t k = 0; k < x->runs.n; k++) {
    if (!points[k].n) continue;
    if (k >= from && last < x->runs.n &&
        (book_compare(points[last].rank[FAN_MEDIAN], level) < 0) != (book_compare(points[k].rank[FAN_MEDIAN], level) < 0)) {
      *before = last;
      return k;
    }
    last = k;
  }
  return x->runs.n;
}

static void crossing_items(page *p, const curves *x, book_level level, const char *below, const char *reached) {
  size_t before, shown = 0;
  for (size_t k = crossing(x, 0, level, &before); k < x->runs.n && shown < CROSSINGS_SHOWN; k = crossing(x, k + 1, level, &before), shown++) {
    book_level was = x->line[0].points[before].rank[FAN_MEDIAN], is = x->line[0].points[k].rank[FAN_MEDIAN];
    bool falls = book_compare(is, level) < 0;
    page_put(p, "<li><b>");
    page_amount(p, &x->over->measure, x->runs.value[k]);
    page_put(p, "</b>: ");
    page_text(p, falls ? page_say(p, "erster Wert unter ", "first value below ") : page_say(p, "erster Wert, der ", "first value that reaches "));
    page_text(p, falls ? below : reached);
    page_put(p, falls ? " (" : page_say(p, " erreicht (", " ("));
    page_level(p, x->part, is);
    page_put(p, page_say(p, "; davor, bei ", "; before, at "));
    page_amount(p, &x->over->measure, x->runs.value[before]);
    page_put(p, ": ");
    page_level(p, x->part, was);
    page_put(p, ")</li>\n");
  }
}

/* --- the drawing --- */

static void range(const curves *x, ppr_wide *lo, ppr_wide *hi) {
  bool any = x->baseline.den != 0;
  *lo = *hi = any ? fan_height(x->baseline, x->part->form) : 0;
  for (size_t l = 0; l < x->n; l++)
    for (size_t k = 0; k < x->runs.n; k++) {
      const fan_point *at = &x->line[l].points[k];
      if (!at->n) continue;
      ppr_wide least = fan_height(at->rank[l ? FAN_MEDIAN : x->inner], x->part->form),
               most = fan_height(at->rank[l ? FAN_MEDIAN : FAN_RANKS - 1 - x->inner], x->part->form);
      if (!any || least < *lo) *lo = least;
      if (!any || most > *hi) *hi = most;
      any = true;
    }
}

static void band(page *p, const curves *x, const svg_axis *ax, const svg_axis *ay, int low, int high, const char *class) {
  size_t n = x->runs.n, to = 0;
  int *xs = page_array(p, 2 * n, sizeof *xs), *ys = page_array(p, 2 * n, sizeof *ys);
  if (!xs || !ys) return;
  for (size_t i = 0; i < 2 * n; i++) {
    size_t k = i < n ? i : 2 * n - 1 - i;
    const fan_point *at = &x->line[0].points[k];
    if (!at->n) continue;
    xs[to] = svg_at(ax, x->runs.value[k]);
    ys[to++] = svg_at(ay, fan_height(at->rank[i < n ? high : low], x->part->form));
  }
  svg_path(p, class, xs, ys, to, true);
}

static int line(page *p, const curves *x, const svg_axis *ax, const svg_axis *ay, size_t l) {
  size_t n = x->runs.n, to = 0;
  int *xs = page_array(p, n, sizeof *xs), *ys = page_array(p, n, sizeof *ys);
  if (!xs || !ys) return BOTTOM;
  for (size_t k = 0; k < n; k++) {
    const fan_point *at = &x->line[l].points[k];
    if (!at->n) continue;
    xs[to] = svg_at(ax, x->runs.value[k]);
    ys[to++] = svg_at(ay, fan_height(at->rank[FAN_MEDIAN], x->part->form));
  }
  svg_path(p, line_class[l], xs, ys, to, false);
  for (size_t k = 0; k < to && n <= MARKS_MOST; k++) svg_mark(p, (unsigned)l, mark_class[l], xs[k], ys[k]);
  return to ? ys[to - 1] : BOTTOM;
}

static void names(page *p, const curves *x, int *ends) {
  int wanted[LINES_MOST];
  for (size_t l = 0; l < x->n; l++) wanted[l] = ends[l];
  svg_spread(wanted, x->n, 160, TOP, BOTTOM);
  for (size_t l = 0; l < x->n; l++) {
    svg_line(p, "grid", x->right + 30, ends[l], x->right + 130, wanted[l]);
    svg_mark(p, (unsigned)l, mark_class[l], x->right + 180, wanted[l]);
    svg_label(p, l ? "" : "strong", 's', x->right + 260, wanted[l] + 40, x->line[l].name, LABEL);
  }
}

/* A name stands at that end of its line where the curve is farther away. */
static bool right_end(const curves *x, const svg_axis *ay, ppr_wide at) {
  int y = svg_at(ay, at), away[2] = {0, 0};
  const fan_point *points = x->line[0].points;
  for (int end = 0; end < 2; end++) {
    const fan_point *of = &points[end ? x->runs.n - 1 : 0];
    if (of->n) away[end] = abs(svg_at(ay, fan_height(of->rank[FAN_MEDIAN], x->part->form)) - y);
  }
  return away[0] < 300 && away[1] > away[0];
}

static void level_line(page *p, const curves *x, const svg_axis *ay, ppr_wide at, const char *class, const char *name, bool under) {
  int y = svg_at(ay, at);
  bool right = right_end(x, ay, at);
  svg_line(p, class, x->left, y, x->right, y);
  svg_text(p, "soft tiny", right ? 'e' : 's', right ? x->right - 50 : x->left + 50, under ? y + 115 : y - 35, name);
}

/* A half and the baseline; where they lie close together the name of the lower one stands under its line. */
static void level_lines(page *p, const curves *x, const svg_axis *ay) {
  ppr_wide base = fan_height(x->baseline, x->part->form), middle = fan_height(half, BOOK_SHARE);
  bool based = x->baseline.den && base >= ay->lo && base <= ay->hi;
  bool halved = x->part->form == BOOK_SHARE && middle >= ay->lo && middle <= ay->hi;
  bool close = based && halved && abs(svg_at(ay, base) - svg_at(ay, middle)) < 170;
  if (halved) level_line(p, x, ay, middle, "level", "50 %", close && middle <= base);
  if (based) level_line(p, x, ay, base, "ref", page_say(p, "Ausgangslage", "baseline"), close && base < middle);
}

static void cross_mark(page *p, const curves *x, const svg_axis *ax, const svg_axis *ay, book_level level) {
  size_t before, k = crossing(x, 0, level, &before);
  if (k == x->runs.n) return;
  int at = svg_at(ax, x->runs.value[k]), y = svg_at(ay, fan_height(x->line[0].points[k].rank[FAN_MEDIAN], x->part->form));
  svg_line(p, "cross", at, y, at, TOP - 70);
  svg_mark(p, 0, "hole", at, y);
  svg_text_begin(p, "strong", 'm', at, TOP - 100);
  amount_put(p->out, &x->over->measure, x->runs.value[k], p->style);
  svg_text_end(p);
}

/* The picture leaves room for the longest name at its right and the longest number at its left. */
static void margins(curves *x, const book_measure *m, ppr_wide lo, ppr_wide hi, amount_style style) {
  size_t longest = 0, digits = 0;
  for (size_t l = 0; l < x->n; l++) {
    size_t n = text_length(x->line[l].name, strlen(x->line[l].name));
    if (n > longest) longest = n;
  }
  for (int i = 0; i < 2; i++) {
    svg_axis a = svg_axis_over(lo, hi, BOTTOM, TOP, 6, true);
    ppr_wide value = i ? a.hi : a.lo;
    book_measure shown = svg_tick_measure(&a, m, &value);
    ppr_buf text;
    buf_init(&text, ppr_alloc_default, 256);
    amount_put(&text, &shown, value, style);
    size_t n = text.data ? text_length(text.data, text.size) : 0;
    if (n > digits) digits = n;
    buf_fini(&text);
  }
  x->left = 130 + (int)(digits < 4 ? 4 : digits) * 78;
  x->right = WIDE - 330 - (int)(longest < LABEL ? longest : LABEL) * 72;
}

/* Name of an axis: the parameter, or the unit alone. */
static void unit_name(page *p, const book_measure *m, const char *name, char anchor, int x, int y) {
  bool percent = m->kind == BOOK_PERCENT;
  if (!*name && !percent && !*m->unit) return;
  svg_text_begin(p, "soft", anchor, x, y);
  page_text(p, name);
  if (percent || *m->unit) page_put(p, *name ? " in " : "in ");
  page_text(p, percent ? "%" : m->unit);
  svg_text_end(p);
}

static void draw(page *p, curves *x, bool alone) {
  ppr_wide lo, hi;
  bool share = x->part->form == BOOK_SHARE, own = x->part->form == BOOK_SPREAD;
  bool several = false;
  book_measure m = fan_measure(x->part);
  range(x, &lo, &hi);
  for (size_t k = 0; k < x->runs.n; k++) several = several || x->line[0].points[k].n > 1;
  margins(x, &m, lo, hi, p->style);
  svg_axis ax = svg_axis_over(x->runs.value[0], x->runs.value[x->runs.n - 1], x->left, x->right, 8, false),
           ay = svg_axis_over(lo, hi, BOTTOM, TOP, 6, true);
  const char *title = arena_printf(p->arena, "%s: %s", x->part->name, x->over->name);
  const char *desc =
      page_say(p, "Kurven über die Werte des Parameters; gestrichelt die Ausgangslage; Kreise, wo eine Schwelle zuerst überschritten ist",
               "curves over the values of the parameter; dashed the baseline; circles where a threshold is first crossed");
  svg_open(p, WIDE, HEIGHT, title ? title : "", desc);
  svg_ticks_y(p, &ay, &m, x->left, x->right);
  unit_name(p, &m, "", 'e', x->left - 70, TOP - 150);
  svg_ticks_x(p, &ax, &x->over->measure, BOTTOM, BOTTOM);
  if (!*x->over->presets && x->over->preset >= ax.lo && x->over->preset <= ax.hi) {
    int at = svg_at(&ax, x->over->preset);
    svg_line(p, "preset", at, BOTTOM, at, TOP);
    svg_text(p, "soft tiny", 'm', at, BOTTOM + 310, page_say(p, "▲ Vorgabe", "▲ preset"));
  }
  unit_name(p, &x->over->measure, x->over->name, 'e', x->right, BOTTOM + 490);
  if ((own || several) && alone) {
    if (!own) band(p, x, &ax, &ay, 0, FAN_RANKS - 1, "band1");
    band(p, x, &ax, &ay, 1, FAN_RANKS - 2, "band1");
    band(p, x, &ax, &ay, 2, FAN_RANKS - 3, "band2");
  }
  level_lines(p, x, &ay);
  int ends[LINES_MOST];
  for (size_t l = x->n; l-- > 0;) ends[l] = line(p, x, &ax, &ay, l);
  if (alone && x->baseline.den) cross_mark(p, x, &ax, &ay, x->baseline);
  if (alone && share) cross_mark(p, x, &ax, &ay, half);
  names(p, x, ends);
  svg_close(p);
  page_put(p, "<figcaption>");
  if (own) {
    page_text(p, page_say(p, "Linie: Median der Werte; Bänder: 5 bis 95 und 25 bis 75 Prozent der Werte. ",
                          "Line: median of the values; bands: 5 to 95 and 25 to 75 per cent of the values. "));
    if (several)
      page_text(p, page_say(p, "Von Läufen mit demselben Wert des Parameters jeweils der Median. ",
                            "Of runs with the same value of the parameter the median of each. "));
  } else if (several && alone) {
    page_text(p, page_say(p, "Linie: Median über alle übrigen Parameter und Ziehungen; Bänder: alle, 5 bis 95 und 25 bis 75 Prozent der Läufe. ",
                          "Line: median over all other parameters and draws; bands: all, 5 to 95, and 25 to 75 per cent of the runs. "));
  } else if (several) {
    page_text(p, page_say(p, "Mediane über alle übrigen Parameter und Ziehungen. ", "Medians over all other parameters and draws. "));
  }
  if (x->baseline.den) {
    page_text(p, page_say(p, "Ausgangslage: ", "Baseline: "));
    page_level(p, x->part, x->baseline);
    page_put(p, ".");
  }
  if (ay.lo > 0) page_text(p, page_say(p, " Die senkrechte Achse beginnt nicht bei null.", " The vertical axis does not begin at zero."));
  page_put(p, "</figcaption>\n");
  if (!alone) return;
  page_put(p, "<ul>\n");
  if (share) crossing_items(p, x, half, "50 %", "50 %");
  if (x->baseline.den)
    crossing_items(p, x, x->baseline, page_say(p, "der Ausgangslage", "the baseline"), page_say(p, "die Ausgangslage", "the baseline"));
  page_put(p, "</ul>\n");
}

/* Name of the figure a line shows. */
static void figure_name(page *p, const curves *x) {
  page_text(p, page_part(p, x->v, (size_t)(x->part - x->v->parts)));
  if (x->part->form == BOOK_SPREAD) page_text(p, page_say(p, " (Median)", " (median)"));
}

static void figure_of(page *p, curves *x, const char *of) {
  page_put(p, "<figure><h3>");
  page_text(p, x->c->name);
  page_put(p, " <span class=\"soft\">· ");
  figure_name(p, x);
  page_put(p, page_say(p, " über ", " over "));
  page_text(p, x->over->name);
  if (*of) page_put(p, page_say(p, ", nach ", ", by ")), page_text(p, of);
  page_put(p, "</span></h3>\n");
  draw(p, x, !*of);
  page_put(p, "</figure>\n");
}

/* A line of which nothing is known is left out. False: out of memory, or see p->b->status. */
static bool add_line(page *p, curves *x, size_t cell, size_t part, const char *name) {
  bool own = x->part->form == BOOK_SPREAD;
  fan_point *points = own ? fan_ranks(p, x->c, &x->runs, x->v, cell, part) : fan_points(p, x->c, &x->runs, x->v, cell, part);
  bool any = false;
  if (!points) return false;
  for (size_t k = 0; k < x->runs.n; k++) any = any || points[k].n;
  if (any) x->line[x->n++] = (curve){name, points};
  return true;
}

/* The parameter does nothing to this line. */
static bool flat(const curves *x, size_t l) {
  const fan_point *points = x->line[l].points;
  size_t first = 0;
  while (first < x->runs.n && !points[first].n) first++;
  for (size_t k = first; k < x->runs.n; k++)
    for (int i = 0; i < FAN_RANKS && points[k].n; i++)
      if (book_compare(points[k].rank[i], points[first].rank[x->part->form == BOOK_SPREAD ? i : 0])) return false;
  return true;
}

static void told_flat(page *p, const curves *x) {
  size_t first = 0;
  while (!x->line[0].points[first].n) first++;
  page_put(p, "<p><b>");
  page_text(p, x->c->name);
  page_put(p, "</b> · ");
  figure_name(p, x);
  page_put(p, page_say(p, ": bei jedem Wert von ", ": the same at each value of "));
  page_text(p, x->over->name);
  page_put(p, page_say(p, " gleich, ", ", "));
  page_level(p, x->part, x->line[0].points[first].rank[FAN_MEDIAN]);
  page_put(p, ".</p>\n");
}

/* One figure for all records, and for shares one per group with few values; none where the parameter changes nothing. Returns the number of figures.
 */
static size_t curves_of(page *p, curves *x, size_t part, size_t room) {
  size_t all = page_all(x->v), shown = 0;
  x->part = &x->v->parts[part];
  x->n = 0;
  const book_figure *base = book_at(&p->b->scenarios[0], x->v, all, part);
  bool own = x->part->form == BOOK_SPREAD;
  x->inner = own ? 1 : 0;
  x->baseline = book_level_of(base, x->part->form);
  if (own) x->baseline = base && base->spread ? (book_level){base->rank[BOOK_RANKS / 2], 1} : (book_level){0, 0};
  if (!add_line(p, x, all, part, page_say(p, "alle", "all")) || x->n == 0) return 0;
  if (flat(x, 0)) told_flat(p, x);
  else if (shown++ < room) figure_of(p, x, "");
  for (size_t g = 0; g < x->v->n_groups && x->part->form == BOOK_SHARE; g++) {
    size_t cells[LINES_MOST], n = page_group_cells(x->v, g, cells, LINES_MOST);
    if (n < 2 || n == LINES_MOST) continue;
    x->n = 1;
    for (size_t i = 0; i < n; i++)
      if (!add_line(p, x, cells[i], part, x->v->cells[cells[i]].label)) return shown;
    bool moves = false;
    for (size_t l = 1; l < x->n; l++) moves = moves || !flat(x, l);
    if (!moves || shown++ >= room) continue;
    figure_of(p, x, x->v->parts[g].name);
  }
  return shown;
}

/* --- two parameters --- */

typedef struct heat {
  const book_scenario *c;
  const book_survey *v;
  size_t part, across, down;
  fan_runs columns, rows;
  book_level *at; /* [row * columns + column]: the median */
} heat;

static size_t index_of(const fan_runs *r, int64_t value) {
  size_t lo = 0, hi = r->n;
  while (hi - lo > 1) {
    size_t mid = lo + (hi - lo) / 2;
    if (r->value[mid] <= value) lo = mid;
    else hi = mid;
  }
  return lo;
}

static bool fill(page *p, heat *h) {
  h->at = page_array(p, h->columns.n * h->rows.n, sizeof *h->at);
  if (!h->at || !fan_series(p, h->c, h->v, page_all(h->v), h->part)) return false;
  for (size_t row = 0; row < h->rows.n; row++) {
    for (size_t column = 0; column < h->columns.n; column++) {
      size_t found = 0;
      for (size_t i = h->rows.first[row]; i < h->rows.first[row + 1]; i++) {
        int64_t value;
        if (book_value(h->c, h->across, h->rows.run[i], &value) && index_of(&h->columns, value) == column)
          p->some[found++] = p->series[h->rows.run[i]];
      }
      fan_point one = fan_of(p->some, found);
      h->at[row * h->columns.n + column] = one.rank[FAN_MEDIAN];
    }
  }
  return true;
}

enum { SHADES = 7 };
static const char *const shade_class[SHADES] = {"h0", "h1", "h2", "h3", "h4", "h5", "h6"};

static int shade(ppr_wide value, ppr_wide lo, ppr_wide hi) { return hi > lo ? (int)((value - lo) * SHADES / (hi - lo + 1)) : SHADES / 2; }

static bool below(const heat *h, size_t row, size_t column, book_level level) { return book_compare(h->at[row * h->columns.n + column], level) < 0; }

/* The boundary between what lies below a level and what does not. */
static void edges(page *p, const heat *h, book_level level, const char *class, int left, int top, int wide, int high) {
  int n = (int)h->columns.n, m = (int)h->rows.n;
  for (int row = 0; row < m; row++)
    for (int column = 0; column < n; column++) {
      int x = left + wide * column / n, y = top + high * (m - 1 - row) / m, x2 = left + wide * (column + 1) / n, y2 = top + high * (m - row) / m;
      bool low = below(h, (size_t)row, (size_t)column, level);
      if (column + 1 < n && low != below(h, (size_t)row, (size_t)column + 1, level)) svg_line(p, class, x2, y, x2, y2);
      if (row + 1 < m && low != below(h, (size_t)row + 1, (size_t)column, level)) svg_line(p, class, x, y, x2, y);
    }
}

static void heat_cells(page *p, const heat *h, ppr_wide lo, ppr_wide hi, int left, int top, int wide, int high) {
  int n = (int)h->columns.n, m = (int)h->rows.n;
  for (int row = 0; row < m; row++)
    for (int column = 0; column < n; column++) {
      book_level level = h->at[(size_t)row * h->columns.n + (size_t)column];
      int x = left + wide * column / n, y = top + high * (m - 1 - row) / m, x2 = left + wide * (column + 1) / n, y2 = top + high * (m - row) / m;
      svg_rect(p, level.den ? shade_class[shade(fan_height(level, BOOK_SHARE), lo, hi)] : "hx", x, y, x2 - x, y2 - y);
      if (n > NUMBERS_ACROSS || m > 2 * NUMBERS_ACROSS) continue;
      svg_text_begin(p, "tiny", 'm', (x + x2) / 2, (y + y2) / 2 + 38);
      amount_rate(p->out, level.num, level.den, 1, p->style);
      svg_text_end(p);
    }
}

static void axis_values(page *p, const heat *h, int left, int top, int wide, int high) {
  int n = (int)h->columns.n, m = (int)h->rows.n, skip_x = n / 12 + 1, skip_y = m / 16 + 1;
  for (int column = 0; column < n; column += skip_x) {
    svg_text_begin(p, "tick", 'm', left + wide * (2 * column + 1) / (2 * n), top + high + 170);
    amount_put(p->out, &h->c->parameters[h->across].measure, h->columns.value[column], p->style);
    svg_text_end(p);
  }
  for (int row = 0; row < m; row += skip_y) {
    svg_text_begin(p, "tick", 'e', left - 70, top + high * (2 * (m - 1 - row) + 1) / (2 * m) + 40);
    amount_put(p->out, &h->c->parameters[h->down].measure, h->rows.value[row], p->style);
    svg_text_end(p);
  }
}

static void heat_map(page *p, heat *h) {
  enum { HEAT_LEFT = 900, HEAT_TOP = 240, HEAT_WIDE = 6200 };
  const book_part *part = &h->v->parts[h->part];
  ppr_wide lo = 0, hi = 0;
  bool any = false;
  if (!fill(p, h)) return;
  for (size_t i = 0; i < h->columns.n * h->rows.n; i++) {
    if (!h->at[i].den) continue;
    ppr_wide value = fan_height(h->at[i], BOOK_SHARE);
    if (!any || value < lo) lo = value;
    if (!any || value > hi) hi = value;
    any = true;
  }
  if (!any) return;
  int row_high = h->rows.n > 20 ? 3800 / (int)h->rows.n : h->rows.n > 8 ? 210 : 300, high = row_high * (int)h->rows.n;
  book_level base = book_level_of(book_at(&p->b->scenarios[0], h->v, page_all(h->v), h->part), BOOK_SHARE);
  const char *title = arena_printf(p->arena, "%s: %s × %s", part->name, h->c->parameters[h->across].name, h->c->parameters[h->down].name);
  page_put(p, "<figure><h3>");
  page_text(p, h->c->name);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, h->v, h->part));
  page_put(p, page_say(p, " über zwei Parameter", " over two parameters"));
  page_put(p, "</span></h3>\n");
  svg_open(p, 7200, HEAT_TOP + high + 620, title ? title : "",
           page_say(p, "Je Feld der Anteil; dunkler ist höher; dicke Linie, wo er die Hälfte kreuzt, gestrichelt, wo er die Ausgangslage kreuzt",
                    "the share in each field; darker is higher; a thick line where it crosses a half, dashed where it crosses the baseline"));
  unit_name(p, &h->c->parameters[h->down].measure, h->c->parameters[h->down].name, 's', 0, 130);
  heat_cells(p, h, lo, hi, HEAT_LEFT, HEAT_TOP, HEAT_WIDE, high);
  if (base.den) edges(p, h, base, "ref", HEAT_LEFT, HEAT_TOP, HEAT_WIDE, high);
  edges(p, h, half, "edge", HEAT_LEFT, HEAT_TOP, HEAT_WIDE, high);
  axis_values(p, h, HEAT_LEFT, HEAT_TOP, HEAT_WIDE, high);
  unit_name(p, &h->c->parameters[h->across].measure, h->c->parameters[h->across].name, 'e', HEAT_LEFT + HEAT_WIDE, HEAT_TOP + high + 360);
  for (int i = 0; i < SHADES; i++) svg_rect(p, shade_class[i], HEAT_LEFT + i * 260, HEAT_TOP + high + 480, 260, 110);
  svg_text_begin(p, "tick", 'e', HEAT_LEFT - 70, HEAT_TOP + high + 575);
  amount_rate(p->out, lo, 1000000, 1, p->style);
  page_put(p, "\xC2\xA0%");
  svg_text_end(p);
  svg_text_begin(p, "tick", 's', HEAT_LEFT + SHADES * 260 + 70, HEAT_TOP + high + 575);
  amount_rate(p->out, hi, 1000000, 1, p->style);
  page_put(p, "\xC2\xA0%");
  svg_text_end(p);
  svg_close(p);
  page_put(p, "<figcaption>");
  page_text(p, page_say(p,
                        "Anteil in Prozent, in den Feldern auf eine Nachkommastelle gerundet. Dicke Linie: Grenze bei 50 %; gestrichelt: Grenze bei "
                        "der Ausgangslage",
                        "Share in per cent, in the fields rounded to one decimal. Thick line: boundary at 50 %; dashed: boundary at the baseline"));
  if (base.den) page_put(p, " ("), page_percent(p, base), page_put(p, ")");
  page_put(p, ".</figcaption>\n</figure>\n");
}

static bool numeric(const book_parameter *of) { return of->steps > 1 && of->measure.kind != BOOK_WORD; }

static void heat_maps(page *p, const book_scenario *c) {
  for (size_t a = 0; a < c->n_parameters; a++)
    for (size_t d = a + 1; d < c->n_parameters; d++) {
      heat h = {.c = c, .across = a, .down = d};
      if (!numeric(&c->parameters[a]) || !numeric(&c->parameters[d])) continue;
      if (!fan_group(p, c, a, &h.columns) || !fan_group(p, c, d, &h.rows)) return;
      if (h.columns.n < 2 || h.rows.n < 2 || h.columns.n * h.rows.n > GRID_MOST) continue;
      for (size_t s = 0; s < p->b->n_surveys; s++)
        for (size_t k = 0; k < p->b->surveys[s].n_parts; k++) {
          h.v = &p->b->surveys[s];
          h.part = k;
          if (h.v->parts[k].form == BOOK_SHARE && page_all(h.v) < h.v->n_cells) heat_map(p, &h);
        }
    }
}

void page_curves(page *p) {
  book *b = p->b;
  size_t shown = 0;
  for (size_t i = 0; i < b->n_scenarios; i++) {
    book_scenario *c = &b->scenarios[i];
    if (!c->sets || !book_values(b, c)) continue;
    for (size_t k = 0; k < c->n_parameters; k++) {
      curves x = {.c = c, .over = &c->parameters[k]};
      if (!numeric(x.over) || !fan_group(p, c, k, &x.runs) || x.runs.n < 2 || x.runs.n > VALUES_MOST) continue;
      for (size_t s = 0; s < b->n_surveys; s++) {
        x.v = &b->surveys[s];
        for (size_t part = x.v->n_groups; part < x.v->n_parts && page_all(x.v) < x.v->n_cells; part++)
          shown += curves_of(p, &x, part, shown < CURVES_MOST ? CURVES_MOST - shown : 0);
      }
    }
    heat_maps(p, c);
  }
  if (shown > CURVES_MOST)
    buf_printf(p->out,
               page_say(p, "<p class=\"soft\">Weitere Kurven lassen sich aus Kurven.csv zeichnen: %zu.</p>\n",
                        "<p class=\"soft\">Further curves can be drawn from Kurven.csv: %zu.</p>\n"),
               shown - CURVES_MOST);
}
