/* The bulk plan and the keep plan: which instructions run, as rows of steps, and the slots of their registers. Ranges, fusions and widths have files
 * of their own. */
#include "vm/plan.h"
#include "vm/fuse.h"
#include "vm/ranges.h"
#include "vm/split.h"
#include "vm/widths.h"
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

bool plan_may_fault(const plan_row *r) {
  const ppr_op_info *info = instr_info((uint32_t)r->op);
  return !r->sure && (info ? info->flags & OPF_FAULTS : r->op == PLAN_QUOTIENT);
}

/* Checks of inputs and stated faults happen whether or not a value is asked for. */
static bool always(const ppr_instr *i) { return i->op == PPR_OP_IN_INT || i->op == PPR_OP_IN_BOOL || i->op == PPR_OP_FAIL; }

/* Backward liveness. `used[r]`: some needed instruction or output reads r. `inside[depth]`: the open region has content. */
bool *plan_needed(ppr_arena *arena, const ppr_edition *e) {
  bool *needed = arena_array(arena, (size_t)e->n_instr + 1, sizeof *needed);
  bool *used = arena_array(arena, e->n_reg, sizeof *used);
  bool *inside = arena_array(arena, (size_t)e->n_instr + 1, sizeof *inside);
  if (!needed || !used || !inside) return NULL;
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
  return needed;
}

/* --- rows --- */

static bool copy_list(plan_row *row, ppr_arena *arena, const plan_operands *o) {
  row->list = arena_raw(arena, o->count, sizeof *row->list);
  if (!row->list) return false;
  for (uint32_t j = 0; j < o->count; j++) row->list[j] = plan_operand(o, j);
  row->count = o->count;
  return true;
}

/* One instruction as a row of its own. */
static bool make_row(plan_row *row, ppr_arena *arena, const ppr_edition *e, uint32_t pc) {
  const ppr_instr *i = &e->instr[pc];
  plan_operands o = plan_operands_of(e, i);
  uint32_t direct[3] = {PPR_NONE, PPR_NONE, PPR_NONE};
  for (uint32_t j = 0; !o.list && j < o.count; j++) direct[j] = o.direct[j];
  *row = (plan_row){.op = (uint8_t)i->op, .pc = pc, .d = plan_defines(i) ? i->d : PPR_NONE, .mode = (uint8_t)i->m};
  row->a = direct[0], row->b = direct[1], row->c = direct[2];
  if (o.list && !copy_list(row, arena, &o)) return false;
  switch ((ppr_shape)instr_info(i->op)->shape) {
  case SHAPE_IN: row->index = i->a; break;
  case SHAPE_K:
    if (i->op == PPR_OP_CONST_WIDE) row->index = i->a;
    else row->k = e->konst[i->a].value;
    break;
  case SHAPE_RK: row->k = e->konst[i->b].value; break;
  case SHAPE_DOT:
    row->k = e->konst[i->c].value;
    row->factors = arena_raw(arena, i->b, sizeof *row->factors);
    if (!row->factors) return false;
    for (uint32_t j = 0; j < i->b; j++) row->factors[j] = e->konst[e->arg[i->a + 2 * j + 1].value].value;
    break;
  case SHAPE_RT: row->index = i->b; break;
  case SHAPE_RRT:
  case SHAPE_CALL: row->index = i->c; break;
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_R:
  case SHAPE_RR:
  case SHAPE_LIST:
  case SHAPE_SEL:
  case SHAPE_END: break;
  }
  return true;
}

/* Rows of the instructions that run, ranges and empty slots. every: all of them run. */
static bool plan_start(vm_plan *out, ppr_arena *arena, const ppr_edition *e, bool every) {
  memset(out, 0, sizeof *out);
  bool *needed = plan_needed(arena, e);
  out->row = arena_raw(arena, 2 * (size_t)e->n_instr, sizeof *out->row); /* every register may need a wide copy; what is not used is not touched */
  out->range = arena_raw(arena, e->n_reg, sizeof *out->range);
  if (!needed || !out->row || !out->range) return false;
  out->n_reg = e->n_reg;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    if (!needed[pc] && !every) continue;
    plan_row *row = &out->row[out->n_row++];
    if (!make_row(row, arena, e, pc)) return false;
    row->needed = needed[pc];
  }
  return true;
}

static bool is_input(const plan_row *row) { return row->op == PLAN_IN_INT || row->op == PLAN_IN_BOOL; }

typedef struct layout {
  vm_plan *p;
  uint32_t *waiting; /* per register: row of the input not put yet that makes it + 1 */
} layout;

/* A row, and the wide copy of what it defines. */
static void put(vm_plan *p, uint32_t at) {
  const plan_row *row = &p->row[at];
  p->order[p->n++] = at;
  if (row->d == PPR_NONE || p->wide[row->d] == PPR_NONE) return;
  p->order[p->n++] = p->n_row;
  p->row[p->n_row++] = widths_copy(p, row);
}

static void set_waiting(layout *l, uint32_t reg, uint32_t row) {
  l->waiting[reg] = row;
  if (l->p->wide[reg] != PPR_NONE) l->waiting[l->p->wide[reg]] = row;
}

static void put_input(layout *l, uint32_t reg) {
  uint32_t row = l->waiting[reg];
  if (!row) return;
  set_waiting(l, l->p->row[row - 1].d, 0);
  put(l->p, row - 1);
}

/* The rows that run, with wide copies. Inputs are read where they are first used: what is read from memory is then still at hand, and memory is asked
 * evenly. An input that is wrong must be known before anything else may fault, and stay in its region. */
static bool lay_out(vm_plan *p, ppr_arena *arena) {
  layout l = {p, arena_array(arena, p->n_reg, sizeof *l.waiting)};
  uint32_t n_row = p->n_row, first = 0; /* inputs before `first` have been put */
  p->order = arena_raw(arena, 2 * (size_t)n_row, sizeof *p->order);
  if (!p->order || !l.waiting) return false;
  for (uint32_t at = 0; at < n_row; at++) {
    plan_row *row = &p->row[at];
    if (row->dead) continue;
    if (is_input(row)) {
      set_waiting(&l, row->d, at + 1);
      continue;
    }
    for (; first < at && (plan_region(row) || plan_may_fault(row)); first++)
      if (!p->row[first].dead && is_input(&p->row[first])) put_input(&l, p->row[first].d);
    for (uint32_t j = 0; j < plan_row_operands(row); j++) {
      uint32_t reg = *plan_row_operand(row, j);
      if (reg != PPR_NONE) put_input(&l, reg);
    }
    put(p, at);
  }
  for (uint32_t at = first; at < n_row; at++)
    if (!p->row[at].dead && is_input(&p->row[at])) put_input(&l, p->row[at].d);
  return true;
}

static bool add_slots(vm_plan *p, ppr_arena *arena) {
  p->slot = arena_raw(arena, p->n_reg, sizeof *p->slot);
  for (uint32_t r = 0; p->slot && r < p->n_reg; r++) p->slot[r] = PPR_NONE;
  return p->slot;
}

bool plan_keep(vm_plan *out, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives) {
  if (!plan_start(out, arena, e, true)) return false;
  ranges_find(out->range, e, p, natives, false);
  out->order = arena_raw(arena, out->n_row, sizeof *out->order);
  if (!out->order || !widths_keep(out, arena, e) || !add_slots(out, arena)) return false;
  for (; out->n < out->n_row; out->n++) {
    uint32_t d = out->row[out->n].d;
    if (d != PPR_NONE) out->slot[d] = out->slots[out->class[d]]++;
    out->order[out->n] = out->n;
  }
  return true;
}

/* The last row reading each register; defining counts, outputs, constants and what rows from `again` on read of those before live to the end. */
static void find_last_use(uint32_t *last, vm_plan *p, const ppr_edition *e, uint32_t again) {
  for (uint32_t at = 0; at < p->n; at++) {
    plan_row *row = plan_at(p, at);
    for (uint32_t j = 0; j < plan_row_operands(row); j++) {
      uint32_t reg = *plan_row_operand(row, j);
      if (reg != PPR_NONE) last[reg] = at;
    }
    if (row->d != PPR_NONE) last[row->d] = at;
  }
  for (uint32_t at = 0; at < p->n; at++) {
    const plan_row *row = plan_at(p, at);
    uint32_t d = row->d;
    if (plan_row_constant(row) || (d != PPR_NONE && at < again && last[d] >= again)) last[d] = p->n;
  }
  for (uint32_t j = 0; j < e->n_output; j++) {
    last[e->output[j].reg] = p->n;
    if (e->output[j].state) last[e->output[j].state - 1] = p->n;
  }
}

/* again: rows from there on run any number of times after those before. */
static bool share_slots(vm_plan *p, ppr_arena *arena, const ppr_edition *e, uint32_t again) {
  uint32_t *last = arena_raw(arena, p->n_reg, sizeof *last);
  uint32_t *unused[KERN_CLASSES], n_unused[KERN_CLASSES] = {0}; /* stacks of free slots */
  for (unsigned c = 0; c < KERN_CLASSES; c++)
    if (!(unused[c] = arena_raw(arena, p->n_reg, sizeof **unused))) return false;
  if (!last || !add_slots(p, arena)) return false;
  find_last_use(last, p, e, again);
  for (uint32_t at = 0; at < p->n; at++) {
    plan_row *row = plan_at(p, at);
    /* The result gets its slot before operands give up theirs: kernels rely on results not overlapping operands. */
    if (row->d != PPR_NONE) {
      uint32_t c = p->class[row->d];
      p->slot[row->d] = n_unused[c] && !plan_row_constant(row) ? unused[c][--n_unused[c]] : p->slots[c]++;
      if (last[row->d] == at) unused[c][n_unused[c]++] = p->slot[row->d]; /* nobody reads it */
    }
    for (uint32_t j = 0; j < plan_row_operands(row); j++) {
      uint32_t r = *plan_row_operand(row, j);
      if (r == PPR_NONE || last[r] != at) continue;
      last[r] = PPR_NONE; /* an operand may be named twice */
      unused[p->class[r]][n_unused[p->class[r]]++] = p->slot[r];
    }
  }
  return true;
}

/* All but the slots. */
static bool plan_rows(vm_plan *out, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives, bool assume) {
  if (!plan_start(out, arena, e, false)) return false;
  ranges_find(out->range, e, p, natives, assume);
  return fuse_rows(out, arena, e) && widths_choose(out, arena, e) && lay_out(out, arena);
}

bool plan_bulk(vm_plan *out, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives, bool assume) {
  return plan_rows(out, arena, e, p, natives, assume) && share_slots(out, arena, e, out->n);
}

bool plan_split(vm_plan *fixed, vm_plan *again, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives,
                bool assume, const bool *varies) {
  uint32_t n_fixed;
  if (!plan_rows(fixed, arena, e, p, natives, assume)) return false;
  if (!split_rows(fixed, arena, varies, &n_fixed) || !share_slots(fixed, arena, e, n_fixed)) return false;
  *again = *fixed;
  again->order += n_fixed;
  again->n -= n_fixed;
  fixed->n = n_fixed;
  return true;
}
