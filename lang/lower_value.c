/* Arithmetic on values during lowering: exact numbers with scale and quotients, states that pass on, choice between two. */
#include "base/decimal.h"
#include "lower_int.h"

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
  bool chosen = v->states != PRESENT && v->state.reg != PPR_NONE; /* by a condition that may fault, between one state and the same */
  if (chosen || (v->states & (v->states - 1))) return opnd_unpack(v->state);
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

void val_rest_on(lowering *l, value *v, opnd_small evidence) {
  v->evidence = opnd_pack(emit_max(&l->e, opnd_unpack(v->evidence), opnd_unpack(evidence)));
}

void val_open_with(lowering *l, value *r, const value *operand) {
  opnd s = val_state(operand);
  r->state = opnd_pack(r->states == PRESENT ? s : emit_select_bool(&l->e, s, s, val_state(r)));
  r->states |= OPEN;
  if (!(operand->states & PRESENT)) r->states = OPEN;
}

val_guard val_guard_begin(lowering *l, const value *v) {
  val_guard g = {false, {0}, {0}};
  if (!(v->states & OPEN) || !(v->states & PRESENT)) return g;
  g.on = true;
  g.present = emit_equal_bool(&l->e, val_state(v), opnd_const(PPR_PRESENT));
  g.mark = emit_when(&l->e, g.present);
  return g;
}

value val_guard_end(lowering *l, val_guard *g, value r, const check_type *t) {
  if (!g->on) return r;
  emit_else(&l->e, &g->mark);
  emit_end(&l->e, &g->mark);
  return val_choose(l, g->present, r, val_absent(PPR_UNBESTIMMT), t);
}

opnd val_known(lowering *l, const value *cond) {
  if (!(cond->states & OPEN)) return cond->num;
  return emit_and(&l->e, emit_equal_bool(&l->e, val_state(cond), opnd_const(PPR_PRESENT)), cond->num);
}

value val_add(lowering *l, value a, value b, bool minus) {
  val_align(l, &a, &b);
  value r = val_number(opnd_const(0), a.scale);
  if (!val_same(&a.den, &b.den)) {
    ppr_wide common = opnd_is_const(&a.den) && opnd_is_const(&b.den) && a.den.lo && b.den.lo ? wide_gcd(wide_abs(a.den.lo), wide_abs(b.den.lo)) : 1;
    opnd to_a = common > 1 ? opnd_const(b.den.lo / common) : b.den, to_b = common > 1 ? opnd_const(a.den.lo / common) : a.den;
    opnd den = emit_mul(&l->e, a.den, to_a);
    a.num = emit_mul(&l->e, a.num, to_a);
    b.num = emit_mul(&l->e, b.num, to_b);
    a.den = den;
  }
  r.den = a.den;
  r.num = minus ? emit_sub(&l->e, a.num, b.num) : emit_add(&l->e, a.num, b.num);
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

/* Evidence of a factor, where the other one is not zero. */
static opnd_small relevant(lowering *l, opnd_small evidence, opnd other) {
  if (evidence.hi == 0 || other.lo > 0 || other.hi < 0) return evidence;
  return opnd_pack(emit_select(&l->e, emit_compare(&l->e, CMP_EQ, other, opnd_const(0)), opnd_const(0), opnd_unpack(evidence)));
}

value val_multiply(lowering *l, value a, value b, bool divide) {
  value r = val_number(opnd_const(0), 0);
  r.num = emit_mul(&l->e, a.num, divide ? b.den : b.num);
  r.den = emit_mul(&l->e, a.den, divide ? b.num : b.den);
  /* The quotient of something over a quotient that does not exist does not exist: its divisor stays zero. */
  if (divide && b.den.lo <= 0 && b.den.hi >= 0) r.den = emit_select(&l->e, emit_compare(&l->e, CMP_EQ, b.den, opnd_const(0)), opnd_const(0), r.den);
  r.scale = divide ? a.scale - b.scale : a.scale + b.scale;
  if (!divide) { /* what is multiplied by nothing does not matter, unless it makes the product unbestimmt */
    opnd_small of_a = a.states & OPEN ? a.evidence : relevant(l, a.evidence, b.num),
               of_b = b.states & OPEN ? b.evidence : relevant(l, b.evidence, a.num);
    a.evidence = of_a;
    b.evidence = of_b;
  }
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

static uint32_t note_register(lowering *l, opnd o, ppr_type type) { return emit_reg(&l->e, o, type); }

value val_round(lowering *l, value v, int scale, ppr_round_mode mode) {
  static const check_type NUMBER = {.form = TYPE_NUMBER};
  if (!(v.states & PRESENT)) return val_open(v.evidence);
  opnd num = v.num, den = v.den;
  val_guard guard = val_guard_begin(l, &v);
  if (scale >= v.scale) num = val_ten_times(l, num, scale - v.scale);
  else den = val_ten_times(l, den, v.scale - scale);
  if (opnd_is_const(&den) && den.lo == 0 && (v.states & PRESENT)) emit_fail(&l->e, DIAG_FAULT_DIVISION), den = opnd_const(1);
  opnd q = emit_div(&l->e, num, den, mode);
  if (!opnd_is_const(&q) && !val_is_one(&den)) {
    ppr_type type = (num.type == PPR_T_WIDE || den.type == PPR_T_WIDE || !wide_fits64(num.lo) || !wide_fits64(num.hi) || !wide_fits64(den.lo) ||
                     !wide_fits64(den.hi))
                        ? PPR_T_WIDE
                        : PPR_T_INT;
    note_round n = {q.reg, note_register(l, num, type), note_register(l, den, type), (int)mode, scale, type};
    PUSH(l, rounds, n_rounds, cap_rounds, n);
  }
  value r = val_guard_end(l, &guard, val_number(q, scale), &NUMBER);
  if (guard.on) val_weaken(l, &r, v.evidence);
  else val_carry_open(l, &r, &v);
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
  static const emit_compare_op ops[] = {
      [BIN_EQ] = CMP_EQ, [BIN_NE] = CMP_NE, [BIN_LT] = CMP_LT, [BIN_LE] = CMP_LE, [BIN_GT] = CMP_GT, [BIN_GE] = CMP_GE};
  emit_compare_op op = ops[e->op];
  static const check_type BOOL = {.form = TYPE_BOOL};
  value r = val_truth(false);
  val_guard guard = {false, {0}, {0}};
  type_form form = e->a->type ? e->a->type->form : TYPE_ERROR;
  if (form == TYPE_BOOL) {
    r.num = emit_equal_bool(&l->e, a.num, b.num);
    if (op == CMP_NE) r.num = emit_not(&l->e, r.num);
  } else {
    value both = a;
    val_carry_open(l, &both, &b);
    if (!(both.states & PRESENT)) return val_open(both.evidence);
    bool fraction = !val_is_one(&a.den) || !val_is_one(&b.den);
    if (fraction) guard = val_guard_begin(l, &both);
    val_align(l, &a, &b);
    if (fraction) {
      positive(l, &a.num, &a.den);
      positive(l, &b.num, &b.den);
      opnd left = emit_mul(&l->e, a.num, b.den);
      b.num = emit_mul(&l->e, b.num, a.den);
      a.num = left;
    }
    r.num = emit_compare(&l->e, op, a.num, b.num);
    if (guard.on) {
      r = val_guard_end(l, &guard, r, &BOOL);
      val_weaken(l, &r, both.evidence);
      return r;
    }
  }
  val_carry_open(l, &r, &a);
  val_carry_open(l, &r, &b);
  return r;
}

/* What stands for the number of an absent value beside the other number: that one, or a constant of its interval where it is not computed or, as
 * unbestimmt, takes part in further arithmetic. So a register that can be read holds a value of its interval on every lane. */
static opnd stand_in(lowering *l, const opnd *other, bool open) {
  if (!open && emit_visible(&l->e, other)) return *other;
  ppr_wide some = other->lo > 0 ? other->lo : other->hi < 0 ? other->hi : 0;
  return (opnd){PPR_NONE, other->type == PPR_T_BOOL ? PPR_T_BOOL : PPR_T_INT, some, some};
}

static void replace_absent(lowering *l, value *v, const value *other) {
  bool open = (v->states & OPEN) != 0;
  v->num = stand_in(l, &other->num, open);
  v->den = stand_in(l, &other->den, open);
  v->scale = other->scale;
}

/* a where cond, else b. */
value val_choose(lowering *l, opnd cond, value a, value b, const check_type *t) {
  value r = val_number(opnd_const(0), 0);
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  if (!(a.states & PRESENT)) replace_absent(l, &a, &b);
  else if (!(b.states & PRESENT)) replace_absent(l, &b, &a);
  if (t->form == TYPE_NUMBER || t->form == TYPE_BRUCH) {
    if (a.scale < b.scale) a.num = emit_bring(&l->e, cond, a.num, true);
    if (b.scale < a.scale) b.num = emit_bring(&l->e, cond, b.num, false);
    val_align(l, &a, &b);
  }
  r.scale = a.scale;
  r.num = t->form == TYPE_BOOL ? emit_select_bool(&l->e, cond, a.num, b.num) : emit_select(&l->e, cond, a.num, b.num);
  bool same_den = opnd_is_const(&a.den) && opnd_is_const(&b.den) && a.den.lo == b.den.lo; /* the choice of the number asks for the condition */
  r.den = same_den ? a.den : emit_select(&l->e, cond, a.den, b.den);
  r.evidence = opnd_pack(emit_select(&l->e, cond, opnd_unpack(a.evidence), opnd_unpack(b.evidence)));
  r.states = a.states | b.states;
  if (r.states != PRESENT) r.state = opnd_pack(emit_select_bool(&l->e, cond, val_state(&a), val_state(&b)));
  return r;
}
