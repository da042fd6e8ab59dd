/* Keys in the order they came, each as what differs from the one before; every STEP-th is whole, so that one can be found again. The index holds
 * numbers of keys by their hash and is believed only after comparing the key itself. Files mostly have their keys in one order, so the key behind the
 * one found last, or some keys further, is tried before the index, which need not be made of all keys as long as they do. */
#include "io/keyset.h"
#include "base/buf.h"
#include "base/hash.h"
#include <string.h>

enum { STEP = 16, SLOTS = 64, LOOK_AHEAD = 16 };

typedef struct slot {
  uint32_t hash, number;
} slot; /* number + 1; smaller than the group's first: free */

/* How the first parts of the keys follow each other. */
typedef enum { BY_BYTES, BY_LENGTH, ORDERS } order; /* "10" < "9"; "9" < "10" */

struct key_set {
  ppr_alloc alloc;
  ppr_buf packed;  /* per key: bytes shared with the one before, bytes of its own (1 to 3 bytes each), these bytes */
  uint64_t *whole; /* where every STEP-th key is in packed */
  size_t whole_cap;
  ppr_buf last;          /* the key before */
  ppr_buf found;         /* the key unpacked last */
  uint32_t near;         /* its number; UINT32_MAX: none, so that the first one is the next */
  size_t near_end;       /* where the key behind it is in packed */
  bool repeats;          /* a key has more than one number */
  size_t last_part;      /* bytes of the first part of the key before */
  uint32_t count, group; /* keys; number of the first one of the group */
  bool ordered[ORDERS], failed;
  slot *slots;
  size_t n_slots;
};

key_set *keyset_new(ppr_alloc alloc) {
  key_set *s = alloc.fn(alloc.ctx, NULL, 0, sizeof *s);
  if (!s) return NULL;
  *s = (key_set){.alloc = alloc, .ordered = {true, true}, .near = UINT32_MAX};
  buf_init(&s->packed, alloc, SIZE_MAX / 2);
  buf_init(&s->last, alloc, SIZE_MAX / 2);
  buf_init(&s->found, alloc, SIZE_MAX / 2);
  return s;
}

void keyset_free(key_set *s) {
  if (!s) return;
  buf_fini(&s->packed);
  buf_fini(&s->last);
  buf_fini(&s->found);
  if (s->whole) s->alloc.fn(s->alloc.ctx, s->whole, s->whole_cap * sizeof *s->whole, 0);
  if (s->slots) s->alloc.fn(s->alloc.ctx, s->slots, s->n_slots * sizeof *s->slots, 0);
  s->alloc.fn(s->alloc.ctx, s, sizeof *s, 0);
}

size_t keyset_bytes(const key_set *s) { return s->packed.cap + s->whole_cap * sizeof *s->whole + s->n_slots * sizeof *s->slots; }

/* --- packing --- */

static char *put_size(char *p, size_t n) {
  for (; n >= 128; n >>= 7) *p++ = (char)(unsigned char)(n | 128);
  *p++ = (char)n;
  return p;
}

static size_t get_size(const char **p) {
  size_t n = 0;
  for (unsigned shift = 0;; shift += 7) {
    unsigned char c = (unsigned char)*(*p)++;
    n |= (size_t)(c & 127) << shift;
    if (c < 128) return n;
  }
}

static bool pack(key_set *s, const char *key, size_t size, size_t part) {
  size_t shared = 0;
  if (s->count % STEP == 0) {
    size_t at = s->count / STEP;
    if (at == s->whole_cap) {
      size_t cap = s->whole_cap ? s->whole_cap * 2 : 64;
      uint64_t *whole = s->alloc.fn(s->alloc.ctx, s->whole, s->whole_cap * sizeof *whole, cap * sizeof *whole);
      if (!whole) return false;
      s->whole = whole;
      s->whole_cap = cap;
    }
    s->whole[at] = s->packed.size;
  } else {
    size_t most = size < s->last.size ? size : s->last.size;
    for (uint64_t a, b; shared + 8 <= most; shared += 8) {
      memcpy(&a, key + shared, 8);
      memcpy(&b, s->last.data + shared, 8);
      if (a != b) break;
    }
    while (shared < most && key[shared] == s->last.data[shared]) shared++;
  }
  char *room = buf_room(&s->packed, size + 20), *p = room;
  if (!room) return false;
  p = put_size(put_size(p, shared), size - shared);
  memcpy(p, key + shared, size - shared);
  buf_take(&s->packed, (size_t)(p - room) + size - shared);
  s->last.size = 0;
  s->last_part = part;
  buf_put(&s->last, key, size);
  s->count++;
  return !s->last.failed;
}

/* The key at *p, of which out holds the one before. */
static bool unpack_next(ppr_buf *out, const char **p) {
  out->size = get_size(p);
  size_t own = get_size(p);
  buf_put(out, *p, own);
  *p += own;
  return !out->failed;
}

bool keyset_walk(const key_set *s, uint32_t number, key_walk *walk, ppr_buf *out) {
  uint32_t whole = number - number % STEP;
  if (number < walk->next || walk->next < whole) *walk = (key_walk){whole, s->whole[number / STEP]};
  const char *p = s->packed.data + walk->at;
  for (; walk->next <= number; walk->next++)
    if (!unpack_next(out, &p)) return false;
  walk->at = (size_t)(p - s->packed.data);
  return true;
}

bool keyset_key(const key_set *s, uint32_t number, ppr_buf *out) {
  key_walk walk = {0};
  return keyset_walk(s, number, &walk, out);
}

static void forget_near(key_set *s) {
  s->near = UINT32_MAX;
  s->near_end = s->found.size = 0;
}

/* Unpacks the key behind the one found last. */
static bool step(key_set *s) {
  const char *p = s->packed.data + s->near_end;
  s->near++;
  bool right = unpack_next(&s->found, &p);
  s->near_end = (size_t)(p - s->packed.data);
  return right;
}

static bool is_found(const key_set *s, const char *key, size_t size) { return s->found.size == size && memcmp(s->found.data, key, size) == 0; }

static bool is_key(key_set *s, uint32_t number, const char *key, size_t size) {
  if (s->near == UINT32_MAX || number < s->near || number - s->near > STEP) { /* from the whole key before it */
    s->near = number - number % STEP - 1;
    s->near_end = s->whole[number / STEP];
  }
  while (s->near != number)
    if (!step(s)) return false;
  return is_found(s, key, size);
}

/* Is it the one found last, or the one behind it? As long as there is no index of all keys it may be some keys further: of others a file has no rows.
 */
static bool is_next(key_set *s, const char *key, size_t size) {
  if (s->repeats) return false;
  if (s->near != UINT32_MAX && is_found(s, key, size)) return true;
  for (int i = s->ordered[BY_BYTES] || s->ordered[BY_LENGTH] ? LOOK_AHEAD : 1; i > 0 && s->near + 1 < s->count; i--) {
    if (!step(s)) return false;
    if (is_found(s, key, size)) return true;
  }
  return false;
}

/* --- index --- */

static uint32_t hash_of(const char *key, size_t size) { return (uint32_t)hash_bytes(0, key, size); }

static bool taken(const key_set *s, const slot *at) { return at->number > s->group; }

static void enter(key_set *s, uint32_t hash, uint32_t number) {
  size_t i = hash & (s->n_slots - 1);
  while (taken(s, &s->slots[i])) i = (i + 1) & (s->n_slots - 1);
  s->slots[i] = (slot){hash, number + 1};
}

/* An index with `n_slots` and the keys of the group that are in the old one. */
static bool make_index(key_set *s, size_t n_slots) {
  slot *slots = s->alloc.fn(s->alloc.ctx, NULL, 0, n_slots * sizeof *slots), *old = s->slots;
  size_t n_old = s->n_slots;
  s->failed = s->failed || !slots;
  if (!slots) return false;
  memset(slots, 0, n_slots * sizeof *slots);
  s->slots = slots;
  s->n_slots = n_slots;
  for (size_t i = 0; i < n_old; i++)
    if (taken(s, &old[i])) enter(s, old[i].hash, old[i].number - 1);
  if (old) s->alloc.fn(s->alloc.ctx, old, n_old * sizeof *old, 0);
  return true;
}

/* At most half full with another key of the group. */
static bool grow(key_set *s) {
  size_t need = ((size_t)(s->count - s->group) + 1) * 2, n = s->n_slots ? s->n_slots : SLOTS;
  while (n < need) n *= 2;
  return n == s->n_slots || make_index(s, n);
}

/* All keys are one group from now on: those of the groups before come into the index too. */
static bool index_all(key_set *s) {
  size_t n = s->n_slots;
  uint32_t group = s->group;
  while (n < (size_t)s->count * 2) n *= 2;
  s->ordered[BY_BYTES] = s->ordered[BY_LENGTH] = false;
  if (!make_index(s, n)) return false; /* without what is left over from other groups */
  s->group = 0;
  forget_near(s);
  while (s->near + 1 < group) {
    if (!step(s)) return false;
    enter(s, hash_of(s->found.data, s->found.size), s->near);
  }
  return true;
}

/* --- order --- */

/* Does a text of n bytes stand before one of m? c: how the first bytes of both compare. */
static bool before(order by, int c, size_t n, size_t m) {
  if (n == m) return c < 0;
  return by == BY_LENGTH || c == 0 ? n < m : c < 0;
}

/* The first part of the key, m bytes, against that of the one before: the same group, a new one, or the end of all order: then all keys are one
 * group. */
static bool follow(key_set *s, const char *key, size_t m) {
  if (s->count == 0 || (!s->ordered[BY_BYTES] && !s->ordered[BY_LENGTH])) return true;
  size_t n = s->last_part;
  int c = memcmp(s->last.data, key, n < m ? n : m);
  if (n == m && c == 0) return true;
  for (int by = 0; by < ORDERS; by++) s->ordered[by] = s->ordered[by] && before((order)by, c, n, m);
  if (!s->ordered[BY_BYTES] && !s->ordered[BY_LENGTH]) return index_all(s);
  s->group = s->count;
  return true;
}

/* Where the key is in the index, or would be. */
static slot *look(key_set *s, const char *key, size_t size, uint32_t hash) {
  size_t i = hash & (s->n_slots - 1);
  while (taken(s, &s->slots[i]) && !(s->slots[i].hash == hash && is_key(s, s->slots[i].number - 1, key, size))) i = (i + 1) & (s->n_slots - 1);
  return &s->slots[i];
}

/* The next key, which counts when it is new or `always`. */
static uint32_t add(key_set *s, const char *key, size_t size, bool always, bool *fresh) {
  *fresh = false;
  if (!always && is_next(s, key, size)) return s->near;
  size_t part = strlen(key);
  if (s->count >= UINT32_MAX - 1 || !follow(s, key, part) || !grow(s)) return UINT32_MAX;
  uint32_t hash = hash_of(key, size);
  slot *at = look(s, key, size, hash);
  *fresh = !taken(s, at);
  uint32_t number = *fresh ? s->count : at->number - 1;
  if (s->found.failed || ((*fresh || always) && !pack(s, key, size, part))) return UINT32_MAX;
  if (*fresh) *at = (slot){hash, number + 1};
  else s->repeats = s->repeats || always;
  return number;
}

uint32_t keyset_take(key_set *s, const char *key, size_t size, bool *fresh) { return add(s, key, size, true, fresh); }
uint32_t keyset_enter(key_set *s, const char *key, size_t size, bool *fresh) { return add(s, key, size, false, fresh); }

void keyset_rewind(key_set *s) { forget_near(s); }

uint32_t keyset_find(key_set *s, const char *key, size_t size) {
  if (s->count == 0) return UINT32_MAX;
  if (is_next(s, key, size)) return s->near;
  if (s->group > 0 && !index_all(s)) return UINT32_MAX;
  const slot *at = look(s, key, size, hash_of(key, size));
  return taken(s, at) && !s->found.failed ? at->number - 1 : UINT32_MAX;
}

bool keyset_failed(const key_set *s) { return s->failed || s->found.failed; }

uint32_t keyset_count(const key_set *s) { return s->count; }
