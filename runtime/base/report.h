/* Collected diagnostics and the sources they are about; texts in German and English come from diagnostics.def. */
#ifndef PPR_BASE_REPORT_H
#define PPR_BASE_REPORT_H
#include "base/arena.h"
#include "base/buf.h"

typedef enum { PPR_SEV_ERROR, PPR_SEV_WARNING, PPR_SEV_HINT } ppr_severity;
typedef enum { PPR_LANG_DE, PPR_LANG_EN } ppr_lang;

typedef enum {
#define DIAG(number, name, severity, de, en, help_de, help_en) DIAG_##name = number,
#include "base/diagnostics.def"
#undef DIAG
} diag_code;

/* Byte span [begin, end) of source file `file` (index into the report's sources); file UINT32_MAX: no place. */
typedef struct ppr_span {
  uint32_t file, begin, end;
} ppr_span;
#define SPAN_NONE ((ppr_span){UINT32_MAX, 0, 0})

typedef struct ppr_source {
  const char *name;
  const char *text;
  size_t size;
  uint32_t *line_at;
  uint32_t lines;
} ppr_source;

typedef struct diag_note {
  ppr_span span;
  const char *de, *en;
  struct diag_note *next;
} diag_note;
typedef struct diag {
  diag_code code;
  ppr_severity severity;
  ppr_span span;       /* primary place in a rule file; or SPAN_NONE with `where` */
  const char *where;   /* data diagnostics: "A3.3.csv:17: Behandlungstage" or NULL */
  const char *args[6]; /* arguments of the text: {1} … {6}; see DIAG_BOTH */
  diag_note *notes;
  ppr_span fix_span;
  const char *fix; /* replacement text, NULL if none */
  struct diag *next;
} diag;

/* An argument that is not the same in both languages; the byte between them is in no UTF-8 text. */
#define DIAG_BOTH(de, en) de "\xFF" en

/* The table of messages; diag_find gives NULL for a number without a row. */
typedef struct diag_row {
  diag_code code;
  const char *name;
  ppr_severity severity;
  const char *de, *en, *help_de, *help_en;
} diag_row;
const diag_row *diag_rows(size_t *count);
const diag_row *diag_find(diag_code code);

typedef struct ppr_report ppr_report;
ppr_report *report_new(ppr_alloc alloc);
void report_free(ppr_report *r);
ppr_arena *report_arena(ppr_report *r);
/* An empty buffer the report owns, for texts that live until the next call. */
ppr_buf *report_scratch(ppr_report *r);

/* Adds a source (text is copied, NUL-terminated); returns its index, UINT32_MAX when out of memory. `name` is what messages show. */
uint32_t report_add_source(ppr_report *r, const char *name, const char *text, size_t size);
/* Borrows the sources of another report, which has to live as long; r has none of its own. For diagnostics about the same places, collected apart. */
void report_borrow_sources(ppr_report *r, const ppr_report *from);
const ppr_source *report_source(const ppr_report *r, uint32_t index);
uint32_t report_sources(const ppr_report *r);
/* 1-based line and column (column in characters, not bytes). */
void report_place(const ppr_report *r, ppr_span span, uint32_t *line, uint32_t *col);

/* Adds a diagnostic; up to six string arguments, ended by NULL; strings are copied. The same code at the same span with the same arguments is
 * added once (diagnostics without a place always). After 100 errors or 100 other messages of a file the rest is counted by one closing
 * DIAG_SUPPRESSED. Never returns NULL (a sink of the report when out of memory or suppressed; report_failed in the first case). */
diag *report_add(ppr_report *r, diag_code code, ppr_span span, ... /* const char *, NULL */);
void diag_add_note(ppr_report *r, diag *d, ppr_span span, const char *de, const char *en);
void diag_set_fix(ppr_report *r, diag *d, ppr_span span, const char *replacement);
void diag_set_where(ppr_report *r, diag *d, const char *where);

/* Adds the diagnostics without place in a source of another report behind those of `to`, and empties it. */
void report_take(ppr_report *to, ppr_report *from);

bool report_failed(const ppr_report *r);
size_t report_count(const ppr_report *r, ppr_severity severity);
/* How often one was added, repetitions included: more than before means that what was done in between found some. */
size_t report_added(const ppr_report *r, ppr_severity severity);
const diag *report_first(const ppr_report *r); /* in order of addition; report_sort orders by file and place */
void report_sort(ppr_report *r);

/* "PPR2014" (out has 8 bytes). */
void diag_code_text(char out[8], diag_code code);
/* Message text of a diagnostic with its arguments filled in; and its help text (may be ""). Appended to out. */
void diag_message(ppr_buf *out, const diag *d, ppr_lang lang);
void diag_help(ppr_buf *out, const diag *d, ppr_lang lang);
/* "Fehler", "Warnung", "Hinweis"; in English "error", "warning", "hint". */
const char *diag_severity_text(ppr_severity severity, ppr_lang lang);
/* One diagnostic, or the whole report in its order: text with source line and carets, or JSON with both languages. */
void diag_print(ppr_buf *out, const ppr_report *r, const diag *d, ppr_lang lang, bool color);
void report_print(ppr_buf *out, const ppr_report *r, ppr_lang lang, bool color);
void report_print_json(ppr_buf *out, const ppr_report *r);
#endif
