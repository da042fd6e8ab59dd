/* The evidence of docs/evidence.md: the steps that were computed for the wanted results, every value exact, as JSON that `ppr-evidence` recomputes.
 */
#include "vm/explain_evidence.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/quarter.h"
#include "base/text.h"
#include "vm/explain.h"
#include "vm/flip.h"
#include "vm/flip_span.h"
#include "vm/plan.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORDS_OF(a, b, c) #a "." #b "." #c
#define VERSION_OF(a, b, c) WORDS_OF(a, b, c)

/* How an instruction is told; NULL: it is no step (constants, changes of width, regions). */
static const char *const steps[] = {
    [PPR_OP_IN_INT] = "input",      [PPR_OP_IN_BOOL] = "fact",     [PPR_OP_IN_STATE] = "state",
    [PPR_OP_ADD] = "add",           [PPR_OP_SUB] = "subtract",     [PPR_OP_MUL] = "multiply",
    [PPR_OP_MIN] = "least",         [PPR_OP_MAX] = "greatest",     [PPR_OP_NEG] = "negate",
    [PPR_OP_ABS] = "absolute",      [PPR_OP_ADDK] = "add",         [PPR_OP_MULK] = "multiply",
    [PPR_OP_SUM] = "add",           [PPR_OP_DOT] = "weighted-sum", [PPR_OP_DIV] = "divide",
    [PPR_OP_DIVK] = "divide",       [PPR_OP_NONZERO] = "not-zero", [PPR_OP_ADDW] = "add",
    [PPR_OP_SUBW] = "subtract",     [PPR_OP_MULW] = "multiply",    [PPR_OP_DIVW] = "divide",
    [PPR_OP_NEGW] = "negate",       [PPR_OP_ABSW] = "absolute",    [PPR_OP_MULWI] = "multiply",
    [PPR_OP_NONZEROW] = "not-zero", [PPR_OP_EQ] = "equal",         [PPR_OP_LT] = "less",
    [PPR_OP_LE] = "at-most",        [PPR_OP_EQK] = "equal",        [PPR_OP_LTK] = "less",
    [PPR_OP_LEK] = "at-most",       [PPR_OP_EQW] = "equal",        [PPR_OP_LTW] = "less",
    [PPR_OP_LEW] = "at-most",       [PPR_OP_EQB] = "equal",        [PPR_OP_EQBK] = "equal",
    [PPR_OP_NOT] = "not",           [PPR_OP_AND] = "all",          [PPR_OP_OR] = "any",
    [PPR_OP_ANY] = "any",           [PPR_OP_ALL] = "all",          [PPR_OP_COUNT] = "count",
    [PPR_OP_SEL_INT] = "choose",    [PPR_OP_SEL_BOOL] = "choose",  [PPR_OP_SEL_WIDE] = "choose",
    [PPR_OP_LOOK] = "look",         [PPR_OP_LOOK2] = "look",       [PPR_OP_RANK] = "rank",
    [PPR_OP_BOOLOF] = "any",        [PPR_OP_STATEOF] = "state-of", [PPR_OP_CALL] = "call",
    [PPR_OP_FAIL] = "fail",         [PPR_OP_END] = NULL,
};

static const char *const modes[] = {
#define ROUNDING(name, word, de, en, evidence) evidence,
#include "code/rounding.def"
#undef ROUNDING
};
static const char *const kinds[] = {"number", "percent", "yesno", "date", "quarter", "member", "text"};
static const char *const forms[] = {"base", "exception", "case", "otherwise"};
static const char *const rules[] = {"rule", "table", "limit", "series", "tiers", "check"};
static const char *const states[] = {"present", "fehlt", "entfällt", "unbestimmt"};

typedef struct writer {
  ppr_buf *out;
  const teller *t;
  const ppr_edition *e;
  uint32_t *def; /* per register: pc + 1 */
  bool *active;  /* per instruction */
  bool *used;    /* per instruction: a step, or what a step is made of */
  uint32_t *guard_of,
      *guard; /* per instruction: row + 1 of the innermost region it stands in; rows: condition register * 2 + arm, then the row around it */
  uint32_t *step, *input, *table, *enumeration, *inst; /* new number + 1, 0: not told */
  uint32_t *insts;                                     /* told instances in order */
  uint32_t n_insts, n_guards;
} writer;

/* --- what is told --- */

static bool is_same(uint32_t op) { return op == PPR_OP_WIDEN || op == PPR_OP_NARROW || op == PPR_OP_INTOF; }

/* The instruction that makes the value of a register, changes of width passed over; NULL: nothing defines it. */
static const ppr_instr *source(const writer *w, uint32_t reg) {
  const ppr_instr *i = w->def[reg] ? &w->e->instr[w->def[reg] - 1] : NULL;
  while (i && is_same(i->op)) i = w->def[i->a] ? &w->e->instr[w->def[i->a] - 1] : NULL;
  return i;
}

static void want(writer *w, uint32_t reg) {
  const ppr_instr *i = source(w, reg);
  if (i) w->used[i - w->e->instr] = true;
}

static void want_row(writer *w, uint32_t reg_plus_one) {
  if (reg_plus_one) want(w, reg_plus_one - 1);
}

static void want_inst(writer *w, const ppr_inst *i) {
  want(w, i->reg);
  want_row(w, i->state);
  want_row(w, i->den);
  for (uint32_t b = i->first_branch; b < i->first_branch + i->branches; b++) {
    const ppr_branch *branch = &w->e->branch[b];
    want_row(w, branch->cond);
    for (uint32_t j = branch->first_round; j < branch->first_round + branch->rounds; j++) {
      want(w, w->e->round[j].reg);
      want(w, w->e->round[j].num);
      want(w, w->e->round[j].den);
    }
  }
}

/* The regions around each instruction. */
static bool find_guards(writer *w, ppr_arena *arena) {
  uint32_t *open = arena_array(arena, (size_t)w->e->n_instr + 1, sizeof *open), depth = 0;
  w->guard_of = arena_array(arena, (size_t)w->e->n_instr + 1, sizeof *w->guard_of);
  w->guard = arena_array(arena, (size_t)w->e->n_instr * 2 + 2, 2 * sizeof *w->guard);
  if (!open || !w->guard_of || !w->guard) return false;
  for (uint32_t pc = 0; pc < w->e->n_instr; pc++) {
    const ppr_instr *i = &w->e->instr[pc];
    if (i->op == PPR_OP_WHEN || i->op == PPR_OP_ELSE) {
      bool arm = i->op == PPR_OP_WHEN;
      uint32_t cond = arm ? i->a : w->guard[2 * (open[depth - 1] - 1)] / 2;
      if (!arm) depth--;
      w->guard[2 * w->n_guards] = cond * 2 + arm;
      w->guard[2 * w->n_guards + 1] = depth ? open[depth - 1] : 0;
      open[depth++] = ++w->n_guards;
    } else if (i->op == PPR_OP_END) {
      depth--;
    }
    w->guard_of[pc] = depth ? open[depth - 1] : 0;
  }
  return true;
}

static void want_tables(writer *w, const ppr_instr *i, uint32_t *n) {
  uint32_t table = i->op == PPR_OP_LOOK2 ? i->c : i->op == PPR_OP_LOOK || i->op == PPR_OP_RANK ? i->b : PPR_NONE;
  if (table != PPR_NONE && !w->table[table]) w->table[table] = ++*n;
}

/* Everything the wanted registers are made of; numbers for steps, tables and inputs. */
static void close_steps(writer *w) {
  uint32_t n_steps = 0, n_tables = 0;
  for (uint32_t pc = w->e->n_instr; pc-- > 0;) {
    if (!w->used[pc]) continue;
    const ppr_instr *i = &w->e->instr[pc];
    plan_operands o = plan_operands_of(w->e, i);
    for (uint32_t j = 0; j < o.count; j++) want(w, plan_operand(&o, j));
    for (uint32_t g = w->guard_of[pc]; g && !plan_constant(i); g = w->guard[2 * (g - 1) + 1]) want(w, w->guard[2 * (g - 1)] / 2);
  }
  for (uint32_t pc = 0; pc < w->e->n_instr; pc++) {
    const ppr_instr *i = &w->e->instr[pc];
    if (!w->used[pc] || plan_constant(i)) continue;
    w->step[pc] = ++n_steps;
    want_tables(w, i, &n_tables);
    if (instr_info(i->op)->shape == SHAPE_IN) w->input[i->a] = 1;
  }
}

/* The instances behind one, operands before what is made of them. */
static bool collect(writer *w, ppr_arena *arena, uint32_t root) {
  typedef struct place {
    uint32_t inst, branch, dep;
  } place;
  place *stack = arena_array(arena, (size_t)w->e->n_inst + 1, sizeof *stack);
  uint32_t n = 0;
  if (!stack) return false;
  if (w->inst[root]) return true;
  w->inst[root] = PPR_NONE; /* open */
  stack[n++] = (place){root, 0, 0};
  while (n) {
    place *at = &stack[n - 1];
    const ppr_inst *i = &w->e->inst[at->inst];
    if (at->branch == i->branches) {
      w->insts[w->n_insts++] = at->inst;
      w->inst[at->inst] = w->n_insts;
      n--;
      continue;
    }
    const ppr_branch *b = &w->e->branch[i->first_branch + at->branch];
    if (at->dep == b->deps) {
      at->branch++;
      at->dep = 0;
      continue;
    }
    const ppr_dep *d = &w->e->dep[b->first_dep + at->dep++];
    if (d->kind == PPR_DEP_INPUT) w->input[d->index] = 1;
    if (d->kind != PPR_DEP_INST || w->inst[d->index]) continue;
    w->inst[d->index] = PPR_NONE;
    stack[n++] = (place){d->index, 0, 0};
  }
  return true;
}

static void number_enumeration(writer *w, uint32_t enumeration, uint32_t *n) {
  if (enumeration && !w->enumeration[enumeration - 1]) w->enumeration[enumeration - 1] = ++*n;
}

static void number_inputs(writer *w, const uint32_t *outputs, uint32_t n) {
  uint32_t inputs = 0, enumerations = 0;
  for (uint32_t i = 0; i < w->e->n_input; i++) {
    if (!w->input[i]) continue;
    w->input[i] = ++inputs;
    number_enumeration(w, w->e->field[w->e->input[i].field].enumeration, &enumerations);
  }
  for (uint32_t j = 0; j < w->n_insts; j++) number_enumeration(w, w->e->inst[w->insts[j]].enumeration, &enumerations);
  for (uint32_t j = 0; j < n; j++) number_enumeration(w, w->e->output[outputs[j]].enumeration, &enumerations);
}

/* --- texts --- */

static void put(const writer *w, const char *text) { buf_puts(w->out, text); }
static void put_text(const writer *w, const char *name, const char *text) {
  buf_printf(w->out, ",\"%s\":", name);
  text_put_json(w->out, text, strlen(text));
}
static void put_string(const writer *w, const char *name, uint32_t id) { put_text(w, name, program_string(w->t->p, id)); }

static void put_exact(const writer *w, ppr_wide value) {
  char text[DEC_TEXT];
  dec_print(text, value, 0, '.');
  buf_printf(w->out, "\"%s\"", text);
}

/* A step by its number, or a constant by its value. */
static void put_operand(const writer *w, uint32_t reg) {
  const ppr_instr *i = source(w, reg);
  uint32_t step = i ? w->step[i - w->e->instr] : 0;
  if (step) buf_printf(w->out, "%" PRIu32, step - 1);
  else put_exact(w, vm_register(w->t->vm, i ? i->d : reg));
}

static void put_operand_as(const writer *w, const char *name, uint32_t reg) {
  buf_printf(w->out, ",\"%s\":", name);
  put_operand(w, reg);
}

static bool computed(const writer *w, uint32_t reg) {
  const ppr_instr *i = source(w, reg);
  return !i || plan_constant(i) || w->active[i - w->e->instr];
}

static void put_day(const writer *w, const char *name, int64_t day) {
  if (day <= DAY_MIN || day > DAY_MAX) {
    buf_printf(w->out, ",\"%s\":null", name);
    return;
  }
  char text[16];
  day_print(text, day);
  put_text(w, name, text);
}

/* What was appended to the line of the tree, as the text of a value. */
static void put_shown(const writer *w) {
  const char *text = say_taken(w->t, 0);
  put_text(w, "text", text);
}

static void put_look(const writer *w, uint32_t kind, uint32_t enumeration, uint32_t unit, uint32_t scale) {
  put_text(w, "kind", kinds[kind]);
  if (kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT) buf_printf(w->out, ",\"scale\":%" PRIu32, scale);
  if (unit && kind == PPR_KIND_NUMBER) put_string(w, "unit", unit);
  if (enumeration && kind == PPR_KIND_ENUM) buf_printf(w->out, ",\"members\":%" PRIu32, w->enumeration[enumeration - 1] - 1);
}

/* --- the parts --- */

static void put_head(const writer *w, const char *record) {
  const ppr_program *p = w->t->p;
  char hex[65];
  put(w, "{\"format\":\"ppr-evidence\",\"version\":1");
  put_text(w, "engine", "ppr " VERSION_OF(PPR_VERSION_MAJOR, PPR_VERSION_MINOR, PPR_VERSION_PATCH));
  put(w, ",\n\"regelwerk\":{\"name\":");
  text_put_json(w->out, program_string(p, p->name), strlen(program_string(p, p->name)));
  put_string(w, "title", w->e->title);
  put_string(w, "fassung", w->e->name);
  put_day(w, "decided", w->e->decided_day);
  put_string(w, "decision", w->e->decision);
  put_day(w, "from", w->e->from_day);
  put_day(w, "until", w->e->until_day);
  put_string(w, "kind", w->e->record);
  put(w, "},\n\"sources\":[");
  for (uint32_t j = 0; j < p->n_sources; j++) {
    sha256_text(hex, p->sources[j].sha256);
    put(w, j ? ",\n{\"file\":" : "\n{\"file\":");
    text_put_json(w->out, program_string(p, p->sources[j].name), strlen(program_string(p, p->sources[j].name)));
    put_text(w, "sha256", hex);
    put(w, "}");
  }
  put(w, "]");
  put(w, ",\n\"record\":");
  text_put_json(w->out, record ? record : "", record ? strlen(record) : 0);
}

static void put_members(const writer *w) {
  put(w, ",\n\"members\":[");
  for (uint32_t n = 1; n <= w->e->n_enumeration; n++) { /* in the order of their numbers */
    uint32_t e = 0;
    while (e < w->e->n_enumeration && w->enumeration[e] != n) e++;
    if (e == w->e->n_enumeration) break;
    put(w, n > 1 ? ",\n[" : "\n[");
    for (uint32_t m = 0; m < w->e->enumeration[e].count; m++) {
      const char *name = program_string(w->t->p, w->e->member[w->e->enumeration[e].first + m].name);
      if (m) put(w, ",");
      text_put_json(w->out, name, strlen(name));
    }
    put(w, "]");
  }
  put(w, "],\n\"tables\":[");
  for (uint32_t n = 1; n <= w->e->n_table; n++) {
    uint32_t k = 0;
    while (k < w->e->n_table && w->table[k] != n) k++;
    if (k == w->e->n_table) break;
    const ppr_table *table = &w->e->table[k];
    buf_printf(w->out, "%s\n{\"columns\":%" PRIu32, n > 1 ? "," : "", table->cols);
    put_string(w, "name", table->name);
    put(w, ",\"cells\":[");
    for (uint32_t c = 0; c < table->rows * table->cols; c++) {
      if (c) put(w, ",");
      put_exact(w, w->e->konst[table->first + c].value);
    }
    put(w, "]}");
  }
  put(w, "]");
}

static void put_inputs(const writer *w) {
  uint32_t n = 0;
  put(w, ",\n\"inputs\":[");
  for (uint32_t i = 0; i < w->e->n_input; i++) {
    if (!w->input[i]) continue;
    const ppr_field *f = &w->e->field[w->e->input[i].field];
    const ppr_column *c = &w->t->in[i];
    uint32_t state = !c->values ? PPR_FEHLT : c->states ? c->states[0] : PPR_PRESENT;
    if (state > PPR_UNBESTIMMT) state = PPR_FEHLT;
    bool preset = state == PPR_FEHLT && (f->flags & PPR_FIELD_PRESET);
    buf_printf(w->out, "%s\n{\"n\":%" PRIu32, n ? "," : "", n);
    put_string(w, "name", w->e->input[i].label);
    put_look(w, f->kind, f->enumeration, f->unit, f->scale);
    put_text(w, "state", states[preset ? PPR_PRESENT : state]);
    put(w, ",\"is\":");
    put_exact(w, preset ? f->preset : state ? 0 : c->values[0]);
    buf_printf(w->out, ",\"least\":\"%" PRId64 "\",\"most\":\"%" PRId64 "\"", f->lo, f->hi);
    say_input_value(w->t, i, true);
    put_shown(w);
    say_input_source(w->t, i);
    put_text(w, "source", say_taken(w->t, 0));
    put(w, "}");
    n++;
  }
  put(w, "]");
}

/* A step is computed when every condition of "when" holds and none of "not" does. */
static void put_guards(const writer *w, uint32_t pc) {
  for (uint32_t arm = 2; arm-- > 0;) {
    bool any = false;
    for (uint32_t g = w->guard_of[pc]; g; g = w->guard[2 * (g - 1) + 1]) {
      if ((w->guard[2 * (g - 1)] & 1) != arm) continue;
      put(w, any ? "," : arm ? ",\"when\":[" : ",\"not\":[");
      put_operand(w, w->guard[2 * (g - 1)] / 2);
      any = true;
    }
    if (any) put(w, "]");
  }
}

static void put_operands(const writer *w, const ppr_instr *i) {
  plan_operands o = plan_operands_of(w->e, i);
  put(w, ",\"of\":[");
  for (uint32_t j = 0; j < o.count; j++) {
    if (j) put(w, ",");
    put_operand(w, plan_operand(&o, j));
    if (i->op == PPR_OP_DOT) {
      put(w, ",");
      put_exact(w, w->e->konst[w->e->arg[i->a + 2 * j + 1].value].value);
    }
  }
  if (instr_info(i->op)->shape == SHAPE_RK || i->op == PPR_OP_DOT) {
    if (o.count) put(w, ",");
    put_exact(w, w->e->konst[i->op == PPR_OP_DOT ? i->c : i->b].value);
  }
  put(w, "]");
}

static void put_step(const writer *w, uint32_t pc) {
  const ppr_instr *i = &w->e->instr[pc];
  buf_printf(w->out, "%s\n{\"n\":%" PRIu32 ",\"do\":\"%s\"", w->step[pc] > 1 ? "," : "", w->step[pc] - 1, steps[i->op]);
  if (instr_info(i->op)->shape == SHAPE_IN) buf_printf(w->out, ",\"input\":%" PRIu32, w->input[i->a] - 1);
  else if (i->op != PPR_OP_FAIL) put_operands(w, i);
  if (instr_info(i->op)->flags & OPF_ROUND) put_text(w, "round", modes[i->m]);
  if (i->op == PPR_OP_LOOK || i->op == PPR_OP_RANK) buf_printf(w->out, ",\"table\":%" PRIu32, w->table[i->b] - 1);
  if (i->op == PPR_OP_LOOK2) buf_printf(w->out, ",\"table\":%" PRIu32, w->table[i->c] - 1);
  if (i->op == PPR_OP_CALL) put_string(w, "function", w->e->import[i->c].name);
  put_guards(w, pc);
  if (w->active[pc]) {
    put(w, ",\"is\":");
    put_exact(w, vm_register(w->t->vm, i->d));
  }
  put(w, "}");
}

static void put_steps(const writer *w) {
  put(w, ",\n\"steps\":[");
  for (uint32_t pc = 0; pc < w->e->n_instr; pc++)
    if (w->step[pc]) put_step(w, pc);
  put(w, "]");
}

static void put_rounds(const writer *w, const ppr_branch *b) {
  put(w, ",\"rounds\":[");
  for (uint32_t j = b->first_round; j < b->first_round + b->rounds; j++) {
    const ppr_round *r = &w->e->round[j];
    buf_printf(w->out, "%s{\"scale\":%" PRIu32, j > b->first_round ? "," : "", r->scale);
    put_operand_as(w, "is", r->reg);
    put_operand_as(w, "of", r->num);
    put_operand_as(w, "by", r->den);
    put_text(w, "round", modes[r->mode]);
    put(w, "}");
  }
  put(w, "]");
}

static void put_branch(const writer *w, const ppr_branch *b, bool first, bool applied) {
  buf_printf(w->out, "%s\n  {\"form\":\"%s\"", first ? "" : ",", forms[b->form]);
  put_string(w, "name", b->label);
  put_string(w, "cite", b->cite);
  put_string(w, "formula", b->formula);
  if (b->cond) put_operand_as(w, "when", b->cond - 1);
  buf_printf(w->out, ",\"applied\":%s", applied ? "true" : "false");
  put_rounds(w, b);
  put(w, ",\"from\":[");
  for (uint32_t j = b->first_dep; j < b->first_dep + b->deps; j++) {
    const ppr_dep *d = &w->e->dep[j];
    if (j > b->first_dep) put(w, ",");
    if (d->kind == PPR_DEP_INST) buf_printf(w->out, "{\"rule\":%" PRIu32 "}", w->inst[d->index] - 1);
    else if (d->kind == PPR_DEP_INPUT) buf_printf(w->out, "{\"input\":%" PRIu32 "}", w->input[d->index] - 1);
    else {
      put(w, "{\"constant\":");
      text_put_json(w->out, program_string(w->t->p, d->label), strlen(program_string(w->t->p, d->label)));
      put(w, "}");
    }
  }
  put(w, "]}");
}

static void put_rule(const writer *w, uint32_t n) {
  const ppr_inst *i = &w->e->inst[w->insts[n]];
  const ppr_rule *r = &w->e->rule[i->rule];
  const ppr_branch *applied = explain_applied(w->t, i);
  buf_printf(w->out, "%s\n{\"n\":%" PRIu32, n ? "," : "", n);
  put_string(w, "name", i->label);
  put_text(w, "form", rules[r->form]);
  put_string(w, "fassung", r->edition);
  put_string(w, "cite", r->cite);
  put_look(w, i->kind, i->enumeration, i->unit, i->scale);
  put_operand_as(w, "is", i->reg);
  if (i->den) put_operand_as(w, "per", i->den - 1);
  if (i->state) put_operand_as(w, "state", i->state - 1);
  bool absent = i->state && computed(w, i->state - 1) && vm_register(w->t->vm, i->state - 1);
  bool there = (!i->state || computed(w, i->state - 1)) && computed(w, i->reg) && (!i->den || computed(w, i->den - 1));
  if (absent || there) {
    if (i->kind == PPR_KIND_ENUM && !absent) say_value(w->t, (say_look){i->kind, i->enumeration, 0, 0}, vm_register(w->t->vm, i->reg), true);
    else say_inst_value(w->t, i);
    put_shown(w);
  }
  put(w, ",\"branches\":[");
  for (uint32_t j = 0; j < i->branches; j++) {
    const ppr_branch *b = &w->e->branch[i->first_branch + j];
    put_branch(w, b, j == 0, b == applied);
  }
  put(w, "]}");
}

static ppr_status put_flips(const writer *w, uint32_t edition, uint32_t output) {
  flips found;
  ppr_status status = flips_find(&found, w->t->arena, w->t->alloc, w->t->p, edition, w->t->vm, w->t->whole, w->t->in, output);
  if (status != PPR_OK) return status;
  buf_printf(w->out, ",\"complete\":%s,\"turns\":[", found.complete ? "true" : "false");
  for (uint32_t k = 0; k < found.n; k++) {
    const flip *f = &found.item[k];
    uint32_t n = f->is_input ? w->input[f->index] : w->inst[f->index];
    buf_printf(w->out, "%s\n  {\"%s\":%" PRIu32 ",\"now\":\"%" PRId64 "\",\"last\":\"%" PRId64 "\",\"first\":\"%" PRId64 "\",\"nearest\":%s}",
               k ? "," : "", f->is_input ? "input" : "rule", n - 1, f->now, f->last, f->first, f->nearest ? "true" : "false");
  }
  put(w, "]");
  return status;
}

static ppr_status put_results(const writer *w, uint32_t edition, const uint32_t *outputs, uint32_t n) {
  ppr_status status = PPR_OK;
  put(w, ",\n\"results\":[");
  for (uint32_t j = 0; j < n && status == PPR_OK; j++) {
    const ppr_output *o = &w->e->output[outputs[j]];
    put(w, j ? ",\n{\"name\":" : "\n{\"name\":");
    text_put_json(w->out, program_string(w->t->p, o->label), strlen(program_string(w->t->p, o->label)));
    if (o->inst) buf_printf(w->out, ",\"rule\":%" PRIu32, w->inst[o->inst - 1] - 1);
    put_look(w, o->kind, o->enumeration, o->unit, o->scale);
    put_operand_as(w, "is", o->reg);
    if (o->state) put_operand_as(w, "state", o->state - 1);
    bool member = o->kind == PPR_KIND_ENUM && !(o->state && vm_register(w->t->vm, o->state - 1));
    if (member) say_value(w->t, (say_look){o->kind, o->enumeration, 0, 0}, vm_register(w->t->vm, o->reg), true);
    else say_output_value(w->t, o);
    put_shown(w);
    if (o->kind == PPR_KIND_BOOL) status = put_flips(w, edition, outputs[j]);
    put(w, "}");
  }
  put(w, "],\n");
  return status;
}

static bool prepare(writer *w, const uint32_t *outputs, uint32_t n) {
  const ppr_edition *e = w->e;
  ppr_arena *arena = w->t->arena;
  w->def = arena_array(arena, (size_t)e->n_reg + 1, sizeof *w->def);
  w->used = arena_array(arena, (size_t)e->n_instr + 1, sizeof *w->used);
  w->step = arena_array(arena, (size_t)e->n_instr + 1, sizeof *w->step);
  w->input = arena_array(arena, (size_t)e->n_input + 1, sizeof *w->input);
  w->table = arena_array(arena, (size_t)e->n_table + 1, sizeof *w->table);
  w->enumeration = arena_array(arena, (size_t)e->n_enumeration + 1, sizeof *w->enumeration);
  w->inst = arena_array(arena, (size_t)e->n_inst + 1, sizeof *w->inst);
  w->insts = arena_array(arena, (size_t)e->n_inst + 1, sizeof *w->insts);
  w->active = spans_active(arena, e, w->t->vm);
  if (!w->def || !w->used || !w->step || !w->input || !w->table || !w->enumeration || !w->inst || !w->insts || !w->active) return false;
  for (uint32_t pc = 0; pc < e->n_instr; pc++)
    if (plan_defines(&e->instr[pc])) w->def[e->instr[pc].d] = pc + 1;
  if (!find_guards(w, arena)) return false;
  for (uint32_t j = 0; j < n; j++) {
    const ppr_output *o = &e->output[outputs[j]];
    if (o->inst && !collect(w, arena, o->inst - 1)) return false;
    want(w, o->reg);
    want_row(w, o->state);
  }
  for (uint32_t j = 0; j < w->n_insts; j++) want_inst(w, &e->inst[w->insts[j]]);
  close_steps(w);
  number_inputs(w, outputs, n);
  return true;
}

ppr_status evidence_put(ppr_buf *out, const teller *t, uint32_t edition, const uint32_t *outputs, uint32_t n, const char *record) {
  writer w = {.out = out, .t = t, .e = t->e};
  size_t from = out->size;
  uint8_t digest[32];
  char hex[65];
  if (!prepare(&w, outputs, n)) return PPR_NOMEM;
  t->out->size = 0;
  put_head(&w, record);
  put_members(&w);
  put_inputs(&w);
  put_steps(&w);
  put(&w, ",\n\"rules\":[");
  for (uint32_t j = 0; j < w.n_insts; j++) put_rule(&w, j);
  put(&w, "]");
  ppr_status status = put_results(&w, edition, outputs, n);
  if (status != PPR_OK || out->failed) return status == PPR_OK ? PPR_NOMEM : status;
  sha256(digest, out->data + from, out->size - from);
  sha256_text(hex, digest);
  buf_printf(out, "\"digest\":\"%s\"}\n", hex);
  return PPR_OK;
}
