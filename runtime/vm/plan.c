/* Liveness and slots of an edition's registers: the bulk plan and the keep plan. */
#include "vm/plan.h"
#include <string.h>

plan_operands plan_operands_of(const ppr_edition *e, const ppr_instr *i) {
  plan_operands o = {{i->a, i->b, i->c}, NULL, 0, 1};
  const ppr_op_info *info = instr_info(i->op);
  switch ((ppr_shape)info->shape) {
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END: break;
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: o.count = 1; break;
  case SHAPE_RR:
  case SHAPE_RRT: o.count = 2; break;
  case SHAPE_SEL: o.count = 3; break;
  case SHAPE_DOT:
    o.stride = 2;
    o.list = i->b ? e->arg + i->a : NULL, o.count = i->b;
    break;
  case SHAPE_LIST:
  case SHAPE_CALL: o.list = i->b ? e->arg + i->a : NULL, o.count = i->b; break;
  }
  return o;
}

bool plan_defines(const ppr_instr *i) { return !(instr_info(i->op)->flags & OPF_REGION); }

bool plan_constant(const ppr_instr *i) { return i->op == PPR_OP_CONST_INT || i->op == PPR_OP_CONST_BOOL || i->op == PPR_OP_CONST_WIDE; }

/* Checks of inputs and stated faults happen whether or not a value is asked for. */
static bool always(const ppr_instr *i) { return i->op == PPR_OP_IN_INT || i->op == PPR_OP_IN_BOOL || i->op == PPR_OP_FAIL; }

/* Backward liveness. `used[r]`: some needed instruction or output reads r. `inside[depth]`: the open region has content. */
static bool mark_needed(bool *needed, ppr_arena *arena, const ppr_edition *e) {
  bool *used = arena_array(arena, e->n_reg, sizeof *used);
  bool *inside = arena_array(arena, (size_t)e->n_instr + 1, sizeof *inside);
  if (!used || !inside) return false;
  for (uint32_t j = 0; j < e->n_output; j++) {
    used[e->output[j].reg] = true;
    if (e->output[j].state) used[e->output[j].state - 1] = true;
  }
  uint32_t depth = 0;
  for (uint32_t pc = e->n_instr; pc-- > 0;) {
    const ppr_instr *i = &e->instr[pc];
    if (i->op == PPR_OP_END) {
      inside[++depth] = false;
      continue;
    }
    if (i->op == PPR_OP_ELSE) continue;
    bool need = i->op == PPR_OP_WHEN ? inside[depth] : used[i->d] || always(i);
    if (i->op == PPR_OP_WHEN) {
      depth--;
      if (need) needed[i->b] = needed[e->instr[i->b].b] = true; /* its ELSE and END */
    }
    if (!need) continue;
    needed[pc] = inside[depth] = true;
    plan_operands o = plan_operands_of(e, i);
    for (uint32_t j = 0; j < o.count; j++) used[plan_operand(&o, j)] = true;
  }
  return true;
}

static bool plan_start(vm_plan *out, ppr_arena *arena, const ppr_edition *e) {
  memset(out, 0, sizeof *out);
  /* one element more: an edition may have no instruction or register */
  out->pc = arena_array(arena, (size_t)e->n_instr + 1, sizeof *out->pc);
  out->needed = arena_array(arena, (size_t)e->n_instr + 1, sizeof *out->needed);
  out->slot = arena_array(arena, (size_t)e->n_reg + 1, sizeof *out->slot);
  if (!out->pc || !out->needed || !out->slot) return false;
  for (uint32_t r = 0; r < e->n_reg; r++) out->slot[r] = PPR_NONE;
  return mark_needed(out->needed, arena, e);
}

bool plan_keep(vm_plan *out, ppr_arena *arena, const ppr_edition *e) {
  if (!plan_start(out, arena, e)) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) out->pc[out->n_pc++] = pc;
  for (uint32_t r = 0; r < e->n_reg; r++) out->slot[r] = out->slots[e->reg[r].type]++;
  return true;
}

/* The last instruction reading each register; defining counts, outputs and constants live to the end. */
static void find_last_use(uint32_t *last, const vm_plan *p, const ppr_edition *e) {
  for (uint32_t at = 0; at < p->n_pc; at++) {
    const ppr_instr *i = &e->instr[p->pc[at]];
    plan_operands o = plan_operands_of(e, i);
    for (uint32_t j = 0; j < o.count; j++) last[plan_operand(&o, j)] = at;
    if (plan_defines(i)) last[i->d] = at;
  }
  for (uint32_t at = 0; at < p->n_pc; at++)
    if (plan_constant(&e->instr[p->pc[at]])) last[e->instr[p->pc[at]].d] = p->n_pc;
  for (uint32_t j = 0; j < e->n_output; j++) {
    last[e->output[j].reg] = p->n_pc;
    if (e->output[j].state) last[e->output[j].state - 1] = p->n_pc;
  }
}

bool plan_bulk(vm_plan *out, ppr_arena *arena, const ppr_edition *e) {
  if (!plan_start(out, arena, e)) return false;
  uint32_t *last = arena_array(arena, (size_t)e->n_reg + 1, sizeof *last);
  uint32_t *unused[PPR_TYPES], n_unused[PPR_TYPES] = {0}; /* stacks of free slots */
  for (unsigned t = 0; t < PPR_TYPES; t++)
    if (!(unused[t] = arena_array(arena, (size_t)e->n_reg + 1, sizeof **unused))) return false;
  if (!last) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (out->needed[pc]) out->pc[out->n_pc++] = pc;
  find_last_use(last, out, e);
  for (uint32_t at = 0; at < out->n_pc; at++) {
    const ppr_instr *i = &e->instr[out->pc[at]];
    plan_operands o = plan_operands_of(e, i);
    /* The result gets its slot before operands give up theirs: kernels rely on results not overlapping operands. */
    if (plan_defines(i)) {
      uint32_t t = e->reg[i->d].type;
      out->slot[i->d] = n_unused[t] && !plan_constant(i) ? unused[t][--n_unused[t]] : out->slots[t]++;
      if (last[i->d] == at) unused[t][n_unused[t]++] = out->slot[i->d]; /* nobody reads it */
    }
    for (uint32_t j = 0; j < o.count; j++) {
      uint32_t r = plan_operand(&o, j);
      if (last[r] != at) continue;
      last[r] = PPR_NONE; /* an operand may be named twice */
      unused[e->reg[r].type][n_unused[e->reg[r].type]++] = out->slot[r];
    }
  }
  return true;
}
