/* What the answers share. */
#include "lsp/ask.h"
#include <string.h>

const char *ask_say(const ask *a, const char *de, const char *en) { return a->language == PPR_ENGLISH ? en : de; }

void ask_fail(ask *a, int error, const char *de, const char *en) {
  a->error = error;
  a->why = ask_say(a, de, en);
}

bool ask_put_location(ask *a, ppr_span span) {
  const snapshot_file *file;
  size_t begin, end;
  if (!snapshot_place(a->now, span, &file, &begin, &end)) return false;
  buf_puts(a->out, "{\"uri\":");
  json_put(a->out, file->text->uri);
  buf_puts(a->out, ",\"range\":");
  place_put_range(a->out, report_source(a->now->report, file->source), a->encoding, begin, end);
  buf_putc(a->out, '}');
  return true;
}

void ask_put_edit(ask *a, const snapshot_file *file, size_t begin, size_t end, const char *text) {
  buf_puts(a->out, "{\"range\":");
  place_put_range(a->out, report_source(a->now->report, file->source), a->encoding, begin, end);
  buf_puts(a->out, ",\"newText\":");
  json_put(a->out, text);
  buf_putc(a->out, '}');
}

const occurrence *ask_occurrence(const ask *a) { return snapshot_at(a->now, a->file->source, a->offset); }

size_t ask_edition(const ask *a) { return a->file->edition != SIZE_MAX ? a->file->edition : a->now->n_editions - 1; /* SIZE_MAX for none */ }
