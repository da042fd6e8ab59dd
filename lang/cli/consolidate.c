/* `ppr consolidate`: the rule file of a Fassung with every amendment applied. */
#include "cli.h"

exit_code command_consolidate(cli *c, int argc, char **argv) {
  enum { EDITION = OPT_FIRST };
  static const struct option options[] = {{"edition", required_argument, NULL, EDITION}, CLI_SCENARIO, CLI_COMMON};
  const char *edition = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0) edition = optarg;
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PATH);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  session s;
  exit_code code = cli_check_rules(c, argv[optind]);
  if (code == EXIT_FINE) code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  char *text = NULL;
  ppr_status status = ppr_consolidate_path(s.engine, argv[optind], edition, &text, s.report);
  if (status == PPR_OK) fputs(text, stdout);
  else if (status == PPR_MISUSE) code = cli_usage(c, MSG_UNKNOWN_EDITION, edition ? edition : "");
  else code = session_end(&s, c, status, true);
  ppr_free(text);
  session_close(&s);
  return code;
}
