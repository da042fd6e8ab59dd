/* Expressions: on one line if they fit, else broken at their weakest operators. One that its author has broken stays broken. */
#include "fmt_expr.h"
#include "parser.h"

/* A subexpression and its tokens, brackets included. */
typedef struct part {
  const ast_expr *e;
  size_t first, last;
} part;

static part part_of(const fmt *f, const ast_expr *e) { return (part){e, fmt_line_find(f, e->span.begin), fmt_line_find(f, e->span.end) - 1}; }

static bool bracketed(const fmt *f, part p) { return f->tokens[p.first].kind == T_OPEN && f->tokens[p.first].match == p.last; }
static bool is_if(const fmt *f, part p) { return p.e->form == EX_IF && !bracketed(f, p); }

/* A word or number: short enough to stay with its neighbours. */
static bool is_simple(const fmt *f, part p) { return !bracketed(f, p) && (p.e->form < EX_REF || (p.e->form == EX_REF && !p.e->args)); }

static void put(fmt *f, part p, size_t margin, size_t trail, bool broken);

static void new_line(fmt *f, size_t margin) {
  f->hang = margin;
  fmt_line_end(f, margin);
}

/* Margin behind the opening bracket just written: below what follows it, unless that is far to the right. */
static size_t inside(const fmt *f, size_t margin) { return f->col <= FMT_WIDTH / 2 ? f->col : margin + 2; }

/* The tokens first … last, which cannot be broken further, on this line or the next. */
static void put_tail(fmt *f, size_t first, size_t last, size_t margin, size_t trail) {
  if (f->open && !fmt_line_fits(f, first, last, trail)) new_line(f, margin);
  fmt_line_put_all(f, first, last);
}

/* Operands of one strength, each on its line behind its operator; words and numbers that are added or multiplied share one. */
static void put_chain(fmt *f, const ast_expr *e, size_t margin, size_t trail) {
  part a = part_of(f, e->a), b = part_of(f, e->b);
  bool longer = a.e->form == EX_BINARY && ast_strength(a.e) == ast_strength(e) && !bracketed(f, a);
  if (longer) put_chain(f, a.e, margin, 0);
  else put(f, a, margin + 2, 0, false);
  part before = longer ? part_of(f, a.e->b) : a;
  bool shared = ast_strength(e) >= BIND_SUM && is_simple(f, before) && is_simple(f, b) && fmt_line_fits(f, a.last + 1, b.last, trail);
  if (!shared) new_line(f, margin);
  fmt_line_put(f, a.last + 1);
  put(f, b, margin + 2, trail, false);
}

/* No line begins with `=`: what does not fit goes on behind the sign. */
static void put_comparison(fmt *f, const ast_expr *e, size_t margin, size_t trail) {
  part a = part_of(f, e->a), b = part_of(f, e->b);
  put(f, a, margin, 2 + f->tokens[a.last + 1].width, false);
  fmt_line_put(f, a.last + 1);
  if (!fmt_line_fits(f, b.first, b.last, trail)) new_line(f, margin + 2);
  put(f, b, margin + 2, trail, false);
}

/* `wenn C dann A` on a line if it fits and A is a word, or if one `wenn` follows the other (chained); `sonst` begins a line, and a `wenn` behind it
 * goes on in the same way. The last one with its `sonst` stays together if its values are words. */
static void put_if(fmt *f, part p, size_t margin, size_t trail, bool chained) {
  part a = part_of(f, p.e->a), b = part_of(f, p.e->b), c = part_of(f, p.e->c);
  chained = chained || is_if(f, c);
  fmt_line_put(f, p.first);
  if (!is_if(f, b) && (chained || is_simple(f, b)) && fmt_line_fits(f, a.first, b.last, 0)) {
    fmt_line_put_all(f, a.first, b.last);
  } else {
    put(f, a, margin + 2, 0, false);
    new_line(f, margin);
    fmt_line_put(f, a.last + 1);
    put(f, b, margin + 2, 0, false);
  }
  new_line(f, margin);
  fmt_line_put(f, b.last + 1);
  if (!is_if(f, c)) put(f, c, margin + 2, trail, false);
  else if (is_simple(f, part_of(f, c.e->b)) && is_simple(f, part_of(f, c.e->c)) && fmt_line_fits(f, c.first, c.last, trail))
    fmt_line_put_all(f, c.first, c.last);
  else put_if(f, c, margin, trail, true);
}

static void put_aggregate(fmt *f, part p, size_t margin, size_t trail, bool broken) {
  part body = p.e->a ? part_of(f, p.e->a) : p, filter = p.e->filter ? part_of(f, p.e->filter) : p;
  size_t colon = p.e->a ? body.first - 1 : p.last, mit = p.e->filter ? filter.first - 1 : colon;
  fmt_line_put_all(f, p.first, mit - 1);
  if (p.e->filter && !fmt_line_fits(f, mit, p.e->a ? colon : p.last, p.e->a ? 0 : trail)) {
    new_line(f, margin + 2);
    fmt_line_put(f, mit);
    put(f, filter, margin + 4, p.e->a ? 2 : trail, false);
    broken = true;
  } else if (p.e->filter) {
    fmt_line_put_all(f, mit, p.e->a ? colon - 1 : p.last);
  }
  if (!p.e->a) return;
  fmt_line_put(f, colon);
  if (broken || !fmt_line_fits(f, body.first, body.last, trail)) new_line(f, margin + 2);
  put(f, body, margin + 2, trail, false);
}

/* `ist …` and states: behind the operand. */
static void put_test(fmt *f, part p, size_t margin, size_t trail) {
  part a = part_of(f, p.e->a);
  put(f, a, margin, 0, false);
  put_tail(f, a.last + 1, p.last, margin, trail);
}

/* `in … gerundet …` stays together, on a line of its own unless the operand had to be broken. */
static void put_rounding(fmt *f, part p, size_t margin, size_t trail) {
  part a = part_of(f, p.e->a);
  while ((a.e->form == EX_ROUND || a.e->form == EX_CONVERT) && !bracketed(f, a)) a = part_of(f, a.e->a);
  size_t lines = f->lines;
  put(f, a, margin, 0, false);
  if (f->lines == lines || bracketed(f, a)) new_line(f, margin);
  put_tail(f, a.last + 1, p.last, margin, trail);
}

static void put_default(fmt *f, part p, size_t margin, size_t trail) {
  part a = part_of(f, p.e->a), b = part_of(f, p.e->b);
  put(f, a, margin, 0, false);
  new_line(f, margin);
  fmt_line_put_all(f, a.last + 1, b.first - 1);
  put(f, b, margin + 2, trail, false);
}

static void put_list(fmt *f, part p, size_t outer, size_t trail) {
  const ast_expr *arg = p.e->args;
  fmt_line_put_all(f, p.first, arg ? part_of(f, arg).first - 1 : p.last);
  size_t margin = inside(f, outer);
  for (; arg; arg = arg->next) {
    part item = part_of(f, arg);
    bool last = !arg->next;
    if (arg != p.e->args && !fmt_line_fits(f, item.first, item.last, last ? 1 + trail : 1)) new_line(f, margin);
    put(f, item, margin + 2, last ? 1 + trail : 1, false);
    fmt_line_put(f, item.last + 1); /* comma or bracket */
  }
}

/* What is broken looks the same whether its author has broken it or it does not fit: laid out again nothing changes. */
static void put(fmt *f, part p, size_t margin, size_t trail, bool broken) {
  if (!broken && fmt_line_fits(f, p.first, p.last, trail)) {
    fmt_line_put_all(f, p.first, p.last);
    return;
  }
  if (bracketed(f, p)) {
    fmt_line_put(f, p.first);
    put(f, (part){p.e, p.first + 1, p.last - 1}, inside(f, margin), trail + 1, broken);
    fmt_line_put(f, p.last);
    return;
  }
  switch (p.e->form) {
  case EX_BINARY:
    if (ast_strength(p.e) == BIND_COMPARE) put_comparison(f, p.e, margin, trail);
    else put_chain(f, p.e, margin, trail);
    break;
  case EX_IF: put_if(f, p, margin, trail, false); break;
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: put_aggregate(f, p, margin, trail, broken); break;
  case EX_ROUND:
  case EX_CONVERT: put_rounding(f, p, margin, trail); break;
  case EX_IS:
  case EX_HAS: put_test(f, p, margin, trail); break;
  case EX_DEFAULT: put_default(f, p, margin, trail); break;
  case EX_REF:
  case EX_CALL: put_list(f, p, margin, trail); break;
  case EX_NEGATE:
  case EX_NOT:
    fmt_line_put(f, p.first);
    put(f, part_of(f, p.e->a), margin, trail, broken);
    break;
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION: fmt_line_put_all(f, p.first, p.last); break;
  }
}

size_t fmt_expr(fmt *f, size_t i, size_t margin) {
  part p = part_of(f, f->tokens[i].root);
  bool broken = false;
  for (size_t k = p.first + 1; k <= p.last; k++) broken = broken || f->tokens[k].fresh;
  size_t hang = f->hang;
  f->hang = margin;
  put(f, p, margin, 0, broken);
  f->hang = hang;
  return p.last + 1;
}
