/* `ppr test`: the tests written in rule texts. */
#include "cli.h"

typedef struct tally {
  const cli *c;
  bool verbose;
  size_t passed, failed;
} tally;

static void take(const ppr_test_result *r, void *ctx) {
  tally *t = ctx;
  if (r->passed) t->passed++;
  else t->failed++;
  if (r->passed && !t->verbose) return;
  const char *paint = t->c->color_out ? (r->passed ? "\033[32m" : "\033[1;31m") : "", *plain = t->c->color_out ? "\033[0m" : "";
  printf("%s:%u: %s%s%s  %s  „%s“\n", r->file, r->line, paint, cli_text(t->c, r->passed ? MSG_TEST_OK : MSG_TEST_BAD), plain, r->edition, r->title);
  for (const char *line = r->details; *line;) {
    const char *end = line;
    while (*end && *end != '\n') end++;
    printf("    %.*s\n", (int)(end - line), line);
    line = *end ? end + 1 : end;
  }
}

exit_code command_test(cli *c, int argc, char **argv) {
  static const struct option options[] = {{"verbose", no_argument, NULL, 'v'}, CLI_COMMON};
  tally t = {c, false, 0, 0};
  int option;
  while ((option = cli_option(c, argc, argv, "v", options)) >= 0) t.verbose = true;
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_usage(c, MSG_MISSING_ARGUMENT, "PFAD");
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  session s;
  exit_code code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  ppr_status status = ppr_test_path(s.engine, argv[optind], c->language, s.report, take, &t);
  code = session_end(&s, c, status, true);
  if (status == PPR_OK) {
    if (t.passed + t.failed == 0) printf(cli_text(c, MSG_NO_TESTS), argv[optind]);
    else printf(cli_text(c, MSG_TEST_SUM), t.passed + t.failed, t.passed, t.failed);
    printf("\n");
    if (t.failed) code = EXIT_FINDINGS;
  }
  session_close(&s);
  return code;
}
