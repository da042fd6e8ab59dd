/* Tells how a result came about: verdict first, then rule by rule down to the inputs. Reads registers and notes, computes nothing itself. */
#include "vm/explain.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 60      /* deeper derivations are cut; no rule text comes near */
#define LABEL_COLUMN 44   /* operands are aligned up to this width */
#define QUOTIENT_DIGITS 6 /* decimals of an exact value before rounding */
#define MANY_ROUNDS 3     /* roundings of one branch all shown even without effect */

typedef struct teller {
  ppr_buf *out;
  const ppr_program *p;
  const ppr_edition *e;
  const ppr_vm *vm;
  const ppr_column *in;
  bool *told; /* per instance */
  ppr_lang lang;
} teller;

static const char *word(const teller *t, const char *de, const char *en) { return t->lang == PPR_LANG_DE ? de : en; }
static char mark(const teller *t) { return t->lang == PPR_LANG_DE ? ',' : '.'; }
static const char *str(const teller *t, uint32_t id) { return program_string(t->p, id); }
static void indent(const teller *t, unsigned depth) { buf_printf(t->out, "%*s", (int)depth * 2, ""); }

/* How a value is shown: the members fields, outputs and instances share. */
typedef struct look {
  uint32_t kind, enumeration, unit, scale;
} look;

static const char *state_text(const teller *t, uint32_t state) {
  switch ((ppr_state)state) {
  case PPR_PRESENT: break;
  case PPR_FEHLT: return word(t, "fehlt", "missing");
  case PPR_ENTFAELLT: return word(t, "entfällt", "not applicable");
  case PPR_UNBESTIMMT: return word(t, "unbestimmt", "undetermined");
  }
  return "?";
}

static void put_number(const teller *t, ppr_wide value, uint32_t scale) {
  char text[DEC_TEXT];
  dec_print(text, value, (int)scale, mark(t));
  buf_puts(t->out, text);
}

static void put_member(const teller *t, uint32_t enumeration, ppr_wide value) {
  const ppr_enumeration *en = enumeration ? &t->e->enumeration[enumeration - 1] : NULL;
  if (!en || value < 0 || value >= en->count) {
    put_number(t, value, 0);
    return;
  }
  const ppr_member *m = &t->e->member[en->first + (uint32_t)value];
  buf_puts(t->out, str(t, m->name));
  if (m->label) buf_printf(t->out, " (%s)", str(t, m->label));
}

static void put_value(const teller *t, look l, ppr_wide value) {
  char text[16];
  switch ((ppr_kind)l.kind) {
  case PPR_KIND_NUMBER:
    put_number(t, value, l.scale);
    if (l.unit) buf_printf(t->out, " %s", str(t, l.unit));
    return;
  case PPR_KIND_PERCENT:
    put_number(t, value, l.scale);
    buf_puts(t->out, " %");
    return;
  case PPR_KIND_BOOL: buf_puts(t->out, value ? word(t, "ja", "yes") : word(t, "nein", "no")); return;
  case PPR_KIND_ENUM: put_member(t, l.enumeration, value); return;
  case PPR_KIND_DATE:
  case PPR_KIND_QUARTER:
    if (value < INT32_MIN || value > INT32_MAX) break; /* verified programs may still compute any number */
    if (l.kind == PPR_KIND_DATE && (value < DAY_MIN || value > DAY_MAX)) break;
    if (l.kind == PPR_KIND_DATE) day_print(text, (int64_t)value);
    else if (value >= 0 && value < 40000) quarter_print(text, (int64_t)value);
    else break;
    buf_puts(t->out, text);
    return;
  case PPR_KIND_TEXT: break;
  }
  put_number(t, value, 0);
}

/* Value or state of a register pair. */
static void put_result(const teller *t, look l, uint32_t reg, uint32_t state) {
  uint32_t s = state ? (uint32_t)vm_register(t->vm, state - 1) : PPR_PRESENT;
  if (s) buf_puts(t->out, state_text(t, s));
  else put_value(t, l, vm_register(t->vm, reg));
}

static void put_cite(const teller *t, uint32_t cite) {
  if (cite) buf_printf(t->out, " (%s)", str(t, cite));
}

/* --- operands --- */

static void put_label(const teller *t, const char *label, size_t width) {
  size_t have = text_length(label, strlen(label));
  buf_puts(t->out, label);
  if (have < width) buf_printf(t->out, "%*s", (int)(width - have), "");
}

static void tell_input(const teller *t, uint32_t input, size_t width, unsigned depth) {
  const ppr_input *i = &t->e->input[input];
  const ppr_field *f = &t->e->field[i->field];
  const ppr_column *c = &t->in[input];
  uint8_t state = !c->values ? PPR_FEHLT : c->states ? c->states[0] : PPR_PRESENT;
  look l = {f->kind, f->enumeration, f->unit, f->scale};
  indent(t, depth);
  put_label(t, str(t, i->label), width);
  buf_puts(t->out, " = ");
  if (!state) {
    put_value(t, l, c->values[0]);
    buf_puts(t->out, f->flags & PPR_FIELD_READING ? word(t, ", gewählte Auslegung", ", chosen reading") : word(t, ", Eingabe", ", input"));
  } else if (state == PPR_FEHLT && (f->flags & PPR_FIELD_PRESET)) {
    put_value(t, l, f->preset);
    buf_puts(t->out, f->flags & PPR_FIELD_READING ? word(t, ", Auslegung nach Vorgabe", ", preset reading")
                                                  : word(t, ", Vorgabewert ohne Angabe", ", preset for no value"));
  } else {
    buf_puts(t->out, state_text(t, state > PPR_UNBESTIMMT ? PPR_FEHLT : state));
    buf_puts(t->out, word(t, ", Eingabe", ", input"));
  }
  put_cite(t, f->cite);
  buf_putc(t->out, '\n');
}

static void tell_inst(const teller *t, uint32_t inst, unsigned depth);

/* What stands left of the equals sign of an operand that takes one line; NULL for instances. */
static const char *leaf_label(const teller *t, const ppr_dep *d) {
  switch ((ppr_dep_kind)d->kind) {
  case PPR_DEP_INPUT: return str(t, t->e->input[d->index].label);
  case PPR_DEP_CONST: return str(t, d->label);
  case PPR_DEP_INST: break;
  }
  return NULL;
}

static void tell_deps(const teller *t, const ppr_branch *b, unsigned depth) {
  size_t width = 0;
  for (uint32_t j = 0; j < b->deps; j++) {
    const ppr_dep *d = &t->e->dep[b->first_dep + j];
    const char *label = d->kind == PPR_DEP_INPUT ? leaf_label(t, d) : NULL;
    size_t n = label ? text_length(label, strlen(label)) : 0;
    if (n > width && n <= LABEL_COLUMN) width = n;
  }
  for (uint32_t j = 0; j < b->deps; j++) {
    const ppr_dep *d = &t->e->dep[b->first_dep + j];
    switch ((ppr_dep_kind)d->kind) {
    case PPR_DEP_INPUT: tell_input(t, d->index, width, depth); break;
    case PPR_DEP_CONST: /* its label says name, value and place */
      indent(t, depth);
      buf_printf(t->out, "%s\n", leaf_label(t, d));
      break;
    case PPR_DEP_INST: tell_inst(t, d->index, depth); break;
    }
  }
}

/* --- branches --- */

static bool holds(const teller *t, const ppr_branch *b) { return b->cond && vm_register(t->vm, b->cond - 1) != 0; }

/* The branch that applied: the first whose condition holds, else the first without one; NULL when there are no notes. */
static const ppr_branch *applied(const teller *t, const ppr_inst *i) {
  for (uint32_t j = 0; j < i->branches; j++)
    if (holds(t, &t->e->branch[i->first_branch + j])) return &t->e->branch[i->first_branch + j];
  for (uint32_t j = 0; j < i->branches; j++)
    if (!t->e->branch[i->first_branch + j].cond) return &t->e->branch[i->first_branch + j];
  return NULL;
}

static void put_branch_name(const teller *t, const ppr_branch *b) {
  switch ((ppr_branch_form)b->form) {
  case PPR_BRANCH_BASE: buf_puts(t->out, word(t, "Grundregel", "base rule")); break;
  case PPR_BRANCH_EXCEPTION: buf_puts(t->out, word(t, "Ausnahme", "exception")); break;
  case PPR_BRANCH_CASE: buf_puts(t->out, word(t, "Fall", "case")); break;
  case PPR_BRANCH_ELSE: buf_puts(t->out, word(t, "sonst", "otherwise")); break;
  }
  if (b->label) buf_printf(t->out, word(t, " „%s“", " “%s”"), str(t, b->label));
  put_cite(t, b->cite);
}

static const char *mode_text(const teller *t, uint32_t mode) {
  switch ((ppr_round_mode)mode) {
  case PPR_ROUND_HALF_UP: return word(t, "kaufmännisch", "half away from zero");
  case PPR_ROUND_UP: return word(t, "aufwärts", "away from zero");
  case PPR_ROUND_DOWN: return word(t, "abwärts", "toward zero");
  case PPR_ROUND_HALF_EVEN: return word(t, "gerade", "half to even");
  case PPR_ROUND_MODES: break;
  }
  return "?";
}

/* "Rundung kaufmännisch auf 2: 12,342857… → 12,34"; a rounded percent shows as percent. */
static void tell_round(const teller *t, const ppr_inst *i, const ppr_round *r, unsigned depth) {
  ppr_wide num = vm_register(t->vm, r->num), den = vm_register(t->vm, r->den), value = vm_register(t->vm, r->reg);
  bool percent = r->reg == i->reg && i->kind == PPR_KIND_PERCENT && r->scale >= 2;
  int scale = (int)r->scale - (percent ? 2 : 0);
  char text[96];
  if (den == 0) return; /* the arm with this division was not entered */
  dec_print_quotient(text, num, den, scale, QUOTIENT_DIGITS + scale, mark(t));
  indent(t, depth);
  buf_printf(t->out, "%s %s %s %d: %s → ", word(t, "Rundung", "rounded"), mode_text(t, r->mode), word(t, "auf", "to"), scale, text);
  put_number(t, value, (uint32_t)scale);
  buf_puts(t->out, percent ? " %\n" : "\n");
}

/* Of many roundings inside a sum those without effect are left out. */
static bool changes_nothing(const teller *t, const ppr_round *r) {
  ppr_wide num = vm_register(t->vm, r->num), den = vm_register(t->vm, r->den);
  return den == 0 || (den != -1 && num % den == 0);
}

static void tell_branches(const teller *t, const ppr_inst *i, unsigned depth) {
  const ppr_branch *b = applied(t, i);
  if (b) {
    indent(t, depth);
    if (i->branches > 1) {
      buf_printf(t->out, "%s: ", word(t, "angewandt", "applied"));
      put_branch_name(t, b);
      if (b->formula) buf_puts(t->out, ": ");
    } else if (b->formula) {
      buf_puts(t->out, "= ");
    }
    buf_printf(t->out, "%s\n", str(t, b->formula));
    for (uint32_t j = 0; j < b->rounds; j++) {
      const ppr_round *r = &t->e->round[b->first_round + j];
      if (b->rounds <= MANY_ROUNDS || r->reg == i->reg || !changes_nothing(t, r)) tell_round(t, i, r, depth);
    }
  }
  for (uint32_t j = 0; j < i->branches; j++) {
    const ppr_branch *other = &t->e->branch[i->first_branch + j];
    if (other == b || !other->cond) continue;
    indent(t, depth);
    buf_printf(t->out, "%s: ", word(t, "nicht angewandt", "not applied"));
    put_branch_name(t, other);
    /* After the applied branch conditions are not looked at: those branches stand back. */
    buf_puts(t->out, b && b->cond && other > b ? word(t, ", weil der angewandte Fall vorgeht\n", ", the applied one takes precedence\n")
                                               : word(t, ", weil die Bedingung nicht erfüllt ist\n", ", its condition does not hold\n"));
  }
  if (b) tell_deps(t, b, depth);
}

/* --- instances --- */

static const char *form_text(const teller *t, uint32_t form) {
  switch ((ppr_rule_form)form) {
  case PPR_RULE_RULE: return word(t, "Regel", "rule");
  case PPR_RULE_TABLE: return word(t, "Tabelle", "table");
  case PPR_RULE_LIMIT: return word(t, "Obergrenze", "ceiling");
  case PPR_RULE_SERIES: return word(t, "Zeitreihe", "time series");
  case PPR_RULE_TIERS: return word(t, "Staffel", "tiers");
  case PPR_RULE_CHECK: return word(t, "Prüfung", "check");
  }
  return "?";
}

/* A Bruch as the number it is, its decimals cut where they do not end. */
static void put_quotient(const teller *t, const ppr_inst *i) {
  ppr_wide num = vm_register(t->vm, i->reg), den = vm_register(t->vm, i->den - 1);
  char text[96];
  if (den == 0) snprintf(text, sizeof text, "%s", word(t, "(Division durch null)", "(division by zero)"));
  else dec_print_quotient(text, num, den, (int)i->scale, QUOTIENT_DIGITS, mark(t));
  buf_puts(t->out, text);
  if (i->kind == PPR_KIND_PERCENT) buf_puts(t->out, " %");
  else if (i->unit) buf_printf(t->out, " %s", str(t, i->unit));
}

static void tell_inst(const teller *t, uint32_t inst, unsigned depth) {
  const ppr_inst *i = &t->e->inst[inst];
  const ppr_rule *r = &t->e->rule[i->rule];
  indent(t, depth);
  buf_printf(t->out, "%s = ", str(t, i->label));
  if (i->den && !(i->state && vm_register(t->vm, i->state - 1))) put_quotient(t, i);
  else put_result(t, (look){i->kind, i->enumeration, i->unit, i->scale}, i->reg, i->state);
  if (t->told[inst]) {
    buf_puts(t->out, word(t, ", siehe oben\n", ", see above\n"));
    return;
  }
  t->told[inst] = true;
  /* A table cell is one line, a rule has its derivation below. */
  bool line = i->branches == 0;
  if (line) buf_puts(t->out, ", ");
  else {
    buf_putc(t->out, '\n');
    indent(t, depth + 1);
  }
  buf_printf(t->out, word(t, "%s „%s“", "%s “%s”"), form_text(t, r->form), str(t, r->name));
  if (r->edition) buf_printf(t->out, ", %s %s", word(t, "Fassung", "edition"), str(t, r->edition));
  if (r->cite) buf_printf(t->out, ", %s", str(t, r->cite));
  buf_putc(t->out, '\n');
  if (line) return;
  if (depth >= MAX_DEPTH) {
    indent(t, depth + 1);
    buf_puts(t->out, word(t, "(weitere Herleitung ausgelassen)\n", "(further derivation omitted)\n"));
    return;
  }
  tell_branches(t, i, depth + 1);
}

/* --- the whole --- */

/* What the faulting instruction was about: an input by name, else its place in the rule file. */
static void put_fault_place(const teller *t, uint32_t pc, char *text, size_t size) {
  const ppr_instr *i = &t->e->instr[pc];
  if (instr_info(i->op)->shape == SHAPE_IN) snprintf(text, size, "%s", str(t, t->e->input[i->a].label));
  else if (pc < t->e->n_pos) snprintf(text, size, "%s:%" PRIu32, str(t, t->e->pos[pc].file), t->e->pos[pc].line);
  else snprintf(text, size, "#%" PRIu32, pc);
}

static void tell_fault(const teller *t, ppr_fault fault) {
  char place[200], code[8];
  put_fault_place(t, fault.pc, place, sizeof place);
  diag d = {.code = (diag_code)fault.code, .span = SPAN_NONE, .args = {place}};
  diag_code_text(code, d.code);
  buf_puts(t->out, word(t, "Der Datensatz wird nicht gerechnet.\n", "The record is not evaluated.\n"));
  buf_printf(t->out, "  %s ", code);
  diag_message(t->out, &d, t->lang);
  buf_putc(t->out, '\n');
}

ppr_status explain_output(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, uint32_t output, ppr_lang lang) {
  if (edition >= p->n_editions || output >= p->editions[edition].n_output) return PPR_MISUSE;
  const ppr_edition *e = &p->editions[edition];
  const ppr_output *o = &e->output[output];
  ppr_fault fault;
  ppr_status status = vm_eval(vm, in, 1, NULL, &fault);
  if (status != PPR_OK) return status;
  teller t = {.out = out, .p = p, .e = e, .vm = vm, .in = in, .lang = lang};
  size_t told = (size_t)e->n_inst + 1;
  t.told = out->alloc.fn(out->alloc.ctx, NULL, 0, told);
  if (!t.told) return PPR_NOMEM;
  memset(t.told, 0, told);
  if (fault.code) {
    tell_fault(&t, fault);
  } else {
    buf_printf(out, "%s = ", str(&t, o->label));
    put_result(&t, (look){o->kind, o->enumeration, o->unit, o->scale}, o->reg, o->state);
    buf_printf(out, "\n%s %s, %s %s\n", str(&t, p->name), str(&t, e->title), word(&t, "Fassung", "edition"), str(&t, e->name));
    if (o->inst) {
      buf_putc(out, '\n');
      tell_inst(&t, o->inst - 1, 0);
    }
  }
  out->alloc.fn(out->alloc.ctx, t.told, told, 0);
  return out->failed ? PPR_NOMEM : PPR_OK;
}
