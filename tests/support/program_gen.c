/* Declarations of generated rule files; see program_gen.h. */
#include "support/program_int.h"
#include <string.h>

static const dim PLAIN = {{0}};

/* ---- declarations ---- */

static sym *add_symbol(gen *g, sym s) {
  if (g->n_syms == MAX_SYMBOLS) return NULL;
  g->syms[g->n_syms] = s;
  return &g->syms[g->n_syms++];
}

static type some_type(gen *g) {
  type t = {.form = NUMBER};
  switch (gen_below(g, 10)) {
  case 0:
  case 1: t.form = BOOL; break;
  case 2: t.form = DATE; break;
  case 3: t.form = ENUM, t.of = gen_below(g, g->n_plain); break;
  case 4: t.percent = true, t.scale = 2 + gen_below(g, 3); break;
  default: t.dim = gen_some_dim(g), t.scale = gen_below(g, 3); break;
  }
  return t;
}

static int some_axes(gen *g, axis_name *axes, bool alias) {
  int kind = gen_below(g, 20), n = kind < 10 ? 0 : kind < 17 ? 1 : 2;
  for (int i = 0; i < n; i++) {
    axes[i].of = gen_below(g, g->n_plain);
    axes[i].name = g->enums[axes[i].of].name;
  }
  bool twice = n == 2 && axes[0].of == axes[1].of;
  for (int i = 0; i < n; i++)
    if (twice || (alias && gen_chance(g, 4))) axes[i].name = SAY(g, "w%d", ++g->numbers);
  return n;
}

static const char *axes_text(gen *g, const axis_name *axes, int n, bool columns) {
  const char *all = n ? " je " : "";
  for (int i = 0; i < n; i++) {
    const char *name = g->enums[axes[i].of].name;
    bool alias = strcmp(name, axes[i].name) != 0;
    all = SAY(g, "%s%s%s%s%s%s", all, i ? ", " : "", name, alias ? " als " : "", alias ? axes[i].name : "",
              columns ? SAY(g, " spalte \"Achse %d\"", i + 1) : "");
  }
  return all;
}

static void make_enums(gen *g) {
  static const char *const names[] = {"Bereich", "Berufsgruppe", "Träger"};
  g->n_enums = 1 + gen_below(g, 3);
  for (int e = 0; e < g->n_enums; e++) {
    g->enums[e].name = names[e];
    g->enums[e].count = 2 + gen_below(g, MAX_MEMBERS - 1);
    g->enums[e].attrs = gen_below(g, 3);
    const char *text = SAY(g, "aufzählung %s § %d\n", names[e], e + 3);
    bool used[2] = {false, false};
    for (int i = 0; i < g->enums[e].count; i++) {
      const char *name = g->enums[e].members[i] = SAY(g, "%c%d", 'a' + e, i + 1);
      text = SAY(g, "%s  %s%s%s", text, name, gen_chance(g, 4) ? SAY(g, " = \"0%d\"", i) : "", gen_chance(g, 4) ? " \"ein Wert\"" : "");
      for (int k = 0; k < g->enums[e].attrs; k++) {
        bool last = i + 1 == g->enums[e].count;
        if (gen_chance(g, 2) && !(last && !used[k])) continue;
        text = SAY(g, "%s art%d-%d", text, e, k);
        used[k] = true;
      }
      text = SAY(g, "%s%s\n", text, i + 1 < g->enums[e].count ? "," : "");
    }
    gen_declare(g, text);
  }
  g->n_plain = g->n_enums;
}

static void make_readings(gen *g) {
  for (int n = gen_below(g, 3); n > 0 && g->n_enums < MAX_ENUMS; n--) {
    int of = g->n_enums++, preset = gen_below(g, 2);
    const char *name = SAY(g, "Lesart %c", 'A' + of);
    g->enums[of].name = SAY(g, "Auslegung %s", name);
    g->enums[of].count = 2;
    g->enums[of].attrs = 0;
    const char *text = SAY(g, "auslegung %s \"Wie ist es gemeint?\" § 9\n", name);
    for (int i = 0; i < 2; i++) {
      g->enums[of].members[i] = SAY(g, "so%d-%d", of, i);
      text = SAY(g, "%s  %s%s \"Quelle %d\"%s\n", text, i == preset ? "vorgabe " : "", g->enums[of].members[i], i, i ? "" : ",");
    }
    gen_declare(g, text);
    add_symbol(g, (sym){.kind = FIELD, .name = name, .type = {.form = ENUM, .of = of}});
  }
}

static const char *field_range(gen *g, sym *s) {
  int scale = s->type.percent ? s->type.scale - 2 : s->type.scale;
  int64_t lo = 0, hi = 0, one = 1;
  for (int i = 0; i < scale; i++) one *= 10;
  switch (gen_below(g, 8)) {
  case 0: hi = 9; break;
  case 1: lo = -50 * one, hi = 99 * one; break;
  case 2: lo = -INT64_C(900000000000000000), hi = INT64_C(900000000000000000); break;
  case 3: hi = INT64_C(999999999999999999); break;
  case 4: lo = 1, hi = 999 * one; break;
  case 5: lo = -one, hi = 0; break;
  default: hi = 999999 * one; break;
  }
  if (s->type.percent) lo = 0, hi = 150 * one;
  s->nb = gen_larger(gen_bits(lo), gen_bits(hi));
  s->vs = s->type.scale;
  const char *sign = s->type.percent ? " %" : "";
  return SAY(g, " %s%s..%s%s", gen_decimal(g, lo, scale), sign, gen_decimal(g, hi, scale), sign);
}

/* Preset inside of every range above. */
static const char *preset_text(gen *g, const sym *s) {
  if (s->type.form == NUMBER) return s->type.percent ? "7 %" : "0";
  return gen_literal(g, &s->type);
}

static void make_input(gen *g, int fields) {
  const char *text = "eingabe Nachweis § 2\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Berichtsquartal = "
                     "Jahr, Quartal\n";
  add_symbol(g, (sym){.kind = FIELD, .name = "Berichtsquartal", .type = {.form = QUARTER}});
  add_symbol(g, (sym){.kind = FIELD, .name = "Jahr", .type = {.form = NUMBER}, .nb = 11});
  for (int i = 0; i < fields; i++) {
    sym s = {.kind = FIELD, .name = SAY(g, "Menge F%d", i), .type = some_type(g)};
    s.n_axes = some_axes(g, s.axes, true);
    const char *range = s.type.form == NUMBER ? field_range(g, &s) : s.type.form == DATE ? " 01.01.2020..31.12.2030" : "", *absence = "";
    if (s.type.form == NUMBER && s.nb == gen_bits(999) && gen_chance(g, 2)) absence = "";
    else if (gen_chance(g, 4)) absence = " optional", s.states = FEHLT;
    else if (gen_chance(g, 4) && strncmp(range, " 0,1", 3) && strncmp(range, " 1", 2)) absence = SAY(g, " fehlend %s", preset_text(g, &s));
    if (s.type.form == DATE && *absence == ' ' && !s.states) absence = " fehlend 05.05.2024";
    text = SAY(g, "%s  aus \"T%d\"%s § 2 Abs. %d\n    %s : %s%s%s\n", text, i, axes_text(g, s.axes, s.n_axes, true), i + 1, s.name,
               gen_type_text(g, &s.type), range, absence);
    add_symbol(g, s);
  }
  gen_declare(g, text);
}

static const char *cell_text(gen *g, const type *t, sym *s) {
  if (gen_chance(g, 8)) {
    s->states |= ENTFAELLT;
    return gen_chance(g, 2) ? "entfällt" : "keine";
  }
  if (gen_chance(g, 16)) {
    s->states |= OPEN;
    return "offen";
  }
  if (t->form != NUMBER) return gen_literal(g, t);
  int scale = t->percent ? t->scale - 2 : t->scale, shown = gen_below(g, scale + 1);
  int64_t v = gen_chance(g, 6) ? 0 : gen_some_number(g);
  return SAY(g, "%s%s%s", gen_chance(g, 10) && v ? "-" : "", gen_decimal(g, v, shown), t->percent ? " %" : "");
}

static void make_table(gen *g, int i) {
  sym s = {.kind = TABLE, .name = SAY(g, "Tafel T%d", i), .type = some_type(g)};
  do s.n_axes = some_axes(g, s.axes, true);
  while (!s.n_axes);
  s.nb = 18 + gen_ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text =
      SAY(g, "%s %s%s : %s § 4\n", gen_chance(g, 3) ? "grenze" : "tabelle", s.name, axes_text(g, s.axes, s.n_axes, false), gen_type_text(g, &s.type));
  int rows = g->enums[s.axes[0].of].count, columns = s.n_axes == 2 ? g->enums[s.axes[1].of].count : 1, turn = gen_below(g, columns);
  if (s.n_axes == 2) {
    for (int c = 0; c < columns; c++) text = SAY(g, "%s  %s", text, g->enums[s.axes[1].of].members[(c + turn) % columns]);
    text = SAY(g, "%s\n", text);
  }
  for (int r = rows - 1; r >= 0; r--) {
    text = SAY(g, "%s  %s", text, g->enums[s.axes[0].of].members[r]);
    if (columns > 1 && gen_chance(g, 8)) {
      text = SAY(g, "%s entfällt", text);
      s.states |= ENTFAELLT;
    } else
      for (int c = 0; c < columns; c++) text = SAY(g, "%s  %s", text, cell_text(g, &s.type, &s));
    text = SAY(g, "%s%s\n", text, gen_chance(g, 5) ? " § 4 Anlage" : "");
  }
  gen_declare(g, text);
  add_symbol(g, s);
}

static const char *step_text(gen *g, sym *s) {
  const char *cell = cell_text(g, &s->type, s);
  return strcmp(cell, "offen") ? cell : "unbestimmt \"offen\"";
}

static void make_series(gen *g, int i) {
  static const char *const days[] = {"01.01.2023", "01.07.2024", "15.08.2024", "20.08.2024", "01.01.2025", "31.12.2025", "01.10.2026"};
  sym s = {.kind = STEPS, .name = SAY(g, "Reihe Z%d", i), .type = some_type(g)};
  s.nb = 18 + gen_ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text = SAY(g, "zeitreihe %s : %s § 5\n", s.name, gen_type_text(g, &s.type));
  for (int k = 0; k < 7; k++)
    if (k == 0 || gen_chance(g, 2)) text = SAY(g, "%s  ab %s : %s\n", text, days[k], step_text(g, &s));
  gen_declare(g, text);
  add_symbol(g, s);
}

static void make_tiers(gen *g, int i) {
  const sym *arg = NULL;
  for (int k = 0; k < 20 && !arg; k++) {
    const sym *c = &g->syms[gen_below(g, g->n_syms)];
    if (c->type.form == NUMBER && c->n_axes == 0 && !(c->states & ABSENT) && (c->kind == FIELD || c->kind == RULE)) arg = c;
  }
  if (!arg) return;
  sym s = {.kind = STEPS, .name = SAY(g, "Stufe S%d", i), .type = some_type(g), .states = arg->states};
  s.nb = 18 + gen_ten_bits(s.type.scale);
  s.vs = s.type.scale;
  const char *text = SAY(g, "staffel %s nach %s : %s § 6\n", s.name, arg->name, gen_type_text(g, &s.type)), *open = "",
             *sign = arg->type.percent ? " %" : "";
  int scale = arg->type.percent ? arg->type.scale - 2 : arg->type.scale;
  int64_t at = gen_below(g, 40) - 10;
  for (int k = 1 + gen_below(g, 3); k > 0; k--, at += 2 + gen_below(g, 500)) {
    const char *limit = SAY(g, "%s%s", gen_decimal(g, at, scale), sign);
    int how = gen_below(g, 3);
    text = SAY(g, "%s  %s%s%s %s : %s\n", text, open, *open ? " " : "", how ? "unter" : "bis", limit, step_text(g, &s));
    if (how == 2) text = SAY(g, "%s  %s : %s\n", text, limit, step_text(g, &s));
    open = SAY(g, "%s %s", how == 1 ? "ab" : "über", limit);
    if (how == 2) at++; /* the point itself is a step */
  }
  text = SAY(g, "%s  %s : %s\n", text, open, step_text(g, &s));
  gen_declare(g, text);
  add_symbol(g, s);
}

static void enter_rule(gen *g, const sym *s) {
  g->s = (scope){.n = s->n_axes, .open = (s->states & OPEN) != 0};
  for (int i = 0; i < s->n_axes; i++) g->s.axes[i] = s->axes[i];
}

static void widen(sym *s, const ex *e) {
  ex old = {.nb = s->nb, .db = s->db, .vs = s->vs, .type = s->type}, both = gen_united(old, *e);
  s->nb = both.nb;
  s->db = both.db;
  s->vs = both.vs;
}

/* Conditions of which exactly one holds; returns their number. */
static int split(gen *g, const char **conds) {
  int of = gen_below(g, g->n_enums), n = 0;
  if (gen_chance(g, 2)) {
    ex m = gen_member(g, of, 0);
    if (m.bind != BIND_PRIMARY) m.text = SAY(g, "(%s)", m.text);
    for (int i = 0; i < g->enums[of].count; i++) conds[n++] = SAY(g, "%s ist %s", m.text, g->enums[of].members[i]);
    return n;
  }
  for (int k = 0; k < 30; k++) {
    const sym *s = &g->syms[gen_below(g, g->n_syms)];
    if (s->type.form != NUMBER || (s->states & ABSENT) || ((s->states & OPEN) && !g->s.open)) continue;
    const char *subject = gen_reference(g, s), *unit = gen_unit_text(g, s->type.dim, ""), *percent = s->type.percent ? " %" : "";
    const char *low = SAY(g, "%d%s%s%s", gen_below(g, 9), percent, *unit ? " " : "", unit),
               *high = SAY(g, "%d%s%s%s", 10 + gen_below(g, 900), percent, *unit ? " " : "", unit);
    bool at = gen_chance(g, 2);
    conds[0] = SAY(g, "%s %s %s", subject, at ? "<" : "<=", low);
    conds[1] = SAY(g, "%s %s %s und nicht %s > %s", subject, at ? ">=" : ">", low, subject, high);
    conds[2] = SAY(g, "%s > %s", subject, high);
    return 3;
  }
  return 0;
}

static const char *branch(gen *g, sym *s, const goal *w, const char *word, const char *label, const char *before, const char *cond, int depth) {
  ex v = gen_value_of(g, w, depth);
  widen(s, &v);
  return SAY(g, "  %s %s%s%s § 7 Abs. 2\n    wenn %s\n    = %s\n", word, label, *before ? " vor " : "", before, cond, v.text);
}

/* Branches with a stated order, written in another one. */
static const char *ordered_branches(gen *g, sym *s, const goal *w, const char *word, int depth) {
  const char *text = "", *conds[MAX_MEMBERS + 4];
  int n = 1 + gen_below(g, 3);
  bool apart = gen_chance(g, 3) && (n = split(g, conds)) > 0;
  if (!apart) n = 1 + gen_below(g, 3);
  int turn = gen_below(g, n);
  for (int k = 0; k < n; k++) {
    int i = (k + turn) % n;
    const char *before = apart || i + 1 == n ? "" : SAY(g, "Teil-%d%s", i + 1, i + 2 < n && gen_chance(g, 2) ? SAY(g, ", Teil-%d", i + 2) : "");
    text = SAY(g, "%s%s", text, branch(g, s, w, word, SAY(g, "Teil-%d", i), before, apart ? conds[i] : gen_boolean(g, depth).text, depth));
  }
  return text;
}

static void make_rule(gen *g, const char *name, type t, int depth) {
  static const char *const words[] = {"", " oder fehlt", " oder entfällt", " oder unbestimmt"};
  sym s = {.kind = RULE, .name = name, .type = t};
  s.n_axes = some_axes(g, s.axes, true);
  for (int k = 1; k <= 3; k++)
    if (gen_chance(g, 7)) s.states |= 1u << k;
  const char *head = SAY(g, "regel %s%s : %s", s.name, axes_text(g, s.axes, s.n_axes, false), gen_type_text(g, &t)), *conds[MAX_MEMBERS + 4];
  for (int k = 1; k <= 3; k++)
    if (s.states & 1u << k) head = SAY(g, "%s%s", head, words[k]);
  head = SAY(g, "%s § 7\n", head);
  goal w = {t, s.states};
  enter_rule(g, &s);
  s.vs = t.form == NUMBER ? t.scale : 0;
  int shape = gen_below(g, 10), n = 0;
  if (shape < 2 && (n = split(g, conds)) > 0) {
    for (int i = 0; i < n; i++) head = SAY(g, "%s%s", head, branch(g, &s, &w, "fall", SAY(g, "Teil-%d", i), "", conds[i], depth));
  } else if (shape < 4) {
    head = SAY(g, "%s%s", head, ordered_branches(g, &s, &w, "fall", depth));
    ex v = gen_value_of(g, &w, depth);
    widen(&s, &v);
    head = SAY(g, "%s  sonst = %s\n", head, v.text);
  } else {
    ex v = gen_value_of(g, &w, depth);
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
  gen_declare(g, head);
  sym *kept = add_symbol(g, s);
  if (kept && t.form == BRUCH) {
    type stored = {.form = NUMBER, .dim = t.dim, .scale = gen_below(g, 4)};
    enter_rule(g, &(sym){.n_axes = 0});
    sym r = *kept;
    r.name = SAY(g, "%s gestutzt", name);
    r.type = stored;
    enter_rule(g, &r);
    g->s.open = true;
    r.states |= OPEN;
    ex e = gen_rounded(g, gen_treated(g, kept, kept->name), stored.scale);
    if (!e.text || e.nb > MAX_BITS)
      e = (ex){.text = SAY(g, "wenn %s vorhanden dann %s sonst %s", name, gen_literal(g, &stored), gen_literal(g, &stored)), .nb = 40};
    gen_declare(g, SAY(g, "regel %s%s : %s oder unbestimmt § 7 Abs. 9\n  = %s\n", r.name, axes_text(g, r.axes, r.n_axes, false),
                       gen_type_text(g, &stored), e.text));
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
  if (more && gen_chance(g, 3)) {
    type t = some_type(g);
    g->s.open = true;
    ex e = t.form == NUMBER ? gen_number(g, t.dim, false, 2) : gen_plain_value(g, &t, 2);
    if (e.type.form != BRUCH && e.nb < 100) text = SAY(g, "%s  spalte \"Ausdruck\" = %s\n", text, e.text);
  }
  if (more && gen_chance(g, 5)) text = SAY(g, "%s  spalte \"Fassung\" = Fassung\n  spalte \"Haus 2\" = Haus\n", text);
  if (more && gen_chance(g, 4))
    text = SAY(g, "%s\nausgabe \"%s, Auswahl\"%s wenn %s\n  spalte \"Wert\" = %s\n", text, file, axes, gen_boolean(g, 1).text, s->name);
  return text;
}

static void make_check(gen *g, int i) {
  sym s = {.kind = RULE, .n_axes = 0};
  s.n_axes = some_axes(g, s.axes, false);
  enter_rule(g, &s);
  gen_declare(g, SAY(g, "prüfung Prüfstein P%d%s %s § 8\n  wenn %s\n  \"Das fällt auf.\"\n", i, axes_text(g, s.axes, s.n_axes, false),
                     gen_chance(g, 2) ? "hinweis" : "fehler", gen_boolean(g, 2).text));
}

static type rule_type(gen *g) {
  type t = some_type(g);
  if (gen_chance(g, 12)) t = (type){.form = QUARTER};
  if (t.form == NUMBER && !t.percent) t.dim = gen_chance(g, 2) ? gen_known_dim(g) : gen_some_dim(g);
  if (!gen_expressible(t.dim)) t.dim = PLAIN;
  if (t.form == NUMBER && !t.percent && gen_chance(g, 6)) t.form = BRUCH, t.scale = 0;
  return t;
}

program_text program_gen(prng *p, ppr_arena *arena, int size) {
  gen *g = arena_alloc(arena, sizeof *g);
  if (!g) return (program_text){"", ""};
  *g = (gen){.p = p, .a = arena};
  gen_declare(g, "einheit Tag, Woche, Euro\n");
  gen_declare(g, "einheit Minute, Stunde = 60 Minute, Schicht = 7,5 Stunde\n");
  make_enums(g);
  make_input(g, 4 + size);
  make_readings(g);
  for (int i = 0; i < 2 + size / 4; i++) make_table(g, i);
  for (int i = gen_below(g, 2 + size / 4); i > 0; i--) make_series(g, i);
  int first = g->n_syms;
  for (int i = 0; i < 3 + size; i++) {
    make_rule(g, SAY(g, "Ergebnis R%d", i), rule_type(g), 1 + gen_below(g, 4));
    if (gen_chance(g, 6)) make_tiers(g, i);
  }
  int last = g->n_syms;
  for (int i = gen_below(g, 3); i > 0; i--) make_check(g, i);
  for (int i = first; i < last; i++)
    if (g->syms[i].kind == RULE && g->syms[i].type.form != BRUCH) gen_declare(g, output_text(g, &g->syms[i], SAY(g, "D%d", i), true));
  const char *text =
      SAY(g, "regelwerk Zufall \"Erzeugte Regeln\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz AT 05.02.2024 B4\"\n  gilt ab 01.01.2024%s\n\n",
          gen_chance(g, 2) ? " bis 31.12.2027" : "");
  int base = g->n_decls;
  for (int i = base; i > 1; i--) { /* the order of declarations means nothing */
    int k = gen_below(g, i);
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
