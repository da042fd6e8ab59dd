/* What `ppr test` prints and writes: cases as text, JSON and JUnit XML, what they reach as text and JSON. */
#ifndef PPR_CLI_TEST_REPORT_H
#define PPR_CLI_TEST_REPORT_H
#include "cli.h"

/* A run of tests. Results go to the text as they come; JSON and JUnit are collected. */
typedef struct test_report {
  const cli *c;
  bool verbose, json; /* name passed tests; nothing but JSON to standard output */
  size_t passed, failed;
  FILE *cases, *suites; /* open_memstream; NULL: not wanted */
  char *cases_text, *suites_text;
  size_t cases_size, suites_size;
  char *file; /* of the suite being written */
  char *suite_text;
  size_t suite_size, suite_tests, suite_failures;
  FILE *suite;
} test_report;

bool test_report_begin(test_report *t, const cli *c, bool verbose, bool json, bool junit);
void test_report_end(test_report *t); /* gives back its memory */
/* A ppr_test_fn; ctx is the report. */
void test_report_take(const ppr_test_result *r, void *ctx);
/* Writes the JUnit file whole or not at all. */
exit_code test_report_junit(test_report *t, const char *path);
/* The object of everything; coverage may be NULL. */
void test_report_json(test_report *t, const ppr_coverage *coverage);

/* A summary by kind and file; every: declarations with what is missing too. */
void test_report_coverage(const cli *c, const ppr_coverage *coverage, bool every);
#endif
