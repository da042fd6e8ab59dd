/* `ppr sweep`: scenarios and parameter sets over many records into a ledger, joining of ledgers, reports. */
#define _POSIX_C_SOURCE 200809L
#include "data.h"
#include <errno.h>
#include <ppr/sweep.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_SCENARIOS = 31, MOST_SETS = 100000, PATH_SIZE = 4096 };

typedef struct request {
  data_opts data;
  const char *bases[CLI_SCENARIOS_MAX]; /* of the baseline and of every scenario */
  size_t n_bases;
  char *scenarios[MAX_SCENARIOS]; /* files, separated by commas */
  size_t n_scenarios;
  const char *output, *ledger;
  ppr_sweep_opts sweep;
  bool yes, quiet;
} request;

/* --- the programs --- */

typedef struct programs {
  ppr_sweep_scenario all[MAX_SCENARIOS + 1];
  char *names[MAX_SCENARIOS + 1];
  size_t n;
} programs;

static void close_programs(programs *p) {
  for (size_t i = 0; i < p->n; i++) {
    ppr_program_free((ppr_program *)(uintptr_t)p->all[i].program);
    free(p->names[i]);
  }
}

/* "stufe + annahmen" of "szenarien/stufe.ppr,szenarien/annahmen.ppr". */
static char *name_of(const char *files) {
  size_t room = strlen(files) * 3 + 1, used = 0;
  char *name = calloc(room, 1);
  for (const char *at = files; name && *at;) {
    size_t n = strcspn(at, ","), from = n;
    while (from > 0 && at[from - 1] != '/') from--;
    size_t end = n > from + 4 && memcmp(at + n - 4, ".ppr", 4) == 0 ? n - 4 : n;
    used += (size_t)snprintf(name + used, room - used, "%s%.*s", used ? " + " : "", (int)(end - from), at + from);
    at += n + (at[n] == ',');
  }
  return name;
}

/* What the scenarios call themselves: "Stufe + Annahmen" of "2024-07 + Kennzahlen + Stufe + Annahmen", where the baseline has "2024-07 + Kennzahlen".
 * Not every file changes each edition: the longest such name. Another scenario of that name is told by its files. NULL: no edition says. */
static char *title_of(const programs *p, const ppr_program *program, const char *files) {
  ppr_edition_info e, base;
  const ppr_program *baseline = p->all[0].program;
  const char *title = NULL;
  bool taken = false;
  for (size_t i = 0; ppr_program_edition(program, i, &e) == PPR_OK && ppr_program_edition(baseline, i, &base) == PPR_OK; i++) {
    size_t n = strlen(base.name);
    if (strncmp(e.name, base.name, n) != 0 || strncmp(e.name + n, " + ", 3) != 0) continue;
    if (!title || strlen(e.name + n + 3) > strlen(title)) title = e.name + n + 3;
  }
  for (size_t i = 0; title && i < p->n; i++) taken = taken || strcmp(p->names[i], title) == 0;
  size_t room = title ? strlen(title) + strlen(files) + sizeof " ()" : 0;
  char *name = title ? malloc(room) : NULL;
  if (name) snprintf(name, room, taken ? "%s (%s)" : "%s", title, files);
  return name;
}

/* Compiles the rules with the base and these files; files NULL: the base alone. */
static exit_code add_program(const cli *c, session *s, programs *p, const request *r, const char *rules, char *files) {
  const char *stack[2 * CLI_SCENARIOS_MAX];
  size_t n = 0;
  for (; n < r->n_bases; n++) stack[n] = r->bases[n];
  p->names[p->n] = files ? name_of(files) : name_of(c->language == PPR_ENGLISH ? "Baseline" : "Ausgangslage");
  for (char *at = files; at && *at;) {
    char *comma = strchr(at, ',');
    if (comma) *comma++ = 0;
    if (n == sizeof stack / sizeof *stack) return cli_usage(c, MSG_EXTRA_ARGUMENT, at);
    stack[n++] = at;
    at = comma;
  }
  if (!p->names[p->n]) {
    cli_say(c, MSG_NO_MEMORY);
    return EXIT_INTERNAL;
  }
  ppr_program *program = NULL;
  ppr_engine_scenarios(s->engine, stack, n);
  ppr_status status = ppr_compile_path(&program, s->engine, rules, s->report);
  ppr_engine_scenarios(s->engine, NULL, 0);
  char *title = status == PPR_OK && p->n ? title_of(p, program, p->names[p->n]) : NULL;
  if (title) free(p->names[p->n]), p->names[p->n] = title;
  p->all[p->n] = (ppr_sweep_scenario){p->names[p->n], program};
  p->n++;
  return status == PPR_OK ? EXIT_FINE : session_end(s, c, status, true);
}

static bool is_rules(const char *path) {
  struct stat st;
  size_t n = strlen(path);
  return (n > 4 && strcmp(path + n - 4, ".ppr") == 0) || stat(path, &st) != 0 || S_ISDIR(st.st_mode);
}

/* --- reports --- */

/* The folder of the results; made: it was not there before. */
static exit_code make_folder(const cli *c, const char *path, bool *made) {
  struct stat st;
  *made = mkdir(path, 0777) == 0;
  if (*made) return EXIT_FINE;
  if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return EXIT_FINE;
  if (errno == EEXIST) cli_say(c, MSG_NOT_A_FOLDER, path);
  else cli_cannot_write(c, path);
  return EXIT_IO;
}

/* A folder that was made and has nothing in it goes again. */
static exit_code leave_folder(const char *path, bool made, exit_code code) {
  if (made && code != EXIT_FINE) rmdir(path);
  return code;
}

static bool same_place(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The messages told so far are not told again. */
static exit_code begin_report(const cli *c, session *s) {
  ppr_report_free(s->report);
  s->report = ppr_report_new();
  if (s->report) return EXIT_FINE;
  cli_say(c, MSG_NO_MEMORY);
  return EXIT_INTERNAL;
}

static exit_code report(const cli *c, session *s, const char *ledger, const char *folder, bool quiet) {
  char page[PATH_SIZE];
  if (begin_report(c, s) != EXIT_FINE) return EXIT_INTERNAL;
  snprintf(page, sizeof page, "%s/bericht.html", folder);
  ppr_status status = ppr_sweep_outcomes(ledger, folder, c->language, s->report);
  if (status == PPR_OK) status = ppr_sweep_page(ledger, page, c->language, s->report);
  exit_code code = session_end(s, c, status, false);
  if (code == EXIT_FINE && !quiet) cli_say(c, MSG_SWEEP_REPORT, folder, page);
  return code;
}

/* --- the sweep --- */

static volatile sig_atomic_t interrupted;
static volatile int stop;

static void interrupt(int number) {
  (void)number;
  interrupted = 1;
  stop = 1;
}

typedef struct drawing {
  const cli *c;
  uint64_t last; /* milliseconds */
  bool tty, drawn;
} drawing;

static void draw(const ppr_sweep_progress *at, void *ctx) {
  drawing *d = ctx;
  if (!d->tty || at->milliseconds < 1000 || at->milliseconds - d->last < 200) return;
  char a[32], b[32], r[32], left[32];
  uint64_t rate = at->done * 1000 / at->milliseconds;
  cli_count(d->c, a, at->done);
  cli_count(d->c, b, at->total);
  cli_count(d->c, r, rate);
  cli_count(d->c, left, rate && at->total > at->done ? (at->total - at->done) / rate + 1 : 0);
  fputs("\r\033[K", stderr);
  fprintf(stderr, cli_text(d->c, MSG_SWEEP_PROGRESS), at->scenario, a, b, r, left);
  fflush(stderr);
  d->last = at->milliseconds;
  d->drawn = true;
}

static void summarize(const cli *c, const ppr_sweep_summary *s) {
  char records[CLI_NUMBER], runs[CLI_NUMBER], done[32], evaluations[CLI_NUMBER], seconds[32];
  unsigned long long hundredths = (s->milliseconds + 5) / 10;
  snprintf(seconds, sizeof seconds, "%llu%c%02llu", hundredths / 100, c->language == PPR_ENGLISH ? '.' : ',', hundredths % 100);
  cli_count(c, done, s->runs_done);
  cli_number(c, records, s->records, NOUN_RECORD);
  cli_number(c, runs, s->runs, NOUN_OF_RUNS);
  cli_number(c, evaluations, s->evaluations, NOUN_EVALUATION);
  fprintf(stderr, cli_text(c, MSG_SWEEP_SUMMARY), records, done, runs, evaluations, seconds);
  fputc('\n', stderr);
}

static exit_code sweep(const cli *c, session *s, request *r, const char *rules, const char *input) {
  programs p = {.n = 0};
  char ledger[PATH_SIZE];
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  ppr_sweep_summary summary;
  drawing d = {.c = c, .tty = isatty(STDERR_FILENO) && !r->quiet};
  exit_code code = add_program(c, s, &p, r, rules, NULL);
  for (size_t i = 0; i < r->n_scenarios && code == EXIT_FINE; i++) code = add_program(c, s, &p, r, rules, r->scenarios[i]);
  bool made = false;
  if (code == EXIT_FINE && same_place(r->output, input)) {
    cli_say(c, MSG_FOLDER_IS_INPUT, r->output);
    code = EXIT_USAGE;
  }
  if (code == EXIT_FINE) code = make_folder(c, r->output, &made);
  if (code != EXIT_FINE) {
    close_programs(&p);
    return code;
  }
  data_fill(&r->data, c, input, &run);
  run.jobs = c->jobs;
  snprintf(ledger, sizeof ledger, "%s/laufbuch.sqlite", r->output);
  ppr_sweep_opts *o = &r->sweep;
  o->scenarios = p.all;
  o->n_scenarios = p.n;
  o->ledger = r->ledger ? r->ledger : ledger;
  o->run = &run;
  o->limit = r->yes ? 0 : MOST_SETS;
  o->stop = &stop;
  o->progress = draw;
  o->ctx = &d;
  ppr_status status = ppr_sweep(s->engine, o, &summary, s->report);
  if (d.drawn) fputs("\r\033[K", stderr);
  code = session_end(s, c, status, false);
  if (code == EXIT_FINE && !r->quiet) summarize(c, &summary);
  if (code == EXIT_FINE && interrupted) {
    cli_say(c, MSG_SWEEP_STOPPED, o->ledger);
    code = EXIT_UNDECIDED;
  } else if (code == EXIT_FINE && !summary.complete) cli_say(c, MSG_SWEEP_PART, o->ledger);
  else if (code == EXIT_FINE) code = report(c, s, o->ledger, r->output, r->quiet);
  close_programs(&p);
  return leave_folder(r->output, made, code);
}

/* --- the call --- */

/* "2/5" */
static bool chunk_of(char *text, ppr_sweep_opts *o) {
  uint64_t k, n;
  char *slash = strchr(text, '/');
  if (!slash) return false;
  *slash = 0;
  bool right = data_number(slash + 1, 1, UINT32_MAX, &n) && data_number(text, 1, n, &k);
  *slash = '/';
  if (right) o->chunk = (uint32_t)k, o->chunks = (uint32_t)n;
  return right;
}

static exit_code with_session(const cli *c, request *r, char **words, int n) {
  session s;
  exit_code code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  if (strcmp(words[0], "merge") == 0) {
    code = session_end(&s, c, ppr_sweep_merge(s.engine, words[1], (const char *const *)words + 2, (size_t)n - 2, s.report), false);
    if (code == EXIT_FINE && !r->quiet) cli_say(c, MSG_SWEEP_MERGED, words[1]);
  } else if (strcmp(words[0], "report") == 0) {
    bool made = false;
    code = make_folder(c, r->output, &made);
    if (code == EXIT_FINE) code = leave_folder(r->output, made, report(c, &s, words[1], r->output, r->quiet));
  } else code = sweep(c, &s, r, words[0], words[1]);
  session_close(&s);
  return code;
}

exit_code command_sweep(cli *c, int argc, char **argv) {
  enum { BASE = OPT_FIRST, SCENARIO, LEDGER, SEED, DRAWS, VARY, CHUNK, YES, JOBS, QUIET };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"base", required_argument, NULL, BASE},
                                          {"scenario", required_argument, NULL, SCENARIO},
                                          {"ledger", required_argument, NULL, LEDGER},
                                          {"seed", required_argument, NULL, SEED},
                                          {"draws", required_argument, NULL, DRAWS},
                                          {"readings", required_argument, NULL, VARY},
                                          {"chunk", required_argument, NULL, CHUNK},
                                          {"yes", no_argument, NULL, YES},
                                          {"jobs", required_argument, NULL, JOBS},
                                          {"output", required_argument, NULL, 'o'},
                                          {"quiet", no_argument, NULL, QUIET},
                                          CLI_COMMON};
  request r = {.data = {.form = PPR_FORM_TABLES}, .sweep = PPR_SWEEP_OPTS_INIT};
  uint64_t number;
  int option;
  while ((option = cli_option(c, argc, argv, "o:q", options)) >= 0) {
    exit_code code = data_option(&r.data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    switch (option) {
    case BASE:
      if (r.n_bases == CLI_SCENARIOS_MAX) return cli_usage(c, MSG_EXTRA_ARGUMENT, optarg);
      r.bases[r.n_bases++] = optarg;
      break;
    case SCENARIO:
      if (r.n_scenarios == MAX_SCENARIOS) return cli_usage(c, MSG_EXTRA_ARGUMENT, optarg);
      r.scenarios[r.n_scenarios++] = optarg;
      break;
    case LEDGER: r.ledger = optarg; break;
    case SEED:
      if (!data_number(optarg, 0, INT64_MAX, &r.sweep.seed)) return cli_usage(c, MSG_BAD_SEED, optarg);
      break;
    case DRAWS:
      if (!data_number(optarg, 1, 1000000000, &r.sweep.draws)) return cli_usage(c, MSG_BAD_DRAWS, optarg);
      break;
    case VARY:
      if (strcmp(optarg, "one") != 0 && strcmp(optarg, "all") != 0) return cli_usage(c, MSG_BAD_VARIED_READINGS, optarg);
      r.sweep.vary_readings = optarg[0] == 'o' ? PPR_READINGS_SINGLY : PPR_READINGS_ALL;
      break;
    case CHUNK:
      if (!chunk_of(optarg, &r.sweep)) return cli_usage(c, MSG_BAD_CHUNK, optarg);
      break;
    case YES: r.yes = true; break;
    case JOBS:
      if (!data_number(optarg, 1, CLI_MOST_JOBS, &number)) return cli_usage(c, MSG_BAD_JOBS, optarg);
      c->jobs = (uint32_t)number;
      break;
    case 'o': r.output = optarg; break;
    case QUIET:
    case 'q': r.quiet = true; break;
    default: break;
    }
  }
  if (option < -1) return CLI_DONE(option);
  char **words = argv + optind;
  int n = argc - optind;
  bool merge = n > 0 && strcmp(words[0], "merge") == 0;
  if (n < 1) return cli_missing(c, MSG_ARG_PATH);
  if (merge && n < 3) return cli_missing(c, MSG_ARG_LEDGER);
  if (n < 2) return cli_missing(c, strcmp(words[0], "report") == 0 ? MSG_ARG_LEDGER : MSG_ARG_INPUT);
  if (!merge && n > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, words[2]);
  if (!merge && !r.output) return cli_missing(c, MSG_ARG_OUTPUT_FOLDER);
  if (!merge && strcmp(words[0], "report") != 0) {
    if (!is_rules(words[0])) return cli_usage(c, MSG_SCENARIO_IMAGE, words[0]);
    if (strcmp(words[1], "-") == 0) return cli_missing(c, MSG_ARG_INPUT);
  }
  const char *book = merge ? words[1] : r.ledger;
  exit_code wrong = merge && access(book, F_OK) == 0 ? EXIT_FINE : cli_check_output(c, book); /* one that is there is not replaced anyway */
  if (wrong == EXIT_FINE) wrong = cli_check_folder(c, r.output);
  if (wrong != EXIT_FINE) return wrong;
  struct sigaction action = {.sa_handler = interrupt};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  return with_session(c, &r, words, n);
}
