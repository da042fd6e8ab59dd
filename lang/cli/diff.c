/* `ppr diff`: what a changed text changes, by declarations, by meaning, and for given records. */
#include "data.h"
#include <ppr/diff.h>
#include <string.h>

static bool read_form(const char *word, ppr_diff_form *form) {
  static const char *const words[] = {"text", "json", "html"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, words[i])) {
      *form = (ppr_diff_form)i;
      return true;
    }
  return false;
}

static bool read_part(const char *word, unsigned *parts) {
  static const char *const words[] = {"structure", "meaning", "data"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, words[i])) {
      *parts |= 1u << i;
      return true;
    }
  return false;
}

static exit_code write_text(const cli *c, const char *path, const char *text) {
  if (path && strcmp(path, "-") != 0) return cli_write_file(c, path, text, strlen(text));
  return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_IO : EXIT_FINE; /* main says so */
}

static exit_code refuse(const cli *c, const ppr_diff_opts *o, const ppr_diff_summary *summary, session *s) {
  switch (summary->wrong) {
  case PPR_DIFF_OPTION_FROM: return o->from ? cli_usage(c, MSG_UNKNOWN_EDITION, o->from) : cli_missing(c, MSG_ARG_NEW);
  case PPR_DIFF_OPTION_TO: return cli_usage(c, MSG_UNKNOWN_EDITION, o->to);
  case PPR_DIFF_OPTION_RECORD: return cli_usage(c, MSG_DIFF_NO_RECORD, o->record);
  case PPR_DIFF_OPTION_QUARTER: return cli_usage(c, MSG_DIFF_QUARTER, o->quarter);
  case PPR_DIFF_OPTION_NONE: break;
  }
  return session_end(s, c, PPR_MISUSE, true);
}

static exit_code compare(const cli *c, ppr_diff_opts *o, const char *output) {
  session s;
  exit_code code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  ppr_diff_summary summary;
  char *text = NULL;
  ppr_status status = ppr_diff_paths(s.engine, o, &summary, &text, s.report);
  if (status == PPR_MISUSE) code = refuse(c, o, &summary, &s);
  else if (status != PPR_OK) code = session_end(&s, c, status, true);
  else {
    code = write_text(c, output, text);
    bool different = summary.changes || summary.different || summary.added || summary.removed || summary.records_changed;
    if (code == EXIT_FINE && different) code = EXIT_FINDINGS;
    else if (code == EXIT_FINE && summary.undecided) code = EXIT_UNDECIDED;
  }
  ppr_free(text);
  session_close(&s);
  return code;
}

exit_code command_diff(cli *c, int argc, char **argv) {
  enum { FROM = OPT_FIRST, TO, EDITION, DATA, QUARTER, FORMAT, ONLY, STEPS };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"from", required_argument, NULL, FROM},
                                          {"to", required_argument, NULL, TO},
                                          {"edition", required_argument, NULL, EDITION},
                                          {"data", required_argument, NULL, DATA},
                                          {"quarter", required_argument, NULL, QUARTER},
                                          {"format", required_argument, NULL, FORMAT},
                                          {"only", required_argument, NULL, ONLY},
                                          {"budget", required_argument, NULL, STEPS},
                                          {"output", required_argument, NULL, 'o'},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  ppr_diff_opts o = PPR_DIFF_OPTS_INIT;
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  data_opts data = {.form = PPR_FORM_TABLES};
  const char *output = NULL, *input = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "o:", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == FROM) o.from = optarg;
    if (option == TO) o.to = optarg;
    if (option == EDITION) o.from = o.to = optarg;
    if (option == DATA) input = optarg;
    if (option == QUARTER) o.quarter = optarg;
    if (option == 'o') output = optarg;
    if (option == FORMAT && !read_form(optarg, &o.form)) return cli_usage(c, MSG_DIFF_FORMAT, optarg);
    if (option == ONLY && !read_part(optarg, &o.parts)) return cli_usage(c, MSG_DIFF_PART, optarg);
    if (option == STEPS && !data_number(optarg, 1, UINT64_MAX, &o.budget)) return cli_usage(c, MSG_BAD_BUDGET, optarg);
  }
  if (option < -1) return CLI_DONE(option);
  int words = argc - optind;
  if (words < 1) return cli_missing(c, MSG_ARG_OLD);
  if (words > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 2]);
  bool same = o.from && o.to && strcmp(o.from, o.to) == 0;
  if (words == 1 && same && !c->n_scenarios) return cli_missing(c, MSG_ARG_NEW); /* a Fassung against itself */
  if (data.as_of) return cli_usage(c, MSG_EXTRA_ARGUMENT, "--as-of");
  if (!input && (data.form != PPR_FORM_TABLES || data.n_readings || data.n_parameters || (o.parts & PPR_DIFF_DATA)))
    return cli_usage(c, MSG_MISSING_ARGUMENT, "--data");
  if (input && !strcmp(input, "-")) return cli_usage(c, MSG_DIFF_STDIN, input);
  exit_code code = cli_check_output(c, output);
  for (int i = 0; i < words && code == EXIT_FINE; i++) code = cli_check_rules(c, argv[optind + i]);
  if (code != EXIT_FINE) return code;
  o.old_path = argv[optind];
  o.new_path = words == 2 ? argv[optind + 1] : NULL;
  o.record = data.record;
  o.language = c->language;
  data_fill(&data, c, input, &run);
  if (input) o.data = &run;
  return compare(c, &o, output);
}
