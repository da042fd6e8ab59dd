/* `ppr compile`: rule texts to a program file, written whole or not at all. */
#include "cli.h"
#include <string.h>

/* Fassungen, however many kinds of record each has. */
static size_t count_editions(const ppr_program *p) {
  size_t n = 0;
  for (size_t i = 0; i < ppr_program_editions(p); i++) {
    ppr_edition_info e, other;
    bool again = ppr_program_edition(p, i, &e) != PPR_OK;
    for (size_t k = 0; k < i && !again; k++) again = ppr_program_edition(p, k, &other) == PPR_OK && strcmp(e.name, other.name) == 0;
    n += !again;
  }
  return n;
}

exit_code command_compile(cli *c, int argc, char **argv) {
  static const struct option options[] = {{"output", required_argument, NULL, 'o'}, CLI_SCENARIO, CLI_COMMON};
  const char *output = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "o:", options)) >= 0) output = optarg;
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PATH);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  if (!output) return cli_missing(c, MSG_ARG_OUTPUT_FILE);
  session s;
  exit_code code = cli_check_file(c, output);
  if (code == EXIT_FINE) code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  void *bytes = NULL;
  size_t size = 0;
  ppr_status status = ppr_program_save(s.program, &bytes, &size);
  if (status != PPR_OK) code = session_end(&s, c, status, true);
  else code = cli_write_file(c, output, bytes, size);
  if (code == EXIT_FINE) {
    char editions[CLI_NUMBER], length[CLI_NUMBER];
    cli_say(c, MSG_COMPILED, output, cli_number(c, editions, count_editions(s.program), NOUN_EDITION), cli_number(c, length, size, NOUN_BYTE));
  }
  ppr_free(bytes);
  session_close(&s);
  return code;
}
