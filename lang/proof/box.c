/* Branch and prune: see box.h. Changes of intervals are kept on a trail, so that going back costs what was changed. */
#include "proof/box_int.h"
#include <string.h>

enum { POINTS = 4, FEW = 256 }; /* corners tried where only numbers are left to decide */

typedef struct decision {
  size_t trail;
  uint32_t at;
  ppr_wide lo, hi; /* the other part */
  bool second;     /* it was tried too */
} decision;

typedef struct solving {
  box b, pure; /* pure: the same with intervals of its own */
  const bool *cut;
  uint32_t root;
  uint64_t budget, splits;
  decision *stack;
  size_t n_stack, cap_stack;
  bool *relevant;
  ppr_wide *value; /* per node of the graph */
  int64_t *leaves, *usual;
  const int64_t *guess;
  bool gave_up; /* a part was left undecided: what it rests on cannot be computed */
} solving;

/* ---- building ---- */

static bool is_cut(const solving *s, node_id id) { return s->cut && s->cut[id]; }

/* The nodes of the question, not looking into cuts. */
static bool collect(solving *s, node_id question) {
  const graph *g = s->b.g;
  box *b = &s->b;
  uint8_t *in = arena_array(b->arena, g->n_node + 1, 1);
  uint32_t *index = arena_array(b->arena, g->n_node + 1, sizeof *index);
  if (!in || !index) return false;
  in[question] = 1;
  size_t args = 0;
  for (node_id i = question + 1; i-- > 0;) {
    if (!in[i]) continue;
    b->n++;
    if (is_cut(s, i)) continue;
    args += g->node[i].count;
    for (uint32_t k = 0; k < g->node[i].count; k++) in[g->arg[g->node[i].first + k]] = 1;
  }
  b->id = arena_array(b->arena, b->n, sizeof *b->id);
  b->first = arena_array(b->arena, b->n, sizeof *b->first);
  b->count = arena_array(b->arena, b->n, sizeof *b->count);
  b->arg = arena_array(b->arena, args + 1, sizeof *b->arg);
  b->parent = arena_array(b->arena, args + 1, sizeof *b->parent);
  b->parent_at = arena_array(b->arena, (size_t)b->n + 2, sizeof *b->parent_at);
  b->lo = arena_array(b->arena, b->n, sizeof *b->lo);
  b->hi = arena_array(b->arena, b->n, sizeof *b->hi);
  b->queue = arena_array(b->arena, (size_t)b->n + 1, sizeof *b->queue);
  b->queued = arena_array(b->arena, b->n, sizeof *b->queued);
  s->relevant = arena_array(b->arena, b->n, sizeof *s->relevant);
  s->value = arena_array(b->arena, g->n_node + 1, sizeof *s->value);
  s->leaves = arena_array(b->arena, g->n_leaf + 1, sizeof *s->leaves);
  s->usual = arena_array(b->arena, g->n_leaf + 1, sizeof *s->usual);
  s->pure = *b;
  s->pure.lo = arena_array(b->arena, b->n, sizeof *b->lo);
  s->pure.hi = arena_array(b->arena, b->n, sizeof *b->hi);
  if (arena_failed(b->arena)) return false;
  uint32_t at = 0, n_arg = 0;
  for (node_id i = 0; i <= question; i++) {
    if (!in[i]) continue;
    const graph_node *n = &g->node[i];
    index[i] = at;
    b->id[at] = i;
    b->first[at] = n_arg;
    b->count[at] = is_cut(s, i) ? 0 : n->count;
    b->lo[at] = n->lo;
    b->hi[at] = n->hi;
    if (n->op == NODE_LEAF) b->lo[at] = g->leaf[n->extra].lo, b->hi[at] = g->leaf[n->extra].hi;
    for (uint32_t k = 0; k < b->count[at]; k++) {
      b->arg[n_arg] = index[g->arg[n->first + k]];
      b->parent_at[b->arg[n_arg++] + 2]++;
    }
    at++;
  }
  for (uint32_t i = 2; i < b->n + 2; i++) b->parent_at[i] += b->parent_at[i - 1];
  for (uint32_t i = 0; i < b->n; i++) /* parent_at[x + 1] runs from the first to behind the last parent of x */
    for (uint32_t k = 0; k < b->count[i]; k++) b->parent[b->parent_at[b->arg[b->first[i] + k] + 1]++] = i;
  s->root = b->n - 1;
  return true;
}

/* ---- narrowing ---- */

static void enqueue(box *b, uint32_t at) {
  if (b->queued[at]) return;
  b->queued[at] = true;
  b->queue[b->tail] = at;
  b->tail = b->tail == b->n ? 0 : b->tail + 1;
}

static uint32_t dequeue(box *b) {
  uint32_t at = b->queue[b->head];
  b->head = b->head == b->n ? 0 : b->head + 1;
  b->queued[at] = false;
  return at;
}

static bool infinite(ppr_wide a) { return a == WIDE_MIN || a == WIDE_MAX; }

bool box_narrow(box *b, uint32_t at, ppr_wide lo, ppr_wide hi) {
  ppr_wide old_lo = b->lo[at], old_hi = b->hi[at];
  if (lo < old_lo) lo = old_lo;
  if (hi > old_hi) hi = old_hi;
  if (lo == old_lo && hi == old_hi) return true;
  if (lo > hi) return false;
  box_change *grown = arena_grow(b->arena, b->trail, b->n_trail, &b->cap_trail, b->n_trail + 1, sizeof *grown);
  if (!grown) {
    b->failed = true;
    return true;
  }
  b->trail = grown;
  b->trail[b->n_trail++] = (box_change){at, old_lo, old_hi};
  b->lo[at] = lo;
  b->hi[at] = hi;
  /* Small steps are kept but not told: two sums can push each other along for ever. Splitting goes on from there. */
  bool worth = infinite(old_lo) || infinite(old_hi) || lo == hi || (old_hi / 16 - old_lo / 16) < (lo - old_lo) + (old_hi - hi);
  if (!worth) return true;
  enqueue(b, at);
  for (uint32_t i = b->parent_at[at]; i < b->parent_at[at + 1]; i++) enqueue(b, b->parent[i]);
  return true;
}

/* Until nothing changes; false: no value is left somewhere. */
static bool propagate(box *b) {
  bool right = true;
  while (right && b->head != b->tail) {
    b->spent += 1 + b->count[b->queue[b->head]] / 4;
    right = contract_node(b, dequeue(b));
  }
  while (b->head != b->tail) dequeue(b);
  return right;
}

static void go_back(box *b, size_t trail) {
  while (b->n_trail > trail) {
    const box_change *c = &b->trail[--b->n_trail];
    b->lo[c->at] = c->lo;
    b->hi[c->at] = c->hi;
  }
}

/* ---- choosing ---- */

static bool fixed(const box *b, uint32_t at) { return b->lo[at] == b->hi[at]; }

/* The intervals that follow from those of the leaves alone: what is asked for above them is left aside. */
static void look_forward(solving *s) {
  box *pure = &s->pure;
  for (uint32_t i = 0; i < s->b.n; i++) {
    const graph_node *n = &s->b.g->node[s->b.id[i]];
    if (!s->b.count[i]) pure->lo[i] = s->b.lo[i], pure->hi[i] = s->b.hi[i];
    else if (!contract_forward(pure, i, &pure->lo[i], &pure->hi[i])) pure->lo[i] = n->lo, pure->hi[i] = n->hi;
  }
}

/* Is the choice of the second or third operand made, and not this one? */
static bool not_chosen(const box *b, uint32_t at, uint32_t operand) {
  uint32_t c = b->arg[b->first[at]];
  return operand > 0 && fixed(b, c) && (b->lo[c] == 1) != (operand == 1);
}

/* An `and` that shall not hold: does another operand see to it already? */
static bool not_needed(const box *b, uint32_t at, uint32_t operand) {
  if (b->hi[at] != 0 || b->hi[b->arg[b->first[at] + operand]] == 0) return false;
  for (uint32_t k = 0; k < b->count[at]; k++)
    if (b->hi[b->arg[b->first[at] + k]] == 0) return true;
  return false;
}

static bool is_condition(const box *b, uint32_t at) {
  node_op op = b->g->node[b->id[at]].op;
  return b->lo[at] == 0 && b->hi[at] == 1 && op != NODE_AND && op != NODE_LINEAR;
}

/* Numbers of few values first, as quarters: functions of them are then known. Else the widest. */
static bool sooner(const box *b, uint32_t i, uint32_t than) {
  ppr_wide width = b->hi[i] / 2 - b->lo[i] / 2, other = b->hi[than] / 2 - b->lo[than] / 2;
  return other < FEW ? width < other : width < FEW || width > other;
}

/* Marks what the answer still depends on; returns the node to decide next: a condition if one is left, else the widest number; n: whatever the leaves
 * are, the question holds. */
static uint32_t choose(solving *s) {
  const box *b = &s->b;
  uint32_t condition = b->n, number = b->n;
  look_forward(s);
  memset(s->relevant, 0, b->n * sizeof *s->relevant);
  s->relevant[s->root] = true;
  for (uint32_t i = b->n; i-- > 0;) {
    if (!s->relevant[i]) continue;
    if (condition == b->n && is_condition(b, i)) condition = i;
    if (!b->count[i]) {
      if (!fixed(b, i) && (number == b->n || sooner(b, i, number))) number = i;
      continue;
    }
    if (fixed(b, i) && s->pure.lo[i] == b->lo[i] && s->pure.hi[i] == b->hi[i]) continue;
    node_op op = b->g->node[b->id[i]].op;
    for (uint32_t k = 0; k < b->count[i]; k++)
      if (!(op == NODE_CHOICE && not_chosen(b, i, k)) && !(op == NODE_AND && not_needed(b, i, k))) s->relevant[b->arg[b->first[i] + k]] = true;
  }
  return condition < b->n ? condition : number;
}

/* ---- points ---- */

static bool holds_at(solving *s) {
  const graph *g = s->b.g;
  for (uint32_t i = 0; i < s->b.n; i++)
    if (!graph_value(g, s->b.id[i], s->leaves, s->value, &s->value[s->b.id[i]])) s->value[s->b.id[i]] = 0; /* behind a fault; the machine knows */
  s->b.spent += s->b.n / 2;
  return s->value[s->b.id[s->root]] == 1;
}

static int64_t within(const box *b, uint32_t at, int64_t v) { return v < b->lo[at] ? (int64_t)b->lo[at] : v > b->hi[at] ? (int64_t)b->hi[at] : v; }

/* Some points of the present box: nearest to the guess, to the usual values, the lower, the upper corner, the middle. */
static bool try_points(solving *s) {
  const box *b = &s->b;
  if (s->cut) return false;
  for (int form = -1; form < POINTS; form++) {
    memcpy(s->leaves, s->guess, b->g->n_leaf * sizeof *s->leaves);
    for (uint32_t i = 0; i < b->n; i++) {
      const graph_node *n = &b->g->node[b->id[i]];
      if (n->op != NODE_LEAF) continue;
      int64_t v = form == -1 ? s->guess[n->extra] : s->usual[n->extra];
      if (form == 1) v = (int64_t)b->lo[i];
      if (form == 2) v = (int64_t)b->hi[i];
      if (form == 3) v = (int64_t)(b->lo[i] + (b->hi[i] - b->lo[i]) / 2);
      s->leaves[n->extra] = within(b, i, v);
    }
    if (holds_at(s)) return true;
  }
  return false;
}

/* ---- search ---- */

static bool split(solving *s, uint32_t at) {
  box *b = &s->b;
  ppr_wide lo = b->lo[at], hi = b->hi[at], mid = lo == WIDE_MIN || hi == WIDE_MAX ? 0 : lo + (hi - lo) / 2;
  decision *grown = arena_grow(b->arena, s->stack, s->n_stack, &s->cap_stack, s->n_stack + 1, sizeof *grown);
  if (!grown) return false;
  s->stack = grown;
  bool upper = hi - lo == 1 && lo == 0 && b->count[at]; /* a condition: first that it holds */
  s->stack[s->n_stack++] = (decision){b->n_trail, at, upper ? lo : mid + 1, upper ? mid : hi, false};
  s->splits++;
  enqueue(b, at);
  return upper ? box_narrow(b, at, mid + 1, hi) : box_narrow(b, at, lo, mid);
}

/* To the last decision with an untried other part; false: there is none. */
static bool other_part(solving *s) {
  while (s->n_stack) {
    decision *d = &s->stack[s->n_stack - 1];
    go_back(&s->b, d->trail);
    if (!d->second) {
      d->second = true;
      if (box_narrow(&s->b, d->at, d->lo, d->hi)) {
        enqueue(&s->b, d->at);
        return true;
      }
    }
    s->n_stack--;
  }
  return false;
}

/* Was the last decision about a number? */
static bool halving(const solving *s) { return s->n_stack && !s->b.count[s->stack[s->n_stack - 1].at]; }

static box_answer run(solving *s) {
  box *b = &s->b;
  for (uint32_t i = 0; i < b->n; i++) enqueue(b, i);
  if (!box_narrow(b, s->root, 1, 1)) return BOX_NONE;
  bool alive = propagate(b);
  if (alive && try_points(s)) return BOX_POINT;
  for (;;) {
    if (b->failed) return BOX_UNKNOWN;
    if (b->spent > s->budget) return BOX_BUDGET;
    if (!alive) {
      if (!other_part(s)) return s->gave_up ? BOX_UNKNOWN : BOX_NONE;
      alive = propagate(b);
      continue;
    }
    uint32_t at = choose(s);
    bool numbers = at == b->n || !b->count[at];
    if (s->cut && at == b->n) return BOX_BUDGET;
    if (numbers && try_points(s)) return BOX_POINT;
    if (numbers && !halving(s) && linear_empty(b, s->relevant, &s->pure)) {
      alive = false;
      continue;
    }
    if (at == b->n || b->lo[at] == WIDE_MIN || b->hi[at] == WIDE_MAX) { /* every value of the box would do, were all of them known */
      s->gave_up = true;
      alive = false;
      continue;
    }
    alive = split(s, at) && propagate(b);
  }
}

box_result box_solve(const graph *g, ppr_alloc alloc, node_id question, uint64_t budget, const bool *cut, int64_t *point) {
  box_result r = {BOX_NONE, 0, 0, cut != NULL};
  if (graph_is(g, question, 0)) return r;
  solving s = {.b = {.g = g, .arena = arena_new(alloc)}, .cut = cut, .budget = budget};
  if (!s.b.arena || !collect(&s, question)) {
    arena_free(s.b.arena);
    r.answer = BOX_UNKNOWN;
    return r;
  }
  s.guess = point;
  for (size_t i = 0; i < g->n_leaf; i++) s.usual[i] = g->leaf[i].usual;
  r.answer = run(&s);
  r.spent = s.b.spent;
  r.splits = s.splits;
  if (r.answer == BOX_POINT) memcpy(point, s.leaves, g->n_leaf * sizeof *point);
  arena_free(s.b.arena);
  return r;
}

/* What a comparison is about becomes free, behind sums and choices: those are looked into. Ascending operands end the recursion. */
static void cut_part(const graph *g, bool *cut, bool *seen, node_id part, bool *any) {
  const graph_node *n = &g->node[part];
  if (seen[part] || n->op == NODE_LEAF || n->op == NODE_CONST || n->op == NODE_UNKNOWN || (n->lo >= 0 && n->hi <= 1)) return;
  seen[part] = true;
  if (n->op == NODE_LINEAR || n->op == NODE_CHOICE || n->op == NODE_MIN)
    for (uint32_t i = n->op == NODE_CHOICE; i < n->count; i++) cut_part(g, cut, seen, g->arg[n->first + i], any);
  else cut[part] = *any = true;
}

static bool *cut_numbers(const graph *g, ppr_arena *arena, node_id question, bool *any) {
  size_t n;
  node_id *cone = graph_cone(g, arena, &question, 1, &n);
  bool *cut = arena_array(arena, g->n_node + 1, sizeof *cut), *seen = arena_array(arena, g->n_node + 1, sizeof *seen);
  *any = false;
  for (size_t i = 0; cone && cut && seen && i < n; i++) {
    const graph_node *c = &g->node[cone[i]];
    if (c->op == NODE_LE || c->op == NODE_EQ) cut_part(g, cut, seen, g->arg[c->first], any);
  }
  return cut;
}

box_result box_decide(const graph *g, ppr_alloc alloc, node_id question, uint64_t budget, int64_t *point) {
  ppr_arena *arena = arena_new(alloc);
  bool any = false, *cut = arena ? cut_numbers(g, arena, question, &any) : NULL;
  box_result r = {BOX_UNKNOWN, 0, 0, false};
  if (any && cut) r = box_solve(g, alloc, question, budget / 8, cut, point);
  if (!any || r.answer != BOX_NONE) {
    uint64_t spent = r.spent, splits = r.splits;
    r = box_solve(g, alloc, question, budget, NULL, point);
    r.spent += spent;
    r.splits += splits;
  }
  arena_free(arena);
  return r;
}
