/* The framing of messages, and how the stream is found again behind what is no message. */
#include "lsp/wire.h"
#include <string.h>
#include <strings.h>

static const char mark[] = "Content-Length:";
enum { MARK = sizeof mark - 1 };

void wire_init(wire *w, ppr_alloc alloc) {
  *w = (wire){.at = 0};
  buf_init(&w->bytes, alloc, (size_t)WIRE_LARGEST * 2);
}

void wire_fini(wire *w) { buf_fini(&w->bytes); }

void wire_put(wire *w, const void *bytes, size_t n) {
  if (w->at) {
    w->bytes.size -= w->at;
    memmove(w->bytes.data, w->bytes.data + w->at, w->bytes.size);
    w->at = 0;
  }
  buf_put(&w->bytes, bytes, n);
}

/* End of the header block, behind its empty line; 0 when it is not there. */
static size_t header_end(const char *p, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (p[i] != '\n') continue;
    if (i + 1 < n && p[i + 1] == '\n') return i + 2;
    if (i + 2 < n && p[i + 1] == '\r' && p[i + 2] == '\n') return i + 3;
  }
  return 0;
}

/* The length a header block gives, above WIRE_LARGEST whatever it is; false when there is not just one. */
static bool header_length(const char *p, size_t n, size_t *length) {
  int found = 0;
  for (const char *end = p + n, *line = p; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line + MARK;
    if (!stop) stop = end;
    bool ours = stop - line > MARK && strncasecmp(line, mark, MARK) == 0;
    line = stop + 1;
    if (!ours) continue;
    while (at < stop && (*at == ' ' || *at == '\t')) at++;
    if (at == stop || *at < '0' || *at > '9') return false;
    for (*length = 0; at < stop && *at >= '0' && *at <= '9'; at++)
      if (*length <= WIRE_LARGEST) *length = *length * 10 + (size_t)(*at - '0');
    while (at < stop && (*at == ' ' || *at == '\t' || *at == '\r')) at++;
    if (at != stop) return false;
    found++;
  }
  return found == 1;
}

/* Passes over everything up to the next header; false when it is not there yet. */
static bool find_header(wire *w) {
  const char *p = w->bytes.data + w->at;
  size_t n = w->bytes.size - w->at, i = 0;
  while (i + MARK <= n && strncasecmp(p + i, mark, MARK) != 0) i++;
  w->at += i; /* the rest may be the beginning of the mark */
  return i + MARK <= n;
}

wire_result wire_next(wire *w, const char **text, size_t *size) {
  if (w->bytes.failed) { /* out of memory: what is there is lost */
    w->bytes.failed = false;
    w->at = w->bytes.size;
    w->lost = true;
    return WIRE_TOO_LARGE;
  }
  for (;;) {
    if (w->at == w->bytes.size || (w->lost && !find_header(w))) return WIRE_MORE;
    const char *p = w->bytes.data + w->at;
    size_t rest = w->bytes.size - w->at, length = 0, head = header_end(p, rest < WIRE_HEADER ? rest : WIRE_HEADER);
    if (!head && rest < WIRE_HEADER) return WIRE_MORE;
    bool right = head && header_length(p, head, &length);
    if (right && length <= WIRE_LARGEST) {
      if (rest - head < length) return WIRE_MORE;
      w->lost = false;
      w->at += head + length;
      *text = p + head;
      *size = length;
      return WIRE_MESSAGE;
    }
    bool told = w->lost;
    w->lost = true;
    w->at += head && !told ? head : MARK; /* the whole header that is wrong; while searching, not the same mark again */
    if (!told) return right ? WIRE_TOO_LARGE : WIRE_BAD_HEADER;
  }
}
