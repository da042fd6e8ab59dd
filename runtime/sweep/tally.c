/* Counting: records fall into leaves (a value of every group), at the end of a run leaves are added up to cells; see tally.h. */
#include "sweep/tally.h"
#include "base/arena.h"
#include <string.h>

const uint8_t tally_percent[TALLY_RANKS] = {0, 5, 10, 25, 50, 75, 90, 95, 100};

/* Places below are states: value of a group that has none. No number is so small. */
#define NO_STATE (INT64_MIN + 256)

enum { VIEWS = 1 + TALLY_GROUPS + TALLY_GROUPS * (TALLY_GROUPS - 1) / 2 + 1 };

typedef struct counter {
  uint64_t yes, no, absent, gained, lost;
  ppr_wide sum;
} counter;

typedef struct number {
  int64_t value;
  uint32_t leaf;
} number;

/* The values of one SPREAD in a slot. */
typedef struct numbers {
  number *at;
  size_t n, cap;
} numbers;

/* The cells of some groups. */
typedef struct view {
  uint32_t groups; /* a bit per group */
  textmap cell_of; /* its name → cell: members of two Fassungen are the same if they are called the same */
  uint32_t *leaf;  /* per leaf: its cell */
  tally_cell *cells;
  size_t n, cap, cap_leaf;
} view;

typedef struct survey_tally {
  const tally_survey *of;
  textmap leaf_of; /* Fassung and places of all groups → leaf */
  size_t n_leaves;
  view views[VIEWS];
  uint32_t n_views, full; /* full: the view of all groups */
  counter **slots;        /* per slot: [leaf * parts + part] */
  size_t *cap;            /* leaves there is room for */
  numbers *spreads;       /* [slot * parts + part] */
} survey_tally;

/* The leaves of the block an instance saw last. */
typedef struct cache {
  uint32_t edition, first, n;
  const tally_edition *of;
  int64_t places[TALLY_GROUPS][STORE_LANES];
  uint32_t leaf[STORE_LANES];
} cache;

struct tally {
  ppr_arena *arena, *rows_arena;
  ppr_alloc alloc;
  uint32_t slots;
  survey_tally *surveys;
  size_t n_surveys;
  cache **caches;
  size_t n_caches;
  tally_row *rows;
  size_t n_rows, cap_rows;
  tally_cell *fresh;
  size_t n_fresh, cap_fresh;
  ppr_buf text;
  number *sorted, *spare;
  size_t cap_sorted;
  bool failed;
};

/* --- making --- */

static void add_view(survey_tally *s, uint32_t groups, ppr_arena *arena) {
  for (uint32_t i = 0; i < s->n_views; i++)
    if (s->views[i].groups == groups) return;
  s->views[s->n_views].groups = groups;
  textmap_init(&s->views[s->n_views++].cell_of, arena);
}

static bool start_survey(tally *t, survey_tally *s, const tally_survey *of) {
  *s = (survey_tally){.of = of};
  textmap_init(&s->leaf_of, t->arena);
  add_view(s, 0, t->arena);
  for (uint32_t a = 0; a < of->n_groups; a++) add_view(s, 1u << a, t->arena);
  for (uint32_t a = 0; a < of->n_groups; a++)
    for (uint32_t b = a + 1; b < of->n_groups; b++) add_view(s, 1u << a | 1u << b, t->arena);
  uint32_t all = (1u << of->n_groups) - 1;
  add_view(s, all, t->arena);
  while (s->views[s->full].groups != all) s->full++;
  s->slots = arena_array(t->arena, t->slots, sizeof *s->slots);
  s->cap = arena_array(t->arena, t->slots, sizeof *s->cap);
  s->spreads = arena_array(t->arena, (size_t)t->slots * of->n_parts, sizeof *s->spreads);
  return s->slots && s->cap && s->spreads;
}

tally *tally_new(ppr_alloc alloc, const tally_plan *plan, uint32_t slots) {
  ppr_arena *arena = arena_new(alloc), *rows = arena_new(alloc);
  tally *t = arena && rows ? arena_alloc(arena, sizeof *t) : NULL;
  if (!t) {
    arena_free(arena);
    arena_free(rows);
    return NULL;
  }
  *t = (tally){.arena = arena, .rows_arena = rows, .alloc = alloc, .slots = slots, .n_surveys = plan->n_surveys};
  buf_init(&t->text, alloc, (size_t)1 << 20);
  t->surveys = arena_array(arena, plan->n_surveys + 1, sizeof *t->surveys);
  for (size_t i = 0; i < plan->n_surveys && t->surveys; i++)
    if (!start_survey(t, &t->surveys[i], &plan->surveys[i])) t->failed = true;
  if (t->surveys && !t->failed) return t;
  tally_free(t);
  return NULL;
}

void tally_free(tally *t) {
  if (!t) return;
  buf_fini(&t->text);
  arena_free(t->rows_arena);
  arena_free(t->arena);
}

/* --- leaves and cells --- */

static const char *part_value(tally *t, const tally_block *b, const ppr_output *o, int64_t place, bool label) {
  t->text.size = 0;
  if (place < NO_STATE) buf_puts(&t->text, state_word((uint8_t)(place - INT64_MIN)));
  else if (o->kind == PPR_KIND_ENUM && o->enumeration) {
    const ppr_edition *e = b->schema->editions[b->edition].e;
    const ppr_member *m = &e->member[e->enumeration[o->enumeration - 1].first + (uint64_t)place];
    buf_puts(&t->text, schema_str(b->schema, label && m->label ? m->label : m->name));
  } else schema_print(&t->text, b->schema, b->edition, o->kind, o->enumeration, o->scale, place, ',');
  return t->text.failed ? NULL : arena_strndup(t->arena, t->text.data ? t->text.data : "", t->text.size);
}

/* The cell of a view for these places, new if it was never met. By value, not by place: the second member of one Fassung may be the third of another.
 */
static bool find_cell(tally *t, survey_tally *s, view *v, const tally_block *b, const tally_instance *in, const int64_t *places, uint32_t *found) {
  tally_cell c = {.survey = (uint32_t)(s - t->surveys), .groups = v->groups, .cell = ""};
  for (uint32_t g = 0; g < s->of->n_groups; g++) {
    if (!(v->groups >> g & 1)) continue;
    const ppr_output *o = &b->of->edition.output[in->column[g]];
    c.place[g] = places[g];
    c.value[g] = part_value(t, b, o, places[g], false);
    c.label[g] = part_value(t, b, o, places[g], true);
    if (c.value[g]) c.cell = arena_printf(t->arena, "%s%s%s=%s", c.cell, *c.cell ? "; " : "", s->of->parts[g].name, c.value[g]);
    if (!c.cell || !c.value[g] || !c.label[g]) return false;
  }
  *found = textmap_add(&v->cell_of, c.cell, strlen(c.cell), (uint32_t)v->n, NULL);
  if (*found != v->n) return *found != TEXTMAP_NONE;
  v->cells = arena_grow(t->arena, v->cells, v->n, &v->cap, v->n + 1, sizeof *v->cells);
  t->fresh = arena_grow(t->arena, t->fresh, t->n_fresh, &t->cap_fresh, t->n_fresh + 1, sizeof *t->fresh);
  if (!v->cells || !t->fresh) return false;
  v->cells[v->n++] = c;
  t->fresh[t->n_fresh++] = c;
  return true;
}

static bool find_leaf(tally *t, survey_tally *s, const tally_block *b, const tally_instance *in, const int64_t *places, uint32_t *leaf) {
  int64_t key[TALLY_GROUPS + 2] = {(int64_t)(uintptr_t)b->schema, b->edition}; /* of the baseline too, where changes are told */
  for (uint32_t g = 0; g < s->of->n_groups; g++) key[g + 2] = places[g];
  *leaf = textmap_add(&s->leaf_of, (const char *)key, sizeof key, (uint32_t)s->n_leaves, NULL);
  if (*leaf != s->n_leaves) return *leaf != TEXTMAP_NONE;
  for (uint32_t i = 0; i < s->n_views; i++) {
    view *v = &s->views[i];
    v->leaf = arena_grow(t->arena, v->leaf, s->n_leaves, &v->cap_leaf, s->n_leaves + 1, sizeof *v->leaf);
    if (!v->leaf || !find_cell(t, s, v, b, in, places, &v->leaf[s->n_leaves])) return false;
  }
  s->n_leaves++;
  return true;
}

static int64_t place_of(const tally_block *b, uint32_t column, uint32_t record) {
  size_t at = column * b->stride + record;
  return b->states[at] ? INT64_MIN + b->states[at] : b->values[at];
}

static cache *cache_of(tally *t, uint32_t instance) {
  if (instance >= t->n_caches) {
    cache **caches = arena_array(t->arena, (size_t)instance + 16, sizeof *caches);
    if (!caches) return NULL;
    if (t->n_caches) memcpy(caches, t->caches, t->n_caches * sizeof *caches);
    t->caches = caches;
    t->n_caches = (size_t)instance + 16;
  }
  if (!t->caches[instance] && (t->caches[instance] = arena_alloc(t->arena, sizeof(cache)))) t->caches[instance]->n = 0;
  return t->caches[instance];
}

/* The leaf of each record of the block; groups mostly are what they were in the run before. */
static const uint32_t *leaves_of(tally *t, survey_tally *s, const tally_block *b, uint32_t instance) {
  const tally_instance *in = &b->of->instances[instance];
  cache *c = cache_of(t, instance);
  uint32_t groups = s->of->n_groups;
  if (!c) return NULL;
  bool known = c->of == b->of && c->edition == b->edition && c->first == b->first && c->n == b->n;
  for (uint32_t g = 0; g < groups; g++) {
    if (known && b->varies && !b->varies[in->column[g]]) continue;
    for (uint32_t i = 0; i < b->n; i++) {
      int64_t place = place_of(b, in->column[g], i);
      if (known && c->places[g][i] != place) known = false;
      c->places[g][i] = place;
    }
  }
  for (uint32_t i = 0; known && i < b->n; i++) known = !b->fine[i] || c->leaf[i] != PPR_NONE;
  if (known) return c->leaf;
  c->of = b->of, c->edition = b->edition, c->first = b->first, c->n = b->n;
  for (uint32_t i = 0; i < b->n; i++) {
    int64_t places[TALLY_GROUPS];
    bool same = i > 0;
    for (uint32_t g = 0; g < groups; g++) {
      places[g] = c->places[g][i];
      same = same && places[g] == c->places[g][i - 1];
    }
    if (!b->fine[i]) c->leaf[i] = PPR_NONE; /* its groups may mean nothing */
    else if (same && c->leaf[i - 1] != PPR_NONE) c->leaf[i] = c->leaf[i - 1];
    else if (!find_leaf(t, s, b, in, places, &c->leaf[i])) {
      c->n = 0;
      return NULL;
    }
  }
  return c->leaf;
}

/* --- adding --- */

static bool room_for(tally *t, survey_tally *s, uint32_t slot) {
  if (s->cap[slot] >= s->n_leaves) return true;
  size_t parts = s->of->n_parts, cap = s->n_leaves + s->n_leaves / 2 + 8;
  counter *grown = arena_array(t->arena, cap * parts, sizeof *grown);
  if (!grown) return false;
  if (s->cap[slot]) memcpy(grown, s->slots[slot], s->cap[slot] * parts * sizeof *grown);
  s->slots[slot] = grown;
  s->cap[slot] = cap;
  return true;
}

/* What a yes/no was in the baseline: 0, 1, or 2 where that is not known. */
static unsigned before_of(const tally_block *b, const tally_instance *in, uint32_t part, uint32_t record) {
  if (!b->before || in->before == PPR_NONE || b->place[b->first + record] == PPR_NONE) return 2;
  const tally_instance *was = &b->of_before->instances[in->before];
  uint32_t at = b->place[b->first + record];
  if (!b->before->fine[at] || (was->when && b->before->values[(was->when - 1) * b->before->records + at] != 1)) return 2;
  size_t cell = was->column[part] * b->before->records + at;
  return b->before->states[cell] ? 2 : (unsigned)b->before->values[cell];
}

static bool add_part(tally *t, survey_tally *s, uint32_t slot, const tally_block *b, const tally_instance *in, uint32_t part, const uint32_t *leaf,
                     const uint8_t *there) {
  size_t parts = s->of->n_parts;
  counter *counters = s->slots[slot] + part;
  const int64_t *values = b->values + in->column[part] * b->stride;
  const uint8_t *states = b->states + in->column[part] * b->stride;
  bool share = s->of->parts[part].form == PPR_PART_SHARE, spread = s->of->parts[part].form == PPR_PART_SPREAD;
  numbers *list = &s->spreads[slot * parts + part];
  if (spread) {
    list->at = arena_grow(t->arena, list->at, list->n, &list->cap, list->n + b->n, sizeof *list->at);
    if (!list->at) return false;
  }
  for (uint32_t i = 0; i < b->n; i++) {
    if (!there[i]) continue;
    counter *c = &counters[leaf[i] * parts];
    if (states[i]) {
      c->absent++;
      continue;
    }
    if (share) {
      unsigned was = before_of(b, in, part, i);
      c->yes += values[i] == 1;
      c->no += values[i] == 0;
      c->gained += was == 0 && values[i] == 1;
      c->lost += was == 1 && values[i] == 0;
      continue;
    }
    c->yes++;
    c->sum += values[i];
    if (spread) list->at[list->n++] = (number){values[i], leaf[i]};
  }
  return true;
}

bool tally_add(tally *t, uint32_t slot, const tally_block *b) {
  uint8_t there[STORE_LANES];
  for (uint32_t k = 0; k < b->of->n_instances && !t->failed; k++) {
    const tally_instance *in = &b->of->instances[k];
    survey_tally *s = &t->surveys[in->survey];
    const uint32_t *leaf = leaves_of(t, s, b, k);
    if (!leaf || !room_for(t, s, slot)) {
      t->failed = true;
      break;
    }
    for (uint32_t i = 0; i < b->n; i++) there[i] = b->fine[i] && (!in->when || place_of(b, in->when - 1, i) == 1);
    for (uint32_t p = s->of->n_groups; p < s->of->n_parts; p++)
      if (!add_part(t, s, slot, b, in, p, leaf, there)) t->failed = true;
  }
  return !t->failed;
}

const tally_cell *tally_cell_of(tally *t, const tally_block *b, uint32_t instance, uint32_t record) {
  const tally_instance *in = &b->of->instances[instance];
  survey_tally *s = &t->surveys[in->survey];
  int64_t places[TALLY_GROUPS];
  uint32_t leaf;
  for (uint32_t g = 0; g < s->of->n_groups; g++) places[g] = place_of(b, in->column[g], record);
  if (!find_leaf(t, s, b, in, places, &leaf)) return NULL;
  return &s->views[s->full].cells[s->views[s->full].leaf[leaf]];
}

/* --- rolling up --- */

/* By value; radix sort, byte by byte, over the bytes in which values differ. */
static const number *sort_numbers(tally *t, const numbers *list) {
  if (t->cap_sorted < list->n + 1) {
    t->cap_sorted = list->n + list->n / 2 + 1024;
    t->sorted = arena_array(t->arena, t->cap_sorted, sizeof *t->sorted);
    t->spare = arena_array(t->arena, t->cap_sorted, sizeof *t->spare);
    if (!t->sorted || !t->spare) return NULL;
  }
  uint64_t differ = 0;
  for (size_t i = 0; i < list->n; i++) differ |= (uint64_t)list->at[i].value ^ (uint64_t)list->at[0].value;
  const number *from = list->at;
  number *to = t->sorted;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if (!(differ >> shift & 255)) continue;
    uint64_t flip = shift == 56 ? 128 : 0; /* the sign sorts the other way round */
    size_t start[257] = {0};
    for (size_t i = 0; i < list->n; i++) start[(((uint64_t)from[i].value >> shift & 255) ^ flip) + 1]++;
    for (unsigned k = 0; k < 256; k++) start[k + 1] += start[k];
    for (size_t i = 0; i < list->n; i++) to[start[((uint64_t)from[i].value >> shift & 255) ^ flip]++] = from[i];
    from = to;
    to = to == t->sorted ? t->spare : t->sorted;
  }
  return from;
}

static tally_row *new_row(tally *t) {
  t->rows = arena_grow(t->rows_arena, t->rows, t->n_rows, &t->cap_rows, t->n_rows + 1, sizeof *t->rows);
  return t->rows ? &t->rows[t->n_rows++] : NULL;
}

/* The values of each cell in order: those of cell c are out[start[c] … start[c + 1] - 1]. */
static bool by_cell(tally *t, const view *v, const number *sorted, size_t n, int64_t **out, size_t **start) {
  size_t *fill = arena_array(t->rows_arena, v->n + 2, sizeof *fill);
  *out = arena_array(t->rows_arena, n + 1, sizeof **out);
  *start = arena_array(t->rows_arena, v->n + 2, sizeof **start);
  if (!fill || !*out || !*start) return false;
  for (size_t i = 0; i < n; i++) (*start)[v->leaf[sorted[i].leaf] + 1]++;
  for (size_t c = 0; c < v->n; c++) fill[c + 1] = (*start)[c + 1] += (*start)[c];
  for (size_t i = 0; i < n; i++) (*out)[fill[v->leaf[sorted[i].leaf]]++] = sorted[i].value;
  return true;
}

static bool roll_up(tally *t, survey_tally *s, view *v, uint32_t slot, uint32_t part, uint64_t run, const number *sorted) {
  const numbers *list = &s->spreads[slot * s->of->n_parts + part];
  counter *cells = arena_array(t->rows_arena, v->n + 1, sizeof *cells);
  int64_t *values = NULL;
  size_t *start = NULL, leaves = s->cap[slot] < s->n_leaves ? s->cap[slot] : s->n_leaves;
  if (!cells || (sorted && !by_cell(t, v, sorted, list->n, &values, &start))) return false;
  for (size_t l = 0; l < leaves; l++) {
    const counter *from = &s->slots[slot][l * s->of->n_parts + part];
    counter *to = &cells[v->leaf[l]];
    to->yes += from->yes, to->no += from->no, to->absent += from->absent, to->gained += from->gained, to->lost += from->lost;
    to->sum += from->sum;
  }
  for (size_t c = 0; c < v->n; c++) {
    const counter *k = &cells[c];
    if (!(k->yes + k->no + k->absent)) continue;
    tally_row *row = new_row(t);
    if (!row) return false;
    *row = (tally_row){.run = run,
                       .survey = (uint32_t)(s - t->surveys),
                       .part = part,
                       .form = s->of->parts[part].form,
                       .cell = v->cells[c].cell,
                       .yes = k->yes,
                       .no = k->no,
                       .absent = k->absent,
                       .gained = k->gained,
                       .lost = k->lost,
                       .sum = k->sum};
    size_t n = start ? start[c + 1] - start[c] : 0;
    for (int r = 0; n && r < TALLY_RANKS; r++) {
      size_t rank = (n * tally_percent[r] + 99) / 100; /* rounded up; the first one at 0 */
      row->rank[r] = values[start[c] + (rank ? rank - 1 : 0)];
    }
  }
  return true;
}

static bool end_survey(tally *t, survey_tally *s, uint32_t slot, uint64_t run, bool pairs) {
  size_t parts = s->of->n_parts;
  for (uint32_t p = s->of->n_groups; p < parts; p++) {
    numbers *list = &s->spreads[slot * parts + p];
    const number *sorted = s->of->parts[p].form == PPR_PART_SPREAD ? sort_numbers(t, list) : NULL;
    if (list->n && s->of->parts[p].form == PPR_PART_SPREAD && !sorted) return false; /* nothing at all: no Fassung of this scenario asks */
    for (uint32_t i = 0; i < s->n_views; i++) {
      int groups = __builtin_popcount(s->views[i].groups);
      if ((groups <= 1 || (groups == 2 && pairs)) && !roll_up(t, s, &s->views[i], slot, p, run, list->n ? sorted : NULL)) return false;
    }
    list->n = 0;
  }
  if (s->cap[slot]) memset(s->slots[slot], 0, s->cap[slot] * parts * sizeof(counter));
  return true;
}

bool tally_end(tally *t, uint32_t slot, uint64_t run, bool pairs) {
  for (size_t i = 0; i < t->n_surveys && !t->failed; i++)
    if (!end_survey(t, &t->surveys[i], slot, run, pairs)) t->failed = true;
  return !t->failed;
}

const tally_row *tally_rows(const tally *t, size_t *n) {
  *n = t->n_rows;
  return t->rows;
}

const tally_cell *tally_cells(const tally *t, size_t *n) {
  *n = t->n_fresh;
  return t->fresh;
}

void tally_clear(tally *t) {
  arena_clear(t->rows_arena);
  t->rows = NULL;
  t->n_rows = t->cap_rows = 0;
  t->n_fresh = 0;
}

/* --- histograms --- */

static int64_t nice_width(int64_t span) {
  int64_t width = 1;
  for (;;) {
    static const int64_t factor[] = {1, 2, 5};
    for (int i = 0; i < 3; i++)
      if (width * factor[i] >= span) return width * factor[i];
    if (width > INT64_MAX / 100) return width;
    width *= 10;
  }
}

static int64_t floor_to(int64_t value, int64_t width) {
  int64_t rest = value % width;
  return value - (rest < 0 ? rest + width : rest);
}

bool tally_bins(tally *t, uint32_t slot, int64_t *width, void (*fn)(const tally_bin *bin, void *ctx), void *ctx) {
  for (size_t k = 0; k < t->n_surveys; k++) {
    survey_tally *s = &t->surveys[k];
    for (uint32_t p = s->of->n_groups; p < s->of->n_parts; p++) {
      numbers *list = &s->spreads[slot * s->of->n_parts + p];
      int64_t *w = &width[k * TALLY_PARTS + p];
      if (s->of->parts[p].form != PPR_PART_SPREAD || !list->n) continue;
      const number *sorted = sort_numbers(t, list);
      if (!sorted) return false;
      if (!*w) *w = nice_width((sorted[(list->n * 3 - 1) / 4].value - sorted[(list->n - 1) / 4].value) / 20 + 1);
      for (uint32_t i = 0; i < s->n_views; i++) {
        const view *v = &s->views[i];
        int64_t *values;
        size_t *start;
        if (__builtin_popcount(v->groups) > 1) continue;
        if (!by_cell(t, v, sorted, list->n, &values, &start)) return false;
        for (size_t c = 0; c < v->n; c++)
          for (size_t at = start[c]; at < start[c + 1];) {
            tally_bin bin = {(uint32_t)k, p, v->cells[c].cell, floor_to(values[at], *w), 0, 0};
            bin.high = bin.low + *w;
            for (; at < start[c + 1] && values[at] < bin.high; at++) bin.n++;
            fn(&bin, ctx);
          }
      }
    }
  }
  return true;
}
