/* The public interface as a host uses it: engine, images, evaluator, report, and what it does with wrong arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "base/crc.h"
#include "base/report.h"
#include "ppr/native.h"
#include "ppr/ppr.h"
#include "support/tiny.h"

/* q = a / b rounded to 0, two editions: the second from 01.07.2024 doubles a first. */
static ppr_program *two_editions(void) {
  ppr_builder *b = build_new(ppr_alloc_default);
  build_name(b, "Probe");
  for (int i = 0; i < 2; i++) {
    tiny t = {.b = b, .e = build_edition(b)};
    t.e->name = build_string(b, i ? "2024-07" : "2024-01");
    t.e->title = build_string(b, "Titel");
    t.e->decision = build_string(b, "Beschluss");
    t.e->from_day = i ? 19905 : 19723; /* 01.07.2024 is 182 days after 01.01.2024 */
    t.e->until_day = i ? INT64_MAX : 19904;
    t.e->period_input = PPR_NONE;
    uint32_t a = tiny_in(&t, "a", 0, 99), c = tiny_in(&t, "b", 0, 99);
    t.e->field[0].unit = build_string(b, "Stunde");
    t.e->field[0].scale = 1;
    if (i) a = tiny2(&t, PPR_OP_MULK, a, tiny_k(&t, 2));
    tiny_output(&t, "q", PPR_KIND_NUMBER, tiny2(&t, PPR_OP_DIV, a, c), 0);
  }
  return build_finish(b);
}

/* The same after a round trip through its image. */
static ppr_program *loaded(ppr_engine *engine) {
  ppr_program *p = two_editions(), *q;
  void *bytes, *again;
  size_t size, size2;
  ppr_report *report = ppr_report_new();
  assert_int_equal(ppr_program_save(p, &bytes, &size), PPR_OK);
  assert_int_equal(ppr_program_save(p, &again, &size2), PPR_OK);
  assert_int_equal(size, size2);
  assert_memory_equal(bytes, again, size);
  assert_int_equal(ppr_program_load(&q, engine, bytes, size, report), PPR_OK);
  assert_int_equal(ppr_report_count(report), 0);
  ppr_free(bytes);
  ppr_free(again);
  ppr_program_free(p);
  ppr_report_free(report);
  return q;
}

static void test_program(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_program *p = loaded(engine);
  assert_string_equal(ppr_program_name(p), "Probe");
  assert_int_equal(ppr_program_editions(p), 2);
  ppr_edition_info e;
  assert_int_equal(ppr_program_edition(p, 1, &e), PPR_OK);
  assert_string_equal(e.name, "2024-07");
  assert_string_equal(e.decision, "Beschluss");
  assert_int_equal(e.from_day, 19905);
  assert_true(e.until_day == INT64_MAX);
  assert_int_equal(e.inputs, 2);
  assert_int_equal(e.outputs, 1);
  assert_int_equal(e.cost, 4);
  assert_int_equal(ppr_program_edition(p, 2, &e), PPR_MISUSE);
  assert_int_equal(ppr_program_edition_for(p, 2024 * 4 + 0), 0);
  assert_int_equal(ppr_program_edition_for(p, 2024 * 4 + 1), 0);
  assert_int_equal(ppr_program_edition_for(p, 2024 * 4 + 2), 1);
  assert_int_equal(ppr_program_edition_for(p, 2099 * 4 + 3), 1);
  assert_int_equal(ppr_program_edition_for(p, 2023 * 4 + 3), -1);
  assert_int_equal(ppr_program_edition_for(p, INT64_MIN), -1);
  ppr_value_info v;
  assert_int_equal(ppr_program_input(p, 0, 0, &v), PPR_OK);
  assert_string_equal(v.name, "a");
  assert_string_equal(v.unit, "Stunde");
  assert_int_equal(v.scale, 1);
  assert_int_equal(v.kind, PPR_NUMBER);
  assert_int_equal(v.lo, 0);
  assert_int_equal(v.hi, 99);
  assert_true(v.required);
  assert_int_equal(ppr_program_output(p, 0, 0, &v), PPR_OK);
  assert_string_equal(v.name, "q");
  assert_int_equal(ppr_program_output(p, 0, 1, &v), PPR_MISUSE);
  assert_int_equal(ppr_program_find_input(p, 0, "b"), 1);
  assert_int_equal(ppr_program_find_input(p, 0, "c"), -1);
  assert_int_equal(ppr_program_find_output(p, 1, "q"), 0);
  assert_int_equal(ppr_program_find_output(p, 2, "q"), -1);
  ppr_program_free(p);
  ppr_engine_free(engine);
}

static void test_evaluator(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_program *p = loaded(engine);
  static const int64_t a[] = {7, 8, 50}, b[] = {2, 0, 100};
  ppr_column in[2] = {{a, NULL, NULL}, {b, NULL, NULL}};
  for (size_t edition = 0; edition < 2; edition++)
    for (uint32_t lanes = 0; lanes < 3; lanes++) {
      ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
      opts.lanes = lanes;
      opts.keep = lanes == 2;
      ppr_evaluator *v;
      assert_int_equal(ppr_evaluator_new(&v, p, edition, &opts), PPR_OK);
      int64_t q[3];
      uint8_t s[3];
      ppr_fault f[3];
      assert_int_equal(ppr_evaluator_eval(v, in, 3, &(ppr_result){q, s, NULL}, f), PPR_OK);
      assert_int_equal(q[0], edition ? 7 : 4);
      assert_int_equal(s[0], 0);
      assert_int_equal(f[0].code, 0);
      assert_int_equal(f[1].code, 5204);
      assert_int_equal(f[2].code, 5202);
      const char *text;
      assert_int_equal(ppr_evaluator_explain(v, in, 0, 0, PPR_GERMAN, PPR_EXPLAIN_SHORT, &text), PPR_OK);
      assert_non_null(strstr(text, edition ? "q = 7\n" : "q = 4\n"));
      assert_int_equal(ppr_evaluator_explain(v, in, 1, 0, PPR_ENGLISH, PPR_EXPLAIN_FULL, &text), PPR_OK);
      assert_non_null(strstr(text, "PPR5204"));
      assert_int_equal(ppr_evaluator_explain(v, in, 0, 1, PPR_GERMAN, PPR_EXPLAIN_SHORT, &text), PPR_MISUSE);
      ppr_letter_opts letter = PPR_LETTER_OPTS_INIT;
      size_t output = 0;
      letter.form = PPR_EXPLAIN_JSON;
      assert_int_equal(ppr_evaluator_letter(v, in, 0, &output, 1, &letter, &text), PPR_OK);
      assert_non_null(strstr(text, "\n\"digest\":\""));
      assert_int_equal(ppr_evaluator_letter(v, in, 1, &output, 1, &letter, &text), PPR_OK); /* a fault is no evidence */
      assert_non_null(strstr(text, "PPR5204"));
      output = 1;
      assert_int_equal(ppr_evaluator_letter(v, in, 0, &output, 1, NULL, &text), PPR_MISUSE);
      letter.size--;
      output = 0;
      assert_int_equal(ppr_evaluator_letter(v, in, 0, &output, 1, &letter, &text), PPR_MISUSE);
      ppr_turns turns;
      assert_int_equal(ppr_evaluator_turns(v, in, 0, 0, &turns), PPR_OK); /* no yes/no */
      assert_int_equal(turns.n, 0);
      assert_int_equal(ppr_evaluator_turns(v, in, 1, 0, &turns), PPR_OK); /* a fault */
      assert_int_equal(ppr_evaluator_turns(v, in, 0, 1, &turns), PPR_MISUSE);
      assert_int_equal(ppr_evaluator_turns(v, in, 0, 0, NULL), PPR_MISUSE);
      ppr_evaluator_free(v);
    }
  ppr_program_free(p);
  ppr_engine_free(engine);
}

/* Columns of 32 bits, the sets of kernels, and where the time went. */
static void test_narrow_columns(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_program *p = loaded(engine);
  static const int32_t a[] = {7, 8, 50, INT32_MAX}, b[] = {2, 0, 100, 1}; /* any number beyond 32 bits is out of range as INT32_MAX, too */
  ppr_column in[2] = {{NULL, NULL, a}, {NULL, NULL, b}};
  uint32_t kernels = 0;
  for (; ppr_kernels(kernels); kernels++) {
    ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
    opts.kernels = kernels;
    opts.profile = 1;
    ppr_evaluator *v;
    ppr_value_info info;
    int32_t q[4];
    ppr_fault f[4];
    assert_int_equal(ppr_evaluator_new(&v, p, 0, &opts), PPR_OK);
    assert_int_equal(ppr_evaluator_output(v, 0, &info), PPR_OK);
    assert_string_equal(info.name, "q");
    assert_true(info.lo >= INT32_MIN && info.hi <= INT32_MAX && info.lo <= 4 && info.hi >= 4);
    assert_int_equal(ppr_evaluator_output(v, 1, &info), PPR_MISUSE);
    assert_int_equal(ppr_evaluator_eval(v, in, 4, &(ppr_result){NULL, NULL, q}, f), PPR_OK);
    assert_int_equal(q[0], 4);
    static const uint32_t codes[] = {0, 5204, 5202, 5202};
    for (int i = 0; i < 4; i++) assert_int_equal(f[i].code, codes[i]);
    const char *text;
    assert_int_equal(ppr_evaluator_explain(v, in, 0, 0, PPR_GERMAN, PPR_EXPLAIN_SHORT, &text), PPR_OK);
    assert_non_null(strstr(text, "q = 4\n"));
    ppr_profile_row row;
    uint64_t lanes = 0;
    for (size_t i = 0; ppr_evaluator_profile(v, i, &row) == PPR_OK; i++) {
      assert_true(row.steps > 0 && *row.name);
      lanes += row.lanes;
    }
    assert_true(lanes >= 3 * 4); /* two inputs and a quotient, each of four records */
    ppr_evaluator_free(v);
  }
  assert_true(kernels >= 1);
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.kernels = kernels;
  ppr_evaluator *v;
  assert_int_equal(ppr_evaluator_new(&v, p, 0, &opts), PPR_MISUSE);
  assert_int_equal(ppr_evaluator_new(&v, p, 0, NULL), PPR_OK);
  ppr_profile_row row;
  assert_int_equal(ppr_evaluator_profile(v, 0, &row), PPR_MISUSE); /* nobody asked for one */
  ppr_evaluator_free(v);
  ppr_program_free(p);
  ppr_engine_free(engine);
}

enum { LIKES = 3, MANY = 5000 };
/* One thread's evaluator and what it found: row i has a = i % 100, b = from + i % 7. */
typedef struct runner {
  ppr_evaluator *evaluator;
  int64_t from;
  int64_t q[MANY];
  ppr_fault f[MANY];
  ppr_status status;
} runner;

static void *evaluate_many(void *context) {
  runner *r = context;
  int64_t a[MANY], b[MANY];
  for (int i = 0; i < MANY; i++) a[i] = i % 100, b[i] = r->from + i % 7;
  ppr_column in[2] = {{.values = a}, {.values = b}};
  r->status = ppr_evaluator_eval(r->evaluator, in, MANY, &(ppr_result){.values = r->q}, r->f);
  ppr_evaluator_free(r->evaluator); /* whoever is last, in whatever thread */
  return NULL;
}

/* Evaluators like another one work side by side, each on records of its own, and outlive the first. */
static void test_like(void **state) {
  (void)state;
  static runner runners[LIKES];
  ppr_engine *engine = ppr_engine_new();
  ppr_program *p = loaded(engine);
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  ppr_evaluator *first, *like = (ppr_evaluator *)engine;
  pthread_t threads[LIKES];
  opts.lanes = 100, opts.profile = 1;
  assert_int_equal(ppr_evaluator_like(&like, NULL), PPR_MISUSE);
  assert_null(like);
  assert_int_equal(ppr_evaluator_new(&first, p, 1, &opts), PPR_OK);
  assert_int_equal(ppr_evaluator_like(NULL, first), PPR_MISUSE);
  for (int t = 0; t < LIKES; t++) {
    runners[t].from = t; /* the first one divides by 0 */
    assert_int_equal(ppr_evaluator_like(&runners[t].evaluator, first), PPR_OK);
    assert_int_equal(pthread_create(&threads[t], NULL, evaluate_many, &runners[t]), 0);
  }
  assert_int_equal(ppr_evaluator_like(&like, first), PPR_OK);
  ppr_evaluator_free(first);
  for (int t = 0; t < LIKES; t++) {
    assert_int_equal(pthread_join(threads[t], NULL), 0);
    assert_int_equal(runners[t].status, PPR_OK);
    for (int i = 0; i < MANY; i++) {
      int64_t twice_a = 2 * (i % 100), b = t + i % 7;
      assert_int_equal(runners[t].f[i].code, b ? 0 : 5204);
      if (b) assert_int_equal(runners[t].q[i], (2 * twice_a + b) / (2 * b)); /* halves up */
    }
  }
  ppr_value_info info;
  ppr_profile_row row;
  const char *text;
  int64_t a = 50, b = 7, q;
  ppr_column in[2] = {{.values = &a}, {.values = &b}};
  ppr_fault fault;
  assert_int_equal(ppr_evaluator_profile(like, 0, &row), PPR_MISUSE); /* it is timed, and has not run */
  assert_int_equal(ppr_evaluator_eval(like, in, 1, &(ppr_result){.values = &q}, &fault), PPR_OK);
  assert_int_equal(q, 14); /* 100 / 7 */
  assert_int_equal(ppr_evaluator_profile(like, 0, &row), PPR_OK);
  assert_int_equal(row.lanes, 2); /* the two inputs of one record */
  assert_int_equal(ppr_evaluator_output(like, 0, &info), PPR_OK);
  assert_string_equal(info.name, "q");
  for (int turn = 0; turn < 2; turn++) { /* the second letter knows nothing of the first */
    a = turn ? 7 : 50, b = turn ? 2 : 7;
    assert_int_equal(ppr_evaluator_explain(like, in, 0, 0, PPR_GERMAN, PPR_EXPLAIN_SHORT, &text), PPR_OK);
    assert_non_null(strstr(text, turn ? "q = 7\n" : "q = 14\n"));
  }
  ppr_evaluator_free(like);
  ppr_program_free(p);
  ppr_engine_free(engine);
}

/* An opened image is the program it was made of; the bytes are only borrowed. */
static void test_open(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *p = two_editions(), *q = p;
  void *bytes, *again;
  size_t size, size2;
  assert_int_equal(ppr_program_save(p, &bytes, &size), PPR_OK);
  assert_int_equal(ppr_program_open(&q, engine, bytes, size, NULL), PPR_MISUSE);
  assert_null(q);
  assert_int_equal(ppr_program_open(NULL, engine, bytes, size, report), PPR_MISUSE);
  assert_int_equal(ppr_program_open(&q, NULL, bytes, size, report), PPR_MISUSE);
  assert_int_equal(ppr_program_open(&q, engine, NULL, size, report), PPR_MISUSE);
  assert_int_equal(ppr_program_open(&q, engine, bytes, size, report), PPR_OK);
  assert_int_equal(ppr_program_find_input(q, 1, "b"), 1);
  ppr_evaluator *v;
  assert_int_equal(ppr_evaluator_new(&v, q, 1, NULL), PPR_OK);
  int64_t a = 50, b = 7, out;
  uint8_t state_out;
  ppr_column in[] = {{.values = &a}, {.values = &b}};
  ppr_fault fault;
  assert_int_equal(ppr_evaluator_eval(v, in, 1, &(ppr_result){.values = &out, .states = &state_out}, &fault), PPR_OK);
  assert_int_equal(fault.code, 0);
  assert_int_equal(out, 14); /* 100 / 7 */
  ppr_evaluator_free(v);
  assert_int_equal(ppr_program_save(q, &again, &size2), PPR_OK);
  assert_int_equal(size, size2);
  assert_memory_equal(bytes, again, size);
  ppr_program_free(q);
  ppr_free(bytes);
  ppr_free(again);
  ppr_program_free(p);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

/* Every byte of an image changed, its checksum put right: no evaluator is made of what the verifier refuses, and loading would have refused it too. */
static void test_forged(void **state) {
  (void)state;
  enum { CHECK = 4, HEAD = 20 };
  ppr_engine *engine = ppr_engine_new();
  ppr_program *p = two_editions();
  void *bytes;
  size_t size, late = 0;
  assert_int_equal(ppr_program_save(p, &bytes, &size), PPR_OK);
  ppr_program_free(p);
  for (size_t at = HEAD; at < size - CHECK; at++) {
    uint8_t *image = bytes;
    image[at] ^= 4;
    uint32_t check = crc32c(image, size - CHECK);
    memcpy(image + size - CHECK, &check, sizeof check);
    ppr_report *report = ppr_report_new();
    ppr_program *whole = NULL, *opened = NULL;
    bool right = ppr_program_load(&whole, engine, image, size, report) == PPR_OK;
    if (ppr_program_open(&opened, engine, image, size, report) == PPR_OK) {
      bool proved = true;
      for (size_t i = 0; i < ppr_program_editions(opened); i++) {
        ppr_evaluator *v = NULL;
        char *text = NULL;
        ppr_status status = ppr_evaluator_new(&v, opened, i, NULL);
        assert_true((status == PPR_OK) == (v != NULL));
        assert_true(v || status == PPR_INVALID_PROGRAM || status == PPR_FORMAT);
        assert_int_equal(ppr_program_listing(opened, (int)i, &text), status);
        proved = proved && v;
        ppr_free(text);
        ppr_evaluator_free(v);
      }
      void *saved = NULL;
      size_t n;
      assert_true((ppr_program_save(opened, &saved, &n) == PPR_OK) == proved);
      ppr_free(saved);
      assert_true(proved == right);
      late += !proved;
    } else assert_false(right);
    ppr_program_free(whole);
    ppr_program_free(opened);
    ppr_report_free(report);
    image[at] ^= 4;
  }
  assert_true(late > 20); /* code there was found wrong when it was needed */
  ppr_free(bytes);
  ppr_engine_free(engine);
}

static void test_misuse(void **state) {
  (void)state;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_program *p = (ppr_program *)report;
  assert_int_equal(ppr_program_load(&p, engine, NULL, 5, report), PPR_MISUSE);
  assert_null(p);
  assert_int_equal(ppr_program_load(&p, NULL, "x", 1, report), PPR_MISUSE);
  assert_int_equal(ppr_program_load(&p, engine, "x", 1, NULL), PPR_MISUSE);
  assert_int_equal(ppr_program_load(NULL, engine, "x", 1, report), PPR_MISUSE);
  assert_int_equal(ppr_program_load(&p, engine, "no image", 8, report), PPR_FORMAT);
  assert_null(p);
  assert_int_equal(ppr_report_count(report), 1);
  ppr_diagnostic d;
  assert_int_equal(ppr_report_get(report, 0, PPR_ENGLISH, &d), PPR_OK);
  assert_memory_equal(d.code, "PPR6", 4);
  assert_true(*d.message);
  assert_null(d.file);
  assert_int_equal(ppr_report_get(report, 1, PPR_ENGLISH, &d), PPR_MISUSE);
  assert_non_null(strstr(ppr_report_text(report, PPR_GERMAN), "PPR6"));
  ppr_report_free(report);
  ppr_evaluator *v;
  assert_int_equal(ppr_evaluator_new(&v, NULL, 0, NULL), PPR_MISUSE);
  p = loaded(engine);
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = 1025;
  assert_int_equal(ppr_evaluator_new(&v, p, 0, &opts), PPR_MISUSE);
  opts.lanes = 0, opts.size = 1;
  assert_int_equal(ppr_evaluator_new(&v, p, 0, &opts), PPR_MISUSE);
  assert_int_equal(ppr_evaluator_new(&v, p, 2, NULL), PPR_MISUSE);
  assert_int_equal(ppr_evaluator_new(&v, p, 0, NULL), PPR_OK);
  ppr_fault f;
  assert_int_equal(ppr_evaluator_eval(v, NULL, 1, NULL, &f), PPR_MISUSE);
  assert_int_equal(ppr_evaluator_eval(v, NULL, 0, NULL, NULL), PPR_OK);
  ppr_evaluator_free(v);
  ppr_program_free(p);
  ppr_program_free(NULL);
  ppr_evaluator_free(NULL);
  ppr_report_free(NULL);
  ppr_engine_free(engine);
  ppr_engine_free(NULL);
  assert_int_equal(ppr_program_editions(NULL), 0);
  assert_int_equal(ppr_report_count(NULL), 0);
}

static int twice(int64_t *out, int64_t a) { return *out = 2 * a, 0; }

/* A program with an import runs only where the engine has the function. */
static void test_natives(void **state) {
  (void)state;
  tiny t = tiny_new();
  uint32_t a = tiny_in(&t, "a", 0, 99);
  build_import(t.b, (ppr_import){build_string(t.b, "doppelt"), build_string(t.b, "Zahl(0)(Zahl(0))"), 0});
  tiny_output(&t, "r", PPR_KIND_NUMBER, tiny3(&t, PPR_OP_CALL, tiny_args(&t, &a, 1), 1, 0), 0);
  ppr_program *p = build_finish(t.b), *q;
  void *bytes;
  size_t size;
  assert_int_equal(ppr_program_save(p, &bytes, &size), PPR_OK);
  ppr_program_free(p);
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  assert_int_equal(ppr_program_load(&q, engine, bytes, size, report), PPR_DIAGNOSED);
  ppr_diagnostic d;
  assert_int_equal(ppr_report_get(report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.code, "PPR6501");
  ppr_native native = {"doppelt", "Zahl(0)(Zahl(0))", (ppr_native_fn)twice, "", "", "", 0, 198}, taken = native;
  taken.name = "plustage";
  assert_int_equal(ppr_engine_register(engine, &taken), PPR_MISUSE); /* of the standard library */
  assert_int_equal(ppr_engine_register(engine, &native), PPR_OK);
  assert_int_equal(ppr_engine_register(NULL, &native), PPR_MISUSE);
  assert_int_equal(ppr_engine_register(engine, NULL), PPR_MISUSE);
  assert_int_equal(ppr_engine_allow_library(engine, "x", NULL), PPR_MISUSE);
  assert_int_equal(ppr_program_load(&q, engine, bytes, size, report), PPR_OK);
  ppr_evaluator *v;
  assert_int_equal(ppr_evaluator_new(&v, q, 0, NULL), PPR_OK);
  static const int64_t in = 21;
  int64_t out;
  ppr_fault f;
  assert_int_equal(ppr_evaluator_eval(v, &(ppr_column){&in, NULL, NULL}, 1, &(ppr_result){&out, NULL, NULL}, &f), PPR_OK);
  assert_int_equal(out, 42);
  ppr_evaluator_free(v);
  ppr_program_free(q);
  ppr_free(bytes);
  ppr_report_free(report);
  ppr_engine_free(engine);
}

static void test_texts(void **state) {
  (void)state;
  assert_string_equal(ppr_version(), "0.1.0");
  for (int s = PPR_OK; s <= PPR_REFUSED; s++) assert_string_not_equal(ppr_status_text((ppr_status)s), "unknown status");
  assert_string_equal(ppr_status_text((ppr_status)99), "unknown status");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_program), cmocka_unit_test(test_evaluator), cmocka_unit_test(test_narrow_columns),
                                     cmocka_unit_test(test_like),    cmocka_unit_test(test_misuse),    cmocka_unit_test(test_natives),
                                     cmocka_unit_test(test_texts),   cmocka_unit_test(test_open),      cmocka_unit_test(test_forged)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
