/* Where explanations part; see diff_step.h. Values of rules come from the graph, so no run has to keep its registers. */
#include "diff/diff_step.h"
#include "print.h"
#include "proof/record.h"
#include <string.h>

enum { DEEPEST = 1000 }; /* one text has no circles, but where they order their rules otherwise, both together may */

struct diff_steps {
  diffing *d;
  ppr_arena *arena;
  const graph *g;
  const graph_program *code;
  ppr_wide *value; /* per node, of the record at hand */
  bool *known;     /* its value fits 128 bits */
  size_t n_node;
};

diff_steps *diff_steps_new(diffing *d, ppr_arena *arena, const graph *g, const graph_program *code) {
  diff_steps *s = arena_alloc(arena, sizeof *s);
  if (!s) return NULL;
  *s = (diff_steps){.d = d, .arena = arena, .g = g, .code = code};
  return s;
}

bool diff_steps_at(diff_steps *s, const int64_t *leaves) {
  if (s->n_node < s->g->n_node) { /* questions add nodes */
    s->value = arena_array(s->arena, s->g->n_node + 1, sizeof *s->value);
    s->known = arena_array(s->arena, s->g->n_node + 1, sizeof *s->known);
    s->n_node = s->g->n_node;
  }
  if (!s->value || !s->known) return false;
  for (node_id i = 0; i < s->n_node; i++) {
    s->known[i] = graph_value(s->g, i, leaves, s->value, &s->value[i]);
    if (!s->known[i]) s->value[i] = 0;
  }
  return true;
}

bool diff_steps_true(const diff_steps *s, node_id node) { return node < s->n_node && s->known[node] && s->value[node] != 0; }

/* ---- elements of rules ---- */

typedef struct element {
  int side;
  const ppr_inst *inst; /* NULL: the text has no such */
} element;

static const char *str(const diff_steps *s, int side, uint32_t id) { return program_string(s->code[side].program, id); }
static ppr_wide at(const diff_steps *s, int side, uint32_t reg) { return s->value[s->code[side].reg[reg]]; }
static unsigned state_of(const diff_steps *s, element e) { return e.inst->state ? (unsigned)at(s, e.side, e.inst->state - 1) : PPR_PRESENT; }
static ppr_wide divisor(const diff_steps *s, element e) { return e.inst->den ? at(s, e.side, e.inst->den - 1) : 1; }

static element named(const diff_steps *s, int side, const char *label) {
  const ppr_edition *e = s->code[side].edition;
  for (uint32_t i = 0; i < e->n_inst; i++)
    if (!strcmp(str(s, side, e->inst[i].label), label)) return (element){side, &e->inst[i]};
  return (element){side, NULL};
}

static ppr_wide power(uint32_t n) {
  ppr_wide p = 1;
  while (n--) p *= 10;
  return p;
}

static bool same_value(const diff_steps *s, element a, element b) {
  if (!a.inst || !b.inst) return a.inst == b.inst;
  unsigned x = state_of(s, a), y = state_of(s, b);
  if (x != PPR_PRESENT || y != PPR_PRESENT) return x == y;
  ppr_wide v = at(s, 0, a.inst->reg), w = at(s, 1, b.inst->reg), p = divisor(s, a), q = divisor(s, b), left, right;
  if (!wide_mul(&left, v, q) || !wide_mul(&right, w, p)) return v == w && p == q;
  uint32_t scale = a.inst->scale > b.inst->scale ? a.inst->scale : b.inst->scale;
  return left * power(scale - a.inst->scale) == right * power(scale - b.inst->scale);
}

static const char *value_text(diff_steps *s, element e) {
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt"};
  if (!e.inst) return "–";
  unsigned state = state_of(s, e);
  if (state) return words[state & 3];
  const ppr_edition *ed = s->code[e.side].edition;
  const ppr_program *p = s->code[e.side].program;
  const char *text = record_value(s->d->arena, p, ed, e.inst->kind, e.inst->enumeration, e.inst->scale, (int64_t)at(s, e.side, e.inst->reg));
  if (!e.inst->den) return text;
  return arena_printf(s->d->arena, "%s / %lld", text ? text : "", (long long)divisor(s, e));
}

/* The branch that gave the value: an exception or case that holds, else the base. */
static const ppr_branch *taken(const diff_steps *s, element e) {
  const ppr_branch *rest = NULL;
  if (!e.inst) return NULL;
  for (uint32_t i = 0; i < e.inst->branches; i++) {
    const ppr_branch *b = &s->code[e.side].edition->branch[e.inst->first_branch + i];
    if (b->cond && at(s, e.side, b->cond - 1)) return b;
    if (!b->cond) rest = b;
  }
  return rest;
}

static const char *cite_of(const diff_steps *s, element e) {
  const ppr_branch *b = taken(s, e);
  if (!e.inst) return "";
  const char *text = b ? str(s, e.side, b->cite) : "";
  if (!*text) text = str(s, e.side, s->code[e.side].edition->rule[e.inst->rule].cite);
  const char *kept = arena_printf(s->d->arena, "%s", text);
  return kept ? kept : "";
}

/* ---- what the value rests on ---- */

/* "Minutenwert[A1, a] = 207 (§ Anlage 1)": a table value among the things a branch uses, up to the sign. */
static size_t cell_name(const char *label) {
  const char *equal = strstr(label, " = ");
  return equal ? (size_t)(equal - label) : strlen(label);
}

static const char *cell_text(diff_steps *s, const char *label, bool cite) {
  const char *from = label + cell_name(label), *open;
  if (strncmp(from, " = ", 3) != 0) return "";
  from += 3;
  open = strstr(from, " (");
  const char *kept = !open  ? arena_printf(s->d->arena, "%s", cite ? "" : from)
                     : cite ? arena_printf(s->d->arena, "%.*s", (int)strcspn(open + 2, ")"), open + 2)
                            : arena_strndup(s->d->arena, from, (size_t)(open - from));
  return kept ? kept : "";
}

typedef struct parting {
  const char *label, *rule;
  element old, now;
  const char *old_cell, *new_cell; /* a table value: what the branches say of it, NULL: the element of a rule */
} parting;

static const char *other_cell(const diff_steps *s, element e, const char *label) {
  const ppr_edition *ed = s->code[e.side].edition;
  size_t n = cell_name(label);
  for (uint32_t i = 0; e.inst && i < e.inst->branches; i++) {
    const ppr_branch *b = &ed->branch[e.inst->first_branch + i];
    for (uint32_t k = 0; k < b->deps; k++) {
      const ppr_dep *dep = &ed->dep[b->first_dep + k];
      const char *text = str(s, e.side, dep->label);
      if (dep->kind == PPR_DEP_CONST && cell_name(text) == n && !strncmp(text, label, n)) return text;
    }
  }
  return NULL;
}

/* The first thing a branch uses that is not the same in both texts. */
static bool differs_in(diff_steps *s, element of, element other, const ppr_branch *b, parting *out) {
  const ppr_edition *ed = s->code[of.side].edition;
  for (uint32_t k = 0; b && k < b->deps; k++) {
    const ppr_dep *dep = &ed->dep[b->first_dep + k];
    const char *label = str(s, of.side, dep->label);
    if (dep->kind == PPR_DEP_INST) {
      element mine = {of.side, &ed->inst[dep->index]}, theirs = named(s, 1 - of.side, str(s, of.side, ed->inst[dep->index].label));
      element a = of.side ? theirs : mine, c = of.side ? mine : theirs;
      if (!theirs.inst || same_value(s, a, c)) continue;
      *out = (parting){str(s, of.side, mine.inst->label), str(s, of.side, ed->rule[mine.inst->rule].name), a, c, NULL, NULL};
      return true;
    }
    if (dep->kind != PPR_DEP_CONST || !strstr(label, " = ")) continue;
    const char *there = other_cell(s, other, label);
    if (!there || !strcmp(there, label)) continue;
    size_t n = cell_name(label), name = strcspn(label, "[");
    char *full = arena_strndup(s->d->arena, label, n), *rule = arena_strndup(s->d->arena, label, name < n ? name : n);
    if (!full || !rule || !strcmp(cell_text(s, label, false), cell_text(s, there, false))) continue;
    if (!strncmp(rule, "Grenze ", 7)) rule += 7;
    *out = (parting){full, rule, of.side ? other : of, of.side ? of : other, of.side ? there : label, of.side ? label : there};
    return true;
  }
  return false;
}

/* First in the branches taken; where other branches are taken, then in what their conditions may rest on. */
static bool deeper(diff_steps *s, element a, element b, parting *out) {
  const ppr_branch *x = taken(s, a), *y = taken(s, b);
  if (differs_in(s, b, a, y, out) || differs_in(s, a, b, x, out)) return true;
  bool alike = x && y && !strcmp(str(s, 0, x->label), str(s, 1, y->label)) && x->form == y->form;
  for (int side = 1; side >= 0 && !alike; side--) {
    element of = side ? b : a, other = side ? a : b;
    for (uint32_t i = 0; of.inst && i < of.inst->branches; i++)
      if (differs_in(s, of, other, &s->code[side].edition->branch[of.inst->first_branch + i], out)) return true;
  }
  return false;
}

/* ---- the changes it rests on ---- */

static const char *decl_text_named(const diffing *d, int side, const char *rule, ppr_buf *out) {
  const edition_text *text = d->side[side].text;
  out->size = 0;
  for (size_t i = 0; i < text->n_decls; i++)
    if (text->decls[i]->name && text->decls[i]->form != DECL_TEST && text->decls[i]->form != DECL_OUTPUT && !strcmp(text->decls[i]->name, rule))
      print_decl(out, text->decls[i]);
  return !out->failed && out->data ? out->data : "";
}

static const size_t *through(diff_steps *s, const char *rule, size_t *n) {
  const diff_structure *all = &s->d->structure;
  size_t *list = arena_array(s->d->arena, all->n + 1, sizeof *list);
  *n = 0;
  if (!list) return NULL;
  for (size_t i = 0; i < all->n; i++)
    if (all->changes[i].form != DECL_OUTPUT && all->changes[i].form != DECL_UNIT && !strcmp(all->changes[i].name, rule)) list[(*n)++] = i;
  if (*n) return list;
  ppr_buf text[2]; /* what the rule uses */
  for (int side = 0; side < 2; side++) {
    buf_init(&text[side], ppr_alloc_default, SIZE_MAX);
    decl_text_named(s->d, side, rule, &text[side]);
    buf_putc(&text[side], '\0');
  }
  for (size_t i = 0; i < all->n && !text[0].failed && !text[1].failed; i++)
    if (all->changes[i].form != DECL_OPEN && (diff_mentions(text[0].data, all->changes[i].name) || diff_mentions(text[1].data, all->changes[i].name)))
      list[(*n)++] = i;
  buf_fini(&text[0]);
  buf_fini(&text[1]);
  return list;
}

/* ---- the way down ---- */

static const size_t *told(diff_steps *s, const parting *p, diff_step *out, size_t *n) {
  out->label = arena_printf(s->d->arena, "%s", p->label);
  out->rule = arena_printf(s->d->arena, "%s", p->rule);
  out->old_value = p->old_cell ? cell_text(s, p->old_cell, false) : value_text(s, p->old);
  out->new_value = p->new_cell ? cell_text(s, p->new_cell, false) : value_text(s, p->now);
  out->old_cite = p->old_cell ? cell_text(s, p->old_cell, true) : cite_of(s, p->old);
  out->new_cite = p->new_cell ? cell_text(s, p->new_cell, true) : cite_of(s, p->now);
  return out->label && out->rule && out->old_value && out->new_value ? through(s, out->rule, n) : NULL;
}

static const ppr_inst *inst_of(const diff_steps *s, int side, const uint32_t output[2]) {
  const ppr_edition *e = s->code[side].edition;
  uint32_t inst = output[side] == PPR_NONE ? 0 : e->output[output[side]].inst;
  return inst ? &e->inst[inst - 1] : NULL;
}

/* A column, condition or check is no element of a rule: the first one it is computed from that is not the same in both texts. */
static bool beneath(diff_steps *s, const uint32_t output[2], parting *out) {
  node_id roots[4];
  size_t n = 0, n_cone;
  for (int side = 0; side < 2; side++) {
    const ppr_output *o = &s->code[side].edition->output[output[side]];
    roots[n++] = s->code[side].reg[o->reg];
    if (o->state) roots[n++] = s->code[side].reg[o->state - 1];
  }
  const node_id *cone = graph_cone(s->g, s->arena, roots, n, &n_cone);
  bool *within = arena_array(s->arena, s->n_node + 1, 1);
  for (size_t i = 0; cone && within && i < n_cone; i++) within[cone[i]] = true;
  const ppr_edition *e = s->code[1].edition;
  for (uint32_t i = 0; cone && within && i < e->n_inst; i++) {
    element now = {1, &e->inst[i]}, old = named(s, 0, str(s, 1, now.inst->label));
    bool needed = within[s->code[1].reg[now.inst->reg]] || (old.inst && within[s->code[0].reg[old.inst->reg]]);
    if (!needed || !old.inst || same_value(s, old, now)) continue;
    *out = (parting){str(s, 1, now.inst->label), str(s, 1, e->rule[now.inst->rule].name), old, now, NULL, NULL};
    return true;
  }
  return false;
}

const size_t *diff_step_find(diff_steps *s, const char *label, const uint32_t output[2], const int64_t *leaves, diff_step *out, size_t *n) {
  if (!diff_steps_at(s, leaves)) return NULL;
  element a = {0, inst_of(s, 0, output)}, b = {1, inst_of(s, 1, output)};
  const char *rule = b.inst ? str(s, 1, s->code[1].edition->rule[b.inst->rule].name) : label;
  parting p = {label, rule, a, b, NULL, NULL}, next;
  bool followed = (a.inst && b.inst) || (output[0] != PPR_NONE && beneath(s, output, &p));
  if (!followed) { /* nothing to follow */
    *out = (diff_step){label, label, "", "", "", ""};
    return through(s, label, n);
  }
  for (int i = 0; i < DEEPEST && !p.new_cell && deeper(s, p.old, p.now, &next); i++) p = next;
  return told(s, &p, out, n);
}
