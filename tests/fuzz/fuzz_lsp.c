/* Any bytes as what an editor says: lines are messages, framed here; a line that begins with `!` goes to the server as it is. Nothing waits in the
 * end, and every answer is JSON behind a header of the right length. */
#include "lsp/json.h"
#include "lsp/server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) abort();
}

/* Takes what the server says. */
static void read_answers(server *s) {
  ppr_buf *out = server_out(s);
  for (size_t at = 0; at < out->size;) {
    size_t length = 0, digits = 0;
    const char *p = out->data + at;
    require(strncmp(p, "Content-Length: ", 16) == 0);
    for (p += 16; *p >= '0' && *p <= '9'; p++, digits++) length = length * 10 + (size_t)(*p - '0');
    require(digits > 0 && strncmp(p, "\r\n\r\n", 4) == 0);
    p += 4;
    require(length <= out->size - (size_t)(p - out->data));
    ppr_arena *arena = arena_new(ppr_alloc_default);
    const json *message = json_read(arena, p, length);
    require(message && json_text(json_at(message, "jsonrpc", NULL)));
    arena_free(arena);
    at = (size_t)(p - out->data) + length;
  }
  out->size = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ppr_engine *engine = ppr_engine_new();
  server *s = engine ? server_new(engine, PPR_GERMAN) : NULL;
  require(s != NULL);
  int64_t now = 0;
  for (size_t at = 0; at < size && server_where(s) == SERVER_RUNNING;) {
    const uint8_t *end = memchr(data + at, '\n', size - at);
    size_t n = end ? (size_t)(end - (data + at)) : size - at;
    if (n && data[at] == '!') server_feed(s, data + at + 1, n - 1, now);
    else if (n) {
      char head[48];
      int length = snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", n);
      server_feed(s, head, (size_t)length, now);
      server_feed(s, data + at, n, now);
    }
    while (server_step(s)) {}
    read_answers(s);
    at += n + 1;
  }
  for (int i = 0; i < 16 && server_where(s) == SERVER_RUNNING && now != INT64_MAX; i++) now = server_rest(s, now);
  require(!server_step(s));
  read_answers(s);
  server_free(s);
  ppr_engine_free(engine);
  return 0;
}
