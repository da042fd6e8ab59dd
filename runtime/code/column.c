/* The bytes of a column: steps from a number to the next; see column.h.
 *
 * A step is a signed number s, of 32 bits or 64, and the first one leads from 0. It is written as the number u = 2s, or -2s - 1 below zero, seven
 * bits to a byte from the lowest on, of the first byte six: bit 7 says that another byte follows, bit 0 of the first that the step is repeated. Then
 * a byte n follows, and the step is made n + 2 times. The shortest form only, and equal steps one after the other only where n is 255. */
#include "code/column.h"
#include <string.h>

enum { MORE = 0x80, AGAIN = 1, FULL_RUN = COLUMN_RUN };

static uint64_t number_at(const char *p, bool wide) {
  uint64_t number = 0;
  uint32_t word;
  if (wide) return memcpy(&number, p, sizeof number), number;
  return memcpy(&word, p, sizeof word), word;
}

/* Signed step as an unsigned number: small ones stay small. */
static uint64_t fold(uint64_t step, bool wide) {
  if (!wide) step = (uint64_t)(int64_t)(int32_t)(uint32_t)step;
  return step << 1 ^ (step >> 63 ? UINT64_MAX : 0);
}

static uint64_t unfold(uint64_t u) { return u >> 1 ^ (u & 1 ? UINT64_MAX : 0); }

static void put_step(ppr_buf *out, uint64_t u, uint32_t times) {
  uint8_t bytes[12];
  size_t n = 0;
  bytes[n++] = (uint8_t)((u & 63) << 1 | (times > 1 ? AGAIN : 0));
  for (u >>= 6; u; u >>= 7) {
    bytes[n - 1] |= MORE;
    bytes[n++] = (uint8_t)(u & 127);
  }
  if (times > 1) bytes[n++] = (uint8_t)(times - 2);
  buf_put(out, bytes, n);
}

void column_put(ppr_buf *out, const void *first, size_t stride, uint32_t count, bool wide) {
  const char *row = first;
  uint64_t last = 0, u = 0;
  uint32_t times = 0;
  for (uint32_t i = 0; i < count; i++, row += stride) {
    uint64_t now = number_at(row, wide), step = fold(now - last, wide);
    last = now;
    if (times && (step != u || times == FULL_RUN)) {
      put_step(out, u, times);
      times = 0;
    }
    u = step;
    times++;
  }
  if (times) put_step(out, u, times);
}

/* The number behind a first byte that says MORE. */
static const uint8_t *long_step(const uint8_t *at, const uint8_t *end, uint64_t *u, bool wide) {
  for (unsigned shift = 6;; shift += 7) {
    if (at == end || shift > 62) return NULL;
    uint64_t part = *at & 127;
    if (shift == 62 && part > 3) return NULL;
    *u |= part << shift;
    if (*at++ & MORE) continue;
    return part && (wide || *u <= UINT32_MAX) ? at : NULL;
  }
}

const uint8_t *column_get(const uint8_t *at, const uint8_t *end, void *first, size_t stride, uint32_t count, bool wide) {
  char *row = first;
  uint64_t number = 0, before = 0;
  uint32_t run = FULL_RUN; /* of `before`: nothing to compare the first step with */
  while (count) {
    if (at == end) return NULL;
    uint8_t head = *at++;
    uint64_t u = head >> 1 & 63;
    uint32_t times = 1;
    if (head & MORE && !(at = long_step(at, end, &u, wide))) return NULL;
    if (head & AGAIN) {
      if (at == end) return NULL;
      times = (uint32_t)*at++ + 2;
    }
    if (times > count || (u == before && run != FULL_RUN)) return NULL;
    before = u;
    run = times;
    count -= times;
    for (uint64_t step = unfold(u); times; times--, row += stride) {
      number += step;
      uint32_t word = (uint32_t)number;
      if (wide) memcpy(row, &number, sizeof number);
      else memcpy(row, &word, sizeof word);
    }
  }
  return at;
}
