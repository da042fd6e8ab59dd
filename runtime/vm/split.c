/* A plan in two parts; see split.h. */
#include "vm/split.h"
#include <string.h>

typedef struct splitter {
  vm_plan *p;
  bool *row;  /* per row: it depends on a varying input */
  bool *reg;  /* per register: so does its value */
  bool *both; /* per row of a region: content of the fixed part, and at + n_row: of the varying one */
} splitter;

static bool depends(const splitter *s, plan_row *row, const bool *varies) {
  if (row->op == PLAN_IN_INT || row->op == PLAN_IN_BOOL || row->op == PLAN_IN_STATE) return varies[row->index];
  for (uint32_t j = 0; j < plan_row_operands(row); j++) {
    uint32_t reg = *plan_row_operand(row, j);
    if (reg != PPR_NONE && s->reg[reg]) return true;
  }
  return false;
}

/* Marks rows and registers. open: the WHEN and ELSE rows of the regions around. */
static void mark(splitter *s, const bool *varies, uint32_t *open) {
  uint32_t depth = 0, forced = 0; /* forced: depth of the outermost region whose condition varies, 0: none */
  for (uint32_t at = 0; at < s->p->n; at++) {
    plan_row *row = plan_at(s->p, at);
    if (row->op == PLAN_WHEN) {
      open[depth++] = at;
      if (!forced && s->reg[row->a]) forced = depth;
      s->row[at] = forced;
      continue;
    }
    if (row->op == PLAN_ELSE || row->op == PLAN_END) {
      s->row[at] = forced;
      if (row->op == PLAN_END && depth-- == forced) forced = 0;
      continue;
    }
    if (plan_row_constant(row)) continue;
    s->row[at] = forced || depends(s, row, varies);
    if (row->d != PPR_NONE) s->reg[row->d] = s->row[at];
    for (uint32_t d = 0; d < depth; d++) s->both[open[d] + (s->row[at] ? s->p->n : 0)] = true;
  }
}

/* The rows of one part. */
static uint32_t collect(const splitter *s, uint32_t *out, bool varying, uint32_t *open) {
  uint32_t n = 0, depth = 0;
  for (uint32_t at = 0; at < s->p->n; at++) {
    const plan_row *row = plan_at(s->p, at);
    if (row->op == PLAN_WHEN) open[depth++] = at;
    uint32_t when = depth ? open[depth - 1] : 0;
    if (row->op == PLAN_END) depth--;
    if (plan_region(row) ? s->both[when + (varying ? s->p->n : 0)] : s->row[at] == varying) out[n++] = s->p->order[at];
  }
  return n;
}

bool split_rows(vm_plan *p, ppr_arena *arena, const bool *varies, uint32_t *n_fixed) {
  size_t rows = (size_t)p->n + 1;
  splitter s = {p, arena_array(arena, rows, 1), arena_array(arena, (size_t)p->n_reg + 1, 1), arena_array(arena, 2 * rows, 1)};
  uint32_t *order = arena_raw(arena, 2 * rows, sizeof *order), *open = arena_raw(arena, rows, sizeof *open);
  if (!s.row || !s.reg || !s.both || !order || !open) return false;
  mark(&s, varies, open);
  *n_fixed = collect(&s, order, false, open);
  p->n = *n_fixed + collect(&s, order + *n_fixed, true, open);
  p->order = order;
  return true;
}
