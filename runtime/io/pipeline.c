/* Threads and turns; see pipeline.h. Nothing is shared but what the mutex guards, and items, of which each belongs to one thread. */
#include "io/pipeline.h"
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

typedef struct shared {
  const pipeline *p;
  void *const *items;
  size_t n_items;
  pthread_mutex_t mutex;
  pthread_cond_t turned;
  bool taking, ended;                 /* a thread is in `take`; there is nothing left to take */
  uint64_t taken;                     /* items so far */
  uint64_t turn[PIPELINE_STAGES + 1]; /* the item each stage in order waits for; the last one is `end` */
  ppr_status status;                  /* of the first item that failed */
  bool started;                       /* the other threads */
  size_t n_threads;
  pthread_t threads[PIPELINE_JOBS];
} shared;

typedef struct worker {
  shared *s;
  void *item;
} worker;

static void *work(void *worker);

/* As many of the other threads as there may be. Signals stay with the threads of the host. */
static void start(shared *s, worker *workers) {
  sigset_t all, before;
  sigfillset(&all);
  s->started = true;
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return;
  for (size_t i = 1; i < s->n_items; i++)
    if (pthread_create(&s->threads[s->n_threads], NULL, work, &workers[i]) == 0) s->n_threads++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The number of the item taken; false: there is none left. */
static bool take(shared *s, void *item, uint64_t *number, ppr_status *status) {
  pthread_mutex_lock(&s->mutex);
  while (s->taking && !s->ended) pthread_cond_wait(&s->turned, &s->mutex);
  bool mine = !s->ended;
  s->taking = s->taking || mine;
  pthread_mutex_unlock(&s->mutex);
  if (!mine) return false;
  bool more = true;
  *status = s->p->take(item, &more);
  pthread_mutex_lock(&s->mutex);
  s->taking = false;
  s->ended = s->ended || !more || *status != PPR_OK;
  *number = s->taken;
  mine = more || *status != PPR_OK;
  s->taken += mine;
  pthread_cond_broadcast(&s->turned);
  pthread_mutex_unlock(&s->mutex);
  return mine;
}

/* Waits until it is the item's turn; false: an item before has failed. */
static bool await(shared *s, size_t stage, uint64_t number) {
  pthread_mutex_lock(&s->mutex);
  while (s->turn[stage] != number) pthread_cond_wait(&s->turned, &s->mutex);
  bool fine = s->status == PPR_OK;
  pthread_mutex_unlock(&s->mutex);
  return fine;
}

static void pass_on(shared *s, size_t stage, ppr_status failed) {
  pthread_mutex_lock(&s->mutex);
  s->turn[stage]++;
  if (s->status == PPR_OK && failed != PPR_OK) s->status = failed;
  if (failed != PPR_OK) s->ended = true;
  pthread_cond_broadcast(&s->turned);
  pthread_mutex_unlock(&s->mutex);
}

static void carry(shared *s, void *item, uint64_t number, ppr_status status) {
  for (size_t i = 0; i < PIPELINE_STAGES && s->p->stages[i].run; i++) {
    const pipeline_stage *stage = &s->p->stages[i];
    bool fine = !stage->in_order || await(s, i, number);
    if (fine && status == PPR_OK) status = stage->run(item);
    if (stage->in_order) pass_on(s, i, PPR_OK);
  }
  if (await(s, PIPELINE_STAGES, number)) status = s->p->end(item, status);
  pass_on(s, PIPELINE_STAGES, status);
}

static void *work(void *context) {
  worker *w = context;
  uint64_t number;
  ppr_status status;
  while (take(w->s, w->item, &number, &status)) carry(w->s, w->item, number, status);
  return NULL;
}

ppr_status pipeline_run(const pipeline *p, void *const *items, size_t n_items) {
  shared s = {.p = p,
              .items = items,
              .n_items = n_items < PIPELINE_JOBS ? n_items : PIPELINE_JOBS,
              .mutex = PTHREAD_MUTEX_INITIALIZER,
              .turned = PTHREAD_COND_INITIALIZER};
  worker workers[PIPELINE_JOBS];
  uint64_t number;
  ppr_status status;
  for (size_t i = 0; i < s.n_items; i++) workers[i] = (worker){&s, items[i]};
  while (take(&s, items[0], &number, &status)) {
    if (number > 0 && !s.started && s.n_items > 1) start(&s, workers);
    carry(&s, items[0], number, status);
  }
  for (size_t i = 0; i < s.n_threads; i++) pthread_join(s.threads[i], NULL);
  pthread_mutex_destroy(&s.mutex);
  pthread_cond_destroy(&s.turned);
  return s.status;
}
