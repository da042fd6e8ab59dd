/* Hash map from byte strings to numbers, for keys, codes and column names. Lives in an arena. */
#ifndef PPR_IO_TEXTMAP_H
#define PPR_IO_TEXTMAP_H
#include "base/arena.h"

typedef struct textmap_entry {
  const char *text;
  uint32_t size, value;
  uint64_t hash;
} textmap_entry;
typedef struct textmap {
  ppr_arena *arena;
  textmap_entry *entries; /* open addressing; text NULL: free */
  size_t slots, count;
  bool failed; /* out of memory: nothing more is added */
} textmap;

#define TEXTMAP_NONE UINT32_MAX

void textmap_init(textmap *m, ppr_arena *arena);
/* TEXTMAP_NONE when absent. */
uint32_t textmap_find(const textmap *m, const char *text, size_t size);
/* The value stored for the text; stores `value` (and a copy of the text) when it is new. *copy (may be NULL) is the stored text, NUL-terminated.
 * TEXTMAP_NONE when out of memory. */
uint32_t textmap_add(textmap *m, const char *text, size_t size, uint32_t value, const char **copy);
#endif
