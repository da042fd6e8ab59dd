/* Regions: the smallest record for each place where the two texts part, with what both say of it. */
#include "diff/diff_meaning.h"
#include "engine.h"
#include "proof/record.h"
#include <string.h>

static const char *own(meaning *m, const char *text) {
  const char *kept = arena_printf(m->d->arena, "%s", text);
  m->d->failed = m->d->failed || !kept;
  return kept ? kept : "";
}

void diff_region_usual(const meaning *m, int64_t *leaves) {
  for (size_t i = 0; i < m->g->n_leaf; i++) leaves[i] = m->g->leaf[i].usual;
}

static const char *output_text(meaning *m, int side, const question *q, const int64_t *leaves) {
  if (!diff_search_run(m->search, leaves, 1)) return "";
  if (q->pair.output[0] == PPR_NONE)
    return diff_search_refused(m->search, side, 0) ? diff_say(m->d, "kein Ergebnis", "no result") : diff_say(m->d, "Ergebnis", "result");
  const ppr_output *o = &m->e[side]->output[q->pair.output[side]];
  uint8_t state;
  int64_t value = diff_search_output(m->search, side, 0, q->pair.output[side], &state);
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt"};
  if (state) return words[state];
  const char *text = record_value(m->d->arena, m->program[side], m->e[side], o->kind, o->enumeration, o->scale, value);
  return text ? text : "";
}

static const char *explanation(meaning *m, int side, const question *q, const int64_t *leaves) {
  const ppr_edition *e = m->e[side];
  int64_t *values = arena_array(m->arena, (size_t)e->n_input + 1, sizeof *values);
  uint8_t *states = arena_array(m->arena, (size_t)e->n_input + 1, 1);
  ppr_column *in = arena_array(m->arena, (size_t)e->n_input + 1, sizeof *in);
  if (!values || !states || !in) return "";
  graph_fill(m->g, &m->code[side], leaves, values, states);
  for (uint32_t i = 0; i < e->n_input; i++) in[i] = (ppr_column){values + i, states + i, NULL};
  size_t which = q->pair.output[side];
  bool all = q->pair.output[0] == PPR_NONE;
  ppr_letter_opts opts = PPR_LETTER_OPTS_INIT;
  opts.language = m->d->opts->language;
  const char *text = "";
  if (!all && e->output[which].inst) ppr_evaluator_explain(m->evaluator[side], in, 0, which, opts.language, PPR_EXPLAIN_SHORT, &text);
  else if (all && diff_search_run(m->search, leaves, 1) && diff_search_faults(m->search, side, 0))
    ppr_evaluator_letter(m->evaluator[side], in, 0, NULL, 0, &opts, &text);
  return own(m, text);
}

static size_t moved_inputs(const meaning *m, const int64_t *leaves) {
  size_t n = 0;
  for (size_t i = 0; i < m->g->n_leaf; i++) n += leaves[i] != m->g->leaf[i].usual;
  return n;
}

static void fill_region(meaning *m, diff_region *r, const char *label, const question *q, const int64_t *leaves) {
  const ppr_edition *e = m->e[1];
  int64_t *values = arena_array(m->arena, (size_t)e->n_input + 1, sizeof *values);
  uint8_t *states = arena_array(m->arena, (size_t)e->n_input + 1, 1);
  if (!values || !states) {
    m->d->failed = true;
    return;
  }
  graph_fill(m->g, &m->code[1], leaves, values, states);
  r->output = label;
  r->old_value = output_text(m, 0, q, leaves);
  r->new_value = output_text(m, 1, q, leaves);
  r->moved = moved_inputs(m, leaves);
  r->tables = record_tables(m->d->arena, m->program[1], e, values, states, &r->n_tables);
  for (size_t i = 0; r->tables && i < r->n_tables; i++) ((ppr_proof_table *)(uintptr_t)r->tables)[i].name = own(m, r->tables[i].name);
  r->readings = record_readings(m->d->arena, m->program[1], e, values, &r->n_readings);
  r->parameters = record_parameters(m->d->arena, m->program[1], e, values, &r->n_parameters);
  r->key = record_key(m->d->arena, m->program[1], e, values);
  r->old_text = explanation(m, 0, q, leaves);
  r->new_text = explanation(m, 1, q, leaves);
  m->d->failed = m->d->failed || !r->tables || !r->readings || !r->parameters || !r->key;
}

static bool same_place(const diff_region *r, const diff_step *step, const size_t *through, size_t n) {
  if (n || r->n_through) return n == r->n_through && !memcmp(r->through, through, n * sizeof *through);
  return !strcmp(r->step.rule, step->rule);
}

static uint32_t region_of(const diff_kind *k, const diff_step *step, const size_t *through, size_t n) {
  for (size_t i = 0; i < k->n_regions; i++)
    if (same_place(&k->regions[i], step, through, n)) return (uint32_t)i;
  return PPR_NONE;
}

/* Many inputs at once to their usual values, then each. */
static void shrink(meaning *m, const question *q, int64_t *leaves) {
  size_t n = m->g->n_leaf;
  int64_t *kept = arena_array(m->arena, n + 1, sizeof *kept);
  if (!kept) return;
  for (size_t width = n; width > 1; width = (width + 1) / 2) {
    for (size_t from = 0; from < n; from += width) {
      size_t until = from + width < n ? from + width : n;
      memcpy(kept, leaves, n * sizeof *kept);
      for (size_t i = from; i < until; i++) leaves[i] = m->g->leaf[i].usual;
      if (!diff_search_confirms(m->search, &q->pair, leaves)) memcpy(leaves, kept, n * sizeof *kept);
    }
    if (width == 2) break;
  }
  diff_asked asked = {m->search, &q->pair};
  search s = {m->g, m->d->engine->alloc, diff_search_test, &asked, q->pair.differs, 0, 0};
  search_shrink(&s, leaves);
}

uint32_t diff_region_place(meaning *m, const char *label, const question *q, int64_t *leaves) {
  diff_kind *k = m->kind;
  for (bool small = false;; small = true) {
    size_t n = 0;
    diff_step step;
    const size_t *through = diff_step_find(m->steps, label, q->pair.output, leaves, &step, &n);
    if (!through) return PPR_NONE;
    uint32_t found = region_of(k, &step, through, n);
    if (found != PPR_NONE) return found;
    if (!small) {
      shrink(m, q, leaves);
      continue;
    }
    k->regions = arena_grow(m->d->arena, k->regions, k->n_regions, &k->cap_regions, k->n_regions + 1, sizeof *k->regions);
    if (!k->regions) return PPR_NONE;
    diff_region *r = &k->regions[k->n_regions];
    *r = (diff_region){.step = step, .through = through, .n_through = n};
    fill_region(m, r, label, q, leaves);
    if (m->n_pool < DIFF_POOL && (m->pool[m->n_pool] = arena_array(m->arena, m->g->n_leaf + 1, sizeof *leaves)))
      memcpy(m->pool[m->n_pool++], leaves, m->g->n_leaf * sizeof *leaves);
    return (uint32_t)k->n_regions++;
  }
}
