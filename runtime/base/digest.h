/* SHA-256 of sources and images. */
#ifndef PPR_BASE_DIGEST_H
#define PPR_BASE_DIGEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void sha256(uint8_t out[32], const void *data, size_t n);
/* The same of what `next` gives piece by piece: up to `size` bytes into `to`, 0: no more, negative: failure. False: `next` failed. */
bool sha256_pull(uint8_t out[32], uint64_t *bytes, long (*next)(void *ctx, char *to, size_t size), void *ctx);
/* 64 lower-case hexadecimal digits and a NUL. */
void sha256_text(char out[65], const uint8_t digest[32]);
#endif
