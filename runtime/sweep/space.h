/* The parameter space of a scenario: what varies, and the value of each parameter in each run. */
#ifndef PPR_SWEEP_SPACE_H
#define PPR_SWEEP_SPACE_H
#include "io/store.h"
#include "sweep/draw.h"

/* One parameter or reading, the same in every Fassung that has it. */
typedef struct space_axis {
  const char *name;
  const ppr_domain *domain; /* of the first Fassung that has it, which is `edition` */
  const ppr_domain_value *values;
  const ppr_domain_key *key;
  const ppr_field *field;
  uint32_t edition;
  uint64_t steps;  /* values of a grid; 0: drawn */
  uint64_t stride; /* of its index in the number of a set */
  uint64_t hash;   /* of the name */
  int64_t preset;  /* of run 0 */
  bool keyed;      /* drawn for keys: differs between records */
  uint32_t *input; /* per Fassung: its input, PPR_NONE: none */
  uint64_t **keys; /* keyed: per Fassung and record (by position in its Fassung) the hash of the keys it is drawn for */
} space_axis;

typedef struct space {
  space_axis *axes;
  size_t n_axes;
  uint64_t grid, draws, sets, seed; /* sets = grid * draws; 0: nothing varies */
  bool singly;                      /* in each set one axis has one of its other values, all others their preset */
} space;

/* From the `domain` sections of the program. draws: sets per point of the grid where something is drawn. limit: most sets, 0: any. PPR_DIAGNOSED: a
 * parameter varies differently in two Fassungen, or the grid is larger than the limit. Everything lives in the arena. */
ppr_status space_open(space *out, ppr_arena *arena, const io_schema *schema, uint64_t seed, uint64_t draws, uint64_t limit, ppr_report *report);
/* All readings instead: each variant that is not chosen for itself (singly), or all combinations. */
ppr_status space_readings(space *out, ppr_arena *arena, const io_schema *schema, bool singly, uint64_t limit, ppr_report *report);
/* Key hashes of all records held. False: out of memory. */
bool space_keys(space *s, ppr_arena *arena, const record_store *store);
/* Whether the axis has a value of its own in a run; else every Fassung has its preset. */
bool space_varies(const space *s, const space_axis *a, uint64_t run);
/* The value of an axis in run 1 … sets, for a record of a Fassung if it is keyed. */
int64_t space_value(const space *s, const space_axis *a, uint64_t run, uint32_t edition, uint32_t record);
#endif
