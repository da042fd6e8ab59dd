/* All programs of a Regelwerk by one thread and by several: the same bytes, the same findings in the same order, and memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "engine.h"
#include "support/memory.h"
#include "support/rules.h"
#include <pthread.h>

#define HEAD(name, day, more) "regelwerk Beispiel \"Test\"\nfassung " name "\n  beschluss 19.10.2023 \"BAnz\"\n  gilt ab " day "\n" more
#define AMENDS(base) "  ändert fassung " base "\n"
#define KIND(kind)                                                                                                                                   \
  "eingabe " kind " § 3\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Berichtsquartal = Jahr, Quartal\n" \
  "  aus \"" kind "\"\n    Tage" kind " : Zahl(0) 0..99\n"
#define LAST(more) HEAD("2023-01", "01.01.2023", AMENDS("2022-01")) more

/* Three kinds of record, of which the second one needs the most code; later Fassungen change one rule each. */
static const char *const texts[] = {
    HEAD("2020-01", "01.01.2020", "") KIND("Erste") KIND("Zweite")
        KIND("Dritte") "aufzählung Bereich : A, B, C, D, E, F, G\n"
                       "tabelle Minuten je Bereich : Zahl(0) § 1\n  A  1\n  B  2\n  C  3\n  D  4\n  E  5\n  F  6\n  G  7\n"
                       "regel Einfach : Zahl(0) § 1\n  = 2 * TageErste\n"
                       "regel Vielfach je Bereich : Zahl(0) § 2\n  = Minuten * TageZweite\n"
                       "  ausnahme viele wenn TageZweite > 10 * Minuten § 3\n    = Minuten\n"
                       "regel Anders : Zahl(0) § 4\n  = TageDritte + 1\n"
                       "ausgabe \"Erste\"\n  spalte \"Einfach\" = Einfach\n"
                       "ausgabe \"Zweite\" je Bereich\n  spalte \"Bereich\" = Bereich\n  spalte \"Vielfach\" = Vielfach\n"
                       "ausgabe \"Dritte\"\n  spalte \"Anders\" = Anders\n",
    HEAD("2021-01", "01.01.2021", AMENDS("2020-01")) "ändere regel Einfach : Zahl(0) § 1\n  = 3 * TageErste\n",
    HEAD("2022-01", "01.01.2022", AMENDS("2021-01")) "ergänze tabelle Minuten\n  A  9  § 5\n",
    LAST("ändere regel Anders : Zahl(0) § 4\n  = TageDritte + 2\n"),
};
enum { TEXTS = sizeof texts / sizeof *texts };

typedef struct outcome {
  ppr_status status;
  void *image;
  size_t size;
  char findings[4096];
} outcome;

/* last: in place of the last text, or NULL. */
static outcome compile(uint32_t jobs, const char *last) {
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_source_text files[TEXTS];
  char names[TEXTS][16];
  outcome o = {.status = ppr_engine_jobs(engine, jobs)};
  assert_int_equal(o.status, PPR_OK);
  for (size_t i = 0; i < TEXTS; i++) {
    const char *text = last && i + 1 == TEXTS ? last : texts[i];
    snprintf(names[i], sizeof names[i], "%zu.ppr", i);
    files[i] = (ppr_source_text){names[i], text, strlen(text)};
  }
  ppr_program *p = NULL;
  o.status = ppr_compile(&p, engine, files, TEXTS, report);
  if (p) assert_int_equal(ppr_program_save(p, &o.image, &o.size), PPR_OK);
  ppr_diagnostic d;
  size_t at = 0;
  for (size_t i = 0; ppr_report_get(report, i, PPR_GERMAN, &d) == PPR_OK; i++) {
    at += (size_t)snprintf(o.findings + at, sizeof o.findings - at, "%s:%u:%u %s\n", d.file ? d.file : "", d.line, d.column, d.message);
    assert_in_range(at, 0, sizeof o.findings - 1);
  }
  ppr_program_free(p);
  ppr_report_free(report);
  ppr_engine_free(engine);
  return o;
}

static void same(const char *last, ppr_status status, const char *told) {
  outcome one = compile(1, last);
  assert_int_equal(one.status, status);
  if (told) assert_non_null(strstr(one.findings, told));
  else assert_string_equal(one.findings, "");
  static const uint32_t jobs[] = {2, 3, 8, 64, 1000};
  for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
    outcome more = compile(jobs[i], last);
    assert_int_equal(more.status, one.status);
    assert_string_equal(more.findings, one.findings);
    assert_int_equal(more.size, one.size);
    if (one.size) assert_memory_equal(more.image, one.image, one.size);
    ppr_free(more.image);
  }
  ppr_free(one.image);
}

static void test_same_bytes(void **state) {
  (void)state;
  same(NULL, PPR_OK, NULL);
}

/* A hint about one program: told, and the image is the same. */
static void test_hint(void **state) {
  (void)state;
  same(LAST("regel Unnütz : Zahl(0) § 4\n  = TageDritte + 2\n"), PPR_OK, "3.ppr:6:7 die Regel „Unnütz“");
}

/* Errors of the words, of names, of what a late Fassung takes over, and of the order of Fassungen. */
static void test_errors(void **state) {
  (void)state;
  same(LAST("ändere regel Anders : Zahl(0) § 4\n  = = 2\n"), PPR_DIAGNOSED, "3.ppr:7:5 ");
  same(LAST("ändere regel Anders : Zahl(0) § 4\n  = Tage\nändere regel Einfach : Zahl(0) § 4\n  = TageErst\n"), PPR_DIAGNOSED, "3.ppr:7:5 ");
  same(LAST("streiche tabelle Minuten\n"), PPR_DIAGNOSED, "0.ppr:");
  same(HEAD("2023-01", "01.01.2023", AMENDS("1999-01")), PPR_DIAGNOSED, "3.ppr:");
}

static void test_misuse(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  assert_int_equal(ppr_engine_jobs(NULL, 2), PPR_MISUSE);
  assert_int_equal(ppr_engine_jobs(engine, 0), PPR_MISUSE);
  ppr_engine_free(engine);
}

/* The counting hook for several threads. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static void *guarded(void *ctx, void *ptr, size_t old_size, size_t new_size) {
  pthread_mutex_lock(&turn);
  void *result = memory_fn(ctx, ptr, old_size, new_size);
  pthread_mutex_unlock(&turn);
  return result;
}

static void test_no_memory(void **state) {
  (void)state;
  for (uint32_t jobs = 1; jobs < 4; jobs += 2) {
    ppr_status status = PPR_NOMEM;
    for (size_t n = 1; status == PPR_NOMEM; n += 1 + n / 16) {
      memory m = {.fail_at = n};
      ppr_alloc alloc = {guarded, &m};
      ppr_engine *plain = ppr_engine_new(), engine = *plain;
      ppr_report *report = report_new(ppr_alloc_default);
      engine.alloc = alloc;
      engine.jobs = jobs;
      ppr_program *p = NULL;
      ppr_source_text files[TEXTS];
      for (size_t i = 0; i < TEXTS; i++) files[i] = (ppr_source_text){"t.ppr", texts[i], strlen(texts[i])};
      status = ppr_compile(&p, &engine, files, TEXTS, report);
      assert_true(status == PPR_OK || status == PPR_NOMEM);
      assert_int_equal(p != NULL, status == PPR_OK);
      ppr_program_free(p);
      report_free(report);
      ppr_engine_free(plain);
      assert_int_equal(m.bytes, 0);
      assert_int_equal(m.blocks, 0);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_hint), cmocka_unit_test(test_errors),
                                     cmocka_unit_test(test_misuse), cmocka_unit_test(test_no_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
