/* `ppr dis`: the listing of a program. */
#include "cli.h"
#include <string.h>

exit_code command_dis(cli *c, int argc, char **argv) {
  enum { EDITION = OPT_FIRST };
  static const struct option options[] = {{"edition", required_argument, NULL, EDITION}, CLI_SCENARIO, CLI_COMMON};
  const char *edition = NULL;
  int option, wanted = -1;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0) edition = optarg;
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PROGRAM);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  session s;
  exit_code code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  for (size_t e = 0; edition && e < ppr_program_editions(s.program); e++) {
    ppr_edition_info info;
    if (ppr_program_edition(s.program, e, &info) == PPR_OK && cli_is_edition(info.name, edition)) wanted = (int)e;
  }
  char *text = NULL;
  if (edition && wanted < 0) {
    code = cli_usage(c, MSG_UNKNOWN_EDITION, edition);
  } else {
    ppr_status status = ppr_program_listing(s.program, wanted, &text);
    if (status == PPR_OK) fputs(text, stdout);
    else code = session_end(&s, c, status, true);
  }
  ppr_free(text);
  session_close(&s);
  return code;
}
