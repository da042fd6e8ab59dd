/* Emission of what rules compute: numbers with their intervals, comparisons, logic, choices, tables; constants fold here. See emit.h. */
#include "emit_int.h"
#include "base/decimal.h"
#include <string.h>

static uint32_t ireg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_INT); }
static uint32_t wreg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_WIDE); }
static uint32_t breg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_BOOL); }

static opnd fold(emitter *e, bool right, ppr_wide v) {
  if (!right) e->too_large = true;
  return opnd_const(right ? v : 0);
}

/* x and k > 1 when a register is x * k. */
static bool multiple(const emitter *e, const opnd *o, opnd *x, int64_t *k) {
  if (opnd_is_const(o) || o->type != PPR_T_INT) return false;
  const emit_instr *def = &e->code[e->defs[o->reg]];
  if (def->row.op != PPR_OP_MULK || !emit_encloses(e, def->region, e->region)) return false;
  *k = e->konst[def->row.b];
  *x = e->ranges[def->row.a];
  return *k > 1;
}

/* ---- arithmetic ---- */

opnd emit_input(emitter *e, uint32_t input, ppr_type type, int64_t lo, int64_t hi) {
  return emit_op(e, type == PPR_T_BOOL ? PPR_OP_IN_BOOL : PPR_OP_IN_INT, 0, input, 0, 0, lo, hi);
}

opnd emit_input_state(emitter *e, uint32_t input) { return emit_op(e, PPR_OP_IN_STATE, 0, input, 0, 0, 0, 3); }

opnd emit_add(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_add(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&a)) return emit_add(e, b, a);
  if (opnd_is_const(&b) && b.lo == 0) return a;
  interval r = interval_add(opnd_interval(&a), opnd_interval(&b));
  if (!interval_fits64(r) || !opnd_is_narrow(&a) || !opnd_is_narrow(&b)) { return emit_op(e, PPR_OP_ADDW, 0, wreg(e, a), wreg(e, b), 0, r.lo, r.hi); }
  if (opnd_is_const(&b)) return emit_op(e, PPR_OP_ADDK, 0, ireg(e, a), emit_konst(e, (int64_t)b.lo), 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_ADD, 0, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
}

opnd emit_sub(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_sub(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&b) && b.lo != WIDE_MIN) return emit_add(e, a, opnd_const(-b.lo));
  interval r = interval_sub(opnd_interval(&a), opnd_interval(&b));
  if (!interval_fits64(r) || !opnd_is_narrow(&a) || !opnd_is_narrow(&b)) return emit_op(e, PPR_OP_SUBW, 0, wreg(e, a), wreg(e, b), 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_SUB, 0, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
}

opnd emit_mul(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_mul(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&a)) return emit_mul(e, b, a);
  if (opnd_is_const(&b) && b.lo == 1) return a;
  if (opnd_is_const(&b) && b.lo == 0 && !emit_risky(e, &a)) return opnd_const(0);
  interval r = interval_mul(opnd_interval(&a), opnd_interval(&b));
  if (!opnd_is_narrow(&a) || !opnd_is_narrow(&b)) return emit_op(e, PPR_OP_MULW, 0, wreg(e, a), wreg(e, b), 0, r.lo, r.hi);
  if (!interval_fits64(r)) return emit_op(e, PPR_OP_MULWI, 0, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
  if (opnd_is_const(&b)) return emit_op(e, PPR_OP_MULK, 0, ireg(e, a), emit_konst(e, (int64_t)b.lo), 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_MUL, 0, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
}

opnd emit_neg(emitter *e, opnd a) {
  ppr_wide v;
  if (opnd_is_const(&a)) {
    bool right = wide_sub(&v, 0, a.lo);
    return fold(e, right, v);
  }
  interval r = interval_neg(opnd_interval(&a));
  if (!interval_fits64(r) || !opnd_is_narrow(&a)) return emit_op(e, PPR_OP_NEGW, 0, wreg(e, a), 0, 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_NEG, 0, ireg(e, a), 0, 0, r.lo, r.hi);
}

opnd emit_abs(emitter *e, opnd a) {
  if (a.lo >= 0) return a;
  if (opnd_is_const(&a)) return emit_neg(e, a);
  interval r = interval_abs(opnd_interval(&a));
  if (!interval_fits64(r) || !opnd_is_narrow(&a)) return emit_op(e, PPR_OP_ABSW, 0, wreg(e, a), 0, 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_ABS, 0, ireg(e, a), 0, 0, r.lo, r.hi);
}

static opnd pick(emitter *e, opnd a, opnd b, bool smaller) {
  if (opnd_is_const(&a) && opnd_is_const(&b)) return (a.lo < b.lo) == smaller ? a : b;
  if (a.hi <= b.lo && !emit_risky(e, smaller ? &b : &a)) return smaller ? a : b;
  if (b.hi <= a.lo && !emit_risky(e, smaller ? &a : &b)) return smaller ? b : a;
  interval r = (smaller ? interval_min : interval_max)(opnd_interval(&a), opnd_interval(&b));
  if (opnd_is_narrow(&a) && opnd_is_narrow(&b)) return emit_op(e, smaller ? PPR_OP_MIN : PPR_OP_MAX, 0, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
  opnd less = emit_compare(e, CMP_LT, a, b), chosen = smaller ? emit_select(e, less, a, b) : emit_select(e, less, b, a);
  chosen.lo = r.lo;
  chosen.hi = r.hi;
  return chosen;
}

opnd emit_min(emitter *e, opnd a, opnd b) { return pick(e, a, b, true); }
opnd emit_max(emitter *e, opnd a, opnd b) { return pick(e, a, b, false); }

opnd emit_sum(emitter *e, const opnd *items, size_t n) {
  interval sum = {0, 0}, parts = {0, 0}; /* any partial sum lies within parts */
  ppr_wide summand = 0;
  size_t regs = 0, factors = 0;
  bool narrow = true, whole = true;
  for (size_t i = 0; i < n; i++) {
    interval item = opnd_interval(&items[i]);
    sum = interval_add(sum, item);
    parts = interval_add(parts, interval_join(item, (interval){0, 0}));
    narrow = narrow && opnd_is_narrow(&items[i]);
    if (opnd_is_const(&items[i])) whole = wide_add(&summand, summand, items[i].lo) && whole;
    else {
      regs++;
      if (items[i].type == PPR_T_INT && e->code[e->defs[items[i].reg]].row.op == PPR_OP_MULK) factors++;
    }
  }
  if (regs < 2 || !narrow || !whole || !interval_fits64(parts) || !wide_fits64(summand)) {
    opnd all = opnd_const(0);
    for (size_t i = 0; i < n; i++) all = emit_add(e, all, items[i]);
    return all;
  }
  bool dot = factors > 0 || summand != 0;
  uint32_t regs_at[1024];
  int64_t by[1024];
  if (regs > 1024) {
    opnd half = emit_sum(e, items, n / 2);
    return emit_add(e, half, emit_sum(e, items + n / 2, n - n / 2));
  }
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    if (opnd_is_const(&items[i])) continue;
    regs_at[k] = ireg(e, items[i]);
    by[k] = 1;
    const ppr_instr *def = &e->code[e->defs[regs_at[k]]].row;
    if (dot && def->op == PPR_OP_MULK) {
      by[k] = e->konst[def->b];
      regs_at[k] = def->a;
    }
    k++;
  }
  uint32_t at = (uint32_t)e->n_args;
  for (size_t i = 0; i < k; i++) {
    uint32_t factor = dot ? emit_konst(e, by[i]) : 0;
    PUSH(e, args, n_args, cap_args, regs_at[i]);
    if (dot) PUSH(e, args, n_args, cap_args, factor);
  }
  if (dot) return emit_op(e, PPR_OP_DOT, 0, at, (uint32_t)k, emit_konst(e, (int64_t)summand), sum.lo, sum.hi);
  return emit_op(e, PPR_OP_SUM, 0, at, (uint32_t)k, 0, sum.lo, sum.hi);
}

/* ---- division ---- */

opnd emit_div(emitter *e, opnd a, opnd b, ppr_round_mode mode) {
  if (opnd_is_const(&b) && b.lo == 1) return a;
  if (opnd_is_const(&b) && opnd_is_const(&a) && b.lo != 0 && a.lo > WIDE_MIN + 1) {
    ppr_wide quotient;
    if (dec_div_round(&quotient, a.lo, b.lo, (int)mode)) return opnd_const(quotient);
  }
  opnd x;
  int64_t k;
  if (opnd_is_const(&b) && b.lo > 1 && multiple(e, &a, &x, &k)) { /* x * 100 / 5 is x * 20 */
    ppr_wide g = wide_gcd(k, b.lo);
    if (g > 1) return emit_div(e, emit_mul(e, x, opnd_const(k / g)), opnd_const(b.lo / g), mode);
  }
  interval r = interval_div(opnd_interval(&a), opnd_interval(&b), (uint32_t)mode);
  bool narrow = opnd_is_narrow(&a) && opnd_is_narrow(&b) && interval_fits64(r) && a.lo > INT64_MIN;
  if (!narrow) return emit_op(e, PPR_OP_DIVW, (uint32_t)mode, wreg(e, a), wreg(e, b), 0, r.lo, r.hi);
  if (opnd_is_const(&b) && b.lo != 0) return emit_op(e, PPR_OP_DIVK, (uint32_t)mode, ireg(e, a), emit_konst(e, (int64_t)b.lo), 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_DIV, (uint32_t)mode, ireg(e, a), ireg(e, b), 0, r.lo, r.hi);
}

opnd emit_nonzero(emitter *e, opnd a) {
  if (a.lo > 0 || a.hi < 0) return a;
  ppr_wide lo = a.lo == 0 && a.hi > 0 ? 1 : a.lo;
  if (opnd_is_const(&a) || opnd_is_narrow(&a)) return emit_op(e, PPR_OP_NONZERO, 0, ireg(e, a), 0, 0, lo, a.hi);
  return emit_op(e, PPR_OP_NONZEROW, 0, wreg(e, a), 0, 0, lo, a.hi);
}

opnd emit_narrow(emitter *e, opnd a) {
  if (opnd_is_const(&a)) {
    if (wide_fits64(a.lo)) return a;
    emit_fail(e, DIAG_FAULT_OVERFLOW); /* perhaps of a branch that never applies: no error of the text */
    return opnd_const(0);
  }
  if (a.type != PPR_T_WIDE) return a;
  interval r = interval_clip(opnd_interval(&a), INT64_MIN, INT64_MAX);
  return emit_op(e, PPR_OP_NARROW, 0, a.reg, 0, 0, r.lo, r.hi);
}

/* ---- comparison and logic ---- */

opnd emit_compare(emitter *e, emit_compare_op cmp, opnd a, opnd b) {
  if (cmp == CMP_NE) return emit_not(e, emit_compare(e, CMP_EQ, a, b));
  if (cmp == CMP_GT) return emit_compare(e, CMP_LT, b, a);
  if (cmp == CMP_GE) return emit_compare(e, CMP_LE, b, a);
  bool open = emit_risky(e, &a) || emit_risky(e, &b);
  if (cmp == CMP_EQ) {
    if (!open && (a.hi < b.lo || b.hi < a.lo)) return opnd_truth(false);
    if (opnd_is_const(&a) && opnd_is_const(&b)) return opnd_truth(a.lo == b.lo);
    if (opnd_is_const(&a)) return emit_compare(e, cmp, b, a);
  } else if (open) {
  } else if (cmp == CMP_LT) {
    if (a.hi < b.lo) return opnd_truth(true);
    if (a.lo >= b.hi) return opnd_truth(false);
  } else {
    if (a.hi <= b.lo) return opnd_truth(true);
    if (a.lo > b.hi) return opnd_truth(false);
  }
  opnd x, y;
  int64_t kx, ky;
  if (multiple(e, &a, &x, &kx) && (multiple(e, &b, &y, &ky) || opnd_is_const(&b))) { /* x * 1000 < y * 25 is x * 40 < y */
    if (opnd_is_const(&b)) y = opnd_const(1), ky = 0;
    ppr_wide g = wide_gcd(kx, opnd_is_const(&b) ? b.lo : ky);
    if (g > 1 && opnd_is_const(&b)) return emit_compare(e, cmp, emit_mul(e, x, opnd_const(kx / g)), opnd_const(b.lo / g));
    if (g > 1) return emit_compare(e, cmp, emit_mul(e, x, opnd_const(kx / g)), emit_mul(e, y, opnd_const(ky / g)));
  }
  if (!opnd_is_narrow(&a) || !opnd_is_narrow(&b)) {
    ppr_op w = cmp == CMP_EQ ? PPR_OP_EQW : cmp == CMP_LT ? PPR_OP_LTW : PPR_OP_LEW;
    return emit_op(e, w, 0, wreg(e, a), wreg(e, b), 0, 0, 1);
  }
  if (opnd_is_const(&b)) {
    ppr_op k = cmp == CMP_EQ ? PPR_OP_EQK : cmp == CMP_LT ? PPR_OP_LTK : PPR_OP_LEK;
    return emit_op(e, k, 0, ireg(e, a), emit_konst(e, (int64_t)b.lo), 0, 0, 1);
  }
  if (opnd_is_const(&a)) { /* k < b is not b <= k */
    ppr_op k = cmp == CMP_LT ? PPR_OP_LEK : PPR_OP_LTK;
    return emit_not(e, emit_op(e, k, 0, ireg(e, b), emit_konst(e, (int64_t)a.lo), 0, 0, 1));
  }
  ppr_op r = cmp == CMP_EQ ? PPR_OP_EQ : cmp == CMP_LT ? PPR_OP_LT : PPR_OP_LE;
  return emit_op(e, r, 0, ireg(e, a), ireg(e, b), 0, 0, 1);
}

opnd emit_equal_bool(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && opnd_is_const(&b)) return opnd_truth(a.lo == b.lo);
  if (opnd_is_const(&a)) return emit_equal_bool(e, b, a);
  if (opnd_is_const(&b)) {
    if (!emit_risky(e, &a) && (b.lo < a.lo || b.lo > a.hi)) return opnd_truth(false);
    return emit_op(e, PPR_OP_EQBK, 0, breg(e, a), emit_konst(e, (int64_t)b.lo), 0, 0, 1);
  }
  return emit_op(e, PPR_OP_EQB, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

opnd emit_not(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return opnd_truth(a.lo == 0);
  const ppr_instr *def = &e->code[e->defs[a.reg]].row;
  if (def->op == PPR_OP_NOT) return e->ranges[def->a];
  return emit_op(e, PPR_OP_NOT, 0, breg(e, a), 0, 0, 0, 1);
}

opnd emit_and(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && (a.lo || !emit_risky(e, &b))) return a.lo ? b : a;
  if (opnd_is_const(&b) && (b.lo || !emit_risky(e, &a))) return b.lo ? a : b;
  return emit_op(e, PPR_OP_AND, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

opnd emit_or(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && (!a.lo || !emit_risky(e, &b))) return a.lo ? a : b;
  if (opnd_is_const(&b) && (!b.lo || !emit_risky(e, &a))) return b.lo ? b : a;
  return emit_op(e, PPR_OP_OR, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

static opnd logic_list(emitter *e, const opnd *items, size_t n, bool any) {
  size_t regs = 0;
  opnd last = opnd_truth(!any);
  bool decided = false, open = false;
  for (size_t i = 0; i < n; i++) {
    open = open || emit_risky(e, &items[i]);
    if (opnd_is_const(&items[i])) {
      decided = decided || (items[i].lo != 0) == any;
    } else {
      regs++;
      last = items[i];
    }
  }
  if (decided && !open) return opnd_truth(any);
  if (regs < 2 && !decided) return last;
  uint32_t at, count = 0, *list = arena_array(e->arena, n + 1, sizeof *list);
  if (!list) {
    e->failed = true;
    return last;
  }
  for (size_t i = 0; i < n; i++)
    if (!opnd_is_const(&items[i])) list[count++] = breg(e, items[i]);
  if (decided) list[count++] = breg(e, opnd_truth(any));
  at = (uint32_t)e->n_args;
  for (uint32_t i = 0; i < count; i++) PUSH(e, args, n_args, cap_args, list[i]);
  return emit_op(e, any ? PPR_OP_ANY : PPR_OP_ALL, 0, at, count, 0, 0, 1);
}

opnd emit_any(emitter *e, const opnd *items, size_t n) { return logic_list(e, items, n, true); }
opnd emit_all(emitter *e, const opnd *items, size_t n) { return logic_list(e, items, n, false); }

opnd emit_count(emitter *e, const opnd *items, size_t n) {
  ppr_wide sure = 0;
  uint32_t at = (uint32_t)e->n_args, regs = 0;
  for (size_t i = 0; i < n; i++) {
    if (opnd_is_const(&items[i])) sure += items[i].lo != 0;
    else {
      PUSH(e, args, n_args, cap_args, breg(e, items[i]));
      regs++;
    }
  }
  if (!regs) return opnd_const(sure);
  return emit_add(e, emit_op(e, PPR_OP_COUNT, 0, at, regs, 0, 0, regs), opnd_const(sure));
}

bool emit_visible(const emitter *e, const opnd *o) { return opnd_is_const(o) || emit_encloses(e, e->code[e->defs[o->reg]].region, e->region); }

opnd emit_bring(emitter *e, opnd cond, opnd o, bool first) {
  if (opnd_is_const(&cond) || emit_visible(e, &o)) return o;
  ppr_wide some = o.lo > 0 ? o.lo : o.hi < 0 ? o.hi : 0;
  opnd other = {PPR_NONE, o.type == PPR_T_BOOL ? PPR_T_BOOL : PPR_T_INT, some, some};
  if (o.type == PPR_T_BOOL) return first ? emit_select_bool(e, cond, o, other) : emit_select_bool(e, cond, other, o);
  return first ? emit_select(e, cond, o, other) : emit_select(e, cond, other, o);
}

opnd emit_select(emitter *e, opnd cond, opnd a, opnd b) {
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  bool open = emit_risky(e, &cond);
  if (!open && opnd_is_const(&a) && opnd_is_const(&b) && a.lo == b.lo) return a;
  if (!open && !opnd_is_const(&a) && a.reg == b.reg && emit_visible(e, &a)) return a;
  interval r = interval_join(opnd_interval(&a), opnd_interval(&b));
  if (opnd_is_narrow(&a) && opnd_is_narrow(&b)) return emit_op(e, PPR_OP_SEL_INT, 0, breg(e, cond), ireg(e, a), ireg(e, b), r.lo, r.hi);
  if (opnd_is_narrow(&a)) a = emit_bring(e, cond, a, true); /* to be widened */
  if (opnd_is_narrow(&b)) b = emit_bring(e, cond, b, false);
  return emit_op(e, PPR_OP_SEL_WIDE, 0, breg(e, cond), wreg(e, a), wreg(e, b), r.lo, r.hi);
}

opnd emit_select_bool(emitter *e, opnd cond, opnd a, opnd b) {
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  bool open = emit_risky(e, &cond);
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    if (a.lo == b.lo && !open) return a;
    if (a.lo == 1 && b.lo == 0 && cond.hi <= 1) return cond;
    if (a.lo == 0 && b.lo == 1) return emit_not(e, cond);
  }
  if (!open && !opnd_is_const(&a) && a.reg == b.reg && emit_visible(e, &a)) return a;
  interval r = interval_join(opnd_interval(&a), opnd_interval(&b));
  return emit_op(e, PPR_OP_SEL_BOOL, 0, breg(e, cond), breg(e, a), breg(e, b), r.lo, r.hi);
}

opnd emit_bool_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return opnd_truth(a.lo != 0);
  return a.type == PPR_T_BOOL ? a : emit_op(e, PPR_OP_BOOLOF, 0, ireg(e, a), 0, 0, 0, 1);
}

opnd emit_int_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return opnd_const(a.lo);
  return a.type != PPR_T_BOOL ? a : emit_op(e, PPR_OP_INTOF, 0, breg(e, a), 0, 0, a.lo, a.hi);
}

opnd emit_state_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return (opnd){PPR_NONE, PPR_T_BOOL, a.lo, a.lo};
  return emit_op(e, PPR_OP_STATEOF, 0, ireg(e, a), 0, 0, a.lo, a.hi);
}

/* ---- tables, natives ---- */

static uint32_t table(emitter *e, const int64_t *values, uint32_t rows, uint32_t cols) {
  size_t n = (size_t)rows * cols;
  for (size_t t = 0; t < e->n_tables; t++)
    if (e->tables[t].rows == rows && e->tables[t].cols == cols && e->tables[t].name == e->name &&
        !memcmp(&e->konst[e->tables[t].first], values, n * sizeof *values))
      return (uint32_t)t;
  ppr_table row = {(uint32_t)e->n_konst, rows, cols, e->name};
  for (size_t i = 0; i < n; i++) PUSH(e, konst, n_konst, cap_konst, values[i]);
  PUSH(e, tables, n_tables, cap_tables, row);
  return (uint32_t)e->n_tables - 1;
}

opnd emit_look(emitter *e, const int64_t *values, uint32_t rows, uint32_t cols, const opnd *index, int n_index) {
  interval r = interval_of(values, (size_t)rows * cols);
  if (r.lo == r.hi && !emit_risky(e, &index[0]) && (n_index == 1 || !emit_risky(e, &index[1]))) return opnd_const(r.lo);
  uint32_t t = table(e, values, rows, cols);
  if (n_index == 1) return emit_op(e, PPR_OP_LOOK, 0, ireg(e, index[0]), t, 0, r.lo, r.hi);
  return emit_op(e, PPR_OP_LOOK2, 0, ireg(e, index[0]), ireg(e, index[1]), t, r.lo, r.hi);
}

opnd emit_rank(emitter *e, const int64_t *bounds, uint32_t n, opnd a) {
  interval r = interval_rank(opnd_interval(&a), bounds, n);
  if (r.lo == r.hi && !emit_risky(e, &a)) return opnd_const(r.lo);
  uint32_t t = table(e, bounds, n, 1);
  return emit_op(e, PPR_OP_RANK, 0, ireg(e, a), t, 0, r.lo, r.hi);
}

opnd emit_call(emitter *e, uint32_t native, const opnd *args, uint32_t n, int64_t lo, int64_t hi) {
  uint32_t regs[8], at;
  for (uint32_t i = 0; i < n && i < 8; i++) regs[i] = ireg(e, emit_narrow(e, args[i]));
  at = (uint32_t)e->n_args;
  for (uint32_t i = 0; i < n && i < 8; i++) PUSH(e, args, n_args, cap_args, regs[i]);
  return emit_op(e, PPR_OP_CALL, 0, at, n, native, lo, hi);
}

void emit_fail(emitter *e, diag_code code) { emit_op(e, PPR_OP_FAIL, 0, emit_konst(e, (int64_t)code), 0, 0, 0, 0); }
