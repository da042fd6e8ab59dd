/* `ppr explain`: one result of one record, or all its verdicts, as letter, page or evidence. */
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

static bool set_form(ppr_run_opts *opts, const char *word) {
  static const char *const words[] = {[PPR_EXPLAIN_TEXT] = "text", [PPR_EXPLAIN_HTML] = "html", [PPR_EXPLAIN_JSON] = "json"};
  for (int i = PPR_EXPLAIN_TEXT; i <= PPR_EXPLAIN_JSON; i++) {
    if (strcmp(words[i], word) != 0) continue;
    opts->explain_form = (ppr_explain_form)i;
    return true;
  }
  return false;
}

exit_code command_explain(cli *c, int argc, char **argv) {
  enum { KEY = OPT_FIRST, FULL, VERDICTS, FORMAT };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"key", required_argument, NULL, KEY},
                                          {"full", no_argument, NULL, FULL},
                                          {"all-verdicts", no_argument, NULL, VERDICTS},
                                          {"format", required_argument, NULL, FORMAT},
                                          {"output", required_argument, NULL, 'o'},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  char *key = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "o:", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == KEY) key = optarg;
    if (option == FULL) opts.explain_full = 1;
    if (option == VERDICTS) opts.explain_verdicts = 1;
    if (option == 'o') opts.explain_file = optarg;
    if (option == FORMAT && !set_form(&opts, optarg)) return cli_usage(c, MSG_BAD_EXPLAIN_FORMAT, optarg);
  }
  if (option < -1) return CLI_DONE(option);
  if (argc - optind < 1) return cli_missing(c, MSG_ARG_PROGRAM);
  if (argc - optind < 2) return cli_missing(c, MSG_ARG_INPUT);
  if (!key) return cli_usage(c, MSG_MISSING_ARGUMENT, "--key");
  if (argc - optind > 3) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 3]);
  const char *parts[KEY_PARTS], *output = argc - optind == 3 ? argv[optind + 2] : NULL;
  if (output && opts.explain_verdicts) return cli_usage(c, MSG_EXTRA_ARGUMENT, output);
  if (!output && !opts.explain_verdicts && opts.explain_form != PPR_EXPLAIN_TEXT) return cli_missing(c, MSG_ARG_RESULT);
  size_t n = split_key(key, parts);
  session s;
  exit_code code = cli_check_output(c, opts.explain_file);
  if (code == EXIT_FINE) code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  data_fill(&data, c, argv[optind + 1], &opts);
  char *text = NULL;
  ppr_status status = ppr_run_explain(s.program, s.engine, &opts, parts, n, output, &text, s.report);
  code = session_end(&s, c, status, false);
  if (status == PPR_OK && text) {
    if (!output && !opts.explain_verdicts) fprintf(stderr, "%s\n", cli_text(c, MSG_RESULT_NAMES));
    fputs(text, stdout);
  }
  ppr_free(text);
  session_close(&s);
  return code;
}
