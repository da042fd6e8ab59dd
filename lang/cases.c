/* Gaps and overlaps: can two exceptions hold together without a stated priority, is there a case no branch covers?
 * Needs: check_model. Conditions are split into atoms: membership of an enumeration value, the position of one expression among constants, and everything
 * else as a free yes/no. All consistent combinations are tried; a witness is printed. An atom that is free is taken to be able to hold in either way, so
 * "cannot hold together" is proved, "can" may be answered by stating the priority. */
#include "model.h"
#include "base/decimal.h"
#include <string.h>

enum { MAX_VARS = 12, MAX_CUTS = 16, MAX_COMBINATIONS = 1 << 16 };

/* One thing conditions depend on. ENUM: values are members; ORDER: values are the 2 n + 1 positions around n cuts; FREE: 0, 1. */
typedef enum { VAR_ENUM, VAR_ORDER, VAR_FREE } var_form;
typedef struct var {
  var_form form;
  const ast_expr *subject;
  const enumeration *of;
  struct { ppr_wide value; int scale; } cuts[MAX_CUTS];
  int n_cuts, count, now;
  check_type type;
} var;

typedef struct space {
  model *m;
  var vars[MAX_VARS];
  int n;
  bool full; /* more atoms than can be told apart: nothing is decided */
} space;

static bool same_expr(const ast_expr *a, const ast_expr *b) {
  if (!a || !b) return a == b;
  if (a->form != b->form || a->number != b->number || a->scale != b->scale || a->percent != b->percent || a->op != b->op || a->state != b->state ||
      a->negated != b->negated)
    return false;
  if ((a->name.text == NULL) != (b->name.text == NULL) || (a->name.text && strcmp(a->name.text, b->name.text))) return false;
  if (!same_expr(a->a, b->a) || !same_expr(a->b, b->b) || !same_expr(a->c, b->c) || !same_expr(a->filter, b->filter)) return false;
  if ((a->axis == NULL) != (b->axis == NULL)) return false;
  if (a->axis && strcmp(a->axis->enumeration.text, b->axis->enumeration.text)) return false;
  const ast_expr *x = a->args, *y = b->args;
  for (; x && y; x = x->next, y = y->next)
    if (!same_expr(x, y)) return false;
  return !x && !y;
}

static var *find_var(space *s, var_form form, const ast_expr *subject) {
  for (int i = 0; i < s->n; i++)
    if (s->vars[i].form == form && same_expr(s->vars[i].subject, subject)) return &s->vars[i];
  if (s->n == MAX_VARS) {
    s->full = true;
    return NULL;
  }
  var *v = &s->vars[s->n++];
  memset(v, 0, sizeof *v);
  v->form = form;
  v->subject = subject;
  v->count = 2;
  if (subject->type) v->type = *subject->type;
  return v;
}

/* The constant an expression is, if it is one a cut can be made at. */
static bool constant(const ast_expr *e, ppr_wide *value, int *scale) {
  bool negative = e->form == EX_NEGATE;
  const ast_expr *n = negative ? e->a : e;
  if (n->form != EX_NUMBER && n->form != EX_DATE && n->form != EX_QUARTER) return false;
  *value = negative ? -(ppr_wide)n->number : n->number;
  *scale = n->form == EX_NUMBER ? n->scale + (n->percent ? 2 : 0) : 0;
  return true;
}

static int compare(ppr_wide a, int sa, ppr_wide b, int sb) {
  if (sa < sb) a *= dec_pow10(sb - sa);
  if (sb < sa) b *= dec_pow10(sa - sb);
  return a < b ? -1 : a > b;
}

/* Subject and constant of a comparison, or false. `flip`: the constant stands on the left. */
static bool cut_of(const ast_expr *e, const ast_expr **subject, ppr_wide *value, int *scale, bool *flip) {
  if (e->form != EX_BINARY || e->op < BIN_EQ || e->op > BIN_GE) return false;
  if (constant(e->b, value, scale)) {
    *subject = e->a;
    *flip = false;
    return true;
  }
  *subject = e->b;
  *flip = true;
  return constant(e->a, value, scale);
}

static const enumeration *member_of(const ast_expr *e, const ast_expr **subject, int *which) {
  if (e->form == EX_IS) {
    const is_binding *b = e->bound;
    if (!b) return NULL;
    *subject = e->a;
    *which = b->member;
    return b->enumeration;
  }
  if (e->form == EX_BINARY && (e->op == BIN_EQ || e->op == BIN_NE) && e->b->form == EX_REF && e->b->bound) {
    const binding *b = e->b->bound;
    if (b->form != BOUND_MEMBER) return NULL;
    *subject = e->a;
    *which = b->member;
    return b->enumeration;
  }
  return NULL;
}

static void collect(space *s, const ast_expr *e) {
  const ast_expr *subject;
  ppr_wide value;
  int scale, which;
  bool flip;
  if (s->full) return;
  if (e->form == EX_NOT) collect(s, e->a);
  else if (e->form == EX_BINARY && (e->op == BIN_AND || e->op == BIN_OR)) {
    collect(s, e->a);
    collect(s, e->b);
  } else if (e->form == EX_BOOL) {
    return;
  } else if (member_of(e, &subject, &which)) {
    var *v = find_var(s, VAR_ENUM, subject);
    if (v) {
      v->of = member_of(e, &subject, &which);
      v->count = v->of->count;
    }
  } else if (cut_of(e, &subject, &value, &scale, &flip)) {
    var *v = find_var(s, VAR_ORDER, subject);
    if (!v) return;
    int i = 0;
    while (i < v->n_cuts && compare(v->cuts[i].value, v->cuts[i].scale, value, scale) < 0) i++;
    if (i < v->n_cuts && compare(v->cuts[i].value, v->cuts[i].scale, value, scale) == 0) return;
    if (v->n_cuts == MAX_CUTS) {
      s->full = true;
      return;
    }
    memmove(&v->cuts[i + 1], &v->cuts[i], sizeof v->cuts[0] * (size_t)(v->n_cuts - i));
    v->cuts[i].value = value;
    v->cuts[i].scale = scale;
    v->n_cuts++;
    v->count = 2 * v->n_cuts + 1;
  } else {
    find_var(s, VAR_FREE, e);
  }
}

static bool holds(space *s, const ast_expr *e) {
  const ast_expr *subject;
  ppr_wide value;
  int scale, which;
  bool flip;
  if (e->form == EX_NOT) return !holds(s, e->a);
  if (e->form == EX_BINARY && e->op == BIN_AND) return holds(s, e->a) && holds(s, e->b);
  if (e->form == EX_BINARY && e->op == BIN_OR) return holds(s, e->a) || holds(s, e->b);
  if (e->form == EX_BOOL) return e->number != 0;
  const enumeration *of = member_of(e, &subject, &which);
  if (of) {
    const var *v = find_var(s, VAR_ENUM, subject);
    if (!v) return false;
    bool yes = which >= 0 ? v->now == which : (of->members[v->now].attrs >> ((const is_binding *)e->bound)->attr & 1) != 0;
    bool negated = e->form == EX_IS ? e->negated : e->op == BIN_NE;
    return yes != negated;
  }
  if (cut_of(e, &subject, &value, &scale, &flip)) {
    const var *v = find_var(s, VAR_ORDER, subject);
    if (!v) return false;
    int i = 0;
    while (compare(v->cuts[i].value, v->cuts[i].scale, value, scale)) i++;
    int side = v->now < 2 * i + 1 ? -1 : v->now > 2 * i + 1; /* position 2 i + 1 is the cut itself */
    if (flip) side = -side;
    switch (e->op) {
    case BIN_EQ: return side == 0;
    case BIN_NE: return side != 0;
    case BIN_LT: return side < 0;
    case BIN_LE: return side <= 0;
    case BIN_GT: return side > 0;
    case BIN_GE: return side >= 0;
    case BIN_ADD:
    case BIN_SUB:
    case BIN_MUL:
    case BIN_DIV:
    case BIN_AND:
    case BIN_OR:
    default: return false;
    }
  }
  const var *v = find_var(s, VAR_FREE, e);
  return v && v->now != 0;
}

static const char *source_text(const model *m, const ast_expr *e) {
  const ppr_source *s = report_source(m->report, e->span.file);
  if (!s || e->span.end > s->size) return "?";
  return arena_strndup(m->arena, s->text + e->span.begin, e->span.end - e->span.begin);
}

static const char *cut_text(const space *s, const var *v, int i) {
  check_type t = v->type;
  t.scale = v->cuts[i].scale;
  if (t.form == TYPE_BRUCH) t.form = TYPE_NUMBER;
  if (t.percent && t.scale < 2) t.percent = false;
  return model_value_text(s->m, &t, PPR_PRESENT, (int64_t)v->cuts[i].value);
}

static const char *witness(space *s) {
  const char *all = "";
  for (int i = 0; i < s->n; i++) {
    const var *v = &s->vars[i];
    const char *subject = source_text(s->m, v->subject), *part;
    if (v->form == VAR_ENUM) part = arena_printf(s->m->arena, "%s = %s", subject, v->of->members[v->now].name);
    else if (v->form == VAR_FREE) part = arena_printf(s->m->arena, "%s%s", v->now ? "" : "nicht ", subject);
    else if (v->now % 2) part = arena_printf(s->m->arena, "%s = %s", subject, cut_text(s, v, v->now / 2));
    else if (v->now == 0) part = arena_printf(s->m->arena, "%s < %s", subject, cut_text(s, v, 0));
    else part = arena_printf(s->m->arena, "%s > %s", subject, cut_text(s, v, v->now / 2 - 1));
    all = *all ? arena_printf(s->m->arena, "%s und %s", all, part) : part;
  }
  return *all ? all : "keine Bedingung";
}

/* Members a name in a table-like rule may take are all its members: every combination of the variables in turn. */
static bool next_combination(space *s) {
  for (int i = 0; i < s->n; i++) {
    if (++s->vars[i].now < s->vars[i].count) return true;
    s->vars[i].now = 0;
  }
  return false;
}

static long combinations(const space *s) {
  long n = 1;
  for (int i = 0; i < s->n; i++) {
    n *= s->vars[i].count;
    if (n > MAX_COMBINATIONS) return n;
  }
  return n;
}

/* Does a go before b by `vor`, directly or through others? */
static bool goes_before(const ast_decl *d, const ast_branch *a, const ast_branch *b, int depth) {
  for (const ast_before *w = a->before; w; w = w->next) {
    if (name_is(b->label, w->label.text)) return true;
    for (const ast_branch *o = d->branches; o && depth < 32; o = o->next)
      if (o->label.text && name_is(o->label, w->label.text) && goes_before(d, o, b, depth + 1)) return true;
  }
  return false;
}

static void check_before(model *m, const symbol *r) {
  const ast_decl *d = r->decl;
  for (const ast_branch *b = d->branches; b; b = b->next) {
    for (const ast_before *w = b->before; w; w = w->next) {
      bool found = false;
      for (const ast_branch *o = d->branches; o; o = o->next) found = found || (o != b && o->label.text && name_is(o->label, w->label.text));
      if (found) continue;
      const char *names[64];
      size_t n = 0;
      for (const ast_branch *o = d->branches; o && n < 64; o = o->next)
        if (o != b && o->label.text) names[n++] = o->label.text;
      near_name near = model_near_in(m, w->label.text, names, n);
      diag *g = report_add(m->report, DIAG_BEFORE_UNKNOWN, w->label.span, w->label.text, near.de, near.en, NULL);
      if (near.name) diag_set_fix(m->report, g, w->label.span, near.name);
    }
    if (b->label.text && goes_before(d, b, b, 0)) report_add(m->report, DIAG_BEFORE_CYCLE, b->label.span, b->label.text, NULL);
  }
}

static void check_pair(model *m, const symbol *r, const ast_branch *a, const ast_branch *b) {
  if (!a->cond || !b->cond || goes_before(r->decl, a, b, 0) || goes_before(r->decl, b, a, 0)) return;
  space *s = arena_alloc(m->arena, sizeof *s);
  if (!s) return;
  s->m = m;
  collect(s, a->cond);
  collect(s, b->cond);
  if (s->full || combinations(s) > MAX_COMBINATIONS) {
    report_add(m->report, DIAG_CASES_OVERLAP, b->label.span, a->label.text, b->label.text, "(zu viele Bedingungen, um es auszuschließen)", NULL);
    return;
  }
  do {
    if (!holds(s, a->cond) || !holds(s, b->cond)) continue;
    diag *d = report_add(m->report, DIAG_CASES_OVERLAP, b->label.span, a->label.text, b->label.text, witness(s), NULL);
    diag_add_note(m->report, d, a->label.span, "hier ist der andere Fall", "the other case is here");
    return;
  } while (next_combination(s));
}

static void check_cover(model *m, const symbol *r) {
  space *s = arena_alloc(m->arena, sizeof *s);
  if (!s) return;
  s->m = m;
  for (const ast_branch *b = r->decl->branches; b; b = b->next)
    if (b->form == BRANCH_ELSE || !b->cond) return;
    else collect(s, b->cond);
  if (s->full || combinations(s) > MAX_COMBINATIONS) {
    report_add(m->report, DIAG_CASES_GAP, r->decl->name_span, "(zu viele Bedingungen, um die Vollständigkeit zu zeigen)", NULL);
    return;
  }
  do {
    bool covered = false;
    for (const ast_branch *b = r->decl->branches; b && !covered; b = b->next) covered = holds(s, b->cond);
    if (covered) continue;
    report_add(m->report, DIAG_CASES_GAP, r->decl->name_span, witness(s), NULL);
    return;
  } while (next_combination(s));
}

static bool cases_typed(const symbol *r) {
  for (const ast_branch *b = r->decl->branches; b; b = b->next)
    if (b->cond && (!b->cond->type || b->cond->type->form != TYPE_BOOL)) return false;
  return true;
}

void cases_model(model *m) {
  for (symbol *r = m->symbols; r; r = r->next) {
    if (r->form != SYM_RULE || !r->decl->branches || !cases_typed(r)) continue;
    check_before(m, r);
    bool has_cases = false;
    for (const ast_branch *a = r->decl->branches; a; a = a->next) {
      if (a->form == BRANCH_CASE) has_cases = true;
      if (a->form != BRANCH_CASE && a->form != BRANCH_EXCEPTION) continue;
      for (const ast_branch *b = a->next; b; b = b->next)
        if (b->form == a->form) check_pair(m, r, a, b);
    }
    if (has_cases) check_cover(m, r);
  }
}
