/* Drawings within the page. Coordinates are whole tenths of a pixel, so that no number is ever a binary fraction. */
#ifndef PPR_SWEEP_SVG_H
#define PPR_SWEEP_SVG_H
#include "sweep/page.h"

/* Begins a drawing; its title and its description are for those who do not see it. */
void svg_open(page *p, int width, int height, const char *title, const char *desc);
void svg_close(page *p);
void svg_line(page *p, const char *class, int x1, int y1, int x2, int y2);
void svg_rect(page *p, const char *class, int x, int y, int width, int height);
/* anchor: 's'tart, 'm'iddle, 'e'nd. The text is escaped. */
void svg_text(page *p, const char *class, char anchor, int x, int y, const char *text);
/* At most so many characters, the rest becomes an ellipsis; the whole text is the title then. */
void svg_label(page *p, const char *class, char anchor, int x, int y, const char *text, size_t most);
/* The same with the text written by what follows, up to svg_text_end. */
void svg_text_begin(page *p, const char *class, char anchor, int x, int y);
void svg_text_end(page *p);
/* A path through points; closed: an area. */
void svg_path(page *p, const char *class, const int *x, const int *y, size_t n, bool closed);
/* One of SVG_MARKS signs of different forms at a point. */
enum { SVG_MARKS = 6, SVG_COLOURS = 8 };
void svg_mark(page *p, unsigned form, const char *class, int x, int y);
/* Text between <title> and its end for what a pointer rests on; put it into a group. */
void svg_group(page *p, const char *title);
void svg_group_end(page *p);

/* Numbers from lo to hi on the pixels from…to; hi > lo. */
typedef struct svg_axis {
  ppr_wide lo, hi, step; /* of its ticks */
  int from, to;
} svg_axis;
/* An axis that holds all numbers from lo to hi, with about n ticks at round numbers; ends: lo and hi become ticks themselves. */
svg_axis svg_axis_over(ppr_wide lo, ppr_wide hi, int from, int to, int n, bool ends);
int svg_at(const svg_axis *a, ppr_wide value);
/* First tick, and the one behind a tick. */
ppr_wide svg_first_tick(const svg_axis *a);
/* The measure with no more decimals than the ticks need, and a value in it. */
book_measure svg_tick_measure(const svg_axis *a, const book_measure *m, ppr_wide *value);
/* Ticks with their numbers and grid lines across from..to: along x below y (at), along y left of x (at). */
void svg_ticks_x(page *p, const svg_axis *a, const book_measure *m, int y, int top);
void svg_ticks_y(page *p, const svg_axis *a, const book_measure *m, int x, int right);
/* Moves n places, given in any order, so that they are at least `gap` apart and within lo..hi. */
void svg_spread(int *places, size_t n, int gap, int lo, int hi);
#endif
