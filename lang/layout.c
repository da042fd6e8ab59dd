/* Where lines and declarations matter: the tokens no author writes. Ends of declarations, rows of tables, and `=` at the beginning of a line. */
#include "lexer.h"
#include "syntax.h"
#include "parser.h"

/* `offen` is a declaration at the beginning of a line, else a table value. */
static bool begins_declaration(const lexer *l, const token *t) {
  if (l->last.kind == T_AENDERE || l->last.kind == T_STREICHE || l->last.kind == T_ERGAENZE) return false;
  if (t->kind == T_OFFEN) return t->fresh;
  return lexer_declares(t->kind, true);
}

/* A row begins with each line behind the head. The head goes on over line ends where it is not finished or the line cannot be a row. */
static bool begins_row(const lexer *l, const token *t) {
  if (l->mode != LAYOUT_TABLE || !t->fresh || t->kind == T_CITE) return false;
  if (l->last.kind == T_TABELLE || l->last.kind == T_GRENZE) return false;
  int ends[] = {l->last.kind, t->kind};
  for (int i = 0; i < 2; i++)
    if (ends[i] == T_COLON || ends[i] == T_JE || ends[i] == T_ODER || ends[i] == T_OPEN) return false;
  return true;
}

static token hold(lexer *l, token t, int kind) {
  l->held = t;
  l->has_held = true;
  return (token){.kind = kind, .span = t.span, .fresh = t.fresh};
}

static void track_brackets(lexer *l, const token *t) {
  if (t->kind == T_OPEN || t->kind == T_INDEX) {
    if (l->depth < LAYOUT_BRACKETS) l->open[l->depth] = t->span;
    l->depth++;
  } else if ((t->kind == T_CLOSE || t->kind == T_INDEX_END) && l->depth > 0) {
    l->depth--;
  }
}

static bool takes_unit(const token *t) { return t->kind == T_BRUCH || (t->kind == T_NUMBER && t->literal && !t->literal->percent); }

void layout_resume(lexer *l, ppr_span word, int kind) {
  l->cursor = l->text + word.end;
  l->held = (token){.kind = kind, .span = word, .fresh = true};
  l->resuming = lexer_declares(kind, true);
  if (lexer_declares(kind, false)) l->within = kind;
  l->has_held = !l->resuming;
  l->ended = false;
  if (l->resuming) l->mode = LAYOUT_PLAIN;
}

static token next(lexer *l) {
  if (l->resuming) {
    l->resuming = false;
    return hold(l, l->held, T_END);
  }
  if (l->has_held) {
    l->has_held = false;
    return l->held;
  }
  token t = lexer_scan(l);
  if (l->asking && t.kind == T_YYEOF) {
    l->asking = false;
    t.kind = T_PPR_YYUNDEF;
    return t;
  }
  if ((t.kind == T_YYEOF && !l->ended) || begins_declaration(l, &t)) {
    l->ended = t.kind == T_YYEOF;
    l->mode = LAYOUT_PLAIN;
    return hold(l, t, T_END);
  }
  if (begins_row(l, &t)) return hold(l, t, T_LINE);
  if (t.kind == T_EQUAL && t.fresh && l->depth == 0) t.kind = T_VALUE;
  if (t.kind == T_NAME && !t.fresh && takes_unit(&l->last)) t.kind = T_UNIT;
  return t;
}

token layout_next(lexer *l) {
  token t = next(l);
  if (l->last.kind == T_END) l->depth = 0; /* not earlier: the message about a missing bracket wants to know */
  track_brackets(l, &t);
  if ((t.kind == T_TABELLE || t.kind == T_GRENZE) && l->last.kind != T_STREICHE)
    l->mode = l->last.kind == T_ERGAENZE ? LAYOUT_TABLE : LAYOUT_TABLE_HEAD;
  if (t.kind == T_COLON && l->mode == LAYOUT_TABLE_HEAD) l->mode = LAYOUT_TABLE;
  l->last = t;
  return t;
}
