/* Binds names and types every expression of a Fassung; checks units, scales, roundings and citations.
 * Needs: model_declare. Leaves: ast_expr.type and .bound, symbol.uses, steps of tiers. (Trees are shared by the Fassungen of a Regelwerk: a Fassung
 * is checked and lowered before the next one is checked.) */
#include "model.h"
#include "base/decimal.h"
#include <string.h>

typedef struct scope {
  model *m;
  symbol *user; /* whose uses are collected; may be NULL */
  axis axes[MAX_SLOTS];
  int n;
} scope;

static check_type check(scope *s, ast_expr *e, const check_type *expected);

static const check_type ERROR_TYPE = {.form = TYPE_ERROR}, BOOL_TYPE = {.form = TYPE_BOOL};

static bool numeric(const check_type *t) { return t->form == TYPE_NUMBER || t->form == TYPE_BRUCH; }
static bool same_unit(const check_type *a, const check_type *b) { return !memcmp(&a->unit, &b->unit, sizeof a->unit); }
static bool is_zero(const ast_expr *e) { return e->form == EX_NUMBER && e->number == 0 && !e->name.text; }

static const char *number_text(scope *s, int n) { return arena_printf(s->m->arena, "%d", n); }

static const char A_NUMBER[] = DIAG_BOTH("eine Zahl", "a number"), A_CONDITION[] = DIAG_BOTH("eine Bedingung (ja/nein)", "a condition (ja/nein)"),
                  NUMBER_OR_TIME[] = DIAG_BOTH("eine Zahl, ein Datum oder Quartal", "a number, date or quarter");

static check_type mismatch(scope *s, ppr_span span, const char *expected, const check_type *got) {
  if (got->form != TYPE_ERROR) report_add(s->m->report, DIAG_TYPE_MISMATCH, span, expected, model_type_text(s->m, got), NULL);
  return ERROR_TYPE;
}

static bool expect_bool(scope *s, ast_expr *e) {
  check_type t = check(s, e, &BOOL_TYPE);
  if (t.form == TYPE_BOOL) return true;
  mismatch(s, e->span, A_CONDITION, &t);
  return false;
}

static void use(scope *s, symbol *what) {
  symbol *u = s->user;
  if (!u || what->form == SYM_NATIVE) return;
  for (size_t i = 0; i < u->n_uses; i++)
    if (u->uses[i] == what) return;
  symbol **grown = arena_grow(s->m->arena, u->uses, u->n_uses, &u->cap_uses, u->n_uses + 1, sizeof *grown);
  if (!grown) return;
  u->uses = grown;
  u->uses[u->n_uses++] = what;
}

/* ---- names ---- */

static int scope_find(const scope *s, const char *name) {
  for (int i = s->n - 1; i >= 0; i--)
    if (!strcmp(s->axes[i].name, name)) return i;
  return -1;
}

/* The axis of the scope that an axis of a symbol takes when no index is written: by name, else the only one of the enumeration. */
static int scope_implicit(const scope *s, const axis *a) {
  int at = scope_find(s, a->name), found = -1;
  if (at >= 0 && s->axes[at].of == a->of) return at;
  for (int i = 0; i < s->n; i++) {
    if (s->axes[i].of != a->of) continue;
    bool shadowed = scope_find(s, s->axes[i].name) != i;
    if (shadowed) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

static check_type bind_symbol(scope *s, ast_expr *e, symbol *what, binding *b) {
  int given = 0;
  for (ast_expr *a = e->args; a; a = a->next) given++;
  b->form = BOUND_SYMBOL;
  b->symbol = what;
  if (what->form == SYM_CHECK || what->form == SYM_NATIVE) {
    bool check = what->form == SYM_CHECK;
    report_add(s->m->report, DIAG_NOT_A_VALUE, e->name.span, what->name,
               check ? "Eine Prüfung meldet nur; was sie feststellt, kann eine Regel mit ja/nein sagen."
                     : "Eine Funktion steht mit ihren Werten in Klammern.",
               check ? "A check only reports; a ja/nein rule can say what it finds." : "A function stands with its arguments in parentheses.", NULL);
    return ERROR_TYPE;
  }
  if (what->type.form == TYPE_ERROR) { /* diagnosed where it is declared */
    use(s, what);
    return ERROR_TYPE;
  }
  if (given && given != what->n_axes) {
    report_add(s->m->report, DIAG_WRONG_INDEX_COUNT, e->span, what->name, number_text(s, what->n_axes), number_text(s, given), NULL);
    return ERROR_TYPE;
  }
  ast_expr *arg = e->args;
  for (int i = 0; i < what->n_axes; i++) {
    const axis *a = &what->axes[i];
    if (given) {
      check_type want = {.form = TYPE_ENUM, .enumeration = a->of}, got = check(s, arg, &want);
      if (got.form == TYPE_ERROR) return ERROR_TYPE;
      if (got.form != TYPE_ENUM || got.enumeration != a->of) {
        report_add(s->m->report, DIAG_INDEX_NOT_ENUM, arg->span, a->of->name, NULL);
        return ERROR_TYPE;
      }
      b->index[i].expr = arg;
      arg = arg->next;
    } else {
      int slot = scope_implicit(s, a);
      if (slot < 0) {
        report_add(s->m->report, DIAG_INDEX_NEEDED, e->span, what->name, a->name, NULL);
        return ERROR_TYPE;
      }
      b->index[i].slot = slot;
    }
  }
  use(s, what);
  check_type t = what->type;
  t.rounded = false;
  return t;
}

static check_type check_ref(scope *s, ast_expr *e, const check_type *expected) {
  model *m = s->m;
  const char *name = e->name.text;
  binding *b = arena_alloc(m->arena, sizeof *b);
  if (!b) return ERROR_TYPE;
  e->bound = b;
  int slot = e->args ? -1 : scope_find(s, name);
  if (slot >= 0) {
    b->form = BOUND_AXIS;
    b->slot = slot;
    return (check_type){.form = TYPE_ENUM, .enumeration = s->axes[slot].of};
  }
  if (!e->args && expected && expected->form == TYPE_ENUM) {
    int k = model_member(expected->enumeration, name);
    if (k >= 0) {
      *b = (binding){.form = BOUND_MEMBER, .enumeration = expected->enumeration, .member = k};
      return *expected;
    }
  }
  symbol *what = model_symbol(m, name);
  if (what && what->assumed && what->assumed != s->user) what = what->assumed;
  if (what) return bind_symbol(s, e, what, b);
  int found = 0;
  for (int i = 0; !e->args && i < m->n_enums; i++) {
    int k = model_member(m->enums[i], name);
    if (k < 0) continue;
    found++;
    *b = (binding){.form = BOUND_MEMBER, .enumeration = m->enums[i], .member = k};
  }
  if (found == 1) return (check_type){.form = TYPE_ENUM, .enumeration = b->enumeration};
  if (found > 1) report_add(m->report, DIAG_AMBIGUOUS_MEMBER, e->span, name, NULL);
  else if (model_enum(m, name))
    report_add(m->report, DIAG_NOT_A_VALUE, e->name.span, name, "Eine Aufzählung steht nur dort für einen Wert, wo `je` oder `über` sie aufspannt.",
               "An enumeration is a value only where `je` or `über` spans it.", NULL);
  else {
    near_name n = model_near(m, name);
    diag *d = report_add(m->report, DIAG_UNKNOWN_NAME, e->name.span, name, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, d, e->name.span, n.name);
    model_struck_note(m, d, name);
  }
  return ERROR_TYPE;
}

static check_type check_is(scope *s, ast_expr *e) {
  check_type t = check(s, e->a, NULL);
  if (t.form == TYPE_ERROR) return t;
  if (t.form != TYPE_ENUM) return mismatch(s, e->a->span, DIAG_BOTH("ein Wert einer Aufzählung", "a member of an enumeration"), &t);
  is_binding *b = arena_alloc(s->m->arena, sizeof *b);
  if (!b) return ERROR_TYPE;
  *b = (is_binding){t.enumeration, model_member(t.enumeration, e->name.text), -1};
  for (int i = 0; b->member < 0 && i < t.enumeration->n_attrs; i++)
    if (name_is(e->name, t.enumeration->attrs[i])) b->attr = i;
  if (b->member < 0 && b->attr < 0) {
    const enumeration *en = t.enumeration;
    const char **names = arena_array(s->m->arena, (size_t)(en->count + en->n_attrs + 1), sizeof *names);
    if (!names) return ERROR_TYPE;
    for (int i = 0; i < en->count; i++) names[i] = en->members[i].name;
    for (int i = 0; i < en->n_attrs; i++) names[en->count + i] = en->attrs[i];
    model_unknown_word(s->m, e->name, en, names, (size_t)(en->count + en->n_attrs));
    return ERROR_TYPE;
  }
  e->bound = b;
  return BOOL_TYPE;
}

/* ---- operators ---- */

/* A bare number where a quantity is meant: the unit is proposed behind it. */
static bool bare_number(const ast_expr *e, const check_type *t) { return e->form == EX_NUMBER && !e->name.text && !e->percent && !t->unit.n; }

static void unit_missing(scope *s, ppr_span at, diag_code code, const unit_product *want, const unit_product *first, const unit_product *second) {
  bool plain = want->n > 0 && want->factor[0].power == 1;
  for (int i = 1; i < want->n; i++) plain = plain && want->factor[i].power == -1;
  diag *d = model_unit_error(s->m, code, at, first, second);
  if (plain) diag_set_fix(s->m->report, d, (ppr_span){at.file, at.end, at.end}, arena_printf(s->m->arena, " %s", model_unit_text(s->m, want)));
}

static check_type unit_error(scope *s, ast_expr *e, const ast_expr *ea, const check_type *a, const ast_expr *eb, const check_type *b) {
  if (bare_number(ea, a)) unit_missing(s, ea->span, DIAG_UNIT_MISMATCH, &b->unit, &a->unit, &b->unit);
  else if (bare_number(eb, b)) unit_missing(s, eb->span, DIAG_UNIT_MISMATCH, &a->unit, &a->unit, &b->unit);
  else model_unit_error(s->m, DIAG_UNIT_MISMATCH, e->span, &a->unit, &b->unit);
  return ERROR_TYPE;
}

/* The common type of two alternatives (arms of `wenn`, operands of +, min …). */
static check_type unify(scope *s, ast_expr *e, ast_expr *ea, check_type a, ast_expr *eb, check_type b) {
  if (a.form == TYPE_ERROR || b.form == TYPE_ERROR) return ERROR_TYPE;
  if (a.form == TYPE_STATE) return b;
  if (b.form == TYPE_STATE) return a;
  if (numeric(&a) && numeric(&b)) {
    if (!same_unit(&a, &b)) {
      if (is_zero(ea)) a.unit = b.unit;
      else if (is_zero(eb)) b.unit = a.unit;
      else return unit_error(s, e, ea, &a, eb, &b);
    }
    check_type r = {.form = a.form == TYPE_BRUCH || b.form == TYPE_BRUCH ? TYPE_BRUCH : TYPE_NUMBER, .unit = a.unit};
    r.scale = a.scale > b.scale ? a.scale : b.scale;
    r.percent = (a.percent || is_zero(ea)) && (b.percent || is_zero(eb)) && (a.percent || b.percent);
    r.rounded = a.rounded && b.rounded && a.scale == b.scale;
    if (r.form == TYPE_BRUCH) r.scale = 0, r.rounded = false;
    return r;
  }
  if (a.form == b.form && a.enumeration == b.enumeration) return a;
  return mismatch(s, eb->span, model_type_text(s->m, &a), &b);
}

static check_type check_product(scope *s, ast_expr *e, check_type a, check_type b) {
  if (!numeric(&a)) return mismatch(s, e->a->span, A_NUMBER, &a);
  if (!numeric(&b)) return mismatch(s, e->b->span, A_NUMBER, &b);
  check_type r = {.form = TYPE_NUMBER, .unit = a.unit, .scale = a.scale + b.scale};
  for (int i = 0; i < b.unit.n; i++) {
    int which = b.unit.factor[i].unit, power = e->op == BIN_MUL ? b.unit.factor[i].power : -b.unit.factor[i].power, k = 0;
    while (k < r.unit.n && r.unit.factor[k].unit < which) k++;
    bool hit = k < r.unit.n && r.unit.factor[k].unit == which;
    if (hit && (r.unit.factor[k].power += power) != 0) continue;
    if (!hit && r.unit.n == MAX_UNITS) return unit_error(s, e, e->a, &a, e->b, &b);
    if (hit) {
      r.unit.n--;
      memmove(&r.unit.factor[k], &r.unit.factor[k + 1], sizeof r.unit.factor[0] * (size_t)(r.unit.n - k));
      memset(&r.unit.factor[r.unit.n], 0, sizeof r.unit.factor[0]);
    } else {
      memmove(&r.unit.factor[k + 1], &r.unit.factor[k], sizeof r.unit.factor[0] * (size_t)(r.unit.n - k));
      r.unit.factor[k].unit = which;
      r.unit.factor[k].power = power;
      r.unit.n++;
    }
  }
  if (e->op == BIN_DIV) {
    if (e->b->form == EX_NUMBER && e->b->number == 0) {
      report_add(s->m->report, DIAG_DIVISION_BY_ZERO, e->b->span, NULL);
      return ERROR_TYPE;
    }
    r.form = TYPE_BRUCH;
  }
  if (a.form == TYPE_BRUCH || b.form == TYPE_BRUCH) r.form = TYPE_BRUCH;
  if (r.form == TYPE_BRUCH) r.scale = 0;
  if (r.scale > 30) {
    report_add(s->m->report, DIAG_SCALE_TOO_LARGE, e->span, number_text(s, r.scale), "30", NULL);
    return ERROR_TYPE;
  }
  return r;
}

static check_type check_compare(scope *s, ast_expr *e) {
  const ast_expr *left = e->a;
  bool word = left->form == EX_REF && !left->args && !model_symbol(s->m, left->name.text) && scope_find(s, left->name.text) < 0;
  check_type a, b;
  if (word) { /* a member: the other side says of which enumeration */
    b = check(s, e->b, NULL);
    a = check(s, e->a, &b);
  } else {
    a = check(s, e->a, NULL);
    b = check(s, e->b, &a);
  }
  if (a.form == TYPE_ERROR || b.form == TYPE_ERROR) return ERROR_TYPE;
  if (a.form == TYPE_TEXT || b.form == TYPE_TEXT) {
    report_add(s->m->report, DIAG_TEXT_VALUE, a.form == TYPE_TEXT ? e->a->span : e->b->span, NULL);
    return ERROR_TYPE;
  }
  if (b.form == TYPE_STATE && (e->op == BIN_EQ || e->op == BIN_NE)) {
    diag *d = report_add(s->m->report, DIAG_TYPE_MISMATCH, e->b->span, model_type_text(s->m, &a), model_state_word((uint8_t)e->b->state), NULL);
    const char *text = model_source_text(s->m, e->a->span), *state = model_state_word((uint8_t)e->b->state);
    if (ast_strength(e->a) < BIND_COMPARE) text = arena_printf(s->m->arena, "(%s)", text);
    diag_set_fix(s->m->report, d, e->span, arena_printf(s->m->arena, e->op == BIN_EQ ? "%s %s" : "nicht %s %s", text, state));
    return ERROR_TYPE;
  }
  if (numeric(&a) && numeric(&b)) {
    if (!same_unit(&a, &b) && !is_zero(e->a) && !is_zero(e->b)) return unit_error(s, e, e->a, &a, e->b, &b);
    return BOOL_TYPE;
  }
  bool order = e->op != BIN_EQ && e->op != BIN_NE;
  bool right = a.form == b.form && a.enumeration == b.enumeration;
  if (order) right = right && (a.form == TYPE_DATE || a.form == TYPE_QUARTER);
  else right = right && (a.form == TYPE_DATE || a.form == TYPE_QUARTER || a.form == TYPE_BOOL || a.form == TYPE_ENUM);
  return right ? BOOL_TYPE : mismatch(s, e->b->span, model_type_text(s->m, &a), &b);
}

static check_type check_binary(scope *s, ast_expr *e) {
  switch (e->op) {
  case BIN_AND:
  case BIN_OR: {
    bool a = expect_bool(s, e->a), b = expect_bool(s, e->b);
    return a && b ? BOOL_TYPE : ERROR_TYPE;
  }
  case BIN_ADD:
  case BIN_SUB: {
    check_type a = check(s, e->a, NULL), b = check(s, e->b, NULL);
    if (a.form == TYPE_ERROR || b.form == TYPE_ERROR) return ERROR_TYPE;
    if (!numeric(&a)) return mismatch(s, e->a->span, A_NUMBER, &a);
    if (!numeric(&b)) return mismatch(s, e->b->span, A_NUMBER, &b);
    check_type r = unify(s, e, e->a, a, e->b, b);
    r.rounded = false;
    return r;
  }
  case BIN_MUL:
  case BIN_DIV: {
    check_type a = check(s, e->a, NULL), b = check(s, e->b, NULL);
    if (a.form == TYPE_ERROR || b.form == TYPE_ERROR) return ERROR_TYPE;
    return check_product(s, e, a, b);
  }
  case BIN_EQ:
  case BIN_NE:
  case BIN_LT:
  case BIN_LE:
  case BIN_GT:
  case BIN_GE: return check_compare(s, e);
  default: return ERROR_TYPE;
  }
}

static const char *const round_words[] = {
#define ROUNDING(name, word, de, en, evidence) word,
#include "code/rounding.def"
#undef ROUNDING
};

static int round_mode(const char *word) {
  for (int i = 0; i < PPR_ROUND_MODES; i++)
    if (!strcmp(word, round_words[i])) return i;
  return -1;
}

static check_type check_round(scope *s, ast_expr *e) {
  check_type t = check(s, e->a, NULL);
  int mode = round_mode(e->name.text);
  if (mode < 0) {
    near_name n = model_near_in(s->m, e->name.text, round_words, PPR_ROUND_MODES);
    diag *d = report_add(s->m->report, DIAG_ROUND_MODE, e->name.span, e->name.text, NULL);
    if (n.name) diag_set_fix(s->m->report, d, e->name.span, n.name);
  }
  if (t.form == TYPE_ERROR || mode < 0) return ERROR_TYPE;
  if (!numeric(&t)) return mismatch(s, e->a->span, A_NUMBER, &t);
  e->state = (unsigned)mode;
  t.form = TYPE_NUMBER;
  t.scale = (int)e->number + (t.percent ? 2 : 0);
  t.rounded = true;
  if (t.scale > DEC_MAX_SCALE) {
    report_add(s->m->report, DIAG_SCALE_TOO_LARGE, e->span, number_text(s, (int)e->number), t.percent ? "16" : "18", NULL);
    return ERROR_TYPE;
  }
  return t;
}

static check_type check_convert(scope *s, ast_expr *e) {
  check_type t = check(s, e->a, NULL);
  unit_product to;
  bool percent = false;
  if (t.form == TYPE_ERROR || !model_unit(s->m, e->name, e->per, &to, &percent)) return ERROR_TYPE;
  if (!numeric(&t)) return mismatch(s, e->a->span, A_NUMBER, &t);
  if (percent) {
    if (t.unit.n) {
      report_add(s->m->report, DIAG_PERCENT_OF_UNIT, e->a->span, model_unit_text(s->m, &t.unit), NULL);
      return ERROR_TYPE;
    }
    t.percent = true;
    if (t.form == TYPE_NUMBER && t.scale < 2) t.scale = 2;
    return t;
  }
  ppr_wide num, den;
  if (!model_convert(s->m, &t.unit, &to, &num, &den)) {
    report_add(s->m->report, DIAG_NO_CONVERSION, e->span, model_unit_text(s->m, &t.unit), model_unit_text(s->m, &to), NULL);
    return ERROR_TYPE;
  }
  t.unit = to;
  t.rounded = false;
  t.percent = false;
  if (den != 1) {
    t.form = TYPE_BRUCH;
    t.scale = 0;
  }
  return t;
}

static check_type check_aggregate(scope *s, ast_expr *e, const check_type *expected) {
  const ast_axis *a = e->axis;
  enumeration *of = model_axis(s->m, a);
  if (!of) return ERROR_TYPE;
  if (s->n == MAX_SLOTS) {
    report_add(s->m->report, DIAG_TOO_MANY_AXES, e->span, "24", NULL);
    return ERROR_TYPE;
  }
  e->bound = of;
  s->axes[s->n++] = (axis){a->alias.text ? a->alias.text : of->name, of, NULL};
  bool right = !e->filter || expect_bool(s, e->filter);
  check_type t = BOOL_TYPE;
  if (e->form == EX_COUNT) t = (check_type){.form = TYPE_NUMBER};
  else if (e->form == EX_ANY || e->form == EX_ALL) right = expect_bool(s, e->a) && right;
  else {
    t = check(s, e->a, expected);
    if (t.form != TYPE_ERROR && !numeric(&t)) t = mismatch(s, e->a->span, A_NUMBER, &t);
    if (e->form == EX_SUM) t.rounded = false;
  }
  s->n--;
  return right ? t : ERROR_TYPE;
}

/* "Zahl(0)", "Tag(0)", "Datum" of a native's signature. A unit the rule file does not know counts as no unit. */
static check_type signature_type(model *m, const char *text) {
  static const struct {
    const char *name;
    type_form form;
  } plain[] = {{"Datum", TYPE_DATE}, {"Quartal", TYPE_QUARTER}, {"ja/nein", TYPE_BOOL}};
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    if (!strcmp(text, plain[i].name)) return (check_type){.form = plain[i].form};
  const char *open = strchr(text, '(');
  if (!open || open[1] < '0' || open[1] > '9') return ERROR_TYPE;
  check_type t = {.form = TYPE_NUMBER};
  for (const char *c = open + 1; *c >= '0' && *c <= '9' && t.scale < 100; c++) t.scale = t.scale * 10 + (*c - '0');
  const char *name = arena_strndup(m->arena, text, (size_t)(open - text));
  for (int i = 0; name && i < m->n_units; i++)
    if (!strcmp(m->units[i].name, name)) t.unit = (unit_product){1, {{i, 1}}};
  return t;
}

static symbol *native_symbol(scope *s, const char *name) {
  symbol *known = model_symbol(s->m, name);
  if (known) return known->form == SYM_NATIVE ? known : NULL;
  const ppr_native *n = s->m->natives ? natives_find(s->m->natives, name) : NULL;
  if (!n) return NULL;
  symbol *made = arena_alloc(s->m->arena, sizeof *made);
  char text[64];
  if (!made || !native_type(n->signature, -1, text)) return NULL;
  made->form = SYM_NATIVE;
  made->name = name;
  made->native = n;
  made->type = signature_type(s->m, text);
  made->native_lo = n->lo;
  made->native_hi = n->hi;
  made->states = 1;
  made->elements = 1;
  int arity = native_arity(n->signature);
  for (int i = 0; i < arity && i < 8; i++) {
    if (!native_type(n->signature, i, text)) return NULL;
    made->params[made->n_params++] = signature_type(s->m, text);
  }
  return model_add(s->m, made);
}

static check_type check_call(scope *s, ast_expr *e) {
  model *m = s->m;
  int n = 0;
  for (ast_expr *a = e->args; a; a = a->next) n++;
  bool abs = name_is(e->name, "abs"), pair = name_is(e->name, "min") || name_is(e->name, "max");
  if (abs || pair) {
    if (n != (abs ? 1 : 2)) {
      report_add(m->report, DIAG_WRONG_ARG_COUNT, e->span, e->name.text, abs ? "1" : "2", number_text(s, n), NULL);
      return ERROR_TYPE;
    }
    check_type a = check(s, e->args, NULL), b = pair ? check(s, e->args->next, NULL) : a;
    if (a.form == TYPE_ERROR || b.form == TYPE_ERROR) return ERROR_TYPE;
    bool in_time = pair && (a.form == TYPE_DATE || a.form == TYPE_QUARTER);
    if (!numeric(&a) && !in_time) return mismatch(s, e->args->span, pair ? NUMBER_OR_TIME : A_NUMBER, &a);
    return pair ? unify(s, e, e->args, a, e->args->next, b) : a;
  }
  if (name_is(e->name, "beleg") && m->evidence) {
    if (n != 1) {
      report_add(m->report, DIAG_WRONG_ARG_COUNT, e->span, e->name.text, "1", number_text(s, n), NULL);
      return ERROR_TYPE;
    }
    m->asks_evidence = true;
    return check(s, e->args, NULL).form == TYPE_ERROR ? ERROR_TYPE : (check_type){.form = TYPE_ENUM, .enumeration = m->evidence};
  }
  symbol *f = native_symbol(s, e->name.text);
  if (!f) {
    size_t k = 0, count = m->natives ? natives_count(m->natives) : 0;
    const char **names = arena_array(m->arena, count + 5, sizeof *names);
    if (!names) return ERROR_TYPE;
    for (size_t i = 0; i < count; i++) names[k++] = natives_at(m->natives, i)->name;
    names[k++] = "min", names[k++] = "max", names[k++] = "abs", names[k++] = "beleg";
    near_name near = model_near_in(m, e->name.text, names, k);
    diag *d = report_add(m->report, DIAG_UNKNOWN_FUNCTION, e->name.span, e->name.text, near.de, near.en, NULL);
    if (near.name) diag_set_fix(m->report, d, e->name.span, near.name);
    return ERROR_TYPE;
  }
  if (f->n_params != n) {
    report_add(m->report, DIAG_WRONG_ARG_COUNT, e->span, f->name, number_text(s, f->n_params), number_text(s, n), NULL);
    return ERROR_TYPE;
  }
  int i = 0;
  bool right = true;
  for (ast_expr *a = e->args; a; a = a->next, i++) {
    const check_type *want = &f->params[i];
    check_type got = check(s, a, want);
    if (got.form == TYPE_ERROR) right = false;
    else if (got.form != want->form || got.enumeration != want->enumeration || got.scale > want->scale || !same_unit(&got, want)) {
      mismatch(s, a->span, model_type_text(m, want), &got);
      right = false;
    }
  }
  e->bound = f;
  return right ? f->type : ERROR_TYPE;
}

static check_type check_form(scope *s, ast_expr *e, const check_type *expected) {
  model *m = s->m;
  switch (e->form) {
  case EX_NUMBER: {
    check_type t = {.form = TYPE_NUMBER, .scale = e->scale};
    bool percent = false;
    if (e->too_large) return ERROR_TYPE;
    if (e->percent) t.percent = true, t.scale += 2;
    else if (!model_unit(m, e->name, e->per, &t.unit, &percent)) return ERROR_TYPE;
    return t;
  }
  case EX_DATE: return (check_type){.form = TYPE_DATE};
  case EX_QUARTER: return (check_type){.form = TYPE_QUARTER};
  case EX_BOOL: return BOOL_TYPE;
  case EX_STATE: return (check_type){.form = TYPE_STATE};
  case EX_EDITION: return (check_type){.form = TYPE_TEXT};
  case EX_REF: return check_ref(s, e, expected);
  case EX_CALL: return check_call(s, e);
  case EX_NEGATE: {
    check_type t = check(s, e->a, expected);
    return t.form == TYPE_ERROR || numeric(&t) ? t : mismatch(s, e->a->span, A_NUMBER, &t);
  }
  case EX_NOT: return expect_bool(s, e->a) ? BOOL_TYPE : ERROR_TYPE;
  case EX_BINARY: return check_binary(s, e);
  case EX_IS: return check_is(s, e);
  case EX_HAS: return check(s, e->a, NULL).form == TYPE_ERROR ? ERROR_TYPE : BOOL_TYPE;
  case EX_DEFAULT: {
    check_type a = check(s, e->a, expected), b = check(s, e->b, a.form == TYPE_ENUM ? &a : expected);
    return unify(s, e, e->a, a, e->b, b);
  }
  case EX_IF: {
    bool right = expect_bool(s, e->a);
    check_type a = check(s, e->b, expected), b = check(s, e->c, a.form == TYPE_ENUM ? &a : expected);
    check_type t = unify(s, e, e->b, a, e->c, b);
    return right ? t : ERROR_TYPE;
  }
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: return check_aggregate(s, e, expected);
  case EX_ROUND: return check_round(s, e);
  case EX_CONVERT: return check_convert(s, e);
  default: return ERROR_TYPE;
  }
}

static check_type check(scope *s, ast_expr *e, const check_type *expected) {
  if (!e) return ERROR_TYPE;
  check_type t = check_form(s, e, expected);
  check_type *kept = arena_alloc(s->m->arena, sizeof *kept);
  e->type = kept;
  if (!kept) return ERROR_TYPE; /* out of memory: nobody looks further */
  *kept = t;
  return t;
}

/* ---- declarations ---- */

/* Proposes `what` behind the expression, in parentheses where it binds more weakly. */
static void propose_behind(scope *s, diag *d, const ast_expr *e, const char *what) {
  ppr_span end = {e->span.file, e->span.end, e->span.end};
  if (ast_strength(e) >= BIND_ROUND) diag_set_fix(s->m->report, d, end, what);
  else diag_set_fix(s->m->report, d, e->span, arena_printf(s->m->arena, "(%s)%s", model_source_text(s->m, e->span), what));
}

/* A rounding to the wrong scale: its number is the last word of the expression. */
static void propose_scale(scope *s, diag *d, const ast_expr *e, const char *digits) {
  const ppr_source *source = report_source(s->m->report, e->span.file);
  uint32_t at = e->span.end;
  if (e->form != EX_ROUND || !source) return;
  while (at > e->span.begin && source->text[at - 1] >= '0' && source->text[at - 1] <= '9') at--;
  if (at < e->span.end) diag_set_fix(s->m->report, d, (ppr_span){e->span.file, at, e->span.end}, digits);
}

/* The value of a rule must have the declared type: unit, scale, and a rounding where one is needed. Of a choice each arm must. */
static void assignable(scope *s, const check_type *want, ast_expr *e) {
  model *m = s->m;
  if (!e->type || e->type->form == TYPE_ERROR || e->type->form == TYPE_STATE) return;
  if (e->form == EX_IF || e->form == EX_DEFAULT) {
    assignable(s, want, e->form == EX_IF ? e->b : e->a);
    assignable(s, want, e->form == EX_IF ? e->c : e->b);
    return;
  }
  check_type got = *e->type;
  if (!numeric(want)) {
    if (got.form != want->form || got.enumeration != want->enumeration) mismatch(s, e->span, model_type_text(m, want), &got);
    return;
  }
  if (!numeric(&got)) {
    mismatch(s, e->span, model_type_text(m, want), &got);
    return;
  }
  if (!same_unit(want, &got) && !is_zero(e)) {
    if (bare_number(e, &got)) unit_missing(s, e->span, DIAG_UNIT_DECLARED, &want->unit, &want->unit, &got.unit);
    else model_unit_error(m, DIAG_UNIT_DECLARED, e->span, &want->unit, &got.unit);
    return;
  }
  if (want->form == TYPE_BRUCH) return;
  bool percent = want->percent && !got.percent && !is_zero(e), fraction = got.form == TYPE_BRUCH;
  bool lost = !got.rounded && got.scale > want->scale, other = got.rounded && got.scale != want->scale;
  if (!percent && !fraction && !lost && !other) return;
  int hidden = want->percent ? 2 : 0; /* decimals of the stored number the percentage does not show */
  const char *digits = number_text(s, want->scale - hidden), *rounding = arena_printf(m->arena, " gerundet kaufmännisch auf %s", digits);
  if (percent) {
    diag *d = report_add(m->report, DIAG_PERCENT_MISMATCH, e->span, NULL);
    propose_behind(s, d, e, fraction || got.scale > want->scale ? arena_printf(m->arena, " in Prozent%s", rounding) : " in Prozent");
  } else if (fraction) {
    propose_behind(s, report_add(m->report, DIAG_ROUND_MISSING, e->span, model_type_text(m, want), digits, NULL), e, rounding);
  } else if (lost) {
    propose_behind(s, report_add(m->report, DIAG_SCALE_LOST, e->span, number_text(s, got.scale - hidden), digits, NULL), e, rounding);
  } else {
    propose_scale(s, report_add(m->report, DIAG_ROUND_SCALE, e->span, number_text(s, got.scale - hidden), digits, NULL), e, digits);
  }
}

static void check_assignable(scope *s, const check_type *want, ast_expr *e) {
  check(s, e, want);
  if (want->form != TYPE_ERROR) assignable(s, want, e);
}

static void enter(scope *s, model *m, symbol *user, const axis *axes, int n) {
  *s = (scope){.m = m, .user = user, .n = n};
  if (n) memcpy(s->axes, axes, sizeof *axes * (size_t)n);
}

static void check_rule(model *m, symbol *r) {
  scope s;
  ast_decl *d = r->decl;
  int base = 0, cases = 0, exceptions = 0, otherwise = 0;
  bool cited = d->cites != NULL || r->assumes;
  enter(&s, m, r, r->axes, r->n_axes);
  for (ast_branch *b = d->branches; b; b = b->next) {
    switch (b->form) {
    case BRANCH_BASE: base++; break;
    case BRANCH_CASE: cases++; break;
    case BRANCH_EXCEPTION: exceptions++; break;
    case BRANCH_ELSE: otherwise++; break;
    default: break;
    }
    if (b->form == BRANCH_BASE && b->cites) cited = true;
    if ((b->form == BRANCH_CASE || b->form == BRANCH_EXCEPTION) && !b->cites && !r->assumes)
      report_add(m->report, DIAG_CITE_MISSING, b->label.span, arena_printf(m->arena, "%s, %s", r->name, b->label.text), NULL);
    if (b->form == BRANCH_CASE) cited = true;
    if (b->cond) expect_bool(&s, b->cond);
    if (b->value) check_assignable(&s, &r->type, b->value);
    if (!b->label.text) continue;
    for (ast_branch *o = d->branches; o != b; o = o->next)
      if (o->label.text && name_is(b->label, o->label.text)) report_add(m->report, DIAG_DUPLICATE_LABEL, b->label.span, b->label.text, NULL);
  }
  bool form = (base == 1 && !cases && !otherwise) || (!base && !exceptions && cases && otherwise <= 1);
  if (!form) report_add(m->report, DIAG_RULE_FORM, d->name_span, r->name, NULL);
  if (!cited) report_add(m->report, DIAG_CITE_MISSING, d->name_span, r->name, NULL);
}

static const char *stored_text(const model *m, const check_type *t, int64_t v) { return model_value_text(m, t, PPR_PRESENT, v); }

static void check_tiers(model *m, symbol *t) {
  scope s;
  enter(&s, m, t, NULL, 0);
  ast_decl *d = t->decl;
  check_type arg = check(&s, d->argument, NULL);
  if (arg.form == TYPE_ERROR || t->type.form == TYPE_ERROR) return;
  if (arg.form != TYPE_NUMBER || d->argument->form != EX_REF) {
    report_add(m->report, DIAG_TIERS_ARGUMENT, d->argument->span, NULL);
    return;
  }
  int n = 0;
  for (const ast_entry *e = d->entries; e; e = e->next) n++;
  if (!(t->steps = arena_array(m->arena, (size_t)n + 1, sizeof *t->steps))) return;
  for (ast_entry *e = d->entries; e; e = e->next) {
    step now = {INT64_MIN, INT64_MAX, {0}, e};
    cell bound;
    bool right = model_constant(m, e->value, &t->type, &now.value);
    if (e->from) {
      if (model_literal(m, e->from, &arg, &bound, DIAG_CELL_TYPE)) now.from = bound.value + (e->from_exclusive ? 1 : 0);
      else right = false;
    }
    if (e->until) {
      if (model_literal(m, e->until, &arg, &bound, DIAG_CELL_TYPE)) now.until = bound.value - (e->until_exclusive ? 1 : 0);
      else right = false;
    }
    if (!right) continue;
    now.value.cites = e->cites;
    t->states |= 1u << now.value.state;
    if (now.from > now.until) report_add(m->report, DIAG_SERIES_ORDER, e->span, NULL);
    if (t->n_steps && !m->proving) {
      int64_t last = t->steps[t->n_steps - 1].until;
      if (now.from <= last) report_add(m->report, DIAG_TIERS_OVERLAP, e->span, t->name, stored_text(m, &arg, now.from), NULL);
      else if (last != INT64_MAX && now.from > last + 1)
        report_add(m->report, DIAG_TIERS_GAP, e->span, t->name, stored_text(m, &arg, last + 1), NULL);
    }
    t->steps[t->n_steps++] = now;
  }
}

bool check_expression(model *m, ast_expr *e, const axis *axes, int n_axes, symbol *user, const check_type *expected) {
  scope s;
  enter(&s, m, user, axes, n_axes);
  check_type t = check(&s, e, expected);
  if (expected && expected->form == TYPE_BOOL && t.form != TYPE_BOOL) {
    mismatch(&s, e->span, A_CONDITION, &t);
    return false;
  }
  return t.form != TYPE_ERROR;
}

bool check_target(model *m, ast_expr *target, symbol **out, int index[MAX_AXES], bool *all) {
  symbol *what = target->form == EX_REF ? model_symbol(m, target->name.text) : NULL;
  int given = 0;
  *all = false;
  if (target->form == EX_REF && !what) {
    near_name n = model_near(m, target->name.text);
    diag *d = report_add(m->report, DIAG_UNKNOWN_NAME, target->name.span, target->name.text, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, d, target->name.span, n.name);
    model_struck_note(m, d, target->name.text);
    return false;
  }
  if (!what || (what->form != SYM_FIELD && what->form != SYM_RULE) || what->type.form == TYPE_TEXT || what->type.form == TYPE_ERROR) {
    if (!what || what->type.form != TYPE_ERROR) report_add(m->report, DIAG_TEST_TARGET, target->span, NULL);
    return false;
  }
  if (what->type.form == TYPE_BRUCH) {
    report_add(m->report, DIAG_BRUCH_NOT_STORED, target->span, NULL);
    return false;
  }
  *out = what;
  for (ast_expr *a = target->args; a; a = a->next) given++;
  if (given == 0 && what->n_axes) {
    *all = true;
    return true;
  }
  if (given != what->n_axes) {
    report_add(m->report, DIAG_WRONG_INDEX_COUNT, target->span, what->name, arena_printf(m->arena, "%d", what->n_axes),
               arena_printf(m->arena, "%d", given), NULL);
    return false;
  }
  int i = 0;
  for (ast_expr *a = target->args; a; a = a->next, i++) {
    check_type t = {.form = TYPE_ENUM, .enumeration = what->axes[i].of};
    cell c;
    if (!model_literal(m, a, &t, &c, DIAG_TEST_TARGET)) return false;
    index[i] = (int)c.value;
  }
  return true;
}

void check_model(model *m) {
  vary_check(m);
  for (symbol *s = m->symbols; s; s = s->next) {
    if (s->form == SYM_RULE) check_rule(m, s);
    if (s->form == SYM_TIERS) check_tiers(m, s);
    if (s->form == SYM_CHECK) {
      if (!s->decl->cites) report_add(m->report, DIAG_CITE_MISSING, s->decl->name_span, s->name, NULL);
      check_expression(m, s->decl->cond, s->axes, s->n_axes, s, &BOOL_TYPE);
    }
  }
}
