/* The machine: resolves an edition under a plan to kernel steps once, then runs them over blocks of lanes. No allocation happens while running. */
#define _POSIX_C_SOURCE 200809L
#include "vm/exec.h"
#include "vm/kern.h"
#include "vm/plan.h"
#include <string.h>
#include <time.h>

/* Blocks are as long as pays: the cost of an instruction is spread over up to CHOSEN_LANES records; long programs get less, so that evaluators stay
 * small. What is computed is mostly used soon, so not all registers of a block need be in the cache at once. */
#define BLOCK_BYTES ((size_t)2 << 20)
#define CHOSEN_LANES 1024
#define CACHE_LINE 64
#define MAX_LANES 1024

/* An output that may be computed in the caller's array. */
typedef struct direct_output {
  uint32_t output, reg;
  void *own;
} direct_output;

struct ppr_vm {
  ppr_arena *arena;
  const ppr_edition *edition;
  const native_table *natives;
  const kern_set *set;
  uint32_t lanes, n_steps, n_reg;
  bool keep;
  kern_step *steps;
  uint8_t *class;   /* per register: kern_class */
  interval *output; /* per output: the numbers it can be */
  void **reg;       /* memory of each register, NULL when the plan has none; columns of the caller while a block runs */
  direct_output *direct;
  uint32_t n_direct;
  uint8_t *masks;    /* active lanes per region depth */
  ppr_fault *faults; /* of a block: for callers without an array, and the place where faults nobody needs go */
  ppr_fault *unheard;
  vm_profile_row *profile; /* per kernel; NULL: nobody asked */
  uint64_t clock_cost;     /* nanoseconds of reading the clock */
};

/* Lanes between the registers of one class: whole groups, and a cache line of distance, which keeps equal lanes of many registers out of the same
 * cache sets. */
static size_t stride_of(uint32_t lanes) {
  size_t whole = (lanes + KERN_GROUP - 1) / KERN_GROUP * KERN_GROUP;
  return lanes < 64 ? whole : (whole + 63) / 64 * 64 + 16;
}
static const size_t class_size[KERN_CLASSES] = {
    [CLASS_8] = sizeof(kern_8), [CLASS_32] = sizeof(kern_32), [CLASS_64] = sizeof(kern_64), [CLASS_128] = sizeof(kern_128)};

#ifndef PPR_LANES
#define PPR_LANES 0 /* records per block the build asks for; 0: by program size */
#endif
static uint32_t choose_lanes(const vm_plan *plan) {
  if (PPR_LANES) return PPR_LANES;
  size_t bytes = 1;
  for (unsigned c = 0; c < KERN_CLASSES; c++) bytes += class_size[c] * plan->slots[c];
  size_t lanes = BLOCK_BYTES / bytes / 64 * 64;
  return lanes < 64 ? 64 : lanes > CHOSEN_LANES ? CHOSEN_LANES : (uint32_t)lanes;
}

static bool place_registers(ppr_vm *vm, const vm_plan *plan) {
  uint8_t *memory[KERN_CLASSES];
  size_t step[KERN_CLASSES];
  for (unsigned c = 0; c < KERN_CLASSES; c++) {
    step[c] = (stride_of(vm->lanes) * class_size[c] + 63) / 64 * 64;
    memory[c] = arena_array(vm->arena, (size_t)plan->slots[c] + 1, step[c]);
    if (!memory[c]) return false;
  }
  vm->n_reg = plan->n_reg;
  vm->reg = arena_array(vm->arena, (size_t)plan->n_reg + 1, sizeof *vm->reg);
  vm->class = arena_array(vm->arena, (size_t)plan->n_reg + 1, sizeof *vm->class);
  if (!vm->reg || !vm->class) return false;
  for (uint32_t r = 0; r < plan->n_reg; r++) {
    vm->class[r] = plan->class[r];
    if (plan->slot[r] != PPR_NONE) vm->reg[r] = memory[plan->class[r]] + step[plan->class[r]] * plan->slot[r];
  }
  return true;
}

static bool resolve_input(ppr_vm *vm, kern_step *s, uint32_t slot) {
  kern_input *in = arena_alloc(vm->arena, sizeof *in);
  if (!in) return false;
  const ppr_field *f = &vm->edition->field[vm->edition->input[slot].field];
  bool yes = s->op == PPR_OP_IN_BOOL;
  *in = (kern_input){.lo = yes ? 0 : f->lo, .hi = yes ? 1 : f->hi, .preset = f->preset, .slot = slot, .flags = f->flags};
  in->own = vm->reg[s->d];
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

static bool resolve_stairs(ppr_vm *vm, kern_step *s, const plan_row *row) {
  const ppr_table *ranks = &vm->edition->table[row->ranks];
  const int64_t *cells = (const int64_t *)(vm->edition->konst + vm->edition->table[row->index].first);
  int64_t *rise = arena_array(vm->arena, (size_t)ranks->rows + 1, sizeof *rise);
  kern_stairs *stairs = arena_alloc(vm->arena, sizeof *stairs);
  if (!rise || !stairs) return false;
  for (uint32_t j = 0; j < ranks->rows; j++) rise[j] = (int64_t)((uint64_t)cells[j + 1] - (uint64_t)cells[j]);
  *stairs = (kern_stairs){(const int64_t *)(vm->edition->konst + ranks->first), rise, cells[0], ranks->rows};
  s->x.stairs = stairs;
  return true;
}

static bool resolve_divisor(ppr_vm *vm, kern_step *s, const plan_row *row) {
  kern_divisor *divisor = arena_alloc(vm->arena, sizeof *divisor);
  if (!divisor) return false;
  divisor_init(divisor, row->k, row->mode);
  s->x.divisor = divisor;
  return true;
}

static bool resolve_scale(ppr_vm *vm, kern_step *s, const plan_row *row) {
  kern_scale *scale = arena_alloc(vm->arena, sizeof *scale);
  if (!scale) return false;
  *scale = divisor_scale(row->k, row->by, row->mode, row->positive);
  s->x.scale = scale;
  return true;
}

static bool resolve_wide(ppr_vm *vm, kern_step *s, ppr_wide_konst k) {
  ppr_wide *wide = arena_alloc(vm->arena, sizeof *wide);
  if (!wide) return false;
  *wide = (ppr_wide)k.hi * ((ppr_wide)1 << 64) + (ppr_wide)(uint64_t)k.lo;
  s->x.wide = wide;
  return true;
}

static bool resolve_factors(ppr_vm *vm, kern_step *s, const plan_row *row) {
  int64_t *factors = arena_array(vm->arena, (size_t)row->count + 1, sizeof *factors);
  if (!factors) return false;
  for (uint32_t j = 0; j < row->count; j++) factors[j] = row->factors[j];
  s->x.factors = factors;
  return true;
}

static ppr_status resolve_call(ppr_vm *vm, kern_step *s, const ppr_program *p, const plan_row *row) {
  const char *name = program_string(p, vm->edition->import[row->index].name);
  s->x.native = vm->natives ? natives_find(vm->natives, name) : NULL;
  if (!s->x.native || native_arity(s->x.native->signature) != (int)row->count) return PPR_INVALID_PROGRAM; /* not linked */
  return PPR_OK;
}

static ppr_status resolve(ppr_vm *vm, kern_step *s, const ppr_program *p, const plan_row *row) {
  const ppr_edition *e = vm->edition;
  *s = (kern_step){.op = (uint8_t)row->op, .pc = row->pc, .mode = row->mode, .quiet = !row->needed, .sure = row->sure, .k = row->k};
  s->d = row->d;
  s->a = row->a == PPR_NONE ? 0 : row->a, s->b = row->b == PPR_NONE ? 0 : row->b,
  s->c = row->c == PPR_NONE ? 0 : row->c; /* what is none is not read */
  if (plan_region(row)) {
    s->target = row->target;
    return PPR_OK;
  }
  s->fn = vm->set->fn[row->kernel];
  s->kernel = (uint8_t)row->kernel;
  if (row->count) {
    uint32_t *list = arena_array(vm->arena, row->count, sizeof *list);
    if (!list) return PPR_NOMEM;
    memcpy(list, row->list, row->count * sizeof *list);
    s->list = list;
    s->count = row->count;
  }
  bool room = true;
  switch ((uint32_t)row->op) {
  case PLAN_IN_INT:
  case PLAN_IN_BOOL:
  case PLAN_IN_STATE: room = resolve_input(vm, s, row->index); break;
  case PLAN_CONST_WIDE: room = resolve_wide(vm, s, e->wide_konst[row->index]); break;
  case PLAN_DIVK: room = resolve_divisor(vm, s, row); break;
  case PLAN_SCALE: room = resolve_scale(vm, s, row); break;
  case PLAN_QUOTIENT: s->x.other = row->other; break;
  case PLAN_DOT: room = resolve_factors(vm, s, row); break;
  case PLAN_LOOK:
  case PLAN_LOOK2:
  case PLAN_RANK: room = resolve_table(vm, s, &e->table[row->index]); break;
  case PLAN_STAIRS: room = resolve_stairs(vm, s, row); break;
  case PLAN_CALL: return resolve_call(vm, s, p, row);
  default: break;
  }
  return room ? PPR_OK : PPR_NOMEM;
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

/* Steps, jump targets as steps, and memory for the masks of the deepest region. Registers of constants keep what is written now. */
static ppr_status build_steps(ppr_vm *vm, const ppr_program *p, const vm_plan *plan) {
  uint32_t *step_of = arena_array(vm->arena, (size_t)plan->n_row + 1, sizeof *step_of);
  vm->steps = arena_array(vm->arena, (size_t)plan->n_row + 1, sizeof *vm->steps);
  if (!step_of || !vm->steps) return PPR_NOMEM;
  uint32_t depth = 0, deepest = 0, group = KERN_GROUP;
  for (uint32_t at = 0; at < plan->n_row; at++) {
    kern_step *s = &vm->steps[vm->n_steps];
    ppr_status status = resolve(vm, s, p, &plan->row[at]);
    if (status != PPR_OK) return status;
    if (plan_row_constant(&plan->row[at])) {
      kern_block all = {.n = vm->lanes, .full = (vm->lanes + group - 1) / group * group, .reg = vm->reg};
      s->fn(s, &all);
      continue;
    }
    step_of[at] = vm->n_steps++;
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

/* Numbers that are always present are computed where the caller wants them, if he has columns of their width. A register has one place: that of an
 * input may be the caller's already, that of a constant is written only once. */
static bool find_outputs(ppr_vm *vm, const vm_plan *plan) {
  const ppr_edition *e = vm->edition;
  bool *taken = arena_array(vm->arena, (size_t)e->n_reg + 1, sizeof *taken);
  vm->direct = arena_array(vm->arena, (size_t)e->n_output + 1, sizeof *vm->direct);
  vm->output = arena_array(vm->arena, (size_t)e->n_output + 1, sizeof *vm->output);
  if (!taken || !vm->direct || !vm->output) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (e->instr[pc].op == PPR_OP_IN_INT || e->instr[pc].op == PPR_OP_CONST_INT) taken[e->instr[pc].d] = true;
  for (uint32_t j = 0; j < e->n_output; j++) {
    const ppr_output *o = &e->output[j];
    interval r = plan->range[o->reg];
    vm->output[j] = interval_clip(o->state ? interval_join(r, (interval){0, 0}) : r, INT64_MIN, INT64_MAX);
    if (vm->keep || o->state || e->reg[o->reg].type != PPR_T_INT || taken[o->reg]) continue; /* explanations read registers after the run */
    taken[o->reg] = true;
    vm->direct[vm->n_direct++] = (direct_output){j, o->reg, vm->reg[o->reg]};
  }
  return true;
}

ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives) {
  const kern_set *sets[KERN_SETS];
  kern_sets(sets);
  return vm_new_with(out, alloc, p, edition, lanes, keep, natives, sets[0]);
}

ppr_status vm_new_with(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives,
                       const kern_set *set) {
  *out = NULL;
  if (edition >= p->n_editions || lanes > MAX_LANES) return PPR_MISUSE;
  ppr_arena *arena = arena_new(alloc), *scratch = arena_new(alloc);
  ppr_vm *vm = arena ? arena_alloc(arena, sizeof *vm) : NULL;
  ppr_status status = PPR_NOMEM;
  vm_plan plan;
  if (!vm || !scratch) goto done;
  *vm = (ppr_vm){.arena = arena, .edition = &p->editions[edition], .natives = natives, .set = set, .keep = keep};
  if (!(keep ? plan_keep : plan_bulk)(&plan, scratch, vm->edition, p, natives)) goto done;
  vm->lanes = lanes ? lanes : choose_lanes(&plan);
  if (!place_registers(vm, &plan)) goto done;
  status = build_steps(vm, p, &plan);
  if (status == PPR_OK && !find_outputs(vm, &plan)) status = PPR_NOMEM;
done:
  arena_free(scratch);
  if (status == PPR_OK) *out = vm;
  else arena_free(arena);
  return status;
}

void vm_free(ppr_vm *vm) {
  if (vm) arena_free(vm->arena);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool vm_profile(ppr_vm *vm) {
  vm->profile = arena_array(vm->arena, KERNELS + 1, sizeof *vm->profile); /* the last one: regions */
  if (!vm->profile) return false;
  uint64_t begin = now();
  for (int i = 0; i < 1000; i++) (void)now();
  vm->clock_cost = (now() - begin) / 1000;
  return true;
}

bool vm_profile_get(const ppr_vm *vm, uint32_t index, vm_profile_row *out) {
  static const char *const name[KERNELS + 1] = {
#define KERNEL(name, w, wb, d) [KERN_##name##_##w##_##wb##_##d] = #name " " #w " " #wb " " #d,
#include "vm/kernels.def"
      "regions"};
  if (!vm->profile || index > KERNELS) return false;
  *out = vm->profile[index];
  out->name = name[index];
  return true;
}

/* Counts a step that ended now; the next one begins now. */
static uint64_t account(ppr_vm *vm, uint32_t kernel, uint32_t lanes, uint64_t begin) {
  uint64_t end = now(), spent = end - begin;
  vm_profile_row *row = &vm->profile[kernel];
  row->steps++;
  row->lanes += lanes;
  row->nanoseconds += spent > vm->clock_cost ? spent - vm->clock_cost : 0;
  return end;
}

/* Columns of a batch lie far apart and blocks are short: without help every block would begin with cold columns. So the numbers of the next block are
 * fetched from memory while this one is computed, a few cache lines with every step: memory is busy all the time and never asked for too much at
 * once. */
typedef struct fetcher {
  const ppr_column *column, *end;
  size_t row, rows, offset;
  uint32_t lines; /* with each step */
} fetcher;

static fetcher fetch_plan(const ppr_vm *vm, const ppr_column *in, size_t row, size_t rows) {
  fetcher f = {in, in + vm->edition->n_input, row, rows, 0, 0};
  size_t lines = 0;
  for (uint32_t i = 0; rows && i < vm->edition->n_input; i++) lines += (in[i].narrow ? rows * 4 : in[i].values ? rows * 8 : 0) / CACHE_LINE + 1;
  f.lines = vm->n_steps ? (uint32_t)((lines + vm->n_steps - 1) / vm->n_steps) : 0;
  return f;
}

static void fetch_some(fetcher *f) {
  for (uint32_t i = 0; i < f->lines && f->column < f->end; i++) {
    const ppr_column *c = f->column;
    size_t bytes = f->rows * (c->narrow ? sizeof *c->narrow : c->values ? sizeof *c->values : 0);
    const char *from = c->narrow ? (const char *)(c->narrow + f->row) : (const char *)(c->values + f->row);
    if (f->offset < bytes) __builtin_prefetch(from + f->offset);
    f->offset += CACHE_LINE;
    if (f->offset >= bytes) f->column++, f->offset = 0;
  }
}

static void run_block(ppr_vm *vm, kern_block *block, fetcher next) {
  kern_block unheard = *block;
  unheard.faults = vm->unheard;
  uint8_t *mask = vm->masks;
  memset(mask, 1, block->n);
  uint64_t begin = vm->profile ? now() : 0;
  for (uint32_t at = 0; at < vm->n_steps; at++) {
    const kern_step *s = &vm->steps[at];
    if (s->fn) {
      fetch_some(&next);
      s->fn(s, s->quiet ? &unheard : block);
      if (vm->profile) begin = account(vm, s->kernel, block->n, begin);
      continue;
    }
    if (s->op == PPR_OP_WHEN) {
      mask += vm->lanes;
      if (!vm->set->enter(mask, mask - vm->lanes, vm->reg[s->a], block->n)) at = s->target - 1; /* to its ELSE */
    } else if (s->op == PPR_OP_ELSE) {
      if (!vm->set->other(mask, mask - vm->lanes, block->n)) at = s->target - 1; /* to its END */
    } else {
      mask -= vm->lanes;
    }
    block->active = unheard.active = mask;
    if (vm->profile) begin = account(vm, KERNELS, block->n, begin);
  }
}

/* The caller's array for an output from `row` on, where it is as wide as the register. */
static void *place_of(const ppr_vm *vm, const ppr_result *out, uint32_t reg, size_t row) {
  if (vm->class[reg] == CLASS_32) return out->narrow ? out->narrow + row : NULL;
  return out->values ? out->values + row : NULL;
}

static void store_output(const ppr_vm *vm, const ppr_output *o, const ppr_result *out, size_t row, uint32_t n) {
  const uint8_t *state = o->state ? vm->reg[o->state - 1] : NULL;
  const void *reg = vm->reg[o->reg];
  if (out->states) {
    if (state) memcpy(out->states + row, state, n);
    else memset(out->states + row, PPR_PRESENT, n);
  }
  kern_store_fn *const *store = vm->set->store[vm->class[o->reg]];
  if (out->narrow && reg != out->narrow + row) store[0](out->narrow + row, reg, state, n);
  if (out->values && reg != out->values + row) store[1](out->values + row, reg, state, n);
}

ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults) {
  const ppr_edition *e = vm->edition;
  for (uint32_t j = 0; out && j < e->n_output; j++)
    if (out[j].narrow && !interval_fits32(vm->output[j])) return PPR_MISUSE;
  for (size_t row = 0; row < rows; row += vm->lanes) {
    uint32_t n = rows - row < vm->lanes ? (uint32_t)(rows - row) : vm->lanes;
    size_t rest = rows - row - n;
    kern_block block = {
        .n = n, .reg = vm->reg, .active = vm->masks, .faults = faults ? faults + row : vm->faults, .in = in, .row = row, .natives = vm->natives};
    block.full = (n + KERN_GROUP - 1) / KERN_GROUP * KERN_GROUP;
    block.lend = !vm->keep && block.full == n; /* what is read later, and lanes beyond the caller's columns, must be in memory of our own */
    memset(block.faults, 0, n * sizeof *block.faults);
    if (vm->keep) memset(vm->unheard, 0, n * sizeof *vm->unheard);
    for (uint32_t j = 0; j < vm->n_direct; j++) {
      const direct_output *o = &vm->direct[j];
      void *place = out && block.lend ? place_of(vm, &out[o->output], o->reg, row) : NULL;
      vm->reg[o->reg] = place ? place : o->own;
    }
    run_block(vm, &block, fetch_plan(vm, in, row + n, rest < vm->lanes ? rest : vm->lanes));
    for (uint32_t j = 0; out && j < e->n_output; j++) store_output(vm, &e->output[j], &out[j], row, n);
  }
  return PPR_OK;
}

void vm_output_range(const ppr_vm *vm, uint32_t output, int64_t *lo, int64_t *hi) {
  *lo = (int64_t)vm->output[output].lo;
  *hi = (int64_t)vm->output[output].hi;
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
