/* How diagnostics look: as text with the source line and carets, and as JSON. */
#include "base/report.h"
#include "base/text.h"
#include <string.h>

#define ARG_LONGEST 300    /* characters of an argument that a message shows */
#define QUOTED_LONGEST 60  /* characters of rule text that a proposal quotes */
#define TAB 4              /* excerpts show tabs as blanks up to the next multiple */
#define EXCERPT_WIDTH 140  /* columns of a source line that are shown */
#define EXCERPT_BEFORE 100 /* a place further right moves the window, */
#define EXCERPT_KEEP 50    /* which then begins this many columns before it */

static const char *pick(ppr_lang lang, const char *de, const char *en) { return lang == PPR_LANG_EN ? en : de; }

const char *diag_severity_text(ppr_severity severity, ppr_lang lang) {
  switch (severity) {
  case PPR_SEV_ERROR: return pick(lang, "Fehler", "error");
  case PPR_SEV_WARNING: return pick(lang, "Warnung", "warning");
  case PPR_SEV_HINT: break;
  }
  return pick(lang, "Hinweis", "hint");
}

static void put_clean(ppr_buf *out, const char *text) { text_put_clean(out, text, strlen(text), SIZE_MAX); }

static void put_argument(ppr_buf *out, const char *arg, ppr_lang lang) {
  const char *english = strchr(arg, '\xFF');
  size_t n = english && lang == PPR_LANG_DE ? (size_t)(english - arg) : strlen(arg);
  if (english && lang == PPR_LANG_EN) arg = english + 1, n = strlen(arg);
  text_put_clean(out, arg, n, ARG_LONGEST);
}

/* The text with {1} … {6} replaced by the arguments, and {1:Zelle|Zellen} by the word for so many. */
static void fill_in(ppr_buf *out, const char *text, const diag *d, ppr_lang lang) {
  for (const char *brace; (brace = strchr(text, '{'));) {
    const char *end = strchr(brace, '}'), *bar = end ? memchr(brace, '|', (size_t)(end - brace)) : NULL;
    if (!end || brace[1] < '1' || brace[1] > '6' || (brace[2] == ':' ? !bar : end != brace + 2)) break;
    buf_put(out, text, (size_t)(brace - text));
    const char *arg = d->args[brace[1] - '1'];
    if (arg && !bar) put_argument(out, arg, lang);
    else if (arg && strcmp(arg, "1") == 0) buf_put(out, brace + 3, (size_t)(bar - brace) - 3);
    else if (arg) buf_put(out, bar + 1, (size_t)(end - bar) - 1);
    text = end + 1;
  }
  buf_puts(out, text);
}

void diag_message(ppr_buf *out, const diag *d, ppr_lang lang) {
  const diag_row *row = diag_find(d->code);
  if (row) fill_in(out, pick(lang, row->de, row->en), d, lang);
}

void diag_help(ppr_buf *out, const diag *d, ppr_lang lang) {
  const diag_row *row = diag_find(d->code);
  if (row) fill_in(out, pick(lang, row->help_de, row->help_en), d, lang);
}

typedef struct printer {
  ppr_buf *out;
  const ppr_report *report;
  ppr_lang lang;
  bool color;
} printer;

static void paint(const printer *p, const char *code) {
  if (p->color) buf_printf(p->out, "\033[%sm", code);
}

static void print_place(const printer *p, ppr_span span) {
  const ppr_source *s = report_source(p->report, span.file);
  if (!s) return;
  uint32_t line, col;
  report_place(p->report, span, &line, &col);
  put_clean(p->out, s->name);
  buf_printf(p->out, ":%u:%u: ", line, col);
}

/* Columns a character takes at column `col` of an excerpt. */
static size_t width_at(uint32_t cp, size_t col) { return cp == '\t' ? TAB - col % TAB : text_width(cp); }

static size_t width_of(const char *text, size_t n) {
  size_t col = 0;
  uint32_t cp;
  for (size_t i = 0; i < n; col += width_at(cp, col)) i += text_decode(&cp, text + i, n - i);
  return col;
}

/* The source line of the span and a line with carets below the part of the span on it; of long lines a window around the place. */
static void print_excerpt(const printer *p, ppr_span span, const char *paint_code) {
  const ppr_source *s = report_source(p->report, span.file);
  if (!s) return;
  uint32_t line, col;
  report_place(p->report, span, &line, &col);
  size_t first = s->line_at[line - 1], last = line < s->lines ? s->line_at[line] - 1u : s->size;
  if (last > first && s->text[last - 1] == '\r') last--;
  size_t begin = span.begin < last ? span.begin : last, end = span.end < last ? span.end : last;
  const char *text = s->text + first;
  size_t mark = width_of(text, begin - first), mark_end = end > begin ? width_of(text, end - first) : mark + 1;
  size_t from = mark > EXCERPT_BEFORE ? mark - EXCERPT_KEEP : 0, to = from + EXCERPT_WIDTH;

  buf_printf(p->out, "%5u | ", line);
  if (from) buf_puts(p->out, "…");
  size_t at = 0;
  uint32_t cp;
  for (size_t i = 0, length; i < last - first; i += length) {
    length = text_decode(&cp, text + i, last - first - i);
    size_t width = width_at(cp, at);
    at += width;
    if (at <= from) continue;
    if (at > to) {
      buf_puts(p->out, "…");
      break;
    }
    if (cp == '\t')
      for (; width; width--) buf_putc(p->out, ' ');
    else text_put_clean(p->out, text + i, length, 1);
  }
  buf_puts(p->out, "\n      | ");
  for (size_t i = from ? from - 1 : 0; i < mark; i++) buf_putc(p->out, ' ');
  paint(p, paint_code);
  buf_putc(p->out, '^');
  for (size_t i = mark + 1; i < mark_end && i < to; i++) buf_putc(p->out, '~');
  paint(p, "0");
  buf_putc(p->out, '\n');
}

static void print_quoted(const printer *p, const char *text, size_t n) {
  buf_puts(p->out, pick(p->lang, "„", "“"));
  text_put_clean(p->out, text, n, QUOTED_LONGEST);
  buf_puts(p->out, pick(p->lang, "“", "”"));
}

static void print_fix(const printer *p, const diag *d) {
  const ppr_source *s = report_source(p->report, d->fix_span.file);
  size_t begin = d->fix_span.begin, end = d->fix_span.end, length = strlen(d->fix);
  bool german = p->lang == PPR_LANG_DE, replaces = s && end > begin && end <= s->size;
  buf_puts(p->out, german ? "Vorschlag: " : "suggestion: ");
  if (!german) buf_puts(p->out, !replaces ? "insert " : length ? "replace " : "remove ");
  if (replaces) print_quoted(p, s->text + begin, end - begin);
  if (replaces && length) buf_puts(p->out, german ? " durch " : " by ");
  if (!replaces || length) print_quoted(p, d->fix, length);
  if (german) buf_puts(p->out, !replaces ? " einfügen" : length ? " ersetzen" : " streichen");
  uint32_t line, fix_line, col;
  report_place(p->report, d->span, &line, &col);
  report_place(p->report, d->fix_span, &fix_line, &col);
  if (s && (d->fix_span.file != d->span.file || fix_line != line)) buf_printf(p->out, german ? " (Zeile %u)" : " (line %u)", fix_line);
  buf_putc(p->out, '\n');
}

void diag_print(ppr_buf *out, const ppr_report *r, const diag *d, ppr_lang lang, bool color) {
  static const char *const colors[] = {"1;31", "1;35", "1;36"}; /* by severity */
  const printer p = {out, r, lang, color};
  char code[8];
  diag_code_text(code, d->code);
  paint(&p, "1");
  print_place(&p, d->span);
  if (d->span.file == UINT32_MAX && d->where) {
    put_clean(out, d->where);
    buf_puts(out, ": ");
  }
  paint(&p, colors[d->severity]);
  buf_printf(out, "%s %s: ", diag_severity_text(d->severity, lang), code);
  paint(&p, "0");
  diag_message(out, d, lang);
  if (d->span.file != UINT32_MAX && d->where) {
    buf_puts(out, " (");
    put_clean(out, d->where);
    buf_putc(out, ')');
  }
  buf_putc(out, '\n');
  if (d->code != DIAG_SUPPRESSED) print_excerpt(&p, d->span, colors[d->severity]);
  for (const diag_note *note = d->notes; note; note = note->next) {
    paint(&p, "1");
    print_place(&p, note->span);
    buf_puts(out, pick(lang, "Anmerkung: ", "note: "));
    paint(&p, "0");
    put_clean(out, pick(lang, note->de, note->en));
    buf_putc(out, '\n');
    print_excerpt(&p, note->span, "1;34");
  }
  size_t before = out->size;
  buf_puts(out, pick(lang, "Hilfe: ", "help: "));
  size_t label = out->size;
  diag_help(out, d, lang);
  if (out->size > label) buf_putc(out, '\n');
  else if (!out->failed) out->data[out->size = before] = 0; /* no help: take the label back */
  if (d->fix) print_fix(&p, d);
}

void report_print(ppr_buf *out, const ppr_report *r, ppr_lang lang, bool color) {
  for (const diag *d = report_first(r); d; d = d->next) diag_print(out, r, d, lang, color);
}

static void json_text(ppr_buf *out, const char *text, size_t n) {
  buf_putc(out, '"');
  for (size_t i = 0; i < n;) {
    uint32_t cp;
    i += text_decode(&cp, text + i, n - i);
    if (cp == '"' || cp == '\\') buf_printf(out, "\\%c", (char)cp);
    else if (text_is_control(cp) || text_is_bidi(cp)) buf_printf(out, "\\u%04x", cp);
    else {
      char bytes[4];
      buf_put(out, bytes, text_encode(bytes, cp));
    }
  }
  buf_putc(out, '"');
}

/* `, "key": "text"` */
static void json_member(ppr_buf *out, const char *key, const char *text) {
  buf_printf(out, ", \"%s\": ", key);
  json_text(out, text, strlen(text));
}

/* `, "file": …, "line": …, …`, nothing without a place. */
static void json_place(ppr_buf *out, const ppr_report *r, ppr_span span) {
  const ppr_source *s = report_source(r, span.file);
  if (!s) return;
  uint32_t line, col, end_line, end_col;
  report_place(r, span, &line, &col);
  report_place(r, (ppr_span){span.file, span.end > span.begin ? span.end : span.begin, 0}, &end_line, &end_col);
  json_member(out, "file", s->name);
  buf_printf(out, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u", line, col, end_line, end_col);
}

typedef void (*text_of)(ppr_buf *out, const diag *d, ppr_lang lang);

static void json_texts(ppr_buf *out, const diag *d, const char *key, text_of text) {
  static const struct {
    ppr_lang lang;
    const char *key;
  } languages[] = {{PPR_LANG_DE, "de"}, {PPR_LANG_EN, "en"}};
  ppr_buf filled;
  buf_init(&filled, out->alloc, out->ceiling);
  text(&filled, d, PPR_LANG_DE);
  bool any = filled.size > 0;
  if (any) buf_printf(out, ", \"%s\": {", key);
  for (size_t i = 0; any && i < 2; i++) {
    filled.size = 0;
    text(&filled, d, languages[i].lang);
    buf_printf(out, "%s\"%s\": ", i ? ", " : "", languages[i].key);
    json_text(out, filled.size ? filled.data : "", filled.size);
  }
  if (any) buf_putc(out, '}');
  if (filled.failed) out->failed = true;
  buf_fini(&filled);
}

void report_print_json(ppr_buf *out, const ppr_report *r) {
  buf_putc(out, '[');
  for (const diag *d = report_first(r); d; d = d->next) {
    char code[8];
    diag_code_text(code, d->code);
    buf_printf(out, "%s\n{\"code\": \"%s\", \"severity\": \"%s\"", d == report_first(r) ? "" : ",", code,
               diag_severity_text(d->severity, PPR_LANG_EN));
    json_place(out, r, d->span);
    if (d->where) json_member(out, "where", d->where);
    json_texts(out, d, "message", diag_message);
    json_texts(out, d, "help", diag_help);
    if (d->notes) buf_puts(out, ", \"notes\": [");
    for (const diag_note *note = d->notes; note; note = note->next) {
      buf_puts(out, note == d->notes ? "{\"de\": " : ", {\"de\": ");
      json_text(out, note->de, strlen(note->de));
      json_member(out, "en", note->en);
      json_place(out, r, note->span);
      buf_putc(out, '}');
    }
    if (d->notes) buf_putc(out, ']');
    if (d->fix) {
      buf_puts(out, ", \"fix\": {\"replacement\": ");
      json_text(out, d->fix, strlen(d->fix));
      json_place(out, r, d->fix_span);
      buf_putc(out, '}');
    }
    buf_putc(out, '}');
  }
  buf_puts(out, r && report_first(r) ? "\n]\n" : "]\n");
}
