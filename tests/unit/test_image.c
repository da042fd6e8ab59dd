/* Images: the bytes of a small program counted by hand, encode and decode as inverses, and the refusal of everything that is not an image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/crc.h"
#include "code/image.h"
#include "code/select.h"
#include "support/asm.h"
#include "support/memory.h"
#include <string.h>

enum { LIMIT = 1 << 24, HEAD = 40, EDITION = 68, SECTION_HEAD = 16, CHECK = 4 };
enum {
#define SECTION(number, name, members) COUNT_##name,
#include "code/sections.def"
#undef SECTION
  SECTIONS
};

static ppr_buf encoded(const ppr_program *p) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, LIMIT);
  image_encode(&b, p);
  assert_false(b.failed);
  return b;
}

static ppr_buf sample(void) {
  ppr_program *p = asm_sample();
  ppr_buf b = encoded(p);
  program_free(p);
  return b;
}

static uint32_t word(const ppr_buf *b, size_t at) {
  const uint8_t *d = (const uint8_t *)b->data + at;
  return d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 | (uint32_t)d[3] << 24;
}

static void set_word(ppr_buf *b, size_t at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) b->data[at + (size_t)i] = (char)(uint8_t)(value >> (8 * i));
}

/* Size and checksum put right again after a change. */
static void seal(ppr_buf *b) {
  set_word(b, 12, b->size, 8);
  set_word(b, b->size - CHECK, crc32c(b->data, b->size - CHECK), CHECK);
}

static void insert(ppr_buf *b, size_t at, const void *bytes, size_t n) {
  ppr_buf copy;
  buf_init(&copy, ppr_alloc_default, LIMIT);
  buf_put(&copy, b->data, at);
  buf_put(&copy, bytes, n);
  buf_put(&copy, b->data + at, b->size - at);
  buf_fini(b);
  *b = copy;
}

/* Decodes; the program is freed. code 0: no diagnostic expected. */
static void expect(const void *bytes, size_t size, ppr_status status, int code) {
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p = NULL;
  assert_int_equal(image_decode(&p, ppr_alloc_default, bytes, size, r), status);
  const diag *d = report_first(r);
  assert_int_equal(d ? (int)d->code : 0, code);
  assert_true((p != NULL) == (status == PPR_OK));
  program_free(p);
  report_free(r);
}

/* Strings "", "Probe", "2024-01", "2024-01.ppr"; one instruction. */
static void layout(void **state) {
  (void)state;
  asm_code c;
  asm_begin(&c);
  asm_int(&c, -2);
  ppr_program *p = asm_end(&c);
  ppr_buf b = encoded(p);
  const char text[] = "\0Probe\0"
                      "2024-01\0"
                      "2024-01.ppr";
  assert_int_equal(sizeof text, 1 + 6 + 8 + 12);
  static const uint8_t head[HEAD] = {'P', 'P', 'R', 'B', 1, 0, 0, 0, 1,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                     1,   0,   0,   0,   4, 0, 0, 0, 27, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
  assert_memory_equal(b.data, head, 12);
  assert_memory_equal(b.data + 20, head + 20, 20);
  assert_memory_equal(b.data + HEAD, text, sizeof text);
  size_t at = HEAD + sizeof text;
  static const uint8_t edition[EDITION] = {2,    0,    0,    0,    0,        0,    0,    0,    0, 0, 0, 0,
                                           0,    0,    0,    0,                                            /* name, decision, title, record */
                                           0,    0,    0,    0,    0,        0,    0,    0,                /* decided on day 0 */
                                           0x0B, 0x4D, 0,    0,    0,        0,    0,    0,                /* 19723 */
                                           0xFF, 0xFF, 0xFF, 0xFF, 0xFF,     0xFF, 0xFF, 0x7F,             /* open */
                                           0xFF, 0xFF, 0xFF, 0xFF, 0xFF,     0xFF, 0xFF, 0x7F,             /* open as written */
                                           0xFF, 0xFF, 0xFF, 0xFF, 0,        0,    0,    0,    0, 0, 0, 0, /* no period */
                                           1,    0,    0,    0,    SECTIONS, 0,    0,    0};
  assert_memory_equal(b.data + at, edition, EDITION);
  at += EDITION;
  assert_int_equal(word(&b, at), 1);     /* section 1, instr */
  assert_int_equal(word(&b, at + 4), 1); /* one row */
  assert_int_equal(word(&b, at + 8), 6); /* of six bytes */
  assert_int_equal(word(&b, at + SECTION_HEAD), 2);
  at += SECTIONS * SECTION_HEAD;
  /* A step s is the number 2s, or -2s - 1 below zero, and stands above bit 0: 4 is 16, 1 is 4, 3 is 12, -2 is 6. */
  static const uint8_t rows[] = {16, 0, 0, 0, 0, 0, /* CONST_INT r0 = konst 0 */
                                 4,                 /* r0 is INT */
                                 6,                 /* -2 */
                                 12, 4, 4};         /* 2024-01.ppr:1:1 */
  assert_memory_equal(b.data + at, rows, sizeof rows);
  at += sizeof rows;
  assert_int_equal(b.size, at + CHECK);
  assert_int_equal(word(&b, 12), b.size);
  assert_int_equal(word(&b, 16), 0);
  assert_int_equal(word(&b, at), crc32c(b.data, at));
  buf_fini(&b);
  program_free(p);
}

static void round_trip(void **state) {
  (void)state;
  ppr_buf b = sample();
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p;
  assert_int_equal(image_decode(&p, ppr_alloc_default, b.data, b.size, r), PPR_OK);
  assert_null(report_first(r));
  assert_string_equal(program_string(p, p->name), "Probe");
  assert_int_equal(p->n_editions, 2);
  assert_int_equal(p->n_sources, 2);
  assert_int_equal(p->sources[1].sha256[0], 0x01);
  assert_int_equal(p->sources[1].sha256[31], 0xAB);
  const ppr_edition *e = &p->editions[1];
  assert_string_equal(program_string(p, e->title), "Probe der Werkzeuge");
  assert_int_equal(e->period_input, 2);
  assert_int_equal(e->cond[0].offset, -1);
  assert_int_equal(e->wide_konst[0].hi, 5);
  assert_int_equal(e->field[5].hi, 99999);
  assert_string_equal(program_string(p, e->input[5].label), "Tage[A2]");
  ppr_buf again = encoded(p);
  assert_int_equal(again.size, b.size);
  assert_memory_equal(again.data, b.data, b.size);
  buf_fini(&again);
  program_free(p);
  report_free(r);
  buf_fini(&b);
}

/* Two encodings of one program, and one behind other bytes, are the same. */
static void deterministic(void **state) {
  (void)state;
  ppr_buf a = sample(), b;
  ppr_program *p = asm_sample();
  buf_init(&b, ppr_alloc_default, LIMIT);
  buf_puts(&b, "davor");
  image_encode(&b, p);
  assert_int_equal(b.size, a.size + 5);
  assert_memory_equal(b.data + 5, a.data, a.size);
  program_free(p);
  buf_fini(&a);
  buf_fini(&b);
}

static void not_an_image(void **state) {
  (void)state;
  expect("", 0, PPR_FORMAT, 6001);
  expect("PPR", 3, PPR_FORMAT, 6001);
  expect("regelwerk Probe \"Probe\"\n", 24, PPR_FORMAT, 6001);
  expect("PPRB", 4, PPR_FORMAT, 6002);
}

static void cut_and_extended(void **state) {
  (void)state;
  ppr_buf b = sample();
  for (size_t n = 4; n < b.size; n++) expect(b.data, n, PPR_FORMAT, 6002);
  buf_putc(&b, 0);
  expect(b.data, b.size, PPR_FORMAT, 6002);
  buf_fini(&b);
}

static void damaged(void **state) {
  (void)state;
  ppr_buf b = sample();
  static const size_t at[] = {21, HEAD + 1, HEAD + 500};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
    b.data[at[i]] ^= 1;
    expect(b.data, b.size, PPR_FORMAT, 6003);
    b.data[at[i]] ^= 1;
  }
  b.data[b.size - 1] ^= 1;
  expect(b.data, b.size, PPR_FORMAT, 6003);
  buf_fini(&b);
}

static void too_large(void **state) {
  (void)state;
  size_t size = ((size_t)64 << 20) + 1;
  char *bytes = ppr_alloc_default.fn(NULL, NULL, 0, size);
  assert_non_null(bytes);
  memcpy(bytes, "PPRB", 4);
  expect(bytes, size, PPR_LIMIT, 6005);
  ppr_alloc_default.fn(NULL, bytes, size, 0);
}

static void versions(void **state) {
  (void)state;
  ppr_buf b = sample();
  set_word(&b, 8, 2, 4); /* needs a newer reader: said even though the checksum is no longer right */
  expect(b.data, b.size, PPR_VERSION, 6004);
  set_word(&b, 8, 0, 4);
  seal(&b);
  expect(b.data, b.size, PPR_FORMAT, 6006);
  set_word(&b, 4, 0, 4);
  set_word(&b, 8, 1, 4);
  seal(&b);
  expect(b.data, b.size, PPR_FORMAT, 6006);
  set_word(&b, 4, 7, 4); /* written by a later version for readers like this one */
  seal(&b);
  expect(b.data, b.size, PPR_OK, 0);
  buf_fini(&b);
}

/* The image of `layout`; returns where its section table begins. */
static size_t small(ppr_buf *b) {
  asm_code c;
  asm_begin(&c);
  asm_int(&c, -2);
  ppr_program *p = asm_end(&c);
  *b = encoded(p);
  program_free(p);
  return HEAD + 27 + EDITION;
}

/* A later version appended a section and a member to the rows of konst (section 3, third in the table). */
static void later_version(void **state) {
  (void)state;
  ppr_buf b;
  size_t table = small(&b), rows = table + SECTIONS * SECTION_HEAD;
  static const uint8_t section[SECTION_HEAD] = {99, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0};
  insert(&b, rows + 6 + 1 + 1 + 3, "neu", 4); /* section 99, after instr, reg, konst, pos */
  insert(&b, rows + 6 + 1 + 1, "....", 4);
  set_word(&b, table + 2 * SECTION_HEAD + 8, 5, 8);
  insert(&b, rows, section, sizeof section);
  set_word(&b, table - 4, SECTIONS + 1, 4);
  seal(&b);
  expect(b.data, b.size, PPR_FORMAT, 6006); /* not as an image of this version */
  set_word(&b, 4, 2, 4);
  seal(&b);
  expect(b.data, b.size, PPR_OK, 0);
  buf_fini(&b);
}

/* Counts and lengths that do not fit the bytes there are. */
static void inconsistent(void **state) {
  (void)state;
  ppr_buf b;
  size_t table = small(&b);
  static const struct {
    size_t at; /* from the section table where `section`, else absolute */
    bool section;
    uint64_t value;
    int bytes;
  } changes[] = {
      {24, false, 0, 4},
      {24, false, 3, 4},
      {24, false, 5, 4},
      {24, false, UINT32_MAX, 4},
      {28, false, 26, 4},
      {28, false, UINT32_MAX, 4},
      {32, false, 0, 4},
      {32, false, 2, 4},
      {32, false, UINT32_MAX, 4},
      {36, false, 1, 4},
      {36, false, UINT32_MAX, 4},
      {HEAD, false, 'x', 1},
      {HEAD + 26, false, 'x', 1},
      {0, true, 2, 4},
      {4, true, 2, 4},
      {4, true, UINT32_MAX, 4},
      {8, true, 5, 8},
      {8, true, 7, 8},
      {8, true, UINT64_MAX, 8},
      {16, true, 1, 4},
      {4 + 16 * 4, true, 7, 4},
      {0, true, 98, 4},
      {4 + 16, true, 1u << 30, 4},
  };
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    ppr_buf copy;
    buf_init(&copy, ppr_alloc_default, LIMIT);
    buf_put(&copy, b.data, b.size);
    set_word(&copy, changes[i].at + (changes[i].section ? table : 0), changes[i].value, changes[i].bytes);
    seal(&copy);
    expect(copy.data, copy.size, PPR_FORMAT, 6006);
    buf_fini(&copy);
  }
  set_word(&b, table - 4, SECTIONS - 1, 4);
  seal(&b);
  expect(b.data, b.size, PPR_FORMAT, 6006);
  buf_fini(&b);
}

/* What the layout lets through the verifier stops. */
static void unsound(void **state) {
  (void)state;
  ppr_buf b;
  size_t table = small(&b);
  set_word(&b, table + SECTIONS * SECTION_HEAD, 7 * 4, 1); /* opcode 7 does not exist */
  seal(&b);
  expect(b.data, b.size, PPR_INVALID_PROGRAM, 6101);
  buf_fini(&b);
}

static void out_of_memory(void **state) {
  (void)state;
  ppr_buf b = sample();
  for (size_t n = 1;; n++) {
    memory m = {.fail_at = n}, plain = {0};
    ppr_report *r = report_new(memory_alloc(&plain));
    ppr_program *p;
    ppr_status status = image_decode(&p, memory_alloc(&m), b.data, b.size, r);
    bool refused = m.requests >= n;
    assert_int_equal(status, refused ? PPR_NOMEM : PPR_OK);
    program_free(p);
    report_free(r);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(plain.bytes, 0);
    if (!refused) break;
  }
  for (size_t n = 2;; n++) { /* the report's own memory: the verifier works in it */
    memory m = {.fail_at = n};
    ppr_report *r = report_new(memory_alloc(&m));
    if (r) {
      ppr_program *p;
      ppr_status status = image_decode(&p, ppr_alloc_default, b.data, b.size, r);
      assert_int_equal(status, m.requests >= n ? PPR_NOMEM : PPR_OK);
      program_free(p);
    }
    report_free(r);
    assert_int_equal(m.bytes, 0);
    if (m.requests < n) break;
  }
  buf_fini(&b);
}

static ppr_program *opened(const ppr_buf *b, ppr_report *r) {
  ppr_program *p;
  assert_int_equal(image_open(&p, ppr_alloc_default, b->data, b->size, r), PPR_OK);
  assert_null(report_first(r));
  return p;
}

/* An opened image has its schema at once, code and explanation when they are asked for; then it is what it was made of. */
static void open_late(void **state) {
  (void)state;
  ppr_buf b = sample();
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p = opened(&b, r), *view;
  const ppr_edition *e = &p->editions[1];
  assert_string_equal(program_string(p, e->input[5].label), "Tage[A2]");
  assert_int_equal(e->cost, e->n_instr);
  assert_null(e->instr);
  assert_int_equal(program_select(&view, p, NULL, INT64_MAX), PPR_OK);
  assert_int_equal(image_code(p, 1, r), PPR_OK);
  assert_int_equal(e->wide_konst[0].hi, 5);
  assert_null(p->editions[0].instr);
  const ppr_instr *first = e->instr;
  assert_int_equal(image_code(p, 1, NULL), PPR_OK);
  assert_ptr_equal(e->instr, first);
  assert_null(view->editions[1].instr); /* a selection asks for itself, and gets the same rows */
  assert_int_equal(image_code(view, 1, r), PPR_OK);
  assert_ptr_equal(view->editions[1].instr, first);
  assert_int_equal(image_code(view, 0, r), PPR_OK);
  assert_int_equal(image_code(p, 0, r), PPR_OK);
  assert_ptr_equal(view->editions[0].instr, p->editions[0].instr);
  program_free(view);
  ppr_buf again = encoded(p);
  assert_int_equal(again.size, b.size);
  assert_memory_equal(again.data, b.data, b.size);
  buf_fini(&again);
  program_free(p);
  report_free(r);
  buf_fini(&b);
}

/* What is wrong with code is found before it is used, again and again; with everything else, with the layout and with damage at once. */
static void open_unsound(void **state) {
  (void)state;
  ppr_buf b;
  size_t table = small(&b), rows = table + SECTIONS * SECTION_HEAD;
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p;
  b.data[rows] ^= 1;
  assert_int_equal(image_open(&p, ppr_alloc_default, b.data, b.size, r), PPR_FORMAT);
  assert_int_equal(report_first(r)->code, 6003);
  report_free(r);
  static const struct {
    uint8_t byte;
    ppr_status status;
    int code;
  } first[] = {{7 * 4, PPR_INVALID_PROGRAM, 6101}, {16 | 1, PPR_FORMAT, 6006}}; /* opcode 7 does not exist; two rows where there is one */
  for (size_t i = 0; i < 2; i++) {
    b.data[rows] = (char)first[i].byte;
    seal(&b);
    r = report_new(ppr_alloc_default);
    p = opened(&b, r);
    for (int k = 0; k < 2; k++) {
      assert_int_equal(image_code(p, 0, r), first[i].status);
      assert_int_equal(report_first(r)->code, first[i].code);
      assert_int_equal(image_code(p, 0, NULL), first[i].status);
      assert_null(p->editions[0].instr);
    }
    program_free(p);
    report_free(r);
  }
  b.data[rows] = 16;
  set_word(&b, HEAD + 27, 9, 4); /* the name of the edition is no string */
  seal(&b);
  r = report_new(ppr_alloc_default);
  assert_int_equal(image_open(&p, ppr_alloc_default, b.data, b.size, r), PPR_INVALID_PROGRAM);
  assert_int_equal(report_first(r)->code, 6201);
  report_free(r);
  buf_fini(&b);
}

static void open_without_memory(void **state) {
  (void)state;
  ppr_buf b = sample();
  for (size_t n = 1;; n++) {
    memory m = {.fail_at = n}, plain = {0};
    ppr_report *r = report_new(memory_alloc(&plain));
    ppr_program *p;
    ppr_status status = image_open(&p, memory_alloc(&m), b.data, b.size, r);
    if (status == PPR_OK) status = image_code(p, 0, n % 2 ? r : NULL);
    bool refused = m.requests >= n;
    assert_int_equal(status, refused ? PPR_NOMEM : PPR_OK);
    m.fail_at = 0;
    if (p && refused) assert_int_equal(image_code(p, 0, r), PPR_OK); /* nothing is broken by it */
    program_free(p);
    report_free(r);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(plain.bytes, 0);
    if (!refused) break;
  }
  buf_fini(&b);
}

/* A buffer with a ceiling below the image fails and stays failed. */
static void ceiling(void **state) {
  (void)state;
  ppr_program *p = asm_sample();
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1000);
  image_encode(&b, p);
  assert_true(b.failed);
  buf_fini(&b);
  program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layout),           cmocka_unit_test(round_trip),   cmocka_unit_test(deterministic), cmocka_unit_test(not_an_image),
      cmocka_unit_test(cut_and_extended), cmocka_unit_test(damaged),      cmocka_unit_test(too_large),     cmocka_unit_test(versions),
      cmocka_unit_test(later_version),    cmocka_unit_test(inconsistent), cmocka_unit_test(unsound),       cmocka_unit_test(out_of_memory),
      cmocka_unit_test(ceiling),          cmocka_unit_test(open_late),    cmocka_unit_test(open_unsound),  cmocka_unit_test(open_without_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
