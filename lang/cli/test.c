/* `ppr test`: the tests of rule texts and the case tables beside them, what they reach, once or at every change. */
#include "test_report.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { POLL_MILLISECONDS = 200, ALL = 10000 }; /* ALL: hundredths of a percent */

typedef struct job {
  const cli *c;
  const char *path, *cases, *junit;
  bool verbose, json, coverage, watch;
  int threshold; /* hundredths of a percent, -1: none */
} job;

/* --- one run --- */

static bool is_enough(const cli *c, const ppr_coverage *v, int threshold) {
  if (threshold < 0 || !v->goals || v->reached * ALL >= v->goals * (size_t)threshold) return true;
  size_t share = v->reached * ALL / v->goals;
  cli_say(c, MSG_COVER_BELOW_THRESHOLD, (int)(share / 100), (int)(share % 100), threshold / 100, threshold % 100);
  return false;
}

static void print_end(const job *j, test_report *t, const ppr_coverage *coverage) {
  char tests[CLI_NUMBER];
  if (j->json) {
    test_report_json(t, coverage);
    return;
  }
  if (t->passed + t->failed == 0) printf(cli_text(j->c, MSG_NO_TESTS), j->path);
  else printf(cli_text(j->c, MSG_TEST_SUM), cli_number(j->c, tests, t->passed + t->failed, NOUN_TEST), t->passed, t->failed);
  printf("\n");
  if (coverage) test_report_coverage(j->c, coverage, j->coverage);
}

static exit_code run_once(const job *j) {
  session s;
  test_report t;
  exit_code code = session_open(&s, j->c);
  if (code != EXIT_FINE) return code;
  if (!test_report_begin(&t, j->c, j->verbose, j->json, j->junit != NULL)) {
    cli_say(j->c, MSG_NO_MEMORY);
    test_report_end(&t);
    session_close(&s);
    return EXIT_INTERNAL;
  }
  ppr_test_opts opts = PPR_TEST_OPTS_INIT;
  opts.cases = j->cases;
  opts.language = j->c->language;
  opts.explain = 1;
  ppr_coverage *coverage = NULL;
  ppr_status status = ppr_test(s.engine, j->path, &opts, s.report, test_report_take, &t, j->coverage || j->threshold >= 0 ? &coverage : NULL);
  code = session_end(&s, j->c, status, true);
  if (status == PPR_OK || (status == PPR_DIAGNOSED && t.passed + t.failed > 0)) {
    print_end(j, &t, coverage);
    if (code == EXIT_FINE && t.failed) code = EXIT_FINDINGS;
    if (coverage && !is_enough(j->c, coverage, j->threshold) && code == EXIT_FINE) code = EXIT_FINDINGS;
    exit_code written = j->junit ? test_report_junit(&t, j->junit) : EXIT_FINE;
    if (written != EXIT_FINE) code = written;
  }
  ppr_coverage_free(coverage);
  test_report_end(&t);
  session_close(&s);
  return code;
}

/* --- watching --- */

typedef struct seen {
  char *path;
  struct timespec time;
  off_t size;
} seen;
typedef struct seen_list {
  seen *items;
  size_t n, cap;
  bool failed;
} seen_list;

static void forget(seen_list *l) {
  for (size_t i = 0; i < l->n; i++) free(l->items[i].path);
  free(l->items);
  *l = (seen_list){NULL, 0, 0, false};
}

static void see(seen_list *l, const char *path) {
  struct stat st;
  if (stat(path, &st) != 0) return; /* what is not there now is seen when it comes */
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 32;
    seen *more = realloc(l->items, cap * sizeof *more);
    if (!more) {
      l->failed = true;
      return;
    }
    l->items = more;
    l->cap = cap;
  }
  char *own = strdup(path);
  if (!own) l->failed = true;
  else l->items[l->n++] = (seen){own, st.st_mtim, st.st_size};
}

/* The file of a folder; "" is the folder at work. */
static void see_in(seen_list *l, const char *folder, size_t n, const char *name) {
  size_t room = n + strlen(name) + 2;
  char *path = malloc(room);
  if (!path) {
    l->failed = true;
    return;
  }
  snprintf(path, room, "%.*s%s%s", (int)n, folder, n ? "/" : "", name);
  see(l, path);
  free(path);
}

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n > m && strcmp(name + n - m, end) == 0;
}

/* A file, or those of a folder with this ending. */
static void see_files(seen_list *l, const char *path, const char *ending) {
  DIR *folder = opendir(path);
  if (!folder) {
    see(l, path);
    return;
  }
  for (const struct dirent *e; (e = readdir(folder));) {
    if (*e->d_name != '.' && ends_with(e->d_name, ending)) see_in(l, path, strlen(path), e->d_name);
  }
  closedir(folder);
}

static seen_list see_all(const job *j) {
  seen_list l = {NULL, 0, 0, false};
  const char *slash = strrchr(j->path, '/');
  struct stat st;
  see_files(&l, j->path, ".ppr");
  for (size_t i = 0; i < j->c->n_scenarios; i++) see(&l, j->c->scenarios[i]);
  if (j->cases) {
    see_files(&l, j->cases, ".csv");
    return l;
  }
  size_t n = stat(j->path, &st) == 0 && S_ISDIR(st.st_mode) ? strlen(j->path) : slash ? (size_t)(slash - j->path) : 0, room = n + sizeof "/faelle";
  char *beside = malloc(room);
  if (!beside) l.failed = true;
  else {
    snprintf(beside, room, "%.*s%sfaelle", (int)n, j->path, n ? "/" : "");
    see_files(&l, beside, ".csv");
  }
  free(beside);
  return l;
}

static const seen *find(const seen_list *l, const char *path) {
  for (size_t i = 0; i < l->n; i++)
    if (strcmp(l->items[i].path, path) == 0) return &l->items[i];
  return NULL;
}

/* Path of a file that is other than it was, new or gone; NULL: none. */
static const char *changed(const seen_list *before, const seen_list *now) {
  for (size_t i = 0; i < now->n; i++) {
    const seen *a = find(before, now->items[i].path), *b = &now->items[i];
    if (!a || a->size != b->size || a->time.tv_sec != b->time.tv_sec || a->time.tv_nsec != b->time.tv_nsec) return b->path;
  }
  for (size_t i = 0; i < before->n; i++)
    if (!find(now, before->items[i].path)) return before->items[i].path;
  return NULL;
}

/* Runs again whenever a file has changed and then stayed the same for a moment. Ends with the process. */
static exit_code watch(const job *j) {
  const struct timespec pause = {0, POLL_MILLISECONDS * 1000000L};
  for (;;) {
    seen_list before = see_all(j), now = {NULL, 0, 0, false}, last = {NULL, 0, 0, false};
    exit_code code = run_once(j);
    if (before.failed || code == EXIT_INTERNAL) {
      forget(&before);
      return EXIT_INTERNAL;
    }
    fflush(stdout);
    cli_say(j->c, MSG_TEST_WAITING);
    const char *which = NULL;
    while (!which || changed(&last, &now)) {
      forget(&last);
      last = now;
      nanosleep(&pause, NULL);
      now = see_all(j);
      if (!which && changed(&before, &now)) {
        which = changed(&before, &now);
        cli_say(j->c, MSG_TEST_CHANGED, which);
        last.failed = true; /* not yet seen twice the same */
      }
    }
    forget(&before);
    forget(&now);
    forget(&last);
  }
}

/* --- the call --- */

/* "95", "97,5": hundredths of a percent, -1: none. */
static int read_share(const char *text) {
  int n = 0, digits = 0, decimals = -1;
  for (const char *p = text; *p; p++) {
    if ((*p == ',' || *p == '.') && decimals < 0 && digits) decimals = 0;
    else if (*p >= '0' && *p <= '9' && digits < 5 && decimals < 2) n = n * 10 + (*p - '0'), digits++, decimals += decimals >= 0;
    else return -1;
  }
  for (int k = decimals < 0 ? 0 : decimals; k < 2; k++) n *= 10;
  return digits && decimals != 0 && n <= ALL ? n : -1;
}

exit_code command_test(cli *c, int argc, char **argv) {
  enum { CASES = OPT_FIRST, COVERAGE, THRESHOLD, JUNIT, JSON, WATCH };
  static const struct option options[] = {{"verbose", no_argument, NULL, 'v'},
                                          {"cases", required_argument, NULL, CASES},
                                          {"coverage", no_argument, NULL, COVERAGE},
                                          {"threshold", required_argument, NULL, THRESHOLD},
                                          {"junit", required_argument, NULL, JUNIT},
                                          {"json", no_argument, NULL, JSON},
                                          {"watch", no_argument, NULL, WATCH},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  job j = {.c = c, .threshold = -1};
  int option;
  while ((option = cli_option(c, argc, argv, "v", options)) >= 0) {
    if (option == 'v') j.verbose = true;
    if (option == CASES) j.cases = optarg;
    if (option == COVERAGE) j.coverage = true;
    if (option == JUNIT) j.junit = optarg;
    if (option == JSON) j.json = true;
    if (option == WATCH) j.watch = true;
    if (option == THRESHOLD && (j.threshold = read_share(optarg)) < 0) return cli_usage(c, MSG_BAD_THRESHOLD, optarg);
  }
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PATH);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  j.path = argv[optind];
  exit_code code = cli_check_rules(c, j.path);
  if (code == EXIT_FINE) code = cli_check_file(c, j.junit);
  if (code != EXIT_FINE) return code;
  return j.watch ? watch(&j) : run_once(&j);
}
