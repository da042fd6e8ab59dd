/* Buffers: content, the NUL behind it, ceiling, sticky failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/buf.h"
#include "support/memory.h"

static void test_content(void **state) {
  (void)state;
  memory m = {0};
  ppr_buf b;
  buf_init(&b, memory_alloc(&m), SIZE_MAX);
  assert_null(b.data);
  buf_put(&b, NULL, 0);
  assert_string_equal(b.data, "");
  buf_puts(&b, "Tage");
  buf_putc(&b, ' ');
  buf_put(&b, "a\0b", 3);
  buf_printf(&b, "%d;%s", 42, "x");
  assert_int_equal(b.size, 12);
  assert_memory_equal(b.data, "Tage a\0b42;x", 13);
  assert_false(b.failed);
  buf_fini(&b);
  assert_null(b.data);
  assert_int_equal(m.bytes, 0);
}

static void test_growth(void **state) {
  (void)state;
  memory m = {0};
  ppr_buf b;
  buf_init(&b, memory_alloc(&m), SIZE_MAX);
  for (int i = 0; i < 100000; i++) buf_putc(&b, (char)('a' + i % 26));
  assert_int_equal(b.size, 100000);
  for (int i = 0; i < 100000; i++) assert_int_equal(b.data[i], 'a' + i % 26);
  assert_int_equal(b.data[100000], 0);
  assert_true(m.requests < 15);   /* doubling from 64: 64 * 2^11 > 100,001 */
  buf_printf(&b, "%0300000d", 7); /* longer than twice the room */
  assert_int_equal(b.size, 400000);
  assert_int_equal(b.data[399999], '7');
  buf_fini(&b);
  assert_int_equal(m.bytes, 0);
}

static void test_ceiling(void **state) {
  (void)state;
  memory m = {0};
  ppr_buf b;
  buf_init(&b, memory_alloc(&m), 10);
  buf_puts(&b, "0123456789"); /* exactly the ceiling */
  assert_false(b.failed);
  assert_true(b.cap <= 11);
  buf_putc(&b, 'x');
  assert_true(b.failed);
  buf_puts(&b, ""); /* failed for good */
  buf_printf(&b, "%d", 1);
  assert_true(b.failed);
  assert_string_equal(b.data, "0123456789");
  buf_fini(&b);

  buf_init(&b, memory_alloc(&m), 10);
  buf_put(&b, "0123456789A", 11); /* nothing of what does not fit */
  assert_true(b.failed);
  assert_int_equal(b.size, 0);
  buf_fini(&b);

  buf_init(&b, memory_alloc(&m), 0);
  buf_puts(&b, "");
  assert_false(b.failed);
  buf_putc(&b, 'x');
  assert_true(b.failed);
  buf_fini(&b);
  assert_int_equal(m.bytes, 0);
}

static void test_out_of_memory(void **state) {
  (void)state;
  memory m = {.fail_at = 2};
  ppr_buf b;
  buf_init(&b, memory_alloc(&m), SIZE_MAX);
  buf_puts(&b, "kept");
  for (int i = 0; i < 1000; i++) buf_putc(&b, 'x');
  assert_true(b.failed);
  assert_int_equal(b.size, 63);
  assert_memory_equal(b.data, "keptxxx", 7);
  buf_fini(&b);
  assert_int_equal(m.bytes, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_content),
      cmocka_unit_test(test_growth),
      cmocka_unit_test(test_ceiling),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
