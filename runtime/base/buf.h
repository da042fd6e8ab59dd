/* A growing byte buffer with a ceiling and a sticky failure flag. */
#ifndef PPR_BASE_BUF_H
#define PPR_BASE_BUF_H
#include "base/arena.h"

typedef struct ppr_buf {
  ppr_alloc alloc;
  char *data;
  size_t size, cap, ceiling;
  bool failed;
} ppr_buf;
void buf_init(ppr_buf *b, ppr_alloc alloc, size_t ceiling);
void buf_fini(ppr_buf *b);
/* Room for n bytes behind those there are, NULL: failed. What was written there is taken with buf_take. */
char *buf_room(ppr_buf *b, size_t n);
static inline void buf_take(ppr_buf *b, size_t n) { b->data[b->size += n] = 0; }
void buf_put(ppr_buf *b, const void *data, size_t n);
void buf_puts(ppr_buf *b, const char *text);
void buf_putc(ppr_buf *b, char c);
void buf_printf(ppr_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
