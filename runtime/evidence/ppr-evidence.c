/* The program ppr-evidence: computes the steps of an evidence file again, knowing neither compiler nor machine. The format is docs/evidence.md. */
#include "base/decimal.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/quarter.h"
#include "evidence/steps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIRMED = 0, NOT_CONFIRMED = 1, USAGE = 2, UNREADABLE = 5, OUT_OF_MEMORY = 70 };
enum { HEX = 64, QUOTIENT_DIGITS = 6, MOST_SCALE = DEC_MAX_SCALE, ABSENT_STATES = 4 };
#define FILE_LIMIT ((size_t)1 << 30)
static const char tail[] = "\"digest\":\"", end[] = "\"}\n"; /* around the digest, which is over everything before */

static const char *const modes[] = {"half-up", "up", "down", "half-even", NULL}; /* in the order of dec_div_round */
static const char *const states[] = {"present", "fehlt", "entfällt", "unbestimmt", NULL};
typedef enum { NUMBER, PERCENT, YESNO, DATE, QUARTER, MEMBER, TEXT } value_kind;
static const char *const kinds[] = {"number", "percent", "yesno", "date", "quarter", "member", "text", NULL};

/* --- the document --- */

/* Is it an object of exactly these members? "name" must, "name?" may be there; each word ends with a blank. */
static bool is_object(check *c, const doc *d, const char *words, const char *what) {
  size_t met = 0;
  if (c->failed) return false;
  if (!d || d->kind != DOC_OBJECT) {
    steps_fail(c, "%s fehlt", "%s is missing", what);
    return false;
  }
  for (const char *word = words; *word;) {
    size_t n = strcspn(word, " "), size = n - (word[n - 1] == '?');
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)size, word);
    if (doc_member(d, name)) met++;
    else if (size == n) steps_fail(c, "%s: „%s“ fehlt", "%s: “%s” is missing", what, name);
    word += n + 1;
  }
  if (met != d->n) steps_fail(c, "%s: unbekannte Angabe", "%s: unknown member", what);
  return !c->failed;
}

static const char *text(check *c, const doc *d) {
  if (d && d->kind == DOC_TEXT) return d->text;
  steps_fail(c, "ein Text fehlt%s", "a text is missing%s", "");
  return "";
}

static uint32_t number(check *c, const doc *d, uint32_t below) {
  char *rest = NULL;
  unsigned long n = d && d->kind == DOC_NUMBER && strlen(d->text) < 10 ? strtoul(d->text, &rest, 10) : below;
  if (rest && !*rest && n < below) return (uint32_t)n;
  steps_fail(c, "Verweis auf etwas, das es nicht oder noch nicht gibt: %s", "reference to what is not there, or not yet: %s",
             d && d->text ? d->text : "?");
  return 0;
}

static uint32_t word(check *c, const doc *d, const char *const *words) {
  const char *found = text(c, d);
  for (uint32_t i = 0; words[i]; i++)
    if (strcmp(words[i], found) == 0) return i;
  steps_fail(c, "unbekanntes Wort „%s“", "unknown word “%s”", found);
  return 0;
}

/* "-123": digits without anything else, of at most 128 bits. */
static ppr_wide exact(check *c, const doc *d) {
  const char *digits = text(c, d), *at = digits + (*digits == '-');
  ppr_wide value = 0;
  bool good = *at && (*at != '0' || (!at[1] && at == digits));
  for (; *at && good; at++) good = *at >= '0' && *at <= '9' && wide_mul(&value, value, 10) && wide_sub(&value, value, *at - '0');
  if (good && (*digits == '-' || value != WIDE_MIN)) return *digits == '-' ? value : -value;
  steps_fail(c, "„%s“ ist keine ganze Zahl", "“%s” is no whole number", digits);
  return 0;
}

static operand operand_of(check *c, const doc *d, uint32_t below) {
  if (d && d->kind == DOC_TEXT) return (operand){.value = exact(c, d)};
  operand o = {.step = true, .n = number(c, d, below)};
  if (!c->failed) c->used[o.n] = true;
  return o;
}

static operands operands_of(check *c, const doc *list, uint32_t below) {
  operands o = {0};
  if (!list) return o;
  if (list->kind != DOC_LIST) steps_fail(c, "%s ist keine Liste", "%s is no list", list->name ? list->name : "?");
  o.at = arena_array(c->arena, list->n + 1, sizeof *o.at);
  for (const doc *d = o.at && !c->failed ? list->first : NULL; d; d = d->next) o.at[o.n++] = operand_of(c, d, below);
  return o;
}

static look look_of(check *c, const doc *d) {
  static const char *const scales[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18"};
  look l = {.kind = word(c, doc_member(d, "kind"), kinds), .unit = ""};
  const doc *scale = doc_member(d, "scale"), *unit = doc_member(d, "unit"), *members = doc_member(d, "members");
  if (scale) l.scale = number(c, scale, sizeof scales / sizeof *scales);
  if (unit) l.unit = text(c, unit);
  if (!scale == (l.kind == NUMBER || l.kind == PERCENT) || (unit && l.kind != NUMBER) || (members && l.kind != MEMBER))
    steps_fail(c, "Art und Angaben passen nicht zusammen: %s", "kind and members do not agree: %s", kinds[l.kind]);
  if (!members || c->failed) return l;
  uint32_t n = number(c, members, c->n_members);
  if (c->failed) return l;
  c->members_used[n] = true;
  l.members = c->members[n];
  return l;
}

/* --- values as text --- */

static const char *value_text(check *c, const look *l, ppr_wide value) {
  char shown[DEC_TEXT];
  const doc *member = l->kind == MEMBER && l->members && value >= 0 && value < (ppr_wide)l->members->n ? l->members->first : NULL;
  for (ppr_wide i = 0; member && i < value; i++) member = member->next;
  if (member) return text(c, member);
  if (l->kind == YESNO) return value ? "ja" : "nein";
  if (l->kind == DATE && value >= DAY_MIN && value <= DAY_MAX) day_print(shown, (int64_t)value);
  else if (l->kind == QUARTER && value >= 0 && value < 40000) quarter_print(shown, (int64_t)value);
  else dec_print(shown, value, (int)l->scale, ',');
  const char *made = arena_printf(c->arena, "%s%s%s", shown, l->kind == PERCENT ? " %" : *l->unit ? " " : "", l->kind == NUMBER ? l->unit : "");
  return made ? made : "";
}

static const char *quotient_text(check *c, const look *l, ppr_wide dividend, ppr_wide divisor) {
  char shown[96];
  if (divisor == 0) return "(Division durch null)";
  dec_print_quotient(shown, dividend, divisor, (int)l->scale, QUOTIENT_DIGITS, ',');
  const char *made = arena_printf(c->arena, "%s%s%s", shown, l->kind == PERCENT ? " %" : *l->unit ? " " : "", l->kind == NUMBER ? l->unit : "");
  return made ? made : "";
}

static void compare_steps(check *c) {
  char own[DEC_TEXT], told[DEC_TEXT];
  steps_evaluate(c, c->n_steps, 0);
  for (uint32_t i = 0; i < c->n_steps && !c->failed; i++) {
    const step *s = &c->steps[i];
    if (c->known[i] && !s->has_is) steps_fail(c, "Schritt %u wäre zu rechnen und ist es nicht", "step %u should be computed and is not", i);
    if (!c->known[i] && s->has_is)
      steps_fail(c, "Schritt %u ist gerechnet, obwohl seine Bedingung nicht gilt", "step %u is computed though its condition does not hold", i);
    dec_print(own, c->value[i], 0, ',');
    dec_print(told, s->is, 0, ',');
    if (s->has_is && s->is != c->value[i]) steps_fail(c, "Schritt %u ergibt %s, nicht %s", "step %u gives %s, not %s", i, own, told);
  }
}

/* --- reading and checking the parts --- */

static const doc *part(check *c, const doc *root, const char *name, void **rows, size_t size, uint32_t *n) {
  const doc *list = doc_member(root, name);
  if (!list || list->kind != DOC_LIST || list->n >= UINT32_MAX) steps_fail(c, "„%s“ fehlt", "“%s” is missing", name);
  *n = c->failed ? 0 : (uint32_t)list->n;
  *rows = arena_array(c->arena, (size_t)*n + 1, size);
  return c->failed || !*rows ? NULL : list->first;
}

static bool is_nth(check *c, const doc *d, uint32_t n, const char *what) {
  if (!c->failed && number(c, doc_member(d, "n"), UINT32_MAX) != n)
    steps_fail(c, "%s %u steht nicht an seiner Stelle", "%s %u is out of place", what, n);
  return !c->failed;
}

static void read_tables(check *c, const doc *root) {
  uint32_t i = 0, m = 0;
  for (const doc *d = part(c, root, "members", (void **)&c->members, sizeof *c->members, &c->n_members); d; d = d->next) {
    c->members[m++] = d;
    if (d->kind != DOC_LIST) steps_fail(c, "%s ist keine Liste", "%s is no list", "members");
    for (const doc *name = d->first; name; name = name->next) text(c, name);
  }
  c->members_used = arena_array(c->arena, (size_t)c->n_members + 1, sizeof *c->members_used);
  for (const doc *d = part(c, root, "tables", (void **)&c->tables, sizeof *c->tables, &c->n_tables); d; d = d->next) {
    table *t = &c->tables[i++];
    if (!is_object(c, d, "columns name cells ", "table")) return;
    text(c, doc_member(d, "name"));
    const doc *cells = doc_member(d, "cells");
    t->columns = number(c, doc_member(d, "columns"), UINT32_MAX);
    t->cells = arena_array(c->arena, cells->n + 1, sizeof *t->cells);
    if (cells->kind != DOC_LIST || !t->columns || cells->n % t->columns || cells->n >= UINT32_MAX || !t->cells)
      steps_fail(c, "Tabelle %u ist unvollständig", "table %u is incomplete", i - 1);
    for (const doc *cell = c->failed ? NULL : cells->first; cell; cell = cell->next) t->cells[t->n++] = exact(c, cell);
  }
}

static void read_inputs(check *c, const doc *root) {
  uint32_t n = 0;
  for (const doc *d = part(c, root, "inputs", (void **)&c->inputs, sizeof *c->inputs, &c->n_inputs); d; d = d->next, n++) {
    input *i = &c->inputs[n];
    if (!is_object(c, d, "n name kind scale? unit? members? state is least most text source ", "input") || !is_nth(c, d, n, "input")) return;
    *i = (input){look_of(c, d),
                 word(c, doc_member(d, "state"), states),
                 exact(c, doc_member(d, "is")),
                 exact(c, doc_member(d, "least")),
                 exact(c, doc_member(d, "most")),
                 false};
    text(c, doc_member(d, "name"));
    text(c, doc_member(d, "source"));
    if (c->failed) return;
    if (i->state ? i->is != 0 : i->look.kind != YESNO && (i->is < i->least || i->is > i->most))
      steps_fail(c, "Eingabe %u liegt außerhalb ihres Bereichs", "input %u is outside of its range", n);
    const char *shown = i->state ? states[i->state] : value_text(c, &i->look, i->is);
    if (strcmp(shown, text(c, doc_member(d, "text"))) != 0)
      steps_fail(c, "Eingabe %u: der Text müsste „%s“ lauten", "input %u: the text should be “%s”", n, shown);
  }
}

static void read_step(check *c, const doc *d, uint32_t n) {
  step *s = &c->steps[n];
  if (!is_object(c, d, "n do of? input? round? table? function? when? not? is? ", "step") || !is_nth(c, d, n, "step")) return;
  const char *name = text(c, doc_member(d, "do")), *const extra[] = {"input", "round", "table", "function"};
  while (s->op < OPERATIONS && strcmp(steps_operations[s->op].name, name) != 0) s->op++;
  if (s->op == OPERATIONS) {
    steps_fail(c, "unbekanntes Wort „%s“", "unknown word “%s”", name);
    return;
  }
  s->of = operands_of(c, doc_member(d, "of"), n);
  s->when = operands_of(c, doc_member(d, "when"), n);
  s->not = operands_of(c, doc_member(d, "not"), n);
  for (int i = 0; i < 4; i++)
    if (!doc_member(d, extra[i]) == (steps_operations[s->op].member && strcmp(steps_operations[s->op].member, extra[i]) == 0))
      steps_fail(c, "Schritt %u: Angaben passen nicht zu „%s“", "step %u: members do not fit “%s”", n, name);
  if (s->of.n < steps_operations[s->op].least || s->of.n > steps_operations[s->op].most || (s->op == WEIGHTED_SUM && s->of.n % 2 == 0))
    steps_fail(c, "Schritt %u: Zahl der Werte passt nicht zu „%s“", "step %u: number of values does not fit “%s”", n, name);
  if (doc_member(d, "input")) s->input = number(c, doc_member(d, "input"), c->n_inputs);
  if (doc_member(d, "table")) s->table = number(c, doc_member(d, "table"), c->n_tables);
  if (doc_member(d, "round")) s->mode = word(c, doc_member(d, "round"), modes);
  if (doc_member(d, "function")) s->function = text(c, doc_member(d, "function"));
  s->has_is = doc_member(d, "is") != NULL;
  if (s->has_is) s->is = exact(c, doc_member(d, "is"));
  if (c->failed) return;
  if (doc_member(d, "input")) c->inputs[s->input].used = true;
  if (doc_member(d, "table")) c->tables[s->table].used = true;
}

static void read_steps(check *c, const doc *root) {
  uint32_t n = 0;
  const doc *first = part(c, root, "steps", (void **)&c->steps, sizeof *c->steps, &c->n_steps);
  c->used = arena_array(c->arena, (size_t)c->n_steps + 1, sizeof *c->used);
  c->known = arena_array(c->arena, (size_t)c->n_steps + 1, sizeof *c->known);
  c->value = arena_array(c->arena, (size_t)c->n_steps + 1, sizeof *c->value);
  if (!c->used || !c->known || !c->value) return;
  for (const doc *d = first; d && !c->failed; d = d->next) read_step(c, d, n++);
}

static void check_round(check *c, const doc *d, uint32_t n) {
  ppr_wide of, by, is, own;
  if (!is_object(c, d, "scale is of by round ", "round")) return;
  number(c, doc_member(d, "scale"), MOST_SCALE + 3);
  operand o_is = operand_of(c, doc_member(d, "is"), c->n_steps), o_of = operand_of(c, doc_member(d, "of"), c->n_steps),
          o_by = operand_of(c, doc_member(d, "by"), c->n_steps);
  uint32_t mode = word(c, doc_member(d, "round"), modes);
  if (c->failed || !steps_get(c, &o_of, &of) || !steps_get(c, &o_by, &by) || by == 0 || !steps_get(c, &o_is, &is)) return;
  if (!dec_div_round(&own, of, by, (int)mode) || own != is) steps_fail(c, "Regel %u: die Rundung stimmt nicht", "rule %u: the rounding is wrong", n);
}

static void check_from(check *c, const doc *d, uint32_t n) {
  if (!is_object(c, d, "rule? input? constant? ", "from")) return;
  if (d->n != 1) steps_fail(c, "Regel %u: eine Herkunft ist nicht eindeutig", "rule %u: an origin is ambiguous", n);
  if (doc_member(d, "constant")) text(c, doc_member(d, "constant"));
  uint32_t r = doc_member(d, "rule") ? number(c, doc_member(d, "rule"), n) : 0,
           i = doc_member(d, "input") ? number(c, doc_member(d, "input"), c->n_inputs) : 0;
  if (c->failed) return;
  if (doc_member(d, "rule")) c->rules[r].used = true;
  if (doc_member(d, "input")) c->inputs[i].used = true;
}

/* The first branch whose condition holds applies, else the one without condition. */
static void check_branches(check *c, const doc *list, uint32_t n) {
  const doc *applied = NULL, *otherwise = NULL;
  ppr_wide holds;
  if (!list || list->kind != DOC_LIST) steps_fail(c, "Regel %u ist unvollständig", "rule %u is incomplete", n);
  for (const doc *d = c->failed ? NULL : list->first; d; d = d->next) {
    if (!is_object(c, d, "form name cite formula when? applied rounds from ", "branch")) return;
    text(c, doc_member(d, "form")), text(c, doc_member(d, "name")), text(c, doc_member(d, "cite")), text(c, doc_member(d, "formula"));
    if (doc_member(d, "when")) {
      operand when = operand_of(c, doc_member(d, "when"), c->n_steps);
      if (!c->failed && !applied && steps_get(c, &when, &holds) && holds) applied = d;
    } else if (!otherwise) otherwise = d;
    for (const doc *r = doc_member(d, "rounds")->first; r && !c->failed; r = r->next) check_round(c, r, n);
    for (const doc *f = doc_member(d, "from")->first; f && !c->failed; f = f->next) check_from(c, f, n);
  }
  if (!applied) applied = otherwise;
  for (const doc *d = c->failed ? NULL : list->first; d; d = d->next)
    if (doc_member(d, "applied")->kind != DOC_TRUTH || (strcmp(doc_member(d, "applied")->text, "true") == 0) != (d == applied))
      steps_fail(c, "Regel %u: ein anderer Fall ist anzuwenden", "rule %u: another branch applies", n);
}

/* Value, divisor, state and text of a rule or a result. */
static void check_value(check *c, const doc *d, rule *r, const char *what, uint32_t n) {
  ppr_wide value = 0, divisor = 0, state = 0;
  *r = (rule){.look = look_of(c, d), .has_per = doc_member(d, "per") != NULL, .has_state = doc_member(d, "state") != NULL};
  r->is = operand_of(c, doc_member(d, "is"), c->n_steps);
  if (r->has_per) r->per = operand_of(c, doc_member(d, "per"), c->n_steps);
  if (r->has_state) r->state = operand_of(c, doc_member(d, "state"), c->n_steps);
  if (c->failed) return;
  bool known = !r->has_state || steps_get(c, &r->state, &state), absent = known && state != 0;
  if (absent && (state < 0 || state >= ABSENT_STATES)) steps_fail(c, "%s %u hat keinen gültigen Zustand", "%s %u has no valid state", what, n);
  known = known && (absent || (steps_get(c, &r->is, &value) && (!r->has_per || steps_get(c, &r->per, &divisor))));
  if (known != (doc_member(d, "text") != NULL))
    steps_fail(c, "%s %u: Text fehlt oder ist zu viel", "%s %u: the text is missing or too many", what, n);
  if (c->failed || !known) return;
  const char *shown = absent ? states[state] : r->has_per ? quotient_text(c, &r->look, value, divisor) : value_text(c, &r->look, value);
  if (strcmp(shown, text(c, doc_member(d, "text"))) != 0)
    steps_fail(c, "%s %u: der Text müsste „%s“ lauten", "%s %u: the text should be “%s”", what, n, shown);
}

static void check_rules(check *c, const doc *root) {
  uint32_t n = 0;
  for (const doc *d = part(c, root, "rules", (void **)&c->rules, sizeof *c->rules, &c->n_rules); d && !c->failed; d = d->next, n++) {
    if (!is_object(c, d, "n name form fassung cite kind scale? unit? members? is per? state? text? branches ", "rule") || !is_nth(c, d, n, "rule"))
      return;
    text(c, doc_member(d, "name")), text(c, doc_member(d, "form")), text(c, doc_member(d, "fassung")), text(c, doc_member(d, "cite"));
    check_value(c, d, &c->rules[n], "rule", n);
    check_branches(c, doc_member(d, "branches"), n);
  }
}

static bool answers(check *c, const rule *r, bool yes) {
  ppr_wide state = r->has_state ? steps_need(c, &r->state) : 0;
  return state == 0 && (steps_need(c, &r->is) != 0) == yes;
}

/* The result with one value changed: of an input, or of the step a rule's value is. */
static bool turned(check *c, const rule *result, input *i, uint32_t fixed, ppr_wide value, bool yes) {
  ppr_wide kept = i ? i->is : 0;
  if (i) i->is = value;
  steps_evaluate(c, fixed, value);
  bool is = !c->failed && answers(c, result, yes);
  if (i) i->is = kept;
  return is;
}

static void check_turn(check *c, const doc *d, const rule *result, bool yes) {
  if (!is_object(c, d, "rule? input? now last first nearest ", "turn")) return;
  const doc *by_rule = doc_member(d, "rule"), *by_input = doc_member(d, "input");
  if (!by_rule == !by_input)
    steps_fail(c, "eine Angabe unter „turns“ ist %s", "an item of “turns” is %s", c->english ? "ambiguous" : "nicht eindeutig");
  ppr_wide now = exact(c, doc_member(d, "now")), last = exact(c, doc_member(d, "last")), first = exact(c, doc_member(d, "first")), is = 0;
  uint32_t n = by_rule ? number(c, by_rule, c->n_rules) : number(c, by_input, c->n_inputs);
  if (c->failed) return;
  const rule *r = by_rule ? &c->rules[n] : NULL;
  input *i = by_rule ? NULL : &c->inputs[n];
  const look *l = r ? &r->look : &i->look;
  if (r ? !r->is.step || r->has_per || !steps_get(c, &r->is, &is) : i->state != 0 || (is = i->is, first < i->least) || first > i->most)
    steps_fail(c, "„turns“ ändert, was nicht zu ändern ist%s", "“turns” changes what cannot be changed%s", "");
  bool between = l->kind != YESNO && l->kind != MEMBER;
  if (is != now || (between ? (first > now ? first - 1 : first + 1) != last || first == now : last != now || first == now))
    steps_fail(c, "„turns“: die Werte %s", "“turns”: the values %s", c->english ? "are no neighbours" : "sind keine Nachbarn");
  uint32_t fixed = r ? r->is.n : c->n_steps;
  if (c->failed || (turned(c, result, i, fixed, last, yes) && turned(c, result, i, fixed, first, !yes))) {
    steps_evaluate(c, c->n_steps, 0);
    return;
  }
  steps_fail(c, "„turns“: der Wert %s", "“turns”: the value %s", c->english ? "does not turn the result" : "kippt das Ergebnis nicht");
}

static void check_results(check *c, const doc *root) {
  uint32_t n = 0, count;
  rule *results;
  ppr_wide value;
  for (const doc *d = part(c, root, "results", (void **)&results, sizeof *results, &count); d && !c->failed; d = d->next, n++) {
    if (!is_object(c, d, "name rule? kind scale? unit? members? is state? text complete? turns? ", "result")) return;
    rule *r = &results[n];
    text(c, doc_member(d, "name"));
    check_value(c, d, r, "result", n);
    if (!doc_member(d, "text") || !doc_member(d, "turns") == (r->look.kind == YESNO))
      steps_fail(c, "Ergebnis %u ist unvollständig", "result %u is incomplete", n);
    if (doc_member(d, "rule") && !c->failed) {
      rule *of = &c->rules[number(c, doc_member(d, "rule"), c->n_rules)];
      of->used = true;
      if (!c->failed && (!steps_get(c, &of->is, &value) || value != steps_need(c, &r->is)))
        steps_fail(c, "Ergebnis %u ist nicht das seiner Regel", "result %u is not that of its rule", n);
    }
    bool yes = !c->failed && steps_get(c, &r->is, &value) && value;
    for (const doc *t = doc_member(d, "turns") ? doc_member(d, "turns")->first : NULL; t && !c->failed; t = t->next) check_turn(c, t, r, yes);
  }
  if (!count) steps_fail(c, "%s fehlt", "%s is missing", c->english ? "a result" : "ein Ergebnis");
}

static void check_use(check *c) {
  for (uint32_t i = 0; i < c->n_steps && !c->failed; i++)
    if (!c->used[i]) steps_fail(c, "Schritt %u gehört zu keinem Ergebnis", "step %u belongs to no result", i);
  for (uint32_t i = 0; i < c->n_inputs; i++)
    if (!c->inputs[i].used) steps_fail(c, "Eingabe %u gehört zu keinem Ergebnis", "input %u belongs to no result", i);
  for (uint32_t i = 0; i < c->n_tables; i++)
    if (!c->tables[i].used) steps_fail(c, "Tabelle %u gehört zu keinem Ergebnis", "table %u belongs to no result", i);
  for (uint32_t i = 0; i < c->n_rules; i++)
    if (!c->rules[i].used) steps_fail(c, "Regel %u gehört zu keinem Ergebnis", "rule %u belongs to no result", i);
  for (uint32_t i = 0; i < c->n_members; i++)
    if (!c->members_used[i]) steps_fail(c, "Liste %u gehört zu keinem Ergebnis", "list %u belongs to no result", i);
}

typedef struct folders {
  char *const *name; /* NULL at the end */
} folders;

/* The text must be in one of the folders; two of them may have files of one name. */
static void check_source(check *c, const folders *f, const char *name, const char *told) {
  bool found = false;
  for (char *const *folder = f->name; *folder && !strchr(name, '/'); folder++) {
    char *data, hex[HEX + 1], *path = arena_printf(c->arena, "%s/%s", *folder, name);
    size_t size;
    uint8_t digest[32];
    if (!path || file_read(ppr_alloc_default, path, FILE_LIMIT, &data, &size) != FILE_OK) continue;
    found = true;
    sha256(digest, data, size);
    file_free(ppr_alloc_default, data, size);
    sha256_text(hex, digest);
    if (strcmp(hex, told) == 0) return;
  }
  if (found) steps_fail(c, "%s ist ein anderer Regeltext", "%s is another rule text", name);
  else steps_fail(c, "%s ist in keinem der Ordner von --rules lesbar", "%s cannot be read in any folder of --rules", name);
}

/* Are the rule texts in the folders those the evidence names? */
static void check_sources(check *c, const doc *root, const folders *f) {
  const doc *list = doc_member(root, "sources");
  if (!list || list->kind != DOC_LIST || !list->n) steps_fail(c, "„%s“ fehlt", "“%s” is missing", "sources");
  for (const doc *d = c->failed ? NULL : list->first; d && !c->failed; d = d->next) {
    if (!is_object(c, d, "file sha256 ", "source")) return;
    const char *name = text(c, doc_member(d, "file")), *told = text(c, doc_member(d, "sha256"));
    if (strlen(told) != HEX || strspn(told, "0123456789abcdef") != HEX) steps_fail(c, "%s: kein SHA-256", "%s: no SHA-256", name);
    if (*f->name && !c->failed) check_source(c, f, name, told);
  }
}

static void check_digest(check *c, const char *bytes, size_t size) {
  size_t last = strlen(tail) + HEX + strlen(end);
  uint8_t digest[32];
  char hex[HEX + 1];
  const char *from = bytes + (size > last ? size - last : 0);
  if (size > last) sha256(digest, bytes, size - last);
  if (size > last) sha256_text(hex, digest);
  if (size <= last || memcmp(from, tail, strlen(tail)) != 0 || memcmp(from + strlen(tail) + HEX, end, strlen(end)) != 0 ||
      memcmp(from + strlen(tail), hex, HEX) != 0)
    steps_fail(c, "die Prüfsumme stimmt nicht%s", "the digest is wrong%s", "");
}

/* The document, to be read where nothing failed. */
static const doc *check_all(check *c, const char *bytes, size_t size, const folders *f) {
  check_digest(c, bytes, size);
  const doc *root = c->failed ? NULL : doc_read(c->arena, bytes, size);
  if (!is_object(c, root, "format version engine regelwerk sources record members tables inputs steps rules results digest ", "evidence"))
    return NULL;
  if (strcmp(text(c, doc_member(root, "format")), "ppr-evidence") != 0 || number(c, doc_member(root, "version"), 100) != 1)
    steps_fail(c, "Form oder Version ist nicht %s", "the format or version is not %s", "ppr-evidence 1");
  text(c, doc_member(root, "engine")), text(c, doc_member(root, "record"));
  is_object(c, doc_member(root, "regelwerk"), "name title fassung decided decision from until kind ", "regelwerk");
  check_sources(c, root, f);
  read_tables(c, root);
  read_inputs(c, root);
  read_steps(c, root);
  if (!c->failed && !arena_failed(c->arena)) compare_steps(c);
  check_rules(c, root);
  check_results(c, root);
  check_use(c);
  return root;
}

static void print_confirmed(const check *c, const doc *root) {
  const doc *about = doc_member(root, "regelwerk");
  printf("%s: %s, Fassung %s, %s\n", c->english ? "confirmed" : "bestätigt", doc_member(about, "name")->text, doc_member(about, "fassung")->text,
         doc_member(root, "record")->text);
  for (const doc *r = doc_member(root, "results")->first; r; r = r->next)
    printf("  %s = %s\n", doc_member(r, "name")->text, doc_member(r, "text")->text);
  printf(c->english ? "  %u steps, %u rules, %u inputs computed again\n" : "  %u Schritte, %u Regeln, %u Eingaben nachgerechnet\n", c->n_steps,
         c->n_rules, c->n_inputs);
}

/* Why a file cannot be read, in the words the engine has for it. */
static void tell_unreadable(const char *file, file_status status, bool english) {
  ppr_report *report = report_new(ppr_alloc_default);
  const diag *d = report ? file_report(report, status, file, FILE_LIMIT) : NULL;
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, 65536);
  if (d) diag_message(&text, d, english ? PPR_LANG_EN : PPR_LANG_DE);
  buf_putc(&text, 0);
  fprintf(stderr, "ppr-evidence: %s\n", text.failed ? file : text.data);
  buf_fini(&text);
  if (report) report_free(report);
}

static int check_file(const char *file, const folders *f, bool english, bool several) {
  check c = {.arena = arena_new(ppr_alloc_default), .english = english};
  char *bytes;
  size_t size;
  file_status status = file_read(ppr_alloc_default, file, FILE_LIMIT, &bytes, &size);
  if (status != FILE_OK) {
    tell_unreadable(file, status, english);
    arena_free(c.arena);
    return UNREADABLE;
  }
  const doc *root = c.arena ? check_all(&c, bytes, size, f) : NULL;
  bool memory = c.arena && !arena_failed(c.arena);
  if (several && memory) printf("%s: ", file);
  if (!memory) fputs(english ? "ppr-evidence: out of memory\n" : "ppr-evidence: der Speicher reicht nicht\n", stderr);
  else if (c.failed) printf("%s: %s\n", english ? "not confirmed" : "nicht bestätigt", c.why);
  else print_confirmed(&c, root);
  arena_free(c.arena);
  file_free(ppr_alloc_default, bytes, size);
  return !memory ? OUT_OF_MEMORY : c.failed ? NOT_CONFIRMED : CONFIRMED;
}

static bool speaks_english(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (int i = 0; i < 3; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strncmp(value, "en", 2) == 0;
  }
  return false;
}

static void print_usage(bool english, FILE *out) {
#define COMMAND(name, args_de, args_en, de, en, help_de, help_en)                                                                                    \
  fprintf(out, "%s: ppr-evidence %s\n\n%s.\n\n%s", english ? "Usage" : "Aufruf", english ? args_en : args_de, english ? en : de,                     \
          english ? help_en : help_de);
#define EXITS(de, en) fprintf(out, "\n%s:\n%s", english ? "Exit codes" : "Rückgabewerte", english ? en : de);
#include "evidence/usage.def"
#undef COMMAND
#undef EXITS
}

int main(int argc, char **argv) {
  bool english = speaks_english();
  int first = 1, worst = CONFIRMED, n = 0;
  for (; first + 1 < argc; first += 2) {
    const char *value = argv[first + 1];
    bool rules = strcmp(argv[first], "--rules") == 0, lang = strcmp(argv[first], "--lang") == 0;
    if (!rules && !(lang && (strcmp(value, "de") == 0 || strcmp(value, "en") == 0))) break;
    if (rules) argv[n++] = argv[first + 1]; /* in front, where nobody reads any more */
    else english = strcmp(value, "en") == 0;
  }
  folders f = {argv};
  if (first >= argc || argv[first][0] == '-') {
    bool asked = first < argc && strcmp(argv[first], "--help") == 0;
    print_usage(english, asked ? stdout : stderr);
    return asked ? CONFIRMED : USAGE;
  }
  argv[n] = NULL;
  for (int i = first; i < argc; i++) {
    int code = check_file(argv[i], &f, english, argc - first > 1);
    if (code > worst) worst = code;
  }
  return worst;
}
