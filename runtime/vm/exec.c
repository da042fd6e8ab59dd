/* The machine: an edition becomes steps once, and these run over blocks of lanes. No allocation happens while running. */
#define _POSIX_C_SOURCE 200809L
#include "vm/exec.h"
#include "code/image.h"
#include "vm/kern.h"
#include "vm/plan.h"
#include "vm/steps.h"
#include <string.h>
#include <time.h>

/* Blocks are as long as pays: the cost of an instruction is spread over up to CHOSEN_LANES records; long programs get less, so that evaluators stay
 * small. What is computed is mostly used soon, so not all registers of a block need be in the cache at once. */
#define BLOCK_BYTES ((size_t)2 << 20)
#define CHOSEN_LANES 384
#define CACHE_LINE 64
#define MAX_LANES 1024
#define FEW_LANES 64 /* below nothing is worth the memory of a second plan */

/* A block that stays while some inputs change, see vm_fix. */
typedef struct fixed_block {
  const ppr_column *in;
  uint32_t rows;
  bool spoiled;         /* `assumed` is of no use for it */
  bool done[2];         /* the first part of `proved`, of `assumed` was run */
  bool *varies;         /* per output: it is of the second part */
  ppr_fault *faults[2]; /* of the first part */
} fixed_block;

/* What an evaluator runs. `assumed` takes for granted that quotients fit 32 bits, which can be proved of few and is true of most: where a block shows
 * one that does not, `proved` computes the block again. */
struct ppr_vm {
  ppr_arena *arena;
  const ppr_edition *edition;
  const native_table *natives;
  const kern_set *set;
  uint32_t lanes;
  bool keep;
  vm_steps proved, assumed;
  bool assuming;            /* assumed is there and pays */
  uint32_t blocks, spoiled; /* run by `assumed`, and in vain */
  interval *output;         /* per output: the numbers it can be */
  uint8_t *masks;           /* active lanes per region depth */
  ppr_fault *faults;        /* of a block: for callers without an array, and the place where faults nobody needs go */
  ppr_fault *unheard;
  fixed_block fixed;
  vm_profile_row *profile; /* per kernel; NULL: nobody asked */
  uint64_t clock_cost;     /* nanoseconds of reading the clock */
};

#ifndef PPR_LANES
#define PPR_LANES 0 /* records per block the build asks for; 0: by program size */
#endif
static uint32_t choose_lanes(const vm_plan *plan) {
  if (PPR_LANES) return PPR_LANES;
  size_t bytes = 1;
  for (unsigned c = 0; c < KERN_CLASSES; c++) bytes += kern_size((kern_class)c) * plan->slots[c];
  size_t lanes = BLOCK_BYTES / bytes / 64 * 64;
  return lanes < 64 ? 64 : lanes > CHOSEN_LANES ? CHOSEN_LANES : (uint32_t)lanes;
}

ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives) {
  return vm_new_with(out, alloc, p, edition, lanes, keep, natives, kern_best(lanes));
}

static bool find_outputs(ppr_vm *vm, const vm_plan *plan) {
  const ppr_edition *e = vm->edition;
  vm->output = arena_array(vm->arena, (size_t)e->n_output + 1, sizeof *vm->output);
  for (uint32_t j = 0; vm->output && j < e->n_output; j++) {
    interval r = plan->range[e->output[j].reg];
    vm->output[j] = interval_clip(e->output[j].state ? interval_join(r, (interval){0, 0}) : r, INT64_MIN, INT64_MAX);
  }
  return vm->output;
}

static bool make_masks(ppr_vm *vm) {
  uint32_t depth = vm->proved.depth > vm->assumed.depth ? vm->proved.depth : vm->assumed.depth;
  vm->masks = arena_array(vm->arena, (size_t)depth + 1, vm->lanes);
  vm->faults = arena_array(vm->arena, vm->lanes, sizeof *vm->faults);
  vm->unheard = arena_array(vm->arena, vm->lanes, sizeof *vm->unheard);
  return vm->masks && vm->faults && vm->unheard;
}

/* Bytes its steps write per lane. */
static uint64_t work_of(const vm_plan *plan) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < plan->n_row; i++)
    if (plan->row[i].d != PPR_NONE) bytes += kern_size((kern_class)plan->class[plan->row[i].d]);
  return bytes;
}

/* The steps of `assumed`, if they do a tenth less. */
static ppr_status make_assumed(ppr_vm *vm, ppr_arena *scratch, const ppr_program *p, const vm_plan *proved) {
  vm_plan plan;
  if (vm->lanes < FEW_LANES) return PPR_OK;
  if (!plan_bulk(&plan, scratch, vm->edition, p, vm->natives, true)) return PPR_NOMEM;
  if (work_of(&plan) * 10 > work_of(proved) * 9) return PPR_OK;
  vm->assuming = true;
  return steps_make(&vm->assumed, vm->arena, p, vm->edition, &plan, NULL, vm->set, vm->natives, vm->lanes);
}

ppr_status vm_new_with(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives,
                       const kern_set *set) {
  *out = NULL;
  if (edition >= p->n_editions || lanes > MAX_LANES) return PPR_MISUSE;
  ppr_status status = image_code(p, edition, NULL); /* nothing runs that is not proved */
  if (status != PPR_OK) return status;
  ppr_arena *arena = arena_new(alloc), *scratch = arena_new(alloc);
  ppr_vm *vm = arena ? arena_alloc(arena, sizeof *vm) : NULL;
  vm_plan plan;
  status = PPR_NOMEM;
  if (!vm || !scratch) goto done;
  *vm = (ppr_vm){.arena = arena, .edition = &p->editions[edition], .natives = natives, .set = set, .keep = keep};
  if (!(keep ? plan_keep(&plan, scratch, vm->edition, p, natives) : plan_bulk(&plan, scratch, vm->edition, p, natives, false))) goto done;
  vm->lanes = lanes ? lanes : choose_lanes(&plan);
  status = steps_make(&vm->proved, arena, p, vm->edition, &plan, NULL, set, natives, vm->lanes);
  if (status == PPR_OK && !keep) status = make_assumed(vm, scratch, p, &plan);
  if (status == PPR_OK && (!find_outputs(vm, &plan) || !make_masks(vm))) status = PPR_NOMEM;
done:
  arena_free(scratch);
  if (status == PPR_OK) *out = vm;
  else arena_free(arena);
  return status;
}

/* Adds the outputs whose value or state the rows compute. */
static bool find_varying(ppr_vm *vm, ppr_arena *scratch, const vm_plan *again) {
  const ppr_edition *e = vm->edition;
  bool *computed = arena_array(scratch, (size_t)again->n_reg + 1, sizeof *computed);
  if (!vm->fixed.varies) vm->fixed.varies = arena_array(vm->arena, (size_t)e->n_output + 1, sizeof *vm->fixed.varies);
  if (!computed || !vm->fixed.varies) return false;
  for (uint32_t i = 0; i < again->n_row; i++)
    if (again->row[i].d != PPR_NONE) computed[again->row[i].d] = true;
  for (uint32_t j = 0; j < e->n_output; j++)
    if (computed[e->output[j].reg] || (e->output[j].state && computed[e->output[j].state - 1])) vm->fixed.varies[j] = true;
  return true;
}

static ppr_status make_split(ppr_vm *vm, ppr_arena *scratch, const ppr_program *p, const bool *varies, uint32_t lanes) {
  vm_plan fixed, again;
  if (!plan_split(&fixed, &again, scratch, vm->edition, p, vm->natives, false, varies)) return PPR_NOMEM;
  vm->lanes = lanes ? lanes : choose_lanes(&fixed);
  ppr_status status = steps_make(&vm->proved, vm->arena, p, vm->edition, &fixed, &again, vm->set, vm->natives, vm->lanes);
  if (status != PPR_OK) return status;
  if (!find_outputs(vm, &fixed) || !find_varying(vm, scratch, &again)) return PPR_NOMEM;
  if (vm->lanes < FEW_LANES) return PPR_OK;
  if (!plan_split(&fixed, &again, scratch, vm->edition, p, vm->natives, true, varies) || !find_varying(vm, scratch, &again)) return PPR_NOMEM;
  vm->assuming = true;
  return steps_make(&vm->assumed, vm->arena, p, vm->edition, &fixed, &again, vm->set, vm->natives, vm->lanes);
}

ppr_status vm_new_split(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, const bool *varies,
                        const native_table *natives, const kern_set *set) {
  *out = NULL;
  if (edition >= p->n_editions || lanes > MAX_LANES) return PPR_MISUSE;
  ppr_status status = image_code(p, edition, NULL); /* nothing runs that is not proved */
  if (status != PPR_OK) return status;
  ppr_arena *arena = arena_new(alloc), *scratch = arena_new(alloc);
  ppr_vm *vm = arena ? arena_alloc(arena, sizeof *vm) : NULL;
  status = PPR_NOMEM;
  if (vm && scratch) {
    *vm = (ppr_vm){.arena = arena, .edition = &p->editions[edition], .natives = natives, .set = set};
    status = make_split(vm, scratch, p, varies, lanes);
    for (int i = 0; i < 2 && status == PPR_OK; i++)
      if (!(vm->fixed.faults[i] = arena_array(arena, vm->lanes, sizeof(ppr_fault)))) status = PPR_NOMEM;
    if (status == PPR_OK && !make_masks(vm)) status = PPR_NOMEM;
  }
  arena_free(scratch);
  if (status == PPR_OK) *out = vm;
  else arena_free(arena);
  return status;
}

uint32_t vm_lanes(const ppr_vm *vm) { return vm->lanes; }

void vm_split_size(const ppr_vm *vm, uint32_t *fixed, uint32_t *again) {
  const vm_steps *steps = vm->assuming ? &vm->assumed : &vm->proved;
  *fixed = steps->n;
  *again = steps->n_again;
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
  const ppr_column *in, *end; /* columns not begun */
  const ppr_result *out;      /* or NULL */
  uint32_t outputs;           /* not begun */
  size_t row, rows;           /* of the next block */
  const char *at, *stop;      /* in the column begun */
  uint32_t lines;             /* with each step */
} fetcher;

static fetcher fetch_plan(const ppr_vm *vm, uint32_t steps, const ppr_column *in, const ppr_result *out, size_t row, size_t rows) {
  const ppr_edition *e = vm->edition;
  fetcher f = {.in = in, .end = in + e->n_input, .out = out, .outputs = out ? e->n_output : 0, .row = row, .rows = rows};
  if (rows && steps) f.lines = (uint32_t)(((size_t)e->n_input + f.outputs) * (rows * 4 / CACHE_LINE + 1) / steps + 1);
  return f;
}

/* On to the next column; false: that was the last. */
static bool fetch_column(fetcher *f) {
  while (f->at >= f->stop) {
    const void *narrow, *wide;
    if (f->in < f->end) narrow = f->in->narrow ? f->in->narrow + f->row : NULL, wide = f->in->values ? f->in->values + f->row : NULL, f->in++;
    else if (f->outputs)
      narrow = f->out->narrow ? f->out->narrow + f->row : NULL, wide = f->out->values ? f->out->values + f->row : NULL, f->out++, f->outputs--;
    else return false;
    f->at = narrow ? narrow : wide;
    f->stop = f->at ? f->at + f->rows * (narrow ? 4 : 8) : NULL;
  }
  return true;
}

static void fetch_some(fetcher *f) {
  for (uint32_t i = 0; i < f->lines; i++) {
    if (f->at >= f->stop && !fetch_column(f)) return;
    __builtin_prefetch(f->at);
    f->at += CACHE_LINE;
  }
}

static void run_block(ppr_vm *vm, const kern_step *step, uint32_t n, kern_block *block, fetcher next) {
  kern_block unheard = *block;
  unheard.faults = vm->unheard;
  uint8_t *mask = vm->masks;
  memset(mask, 1, block->n);
  uint64_t begin = vm->profile ? now() : 0;
  for (uint32_t at = 0; at < n; at++) {
    const kern_step *s = &step[at];
    if (s->fn) {
      fetch_some(&next);
      s->fn(s, s->quiet ? &unheard : block);
      if (vm->profile) begin = account(vm, s->kernel, block->n, begin);
      continue;
    }
    if (s->op == PPR_OP_WHEN) {
      mask += vm->lanes;
      if (!vm->set->enter(mask, mask - vm->lanes, block->reg[s->a], block->n)) at = s->target - 1; /* to its ELSE */
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
static void *place_of(const vm_steps *steps, const ppr_result *out, uint32_t reg, size_t row) {
  if (steps->class[reg] == CLASS_32) return out->narrow ? out->narrow + row : NULL;
  return out->values ? out->values + row : NULL;
}

static void store_output(const ppr_vm *vm, const vm_steps *steps, const ppr_output *o, const ppr_result *out, size_t row, uint32_t n) {
  const uint8_t *state = o->state ? steps->reg[o->state - 1] : NULL;
  const void *reg = steps->reg[o->reg];
  if (out->states) {
    if (state) memcpy(out->states + row, state, n);
    else memset(out->states + row, PPR_PRESENT, n);
  }
  kern_store_fn *const *store = vm->set->store[steps->class[o->reg]];
  if (out->narrow && reg != out->narrow + row) store[0](out->narrow + row, reg, state, n);
  if (out->values && reg != out->values + row) store[1](out->values + row, reg, state, n);
}

/* A batch of the caller. */
typedef struct batch {
  const ppr_column *in;
  const ppr_result *out;
  ppr_fault *faults;
  size_t rows;
} batch;

/* Runs the steps over n rows and stores the results. False: an assumption did not hold. */
static bool run_steps(ppr_vm *vm, const vm_steps *steps, const batch *b, size_t row, uint32_t n) {
  const ppr_edition *e = vm->edition;
  size_t next = row + n, ahead = b->rows - next < vm->lanes ? b->rows - next : vm->lanes;
  bool spoiled = false;
  kern_block block = {.n = n, .reg = steps->reg, .active = vm->masks, .in = b->in, .row = row, .natives = vm->natives, .spoiled = &spoiled};
  block.faults = b->faults ? b->faults + row : vm->faults;
  block.full = (n + vm->set->group - 1) / vm->set->group * vm->set->group;
  block.lend = !vm->keep && block.full == n; /* what is read later, and lanes beyond the caller's columns, must be in memory of our own */
  memset(block.faults, 0, n * sizeof *block.faults);
  if (vm->keep) memset(vm->unheard, 0, n * sizeof *vm->unheard);
  for (uint32_t j = 0; j < steps->n_direct; j++) {
    const steps_direct *o = &steps->direct[j];
    void *place = b->out && block.lend ? place_of(steps, &b->out[o->output], o->reg, row) : NULL;
    steps->reg[o->reg] = place ? place : o->own;
  }
  run_block(vm, steps->step, steps->n, &block, fetch_plan(vm, steps->n, b->in, b->out, next, ahead));
  for (uint32_t j = 0; b->out && !spoiled && j < e->n_output; j++) store_output(vm, steps, &e->output[j], &b->out[j], row, n);
  return !spoiled;
}

ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults) {
  batch b = {in, out, faults, rows};
  for (uint32_t j = 0; out && j < vm->edition->n_output; j++)
    if (out[j].narrow && !interval_fits32(vm->output[j])) return PPR_MISUSE;
  for (size_t row = 0; row < rows; row += vm->lanes) {
    uint32_t n = rows - row < vm->lanes ? (uint32_t)(rows - row) : vm->lanes;
    if (vm->assuming) {
      vm->blocks++;
      if (run_steps(vm, &vm->assumed, &b, row, n)) continue;
      vm->assuming = ++vm->spoiled < 8 || vm->spoiled < vm->blocks / 8;
    }
    run_steps(vm, &vm->proved, &b, row, n);
  }
  return PPR_OK;
}

/* One part of the block that is fixed. False: an assumption did not hold. */
static bool run_part(ppr_vm *vm, const vm_steps *steps, const kern_step *step, uint32_t n_step, const ppr_column *in, ppr_fault *faults) {
  uint32_t n = vm->fixed.rows, group = vm->set->group;
  bool spoiled = false;
  kern_block block = {.n = n, .reg = steps->reg, .active = vm->masks, .in = in, .natives = vm->natives, .spoiled = &spoiled, .faults = faults};
  block.full = (n + group - 1) / group * group;
  block.lend = block.full == n;
  memset(faults, 0, n * sizeof *faults);
  run_block(vm, step, n_step, &block, (fetcher){.in = in, .end = in});
  return !spoiled;
}

static bool fix(ppr_vm *vm, bool assumed) {
  fixed_block *f = &vm->fixed;
  const vm_steps *steps = assumed ? &vm->assumed : &vm->proved;
  if (f->done[assumed]) return true;
  f->done[assumed] = true;
  return run_part(vm, steps, steps->step, steps->n, f->in, f->faults[assumed]);
}

static void store_part(ppr_vm *vm, bool varying, const ppr_result *out) {
  const vm_steps *steps = vm->fixed.spoiled ? &vm->proved : &vm->assumed;
  const ppr_edition *e = vm->edition;
  for (uint32_t j = 0; out && j < e->n_output; j++)
    if (vm->fixed.varies[j] == varying) store_output(vm, steps, &e->output[j], &out[j], 0, vm->fixed.rows);
}

void vm_fix(ppr_vm *vm, const ppr_column *in, uint32_t rows, const ppr_result *out) {
  fixed_block *f = &vm->fixed;
  *f = (fixed_block){.in = in, .rows = rows, .faults = {f->faults[0], f->faults[1]}, .varies = f->varies};
  f->spoiled = !vm->assuming || !fix(vm, true);
  if (f->spoiled) fix(vm, false);
  store_part(vm, false, out);
}

const bool *vm_varying(const ppr_vm *vm) { return vm->fixed.varies; }

void vm_again(ppr_vm *vm, const ppr_column *in, const ppr_result *out, ppr_fault *faults) {
  fixed_block *f = &vm->fixed;
  if (!faults) faults = vm->faults;
  if (f->spoiled || !run_part(vm, &vm->assumed, vm->assumed.again, vm->assumed.n_again, in, faults)) {
    f->spoiled = true;
    fix(vm, false);
    run_part(vm, &vm->proved, vm->proved.again, vm->proved.n_again, in, faults);
  }
  const ppr_fault *first = f->faults[!f->spoiled];
  for (uint32_t i = 0; i < f->rows; i++)
    if (first[i].code && (!faults[i].code || first[i].pc < faults[i].pc)) faults[i] = first[i];
  store_part(vm, true, out);
}

void vm_output_range(const ppr_vm *vm, uint32_t output, int64_t *lo, int64_t *hi) {
  *lo = (int64_t)vm->output[output].lo;
  *hi = (int64_t)vm->output[output].hi;
}

ppr_wide vm_register(const ppr_vm *vm, uint32_t reg) {
  if (!vm->keep || reg >= vm->edition->n_reg) return 0;
  switch ((ppr_type)vm->edition->reg[reg].type) {
  case PPR_T_BOOL: return *(const uint8_t *)vm->proved.reg[reg];
  case PPR_T_INT: return *(const int64_t *)vm->proved.reg[reg];
  case PPR_T_WIDE: return *(const ppr_wide *)vm->proved.reg[reg];
  }
  return 0;
}
