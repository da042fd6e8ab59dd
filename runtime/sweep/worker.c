/* Runs of a scenario: what does not depend on swept inputs is computed once per block, the rest once per run; see sweep.h. */
#include "sweep/sweep.h"
#include "vm/exec.h"
#include <pthread.h>
#include <string.h>

struct worker_models {
  ppr_alloc alloc;
  ppr_arena *arena;
  pthread_mutex_t mutex; /* one for all: workers come to the editions in the same order */
  ppr_vm **vm;           /* per edition, NULL: nobody needed it yet; they never run */
  uint32_t n;
};

worker_models *worker_models_new(ppr_alloc alloc, const ppr_program *program) {
  ppr_arena *arena = arena_new(alloc);
  worker_models *m = arena ? arena_alloc(arena, sizeof *m) : NULL;
  ppr_vm **vm = m ? arena_array(arena, program->n_editions, sizeof(ppr_vm *)) : NULL;
  if (vm && pthread_mutex_init(&m->mutex, NULL) == 0) {
    m->alloc = alloc;
    m->arena = arena;
    m->vm = vm;
    m->n = program->n_editions;
    return m;
  }
  arena_free(arena);
  return NULL;
}

void worker_models_free(worker_models *models) {
  if (!models) return;
  for (uint32_t e = 0; e < models->n; e++) vm_free(models->vm[e]);
  pthread_mutex_destroy(&models->mutex);
  arena_free(models->arena);
}

/* With the mutex: the machine for what is asked of an edition. */
static ppr_status make_model(const scenario *s, uint32_t edition) {
  const ppr_edition *e = &s->editions[edition].edition;
  ppr_program only = *s->program; /* with the one edition */
  ppr_arena *scratch = arena_new(s->models->alloc);
  bool *varies = scratch ? arena_array(scratch, (size_t)e->n_input + 1, sizeof *varies) : NULL;
  ppr_status status = PPR_NOMEM;
  if (varies) {
    only.editions = (ppr_edition *)(uintptr_t)e;
    only.n_editions = 1;
    for (size_t i = 0; i < s->space.n_axes; i++)
      if (s->space.axes[i].input[edition] != PPR_NONE) varies[s->space.axes[i].input[edition]] = true;
    status = vm_new_split(&s->models->vm[edition], s->models->alloc, &only, 0, 0, varies, only.natives, kern_best(0));
  }
  arena_free(scratch);
  return status;
}

static ppr_status make_vm(ppr_vm **out, ppr_alloc alloc, const scenario *s, uint32_t edition) {
  worker_models *models = s->models;
  pthread_mutex_lock(&models->mutex);
  ppr_status status = models->vm[edition] ? PPR_OK : make_model(s, edition);
  if (status == PPR_OK) status = vm_like(out, alloc, models->vm[edition]);
  pthread_mutex_unlock(&models->mutex);
  return status;
}

typedef struct machine {
  ppr_vm *vm;
  ppr_column *in, *fixed;
  ppr_result *out;
  int64_t *values; /* [output * STORE_LANES + lane] */
  uint8_t *states;
  int64_t *swept; /* [axis * STORE_LANES + lane] */
} machine;        /* of one edition */

struct sweep_worker {
  const scenario *s;
  ppr_alloc alloc;
  ppr_arena *arena;
  machine *machines;
  tally *tally;
  ppr_fault *faults;
  uint8_t *fine, *settled;
  uint32_t slots;
};

static ppr_status open_machine(sweep_worker *w, uint32_t edition) {
  const scenario *s = w->s;
  machine *m = &w->machines[edition];
  const ppr_edition *e = &s->editions[edition].edition;
  m->in = arena_array(w->arena, (size_t)e->n_input + 1, sizeof *m->in);
  m->fixed = arena_array(w->arena, (size_t)e->n_input + 1, sizeof *m->fixed);
  m->out = arena_array(w->arena, (size_t)e->n_output + 1, sizeof *m->out);
  m->values = arena_array(w->arena, ((size_t)e->n_output + 1) * STORE_LANES, sizeof *m->values);
  m->states = arena_array(w->arena, (size_t)e->n_output + 1, STORE_LANES);
  m->swept = arena_array(w->arena, (s->space.n_axes + 1) * STORE_LANES, sizeof *m->swept);
  if (!m->in || !m->fixed || !m->out || !m->values || !m->states || !m->swept) return PPR_NOMEM;
  for (uint32_t j = 0; j < e->n_output; j++) m->out[j] = (ppr_result){m->values + (size_t)j * STORE_LANES, m->states + (size_t)j * STORE_LANES, NULL};
  return make_vm(&m->vm, w->alloc, s, edition);
}

sweep_worker *worker_new(const scenario *s, ppr_alloc alloc, const tally_plan *plan, uint32_t slots) {
  ppr_arena *arena = arena_new(alloc);
  sweep_worker *w = arena ? arena_alloc(arena, sizeof *w) : NULL;
  if (!w) {
    arena_free(arena);
    return NULL;
  }
  *w = (sweep_worker){.s = s, .alloc = alloc, .arena = arena, .slots = slots};
  w->machines = arena_array(arena, s->program->n_editions, sizeof *w->machines);
  w->faults = arena_array(arena, STORE_LANES, sizeof *w->faults);
  w->fine = arena_array(arena, STORE_LANES, 1);
  w->settled = arena_array(arena, STORE_LANES, 1);
  w->tally = tally_new(alloc, plan, slots);
  if (w->machines && w->faults && w->fine && w->settled && w->tally) return w;
  worker_free(w);
  return NULL;
}

void worker_free(sweep_worker *w) {
  if (!w) return;
  for (uint32_t i = 0; w->machines && i < w->s->program->n_editions; i++) vm_free(w->machines[i].vm);
  tally_free(w->tally);
  arena_free(w->arena);
}

tally *worker_tally(sweep_worker *w) { return w->tally; }

/* Puts the values of a run into the columns of swept inputs; where a run has none, the records have their presets. */
static void set_axes(sweep_worker *w, machine *m, uint32_t edition, uint64_t run, uint32_t first, uint32_t n) {
  const space *sp = &w->s->space;
  for (size_t i = 0; i < sp->n_axes; i++) {
    const space_axis *a = &sp->axes[i];
    int64_t *column = m->swept + i * STORE_LANES;
    if (a->input[edition] == PPR_NONE) continue;
    bool own = space_varies(sp, a, run);
    m->in[a->input[edition]] = own ? (ppr_column){.values = column} : m->fixed[a->input[edition]];
    if (!own) continue;
    if (a->keyed) {
      for (uint32_t k = 0; k < n; k++) column[k] = space_value(sp, a, run, edition, first + k);
      continue;
    }
    int64_t value = space_value(sp, a, run, edition, 0);
    for (uint32_t k = 0; k < n; k++) column[k] = value;
  }
}

static void refuse(const machine *m, uint32_t output, uint8_t *fine, uint32_t n) {
  const uint8_t *states = m->states + (size_t)output * STORE_LANES;
  const int64_t *values = m->values + (size_t)output * STORE_LANES;
  for (uint32_t i = 0; i < n; i++) fine[i] = (uint8_t)(fine[i] & (states[i] != 0 || values[i] == 0));
}

/* Which records of the block can have results: they were read, and no check refuses them that does not depend on what is swept. */
static void settle(sweep_worker *w, const machine *m, uint32_t edition, uint32_t first, uint32_t n) {
  const tally_edition *te = &w->s->editions[edition];
  const bool *varies = vm_varying(m->vm);
  for (uint32_t i = 0; i < n; i++) w->settled[i] = !w->s->records[edition][first + i]->refused;
  for (uint32_t j = te->first_refusal; j < te->edition.n_output; j++)
    if (!varies[j]) refuse(m, j, w->settled, n);
}

/* Which of them have results in a run: nothing faulted, and no other check refuses. Returns how many were read and have none. */
static uint32_t judge(sweep_worker *w, const machine *m, uint32_t edition, uint32_t first, uint32_t n) {
  const tally_edition *te = &w->s->editions[edition];
  const bool *varies = vm_varying(m->vm);
  uint32_t failed = 0;
  for (uint32_t i = 0; i < n; i++) w->fine[i] = w->settled[i] && !w->faults[i].code;
  for (uint32_t j = te->first_refusal; j < te->edition.n_output; j++)
    if (varies[j]) refuse(m, j, w->fine, n);
  for (uint32_t i = 0; i < n; i++) failed += !w->fine[i] && !w->s->records[edition][first + i]->refused;
  return failed;
}

static void keep_results(const sweep_worker *w, const machine *m, uint32_t edition, uint32_t first, uint32_t n, tally_result *keep) {
  uint32_t outputs = w->s->editions[edition].edition.n_output;
  for (uint32_t j = 0; j < outputs; j++) {
    memcpy(keep->values + j * keep->records + first, m->values + (size_t)j * STORE_LANES, n * sizeof *keep->values);
    memcpy(keep->states + j * keep->records + first, m->states + (size_t)j * STORE_LANES, n);
  }
  memcpy(keep->fine + first, w->fine, n);
}

static bool block_runs(sweep_worker *w, uint32_t edition, uint32_t first, uint32_t n, uint64_t first_run, uint32_t n_runs, uint64_t *failed,
                       tally_result *keep) {
  const scenario *s = w->s;
  machine *m = &w->machines[edition];
  const tally_edition *te = &s->editions[edition];
  store_columns(&s->input.store, edition, first / STORE_LANES, first % STORE_LANES, n, m->fixed);
  memcpy(m->in, m->fixed, te->edition.n_input * sizeof *m->in);
  vm_fix(m->vm, m->fixed, n, m->out);
  settle(w, m, edition, first, n);
  for (uint32_t k = 0; k < n_runs; k++) {
    set_axes(w, m, edition, first_run + k, first, n);
    vm_again(m->vm, m->in, m->out, w->faults);
    failed[k] += judge(w, m, edition, first, n);
    if (keep) keep_results(w, m, edition, first, n, &keep[edition]);
    tally_block b = {.schema = s->input.schema,
                     .edition = edition,
                     .of = te,
                     .first = first,
                     .n = n,
                     .stride = STORE_LANES,
                     .values = m->values,
                     .states = m->states,
                     .fine = w->fine,
                     .varies = k ? vm_varying(m->vm) : NULL};
    if (s->baseline && s->before[edition] != PPR_NONE) {
      b.of_before = &s->baseline->editions[s->before[edition]];
      b.before = &s->baseline->result[s->before[edition]];
      b.place = s->place[edition];
    }
    if (!tally_add(w->tally, k, &b)) return false;
  }
  return true;
}

ppr_status worker_runs(sweep_worker *w, uint64_t first, uint32_t n, uint64_t *failed, tally_result *keep) {
  memset(failed, 0, n * sizeof *failed);
  for (uint32_t e = 0; e < w->s->program->n_editions; e++) {
    uint32_t records = w->s->input.store.parts[e].records;
    if (!records || !w->s->editions[e].n_instances) continue;
    if (!w->machines[e].vm) {
      ppr_status status = open_machine(w, e);
      if (status != PPR_OK) return status;
    }
    uint32_t lanes = vm_lanes(w->machines[e].vm);
    for (uint32_t at = 0; at < records;) {
      uint32_t end = at / STORE_LANES * STORE_LANES + STORE_LANES, count = end - at; /* a block of the machine lies in one of the store */
      if (count > records - at) count = records - at;
      if (count > lanes) count = lanes;
      if (!block_runs(w, e, at, count, first, n, failed, keep)) return PPR_NOMEM;
      at += count;
    }
  }
  return PPR_OK;
}
