/* The programs through the pipeline: made at the same time, appended in order; see programs.h. */
#include "programs.h"
#include "base/digest.h"
#include "code/verify.h"
#include "compile.h"
#include "io/pipeline.h"
#include "lower.h"
#include <pthread.h>
#include <string.h>

enum { MOST_MAKERS = 8, AHEAD = 4 }; /* each maker reads all texts: more of them would mostly do that; items per maker */

/* A program that is to be made: a text, and a kind of record; NULL: there is none, which is an error of the text. */
typedef struct place {
  size_t text;
  ast_decl *input;
} place;

/* What makes one program after the other: texts, whose trees carry the meaning of the program at hand, and memory that is used again. */
typedef struct maker {
  ppr_report *report;
  edition_text *texts;
  place *places; /* all programs, in order */
  size_t n_texts, n_places;
  ppr_arena *parsed, *scratch; /* of the texts; of a program at a time */
  lower_room *room;
  ppr_builder *b;
  struct maker *next; /* that is idle too */
} maker;

typedef struct making {
  const ppr_engine *engine;
  ppr_report *report;
  ppr_builder *b;
  uint32_t first;
  size_t count; /* sources of the report */
  bool apart;   /* by several: findings are counted, not told */
  size_t taken; /* programs so far */
  pthread_mutex_t mutex;
  maker *idle;
  const char *name; /* of the Regelwerk; NULL: nobody has read the texts yet */
  size_t programs;  /* valid with the name */
} making;

/* A program on its way. */
typedef struct item {
  making *whole;
  size_t number;
  ppr_arena *passing;
  ppr_parcel *parcel; /* NULL: there is no such program, or it has errors */
} item;

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

/* ---- makers ---- */

static bool maker_begin(maker *m, making *w) {
  ppr_alloc alloc = w->engine->alloc;
  *m = (maker){.report = w->apart ? report_new(alloc) : w->report,
               .parsed = arena_new(alloc),
               .scratch = arena_new(alloc),
               .room = lower_room_new(alloc),
               .b = build_new(alloc),
               .next = w->idle};
  w->idle = m;
  if (m->report && w->apart) report_borrow_sources(m->report, w->report);
  return m->report && m->parsed && m->scratch && m->room && m->b;
}

static void maker_end(maker *m, const making *w) {
  if (w->apart) report_free(m->report);
  arena_free(m->parsed);
  arena_free(m->scratch);
  lower_room_free(m->room);
  build_discard(m->b);
}

static bool found(const maker *m, const making *w) { return w->apart && report_first(m->report); }

static bool same_record(place a, place b) { return a.input && b.input ? strcmp(a.input->name, b.input->name) == 0 : a.input == b.input; }

/* All programs: the Fassungen for the kind of record named first, then those for the next one. The last ones are small, so that no thread is long
 * without work. */
static bool list_places(maker *m) {
  size_t n = 0, cap = 0;
  place *all = NULL;
  for (size_t t = 0; t < m->n_texts; t++) {
    ast_decl *input = compile_kind(&m->texts[t], 0);
    for (size_t k = 0; k == 0 || input; input = compile_kind(&m->texts[t], ++k)) {
      if (!(all = arena_grow(m->parsed, all, n, &cap, n + 1, sizeof *all))) return false;
      all[n++] = (place){t, input};
    }
  }
  if (!(m->places = arena_array(m->parsed, n + 1, sizeof *m->places))) return false;
  for (size_t i = 0; i < n; i++) {
    bool before = false;
    for (size_t o = 0; o < i && !before; o++) before = same_record(all[o], all[i]);
    for (size_t o = i; o < n && !before; o++)
      if (same_record(all[o], all[i])) m->places[m->n_places++] = all[o];
  }
  return true;
}

static ppr_status read_texts(maker *m, making *w) {
  m->texts = compile_front(m->report, m->parsed, w->first, w->count, &m->n_texts);
  if (report_failed(m->report) || arena_failed(m->parsed)) return PPR_NOMEM;
  if (!m->texts || found(m, w) || report_count(m->report, PPR_SEV_ERROR)) return PPR_DIAGNOSED;
  if (!list_places(m)) return PPR_NOMEM;
  pthread_mutex_lock(&w->mutex);
  if (!w->name) {
    w->name = m->texts[0].file->regelwerk.text;
    w->programs = m->n_places;
  }
  pthread_mutex_unlock(&w->mutex);
  return PPR_OK;
}

/* One Fassung for one kind of record. */
static ppr_status make_program(maker *m, const making *w, item *to) {
  place at = m->places[to->number];
  const edition_text *text = &m->texts[at.text];
  const diag *last = last_of(m->report);
  arena_clear(m->scratch);
  build_again(m->b);
  model *meaning = compile_model(m->report, m->scratch, w->engine->natives, text, at.input);
  if (meaning) meaning->room = m->room;
  bool made = meaning && compile_lower(meaning, text, m->b, w->first, NULL);
  note_edition(m->report, last, text);
  if (made && !(to->parcel = build_pack(m->b, to->passing))) return PPR_NOMEM;
  if (arena_failed(m->scratch) || arena_failed(m->room->arena) || build_failed(m->b) || report_failed(m->report)) return PPR_NOMEM;
  return found(m, w) ? PPR_DIAGNOSED : PPR_OK;
}

/* ---- the pipeline ---- */

static ppr_status take(void *context, bool *more) {
  item *i = context;
  making *w = i->whole;
  pthread_mutex_lock(&w->mutex);
  *more = !w->name || w->taken < w->programs; /* before the texts are read there may be any number of them */
  pthread_mutex_unlock(&w->mutex);
  i->number = w->taken++;
  return PPR_OK;
}

static ppr_status make(void *context) {
  item *i = context;
  making *w = i->whole;
  pthread_mutex_lock(&w->mutex);
  maker *m = w->idle; /* there are as many as threads */
  w->idle = m->next;
  pthread_mutex_unlock(&w->mutex);
  ppr_status status = m->texts ? PPR_OK : read_texts(m, w);
  if (status == PPR_OK && i->number < m->n_places) status = make_program(m, w, i);
  pthread_mutex_lock(&w->mutex);
  m->next = w->idle;
  w->idle = m;
  pthread_mutex_unlock(&w->mutex);
  return status;
}

/* Name and sources, which stand before the programs. */
static void put_head(const making *w) {
  build_name(w->b, w->name);
  for (size_t i = 0; i < w->count; i++) {
    const ppr_source *s = report_source(w->report, w->first + (uint32_t)i);
    uint8_t sha[32];
    const char *slash = strrchr(s->name, '/');
    sha256(sha, s->text, s->size);
    build_source(w->b, slash ? slash + 1 : s->name, sha);
  }
}

static ppr_status append(void *context, ppr_status status) {
  item *i = context;
  making *w = i->whole;
  if (status != PPR_OK) return status;
  if (i->number == 0) put_head(w);
  if (i->parcel) build_append(w->b, i->parcel);
  i->parcel = NULL;
  arena_clear(i->passing);
  return build_failed(w->b) ? PPR_NOMEM : PPR_OK;
}

static ppr_status run_items(making *w, item *items, size_t n, size_t threads) {
  static const pipeline line = {.take = take, .stages = {{make, false}}, .end = append, .at_once = true};
  void *at[MOST_MAKERS * AHEAD];
  size_t ready = 0;
  bool right = true;
  for (; ready < n && right; ready++) {
    items[ready] = (item){.whole = w, .passing = arena_new(w->engine->alloc)};
    at[ready] = &items[ready];
    right = items[ready].passing;
  }
  ppr_status status = right ? pipeline_run(&line, at, n, threads) : PPR_NOMEM;
  for (size_t i = 0; i < ready; i++) {
    build_parcel_discard(items[i].parcel);
    arena_free(items[i].passing);
  }
  return status;
}

static ppr_status make_all(making *w, size_t n) {
  maker makers[MOST_MAKERS];
  item items[MOST_MAKERS * AHEAD];
  size_t ready = 0;
  bool right = true;
  while (ready < n && right) right = maker_begin(&makers[ready++], w);
  ppr_status status = right ? run_items(w, items, n > 1 ? n * AHEAD : 1, n) : PPR_NOMEM;
  for (size_t i = 0; i < ready; i++) maker_end(&makers[i], w);
  return status;
}

ppr_status programs_make(const ppr_engine *engine, ppr_report *r, ppr_builder *b, uint32_t first, size_t count) {
  size_t n = engine->jobs < 2 ? 1 : engine->jobs < MOST_MAKERS ? engine->jobs : MOST_MAKERS;
  ppr_status status;
  do {
    making w = {.engine = engine, .report = r, .b = b, .first = first, .count = count, .apart = n > 1};
    if (pthread_mutex_init(&w.mutex, NULL) != 0) return PPR_NOMEM;
    status = make_all(&w, n);
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

static ppr_status verify_take(void *context, bool *more) {
  verify_item *v = context;
  *more = v->whole->next < v->whole->p->n_editions;
  if (*more) v->e = &v->whole->p->editions[v->whole->next++];
  return PPR_OK;
}

static ppr_status verify_one(void *context) {
  verify_item *v = context;
  return verify_edition(v->whole->p, v->e, v->report) ? PPR_OK : PPR_DIAGNOSED;
}

static ppr_status verify_end(void *context, ppr_status status) {
  verify_item *v = context;
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
