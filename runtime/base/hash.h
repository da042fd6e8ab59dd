/* Hashes for tables in memory, never stored: eight bytes at a time, every bit of the result as good as the other. Who picks keys on purpose can make them
 * collide. */
#ifndef PPR_BASE_HASH_H
#define PPR_BASE_HASH_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Up to seven bytes as a word; different ones of one size as different words. */
static inline uint64_t hash_word(const char *p, size_t size) {
  uint32_t first = 0, last = 0;
  if (size >= 4) {
    memcpy(&first, p, 4);
    memcpy(&last, p + size - 4, 4);
  } else if (size > 0) {
    first = (uint32_t)(unsigned char)p[0] << 8 | (unsigned char)p[size / 2];
    last = (unsigned char)p[size - 1];
  }
  return first | (uint64_t)last << 32;
}

/* seed: 0, or the hash of what stands before. With one seed no two texts of one size have the same hash when they have up to HASH_EXACT bytes: then
 * each step can be undone. */
enum { HASH_EXACT = 8 };
static inline uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size) {
  const char *p = bytes;
  uint64_t h = (seed ^ size) * UINT64_C(0x9e3779b97f4a7c15), word;
  for (; size >= 8; p += 8, size -= 8) {
    memcpy(&word, p, 8);
    h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 32;
  }
  h = (h ^ hash_word(p, size)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ h >> 29 ^ h >> 32;
}

static inline uint64_t hash_text(uint64_t seed, const char *text) { return hash_bytes(seed, text, strlen(text)); }
#endif
