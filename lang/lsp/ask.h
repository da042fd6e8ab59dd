/* One request about a text while it is answered, and the answers: each appends the JSON of its result. */
#ifndef PPR_LANG_LSP_ASK_H
#define PPR_LANG_LSP_ASK_H
#include "lsp/snapshot.h"

enum { ASK_INVALID_PARAMS = -32602, ASK_FAILED = -32803 }; /* JSON-RPC and LSP: wrong parameters; understood, but cannot be done */

typedef struct ask {
  ppr_language language;
  place_encoding encoding;
  ppr_engine *engine;
  const native_table *natives;
  const world *w;
  folder *folder;
  rule_text *text;
  const snapshot *now;
  const snapshot_file *file;
  const json *params;
  size_t offset;    /* of "position", if the request has one */
  ppr_arena *arena; /* of this request */
  ppr_buf *out;
  int error; /* 0: none */
  const char *why;
} ask;

/* German or English, as the client speaks. */
const char *ask_say(const ask *a, const char *de, const char *en);
void ask_fail(ask *a, int error, const char *de, const char *en);
/* {"uri": …, "range": …} of a span; false when it is nowhere in the present texts (nothing is appended then). */
bool ask_put_location(ask *a, ppr_span span);
/* {"range": …, "newText": …} of the present text of a file. */
void ask_put_edit(ask *a, const snapshot_file *file, size_t begin, size_t end, const char *text);
/* The occurrence the position is at, NULL: none. */
const occurrence *ask_occurrence(const ask *a);
/* Fassung that speaks for the file: its own, else the last; SIZE_MAX: there is none. */
size_t ask_edition(const ask *a);

void hover_answer(ask *a);
void navigate_definition(ask *a);
void navigate_references(ask *a);
void navigate_highlight(ask *a);
void rename_prepare(ask *a);
void rename_answer(ask *a);
void complete_answer(ask *a);
void outline_symbols(ask *a);
void outline_lenses(ask *a);
void advise_actions(ask *a);
void format_answer(ask *a);

/* advise.c: the diagnostics on display for a folder. From the syntax errors of a snapshot where it is broken, else from the last compilation if it
 * was of these texts; NULL: there are none to be had yet. *count of them, in order, count. */
const ppr_report *advise_report(const folder *f, size_t *count);
/* {"uri", "version", "diagnostics"} of a text; r NULL: without diagnostics. Returns their number. */
size_t advise_put(ppr_buf *out, const folder *f, const rule_text *t, const ppr_report *r, size_t count, place_encoding encoding,
                  ppr_language language);

/* tokens.c: reserved words and what stands before a place. */
typedef struct token_list {
  struct token *at; /* those that end at or before the offset */
  size_t n;
  uint32_t source; /* in `report` */
  ppr_report *report;
} token_list;
/* Tokens of the text before an offset; false when out of memory. The report is the caller's to free. */
bool tokens_before(const ask *a, size_t offset, token_list *out);
/* What a reserved word at the offset is for, with its place; NULL: none there. */
const char *tokens_keyword(const ask *a, size_t *begin, size_t *end);

/* What is built into the language beside its library: the table builtins.def. */
typedef struct builtin {
  const char *name, *form, *de, *en;
} builtin;
const builtin *hover_builtin(const char *name);
const builtin *hover_builtins(size_t *count);
/* "tabelle", "regel", …: what declares a symbol. */
const char *hover_keyword(const symbol *s);
#endif
