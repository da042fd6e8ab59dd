/* Generator of rule files; see program_gen.h. Expressions are made for a wanted type; each carries what the checker will find (type, decimals, strength)
 * and a bound of its size, so that intermediate results fit 128 bits: stored numbers may still overflow, divisors may be zero. */
#include "support/program_gen.h"
#include "ast.h"
#include <string.h>

enum { UNITS = 6, MAX_ENUMS = 6, MAX_MEMBERS = 4, MAX_SYMBOLS = 96, MAX_AXES_IN_SCOPE = 5, MAX_FACTS = 6, MAX_DECLS = 160, MAX_BITS = 118 };
enum { FEHLT = 1 << 1, ENTFAELLT = 1 << 2, OPEN = 1 << 3, ABSENT = FEHLT | ENTFAELLT };
static const char *const unit_names[UNITS] = {"Tag", "Woche", "Euro", "Minute", "Stunde", "Schicht"};
static const int minutes[UNITS] = {0, 0, 0, 1, 60, 450};

typedef struct dim { int power[UNITS]; } dim;
typedef enum { NUMBER, BRUCH, BOOL, DATE, QUARTER, ENUM } form;
typedef struct type {
  form form;
  dim dim;
  int scale; /* of the stored number */
  bool percent;
  int of; /* ENUM */
} type;

typedef struct axis_name { const char *name; int of; } axis_name;
typedef struct sym {
  enum { FIELD, TABLE, STEPS, RULE } kind;
  const char *name;
  type type;
  unsigned states;
  int n_axes;
  axis_name axes[2];
  int nb, db, vs; /* bounds: bits of numerator and denominator, decimals of the numerator */
} sym;

/* An expression: text, how strongly it binds, and what is known about it. text NULL: could not be made. */
typedef struct ex {
  const char *text;
  ast_bind bind;
  type type;
  bool rounded, konst;
  int nb, db, vs;
} ex;

typedef struct scope {
  axis_name axes[MAX_AXES_IN_SCOPE];
  int n, n_facts, nested;
  const char *facts[MAX_FACTS]; /* references known to be there */
  const sym *fact_of[MAX_FACTS];
  bool open; /* may be unbestimmt */
} scope;

typedef struct gen {
  prng *p;
  ppr_arena *a;
  struct { const char *name, *members[MAX_MEMBERS]; int count, attrs; bool reading; } enums[MAX_ENUMS];
  int n_enums, n_plain;
  sym syms[MAX_SYMBOLS];
  int n_syms;
  const char *decls[MAX_DECLS];
  int n_decls, numbers;
  scope s;
} gen;

static ex number(gen *g, dim d, bool bruch, int depth);
static ex boolean(gen *g, int depth);
static ex member(gen *g, int of, int depth);
static ex date(gen *g, int depth);
static ex quarter(gen *g, int depth);

static const ex NOTHING = {0};
static const dim PLAIN = {{0}};

static int below(gen *g, int n) { return (int)prng_below(g->p, (uint64_t)n); }
static bool chance(gen *g, int n) { return below(g, n) == 0; }
#define SAY(g, ...) arena_printf((g)->a, __VA_ARGS__)

static void declare(gen *g, const char *text) {
  if (g->n_decls < MAX_DECLS) g->decls[g->n_decls++] = text;
}

static int bits(int64_t v) {
  int n = 0;
  for (uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v; u; u >>= 1) n++;
  return n;
}
static int ten_bits(int n) { return n > 0 ? (n * 10 + 2) / 3 : 0; }
static int larger(int a, int b) { return a > b ? a : b; }

static const char *parens(gen *g, const ex *e, ast_bind least) { return e->bind < least || chance(g, 12) ? SAY(g, "(%s)", e->text) : e->text; }

/* ---- units and types ---- */

static bool same_dim(dim a, dim b) { return !memcmp(&a, &b, sizeof a); }

/* At most one unit above and one below: what can be written. */
static bool expressible(dim d) {
  int up = 0, down = 0;
  for (int i = 0; i < UNITS; i++) {
    if (d.power[i] > 1 || d.power[i] < -1) return false;
    up += d.power[i] == 1;
    down += d.power[i] == -1;
  }
  return up <= 1 && down <= 1;
}

static const char *unit_text(gen *g, dim d, const char *none) {
  const char *up = none, *down = NULL;
  for (int i = 0; i < UNITS; i++) {
    if (d.power[i] == 1) up = unit_names[i];
    if (d.power[i] == -1) down = unit_names[i];
  }
  if (!down) return up;
  return SAY(g, "%s je %s", *up ? up : "Zahl", down);
}

static dim some_dim(gen *g) {
  dim d = PLAIN;
  int kind = below(g, 10);
  if (kind < 4) return d;
  d.power[below(g, UNITS)] = 1;
  if (kind >= 8) d.power[below(g, UNITS)] -= 1;
  return d;
}

/* A unit something here has, so that expressions meet. */
static dim known_dim(gen *g) {
  for (int i = 0; i < 8 && g->n_syms; i++) {
    const sym *s = &g->syms[below(g, g->n_syms)];
    if (s->type.form <= BRUCH) return s->type.dim;
  }
  return some_dim(g);
}

static dim dim_sum(dim a, dim b, int sign) {
  for (int i = 0; i < UNITS; i++) a.power[i] += sign * b.power[i];
  return a;
}

static const char *type_text(gen *g, const type *t) {
  switch (t->form) {
  case NUMBER:
    if (t->percent) return SAY(g, "Prozent(%d)", t->scale - 2);
    return SAY(g, "%s(%d)", unit_text(g, t->dim, "Zahl"), t->scale);
  case BRUCH: return SAY(g, "Bruch %s", unit_text(g, t->dim, ""));
  case BOOL: return "ja/nein";
  case DATE: return "Datum";
  case QUARTER: return "Quartal";
  case ENUM: return g->enums[t->of].name;
  }
  return "";
}

/* ---- literals ---- */

static const char *decimal(gen *g, int64_t v, int scale) {
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, ten = 1;
  for (int i = 0; i < scale; i++) ten *= 10;
  const char *sign = v < 0 ? "-" : "";
  if (!scale) return SAY(g, "%s%" PRIu64, sign, u);
  return SAY(g, "%s%" PRIu64 ",%0*" PRIu64, sign, u / ten, scale, u % ten);
}

static int64_t some_number(gen *g) {
  static const int64_t usual[] = {1, 2, 3, 5, 7, 10, 60, 90, 95, 100, 365, 1000, 4810};
  switch (below(g, 4)) {
  case 0: return usual[below(g, (int)(sizeof usual / sizeof *usual))];
  case 1: return 1 + below(g, 20);
  case 2: return 1 + below(g, 1000);
  default: return 1 + below(g, 100000);
  }
}

static ex number_literal(gen *g, dim d, bool zero) {
  int scale = chance(g, 3) ? 1 + below(g, 2) : 0;
  int64_t v = zero && chance(g, 3) ? 0 : some_number(g);
  bool percent = same_dim(d, PLAIN) && chance(g, 5), negative = v && chance(g, 9);
  const char *unit = unit_text(g, d, "");
  ex e = {.bind = negative ? BIND_SIGN : BIND_PRIMARY, .type = {.form = NUMBER, .dim = d, .scale = scale + (percent ? 2 : 0), .percent = percent}, .konst = true};
  e.text = SAY(g, "%s%s%s%s", decimal(g, negative ? -v : v, scale), percent ? " %" : "", *unit ? " " : "", unit);
  e.nb = bits(v);
  e.vs = e.type.scale;
  return e;
}

static const char *date_literal(gen *g) {
  static const char *const edges[] = {"29.02.2024", "31.12.2024", "01.01.2025", "31.03.2025", "01.07.2026"};
  if (chance(g, 3)) return edges[below(g, 5)];
  return SAY(g, "%02d.%02d.%d", 1 + below(g, 28), 1 + below(g, 12), 2020 + below(g, 10));
}

/* A plain value of the type, for `falls` and cells. */
static const char *literal(gen *g, const type *t) {
  switch (t->form) {
  case NUMBER: {
    if (t->percent) return SAY(g, "%s %%", decimal(g, below(g, 120), below(g, larger(1, t->scale - 1))));
    const char *unit = unit_text(g, t->dim, "");
    return SAY(g, "%s%s%s", decimal(g, some_number(g), below(g, t->scale + 1)), *unit ? " " : "", unit);
  }
  case BRUCH: return number_literal(g, t->dim, false).text;
  case BOOL: return chance(g, 2) ? "ja" : "nein";
  case DATE: return date_literal(g);
  case QUARTER: return SAY(g, "202%d-Q%d", 3 + below(g, 5), 1 + below(g, 4));
  case ENUM: return g->enums[t->of].members[below(g, g->enums[t->of].count)];
  }
  return "";
}

/* ---- references ---- */

static int scope_find(const scope *s, const char *name) {
  for (int i = s->n - 1; i >= 0; i--)
    if (!strcmp(s->axes[i].name, name)) return i;
  return -1;
}

/* Can the index be left out? As in the reference: by the name of the axis, then by its enumeration. */
static bool implicit(const scope *s, const axis_name *a) {
  int at = scope_find(s, a->name), found = 0;
  if (at >= 0 && s->axes[at].of == a->of) return true;
  for (int i = 0; i < s->n; i++)
    if (s->axes[i].of == a->of && scope_find(s, s->axes[i].name) == i) found++;
  return found == 1;
}

static const char *index_text(gen *g, const sym *s, const axis_name *a) {
  const char *pool[MAX_AXES_IN_SCOPE + 1];
  int n = 0;
  for (int i = 0; i < g->s.n; i++)
    if (g->s.axes[i].of == a->of && scope_find(&g->s, g->s.axes[i].name) == i) pool[n++] = g->s.axes[i].name;
  if (s->kind == TABLE && chance(g, 4)) { /* the record's own value */
    for (int i = 0; i < g->n_syms; i++) {
      const sym *f = &g->syms[i];
      bool there = !(f->states & ABSENT) && (!(f->states & OPEN) || g->s.open);
      if (f->type.form == ENUM && f->type.of == a->of && f->n_axes == 0 && there && chance(g, 2)) return f->name;
    }
  }
  if (n && !chance(g, 4)) return pool[below(g, n)];
  return g->enums[a->of].members[below(g, g->enums[a->of].count)];
}

static const char *reference(gen *g, const sym *s) {
  bool can = true;
  for (int i = 0; i < s->n_axes; i++) can = can && implicit(&g->s, &s->axes[i]);
  if (s->n_axes == 0 || (can && !chance(g, 3))) return s->name;
  const char *first = index_text(g, s, &s->axes[0]);
  if (s->n_axes == 1) return SAY(g, "%s[%s]", s->name, first);
  return SAY(g, "%s[%s, %s]", s->name, first, index_text(g, s, &s->axes[1]));
}

static bool is_fact(const gen *g, const char *text) {
  for (int i = 0; i < g->s.n_facts; i++)
    if (!strcmp(g->s.facts[i], text)) return true;
  return false;
}

static void learn(gen *g, const char *text, const sym *s) {
  if (g->s.n_facts == MAX_FACTS) return;
  g->s.facts[g->s.n_facts] = text;
  g->s.fact_of[g->s.n_facts++] = s;
}

/* A reference whose absence is treated. */
static ex treated(gen *g, const sym *s, const char *text) {
  ex e = {.text = text, .bind = BIND_PRIMARY, .type = s->type, .nb = s->nb, .db = s->db, .vs = s->vs};
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt"};
  if (is_fact(g, text)) return e;
  for (int k = 1; k <= 3; k++) {
    if (!(s->states & 1u << k) || (k == 3 && g->s.open)) continue;
    const char *other = literal(g, &s->type);
    e.text = SAY(g, "%s falls %s %s", e.text, words[k], other);
    e.bind = BIND_DEFAULT;
    e.nb = larger(e.nb, 27 + ten_bits(e.vs));
  }
  return e;
}

static ex symbol_of(gen *g, form f, dim d, int of, bool bruch) {
  const sym *pool[MAX_SYMBOLS];
  int n = 0;
  for (int i = 0; i < g->s.n_facts; i++) {
    const sym *s = g->s.fact_of[i];
    bool fits = s->type.form == f && (f != NUMBER || same_dim(s->type.dim, d)) && (f != ENUM || s->type.of == of);
    if (fits && chance(g, 2)) return treated(g, s, g->s.facts[i]);
  }
  for (int i = 0; i < g->n_syms; i++) {
    const sym *s = &g->syms[i];
    bool numeric = f == NUMBER && same_dim(s->type.dim, d) && (s->type.form == NUMBER || (s->type.form == BRUCH && bruch));
    if (numeric || (f != NUMBER && s->type.form == f && (f != ENUM || s->type.of == of))) pool[n++] = s;
  }
  if (!n) return NOTHING;
  const sym *s = pool[below(g, n)];
  return treated(g, s, reference(g, s));
}

/* ---- numbers ---- */

static bool small_enough(const ex *e) { return e->text && e->nb <= MAX_BITS && e->db <= MAX_BITS && (!e->konst || e->nb + e->db <= 45) && e->type.scale <= 12; }

static void align(ex *a, ex *b) {
  int vs = larger(a->vs, b->vs);
  a->nb += ten_bits(vs - a->vs);
  b->nb += ten_bits(vs - b->vs);
  a->vs = b->vs = vs;
}

/* Type of two numbers that may stand for each other. */
static ex united(ex a, ex b) {
  ex r = a;
  r.type.form = a.type.form == BRUCH || b.type.form == BRUCH ? BRUCH : NUMBER;
  r.type.percent = a.type.percent && b.type.percent;
  r.rounded = a.rounded && b.rounded && a.type.scale == b.type.scale && r.type.form == NUMBER;
  r.type.scale = r.type.form == BRUCH ? 0 : larger(a.type.scale, b.type.scale);
  r.konst = a.konst && b.konst;
  align(&a, &b);
  r.nb = larger(a.nb, b.nb);
  r.db = larger(a.db, b.db);
  r.vs = a.vs;
  return r;
}

static ex number_leaf(gen *g, dim d, bool bruch) {
  if (!chance(g, 4)) {
    ex e = symbol_of(g, NUMBER, d, 0, bruch);
    if (small_enough(&e)) return e;
  }
  return number_literal(g, d, false);
}

static ex sum_of_two(gen *g, dim d, bool bruch, int depth) {
  ex a = number(g, d, bruch, depth), b = number(g, d, bruch, depth), r = united(a, b);
  bool minus = chance(g, 2);
  r.text = SAY(g, "%s %c %s", parens(g, &a, BIND_SUM), minus ? '-' : '+', parens(g, &b, BIND_PRODUCT));
  r.bind = BIND_SUM;
  r.rounded = false;
  align(&a, &b);
  r.nb = larger(a.nb + b.db, b.nb + a.db) + 1;
  r.db = a.db + b.db;
  return r;
}

static ex product(gen *g, dim d, bool bruch, int depth) {
  bool divide = bruch && chance(g, 2);
  dim v = PLAIN, u = d;
  for (int i = 0; i < 6; i++) {
    v = known_dim(g);
    u = dim_sum(d, v, divide ? 1 : -1);
    if (expressible(v) && expressible(u)) break;
    v = PLAIN;
    u = d;
  }
  ex a = number(g, u, bruch, depth), b = number(g, v, bruch, depth);
  ex r = {.bind = BIND_PRODUCT, .type = {.form = NUMBER, .dim = d, .scale = a.type.scale + b.type.scale}, .konst = a.konst && b.konst};
  if (divide || a.type.form == BRUCH || b.type.form == BRUCH) r.type.form = BRUCH, r.type.scale = 0;
  r.nb = a.nb + (divide ? b.db : b.nb);
  r.db = a.db + (divide ? b.nb : b.db);
  r.vs = divide ? a.vs - b.vs : a.vs + b.vs;
  if (r.vs > 14 || r.vs < -8) return NOTHING;
  r.text = SAY(g, "%s %c %s", parens(g, &a, BIND_PRODUCT), divide ? '/' : '*', parens(g, &b, BIND_SIGN));
  return r;
}

/* A symbol that may be absent, and its reference. */
static const sym *maybe_absent(gen *g, const char **text) {
  for (int i = 0; i < 8; i++) {
    const sym *s = &g->syms[below(g, g->n_syms)];
    if (!s->states || s->type.form == BRUCH) continue;
    *text = reference(g, s);
    return s;
  }
  return NULL;
}

/* A test after whose success the symbol is there; *negative: after whose failure. */
static const char *state_test(gen *g, const sym *s, const char *text, bool *negative) {
  *negative = false;
  if (s->states == FEHLT || s->states == ENTFAELLT) {
    const char *word = s->states == FEHLT ? "fehlt" : "entfällt";
    if (chance(g, 3)) return SAY(g, "nicht %s %s", text, word);
    if (chance(g, 3)) {
      *negative = true;
      return SAY(g, "%s %s", text, word);
    }
  }
  return SAY(g, "%s vorhanden", text);
}

/* `wenn C dann A sonst B` around two makers. */
typedef ex maker(gen *g, const type *t, int depth);
static ex chosen(gen *g, const type *t, int depth, maker *make, ex *first, ex *second) {
  scope outer = g->s;
  const char *text, *cond;
  bool negative = false;
  const sym *s = chance(g, 2) ? maybe_absent(g, &text) : NULL;
  if (s) cond = state_test(g, s, text, &negative);
  else cond = boolean(g, depth).text;
  if (s && !negative) learn(g, text, s);
  *first = make(g, t, depth);
  g->s = outer;
  if (s && negative) learn(g, text, s);
  *second = make(g, t, depth);
  g->s = outer;
  ex r = *first;
  r.text = SAY(g, "wenn %s dann %s sonst %s", cond, first->text, second->text);
  r.bind = BIND_PREFIX;
  r.konst = false;
  return r;
}

static ex make_number(gen *g, const type *t, int depth) { return number(g, t->dim, t->form == BRUCH, depth); }

static ex number_chosen(gen *g, dim d, bool bruch, int depth) {
  type t = {.form = bruch ? BRUCH : NUMBER, .dim = d};
  ex a, b, r = chosen(g, &t, depth, make_number, &a, &b), both = united(a, b);
  both.text = r.text;
  both.bind = r.bind;
  both.konst = false;
  return both;
}

/* Head of an aggregate, "Gruppe als v1 mit …"; the axis and what the filter says are in the scope then. Returns the number of elements. */
static int enter_aggregate(gen *g, int depth, bool need_filter, const char **head) {
  int of = below(g, g->n_plain);
  scope *s = &g->s;
  int kept = 0;
  for (int i = 0; i < s->n_facts; i++)
    if (s->fact_of[i]->n_axes == 0) {
      s->facts[kept] = s->facts[i];
      s->fact_of[kept++] = s->fact_of[i];
    }
  s->n_facts = kept;
  s->nested++;
  const char *alias = chance(g, 2) ? SAY(g, "v%d", ++g->numbers) : NULL, *text;
  s->axes[s->n++] = (axis_name){alias ? alias : g->enums[of].name, of};
  *head = alias ? SAY(g, "%s als %s", g->enums[of].name, alias) : g->enums[of].name;
  if (!need_filter && chance(g, 2)) return g->enums[of].count;
  const sym *known = chance(g, 2) ? maybe_absent(g, &text) : NULL;
  if (known) {
    *head = SAY(g, "%s mit %s vorhanden", *head, text);
    learn(g, text, known);
  } else *head = SAY(g, "%s mit %s", *head, boolean(g, depth).text);
  return g->enums[of].count;
}

static bool may_nest(const gen *g) { return g->s.nested < 2 && g->s.n < MAX_AXES_IN_SCOPE; }

static ex number_over(gen *g, dim d, bool bruch, int depth) {
  static const char *const words[] = {"summe", "kleinste", "größte"};
  scope outer = g->s;
  const char *head;
  int which = below(g, 3) * below(g, 2), n = enter_aggregate(g, depth, false, &head);
  ex body = number(g, d, bruch, depth), r = body;
  g->s = outer;
  r.text = SAY(g, "%s über %s : %s", words[which], head, body.text);
  r.bind = BIND_PREFIX;
  r.konst = false;
  if (which == 0) {
    r.rounded = false;
    r.nb += (r.db ? r.db * (n - 1) : 0) + 3;
    r.db *= n;
  } else if (r.nb + r.db > MAX_BITS) return NOTHING;
  return r;
}

static ex rounded(gen *g, ex a, int decimals) {
  static const char *const modes[] = {"kaufmännisch", "aufwärts", "abwärts", "gerade"};
  ex r = a;
  int scale = decimals + (a.type.percent ? 2 : 0);
  r.text = SAY(g, "%s gerundet %s auf %d", parens(g, &a, BIND_ROUND), modes[below(g, 4)], decimals);
  r.bind = BIND_ROUND;
  r.type.form = NUMBER;
  r.type.scale = scale;
  r.rounded = true;
  if (scale >= a.vs) r.nb += ten_bits(scale - a.vs);
  else {
    r.nb = larger(r.nb - 3 * (a.vs - scale), 0) + 1;
    if (a.db + ten_bits(a.vs - scale) > MAX_BITS) return NOTHING;
  }
  r.db = 0;
  r.vs = scale;
  return r;
}

static ex number_rounded(gen *g, dim d, int depth) {
  ex a = number(g, d, true, depth), r = rounded(g, a, below(g, 4));
  return r.text && r.nb <= 61 ? r : NOTHING; /* a quotient is stored in 64 bits where it is rounded */
}

static ex number_converted(gen *g, dim d, bool bruch, int depth) {
  int at = -1, others = 0, to = 3 + below(g, 3);
  for (int i = 3; i < UNITS; i++) {
    if (d.power[i]) at = i;
    others += d.power[i] != 0;
  }
  if (others != 1 || to == at || !expressible(d)) {
    if (!same_dim(d, PLAIN)) return NOTHING;
    ex a = number(g, d, bruch, depth), r = a;
    r.text = SAY(g, "%s in Prozent", parens(g, &a, BIND_ROUND));
    r.bind = BIND_ROUND;
    r.type.percent = true;
    if (r.type.form == NUMBER && r.type.scale < 2) r.type.scale = 2;
    return r;
  }
  dim from = d;
  from.power[to] = d.power[at];
  from.power[at] = 0;
  int num = d.power[at] > 0 ? minutes[to] : minutes[at], den = d.power[at] > 0 ? minutes[at] : minutes[to];
  bool whole = num % den == 0;
  if (!whole && !bruch) return NOTHING;
  ex a = number(g, from, bruch, depth), r = a;
  r.text = SAY(g, "%s in %s", parens(g, &a, BIND_ROUND), unit_text(g, d, ""));
  r.bind = BIND_ROUND;
  r.type.dim = d;
  r.type.percent = r.rounded = false;
  if (!whole) r.type.form = BRUCH, r.type.scale = 0;
  r.nb += bits(num);
  r.db += whole ? 0 : bits(den);
  return r;
}

static ex number_called(gen *g, dim d, bool bruch, int depth) {
  dim day = PLAIN;
  day.power[0] = 1;
  ex r = {.bind = BIND_PRIMARY, .type = {.form = NUMBER, .dim = d}, .nb = 23};
  if (same_dim(d, PLAIN) && chance(g, 3)) r.text = SAY(g, "jahr(%s)", quarter(g, depth).text);
  else if (same_dim(d, day) && chance(g, 2)) r.text = SAY(g, "%s(%s)", chance(g, 2) ? "tage" : "nächte", quarter(g, depth).text);
  else if (same_dim(d, day)) r.text = SAY(g, "tagezwischen(%s, %s)", date(g, depth).text, date(g, depth).text);
  else if (chance(g, 3)) {
    ex a = number(g, d, bruch, depth);
    r = a;
    r.text = SAY(g, "abs(%s)", a.text);
    r.bind = BIND_PRIMARY;
  } else {
    ex a = number(g, d, bruch, depth), b = number(g, d, bruch, depth);
    r = united(a, b);
    r.text = SAY(g, "%s(%s, %s)", chance(g, 2) ? "min" : "max", a.text, b.text);
    r.bind = BIND_PRIMARY;
    if (r.nb + r.db > MAX_BITS) return NOTHING;
  }
  return r;
}

static ex number(gen *g, dim d, bool bruch, int depth) {
  ex e = NOTHING;
  switch (depth > 0 ? below(g, 14) : 0) {
  case 0:
  case 1: break;
  case 2:
  case 3: e = sum_of_two(g, d, bruch, depth - 1); break;
  case 4:
  case 5:
  case 6: e = product(g, d, bruch, depth - 1); break;
  case 7: e = number_chosen(g, d, bruch, depth - 1); break;
  case 8:
    if (may_nest(g)) e = number_over(g, d, bruch, depth - 1);
    break;
  case 9: e = number_rounded(g, d, depth - 1); break;
  case 10: e = number_converted(g, d, bruch, depth - 1); break;
  case 11: e = number_called(g, d, bruch, depth - 1); break;
  case 12: {
    ex a = number(g, d, bruch, depth - 1);
    e = a;
    e.text = SAY(g, "-%s", parens(g, &a, BIND_PRIMARY));
    e.bind = BIND_SIGN;
    break;
  }
  default:
    if (same_dim(d, PLAIN) && may_nest(g)) {
      scope outer = g->s;
      const char *head;
      enter_aggregate(g, depth - 1, true, &head);
      g->s = outer;
      e = (ex){.text = SAY(g, "anzahl %s", head), .bind = BIND_PREFIX, .type = {.form = NUMBER}, .nb = 3};
    }
    break;
  }
  return small_enough(&e) ? e : number_leaf(g, d, bruch);
}

/* ---- everything else ---- */

static ex made(const char *text, ast_bind bind, form f, int of) { return (ex){.text = text, .bind = bind, .type = {.form = f, .of = of}}; }

static ex make_date(gen *g, const type *t, int depth) { return (void)t, date(g, depth); }
static ex make_quarter(gen *g, const type *t, int depth) { return (void)t, quarter(g, depth); }
static ex make_bool(gen *g, const type *t, int depth) { return (void)t, boolean(g, depth); }
static ex make_member(gen *g, const type *t, int depth) { return member(g, t->of, depth); }

static ex date(gen *g, int depth) {
  static const char *const plus[] = {"plustage", "pluswochen", "plusmonate"};
  ex e, a, b;
  switch (depth > 0 ? below(g, 6) : 0) {
  case 1: {
    ex n = number(g, PLAIN, false, depth - 1);
    if (n.type.form != NUMBER || n.type.scale || n.vs || n.nb > 70) n = number_literal(g, PLAIN, true);
    if (n.type.scale) n.text = "3";
    return made(SAY(g, "%s(%s, %s)", plus[below(g, 3)], date(g, depth - 1).text, n.text), BIND_PRIMARY, DATE, 0);
  }
  case 2: return made(SAY(g, "%s(%s)", chance(g, 2) ? "beginn" : "ende", quarter(g, depth - 1).text), BIND_PRIMARY, DATE, 0);
  case 3: return chosen(g, &(type){.form = DATE}, depth - 1, make_date, &a, &b);
  default: break;
  }
  e = symbol_of(g, DATE, PLAIN, 0, false);
  return e.text && !chance(g, 4) ? e : made(date_literal(g), BIND_PRIMARY, DATE, 0);
}

static ex quarter(gen *g, int depth) {
  ex a, b;
  if (depth > 0 && chance(g, 4)) return made(SAY(g, "quartal(%s)", date(g, depth - 1).text), BIND_PRIMARY, QUARTER, 0);
  if (depth > 0 && chance(g, 6)) return chosen(g, &(type){.form = QUARTER}, depth - 1, make_quarter, &a, &b);
  ex e = symbol_of(g, QUARTER, PLAIN, 0, false);
  return e.text && !chance(g, 4) ? e : made(literal(g, &(type){.form = QUARTER}), BIND_PRIMARY, QUARTER, 0);
}

static ex member(gen *g, int of, int depth) {
  ex a, b;
  if (depth > 0 && chance(g, 6)) return chosen(g, &(type){.form = ENUM, .of = of}, depth - 1, make_member, &a, &b);
  for (int i = 0; i < g->s.n; i++)
    if (g->s.axes[i].of == of && scope_find(&g->s, g->s.axes[i].name) == i && chance(g, 2)) return made(g->s.axes[i].name, BIND_PRIMARY, ENUM, of);
  ex e = symbol_of(g, ENUM, PLAIN, of, false);
  return e.text && !chance(g, 5) ? e : made(literal(g, &(type){.form = ENUM, .of = of}), BIND_PRIMARY, ENUM, of);
}

static ex compared(gen *g, int depth) {
  static const char *const ops[] = {"=", "<>", "<", "<=", ">", ">="};
  const char *op = ops[below(g, 6)];
  ex a, b;
  switch (below(g, 8)) {
  case 0: a = date(g, depth), b = date(g, depth); break;
  case 1: a = quarter(g, depth), b = quarter(g, depth); break;
  case 2: a = boolean(g, depth), b = boolean(g, depth), op = ops[below(g, 2)]; break;
  case 3: {
    int of = below(g, g->n_enums);
    a = member(g, of, depth), b = member(g, of, depth), op = ops[below(g, 2)];
    break;
  }
  default: {
    dim d = known_dim(g);
    if (!expressible(d)) d = PLAIN;
    a = number(g, d, true, depth);
    b = chance(g, 2) ? number_literal(g, d, true) : number(g, d, true, depth);
    ex x = a, y = b;
    align(&x, &y);
    if (x.nb + y.db > MAX_BITS || y.nb + x.db > MAX_BITS) a = number_literal(g, d, true), b = number_leaf(g, d, false);
    break;
  }
  }
  return made(SAY(g, "%s %s %s", parens(g, &a, BIND_ROUND), op, parens(g, &b, BIND_ROUND)), BIND_COMPARE, BOOL, 0);
}

static ex is_word(gen *g, int depth) {
  int of = below(g, g->n_enums);
  ex a = member(g, of, depth);
  const char *word = g->enums[of].attrs && chance(g, 2) ? SAY(g, "art%d-%d", of, below(g, g->enums[of].attrs))
                                                         : g->enums[of].members[below(g, g->enums[of].count)];
  return made(SAY(g, "%s ist %s%s", parens(g, &a, BIND_ROUND), chance(g, 3) ? "nicht " : "", word), BIND_COMPARE, BOOL, 0);
}

static ex boolean(gen *g, int depth) {
  static const char *const states[] = {"vorhanden", "fehlt", "entfällt", "unbestimmt"};
  scope outer = g->s;
  ex a, b;
  const char *text;
  const sym *s;
  switch (depth > 0 ? below(g, 12) : 11) {
  case 0:
    a = boolean(g, depth - 1);
    return made(SAY(g, "nicht %s", parens(g, &a, BIND_NOT)), BIND_NOT, BOOL, 0);
  case 1:
    a = boolean(g, depth - 1), b = boolean(g, depth - 1);
    return made(SAY(g, "%s und %s", parens(g, &a, BIND_AND), parens(g, &b, BIND_NOT)), BIND_AND, BOOL, 0);
  case 2:
    a = boolean(g, depth - 1), b = boolean(g, depth - 1);
    return made(SAY(g, "%s oder %s", parens(g, &a, BIND_OR), parens(g, &b, BIND_AND)), BIND_OR, BOOL, 0);
  case 3:
    if (!(s = maybe_absent(g, &text))) break;
    learn(g, text, s);
    b = compared(g, depth - 1);
    g->s = outer;
    if (chance(g, 2)) return made(SAY(g, "%s vorhanden und %s", text, parens(g, &b, BIND_NOT)), BIND_AND, BOOL, 0);
    return made(SAY(g, "nicht %s vorhanden oder %s", text, parens(g, &b, BIND_AND)), BIND_OR, BOOL, 0);
  case 4:
    if (!(s = maybe_absent(g, &text))) break;
    return made(SAY(g, "%s %s", text, states[below(g, 4)]), BIND_COMPARE, BOOL, 0);
  case 5: {
    if (!may_nest(g)) break;
    const char *head;
    enter_aggregate(g, depth - 1, false, &head);
    a = boolean(g, depth - 1);
    g->s = outer;
    return made(SAY(g, "%s %s : %s", chance(g, 2) ? "irgendein" : "alle", head, a.text), BIND_PREFIX, BOOL, 0);
  }
  case 6: return is_word(g, depth - 1);
  case 7: return chosen(g, &(type){.form = BOOL}, depth - 1, make_bool, &a, &b);
  case 8:
  case 9:
  case 10: return compared(g, depth - 1);
  default: break;
  }
  a = symbol_of(g, BOOL, PLAIN, 0, false);
  if (a.text && !chance(g, 4)) return a;
  return chance(g, 6) ? made(chance(g, 2) ? "ja" : "nein", BIND_PRIMARY, BOOL, 0) : compared(g, 0);
}

/* ---- values of rules ---- */

typedef struct goal { type type; unsigned states; } goal;

static ex plain_value(gen *g, const type *t, int depth) {
  ex e;
  switch (t->form) {
  case BOOL: return boolean(g, depth);
  case DATE: return date(g, depth);
  case QUARTER: return quarter(g, depth);
  case ENUM: return member(g, t->of, depth);
  case BRUCH: return number(g, t->dim, true, depth);
  case NUMBER: break;
  }
  for (int i = 0; i < 4; i++) {
    e = number(g, t->dim, chance(g, 2), depth);
    if (t->percent != e.type.percent) { /* `in Prozent`, or times one */
      const char *all = t->percent ? SAY(g, "%s in Prozent", parens(g, &e, BIND_ROUND)) : SAY(g, "%s * 1", parens(g, &e, BIND_PRODUCT));
      e.text = all;
      e.bind = t->percent ? BIND_ROUND : BIND_PRODUCT;
      e.type.percent = t->percent;
      e.rounded = e.rounded && t->percent;
      if (t->percent && e.type.form == NUMBER && e.type.scale < 2) e.type.scale = 2;
    }
    bool arms = e.bind <= BIND_DEFAULT; /* each might be rounded to other decimals */
    bool must = e.type.form == BRUCH || e.type.scale > t->scale || (e.rounded && e.type.scale != t->scale) || arms;
    if (must || chance(g, 3)) e = rounded(g, e, t->scale - (t->percent ? 2 : 0));
    else e.nb += ten_bits(t->scale - e.vs), e.vs = t->scale;
    if (small_enough(&e)) return e;
  }
  e = NOTHING;
  e.text = literal(g, t);
  e.bind = BIND_PRIMARY;
  e.type = *t;
  e.nb = 20 + ten_bits(t->scale);
  e.vs = t->scale;
  return e;
}

static ex value_of(gen *g, const goal *w, int depth) {
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt \"offene Frage\""};
  for (int k = 1; k <= 3; k++)
    if (w->states & 1u << k && chance(g, 6)) return (ex){.text = words[k], .bind = BIND_PRIMARY, .type = w->type, .vs = w->type.scale};
  if (depth > 0 && w->states && chance(g, 3)) { /* the states of another symbol pass on */
    for (int i = 0; i < g->n_syms; i++) {
      const sym *s = &g->syms[i];
      if (!s->states || (s->states & ~w->states) || s->type.form != w->type.form || !chance(g, 2)) continue;
      bool fits = s->type.form == NUMBER ? same_dim(s->type.dim, w->type.dim) && s->type.percent == w->type.percent && s->type.scale <= w->type.scale
                                         : s->type.of == w->type.of && s->type.form != BRUCH;
      if (fits) return (ex){.text = reference(g, s), .bind = BIND_PRIMARY, .type = s->type, .nb = s->nb + ten_bits(w->type.scale - s->vs), .vs = w->type.scale};
    }
  }
  if (depth > 0 && chance(g, 4)) {
    scope outer = g->s;
    const char *text, *cond;
    bool negative = false;
    const sym *s = chance(g, 2) ? maybe_absent(g, &text) : NULL;
    cond = s ? state_test(g, s, text, &negative) : boolean(g, depth - 1).text;
    if (s && !negative) learn(g, text, s);
    ex a = value_of(g, w, depth - 1);
    g->s = outer;
    if (s && negative) learn(g, text, s);
    ex b = value_of(g, w, depth - 1), r = a;
    g->s = outer;
    if (w->type.form <= BRUCH) r = united(a, b);
    r.text = SAY(g, "wenn %s dann %s sonst %s", cond, a.text, b.text);
    r.bind = BIND_PREFIX;
    /* arms rounded alike would count as rounded to their decimals */
    return r;
  }
  return plain_value(g, &w->type, depth);
}

/* ---- declarations ---- */

static sym *add_symbol(gen *g, sym s) {
  if (g->n_syms == MAX_SYMBOLS) return NULL;
  g->syms[g->n_syms] = s;
  return &g->syms[g->n_syms++];
}

static type some_type(gen *g) {
  type t = {.form = NUMBER};
  switch (below(g, 10)) {
  case 0:
  case 1: t.form = BOOL; break;
  case 2: t.form = DATE; break;
  case 3: t.form = ENUM, t.of = below(g, g->n_plain); break;
  case 4: t.percent = true, t.scale = 2 + below(g, 3); break;
  default: t.dim = some_dim(g), t.scale = below(g, 3); break;
  }
  return t;
}

static int some_axes(gen *g, axis_name *axes, bool alias) {
  int kind = below(g, 20), n = kind < 10 ? 0 : kind < 17 ? 1 : 2;
  for (int i = 0; i < n; i++) {
    axes[i].of = below(g, g->n_plain);
    axes[i].name = g->enums[axes[i].of].name;
  }
  bool twice = n == 2 && axes[0].of == axes[1].of;
  for (int i = 0; i < n; i++)
    if (twice || (alias && chance(g, 4))) axes[i].name = SAY(g, "w%d", ++g->numbers);
  return n;
}

static const char *axes_text(gen *g, const axis_name *axes, int n, bool columns) {
  const char *all = n ? " je " : "";
  for (int i = 0; i < n; i++) {
    const char *name = g->enums[axes[i].of].name;
    bool alias = strcmp(name, axes[i].name) != 0;
    all = SAY(g, "%s%s%s%s%s%s", all, i ? ", " : "", name, alias ? " als " : "", alias ? axes[i].name : "", columns ? SAY(g, " spalte \"Achse %d\"", i + 1) : "");
  }
  return all;
}

static void make_enums(gen *g) {
  static const char *const names[] = {"Bereich", "Berufsgruppe", "Träger"};
  g->n_enums = 1 + below(g, 3);
  for (int e = 0; e < g->n_enums; e++) {
    g->enums[e].name = names[e];
    g->enums[e].count = 2 + below(g, MAX_MEMBERS - 1);
    g->enums[e].attrs = below(g, 3);
    const char *text = SAY(g, "aufzählung %s § %d\n", names[e], e + 3);
    bool used[2] = {false, false};
    for (int i = 0; i < g->enums[e].count; i++) {
      const char *name = g->enums[e].members[i] = SAY(g, "%c%d", 'a' + e, i + 1);
      text = SAY(g, "%s  %s%s%s", text, name, chance(g, 4) ? SAY(g, " = \"0%d\"", i) : "", chance(g, 4) ? " \"ein Wert\"" : "");
      for (int k = 0; k < g->enums[e].attrs; k++) {
        bool last = i + 1 == g->enums[e].count;
        if (chance(g, 2) && !(last && !used[k])) continue;
        text = SAY(g, "%s art%d-%d", text, e, k);
        used[k] = true;
      }
      text = SAY(g, "%s%s\n", text, i + 1 < g->enums[e].count ? "," : "");
    }
    declare(g, text);
  }
  g->n_plain = g->n_enums;
}

static void make_readings(gen *g) {
  for (int n = below(g, 3); n > 0 && g->n_enums < MAX_ENUMS; n--) {
    int of = g->n_enums++, preset = below(g, 2);
    const char *name = SAY(g, "Lesart %c", 'A' + of);
    g->enums[of].name = SAY(g, "Auslegung %s", name);
    g->enums[of].count = 2;
    g->enums[of].attrs = 0;
    const char *text = SAY(g, "auslegung %s \"Wie ist es gemeint?\" § 9\n", name);
    for (int i = 0; i < 2; i++) {
      g->enums[of].members[i] = SAY(g, "so%d-%d", of, i);
      text = SAY(g, "%s  %s%s \"Quelle %d\"%s\n", text, i == preset ? "vorgabe " : "", g->enums[of].members[i], i, i ? "" : ",");
    }
    declare(g, text);
    add_symbol(g, (sym){.kind = FIELD, .name = name, .type = {.form = ENUM, .of = of}});
  }
}

static const char *field_range(gen *g, sym *s) {
  int scale = s->type.percent ? s->type.scale - 2 : s->type.scale;
  int64_t lo = 0, hi = 0, one = 1;
  for (int i = 0; i < scale; i++) one *= 10;
  switch (below(g, 8)) {
  case 0: hi = 9; break;
  case 1: lo = -50 * one, hi = 99 * one; break;
  case 2: lo = -INT64_C(900000000000000000), hi = INT64_C(900000000000000000); break;
  case 3: hi = INT64_C(999999999999999999); break;
  case 4: lo = 1, hi = 999 * one; break;
  case 5: lo = -one, hi = 0; break;
  default: hi = 999999 * one; break;
  }
  if (s->type.percent) lo = 0, hi = 150 * one;
  s->nb = larger(bits(lo), bits(hi));
  s->vs = s->type.scale;
  const char *sign = s->type.percent ? " %" : "";
  return SAY(g, " %s%s..%s%s", decimal(g, lo, scale), sign, decimal(g, hi, scale), sign);
}

/* Preset inside of every range above. */
static const char *preset_text(gen *g, const sym *s) {
  if (s->type.form == NUMBER) return s->type.percent ? "7 %" : "0";
  return literal(g, &s->type);
}

static void make_input(gen *g, int fields) {
  const char *text = "eingabe Nachweis § 2\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Berichtsquartal = Jahr, Quartal\n";
  add_symbol(g, (sym){.kind = FIELD, .name = "Berichtsquartal", .type = {.form = QUARTER}});
  add_symbol(g, (sym){.kind = FIELD, .name = "Jahr", .type = {.form = NUMBER}, .nb = 11});
  for (int i = 0; i < fields; i++) {
    sym s = {.kind = FIELD, .name = SAY(g, "Menge F%d", i), .type = some_type(g)};
    s.n_axes = some_axes(g, s.axes, true);
    const char *range = s.type.form == NUMBER ? field_range(g, &s) : s.type.form == DATE ? " 01.01.2020..31.12.2030" : "", *absence = "";
    if (s.type.form == NUMBER && s.nb == bits(999) && chance(g, 2)) absence = "";
    else if (chance(g, 4)) absence = " optional", s.states = FEHLT;
    else if (chance(g, 4) && strncmp(range, " 0,1", 3) && strncmp(range, " 1", 2)) absence = SAY(g, " fehlend %s", preset_text(g, &s));
    if (s.type.form == DATE && *absence == ' ' && !s.states) absence = " fehlend 05.05.2024";
    text = SAY(g, "%s  aus \"T%d\"%s § 2 Abs. %d\n    %s : %s%s%s\n", text, i, axes_text(g, s.axes, s.n_axes, true), i + 1, s.name, type_text(g, &s.type), range, absence);
    add_symbol(g, s);
  }
  declare(g, text);
}

static const char *cell_text(gen *g, const type *t, sym *s) {
  if (chance(g, 8)) {
    s->states |= ENTFAELLT;
    return chance(g, 2) ? "entfällt" : "keine";
  }
  if (chance(g, 16)) {
    s->states |= OPEN;
    return "offen";
  }
  if (t->form != NUMBER) return literal(g, t);
  int scale = t->percent ? t->scale - 2 : t->scale, shown = below(g, scale + 1);
  int64_t v = chance(g, 6) ? 0 : some_number(g);
  return SAY(g, "%s%s%s", chance(g, 10) && v ? "-" : "", decimal(g, v, shown), t->percent ? " %" : "");
}

static void make_table(gen *g, int i) {
  sym s = {.kind = TABLE, .name = SAY(g, "Tafel T%d", i), .type = some_type(g)};
  do s.n_axes = some_axes(g, s.axes, true);
  while (!s.n_axes);
  s.nb = 18 + ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text = SAY(g, "%s %s%s : %s § 4\n", chance(g, 3) ? "grenze" : "tabelle", s.name, axes_text(g, s.axes, s.n_axes, false), type_text(g, &s.type));
  int rows = g->enums[s.axes[0].of].count, columns = s.n_axes == 2 ? g->enums[s.axes[1].of].count : 1, turn = below(g, columns);
  if (s.n_axes == 2) {
    for (int c = 0; c < columns; c++) text = SAY(g, "%s  %s", text, g->enums[s.axes[1].of].members[(c + turn) % columns]);
    text = SAY(g, "%s\n", text);
  }
  for (int r = rows - 1; r >= 0; r--) {
    text = SAY(g, "%s  %s", text, g->enums[s.axes[0].of].members[r]);
    if (columns > 1 && chance(g, 8)) {
      text = SAY(g, "%s entfällt", text);
      s.states |= ENTFAELLT;
    } else
      for (int c = 0; c < columns; c++) text = SAY(g, "%s  %s", text, cell_text(g, &s.type, &s));
    text = SAY(g, "%s%s\n", text, chance(g, 5) ? " § 4 Anlage" : "");
  }
  declare(g, text);
  add_symbol(g, s);
}

static const char *step_text(gen *g, sym *s) {
  const char *cell = cell_text(g, &s->type, s);
  return strcmp(cell, "offen") ? cell : "unbestimmt \"offen\"";
}

static void make_series(gen *g, int i) {
  static const char *const days[] = {"01.01.2023", "01.07.2024", "15.08.2024", "20.08.2024", "01.01.2025", "31.12.2025", "01.10.2026"};
  sym s = {.kind = STEPS, .name = SAY(g, "Reihe Z%d", i), .type = some_type(g)};
  s.nb = 18 + ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text = SAY(g, "zeitreihe %s : %s § 5\n", s.name, type_text(g, &s.type));
  for (int k = 0; k < 7; k++)
    if (k == 0 || chance(g, 2)) text = SAY(g, "%s  ab %s : %s\n", text, days[k], step_text(g, &s));
  declare(g, text);
  add_symbol(g, s);
}

static void make_tiers(gen *g, int i) {
  const sym *arg = NULL;
  for (int k = 0; k < 20 && !arg; k++) {
    const sym *c = &g->syms[below(g, g->n_syms)];
    if (c->type.form == NUMBER && c->n_axes == 0 && !(c->states & ABSENT) && (c->kind == FIELD || c->kind == RULE)) arg = c;
  }
  if (!arg) return;
  sym s = {.kind = STEPS, .name = SAY(g, "Stufe S%d", i), .type = some_type(g), .states = arg->states};
  s.nb = 18 + ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text = SAY(g, "staffel %s nach %s : %s § 6\n", s.name, arg->name, type_text(g, &s.type)), *open = "", *sign = arg->type.percent ? " %" : "";
  int scale = arg->type.percent ? arg->type.scale - 2 : arg->type.scale;
  int64_t at = below(g, 40) - 10;
  for (int k = 1 + below(g, 3); k > 0; k--, at += 1 + below(g, 500)) {
    const char *limit = SAY(g, "%s%s", decimal(g, at, scale), sign);
    int how = below(g, 3);
    text = SAY(g, "%s  %s%s%s %s : %s\n", text, open, *open ? " " : "", how ? "unter" : "bis", limit, step_text(g, &s));
    if (how == 2) text = SAY(g, "%s  %s : %s\n", text, limit, step_text(g, &s));
    open = SAY(g, "%s %s", how == 1 ? "ab" : "über", limit);
    if (how == 2) at++; /* the point itself is a step */
  }
  text = SAY(g, "%s  %s : %s\n", text, open, step_text(g, &s));
  declare(g, text);
  add_symbol(g, s);
}

static void enter_rule(gen *g, const sym *s) {
  g->s = (scope){.n = s->n_axes, .open = (s->states & OPEN) != 0};
  for (int i = 0; i < s->n_axes; i++) g->s.axes[i] = s->axes[i];
}

static void widen(sym *s, const ex *e) {
  ex old = {.nb = s->nb, .db = s->db, .vs = s->vs, .type = s->type}, both = united(old, *e);
  s->nb = both.nb;
  s->db = both.db;
  s->vs = both.vs;
}

/* Conditions of which exactly one holds; returns their number. */
static int split(gen *g, const char **conds) {
  int of = below(g, g->n_enums), n = 0;
  if (chance(g, 2)) {
    ex m = member(g, of, 0);
    if (m.bind != BIND_PRIMARY) m.text = SAY(g, "(%s)", m.text);
    for (int i = 0; i < g->enums[of].count; i++) conds[n++] = SAY(g, "%s ist %s", m.text, g->enums[of].members[i]);
    return n;
  }
  for (int k = 0; k < 30; k++) {
    const sym *s = &g->syms[below(g, g->n_syms)];
    if (s->type.form != NUMBER || (s->states & ABSENT) || ((s->states & OPEN) && !g->s.open)) continue;
    const char *subject = reference(g, s), *unit = unit_text(g, s->type.dim, ""), *percent = s->type.percent ? " %" : "";
    const char *low = SAY(g, "%d%s%s%s", below(g, 9), percent, *unit ? " " : "", unit), *high = SAY(g, "%d%s%s%s", 10 + below(g, 900), percent, *unit ? " " : "", unit);
    bool at = chance(g, 2);
    conds[0] = SAY(g, "%s %s %s", subject, at ? "<" : "<=", low);
    conds[1] = SAY(g, "%s %s %s und nicht %s > %s", subject, at ? ">=" : ">", low, subject, high);
    conds[2] = SAY(g, "%s > %s", subject, high);
    return 3;
  }
  return 0;
}

static const char *branch(gen *g, sym *s, const goal *w, const char *word, const char *label, const char *before, const char *cond, int depth) {
  ex v = value_of(g, w, depth);
  widen(s, &v);
  return SAY(g, "  %s %s%s%s § 7 Abs. 2\n    wenn %s\n    = %s\n", word, label, *before ? " vor " : "", before, cond, v.text);
}

/* Branches with a stated order, written in another one. */
static const char *ordered_branches(gen *g, sym *s, const goal *w, const char *word, int depth) {
  const char *text = "", *conds[MAX_MEMBERS + 4];
  int n = 1 + below(g, 3);
  bool apart = chance(g, 3) && (n = split(g, conds)) > 0;
  if (!apart) n = 1 + below(g, 3);
  int turn = below(g, n);
  for (int k = 0; k < n; k++) {
    int i = (k + turn) % n;
    const char *before = apart || i + 1 == n ? "" : SAY(g, "Teil-%d%s", i + 1, i + 2 < n && chance(g, 2) ? SAY(g, ", Teil-%d", i + 2) : "");
    text = SAY(g, "%s%s", text, branch(g, s, w, word, SAY(g, "Teil-%d", i), before, apart ? conds[i] : boolean(g, depth).text, depth));
  }
  return text;
}

static void make_rule(gen *g, const char *name, type t, int depth) {
  static const char *const words[] = {"", " oder fehlt", " oder entfällt", " oder unbestimmt"};
  sym s = {.kind = RULE, .name = name, .type = t};
  s.n_axes = some_axes(g, s.axes, true);
  for (int k = 1; k <= 3; k++)
    if (chance(g, 7)) s.states |= 1u << k;
  const char *head = SAY(g, "regel %s%s : %s", s.name, axes_text(g, s.axes, s.n_axes, false), type_text(g, &t)), *conds[MAX_MEMBERS + 4];
  for (int k = 1; k <= 3; k++)
    if (s.states & 1u << k) head = SAY(g, "%s%s", head, words[k]);
  head = SAY(g, "%s § 7\n", head);
  goal w = {t, s.states};
  enter_rule(g, &s);
  s.vs = t.form == NUMBER ? t.scale : 0;
  int shape = below(g, 10), n = 0;
  if (shape < 2 && (n = split(g, conds)) > 0) {
    for (int i = 0; i < n; i++) head = SAY(g, "%s%s", head, branch(g, &s, &w, "fall", SAY(g, "Teil-%d", i), "", conds[i], depth));
  } else if (shape < 4) {
    head = SAY(g, "%s%s", head, ordered_branches(g, &s, &w, "fall", depth));
    ex v = value_of(g, &w, depth);
    widen(&s, &v);
    head = SAY(g, "%s  sonst = %s\n", head, v.text);
  } else {
    ex v = value_of(g, &w, depth);
    widen(&s, &v);
    head = SAY(g, "%s  = %s\n", head, v.text);
    if (shape < 7) head = SAY(g, "%s%s", head, ordered_branches(g, &s, &w, "ausnahme", depth));
  }
  if (t.form == NUMBER) {
    s.vs = t.scale;
    if (s.nb > 63) s.nb = 63;
    s.db = 0;
  }
  if (s.nb > MAX_BITS || s.db > MAX_BITS) return; /* a Bruch too large to go on with */
  declare(g, head);
  sym *kept = add_symbol(g, s);
  if (kept && t.form == BRUCH) {
    type stored = {.form = NUMBER, .dim = t.dim, .scale = below(g, 4)};
    enter_rule(g, &(sym){.n_axes = 0});
    sym r = *kept;
    r.name = SAY(g, "%s gestutzt", name);
    r.type = stored;
    enter_rule(g, &r);
    g->s.open = true;
    r.states |= OPEN;
    ex e = rounded(g, treated(g, kept, kept->name), stored.scale);
    if (!e.text || e.nb > MAX_BITS) e = (ex){.text = SAY(g, "wenn %s vorhanden dann %s sonst %s", name, literal(g, &stored), literal(g, &stored)), .nb = 40};
    declare(g, SAY(g, "regel %s%s : %s oder unbestimmt § 7 Abs. 9\n  = %s\n", r.name, axes_text(g, r.axes, r.n_axes, false), type_text(g, &stored), e.text));
    r.nb = e.nb > 63 ? 63 : e.nb;
    r.db = 0;
    r.vs = stored.scale;
    r.states = OPEN;
    add_symbol(g, r);
  }
}

/* Every element of every rule is printed for every record: what no output needs may be left out, with its faults. */
static const char *output_text(gen *g, const sym *s, const char *file, bool more) {
  enter_rule(g, s);
  const char *axes = axes_text(g, s->axes, s->n_axes, false), *text = SAY(g, "ausgabe \"%s\"%s", file, axes);
  for (int i = 0; i < s->n_axes; i++) text = SAY(g, "%s\n  spalte \"Achse %d\" = %s", text, i + 1, s->axes[i].name);
  text = SAY(g, "%s\n  spalte \"Wert\" = %s\n", text, s->name);
  if (more && chance(g, 3)) {
    type t = some_type(g);
    g->s.open = true;
    ex e = t.form == NUMBER ? number(g, t.dim, false, 2) : plain_value(g, &t, 2);
    if (e.type.form != BRUCH && e.nb < 100) text = SAY(g, "%s  spalte \"Ausdruck\" = %s\n", text, e.text);
  }
  if (more && chance(g, 5)) text = SAY(g, "%s  spalte \"Fassung\" = Fassung\n  spalte \"Haus 2\" = Haus\n", text);
  if (more && chance(g, 4)) text = SAY(g, "%s\nausgabe \"%s, Auswahl\"%s wenn %s\n  spalte \"Wert\" = %s\n", text, file, axes, boolean(g, 1).text, s->name);
  return text;
}

static void make_check(gen *g, int i) {
  sym s = {.kind = RULE, .n_axes = 0};
  s.n_axes = some_axes(g, s.axes, false);
  enter_rule(g, &s);
  declare(g, SAY(g, "prüfung Prüfstein P%d%s %s § 8\n  wenn %s\n  \"Das fällt auf.\"\n", i, axes_text(g, s.axes, s.n_axes, false),
                 chance(g, 2) ? "hinweis" : "fehler", boolean(g, 2).text));
}

static type rule_type(gen *g) {
  type t = some_type(g);
  if (chance(g, 12)) t = (type){.form = QUARTER};
  if (t.form == NUMBER && !t.percent) t.dim = chance(g, 2) ? known_dim(g) : some_dim(g);
  if (!expressible(t.dim)) t.dim = PLAIN;
  if (t.form == NUMBER && !t.percent && chance(g, 6)) t.form = BRUCH, t.scale = 0;
  return t;
}

program_text program_gen(prng *p, ppr_arena *arena, int size) {
  gen *g = arena_alloc(arena, sizeof *g);
  if (!g) return (program_text){"", ""};
  *g = (gen){.p = p, .a = arena};
  declare(g, "einheit Tag, Woche, Euro\n");
  declare(g, "einheit Minute, Stunde = 60 Minute, Schicht = 7,5 Stunde\n");
  make_enums(g);
  make_input(g, 4 + size);
  make_readings(g);
  for (int i = 0; i < 2 + size / 4; i++) make_table(g, i);
  for (int i = below(g, 2 + size / 4); i > 0; i--) make_series(g, i);
  int first = g->n_syms;
  for (int i = 0; i < 3 + size; i++) {
    make_rule(g, SAY(g, "Ergebnis R%d", i), rule_type(g), 1 + below(g, 4));
    if (chance(g, 6)) make_tiers(g, i);
  }
  int last = g->n_syms;
  for (int i = below(g, 3); i > 0; i--) make_check(g, i);
  for (int i = first; i < last; i++)
    if (g->syms[i].kind == RULE && g->syms[i].type.form != BRUCH) declare(g, output_text(g, &g->syms[i], SAY(g, "D%d", i), true));
  const char *text = SAY(g, "regelwerk Zufall \"Erzeugte Regeln\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz AT 05.02.2024 B4\"\n  gilt ab 01.01.2024%s\n\n",
                         chance(g, 2) ? " bis 31.12.2027" : "");
  int base = g->n_decls;
  for (int i = base; i > 1; i--) { /* the order of declarations means nothing */
    int k = below(g, i);
    const char *swap = g->decls[i - 1];
    g->decls[i - 1] = g->decls[k];
    g->decls[k] = swap;
  }
  for (int i = 0; i < base; i++) text = SAY(g, "%s%s\n", text, g->decls[i]);
  type t = rule_type(g);
  if (t.form == BRUCH) t.form = NUMBER;
  make_rule(g, "Zugabe", t, 3);
  const char *extra = "";
  for (int i = base; i < g->n_decls; i++) extra = SAY(g, "%s%s\n", extra, g->decls[i]);
  extra = SAY(g, "%s%s\n", extra, output_text(g, &g->syms[g->n_syms - 1], "Zugabe", false));
  return (program_text){text, extra};
}
