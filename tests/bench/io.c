/* The benchmark of the way around the evaluator: whole processes from file to results, in one run. The reference program and the engine hash what
 * they compute, `ppr run` writes it; contenders take turns, the minimum counts. Files are made anew in a temporary folder. */
#define _DEFAULT_SOURCE
#include "files.h"
#include "flow.h"
#include "stream.h"
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 100, ARGS = 12, PATH = 600 };

extern char **environ;

typedef struct options {
  const char *self, *kernel, *rules, *ppr;
  size_t records, quarters;
  int rounds;
} options;

/* What is measured: one process, or two at the same time; the shortest time, the most memory of the first. */
typedef struct contender {
  const char *name;
  const char *args[ARGS], *beside[ARGS]; /* beside: of the other process, NULL: there is none */
  const char *makes[2];                  /* folders that are not there yet when it starts, so that old files are nobody's time */
  double seconds;
  long kilobytes;
} contender;

static bool complain(const char *what) {
  fprintf(stderr, "bench_io: %s\n", what);
  return false;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What it prints goes nowhere; -1: it cannot be started. */
static pid_t start(const char *const *args) {
  posix_spawn_file_actions_t files;
  pid_t child;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  int error = posix_spawn(&child, args[0], &files, NULL, (char *const *)(const void *)args, environ);
  posix_spawn_file_actions_destroy(&files);
  return error ? -1 : child;
}

static bool end(pid_t child, long *kilobytes) {
  struct rusage used;
  int status;
  if (child < 0 || wait4(child, &status, 0, &used) != child) return false;
  if (used.ru_maxrss > *kilobytes) *kilobytes = used.ru_maxrss;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Removes a folder of files and folders of files. */
static void clear(const char *folder) {
  long unused = 0;
  end(start((const char *[]){"/bin/rm", "-rf", folder, NULL}), &unused);
}

/* From spawn to exit. */
static bool run(contender *c) {
  long other = 0;
  for (size_t i = 0; i < 2; i++)
    if (c->makes[i]) clear(c->makes[i]);
  double begin = now();
  pid_t child = start(c->args), beside = c->beside[0] ? start(c->beside) : -1;
  bool fine = end(child, &c->kilobytes);
  if (c->beside[0]) fine = end(beside, &other) && fine;
  double seconds = now() - begin;
  if (!fine) return complain(c->name);
  if (c->seconds == 0 || seconds < c->seconds) c->seconds = seconds;
  return true;
}

static bool take_turns(contender *c, size_t n, int rounds) {
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < n; i++)
      if (!run(&c[i])) return false;
  return true;
}

static double size_of(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 ? (double)s.st_size : 0;
}

/* --- the flat file --- */

static bool bench_flat(const options *o, const char *folder) {
  char image[PATH], data[PATH], out[PATH], results[PATH + 20];
  snprintf(image, sizeof image, "%s/kernel.image", folder);
  snprintf(data, sizeof data, "%s/kernel.csv", folder);
  snprintf(out, sizeof out, "%s/flat", folder);
  snprintf(results, sizeof results, "%s/Kernel.csv", out);
  contender compile = {.name = "compile", .args = {o->ppr, "compile", o->kernel, "-o", image, NULL}};
  contender c[] = {
      {.name = "reference, hashed", .args = {o->self, "stream", data, NULL}},
      {.name = "engine, hashed", .args = {o->self, "flow", image, data, "1", NULL}},
      {.name = "engine, hashed, 2 jobs", .args = {o->self, "flow", image, data, "2", NULL}},
      {.name = "ppr run to CSV", .args = {o->ppr, "run", "--flat", "-q", "--jobs", "1", image, data, "-o", out, NULL}, .makes = {out}},
      {.name = "ppr run to CSV, 2 jobs", .args = {o->ppr, "run", "--flat", "-q", "--jobs", "2", image, data, "-o", out, NULL}, .makes = {out}}};
  size_t n = sizeof c / sizeof *c;
  if (!run(&compile) || !files_flat(data, o->records) || !take_turns(c, n, o->rounds)) return false;
  double in = size_of(data);
  printf("flat file: %zu records, %.0f MB; results %.0f MB\n", o->records, in / 1e6, size_of(results) / 1e6);
  for (size_t i = 0; i < n; i++)
    printf("  %-24s %7.3f s  %5.0f MB/s read  %5.2f of the reference  %6.1f MB of memory\n", c[i].name, c[i].seconds, in / c[i].seconds / 1e6,
           c[i].seconds / c[0].seconds, (double)c[i].kilobytes / 1e3);
  unlink(data);
  return true;
}

/* --- tables --- */

static bool bench_tables(const options *o, const char *folder, size_t quarters) {
  char image[PATH], data[PATH], out[PATH], out2[PATH];
  snprintf(image, sizeof image, "%s/rules.image", folder);
  snprintf(data, sizeof data, "%s/tables", folder);
  snprintf(out, sizeof out, "%s/results", folder);
  snprintf(out2, sizeof out2, "%s/others", folder);
  contender compile = {.name = "compile", .args = {o->ppr, "compile", o->rules, "-o", image, NULL}};
#define RUN(jobs, to) {o->ppr, "run", "-q", "--jobs", jobs, image, data, "-o", to, NULL}
  contender c[] = {{.name = "ppr run to CSV", .args = RUN("1", out), .makes = {out}},
                   {.name = "ppr run to CSV, 2 jobs", .args = RUN("2", out), .makes = {out}},
                   {.name = "two processes at once", .args = RUN("1", out), .beside = RUN("1", out2), .makes = {out, out2}}};
#undef RUN
  if (size_of(image) == 0 && !run(&compile)) return false;
  clear(data);
  if (mkdir(data, 0777) != 0) return complain(data);
  if (!files_tables(data, quarters) || !take_turns(c, 3, o->rounds)) return false;
  printf("tables: %zu facility quarters\n", quarters);
  for (size_t i = 0; i < 2; i++)
    printf("  %-24s %7.3f s  %5.1f us per record  %6.1f MB of memory\n", c[i].name, c[i].seconds, c[i].seconds / (double)quarters * 1e6,
           (double)c[i].kilobytes / 1e3);
  printf("  two jobs %.2f times one; two processes, the most this machine gives: %.2f\n", c[0].seconds / c[1].seconds,
         2 * c[0].seconds / c[2].seconds);
  return true;
}

static bool bench(const options *o) {
  const char *base = getenv("TMPDIR");
  char folder[PATH / 2];
  snprintf(folder, sizeof folder, "%s/ppr-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(folder)) return complain(folder);
  bool fine = o->records == 0 || bench_flat(o, folder);
  for (size_t n = 10000; fine && n <= o->quarters; n *= 10) fine = bench_tables(o, folder, n);
  clear(folder);
  return fine;
}

/* --- the parts, in processes of their own --- */

static bool tell(const checksum *sum) {
  const char *published = checksum_published(sum->n);
  char text[64];
  snprintf(text, sizeof text, "%" PRId64 ":%" PRId64, sum->plain, sum->placed);
  printf("%zu records, checksum %s\n", sum->n, text);
  return !published || strcmp(text, published) == 0 || complain("the checksum is not the published one");
}

static bool check(const options *o) {
  static const size_t jobs[] = {1, 2, 3, 8};
  const char *base = getenv("TMPDIR");
  char folder[PATH / 2], image[PATH], data[PATH];
  checksum sum;
  snprintf(folder, sizeof folder, "%s/ppr-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(folder)) return complain(folder);
  snprintf(image, sizeof image, "%s/kernel.image", folder);
  snprintf(data, sizeof data, "%s/kernel.csv", folder);
  contender compile = {.name = "compile", .args = {o->ppr, "compile", o->kernel, "-o", image, NULL}};
  bool fine = run(&compile) && files_flat(data, 10000) && stream_file(data, &sum) && sum.n == 10000 && tell(&sum);
  for (size_t i = 0; i < sizeof jobs / sizeof *jobs && fine; i++) fine = flow_file(image, data, jobs[i], &sum) && sum.n == 10000 && tell(&sum);
  clear(folder);
  return fine;
}

static bool count_of(const char *text, size_t *out) {
  char *end;
  unsigned long long n = strtoull(text, &end, 10);
  *out = (size_t)n;
  return (*text >= '0' && *text <= '9' && !*end) || complain(text);
}

/* -1: the arguments are not understood. */
static int command(options *o, int argc, char **argv) {
  checksum sum;
  size_t n;
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "stream") == 0 && argc == 3) return stream_file(argv[2], &sum) && tell(&sum);
  if (strcmp(what, "flow") == 0 && argc == 5 && count_of(argv[4], &n)) return flow_file(argv[2], argv[3], n, &sum) && tell(&sum);
  if (strcmp(what, "flat") == 0 && argc == 4 && count_of(argv[2], &n)) return files_flat(argv[3], n);
  if (strcmp(what, "tables") == 0 && argc == 4 && count_of(argv[2], &n)) return files_tables(argv[3], n);
  if (strcmp(what, "check") == 0 && argc == 2) return check(o);
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc || !count_of(argv[i + 1], &n)) return -1;
    if (strcmp(argv[i], "--records") == 0) o->records = n;
    else if (strcmp(argv[i], "--quarters") == 0) o->quarters = n;
    else if (strcmp(argv[i], "--rounds") == 0 && n > 0 && n <= MAX_ROUNDS) o->rounds = (int)n;
    else return -1;
  }
  return bench(o);
}

int main(int argc, char **argv) {
  options o = {.self = argv[0], .kernel = BENCH_KERNEL, .rules = BENCH_RULES, .ppr = BENCH_PPR, .records = 1000000, .quarters = 100000, .rounds = 5};
  int fine = command(&o, argc, argv);
  if (fine >= 0) return fine ? 0 : 1;
  fputs("usage: bench_io [--records N] [--quarters N] [--rounds N]   measure; tables of 10000, 100000 … up to N facility quarters\n"
        "       bench_io flat N FILE | tables N FOLDER                make input files\n"
        "       bench_io stream FILE | flow IMAGE FILE JOBS | check   compute results from them\n",
        stderr);
  return 2;
}
