/* Random well-typed programs: the machine gives the same results and faults for every number of lanes, under both plans, with every set of kernels
 * this processor has, from columns of 32 and of 64 bits, and they are those of an oracle that walks the instructions row by row without kernels,
 * masks, slots, widths or fused steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "code/verify.h"
#include "support/prng.h"
#include "support/tiny.h"
#include "vm/exec.h"

enum { PROGRAMS = 300, ROWS = 150, INPUTS = 8, MAX_VISIBLE = 4096, MAX_SCOPES = 8 };

/* --- a native that sometimes fails --- */

static int scramble(int64_t *out, int64_t a, int64_t b) {
  *out = (int64_t)((uint64_t)a * 31 + (uint64_t)b);
  return a % 13 == 5;
}
static const ppr_native scramble_native = {"scramble", "Zahl(0)(Zahl(0),Zahl(0))", (ppr_native_fn)scramble, "", "", "", INT64_MIN, INT64_MAX};

/* --- generator --- */

typedef struct visible {
  uint32_t reg;
  ppr_type type;
} visible;

typedef struct maker {
  tiny t;
  prng *r;
  visible regs[MAX_VISIBLE];
  uint32_t n;
  uint32_t table, table2, ranks;
} maker;

static void see(maker *m, uint32_t reg, ppr_type type) {
  if (m->n < MAX_VISIBLE) m->regs[m->n++] = (visible){reg, type};
}

/* A visible register of a type; every type has one from the start. */
static uint32_t any(maker *m, ppr_type type) {
  for (;;) {
    uint32_t i = (uint32_t)prng_below(m->r, m->n);
    if (prng_below(m->r, 3) && m->n > 12) i = m->n - 1 - (uint32_t)prng_below(m->r, 12); /* chains rather than stars */
    if (m->regs[i].type == type) return m->regs[i].reg;
  }
}

static int64_t some_number(prng *r) {
  static const int64_t edge[] = {0,
                                 1,
                                 -1,
                                 2,
                                 5,
                                 7,
                                 10,
                                 100,
                                 6000,
                                 -10,
                                 3,
                                 1000000007,
                                 INT64_C(1) << 30,
                                 INT64_C(1) << 31,
                                 (INT64_C(1) << 30) - 1,
                                 -(INT64_C(1) << 31),
                                 INT64_MAX,
                                 INT64_MIN,
                                 INT64_MAX - 1,
                                 INT64_C(1) << 62,
                                 4294967296,
                                 4294967295};
  switch (prng_below(r, 4)) {
  case 0: return edge[prng_below(r, sizeof edge / sizeof *edge)];
  case 1: return prng_between(r, -20, 20);
  case 2: return prng_between(r, -1000000, 1000000);
  default: return (int64_t)prng_next(r) >> prng_below(r, 63);
  }
}

static int64_t nonzero(prng *r) {
  int64_t k = some_number(r);
  return k ? k : 7;
}

static uint32_t list_of(maker *m, ppr_type type, uint32_t *n) {
  uint32_t items[40];
  *n = (uint32_t)prng_below(m->r, 20);
  for (uint32_t i = 0; i < *n; i++) items[i] = any(m, type);
  return tiny_args(&m->t, items, *n);
}

static uint32_t dot_of(maker *m, uint32_t *n) {
  uint32_t items[60];
  *n = (uint32_t)prng_below(m->r, 30);
  for (uint32_t i = 0; i < *n; i++) {
    items[2 * i] = any(m, PPR_T_INT);
    items[2 * i + 1] = tiny_k(&m->t, some_number(m->r));
  }
  return tiny_args(&m->t, items, 2 * *n);
}

static bool made_by_generator(uint32_t op) {
  const ppr_op_info *info = instr_info(op);
  return info && info->shape != SHAPE_IN && !(info->flags & OPF_REGION);
}

static void make_instruction(maker *m, bool in_region) {
  tiny *t = &m->t;
  uint32_t op, n;
  do op = (uint32_t)prng_below(m->r, PPR_OP_FAIL + 1);
  while (!made_by_generator(op) || (op == PPR_OP_FAIL && !in_region) || ((instr_info(op)->flags & OPF_FAULTS) && prng_below(m->r, 4)));
  const ppr_op_info *info = instr_info(op);
  ppr_type type = (ppr_type)info->operand;
  ppr_instr i = {op, info->flags & OPF_ROUND ? (uint32_t)prng_below(m->r, PPR_ROUND_MODES) : 0, 0, 0, 0, 0};
  switch ((ppr_shape)info->shape) {
  case SHAPE_K:
    if (op == PPR_OP_CONST_WIDE) i.a = build_wide_konst(t->b, (ppr_wide_konst){some_number(m->r), some_number(m->r)});
    else i.a = tiny_k(t, op == PPR_OP_FAIL ? 5207 : op == PPR_OP_CONST_BOOL ? prng_between(m->r, 0, 3) : some_number(m->r));
    break;
  case SHAPE_R: i.a = any(m, type); break;
  case SHAPE_RR: i.a = any(m, type), i.b = any(m, type); break;
  case SHAPE_RK: i.a = any(m, type), i.b = tiny_k(t, op == PPR_OP_EQBK ? prng_between(m->r, 0, 3) : nonzero(m->r)); break;
  case SHAPE_RT: i.a = any(m, type), i.b = op == PPR_OP_RANK ? m->ranks : m->table; break;
  case SHAPE_RRT: i.a = any(m, type), i.b = any(m, type), i.c = m->table2; break;
  case SHAPE_SEL: i.a = any(m, PPR_T_BOOL), i.b = any(m, type), i.c = any(m, type); break;
  case SHAPE_LIST: i.a = list_of(m, type, &n), i.b = n; break;
  case SHAPE_DOT: i.a = dot_of(m, &n), i.b = n, i.c = tiny_k(t, some_number(m->r)); break;
  case SHAPE_CALL: {
    uint32_t two[2] = {any(m, PPR_T_INT), any(m, PPR_T_INT)};
    i.a = tiny_args(t, two, 2), i.b = 2;
    break;
  }
  case SHAPE_IN:
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END: break;
  }
  see(m, tiny_op(t, (ppr_op)op, i.m, i.a, i.b, i.c), (ppr_type)info->result);
}

/* --- what plans fuse --- */

static uint32_t times(maker *m, uint32_t reg) {
  return prng_below(m->r, 3) ? tiny2(&m->t, PPR_OP_MULK, reg, tiny_k(&m->t, nonzero(m->r) >> prng_below(m->r, 40))) : reg;
}

static void make_scale(maker *m) {
  uint32_t mode = (uint32_t)prng_below(m->r, PPR_ROUND_MODES), x = times(m, any(m, PPR_T_INT));
  see(m, tiny_op(&m->t, PPR_OP_DIVK, mode, x, tiny_k(&m->t, nonzero(m->r)), 0), PPR_T_INT);
}

/* The divisor is not 0 in one of the arms; in most programs it is the right one. */
static void make_guarded_quotient(maker *m) {
  tiny *t = &m->t;
  uint32_t a = any(m, PPR_T_INT), b = any(m, PPR_T_INT), cond, form = (uint32_t)prng_below(m->r, 5),
           mode = (uint32_t)prng_below(m->r, PPR_ROUND_MODES);
  uint32_t by = prng_below(m->r, 4) ? b : tiny2(t, PPR_OP_MULK, b, tiny_k(t, nonzero(m->r)));
  if (form < 2) cond = tiny2(t, PPR_OP_EQK, b, tiny_k(t, form));
  else if (form == 2) cond = tiny1(t, PPR_OP_BOOLOF, b);
  else cond = tiny2(t, form == 3 ? PPR_OP_LEK : PPR_OP_LTK, b, tiny_k(t, prng_between(m->r, -1, 1)));
  if (prng_below(m->r, 3) == 0) cond = tiny2(t, PPR_OP_AND, cond, any(m, PPR_T_BOOL));
  if (prng_below(m->r, 3) == 0) cond = tiny1(t, PPR_OP_NOT, cond);
  bool first = prng_below(m->r, 4) == 0;
  uint32_t q = 0, when = tiny_when(t, cond);
  if (first) q = tiny_op(t, PPR_OP_DIV, mode, times(m, a), by, 0);
  uint32_t otherwise = tiny_else(t, when);
  if (!first) q = tiny_op(t, PPR_OP_DIV, mode, times(m, a), by, 0);
  tiny_end(t, otherwise);
  uint32_t other = prng_below(m->r, 3) ? tiny_const(t, some_number(m->r)) : any(m, PPR_T_INT);
  see(m, tiny3(t, PPR_OP_SEL_INT, cond, first ? q : other, first ? other : q), PPR_T_INT);
}

static void make_distance(maker *m) {
  tiny *t = &m->t;
  uint32_t apart = tiny1(t, PPR_OP_ABS, tiny2(t, PPR_OP_SUB, any(m, PPR_T_INT), any(m, PPR_T_INT))), far = times(m, apart), c = any(m, PPR_T_INT);
  bool left = prng_below(m->r, 2);
  see(m, tiny2(t, prng_below(m->r, 2) ? PPR_OP_LT : PPR_OP_LE, left ? far : c, left ? c : far), PPR_T_BOOL);
}

/* Any number, kept within bounds: many are at them. */
static uint32_t within(maker *m, int64_t lo, int64_t hi) {
  uint32_t below = tiny2(&m->t, PPR_OP_MIN, any(m, PPR_T_INT), tiny_const(&m->t, hi));
  return tiny2(&m->t, PPR_OP_MAX, below, tiny_const(&m->t, lo));
}

static void make_products(maker *m) {
  uint32_t items[12], n = (uint32_t)prng_below(m->r, 8) ? 2 + (uint32_t)prng_below(m->r, 10) : (uint32_t)prng_below(m->r, 2);
  bool small = prng_below(m->r, 2);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t a = small ? within(m, -9000, 9000) : any(m, PPR_T_INT), b = small ? within(m, 0, 9000) : any(m, PPR_T_INT);
    items[i] = tiny2(&m->t, PPR_OP_MUL, a, b);
  }
  see(m, tiny2(&m->t, PPR_OP_SUM, tiny_args(&m->t, items, n), n), PPR_T_INT);
}

static void make_stairs(maker *m) { see(m, tiny2(&m->t, PPR_OP_LOOK, tiny2(&m->t, PPR_OP_RANK, any(m, PPR_T_INT), m->ranks), m->table), PPR_T_INT); }

static void make_edges(maker *m) {
  static const ppr_op two[] = {PPR_OP_ADD, PPR_OP_SUB, PPR_OP_MUL}, constant[] = {PPR_OP_ADDK, PPR_OP_MULK};
  tiny *t = &m->t;
  uint32_t a = within(m, INT32_MIN, INT32_MAX), b = within(m, INT32_MIN, INT32_MAX);
  see(m, a, PPR_T_INT);
  switch (prng_below(m->r, 3)) {
  case 0:
    for (int i = 0; i < 3; i++) see(m, tiny2(t, two[i], a, b), PPR_T_INT);
    break;
  case 1:
    for (int i = 0; i < 2; i++) see(m, tiny2(t, constant[i], a, tiny_k(t, prng_between(m->r, INT32_MIN, INT32_MAX))), PPR_T_INT);
    break;
  default: {
    uint32_t product = tiny2(t, PPR_OP_MULK, a, tiny_k(t, prng_between(m->r, 2, 65536)));
    see(m, tiny_op(t, PPR_OP_DIV, (uint32_t)prng_below(m->r, PPR_ROUND_MODES), product, b, 0), PPR_T_INT);
  }
  }
}

static void make_pattern(maker *m) {
  switch (prng_below(m->r, 8)) {
  case 0: make_scale(m); break;
  case 1: make_guarded_quotient(m); break;
  case 2: make_distance(m); break;
  case 3:
  case 6: make_products(m); break;
  case 4:
  case 5: make_edges(m); break;
  default: make_stairs(m); break;
  }
}

static void make_body(maker *m, unsigned depth, unsigned count);

static uint32_t newest(const maker *m, uint32_t from, ppr_type type, uint32_t otherwise) {
  for (uint32_t i = m->n; i > from; i--)
    if (m->regs[i - 1].type == type) return m->regs[i - 1].reg;
  return otherwise;
}

/* WHEN … ELSE … END, then SELs that pick the arms' results by the same condition. */
static void make_region(maker *m, unsigned depth) {
  uint32_t cond = any(m, PPR_T_BOOL), outer = m->n;
  uint32_t pick[3][2];
  for (int t = 0; t < 3; t++) pick[t][0] = pick[t][1] = any(m, (ppr_type)t);
  uint32_t when = tiny_when(&m->t, cond);
  make_body(m, depth + 1, (unsigned)prng_below(m->r, 8));
  for (int t = 0; t < 3; t++) pick[t][0] = newest(m, outer, (ppr_type)t, pick[t][0]);
  m->n = outer;
  uint32_t otherwise = tiny_else(&m->t, when);
  make_body(m, depth + 1, (unsigned)prng_below(m->r, 8));
  for (int t = 0; t < 3; t++) pick[t][1] = newest(m, outer, (ppr_type)t, pick[t][1]);
  m->n = outer;
  tiny_end(&m->t, otherwise);
  see(m, tiny3(&m->t, PPR_OP_SEL_INT, cond, pick[PPR_T_INT][0], pick[PPR_T_INT][1]), PPR_T_INT);
  see(m, tiny3(&m->t, PPR_OP_SEL_BOOL, cond, pick[PPR_T_BOOL][0], pick[PPR_T_BOOL][1]), PPR_T_BOOL);
  see(m, tiny3(&m->t, PPR_OP_SEL_WIDE, cond, pick[PPR_T_WIDE][0], pick[PPR_T_WIDE][1]), PPR_T_WIDE);
}

static void make_body(maker *m, unsigned depth, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (depth < 4 && prng_below(m->r, 8) == 0) make_region(m, depth);
    else if (prng_below(m->r, 4) == 0) make_pattern(m);
    else make_instruction(m, depth > 0);
}

static void make_tables(maker *m) {
  tiny *t = &m->t;
  int64_t most = prng_below(m->r, 2) ? INT32_MAX : INT64_MAX;
  uint32_t first = tiny_k(t, some_number(m->r) % most);
  for (int i = 1; i < 12; i++) tiny_k(t, some_number(m->r) % most);
  m->table = build_table(t->b, (ppr_table){first, 12, 1, 0});
  m->table2 = build_table(t->b, (ppr_table){first, 3, 4, 0});
  int64_t bound = -50;
  first = tiny_k(t, bound);
  for (int i = 1; i < 6; i++) tiny_k(t, bound += prng_between(m->r, 1, 60));
  m->ranks = build_table(t->b, (ppr_table){first, 6, 1, 0});
}

static void make_inputs(maker *m) {
  tiny *t = &m->t;
  static const uint32_t flags[] = {0, 0, PPR_FIELD_OPTIONAL, PPR_FIELD_PRESET};
  for (int i = 0; i < INPUTS; i++) {
    uint32_t flag = flags[prng_below(m->r, 4)];
    char label[16];
    snprintf(label, sizeof label, "E%d", i);
    if (i % 4 == 3) {
      uint32_t slot = tiny_input(t, label, PPR_KIND_BOOL, flag, 0, 1, flag == PPR_FIELD_PRESET);
      see(m, tiny1(t, PPR_OP_IN_BOOL, slot), PPR_T_BOOL);
      see(m, tiny1(t, PPR_OP_IN_STATE, slot), PPR_T_BOOL);
    } else {
      static const int64_t widest[] = {200000, 20, INT32_MAX, (int64_t)INT32_MAX + 1, INT64_C(1) << 40, (INT64_C(1) << 48) + 3};
      int64_t lo = prng_below(m->r, 4) ? prng_between(m->r, -50, 5) : INT64_MIN,
              hi = lo == INT64_MIN ? INT64_MAX : prng_between(m->r, lo + 1, widest[prng_below(m->r, 6)]);
      if (hi > 0 && lo != INT64_MIN && prng_below(m->r, 4) == 0) lo = -hi - 50;
      uint32_t slot = tiny_input(t, label, PPR_KIND_NUMBER, flag, lo, hi, flag == PPR_FIELD_PRESET ? hi : 0);
      if (flag && prng_below(m->r, 2)) see(m, tiny1(t, PPR_OP_IN_STATE, slot), PPR_T_BOOL);
      see(m, tiny1(t, PPR_OP_IN_INT, slot), PPR_T_INT);
    }
  }
  see(m, tiny1(t, PPR_OP_CONST_BOOL, tiny_k(t, 1)), PPR_T_BOOL);
  see(m, tiny1(t, PPR_OP_CONST_WIDE, build_wide_konst(t->b, (ppr_wide_konst){1, -1})), PPR_T_WIDE);
}

static ppr_program *make_program(prng *r) {
  static maker m;
  memset(&m, 0, sizeof m);
  m.t = tiny_new();
  m.r = r;
  build_import(m.t.b, (ppr_import){build_string(m.t.b, "scramble"), build_string(m.t.b, scramble_native.signature), 0});
  make_tables(&m);
  make_inputs(&m);
  make_body(&m, 0, 10 + (unsigned)prng_below(r, 50));
  for (int i = 0; i < 6; i++) {
    bool yes = prng_below(r, 3) == 0;
    uint32_t state = prng_below(r, 2) ? any(&m, PPR_T_BOOL) + 1 : 0;
    tiny_output(&m.t, "A", yes ? PPR_KIND_BOOL : PPR_KIND_NUMBER, any(&m, yes ? PPR_T_BOOL : PPR_T_INT), state);
  }
  return build_finish(m.t.b);
}

/* --- oracle: one row, values as 128-bit numbers, first fault ends the row --- */

typedef struct oracle {
  const ppr_edition *e;
  const ppr_column *in;
  size_t row;
  bool *needed;
  ppr_wide *value;
  ppr_fault fault;
} oracle;

static void need(oracle *o, const uint32_t *definition, const uint32_t *parent, uint32_t pc);

static void need_reg(oracle *o, const uint32_t *definition, const uint32_t *parent, uint32_t reg) { need(o, definition, parent, definition[reg]); }

/* What an instruction needs: what defines its operands, and the conditions it stands under. */
static void need(oracle *o, const uint32_t *definition, const uint32_t *parent, uint32_t pc) {
  if (o->needed[pc]) return;
  o->needed[pc] = true;
  const ppr_instr *i = &o->e->instr[pc];
  if (parent[pc] != PPR_NONE) need(o, definition, parent, parent[pc]);
  switch ((ppr_shape)instr_info(i->op)->shape) {
  case SHAPE_SEL: need_reg(o, definition, parent, i->c); /* fall through */
  case SHAPE_RRT:
  case SHAPE_RR: need_reg(o, definition, parent, i->b); /* fall through */
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: need_reg(o, definition, parent, i->a); break;
  case SHAPE_LIST:
  case SHAPE_CALL:
    for (uint32_t j = 0; j < i->b; j++) need_reg(o, definition, parent, o->e->arg[i->a + j].value);
    break;
  case SHAPE_DOT:
    for (uint32_t j = 0; j < i->b; j++) need_reg(o, definition, parent, o->e->arg[i->a + 2 * j].value);
    break;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END: break;
  }
}

static void find_needed(oracle *o) {
  const ppr_edition *e = o->e;
  uint32_t *definition = calloc(e->n_reg, sizeof *definition), *parent = calloc(e->n_instr, sizeof *parent), stack[64], depth = 0;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    if (e->instr[pc].op == PPR_OP_END) depth--;
    parent[pc] = depth ? stack[depth - 1] : PPR_NONE;
    if (e->instr[pc].op == PPR_OP_WHEN) stack[depth++] = pc;
    if (e->instr[pc].op < PPR_OP_WHEN) definition[e->instr[pc].d] = pc;
  }
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    uint32_t op = e->instr[pc].op;
    if (op == PPR_OP_IN_INT || op == PPR_OP_IN_BOOL || op == PPR_OP_FAIL) need(o, definition, parent, pc);
  }
  for (uint32_t j = 0; j < e->n_output; j++) {
    need_reg(o, definition, parent, e->output[j].reg);
    if (e->output[j].state) need_reg(o, definition, parent, e->output[j].state - 1);
  }
  free(definition);
  free(parent);
}

static void fault_at(oracle *o, uint32_t pc, uint32_t code) {
  if (o->needed[pc] && !o->fault.code) o->fault = (ppr_fault){code, pc};
}

/* Quotient by trial: the truncated one, then one step away from zero where the mode says so. */
static ppr_wide rounded(ppr_wide a, ppr_wide b, uint32_t mode) {
  ppr_wide q = a / b, r = a % b;
  if (r == 0) return q;
  ppr_wide away = (a < 0) != (b < 0) ? -1 : 1;
  unsigned __int128 rest = r < 0 ? -(unsigned __int128)r : (unsigned __int128)r, by = b < 0 ? -(unsigned __int128)b : (unsigned __int128)b;
  int half = rest > by - rest ? 1 : rest == by - rest ? 0 : -1; /* above, at, below one half */
  switch ((ppr_round_mode)mode) {
  case PPR_ROUND_HALF_UP: return half >= 0 ? q + away : q;
  case PPR_ROUND_UP: return q + away;
  case PPR_ROUND_DOWN: return q;
  case PPR_ROUND_HALF_EVEN: return half > 0 || (half == 0 && q % 2 != 0) ? q + away : q;
  case PPR_ROUND_MODES: break;
  }
  return 0;
}

static ppr_wide wrap64(ppr_wide v) { return (int64_t)(uint64_t)(unsigned __int128)v; }

static ppr_wide in_value(oracle *o, uint32_t pc, uint32_t slot, bool state_only) {
  const ppr_field *f = &o->e->field[o->e->input[slot].field];
  const ppr_column *c = &o->in[slot];
  int state = !c->values ? 1 : c->states ? c->states[o->row] : 0;
  if (state > 3) state = 1;
  if (state == 1 && (f->flags & PPR_FIELD_PRESET)) return state_only ? 0 : f->preset;
  if (state_only) return state;
  if (state) {
    if (!(f->flags & PPR_FIELD_OPTIONAL)) fault_at(o, pc, 5201);
    return 0;
  }
  if (c->values[o->row] < f->lo || c->values[o->row] > f->hi) fault_at(o, pc, 5202);
  return c->values[o->row];
}

static ppr_wide step(oracle *o, uint32_t pc) {
  const ppr_edition *e = o->e;
  const ppr_instr *i = &e->instr[pc];
  ppr_shape shape = (ppr_shape)instr_info(i->op)->shape;
  bool lists = shape == SHAPE_LIST || shape == SHAPE_DOT || shape == SHAPE_CALL || shape == SHAPE_IN || shape == SHAPE_K;
  bool two = shape == SHAPE_RR || shape == SHAPE_RRT || shape == SHAPE_SEL;
  ppr_wide a = lists ? 0 : o->value[i->a], b = two ? o->value[i->b] : 0, k = shape == SHAPE_RK ? e->konst[i->b].value : 0, sum = 0, r = 0;
  bool all = true;
  switch ((ppr_op)i->op) {
  case PPR_OP_IN_INT: return in_value(o, pc, i->a, false);
  case PPR_OP_IN_BOOL: return in_value(o, pc, i->a, false) != 0;
  case PPR_OP_IN_STATE: return in_value(o, pc, i->a, true);
  case PPR_OP_CONST_INT:
  case PPR_OP_CONST_BOOL: return e->konst[i->a].value;
  case PPR_OP_CONST_WIDE: return (ppr_wide)e->wide_konst[i->a].hi * 4294967296 * 4294967296 + (uint64_t)e->wide_konst[i->a].lo;
  case PPR_OP_ADD: return wrap64(a + b);
  case PPR_OP_SUB: return wrap64(a - b);
  case PPR_OP_MUL: return wrap64(a * b);
  case PPR_OP_MIN: return a < b ? a : b;
  case PPR_OP_MAX: return a > b ? a : b;
  case PPR_OP_NEG: return wrap64(-a);
  case PPR_OP_ABS: return wrap64(a < 0 ? -a : a);
  case PPR_OP_ADDK: return wrap64(a + k);
  case PPR_OP_MULK: return wrap64(a * k);
  case PPR_OP_SUM:
    for (uint32_t j = 0; j < i->b; j++) sum = wrap64(sum + o->value[e->arg[i->a + j].value]);
    return sum;
  case PPR_OP_DOT:
    sum = e->konst[i->c].value;
    for (uint32_t j = 0; j < i->b; j++)
      sum = wrap64(sum + wrap64(o->value[e->arg[i->a + 2 * j].value] * e->konst[e->arg[i->a + 2 * j + 1].value].value));
    return sum;
  case PPR_OP_DIV:
    if (b == 0) fault_at(o, pc, 5204);
    return b == 0 ? 0 : wrap64(rounded(a, b, i->m));
  case PPR_OP_DIVK: return wrap64(rounded(a, k, i->m));
  case PPR_OP_NONZERO:
  case PPR_OP_NONZEROW:
    if (a == 0) fault_at(o, pc, 5204);
    return a;
  case PPR_OP_WIDEN: return a;
  case PPR_OP_NARROW:
    if (a != wrap64(a)) fault_at(o, pc, 5203);
    return a == wrap64(a) ? a : 0;
  case PPR_OP_ADDW:
    if (__builtin_add_overflow(a, b, &r)) fault_at(o, pc, 5203);
    return r;
  case PPR_OP_SUBW:
    if (__builtin_sub_overflow(a, b, &r)) fault_at(o, pc, 5203);
    return r;
  case PPR_OP_MULW:
    if (__builtin_mul_overflow(a, b, &r)) fault_at(o, pc, 5203);
    return r;
  case PPR_OP_NEGW:
  case PPR_OP_ABSW:
    if (i->op == PPR_OP_ABSW && a >= 0) return a;
    if (a == WIDE_MIN) fault_at(o, pc, 5203);
    return a == WIDE_MIN ? 0 : -a;
  case PPR_OP_DIVW:
    if (b == 0) fault_at(o, pc, 5204);
    if (b == -1 && a == WIDE_MIN) fault_at(o, pc, 5203);
    return b == 0 || (b == -1 && a == WIDE_MIN) ? 0 : rounded(a, b, i->m);
  case PPR_OP_MULWI: return a * b;
  case PPR_OP_EQ:
  case PPR_OP_EQW:
  case PPR_OP_EQB: return a == b;
  case PPR_OP_LT:
  case PPR_OP_LTW: return a < b;
  case PPR_OP_LE:
  case PPR_OP_LEW: return a <= b;
  case PPR_OP_EQK:
  case PPR_OP_EQBK: return a == k;
  case PPR_OP_LTK: return a < k;
  case PPR_OP_LEK: return a <= k;
  case PPR_OP_NOT: return a == 0;
  case PPR_OP_AND: return a && b;
  case PPR_OP_OR: return a || b;
  case PPR_OP_ANY:
  case PPR_OP_COUNT:
  case PPR_OP_ALL:
    for (uint32_t j = 0; j < i->b; j++) {
      bool set = o->value[e->arg[i->a + j].value] != 0;
      sum += set;
      all = all && set;
    }
    return i->op == PPR_OP_COUNT ? sum : i->op == PPR_OP_ALL ? all : sum > 0;
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_BOOL:
  case PPR_OP_SEL_WIDE: return o->value[a ? i->b : i->c];
  case PPR_OP_LOOK: {
    const ppr_table *t = &e->table[i->b];
    if (a < 0 || a >= (ppr_wide)t->rows * t->cols) return fault_at(o, pc, 5206), 0;
    return e->konst[t->first + (uint32_t)a].value;
  }
  case PPR_OP_LOOK2: {
    const ppr_table *t = &e->table[i->c];
    if (a < 0 || a >= t->rows || b < 0 || b >= t->cols) return fault_at(o, pc, 5206), 0;
    return e->konst[t->first + (uint32_t)a * t->cols + (uint32_t)b].value;
  }
  case PPR_OP_RANK:
    for (uint32_t j = 0; j < e->table[i->b].rows; j++) sum += e->konst[e->table[i->b].first + j].value <= a;
    return sum;
  case PPR_OP_BOOLOF: return a != 0;
  case PPR_OP_INTOF: return a;
  case PPR_OP_STATEOF: return (ppr_wide)((unsigned __int128)a & 3);
  case PPR_OP_CALL: {
    int64_t x = (int64_t)o->value[e->arg[i->a].value], y = (int64_t)o->value[e->arg[i->a + 1].value], out;
    if (scramble(&out, x, y)) return fault_at(o, pc, 5205), 0;
    return out;
  }
  case PPR_OP_FAIL: fault_at(o, pc, (uint32_t)e->konst[i->a].value); return 0;
  case PPR_OP_WHEN:
  case PPR_OP_ELSE:
  case PPR_OP_END: break;
  }
  return 0;
}

/* Runs instructions from pc to the end of the arm; returns the pc of the ELSE or END that closes it. */
static uint32_t walk(oracle *o, uint32_t pc) {
  while (pc < o->e->n_instr) {
    const ppr_instr *i = &o->e->instr[pc];
    if (i->op == PPR_OP_ELSE || i->op == PPR_OP_END) return pc;
    if (i->op == PPR_OP_WHEN) {
      uint32_t otherwise = i->b, end = o->e->instr[otherwise].b;
      walk(o, o->value[i->a] ? pc + 1 : otherwise + 1);
      pc = end + 1;
      continue;
    }
    o->value[i->d] = step(o, pc++);
  }
  return pc;
}

/* --- the property --- */

typedef struct columns {
  ppr_column col[INPUTS], slim[INPUTS]; /* slim: 32 bits where they hold what the column holds */
  int64_t values[INPUTS][ROWS];
  int32_t narrow[INPUTS][ROWS];
  uint8_t states[INPUTS][ROWS];
} columns;

/* A number beyond 32 bits may be given as the nearest one that is out of range, too. */
static ppr_column slim(columns *c, uint32_t i, const ppr_field *f) {
  ppr_column col = c->col[i];
  bool outside_too = f->lo > INT32_MIN && f->hi < INT32_MAX;
  for (uint32_t j = 0; col.values && j < ROWS; j++) {
    int64_t v = c->values[i][j];
    if ((v < INT32_MIN || v > INT32_MAX) && !outside_too) return col;
    c->narrow[i][j] = v < INT32_MIN ? INT32_MIN : v > INT32_MAX ? INT32_MAX : (int32_t)v;
  }
  return col.values ? (ppr_column){NULL, col.states, c->narrow[i]} : col;
}

static void fill(columns *c, const ppr_edition *e, prng *r) {
  for (uint32_t i = 0; i < INPUTS; i++) {
    const ppr_field *f = &e->field[e->input[i].field];
    bool strict = !(f->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET));
    for (uint32_t j = 0; j < ROWS; j++) {
      uint64_t form = prng_below(r, 300);
      bool edge = prng_below(r, 4) == 0;
      bool whole = f->lo == INT64_MIN;
      c->values[i][j] = whole       ? some_number(r)
                        : form == 0 ? f->lo - 1 - (int64_t)(prng_next(r) >> (2 + prng_below(r, 62)))
                        : form == 1 ? f->hi + 1 + (int64_t)(prng_next(r) >> (2 + prng_below(r, 62)))
                        : edge      ? f->lo
                        : form < 40 ? f->hi
                                    : prng_between(r, f->lo, f->hi);
      c->states[i][j] = prng_below(r, strict ? 200 : 3) ? 0 : (uint8_t)prng_below(r, 5);
    }
    uint64_t form = prng_below(r, 6);
    c->col[i] = (ppr_column){form == 0 && !strict ? NULL : c->values[i], form < 3 ? NULL : c->states[i], NULL};
    c->slim[i] = slim(c, i, f);
  }
}

typedef struct results {
  int64_t values[6][ROWS];
  uint8_t states[6][ROWS];
  ppr_fault faults[ROWS];
} results;

static void run_oracle(results *out, const ppr_edition *e, const columns *c) {
  oracle o = {.e = e, .in = c->col};
  o.needed = calloc(e->n_instr, sizeof *o.needed);
  o.value = calloc(e->n_reg, sizeof *o.value);
  find_needed(&o);
  for (o.row = 0; o.row < ROWS; o.row++) {
    o.fault = (ppr_fault){0, 0};
    walk(&o, 0);
    out->faults[o.row] = o.fault;
    for (uint32_t j = 0; j < e->n_output; j++) {
      ppr_wide state = e->output[j].state ? o.value[e->output[j].state - 1] : 0;
      out->states[j][o.row] = (uint8_t)state;
      out->values[j][o.row] = state ? 0 : (int64_t)o.value[e->output[j].reg];
    }
  }
  free(o.needed);
  free(o.value);
}

/* How a program was run. */
typedef struct manner {
  uint32_t lanes;
  bool keep, slim;
  const kern_set *set;
  uint64_t *reached; /* per kernel: steps run */
} manner;

static void compare(const results *want, const results *have, const ppr_edition *e, unsigned program, const manner *how) {
  for (uint32_t i = 0; i < ROWS; i++) {
    bool same = want->faults[i].code == have->faults[i].code && (!want->faults[i].code || want->faults[i].pc == have->faults[i].pc);
    for (uint32_t j = 0; same && !want->faults[i].code && j < e->n_output; j++)
      same = want->values[j][i] == have->values[j][i] && want->states[j][i] == have->states[j][i];
    if (same) continue;
    print_error("program %u, row %u, %u lanes, %s, columns of %d bits, %s kernels: fault %u at %u, oracle %u at %u\n", program, i, how->lanes,
                how->keep ? "keep" : "bulk", how->slim ? 32 : 64, how->set->name, have->faults[i].code, have->faults[i].pc, want->faults[i].code,
                want->faults[i].pc);
    for (uint32_t j = 0; j < e->n_output; j++)
      print_error("  output %u: %lld/%u, oracle %lld/%u\n", j, (long long)have->values[j][i], have->states[j][i], (long long)want->values[j][i],
                  want->states[j][i]);
    fail_msg("the machine and the oracle differ");
  }
}

/* Runs the program by a machine that is like another one, which is gone or has run before; narrow results are widened for the comparison. Returns how
 * many there were. */
static unsigned run_machine(results *have, const ppr_program *p, const columns *in, const native_table *natives, const manner *how) {
  static int32_t narrow[6][ROWS];
  ppr_vm *vm, *model;
  ppr_result out[6];
  int64_t lo, hi;
  unsigned slim_results = 0;
  vm_profile_row row;
  assert_int_equal(vm_new_with(&model, ppr_alloc_default, p, 0, how->lanes, how->keep, natives, how->set), PPR_OK);
  assert_true(vm_profile(model));
  assert_int_equal(vm_like(&vm, ppr_alloc_default, model), PPR_OK);
  if (how->slim) assert_int_equal(vm_eval(model, in->col, ROWS, NULL, have->faults), PPR_OK);
  vm_free(model);
  memset(have, 0xAA, sizeof *have);
  for (uint32_t j = 0; j < 6; j++) {
    vm_output_range(vm, j, &lo, &hi);
    bool fits = how->slim && lo >= INT32_MIN && hi <= INT32_MAX;
    out[j] = (ppr_result){fits ? NULL : have->values[j], have->states[j], fits ? narrow[j] : NULL};
  }
  assert_int_equal(vm_eval(vm, how->slim ? in->slim : in->col, ROWS, out, have->faults), PPR_OK);
  for (uint32_t j = 0; j < 6; j++) {
    vm_output_range(vm, j, &lo, &hi);
    for (uint32_t i = 0; out[j].narrow && i < ROWS; i++) have->values[j][i] = narrow[j][i];
    for (uint32_t i = 0; i < ROWS; i++)
      if (!have->faults[i].code && (have->values[j][i] < lo || have->values[j][i] > hi))
        fail_msg("output %u, row %u: %lld is not in %lld..%lld (%u lanes, %s, columns of %d bits, %s kernels)", j, i, (long long)have->values[j][i],
                 (long long)lo, (long long)hi, how->lanes, how->keep ? "keep" : "bulk", how->slim ? 32 : 64, how->set->name);
    slim_results += out[j].narrow != NULL;
  }
  for (uint32_t kernel = 0; vm_profile_get(vm, kernel, &row); kernel++) how->reached[kernel] += row.steps;
  vm_free(vm);
  return slim_results;
}

static ppr_column from_row(ppr_column c, uint32_t row) {
  return (ppr_column){c.values ? c.values + row : NULL, c.states ? c.states + row : NULL, c.narrow ? c.narrow + row : NULL};
}

/* Runs the program block by block in two parts: what does not depend on some drawn inputs once, the rest first with the columns of others in their
 * place, then as it should be. Returns how many steps were not run again. */
static uint32_t run_split(results *have, const ppr_program *p, const columns *in, const columns *others, const native_table *natives,
                          const manner *how, prng *r) {
  ppr_vm *vm, *model;
  bool varies[INPUTS];
  uint32_t fixed, again;
  for (uint32_t i = 0; i < INPUTS; i++) varies[i] = prng_below(r, 3) == 0;
  assert_int_equal(vm_new_split(&model, ppr_alloc_default, p, 0, how->lanes, varies, natives, how->set), PPR_OK);
  assert_int_equal(vm_like(&vm, ppr_alloc_default, model), PPR_OK);
  vm_free(model);
  memset(have, 0xAA, sizeof *have);
  for (uint32_t row = 0; row < ROWS; row += vm_lanes(vm)) {
    uint32_t n = ROWS - row < vm_lanes(vm) ? ROWS - row : vm_lanes(vm);
    ppr_column right[INPUTS], wrong[INPUTS];
    ppr_result out[6];
    for (uint32_t i = 0; i < INPUTS; i++) {
      right[i] = from_row(how->slim ? in->slim[i] : in->col[i], row);
      wrong[i] = varies[i] ? from_row(how->slim ? others->slim[i] : others->col[i], row) : right[i];
    }
    for (uint32_t j = 0; j < 6; j++) out[j] = (ppr_result){have->values[j] + row, have->states[j] + row, NULL};
    vm_fix(vm, wrong, n, out);
    for (unsigned turn = 0; turn < 3; turn++) vm_again(vm, turn == 1 ? wrong : right, out, have->faults + row);
  }
  vm_split_size(vm, &fixed, &again);
  vm_free(vm);
  return fixed;
}

/* Every kernel of the set ran: every instruction, every fused step, every width. */
static void assert_all_reached(const uint64_t *reached, const kern_set *set) {
  static const char *const name[KERNELS] = {
#define KERNEL(name, w, wb, d) #name " " #w " " #wb " " #d,
#include "vm/kernels.def"
  };
  bool all = true;
  for (uint32_t kernel = 0; kernel < KERNELS; kernel++) {
    if (reached[kernel] || strncmp(name[kernel], "CONST_", 6) == 0) continue; /* constants are written when a machine is made */
    print_error("no %s kernel %s in any program\n", set->name, name[kernel]);
    all = false;
  }
  assert_true(all);
}

static void test_machine_equals_oracle(void **state) {
  (void)state;
  static const uint32_t lanes[] = {1, 3, 7, 64, 1024, 0};
  static columns in, others;
  static results want, have;
  const kern_set *sets[KERN_SETS];
  uint32_t n_sets = kern_sets(sets);
  prng r = prng_new("prop_exec");
  native_table *natives = natives_new(ppr_alloc_default);
  assert_int_equal(natives_register(natives, &scramble_native), PPR_OK);
  static uint64_t reached[KERN_SETS][KERNELS + 1];
  size_t faulted = 0, clean = 0, slim_results = 0, spared = 0;
  for (unsigned n = 0; n < PROGRAMS; n++) {
    ppr_program *p = make_program(&r);
    ppr_report *report = report_new(ppr_alloc_default);
    assert_non_null(p);
    if (!verify_program(p, report)) {
      ppr_buf text;
      buf_init(&text, ppr_alloc_default, SIZE_MAX);
      report_print(&text, report, PPR_LANG_EN, false);
      fail_msg("program %u refused: %s", n, text.data);
    }
    assert_int_equal(natives_link(natives, p, report), PPR_OK);
    const ppr_edition *e = &p->editions[0];
    fill(&in, e, &r);
    run_oracle(&want, e, &in);
    for (uint32_t i = 0; i < ROWS; i++) want.faults[i].code ? faulted++ : clean++;
    for (uint32_t s = 0; s < n_sets; s++)
      for (int form = 0; form < 6; form++) { /* both plans, both widths; whole blocks always, other numbers of lanes in turn */
        manner how = {form % 3 ? lanes[(n + s + (unsigned)form) % 6] : 64, form == 2, form % 2, sets[s], reached[s]};
        slim_results += run_machine(&have, p, &in, natives, &how);
        compare(&want, &have, e, n, &how);
      }
    fill(&others, e, &r);
    for (int form = 0; form < 4; form++) {
      manner how = {lanes[(n + (unsigned)form) % 6], false, form % 2, sets[(n + (unsigned)form / 2) % n_sets], NULL};
      spared += run_split(&have, p, &in, &others, natives, &how, &r);
      compare(&want, &have, e, n, &how);
    }
    report_free(report);
    program_free(p);
  }
  natives_free(natives);
  for (uint32_t s = 0; s < n_sets; s++) assert_all_reached(reached[s], sets[s]);
  print_message("%zu rows without, %zu with fault; %u sets of kernels, %zu results in 32 bits\n", clean, faulted, n_sets, slim_results);
  assert_true(clean > PROGRAMS * ROWS / 20 && faulted > PROGRAMS * ROWS / 20); /* both sides are exercised */
  assert_true(slim_results > PROGRAMS);
  assert_true(spared > PROGRAMS); /* not everything was run again */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_machine_equals_oracle)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
