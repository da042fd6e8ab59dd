/* Elimination of variables (Fourier and Motzkin) from the linear forms of a box: a < b < c < a is refuted at once, where halving intervals would go
 * on and on. Whole numbers: bounds are rounded inward. What becomes too large is dropped, which loses a proof, never a record. */
#include "proof/box_int.h"
#include <string.h>

enum { VARIABLES = 16, ROWS = 160 };

/* sum of coef * x <= k */
typedef struct bound_row {
  ppr_wide coef[VARIABLES], k;
} bound_row;

typedef struct bound_system {
  uint32_t of[VARIABLES]; /* node of each variable */
  uint32_t n_of, n;
  bound_row row[ROWS], next[ROWS];
} bound_system;

static ppr_wide floor_div(ppr_wide a, ppr_wide b) { return a / b - (a % b != 0 && a < 0); } /* b > 0 */

/* Divided by the common divisor of its coefficients; false: it says nothing (or contradicts, then *empty). */
static bool reduce(bound_row *r, bool *empty) {
  ppr_wide common = 0;
  for (int i = 0; i < VARIABLES; i++) {
    if (r->coef[i] == WIDE_MIN) return false;
    common = wide_gcd(common, r->coef[i]);
  }
  if (common == 0) {
    *empty = *empty || r->k < 0;
    return false;
  }
  for (int i = 0; i < VARIABLES; i++) r->coef[i] /= common;
  r->k = floor_div(r->k, common);
  return true;
}

static void put_row(bound_row *rows, uint32_t *n, bound_row r, bool *empty) {
  if (*n >= ROWS || !reduce(&r, empty)) return;
  for (uint32_t i = 0; i < *n; i++) {
    if (memcmp(rows[i].coef, r.coef, sizeof r.coef)) continue;
    if (r.k < rows[i].k) rows[i].k = r.k;
    return;
  }
  rows[(*n)++] = r;
}

static uint32_t variable(bound_system *s, uint32_t node) {
  uint32_t i = 0;
  while (i < s->n_of && s->of[i] != node) i++;
  if (i == s->n_of && i < VARIABLES) s->of[s->n_of++] = node;
  return i;
}

static bool bounded(ppr_wide a) { return a != WIDE_MIN && a != WIDE_MAX; }

/* The bounds of a form as rows, if its variables have room. */
static void put_form(bound_system *s, const box *b, uint32_t at, bool *empty) {
  const graph_node *n = &b->g->node[b->id[at]];
  bound_row up = {.k = 0}, down = {.k = 0};
  uint32_t before = s->n_of;
  for (uint32_t i = 0; i < n->count; i++) {
    uint32_t v = variable(s, b->arg[b->first[at] + i]);
    ppr_wide c = b->g->coef[n->first + i];
    if (v == VARIABLES || c == WIDE_MIN) {
      s->n_of = before;
      return;
    }
    up.coef[v] = c;
    down.coef[v] = -c;
  }
  if (bounded(b->hi[at]) && wide_sub(&up.k, b->hi[at], n->k)) put_row(s->row, &s->n, up, empty);
  if (bounded(b->lo[at]) && wide_sub(&down.k, n->k, b->lo[at])) put_row(s->row, &s->n, down, empty);
}

/* p * a + q * b, p, q > 0; false: too large. */
static bool combine(const bound_row *a, ppr_wide p, const bound_row *b, ppr_wide q, bound_row *out) {
  ppr_wide x, y;
  for (int i = 0; i < VARIABLES; i++)
    if (!wide_mul(&x, a->coef[i], p) || !wide_mul(&y, b->coef[i], q) || !wide_add(&out->coef[i], x, y)) return false;
  return wide_mul(&x, a->k, p) && wide_mul(&y, b->k, q) && wide_add(&out->k, x, y);
}

/* Eliminates the variable in the fewest pairs of rows; false: none is left, or there are too many. */
static bool eliminate(bound_system *s, bool *done, bool *empty) {
  uint32_t best = VARIABLES, fewest = UINT32_MAX, n = 0;
  for (uint32_t v = 0; v < s->n_of; v++) {
    uint32_t above = 0, below = 0;
    for (uint32_t i = 0; i < s->n; i++) above += s->row[i].coef[v] > 0, below += s->row[i].coef[v] < 0;
    if (!done[v] && above * below < fewest) fewest = above * below, best = v;
  }
  if (best == VARIABLES) return false;
  done[best] = true;
  for (uint32_t i = 0; i < s->n; i++) {
    ppr_wide p = s->row[i].coef[best];
    if (p == 0) put_row(s->next, &n, s->row[i], empty);
    for (uint32_t k = 0; p > 0 && k < s->n; k++) {
      ppr_wide q = s->row[k].coef[best];
      bound_row r;
      if (q >= 0) continue;
      ppr_wide common = wide_gcd(p, q);
      if (combine(&s->row[i], -q / common, &s->row[k], p / common, &r)) put_row(s->next, &n, r, empty);
    }
  }
  if (n >= ROWS) return false;
  memcpy(s->row, s->next, n * sizeof *s->row);
  s->n = n;
  return true;
}

bool linear_empty(box *b, const bool *relevant, const box *pure) {
  bound_system *s = arena_alloc(b->arena, sizeof *s);
  bool done[VARIABLES] = {false}, empty = false;
  if (!s) return false;
  for (uint32_t i = b->n; i-- > 0;) /* forms the question narrows */
    if (relevant[i] && b->count[i] && b->g->node[b->id[i]].op == NODE_LINEAR && (b->lo[i] > pure->lo[i] || b->hi[i] < pure->hi[i]))
      put_form(s, b, i, &empty);
  if (s->n < 2) return empty;
  for (uint32_t v = 0; v < s->n_of; v++) {
    bound_row up = {.k = b->hi[s->of[v]]}, down = {.k = b->lo[s->of[v]]};
    up.coef[v] = 1;
    down.coef[v] = -1;
    if (bounded(up.k)) put_row(s->row, &s->n, up, &empty);
    if (bounded(down.k)) down.k = -down.k, put_row(s->row, &s->n, down, &empty);
  }
  while (!empty && eliminate(s, done, &empty)) b->spent += s->n;
  return empty;
}
