/* `ppr run`: a program over a folder of tables, a flat file or JSON records; progress and summary on stderr. */
#include "data.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct progress {
  const cli *c;
  double begin, last;
  bool tty, drawn;
} progress;

static double now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void show_progress(size_t done, size_t total, void *ctx) {
  progress *p = ctx;
  double t = now(), passed = t - p->begin;
  if (!p->tty || passed < 1.0 || t - p->last < 0.2) return;
  char a[32], b[32], r[32], left[32];
  double rate = (double)done / passed;
  cli_count(p->c, a, done);
  cli_count(p->c, b, total);
  cli_count(p->c, r, (size_t)rate);
  cli_count(p->c, left, rate > 0 && total > done ? (size_t)((double)(total - done) / rate) + 1 : 0);
  fputs("\r\033[K", stderr);
  if (total) fprintf(stderr, cli_text(p->c, MSG_PROGRESS_LEFT), a, b, r, left);
  else fprintf(stderr, cli_text(p->c, MSG_PROGRESS), a, r);
  fflush(stderr);
  p->last = t;
  p->drawn = true;
}

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
  char a[32], b[32], seconds[32];
  unsigned long hundredths = (unsigned long)(s->seconds * 100 + 0.5);
  snprintf(seconds, sizeof seconds, "%lu%c%02lu", hundredths / 100, c->language == PPR_ENGLISH ? '.' : ',', hundredths % 100);
  fprintf(stderr, cli_text(c, MSG_SUM_RECORDS), cli_count(c, a, s->records), seconds);
  fputc('\n', stderr);
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

static bool parse_batch(const char *text, uint32_t *out) {
  char *end;
  unsigned long n = strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || n < 1 || n > 1024) return false;
  *out = (uint32_t)n;
  return true;
}

static exit_code run(const cli *c, const char *path, const ppr_run_opts *given, bool quiet) {
  session s;
  exit_code code = session_load(&s, c, path);
  if (code != EXIT_FINE) return code;
  progress p = {c, now(), 0, isatty(STDERR_FILENO) && !quiet, false};
  ppr_run_opts opts = *given;
  opts.progress = show_progress;
  opts.ctx = &p;
  ppr_run_summary summary;
  ppr_status status = ppr_run(s.program, s.engine, &opts, &summary, s.report);
  if (p.drawn) fputs("\r\033[K", stderr);
  code = session_end(&s, c, status, false);
  bool to_files = opts.output && strcmp(opts.output, "-") != 0 && !opts.output_ndjson;
  if (!quiet && (status == PPR_OK || status == PPR_REFUSED)) print_summary(c, s.program, &summary, to_files ? opts.output : NULL);
  ppr_free(summary.counts);
  session_close(&s);
  return code;
}

exit_code command_run(cli *c, int argc, char **argv) {
  enum { BATCH = OPT_FIRST, QUIET };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"output", required_argument, NULL, 'o'},
                                          {"batch", required_argument, NULL, BATCH},
                                          {"quiet", no_argument, NULL, QUIET},
                                          CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  bool quiet = false;
  int option;
  while ((option = cli_option(c, argc, argv, "o:q", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == 'o') opts.output = optarg;
    if (option == QUIET || option == 'q') quiet = true;
    if (option == BATCH && !parse_batch(optarg, &opts.lanes)) return cli_usage(c, MSG_BAD_BATCH, optarg);
  }
  if (option < -1) return CLI_DONE(option);
  if (argc - optind < 1) return cli_usage(c, MSG_MISSING_ARGUMENT, "PFAD|DATEI");
  if (argc - optind < 2 && data.form == PPR_FORM_TABLES) return cli_usage(c, MSG_MISSING_ARGUMENT, "EINGABE");
  if (argc - optind > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 2]);
  opts.input = argc - optind == 2 ? argv[optind + 1] : NULL;
  if (data.form == PPR_FORM_TABLES && strcmp(opts.input, "-") == 0) return cli_usage(c, MSG_MISSING_ARGUMENT, "EINGABE");
  opts.form = data.form;
  opts.output_ndjson = data.form == PPR_FORM_NDJSON;
  opts.readings = data.readings;
  opts.n_readings = data.n_readings;
  opts.record = data.record;
  opts.as_of = data.as_of;
  opts.language = c->language;
  return run(c, argv[optind], &opts, quiet);
}
