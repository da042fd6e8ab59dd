/* Widths: one pass over the rows chooses their kernels; see widths.h. */
#include "vm/widths.h"
#include <string.h>

/* The rows of kernels.def. */
typedef struct kernel_row {
  plan_op op;
  uint8_t w, wb, d; /* kern_class; operands of no kind are 0 */
} kernel_row;
enum { BITS_0 = CLASS_8, BITS_8 = CLASS_8, BITS_32 = CLASS_32, BITS_64 = CLASS_64, BITS_128 = CLASS_128 };
static const kernel_row kernels[KERNELS] = {
#define KERNEL(name, w, wb, d) {PLAN_##name, BITS_##w, BITS_##wb, BITS_##d},
#include "vm/kernels.def"
};

typedef struct chooser {
  vm_plan *p;
  const ppr_edition *e;
  uint16_t first[256]; /* per op: its first kernel; the others follow */
  uint32_t copies;
  bool keep;
} chooser;

static bool is_number(const chooser *c, uint32_t reg) { return c->e->reg[reg].type == PPR_T_INT; }

static kern_class class_of_number(interval r) { return interval_fits32(r) ? CLASS_32 : CLASS_64; }

/* What the constants of a row need. */
static kern_class class_of_constants(const chooser *c, const plan_row *row) {
  interval all = {0, 0};
  switch ((uint32_t)row->op) {
  case PLAN_ADDK:
  case PLAN_MULK:
  case PLAN_EQK:
  case PLAN_LTK:
  case PLAN_LEK:
  case PLAN_FAR:
  case PLAN_NEAR: all = (interval){row->k, row->k}; break;
  case PLAN_DOT:
    if (row->count) all = interval_of(row->factors, row->count);
    break;
  case PLAN_RANK:
  case PLAN_STAIRS: {
    const ppr_table *t = &c->e->table[row->op == PLAN_RANK ? row->index : row->ranks];
    if (t->rows) all = interval_of(&c->e->konst[t->first].value, t->rows);
    break;
  }
  default: break;
  }
  return class_of_number(all);
}

/* What a row computes between operands and result must fit the width of the operands. */
static kern_class class_within(const chooser *c, const plan_row *row) {
  if (row->op != PLAN_FAR && row->op != PLAN_NEAR) return CLASS_32;
  interval apart = interval_abs(interval_sub(c->p->range[row->a], c->p->range[row->b]));
  return class_of_number(interval_mul(apart, (interval){row->k, row->k}));
}

/* The register operand j of a row is to have this class in a kernel, if it is a number. */
static kern_class wanted(const kernel_row *k, uint32_t j) { return (kern_class)(j == 1 ? k->wb : k->w); }

/* Cost of running a row by a kernel; UINT32_MAX: it cannot. */
static uint32_t cost(const chooser *c, plan_row *row, const kernel_row *k, kern_class least, kern_class result) {
  uint32_t sum = (uint32_t)k->w + k->wb + k->d;
  if (row->d != PPR_NONE && (is_number(c, row->d) ? k->d < result : k->d != result)) return UINT32_MAX;
  for (uint32_t j = 0; j < plan_row_operands(row); j++) {
    uint32_t reg = *plan_row_operand(row, j);
    if (reg == PPR_NONE || !is_number(c, reg)) continue;
    kern_class need = wanted(k, j), have = (kern_class)c->p->class[reg];
    if (need < have || need < least) return UINT32_MAX;
    if (need > have) sum += 16; /* the copy */
  }
  return sum;
}

static bool choose(chooser *c, plan_row *row) {
  static const kern_class of_type[] = {[PPR_T_BOOL] = CLASS_8, [PPR_T_INT] = CLASS_64, [PPR_T_WIDE] = CLASS_128};
  kern_class result = CLASS_8, least = CLASS_64;
  if (!c->keep) {
    least = class_of_constants(c, row);
    if (class_within(c, row) > least) least = CLASS_64;
  }
  if (row->d != PPR_NONE) {
    result = of_type[c->e->reg[row->d].type];
    if (result == CLASS_64 && !c->keep) result = class_of_number(c->p->range[row->d]);
  }
  uint32_t best = UINT32_MAX;
  for (uint32_t k = c->first[row->op]; k < KERNELS && kernels[k].op == row->op; k++) {
    uint32_t price = cost(c, row, &kernels[k], least, result);
    if (price < best) best = price, row->kernel = (uint8_t)k;
  }
  if (best == UINT32_MAX) return false;
  const kernel_row *k = &kernels[row->kernel];
  if (row->d != PPR_NONE) c->p->class[row->d] = k->d;
  for (uint32_t j = 0; j < plan_row_operands(row); j++) {
    uint32_t *reg = plan_row_operand(row, j);
    if (*reg == PPR_NONE || !is_number(c, *reg) || wanted(k, j) == c->p->class[*reg]) continue;
    uint32_t *wide = &c->p->wide[*reg];
    if (*wide == PPR_NONE) *wide = c->p->n_reg + c->copies++;
    *reg = *wide;
  }
  return true;
}

static bool run(vm_plan *p, ppr_arena *arena, const ppr_edition *e, bool keep) {
  chooser c = {.p = p, .e = e, .keep = keep};
  size_t n = p->n_reg;
  p->wide = arena_raw(arena, n, sizeof *p->wide);
  p->class = arena_raw(arena, 2 * n, sizeof *p->class);
  if (!p->wide || !p->class) return false;
  for (size_t r = 0; r < n; r++) p->wide[r] = PPR_NONE;
  memset(p->class, CLASS_8, n);
  memset(p->class + n, CLASS_64, n); /* of copies: there are not more than registers */
  for (uint32_t k = KERNELS; k-- > 0;) c.first[kernels[k].op] = (uint16_t)k;
  for (uint32_t i = 0; i < p->n_row; i++)
    if (!p->row[i].dead && !plan_region(&p->row[i]) && !choose(&c, &p->row[i])) return false;
  p->n_reg += c.copies;
  return true;
}

/* That of a constant is the constant, as wide. */
plan_row widths_copy(const vm_plan *p, const plan_row *from) {
  uint32_t d = p->wide[from->d];
  if (from->op != PLAN_CONST_INT)
    return (plan_row){.op = PLAN_EXTEND, .kernel = KERN_EXTEND_32_32_64, .pc = from->pc, .d = d, .a = from->d, .b = PPR_NONE, .c = PPR_NONE};
  plan_row row = *from;
  row.d = d;
  row.kernel = KERN_CONST_INT_0_0_64;
  return row;
}

bool widths_choose(vm_plan *p, ppr_arena *arena, const ppr_edition *e) { return run(p, arena, e, false); }
bool widths_keep(vm_plan *p, ppr_arena *arena, const ppr_edition *e) { return run(p, arena, e, true); }
