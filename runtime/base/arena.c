/* Arenas: chunks for small items, blocks of their own for large ones; and the default allocation hook. */
#include "base/arena.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ARENA_CHUNK_FIRST
#define ARENA_CHUNK_FIRST 8192 /* payload of the first chunk; chunks double up to ARENA_CHUNK_LAST */
#endif
#define ARENA_CHUNK_LAST ((size_t)1 << 18)
#define ARENA_BIG 4096 /* from here on an item is aligned to a cache line and has its own block */

/* The debug twin gives every item its own allocation, so that sanitizers see the bounds of each. */
#ifdef PPR_ARENA_TWIN
enum { TWIN = 1 };
#else
enum { TWIN = 0 };
#endif

typedef struct block {
  struct block *next;
  size_t size; /* of the whole allocation */
} block;
#define BLOCK_HEAD ((sizeof(block) + 15) & ~(size_t)15)

struct ppr_arena {
  ppr_alloc alloc;
  block *blocks, *spare; /* spare: of items gone */
  char *at, *end;        /* room left in the current chunk */
  size_t chunk;          /* payload of the next chunk */
  bool failed;
};

static void *default_fn(void *ctx, void *ptr, size_t old_size, size_t new_size) {
  (void)ctx, (void)old_size;
  if (new_size) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}

const ppr_alloc ppr_alloc_default = {default_fn, NULL};

ppr_arena *arena_new(ppr_alloc alloc) {
  ppr_arena *a = alloc.fn(alloc.ctx, NULL, 0, sizeof *a);
  if (a) *a = (ppr_arena){.alloc = alloc, .chunk = ARENA_CHUNK_FIRST};
  return a;
}

static void free_blocks(ppr_arena *a, block *first) {
  for (block *b = first, *next; b; b = next) {
    next = b->next;
    a->alloc.fn(a->alloc.ctx, b, b->size, 0);
  }
}

void arena_free(ppr_arena *a) {
  if (!a) return;
  free_blocks(a, a->blocks);
  free_blocks(a, a->spare);
  a->alloc.fn(a->alloc.ctx, a, sizeof *a, 0);
}

static block **end_of(block **list) {
  while (*list) list = &(*list)->next;
  return list;
}

void arena_clear(ppr_arena *a) {
  if (TWIN) free_blocks(a, a->blocks), a->blocks = NULL; /* so that a sanitizer sees the use of an item that is gone */
  *end_of(&a->blocks) = a->spare;
  a->spare = a->blocks;
  a->blocks = NULL;
  a->at = a->end = NULL;
  a->chunk = ARENA_CHUNK_FIRST;
}

void arena_adopt(ppr_arena *a, ppr_arena *from) {
  *end_of(&from->blocks) = a->blocks;
  a->blocks = from->blocks;
  a->failed = a->failed || from->failed;
  from->blocks = NULL;
  arena_free(from);
}

static void *fail(ppr_arena *a) {
  a->failed = true;
  return NULL;
}

/* The spare block that fits best, without much waste, or NULL: who does the same again finds the same blocks. */
static block *take_spare(ppr_arena *a, size_t size) {
  block **best = NULL;
  for (block **at = &a->spare; *at; at = &(*at)->next)
    if ((*at)->size >= size && (*at)->size / 2 <= size && (!best || (*at)->size < (*best)->size)) best = at;
  if (!best) return NULL;
  block *b = *best;
  *best = b->next;
  return b;
}

/* A block with `payload` bytes after its head. */
static char *block_new(ppr_arena *a, size_t payload) {
  if (payload > SIZE_MAX - BLOCK_HEAD) return fail(a);
  block *b = take_spare(a, BLOCK_HEAD + payload);
  if (!b) {
    b = a->alloc.fn(a->alloc.ctx, NULL, 0, BLOCK_HEAD + payload);
    if (!b) return fail(a);
    b->size = BLOCK_HEAD + payload;
  }
  b->next = a->blocks;
  a->blocks = b;
  return (char *)b + BLOCK_HEAD;
}

/* Memory that is not zeroed. */
static void *take(ppr_arena *a, size_t size) {
  if (a->failed) return NULL;
  if (size == 0) size = 1;
  if (size >= ARENA_BIG) {
    if (size > SIZE_MAX - 63) return fail(a);
    char *p = block_new(a, size + 63);
    if (!p) return NULL;
    return p + (64 - (uintptr_t)p % 64) % 64;
  }
  if (TWIN) return block_new(a, size);
  size_t step = (size + 15) & ~(size_t)15;
  if (step > (size_t)(a->end - a->at)) {
    size_t payload = a->chunk > step ? a->chunk : step;
    char *p = block_new(a, payload);
    if (!p) return NULL;
    a->at = p;
    a->end = p + payload;
    if (a->chunk < ARENA_CHUNK_LAST) a->chunk *= 2;
  }
  void *item = a->at;
  a->at += step;
  return item;
}

void *arena_alloc(ppr_arena *a, size_t size) {
  void *item = take(a, size);
  return item ? memset(item, 0, size) : NULL;
}

void *arena_raw(ppr_arena *a, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return fail(a);
  return take(a, bytes);
}

void *arena_copy(ppr_arena *a, const void *items, size_t count, size_t size) {
  void *copy = arena_raw(a, count, size);
  return copy && count && size ? memcpy(copy, items, count * size) : copy;
}

void *arena_array(ppr_arena *a, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return fail(a);
  return arena_alloc(a, bytes);
}

char *arena_strndup(ppr_arena *a, const char *text, size_t n) {
  if (n == SIZE_MAX) return fail(a);
  char *copy = take(a, n + 1);
  if (copy && n) memcpy(copy, text, n);
  if (copy) copy[n] = 0;
  return copy;
}

char *arena_printf(ppr_arena *a, const char *format, ...) {
  char mostly[256];
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(mostly, sizeof mostly, format, args);
  char *text = n < 0 ? fail(a) : take(a, (size_t)n + 1);
  if (text && (size_t)n < sizeof mostly) memcpy(text, mostly, (size_t)n + 1);
  else if (text) vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  va_end(args);
  return text;
}

bool arena_failed(const ppr_arena *a) { return a->failed; }

void *arena_regrow(ppr_arena *a, void *items, size_t count, size_t *cap, size_t need, size_t size, bool zero) {
  size_t times = zero ? 2 : 4; /* room that nobody writes to costs nothing, the arrays left behind do */
  size_t room = *cap > SIZE_MAX / times ? need : *cap * times;
  if (room < need) room = need;
  if (room < 8) room = 8;
  size_t bytes;
  char *grown = __builtin_mul_overflow(room, size, &bytes) ? fail(a) : take(a, bytes);
  if (!grown) {
    *cap = 0; /* the next call fails again instead of handing out room that is not there */
    return NULL;
  }
  if (count) memcpy(grown, items, count * size);
  if (zero) memset(grown + count * size, 0, bytes - count * size);
  *cap = room;
  return grown;
}
