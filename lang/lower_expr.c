/* Expressions to instructions: references, aggregates over enumerations, conditions with what they say about states. */
#include "base/decimal.h"
#include "lower_int.h"
#include "trace.h"
#include <string.h>

/* ---- facts: what a condition that holds says about states ---- */

static void apply_facts(const lowering *l, value *v) {
  if (!(v->states & (v->states - 1)) || v->state.reg == PPR_NONE) return;
  for (int i = 0; i < l->n_facts; i++) {
    unsigned left = l->facts[i].reg == v->state.reg ? v->states & l->facts[i].mask : v->states;
    if (left) v->states = left; /* nothing left: what cannot be, is not computed for any record */
  }
}

void lower_learn(lowering *l, ast_expr *cond, bool holds) {
  if (cond->form == EX_NOT) lower_learn(l, cond->a, !holds);
  else if (cond->form == EX_BINARY && cond->op == (holds ? BIN_AND : BIN_OR)) {
    lower_learn(l, cond->a, holds);
    lower_learn(l, cond->b, holds);
  } else if (cond->form == EX_HAS && l->n_facts < 64) {
    value v = lower_expr(l, cond->a);
    if (!(v.states & (v.states - 1)) || v.state.reg == PPR_NONE) return;
    l->facts[l->n_facts++] = (fact){v.state.reg, holds ? 1u << cond->state : ~(1u << cond->state)};
  }
}

/* ---- references ---- */

value lower_input(lowering *l, const symbol *s, int element) {
  bool optional = (s->flags & PPR_FIELD_OPTIONAL) != 0;
  int64_t lo = optional && s->lo > 0 ? 0 : s->lo, hi = optional && s->hi < 0 ? 0 : s->hi; /* an absent value reads as 0 */
  value v =
      val_number(emit_input(&l->e, s->inputs[element], (ppr_type)physical_type(&s->type), lo, hi), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  if (optional) {
    v.states = PRESENT | 1u << PPR_FEHLT;
    v.state = opnd_pack(emit_input_state(&l->e, s->inputs[element]));
    v.state.hi = 1;
  }
  return v;
}

/* What is `offen` is ungeklärt, whatever its citation says, and so is what a run sets. */
static unsigned cell_evidence(const symbol *s, const cell *c) {
  return c->state == PPR_UNBESTIMMT || c->parameter ? EVIDENCE_OPEN : cite_evidence(c->cites ? c->cites : s->decl->cites);
}

/* String of "Grenze Mindestpersonal[A1] = 0,5 (§ 6)". */
static uint32_t cell_told(lowering *l, symbol *s, int element) {
  const model *m = l->m;
  const cell *c = &s->cells[element];
  if (!s->told && !(s->told = arena_array(m->arena, (size_t)s->elements, sizeof *s->told))) return l->e.failed = true, 0;
  if (!s->told[element]) {
    const char *number = c->parameter ? c->parameter->name : model_value_text(m, &s->type, c->state, c->value),
               *cite = cite_text(m, c->cites ? c->cites : s->decl->cites);
    s->told[element] =
        build_string(l->b, arena_printf(m->arena, "%s%s = %s (%s)", s->limit ? "Grenze " : "", model_label(m, s, element), number, cite)) + 1;
  }
  return s->told[element] - 1;
}

value lower_cell(lowering *l, const symbol *s, const cell *c, opnd hit, value v) {
  value p = lower_element(l, c->parameter, 0, s->decl->name_span);
  if (s->type.form == TYPE_NUMBER) {
    p.num = val_ten_times(l, p.num, s->type.scale - p.scale);
    p.scale = s->type.scale;
  }
  p.evidence = v.evidence;
  return val_choose(l, hit, p, v, &s->type);
}

/* The value of a field, table or rule element, noted as what the branch at hand rests on. */
static value element_value(lowering *l, symbol *s, int element, ppr_span at) {
  value v;
  switch (s->form) {
  case SYM_FIELD:
    if (s->type.form == TYPE_TEXT || !s->inputs) {
      report_add(l->m->report, DIAG_TEXT_VALUE, at, NULL);
      return val_absent(PPR_FEHLT);
    }
    lower_note(l, PPR_DEP_INPUT, s->inputs[element], lower_label(l, s, element));
    v = l->silent ? lower_input(l, s, element) : s->values ? s->values[element] : val_absent(PPR_FEHLT);
    if (s->flags & PPR_FIELD_PARAMETER) v.evidence = opnd_level(EVIDENCE_OPEN); /* whoever runs it sets it: no source says so */
    return v;
  case SYM_TABLE: {
    const cell *c = &s->cells[element];
    if (c->state == PPR_PRESENT) v = val_number(opnd_const(c->value), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
    else v = val_absent(c->state);
    if (s->type.form == TYPE_BOOL) v.num.type = PPR_T_BOOL;
    v.evidence = opnd_level(cell_evidence(s, c));
    lower_note(l, PPR_DEP_CONST, 0, cell_told(l, s, element));
    return c->parameter ? lower_cell(l, s, c, (opnd){PPR_NONE, PPR_T_BOOL, 1, 1}, v) : v;
  }
  case SYM_RULE:
  case SYM_SERIES:
  case SYM_TIERS:
    if (!s->values || !s->insts) return val_absent(PPR_FEHLT);
    if (s->groups && s->groups[element]) PUSH(l, links, n_links, cap_links, s->groups[element] - 1);
    if (s->insts[element]) lower_note(l, PPR_DEP_INST, s->insts[element] - 1, lower_label(l, s, element));
    else lower_note(l, PPR_DEP_CONST, 0, lower_label(l, s, element));
    return s->values[element];
  case SYM_CHECK:
  case SYM_NATIVE:
  default: return val_absent(PPR_FEHLT);
  }
}

value lower_element(lowering *l, symbol *s, int element, ppr_span at) {
  value v = element_value(l, s, element, at);
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
  int64_t *values = arena_array(l->m->arena, count, sizeof *values), *states = arena_array(l->m->arena, count, sizeof *states),
          *evidence = arena_array(l->m->arena, count, sizeof *evidence);
  value v = val_number(opnd_const(0), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  if (!values || !states || !evidence) {
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
    evidence[i] = cell_evidence(s, c);
  }
  l->e.name = build_string(l->b, s->name);
  v.evidence = opnd_pack(emit_look(&l->e, evidence, rows, cols, dynamic, n));
  v.num = emit_look(&l->e, values, rows, cols, dynamic, n);
  if (s->type.form == TYPE_BOOL) v.num = emit_bool_of(&l->e, v.num);
  if (v.states & (v.states - 1)) v.state = opnd_pack(emit_state_of(&l->e, emit_look(&l->e, states, rows, cols, dynamic, n)));
  const char *told = arena_printf(l->m->arena, "%s%s (%s)", s->limit ? "Grenze " : "", s->name, cite_text(l->m, s->decl->cites));
  lower_note(l, PPR_DEP_CONST, 0, build_string(l->b, told));
  for (size_t i = 0; i < count; i++) {
    const cell *c = &s->cells[from + i * stride];
    if (!c->parameter) continue;
    opnd hit = emit_compare(&l->e, CMP_EQ, dynamic[0], opnd_const((ppr_wide)(n == 2 ? i / cols : i)));
    if (n == 2) hit = emit_and(&l->e, hit, emit_compare(&l->e, CMP_EQ, dynamic[1], opnd_const((ppr_wide)(i % cols))));
    v = lower_cell(l, s, c, hit, v);
  }
  apply_facts(l, &v);
  return v;
}

static value indexed(lowering *l, ast_expr *e, symbol *s, const opnd *index) {
  int fixed[MAX_AXES] = {0};
  bool dynamic = false;
  for (int i = 0; i < s->n_axes; i++)
    if (opnd_is_const(&index[i])) fixed[i] = (int)index[i].lo;
    else dynamic = true;
  if (!dynamic) return lower_element(l, s, model_element(s, fixed), e->span);
  if (s->form == SYM_TABLE) return look_up(l, s, index);
  value r = val_absent(PPR_FEHLT);
  for (int i = 0; i < s->elements; i++) { /* a chain of choices over the elements */
    int at[MAX_AXES];
    model_split(s, i, at);
    opnd hit = {PPR_NONE, PPR_T_BOOL, 1, 1};
    for (int k = 0; k < s->n_axes; k++) hit = emit_and(&l->e, hit, emit_compare(&l->e, CMP_EQ, index[k], opnd_const(at[k])));
    value v = lower_element(l, s, i, e->span);
    r = i == 0 ? v : val_choose(l, hit, v, r, &s->type);
  }
  return r;
}

static value lower_symbol(lowering *l, ast_expr *e, const binding *b) {
  symbol *s = b->symbol;
  opnd index[MAX_AXES];
  value known = val_truth(true); /* are the indices? */
  for (int i = 0; i < s->n_axes; i++) {
    index[i] = opnd_const(l->elem[b->index[i].slot]);
    if (b->index[i].expr) {
      value v = lower_expr(l, b->index[i].expr);
      val_strict(l, &v, b->index[i].expr);
      val_carry_open(l, &known, &v);
      index[i] = v.num;
    }
  }
  bool open = !(known.states & PRESENT);
  if (!open && l->trace) trace_means(l, s, index);
  value r = open ? val_open(known.evidence) : indexed(l, e, s, index);
  if (open) return r;
  val_carry_open(l, &r, &known);
  if (known.states != PRESENT) apply_facts(l, &r);
  return r;
}

static value lower_ref(lowering *l, ast_expr *e) {
  const binding *b = e->bound;
  if (b->form == BOUND_AXIS) return val_plain(opnd_const(l->elem[b->slot]));
  if (b->form == BOUND_MEMBER) return val_plain(opnd_const(b->member));
  return lower_symbol(l, e, b);
}

/* ---- aggregates ---- */

/* The least or greatest of the items taken; fault where none is, or where one of them does not exist. */
static value lower_extreme(lowering *l, ast_expr *e, const value *items, const opnd *taken, int n, const value *states) {
  value best = val_number(opnd_const(0), 0);
  opnd have = {PPR_NONE, PPR_T_BOOL, 0, 0};
  if (!(states->states & PRESENT)) return val_absent(PPR_UNBESTIMMT);
  val_guard guard = val_guard_begin(l, states);
  for (int i = 0; i < n; i++) {
    value v = items[i];
    opnd old = have;
    v.states = PRESENT; /* where any is unbestimmt, so is the result */
    if (n == 1 && !val_is_one(&v.den)) v.den = emit_nonzero(&l->e, v.den);
    have = emit_or(&l->e, have, taken[i]);
    if (opnd_is_const(&old) && !old.lo) {
      best = v;
      continue;
    }
    ast_expr order = {.form = EX_BINARY, .op = e->form == EX_MIN ? BIN_LT : BIN_GT, .a = e->a, .b = e->a};
    opnd better = emit_and(&l->e, taken[i], emit_or(&l->e, emit_not(&l->e, old), val_compare(l, &order, v, best).num));
    best = val_choose(l, better, v, best, e->a->type);
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
  best = val_guard_end(l, &guard, best, e->a->type);
  best.states = PRESENT;
  return best;
}

static value lower_aggregate(lowering *l, ast_expr *e) {
  const enumeration *of = e->bound;
  int slot = l->depth++, facts = l->n_facts, n = 0;
  opnd *conds = arena_raw(l->m->arena, (size_t)of->count + 1, sizeof *conds), *taken = arena_raw(l->m->arena, (size_t)of->count + 1, sizeof *taken);
  value *items = arena_raw(l->m->arena, (size_t)of->count + 1, sizeof *items), states = val_truth(false), r = val_truth(false);
  if (!conds || !taken || !items) {
    l->e.failed = true;
    return r;
  }
  const check_type *body = e->a ? e->a->type : NULL;
  bool is_bool = e->form == EX_ANY || e->form == EX_ALL || e->form == EX_COUNT;
  for (int i = 0; i < of->count; i++) {
    l->elem[slot] = i;
    l->n_facts = facts;
    value filter = val_truth(true), v;
    if (e->filter) {
      filter = lower_expr(l, e->filter);
      val_strict(l, &filter, e->filter);
      val_carry_open(l, &states, &filter);
      filter.num = val_known(l, &filter);
      filter.states = PRESENT;
      if (opnd_is_const(&filter.num) && !filter.num.lo) continue;
      lower_learn(l, e->filter, true);
    }
    bool open = !opnd_is_const(&filter.num);
    if (e->form == EX_COUNT) v = filter;
    else {
      emit_mark mark;
      if (open) mark = emit_when(&l->e, filter.num);
      v = lower_expr(l, e->a);
      val_strict(l, &v, e->a);
      if (open) {
        emit_else(&l->e, &mark);
        emit_end(&l->e, &mark);
      }
      value none =
          is_bool ? val_truth(e->form == EX_ALL) : val_quotient(opnd_const(0), opnd_is_const(&v.den) && v.den.lo ? v.den : opnd_const(1), v.scale);
      if (open) v = val_choose(l, filter.num, v, none, body);
    }
    val_carry_open(l, &states, &v);
    taken[n] = filter.num;
    conds[n] = v.num;
    items[n++] = v;
  }
  l->n_facts = facts;
  l->depth--;
  switch (e->form) {
  case EX_ANY: r = val_plain(emit_any(&l->e, conds, (size_t)n)); break;
  case EX_ALL: r = val_plain(emit_all(&l->e, conds, (size_t)n)); break;
  case EX_COUNT: r = val_number(emit_count(&l->e, conds, (size_t)n), 0); break;
  case EX_SUM: {
    int scale = 0;
    bool whole = true;
    for (int i = 0; i < n; i++) {
      if (i == 0 || items[i].scale > scale) scale = items[i].scale;
      whole = whole && val_same(&items[i].den, &items[0].den);
    }
    r = val_number(opnd_const(0), n ? scale : 0);
    if (whole && n) {
      for (int i = 0; i < n; i++) conds[i] = val_ten_times(l, items[i].num, scale - items[i].scale);
      r.num = emit_sum(&l->e, conds, (size_t)n);
      r.den = items[0].den;
    } else {
      for (int i = 0; i < n; i++) {
        items[i].states = PRESENT;
        r = val_add(l, r, items[i], false);
      }
    }
    break;
  }
  case EX_MIN:
  case EX_MAX: r = lower_extreme(l, e, items, taken, n, &states); break;
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
  val_carry_open(l, &r, &states);
  return r;
}

/* ---- the other forms ---- */

static value lower_is(lowering *l, ast_expr *e) {
  const is_binding *b = e->bound;
  value a = lower_expr(l, e->a);
  val_strict(l, &a, e->a);
  value r = val_truth(false);
  if (b->member >= 0) r.num = emit_compare(&l->e, CMP_EQ, a.num, opnd_const(b->member));
  else {
    int64_t *has = arena_array(l->m->arena, (size_t)b->enumeration->count + 1, sizeof *has);
    if (!has) {
      l->e.failed = true;
      return r;
    }
    for (int i = 0; i < b->enumeration->count; i++) has[i] = (int64_t)(b->enumeration->members[i].attrs >> b->attr & 1);
    if (opnd_is_const(&a.num)) r = val_truth(has[(size_t)a.num.lo] != 0);
    else
      l->e.name = build_string(l->b, e->name.text), r.num = emit_bool_of(&l->e, emit_look(&l->e, has, (uint32_t)b->enumeration->count, 1, &a.num, 1));
  }
  if (e->negated) r.num = emit_not(&l->e, r.num);
  val_carry_open(l, &r, &a);
  return r;
}

static value lower_default(lowering *l, ast_expr *e) {
  value a = lower_expr(l, e->a);
  unsigned bit = 1u << e->state;
  if (!(a.states & bit)) return a;
  if (a.states == bit) return lower_expr(l, e->b);
  opnd cond = emit_equal_bool(&l->e, val_state(&a), opnd_const(e->state));
  emit_mark mark = emit_when(&l->e, cond);
  value b = lower_expr(l, e->b);
  emit_else(&l->e, &mark);
  emit_end(&l->e, &mark);
  value rest = a;
  rest.states &= ~bit;
  value r = val_choose(l, cond, b, rest, e->type);
  return r;
}

static value lower_if(lowering *l, ast_expr *e) {
  value c = lower_expr(l, e->a);
  int facts = l->n_facts;
  val_strict(l, &c, e->a);
  if (opnd_is_const(&c.num) && c.states == PRESENT) {
    lower_learn(l, e->a, c.num.lo != 0);
    value only = lower_expr(l, c.num.lo ? e->b : e->c);
    l->n_facts = facts;
    return only;
  }
  if (!(c.states & PRESENT)) return val_open(c.evidence);
  val_guard guard = val_guard_begin(l, &c);
  if (opnd_is_const(&c.num)) {
    value only = val_guard_end(l, &guard, lower_expr(l, c.num.lo ? e->b : e->c), e->type);
    val_weaken(l, &only, c.evidence);
    return only;
  }
  emit_mark mark = emit_when(&l->e, c.num);
  lower_learn(l, e->a, true);
  value a = lower_expr(l, e->b);
  l->n_facts = facts;
  emit_else(&l->e, &mark);
  lower_learn(l, e->a, false);
  value b = lower_expr(l, e->c);
  l->n_facts = facts;
  emit_end(&l->e, &mark);
  value r = val_guard_end(l, &guard, val_choose(l, c.num, a, b, e->type), e->type);
  val_weaken(l, &r, c.evidence);
  return r;
}

/* A function of a library promises nothing about its results: one outside its type is a fault of the function. */
static opnd checked_call(lowering *l, const symbol *f, uint32_t native, const opnd *args, uint32_t n) {
  opnd r = emit_call(&l->e, native, args, n, INT64_MIN, INT64_MAX);
  if (f->type.form == TYPE_BOOL || (f->native_lo == INT64_MIN && f->native_hi == INT64_MAX)) return r;
  opnd above = emit_compare(&l->e, CMP_GE, r, opnd_const(f->native_lo)), below = emit_compare(&l->e, CMP_LE, r, opnd_const(f->native_hi));
  emit_mark mark = emit_when(&l->e, emit_and(&l->e, above, below));
  emit_else(&l->e, &mark);
  emit_fail(&l->e, DIAG_FAULT_NATIVE);
  emit_end(&l->e, &mark);
  r.lo = f->native_lo;
  r.hi = f->native_hi;
  return r;
}

static value lower_call(lowering *l, ast_expr *e) {
  value a = e->args ? lower_expr(l, e->args) : val_truth(true), r;
  symbol *f = e->bound; /* NULL: what every program knows */
  if (!f && name_is(e->name, "beleg")) return val_plain(opnd_unpack(a.evidence));
  if (e->args) val_strict(l, &a, e->args);
  if (!f && name_is(e->name, "abs")) {
    r = a;
    r.num = emit_abs(&l->e, a.num);
    r.den = emit_abs(&l->e, a.den);
    return r;
  }
  if (!f) {
    value b = lower_expr(l, e->args->next);
    val_strict(l, &b, e->args->next);
    val_align(l, &a, &b);
    bool smaller = name_is(e->name, "min");
    value both = a;
    val_carry_open(l, &both, &b);
    if (!(both.states & PRESENT)) return val_open(both.evidence);
    if (val_is_one(&a.den) && val_is_one(&b.den)) {
      r = val_number(smaller ? emit_min(&l->e, a.num, b.num) : emit_max(&l->e, a.num, b.num), a.scale);
      val_carry_open(l, &r, &both);
      return r;
    }
    ast_expr order = {.form = EX_BINARY, .op = smaller ? BIN_LT : BIN_GT, .a = e->args, .b = e->args->next};
    val_guard guard = val_guard_begin(l, &both);
    a.states = b.states = PRESENT;
    r = val_guard_end(l, &guard, val_choose(l, val_compare(l, &order, a, b).num, a, b, e->type), e->type);
    val_weaken(l, &r, both.evidence);
    return r;
  }
  uint32_t native = 0;
  while (native < l->n_natives && l->natives[native] != f) native++;
  if (native == l->n_natives) PUSH(l, natives, n_natives, cap_natives, f);
  opnd args[8];
  int n = 0;
  value known = val_truth(true);
  for (ast_expr *x = e->args; x && n < 8; x = x->next, n++) {
    value v = n ? lower_expr(l, x) : a;
    if (n) val_strict(l, &v, x);
    val_carry_open(l, &known, &v);
    int want = f->params[n].form == TYPE_NUMBER ? f->params[n].scale : v.scale;
    args[n] = emit_int_of(&l->e, val_ten_times(l, v.num, want - v.scale));
  }
  if (!(known.states & PRESENT)) return val_open(known.evidence);
  val_guard guard = val_guard_begin(l, &known);
  opnd result = f->native ? emit_call(&l->e, native, args, (uint32_t)n, f->native_lo, f->native_hi) : checked_call(l, f, native, args, (uint32_t)n);
  r = val_number(result, f->type.form == TYPE_NUMBER ? f->type.scale : 0);
  if (f->type.form == TYPE_BOOL) r.num = emit_bool_of(&l->e, r.num);
  r = val_guard_end(l, &guard, r, &f->type);
  val_weaken(l, &r, known.evidence);
  return r;
}

/* `und`, `oder`: the right side is computed only where the left does not decide. */
static value lower_logic(lowering *l, ast_expr *e) {
  static const check_type BOOL = {.form = TYPE_BOOL};
  bool both = e->op == BIN_AND;
  value a = lower_expr(l, e->a);
  int facts = l->n_facts;
  val_strict(l, &a, e->a);
  if (!(a.states & PRESENT)) return val_open(a.evidence);
  if (opnd_is_const(&a.num) && (a.num.lo != 0) != both) return a;
  lower_learn(l, e->a, both);
  opnd more = both ? a.num : emit_not(&l->e, a.num);
  if (a.states != PRESENT) {
    value undecided = a;
    undecided.num = more;
    more = val_known(l, &undecided);
  }
  bool open = !opnd_is_const(&more);
  emit_mark mark;
  if (open) mark = emit_when(&l->e, more);
  value b = lower_expr(l, e->b);
  val_strict(l, &b, e->b);
  l->n_facts = facts;
  value r = b;
  if (open) {
    emit_else(&l->e, &mark);
    emit_end(&l->e, &mark);
    r = val_choose(l, more, b, val_truth(!both), &BOOL);
    if (b.states == PRESENT && emit_visible(&l->e, &b.num)) r.num = both ? emit_and(&l->e, a.num, b.num) : emit_or(&l->e, a.num, b.num);
  }
  val_carry_open(l, &r, &a);
  return r;
}

static value lower_binary(lowering *l, ast_expr *e) {
  if (e->op == BIN_AND || e->op == BIN_OR) return lower_logic(l, e);
  value a = lower_expr(l, e->a), b = lower_expr(l, e->b);
  val_strict(l, &a, e->a);
  val_strict(l, &b, e->b);
  switch (e->op) {
  case BIN_ADD: return val_add(l, a, b, false);
  case BIN_SUB: return val_add(l, a, b, true);
  case BIN_MUL: return val_multiply(l, a, b, false);
  case BIN_DIV: return val_multiply(l, a, b, true);
  case BIN_EQ:
  case BIN_NE:
  case BIN_LT:
  case BIN_LE:
  case BIN_GT:
  case BIN_GE: return val_compare(l, e, a, b);
  case BIN_AND:
  case BIN_OR:
  default: return val_absent(PPR_UNBESTIMMT);
  }
}

static value lower_convert(lowering *l, ast_expr *e) {
  value v = lower_expr(l, e->a);
  unit_product to;
  bool percent = false;
  ppr_wide num, den;
  val_strict(l, &v, e->a);
  if (!model_unit(l->m, e->name, e->per, &to, &percent) || percent) return v;
  if (!model_convert(l->m, &e->a->type->unit, &to, &num, &den)) return v;
  v.num = emit_mul(&l->e, v.num, opnd_const(num));
  v.den = emit_mul(&l->e, v.den, opnd_const(den));
  return v;
}

/* An expression whose form is all that is left to decide. */
static value lower_form(lowering *l, ast_expr *e) {
  value v;
  switch (e->form) {
  case EX_NUMBER: return val_number(opnd_const(e->number), e->scale + (e->percent ? 2 : 0));
  case EX_DATE:
  case EX_QUARTER: return val_plain(opnd_const(e->number));
  case EX_BOOL: return val_truth(e->number != 0);
  case EX_STATE: return val_absent(e->state);
  case EX_REF: return lower_ref(l, e);
  case EX_CALL: return lower_call(l, e);
  case EX_NEGATE:
    v = lower_expr(l, e->a);
    val_strict(l, &v, e->a);
    v.num = emit_neg(&l->e, v.num);
    return v;
  case EX_NOT:
    v = lower_expr(l, e->a);
    val_strict(l, &v, e->a);
    v.num = emit_not(&l->e, v.num);
    return v;
  case EX_BINARY: return lower_binary(l, e);
  case EX_IS: return lower_is(l, e);
  case EX_HAS: {
    value a = lower_expr(l, e->a);
    unsigned bit = 1u << e->state;
    if (!(a.states & bit) || a.states == bit) return val_truth(a.states == bit); /* certain when compiled: what cannot be is left out */
    return val_plain(emit_equal_bool(&l->e, val_state(&a), opnd_const(e->state)));
  }
  case EX_DEFAULT: return lower_default(l, e);
  case EX_IF: return lower_if(l, e);
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: return lower_aggregate(l, e);
  case EX_ROUND: v = lower_expr(l, e->a); return val_strict(l, &v, e->a) ? val_round(l, v, e->type->scale, (ppr_round_mode)e->state) : v;
  case EX_CONVERT: return lower_convert(l, e);
  case EX_EDITION: report_add(l->m->report, DIAG_TEXT_VALUE, e->span, NULL); return val_absent(PPR_UNBESTIMMT);
  default: return val_absent(PPR_UNBESTIMMT);
  }
}

value lower_expr(lowering *l, ast_expr *e) {
  ppr_span outer = l->e.at;
  bool diagnosed = !e->type || e->type->form == TYPE_ERROR;
  trace_node *node = l->trace && !diagnosed ? trace_begin(l, e) : NULL;
  l->e.at = e->span;
  value v = diagnosed ? val_absent(PPR_UNBESTIMMT) : lower_form(l, e);
  if (l->e.too_large) {
    report_add(l->m->report, DIAG_CONST_TOO_LARGE, e->span, NULL);
    l->e.too_large = false;
  }
  l->e.at = outer;
  if (node) trace_end(l, node, &v);
  return v;
}

value lower_value(lowering *l, ast_expr *e, const int *elem, int n) {
  for (int i = 0; i < n; i++) l->elem[i] = elem[i];
  l->depth = n;
  l->n_facts = 0;
  return lower_expr(l, e);
}

value lower_condition(lowering *l, ast_expr *e, const int *elem, int n) {
  value v = lower_value(l, e, elem, n);
  val_strict(l, &v, e);
  return v;
}
