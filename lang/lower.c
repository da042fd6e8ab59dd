/* Trees to instructions; see lower.h. Needs: check_model, deps_order, inputs numbered. Leaves: code, notes, values of symbols.
 * States are followed per element: what may be absent must have been treated before arithmetic sees it. */
#include "lower.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include <string.h>

#define PRESENT (1u << PPR_PRESENT)
#define OPEN (1u << PPR_UNBESTIMMT)

static value lower(lowering *l, ast_expr *e);

void lower_init(lowering *l, model *m, ppr_builder *b, uint32_t first_source) {
  memset(l, 0, sizeof *l);
  l->m = m;
  l->b = b;
  l->first_source = first_source;
  l->place_of = SPAN_NONE;
  emit_init(&l->e, m->arena);
}

#define PUSH(l, items, n, cap, item) \
  do { \
    void *grown_ = arena_grow((l)->m->arena, (l)->items, (l)->n, &(l)->cap, (l)->n + 1, sizeof *(l)->items); \
    if (!grown_) (l)->e.failed = true; \
    else { \
      (l)->items = grown_; \
      (l)->items[(l)->n++] = (item); \
    } \
  } while (0)

/* ---- texts of notes ---- */

ppr_pos lower_place(lowering *l, ppr_span span) {
  if (span.file == UINT32_MAX) return (ppr_pos){0, 0, 0};
  if (span.file == l->place_of.file && span.begin == l->place_of.begin) return l->place;
  uint32_t line, col;
  report_place(l->m->report, span, &line, &col);
  l->place_of = span;
  const char *name = report_source(l->m->report, span.file)->name, *slash = strrchr(name, '/');
  return l->place = (ppr_pos){build_string(l->b, slash ? slash + 1 : name), line, col};
}

const char *cite_text(const model *m, const ast_cite *c) {
  const char *all = "";
  for (; c; c = c->next) all = *all ? arena_printf(m->arena, "%s; %s", all, c->text) : c->text;
  return all;
}

/* Source text of a span with every run of white space as one blank. */
static const char *span_text(const model *m, ppr_span span) {
  const ppr_source *s = report_source(m->report, span.file);
  if (!s || span.end > s->size || span.begin >= span.end) return "";
  char *out = arena_alloc(m->arena, span.end - span.begin + 1);
  size_t n = 0;
  bool comment = false;
  for (uint32_t i = span.begin; out && i < span.end; i++) {
    char c = s->text[i];
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (comment) continue;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      if (n && out[n - 1] != ' ') out[n++] = ' ';
    } else out[n++] = c;
  }
  while (n && out[n - 1] == ' ') n--;
  if (out) out[n] = '\0';
  return out ? out : "";
}

uint32_t kind_of(const check_type *t) {
  switch (t->form) {
  case TYPE_NUMBER: return t->percent ? PPR_KIND_PERCENT : PPR_KIND_NUMBER;
  case TYPE_BRUCH: return t->percent ? PPR_KIND_PERCENT : PPR_KIND_NUMBER;
  case TYPE_BOOL: return PPR_KIND_BOOL;
  case TYPE_DATE: return PPR_KIND_DATE;
  case TYPE_QUARTER: return PPR_KIND_QUARTER;
  case TYPE_ENUM: return PPR_KIND_ENUM;
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: return PPR_KIND_TEXT;
  }
}

int shown_scale(const check_type *t) { return t->form != TYPE_NUMBER ? 0 : t->percent ? (t->scale > 2 ? t->scale - 2 : 0) : t->scale; }
const char *unit_label(const model *m, const check_type *t) { return t->unit.n ? model_unit_text(m, &t->unit) : ""; }
uint32_t enum_row(const check_type *t) { return t->form == TYPE_ENUM ? t->enumeration->id + 1 : 0; }
uint32_t physical_type(const check_type *t) { return t->form == TYPE_BOOL ? PPR_T_BOOL : PPR_T_INT; }

static void note(lowering *l, ppr_dep_kind kind, uint32_t index, const char *label, opnd item) {
  note_dep d = {{kind, index, build_string(l->b, label)}, item};
  for (size_t i = l->branch_deps; i < l->n_deps; i++)
    if (l->deps[i].row.kind == d.row.kind && l->deps[i].row.index == d.row.index && l->deps[i].row.label == d.row.label) return;
  PUSH(l, deps, n_deps, cap_deps, d);
}

/* ---- values ---- */

static value number(opnd num, int scale) { return (value){num, opnd_const(1), scale, PRESENT, opnd_const(0)}; }
static value plain(opnd num) { return number(num, 0); }
static value truth(bool v) { return plain((opnd){PPR_NONE, PPR_T_BOOL, v, v}); }
static value absent(unsigned state) { return (value){opnd_const(0), opnd_const(1), 0, 1u << state, opnd_const(state)}; }
static bool is_one(const opnd *o) { return opnd_is_const(o) && o->lo == 1; }
static bool same(const opnd *a, const opnd *b) { return opnd_is_const(a) ? opnd_is_const(b) && a->lo == b->lo : a->reg == b->reg; }

static opnd ten_times(lowering *l, opnd o, int power) {
  if (power > 38) {
    l->e.too_large = true;
    return o;
  }
  return power > 0 ? emit_mul(&l->e, o, opnd_const(dec_pow10(power))) : o;
}

static void align(lowering *l, value *a, value *b) {
  if (a->scale < b->scale) {
    a->num = ten_times(l, a->num, b->scale - a->scale);
    a->scale = b->scale;
  } else if (b->scale < a->scale) {
    b->num = ten_times(l, b->num, a->scale - b->scale);
    b->scale = a->scale;
  }
}

static opnd state_of(const value *v) {
  if (v->states & (v->states - 1)) return v->state;
  unsigned s = 0;
  while (s < 3 && v->states != 1u << s) s++;
  return (opnd){PPR_NONE, PPR_T_BOOL, s, s};
}

/* Refuses values that may be fehlt or entfällt; unbestimmt passes on. */
static bool strict(lowering *l, const value *v, const ast_expr *e) {
  unsigned bad = v->states & ((1u << PPR_FEHLT) | (1u << PPR_ENTFAELLT));
  if (bad) report_add(l->m->report, DIAG_STATE_UNHANDLED, e->span, model_state_word(bad & (1u << PPR_FEHLT) ? PPR_FEHLT : PPR_ENTFAELLT), NULL);
  return !bad;
}

/* Result of an operation is unbestimmt where an operand is. */
static void carry_open(lowering *l, value *r, const value *operand) {
  if (!(operand->states & OPEN)) return;
  opnd s = state_of(operand);
  r->state = r->states & OPEN ? emit_select_bool(&l->e, s, s, state_of(r)) : s;
  r->states |= OPEN;
  if (!(operand->states & PRESENT)) r->states = OPEN;
}

/* Runs body only where v is present, for operations that may fault on a meaningless number. */
static bool guard_begin(lowering *l, const value *v, opnd *cond, emit_mark *mark) {
  if (!(v->states & OPEN) || !(v->states & PRESENT)) return false;
  *cond = emit_equal_bool(&l->e, state_of(v), opnd_const(0));
  *mark = emit_when(&l->e, *cond);
  return true;
}

static opnd guard_end(lowering *l, bool guarded, opnd cond, emit_mark *mark, opnd r, bool is_bool) {
  if (!guarded) return r;
  emit_else(&l->e, mark);
  emit_end(&l->e, mark);
  opnd none = {PPR_NONE, is_bool ? PPR_T_BOOL : PPR_T_INT, 0, 0};
  return is_bool ? emit_select_bool(&l->e, cond, r, none) : emit_select(&l->e, cond, r, none);
}

static value add(lowering *l, value a, value b, bool minus) {
  align(l, &a, &b);
  value r = number(opnd_const(0), a.scale);
  if (!same(&a.den, &b.den)) {
    opnd den = emit_mul(&l->e, a.den, b.den);
    a.num = emit_mul(&l->e, a.num, b.den);
    b.num = emit_mul(&l->e, b.num, a.den);
    a.den = den;
  }
  r.den = a.den;
  r.num = minus ? emit_sub(&l->e, a.num, b.num) : emit_add(&l->e, a.num, b.num);
  carry_open(l, &r, &a);
  carry_open(l, &r, &b);
  return r;
}

static value multiply(lowering *l, value a, value b, bool divide) {
  value r = number(opnd_const(0), 0);
  r.num = emit_mul(&l->e, a.num, divide ? b.den : b.num);
  r.den = emit_mul(&l->e, a.den, divide ? b.num : b.den);
  r.scale = divide ? a.scale - b.scale : a.scale + b.scale;
  carry_open(l, &r, &a);
  carry_open(l, &r, &b);
  return r;
}

static uint32_t note_register(lowering *l, opnd o, ppr_type type) { return emit_reg(&l->e, o, type); }

static value round_to(lowering *l, value v, int scale, ppr_round_mode mode) {
  value r = number(opnd_const(0), scale);
  opnd num = v.num, den = v.den, cond = {0};
  emit_mark mark;
  bool guarded = guard_begin(l, &v, &cond, &mark);
  if (scale >= v.scale) num = ten_times(l, num, scale - v.scale);
  else den = ten_times(l, den, v.scale - scale);
  if (opnd_is_const(&den) && den.lo == 0 && (v.states & PRESENT)) emit_fail(&l->e, DIAG_FAULT_DIVISION), den = opnd_const(1);
  opnd q = emit_div(&l->e, num, den, mode);
  if (!opnd_is_const(&q) && !is_one(&den)) {
    ppr_type type = (num.type == PPR_T_WIDE || den.type == PPR_T_WIDE || !wide_fits64(num.lo) || !wide_fits64(num.hi) || !wide_fits64(den.lo) || !wide_fits64(den.hi))
                        ? PPR_T_WIDE : PPR_T_INT;
    note_round n = {q.reg, note_register(l, num, type), note_register(l, den, type), (int)mode, scale, type};
    PUSH(l, rounds, n_rounds, cap_rounds, n);
  }
  r.num = guard_end(l, guarded, cond, &mark, q, false);
  carry_open(l, &r, &v);
  return r;
}

/* A divisor made positive, its number turned with it; zero faults. */
static void positive(lowering *l, opnd *num, opnd *den) {
  if (is_one(den)) return;
  if (opnd_is_const(den) && den->lo == 0) {
    emit_fail(&l->e, DIAG_FAULT_DIVISION);
    *den = opnd_const(1);
    return;
  }
  *den = emit_nonzero(&l->e, *den);
  if (den->lo > 0) return;
  opnd negative = emit_compare(&l->e, CMP_LT, *den, opnd_const(0));
  *num = emit_select(&l->e, negative, emit_neg(&l->e, *num), *num);
  *den = emit_abs(&l->e, *den);
}

static value compare(lowering *l, ast_expr *e, value a, value b) {
  static const emit_compare_op ops[] = {[BIN_EQ] = CMP_EQ, [BIN_NE] = CMP_NE, [BIN_LT] = CMP_LT, [BIN_LE] = CMP_LE, [BIN_GT] = CMP_GT, [BIN_GE] = CMP_GE};
  emit_compare_op op = ops[e->op];
  value r = truth(false);
  type_form form = e->a->type ? e->a->type->form : TYPE_ERROR;
  if (form == TYPE_BOOL) {
    r.num = emit_equal_bool(&l->e, a.num, b.num);
    if (op == CMP_NE) r.num = emit_not(&l->e, r.num);
  } else {
    value both = a;
    opnd cond = {0};
    emit_mark mark;
    carry_open(l, &both, &b);
    bool fraction = !is_one(&a.den) || !is_one(&b.den), guarded = fraction && guard_begin(l, &both, &cond, &mark);
    align(l, &a, &b);
    if (fraction) {
      positive(l, &a.num, &a.den);
      positive(l, &b.num, &b.den);
      opnd left = emit_mul(&l->e, a.num, b.den);
      b.num = emit_mul(&l->e, b.num, a.den);
      a.num = left;
    }
    r.num = guard_end(l, guarded, cond, &mark, emit_compare(&l->e, op, a.num, b.num), true);
  }
  carry_open(l, &r, &a);
  carry_open(l, &r, &b);
  return r;
}

/* a where cond, else b. */
static value choose(lowering *l, opnd cond, value a, value b, const check_type *t) {
  value r = number(opnd_const(0), 0);
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  if (!(a.states & PRESENT)) a.num = b.num, a.den = b.den, a.scale = b.scale;
  if (!(b.states & PRESENT)) b.num = a.num, b.den = a.den, b.scale = a.scale;
  if (t->form == TYPE_NUMBER || t->form == TYPE_BRUCH) align(l, &a, &b);
  r.scale = a.scale;
  r.num = t->form == TYPE_BOOL ? emit_select_bool(&l->e, cond, a.num, b.num) : emit_select(&l->e, cond, a.num, b.num);
  r.den = emit_select(&l->e, cond, a.den, b.den);
  r.states = a.states | b.states;
  if (r.states & (r.states - 1)) r.state = emit_select_bool(&l->e, cond, state_of(&a), state_of(&b));
  return r;
}

/* ---- facts: what a condition that holds says about states ---- */

static void apply_facts(const lowering *l, value *v) {
  if (!(v->states & (v->states - 1)) || opnd_is_const(&v->state)) return;
  for (int i = 0; i < l->n_facts; i++)
    if (l->facts[i].reg == v->state.reg) v->states &= l->facts[i].mask;
}

static void learn(lowering *l, ast_expr *cond, bool holds) {
  if (cond->form == EX_NOT) learn(l, cond->a, !holds);
  else if (cond->form == EX_BINARY && cond->op == (holds ? BIN_AND : BIN_OR)) {
    learn(l, cond->a, holds);
    learn(l, cond->b, holds);
  } else if (cond->form == EX_HAS && l->n_facts < 64) {
    value v = lower(l, cond->a);
    if (!(v.states & (v.states - 1)) || opnd_is_const(&v.state)) return;
    l->facts[l->n_facts++] = (fact){v.state.reg, holds ? 1u << cond->state : ~(1u << cond->state)};
  }
}

/* ---- references ---- */

static value input_value(lowering *l, const symbol *s, int element) {
  opnd in = emit_input(&l->e, s->inputs[element], (ppr_type)physical_type(&s->type), s->lo, s->hi);
  value v = number(in, s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  if (s->flags & PPR_FIELD_OPTIONAL) {
    v.states = PRESENT | 1u << PPR_FEHLT;
    v.state = emit_input_state(&l->e, s->inputs[element]);
    v.state.hi = 1;
    v.num.lo = v.num.lo > 0 ? 0 : v.num.lo; /* an absent value reads as 0 */
    v.num.hi = v.num.hi < 0 ? 0 : v.num.hi;
  }
  return v;
}

value lower_element(lowering *l, symbol *s, int element, ppr_span at) {
  value v = absent(PPR_FEHLT);
  const char *label = model_label(l->m, s, element);
  switch (s->form) {
  case SYM_FIELD:
    if (s->type.form == TYPE_TEXT || !s->inputs) {
      report_add(l->m->report, DIAG_TEXT_VALUE, at, NULL);
      return v;
    }
    v = l->silent ? input_value(l, s, element) : s->values ? s->values[element] : v;
    note(l, PPR_DEP_INPUT, s->inputs[element], label, opnd_const(0));
    break;
  case SYM_TABLE: {
    const cell *c = &s->cells[element];
    if (c->state == PPR_PRESENT) v = number(opnd_const(c->value), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
    else v = absent(c->state);
    if (s->type.form == TYPE_BOOL) v.num.type = PPR_T_BOOL;
    const char *cite = cite_text(l->m, c->cites ? c->cites : s->decl->cites);
    note(l, PPR_DEP_CONST, 0,
         arena_printf(l->m->arena, "%s%s = %s (%s)", s->limit ? "Grenze " : "", label, model_value_text(l->m, &s->type, c->state, c->value), cite), v.num);
    break;
  }
  case SYM_RULE:
  case SYM_SERIES:
  case SYM_TIERS:
    if (s->values && s->insts) {
      v = s->values[element];
      if (s->insts[element]) note(l, PPR_DEP_INST, s->insts[element] - 1, label, opnd_const(0));
      else note(l, PPR_DEP_CONST, 0, label, v.num);
    }
    break;
  case SYM_CHECK:
  case SYM_NATIVE:
  default: break;
  }
  apply_facts(l, &v);
  return v;
}

/* Table looked up by values of the record. */
static value look_up(lowering *l, symbol *s, const opnd *index) {
  const enumeration *first = s->axes[0].of, *second = s->n_axes == 2 ? s->axes[1].of : NULL;
  uint32_t rows = (uint32_t)first->count, cols = second ? (uint32_t)second->count : 1;
  opnd dynamic[2];
  int n = 0;
  size_t from = 0, count = (size_t)s->elements, stride = 1;
  if (second && opnd_is_const(&index[0])) {
    from = (size_t)index[0].lo * cols;
    count = cols;
    rows = cols;
    cols = 1;
    dynamic[n++] = index[1];
  } else if (second && opnd_is_const(&index[1])) {
    from = (size_t)index[1].lo;
    stride = cols;
    count = rows;
    cols = 1;
    dynamic[n++] = index[0];
  } else {
    dynamic[n++] = index[0];
    if (second) dynamic[n++] = index[1];
  }
  int64_t *values = arena_array(l->m->arena, count, sizeof *values), *states = arena_array(l->m->arena, count, sizeof *states);
  value v = number(opnd_const(0), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  if (!values || !states) {
    l->e.failed = true;
    return v;
  }
  v.states = 0;
  int64_t some = 0;
  for (size_t i = 0; i < count; i++)
    if (s->cells[from + i * stride].state == PPR_PRESENT) some = s->cells[from + i * stride].value;
  for (size_t i = 0; i < count; i++) {
    const cell *c = &s->cells[from + i * stride];
    states[i] = c->state;
    values[i] = c->state == PPR_PRESENT ? c->value : some; /* a value that is never used, within the range of the others */
    v.states |= 1u << c->state;
  }
  v.num = emit_look(&l->e, values, rows, cols, dynamic, n);
  if (s->type.form == TYPE_BOOL) v.num = emit_bool_of(&l->e, v.num);
  if (v.states & (v.states - 1)) v.state = emit_state_of(&l->e, emit_look(&l->e, states, rows, cols, dynamic, n));
  note(l, PPR_DEP_CONST, 0, arena_printf(l->m->arena, "%s%s (%s)", s->limit ? "Grenze " : "", s->name, cite_text(l->m, s->decl->cites)), v.num);
  apply_facts(l, &v);
  return v;
}

static value lower_ref(lowering *l, ast_expr *e) {
  const binding *b = e->bound;
  if (b->form == BOUND_AXIS) return plain(opnd_const(l->elem[b->slot]));
  if (b->form == BOUND_MEMBER) return plain(opnd_const(b->member));
  symbol *s = b->symbol;
  opnd index[MAX_AXES];
  int fixed[MAX_AXES] = {0};
  bool dynamic = false;
  for (int i = 0; i < s->n_axes; i++) {
    index[i] = opnd_const(l->elem[b->index[i].slot]);
    if (b->index[i].expr) {
      value v = lower(l, b->index[i].expr);
      strict(l, &v, b->index[i].expr);
      index[i] = v.num;
    }
    if (opnd_is_const(&index[i])) fixed[i] = (int)index[i].lo;
    else dynamic = true;
  }
  if (!dynamic) return lower_element(l, s, model_element(s, fixed), e->span);
  if (s->form == SYM_TABLE) return look_up(l, s, index);
  value r = absent(PPR_FEHLT);
  for (int i = 0; i < s->elements; i++) { /* a chain of choices over the elements */
    int at[MAX_AXES];
    model_split(s, i, at);
    opnd hit = {PPR_NONE, PPR_T_BOOL, 1, 1};
    for (int k = 0; k < s->n_axes; k++) hit = emit_and(&l->e, hit, emit_compare(&l->e, CMP_EQ, index[k], opnd_const(at[k])));
    value v = lower_element(l, s, i, e->span);
    r = i == 0 ? v : choose(l, hit, v, r, &s->type);
  }
  return r;
}

/* ---- aggregates ---- */

static value lower_extreme(lowering *l, ast_expr *e, const value *items, const opnd *taken, int n) {
  value best = number(opnd_const(0), 0);
  opnd have = {PPR_NONE, PPR_T_BOOL, 0, 0};
  for (int i = 0; i < n; i++) {
    value v = items[i];
    opnd old = have;
    have = emit_or(&l->e, have, taken[i]);
    if (opnd_is_const(&old) && !old.lo) {
      best = v;
      continue;
    }
    ast_expr order = {.form = EX_BINARY, .op = e->form == EX_MIN ? BIN_LT : BIN_GT, .a = e->a, .b = e->a};
    opnd better = emit_and(&l->e, taken[i], emit_or(&l->e, emit_not(&l->e, old), compare(l, &order, v, best).num));
    best = choose(l, better, v, best, e->a->type);
  }
  if (!(opnd_is_const(&have) && have.lo)) {
    if (opnd_is_const(&have)) emit_fail(&l->e, DIAG_FAULT_EMPTY);
    else {
      emit_mark mark = emit_when(&l->e, have);
      emit_else(&l->e, &mark);
      emit_fail(&l->e, DIAG_FAULT_EMPTY);
      emit_end(&l->e, &mark);
    }
  }
  return best;
}

static value lower_aggregate(lowering *l, ast_expr *e) {
  const enumeration *of = e->bound;
  int slot = l->depth++, facts = l->n_facts, n = 0;
  opnd *conds = arena_array(l->m->arena, (size_t)of->count + 1, sizeof *conds), *taken = arena_array(l->m->arena, (size_t)of->count + 1, sizeof *taken);
  value *items = arena_array(l->m->arena, (size_t)of->count + 1, sizeof *items), states = truth(false), r = truth(false);
  if (!conds || !taken || !items) {
    l->e.failed = true;
    return r;
  }
  const check_type *body = e->a ? e->a->type : NULL;
  bool is_bool = e->form == EX_ANY || e->form == EX_ALL || e->form == EX_COUNT;
  for (int i = 0; i < of->count; i++) {
    l->elem[slot] = i;
    l->n_facts = facts;
    value filter = truth(true), v;
    if (e->filter) {
      filter = lower(l, e->filter);
      strict(l, &filter, e->filter);
      carry_open(l, &states, &filter);
      if (opnd_is_const(&filter.num) && !filter.num.lo) continue;
      learn(l, e->filter, true);
    }
    bool open = !opnd_is_const(&filter.num);
    if (e->form == EX_COUNT) v = filter;
    else {
      emit_mark mark;
      if (open) mark = emit_when(&l->e, filter.num);
      v = lower(l, e->a);
      strict(l, &v, e->a);
      if (open) {
        emit_else(&l->e, &mark);
        emit_end(&l->e, &mark);
      }
      if (open) v = choose(l, filter.num, v, is_bool ? truth(e->form == EX_ALL) : number(opnd_const(0), v.scale), body);
    }
    carry_open(l, &states, &v);
    taken[n] = filter.num;
    conds[n] = v.num;
    items[n++] = v;
  }
  l->n_facts = facts;
  l->depth--;
  switch (e->form) {
  case EX_ANY: r = plain(emit_any(&l->e, conds, (size_t)n)); break;
  case EX_ALL: r = plain(emit_all(&l->e, conds, (size_t)n)); break;
  case EX_COUNT: r = number(emit_count(&l->e, conds, (size_t)n), 0); break;
  case EX_SUM: {
    int scale = 0;
    bool whole = true;
    for (int i = 0; i < n; i++) {
      if (i == 0 || items[i].scale > scale) scale = items[i].scale;
      whole = whole && same(&items[i].den, &items[0].den);
    }
    r = number(opnd_const(0), n ? scale : 0);
    if (whole && n) {
      for (int i = 0; i < n; i++) conds[i] = ten_times(l, items[i].num, scale - items[i].scale);
      r.num = emit_sum(&l->e, conds, (size_t)n);
      r.den = items[0].den;
    } else {
      for (int i = 0; i < n; i++) {
        items[i].states = PRESENT;
        r = add(l, r, items[i], false);
      }
    }
    break;
  }
  case EX_MIN:
  case EX_MAX: r = lower_extreme(l, e, items, taken, n); break;
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE:
  case EX_EDITION:
  case EX_REF:
  case EX_CALL:
  case EX_NEGATE:
  case EX_NOT:
  case EX_BINARY:
  case EX_IS:
  case EX_HAS:
  case EX_DEFAULT:
  case EX_IF:
  case EX_ROUND:
  case EX_CONVERT:
  default: break;
  }
  r.states = PRESENT;
  carry_open(l, &r, &states);
  return r;
}

/* ---- the other forms ---- */

static value lower_is(lowering *l, ast_expr *e) {
  const is_binding *b = e->bound;
  value a = lower(l, e->a);
  strict(l, &a, e->a);
  value r = truth(false);
  if (b->member >= 0) r.num = emit_compare(&l->e, CMP_EQ, a.num, opnd_const(b->member));
  else {
    int64_t *has = arena_array(l->m->arena, (size_t)b->enumeration->count + 1, sizeof *has);
    if (!has) {
      l->e.failed = true;
      return r;
    }
    for (int i = 0; i < b->enumeration->count; i++) has[i] = (int64_t)(b->enumeration->members[i].attrs >> b->attr & 1);
    if (opnd_is_const(&a.num)) r = truth(has[(size_t)a.num.lo] != 0);
    else r.num = emit_bool_of(&l->e, emit_look(&l->e, has, (uint32_t)b->enumeration->count, 1, &a.num, 1));
  }
  if (e->negated) r.num = emit_not(&l->e, r.num);
  carry_open(l, &r, &a);
  return r;
}

static value lower_default(lowering *l, ast_expr *e) {
  value a = lower(l, e->a);
  unsigned bit = 1u << e->state;
  if (!(a.states & bit)) return a;
  if (a.states == bit) return lower(l, e->b);
  opnd cond = emit_equal_bool(&l->e, state_of(&a), opnd_const(e->state));
  emit_mark mark = emit_when(&l->e, cond);
  value b = lower(l, e->b);
  emit_else(&l->e, &mark);
  emit_end(&l->e, &mark);
  value rest = a;
  rest.states &= ~bit;
  value r = choose(l, cond, b, rest, e->type);
  return r;
}

static value lower_if(lowering *l, ast_expr *e) {
  value c = lower(l, e->a);
  int facts = l->n_facts;
  strict(l, &c, e->a);
  if (opnd_is_const(&c.num) && c.states == PRESENT) {
    learn(l, e->a, c.num.lo != 0);
    value only = lower(l, c.num.lo ? e->b : e->c);
    l->n_facts = facts;
    return only;
  }
  if (opnd_is_const(&c.num)) return absent(PPR_UNBESTIMMT);
  emit_mark mark = emit_when(&l->e, c.num);
  learn(l, e->a, true);
  value a = lower(l, e->b);
  l->n_facts = facts;
  emit_else(&l->e, &mark);
  learn(l, e->a, false);
  value b = lower(l, e->c);
  l->n_facts = facts;
  emit_end(&l->e, &mark);
  value r = choose(l, c.num, a, b, e->type);
  carry_open(l, &r, &c);
  return r;
}

static value lower_call(lowering *l, ast_expr *e) {
  value a = lower(l, e->args), r;
  strict(l, &a, e->args);
  if (name_is(e->name, "abs")) {
    r = a;
    r.num = emit_abs(&l->e, a.num);
    r.den = emit_abs(&l->e, a.den);
    return r;
  }
  if (name_is(e->name, "min") || name_is(e->name, "max")) {
    value b = lower(l, e->args->next);
    strict(l, &b, e->args->next);
    align(l, &a, &b);
    bool smaller = name_is(e->name, "min");
    if (is_one(&a.den) && is_one(&b.den)) {
      r = number(smaller ? emit_min(&l->e, a.num, b.num) : emit_max(&l->e, a.num, b.num), a.scale);
    } else {
      ast_expr order = {.form = EX_BINARY, .op = smaller ? BIN_LT : BIN_GT, .a = e->args, .b = e->args->next};
      value pa = a, pb = b;
      pa.states = pb.states = PRESENT;
      r = choose(l, compare(l, &order, pa, pb).num, pa, pb, e->type);
    }
    carry_open(l, &r, &a);
    carry_open(l, &r, &b);
    return r;
  }
  symbol *f = e->bound;
  uint32_t native = 0;
  while (native < l->n_natives && l->natives[native] != f) native++;
  if (native == l->n_natives) PUSH(l, natives, n_natives, cap_natives, f);
  opnd args[8];
  int n = 0;
  r = number(opnd_const(0), f->type.form == TYPE_NUMBER ? f->type.scale : 0);
  for (ast_expr *x = e->args; x && n < 8; x = x->next, n++) {
    value v = lower(l, x);
    strict(l, &v, x);
    carry_open(l, &r, &v);
    int want = f->params[n].form == TYPE_NUMBER ? f->params[n].scale : v.scale;
    args[n] = emit_int_of(&l->e, ten_times(l, v.num, want - v.scale));
  }
  r.num = emit_call(&l->e, native, args, (uint32_t)n, f->native_lo, f->native_hi);
  if (f->type.form == TYPE_BOOL) r.num = emit_bool_of(&l->e, r.num);
  return r;
}

static value lower_binary(lowering *l, ast_expr *e) {
  value a = lower(l, e->a);
  int facts = l->n_facts;
  if (e->op == BIN_AND || e->op == BIN_OR) learn(l, e->a, e->op == BIN_AND);
  value b = lower(l, e->b);
  l->n_facts = facts;
  strict(l, &a, e->a);
  strict(l, &b, e->b);
  value r = truth(false);
  switch (e->op) {
  case BIN_ADD: return add(l, a, b, false);
  case BIN_SUB: return add(l, a, b, true);
  case BIN_MUL: return multiply(l, a, b, false);
  case BIN_DIV: return multiply(l, a, b, true);
  case BIN_AND: r.num = emit_and(&l->e, a.num, b.num); break;
  case BIN_OR: r.num = emit_or(&l->e, a.num, b.num); break;
  case BIN_EQ:
  case BIN_NE:
  case BIN_LT:
  case BIN_LE:
  case BIN_GT:
  case BIN_GE: return compare(l, e, a, b);
  default: break;
  }
  carry_open(l, &r, &a);
  carry_open(l, &r, &b);
  return r;
}

static value lower_convert(lowering *l, ast_expr *e) {
  value v = lower(l, e->a);
  unit_product to;
  bool percent = false;
  ppr_wide num, den;
  strict(l, &v, e->a);
  if (!model_unit(l->m, e->name, e->per, &to, &percent) || percent) return v;
  if (!model_convert(l->m, &e->a->type->unit, &to, &num, &den)) return v;
  v.num = emit_mul(&l->e, v.num, opnd_const(num));
  v.den = emit_mul(&l->e, v.den, opnd_const(den));
  return v;
}

static value lower(lowering *l, ast_expr *e) {
  ppr_pos outer = l->e.pos;
  value v = absent(PPR_UNBESTIMMT);
  if (!e->type || e->type->form == TYPE_ERROR) return v; /* diagnosed */
  l->e.pos = lower_place(l, e->span);
  switch (e->form) {
  case EX_NUMBER: v = number(opnd_const(e->number), e->scale + (e->percent ? 2 : 0)); break;
  case EX_DATE:
  case EX_QUARTER: v = plain(opnd_const(e->number)); break;
  case EX_BOOL: v = truth(e->number != 0); break;
  case EX_STATE: v = absent(e->state); break;
  case EX_EDITION: report_add(l->m->report, DIAG_TEXT_VALUE, e->span, NULL); break;
  case EX_REF: v = lower_ref(l, e); break;
  case EX_CALL: v = lower_call(l, e); break;
  case EX_NEGATE:
    v = lower(l, e->a);
    strict(l, &v, e->a);
    v.num = emit_neg(&l->e, v.num);
    break;
  case EX_NOT:
    v = lower(l, e->a);
    strict(l, &v, e->a);
    v.num = emit_not(&l->e, v.num);
    break;
  case EX_BINARY: v = lower_binary(l, e); break;
  case EX_IS: v = lower_is(l, e); break;
  case EX_HAS: {
    value a = lower(l, e->a);
    unsigned bit = 1u << e->state;
    if (!(a.states & bit)) v = truth(false);
    else if (a.states == bit) v = truth(true);
    else v = plain(emit_equal_bool(&l->e, state_of(&a), opnd_const(e->state)));
    break;
  }
  case EX_DEFAULT: v = lower_default(l, e); break;
  case EX_IF: v = lower_if(l, e); break;
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: v = lower_aggregate(l, e); break;
  case EX_ROUND:
    v = lower(l, e->a);
    if (strict(l, &v, e->a)) v = round_to(l, v, e->type->scale, (ppr_round_mode)e->state);
    break;
  case EX_CONVERT: v = lower_convert(l, e); break;
  default: break;
  }
  l->e.pos = outer;
  return v;
}

value lower_value(lowering *l, ast_expr *e, const int *elem, int n) {
  for (int i = 0; i < n; i++) l->elem[i] = elem[i];
  l->depth = n;
  l->n_facts = 0;
  return lower(l, e);
}

/* ---- rules ---- */

/* The value in the declared type: its scale, in 64 bits. */
static value declared(lowering *l, const check_type *t, value v) {
  if (t->form == TYPE_BRUCH || !(v.states & PRESENT)) return v;
  if (t->form == TYPE_NUMBER) {
    if (v.scale < t->scale) v.num = ten_times(l, v.num, t->scale - v.scale);
    v.scale = t->scale;
    v.num = emit_narrow(&l->e, v.num);
  }
  return v;
}

typedef struct branch_list { ast_branch **at; int n; symbol *rule; size_t first_note; } branch_list;

/* Branches with those that prevail first; the base or `sonst` last. */
static branch_list ordered(lowering *l, symbol *s) {
  branch_list list = {NULL, 0, s, 0};
  int n = 0;
  for (ast_branch *b = s->decl->branches; b; b = b->next) n++;
  if (!(list.at = arena_array(l->m->arena, (size_t)n + 1, sizeof(ast_branch *)))) {
    l->e.failed = true;
    return list;
  }
  bool *done = arena_array(l->m->arena, (size_t)n + 1, 1);
  for (int round = 0; done && round < n; round++) {
    int k = 0, pick = -1;
    for (ast_branch *b = s->decl->branches; b; b = b->next, k++) {
      if (done[k] || b->form == BRANCH_BASE || b->form == BRANCH_ELSE) continue;
      bool blocked = false;
      int j = 0;
      for (ast_branch *o = s->decl->branches; o && !blocked; o = o->next, j++) {
        if (done[j] || o == b) continue;
        for (ast_before *w = o->before; w; w = w->next) blocked = blocked || name_is(b->label, w->label.text);
      }
      if (!blocked) {
        pick = k;
        list.at[list.n++] = b;
        break;
      }
    }
    if (pick < 0) break;
    done[pick] = true;
  }
  for (ast_branch *b = s->decl->branches; b; b = b->next)
    if (b->form == BRANCH_BASE || b->form == BRANCH_ELSE) list.at[list.n++] = b;
  return list;
}

static void note_branch_row(lowering *l, ast_branch *b, uint32_t cond, size_t first_dep, size_t first_round) {
  static const ppr_branch_form forms[] = {
      [BRANCH_BASE] = PPR_BRANCH_BASE, [BRANCH_EXCEPTION] = PPR_BRANCH_EXCEPTION, [BRANCH_CASE] = PPR_BRANCH_CASE, [BRANCH_ELSE] = PPR_BRANCH_ELSE};
  note_branch n = {{build_string(l->b, b->label.text), build_string(l->b, cite_text(l->m, b->cites)), build_string(l->b, span_text(l->m, b->value->span)), 0,
                    (uint32_t)forms[b->form], (uint32_t)first_dep, (uint32_t)(l->n_deps - first_dep), (uint32_t)first_round,
                    (uint32_t)(l->n_rounds - first_round)},
                   cond};
  PUSH(l, branches, n_branches, cap_branches, n);
}

static value branch_value(lowering *l, symbol *s, ast_branch *b) {
  value v = declared(l, &s->type, lower(l, b->value));
  unsigned more = v.states & ~s->states;
  for (uint8_t k = PPR_FEHLT; k <= PPR_UNBESTIMMT; k++)
    if (more & (1u << k)) {
      report_add(l->m->report, DIAG_STATE_NOT_DECLARED, b->value->span, model_state_word(k), NULL);
      break;
    }
  return v;
}

static value lower_branches(lowering *l, const branch_list *list, int at, bool first) {
  symbol *s = list->rule;
  if (at >= list->n) return absent(PPR_UNBESTIMMT);
  ast_branch *b = list->at[at];
  size_t deps = l->n_deps, rounds = l->n_rounds;
  (void)first;
  l->branch_deps = deps;
  if (!b->cond) {
    value v = branch_value(l, s, b);
    note_branch_row(l, b, PPR_NONE, deps, rounds);
    return v;
  }
  value c = lower(l, b->cond);
  strict(l, &c, b->cond);
  if (opnd_is_const(&c.num) && !c.num.lo && c.states == PRESENT) {
    l->n_deps = deps; /* never applies to this element: no part of its explanation */
    l->n_rounds = rounds;
    return lower_branches(l, list, at + 1, false);
  }
  int facts = l->n_facts;
  if (opnd_is_const(&c.num) || (b->form == BRANCH_CASE && at + 1 == list->n)) { /* the last case: completeness was proved */
    learn(l, b->cond, true);
    value v = branch_value(l, s, b);
    note_branch_row(l, b, opnd_is_const(&c.num) ? PPR_NONE : c.num.reg, deps, rounds);
    l->n_facts = facts;
    if (c.states != PRESENT) carry_open(l, &v, &c);
    return v;
  }
  emit_mark mark = emit_when(&l->e, c.num);
  learn(l, b->cond, true);
  value a = branch_value(l, s, b);
  note_branch_row(l, b, c.num.reg, deps, rounds);
  l->n_facts = facts;
  emit_else(&l->e, &mark);
  learn(l, b->cond, false);
  value rest = lower_branches(l, list, at + 1, false);
  l->n_facts = facts;
  emit_end(&l->e, &mark);
  value v = choose(l, c.num, a, rest, &s->type);
  carry_open(l, &v, &c);
  return v;
}

static uint32_t rule_row(lowering *l, symbol *s, ppr_rule_form form) {
  if (!s->rule) {
    ppr_pos p = lower_place(l, s->decl->name_span);
    const char *edition = "";
    for (size_t i = 0; i < l->m->n_decls; i++)
      if (l->m->decls[i] == s->decl) edition = l->m->decl_edition[i];
    ppr_rule row = {build_string(l->b, s->name), form, build_string(l->b, cite_text(l->m, s->decl->cites)), p.file, p.line, build_string(l->b, edition)};
    s->rule = build_rule(l->b, row) + 1;
  }
  return s->rule - 1;
}

static void note_inst_row(lowering *l, symbol *s, int element, ppr_rule_form form, value v, size_t first_branch) {
  const check_type *t = &s->type;
  uint32_t reg = PPR_NONE;
  if (t->form != TYPE_BRUCH && (v.states & PRESENT)) reg = emit_reg(&l->e, v.num, (ppr_type)physical_type(t));
  uint32_t state = v.states == PRESENT ? PPR_NONE : emit_reg(&l->e, state_of(&v), PPR_T_BOOL);
  if (t->form != TYPE_BRUCH && reg == PPR_NONE) reg = emit_reg(&l->e, opnd_const(0), (ppr_type)physical_type(t));
  if (t->form == TYPE_BRUCH) return; /* a quotient has no register of its own: it is explained where it is rounded */
  note_inst n = {{build_string(l->b, model_label(l->m, s, element)), rule_row(l, s, form), kind_of(t), enum_row(t), build_string(l->b, unit_label(l->m, t)),
                  (uint32_t)shown_scale(t), 0, 0, 0, (uint32_t)first_branch, (uint32_t)(l->n_branches - first_branch)},
                 reg, state};
  PUSH(l, insts, n_insts, cap_insts, n);
  s->insts[element] = (uint32_t)l->n_insts;
}

static bool take_override(lowering *l, symbol *s, int element, value *out) {
  for (size_t i = 0; i < l->n_overrides; i++) {
    const override *o = &l->overrides[i];
    if (o->symbol != s || o->element != element) continue;
    if (o->state != PPR_PRESENT) *out = absent(o->state);
    else {
      *out = number(emit_input(&l->e, o->input, (ppr_type)physical_type(&s->type), o->value, o->value), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
    }
    return true;
  }
  return false;
}

static void lower_rule(lowering *l, symbol *s) {
  branch_list list = ordered(l, s);
  for (int i = 0; i < s->elements; i++) {
    if (take_override(l, s, i, &s->values[i])) continue;
    model_split(s, i, l->elem);
    l->depth = s->n_axes;
    l->n_facts = 0;
    size_t first = l->n_branches;
    l->e.pos = lower_place(l, s->decl->name_span);
    s->values[i] = lower_branches(l, &list, 0, true);
    note_inst_row(l, s, i, PPR_RULE_RULE, s->values[i], first);
  }
}

/* Values by ascending lower bounds: the step the argument falls into. */
static value step_value(lowering *l, const symbol *s, const step *steps, int n, opnd argument) {
  value v = number(opnd_const(steps[0].value.value), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  int64_t *from = arena_array(l->m->arena, (size_t)n, sizeof *from), *values = arena_array(l->m->arena, (size_t)n, sizeof *values),
          *states = arena_array(l->m->arena, (size_t)n, sizeof *states);
  if (!from || !values || !states) {
    l->e.failed = true;
    return v;
  }
  v.states = 0;
  for (int i = 0; i < n; i++) {
    if (i) from[i - 1] = steps[i].from;
    values[i] = steps[i].value.value;
    states[i] = steps[i].value.state;
    v.states |= 1u << states[i];
  }
  opnd rank = n > 1 ? emit_rank(&l->e, from, (uint32_t)(n - 1), argument) : opnd_const(0);
  if (opnd_is_const(&rank)) {
    v.num = opnd_const(values[rank.lo]);
    v.states = 1u << states[rank.lo];
  } else {
    v.num = emit_look(&l->e, values, (uint32_t)n, 1, &rank, 1);
    if (v.states & (v.states - 1)) v.state = emit_state_of(&l->e, emit_look(&l->e, states, (uint32_t)n, 1, &rank, 1));
  }
  if (s->type.form == TYPE_BOOL) v.num = emit_bool_of(&l->e, v.num);
  return v;
}

static void note_steps(lowering *l, symbol *s, ppr_rule_form form, value v, size_t first_dep) {
  const char *text = "";
  for (int i = 0; i < s->n_steps; i++) {
    const char *entry = span_text(l->m, s->steps[i].entry->span);
    text = *text ? arena_printf(l->m->arena, "%s; %s", text, entry) : entry;
  }
  note_branch n = {{0, build_string(l->b, cite_text(l->m, s->decl->cites)), build_string(l->b, text), 0, PPR_BRANCH_BASE, (uint32_t)first_dep,
                    (uint32_t)(l->n_deps - first_dep), (uint32_t)l->n_rounds, 0},
                   PPR_NONE};
  size_t first = l->n_branches;
  PUSH(l, branches, n_branches, cap_branches, n);
  note_inst_row(l, s, 0, form, v, first);
}

static void lower_series(lowering *l, symbol *s) {
  size_t first_dep = l->n_deps;
  symbol *period = l->m->period;
  if (!period || !period->inputs) {
    report_add(l->m->report, DIAG_PERIOD_KEY, s->decl->name_span, NULL);
    s->values[0] = absent(PPR_UNBESTIMMT);
    return;
  }
  l->branch_deps = first_dep;
  value q = lower_element(l, period, 0, s->decl->name_span);
  int from = 0, n = s->n_steps;
  while (from + 1 < n && s->steps[from + 1].from <= q.num.lo) from++;
  while (n > from + 1 && s->steps[n - 1].from > q.num.hi) n--;
  s->values[0] = n > from ? step_value(l, s, s->steps + from, n - from, q.num) : absent(PPR_UNBESTIMMT);
  note_steps(l, s, PPR_RULE_SERIES, s->values[0], first_dep);
}

static void lower_tiers(lowering *l, symbol *s) {
  size_t first_dep = l->n_deps;
  l->branch_deps = first_dep;
  l->depth = 0;
  l->n_facts = 0;
  value a = lower(l, s->decl->argument);
  strict(l, &a, s->decl->argument);
  if (!s->n_steps) {
    s->values[0] = absent(PPR_UNBESTIMMT);
    return;
  }
  const check_type *t = s->decl->argument->type;
  int64_t below = s->steps[0].from, above = s->steps[s->n_steps - 1].until;
  if (a.num.lo < below) report_add(l->m->report, DIAG_TIERS_GAP, s->decl->name_span, s->name, model_value_text(l->m, t, 0, (int64_t)a.num.lo), NULL);
  if (a.num.hi > above) report_add(l->m->report, DIAG_TIERS_GAP, s->decl->name_span, s->name, model_value_text(l->m, t, 0, above + 1), NULL);
  s->values[0] = step_value(l, s, s->steps, s->n_steps, a.num);
  carry_open(l, &s->values[0], &a);
  note_steps(l, s, PPR_RULE_TIERS, s->values[0], first_dep);
}

void lower_inputs(lowering *l) {
  for (symbol *s = l->m->symbols; s; s = s->next) {
    if (s->form != SYM_FIELD || !s->inputs) continue;
    if (!(s->values = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->values))) {
      l->e.failed = true;
      return;
    }
    l->e.pos = lower_place(l, s->field ? s->field->name.span : s->decl->name_span);
    for (int i = 0; i < s->elements; i++) {
      value v = s->values[i] = input_value(l, s, i);
      if (!(s->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))) emit_need(&l->e, v.num.reg);
    }
  }
}

void lower_mark_needed(symbol *root) {
  if (root->needed) return;
  root->needed = true;
  for (size_t i = 0; i < root->n_uses; i++) lower_mark_needed(root->uses[i]);
}

void lower_rules(lowering *l) {
  for (size_t k = 0; k < l->m->n_order; k++) {
    symbol *s = l->m->order[k];
    s->values = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->values);
    s->insts = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->insts);
    s->rule = 0;
    if (!s->values || !s->insts) {
      l->e.failed = true;
      return;
    }
    if (!s->needed) continue;
    l->e.pos = lower_place(l, s->decl->name_span);
    if (s->form == SYM_RULE) lower_rule(l, s);
    else if (s->form == SYM_SERIES) lower_series(l, s);
    else lower_tiers(l, s);
    if (l->e.too_large) {
      report_add(l->m->report, DIAG_CONST_TOO_LARGE, s->decl->name_span, NULL);
      l->e.too_large = false;
    }
  }
}

uint32_t lower_output(lowering *l, const char *label, const check_type *t, value v, uint32_t inst) {
  uint32_t name = build_string(l->b, label);
  for (size_t i = 0; i < l->n_outputs; i++)
    if (l->outputs[i].row.label == name) return (uint32_t)i;
  note_output o = {{name, kind_of(t), enum_row(t), build_string(l->b, unit_label(l->m, t)), (uint32_t)shown_scale(t), 0, 0, 0, inst},
                   v.states & PRESENT ? emit_reg(&l->e, v.num, (ppr_type)physical_type(t)) : emit_reg(&l->e, opnd_const(0), (ppr_type)physical_type(t)),
                   v.states == PRESENT ? PPR_NONE : emit_reg(&l->e, state_of(&v), PPR_T_BOOL)};
  PUSH(l, outputs, n_outputs, cap_outputs, o);
  return (uint32_t)l->n_outputs - 1;
}

/* ---- the end ---- */

static uint32_t mapped(const uint32_t *map, uint32_t reg) { return reg == PPR_NONE ? PPR_NONE : map[reg]; }
static uint32_t plus_one(uint32_t reg) { return reg == PPR_NONE ? 0 : reg + 1; }

void lower_finish(lowering *l, ppr_edition *edition) {
  emitter *e = &l->e;
  for (size_t i = 0; i < l->n_outputs; i++) {
    emit_need(e, l->outputs[i].reg);
    emit_need(e, l->outputs[i].state);
  }
  if (l->silent) {
    l->n_insts = l->n_branches = l->n_deps = l->n_rounds = 0;
    for (size_t i = 0; i < l->n_outputs; i++) l->outputs[i].row.inst = 0;
  }
  for (size_t i = 0; i < l->n_insts; i++) {
    emit_need(e, l->insts[i].reg);
    emit_need(e, l->insts[i].state);
  }
  for (size_t i = 0; i < l->n_branches; i++) emit_need(e, l->branches[i].cond);
  for (size_t i = 0; i < l->n_rounds; i++) {
    emit_need(e, l->rounds[i].reg);
    emit_need(e, l->rounds[i].num);
    emit_need(e, l->rounds[i].den);
  }
  uint32_t *map = emit_finish(e);
  if (!map) return;
  for (size_t i = 0; i < e->n_code; i++) {
    build_instr(l->b, e->code[i].row);
    build_pos(l->b, e->code[i].pos);
  }
  for (size_t i = 0; i < e->n_regs; i++) build_reg(l->b, (ppr_reg){e->types[i]});
  for (size_t i = 0; i < e->n_konst; i++) build_konst(l->b, (ppr_konst){e->konst[i]});
  for (size_t i = 0; i < e->n_wide; i++) build_wide_konst(l->b, (ppr_wide_konst){(int64_t)(e->wide[i] >> 64), (int64_t)(uint64_t)e->wide[i]});
  for (size_t i = 0; i < e->n_args; i++) build_arg(l->b, (ppr_arg){e->args[i]});
  for (size_t i = 0; i < e->n_tables; i++) build_table(l->b, e->tables[i]);
  for (size_t i = 0; i < l->n_natives; i++) {
    const symbol *f = l->natives[i];
    const char *signature = f->native ? f->native->signature : "";
    if (!f->native) {
      for (int k = 0; k < f->n_params; k++)
        signature = arena_printf(l->m->arena, "%s%s%s", signature, k ? "," : "", model_type_text(l->m, &f->params[k]));
      signature = arena_printf(l->m->arena, "%s(%s)", model_type_text(l->m, &f->type), signature);
    }
    build_import(l->b, (ppr_import){build_string(l->b, f->name), build_string(l->b, signature), build_string(l->b, f->library)});
  }
  for (size_t i = 0; i < l->n_outputs; i++) {
    ppr_output row = l->outputs[i].row;
    row.reg = mapped(map, l->outputs[i].reg);
    row.state = plus_one(mapped(map, l->outputs[i].state));
    build_output(l->b, row);
  }
  for (size_t i = 0; i < l->n_insts; i++) {
    ppr_inst row = l->insts[i].row;
    row.reg = mapped(map, l->insts[i].reg);
    row.state = plus_one(mapped(map, l->insts[i].state));
    build_inst(l->b, row);
  }
  for (size_t i = 0; i < l->n_branches; i++) {
    ppr_branch row = l->branches[i].row;
    row.cond = plus_one(mapped(map, l->branches[i].cond));
    build_branch(l->b, row);
  }
  for (size_t i = 0; i < l->n_deps; i++) build_dep(l->b, l->deps[i].row);
  for (size_t i = 0; i < l->n_rounds; i++) {
    const note_round *r = &l->rounds[i];
    build_round(l->b, (ppr_round){map[r->reg], map[r->num], map[r->den], (uint32_t)r->mode, (uint32_t)r->scale, r->type});
  }
  edition->cost = (uint32_t)e->n_code;
}
