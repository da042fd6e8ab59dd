/* A member of all rows of a section as bytes: how it changes from row to row, equal steps together. */
#ifndef PPR_CODE_COLUMN_H
#define PPR_CODE_COLUMN_H
#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows a byte can stand for: what is decoded stays in proportion to the bytes. */
enum { COLUMN_RUN = 257 };

/* Appends `count` numbers that stand `stride` bytes apart: 64 bits wide, or else 32. One sequence of numbers gives one sequence of bytes. */
void column_put(ppr_buf *out, const void *first, size_t stride, uint32_t count, bool wide);
/* Reads them back; returns what follows. NULL when the bytes end too soon or are not those column_put writes. */
const uint8_t *column_get(const uint8_t *at, const uint8_t *end, void *first, size_t stride, uint32_t count, bool wide);
#endif
