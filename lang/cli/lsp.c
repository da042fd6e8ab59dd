/* `ppr lsp`: the language server on standard input and output, as editors start it. */
#include "cli.h"
#include <ppr/lsp.h>
#include <signal.h>
#include <unistd.h>

exit_code command_lsp(cli *c, int argc, char **argv) {
  static const struct option options[] = {{"stdio", no_argument, NULL, OPT_FIRST}, CLI_COMMON};
  int option;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0) {} /* --stdio is what some editors add; there is no other way */
  if (option < -1) return CLI_DONE(option);
  if (optind < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind]);
  session s;
  exit_code code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  signal(SIGPIPE, SIG_IGN); /* an editor that goes is no accident */
  ppr_status status = ppr_lsp_run(s.engine, c->language, STDIN_FILENO, STDOUT_FILENO);
  session_close(&s);
  if (status == PPR_OK) return EXIT_FINE;
  if (status == PPR_IO) return EXIT_FINDINGS; /* 1: the protocol wants it where `shutdown` is missing */
  cli_say(c, status == PPR_NOMEM ? MSG_NO_MEMORY : MSG_INTERNAL, ppr_status_text(status));
  return EXIT_INTERNAL;
}
