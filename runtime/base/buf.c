/* The growing byte buffer: doubles up to its ceiling; after a failure it ignores everything. Its bytes are always followed by a NUL. */
#include "base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buf_init(ppr_buf *b, ppr_alloc alloc, size_t ceiling) { *b = (ppr_buf){.alloc = alloc, .ceiling = ceiling}; }

void buf_fini(ppr_buf *b) {
  if (b->data) b->alloc.fn(b->alloc.ctx, b->data, b->cap, 0);
  b->data = NULL;
  b->size = b->cap = 0;
}

/* Room for n more bytes and the NUL. */
static bool reserve(ppr_buf *b, size_t n) {
  if (b->failed) return false;
  if (b->size > b->ceiling || n > b->ceiling - b->size || n > SIZE_MAX - 1 - b->size) {
    b->failed = true;
    return false;
  }
  size_t need = b->size + n + 1;
  if (need <= b->cap) return true;
  size_t cap = b->cap > SIZE_MAX / 2 ? need : b->cap * 2;
  if (cap < need) cap = need;
  if (cap < 64) cap = 64;
  if (b->ceiling < SIZE_MAX && cap > b->ceiling + 1) cap = b->ceiling + 1;
  char *data = b->alloc.fn(b->alloc.ctx, b->data, b->cap, cap);
  if (!data) {
    b->failed = true;
    return false;
  }
  b->data = data;
  b->cap = cap;
  return true;
}

char *buf_room(ppr_buf *b, size_t n) { return reserve(b, n) ? b->data + b->size : NULL; }

void buf_put(ppr_buf *b, const void *data, size_t n) {
  if (!reserve(b, n)) return;
  if (n) memcpy(b->data + b->size, data, n);
  b->size += n;
  b->data[b->size] = 0;
}

void buf_puts(ppr_buf *b, const char *text) { buf_put(b, text, strlen(text)); }

void buf_putc(ppr_buf *b, char c) {
  if (b->size + 1 < b->cap && b->size < b->ceiling && !b->failed) {
    b->data[b->size++] = c;
    b->data[b->size] = 0;
  } else {
    buf_put(b, &c, 1);
  }
}

void buf_printf(ppr_buf *b, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  if (n < 0) b->failed = true;
  else if (reserve(b, (size_t)n)) {
    vsnprintf(b->data + b->size, (size_t)n + 1, format, again);
    b->size += (size_t)n;
  }
  va_end(again);
  va_end(args);
}
