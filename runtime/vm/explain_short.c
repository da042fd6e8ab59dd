/* The short form. What can have mattered is decided by walking the code (explain_reach.h), never by names of rules; names only bring elements
 * together: operands "NAME[ELEMENT]" of one NAME are a family. Elements of one rule that went the same way are told together, one line each. */
#include "vm/explain_short.h"
#include "base/text.h"
#include "vm/explain.h"
#include "vm/explain_sum.h"
#include <string.h>

#define MANY_OPERANDS 4096 /* of instances told together; more are told one by one */
#define FOLD_NAMES 6       /* elements written out where a family is folded */
#define MATRIX_LEAST 9     /* fewer elements are lines */
#define LABEL_COLUMN 44    /* operands are aligned up to this width */

/* Operands of one name of the instances told together. */
typedef struct family {
  operand **at; /* each operand once */
  uint32_t n;
  uint32_t last, in_last; /* the member that was added last and its operands here */
  bool several;           /* some member has more than one */
  bool column;            /* shown in the table of the members */
} family;

typedef struct group {
  operands *members;
  uint32_t n;
  family *families; /* in the order of the notes */
  uint32_t n_families;
  bool matrix; /* members are shown as a matrix of their two axes */
} group;

static const ppr_inst *inst_of(const teller *t, uint32_t inst) { return &t->e->inst[inst]; }

/* --- families --- */

static bool add_operand(const teller *t, group *g, uint32_t at, operand *o) {
  uint32_t f = 0, k = 0;
  while (f < g->n_families && !operand_same_name(g->families[f].at[0], o)) f++;
  family *of = &g->families[f];
  if (f == g->n_families) {
    g->n_families++;
    of->last = PPR_NONE;
    of->at = NULL;
  }
  if (of->last != at) of->in_last = 0;
  of->last = at;
  of->several = of->several || ++of->in_last > 1;
  while (k < of->n && !operand_same(of->at[k], o)) k++;
  if (k < of->n) {
    if (o->use > of->at[k]->use) of->at[k]->use = o->use;
    return true;
  }
  if ((of->n & (of->n - 1)) == 0) { /* full: 0, 1, 2, 4 … operands */
    operand **grown = arena_array(t->arena, of->n ? (size_t)of->n * 2 : 1, sizeof *grown);
    if (!grown) return false;
    if (of->n) memcpy(grown, of->at, of->n * sizeof *grown);
    of->at = grown;
  }
  of->at[of->n++] = o;
  return true;
}

/* Enough elements of two axes, both of which vary. */
static bool two_axes(operand *const *at, uint32_t n) {
  bool rows = false, columns = false;
  if (n < MATRIX_LEAST) return false;
  for (uint32_t i = 0; i < n; i++) {
    const char *comma = memchr(at[i]->element, ',', at[i]->element_size), *first = memchr(at[0]->element, ',', at[0]->element_size);
    if (!comma || !first || memchr(comma + 1, ',', at[i]->element_size - (size_t)(comma + 1 - at[i]->element))) return false;
    size_t left = (size_t)(comma - at[i]->element), left0 = (size_t)(first - at[0]->element);
    size_t right = at[i]->element_size - left, right0 = at[0]->element_size - left0;
    rows = rows || left != left0 || memcmp(at[i]->element, at[0]->element, left) != 0;
    columns = columns || right != right0 || memcmp(comma, first, right) != 0;
  }
  return rows && columns;
}

static bool make_group(teller *t, const uint32_t *insts, uint32_t n, group *g) {
  size_t total = 0;
  *g = (group){.members = arena_array(t->arena, n, sizeof *g->members), .n = n};
  if (!g->members) return false;
  for (uint32_t j = 0; j < n; j++) {
    if (!operands_gather(t, insts[j], &g->members[j])) return false;
    total += g->members[j].n;
  }
  g->families = arena_array(t->arena, total + 1, sizeof *g->families);
  if (!g->families) return false;
  for (uint32_t j = 0; j < n; j++)
    for (uint32_t k = 0; k < g->members[j].n; k++)
      if (!add_operand(t, g, j, &g->members[j].ops[k])) return false;
  return true;
}

static const operand *of_member(const family *f, const operands *m) {
  for (uint32_t k = 0; k < m->n; k++)
    if (operand_same_name(f->at[0], &m->ops[k])) return &m->ops[k];
  return NULL;
}

/* Families of which every member has its own operand become columns, unless none of these can have mattered. */
static void choose_columns(group *g) {
  for (uint32_t f = 0; f < g->n_families; f++) {
    family *of = &g->families[f];
    of->column = g->n > 1 && !g->matrix && !of->several && of->n > 1;
    bool asked = false;
    for (uint32_t k = 0; k < of->n; k++) asked = asked || of->at[k]->use != USE_NONE;
    of->column = of->column && asked;
  }
}

/* --- tables --- */

static const char *element_text(const teller *t, const operand *o) {
  const char *text = arena_strndup(t->arena, o->element, o->element_size);
  return text ? text : "";
}

static const char *name_text(const teller *t, const operand *o) {
  const char *text = arena_strndup(t->arena, o->label, o->name);
  return text ? text : "";
}

/* The rounding that gives the value of a member. */
static const char *exact_of(const teller *t, uint32_t inst) {
  const ppr_inst *i = inst_of(t, inst);
  const ppr_branch *b = explain_applied(t, i);
  for (uint32_t j = 0; b && j < b->rounds; j++)
    if (say_is_last(t, i, &t->e->round[b->first_round + j])) return say_exact(t, i, &t->e->round[b->first_round + j]);
  return NULL;
}

/* A table would repeat what its readers know: values that are shown already and columns equal to them. */
static bool says_nothing_new(const group *g, operand *const *self, bool exact, unsigned depth, const teller *t) {
  if (exact) return false;
  for (uint32_t f = 0; f < g->n_families; f++)
    for (uint32_t j = 0; j < g->n && g->families[f].column; j++) {
      const operand *o = of_member(&g->families[f], &g->members[j]);
      if (!o || strcmp(o->value, self[j]->value) != 0) return false;
    }
  for (uint32_t f = 0; f < g->n_families; f++) {
    if (!g->families[f].column) continue;
    say_begin(t, TREE_NOTE, depth);
    say_part(t, PART_NAME, name_text(t, g->families[f].at[0]));
    buf_printf(t->out, ": %s", say_word(t, "dieselben Werte", "the same values"));
    say_end(t);
  }
  return true;
}

/* Members by line: value, exact value before rounding, operands. shown: the values can be seen above. */
static void tell_members(teller *t, const group *g, operand *const *self, bool shown, unsigned depth) {
  uint32_t cols = 2, exact = 0;
  for (uint32_t j = 0; j < g->n && !exact; j++) exact = exact_of(t, g->members[j].inst) ? 1 : 0;
  cols += exact;
  if (shown && says_nothing_new(g, self, exact != 0, depth, t)) return;
  for (uint32_t f = 0; f < g->n_families; f++) cols += g->families[f].column;
  tree_table table = {arena_array(t->arena, ((size_t)g->n + 1) * cols, sizeof *table.cell), g->n + 1, cols};
  if (!table.cell) return;
  for (size_t k = 0; k < (size_t)table.rows * cols; k++) table.cell[k] = "";
  table.cell[1] = name_text(t, self[0]);
  if (exact) table.cell[2] = say_word(t, "vor Rundung", "before rounding");
  for (uint32_t j = 0; j < g->n; j++) {
    const char **row = &table.cell[((size_t)j + 1) * cols], *before = exact ? exact_of(t, g->members[j].inst) : NULL;
    row[0] = element_text(t, self[j]);
    row[1] = self[j]->value;
    if (before) row[2] = before;
  }
  for (uint32_t f = 0, c = 2 + exact; f < g->n_families; f++) {
    if (!g->families[f].column) continue;
    table.cell[c] = name_text(t, g->families[f].at[0]);
    for (uint32_t j = 0; j < g->n; j++) {
      const operand *o = of_member(&g->families[f], &g->members[j]);
      table.cell[((size_t)j + 1) * cols + c] = o ? o->value : "–";
    }
    c++;
  }
  say_rows(t, &table, false, depth);
}

static uint32_t index_of(const char **names, uint32_t *n, const char *name) {
  uint32_t k = 0;
  while (k < *n && strcmp(names[k], name) != 0) k++;
  if (k == *n) names[(*n)++] = name;
  return k;
}

/* What follows the number in all values. */
static const char *common_unit(operand *const *at, uint32_t n) {
  const char *unit = strchr(at[0]->value, ' ');
  for (uint32_t k = 1; k < n && unit; k++) {
    const char *other = strchr(at[k]->value, ' ');
    if (!other || strcmp(other, unit) != 0) return NULL;
  }
  return unit ? unit + 1 : NULL;
}

/* Values by both axes of their elements. */
static void tell_matrix(teller *t, operand *const *at, uint32_t n, unsigned depth) {
  const char **rows = arena_array(t->arena, n, sizeof *rows), **columns = arena_array(t->arena, n, sizeof *columns);
  uint32_t *place = arena_array(t->arena, (size_t)n * 2, sizeof *place), n_rows = 0, n_columns = 0;
  if (!rows || !columns || !place) return;
  for (uint32_t k = 0; k < n; k++) {
    const char *comma = memchr(at[k]->element, ',', at[k]->element_size);
    size_t left = comma ? (size_t)(comma - at[k]->element) : at[k]->element_size, right = comma ? at[k]->element_size - left - 1 : 0;
    const char *row = arena_strndup(t->arena, at[k]->element, left),
               *column = arena_strndup(t->arena, at[k]->element + at[k]->element_size - right, right);
    if (!row || !column) return;
    place[k * 2] = index_of(rows, &n_rows, row);
    place[k * 2 + 1] = index_of(columns, &n_columns, column);
  }
  tree_table table = {arena_array(t->arena, ((size_t)n_rows + 1) * (n_columns + 1), sizeof *table.cell), n_rows + 1, n_columns + 1};
  if (!table.cell) return;
  for (size_t k = 0; k < (size_t)table.rows * table.cols; k++) table.cell[k] = "";
  const char *unit = common_unit(at, n);
  table.cell[0] = unit ? unit : "";
  for (uint32_t k = 0; k < n_columns; k++) table.cell[k + 1] = columns[k];
  for (uint32_t k = 0; k < n_rows; k++) table.cell[((size_t)k + 1) * table.cols] = rows[k];
  for (uint32_t k = 0; k < n; k++) {
    const char **cell = &table.cell[((size_t)place[k * 2] + 1) * table.cols + place[k * 2 + 1] + 1];
    *cell = unit ? arena_strndup(t->arena, at[k]->value, strlen(at[k]->value) - strlen(unit) - 1) : at[k]->value;
    if (!*cell) return;
  }
  say_rows(t, &table, false, depth);
}

/* "Behandlungstage, Vorjahrestage: Eingabe (§ …)": where the leaves of a table come from. */
static void tell_sources(const teller *t, const family *const *list, uint32_t n, unsigned depth) {
  const char **sources = arena_array(t->arena, (size_t)n + 1, sizeof *sources);
  if (!sources) return;
  for (uint32_t f = 0; f < n; f++) {
    const char *all = "";
    for (uint32_t k = 0; k < list[f]->n; k++) {
      const char *source = list[f]->at[k]->source;
      if (!*all) all = source;
      else if (operand_matters(list[f]->at[k]) && !strstr(all, source)) all = arena_printf(t->arena, "%s; %s", all, source);
      if (!all) return;
    }
    sources[f] = all;
  }
  for (uint32_t f = 0; f < n; f++) {
    if (!*sources[f]) continue;
    say_begin(t, TREE_NOTE, depth);
    say_part(t, PART_NAME, name_text(t, list[f]->at[0]));
    for (uint32_t k = f + 1; k < n; k++) {
      if (strcmp(sources[k], sources[f]) != 0) continue;
      buf_printf(t->out, ", %s", name_text(t, list[k]->at[0]));
      sources[k] = "";
    }
    buf_printf(t->out, ": %s", sources[f]);
    say_end(t);
  }
}

/* --- operands in lines --- */

/* "Wochen[A6, A7, …]" */
static void put_elements(const teller *t, operand *const *at, uint32_t n) {
  const char *between = memchr(at[0]->element, ',', at[0]->element_size) ? "; " : ", ";
  tree_part_begin(t->tree, PART_NAME);
  buf_puts(t->out, name_text(t, at[0]));
  for (uint32_t k = 0; k < n && k < FOLD_NAMES; k++) buf_printf(t->out, "%s%s", k == 0 ? "[" : between, element_text(t, at[k]));
  if (n > FOLD_NAMES) buf_printf(t->out, "%s…", between);
  buf_puts(t->out, "]");
  tree_part_end(t->tree);
}

static void tell_leaf(teller *t, const operand *o, size_t width, unsigned depth) {
  if (o->dep.kind == PPR_DEP_INPUT) {
    say_input(t, o->dep.index, width, depth);
    return;
  }
  say_line(t, TREE_LEAF, depth, o->label);
}

/* "Wochen[A6, A7, …] = 0,00 Woche (16 Elemente, ohne Herleitung; --full zeigt sie)"; without a value when they differ. */
static void tell_fold(teller *t, operand *const *at, uint32_t n, const char *value, unsigned depth) {
  bool rules = at[0]->dep.kind == PPR_DEP_INST;
  if (n == 1 && !rules) {
    tell_leaf(t, at[0], 0, depth);
    return;
  }
  say_begin(t, TREE_FOLD, depth);
  put_elements(t, at, n);
  if (value) buf_printf(t->out, " = %s", value);
  else buf_puts(t->out, say_word(t, ": ohne Einfluss", ": without effect"));
  if (n > 1) buf_printf(t->out, " (%u %s", n, say_word(t, "Elemente", "elements"));
  if (rules) buf_printf(t->out, "%s%s", n > 1 ? ", " : " (", say_word(t, "ohne Herleitung", "no derivation"));
  if (t->hint && (n > 1 || rules)) buf_puts(t->out, say_word(t, "; --full zeigt sie", "; see --full"));
  if (n > 1 || rules) buf_putc(t->out, ')');
  say_end(t);
}

/* What cannot have mattered: equal nothings in one line, everything else in another. */
static void tell_folded(teller *t, const family *f, unsigned depth) {
  operand **at = arena_array(t->arena, f->n, sizeof *at);
  bool *done = arena_array(t->arena, f->n, 1);
  if (!at || !done) return;
  for (uint32_t k = 0; k < f->n; k++) {
    if (done[k] || f->at[k]->use != USE_IDLE || !operand_is_nothing(t, f->at[k])) continue;
    uint32_t n = 0;
    for (uint32_t j = k; j < f->n; j++) {
      if (done[j] || f->at[j]->use != USE_IDLE || strcmp(f->at[j]->value, f->at[k]->value) != 0) continue;
      at[n++] = f->at[j];
      done[j] = true;
    }
    tell_fold(t, at, n, at[0]->value, depth);
  }
  uint32_t n = 0;
  bool equal = true;
  for (uint32_t k = 0; k < f->n; k++) {
    if (done[k] || f->at[k]->use != USE_IDLE) continue;
    equal = equal && (n == 0 || strcmp(at[0]->value, f->at[k]->value) == 0);
    at[n++] = f->at[k];
  }
  if (n) tell_fold(t, at, n, equal ? at[0]->value : NULL, depth);
}

static void tell_insts(teller *t, const uint32_t *insts, uint32_t n, bool shown, unsigned depth);

/* Inputs and table cells of one name. */
static void tell_leaves(teller *t, const family *f, bool in_sum, size_t width, unsigned depth) {
  operand **at = arena_array(t->arena, f->n, sizeof *at);
  uint32_t n = 0;
  if (!at) return;
  for (uint32_t k = 0; k < f->n; k++)
    if (operand_matters(f->at[k]) || (!f->several && f->at[k]->use == USE_IDLE)) at[n++] = f->at[k];
  const family told = {.at = at, .n = n};
  const family *list = &told;
  if (n && in_sum) {
    tell_sources(t, &list, 1, depth);
  } else if (two_axes(at, n)) {
    tell_sources(t, &list, 1, depth);
    tell_matrix(t, at, n, depth + 1);
  } else {
    for (uint32_t k = 0; k < n; k++) tell_leaf(t, at[k], width, depth);
  }
  if (f->several) tell_folded(t, f, depth);
}

/* Rules of one name. */
static void tell_rules(teller *t, const family *f, bool in_sum, unsigned depth) {
  uint32_t *insts = arena_array(t->arena, f->n, sizeof *insts), n = 0;
  if (!insts) return;
  for (uint32_t k = 0; k < f->n; k++) {
    if (operand_matters(f->at[k])) insts[n++] = f->at[k]->dep.index;
    else if (!f->several && !f->column && f->at[k]->use == USE_IDLE)
      explain_line(t, f->at[k]->dep.index,
                   t->hint ? say_word(t, " (trägt nichts bei; --full zeigt die Herleitung)", " (adds nothing; --full shows why)")
                           : say_word(t, " (trägt nichts bei)", " (adds nothing)"),
                   depth);
  }
  if (f->column) { /* their values are in the table */
    uint32_t left = 0;
    for (uint32_t k = 0; k < n; k++)
      if (!t->told[insts[k]] && inst_of(t, insts[k])->branches) insts[left++] = insts[k];
    n = left;
  }
  tell_insts(t, insts, n, f->column || in_sum, depth);
  if (f->several) tell_folded(t, f, depth);
}

static void tell_operands(teller *t, const group *g, const sum_block *sum, unsigned depth) {
  size_t width = 0;
  const family **leaves = arena_array(t->arena, (size_t)g->n_families + 1, sizeof *leaves);
  uint32_t n_leaves = 0;
  if (!leaves) return;
  for (uint32_t f = 0; f < g->n_families; f++) {
    const family *of = &g->families[f];
    if (of->at[0]->dep.kind == PPR_DEP_INST) continue;
    if (of->column) leaves[n_leaves++] = of;
    for (uint32_t k = 0; k < of->n && !of->column; k++) {
      size_t n = of->at[k]->use == USE_NONE || of->at[k]->dep.kind != PPR_DEP_INPUT ? 0 : text_length(of->at[k]->label, strlen(of->at[k]->label));
      if (n > width && n <= LABEL_COLUMN) width = n;
    }
  }
  tell_sources(t, leaves, n_leaves, depth);
  for (uint32_t f = 0; f < g->n_families; f++) {
    const family *of = &g->families[f];
    bool in_sum = sum && sum_has(sum, of->at[0]);
    if (of->at[0]->dep.kind == PPR_DEP_INST) tell_rules(t, of, in_sum, depth);
    else if (!of->column) tell_leaves(t, of, in_sum, width, depth);
  }
}

/* --- instances --- */

static bool same_way(const teller *t, uint32_t a, uint32_t b) {
  const ppr_inst *x = inst_of(t, a), *y = inst_of(t, b);
  const ppr_branch *p = explain_applied(t, x), *q = explain_applied(t, y);
  if (x->rule != y->rule || !p || !q) return false;
  return p->label == q->label && p->cite == q->cite && p->formula == q->formula && p->form == q->form && !p->cond == !q->cond;
}

/* Lines common to one or more instances: rule, applied branch, what did not apply. */
static const ppr_branch *tell_rule(teller *t, const uint32_t *insts, uint32_t n, const sum_block *sum, unsigned depth) {
  const ppr_inst *i = inst_of(t, insts[0]);
  const ppr_branch *b = explain_applied(t, i);
  say_begin(t, TREE_RULE, depth);
  say_rule(t, &t->e->rule[i->rule]);
  say_end(t);
  if (b) say_applied(t, i, b, depth);
  if (b && n == 1) explain_rounds(t, i, b, sum != NULL, depth);
  explain_not_applied(t, insts, n, true, depth);
  return b;
}

static bool cut(const teller *t, unsigned depth) {
  if (depth < EXPLAIN_MAX_DEPTH) return false;
  say_line(t, TREE_NOTE, depth, say_word(t, "(weitere Herleitung ausgelassen)", "(further derivation omitted)"));
  return true;
}

static size_t notes_of(const teller *t, uint32_t inst) {
  size_t n = 1 + (size_t)t->e->inst[inst].branches;
  const ppr_inst *i = inst_of(t, inst);
  for (uint32_t j = 0; j < i->branches; j++) n += t->e->branch[i->first_branch + j].deps;
  return n;
}

static void tell_one(teller *t, uint32_t inst, unsigned depth) {
  const ppr_inst *i = inst_of(t, inst);
  if (t->told[inst] || i->branches == 0 || notes_of(t, inst) > MANY_OPERANDS) {
    explain_full(t, inst, depth);
    return;
  }
  t->told[inst] = true;
  say_step(t, i, depth);
  group g;
  sum_block sum;
  if (cut(t, depth + 1) || !make_group(t, &inst, 1, &g)) return;
  choose_columns(&g);
  bool is_sum = sum_find(&sum, t, i, explain_applied(t, i), &g.members[0]);
  tell_rule(t, &inst, 1, is_sum ? &sum : NULL, depth + 1);
  if (is_sum) sum_tell(&sum, t, depth + 1);
  tell_operands(t, &g, is_sum ? &sum : NULL, depth + 1);
}

/* One value for all members, and no columns to tell them apart. */
static bool all_equal(const group *g, operand *const *self) {
  for (uint32_t f = 0; f < g->n_families; f++)
    if (g->families[f].column) return false;
  for (uint32_t j = 1; j < g->n; j++)
    if (strcmp(self[j]->value, self[0]->value) != 0) return false;
  return true;
}

static void tell_many(teller *t, const uint32_t *insts, uint32_t n, bool shown, unsigned depth) {
  group g;
  operand *self = arena_array(t->arena, n, sizeof *self), **at = arena_array(t->arena, n, sizeof *at);
  if (!self || !at) return;
  for (uint32_t k = 0; k < n; k++) {
    t->told[insts[k]] = true;
    self[k] = operand_of(t, &(ppr_dep){PPR_DEP_INST, insts[k], 0});
    at[k] = &self[k];
  }
  if (cut(t, depth + 1) || !make_group(t, insts, n, &g)) return;
  g.matrix = two_axes(at, n);
  choose_columns(&g);
  bool equal = all_equal(&g, at);
  say_begin(t, TREE_STEP, depth);
  put_elements(t, at, n);
  if (equal) {
    buf_puts(t->out, " = ");
    say_part(t, PART_VALUE, at[0]->value);
  }
  if (n > FOLD_NAMES) buf_printf(t->out, " (%u %s)", n, say_word(t, "Elemente", "elements"));
  say_end(t);
  tell_rule(t, insts, n, NULL, depth + 1);
  if (g.matrix) tell_matrix(t, at, n, depth + 1);
  else if (!equal) tell_members(t, &g, at, shown, depth + 1);
  tell_operands(t, &g, NULL, depth + 1);
}

/* Elements whose derivation is above, in one line. */
static void tell_above(teller *t, const uint32_t *insts, uint32_t n, unsigned depth) {
  operand *all = arena_array(t->arena, n, sizeof *all), **at = arena_array(t->arena, n, sizeof *at);
  if (!all || !at) return;
  for (uint32_t k = 0; k < n; k++) {
    all[k] = operand_of(t, &(ppr_dep){PPR_DEP_INST, insts[k], 0});
    at[k] = &all[k];
  }
  say_begin(t, TREE_FOLD, depth);
  put_elements(t, at, n);
  buf_printf(t->out, ", %s", say_word(t, "siehe oben", "see above"));
  say_end(t);
}

/* Instances of one name: those told above, then those that went one way together, in order. */
static void tell_insts(teller *t, const uint32_t *insts, uint32_t n, bool shown, unsigned depth) {
  uint32_t *some = arena_array(t->arena, (size_t)n + 1, sizeof *some), above = 0;
  bool *done = arena_array(t->arena, (size_t)n + 1, 1);
  if (!some || !done) return;
  for (uint32_t k = 0; k < n; k++)
    if (t->told[insts[k]]) some[above++] = insts[k];
  if (above > 1) {
    tell_above(t, some, above, depth);
    for (uint32_t k = 0; k < n; k++) done[k] = t->told[insts[k]];
  }
  for (uint32_t k = 0; k < n; k++) {
    uint32_t together = 0;
    size_t notes = 0;
    if (done[k]) continue;
    for (uint32_t j = k; j < n; j++) {
      if (done[j] || (j > k && (t->told[insts[j]] || t->told[insts[k]] || !same_way(t, insts[k], insts[j])))) continue;
      if ((notes += notes_of(t, insts[j])) > MANY_OPERANDS && j > k) break;
      some[together++] = insts[j];
      done[j] = true;
    }
    if (together == 1) tell_one(t, some[0], depth);
    else tell_many(t, some, together, shown, depth);
  }
}

void short_tell(teller *t, uint32_t inst) { tell_one(t, inst, 0); }
