/* Memory: one allocation hook, arenas that die as a whole. An arena never frees single items; a failed allocation makes it sticky-failed. */
#ifndef PPR_BASE_ARENA_H
#define PPR_BASE_ARENA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* realloc-like hook: old/new sizes in bytes; new_size 0 frees. NULL on failure. */
typedef void *(*ppr_alloc_fn)(void *ctx, void *ptr, size_t old_size, size_t new_size);
typedef struct ppr_alloc {
  ppr_alloc_fn fn;
  void *ctx;
} ppr_alloc;
extern const ppr_alloc ppr_alloc_default; /* malloc family */

typedef struct ppr_arena ppr_arena;
ppr_arena *arena_new(ppr_alloc alloc); /* NULL on failure */
void arena_free(ppr_arena *a);         /* NULL allowed */
void arena_clear(ppr_arena *a);        /* all items are gone; their memory stays for the next ones */
/* The items of `from` live as long as `a` from now on; frees `from`. Both have the same alloc. */
void arena_adopt(ppr_arena *a, ppr_arena *from);
/* Zeroed memory aligned to 64 bytes for sizes >= 4096, else 16. NULL when out of memory: the arena is then failed (arena_failed) for good. */
void *arena_alloc(ppr_arena *a, size_t size);
void *arena_array(ppr_arena *a, size_t count, size_t size); /* checked product */
void *arena_raw(ppr_arena *a, size_t count, size_t size);   /* the same, not zeroed: for arrays written before they are read */
char *arena_strndup(ppr_arena *a, const char *text, size_t n);
void *arena_copy(ppr_arena *a, const void *items, size_t count, size_t size); /* of an array; checked product */
/* printf into the arena. */
char *arena_printf(ppr_arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool arena_failed(const ppr_arena *a);
/* Grow an arena array: new array with room for `need` items, old contents copied, the rest zeroed; *cap updated. The old one stays as it is. */
void *arena_regrow(ppr_arena *a, void *items, size_t count, size_t *cap, size_t need, size_t size, bool zero);
static inline void *arena_grow(ppr_arena *a, void *items, size_t count, size_t *cap, size_t need, size_t size) {
  return need <= *cap ? items : arena_regrow(a, items, count, cap, need, size, true);
}
/* The same with a rest that is not zeroed, and with more of it: for whoever writes items whole, one behind the other. */
static inline void *arena_extend(ppr_arena *a, void *items, size_t count, size_t *cap, size_t need, size_t size) {
  return need <= *cap ? items : arena_regrow(a, items, count, cap, need, size, false);
}
#endif
