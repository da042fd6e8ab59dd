/* Order of evaluation and circles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "support/rules.h"

#define BEGINNING RULES_HEAD RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 0..9\n"

/* Uses come before users, wherever they stand in the text. */
static void test_written_backwards(void **state) {
  (void)state;
  rules r = rules_compile(BEGINNING "ausgabe \"Ergebnis\"\n  spalte \"Ergebnis\" = Ergebnis\nregel Ergebnis : Zahl(0) § 1\n  = zwei + drei\n"
                                    "regel zwei : Zahl(0) § 1\n  = drei + 1\nregel drei : Zahl(0) § 1\n  = n\n");
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
}

static void test_circles(void **state) {
  (void)state;
  rules r = rules_compile(BEGINNING "regel Ergebnis : Zahl(0) § 1\n  = Ergebnis + 1\n" RULES_OUTPUT);
  assert_true(rules_says(&r, "PPR2018", "Ergebnis → Ergebnis", 0));
  rules_free(&r);
  r = rules_compile(BEGINNING "regel Ergebnis : Zahl(0) § 1\n  = b\nregel b : Zahl(0) § 1\n  = c\nregel c : Zahl(0) § 1\n  = d + b\nregel d : "
                              "Zahl(0) § 1\n  = n\n" RULES_OUTPUT);
  assert_true(rules_says(&r, "PPR2018", ": b → c → b", 0));
  assert_int_equal(rules_count(&r, "PPR2018"), 1);
  rules_free(&r);
  /* through tiers, and two circles that have nothing to do with each other */
  r = rules_compile(BEGINNING "regel Ergebnis : Zahl(0) § 1\n  = Stufe\nstaffel Stufe nach Ergebnis : Zahl(0) § 1\n  unter 5 : 1\n  ab 5 : 2\n"
                              "regel e : Zahl(0) § 1\n  = f\nregel f : Zahl(0) § 1\n  = e\n" RULES_OUTPUT);
  assert_true(rules_says(&r, "PPR2018", "Ergebnis → Stufe → Ergebnis", 0));
  assert_true(rules_says(&r, "PPR2018", "e → f → e", 0));
  rules_free(&r);
  /* a condition counts as a use */
  r = rules_compile(
      BEGINNING "regel Ergebnis : Zahl(0) § 1\n  = 1\n  ausnahme x § 1\n    wenn b > 3\n    = 2\nregel b : Zahl(0) § 1\n  = Ergebnis\n" RULES_OUTPUT);
  assert_int_equal(rules_count(&r, "PPR2018"), 1);
  rules_free(&r);
}

/* A chain of rules as long as a file may bring takes no stack. */
static void test_long_chain(void **state) {
  (void)state;
  enum { LENGTH = 5000, SIZE = LENGTH * 64 + 4096 };
  char *text = malloc(SIZE);
  assert_non_null(text);
  size_t n = (size_t)snprintf(text, SIZE, "%sregel Ergebnis : Zahl(0) § 1\n  = r0\n", BEGINNING);
  for (int i = 0; i < LENGTH; i++) n += (size_t)snprintf(text + n, SIZE - n, "regel r%d : Zahl(0) § 1\n  = r%d\n", i, i + 1);
  snprintf(text + n, SIZE - n, "regel r%d : Zahl(0) § 1\n  = n\n%s", LENGTH, RULES_OUTPUT);
  rules r = rules_compile(text);
  assert_int_equal(r.status, PPR_OK);
  rules_free(&r);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_written_backwards), cmocka_unit_test(test_circles), cmocka_unit_test(test_long_chain)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
