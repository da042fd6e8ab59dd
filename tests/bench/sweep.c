/* What a sweep costs against plain evaluation of as many records, in one run: bench_sweep RULES DATA SURVEY SCENARIO [ROUNDS]
 * Plain: every record of every run through ppr_evaluator_eval, all outputs, nothing counted or written; and the same of an edition that has only the
 * outputs the survey asks for. Sweep: ppr_sweep as it is shipped, one thread, reading, counting and the ledger included. Times are of the processor.
 */
#define _POSIX_C_SOURCE 200809L
#include <ppr/compile.h>
#include <ppr/sweep.h>
#include "io/hold.h"
#include "sweep/space.h"
#include "sweep/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PLAIN_RUNS = 4 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fail(const char *what, ppr_report *report) {
  fprintf(stderr, "bench_sweep: %s\n%s", what, report ? ppr_report_text(report, PPR_GERMAN) : "");
  return 1;
}

/* One edition to be evaluated whole or in part. */
typedef struct contender {
  ppr_program program;
  ppr_evaluator *evaluator;
  ppr_column *in;
  ppr_result *out;
} contender;

static bool open_contender(contender *c, ppr_arena *arena, const ppr_program *p, const ppr_edition *e) {
  c->program = *p;
  c->program.editions = (ppr_edition *)(uintptr_t)e;
  c->program.n_editions = 1;
  c->in = arena_array(arena, (size_t)e->n_input + 1, sizeof *c->in);
  c->out = arena_array(arena, (size_t)e->n_output + 1, sizeof *c->out);
  for (uint32_t j = 0; c->out && j < e->n_output; j++)
    c->out[j] = (ppr_result){arena_array(arena, STORE_LANES, sizeof(int64_t)), arena_array(arena, STORE_LANES, 1), NULL};
  return c->in && c->out && ppr_evaluator_new(&c->evaluator, &c->program, 0, NULL) == PPR_OK;
}

/* Seconds for PLAIN_RUNS runs over all records. */
static double plain(contender *all, const held_input *input, const space *s, int64_t *column, ppr_fault *faults) {
  double begin = now();
  for (uint64_t run = 1; run <= PLAIN_RUNS; run++)
    for (uint32_t e = 0; e < input->schema->program->n_editions; e++)
      for (uint32_t first = 0, records = input->store.parts[e].records; first < records; first += STORE_LANES) {
        uint32_t n = records - first < STORE_LANES ? records - first : STORE_LANES;
        store_columns(&input->store, e, first / STORE_LANES, 0, n, all[e].in);
        for (size_t a = 0; a < s->n_axes; a++) {
          if (s->axes[a].input[e] == PPR_NONE) continue;
          for (uint32_t i = 0; i < n; i++) column[a * STORE_LANES + i] = space_value(s, &s->axes[a], run, e, first + i);
          all[e].in[s->axes[a].input[e]] = (ppr_column){column + a * STORE_LANES, NULL, NULL};
        }
        ppr_evaluator_eval(all[e].evaluator, all[e].in, n, all[e].out, faults);
      }
  return now() - begin;
}

static double swept(ppr_engine *engine, const ppr_program *p, const ppr_run_opts *run, ppr_sweep_summary *summary, ppr_report *report) {
  char ledger[] = "/tmp/bench-sweep-XXXXXX";
  int file = mkstemp(ledger);
  if (file < 0) return -1;
  close(file);
  unlink(ledger);
  ppr_sweep_scenario one = {"one", p};
  ppr_sweep_opts opts = PPR_SWEEP_OPTS_INIT;
  opts.scenarios = &one;
  opts.n_scenarios = 1;
  opts.ledger = ledger;
  opts.run = run;
  double begin = now();
  ppr_status status = ppr_sweep(engine, &opts, summary, report);
  double end = now();
  unlink(ledger);
  return status == PPR_OK ? end - begin : -1;
}

int main(int argc, char **argv) {
  if (argc < 5) return fail("usage: bench_sweep RULES DATA SURVEY SCENARIO [ROUNDS]", NULL);
  long rounds = argc > 5 ? strtol(argv[5], NULL, 10) : 5;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_arena *arena = arena_new(ppr_alloc_default);
  ppr_program *p = NULL, *selected = NULL;
  const char *files[] = {argv[3], argv[4]};
  ppr_engine_scenarios(engine, files, 2);
  if (ppr_compile_path(&p, engine, argv[1], report) != PPR_OK) return fail("the rules do not compile", report);
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  run.input = argv[2];
  run.jobs = 1;
  held_input input;
  space s;
  tally_plan plan = {0};
  if (input_select(&selected, p, &run, report) != PPR_OK) return fail("no edition", report);
  const ppr_program *own = selected ? selected : p;
  if (hold_open(&input, ppr_alloc_default, own, &run, report) != PPR_OK) return fail("the records cannot be read", report);
  if (space_open(&s, arena, input.schema, 1, 1000, 0, report) != PPR_OK || !space_keys(&s, arena, &input.store))
    return fail("no parameter space", report);
  contender *whole = arena_array(arena, own->n_editions, sizeof *whole), *part = arena_array(arena, own->n_editions, sizeof *part);
  tally_edition *asked = arena_array(arena, own->n_editions, sizeof *asked);
  int64_t *column = arena_array(arena, (s.n_axes + 1) * STORE_LANES, sizeof *column);
  ppr_fault *faults = arena_array(arena, STORE_LANES, sizeof *faults);
  for (uint32_t e = 0; e < own->n_editions; e++) {
    if (!input.store.parts[e].records) continue;
    if (tally_read(&plan, &asked[e], arena, input.schema, e, report) != PPR_OK) return fail("no survey", report);
    if (!open_contender(&whole[e], arena, own, &own->editions[e]) || !open_contender(&part[e], arena, own, &asked[e].edition))
      return fail("no memory", NULL);
  }
  double best[3] = {1e9, 1e9, 1e9};
  ppr_sweep_summary summary = {0};
  for (long r = 0; r < rounds; r++) {
    double t[3] = {plain(whole, &input, &s, column, faults), plain(part, &input, &s, column, faults), swept(engine, p, &run, &summary, report)};
    if (t[2] < 0) return fail("the sweep failed", report);
    for (int i = 0; i < 3; i++) best[i] = t[i] < best[i] ? t[i] : best[i];
  }
  double each = (double)input.store.count * PLAIN_RUNS, swept_each = (double)summary.evaluations;
  printf("%zu records, %llu runs, %ld rounds, least processor time\n", input.store.count, (unsigned long long)summary.runs, rounds);
  printf("plain evaluation, all outputs      %8.1f ns a record\n", best[0] / each * 1e9);
  printf("plain evaluation, outputs asked    %8.1f ns a record\n", best[1] / each * 1e9);
  printf("sweep, counting and ledger         %8.1f ns a record   %.3f x plain, %.3f x outputs asked\n", best[2] / swept_each * 1e9,
         best[2] / swept_each / (best[0] / each), best[2] / swept_each / (best[1] / each));
  for (uint32_t e = 0; e < own->n_editions; e++) {
    ppr_evaluator_free(whole[e].evaluator);
    ppr_evaluator_free(part[e].evaluator);
  }
  hold_close(&input);
  ppr_program_free(selected);
  ppr_program_free(p);
  arena_free(arena);
  ppr_report_free(report);
  ppr_engine_free(engine);
  return 0;
}
