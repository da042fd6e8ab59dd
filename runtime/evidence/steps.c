/* The arithmetic of steps.h. */
#include "evidence/steps.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const operation_info steps_operations[OPERATIONS] = {
    [INPUT] = {"input", 0, 0, "input"},
    [FACT] = {"fact", 0, 0, "input"},
    [STATE] = {"state", 0, 0, "input"},
    [ADD] = {"add", 0, UINT32_MAX, NULL},
    [SUBTRACT] = {"subtract", 2, 2, NULL},
    [MULTIPLY] = {"multiply", 2, 2, NULL},
    [WEIGHTED_SUM] = {"weighted-sum", 1, UINT32_MAX, NULL}, /* value, weight, value, weight, …, summand */
    [DIVIDE] = {"divide", 2, 2, "round"},
    [NEGATE] = {"negate", 1, 1, NULL},
    [ABSOLUTE] = {"absolute", 1, 1, NULL},
    [LEAST] = {"least", 2, 2, NULL},
    [GREATEST] = {"greatest", 2, 2, NULL},
    [NOT_ZERO] = {"not-zero", 1, 1, NULL},
    [EQUAL] = {"equal", 2, 2, NULL},
    [LESS] = {"less", 2, 2, NULL},
    [AT_MOST] = {"at-most", 2, 2, NULL},
    [NOT] = {"not", 1, 1, NULL},
    [ALL] = {"all", 0, UINT32_MAX, NULL},
    [ANY] = {"any", 0, UINT32_MAX, NULL},
    [COUNT] = {"count", 0, UINT32_MAX, NULL},
    [CHOOSE] = {"choose", 3, 3, NULL},
    [LOOK] = {"look", 1, 2, "table"},
    [RANK] = {"rank", 1, 1, "table"},
    [STATE_OF] = {"state-of", 1, 1, NULL},
    [CALL] = {"call", 0, 16, "function"},
    [FAIL] = {"fail", 0, 0, NULL},
};

void steps_fail(check *c, const char *german, const char *format, ...) {
  va_list args;
  if (c->failed) return;
  c->failed = true;
  va_start(args, format);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  vsnprintf(c->why, sizeof c->why, c->english ? format : german, args);
#pragma GCC diagnostic pop
  va_end(args);
}

bool steps_get(const check *c, const operand *o, ppr_wide *out) {
  *out = o->step ? c->value[o->n] : o->value;
  return !o->step || c->known[o->n];
}

ppr_wide steps_need(check *c, const operand *o) {
  ppr_wide value;
  if (!steps_get(c, o, &value)) steps_fail(c, "Schritt %u wird gebraucht, ist aber nicht gerechnet", "step %u is needed but not computed", o->n);
  return value;
}

/* Every condition of `when` holds and none of `not` does; one that is not computed does neither. */
static bool entered(const check *c, const step *s) {
  ppr_wide value;
  for (uint32_t i = 0; i < s->when.n; i++)
    if (!steps_get(c, &s->when.at[i], &value) || value == 0) return false;
  for (uint32_t i = 0; i < s->not .n; i++)
    if (!steps_get(c, &s->not .at[i], &value) || value != 0) return false;
  return true;
}

/* Is there a known operand that settles the answer? If not, all must be known. */
static ppr_wide settle(check *c, const step *s, bool by_zero) {
  ppr_wide value;
  for (uint32_t i = 0; i < s->of.n; i++)
    if (steps_get(c, &s->of.at[i], &value) && (value == 0) == by_zero) return !by_zero;
  for (uint32_t i = 0; i < s->of.n; i++) steps_need(c, &s->of.at[i]);
  return by_zero;
}

static bool is_day(ppr_wide v) { return v >= DAY_MIN && v <= DAY_MAX; }

/* The functions of the calendar. */
static bool call(const char *name, const ppr_wide *a, uint32_t n, ppr_wide *out) {
  bool quarter = n == 1 && a[0] >= 4 && a[0] < 40000, day = n >= 1 && is_day(a[0]), plus = n == 2 && day && wide_abs(a[1]) <= DAY_MAX - DAY_MIN;
  int64_t x = day || quarter ? (int64_t)a[0] : 0, year;
  int month, dom;
  if (strcmp(name, "beginn") == 0 && quarter) *out = quarter_first_day(x);
  else if (strcmp(name, "ende") == 0 && quarter) *out = quarter_last_day(x);
  else if ((strcmp(name, "tage") == 0 || strcmp(name, "nächte") == 0) && quarter) *out = quarter_last_day(x) - quarter_first_day(x) + 1;
  else if (strcmp(name, "jahr") == 0 && quarter) *out = x / 4;
  else if (strcmp(name, "plustage") == 0 && plus) *out = x + a[1];
  else if (strcmp(name, "pluswochen") == 0 && plus) *out = x + 7 * a[1];
  else if (strcmp(name, "plusmonate") == 0 && plus && wide_abs(a[1]) <= 12 * 9999) *out = day_plus_months(x, (int64_t)a[1]);
  else if (strcmp(name, "tagezwischen") == 0 && n == 2 && day && is_day(a[1])) *out = a[1] - x;
  else if (strcmp(name, "quartal") == 0 && n == 1 && day) *out = quarter_of_day(x);
  else if (strcmp(name, "wochentag") == 0 && n == 1 && day) *out = day_weekday(x);
  else if (strcmp(name, "kalenderwoche") == 0 && n == 1 && day) *out = day_week(x);
  else if (strcmp(name, "monat") == 0 && n == 1 && day) {
    day_split(x, &year, &month, &dom);
    *out = month;
  } else return false;
  return strncmp(name, "plus", 4) != 0 || is_day(*out);
}

static ppr_wide add_up(check *c, const step *s, bool *fits) {
  ppr_wide sum = 0, product;
  if (s->op == ADD)
    for (uint32_t i = 0; i < s->of.n && *fits; i++) *fits = wide_add(&sum, sum, steps_need(c, &s->of.at[i]));
  else
    for (uint32_t i = 0; i + 1 < s->of.n && *fits; i += 2)
      *fits = wide_mul(&product, steps_need(c, &s->of.at[i]), steps_need(c, &s->of.at[i + 1])) && wide_add(&sum, sum, product);
  if (s->op == WEIGHTED_SUM) *fits = *fits && wide_add(&sum, sum, steps_need(c, &s->of.at[s->of.n - 1]));
  return sum;
}

static ppr_wide look_up(check *c, const step *s, ppr_wide a, ppr_wide b) {
  const table *t = &c->tables[s->table];
  if (s->op == RANK) {
    ppr_wide reached = 0;
    for (uint32_t i = 0; i < t->n; i++) reached += t->cells[i] <= a;
    return reached;
  }
  bool inside = s->of.n == 1 ? a >= 0 && a < t->n : a >= 0 && a < t->n / t->columns && b >= 0 && b < t->columns;
  if (inside) return t->cells[s->of.n == 1 ? a : a * t->columns + b];
  steps_fail(c, "Schritt %u liest neben der Tabelle", "step %u reads beside the table", (uint32_t)(s - c->steps));
  return 0;
}

static ppr_wide compute(check *c, const step *s) {
  ppr_wide a = 0, b = 0, r = 0, args[16];
  bool fits = true, strict = s->op != ALL && s->op != ANY && s->op != CHOOSE;
  if (strict && s->of.n > 0) a = steps_need(c, &s->of.at[0]);
  if (strict && s->of.n > 1) b = steps_need(c, &s->of.at[1]);
  switch (s->op) {
  case INPUT: return c->inputs[s->input].is;
  case FACT: return c->inputs[s->input].is != 0;
  case STATE: return c->inputs[s->input].state;
  case ADD:
  case WEIGHTED_SUM: r = add_up(c, s, &fits); break;
  case SUBTRACT: fits = wide_sub(&r, a, b); break;
  case MULTIPLY: fits = wide_mul(&r, a, b); break;
  case DIVIDE: fits = b != 0 && dec_div_round(&r, a, b, (int)s->mode); break;
  case NEGATE: fits = wide_sub(&r, 0, a); break;
  case ABSOLUTE: fits = a >= 0 ? (r = a, true) : wide_sub(&r, 0, a); break;
  case LEAST: return a < b ? a : b;
  case GREATEST: return a > b ? a : b;
  case NOT_ZERO:
    r = a;
    fits = a != 0;
    break;
  case EQUAL: return a == b;
  case LESS: return a < b;
  case AT_MOST: return a <= b;
  case NOT: return a == 0;
  case ALL: return settle(c, s, true);
  case ANY: return settle(c, s, false);
  case COUNT:
    for (uint32_t i = 0; i < s->of.n; i++) r += steps_need(c, &s->of.at[i]) != 0;
    return r;
  case CHOOSE: return steps_need(c, &s->of.at[steps_need(c, &s->of.at[0]) ? 1 : 2]);
  case LOOK:
  case RANK: return look_up(c, s, a, b);
  case STATE_OF: return a & 3;
  case CALL:
    for (uint32_t i = 0; i < s->of.n; i++) args[i] = steps_need(c, &s->of.at[i]);
    if (!call(s->function, args, s->of.n, &r))
      steps_fail(c, "die Funktion „%s“ ist nicht nachzurechnen", "the function “%s” cannot be computed", s->function);
    return r;
  case FAIL:
  case OPERATIONS: fits = false; break;
  }
  if (!fits) steps_fail(c, "Schritt %u hat kein Ergebnis", "step %u has no result", (uint32_t)(s - c->steps));
  return r;
}

void steps_evaluate(check *c, uint32_t fixed, ppr_wide value) {
  for (uint32_t i = 0; i < c->n_steps && !c->failed; i++) {
    c->known[i] = entered(c, &c->steps[i]);
    c->value[i] = i == fixed ? value : c->known[i] ? compute(c, &c->steps[i]) : 0;
  }
}
