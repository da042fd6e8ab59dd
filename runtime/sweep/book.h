/* A ledger as reports read it: what stands in its small tables, and the figures of its runs. */
#ifndef PPR_SWEEP_BOOK_H
#define PPR_SWEEP_BOOK_H
#include "base/arena.h"
#include "base/report.h"
#include "base/wide.h"
#include "ppr/ppr.h"

enum { BOOK_GROUPS = 6, BOOK_RANKS = 9 };
extern const int book_percent[BOOK_RANKS]; /* of the sorted values, as table spread has them */

typedef enum book_kind { BOOK_NUMBER, BOOK_PERCENT, BOOK_DATE, BOOK_QUARTER, BOOK_YESNO, BOOK_WORD } book_kind;
typedef enum book_form { BOOK_GROUP, BOOK_SHARE, BOOK_SUM, BOOK_SPREAD } book_form;

/* How a stored number is to be read: value / 10^scale of the unit. */
typedef struct book_measure {
  const char *unit;
  book_kind kind;
  int scale;
} book_measure;

typedef struct book_word { /* of a reading: a variant that occurs in a run */
  int64_t value;
  const char *word;
} book_word;

typedef struct book_parameter {
  int64_t id, preset, steps;                        /* steps 0: drawn */
  const char *name, *presets, *form, *text, *keyed; /* presets: where Fassungen have different ones, "" else */
  book_measure measure;
  book_word *words;
  size_t n_words;
} book_parameter;

typedef struct book_chunk {
  int64_t first, n;
} book_chunk;

typedef struct book_figure {
  bool there, spread;                    /* spread: ranks are known */
  int64_t yes, no, absent, gained, lost; /* of a sum: yes is the number of values */
  ppr_wide sum;
  int64_t rank[BOOK_RANKS];
} book_figure;

typedef struct book_scenario {
  int64_t id, records, refused, grid, draws, sets, failed, done; /* failed: in run 0; done: runs there are, run 0 among them */
  const char *name, *program, *data;
  book_parameter *parameters;
  size_t n_parameters;
  book_chunk *chunks; /* in order */
  size_t n_chunks;
  int64_t last;         /* largest run there is */
  book_figure *figures; /* of run 0, see book_at */
  int64_t *values;      /* [parameter * (last + 1) + run], NULL until book_values */
  uint8_t *known;
} book_scenario;

typedef struct book_part {
  int64_t id;
  book_form form;
  const char *name;
  book_measure measure;
} book_part;

typedef struct book_cell {
  const char *key, *label;                                /* as in the ledger; for people: "" for all records */
  uint32_t groups, n_groups;                              /* a bit per group, and how many */
  const char *value[BOOK_GROUPS], *label_of[BOOK_GROUPS]; /* NULL where the bit is not set */
  int64_t place[BOOK_GROUPS];
} book_cell;

typedef struct book_survey {
  int64_t id;
  const char *name;
  book_part *parts; /* groups first */
  size_t n_parts, n_groups;
  book_cell *cells; /* all records, then by groups, then by their places */
  size_t n_cells;
  uint32_t *by_key;  /* cells sorted by key */
  size_t first_slot; /* of the figures of a run */
} book_survey;

/* What was computed from: a rule text, or a file of the input. */
typedef struct book_file {
  const char *name, *sha256, *used; /* used: names of the scenarios made of the text, "" for all; input: "" */
  int64_t bytes;                    /* of the input */
} book_file;

struct book;
/* Rows of a query, one after the other. */
typedef struct book_rows {
  struct book *b;
  struct sqlite3_stmt *statement; /* NULL: refused */
} book_rows;

typedef struct book {
  ppr_arena *arena;
  ppr_report *report;
  struct sqlite3 *db;
  const char *path, *rules, *record, *seed;
  const char *input, *origin;                      /* NULL: the ledger does not say; the data are no invented ones */
  const char *ppr, *as_of, *readings, *parameters; /* version of the program, "" unknown; what was chosen, "" nothing */
  book_file *texts, *files;                        /* texts by the first scenario made of them */
  size_t n_texts, n_files;
  book_scenario *scenarios; /* the baseline first */
  size_t n_scenarios;
  book_survey *surveys;
  size_t n_surveys, slots;
  ppr_status status;   /* sticky */
  book_rows of_run[4]; /* queries of book_run, kept for the next run */
} book;

/* Opens a ledger and reads everything but the figures of the runs of a sweep. PPR_IO: no such file or not to be read; PPR_DIAGNOSED: not a ledger,
 * another format, damaged, or without results; PPR_NOMEM. */
ppr_status book_open(book **out, const char *path, ppr_report *report);
void book_close(book *b); /* NULL allowed */

/* Place of a figure among those of a run. */
static inline size_t book_slot(const book_survey *s, size_t cell, size_t part) {
  return s->first_slot + cell * (s->n_parts - s->n_groups) + (part - s->n_groups);
}
/* A figure of run 0; NULL: nothing counted. */
static inline const book_figure *book_at(const book_scenario *c, const book_survey *s, size_t cell, size_t part) {
  const book_figure *f = &c->figures[book_slot(s, cell, part)];
  return f->there ? f : NULL;
}
/* The same counts, sum and quantiles. */
bool book_same(const book_figure *a, const book_figure *b);
/* Figures of one run into figures[b->slots], which are cleared before; false: see b->status. *failed: records without results. */
bool book_run(book *b, const book_scenario *c, int64_t run, book_figure *figures, int64_t *failed);
/* The next run there is behind `run`, -1: none. Begin with 0: run 0 is not told. */
int64_t book_next_run(const book_scenario *c, int64_t run);
/* Values of all parameters in all runs, into c->values; false: see b->status. */
bool book_values(book *b, book_scenario *c);
/* Value of a parameter in a run; false: none, because it differs between records. After book_values. */
bool book_value(const book_scenario *c, size_t parameter, int64_t run, int64_t *value);
/* Word of a value of a reading, "" if there is none. */
const char *book_word_of(const book_parameter *p, int64_t value);

/* A share yes / (yes + no) or a sum: num / den, den 0: not there. */
typedef struct book_level {
  ppr_wide num;
  int64_t den;
} book_level;
static inline book_level book_level_of(const book_figure *f, book_form form) {
  if (!f || !f->there) return (book_level){0, 0};
  if (form != BOOK_SHARE) return (book_level){f->sum, 1};
  return (book_level){f->yes, f->yes + f->no};
}
/* Exactly: negative, 0 or positive as a is less than, equal to or more than b; what is not there comes first. */
int book_compare(book_level a, book_level b);
/* The level of each run in out[c->last + 1]; false: see b->status. */
bool book_series(book *b, const book_scenario *c, const book_survey *s, size_t cell, size_t part, book_level *out);
/* Of a distribution the quantiles of each run, in out[rank * (c->last + 1) + run]. */
bool book_ranks(book *b, const book_scenario *c, const book_survey *s, size_t cell, size_t part, book_level *out);

/* --- rows of a query, one after the other --- */
book_rows book_ask(book *b, const char *sql);
void book_bind(book_rows *r, int index, int64_t value); /* from 1 */
void book_bind_text(book_rows *r, int index, const char *text);
bool book_next(book_rows *r);  /* false at the end, or see b->status */
void book_again(book_rows *r); /* the query once more, with what is bound then */
void book_end(book_rows *r);
int64_t book_int(const book_rows *r, int column); /* from 0 */
bool book_null(const book_rows *r, int column);
const char *book_text(const book_rows *r, int column);                 /* never NULL; lives until the next row */
char *book_keep(const book_rows *r, int column);                       /* in the arena of the book */
int64_t book_count(const book_rows *r, int column, const char *table); /* a number that is not negative, or damage of this table */
ppr_wide book_wide(const book_rows *r, int column);                    /* a sum, which is text */
/* The ledger says what cannot be; the first such thing is reported. */
void book_damaged(book *b, const char *where);
void book_fail(book *b, ppr_status status); /* the first failure stays */
/* By what the ledger calls them; NULL: there is none. */
book_survey *book_find_survey(book *b, int64_t id);
book_part *book_find_part(const book_survey *s, int64_t id);
book_cell *book_find_cell(const book_survey *s, const char *key);
#endif
