/* The machine: steps of a code run over blocks of lanes, in registers of its own. No allocation happens while running. */
#define _POSIX_C_SOURCE 200809L
#include "vm/exec.h"
#include "vm/vm_code.h"
#include <string.h>
#include <time.h>

#define CACHE_LINE 64

/* A block that stays while some inputs change, see vm_fix. */
typedef struct fixed_block {
  const ppr_column *in;
  uint32_t rows;
  bool spoiled;         /* `assumed` is of no use for it */
  bool done[2];         /* the first part of `proved`, of `assumed` was run */
  ppr_fault *faults[2]; /* of the first part */
} fixed_block;

/* Registers for some steps. Their memory is not touched before the first block: many a machine never needs `proved`, or runs at all. */
typedef struct bank {
  const vm_steps *steps;
  char *memory;
  void **reg; /* where each register is: in `memory`, or, while a block runs, a column of the caller */
  bool filled;
} bank;

struct ppr_vm {
  ppr_arena *arena;
  vm_code *code;
  bank proved, assumed;
  bool assuming;            /* assumed is there and pays */
  uint32_t blocks, spoiled; /* run by `assumed`, and in vain */
  uint8_t *masks;           /* active lanes per region depth */
  ppr_fault *faults;        /* of a block: for callers without an array, and the place where faults nobody needs go */
  ppr_fault *unheard;
  fixed_block fixed;
  vm_profile_row *profile; /* per kernel; NULL: nobody asked */
  uint64_t clock_cost;     /* nanoseconds of reading the clock */
};

static bool open_bank(ppr_vm *vm, bank *b, const vm_steps *steps) {
  *b = (bank){.steps = steps, .memory = arena_raw(vm->arena, steps->bytes, 1)};
  b->reg = arena_raw(vm->arena, (size_t)steps->n_reg + 1, sizeof *b->reg);
  return b->memory && b->reg;
}

/* Every register at its place, constants in theirs, zeros in the others. */
static void fill_bank(const vm_code *code, bank *b) {
  const vm_steps *s = b->steps;
  uint32_t group = code->set->group;
  kern_block all = {.n = code->lanes, .full = (code->lanes + group - 1) / group * group, .reg = b->reg};
  memset(b->memory, 0, s->bytes);
  for (uint32_t r = 0; r < s->n_reg; r++) b->reg[r] = s->slot[r] == PPR_NONE ? NULL : b->memory + steps_home(s, r);
  for (uint32_t k = 0; k < s->n_constant; k++) s->constant[k].fn(&s->constant[k], &all);
  b->filled = true;
}

/* A machine for the code, which it leaves when it is freed, or now if there is no memory. */
static ppr_status machine_new(ppr_vm **out, ppr_alloc alloc, vm_code *code) {
  ppr_arena *arena = arena_new(alloc);
  ppr_vm *vm = arena ? arena_alloc(arena, sizeof *vm) : NULL;
  if (!vm) goto nomem;
  *vm = (ppr_vm){.arena = arena, .code = code, .assuming = code->assuming};
  uint32_t depth = code->proved.depth > code->assumed.depth ? code->proved.depth : code->assumed.depth;
  vm->masks = arena_array(arena, (size_t)depth + 1, code->lanes);
  vm->faults = arena_array(arena, code->lanes, sizeof *vm->faults);
  vm->unheard = arena_array(arena, code->lanes, sizeof *vm->unheard);
  for (int i = 0; i < 2 && code->split; i++) vm->fixed.faults[i] = arena_array(arena, code->lanes, sizeof(ppr_fault));
  if (!open_bank(vm, &vm->proved, &code->proved) || (code->assuming && !open_bank(vm, &vm->assumed, &code->assumed)) || arena_failed(arena))
    goto nomem;
  *out = vm;
  return PPR_OK;
nomem:
  arena_free(arena);
  vm_code_leave(code);
  return PPR_NOMEM;
}

static ppr_status new_from(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, const vm_code_opts *opts) {
  vm_code *code;
  *out = NULL;
  ppr_status status = vm_code_new(&code, alloc, p, edition, opts);
  return status == PPR_OK ? machine_new(out, alloc, code) : status;
}

ppr_status vm_new(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives) {
  return vm_new_with(out, alloc, p, edition, lanes, keep, natives, kern_best(lanes));
}

ppr_status vm_new_with(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, bool keep, const native_table *natives,
                       const kern_set *set) {
  return new_from(out, alloc, p, edition, &(vm_code_opts){.lanes = lanes, .keep = keep, .natives = natives, .set = set});
}

ppr_status vm_new_split(ppr_vm **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, uint32_t lanes, const bool *varies,
                        const native_table *natives, const kern_set *set) {
  return new_from(out, alloc, p, edition, &(vm_code_opts){.lanes = lanes, .varies = varies, .natives = natives, .set = set});
}

ppr_status vm_like(ppr_vm **out, ppr_alloc alloc, const ppr_vm *like) {
  *out = NULL;
  ppr_status status = machine_new(out, alloc, vm_code_share(like->code));
  if (status != PPR_OK || !like->profile || vm_profile(*out)) return status;
  vm_free(*out);
  *out = NULL;
  return PPR_NOMEM;
}

uint32_t vm_lanes(const ppr_vm *vm) { return vm->code->lanes; }

void vm_split_size(const ppr_vm *vm, uint32_t *fixed, uint32_t *again) {
  const vm_steps *steps = vm->code->assuming ? &vm->code->assumed : &vm->code->proved;
  *fixed = steps->n;
  *again = steps->n_again;
}

void vm_free(ppr_vm *vm) {
  if (!vm) return;
  vm_code_leave(vm->code);
  arena_free(vm->arena);
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
  const ppr_edition *e = vm->code->edition;
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
  const kern_set *set = vm->code->set;
  uint32_t lanes = vm->code->lanes;
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
      mask += lanes;
      if (!set->enter(mask, mask - lanes, block->reg[s->a], block->n)) at = s->target - 1; /* to its ELSE */
    } else if (s->op == PPR_OP_ELSE) {
      if (!set->other(mask, mask - lanes, block->n)) at = s->target - 1; /* to its END */
    } else {
      mask -= lanes;
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

static void store_output(const ppr_vm *vm, const bank *b, const ppr_output *o, const ppr_result *out, size_t row, uint32_t n) {
  const uint8_t *state = o->state ? b->reg[o->state - 1] : NULL;
  const void *reg = b->reg[o->reg];
  if (out->states) {
    if (state) memcpy(out->states + row, state, n);
    else memset(out->states + row, PPR_PRESENT, n);
  }
  kern_store_fn *const *store = vm->code->set->store[b->steps->class[o->reg]];
  if (out->narrow && reg != out->narrow + row) store[0](out->narrow + row, reg, state, n);
  if (out->values && reg != out->values + row) store[1](out->values + row, reg, state, n);
}

/* The block of n rows from `row` on. */
static kern_block block_of(const ppr_vm *vm, bank *b, const ppr_column *in, size_t row, uint32_t n, ppr_fault *faults, bool *spoiled) {
  uint32_t group = vm->code->set->group, full = (n + group - 1) / group * group;
  if (!b->filled) fill_bank(vm->code, b);
  memset(faults, 0, n * sizeof *faults);
  return (kern_block){.n = n,
                      .full = full,
                      .lend =
                          !vm->code->keep && full == n, /* what is read later, and lanes beyond the caller's columns, must be in memory of our own */
                      .reg = b->reg,
                      .memory = b->memory,
                      .active = vm->masks,
                      .faults = faults,
                      .in = in,
                      .row = row,
                      .natives = vm->code->natives,
                      .spoiled = spoiled};
}

/* A batch of the caller. */
typedef struct batch {
  const ppr_column *in;
  const ppr_result *out;
  ppr_fault *faults;
  size_t rows;
} batch;

/* Runs the steps over n rows and stores the results. False: an assumption did not hold. */
static bool run_steps(ppr_vm *vm, bank *registers, const batch *b, size_t row, uint32_t n) {
  const ppr_edition *e = vm->code->edition;
  const vm_steps *steps = registers->steps;
  size_t next = row + n, ahead = b->rows - next < vm->code->lanes ? b->rows - next : vm->code->lanes;
  bool spoiled = false;
  kern_block block = block_of(vm, registers, b->in, row, n, b->faults ? b->faults + row : vm->faults, &spoiled);
  if (vm->code->keep) memset(vm->unheard, 0, n * sizeof *vm->unheard);
  for (uint32_t j = 0; j < steps->n_direct; j++) {
    const steps_direct *o = &steps->direct[j];
    void *place = b->out && block.lend ? place_of(steps, &b->out[o->output], o->reg, row) : NULL;
    registers->reg[o->reg] = place ? place : registers->memory + o->home;
  }
  run_block(vm, steps->step, steps->n, &block, fetch_plan(vm, steps->n, b->in, b->out, next, ahead));
  for (uint32_t j = 0; b->out && !spoiled && j < e->n_output; j++) store_output(vm, registers, &e->output[j], &b->out[j], row, n);
  return !spoiled;
}

ppr_status vm_eval(ppr_vm *vm, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults) {
  batch b = {in, out, faults, rows};
  uint32_t lanes = vm->code->lanes;
  for (uint32_t j = 0; out && j < vm->code->edition->n_output; j++)
    if (out[j].narrow && !interval_fits32(vm->code->output[j])) return PPR_MISUSE;
  for (size_t row = 0; row < rows; row += lanes) {
    uint32_t n = rows - row < lanes ? (uint32_t)(rows - row) : lanes;
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
static bool run_part(ppr_vm *vm, bank *registers, bool again, const ppr_column *in, ppr_fault *faults) {
  const vm_steps *s = registers->steps;
  bool spoiled = false;
  kern_block block = block_of(vm, registers, in, 0, vm->fixed.rows, faults, &spoiled);
  run_block(vm, again ? s->again : s->step, again ? s->n_again : s->n, &block, (fetcher){.in = in, .end = in});
  return !spoiled;
}

static bool fix(ppr_vm *vm, bool assumed) {
  fixed_block *f = &vm->fixed;
  if (f->done[assumed]) return true;
  f->done[assumed] = true;
  return run_part(vm, assumed ? &vm->assumed : &vm->proved, false, f->in, f->faults[assumed]);
}

static void store_part(ppr_vm *vm, bool varying, const ppr_result *out) {
  const bank *registers = vm->fixed.spoiled ? &vm->proved : &vm->assumed;
  const ppr_edition *e = vm->code->edition;
  for (uint32_t j = 0; out && j < e->n_output; j++)
    if (vm->code->varies[j] == varying) store_output(vm, registers, &e->output[j], &out[j], 0, vm->fixed.rows);
}

void vm_fix(ppr_vm *vm, const ppr_column *in, uint32_t rows, const ppr_result *out) {
  fixed_block *f = &vm->fixed;
  *f = (fixed_block){.in = in, .rows = rows, .faults = {f->faults[0], f->faults[1]}};
  f->spoiled = !vm->assuming || !fix(vm, true);
  if (f->spoiled) fix(vm, false);
  store_part(vm, false, out);
}

const bool *vm_varying(const ppr_vm *vm) { return vm->code->varies; }

void vm_again(ppr_vm *vm, const ppr_column *in, const ppr_result *out, ppr_fault *faults) {
  fixed_block *f = &vm->fixed;
  if (!faults) faults = vm->faults;
  if (f->spoiled || !run_part(vm, &vm->assumed, true, in, faults)) {
    f->spoiled = true;
    fix(vm, false);
    run_part(vm, &vm->proved, true, in, faults);
  }
  const ppr_fault *first = f->faults[!f->spoiled];
  for (uint32_t i = 0; i < f->rows; i++)
    if (first[i].code && (!faults[i].code || first[i].pc < faults[i].pc)) faults[i] = first[i];
  store_part(vm, true, out);
}

void vm_output_range(const ppr_vm *vm, uint32_t output, int64_t *lo, int64_t *hi) {
  *lo = (int64_t)vm->code->output[output].lo;
  *hi = (int64_t)vm->code->output[output].hi;
}

ppr_wide vm_register(const ppr_vm *vm, uint32_t reg) {
  if (!vm->code->keep || reg >= vm->code->edition->n_reg || !vm->proved.filled) return 0;
  switch ((ppr_type)vm->code->edition->reg[reg].type) {
  case PPR_T_BOOL: return *(const uint8_t *)vm->proved.reg[reg];
  case PPR_T_INT: return *(const int64_t *)vm->proved.reg[reg];
  case PPR_T_WIDE: return *(const ppr_wide *)vm->proved.reg[reg];
  }
  return 0;
}
