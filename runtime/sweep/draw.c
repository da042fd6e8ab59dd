/* Draws in whole numbers only; see draw.h. */
#include "sweep/draw.h"
#include "base/decimal.h"

/* The finalizer of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), which is a bijection. */
static uint64_t mix(uint64_t x) {
  x ^= x >> 30;
  x *= UINT64_C(0xBF58476D1CE4E5B9);
  x ^= x >> 27;
  x *= UINT64_C(0x94D049BB133111EB);
  return x ^ x >> 31;
}

#define STEP UINT64_C(0x9E3779B97F4A7C15)

draw_stream draw_begin(uint64_t seed, uint64_t name, uint64_t number, uint64_t keys) {
  uint64_t words[] = {seed, name, number, keys}, state = 0;
  for (unsigned i = 0; i < 4; i++) state = mix(state + STEP + words[i]);
  return (draw_stream){state, 0};
}

uint64_t draw_next(draw_stream *s) { return mix(s->state + ++s->counter * STEP); }

/* Multiply and take the high word; the few low words that would make some values likelier are drawn again (Lemire 2019). */
uint64_t draw_below(draw_stream *s, uint64_t n) {
  uint64_t threshold = -n % n;
  for (;;) {
    unsigned __int128 product = (unsigned __int128)draw_next(s) * n;
    if ((uint64_t)product >= threshold) return (uint64_t)(product >> 64);
  }
}

uint64_t draw_hash(uint64_t hash, const void *data, size_t n) {
  const uint8_t *bytes = data;
  hash ^= UINT64_C(0xCBF29CE484222325); /* FNV-1a, then mixed: short texts differ in all bits */
  for (size_t i = 0; i < n; i++) hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
  return mix(hash + n);
}

static int64_t between(draw_stream *s, int64_t lo, int64_t hi) {
  uint64_t n = (uint64_t)hi - (uint64_t)lo + 1;
  return (int64_t)((uint64_t)lo + (n ? draw_below(s, n) : draw_next(s)));
}

/* A side of the triangle: k of 1 … n with weight k. Of the pairs (u, v), u of 0 … n, v of 1 … n, those with u < v have v as often as it weighs; the
 * others are the same ones turned around. */
static uint64_t rising(draw_stream *s, uint64_t n) {
  uint64_t u = draw_below(s, n + 1), v = 1 + draw_below(s, n);
  return u < v ? v : n + 1 - v;
}

/* Sides are chosen by their weight, the middle belongs to the left: with L = m - a + 1 and R = b - m + 1 places the weights are k * R on the left and
 * k * L on the right (k < R), so the middle has L * R seen from both, and the sides R * L * (L + 1) / 2 and L * R * (R - 1) / 2. */
static int64_t triangle(draw_stream *s, int64_t a, int64_t m, int64_t b) {
  uint64_t left = (uint64_t)m - (uint64_t)a + 1, right = (uint64_t)b - (uint64_t)m + 1;
  if (draw_below(s, left + right) < left + 1) return (int64_t)((uint64_t)a + rising(s, left) - 1);
  return (int64_t)((uint64_t)b + 1 - rising(s, right - 1));
}

static int64_t normal(draw_stream *s, int64_t mean, int64_t deviation, int64_t lo, int64_t hi) {
  ppr_wide sum = -((ppr_wide)6 << 32), value;
  for (int i = 0; i < 12; i++) sum += draw_next(s) >> 32;
  if (!dec_div_round(&value, sum * deviation, (ppr_wide)1 << 32, PPR_ROUND_HALF_UP)) value = 0;
  value += mean;
  return value < lo ? lo : value > hi ? hi : (int64_t)value;
}

static int64_t weighted(draw_stream *s, const ppr_domain_value *values, uint32_t n) {
  uint64_t all = 0;
  for (uint32_t i = 0; i < n; i++) all += (uint64_t)values[i].weight;
  uint64_t u = draw_below(s, all);
  uint32_t i = 0;
  while (u >= (uint64_t)values[i].weight) u -= (uint64_t)values[i++].weight;
  return values[i].value;
}

int64_t draw_value(draw_stream *s, const ppr_domain *d, const ppr_domain_value *values, int64_t lo, int64_t hi) {
  switch ((ppr_domain_form)d->form) {
  case PPR_DOMAIN_UNIFORM: return between(s, values[0].value, values[1].value);
  case PPR_DOMAIN_TRIANGLE: return triangle(s, values[0].value, values[1].value, values[2].value);
  case PPR_DOMAIN_NORMAL: return normal(s, values[0].value, values[1].value, lo, hi);
  case PPR_DOMAIN_WEIGHTED: return weighted(s, values, d->values);
  case PPR_DOMAIN_RANGE:
  case PPR_DOMAIN_LIST: break;
  }
  return values[0].value;
}
