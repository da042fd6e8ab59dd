/* ppr: the language server for rule files. Needs the library ppr-lang. */
#ifndef PPR_LSP_H
#define PPR_LSP_H
#include <ppr/ppr.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Speaks the Language Server Protocol (JSON-RPC with Content-Length headers) over two file descriptors until the client says `exit` or closes its
 * end. The engine belongs to the call until it returns; a second thread compiles. `language` is that of messages unless the client names another.
 * PPR_OK: the client said `shutdown`, then `exit`. PPR_IO: it went without. PPR_NOMEM, PPR_MISUSE as everywhere. The caller has SIGPIPE ignored. */
PPR_API ppr_status ppr_lsp_run(ppr_engine *engine, ppr_language language, int in, int out);

#ifdef __cplusplus
}
#endif
#endif
