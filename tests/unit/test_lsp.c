/* The parts of the language server below the conversation: frames, JSON, positions, names of files; and a whole conversation without memory. */
#include "engine.h"
#include "lsp/json.h"
#include "lsp/place.h"
#include "lsp/server.h"
#include "lsp/wire.h"
#include "support/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void feed(wire *w, const char *text) { wire_put(w, text, strlen(text)); }

static void expect(wire *w, wire_result result, const char *body) {
  const char *text = NULL;
  size_t size = 0;
  assert_int_equal(wire_next(w, &text, &size), result);
  if (!body) return;
  assert_int_equal(size, strlen(body));
  assert_memory_equal(text, body, size);
}

static void frames(void **state) {
  (void)state;
  wire w;
  wire_init(&w, ppr_alloc_default);
  expect(&w, WIRE_MORE, NULL);
  feed(&w, "Content-Length: 3\r\n\r\nabcCONTENT-LENGTH:2\nContent-Type: x\n\nde");
  expect(&w, WIRE_MESSAGE, "abc");
  expect(&w, WIRE_MESSAGE, "de");
  expect(&w, WIRE_MORE, NULL);
  feed(&w, "Content-Length: 0\r\n\r\n");
  expect(&w, WIRE_MESSAGE, "");
  const char *pieces = "Content-Length: 4\r\n\r\nwxyz";
  for (const char *p = pieces; *p; p++) {
    expect(&w, WIRE_MORE, NULL);
    wire_put(&w, p, 1);
  }
  expect(&w, WIRE_MESSAGE, "wxyz");
  wire_fini(&w);
}

static void wrong_frames(void **state) {
  (void)state;
  wire w;
  wire_init(&w, ppr_alloc_default);
  feed(&w, "Content-Length: x\r\n\r\nrest of it Content-Length: 2\r\n\r\nok");
  expect(&w, WIRE_BAD_HEADER, NULL); /* once, whatever follows */
  expect(&w, WIRE_MESSAGE, "ok");
  feed(&w, "Content-Length: 67108865\r\n\r\n{}Content-Length: 2\r\n\r\nok"); /* one more than the largest */
  expect(&w, WIRE_TOO_LARGE, NULL);
  expect(&w, WIRE_MESSAGE, "ok");
  feed(&w, "Content-Length: 1\r\nContent-Length: 1\r\n\r\nxContent-Length: 1\r\n\r\ny");
  expect(&w, WIRE_BAD_HEADER, NULL);
  expect(&w, WIRE_MESSAGE, "y");
  for (int i = 0; i < 1000; i++) feed(&w, "Rauschen");
  expect(&w, WIRE_BAD_HEADER, NULL);
  expect(&w, WIRE_MORE, NULL);
  feed(&w, "Content-Len");
  expect(&w, WIRE_MORE, NULL);
  feed(&w, "gth: 1\r\n\r\nz");
  expect(&w, WIRE_MESSAGE, "z");
  wire_fini(&w);
}

static void json_values(void **state) {
  (void)state;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  const char *text = "{\"a\":{\"b\":[1,-2,1.5,true,null,\"\\u00fc\\n\"]},\"c\":\"x\\u0000y\",\"d\":999999999999999999999}";
  const json *v = json_read(arena, text, strlen(text)), *list = json_at(v, "a", "b", NULL);
  int64_t n = 0;
  assert_non_null(list);
  assert_int_equal(list->form, JSON_ARRAY);
  const json *item = list->first;
  assert_true(json_whole(item, 0, 1, &n) && n == 1);
  assert_false(json_whole(item, 2, 9, &n));
  item = item->next;
  assert_true(json_whole(item, -9, 9, &n) && n == -2);
  item = item->next;
  assert_false(json_whole(item, -9, 9, &n));
  item = item->next;
  assert_true(json_true(item));
  item = item->next;
  assert_int_equal(item->form, JSON_NULL);
  item = item->next;
  assert_string_equal(json_text(item), "ü\n");
  assert_null(item->next);
  assert_null(json_text(json_at(v, "c", NULL))); /* a NUL inside */
  assert_int_equal(json_at(v, "c", NULL)->size, 3);
  assert_false(json_whole(json_at(v, "d", NULL), INT64_MIN, INT64_MAX, &n));
  assert_null(json_at(v, "a", "x", "y", NULL));
  assert_null(json_at(v, "c", "x", NULL));
  assert_null(json_text(NULL));
  arena_free(arena);
}

static void json_depth(void **state) {
  (void)state;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  char text[2 * JSON_DEPTH + 3];
  for (int depth = JSON_DEPTH; depth <= JSON_DEPTH + 1; depth++) {
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    assert_true((json_read(arena, text, (size_t)depth * 2) != NULL) == (depth == JSON_DEPTH));
  }
  static const char *const wrong[] = {"", "{", "[1,]", "{} {}", "nul", "\"\xff\"", "1 2", "[", "{\"a\"}"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_null(json_read(arena, wrong[i], strlen(wrong[i])));
  arena_free(arena);
}

/* "aü😀b": bytes 0, 1-2, 3-6, 7; UTF-16 units 0, 1, 2-3, 4; UTF-32 units 0 to 3. */
static void positions(void **state) {
  (void)state;
  const char *text = "x\r\naü😀b\nz";
  size_t size = strlen(text), line = 3;
  static const struct {
    place_encoding encoding;
    int64_t character;
    size_t offset;
  } at[] = {{PLACE_UTF16, 0, 0}, {PLACE_UTF16, 2, 3}, {PLACE_UTF16, 3, 3} /* inside: its beginning */,
            {PLACE_UTF16, 4, 7}, {PLACE_UTF16, 5, 8}, {PLACE_UTF16, 99, 8},
            {PLACE_UTF8, 1, 1},  {PLACE_UTF8, 2, 1},  {PLACE_UTF8, 3, 3},
            {PLACE_UTF8, 7, 7},  {PLACE_UTF32, 3, 7}, {PLACE_UTF32, 4, 8}};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    assert_int_equal(place_offset(text, size, at[i].encoding, 1, at[i].character), line + at[i].offset);
  assert_int_equal(place_offset(text, size, PLACE_UTF16, 0, 9), 1); /* before the CR */
  assert_int_equal(place_offset(text, size, PLACE_UTF16, 2, 0), size - 1);
  assert_int_equal(place_offset(text, size, PLACE_UTF16, 3, 0), size);
  ppr_report *report = report_new(ppr_alloc_default);
  const ppr_source *source = report_source(report, report_add_source(report, "a", text, size));
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, 4096);
  place_put_range(&out, source, PLACE_UTF16, line + 7, line + 8);
  assert_string_equal(out.data, "{\"start\":{\"line\":1,\"character\":4},\"end\":{\"line\":1,\"character\":5}}");
  out.size = 0;
  place_put_position(&out, source, PLACE_UTF8, line + 7);
  place_put_position(&out, source, PLACE_UTF32, line + 7);
  place_put_position(&out, source, PLACE_UTF16, 999);
  assert_string_equal(out.data, "{\"line\":1,\"character\":7}{\"line\":1,\"character\":3}{\"line\":2,\"character\":1}");
  buf_fini(&out);
  report_free(report);
}

static void differences(void **state) {
  (void)state;
  place_change c = place_compare("abcdef", 6, "abXYef", 6);
  assert_true(c.begin == 2 && c.old_end == 4 && c.new_end == 4);
  c = place_compare("aaa", 3, "aaaa", 4);
  assert_true(c.begin == 3 && c.old_end == 3 && c.new_end == 4);
  c = place_compare("", 0, "x", 1);
  assert_true(c.begin == 0 && c.old_end == 0 && c.new_end == 1);
  c = place_compare("ü", 2, "ö", 2); /* the same first byte: the whole character counts */
  assert_true(c.begin == 0 && c.old_end == 2 && c.new_end == 2);
  c = place_compare("one two three", 13, "one 2 three", 11);
  assert_int_equal(place_moved(c, 3), 3);
  assert_int_equal(place_moved(c, 5), 4);
  assert_int_equal(place_moved(c, 8), 6);
  assert_int_equal(place_moved(c, 13), 11);
}

static void names_of_files(void **state) {
  (void)state;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  assert_string_equal(place_path(arena, "file:///a%20b/%C3%BC.ppr"), "/a b/ü.ppr");
  assert_string_equal(place_path(arena, "file://host/a"), "/a");
  assert_string_equal(place_path(arena, "file:///100%/%zz"), "/100%/%zz");
  assert_null(place_path(arena, "file:///a%00b"));
  assert_null(place_path(arena, "file://host"));
  assert_null(place_path(arena, "untitled:a"));
  assert_string_equal(place_uri(arena, "/a b/ü#?.ppr"), "file:///a%20b/%C3%BC%23%3F.ppr");
  assert_string_equal(place_path(arena, place_uri(arena, "/a b/ü#?%41.ppr")), "/a b/ü#?%41.ppr");
  arena_free(arena);
}

#define TEXT                                                                                                                                           \
  "regelwerk X\\nfassung 2024-01\\nbeschluss 01.01.2024\\ngilt ab 01.01.2024\\neinheit Tag\\neingabe N § 1\\nschlüssel I : Text, J : Zahl(0) 1..9, " \
  "Q : Zahl(0) 1..4\\nzeitraum P = J, Q\\nregel R : Zahl(0) § 1\\n= J + 1\\nausgabe \\\"A\\\"\\nspalte \\\"R\\\" = R\\ntest \\\"t\\\" § "            \
  "1\\ngegeben J = 1\\nerwarte R = 2\\n"
#define AT(method, id, line, character, more)                                                                                                        \
  "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"textDocument/" method                                                                             \
  "\",\"params\":{\"textDocument\":{\"uri\":\"a:\"},\"position\":{\"line\":" line ",\"character\":" character "}" more "}}"

/* What an editor says in a short life; the answer to `rename` is the fourth. */
static const char *const conversation[] = {
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"a:\",\"version\":1,\"text\":\"" TEXT "\"}}}",
    AT("hover", "2", "8", "6", ""),
    AT("references", "3", "8", "6", ",\"context\":{\"includeDeclaration\":true}"),
    AT("rename", "4", "8", "6", ",\"newName\":\"S\""),
    AT("completion", "5", "9", "2", ""),
    AT("formatting", "6", "0", "0", ""),
    AT("documentSymbol", "7", "0", "0", ""),
    "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"workspace/"
    "executeCommand\",\"params\":{\"command\":\"ppr.runTest\",\"arguments\":[{\"uri\":\"a:\",\"line\":12}]}}",
    "",
    "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/"
    "didChange\",\"params\":{\"textDocument\":{\"uri\":\"a:\",\"version\":2},\"contentChanges\":[{\"range\":{"
    "\"start\":{\"line\":9,\"character\":2},\"end\":{\"line\":9,\"character\":3}},\"text\":\"JJ )\"}]}}",
    "",
    "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":{\"uri\":\"a:\"}}}",
    "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"shutdown\"}",
    "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}",
};

static void say(server *s, const char *message) {
  char head[64];
  int64_t now = 0;
  if (*message) {
    server_feed(s, head, (size_t)snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", strlen(message)), now);
    server_feed(s, message, strlen(message), now);
    while (server_step(s)) {}
  } else {
    for (int i = 0; i < 8 && now != INT64_MAX; i++) now = server_rest(s, now);
  }
}

/* Memory runs out at every request in turn: the server answers what it can and gives everything back. */
static void without_memory(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_alloc usual = engine->alloc;
  memory m = {.fail_at = 0};
  bool complete = false;
  for (size_t at = 0, runs = 0; !complete || at == 0; at = at < 300 ? at + 1 : at + 1 + at / 97, runs++) {
    m = (memory){.fail_at = at};
    engine->alloc = memory_alloc(&m);
    server *s = server_new(engine, PPR_GERMAN);
    for (size_t i = 0; s && i < sizeof conversation / sizeof *conversation; i++) say(s, conversation[i]);
    if (at == 0) { /* with all the memory it wants */
      assert_non_null(s);
      assert_int_equal(server_where(s), SERVER_DONE);
      const char *said = server_out(s)->data;
      assert_non_null(strstr(said, "regel R : Zahl(0)"));
      assert_non_null(strstr(said, "\"newText\":\"S\""));
      assert_non_null(strstr(said, "\"passed\":true"));
      assert_non_null(strstr(said, "\"code\":\"PPR1201\""));
    }
    server_free(s);
    engine->alloc = usual;
    assert_int_equal(m.blocks, 0);
    assert_int_equal(m.bytes, 0);
    if (at) complete = m.requests < at;
    assert_true(runs < 100000);
  }
  ppr_engine_free(engine);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames),    cmocka_unit_test(wrong_frames), cmocka_unit_test(json_values),    cmocka_unit_test(json_depth),
      cmocka_unit_test(positions), cmocka_unit_test(differences),  cmocka_unit_test(names_of_files), cmocka_unit_test(without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
