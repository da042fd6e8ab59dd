/* The builder: interned strings, and the rows of the edition at hand, copied into the tight arena of the program when the next one begins. */
#include "code/build.h"
#include "base/hash.h"
#include "code/image.h"
#include "code/references.h"
#include <string.h>

/* An edition; its address is stable until build_finish. */
typedef struct draft {
  ppr_edition edition;
  struct draft *next;
} draft;

struct ppr_parcel {
  ppr_arena *rows;
  ppr_edition edition;
  char *text;
  uint32_t *string_at, *string_hash;
  size_t n_string;
};

struct ppr_builder {
  ppr_alloc alloc;
  ppr_arena *arena; /* scratch: everything here dies in build_finish, this struct included */
  ppr_arena *kept;  /* of the program */
  uint32_t name;
  char *text;
  size_t n_text, cap_text;
  uint32_t *string_at, *string_hash;
  size_t n_string, cap_string_at, cap_string_hash;
  uint32_t *slots; /* open addressing: string id + 1, 0 free */
  size_t n_slots;  /* power of two */
  draft *first, *last;
  ppr_edition *open; /* the edition at hand: its rows grow in `rows`; those of the others are sealed */
  ppr_edition rows;
#define SECTION(number, name, members) size_t cap_##name;
#include "code/sections.def"
#undef SECTION
  uint32_t n_editions;
  ppr_source_digest *sources;
  size_t n_sources, cap_sources;
  ppr_edition lost; /* takes the writes of a caller whose edition found no memory */
  bool failed;
};

/* Room for one more item; false (and failed for good) when out of memory or ids. */
static bool room(ppr_builder *b, void **items, size_t count, size_t *cap, size_t size) {
  if (b->failed || count >= UINT32_MAX - 1) return b->failed = true, false;
  if (count < *cap) return true;
  void *grown = arena_extend(b->arena, *items, count, cap, count + 1, size);
  if (!grown) return b->failed = true, false;
  *items = grown;
  return true;
}

/* The slot of a text: its own or the free one where it belongs. */
static uint32_t *slot_of(const ppr_builder *b, const char *text, uint32_t h) {
  for (size_t i = h;; i++) {
    uint32_t *slot = &b->slots[i & (b->n_slots - 1)];
    if (!*slot) return slot;
    uint32_t id = *slot - 1;
    if (b->string_hash[id] == h && strcmp(b->text + b->string_at[id], text) == 0) return slot;
  }
}

static bool rehash(ppr_builder *b) {
  size_t n = b->n_slots ? b->n_slots * 2 : 256;
  uint32_t *slots = arena_array(b->arena, n, sizeof *slots);
  if (!slots) return false;
  for (size_t id = 0; id < b->n_string; id++) {
    size_t i = b->string_hash[id] & (n - 1);
    while (slots[i]) i = (i + 1) & (n - 1);
    slots[i] = (uint32_t)id + 1;
  }
  b->slots = slots;
  b->n_slots = n;
  return true;
}

/* The id of a text of n bytes with its NUL, whose hash is h. */
static uint32_t intern(ppr_builder *b, const char *text, size_t n, uint32_t h) {
  if (b->n_string * 2 >= b->n_slots && !rehash(b)) return b->failed = true, 0;
  uint32_t *slot = slot_of(b, text, h);
  if (*slot) return *slot - 1;
  if (n > UINT32_MAX - b->n_text) return b->failed = true, 0;
  if (b->n_text + n > b->cap_text) {
    char *grown = arena_extend(b->arena, b->text, b->n_text, &b->cap_text, b->n_text + n, 1);
    if (!grown) return b->failed = true, 0;
    b->text = grown;
  }
  void *at = b->string_at, *hashes = b->string_hash;
  if (!room(b, &at, b->n_string, &b->cap_string_at, sizeof *b->string_at)) return 0;
  b->string_at = at;
  if (!room(b, &hashes, b->n_string, &b->cap_string_hash, sizeof *b->string_hash)) return 0;
  b->string_hash = hashes;
  uint32_t id = (uint32_t)b->n_string++;
  b->string_at[id] = (uint32_t)b->n_text;
  b->string_hash[id] = h;
  memcpy(b->text + b->n_text, text, n);
  b->n_text += n;
  *slot = id + 1;
  return id;
}

uint32_t build_string(ppr_builder *b, const char *text) {
  if (!text) text = "";
  if (b->failed) return 0;
  size_t n = strlen(text);
  return intern(b, text, n + 1, (uint32_t)hash_bytes(0, text, n));
}

ppr_builder *build_new(ppr_alloc alloc) {
  ppr_arena *arena = arena_new(alloc);
  ppr_builder *b = arena ? arena_alloc(arena, sizeof *b) : NULL;
  if (!b) return arena_free(arena), NULL;
  b->alloc = alloc;
  b->arena = arena;
  b->kept = arena_new(alloc);
  build_string(b, "");
  if (b->failed || !b->kept) return build_discard(b), NULL;
  return b;
}

void build_discard(ppr_builder *b) {
  if (!b) return;
  arena_free(b->kept);
  arena_free(b->arena);
}

void build_name(ppr_builder *b, const char *regelwerk) { b->name = build_string(b, regelwerk); }

void build_source(ppr_builder *b, const char *name, const uint8_t sha256[32]) {
  uint32_t id = build_string(b, name);
  void *sources = b->sources;
  if (!room(b, &sources, b->n_sources, &b->cap_sources, sizeof *b->sources)) return;
  b->sources = sources;
  ppr_source_digest *digest = &b->sources[b->n_sources++];
  digest->name = id;
  memcpy(digest->sha256, sha256, sizeof digest->sha256);
}

/* A copy; NULL stays NULL for no items. */
static void *seal(ppr_arena *arena, const void *items, size_t count, size_t size) { return count ? arena_copy(arena, items, count, size) : NULL; }

/* The rows of an edition get their place. */
static void seal_rows(ppr_arena *arena, ppr_edition *e) {
#define SECTION(number, name, members) e->name = seal(arena, e->name, e->n_##name, sizeof *e->name);
#include "code/sections.def"
#undef SECTION
}

static void seal_open(ppr_builder *b) {
  if (b->open) seal_rows(b->kept, b->open);
  b->failed = b->failed || arena_failed(b->kept);
  b->open = NULL;
}

static ppr_edition *add_edition(ppr_builder *b) {
  draft *d = b->failed ? NULL : arena_alloc(b->arena, sizeof *d);
  if (!d) return b->failed = true, &b->lost;
  if (b->last) b->last->next = d;
  else b->first = d;
  b->last = d;
  b->n_editions++;
  return &d->edition;
}

ppr_edition *build_edition(ppr_builder *b) {
  seal_open(b);
  ppr_edition *e = add_edition(b);
  *e = b->rows;
  e->period_input = PPR_NONE;
  e->until_day = e->written_until = INT64_MAX;
  return b->open = e;
}

#define SECTION(number, name, members)                                                                                                               \
  uint32_t build_##name(ppr_builder *b, ppr_##name row) {                                                                                            \
    ppr_edition *e = b->open;                                                                                                                        \
    if (!e) return b->failed = true, 0;                                                                                                              \
    void *rows = e->name;                                                                                                                            \
    if (!room(b, &rows, e->n_##name, &b->cap_##name, sizeof row)) return 0;                                                                          \
    e->name = b->rows.name = rows;                                                                                                                   \
    e->name[e->n_##name] = row;                                                                                                                      \
    return e->n_##name++;                                                                                                                            \
  }
#include "code/sections.def"
#undef SECTION

ppr_parcel *build_pack(const ppr_builder *b, ppr_arena *passing) {
  ppr_parcel *parcel = b->failed || !b->last ? NULL : arena_alloc(passing, sizeof *parcel);
  if (!parcel) return NULL;
  *parcel = (ppr_parcel){.rows = arena_new(b->alloc), .edition = b->last->edition, .n_string = b->n_string};
  parcel->text = seal(passing, b->text, b->n_text, 1);
  parcel->string_at = seal(passing, b->string_at, b->n_string, sizeof *b->string_at);
  parcel->string_hash = seal(passing, b->string_hash, b->n_string, sizeof *b->string_hash);
  if (parcel->rows) seal_rows(parcel->rows, &parcel->edition);
  if (parcel->rows && !arena_failed(parcel->rows) && !arena_failed(passing)) return parcel;
  build_parcel_discard(parcel);
  return NULL;
}

void build_parcel_discard(ppr_parcel *parcel) {
  if (parcel) arena_free(parcel->rows);
}

void build_append(ppr_builder *b, ppr_parcel *parcel) {
  uint32_t *now = arena_array(b->arena, parcel->n_string, sizeof *now);
  if (!now) b->failed = true;
  for (size_t id = 0; id < parcel->n_string && !b->failed; id++) {
    const char *text = parcel->text + parcel->string_at[id];
    now[id] = intern(b, text, strlen(text) + 1, parcel->string_hash[id]);
  }
  seal_open(b);
  if (!b->failed) {
    ppr_edition *e = add_edition(b);
    *e = parcel->edition;
    references_rename(e, now);
  }
  arena_adopt(b->kept, parcel->rows);
}

void build_again(ppr_builder *b) {
  arena_clear(b->kept);
  b->n_text = b->n_string = b->n_sources = b->n_editions = 0;
  b->first = b->last = NULL;
  b->open = NULL;
  if (b->slots) memset(b->slots, 0, b->n_slots * sizeof *b->slots);
  build_string(b, "");
}

bool build_failed(const ppr_builder *b) { return b->failed || arena_failed(b->arena); }

/* Drafts by kind of record, kinds in order of appearance, then by from_day; equal days keep their order (the verifier refuses them). */
static draft *sorted(draft *first) {
  draft *done = NULL;
  while (first) {
    draft *d = first, **at = &done;
    first = d->next;
    while (*at && (*at)->edition.record != d->edition.record) at = &(*at)->next;
    while (*at && (*at)->edition.record == d->edition.record && (*at)->edition.from_day <= d->edition.from_day) at = &(*at)->next;
    d->next = *at;
    *at = d;
  }
  return done;
}

ppr_program *build_finish(ppr_builder *b) {
  seal_open(b);
  ppr_program *p = build_failed(b) ? NULL : arena_alloc(b->kept, sizeof *p);
  if (p) {
    p->arena = b->kept;
    p->name = b->name;
    p->n_text = b->n_text;
    p->text = seal(b->kept, b->text, b->n_text, 1);
    p->n_string = (uint32_t)b->n_string;
    p->string_at = seal(b->kept, b->string_at, b->n_string, sizeof *b->string_at);
    p->n_sources = (uint32_t)b->n_sources;
    p->sources = seal(b->kept, b->sources, b->n_sources, sizeof *b->sources);
    p->editions = b->n_editions ? arena_array(b->kept, b->n_editions, sizeof *p->editions) : NULL;
    for (draft *d = sorted(b->first); d && p->editions; d = d->next) p->editions[p->n_editions++] = d->edition;
    if (arena_failed(b->kept)) p = NULL;
  }
  if (p) b->kept = NULL; /* given away */
  build_discard(b);
  return p;
}

void program_free(ppr_program *p) {
  if (!p) return;
  image_forget(p);
  arena_free(p->arena);
}
