/* Messages out of a stream of bytes: the header `Content-Length: N`, an empty line, N bytes. */
#ifndef PPR_LANG_LSP_WIRE_H
#define PPR_LANG_LSP_WIRE_H
#include "base/buf.h"

enum { WIRE_HEADER = 4096, WIRE_LARGEST = 64 << 20 }; /* bytes of a header, of a message */

typedef struct wire {
  ppr_buf bytes;
  size_t at; /* read so far */
  bool lost; /* looking for the next header */
} wire;

/* What is no message is told once; everything up to the next header is then passed over. */
typedef enum { WIRE_MORE /* nothing whole yet */, WIRE_MESSAGE, WIRE_BAD_HEADER, WIRE_TOO_LARGE } wire_result;

void wire_init(wire *w, ppr_alloc alloc);
void wire_fini(wire *w);
void wire_put(wire *w, const void *bytes, size_t n);
/* The next message; *text lives until the next wire_put. */
wire_result wire_next(wire *w, const char **text, size_t *size);
#endif
