/* Single instructions: values worked out by hand, at the edges of their types and roundings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "support/prng.h"
#include "support/tiny.h"
#include "vm/exec.h"
#include "vm/kern.h"

/* One row of one instruction on INT operands; the result widened, the fault code in *fault. */
static ppr_wide run(tiny *t, uint32_t reg, const int64_t *values, unsigned n, uint32_t *fault) {
  tiny_output(t, "A", PPR_KIND_NUMBER, reg, 0); /* only what an output needs can fault */
  ppr_program *p = build_finish(t->b);
  ppr_column in[4];
  for (unsigned i = 0; i < n; i++) in[i] = (ppr_column){&values[i], NULL, NULL};
  ppr_vm *vm;
  ppr_fault f;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 1, true, NULL), PPR_OK);
  assert_int_equal(vm_eval(vm, in, 1, NULL, &f), PPR_OK);
  ppr_wide result = vm_register(vm, reg);
  if (fault) *fault = f.code;
  vm_free(vm);
  program_free(p);
  return result;
}

static tiny with_inputs(unsigned n) {
  tiny t = tiny_new();
  for (unsigned i = 0; i < n; i++) tiny_in(&t, "E", INT64_MIN, INT64_MAX); /* registers 0, 1, … */
  return t;
}

static int64_t rr(ppr_op op, uint32_t mode, int64_t a, int64_t b, uint32_t *fault) {
  tiny t = with_inputs(2);
  return (int64_t)run(&t, tiny_op(&t, op, mode, 0, 1, 0), (int64_t[]){a, b}, 2, fault);
}

static int64_t rk(ppr_op op, uint32_t mode, int64_t a, int64_t k) {
  tiny t = with_inputs(1);
  return (int64_t)run(&t, tiny_op(&t, op, mode, 0, tiny_k(&t, k), 0), (int64_t[]){a}, 1, NULL);
}

/* a / b by mode: half up, up, down, half even */
static const struct {
  int64_t a, b, by_mode[4];
} quotients[] = {
    {7, 2, {4, 4, 3, 4}},
    {5, 2, {3, 3, 2, 2}},
    {-7, 2, {-4, -4, -3, -4}},
    {-5, 2, {-3, -3, -2, -2}},
    {7, -2, {-4, -4, -3, -4}},
    {-5, -2, {3, 3, 2, 2}},
    {6, 3, {2, 2, 2, 2}},
    {1, 3, {0, 1, 0, 0}},
    {2, 3, {1, 1, 0, 1}},
    {-1, 3, {0, -1, 0, 0}},
    {0, 7, {0, 0, 0, 0}},
    {10, 7, {1, 2, 1, 1}},
    {11, 7, {2, 2, 1, 2}},
    {15, 10, {2, 2, 1, 2}},
    {25, 10, {3, 3, 2, 2}},
    {14999, 6000, {2, 3, 2, 2}},
    {15000, 6000, {3, 3, 2, 2}},
    {15001, 6000, {3, 3, 2, 3}},
    /* 2^31 and beyond leave the narrow form: 4294967299 / 7 = 613566757 exactly, 4294967303 / 7 = 613566757 + 4/7 */
    {4294967299, 7, {613566757, 613566757, 613566757, 613566757}},
    {4294967303, 7, {613566758, 613566758, 613566757, 613566758}},
    {9223372036854775807, 10, {922337203685477581, 922337203685477581, 922337203685477580, 922337203685477581}},
    {INT64_MIN, 10, {-922337203685477581, -922337203685477581, -922337203685477580, -922337203685477581}},
    {INT64_MIN, INT64_MIN, {1, 1, 1, 1}},
    {INT64_MAX, INT64_MIN, {-1, -1, 0, -1}},
    {1, INT64_MAX, {0, 1, 0, 0}},
};

static void test_quotients_by_mode(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof quotients / sizeof *quotients; i++)
    for (uint32_t mode = 0; mode < PPR_ROUND_MODES; mode++) {
      assert_int_equal(rr(PPR_OP_DIV, mode, quotients[i].a, quotients[i].b, NULL), quotients[i].by_mode[mode]);
      assert_int_equal(rk(PPR_OP_DIVK, mode, quotients[i].a, quotients[i].b), quotients[i].by_mode[mode]);
    }
}

static void test_zero_divisor(void **state) {
  (void)state;
  uint32_t fault;
  assert_int_equal(rr(PPR_OP_DIV, PPR_ROUND_HALF_UP, 5, 0, &fault), 0);
  assert_int_equal(fault, 5204);
  rr(PPR_OP_DIV, PPR_ROUND_HALF_UP, 0, 5, &fault);
  assert_int_equal(fault, 0);
}

static uint64_t by_magic(const kern_divisor *d, uint64_t n) {
  __extension__ uint64_t t = (uint64_t)(((unsigned __int128)n * d->magic) >> 64);
  return (t + ((n - t) >> d->pre)) >> d->post;
}

/* Division by multiplication against the processor's own. */
static void test_divisors(void **state) {
  (void)state;
  prng r = prng_new("test_kern");
  for (int i = 0; i < 20000; i++) {
    int64_t by = i < 3000 ? i + 1 : (int64_t)(prng_next(&r) >> (1 + prng_below(&r, 62)));
    if (by == 0) by = 1;
    kern_divisor d;
    divisor_init(&d, by, PPR_ROUND_DOWN);
    for (int j = 0; j < 8; j++) {
      uint64_t n = prng_next(&r) >> prng_below(&r, 64), near = n - n % (uint64_t)by;
      uint64_t tries[4] = {n, near, near - 1, UINT64_MAX};
      for (int k = 0; k < 4; k++) assert_true(by_magic(&d, tries[k]) == tries[k] / (uint64_t)by);
    }
  }
}

static int64_t exact_quotient(int64_t a, int64_t b, uint32_t mode) {
  ppr_wide n = a < 0 ? -(ppr_wide)a : a, by = b < 0 ? -(ppr_wide)b : b, q = n / by, twice = 2 * (n - q * by);
  if (mode == PPR_ROUND_HALF_UP) q += twice >= by;
  else if (mode == PPR_ROUND_UP) q += twice > 0;
  else if (mode == PPR_ROUND_HALF_EVEN) q += twice > by || (twice == by && q % 2 == 1);
  return (int64_t)((a < 0) != (b < 0) ? -q : q);
}

enum { BLOCK = 48 };

/* Numerators and divisors for whole blocks: at, before and after multiples of the divisor and its half, where a quotient that is only nearly right
 * falls on the wrong side. One divisor for all lanes, or one for each. */
static void make_quotients(prng *r, int64_t a[BLOCK], int64_t b[BLOCK], unsigned bits, bool one, bool negative) {
  unsigned by_bits = (unsigned)prng_below(r, bits); /* most quotients are large */
  int64_t by = 0;
  for (int i = 0; i < BLOCK; i++) {
    if (i == 0 || !one) by = (int64_t)(prng_next(r) >> (63 - by_bits)) + 1;
    uint64_t n = prng_next(r) >> (64 - bits), part = n - n % (uint64_t)by + (prng_below(r, 2) ? (uint64_t)by / 2 : 0);
    a[i] = (int64_t)((part + prng_below(r, 3) - 1) & INT64_MAX);
    b[i] = by;
    if (prng_below(r, 4) == 0) a[i] = -a[i];
    if (negative && (one || prng_below(r, 4) == 0)) b[i] = -by;
  }
}

/* Runs one kernel of a set: d by a and b of the widths given, as 64-bit numbers. */
static void run_block(const kern_set *set, kern_id kernel, kern_step s, int w, int wb, int wd, const int64_t *a, const int64_t *b, int64_t *d) {
  static const uint8_t active[BLOCK];
  static int32_t a32[BLOCK], b32[BLOCK], d32[BLOCK];
  ppr_fault faults[BLOCK];
  void *reg[3] = {wd == 32 ? (void *)d32 : (void *)d, a32, b32};
  for (int i = 0; i < BLOCK; i++) a32[i] = (int32_t)a[i], b32[i] = (int32_t)b[i];
  if (w == 64) reg[1] = (void *)(uintptr_t)a;
  if (wb == 64) reg[2] = (void *)(uintptr_t)b;
  kern_block k = {.n = BLOCK, .full = BLOCK, .reg = reg, .active = active, .faults = faults};
  s.d = 0, s.a = 1, s.b = 2;
  set->fn[kernel](&s, &k);
  for (int i = 0; wd == 32 && i < BLOCK; i++) d[i] = d32[i];
}

/* DIV and DIVK of every set of kernels, magnitudes on both sides of every form a division has. */
static void test_quotients_of_blocks(void **state) {
  (void)state;
  const kern_set *sets[KERN_SETS];
  uint32_t n_sets = kern_sets(sets);
  int64_t a[BLOCK], b[BLOCK], d[BLOCK];
  prng r = prng_new("test_kern");
  for (int round = 0; round < 4000; round++) {
    uint32_t mode = (uint32_t)round % PPR_ROUND_MODES;
    make_quotients(&r, a, b, 1 + (unsigned)prng_below(&r, 62), round % 2 == 0, round % 3 == 0);
    kern_divisor divisor;
    divisor_init(&divisor, b[0], mode);
    for (uint32_t set = 0; set < n_sets; set++) {
      run_block(sets[set], KERN_DIV_64_64_64, (kern_step){.mode = (uint8_t)mode}, 64, 64, 64, a, b, d);
      for (int i = 0; i < BLOCK; i++) assert_int_equal(d[i], exact_quotient(a[i], b[i], mode));
      run_block(sets[set], KERN_DIVK_64_64_64, (kern_step){.mode = (uint8_t)mode, .x.divisor = &divisor}, 64, 64, 64, a, b, d);
      for (int i = 0; i < BLOCK; i++) assert_int_equal(d[i], exact_quotient(a[i], b[0], mode));
    }
  }
}

static bool fits(const int64_t *v, int bits) {
  for (int i = 0; i < BLOCK && bits == 32; i++)
    if (v[i] < INT32_MIN || v[i] > INT32_MAX) return false;
  return true;
}

/* SCALE and QUOTIENT in all widths up to the edge of what they are exact for. */
static void test_through_binary64(void **state) {
  (void)state;
  static const struct {
    kern_id kernel;
    int w, wb, d;
  } kernels[] = {{KERN_SCALE_32_32_32, 32, 32, 32},    {KERN_SCALE_64_64_32, 64, 64, 32},    {KERN_SCALE_64_64_64, 64, 64, 64},
                 {KERN_QUOTIENT_32_32_32, 32, 32, 32}, {KERN_QUOTIENT_32_32_64, 32, 32, 64}, {KERN_QUOTIENT_64_32_32, 64, 32, 32},
                 {KERN_QUOTIENT_64_32_64, 64, 32, 64}, {KERN_QUOTIENT_64_64_32, 64, 64, 32}, {KERN_QUOTIENT_64_64_64, 64, 64, 64}};
  const kern_set *sets[KERN_SETS];
  uint32_t n_sets = kern_sets(sets), ran[9] = {0};
  int64_t a[BLOCK], b[BLOCK], d[BLOCK], want[BLOCK];
  prng r = prng_new("test_kern");
  for (int round = 0; round < 20000; round++) {
    uint32_t which = (uint32_t)round % 9, mode = (uint32_t)prng_below(&r, PPR_ROUND_HALF_EVEN);
    bool scale = which < 3;
    unsigned bits = kernels[which].w == 32 ? 31 : 48, shift = prng_below(&r, 2) ? 0 : (unsigned)prng_below(&r, 18); /* the factor takes its share */
    make_quotients(&r, a, b, bits - (bits == 48 ? shift : 0), scale, prng_below(&r, 2));
    int64_t factor = shift ? (int64_t)prng_below(&r, 1u << shift) : 1;
    int64_t most = factor ? KERN_EXACT / factor : KERN_EXACT;
    if (kernels[which].w == 32 && most > INT32_MAX) most = INT32_MAX;
    for (int i = 0; i < BLOCK; i++) {
      if (a[i] > most || a[i] < -most || prng_below(&r, 20) == 0) a[i] = a[i] < 0 ? -most : most;
      if (!scale && prng_below(&r, 20) == 0) b[i] = 0;
      if (scale) b[i] = b[0] < 0 ? -b[0] : b[0];
      want[i] = b[i] ? exact_quotient(a[i] * factor, b[i], mode) : -7;
    }
    if (!fits(a, kernels[which].w) || !fits(b, kernels[which].wb) || !fits(want, kernels[which].d)) continue;
    bool positive = prng_below(&r, 2);
    for (int i = 0; i < BLOCK; i++) positive = positive && a[i] >= 0;
    kern_scale s = divisor_scale(factor, scale ? b[0] : 1, mode, positive);
    kern_step step = {.mode = (uint8_t)mode, .k = factor, .sure = true, .x.other = -7};
    if (scale) step.x.scale = &s;
    for (uint32_t set = 0; set < n_sets; set++) {
      run_block(sets[set], kernels[which].kernel, step, kernels[which].w, kernels[which].wb, kernels[which].d, a, b, d);
      for (int i = 0; i < BLOCK; i++) assert_int_equal(d[i], want[i]);
    }
    ran[which]++;
  }
  for (int i = 0; i < 9; i++) assert_true(ran[i] > 50);
}

static void test_arithmetic(void **state) {
  (void)state;
  assert_int_equal(rr(PPR_OP_ADD, 0, 40, 2, NULL), 42);
  assert_int_equal(rr(PPR_OP_SUB, 0, 40, 2, NULL), 38);
  assert_int_equal(rr(PPR_OP_MUL, 0, -40, 2, NULL), -80);
  assert_int_equal(rr(PPR_OP_MIN, 0, -40, 2, NULL), -40);
  assert_int_equal(rr(PPR_OP_MAX, 0, -40, 2, NULL), 2);
  assert_int_equal(rr(PPR_OP_ADD, 0, INT64_MAX, 1, NULL), INT64_MIN); /* defined even where the proof failed */
  assert_int_equal(rk(PPR_OP_ADDK, 0, 5, -7), -2);
  assert_int_equal(rk(PPR_OP_MULK, 0, 5, -7), -35);
}

static void test_lists(void **state) {
  (void)state;
  for (unsigned n = 0; n < 30; n++) { /* DOT: 100 + 1*1 + 2*2 + … alternating between two registers, 3 and 10 */
    tiny t = with_inputs(2);
    uint32_t items[60], regs[30];
    int64_t want = 100, sum = 0;
    for (unsigned j = 0; j < n; j++) {
      items[2 * j] = regs[j] = j % 2;
      items[2 * j + 1] = tiny_k(&t, j + 1);
      want += (j % 2 ? 10 : 3) * (int64_t)(j + 1);
      sum += j % 2 ? 10 : 3;
    }
    uint32_t dot = tiny_op(&t, PPR_OP_DOT, 0, tiny_args(&t, items, 2 * n), n, tiny_k(&t, 100));
    assert_int_equal(run(&t, dot, (int64_t[]){3, 10}, 2, NULL), want);
    tiny u = with_inputs(2);
    uint32_t total = tiny2(&u, PPR_OP_SUM, tiny_args(&u, regs, n), n);
    assert_int_equal(run(&u, total, (int64_t[]){3, 10}, 2, NULL), sum);
  }
}

/* A WIDE register from two numbers: hi * 2^62 + lo. */
static uint32_t wide(tiny *t, uint32_t hi, uint32_t lo) {
  uint32_t unit = tiny1(t, PPR_OP_CONST_INT, tiny_k(t, INT64_C(1) << 62));
  return tiny2(t, PPR_OP_ADDW, tiny2(t, PPR_OP_MULWI, hi, unit), tiny1(t, PPR_OP_WIDEN, lo));
}

static void test_wide(void **state) {
  (void)state;
  uint32_t fault;
  tiny t = with_inputs(2); /* 3 * 2^62 + 5, divided by 2^62, narrowed: 3 */
  uint32_t unit = tiny1(&t, PPR_OP_WIDEN, tiny1(&t, PPR_OP_CONST_INT, tiny_k(&t, INT64_C(1) << 62)));
  uint32_t q = tiny_op(&t, PPR_OP_DIVW, PPR_ROUND_HALF_UP, wide(&t, 0, 1), unit, 0);
  assert_int_equal(run(&t, tiny1(&t, PPR_OP_NARROW, q), (int64_t[]){3, 5}, 2, &fault), 3);
  assert_int_equal(fault, 0);

  t = with_inputs(2); /* 2 * 2^62 does not fit 64 bits, 2 * 2^62 - 1 does */
  assert_int_equal(run(&t, tiny1(&t, PPR_OP_NARROW, wide(&t, 0, 1)), (int64_t[]){2, 0}, 2, &fault), 0);
  assert_int_equal(fault, 5203);
  t = with_inputs(2);
  assert_int_equal(run(&t, tiny1(&t, PPR_OP_NARROW, wide(&t, 0, 1)), (int64_t[]){2, -1}, 2, &fault), INT64_MAX);
  assert_int_equal(fault, 0);

  t = with_inputs(2); /* (2^62 * 2^62) * 8 = 2^127 */
  uint32_t w = wide(&t, 0, 1), eight = tiny1(&t, PPR_OP_WIDEN, tiny_const(&t, 8));
  run(&t, tiny2(&t, PPR_OP_MULW, w, eight), (int64_t[]){INT64_C(1) << 62, 0}, 2, &fault);
  assert_int_equal(fault, 5203);
  t = with_inputs(2);
  uint32_t zero = tiny1(&t, PPR_OP_WIDEN, 1);
  run(&t, tiny_op(&t, PPR_OP_DIVW, 0, zero, zero, 0), (int64_t[]){1, 0}, 2, &fault);
  assert_int_equal(fault, 5204);
}

static uint32_t wide_min(tiny *t) { return tiny1(t, PPR_OP_CONST_WIDE, build_wide_konst(t->b, (ppr_wide_konst){INT64_MIN, 0})); }

static void test_least_wide(void **state) {
  (void)state;
  uint32_t fault;
  static const ppr_op ops[] = {PPR_OP_NEGW, PPR_OP_ABSW};
  for (int i = 0; i < 2; i++) {
    tiny t = with_inputs(1);
    run(&t, tiny1(&t, ops[i], wide_min(&t)), (int64_t[]){0}, 1, &fault);
    assert_int_equal(fault, 5203);
  }
  tiny t = with_inputs(1);
  uint32_t m = wide_min(&t), minus = tiny1(&t, PPR_OP_WIDEN, tiny_const(&t, -1));
  run(&t, tiny_op(&t, PPR_OP_DIVW, 0, m, minus, 0), (int64_t[]){0}, 1, &fault);
  assert_int_equal(fault, 5203);
  t = with_inputs(1);
  assert_true(run(&t, wide_min(&t), (int64_t[]){0}, 1, &fault) == WIDE_MIN);
}

static void test_compare(void **state) {
  (void)state;
  assert_int_equal(rr(PPR_OP_EQ, 0, 3, 3, NULL), 1);
  assert_int_equal(rr(PPR_OP_LT, 0, 3, 3, NULL), 0);
  assert_int_equal(rr(PPR_OP_LE, 0, 3, 3, NULL), 1);
  assert_int_equal(rr(PPR_OP_LT, 0, INT64_MIN, INT64_MAX, NULL), 1);
  assert_int_equal(rk(PPR_OP_EQK, 0, 2026, 2026), 1);
  assert_int_equal(rk(PPR_OP_LTK, 0, 2026, 2026), 0);
  assert_int_equal(rk(PPR_OP_LEK, 0, 2026, 2026), 1);
}

static int64_t table_op(ppr_op op, int64_t a, int64_t b, uint32_t *fault) {
  tiny t = with_inputs(2);
  uint32_t first = tiny_k(&t, 10);
  for (int i = 2; i <= 6; i++) tiny_k(&t, 10 * i); /* 10 20 30 / 40 50 60 */
  uint32_t table = build_table(t.b, (ppr_table){first, op == PPR_OP_LOOK2 ? 2 : 6, op == PPR_OP_LOOK2 ? 3 : 1, 0});
  uint32_t reg = op == PPR_OP_LOOK2 ? tiny3(&t, op, 0, 1, table) : tiny2(&t, op, 0, table);
  return (int64_t)run(&t, reg, (int64_t[]){a, b}, 2, fault);
}

static void test_tables(void **state) {
  (void)state;
  uint32_t fault;
  assert_int_equal(table_op(PPR_OP_LOOK, 0, 0, &fault), 10);
  assert_int_equal(table_op(PPR_OP_LOOK, 5, 0, &fault), 60);
  assert_int_equal(fault, 0);
  static const int64_t outside[] = {-1, 6, INT64_MIN, INT64_MAX};
  for (int i = 0; i < 4; i++) {
    assert_int_equal(table_op(PPR_OP_LOOK, outside[i], 0, &fault), 0);
    assert_int_equal(fault, 5206);
  }
  assert_int_equal(table_op(PPR_OP_LOOK2, 1, 2, &fault), 60);
  assert_int_equal(table_op(PPR_OP_LOOK2, 1, 0, &fault), 40);
  assert_int_equal(fault, 0);
  table_op(PPR_OP_LOOK2, 0, 3, &fault); /* not the first cell of the next row */
  assert_int_equal(fault, 5206);
  table_op(PPR_OP_LOOK2, 2, 0, &fault);
  assert_int_equal(fault, 5206);
  assert_int_equal(table_op(PPR_OP_RANK, 9, 0, NULL), 0);
  assert_int_equal(table_op(PPR_OP_RANK, 10, 0, NULL), 1); /* a bound belongs to the step it opens */
  assert_int_equal(table_op(PPR_OP_RANK, 59, 0, NULL), 5);
  assert_int_equal(table_op(PPR_OP_RANK, 1000, 0, NULL), 6);
}

/* Logic and counting treat every state but "present" as true. */
static void test_logic(void **state) {
  (void)state;
  for (int a = 0; a < 4; a++)
    for (int b = 0; b < 4; b++) {
      static const ppr_op ops[] = {PPR_OP_AND, PPR_OP_OR, PPR_OP_EQB};
      int want[] = {a && b, a || b, a == b};
      for (int i = 0; i < 3; i++) {
        tiny t = with_inputs(2);
        uint32_t x = tiny1(&t, PPR_OP_STATEOF, 0), y = tiny1(&t, PPR_OP_STATEOF, 1);
        assert_int_equal(run(&t, tiny2(&t, ops[i], x, y), (int64_t[]){a, b}, 2, NULL), want[i]);
      }
      static const ppr_op lists[] = {PPR_OP_ANY, PPR_OP_ALL, PPR_OP_COUNT};
      int of_list[] = {a || b, a && b, (a != 0) + (b != 0)};
      for (int i = 0; i < 3; i++) {
        tiny t = with_inputs(2);
        uint32_t two[2] = {tiny1(&t, PPR_OP_STATEOF, 0), tiny1(&t, PPR_OP_STATEOF, 1)};
        assert_int_equal(run(&t, tiny2(&t, lists[i], tiny_args(&t, two, 2), 2), (int64_t[]){a, b}, 2, NULL), of_list[i]);
      }
    }
  tiny t = with_inputs(1);
  assert_int_equal(run(&t, tiny2(&t, PPR_OP_ALL, tiny_args(&t, NULL, 0), 0), (int64_t[]){0}, 1, NULL), 1);
  t = with_inputs(1);
  assert_int_equal(run(&t, tiny2(&t, PPR_OP_ANY, tiny_args(&t, NULL, 0), 0), (int64_t[]){0}, 1, NULL), 0);
}

static void test_nonzero(void **state) {
  (void)state;
  uint32_t fault;
  tiny t = with_inputs(1);
  assert_int_equal(run(&t, tiny1(&t, PPR_OP_NONZERO, 0), (int64_t[]){-4}, 1, &fault), -4);
  assert_int_equal(fault, 0);
  t = with_inputs(1);
  run(&t, tiny1(&t, PPR_OP_NONZERO, 0), (int64_t[]){0}, 1, &fault);
  assert_int_equal(fault, 5204);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_quotients_by_mode),
      cmocka_unit_test(test_zero_divisor),
      cmocka_unit_test(test_divisors),
      cmocka_unit_test(test_quotients_of_blocks),
      cmocka_unit_test(test_through_binary64),
      cmocka_unit_test(test_arithmetic),
      cmocka_unit_test(test_lists),
      cmocka_unit_test(test_wide),
      cmocka_unit_test(test_least_wide),
      cmocka_unit_test(test_compare),
      cmocka_unit_test(test_tables),
      cmocka_unit_test(test_logic),
      cmocka_unit_test(test_nonzero),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
