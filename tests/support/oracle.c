/* The slow evaluator of rule trees; see oracle.h. Values are exact; a Bruch with divisor zero stays undefined until it is rounded or compared. */
#include "support/oracle.h"
#include "support/oracle_calendar.h"
#include <assert.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

/* Everything is a number: yes is 1, a day its number, a member its index. */
typedef struct val {
  uint8_t state;
  bool undefined; /* a quotient whose divisor is zero */
  bool broken;    /* came after a fault: the number means nothing */
  bool lost;      /* nor does the state */
  mpq_t q;
} val;

typedef struct record_cell {
  const char *label;
  symbol *field;
  bool present;
  int64_t value;
} record_cell;

/* A column of an output, its condition, a check or an element of a rule. */
typedef struct result {
  const char *label;
  ast_expr *expr;
  symbol *rule;
  int element, n_axes, index[MAX_AXES];
  val value;
} result;

typedef struct memo {
  symbol *of;
  bool needed; /* by an output or check; other rules are not evaluated */
  bool *done;
  val *value;
} memo;

enum { MAX_BRANCHES = 64 };

struct oracle {
  model *m;
  record_cell *cells;
  result *results;
  memo *memos;
  int n_cells, n_results, n_memos;
  int elem[MAX_SLOTS], depth;
  unsigned faults;
  bool lenient;
  const char *complaint;
  ppr_span first_fault;
  val *free[64];
  int n_free;
};

static void eval(oracle *o, const ast_expr *e, val *out);

/* ---- values ---- */

static val *take(oracle *o) {
  val *v = o->n_free ? o->free[--o->n_free] : NULL;
  if (!v) {
    v = malloc(sizeof *v);
    assert(v);
    mpq_init(v->q);
  }
  v->state = PPR_PRESENT;
  v->undefined = v->broken = v->lost = false;
  return v;
}

static void give(oracle *o, val *v) {
  if (o->n_free < 64) {
    o->free[o->n_free++] = v;
    return;
  }
  mpq_clear(v->q);
  free(v);
}

static void copy(val *to, const val *from) {
  to->state = from->state;
  to->undefined = from->undefined;
  to->broken = from->broken;
  to->lost = from->lost;
  mpq_set(to->q, from->q);
}

static void set_state(val *v, uint8_t state) {
  v->state = state;
  v->undefined = v->broken = v->lost = false;
  mpq_set_si(v->q, 0, 1);
}

static void set_whole(val *v, int64_t n) {
  v->state = PPR_PRESENT;
  v->undefined = v->broken = v->lost = false;
  mpz_set_si(mpq_numref(v->q), n);
  mpz_set_ui(mpq_denref(v->q), 1);
}

static void ten_to(mpz_t out, int n) { mpz_ui_pow_ui(out, 10, (unsigned long)n); }

/* n / 10^scale */
static void set_scaled(val *v, int64_t n, int scale) {
  set_whole(v, n);
  ten_to(mpq_denref(v->q), scale);
  mpq_canonicalize(v->q);
}

static bool truth(const val *v) { return mpq_sgn(v->q) != 0; }
static bool fits(const mpz_t z) { return mpz_fits_slong_p(z) != 0; }
static int64_t whole(const val *v) { return mpz_get_si(mpq_numref(v->q)); }

static void fault(oracle *o, diag_code code, ppr_span at, val *out) {
  if (!o->faults) o->first_fault = at;
  o->faults |= 1u << (code - ORACLE_FAULTS);
  out->broken = true;
}

static void complain(oracle *o, const char *what) {
  if (!o->complaint) o->complaint = what;
}

/* Does the operation end here, because an operand is open or meaningless? */
static bool passes(oracle *o, val *out, const val *a, const val *b) {
  bool open = a->state == PPR_UNBESTIMMT || (b && b->state == PPR_UNBESTIMMT);
  if (a->broken || (b && b->broken)) {
    out->lost = a->lost || (b && b->lost);
    out->broken = true;
    out->state = PPR_PRESENT;
    if (o->lenient && open) set_state(out, PPR_UNBESTIMMT);
    return true;
  }
  if (a->state == PPR_FEHLT || a->state == PPR_ENTFAELLT || (b && (b->state == PPR_FEHLT || b->state == PPR_ENTFAELLT))) {
    complain(o, "an absent value is used");
    out->broken = true;
    return true;
  }
  if (open) set_state(out, PPR_UNBESTIMMT);
  return open;
}

/* What follows from an unknown condition: the state that both ways lead to. */
static void either(oracle *o, val *out, const val *a, const val *b) {
  out->broken = out->lost = true;
  if (o->lenient && !a->broken && !b->broken && a->state && a->state == b->state) set_state(out, a->state);
}

/* ---- what the tree says ---- */

static int find_member(const enumeration *e, const char *name) {
  for (int i = 0; i < e->count; i++)
    if (!strcmp(e->members[i].name, name)) return i;
  return -1;
}

static void literal(const ast_expr *e, const check_type *t, val *out) {
  if (e->form == EX_NEGATE) {
    literal(e->a, t, out);
    mpq_neg(out->q, out->q);
  } else if (e->form == EX_STATE) set_state(out, (uint8_t)e->state);
  else if (e->form == EX_REF) set_whole(out, find_member(t->enumeration, e->name.text));
  else if (e->form == EX_NUMBER) set_scaled(out, e->number, e->scale + (e->percent ? 2 : 0));
  else set_whole(out, e->number);
}

static void table_cell(oracle *o, const symbol *s, const int *index, val *out) {
  const ast_row *r = s->decl->rows;
  while (r && strcmp(r->label.text, s->axes[0].of->members[index[0]].name)) r = r->next;
  const ast_cell *c = r ? r->cells : NULL;
  if (c && s->n_axes == 2 && r->count > 1) {
    const char *column = s->axes[1].of->members[index[1]].name;
    for (int i = 0; c && strcmp(s->decl->header[i].text, column); i++) c = c->next;
  }
  if (c) literal(c->value, &s->type, out);
  else complain(o, "no such cell");
}

/* The entry in force on the first day of the record's quarter. */
static void series(oracle *o, const symbol *s, val *out) {
  int64_t day = 0;
  for (int i = 0; i < o->n_cells; i++)
    if (o->cells[i].field == o->m->period) {
      if (!o->cells[i].present) {
        out->broken = true;
        return;
      }
      day = oracle_first_day(o->cells[i].value);
    }
  const ast_entry *in_force = NULL;
  for (const ast_entry *e = s->decl->entries; e; e = e->next)
    if (e->from->number <= day) in_force = e;
  if (in_force && (!in_force->until || day <= in_force->until->number)) literal(in_force->value, &s->type, out);
  else complain(o, "no entry of a series");
}

static void tiers(oracle *o, const symbol *s, val *out) {
  const ast_decl *d = s->decl;
  val *a = take(o), *bound = take(o);
  eval(o, d->argument, a);
  const ast_entry *hit = NULL;
  if (!passes(o, out, a, NULL)) {
    for (const ast_entry *e = d->entries; e; e = e->next) {
      bool inside = true;
      if (e->from) {
        literal(e->from, d->argument->type, bound);
        int side = mpq_cmp(a->q, bound->q);
        inside = e->from_exclusive ? side > 0 : side >= 0;
      }
      if (e->until) {
        literal(e->until, d->argument->type, bound);
        int side = mpq_cmp(a->q, bound->q);
        inside = inside && (e->until_exclusive ? side < 0 : side <= 0);
      }
      if (inside && hit) complain(o, "two tiers");
      if (inside) hit = e;
    }
    if (hit) literal(hit->value, &s->type, out);
    else complain(o, "no tier");
  }
  give(o, bound);
  give(o, a);
}

/* value of one unit in base units */
static void unit_factor(oracle *o, const char *name, mpq_t out) {
  for (size_t i = 0; i < o->m->n_decls; i++) {
    if (o->m->decls[i]->form != DECL_UNIT) continue;
    for (const ast_unit *u = o->m->decls[i]->units; u; u = u->next) {
      if (strcmp(u->name.text, name) || !u->has_factor) continue;
      mpq_t f;
      mpq_init(f);
      mpz_set_si(mpq_numref(f), u->factor);
      ten_to(mpq_denref(f), u->factor_scale);
      mpq_canonicalize(f);
      mpq_mul(out, out, f);
      mpq_clear(f);
      unit_factor(o, u->base.text, out);
    }
  }
}

/* ---- references ---- */

static memo *memo_of(oracle *o, const symbol *s) {
  for (int i = 0; i < o->n_memos; i++)
    if (o->memos[i].of == s) return &o->memos[i];
  return NULL;
}

static void field(oracle *o, const symbol *s, int element, val *out) {
  const record_cell *c = o->cells;
  while (c->field != s) c++;
  c += element;
  int scale = s->type.form == TYPE_NUMBER ? s->type.scale : 0;
  if (c->present) set_scaled(out, c->value, scale);
  else if (s->decl->form == DECL_READING) {
    int i = 0;
    for (const ast_variant *v = s->decl->variants; v; v = v->next, i++)
      if (v->preset) set_whole(out, i);
  } else if (s->field && s->field->preset) literal(s->field->preset, &s->type, out);
  else if (s->field && s->field->optional) set_state(out, PPR_FEHLT);
  else out->broken = true; /* the fault is known since the record was loaded */
}

static bool goes_first(const ast_branch *a, const ast_branch *b) {
  for (const ast_before *w = a->before; w; w = w->next)
    if (name_is(b->label, w->label.text)) return true;
  return false;
}

/* The next branch to try: the first in the text over which no other untried one goes. */
static const ast_branch *next_branch(const ast_decl *d, const ast_branch *const *tried, int n) {
  for (const ast_branch *b = d->branches; b; b = b->next) {
    bool blocked = !b->cond;
    for (int i = 0; i < n; i++) blocked = blocked || tried[i] == b;
    for (const ast_branch *other = d->branches; other && !blocked; other = other->next) {
      bool open = other != b;
      for (int i = 0; i < n; i++) open = open && tried[i] != other;
      blocked = open && goes_first(other, b);
    }
    if (!blocked) return b;
  }
  for (const ast_branch *b = d->branches; b; b = b->next)
    if (!b->cond) return b;
  return NULL;
}

/* The rule by its branches that are not tried yet. */
static void branches(oracle *o, const symbol *s, const ast_branch **tried, int n, val *out) {
  const ast_branch *b = n < MAX_BRANCHES ? next_branch(s->decl, tried, n) : NULL;
  val *c = take(o);
  if (!b) complain(o, "no branch applies");
  else {
    if (b->cond) eval(o, b->cond, c);
    else set_whole(c, 1);
    tried[n] = b;
    if (c->broken && o->lenient) {
      val *rest = take(o);
      eval(o, b->value, c);
      branches(o, s, tried, n + 1, rest);
      either(o, out, c, rest);
      give(o, rest);
    } else if (!passes(o, out, c, NULL)) {
      if (truth(c)) eval(o, b->value, out);
      else branches(o, s, tried, n + 1, out);
    }
  }
  give(o, c);
}

/* What a rule says is stored: in its decimals, in 64 bits. A Bruch is not. */
static void store(oracle *o, const check_type *t, ppr_span at, val *v) {
  if (t->form != TYPE_NUMBER || v->state || v->broken) return;
  val *scaled = take(o);
  ten_to(mpq_numref(scaled->q), t->scale);
  mpz_set_ui(mpq_denref(scaled->q), 1);
  mpq_mul(scaled->q, scaled->q, v->q);
  if (v->undefined || mpz_cmp_ui(mpq_denref(scaled->q), 1)) complain(o, "a stored number is not rounded");
  else if (!fits(mpq_numref(scaled->q))) fault(o, DIAG_FAULT_OVERFLOW, at, v);
  give(o, scaled);
}

static void element(oracle *o, symbol *s, int at, val *out) {
  int index[MAX_AXES] = {0}, elem[MAX_SLOTS], depth = o->depth;
  if (s->form == SYM_FIELD) {
    field(o, s, at, out);
    return;
  }
  for (int i = s->n_axes - 1, rest = at; i >= 0; i--) {
    index[i] = rest % s->axes[i].of->count;
    rest /= s->axes[i].of->count;
  }
  if (s->form == SYM_TABLE) {
    table_cell(o, s, index, out);
    return;
  }
  memo *m = memo_of(o, s);
  if (!m->done[at]) {
    memcpy(elem, o->elem, sizeof elem);
    memcpy(o->elem, index, sizeof index);
    o->depth = s->n_axes;
    set_state(&m->value[at], PPR_PRESENT);
    if (s->form == SYM_SERIES) series(o, s, &m->value[at]);
    else if (s->form == SYM_TIERS) tiers(o, s, &m->value[at]);
    else {
      const ast_branch *tried[MAX_BRANCHES];
      branches(o, s, tried, 0, &m->value[at]);
      store(o, &s->type, s->decl->name_span, &m->value[at]);
    }
    memcpy(o->elem, elem, sizeof elem);
    o->depth = depth;
    m->done[at] = true;
  }
  copy(out, &m->value[at]);
}

static void reference(oracle *o, const ast_expr *e, val *out) {
  const binding *b = e->bound;
  if (b->form == BOUND_AXIS) {
    set_whole(out, o->elem[b->slot]);
    return;
  }
  if (b->form == BOUND_MEMBER) {
    set_whole(out, b->member);
    return;
  }
  symbol *s = b->symbol;
  int at = 0;
  val *index = take(o);
  for (int i = 0; i < s->n_axes; i++) {
    int k = o->elem[b->index[i].slot];
    if (b->index[i].expr) {
      eval(o, b->index[i].expr, index);
      if (passes(o, out, index, NULL)) {
        give(o, index);
        return;
      }
      k = (int)whole(index);
    }
    at = at * s->axes[i].of->count + k;
  }
  give(o, index);
  element(o, s, at, out);
}

/* ---- operations ---- */

static void round_number(val *v, int scale, unsigned mode) {
  mpz_t num, den, q, r, twice;
  mpz_inits(num, den, q, r, twice, NULL);
  ten_to(num, scale);
  mpz_mul(num, num, mpq_numref(v->q));
  mpz_set(den, mpq_denref(v->q));
  bool negative = mpz_sgn(num) < 0;
  mpz_abs(num, num);
  mpz_fdiv_qr(q, r, num, den);
  mpz_mul_ui(twice, r, 2);
  int half = mpz_cmp(twice, den);
  bool up = false;
  switch ((ppr_round_mode)mode) {
  case PPR_ROUND_HALF_UP: up = half >= 0; break;
  case PPR_ROUND_UP: up = mpz_sgn(r) > 0; break;
  case PPR_ROUND_DOWN: break;
  case PPR_ROUND_HALF_EVEN: up = half > 0 || (half == 0 && mpz_odd_p(q)); break;
  case PPR_ROUND_MODES: break;
  }
  if (up) mpz_add_ui(q, q, 1);
  if (negative) mpz_neg(q, q);
  mpz_set(mpq_numref(v->q), q);
  ten_to(mpq_denref(v->q), scale);
  mpq_canonicalize(v->q);
  mpz_clears(num, den, q, r, twice, NULL);
}

static bool holds(ast_binary op, int side) {
  switch (op) {
  case BIN_EQ: return side == 0;
  case BIN_NE: return side != 0;
  case BIN_LT: return side < 0;
  case BIN_LE: return side <= 0;
  case BIN_GT: return side > 0;
  case BIN_GE: return side >= 0;
  case BIN_ADD:
  case BIN_SUB:
  case BIN_MUL:
  case BIN_DIV:
  case BIN_AND:
  case BIN_OR: break;
  }
  return false;
}

static void binary(oracle *o, const ast_expr *e, val *out) {
  val *b = take(o);
  eval(o, e->a, out);
  bool logic = e->op == BIN_AND || e->op == BIN_OR;
  bool decided = logic && !out->broken && (out->state || truth(out) == (e->op == BIN_OR));
  if (decided) passes(o, out, out, NULL);
  else {
    eval(o, e->b, b);
    if (!passes(o, out, out, b)) {
      out->undefined = out->undefined || b->undefined;
      switch (e->op) {
      case BIN_ADD: mpq_add(out->q, out->q, b->q); break;
      case BIN_SUB: mpq_sub(out->q, out->q, b->q); break;
      case BIN_MUL: mpq_mul(out->q, out->q, b->q); break;
      case BIN_DIV:
        if (mpq_sgn(b->q)) mpq_div(out->q, out->q, b->q);
        else out->undefined = true;
        break;
      case BIN_AND:
      case BIN_OR: copy(out, b); break;
      case BIN_EQ:
      case BIN_NE:
      case BIN_LT:
      case BIN_LE:
      case BIN_GT:
      case BIN_GE:
        if (out->undefined) fault(o, DIAG_FAULT_DIVISION, e->span, out);
        else set_whole(out, holds(e->op, mpq_cmp(out->q, b->q)));
        break;
      }
    }
  }
  give(o, b);
}

static void quantified(oracle *o, const ast_expr *e, val *out) {
  const enumeration *of = e->bound;
  int slot = o->depth++, taken = 0;
  bool open = false, broken = false, undefined = false, decided = e->form == EX_ALL;
  int64_t count = 0;
  val *v = take(o), *best = take(o);
  mpq_set_si(best->q, 0, 1);
  for (int i = 0; i < of->count; i++) {
    o->elem[slot] = i;
    if (e->filter) {
      eval(o, e->filter, v);
      if (v->broken || v->state) {
        passes(o, v, v, NULL);
        broken = broken || v->broken;
        open = open || v->state;
        continue;
      }
      if (!truth(v)) continue;
    }
    count++;
    if (e->form == EX_COUNT) continue;
    eval(o, e->a, v);
    if (passes(o, v, v, NULL)) {
      broken = broken || v->broken;
      open = open || v->state;
      continue;
    }
    undefined = undefined || v->undefined;
    if (e->form == EX_SUM) mpq_add(best->q, best->q, v->q);
    if (e->form == EX_ANY) decided = decided || truth(v);
    if (e->form == EX_ALL) decided = decided && truth(v);
    bool better = taken == 0 || (e->form == EX_MIN ? mpq_cmp(v->q, best->q) < 0 : mpq_cmp(v->q, best->q) > 0);
    if ((e->form == EX_MIN || e->form == EX_MAX) && better) mpq_set(best->q, v->q);
    taken++;
  }
  o->depth--;
  set_whole(out, e->form == EX_COUNT ? count : decided);
  if (e->form == EX_SUM || e->form == EX_MIN || e->form == EX_MAX) mpq_set(out->q, best->q);
  out->undefined = undefined;
  out->broken = broken;
  if (broken && !(o->lenient && open)) { /* nothing can be said */
  } else if (open) set_state(out, PPR_UNBESTIMMT);
  else if ((e->form == EX_MIN || e->form == EX_MAX) && count == 0) fault(o, DIAG_FAULT_EMPTY, e->span, out);
  else if ((e->form == EX_MIN || e->form == EX_MAX) && undefined) fault(o, DIAG_FAULT_DIVISION, e->span, out);
  give(o, best);
  give(o, v);
}

/* ---- functions ---- */

static void call(oracle *o, const ast_expr *e, val *out) {
  val *b = take(o);
  eval(o, e->args, out);
  if (e->args->next) eval(o, e->args->next, b);
  else set_whole(b, 0);
  if (passes(o, out, out, e->args->next ? b : NULL)) {
    give(o, b);
    return;
  }
  bool smaller = name_is(e->name, "min");
  if (name_is(e->name, "abs")) mpq_abs(out->q, out->q);
  else if (smaller || name_is(e->name, "max")) {
    if (out->undefined || b->undefined) fault(o, DIAG_FAULT_DIVISION, e->span, out);
    else if (smaller ? mpq_cmp(b->q, out->q) < 0 : mpq_cmp(b->q, out->q) > 0) mpq_set(out->q, b->q);
  } else {
    int64_t answer = 0;
    bool known = true;
    if (!fits(mpq_numref(out->q)) || !fits(mpq_numref(b->q))) fault(o, DIAG_FAULT_OVERFLOW, e->span, out);
    else if (!oracle_calendar(e->name.text, (int64_t[]){whole(out), whole(b)}, &answer, &known)) fault(o, DIAG_FAULT_NATIVE, e->span, out);
    else set_whole(out, answer);
    if (!known) complain(o, "unknown function");
  }
  give(o, b);
}

static void convert(oracle *o, const ast_expr *e, val *out) {
  eval(o, e->a, out);
  if (passes(o, out, out, NULL) || name_is(e->name, "Prozent")) return;
  mpq_t from, to;
  mpq_inits(from, to, NULL);
  mpq_set_ui(from, 1, 1);
  mpq_set_ui(to, 1, 1);
  const unit_product *u = &e->a->type->unit;
  for (int i = 0; i < u->n; i++)
    for (int k = abs(u->factor[i].power); k > 0; k--) unit_factor(o, o->m->units[u->factor[i].unit].name, u->factor[i].power > 0 ? from : to);
  if (e->name.text) unit_factor(o, e->name.text, to);
  if (e->per.text) unit_factor(o, e->per.text, from);
  mpq_div(from, from, to);
  mpq_mul(out->q, out->q, from);
  mpq_clears(from, to, NULL);
}

static void eval(oracle *o, const ast_expr *e, val *out) {
  switch (e->form) {
  case EX_NUMBER:
  case EX_DATE:
  case EX_QUARTER:
  case EX_BOOL:
  case EX_STATE: literal(e, e->type, out); break;
  case EX_EDITION: set_whole(out, 0); break;
  case EX_REF: reference(o, e, out); break;
  case EX_CALL: call(o, e, out); break;
  case EX_NEGATE:
    eval(o, e->a, out);
    if (!passes(o, out, out, NULL)) mpq_neg(out->q, out->q);
    break;
  case EX_NOT:
    eval(o, e->a, out);
    if (!passes(o, out, out, NULL)) set_whole(out, !truth(out));
    break;
  case EX_BINARY: binary(o, e, out); break;
  case EX_IS: {
    eval(o, e->a, out);
    if (passes(o, out, out, NULL)) break;
    const member *m = &e->a->type->enumeration->members[whole(out)];
    bool yes = find_member(e->a->type->enumeration, e->name.text) >= 0 ? name_is(e->name, m->name) : false;
    if (find_member(e->a->type->enumeration, e->name.text) < 0)
      for (int i = 0; i < e->a->type->enumeration->n_attrs; i++)
        if (name_is(e->name, e->a->type->enumeration->attrs[i])) yes = (m->attrs >> i & 1) != 0;
    set_whole(out, yes != e->negated);
    break;
  }
  case EX_HAS:
    eval(o, e->a, out);
    if (!out->broken || (o->lenient && !out->lost)) set_whole(out, out->state == e->state);
    break;
  case EX_DEFAULT:
    eval(o, e->a, out);
    if (!out->broken && out->state == e->state) eval(o, e->b, out);
    break;
  case EX_IF: {
    val *c = take(o);
    eval(o, e->a, c);
    if (c->broken && o->lenient) {
      val *other = take(o);
      eval(o, e->b, c);
      eval(o, e->c, other);
      either(o, out, c, other);
      give(o, other);
    } else if (!passes(o, out, c, NULL)) eval(o, truth(c) ? e->b : e->c, out);
    give(o, c);
    break;
  }
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: quantified(o, e, out); break;
  case EX_ROUND:
    eval(o, e->a, out);
    if (passes(o, out, out, NULL)) break;
    if (out->undefined) fault(o, DIAG_FAULT_DIVISION, e->span, out);
    else round_number(out, (int)e->number + (e->a->type->percent ? 2 : 0), e->state);
    break;
  case EX_CONVERT: convert(o, e, out); break;
  }
}

/* ---- the record ---- */

static const char *label_of(oracle *o, const char *name, const axis *axes, int n, const int *index) {
  const char *inside = "";
  for (int i = 0; i < n; i++) inside = arena_printf(o->m->arena, "%s%s%s", inside, i ? "," : "", axes[i].of->members[index[i]].name);
  return n ? arena_printf(o->m->arena, "%s[%s]", name, inside) : name;
}

/* Next combination of members; false after the last. */
static bool next_index(const axis *axes, int n, int *index) {
  for (int i = n - 1; i >= 0; i--) {
    if (++index[i] < axes[i].of->count) return true;
    index[i] = 0;
  }
  return false;
}

static void add_result(oracle *o, const char *name, ast_expr *expr, symbol *rule, const axis *axes, int n) {
  int index[MAX_AXES] = {0}, at = 0;
  do {
    o->results = realloc(o->results, sizeof *o->results * (size_t)(o->n_results + 1));
    assert(o->results);
    result *r = &o->results[o->n_results++];
    *r = (result){.label = label_of(o, name, axes, n, index), .expr = expr, .rule = rule, .element = at++, .n_axes = n};
    memcpy(r->index, index, sizeof index);
    mpq_init(r->value.q);
  } while (next_index(axes, n, index));
}

static void add_output(oracle *o, ast_decl *d, symbol *user) {
  axis axes[MAX_AXES];
  int n = 0;
  for (const ast_axis *a = d->axes; a && n < MAX_AXES; a = a->next)
    axes[n++] = (axis){a->alias.text ? a->alias.text : a->enumeration.text, model_enum(o->m, a->enumeration.text), NULL};
  static const check_type yes_no = {.form = TYPE_BOOL};
  if (d->cond && check_expression(o->m, d->cond, axes, n, user, &yes_no))
    add_result(o, arena_printf(o->m->arena, "%s.wenn", d->name), d->cond, NULL, axes, n);
  for (ast_column *c = d->columns; c; c = c->next)
    if (check_expression(o->m, c->value, axes, n, user, NULL))
      add_result(o, arena_printf(o->m->arena, "%s.%s", d->name, c->name), c->value, NULL, axes, n);
}

static void add_cells(oracle *o, symbol *s) {
  int index[MAX_AXES] = {0};
  do {
    o->cells = realloc(o->cells, sizeof *o->cells * (size_t)(o->n_cells + 1));
    assert(o->cells);
    o->cells[o->n_cells++] = (record_cell){.label = label_of(o, s->name, s->axes, s->n_axes, index), .field = s};
  } while (next_index(s->axes, s->n_axes, index));
}

static void add_memo(oracle *o, symbol *s) {
  o->memos = realloc(o->memos, sizeof *o->memos * (size_t)(o->n_memos + 1));
  assert(o->memos);
  memo *m = &o->memos[o->n_memos++];
  *m = (memo){s, false, calloc((size_t)s->elements, 1), calloc((size_t)s->elements, sizeof(val))};
  assert(m->done && m->value);
  for (int i = 0; i < s->elements; i++) mpq_init(m->value[i].q);
}

static void need(oracle *o, const symbol *user) {
  for (size_t i = 0; i < user->n_uses; i++) {
    memo *m = memo_of(o, user->uses[i]);
    if (!m || m->needed) continue;
    m->needed = true;
    need(o, user->uses[i]);
  }
}

oracle *oracle_new(model *m) {
  oracle *o = calloc(1, sizeof *o);
  symbol outputs = {.form = SYM_CHECK};
  if (!o) return NULL;
  o->m = m;
  for (symbol *s = m->symbols; s; s = s->next) {
    if (s->form == SYM_FIELD && s->type.form != TYPE_TEXT) add_cells(o, s);
    if (s->form == SYM_RULE || s->form == SYM_SERIES || s->form == SYM_TIERS) add_memo(o, s);
    if (s->form == SYM_RULE || s->form == SYM_SERIES || s->form == SYM_TIERS) add_result(o, s->name, NULL, s, s->axes, s->n_axes);
    if (s->form == SYM_FIELD && s->type.form != TYPE_TEXT) add_result(o, s->name, NULL, s, s->axes, s->n_axes);
    if (s->form == SYM_CHECK) add_result(o, s->name, s->decl->cond, NULL, s->axes, s->n_axes);
  }
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_OUTPUT) add_output(o, m->decls[i], &outputs);
  need(o, &outputs);
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->form == SYM_CHECK) need(o, s);
  return o;
}

void oracle_free(oracle *o) {
  if (!o) return;
  for (int i = 0; i < o->n_memos; i++) {
    for (int k = 0; k < o->memos[i].of->elements; k++) mpq_clear(o->memos[i].value[k].q);
    free(o->memos[i].value);
    free(o->memos[i].done);
  }
  for (int i = 0; i < o->n_results; i++) mpq_clear(o->results[i].value.q);
  for (int i = 0; i < o->n_free; i++) {
    mpq_clear(o->free[i]->q);
    free(o->free[i]);
  }
  free(o->memos);
  free(o->results);
  free(o->cells);
  free(o);
}

int oracle_find_input(const oracle *o, const char *label) {
  for (int i = 0; i < o->n_cells; i++)
    if (!strcmp(o->cells[i].label, label)) return i;
  return -1;
}

int oracle_find_result(const oracle *o, const char *label) {
  for (int i = 0; i < o->n_results; i++)
    if (!strcmp(o->results[i].label, label)) return i;
  return -1;
}

void oracle_set(oracle *o, int input, bool present, int64_t value) {
  o->cells[input].present = present;
  o->cells[input].value = value;
}

/* Required inputs are there and every number is in its range, whether used or not. */
static void load(oracle *o) {
  val *v = take(o), *bound = take(o);
  for (int i = 0; i < o->n_cells; i++) {
    const record_cell *c = &o->cells[i];
    const symbol *s = c->field;
    bool may_miss = s->decl->form == DECL_READING || (s->field && (s->field->optional || s->field->preset)), inside;
    if (!c->present) {
      if (!may_miss) fault(o, DIAG_FAULT_MISSING, SPAN_NONE, v);
      continue;
    }
    if (s->field && s->field->range.present) {
      set_scaled(v, c->value, s->type.form == TYPE_NUMBER ? s->type.scale : 0);
      literal(s->field->range.lo, &s->type, bound);
      inside = mpq_cmp(v->q, bound->q) >= 0;
      literal(s->field->range.hi, &s->type, bound);
      inside = inside && mpq_cmp(v->q, bound->q) <= 0;
    } else inside = c->value >= s->lo && c->value <= s->hi;
    if (!inside) fault(o, DIAG_FAULT_RANGE, SPAN_NONE, v);
  }
  give(o, bound);
  give(o, v);
}

static void run(oracle *o, bool lenient) {
  o->faults = 0;
  o->lenient = lenient;
  for (int i = 0; i < o->n_memos; i++) memset(o->memos[i].done, 0, (size_t)o->memos[i].of->elements);
  load(o);
  if (o->faults) return; /* what else goes wrong does not matter: these come first */
  for (int i = 0; i < o->n_results; i++) {
    result *r = &o->results[i];
    set_state(&r->value, PPR_PRESENT);
    const memo *m = r->rule ? memo_of(o, r->rule) : NULL;
    if (m && !m->needed) continue;
    if (r->rule) {
      element(o, r->rule, r->element, &r->value);
      continue;
    }
    memcpy(o->elem, r->index, sizeof r->index);
    o->depth = r->n_axes;
    if (r->expr->type->form == TYPE_TEXT) continue;
    eval(o, r->expr, &r->value);
    store(o, r->expr->type, r->expr->span, &r->value);
  }
}

void oracle_run(oracle *o) { run(o, false); }
void oracle_run_lenient(oracle *o) { run(o, true); }

unsigned oracle_faults(const oracle *o) { return o->faults; }
ppr_span oracle_fault_place(const oracle *o) { return o->first_fault; }
const char *oracle_complaint(const oracle *o) { return o->complaint; }

bool oracle_result(const oracle *o, int at, uint32_t scale, uint8_t *state, int64_t *value) {
  const val *v = &o->results[at].value;
  *state = v->state;
  *value = 0;
  if (v->state) return true;
  mpq_t scaled;
  mpq_init(scaled);
  ten_to(mpq_numref(scaled), (int)scale);
  mpq_mul(scaled, scaled, v->q);
  bool right = !v->broken && !v->undefined && mpz_cmp_ui(mpq_denref(scaled), 1) == 0 && fits(mpq_numref(scaled));
  if (right) *value = mpz_get_si(mpq_numref(scaled));
  mpq_clear(scaled);
  return right;
}
