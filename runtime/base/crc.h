/* CRC-32C: finds damage of files at the speed of memory. It proves nothing against intent; that is what digests are for. */
#ifndef PPR_BASE_CRC_H
#define PPR_BASE_CRC_H
#include <stddef.h>
#include <stdint.h>

/* Castagnoli polynomial, reflected, all ones before and after: that of "123456789" is E3069283. */
uint32_t crc32c(const void *data, size_t n);
#endif
