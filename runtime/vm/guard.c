/* Conclusions from conditions, a few steps deep; see guard.h. */
#include "vm/guard.h"

enum { DEEPEST = 6 };

bool guard_init(guards *g, ppr_arena *arena, vm_plan *p) {
  *g = (guards){.p = p};
  g->def = arena_array(arena, (size_t)p->n_reg + 1, sizeof *g->def);
  g->arm = arena_raw(arena, (size_t)p->n_row + 1, sizeof *g->arm);
  if (!g->def || !g->arm) return false;
  for (uint32_t at = 0; at < p->n_row; at++)
    if (p->row[at].d != PPR_NONE) g->def[p->row[at].d] = at + 1;
  return true;
}

plan_row *guard_def(const guards *g, uint32_t reg) { return reg == PPR_NONE || !g->def[reg] ? NULL : &g->p->row[g->def[reg] - 1]; }

void guard_open(guards *g, uint32_t cond, bool truth) { g->arm[g->depth++] = (guard_arm){cond, truth}; }
void guard_close(guards *g) { g->depth--; }

/* Does a condition that is true, or not, keep a number from being 0? */
static bool excludes_zero(const guards *g, uint32_t cond, bool truth, uint32_t reg, unsigned depth) {
  const plan_row *row = guard_def(g, cond);
  if (!row || depth == DEEPEST) return false;
  switch ((uint32_t)row->op) {
  case PLAN_EQK: return row->a == reg && (truth ? row->k != 0 : row->k == 0);
  case PLAN_LTK: return row->a == reg && (truth ? row->k <= 0 : row->k > 0);
  case PLAN_LEK: return row->a == reg && (truth ? row->k < 0 : row->k >= 0);
  case PLAN_BOOLOF: return row->a == reg && truth;
  case PLAN_NOT: return excludes_zero(g, row->a, !truth, reg, depth + 1);
  case PLAN_AND:
  case PLAN_OR:
    if (truth != (row->op == PLAN_AND)) return false;
    return excludes_zero(g, row->a, truth, reg, depth + 1) || excludes_zero(g, row->b, truth, reg, depth + 1);
  default: return false;
  }
}

static bool nonzero(const guards *g, uint32_t reg, unsigned depth) {
  if (!interval_has_zero(g->p->range[reg])) return true;
  for (uint32_t i = g->depth; i > 0 && i + DEEPEST > g->depth; i--)
    if (excludes_zero(g, g->arm[i - 1].cond, g->arm[i - 1].truth, reg, 0)) return true;
  const plan_row *row = guard_def(g, reg);
  if (!row || depth == DEEPEST) return false;
  switch ((uint32_t)row->op) { /* products that do not wrap */
  case PLAN_MUL:
    return interval_fits64(interval_mul(g->p->range[row->a], g->p->range[row->b])) && nonzero(g, row->a, depth + 1) && nonzero(g, row->b, depth + 1);
  case PLAN_MULK:
    return row->k != 0 && interval_fits64(interval_mul(g->p->range[row->a], (interval){row->k, row->k})) && nonzero(g, row->a, depth + 1);
  case PLAN_NEG:
  case PLAN_ABS: return nonzero(g, row->a, depth + 1);
  case PLAN_NONZERO: return true; /* or the lane has its fault */
  default: return false;
  }
}

bool guard_nonzero(const guards *g, uint32_t reg) { return nonzero(g, reg, 0); }
