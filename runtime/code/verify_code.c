/* Verifier, the instructions: one pass from the first to the last, by shapes, without fixpoint because nothing jumps backward. */
#include "code/verify_int.h"
#include <string.h>

typedef struct region {
  uint32_t when, otherwise; /* pc of WHEN and of ELSE, PPR_NONE before */
  uint32_t arm;             /* the arm that is open */
} region;

typedef struct pass {
  const verifier *v;
  const ppr_edition *e;
  uint32_t *arm;     /* per register */
  uint8_t *arm_open; /* per arm */
  uint32_t arms;     /* number of the next arm */
  uint8_t *ranked;   /* per table: known to be ascending */
  uint64_t operands; /* in lists so far */
  region regions[VERIFY_MAX_DEPTH];
  uint32_t depth;
  uint32_t pc;
} pass;

static bool fail(const pass *p, diag_code code, uint64_t value) { return verify_fail_at(p->v, code, p->pc, value); }

/* An operand register. chosen: operand of SEL_* that may come from an arm that is closed. */
static bool use(const pass *p, uint32_t reg, uint32_t type, bool chosen) {
  if (reg >= p->e->n_reg) return fail(p, DIAG_VERIFY_OPERAND, reg);
  if (p->arm[reg] == ARM_NONE) return fail(p, DIAG_VERIFY_UNDEFINED, reg);
  if (p->e->reg[reg].type != type) return fail(p, DIAG_VERIFY_OPERAND_TYPE, reg);
  if (!chosen && !p->arm_open[p->arm[reg]]) return fail(p, DIAG_VERIFY_SCOPE, reg);
  return true;
}

static bool constant(const pass *p, uint32_t index, uint32_t type) {
  if (index >= (type == PPR_T_WIDE ? p->e->n_wide_konst : p->e->n_konst)) return fail(p, DIAG_VERIFY_CONSTANT, index);
  if (type == PPR_T_BOOL && (uint64_t)p->e->konst[index].value > PPR_UNBESTIMMT) return fail(p, DIAG_VERIFY_CONSTANT_VALUE, index);
  return true;
}

/* The fault codes are the 52xx rows of the table of messages. */
static bool is_fault(int64_t code) {
  if (code < 5200 || code > 5299) return false;
  switch (code) {
#define DIAG(number, name, severity, de, en, help_de, help_en) case number:
#include "base/diagnostics.def"
#undef DIAG
    return true;
  default: return false;
  }
}

static bool is_table(const pass *p, uint32_t index) { return index < p->e->n_table || fail(p, DIAG_VERIFY_TABLE, index); }

static bool is_rank(const pass *p, uint32_t index) {
  const ppr_table *t = &p->e->table[index];
  if (p->ranked[index]) return true;
  if (t->cols != 1) return fail(p, DIAG_VERIFY_RANK, index);
  for (uint32_t i = 1; i < t->rows; i++)
    if (p->e->konst[t->first + i - 1].value > p->e->konst[t->first + i].value) return fail(p, DIAG_VERIFY_RANK, index);
  p->ranked[index] = 1;
  return true;
}

/* The registers of a list, `step` words apart. */
static bool list(pass *p, const ppr_instr *i, uint32_t type, uint32_t step) {
  if (i->a > p->e->n_arg || i->b > (p->e->n_arg - i->a) / step) return fail(p, DIAG_VERIFY_LIST, i->b);
  p->operands += i->b;
  if (p->operands > VERIFY_MAX_OPERANDS) return fail(p, DIAG_VERIFY_OPERANDS, VERIFY_MAX_OPERANDS);
  for (uint32_t k = 0; k < i->b; k++)
    if (!use(p, p->e->arg[i->a + k * step].value, type, false)) return false;
  return true;
}

static bool call(const pass *p, const ppr_instr *i) {
  if (i->c >= p->e->n_import) return fail(p, DIAG_VERIFY_NATIVE, i->c);
  const ppr_import *native = &p->e->import[i->c];
  if ((int64_t)i->b != verify_arity(program_string(p->v->p, native->signature))) return fail(p, DIAG_VERIFY_ARITY, i->c);
  return true;
}

static void open_arm(pass *p, region *r) {
  r->arm = p->arms++;
  p->arm_open[r->arm] = 1;
}

/* WHEN, ELSE and END. A target is proved when it is reached; that every region ends is proved at the end of the code. */
static bool divide(pass *p, const ppr_instr *i, ppr_shape shape) {
  if (i->d != PPR_NONE) return fail(p, DIAG_VERIFY_RESULT, i->d);
  if (shape == SHAPE_WHEN) {
    if (p->depth == VERIFY_MAX_DEPTH) return fail(p, DIAG_VERIFY_DEPTH, VERIFY_MAX_DEPTH);
    region *r = &p->regions[p->depth++];
    *r = (region){.when = p->pc, .otherwise = PPR_NONE};
    open_arm(p, r);
    return true;
  }
  if (p->depth == 0) return fail(p, DIAG_VERIFY_NESTING, 0);
  region *r = &p->regions[p->depth - 1];
  bool first = shape == SHAPE_ELSE;
  if (first != (r->otherwise == PPR_NONE)) return fail(p, DIAG_VERIFY_NESTING, 0);
  uint32_t opener = first ? r->when : r->otherwise, target = p->e->instr[opener].b;
  if (target != p->pc) return verify_fail_at(p->v, DIAG_VERIFY_OFFSET, opener, target);
  p->arm_open[r->arm] = 0;
  if (first) {
    r->otherwise = p->pc;
    open_arm(p, r);
  } else {
    p->depth--;
  }
  return true;
}

static bool operands(pass *p, const ppr_instr *i, const ppr_op_info *op) {
  uint32_t type = op->operand;
  switch ((ppr_shape)op->shape) {
  case SHAPE_IN:
    if (i->a >= p->e->n_input || (i->op != PPR_OP_IN_STATE && p->e->input[i->a].type != op->result)) return fail(p, DIAG_VERIFY_INPUT, i->a);
    return true;
  case SHAPE_K:
    if (i->op != PPR_OP_FAIL) return constant(p, i->a, op->result);
    if (!constant(p, i->a, PPR_T_INT)) return false;
    return is_fault(p->e->konst[i->a].value) || fail(p, DIAG_VERIFY_CONSTANT_VALUE, i->a);
  case SHAPE_R: return use(p, i->a, type, false);
  case SHAPE_RR: return use(p, i->a, type, false) && use(p, i->b, type, false);
  case SHAPE_RK:
    if (!use(p, i->a, type, false) || !constant(p, i->b, type)) return false;
    return i->op != PPR_OP_DIVK || p->e->konst[i->b].value != 0 || fail(p, DIAG_VERIFY_CONSTANT_VALUE, i->b);
  case SHAPE_LIST: return list(p, i, type, 1);
  case SHAPE_DOT:
    if (!list(p, i, type, 2)) return false;
    for (uint32_t k = 0; k < i->b; k++)
      if (!constant(p, p->e->arg[i->a + k * 2 + 1].value, type)) return false;
    return constant(p, i->c, type);
  case SHAPE_SEL: return use(p, i->a, PPR_T_BOOL, false) && use(p, i->b, type, true) && use(p, i->c, type, true);
  case SHAPE_RT: return use(p, i->a, type, false) && is_table(p, i->b) && (i->op != PPR_OP_RANK || is_rank(p, i->b));
  case SHAPE_RRT: return use(p, i->a, type, false) && use(p, i->b, type, false) && is_table(p, i->c);
  case SHAPE_CALL: return call(p, i) && list(p, i, type, 1);
  case SHAPE_WHEN: return use(p, i->a, type, false);
  case SHAPE_ELSE:
  case SHAPE_END: return true;
  }
  return false;
}

static bool define(pass *p, uint32_t reg, uint32_t type) {
  if (reg >= p->e->n_reg) return fail(p, DIAG_VERIFY_RESULT, reg);
  if (p->arm[reg] != ARM_NONE) return fail(p, DIAG_VERIFY_TWICE, reg);
  if (p->e->reg[reg].type != type) return fail(p, DIAG_VERIFY_RESULT_TYPE, reg);
  p->arm[reg] = p->depth ? p->regions[p->depth - 1].arm : ARM_TOP;
  return true;
}

static bool step(pass *p) {
  const ppr_instr *i = &p->e->instr[p->pc];
  const ppr_op_info *op = instr_info(i->op);
  if (!op) return fail(p, DIAG_VERIFY_OPCODE, i->op);
  if (i->m >= ((op->flags & OPF_ROUND) ? (uint32_t)PPR_ROUND_MODES : 1)) return fail(p, DIAG_VERIFY_MODE, i->m);
  if (!operands(p, i, op)) return false;
  return (op->flags & OPF_REGION) ? divide(p, i, (ppr_shape)op->shape) : define(p, i->d, op->result);
}

bool verify_code(verifier *v) {
  const ppr_edition *e = v->e;
  ppr_arena *arena = report_arena(v->r);
  pass *p = arena_alloc(arena, sizeof *p);
  /* Each instruction defines at most one register: more registers than instructions cannot all be defined, and memory stays bounded by the code. */
  if (e->n_reg > e->n_instr) return verify_fail_at(v, DIAG_VERIFY_NEVER_DEFINED, e->n_instr, e->n_instr);
  uint32_t *arm = arena_array(arena, e->n_reg, sizeof *arm);
  uint8_t *arm_open = arena_array(arena, (size_t)e->n_instr + 2, sizeof *arm_open);
  uint8_t *ranked = arena_array(arena, e->n_table, sizeof *ranked);
  if (!p || !arm || !arm_open || !ranked) return false;
  *p = (pass){.v = v, .e = e, .arm = arm, .arm_open = arm_open, .ranked = ranked, .arms = ARM_TOP + 1};
  arm_open[ARM_TOP] = 1;
  for (; p->pc < e->n_instr; p->pc++)
    if (!step(p)) return false;
  if (p->depth) return verify_fail_at(v, DIAG_VERIFY_NESTING, p->regions[p->depth - 1].when, 0);
  for (uint32_t reg = 0; reg < e->n_reg; reg++)
    if (arm[reg] == ARM_NONE) return fail(p, DIAG_VERIFY_NEVER_DEFINED, reg);
  v->arm = arm;
  return true;
}

int verify_arity(const char *signature) {
  size_t n = strlen(signature), open = n;
  if (n == 0 || signature[n - 1] != ')') return -1;
  int depth = 0;
  for (size_t i = n; i-- > 0;) { /* back to the parenthesis the last one closes */
    if (signature[i] == ')') depth++;
    if (signature[i] == '(' && --depth == 0) {
      open = i;
      break;
    }
  }
  if (open == n || open == 0) return -1;
  int arity = 0;
  bool blank = true;
  for (size_t i = open + 1; i < n; i++) {
    char c = signature[i];
    bool end = i == n - 1;
    if (end && blank && arity == 0) return 0;
    if (end || (c == ',' && depth == 0)) {
      if (blank || ++arity > VERIFY_MAX_ARITY) return -1;
      blank = true;
      continue;
    }
    if (c == '(') depth++;
    if (c == ')') depth--;
    blank = blank && c == ' ';
  }
  return arity;
}
