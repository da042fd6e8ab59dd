/* The server on two file descriptors: reads what is there, answers, and works on while nothing comes. */
#include "lsp/server.h"
#include "ppr/lsp.h"
#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, AT_ONCE = 1 << 20 }; /* bytes of one read; read before the next message is answered */

static int64_t milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool write_all(int fd, ppr_buf *bytes) {
  for (size_t at = 0; at < bytes->size;) {
    ssize_t n = write(fd, bytes->data + at, bytes->size - at);
    struct pollfd ready = {fd, POLLOUT, 0};
    if (n >= 0) at += (size_t)n;
    else if (errno == EAGAIN) poll(&ready, 1, -1);
    else if (errno != EINTR) return false;
  }
  bytes->size = 0;
  return !bytes->failed;
}

/* Everything the client has written so far: later messages may cancel earlier ones. False at its end. */
static bool read_all(server *s, int fd) {
  char chunk[CHUNK];
  for (size_t got = 0; got < AT_ONCE;) {
    struct pollfd ready = {fd, POLLIN, 0};
    if (poll(&ready, 1, 0) != 1) return true;
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return false;
    server_feed(s, chunk, (size_t)n, milliseconds());
    got += (size_t)n;
  }
  return true;
}

ppr_status ppr_lsp_run(ppr_engine *engine, ppr_language language, int in, int out) {
  if (!engine || in < 0 || out < 0) return PPR_MISUSE;
  server *s = server_new(engine, language);
  if (!s) return PPR_NOMEM;
  int wake = server_thread(s);
  bool open = true;
  while (open && server_where(s) == SERVER_RUNNING) {
    open = read_all(s, in);
    bool stepped = server_step(s);
    int64_t now = milliseconds(), next = stepped ? now : server_rest(s, now);
    open = write_all(out, server_out(s)) && open;
    if (stepped || !open) continue;
    struct pollfd ready[2] = {{in, POLLIN, 0}, {wake, POLLIN, 0}};
    now = milliseconds();
    int64_t pause = next == INT64_MAX ? -1 : next <= now ? 0 : next - now;
    if (pause) poll(ready, wake < 0 ? 1 : 2, (int)pause);
  }
  while (server_step(s)) {} /* what the client wrote before it closed its end */
  server_state end = server_where(s);
  write_all(out, server_out(s));
  server_free(s);
  return end == SERVER_DONE ? PPR_OK : PPR_IO;
}
