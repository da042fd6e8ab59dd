/* Matchers, in one pass over the rows from the first to the last: a row looks at what defines its operands and takes their work over. A second pass,
 * backwards, drops what nobody reads any more. See fuse.h. */
#include "vm/fuse.h"
#include "vm/guard.h"
#include "vm/ranges.h"

enum { MOST_STAIRS = 16 };

/* A region that is open. */
typedef struct region {
  uint32_t when, otherwise;
  uint32_t outer; /* arm it stands in */
  uint32_t arm;   /* the arm open in it */
  bool faults;    /* something inside still may */
} region;

typedef struct fuser {
  vm_plan *p;
  const ppr_edition *e;
  guards g;       /* what is known in the open arms */
  uint32_t *uses; /* per register: operands and outputs that read it */
  region *open;
  uint32_t depth;
  uint32_t arm, arms;    /* number of the open arm, 0 outside of regions; numbers given so far */
  uint32_t *arm_of;      /* per row */
  uint32_t *compared;    /* per register: the last LT or LE whose a it is + 1 */
  uint32_t *compared_as; /* per row: the one before + 1 */
} fuser;

/* The row defining a register, if it is of this kind. */
static plan_row *def_as(const fuser *f, uint32_t reg, plan_op op) {
  plan_row *row = guard_def(&f->g, reg);
  return row && row->op == op ? row : NULL;
}

static interval range_of(const fuser *f, uint32_t reg) { return f->p->range[reg]; }

/* The operand becomes another register, or none. */
static void replace(fuser *f, uint32_t *operand, uint32_t reg) {
  if (*operand != PPR_NONE) f->uses[*operand]--;
  if (reg != PPR_NONE) f->uses[reg]++;
  *operand = reg;
}

/* Does x * k stay within what binary64 divides exactly? */
static bool exact_product(const fuser *f, uint32_t x, int64_t k) { return ranges_exact(interval_mul(range_of(f, x), (interval){k, k})); }

/* --- divisions --- */

/* x and k where a register is x * k and both are exact; else the register itself and 1. A product with 0 says nothing about x. */
static int64_t factor_of(const fuser *f, uint32_t *x) {
  const plan_row *product = def_as(f, *x, PLAN_MULK);
  if (!product || product->k == 0 || product->k == INT64_MIN || !exact_product(f, product->a, product->k)) return 1;
  *x = product->a;
  return product->k;
}

static void scale(fuser *f, plan_row *row) {
  uint32_t x = row->a;
  if (row->mode == PPR_ROUND_HALF_EVEN || row->k == 0 || !ranges_exact((interval){row->k, row->k})) return;
  int64_t factor = factor_of(f, &x);
  if (!exact_product(f, x, factor)) return;
  replace(f, &row->a, x);
  row->op = PLAN_SCALE;
  row->by = row->k < 0 ? -row->k : row->k;
  row->k = row->k < 0 ? -factor : factor; /* rounding is the same on both sides of zero */
  row->positive = row->k >= 0 && range_of(f, x).lo >= 0;
}

static void quotient(fuser *f, plan_row *row) {
  uint32_t x = row->a;
  if (row->mode == PPR_ROUND_HALF_EVEN || !ranges_exact(range_of(f, row->b))) return;
  int64_t factor = factor_of(f, &x);
  if (!exact_product(f, x, factor)) return;
  replace(f, &row->a, x);
  interval whole = interval_div(interval_mul(range_of(f, x), (interval){factor, factor}), range_of(f, row->b), row->mode);
  row->op = PLAN_QUOTIENT;
  row->k = factor;
  row->other = 0;
  row->assumed = !interval_fits32(whole) && interval_fits32(range_of(f, row->d));
}

/* if b = 0 then a constant, else x / b */
static void quotient_or(fuser *f, plan_row *row) {
  const plan_row *zero = def_as(f, row->a, PLAN_EQK), *constant = def_as(f, row->b, PLAN_CONST_INT), *q = def_as(f, row->c, PLAN_QUOTIENT);
  if (!zero || !constant || !q || zero->k != 0 || zero->a != q->b || !q->sure || f->uses[row->c] != 1) return;
  if (!ranges_exact((interval){constant->k, constant->k})) return;
  uint32_t x = q->a, b = q->b;
  row->op = PLAN_QUOTIENT;
  row->other = constant->k;
  row->k = q->k;
  row->mode = q->mode;
  row->pc = q->pc;
  row->sure = true;
  row->assumed = q->assumed;
  replace(f, &row->a, x);
  replace(f, &row->b, b);
  replace(f, &row->c, PPR_NONE);
}

/* --- comparisons, sums, tables --- */

/* c < |x - y| * k and its relatives. distance: the operand that is one, against: the other. */
static bool distance(fuser *f, plan_row *row, uint32_t distance, uint32_t against, plan_op op, bool opposite) {
  const plan_row *product = def_as(f, distance, PLAN_MULK), *size = def_as(f, product ? product->a : distance, PLAN_ABS);
  const plan_row *apart = size ? def_as(f, size->a, PLAN_SUB) : NULL;
  if (!apart || f->uses[distance] != 1 || f->uses[size->d] != 1 || f->uses[apart->d] != 1) return false;
  uint32_t x = apart->a, y = apart->b;
  row->op = (uint8_t)op;
  row->k = product ? product->k : 1;
  row->mode = opposite;
  replace(f, &row->c, against);
  replace(f, &row->a, x);
  replace(f, &row->b, y);
  return true;
}

/* Is what a row computes there wherever the present arm runs? */
static bool is_visible(const fuser *f, uint32_t at) {
  bool open = f->arm_of[at] == 0;
  for (uint32_t i = 0; i < f->depth && !open; i++) open = f->open[i].arm == f->arm_of[at];
  return open;
}

/* a < b where b <= a is known already: its opposite; and a <= b where b < a is. */
static bool opposite(fuser *f, plan_row *row) {
  for (uint32_t at = f->compared[row->b]; at; at = f->compared_as[at - 1]) {
    const plan_row *other = &f->p->row[at - 1];
    if (other->op != (row->op == PLAN_LT ? PLAN_LE : PLAN_LT) || other->b != row->a || !is_visible(f, at - 1)) continue;
    replace(f, &row->a, other->d);
    replace(f, &row->b, PPR_NONE);
    row->op = PLAN_NOT;
    return true;
  }
  return false;
}

static void compare(fuser *f, plan_row *row) {
  uint32_t a = row->a, b = row->b, at = (uint32_t)(row - f->p->row);
  bool strict = row->op == PLAN_LT; /* a <= b is not b < a */
  if (distance(f, row, b, a, strict ? PLAN_FAR : PLAN_NEAR, !strict) || distance(f, row, a, b, strict ? PLAN_NEAR : PLAN_FAR, !strict)) return;
  if (opposite(f, row)) return;
  f->compared_as[at] = f->compared[a];
  f->compared[a] = at + 1;
}

/* A choice by the opposite of a condition is the other choice. */
static void choice(fuser *f, plan_row *row) {
  const plan_row *negation = def_as(f, row->a, PLAN_NOT);
  if (!negation) return;
  uint32_t b = row->b;
  replace(f, &row->a, negation->a);
  row->b = row->c;
  row->c = b;
}

static bool products(fuser *f, plan_row *row, ppr_arena *arena) {
  if (row->count < 2) return true;
  for (uint32_t j = 0; j < row->count; j++)
    if (!def_as(f, row->list[j], PLAN_MUL) || f->uses[row->list[j]] != 1) return true;
  uint32_t *pairs = arena_array(arena, (size_t)row->count * 2, sizeof *pairs);
  if (!pairs) return false;
  for (uint32_t j = 0; j < row->count; j++) {
    const plan_row *product = def_as(f, row->list[j], PLAN_MUL);
    pairs[2 * j] = pairs[2 * j + 1] = PPR_NONE;
    replace(f, &pairs[2 * j], product->a);
    replace(f, &pairs[2 * j + 1], product->b);
    replace(f, &row->list[j], PPR_NONE);
  }
  row->op = PLAN_PRODUCTS;
  row->list = pairs;
  row->count *= 2;
  return true;
}

static void stairs(fuser *f, plan_row *row) {
  const plan_row *rank = def_as(f, row->a, PLAN_RANK);
  const ppr_table *cells = &f->e->table[row->index];
  if (!rank || (uint64_t)cells->rows * cells->cols <= f->e->table[rank->index].rows || f->e->table[rank->index].rows > MOST_STAIRS) return;
  row->op = PLAN_STAIRS;
  row->ranks = rank->index;
  replace(f, &row->a, rank->a);
}

/* --- regions --- */

/* Is it known here that the row cannot fault? */
static bool is_sure(const fuser *f, const plan_row *row) {
  switch ((uint32_t)row->op) {
  case PLAN_DIV:
  case PLAN_QUOTIENT: return guard_nonzero(&f->g, row->b);
  case PLAN_NONZERO: return guard_nonzero(&f->g, row->a);
  case PLAN_NARROW: return interval_fits64(range_of(f, row->a));
  case PLAN_LOOK: return interval_within(range_of(f, row->a), 0, (ppr_wide)f->e->table[row->index].rows * f->e->table[row->index].cols - 1);
  case PLAN_LOOK2:
    return interval_within(range_of(f, row->a), 0, (ppr_wide)f->e->table[row->index].rows - 1) &&
           interval_within(range_of(f, row->b), 0, (ppr_wide)f->e->table[row->index].cols - 1);
  default: return false;
  }
}

static void divide(fuser *f, uint32_t at) {
  plan_row *row = &f->p->row[at];
  if (row->op == PLAN_WHEN) {
    f->open[f->depth++] = (region){at, 0, f->arm, ++f->arms, false};
    f->arm = f->arms;
    guard_open(&f->g, row->a, true);
    return;
  }
  region *r = &f->open[f->depth - 1];
  uint32_t cond = f->p->row[r->when].a;
  guard_close(&f->g);
  if (row->op == PLAN_ELSE) {
    r->otherwise = at;
    f->arm = r->arm = ++f->arms;
    guard_open(&f->g, cond, false);
    return;
  }
  f->arm = r->outer;
  f->depth--;
  if (r->faults) {
    if (f->depth) f->open[f->depth - 1].faults = true;
    return;
  }
  f->p->row[r->when].dead = f->p->row[r->otherwise].dead = row->dead = true;
  f->uses[cond]--;
}

static bool visit(fuser *f, uint32_t at, ppr_arena *arena) {
  plan_row *row = &f->p->row[at];
  if (plan_region(row)) return divide(f, at), true;
  f->arm_of[at] = f->arm;
  row->sure = is_sure(f, row);
  switch ((uint32_t)row->op) {
  case PLAN_DIVK: scale(f, row); break;
  case PLAN_DIV: quotient(f, row); break;
  case PLAN_SEL_INT:
    choice(f, row);
    quotient_or(f, row);
    break;
  case PLAN_SEL_BOOL:
  case PLAN_SEL_WIDE: choice(f, row); break;
  case PLAN_LT:
  case PLAN_LE: compare(f, row); break;
  case PLAN_SUM:
    if (!products(f, row, arena)) return false;
    break;
  case PLAN_LOOK: stairs(f, row); break;
  default: break;
  }
  if (f->depth && plan_may_fault(row)) f->open[f->depth - 1].faults = true;
  return true;
}

/* Rows nobody reads are dead, and regions without content. */
static void sweep(fuser *f) {
  for (uint32_t at = f->p->n_row; at-- > 0;) {
    plan_row *row = &f->p->row[at];
    if (row->dead) continue;
    if (row->op == PLAN_END) {
      f->open[f->depth++] = (region){.when = at}; /* here: its END */
      continue;
    }
    if (row->op == PLAN_ELSE) {
      f->open[f->depth - 1].otherwise = at;
      continue;
    }
    bool stays = row->op == PLAN_IN_INT || row->op == PLAN_IN_BOOL || row->op == PLAN_FAIL || (row->d != PPR_NONE && f->uses[row->d]);
    if (row->op == PLAN_WHEN) {
      region *r = &f->open[--f->depth];
      stays = r->faults; /* here: has content */
      if (!stays) f->p->row[r->when].dead = f->p->row[r->otherwise].dead = true;
    }
    if (stays && f->depth) f->open[f->depth - 1].faults = true;
    row->dead = !stays;
    for (uint32_t j = 0; row->dead && j < plan_row_operands(row); j++) {
      uint32_t reg = *plan_row_operand(row, j);
      if (reg != PPR_NONE) f->uses[reg]--;
    }
  }
}

bool fuse_rows(vm_plan *p, ppr_arena *arena, const ppr_edition *e) {
  fuser f = {.p = p, .e = e};
  f.uses = arena_array(arena, (size_t)e->n_reg + 1, sizeof *f.uses);
  f.open = arena_raw(arena, (size_t)p->n_row + 1, sizeof *f.open);
  f.arm_of = arena_raw(arena, (size_t)p->n_row + 1, sizeof *f.arm_of);
  f.compared = arena_array(arena, (size_t)e->n_reg + 1, sizeof *f.compared);
  f.compared_as = arena_raw(arena, (size_t)p->n_row + 1, sizeof *f.compared_as);
  if (!f.uses || !f.open || !f.arm_of || !f.compared || !f.compared_as || !guard_init(&f.g, arena, p)) return false;
  for (uint32_t at = 0; at < p->n_row; at++)
    for (uint32_t j = 0; j < plan_row_operands(&p->row[at]); j++) {
      uint32_t reg = *plan_row_operand(&p->row[at], j);
      if (reg != PPR_NONE) f.uses[reg]++;
    }
  for (uint32_t j = 0; j < e->n_output; j++) {
    f.uses[e->output[j].reg]++;
    if (e->output[j].state) f.uses[e->output[j].state - 1]++;
  }
  for (uint32_t at = 0; at < p->n_row; at++)
    if (!visit(&f, at, arena)) return false;
  sweep(&f);
  return true;
}
