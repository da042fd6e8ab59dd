/* Bytecode to nodes of the graph, values of nodes, and records for the machine; see graph.h. */
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/report.h"
#include "proof/graph.h"
#include "vm/plan.h"
#include <string.h>

enum { MAX_DEPTH = 1024 };

typedef struct reading {
  graph *g;
  graph_program *p;
  const ppr_edition *e;
  const bool *needed;          /* per instruction: only these may fault */
  node_id path[MAX_DEPTH + 1]; /* condition of each open region */
  node_id cond[MAX_DEPTH + 1];
  uint32_t depth, cap_sites;
} reading;

/* ---- inputs ---- */

static int64_t nearest_zero(int64_t lo, int64_t hi) { return lo > 0 ? lo : hi < 0 ? hi : 0; }

/* Quarters of the records in question: in force, and within the years of the key. */
static void quarters_of(const ppr_edition *e, const int64_t *given, int64_t *first, int64_t *last) {
  const ppr_field *period = &e->field[e->input[e->period_input].field], *year = &e->field[e->key[e->period_year].field];
  int64_t begin = quarter_of_day(e->from_day);
  *first = given ? given[0] : quarter_first_day(begin) == e->from_day ? begin : begin + 1;
  *last = given ? given[1] : e->until_day == INT64_MAX ? quarter_of(9999, 4) : quarter_of_day(e->until_day);
  int64_t least = quarter_of(year->lo, 1), most = quarter_of(year->hi, 4);
  if (*first < period->lo) *first = period->lo;
  if (*last > period->hi) *last = period->hi;
  if (*first < least) *first = least;
  if (*last > most) *last = most;
}

/* The key that is part of the period: 1 year, 2 quarter, else 0. */
static int period_part(const ppr_edition *e, uint32_t field) {
  if (e->period_input == PPR_NONE) return 0;
  return e->key[e->period_year].field == field ? 1 : e->key[e->period_quarter].field == field ? 2 : 0;
}

/* Nodes of value and state of an input; false when no record is left. */
static bool read_input(reading *r, uint32_t input, node_id *value, node_id *state, const int64_t *quarters) {
  graph *g = r->g;
  const ppr_edition *e = r->e;
  const ppr_field *f = &e->field[e->input[input].field];
  const char *label = program_string(r->p->program, e->input[input].label);
  uint32_t *leaf = &r->p->value[input];
  *state = graph_const(g, PPR_PRESENT);
  if (input == e->period_input) {
    int64_t first, last;
    quarters_of(e, quarters, &first, &last);
    *value = graph_leaf_node(g, label, false, first, last, first, leaf);
    return first <= last && g->leaf[*leaf].lo <= g->leaf[*leaf].hi;
  }
  bool preset = (f->flags & (PPR_FIELD_PRESET | PPR_FIELD_READING)) != 0;
  *value = graph_leaf_node(g, label, false, f->lo, f->hi, preset ? f->preset : nearest_zero(f->lo, f->hi), leaf);
  if (f->flags & PPR_FIELD_OPTIONAL) {
    node_id absent = graph_leaf_node(g, label, true, 0, 1, 1, &r->p->empty[input]);
    *value = graph_choice(g, absent, graph_const(g, 0), *value);
    *state = absent; /* fehlt is 1 */
  }
  return g->failed || g->leaf[*leaf].lo <= g->leaf[*leaf].hi;
}
_Static_assert(PPR_FEHLT == 1, "the leaf of an absence is its state");

/* Year and quarter of the key from the leaf of the period. */
static void read_period_keys(reading *r, node_id *values) {
  const ppr_edition *e = r->e;
  if (e->period_input == PPR_NONE) return;
  node_id year = graph_div(r->g, values[e->period_input], graph_const(r->g, 4), PPR_ROUND_DOWN);
  for (uint32_t i = 0; i < e->n_input; i++) {
    int part = period_part(e, e->input[i].field);
    if (part == 1) values[i] = year;
    if (part == 2) values[i] = graph_sum(r->g, (node_id[]){values[e->period_input], year}, (ppr_wide[]){1, -4}, 2, 1);
  }
}

/* ---- sites ---- */

static void add_site(reading *r, uint32_t pc, uint32_t code, node_id when) {
  when = graph_and(r->g, r->path[r->depth], when);
  if (!r->needed[pc]) return;
  graph_site *grown;
  size_t cap = r->cap_sites;
  if (!(grown = arena_grow(r->g->arena, r->p->sites, r->p->n_sites, &cap, (size_t)r->p->n_sites + 1, sizeof *grown))) {
    r->g->failed = true;
    return;
  }
  r->cap_sites = (uint32_t)cap;
  r->p->sites = grown;
  r->p->sites[r->p->n_sites++] = (graph_site){pc, code, when};
}

static node_id outside(graph *g, node_id a, ppr_wide lo, ppr_wide hi) {
  return graph_or(g, graph_le(g, a, lo - 1), graph_not(g, graph_le(g, a, hi)));
}

/* ---- instructions ---- */

static node_id reg(const reading *r, uint32_t at) { return r->p->reg[at]; }
static int64_t konst(const reading *r, uint32_t at) { return r->e->konst[at].value; }

static node_id list_sum(reading *r, const ppr_instr *i, uint32_t step, bool truths) {
  graph *g = r->g;
  node_id *parts = arena_array(g->arena, (size_t)i->b + 1, sizeof *parts);
  ppr_wide *by = arena_array(g->arena, (size_t)i->b + 1, sizeof *by);
  if (!parts || !by) {
    g->failed = true;
    return 0;
  }
  for (uint32_t k = 0; k < i->b; k++) {
    parts[k] = reg(r, r->e->arg[i->a + k * step].value);
    if (truths) parts[k] = graph_truth(g, parts[k]);
    by[k] = step == 2 ? konst(r, r->e->arg[i->a + k * step + 1].value) : 1;
  }
  return graph_sum(g, parts, by, i->b, step == 2 ? konst(r, i->c) : 0);
}

static node_id list_logic(reading *r, const ppr_instr *i, bool any) {
  node_id all = 1;
  for (uint32_t k = 0; k < i->b; k++) {
    node_id x = graph_truth(r->g, reg(r, r->e->arg[i->a + k].value));
    all = graph_and(r->g, all, any ? graph_not(r->g, x) : x);
  }
  return any ? graph_not(r->g, all) : all;
}

static node_id look(reading *r, uint32_t pc, const ppr_instr *i, bool two) {
  graph *g = r->g;
  const ppr_table *t = &r->e->table[two ? i->c : i->b];
  node_id at = reg(r, i->a), wrong;
  if (two) {
    node_id column = reg(r, i->b);
    wrong = graph_or(g, outside(g, at, 0, (ppr_wide)t->rows - 1), outside(g, column, 0, (ppr_wide)t->cols - 1));
    at = graph_sum(g, (node_id[]){at, column}, (ppr_wide[]){t->cols, 1}, 2, 0);
  } else wrong = outside(g, at, 0, (ppr_wide)t->rows * t->cols - 1);
  add_site(r, pc, DIAG_FAULT_INDEX, wrong);
  return graph_look(g, at, (const int64_t *)(r->e->konst + t->first), t->rows * t->cols);
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

static node_id call(reading *r, uint32_t pc, const ppr_instr *i) {
  graph *g = r->g;
  node_id args[PPR_NATIVE_PARAMS];
  const ppr_native *f = g->natives ? natives_find(g->natives, program_string(r->p->program, r->e->import[i->c].name)) : NULL;
  for (uint32_t k = 0; k < i->b && k < PPR_NATIVE_PARAMS; k++) args[k] = reg(r, r->e->arg[i->a + k].value);
  add_site(r, pc, DIAG_FAULT_NATIVE, graph_call(g, f, args, i->b, true));
  return graph_call(g, f, args, i->b, false);
}

static node_id divide(reading *r, uint32_t pc, const ppr_instr *i) {
  node_id b = reg(r, i->b);
  add_site(r, pc, DIAG_FAULT_DIVISION, graph_eq(r->g, b, 0));
  return graph_div(r->g, reg(r, i->a), b, (int)i->m);
}

static node_id nonzero(reading *r, uint32_t pc, const ppr_instr *i) {
  add_site(r, pc, DIAG_FAULT_DIVISION, graph_eq(r->g, reg(r, i->a), 0));
  return reg(r, i->a);
}

static node_id narrow(reading *r, uint32_t pc, const ppr_instr *i) {
  add_site(r, pc, DIAG_FAULT_OVERFLOW, outside(r->g, reg(r, i->a), INT64_MIN, INT64_MAX));
  return reg(r, i->a);
}

/* A 128-bit operation that is checked: 0 sum, 1 difference, 2 product. */
static node_id checked(reading *r, uint32_t pc, int operation, node_id a, node_id b) {
  add_site(r, pc, DIAG_FAULT_OVERFLOW, graph_beyond(r->g, operation, a, b));
  return operation == 0 ? graph_add2(r->g, a, b) : operation == 1 ? graph_sub(r->g, a, b) : graph_mul(r->g, a, b);
}

static node_id wide_konst(const reading *r, uint32_t at) {
  const ppr_wide_konst *k = &r->e->wide_konst[at];
  return graph_const(r->g, (ppr_wide)k->hi * ((ppr_wide)1 << 64) + (ppr_wide)(uint64_t)k->lo);
}

static void region(reading *r, const ppr_instr *i) {
  node_id c;
  switch (i->op) {
  case PPR_OP_WHEN:
    c = graph_truth(r->g, reg(r, i->a));
    if (r->depth == MAX_DEPTH) {
      r->g->failed = true;
      return;
    }
    r->depth++;
    r->cond[r->depth] = c;
    r->path[r->depth] = graph_and(r->g, r->path[r->depth - 1], c);
    break;
  case PPR_OP_ELSE: r->path[r->depth] = graph_and(r->g, r->path[r->depth - 1], graph_not(r->g, r->cond[r->depth])); break;
  default: r->depth--; break;
  }
}

static node_id defined(reading *r, uint32_t pc, const node_id *values, const node_id *states) {
  graph *g = r->g;
  const ppr_instr *i = &r->e->instr[pc];
  switch ((ppr_op)i->op) {
  case PPR_OP_IN_INT:
  case PPR_OP_IN_BOOL: return values[i->a];
  case PPR_OP_IN_STATE: return states[i->a];
  case PPR_OP_CONST_INT:
  case PPR_OP_CONST_BOOL: return graph_const(g, konst(r, i->a));
  case PPR_OP_CONST_WIDE: return wide_konst(r, i->a);
  case PPR_OP_ADD: return graph_add2(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_SUB: return graph_sub(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_MUL:
  case PPR_OP_MULWI: return graph_mul(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_MIN: return graph_min(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_MAX: return graph_max(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_NEG: return graph_scale(g, reg(r, i->a), -1);
  case PPR_OP_ABS: return graph_abs(g, reg(r, i->a));
  case PPR_OP_ADDK: return graph_sum(g, (node_id[]){reg(r, i->a)}, NULL, 1, konst(r, i->b));
  case PPR_OP_MULK: return graph_scale(g, reg(r, i->a), konst(r, i->b));
  case PPR_OP_SUM: return list_sum(r, i, 1, false);
  case PPR_OP_DOT: return list_sum(r, i, 2, false);
  case PPR_OP_COUNT: return list_sum(r, i, 1, true);
  case PPR_OP_DIV: return divide(r, pc, i);
  case PPR_OP_DIVW: return divide(r, pc, i);
  case PPR_OP_DIVK: return graph_div(g, reg(r, i->a), graph_const(g, konst(r, i->b)), (int)i->m);
  case PPR_OP_NONZERO:
  case PPR_OP_NONZEROW: return nonzero(r, pc, i);
  case PPR_OP_WIDEN:
  case PPR_OP_INTOF:
  case PPR_OP_STATEOF: return reg(r, i->a); /* of a register that holds a state: its number is one */
  case PPR_OP_NARROW: return narrow(r, pc, i);
  case PPR_OP_ADDW: return checked(r, pc, 0, reg(r, i->a), reg(r, i->b));
  case PPR_OP_SUBW: return checked(r, pc, 1, reg(r, i->a), reg(r, i->b));
  case PPR_OP_MULW: return checked(r, pc, 2, reg(r, i->a), reg(r, i->b));
  case PPR_OP_NEGW: return checked(r, pc, 1, 0, reg(r, i->a));
  case PPR_OP_ABSW: checked(r, pc, 1, 0, reg(r, i->a)); return graph_abs(g, reg(r, i->a));
  case PPR_OP_EQ:
  case PPR_OP_EQW:
  case PPR_OP_EQB: return graph_eq(g, reg(r, i->a), reg(r, i->b));
  case PPR_OP_EQK:
  case PPR_OP_EQBK: return graph_eq(g, reg(r, i->a), graph_const(g, konst(r, i->b)));
  case PPR_OP_LT:
  case PPR_OP_LTW: return graph_less(g, reg(r, i->a), reg(r, i->b), false);
  case PPR_OP_LE:
  case PPR_OP_LEW: return graph_less(g, reg(r, i->a), reg(r, i->b), true);
  case PPR_OP_LTK: return graph_less(g, reg(r, i->a), graph_const(g, konst(r, i->b)), false);
  case PPR_OP_LEK: return graph_le(g, reg(r, i->a), konst(r, i->b));
  case PPR_OP_NOT: return graph_not(g, graph_truth(g, reg(r, i->a)));
  case PPR_OP_AND: return graph_and(g, graph_truth(g, reg(r, i->a)), graph_truth(g, reg(r, i->b)));
  case PPR_OP_OR: return graph_or(g, graph_truth(g, reg(r, i->a)), graph_truth(g, reg(r, i->b)));
  case PPR_OP_ANY: return list_logic(r, i, true);
  case PPR_OP_ALL: return list_logic(r, i, false);
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_BOOL:
  case PPR_OP_SEL_WIDE: return graph_choice(g, graph_truth(g, reg(r, i->a)), reg(r, i->b), reg(r, i->c));
  case PPR_OP_LOOK: return look(r, pc, i, false);
  case PPR_OP_LOOK2: return look(r, pc, i, true);
  case PPR_OP_RANK: {
    const ppr_table *t = &r->e->table[i->b];
    return graph_rank(g, reg(r, i->a), (const int64_t *)(r->e->konst + t->first), t->rows);
  }
  case PPR_OP_BOOLOF: return graph_truth(g, reg(r, i->a));
  case PPR_OP_CALL: return call(r, pc, i);
  case PPR_OP_FAIL: add_site(r, pc, (uint32_t)konst(r, i->a), 1); return 0;
  case PPR_OP_WHEN:
  case PPR_OP_ELSE:
  case PPR_OP_END: region(r, i); return 0;
  }
  return 0;
}

bool graph_add(graph *g, graph_program *out, const ppr_program *p, uint32_t edition, const int64_t *quarters) {
  const ppr_edition *e = &p->editions[edition];
  const bool *needed = plan_needed(g->arena, e);
  reading *r = arena_alloc(g->arena, sizeof *r);
  node_id *values = arena_array(g->arena, (size_t)e->n_input + 1, sizeof *values),
          *states = arena_array(g->arena, (size_t)e->n_input + 1, sizeof *states);
  *out = (graph_program){.program = p, .edition = e};
  out->reg = arena_array(g->arena, (size_t)e->n_reg + 1, sizeof *out->reg);
  out->value = arena_array(g->arena, (size_t)e->n_input + 1, sizeof *out->value);
  out->empty = arena_array(g->arena, (size_t)e->n_input + 1, sizeof *out->empty);
  if (!r || !values || !states || !out->reg || !out->value || !out->empty || !needed) {
    g->failed = true;
    return false;
  }
  *r = (reading){.g = g, .p = out, .e = e, .needed = needed};
  r->path[0] = 1;
  bool some = true;
  for (uint32_t i = 0; i < e->n_input; i++) {
    out->value[i] = out->empty[i] = PPR_NONE;
    values[i] = 0;
    states[i] = graph_const(g, PPR_PRESENT);
    if (!period_part(e, e->input[i].field)) some = read_input(r, i, &values[i], &states[i], quarters) && some;
  }
  read_period_keys(r, values);
  for (uint32_t pc = 0; pc < e->n_instr && !g->failed; pc++) {
    node_id now = defined(r, pc, values, states);
    if (plan_defines(&e->instr[pc])) out->reg[e->instr[pc].d] = now;
  }
  return some && !g->failed;
}

/* ---- values ---- */

bool graph_value(const graph *g, node_id id, const int64_t *leaves, const ppr_wide *value, ppr_wide *out) {
  const graph_node *n = &g->node[id];
  const node_id *arg = &g->arg[n->first];
  const graph_table *t = n->op == NODE_LOOK || n->op == NODE_RANK ? &g->table[n->extra] : NULL;
  ppr_wide x = n->count ? value[arg[0]] : 0, y = n->count > 1 ? value[arg[1]] : 0, args[PPR_NATIVE_PARAMS];
  switch (n->op) {
  case NODE_CONST: *out = n->k; return true;
  case NODE_LEAF: *out = leaves[n->extra]; return true;
  case NODE_LINEAR:
    *out = n->k;
    for (uint32_t i = 0; i < n->count; i++)
      if (!wide_mul(&x, g->coef[n->first + i], value[arg[i]]) || !wide_add(out, *out, x)) return false;
    return true;
  case NODE_MUL: return wide_mul(out, x, y);
  case NODE_DIV: *out = 0; return y == 0 || dec_div_round(out, x, y, (int)n->extra);
  case NODE_MIN:
    *out = x;
    for (uint32_t i = 1; i < n->count; i++)
      if (value[arg[i]] < *out) *out = value[arg[i]];
    return true;
  case NODE_ABS: *out = x == WIDE_MIN ? 0 : wide_abs(x); return x != WIDE_MIN;
  case NODE_CHOICE: *out = value[arg[x ? 1 : 2]]; return true;
  case NODE_LE: *out = x <= n->k; return true;
  case NODE_EQ: *out = x == n->k; return true;
  case NODE_AND:
    *out = 1;
    for (uint32_t i = 0; i < n->count; i++) *out = *out && value[arg[i]];
    return true;
  case NODE_LOOK: *out = x >= 0 && x < t->n ? t->cells[(size_t)x] : 0; return true;
  case NODE_RANK:
    *out = 0;
    for (uint32_t i = 0; i < t->n; i++) *out += t->cells[i] <= x;
    return true;
  case NODE_CALL:
  case NODE_FAILS:
    for (uint32_t i = 0; i < n->count; i++) args[i] = value[arg[i]];
    return graph_call_value(g, n, args, out);
  case NODE_BEYOND: *out = !(n->extra == 0 ? wide_add(&x, x, y) : n->extra == 1 ? wide_sub(&x, x, y) : wide_mul(&x, x, y)); return true;
  case NODE_UNKNOWN: break;
  }
  return false;
}

node_id *graph_cone(const graph *g, ppr_arena *arena, const node_id *roots, size_t n_roots, size_t *n) {
  uint8_t *in = arena_array(arena, g->n_node + 1, 1);
  node_id top = 0;
  *n = 0;
  if (!in) return NULL;
  for (size_t i = 0; i < n_roots; i++) {
    in[roots[i]] = 1;
    top = roots[i] > top ? roots[i] : top;
  }
  for (node_id i = top + 1; i-- > 0;) {
    if (!in[i]) continue;
    ++*n;
    for (uint32_t k = 0; k < g->node[i].count; k++) in[g->arg[g->node[i].first + k]] = 1;
  }
  node_id *cone = arena_array(arena, *n + 1, sizeof *cone);
  size_t at = 0;
  for (node_id i = 0; cone && i <= top; i++)
    if (in[i]) cone[at++] = i;
  return cone;
}

void graph_fill(const graph *g, const graph_program *p, const int64_t *leaves, int64_t *values, uint8_t *states) {
  const ppr_edition *e = p->edition;
  (void)g;
  for (uint32_t i = 0; i < e->n_input; i++) {
    int part = period_part(e, e->input[i].field);
    states[i] = p->empty[i] != PPR_NONE && leaves[p->empty[i]] ? PPR_FEHLT : PPR_PRESENT;
    if (part) {
      int64_t quarter = leaves[p->value[e->period_input]];
      values[i] = part == 1 ? quarter / 4 : quarter % 4 + 1;
    } else values[i] = states[i] ? 0 : leaves[p->value[i]];
  }
}
