/* `ppr explain`: one result of one record. */
#include "data.h"
#include <string.h>

enum { KEY_PARTS = 32 };

/* Cuts "a,b,c" in place. Returns the number of parts, 0 when there are too many. */
static size_t split_key(char *text, const char *parts[KEY_PARTS]) {
  size_t n = 0;
  for (char *at = text; at; n++) {
    char *comma = strchr(at, ',');
    if (n == KEY_PARTS) return 0;
    parts[n] = at;
    if (comma) *comma++ = 0;
    at = comma;
  }
  return n;
}

exit_code command_explain(cli *c, int argc, char **argv) {
  enum { KEY = OPT_FIRST, FULL };
  static const struct option options[] = {DATA_OPTIONS, {"key", required_argument, NULL, KEY}, {"full", no_argument, NULL, FULL}, CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  char *key = NULL;
  int option, full = 0;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == KEY) key = optarg;
    if (option == FULL) full = 1;
  }
  if (option < -1) return CLI_DONE(option);
  if (argc - optind < 1) return cli_usage(c, MSG_MISSING_ARGUMENT, "PFAD|DATEI");
  if (argc - optind < 2) return cli_usage(c, MSG_MISSING_ARGUMENT, "EINGABE");
  if (!key) return cli_usage(c, MSG_MISSING_ARGUMENT, "--key");
  if (argc - optind > 3) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 3]);
  const char *parts[KEY_PARTS], *output = argc - optind == 3 ? argv[optind + 2] : NULL;
  size_t n = split_key(key, parts);
  session s;
  exit_code code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  opts.input = argv[optind + 1];
  opts.form = data.form;
  opts.readings = data.readings;
  opts.n_readings = data.n_readings;
  opts.record = data.record;
  opts.as_of = data.as_of;
  opts.language = c->language;
  opts.explain_full = full;
  char *text = NULL;
  ppr_status status = ppr_run_explain(s.program, s.engine, &opts, parts, n, output, &text, s.report);
  code = session_end(&s, c, status, false);
  if (status == PPR_OK && text) {
    if (!output) fprintf(stderr, "%s\n", cli_text(c, MSG_RESULT_NAMES));
    fputs(text, stdout);
  }
  ppr_free(text);
  session_close(&s);
  return code;
}
