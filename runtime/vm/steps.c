/* Rows of a plan become steps; see steps.h. */
#include "vm/steps.h"
#include <string.h>

typedef struct maker {
  const steps_context *x;
  ppr_arena *arena;
  const ppr_edition *edition;
  vm_steps *out;
} maker;

/* Lanes between the registers of one class: whole groups, and a cache line of distance, which keeps equal lanes of many registers out of the same
 * cache sets. */
static size_t stride_of(uint32_t lanes) {
  size_t whole = (lanes + KERN_GROUP - 1) / KERN_GROUP * KERN_GROUP;
  return lanes < 64 ? whole : (whole + 63) / 64 * 64 + 16;
}
static bool place_registers(maker *m, const vm_plan *plan) {
  vm_steps *s = m->out;
  for (unsigned c = 0; c < KERN_CLASSES; c++) {
    s->first[c] = s->bytes;
    s->size[c] = (stride_of(m->x->lanes) * kern_size((kern_class)c) + 63) / 64 * 64;
    if (__builtin_mul_overflow(s->size[c], plan->slots[c], &s->bytes) || __builtin_add_overflow(s->bytes, s->first[c], &s->bytes)) return false;
  }
  s->n_reg = plan->n_reg;
  s->class = arena_copy(m->arena, plan->class, plan->n_reg, sizeof *s->class);
  s->slot = arena_copy(m->arena, plan->slot, plan->n_reg, sizeof *s->slot);
  return s->class && s->slot;
}

static bool resolve_input(maker *m, kern_step *s, uint32_t slot) {
  kern_input *in = arena_alloc(m->arena, sizeof *in);
  if (!in) return false;
  const ppr_field *f = &m->edition->field[m->edition->input[slot].field];
  bool yes = s->op == PPR_OP_IN_BOOL;
  *in = (kern_input){.lo = yes ? 0 : f->lo, .hi = yes ? 1 : f->hi, .preset = f->preset, .slot = slot, .flags = f->flags};
  in->home = steps_home(m->out, s->d);
  s->x.in = in;
  return true;
}

static bool resolve_table(maker *m, kern_step *s, const ppr_table *t) {
  kern_table *table = arena_alloc(m->arena, sizeof *table);
  if (!table) return false;
  *table = (kern_table){(const int64_t *)(m->edition->konst + t->first), t->rows, t->cols};
  s->x.table = table;
  return true;
}

static bool resolve_stairs(maker *m, kern_step *s, const plan_row *row) {
  const ppr_table *ranks = &m->edition->table[row->ranks];
  const int64_t *cells = (const int64_t *)(m->edition->konst + m->edition->table[row->index].first);
  int64_t *rise = arena_array(m->arena, (size_t)ranks->rows + 1, sizeof *rise);
  kern_stairs *stairs = arena_alloc(m->arena, sizeof *stairs);
  if (!rise || !stairs) return false;
  for (uint32_t j = 0; j < ranks->rows; j++) rise[j] = (int64_t)((uint64_t)cells[j + 1] - (uint64_t)cells[j]);
  *stairs = (kern_stairs){(const int64_t *)(m->edition->konst + ranks->first), rise, cells[0], ranks->rows};
  s->x.stairs = stairs;
  return true;
}

static bool resolve_divisor(maker *m, kern_step *s, const plan_row *row) {
  kern_divisor *divisor = arena_alloc(m->arena, sizeof *divisor);
  if (!divisor) return false;
  divisor_init(divisor, row->k, row->mode);
  s->x.divisor = divisor;
  return true;
}

static bool resolve_scale(maker *m, kern_step *s, const plan_row *row) {
  kern_scale *scale = arena_alloc(m->arena, sizeof *scale);
  if (!scale) return false;
  *scale = divisor_scale(row->k, row->by, row->mode, row->positive);
  s->x.scale = scale;
  return true;
}

static bool resolve_wide(maker *m, kern_step *s, ppr_wide_konst k) {
  ppr_wide *wide = arena_alloc(m->arena, sizeof *wide);
  if (!wide) return false;
  *wide = (ppr_wide)k.hi * ((ppr_wide)1 << 64) + (ppr_wide)(uint64_t)k.lo;
  s->x.wide = wide;
  return true;
}

static bool resolve_factors(maker *m, kern_step *s, const plan_row *row) {
  int64_t *factors = arena_array(m->arena, (size_t)row->count + 1, sizeof *factors);
  if (!factors) return false;
  for (uint32_t j = 0; j < row->count; j++) factors[j] = row->factors[j];
  s->x.factors = factors;
  return true;
}

static ppr_status resolve_call(maker *m, kern_step *s, const plan_row *row) {
  const char *name = program_string(m->x->program, m->edition->import[row->index].name);
  s->x.native = m->x->natives ? natives_find(m->x->natives, name) : NULL;
  if (!s->x.native || native_arity(s->x.native->signature) != (int)row->count) return PPR_INVALID_PROGRAM; /* not linked */
  return PPR_OK;
}

static ppr_status resolve(maker *m, kern_step *s, const plan_row *row) {
  const ppr_edition *e = m->edition;
  *s = (kern_step){
      .op = (uint8_t)row->op, .pc = row->pc, .mode = row->mode, .quiet = !row->needed, .sure = row->sure, .assumed = row->assumed, .k = row->k};
  s->d = row->d;
  s->a = row->a == PPR_NONE ? 0 : row->a, s->b = row->b == PPR_NONE ? 0 : row->b,
  s->c = row->c == PPR_NONE ? 0 : row->c; /* what is none is not read */
  if (plan_region(row)) return PPR_OK;
  s->fn = m->x->set->fn[row->kernel];
  s->kernel = (uint8_t)row->kernel;
  if (row->count) {
    uint32_t *list = arena_array(m->arena, row->count, sizeof *list);
    if (!list) return PPR_NOMEM;
    memcpy(list, row->list, row->count * sizeof *list);
    s->list = list;
    s->count = row->count;
  }
  bool room = true;
  switch ((uint32_t)row->op) {
  case PLAN_IN_INT:
  case PLAN_IN_BOOL:
  case PLAN_IN_STATE: room = resolve_input(m, s, row->index); break;
  case PLAN_CONST_WIDE: room = resolve_wide(m, s, e->wide_konst[row->index]); break;
  case PLAN_DIVK: room = resolve_divisor(m, s, row); break;
  case PLAN_SCALE: room = resolve_scale(m, s, row); break;
  case PLAN_QUOTIENT: s->x.other = row->other; break;
  case PLAN_DOT: room = resolve_factors(m, s, row); break;
  case PLAN_LOOK:
  case PLAN_LOOK2:
  case PLAN_RANK: room = resolve_table(m, s, &e->table[row->index]); break;
  case PLAN_STAIRS: room = resolve_stairs(m, s, row); break;
  case PLAN_CALL: return resolve_call(m, s, row);
  default: break;
  }
  return room ? PPR_OK : PPR_NOMEM;
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

/* Steps, where regions go on and how deep they are. Constants, which are all in the first part of a plan, are put together. */
static ppr_status build_steps(maker *m, const vm_plan *plan, kern_step **out, uint32_t *n) {
  uint32_t depth = 0, *open = arena_raw(m->x->scratch, plan->n, sizeof *open); /* the WHEN or ELSE of each open region */
  kern_step *step = arena_raw(m->arena, plan->n, sizeof *step);
  if (!open || !step) return PPR_NOMEM;
  for (uint32_t at = 0; at < plan->n; at++) {
    const plan_row *row = plan_at(plan, at);
    bool constant = plan_row_constant(row);
    ppr_status status = resolve(m, constant ? &m->out->constant[m->out->n_constant++] : &step[*n], row);
    if (status != PPR_OK) return status;
    if (constant) continue;
    if (row->op == PLAN_WHEN) open[depth++] = *n;
    if (row->op == PLAN_ELSE) step[open[depth - 1]].target = *n, open[depth - 1] = *n;
    if (depth > m->out->depth) m->out->depth = depth;
    if (row->op == PLAN_END) step[open[--depth]].target = *n;
    (*n)++;
  }
  *out = step;
  return PPR_OK;
}

/* Numbers that are always present are computed where the caller wants them, if he has columns of their width. A register has one place: that of an
 * input may be the caller's already, that of a constant is written only once. */
static bool find_direct(maker *m) {
  const ppr_edition *e = m->edition;
  bool *taken = arena_array(m->x->scratch, (size_t)e->n_reg + 1, sizeof *taken);
  m->out->direct = arena_array(m->arena, (size_t)e->n_output + 1, sizeof *m->out->direct);
  if (!taken || !m->out->direct) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (e->instr[pc].op == PPR_OP_IN_INT || e->instr[pc].op == PPR_OP_CONST_INT) taken[e->instr[pc].d] = true;
  for (uint32_t j = 0; j < e->n_output; j++) {
    const ppr_output *o = &e->output[j];
    if (o->state || e->reg[o->reg].type != PPR_T_INT || taken[o->reg]) continue;
    taken[o->reg] = true;
    m->out->direct[m->out->n_direct++] = (steps_direct){j, o->reg, steps_home(m->out, o->reg)};
  }
  return true;
}

/* Memory for the constants of a plan. */
static bool room_for_constants(maker *m, const vm_plan *plan) {
  size_t n = 0;
  for (uint32_t at = 0; at < plan->n; at++) n += plan_row_constant(plan_at(plan, at));
  m->out->constant = arena_raw(m->arena, n + 1, sizeof *m->out->constant);
  return m->out->constant;
}

ppr_status steps_make(vm_steps *out, const steps_context *x, const vm_plan *plan, const vm_plan *again) {
  *out = (vm_steps){0};
  maker m = {x, x->arena, x->edition, out};
  if (!place_registers(&m, plan) || !room_for_constants(&m, plan)) return PPR_NOMEM;
  ppr_status status = build_steps(&m, plan, &out->step, &out->n);
  if (again && status == PPR_OK) return build_steps(&m, again, &out->again, &out->n_again); /* results stay: they are read many times */
  if (status == PPR_OK && !find_direct(&m)) status = PPR_NOMEM;
  return status;
}
