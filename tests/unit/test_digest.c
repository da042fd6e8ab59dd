/* SHA-256 against the examples of FIPS 180-4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "base/digest.h"

static void check(const void *data, size_t n, const char *want) {
  uint8_t digest[32];
  char text[65];
  sha256(digest, data, n);
  sha256_text(text, digest);
  assert_string_equal(text, want);
}

static void test_examples(void **state) {
  (void)state;
  check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  char *million = malloc(1000000);
  memset(million, 'a', 1000000);
  check(million, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  free(million);
}

typedef struct pieces {
  const char *text;
  size_t left, piece;
  bool fails;
} pieces;

static long next_piece(void *ctx, char *to, size_t size) {
  pieces *p = ctx;
  size_t n = p->piece < p->left ? p->piece : p->left;
  if (p->fails && n == p->left) return -1;
  assert_true(n <= size);
  memcpy(to, p->text, n);
  p->text += n, p->left -= n;
  return (long)n;
}

/* Pieces of every length give what the whole gives. */
static void test_pieces(void **state) {
  (void)state;
  char text[256], told[65], want[65];
  uint8_t digest[32];
  uint64_t bytes;
  for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 7 + 1);
  sha256(digest, text, sizeof text);
  sha256_text(want, digest);
  for (size_t n = 1; n <= sizeof text; n++) {
    pieces p = {text, sizeof text, n, false};
    assert_true(sha256_pull(digest, &bytes, next_piece, &p));
    sha256_text(told, digest);
    assert_string_equal(told, want);
    assert_int_equal(bytes, sizeof text);
    p = (pieces){text, sizeof text, n, true};
    assert_false(sha256_pull(digest, &bytes, next_piece, &p));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_pieces)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
