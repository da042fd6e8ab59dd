/* The search of flip.h. Intervals prove that nothing nearer turns the result; where they cannot decide, the machine looks at many values at once and
 * the answer says so. Whatever is told, the machine has computed on both sides. */
#include "vm/flip.h"
#include "vm/flip_span.h"
#include "vm/plan.h"
#include "vm/ranges.h"
#include <string.h>

enum {
  LANES = 128,      /* values the machine looks at in one go */
  BOXES = 400,      /* intervals per direction before the machine is asked */
  SCAN = 8 * LANES, /* values looked at one by one to prove that none is nearer */
  VALUES = 128,     /* values of rules looked at */
  SPREAD = 32,      /* values over the whole range among those looked at first */
};
#define WORK UINT64_C(16000000)       /* instructions of all intervals of one result */
#define VALUE_MAX ((ppr_wide)1 << 60) /* of what a rule may be replaced by */

typedef enum { KEPT, TURNED, UNCLEAR } answer;

/* A machine for the result alone; `varied` is the column that changes. */
typedef struct probe {
  ppr_vm *vm;
  ppr_program program;
  ppr_edition edition;
  uint32_t varied;
} probe;

typedef struct search {
  ppr_arena *arena;
  ppr_alloc alloc;
  const ppr_program *p;
  const ppr_edition *e;
  uint32_t edition, output;
  const ppr_output *o;
  bool now;
  spans spans;
  ppr_column *columns; /* the record, LANES times; behind it one for the value of a rule */
  int64_t *values, *results;
  uint8_t *states;
  ppr_fault *faults;
  ppr_result *out;    /* of all outputs: only the result is wanted */
  ppr_vm **whole;     /* the program as it runs */
  probe inputs, rule; /* rule: of the value looked at */
  ppr_status status;
  flip *found;
  uint32_t n;
  bool complete;
} search;

/* What is varied in one go. */
typedef struct candidate {
  bool is_input;
  uint32_t index;
  ppr_wide now, lo, hi;
} candidate;

/* --- the machine --- */

static void probe_close(probe *r) {
  vm_free(r->vm);
  r->vm = NULL;
}

static bool probe_open(search *s, probe *r) {
  r->edition.output = (ppr_output *)(uintptr_t)s->o;
  r->edition.n_output = 1;
  r->program = *s->p;
  r->program.editions = &r->edition;
  r->program.n_editions = 1;
  ppr_status status = vm_new(&r->vm, s->alloc, &r->program, 0, LANES, false, s->p->natives);
  if (status == PPR_NOMEM) s->status = status;
  return status == PPR_OK;
}

/* The edition with an input more, which stands in place of the instruction that defines the register. */
static bool probe_value(search *s, probe *r, const candidate *c) {
  uint32_t reg = s->e->inst[c->index].reg, pc = 0;
  while (pc < s->e->n_instr && !(plan_defines(&s->e->instr[pc]) && s->e->instr[pc].d == reg)) pc++;
  ppr_instr *instr = arena_array(s->arena, s->e->n_instr, sizeof *instr);
  ppr_input *input = arena_array(s->arena, (size_t)s->e->n_input + 1, sizeof *input);
  ppr_field *field = arena_array(s->arena, (size_t)s->e->n_field + 1, sizeof *field);
  if (!instr || !input || !field || pc == s->e->n_instr) return false;
  memcpy(instr, s->e->instr, s->e->n_instr * sizeof *instr);
  if (s->e->n_input) memcpy(input, s->e->input, s->e->n_input * sizeof *input);
  if (s->e->n_field) memcpy(field, s->e->field, s->e->n_field * sizeof *field);
  instr[pc] = (ppr_instr){PPR_OP_IN_INT, 0, reg, s->e->n_input, 0, 0};
  input[s->e->n_input] = (ppr_input){0, s->e->n_field, PPR_T_INT};
  field[s->e->n_field] = (ppr_field){.kind = PPR_KIND_NUMBER, .first_input = s->e->n_input, .inputs = 1, .lo = (int64_t)c->lo, .hi = (int64_t)c->hi};
  r->edition = *s->e;
  r->edition.instr = instr;
  r->edition.input = input;
  r->edition.n_input++;
  r->edition.field = field;
  r->edition.n_field++;
  r->varied = s->e->n_input;
  return probe_open(s, r);
}

/* The machine that can vary this; NULL when there is none. */
static probe *probe_of(search *s, const candidate *c) {
  probe *r = c->is_input ? &s->inputs : &s->rule;
  if (c->is_input) r->varied = c->index;
  if (r->vm) return r;
  if (c->is_input) r->edition = *s->e;
  return (c->is_input ? probe_open(s, r) : probe_value(s, r, c)) ? r : NULL;
}

/* Evaluates s->values[0 … n-1] in place of what varies. */
static bool run(search *s, ppr_vm *vm, uint32_t varied, const ppr_result *out, uint32_t n) {
  ppr_column kept = s->columns[varied];
  s->columns[varied] = (ppr_column){s->values, NULL, NULL};
  s->spans.work += (uint64_t)n * s->spans.n_pcs / 8; /* lanes are cheap */
  s->status = vm_eval(vm, s->columns, n, out, s->faults);
  s->columns[varied] = kept;
  return s->status == PPR_OK;
}

static bool answered(const search *s, uint32_t lane, bool answer_wanted) {
  return !s->faults[lane].code && !s->states[lane] && (s->results[lane] != 0) == answer_wanted;
}

/* The first of the values in s->values that turns the result; n when none does. */
static uint32_t first_turned(search *s, const candidate *c, uint32_t n) {
  probe *r = probe_of(s, c);
  ppr_result out = {s->results, s->states, NULL};
  if (!r || !run(s, r->vm, r->varied, &out, n)) return n;
  uint32_t i = 0;
  while (i < n && !answered(s, i, !s->now)) i++;
  return i;
}

/* Both sides by the machine; for inputs the whole program, so that no other rule refuses the record. */
static bool confirmed(search *s, const candidate *c, int64_t last, int64_t first) {
  s->values[0] = last;
  s->values[1] = first;
  if (c->is_input) {
    s->out[s->output] = (ppr_result){s->results, s->states, NULL};
    if (!*s->whole && (s->status = vm_new(s->whole, s->alloc, s->p, s->edition, 2, false, s->p->natives)) != PPR_OK) return false;
    return run(s, *s->whole, c->index, s->out, 2) && answered(s, 0, s->now) && answered(s, 1, !s->now);
  }
  ppr_result out = {s->results, s->states, NULL};
  probe *r = probe_of(s, c);
  return r && run(s, r->vm, r->varied, &out, 2) && answered(s, 0, s->now) && answered(s, 1, !s->now);
}

/* --- along one value --- */

static answer ask(search *s, ppr_wide lo, ppr_wide hi) {
  spans_walk(&s->spans, lo, hi);
  int absent = s->o->state ? span_truth(spans_of(&s->spans, s->o->state - 1)) : 0, yes = span_truth(spans_of(&s->spans, s->o->reg));
  if (absent == 1 || yes == (int)s->now) return KEPT;
  return absent == 0 && yes >= 0 ? TURNED : UNCLEAR;
}

/* Distances from … until as values in the direction. */
static answer ask_away(search *s, const candidate *c, int direction, ppr_wide from, ppr_wide until) {
  return direction > 0 ? ask(s, c->now + from, c->now + until) : ask(s, c->now - until, c->now - from);
}

/* The smallest distance that turns the result. *proved: distances below are known to keep it. False: none up to `most`, or undecided where
 * *proved < most. */
static bool by_spans(search *s, const candidate *c, int direction, ppr_wide most, ppr_wide *distance, ppr_wide *proved) {
  ppr_wide stack[2 * 128][2];
  uint32_t n = 1, boxes = 0;
  stack[0][0] = 1, stack[0][1] = most;
  *proved = 0;
  while (n) {
    ppr_wide from = stack[n - 1][0], until = stack[n - 1][1];
    answer a = ask_away(s, c, direction, from, until);
    n--;
    if (a == TURNED) {
      *distance = from;
      return true;
    }
    if (a == KEPT) {
      *proved = until;
      continue;
    }
    if (from == until || ++boxes > BOXES || s->spans.work > WORK || n + 2 > 2 * 128) return false;
    ppr_wide middle = from + (until - from) / 2;
    stack[n][0] = middle + 1, stack[n++][1] = until;
    stack[n][0] = from, stack[n++][1] = middle;
  }
  return false;
}

static void set_value(search *s, const candidate *c, int direction, uint32_t at, ppr_wide distance) {
  s->values[at] = (int64_t)(direction > 0 ? c->now + distance : c->now - distance);
}

/* Among distances spread over the range the first that turns, and the one before. */
static bool spread(search *s, const candidate *c, int direction, ppr_wide most, ppr_wide *kept, ppr_wide *turned) {
  ppr_wide distance[LANES];
  uint32_t n = 0, even = 1;
  for (ppr_wide power = 1; n < LANES && (power < most || even <= SPREAD);) {
    ppr_wide share = even <= SPREAD ? most / SPREAD * even : most, next = power < share ? power : share;
    if (next == power) power = power < most ? power * 2 : most;
    if (next == share) even++;
    if (next > 0 && (n == 0 || next > distance[n - 1])) distance[n++] = next;
  }
  if (n < LANES && n && distance[n - 1] < most) distance[n++] = most;
  for (uint32_t i = 0; i < n; i++) set_value(s, c, direction, i, distance[i]);
  uint32_t i = first_turned(s, c, n);
  if (i == n) return false;
  *kept = i ? distance[i - 1] : 0;
  *turned = distance[i];
  return true;
}

/* Down to neighbours: many values between, always the first that turns. */
static bool close_in(search *s, const candidate *c, int direction, ppr_wide kept, ppr_wide *turned) {
  while (*turned - kept > 1) {
    ppr_wide gap = *turned - kept - 1;
    uint32_t n = gap < LANES ? (uint32_t)gap : LANES;
    ppr_wide width = (*turned - kept) / (n + 1);
    for (uint32_t i = 0; i < n; i++) set_value(s, c, direction, i, kept + width * (i + 1));
    uint32_t i = first_turned(s, c, n);
    if (s->status != PPR_OK) return false;
    if (i < n) *turned = kept + width * (i + 1);
    kept += width * i;
  }
  return true;
}

/* By the machine alone. *nearest: every value before was looked at. */
static bool by_samples(search *s, const candidate *c, int direction, ppr_wide most, ppr_wide proved, ppr_wide *distance, bool *nearest) {
  ppr_wide kept, turned;
  if (!spread(s, c, direction, most, &kept, &turned) || !close_in(s, c, direction, kept, &turned)) return false;
  *nearest = turned - 1 <= proved || turned - 1 - proved <= SCAN;
  for (ppr_wide from = proved + 1; *nearest && from < turned; from += LANES) {
    uint32_t n = turned - from < LANES ? (uint32_t)(turned - from) : LANES;
    for (uint32_t i = 0; i < n; i++) set_value(s, c, direction, i, from + i);
    uint32_t i = first_turned(s, c, n);
    if (s->status != PPR_OK) return false;
    if (i < n) turned = from + i;
  }
  *distance = turned;
  return true;
}

static bool along(search *s, const candidate *c, int direction, ppr_wide most, flip *f) {
  ppr_wide distance = 0, proved;
  if (most < 1) return false;
  *f = (flip){.is_input = c->is_input, .index = c->index, .now = (int64_t)c->now, .nearest = true};
  if (!by_spans(s, c, direction, most, &distance, &proved)) {
    if (proved >= most) return false;
    if (!by_samples(s, c, direction, most, proved, &distance, &f->nearest)) {
      s->complete = false;
      return false;
    }
  }
  f->first = (int64_t)(direction > 0 ? c->now + distance : c->now - distance);
  f->last = direction > 0 ? f->first - 1 : f->first + 1;
  if (confirmed(s, c, f->last, f->first)) return true;
  s->complete = false; /* the record is refused there, or has no answer just before */
  return false;
}

static ppr_wide distance_of(const flip *f) { return wide_abs((ppr_wide)f->first - f->now); }

static void look(search *s, const candidate *c) {
  flip up, down;
  bool complete = s->complete;
  if (s->spans.work > WORK) {
    s->complete = false;
    return;
  }
  if (!spans_vary(&s->spans, c->is_input ? c->index : PPR_NONE, c->is_input ? PPR_NONE : s->e->inst[c->index].reg)) return;
  s->complete = true;
  bool turns_up = along(s, c, 1, c->hi - c->now, &up), turns_down = s->status == PPR_OK && along(s, c, -1, c->now - c->lo, &down);
  if (turns_up || turns_down) {
    flip *f = &s->found[s->n++];
    *f = turns_up && (!turns_down || distance_of(&up) <= distance_of(&down)) ? up : down;
    f->nearest = s->complete && (!turns_up || up.nearest) && (!turns_down || down.nearest); /* in both directions */
  }
  s->complete = s->complete && complete;
  probe_close(&s->rule);
}

/* Of a yes/no or a member there is nothing between: all others are tried. */
static void try_all(search *s, const candidate *c) {
  uint32_t n = 0;
  for (ppr_wide v = c->lo; v <= c->hi && n < LANES; v++)
    if (v != c->now) s->values[n++] = (int64_t)v;
  uint32_t i = first_turned(s, c, n);
  if (i == n) return;
  int64_t first = s->values[i];
  if (confirmed(s, c, (int64_t)c->now, first)) s->found[s->n++] = (flip){true, c->index, (int64_t)c->now, (int64_t)c->now, first, true};
}

/* --- what is looked at --- */

static bool stays(const ppr_field *f) { return (f->flags & (PPR_FIELD_KEY | PPR_FIELD_PERIOD)) || f->kind == PPR_KIND_TEXT; }

/* The number an input counts with; false when it is absent. */
static bool input_now(const ppr_column *c, const ppr_field *f, int64_t *now) {
  bool present = c->values && !(c->states && c->states[0]);
  bool preset = !present && (f->flags & PPR_FIELD_PRESET) && (!c->values || !c->states || c->states[0] == PPR_FEHLT);
  *now = present ? c->values[0] : f->preset;
  return present || preset;
}

static void look_at_inputs(search *s, const ppr_column *in) {
  bool *used = arena_array(s->arena, (size_t)s->e->n_input + 1, sizeof *used);
  if (!used) return;
  for (uint32_t j = 0; j < s->spans.n_pcs; j++) {
    const ppr_instr *i = &s->e->instr[s->spans.pcs[j]];
    if (i->op == PPR_OP_IN_INT || i->op == PPR_OP_IN_BOOL) used[i->a] = true;
  }
  for (uint32_t i = 0; i < s->e->n_input && s->status == PPR_OK; i++) {
    const ppr_field *f = &s->e->field[s->e->input[i].field];
    int64_t now;
    if (!used[i] || stays(f) || !input_now(&in[i], f, &now)) continue;
    candidate c = {true, i, now, f->lo, f->hi};
    if (f->kind == PPR_KIND_BOOL) c.lo = 0, c.hi = 1;
    if (f->kind == PPR_KIND_BOOL || f->kind == PPR_KIND_ENUM) try_all(s, &c);
    else look(s, &c);
  }
}

static bool is_fact(const ppr_edition *e, const ppr_inst *i) { return e->rule[i->rule].form == PPR_RULE_RULE && i->branches > 0; }
static bool is_number(uint32_t kind) { return kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT; }

/* Can the value of the instance be replaced for this record? */
static bool replaceable(const search *s, const ppr_vm *vm, const ppr_inst *i) {
  ppr_wide now = vm_register(vm, i->reg);
  if (!is_number(i->kind) || i->den || (i->state && vm_register(vm, i->state - 1)) || s->e->reg[i->reg].type != PPR_T_INT) return false;
  if (s->spans.base[i->reg].lo != now || s->spans.base[i->reg].hi != now) return false; /* in an arm not entered, or not behind the result */
  for (uint32_t j = 0; j < s->spans.n_pcs; j++) {
    const ppr_instr *at = &s->e->instr[s->spans.pcs[j]];
    if (at->d == i->reg) return !plan_constant(at) && instr_info(at->op)->shape != SHAPE_IN;
  }
  return false;
}

/* The numbers the yes/no rules behind the result compare, nearest to the result first. */
static void look_at_rules(search *s, const ppr_vm *vm) {
  uint32_t *queue = arena_array(s->arena, (size_t)s->e->n_inst + 1, sizeof *queue), n = 0, looked = 0;
  bool *met = arena_array(s->arena, (size_t)s->e->n_inst + 1, sizeof *met),
       *met_reg = arena_array(s->arena, (size_t)s->e->n_reg + 1, sizeof *met_reg);
  interval *ranges = arena_array(s->arena, (size_t)s->e->n_reg + 1, sizeof *ranges);
  if (!queue || !met || !met_reg || !ranges || !s->o->inst) return;
  ranges_find(ranges, s->e, s->p, s->p->natives, false);
  queue[n++] = s->o->inst - 1;
  for (uint32_t at = 0; at < n && s->status == PPR_OK; at++) {
    const ppr_inst *i = &s->e->inst[queue[at]];
    for (uint32_t b = i->first_branch; b < i->first_branch + i->branches; b++)
      for (uint32_t d = s->e->branch[b].first_dep; d < s->e->branch[b].first_dep + s->e->branch[b].deps && s->status == PPR_OK; d++) {
        const ppr_dep *dep = &s->e->dep[d];
        if (dep->kind != PPR_DEP_INST || met[dep->index] || !is_fact(s->e, &s->e->inst[dep->index])) continue;
        const ppr_inst *below = &s->e->inst[dep->index];
        met[dep->index] = true;
        if (below->kind == PPR_KIND_BOOL) queue[n++] = dep->index;
        if (met_reg[below->reg] || !replaceable(s, vm, below) || looked++ >= VALUES) continue;
        met_reg[below->reg] = true;
        interval r = ranges[below->reg];
        candidate c = {false, dep->index, vm_register(vm, below->reg), r.lo < -VALUE_MAX ? -VALUE_MAX : r.lo, r.hi > VALUE_MAX ? VALUE_MAX : r.hi};
        if (c.lo <= c.now && c.now <= c.hi) look(s, &c);
      }
  }
}

/* --- order --- */

static int rank_of(const search *s, const flip *f) {
  const ppr_field *field = f->is_input ? &s->e->field[s->e->input[f->index].field] : NULL;
  if (!field) return 0;
  if (field->flags & PPR_FIELD_SET) return 3;
  return field->kind == PPR_KIND_BOOL || field->kind == PPR_KIND_ENUM ? 2 : 1;
}

/* Is the change of a, measured by its value, smaller than that of b? */
static bool before(const search *s, const flip *a, const flip *b) {
  int x = rank_of(s, a), y = rank_of(s, b);
  if (x != y || x != 1) return x < y;
  ppr_wide p, q, size_a = wide_abs((ppr_wide)a->now), size_b = wide_abs((ppr_wide)b->now);
  if (!wide_mul(&p, distance_of(a), size_b ? size_b : 1) || !wide_mul(&q, distance_of(b), size_a ? size_a : 1)) return false;
  return p < q;
}

static void order(search *s) {
  for (uint32_t i = 1; i < s->n; i++) {
    flip f = s->found[i];
    uint32_t at = i;
    for (; at > 0 && before(s, &f, &s->found[at - 1]); at--) s->found[at] = s->found[at - 1];
    s->found[at] = f;
  }
}

/* --- the whole --- */

static bool fill_columns(search *s, const ppr_column *in) {
  s->columns = arena_array(s->arena, (size_t)s->e->n_input + 1, sizeof *s->columns);
  if (!s->columns) return false;
  for (uint32_t i = 0; i < s->e->n_input; i++) {
    if (!in[i].values) continue;
    int64_t *values = arena_array(s->arena, LANES, sizeof *values);
    uint8_t *states = in[i].states && in[i].states[0] ? arena_array(s->arena, LANES, 1) : NULL;
    if (!values || (in[i].states && in[i].states[0] && !states)) return false;
    for (uint32_t j = 0; j < LANES; j++) values[j] = in[i].values[0];
    if (states) memset(states, in[i].states[0], LANES);
    s->columns[i] = (ppr_column){values, states, NULL};
  }
  return true;
}

static bool prepare(search *s, const ppr_column *in) {
  s->values = arena_array(s->arena, LANES, sizeof *s->values);
  s->results = arena_array(s->arena, LANES, sizeof *s->results);
  s->states = arena_array(s->arena, LANES, 1);
  s->faults = arena_array(s->arena, LANES, sizeof *s->faults);
  s->out = arena_array(s->arena, (size_t)s->e->n_output + 1, sizeof *s->out);
  s->found = arena_array(s->arena, (size_t)s->e->n_input + VALUES + 1, sizeof *s->found);
  return s->values && s->results && s->states && s->faults && s->out && s->found && fill_columns(s, in);
}

ppr_status flips_find(flips *out, ppr_arena *arena, ppr_alloc alloc, const ppr_program *p, uint32_t edition, const ppr_vm *vm, ppr_vm **whole,
                      const ppr_column *in, uint32_t output) {
  const ppr_edition *e = &p->editions[edition];
  const ppr_output *o = &e->output[output];
  *out = (flips){.complete = true};
  if (o->kind != PPR_KIND_BOOL || (o->state && vm_register(vm, o->state - 1))) return PPR_OK;
  search s = {.arena = arena, .alloc = alloc, .p = p, .e = e, .edition = edition, .output = output, .o = o, .whole = whole, .complete = true};
  s.now = vm_register(vm, o->reg) != 0;
  uint32_t roots[2] = {o->reg, o->state ? o->state - 1 : o->reg};
  if (!spans_init(&s.spans, arena, p, edition, vm, roots, 2) || !prepare(&s, in)) return PPR_NOMEM;
  look_at_rules(&s, vm);
  if (s.status == PPR_OK) look_at_inputs(&s, in);
  probe_close(&s.inputs);
  probe_close(&s.rule);
  order(&s);
  *out = (flips){s.found, s.n, s.complete};
  return s.status == PPR_OK && arena_failed(arena) ? PPR_NOMEM : s.status;
}
