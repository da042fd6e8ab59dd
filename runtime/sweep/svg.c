/* Writing SVG; see svg.h. */
#include "sweep/svg.h"
#include "base/decimal.h"
#include "base/text.h"
#include "code/program.h"
#include <string.h>

static void put_tenths(ppr_buf *out, int value) {
  if (value < 0) buf_putc(out, '-');
  unsigned v = value < 0 ? 0u - (unsigned)value : (unsigned)value;
  buf_printf(out, v % 10 ? "%u.%u" : "%u", v / 10, v % 10);
}

static void attribute(page *p, const char *name, int value) {
  buf_printf(p->out, " %s=\"", name);
  put_tenths(p->out, value);
  buf_putc(p->out, '"');
}

static void class_of(page *p, const char *class) {
  if (*class) buf_printf(p->out, " class=\"%s\"", class);
}

void svg_open(page *p, int width, int height, const char *title, const char *desc) {
  unsigned n = ++p->figures;
  buf_printf(p->out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t%u d%u\"><title id=\"t%u\">", width / 10, height / 10, n, n, n);
  page_text(p, *title ? title : "–"); /* what has no name is still a drawing */
  buf_printf(p->out, "</title><desc id=\"d%u\">", n);
  page_text(p, desc);
  page_put(p, "</desc>\n");
}

void svg_close(page *p) { page_put(p, "</svg>\n"); }

void svg_line(page *p, const char *class, int x1, int y1, int x2, int y2) {
  page_put(p, "<line");
  class_of(p, class);
  attribute(p, "x1", x1);
  attribute(p, "y1", y1);
  attribute(p, "x2", x2);
  attribute(p, "y2", y2);
  page_put(p, "/>\n");
}

void svg_rect(page *p, const char *class, int x, int y, int width, int height) {
  page_put(p, "<rect");
  class_of(p, class);
  attribute(p, "x", x);
  attribute(p, "y", y);
  attribute(p, "width", width < 0 ? 0 : width);
  attribute(p, "height", height < 0 ? 0 : height);
  page_put(p, "/>\n");
}

void svg_text_begin(page *p, const char *class, char anchor, int x, int y) {
  page_put(p, "<text");
  class_of(p, class);
  attribute(p, "x", x);
  attribute(p, "y", y);
  if (anchor != 's') page_put(p, anchor == 'm' ? " text-anchor=\"middle\"" : " text-anchor=\"end\"");
  buf_putc(p->out, '>');
}

void svg_text_end(page *p) { page_put(p, "</text>\n"); }

void svg_text(page *p, const char *class, char anchor, int x, int y, const char *text) {
  svg_text_begin(p, class, anchor, x, y);
  page_text(p, text);
  svg_text_end(p);
}

void svg_label(page *p, const char *class, char anchor, int x, int y, const char *text, size_t most) {
  size_t n = strlen(text);
  if (text_length(text, n) <= most) {
    svg_text(p, class, anchor, x, y, text);
    return;
  }
  ppr_buf shown;
  buf_init(&shown, p->out->alloc, n + 8);
  text_put_clean(&shown, text, n, most - 1);
  svg_group(p, text);
  svg_text(p, class, anchor, x, y, shown.failed ? "" : shown.data);
  svg_group_end(p);
  buf_fini(&shown);
}

void svg_path(page *p, const char *class, const int *x, const int *y, size_t n, bool closed) {
  if (!n) return;
  page_put(p, "<path");
  class_of(p, class);
  page_put(p, " d=\"");
  for (size_t i = 0; i < n; i++) {
    buf_putc(p->out, i ? 'L' : 'M');
    put_tenths(p->out, x[i]);
    buf_putc(p->out, ' ');
    put_tenths(p->out, y[i]);
  }
  page_put(p, closed ? "Z\"/>\n" : "\"/>\n");
}

void svg_mark(page *p, unsigned form, const char *class, int x, int y) {
  enum { R = 35 }; /* half the size of a mark */
  const int diamond_x[] = {x, x + R + 8, x, x - R - 8}, diamond_y[] = {y - R - 8, y, y + R + 8, y};
  const int up_y[] = {y + R, y - R, y + R}, down_y[] = {y - R, y + R, y - R}, corner_x[] = {x - R - 3, x, x + R + 3};
  switch (form % SVG_MARKS) {
  case 0:
    page_put(p, "<circle");
    class_of(p, class);
    attribute(p, "cx", x);
    attribute(p, "cy", y);
    attribute(p, "r", R);
    page_put(p, "/>\n");
    break;
  case 1: svg_rect(p, class, x - R + 3, y - R + 3, 2 * R - 6, 2 * R - 6); break;
  case 2: svg_path(p, class, corner_x, up_y, 3, true); break;
  case 3: svg_path(p, class, diamond_x, diamond_y, 4, true); break;
  case 4: svg_path(p, class, corner_x, down_y, 3, true); break;
  default: svg_rect(p, class, x - R, y - 14, 2 * R, 28); break;
  }
}

void svg_group(page *p, const char *title) {
  page_put(p, "<g><title>");
  page_text(p, title);
  page_put(p, "</title>\n");
}

void svg_group_end(page *p) { page_put(p, "</g>\n"); }

/* --- axes --- */

static ppr_wide round_to(ppr_wide value, ppr_wide step, bool up) {
  ppr_wide rest = value % step;
  if (rest < 0) rest += step;
  return rest == 0 ? value : up ? value - rest + step : value - rest;
}

svg_axis svg_axis_over(ppr_wide lo, ppr_wide hi, int from, int to, int n, bool ends) {
  ppr_wide span = hi > lo ? hi - lo : 1, least = span / n + (span % n != 0), ten = 1;
  while (ten * 10 <= least) ten *= 10;
  ppr_wide step = ten >= least ? ten : ten * 2 >= least ? ten * 2 : ten * 5 >= least ? ten * 5 : ten * 10;
  svg_axis a = {lo, hi, step, from, to};
  if (ends || hi <= lo) {
    a.lo = round_to(lo, step, false);
    a.hi = round_to(hi, step, true);
    if (a.hi == a.lo) a.hi += step;
  }
  return a;
}

int svg_at(const svg_axis *a, ppr_wide value) {
  ppr_wide v = value < a->lo ? a->lo : value > a->hi ? a->hi : value, span = a->hi - a->lo, moved;
  ppr_wide way = v - a->lo;
  while (span > (ppr_wide)1 << 96) span >>= 1, way >>= 1; /* a ratio of so large numbers is no tenth of a pixel less exact */
  if (!dec_div_round(&moved, way * (a->to - a->from), span, PPR_ROUND_HALF_UP)) moved = 0;
  return a->from + (int)moved;
}

ppr_wide svg_first_tick(const svg_axis *a) { return round_to(a->lo, a->step, true); }

book_measure svg_tick_measure(const svg_axis *a, const book_measure *m, ppr_wide *value) {
  book_measure out = *m;
  ppr_wide step = a->step;
  int least = m->kind == BOOK_PERCENT ? 2 : 0;
  while (out.scale > least && step % 10 == 0 && *value % 10 == 0) {
    out.scale--;
    step /= 10;
    *value /= 10;
  }
  return out;
}

static void tick_text(page *p, const svg_axis *a, const book_measure *m, ppr_wide tick, char anchor, int x, int y) {
  ppr_wide value = tick;
  book_measure shown = svg_tick_measure(a, m, &value);
  svg_text_begin(p, "tick", anchor, x, y);
  amount_put(p->out, &shown, value, p->style);
  svg_text_end(p);
}

void svg_ticks_x(page *p, const svg_axis *a, const book_measure *m, int y, int top) {
  for (ppr_wide tick = svg_first_tick(a); tick <= a->hi; tick += a->step) {
    int x = svg_at(a, tick);
    svg_line(p, "grid", x, top, x, y + 40);
    tick_text(p, a, m, tick, 'm', x, y + 170);
  }
  svg_line(p, "axis", a->from, y, a->to, y);
}

void svg_ticks_y(page *p, const svg_axis *a, const book_measure *m, int x, int right) {
  for (ppr_wide tick = svg_first_tick(a); tick <= a->hi; tick += a->step) {
    int y = svg_at(a, tick);
    svg_line(p, "grid", x, y, right, y);
    tick_text(p, a, m, tick, 'e', x - 70, y + 40);
  }
}

void svg_spread(int *places, size_t n, int gap, int lo, int hi) {
  enum { MOST = 64 };
  size_t order[MOST];
  if (n == 0 || n > MOST) return;
  for (size_t i = 0; i < n; i++) { /* few: insertion */
    size_t k = i;
    for (; k > 0 && places[order[k - 1]] > places[i]; k--) order[k] = order[k - 1];
    order[k] = i;
  }
  int least = lo;
  for (size_t i = 0; i < n; i++) {
    if (places[order[i]] < least) places[order[i]] = least;
    least = places[order[i]] + gap;
  }
  int most = hi;
  for (size_t i = n; i-- > 0;) {
    if (places[order[i]] > most) places[order[i]] = most;
    most = places[order[i]] - gap;
  }
}
