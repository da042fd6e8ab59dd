/* Emission: intervals and their proof, folding, equal computations, regions, faults that must stay, and what is dropped at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "emit.h"

typedef struct bench {
  ppr_arena *arena;
  emitter e;
} bench;

static bench start(void) {
  bench b = {arena_new(ppr_alloc_default), {0}};
  assert_non_null(b.arena);
  emit_init(&b.e, b.arena);
  return b;
}

static void end(bench *b) {
  assert_false(b->e.failed);
  arena_free(b->arena);
}

static opnd in(bench *b, uint32_t slot, int64_t lo, int64_t hi) { return emit_input(&b->e, slot, PPR_T_INT, lo, hi); }
static uint32_t op_of(const bench *b, opnd o) { return b->e.code[b->e.defs[o.reg]].row.op; }

static void assert_range(opnd o, ppr_wide lo, ppr_wide hi) {
  assert_true(o.lo == lo);
  assert_true(o.hi == hi);
}

static void test_intervals(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, -3, 5), y = in(&b, 1, 2, 7);
  assert_range(emit_add(&b.e, x, y), -1, 12);
  assert_range(emit_sub(&b.e, x, y), -10, 3);
  assert_range(emit_mul(&b.e, x, y), -21, 35);
  assert_range(emit_neg(&b.e, x), -5, 3);
  assert_range(emit_abs(&b.e, x), 0, 5);
  assert_range(emit_min(&b.e, x, y), -3, 5);
  assert_range(emit_max(&b.e, x, y), 2, 7);
  assert_range(emit_div(&b.e, x, y, PPR_ROUND_HALF_UP), -3, 3); /* -3/2 = -1,5, 5/2 = 2,5, with room for rounding */
  opnd z = in(&b, 2, 10, 20);
  assert_range(emit_div(&b.e, z, opnd_const(4), PPR_ROUND_DOWN), 2, 5);
  assert_range(emit_div(&b.e, z, y, PPR_ROUND_DOWN), 1, 10);
  assert_range(emit_sum(&b.e, (opnd[]){x, y, opnd_const(100)}, 3), 99, 112);
  assert_range(emit_count(&b.e, (opnd[]){emit_compare(&b.e, CMP_LT, x, y), emit_compare(&b.e, CMP_EQ, x, y)}, 2), 0, 2);
  end(&b);
}

static void test_folding(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9);
  size_t before = b.e.n_code;
  assert_range(emit_mul(&b.e, opnd_const(6), opnd_const(7)), 42, 42);
  assert_range(emit_mul(&b.e, x, opnd_const(0)), 0, 0);
  assert_int_equal(emit_mul(&b.e, x, opnd_const(1)).reg, x.reg);
  assert_int_equal(emit_add(&b.e, x, opnd_const(0)).reg, x.reg);
  opnd t = emit_compare(&b.e, CMP_GE, x, opnd_const(0)), f = emit_compare(&b.e, CMP_GT, x, opnd_const(9));
  assert_true(opnd_is_const(&t) && t.lo == 1);
  assert_true(opnd_is_const(&f) && f.lo == 0);
  assert_int_equal(emit_min(&b.e, x, opnd_const(9)).reg, x.reg);
  opnd rank = emit_rank(&b.e, (int64_t[]){-5, -1, 0}, 3, x);
  assert_true(opnd_is_const(&rank) && rank.lo == 3);
  /* roundings of constants: half away from zero, away, toward, half to even */
  static const int64_t rounded[4] = {-3, -3, -2, -2};
  for (int mode = 0; mode < 4; mode++)
    assert_range(emit_div(&b.e, opnd_const(-5), opnd_const(2), (ppr_round_mode)mode), rounded[mode], rounded[mode]);
  assert_int_equal(b.e.n_code, before); /* nothing was emitted for any of it */
  end(&b);
}

static void test_equal_computations_are_one(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9);
  assert_int_equal(in(&b, 0, 0, 9).reg, x.reg);
  assert_int_equal(emit_mul(&b.e, x, y).reg, emit_mul(&b.e, x, y).reg);
  assert_int_equal(emit_not(&b.e, emit_not(&b.e, emit_compare(&b.e, CMP_LT, x, y))).reg, emit_compare(&b.e, CMP_LT, x, y).reg);
  assert_int_not_equal(emit_sub(&b.e, x, y).reg, emit_sub(&b.e, y, x).reg);
  end(&b);
}

/* 64 bits where proved, 128 elsewhere, and back by a checked step. */
/* The same for what has a list of operands: equal lists in equal order, and no list is left behind. Not from one arm into the other. */
static void test_equal_lists_are_one(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9), args[] = {x, y}, turned[] = {y, x};
  opnd call = emit_call(&b.e, 0, args, 2, 0, 99);
  size_t listed = b.e.n_args, code = b.e.n_code;
  assert_int_equal(listed, 2);
  assert_int_equal(emit_call(&b.e, 0, args, 2, 0, 99).reg, call.reg);
  assert_int_equal(b.e.n_args, listed);
  assert_int_equal(b.e.n_code, code);
  assert_int_not_equal(emit_call(&b.e, 0, turned, 2, 0, 99).reg, call.reg);
  assert_int_not_equal(emit_call(&b.e, 1, args, 2, 0, 99).reg, call.reg);
  assert_int_not_equal(emit_call(&b.e, 0, args, 1, 0, 99).reg, call.reg);
  assert_int_equal(b.e.n_args, 2 + 2 + 2 + 1);
  emit_mark mark = emit_when(&b.e, emit_compare(&b.e, CMP_LT, x, y));
  opnd arm = emit_call(&b.e, 2, args, 2, 0, 99), inside = emit_call(&b.e, 0, args, 2, 0, 99);
  assert_int_equal(inside.reg, call.reg);
  emit_else(&b.e, &mark);
  assert_int_not_equal(emit_call(&b.e, 2, args, 2, 0, 99).reg, arm.reg);
  emit_end(&b.e, &mark);
  end(&b);
}

static void test_width(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, INT64_C(3037000499)), y = in(&b, 1, 0, INT64_C(3037000499)), z = in(&b, 2, 0, INT64_C(3037000500));
  opnd square = emit_mul(&b.e, x, y), larger = emit_mul(&b.e, z, emit_add(&b.e, z, opnd_const(0)));
  assert_int_equal(square.type, PPR_T_INT); /* 9223372030926249001 fits */
  assert_int_equal(larger.type, PPR_T_WIDE);
  assert_int_equal(op_of(&b, larger), PPR_OP_MULWI);
  assert_int_equal(emit_add(&b.e, square, square).type, PPR_T_WIDE);
  opnd back = emit_narrow(&b.e, larger);
  assert_int_equal(op_of(&b, back), PPR_OP_NARROW);
  assert_range(back, 0, INT64_MAX);
  assert_int_equal(emit_narrow(&b.e, square).reg, square.reg);
  assert_int_equal(emit_compare(&b.e, CMP_LT, larger, square).type, PPR_T_BOOL);
  assert_int_equal(emit_div(&b.e, larger, opnd_const(1000), PPR_ROUND_DOWN).type, PPR_T_WIDE);
  /* a constant beyond 128 bits is an error of the text */
  opnd big = opnd_const(WIDE_MAX);
  emit_mul(&b.e, big, big);
  assert_true(b.e.too_large);
  b.e.too_large = false;
  end(&b);
}

/* A region in which nothing can fault disappears. */
static void test_regions(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9), c = emit_compare(&b.e, CMP_LT, x, y);
  emit_mark harmless = emit_when(&b.e, c);
  opnd p = emit_mul(&b.e, x, y);
  emit_else(&b.e, &harmless);
  emit_end(&b.e, &harmless);
  assert_true(b.e.code[harmless.when].dead);
  assert_true(emit_visible(&b.e, &p));
  assert_int_equal(emit_mul(&b.e, x, y).reg, p.reg); /* usable outside */
  emit_mark risky = emit_when(&b.e, c);
  opnd q = emit_div(&b.e, x, y, PPR_ROUND_DOWN); /* y may be 0 */
  assert_true(emit_visible(&b.e, &q));
  emit_else(&b.e, &risky);
  assert_false(emit_visible(&b.e, &q));
  emit_end(&b.e, &risky);
  assert_false(b.e.code[risky.when].dead);
  assert_int_not_equal(emit_div(&b.e, x, y, PPR_ROUND_DOWN).reg, q.reg); /* not computed everywhere */
  emit_mark safe = emit_when(&b.e, c);
  emit_div(&b.e, x, emit_add(&b.e, y, opnd_const(1)), PPR_ROUND_DOWN); /* proved not to be 0 */
  emit_else(&b.e, &safe);
  emit_end(&b.e, &safe);
  assert_true(b.e.code[safe.when].dead);
  end(&b);
}

/* What may fault is not folded away although its value is known. */
static void test_faults_stay(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9), q = emit_div(&b.e, x, y, PPR_ROUND_DOWN);
  opnd known = emit_compare(&b.e, CMP_GE, q, opnd_const(0));
  assert_false(opnd_is_const(&known));
  opnd none = emit_mul(&b.e, q, opnd_const(0));
  assert_false(opnd_is_const(&none));
  assert_range(none, 0, 0);
  opnd both = emit_and(&b.e, known, (opnd){PPR_NONE, PPR_T_BOOL, 0, 0});
  assert_false(opnd_is_const(&both));
  opnd any = emit_any(&b.e, (opnd[]){known, {PPR_NONE, PPR_T_BOOL, 1, 1}}, 2);
  assert_false(opnd_is_const(&any));
  opnd same = emit_select(&b.e, known, opnd_const(4), opnd_const(4));
  assert_false(opnd_is_const(&same));
  /* a divisor that cannot be 0 needs no guard, another does */
  assert_int_equal(emit_nonzero(&b.e, emit_add(&b.e, y, opnd_const(1))).reg, emit_add(&b.e, y, opnd_const(1)).reg);
  assert_int_equal(op_of(&b, emit_nonzero(&b.e, y)), PPR_OP_NONZERO);
  end(&b);
}

static void test_sums_of_products(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9);
  opnd sum = emit_sum(&b.e, (opnd[]){emit_mul(&b.e, x, opnd_const(207)), y, opnd_const(5)}, 3);
  assert_int_equal(op_of(&b, sum), PPR_OP_DOT);
  assert_range(sum, 5, 9 * 207 + 9 + 5);
  assert_int_equal(op_of(&b, emit_sum(&b.e, (opnd[]){x, y}, 2)), PPR_OP_SUM);
  opnd wide = in(&b, 2, 0, INT64_MAX);
  assert_int_equal(emit_sum(&b.e, (opnd[]){wide, x, y}, 3).type, PPR_T_WIDE);
  end(&b);
}

/* Code nobody needs goes; a region goes with its last instruction; stated faults stay where they are asked for. */
static void test_finish(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 9), y = in(&b, 1, 0, 9), c = emit_compare(&b.e, CMP_LT, x, y);
  emit_mul(&b.e, x, y); /* dead */
  emit_mark mark = emit_when(&b.e, c);
  opnd q = emit_div(&b.e, x, y, PPR_ROUND_DOWN);
  emit_else(&b.e, &mark);
  emit_end(&b.e, &mark);
  emit_mark unused = emit_when(&b.e, c);
  emit_div(&b.e, y, x, PPR_ROUND_DOWN); /* dead with its region */
  emit_else(&b.e, &unused);
  emit_end(&b.e, &unused);
  opnd r = emit_select(&b.e, c, q, opnd_const(3));
  emit_need(&b.e, r.reg);
  uint32_t *map = emit_finish(&b.e);
  assert_non_null(map);
  static const ppr_op left[] = {PPR_OP_IN_INT, PPR_OP_IN_INT, PPR_OP_LT,        PPR_OP_WHEN,   PPR_OP_DIV,
                                PPR_OP_ELSE,   PPR_OP_END,    PPR_OP_CONST_INT, PPR_OP_SEL_INT};
  assert_int_equal(b.e.n_code, sizeof left / sizeof *left);
  for (size_t i = 0; i < b.e.n_code; i++) assert_int_equal(b.e.code[i].row.op, left[i]);
  assert_int_equal(b.e.code[3].row.b, 5); /* WHEN knows its ELSE, ELSE its END */
  assert_int_equal(b.e.code[5].row.b, 6);
  assert_int_equal(b.e.n_regs, 6);
  assert_int_equal(map[r.reg], 5);
  end(&b);

  b = start();
  x = in(&b, 0, 0, 9);
  emit_mark empty = emit_when(&b.e, emit_compare(&b.e, CMP_LT, x, opnd_const(5)));
  emit_else(&b.e, &empty);
  emit_fail(&b.e, DIAG_FAULT_EMPTY);
  emit_end(&b.e, &empty);
  assert_int_equal(b.e.n_effects, 1);
  emit_need_effects(&b.e, 0, 1);
  assert_non_null(emit_finish(&b.e));
  static const ppr_op fail[] = {PPR_OP_IN_INT, PPR_OP_LTK, PPR_OP_WHEN, PPR_OP_ELSE, PPR_OP_FAIL, PPR_OP_END};
  assert_int_equal(b.e.n_code, sizeof fail / sizeof *fail);
  for (size_t i = 0; i < b.e.n_code; i++) assert_int_equal(b.e.code[i].row.op, fail[i]);
  end(&b);
}

/* A long chain of operations takes no stack when it is followed back. */
static void test_long_chain(void **state) {
  (void)state;
  bench b = start();
  opnd x = in(&b, 0, 0, 1), sum = x;
  for (int i = 0; i < 200000; i++) sum = emit_add(&b.e, emit_neg(&b.e, sum), opnd_const(1));
  emit_need(&b.e, sum.reg);
  assert_non_null(emit_finish(&b.e));
  assert_int_equal(b.e.n_code, 400001);
  end(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_intervals),
      cmocka_unit_test(test_folding),
      cmocka_unit_test(test_equal_computations_are_one),
      cmocka_unit_test(test_equal_lists_are_one),
      cmocka_unit_test(test_width),
      cmocka_unit_test(test_regions),
      cmocka_unit_test(test_faults_stay),
      cmocka_unit_test(test_sums_of_products),
      cmocka_unit_test(test_finish),
      cmocka_unit_test(test_long_chain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
