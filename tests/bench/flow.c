/* The stages of `ppr run --flat` with another end; see flow.h. */
#include "flow.h"
#include "base/file.h"
#include "io/batch.h"
#include "io/flat.h"
#include "io/pipeline.h"
#include <stdio.h>
#include <string.h>

struct flow;
typedef struct lane {
  struct flow *flow;
  ppr_report *report;
  batch batch;
  flat_reader *flat;
} lane;

typedef struct flow {
  flat_reader *flat;
  file_source *source;
  checksum sum;
  size_t refused;
  batch_models *models;
  size_t n_lanes;
  lane lanes[PIPELINE_JOBS];
} flow;

static ppr_status take(void *item, bool *more) { return flat_take(((lane *)item)->flow->flat, ((lane *)item)->flat, more); }
static ppr_status read_rows(void *item) { return flat_piece(((lane *)item)->flat); }
static ppr_status settle(void *item) { return flat_settle(((lane *)item)->flow->flat, ((lane *)item)->flat); }

static ppr_status evaluate(void *item) {
  lane *l = item;
  ppr_status status = batch_evaluate(&l->batch);
  return status == PPR_OK ? batch_judge(&l->batch) : status;
}

static ppr_status hash(void *item, ppr_status status) {
  lane *l = item;
  for (size_t i = 0; status == PPR_OK && i < l->batch.store.count; i++) {
    result_view view;
    int64_t results[RESULTS];
    if (!batch_results(&l->batch, &l->batch.store.records[i], &view)) {
      l->flow->refused++;
      continue;
    }
    for (size_t k = 0; k < RESULTS; k++) results[k] = view.out[k].values[view.row];
    checksum_add(&l->flow->sum, results);
  }
  batch_clear(&l->batch);
  return status;
}

static ppr_status make_lanes(flow *f, const io_schema *schema, size_t jobs) {
  f->models = batch_models_new(ppr_alloc_default, schema->program, 0, false);
  ppr_status status = f->models ? PPR_OK : PPR_NOMEM;
  for (; f->n_lanes < jobs && status == PPR_OK; f->n_lanes++) {
    lane *l = &f->lanes[f->n_lanes];
    *l = (lane){.flow = f, .report = report_new(ppr_alloc_default)};
    if (!l->report || !batch_init(&l->batch, ppr_alloc_default, schema, f->models, l->report)) status = PPR_NOMEM;
  }
  return status;
}

static ppr_status run(flow *f, const io_schema *schema, const char *path, size_t jobs, ppr_report *report) {
  static const pipeline stages = {.take = take, .stages = {{read_rows, false}, {settle, true}, {evaluate, false}}, .end = hash};
  void *items[PIPELINE_JOBS];
  ppr_status status = make_lanes(f, schema, jobs);
  if (status == PPR_OK && file_source_open(&f->source, ppr_alloc_default, path) != FILE_OK) status = PPR_IO;
  if (status == PPR_OK) status = flat_open(&f->flat, &f->lanes[0].batch.store, path, file_source_next, f->source, report);
  for (size_t i = 0; status == PPR_OK && i < jobs; i++) status = flat_fork(&f->lanes[i].flat, f->flat, &f->lanes[i].batch.store, f->lanes[i].report);
  for (size_t i = 0; i < jobs; i++) items[i] = &f->lanes[i];
  return status == PPR_OK ? pipeline_run(&stages, items, jobs, jobs) : status;
}

static ppr_program *load(ppr_engine *engine, const char *image, ppr_report *report) {
  char *bytes;
  size_t size;
  ppr_program *program = NULL;
  if (file_read(ppr_alloc_default, image, SIZE_MAX, &bytes, &size) != FILE_OK) return NULL;
  ppr_program_load(&program, engine, bytes, size, report);
  file_free(ppr_alloc_default, bytes, size);
  return program;
}

bool flow_file(const char *image, const char *path, size_t jobs, checksum *out) {
  static flow f;
  ppr_engine *engine = ppr_engine_new();
  ppr_report *report = ppr_report_new();
  ppr_arena *arena = arena_new(ppr_alloc_default);
  ppr_program *program = engine && report && arena ? load(engine, image, report) : NULL;
  io_schema *schema;
  f = (flow){0};
  ppr_status status = program && jobs <= PIPELINE_JOBS ? schema_open(&schema, arena, program, NULL, 0, report) : PPR_MISUSE;
  if (status == PPR_OK) status = run(&f, schema, path, jobs, report);
  if (status != PPR_OK || f.refused)
    fprintf(stderr, "%s: %s, %zu records refused\n%s", path, ppr_status_text(status), f.refused, report ? ppr_report_text(report, PPR_ENGLISH) : "");
  for (size_t i = 0; i < f.n_lanes; i++) {
    flat_close(f.lanes[i].flat);
    batch_fini(&f.lanes[i].batch);
    if (f.lanes[i].report) report_free(f.lanes[i].report);
  }
  batch_models_free(f.models);
  flat_close(f.flat);
  file_source_close(f.source);
  *out = f.sum;
  ppr_program_free(program);
  arena_free(arena);
  ppr_report_free(report);
  ppr_engine_free(engine);
  return status == PPR_OK && f.refused == 0;
}
