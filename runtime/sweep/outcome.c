/* What is made of a ledger: the files of its results and the page about them. */
#include "base/file.h"
#include "ppr/sweep.h"
#include "sweep/page.h"
#include "sweep/sheets.h"

#define PAGE_MOST ((size_t)256 << 20)

ppr_status ppr_sweep_outcomes(const char *ledger, const char *folder, ppr_language language, ppr_report *report) {
  book *b;
  if (!ledger || !folder || !report) return PPR_MISUSE;
  ppr_status status = book_open(&b, ledger, report);
  if (status != PPR_OK) return status;
  status = sheets_write(b, folder, language == PPR_ENGLISH);
  book_close(b);
  return status;
}

ppr_status ppr_sweep_page(const char *ledger, const char *file, ppr_language language, ppr_report *report) {
  book *b;
  ppr_buf text;
  if (!ledger || !file || !report) return PPR_MISUSE;
  ppr_status status = book_open(&b, ledger, report);
  if (status != PPR_OK) return status;
  buf_init(&text, ppr_alloc_default, PAGE_MOST);
  if (!page_write(b, language == PPR_ENGLISH, &text)) status = b->status == PPR_OK ? PPR_NOMEM : b->status;
  file_status written = status == PPR_OK ? file_write_atomic(file, text.data, text.size) : FILE_OK;
  if (written != FILE_OK) {
    file_report(report, written, file, 0);
    status = PPR_IO;
  }
  buf_fini(&text);
  book_close(b);
  return status;
}
