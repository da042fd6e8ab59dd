/* Hash map from byte strings to numbers: open addressing, linear probing, at most half full. */
#include "io/textmap.h"
#include "base/hash.h"
#include <string.h>

static size_t place_of(uint64_t hash, size_t slots) { return (size_t)(hash >> 20) & (slots - 1); }

void textmap_init(textmap *m, ppr_arena *arena) { *m = (textmap){.arena = arena}; }

static textmap_entry *look(const textmap *m, const char *text, size_t size, uint64_t hash) {
  for (size_t i = place_of(hash, m->slots);; i = (i + 1) & (m->slots - 1)) {
    textmap_entry *e = &m->entries[i];
    if (!e->text || (e->hash == hash && e->size == size && (size <= HASH_EXACT || memcmp(e->text, text, size) == 0))) return e;
  }
}

uint32_t textmap_find(const textmap *m, const char *text, size_t size) {
  if (m->count == 0) return TEXTMAP_NONE;
  const textmap_entry *e = look(m, text, size, hash_bytes(0, text, size));
  return e->text ? e->value : TEXTMAP_NONE;
}

/* Old entry arrays stay in the arena: their sizes form a geometric series. */
static bool grow(textmap *m) {
  size_t slots = m->slots ? m->slots * 2 : 16;
  textmap_entry *entries = arena_array(m->arena, slots, sizeof *entries);
  if (!entries) return false;
  for (size_t i = 0; i < m->slots; i++) {
    const textmap_entry *e = &m->entries[i];
    if (!e->text) continue;
    size_t at = place_of(e->hash, slots);
    while (entries[at].text) at = (at + 1) & (slots - 1);
    entries[at] = *e;
  }
  m->entries = entries;
  m->slots = slots;
  return true;
}

uint32_t textmap_add(textmap *m, const char *text, size_t size, uint32_t value, const char **copy) {
  if (m->failed || size > UINT32_MAX) return TEXTMAP_NONE;
  if ((m->count + 1) * 2 > m->slots && !grow(m)) {
    m->failed = true;
    return TEXTMAP_NONE;
  }
  uint64_t hash = hash_bytes(0, text, size);
  textmap_entry *e = look(m, text, size, hash);
  if (!e->text) {
    const char *own = arena_strndup(m->arena, text, size);
    if (!own) {
      m->failed = true;
      return TEXTMAP_NONE;
    }
    *e = (textmap_entry){own, (uint32_t)size, value, hash};
    m->count++;
  }
  if (copy) *copy = e->text;
  return e->value;
}
