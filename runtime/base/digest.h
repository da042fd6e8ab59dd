/* SHA-256 of sources and images. */
#ifndef PPR_BASE_DIGEST_H
#define PPR_BASE_DIGEST_H
#include <stddef.h>
#include <stdint.h>

void sha256(uint8_t out[32], const void *data, size_t n);
/* 64 lower-case hexadecimal digits and a NUL. */
void sha256_text(char out[65], const uint8_t digest[32]);
#endif
