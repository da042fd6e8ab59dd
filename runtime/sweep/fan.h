/* Figures over the values of a parameter: where other parameters vary too or are drawn, the quantiles of what comes out. */
#ifndef PPR_SWEEP_FAN_H
#define PPR_SWEEP_FAN_H
#include "sweep/page.h"

enum { FAN_RANKS = 7, FAN_MEDIAN = 3 };
extern const int fan_percent[FAN_RANKS]; /* 0, 5, 25, 50, 75, 95, 100 */

/* Runs by the values of a parameter: those of value k are run[first[k]] … run[first[k + 1] - 1]. Runs in which the parameter has no value are left
 * out. */
typedef struct fan_runs {
  int64_t *value; /* in order */
  size_t *first;
  int64_t *run;
  size_t n; /* values */
} fan_runs;

typedef struct fan_point {
  size_t n; /* runs; 0: nothing known */
  book_level rank[FAN_RANKS];
} fan_point;

/* Parameter c->n_parameters: all runs together, as of one value. False: out of memory. */
bool fan_group(page *p, const book_scenario *c, size_t parameter, fan_runs *out);
/* The level of each run in p->series, which is the page's until the next call of this, of fan_points or of fan_ranks; false: out of memory, or see
 * p->b->status. */
bool fan_series(page *p, const book_scenario *c, const book_survey *s, size_t cell, size_t part);
/* The points of a figure, one per value; NULL: out of memory, or see p->b->status. */
fan_point *fan_points(page *p, const book_scenario *c, const fan_runs *runs, const book_survey *s, size_t cell, size_t part);
/* The same of a distribution: its own quantiles at each value, and where several runs have that value their medians. */
fan_point *fan_ranks(page *p, const book_scenario *c, const fan_runs *runs, const book_survey *s, size_t cell, size_t part);
/* Quantiles of levels, which are sorted; those that are not there count for nothing. */
fan_point fan_of(book_level *levels, size_t n);
/* A level as a whole number: a share in millionths, a sum as it is. */
ppr_wide fan_height(book_level level, book_form form);
/* How such a number is to be read. */
book_measure fan_measure(const book_part *part);
#endif
