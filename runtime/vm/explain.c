/* Tells how a result came about: verdict first, then rule by rule down to the inputs. Reads registers and notes, computes nothing itself.
 * Here the whole and the full form, in which every operand is told by itself; the short form is explain_short.c. */
#include "vm/explain.h"
#include "base/quarter.h"
#include "base/text.h"
#include "vm/explain_evidence.h"
#include "vm/explain_short.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL_COLUMN 44 /* operands are aligned up to this width */
#define REASONS 6       /* operands named as the reason why a branch did not apply */
#define MANY_ROUNDS 3   /* roundings of one branch all shown even without effect */

static const ppr_inst *inst_of(const teller *t, uint32_t inst) { return &t->e->inst[inst]; }

/* --- branches --- */

const ppr_branch *explain_applied(const teller *t, const ppr_inst *i) {
  const ppr_branch *b = t->e->branch + i->first_branch;
  for (uint32_t j = 0; j < i->branches; j++)
    if (b[j].cond && vm_register(t->vm, b[j].cond - 1) != 0) return &b[j];
  for (uint32_t j = 0; j < i->branches; j++)
    if (!b[j].cond) return &b[j];
  return NULL;
}

/* Behind the applied branch conditions are not looked at: those branches stand back. */
bool explain_refused(const ppr_branch *b, const ppr_branch *applied) { return b->cond && b != applied && !(applied && applied->cond && b > applied); }

typedef struct refusal {
  const ppr_branch *branch;
  bool refused;               /* its condition does not hold; else the applied branch takes precedence */
  const char *reason, *about; /* operands with and without their values */
  bool told;
} refusal;

/* What made the condition of a refused branch fail. */
static void find_reason(teller *t, refusal *r) {
  size_t from = t->out->size;
  const char *about = "";
  uint32_t n = 0;
  reach_from(&t->reach, r->branch->cond - 1, REACH_MATTERED, true);
  for (uint32_t j = r->branch->first_dep; j < r->branch->first_dep + r->branch->deps; j++) {
    const ppr_dep *d = &t->e->dep[j];
    if (!reach_met(&t->reach, d) || ++n > REASONS) continue;
    const char *label = say_string(t, d->kind == PPR_DEP_INST ? inst_of(t, d->index)->label : t->e->input[d->index].label);
    buf_printf(t->out, "%s%s = ", t->out->size > from ? "; " : "", label);
    if (d->kind == PPR_DEP_INST) say_inst_value(t, inst_of(t, d->index));
    else say_input_value(t, d->index, true);
    if (d->kind == PPR_DEP_INPUT && say_is_reading(t, d->index)) t->reading[d->index] = true;
    about = arena_printf(t->arena, "%s%s%.*s", about ? about : "", about && *about ? "; " : "", (int)strcspn(label, "["), label);
  }
  if (n > REASONS) buf_puts(t->out, "; …");
  r->reason = say_taken(t, from);
  r->about = about ? about : "";
}

/* The same branch of another instance: its reason is told with its values only where they agree. */
static void join_reasons(refusal *into, const refusal *r) {
  if (strcmp(into->reason, r->reason) == 0 && into->refused == r->refused) return;
  into->reason = strcmp(into->about, r->about) == 0 ? into->about : "";
}

static uint32_t collect_refusals(teller *t, const ppr_inst *i, bool one, refusal *list, uint32_t n) {
  const ppr_branch *applied = explain_applied(t, i);
  reach_within(&t->reach, i);
  for (uint32_t j = 0; j < i->branches; j++) {
    refusal r = {.branch = &t->e->branch[i->first_branch + j], .reason = "", .about = ""};
    if (r.branch == applied || !r.branch->cond) continue;
    r.refused = explain_refused(r.branch, applied);
    if (r.refused) find_reason(t, &r);
    uint32_t k = one ? n : 0;
    while (k < n && (list[k].branch->label != r.branch->label || list[k].branch->cite != r.branch->cite)) k++;
    if (k < n) join_reasons(&list[k], &r);
    else list[n++] = r;
  }
  return n;
}

static bool same_reason(const refusal *a, const refusal *b) {
  return a->refused == b->refused && a->branch->form == b->branch->form && strcmp(a->reason, b->reason) == 0;
}

void explain_not_applied(teller *t, const uint32_t *insts, uint32_t n, bool grouped, unsigned depth) {
  size_t most = 0;
  for (uint32_t j = 0; j < n; j++) most += inst_of(t, insts[j])->branches;
  refusal *list = arena_array(t->arena, most + 1, sizeof *list);
  uint32_t count = 0;
  if (!list) return;
  for (uint32_t j = 0; j < n; j++) count = collect_refusals(t, inst_of(t, insts[j]), n == 1, list, count);
  for (uint32_t j = 0; j < count; j++) {
    uint32_t equal = 0;
    for (uint32_t k = j; k < count && grouped; k++) equal += !list[k].told && same_reason(&list[j], &list[k]);
    if (list[j].told) continue;
    say_begin(t, TREE_REFUSED, depth);
    buf_printf(t->out, "%s: %s", say_word(t, "nicht angewandt", "not applied"), say_form(t, list[j].branch->form, equal > 1));
    say_branch_name(t, list[j].branch);
    for (uint32_t k = j + 1; k < count && grouped; k++) {
      if (list[k].told || !same_reason(&list[j], &list[k])) continue;
      buf_puts(t->out, ",");
      say_branch_name(t, list[k].branch);
      list[k].told = true;
    }
    if (!list[j].refused) buf_puts(t->out, say_word(t, ", weil der angewandte Fall vorgeht", ", the applied one takes precedence"));
    else buf_puts(t->out, say_word(t, ", weil die Bedingung nicht erfüllt ist", ", its condition does not hold"));
    if (*list[j].reason) buf_printf(t->out, " (%s)", list[j].reason);
    say_end(t);
  }
}

/* --- the full form --- */

static void tell_dep(teller *t, const ppr_dep *d, size_t width, unsigned depth) {
  switch ((ppr_dep_kind)d->kind) {
  case PPR_DEP_INPUT: say_input(t, d->index, width, depth); break;
  case PPR_DEP_CONST: /* its label says name, value and place */ say_line(t, TREE_LEAF, depth, say_string(t, d->label)); break;
  case PPR_DEP_INST: explain_full(t, d->index, depth); break;
  }
}

static void tell_deps(teller *t, const ppr_branch *b, unsigned depth) {
  size_t width = 0;
  for (uint32_t j = b->first_dep; j < b->first_dep + b->deps; j++) {
    const ppr_dep *d = &t->e->dep[j];
    const char *label = d->kind == PPR_DEP_INPUT ? say_string(t, t->e->input[d->index].label) : "";
    size_t n = text_length(label, strlen(label));
    if (n > width && n <= LABEL_COLUMN) width = n;
  }
  for (uint32_t j = b->first_dep; j < b->first_dep + b->deps; j++) tell_dep(t, &t->e->dep[j], width, depth);
}

/* The rules and inputs because of which other branches were refused, unless they are told already. */
static void tell_reasons(teller *t, uint32_t inst, const ppr_branch *applied, unsigned depth) {
  const ppr_inst *i = inst_of(t, inst);
  size_t most = 0, n = 0;
  for (uint32_t j = 0; j < i->branches; j++) most += t->e->branch[i->first_branch + j].deps;
  const ppr_dep **found = arena_array(t->arena, most + 1, sizeof *found);
  if (!found) return;
  for (uint32_t j = applied->first_dep; j < applied->first_dep + applied->deps; j++)
    if (t->e->dep[j].kind == PPR_DEP_INPUT) t->named[t->e->dep[j].index] = inst + 1;
  reach_within(&t->reach, i);
  for (uint32_t j = i->first_branch; j < i->first_branch + i->branches; j++) {
    const ppr_branch *b = &t->e->branch[j];
    if (!explain_refused(b, applied)) continue;
    reach_from(&t->reach, b->cond - 1, REACH_MATTERED, true);
    for (uint32_t k = b->first_dep; k < b->first_dep + b->deps; k++) {
      const ppr_dep *d = &t->e->dep[k];
      if (!reach_met(&t->reach, d) || (d->kind == PPR_DEP_INST ? t->told[d->index] : t->named[d->index] == inst + 1)) continue;
      if (d->kind == PPR_DEP_INPUT) t->named[d->index] = inst + 1;
      found[n++] = d;
    }
  }
  for (size_t k = 0; k < n; k++)
    if (found[k]->kind == PPR_DEP_INPUT || !t->told[found[k]->index]) tell_dep(t, found[k], 0, depth);
}

/* Of many roundings inside a sum those without effect are left out. */
static bool changes_nothing(const teller *t, const ppr_round *r) {
  ppr_wide num = vm_register(t->vm, r->num), den = vm_register(t->vm, r->den);
  return den == 0 || (den != -1 && num % den == 0);
}

void explain_rounds(const teller *t, const ppr_inst *i, const ppr_branch *b, bool last, unsigned depth) {
  for (uint32_t j = b->first_round; j < b->first_round + b->rounds; j++) {
    const ppr_round *r = &t->e->round[j];
    if (say_is_last(t, i, r) || (!last && (b->rounds <= MANY_ROUNDS || !changes_nothing(t, r)))) say_round(t, i, r, depth);
  }
}

void explain_line(teller *t, uint32_t inst, const char *note, unsigned depth) {
  const ppr_inst *i = inst_of(t, inst);
  say_begin(t, TREE_FOLD, depth);
  say_part(t, PART_NAME, say_string(t, i->label));
  buf_puts(t->out, " = ");
  say_inst_value(t, i);
  buf_puts(t->out, ", ");
  if (!t->told[inst]) say_rule(t, &t->e->rule[i->rule]);
  else buf_puts(t->out, say_word(t, "siehe oben", "see above"));
  buf_puts(t->out, note);
  say_end(t);
}

void explain_full(teller *t, uint32_t inst, unsigned depth) {
  const ppr_inst *i = inst_of(t, inst);
  if (t->told[inst] || i->branches == 0) { /* told above, or a table cell */
    explain_line(t, inst, "", depth);
    t->told[inst] = true;
    return;
  }
  t->told[inst] = true;
  say_step(t, i, depth);
  say_begin(t, TREE_RULE, ++depth);
  say_rule(t, &t->e->rule[i->rule]);
  say_end(t);
  if (depth > EXPLAIN_MAX_DEPTH) {
    say_line(t, TREE_NOTE, depth, say_word(t, "(weitere Herleitung ausgelassen)", "(further derivation omitted)"));
    return;
  }
  const ppr_branch *b = explain_applied(t, i);
  if (b) {
    say_applied(t, i, b, depth);
    explain_rounds(t, i, b, false, depth);
  }
  explain_not_applied(t, &inst, 1, false, depth);
  if (!b) return;
  tell_deps(t, b, depth);
  tell_reasons(t, inst, b, depth);
}

/* --- the whole --- */

/* What the faulting instruction was about: an input by name, else its place in the rule file. */
static void put_fault_place(const teller *t, uint32_t pc, char *text, size_t size) {
  const ppr_instr *i = &t->e->instr[pc];
  if (instr_info(i->op)->shape == SHAPE_IN) snprintf(text, size, "%s", say_string(t, t->e->input[i->a].label));
  else if (pc < t->e->n_pos) snprintf(text, size, "%s:%" PRIu32, say_string(t, t->e->pos[pc].file), t->e->pos[pc].line);
  else snprintf(text, size, "#%" PRIu32, pc);
}

static void tell_fault(const teller *t, ppr_fault fault) {
  char place[200], code[8];
  put_fault_place(t, fault.pc, place, sizeof place);
  diag d = {.code = (diag_code)fault.code, .span = SPAN_NONE, .args = {place}};
  diag_code_text(code, d.code);
  say_line(t, TREE_VERDICT, 0, say_word(t, "Der Datensatz wird nicht gerechnet.", "The record is not evaluated."));
  say_begin(t, TREE_NOTE, 1);
  buf_printf(t->out, "%s ", code);
  diag_message(t->out, &d, t->lang);
  say_end(t);
}

/* The readings the text speaks of, with the places they rest on. */
static void tell_readings(const teller *t) {
  bool first = true;
  for (uint32_t i = 0; i < t->e->n_input; i++) {
    if (!t->reading[i]) continue;
    if (first) tree_section(t->tree, say_word(t, "Auslegungen, auf denen das beruht", "Readings this rests on"), false);
    first = false;
    say_begin(t, TREE_LEAF, 1);
    say_part(t, PART_NAME, say_string(t, t->e->input[i].label));
    buf_puts(t->out, " = ");
    say_input_value(t, i, false);
    buf_puts(t->out, ", ");
    say_input_source(t, i);
    say_end(t);
  }
}

/* "Beschluss vom 19.10.2023, BAnz AT 05.02.2024 B4", a comma before. */
static void say_decision(const teller *t, const ppr_edition *e) {
  if (e->decided_day > 0 && e->decided_day <= DAY_MAX) {
    char day[16];
    day_print(day, e->decided_day);
    buf_printf(t->out, ", %s %s", say_word(t, "Beschluss vom", "decision of"), day);
  }
  if (e->decision) buf_printf(t->out, ", %s", say_string(t, e->decision));
}

/* The other texts whose rules were told: inherited rules are of an earlier Beschluss than the head names. */
static void tell_editions(const teller *t) {
  bool first = true;
  for (uint32_t i = 0; i < t->p->n_editions; i++) {
    const ppr_edition *e = &t->p->editions[i];
    if (!t->cited[i] || strcmp(say_string(t, e->name), say_string(t, t->e->name)) == 0) continue;
    if (first)
      tree_section(t->tree, say_word(t, "Frühere Fassungen, aus denen Regeln weitergelten", "Earlier editions rules are taken over from"), false);
    first = false;
    say_begin(t, TREE_LEAF, 1);
    buf_printf(t->out, "%s %s", say_word(t, "Fassung", "edition"), say_string(t, e->name));
    say_decision(t, e);
    say_end(t);
  }
}

static void tell_verdict(const teller *t, const ppr_output *o) {
  say_begin(t, TREE_VERDICT, 0);
  say_part(t, PART_NAME, say_string(t, o->label));
  buf_puts(t->out, " = ");
  say_output_value(t, o);
  say_end(t);
}

/* Which text of which Regelwerk, and which record. */
static void tell_subject(const teller *t, const char *record) {
  say_begin(t, TREE_HEAD, 0);
  buf_printf(t->out, "%s %s, %s %s", say_string(t, t->p->name), say_string(t, t->e->title), say_word(t, "Fassung", "edition"),
             say_string(t, t->e->name));
  say_decision(t, t->e);
  say_end(t);
  if (!record) return;
  say_begin(t, TREE_HEAD, 0);
  buf_printf(t->out, "%s %s", say_word(t, "Datensatz", "record"), record);
  say_end(t);
}

static void tell_derivation(teller *t, const ppr_output *o) {
  if (!o->inst) return;
  tree_section(t->tree, say_word(t, "Herleitung", "Derivation"), true);
  if (t->full) explain_full(t, o->inst - 1, 0);
  else short_tell(t, o->inst - 1);
}

/* What a letter is about. */
typedef struct letter {
  const ppr_program *p;
  ppr_vm *vm;
  const ppr_column *in;
  const uint32_t *outputs;
  uint32_t edition, n;
  bool all; /* the verdicts of the record, of those fulfilled the distance only */
  const explain_opts *opts;
} letter;

static bool says_yes(const teller *t, const ppr_output *o) {
  return !(o->state && vm_register(t->vm, o->state - 1)) && vm_register(t->vm, o->reg) != 0;
}

static ppr_status tell_letter(teller *t, const letter *l) {
  ppr_status status = PPR_OK;
  for (uint32_t j = 0; j < l->n && l->opts->partial; j++) {
    const ppr_output *o = &t->e->output[l->outputs[j]];
    if (o->inst) tell_derivation(t, o);
    else tell_verdict(t, o);
  }
  if (l->opts->partial) return status;
  for (uint32_t j = 0; j < l->n; j++) tell_verdict(t, &t->e->output[l->outputs[j]]);
  tell_subject(t, l->opts->record);
  for (uint32_t j = 0; j < l->n && status == PPR_OK; j++) {
    const ppr_output *o = &t->e->output[l->outputs[j]];
    if (l->all && says_yes(t, o)) continue;
    status = flip_tell(t, l->edition, l->outputs[j]);
    tell_derivation(t, o);
  }
  for (uint32_t j = 0; j < l->n && l->all && status == PPR_OK; j++)
    if (says_yes(t, &t->e->output[l->outputs[j]])) status = flip_tell(t, l->edition, l->outputs[j]);
  if (!t->full) tell_readings(t);
  tell_editions(t);
  return status;
}

/* Rows of the record with yes/no in them: first of files with one row, which speak of the whole, then of the others; each result once. */
static bool find_verdicts(letter *l, ppr_arena *arena) {
  const ppr_edition *e = &l->p->editions[l->edition];
  uint32_t *found = arena_array(arena, (size_t)e->n_output + 1, sizeof *found), *rows = arena_array(arena, (size_t)e->n_file + 1, sizeof *rows);
  bool *met = arena_array(arena, (size_t)e->n_output + 1, sizeof *met);
  if (!found || !rows || !met) return false;
  for (uint32_t j = 0; j < e->n_line; j++) rows[e->line[j].file]++;
  l->n = 0;
  for (int parts = 0; parts < 2; parts++)
    for (uint32_t j = 0; j < e->n_line; j++) {
      const ppr_line *line = &e->line[j];
      if ((rows[line->file] > 1) != (parts > 0) || (line->when && !vm_register(l->vm, e->output[line->when - 1].reg))) continue;
      for (uint32_t c = line->first_cell; c < line->first_cell + line->cells; c++) {
        uint32_t o = e->cell[c].value;
        if (e->cell[c].kind != PPR_CELL_OUTPUT || e->output[o].kind != PPR_KIND_BOOL || !e->output[o].inst || met[o]) continue;
        met[o] = true;
        found[l->n++] = o;
      }
    }
  l->outputs = found;
  return true;
}

static ppr_status write_letter(ppr_buf *out, teller *t, letter *l, ppr_fault fault) {
  ppr_explain_form form = l->opts->form;
  ppr_status status = PPR_OK;
  if (l->all && !fault.code && !find_verdicts(l, t->arena)) return PPR_NOMEM;
  if (form == PPR_EXPLAIN_JSON && !fault.code) return evidence_put(out, t, l->edition, l->outputs, l->n, l->opts->record);
  if (fault.code) tell_fault(t, fault);
  else status = tell_letter(t, l);
  if (status != PPR_OK) return status;
  if (form == PPR_EXPLAIN_HTML) tree_html(out, t->tree, l->opts->record, t->lang);
  else tree_text(out, t->tree);
  return PPR_OK;
}

ppr_status explain_letter(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, const uint32_t *outputs, uint32_t n,
                          const explain_opts *opts) {
  if (edition >= p->n_editions) return PPR_MISUSE;
  const ppr_edition *e = &p->editions[edition];
  for (uint32_t j = 0; outputs && j < n; j++)
    if (outputs[j] >= e->n_output) return PPR_MISUSE;
  ppr_fault fault;
  ppr_status status = vm_eval(vm, in, 1, NULL, &fault);
  if (status != PPR_OK) return status;
  if (opts->partial) fault = (ppr_fault){0};
  ppr_arena *arena = arena_new(out->alloc);
  if (!arena) return PPR_NOMEM;
  tree nodes;
  ppr_vm *whole = NULL;
  tree_init(&nodes, arena, out->alloc);
  teller t = {.tree = &nodes, .out = &nodes.line, .p = p, .e = e, .vm = vm, .whole = &whole, .in = in, .arena = arena, .alloc = out->alloc};
  t.lang = opts->form == PPR_EXPLAIN_JSON ? PPR_LANG_DE : opts->lang; /* evidence is in the language of the norm */
  t.full = opts->full;
  t.hint = opts->record && !opts->partial;
  t.told = arena_array(arena, (size_t)e->n_inst + 1, sizeof *t.told);
  t.reading = arena_array(arena, (size_t)e->n_input + 1, sizeof *t.reading);
  t.named = arena_array(arena, (size_t)e->n_input + 1, sizeof *t.named);
  t.cited = arena_array(arena, (size_t)p->n_editions + 1, sizeof *t.cited);
  letter l = {p, vm, in, outputs, edition, n, !outputs, opts};
  if (reach_init(&t.reach, arena, e, vm) && t.told && t.reading && t.named && t.cited) status = write_letter(out, &t, &l, fault);
  if (status == PPR_OK && (out->failed || tree_failed(&nodes))) status = PPR_NOMEM;
  tree_fini(&nodes);
  vm_free(whole);
  arena_free(arena);
  return status;
}

ppr_status explain_output(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, uint32_t output, ppr_lang lang,
                          ppr_explain_detail detail) {
  return explain_letter(out, vm, p, edition, in, &output, 1, &(explain_opts){.lang = lang, .full = detail == PPR_EXPLAIN_FULL});
}
