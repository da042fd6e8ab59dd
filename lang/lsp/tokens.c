/* Tokens around a place, read anew from the present text: the trees keep no tokens. */
#include "lexer.h"
#include "lsp/ask.h"
#include "parser.h"
#include <string.h>

static bool scan(const ask *a, const char *text, size_t size, token_list *out) {
  lexer l;
  size_t cap = 0;
  *out = (token_list){.report = report_new(a->w->alloc)};
  if (!out->report) return false;
  out->source = report_add_source(out->report, "", text, size);
  if (out->source == UINT32_MAX) return false;
  if (!lexer_init(&l, out->report, a->arena, out->source)) return true; /* refused as a whole: no tokens */
  for (token t = lexer_scan(&l); t.kind != T_YYEOF && !l.failed; t = lexer_scan(&l)) {
    token *grown = arena_grow(a->arena, out->at, out->n, &cap, out->n + 1, sizeof *grown);
    if (!grown) return false;
    out->at = grown;
    out->at[out->n++] = t;
  }
  return !l.failed;
}

bool tokens_before(const ask *a, size_t offset, token_list *out) { return scan(a, a->text->text.data ? a->text->text.data : "", offset, out); }

const char *tokens_keyword(const ask *a, size_t *begin, size_t *end) {
  const char *text = a->text->text.data ? a->text->text.data : "", *use = NULL;
  const char *line_end = memchr(text + a->offset, '\n', a->text->text.size - a->offset);
  token_list list;
  if (scan(a, text, line_end ? (size_t)(line_end - text) : a->text->text.size, &list)) {
    for (size_t i = list.n; i > 0 && !use; i--) {
      const token *t = &list.at[i - 1];
      if (t->span.end < a->offset) break;
      if (t->span.begin > a->offset || !lexer_keyword(t->kind)) continue;
      *begin = t->span.begin;
      *end = t->span.end;
      switch (t->kind) {
#define KEYWORD(kind, word, english, role, what)                                                                                                     \
  case T_##kind:                                                                                                                                     \
    use = what;                                                                                                                                      \
    break;
#include "keywords.def"
#undef KEYWORD
      default: break;
      }
    }
  }
  report_free(list.report);
  return use;
}
