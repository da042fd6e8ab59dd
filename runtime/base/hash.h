/* Hashes for tables in memory, never stored: eight bytes at a time, every bit of the result as good as the other. Who picks keys on purpose can make them
 * collide. */
#ifndef PPR_BASE_HASH_H
#define PPR_BASE_HASH_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* seed: 0, or the hash of what stands before. */
static inline uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size) {
  const char *p = bytes;
  uint64_t h = (seed ^ size) * UINT64_C(0x9e3779b97f4a7c15), word;
  for (; size >= 8; p += 8, size -= 8) {
    memcpy(&word, p, 8);
    h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 32;
  }
  word = 0;
  memcpy(&word, p, size);
  h = (h ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ h >> 29 ^ h >> 32;
}

static inline uint64_t hash_text(uint64_t seed, const char *text) { return hash_bytes(seed, text, strlen(text)); }
#endif
