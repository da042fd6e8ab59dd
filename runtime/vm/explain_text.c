/* The words of explain_text.h, in German and English. */
#include "vm/explain_text.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

#define QUOTIENT_DIGITS 6 /* decimals of an exact value before rounding */
#define EQUAL_NAMES 3     /* names of equal rows written out */

static char mark(const teller *t) { return t->lang == PPR_LANG_DE ? ',' : '.'; }
static void put(const teller *t, const char *text) { buf_puts(t->out, text); }

void say_part(const teller *t, tree_role role, const char *text) {
  tree_part_begin(t->tree, role);
  put(t, text);
  tree_part_end(t->tree);
}

void say_line(const teller *t, tree_kind kind, unsigned depth, const char *text) {
  say_begin(t, kind, depth);
  put(t, text);
  say_end(t);
}

/* --- values --- */

static const char *state_text(const teller *t, uint32_t state) {
  switch ((ppr_state)state) {
  case PPR_PRESENT: break;
  case PPR_FEHLT: return say_word(t, "fehlt", "missing");
  case PPR_ENTFAELLT: return say_word(t, "entfällt", "not applicable");
  case PPR_UNBESTIMMT: return say_word(t, "unbestimmt", "undetermined");
  }
  return "?";
}

void say_number(const teller *t, ppr_wide value, uint32_t scale) {
  char text[DEC_TEXT];
  dec_print(text, value, (int)scale, mark(t));
  put(t, text);
}

static void put_member(const teller *t, uint32_t enumeration, ppr_wide value, bool plain) {
  const ppr_enumeration *en = enumeration ? &t->e->enumeration[enumeration - 1] : NULL;
  if (!en || value < 0 || value >= en->count) {
    say_number(t, value, 0);
    return;
  }
  const ppr_member *m = &t->e->member[en->first + (uint32_t)value];
  put(t, say_string(t, m->name));
  if (!m->label || plain) return;
  tree_part_end(t->tree); /* the label explains the value */
  buf_printf(t->out, " (%s)", say_string(t, m->label));
}

static void put_unit(const teller *t, say_look l) {
  if (l.kind == PPR_KIND_PERCENT) put(t, " %");
  else if (l.unit) buf_printf(t->out, " %s", say_string(t, l.unit));
}

void say_value(const teller *t, say_look l, ppr_wide value, bool plain) {
  char text[16];
  switch ((ppr_kind)l.kind) {
  case PPR_KIND_NUMBER:
  case PPR_KIND_PERCENT:
    say_number(t, value, l.scale);
    put_unit(t, l);
    return;
  case PPR_KIND_BOOL: put(t, value ? say_word(t, "ja", "yes") : say_word(t, "nein", "no")); return;
  case PPR_KIND_ENUM: put_member(t, l.enumeration, value, plain); return;
  case PPR_KIND_DATE:
  case PPR_KIND_QUARTER:
    if (value < INT32_MIN || value > INT32_MAX) break; /* verified programs may still compute any number */
    if (l.kind == PPR_KIND_DATE && (value < DAY_MIN || value > DAY_MAX)) break;
    if (l.kind == PPR_KIND_DATE) day_print(text, (int64_t)value);
    else if (value >= 0 && value < 40000) quarter_print(text, (int64_t)value);
    else break;
    put(t, text);
    return;
  case PPR_KIND_TEXT: break;
  }
  say_number(t, value, 0);
}

void say_difference(const teller *t, say_look l, ppr_wide value) {
  if (value > 0) put(t, "+");
  if (l.kind == PPR_KIND_NUMBER || l.kind == PPR_KIND_PERCENT) {
    say_value(t, l, value, true);
    return;
  }
  say_number(t, value, 0);
  put(t, l.kind == PPR_KIND_DATE ? say_word(t, " Tag", " day") : l.kind == PPR_KIND_QUARTER ? say_word(t, " Quartal", " quarter") : "");
}

/* Value or state of a register pair. */
static void put_result(const teller *t, say_look l, uint32_t reg, uint32_t state) {
  uint32_t s = state ? (uint32_t)vm_register(t->vm, state - 1) : PPR_PRESENT;
  if (s) put(t, state_text(t, s));
  else say_value(t, l, vm_register(t->vm, reg), false);
}

/* A Bruch as the number it is, its decimals cut where they do not end. */
static void put_quotient(const teller *t, const ppr_inst *i) {
  ppr_wide num = vm_register(t->vm, i->reg), den = vm_register(t->vm, i->den - 1);
  char text[96];
  if (den == 0) {
    put(t, say_word(t, "(Division durch null)", "(division by zero)"));
    return;
  }
  dec_print_quotient(text, num, den, (int)i->scale, QUOTIENT_DIGITS, mark(t));
  put(t, text);
  put_unit(t, (say_look){i->kind, 0, i->unit, 0});
}

void say_inst_value(const teller *t, const ppr_inst *i) {
  tree_part_begin(t->tree, PART_VALUE);
  if (i->den && !(i->state && vm_register(t->vm, i->state - 1))) put_quotient(t, i);
  else put_result(t, (say_look){i->kind, i->enumeration, i->unit, i->scale}, i->reg, i->state);
  tree_part_end(t->tree);
}

void say_step(const teller *t, const ppr_inst *i, unsigned depth) {
  say_begin(t, TREE_STEP, depth);
  say_part(t, PART_NAME, say_string(t, i->label));
  put(t, " = ");
  say_inst_value(t, i);
  say_end(t);
}

void say_output_value(const teller *t, const ppr_output *o) {
  tree_part_begin(t->tree, PART_VALUE);
  put_result(t, (say_look){o->kind, o->enumeration, o->unit, o->scale}, o->reg, o->state);
  tree_part_end(t->tree);
}

void say_cite(const teller *t, uint32_t cite) {
  if (!cite) return;
  put(t, " (");
  say_part(t, PART_CITE, say_string(t, cite));
  put(t, ")");
}

/* --- inputs --- */

static const ppr_field *field_of(const teller *t, uint32_t input) { return &t->e->field[t->e->input[input].field]; }
bool say_is_reading(const teller *t, uint32_t input) { return (field_of(t, input)->flags & PPR_FIELD_READING) != 0; }

static ppr_state state_of(const teller *t, uint32_t input) {
  const ppr_column *c = &t->in[input];
  uint8_t state = !c->values ? PPR_FEHLT : c->states ? c->states[0] : PPR_PRESENT;
  return state > PPR_UNBESTIMMT ? PPR_FEHLT : (ppr_state)state;
}

say_look say_look_of_input(const teller *t, uint32_t input) {
  const ppr_field *f = field_of(t, input);
  return (say_look){f->kind, f->enumeration, f->unit, f->scale};
}

ppr_state say_input_value(const teller *t, uint32_t input, bool plain) {
  const ppr_field *f = field_of(t, input);
  ppr_state state = state_of(t, input);
  say_look l = say_look_of_input(t, input);
  tree_part_begin(t->tree, PART_VALUE);
  if (state == PPR_PRESENT) say_value(t, l, t->in[input].values[0], plain);
  else if (state == PPR_FEHLT && (f->flags & PPR_FIELD_PRESET)) say_value(t, l, f->preset, plain);
  else put(t, state_text(t, state));
  tree_part_end(t->tree);
  return state;
}

void say_input_source(const teller *t, uint32_t input) {
  const ppr_field *f = field_of(t, input);
  ppr_state state = state_of(t, input);
  bool absent = state == PPR_FEHLT && (f->flags & PPR_FIELD_PRESET), preset = absent || (state == PPR_PRESENT && t->in[input].values[0] == f->preset);
  if (f->flags & PPR_FIELD_PARAMETER)
    put(t, preset ? say_word(t, "Parameter nach Vorgabe", "preset parameter") : say_word(t, "gesetzter Parameter", "parameter set for the run"));
  else if (!(f->flags & PPR_FIELD_READING))
    put(t, absent ? say_word(t, "Vorgabewert ohne Angabe", "preset for no value") : say_word(t, "Eingabe", "input"));
  else if (preset) put(t, say_word(t, "Auslegung nach Vorgabe", "preset reading"));
  else put(t, say_word(t, "gewählte Auslegung", "chosen reading"));
  say_cite(t, f->cite);
}

void say_input(const teller *t, uint32_t input, size_t width, unsigned depth) {
  const char *label = say_string(t, t->e->input[input].label);
  size_t have = text_length(label, strlen(label));
  bool reading = say_is_reading(t, input);
  if (reading) t->reading[input] = true;
  say_begin(t, TREE_LEAF, depth);
  say_part(t, PART_NAME, label);
  if (have < width) buf_printf(t->out, "%*s", (int)(width - have), "");
  put(t, " = ");
  say_input_value(t, input, reading && !t->full);
  put(t, ", ");
  say_input_source(t, input);
  say_end(t);
}

/* --- rules and branches --- */

static const char *rule_form_text(const teller *t, uint32_t form) {
  switch ((ppr_rule_form)form) {
  case PPR_RULE_RULE: return say_word(t, "Regel", "rule");
  case PPR_RULE_TABLE: return say_word(t, "Tabelle", "table");
  case PPR_RULE_LIMIT: return say_word(t, "Obergrenze", "ceiling");
  case PPR_RULE_SERIES: return say_word(t, "Zeitreihe", "time series");
  case PPR_RULE_TIERS: return say_word(t, "Staffel", "tiers");
  case PPR_RULE_CHECK: return say_word(t, "Prüfung", "check");
  }
  return "?";
}

/* The text is cited: its Beschluss is told at the end. */
static void mark_edition(const teller *t, const char *name) {
  for (uint32_t i = 0; i < t->p->n_editions; i++)
    if (strcmp(say_string(t, t->p->editions[i].name), name) == 0) {
      t->cited[i] = true;
      return; /* once, however many kinds of record it has */
    }
}

void say_rule(const teller *t, const ppr_rule *r) {
  if (r->edition) mark_edition(t, say_string(t, r->edition));
  buf_printf(t->out, say_word(t, "%s „%s“", "%s “%s”"), rule_form_text(t, r->form), say_string(t, r->name));
  if (r->edition) buf_printf(t->out, ", %s %s", say_word(t, "Fassung", "edition"), say_string(t, r->edition));
  if (!r->cite) return;
  put(t, ", ");
  say_part(t, PART_CITE, say_string(t, r->cite));
}

const char *say_form(const teller *t, uint32_t form, bool plural) {
  switch ((ppr_branch_form)form) {
  case PPR_BRANCH_BASE: return say_word(t, "Grundregel", "base rule");
  case PPR_BRANCH_EXCEPTION: return plural ? say_word(t, "Ausnahmen", "exceptions") : say_word(t, "Ausnahme", "exception");
  case PPR_BRANCH_CASE: return plural ? say_word(t, "Fälle", "cases") : say_word(t, "Fall", "case");
  case PPR_BRANCH_ELSE: return say_word(t, "sonst", "otherwise");
  }
  return "?";
}

void say_branch_name(const teller *t, const ppr_branch *b) {
  if (b->label) buf_printf(t->out, say_word(t, " „%s“", " “%s”"), say_string(t, b->label));
  say_cite(t, b->cite);
}

void say_applied(const teller *t, const ppr_inst *i, const ppr_branch *b, unsigned depth) {
  if (i->branches == 1 && b->form == PPR_BRANCH_BASE && !b->formula) return;
  say_begin(t, TREE_FORMULA, depth);
  if (i->branches > 1 || b->form != PPR_BRANCH_BASE) {
    buf_printf(t->out, "%s: %s", say_word(t, "angewandt", "applied"), say_form(t, b->form, false));
    say_branch_name(t, b);
    if (b->formula) put(t, ": ");
  } else {
    put(t, "= ");
  }
  say_part(t, PART_FORMULA, say_string(t, b->formula));
  say_end(t);
}

/* --- roundings --- */

static const char *mode_text(const teller *t, uint32_t mode) {
  switch ((ppr_round_mode)mode) {
#define ROUNDING(name, word, de, en, evidence)                                                                                                       \
  case PPR_ROUND_##name:                                                                                                                             \
    return say_word(t, word, en);
#include "code/rounding.def"
#undef ROUNDING
  case PPR_ROUND_MODES: break;
  }
  return "?";
}

bool say_is_last(const teller *t, const ppr_inst *i, const ppr_round *r) {
  return !i->den && reach_chosen(&t->reach, r->reg) == reach_chosen(&t->reach, i->reg);
}

/* A rounded percent shows as percent. */
static bool in_percent(const teller *t, const ppr_inst *i, const ppr_round *r) {
  return i->kind == PPR_KIND_PERCENT && r->scale >= 2 && say_is_last(t, i, r);
}

const char *say_exact(const teller *t, const ppr_inst *i, const ppr_round *r) {
  ppr_wide num = vm_register(t->vm, r->num), den = vm_register(t->vm, r->den);
  int scale = (int)r->scale - (in_percent(t, i, r) ? 2 : 0);
  char text[96];
  if (den == 0) return "";
  size_t n = dec_print_quotient(text, num, den, scale, QUOTIENT_DIGITS + scale, mark(t));
  const char *kept = arena_strndup(t->arena, text, n);
  return kept ? kept : "";
}

void say_round(const teller *t, const ppr_inst *i, const ppr_round *r, unsigned depth) {
  if (vm_register(t->vm, r->den) == 0) return; /* the arm with this division was not entered */
  bool percent = in_percent(t, i, r);
  uint32_t scale = r->scale - (percent ? 2 : 0);
  say_begin(t, TREE_ROUND, depth);
  buf_printf(t->out, "%s %s %s %u: %s → ", say_word(t, "Rundung", "rounded"), mode_text(t, r->mode), say_word(t, "auf", "to"), scale,
             say_exact(t, i, r));
  say_number(t, vm_register(t->vm, r->reg), scale);
  if (percent) put(t, " %");
  say_end(t);
}

/* --- tables --- */

static bool equal_rows(const tree_table *table, uint32_t a, uint32_t b) {
  for (uint32_t c = 1; c < table->cols; c++)
    if (strcmp(table->cell[a * table->cols + c], table->cell[b * table->cols + c]) != 0) return false;
  return true;
}

/* The names of later rows equal to this one join its name; those rows lose theirs. */
static void join_equal(const teller *t, const tree_table *table, uint32_t row) {
  uint32_t n = 1;
  const char *names = table->cell[row * table->cols];
  for (uint32_t other = row + 1; other < table->rows; other++) {
    const char **name = &table->cell[other * table->cols];
    if (!*name || !equal_rows(table, row, other)) continue;
    if (++n <= EQUAL_NAMES) names = arena_printf(t->arena, "%s%s%s", names ? names : "", strchr(*name, ',') ? "; " : ", ", *name);
    *name = NULL;
  }
  if (n > EQUAL_NAMES) names = arena_printf(t->arena, "%s, … (%u)", names ? names : "", n);
  table->cell[row * table->cols] = names ? names : "";
}

void say_rows(const teller *t, const tree_table *table, bool every, unsigned depth) {
  for (uint32_t r = 1; r < table->rows && !every; r++)
    if (table->cell[r * table->cols]) join_equal(t, table, r);
  tree_put_table(t->tree, table, depth);
}
