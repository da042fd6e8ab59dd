/* SHA-256 by libmd. */
#include "base/digest.h"
#include <sha256.h>

enum { PIECE = 1 << 15 };

void sha256(uint8_t out[32], const void *data, size_t n) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, data, n);
  SHA256_Final(out, &state);
}

bool sha256_pull(uint8_t out[32], uint64_t *bytes, long (*next)(void *ctx, char *to, size_t size), void *ctx) {
  SHA256_CTX state;
  char piece[PIECE];
  long n;
  SHA256_Init(&state);
  for (*bytes = 0; (n = next(ctx, piece, sizeof piece)) > 0; *bytes += (uint64_t)n) SHA256_Update(&state, (const uint8_t *)piece, (size_t)n);
  SHA256_Final(out, &state);
  return n == 0;
}

void sha256_text(char out[65], const uint8_t digest[32]) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < 32; i++) {
    out[2 * i] = hex[digest[i] >> 4];
    out[2 * i + 1] = hex[digest[i] & 15];
  }
  out[64] = 0;
}
