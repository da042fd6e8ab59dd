/* Plans: what runs, and who shares memory with whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "support/tiny.h"
#include "vm/plan.h"

typedef struct made {
  ppr_program *p;
  ppr_arena *arena;
  vm_plan plan;
} made;

static made plan_of(tiny *t, bool keep) {
  made m = {build_finish(t->b), arena_new(ppr_alloc_default), {0}};
  assert_non_null(m.p);
  assert_true(keep ? plan_keep(&m.plan, m.arena, &m.p->editions[0], m.p, NULL) : plan_bulk(&m.plan, m.arena, &m.p->editions[0], m.p, NULL, false));
  return m;
}

static void drop(made *m) {
  arena_free(m->arena);
  program_free(m->p);
}

static void assert_runs(const made *m, const uint32_t *pcs, uint32_t n) {
  assert_int_equal(m->plan.n, n);
  for (uint32_t i = 0; i < n; i++) assert_int_equal(plan_at(&m->plan, i)->pc, pcs[i]);
}

/* The steps that are no inputs and constants. */
static void assert_steps(const made *m, const plan_op *ops, uint32_t n) {
  uint32_t at = 0;
  for (uint32_t i = 0; i < m->plan.n; i++) {
    const plan_row *row = plan_at(&m->plan, i);
    if (row->op == PLAN_IN_INT || plan_row_constant(row)) continue;
    assert_true(at < n);
    assert_int_equal(row->op, ops[at++]);
  }
  assert_int_equal(at, n);
}

static uint32_t slots_of(const made *m, kern_class c) { return m->plan.slots[c]; }

static void test_dead_code_goes_inputs_stay(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), b = tiny_in(&t, "b", 0, 9); /* 0, 1: b is not used and still checked */
  uint32_t c = tiny2(&t, PPR_OP_ADD, a, a);                        /* 2 */
  tiny2(&t, PPR_OP_DIV, a, b);                                     /* 3: may fault, nobody needs it */
  tiny1(&t, PPR_OP_IN_STATE, 1);                                   /* 4 */
  tiny_output(&t, "c", PPR_KIND_NUMBER, c, 0);
  made m = plan_of(&t, false);
  assert_runs(&m, (uint32_t[]){0, 2, 1}, 3); /* an input is read where it is used first, if at all */
  assert_false(plan_needed(m.arena, &m.p->editions[0])[3]);
  assert_int_equal(m.plan.slot[3], PPR_NONE);
  drop(&m);
}

static void test_slots_are_reused(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), r = a;
  for (int i = 0; i < 50; i++) r = tiny1(&t, PPR_OP_NEG, r);
  tiny_output(&t, "r", PPR_KIND_NUMBER, r, 0);
  made m = plan_of(&t, false);
  assert_int_equal(slots_of(&m, CLASS_32), 2); /* operand and result, turn about */
  assert_int_equal(slots_of(&m, CLASS_8), 0);
  drop(&m);
}

static void test_results_never_overlap_operands(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), b = tiny_in(&t, "b", 0, 9);
  uint32_t c = tiny2(&t, PPR_OP_ADD, a, b), d = tiny2(&t, PPR_OP_MUL, c, c); /* c is named twice and freed once */
  uint32_t e = tiny1(&t, PPR_OP_NEG, d), f = tiny1(&t, PPR_OP_ABS, d);
  uint32_t g = tiny2(&t, PPR_OP_SUB, e, f);
  tiny_output(&t, "g", PPR_KIND_NUMBER, g, 0);
  made m = plan_of(&t, false);
  assert_int_not_equal(m.plan.slot[c], m.plan.slot[a]);
  assert_int_not_equal(m.plan.slot[c], m.plan.slot[b]);
  assert_int_not_equal(m.plan.slot[d], m.plan.slot[c]);
  assert_int_not_equal(m.plan.slot[e], m.plan.slot[d]);
  assert_int_not_equal(m.plan.slot[e], m.plan.slot[f]);
  assert_int_equal(slots_of(&m, CLASS_32), 3);
  drop(&m);
}

/* A constant is written once for all blocks: no other register may have its slot, before its definition or after its last use. */
static void test_constants_stay(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), b = tiny1(&t, PPR_OP_NEG, a), c = tiny1(&t, PPR_OP_NEG, b);
  uint32_t k = tiny_const(&t, 5);
  uint32_t d = tiny2(&t, PPR_OP_ADD, c, k), e = tiny1(&t, PPR_OP_NEG, d), f = tiny1(&t, PPR_OP_NEG, e);
  tiny_output(&t, "f", PPR_KIND_NUMBER, f, 0);
  made m = plan_of(&t, false);
  const uint32_t others[] = {a, b, c, d, e, f};
  for (int i = 0; i < 6; i++) assert_int_not_equal(m.plan.slot[others[i]], m.plan.slot[k]);
  assert_int_equal(slots_of(&m, CLASS_32), 3);
  drop(&m);
}

static void test_outputs_and_states_live_on(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t slot = tiny_input(&t, "a", PPR_KIND_NUMBER, PPR_FIELD_OPTIONAL, 0, 9, 0);
  uint32_t a = tiny1(&t, PPR_OP_IN_INT, slot), s = tiny1(&t, PPR_OP_IN_STATE, slot);
  uint32_t b = tiny1(&t, PPR_OP_NEG, a), n = tiny1(&t, PPR_OP_NOT, s);
  tiny_output(&t, "a", PPR_KIND_NUMBER, a, s + 1);
  tiny_output(&t, "b", PPR_KIND_NUMBER, b, n + 1);
  made m = plan_of(&t, false);
  assert_int_not_equal(m.plan.slot[a], m.plan.slot[b]);
  assert_int_not_equal(m.plan.slot[s], m.plan.slot[n]);
  drop(&m);
}

static void test_regions(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9);                     /* 0 */
  uint32_t c = tiny2(&t, PPR_OP_EQK, a, tiny_k(&t, 1));    /* 1 */
  uint32_t dead = tiny2(&t, PPR_OP_EQK, a, tiny_k(&t, 2)); /* 2: condition of an empty region */
  uint32_t w = tiny_when(&t, dead);                        /* 3 */
  tiny1(&t, PPR_OP_NEG, a);                                /* 4: not needed */
  tiny_end(&t, tiny_else(&t, w));                          /* 5, 6 */
  w = tiny_when(&t, c);                                    /* 7 */
  uint32_t x = tiny1(&t, PPR_OP_NEG, a);                   /* 8 */
  uint32_t e = tiny_else(&t, w);                           /* 9 */
  uint32_t inner = tiny_when(&t, c);                       /* 10: needed for what it may state */
  tiny1(&t, PPR_OP_FAIL, tiny_k(&t, 5207));                /* 11 */
  tiny_end(&t, tiny_else(&t, inner));                      /* 12, 13 */
  tiny_end(&t, e);                                         /* 14 */
  uint32_t y = tiny3(&t, PPR_OP_SEL_INT, c, x, a);         /* 15 */
  tiny_output(&t, "y", PPR_KIND_NUMBER, y, 0);
  made m = plan_of(&t, false);
  assert_runs(&m, (uint32_t[]){0, 1, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 11);
  drop(&m);
}

static void test_keep(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9);
  uint32_t b = tiny1(&t, PPR_OP_NEG, a);
  uint32_t dead = tiny2(&t, PPR_OP_DIV, a, b);
  uint32_t c = tiny2(&t, PPR_OP_EQ, a, b);
  tiny_output(&t, "b", PPR_KIND_NUMBER, b, 0);
  made m = plan_of(&t, true);
  assert_int_equal(m.plan.n, 4);
  assert_int_equal(slots_of(&m, CLASS_64), 3);
  assert_int_equal(slots_of(&m, CLASS_8), 1);
  assert_int_equal(m.plan.slot[dead], 2);
  assert_int_equal(m.plan.slot[c], 0);
  assert_false(plan_at(&m.plan, 2)->needed); /* it runs, but its faults are not the record's */
  drop(&m);
}

/* 9 * x / 10 and x / 10; x * y / 10 is not: x * y is no product by a constant. */
static void test_scale(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t x = tiny_in(&t, "x", 0, 1000000), y = tiny_in(&t, "y", 0, INT64_C(1) << 40);
  uint32_t nine = tiny2(&t, PPR_OP_MULK, x, tiny_k(&t, 9)), d = tiny2(&t, PPR_OP_DIVK, nine, tiny_k(&t, 10));
  uint32_t e = tiny2(&t, PPR_OP_DIVK, y, tiny_k(&t, -7)), f = tiny2(&t, PPR_OP_MULK, y, tiny_k(&t, 1000));
  uint32_t g = tiny2(&t, PPR_OP_DIVK, f, tiny_k(&t, 6000));
  tiny_output(&t, "d", PPR_KIND_NUMBER, d, 0);
  tiny_output(&t, "e", PPR_KIND_NUMBER, e, 0);
  tiny_output(&t, "g", PPR_KIND_NUMBER, g, 0);
  made m = plan_of(&t, false);
  assert_steps(&m, (plan_op[]){PLAN_SCALE, PLAN_SCALE, PLAN_MULK, PLAN_DIVK}, 4); /* 2^40 * 1000 is beyond 2^48 */
  const plan_row *row = plan_at(&m.plan, 1);
  assert_int_equal(row->kernel, KERN_SCALE_32_32_32);
  assert_int_equal(row->k, 9);
  assert_int_equal(row->by, 10);
  assert_true(row->positive);
  row = plan_at(&m.plan, 3);
  assert_int_equal(row->kernel, KERN_SCALE_64_64_64);
  assert_int_equal(row->k, -1);
  assert_int_equal(row->by, 7);
  assert_false(row->positive);
  assert_int_equal(m.plan.class[d], CLASS_32);
  assert_int_equal(m.plan.class[y], CLASS_64);
  drop(&m);
}

/* b = 0 ? 100 : 100 * a / b in a region of its own; `known`: the condition says that b is not 0. */
static made guarded(bool known) {
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9999), b = tiny_in(&t, "b", 0, 9999);
  uint32_t c = tiny2(&t, PPR_OP_EQK, b, tiny_k(&t, known ? 0 : 1)), w = tiny_when(&t, c), e = tiny_else(&t, w);
  uint32_t q = tiny2(&t, PPR_OP_DIV, tiny2(&t, PPR_OP_MULK, a, tiny_k(&t, 100)), b);
  tiny_end(&t, e);
  tiny_output(&t, "q", PPR_KIND_NUMBER, tiny3(&t, PPR_OP_SEL_INT, c, tiny_const(&t, 100), q), 0);
  return plan_of(&t, false);
}

static void test_guarded_quotient(void **state) {
  (void)state;
  made m = guarded(true);
  assert_steps(&m, (plan_op[]){PLAN_QUOTIENT}, 1);
  const plan_row *row = plan_at(&m.plan, m.plan.n - 1);
  assert_true(row->sure);
  assert_int_equal(row->k, 100);
  assert_int_equal(row->other, 100);
  drop(&m);
  m = guarded(false); /* b = 1 guards nothing */
  assert_steps(&m, (plan_op[]){PLAN_EQK, PLAN_WHEN, PLAN_ELSE, PLAN_QUOTIENT, PLAN_END, PLAN_SEL_INT}, 6);
  drop(&m);
}

/* c < |a - b| * 40; c <= … is the opposite of … < c. */
static void test_distance(void **state) {
  (void)state;
  for (int strict = 0; strict < 2; strict++)
    for (int64_t k = 40; k <= 400000; k += 399960) {
      tiny t = tiny_new();
      uint32_t a = tiny_in(&t, "a", 0, 99999), b = tiny_in(&t, "b", 0, 99999);
      uint32_t far = tiny2(&t, PPR_OP_MULK, tiny1(&t, PPR_OP_ABS, tiny2(&t, PPR_OP_SUB, a, b)), tiny_k(&t, k));
      tiny_output(&t, "c", PPR_KIND_BOOL, tiny2(&t, strict ? PPR_OP_LT : PPR_OP_LE, b, far), 0);
      made m = plan_of(&t, false);
      const plan_row *row = plan_at(&m.plan, m.plan.n - 1);
      assert_int_equal(row->op, strict ? PLAN_FAR : PLAN_NEAR);
      assert_int_equal(row->mode, !strict);
      bool narrow = k == 40; /* 99999 * 400000 leaves 32 bits though a and b do not */
      assert_int_equal(row->kernel, strict ? (narrow ? KERN_FAR_32_32_8 : KERN_FAR_64_64_8) : (narrow ? KERN_NEAR_32_32_8 : KERN_NEAR_64_64_8));
      assert_int_equal(m.plan.n, narrow ? 3 : 5); /* wide copies of a and b */
      drop(&m);
    }
}

/* A product somebody else reads is computed anyhow; so is a sum of it. */
static void test_products(void **state) {
  (void)state;
  for (int shared = 0; shared < 2; shared++) {
    tiny t = tiny_new();
    uint32_t a = tiny_in(&t, "a", 0, 99999), b = tiny_in(&t, "b", 0, 99999);
    uint32_t items[3] = {tiny2(&t, PPR_OP_MUL, a, b), tiny2(&t, PPR_OP_MUL, a, a), tiny2(&t, PPR_OP_MUL, b, b)};
    uint32_t sum = tiny2(&t, PPR_OP_SUM, tiny_args(&t, items, 3), 3);
    tiny_output(&t, "s", PPR_KIND_NUMBER, sum, 0);
    if (shared) tiny_output(&t, "p", PPR_KIND_NUMBER, items[1], 0);
    made m = plan_of(&t, false);
    if (shared) assert_steps(&m, (plan_op[]){PLAN_MUL, PLAN_MUL, PLAN_MUL, PLAN_SUM}, 4);
    else assert_steps(&m, (plan_op[]){PLAN_PRODUCTS}, 1);
    assert_int_equal(m.plan.class[sum], CLASS_64);
    drop(&m);
  }
}

static void test_stairs(void **state) {
  (void)state;
  for (uint32_t cells = 2; cells <= 3; cells++) { /* of two cells the second bound has none */
    tiny t = tiny_new();
    uint32_t x = tiny_in(&t, "x", 0, 99), first = tiny_k(&t, 10);
    tiny_k(&t, 20);
    uint32_t bounds = build_table(t.b, (ppr_table){first, 2, 1, 0}), values = build_table(t.b, (ppr_table){tiny_k(&t, 85), cells, 1, 0});
    tiny_k(&t, 90);
    tiny_k(&t, 95);
    tiny_output(&t, "v", PPR_KIND_NUMBER, tiny2(&t, PPR_OP_LOOK, tiny2(&t, PPR_OP_RANK, x, bounds), values), 0);
    made m = plan_of(&t, false);
    if (cells == 3) assert_steps(&m, (plan_op[]){PLAN_STAIRS}, 1);
    else assert_steps(&m, (plan_op[]){PLAN_RANK, PLAN_LOOK}, 2);
    drop(&m);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_dead_code_goes_inputs_stay),
      cmocka_unit_test(test_slots_are_reused),
      cmocka_unit_test(test_results_never_overlap_operands),
      cmocka_unit_test(test_constants_stay),
      cmocka_unit_test(test_outputs_and_states_live_on),
      cmocka_unit_test(test_regions),
      cmocka_unit_test(test_keep),
      cmocka_unit_test(test_scale),
      cmocka_unit_test(test_guarded_quotient),
      cmocka_unit_test(test_distance),
      cmocka_unit_test(test_products),
      cmocka_unit_test(test_stairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
