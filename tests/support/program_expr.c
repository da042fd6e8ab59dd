/* Expressions of generated rule files: made for a wanted type; each carries what the checker will find (type, decimals, strength) and a bound of its
 * size, so that intermediate results fit 128 bits: stored numbers may still overflow, divisors may be zero. */
#include "support/program_int.h"
#include <string.h>

static const char *const unit_names[UNITS] = {"Tag", "Woche", "Euro", "Minute", "Stunde", "Schicht"};
static const int minutes[UNITS] = {0, 0, 0, 1, 60, 450};
static ex date(gen *g, int depth);
static ex quarter(gen *g, int depth);

static const ex NOTHING = {0};
static const dim PLAIN = {{0}};

int gen_below(gen *g, int n) { return (int)prng_below(g->p, (uint64_t)n); }
bool gen_chance(gen *g, int n) { return gen_below(g, n) == 0; }

void gen_declare(gen *g, const char *text) {
  if (g->n_decls < MAX_DECLS) g->decls[g->n_decls++] = text;
}

int gen_bits(int64_t v) {
  int n = 0;
  for (uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v; u; u >>= 1) n++;
  return n;
}
int gen_ten_bits(int n) { return n > 0 ? (n * 10 + 2) / 3 : 0; }
int gen_larger(int a, int b) { return a > b ? a : b; }

static const char *parens(gen *g, const ex *e, ast_bind least) { return e->bind < least || gen_chance(g, 12) ? SAY(g, "(%s)", e->text) : e->text; }

/* ---- units and types ---- */

static bool same_dim(dim a, dim b) { return !memcmp(&a, &b, sizeof a); }

bool gen_expressible(dim d) {
  int up = 0, down = 0;
  for (int i = 0; i < UNITS; i++) {
    if (d.power[i] > 1 || d.power[i] < -1) return false;
    up += d.power[i] == 1;
    down += d.power[i] == -1;
  }
  return up <= 1 && down <= 1;
}

const char *gen_unit_text(gen *g, dim d, const char *none) {
  const char *up = none, *down = NULL;
  for (int i = 0; i < UNITS; i++) {
    if (d.power[i] == 1) up = unit_names[i];
    if (d.power[i] == -1) down = unit_names[i];
  }
  if (!down) return up;
  return SAY(g, "%s je %s", *up ? up : "Zahl", down);
}

dim gen_some_dim(gen *g) {
  dim d = PLAIN;
  int kind = gen_below(g, 10);
  if (kind < 4) return d;
  d.power[gen_below(g, UNITS)] = 1;
  if (kind >= 8) d.power[gen_below(g, UNITS)] -= 1;
  return d;
}

dim gen_known_dim(gen *g) {
  for (int i = 0; i < 8 && g->n_syms; i++) {
    const sym *s = &g->syms[gen_below(g, g->n_syms)];
    if (s->type.form <= BRUCH) return s->type.dim;
  }
  return gen_some_dim(g);
}

static dim dim_sum(dim a, dim b, int sign) {
  for (int i = 0; i < UNITS; i++) a.power[i] += sign * b.power[i];
  return a;
}

const char *gen_type_text(gen *g, const type *t) {
  switch (t->form) {
  case NUMBER:
    if (t->percent) return SAY(g, "Prozent(%d)", t->scale - 2);
    return SAY(g, "%s(%d)", gen_unit_text(g, t->dim, "Zahl"), t->scale);
  case BRUCH: return SAY(g, "Bruch %s", gen_unit_text(g, t->dim, ""));
  case BOOL: return "ja/nein";
  case DATE: return "Datum";
  case QUARTER: return "Quartal";
  case ENUM: return g->enums[t->of].name;
  }
  return "";
}

/* ---- literals ---- */

const char *gen_decimal(gen *g, int64_t v, int scale) {
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, ten = 1;
  for (int i = 0; i < scale; i++) ten *= 10;
  const char *sign = v < 0 ? "-" : "";
  if (!scale) return SAY(g, "%s%" PRIu64, sign, u);
  return SAY(g, "%s%" PRIu64 ",%0*" PRIu64, sign, u / ten, scale, u % ten);
}

int64_t gen_some_number(gen *g) {
  static const int64_t usual[] = {1, 2, 3, 5, 7, 10, 60, 90, 95, 100, 365, 1000, 4810};
  switch (gen_below(g, 4)) {
  case 0: return usual[gen_below(g, (int)(sizeof usual / sizeof *usual))];
  case 1: return 1 + gen_below(g, 20);
  case 2: return 1 + gen_below(g, 1000);
  default: return 1 + gen_below(g, 100000);
  }
}

static ex number_literal(gen *g, dim d, bool zero) {
  int scale = gen_chance(g, 3) ? 1 + gen_below(g, 2) : 0;
  int64_t v = zero && gen_chance(g, 3) ? 0 : gen_some_number(g);
  bool percent = same_dim(d, PLAIN) && gen_chance(g, 5), negative = v && gen_chance(g, 9);
  const char *unit = gen_unit_text(g, d, "");
  ex e = {.bind = negative ? BIND_SIGN : BIND_PRIMARY,
          .type = {.form = NUMBER, .dim = d, .scale = scale + (percent ? 2 : 0), .percent = percent},
          .konst = true};
  e.text = SAY(g, "%s%s%s%s", gen_decimal(g, negative ? -v : v, scale), percent ? " %" : "", *unit ? " " : "", unit);
  e.nb = gen_bits(v);
  e.vs = e.type.scale;
  return e;
}

static const char *date_literal(gen *g) {
  static const char *const edges[] = {"29.02.2024", "31.12.2024", "01.01.2025", "31.03.2025", "01.07.2026"};
  if (gen_chance(g, 3)) return edges[gen_below(g, 5)];
  return SAY(g, "%02d.%02d.%d", 1 + gen_below(g, 28), 1 + gen_below(g, 12), 2020 + gen_below(g, 10));
}

const char *gen_literal(gen *g, const type *t) {
  switch (t->form) {
  case NUMBER: {
    if (t->percent) return SAY(g, "%s %%", gen_decimal(g, gen_below(g, 120), gen_below(g, gen_larger(1, t->scale - 1))));
    const char *unit = gen_unit_text(g, t->dim, "");
    return SAY(g, "%s%s%s", gen_decimal(g, gen_some_number(g), gen_below(g, t->scale + 1)), *unit ? " " : "", unit);
  }
  case BRUCH: return number_literal(g, t->dim, false).text;
  case BOOL: return gen_chance(g, 2) ? "ja" : "nein";
  case DATE: return date_literal(g);
  case QUARTER: return SAY(g, "202%d-Q%d", 3 + gen_below(g, 5), 1 + gen_below(g, 4));
  case ENUM: return g->enums[t->of].members[gen_below(g, g->enums[t->of].count)];
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
  if (s->kind == TABLE && gen_chance(g, 4)) { /* the record's own value */
    for (int i = 0; i < g->n_syms; i++) {
      const sym *f = &g->syms[i];
      bool there = !(f->states & ABSENT) && (!(f->states & OPEN) || g->s.open);
      if (f->type.form == ENUM && f->type.of == a->of && f->n_axes == 0 && there && gen_chance(g, 2)) return f->name;
    }
  }
  if (n && !gen_chance(g, 4)) return pool[gen_below(g, n)];
  return g->enums[a->of].members[gen_below(g, g->enums[a->of].count)];
}

const char *gen_reference(gen *g, const sym *s) {
  bool can = true;
  for (int i = 0; i < s->n_axes; i++) can = can && implicit(&g->s, &s->axes[i]);
  if (s->n_axes == 0 || (can && !gen_chance(g, 3))) return s->name;
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

ex gen_treated(gen *g, const sym *s, const char *text) {
  ex e = {.text = text, .bind = BIND_PRIMARY, .type = s->type, .konst = s->kind == TABLE, .nb = s->nb, .db = s->db, .vs = s->vs};
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt"};
  if (is_fact(g, text)) return e;
  for (int k = 1; k <= 3; k++) {
    if (!(s->states & 1u << k) || (k == 3 && g->s.open)) continue;
    const char *other = gen_literal(g, &s->type);
    e.text = SAY(g, "%s falls %s %s", e.text, words[k], other);
    e.bind = BIND_DEFAULT;
    e.nb = gen_larger(e.nb, 27 + gen_ten_bits(e.vs));
  }
  return e;
}

static ex symbol_of(gen *g, form f, dim d, int of, bool bruch) {
  const sym *pool[MAX_SYMBOLS];
  int n = 0;
  for (int i = 0; i < g->s.n_facts; i++) {
    const sym *s = g->s.fact_of[i];
    bool fits = s->type.form == f && (f != NUMBER || same_dim(s->type.dim, d)) && (f != ENUM || s->type.of == of);
    if (fits && gen_chance(g, 2)) return gen_treated(g, s, g->s.facts[i]);
  }
  for (int i = 0; i < g->n_syms; i++) {
    const sym *s = &g->syms[i];
    bool numeric = f == NUMBER && same_dim(s->type.dim, d) && (s->type.form == NUMBER || (s->type.form == BRUCH && bruch));
    if (numeric || (f != NUMBER && s->type.form == f && (f != ENUM || s->type.of == of))) pool[n++] = s;
  }
  if (!n) return NOTHING;
  const sym *s = pool[gen_below(g, n)];
  return gen_treated(g, s, gen_reference(g, s));
}

/* ---- numbers ---- */

static bool small_enough(const ex *e) {
  return e->text && e->nb <= MAX_BITS && e->db <= MAX_BITS && (!e->konst || e->nb + e->db <= 45) && e->type.scale <= 12;
}

static void align(ex *a, ex *b) {
  int vs = gen_larger(a->vs, b->vs);
  a->nb += gen_ten_bits(vs - a->vs);
  b->nb += gen_ten_bits(vs - b->vs);
  a->vs = b->vs = vs;
}

ex gen_united(ex a, ex b) {
  ex r = a;
  r.type.form = a.type.form == BRUCH || b.type.form == BRUCH ? BRUCH : NUMBER;
  r.type.percent = a.type.percent && b.type.percent;
  r.rounded = a.rounded && b.rounded && a.type.scale == b.type.scale && r.type.form == NUMBER;
  r.type.scale = r.type.form == BRUCH ? 0 : gen_larger(a.type.scale, b.type.scale);
  r.konst = a.konst && b.konst;
  align(&a, &b);
  r.nb = gen_larger(a.nb, b.nb);
  r.db = gen_larger(a.db, b.db);
  r.vs = a.vs;
  return r;
}

static ex number_leaf(gen *g, dim d, bool bruch) {
  if (!gen_chance(g, 4)) {
    ex e = symbol_of(g, NUMBER, d, 0, bruch);
    if (small_enough(&e)) return e;
  }
  return number_literal(g, d, false);
}

static ex sum_of_two(gen *g, dim d, bool bruch, int depth) {
  ex a = gen_number(g, d, bruch, depth), b = gen_number(g, d, bruch, depth), r = gen_united(a, b);
  bool minus = gen_chance(g, 2);
  r.text = SAY(g, "%s %c %s", parens(g, &a, BIND_SUM), minus ? '-' : '+', parens(g, &b, BIND_PRODUCT));
  r.bind = BIND_SUM;
  r.rounded = false;
  align(&a, &b);
  r.nb = gen_larger(a.nb + b.db, b.nb + a.db) + 1;
  r.db = a.db + b.db;
  return r;
}

static ex product(gen *g, dim d, bool bruch, int depth) {
  bool divide = bruch && gen_chance(g, 2);
  dim v = PLAIN, u = d;
  for (int i = 0; i < 6; i++) {
    v = gen_known_dim(g);
    u = dim_sum(d, v, divide ? 1 : -1);
    if (gen_expressible(v) && gen_expressible(u)) break;
    v = PLAIN;
    u = d;
  }
  ex a = gen_number(g, u, bruch, depth), b = gen_number(g, v, bruch, depth);
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
    const sym *s = &g->syms[gen_below(g, g->n_syms)];
    if (!s->states || s->type.form == BRUCH) continue;
    *text = gen_reference(g, s);
    return s;
  }
  return NULL;
}

/* A test after whose success the symbol is there; *negative: after whose failure. */
static const char *state_test(gen *g, const sym *s, const char *text, bool *negative) {
  *negative = false;
  if (s->states == FEHLT || s->states == ENTFAELLT) {
    const char *word = s->states == FEHLT ? "fehlt" : "entfällt";
    if (gen_chance(g, 3)) return SAY(g, "nicht %s %s", text, word);
    if (gen_chance(g, 3)) {
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
  const sym *s = gen_chance(g, 2) ? maybe_absent(g, &text) : NULL;
  if (s) cond = state_test(g, s, text, &negative);
  else cond = gen_boolean(g, depth).text;
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

static ex make_number(gen *g, const type *t, int depth) { return gen_number(g, t->dim, t->form == BRUCH, depth); }

static ex number_chosen(gen *g, dim d, bool bruch, int depth) {
  type t = {.form = bruch ? BRUCH : NUMBER, .dim = d};
  ex a, b, r = chosen(g, &t, depth, make_number, &a, &b), both = gen_united(a, b);
  both.text = r.text;
  both.bind = r.bind; /* konst as the arms: for some element only one may be left */
  return both;
}

/* Head of an aggregate, "Gruppe als v1 mit …"; the axis and what the filter says are in the scope then. Returns the number of elements. */
static int enter_aggregate(gen *g, int depth, bool need_filter, const char **head) {
  int of = gen_below(g, g->n_plain);
  scope *s = &g->s;
  int kept = 0;
  for (int i = 0; i < s->n_facts; i++)
    if (s->fact_of[i]->n_axes == 0) {
      s->facts[kept] = s->facts[i];
      s->fact_of[kept++] = s->fact_of[i];
    }
  s->n_facts = kept;
  s->nested++;
  const char *alias = gen_chance(g, 2) ? SAY(g, "v%d", ++g->numbers) : NULL, *text;
  s->axes[s->n++] = (axis_name){alias ? alias : g->enums[of].name, of};
  *head = alias ? SAY(g, "%s als %s", g->enums[of].name, alias) : g->enums[of].name;
  if (!need_filter && gen_chance(g, 2)) return g->enums[of].count;
  const sym *known = gen_chance(g, 2) ? maybe_absent(g, &text) : NULL;
  if (known) {
    *head = SAY(g, "%s mit %s vorhanden", *head, text);
    learn(g, text, known);
  } else *head = SAY(g, "%s mit %s", *head, gen_boolean(g, depth).text);
  return g->enums[of].count;
}

static bool may_nest(const gen *g) { return g->s.nested < 2 && g->s.n < MAX_AXES_IN_SCOPE; }

static ex number_over(gen *g, dim d, bool bruch, int depth) {
  static const char *const words[] = {"summe", "kleinste", "größte"};
  scope outer = g->s;
  const char *head;
  int which = gen_below(g, 3) * gen_below(g, 2), n = enter_aggregate(g, depth, false, &head);
  ex body = gen_number(g, d, bruch, depth), r = body;
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

ex gen_rounded(gen *g, ex a, int decimals) {
  static const char *const modes[] = {"kaufmännisch", "aufwärts", "abwärts", "gerade"};
  ex r = a;
  int scale = decimals + (a.type.percent ? 2 : 0);
  r.text = SAY(g, "%s gerundet %s auf %d", parens(g, &a, BIND_ROUND), modes[gen_below(g, 4)], decimals);
  r.bind = BIND_ROUND;
  r.type.form = NUMBER;
  r.type.scale = scale;
  r.rounded = true;
  if (scale >= a.vs) r.nb += gen_ten_bits(scale - a.vs);
  else {
    r.nb = gen_larger(r.nb - 3 * (a.vs - scale), 0) + 1;
    if (a.db + gen_ten_bits(a.vs - scale) > MAX_BITS) return NOTHING;
  }
  r.db = 0;
  r.vs = scale;
  return r;
}

static ex number_rounded(gen *g, dim d, int depth) {
  ex a = gen_number(g, d, true, depth), r = gen_rounded(g, a, gen_below(g, 4));
  return r.text && r.nb <= 61 ? r : NOTHING; /* a quotient is stored in 64 bits where it is rounded */
}

static ex number_converted(gen *g, dim d, bool bruch, int depth) {
  int at = -1, others = 0, to = 3 + gen_below(g, 3);
  for (int i = 3; i < UNITS; i++) {
    if (d.power[i]) at = i;
    others += d.power[i] != 0;
  }
  if (others != 1 || to == at || !gen_expressible(d)) {
    if (!same_dim(d, PLAIN)) return NOTHING;
    ex a = gen_number(g, d, bruch, depth), r = a;
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
  ex a = gen_number(g, from, bruch, depth), r = a;
  r.text = SAY(g, "%s in %s", parens(g, &a, BIND_ROUND), gen_unit_text(g, d, ""));
  r.bind = BIND_ROUND;
  r.type.dim = d;
  r.type.percent = r.rounded = false;
  if (!whole) r.type.form = BRUCH, r.type.scale = 0;
  r.nb += gen_bits(num);
  r.db += whole ? 0 : gen_bits(den);
  return r;
}

static ex number_called(gen *g, dim d, bool bruch, int depth) {
  dim day = PLAIN;
  day.power[0] = 1;
  ex r = {.bind = BIND_PRIMARY, .type = {.form = NUMBER, .dim = d}, .nb = 23};
  static const char *const of_date[] = {"monat", "wochentag", "kalenderwoche"};
  if (same_dim(d, PLAIN) && gen_chance(g, 3)) r.text = SAY(g, "%s(%s)", of_date[gen_below(g, 3)], date(g, depth).text);
  else if (same_dim(d, PLAIN) && gen_chance(g, 3)) r.text = SAY(g, "jahr(%s)", quarter(g, depth).text);
  else if (same_dim(d, day) && gen_chance(g, 2)) r.text = SAY(g, "%s(%s)", gen_chance(g, 2) ? "tage" : "nächte", quarter(g, depth).text);
  else if (same_dim(d, day)) r.text = SAY(g, "tagezwischen(%s, %s)", date(g, depth).text, date(g, depth).text);
  else if (gen_chance(g, 3)) {
    ex a = gen_number(g, d, bruch, depth);
    r = a;
    r.text = SAY(g, "abs(%s)", a.text);
    r.bind = BIND_PRIMARY;
  } else {
    ex a = gen_number(g, d, bruch, depth), b = gen_number(g, d, bruch, depth);
    r = gen_united(a, b);
    r.text = SAY(g, "%s(%s, %s)", gen_chance(g, 2) ? "min" : "max", a.text, b.text);
    r.bind = BIND_PRIMARY;
    if (r.nb + r.db > MAX_BITS) return NOTHING;
  }
  return r;
}

ex gen_number(gen *g, dim d, bool bruch, int depth) {
  ex e = NOTHING;
  switch (depth > 0 ? gen_below(g, 14) : 0) {
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
    ex a = gen_number(g, d, bruch, depth - 1);
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
static ex make_bool(gen *g, const type *t, int depth) { return (void)t, gen_boolean(g, depth); }
static ex make_member(gen *g, const type *t, int depth) { return gen_member(g, t->of, depth); }

static ex date(gen *g, int depth) {
  static const char *const plus[] = {"plustage", "pluswochen", "plusmonate"};
  ex e, a, b;
  switch (depth > 0 ? gen_below(g, 6) : 0) {
  case 1: {
    ex n = gen_number(g, PLAIN, false, depth - 1);
    if (n.type.form != NUMBER || n.type.scale || n.vs || n.nb > 70) n = number_literal(g, PLAIN, true);
    if (n.type.scale) n.text = "3";
    return made(SAY(g, "%s(%s, %s)", plus[gen_below(g, 3)], date(g, depth - 1).text, n.text), BIND_PRIMARY, DATE, 0);
  }
  case 2: return made(SAY(g, "%s(%s)", gen_chance(g, 2) ? "beginn" : "ende", quarter(g, depth - 1).text), BIND_PRIMARY, DATE, 0);
  case 3: return chosen(g, &(type){.form = DATE}, depth - 1, make_date, &a, &b);
  case 4:
    return made(SAY(g, "%s(%s, %s)", gen_chance(g, 2) ? "min" : "max", date(g, depth - 1).text, date(g, depth - 1).text), BIND_PRIMARY, DATE, 0);
  default: break;
  }
  e = symbol_of(g, DATE, PLAIN, 0, false);
  return e.text && !gen_chance(g, 4) ? e : made(date_literal(g), BIND_PRIMARY, DATE, 0);
}

static ex quarter(gen *g, int depth) {
  ex a, b;
  if (depth > 0 && gen_chance(g, 4)) return made(SAY(g, "quartal(%s)", date(g, depth - 1).text), BIND_PRIMARY, QUARTER, 0);
  if (depth > 0 && gen_chance(g, 6))
    return made(SAY(g, "%s(%s, %s)", gen_chance(g, 2) ? "min" : "max", quarter(g, depth - 1).text, quarter(g, depth - 1).text), BIND_PRIMARY, QUARTER,
                0);
  if (depth > 0 && gen_chance(g, 6)) return chosen(g, &(type){.form = QUARTER}, depth - 1, make_quarter, &a, &b);
  ex e = symbol_of(g, QUARTER, PLAIN, 0, false);
  return e.text && !gen_chance(g, 4) ? e : made(gen_literal(g, &(type){.form = QUARTER}), BIND_PRIMARY, QUARTER, 0);
}

ex gen_member(gen *g, int of, int depth) {
  ex a, b;
  if (depth > 0 && gen_chance(g, 6)) return chosen(g, &(type){.form = ENUM, .of = of}, depth - 1, make_member, &a, &b);
  for (int i = 0; i < g->s.n; i++)
    if (g->s.axes[i].of == of && scope_find(&g->s, g->s.axes[i].name) == i && gen_chance(g, 2))
      return made(g->s.axes[i].name, BIND_PRIMARY, ENUM, of);
  ex e = symbol_of(g, ENUM, PLAIN, of, false);
  return e.text && !gen_chance(g, 5) ? e : made(gen_literal(g, &(type){.form = ENUM, .of = of}), BIND_PRIMARY, ENUM, of);
}

static ex compared(gen *g, int depth) {
  static const char *const ops[] = {"=", "<>", "<", "<=", ">", ">="};
  const char *op = ops[gen_below(g, 6)];
  ex a, b;
  switch (gen_below(g, 8)) {
  case 0: a = date(g, depth), b = date(g, depth); break;
  case 1: a = quarter(g, depth), b = quarter(g, depth); break;
  case 2: a = gen_boolean(g, depth), b = gen_boolean(g, depth), op = ops[gen_below(g, 2)]; break;
  case 3: {
    int of = gen_below(g, g->n_enums);
    a = gen_member(g, of, depth), b = gen_member(g, of, depth), op = ops[gen_below(g, 2)];
    break;
  }
  default: {
    dim d = gen_known_dim(g);
    if (!gen_expressible(d)) d = PLAIN;
    a = gen_number(g, d, true, depth);
    b = gen_chance(g, 2) ? number_literal(g, d, true) : gen_number(g, d, true, depth);
    ex x = a, y = b;
    align(&x, &y);
    if (x.nb + y.db > MAX_BITS || y.nb + x.db > MAX_BITS) a = number_literal(g, d, true), b = number_leaf(g, d, false);
    break;
  }
  }
  return made(SAY(g, "%s %s %s", parens(g, &a, BIND_ROUND), op, parens(g, &b, BIND_ROUND)), BIND_COMPARE, BOOL, 0);
}

static ex is_word(gen *g, int depth) {
  int of = gen_below(g, g->n_enums);
  ex a = gen_member(g, of, depth);
  const char *word = g->enums[of].attrs && gen_chance(g, 2) ? SAY(g, "art%d-%d", of, gen_below(g, g->enums[of].attrs))
                                                            : g->enums[of].members[gen_below(g, g->enums[of].count)];
  return made(SAY(g, "%s ist %s%s", parens(g, &a, BIND_ROUND), gen_chance(g, 3) ? "nicht " : "", word), BIND_COMPARE, BOOL, 0);
}

ex gen_boolean(gen *g, int depth) {
  static const char *const states[] = {"vorhanden", "fehlt", "entfällt", "unbestimmt"};
  scope outer = g->s;
  ex a, b;
  const char *text;
  const sym *s;
  switch (depth > 0 ? gen_below(g, 12) : 11) {
  case 0: a = gen_boolean(g, depth - 1); return made(SAY(g, "nicht %s", parens(g, &a, BIND_NOT)), BIND_NOT, BOOL, 0);
  case 1:
    a = gen_boolean(g, depth - 1), b = gen_boolean(g, depth - 1);
    return made(SAY(g, "%s und %s", parens(g, &a, BIND_AND), parens(g, &b, BIND_NOT)), BIND_AND, BOOL, 0);
  case 2:
    a = gen_boolean(g, depth - 1), b = gen_boolean(g, depth - 1);
    return made(SAY(g, "%s oder %s", parens(g, &a, BIND_OR), parens(g, &b, BIND_AND)), BIND_OR, BOOL, 0);
  case 3:
    if (!(s = maybe_absent(g, &text))) break;
    learn(g, text, s);
    b = compared(g, depth - 1);
    g->s = outer;
    if (gen_chance(g, 2)) return made(SAY(g, "%s vorhanden und %s", text, parens(g, &b, BIND_NOT)), BIND_AND, BOOL, 0);
    return made(SAY(g, "nicht %s vorhanden oder %s", text, parens(g, &b, BIND_AND)), BIND_OR, BOOL, 0);
  case 4:
    if (!(s = maybe_absent(g, &text))) break;
    return made(SAY(g, "%s %s", text, states[gen_below(g, 4)]), BIND_COMPARE, BOOL, 0);
  case 5: {
    if (!may_nest(g)) break;
    const char *head;
    enter_aggregate(g, depth - 1, false, &head);
    a = gen_boolean(g, depth - 1);
    g->s = outer;
    return made(SAY(g, "%s %s : %s", gen_chance(g, 2) ? "irgendein" : "alle", head, a.text), BIND_PREFIX, BOOL, 0);
  }
  case 6: return is_word(g, depth - 1);
  case 7: return chosen(g, &(type){.form = BOOL}, depth - 1, make_bool, &a, &b);
  case 8:
  case 9:
  case 10: return compared(g, depth - 1);
  default: break;
  }
  a = symbol_of(g, BOOL, PLAIN, 0, false);
  if (a.text && !gen_chance(g, 4)) return a;
  return gen_chance(g, 6) ? made(gen_chance(g, 2) ? "ja" : "nein", BIND_PRIMARY, BOOL, 0) : compared(g, 0);
}

/* ---- values of rules ---- */

ex gen_plain_value(gen *g, const type *t, int depth) {
  ex e;
  switch (t->form) {
  case BOOL: return gen_boolean(g, depth);
  case DATE: return date(g, depth);
  case QUARTER: return quarter(g, depth);
  case ENUM: return gen_member(g, t->of, depth);
  case BRUCH: return gen_number(g, t->dim, true, depth);
  case NUMBER: break;
  }
  for (int i = 0; i < 4; i++) {
    e = gen_number(g, t->dim, gen_chance(g, 2), depth);
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
    if (must || gen_chance(g, 3)) e = gen_rounded(g, e, t->scale - (t->percent ? 2 : 0));
    else e.nb += gen_ten_bits(t->scale - e.vs), e.vs = t->scale;
    if (small_enough(&e)) return e;
  }
  e = NOTHING;
  e.text = gen_literal(g, t);
  e.bind = BIND_PRIMARY;
  e.type = *t;
  e.nb = 20 + gen_ten_bits(t->scale);
  e.vs = t->scale;
  return e;
}

ex gen_value_of(gen *g, const goal *w, int depth) {
  static const char *const words[] = {"", "fehlt", "entfällt", "unbestimmt \"offene Frage\""};
  for (int k = 1; k <= 3; k++)
    if (w->states & 1u << k && gen_chance(g, 6)) return (ex){.text = words[k], .bind = BIND_PRIMARY, .type = w->type, .vs = w->type.scale};
  if (depth > 0 && w->states && gen_chance(g, 3)) { /* the states of another symbol pass on */
    for (int i = 0; i < g->n_syms; i++) {
      const sym *s = &g->syms[i];
      if (!s->states || (s->states & ~w->states) || s->type.form != w->type.form || !gen_chance(g, 2)) continue;
      bool fits = s->type.form == NUMBER ? same_dim(s->type.dim, w->type.dim) && s->type.percent == w->type.percent && s->type.scale <= w->type.scale
                                         : s->type.of == w->type.of && s->type.form != BRUCH;
      if (fits)
        return (ex){.text = gen_reference(g, s),
                    .bind = BIND_PRIMARY,
                    .type = s->type,
                    .nb = s->nb + gen_ten_bits(w->type.scale - s->vs),
                    .vs = w->type.scale};
    }
  }
  if (depth > 0 && gen_chance(g, 4)) {
    scope outer = g->s;
    const char *text, *cond;
    bool negative = false;
    const sym *s = gen_chance(g, 2) ? maybe_absent(g, &text) : NULL;
    cond = s ? state_test(g, s, text, &negative) : gen_boolean(g, depth - 1).text;
    if (s && !negative) learn(g, text, s);
    ex a = gen_value_of(g, w, depth - 1);
    g->s = outer;
    if (s && negative) learn(g, text, s);
    ex b = gen_value_of(g, w, depth - 1), r = a;
    g->s = outer;
    if (w->type.form <= BRUCH) r = gen_united(a, b);
    r.text = SAY(g, "wenn %s dann %s sonst %s", cond, a.text, b.text);
    r.bind = BIND_PREFIX;
    /* arms rounded alike would count as rounded to their decimals */
    return r;
  }
  return gen_plain_value(g, &w->type, depth);
}
