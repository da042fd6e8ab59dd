/* `ppr run`: a program over a folder of tables, a flat file or JSON records; progress and summary on stderr. */
#include "data.h"
#include <inttypes.h>
#include <string.h>

/* A line of the table of counts: its head in 36 columns, however many bytes its characters take. */
static void print_count_line(const cli *c, const char *head, const char *yes, const char *no, const char *absent) {
  int width = 0;
  for (const char *p = head; *p; p++) width += (*p & 0xC0) != 0x80;
  fprintf(stderr, cli_text(c, MSG_SUM_HEAD), head, width < 36 ? 36 - width : 0, "", yes, no, absent);
  fputc('\n', stderr);
}

/* One block per yes/no column, one line per group of records. */
static void print_counts(const cli *c, const ppr_run_summary *s) {
  char yes[32], no[32], absent[32], head[128];
  for (size_t i = 0; i < s->n_counts; i++) {
    const ppr_run_count *first = &s->counts[i];
    bool seen = false;
    for (size_t k = 0; k < i && !seen; k++) seen = strcmp(s->counts[k].file, first->file) == 0 && strcmp(s->counts[k].column, first->column) == 0;
    if (seen) continue;
    snprintf(head, sizeof head, "%.40s: %.60s", first->file, first->column);
    print_count_line(c, head, cli_text(c, MSG_YES), cli_text(c, MSG_NO), cli_text(c, MSG_ABSENT));
    for (size_t k = i; k < s->n_counts; k++) {
      const ppr_run_count *n = &s->counts[k];
      if (strcmp(n->file, first->file) != 0 || strcmp(n->column, first->column) != 0) continue;
      snprintf(head, sizeof head, "  %.60s", n->group);
      print_count_line(c, head, cli_count(c, yes, n->yes), cli_count(c, no, n->no), cli_count(c, absent, n->absent));
    }
  }
}

static void print_summary(const cli *c, const ppr_program *p, const ppr_run_summary *s, const char *output) {
  char a[32], b[32];
  data_print_records(c, s);
  for (size_t e = 0; e < ppr_program_editions(p) && e < 64; e++) {
    ppr_edition_info info;
    if (!s->by_edition[e] || ppr_program_edition(p, e, &info) != PPR_OK) continue;
    fprintf(stderr, cli_text(c, MSG_SUM_EDITION), info.name, cli_count(c, a, s->by_edition[e]));
    fputc('\n', stderr);
  }
  fprintf(stderr, cli_text(c, MSG_SUM_REFUSED), cli_count(c, a, s->refused), cli_count(c, b, s->faults));
  fputc('\n', stderr);
  fprintf(stderr, cli_text(c, MSG_SUM_FINDINGS), cli_count(c, a, s->findings));
  fputc('\n', stderr);
  print_counts(c, s);
  if (output) {
    fprintf(stderr, cli_text(c, MSG_RESULTS_IN), output, output);
    fputc('\n', stderr);
  }
}

static void print_phase(const cli *c, message name, double seconds) {
  char text[32];
  fprintf(stderr, cli_text(c, MSG_PROFILE_PHASE), cli_text(c, name), data_seconds(c, text, seconds));
  fputc('\n', stderr);
}

/* Where the time went: phases of the run, then steps of the machine, most first. */
static void print_profile(const cli *c, const ppr_run_summary *s) {
  uint64_t total = 0;
  print_phase(c, MSG_PROFILE_READING, s->reading);
  print_phase(c, MSG_PROFILE_EVALUATING, s->evaluating);
  print_phase(c, MSG_PROFILE_WRITING, s->writing);
  for (size_t i = 0; i < s->n_profile; i++) total += s->profile[i].nanoseconds;
  fprintf(stderr, cli_text(c, MSG_PROFILE_HEAD), cli_text(c, MSG_PROFILE_STEP), cli_text(c, MSG_PROFILE_TIMES), cli_text(c, MSG_PROFILE_RECORDS),
          "ns", "%");
  fputc('\n', stderr);
  for (size_t done = 0; done < s->n_profile; done++) {
    ppr_profile_row *most = &s->profile[done], row;
    for (size_t i = done; i < s->n_profile; i++)
      if (s->profile[i].nanoseconds > most->nanoseconds) most = &s->profile[i];
    row = *most;
    *most = s->profile[done];
    s->profile[done] = row;
    char steps[32], lanes[32], time[32], share[32];
    uint64_t tenths = total ? row.nanoseconds * 1000 / total : 0;
    snprintf(share, sizeof share, "%" PRIu64 "%c%" PRIu64, tenths / 10, c->language == PPR_ENGLISH ? '.' : ',', tenths % 10);
    fprintf(stderr, cli_text(c, MSG_PROFILE_HEAD), row.name, cli_count(c, steps, (size_t)row.steps), cli_count(c, lanes, (size_t)row.lanes),
            cli_count(c, time, (size_t)row.nanoseconds), share);
    fputc('\n', stderr);
  }
}

static exit_code run(const cli *c, const char *path, const ppr_run_opts *given, bool quiet) {
  session s;
  exit_code code = session_load(&s, c, path);
  if (code != EXIT_FINE) return code;
  data_progress p;
  ppr_run_opts opts = *given;
  data_progress_start(&p, c, quiet, &opts);
  ppr_run_summary summary;
  ppr_status status = ppr_run(s.program, s.engine, &opts, &summary, s.report);
  data_progress_end(&p);
  code = session_end(&s, c, status, false);
  bool to_files = opts.output && strcmp(opts.output, "-") != 0 && !opts.output_ndjson;
  if (!quiet && (status == PPR_OK || status == PPR_REFUSED)) print_summary(c, s.program, &summary, to_files ? opts.output : NULL);
  if (given->profile && (status == PPR_OK || status == PPR_REFUSED)) print_profile(c, &summary);
  ppr_free(summary.counts);
  ppr_free(summary.profile);
  session_close(&s);
  return code;
}

exit_code command_run(cli *c, int argc, char **argv) {
  enum { BATCH = OPT_FIRST, JOBS, QUIET, PROFILE };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"output", required_argument, NULL, 'o'},
                                          {"batch", required_argument, NULL, BATCH},
                                          {"jobs", required_argument, NULL, JOBS},
                                          {"quiet", no_argument, NULL, QUIET},
                                          {"profile", no_argument, NULL, PROFILE},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  bool quiet = false;
  uint64_t number;
  int option;
  while ((option = cli_option(c, argc, argv, "o:q", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == 'o') opts.output = optarg;
    if (option == QUIET || option == 'q') quiet = true;
    if (option == PROFILE) opts.profile = 1;
    if (option == BATCH && !data_number(optarg, 1, 1024, &number)) return cli_usage(c, MSG_BAD_BATCH, optarg);
    if (option == BATCH) opts.lanes = (uint32_t)number;
    if (option == JOBS && !data_number(optarg, 1, CLI_MOST_JOBS, &number)) return cli_usage(c, MSG_BAD_JOBS, optarg);
    if (option == JOBS) c->jobs = (uint32_t)number;
  }
  if (option < -1) return CLI_DONE(option);
  if (argc - optind < 1) return cli_missing(c, MSG_ARG_PROGRAM);
  if (argc - optind < 2 && data.form == PPR_FORM_TABLES) return cli_missing(c, MSG_ARG_INPUT);
  if (argc - optind > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 2]);
  const char *input = argc - optind == 2 ? argv[optind + 1] : NULL;
  if (data.form == PPR_FORM_TABLES && strcmp(input, "-") == 0) return cli_missing(c, MSG_ARG_INPUT);
  data_fill(&data, c, input, &opts);
  opts.jobs = c->jobs;
  opts.output_ndjson = data.form == PPR_FORM_NDJSON;
  exit_code code = cli_check_output(c, opts.output);
  if (code != EXIT_FINE) return code;
  return run(c, argv[optind], &opts, quiet);
}
