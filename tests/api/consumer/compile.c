/* A user's program with the compiler: compiles RULES, runs its tests, writes the image to IMAGE. */
#include <ppr/compile.h>
#include <stdio.h>

static void show(const ppr_test_result *result, void *ctx) {
  int *failures = ctx;
  if (!result->passed) {
    fprintf(stderr, "%s: %s\n%s", result->edition, result->title, result->details);
    ++*failures;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int failed = 1, test_failures = 0;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *program = NULL;
  void *bytes = NULL;
  size_t size = 0;
  if (!engine || !report) goto out;
  ppr_status status = ppr_compile_path(&program, engine, argv[1], report);
  if (status == PPR_OK) status = ppr_test_path(engine, argv[1], PPR_GERMAN, report, show, &test_failures);
  if (status != PPR_OK || test_failures) {
    fprintf(stderr, "%s\n%s", ppr_status_text(status), ppr_report_text(report, PPR_GERMAN));
    goto out;
  }
  if (ppr_program_save(program, &bytes, &size) != PPR_OK) goto out;
  FILE *file = fopen(argv[2], "wb");
  if (!file) goto out;
  failed = fwrite(bytes, 1, size, file) != size;
  failed |= fclose(file) != 0;
out:
  ppr_free(bytes);
  ppr_program_free(program);
  ppr_report_free(report);
  ppr_engine_free(engine);
  return failed;
}
