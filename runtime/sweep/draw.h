/* Draws for sweeps: what a parameter is in one set and for one key. A draw is a function of its seed words and of nothing else. */
#ifndef PPR_SWEEP_DRAW_H
#define PPR_SWEEP_DRAW_H
#include "code/program.h"

/* A stream of equally likely 64-bit words that begins anew for every draw. */
typedef struct draw_stream {
  uint64_t state, counter;
} draw_stream;

/* The stream of a draw: seed of the sweep, name of what is drawn (its hash), number of the draw, hash of the keys it is drawn for (0: none). */
draw_stream draw_begin(uint64_t seed, uint64_t name, uint64_t number, uint64_t keys);
uint64_t draw_next(draw_stream *s);
/* Equally likely among 0 … n-1, n > 0. */
uint64_t draw_below(draw_stream *s, uint64_t n);
/* For names and keys. */
uint64_t draw_hash(uint64_t hash, const void *data, size_t n); /* begin with hash 0 */

/* A value of the drawn domain d, as stored, within lo..hi. UNIFORM: every value between its two. TRIANGLE(a, m, b): weight of x is its distance from
 * the nearer end, counted so that a - 1 and b + 1 have none and m the most. NORMAL: mean + deviation * (sum of twelve equal numbers from [0, 1) - 6),
 * rounded half away from zero, then the nearest within lo..hi. WEIGHTED: as the weights say. */
int64_t draw_value(draw_stream *s, const ppr_domain *d, const ppr_domain_value *values, int64_t lo, int64_t hi);
#endif
