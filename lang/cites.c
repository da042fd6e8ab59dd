/* Citations: the parts of one line, each with the evidence that may stand behind it in brackets. */
#include "lexer.h"
#include "parser.h"
#include "base/text.h"
#include <string.h>

typedef unsigned char byte;

static const char sign[] = "§";

static ppr_span span_between(const lexer *l, const byte *begin, const byte *end) {
  return (ppr_span){l->source, (uint32_t)(begin - l->text), (uint32_t)(end - l->text)};
}

static diag *complain(lexer *l, diag_code code, ppr_span span, const char *arg1, const char *arg2, const char *arg3) {
  l->broken = true;
  return report_add(l->report, code, span, arg1, arg2, arg3, NULL);
}

static const byte *trimmed_end(const lexer *l, const byte *begin, const byte *end) {
  const byte *last = begin;
  for (const byte *p = begin; (p = lexer_skip_blanks(l, p)) < end;) last = ++p;
  return last;
}

/* The next `;` outside brackets; a bracket left open does not count. */
static const byte *part_end(const byte *at, const byte *end) {
  for (; at < end && *at != ';'; at++) {
    const byte *close = *at == '[' ? memchr(at, ']', (size_t)(end - at)) : NULL;
    if (close) at = close;
  }
  return at;
}

static void unknown_evidence(lexer *l, ppr_span span) {
  const char *words[EVIDENCE_OPEN], *word = lexer_text(l, span);
  for (unsigned i = 0; i < EVIDENCE_OPEN; i++) words[i] = ast_evidence_word(i + 1);
  size_t near = text_nearest(word, words, EVIDENCE_OPEN);
  if (near == SIZE_MAX) {
    complain(l, DIAG_EVIDENCE_WORD, span, word, "Ohne Klammer gilt eine Fundstelle als bestätigt.",
             "Without a bracket a citation counts as confirmed.");
    return;
  }
  const char *de = arena_printf(l->arena, "Meinten Sie „%s“?", words[near]), *en = arena_printf(l->arena, "Did you mean “%s”?", words[near]);
  if (de && en) diag_set_fix(l->report, complain(l, DIAG_EVIDENCE_WORD, span, word, de, en), span, words[near]);
  else l->failed = true;
}

/* `[WORD]` or `[WORD: source]` at `open`, the last of the citation that ends at `end`. */
static void read_evidence(lexer *l, ast_cite *cite, const byte *open, const byte *end) {
  const byte *close = memchr(open, ']', (size_t)(end - open));
  if (!close) {
    complain(l, DIAG_BRACKET_OPEN, span_between(l, open, open + 1), "[", "]", NULL);
    return;
  }
  if (close + 1 < end) {
    ppr_span rest = span_between(l, lexer_skip_blanks(l, close + 1), end);
    complain(l, DIAG_EVIDENCE_END, rest, lexer_text(l, rest), NULL, NULL);
  }
  const byte *colon = memchr(open, ':', (size_t)(close - open)), *word = lexer_skip_blanks(l, open + 1);
  ppr_span span = span_between(l, word, trimmed_end(l, word, colon ? colon : close));
  size_t size = span.end - span.begin;
  for (unsigned i = EVIDENCE_SECONDARY; i <= EVIDENCE_OPEN; i++)
    if (size == strlen(ast_evidence_word(i)) && memcmp(word, ast_evidence_word(i), size) == 0) cite->evidence = i;
  if (!cite->evidence) unknown_evidence(l, size ? span : span_between(l, open, close + 1));
  if (!colon) return;
  const byte *source = lexer_skip_blanks(l, colon + 1);
  span = span_between(l, source, trimmed_end(l, source, close));
  if (span.begin < span.end) cite->source = lexer_text(l, span);
}

static void read_cite(lexer *l, token *t, ast_cite ***link, const byte *a, const byte *b) {
  const byte *value = memchr(a, '=', (size_t)(b - a)); /* no norm is cited with this sign: a value stands behind the citation */
  if (value) complain(l, DIAG_CITE_TOO_LONG, span_between(l, value, value + 1), "=", NULL, NULL);
  bool is_signed = (size_t)(b - a) >= sizeof sign - 1 && memcmp(a, sign, sizeof sign - 1) == 0;
  const byte *open = memchr(a, '[', (size_t)(b - a)), *end = open ? trimmed_end(l, a, open) : b;
  if (lexer_skip_blanks(l, is_signed ? a + sizeof sign - 1 : a) >= end) {
    complain(l, DIAG_CITE_EMPTY, span_between(l, a, b), NULL, NULL, NULL);
    return;
  }
  ast_cite *cite = arena_alloc(l->arena, sizeof *cite);
  const char *text = cite ? arena_printf(l->arena, "%s%.*s", is_signed ? "" : "§ ", (int)(end - a), (const char *)a) : NULL;
  if (!text) {
    l->failed = true;
    return;
  }
  *cite = (ast_cite){.text = text, .span = span_between(l, a, b)};
  if (open) read_evidence(l, cite, open, b);
  **link = cite;
  *link = &cite->next;
  t->span.end = cite->span.end;
}

void cites_scan(lexer *l, token *t, const byte *begin, const byte *end) {
  ast_cite **link = &t->cites;
  t->kind = T_CITE;
  t->span = span_between(l, begin, begin + sizeof sign - 1);
  for (const byte *p = begin, *stop; p < end; p = stop + 1) {
    stop = part_end(p, end);
    const byte *a = lexer_skip_blanks(l, p), *b = trimmed_end(l, a, stop);
    if (b > a) read_cite(l, t, &link, a, b);
  }
  l->cursor = end;
}
