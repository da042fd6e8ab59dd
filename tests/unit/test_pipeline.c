/* The pipeline: order of the stages that have one, the first failure in that order, any number of threads. */
#include "io/pipeline.h"
#include "support/prng.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { MOST = 400 };

/* What the stages that are in order write down; they need no lock of their own. */
typedef struct run {
  size_t items; /* to be taken */
  size_t taken, settled, ended;
  size_t fail_take, fail_work, fail_settle, fail_end; /* number of an item, MOST: none */
  size_t failures;                                    /* seen by the end */
  bool wrong;
  uint64_t sum;
} run;

typedef struct item {
  run *run;
  size_t number;
  uint64_t value;
} item;

static ppr_status take(void *context, bool *more) {
  item *i = context;
  run *r = i->run;
  i->number = r->taken;
  i->value = 0;
  *more = r->taken < r->items;
  r->taken += *more;
  return *more && i->number == r->fail_take ? PPR_IO : PPR_OK;
}

static void dawdle(uint64_t steps) {
  for (volatile uint64_t i = 0; i < steps; i++) continue;
}

static ppr_status work(void *context) {
  item *i = context;
  prng p = {i->number};
  dawdle(prng_below(&p, 20000));
  i->value = i->number * i->number + 1;
  return i->number == i->run->fail_work ? PPR_NOMEM : PPR_OK;
}

static ppr_status settle(void *context) {
  item *i = context;
  if (i->number < i->run->settled) i->run->wrong = true; /* failed ones are left out */
  i->run->settled = i->number + 1;
  return i->number == i->run->fail_settle ? PPR_LIMIT : PPR_OK;
}

static ppr_status more_work(void *context) {
  item *i = context;
  dawdle(1000);
  i->value *= 3;
  return PPR_OK;
}

static ppr_status end(void *context, ppr_status status) {
  item *i = context;
  run *r = i->run;
  if (i->number != r->ended++) r->wrong = true;
  r->failures += status != PPR_OK;
  if (status != PPR_OK) return status;
  r->sum += i->value;
  return i->number == r->fail_end ? PPR_DIAGNOSED : PPR_OK;
}

static const pipeline stages = {take, {{work, false}, {settle, true}, {more_work, false}}, end};

static ppr_status go(run *r, size_t jobs) {
  static item items[PIPELINE_JOBS];
  void *pointers[PIPELINE_JOBS];
  for (size_t i = 0; i < jobs; i++) {
    items[i].run = r;
    pointers[i] = &items[i];
  }
  return pipeline_run(&stages, pointers, jobs);
}

static const size_t jobs_of[] = {1, 2, 3, 8, PIPELINE_JOBS};
#define FOR_JOBS(j) for (size_t j##_at = 0, j; j##_at < sizeof jobs_of / sizeof *jobs_of && (j = jobs_of[j##_at], true); j##_at++)
#define NEVER .fail_take = MOST, .fail_work = MOST, .fail_settle = MOST, .fail_end = MOST

static void in_order(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 7, MOST};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) FOR_JOBS(jobs) {
      run r = {.items = sizes[s], NEVER};
      uint64_t sum = 0;
      for (uint64_t n = 0; n < sizes[s]; n++) sum += 3 * (n * n + 1);
      assert_int_equal(go(&r, jobs), PPR_OK);
      assert_false(r.wrong);
      assert_int_equal(r.ended, sizes[s]);
      assert_int_equal(r.sum, sum);
    }
}

/* What comes before the failure ends well, the failure itself ends with its status, nothing behind it ends at all. */
static void failures(void **state) {
  (void)state;
  for (size_t at = 0; at < MOST; at += 57) FOR_JOBS(jobs) {
      run by_take = {.items = MOST, NEVER}, by_work = by_take, by_settle = by_take, by_end = by_take;
      by_take.fail_take = by_work.fail_work = by_settle.fail_settle = by_end.fail_end = at;
      assert_int_equal(go(&by_take, jobs), PPR_IO);
      assert_int_equal(go(&by_work, jobs), PPR_NOMEM);
      assert_int_equal(go(&by_settle, jobs), PPR_LIMIT);
      assert_int_equal(go(&by_end, jobs), PPR_DIAGNOSED);
      const run *all[] = {&by_take, &by_work, &by_settle, &by_end};
      for (size_t i = 0; i < 4; i++) {
        assert_false(all[i]->wrong);
        assert_int_equal(all[i]->ended, at + 1);
        assert_int_equal(all[i]->failures, i < 3);
      }
      assert_true(by_take.taken == at + 1);
    }
}

/* Of several failures the first in the order counts, whichever is found first. */
static void first_failure(void **state) {
  (void)state;
  FOR_JOBS(jobs) {
    run r = {.items = MOST, NEVER};
    r.fail_settle = 100;
    r.fail_work = 103;
    r.fail_end = 101;
    assert_int_equal(go(&r, jobs), PPR_LIMIT);
    assert_int_equal(r.ended, 101);
  }
}

#define TEST(f) cmocka_unit_test(f)
int main(void) {
  const struct CMUnitTest tests[] = {TEST(in_order), TEST(failures), TEST(first_failure)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
