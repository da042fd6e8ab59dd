/* Instruction emission with intervals, folding, value numbering and regions; see emit.h. */
#include "emit.h"
#include "base/decimal.h"
#include <string.h>

enum { MAX_DEPTH = 1024 }; /* of regions; the verifier refuses more */

void emit_init(emitter *e, ppr_arena *arena) {
  memset(e, 0, sizeof *e);
  e->arena = arena;
  e->regions = arena_grow(arena, NULL, 0, &e->cap_regions, 16, sizeof *e->regions);
  e->failed = !e->regions;
  if (e->regions) e->regions[e->n_regions++] = (emit_region){.parent = PPR_NONE, .cond = PPR_NONE};
}

opnd opnd_const(ppr_wide value) { return (opnd){PPR_NONE, PPR_T_INT, value, value}; }

static bool fits(ppr_wide lo, ppr_wide hi) { return wide_fits64(lo) && wide_fits64(hi); }

/* ---- pools ---- */

#define PUSH(e, items, n, cap, item)                                                                                                                 \
  do {                                                                                                                                               \
    void *grown_ = arena_grow((e)->arena, (e)->items, (e)->n, &(e)->cap, (e)->n + 1, sizeof *(e)->items);                                            \
    if (!grown_) (e)->failed = true;                                                                                                                 \
    else {                                                                                                                                           \
      (e)->items = grown_;                                                                                                                           \
      (e)->items[(e)->n++] = (item);                                                                                                                 \
    }                                                                                                                                                \
  } while (0)

static uint32_t konst(emitter *e, int64_t v) {
  for (size_t i = 0; i < e->n_konst && i < 512; i++)
    if (e->konst[i] == v) return (uint32_t)i;
  PUSH(e, konst, n_konst, cap_konst, v);
  return (uint32_t)e->n_konst - 1;
}

static uint32_t wide_konst(emitter *e, ppr_wide v) {
  for (size_t i = 0; i < e->n_wide; i++)
    if (e->wide[i] == v) return (uint32_t)i;
  PUSH(e, wide, n_wide, cap_wide, v);
  return (uint32_t)e->n_wide - 1;
}

/* ---- value numbering ---- */

static bool region_encloses(const emitter *e, uint32_t outer, uint32_t inner) {
  while (inner != PPR_NONE && inner != outer) inner = e->regions[inner].parent;
  return inner == outer;
}

static size_t hash_row(const ppr_instr *r) {
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  const uint32_t words[5] = {r->op, r->m, r->a, r->b, r->c};
  for (int i = 0; i < 5; i++) h = (h ^ words[i]) * UINT64_C(0x100000001b3);
  return (size_t)(h ^ (h >> 29));
}

static void hash_put(emitter *e, uint32_t pc) {
  if ((e->hash_used + 1) * 2 > e->hash_cap) {
    size_t cap = e->hash_cap ? e->hash_cap * 2 : 1024;
    emit_slot *grown = arena_array(e->arena, cap, sizeof *grown);
    if (!grown) {
      e->failed = true;
      return;
    }
    for (size_t i = 0; i < e->hash_cap; i++) {
      if (!e->hash[i].pc) continue;
      size_t at = hash_row(&e->code[e->hash[i].pc - 1].row) & (cap - 1);
      while (grown[at].pc) at = (at + 1) & (cap - 1);
      grown[at] = e->hash[i];
    }
    e->hash = grown;
    e->hash_cap = cap;
  }
  size_t at = hash_row(&e->code[pc].row) & (e->hash_cap - 1);
  while (e->hash[at].pc) at = (at + 1) & (e->hash_cap - 1);
  e->hash[at].pc = pc + 1;
  e->hash_used++;
}

/* The register of an equal instruction that is computed wherever this one would be. */
static uint32_t hash_find(const emitter *e, const ppr_instr *r) {
  if (!e->hash_cap) return PPR_NONE;
  for (size_t at = hash_row(r) & (e->hash_cap - 1); e->hash[at].pc; at = (at + 1) & (e->hash_cap - 1)) {
    const emit_instr *i = &e->code[e->hash[at].pc - 1];
    if (i->dead || i->row.op != r->op || i->row.m != r->m || i->row.a != r->a || i->row.b != r->b || i->row.c != r->c) continue;
    if (region_encloses(e, i->region, e->region)) return i->row.d;
  }
  return PPR_NONE;
}

static bool spans_zero(const opnd *o) { return o->lo <= 0 && o->hi >= 0; }
static bool within(const opnd *o, uint32_t count) { return o->lo >= 0 && o->hi < count; }

/* Can the intervals of its operands and of its result not exclude a fault? */
static bool may_fault(const emitter *e, const ppr_op_info *info, const ppr_instr *r, ppr_wide lo, ppr_wide hi) {
  if (!(info->flags & OPF_FAULTS)) return false;
  const opnd *known = e->ranges;
  bool leaves = lo == WIDE_MIN || hi == WIDE_MAX; /* saturated */
  switch (r->op) {
  case PPR_OP_NARROW: return !fits(known[r->a].lo, known[r->a].hi);
  case PPR_OP_ADDW:
  case PPR_OP_SUBW:
  case PPR_OP_MULW:
  case PPR_OP_NEGW:
  case PPR_OP_ABSW: return leaves;
  case PPR_OP_DIV:
  case PPR_OP_DIVW: return leaves || spans_zero(&known[r->b]);
  case PPR_OP_LOOK: return !within(&known[r->a], e->tables[r->b].rows);
  case PPR_OP_LOOK2: return !within(&known[r->a], e->tables[r->c].rows) || !within(&known[r->b], e->tables[r->c].cols);
  default: return true;
  }
}

/* May computing the operand fault? Then it must be computed even where its value does not matter: nothing that reads it folds away. Inputs are
 * checked anyhow. */
static bool risky(const emitter *e, const opnd *o) { return o->reg != PPR_NONE && e->code[e->defs[o->reg]].risky; }

static bool risky_reg(const emitter *e, uint32_t reg) { return e->code[e->defs[reg]].risky; }

static bool reads_risky(const emitter *e, const ppr_op_info *info, const ppr_instr *r) {
  uint32_t step = info->shape == SHAPE_DOT ? 2 : 1;
  bool found = false;
  switch ((ppr_shape)info->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT: return risky_reg(e, r->a);
  case SHAPE_RR:
  case SHAPE_RRT: return risky_reg(e, r->a) || risky_reg(e, r->b);
  case SHAPE_SEL: return risky_reg(e, r->a) || risky_reg(e, r->b) || risky_reg(e, r->c);
  case SHAPE_LIST:
  case SHAPE_CALL:
  case SHAPE_DOT:
    for (uint32_t i = 0; i < r->b && !found; i++) found = risky_reg(e, e->args[r->a + i * step]);
    return found;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: return false;
  }
}

static opnd op(emitter *e, ppr_op code, uint32_t m, uint32_t a, uint32_t b, uint32_t c, ppr_wide lo, ppr_wide hi) {
  const ppr_op_info *info = instr_info((uint32_t)code);
  ppr_instr row = {(uint32_t)code, m, 0, a, b, c};
  bool list = info->shape == SHAPE_LIST || info->shape == SHAPE_DOT || info->shape == SHAPE_CALL || (e->apart && code == PPR_OP_FAIL);
  if (!list) {
    uint32_t known = hash_find(e, &row);
    if (known != PPR_NONE) {
      if (code == PPR_OP_FAIL) PUSH(e, effects, n_effects, cap_effects, e->defs[known]);
      return e->ranges[known];
    }
  }
  if (e->failed) return opnd_const(0);
  uint32_t reg = (uint32_t)e->n_regs;
  row.d = reg;
  emit_instr i = {row, e->pos, e->region, false, false, may_fault(e, info, &row, lo, hi), reads_risky(e, info, &row)};
  if (i.faults && info->shape != SHAPE_IN) i.risky = true;
  opnd out = {reg, (ppr_type)info->result, lo, hi};
  size_t n = e->n_regs;
  PUSH(e, types, n_regs, cap_regs, info->result);
  uint32_t *defs = arena_grow(e->arena, e->defs, n, &e->cap_defs, n + 1, sizeof *defs);
  opnd *ranges = arena_grow(e->arena, e->ranges, n, &e->cap_ranges, n + 1, sizeof *ranges);
  if (!defs || !ranges || e->failed) {
    e->failed = true;
    return opnd_const(0);
  }
  e->defs = defs;
  e->ranges = ranges;
  e->defs[n] = (uint32_t)e->n_code;
  e->ranges[n] = out;
  PUSH(e, code, n_code, cap_code, i);
  if (e->failed) return opnd_const(0);
  if (i.faults)
    for (uint32_t r = e->region; r != PPR_NONE; r = e->regions[r].parent) e->regions[r].faults = true;
  if (code == PPR_OP_FAIL) PUSH(e, effects, n_effects, cap_effects, (uint32_t)e->n_code - 1);
  if (!list) hash_put(e, (uint32_t)e->n_code - 1);
  return out;
}

/* ---- registers for operands ---- */

uint32_t emit_reg(emitter *e, opnd o, ppr_type type) {
  if (opnd_is_const(&o)) {
    if (type == PPR_T_BOOL) return op(e, PPR_OP_CONST_BOOL, 0, konst(e, (int64_t)o.lo), 0, 0, o.lo, o.hi).reg;
    if (type == PPR_T_INT) return op(e, PPR_OP_CONST_INT, 0, konst(e, (int64_t)o.lo), 0, 0, o.lo, o.hi).reg;
    return op(e, PPR_OP_CONST_WIDE, 0, wide_konst(e, o.lo), 0, 0, o.lo, o.hi).reg;
  }
  if (o.type == type) return o.reg;
  if (type == PPR_T_WIDE && o.type == PPR_T_INT) return op(e, PPR_OP_WIDEN, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  if (type == PPR_T_INT && o.type == PPR_T_WIDE) return op(e, PPR_OP_NARROW, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  if (type == PPR_T_INT && o.type == PPR_T_BOOL) return op(e, PPR_OP_INTOF, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  return op(e, PPR_OP_BOOLOF, 0, emit_reg(e, o, PPR_T_INT), 0, 0, 0, 1).reg;
}

static bool narrow_operand(const opnd *o) { return opnd_is_const(o) ? wide_fits64(o->lo) : o->type != PPR_T_WIDE; }
static uint32_t ireg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_INT); }
static uint32_t wreg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_WIDE); }
static uint32_t breg(emitter *e, opnd o) { return emit_reg(e, o, PPR_T_BOOL); }

static ppr_wide sat_add(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (!__builtin_add_overflow(a, b, &r)) return r;
  return a < 0 ? WIDE_MIN : WIDE_MAX;
}
static ppr_wide sat_neg(ppr_wide a) { return a == WIDE_MIN ? WIDE_MAX : -a; }
static ppr_wide sat_mul(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (!__builtin_mul_overflow(a, b, &r)) return r;
  return (a < 0) == (b < 0) ? WIDE_MAX : WIDE_MIN;
}
static ppr_wide least(ppr_wide a, ppr_wide b) { return a < b ? a : b; }
static ppr_wide most(ppr_wide a, ppr_wide b) { return a > b ? a : b; }

static opnd fold(emitter *e, bool right, ppr_wide v) {
  if (!right) e->too_large = true;
  return opnd_const(right ? v : 0);
}

/* x and k > 1 when a register is x * k. */
static bool multiple(const emitter *e, const opnd *o, opnd *x, int64_t *k) {
  if (opnd_is_const(o) || o->type != PPR_T_INT) return false;
  const emit_instr *def = &e->code[e->defs[o->reg]];
  if (def->row.op != PPR_OP_MULK || !region_encloses(e, def->region, e->region)) return false;
  *k = e->konst[def->row.b];
  *x = e->ranges[def->row.a];
  return *k > 1;
}

/* ---- arithmetic ---- */

opnd emit_input(emitter *e, uint32_t input, ppr_type type, int64_t lo, int64_t hi) {
  return op(e, type == PPR_T_BOOL ? PPR_OP_IN_BOOL : PPR_OP_IN_INT, 0, input, 0, 0, lo, hi);
}

opnd emit_input_state(emitter *e, uint32_t input) { return op(e, PPR_OP_IN_STATE, 0, input, 0, 0, 0, 3); }

opnd emit_add(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_add(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&a)) return emit_add(e, b, a);
  if (opnd_is_const(&b) && b.lo == 0) return a;
  ppr_wide lo = sat_add(a.lo, b.lo), hi = sat_add(a.hi, b.hi);
  if (!fits(lo, hi) || !narrow_operand(&a) || !narrow_operand(&b)) {
    opnd r = op(e, PPR_OP_ADDW, 0, wreg(e, a), wreg(e, b), 0, lo, hi);
    return r;
  }
  if (opnd_is_const(&b)) return op(e, PPR_OP_ADDK, 0, ireg(e, a), konst(e, (int64_t)b.lo), 0, lo, hi);
  return op(e, PPR_OP_ADD, 0, ireg(e, a), ireg(e, b), 0, lo, hi);
}

opnd emit_sub(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_sub(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&b) && b.lo != WIDE_MIN) return emit_add(e, a, opnd_const(-b.lo));
  ppr_wide lo = sat_add(a.lo, sat_neg(b.hi)), hi = sat_add(a.hi, sat_neg(b.lo));
  if (!fits(lo, hi) || !narrow_operand(&a) || !narrow_operand(&b)) return op(e, PPR_OP_SUBW, 0, wreg(e, a), wreg(e, b), 0, lo, hi);
  return op(e, PPR_OP_SUB, 0, ireg(e, a), ireg(e, b), 0, lo, hi);
}

opnd emit_mul(emitter *e, opnd a, opnd b) {
  ppr_wide v;
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    bool right = wide_mul(&v, a.lo, b.lo);
    return fold(e, right, v);
  }
  if (opnd_is_const(&a)) return emit_mul(e, b, a);
  if (opnd_is_const(&b) && b.lo == 1) return a;
  if (opnd_is_const(&b) && b.lo == 0 && !risky(e, &a)) return opnd_const(0);
  ppr_wide p[4] = {sat_mul(a.lo, b.lo), sat_mul(a.lo, b.hi), sat_mul(a.hi, b.lo), sat_mul(a.hi, b.hi)};
  ppr_wide lo = least(least(p[0], p[1]), least(p[2], p[3])), hi = most(most(p[0], p[1]), most(p[2], p[3]));
  if (!narrow_operand(&a) || !narrow_operand(&b)) return op(e, PPR_OP_MULW, 0, wreg(e, a), wreg(e, b), 0, lo, hi);
  if (!fits(lo, hi)) return op(e, PPR_OP_MULWI, 0, ireg(e, a), ireg(e, b), 0, lo, hi);
  if (opnd_is_const(&b)) return op(e, PPR_OP_MULK, 0, ireg(e, a), konst(e, (int64_t)b.lo), 0, lo, hi);
  return op(e, PPR_OP_MUL, 0, ireg(e, a), ireg(e, b), 0, lo, hi);
}

opnd emit_neg(emitter *e, opnd a) {
  ppr_wide v;
  if (opnd_is_const(&a)) {
    bool right = wide_sub(&v, 0, a.lo);
    return fold(e, right, v);
  }
  ppr_wide lo = sat_neg(a.hi), hi = sat_neg(a.lo);
  if (!fits(lo, hi) || !narrow_operand(&a)) return op(e, PPR_OP_NEGW, 0, wreg(e, a), 0, 0, lo, hi);
  return op(e, PPR_OP_NEG, 0, ireg(e, a), 0, 0, lo, hi);
}

opnd emit_abs(emitter *e, opnd a) {
  if (a.lo >= 0) return a;
  if (opnd_is_const(&a)) return emit_neg(e, a);
  ppr_wide lo = a.hi < 0 ? sat_neg(a.hi) : 0, hi = most(sat_neg(a.lo), a.hi);
  if (!fits(lo, hi) || !narrow_operand(&a)) return op(e, PPR_OP_ABSW, 0, wreg(e, a), 0, 0, lo, hi);
  return op(e, PPR_OP_ABS, 0, ireg(e, a), 0, 0, lo, hi);
}

static opnd pick(emitter *e, opnd a, opnd b, bool smaller) {
  if (opnd_is_const(&a) && opnd_is_const(&b)) return (a.lo < b.lo) == smaller ? a : b;
  if (a.hi <= b.lo && !risky(e, smaller ? &b : &a)) return smaller ? a : b;
  if (b.hi <= a.lo && !risky(e, smaller ? &a : &b)) return smaller ? b : a;
  ppr_wide lo = smaller ? least(a.lo, b.lo) : most(a.lo, b.lo), hi = smaller ? least(a.hi, b.hi) : most(a.hi, b.hi);
  if (narrow_operand(&a) && narrow_operand(&b)) return op(e, smaller ? PPR_OP_MIN : PPR_OP_MAX, 0, ireg(e, a), ireg(e, b), 0, lo, hi);
  opnd less = emit_compare(e, CMP_LT, a, b), r = smaller ? emit_select(e, less, a, b) : emit_select(e, less, b, a);
  r.lo = lo;
  r.hi = hi;
  return r;
}

opnd emit_min(emitter *e, opnd a, opnd b) { return pick(e, a, b, true); }
opnd emit_max(emitter *e, opnd a, opnd b) { return pick(e, a, b, false); }

opnd emit_sum(emitter *e, const opnd *items, size_t n) {
  ppr_wide lo = 0, hi = 0, least_part = 0, most_part = 0, summand = 0;
  size_t regs = 0, factors = 0;
  bool narrow = true;
  for (size_t i = 0; i < n; i++) {
    lo = sat_add(lo, items[i].lo);
    hi = sat_add(hi, items[i].hi);
    least_part = sat_add(least_part, least(items[i].lo, 0)); /* any partial sum lies within these */
    most_part = sat_add(most_part, most(items[i].hi, 0));
    narrow = narrow && narrow_operand(&items[i]);
    if (opnd_is_const(&items[i])) summand = sat_add(summand, items[i].lo);
    else {
      regs++;
      if (items[i].type == PPR_T_INT && e->code[e->defs[items[i].reg]].row.op == PPR_OP_MULK) factors++;
    }
  }
  if (regs < 2 || !narrow || !fits(least_part, most_part) || !wide_fits64(summand)) {
    opnd sum = opnd_const(0);
    for (size_t i = 0; i < n; i++) sum = emit_add(e, sum, items[i]);
    return sum;
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
    uint32_t factor = dot ? konst(e, by[i]) : 0;
    PUSH(e, args, n_args, cap_args, regs_at[i]);
    if (dot) PUSH(e, args, n_args, cap_args, factor);
  }
  if (dot) return op(e, PPR_OP_DOT, 0, at, (uint32_t)k, konst(e, (int64_t)summand), lo, hi);
  return op(e, PPR_OP_SUM, 0, at, (uint32_t)k, 0, lo, hi);
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
  ppr_wide big = most(sat_neg(a.lo), a.hi), small = b.lo > 0 ? b.lo : b.hi < 0 ? sat_neg(b.hi) : 1;
  if (a.lo > 0 && a.hi > 0) big = a.hi;
  if (a.hi < 0) big = sat_neg(a.lo);
  ppr_wide bound = big / small;
  bound = sat_add(bound, mode == PPR_ROUND_DOWN || big % small == 0 ? 0 : 1);
  ppr_wide lo = a.lo >= 0 && b.lo >= 0 ? 0 : -bound, hi = bound;
  if (a.lo >= 0 && b.lo >= 0 && b.hi > 0) lo = b.hi < WIDE_MAX ? a.lo / b.hi : 0;
  if (a.hi <= 0 && b.lo >= 0) hi = 0;
  bool narrow = narrow_operand(&a) && narrow_operand(&b) && fits(lo, hi) && a.lo > INT64_MIN;
  if (!narrow) return op(e, PPR_OP_DIVW, (uint32_t)mode, wreg(e, a), wreg(e, b), 0, lo, hi);
  if (opnd_is_const(&b) && b.lo != 0) return op(e, PPR_OP_DIVK, (uint32_t)mode, ireg(e, a), konst(e, (int64_t)b.lo), 0, lo, hi);
  return op(e, PPR_OP_DIV, (uint32_t)mode, ireg(e, a), ireg(e, b), 0, lo, hi);
}

opnd emit_nonzero(emitter *e, opnd a) {
  if (a.lo > 0 || a.hi < 0) return a;
  if (opnd_is_const(&a) || narrow_operand(&a)) return op(e, PPR_OP_NONZERO, 0, ireg(e, a), 0, 0, a.lo == 0 ? least(1, a.hi) : a.lo, a.hi);
  return op(e, PPR_OP_NONZEROW, 0, wreg(e, a), 0, 0, a.lo == 0 ? least(1, a.hi) : a.lo, a.hi);
}

opnd emit_narrow(emitter *e, opnd a) {
  if (opnd_is_const(&a)) {
    if (wide_fits64(a.lo)) return a;
    emit_fail(e, DIAG_FAULT_OVERFLOW); /* perhaps of a branch that never applies: no error of the text */
    return opnd_const(0);
  }
  if (a.type != PPR_T_WIDE) return a;
  return op(e, PPR_OP_NARROW, 0, a.reg, 0, 0, most(a.lo, INT64_MIN), least(a.hi, INT64_MAX));
}

/* ---- comparison and logic ---- */

static opnd truth(bool v) { return (opnd){PPR_NONE, PPR_T_BOOL, v, v}; }

opnd emit_compare(emitter *e, emit_compare_op cmp, opnd a, opnd b) {
  if (cmp == CMP_NE) return emit_not(e, emit_compare(e, CMP_EQ, a, b));
  if (cmp == CMP_GT) return emit_compare(e, CMP_LT, b, a);
  if (cmp == CMP_GE) return emit_compare(e, CMP_LE, b, a);
  bool open = risky(e, &a) || risky(e, &b);
  if (cmp == CMP_EQ) {
    if (!open && (a.hi < b.lo || b.hi < a.lo)) return truth(false);
    if (opnd_is_const(&a) && opnd_is_const(&b)) return truth(a.lo == b.lo);
    if (opnd_is_const(&a)) return emit_compare(e, cmp, b, a);
  } else if (open) {
  } else if (cmp == CMP_LT) {
    if (a.hi < b.lo) return truth(true);
    if (a.lo >= b.hi) return truth(false);
  } else {
    if (a.hi <= b.lo) return truth(true);
    if (a.lo > b.hi) return truth(false);
  }
  opnd x, y;
  int64_t kx, ky;
  if (multiple(e, &a, &x, &kx) && (multiple(e, &b, &y, &ky) || opnd_is_const(&b))) { /* x * 1000 < y * 25 is x * 40 < y */
    if (opnd_is_const(&b)) y = opnd_const(1), ky = 0;
    ppr_wide g = wide_gcd(kx, opnd_is_const(&b) ? b.lo : ky);
    if (g > 1 && opnd_is_const(&b)) return emit_compare(e, cmp, emit_mul(e, x, opnd_const(kx / g)), opnd_const(b.lo / g));
    if (g > 1) return emit_compare(e, cmp, emit_mul(e, x, opnd_const(kx / g)), emit_mul(e, y, opnd_const(ky / g)));
  }
  if (!narrow_operand(&a) || !narrow_operand(&b)) {
    ppr_op w = cmp == CMP_EQ ? PPR_OP_EQW : cmp == CMP_LT ? PPR_OP_LTW : PPR_OP_LEW;
    return op(e, w, 0, wreg(e, a), wreg(e, b), 0, 0, 1);
  }
  if (opnd_is_const(&b)) {
    ppr_op k = cmp == CMP_EQ ? PPR_OP_EQK : cmp == CMP_LT ? PPR_OP_LTK : PPR_OP_LEK;
    return op(e, k, 0, ireg(e, a), konst(e, (int64_t)b.lo), 0, 0, 1);
  }
  if (opnd_is_const(&a)) { /* k < b is not b <= k */
    ppr_op k = cmp == CMP_LT ? PPR_OP_LEK : PPR_OP_LTK;
    return emit_not(e, op(e, k, 0, ireg(e, b), konst(e, (int64_t)a.lo), 0, 0, 1));
  }
  ppr_op r = cmp == CMP_EQ ? PPR_OP_EQ : cmp == CMP_LT ? PPR_OP_LT : PPR_OP_LE;
  return op(e, r, 0, ireg(e, a), ireg(e, b), 0, 0, 1);
}

opnd emit_equal_bool(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && opnd_is_const(&b)) return truth(a.lo == b.lo);
  if (opnd_is_const(&a)) return emit_equal_bool(e, b, a);
  if (opnd_is_const(&b)) {
    if (!risky(e, &a) && (b.lo < a.lo || b.lo > a.hi)) return truth(false);
    return op(e, PPR_OP_EQBK, 0, breg(e, a), konst(e, (int64_t)b.lo), 0, 0, 1);
  }
  return op(e, PPR_OP_EQB, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

opnd emit_not(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return truth(a.lo == 0);
  const ppr_instr *def = &e->code[e->defs[a.reg]].row;
  if (def->op == PPR_OP_NOT) return e->ranges[def->a];
  return op(e, PPR_OP_NOT, 0, breg(e, a), 0, 0, 0, 1);
}

opnd emit_and(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && (a.lo || !risky(e, &b))) return a.lo ? b : a;
  if (opnd_is_const(&b) && (b.lo || !risky(e, &a))) return b.lo ? a : b;
  return op(e, PPR_OP_AND, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

opnd emit_or(emitter *e, opnd a, opnd b) {
  if (opnd_is_const(&a) && (!a.lo || !risky(e, &b))) return a.lo ? a : b;
  if (opnd_is_const(&b) && (!b.lo || !risky(e, &a))) return b.lo ? b : a;
  return op(e, PPR_OP_OR, 0, breg(e, a), breg(e, b), 0, 0, 1);
}

static opnd logic_list(emitter *e, const opnd *items, size_t n, bool any) {
  size_t regs = 0;
  opnd last = truth(!any);
  bool decided = false, open = false;
  for (size_t i = 0; i < n; i++) {
    open = open || risky(e, &items[i]);
    if (opnd_is_const(&items[i])) {
      decided = decided || (items[i].lo != 0) == any;
    } else {
      regs++;
      last = items[i];
    }
  }
  if (decided && !open) return truth(any);
  if (regs < 2 && !decided) return last;
  uint32_t at, count = 0, *list = arena_array(e->arena, n + 1, sizeof *list);
  if (!list) {
    e->failed = true;
    return last;
  }
  for (size_t i = 0; i < n; i++)
    if (!opnd_is_const(&items[i])) list[count++] = breg(e, items[i]);
  if (decided) list[count++] = breg(e, truth(any));
  at = (uint32_t)e->n_args;
  for (uint32_t i = 0; i < count; i++) PUSH(e, args, n_args, cap_args, list[i]);
  return op(e, any ? PPR_OP_ANY : PPR_OP_ALL, 0, at, count, 0, 0, 1);
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
  return emit_add(e, op(e, PPR_OP_COUNT, 0, at, regs, 0, 0, regs), opnd_const(sure));
}

bool emit_visible(const emitter *e, const opnd *o) { return opnd_is_const(o) || region_encloses(e, e->code[e->defs[o->reg]].region, e->region); }

opnd emit_bring(emitter *e, opnd cond, opnd o, bool first) {
  if (opnd_is_const(&cond) || emit_visible(e, &o)) return o;
  ppr_wide some = o.lo > 0 ? o.lo : o.hi < 0 ? o.hi : 0;
  opnd other = {PPR_NONE, o.type == PPR_T_BOOL ? PPR_T_BOOL : PPR_T_INT, some, some};
  if (o.type == PPR_T_BOOL) return first ? emit_select_bool(e, cond, o, other) : emit_select_bool(e, cond, other, o);
  return first ? emit_select(e, cond, o, other) : emit_select(e, cond, other, o);
}

opnd emit_select(emitter *e, opnd cond, opnd a, opnd b) {
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  bool open = risky(e, &cond);
  if (!open && opnd_is_const(&a) && opnd_is_const(&b) && a.lo == b.lo) return a;
  if (!open && !opnd_is_const(&a) && a.reg == b.reg && emit_visible(e, &a)) return a;
  ppr_wide lo = least(a.lo, b.lo), hi = most(a.hi, b.hi);
  if (narrow_operand(&a) && narrow_operand(&b)) return op(e, PPR_OP_SEL_INT, 0, breg(e, cond), ireg(e, a), ireg(e, b), lo, hi);
  if (narrow_operand(&a)) a = emit_bring(e, cond, a, true); /* to be widened */
  if (narrow_operand(&b)) b = emit_bring(e, cond, b, false);
  return op(e, PPR_OP_SEL_WIDE, 0, breg(e, cond), wreg(e, a), wreg(e, b), lo, hi);
}

opnd emit_select_bool(emitter *e, opnd cond, opnd a, opnd b) {
  if (opnd_is_const(&cond)) return cond.lo ? a : b;
  bool open = risky(e, &cond);
  if (opnd_is_const(&a) && opnd_is_const(&b)) {
    if (a.lo == b.lo && !open) return a;
    if (a.lo == 1 && b.lo == 0 && cond.hi <= 1) return cond;
    if (a.lo == 0 && b.lo == 1) return emit_not(e, cond);
  }
  if (!open && !opnd_is_const(&a) && a.reg == b.reg && emit_visible(e, &a)) return a;
  return op(e, PPR_OP_SEL_BOOL, 0, breg(e, cond), breg(e, a), breg(e, b), least(a.lo, b.lo), most(a.hi, b.hi));
}

opnd emit_bool_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return truth(a.lo != 0);
  return a.type == PPR_T_BOOL ? a : op(e, PPR_OP_BOOLOF, 0, ireg(e, a), 0, 0, 0, 1);
}

opnd emit_int_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return opnd_const(a.lo);
  return a.type != PPR_T_BOOL ? a : op(e, PPR_OP_INTOF, 0, breg(e, a), 0, 0, a.lo, a.hi);
}

opnd emit_state_of(emitter *e, opnd a) {
  if (opnd_is_const(&a)) return (opnd){PPR_NONE, PPR_T_BOOL, a.lo, a.lo};
  return op(e, PPR_OP_STATEOF, 0, ireg(e, a), 0, 0, a.lo, a.hi);
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
  ppr_wide lo = values[0], hi = values[0];
  for (size_t i = 1; i < (size_t)rows * cols; i++) {
    lo = least(lo, values[i]);
    hi = most(hi, values[i]);
  }
  if (lo == hi && !risky(e, &index[0]) && (n_index == 1 || !risky(e, &index[1]))) return opnd_const(lo);
  uint32_t t = table(e, values, rows, cols);
  if (n_index == 1) return op(e, PPR_OP_LOOK, 0, ireg(e, index[0]), t, 0, lo, hi);
  return op(e, PPR_OP_LOOK2, 0, ireg(e, index[0]), ireg(e, index[1]), t, lo, hi);
}

opnd emit_rank(emitter *e, const int64_t *bounds, uint32_t n, opnd a) {
  uint32_t below = 0, up_to = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (bounds[i] <= a.lo) below++;
    if (bounds[i] <= a.hi) up_to++;
  }
  if (below == up_to && !risky(e, &a)) return opnd_const(below);
  uint32_t t = table(e, bounds, n, 1);
  return op(e, PPR_OP_RANK, 0, ireg(e, a), t, 0, below, up_to);
}

opnd emit_call(emitter *e, uint32_t native, const opnd *args, uint32_t n, int64_t lo, int64_t hi) {
  uint32_t regs[8], at;
  for (uint32_t i = 0; i < n && i < 8; i++) regs[i] = ireg(e, emit_narrow(e, args[i]));
  at = (uint32_t)e->n_args;
  for (uint32_t i = 0; i < n && i < 8; i++) PUSH(e, args, n_args, cap_args, regs[i]);
  return op(e, PPR_OP_CALL, 0, at, n, native, lo, hi);
}

void emit_fail(emitter *e, diag_code code) { op(e, PPR_OP_FAIL, 0, konst(e, (int64_t)code), 0, 0, 0, 0); }

/* ---- regions ---- */

static uint32_t open_region(emitter *e, uint32_t parent, uint32_t cond) {
  emit_region r = {.parent = parent, .cond = cond};
  PUSH(e, regions, n_regions, cap_regions, r);
  return (uint32_t)e->n_regions - 1;
}

static size_t marker(emitter *e, ppr_op code, uint32_t a) {
  emit_instr i = {{(uint32_t)code, 0, PPR_NONE, a, 0, 0}, e->pos, e->region, false, false, false, false};
  PUSH(e, code, n_code, cap_code, i);
  return e->n_code - 1;
}

emit_mark emit_when(emitter *e, opnd cond) {
  emit_mark mark = {0, 0, e->region, 0, 0};
  uint32_t reg = breg(e, cond);
  mark.when = marker(e, PPR_OP_WHEN, reg);
  mark.region_when = e->region = open_region(e, mark.outer, reg);
  return mark;
}

void emit_else(emitter *e, emit_mark *mark) {
  e->region = mark->outer;
  mark->otherwise = marker(e, PPR_OP_ELSE, 0);
  mark->region_else = e->region = open_region(e, mark->outer, e->failed ? PPR_NONE : e->code[mark->when].row.a);
}

void emit_end(emitter *e, emit_mark *mark) {
  e->region = mark->outer;
  size_t end = marker(e, PPR_OP_END, 0);
  if (e->failed) return;
  if (!e->regions[mark->region_when].faults && !e->regions[mark->region_else].faults) {
    /* Nothing can fault: compute both arms on all lanes, what was computed inside is then valid outside. */
    e->code[mark->when].dead = e->code[mark->otherwise].dead = e->code[end].dead = true;
    for (size_t i = mark->when; i < end; i++)
      if (e->code[i].region == mark->region_when || e->code[i].region == mark->region_else) e->code[i].region = mark->outer;
    for (size_t r = mark->region_when + 1; r < e->n_regions; r++)
      if (e->regions[r].parent == mark->region_when || e->regions[r].parent == mark->region_else) e->regions[r].parent = mark->outer;
    return;
  }
  for (int arm = 0; arm < 2; arm++) {
    emit_region *r = &e->regions[arm ? mark->region_else : mark->region_when];
    r->when = mark->when;
    r->otherwise = mark->otherwise;
    r->end = end;
  }
}

/* ---- finishing ---- */

void emit_need(emitter *e, uint32_t reg) {
  if (reg != PPR_NONE && !e->failed) e->code[e->defs[reg]].live = true;
}

void emit_need_effects(emitter *e, size_t first, size_t end) {
  for (size_t i = first; i < end && !e->failed; i++) e->code[e->effects[i]].live = true;
}

static void need_operands(emitter *e, const ppr_instr *r) {
  ppr_instr row = *r;
  switch ((ppr_shape)instr_info(row.op)->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: emit_need(e, row.a); break;
  case SHAPE_RR:
  case SHAPE_RRT:
    emit_need(e, row.a);
    emit_need(e, row.b);
    break;
  case SHAPE_SEL:
    emit_need(e, row.a);
    emit_need(e, row.b);
    emit_need(e, row.c);
    break;
  case SHAPE_LIST:
  case SHAPE_CALL:
    for (uint32_t i = 0; i < row.b; i++) emit_need(e, e->args[row.a + i]);
    break;
  case SHAPE_DOT:
    for (uint32_t i = 0; i < row.b; i++) emit_need(e, e->args[row.a + 2 * i]);
    break;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: break;
  }
}

/* What live instructions need is live; all of it stands before them, so one pass backwards finds everything. */
static void spread(emitter *e) {
  for (size_t pc = e->n_code; pc-- > 0;) {
    const emit_instr *i = &e->code[pc];
    if (!i->live || i->dead) continue;
    need_operands(e, &i->row);
    for (uint32_t r = i->region; r && r != PPR_NONE && !e->regions[r].needed; r = e->regions[r].parent) {
      e->regions[r].needed = true;
      emit_need(e, e->regions[r].cond);
    }
  }
}

static void renumber(emitter *e, ppr_instr *r, const uint32_t *map, bool *seen_args) {
  switch ((ppr_shape)instr_info(r->op)->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: r->a = map[r->a]; break;
  case SHAPE_RR:
  case SHAPE_RRT:
    r->a = map[r->a];
    r->b = map[r->b];
    break;
  case SHAPE_SEL:
    r->a = map[r->a];
    r->b = map[r->b];
    r->c = map[r->c];
    break;
  case SHAPE_LIST:
  case SHAPE_CALL:
  case SHAPE_DOT: {
    uint32_t step = instr_info(r->op)->shape == SHAPE_DOT ? 2 : 1;
    for (uint32_t i = 0; i < r->b; i++) {
      uint32_t at = r->a + i * step;
      if (!seen_args[at]) e->args[at] = map[e->args[at]];
      seen_args[at] = true;
    }
    break;
  }
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: break;
  }
}

uint32_t *emit_finish(emitter *e) {
  uint32_t *map = arena_array(e->arena, e->n_regs + 1, sizeof *map);
  bool *seen = arena_array(e->arena, e->n_args + 1, sizeof *seen);
  if (!map || !seen || e->failed) {
    e->failed = true;
    return NULL;
  }
  spread(e);
  for (size_t r = 1; r < e->n_regions; r++) { /* a region stays when something inside is needed */
    const emit_region *g = &e->regions[r];
    if (g->needed && g->end) e->code[g->when].live = e->code[g->otherwise].live = e->code[g->end].live = true;
  }
  size_t out = 0;
  uint32_t regs = 0, open[MAX_DEPTH];
  int depth = 0;
  for (size_t i = 0; i < e->n_regs; i++) map[i] = PPR_NONE;
  for (size_t i = 0; i < e->n_code; i++) {
    emit_instr in = e->code[i];
    if (in.dead || !in.live) continue;
    if (in.row.d != PPR_NONE) {
      uint32_t old = in.row.d;
      map[old] = regs;
      e->types[regs] = e->types[old]; /* old >= regs: compaction in place */
      e->ranges[regs] = e->ranges[old];
      in.row.d = regs++;
    }
    renumber(e, &in.row, map, seen);
    if (in.row.op == PPR_OP_WHEN && depth < MAX_DEPTH) open[depth++] = (uint32_t)out;
    if (in.row.op == PPR_OP_ELSE && depth) {
      e->code[open[depth - 1]].row.b = (uint32_t)out;
      open[depth - 1] = (uint32_t)out;
    }
    if (in.row.op == PPR_OP_END && depth) e->code[open[--depth]].row.b = (uint32_t)out;
    e->code[out++] = in;
  }
  e->n_code = out;
  e->n_regs = regs;
  return map;
}
