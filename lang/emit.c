/* Emission of instructions: pools, value numbering, regions, and what is left in the end; see emit.h. */
#include "emit_int.h"
#include "base/hash.h"
#include <string.h>

enum { MAX_DEPTH = 1024 }; /* of regions; the verifier refuses more */

void emit_again(emitter *e, ppr_arena *arena, const emitter *done, ppr_arena *room) {
  *e = (emitter){.arena = arena, .room = room};
#define AGAIN(items, cap) e->items = done->items, e->cap = done->cap
  AGAIN(code, cap_code);
  AGAIN(types, cap_regs);
  AGAIN(defs, cap_defs);
  AGAIN(ranges, cap_ranges);
  AGAIN(konst, cap_konst);
  AGAIN(wide, cap_wide);
  AGAIN(args, cap_args);
  AGAIN(tables, cap_tables);
  AGAIN(regions, cap_regions);
  AGAIN(effects, cap_effects);
  AGAIN(hash, hash_cap);
#undef AGAIN
  if (e->hash_cap) memset(e->hash, 0, e->hash_cap * sizeof *e->hash);
  PUSH(e, regions, n_regions, cap_regions, ((emit_region){.parent = PPR_NONE, .cond = PPR_NONE}));
}

void emit_reserve(emitter *e, ppr_arena *room) {
  enum { MOST = 1 << 15 };
  e->code = arena_extend(room, NULL, 0, &e->cap_code, MOST, sizeof *e->code);
  e->types = arena_extend(room, NULL, 0, &e->cap_regs, MOST, sizeof *e->types);
  e->defs = arena_extend(room, NULL, 0, &e->cap_defs, MOST, sizeof *e->defs);
  e->ranges = arena_extend(room, NULL, 0, &e->cap_ranges, MOST, sizeof *e->ranges);
}

void emit_init(emitter *e, ppr_arena *arena) {
  static const emitter nothing;
  emit_again(e, arena, &nothing, arena);
}

/* ---- pools ---- */

uint32_t emit_konst(emitter *e, int64_t v) {
  uint32_t *last = &e->konst_at[(uint64_t)v * UINT64_C(0x9E3779B97F4A7C15) >> 56];
  if (*last && e->konst[*last - 1] == v) return *last - 1;
  for (size_t i = 0; i < e->n_konst && i < 512; i++) {
    if (e->konst[i] != v) continue;
    *last = (uint32_t)i + 1;
    return (uint32_t)i;
  }
  PUSH(e, konst, n_konst, cap_konst, v);
  *last = (uint32_t)e->n_konst;
  return (uint32_t)e->n_konst - 1;
}

static uint32_t wide_konst(emitter *e, ppr_wide v) {
  for (size_t i = 0; i < e->n_wide; i++)
    if (e->wide[i] == v) return (uint32_t)i;
  PUSH(e, wide, n_wide, cap_wide, v);
  return (uint32_t)e->n_wide - 1;
}

/* ---- value numbering ---- */

bool emit_encloses(const emitter *e, uint32_t outer, uint32_t inner) {
  while (inner != PPR_NONE && inner != outer) inner = e->regions[inner].parent;
  return inner == outer;
}

/* Words of its operand list; 0: it has none. */
static size_t list_words(const ppr_op_info *info, const ppr_instr *r) {
  switch ((ppr_shape)info->shape) {
  case SHAPE_LIST:
  case SHAPE_CALL: return r->b;
  case SHAPE_DOT: return (size_t)r->b * 2;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_R:
  case SHAPE_RR:
  case SHAPE_RK:
  case SHAPE_SEL:
  case SHAPE_RT:
  case SHAPE_RRT:
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: return 0;
  }
}

/* words: of its list, which stands for where the list is. */
static uint32_t hash_row(const emitter *e, const ppr_instr *r, size_t words) {
  const uint32_t row[5] = {r->op, r->m, words ? 0 : r->a, r->b, r->c};
  uint64_t h = hash_bytes(0, row, sizeof row);
  return (uint32_t)(words ? hash_bytes(h, e->args + r->a, words * sizeof *e->args) : h);
}

/* Room for one more; false when out of memory. */
static bool hash_room(emitter *e) {
  if ((e->hash_used + 1) * 2 <= e->hash_cap) return true;
  size_t cap = e->hash_cap ? e->hash_cap * 2 : 1024;
  emit_slot *grown = arena_array(e->room, cap, sizeof *grown);
  if (!grown) return e->failed = true, false;
  for (size_t i = 0; i < e->hash_cap; i++) {
    if (!e->hash[i].pc) continue;
    size_t at = e->hash[i].hash & (cap - 1);
    while (grown[at].pc) at = (at + 1) & (cap - 1);
    grown[at] = e->hash[i];
  }
  e->hash = grown;
  e->hash_cap = cap;
  return true;
}

/* The register of an equal instruction that is computed wherever this one would be, or PPR_NONE and where this one belongs. */
static uint32_t hash_find(const emitter *e, const ppr_instr *r, size_t words, uint32_t hash, size_t *free_at) {
  size_t at = hash & (e->hash_cap - 1);
  for (; e->hash[at].pc; at = (at + 1) & (e->hash_cap - 1)) {
    if (e->hash[at].hash != hash) continue;
    const emit_instr *i = &e->code[e->hash[at].pc - 1];
    if (i->dead || i->row.op != r->op || i->row.m != r->m || i->row.b != r->b || i->row.c != r->c) continue;
    if (words ? memcmp(e->args + i->row.a, e->args + r->a, words * sizeof *e->args) : i->row.a != r->a) continue;
    if (emit_encloses(e, i->region, e->region)) return i->row.d;
  }
  *free_at = at;
  return PPR_NONE;
}

static bool within(const opnd *o, uint32_t count) { return interval_within(opnd_interval(o), 0, (ppr_wide)count - 1); }

/* Can the intervals of its operands and of its result not exclude a fault? */
static bool may_fault(const emitter *e, const ppr_op_info *info, const ppr_instr *r, ppr_wide lo, ppr_wide hi) {
  if (!(info->flags & OPF_FAULTS)) return false;
  const opnd *known = e->ranges;
  bool leaves = lo == WIDE_MIN || hi == WIDE_MAX; /* saturated */
  switch (r->op) {
  case PPR_OP_NARROW: return !interval_fits64(opnd_interval(&known[r->a]));
  case PPR_OP_ADDW:
  case PPR_OP_SUBW:
  case PPR_OP_MULW:
  case PPR_OP_NEGW:
  case PPR_OP_ABSW: return leaves;
  case PPR_OP_DIV:
  case PPR_OP_DIVW: return leaves || interval_has_zero(opnd_interval(&known[r->b]));
  case PPR_OP_LOOK: return !within(&known[r->a], e->tables[r->b].rows);
  case PPR_OP_LOOK2: return !within(&known[r->a], e->tables[r->c].rows) || !within(&known[r->b], e->tables[r->c].cols);
  default: return true;
  }
}

/* May computing the operand fault? Then it must be computed even where its value does not matter: nothing that reads it folds away. Inputs are
 * checked anyhow. */
bool emit_risky(const emitter *e, const opnd *o) { return o->reg != PPR_NONE && e->code[e->defs[o->reg]].risky; }

static bool risky_reg(const emitter *e, uint32_t reg) { return e->code[e->defs[reg]].risky; }

static bool reads_risky(const emitter *e, const ppr_op_info *info, const ppr_instr *r) {
  uint32_t step = info->shape == SHAPE_DOT ? 2 : 1;
  bool found = false;
  switch ((ppr_shape)info->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT: return risky_reg(e, r->a);
  case SHAPE_RR:
  case SHAPE_RRT: return risky_reg(e, r->a) || risky_reg(e, r->b);
  case SHAPE_SEL: return risky_reg(e, r->a) || risky_reg(e, r->b) || risky_reg(e, r->c);
  case SHAPE_LIST:
  case SHAPE_CALL:
  case SHAPE_DOT:
    for (uint32_t i = 0; i < r->b && !found; i++) found = risky_reg(e, e->args[r->a + i * step]);
    return found;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: return false;
  }
}

opnd emit_op(emitter *e, ppr_op code, uint32_t m, uint32_t a, uint32_t b, uint32_t c, ppr_wide lo, ppr_wide hi) {
  const ppr_op_info *info = instr_info((uint32_t)code);
  ppr_instr row = {(uint32_t)code, m, 0, a, b, c};
  bool alone = e->apart && code == PPR_OP_FAIL;
  if (e->failed || !hash_room(e)) return opnd_const(0);
  size_t words = list_words(info, &row), slot = 0;
  uint32_t hash = alone ? 0 : hash_row(e, &row, words), known = alone ? PPR_NONE : hash_find(e, &row, words, hash, &slot);
  if (known != PPR_NONE) {
    e->n_args -= words; /* the caller has just put them there */
    if (code == PPR_OP_FAIL) PUSH(e, effects, n_effects, cap_effects, e->defs[known]);
    return e->ranges[known];
  }
  uint32_t reg = (uint32_t)e->n_regs;
  row.d = reg;
  emit_instr i = {row, e->at, e->region, false, false, may_fault(e, info, &row, lo, hi), reads_risky(e, info, &row)};
  if (i.faults && info->shape != SHAPE_IN) i.risky = true;
  opnd out = {reg, (ppr_type)info->result, lo, hi};
  size_t n = e->n_regs;
  PUSH(e, types, n_regs, cap_regs, info->result);
  uint32_t *defs = arena_extend(e->room, e->defs, n, &e->cap_defs, n + 1, sizeof *defs);
  opnd *ranges = arena_extend(e->room, e->ranges, n, &e->cap_ranges, n + 1, sizeof *ranges);
  if (!defs || !ranges || e->failed) {
    e->failed = true;
    return opnd_const(0);
  }
  e->defs = defs;
  e->ranges = ranges;
  e->defs[n] = (uint32_t)e->n_code;
  e->ranges[n] = out;
  PUSH(e, code, n_code, cap_code, i);
  if (e->failed) return opnd_const(0);
  if (i.faults)
    for (uint32_t r = e->region; r != PPR_NONE; r = e->regions[r].parent) e->regions[r].faults = true;
  if (code == PPR_OP_FAIL) PUSH(e, effects, n_effects, cap_effects, (uint32_t)e->n_code - 1);
  if (!alone) {
    e->hash[slot] = (emit_slot){(uint32_t)e->n_code, hash};
    e->hash_used++;
  }
  return out;
}

/* ---- registers for operands ---- */

uint32_t emit_reg(emitter *e, opnd o, ppr_type type) {
  if (opnd_is_const(&o)) {
    if (type == PPR_T_BOOL) return emit_op(e, PPR_OP_CONST_BOOL, 0, emit_konst(e, (int64_t)o.lo), 0, 0, o.lo, o.hi).reg;
    if (type == PPR_T_INT) return emit_op(e, PPR_OP_CONST_INT, 0, emit_konst(e, (int64_t)o.lo), 0, 0, o.lo, o.hi).reg;
    return emit_op(e, PPR_OP_CONST_WIDE, 0, wide_konst(e, o.lo), 0, 0, o.lo, o.hi).reg;
  }
  if (o.type == type) return o.reg;
  if (type == PPR_T_WIDE && o.type == PPR_T_INT) return emit_op(e, PPR_OP_WIDEN, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  if (type == PPR_T_INT && o.type == PPR_T_WIDE) return emit_op(e, PPR_OP_NARROW, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  if (type == PPR_T_INT && o.type == PPR_T_BOOL) return emit_op(e, PPR_OP_INTOF, 0, o.reg, 0, 0, o.lo, o.hi).reg;
  return emit_op(e, PPR_OP_BOOLOF, 0, emit_reg(e, o, PPR_T_INT), 0, 0, 0, 1).reg;
}

/* ---- regions ---- */

static uint32_t open_region(emitter *e, uint32_t parent, uint32_t cond) {
  emit_region r = {.parent = parent, .cond = cond};
  PUSH(e, regions, n_regions, cap_regions, r);
  return (uint32_t)e->n_regions - 1;
}

static size_t marker(emitter *e, ppr_op code, uint32_t a) {
  emit_instr i = {{(uint32_t)code, 0, PPR_NONE, a, 0, 0}, e->at, e->region, false, false, false, false};
  PUSH(e, code, n_code, cap_code, i);
  return e->n_code - 1;
}

emit_mark emit_when(emitter *e, opnd cond) {
  emit_mark mark = {0, 0, e->region, 0, 0};
  uint32_t reg = emit_reg(e, cond, PPR_T_BOOL);
  mark.when = marker(e, PPR_OP_WHEN, reg);
  mark.region_when = e->region = open_region(e, mark.outer, reg);
  return mark;
}

void emit_else(emitter *e, emit_mark *mark) {
  e->region = mark->outer;
  mark->otherwise = marker(e, PPR_OP_ELSE, 0);
  mark->region_else = e->region = open_region(e, mark->outer, e->failed ? PPR_NONE : e->code[mark->when].row.a);
}

void emit_end(emitter *e, emit_mark *mark) {
  e->region = mark->outer;
  size_t end = marker(e, PPR_OP_END, 0);
  if (e->failed) return;
  if (!e->regions[mark->region_when].faults && !e->regions[mark->region_else].faults) {
    /* Nothing can fault: compute both arms on all lanes, what was computed inside is then valid outside. */
    e->code[mark->when].dead = e->code[mark->otherwise].dead = e->code[end].dead = true;
    for (size_t i = mark->when; i < end; i++)
      if (e->code[i].region == mark->region_when || e->code[i].region == mark->region_else) e->code[i].region = mark->outer;
    for (size_t r = mark->region_when + 1; r < e->n_regions; r++)
      if (e->regions[r].parent == mark->region_when || e->regions[r].parent == mark->region_else) e->regions[r].parent = mark->outer;
    return;
  }
  for (int arm = 0; arm < 2; arm++) {
    emit_region *r = &e->regions[arm ? mark->region_else : mark->region_when];
    r->when = mark->when;
    r->otherwise = mark->otherwise;
    r->end = end;
  }
}

/* ---- finishing ---- */

void emit_need(emitter *e, uint32_t reg) {
  if (reg != PPR_NONE && !e->failed) e->code[e->defs[reg]].live = true;
}

void emit_need_effects(emitter *e, size_t first, size_t end) {
  for (size_t i = first; i < end && !e->failed; i++) e->code[e->effects[i]].live = true;
}

static void need_operands(emitter *e, const ppr_instr *r) {
  ppr_instr row = *r;
  switch ((ppr_shape)instr_info(row.op)->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: emit_need(e, row.a); break;
  case SHAPE_RR:
  case SHAPE_RRT:
    emit_need(e, row.a);
    emit_need(e, row.b);
    break;
  case SHAPE_SEL:
    emit_need(e, row.a);
    emit_need(e, row.b);
    emit_need(e, row.c);
    break;
  case SHAPE_LIST:
  case SHAPE_CALL:
    for (uint32_t i = 0; i < row.b; i++) emit_need(e, e->args[row.a + i]);
    break;
  case SHAPE_DOT:
    for (uint32_t i = 0; i < row.b; i++) emit_need(e, e->args[row.a + 2 * i]);
    break;
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: break;
  }
}

/* What live instructions need is live; all of it stands before them, so one pass backwards finds everything. */
static void spread(emitter *e) {
  for (size_t pc = e->n_code; pc-- > 0;) {
    const emit_instr *i = &e->code[pc];
    if (!i->live || i->dead) continue;
    need_operands(e, &i->row);
    for (uint32_t r = i->region; r && r != PPR_NONE && !e->regions[r].needed; r = e->regions[r].parent) {
      e->regions[r].needed = true;
      emit_need(e, e->regions[r].cond);
    }
  }
}

static void renumber(emitter *e, ppr_instr *r, const uint32_t *map, bool *seen_args) {
  switch ((ppr_shape)instr_info(r->op)->shape) {
  case SHAPE_R:
  case SHAPE_RK:
  case SHAPE_RT:
  case SHAPE_WHEN: r->a = map[r->a]; break;
  case SHAPE_RR:
  case SHAPE_RRT:
    r->a = map[r->a];
    r->b = map[r->b];
    break;
  case SHAPE_SEL:
    r->a = map[r->a];
    r->b = map[r->b];
    r->c = map[r->c];
    break;
  case SHAPE_LIST:
  case SHAPE_CALL:
  case SHAPE_DOT: {
    uint32_t step = instr_info(r->op)->shape == SHAPE_DOT ? 2 : 1;
    for (uint32_t i = 0; i < r->b; i++) {
      uint32_t at = r->a + i * step;
      if (!seen_args[at]) e->args[at] = map[e->args[at]];
      seen_args[at] = true;
    }
    break;
  }
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_ELSE:
  case SHAPE_END:
  default: break;
  }
}

uint32_t *emit_finish(emitter *e) {
  uint32_t *map = arena_raw(e->arena, e->n_regs + 1, sizeof *map);
  bool *seen = arena_array(e->arena, e->n_args + 1, sizeof *seen);
  if (!map || !seen || e->failed) {
    e->failed = true;
    return NULL;
  }
  spread(e);
  for (size_t r = 1; r < e->n_regions; r++) { /* a region stays when something inside is needed */
    const emit_region *g = &e->regions[r];
    if (g->needed && g->end) e->code[g->when].live = e->code[g->otherwise].live = e->code[g->end].live = true;
  }
  size_t out = 0;
  uint32_t regs = 0, open[MAX_DEPTH];
  int depth = 0;
  for (size_t i = 0; i < e->n_regs; i++) map[i] = PPR_NONE;
  for (size_t i = 0; i < e->n_code; i++) {
    if (e->code[i].dead || !e->code[i].live) continue;
    emit_instr in = e->code[i];
    if (in.row.d != PPR_NONE) {
      uint32_t old = in.row.d;
      map[old] = regs;
      e->types[regs] = e->types[old]; /* old >= regs: compaction in place */
      e->ranges[regs] = e->ranges[old];
      in.row.d = regs++;
    }
    renumber(e, &in.row, map, seen);
    if (in.row.op == PPR_OP_WHEN && depth < MAX_DEPTH) open[depth++] = (uint32_t)out;
    if (in.row.op == PPR_OP_ELSE && depth) {
      e->code[open[depth - 1]].row.b = (uint32_t)out;
      open[depth - 1] = (uint32_t)out;
    }
    if (in.row.op == PPR_OP_END && depth) e->code[open[--depth]].row.b = (uint32_t)out;
    e->code[out++] = in;
  }
  e->n_code = out;
  e->n_regs = regs;
  return map;
}
