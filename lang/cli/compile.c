/* `ppr compile`: rule texts to a program file, written whole or not at all. */
#include "cli.h"

exit_code command_compile(cli *c, int argc, char **argv) {
  static const struct option options[] = {{"output", required_argument, NULL, 'o'}, CLI_SCENARIO, CLI_COMMON};
  const char *output = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "o:", options)) >= 0) output = optarg;
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_usage(c, MSG_MISSING_ARGUMENT, "PFAD");
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  if (!output) return cli_usage(c, MSG_MISSING_ARGUMENT, "-o DATEI");
  session s;
  exit_code code = cli_check_output(c, output);
  if (code == EXIT_FINE) code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  void *bytes = NULL;
  size_t size = 0;
  ppr_status status = ppr_program_save(s.program, &bytes, &size);
  if (status != PPR_OK) code = session_end(&s, c, status, true);
  else code = cli_write_file(c, output, bytes, size);
  if (code == EXIT_FINE) cli_say(c, MSG_COMPILED, output, ppr_program_editions(s.program), size);
  ppr_free(bytes);
  session_close(&s);
  return code;
}
