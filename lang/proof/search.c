/* Records by the machine: see search.h. Everything is drawn from one fixed sequence, so the same question finds the same record everywhere. */
#include "proof/search.h"
#include "vm/exec.h"
#include <string.h>

struct search_machine {
  ppr_arena *arena;
  const graph *g;
  const graph_program *p;
  ppr_vm *vm;
  ppr_column *in;
  ppr_result *out;
  int64_t *row;
  uint8_t *row_state;
  int64_t *values; /* inputs by SEARCH_BATCH */
  uint8_t *states;
  int64_t *results;
  uint8_t *result_states;
  ppr_fault faults[SEARCH_BATCH];
};

ppr_status search_machine_new(search_machine **out, ppr_alloc alloc, const graph *g, const graph_program *p) {
  ppr_arena *arena = arena_new(alloc);
  search_machine *m = arena ? arena_alloc(arena, sizeof *m) : NULL;
  const ppr_edition *e = p->edition;
  *out = NULL;
  if (!m) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  m->arena = arena;
  m->g = g;
  m->p = p;
  m->in = arena_array(arena, (size_t)e->n_input + 1, sizeof *m->in);
  m->out = arena_array(arena, (size_t)e->n_output + 1, sizeof *m->out);
  m->row = arena_array(arena, (size_t)e->n_input + 1, sizeof *m->row);
  m->row_state = arena_array(arena, (size_t)e->n_input + 1, 1);
  m->values = arena_array(arena, (size_t)e->n_input + 1, SEARCH_BATCH * sizeof *m->values);
  m->states = arena_array(arena, (size_t)e->n_input + 1, SEARCH_BATCH);
  m->results = arena_array(arena, (size_t)e->n_output + 1, SEARCH_BATCH * sizeof *m->results);
  m->result_states = arena_array(arena, (size_t)e->n_output + 1, SEARCH_BATCH);
  ppr_status status = arena_failed(arena)
                          ? PPR_NOMEM
                          : vm_new(&m->vm, alloc, p->program, (uint32_t)(e - p->program->editions), SEARCH_BATCH, false, p->program->natives);
  if (status != PPR_OK) {
    arena_free(arena);
    return status;
  }
  for (uint32_t i = 0; i < e->n_input; i++) m->in[i] = (ppr_column){&m->values[(size_t)i * SEARCH_BATCH], &m->states[(size_t)i * SEARCH_BATCH], NULL};
  for (uint32_t i = 0; i < e->n_output; i++)
    m->out[i] = (ppr_result){&m->results[(size_t)i * SEARCH_BATCH], &m->result_states[(size_t)i * SEARCH_BATCH], NULL};
  *out = m;
  return PPR_OK;
}

void search_machine_free(search_machine *m) {
  if (!m) return;
  vm_free(m->vm);
  arena_free(m->arena);
}

bool search_evaluate(search_machine *m, const int64_t *leaves, size_t n) {
  for (size_t k = 0; k < n; k++) {
    graph_fill(m->g, m->p, leaves + k * m->g->n_leaf, m->row, m->row_state);
    for (uint32_t i = 0; i < m->p->edition->n_input; i++) {
      m->values[(size_t)i * SEARCH_BATCH + k] = m->row[i];
      m->states[(size_t)i * SEARCH_BATCH + k] = m->row_state[i];
    }
  }
  return n <= SEARCH_BATCH && vm_eval(m->vm, m->in, n, m->out, m->faults) == PPR_OK;
}

ppr_fault search_fault(const search_machine *m, size_t record) { return m->faults[record]; }

int64_t search_output(const search_machine *m, size_t record, uint32_t output, uint8_t *state) {
  size_t at = (size_t)output * SEARCH_BATCH + record;
  if (state) *state = m->result_states[at];
  return m->results[at];
}

/* ---- looking for a record ---- */

enum { TURNS = 8 }; /* conditions followed per input and base record */

typedef struct finding {
  search *s;
  ppr_arena *arena;
  node_id *cone;
  size_t n_cone;
  uint32_t *leaf; /* those of the question */
  size_t n_leaf;
  node_id *atom; /* its comparisons */
  size_t n_atom;
  ppr_wide *value;
  bool *before, *after; /* atoms at the two ends of an input */
  int64_t *base, *now, *batch;
  size_t n_batch;
  bool hit[SEARCH_BATCH];
  uint64_t random;
  bool found, failed;
  int64_t *point;
} finding;

static uint64_t next_random(finding *f) {
  f->random ^= f->random << 13;
  f->random ^= f->random >> 7;
  f->random ^= f->random << 17;
  return f->random;
}

static void flush(finding *f) {
  size_t n = f->s->g->n_leaf;
  if (f->n_batch && !f->found) {
    memset(f->hit, 0, sizeof f->hit);
    if (!f->s->test(f->s->ctx, f->batch, f->n_batch, f->hit)) f->failed = true;
    f->s->tried += f->n_batch;
    for (size_t i = 0; i < f->n_batch && !f->found; i++) {
      if (!f->hit[i]) continue;
      memcpy(f->point, f->batch + i * n, n * sizeof *f->point);
      f->found = true;
    }
  }
  f->n_batch = 0;
}

static void candidate(finding *f, const int64_t *leaves) {
  size_t n = f->s->g->n_leaf;
  memcpy(f->batch + f->n_batch * n, leaves, n * sizeof *leaves);
  if (++f->n_batch == SEARCH_BATCH) flush(f);
}

static bool over(const finding *f) { return f->found || f->failed || f->s->tried >= f->s->budget; }

/* The comparisons of the question at a record; false where something leaves 128 bits. */
static bool atoms_at(finding *f, const int64_t *leaves, bool *out) {
  const graph *g = f->s->g;
  for (size_t i = 0; i < f->n_cone; i++)
    if (!graph_value(g, f->cone[i], leaves, f->value, &f->value[f->cone[i]])) return false;
  for (size_t i = 0; i < f->n_atom; i++) out[i] = f->value[f->atom[i]] != 0;
  return true;
}

/* From the base along one input: the values at which comparisons turn, with their neighbours. */
static void along(finding *f, uint32_t leaf) {
  const graph_leaf *l = &f->s->g->leaf[leaf];
  size_t n = f->s->g->n_leaf;
  memcpy(f->now, f->base, n * sizeof *f->now);
  const int64_t ends[3] = {l->lo, l->hi, l->usual};
  for (int i = 0; i < 3; i++) {
    f->now[leaf] = ends[i];
    candidate(f, f->now);
  }
  f->now[leaf] = l->lo;
  if (!atoms_at(f, f->now, f->before)) return;
  f->now[leaf] = l->hi;
  if (!atoms_at(f, f->now, f->after)) return;
  bool *here = f->after + f->n_atom; /* room for a third row */
  int turns = 0;
  for (size_t a = 0; a < f->n_atom && turns < TURNS && !over(f); a++) {
    if (f->before[a] == f->after[a]) continue;
    turns++;
    int64_t lo = l->lo, hi = l->hi;
    while (hi - lo > 1) {
      int64_t mid = lo + (hi - lo) / 2;
      f->now[leaf] = mid;
      if (!atoms_at(f, f->now, here)) return;
      if (here[a] == f->before[a]) lo = mid;
      else hi = mid;
    }
    for (int64_t v = lo > l->lo ? lo - 1 : lo; v <= hi + 1 && v <= l->hi; v++) {
      f->now[leaf] = v;
      candidate(f, f->now);
    }
  }
}

static int64_t draw(finding *f, const graph_leaf *l) {
  uint64_t r = next_random(f), width = (uint64_t)l->hi - (uint64_t)l->lo, at = next_random(f);
  if (width != UINT64_MAX) at %= width + 1;
  if (r % 8 == 0) return l->usual;
  if (r % 8 == 1) return l->lo;
  if (r % 8 == 2) return l->hi;
  if (r % 8 < 6) at >>= next_random(f) % 64; /* small ones as often as large ones */
  return (int64_t)((uint64_t)l->lo + (width == UINT64_MAX ? at : at % (width + 1)));
}

static bool prepare(finding *f) {
  search *s = f->s;
  const graph *g = s->g;
  f->cone = graph_cone(g, f->arena, &s->question, 1, &f->n_cone);
  f->leaf = arena_array(f->arena, g->n_leaf + 1, sizeof *f->leaf);
  f->atom = arena_array(f->arena, f->n_cone + 1, sizeof *f->atom);
  f->value = arena_array(f->arena, g->n_node + 1, sizeof *f->value);
  f->before = arena_array(f->arena, f->n_cone + 1, 1);
  f->after = arena_array(f->arena, 2 * f->n_cone + 2, 1);
  f->base = arena_array(f->arena, g->n_leaf + 1, sizeof *f->base);
  f->now = arena_array(f->arena, g->n_leaf + 1, sizeof *f->now);
  f->batch = arena_array(f->arena, g->n_leaf + 1, SEARCH_BATCH * sizeof *f->batch);
  if (arena_failed(f->arena)) return false;
  for (size_t i = 0; i < f->n_cone; i++) {
    const graph_node *n = &g->node[f->cone[i]];
    if (n->op == NODE_LEAF) f->leaf[f->n_leaf++] = n->extra;
    if (n->op == NODE_LE || n->op == NODE_EQ) f->atom[f->n_atom++] = f->cone[i];
  }
  return true;
}

bool search_find(search *s, int64_t *point) {
  finding f = {.s = s, .arena = arena_new(s->alloc), .random = UINT64_C(0x9e3779b97f4a7c15), .point = point};
  if (!f.arena || !prepare(&f)) {
    arena_free(f.arena);
    return false;
  }
  memcpy(f.base, point, s->g->n_leaf * sizeof *f.base);
  do {
    candidate(&f, f.base);
    for (size_t i = 0; i < f.n_leaf && !over(&f); i++) along(&f, f.leaf[i]);
    flush(&f);
    for (size_t i = 0; i < f.n_leaf; i++) f.base[f.leaf[i]] = draw(&f, &s->g->leaf[f.leaf[i]]);
  } while (!over(&f) && f.n_leaf);
  arena_free(f.arena);
  return f.found;
}

/* ---- making it small ---- */

static bool is_hit(search *s, const int64_t *point) {
  bool hit[SEARCH_BATCH] = {false};
  s->tried++;
  return s->test(s->ctx, point, 1, hit) && hit[0];
}

/* One input as near to its usual value as the record stays a hit; did it move? */
static bool settle(search *s, int64_t *point, size_t leaf) {
  const graph_leaf *l = &s->g->leaf[leaf];
  int64_t good = point[leaf], bad = l->usual, old = good;
  if (good == bad) return false;
  point[leaf] = bad;
  if (is_hit(s, point)) return true;
  while (good - bad > 1 || bad - good > 1) {
    int64_t mid = bad + (good - bad) / 2;
    point[leaf] = mid;
    if (is_hit(s, point)) good = mid;
    else bad = mid;
  }
  point[leaf] = good;
  return good != old;
}

bool search_shrink(search *s, int64_t *point) {
  bool moved = is_hit(s, point);
  if (!moved) return false;
  for (int round = 0; moved && round < 4; round++) {
    moved = false;
    for (size_t i = s->g->n_leaf; i-- > 0;) moved = settle(s, point, i) || moved;
  }
  return true;
}
