/* The intervals of flip_span.h: for every instruction the least and the greatest result its operands allow. */
#include "vm/flip_span.h"
#include "base/decimal.h"
#include "vm/plan.h"
#include <string.h>

static const interval unknown = {WIDE_MIN, WIDE_MAX}, any_state = {PPR_PRESENT, PPR_UNBESTIMMT}, any_bool = {0, 1};
static interval one(ppr_wide v) { return (interval){v, v}; }
static bool single(interval a) { return a.lo == a.hi; }
static interval bool_of(int truth) { return truth < 0 ? any_bool : one(truth); }

/* Tighter than interval_div, exact for points: rounding keeps the order, so the extremes of the quotient are at the corners. */
static interval divide(interval a, interval b, uint32_t mode) {
  ppr_wide q[4];
  if (interval_has_zero(b)) return interval_div(a, b, mode);
  for (int i = 0; i < 4; i++)
    if (!dec_div_round(&q[i], i & 1 ? a.hi : a.lo, i & 2 ? b.hi : b.lo, (int)mode)) return unknown;
  return interval_join(interval_join(one(q[0]), one(q[1])), interval_join(one(q[2]), one(q[3])));
}

static interval equal(interval a, interval b) { return a.hi < b.lo || b.hi < a.lo ? one(0) : single(a) && single(b) ? one(1) : any_bool; }
static interval less(interval a, interval b) { return a.hi < b.lo ? one(1) : a.lo >= b.hi ? one(0) : any_bool; }
static interval less_or_equal(interval a, interval b) { return a.hi <= b.lo ? one(1) : a.lo > b.hi ? one(0) : any_bool; }
static int both(int a, int b) { return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : -1; }
static int negated(int a) { return a < 0 ? a : !a; }

static interval cells(const ppr_edition *e, const ppr_table *t, interval at, uint32_t from, uint32_t size) {
  if (at.lo < 0 || at.hi >= size) return unknown;
  return interval_of(&e->konst[t->first + from + (uint32_t)at.lo].value, (size_t)(at.hi - at.lo) + 1);
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

/* A function of the calendar or of the host is known where its arguments are. */
static interval call(const spans *s, const ppr_instr *i, const plan_operands *o) {
  const interval any = {INT64_MIN, INT64_MAX};
  const ppr_native *native = s->p->natives ? natives_find(s->p->natives, program_string(s->p, s->e->import[i->c].name)) : NULL;
  int64_t args[PPR_NATIVE_PARAMS], result;
  if (!native || o->count > PPR_NATIVE_PARAMS) return any;
  for (uint32_t j = 0; j < o->count; j++) {
    interval a = spans_of(s, plan_operand(o, j));
    if (!single(a) || !wide_fits64(a.lo)) return any;
    args[j] = (int64_t)a.lo;
  }
  return natives_call(s->p->natives, native, &result, args, o->count) == 0 && result >= native->lo && result <= native->hi ? one(result) : any;
}

static interval constant(const spans *s, const ppr_instr *i) {
  if (i->op == PPR_OP_CONST_BOOL) return one(s->e->konst[i->a].value & 3);
  if (i->op == PPR_OP_CONST_INT) return one(s->e->konst[i->a].value);
  const ppr_wide_konst *k = &s->e->wide_konst[i->a];
  return one((ppr_wide)k->hi * ((ppr_wide)1 << 64) + (ppr_wide)(uint64_t)k->lo);
}

static interval list(const spans *s, const ppr_instr *i, const plan_operands *o) {
  interval r = i->op == PPR_OP_DOT ? one(s->e->konst[i->c].value) : one(0);
  int all = 1, any = 0;
  for (uint32_t j = 0; j < o->count; j++) {
    interval a = spans_of(s, plan_operand(o, j));
    int t = span_truth(a);
    all = both(all, t);
    any = negated(both(negated(any), negated(t)));
    if (i->op == PPR_OP_SUM) r = interval_add(r, a);
    if (i->op == PPR_OP_DOT) r = interval_add(r, interval_mul(a, one(s->e->konst[s->e->arg[i->a + 2 * j + 1].value].value)));
    if (i->op == PPR_OP_COUNT) r = interval_add(r, bool_of(t));
  }
  return i->op == PPR_OP_ALL ? bool_of(all) : i->op == PPR_OP_ANY ? bool_of(any) : r;
}

/* The interval of the result of an instruction; inputs are not asked for. */
static interval value(const spans *s, const ppr_instr *i) {
  plan_operands o = plan_operands_of(s->e, i);
  interval a = o.count > 0 && !o.list ? spans_of(s, i->a) : unknown, b = o.count > 1 && !o.list ? spans_of(s, i->b) : unknown;
  ppr_shape shape = (ppr_shape)instr_info(i->op)->shape;
  if (shape == SHAPE_RK) b = one(s->e->konst[i->b].value);
  switch ((ppr_op)i->op) {
  case PPR_OP_IN_INT:
  case PPR_OP_IN_BOOL:
  case PPR_OP_IN_STATE: return unknown;
  case PPR_OP_CONST_INT:
  case PPR_OP_CONST_BOOL:
  case PPR_OP_CONST_WIDE: return constant(s, i);
  case PPR_OP_ADD:
  case PPR_OP_ADDW:
  case PPR_OP_ADDK: return interval_add(a, b);
  case PPR_OP_SUB:
  case PPR_OP_SUBW: return interval_sub(a, b);
  case PPR_OP_MUL:
  case PPR_OP_MULW:
  case PPR_OP_MULWI:
  case PPR_OP_MULK: return interval_mul(a, b);
  case PPR_OP_DIV:
  case PPR_OP_DIVW:
  case PPR_OP_DIVK: return divide(a, b, i->m);
  case PPR_OP_MIN: return interval_min(a, b);
  case PPR_OP_MAX: return interval_max(a, b);
  case PPR_OP_NEG:
  case PPR_OP_NEGW: return interval_neg(a);
  case PPR_OP_ABS:
  case PPR_OP_ABSW: return interval_abs(a);
  case PPR_OP_NONZERO:
  case PPR_OP_NONZEROW:
  case PPR_OP_WIDEN:
  case PPR_OP_NARROW:
  case PPR_OP_INTOF: return a;
  case PPR_OP_SUM:
  case PPR_OP_DOT:
  case PPR_OP_COUNT:
  case PPR_OP_ANY:
  case PPR_OP_ALL: return list(s, i, &o);
  case PPR_OP_EQ:
  case PPR_OP_EQK:
  case PPR_OP_EQW:
  case PPR_OP_EQB:
  case PPR_OP_EQBK: return equal(a, b);
  case PPR_OP_LT:
  case PPR_OP_LTK:
  case PPR_OP_LTW: return less(a, b);
  case PPR_OP_LE:
  case PPR_OP_LEK:
  case PPR_OP_LEW: return less_or_equal(a, b);
  case PPR_OP_NOT: return bool_of(negated(span_truth(a)));
  case PPR_OP_AND: return bool_of(both(span_truth(a), span_truth(b)));
  case PPR_OP_OR: return bool_of(negated(both(negated(span_truth(a)), negated(span_truth(b)))));
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_BOOL:
  case PPR_OP_SEL_WIDE: {
    int t = span_truth(a);
    interval c = spans_of(s, i->c);
    return t < 0 ? interval_join(b, c) : t ? b : c;
  }
  case PPR_OP_LOOK: return cells(s->e, &s->e->table[i->b], a, 0, s->e->table[i->b].rows * s->e->table[i->b].cols);
  case PPR_OP_LOOK2: {
    const ppr_table *t = &s->e->table[i->c];
    return single(a) && a.lo >= 0 && a.lo < t->rows ? cells(s->e, t, b, (uint32_t)a.lo * t->cols, t->cols) : unknown;
  }
  case PPR_OP_RANK: return interval_rank(a, &s->e->konst[s->e->table[i->b].first].value, s->e->table[i->b].rows);
  case PPR_OP_BOOLOF: return bool_of(span_truth(a));
  case PPR_OP_STATEOF: return single(a) ? one(a.lo & 3) : any_state;
  case PPR_OP_CALL: return call(s, i, &o);
  case PPR_OP_FAIL: return one(0);
  case PPR_OP_WHEN:
  case PPR_OP_ELSE:
  case PPR_OP_END: break;
  }
  return unknown;
}

/* No result is wider than its register: what would be is a fault or another number. */
static interval clip(const spans *s, uint32_t reg, interval a) {
  ppr_type type = (ppr_type)s->e->reg[reg].type;
  if (type == PPR_T_INT && !interval_fits64(a)) return (interval){INT64_MIN, INT64_MAX};
  if (type == PPR_T_BOOL && !interval_within(a, any_state.lo, any_state.hi)) return any_state;
  return a;
}

bool *spans_active(ppr_arena *arena, const ppr_edition *e, const ppr_vm *vm) {
  bool *active = arena_array(arena, (size_t)e->n_instr + 1, sizeof *active), *outer = arena_array(arena, (size_t)e->n_instr + 1, sizeof *outer);
  bool *arm = arena_array(arena, (size_t)e->n_instr + 1, sizeof *arm), is = true;
  uint32_t depth = 0;
  if (!active || !outer || !arm) return NULL;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    const ppr_instr *i = &e->instr[pc];
    active[pc] = is;
    if (i->op == PPR_OP_WHEN) {
      outer[depth] = is;
      arm[depth++] = is = is && vm_register(vm, i->a) != 0;
    } else if (i->op == PPR_OP_ELSE) {
      is = outer[depth - 1] && !arm[depth - 1];
    } else if (i->op == PPR_OP_END) {
      is = outer[--depth];
    }
  }
  return active;
}

/* Everything the roots are made of, in order. */
static bool find_behind(spans *s, ppr_arena *arena, const uint32_t *roots, uint32_t n_roots) {
  const ppr_edition *e = s->e;
  bool *used = arena_array(arena, (size_t)e->n_reg + 1, sizeof *used);
  if (!used) return false;
  for (uint32_t j = 0; j < n_roots; j++) used[roots[j]] = true;
  uint32_t n = 0;
  for (uint32_t pc = e->n_instr; pc-- > 0;) {
    const ppr_instr *i = &e->instr[pc];
    if (!plan_defines(i) || !used[i->d]) continue;
    s->pcs[n++] = pc;
    plan_operands o = plan_operands_of(e, i);
    for (uint32_t j = 0; j < o.count; j++) used[plan_operand(&o, j)] = true;
  }
  for (uint32_t j = 0; j < n / 2; j++) {
    uint32_t pc = s->pcs[j];
    s->pcs[j] = s->pcs[n - 1 - j];
    s->pcs[n - 1 - j] = pc;
  }
  s->n_pcs = n;
  return true;
}

bool spans_init(spans *s, ppr_arena *arena, const ppr_program *p, uint32_t edition, const ppr_vm *vm, const uint32_t *roots, uint32_t n_roots) {
  const ppr_edition *e = &p->editions[edition];
  *s = (spans){.p = p, .e = e, .input = PPR_NONE, .reg = PPR_NONE};
  s->base = arena_array(arena, (size_t)e->n_reg + 1, sizeof *s->base);
  s->now = arena_array(arena, (size_t)e->n_reg + 1, sizeof *s->now);
  s->mark = arena_array(arena, (size_t)e->n_reg + 1, sizeof *s->mark);
  s->pcs = arena_array(arena, (size_t)e->n_instr + 1, sizeof *s->pcs);
  s->below = arena_array(arena, (size_t)e->n_instr + 1, sizeof *s->below);
  bool *active = spans_active(arena, e, vm);
  if (!s->base || !s->now || !s->mark || !s->pcs || !s->below || !active || !find_behind(s, arena, roots, n_roots)) return false;
  for (uint32_t j = 0; j < s->n_pcs; j++) {
    const ppr_instr *i = &e->instr[s->pcs[j]];
    bool known = active[s->pcs[j]] || instr_info(i->op)->shape == SHAPE_IN;
    s->base[i->d] = known ? one(vm_register(vm, i->d)) : clip(s, i->d, value(s, i));
  }
  return true;
}

static bool is_input(const spans *s, const ppr_instr *i) { return (i->op == PPR_OP_IN_INT || i->op == PPR_OP_IN_BOOL) && i->a == s->input; }

bool spans_vary(spans *s, uint32_t input, uint32_t reg) {
  s->input = input;
  s->reg = reg;
  s->n_below = 0;
  memset(s->mark, 0, s->e->n_reg * sizeof *s->mark);
  for (uint32_t j = 0; j < s->n_pcs; j++) {
    const ppr_instr *i = &s->e->instr[s->pcs[j]];
    bool below = i->d == reg || (input != PPR_NONE && is_input(s, i));
    plan_operands o = plan_operands_of(s->e, i);
    for (uint32_t k = 0; k < o.count && !below; k++) below = s->mark[plan_operand(&o, k)];
    if (!below) continue;
    s->mark[i->d] = true;
    s->below[s->n_below++] = s->pcs[j];
  }
  return s->n_below > 0;
}

void spans_walk(spans *s, ppr_wide lo, ppr_wide hi) {
  s->work += s->n_below + 1;
  for (uint32_t j = 0; j < s->n_below; j++) {
    const ppr_instr *i = &s->e->instr[s->below[j]];
    interval r = {lo, hi};
    if (i->d != s->reg && !is_input(s, i)) r = value(s, i);
    else if (i->op == PPR_OP_IN_BOOL) r = bool_of(span_truth(r));
    s->now[i->d] = clip(s, i->d, r);
  }
}
