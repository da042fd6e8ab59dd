/* A text in the one layout there is. */
#include "lsp/ask.h"
#include "ppr/compile.h"
#include <string.h>

void format_answer(ask *a) {
  const char *old = a->text->text.data ? a->text->text.data : "";
  ppr_source_text file = {a->text->path, old, a->text->text.size};
  ppr_report *report = report_new(a->w->alloc);
  char *text = NULL;
  ppr_status status = report ? ppr_format(a->engine, &file, &text, report) : PPR_NOMEM;
  if (status != PPR_OK) buf_puts(a->out, "null"); /* syntax errors are on display */
  else {
    place_change change = place_compare(old, file.size, text, strlen(text));
    buf_putc(a->out, '[');
    if (change.begin < change.old_end || change.begin < change.new_end) {
      char end = text[change.new_end];
      text[change.new_end] = 0;
      ask_put_edit(a, a->file, change.begin, change.old_end, text + change.begin);
      text[change.new_end] = end;
    }
    buf_putc(a->out, ']');
  }
  ppr_free(text);
  report_free(report);
}
