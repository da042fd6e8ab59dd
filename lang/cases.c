/* Gaps and overlaps: can two exceptions hold together without a stated priority, is there a case no branch covers?
 * Needs: check_model. Conditions are split into atoms about a few variables: which member an enumeration value is, where a number or date lies among
 * the constants it is compared with, which of two values is larger, which state a value has; everything else is a free yes/no. All combinations the
 * types and ranges allow are tried; a witness is printed. What is free is taken to be able to hold in either way, so "cannot hold together" is
 * proved, "can" may be answered by stating the priority. */
#include "model.h"
#include "base/decimal.h"
#include <string.h>

enum { MAX_VARS = 16, MAX_CUTS = 40, MAX_ATOMS = 256, MAX_COMBINATIONS = 1 << 16 };

/* One thing conditions depend on. ENUM: members; ORDER: the 2 n + 1 positions around n cuts; PAIR: subject less than, equal to, greater than `other`;
 * STATE: ppr_state; FREE: 0, 1. */
typedef enum { VAR_ENUM, VAR_ORDER, VAR_PAIR, VAR_STATE, VAR_FREE } var_form;
typedef struct var {
  var_form form;
  const ast_expr *subject, *other;
  const enumeration *of;
  struct {
    ppr_wide value;
    int scale;
  } cuts[MAX_CUTS];
  int n_cuts, count, now;
  bool limited; /* ORDER, STATE: only `possible` values occur */
  bool possible[2 * MAX_CUTS + 1];
  bool single[2 * MAX_CUTS + 1];   /* ORDER: the position has one value only, */
  ppr_wide only[2 * MAX_CUTS + 1]; /* this one, as stored by the subject's type */
  bool told;                       /* the witness depends on it */
} var;

/* The variables an atom depends on: two for the comparison of two enumeration values. */
typedef struct atom {
  const ast_expr *expr;
  int var, second;
  bool flip;
} atom;

typedef struct space {
  model *m;
  var vars[MAX_VARS];
  int n;
  atom atoms[MAX_ATOMS];
  int n_atoms;
  bool full; /* more than can be told apart: nothing is decided */
} space;

/* ---- atoms ---- */

static bool same_expr(const ast_expr *a, const ast_expr *b);

/* Two references mean the same when they name one element, however their indices are written. */
static bool same_ref(const ast_expr *a, const ast_expr *b) {
  const binding *x = a->bound, *y = b->bound;
  if (!x || !y || x->form != y->form) return false;
  if (x->form == BOUND_AXIS) return x->slot == y->slot;
  if (x->form == BOUND_MEMBER) return x->enumeration == y->enumeration && x->member == y->member;
  if (x->symbol != y->symbol) return false;
  for (int i = 0; i < x->symbol->n_axes; i++) {
    const ast_expr *p = x->index[i].expr, *q = y->index[i].expr;
    const binding *bp = p && p->form == EX_REF ? p->bound : NULL, *bq = q && q->form == EX_REF ? q->bound : NULL;
    int sp = !p                             ? x->index[i].slot
             : bp && bp->form == BOUND_AXIS ? bp->slot
                                            : -1,
        sq = !q                             ? y->index[i].slot
             : bq && bq->form == BOUND_AXIS ? bq->slot
                                            : -1;
    if (sp >= 0 || sq >= 0 ? sp != sq : !same_expr(p, q)) return false;
  }
  return true;
}

static bool same_name(ast_name a, ast_name b) { return a.text && b.text ? !strcmp(a.text, b.text) : a.text == b.text; }

static bool same_expr(const ast_expr *a, const ast_expr *b) {
  if (!a || !b) return a == b;
  if (a->form != b->form) return false;
  if (a->form == EX_REF) return same_ref(a, b);
  if (a->number != b->number || a->scale != b->scale || a->percent != b->percent || a->op != b->op || a->state != b->state ||
      a->negated != b->negated)
    return false;
  if (!same_name(a->name, b->name) || !same_name(a->per, b->per)) return false;
  if (!same_expr(a->a, b->a) || !same_expr(a->b, b->b) || !same_expr(a->c, b->c) || !same_expr(a->filter, b->filter)) return false;
  if (!a->axis != !b->axis) return false;
  if (a->axis && (!same_name(a->axis->enumeration, b->axis->enumeration) || !same_name(a->axis->alias, b->axis->alias))) return false;
  const ast_expr *x = a->args, *y = b->args;
  for (; x && y; x = x->next, y = y->next)
    if (!same_expr(x, y)) return false;
  return !x && !y;
}

/* Index of the variable, -1 when there are too many. */
static int find_var(space *s, var_form form, const ast_expr *subject, const ast_expr *other) {
  for (int i = 0; i < s->n; i++)
    if (s->vars[i].form == form && same_expr(s->vars[i].subject, subject) && same_expr(s->vars[i].other, other)) return i;
  if (s->n == MAX_VARS) {
    s->full = true;
    return -1;
  }
  var *v = &s->vars[s->n];
  memset(v, 0, sizeof *v);
  v->form = form;
  v->subject = subject;
  v->other = other;
  v->count = form == VAR_PAIR ? 3 : 2;
  v->told = true;
  return s->n++;
}

static void put_atom(space *s, const ast_expr *e, int v, int second, bool flip) {
  if (v < 0 || s->n_atoms == MAX_ATOMS) s->full = true;
  else s->atoms[s->n_atoms++] = (atom){e, v, second, flip};
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

static int compare(ppr_wide a, int sa, ppr_wide b, int sb) { /* 18 digits, scales to 20: fits */
  if (sa < sb) a *= dec_pow10(sb - sa);
  if (sb < sa) b *= dec_pow10(sa - sb);
  return a < b ? -1 : a > b;
}

static bool is_comparison(const ast_expr *e) { return e->form == EX_BINARY && e->op >= BIN_EQ && e->op <= BIN_GE; }

static int member_ref(const ast_expr *e) {
  const binding *b = e->form == EX_REF ? e->bound : NULL;
  return b && b->form == BOUND_MEMBER ? b->member : -1;
}

static void add_cut(space *s, int which, ppr_wide value, int scale) {
  var *v = &s->vars[which];
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
}

static int enum_var(space *s, const ast_expr *subject, const enumeration *of) {
  int v = find_var(s, VAR_ENUM, subject, NULL);
  if (v >= 0) {
    s->vars[v].of = of;
    s->vars[v].count = of->count;
  }
  return v;
}

static void collect(space *s, const ast_expr *e);

static void collect_comparison(space *s, const ast_expr *e) {
  const check_type *t = e->a->type;
  ppr_wide value;
  int scale, v;
  if (t && t->form == TYPE_BOOL) {
    collect(s, e->a);
    collect(s, e->b);
  } else if (t && t->form == TYPE_ENUM) {
    bool left = member_ref(e->a) >= 0, right = member_ref(e->b) >= 0;
    v = left ? -2 : enum_var(s, e->a, t->enumeration);
    int w = right ? -2 : enum_var(s, e->b, t->enumeration);
    if (v == -1 || w == -1) s->full = true;
    else if (!left || !right) put_atom(s, e, left ? w : v, left || right ? -1 : w, false);
  } else if (constant(e->b, &value, &scale)) {
    put_atom(s, e, v = find_var(s, VAR_ORDER, e->a, NULL), -1, false);
    if (v >= 0) add_cut(s, v, value, scale);
  } else if (constant(e->a, &value, &scale)) {
    put_atom(s, e, v = find_var(s, VAR_ORDER, e->b, NULL), -1, true);
    if (v >= 0) add_cut(s, v, value, scale);
  } else {
    bool flip = false;
    for (int i = 0; i < s->n; i++)
      flip = flip || (s->vars[i].form == VAR_PAIR && same_expr(s->vars[i].subject, e->b) && same_expr(s->vars[i].other, e->a));
    put_atom(s, e, find_var(s, VAR_PAIR, flip ? e->b : e->a, flip ? e->a : e->b), -1, flip);
  }
}

static void collect(space *s, const ast_expr *e) {
  if (s->full || e->form == EX_BOOL) return;
  if (e->form == EX_NOT) collect(s, e->a);
  else if (e->form == EX_BINARY && (e->op == BIN_AND || e->op == BIN_OR)) {
    collect(s, e->a);
    collect(s, e->b);
  } else if (e->form == EX_IF) {
    collect(s, e->a);
    collect(s, e->b);
    collect(s, e->c);
  } else if (e->form == EX_IS && e->bound) put_atom(s, e, enum_var(s, e->a, ((const is_binding *)e->bound)->enumeration), -1, false);
  else if (e->form == EX_HAS) {
    int v = find_var(s, VAR_STATE, e->a, NULL);
    if (v >= 0) s->vars[v].count = PPR_UNBESTIMMT + 1;
    put_atom(s, e, v, -1, false);
  } else if (is_comparison(e)) collect_comparison(s, e);
  else put_atom(s, e, find_var(s, VAR_FREE, e, NULL), -1, false);
}

/* ---- values that can occur ---- */

/* States an expression may have, by what its names declare. */
static unsigned states_of(const ast_expr *e) {
  const unsigned present = 1u << PPR_PRESENT, open = 1u << PPR_UNBESTIMMT;
  if (!e) return present;
  const binding *b = e->form == EX_REF ? e->bound : NULL;
  switch (e->form) {
  case EX_REF: return b && b->form == BOUND_SYMBOL ? b->symbol->states : present;
  case EX_STATE: return 1u << e->state;
  case EX_DEFAULT: return (states_of(e->a) & ~(1u << e->state)) | states_of(e->b);
  case EX_IF: return states_of(e->b) | states_of(e->c) | (states_of(e->a) & open);
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_HAS: return present;
  case EX_EDITION:
  case EX_CALL:
  case EX_NEGATE:
  case EX_NOT:
  case EX_BINARY:
  case EX_IS:
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX:
  case EX_ROUND:
  case EX_CONVERT:
  default: return present | open; /* operations pass unbestimmt on and refuse the other states */
  }
}

/* Least and largest stored value where the text fixes them. */
static bool bounds_of(const ast_expr *e, ppr_wide *lo, ppr_wide *hi) {
  const binding *b = e->form == EX_REF ? e->bound : NULL;
  if (e->form == EX_COUNT) {
    *lo = 0;
    *hi = ((const enumeration *)e->bound)->count;
    return true;
  }
  if (!b || b->form != BOUND_SYMBOL || b->symbol->form != SYM_FIELD || b->symbol->states != 1u << PPR_PRESENT) return false;
  *lo = b->symbol->lo;
  *hi = b->symbol->hi;
  return true;
}

/* Which positions among its cuts can the subject take? Its values are whole multiples of 10^-scale within its range. */
static void limit_order(var *v) {
  const check_type *t = v->subject->type;
  if (!t || t->form == TYPE_BRUCH) return;
  int scale = t->form == TYPE_NUMBER ? t->scale : 0, fine = scale;
  for (int i = 0; i < v->n_cuts; i++) fine = v->cuts[i].scale > fine ? v->cuts[i].scale : fine;
  ppr_wide whole = dec_pow10(fine - scale), lo, hi, cuts[MAX_CUTS];
  bool bounded = bounds_of(v->subject, &lo, &hi);
  if (bounded && (!wide_mul(&lo, lo, whole) || !wide_mul(&hi, hi, whole))) return;
  for (int i = 0; i < v->n_cuts; i++)
    if (!wide_mul(&cuts[i], v->cuts[i].value, dec_pow10(fine - v->cuts[i].scale))) return;
  v->limited = true;
  for (int k = 0; k < v->count; k++) {
    bool open_left = k == 0, open_right = k == v->count - 1;
    ppr_wide from = k % 2 ? cuts[k / 2] : open_left ? 0 : cuts[k / 2 - 1] + 1, to = k % 2 ? cuts[k / 2] : open_right ? 0 : cuts[k / 2] - 1;
    if (k % 2) open_left = open_right = false;
    if (bounded && (open_left || from < lo)) from = lo, open_left = false;
    if (bounded && (open_right || to > hi)) to = hi, open_right = false;
    if (open_left || open_right) {
      v->possible[k] = true;
      continue;
    }
    ppr_wide rest = from % whole, first = rest == 0 ? from : rest < 0 ? from - rest : from - rest + whole;
    v->possible[k] = from <= to && first <= to;
    v->single[k] = v->possible[k] && first > to - whole;
    v->only[k] = first / whole;
  }
}

static bool can(const var *v, int value) { return !v->limited || v->possible[value]; }

/* First value that can occur, from `value` on; count if there is none. */
static int next_value(const var *v, int value) {
  while (value < v->count && !can(v, value)) value++;
  return value;
}

/* Every variable at its first value; false when the combinations are too many. */
static bool begin(space *s) {
  long n = 1;
  for (int i = 0; i < s->n && !s->full; i++) {
    var *v = &s->vars[i];
    if (v->form == VAR_ORDER) limit_order(v);
    if (v->form == VAR_STATE) {
      unsigned states = states_of(v->subject);
      v->limited = true;
      for (int k = 0; k < v->count; k++) v->possible[k] = (states >> k & 1) != 0;
    }
    int kinds = 0;
    for (int k = 0; k < v->count; k++) kinds += can(v, k);
    n *= kinds;
    v->now = next_value(v, 0);
    if (n > MAX_COMBINATIONS) return false;
  }
  return !s->full;
}

/* The next combination of the variables, of those only that are not told with `hidden`. */
static bool advance(space *s, bool hidden) {
  for (int i = 0; i < s->n; i++) {
    var *v = &s->vars[i];
    if (hidden && v->told) continue;
    v->now = next_value(v, v->now + 1);
    if (v->now < v->count) return true;
    v->now = next_value(v, 0);
  }
  return false;
}

static bool empty(const space *s) {
  for (int i = 0; i < s->n; i++)
    if (s->vars[i].now == s->vars[i].count) return true;
  return false;
}

/* ---- truth of a condition under the combination ---- */

static const atom *atom_of(const space *s, const ast_expr *e) {
  for (int i = 0; i < s->n_atoms; i++)
    if (s->atoms[i].expr == e) return &s->atoms[i];
  return NULL;
}

static bool ordered_as(ast_binary op, int side) {
  switch (op) {
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

static bool holds(const space *s, const ast_expr *e) {
  if (e->form == EX_BOOL) return e->number != 0;
  if (e->form == EX_NOT) return !holds(s, e->a);
  if (e->form == EX_BINARY && e->op == BIN_AND) return holds(s, e->a) && holds(s, e->b);
  if (e->form == EX_BINARY && e->op == BIN_OR) return holds(s, e->a) || holds(s, e->b);
  if (e->form == EX_IF) return holds(s, e->a) ? holds(s, e->b) : holds(s, e->c);
  bool comparison = is_comparison(e);
  if (comparison && e->a->type && e->a->type->form == TYPE_BOOL) return (holds(s, e->a) == holds(s, e->b)) == (e->op == BIN_EQ);
  const atom *a = atom_of(s, e);
  if (!a) return comparison && (member_ref(e->a) == member_ref(e->b)) == (e->op == BIN_EQ); /* two members */
  const var *v = &s->vars[a->var];
  ppr_wide value;
  int scale, i = 0, side;
  switch (v->form) {
  case VAR_ENUM:
    if (e->form == EX_IS) {
      const is_binding *b = e->bound;
      bool yes = b->member >= 0 ? v->now == b->member : (v->of->members[v->now].attrs >> b->attr & 1) != 0;
      return yes != e->negated;
    }
    side = a->second >= 0 ? s->vars[a->second].now : member_ref(e->a) >= 0 ? member_ref(e->a) : member_ref(e->b);
    return (v->now == side) == (e->op == BIN_EQ);
  case VAR_ORDER:
    if (!constant(a->flip ? e->a : e->b, &value, &scale)) return false;
    while (i < v->n_cuts && compare(v->cuts[i].value, v->cuts[i].scale, value, scale)) i++;
    side = v->now < 2 * i + 1 ? -1 : v->now > 2 * i + 1; /* position 2 i + 1 is the cut itself */
    return ordered_as(e->op, a->flip ? -side : side);
  case VAR_PAIR: return ordered_as(e->op, a->flip ? 1 - v->now : v->now - 1);
  case VAR_STATE: return (unsigned)v->now == e->state;
  case VAR_FREE:
  default: return v->now != 0;
  }
}

/* ---- witnesses ---- */

static const char *cut_text(const space *s, const var *v, int i) {
  check_type t = v->subject->type ? *v->subject->type : (check_type){.form = TYPE_NUMBER};
  t.scale = v->cuts[i].scale;
  if (t.form == TYPE_BRUCH) t.form = TYPE_NUMBER;
  if (t.percent && t.scale < 2) t.percent = false;
  return model_value_text(s->m, &t, PPR_PRESENT, (int64_t)v->cuts[i].value);
}

static const char *part(const space *s, const var *v) {
  ppr_arena *arena = s->m->arena;
  const char *subject = model_source_text(s->m, v->subject->span);
  switch (v->form) {
  case VAR_ENUM: return arena_printf(arena, "%s = %s", subject, v->of->members[v->now].name);
  case VAR_STATE: return arena_printf(arena, "%s %s", subject, model_state_word((uint8_t)v->now));
  case VAR_PAIR:
    return arena_printf(arena, "%s %s %s", subject, v->now == 0 ? "<" : v->now == 1 ? "=" : ">", model_source_text(s->m, v->other->span));
  case VAR_ORDER:
    if (v->now % 2) return arena_printf(arena, "%s = %s", subject, cut_text(s, v, v->now / 2));
    if (v->limited && v->single[v->now])
      return arena_printf(arena, "%s = %s", subject, model_value_text(s->m, v->subject->type, PPR_PRESENT, (int64_t)v->only[v->now]));
    if (v->now == 0) return arena_printf(arena, "%s < %s", subject, cut_text(s, v, 0));
    if (v->now == v->count - 1 || !can(v, v->count - 1)) return arena_printf(arena, "%s > %s", subject, cut_text(s, v, v->now / 2 - 1));
    return arena_printf(arena, "%s > %s und %s < %s", subject, cut_text(s, v, v->now / 2 - 1), subject, cut_text(s, v, v->now / 2));
  case VAR_FREE:
  default: return arena_printf(arena, "%s%s", v->now ? "" : "nicht ", subject);
  }
}

/* A question about the combination: do both conditions hold, or does no branch apply? */
typedef struct question {
  const ast_expr *a, *b;
  const ast_branch *all;
} question;

static bool answer(const space *s, const question *q) {
  if (q->a) return holds(s, q->a) && holds(s, q->b);
  for (const ast_branch *b = q->all; b; b = b->next)
    if (holds(s, b->cond)) return false;
  return true;
}

/* The combination found, without the variables that make no difference. */
static const char *witness(space *s, const question *q) {
  const char *all = "";
  int found[MAX_VARS];
  for (int i = 0; i < s->n; i++) found[i] = s->vars[i].now;
  for (int i = s->n - 1; i >= 0; i--) {
    bool always = true;
    s->vars[i].told = false;
    for (int k = 0; k < s->n; k++) s->vars[k].now = s->vars[k].told ? found[k] : next_value(&s->vars[k], 0);
    do always = answer(s, q);
    while (always && advance(s, true));
    s->vars[i].told = !always;
  }
  for (int i = 0; i < s->n; i++) {
    s->vars[i].now = found[i];
    if (s->vars[i].told) all = *all ? arena_printf(s->m->arena, "%s und %s", all, part(s, &s->vars[i])) : part(s, &s->vars[i]);
  }
  return *all ? all : NULL;
}

/* ---- priorities ---- */

static const ast_branch *labelled(const ast_decl *d, const char *label) {
  for (const ast_branch *b = d->branches; b; b = b->next)
    if (b->label.text && name_is(b->label, label)) return b;
  return NULL;
}

static int place_of(const ast_decl *d, const ast_branch *a) {
  int i = 0;
  for (const ast_branch *b = d->branches; b != a; b = b->next) i++;
  return i;
}

/* Marks the branches that a goes before by `vor`, directly or through others. */
static void mark_after(const ast_decl *d, const ast_branch *a, bool *after) {
  for (const ast_before *w = a->before; w; w = w->next) {
    const ast_branch *b = labelled(d, w->label.text);
    if (!b || after[place_of(d, b)]) continue;
    after[place_of(d, b)] = true;
    mark_after(d, b, after); /* each branch is entered once */
  }
}

typedef struct priority {
  int n;
  bool *before;
} priority; /* before[a * n + b]: a goes before b */

static bool priorities(model *m, const ast_decl *d, priority *p) {
  p->n = 0;
  for (const ast_branch *b = d->branches; b; b = b->next) p->n++;
  if (!(p->before = arena_array(m->arena, (size_t)p->n * (size_t)p->n + 1, 1))) return false;
  int i = 0;
  for (const ast_branch *b = d->branches; b; b = b->next, i++) mark_after(d, b, &p->before[(size_t)i * (size_t)p->n]);
  return true;
}

static const char *circle_text(model *m, const ast_decl *d, const priority *p, const ast_branch *start) {
  const char *text = start->label.text;
  int home = place_of(d, start);
  for (const ast_branch *at = start; at;) {
    const ast_branch *next = NULL;
    for (const ast_before *w = at->before; w && !next; w = w->next) {
      const ast_branch *b = labelled(d, w->label.text);
      if (b && (b == start || p->before[place_of(d, b) * p->n + home])) next = b;
    }
    if (!next) break;
    text = arena_printf(m->arena, "%s → %s", text, next->label.text);
    at = next == start ? NULL : next;
  }
  return text;
}

static void check_before(model *m, const symbol *r, const priority *p) {
  const ast_decl *d = r->decl;
  bool circle = false;
  int i = 0;
  for (const ast_branch *b = d->branches; b; b = b->next, i++) {
    for (const ast_before *w = b->before; w; w = w->next) {
      const ast_branch *known = labelled(d, w->label.text);
      if (known && known != b) continue;
      const char *names[64];
      size_t n = 0;
      for (const ast_branch *o = d->branches; o && n < 64; o = o->next)
        if (o != b && o->label.text) names[n++] = o->label.text;
      near_name near = model_near_in(m, w->label.text, names, n);
      diag *g = report_add(m->report, DIAG_BEFORE_UNKNOWN, w->label.span, w->label.text, near.de, near.en, NULL);
      if (near.name) diag_set_fix(m->report, g, w->label.span, near.name);
    }
    if (circle || !b->label.text || labelled(d, b->label.text) != b || !p->before[i * p->n + i]) continue;
    if (b->before && !b->before->next && name_is(b->label, b->before->label.text)) continue; /* before itself: said above */
    report_add(m->report, DIAG_BEFORE_CYCLE, b->before->label.span, circle_text(m, d, p, b), NULL);
    circle = true;
  }
}

/* ---- the two questions ---- */

static void clear(space *s) {
  s->n = s->n_atoms = 0;
  s->full = false;
}

static void check_pair(space *s, const ast_branch *a, const ast_branch *b) {
  model *m = s->m;
  question q = {a->cond, b->cond, NULL};
  clear(s);
  collect(s, a->cond);
  collect(s, b->cond);
  diag *d = NULL;
  if (s->full || !begin(s)) {
    d = report_add(m->report, DIAG_CASES_OVERLAP_OPEN, b->label.span, a->label.text, b->label.text, NULL);
  } else if (!empty(s)) {
    do {
      if (!answer(s, &q)) continue;
      const char *when = witness(s, &q);
      if (when) d = report_add(m->report, DIAG_CASES_OVERLAP, b->label.span, a->label.text, b->label.text, when, NULL);
      else d = report_add(m->report, DIAG_CASES_OVERLAP_ALWAYS, b->label.span, a->label.text, b->label.text, NULL);
      break;
    } while (advance(s, false));
  }
  if (d) diag_add_note(m->report, d, a->label.span, "hier ist der andere Fall", "the other case is here");
}

static void check_cover(space *s, const symbol *r) {
  model *m = s->m;
  question q = {NULL, NULL, r->decl->branches};
  clear(s);
  for (const ast_branch *b = r->decl->branches; b; b = b->next) {
    if (b->form == BRANCH_ELSE || !b->cond) return;
    collect(s, b->cond);
  }
  if (s->full || !begin(s)) {
    report_add(m->report, DIAG_CASES_GAP_OPEN, r->decl->name_span, r->name, NULL);
    return;
  }
  if (empty(s)) return;
  do {
    if (!answer(s, &q)) continue;
    const char *when = witness(s, &q);
    report_add(m->report, DIAG_CASES_GAP, r->decl->name_span, when ? when : "…", NULL);
    return;
  } while (advance(s, false));
}

static bool cases_typed(const symbol *r) {
  for (const ast_branch *b = r->decl->branches; b; b = b->next)
    if (b->cond && (!b->cond->type || b->cond->type->form != TYPE_BOOL)) return false;
  return true;
}

void cases_model(model *m) {
  space *s = arena_alloc(m->arena, sizeof *s);
  if (!s) return;
  s->m = m;
  for (symbol *r = m->symbols; r; r = r->next) {
    if (r->form != SYM_RULE || !r->decl->branches || !cases_typed(r)) continue;
    priority p;
    if (!priorities(m, r->decl, &p)) return;
    check_before(m, r, &p);
    if (m->proving) continue;
    bool has_cases = false;
    int i = 0;
    for (const ast_branch *a = r->decl->branches; a; a = a->next, i++) {
      if (a->form == BRANCH_CASE) has_cases = true;
      if (a->form != BRANCH_CASE && a->form != BRANCH_EXCEPTION) continue;
      int k = i + 1;
      for (const ast_branch *b = a->next; b; b = b->next, k++)
        if (b->form == a->form && a->cond && b->cond && !p.before[i * p.n + k] && !p.before[k * p.n + i]) check_pair(s, a, b);
    }
    if (has_cases) check_cover(s, r);
  }
}
