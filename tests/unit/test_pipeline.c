/* The pipeline: order of the stages that have one, the first failure in that order, any number of threads. */
#include "io/pipeline.h"
#include "support/prng.h"
#include <pthread.h>
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

static const pipeline stages = {.take = take, .stages = {{work, false}, {settle, true}, {more_work, false}}, .end = end};

static size_t spare; /* items: as many as threads, some more, or fewer */

static ppr_status go(run *r, size_t jobs) {
  static item items[PIPELINE_ITEMS];
  void *pointers[PIPELINE_ITEMS];
  size_t n = spare == 0 ? jobs : spare == 1 ? pipeline_items(jobs) : (jobs + 1) / 2;
  for (size_t i = 0; i < n; i++) {
    items[i].run = r;
    pointers[i] = &items[i];
  }
  return pipeline_run(&stages, pointers, n, jobs);
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

/* The same with more and with fewer items than threads. */
static void other_numbers_of_items(void **state) {
  for (spare = 1; spare < 3; spare++) {
    in_order(state);
    failures(state);
    first_failure(state);
  }
  spare = 0;
}

/* An item that takes long holds nobody up: the other thread goes on with what is behind it, as far as there are items. */
typedef struct slow_run {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  size_t taken, worked, ended;
  bool overtaken;
} slow_run;
typedef struct slow_item {
  slow_run *run;
  size_t number;
} slow_item;

static ppr_status slow_take(void *context, bool *more) {
  slow_item *i = context;
  i->number = i->run->taken;
  *more = i->run->taken < 4;
  i->run->taken += *more;
  return PPR_OK;
}

/* The second item, with which the other thread begins, is not done before all others are. */
static ppr_status slow_work(void *context) {
  slow_item *i = context;
  slow_run *r = i->run;
  pthread_mutex_lock(&r->mutex);
  struct timespec limit;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += 60;
  while (i->number == 1 && r->worked < 3 && pthread_cond_timedwait(&r->changed, &r->mutex, &limit) == 0) continue;
  if (i->number == 1) r->overtaken = r->worked == 3;
  r->worked++;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
  return PPR_OK;
}

static ppr_status slow_end(void *context, ppr_status status) {
  slow_item *i = context;
  assert_int_equal(i->number, i->run->ended++);
  return status;
}

static void slow_item_is_overtaken(void **state) {
  (void)state;
  static const pipeline slow = {.take = slow_take, .stages = {{slow_work, false}}, .end = slow_end};
  slow_run r = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  slow_item items[3];
  void *pointers[3];
  assert_int_equal(pipeline_items(2), 3);
  for (size_t i = 0; i < 3; i++) {
    items[i].run = &r;
    pointers[i] = &items[i];
  }
  assert_int_equal(pipeline_run(&slow, pointers, 3, 2), PPR_OK);
  assert_true(r.overtaken);
  assert_int_equal(r.ended, 4);
}

/* Two items, and the first one is not done before the second is at work: so there must be a second thread before there is a second item. */
static ppr_status two_take(void *context, bool *more) {
  slow_item *i = context;
  i->number = i->run->taken++;
  *more = i->number < 2;
  return PPR_OK;
}

static ppr_status two_work(void *context) {
  slow_item *i = context;
  slow_run *r = i->run;
  struct timespec late;
  clock_gettime(CLOCK_REALTIME, &late);
  late.tv_sec += 20;
  pthread_mutex_lock(&r->mutex);
  r->overtaken = r->overtaken || i->number == 1;
  while (!r->overtaken && pthread_cond_timedwait(&r->changed, &r->mutex, &late) == 0) continue;
  pthread_cond_broadcast(&r->changed);
  pthread_mutex_unlock(&r->mutex);
  return r->overtaken ? PPR_OK : PPR_LIMIT;
}

static void threads_at_once(void **state) {
  (void)state;
  static const pipeline two = {.take = two_take, .stages = {{two_work, false}}, .end = slow_end, .at_once = true};
  slow_run r = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  slow_item items[2];
  void *pointers[2];
  for (size_t i = 0; i < 2; i++) {
    items[i].run = &r;
    pointers[i] = &items[i];
  }
  assert_int_equal(pipeline_run(&two, pointers, 2, 2), PPR_OK);
  assert_int_equal(r.ended, 2);
}

#define TEST(f) cmocka_unit_test(f)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(in_order), TEST(failures), TEST(first_failure), TEST(other_numbers_of_items), TEST(slow_item_is_overtaken), TEST(threads_at_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
