/* One program after the other, or several at once; see programs.h. The meaning of a text is noted in its tree, so each maker reads the texts for
 * itself. */
#include "programs.h"
#include "base/digest.h"
#include "code/verify.h"
#include "compile.h"
#include "io/pipeline.h"
#include "lower.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { MOST_MAKERS = 8 }; /* each reads all texts: more of them would mostly do that */

/* The code of one program, from when it is begun to when its turn has come in the program of all. */
typedef struct part {
  ppr_builder *b;
  size_t number;
  bool made; /* without errors */
  struct part *next;
} part;

typedef struct making {
  const ppr_engine *engine;
  ppr_report *report;
  ppr_builder *b;
  uint32_t first;
  size_t count;           /* sources of the report */
  bool apart;             /* by several: findings are counted, not told */
  const ppr_report *head; /* of the maker who begins the program */
  pthread_mutex_t mutex;
  size_t text, kind, taken; /* what is taken next; how many were */
  size_t appended;          /* the parts before are in b */
  bool appending;           /* somebody is at it, or the head is still missing */
  part *waiting, *idle;     /* done, by number; to be filled again */
  ppr_status status;        /* not PPR_OK: no further one is taken */
} making;

typedef struct maker {
  making *whole;
  ppr_report *report;
  edition_text *texts;
  size_t n_texts;
  ppr_arena *parsed, *scratch; /* of the texts; of a program at a time */
  lower_room *room;
  pthread_t thread;
} maker;

static const diag *last_of(const ppr_report *r) {
  const diag *d = report_first(r);
  while (d && d->next) d = d->next;
  return d;
}

/* What is wrong in inherited text only since this Fassung says so, behind `last` in the report. */
static void note_edition(ppr_report *r, const diag *last, const edition_text *text) {
  const ast_file *file = text->file;
  for (const diag *d = last ? last->next : report_first(r); d; d = d->next) {
    if (d->span.file == file->source || d->span.file == UINT32_MAX) continue;
    bool scenario = false;
    for (size_t i = 0; i < text->n_scenarios; i++) scenario = scenario || text->scenarios[i]->source == d->span.file;
    diag_add_note(r, (diag *)(uintptr_t)d, file->fassung.span, scenario ? "diese Fassung ändert das Szenario" : "diese Fassung übernimmt den Text",
                  scenario ? "this edition is changed by the scenario" : "this edition takes the text over");
  }
}

/* The next Fassung and kind of record, with a builder for it; NULL: there is none, or no memory. */
static part *take(const maker *m, size_t *text, size_t *kind) {
  making *w = m->whole;
  part *p = NULL;
  pthread_mutex_lock(&w->mutex);
  bool more = w->text < m->n_texts && w->status == PPR_OK;
  if (more && (p = w->idle)) w->idle = p->next;
  if (more && !p) {
    ppr_alloc alloc = w->engine->alloc;
    p = alloc.fn(alloc.ctx, NULL, 0, sizeof *p);
    if (p) *p = (part){.b = build_new(alloc)};
    else w->status = PPR_NOMEM;
  }
  if (p) {
    *text = w->text;
    *kind = w->kind++;
    p->number = w->taken++;
    if (!compile_kind(&m->texts[w->text], w->kind)) w->text++, w->kind = 0;
  }
  pthread_mutex_unlock(&w->mutex);
  return p;
}

static bool found(const maker *m) { return m->whole->apart && report_first(m->report); }

/* One Fassung for one kind of record; without a kind there is an error in the text. */
static ppr_status make(maker *m, part *p, size_t number, size_t kind) {
  if (!p->b) return PPR_NOMEM;
  const edition_text *text = &m->texts[number];
  const diag *last = last_of(m->report);
  arena_clear(m->scratch);
  build_again(p->b);
  model *meaning = compile_model(m->report, m->scratch, m->whole->engine->natives, text, compile_kind(text, kind));
  if (meaning) meaning->room = m->room;
  p->made = meaning && compile_lower(meaning, text, p->b, m->whole->first, NULL);
  note_edition(m->report, last, text);
  if (arena_failed(m->scratch) || arena_failed(m->room->arena) || build_failed(p->b) || report_failed(m->report)) return PPR_NOMEM;
  return found(m) ? PPR_DIAGNOSED : PPR_OK;
}

/* Appends what is next in order, unless somebody is at it; with the mutex. Nobody waits for a part that is not done. */
static void append(making *w) {
  for (part *p; !w->appending && w->status == PPR_OK && (p = w->waiting) && p->number == w->appended;) {
    w->waiting = p->next;
    w->appending = true;
    pthread_mutex_unlock(&w->mutex);
    if (p->made) build_append(w->b, p->b);
    pthread_mutex_lock(&w->mutex);
    w->appending = false;
    w->appended++;
    p->next = w->idle;
    w->idle = p;
    if (build_failed(w->b)) w->status = PPR_NOMEM;
  }
}

static void deliver(making *w, part *p, ppr_status status) {
  pthread_mutex_lock(&w->mutex);
  part **at = &w->waiting;
  while (*at && (*at)->number < p->number) at = &(*at)->next;
  p->next = *at;
  *at = p;
  if (w->status == PPR_OK) w->status = status;
  append(w);
  pthread_mutex_unlock(&w->mutex);
}

/* Name and sources, which stand before the programs. */
static void put_head(const making *w, const edition_text *text) {
  build_name(w->b, text->file->regelwerk.text);
  for (size_t i = 0; i < w->count; i++) {
    const ppr_source *s = report_source(w->report, w->first + (uint32_t)i);
    uint8_t sha[32];
    const char *slash = strrchr(s->name, '/');
    sha256(sha, s->text, s->size);
    build_source(w->b, slash ? slash + 1 : s->name, sha);
  }
}

static ppr_status read_texts(maker *m) {
  making *w = m->whole;
  m->texts = compile_front(m->report, m->parsed, w->first, w->count, &m->n_texts);
  if (report_failed(m->report) || arena_failed(m->parsed)) return PPR_NOMEM;
  return m->texts && !found(m) && report_count(m->report, PPR_SEV_ERROR) == 0 ? PPR_OK : PPR_DIAGNOSED;
}

static void *work(void *context) {
  maker *m = context;
  making *w = m->whole;
  size_t text, kind;
  ppr_status status = read_texts(m);
  bool head = status == PPR_OK && m->report == w->head;
  if (head) put_head(w, &m->texts[0]);
  pthread_mutex_lock(&w->mutex);
  if (w->status == PPR_OK) w->status = status;
  if (head) {
    w->appending = false;
    append(w);
  }
  pthread_mutex_unlock(&w->mutex);
  for (part *p; (p = take(m, &text, &kind));) deliver(w, p, make(m, p, text, kind));
  return NULL;
}

static bool maker_begin(maker *m, making *w) {
  ppr_alloc alloc = w->engine->alloc;
  *m = (maker){.whole = w,
               .report = w->apart ? report_new(alloc) : w->report,
               .parsed = arena_new(alloc),
               .scratch = arena_new(alloc),
               .room = lower_room_new(alloc)};
  if (m->report && w->apart) report_borrow_sources(m->report, w->report);
  return m->report && m->parsed && m->scratch && m->room;
}

static void maker_end(maker *m) {
  if (m->whole->apart) report_free(m->report);
  arena_free(m->parsed);
  arena_free(m->scratch);
  lower_room_free(m->room);
}

static void free_parts(ppr_alloc alloc, part *first) {
  for (part *p = first, *next; p; p = next) {
    next = p->next;
    build_discard(p->b);
    alloc.fn(alloc.ctx, p, sizeof *p, 0);
  }
}

/* As many of the other makers as there may be. Signals stay with the threads of the host. */
static size_t start(maker *makers, size_t n) {
  sigset_t every, before;
  size_t started = 1;
  sigfillset(&every);
  if (pthread_sigmask(SIG_SETMASK, &every, &before) != 0) return started;
  while (started < n && pthread_create(&makers[started].thread, NULL, work, &makers[started]) == 0) started++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

static ppr_status make_all(making *w, maker *makers, size_t n) {
  size_t ready = 0;
  bool right = true;
  while (ready < n && right) right = maker_begin(&makers[ready++], w);
  if (right) {
    w->head = makers[0].report;
    size_t started = start(makers, n);
    work(&makers[0]);
    for (size_t i = 1; i < started; i++) pthread_join(makers[i].thread, NULL);
  }
  for (size_t i = 0; i < ready; i++) maker_end(&makers[i]);
  free_parts(w->engine->alloc, w->waiting);
  free_parts(w->engine->alloc, w->idle);
  return right ? w->status : PPR_NOMEM;
}

ppr_status programs_make(const ppr_engine *engine, ppr_report *r, ppr_builder *b, uint32_t first, size_t count) {
  maker makers[MOST_MAKERS];
  size_t n = engine->jobs < 2 ? 1 : engine->jobs < MOST_MAKERS ? engine->jobs : MOST_MAKERS;
  ppr_status status;
  do {
    making w = {.engine = engine, .report = r, .b = b, .first = first, .count = count, .apart = n > 1, .appending = true};
    if (pthread_mutex_init(&w.mutex, NULL) != 0) return PPR_NOMEM;
    status = make_all(&w, makers, n);
    pthread_mutex_destroy(&w.mutex);
    if (!w.apart) return status == PPR_OK && report_count(r, PPR_SEV_ERROR) ? PPR_DIAGNOSED : status;
    n = 1; /* somebody found something: told in order by one */
    if (status == PPR_DIAGNOSED) build_again(b);
  } while (status == PPR_DIAGNOSED);
  return status;
}

typedef struct verifying {
  const ppr_program *p;
  ppr_report *told;
  uint32_t next;
} verifying;
typedef struct verify_item {
  verifying *whole;
  ppr_report *report;
  const ppr_edition *e;
} verify_item;

static ppr_status verify_take(void *item, bool *more) {
  verify_item *v = item;
  *more = v->whole->next < v->whole->p->n_editions;
  if (*more) v->e = &v->whole->p->editions[v->whole->next++];
  return PPR_OK;
}

static ppr_status verify_one(void *item) {
  verify_item *v = item;
  return verify_edition(v->whole->p, v->e, v->report) ? PPR_OK : PPR_DIAGNOSED;
}

static ppr_status verify_end(void *item, ppr_status status) {
  verify_item *v = item;
  if (status != PPR_OK) report_take(v->whole->told, v->report);
  return status;
}

bool programs_verify(const ppr_engine *engine, const ppr_program *p, ppr_report *r) {
  static const pipeline line = {.take = verify_take, .stages = {{verify_one, false}}, .end = verify_end};
  if (engine->jobs < 2) return verify_program(p, r);
  if (!verify_schema(p, r)) return false;
  verifying whole = {.p = p, .told = r};
  verify_item items[MOST_MAKERS];
  void *at[MOST_MAKERS];
  size_t n = 0;
  while (n < engine->jobs && n < MOST_MAKERS) {
    items[n] = (verify_item){.whole = &whole, .report = report_new(engine->alloc)};
    if (!items[n].report) break;
    at[n] = &items[n];
    n++;
  }
  bool sound = n ? pipeline_run(&line, at, n, n) == PPR_OK : verify_program(p, r);
  for (size_t i = 0; i < n; i++) report_free(items[i].report);
  return sound && !report_failed(r);
}
