/* Nodes of the graph in normal form; see graph.h. */
#include "proof/graph.h"
#include "base/decimal.h"
#include <string.h>

enum { MAX_TERMS = 512 }; /* longer sums keep their parts as they are */

#define PUSH(g, items, n, cap, item)                                                                                                                 \
  do {                                                                                                                                               \
    void *grown_ = arena_grow((g)->arena, (g)->items, (g)->n, &(g)->cap, (g)->n + 1, sizeof *(g)->items);                                            \
    if (!grown_) (g)->failed = true;                                                                                                                 \
    else {                                                                                                                                           \
      (g)->items = grown_;                                                                                                                           \
      (g)->items[(g)->n++] = (item);                                                                                                                 \
    }                                                                                                                                                \
  } while (0)

graph *graph_new(ppr_arena *arena, const native_table *natives) {
  graph *g = arena_alloc(arena, sizeof *g);
  if (!g) return NULL;
  g->arena = arena;
  g->natives = natives;
  graph_const(g, 0); /* node 0 is 0, node 1 is 1: what is returned when memory runs out is a node */
  graph_const(g, 1);
  return g->failed ? NULL : g;
}

/* ---- saturating arithmetic: the ends of the 128 bits stand for "and beyond" ---- */

static ppr_wide sat_add(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (a == WIDE_MIN || a == WIDE_MAX) return a;
  if (b == WIDE_MIN || b == WIDE_MAX) return b;
  if (wide_add(&r, a, b)) return r;
  return a < 0 ? WIDE_MIN : WIDE_MAX;
}

static ppr_wide sat_mul(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (a == 0 || b == 0) return 0;
  bool negative = (a < 0) != (b < 0), beyond = a == WIDE_MIN || a == WIDE_MAX || b == WIDE_MIN || b == WIDE_MAX;
  if (!beyond && wide_mul(&r, a, b)) return r;
  return negative ? WIDE_MIN : WIDE_MAX;
}

static ppr_wide floor_div(ppr_wide a, ppr_wide b) { return a / b - (a % b != 0 && a < 0); } /* b > 0 */

/* ---- consing ---- */

static const node_id *args_of(const graph *g, node_id a) { return &g->arg[g->node[a].first]; }

static uint64_t mix(uint64_t h, uint64_t v) { return (h ^ v) * UINT64_C(0x100000001b3) ^ (h >> 31); }

static uint64_t hash_of(const graph_node *n, const node_id *args, const ppr_wide *coefs) {
  uint64_t h = mix(mix(UINT64_C(0xcbf29ce484222325), (uint64_t)n->op), n->extra);
  h = mix(mix(h, (uint64_t)n->k), (uint64_t)(n->k >> 64));
  for (uint32_t i = 0; i < n->count; i++) h = mix(h, args[i]);
  for (uint32_t i = 0; coefs && i < n->count; i++) h = mix(mix(h, (uint64_t)coefs[i]), (uint64_t)(coefs[i] >> 64));
  return h ^ (h >> 29);
}

static bool same_node(const graph *g, node_id id, const graph_node *n, const node_id *args, const ppr_wide *coefs) {
  const graph_node *o = &g->node[id];
  if (o->op != n->op || o->extra != n->extra || o->k != n->k || o->count != n->count) return false;
  if (n->count && memcmp(&g->arg[o->first], args, n->count * sizeof *args)) return false;
  return !coefs || !memcmp(&g->coef[o->first], coefs, n->count * sizeof *coefs);
}

static bool hash_grow(graph *g) {
  if ((g->n_node + 1) * 2 <= g->hash_cap) return true;
  size_t cap = g->hash_cap ? g->hash_cap * 2 : 1024;
  uint32_t *grown = arena_array(g->arena, cap, sizeof *grown);
  if (!grown) return false;
  for (size_t i = 0; i < g->n_node; i++) {
    const graph_node *n = &g->node[i];
    size_t at = hash_of(n, &g->arg[n->first], n->op == NODE_LINEAR ? &g->coef[n->first] : NULL) & (cap - 1);
    while (grown[at]) at = (at + 1) & (cap - 1);
    grown[at] = (uint32_t)i + 1;
  }
  g->hash = grown;
  g->hash_cap = cap;
  return true;
}

/* The node with these contents, new or known. A node whose interval is one number is that constant. */
static node_id cons(graph *g, graph_node n, const node_id *args, const ppr_wide *coefs) {
  if (n.op != NODE_CONST && n.lo == n.hi && n.lo != WIDE_MIN && n.hi != WIDE_MAX) return graph_const(g, n.lo);
  if (g->failed || !hash_grow(g)) {
    g->failed = true;
    return 0;
  }
  size_t at = hash_of(&n, args, coefs) & (g->hash_cap - 1);
  for (; g->hash[at]; at = (at + 1) & (g->hash_cap - 1))
    if (same_node(g, g->hash[at] - 1, &n, args, coefs)) return g->hash[at] - 1;
  n.first = (uint32_t)g->n_arg;
  for (uint32_t i = 0; i < n.count; i++) {
    ppr_wide coef = coefs ? coefs[i] : 1;
    node_id arg = args[i];
    size_t n_coef = g->n_arg;
    void *grown = arena_grow(g->arena, g->coef, n_coef, &g->cap_coef, n_coef + 1, sizeof *g->coef);
    if (!grown) {
      g->failed = true;
      return 0;
    }
    g->coef = grown;
    g->coef[n_coef] = coef;
    PUSH(g, arg, n_arg, cap_arg, arg);
  }
  PUSH(g, node, n_node, cap_node, n);
  if (g->failed) return 0;
  g->hash[at] = (uint32_t)g->n_node;
  return (node_id)g->n_node - 1;
}

node_id graph_const(graph *g, ppr_wide k) { return cons(g, (graph_node){.op = NODE_CONST, .k = k, .lo = k, .hi = k}, NULL, NULL); }

node_id graph_unknown(graph *g, ppr_wide lo, ppr_wide hi) {
  return cons(g, (graph_node){.op = NODE_UNKNOWN, .extra = (uint32_t)g->n_node, .lo = lo, .hi = hi}, NULL, NULL);
}

static bool is_const(const graph *g, node_id a) { return g->node[a].op == NODE_CONST; }
static bool is_truth(const graph *g, node_id a) { return g->node[a].lo >= 0 && g->node[a].hi <= 1; }

/* ---- linear forms ---- */

typedef struct linear {
  ppr_wide k;
  uint32_t n;
  bool failed; /* beyond 128 bits or MAX_TERMS */
  node_id arg[MAX_TERMS];
  ppr_wide coef[MAX_TERMS];
} linear;

static void linear_term(linear *l, node_id a, ppr_wide by) {
  uint32_t lo = 0, hi = l->n;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (l->arg[mid] < a) lo = mid + 1;
    else hi = mid;
  }
  if (lo < l->n && l->arg[lo] == a) {
    if (!wide_add(&l->coef[lo], l->coef[lo], by)) l->failed = true;
    if (l->coef[lo]) return;
    l->n--;
    memmove(&l->arg[lo], &l->arg[lo + 1], (l->n - lo) * sizeof *l->arg);
    memmove(&l->coef[lo], &l->coef[lo + 1], (l->n - lo) * sizeof *l->coef);
    return;
  }
  if (l->n == MAX_TERMS) {
    l->failed = true;
    return;
  }
  memmove(&l->arg[lo + 1], &l->arg[lo], (l->n - lo) * sizeof *l->arg);
  memmove(&l->coef[lo + 1], &l->coef[lo], (l->n - lo) * sizeof *l->coef);
  l->arg[lo] = a;
  l->coef[lo] = by;
  l->n++;
}

static void linear_add(const graph *g, linear *l, node_id a, ppr_wide by) {
  const graph_node *n = &g->node[a];
  ppr_wide part;
  if (by == 0) return;
  if (n->op != NODE_CONST && n->op != NODE_LINEAR) {
    linear_term(l, a, by);
    return;
  }
  if (!wide_mul(&part, n->k, by) || !wide_add(&l->k, l->k, part)) l->failed = true;
  for (uint32_t i = 0; i < n->count && !l->failed; i++) {
    if (!wide_mul(&part, g->coef[n->first + i], by)) l->failed = true;
    else linear_term(l, g->arg[n->first + i], part);
  }
}

static void linear_range(const graph *g, const linear *l, ppr_wide *lo, ppr_wide *hi) {
  *lo = *hi = l->k;
  for (uint32_t i = 0; i < l->n; i++) {
    const graph_node *n = &g->node[l->arg[i]];
    ppr_wide c = l->coef[i];
    *lo = sat_add(*lo, sat_mul(c, c > 0 ? n->lo : n->hi));
    *hi = sat_add(*hi, sat_mul(c, c > 0 ? n->hi : n->lo));
  }
}

static node_id linear_node(graph *g, const linear *l) {
  if (l->failed) return graph_unknown(g, WIDE_MIN, WIDE_MAX);
  if (l->n == 0) return graph_const(g, l->k);
  if (l->n == 1 && l->coef[0] == 1 && l->k == 0) return l->arg[0];
  graph_node n = {.op = NODE_LINEAR, .count = l->n, .k = l->k};
  linear_range(g, l, &n.lo, &n.hi);
  return cons(g, n, l->arg, l->coef);
}

node_id graph_sum(graph *g, const node_id *parts, const ppr_wide *by, size_t count, ppr_wide k) {
  linear l = {.k = k, .n = 0, .failed = false};
  for (size_t i = 0; i < count; i++) linear_add(g, &l, parts[i], by ? by[i] : 1);
  return linear_node(g, &l);
}

node_id graph_add2(graph *g, node_id a, node_id b) { return graph_sum(g, (node_id[]){a, b}, NULL, 2, 0); }
node_id graph_sub(graph *g, node_id a, node_id b) { return graph_sum(g, (node_id[]){a, b}, (ppr_wide[]){1, -1}, 2, 0); }
node_id graph_scale(graph *g, node_id a, ppr_wide k) { return graph_sum(g, &a, &k, 1, 0); }
node_id graph_not(graph *g, node_id a) { return graph_sum(g, &a, (ppr_wide[]){-1}, 1, 1); }

/* x where a is 1 - x. */
static node_id negated(const graph *g, node_id a) {
  const graph_node *n = &g->node[a];
  return n->op == NODE_LINEAR && n->count == 1 && n->k == 1 && g->coef[n->first] == -1 ? g->arg[n->first] : NODE_NONE;
}

/* ---- comparison ---- */

/* The form without constant, divided by its greatest common divisor, first coefficient positive. `sign` -1: it was turned. */
static ppr_wide primitive(linear *l, int *sign) {
  ppr_wide common = 0;
  for (uint32_t i = 0; i < l->n; i++) {
    if (l->coef[i] == WIDE_MIN) return 0;
    common = wide_gcd(common, l->coef[i]);
  }
  *sign = l->coef[0] < 0 ? -1 : 1;
  for (uint32_t i = 0; i < l->n; i++) l->coef[i] = l->coef[i] / common * *sign;
  return common;
}

static node_id le_bound(graph *g, node_id x, ppr_wide k) {
  const graph_node *n = &g->node[x];
  if (n->hi <= k && n->hi != WIDE_MAX) return graph_const(g, 1);
  if (n->lo > k) return graph_const(g, 0);
  if (is_truth(g, x)) return graph_not(g, x); /* 0 <= k < 1 */
  return cons(g, (graph_node){.op = NODE_LE, .count = 1, .k = k, .lo = 0, .hi = 1}, &x, NULL);
}

static node_id le_linear(graph *g, linear *l) { /* l <= 0 */
  int sign;
  if (l->n == 0 && !l->failed) return graph_const(g, l->k <= 0);
  ppr_wide common = l->failed || l->k == WIDE_MIN ? 0 : primitive(l, &sign);
  if (!common) return graph_unknown(g, 0, 1);
  ppr_wide bound = floor_div(-l->k, common);
  l->k = 0;
  node_id x = linear_node(g, l);
  return sign > 0 ? le_bound(g, x, bound) : graph_not(g, le_bound(g, x, -bound - 1));
}

node_id graph_le(graph *g, node_id a, ppr_wide k) {
  linear l = {.k = 0, .n = 0, .failed = false};
  linear_add(g, &l, a, 1);
  if (!wide_sub(&l.k, l.k, k)) l.failed = true;
  return le_linear(g, &l);
}

static node_id less(graph *g, node_id a, node_id b, bool or_equal) {
  linear l = {.k = or_equal ? 0 : 1, .n = 0, .failed = false};
  linear_add(g, &l, a, 1);
  linear_add(g, &l, b, -1);
  return le_linear(g, &l);
}

node_id graph_eq(graph *g, node_id a, node_id b) {
  linear l = {.k = 0, .n = 0, .failed = false};
  int sign;
  linear_add(g, &l, a, 1);
  linear_add(g, &l, b, -1);
  if (l.n == 0 && !l.failed) return graph_const(g, l.k == 0);
  ppr_wide common = l.failed || l.k == WIDE_MIN ? 0 : primitive(&l, &sign);
  if (!common) return graph_unknown(g, 0, 1);
  if (l.k % common) return graph_const(g, 0);
  ppr_wide k = -l.k / common * sign;
  l.k = 0;
  node_id x = linear_node(g, &l);
  const graph_node *n = &g->node[x];
  if (k < n->lo || k > n->hi) return graph_const(g, 0);
  if (k == n->lo) return le_bound(g, x, k);
  if (k == n->hi) return graph_not(g, le_bound(g, x, k - 1));
  return cons(g, (graph_node){.op = NODE_EQ, .count = 1, .k = k, .lo = 0, .hi = 1}, &x, NULL);
}

node_id graph_truth(graph *g, node_id a) { return is_truth(g, a) ? a : graph_not(g, graph_eq(g, a, 0)); }

/* ---- conditions ---- */

/* Ascending set of operands; false where it is full. */
static bool insert(node_id *set, uint32_t *n, node_id a) {
  uint32_t at = 0;
  while (at < *n && set[at] < a) at++;
  if (at < *n && set[at] == a) return true;
  if (*n == MAX_TERMS) return false;
  memmove(&set[at + 1], &set[at], (*n - at) * sizeof *set);
  set[at] = a;
  ++*n;
  return true;
}

static bool flatten(const graph *g, node_op op, node_id *set, uint32_t *n, node_id a) {
  if (g->node[a].op != op) return insert(set, n, a);
  bool room = true;
  for (uint32_t i = 0; i < g->node[a].count; i++) room = room && insert(set, n, args_of(g, a)[i]);
  return room;
}

node_id graph_and(graph *g, node_id a, node_id b) {
  node_id set[MAX_TERMS];
  uint32_t n = 0;
  if (graph_is(g, a, 0) || graph_is(g, b, 0)) return 0;
  if (is_const(g, a)) return b;
  if (is_const(g, b) || a == b) return a;
  if (!flatten(g, NODE_AND, set, &n, a) || !flatten(g, NODE_AND, set, &n, b)) { /* too many: an `and` of two */
    set[0] = a < b ? a : b;
    set[1] = a < b ? b : a;
    n = 2;
  }
  for (uint32_t i = 0; i < n; i++) { /* x and not x */
    node_id x = negated(g, set[i]);
    for (uint32_t j = 0; x != NODE_NONE && j < n; j++)
      if (set[j] == x) return 0;
  }
  return n == 1 ? set[0] : cons(g, (graph_node){.op = NODE_AND, .count = n, .lo = 0, .hi = 1}, set, NULL);
}

node_id graph_or(graph *g, node_id a, node_id b) { return graph_not(g, graph_and(g, graph_not(g, a), graph_not(g, b))); }

node_id graph_choice(graph *g, node_id c, node_id a, node_id b) {
  if (is_const(g, c)) return g->node[c].k ? a : b;
  if (a == b) return a;
  node_id x = negated(g, c);
  if (x != NODE_NONE) return graph_choice(g, x, b, a);
  if (g->node[a].op == NODE_CHOICE && args_of(g, a)[0] == c) return graph_choice(g, c, args_of(g, a)[1], b);
  if (g->node[b].op == NODE_CHOICE && args_of(g, b)[0] == c) return graph_choice(g, c, a, args_of(g, b)[2]);
  if (is_truth(g, a) && is_truth(g, b)) { /* c and a, or not c and b */
    if (is_const(g, b)) return g->node[b].k ? graph_or(g, graph_not(g, c), a) : graph_and(g, c, a);
    if (is_const(g, a)) return g->node[a].k ? graph_or(g, c, b) : graph_and(g, graph_not(g, c), b);
  }
  const graph_node *p = &g->node[a], *q = &g->node[b];
  graph_node n = {.op = NODE_CHOICE, .count = 3, .lo = p->lo < q->lo ? p->lo : q->lo, .hi = p->hi > q->hi ? p->hi : q->hi};
  return cons(g, n, (node_id[]){c, a, b}, NULL);
}

/* ---- products, quotients, extremes ---- */

/* a = content * rest, rest without common divisor and with a positive first coefficient. */
static node_id content(graph *g, node_id a, ppr_wide *factor) {
  linear l = {.k = 0, .n = 0, .failed = false};
  *factor = 1;
  if (g->node[a].op != NODE_LINEAR) return a;
  linear_add(g, &l, a, 1);
  ppr_wide common = l.k == WIDE_MIN ? 1 : l.k;
  for (uint32_t i = 0; i < l.n; i++) common = l.coef[i] == WIDE_MIN ? 1 : wide_gcd(common, l.coef[i]);
  if (l.coef[0] < 0) common = -common;
  if (common == 1) return a;
  *factor = common;
  l.k /= common;
  for (uint32_t i = 0; i < l.n; i++) l.coef[i] /= common;
  return linear_node(g, &l);
}

static void product_range(ppr_wide a, ppr_wide b, ppr_wide c, ppr_wide d, ppr_wide *lo, ppr_wide *hi) {
  ppr_wide p[4] = {sat_mul(a, c), sat_mul(a, d), sat_mul(b, c), sat_mul(b, d)};
  *lo = *hi = p[0];
  for (int i = 1; i < 4; i++) {
    if (p[i] < *lo) *lo = p[i];
    if (p[i] > *hi) *hi = p[i];
  }
}

node_id graph_mul(graph *g, node_id a, node_id b) {
  ppr_wide f, h, by;
  if (is_const(g, a)) return graph_scale(g, b, g->node[a].k);
  if (is_const(g, b)) return graph_scale(g, a, g->node[b].k);
  a = content(g, a, &f);
  b = content(g, b, &h);
  if (!wide_mul(&by, f, h)) return graph_unknown(g, WIDE_MIN, WIDE_MAX);
  node_id pair[2] = {a < b ? a : b, a < b ? b : a};
  graph_node n = {.op = NODE_MUL, .count = 2};
  const graph_node *p = &g->node[a], *q = &g->node[b];
  product_range(p->lo, p->hi, q->lo, q->hi, &n.lo, &n.hi);
  return graph_scale(g, cons(g, n, pair, NULL), by);
}

/* Interval of the rounded quotient for positive divisors. */
static bool quotient_range(const graph_node *a, ppr_wide least, ppr_wide most, int mode, ppr_wide *lo, ppr_wide *hi) {
  ppr_wide from = a->lo, to = a->hi;
  if (from == WIDE_MIN || to == WIDE_MAX || least == WIDE_MIN || most == WIDE_MAX) return false;
  return dec_div_round(lo, from, from >= 0 ? most : least, mode) && dec_div_round(hi, to, to >= 0 ? least : most, mode);
}

node_id graph_div(graph *g, node_id a, node_id b, int mode) {
  ppr_wide f = 1, h = 1, q;
  if (is_const(g, b) && g->node[b].k == 0) return 0;
  if (is_const(g, a) && is_const(g, b))
    return dec_div_round(&q, g->node[a].k, g->node[b].k, mode) ? graph_const(g, q) : graph_unknown(g, WIDE_MIN, WIDE_MAX);
  if (is_const(g, a)) f = g->node[a].k;
  if (is_const(g, b)) h = g->node[b].k;
  node_id x = is_const(g, a) ? 1 : content(g, a, &f), y = is_const(g, b) ? 1 : content(g, b, &h);
  if (f == 0) return 0;
  if (f == WIDE_MIN || h == WIDE_MIN) return graph_unknown(g, WIDE_MIN, WIDE_MAX);
  ppr_wide common = wide_gcd(f, h);
  if (h < 0) common = -common; /* a constant divisor is positive */
  f /= common;
  h /= common;
  a = graph_scale(g, x, f);
  b = graph_scale(g, y, h);
  if (graph_is(g, b, 1)) return a;
  const graph_node *p = &g->node[a], *d = &g->node[b];
  graph_node n = {.op = NODE_DIV, .count = 2, .extra = (uint32_t)mode, .lo = WIDE_MIN, .hi = WIDE_MAX};
  if (p->lo != WIDE_MIN && p->hi != WIDE_MAX) { /* no quotient is larger than the dividend */
    ppr_wide most = wide_abs(p->lo) > wide_abs(p->hi) ? wide_abs(p->lo) : wide_abs(p->hi);
    n.lo = p->lo >= 0 && d->lo >= 0 ? 0 : -most;
    n.hi = p->hi <= 0 && d->lo >= 0 ? 0 : most;
    if (d->lo > 0) {
      ppr_wide lo, hi;
      if (quotient_range(p, d->lo, d->hi, mode, &lo, &hi)) n.lo = lo, n.hi = hi;
    }
  }
  return cons(g, n, (node_id[]){a, b}, NULL);
}

node_id graph_min(graph *g, node_id a, node_id b) {
  node_id set[MAX_TERMS];
  uint32_t n = 0;
  if (g->node[a].hi <= g->node[b].lo) return a;
  if (g->node[b].hi <= g->node[a].lo) return b;
  if (!flatten(g, NODE_MIN, set, &n, a) || !flatten(g, NODE_MIN, set, &n, b)) return graph_unknown(g, WIDE_MIN, WIDE_MAX);
  graph_node m = {.op = NODE_MIN, .count = n, .lo = g->node[set[0]].lo, .hi = g->node[set[0]].hi};
  for (uint32_t i = 1; i < n; i++) {
    if (g->node[set[i]].lo < m.lo) m.lo = g->node[set[i]].lo;
    if (g->node[set[i]].hi < m.hi) m.hi = g->node[set[i]].hi;
  }
  return n == 1 ? set[0] : cons(g, m, set, NULL);
}

node_id graph_max(graph *g, node_id a, node_id b) { return graph_scale(g, graph_min(g, graph_scale(g, a, -1), graph_scale(g, b, -1)), -1); }

node_id graph_abs(graph *g, node_id a) {
  ppr_wide f;
  if (g->node[a].lo >= 0) return a;
  if (g->node[a].hi <= 0) return graph_scale(g, a, -1);
  a = content(g, a, &f);
  if (f == WIDE_MIN) return graph_unknown(g, 0, WIDE_MAX);
  ppr_wide low = sat_mul(g->node[a].lo, -1), hi = g->node[a].hi;
  return graph_scale(g, cons(g, (graph_node){.op = NODE_ABS, .count = 1, .lo = 0, .hi = low > hi ? low : hi}, &a, NULL), wide_abs(f));
}

node_id graph_beyond(graph *g, int operation, node_id a, node_id b) {
  const graph_node *p = &g->node[a], *q = &g->node[b];
  ppr_wide lo = sat_add(p->lo, operation ? sat_mul(q->hi, -1) : q->lo), hi = sat_add(p->hi, operation ? sat_mul(q->lo, -1) : q->hi);
  if (operation == 2) product_range(p->lo, p->hi, q->lo, q->hi, &lo, &hi);
  if (lo != WIDE_MIN && hi != WIDE_MAX) return 0;
  return cons(g, (graph_node){.op = NODE_BEYOND, .count = 2, .extra = (uint32_t)operation, .lo = 0, .hi = 1}, (node_id[]){a, b}, NULL);
}

/* ---- tables and functions ---- */

static uint32_t table_of(graph *g, const int64_t *cells, uint32_t n) {
  for (size_t t = 0; t < g->n_table; t++)
    if (g->table[t].n == n && !memcmp(g->table[t].cells, cells, n * sizeof *cells)) return (uint32_t)t;
  int64_t *copy = arena_array(g->arena, n, sizeof *copy);
  if (!copy) {
    g->failed = true;
    return 0;
  }
  memcpy(copy, cells, n * sizeof *cells);
  graph_table t = {copy, n};
  PUSH(g, table, n_table, cap_table, t);
  return (uint32_t)g->n_table - 1;
}

node_id graph_look(graph *g, node_id a, const int64_t *cells, uint32_t n) {
  const graph_node *i = &g->node[a];
  graph_node m = {.op = NODE_LOOK, .count = 1, .lo = 0, .hi = 0};
  bool any = i->lo < 0 || i->hi >= n; /* then 0 is among the values */
  for (ppr_wide k = i->lo < 0 ? 0 : i->lo; k < n && k <= i->hi; k++) {
    int64_t cell = cells[(size_t)k];
    m.lo = !any || cell < m.lo ? cell : m.lo;
    m.hi = !any || cell > m.hi ? cell : m.hi;
    any = true;
  }
  m.extra = table_of(g, cells, n);
  return cons(g, m, &a, NULL);
}

node_id graph_rank(graph *g, node_id a, const int64_t *bounds, uint32_t n) {
  const graph_node *i = &g->node[a];
  graph_node m = {.op = NODE_RANK, .count = 1, .lo = 0, .hi = 0};
  for (uint32_t k = 0; k < n; k++) {
    m.lo += bounds[k] <= i->lo;
    m.hi += bounds[k] <= i->hi;
  }
  m.extra = table_of(g, bounds, n);
  return cons(g, m, &a, NULL);
}

static uint32_t native_of(graph *g, const ppr_native *f) {
  for (size_t i = 0; i < g->n_native; i++)
    if (g->native[i] == f) return (uint32_t)i;
  PUSH(g, native, n_native, cap_native, f);
  return (uint32_t)g->n_native - 1;
}

node_id graph_call(graph *g, const ppr_native *f, const node_id *args, uint32_t n, bool fails) {
  const graph_known_call *known = f ? graph_known(f->name) : NULL;
  if (!f) return fails ? graph_unknown(g, 0, 1) : graph_unknown(g, INT64_MIN, INT64_MAX);
  graph_node m = {.op = fails ? NODE_FAILS : NODE_CALL, .count = n, .extra = native_of(g, f), .lo = 0, .hi = 1};
  ppr_wide lo[PPR_NATIVE_PARAMS], hi[PPR_NATIVE_PARAMS], result[2];
  for (uint32_t i = 0; i < n && i < PPR_NATIVE_PARAMS; i++) lo[i] = g->node[args[i]].lo, hi[i] = g->node[args[i]].hi;
  bool sure = graph_call_range(g, m.extra, n, lo, hi, result);
  if (fails) return sure ? 0 : cons(g, m, args, NULL);
  if (sure && known && known->by[0]) {
    ppr_wide by[2] = {known->by[0], known->by[1]};
    return graph_sum(g, args, by, n, 0);
  }
  m.lo = sure ? result[0] : f->lo < 0 ? f->lo : 0; /* 0 where it fails */
  m.hi = sure ? result[1] : f->hi > 0 ? f->hi : 0;
  return cons(g, m, args, NULL);
}

node_id graph_less(graph *g, node_id a, node_id b, bool or_equal) { return less(g, a, b, or_equal); }

node_id graph_leaf_node(graph *g, const char *label, bool absence, int64_t lo, int64_t hi, int64_t usual, uint32_t *leaf) {
  for (size_t i = 0; i < g->n_leaf; i++) {
    graph_leaf *l = &g->leaf[i];
    if (l->absence != absence || strcmp(l->label, label)) continue;
    if (lo > l->lo) l->lo = lo; /* its node keeps the wider interval: what is folded with it stays true */
    if (hi < l->hi) l->hi = hi;
    if (l->usual < l->lo) l->usual = l->lo;
    if (l->usual > l->hi) l->usual = l->hi;
    *leaf = (uint32_t)i;
    return l->node;
  }
  *leaf = (uint32_t)g->n_leaf;
  graph_leaf l = {label, absence, lo, hi, usual, 0};
  graph_node n = {.op = NODE_LEAF, .extra = *leaf, .lo = lo, .hi = hi};
  l.node = cons(g, n, NULL, NULL);
  PUSH(g, leaf, n_leaf, cap_leaf, l);
  return l.node;
}
