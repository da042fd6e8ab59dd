/* SHA-256 by libmd. */
#include "base/digest.h"
#include <sha256.h>

void sha256(uint8_t out[32], const void *data, size_t n) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, data, n);
  SHA256_Final(out, &state);
}

void sha256_text(char out[65], const uint8_t digest[32]) {
  static const char hex[] = "0123456789abcdef";
  for (size_t i = 0; i < 32; i++) {
    out[2 * i] = hex[digest[i] >> 4];
    out[2 * i + 1] = hex[digest[i] & 15];
  }
  out[64] = 0;
}
