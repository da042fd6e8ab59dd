/* Backward questions: the values of a parameter at which a share of the records says yes, and what turns a yes/no of one record. */
#include "base/text.h"
#include "engine.h"
#include "io/cells.h"
#include "sweep/sweep.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 64, MOST = 100000, COARSE = 1001 };

typedef struct search {
  const ppr_goal_opts *opts;
  ppr_arena *arena;
  ppr_report *report;
  ppr_alloc alloc;
  scenario s;
  tally_plan plan;
  sweep_worker *worker;
  uint32_t survey, part;
  ppr_domain domain;
  ppr_domain_value *values; /* of the runs at hand */
  int64_t lo, hi;
  ppr_goal_span *points; /* what is known, in order; spans of one value until they are joined */
  size_t n, cap;
} search;

static const ppr_field *field_of(const search *g, uint32_t edition) {
  const ppr_edition *e = g->s.input.schema->editions[edition].e;
  for (uint32_t i = 0; i < e->n_parameter; i++)
    if (strcmp(schema_str(g->s.input.schema, e->parameter[i].name), g->opts->parameter) == 0) return &e->field[e->parameter[i].field];
  return NULL;
}

/* The parameter as the only axis, over values that are set later. */
static ppr_status open_axis(search *g) {
  const io_schema *schema = g->s.input.schema;
  uint32_t n = schema->program->n_editions, *input = arena_array(g->arena, n, sizeof *input);
  space_axis *axis = arena_alloc(g->arena, sizeof *axis);
  g->values = arena_array(g->arena, SLOTS, sizeof *g->values);
  if (!input || !axis || !g->values) return PPR_NOMEM;
  for (uint32_t e = 0; e < n; e++) {
    const ppr_field *f = field_of(g, e);
    input[e] = f ? f->first_input : PPR_NONE;
    if (f && !axis->field)
      *axis =
          (space_axis){.name = g->opts->parameter, .field = f, .edition = e, .preset = schema->editions[e].preset[f - schema->editions[e].e->field]};
  }
  if (!axis->field) return schema_set(g->s.input.schema, &(ppr_parameter_choice){g->opts->parameter, ""}, 1, g->report); /* says which there are */
  g->domain = (ppr_domain){.form = PPR_DOMAIN_LIST, .values = SLOTS};
  axis->domain = &g->domain;
  axis->values = g->values;
  axis->input = input;
  axis->steps = SLOTS;
  axis->stride = 1;
  g->s.space = (space){.axes = axis, .n_axes = 1, .grid = SLOTS, .draws = 1, .sets = SLOTS};
  g->lo = axis->field->lo;
  g->hi = axis->field->hi;
  return PPR_OK;
}

/* An end of what is looked at, as the parameter is written. */
static ppr_status read_end(search *g, const char *text, int64_t *end) {
  const space_axis *a = g->s.space.axes;
  if (!text) return PPR_OK;
  ppr_parameter_choice choice = {g->opts->parameter, text};
  int64_t *preset = &g->s.input.schema->editions[a->edition].preset[a->field - g->s.input.schema->editions[a->edition].e->field], was = *preset;
  ppr_status status = schema_set(g->s.input.schema, &choice, 1, g->report);
  *end = *preset;
  *preset = was;
  return status;
}

static ppr_status find_part(search *g) {
  const char *asked = g->opts->part, *all = "";
  for (size_t i = 0; i < g->plan.n_surveys; i++) {
    const tally_survey *s = &g->plan.surveys[i];
    for (uint32_t p = s->n_groups; p < s->n_parts; p++) {
      if (s->parts[p].form != PPR_PART_SHARE) continue;
      all = arena_printf(g->arena, "%s%s%s (%s)", all, *all ? ", " : "", s->parts[p].name, s->name);
      if (!all) return PPR_NOMEM;
      if (strcmp(s->parts[p].name, asked) != 0 || (g->opts->survey && strcmp(s->name, g->opts->survey) != 0)) continue;
      g->survey = (uint32_t)i;
      g->part = p;
      return PPR_OK;
    }
  }
  if (*all) report_add(g->report, DIAG_GOAL_PART, SPAN_NONE, asked, all, NULL);
  else report_add(g->report, DIAG_SWEEP_NOTHING, SPAN_NONE, program_string(g->s.program, g->s.program->name), NULL);
  return PPR_DIAGNOSED;
}

static bool met(const search *g, uint64_t yes, uint64_t of) {
  unsigned __int128 have = (unsigned __int128)yes * g->opts->denominator, want = (unsigned __int128)of * g->opts->numerator;
  return of && (g->opts->at_most ? have <= want : have >= want); /* of none is no share */
}

/* Evaluates the presets (n 0) or the first n values, and gives records that say yes and all that say something. */
static ppr_status evaluate(search *g, uint32_t n, uint64_t *yes, uint64_t *of) {
  uint64_t failed[SLOTS];
  size_t rows;
  uint32_t runs = n ? n : 1;
  ppr_status status = worker_runs(g->worker, n ? 1 : 0, runs, failed, NULL);
  if (status != PPR_OK) return status;
  tally *t = worker_tally(g->worker);
  bool found = n > 0,
       pairs = g->opts->cell && strstr(g->opts->cell, "; "); /* presets say whether there are such records; other values may leave none */
  memset(yes, 0, runs * sizeof *yes);
  memset(of, 0, runs * sizeof *of);
  for (uint32_t k = 0; k < runs; k++)
    if (!tally_end(t, k, k, pairs)) return PPR_NOMEM;
  const tally_row *row = tally_rows(t, &rows);
  for (size_t i = 0; i < rows; i++) {
    if (row[i].survey != g->survey || row[i].part != g->part || strcmp(row[i].cell, g->opts->cell ? g->opts->cell : "") != 0) continue;
    yes[row[i].run] = row[i].yes;
    of[row[i].run] = row[i].yes + row[i].no;
    found = true;
  }
  tally_clear(t);
  if (found) return PPR_OK;
  report_add(g->report, DIAG_GOAL_CELL, SPAN_NONE, g->opts->cell ? g->opts->cell : "", NULL);
  return PPR_DIAGNOSED;
}

/* Adds what is known about n values. */
static ppr_status look(search *g, const int64_t *values, uint32_t n) {
  uint64_t yes[SLOTS], of[SLOTS];
  for (uint32_t k = 0; k < n; k++) g->values[k].value = values[k];
  ppr_status status = evaluate(g, n, yes, of);
  for (uint32_t k = 0; k < n && status == PPR_OK; k++) {
    g->points = arena_grow(g->arena, g->points, g->n, &g->cap, g->n + 1, sizeof *g->points);
    if (!g->points) return PPR_NOMEM;
    g->points[g->n++] = (ppr_goal_span){values[k], values[k], met(g, yes[k], of[k]), yes[k], yes[k], of[k], of[k], 1};
  }
  return status;
}

static int by_value(const void *a, const void *b) {
  const ppr_goal_span *x = a, *y = b;
  return (x->first > y->first) - (x->first < y->first);
}

/* Every value, or so many evenly spread ones with both ends. */
static ppr_status look_over(search *g, uint64_t values) {
  uint64_t all = (uint64_t)g->hi - (uint64_t)g->lo; /* one less than there are */
  uint64_t n = all < values ? all + 1 : values < COARSE ? values : COARSE;
  int64_t batch[SLOTS];
  uint32_t filled = 0;
  ppr_status status = PPR_OK;
  for (uint64_t i = 0; i < n && status == PPR_OK; i++) {
    uint64_t at = n == 1 ? 0 : (uint64_t)((unsigned __int128)all * i / (n - 1));
    batch[filled++] = (int64_t)((uint64_t)g->lo + at);
    if (filled == SLOTS || i + 1 == n) status = look(g, batch, filled), filled = 0;
  }
  return status;
}

/* Where neighbours differ, the values between are halved until the two are next to each other. */
static ppr_status refine(search *g) {
  size_t known = g->n;
  for (size_t i = 0; i + 1 < known; i++) {
    int64_t left = g->points[i].first, right = g->points[i + 1].first;
    int was = g->points[i].met;
    if (was == g->points[i + 1].met) continue;
    while ((uint64_t)right - (uint64_t)left > 1) {
      int64_t middle = (int64_t)((uint64_t)left + ((uint64_t)right - (uint64_t)left) / 2);
      ppr_status status = look(g, &middle, 1);
      if (status != PPR_OK) return status;
      if (g->points[g->n - 1].met == was) left = middle;
      else right = middle;
    }
  }
  qsort(g->points, g->n, sizeof *g->points, by_value);
  return PPR_OK;
}

/* Neighbouring points that agree become one span. */
static void join(search *g) {
  size_t n = 0;
  for (size_t i = 0; i < g->n; i++) {
    const ppr_goal_span *p = &g->points[i];
    ppr_goal_span *last = n ? &g->points[n - 1] : NULL;
    if (!last || last->met != p->met) {
      g->points[n++] = *p;
      continue;
    }
    if ((uint64_t)p->first - (uint64_t)last->last > 1) last->looked = 0;
    last->last = p->last, last->yes_last = p->yes_last, last->of_last = p->of_last;
  }
  g->n = n;
}

static ppr_status answer(search *g, ppr_goal *goal) {
  const space_axis *a = g->s.space.axes;
  const ppr_edition *e = g->s.input.schema->editions[a->edition].e;
  goal->evaluated = g->n;
  join(g);
  goal->spans = ppr_alloc_default.fn(ppr_alloc_default.ctx, NULL, 0, (g->n + 1) * sizeof *goal->spans);
  if (!goal->spans) return PPR_NOMEM;
  memcpy(goal->spans, g->points, g->n * sizeof *goal->spans);
  goal->n_spans = g->n;
  goal->preset = a->preset;
  goal->records = g->s.input.store.count;
  uint32_t edition = 0; /* of the caller's program, to whom the strings belong */
  while (edition + 1 < g->s.program->n_editions && &g->s.program->editions[edition] != e) edition++;
  return ppr_program_input(g->s.program, edition, a->field->first_input, &goal->parameter);
}

static ppr_status find(search *g, ppr_goal *goal) {
  const ppr_goal_opts *o = g->opts;
  const record_store *store = &g->s.input.store;
  ppr_status status = hold_open(&g->s.input, g->alloc, g->s.program, o->run, g->report);
  if (status != PPR_OK) return status;
  g->s.editions = arena_array(g->arena, g->s.program->n_editions, sizeof *g->s.editions);
  g->s.records = scenario_records(&g->s, g->arena);
  if (!g->s.editions || !g->s.records) return PPR_NOMEM;
  for (uint32_t e = 0; e < g->s.program->n_editions && status == PPR_OK; e++)
    if (store->parts[e].records) status = tally_read(&g->plan, &g->s.editions[e], g->arena, g->s.input.schema, e, g->report);
  if (status == PPR_OK) status = find_part(g);
  if (status == PPR_OK) status = open_axis(g);
  if (status == PPR_OK) status = read_end(g, o->from, &g->lo);
  if (status == PPR_OK) status = read_end(g, o->until, &g->hi);
  if (status != PPR_OK) return status;
  if (g->lo > g->hi) {
    report_add(g->report, DIAG_GOAL_ENDS, SPAN_NONE, o->from ? o->from : "", o->until ? o->until : "", NULL);
    return PPR_DIAGNOSED;
  }
  g->s.models = worker_models_new(g->alloc, g->s.program);
  g->worker = worker_new(&g->s, g->alloc, &g->plan, SLOTS);
  if (!g->s.models || !g->worker) return PPR_NOMEM;
  status = evaluate(g, 0, &goal->yes, &goal->of);
  if (status == PPR_OK) status = look_over(g, o->limit ? o->limit : MOST);
  if (status == PPR_OK) status = refine(g);
  return status == PPR_OK ? answer(g, goal) : status;
}

ppr_status ppr_find_goal(ppr_engine *engine, const ppr_program *program, const ppr_goal_opts *opts, ppr_goal *goal, ppr_report *report) {
  if (goal) *goal = (ppr_goal){0};
  if (!engine || !program || !opts || opts->size != sizeof *opts || !opts->run || !opts->run->input || !opts->parameter || !opts->part)
    return PPR_MISUSE;
  if (!goal || !report || !opts->denominator || strcmp(opts->run->input, "-") == 0) return PPR_MISUSE;
  search g = {.opts = opts, .arena = arena_new(engine->alloc), .report = report, .alloc = engine->alloc, .s = {.name = "", .program = program}};
  ppr_status status = g.arena ? input_select(&g.s.selected, program, opts->run, report) : PPR_NOMEM;
  if (g.s.selected) g.s.program = g.s.selected;
  if (status == PPR_OK) status = find(&g, goal);
  worker_free(g.worker);
  worker_models_free(g.s.models);
  hold_close(&g.s.input);
  ppr_program_free(g.s.selected);
  if (status == PPR_OK && arena_failed(g.arena)) status = PPR_NOMEM;
  arena_free(g.arena);
  if (status != PPR_OK) {
    ppr_free(goal->spans);
    *goal = (ppr_goal){0};
  }
  return report_failed(report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}

/* --- one record --- */

static const store_record *find_record(const record_store *store, const char *const *key, size_t keys) {
  for (size_t i = 0; i < store->count; i++) {
    const store_record *r = &store->records[i];
    bool same = keys == store->schema->n_keys;
    for (size_t k = 0; k < keys && same; k++) same = strcmp(cells_key_text(r, k), key[k]) == 0;
    if (same) return r;
  }
  return NULL;
}

/* Output of this name, or of the part `anteil` of this name; PPR_NONE: none. */
static uint32_t find_result(const io_schema *schema, uint32_t edition, const char *result) {
  const ppr_edition *e = schema->editions[edition].e;
  for (uint32_t j = 0; j < e->n_output; j++)
    if (e->output[j].kind == PPR_KIND_BOOL && strcmp(schema_str(schema, e->output[j].label), result) == 0) return j;
  for (uint32_t i = 0; i < e->n_part; i++)
    if (e->part[i].form == PPR_PART_SHARE && strcmp(schema_str(schema, e->part[i].name), result) == 0) return e->part[i].output;
  return PPR_NONE;
}

/* The record's answer with one input changed; -1: none. */
static int answer_with(ppr_evaluator *v, ppr_column *in, ppr_result *out, int input, int64_t value, uint32_t output) {
  ppr_column was = {0};
  ppr_fault fault;
  if (input >= 0) was = in[input], in[input] = (ppr_column){&value, NULL, NULL};
  ppr_status status = ppr_evaluator_eval(v, in, 1, out, &fault);
  if (input >= 0) in[input] = was;
  return status == PPR_OK && !fault.code && !*out[output].states ? (int)*out[output].values : -1;
}

static ppr_status describe(const ppr_program *p, uint32_t edition, const ppr_turn *t, ppr_turn_input *out) {
  const ppr_edition *e = &p->editions[edition];
  const ppr_field *f = &e->field[e->input[t->input].field];
  const ppr_member *m = f->kind == PPR_KIND_ENUM && f->enumeration ? &e->member[e->enumeration[f->enumeration - 1].first] : NULL;
  *out = (ppr_turn_input){0};
  if (m) {
    out->now = program_string(p, m[t->now].name);
    out->last = program_string(p, m[t->last].name);
    out->first = program_string(p, m[t->first].name);
  }
  return ppr_program_input(p, edition, (size_t)t->input, &out->info);
}

static ppr_status turns_of(const held_input *h, ppr_arena *arena, const store_record *r, uint32_t output, int *answer, ppr_turns *turns,
                           ppr_turn_input **inputs, ppr_report *report, const char *result) {
  const ppr_program *p = h->schema->program;
  const ppr_edition *e = &p->editions[r->edition];
  ppr_evaluator *v;
  ppr_status status = ppr_evaluator_new(&v, p, r->edition, NULL);
  ppr_column *in = arena_array(arena, (size_t)e->n_input + 1, sizeof *in);
  ppr_result *out = arena_array(arena, (size_t)e->n_output + 1, sizeof *out);
  int64_t *numbers = arena_array(arena, (size_t)e->n_output + 1, sizeof *numbers);
  uint8_t *states = arena_array(arena, (size_t)e->n_output + 1, 1);
  if (status != PPR_OK || !in || !out || !numbers || !states) {
    if (status == PPR_OK) ppr_evaluator_free(v);
    return status == PPR_OK ? PPR_NOMEM : status;
  }
  for (uint32_t j = 0; j < e->n_output; j++) out[j] = (ppr_result){numbers + j, states + j, NULL};
  store_columns(&h->store, r->edition, r->local / STORE_LANES, r->local % STORE_LANES, 1, in);
  *answer = answer_with(v, in, out, -1, 0, output);
  if (*answer < 0) {
    report_add(report, DIAG_GOAL_ANSWER, SPAN_NONE, result, NULL);
    status = PPR_DIAGNOSED;
  } else status = ppr_evaluator_turns(v, in, 0, output, turns);
  size_t n = 0;
  for (size_t i = 0; status == PPR_OK && i < turns->n; i++) {
    const ppr_turn *t = &turns->turns[i];
    if (t->input < 0) continue; /* nobody can change the value of a rule by itself */
    if (answer_with(v, in, out, t->input, t->first, output) == *answer || answer_with(v, in, out, t->input, t->last, output) != *answer) continue;
    turns->turns[n++] = *t;
  }
  if (status == PPR_OK) {
    turns->n = n;
    *inputs = ppr_alloc_default.fn(ppr_alloc_default.ctx, NULL, 0, (n + 1) * sizeof **inputs);
    if (!*inputs) status = PPR_NOMEM;
    for (size_t i = 0; status == PPR_OK && i < n; i++) status = describe(p, r->edition, &turns->turns[i], &(*inputs)[i]);
  }
  ppr_evaluator_free(v);
  return status;
}

ppr_status ppr_find_turns(ppr_engine *engine, const ppr_program *program, const ppr_run_opts *run, const char *const *key, size_t keys,
                          const char *result, int *answer, ppr_turns *turns, ppr_turn_input **inputs, ppr_report *report) {
  if (!engine || !program || !run || run->size != sizeof *run || !run->input || strcmp(run->input, "-") == 0 || !key || !result || !answer)
    return PPR_MISUSE;
  if (!turns || !inputs || !report) return PPR_MISUSE;
  *turns = (ppr_turns){0};
  *inputs = NULL;
  held_input h = {0};
  ppr_program *selected = NULL;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_status status = arena ? input_select(&selected, program, run, report) : PPR_NOMEM;
  if (status == PPR_OK) status = hold_open(&h, engine->alloc, selected ? selected : program, run, report);
  const store_record *r = status == PPR_OK ? find_record(&h.store, key, keys) : NULL;
  uint32_t output = r && r->edition != PPR_NONE ? find_result(h.schema, r->edition, result) : PPR_NONE;
  if (status == PPR_OK && (!r || r->refused)) {
    const char *text = "";
    for (size_t k = 0; k < keys && text; k++) text = arena_printf(arena, "%s%s%s", text, k ? "," : "", key[k]);
    report_add(report, DIAG_GOAL_RECORD, SPAN_NONE, text ? text : "", NULL);
    status = PPR_DIAGNOSED;
  } else if (status == PPR_OK && output == PPR_NONE) {
    report_add(report, DIAG_GOAL_RESULT, SPAN_NONE, result, NULL);
    status = PPR_DIAGNOSED;
  }
  if (status == PPR_OK) status = turns_of(&h, arena, r, output, answer, turns, inputs, report, result);
  hold_close(&h);
  ppr_program_free(selected);
  arena_free(arena);
  if (status != PPR_OK) {
    ppr_free(turns->turns);
    ppr_free(*inputs);
    *turns = (ppr_turns){0};
    *inputs = NULL;
  }
  return report_failed(report) && status == PPR_DIAGNOSED ? PPR_NOMEM : status;
}
