/* The machine over many records: inputs, faults, regions, blocks, columns of the caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "support/tiny.h"
#include "vm/exec.h"

typedef struct run {
  ppr_program *p;
  ppr_vm *vm;
} run;

static run start(tiny *t, uint32_t lanes, bool keep) {
  run r = {build_finish(t->b), NULL};
  assert_non_null(r.p);
  assert_int_equal(vm_new(&r.vm, ppr_alloc_default, r.p, 0, lanes, keep, NULL), PPR_OK);
  return r;
}

static void stop(run *r) {
  vm_free(r->vm);
  program_free(r->p);
}

/* One field 10..20 with flags (preset 15), value and state as outputs. */
static run one_field(uint32_t flags, ppr_kind kind) {
  tiny t = tiny_new();
  bool yes = kind == PPR_KIND_BOOL;
  uint32_t slot = tiny_input(&t, "E", kind, flags, yes ? 0 : 10, yes ? 1 : 20, yes ? 1 : 15);
  uint32_t v = tiny1(&t, yes ? PPR_OP_IN_BOOL : PPR_OP_IN_INT, slot), s = tiny1(&t, PPR_OP_IN_STATE, slot);
  tiny_output(&t, "v", kind, v, 0);
  tiny_output(&t, "s", PPR_KIND_NUMBER, tiny1(&t, PPR_OP_INTOF, s), 0);
  return start(&t, 0, false);
}

/* Value, state and fault of each row, as text like "15/0 0/1!5201". */
static void assert_rows(run *r, ppr_column in, size_t n, const char *want) {
  int64_t v[8], s[8];
  ppr_fault f[8];
  ppr_result out[2] = {{v, NULL, NULL}, {s, NULL, NULL}};
  char have[256] = "";
  assert_int_equal(vm_eval(r->vm, &in, n, out, f), PPR_OK);
  for (size_t i = 0; i < n; i++) {
    size_t at = strlen(have);
    if (f[i].code) snprintf(have + at, sizeof have - at, "%s!%u", i ? " " : "", f[i].code);
    else snprintf(have + at, sizeof have - at, "%s%lld/%lld", i ? " " : "", (long long)v[i], (long long)s[i]);
  }
  assert_string_equal(have, want);
  stop(r);
}

static const int64_t values[] = {10, 20, 9, 21, 12, 12};
static const uint8_t states[] = {0, 0, 0, 0, PPR_FEHLT, PPR_ENTFAELLT};

static void test_required(void **state) {
  (void)state;
  run r = one_field(0, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){values, states, NULL}, 6, "10/0 20/0 !5202 !5202 !5201 !5201");
  r = one_field(0, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){values, NULL, NULL}, 4, "10/0 20/0 !5202 !5202");
  r = one_field(0, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){NULL, NULL, NULL}, 2, "!5201 !5201");
}

static void test_optional(void **state) {
  (void)state;
  run r = one_field(PPR_FIELD_OPTIONAL, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){values, states, NULL}, 6, "10/0 20/0 !5202 !5202 0/1 0/2");
  r = one_field(PPR_FIELD_OPTIONAL, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){NULL, states, NULL}, 2, "0/1 0/1");
}

/* A preset stands in for a missing value, not for one stated to be absent in another way. */
static void test_preset(void **state) {
  (void)state;
  run r = one_field(PPR_FIELD_PRESET, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){values, states, NULL}, 6, "10/0 20/0 !5202 !5202 15/0 !5201");
  r = one_field(PPR_FIELD_PRESET, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){NULL, NULL, NULL}, 2, "15/0 15/0");
}

static void test_yes_no(void **state) {
  (void)state;
  static const int64_t v[] = {0, 1, 2, -1, 0};
  static const uint8_t s[] = {0, 0, 0, 0, 1};
  run r = one_field(0, PPR_KIND_BOOL);
  assert_rows(&r, (ppr_column){v, s, NULL}, 5, "0/0 1/0 !5202 !5202 !5201");
  r = one_field(PPR_FIELD_PRESET, PPR_KIND_BOOL);
  assert_rows(&r, (ppr_column){v, s, NULL}, 5, "0/0 1/0 !5202 !5202 1/0");
}

/* A state byte that does not exist is an absence, never a value. */
static void test_unknown_state(void **state) {
  (void)state;
  static const uint8_t odd[] = {4, 255};
  run r = one_field(PPR_FIELD_OPTIONAL, PPR_KIND_NUMBER);
  assert_rows(&r, (ppr_column){values, odd, NULL}, 2, "0/1 0/1");
}

static void test_first_fault_counts(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 9), b = tiny_in(&t, "b", 0, 9); /* pc 0, 1 */
  uint32_t q = tiny2(&t, PPR_OP_DIV, a, b);                        /* 2 */
  uint32_t p = tiny2(&t, PPR_OP_DIV, b, a);                        /* 3 */
  tiny_output(&t, "p", PPR_KIND_NUMBER, tiny2(&t, PPR_OP_ADD, q, p), 0);
  run r = start(&t, 2, false);
  static const int64_t av[] = {1, 0, 1, 10, 0}, bv[] = {1, 1, 0, 0, 0};
  ppr_column in[2] = {{av, NULL, NULL}, {bv, NULL, NULL}};
  ppr_fault f[5];
  assert_int_equal(vm_eval(r.vm, in, 5, NULL, f), PPR_OK);
  static const ppr_fault want[5] = {{0, 0}, {5204, 3}, {5204, 2}, {5202, 0}, {5204, 2}};
  for (int i = 0; i < 5; i++) {
    assert_int_equal(f[i].code, want[i].code);
    assert_int_equal(f[i].pc, want[i].pc);
  }
  stop(&r);
}

/* Registers may lie in the caller's columns, from block to block and call to call in other ones: an output that is an input, a constant, one that is
 * read again, the same one twice, one nobody wants. */
static void test_registers_in_columns(void **state) {
  (void)state;
  for (int keep = 0; keep < 2; keep++) {
    tiny t = tiny_new();
    uint32_t a = tiny_in(&t, "a", 0, 99), seven = tiny_const(&t, 7);
    uint32_t sum = tiny2(&t, PPR_OP_ADD, a, seven), twice = tiny2(&t, PPR_OP_ADD, sum, sum);
    const uint32_t regs[] = {a, seven, sum, twice, twice};
    for (int j = 0; j < 5; j++) tiny_output(&t, "A", PPR_KIND_NUMBER, regs[j], 0);
    run r = start(&t, 2, keep);
    static const int64_t av[] = {1, 2, 3, 4, 5}, bv[] = {10, 20, 30, 40, 50};
    for (int call = 0; call < 3; call++) {
      int64_t v[5][5];
      const int64_t *given = call ? bv : av;
      ppr_column in = {given, NULL, NULL};
      ppr_result out[5];
      ppr_fault f[5];
      for (int j = 0; j < 5; j++) out[j] = (ppr_result){call == 2 && j == 2 ? NULL : v[j], NULL, NULL};
      assert_int_equal(vm_eval(r.vm, &in, 5, out, f), PPR_OK);
      for (int i = 0; i < 5; i++) {
        assert_int_equal(f[i].code, 0);
        assert_int_equal(v[0][i], given[i]);
        assert_int_equal(v[1][i], 7);
        if (call < 2) assert_int_equal(v[2][i], given[i] + 7);
        assert_int_equal(v[3][i], 2 * given[i] + 14);
        assert_int_equal(v[4][i], 2 * given[i] + 14);
      }
    }
    stop(&r);
  }
}

/* A division guarded by a condition faults only where the condition lets it happen; the other arm may state a fault. */
static tiny guarded(void) {
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", -99, 99), b = tiny_in(&t, "b", -99, 99);
  uint32_t c = tiny1(&t, PPR_OP_BOOLOF, b);
  uint32_t w = tiny_when(&t, c);
  uint32_t q = tiny_op(&t, PPR_OP_DIV, PPR_ROUND_DOWN, a, b, 0);
  uint32_t e = tiny_else(&t, w);
  uint32_t negative = tiny2(&t, PPR_OP_LTK, a, tiny_k(&t, 0));
  uint32_t w2 = tiny_when(&t, negative);
  tiny1(&t, PPR_OP_FAIL, tiny_k(&t, 5207));
  tiny_end(&t, tiny_else(&t, w2));
  tiny_end(&t, e);
  tiny_output(&t, "q", PPR_KIND_NUMBER, tiny3(&t, PPR_OP_SEL_INT, c, q, a), 0);
  return t;
}

static void test_regions(void **state) {
  (void)state;
  static const int64_t a[] = {10, 10, -10, -10, 7}, b[] = {3, 0, 0, 3, 0};
  static const int64_t want[] = {3, 10, 0, -3, 7};
  for (uint32_t lanes = 1; lanes <= 5; lanes++) {
    tiny t = guarded();
    run r = start(&t, lanes, lanes % 2);
    int64_t q[5];
    ppr_fault f[5];
    ppr_column in[2] = {{a, NULL, NULL}, {b, NULL, NULL}};
    assert_int_equal(vm_eval(r.vm, in, 5, &(ppr_result){q, NULL, NULL}, f), PPR_OK);
    for (int i = 0; i < 5; i++) {
      assert_int_equal(f[i].code, i == 2 ? 5207 : 0);
      if (i != 2) assert_int_equal(q[i], want[i]);
    }
    stop(&r);
  }
}

/* No block reads or writes beyond the rows, whatever is left for the last one. */
static void test_blocks(void **state) {
  (void)state;
  enum { MOST = 200 };
  int64_t a[MOST], out[MOST + 1];
  uint8_t st[MOST + 1];
  ppr_fault f[MOST + 1];
  for (int i = 0; i < MOST; i++) a[i] = i;
  for (size_t rows = 0; rows <= MOST; rows += 33) {
    tiny t = tiny_new();
    uint32_t r0 = tiny_in(&t, "a", 0, MOST);
    tiny_output(&t, "b", PPR_KIND_NUMBER, tiny2(&t, PPR_OP_MULK, r0, tiny_k(&t, 3)), 0);
    run r = start(&t, 64, false);
    memset(st, 0x55, sizeof st);
    out[rows] = -1, f[rows].code = 77;
    assert_int_equal(vm_eval(r.vm, &(ppr_column){a, NULL, NULL}, rows, &(ppr_result){out, st, NULL}, f), PPR_OK);
    for (size_t i = 0; i < rows; i++) {
      assert_int_equal(out[i], 3 * a[i]);
      assert_int_equal(st[i], PPR_PRESENT);
      assert_int_equal(f[i].code, 0);
    }
    assert_int_equal(out[rows], -1);
    assert_int_equal(st[rows], 0x55);
    assert_int_equal(f[rows].code, 77);
    stop(&r);
  }
}

/* The value of an absent result is 0, not what its register happens to hold. */
static void test_absent_output(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 99), c = tiny2(&t, PPR_OP_LTK, a, tiny_k(&t, 50));
  uint32_t s =
      tiny3(&t, PPR_OP_SEL_BOOL, c, tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, PPR_ENTFAELLT)), tiny1(&t, PPR_OP_CONST_BOOL, tiny_k(&t, PPR_PRESENT)));
  tiny_output(&t, "a", PPR_KIND_NUMBER, a, s + 1);
  run r = start(&t, 0, false);
  static const int64_t in[] = {49, 50};
  int64_t v[2];
  uint8_t st[2];
  ppr_fault f[2];
  assert_int_equal(vm_eval(r.vm, &(ppr_column){in, NULL, NULL}, 2, &(ppr_result){v, st, NULL}, f), PPR_OK);
  assert_int_equal(v[0], 0);
  assert_int_equal(st[0], PPR_ENTFAELLT);
  assert_int_equal(v[1], 50);
  assert_int_equal(st[1], PPR_PRESENT);
  stop(&r);
}

/* A result that may need more than 32 bits is not written into a column of 32. */
static void test_too_wide_for_the_column(void **state) {
  (void)state;
  for (int64_t k = 1; k < 3; k++) {
    tiny t = tiny_new();
    tiny_output(&t, "a", PPR_KIND_NUMBER, tiny2(&t, PPR_OP_MULK, tiny_in(&t, "a", 0, INT32_MAX), tiny_k(&t, k)), 0);
    run r = start(&t, 0, false);
    static const int32_t in[] = {3, INT32_MAX};
    int32_t out[2] = {-1, -1};
    ppr_fault f[2];
    ppr_status status = vm_eval(r.vm, &(ppr_column){NULL, NULL, in}, 2, &(ppr_result){NULL, NULL, out}, f);
    assert_int_equal(status, k == 1 ? PPR_OK : PPR_MISUSE);
    assert_int_equal(out[1], k == 1 ? INT32_MAX : -1);
    stop(&r);
  }
}

/* Quotients are taken to fit 32 bits; a block in which one does not is computed again, and with many of those nothing is assumed any more. */
static void test_assumed_quotients(void **state) {
  (void)state;
  enum { ROWS = 64 * 20 };
  static int64_t a[ROWS], b[ROWS], q[ROWS], twice[ROWS];
  static ppr_fault f[ROWS];
  for (unsigned share = 1; share < 2000; share *= 7) { /* every so many records have a divisor of 1, and the quotient is beyond 32 bits */
    tiny t = tiny_new();
    uint32_t x = tiny_in(&t, "a", -INT64_C(99999999999), INT64_C(99999999999)), y = tiny_in(&t, "b", 0, 99999);
    uint32_t c = tiny2(&t, PPR_OP_EQK, y, tiny_k(&t, 0)), w = tiny_when(&t, c), e = tiny_else(&t, w);
    uint32_t d = tiny_op(&t, PPR_OP_DIV, PPR_ROUND_HALF_UP, x, y, 0);
    tiny_end(&t, e);
    uint32_t r = tiny3(&t, PPR_OP_SEL_INT, c, tiny_const(&t, -1), d);
    tiny_output(&t, "q", PPR_KIND_NUMBER, r, 0);
    for (int i = 0; i < 20; i++) d = tiny2(&t, PPR_OP_ADDK, i ? d : r, tiny_k(&t, i)); /* work that is less in 32 bits; the last adds 190 */
    tiny_output(&t, "t", PPR_KIND_NUMBER, d, 0);
    run m = start(&t, 64, false);
    for (int i = 0; i < ROWS; i++) {
      bool far = (unsigned)i % share == share - 1;
      a[i] = (i % 2 ? -1 : 1) * (int64_t)(INT64_C(99999999999) - i);
      b[i] = far ? 1 : i % 5 == 0 ? 0 : 99999;
    }
    ppr_column in[2] = {{a, NULL, NULL}, {b, NULL, NULL}};
    for (int call = 0; call < 2; call++) {
      assert_int_equal(vm_eval(m.vm, in, ROWS, (ppr_result[]){{q, NULL, NULL}, {twice, NULL, NULL}}, f), PPR_OK);
      for (int i = 0; i < ROWS; i++) {
        int64_t size = a[i] < 0 ? -a[i] : a[i], want = b[i] ? (2 * size + b[i]) / (2 * b[i]) * (a[i] < 0 ? -1 : 1) : -1;
        assert_int_equal(f[i].code, 0);
        assert_int_equal(q[i], want);
        assert_int_equal(twice[i], want + 190);
      }
    }
    stop(&m);
  }
}

static void test_arguments(void **state) {
  (void)state;
  tiny t = guarded();
  run r = start(&t, 1024, false);
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, r.p, 1, 0, false, NULL), PPR_MISUSE);
  assert_null(vm);
  assert_int_equal(vm_new(&vm, ppr_alloc_default, r.p, 0, 1025, false, NULL), PPR_MISUSE);
  assert_true(vm_register(r.vm, 0) == 0); /* only a keep plan has every register */
  stop(&r);
}

/* Every allocation may fail; nothing leaks (sanitizer) and the status says so. */
typedef struct budget {
  int left;
} budget;
static void *limited(void *ctx, void *ptr, size_t old_size, size_t new_size) {
  budget *b = ctx;
  if (new_size && b->left-- <= 0) return NULL;
  return ppr_alloc_default.fn(ppr_alloc_default.ctx, ptr, old_size, new_size);
}

static void test_out_of_memory(void **state) {
  (void)state;
  tiny t = guarded();
  run r = start(&t, 0, false);
  ppr_status status = PPR_NOMEM;
  int n = 0;
  for (; status != PPR_OK; n++) {
    ppr_vm *vm;
    budget b = {n};
    assert_true(n < 100);
    status = vm_new(&vm, (ppr_alloc){limited, &b}, r.p, 0, 0, false, NULL);
    assert_int_equal(status, vm ? PPR_OK : PPR_NOMEM);
    vm_free(vm);
  }
  assert_true(n > 2);
  assert_true(vm_profile(r.vm)); /* its likes need memory for times, too */
  status = PPR_NOMEM;
  for (n = 0; status != PPR_OK; n++) {
    ppr_vm *like;
    budget b = {n};
    assert_true(n < 100);
    status = vm_like(&like, (ppr_alloc){limited, &b}, r.vm);
    assert_int_equal(status, like ? PPR_OK : PPR_NOMEM);
    vm_free(like);
  }
  assert_true(n > 2);
  stop(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_required),
      cmocka_unit_test(test_optional),
      cmocka_unit_test(test_preset),
      cmocka_unit_test(test_yes_no),
      cmocka_unit_test(test_unknown_state),
      cmocka_unit_test(test_first_fault_counts),
      cmocka_unit_test(test_registers_in_columns),
      cmocka_unit_test(test_regions),
      cmocka_unit_test(test_blocks),
      cmocka_unit_test(test_absent_output),
      cmocka_unit_test(test_too_wide_for_the_column),
      cmocka_unit_test(test_assumed_quotients),
      cmocka_unit_test(test_arguments),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
