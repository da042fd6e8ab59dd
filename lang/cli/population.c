/* `ppr population`: invented records from a rule file that draws them, as tables other rules read; summary on stderr. */
#include "data.h"
#include <ppr/population.h>

static exit_code make(const cli *c, const char *path, const ppr_population_opts *given, ppr_run_opts *run, bool quiet) {
  session s;
  exit_code code = session_load(&s, c, path);
  if (code != EXIT_FINE) return code;
  data_progress p;
  ppr_population_opts opts = *given;
  ppr_population_summary summary;
  data_progress_start(&p, c, quiet, run);
  opts.run = run;
  ppr_status status = ppr_population(s.program, s.engine, &opts, &summary, s.report);
  data_progress_end(&p);
  code = session_end(&s, c, status, true);
  if (!quiet && status == PPR_OK) {
    char records[CLI_NUMBER], keys[CLI_NUMBER];
    fprintf(stderr, cli_text(c, MSG_POPULATION_MADE), cli_number(c, records, summary.records, NOUN_RECORD),
            cli_number(c, keys, summary.keys, NOUN_FROM_KEYS), run->output, run->output, PPR_POPULATION_ORIGIN);
    fputc('\n', stderr);
  }
  session_close(&s);
  return code;
}

exit_code command_population(cli *c, int argc, char **argv) {
  enum { SEED = OPT_FIRST, COUNT, YEAR, JOBS, QUIET };
  static const struct option options[] = {{"seed", required_argument, NULL, SEED},
                                          {"count", required_argument, NULL, COUNT},
                                          {"year", required_argument, NULL, YEAR},
                                          {"output", required_argument, NULL, 'o'},
                                          {"parameter", required_argument, NULL, DATA_PARAMETER},
                                          {"jobs", required_argument, NULL, JOBS},
                                          {"quiet", no_argument, NULL, QUIET},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  ppr_population_opts opts = PPR_POPULATION_OPTS_INIT;
  const char *output = NULL;
  bool quiet = false;
  uint64_t number;
  int option;
  while ((option = cli_option(c, argc, argv, "o:q", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == 'o') output = optarg;
    if (option == QUIET || option == 'q') quiet = true;
    if (option == SEED && !data_number(optarg, 0, UINT64_MAX, &number)) return cli_usage(c, MSG_BAD_SEED, optarg);
    if (option == SEED) opts.seed = number;
    if (option == COUNT && !data_number(optarg, 1, UINT32_MAX, &number)) return cli_usage(c, MSG_BAD_POPULATION_COUNT, optarg);
    if (option == COUNT) opts.count = number;
    if (option == YEAR && !data_number(optarg, 1, 9999, &number)) return cli_usage(c, MSG_BAD_YEAR, optarg);
    if (option == YEAR) opts.year = (int64_t)number;
    if (option == JOBS && !data_number(optarg, 1, CLI_MOST_JOBS, &number)) return cli_usage(c, MSG_BAD_JOBS, optarg);
    if (option == JOBS) c->jobs = (uint32_t)number;
  }
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PROGRAM);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  if (!output) return cli_missing(c, MSG_ARG_OUTPUT_FOLDER);
  exit_code wrong = cli_check_folder(c, output);
  if (wrong != EXIT_FINE) return wrong;
  data_fill(&data, c, NULL, &run);
  run.output = output;
  run.jobs = c->jobs;
  return make(c, argv[optind], &opts, &run, quiet);
}
