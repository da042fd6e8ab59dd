/* Records that show a difference. Drawn ones first; those that said something new are kept and varied, in one input or all elements of one; where a
 * result is another than before the variation, the line between the two records is halved down to where it turns: where it turns under one text, it
 * may not have turned under the other. One run of both machines serves all results. */
#include "diff/diff_search.h"
#include <string.h>

enum {
  DRAWN = 24,   /* batches of records drawn without looking at others */
  ROUNDS = 400, /* of varying and halving */
  PATIENCE = 16 /* rounds without a find */
};
enum { KEPT = 1024, MOVES = 3 };

struct diff_search {
  ppr_arena *arena;
  const graph *g;
  const graph_program *code;
  search_machine *machine[2];
  uint32_t *field_of;       /* per leaf */
  uint32_t *member, *field; /* leaves by field: those of field f are member[field[f]] .. member[field[f + 1] - 1] */
  size_t n_field;
  uint64_t random;
  /* What the texts say of a record, as words: first whether it is refused, then a word per output; old text, new text. */
  size_t n_word[2], n_words;
  uint8_t *said;  /* of the batch, by record */
  uint16_t *seen; /* per word: which values came */
  int64_t *kept[KEPT];
  uint8_t *kept_said[KEPT];
  size_t n_kept;
  size_t shows[KEPT], n_shows; /* those of the kept that show a difference */
  int64_t *batch, *near, *far; /* SEARCH_BATCH records each */
  size_t *parent, *watch;      /* of a varied record: index in kept; of a line: the word that turns */
  uint8_t *value;              /* of the word at the near end */
  const diff_pair *const *pairs;
  int64_t **found;
  size_t n_pairs, n_open;
  uint32_t **input; /* per pair: the fields it rests on */
  size_t *n_input;
};

/* ---- both machines ---- */

static uint32_t group_leaves(diff_search *s) {
  const graph *g = s->g;
  uint32_t fields = 0;
  uint32_t *of = s->field_of = arena_array(s->arena, g->n_leaf + 1, sizeof *of);
  for (uint32_t i = 0; of && i < g->n_leaf; i++) {
    size_t size = strcspn(g->leaf[i].label, "[");
    uint32_t k = 0;
    while (k < i && (strcspn(g->leaf[k].label, "[") != size || strncmp(g->leaf[k].label, g->leaf[i].label, size) != 0)) k++;
    of[i] = k < i ? of[k] : fields++;
  }
  s->member = arena_array(s->arena, g->n_leaf + 1, sizeof *s->member);
  s->field = arena_array(s->arena, (size_t)fields + 2, sizeof *s->field);
  uint32_t n = 0;
  for (uint32_t f = 0; of && s->member && s->field && f < fields; f++) {
    for (uint32_t i = 0; i < g->n_leaf; i++)
      if (of[i] == f) s->member[n++] = i;
    s->field[f + 1] = n;
  }
  return fields;
}

diff_search *diff_search_new(ppr_arena *arena, ppr_alloc alloc, const graph *g, const graph_program *code) {
  diff_search *s = arena_alloc(arena, sizeof *s);
  if (!s) return NULL;
  *s = (diff_search){.arena = arena, .g = g, .code = code, .random = UINT64_C(0x9e3779b97f4a7c15)};
  for (int side = 0; side < 2; side++) s->n_words += s->n_word[side] = (size_t)code[side].edition->n_output + 1;
  s->n_field = group_leaves(s);
  s->said = arena_array(arena, s->n_words, SEARCH_BATCH);
  s->seen = arena_array(arena, s->n_words, sizeof *s->seen);
  s->batch = arena_array(arena, g->n_leaf + 1, SEARCH_BATCH * sizeof *s->batch);
  s->near = arena_array(arena, g->n_leaf + 1, SEARCH_BATCH * sizeof *s->near);
  s->far = arena_array(arena, g->n_leaf + 1, SEARCH_BATCH * sizeof *s->far);
  s->parent = arena_array(arena, SEARCH_BATCH, sizeof *s->parent);
  s->watch = arena_array(arena, SEARCH_BATCH, sizeof *s->watch);
  s->value = arena_array(arena, SEARCH_BATCH, 1);
  for (int side = 0; side < 2 && !arena_failed(arena); side++)
    if (search_machine_new(&s->machine[side], alloc, g, &code[side]) == PPR_OK && side == 1) return s;
  diff_search_free(s);
  return NULL;
}

void diff_search_free(diff_search *s) {
  for (int side = 0; s && side < 2; side++) search_machine_free(s->machine[side]);
}

bool diff_search_run(diff_search *s, const int64_t *leaves, size_t n) {
  return search_evaluate(s->machine[0], leaves, n) && search_evaluate(s->machine[1], leaves, n);
}

int64_t diff_search_output(const diff_search *s, int side, size_t record, uint32_t output, uint8_t *state) {
  return search_output(s->machine[side], record, output, state);
}

bool diff_search_faults(const diff_search *s, int side, size_t record) { return search_fault(s->machine[side], record).code != 0; }

bool diff_search_refused(const diff_search *s, int side, size_t record) {
  const ppr_edition *e = s->code[side].edition;
  if (diff_search_faults(s, side, record)) return true;
  for (uint32_t i = 0; i < e->n_check; i++) {
    uint8_t state;
    if (e->check[i].severity == 0 && search_output(s->machine[side], record, e->check[i].output, &state) && !state) return true;
  }
  return false;
}

/* Of a record neither text refuses. */
static bool differs(const diff_search *s, const diff_pair *pair, size_t record) {
  uint8_t state[2];
  ppr_wide value[2];
  for (int side = 0; side < 2; side++) value[side] = search_output(s->machine[side], record, pair->output[side], &state[side]);
  if (state[0] != state[1] || state[0] != PPR_PRESENT) return state[0] != state[1];
  uint32_t a = s->code[0].edition->output[pair->output[0]].scale, b = s->code[1].edition->output[pair->output[1]].scale;
  for (; a < b; a++) value[0] *= 10;
  for (; b < a; b++) value[1] *= 10;
  return value[0] != value[1];
}

bool diff_search_shows(const diff_search *s, const diff_pair *pair, size_t record) {
  bool old = diff_search_refused(s, 0, record), new = diff_search_refused(s, 1, record);
  return pair->output[0] == PPR_NONE ? old != new : !old && !new &&differs(s, pair, record);
}

bool diff_search_confirms(diff_search *s, const diff_pair *pair, const int64_t *leaves) {
  return diff_search_run(s, leaves, 1) && diff_search_shows(s, pair, 0);
}

bool diff_search_test(void *ctx, const int64_t *leaves, size_t n, bool *hit) {
  const diff_asked *a = ctx;
  if (!diff_search_run(a->s, leaves, n)) return false;
  for (size_t i = 0; i < n; i++) hit[i] = diff_search_shows(a->s, a->pair, i);
  return true;
}

/* ---- what a record says ---- */

/* A word for a result: its state; of a value that there is one, of a yes/no or a member of an enumeration which, of a number its sign. */
static uint8_t word_of(const diff_search *s, int side, size_t record, uint32_t output) {
  enum { FIRST = PPR_UNBESTIMMT + 1, LAST = 15 };
  uint8_t state;
  int64_t v = search_output(s->machine[side], record, output, &state);
  if (state != PPR_PRESENT) return state;
  switch ((ppr_kind)s->code[side].edition->output[output].kind) {
  case PPR_KIND_BOOL:
  case PPR_KIND_ENUM: return (uint8_t)(v > LAST - FIRST ? LAST : FIRST + v);
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT: return (uint8_t)(v < 0 ? FIRST : v == 0 ? FIRST + 1 : FIRST + 2);
  case PPR_KIND_DATE:
  case PPR_KIND_QUARTER:
  case PPR_KIND_TEXT: break;
  }
  return FIRST;
}

static int64_t *copy_record(diff_search *s, const int64_t *leaves) {
  int64_t *copy = arena_array(s->arena, s->g->n_leaf + 1, sizeof *copy);
  if (copy) memcpy(copy, leaves, s->g->n_leaf * sizeof *copy);
  return copy;
}

static void keep(diff_search *s, const int64_t *leaves, const uint8_t *said, bool find) {
  if (s->n_kept == KEPT) return;
  uint8_t *words = arena_array(s->arena, s->n_words, 1);
  int64_t *copy = copy_record(s, leaves);
  if (!words || !copy) return;
  memcpy(words, said, s->n_words);
  if (find) s->shows[s->n_shows++] = s->n_kept;
  s->kept[s->n_kept] = copy;
  s->kept_said[s->n_kept++] = words;
}

/* Runs a batch; notes what is found, and keeps what says something new. */
static bool study(diff_search *s, const int64_t *leaves, size_t n) {
  if (!diff_search_run(s, leaves, n)) return false;
  for (size_t i = 0; i < n; i++) {
    const int64_t *record = leaves + i * s->g->n_leaf;
    uint8_t *said = s->said + i * s->n_words, *word = said;
    bool fresh, find = false, refused[2];
    for (int side = 0; side < 2; side++) {
      *word++ = refused[side] = diff_search_refused(s, side, i);
      for (uint32_t o = 0; o + 1 < s->n_word[side]; o++) *word++ = word_of(s, side, i, o);
    }
    for (size_t p = 0; p < s->n_pairs; p++) {
      bool about_all = s->pairs[p]->output[0] == PPR_NONE;
      if (s->found[p] || !(about_all ? refused[0] != refused[1] : !refused[0] && !refused[1] && differs(s, s->pairs[p], i))) continue;
      if (!(s->found[p] = copy_record(s, record))) return false;
      s->n_open--;
      find = true;
    }
    if (refused[0] || refused[1]) continue;
    fresh = find;
    for (size_t w = 0; w < s->n_words; w++) {
      uint16_t bit = (uint16_t)(1u << said[w]);
      fresh = fresh || !(s->seen[w] & bit);
      s->seen[w] |= bit;
    }
    if (fresh) keep(s, record, said, find);
  }
  return !arena_failed(s->arena);
}

/* ---- drawing and varying ---- */

static uint64_t next_random(diff_search *s) {
  s->random ^= s->random << 13;
  s->random ^= s->random >> 7;
  s->random ^= s->random << 17;
  return s->random;
}

static int64_t draw(diff_search *s, const graph_leaf *l) {
  uint64_t width = (uint64_t)l->hi - (uint64_t)l->lo, r = next_random(s), v = next_random(s);
  if (r % 16 == 0) return l->hi;
  if (r % 16 == 1) return l->lo;
  if (r % 16 < 12) v >>= next_random(s) % 64; /* small ones as often as large ones */
  return (int64_t)((uint64_t)l->lo + (width == UINT64_MAX ? v : v % (width + 1)));
}

/* Records with few and with many unusual inputs. */
static void draw_batch(diff_search *s) {
  size_t n = s->g->n_leaf;
  for (size_t i = 0; i < SEARCH_BATCH; i++) {
    uint64_t one_in = UINT64_C(1) << i % 8;
    for (size_t k = 0; k < n; k++) s->batch[i * n + k] = next_random(s) % one_in ? s->g->leaf[k].usual : draw(s, &s->g->leaf[k]);
  }
}

static int64_t within(const graph_leaf *l, int64_t v) { return v < l->lo ? l->lo : v > l->hi ? l->hi : v; }

/* A pair no record shows yet; NONE when there is none. */
static size_t open_pair(diff_search *s) {
  size_t first = next_random(s) % s->n_pairs;
  for (size_t i = 0; i < s->n_pairs; i++)
    if (!s->found[(first + i) % s->n_pairs]) return (first + i) % s->n_pairs;
  return SIZE_MAX;
}

/* One input, or all elements of a field: alike, each by itself, or as in another record that was kept. Fields that matter to what is looked for come
 * more often. */
static void vary(diff_search *s, int64_t *record) {
  const graph_leaf *leaf = s->g->leaf;
  size_t f = next_random(s) % s->n_field, p = next_random(s) % 4 ? open_pair(s) : SIZE_MAX;
  if (p != SIZE_MAX && s->n_input[p]) f = s->input[p][next_random(s) % s->n_input[p]];
  size_t from = s->field[f], until = s->field[f + 1];
  const int64_t *other = s->kept[next_random(s) % s->n_kept];
  uint64_t how = next_random(s) % 8;
  if (how < 2) from += next_random(s) % (until - from), until = from + 1;
  int64_t value[2] = {0, 0}; /* of a number and of whether it is absent */
  bool drawn[2] = {false, false};
  for (size_t i = from; i < until; i++) {
    const graph_leaf *l = &leaf[s->member[i]];
    if (how < 4 || !drawn[l->absence]) value[l->absence] = how == 4 ? l->usual : how == 5 ? l->hi : draw(s, l);
    drawn[l->absence] = true;
    record[s->member[i]] = how == 7 ? other[s->member[i]] : within(l, value[l->absence]);
  }
}

/* Of the kept ones: any, one of the last, or one that shows a difference: what follows from it differs only there. */
static size_t draw_parent(diff_search *s) {
  size_t newest = s->n_kept < 32 ? s->n_kept : 32;
  uint64_t how = next_random(s) % 4;
  if (how < 2 && s->n_shows) return s->shows[next_random(s) % s->n_shows];
  return how == 2 ? s->n_kept - 1 - next_random(s) % newest : next_random(s) % s->n_kept;
}

static void vary_batch(diff_search *s) {
  size_t n = s->g->n_leaf;
  for (size_t i = 0; i < SEARCH_BATCH; i++) {
    s->parent[i] = draw_parent(s);
    memcpy(s->batch + i * n, s->kept[s->parent[i]], n * sizeof *s->batch);
    for (uint64_t moves = 1 + next_random(s) % MOVES; moves; moves--) vary(s, s->batch + i * n);
  }
}

/* ---- where results turn ---- */

/* A word of the varied record that is not as in the one it was made of, of results that are looked for rather than of others; SIZE_MAX: none. */
static size_t turned_word(diff_search *s, size_t record) {
  const uint8_t *now = s->said + record * s->n_words, *before = s->kept_said[s->parent[record]];
  size_t first = next_random(s) % (s->n_pairs + 1), side = next_random(s) % 2;
  for (size_t i = 0; i < s->n_pairs; i++) {
    size_t p = (first + i) % s->n_pairs;
    if (s->found[p] || s->pairs[p]->output[0] == PPR_NONE) continue;
    size_t w = side * s->n_word[0] + 1 + s->pairs[p]->output[side];
    if (now[w] != before[w]) return w;
  }
  first = next_random(s) % s->n_words;
  for (size_t i = 0; i < s->n_words; i++) {
    size_t w = (first + i) % s->n_words;
    if (now[w] != before[w]) return w;
  }
  return SIZE_MAX;
}

/* Lines from the records that were kept to those made of them. */
static size_t draw_lines(diff_search *s) {
  size_t n = s->g->n_leaf, lines = 0;
  for (size_t i = 0; i < SEARCH_BATCH; i++) {
    size_t w = turned_word(s, i);
    if (w == SIZE_MAX) continue;
    s->watch[lines] = w;
    s->value[lines] = s->kept_said[s->parent[i]][w];
    memcpy(s->near + lines * n, s->kept[s->parent[i]], n * sizeof *s->near);
    memcpy(s->far + lines * n, s->batch + i * n, n * sizeof *s->far);
    lines++;
  }
  return lines;
}

static bool halve(diff_search *s, size_t lines) {
  size_t n = s->g->n_leaf;
  for (bool more = lines > 0; more;) {
    more = false;
    for (size_t i = 0; i < lines * n; i++) s->batch[i] = (int64_t)(s->near[i] + ((ppr_wide)s->far[i] - s->near[i]) / 2);
    if (!study(s, s->batch, lines)) return false;
    for (size_t i = 0; i < lines; i++) {
      int64_t *middle = s->batch + i * n, *near = s->near + i * n;
      if (memcmp(middle, near, n * sizeof *near) == 0) continue; /* neighbours */
      more = true;
      bool as_near = s->said[i * s->n_words + s->watch[i]] == s->value[i];
      memcpy(as_near ? near : s->far + i * n, middle, n * sizeof *near);
    }
  }
  return true;
}

/* The fields each pair rests on. */
static bool collect_inputs(diff_search *s) {
  s->input = arena_array(s->arena, s->n_pairs + 1, sizeof *s->input);
  s->n_input = arena_array(s->arena, s->n_pairs + 1, sizeof *s->n_input);
  for (size_t p = 0; s->input && s->n_input && p < s->n_pairs; p++) {
    size_t n;
    const node_id *cone = graph_cone(s->g, s->arena, &s->pairs[p]->differs, 1, &n);
    s->input[p] = arena_array(s->arena, s->n_field + 1, sizeof **s->input);
    for (size_t i = 0; cone && s->input[p] && i < n; i++) {
      const graph_node *node = &s->g->node[cone[i]];
      bool first = node->op == NODE_LEAF;
      for (size_t k = 0; first && k < s->n_input[p]; k++) first = s->input[p][k] != s->field_of[node->extra];
      if (first) s->input[p][s->n_input[p]++] = s->field_of[node->extra];
    }
  }
  return !arena_failed(s->arena);
}

bool diff_search_explore(diff_search *s, const diff_pair *const *pairs, size_t n, int64_t **found) {
  s->pairs = pairs;
  s->found = found;
  s->n_pairs = s->n_open = n;
  if (!collect_inputs(s)) return false;
  for (int k = 0; k < DRAWN && s->n_open; k++) {
    draw_batch(s);
    if (!study(s, s->batch, SEARCH_BATCH)) return false;
  }
  int quiet = 0;
  for (int k = 0; k < ROUNDS && quiet < PATIENCE && s->n_open && s->n_kept && s->n_field; k++) {
    size_t open = s->n_open;
    vary_batch(s);
    if (!study(s, s->batch, SEARCH_BATCH) || !halve(s, draw_lines(s))) return false;
    quiet = s->n_open < open ? 0 : quiet + 1;
  }
  return true;
}
