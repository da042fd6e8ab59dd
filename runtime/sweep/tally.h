/* What a sweep counts: the surveys (`auswertung`) of a program, and their results for the records of one run. */
#ifndef PPR_SWEEP_TALLY_H
#define PPR_SWEEP_TALLY_H
#include "base/wide.h"
#include "io/store.h"

enum { TALLY_GROUPS = 6, TALLY_PARTS = 32, TALLY_SURVEYS = 64, TALLY_RANKS = 9 };
extern const uint8_t tally_percent[TALLY_RANKS]; /* of the sorted values: 0, 5, 10, 25, 50, 75, 90, 95, 100 */

typedef struct tally_part {
  uint32_t form; /* ppr_part_form; groups come first */
  uint32_t kind, scale;
  const char *name, *unit;
} tally_part;

/* All `auswertung` of one name, in every Fassung and scenario. */
typedef struct tally_survey {
  const char *name;
  tally_part *parts;
  uint32_t n_parts, n_groups;
} tally_survey;

typedef struct tally_plan {
  tally_survey *surveys;
  size_t n_surveys, cap;
} tally_plan;

/* One row of section `survey`: the survey for one element of its axis, if it has one. */
typedef struct tally_instance {
  uint32_t survey;
  const char *element;          /* what is in the brackets of the label of its first part, "" without */
  uint32_t when;                /* position among the outputs asked for + 1 */
  uint32_t column[TALLY_PARTS]; /* per part: position among the outputs asked for */
  uint32_t before;              /* the same instance in the baseline's edition, PPR_NONE */
} tally_instance;

/* What is asked of an edition: outputs of its surveys, and of the checks that refuse a record. */
typedef struct tally_edition {
  ppr_edition edition; /* the same with only these outputs */
  uint32_t *output;    /* per output asked for: index in the whole edition */
  tally_instance *instances;
  uint32_t n_instances;
  uint32_t first_refusal; /* outputs from there on are checks */
} tally_edition;

/* Results of all records of an edition in one run: [output * records + record]; the states, and whether there are results at all. */
typedef struct tally_result {
  int64_t *values;
  uint8_t *states;
  uint8_t *fine;
  size_t records;
} tally_result;

/* Adds the surveys of an edition to the plan. PPR_DIAGNOSED: a survey of this name with other parts was there before. */
ppr_status tally_read(tally_plan *plan, tally_edition *out, ppr_arena *arena, const io_schema *schema, uint32_t edition, ppr_report *report);
/* Finds the instances of `of` in the edition of the baseline. */
void tally_match(tally_edition *of, const tally_edition *baseline);

/* --- one run --- */

typedef struct tally_row {
  uint64_t run;
  uint32_t survey, part;
  uint32_t form;
  const char *cell;
  uint64_t yes, no, absent, gained, lost; /* SHARE; n and absent of the others: yes, absent */
  ppr_wide sum;                           /* SUM, SPREAD */
  int64_t rank[TALLY_RANKS];              /* SPREAD with n > 0 */
} tally_row;

/* A cell that was met, with its groups. */
typedef struct tally_cell {
  uint32_t survey, groups; /* a bit per group part */
  const char *cell;
  int64_t place[TALLY_GROUPS]; /* their order; states come before all values */
  const char *value[TALLY_GROUPS], *label[TALLY_GROUPS];
} tally_cell;

/* Results of some records of an edition in one run: [output * stride + record], the first of them being `first` of the edition. */
typedef struct tally_block {
  const io_schema *schema;
  uint32_t edition;
  const tally_edition *of;
  uint32_t first, n;
  size_t stride;
  const int64_t *values;
  const uint8_t *states;
  const uint8_t *fine;            /* per record: it has results */
  const bool *varies;             /* per output: it may differ from the block of these records added last; NULL: all may */
  const tally_edition *of_before; /* the baseline; NULL: this is it, or there is none to compare with */
  const tally_result *before;
  const uint32_t *place; /* per record of the edition: its place in `before`, PPR_NONE */
} tally_block;

typedef struct tally tally; /* of one thread */
/* For so many runs side by side. NULL: out of memory. */
tally *tally_new(ppr_alloc alloc, const tally_plan *plan, uint32_t slots);
void tally_free(tally *t);
/* Adds a block to the run in a slot. Blocks of the same records one after the other, slot by slot, are the fastest. False: out of memory. */
bool tally_add(tally *t, uint32_t slot, const tally_block *b);
/* The run in the slot is complete: its rows are added to those of the tally, and the slot is empty. pairs: also for cells of two groups. */
bool tally_end(tally *t, uint32_t slot, uint64_t run, bool pairs);
/* Rows since the last tally_clear; and cells met in them for the first time ever. */
const tally_row *tally_rows(const tally *t, size_t *n);
const tally_cell *tally_cells(const tally *t, size_t *n);
void tally_clear(tally *t);
/* Cell of all groups of an instance for one record of a block; NULL: out of memory. */
const tally_cell *tally_cell_of(tally *t, const tally_block *b, uint32_t instance, uint32_t record);

/* A histogram row; width of its bins chosen by tally_width. */
typedef struct tally_bin {
  uint32_t survey, part;
  const char *cell;
  int64_t low, high;
  uint64_t n;
} tally_bin;
/* Calls fn for every bin that is not empty of every SPREAD of the run in the slot, before tally_end; width: per survey and part [survey * TALLY_PARTS
 * + part], 0: chosen now (one, two or five times a power of ten, so that half of the values lie in about twenty bins). */
bool tally_bins(tally *t, uint32_t slot, int64_t *width, void (*fn)(const tally_bin *bin, void *ctx), void *ctx);
#endif
