/* Makes the reports of a ledger: report_dump LEDGER FOLDER PAGE [en]. The status of the first call that fails is the exit code; messages go to
 * standard error. */
#include <ppr/sweep.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc < 4) return 99;
  ppr_language language = argc > 4 && strcmp(argv[4], "en") == 0 ? PPR_ENGLISH : PPR_GERMAN;
  ppr_report *report = ppr_report_new();
  if (!report) return 98;
  ppr_status status = ppr_sweep_outcomes(argv[1], argv[2], language, report);
  if (status == PPR_OK) status = ppr_sweep_page(argv[1], argv[3], language, report);
  fputs(ppr_report_text(report, language), stderr);
  ppr_report_free(report);
  return (int)status;
}
