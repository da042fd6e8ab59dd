/* One thread's records through machine and judgement; see batch.h. */
#include "io/batch.h"
#include "code/image.h"
#include "io/judge.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 32 }; /* records for which a small evaluator will do: it is ready sooner */

/* --- evaluators --- */

/* Of one edition; they never run. The mutex is held while one of them is made, so that nobody else makes it, and nobody waits for another edition. */
typedef struct model {
  pthread_mutex_t mutex;
  ppr_evaluator *few, *many; /* NULL: not made yet */
} model;

struct batch_models {
  ppr_arena *arena;
  const ppr_program *program;
  uint32_t lanes;
  bool profile;
  model *of; /* per edition */
  uint32_t n;
};

batch_models *batch_models_new(ppr_alloc alloc, const ppr_program *program, uint32_t lanes, bool profile) {
  ppr_arena *arena = arena_new(alloc);
  batch_models *m = arena ? arena_alloc(arena, sizeof *m) : NULL;
  if (!m) {
    arena_free(arena);
    return NULL;
  }
  *m = (batch_models){.arena = arena, .program = program, .lanes = lanes, .profile = profile};
  m->of = arena_array(arena, program->n_editions, sizeof *m->of);
  while (m->of && m->n < program->n_editions && pthread_mutex_init(&m->of[m->n].mutex, NULL) == 0) m->n++;
  if (m->of && m->n == program->n_editions) return m;
  batch_models_free(m);
  return NULL;
}

void batch_models_free(batch_models *models) {
  if (!models) return;
  for (uint32_t e = 0; e < models->n; e++) {
    ppr_evaluator_free(models->of[e].few);
    ppr_evaluator_free(models->of[e].many);
    pthread_mutex_destroy(&models->of[e].mutex);
  }
  arena_free(models->arena);
}

/* With the mutex of the edition. */
static ppr_status make_model(const batch_models *m, ppr_evaluator **out, uint32_t edition, bool few, ppr_report *report) {
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = few ? FEW : m->lanes;
  opts.profile = m->profile;
  ppr_status status = image_code(m->program, edition, report);
  return status == PPR_OK ? ppr_evaluator_new(out, m->program, edition, &opts) : status;
}

/* An evaluator of the batch's own, a small one if the caller has few records and there is no other yet. */
static ppr_status make_evaluator(batch *b, uint32_t edition, bool few) {
  batch_machine *machine = &b->machines[edition];
  model *m = &b->models->of[edition];
  pthread_mutex_lock(&m->mutex);
  machine->few = few && !m->many;
  ppr_evaluator **like = machine->few ? &m->few : &m->many;
  ppr_status status = *like ? PPR_OK : make_model(b->models, like, edition, machine->few, b->report);
  if (status == PPR_OK) status = ppr_evaluator_like(&machine->evaluator, *like);
  pthread_mutex_unlock(&m->mutex);
  return status;
}

/* --- the batch --- */

bool batch_init(batch *b, ppr_alloc alloc, const io_schema *schema, batch_models *models, ppr_report *report) {
  *b = (batch){.program = schema->program, .schema = schema, .models = models, .report = report, .arena = arena_new(alloc)};
  if (!b->arena) return false;
  b->machines = arena_array(b->arena, schema->program->n_editions, sizeof *b->machines);
  return b->machines && store_init(&b->store, alloc, schema, &io_limits_default);
}

void batch_fini(batch *b) {
  for (uint32_t e = 0; b->machines && e < b->program->n_editions; e++) ppr_evaluator_free(b->machines[e].evaluator);
  if (b->store.schema) store_fini(&b->store);
  writer_abort(b->writer);
  arena_free(b->arena);
}

/* Results for so many records; the smaller ones before stay in the arena: their sizes form a geometric series. */
static ppr_status make_results(batch *b, batch_machine *m, const ppr_edition *e, size_t records) {
  if (records <= m->rows) return PPR_OK;
  size_t rows = records > m->rows * 2 ? records : m->rows * 2;
  m->faults = arena_array(b->arena, rows, sizeof *m->faults);
  for (uint32_t o = 0; o < e->n_output; o++) {
    m->out[o].values = arena_array(b->arena, rows, sizeof *m->out[o].values);
    m->out[o].states = arena_array(b->arena, rows, 1);
  }
  m->rows = arena_failed(b->arena) ? 0 : rows;
  return m->rows ? PPR_OK : PPR_NOMEM;
}

static ppr_status make_machine(batch *b, uint32_t edition, size_t records) {
  batch_machine *m = &b->machines[edition];
  const ppr_edition *e = &b->program->editions[edition];
  bool few = records <= FEW && !b->models->lanes && !b->models->profile;
  if (m->evaluator && m->few && !few) {
    ppr_evaluator_free(m->evaluator);
    m->evaluator = NULL;
  }
  if (!m->in) {
    m->in = arena_array(b->arena, (size_t)e->n_input + 1, sizeof *m->in);
    m->out = arena_array(b->arena, (size_t)e->n_output + 1, sizeof *m->out);
    m->piece = arena_array(b->arena, (size_t)e->n_output + 1, sizeof *m->piece);
    if (!m->in || !m->out || !m->piece) return PPR_NOMEM;
  }
  ppr_status status = m->evaluator ? PPR_OK : make_evaluator(b, edition, few);
  return status == PPR_OK ? make_results(b, m, e, records) : status;
}

static ppr_status evaluate(batch *b, uint32_t edition) {
  const ppr_edition *e = &b->program->editions[edition];
  batch_machine *m = &b->machines[edition];
  size_t records = b->store.parts[edition].records, blocks = (records + STORE_LANES - 1) / STORE_LANES;
  ppr_status status = make_machine(b, edition, records);
  for (size_t i = 0; i < blocks && status == PPR_OK; i++) {
    size_t at = i * STORE_LANES, rows = records - at < STORE_LANES ? records - at : STORE_LANES;
    store_columns(&b->store, edition, i, 0, rows, m->in);
    for (uint32_t o = 0; o < e->n_output; o++) m->piece[o] = (ppr_result){.values = m->out[o].values + at, .states = m->out[o].states + at};
    status = ppr_evaluator_eval(m->evaluator, m->in, rows, m->piece, m->faults + at);
  }
  return status;
}

ppr_status batch_evaluate(batch *b) {
  ppr_status status = PPR_OK;
  for (uint32_t e = 0; e < b->program->n_editions && status == PPR_OK; e++)
    if (b->store.parts[e].records) status = evaluate(b, e);
  return status;
}

bool batch_results(const batch *b, const store_record *r, result_view *view) {
  if (r->refused || r->edition == PPR_NONE) return false;
  *view = (result_view){b->machines[r->edition].out, r->local};
  return true;
}

static void judge_record(batch *b, store_record *r) {
  ppr_run_summary *s = &b->summary;
  result_view view;
  if (r->edition != PPR_NONE && r->edition < 64) s->by_edition[r->edition]++;
  if (batch_results(b, r, &view)) {
    const ppr_fault *fault = &b->machines[r->edition].faults[r->local];
    if (fault->code) {
      judge_fault(&b->store, r, fault);
      s->faults++;
    } else {
      judge_checks(&b->store, r, &view);
    }
  }
  s->records++;
  s->refused += r->refused;
  for (const store_issue *i = r->first; i; i = i->next) s->findings += diag_find(i->code)->severity != PPR_SEV_ERROR;
  if (b->writer) writer_record(b->writer, r, batch_results(b, r, &view) ? &view : NULL);
}

ppr_status batch_judge(batch *b) {
  for (size_t i = 0; i < b->store.count; i++) judge_record(b, &b->store.records[i]);
  return b->store.failed ? PPR_NOMEM : PPR_OK;
}

void batch_clear(batch *b) {
  store_clear(&b->store);
  b->summary = (ppr_run_summary){0};
}

void batch_count(const batch *b, ppr_run_summary *total) {
  const ppr_run_summary *s = &b->summary;
  total->records += s->records;
  total->refused += s->refused;
  total->faults += s->faults;
  total->findings += s->findings;
  for (size_t e = 0; e < sizeof s->by_edition / sizeof *s->by_edition; e++) total->by_edition[e] += s->by_edition[e];
}

/* The row of a kernel among those of the run, made if there is none yet; names are constants. */
static ppr_profile_row *profile_row(ppr_run_summary *total, const char *name) {
  for (size_t i = 0; i < total->n_profile; i++)
    if (total->profile[i].name == name) return &total->profile[i];
  ppr_profile_row *grown = realloc(total->profile, (total->n_profile + 1) * sizeof *grown); /* the caller frees it */
  if (!grown) return NULL;
  total->profile = grown;
  grown[total->n_profile] = (ppr_profile_row){name, 0, 0, 0};
  return &grown[total->n_profile++];
}

bool batch_profile(const batch *b, ppr_run_summary *total) {
  for (uint32_t e = 0; e < b->program->n_editions; e++) {
    ppr_profile_row row;
    for (size_t i = 0; b->machines[e].evaluator && ppr_evaluator_profile(b->machines[e].evaluator, i, &row) == PPR_OK; i++) {
      ppr_profile_row *sum = profile_row(total, row.name);
      if (!sum) return false;
      sum->steps += row.steps;
      sum->lanes += row.lanes;
      sum->nanoseconds += row.nanoseconds;
    }
  }
  return true;
}
