/* Plans become steps, once for all machines; see vm_code.h. */
#include "vm/vm_code.h"
#include "code/image.h"
#include "vm/ranges.h"

/* Blocks are as long as pays: the cost of an instruction is spread over up to CHOSEN_LANES records; long programs get less, so that evaluators stay
 * small. What is computed is mostly used soon, so not all registers of a block need be in the cache at once. */
#define BLOCK_BYTES ((size_t)2 << 20)
#define CHOSEN_LANES 384
#define MAX_LANES 1024
#define FEW_LANES 64 /* below nothing is worth the memory of a second plan */

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

static bool find_outputs(vm_code *code, const vm_plan *plan) {
  const ppr_edition *e = code->edition;
  code->output = arena_array(code->arena, (size_t)e->n_output + 1, sizeof *code->output);
  for (uint32_t j = 0; code->output && j < e->n_output; j++) {
    interval r = plan->range[e->output[j].reg];
    code->output[j] = interval_clip(e->output[j].state ? interval_join(r, (interval){0, 0}) : r, INT64_MIN, INT64_MAX);
  }
  return code->output;
}

/* Bytes its steps write per lane. */
static uint64_t work_of(const vm_plan *plan) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < plan->n; i++) {
    uint32_t d = plan_at(plan, i)->d;
    if (d != PPR_NONE) bytes += kern_size((kern_class)plan->class[d]);
  }
  return bytes;
}

/* What it comes to at best with other ranges: numbers that only then fit 32 bits have them, and there are no wide copies for their sake. */
static uint64_t work_with(const vm_plan *plan, const ppr_edition *e, const interval *range) {
  uint64_t narrowed = 0, copies = 0;
  for (uint32_t i = 0; i < plan->n; i++) {
    uint32_t d = plan_at(plan, i)->d;
    if (d == PPR_NONE || plan->class[d] != CLASS_64) continue;
    if (d >= e->n_reg) copies += kern_size(CLASS_64);
    else if (!interval_fits32(plan->range[d]) && interval_fits32(range[d])) narrowed += kern_size(CLASS_64) - kern_size(CLASS_32);
  }
  return work_of(plan) - (narrowed ? narrowed + copies : 0);
}

/* Is it worth memory and time of a second plan? */
static bool pays(uint64_t work, uint64_t before) { return work * 10 <= before * 9; }

static ppr_status make_steps(vm_code *code, vm_steps *steps, ppr_arena *scratch, const ppr_program *p, const vm_plan *plan, const vm_plan *again) {
  return steps_make(steps, &(steps_context){code->arena, scratch, p, code->edition, code->natives, code->set, code->lanes}, plan, again);
}

/* In one part. `assumed` is made if it does a tenth less, and planned if it could. */
static ppr_status make_whole(vm_code *code, ppr_arena *scratch, const ppr_program *p, uint32_t lanes) {
  vm_plan plan;
  const ppr_edition *e = code->edition;
  if (!(code->keep ? plan_keep(&plan, scratch, e, p, code->natives) : plan_bulk(&plan, scratch, e, p, code->natives, false))) return PPR_NOMEM;
  code->lanes = lanes ? lanes : choose_lanes(&plan);
  ppr_status status = make_steps(code, &code->proved, scratch, p, &plan, NULL);
  if (status != PPR_OK) return status;
  if (!find_outputs(code, &plan)) return PPR_NOMEM;
  if (code->keep || code->lanes < FEW_LANES) return PPR_OK;
  uint64_t work = work_of(&plan);
  interval *range = arena_raw(scratch, e->n_reg, sizeof *range);
  if (!range) return PPR_NOMEM;
  ranges_find(range, e, p, code->natives, true);
  if (!pays(work_with(&plan, e, range), work)) return PPR_OK;
  arena_clear(scratch);
  if (!plan_bulk(&plan, scratch, e, p, code->natives, true)) return PPR_NOMEM;
  if (!pays(work_of(&plan), work)) return PPR_OK;
  code->assuming = true;
  return make_steps(code, &code->assumed, scratch, p, &plan, NULL);
}

/* Adds the outputs whose value or state the rows compute. */
static bool find_varying(vm_code *code, ppr_arena *scratch, const vm_plan *again) {
  const ppr_edition *e = code->edition;
  bool *computed = arena_array(scratch, (size_t)again->n_reg + 1, sizeof *computed);
  if (!computed) return false;
  for (uint32_t i = 0; i < again->n; i++)
    if (plan_at(again, i)->d != PPR_NONE) computed[plan_at(again, i)->d] = true;
  for (uint32_t j = 0; j < e->n_output; j++)
    if (computed[e->output[j].reg] || (e->output[j].state && computed[e->output[j].state - 1])) code->varies[j] = true;
  return true;
}

static ppr_status make_split(vm_code *code, ppr_arena *scratch, const ppr_program *p, const bool *varies, uint32_t lanes) {
  vm_plan fixed, again;
  const ppr_edition *e = code->edition;
  code->split = true;
  code->varies = arena_array(code->arena, (size_t)e->n_output + 1, sizeof *code->varies);
  if (!code->varies || !plan_split(&fixed, &again, scratch, e, p, code->natives, false, varies)) return PPR_NOMEM;
  code->lanes = lanes ? lanes : choose_lanes(&fixed);
  ppr_status status = make_steps(code, &code->proved, scratch, p, &fixed, &again);
  if (status != PPR_OK) return status;
  if (!find_outputs(code, &fixed) || !find_varying(code, scratch, &again)) return PPR_NOMEM;
  if (code->lanes < FEW_LANES) return PPR_OK;
  arena_clear(scratch);
  if (!plan_split(&fixed, &again, scratch, e, p, code->natives, true, varies) || !find_varying(code, scratch, &again)) return PPR_NOMEM;
  code->assuming = true;
  return make_steps(code, &code->assumed, scratch, p, &fixed, &again);
}

ppr_status vm_code_new(vm_code **out, ppr_alloc alloc, const ppr_program *p, uint32_t edition, const vm_code_opts *opts) {
  *out = NULL;
  if (edition >= p->n_editions || opts->lanes > MAX_LANES) return PPR_MISUSE;
  ppr_status status = image_code(p, edition, NULL); /* nothing runs that is not proved */
  if (status != PPR_OK) return status;
  ppr_arena *arena = arena_new(alloc), *scratch = arena_new(alloc);
  vm_code *code = arena ? arena_alloc(arena, sizeof *code) : NULL;
  status = PPR_NOMEM;
  if (code && scratch) {
    *code = (vm_code){.arena = arena, .users = 1, .edition = &p->editions[edition], .natives = opts->natives, .set = opts->set, .keep = opts->keep};
    status = opts->varies ? make_split(code, scratch, p, opts->varies, opts->lanes) : make_whole(code, scratch, p, opts->lanes);
  }
  arena_free(scratch);
  if (status == PPR_OK) *out = code;
  else arena_free(arena);
  return status;
}

vm_code *vm_code_share(vm_code *code) {
  atomic_fetch_add_explicit(&code->users, 1, memory_order_relaxed);
  return code;
}

/* What a user did with the code is done before another one frees it. */
void vm_code_leave(vm_code *code) {
  if (code && atomic_fetch_sub_explicit(&code->users, 1, memory_order_acq_rel) == 1) arena_free(code->arena);
}
