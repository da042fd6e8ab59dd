/* Names of inputs as users write them: "Behandlungstage", "Behandlungstage[A1]", "VKS[a,b]", "VKS[Auf=b,Von=a]". */
#ifndef PPR_IO_NAMES_H
#define PPR_IO_NAMES_H
#include "io/schema.h"

typedef struct input_name {
  csv_cell field, axis[2], member[2];
  int axes;
} input_name; /* axis[i].size 0: by position */

/* Cut a written name; false when its brackets are wrong. */
bool name_split(input_name *out, csv_cell text);
/* The field (no key, no period) and input it names in an edition; false when there is none. */
bool name_resolve(const io_schema *s, uint32_t edition, const input_name *n, uint32_t *field, uint32_t *input);
/* The first edition in which it names something, or PPR_NONE. */
uint32_t name_edition(const io_schema *s, const input_name *n);
/* Position of a key column or key field of this name, or PPR_NONE. */
uint32_t name_key(const io_schema *s, csv_cell text);
#endif
