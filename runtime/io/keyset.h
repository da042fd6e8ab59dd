/* The keys a run has had, to find the second record of a key. As long as the first parts ascend, by bytes or as numbers, only the keys with
 * the same first part are looked up; the others wait packed in case the order breaks: some 5 bytes a key in order, 25 otherwise. */
#ifndef PPR_IO_KEYSET_H
#define PPR_IO_KEYSET_H
#include "base/buf.h"

typedef struct key_set key_set;
key_set *keyset_new(ppr_alloc alloc); /* NULL when out of memory */
void keyset_free(key_set *s);         /* NULL allowed */
/* Takes the next key: `size` bytes, its parts ended by NUL. The number of the first equal one (keys count from 0, repeated ones too), with *fresh its
 * own. UINT32_MAX when out of memory or full. */
uint32_t keyset_take(key_set *s, const char *key, size_t size, bool *fresh);
/* The same, but a repeated key is not counted: numbers are those of the different keys. */
uint32_t keyset_enter(key_set *s, const char *key, size_t size, bool *fresh);
/* From now on the first key is tried first: another file begins, which mostly has the keys in the same order. As long as it has, no index of all keys
 * is needed. */
void keyset_rewind(key_set *s);
/* The number of a key entered, UINT32_MAX: there is none, or out of memory (keyset_failed). */
uint32_t keyset_find(key_set *s, const char *key, size_t size);
/* The key of a number into out, in any thread. False: out of memory. */
bool keyset_key(const key_set *s, uint32_t number, ppr_buf *out);
/* The same of one key after the other: `walk` and out, which nobody changes meanwhile, remember the key before. Zeroed: none. */
typedef struct key_walk {
  uint32_t next; /* the number behind the key in out */
  size_t at;
} key_walk;
bool keyset_walk(const key_set *s, uint32_t number, key_walk *walk, ppr_buf *out);
bool keyset_failed(const key_set *s);
uint32_t keyset_count(const key_set *s);
/* Bytes it holds. */
size_t keyset_bytes(const key_set *s);
#endif
