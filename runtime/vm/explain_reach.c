/* The walks of explain_reach.h. Every register is defined once and from earlier ones, so a walk visits a register at most once and ends. */
#include "vm/explain_reach.h"
#include "vm/plan.h"

bool reach_init(reach *r, ppr_arena *arena, const ppr_edition *e, const ppr_vm *vm) {
  size_t n = (size_t)e->n_reg + 1;
  *r = (reach){.e = e, .vm = vm};
  r->def = arena_array(arena, n, sizeof *r->def);
  r->stop = arena_array(arena, n, sizeof *r->stop);
  r->seen = arena_array(arena, n, sizeof *r->seen);
  r->stack = arena_array(arena, n, sizeof *r->stack);
  r->inputs = arena_array(arena, (size_t)e->n_input + 1, sizeof *r->inputs);
  if (!r->def || !r->stop || !r->seen || !r->stack || !r->inputs) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (plan_defines(&e->instr[pc])) r->def[e->instr[pc].d] = pc + 1;
  return true;
}

void reach_within(reach *r, const ppr_inst *inst) {
  r->stops++;
  for (uint32_t j = inst->first_branch; j < inst->first_branch + inst->branches; j++) {
    const ppr_branch *b = &r->e->branch[j];
    for (uint32_t k = b->first_dep; k < b->first_dep + b->deps; k++) {
      if (r->e->dep[k].kind != PPR_DEP_INST) continue;
      const ppr_inst *i = &r->e->inst[r->e->dep[k].index];
      r->stop[i->reg] = r->stops;
      if (i->state) r->stop[i->state - 1] = r->stops;
      if (i->den) r->stop[i->den - 1] = r->stops;
    }
  }
}

static bool is_zero(const reach *r, uint32_t reg) { return vm_register(r->vm, reg) == 0; }

static void push(reach *r, uint32_t reg) {
  if (r->seen[reg] == r->walk) return;
  r->seen[reg] = r->walk;
  r->stack[r->n_stack++] = reg;
}

static void push_all(reach *r, const plan_operands *o) {
  for (uint32_t j = 0; j < o->count; j++) push(r, plan_operand(o, j));
}

/* The operands equal to what settles the list; all of them when none does. `first`: one is enough. */
static void push_settling(reach *r, const plan_operands *o, bool settles, bool first) {
  bool any = false;
  for (uint32_t j = 0; j < o->count && !(any && first); j++) {
    if (is_zero(r, plan_operand(o, j)) == settles) continue;
    push(r, plan_operand(o, j));
    any = true;
  }
  if (!any) push_all(r, o);
}

static void push_terms(reach *r, const plan_operands *o) {
  for (uint32_t j = 0; j < o->count; j++)
    if (!is_zero(r, plan_operand(o, j))) push(r, plan_operand(o, j));
}

/* Of a product or quotient that is zero the operand that makes it so. */
static void push_factors(reach *r, const plan_operands *o) {
  for (uint32_t j = 0; j < o->count; j++)
    if (is_zero(r, plan_operand(o, j))) {
      push(r, plan_operand(o, j));
      return;
    }
  push_all(r, o);
}

static const ppr_instr *definition(const reach *r, uint32_t reg) { return r->def[reg] ? &r->e->instr[r->def[reg] - 1] : NULL; }

/* An operand told by itself, or an input: whatever is compared with it, it is told too. */
static bool is_operand(const reach *r, uint32_t reg) {
  const ppr_instr *i = definition(r, reg);
  return r->stop[reg] == r->stops || (i && instr_info(i->op)->shape == SHAPE_IN);
}

static bool is_constant(const reach *r, uint32_t reg) {
  const ppr_instr *i = definition(r, reg);
  return i && (i->op == PPR_OP_CONST_INT || i->op == PPR_OP_CONST_WIDE) && !is_zero(r, reg);
}

/* Does the instruction bring in a number that is neither zero nor a factor? */
static bool adds_constant(const reach *r, const ppr_instr *i, const plan_operands *o) {
  switch (i->op) {
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_WIDE: return is_constant(r, is_zero(r, i->a) ? i->c : i->b);
  case PPR_OP_ADDK: return true;
  case PPR_OP_DOT: return r->e->konst[i->c].value != 0;
  case PPR_OP_EQK:
  case PPR_OP_LTK:
  case PPR_OP_LEK: return !is_operand(r, i->a);
  case PPR_OP_MUL:
  case PPR_OP_MULW:
  case PPR_OP_MULWI:
  case PPR_OP_DIV:
  case PPR_OP_DIVW: return false;
  default: break;
  }
  for (uint32_t j = 0; j < o->count; j++)
    if (is_constant(r, plan_operand(o, j))) return true;
  return false;
}

static void step(reach *r, const ppr_instr *i, reach_mode mode) {
  plan_operands o = plan_operands_of(r->e, i);
  r->constants = r->constants || adds_constant(r, i, &o);
  if (mode == REACH_CODE) {
    push_all(r, &o);
    return;
  }
  bool mattered = mode == REACH_MATTERED;
  switch (i->op) { /* what is not listed asks for all its operands */
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_BOOL:
  case PPR_OP_SEL_WIDE:
    push(r, i->a);
    push(r, is_zero(r, i->a) ? i->c : i->b);
    return;
  case PPR_OP_AND: push_settling(r, &o, false, true); return;
  case PPR_OP_OR: push_settling(r, &o, true, true); return;
  case PPR_OP_ANY:
  case PPR_OP_ALL:
    if (mattered) push_settling(r, &o, i->op == PPR_OP_ANY, false);
    else push_all(r, &o);
    return;
  case PPR_OP_ADD:
  case PPR_OP_SUB:
  case PPR_OP_ADDW:
  case PPR_OP_SUBW:
  case PPR_OP_SUM:
  case PPR_OP_DOT:
  case PPR_OP_COUNT:
    if (mattered) push_terms(r, &o);
    else push_all(r, &o);
    return;
  case PPR_OP_MUL:
  case PPR_OP_MULW:
  case PPR_OP_MULWI:
  case PPR_OP_DIV:
  case PPR_OP_DIVW:
    if (mattered) push_factors(r, &o);
    else push_all(r, &o);
    return;
  default: push_all(r, &o);
  }
}

void reach_from(reach *r, uint32_t reg, reach_mode mode, bool begin) {
  if (begin) {
    r->walk++;
    r->constants = false;
  }
  push(r, reg);
  while (r->n_stack) {
    uint32_t at = r->stack[--r->n_stack];
    const ppr_instr *i = definition(r, at);
    if (!i) continue;
    if (instr_info(i->op)->shape == SHAPE_IN) r->inputs[i->a] = r->walk;
    else if (r->stop[at] != r->stops) step(r, i, mode);
  }
}

void reach_result(reach *r, const ppr_inst *inst, reach_mode mode) {
  bool state = inst->state != 0, absent = state && vm_register(r->vm, inst->state - 1) != PPR_PRESENT, begin = true;
  if (state) {
    reach_from(r, inst->state - 1, mode, true);
    begin = false;
  }
  if (absent && mode != REACH_CODE) return;
  reach_from(r, inst->reg, mode, begin);
  if (inst->den) reach_from(r, inst->den - 1, mode, false);
}

uint32_t reach_chosen(const reach *r, uint32_t reg) {
  for (const ppr_instr *i; (i = definition(r, reg)) != NULL;) {
    bool choice = i->op == PPR_OP_SEL_INT || i->op == PPR_OP_SEL_BOOL || i->op == PPR_OP_SEL_WIDE;
    if (choice) reg = is_zero(r, i->a) ? i->c : i->b;
    else if (i->op == PPR_OP_NARROW || i->op == PPR_OP_WIDEN) reg = i->a;
    else break;
  }
  return reg;
}

/* Registers of constants are shared by whoever needs the same number: meeting one says nothing. */
static bool met(const reach *r, uint32_t reg) {
  const ppr_instr *i = definition(r, reg);
  return r->seen[reg] == r->walk && i && instr_info(i->op)->shape != SHAPE_K;
}

bool reach_met(const reach *r, const ppr_dep *d) {
  if (d->kind == PPR_DEP_INPUT) return r->inputs[d->index] == r->walk;
  if (d->kind != PPR_DEP_INST) return false;
  const ppr_inst *i = &r->e->inst[d->index];
  return met(r, i->reg) || (i->state && met(r, i->state - 1)) || (i->den && met(r, i->den - 1));
}
