/* Coverage: goals are places of the text, and what a run asked for is followed along the record of the lowering (trace.h), reading the values of the
 * machine: of a rule the branch that applied and the conditions looked at before it, of `und` what settled it, of a product no factor beside zero. */
#include "test/cover.h"
#include "base/decimal.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

enum { YES = 1, NO = 2 };             /* bits of goals */
enum { BELOW, EQUAL, ABOVE, SIDES };  /* of a boundary */
enum { RANK_SCALE = 18, DIGITS = 6 }; /* decimals distances are ordered by, and shown with where they do not end */

typedef struct nearest {
  bool seen;
  ppr_wide rank; /* distance at RANK_SCALE */
  const char *text;
} nearest;

typedef struct point {
  ppr_cover_kind kind;
  ppr_span span;
  const char *label; /* of elements: they share their span */
  const char *name, *what;
  unsigned possible, reached;
  nearest near[SIDES];
} point;

struct cover {
  ppr_alloc alloc;
  ppr_arena *arena;
  ppr_report *report;
  ppr_language language;
  point *points;
  size_t n, cap;
  uint32_t *slots; /* point + 1 by hash; 0: free */
  size_t n_slots;
  uint32_t run;
  struct ask {
    symbol *symbol;
    int element;
  } * asked; /* elements asked for and not followed yet */
  size_t n_asked, cap_asked;
  bool failed;
};

typedef struct walk {
  cover *c;
  model *m;
  const ppr_vm *vm; /* NULL: what is possible */
  const uint32_t *map;
  const symbol *rule; /* the one at work */
} walk;

cover *cover_new(ppr_alloc alloc, ppr_report *report, ppr_language language) {
  ppr_arena *arena = arena_new(alloc);
  cover *c = arena ? arena_alloc(arena, sizeof *c) : NULL;
  if (!c) {
    arena_free(arena);
    return NULL;
  }
  *c = (cover){.alloc = alloc, .arena = arena, .report = report, .language = language};
  return c;
}

void cover_free(cover *c) {
  if (c) arena_free(c->arena);
}

void cover_next(cover *c) { c->run++; }

static const char *say(const cover *c, const char *de, const char *en) { return c->language == PPR_ENGLISH ? en : de; }

/* --- goals --- */

static size_t hash_of(ppr_cover_kind kind, ppr_span span, const char *label) {
  const uint32_t words[] = {(uint32_t)kind, span.file, span.begin, span.end};
  return (size_t)hash_text(hash_bytes(0, words, sizeof words), label);
}

static bool same_point(const point *p, ppr_cover_kind kind, ppr_span span, const char *label) {
  return p->kind == kind && p->span.file == span.file && p->span.begin == span.begin && p->span.end == span.end && strcmp(p->label, label) == 0;
}

static bool more_slots(cover *c) {
  size_t n = c->n_slots ? c->n_slots * 2 : 4096;
  uint32_t *slots = arena_array(c->arena, n, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < c->n; i++) {
    size_t at = hash_of(c->points[i].kind, c->points[i].span, c->points[i].label) & (n - 1);
    while (slots[at]) at = (at + 1) & (n - 1);
    slots[at] = (uint32_t)i + 1;
  }
  c->slots = slots;
  c->n_slots = n;
  return true;
}

/* The goals at a place; NULL when out of memory. A new one has `what` still to be set. */
static point *point_at(walk *w, ppr_cover_kind kind, ppr_span span, const char *label) {
  cover *c = w->c;
  if ((c->n + 1) * 2 > c->n_slots && !more_slots(c)) goto failed;
  size_t at = hash_of(kind, span, label) & (c->n_slots - 1);
  for (; c->slots[at]; at = (at + 1) & (c->n_slots - 1))
    if (same_point(&c->points[c->slots[at] - 1], kind, span, label)) return &c->points[c->slots[at] - 1];
  point *grown = arena_grow(c->arena, c->points, c->n, &c->cap, c->n + 1, sizeof *grown);
  const char *own = *label ? arena_printf(c->arena, "%s", label) : "", *name = arena_printf(c->arena, "%s", w->rule->name);
  if (!grown || !own || !name) goto failed;
  c->points = grown;
  c->slots[at] = (uint32_t)c->n + 1;
  c->points[c->n] = (point){.kind = kind, .span = span, .label = own, .name = name};
  return &c->points[c->n++];
failed:
  c->failed = true;
  return NULL;
}

static void set_what(walk *w, point *p, const char *text) {
  if (p && !p->what && !(p->what = arena_printf(w->c->arena, "%s", text))) w->c->failed = true;
}

static point *mark(walk *w, ppr_cover_kind kind, ppr_span span, const char *label, unsigned bits) {
  point *p = bits ? point_at(w, kind, span, label) : NULL;
  if (!p) return NULL;
  p->possible |= bits; /* a test may go where no record can: then that counts too */
  if (w->vm) p->reached |= bits;
  return p;
}

static void mark_text(walk *w, ppr_cover_kind kind, ppr_span span, unsigned bits) {
  point *p = mark(w, kind, span, "", bits);
  if (p && !p->what) set_what(w, p, model_source_text(w->m, span));
}

static void mark_element(walk *w, const symbol *s, int element) {
  const char *label = model_label(w->m, s, element);
  set_what(w, mark(w, PPR_COVER_ELEMENT, s->decl->name_span, label, YES), label);
}

static void mark_branch(walk *w, const ast_branch *b, unsigned bits) {
  static const char *const words[][2] = {[BRANCH_BASE] = {"Grundregel", "base rule"},
                                         [BRANCH_EXCEPTION] = {"Ausnahme", "exception"},
                                         [BRANCH_CASE] = {"Fall", "case"},
                                         [BRANCH_ELSE] = {"sonst", "else"}};
  point *p = mark(w, PPR_COVER_BRANCH, b->value->span, "", bits);
  const char *word = words[b->form][w->c->language == PPR_ENGLISH];
  if (!p || p->what) return;
  if (!b->label.text) set_what(w, p, word);
  else if (!(p->what = arena_printf(w->c->arena, say(w->c, "%s „%s“", "%s “%s”"), word, b->label.text))) w->c->failed = true;
}

static const ast_cell *cell_of(const symbol *s, int element) {
  int index[MAX_AXES], column = 0;
  model_split(s, element, index);
  const ast_row *r = s->decl->rows;
  while (r && !name_is(r->label, s->axes[0].of->members[index[0]].name)) r = r->next;
  if (!r) return NULL;
  while (s->n_axes == 2 && column < s->decl->header_count && !name_is(s->decl->header[column], s->axes[1].of->members[index[1]].name)) column++;
  const ast_cell *at = r->cells;
  for (; at && r->count > 1 && column > 0; column--) at = at->next;
  return at;
}

static void mark_cell(walk *w, const symbol *s, int element) {
  const ast_cell *written = cell_of(s, element);
  const symbol *outer = w->rule;
  if (!written) return;
  w->rule = s;
  set_what(w, mark(w, PPR_COVER_CELL, written->span, "", YES), model_label(w->m, s, element));
  w->rule = outer;
}

/* --- values of the run --- */

static ppr_wide number(const walk *w, const opnd *o) {
  if (opnd_is_const(o)) return o->lo;
  uint32_t reg = w->map[o->reg];
  return reg == PPR_NONE ? o->lo : vm_register(w->vm, reg);
}

static unsigned state_of(const walk *w, const value *v) {
  unsigned s = 0;
  opnd state = opnd_unpack(v->state);
  if (!opnd_is_const(&state)) return (unsigned)number(w, &state);
  while (s < PPR_UNBESTIMMT && !(v->states >> s & 1)) s++;
  return s;
}

/* 1, 0, or -1 where it is not there. */
static int truth(const walk *w, const trace_node *n) {
  if (!n || state_of(w, &n->v) != PPR_PRESENT) return -1;
  return number(w, &n->v.num) != 0;
}

static bool is_zero(const walk *w, const trace_node *n) {
  return n && n->v.states & 1u << PPR_PRESENT && state_of(w, &n->v) == PPR_PRESENT && number(w, &n->v.num) == 0;
}

static const trace_node *child(const trace_node *n, const ast_expr *e) {
  const trace_node *c = n->first;
  while (c && c->expr != e) c = c->next;
  return c;
}

static const trace_node *child_of_item(const trace_node *n, const ast_expr *e, int item) {
  const trace_node *c = n->first;
  while (c && (c->expr != e || c->item != item)) c = c->next;
  return c;
}

/* --- boundaries --- */

typedef struct distance {
  ppr_wide num, den; /* left minus right, times 10^-scale; den > 0 */
  int scale;
} distance;

/* False where it needs more than 128 bits. */
static bool distance_of(const walk *w, const value *a, const value *b, distance *out) {
  ppr_wide an = number(w, &a->num), ad = number(w, &a->den), bn = number(w, &b->num), bd = number(w, &b->den);
  int scale = a->scale > b->scale ? a->scale : b->scale;
  if (ad == 0 || bd == 0 || scale - a->scale > 38 || scale - b->scale > 38) return false;
  if (!wide_mul(&an, an, dec_pow10(scale - a->scale)) || !wide_mul(&bn, bn, dec_pow10(scale - b->scale))) return false;
  if (!wide_mul(&an, an, bd) || !wide_mul(&bn, bn, ad) || !wide_sub(&out->num, an, bn) || !wide_mul(&out->den, ad, bd)) return false;
  if (out->den < 0 && (out->num == WIDE_MIN || out->den == WIDE_MIN)) return false;
  if (out->den < 0) out->num = -out->num, out->den = -out->den;
  out->scale = scale;
  return true;
}

/* "0,01 Stunde", "1 Quartal". */
static const char *distance_text(const walk *w, const distance *d, const check_type *t) {
  char text[96];
  int scale = d->scale - (t->percent ? 2 : 0);
  ppr_wide num = d->num;
  if (scale < 0 && !wide_mul(&num, num, dec_pow10(-scale))) return "";
  dec_print_quotient(text, wide_abs(num), d->den, scale < 0 ? 0 : scale, DIGITS + (scale < 0 ? 0 : scale), w->c->language == PPR_ENGLISH ? '.' : ',');
  const char *of = t->percent ? "%" : t->unit.n ? model_unit_text(w->m, &t->unit) : "";
  bool one = wide_abs(d->num) == d->den;
  if (t->form == TYPE_DATE) of = one ? say(w->c, "Tag", "day") : say(w->c, "Tage", "days");
  if (t->form == TYPE_QUARTER) of = one ? say(w->c, "Quartal", "quarter") : say(w->c, "Quartale", "quarters");
  return arena_printf(w->c->arena, "%s%s%s", text, *of ? " " : "", of);
}

static void come_near(walk *w, point *p, const distance *d, const check_type *t) {
  ppr_wide rank = wide_abs(d->num);
  int more = RANK_SCALE - d->scale;
  if (!p || d->num == WIDE_MIN || more > 38 || (more > 0 && !wide_mul(&rank, rank, dec_pow10(more)))) return;
  if (more < 0) rank /= dec_pow10(-more < 38 ? -more : 38);
  rank /= d->den;
  nearest *n = &p->near[d->num < 0 ? BELOW : d->num > 0 ? ABOVE : EQUAL];
  if (n->seen && n->rank <= rank) return;
  *n = (nearest){true, rank, distance_text(w, d, t)};
  if (!n->text) w->c->failed = true;
}

static bool is_ordered(const ast_expr *e) {
  if (e->form != EX_BINARY || e->op < BIN_EQ || e->op > BIN_GE || !e->a->type) return false;
  type_form f = e->a->type->form;
  return f == TYPE_NUMBER || f == TYPE_BRUCH || f == TYPE_DATE || f == TYPE_QUARTER;
}

static void mark_comparison(walk *w, const trace_node *n) {
  const ast_expr *e = n->expr;
  const trace_node *a = child(n, e->a), *b = child(n, e->b);
  int is = truth(w, n);
  if (!a || !b || is < 0 || state_of(w, &a->v) != PPR_PRESENT || state_of(w, &b->v) != PPR_PRESENT) return;
  mark_text(w, PPR_COVER_BOUNDARY, e->span, is ? YES : NO);
  distance d;
  bool decided = opnd_is_const(&n->v.num) && !(opnd_is_const(&a->v.num) && opnd_is_const(&b->v.num)); /* when compiling: inputs need not be there */
  if (!decided && distance_of(w, &a->v, &b->v, &d)) come_near(w, point_at(w, PPR_COVER_BOUNDARY, e->span, ""), &d, e->a->type);
}

/* --- steps of tiers and series --- */

static int64_t clipped(ppr_wide v) { return v < INT64_MIN ? INT64_MIN : v > INT64_MAX ? INT64_MAX : (int64_t)v; }

/* The limit before a step belongs to both its neighbours. */
static void mark_limit(walk *w, const symbol *s, int i, unsigned bit, const int64_t *x) {
  const step *at = &s->steps[i];
  if (i == 0 || s->steps[i - 1].until + 1 != at->from) return;
  point *p = mark(w, PPR_COVER_BOUNDARY, at->entry->span, "", bit);
  if (p && !p->what) {
    p->what = arena_printf(w->c->arena, say(w->c, "Beginn von „%s“", "beginning of “%s”"), model_source_text(w->m, at->entry->span));
    w->c->failed = w->c->failed || !p->what;
  }
  static const check_type QUARTER = {.form = TYPE_QUARTER};
  const check_type *t = s->form == SYM_SERIES ? &QUARTER : s->decl->argument->type;
  if (x) come_near(w, p, &(distance){(ppr_wide)*x - at->from, 1, t->form == TYPE_NUMBER ? t->scale : 0}, t);
}

/* The argument is, or can be, lo..hi; exact: it is lo, and not only somewhere in the step as the compiler knows. */
static void mark_steps(walk *w, const symbol *s, int64_t lo, int64_t hi, bool exact) {
  for (int i = 0; i < s->n_steps; i++) {
    if (hi < s->steps[i].from || lo > s->steps[i].until) continue;
    mark_text(w, PPR_COVER_STEP, s->steps[i].entry->span, YES);
    mark_limit(w, s, i, YES, exact ? &lo : NULL);
    if (i + 1 < s->n_steps) mark_limit(w, s, i + 1, NO, exact ? &lo : NULL);
  }
}

/* Do all numbers the argument can have lie in one step? */
static bool one_step(const symbol *s, const opnd *argument) {
  for (int i = 0; i < s->n_steps; i++)
    if (argument->lo >= s->steps[i].from && argument->hi <= s->steps[i].until) return !opnd_is_const(argument);
  return false;
}

/* --- what is possible --- */

static unsigned possible_bits(const value *v) {
  if (!(v->states & 1u << PPR_PRESENT)) return 0;
  return (v->num.lo != 0 || v->num.hi != 0 ? YES : 0u) | (v->num.lo <= 0 && v->num.hi >= 0 ? NO : 0u);
}

static void possible_cells(walk *w, const trace_node *n) {
  const symbol *s = n->symbol;
  for (int i = 0; i < s->elements; i++) {
    int index[MAX_AXES];
    bool in = true;
    model_split(s, i, index);
    for (int k = 0; k < s->n_axes; k++) in = in && index[k] >= n->index[k].lo && index[k] <= n->index[k].hi;
    if (in) mark_cell(w, s, i);
  }
}

static void possible_expr(walk *w, const trace_node *n) {
  const ast_expr *e = n->expr;
  const trace_node *a = e->a ? child(n, e->a) : NULL;
  if (n->symbol && n->symbol->form == SYM_TABLE) possible_cells(w, n);
  if (e->form == EX_IF && a) mark_text(w, PPR_COVER_CHOICE, e->span, possible_bits(&a->v));
  if (e->form == EX_DEFAULT && a)
    mark_text(w, PPR_COVER_CHOICE, e->span, (a->v.states >> e->state & 1 ? YES : 0u) | (a->v.states & ~(1u << e->state) ? NO : 0u));
  if (is_ordered(e)) mark_text(w, PPR_COVER_BOUNDARY, e->span, possible_bits(&n->v));
  for (const trace_node *c = n->first; c; c = c->next) possible_expr(w, c);
}

static const ast_branch *branch_of_cond(const symbol *s, const trace_node *n) {
  const ast_branch *b = s->decl->branches;
  while (b && (!b->cond || b->cond != n->expr)) b = b->next;
  return b;
}

static const ast_branch *branch_of_value(const symbol *s, const trace_node *n) {
  const ast_branch *b = s->decl->branches;
  while (b && b->value != n->expr) b = b->next;
  return b;
}

/* Is another branch looked at behind this condition? The last case needs none: it covers the rest. */
static bool goes_on(const symbol *s, const trace_node *cond, const ast_branch *b) {
  for (const trace_node *n = cond->next; n; n = n->next)
    if (branch_of_cond(s, n) || (branch_of_value(s, n) && branch_of_value(s, n) != b)) return true;
  return false;
}

static void possible_rule(walk *w, const symbol *s, const trace_node *root) {
  for (const trace_node *n = root->first; n; n = n->next) {
    const ast_branch *b = branch_of_cond(s, n);
    if (b) mark_branch(w, b, possible_bits(&n->v) & (goes_on(s, n, b) ? YES | NO : YES));
    else if ((b = branch_of_value(s, n)) && !b->cond) mark_branch(w, b, YES);
    possible_expr(w, n);
  }
}

void cover_possible(cover *c, model *m) {
  walk w = {c, m, NULL, NULL, NULL};
  for (size_t k = 0; k < m->n_order; k++) {
    symbol *s = m->order[k];
    w.rule = s;
    for (int i = 0; s->traces && i < s->elements; i++) {
      const trace_node *root = s->traces[i];
      if (!root) continue;
      mark_element(&w, s, i);
      if (s->form == SYM_RULE) possible_rule(&w, s, root);
      else {
        mark_steps(&w, s, clipped(root->v.num.lo), clipped(root->v.num.hi), false);
        for (const trace_node *n = root->first; n; n = n->next) possible_expr(&w, n);
      }
    }
  }
}

/* --- what was reached --- */

static void ask(cover *c, symbol *s, int element) {
  struct ask *grown = arena_grow(c->arena, c->asked, c->n_asked, &c->cap_asked, c->n_asked + 1, sizeof *grown);
  if (!grown) {
    c->failed = true;
    return;
  }
  c->asked = grown;
  c->asked[c->n_asked++] = (struct ask){s, element};
}

static void reach_expr(walk *w, const trace_node *n);

/* The element a reference means; -1: it has none. */
static int element_meant(const walk *w, const trace_node *n) {
  int index[MAX_AXES];
  for (int i = 0; i < n->symbol->n_axes; i++) {
    ppr_wide at = number(w, &n->index[i]);
    if (at < 0 || at >= n->symbol->axes[i].of->count) return -1;
    index[i] = (int)at;
  }
  return model_element(n->symbol, index);
}

static void reach_reference(walk *w, const trace_node *n) {
  for (const trace_node *c = n->first; c; c = c->next) reach_expr(w, c);
  int element = n->symbol ? element_meant(w, n) : -1;
  if (element < 0) return;
  if (n->symbol->form == SYM_TABLE) mark_cell(w, n->symbol, element);
  else if (n->symbol->form != SYM_FIELD) ask(w->c, n->symbol, element);
}

/* A state test uses a table cell only where the cell is nothing but a state. */
static void reach_state_test(walk *w, const trace_node *operand) {
  if (!operand) return;
  int element = operand->symbol && operand->symbol->form == SYM_TABLE ? element_meant(w, operand) : -1;
  if (element < 0 || operand->symbol->cells[element].state != PPR_PRESENT) reach_expr(w, operand);
  else
    for (const trace_node *c = operand->first; c; c = c->next) reach_expr(w, c);
}

static void reach_if_there(walk *w, const trace_node *n) {
  if (n) reach_expr(w, n);
}

static void reach_aggregate(walk *w, const trace_node *n) {
  const ast_expr *e = n->expr;
  int is = truth(w, n), settled = (e->form == EX_ANY && is == 1) || (e->form == EX_ALL && is == 0) ? is : -1;
  const ast_expr *each = e->filter ? e->filter : e->a; /* lowered for every element */
  for (const trace_node *c = n->first; c; c = c->next) {
    if (c->expr != each) continue;
    const trace_node *body = e->filter && e->a ? child_of_item(n, e->a, c->item) : c;
    bool taken = !e->filter || truth(w, c) == 1;
    if (settled >= 0 && (!taken || truth(w, body) != settled)) continue; /* another one decided */
    reach_expr(w, c);
    if (taken && body && body != c) reach_expr(w, body);
  }
}

static void reach_product(walk *w, const trace_node *a, const trace_node *b) {
  bool none_a = is_zero(w, a), none_b = is_zero(w, b);
  if (a && (none_a || !none_b)) reach_expr(w, a);
  if (b && !none_a) reach_expr(w, b);
}

static void reach_logic(walk *w, const trace_node *n, const trace_node *a, const trace_node *b) {
  reach_if_there(w, a);
  if (b && truth(w, a) == (n->expr->op == BIN_AND)) reach_expr(w, b);
}

static void reach_binary(walk *w, const trace_node *n) {
  const ast_expr *e = n->expr;
  const trace_node *a = child(n, e->a), *b = child(n, e->b);
  if (e->op == BIN_AND || e->op == BIN_OR) reach_logic(w, n, a, b);
  else if (e->op == BIN_MUL) reach_product(w, a, b);
  else {
    reach_if_there(w, a);
    reach_if_there(w, b);
    if (is_ordered(e)) mark_comparison(w, n);
  }
}

static void reach_expr(walk *w, const trace_node *n) {
  const ast_expr *e = n->expr;
  const trace_node *a = e->a ? child(n, e->a) : NULL;
  switch (e->form) {
  case EX_REF: reach_reference(w, n); return;
  case EX_BINARY: reach_binary(w, n); return;
  case EX_HAS: reach_state_test(w, a); return;
  case EX_IF: {
    int is = truth(w, a);
    reach_if_there(w, a);
    if (is < 0) return;
    mark_text(w, PPR_COVER_CHOICE, e->span, is ? YES : NO);
    reach_if_there(w, child(n, is ? e->b : e->c));
    return;
  }
  case EX_DEFAULT: {
    bool instead = a && state_of(w, &a->v) == e->state;
    reach_if_there(w, a);
    if (a) mark_text(w, PPR_COVER_CHOICE, e->span, instead ? YES : NO);
    if (instead) reach_if_there(w, child(n, e->b));
    return;
  }
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: reach_aggregate(w, n); return;
  case EX_CALL:
  case EX_NEGATE:
  case EX_NOT:
  case EX_IS:
  case EX_ROUND:
  case EX_CONVERT:
    for (const trace_node *c = n->first; c; c = c->next) reach_expr(w, c);
    return;
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION:
  default: return;
  }
}

/* The branches in the order in which they were tried. */
static void reach_rule(walk *w, const symbol *s, const trace_node *root) {
  for (const trace_node *n = root->first; n; n = n->next) {
    const ast_branch *b = branch_of_cond(s, n);
    if (!b) {
      if (!(b = branch_of_value(s, n)) || b->cond) continue;
      mark_branch(w, b, YES);
      reach_expr(w, n);
      return;
    }
    int holds = truth(w, n);
    reach_expr(w, n);
    if (holds < 0) return;
    mark_branch(w, b, holds ? YES : NO);
    if (!holds) continue;
    reach_if_there(w, child(root, b->value));
    return;
  }
}

void cover_asked(cover *c, const cover_run *run, symbol *s, int element) {
  walk w = {c, run->m, run->vm, run->map, s};
  ask(c, s, element);
  while (c->n_asked && !c->failed) {
    struct ask now = c->asked[--c->n_asked];
    trace_node *root = now.symbol->traces ? now.symbol->traces[now.element] : NULL;
    if (!root || root->run == c->run + 1) continue; /* given by the test, or followed before */
    root->run = c->run + 1;
    w.rule = now.symbol;
    mark_element(&w, now.symbol, now.element);
    if (now.symbol->form == SYM_RULE) reach_rule(&w, now.symbol, root);
    else if (state_of(&w, &root->v) == PPR_PRESENT) {
      int64_t x = clipped(number(&w, &root->v.num));
      mark_steps(&w, now.symbol, x, x, !one_step(now.symbol, &root->v.num));
      for (const trace_node *n = root->first; n; n = n->next) reach_expr(&w, n);
    }
  }
}

/* --- the result --- */

static int by_place(const void *x, const void *y) {
  const point *a = *(const point *const *)x, *b = *(const point *const *)y;
  if (a->span.file != b->span.file) return a->span.file < b->span.file ? -1 : 1;
  if (a->span.begin != b->span.begin) return a->span.begin < b->span.begin ? -1 : 1;
  return a < b ? -1 : a > b;
}

static size_t bits_in(unsigned bits) { return (bits & YES ? 1u : 0u) + (bits & NO ? 1u : 0u); }

ppr_status cover_result(const cover *c, ppr_coverage **out) {
  ppr_arena *arena = arena_new(c->alloc);
  ppr_coverage *r = arena ? arena_alloc(arena, sizeof *r) : NULL;
  const point **order = arena ? arena_array(arena, c->n + 1, sizeof *order) : NULL;
  *out = NULL;
  if (!r || !order || c->failed || !(r->items = arena_array(arena, c->n + 1, sizeof *r->items))) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  r->memory = arena;
  for (size_t i = 0; i < c->n; i++) order[i] = &c->points[i];
  qsort(order, c->n, sizeof *order, by_place);
  for (size_t i = 0; i < c->n; i++) {
    const point *p = order[i];
    ppr_cover_item item = {.kind = p->kind, .goals = (int)p->possible, .reached = (int)p->reached, .equal = p->near[EQUAL].seen};
    report_place(c->report, p->span, &item.line, &item.column);
    item.file = arena_printf(arena, "%s", report_source(c->report, p->span.file)->name);
    item.declaration = arena_printf(arena, "%s", p->name);
    item.what = arena_printf(arena, "%s", p->what ? p->what : "");
    if (p->near[BELOW].seen) item.below = arena_printf(arena, "%s", p->near[BELOW].text);
    if (p->near[ABOVE].seen) item.above = arena_printf(arena, "%s", p->near[ABOVE].text);
    r->goals += bits_in(p->possible);
    r->reached += bits_in(p->reached);
    r->items[r->n_items++] = item;
  }
  if (arena_failed(arena)) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *out = r;
  return PPR_OK;
}

void ppr_coverage_free(ppr_coverage *coverage) {
  if (coverage) arena_free(coverage->memory);
}
