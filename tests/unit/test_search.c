/* Records by the machine: found at thresholds without help of the boxes, made small, the same ones every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "proof/search.h"
#include "support/rules.h"

#define TEXT                                                                                                                                         \
  RULES_HEAD RULES_INPUT "  aus \"Haus\"\n    n : Zahl(0) 0..999999\n    m : Zahl(0) 5..999999\n    k : Zahl(0) 0..9 optional\n"                     \
                         "regel Ergebnis : ja/nein § 1\n  = n * 7 >= 7654321 - m und (k falls fehlt 3) <> 3\n" RULES_OUTPUT

typedef struct fixture {
  ppr_arena *arena;
  rules r;
  graph *g;
  graph_program code;
  search_machine *machine;
} fixture;

static bool says_yes(void *ctx, const int64_t *leaves, size_t n, bool *hit) {
  const fixture *f = ctx;
  if (!search_evaluate(f->machine, leaves, n)) return false;
  for (size_t i = 0; i < n; i++) hit[i] = !search_fault(f->machine, i).code && search_output(f->machine, i, 0, NULL) == 1;
  return true;
}

static int setup(void **state) {
  static fixture f;
  f.arena = arena_new(ppr_alloc_default);
  f.r = rules_compile(TEXT);
  assert_int_equal(f.r.status, PPR_OK);
  f.g = graph_new(f.arena, NULL);
  assert_true(graph_add(f.g, &f.code, f.r.program, 0, NULL));
  assert_int_equal(search_machine_new(&f.machine, ppr_alloc_default, f.g, &f.code), PPR_OK);
  *state = &f;
  return 0;
}

static int teardown(void **state) {
  fixture *f = *state;
  search_machine_free(f->machine);
  rules_free(&f->r);
  arena_free(f->arena);
  return 0;
}

static int64_t leaf(const fixture *f, const char *label, bool absence, const int64_t *point) {
  for (size_t i = 0; i < f->g->n_leaf; i++)
    if (!strcmp(f->g->leaf[i].label, label) && f->g->leaf[i].absence == absence) return point[i];
  fail();
  return 0;
}

static void usual(const fixture *f, int64_t *point) {
  for (size_t i = 0; i < f->g->n_leaf; i++) point[i] = f->g->leaf[i].usual;
}

/* From the usual record (n 0, m 5, k missing) to one that says yes, and from there to its edge. */
static void found_and_small(void **state) {
  fixture *f = *state;
  int64_t point[16], again[16];
  assert_in_range(f->g->n_leaf, 1, 16);
  usual(f, point);
  usual(f, again);
  node_id question = f->code.reg[f->code.edition->output[0].reg];
  search s = {f->g, ppr_alloc_default, says_yes, f, question, 20000, 0}, t = s;
  bool hit[SEARCH_BATCH] = {false};
  assert_true(says_yes(f, point, 1, hit) && !hit[0]);
  assert_true(search_find(&s, point));
  assert_true(says_yes(f, point, 1, hit) && hit[0]);
  assert_true(search_find(&t, again));
  assert_memory_equal(point, again, f->g->n_leaf * sizeof *point);
  assert_true(s.tried == t.tried && s.tried <= 20000);
  assert_true(search_shrink(&s, point));
  int64_t n = leaf(f, "n", false, point), m = leaf(f, "m", false, point);
  assert_int_equal(leaf(f, "k", true, point), 0); /* it must be there, and not 3 */
  assert_int_equal(leaf(f, "k", false, point), 0);
  assert_true(7 * n + m >= 7654321);
  assert_true(m == 5 || 7 * n + m - 1 < 7654321); /* one less of either says no */
  assert_true(n == 0 || 7 * (n - 1) + m < 7654321);
}

/* What there is not is not found, within the budget. */
static void not_found(void **state) {
  fixture *f = *state;
  int64_t point[16];
  usual(f, point);
  search s = {f->g, ppr_alloc_default, says_yes, f, graph_le(f->g, f->g->leaf[f->code.value[4]].node, 10), 3000, 0}; /* varies m alone: n stays 0 */
  assert_string_equal(f->g->leaf[f->code.value[4]].label, "m");
  assert_false(search_find(&s, point));
  assert_in_range(s.tried, 3000, 3000 + SEARCH_BATCH);
  assert_false(search_shrink(&s, point)); /* no hit to begin with */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(found_and_small, setup, teardown),
                                     cmocka_unit_test_setup_teardown(not_found, setup, teardown)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
