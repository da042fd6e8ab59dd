/* Meaning: every result of two texts proved equal for all records, or a smallest record for which it is not. Both texts become one graph; what is one
 * node is the same. Results are compared as they come without other readings being chosen where the two texts do not offer the same ones. */
#include "base/quarter.h"
#include "code/program.h"
#include "diff/diff_step.h"
#include "engine.h"
#include "proof/box.h"
#include "proof/record.h"
#include "proof/search.h"
#include <stdlib.h>
#include <string.h>

enum { POOL = 64, BATCHES = 24, BASES = 8, REFUSED = 12 /* refused records looked past */ };
static const uint64_t BUDGET = 400000;
static const size_t SEARCHED = 1000000; /* inputs times nodes a search along inputs is worth */

/* A result both texts have, or that there is none. */
typedef struct question {
  uint32_t output[2]; /* NONE both: the record has no results */
  node_id differs;
  node_id *parts; /* of NONE: refusals one text alone has */
  size_t n_parts;
} question;

typedef struct meaning {
  diffing *d;
  diff_kind *kind;
  ppr_arena *arena;
  ppr_program *program[2];
  const ppr_edition *e[2];
  graph *g;
  graph_program code[2];
  search_machine *machine[2];
  ppr_evaluator *evaluator[2];
  node_id *refusal[2];
  size_t n_refusal[2];
  diff_steps *steps;
  int64_t *pool[POOL]; /* records that showed a difference */
  size_t n_pool;
  int64_t *point;
  const question *asked;   /* by the search */
  question *questions;     /* of the results not proved equal by form */
  int64_t **found;         /* records that show a difference, NULL: none yet */
  int64_t *(*base)[BASES]; /* records with results to start a search from */
  size_t n_open;
  uint64_t random;
} meaning;

static const char *say(const meaning *m, const char *de, const char *en) { return m->d->opts->language == PPR_ENGLISH ? en : de; }

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
  if (q->output[0] == PPR_NONE) {
    own_refusals(m, q);
    q->differs = q->n_parts ? q->parts[0] : graph_const(g, 0);
    return true;
  }
  const ppr_output *a = &m->e[0]->output[q->output[0]], *b = &m->e[1]->output[q->output[1]];
  bool numbers = (a->kind == PPR_KIND_NUMBER || a->kind == PPR_KIND_PERCENT);
  if (a->kind != b->kind) return false;
  if (a->enumeration && b->enumeration) {
    ppr_field f = {.enumeration = a->enumeration}, h = {.enumeration = b->enumeration};
    if (!same_members(m, &f, &h, true)) return false;
  }
  uint32_t scale = a->scale > b->scale ? a->scale : b->scale;
  node_id x = node_of(m, 0, q->output[0]), y = node_of(m, 1, q->output[1]);
  if (numbers) x = scaled(m, x, a->scale, scale), y = scaled(m, y, b->scale, scale);
  node_id s = state_of(m, 0, q->output[0]), t = state_of(m, 1, q->output[1]);
  node_id same_state = graph_eq(g, s, t), present = graph_eq(g, s, graph_const(g, PPR_PRESENT));
  q->differs = graph_or(g, graph_not(g, same_state), graph_and(g, present, graph_not(g, graph_eq(g, x, y))));
  return true;
}

/* ---- the machine on both texts ---- */

static bool refused_by(const meaning *m, int side, size_t record) {
  if (search_fault(m->machine[side], record).code) return true;
  for (uint32_t i = 0; i < m->e[side]->n_check; i++) {
    uint8_t state;
    if (m->e[side]->check[i].severity == 0 && search_output(m->machine[side], record, m->e[side]->check[i].output, &state) && !state) return true;
  }
  return false;
}

static bool shows(const meaning *m, const question *q, size_t record) {
  bool a = refused_by(m, 0, record), b = refused_by(m, 1, record);
  if (q->output[0] == PPR_NONE) return a != b;
  if (a || b) return false;
  uint8_t s, t;
  int64_t x = search_output(m->machine[0], record, q->output[0], &s), y = search_output(m->machine[1], record, q->output[1], &t);
  if (s != t) return true;
  const ppr_output *o = &m->e[0]->output[q->output[0]], *p = &m->e[1]->output[q->output[1]];
  ppr_wide v = x, w = y;
  for (uint32_t i = o->scale; i < p->scale; i++) v *= 10;
  for (uint32_t i = p->scale; i < o->scale; i++) w *= 10;
  return s == PPR_PRESENT && v != w;
}

static bool test(void *ctx, const int64_t *leaves, size_t n, bool *hit) {
  const meaning *m = ctx;
  if (!search_evaluate(m->machine[0], leaves, n) || !search_evaluate(m->machine[1], leaves, n)) return false;
  for (size_t i = 0; i < n; i++) hit[i] = shows(m, m->asked, i);
  return true;
}

static bool confirmed(meaning *m, const int64_t *leaves) {
  bool hit[SEARCH_BATCH] = {false};
  return test(m, leaves, 1, hit) && hit[0];
}

/* ---- witnesses ---- */

static void usual(meaning *m, int64_t *leaves) {
  for (size_t i = 0; i < m->g->n_leaf; i++) leaves[i] = m->g->leaf[i].usual;
}

static const char *output_text(meaning *m, int side, const question *q, const int64_t *leaves) {
  if (!search_evaluate(m->machine[side], leaves, 1)) return "";
  if (q->output[0] == PPR_NONE) return refused_by(m, side, 0) ? say(m, "kein Ergebnis", "no result") : say(m, "Ergebnis", "result");
  const ppr_output *o = &m->e[side]->output[q->output[side]];
  uint8_t state;
  int64_t value = search_output(m->machine[side], 0, q->output[side], &state);
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
  size_t which = q->output[side];
  bool all = q->output[0] == PPR_NONE;
  ppr_letter_opts opts = PPR_LETTER_OPTS_INIT;
  opts.language = m->d->opts->language;
  const char *text = "";
  if (!all && e->output[which].inst) ppr_evaluator_explain(m->evaluator[side], in, 0, which, opts.language, PPR_EXPLAIN_SHORT, &text);
  else if (all && search_evaluate(m->machine[side], leaves, 1) && search_fault(m->machine[side], 0).code)
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
  r->key = record_key(m->d->arena, m->program[1], e, values);
  r->old_text = explanation(m, 0, q, leaves);
  r->new_text = explanation(m, 1, q, leaves);
  m->d->failed = m->d->failed || !r->tables || !r->readings || !r->key;
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
  m->asked = q;
  for (size_t width = n; width > 1; width = (width + 1) / 2) {
    for (size_t from = 0; from < n; from += width) {
      size_t until = from + width < n ? from + width : n;
      memcpy(kept, leaves, n * sizeof *kept);
      for (size_t i = from; i < until; i++) leaves[i] = m->g->leaf[i].usual;
      if (!confirmed(m, leaves)) memcpy(leaves, kept, n * sizeof *kept);
    }
    if (width == 2) break;
  }
  search s = {m->g, m->d->engine->alloc, test, m, q->differs, 0, 0};
  search_shrink(&s, leaves);
}

/* The region of a record that shows the difference; made when it is the first. */
static uint32_t place(meaning *m, const char *label, const question *q, int64_t *leaves, bool small) {
  diff_kind *k = m->kind;
  for (;; small = true) {
    size_t n = 0;
    diff_step step;
    const size_t *through = diff_step_find(m->steps, label, q->output, leaves, &step, &n);
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
    if (m->n_pool < POOL && (m->pool[m->n_pool] = arena_array(m->arena, m->g->n_leaf + 1, sizeof *leaves)))
      memcpy(m->pool[m->n_pool++], leaves, m->g->n_leaf * sizeof *leaves);
    return (uint32_t)k->n_regions++;
  }
}

/* ---- records that show much ---- */

static uint64_t next_random(meaning *m) {
  m->random ^= m->random << 13;
  m->random ^= m->random >> 7;
  m->random ^= m->random << 17;
  return m->random;
}

static int64_t draw(meaning *m, const graph_leaf *l) {
  uint64_t width = (uint64_t)l->hi - (uint64_t)l->lo, r = next_random(m), v = next_random(m);
  if (r % 16 == 0) return l->hi;
  if (r % 16 == 1) return l->lo;
  if (r % 16 < 12) v >>= next_random(m) % 64; /* small ones as often as large ones */
  return (int64_t)((uint64_t)l->lo + (width == UINT64_MAX ? v : v % (width + 1)));
}

/* What a result says, as far as it turns: a yes/no and its state, of others the state alone. */
typedef struct saying {
  int64_t value;
  uint8_t state;
} saying;

static saying says(const meaning *m, const question *q, int side, size_t record) {
  saying x;
  x.value = search_output(m->machine[side], record, q->output[side], &x.state);
  if (x.state || m->e[side]->output[q->output[side]].kind != PPR_KIND_BOOL) x.value = 0;
  return x;
}

static bool alike(saying x, saying y) { return x.value == y.value && x.state == y.state; }

/* The result turns along an input of the record in m->point: where it turns under one text, it may not yet have turned under the other. */
static bool turn(meaning *m, const question *q, uint32_t leaf, const saying *first) {
  int64_t lo = m->g->leaf[leaf].lo, hi = m->g->leaf[leaf].hi, held = m->point[leaf];
  while (hi - lo > 1) {
    int64_t mid = lo + (hi - lo) / 2;
    m->point[leaf] = mid;
    if (confirmed(m, m->point)) return true;
    if (alike(says(m, q, 0, 0), first[0]) && alike(says(m, q, 1, 0), first[1])) lo = mid;
    else hi = mid;
  }
  m->point[leaf] = held;
  return false;
}

/* From a record along some inputs: both ends of each at once, then between them where the result is another at the other end. */
static bool along(meaning *m, const question *q, const int64_t *base, const uint32_t *leaf, size_t count, int64_t *batch) {
  size_t n = m->g->n_leaf;
  bool hit[SEARCH_BATCH] = {false}, turned[SEARCH_BATCH / 2];
  saying first[SEARCH_BATCH / 2][2];
  for (size_t i = 0; i < 2 * count; i++) {
    memcpy(batch + i * n, base, n * sizeof *base);
    batch[i * n + leaf[i / 2]] = i % 2 ? m->g->leaf[leaf[i / 2]].hi : m->g->leaf[leaf[i / 2]].lo;
  }
  if (!test(m, batch, 2 * count, hit)) return false;
  for (size_t i = 0; i < 2 * count; i++) {
    if (!hit[i]) continue;
    memcpy(m->point, batch + i * n, n * sizeof *base);
    return true;
  }
  for (size_t i = 0; i < count; i++) {
    turned[i] = false;
    for (int s = 0; s < 2; s++) {
      first[i][s] = says(m, q, s, 2 * i);
      turned[i] = turned[i] || !alike(first[i][s], says(m, q, s, 2 * i + 1));
    }
  }
  memcpy(m->point, base, n * sizeof *base);
  for (size_t i = 0; i < count; i++)
    if (turned[i] && turn(m, q, leaf[i], first[i])) return true;
  return false;
}

/* From records the samples kept, along every input the result rests on. */
static bool follow(meaning *m, size_t at) {
  const question *q = &m->questions[at];
  size_t n, leaves = 0;
  node_id *cone = graph_cone(m->g, m->arena, &q->differs, 1, &n);
  uint32_t *leaf = arena_array(m->arena, n + 1, sizeof *leaf);
  int64_t *batch = arena_array(m->arena, m->g->n_leaf + 1, SEARCH_BATCH * sizeof *batch);
  if (!cone || !leaf || !batch || q->output[0] == PPR_NONE) return false;
  for (size_t i = 0; i < n; i++)
    if (m->g->node[cone[i]].op == NODE_LEAF) leaf[leaves++] = m->g->node[cone[i]].extra;
  for (int b = 0; b < BASES; b++)
    for (size_t i = 0; m->base[at][b] && i < leaves; i += SEARCH_BATCH / 2)
      if (along(m, q, m->base[at][b], leaf + i, leaves - i < SEARCH_BATCH / 2 ? leaves - i : SEARCH_BATCH / 2, batch)) return true;
  return false;
}

/* Keeps some records with results, half of them saying what the others do not. */
static void keep_base(meaning *m, size_t at, const int64_t *leaves, size_t record) {
  const question *q = &m->questions[at];
  if (q->output[0] == PPR_NONE || refused_by(m, 0, record) || refused_by(m, 1, record)) return;
  saying x = says(m, q, 0, record);
  int half = x.value || x.state > PPR_FEHLT ? BASES / 2 : 0, b = half;
  while (b < half + BASES / 2 && m->base[at][b]) b++;
  if (b == half + BASES / 2) return;
  if (!(m->base[at][b] = arena_array(m->arena, m->g->n_leaf + 1, sizeof *leaves))) m->d->failed = true;
  else memcpy(m->base[at][b], leaves, m->g->n_leaf * sizeof *leaves);
}

/* Records with few and with many unusual inputs, the same ones always; one run of both machines serves all results. */
static void sample(meaning *m) {
  size_t n = m->g->n_leaf;
  int64_t *batch = arena_array(m->arena, n + 1, SEARCH_BATCH * sizeof *batch);
  if (!batch) {
    m->d->failed = true;
    return;
  }
  m->random = UINT64_C(0x9e3779b97f4a7c15);
  for (int k = 0; k < BATCHES && !m->d->failed; k++) {
    for (size_t i = 0; i < SEARCH_BATCH; i++) {
      uint64_t one_in = UINT64_C(1) << i % 8;
      for (size_t leaf = 0; leaf < n; leaf++) batch[i * n + leaf] = next_random(m) % one_in ? m->g->leaf[leaf].usual : draw(m, &m->g->leaf[leaf]);
    }
    if (!search_evaluate(m->machine[0], batch, SEARCH_BATCH) || !search_evaluate(m->machine[1], batch, SEARCH_BATCH)) m->d->failed = true;
    for (size_t o = 0; o < m->n_open && !m->d->failed; o++) {
      for (size_t i = 0; i < SEARCH_BATCH && !m->found[o]; i++) {
        if (!shows(m, &m->questions[o], i)) {
          keep_base(m, o, batch + i * n, i);
          continue;
        }
        if (!(m->found[o] = arena_array(m->arena, n + 1, sizeof *batch))) m->d->failed = true;
        else memcpy(m->found[o], batch + i * n, n * sizeof *batch);
      }
    }
  }
}

/* ---- answers ---- */

static void undecided(diff_output *o, const char *reason) {
  o->verdict = OUTPUT_UNDECIDED;
  o->reason = reason;
}

static void different(meaning *m, diff_output *o, const question *q) {
  o->verdict = OUTPUT_DIFFERENT;
  o->region = place(m, o->label, q, m->point, false);
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
  if (graph_is(m->g, q->differs, 0)) return;
  o->verdict = OUTPUT_UNDECIDED;
  m->questions[m->n_open++] = *q;
}

static bool worth_searching(meaning *m, const question *q) {
  size_t n;
  node_id *cone = graph_cone(m->g, m->arena, &q->differs, 1, &n);
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

/* A confirmed record for which the node is 1, or that there is none. Where a text refuses the record found, records without that refusal are asked
 * for: that none of these is left proves that the difference never shows. */
static box_answer solve(meaning *m, const question *q, node_id node, uint64_t budget, bool *cut) {
  for (int i = 0; i < REFUSED; i++) {
    usual(m, m->point);
    box_result r = box_decide(m->g, m->d->engine->alloc, node, budget, m->point);
    *cut = *cut || r.cut;
    if (r.answer != BOX_POINT || confirmed(m, m->point)) return r.answer;
    node_id refused = refusal_at(m, m->point);
    if (graph_is(m->g, refused, 0) || q->output[0] == PPR_NONE) return BOX_BUDGET;
    node = graph_and(m->g, node, graph_not(m->g, refused));
  }
  return BOX_BUDGET;
}

static void answer(meaning *m, diff_output *o, size_t at) {
  const question *q = &m->questions[at];
  m->asked = q;
  if (m->found[at]) {
    memcpy(m->point, m->found[at], m->g->n_leaf * sizeof *m->point);
    different(m, o, q);
    return;
  }
  for (size_t i = 0; i < m->n_pool; i++) {
    if (!confirmed(m, m->pool[i])) continue;
    memcpy(m->point, m->pool[i], m->g->n_leaf * sizeof *m->point);
    different(m, o, q);
    return;
  }
  if (follow(m, at)) {
    different(m, o, q);
    return;
  }
  uint64_t budget = m->d->opts->budget ? m->d->opts->budget : BUDGET;
  search s = {m->g, m->d->engine->alloc, test, m, q->differs, budget / 200 + SEARCH_BATCH, 0};
  bool cut = false;
  size_t parts = q->output[0] == PPR_NONE ? q->n_parts : 1;
  box_answer a = BOX_NONE;
  for (size_t i = 0; i < parts && a == BOX_NONE; i++) a = solve(m, q, q->parts ? q->parts[i] : q->differs, budget, &cut);
  if (a == BOX_NONE) {
    o->verdict = OUTPUT_EQUAL;
    o->proof = cut ? EQUAL_CONDITIONS : EQUAL_INPUTS;
  } else if (a == BOX_POINT) different(m, o, q);
  else {
    usual(m, m->point);
    usual(m, m->point);
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
  m->base = arena_array(m->arena, most, sizeof *m->base);
  m->point = arena_array(m->arena, m->g->n_leaf + 1, sizeof *m->point);
  m->steps = diff_steps_new(m->d, m->arena, m->g, m->code);
  return m->questions && m->found && m->base && m->point && m->steps;
}

static void compare_outputs(meaning *m) {
  diff_output *o = add_output(m, say(m, "(ohne Ergebnis)", "(no results)"));
  question q = {{PPR_NONE, PPR_NONE}, 0, NULL, 0};
  if (o) pose(m, o, &q);
  for (uint32_t i = 0; i < m->e[1]->n_output && !m->d->failed; i++) {
    if (!(o = add_output(m, label_of(m, 1, i)))) return;
    q = (question){{partner(m, 1, i), i}, 0, NULL, 0};
    if (q.output[0] == PPR_NONE) o->verdict = OUTPUT_ADDED;
    else pose(m, o, &q);
  }
  for (uint32_t i = 0; i < m->e[0]->n_output && !m->d->failed; i++) {
    if (partner(m, 0, i) != PPR_NONE) continue;
    if ((o = add_output(m, label_of(m, 0, i)))) o->verdict = OUTPUT_REMOVED;
  }
  if (m->g->failed) m->d->failed = true;
  if (!m->d->failed) sample(m);
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
    if (search_machine_new(&m->machine[s], m->d->engine->alloc, m->g, &m->code[s]) != PPR_OK ||
        ppr_evaluator_new(&m->evaluator[s], m->program[s], 0, &opts) != PPR_OK)
      m->d->failed = true;
  }
  if (!prepare(m)) m->d->failed = true;
  if (!m->d->failed) compare_outputs(m);
}

static void compare_kind(diffing *d, diff_kind *kind) {
  meaning m = {.d = d, .kind = kind, .arena = arena_new(d->engine->alloc)};
  for (int s = 0; s < 2 && !d->failed; s++) m.program[s] = diff_program(d, d->side[s].text, NULL, 0, kind->record);
  if (!m.arena) d->failed = true;
  else if (m.program[0] && m.program[1]) compare_programs(&m);
  else if (!d->failed) kind->reason = no_quarter(&m);
  for (int s = 0; s < 2; s++) {
    search_machine_free(m.machine[s]);
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
