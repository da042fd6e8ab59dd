/* Meaning: every result of two texts proved equal for all records, or a smallest record for which it is not. Both texts become one graph; what is one
 * node is the same. Results are compared as they come without other readings being chosen where the two texts do not offer the same ones. */
#include "base/quarter.h"
#include "diff/diff_meaning.h"
#include "engine.h"
#include "proof/box.h"
#include <stdlib.h>
#include <string.h>

enum { REFUSED = 12 /* refused records looked past */, FEWER = 16 /* part of the budget for more elements of a rule */, PLAIN = 64 /* nodes */ };
static const uint64_t BUDGET = 400000;
static const size_t SEARCHED = 1000000; /* inputs times nodes a search along inputs is worth */

static const char *say(const meaning *m, const char *de, const char *en) { return diff_say(m->d, de, en); }

static const char *own(meaning *m, const char *text) {
  const char *kept = arena_printf(m->d->arena, "%s", text);
  m->d->failed = m->d->failed || !kept;
  return kept ? kept : "";
}

/* ---- the same inputs ---- */

static bool same_members(const meaning *m, const ppr_field *f, const ppr_field *h, bool prefix) {
  if (!f->enumeration || !h->enumeration) return f->enumeration == h->enumeration;
  const ppr_enumeration *a = &m->e[0]->enumeration[f->enumeration - 1], *b = &m->e[1]->enumeration[h->enumeration - 1];
  bool same = prefix || a->count == b->count;
  for (uint32_t i = 0; same && i < a->count && i < b->count; i++)
    same =
        !strcmp(program_string(m->program[0], m->e[0]->member[a->first + i].name), program_string(m->program[1], m->e[1]->member[b->first + i].name));
  return same;
}

static const ppr_field *field_named(const meaning *m, int side, const char *name) {
  for (uint32_t i = 0; i < m->e[side]->n_field; i++)
    if (!strcmp(program_string(m->program[side], m->e[side]->field[i].name), name)) return &m->e[side]->field[i];
  return NULL;
}

/* A reading the texts do not offer alike stays as each presets it: its inputs get labels of their own. */
static void part_readings(meaning *m) {
  for (uint32_t r = 0; r < m->e[1]->n_reading; r++) {
    ppr_field *h = &m->e[1]->field[m->e[1]->reading[r].field];
    const ppr_field *f = field_named(m, 0, program_string(m->program[1], m->e[1]->reading[r].name));
    if (f && f->kind == h->kind && f->preset == h->preset && same_members(m, f, h, false)) continue;
    h->lo = h->hi = h->preset;
    for (uint32_t i = 0; i < h->inputs; i++) m->e[1]->input[h->first_input + i].label = m->e[1]->reading[r].question;
    if (!f) continue;
    ppr_field *old = &m->e[0]->field[f - m->e[0]->field];
    old->lo = old->hi = old->preset;
  }
}

/* Why the inputs cannot be compared, NULL: they can. */
static const char *inputs_differ(meaning *m) {
  for (uint32_t i = 0; i < m->e[1]->n_field; i++) {
    const ppr_field *h = &m->e[1]->field[i], *f = field_named(m, 0, program_string(m->program[1], h->name));
    if (!f || (h->flags & PPR_FIELD_READING)) continue;
    bool same = f->kind == h->kind && f->scale == h->scale && (f->flags & PPR_FIELD_OPTIONAL) == (h->flags & PPR_FIELD_OPTIONAL);
    if (same && same_members(m, f, h, true)) continue;
    return arena_printf(m->d->arena,
                        say(m, "die Angabe „%s“ hat in beiden Texten verschiedene Werte", "the input “%s” has other values in each text"),
                        program_string(m->program[1], h->name));
  }
  return NULL;
}

/* ---- questions ---- */

static int by_number(const void *a, const void *b) {
  node_id x = *(const node_id *)a, y = *(const node_id *)b;
  return (x > y) - (x < y);
}

static node_id node_of(const meaning *m, int side, uint32_t output) { return m->code[side].reg[m->e[side]->output[output].reg]; }

static node_id state_of(const meaning *m, int side, uint32_t output) {
  uint32_t state = m->e[side]->output[output].state;
  return state ? m->code[side].reg[state - 1] : graph_const(m->g, PPR_PRESENT);
}

/* When the text gives a record no results: its faults and the checks that fail, each a node, ascending. */
static void refusals(meaning *m, int side) {
  graph *g = m->g;
  const ppr_edition *e = m->e[side];
  node_id *list = arena_array(m->arena, (size_t)m->code[side].n_sites + e->n_check + 1, sizeof *list);
  size_t n = 0, kept = 0;
  if (!list) {
    m->d->failed = true;
    return;
  }
  for (uint32_t i = 0; i < m->code[side].n_sites; i++) list[n++] = m->code[side].sites[i].when;
  for (uint32_t i = 0; i < e->n_check; i++) {
    uint32_t o = e->check[i].output;
    if (e->check[i].severity) continue;
    list[n++] = graph_and(g, graph_eq(g, state_of(m, side, o), graph_const(g, PPR_PRESENT)), graph_truth(g, node_of(m, side, o)));
  }
  qsort(list, n, sizeof *list, by_number);
  for (size_t i = 0; i < n; i++)
    if (!graph_is(g, list[i], 0) && (kept == 0 || list[kept - 1] != list[i])) list[kept++] = list[i];
  m->refusal[side] = list;
  m->n_refusal[side] = kept;
}

/* Those only one of the texts has. */
static void own_refusals(meaning *m, question *q) {
  q->parts = arena_array(m->arena, m->n_refusal[0] + m->n_refusal[1] + 1, sizeof *q->parts);
  if (!q->parts) m->d->failed = true;
  for (int s = 0; s < 2 && q->parts; s++)
    for (size_t i = 0; i < m->n_refusal[s]; i++)
      if (!bsearch(&m->refusal[s][i], m->refusal[1 - s], m->n_refusal[1 - s], sizeof(node_id), by_number)) q->parts[q->n_parts++] = m->refusal[s][i];
}

static node_id scaled(meaning *m, node_id node, uint32_t scale, uint32_t to) {
  ppr_wide by = 1;
  for (; scale < to; scale++) by *= 10;
  return graph_scale(m->g, node, by);
}

/* False: values of the two results cannot be compared. */
static bool ask(meaning *m, question *q) {
  graph *g = m->g;
  if (q->pair.output[0] == PPR_NONE) {
    own_refusals(m, q);
    q->pair.differs = q->n_parts ? q->parts[0] : graph_const(g, 0);
    return true;
  }
  const ppr_output *a = &m->e[0]->output[q->pair.output[0]], *b = &m->e[1]->output[q->pair.output[1]];
  bool numbers = (a->kind == PPR_KIND_NUMBER || a->kind == PPR_KIND_PERCENT);
  if (a->kind != b->kind) return false;
  if (a->enumeration && b->enumeration) {
    ppr_field f = {.enumeration = a->enumeration}, h = {.enumeration = b->enumeration};
    if (!same_members(m, &f, &h, true)) return false;
  }
  uint32_t scale = a->scale > b->scale ? a->scale : b->scale;
  node_id x = node_of(m, 0, q->pair.output[0]), y = node_of(m, 1, q->pair.output[1]);
  if (numbers) x = scaled(m, x, a->scale, scale), y = scaled(m, y, b->scale, scale);
  node_id s = state_of(m, 0, q->pair.output[0]), t = state_of(m, 1, q->pair.output[1]);
  node_id same_state = graph_eq(g, s, t), present = graph_eq(g, s, graph_const(g, PPR_PRESENT));
  q->pair.differs = graph_or(g, graph_not(g, same_state), graph_and(g, present, graph_not(g, graph_eq(g, x, y))));
  return true;
}

/* ---- answers ---- */

static void undecided(diff_output *o, const char *reason) {
  o->verdict = OUTPUT_UNDECIDED;
  o->reason = reason;
}

static void different(meaning *m, diff_output *o, const question *q) {
  o->verdict = OUTPUT_DIFFERENT;
  o->region = diff_region_place(m, o->label, q, m->point);
  if (o->region == PPR_NONE) m->d->failed = true;
}

/* By form, or to be answered later. */
static void pose(meaning *m, diff_output *o, question *q) {
  if (!ask(m, q)) {
    undecided(o, say(m, "das Ergebnis hat einen anderen Typ", "the result has another type"));
    return;
  }
  o->verdict = OUTPUT_EQUAL;
  o->proof = EQUAL_FORM;
  if (graph_is(m->g, q->pair.differs, 0)) return;
  o->verdict = OUTPUT_UNDECIDED;
  m->questions[m->n_open++] = *q;
}

static bool worth_searching(meaning *m, const question *q) {
  size_t n;
  node_id *cone = graph_cone(m->g, m->arena, &q->pair.differs, 1, &n);
  size_t leaves = 0;
  for (size_t i = 0; cone && i < n; i++) leaves += m->g->node[cone[i]].op == NODE_LEAF;
  return cone && leaves * n <= SEARCHED;
}

/* The first refusal of either text that holds for the record; a constant when none does. */
static node_id refusal_at(meaning *m, const int64_t *leaves) {
  diff_steps_at(m->steps, leaves);
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < m->n_refusal[s]; i++)
      if (diff_steps_true(m->steps, m->refusal[s][i])) return m->refusal[s][i];
  return graph_const(m->g, 0);
}

/* No refusal of either text that is about few inputs holds: what is left of the records when the plainly wrong ones are taken out. */
static node_id admission(meaning *m) {
  node_id all = graph_const(m->g, 1);
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < m->n_refusal[s]; i++) {
      size_t n;
      const node_id *cone = graph_cone(m->g, m->arena, &m->refusal[s][i], 1, &n);
      if (cone && n <= PLAIN) all = graph_and(m->g, all, graph_not(m->g, m->refusal[s][i]));
    }
  return all;
}

/* A confirmed record for which the node is 1, or that there is none. Where a text refuses the record found, records without that refusal are asked
 * for: that none of these is left proves that the difference never shows. */
static box_answer solve(meaning *m, const question *q, node_id node, uint64_t budget, bool *cut) {
  if (q->pair.output[0] != PPR_NONE) node = graph_and(m->g, node, m->admitted);
  for (int i = 0; i < REFUSED; i++) {
    diff_region_usual(m, m->point);
    box_result r = box_decide(m->g, m->d->engine->alloc, node, budget, m->point);
    *cut = *cut || r.cut;
    if (r.answer != BOX_POINT || diff_search_confirms(m->search, &q->pair, m->point)) return r.answer;
    node_id refused = refusal_at(m, m->point);
    if (graph_is(m->g, refused, 0) || q->pair.output[0] == PPR_NONE) return BOX_BUDGET;
    node = graph_and(m->g, node, graph_not(m->g, refused));
  }
  return BOX_BUDGET;
}

/* An element before this one of the same rule was left open: this one will be, too, unless it is easy. */
static bool given_up(const meaning *m, const diff_output *o) {
  size_t size = strcspn(o->label, "[");
  for (const diff_output *before = m->kind->outputs; before < o; before++)
    if (before->verdict == OUTPUT_UNDECIDED && strcspn(before->label, "[") == size && !strncmp(before->label, o->label, size)) return true;
  return false;
}

static void answer(meaning *m, diff_output *o, size_t at) {
  const question *q = &m->questions[at];
  if (m->found[at]) {
    memcpy(m->point, m->found[at], m->g->n_leaf * sizeof *m->point);
    different(m, o, q);
    return;
  }
  for (size_t i = 0; i < m->n_pool; i++) {
    if (!diff_search_confirms(m->search, &q->pair, m->pool[i])) continue;
    memcpy(m->point, m->pool[i], m->g->n_leaf * sizeof *m->point);
    different(m, o, q);
    return;
  }
  uint64_t budget = m->d->opts->budget ? m->d->opts->budget : BUDGET;
  if (given_up(m, o)) budget /= FEWER;
  diff_asked asked = {m->search, &q->pair};
  search s = {m->g, m->d->engine->alloc, diff_search_test, &asked, q->pair.differs, budget / 200 + SEARCH_BATCH, 0};
  bool cut = false;
  size_t parts = q->pair.output[0] == PPR_NONE ? q->n_parts : 1;
  box_answer a = BOX_NONE;
  for (size_t i = 0; i < parts && a == BOX_NONE; i++) a = solve(m, q, q->parts ? q->parts[i] : q->pair.differs, budget, &cut);
  if (a == BOX_NONE) {
    o->verdict = OUTPUT_EQUAL;
    o->proof = cut ? EQUAL_CONDITIONS : EQUAL_INPUTS;
  } else if (a == BOX_POINT) different(m, o, q);
  else {
    diff_region_usual(m, m->point);
    if (worth_searching(m, q) && search_find(&s, m->point)) different(m, o, q);
    else
      undecided(o, a == BOX_UNKNOWN ? say(m, "beruht auf Zahlen, über die nichts bekannt ist", "rests on numbers nothing is known of")
                                    : say(m, "Schritte aufgebraucht (--budget)", "steps used up (--budget)"));
  }
}

/* ---- results of both texts ---- */

static const char *label_of(const meaning *m, int side, uint32_t output) {
  return program_string(m->program[side], m->e[side]->output[output].label);
}

static diff_output *add_output(meaning *m, const char *label) {
  diff_kind *k = m->kind;
  k->outputs = arena_grow(m->d->arena, k->outputs, k->n_outputs, &k->cap_outputs, k->n_outputs + 1, sizeof *k->outputs);
  if (!k->outputs) {
    m->d->failed = true;
    return NULL;
  }
  k->outputs[k->n_outputs] = (diff_output){.label = own(m, label), .reason = ""};
  return &k->outputs[k->n_outputs++];
}

/* The output of the other side with the label and the same place among those of that label; NONE: there is none. */
static uint32_t partner(const meaning *m, int side, uint32_t output) {
  const char *label = label_of(m, side, output);
  uint32_t nth = 0;
  for (uint32_t i = 0; i < output; i++) nth += !strcmp(label_of(m, side, i), label);
  for (uint32_t i = 0; i < m->e[1 - side]->n_output; i++)
    if (!strcmp(label_of(m, 1 - side, i), label) && nth-- == 0) return i;
  return PPR_NONE;
}

static bool prepare(meaning *m) {
  size_t most = (size_t)m->e[1]->n_output + 2;
  m->questions = arena_array(m->arena, most, sizeof *m->questions);
  m->found = arena_array(m->arena, most, sizeof *m->found);
  m->point = arena_array(m->arena, m->g->n_leaf + 1, sizeof *m->point);
  m->steps = diff_steps_new(m->d, m->arena, m->g, m->code);
  return m->questions && m->found && m->point && m->steps;
}

static void explore(meaning *m) {
  const diff_pair **pairs = arena_array(m->arena, m->n_open + 1, sizeof *pairs);
  for (size_t i = 0; pairs && i < m->n_open; i++) pairs[i] = &m->questions[i].pair;
  m->d->failed = m->d->failed || !pairs || !diff_search_explore(m->search, pairs, m->n_open, m->found);
}

static void compare_outputs(meaning *m) {
  diff_output *o = add_output(m, say(m, "(ohne Ergebnis)", "(no results)"));
  question q = {{{PPR_NONE, PPR_NONE}, 0}, NULL, 0};
  if (o) pose(m, o, &q);
  for (uint32_t i = 0; i < m->e[1]->n_output && !m->d->failed; i++) {
    if (!(o = add_output(m, label_of(m, 1, i)))) return;
    q = (question){{{partner(m, 1, i), i}, 0}, NULL, 0};
    if (q.pair.output[0] == PPR_NONE) o->verdict = OUTPUT_ADDED;
    else pose(m, o, &q);
  }
  for (uint32_t i = 0; i < m->e[0]->n_output && !m->d->failed; i++) {
    if (partner(m, 0, i) != PPR_NONE) continue;
    if ((o = add_output(m, label_of(m, 0, i)))) o->verdict = OUTPUT_REMOVED;
  }
  if (m->g->failed) m->d->failed = true;
  m->admitted = admission(m);
  explore(m);
  diff_kind *k = m->kind;
  for (size_t i = 0, at = 0; i < k->n_outputs && !m->d->failed; i++) {
    if (k->outputs[i].verdict == OUTPUT_UNDECIDED && !*k->outputs[i].reason) answer(m, &k->outputs[i], at++);
    if (arena_failed(m->arena)) m->d->failed = true;
    k->counts[k->outputs[i].verdict]++;
  }
}

/* ---- one kind of record ---- */

static const char *no_quarter(const meaning *m) {
  return say(m, "einer der Texte sagt für dieses Quartal nichts", "one of the texts says nothing for this quarter");
}

static bool covers(const meaning *m, int side) {
  return quarter_first_day(m->d->quarter) >= m->e[side]->from_day && quarter_first_day(m->d->quarter) <= m->e[side]->until_day;
}

static void compare_programs(meaning *m) {
  const int64_t quarters[2] = {m->d->quarter, m->d->quarter};
  for (int s = 0; s < 2; s++) m->e[s] = &m->program[s]->editions[0];
  const char *reason = covers(m, 0) && covers(m, 1) ? inputs_differ(m) : no_quarter(m);
  if (reason) {
    m->kind->reason = reason;
    return;
  }
  part_readings(m);
  bool some = true;
  m->g = graph_new(m->arena, m->d->engine->natives);
  for (int s = 0; s < 2 && m->g && some; s++) some = graph_add(m->g, &m->code[s], m->program[s], 0, quarters);
  if (!m->g || m->g->failed) {
    m->d->failed = true;
    return;
  }
  if (!some) {
    m->kind->reason = say(m, "kein Datensatz ist unter beiden Texten zulässig", "no record is allowed by both texts");
    return;
  }
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = 1;
  opts.keep = 1;
  for (int s = 0; s < 2; s++) {
    refusals(m, s);
    if (ppr_evaluator_new(&m->evaluator[s], m->program[s], 0, &opts) != PPR_OK) m->d->failed = true;
  }
  if (!(m->search = diff_search_new(m->arena, m->d->engine->alloc, m->g, m->code)) || !prepare(m)) m->d->failed = true;
  if (!m->d->failed) compare_outputs(m);
}

static void compare_kind(diffing *d, diff_kind *kind) {
  meaning m = {.d = d, .kind = kind, .arena = arena_new(d->engine->alloc)};
  for (int s = 0; s < 2 && !d->failed; s++) m.program[s] = diff_program(d, d->side[s].text, NULL, 0, kind->record);
  if (!m.arena) d->failed = true;
  else if (m.program[0] && m.program[1]) compare_programs(&m);
  else if (!d->failed) kind->reason = no_quarter(&m);
  diff_search_free(m.search);
  for (int s = 0; s < 2; s++) {
    ppr_evaluator_free(m.evaluator[s]);
    ppr_program_free(m.program[s]);
  }
  arena_free(m.arena);
}

void diff_meanings(diffing *d) {
  size_t n = 0;
  while (diff_kind_name(d->side[1].text, n)) n++;
  d->kinds = arena_array(d->arena, n + 1, sizeof *d->kinds);
  if (!d->kinds) d->failed = true;
  for (size_t i = 0; i < n && !d->failed; i++) {
    const char *record = diff_kind_name(d->side[1].text, i), *old = NULL;
    for (size_t k = 0; !old && diff_kind_name(d->side[0].text, k); k++)
      if (!strcmp(diff_kind_name(d->side[0].text, k), record)) old = record;
    if (!old || (d->opts->record && strcmp(d->opts->record, record))) continue; /* the structure tells of new kinds */
    char quarter[16];
    quarter_print(quarter, d->quarter);
    d->kinds[d->n_kinds] = (diff_kind){.record = record, .quarter = arena_printf(d->arena, "%s", quarter), .reason = ""};
    compare_kind(d, &d->kinds[d->n_kinds++]);
  }
}
