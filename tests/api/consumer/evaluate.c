/* A user's program without the compiler: loads IMAGE, checks its schema, evaluates and explains. */
#include <ppr/native.h>
#include <ppr/run.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                                                                           \
  do {                                                                                                                                               \
    if (!(condition)) {                                                                                                                              \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                                                \
      return 1;                                                                                                                                      \
    }                                                                                                                                                \
  } while (0)

enum { ROWS = 2, MAX_COLUMNS = 32 };

static int twice(int64_t *out, int64_t a) { return *out = 2 * a, 0; }

static int work(ppr_engine *engine, ppr_report *report, const void *bytes, size_t size) {
  ppr_native native = {"doppelt", "Zahl(0)(Zahl(0))", (ppr_native_fn)twice, "das Doppelte", "twice", "", -200, 200};
  REQUIRE(ppr_engine_register(engine, &native) == PPR_OK);
  REQUIRE(ppr_engine_register(engine, &native) == PPR_MISUSE);

  ppr_program *program = NULL;
  REQUIRE(ppr_program_load(&program, engine, bytes, size - 1, report) == PPR_FORMAT && !program);
  REQUIRE(ppr_report_count(report) > 0);
  REQUIRE(ppr_program_load(&program, engine, bytes, size, report) == PPR_OK);
  REQUIRE(strcmp(ppr_program_name(program), "Beispiel") == 0);
  REQUIRE(ppr_program_editions(program) == 1);
  REQUIRE(ppr_program_edition_for(program, 2023 * 4 + 3) == -1);
  REQUIRE(ppr_program_edition_for(program, 2024 * 4) == 0);
  ppr_edition_info edition;
  REQUIRE(ppr_program_edition(program, 0, &edition) == PPR_OK);
  REQUIRE(strcmp(edition.name, "2024-01") == 0 && edition.from_day == 19723 && edition.until_day == INT64_MAX);
  REQUIRE(edition.inputs <= MAX_COLUMNS && edition.outputs <= MAX_COLUMNS && edition.cost > 0);
  REQUIRE(ppr_program_edition(program, 1, &edition) == PPR_MISUSE);

  int soll_a = ppr_program_find_input(program, 0, "Soll[a]"), soll_b = ppr_program_find_input(program, 0, "Soll[b]");
  int ist_a = ppr_program_find_input(program, 0, "Ist[a]"), ist_b = ppr_program_find_input(program, 0, "Ist[b]");
  int grad_a = ppr_program_find_output(program, 0, "Grad[a]"), all = ppr_program_find_output(program, 0, "alles erfüllt");
  REQUIRE(soll_a >= 0 && soll_b >= 0 && ist_a >= 0 && ist_b >= 0 && grad_a >= 0 && all >= 0);
  REQUIRE(ppr_program_find_input(program, 0, "gibt es nicht") == -1);
  ppr_value_info info;
  REQUIRE(ppr_program_input(program, 0, (size_t)ist_a, &info) == PPR_OK);
  REQUIRE(info.kind == PPR_NUMBER && strcmp(info.unit, "Stunde") == 0 && info.scale == 2 && info.lo == 0 && info.hi == 99999900);
  REQUIRE(ppr_program_output(program, 0, (size_t)grad_a, &info) == PPR_OK && info.kind == PPR_PERCENT && info.scale == 2);

  int64_t year[ROWS] = {2024, 2024}, number[ROWS] = {1, 1}, quarter[ROWS] = {2024 * 4, 2024 * 4}, hours[ROWS] = {1000, 0},
          present[ROWS] = {90005, 100};
  ppr_column in[MAX_COLUMNS] = {{NULL, NULL, NULL}};
  int in_year = ppr_program_find_input(program, 0, "Jahr"), in_number = ppr_program_find_input(program, 0, "Quartal");
  int in_period = ppr_program_find_input(program, 0, "Berichtsquartal");
  REQUIRE(in_year >= 0 && in_number >= 0 && in_period >= 0);
  in[in_year].values = year;
  in[in_number].values = number;
  in[in_period].values = quarter;
  in[soll_a].values = in[soll_b].values = hours;
  in[ist_a].values = in[ist_b].values = present;

  int64_t values[MAX_COLUMNS][ROWS];
  uint8_t states[MAX_COLUMNS][ROWS];
  ppr_result out[MAX_COLUMNS];
  for (size_t i = 0; i < MAX_COLUMNS; i++) out[i] = (ppr_result){values[i], states[i], NULL};
  ppr_fault faults[ROWS];
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = 1;
  ppr_evaluator *evaluator;
  REQUIRE(ppr_evaluator_new(&evaluator, program, 0, &opts) == PPR_OK);
  REQUIRE(ppr_evaluator_eval(evaluator, in, ROWS, out, faults) == PPR_OK);
  if (faults[0].code || faults[1].code) fprintf(stderr, "faults %u at %u, %u at %u\n", faults[0].code, faults[0].pc, faults[1].code, faults[1].pc);
  REQUIRE(faults[0].code == 0 && faults[1].code == 0);
  REQUIRE(states[grad_a][0] == 0 && values[grad_a][0] == 9001); /* 900,05 / 1000 = 90,005 %, half away from zero */
  REQUIRE(states[grad_a][1] == 2);                              /* nothing required: entfällt */
  REQUIRE(states[all][0] == 0 && values[all][0] == 1);
  const char *text;
  REQUIRE(ppr_evaluator_explain(evaluator, in, 0, (size_t)grad_a, PPR_GERMAN, PPR_EXPLAIN_SHORT, &text) == PPR_OK);
  REQUIRE(strstr(text, "§ 7 Abs. 2") && strstr(text, "90,01"));

  hours[0] = 1000000; /* beyond the declared range */
  REQUIRE(ppr_evaluator_eval(evaluator, in, ROWS, out, faults) == PPR_OK);
  REQUIRE(faults[0].code == 5202 && faults[1].code == 0);
  ppr_evaluator_free(evaluator);

  void *again = NULL;
  size_t again_size = 0;
  REQUIRE(ppr_program_save(program, &again, &again_size) == PPR_OK);
  REQUIRE(again_size == size && memcmp(again, bytes, size) == 0);
  ppr_free(again);

  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  ppr_run_summary summary;
  run.input = "there is no such folder";
  run.output = "nor this";
  REQUIRE(ppr_run(program, engine, &run, &summary, report) == PPR_DIAGNOSED);
  ppr_program_free(program);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 2;
  enum { CAPACITY = 1 << 20 };
  char *bytes = malloc(CAPACITY);
  size_t size = bytes ? fread(bytes, 1, CAPACITY, file) : 0;
  fclose(file);
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  int failed = !engine || !report || size == 0 || size == CAPACITY || strcmp(ppr_version(), "0.1.0") != 0;
  if (!failed) failed = work(engine, report, bytes, size);
  if (failed && report) fputs(ppr_report_text(report, PPR_ENGLISH), stderr);
  ppr_report_free(report);
  ppr_engine_free(engine);
  free(bytes);
  return failed;
}
