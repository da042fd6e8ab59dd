/* Natives: signatures, the table, linking a program, libraries that must be allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "support/tiny.h"
#include "vm/exec.h"

static int plus(int64_t *out, int64_t a, int64_t b) { return *out = a + b, 0; }
static int half(int64_t *out, int64_t a) { return *out = a / 2, a % 2 ? 3 : 0; }
static int seven(int64_t *out) { return *out = 7, 0; }
static int eight(int64_t *out, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g, int64_t h) {
  return *out = a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f + 1000000 * g + 10000000 * h, 0;
}

static ppr_native native(const char *name, const char *signature, ppr_native_fn fn) {
  return (ppr_native){name, signature, fn, "", "", "", -1000, 1000};
}

static void test_signatures(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int arity;
  } all[] = {
      {"Datum(Datum,Zahl(0))", 2},
      {"Tag(0)(Quartal)", 1},
      {"Zahl(0)()", 0},
      {"Zahl(2)(Zahl(2), Zahl(12) ,Bereich)", 3},
      {"ja/nein(Datum)", 1},
      {"", -1},
      {"Datum", -1},
      {"Datum(", -1},
      {"Datum(Datum", -1},
      {"Datum(Datum,)", -1},
      {"Datum(,Datum)", -1},
      {"(Datum)", -1},
      {"Datum(Datum) ", -1},
      {"Datum(Datum))", -1},
      {"Zahl(0)", -1},
      {"Zahl(0", -1},
      {"Zahl(123)(Datum)", -1},
      {"Zahl(0)(a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a)", 16},
      {"Zahl(0)(a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a)", -1},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_int_equal(native_arity(all[i].text), all[i].arity);
  char type[64];
  const char *s = "Tag(0)(Datum, Zahl(2))";
  assert_true(native_type(s, -1, type));
  assert_string_equal(type, "Tag(0)");
  assert_true(native_type(s, 0, type));
  assert_string_equal(type, "Datum");
  assert_true(native_type(s, 1, type));
  assert_string_equal(type, "Zahl(2)");
  assert_false(native_type(s, 2, type));
  assert_false(native_type("Datum(", 0, type));
}

static void test_table(void **state) {
  (void)state;
  native_table *t = natives_new(ppr_alloc_default);
  ppr_native a = native("plus", "Zahl(0)(Zahl(0),Zahl(0))", (ppr_native_fn)plus), b = native("sieben", "Zahl(0)()", (ppr_native_fn)seven);
  ppr_native c = native("acht", "Zahl(0)(a,a,a,a,a,a,a,a)", (ppr_native_fn)eight);
  assert_int_equal(natives_register(t, &a), PPR_OK);
  assert_int_equal(natives_register(t, &b), PPR_OK);
  assert_int_equal(natives_register(t, &c), PPR_OK);
  assert_int_equal(natives_register(t, &a), PPR_MISUSE); /* name taken */
  ppr_native bad = native("x", "Zahl(0", (ppr_native_fn)seven), none = native("y", "Zahl(0)()", NULL),
             empty = native("", "Zahl(0)()", (ppr_native_fn)seven);
  assert_int_equal(natives_register(t, &bad), PPR_MISUSE);
  assert_int_equal(natives_register(t, &none), PPR_MISUSE);
  assert_int_equal(natives_register(t, &empty), PPR_MISUSE);
  assert_int_equal(natives_count(t), 3);
  assert_string_equal(natives_at(t, 1)->name, "sieben");
  assert_null(natives_at(t, 3));
  assert_null(natives_find(t, "minus"));
  int64_t out = 0;
  assert_int_equal(natives_call(t, natives_find(t, "plus"), &out, (int64_t[]){INT64_C(5000000000), -2}, 2), 0);
  assert_true(out == INT64_C(4999999998));
  assert_int_equal(natives_call(t, natives_find(t, "sieben"), &out, NULL, 0), 0);
  assert_int_equal(out, 7);
  assert_int_equal(natives_call(t, natives_find(t, "acht"), &out, (int64_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8), 0);
  assert_int_equal(out, 87654321);
  assert_int_not_equal(natives_call(t, natives_find(t, "plus"), &out, (int64_t[]){1}, 1), 0);
  natives_free(t);
}

/* A program that calls `name` on its input. */
static ppr_program *caller(const char *name, const char *signature, const char *library) {
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", INT64_MIN, INT64_MAX), c = tiny2(&t, PPR_OP_LTK, a, tiny_k(&t, 100));
  build_import(t.b, (ppr_import){build_string(t.b, name), build_string(t.b, signature), build_string(t.b, library)});
  uint32_t w = tiny_when(&t, c);
  uint32_t r = tiny3(&t, PPR_OP_CALL, tiny_args(&t, &a, 1), 1, 0);
  tiny_end(&t, tiny_else(&t, w));
  tiny_output(&t, "r", PPR_KIND_NUMBER, tiny3(&t, PPR_OP_SEL_INT, c, r, a), 0);
  return build_finish(t.b);
}

static void test_call_in_machine(void **state) {
  (void)state;
  native_table *t = natives_new(ppr_alloc_default);
  ppr_native h = native("halb", "Zahl(0)(Zahl(0))", (ppr_native_fn)half);
  assert_int_equal(natives_register(t, &h), PPR_OK);
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_program *p = caller("halb", "Zahl(0)( Zahl(0) )", NULL);
  ppr_vm *vm;
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 0, false, NULL), PPR_INVALID_PROGRAM); /* not linked */
  assert_int_equal(natives_link(t, p, report), PPR_OK);
  assert_ptr_equal(p->natives, t);
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, 2, false, p->natives), PPR_OK);
  static const int64_t a[] = {8, 9, 101, -2};
  int64_t out[4];
  ppr_fault f[4];
  assert_int_equal(vm_eval(vm, &(ppr_column){a, NULL, NULL}, 4, &(ppr_result){out, NULL, NULL}, f), PPR_OK);
  assert_int_equal(out[0], 4);
  assert_int_equal(f[1].code, 5205);
  assert_int_equal(f[1].pc, 3);
  assert_int_equal(f[2].code, 0); /* odd, but not called */
  assert_int_equal(out[2], 101);
  assert_int_equal(out[3], -1);
  vm_free(vm);
  program_free(p);
  report_free(report);
  natives_free(t);
}

/* The same arguments are asked for once in a while, what they give comes to every lane, faults too; and different ones never share an answer. */
static unsigned asked;
static int mixed(int64_t *out, int64_t a) { return asked++, *out = a * a - 7, a % 10 ? 0 : 1; }

static void test_repeated_calls(void **state) {
  (void)state;
  enum { LANES = 1000 };
  native_table *t = natives_new(ppr_alloc_default);
  ppr_native n = native("gemischt", "Zahl(0)(Zahl(0))", (ppr_native_fn)mixed);
  ppr_report *report = report_new(ppr_alloc_default);
  n.hi = 100000;
  assert_int_equal(natives_register(t, &n), PPR_OK);
  ppr_program *p = caller("gemischt", "Zahl(0)(Zahl(0))", NULL);
  ppr_vm *vm;
  assert_int_equal(natives_link(t, p, report), PPR_OK);
  assert_int_equal(vm_new(&vm, ppr_alloc_default, p, 0, LANES, false, p->natives), PPR_OK);
  for (int64_t values = 2; values <= 300; values = 3 * values / 2 + 1) { /* fewer than are remembered, and more */
    int64_t a[LANES], out[LANES];
    ppr_fault f[LANES];
    for (int64_t i = 0; i < LANES; i++) a[i] = i * 7919 % values - 100;
    asked = 0;
    assert_int_equal(vm_eval(vm, &(ppr_column){a, NULL, NULL}, LANES, &(ppr_result){out, NULL, NULL}, f), PPR_OK);
    for (int64_t i = 0; i < LANES; i++) {
      bool fault = a[i] < 100 && a[i] % 10 == 0;
      assert_int_equal(f[i].code, fault ? 5205 : 0);
      if (!fault) assert_true(out[i] == (a[i] < 100 ? a[i] * a[i] - 7 : a[i]));
    }
    if (values == 2) assert_in_range(asked, 1 + LANES / 2, LANES - 1 - LANES / 4); /* -100 faults, and is asked every time */
  }
  vm_free(vm);
  program_free(p);
  report_free(report);
  natives_free(t);
}

static void assert_link(native_table *t, const char *name, const char *signature, const char *library, int code) {
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_program *p = caller(name, signature, library);
  ppr_status status = natives_link(t, p, report);
  assert_int_equal(status, code ? PPR_DIAGNOSED : PPR_OK);
  if (code) {
    assert_int_equal(report_first(report)->code, code);
    assert_null(p->natives);
  }
  program_free(p);
  report_free(report);
}

static void test_link(void **state) {
  (void)state;
  native_table *t = natives_new(ppr_alloc_default);
  ppr_native h = native("halb", "Zahl(0)(Zahl(0))", (ppr_native_fn)half);
  assert_int_equal(natives_register(t, &h), PPR_OK);
  assert_link(t, "halb", "Zahl(0)(Zahl(0))", NULL, 0);
  assert_link(t, "drittel", "Zahl(0)(Zahl(0))", NULL, DIAG_NATIVE_UNKNOWN);
  assert_link(t, "halb", "Zahl(0)(Zahl(1))", NULL, DIAG_NATIVE_SIGNATURE);
  assert_link(t, "halb", "Zahl(0)(Zahl(0))", "fremd", DIAG_NATIVE_SIGNATURE); /* another function of that name */
  assert_link(t, "llabs", "Zahl(0)(Zahl(0))", "fremd", DIAG_NATIVE_REFUSED);
  assert_int_equal(natives_allow(t, "fremd", "libc.so.6"), PPR_OK);
  assert_int_equal(natives_allow(t, "fremd", "libm.so.6"), PPR_MISUSE);
  assert_int_equal(natives_allow(t, "nichts", "/nirgends/x.so"), PPR_OK);
  assert_int_equal(natives_allow(t, "", "x"), PPR_MISUSE);
  assert_link(t, "llabs", "Zahl(0)(Zahl(0))", "fremd", 0);
  assert_link(t, "llabs", "Zahl(0)(Zahl(0))", "fremd", 0); /* already there */
  assert_link(t, "gibt es nicht", "Zahl(0)(Zahl(0))", "fremd", DIAG_NATIVE_SYMBOL);
  assert_link(t, "x", "Zahl(0)(Zahl(0))", "nichts", DIAG_NATIVE_LIBRARY);
  natives_free(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_signatures), cmocka_unit_test(test_table), cmocka_unit_test(test_call_in_machine),
                                     cmocka_unit_test(test_repeated_calls), cmocka_unit_test(test_link)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
