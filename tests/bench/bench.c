/* The benchmark, in one run: evaluation against two hand-written programs, a batch of one, loading of images, start-up of the whole program.
 * Everybody's checksum is compared with the published one before anything is timed; contenders take turns, so that a noisy machine disturbs all of
 * them. */
#define _POSIX_C_SOURCE 200809L
#include "columnar.h"
#include "engine.h"
#include "scalar.h"
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <ppr/compile.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 1000, MAX_SIZES = 8, ONES = 2000 };

typedef struct options {
  const char *kernel, *rules, *program;
  size_t sizes[MAX_SIZES], n_sizes;
  uint32_t lanes, kernels;
  int rounds;
  bool check, wide;
  const char *part; /* NULL: all */
} options;

/* --- samples --- */

typedef struct samples {
  double seconds[MAX_ROUNDS];
  int n;
} samples;

/* Time of this process: on a shared machine others may have taken the processor meanwhile. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void sample(samples *s, double begin) { s->seconds[s->n++] = now() - begin; }

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double least(samples *s) {
  qsort(s->seconds, (size_t)s->n, sizeof *s->seconds, by_value);
  return s->seconds[0];
}
static double median(samples *s) {
  qsort(s->seconds, (size_t)s->n, sizeof *s->seconds, by_value);
  return s->seconds[s->n / 2];
}

static bool complain(const char *what) {
  fprintf(stderr, "bench: %s\n", what);
  return false;
}

/* --- evaluation --- */

/* The hand-written programs, compiled for what the engine's kernels are compiled for. */
typedef struct references {
  void (*scalar)(const record *in, size_t n, outcome *out);
  void (*columnar)(columnar *blocks, size_t n);
} references;

static references references_of(const options *o) {
  const char *name = ppr_kernels(o->kernels);
  if (o->kernels && strcmp(name, "AVX2") == 0) return (references){scalar_evaluate_avx2, columnar_evaluate_avx2};
  if (o->kernels) return (references){scalar_evaluate_baseline, columnar_evaluate_baseline};
  return (references){scalar_evaluate_native, columnar_evaluate_native};
}

typedef struct contest {
  size_t n;
  record *records;
  outcome *outcomes;
  columnar *blocks;
  batch batch;
  references by_hand;
} contest;

static bool contest_new(contest *c, const options *o, const engine *e, size_t n) {
  *c = (contest){.n = n, .by_hand = references_of(o), .records = calloc(n, sizeof *c->records), .outcomes = calloc(n, sizeof *c->outcomes)};
  if (!c->records || !c->outcomes) return complain("out of memory");
  records_make(c->records, n);
  c->blocks = columnar_new(c->records, n);
  return (c->blocks && batch_new(&c->batch, e, c->records, n, !o->wide)) || complain("out of memory");
}

static void contest_free(contest *c) {
  batch_free(&c->batch);
  free(c->blocks);
  free(c->outcomes);
  free(c->records);
}

static void run_engine(contest *c, const engine *e) { ppr_evaluator_eval(e->evaluator, c->batch.in, c->n, c->batch.out, c->batch.faults); }

static bool right(const char *who, const checksum *have, const checksum *reference) {
  const char *published = checksum_published(have->n);
  char text[64];
  snprintf(text, sizeof text, "%" PRId64 ":%" PRId64, have->plain, have->placed);
  if (have->plain == reference->plain && have->placed == reference->placed && (!published || strcmp(text, published) == 0)) return true;
  fprintf(stderr, "bench: %s: checksum %s of %zu records, published %s\n", who, text, have->n, published ? published : "(none)");
  return false;
}

static bool all_right(contest *c, const engine *e) {
  checksum reference = {0, 0, 0}, vector = {0, 0, 0}, have;
  c->by_hand.scalar(c->records, c->n, c->outcomes);
  c->by_hand.columnar(c->blocks, c->n);
  run_engine(c, e);
  for (size_t i = 0; i < c->n; i++) {
    int64_t results[RESULTS];
    memcpy(results, &c->outcomes[i], sizeof results);
    checksum_add(&reference, results);
    for (int k = 0; k < RESULTS; k++) results[k] = c->blocks[i / BLOCK].result[k][i % BLOCK];
    checksum_add(&vector, results);
  }
  if (!batch_checksum(&c->batch, &have)) return complain("the engine refused a record");
  if (!right("scalar C", &reference, &reference) || !right("columnar C", &vector, &reference) || !right("engine", &have, &reference)) return false;
  printf("%zu records: checksum %" PRId64 ":%" PRId64 " from all%s\n", c->n, have.plain, have.placed,
         checksum_published(c->n) ? ", as published" : "");
  return true;
}

static bool check(const options *o, const engine *e, size_t n) {
  contest c;
  bool fine = contest_new(&c, o, e, n) && all_right(&c, e);
  contest_free(&c);
  return fine;
}

static void print_line(const char *who, samples *s, size_t n, double scalar, double vector) {
  double t = least(s);
  printf("  %-22s %9.3f %9.3f %9.1f %11.2f %11.2f\n", who, t * 1e3, median(s) * 1e3, (double)n / t / 1e6, scalar / t, vector / t);
}

static bool bench_evaluation(const options *o, const engine *e, size_t n) {
  static samples engine_time, scalar_time, vector_time;
  contest c;
  if (!contest_new(&c, o, e, n) || !all_right(&c, e)) return false;
  engine_time.n = scalar_time.n = vector_time.n = 0;
  for (int round = 0; round < o->rounds; round++) {
    double begin = now();
    run_engine(&c, e);
    sample(&engine_time, begin);
    begin = now();
    c.by_hand.scalar(c.records, n, c.outcomes);
    sample(&scalar_time, begin);
    begin = now();
    c.by_hand.columnar(c.blocks, n);
    sample(&vector_time, begin);
  }
  double scalar = least(&scalar_time), vector = least(&vector_time);
  printf("  %-22s %9s %9s %9s %11s %11s\n", "", "min ms", "median ms", "M rec/s", "x scalar C", "x columnar");
  print_line("engine", &engine_time, n, scalar, vector);
  print_line("scalar C", &scalar_time, n, scalar, vector);
  print_line("columnar C", &vector_time, n, scalar, vector);
  contest_free(&c);
  return true;
}

/* Each call gets the next record: its columns are pointed at it first, which is part of the time. */
static bool bench_one(const options *o, const engine *e) {
  static samples time;
  contest c;
  if (!contest_new(&c, o, e, ONES)) return false;
  ppr_evaluator *one;
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = 1;
  opts.kernels = o->kernels;
  if (ppr_evaluator_new(&one, e->program, 0, &opts) != PPR_OK) return complain("no evaluator");
  ppr_column in[MAX_INPUTS] = {{NULL, NULL, NULL}};
  for (int round = 0; round < o->rounds; round++) {
    double begin = now();
    for (size_t row = 0; row < c.n; row++) {
      ppr_result out[RESULTS];
      for (size_t i = 0; i < e->inputs; i++) {
        if (c.batch.in[i].narrow) in[i].narrow = c.batch.in[i].narrow + row;
        else in[i].values = c.batch.in[i].values + row;
      }
      for (size_t k = 0; k < RESULTS; k++)
        out[k] =
            c.batch.out[k].narrow ? (ppr_result){NULL, NULL, c.batch.out[k].narrow + row} : (ppr_result){c.batch.out[k].values + row, NULL, NULL};
      ppr_evaluator_eval(one, in, 1, out, &c.batch.faults[row]);
    }
    sample(&time, begin);
  }
  checksum have, reference = {0, 0, 0};
  c.by_hand.scalar(c.records, c.n, c.outcomes);
  for (size_t i = 0; i < c.n; i++) {
    int64_t results[RESULTS];
    memcpy(results, &c.outcomes[i], sizeof results);
    checksum_add(&reference, results);
  }
  bool fine = batch_checksum(&c.batch, &have) && right("batches of one", &have, &reference);
  double each = 1e6 / (double)c.n;
  printf("\na batch of one              %9.3f us min, %.3f us median\n", least(&time) * each, median(&time) * each);
  ppr_evaluator_free(one);
  contest_free(&c);
  return fine;
}

/* --- loading and starting --- */

static bool bench_load(const options *o, const engine *e, const ppr_program *program, const char *what) {
  static samples time;
  void *bytes;
  size_t size;
  if (ppr_program_save(program, &bytes, &size) != PPR_OK) return complain("image");
  time.n = 0;
  bool fine = true;
  for (int round = 0; fine && round < o->rounds; round++) {
    ppr_program *loaded = NULL;
    ppr_evaluator *evaluator = NULL;
    double begin = now();
    fine = ppr_program_load(&loaded, e->handle, bytes, size, e->report) == PPR_OK && ppr_evaluator_new(&evaluator, loaded, 0, NULL) == PPR_OK;
    sample(&time, begin);
    ppr_evaluator_free(evaluator);
    ppr_program_free(loaded);
  }
  ppr_free(bytes);
  if (!fine) return complain("loading");
  printf("load %-22s %9.3f ms min, %.3f ms median (%zu bytes: read, verify, prepare)\n", what, least(&time) * 1e3, median(&time) * 1e3, size);
  return true;
}

static bool bench_loads(const options *o, const engine *e) {
  ppr_program *rules;
  if (ppr_compile_path(&rules, e->handle, o->rules, e->report) != PPR_OK) {
    fputs(ppr_report_text(e->report, PPR_ENGLISH), stderr);
    return false;
  }
  bool fine = bench_load(o, e, e->program, "kernel") && bench_load(o, e, rules, "ppp-rl");
  ppr_program_free(rules);
  return fine;
}

static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Wall-clock time from rule text to verified program, of all Fassungen and kinds of record. The first call of the process is told by itself: later
 * ones find memory that was touched before. */
static bool bench_compile(const options *o, const engine *e) {
  static samples time;
  bool fine = true;
  for (uint32_t jobs = 2; fine && jobs > 0; jobs--) {
    time.n = 0;
    for (int round = 0; fine && round < o->rounds; round++) {
      ppr_program *rules = NULL;
      ppr_report *report = ppr_report_new();
      double begin = wall();
      fine = report && ppr_engine_jobs(e->handle, jobs) == PPR_OK && ppr_compile_path(&rules, e->handle, o->rules, report) == PPR_OK;
      time.seconds[time.n++] = wall() - begin;
      if (report && !fine) fputs(ppr_report_text(report, PPR_ENGLISH), stderr);
      ppr_program_free(rules);
      ppr_report_free(report);
    }
    if (!fine) break;
    double first = time.seconds[0] * 1e3;
    printf("compile ppp-rl, %" PRIu32 " thread%-4s %9.3f ms min, %.3f ms median", jobs, jobs > 1 ? "s" : "", least(&time) * 1e3, median(&time) * 1e3);
    if (jobs > 1) printf(", %.3f ms the first time", first);
    putchar('\n');
  }
  return fine;
}

static bool write_image(const engine *e, const char *path) {
  void *bytes;
  size_t size;
  FILE *f = fopen(path, "wb");
  bool fine = f && ppr_program_save(e->program, &bytes, &size) == PPR_OK;
  if (fine) {
    fine = fwrite(bytes, 1, size, f) == size;
    ppr_free(bytes);
  }
  return (f && fclose(f) == 0 && fine) || complain(path);
}

static void write_value(FILE *f, const engine *e, size_t input, int64_t v) {
  ppr_value_info info;
  if (e->input_kind[input] == PPR_YESNO) fputs(v ? "ja" : "nein", f);
  else if (ppr_program_input(e->program, 0, input, &info) == PPR_OK && info.scale == 2) fprintf(f, "%" PRId64 ",%02d", v / 100, (int)(v % 100));
  else fprintf(f, "%" PRId64, v);
}

/* The first record as a flat file; the quarter is made of the key. */
static bool write_record(const engine *e, const char *path) {
  record r;
  batch b;
  records_make(&r, 1);
  if (!batch_new(&b, e, &r, 1, false)) return complain("out of memory");
  FILE *f = fopen(path, "w");
  if (!f) return complain(path);
  fputs("Einrichtung", f);
  for (size_t i = 0; i < e->inputs; i++)
    if (e->input_kind[i] != PPR_QUARTER) fprintf(f, ";%s", e->input_name[i]);
  fprintf(f, "\n%" PRId64, r.facility);
  for (size_t i = 0; i < e->inputs; i++) {
    if (e->input_kind[i] == PPR_QUARTER) continue;
    fputc(';', f);
    write_value(f, e, i, batch_input(&b, i, 0));
  }
  fputc('\n', f);
  batch_free(&b);
  return fclose(f) == 0 || complain(path);
}

/* Wall time of `ppr run` from spawn to exit. */
static bool run_program(const options *o, const char *image, const char *data, samples *time) {
  extern char **environ;
  char *const argv[] = {(char *)o->program, "run", "--flat", "--quiet", (char *)image, (char *)data, NULL};
  posix_spawn_file_actions_t files;
  pid_t child;
  int status = -1;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  double begin = wall();
  bool fine = posix_spawn(&child, o->program, &files, NULL, argv, environ) == 0 && waitpid(child, &status, 0) == child;
  time->seconds[time->n++] = wall() - begin;
  posix_spawn_file_actions_destroy(&files);
  return fine && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool bench_start(const options *o, const engine *e) {
  static samples time;
  const char *base = getenv("TMPDIR");
  char folder[512], image[600], data[600];
  snprintf(folder, sizeof folder, "%s/ppr-bench-XXXXXX", base ? base : "/tmp");
  if (!mkdtemp(folder)) return complain(folder);
  snprintf(image, sizeof image, "%s/kernel.image", folder);
  snprintf(data, sizeof data, "%s/one.csv", folder);
  bool fine = write_image(e, image) && write_record(e, data);
  for (int round = 0; fine && round < o->rounds; round++) fine = run_program(o, image, data, &time) || complain(o->program);
  if (fine)
    printf("start, one record, end      %9.3f ms min, %.3f ms median (process of `ppr run` with the image)\n", least(&time) * 1e3,
           median(&time) * 1e3);
  unlink(image);
  unlink(data);
  rmdir(folder);
  return fine;
}

/* --- program --- */

static bool read_number(const char *text, size_t lo, size_t hi, size_t *out) {
  char *end;
  unsigned long long n = strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end || n < lo || n > hi) return complain(text);
  *out = (size_t)n;
  return true;
}

static bool read_options(options *o, int argc, char **argv) {
  static const struct option known[] = {{"check", no_argument, NULL, 'c'},
                                        {"rounds", required_argument, NULL, 'r'},
                                        {"records", required_argument, NULL, 'n'},
                                        {"lanes", required_argument, NULL, 'l'},
                                        {"kernel", required_argument, NULL, 'k'},
                                        {"rules", required_argument, NULL, 'p'},
                                        {"ppr", required_argument, NULL, 'x'},
                                        {"part", required_argument, NULL, 'o'},
                                        {"wide", no_argument, NULL, 'w'},
                                        {"kernels", required_argument, NULL, 'i'},
                                        {NULL, 0, NULL, 0}};
  size_t n = 0;
  for (int option; (option = getopt_long(argc, argv, "", known, NULL)) >= 0;) switch (option) {
    case 'c': o->check = true; break;
    case 'r':
      if (!read_number(optarg, 1, MAX_ROUNDS, &n)) return false;
      o->rounds = (int)n;
      break;
    case 'n':
      if (o->n_sizes == MAX_SIZES || !read_number(optarg, 1, 10000000, &o->sizes[o->n_sizes])) return false;
      o->n_sizes++;
      break;
    case 'l':
      if (!read_number(optarg, 1, 1024, &n)) return false;
      o->lanes = (uint32_t)n;
      break;
    case 'w': o->wide = true; break;
    case 'i':
      if (!read_number(optarg, 0, 3, &n) || !ppr_kernels((uint32_t)n)) return complain("no such kernels on this machine");
      o->kernels = (uint32_t)n;
      break;
    case 'k': o->kernel = optarg; break;
    case 'p': o->rules = optarg; break;
    case 'x': o->program = optarg; break;
    case 'o': o->part = optarg; break;
    default: return false;
    }
  if (o->n_sizes == 0) {
    o->sizes[o->n_sizes++] = 10000;
    if (!o->check) o->sizes[o->n_sizes++] = 100000;
  }
  return optind == argc;
}

static bool wanted(const options *o, const char *part) { return !o->part || strcmp(o->part, part) == 0; }

int main(int argc, char **argv) {
  options o = {.kernel = BENCH_KERNEL, .rules = BENCH_RULES, .program = BENCH_PPR, .rounds = 40};
  if (!read_options(&o, argc, argv)) {
    fputs("usage: bench [--check] [--rounds N] [--records N]... [--lanes N] [--kernel FILE] [--rules FOLDER] [--ppr PROGRAM]\n"
          "             [--part evaluate|one|compile|load|start] [--wide (columns of 64 bits)] [--kernels N (0: best of this machine)]\n",
          stderr);
    return 2;
  }
  engine e;
  printf("kernels for %s, columns of %d bits\n", ppr_kernels(o.kernels), o.wide ? 64 : 32);
  bool fine = engine_open(&e, o.kernel, o.lanes, o.kernels);
  for (size_t i = 0; fine && wanted(&o, "evaluate") && i < o.n_sizes; i++)
    fine = o.check ? check(&o, &e, o.sizes[i]) : bench_evaluation(&o, &e, o.sizes[i]);
  if (fine && !o.check && wanted(&o, "one")) fine = bench_one(&o, &e);
  if (fine && !o.check && wanted(&o, "compile")) fine = bench_compile(&o, &e);
  if (fine && !o.check && wanted(&o, "load")) fine = bench_loads(&o, &e);
  if (fine && !o.check && wanted(&o, "start")) fine = bench_start(&o, &e);
  engine_close(&e);
  return fine ? 0 : 1;
}
