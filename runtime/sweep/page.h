/* The report as one HTML page: what its sections share. A chapter writes nothing where the ledger has nothing for it, and then has no heading either.
 */
#ifndef PPR_SWEEP_PAGE_H
#define PPR_SWEEP_PAGE_H
#include "sweep/amount.h"
#include "sweep/book.h"

typedef struct page {
  book *b;
  ppr_buf *out;
  ppr_arena *arena; /* of the page */
  bool english;
  amount_style style, moved; /* of numbers; of differences */
  unsigned figures;          /* drawn so far: makes names of titles unique */
  book_level *series, *some; /* for the runs of a scenario, one after the other; see fan_series */
  size_t room;               /* levels of each; of series as many per quantile */
} page;

enum { PAGE_DECIMALS = 2 }; /* of rates */

static inline const char *page_say(const page *p, const char *de, const char *en) { return p->english ? en : de; }
static inline void page_put(page *p, const char *html) { buf_puts(p->out, html); }
void page_text(page *p, const char *text);                                        /* escaped */
void page_element(page *p, const char *tag, const char *class, const char *text); /* class may be empty; text is escaped */
void page_amount(page *p, const book_measure *m, ppr_wide value);                 /* with its unit */
void page_percent(page *p, book_level level);                                     /* with the sign */
/* Difference of two figures of a part: percentage points or the unit. */
void page_moved(page *p, const book_part *part, book_level is, book_level was);
void page_level(page *p, const book_part *part, book_level level);
void page_word(page *p, const book_parameter *of, int64_t value); /* of a parameter, with its unit */
void page_table(page *p, const char *caption);                    /* escaped; "" for none */
void page_table_end(page *p);
/* Name of a part, behind that of its survey where another has a part of the same name. */
const char *page_part(page *p, const book_survey *s, size_t part);
/* Memory of the page; failure sticks and is told at the end. */
void *page_array(page *p, size_t count, size_t size);
/* 0 down, 1 same, 2 up. */
int page_direction(book_level is, book_level was);
const char *page_arrow(int direction);

/* Nothing of what is counted in run 0 differs from the baseline. */
bool page_like_baseline(const book *b, const book_scenario *c);
/* The cell of all records of a survey, or of no groups; n_cells: none. */
size_t page_all(const book_survey *s);
/* Values of one group: cells[] of a survey with exactly this group, in order; returns their number, at most `most`. */
size_t page_group_cells(const book_survey *s, size_t group, size_t *cells, size_t most);

extern const char page_style[]; /* of page_style.c */

/* --- chapters in their order; their headings are in page.c --- */
void page_head(page *p);
void page_glance(page *p);
void page_assumed(page *p);
void page_summary(page *p);
void page_winners(page *p);
void page_flips(page *p);
void page_spreads(page *p);
void page_pairs(page *p);
void page_curves(page *p);
void page_draws(page *p);
void page_readings(page *p);
void page_records(page *p);
void page_sources(page *p);
void page_method(page *p);

/* The whole page. False: out of memory, or see b->status. */
bool page_write(book *b, bool english, ppr_buf *out);
#endif
