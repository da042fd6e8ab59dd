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
  assert_true((keep ? plan_keep : plan_bulk)(&m.plan, m.arena, &m.p->editions[0]));
  return m;
}

static void drop(made *m) {
  arena_free(m->arena);
  program_free(m->p);
}

static void assert_runs(const made *m, const uint32_t *pcs, uint32_t n) {
  assert_int_equal(m->plan.n_pc, n);
  for (uint32_t i = 0; i < n; i++) assert_int_equal(m->plan.pc[i], pcs[i]);
}

static void test_dead_code_goes_inputs_stay(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), b = tiny_in(&t, "b", 0, 9); /* 0, 1: b is not used and still checked */
  uint32_t c = tiny2(&t, PPR_OP_ADD, a, a);                        /* 2 */
  tiny2(&t, PPR_OP_DIV, a, b);                                     /* 3: may fault, nobody needs it */
  tiny1(&t, PPR_OP_IN_STATE, 1);                                   /* 4 */
  tiny_output(&t, "c", PPR_KIND_NUMBER, c, 0);
  made m = plan_of(&t, false);
  assert_runs(&m, (uint32_t[]){0, 1, 2}, 3);
  assert_false(m.plan.needed[3]);
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
  assert_int_equal(m.plan.slots[PPR_T_INT], 2); /* operand and result, turn about */
  assert_int_equal(m.plan.slots[PPR_T_BOOL], 0);
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
  assert_int_equal(m.plan.slots[PPR_T_INT], 3);
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
  assert_int_equal(m.plan.slots[PPR_T_INT], 3);
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
  assert_int_equal(m.plan.n_pc, 4);
  assert_int_equal(m.plan.slots[PPR_T_INT], 3);
  assert_int_equal(m.plan.slots[PPR_T_BOOL], 1);
  assert_int_equal(m.plan.slot[dead], 2);
  assert_int_equal(m.plan.slot[c], 0);
  assert_false(m.plan.needed[2]); /* it runs, but its faults are not the record's */
  drop(&m);
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
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
