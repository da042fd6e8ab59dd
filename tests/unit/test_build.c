/* The builder: interned strings, rows in order, editions sorted, tight copies, and no leak at any failed allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "code/build.h"
#include "support/memory.h"
#include <stdio.h>
#include <string.h>

static void strings(void **state) {
  (void)state;
  ppr_builder *b = build_new(ppr_alloc_default);
  assert_int_equal(build_string(b, ""), 0);
  assert_int_equal(build_string(b, NULL), 0);
  assert_int_equal(build_string(b, "Tag"), 1);
  assert_int_equal(build_string(b, "Tage"), 2);
  assert_int_equal(build_string(b, "Tag"), 1);
  build_name(b, "Tage");
  ppr_program *p = build_finish(b);
  assert_non_null(p);
  assert_int_equal(p->n_string, 3);
  assert_int_equal(p->n_text, 1 + 4 + 5);
  assert_int_equal(p->name, 2);
  assert_string_equal(program_string(p, 0), "");
  assert_string_equal(program_string(p, 1), "Tag");
  assert_string_equal(program_string(p, 2), "Tage");
  assert_int_equal(p->n_editions, 0);
  program_free(p);
}

static void many_strings(void **state) {
  (void)state;
  ppr_builder *b = build_new(ppr_alloc_default);
  char text[32];
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 3000; i++) {
      snprintf(text, sizeof text, "Wort %d", i);
      assert_int_equal(build_string(b, text), i + 1);
    }
  ppr_program *p = build_finish(b);
  assert_int_equal(p->n_string, 3001);
  assert_string_equal(program_string(p, 1), "Wort 0");
  assert_string_equal(program_string(p, 3000), "Wort 2999");
  program_free(p);
}

static void rows_in_order(void **state) {
  (void)state;
  ppr_builder *b = build_new(ppr_alloc_default);
  ppr_edition *e = build_edition(b);
  e->from_day = 100;
  e->cost = 3;
  for (int i = 0; i < 1000; i++) {
    assert_int_equal(build_konst(b, (ppr_konst){(int64_t)i * i - 7}), i);
    if (i % 10 == 0) assert_int_equal(build_reg(b, (ppr_reg){PPR_T_BOOL}), i / 10);
  }
  assert_int_equal(build_wide_konst(b, (ppr_wide_konst){-1, 5}), 0);
  assert_false(build_failed(b));
  ppr_program *p = build_finish(b);
  assert_int_equal(p->n_editions, 1);
  const ppr_edition *done = &p->editions[0];
  assert_int_equal(done->n_konst, 1000);
  assert_int_equal(done->n_reg, 100);
  assert_int_equal(done->n_wide_konst, 1);
  assert_int_equal(done->n_instr, 0);
  assert_null(done->instr);
  for (int i = 0; i < 1000; i++) assert_int_equal(done->konst[i].value, i * i - 7);
  assert_int_equal(done->wide_konst[0].hi, -1);
  assert_int_equal(done->wide_konst[0].lo, 5);
  assert_int_equal(done->from_day, 100);
  assert_true(done->until_day == INT64_MAX);
  assert_true(done->period_input == PPR_NONE);
  assert_int_equal(done->cost, 3);
  program_free(p);
}

static void editions_sorted(void **state) {
  (void)state;
  static const int64_t days[] = {300, 100, 400, 200};
  ppr_builder *b = build_new(ppr_alloc_default);
  for (int i = 0; i < 4; i++) {
    ppr_edition *e = build_edition(b);
    e->from_day = days[i];
    build_konst(b, (ppr_konst){days[i] * 2}); /* rows stay with their edition */
  }
  ppr_program *p = build_finish(b);
  assert_int_equal(p->n_editions, 4);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(p->editions[i].from_day, 100 * (i + 1));
    assert_int_equal(p->editions[i].n_konst, 1);
    assert_int_equal(p->editions[i].konst[0].value, 200 * (i + 1));
  }
  program_free(p);
}

static void sources(void **state) {
  (void)state;
  ppr_builder *b = build_new(ppr_alloc_default);
  uint8_t digest[32] = {1, 2, 3};
  build_source(b, "2024-01.ppr", digest);
  ppr_program *p = build_finish(b);
  assert_int_equal(p->n_sources, 1);
  assert_string_equal(program_string(p, p->sources[0].name), "2024-01.ppr");
  assert_memory_equal(p->sources[0].sha256, digest, 32);
  program_free(p);
}

static void row_without_edition(void **state) {
  (void)state;
  ppr_builder *b = build_new(ppr_alloc_default);
  assert_int_equal(build_konst(b, (ppr_konst){1}), 0);
  assert_true(build_failed(b));
  assert_null(build_finish(b));
}

/* An edition with strings in every way a row can hold them. */
static void put_edition(ppr_builder *b, int i) {
  ppr_edition *e = build_edition(b);
  char text[32];
  e->from_day = i;
  e->record = build_string(b, "Art");
  for (int k = 0; k < 600; k++) {
    snprintf(text, sizeof text, "%d/%d", i, k);
    build_member(b, (ppr_member){build_string(b, text), build_string(b, "Kürzel"), 0});
  }
  build_cell(b, (ppr_cell){PPR_CELL_TEXT, build_string(b, "Zelle")});
  build_cell(b, (ppr_cell){PPR_CELL_OUTPUT, 3});
  build_dep(b, (ppr_dep){PPR_DEP_CONST, 2, build_string(b, text)});
  e->name = build_string(b, i ? "zweite" : "erste");
}

/* Everything a builder does, with one refused allocation; NULL where it mattered. apart: the editions come from another builder, and are appended
 * when all of them are there. */
static ppr_program *built(ppr_alloc alloc, bool apart) {
  enum { EDITIONS = 3 };
  ppr_builder *b = build_new(alloc), *other = apart ? build_new(alloc) : NULL;
  ppr_arena *passing = apart ? arena_new(alloc) : NULL;
  ppr_parcel *parcels[EDITIONS] = {0};
  bool whole = b && (!apart || (other && passing));
  if (whole) build_name(b, "Probe");
  for (int i = 0; i < EDITIONS && whole; i++) {
    if (apart) build_again(other);
    put_edition(apart ? other : b, i);
    whole = !apart || (parcels[i] = build_pack(other, passing));
  }
  for (int i = 0; i < EDITIONS && apart; i++)
    if (whole) build_append(b, parcels[i]);
    else build_parcel_discard(parcels[i]);
  if (whole) build_source(b, "a", (const uint8_t[32]){0});
  build_discard(other);
  arena_free(passing);
  if (whole) return build_finish(b);
  build_discard(b);
  return NULL;
}

/* A builder without edition, and one that has failed, have nothing to pack. */
static void nothing_to_pack(void **state) {
  (void)state;
  ppr_arena *passing = arena_new(ppr_alloc_default);
  ppr_builder *b = build_new(ppr_alloc_default);
  assert_null(build_pack(b, passing));
  build_konst(b, (ppr_konst){1}); /* a row without edition */
  assert_null(build_pack(b, passing));
  build_discard(b);
  build_parcel_discard(NULL);
  arena_free(passing);
}

/* What was appended is forgotten by build_again, too. */
static void appended_and_forgotten(void **state) {
  (void)state;
  ppr_arena *passing = arena_new(ppr_alloc_default);
  ppr_builder *b = build_new(ppr_alloc_default), *other = build_new(ppr_alloc_default);
  put_edition(other, 0);
  build_append(b, build_pack(other, passing));
  build_again(b);
  build_append(b, build_pack(other, passing));
  ppr_program *p = build_finish(b);
  assert_int_equal(p->n_editions, 1);
  assert_int_equal(p->editions[0].n_member, 600);
  assert_string_equal(program_string(p, p->editions[0].member[599].code), "Kürzel");
  program_free(p);
  build_discard(other);
  arena_free(passing);
}

/* What is appended is what would have been written here: the same rows, the same strings in the same order. */
static void appended(void **state) {
  (void)state;
  ppr_program *a = built(ppr_alloc_default, false), *b = built(ppr_alloc_default, true);
  assert_int_equal(a->n_text, b->n_text);
  assert_memory_equal(a->text, b->text, a->n_text);
  assert_int_equal(a->n_string, b->n_string);
  assert_int_equal(a->n_editions, b->n_editions);
  for (uint32_t i = 0; i < a->n_editions; i++) {
    const ppr_edition *x = &a->editions[i], *y = &b->editions[i];
    assert_int_equal(x->name, y->name);
    assert_int_equal(x->record, y->record);
    assert_int_equal(x->from_day, y->from_day);
    assert_int_equal(x->n_member, y->n_member);
    assert_memory_equal(x->member, y->member, x->n_member * sizeof *x->member);
    assert_memory_equal(x->cell, y->cell, x->n_cell * sizeof *x->cell);
    assert_memory_equal(x->dep, y->dep, x->n_dep * sizeof *x->dep);
    assert_string_equal(program_string(b, y->cell[0].value), "Zelle");
    assert_int_equal(y->cell[1].value, 3);
  }
  program_free(a);
  program_free(b);
}

static void out_of_memory(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    bool refused = false;
    for (int apart = 0; apart < 2; apart++) {
      memory m = {.fail_at = n};
      ppr_program *p = built(memory_alloc(&m), apart != 0);
      bool now = m.requests >= n;
      assert_true(now == (p == NULL));
      program_free(p);
      assert_int_equal(m.bytes, 0);
      assert_int_equal(m.blocks, 0);
      refused = refused || now;
    }
    if (!refused) break;
  }
}

static void discard(void **state) {
  (void)state;
  memory m = {0};
  ppr_builder *b = build_new(memory_alloc(&m));
  build_edition(b);
  build_konst(b, (ppr_konst){1});
  build_discard(b);
  build_discard(NULL);
  program_free(NULL);
  assert_int_equal(m.bytes, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(strings),  cmocka_unit_test(many_strings),        cmocka_unit_test(rows_in_order),         cmocka_unit_test(editions_sorted),
      cmocka_unit_test(sources),  cmocka_unit_test(row_without_edition), cmocka_unit_test(out_of_memory),         cmocka_unit_test(discard),
      cmocka_unit_test(appended), cmocka_unit_test(nothing_to_pack),     cmocka_unit_test(appended_and_forgotten)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
