/* UTF-8, Windows-1252, dangerous characters, distance of words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include "base/text.h"

static void check(const char *text, size_t n, text_problem want, size_t where) {
  size_t at = 999;
  assert_int_equal(text_check(text, n, &at), want);
  assert_int_equal(at, where);
}
#define CHECK(text, want, where) check(text, sizeof(text) - 1, want, where)

static void test_check(void **state) {
  (void)state;
  CHECK("", TEXT_OK, 0);
  CHECK("Prüfung §6 – „x“ €", TEXT_OK, sizeof("Prüfung §6 – „x“ €") - 1);
  CHECK("\x7F\t\r\n", TEXT_OK, 4);
  CHECK("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF", TEXT_OK, 31); /* edges */
  CHECK("ab\0c", TEXT_NUL, 2);
  CHECK("a\x80", TEXT_MALFORMED, 1);            /* continuation alone */
  CHECK("a\xC3", TEXT_MALFORMED, 1);            /* cut */
  CHECK("ab\xE2\x82", TEXT_MALFORMED, 2);       /* cut */
  CHECK("\xC3(", TEXT_MALFORMED, 0);            /* continuation missing */
  CHECK("\xC0\xAF", TEXT_MALFORMED, 0);         /* overlong */
  CHECK("\xC1\xBF", TEXT_MALFORMED, 0);         /* overlong */
  CHECK("\xE0\x9F\xBF", TEXT_MALFORMED, 0);     /* overlong */
  CHECK("\xF0\x8F\xBF\xBF", TEXT_MALFORMED, 0); /* overlong */
  CHECK("\xED\xA0\x80", TEXT_MALFORMED, 0);     /* surrogate */
  CHECK("\xED\xBF\xBF", TEXT_MALFORMED, 0);     /* surrogate */
  CHECK("\xF4\x90\x80\x80", TEXT_MALFORMED, 0); /* beyond U+10FFFF */
  CHECK("\xF5\x80\x80\x80", TEXT_MALFORMED, 0);
  CHECK("\xFF", TEXT_MALFORMED, 0);
  CHECK("Gr\xFC\xDF"
        "e",
        TEXT_MALFORMED, 2); /* Windows-1252 */
  CHECK("a\xE2\x80\xAE"
        "b",
        TEXT_BIDI, 1);                                                    /* U+202E */
  CHECK("\xE2\x80\xAA", TEXT_BIDI, 0);                                    /* U+202A */
  CHECK("\xE2\x81\xA6", TEXT_BIDI, 0);                                    /* U+2066 */
  CHECK("\xE2\x81\xA9", TEXT_BIDI, 0);                                    /* U+2069 */
  CHECK("\xE2\x80\x8E", TEXT_BIDI, 0);                                    /* U+200E */
  CHECK("\xE2\x80\x8F", TEXT_BIDI, 0);                                    /* U+200F */
  CHECK("\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\xA5\xE2\x80\x8D", TEXT_OK, 12); /* their neighbours */
}

/* Every byte at every place of a text of three words of a machine, and before the end. */
static void test_plain(void **state) {
  (void)state;
  char text[24];
  for (size_t n = 0; n <= sizeof text; n++) {
    memset(text, '~', sizeof text);
    assert_int_equal(text_plain(text, n), n);
    for (size_t at = 0; at < n; at++) {
      memset(text, at % 2 ? ' ' : '~', sizeof text);
      for (int byte = 0; byte < 256; byte++) {
        text[at] = (char)byte;
        assert_int_equal(text_plain(text, n), byte >= 0x20 && byte < 0x7F ? n : at);
      }
    }
  }
}

static void test_decode(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint32_t cp;
  } rows[] = {{"a", 'a'},
              {"ä", 0xE4},
              {"\xDF\xBF", 0x7FF},
              {"€", 0x20AC},
              {"\xEF\xBF\xBD", 0xFFFD},
              {"\xF0\x9F\x98\x80", 0x1F600},
              {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t cp;
    char out[4];
    size_t n = strlen(rows[i].text);
    assert_int_equal(text_decode(&cp, rows[i].text, n), n);
    assert_int_equal(cp, rows[i].cp);
    assert_int_equal(text_encode(out, cp), n);
    assert_memory_equal(out, rows[i].text, n);
  }
  uint32_t cp;
  char out[4];
  assert_int_equal(text_decode(&cp, "\xE2\x82\xAC", 2), 1);
  assert_int_equal(cp, TEXT_REPLACEMENT);
  assert_int_equal(text_encode(out, 0xD800), 3);
  assert_memory_equal(out, "\xEF\xBF\xBD", 3);
  assert_int_equal(text_encode(out, 0x110000), 3);
  for (uint32_t c = 0; c <= 0x10FFFF; c++) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    size_t n = text_encode(out, c);
    if (text_decode(&cp, out, n) != n || cp != c) fail_msg("U+%04X", c);
  }
  assert_int_equal(text_length("Präsenz", strlen("Präsenz")), 7);
  assert_int_equal(text_length("a\xFF\xFE", 3), 3);
  assert_int_equal(text_bom("\xEF\xBB\xBFIK", 5), 3);
  assert_int_equal(text_bom("\xEF\xBB", 2), 0);
}

static void test_cp1252(void **state) {
  (void)state;
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, SIZE_MAX);
  size_t at = 99;
  assert_true(text_from_cp1252(&b,
                               "Gr\xFC\xDF"
                               "e \x80 \x84x\x93 \x96 \xA7"
                               "6",
                               17, &at));
  assert_string_equal(b.data, "Grüße € „x“ – §6");
  assert_int_equal(at, 99);
  b.size = 0;
  assert_false(text_from_cp1252(&b, "ab\x81\x9D", 4, &at));
  assert_int_equal(at, 2);
  assert_string_equal(b.data, "ab\xEF\xBF\xBD\xEF\xBF\xBD");
  assert_false(text_from_cp1252(&b, "\x90", 1, NULL));
  b.size = 0;
  char all[256];
  for (int i = 0; i < 256; i++) all[i] = (char)(unsigned char)i;
  text_from_cp1252(&b, all, 256, NULL);
  assert_int_equal(text_length(b.data, b.size), 256);
  buf_fini(&b);
}

static void check_clean(const char *text, size_t limit, const char *want) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, SIZE_MAX);
  text_put_clean(&b, text, strlen(text), limit);
  buf_putc(&b, '|');
  b.data[b.size - 1] = 0;
  assert_string_equal(b.data, want);
  buf_fini(&b);
}

static void test_clean(void **state) {
  (void)state;
  check_clean("Tage für §6", 100, "Tage für §6");
  check_clean("a\tb\r\nc", 100, "a b  c");
  check_clean("\x1B[31mrot", 100, "\xEF\xBF\xBD[31mrot");
  check_clean("a\xE2\x80\xAE"
              "b",
              100,
              "a\xEF\xBF\xBD"
              "b");
  check_clean("\xFFx", 100, "\xEF\xBF\xBDx");
  check_clean("äöü", 3, "äöü");
  check_clean("äöüß", 3, "äöü…");
  check_clean("", 0, "");
}

static size_t distance(const char *a, const char *b, size_t limit) { return text_distance(a, strlen(a), b, strlen(b), limit); }

static void test_distance(void **state) {
  (void)state;
  assert_int_equal(distance("Tage", "Tage", 2), 0);
  assert_int_equal(distance("", "", 2), 0);
  assert_int_equal(distance("", "ab", 2), 2);
  assert_int_equal(distance("Tage", "Tag", 2), 1);
  assert_int_equal(distance("Tage", "Tagen", 2), 1);
  assert_int_equal(distance("Tage", "Lage", 2), 1);
  assert_int_equal(distance("Tage", "Tgae", 2), 1); /* swap */
  assert_int_equal(distance("Pflege", "Pfelge", 3), 1);
  assert_int_equal(distance("für", "fur", 2), 1); /* one character, two bytes */
  assert_int_equal(distance("kitten", "sitting", 5), 3);
  assert_int_equal(distance("kitten", "sitting", 2), 3); /* limit + 1 */
  assert_int_equal(distance("kitten", "sitting", 0), 1);
  assert_int_equal(distance("ca", "abc", 5), 3); /* a swapped pair is not edited again */
  assert_int_equal(distance("abcdef", "badcfe", 5), 3);
  assert_int_equal(distance("abcdef", "badcfe", 3), 3);
  char long_word[400];
  memset(long_word, 'x', 399);
  long_word[399] = 0;
  assert_int_equal(distance(long_word, long_word, 2), 3); /* too long to be compared */
}

static void test_nearest(void **state) {
  (void)state;
  static const char *const names[] = {"Behandlungstage", "Behandlungswochen", "Tage", "VKS-Ist", "VKS-Mind"};
  assert_int_equal(text_nearest("Behandlungtage", names, 5), 0);
  assert_int_equal(text_nearest("Behandlungswoche", names, 5), 1);
  assert_int_equal(text_nearest("tage", names, 5), 2);
  assert_int_equal(text_nearest("VKS-Mnid", names, 5), 4);
  assert_true(text_nearest("Quartal", names, 5) == SIZE_MAX);
  assert_true(text_nearest("Ta", names, 5) == SIZE_MAX);
  assert_true(text_nearest("", names, 5) == SIZE_MAX);
  assert_true(text_nearest("Tage", NULL, 0) == SIZE_MAX);
}

static void test_width(void **state) {
  (void)state;
  static const struct {
    uint32_t cp;
    size_t width;
  } cases[] = {{'a', 1},    {0xE4, 1},   {0x1E9E, 1}, {0x300, 0},  {0x308, 0},   {0x36F, 0},   {0x370, 1},   {0x20DD, 0},
               {0xFE0F, 0}, {0x10FF, 1}, {0x1100, 2}, {0x4E2D, 2}, {0xAC00, 2},  {0xD7A3, 2},  {0xFF01, 2},  {0xFF61, 1},
               {0xFFE5, 2}, {0x2013, 1}, {0x20AC, 1}, {0x2265, 1}, {0x1F642, 2}, {0x1F680, 2}, {0x20000, 2}, {0x10FFFF, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) assert_int_equal(text_width(cases[i].cp), cases[i].width);
  assert_true(text_is_hidden(0xAD) && text_is_hidden(0x200B) && text_is_hidden(0xFEFF));
  assert_false(text_is_hidden(' ') || text_is_hidden(0x202E));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_check), cmocka_unit_test(test_plain),    cmocka_unit_test(test_decode),  cmocka_unit_test(test_cp1252),
      cmocka_unit_test(test_clean), cmocka_unit_test(test_distance), cmocka_unit_test(test_nearest), cmocka_unit_test(test_width),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
