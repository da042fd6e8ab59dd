/* Seeded random numbers for property tests: splitmix64; the seed comes from PPR_SEED or is fixed, and is printed so that a failure can be repeated.
 */
#ifndef TESTS_SUPPORT_PRNG_H
#define TESTS_SUPPORT_PRNG_H
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct prng {
  uint64_t state;
} prng;

static inline prng prng_new(const char *test) {
  const char *text = getenv("PPR_SEED");
  uint64_t seed = text ? strtoull(text, NULL, 0) : 20240701;
  printf("%s: PPR_SEED=%" PRIu64 "\n", test, seed);
  return (prng){seed};
}

static inline uint64_t prng_next(prng *p) {
  uint64_t z = p->state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

/* 0 to n - 1, n >= 1; the small bias of the remainder does not matter here. */
static inline uint64_t prng_below(prng *p, uint64_t n) { return prng_next(p) % n; }
static inline int64_t prng_between(prng *p, int64_t low, int64_t high) {
  return (int64_t)((uint64_t)low + prng_below(p, (uint64_t)high - (uint64_t)low + 1));
}
#endif
