/* CRC-32C by the instruction where the processor has it, else by tables. */
#include "base/crc.h"
#include <string.h>

#define POLYNOMIAL UINT32_C(0x82f63b78)

/* Four bytes at once; table[k][b]: what byte b does to the remainder k bytes later. */
static uint32_t by_tables(uint32_t crc, const uint8_t *p, size_t n) {
  uint32_t table[4][256];
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t r = b;
    for (int bit = 0; bit < 8; bit++) r = r >> 1 ^ (r & 1 ? POLYNOMIAL : 0);
    table[0][b] = r;
  }
  for (int k = 1; k < 4; k++)
    for (int b = 0; b < 256; b++) table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 255];
  for (; n >= 4; p += 4, n -= 4) {
    crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^ table[0][crc >> 24];
  }
  for (; n; p++, n--) crc = crc >> 8 ^ table[0][(crc ^ *p) & 255];
  return crc;
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *p, size_t n) {
  uint64_t wide = crc, word;
  for (; n >= sizeof word; p += sizeof word, n -= sizeof word) {
    memcpy(&word, p, sizeof word);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = (uint32_t)wide;
  for (; n; p++, n--) crc = __builtin_ia32_crc32qi(crc, *p);
  return crc;
}

uint32_t crc32c(const void *data, size_t n) {
  __builtin_cpu_init();
  return ~(__builtin_cpu_supports("sse4.2") ? by_instruction : by_tables)(~UINT32_C(0), data, n);
}
#else
uint32_t crc32c(const void *data, size_t n) { return ~by_tables(~UINT32_C(0), data, n); }
#endif
