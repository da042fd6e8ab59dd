/* Where a name is declared and where it is used. */
#include "lsp/ask.h"
#include <string.h>

static bool empty_result(ask *a, const occurrence *o) {
  if (o) return false;
  buf_puts(a->out, "null");
  return true;
}

/* Of the declarations the one in force: of the file's Fassung, else of the nearest before it, else of the first after it. */
static const occurrence *declaration(const ask *a, const occurrence *of) {
  const occurrence *best = NULL;
  size_t here = ask_edition(a);
  for (size_t i = 0; i < a->now->n_occurrences; i++) {
    const occurrence *o = &a->now->occurrences[i];
    if (!o->declares || o->of != of->of || o->edition == SIZE_MAX) continue;
    bool before = o->edition <= here, best_before = best && best->edition <= here;
    if (!best || (before && (!best_before || o->edition > best->edition)) || (!before && !best_before && o->edition < best->edition)) best = o;
  }
  return best;
}

void navigate_definition(ask *a) {
  const occurrence *o = ask_occurrence(a);
  if (empty_result(a, o) || empty_result(a, o = declaration(a, o))) return;
  if (!ask_put_location(a, o->span)) buf_puts(a->out, "null");
}

/* Whether the occurrence counts in a list of names, in the present texts. */
static bool listed(const ask *a, const occurrence *o, const entity *of) {
  const snapshot_file *file;
  size_t begin, end;
  return o->of == of && !o->cell && snapshot_place(a->now, o->span, &file, &begin, &end) && begin < end;
}

void navigate_references(ask *a) {
  const occurrence *at = ask_occurrence(a);
  bool all = json_true(json_at(a->params, "context", "includeDeclaration", NULL)), first = true;
  if (empty_result(a, at)) return;
  buf_putc(a->out, '[');
  for (size_t i = 0; i < a->now->n_occurrences; i++) {
    const occurrence *o = &a->now->occurrences[i];
    if (!listed(a, o, at->of) || (o->declares && !all)) continue;
    if (!first) buf_putc(a->out, ',');
    first = false;
    ask_put_location(a, o->span);
  }
  buf_putc(a->out, ']');
}

void navigate_highlight(ask *a) {
  enum { READ = 2, WRITE = 3 };
  const occurrence *at = ask_occurrence(a);
  bool first = true;
  if (empty_result(a, at)) return;
  buf_putc(a->out, '[');
  for (size_t i = 0; i < a->now->n_occurrences; i++) {
    const occurrence *o = &a->now->occurrences[i];
    if (o->span.file != a->file->source || !listed(a, o, at->of)) continue;
    buf_puts(a->out, first ? "{\"range\":" : ",{\"range\":");
    first = false;
    place_put_range(a->out, report_source(a->now->report, o->span.file), a->encoding, o->span.begin, o->span.end);
    buf_printf(a->out, ",\"kind\":%d}", o->declares ? WRITE : READ);
  }
  buf_putc(a->out, ']');
}
