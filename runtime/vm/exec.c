/* The machine: resolves an edition under a plan to kernel steps once, then runs them over blocks of lanes. No allocation happens while running. */
#include "vm/exec.h"
#include "vm/kern.h"
#include "vm/plan.h"
#include <string.h>

/* Blocks are as long as pays: the cost of an instruction is spread over up to CHOSEN_LANES records; long programs get less, so that evaluators stay
 * small. What is computed is mostly used soon, so not all registers of a block need be in the cache at once. */
#define BLOCK_BYTES ((size_t)2 << 20)
#define CHOSEN_LANES 512
#define MAX_LANES 1024

/* An output whose register is computed in the caller's array. */
typedef struct direct_output {
  uint32_t output, reg;
  void *own;
} direct_output;

struct ppr_vm {
  ppr_arena *arena;
  const ppr_edition *edition;
  const native_table *natives;
  uint32_t lanes, n_steps;
  bool keep;
  kern_step *steps;
  void **reg; /* memory of each register, NULL when the plan has none; columns of the caller while a block runs */
  direct_output *direct;
  uint32_t n_direct;
  uint8_t *masks;    /* active lanes per region depth */
  ppr_fault *faults; /* of a block: for callers without an array, and the place where faults nobody needs go */
  ppr_fault *unheard;
};

static kern_fn *kernel_of(uint32_t op) {
  switch ((ppr_op)op) {
#define OP(number, name, result, shape, flags, text)                                                                                                 \
  case PPR_OP_##name:                                                                                                                                \
    return kern_##name;
#include "code/opcodes.def"
#undef OP
  }
  return NULL;
}

/* Lanes between the registers of one type: a cache line of distance keeps equal lanes of many registers out of the same cache sets. */
static size_t stride_of(uint32_t lanes) { return lanes < 64 ? (lanes + 7) / 8 * 8 : (lanes + 63) / 64 * 64 + 8; }
static const size_t type_size[PPR_TYPES] = {
#define PPR_TYPE(number, name, ctype, text) [number] = sizeof(ctype),
#include "code/types.def"
#undef PPR_TYPE
};

#ifndef PPR_LANES
#define PPR_LANES 0 /* records per block the build asks for; 0: by program size */
#endif
static uint32_t choose_lanes(const vm_plan *plan) {
  if (PPR_LANES) return PPR_LANES;
  size_t bytes = 1;
  for (unsigned t = 0; t < PPR_TYPES; t++) bytes += type_size[t] * plan->slots[t];
  size_t lanes = BLOCK_BYTES / bytes / 64 * 64;
  return lanes < 64 ? 64 : lanes > CHOSEN_LANES ? CHOSEN_LANES : (uint32_t)lanes;
}

static bool place_registers(ppr_vm *vm, const vm_plan *plan) {
  const ppr_edition *e = vm->edition;
  uint8_t *memory[PPR_TYPES];
  size_t step[PPR_TYPES];
  for (unsigned t = 0; t < PPR_TYPES; t++) {
    step[t] = (stride_of(vm->lanes) * type_size[t] + 63) / 64 * 64;
    memory[t] = arena_array(vm->arena, (size_t)plan->slots[t] + 1, step[t]);
    if (!memory[t]) return false;
  }
  vm->reg = arena_array(vm->arena, (size_t)e->n_reg + 1, sizeof *vm->reg);
  if (!vm->reg) return false;
  for (uint32_t r = 0; r < e->n_reg; r++)
    if (plan->slot[r] != PPR_NONE) vm->reg[r] = memory[e->reg[r].type] + step[e->reg[r].type] * plan->slot[r];
  return true;
}

/* Operands that are registers: direct ones to a, b, c, lists to list. */
static bool resolve_operands(ppr_vm *vm, kern_step *s, const ppr_instr *i) {
  plan_operands o = plan_operands_of(vm->edition, i);
  if (plan_defines(i)) s->d = i->d;
  if (!o.list) {
    s->a = o.direct[0], s->b = o.direct[1], s->c = o.direct[2]; /* what is no register is not looked at */
    return true;
  }
  uint32_t *list = arena_array(vm->arena, o.count, sizeof *list);
  if (!list) return false;
  for (uint32_t j = 0; j < o.count; j++) list[j] = plan_operand(&o, j);
  s->list = list;
  s->count = o.count;
  return true;
}

static bool resolve_input(ppr_vm *vm, kern_step *s, uint32_t slot) {
  kern_input *in = arena_alloc(vm->arena, sizeof *in);
  if (!in) return false;
  const ppr_field *f = &vm->edition->field[vm->edition->input[slot].field];
  bool yes = s->op == PPR_OP_IN_BOOL;
  *in = (kern_input){.lo = yes ? 0 : f->lo, .hi = yes ? 1 : f->hi, .preset = f->preset, .slot = slot, .flags = f->flags};
  in->own = vm->reg[s->d];
  in->copy = vm->keep; /* explanations read registers after the run */
  s->x.in = in;
  return true;
}

static bool resolve_table(ppr_vm *vm, kern_step *s, const ppr_table *t) {
  kern_table *table = arena_alloc(vm->arena, sizeof *table);
  if (!table) return false;
  *table = (kern_table){(const int64_t *)(vm->edition->konst + t->first), t->rows, t->cols};
  s->x.table = table;
  return true;
}

static bool resolve_divisor(ppr_vm *vm, kern_step *s, uint32_t mode) {
  kern_divisor *divisor = arena_alloc(vm->arena, sizeof *divisor);
  if (!divisor) return false;
  kern_divisor_init(divisor, s->k, mode);
  s->x.divisor = divisor;
  return true;
}

static bool resolve_wide(ppr_vm *vm, kern_step *s, ppr_wide_konst k) {
  ppr_wide *wide = arena_alloc(vm->arena, sizeof *wide);
  if (!wide) return false;
  *wide = (ppr_wide)k.hi * ((ppr_wide)1 << 64) + (ppr_wide)(uint64_t)k.lo;
  s->x.wide = wide;
  return true;
}

/* Factors and summand of a DOT. */
static bool resolve_factors(ppr_vm *vm, kern_step *s, const ppr_instr *i) {
  const ppr_edition *e = vm->edition;
  int64_t *factors = arena_array(vm->arena, i->b, sizeof *factors);
  if (!factors) return false;
  for (uint32_t j = 0; j < i->b; j++) factors[j] = e->konst[e->arg[i->a + 2 * j + 1].value].value;
  s->x.factors = factors;
  s->k = e->konst[i->c].value;
  return true;
}

static ppr_status resolve_call(ppr_vm *vm, kern_step *s, const ppr_program *p, const ppr_instr *i) {
  const char *name = program_string(p, vm->edition->import[i->c].name);
  s->x.native = vm->natives ? natives_find(vm->natives, name) : NULL;
  if (!s->x.native || native_arity(s->x.native->signature) != (int)i->b) return PPR_INVALID_PROGRAM; /* not linked */
  return PPR_OK;
}

static ppr_status resolve(ppr_vm *vm, kern_step *s, const ppr_program *p, uint32_t pc) {
  const ppr_edition *e = vm->edition;
  const ppr_instr *i = &e->instr[pc];
  *s = (kern_step){.fn = kernel_of(i->op), .op = (uint8_t)i->op, .pc = pc, .mode = (uint8_t)i->m};
  bool room = resolve_operands(vm, s, i);
  switch ((ppr_shape)instr_info(i->op)->shape) {
  case SHAPE_IN: room = room && resolve_input(vm, s, i->a); break;
  case SHAPE_K:
    if (i->op == PPR_OP_CONST_WIDE) room = room && resolve_wide(vm, s, e->wide_konst[i->a]);
    else s->k = e->konst[i->a].value;
    break;
  case SHAPE_RK:
    s->k = e->konst[i->b].value;
    if (i->op == PPR_OP_DIVK) room = room && resolve_divisor(vm, s, i->m);
    break;
  case SHAPE_DOT: room = room && resolve_factors(vm, s, i); break;
  case SHAPE_RT: room = room && resolve_table(vm, s, &e->table[i->b]); break;
  case SHAPE_RRT: room = room && resolve_table(vm, s, &e->table[i->c]); break;
  case SHAPE_CALL: return room ? resolve_call(vm, s, p, i) : PPR_NOMEM;
  case SHAPE_WHEN:
  case SHAPE_ELSE: s->target = i->b; break;
  case SHAPE_R:
  case SHAPE_RR:
  case SHAPE_LIST:
  case SHAPE_SEL:
  case SHAPE_END: break;
  }
  return room ? PPR_OK : PPR_NOMEM;
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

/* Steps, jump targets as steps, and memory for the masks of the deepest region. */
static ppr_status build_steps(ppr_vm *vm, const ppr_program *p, const vm_plan *plan) {
  uint32_t *step_of = arena_array(vm->arena, (size_t)vm->edition->n_instr + 1, sizeof *step_of);
  vm->steps = arena_array(vm->arena, (size_t)plan->n_pc + 1, sizeof *vm->steps);
  if (!step_of || !vm->steps) return PPR_NOMEM;
  uint32_t depth = 0, deepest = 0;
  for (uint32_t at = 0; at < plan->n_pc; at++) {
    uint32_t pc = plan->pc[at];
    kern_step *s = &vm->steps[vm->n_steps];
    ppr_status status = resolve(vm, s, p, pc);
    if (status != PPR_OK) return status;
    if (plan_constant(&vm->edition->instr[pc])) { /* its register keeps what is written now */
      kern_block all = {.n = vm->lanes, .reg = vm->reg};
      s->fn(s, &all);
      continue;
    }
    s->quiet = !plan->needed[pc];
    step_of[pc] = vm->n_steps++;
    if (s->op == PPR_OP_WHEN && ++depth > deepest) deepest = depth;
    if (s->op == PPR_OP_END) depth--;
  }
  for (uint32_t at = 0; at < vm->n_steps; at++)
    if (vm->steps[at].op == PPR_OP_WHEN || vm->steps[at].op == PPR_OP_ELSE) vm->steps[at].target = step_of[vm->steps[at].target];
  vm->masks = arena_array(vm->arena, (size_t)deepest + 1, vm->lanes);
  vm->faults = arena_array(vm->arena, vm->lanes, sizeof *vm->faults);
  vm->unheard = arena_array(vm->arena, vm->lanes, sizeof *vm->unheard);
  return vm->masks && vm->faults && vm->unheard ? PPR_OK : PPR_NOMEM;
}

/* Numbers that are always present are computed where the caller wants them. A register has one place: that of an input may be the caller's already,
 * that of a constant is written only once. */
static bool find_direct(ppr_vm *vm) {
  const ppr_edition *e = vm->edition;
  bool *taken = arena_array(vm->arena, (size_t)e->n_reg + 1, sizeof *taken);
  vm->direct = arena_array(vm->arena, (size_t)e->n_output + 1, sizeof *vm->direct);
  if (!taken || !vm->direct) return false;
  if (vm->keep) return true; /* explanations read registers after the run */
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (e->instr[pc].op == PPR_OP_IN_INT || e->instr[pc].op == PPR_OP_CONST_INT) taken[e->instr[pc].d] = true;
  for (uint32_t j = 0; j < e->n_output; j++) {
    const ppr_output *o = &e->output[j];
    if (o->state || e->reg[o->reg].type != PPR_T_INT || taken[o->reg]) continue;
    taken[o->reg] = true;
    vm->direct[vm->n_direct++] = (direct_output){j, o->reg, vm->reg[o->reg]};
  }
  return true;
}

ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives) {
  *out = NULL;
  if (edition >= p->n_editions || lanes > MAX_LANES) return PPR_MISUSE;
  ppr_arena *arena = arena_new(alloc), *scratch = arena_new(alloc);
  ppr_vm *vm = arena ? arena_alloc(arena, sizeof *vm) : NULL;
  ppr_status status = PPR_NOMEM;
  vm_plan plan;
  if (!vm || !scratch) goto done;
  *vm = (ppr_vm){.arena = arena, .edition = &p->editions[edition], .natives = natives, .keep = keep};
  if (!(keep ? plan_keep : plan_bulk)(&plan, scratch, vm->edition)) goto done;
  vm->lanes = lanes ? lanes : choose_lanes(&plan);
  if (!place_registers(vm, &plan)) goto done;
  status = build_steps(vm, p, &plan);
  if (status == PPR_OK && !find_direct(vm)) status = PPR_NOMEM;
done:
  arena_free(scratch);
  if (status == PPR_OK) *out = vm;
  else arena_free(arena);
  return status;
}

void vm_free(ppr_vm *vm) {
  if (vm) arena_free(vm->arena);
}

/* mask = parent and condition; is any lane left? */
static bool enter(uint8_t *restrict mask, const uint8_t *restrict parent, const uint8_t *restrict cond, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) {
    mask[i] = parent[i] & (cond[i] != 0);
    any |= mask[i];
  }
  return any;
}

/* The lanes of the region that were not in its first arm; is any left? */
static bool other_arm(uint8_t *restrict mask, const uint8_t *restrict parent, uint32_t n) {
  uint8_t any = 0;
  for (uint32_t i = 0; i < n; i++) {
    mask[i] = parent[i] & (mask[i] == 0);
    any |= mask[i];
  }
  return any;
}

static void run_block(ppr_vm *vm, kern_block *block) {
  kern_block unheard = *block;
  unheard.faults = vm->unheard;
  uint8_t *mask = vm->masks;
  memset(mask, 1, block->n);
  for (uint32_t at = 0; at < vm->n_steps; at++) {
    const kern_step *s = &vm->steps[at];
    if (s->op < PPR_OP_WHEN) {
      s->fn(s, s->quiet ? &unheard : block);
      continue;
    }
    if (s->op == PPR_OP_WHEN) {
      mask += vm->lanes;
      if (!enter(mask, mask - vm->lanes, vm->reg[s->a], block->n)) at = s->target - 1; /* to its ELSE */
    } else if (s->op == PPR_OP_ELSE) {
      if (!other_arm(mask, mask - vm->lanes, block->n)) at = s->target - 1; /* to its END */
    } else {
      mask -= vm->lanes;
    }
    block->active = unheard.active = mask;
  }
}

static void store_output(const ppr_vm *vm, const ppr_output *o, const ppr_result *out, size_t row, uint32_t n) {
  const uint8_t *state = o->state ? vm->reg[o->state - 1] : NULL;
  if (out->states) {
    if (state) memcpy(out->states + row, state, n);
    else memset(out->states + row, PPR_PRESENT, n);
  }
  if (out->values && vm->reg[o->reg] != out->values + row)
    kern_store(out->values + row, vm->reg[o->reg], (ppr_type)vm->edition->reg[o->reg].type, state, n);
}

ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults) {
  const ppr_edition *e = vm->edition;
  for (size_t row = 0; row < rows; row += vm->lanes) {
    uint32_t n = rows - row < vm->lanes ? (uint32_t)(rows - row) : vm->lanes;
    size_t rest = rows - row - n;
    kern_block block = {
        .n = n, .reg = vm->reg, .active = vm->masks, .faults = faults ? faults + row : vm->faults, .in = in, .row = row, .natives = vm->natives};
    block.ahead = rest < vm->lanes ? (uint32_t)rest : vm->lanes;
    memset(block.faults, 0, n * sizeof *block.faults);
    if (vm->keep) memset(vm->unheard, 0, n * sizeof *vm->unheard);
    for (uint32_t j = 0; j < vm->n_direct; j++) {
      const direct_output *o = &vm->direct[j];
      vm->reg[o->reg] = out && out[o->output].values ? out[o->output].values + row : o->own;
    }
    run_block(vm, &block);
    for (uint32_t j = 0; out && j < e->n_output; j++) store_output(vm, &e->output[j], &out[j], row, n);
  }
  return PPR_OK;
}

ppr_wide vm_register(const ppr_vm *vm, uint32_t reg) {
  if (!vm->keep || reg >= vm->edition->n_reg) return 0;
  switch ((ppr_type)vm->edition->reg[reg].type) {
  case PPR_T_BOOL: return *(const uint8_t *)vm->reg[reg];
  case PPR_T_INT: return *(const int64_t *)vm->reg[reg];
  case PPR_T_WIDE: return *(const ppr_wide *)vm->reg[reg];
  }
  return 0;
}
