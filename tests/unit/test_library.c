/* Worked examples of functions that are not ours: one of a shared library, refused until the host allows it, and one the host registers. */
#include "base/quarter.h"
#include "ppr/compile.h"
#include "ppr/native.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#define HEAD                                                                                                                                         \
  "regelwerk Probe \"Funktionen\"\n"                                                                                                                 \
  "fassung 2024-01\n"                                                                                                                                \
  "  beschluss 19.10.2023 \"BAnz AT 05.02.2024 B4\"\n"                                                                                               \
  "  gilt ab 01.01.2024\n"                                                                                                                           \
  "eingabe Nachweis § 3\n"                                                                                                                          \
  "  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n"                                                                    \
  "  zeitraum Berichtsquartal = Jahr, Quartal\n"                                                                                                     \
  "  aus \"Haus\"\n"                                                                                                                                 \
  "    Beginn : Datum\n"                                                                                                                             \
  "    Ende : Datum\n"
#define OUTPUT "ausgabe \"Tage\"\n  spalte \"Tage\" = Tage\n"

static const char LIBRARY_TEXT[] = HEAD "funktion Arbeitstage(Datum, Datum) : Zahl(0) aus \"kalender\"\n"
                                        "regel Tage : Zahl(0) § 4\n  = Arbeitstage(Beginn, Ende)\n" OUTPUT;
static const char HOST_TEXT[] = HEAD "regel Tage : Zahl(0) § 4\n  = Kalendertage(Beginn, Ende)\n" OUTPUT;

typedef struct fixture {
  ppr_engine *engine;
  ppr_report *report;
  ppr_program *program;
} fixture;

static int begin(void **state) {
  static fixture f;
  f = (fixture){ppr_engine_new(), ppr_report_new(), NULL};
  *state = &f;
  return !f.engine || !f.report;
}

static int end(void **state) {
  fixture *f = *state;
  ppr_program_free(f->program);
  ppr_report_free(f->report);
  ppr_engine_free(f->engine);
  return 0;
}

static ppr_status compile(fixture *f, const char *text) {
  ppr_source_text source = {"probe.ppr", text, strlen(text)};
  return ppr_compile(&f->program, f->engine, &source, 1, f->report);
}

/* Evaluates Tage for two records: from..until, and the other way round. */
static void evaluate(fixture *f, int64_t from, int64_t until, int64_t days[2], ppr_fault faults[2]) {
  ppr_edition_info info;
  ppr_column in[16] = {{0}};
  ppr_result out[4] = {{0}};
  ppr_evaluator *evaluator;
  const int64_t begins[2] = {from, until}, ends[2] = {until, from}, years[2] = {2024, 2024}, numbers[2] = {1, 1};
  const int64_t quarters[2] = {quarter_of(2024, 1), quarter_of(2024, 1)};
  assert_int_equal(ppr_program_edition(f->program, 0, &info), PPR_OK);
  assert_true(info.inputs <= 16 && info.outputs <= 4);
  in[ppr_program_find_input(f->program, 0, "Beginn")].values = begins;
  in[ppr_program_find_input(f->program, 0, "Ende")].values = ends;
  in[ppr_program_find_input(f->program, 0, "Jahr")].values = years;
  in[ppr_program_find_input(f->program, 0, "Quartal")].values = numbers;
  in[ppr_program_find_input(f->program, 0, "Berichtsquartal")].values = quarters;
  out[ppr_program_find_output(f->program, 0, "Tage")].values = days;
  assert_int_equal(ppr_evaluator_new(&evaluator, f->program, 0, NULL), PPR_OK);
  assert_int_equal(ppr_evaluator_eval(evaluator, in, 2, out, faults), PPR_OK);
  ppr_evaluator_free(evaluator);
}

static void refused_by_default(void **state) {
  fixture *f = *state;
  ppr_diagnostic d;
  assert_int_equal(compile(f, LIBRARY_TEXT), PPR_DIAGNOSED);
  assert_null(f->program);
  assert_int_equal(ppr_report_get(f->report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.code, "PPR6503"); /* not allowed */
}

/* 01.01.2024 is a Monday: up to Sunday 14.01.2024 there are two weeks of five days. */
static void allowed_library(void **state) {
  fixture *f = *state;
  int64_t days[2], from = day_of(2024, 1, 1), until = day_of(2024, 1, 14);
  ppr_fault faults[2];
  assert_int_equal(ppr_engine_allow_library(f->engine, "kalender", PPR_EXAMPLE_LIBRARY), PPR_OK);
  if (compile(f, LIBRARY_TEXT) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  evaluate(f, from, until, days, faults);
  assert_int_equal(faults[0].code, 0);
  assert_int_equal(days[0], 10);
  assert_int_equal(faults[1].code, 5205); /* the function refuses this one; the other record is whole */
}

/* An image names the library too: an engine that does not allow it refuses the image. */
static void image_asks_again(void **state) {
  fixture *f = *state;
  void *bytes;
  size_t size;
  assert_int_equal(ppr_engine_allow_library(f->engine, "kalender", PPR_EXAMPLE_LIBRARY), PPR_OK);
  assert_int_equal(compile(f, LIBRARY_TEXT), PPR_OK);
  assert_int_equal(ppr_program_save(f->program, &bytes, &size), PPR_OK);
  ppr_engine *other = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *program = NULL;
  assert_int_equal(ppr_program_load(&program, other, bytes, size, report), PPR_DIAGNOSED);
  assert_null(program);
  ppr_report_free(report);
  ppr_engine_free(other);
  ppr_free(bytes);
}

static int calendar_days(int64_t *out, int64_t from, int64_t until) {
  if (until < from) return 7;
  *out = until - from + 1;
  return 0;
}

static void host_function(void **state) {
  fixture *f = *state;
  int64_t days[2];
  ppr_fault faults[2];
  ppr_native native = {"Kalendertage", "Zahl(0)(Datum,Datum)", (ppr_native_fn)calendar_days, "Kalendertage", "calendar days", "", 1, 4000000};
  assert_int_equal(ppr_engine_register(f->engine, &native), PPR_OK);
  if (compile(f, HOST_TEXT) != PPR_OK) fail_msg("%s", ppr_report_text(f->report, PPR_GERMAN));
  evaluate(f, day_of(2024, 2, 28), day_of(2024, 3, 1), days, faults);
  assert_int_equal(faults[0].code, 0);
  assert_int_equal(days[0], 3); /* 28 and 29 February, 1 March */
  assert_int_equal(faults[1].code, 5205);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(refused_by_default, begin, end), cmocka_unit_test_setup_teardown(allowed_library, begin, end),
      cmocka_unit_test_setup_teardown(image_asks_again, begin, end), cmocka_unit_test_setup_teardown(host_function, begin, end)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
