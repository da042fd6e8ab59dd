/* Branch and prune on hand-made questions: proofs, points, cuts, budgets; and random questions against enumeration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "proof/box.h"
#include "support/prng.h"

enum { BUDGET = 200000 };

typedef struct fixture {
  ppr_arena *arena;
  graph *g;
  node_id a, b, c; /* 0..1000000 */
  uint32_t leaf[3];
  int64_t point[64];
} fixture;

static fixture made(int64_t lo, int64_t hi) {
  fixture f = {.arena = arena_new(ppr_alloc_default)};
  f.g = graph_new(f.arena, NULL);
  f.a = graph_leaf_node(f.g, "a", false, lo, hi, lo, &f.leaf[0]);
  f.b = graph_leaf_node(f.g, "b", false, lo, hi, lo, &f.leaf[1]);
  f.c = graph_leaf_node(f.g, "c", false, lo, hi, lo, &f.leaf[2]);
  for (int i = 0; i < 3; i++) f.point[i] = lo;
  return f;
}

static box_result solve(fixture *f, node_id question) { return box_decide(f->g, ppr_alloc_default, question, BUDGET, f->point); }

static void none(fixture *f, node_id question) { assert_int_equal(solve(f, question).answer, BOX_NONE); }

static void some(fixture *f, node_id question) {
  ppr_wide value[4096];
  assert_int_equal(solve(f, question).answer, BOX_POINT);
  assert_in_range(f->g->n_node, 1, 4096);
  for (node_id i = 0; i <= question; i++) assert_true(graph_value(f->g, i, f->point, value, &value[i]));
  assert_int_equal((int)value[question], 1);
}

static node_id all(graph *g, node_id x, node_id y, node_id z) { return graph_and(g, x, graph_and(g, y, z)); }

static void linear_questions(void **state) {
  (void)state;
  fixture f = made(0, 1000000);
  graph *g = f.g;
  node_id ab = graph_less(g, f.a, f.b, false), bc = graph_less(g, f.b, f.c, false), ca = graph_less(g, f.c, f.a, false);
  none(&f, all(g, ab, bc, ca)); /* a < b < c < a */
  some(&f, graph_and(g, ab, bc));
  /* 3 a = 2 b and 5 b = 7 c: a = 14, b = 21, c = 15; and c > 3 a never */
  node_id first = graph_eq(g, graph_scale(g, f.a, 3), graph_scale(g, f.b, 2)), second = graph_eq(g, graph_scale(g, f.b, 5), graph_scale(g, f.c, 7));
  none(&f, all(g, graph_and(g, first, second), graph_not(g, graph_le(g, f.a, 0)), graph_less(g, graph_scale(g, f.a, 3), f.c, false)));
  some(&f, all(g, first, second, graph_not(g, graph_le(g, f.a, 0))));
  assert_true(f.point[0] * 3 == f.point[1] * 2 && f.point[1] * 5 == f.point[2] * 7 && f.point[0] > 0);
  arena_free(f.arena);
}

/* A guard on a computed number decides a question about it without looking into it. */
static void guards(void **state) {
  (void)state;
  fixture f = made(0, 1000000);
  graph *g = f.g;
  node_id product = graph_mul(g, f.a, graph_add2(g, f.b, f.c)), quotient = graph_div(g, product, graph_const(g, 7), PPR_ROUND_HALF_UP);
  node_id zero = graph_eq(g, quotient, graph_const(g, 0));
  assert_true(graph_is(g, graph_and(g, zero, graph_not(g, zero)), 0));
  node_id third = graph_choice(g, graph_less(g, f.a, f.b, false), quotient, graph_const(g, 5));
  node_id question = graph_and(g, graph_not(g, graph_le(g, quotient, 9)), graph_eq(g, third, graph_const(g, 3)));
  box_result r = solve(&f, question);
  assert_int_equal(r.answer, BOX_NONE);
  assert_true(r.cut);
  /* x y = 0 and x, y >= 1 */
  node_id both = graph_and(g, graph_not(g, graph_le(g, f.a, 0)), graph_not(g, graph_le(g, f.b, 0)));
  none(&f, graph_and(g, both, graph_eq(g, graph_mul(g, f.a, f.b), graph_const(g, 0))));
  /* rounded quotients: round(100 a / 7) = 10000 only for a = 700 */
  node_id weeks = graph_div(g, graph_scale(g, f.a, 100), graph_const(g, 7), PPR_ROUND_HALF_UP);
  some(&f, graph_eq(g, weeks, graph_const(g, 10000)));
  assert_int_equal(f.point[0], 700);
  none(&f, graph_eq(g, weeks, graph_const(g, 10001)));
  arena_free(f.arena);
}

static void budget(void **state) {
  (void)state;
  fixture f = made(0, 1000000);
  graph *g = f.g;
  /* sum of three rounded quotients: 10050 is no such sum, which intervals cannot see */
  node_id sum = 0;
  const node_id parts[3] = {f.a, f.b, f.c};
  for (int i = 0; i < 3; i++) sum = graph_add2(g, sum, graph_div(g, graph_scale(g, parts[i], 100), graph_const(g, 7), PPR_ROUND_HALF_UP));
  node_id question = graph_eq(g, sum, graph_const(g, 10050));
  box_result small = box_decide(g, ppr_alloc_default, question, 1000, f.point), large = box_decide(g, ppr_alloc_default, question, 20000, f.point);
  assert_int_equal(small.answer, BOX_BUDGET);
  assert_int_equal(large.answer, BOX_BUDGET);
  assert_in_range(small.spent, 1000, 5000);
  assert_true(box_decide(g, ppr_alloc_default, question, 20000, f.point).spent == large.spent); /* the same every time */
  node_id unknown = graph_unknown(g, 0, 1);
  assert_int_equal(box_decide(g, ppr_alloc_default, unknown, BUDGET, f.point).answer, BOX_UNKNOWN);
  arena_free(f.arena);
}

/* ---- random questions over few records ---- */

enum { HIGH = 4 };

static node_id number(prng *p, fixture *f, int depth) {
  graph *g = f->g;
  const node_id leaves[3] = {f->a, f->b, f->c};
  static const int64_t cells[5] = {3, -2, 7, 0, 3}, bounds[3] = {-1, 1, 3};
  node_id x, y;
  if (!depth) return prng_below(p, 4) ? leaves[prng_below(p, 3)] : graph_const(g, prng_between(p, -3, 5));
  x = number(p, f, depth - 1);
  y = number(p, f, depth - 1);
  switch (prng_below(p, 9)) {
  case 0: return graph_add2(g, x, y);
  case 1: return graph_sub(g, x, graph_scale(g, y, prng_between(p, -3, 3)));
  case 2: return graph_mul(g, x, y);
  case 3: return graph_div(g, x, y, (int)prng_below(p, PPR_ROUND_MODES));
  case 4: return graph_min(g, x, y);
  case 5: return graph_abs(g, x);
  case 6: return graph_look(g, x, cells, 5);
  case 7: return graph_rank(g, x, bounds, 3);
  default: return graph_choice(g, graph_less(g, x, y, prng_below(p, 2)), x, graph_max(g, x, y));
  }
}

static node_id condition(prng *p, fixture *f, int depth) {
  graph *g = f->g;
  if (!depth || prng_below(p, 4) == 0) {
    node_id x = number(p, f, 2), y = number(p, f, 1);
    return prng_below(p, 3) ? graph_less(g, x, y, prng_below(p, 2)) : graph_eq(g, x, y);
  }
  node_id x = condition(p, f, depth - 1), y = condition(p, f, depth - 1);
  switch (prng_below(p, 4)) {
  case 0: return graph_or(g, x, y);
  case 1: return graph_not(g, x);
  case 2: return graph_choice(g, condition(p, f, 0), x, y);
  default: return graph_and(g, x, y);
  }
}

static void against_enumeration(void **state) {
  (void)state;
  prng p = prng_new("against_enumeration");
  size_t proved = 0, found = 0;
  for (int round = 0; round < 4000; round++) {
    fixture f = made(-1, HIGH);
    node_id question = condition(&p, &f, 3);
    bool exists = false;
    ppr_wide *value = arena_array(f.arena, f.g->n_node, sizeof *value);
    int64_t at[3];
    for (at[0] = -1; at[0] <= HIGH; at[0]++)
      for (at[1] = -1; at[1] <= HIGH; at[1]++)
        for (at[2] = -1; at[2] <= HIGH; at[2]++) {
          for (node_id i = 0; i <= question; i++) assert_true(graph_value(f.g, i, at, value, &value[i]));
          for (node_id i = 0; i <= question; i++) assert_true(value[i] >= f.g->node[i].lo && value[i] <= f.g->node[i].hi); /* intervals are true */
          exists = exists || value[question] == 1;
        }
    box_result r = solve(&f, question);
    assert_int_equal(r.answer, exists ? BOX_POINT : BOX_NONE);
    if (exists) some(&f, question), found++;
    else proved++;
    arena_free(f.arena);
  }
  printf("%zu proved, %zu found\n", proved, found);
  assert_true(proved > 200 && found > 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(linear_questions), cmocka_unit_test(guards), cmocka_unit_test(budget),
                                     cmocka_unit_test(against_enumeration)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
