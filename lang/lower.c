/* Trees to instructions; see lower.h. Needs: check_model, deps_order, inputs numbered. Leaves: code, notes, values of symbols.
 * States are followed per element: what may be absent must have been treated before arithmetic sees it. */
#include "lower_int.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "trace.h"
#include <string.h>

void lower_room_free(lower_room *room) {
  if (room) arena_free(room->arena);
}

lower_room *lower_room_new(ppr_alloc alloc) {
  ppr_arena *arena = arena_new(alloc);
  lower_room *room = arena ? arena_alloc(arena, sizeof *room) : NULL;
  if (!room) return arena_free(arena), NULL;
  room->arena = arena;
  emit_reserve(&room->done.e, arena);
  if (!arena_failed(arena)) return room;
  lower_room_free(room);
  return NULL;
}

/* Empty arrays: those of the lowering before, or none yet. */
static void arrays(lowering *l, const lowering *done) {
#define AGAIN(items, cap) l->items = done->items, l->cap = done->cap
  AGAIN(deps, cap_deps);
  AGAIN(rounds, cap_rounds);
  AGAIN(branches, cap_branches);
  AGAIN(insts, cap_insts);
  AGAIN(outputs, cap_outputs);
  AGAIN(groups, cap_groups);
  AGAIN(links, cap_links);
  AGAIN(natives, cap_natives);
#undef AGAIN
  emit_again(&l->e, l->m->arena, &done->e, l->room);
}

void lower_init(lowering *l, model *m, ppr_builder *b, uint32_t first_source) {
  static const lowering nothing;
  memset(l, 0, sizeof *l);
  l->m = m;
  l->b = b;
  l->first_source = first_source;
  l->trace = m->trace;
  l->room = m->room ? m->room->arena : m->arena;
  arrays(l, m->room ? &m->room->done : &nothing);
  if (!(l->places = arena_array(m->arena, LOWER_SPOTS, sizeof *l->places))) l->e.failed = true;
}

/* ---- texts of notes ---- */

ppr_pos lower_place(lowering *l, ppr_span span) {
  if (span.file == UINT32_MAX || !l->places) return (ppr_pos){0, 0, 0};
  lower_spot *spot = &l->places[span.begin % LOWER_SPOTS];
  if (spot->pos.line && spot->of.file == span.file && spot->of.begin == span.begin) return spot->pos;
  if (l->place_source != span.file + 1) {
    const char *name = report_source(l->m->report, span.file)->name, *slash = strrchr(name, '/');
    l->place_file = build_string(l->b, slash ? slash + 1 : name);
    l->place_source = span.file + 1;
  }
  *spot = (lower_spot){span, {l->place_file, 0, 0}};
  report_place(l->m->report, span, &spot->pos.line, &spot->pos.col);
  return spot->pos;
}

uint32_t lower_label(lowering *l, symbol *s, int element) {
  if (!s->labels && !(s->labels = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->labels))) return l->e.failed = true, 0;
  if (!s->labels[element]) s->labels[element] = build_string(l->b, model_label(l->m, s, element)) + 1;
  return s->labels[element] - 1;
}

const char *cite_text(const model *m, const ast_cite *c) {
  const char *all = "";
  for (; c; c = c->next) all = *all ? arena_printf(m->arena, "%s; %s", all, c->text) : c->text;
  return all;
}

unsigned cite_evidence(const ast_cite *c) {
  unsigned weakest = EVIDENCE_CONFIRMED;
  for (; c; c = c->next) weakest = c->evidence > weakest ? c->evidence : weakest;
  return weakest;
}

uint32_t kind_of(const check_type *t) {
  switch (t->form) {
  case TYPE_NUMBER: return t->percent ? PPR_KIND_PERCENT : PPR_KIND_NUMBER;
  case TYPE_BRUCH: return t->percent ? PPR_KIND_PERCENT : PPR_KIND_NUMBER;
  case TYPE_BOOL: return PPR_KIND_BOOL;
  case TYPE_DATE: return PPR_KIND_DATE;
  case TYPE_QUARTER: return PPR_KIND_QUARTER;
  case TYPE_ENUM: return PPR_KIND_ENUM;
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: return PPR_KIND_TEXT;
  }
}

int shown_scale(const check_type *t) { return t->form != TYPE_NUMBER ? 0 : t->percent ? (t->scale > 2 ? t->scale - 2 : 0) : t->scale; }
const char *unit_label(const model *m, const check_type *t) { return t->unit.n ? model_unit_text(m, &t->unit) : ""; }
uint32_t enum_row(const check_type *t) { return t->form == TYPE_ENUM ? t->enumeration->id + 1 : 0; }
uint32_t physical_type(const check_type *t) { return t->form == TYPE_BOOL ? PPR_T_BOOL : PPR_T_INT; }

/* What is kept for a string, in an array that grows with them; NULL when out of memory. */
static uint32_t *by_string(lowering *l, uint32_t **array, size_t *cap, uint32_t string) {
  uint32_t *grown = arena_grow(l->m->arena, *array, *cap, cap, (size_t)string + 1, sizeof *grown);
  if (!grown) return l->e.failed = true, NULL;
  *array = grown;
  return &grown[string];
}

void lower_note(lowering *l, ppr_dep_kind kind, uint32_t index, uint32_t label) {
  ppr_dep d = {kind, index, label};
  uint32_t *noted = by_string(l, &l->noted, &l->cap_noted, label);
  size_t last = !noted ? 0 : *noted < l->n_deps ? *noted : l->n_deps; /* nothing behind it has this label */
  for (size_t i = last; i > l->branch_deps; i--)
    if (memcmp(&l->deps[i - 1], &d, sizeof d) == 0) return;
  PUSH(l, deps, n_deps, cap_deps, d);
  if (noted) *noted = (uint32_t)l->n_deps;
}

/* ---- rules ---- */

/* The value in the declared type: its scale, in 64 bits. */
static value declared(lowering *l, const check_type *t, value v) {
  if (t->form != TYPE_NUMBER || !(v.states & PRESENT)) return v;
  opnd present = emit_equal_bool(&l->e, val_state(&v), opnd_const(PPR_PRESENT));
  emit_mark mark;
  int more = v.scale < t->scale ? t->scale - v.scale : 0;
  if (v.num.type != PPR_T_WIDE) v.num = val_ten_times(l, v.num, more), more = 0;
  bool guarded = v.num.type == PPR_T_WIDE && !opnd_is_const(&present); /* the number of an absent value means nothing and must not fault */
  if (guarded) mark = emit_when(&l->e, present);
  v.num = emit_narrow(&l->e, val_ten_times(l, v.num, more));
  v.scale = t->scale;
  if (guarded) {
    emit_else(&l->e, &mark);
    emit_end(&l->e, &mark);
    v.num = emit_select(&l->e, present, v.num, opnd_const(0));
  }
  return v;
}

typedef struct branch_list {
  ast_branch **at;
  ppr_branch *texts; /* label, citation and formula of each: the same for every element */
  int n, element;
  symbol *rule;
  size_t first_note;
} branch_list;

/* Branches with those that prevail first; the base or `sonst` last. */
static branch_list ordered(lowering *l, symbol *s) {
  static const ppr_branch_form forms[] = {
      [BRANCH_BASE] = PPR_BRANCH_BASE, [BRANCH_EXCEPTION] = PPR_BRANCH_EXCEPTION, [BRANCH_CASE] = PPR_BRANCH_CASE, [BRANCH_ELSE] = PPR_BRANCH_ELSE};
  branch_list list = {NULL, NULL, 0, 0, s, 0};
  int n = 0;
  for (ast_branch *b = s->decl->branches; b; b = b->next) n++;
  if (!(list.at = arena_array(l->m->arena, (size_t)n + 1, sizeof(ast_branch *)))) {
    l->e.failed = true;
    return list;
  }
  bool *done = arena_array(l->m->arena, (size_t)n + 1, 1);
  for (int round = 0; done && round < n; round++) {
    int k = 0, pick = -1;
    for (ast_branch *b = s->decl->branches; b; b = b->next, k++) {
      if (done[k] || b->form == BRANCH_BASE || b->form == BRANCH_ELSE) continue;
      bool blocked = false;
      int j = 0;
      for (ast_branch *o = s->decl->branches; o && !blocked; o = o->next, j++) {
        if (done[j] || o == b) continue;
        for (ast_before *w = o->before; w; w = w->next) blocked = blocked || name_is(b->label, w->label.text);
      }
      if (!blocked) {
        pick = k;
        list.at[list.n++] = b;
        break;
      }
    }
    if (pick < 0) break;
    done[pick] = true;
  }
  for (ast_branch *b = s->decl->branches; b; b = b->next)
    if (b->form == BRANCH_BASE || b->form == BRANCH_ELSE) list.at[list.n++] = b;
  if (!(list.texts = arena_array(l->m->arena, (size_t)n + 1, sizeof *list.texts))) l->e.failed = true;
  for (int i = 0; list.texts && i < list.n; i++) {
    const ast_branch *b = list.at[i];
    list.texts[i] = (ppr_branch){.label = build_string(l->b, b->label.text),
                                 .cite = build_string(l->b, cite_text(l->m, b->cites)),
                                 .formula = build_string(l->b, model_source_text(l->m, b->value->span)),
                                 .form = (uint32_t)forms[b->form]};
  }
  return list;
}

static void note_branch_row(lowering *l, const ppr_branch *texts, uint32_t cond, size_t first_dep, size_t first_round) {
  note_branch n = {*texts, cond};
  n.row.first_dep = (uint32_t)first_dep;
  n.row.deps = (uint32_t)(l->n_deps - first_dep);
  n.row.first_round = (uint32_t)first_round;
  n.row.rounds = (uint32_t)(l->n_rounds - first_round);
  PUSH(l, branches, n_branches, cap_branches, n);
}

/* Refuses states the head of the rule does not allow. */
static void allowed(lowering *l, const symbol *s, unsigned states, ppr_span at) {
  unsigned more = states & ~s->states;
  for (unsigned k = PPR_FEHLT; k <= PPR_UNBESTIMMT; k++) {
    if (!(more & (1u << k))) continue;
    report_add(l->m->report, DIAG_STATE_NOT_DECLARED, at, model_state_word((uint8_t)k), NULL);
    return;
  }
}

static value branch_value(lowering *l, symbol *s, ast_branch *b) {
  value v = declared(l, &s->type, lower_expr(l, b->value));
  if (l->e.too_large) report_add(l->m->report, DIAG_CONST_TOO_LARGE, b->value->span, NULL), l->e.too_large = false;
  val_weaken(l, &v, opnd_level(cite_evidence(b->cites)));
  val_weaken(l, &v, opnd_level(s->decl->form == DECL_ASSUMPTION ? EVIDENCE_OPEN : cite_evidence(s->decl->cites)));
  allowed(l, s, v.states, b->value->span);
  return v;
}

/* Where the condition is unbestimmt, the rule is; the value rests on the condition, whether it holds or not. */
static value branch_end(lowering *l, const symbol *s, const ast_branch *b, const value *cond, val_guard *guard, value v) {
  if (guard->on) allowed(l, s, OPEN, b->cond->span);
  v = val_guard_end(l, guard, v, &s->type);
  val_weaken(l, &v, cond->evidence);
  return v;
}

/* The branches from `at` on. Without states: none of them can apply to this element, completeness was proved. */
static value lower_branches(lowering *l, const branch_list *list, int at) {
  symbol *s = list->rule;
  if (at >= list->n) {
    duty_gap(l, s, list->element);
    value none = val_absent(PPR_UNBESTIMMT);
    none.states = 0;
    return none;
  }
  ast_branch *b = list->at[at];
  const ppr_branch *texts = &list->texts[at];
  size_t deps = l->n_deps, rounds = l->n_rounds;
  l->branch_deps = deps;
  if (!b->cond) {
    value v = branch_value(l, s, b);
    note_branch_row(l, texts, PPR_NONE, deps, rounds);
    return v;
  }
  value c = lower_expr(l, b->cond);
  val_strict(l, &c, b->cond);
  if (opnd_is_const(&c.num) && !c.num.lo && c.states == PRESENT) {
    l->n_deps = deps; /* never applies to this element: no part of its explanation */
    l->n_rounds = rounds;
    return lower_branches(l, list, at + 1);
  }
  int facts = l->n_facts;
  if (!(c.states & PRESENT)) return val_open(c.evidence);
  val_guard guard = val_guard_begin(l, &c);
  if (opnd_is_const(&c.num) && !c.num.lo) { /* does not hold, unless it is unbestimmt */
    note_branch_row(l, texts, emit_reg(&l->e, c.num, PPR_T_BOOL), deps, rounds);
    value rest = lower_branches(l, list, at + 1);
    return branch_end(l, s, b, &c, &guard, rest.states ? rest : val_absent(PPR_UNBESTIMMT));
  }
  if (opnd_is_const(&c.num) || (b->form == BRANCH_CASE && at + 1 == list->n && !l->duties)) { /* the last case: completeness was proved */
    lower_learn(l, b->cond, true);
    duty_pairs(l, s, list->element, list->at, list->n, at);
    value v = branch_value(l, s, b);
    note_branch_row(l, texts, opnd_is_const(&c.num) ? PPR_NONE : c.num.reg, deps, rounds);
    l->n_facts = facts;
    return branch_end(l, s, b, &c, &guard, v);
  }
  emit_mark mark = emit_when(&l->e, c.num);
  lower_learn(l, b->cond, true);
  duty_pairs(l, s, list->element, list->at, list->n, at);
  value a = branch_value(l, s, b);
  note_branch_row(l, texts, c.num.reg, deps, rounds);
  l->n_facts = facts;
  emit_else(&l->e, &mark);
  lower_learn(l, b->cond, false);
  value rest = lower_branches(l, list, at + 1);
  l->n_facts = facts;
  emit_end(&l->e, &mark);
  if (!rest.states) { /* this one applies; its value leaves the region like any other */
    rest = val_absent(PPR_ENTFAELLT);
    value v = val_choose(l, c.num, a, rest, &s->type);
    v.states = a.states;
    return branch_end(l, s, b, &c, &guard, v);
  }
  return branch_end(l, s, b, &c, &guard, val_choose(l, c.num, a, rest, &s->type));
}

static uint32_t rule_row(lowering *l, symbol *s, ppr_rule_form form) {
  if (!s->rule) {
    ppr_pos p = lower_place(l, s->decl->name_span);
    const char *edition = "";
    for (size_t i = 0; i < l->m->n_decls; i++)
      if (l->m->decls[i] == s->decl) edition = l->m->decl_edition[i];
    ppr_rule row = {build_string(l->b, s->name), form, build_string(l->b, cite_text(l->m, s->decl->cites)), p.file, p.line,
                    build_string(l->b, edition)};
    s->rule = build_rule(l->b, row) + 1;
  }
  return s->rule - 1;
}

/* The elements of a rule have one type. */
static uint32_t unit_string(lowering *l, const check_type *t) {
  if (l->unit_of != t) l->unit = build_string(l->b, unit_label(l->m, t)), l->unit_of = t;
  return l->unit;
}

static ppr_type note_type(const opnd *o) { return o->type == PPR_T_WIDE || !wide_fits64(o->lo) || !wide_fits64(o->hi) ? PPR_T_WIDE : PPR_T_INT; }

static void note_inst_row(lowering *l, symbol *s, int element, ppr_rule_form form, value v, size_t first_branch) {
  const check_type *t = &s->type;
  uint32_t reg, den = PPR_NONE, scale = (uint32_t)shown_scale(t);
  uint32_t state = v.states == PRESENT ? PPR_NONE : emit_reg(&l->e, val_state(&v), PPR_T_BOOL);
  if (!(v.states & PRESENT)) reg = emit_reg(&l->e, opnd_const(0), (ppr_type)physical_type(t));
  else if (t->form == TYPE_BRUCH) { /* dividend and divisor with a scale that can be shown */ int least = t->percent ? 2 : 0;
    if (v.scale < least) v.num = val_ten_times(l, v.num, least - v.scale), v.scale = least;
    if (v.scale > DEC_MAX_SCALE) v.den = val_ten_times(l, v.den, v.scale - DEC_MAX_SCALE), v.scale = DEC_MAX_SCALE;
    reg = emit_reg(&l->e, v.num, note_type(&v.num));
    den = emit_reg(&l->e, v.den, note_type(&v.den));
    scale = (uint32_t)(v.scale - least);
  } else reg = emit_reg(&l->e, v.num, (ppr_type)physical_type(t));
  note_inst n = {{lower_label(l, s, element), rule_row(l, s, form), kind_of(t), enum_row(t), unit_string(l, t), scale, 0, 0, 0,
                  (uint32_t)first_branch, (uint32_t)(l->n_branches - first_branch), 0},
                 reg,
                 state,
                 den};
  PUSH(l, insts, n_insts, cap_insts, n);
  s->insts[element] = (uint32_t)l->n_insts;
}

static bool take_override(lowering *l, symbol *s, int element, value *out) {
  for (size_t i = 0; i < l->n_overrides; i++) {
    const override *o = &l->overrides[i];
    if (o->symbol != s || o->element != element) continue;
    if (o->state != PPR_PRESENT) *out = val_absent(o->state);
    else {
      *out = val_number(emit_input(&l->e, o->input, (ppr_type)physical_type(&s->type), o->value, o->value),
                        s->type.form == TYPE_NUMBER ? s->type.scale : 0);
    }
    return true;
  }
  return false;
}

static lower_group group_begin(const lowering *l) { return (lower_group){l->e.n_effects, 0, l->n_links, 0, false}; }

static void group_end(lowering *l, symbol *s, int element, lower_group g) {
  g.effects = l->e.n_effects - g.first_effect;
  g.links = l->n_links - g.first_link;
  PUSH(l, groups, n_groups, cap_groups, g);
  s->groups[element] = (uint32_t)l->n_groups;
}

/* Faults count for the elements that outputs are made of. Groups link to earlier ones only. */
static void need_effects(lowering *l) {
  const lower_group *last = l->n_groups ? &l->groups[l->n_groups - 1] : NULL;
  size_t effects = last ? last->first_effect + last->effects : 0, links = last ? last->first_link + last->links : 0;
  bool all = !l->silent && !l->trace; /* all of them are explained; who follows a run asks what it did for certain outputs */
  if (all) effects = 0;
  emit_need_effects(&l->e, effects, l->e.n_effects);
  if (all) return;
  for (size_t i = links; i < l->n_links; i++) l->groups[l->links[i]].live = true;
  for (size_t k = l->n_groups; k-- > 0;) {
    const lower_group *g = &l->groups[k];
    if (!g->live) continue;
    emit_need_effects(&l->e, g->first_effect, g->first_effect + g->effects);
    for (size_t i = 0; i < g->links; i++) l->groups[l->links[g->first_link + i]].live = true;
  }
}

static void lower_rule(lowering *l, symbol *s) {
  branch_list list = ordered(l, s);
  for (int i = 0; list.texts && i < s->elements; i++) {
    if (take_override(l, s, i, &s->values[i])) continue;
    list.element = i;
    model_split(s, i, l->elem);
    l->depth = s->n_axes;
    l->n_facts = 0;
    size_t first = l->n_branches;
    l->e.at = s->decl->name_span;
    lower_group group = group_begin(l);
    trace_root(l, s, i);
    s->values[i] = lower_branches(l, &list, 0);
    trace_leave(l);
    if (!s->values[i].states) s->values[i] = val_absent(PPR_UNBESTIMMT); /* no branch can apply: nothing reads the element */
    note_inst_row(l, s, i, PPR_RULE_RULE, s->values[i], first);
    group_end(l, s, i, group);
  }
}

/* Values by ascending lower bounds: the step the argument falls into. */
static value step_value(lowering *l, const symbol *s, const step *steps, int n, opnd argument) {
  value v = val_number(opnd_const(steps[0].value.value), s->type.form == TYPE_NUMBER ? s->type.scale : 0);
  int64_t *from = arena_array(l->m->arena, (size_t)n, sizeof *from), *values = arena_array(l->m->arena, (size_t)n, sizeof *values),
          *states = arena_array(l->m->arena, (size_t)n, sizeof *states), *evidence = arena_array(l->m->arena, (size_t)n, sizeof *evidence);
  if (!from || !values || !states || !evidence) {
    l->e.failed = true;
    return v;
  }
  v.states = 0;
  for (int i = 0; i < n; i++) {
    if (i) from[i - 1] = steps[i].from;
    values[i] = steps[i].value.value;
    states[i] = steps[i].value.state;
    evidence[i] = steps[i].value.parameter ? EVIDENCE_OPEN : cite_evidence(steps[i].value.cites ? steps[i].value.cites : s->decl->cites);
    v.states |= 1u << states[i];
  }
  l->e.name = build_string(l->b, s->name);
  opnd rank = n > 1 ? emit_rank(&l->e, from, (uint32_t)(n - 1), argument) : opnd_const(0);
  if (opnd_is_const(&rank)) {
    v.num = opnd_const(values[rank.lo]);
    v.states = 1u << states[rank.lo];
    v.evidence = opnd_level((unsigned)evidence[rank.lo]);
  } else {
    v.evidence = opnd_pack(emit_look(&l->e, evidence, (uint32_t)n, 1, &rank, 1));
    v.num = emit_look(&l->e, values, (uint32_t)n, 1, &rank, 1);
    if (v.states & (v.states - 1)) v.state = opnd_pack(emit_state_of(&l->e, emit_look(&l->e, states, (uint32_t)n, 1, &rank, 1)));
  }
  if (s->type.form == TYPE_BOOL) v.num = emit_bool_of(&l->e, v.num);
  for (int i = 0; i < n; i++) {
    opnd hit = steps[i].value.parameter ? emit_compare(&l->e, CMP_EQ, rank, opnd_const(i)) : opnd_const(0);
    if (steps[i].value.parameter && !(opnd_is_const(&hit) && !hit.lo)) v = lower_cell(l, s, &steps[i].value, hit, v);
  }
  return v;
}

static void note_steps(lowering *l, symbol *s, ppr_rule_form form, value v, size_t first_dep) {
  const char *text = "";
  for (int i = 0; i < s->n_steps; i++) {
    const char *entry = model_source_text(l->m, s->steps[i].entry->span);
    text = *text ? arena_printf(l->m->arena, "%s; %s", text, entry) : entry;
  }
  note_branch n = {{0, build_string(l->b, cite_text(l->m, s->decl->cites)), build_string(l->b, text), 0, PPR_BRANCH_BASE, (uint32_t)first_dep,
                    (uint32_t)(l->n_deps - first_dep), (uint32_t)l->n_rounds, 0},
                   PPR_NONE};
  size_t first = l->n_branches;
  PUSH(l, branches, n_branches, cap_branches, n);
  note_inst_row(l, s, 0, form, v, first);
}

static void lower_series(lowering *l, symbol *s) {
  size_t first_dep = l->n_deps;
  symbol *period = l->m->period;
  if (!period || !period->inputs) {
    report_add(l->m->report, DIAG_PERIOD_KEY, s->decl->name_span, NULL);
    s->values[0] = val_absent(PPR_UNBESTIMMT);
    return;
  }
  l->branch_deps = first_dep;
  value q = lower_element(l, period, 0, s->decl->name_span);
  trace_root(l, s, 0);
  trace_argument(l, &q);
  trace_leave(l);
  int from = 0, n = s->n_steps;
  const step *steps = duty_steps(l, s, &q, &n);
  while (from + 1 < n && steps[from + 1].from <= q.num.lo) from++;
  while (n > from + 1 && steps[n - 1].from > q.num.hi) n--;
  s->values[0] = n > from ? step_value(l, s, steps + from, n - from, q.num) : val_absent(PPR_UNBESTIMMT);
  note_steps(l, s, PPR_RULE_SERIES, s->values[0], first_dep);
}

static void lower_tiers(lowering *l, symbol *s) {
  size_t first_dep = l->n_deps;
  l->branch_deps = first_dep;
  l->depth = 0;
  l->n_facts = 0;
  trace_root(l, s, 0);
  value a = lower_expr(l, s->decl->argument);
  val_strict(l, &a, s->decl->argument);
  trace_argument(l, &a);
  trace_leave(l);
  const check_type *t = s->decl->argument->type;
  if (!s->n_steps) {
    report_add(l->m->report, DIAG_TIERS_GAP, s->decl->name_span, s->name, model_value_text(l->m, t, 0, (int64_t)a.num.lo), NULL);
    s->values[0] = val_absent(PPR_UNBESTIMMT);
    return;
  }
  int64_t below = s->steps[0].from, above = s->steps[s->n_steps - 1].until;
  int n = s->n_steps;
  const step *steps = duty_steps(l, s, &a, &n);
  if (l->duties) below = INT64_MIN, above = INT64_MAX; /* a fault stands there */
  if (a.num.lo < below) report_add(l->m->report, DIAG_TIERS_GAP, s->decl->name_span, s->name, model_value_text(l->m, t, 0, (int64_t)a.num.lo), NULL);
  if (a.num.hi > above) report_add(l->m->report, DIAG_TIERS_GAP, s->decl->name_span, s->name, model_value_text(l->m, t, 0, above + 1), NULL);
  s->values[0] = step_value(l, s, steps, n, a.num);
  val_carry_open(l, &s->values[0], &a);
  note_steps(l, s, PPR_RULE_TIERS, s->values[0], first_dep);
}

void lower_inputs(lowering *l) {
  for (symbol *s = l->m->symbols; s; s = s->next) {
    if (s->form != SYM_FIELD || !s->inputs) continue;
    if (!(s->values = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->values))) {
      l->e.failed = true;
      return;
    }
    l->e.at = s->field ? s->field->name.span : s->decl->name_span;
    for (int i = 0; i < s->elements; i++) {
      value v = s->values[i] = lower_input(l, s, i);
      if (!(s->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))) emit_need(&l->e, v.num.reg);
    }
  }
}

void lower_mark_needed(symbol *root) {
  if (root->needed) return;
  root->needed = true;
  for (size_t i = 0; i < root->n_uses; i++) lower_mark_needed(root->uses[i]);
}

void lower_rules(lowering *l) {
  for (size_t k = 0; k < l->m->n_order; k++) {
    symbol *s = l->m->order[k];
    s->values = NULL;
    s->insts = s->groups = NULL;
    s->traces = NULL;
    s->rule = 0;
    if (!s->needed) continue;
    s->values = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->values);
    s->insts = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->insts);
    s->groups = arena_array(l->m->arena, (size_t)s->elements, sizeof *s->groups);
    if (!s->values || !s->insts || !s->groups) {
      l->e.failed = true;
      return;
    }
    l->e.at = s->decl->name_span;
    lower_group group = group_begin(l);
    if (s->form == SYM_RULE) lower_rule(l, s);
    else if (s->form == SYM_SERIES) lower_series(l, s);
    else lower_tiers(l, s);
    if (s->form != SYM_RULE) group_end(l, s, 0, group);
    if (l->e.too_large) {
      report_add(l->m->report, DIAG_CONST_TOO_LARGE, s->decl->name_span, NULL);
      l->e.too_large = false;
    }
  }
}

uint32_t lower_output(lowering *l, const char *label, const check_type *t, value v, uint32_t inst) {
  v = declared(l, t, v);
  uint32_t reg = emit_reg(&l->e, v.states & PRESENT ? v.num : opnd_const(0), (ppr_type)physical_type(t));
  uint32_t state = v.states == PRESENT ? PPR_NONE : emit_reg(&l->e, val_state(&v), PPR_T_BOOL), name = build_string(l->b, label);
  int same = 1;
  uint32_t *known = by_string(l, &l->named, &l->cap_named, name);
  while (known && *known && !l->e.failed && !build_failed(l->b) && !arena_failed(l->m->arena)) { /* without memory all names are alike */
    const note_output *o = &l->outputs[*known - 1];
    if (o->reg == reg && o->state == state) return *known - 1;
    name = build_string(l->b, arena_printf(l->m->arena, "%s (%d)", label, ++same)); /* two results whose names happen to agree */
    known = by_string(l, &l->named, &l->cap_named, name);
  }
  if (known) *known = (uint32_t)l->n_outputs + 1;
  if (l->e.failed || build_failed(l->b) || arena_failed(l->m->arena)) return 0;
  note_output o = {{name, kind_of(t), enum_row(t), unit_string(l, t), (uint32_t)shown_scale(t), 0, 0, 0, inst}, reg, state};
  PUSH(l, outputs, n_outputs, cap_outputs, o);
  return (uint32_t)l->n_outputs - 1;
}

/* ---- the end ---- */

static uint32_t mapped(const uint32_t *map, uint32_t reg) { return reg == PPR_NONE ? PPR_NONE : map[reg]; }
static uint32_t plus_one(uint32_t reg) { return reg == PPR_NONE ? 0 : reg + 1; }

void lower_finish(lowering *l, ppr_edition *edition) {
  emitter *e = &l->e;
  for (size_t i = 0; i < l->n_outputs; i++) {
    emit_need(e, l->outputs[i].reg);
    emit_need(e, l->outputs[i].state);
  }
  if (l->silent) {
    l->n_insts = l->n_branches = l->n_deps = l->n_rounds = 0;
    for (size_t i = 0; i < l->n_outputs; i++) l->outputs[i].row.inst = 0;
  }
  for (size_t i = 0; i < l->n_insts; i++) {
    emit_need(e, l->insts[i].reg);
    emit_need(e, l->insts[i].state);
    emit_need(e, l->insts[i].den);
  }
  for (size_t i = 0; i < l->n_branches; i++) emit_need(e, l->branches[i].cond);
  for (size_t i = 0; i < l->n_rounds; i++) {
    emit_need(e, l->rounds[i].reg);
    emit_need(e, l->rounds[i].num);
    emit_need(e, l->rounds[i].den);
  }
  trace_need(l);
  need_effects(l);
  uint32_t *map = l->map = emit_finish(e);
  if (!map) return;
  for (size_t i = 0; i < e->n_code; i++) {
    build_instr(l->b, e->code[i].row);
    build_pos(l->b, lower_place(l, e->code[i].at));
  }
  for (size_t i = 0; i < e->n_regs; i++) build_reg(l->b, (ppr_reg){e->types[i]});
  for (size_t i = 0; i < e->n_konst; i++) build_konst(l->b, (ppr_konst){e->konst[i]});
  for (size_t i = 0; i < e->n_wide; i++) build_wide_konst(l->b, (ppr_wide_konst){(int64_t)(e->wide[i] >> 64), (int64_t)(uint64_t)e->wide[i]});
  for (size_t i = 0; i < e->n_args; i++) build_arg(l->b, (ppr_arg){e->args[i]});
  for (size_t i = 0; i < e->n_tables; i++) build_table(l->b, e->tables[i]);
  for (size_t i = 0; i < l->n_natives; i++) {
    const symbol *f = l->natives[i];
    const char *signature = f->native ? f->native->signature : model_signature(l->m, f);
    build_import(l->b, (ppr_import){build_string(l->b, f->name), build_string(l->b, signature), build_string(l->b, f->library)});
  }
  for (size_t i = 0; i < l->n_outputs; i++) {
    ppr_output row = l->outputs[i].row;
    row.reg = mapped(map, l->outputs[i].reg);
    row.state = plus_one(mapped(map, l->outputs[i].state));
    build_output(l->b, row);
  }
  for (size_t i = 0; i < l->n_insts; i++) {
    ppr_inst row = l->insts[i].row;
    row.reg = mapped(map, l->insts[i].reg);
    row.state = plus_one(mapped(map, l->insts[i].state));
    row.den = plus_one(mapped(map, l->insts[i].den));
    build_inst(l->b, row);
  }
  for (size_t i = 0; i < l->n_branches; i++) {
    ppr_branch row = l->branches[i].row;
    row.cond = plus_one(mapped(map, l->branches[i].cond));
    build_branch(l->b, row);
  }
  for (size_t i = 0; i < l->n_deps; i++) build_dep(l->b, l->deps[i]);
  for (size_t i = 0; i < l->n_rounds; i++) {
    const note_round *r = &l->rounds[i];
    build_round(l->b, (ppr_round){map[r->reg], map[r->num], map[r->den], (uint32_t)r->mode, (uint32_t)r->scale, r->type});
  }
  edition->cost = (uint32_t)e->n_code;
  if (l->m->room) l->m->room->done = *l;
}
