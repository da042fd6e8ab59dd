/* Intervals through one node: forward from its operands, backward to them. The ends of the 128 bits stand for "and beyond". */
#include "base/decimal.h"
#include "proof/box_int.h"

static bool bounded(ppr_wide a) { return a != WIDE_MIN && a != WIDE_MAX; }

static ppr_wide add(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (!bounded(a)) return a;
  if (!bounded(b)) return b;
  return wide_add(&r, a, b) ? r : a < 0 ? WIDE_MIN : WIDE_MAX;
}

static ppr_wide mul(ppr_wide a, ppr_wide b) {
  ppr_wide r;
  if (a == 0 || b == 0) return 0;
  if (bounded(a) && bounded(b) && wide_mul(&r, a, b)) return r;
  return (a < 0) != (b < 0) ? WIDE_MIN : WIDE_MAX;
}

static ppr_wide down(ppr_wide a, ppr_wide b) {
  return !bounded(a) ? (b > 0 ? a : a == WIDE_MIN ? WIDE_MAX : WIDE_MIN) : a / b - (a % b != 0 && (a < 0) != (b < 0));
}
static ppr_wide up(ppr_wide a, ppr_wide b) {
  return !bounded(a) ? (b > 0 ? a : a == WIDE_MIN ? WIDE_MAX : WIDE_MIN) : a / b + (a % b != 0 && (a < 0) == (b < 0));
}
static ppr_wide least(ppr_wide a, ppr_wide b) { return a < b ? a : b; }
static ppr_wide most(ppr_wide a, ppr_wide b) { return a > b ? a : b; }

static uint32_t arg_of(const box *b, uint32_t at, uint32_t i) { return b->arg[b->first[at] + i]; }

/* ---- forward ---- */

static void hull(ppr_wide *lo, ppr_wide *hi, ppr_wide from, ppr_wide to) {
  *lo = least(*lo, from);
  *hi = most(*hi, to);
}

static void corners(ppr_wide a, ppr_wide b, ppr_wide c, ppr_wide d, ppr_wide *lo, ppr_wide *hi) {
  ppr_wide p = mul(a, c);
  *lo = *hi = p;
  hull(lo, hi, mul(a, d), mul(a, d));
  hull(lo, hi, mul(b, c), mul(b, c));
  hull(lo, hi, mul(b, d), mul(b, d));
}

/* Quotients by divisors of one sign. */
static bool quotients(ppr_wide a, ppr_wide b, ppr_wide c, ppr_wide d, int mode, ppr_wide *lo, ppr_wide *hi) {
  ppr_wide q[4];
  if (!bounded(a) || !bounded(b) || !bounded(c) || !bounded(d)) return false;
  if (!dec_div_round(&q[0], a, c, mode) || !dec_div_round(&q[1], a, d, mode) || !dec_div_round(&q[2], b, c, mode) ||
      !dec_div_round(&q[3], b, d, mode))
    return false;
  for (int i = 0; i < 4; i++) hull(lo, hi, q[i], q[i]);
  return true;
}

static bool forward_div(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi) {
  uint32_t x = arg_of(b, at, 0), y = arg_of(b, at, 1);
  int mode = (int)b->g->node[b->id[at]].extra;
  ppr_wide from = b->lo[y], to = b->hi[y];
  *lo = WIDE_MAX;
  *hi = WIDE_MIN;
  if (from <= 0 && to >= 0) *lo = *hi = 0; /* of a zero divisor */
  if (from < 0 && !quotients(b->lo[x], b->hi[x], from, least(to, -1), mode, lo, hi)) return false;
  if (to > 0 && !quotients(b->lo[x], b->hi[x], most(from, 1), to, mode, lo, hi)) return false;
  return true;
}

static void forward_linear(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi) {
  const graph_node *n = &b->g->node[b->id[at]];
  *lo = *hi = n->k;
  for (uint32_t i = 0; i < n->count; i++) {
    ppr_wide c = b->g->coef[n->first + i];
    uint32_t x = arg_of(b, at, i);
    *lo = add(*lo, mul(c, c > 0 ? b->lo[x] : b->hi[x]));
    *hi = add(*hi, mul(c, c > 0 ? b->hi[x] : b->lo[x]));
  }
}

static void forward_look(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi) {
  const graph_table *t = &b->g->table[b->g->node[b->id[at]].extra];
  uint32_t x = arg_of(b, at, 0);
  *lo = WIDE_MAX;
  *hi = WIDE_MIN;
  if (b->lo[x] < 0 || b->hi[x] >= t->n) *lo = *hi = 0;
  for (ppr_wide i = most(b->lo[x], 0); i <= b->hi[x] && i < t->n; i++) hull(lo, hi, t->cells[(size_t)i], t->cells[(size_t)i]);
}

static bool forward_call(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi) {
  const graph_node *n = &b->g->node[b->id[at]];
  ppr_wide from[PPR_NATIVE_PARAMS], to[PPR_NATIVE_PARAMS], result[2];
  bool point = true;
  for (uint32_t i = 0; i < n->count && i < PPR_NATIVE_PARAMS; i++) {
    uint32_t x = arg_of(b, at, i);
    from[i] = b->lo[x];
    to[i] = b->hi[x];
    point = point && from[i] == to[i];
  }
  if (point) {
    bool known = graph_call_value(b->g, n, from, lo);
    *hi = *lo;
    return known;
  }
  if (!graph_call_range(b->g, n->extra, n->count, from, to, result)) return false;
  *lo = n->op == NODE_FAILS ? 0 : result[0];
  *hi = n->op == NODE_FAILS ? 0 : result[1];
  return true;
}

bool contract_forward(const box *b, uint32_t at, ppr_wide *lo, ppr_wide *hi) {
  const graph_node *n = &b->g->node[b->id[at]];
  if (!b->count[at]) return false;
  uint32_t x = arg_of(b, at, 0), y = b->count[at] > 1 ? arg_of(b, at, 1) : x;
  switch (n->op) {
  case NODE_LINEAR: forward_linear(b, at, lo, hi); return true;
  case NODE_MUL: corners(b->lo[x], b->hi[x], b->lo[y], b->hi[y], lo, hi); return true;
  case NODE_DIV: return forward_div(b, at, lo, hi);
  case NODE_MIN:
    *lo = b->lo[x];
    *hi = b->hi[x];
    for (uint32_t i = 1; i < n->count; i++) {
      *lo = least(*lo, b->lo[arg_of(b, at, i)]);
      *hi = least(*hi, b->hi[arg_of(b, at, i)]);
    }
    return true;
  case NODE_ABS: {
    ppr_wide low = mul(b->lo[x], -1), high = mul(b->hi[x], -1);
    *lo = b->lo[x] > 0 ? b->lo[x] : b->hi[x] < 0 ? high : 0;
    *hi = most(low, b->hi[x]);
    return true;
  }
  case NODE_CHOICE:
    x = arg_of(b, at, b->hi[x] == 0 ? 2 : 1);
    y = arg_of(b, at, b->lo[arg_of(b, at, 0)] == 1 ? 1 : 2);
    *lo = least(b->lo[x], b->lo[y]);
    *hi = most(b->hi[x], b->hi[y]);
    return true;
  case NODE_LE:
    *lo = b->hi[x] <= n->k && b->hi[x] != WIDE_MAX;
    *hi = b->lo[x] <= n->k;
    return true;
  case NODE_EQ:
    *lo = b->lo[x] == n->k && b->hi[x] == n->k;
    *hi = b->lo[x] <= n->k && b->hi[x] >= n->k;
    return true;
  case NODE_AND:
    *lo = *hi = 1;
    for (uint32_t i = 0; i < n->count; i++) {
      *lo = least(*lo, b->lo[arg_of(b, at, i)]);
      *hi = least(*hi, b->hi[arg_of(b, at, i)]);
    }
    return true;
  case NODE_LOOK: forward_look(b, at, lo, hi); return true;
  case NODE_RANK: {
    const graph_table *t = &b->g->table[n->extra];
    *lo = *hi = 0;
    for (uint32_t i = 0; i < t->n; i++) {
      *lo += t->cells[i] <= b->lo[x];
      *hi += t->cells[i] <= b->hi[x];
    }
    return true;
  }
  case NODE_CALL:
  case NODE_FAILS: return forward_call(b, at, lo, hi);
  case NODE_BEYOND: {
    ppr_wide from = add(b->lo[x], n->extra ? mul(b->hi[y], -1) : b->lo[y]), to = add(b->hi[x], n->extra ? mul(b->lo[y], -1) : b->hi[y]);
    if (n->extra == 2) corners(b->lo[x], b->hi[x], b->lo[y], b->hi[y], &from, &to);
    *lo = 0;
    *hi = !bounded(from) || !bounded(to);
    return true;
  }
  case NODE_CONST:
  case NODE_LEAF:
  case NODE_UNKNOWN: break;
  }
  return false;
}

/* ---- backward ---- */

static bool back_linear(box *b, uint32_t at) {
  const graph_node *n = &b->g->node[b->id[at]];
  ppr_wide lo, hi;
  forward_linear(b, at, &lo, &hi);
  if (!bounded(lo) || !bounded(hi)) return true;
  for (uint32_t i = 0; i < n->count; i++) { /* coef * x = y - rest */
    uint32_t x = arg_of(b, at, i);
    ppr_wide c = b->g->coef[n->first + i];
    ppr_wide rest_lo = lo - mul(c, c > 0 ? b->lo[x] : b->hi[x]), rest_hi = hi - mul(c, c > 0 ? b->hi[x] : b->lo[x]);
    ppr_wide from = add(b->lo[at], mul(rest_hi, -1)), to = add(b->hi[at], mul(rest_lo, -1));
    ppr_wide old_lo = b->lo[x], old_hi = b->hi[x];
    if (!box_narrow(b, x, c > 0 ? up(from, c) : up(to, c), c > 0 ? down(to, c) : down(from, c))) return false;
    lo += mul(c, c > 0 ? b->lo[x] - old_lo : b->hi[x] - old_hi); /* the others see it */
    hi += mul(c, c > 0 ? b->hi[x] - old_hi : b->lo[x] - old_lo);
  }
  return true;
}

/* x * y = z and y keeps one sign: x is z / y. */
static bool back_factor(box *b, uint32_t at, uint32_t x, uint32_t y) {
  ppr_wide from = b->lo[y], to = b->hi[y], z = b->lo[at], w = b->hi[at];
  if (!bounded(from) || !bounded(to) || !bounded(z) || !bounded(w) || (from <= 0 && to >= 0)) return true;
  ppr_wide lo = least(least(up(z, from), up(z, to)), least(up(w, from), up(w, to)));
  ppr_wide hi = most(most(down(z, from), down(z, to)), most(down(w, from), down(w, to)));
  if (z <= 0 && w >= 0) hull(&lo, &hi, 0, 0);
  return box_narrow(b, x, lo, hi);
}

/* The least dividend from `from` on whose quotient by d > 0 is not below q; it lies within d of q * d. */
static ppr_wide first_dividend(ppr_wide q, ppr_wide d, int mode) {
  ppr_wide lo = mul(add(q, -1), d), hi = mul(add(q, 1), d), mid, r;
  if (!bounded(lo) || !bounded(hi)) return WIDE_MIN;
  while (lo < hi) {
    mid = lo + (hi - lo) / 2;
    if (!dec_div_round(&r, mid, d, mode)) return WIDE_MIN;
    if (r >= q) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

static bool back_div(box *b, uint32_t at) {
  uint32_t x = arg_of(b, at, 0), y = arg_of(b, at, 1);
  int mode = (int)b->g->node[b->id[at]].extra;
  if (b->lo[at] > 0 || b->hi[at] < 0) { /* not the 0 of a zero divisor */
    if (b->lo[y] == 0 && !box_narrow(b, y, 1, b->hi[y])) return false;
    if (b->hi[y] == 0 && !box_narrow(b, y, b->lo[y], -1)) return false;
  }
  if (b->lo[y] <= 0) return true;
  ppr_wide lo = b->lo[at], hi = b->hi[at], least_div = b->lo[y], most_div = b->hi[y];
  if (bounded(lo)) { /* a dividend of at least the first of either end */
    ppr_wide from = least(first_dividend(lo, least_div, mode), bounded(most_div) ? first_dividend(lo, most_div, mode) : WIDE_MIN);
    if (!box_narrow(b, x, from, WIDE_MAX)) return false;
  }
  if (bounded(hi) && hi < WIDE_MAX - 1) {
    ppr_wide p = first_dividend(hi + 1, least_div, mode), q = bounded(most_div) ? first_dividend(hi + 1, most_div, mode) : WIDE_MAX;
    if (bounded(p) && bounded(q) && !box_narrow(b, x, WIDE_MIN, most(p, q) - 1)) return false;
  }
  if (b->lo[x] < 0) return true; /* divisors: quotient - 1 < x / y < quotient + 1 */
  if (bounded(lo) && lo > 1 && bounded(b->hi[x]) && !box_narrow(b, y, 1, down(b->hi[x], lo - 1))) return false;
  if (bounded(hi) && hi >= 0 && hi < WIDE_MAX - 1 && b->lo[x] > 0 && !box_narrow(b, y, up(b->lo[x], hi + 1), WIDE_MAX)) return false;
  return true;
}

static bool back_min(box *b, uint32_t at) {
  uint32_t n = b->count[at], small = 0, which = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t x = arg_of(b, at, i);
    if (!box_narrow(b, x, b->lo[at], WIDE_MAX)) return false;
    if (b->lo[x] <= b->hi[at]) small++, which = x;
  }
  if (small == 0) return false;
  return small > 1 || box_narrow(b, which, WIDE_MIN, b->hi[at]);
}

static bool back_abs(box *b, uint32_t at) {
  uint32_t x = arg_of(b, at, 0);
  if (!box_narrow(b, x, mul(b->hi[at], -1), b->hi[at])) return false;
  if (b->lo[at] <= 0) return true;
  if (b->lo[x] > -b->lo[at] && !box_narrow(b, x, b->lo[at], WIDE_MAX)) return false;
  return b->hi[x] >= b->lo[at] || box_narrow(b, x, WIDE_MIN, -b->lo[at]);
}

static bool apart(const box *b, uint32_t x, uint32_t y) { return b->hi[x] < b->lo[y] || b->hi[y] < b->lo[x]; }

static bool back_choice(box *b, uint32_t at) {
  uint32_t c = arg_of(b, at, 0), x = arg_of(b, at, 1), y = arg_of(b, at, 2);
  if (apart(b, at, x) && !box_narrow(b, c, 0, 0)) return false;
  if (apart(b, at, y) && !box_narrow(b, c, 1, 1)) return false;
  if (b->lo[c] == 1) return box_narrow(b, x, b->lo[at], b->hi[at]);
  return b->hi[c] != 0 || box_narrow(b, y, b->lo[at], b->hi[at]);
}

static bool back_compare(box *b, uint32_t at, const graph_node *n) {
  uint32_t x = arg_of(b, at, 0);
  if (b->lo[at] != b->hi[at]) return true;
  bool holds = b->lo[at] == 1;
  if (n->op == NODE_LE) return holds ? box_narrow(b, x, WIDE_MIN, n->k) : box_narrow(b, x, n->k + 1, WIDE_MAX);
  if (holds) return box_narrow(b, x, n->k, n->k);
  if (b->lo[x] == n->k) return box_narrow(b, x, n->k + 1, WIDE_MAX);
  return b->hi[x] != n->k || box_narrow(b, x, WIDE_MIN, n->k - 1);
}

static bool back_and(box *b, uint32_t at) {
  uint32_t open = 0, which = 0;
  for (uint32_t i = 0; i < b->count[at]; i++) {
    uint32_t x = arg_of(b, at, i);
    if (b->lo[at] == 1 && !box_narrow(b, x, 1, 1)) return false;
    if (b->lo[x] == 0) open++, which = x;
  }
  return b->hi[at] != 0 || open > 1 || (open == 1 && box_narrow(b, which, 0, 0));
}

static bool back_look(box *b, uint32_t at) {
  const graph_table *t = &b->g->table[b->g->node[b->id[at]].extra];
  uint32_t x = arg_of(b, at, 0);
  ppr_wide from = b->lo[x], to = b->hi[x];
  bool zero = b->lo[at] <= 0 && b->hi[at] >= 0; /* outside of the table */
  if (zero && (from < 0 || to >= t->n)) return true;
  from = most(from, 0);
  to = least(to, (ppr_wide)t->n - 1);
  while (from <= to && (t->cells[(size_t)from] < b->lo[at] || t->cells[(size_t)from] > b->hi[at])) from++;
  while (from <= to && (t->cells[(size_t)to] < b->lo[at] || t->cells[(size_t)to] > b->hi[at])) to--;
  return box_narrow(b, x, from, to);
}

static bool back_rank(box *b, uint32_t at) {
  const graph_table *t = &b->g->table[b->g->node[b->id[at]].extra];
  ppr_wide lo = b->lo[at] > 0 ? t->cells[(size_t)b->lo[at] - 1] : WIDE_MIN,
           hi = b->hi[at] < t->n ? (ppr_wide)t->cells[(size_t)b->hi[at]] - 1 : WIDE_MAX;
  return box_narrow(b, arg_of(b, at, 0), lo, hi);
}

bool contract_node(box *b, uint32_t at) {
  const graph_node *n = &b->g->node[b->id[at]];
  ppr_wide lo, hi;
  if (!b->count[at]) return true;
  if (contract_forward(b, at, &lo, &hi) && !box_narrow(b, at, lo, hi)) return false;
  switch (n->op) {
  case NODE_LINEAR: return back_linear(b, at);
  case NODE_MUL: return back_factor(b, at, arg_of(b, at, 0), arg_of(b, at, 1)) && back_factor(b, at, arg_of(b, at, 1), arg_of(b, at, 0));
  case NODE_DIV: return back_div(b, at);
  case NODE_MIN: return back_min(b, at);
  case NODE_ABS: return back_abs(b, at);
  case NODE_CHOICE: return back_choice(b, at);
  case NODE_LE:
  case NODE_EQ: return back_compare(b, at, n);
  case NODE_AND: return back_and(b, at);
  case NODE_LOOK: return back_look(b, at);
  case NODE_RANK: return back_rank(b, at);
  case NODE_CALL:
  case NODE_FAILS:
  case NODE_BEYOND:
  case NODE_CONST:
  case NODE_LEAF:
  case NODE_UNKNOWN: break;
  }
  return true;
}
