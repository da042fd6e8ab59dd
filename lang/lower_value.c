/* Arithmetic on values during lowering: exact numbers with scale and quotients, states that pass on, choice between two. */
#include "base/decimal.h"
#include "lower_int.h"

value val_number(opnd num, int scale) { return (value){num, opnd_const(1), scale, PRESENT, opnd_const(0)}; }
value val_plain(opnd num) { return val_number(num, 0); }
value val_truth(bool v) { return val_plain((opnd){PPR_NONE, PPR_T_BOOL, v, v}); }
value val_absent(unsigned state) { return (value){opnd_const(0), opnd_const(1), 0, 1u << state, opnd_const(state)}; }
bool val_is_one(const opnd *o) { return opnd_is_const(o) && o->lo == 1; }
bool val_same(const opnd *a, const opnd *b) { return opnd_is_const(a) ? opnd_is_const(b) && a->lo == b->lo : a->reg == b->reg; }

opnd val_ten_times(lowering *l, opnd o, int power) {
  if (power > 38) {
    l->e.too_large = true;
    return o;
  }
  return power > 0 ? emit_mul(&l->e, o, opnd_const(dec_pow10(power))) : o;
}

void val_align(lowering *l, value *a, value *b) {
  if (a->scale < b->scale) {
    a->num = val_ten_times(l, a->num, b->scale - a->scale);
    a->scale = b->scale;
  } else if (b->scale < a->scale) {
    b->num = val_ten_times(l, b->num, a->scale - b->scale);
    b->scale = a->scale;
  }
}

opnd val_state(const value *v) {
  if (v->states & (v->states - 1)) return v->state;
  unsigned s = 0;
  while (s < 3 && v->states != 1u << s) s++;
  return (opnd){PPR_NONE, PPR_T_BOOL, s, s};
}

/* Refuses values that may be fehlt or entfällt; unbestimmt passes on. */
bool val_strict(lowering *l, const value *v, const ast_expr *e) {
  unsigned bad = v->states & ((1u << PPR_FEHLT) | (1u << PPR_ENTFAELLT));
  if (bad) report_add(l->m->report, DIAG_STATE_UNHANDLED, e->span, model_state_word(bad & (1u << PPR_FEHLT) ? PPR_FEHLT : PPR_ENTFAELLT), NULL);
  return !bad;
}

/* Result of an operation is unbestimmt where an operand is. */
void val_carry_open(lowering *l, value *r, const value *operand) {
  if (!(operand->states & OPEN)) return;
  opnd s = val_state(operand);
  r->state = r->states & OPEN ? emit_select_bool(&l->e, s, s, val_state(r)) : s;
  r->states |= OPEN;
  if (!(operand->states & PRESENT)) r->states = OPEN;
}

/* Runs body only where v is present, for operations that may fault on a meaningless number. */
static bool guard_begin(lowering *l, const value *v, opnd *cond, emit_mark *mark) {
  if (!(v->states & OPEN) || !(v->states & PRESENT)) return false;
  *cond = emit_equal_bool(&l->e, val_state(v), opnd_const(0));
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

value val_add(lowering *l, value a, value b, bool minus) {
  val_align(l, &a, &b);
  value r = val_number(opnd_const(0), a.scale);
  if (!val_same(&a.den, &b.den)) {
    opnd den = emit_mul(&l->e, a.den, b.den);
    a.num = emit_mul(&l->e, a.num, b.den);
    b.num = emit_mul(&l->e, b.num, a.den);
    a.den = den;
  }
  r.den = a.den;
  r.num = minus ? emit_sub(&l->e, a.num, b.num) : emit_add(&l->e, a.num, b.num);
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

value val_multiply(lowering *l, value a, value b, bool divide) {
  value r = val_number(opnd_const(0), 0);
  r.num = emit_mul(&l->e, a.num, divide ? b.den : b.num);
  r.den = emit_mul(&l->e, a.den, divide ? b.num : b.den);
  r.scale = divide ? a.scale - b.scale : a.scale + b.scale;
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

static uint32_t note_register(lowering *l, opnd o, ppr_type type) { return emit_reg(&l->e, o, type); }

value val_round(lowering *l, value v, int scale, ppr_round_mode mode) {
  value r = val_number(opnd_const(0), scale);
  opnd num = v.num, den = v.den, cond = {0};
  emit_mark mark;
  bool guarded = guard_begin(l, &v, &cond, &mark);
  if (scale >= v.scale) num = val_ten_times(l, num, scale - v.scale);
  else den = val_ten_times(l, den, v.scale - scale);
  if (opnd_is_const(&den) && den.lo == 0 && (v.states & PRESENT)) emit_fail(&l->e, DIAG_FAULT_DIVISION), den = opnd_const(1);
  opnd q = emit_div(&l->e, num, den, mode);
  if (!opnd_is_const(&q) && !val_is_one(&den)) {
    ppr_type type = (num.type == PPR_T_WIDE || den.type == PPR_T_WIDE || !wide_fits64(num.lo) || !wide_fits64(num.hi) || !wide_fits64(den.lo) || !wide_fits64(den.hi))
                        ? PPR_T_WIDE : PPR_T_INT;
    note_round n = {q.reg, note_register(l, num, type), note_register(l, den, type), (int)mode, scale, type};
    PUSH(l, rounds, n_rounds, cap_rounds, n);
  }
  r.num = guard_end(l, guarded, cond, &mark, q, false);
  val_carry_open(l, &r, &v);
  return r;
}

/* A divisor made positive, its number turned with it; zero faults. */
static void positive(lowering *l, opnd *num, opnd *den) {
  if (val_is_one(den)) return;
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

value val_compare(lowering *l, ast_expr *e, value a, value b) {
  static const emit_compare_op ops[] = {[BIN_EQ] = CMP_EQ, [BIN_NE] = CMP_NE, [BIN_LT] = CMP_LT, [BIN_LE] = CMP_LE, [BIN_GT] = CMP_GT, [BIN_GE] = CMP_GE};
  emit_compare_op op = ops[e->op];
  value r = val_truth(false);
  type_form form = e->a->type ? e->a->type->form : TYPE_ERROR;
  if (form == TYPE_BOOL) {
    r.num = emit_equal_bool(&l->e, a.num, b.num);
    if (op == CMP_NE) r.num = emit_not(&l->e, r.num);
  } else {
    value both = a;
    opnd cond = {0};
    emit_mark mark;
    val_carry_open(l, &both, &b);
    bool fraction = !val_is_one(&a.den) || !val_is_one(&b.den), guarded = fraction && guard_begin(l, &both, &cond, &mark);
    val_align(l, &a, &b);
    if (fraction) {
      positive(l, &a.num, &a.den);
      positive(l, &b.num, &b.den);
      opnd left = emit_mul(&l->e, a.num, b.den);
      b.num = emit_mul(&l->e, b.num, a.den);
      a.num = left;
    }
    r.num = guard_end(l, guarded, cond, &mark, emit_compare(&l->e, op, a.num, b.num), true);
  }
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

/* a where cond, else b. */
value val_choose(lowering *l, opnd cond, value a, value b, const check_type *t) {
  value r = val_number(opnd_const(0), 0);
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  if (!(a.states & PRESENT)) a.num = b.num, a.den = b.den, a.scale = b.scale;
  if (!(b.states & PRESENT)) b.num = a.num, b.den = a.den, b.scale = a.scale;
  if (t->form == TYPE_NUMBER || t->form == TYPE_BRUCH) val_align(l, &a, &b);
  r.scale = a.scale;
  r.num = t->form == TYPE_BOOL ? emit_select_bool(&l->e, cond, a.num, b.num) : emit_select(&l->e, cond, a.num, b.num);
  r.den = emit_select(&l->e, cond, a.den, b.den);
  r.states = a.states | b.states;
  if (r.states & (r.states - 1)) r.state = emit_select_bool(&l->e, cond, val_state(&a), val_state(&b));
  return r;
}
