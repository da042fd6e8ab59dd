/* The normal form: what is the same under another spelling is one node; intervals; programs; functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/quarter.h"
#include "engine.h"
#include "proof/graph.h"
#include "support/asm.h"
#include "support/prng.h"
#include "support/rules.h"

typedef struct fixture {
  ppr_arena *arena;
  graph *g;
  node_id x, y, z, p, q; /* 0..100, -50..50, 1..10; yes/no */
  uint32_t leaf[5];
} fixture;

static int setup(void **state) {
  static fixture f;
  f.arena = arena_new(ppr_alloc_default);
  f.g = graph_new(f.arena, NULL);
  f.x = graph_leaf_node(f.g, "x", false, 0, 100, 0, &f.leaf[0]);
  f.y = graph_leaf_node(f.g, "y", false, -50, 50, 0, &f.leaf[1]);
  f.z = graph_leaf_node(f.g, "z", false, 1, 10, 1, &f.leaf[2]);
  f.p = graph_leaf_node(f.g, "p", false, 0, 1, 0, &f.leaf[3]);
  f.q = graph_leaf_node(f.g, "q", false, 0, 1, 0, &f.leaf[4]);
  *state = &f;
  return 0;
}

static int teardown(void **state) {
  fixture *f = *state;
  assert_false(f->g->failed);
  arena_free(f->arena);
  return 0;
}

static node_id k(fixture *f, ppr_wide v) { return graph_const(f->g, v); }

static void sums(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  node_id a = graph_add2(g, f->x, f->y), b = graph_add2(g, f->y, f->x);
  assert_int_equal(a, b);
  assert_int_equal(graph_sub(g, a, f->y), f->x);
  assert_true(graph_is(g, graph_sub(g, a, b), 0));
  /* 3 (x + 2 y) - 6 y = 3 x */
  node_id inner = graph_add2(g, f->x, graph_scale(g, f->y, 2));
  assert_int_equal(graph_sub(g, graph_scale(g, inner, 3), graph_scale(g, f->y, 6)), graph_scale(g, f->x, 3));
  assert_true(g->node[a].lo == -50 && g->node[a].hi == 150);
  /* (2 x) (3 y) = 6 (y x), and the order of factors does not matter */
  assert_int_equal(graph_mul(g, graph_scale(g, f->x, 2), graph_scale(g, f->y, 3)), graph_scale(g, graph_mul(g, f->y, f->x), 6));
}

/* Comparisons of the same two sums are bounds of one form. */
static void comparisons(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  node_id less = graph_less(g, f->x, f->y, false), not_less = graph_less(g, f->y, f->x, true);
  assert_int_equal(graph_not(g, less), not_less); /* x < y is not y <= x */
  /* 10 x >= 9 y + 3 is 9 y - 10 x <= -3 */
  node_id spelt = graph_less(g, graph_sum(g, &f->y, (ppr_wide[]){9}, 1, 3), graph_scale(g, f->x, 10), true);
  node_id turned = graph_le(g, graph_sum(g, (node_id[]){f->y, f->x}, (ppr_wide[]){9, -10}, 2, 0), -3);
  assert_int_equal(spelt, turned);
  /* whole numbers: 2 x <= 7 is x <= 3; 2 x = 7 never; x = 0 is x <= 0 where x >= 0 */
  assert_int_equal(graph_le(g, graph_scale(g, f->x, 2), 7), graph_le(g, f->x, 3));
  assert_true(graph_is(g, graph_eq(g, graph_scale(g, f->x, 2), k(f, 7)), 0));
  assert_int_equal(graph_eq(g, f->x, k(f, 0)), graph_le(g, f->x, 0));
  assert_int_equal(graph_eq(g, f->x, k(f, 100)), graph_not(g, graph_le(g, f->x, 99)));
  assert_true(graph_is(g, graph_le(g, f->x, 100), 1));
  assert_true(graph_is(g, graph_le(g, f->x, -1), 0));
  assert_true(graph_is(g, graph_eq(g, f->x, k(f, 101)), 0));
}

static void logic(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  assert_int_equal(graph_not(g, graph_not(g, f->p)), f->p);
  assert_int_equal(graph_and(g, f->p, graph_and(g, f->q, f->p)), graph_and(g, f->q, f->p));
  assert_true(graph_is(g, graph_and(g, f->p, graph_not(g, f->p)), 0));
  assert_true(graph_is(g, graph_or(g, f->p, graph_not(g, f->p)), 1));
  assert_int_equal(graph_not(g, graph_or(g, f->p, f->q)), graph_and(g, graph_not(g, f->p), graph_not(g, f->q)));
  assert_int_equal(graph_choice(g, f->p, k(f, 1), k(f, 0)), f->p);
  assert_int_equal(graph_choice(g, graph_not(g, f->p), f->x, f->y), graph_choice(g, f->p, f->y, f->x));
  assert_int_equal(graph_choice(g, f->p, graph_choice(g, f->p, f->x, f->z), f->y), graph_choice(g, f->p, f->x, f->y));
  assert_int_equal(graph_choice(g, f->p, f->q, k(f, 0)), graph_and(g, f->q, f->p));
  assert_int_equal(graph_choice(g, f->p, k(f, 1), f->q), graph_or(g, f->q, f->p));
  assert_int_equal(graph_truth(g, f->p), f->p);
  assert_int_equal(graph_truth(g, f->x), graph_not(g, graph_le(g, f->x, 0)));
}

/* A set of more than its room stays right: 600 conditions. */
static void long_conditions(void **state) {
  fixture *f = *state;
  node_id all = 1;
  for (int i = 0; i < 600; i++) {
    char label[16];
    uint32_t leaf;
    snprintf(label, sizeof label, "c%d", i);
    all = graph_and(f->g, all, graph_leaf_node(f->g, arena_printf(f->arena, "%s", label), false, 0, 1, 0, &leaf));
  }
  int64_t *leaves = arena_array(f->arena, f->g->n_leaf, sizeof *leaves);
  ppr_wide *value = arena_array(f->arena, f->g->n_node, sizeof *value);
  for (int round = 0; round < 2; round++) {
    for (size_t i = 0; i < f->g->n_leaf; i++) leaves[i] = 1;
    if (round) leaves[f->g->n_leaf - 1] = 0;
    for (node_id i = 0; i <= all; i++) assert_true(graph_value(f->g, i, leaves, value, &value[i]));
    assert_int_equal((int)value[all], !round);
  }
}

static void quotients(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  /* 100 x / 7 is 200 x / 14; x * 100 / 5 is 20 x; the interval of x / z */
  assert_int_equal(graph_div(g, graph_scale(g, f->x, 200), k(f, 14), PPR_ROUND_HALF_UP),
                   graph_div(g, graph_scale(g, f->x, 100), k(f, 7), PPR_ROUND_HALF_UP));
  assert_int_equal(graph_div(g, graph_scale(g, f->x, 100), k(f, 5), PPR_ROUND_HALF_UP), graph_scale(g, f->x, 20));
  assert_int_equal(graph_div(g, f->y, k(f, -3), PPR_ROUND_DOWN), graph_div(g, graph_scale(g, f->y, -1), k(f, 3), PPR_ROUND_DOWN));
  const graph_node *n = &g->node[graph_div(g, f->x, f->z, PPR_ROUND_HALF_UP)];
  assert_true(n->lo == 0 && n->hi == 100);
  node_id by_zero = graph_div(g, f->z, f->x, PPR_ROUND_HALF_UP); /* 1..10 by 0..100: 0 where the divisor is 0 */
  assert_true(g->node[by_zero].lo == 0 && g->node[by_zero].hi == 10);
  assert_int_equal(graph_max(g, f->x, f->y), graph_max(g, f->y, f->x));
  assert_int_equal(graph_max(g, f->x, f->y), graph_scale(g, graph_min(g, graph_scale(g, f->x, -1), graph_scale(g, f->y, -1)), -1));
  assert_int_equal(graph_min(g, f->x, k(f, 200)), f->x);
  assert_int_equal(graph_abs(g, graph_scale(g, f->y, -2)), graph_scale(g, graph_abs(g, f->y), 2));
}

static void tables(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  const int64_t cells[11] = {5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 9}, bounds[2] = {3, 8};
  const graph_node *n = &g->node[graph_look(g, f->z, cells, 11)];
  assert_true(n->lo == 7 && n->hi == 9);
  assert_true(graph_is(g, graph_look(g, k(f, 0), cells, 11), 5));
  assert_true(graph_is(g, graph_look(g, k(f, 11), cells, 11), 0)); /* outside */
  const graph_node *r = &g->node[graph_rank(g, f->z, bounds, 2)];
  assert_true(r->lo == 0 && r->hi == 2);
}

/* Sums beyond 128 bits are unknown, never wrong. */
static void beyond(void **state) {
  fixture *f = *state;
  graph *g = f->g;
  node_id huge = graph_scale(g, f->x, WIDE_MAX / 50);
  assert_true(g->node[huge].hi == WIDE_MAX); /* and beyond */
  node_id more = graph_scale(g, graph_scale(g, f->x, WIDE_MAX / 3), 4);
  assert_int_equal(g->node[more].op, NODE_UNKNOWN);
  assert_int_equal(graph_beyond(g, 0, f->x, f->y), 0);
  node_id may = graph_beyond(g, 2, huge, huge);
  assert_int_equal(g->node[may].op, NODE_BEYOND);
}

/* The same rule in two spellings, each compiled: one graph, the same outputs. */
static void spellings(void **state) {
  (void)state;
  static const char *const texts[2] = {
      RULES_HEAD "einheit Stunde\n" RULES_INPUT "  aus \"Haus\"\n    Ist : Stunde(2) 0..99999\n    Soll : Stunde(0) 0..99999\n    Art : ja/nein\n"
                 "regel Ergebnis : ja/nein § 1\n  = 10 * Ist >= 9 * Soll und (wenn Art dann Soll > 0 Stunde sonst ja)\n" RULES_OUTPUT,
      RULES_HEAD "einheit Stunde\n" RULES_INPUT "  aus \"Haus\"\n    Art : ja/nein\n    Soll : Stunde(0) 0..99999\n    Ist : Stunde(2) 0..99999\n"
                 "regel verlangt : Stunde(1) § 1\n  = 0,9 * Soll\nregel leer : ja/nein § 1\n  = Art und nicht Soll <> 0 Stunde\n"
                 "regel Ergebnis : ja/nein § 1\n  = nicht (Ist < verlangt oder leer)\n" RULES_OUTPUT};
  ppr_arena *arena = arena_new(ppr_alloc_default);
  graph *g = graph_new(arena, NULL);
  graph_program code[2];
  rules r[2];
  for (int i = 0; i < 2; i++) {
    r[i] = rules_compile(texts[i]);
    assert_int_equal(r[i].status, PPR_OK);
    assert_true(graph_add(g, &code[i], r[i].program, 0, NULL));
  }
  assert_int_equal(code[0].reg[code[0].edition->output[0].reg], code[1].reg[code[1].edition->output[0].reg]);
  arena_free(arena);
  rules_free(&r[0]);
  rules_free(&r[1]);
}

/* Year and quarter of the key are parts of the leaf of the period, which lies within Fassung and years. */
static void period(void **state) {
  (void)state;
  rules r = rules_compile(RULES_HEAD RULES_INPUT
                          "  aus \"Haus\"\n    n : Zahl(0) 0..9\nregel Ergebnis : Zahl(0) § 1\n  = 10 * Jahr + Quartal + n\n" RULES_OUTPUT);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  graph *g = graph_new(arena, NULL);
  graph_program code;
  assert_int_equal(r.status, PPR_OK);
  assert_true(graph_add(g, &code, r.program, 0, NULL));
  const graph_leaf *q = &g->leaf[code.value[code.edition->period_input]];
  assert_true(q->lo == quarter_of(2024, 1) && q->hi == quarter_of(2099, 4));
  int64_t leaves[8] = {0}, values[8];
  uint8_t states[8];
  ppr_wide value[256];
  leaves[code.value[code.edition->period_input]] = quarter_of(2031, 3);
  assert_in_range(g->n_node, 1, 256);
  for (node_id i = 0; i < g->n_node; i++) assert_true(graph_value(g, i, leaves, value, &value[i]));
  assert_int_equal((int)value[code.reg[code.edition->output[0].reg]], 10 * 2031 + 3);
  graph_fill(g, &code, leaves, values, states);
  assert_true(values[0] == 2031 && values[1] == 3 && values[2] == quarter_of(2031, 3));
  arena_free(arena);
  rules_free(&r);
}

/* What calls.c claims of the functions of the library holds: sign, sum, and failing only beyond the ends. */
static void functions(void **state) {
  (void)state;
  prng p = prng_new("functions");
  ppr_engine *engine = ppr_engine_new();
  size_t count;
  const graph_known_call *known = graph_known_calls(&count);
  assert_true(count > 8);
  for (size_t i = 0; i < count; i++) {
    const ppr_native *f = natives_find(engine->natives, known[i].name);
    assert_non_null(f);
    int arity = native_arity(f->signature);
    assert_in_range(arity, 1, 2);
    for (int round = 0; round < 3000; round++) {
      char type[64];
      int64_t lo[2], hi[2], mid[2], r[3];
      bool fine[3];
      for (int a = 0; a < arity; a++) {
        assert_true(native_type(f->signature, a, type));
        bool date = !strcmp(type, "Datum"), quarter = !strcmp(type, "Quartal");
        int64_t wide = round % 3 == 0 ? 4000000 : date ? 40000 : quarter ? 400 : 60, at = date ? 19000 : quarter ? 8096 : 0;
        lo[a] = prng_between(&p, at - wide, at + wide);
        hi[a] = lo[a] + prng_between(&p, 0, wide);
        mid[a] = prng_between(&p, lo[a], hi[a]);
      }
      int64_t least[2], most[2];
      for (int a = 0; a < arity; a++) {
        least[a] = known[i].rises[a] >= 0 ? lo[a] : hi[a];
        most[a] = known[i].rises[a] >= 0 ? hi[a] : lo[a];
      }
      const int64_t *args[3] = {least, mid, most};
      for (int n = 0; n < 3; n++) {
        r[n] = 0;
        fine[n] = natives_call(engine->natives, f, &r[n], args[n], (unsigned)arity) == 0 && r[n] >= f->lo && r[n] <= f->hi;
      }
      if (!fine[0] || !fine[2]) continue;
      assert_true(fine[1]);
      if (known[i].rises[0]) assert_true(r[0] <= r[1] && r[1] <= r[2]);
      if (known[i].by[0]) assert_true(r[1] == known[i].by[0] * mid[0] + (arity == 2 ? known[i].by[1] * mid[1] : 0));
    }
  }
  ppr_engine_free(engine);
}

int main(void) {
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
  const struct CMUnitTest tests[] = {T(sums),
                                     T(comparisons),
                                     T(logic),
                                     T(long_conditions),
                                     T(quotients),
                                     T(tables),
                                     T(beyond),
                                     cmocka_unit_test(spellings),
                                     cmocka_unit_test(period),
                                     cmocka_unit_test(functions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
