/* Threads and turns; see pipeline.h. Nothing is shared but what the mutex guards, and items, of which each is with one thread or waits. */
#include "io/pipeline.h"
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

enum { END = PIPELINE_STAGES, TURNS };

/* An item on its way. */
typedef struct carried {
  void *item;
  uint64_t number;
  size_t stage; /* the one to come */
  ppr_status status;
  struct carried *next;
} carried;

typedef struct shared {
  const pipeline *p;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool taking, ended;      /* a thread is in `take`; there is nothing left to take */
  uint64_t taken, done;    /* items so far */
  uint64_t turn[TURNS];    /* the item each stage in order waits for; the last one is `end` */
  carried *waiting[TURNS]; /* for their turn, by number */
  carried *idle;
  ppr_status status; /* of the first item that failed */
  bool started;      /* the other threads */
  size_t n_threads, most;
  pthread_t threads[PIPELINE_JOBS];
} shared;

static void *work(void *shared);

/* As many of the other threads as there may be. Signals stay with the threads of the host. */
static void start(shared *s) {
  sigset_t all, before;
  sigfillset(&all);
  s->started = true;
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) return;
  while (s->n_threads + 1 < s->most && pthread_create(&s->threads[s->n_threads], NULL, work, s) == 0) s->n_threads++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool in_order(const shared *s, size_t stage) { return stage == END || s->p->stages[stage].in_order; }

/* Which stage comes behind this one. */
static size_t behind(const shared *s, size_t stage) { return stage + 1 < END && s->p->stages[stage + 1].run ? stage + 1 : END; }

/* With the mutex: an item whose turn has come, the one nearest to its end first. */
static carried *whose_turn(shared *s) {
  for (size_t at = TURNS; at-- > 0;) {
    carried *c = s->waiting[at];
    if (!c || c->number != s->turn[at]) continue;
    s->waiting[at] = c->next;
    return c;
  }
  return NULL;
}

static void wait_turn(shared *s, carried *c) {
  carried **at = &s->waiting[c->stage];
  while (*at && (*at)->number < c->number) at = &(*at)->next;
  c->next = *at;
  *at = c;
}

/* With the mutex, which is free meanwhile: the next item, NULL: there is none left. */
static carried *take(shared *s) {
  carried *c = s->idle;
  bool more = true;
  s->idle = c->next;
  s->taking = true;
  pthread_mutex_unlock(&s->mutex);
  ppr_status status = s->p->take(c->item, &more);
  pthread_mutex_lock(&s->mutex);
  s->taking = false;
  s->ended = s->ended || !more || status != PPR_OK;
  pthread_cond_broadcast(&s->changed);
  if (!more && status == PPR_OK) {
    c->next = s->idle;
    s->idle = c;
    return NULL;
  }
  c->number = s->taken++;
  c->status = status;
  c->stage = s->p->stages[0].run ? 0 : END;
  return c;
}

/* One stage of an item whose turn it is; with the mutex, which is free meanwhile. Left out behind a failure. */
static void run_stage(shared *s, carried *c) {
  size_t stage = c->stage;
  bool ordered = in_order(s, stage), fine = s->status == PPR_OK, last = stage == END;
  pthread_mutex_unlock(&s->mutex);
  if (last && fine) c->status = s->p->end(c->item, c->status);
  else if (!last && fine && c->status == PPR_OK) c->status = s->p->stages[stage].run(c->item);
  pthread_mutex_lock(&s->mutex);
  if (ordered) {
    s->turn[stage]++;
    pthread_cond_broadcast(&s->changed);
  }
  if (!last) {
    c->stage = behind(s, stage);
    return;
  }
  if (s->status == PPR_OK) s->status = c->status;
  s->ended = s->ended || s->status != PPR_OK;
  s->done++;
  c->next = s->idle;
  s->idle = c;
}

/* Carries an item as far as its turns have come; with the mutex. */
static void carry(shared *s, carried *c) {
  for (bool more = true; more;) {
    if (in_order(s, c->stage) && s->turn[c->stage] != c->number) {
      wait_turn(s, c);
      return;
    }
    more = c->stage != END;
    run_stage(s, c);
  }
}

static void *work(void *context) {
  shared *s = context;
  pthread_mutex_lock(&s->mutex);
  while (!s->ended || s->done < s->taken) {
    carried *c = whose_turn(s);
    bool free_to_take = !c && s->idle && !s->taking && !s->ended;
    if (free_to_take) c = take(s);
    if (c && (c->number > 0 || s->p->at_once) && !s->started && s->most > 1) start(s);
    if (c) carry(s, c);
    else if (!free_to_take) pthread_cond_wait(&s->changed, &s->mutex);
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->mutex);
  return NULL;
}

ppr_status pipeline_run(const pipeline *p, void *const *items, size_t n_items, size_t jobs) {
  shared s = {.p = p, .most = jobs < PIPELINE_JOBS ? jobs : PIPELINE_JOBS, .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  carried all[PIPELINE_ITEMS];
  for (size_t i = n_items < PIPELINE_ITEMS ? n_items : PIPELINE_ITEMS; i-- > 0;) {
    all[i] = (carried){.item = items[i], .next = s.idle};
    s.idle = &all[i];
  }
  work(&s);
  for (size_t i = 0; i < s.n_threads; i++) pthread_join(s.threads[i], NULL);
  pthread_mutex_destroy(&s.mutex);
  pthread_cond_destroy(&s.changed);
  return s.status;
}
