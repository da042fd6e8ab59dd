/* All keys of a record: every value of every key, numbered, the last key fastest. */
#ifndef PPR_SWEEP_GRID_H
#define PPR_SWEEP_GRID_H
#include "io/schema.h"

typedef struct grid_key {
  const char *name;
  int64_t first;      /* NUMBER; of an enumeration 0 */
  uint64_t values;    /* first, first + 1, … */
  const char **codes; /* of an enumeration, NULL: a number */
} grid_key;

typedef struct grid {
  grid_key *keys;
  size_t n_keys;
  uint64_t size;
} grid;

enum { GRID_CELL = 24 }; /* bytes of the text of a number */

/* Ranges and members are those of the newest Fassung. count: only so many values of the first key, year: only this value of the key the quarter has
 * its year from; 0: all. Everything lives in the arena. PPR_DIAGNOSED: a key is a text or has more values than there can be records; count or year
 * beyond the key. */
ppr_status grid_open(grid *out, ppr_arena *arena, const io_schema *schema, uint64_t count, int64_t year, ppr_report *report);
/* The cells of a key; numbers are printed into `text`, GRID_CELL bytes for each of n_keys. */
void grid_cells(const grid *g, uint64_t number, char *text, csv_cell *cells);
/* "IK 1 bis 700, Einrichtung 29, 30": what the keys are. */
void grid_tell(const grid *g, ppr_buf *out);
#endif
