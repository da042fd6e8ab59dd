/* The language server without its streams: bytes of the client go in, bytes for the client come out. */
#ifndef PPR_LANG_LSP_SERVER_H
#define PPR_LANG_LSP_SERVER_H
#include "base/buf.h"
#include "ppr/ppr.h"

typedef struct server server;
typedef enum { SERVER_RUNNING, SERVER_DONE /* shutdown and exit */, SERVER_LEFT /* exit alone */ } server_state;

/* NULL when out of memory. */
server *server_new(ppr_engine *engine, ppr_language language);
void server_free(server *s); /* NULL allowed; waits for the thread */
/* Lets a thread compile; the descriptor becomes readable when it has something to tell: then call server_rest. -1: there is no thread, and
 * server_rest compiles itself. */
int server_thread(server *s);
/* Takes bytes of the client at a time in milliseconds; whole messages wait for server_step. */
void server_feed(server *s, const void *bytes, size_t n, int64_t now);
/* Answers the next message; false when none waits. */
bool server_step(server *s);
/* What is to be done while no message waits: tell of errors, compile. Returns the time of the next such work, INT64_MAX: nothing is to be done. */
int64_t server_rest(server *s, int64_t now);
/* Bytes for the client: take them and set the size to 0. */
ppr_buf *server_out(server *s);
server_state server_where(const server *s);
#endif
