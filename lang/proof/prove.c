/* `ppr prove`: for every rule of every Fassung, does some branch always apply, never two, and nothing fault? Each Fassung is compiled to a program in
 * which gaps and overlaps are faults (duty.c); then every fault is a question about all records. */
#include "base/text.h"
#include "code/verify.h"
#include "compile.h"
#include "engine.h"
#include "proof/box.h"
#include "proof/prove_text.h"
#include "proof/record.h"
#include "proof/search.h"
#include <inttypes.h>
#include <string.h>

enum { HIDDEN = 16, ANEW = 16 }; /* other faults looked past; elements of a place that is told or stuck get this part of the budget */
static const uint64_t BUDGET = 500000;

typedef struct proving {
  ppr_engine *engine;
  ppr_report *report, *spare;
  const ppr_prove_opts *opts;
  uint32_t first_source;
  ppr_proof_fn fn;
  void *ctx;
  bool seen_edition, seen_rule, failed;
  /* the Fassung at hand */
  ppr_arena *arena, *scratch; /* of the Fassung; of one question */
  const edition_text *text;
  model *m;
  lower_duties *duties;
  ppr_program *program;
  const ppr_edition *e;
  graph *g;
  graph_program code;
  search_machine *machine;
  node_id *refusal; /* checks: 1 where one refuses the record */
  size_t n_refusal;
  uint32_t *site_of;          /* per instruction: its site, NONE */
  const lower_duty **duty_of; /* per site: what it stands for, NULL: a fault of the text */
  int64_t *usual, *point;
  proof_told *told, *stuck; /* places a record was told for, places something was left open at */
} proving;

/* ---- the questions ---- */

typedef struct verdict {
  ppr_proof_status status;
  ppr_proof_method method;
  const char *reason;
  bool same;    /* WITNESS: only beside a fault of the same place, for which there is a record */
  bool refused; /* WITNESS: a check of the text refuses the record anyhow, and none was found that no check refuses */
} verdict;

typedef struct target {
  const proving *p;
  const graph_site *site;
  node_id also;  /* what else holds of the record */
  node_id *cone; /* of both */
  size_t n_cone;
  ppr_wide *value;
} target;

static bool target_of(target *t, const proving *p, const graph_site *site, node_id also) {
  *t = (target){.p = p, .site = site, .also = also};
  t->cone = graph_cone(p->g, p->scratch, (node_id[]){site->when, also}, 2, &t->n_cone);
  t->value = arena_array(p->scratch, p->g->n_node, sizeof *t->value);
  return t->cone && t->value;
}

/* In the graph; values behind a fault mean nothing. */
static bool holds_at(target *t, node_id what, const int64_t *leaves) {
  for (size_t i = 0; i < t->n_cone; i++)
    if (!graph_value(t->p->g, t->cone[i], leaves, t->value, &t->value[t->cone[i]])) t->value[t->cone[i]] = 0;
  return t->value[what] == 1;
}

/* The machine tells the first fault of a record. Of one element several pairs of branches can clash at once: the first of them stands for the others.
 */
static bool faults_there(void *ctx, const int64_t *leaves, size_t n, bool *hit) {
  target *t = ctx;
  const proving *p = t->p;
  if (!search_evaluate(p->machine, leaves, n)) return false;
  for (size_t i = 0; i < n; i++) {
    ppr_fault f = search_fault(p->machine, i);
    const int64_t *at = leaves + i * p->g->n_leaf;
    hit[i] = f.code != 0 && f.pc == t->site->pc;
    if (f.code && !hit[i] && p->site_of[f.pc] != PPR_NONE) {
      const lower_duty *a = p->duty_of[p->site_of[f.pc]], *b = p->duty_of[t->site - p->code.sites];
      if (a && b && a->rule == b->rule && a->element == b->element) hit[i] = holds_at(t, t->site->when, at);
    }
    if (hit[i] && t->also != 1) hit[i] = holds_at(t, t->also, at);
  }
  return true;
}

static verdict undecided(const char *reason) { return (verdict){PPR_UNDECIDED, PPR_PROOF_INPUTS, reason, false, false}; }

/* Machine and bisection where boxes found nothing. */
static verdict searched(proving *p, search *s, const box_result *box, uint64_t budget) {
  memcpy(p->point, p->usual, p->g->n_leaf * sizeof *p->point);
  s->budget = s->tried + budget / 25 + 1;
  if (search_find(s, p->point)) return (verdict){PPR_WITNESS, PPR_PROOF_INPUTS, "", false, false};
  return undecided(prove_reason_budget(p->arena, p->opts->language, box, s->tried));
}

/* Another fault precedes this one in every record looked at. */
static verdict hidden(proving *p, const graph_site *site, const graph_site *by) {
  const ppr_pos *a = &p->e->pos[site->pc], *b = &p->e->pos[by->pc];
  if (site->code == by->code && a->file == b->file && a->line == b->line && a->col == b->col)
    return (verdict){PPR_WITNESS, PPR_PROOF_INPUTS, "", true, false};
  return undecided(prove_reason_hidden(p->arena, p->opts->language, p->program, p->e, by->pc));
}

/* Can the fault at the site be the first of a record for which something else holds? Where another one precedes it in the record found, records
 * without that one are asked for. */
static verdict decide(proving *p, const graph_site *site, node_id also, uint64_t budget) {
  target t;
  search s = {p->g, p->engine->alloc, faults_there, &t, site->when, 0, 0};
  node_id question = graph_and(p->g, site->when, also);
  uint32_t hiding = PPR_NONE;
  verdict v = undecided("");
  if (!target_of(&t, p, site, also)) return undecided(prove_reason_memory(p->opts->language));
  for (int i = 0; i < HIDDEN; i++) {
    memcpy(p->point, p->usual, p->g->n_leaf * sizeof *p->point);
    box_result r = box_decide(p->g, p->engine->alloc, question, budget, p->point);
    if (r.answer == BOX_NONE && i == 0)
      return (verdict){PPR_PROVED, graph_is(p->g, question, 0) ? PPR_PROOF_FORM : r.cut ? PPR_PROOF_CONDITIONS : PPR_PROOF_INPUTS, "", false, false};
    if (r.answer == BOX_NONE) return hidden(p, site, &p->code.sites[hiding]);
    if (r.answer != BOX_POINT) {
      v = searched(p, &s, &r, budget);
      break;
    }
    bool hit[SEARCH_BATCH] = {false};
    if (!faults_there(&t, p->point, 1, hit)) return undecided(prove_reason_memory(p->opts->language));
    if (hit[0]) {
      v.status = PPR_WITNESS;
      break;
    }
    ppr_fault f = search_fault(p->machine, 0);
    hiding = f.code ? p->site_of[f.pc] : PPR_NONE;
    if (hiding == PPR_NONE) return undecided(prove_reason_unconfirmed(p->opts->language));
    question = graph_and(p->g, question, graph_not(p->g, p->code.sites[hiding].when));
    v = hidden(p, site, &p->code.sites[hiding]);
  }
  if (v.status == PPR_WITNESS && !v.same && !search_shrink(&s, p->point)) return undecided(prove_reason_unconfirmed(p->opts->language));
  return v;
}

/* What the checks of severity `fehler` say, as nodes that are 1 where they refuse the record. */
static bool refusals(proving *p) {
  p->refusal = arena_array(p->arena, (size_t)p->e->n_check + 1, sizeof *p->refusal);
  p->n_refusal = 0;
  for (uint32_t i = 0; p->refusal && i < p->e->n_check; i++) {
    const ppr_output *o = &p->e->output[p->e->check[i].output];
    if (p->e->check[i].severity != PPR_SEV_ERROR) continue;
    node_id holds = graph_truth(p->g, p->code.reg[o->reg]);
    if (o->state) holds = graph_and(p->g, holds, graph_eq(p->g, p->code.reg[o->state - 1], graph_const(p->g, PPR_PRESENT)));
    p->refusal[p->n_refusal++] = holds;
  }
  return p->refusal != NULL;
}

/* `also` and none of the checks that refuse the record found; `also` itself where none does. */
static node_id without_refusals(proving *p, node_id also) {
  size_t n;
  node_id *cone = graph_cone(p->g, p->scratch, p->refusal, p->n_refusal, &n), all = also;
  ppr_wide *at = arena_array(p->scratch, p->g->n_node, sizeof *at);
  for (size_t i = 0; cone && at && i < n; i++)
    if (!graph_value(p->g, cone[i], p->point, at, &at[cone[i]])) at[cone[i]] = 0;
  for (size_t i = 0; cone && at && i < p->n_refusal; i++)
    if (at[p->refusal[i]] == 1) all = graph_and(p->g, all, graph_not(p->g, p->refusal[i]));
  return all;
}

/* A record no check refuses, if there is one: the checks that refuse the one found are added to what is asked. Else the first is kept. */
static void admit(proving *p, const graph_site *site, uint64_t budget, verdict *v) {
  int64_t *first = arena_array(p->scratch, p->g->n_leaf + 1, sizeof *first);
  node_id also = 1, more;
  if (!first) return;
  memcpy(first, p->point, p->g->n_leaf * sizeof *first);
  for (int i = 0; i < HIDDEN; i++, also = more) {
    if ((more = without_refusals(p, also)) == also) return;
    verdict again = decide(p, site, more, budget);
    if (again.status != PPR_WITNESS || again.same) break;
  }
  memcpy(p->point, first, p->g->n_leaf * sizeof *first);
  v->refused = true;
}

/* ---- telling ---- */

static bool wanted(const proving *p, const char *rule) { return !p->opts->rule || !strcmp(rule, p->opts->rule); }

/* The record found, its run. */
static void witness(proving *p, ppr_proof *out, const graph_site *site, const lower_duty *duty) {
  int64_t *values = arena_array(p->arena, (size_t)p->e->n_input + 1, sizeof *values);
  uint8_t *states = arena_array(p->arena, (size_t)p->e->n_input + 1, 1);
  if (!values || !states) {
    p->failed = true;
    return;
  }
  graph_fill(p->g, &p->code, p->point, values, states);
  out->tables = record_tables(p->arena, p->program, p->e, values, states, &out->n_tables);
  out->readings = record_readings(p->arena, p->program, p->e, values, &out->n_readings);
  out->parameters = record_parameters(p->arena, p->program, p->e, values, &out->n_parameters);
  out->key = record_key(p->arena, p->program, p->e, values);
  prove_source source = {p->m, p->program, p->e, p->engine->alloc, p->arena, p->opts->language, values, states};
  out->run = prove_run(&source, site, duty);
  p->failed = p->failed || !out->tables || !out->run;
}

/* One obligation: asked, told. duty NULL: a fault of the text itself; site NULL: it cannot happen. */
static void tell(proving *p, const lower_duty *duty, const graph_site *site, ppr_proof *out) {
  verdict v = {PPR_PROVED, PPR_PROOF_COMPILER, "", false, false};
  if (!wanted(p, out->rule)) return;
  out->edition = p->text->file->fassung.text;
  out->record = program_string(p->program, p->e->record);
  out->reason = out->key = out->run = "";
  bool again = prove_told(p->told, out);
  if (site) {
    p->scratch = arena_new(p->engine->alloc);
    uint64_t budget = p->opts->budget ? p->opts->budget : BUDGET;
    if (again || prove_told(p->stuck, out)) budget = budget / ANEW + 1;
    v = p->scratch ? decide(p, site, 1, budget) : undecided(prove_reason_memory(p->opts->language));
    if (v.status == PPR_WITNESS && !v.same && !again) admit(p, site, budget, &v);
    arena_free(p->scratch);
  }
  again = again || v.same;
  out->status = v.status;
  out->method = v.method;
  out->reason = v.reason;
  out->repeated = again && v.status == PPR_WITNESS;
  out->refused = v.refused;
  if (v.status == PPR_WITNESS && !again) {
    witness(p, out, site, duty);
    p->failed = p->failed || !prove_tell(p->told, p->arena, out);
  } else if (v.status == PPR_UNDECIDED && !prove_told(p->stuck, out)) p->failed = p->failed || !prove_tell(p->stuck, p->arena, out);
  if (!p->failed && !arena_failed(p->arena) && p->fn) p->fn(out, p->ctx);
}

static void tell_duty(proving *p, const lower_duty *d, const graph_site *site) {
  ppr_span span = d->second ? d->second->label.span : d->rule->decl->name_span;
  ppr_proof out = {.kind = d->form == DUTY_COVER ? PPR_PROOF_COVER : PPR_PROOF_EXCLUDE,
                   .rule = d->rule->name,
                   .citation = cite_text(p->m, d->second && d->second->cites ? d->second->cites : d->rule->decl->cites),
                   .element = model_label(p->m, d->rule, d->element),
                   .first = d->first ? d->first->label.text : "",
                   .second = d->second ? d->second->label.text : "",
                   .file = report_source(p->report, span.file)->name};
  report_place(p->report, span, &out.line, &out.column);
  prove_fault(p->arena, p->opts->language, d->form == DUTY_COVER ? DIAG_FAULT_GAP : DIAG_FAULT_CLASH, out.element, &out);
  tell(p, d, site, &out);
}

static void tell_fault(proving *p, const graph_site *site) {
  const ppr_pos *pos = &p->e->pos[site->pc];
  const ast_decl *d = prove_decl_at(p->m, program_string(p->program, pos->file), pos->line);
  ppr_proof out = {.kind = PPR_PROOF_FAULT,
                   .rule = d && d->name ? d->name : "",
                   .citation = d ? cite_text(p->m, d->cites) : "",
                   .element = "",
                   .first = "",
                   .second = "",
                   .file = d ? report_source(p->report, d->span.file)->name : program_string(p->program, pos->file),
                   .line = pos->line,
                   .column = pos->col};
  prove_fault(p->arena, p->opts->language, (diag_code)site->code, out.rule, &out);
  tell(p, NULL, site, &out);
}

/* ---- one Fassung ---- */

/* The site of each duty's FAIL; those of no duty are faults of the text. */
static bool ask_all(proving *p, const lowering *l) {
  uint32_t *pc_of = arena_array(p->arena, (size_t)p->e->n_reg + 1, sizeof *pc_of);
  p->duty_of = arena_array(p->arena, (size_t)p->code.n_sites + 1, sizeof *p->duty_of);
  p->site_of = arena_array(p->arena, (size_t)p->e->n_instr + 1, sizeof *p->site_of);
  p->usual = arena_array(p->arena, p->g->n_leaf + 1, sizeof *p->usual);
  p->point = arena_array(p->arena, p->g->n_leaf + 1, sizeof *p->point);
  p->told = arena_alloc(p->arena, sizeof *p->told);
  p->stuck = arena_alloc(p->arena, sizeof *p->stuck);
  if (!pc_of || !p->duty_of || !p->site_of || !p->usual || !p->point || !p->told || !p->stuck || !refusals(p)) return false;
  for (size_t i = 0; i < p->g->n_leaf; i++) p->usual[i] = p->g->leaf[i].usual;
  for (uint32_t i = 0; i < p->e->n_instr; i++) {
    p->site_of[i] = PPR_NONE;
    if (p->e->instr[i].op == PPR_OP_FAIL) pc_of[p->e->instr[i].d] = i;
  }
  for (uint32_t i = 0; i < p->code.n_sites; i++) p->site_of[p->code.sites[i].pc] = i;
  for (size_t i = 0; i < p->duties->n; i++) {
    const lower_duty *d = &p->duties->items[i];
    uint32_t site = d->reg == PPR_NONE ? PPR_NONE : p->site_of[pc_of[l->map[d->reg]]];
    if (site != PPR_NONE) p->duty_of[site] = d;
  }
  for (size_t i = 0; i < p->duties->n && !p->failed; i++) {
    const lower_duty *d = &p->duties->items[i];
    uint32_t site = d->reg == PPR_NONE ? PPR_NONE : p->site_of[pc_of[l->map[d->reg]]];
    tell_duty(p, d, site == PPR_NONE ? NULL : &p->code.sites[site]);
  }
  for (uint32_t i = 0; i < p->code.n_sites && !p->failed; i++)
    if (!p->duty_of[i]) tell_fault(p, &p->code.sites[i]);
  return !p->failed && !p->g->failed && !arena_failed(p->arena);
}

static ppr_program *finish(proving *p, ppr_builder *b) {
  ppr_program *program = build_finish(b);
  if (program && (!verify_program(program, p->report) || natives_link(p->engine->natives, program, p->report) != PPR_OK)) {
    program_free(program);
    program = NULL;
  }
  return program;
}

/* One Fassung for one kind of record; false: out of memory. Errors of the text are in the report. */
static bool prove_kind(proving *p, ast_decl *input) {
  size_t before = report_added(p->report, PPR_SEV_ERROR);
  ppr_builder *b = build_new(p->engine->alloc);
  lower_duties duties = {.spare = p->spare};
  bool right = true;
  p->arena = arena_new(p->engine->alloc);
  p->m = b && p->arena ? compile_model_proving(p->report, p->arena, p->engine->natives, p->text, input) : NULL;
  if (!p->m) right = false;
  else if (report_added(p->report, PPR_SEV_ERROR) == before) {
    p->seen_rule = p->seen_rule || (p->opts->rule && model_symbol(p->m, p->opts->rule));
    static const uint8_t none[32];
    build_name(b, p->text->file->regelwerk.text);
    for (uint32_t i = p->first_source; i < report_sources(p->report); i++) build_source(b, report_source(p->report, i)->name, none);
    p->duties = &duties;
    lowering *l = compile_lower(p->m, p->text, b, p->first_source, &duties);
    if (l) {
      right = !l->e.failed && !build_failed(b);
      p->program = right ? finish(p, b) : NULL;
      if (right) b = NULL; /* gone with the program */
      right = right && (p->program || report_added(p->report, PPR_SEV_ERROR) != before);
      if (p->program) {
        p->e = &p->program->editions[0];
        p->g = graph_new(p->arena, p->engine->natives);
        bool some = p->g && graph_add(p->g, &p->code, p->program, 0, NULL);
        right = p->g && !p->g->failed;
        if (some && right) {
          right = search_machine_new(&p->machine, p->engine->alloc, p->g, &p->code) == PPR_OK && ask_all(p, l);
          search_machine_free(p->machine);
          p->machine = NULL;
        }
        program_free(p->program);
      }
    } else right = report_added(p->report, PPR_SEV_ERROR) != before;
  }
  build_discard(b);
  arena_free(p->arena);
  p->arena = NULL;
  p->duties = NULL;
  return right;
}

static bool prove_edition(proving *p, const edition_text *text) {
  size_t kind = 0;
  bool right = true;
  p->text = text;
  if (p->opts->edition && !edition_is(text, p->opts->edition)) return true;
  p->seen_edition = true;
  do right = prove_kind(p, compile_kind(text, kind));
  while (compile_kind(text, ++kind) && right);
  return right;
}

static ppr_status prove_sources(ppr_engine *engine, uint32_t first, size_t count, const ppr_prove_opts *opts, ppr_report *report, ppr_proof_fn fn,
                                void *ctx) {
  ppr_arena *arena = arena_new(engine->alloc);
  size_t n = 0;
  edition_text *texts = arena ? compile_front(report, arena, first, count, &n) : NULL;
  proving p = {.engine = engine, .report = report, .opts = opts, .first_source = first, .fn = fn, .ctx = ctx};
  bool right = arena != NULL;
  if (right && texts && report_count(report, PPR_SEV_ERROR) == 0) {
    right = (p.spare = report_new(engine->alloc)) != NULL;
    if (right) report_borrow_sources(p.spare, report);
    for (size_t i = 0; right && i < n; i++) right = prove_edition(&p, &texts[i]);
    report_free(p.spare);
  }
  right = right && !p.failed && !arena_failed(arena) && !report_failed(report);
  arena_free(arena);
  report_sort(report);
  if (!right) return PPR_NOMEM;
  if (report_count(report, PPR_SEV_ERROR)) return PPR_DIAGNOSED;
  return (opts->edition && !p.seen_edition) || (opts->rule && !p.seen_rule) ? PPR_MISUSE : PPR_OK;
}

ppr_status ppr_prove(ppr_engine *engine, const ppr_source_text *files, size_t count, const ppr_prove_opts *opts, ppr_report *report, ppr_proof_fn fn,
                     void *ctx) {
  if (!engine || !opts || opts->size < sizeof *opts || !report || (count && !files)) return PPR_MISUSE;
  uint32_t first = report_sources(report);
  for (size_t i = 0; i < count; i++) report_add_source(report, files[i].name, files[i].text, files[i].size);
  if (count) return prove_sources(engine, first, count, opts, report, fn, ctx);
  report_add(report, DIAG_NO_RULE_FILE, SPAN_NONE, "(nichts)", NULL);
  return PPR_DIAGNOSED;
}

ppr_status ppr_prove_path(ppr_engine *engine, const char *path, const ppr_prove_opts *opts, ppr_report *report, ppr_proof_fn fn, void *ctx) {
  if (!engine || !path || !opts || opts->size < sizeof *opts || !report) return PPR_MISUSE;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_source_text *files = NULL;
  size_t count = 0;
  if (!arena) return PPR_NOMEM;
  ppr_status status = compile_read(report, arena, engine, path, &files, &count);
  if (status == PPR_OK) status = ppr_prove(engine, files, count, opts, report, fn, ctx);
  arena_free(arena);
  return status;
}
