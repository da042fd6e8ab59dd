/* Diagnostics for the client, and the fixes they propose. */
#include "lsp/ask.h"
#include <string.h>

enum { LONGEST_TITLE = 60 };

const ppr_report *advise_report(const folder *f, size_t *count) {
  *count = SIZE_MAX;
  if (f->now && f->now->broken) {
    *count = f->now->syntax;
    return f->now->report;
  }
  return f->checked && f->checked_for == f->generation ? f->checked : NULL;
}

static const rule_text *text_of(const folder *f, const ppr_report *r, uint32_t source) {
  const ppr_source *s = report_source(r, source);
  return s ? folder_find(f, s->name) : NULL;
}

/* The text a diagnostic is shown at: that of its place; without a place the file it names, else the first. */
static const rule_text *shown_at(const folder *f, const ppr_report *r, const diag *d) {
  if (d->span.file != UINT32_MAX) return text_of(f, r, d->span.file);
  const rule_text *named = d->args[0] ? folder_find(f, d->args[0]) : NULL;
  return named ? named : f->n ? f->texts[0] : NULL;
}

static void put_range(ppr_buf *out, const ppr_report *r, ppr_span span, place_encoding encoding) {
  const ppr_source *s = report_source(r, span.file);
  if (s) place_put_range(out, s, encoding, span.begin, span.end);
  else buf_puts(out, "{\"start\":{\"line\":0,\"character\":0},\"end\":{\"line\":0,\"character\":0}}");
}

static void put_notes(ppr_buf *out, const folder *f, const ppr_report *r, const diag *d, place_encoding encoding, ppr_language language) {
  bool first = true;
  for (const diag_note *n = d->notes; n; n = n->next) {
    const rule_text *t = text_of(f, r, n->span.file);
    if (!t) continue;
    buf_puts(out, first ? ",\"relatedInformation\":[{\"location\":{\"uri\":" : ",{\"location\":{\"uri\":");
    first = false;
    json_put(out, t->uri);
    buf_puts(out, ",\"range\":");
    put_range(out, r, n->span, encoding);
    buf_puts(out, "},\"message\":");
    json_put(out, language == PPR_ENGLISH ? n->en : n->de);
    buf_putc(out, '}');
  }
  if (!first) buf_putc(out, ']');
}

static void put_diagnostic(ppr_buf *out, const folder *f, const ppr_report *r, const diag *d, place_encoding encoding, ppr_language language) {
  ppr_lang lang = language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE;
  char code[8];
  ppr_buf text;
  buf_init(&text, out->alloc, 1 << 16);
  diag_message(&text, d, lang);
  size_t message = text.size;
  buf_putc(&text, '\n');
  size_t help = text.size;
  diag_help(&text, d, lang);
  if (text.size == help && text.data) text.data[message] = 0;
  diag_code_text(code, d->code);
  buf_puts(out, "{\"range\":");
  put_range(out, r, d->span, encoding);
  buf_printf(out, ",\"severity\":%d,\"code\":\"%s\",\"source\":\"ppr\",\"message\":", (int)d->severity + 1, code);
  json_put(out, text.data ? text.data : "");
  put_notes(out, f, r, d, encoding, language);
  buf_putc(out, '}');
  buf_fini(&text);
}

size_t advise_put(ppr_buf *out, const folder *f, const rule_text *t, const ppr_report *r, size_t count, place_encoding encoding,
                  ppr_language language) {
  size_t n = 0;
  buf_puts(out, "{\"uri\":");
  json_put(out, t->uri);
  if (t->open) buf_printf(out, ",\"version\":%lld", (long long)t->version);
  buf_puts(out, ",\"diagnostics\":[");
  for (const diag *d = r ? report_first(r) : NULL; d && count; d = d->next, count--) {
    if (shown_at(f, r, d) != t) continue;
    if (n++) buf_putc(out, ',');
    put_diagnostic(out, f, r, d, encoding, language);
  }
  buf_puts(out, "]}");
  return n;
}

static bool touches(ppr_span span, uint32_t source, size_t begin, size_t end) {
  return span.file == source && span.begin <= end && span.end >= begin;
}

/* "„alt“ durch „neu“ ersetzen" */
static const char *action_title(const ask *a, const ppr_report *r, const diag *d) {
  const ppr_source *s = report_source(r, d->fix_span.file);
  int old = (int)(d->fix_span.end - d->fix_span.begin), fix = (int)strlen(d->fix);
  const char *old_text = s->text + d->fix_span.begin;
  const char *line = memchr(old_text, '\n', (size_t)old);
  bool long_one = line || old > LONGEST_TITLE || fix > LONGEST_TITLE;
  if (long_one) return ask_say(a, "Vorschlag übernehmen", "Apply the proposal");
  if (old == 0) return arena_printf(a->arena, ask_say(a, "„%s“ einfügen", "Insert “%s”"), d->fix + strspn(d->fix, " "));
  if (fix == 0) return arena_printf(a->arena, ask_say(a, "„%.*s“ entfernen", "Remove “%.*s”"), old, old_text);
  return arena_printf(a->arena, ask_say(a, "„%.*s“ durch „%s“ ersetzen", "Replace “%.*s” by “%s”"), old, old_text, d->fix);
}

static void put_action(ask *a, const ppr_report *r, const diag *d) {
  const rule_text *t = text_of(a->folder, r, d->fix_span.file);
  const char *title = t ? action_title(a, r, d) : NULL;
  if (!title) title = "?";
  buf_puts(a->out, "{\"title\":");
  json_put(a->out, title);
  buf_puts(a->out, ",\"kind\":\"quickfix\",\"isPreferred\":true,\"diagnostics\":[");
  put_diagnostic(a->out, a->folder, r, d, a->encoding, a->language);
  buf_puts(a->out, "],\"edit\":{\"changes\":{");
  json_put(a->out, t ? t->uri : "");
  buf_puts(a->out, ":[{\"range\":");
  put_range(a->out, r, d->fix_span, a->encoding);
  buf_puts(a->out, ",\"newText\":");
  json_put(a->out, d->fix);
  buf_puts(a->out, "}]}}}");
}

/* Whether the client wants quick fixes among the kinds it asks for. */
static bool wanted(const ask *a) {
  const json *only = json_at(a->params, "context", "only", NULL);
  if (!only || only->form != JSON_ARRAY) return true;
  for (const json *kind = only->first; kind; kind = kind->next) {
    const char *text = json_text(kind);
    if (text && (!*text || strcmp(text, "quickfix") == 0)) return true;
  }
  return false;
}

void advise_actions(ask *a) {
  size_t count, begin, end, n = 0;
  const char *text = a->text->text.data ? a->text->text.data : "";
  const json *range = json_at(a->params, "range", NULL);
  if (!place_read(json_at(range, "start", NULL), text, a->text->text.size, a->encoding, &begin) ||
      !place_read(json_at(range, "end", NULL), text, a->text->text.size, a->encoding, &end)) {
    ask_fail(a, ASK_INVALID_PARAMS, "Bereich fehlt.", "Range missing.");
    return;
  }
  const ppr_report *r = advise_report(a->folder, &count);
  buf_putc(a->out, '[');
  for (const diag *d = r && wanted(a) ? report_first(r) : NULL; d && count; d = d->next, count--) {
    if (!d->fix || shown_at(a->folder, r, d) != a->text || !text_of(a->folder, r, d->fix_span.file)) continue;
    if (!touches(d->span, d->span.file, begin, end) && !(d->fix_span.file == d->span.file && touches(d->fix_span, d->span.file, begin, end)))
      continue;
    if (n++) buf_putc(a->out, ',');
    put_action(a, r, d);
  }
  buf_putc(a->out, ']');
}
