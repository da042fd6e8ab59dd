/* Declarations to symbols: units, enumerations, types, literals, tables, series, tiers and the input schema of one Fassung.
 * Needs: m->decls, m->decl_edition, m->from_day, m->until_day. Leaves: every name with its type, every constant checked. */
#include "model.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

model *model_new(ppr_report *report, ppr_arena *arena, const native_table *natives) {
  model *m = arena_alloc(arena, sizeof *m);
  if (!m) return NULL;
  m->report = report;
  m->arena = arena;
  m->natives = natives;
  m->period_year = m->period_quarter = -1;
  return m;
}

const char *model_state_word(uint8_t state) {
  static const char *const words[] = {"vorhanden", "fehlt", "entfällt", "unbestimmt"};
  return state < 4 ? words[state] : "?";
}

/* ---- look-up ---- */

enumeration *model_enum(const model *m, const char *name) {
  for (int i = 0; i < m->n_enums; i++)
    if (!strcmp(m->enums[i]->name, name)) return m->enums[i];
  return NULL;
}

symbol *model_symbol(const model *m, const char *name) {
  for (symbol *s = m->symbols; s; s = s->next)
    if (!strcmp(s->name, name)) return s;
  return NULL;
}

int model_member(const enumeration *e, const char *name) {
  for (int i = 0; i < e->count; i++)
    if (!strcmp(e->members[i].name, name)) return i;
  return -1;
}

static int find_unit(const model *m, const char *name) {
  for (int i = 0; i < m->n_units; i++)
    if (!strcmp(m->units[i].name, name)) return i;
  return -1;
}

near_name model_near_in(const model *m, const char *name, const char *const *names, size_t count) {
  near_name best = {"", "", NULL};
  size_t at = text_nearest(name, names, count);
  if (at == SIZE_MAX || !strcmp(names[at], name)) return best;
  best.name = names[at];
  best.de = arena_printf(m->arena, "Meinten Sie „%s“?", best.name);
  best.en = arena_printf(m->arena, "Did you mean “%s”?", best.name);
  return best;
}

void model_struck_note(model *m, diag *d, const char *name) {
  for (size_t i = 0; i < m->n_struck; i++) {
    const ast_decl *s = m->struck[i];
    const ast_unit *u = s->units;
    while (u && !name_is(u->name, name)) u = u->next;
    if (u || (s->name && !strcmp(s->name, name))) diag_add_note(m->report, d, s->span, "hier ist der Name gestrichen", "the name is struck here");
  }
}

near_name model_near(const model *m, const char *name) {
  size_t n = (size_t)m->n_enums, k = 0;
  for (symbol *s = m->symbols; s; s = s->next) n++;
  for (int i = 0; i < m->n_enums; i++) n += (size_t)m->enums[i]->count;
  const char **names = arena_array(m->arena, n + 1, sizeof *names);
  if (!names) return (near_name){"", "", NULL};
  for (symbol *s = m->symbols; s; s = s->next) names[k++] = s->name;
  for (int i = 0; i < m->n_enums; i++) {
    names[k++] = m->enums[i]->name;
    for (int j = 0; j < m->enums[i]->count; j++) names[k++] = m->enums[i]->members[j].name;
  }
  return model_near_in(m, name, names, k);
}

/* ---- units and types ---- */

static bool unit_times(unit_product *u, int which, int power) {
  int i = 0;
  while (i < u->n && u->factor[i].unit < which) i++;
  if (i < u->n && u->factor[i].unit == which) {
    if ((u->factor[i].power += power) == 0) {
      memmove(&u->factor[i], &u->factor[i + 1], sizeof u->factor[0] * (size_t)(u->n - i - 1));
      u->n--;
    }
    return true;
  }
  if (u->n == MAX_UNITS) return false;
  memmove(&u->factor[i + 1], &u->factor[i], sizeof u->factor[0] * (size_t)(u->n - i));
  u->factor[i].unit = which;
  u->factor[i].power = power;
  u->n++;
  return true;
}

static bool add_unit(model *m, ast_name name, int power, unit_product *out, bool *percent) {
  if (!name.text || name_is(name, "Zahl")) return true;
  if (name_is(name, "Prozent")) {
    *percent = true;
    return true;
  }
  int u = find_unit(m, name.text);
  if (u < 0) {
    const char **names = arena_array(m->arena, (size_t)m->n_units + 3, sizeof *names);
    if (!names) return false;
    for (int i = 0; i < m->n_units; i++) names[i] = m->units[i].name;
    names[m->n_units] = "Zahl", names[m->n_units + 1] = "Prozent", names[m->n_units + 2] = "Bruch";
    near_name n = model_near_in(m, name.text, names, (size_t)m->n_units + 3);
    diag *d = report_add(m->report, DIAG_UNKNOWN_UNIT, name.span, name.text, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, d, name.span, n.name);
    model_struck_note(m, d, name.text);
    return false;
  }
  return unit_times(out, u, power);
}

bool model_unit(model *m, ast_name name, ast_name per, unit_product *out, bool *percent) {
  bool ignore = false;
  *out = (unit_product){0};
  return add_unit(m, name, 1, out, percent) && add_unit(m, per, -1, out, &ignore);
}

bool model_type(model *m, const ast_type *t, check_type *out) {
  *out = (check_type){.form = TYPE_ERROR};
  switch (t->form) {
  case AST_TYPE_BOOL: out->form = TYPE_BOOL; return true;
  case AST_TYPE_BRUCH: out->form = TYPE_BRUCH; return model_unit(m, t->name, t->per, &out->unit, &out->percent);
  case AST_TYPE_NUMBER:
    if (!model_unit(m, t->name, t->per, &out->unit, &out->percent)) return false;
    out->form = TYPE_NUMBER;
    out->scale = t->scale + (out->percent ? 2 : 0);
    if (out->scale > DEC_MAX_SCALE) {
      report_add(m->report, DIAG_SCALE_TOO_LARGE, t->span, arena_printf(m->arena, "%d", t->scale), out->percent ? "16" : "18", NULL);
      out->form = TYPE_ERROR;
      return false;
    }
    return true;
  case AST_TYPE_NAMED:
    if (name_is(t->name, "Datum")) out->form = TYPE_DATE;
    else if (name_is(t->name, "Quartal")) out->form = TYPE_QUARTER;
    else if (name_is(t->name, "Text")) out->form = TYPE_TEXT;
    else if ((out->enumeration = model_enum(m, t->name.text))) out->form = TYPE_ENUM;
    else if (find_unit(m, t->name.text) >= 0 || name_is(t->name, "Zahl") || name_is(t->name, "Prozent")) {
      report_add(m->report, DIAG_TYPE_MISMATCH, t->span, arena_printf(m->arena, "`%s(…)` mit der Zahl der Nachkommastellen", t->name.text), t->name.text, NULL);
      return false;
    } else {
      const char **names = arena_array(m->arena, (size_t)m->n_enums + 5, sizeof *names);
      if (!names) return false;
      size_t k = 0;
      for (int i = 0; i < m->n_enums; i++) names[k++] = m->enums[i]->name;
      names[k++] = "Datum", names[k++] = "Quartal", names[k++] = "Text", names[k++] = "Zahl", names[k++] = "Prozent";
      near_name n = model_near_in(m, t->name.text, names, k);
      diag *d = report_add(m->report, DIAG_UNKNOWN_ENUM, t->name.span, t->name.text, n.de, n.en, NULL);
      if (n.name) diag_set_fix(m->report, d, t->name.span, n.name);
      return false;
    }
    return true;
  default: return false;
  }
}

/* u as base units: value in u = value in base * num / den. */
static bool base_factor(const model *m, const unit_product *u, unit_product *base, ppr_wide *num, ppr_wide *den) {
  *base = (unit_product){0};
  *num = *den = 1;
  for (int i = 0; i < u->n; i++) {
    int which = u->factor[i].unit, power = u->factor[i].power;
    while (m->units[which].base >= 0) {
      ppr_wide f = m->units[which].factor, g = dec_pow10(m->units[which].factor_scale);
      for (int k = 0; k < (power < 0 ? -power : power); k++)
        if (!wide_mul(power > 0 ? num : den, power > 0 ? *num : *den, f) || !wide_mul(power > 0 ? den : num, power > 0 ? *den : *num, g)) return false;
      which = m->units[which].base;
    }
    if (!unit_times(base, which, power)) return false;
  }
  return true;
}

bool model_convert(const model *m, const unit_product *a, const unit_product *b, ppr_wide *num, ppr_wide *den) {
  unit_product base_a, base_b;
  ppr_wide na, da, nb, db;
  if (!base_factor(m, a, &base_a, &na, &da) || !base_factor(m, b, &base_b, &nb, &db)) return false;
  if (memcmp(&base_a, &base_b, sizeof base_a)) return false;
  if (!wide_mul(num, na, db) || !wide_mul(den, da, nb)) return false;
  ppr_wide g = wide_gcd(*num, *den);
  *num /= g;
  *den /= g;
  return true;
}

const char *model_unit_text(const model *m, const unit_product *u) {
  if (u->n == 0) return "Zahl";
  const char *top = "", *bottom = "";
  for (int i = 0; i < u->n; i++) {
    const char *name = m->units[u->factor[i].unit].name;
    int p = u->factor[i].power;
    for (int k = 0; k < p; k++) top = *top ? arena_printf(m->arena, "%s * %s", top, name) : name;
    for (int k = 0; k > p; k--) bottom = *bottom ? arena_printf(m->arena, "%s je %s", bottom, name) : name;
  }
  if (!*bottom) return top;
  return arena_printf(m->arena, "%s je %s", *top ? top : "Zahl", bottom);
}

const char *model_type_text(const model *m, const check_type *t) {
  switch (t->form) {
  case TYPE_NUMBER:
    if (t->percent) return arena_printf(m->arena, "Prozent(%d)", t->scale - 2);
    return arena_printf(m->arena, "%s(%d)", model_unit_text(m, &t->unit), t->scale);
  case TYPE_BRUCH: return t->unit.n ? arena_printf(m->arena, "Bruch %s", model_unit_text(m, &t->unit)) : "Bruch";
  case TYPE_BOOL: return "ja/nein";
  case TYPE_DATE: return "Datum";
  case TYPE_QUARTER: return "Quartal";
  case TYPE_ENUM: return t->enumeration->name;
  case TYPE_TEXT: return "Text";
  case TYPE_STATE: return "entfällt/unbestimmt";
  case TYPE_ERROR:
  default: return "?";
  }
}

const char *model_value_text(const model *m, const check_type *t, uint8_t state, int64_t value) {
  char buf[DEC_TEXT + 8];
  if (state != PPR_PRESENT) return model_state_word(state);
  switch (t->form) {
  case TYPE_NUMBER: {
    dec_print(buf, value, t->percent ? t->scale - 2 : t->scale, ',');
    if (t->percent) return arena_printf(m->arena, "%s %%", buf);
    return t->unit.n ? arena_printf(m->arena, "%s %s", buf, model_unit_text(m, &t->unit)) : arena_printf(m->arena, "%s", buf);
  }
  case TYPE_BOOL: return value ? "ja" : "nein";
  case TYPE_DATE: day_print(buf, value); return arena_printf(m->arena, "%s", buf);
  case TYPE_QUARTER: quarter_print(buf, value); return arena_printf(m->arena, "%s", buf);
  case TYPE_ENUM: return value >= 0 && value < t->enumeration->count ? t->enumeration->members[value].name : "?";
  case TYPE_BRUCH:
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: return arena_printf(m->arena, "%" PRId64, value);
  }
}

diag *model_unit_error(model *m, diag_code code, ppr_span span, const unit_product *a, const unit_product *b) {
  const char *first = model_unit_text(m, a), *second = model_unit_text(m, b), *named = a->n ? first : second, *de, *en;
  ppr_wide num, den;
  if (model_convert(m, b, a, &num, &den)) {
    de = arena_printf(m->arena, "Rechnen Sie mit `in %s` um.", first);
    en = arena_printf(m->arena, "Convert by `in %s`.", first);
  } else if (!a->n || !b->n) {
    de = arena_printf(m->arena, "Ist eine Größe gemeint, steht die Einheit hinter der Zahl: `7 %s`.", named);
    en = arena_printf(m->arena, "If a quantity is meant, the unit follows the number: `7 %s`.", named);
  } else {
    de = "Zwischen beiden ist keine Umrechnung vereinbart. Prüfen Sie, ob die richtige Größe gemeint ist.";
    en = "No conversion is declared between them. Check that the right quantity is meant.";
  }
  return report_add(m->report, code, span, first, second, de, en, NULL);
}

/* ---- literals ---- */

const char *model_source_text(const model *m, ppr_span span) {
  const ppr_source *s = report_source(m->report, span.file);
  if (!s || span.end > s->size || span.begin >= span.end) return "";
  char *out = arena_alloc(m->arena, span.end - span.begin + 1);
  size_t n = 0;
  bool comment = false;
  for (uint32_t i = span.begin; out && i < span.end; i++) {
    char c = s->text[i];
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (comment) continue;
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') out[n++] = c;
    else if (n && out[n - 1] != ' ') out[n++] = ' ';
  }
  while (n && out[n - 1] == ' ') n--;
  if (out) out[n] = '\0';
  return out ? out : "";
}

void model_unknown_word(model *m, ast_name word, const enumeration *of, const char *const *names, size_t count) {
  near_name n = model_near_in(m, word.text, names, count);
  if (!n.name) {
    const char *all = names[0];
    for (size_t i = 1; i < count && i < 24; i++) all = arena_printf(m->arena, "%s, %s", all, names[i]);
    if (count > 24) all = arena_printf(m->arena, "%s, …", all);
    n.de = arena_printf(m->arena, "Es gibt: %s", all);
    n.en = arena_printf(m->arena, "There are: %s", all);
  }
  diag *d = report_add(m->report, DIAG_UNKNOWN_MEMBER, word.span, word.text, of->name, n.de, n.en, NULL);
  if (n.name) diag_set_fix(m->report, d, word.span, n.name);
}

static void unknown_member(model *m, ast_name word, const enumeration *of) {
  const char **names = arena_array(m->arena, (size_t)of->count + 1, sizeof *names);
  if (!names) return;
  for (int i = 0; i < of->count; i++) names[i] = of->members[i].name;
  model_unknown_word(m, word, of, names, (size_t)of->count);
}

bool model_literal(model *m, ast_expr *e, const check_type *t, cell *out, diag_code code) {
  *out = (cell){0};
  if (e->form == EX_STATE) {
    out->state = (uint8_t)e->state;
    return true;
  }
  bool negative = e->form == EX_NEGATE;
  ast_expr *n = negative ? e->a : e;
  bool right = false;
  switch (t->form) {
  case TYPE_NUMBER:
    if (n->form == EX_NUMBER && !n->too_large && n->percent == t->percent) {
      if (n->name.text) {
        unit_product u;
        bool percent = false;
        if (!model_unit(m, n->name, n->per, &u, &percent)) return false;
        if (memcmp(&u, &t->unit, sizeof u)) {
          model_unit_error(m, DIAG_UNIT_DECLARED, e->span, &t->unit, &u);
          return false;
        }
      }
      int shown = t->percent ? t->scale - 2 : t->scale;
      ppr_wide v;
      if (n->scale <= shown && wide_mul(&v, n->number, dec_pow10(shown - n->scale)) && wide_fits64(v)) {
        out->value = (int64_t)(negative ? -v : v);
        right = true;
      }
    }
    break;
  case TYPE_BOOL:
    right = !negative && n->form == EX_BOOL;
    out->value = n->number;
    break;
  case TYPE_DATE:
    right = !negative && n->form == EX_DATE;
    out->value = n->number;
    break;
  case TYPE_QUARTER:
    right = !negative && n->form == EX_QUARTER;
    out->value = n->number;
    break;
  case TYPE_ENUM:
    if (!negative && n->form == EX_REF && !n->args) {
      int k = model_member(t->enumeration, n->name.text);
      if (k < 0) {
        unknown_member(m, n->name, t->enumeration);
        return false;
      }
      out->value = k;
      right = true;
    }
    break;
  case TYPE_BRUCH:
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: return false;
  }
  if (!right) report_add(m->report, code, e->span, model_type_text(m, t), model_source_text(m, e->span), NULL);
  return right;
}

/* ---- declarations ---- */

ppr_span model_place(const symbol *s) { return s->field ? s->field->name.span : s->decl ? s->decl->name_span : SPAN_NONE; }

static void duplicate(model *m, ppr_span span, const char *name, ppr_span earlier) {
  diag *d = report_add(m->report, DIAG_DUPLICATE_NAME, span, name, NULL);
  if (earlier.file != UINT32_MAX) diag_add_note(m->report, d, earlier, "hier ist er vereinbart", "it is declared here");
}

static bool reserved(model *m, const char *name, ppr_span span) {
  static const char *const words[] = {"Zahl", "Prozent", "Datum", "Quartal", "Text", "min", "max", "abs"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strcmp(name, words[i])) continue;
    report_add(m->report, DIAG_RESERVED_NAME, span, name, NULL);
    return true;
  }
  return false;
}

static symbol *add_symbol(model *m, symbol_form form, const char *name, ppr_span span, ast_decl *d) {
  const symbol *known = model_symbol(m, name);
  const enumeration *of = model_enum(m, name);
  if (known || of) {
    duplicate(m, span, name, known ? model_place(known) : of->decl->name_span);
    return NULL;
  }
  symbol *s = arena_alloc(m->arena, sizeof *s);
  if (!s) return NULL;
  s->form = form;
  s->name = name;
  s->decl = d;
  s->states = 1u << PPR_PRESENT;
  s->elements = 1;
  symbol **end = &m->symbols;
  while (*end) end = &(*end)->next;
  return *end = s;
}

enumeration *model_axis(model *m, const ast_axis *a) {
  enumeration *of = model_enum(m, a->enumeration.text);
  if (of) return of;
  const char **names = arena_array(m->arena, (size_t)m->n_enums + 1, sizeof *names);
  if (!names) return NULL;
  for (int i = 0; i < m->n_enums; i++) names[i] = m->enums[i]->name;
  near_name n = model_near_in(m, a->enumeration.text, names, (size_t)m->n_enums);
  diag *d = report_add(m->report, DIAG_UNKNOWN_ENUM, a->enumeration.span, a->enumeration.text, n.de, n.en, NULL);
  if (n.name) diag_set_fix(m->report, d, a->enumeration.span, n.name);
  model_struck_note(m, d, a->enumeration.text);
  return NULL;
}

static bool set_axes(model *m, symbol *s, const ast_axis *list, int most) {
  for (const ast_axis *a = list; a; a = a->next) {
    if (s->n_axes == most) {
      report_add(m->report, DIAG_TOO_MANY_AXES, a->enumeration.span, arena_printf(m->arena, "%d", most), NULL);
      return false;
    }
    enumeration *of = model_axis(m, a);
    if (!of) return false;
    if ((int64_t)s->elements * of->count > MAX_ELEMENTS) {
      report_add(m->report, DIAG_TOO_MANY_ELEMENTS, model_place(s), s->name, arena_printf(m->arena, "%" PRId64, (int64_t)s->elements * of->count),
                 arena_printf(m->arena, "%d", MAX_ELEMENTS), NULL);
      return false;
    }
    axis now = {a->alias.text ? a->alias.text : of->name, of, a->column};
    for (int i = 0; i < s->n_axes; i++)
      if (!strcmp(s->axes[i].name, now.name)) duplicate(m, a->alias.text ? a->alias.span : a->enumeration.span, now.name, SPAN_NONE);
    s->axes[s->n_axes++] = now;
    s->elements *= of->count;
  }
  return true;
}

/* The unit a factor refers to stands before it. */
static void unknown_base(model *m, const ast_unit *u) {
  const char **names = arena_array(m->arena, (size_t)m->n_units + 1, sizeof *names);
  near_name n = {"Die Grundeinheit steht vor der Einheit, die sich auf sie bezieht.", "The base unit stands before the unit that refers to it.", NULL};
  if (!names) return;
  for (int i = 0; i < m->n_units; i++) names[i] = m->units[i].name;
  near_name near = model_near_in(m, u->base.text, names, (size_t)m->n_units);
  if (near.name) n = near;
  diag *d = report_add(m->report, DIAG_UNKNOWN_UNIT, u->base.span, u->base.text, n.de, n.en, NULL);
  if (n.name) diag_set_fix(m->report, d, u->base.span, n.name);
}

static void declare_units(model *m, const ast_decl *d) {
  for (const ast_unit *u = d->units; u; u = u->next) {
    if (reserved(m, u->name.text, u->name.span)) continue;
    if (find_unit(m, u->name.text) >= 0) {
      duplicate(m, u->name.span, u->name.text, SPAN_NONE);
      continue;
    }
    unit *grown = arena_array(m->arena, (size_t)m->n_units + 1, sizeof *grown);
    if (!grown) return;
    if (m->n_units) memcpy(grown, m->units, sizeof *grown * (size_t)m->n_units);
    m->units = grown;
    unit *now = &m->units[m->n_units];
    *now = (unit){u->name.text, -1, 1, 0};
    if (u->has_factor) {
      now->base = find_unit(m, u->base.text);
      now->factor = u->factor;
      now->factor_scale = u->factor_scale;
      if (now->base < 0) unknown_base(m, u);
      else if (u->factor == 0) {
        report_add(m->report, DIAG_UNIT_FACTOR, u->name.span, u->name.text, NULL);
        now->base = -1;
      }
    }
    m->n_units++;
  }
}

static void push_enum(model *m, enumeration *e, ppr_span span) {
  const enumeration *known = model_enum(m, e->name);
  if (known) {
    duplicate(m, span, e->name, known->decl->name_span);
    return;
  }
  if (reserved(m, e->name, span)) return;
  enumeration **grown = arena_array(m->arena, (size_t)m->n_enums + 1, sizeof *grown);
  if (!grown) return;
  if (m->n_enums) memcpy(grown, m->enums, sizeof *grown * (size_t)m->n_enums);
  grown[m->n_enums++] = e;
  m->enums = grown;
}

static void declare_enum(model *m, ast_decl *d) {
  enumeration *e = arena_alloc(m->arena, sizeof *e);
  int n = 0;
  for (const ast_member *k = d->members; k; k = k->next) n++;
  if (!e || !(e->members = arena_array(m->arena, (size_t)n + 1, sizeof *e->members))) return;
  if (!(e->attrs = arena_array(m->arena, 64, sizeof *e->attrs))) return;
  e->name = d->name;
  e->decl = d;
  for (const ast_member *k = d->members; k; k = k->next) {
    if (model_member(e, k->name.text) >= 0) {
      duplicate(m, k->name.span, k->name.text, SPAN_NONE);
      continue;
    }
    member *now = &e->members[e->count];
    *now = (member){k->name.text, k->code ? k->code : k->name.text, k->label ? k->label : "", 0};
    for (const ast_attr *a = k->attrs; a; a = a->next) {
      int i = 0;
      while (i < e->n_attrs && strcmp(e->attrs[i], a->name.text)) i++;
      if (i == 64) report_add(m->report, DIAG_TOO_MANY_ATTRIBUTES, a->name.span, e->name, "64", NULL);
      if (i == e->n_attrs && i < 64) e->attrs[e->n_attrs++] = a->name.text;
      if (i < 64) now->attrs |= UINT64_C(1) << i;
    }
    e->count++;
  }
  push_enum(m, e, d->name_span);
}

static void declare_reading(model *m, ast_decl *d) {
  enumeration *e = arena_alloc(m->arena, sizeof *e);
  int n = 0, presets = 0;
  for (const ast_variant *v = d->variants; v; v = v->next) n++;
  if (!e || !(e->members = arena_array(m->arena, (size_t)n + 1, sizeof *e->members))) return;
  e->name = arena_printf(m->arena, "Auslegung %s", d->name);
  e->decl = d;
  e->reading = true;
  symbol *s = add_symbol(m, SYM_FIELD, d->name, d->name_span, d);
  if (!s) return;
  s->flags = PPR_FIELD_READING | PPR_FIELD_PRESET;
  for (const ast_variant *v = d->variants; v; v = v->next) {
    if (model_member(e, v->name.text) >= 0) duplicate(m, v->name.span, v->name.text, SPAN_NONE);
    if (v->preset) {
      s->preset = e->count;
      presets++;
    }
    e->members[e->count++] = (member){v->name.text, v->name.text, v->source ? v->source : "", 0};
  }
  if (presets != 1) report_add(m->report, DIAG_READING_PRESET, d->name_span, d->name, NULL);
  push_enum(m, e, d->name_span);
  s->type = (check_type){.form = TYPE_ENUM, .enumeration = e};
  s->lo = 0;
  s->hi = e->count - 1;
}

static void need_cite(model *m, const ast_cite *c, ppr_span span, const char *what) {
  if (!c) report_add(m->report, DIAG_CITE_MISSING, span, what, NULL);
}

static void declare_field(model *m, ast_decl *d, ast_block *block, ast_field *f, bool key) {
  symbol *s = add_symbol(m, SYM_FIELD, f->name.text, f->name.span, d);
  if (!s) return;
  s->field = f;
  s->block = block;
  if (!model_type(m, &f->type, &s->type)) return;
  if (s->type.form == TYPE_BRUCH) {
    report_add(m->report, DIAG_BRUCH_NOT_STORED, f->type.span, NULL);
    s->type.form = TYPE_ERROR;
    return;
  }
  if (block && !set_axes(m, s, block->axes, 2)) return;
  if (key) s->flags |= PPR_FIELD_KEY;
  if (f->sum) s->flags |= PPR_FIELD_SUM;
  if (f->sum && s->type.form != TYPE_NUMBER) report_add(m->report, DIAG_SUM_NOT_NUMBER, f->type.span, s->name, model_type_text(m, &s->type), NULL);
  if (f->optional) {
    s->flags |= PPR_FIELD_OPTIONAL;
    s->states |= 1u << PPR_FEHLT;
  }
  switch (s->type.form) {
  case TYPE_BOOL: s->lo = 0, s->hi = 1; break;
  case TYPE_ENUM: s->lo = 0, s->hi = s->type.enumeration->count - 1; break;
  case TYPE_DATE: s->lo = DAY_MIN, s->hi = DAY_MAX; break;
  case TYPE_QUARTER: s->lo = quarter_of(1, 1), s->hi = quarter_of(9999, 4); break;
  case TYPE_NUMBER:
    if (!f->range.present) report_add(m->report, DIAG_RANGE_MISSING, f->name.span, f->name.text, NULL);
    break;
  case TYPE_TEXT:
    if (!key) {
      report_add(m->report, DIAG_TEXT_VALUE, f->type.span, NULL);
      s->type.form = TYPE_ERROR;
    }
    break;
  case TYPE_BRUCH:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: break;
  }
  if (f->range.present && s->type.form != TYPE_TEXT) {
    cell lo, hi;
    if (model_literal(m, f->range.lo, &s->type, &lo, DIAG_TYPE_MISMATCH) && model_literal(m, f->range.hi, &s->type, &hi, DIAG_TYPE_MISMATCH)) {
      s->lo = lo.value;
      s->hi = hi.value;
      if (lo.value > hi.value) report_add(m->report, DIAG_RANGE_INVERTED, (ppr_span){f->range.lo->span.file, f->range.lo->span.begin, f->range.hi->span.end}, NULL);
    }
  }
  if (f->preset) {
    cell c;
    if (model_literal(m, f->preset, &s->type, &c, DIAG_TYPE_MISMATCH)) {
      s->flags |= PPR_FIELD_PRESET;
      s->preset = c.value;
      if (c.value < s->lo || c.value > s->hi)
        report_add(m->report, DIAG_VALUE_RANGE, f->preset->span, model_value_text(m, &s->type, 0, c.value),
                   arena_printf(m->arena, "%s..%s", model_value_text(m, &s->type, 0, s->lo), model_value_text(m, &s->type, 0, s->hi)), NULL);
    }
  }
}

/* Position of the key `zeitraum` names, -1 when it is none or does not hold whole numbers lo to hi. */
static int period_part(model *m, ast_name name, int64_t lo, int64_t hi) {
  int at = 0;
  while (at < m->n_keys && !name_is(name, m->keys[at]->name)) at++;
  if (at == m->n_keys) {
    const char **names = arena_array(m->arena, (size_t)m->n_keys + 1, sizeof *names);
    if (!names) return -1;
    for (int i = 0; i < m->n_keys; i++) names[i] = m->keys[i]->name;
    near_name n = model_near_in(m, name.text, names, (size_t)m->n_keys);
    diag *d = report_add(m->report, DIAG_UNKNOWN_NAME, name.span, name.text, n.de, n.en, NULL);
    if (n.name) diag_set_fix(m->report, d, name.span, n.name);
    return -1;
  }
  const symbol *k = m->keys[at];
  if (k->type.form == TYPE_NUMBER && k->type.scale == 0 && k->lo >= lo && k->hi <= hi) return at;
  if (k->type.form != TYPE_ERROR) report_add(m->report, DIAG_PERIOD_KEY, name.span, NULL);
  return -1;
}

static void declare_period(model *m, ast_decl *d) {
  m->period_year = period_part(m, d->period_year, 1, 9999);
  m->period_quarter = period_part(m, d->period_quarter, 1, 4);
  symbol *s = add_symbol(m, SYM_FIELD, d->period.text, d->period.span, d);
  if (!s) return;
  s->type = (check_type){.form = TYPE_QUARTER};
  s->flags = PPR_FIELD_PERIOD;
  s->lo = quarter_of_day(m->from_day);
  s->hi = m->until_day == INT64_MAX ? quarter_of(9999, 4) : quarter_of_day(m->until_day);
  m->period = s;
}

static void declare_input(model *m, ast_decl *d) {
  int n = 0;
  for (const ast_field *f = d->keys; f; f = f->next) n++;
  if (!(m->keys = arena_array(m->arena, (size_t)n + 1, sizeof *m->keys))) return;
  for (ast_field *f = d->keys; f; f = f->next) {
    declare_field(m, d, NULL, f, true);
    symbol *s = model_symbol(m, f->name.text);
    if (s && s->field == f) m->keys[m->n_keys++] = s;
  }
  if (d->period.text) declare_period(m, d);
  else report_add(m->report, DIAG_PERIOD_MISSING, d->name_span, d->name, NULL);
  for (ast_block *b = d->blocks; b; b = b->next) {
    for (const ast_axis *a = b->axes; a; a = a->next)
      if (!a->column) report_add(m->report, DIAG_MISSING_AXIS_COLUMN, a->enumeration.span, a->enumeration.text, NULL);
    for (ast_field *f = b->fields; f; f = f->next) declare_field(m, d, b, f, false);
  }
}

/* Fields of another kind of record: known, so that rules about them can be told apart. Keys of one name are the same key. */
static void declare_foreign(model *m, ast_decl *d) {
  symbol *last = m->symbols;
  while (last && last->next) last = last->next;
  for (ast_field *f = d->keys; f; f = f->next) {
    const symbol *own = model_symbol(m, f->name.text);
    if (!own || !(own->flags & PPR_FIELD_KEY)) declare_field(m, d, NULL, f, true);
  }
  if (d->period.text && !(m->period && !strcmp(m->period->name, d->period.text))) {
    symbol *s = add_symbol(m, SYM_FIELD, d->period.text, d->period.span, d);
    if (s) s->type = (check_type){.form = TYPE_QUARTER};
  }
  for (ast_block *b = d->blocks; b; b = b->next)
    for (ast_field *f = b->fields; f; f = f->next) declare_field(m, d, b, f, false);
  for (symbol *s = last ? last->next : m->symbols; s; s = s->next) s->foreign = true;
}

static void fill_row(model *m, symbol *s, const ast_row *r, int row, const int *columns, int n_columns) {
  bool whole = r->count == 1 && r->cells->value->form == EX_STATE && n_columns != 1;
  if (!whole && r->count != n_columns) {
    report_add(m->report, DIAG_TABLE_CELLS, r->span, r->label.text, arena_printf(m->arena, "%d", r->count), arena_printf(m->arena, "%d", n_columns), NULL);
    return;
  }
  const ast_cell *c = r->cells;
  for (int i = 0; i < n_columns; i++, c = whole ? c : c->next) {
    if (columns[i] < 0) continue;
    cell *to = &s->cells[s->n_axes == 2 ? row * s->axes[1].of->count + columns[i] : row];
    cell v;
    if (!model_literal(m, c->value, &s->type, &v, DIAG_CELL_TYPE)) continue;
    v.cites = r->cites;
    *to = v;
    s->states |= 1u << v.state;
  }
}

/* A type whose values are single numbers: of tables, series, tiers and functions. */
static bool stored_type(model *m, const ast_type *t, check_type *out) {
  bool right = model_type(m, t, out);
  if (right && (out->form == TYPE_BRUCH || out->form == TYPE_TEXT)) {
    report_add(m->report, out->form == TYPE_TEXT ? DIAG_TEXT_VALUE : DIAG_BRUCH_NOT_STORED, t->span, NULL);
    right = false;
  }
  if (!right) out->form = TYPE_ERROR;
  return right;
}

static void declare_table(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_TABLE, d->name, d->name_span, d);
  if (!s) return;
  s->limit = d->form == DECL_LIMIT;
  need_cite(m, d->cites, d->name_span, d->name);
  if (!stored_type(m, &d->type, &s->type) || !set_axes(m, s, d->axes, 2)) {
    s->type.form = TYPE_ERROR;
    return;
  }
  if (!(s->cells = arena_array(m->arena, (size_t)s->elements, sizeof *s->cells))) return;
  int n_columns = s->n_axes == 2 ? d->header_count : 1;
  int *columns = arena_array(m->arena, (size_t)n_columns + 1, sizeof *columns);
  const enumeration *rows = s->axes[0].of;
  bool *seen_row = arena_array(m->arena, (size_t)rows->count + 1, 1), *seen_column = NULL;
  if (!columns || !seen_row) return;
  if (s->n_axes == 2) {
    const enumeration *heads = s->axes[1].of;
    if (!(seen_column = arena_array(m->arena, (size_t)heads->count + 1, 1))) return;
    for (int i = 0; i < n_columns; i++) {
      columns[i] = model_member(heads, d->header[i].text);
      if (columns[i] < 0) unknown_member(m, d->header[i], heads);
      else if (seen_column[columns[i]]) report_add(m->report, DIAG_TABLE_COLUMN_TWICE, d->header[i].span, d->name, d->header[i].text, NULL);
      else seen_column[columns[i]] = true;
    }
    for (int i = 0; i < heads->count; i++)
      if (!seen_column[i]) report_add(m->report, DIAG_TABLE_COLUMN_MISSING, d->name_span, d->name, heads->members[i].name, NULL);
  }
  for (const ast_row *r = d->rows; r; r = r->next) {
    int row = model_member(rows, r->label.text);
    if (row < 0) {
      unknown_member(m, r->label, rows);
      continue;
    }
    if (seen_row[row]) {
      const ast_row *first = d->rows;
      while (!name_is(first->label, r->label.text)) first = first->next;
      diag *g = report_add(m->report, DIAG_TABLE_ROW_TWICE, r->label.span, d->name, r->label.text, NULL);
      diag_add_note(m->report, g, first->label.span, "hier steht sie zum ersten Mal", "it stands here first");
      continue;
    }
    seen_row[row] = true;
    fill_row(m, s, r, row, columns, n_columns);
  }
  for (int i = 0; i < rows->count; i++)
    if (!seen_row[i]) report_add(m->report, DIAG_TABLE_ROW_MISSING, d->name_span, d->name, rows->members[i].name, NULL);
}

/* First quarter whose first day is not before the day. */
static int64_t quarter_from(int64_t day) {
  int64_t q = quarter_of_day(day);
  return quarter_first_day(q) == day ? q : q + 1;
}

static const char *day_text(const model *m, int64_t day) {
  char out[16];
  day_print(out, day);
  return arena_printf(m->arena, "%s", out);
}

static void declare_series(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_SERIES, d->name, d->name_span, d);
  if (!s) return;
  need_cite(m, d->cites, d->name_span, d->name);
  if (!stored_type(m, &d->type, &s->type)) return;
  int n = 0;
  for (const ast_entry *e = d->entries; e; e = e->next) n++;
  if (!(s->steps = arena_array(m->arena, (size_t)n + 1, sizeof *s->steps))) return;
  bool right = true;
  for (ast_entry *e = d->entries; e; e = e->next) {
    step *now = &s->steps[s->n_steps];
    now->entry = e;
    if (!model_literal(m, e->value, &s->type, &now->value, DIAG_CELL_TYPE)) right = false;
    now->value.cites = e->cites;
    s->states |= 1u << now->value.state;
    const ast_entry *next = e->next;
    int64_t from = e->from->number, until = e->until ? e->until->number : next && next->from ? next->from->number - 1 : DAY_MAX;
    if (e->until && until < from) {
      report_add(m->report, DIAG_SERIES_ORDER, e->until->span, NULL);
      until = next && next->from ? next->from->number - 1 : DAY_MAX;
      right = false;
    }
    if (s->n_steps) {
      int64_t expected = now[-1].until + 1;
      if (from < expected || from <= now[-1].from) {
        report_add(m->report, DIAG_SERIES_OVERLAP, e->from->span, d->name, day_text(m, from), NULL);
        right = false;
      } else if (from > expected) {
        report_add(m->report, DIAG_SERIES_GAP, e->from->span, d->name, day_text(m, expected), NULL);
        right = false;
      }
    } else if (from > m->from_day) {
      report_add(m->report, DIAG_SERIES_START, e->from->span, d->name, day_text(m, from), day_text(m, m->from_day), NULL);
      right = false;
    }
    now->from = from;
    now->until = until;
    s->n_steps++;
  }
  int64_t last = m->until_day == INT64_MAX ? DAY_MAX : m->until_day;
  if (right && s->n_steps && s->steps[s->n_steps - 1].until < last)
    report_add(m->report, DIAG_SERIES_GAP, d->name_span, d->name, day_text(m, s->steps[s->n_steps - 1].until + 1), NULL);
  for (int i = 0; i < s->n_steps; i++) { /* days to quarters */
    step *now = &s->steps[i];
    now->until = now->until >= DAY_MAX ? quarter_of(9999, 4) : quarter_from(now->until + 1) - 1;
    now->from = quarter_from(now->from);
  }
}

static void declare_tiers(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_TIERS, d->name, d->name_span, d);
  if (!s) return;
  need_cite(m, d->cites, d->name_span, d->name);
  stored_type(m, &d->type, &s->type);
  /* The argument's type is known only after all declarations: check finishes the steps. */
}

static void declare_rule(model *m, ast_decl *d, symbol_form form) {
  symbol *s = add_symbol(m, form, d->name, d->name_span, d);
  if (!s) return;
  bool right = set_axes(m, s, d->axes, MAX_AXES);
  if (form == SYM_CHECK) s->type.form = TYPE_BOOL;
  else if (!model_type(m, &d->type, &s->type)) right = false;
  s->states |= d->type.states & ~1u;
  if (s->type.form == TYPE_TEXT) {
    report_add(m->report, DIAG_TEXT_VALUE, d->type.span, NULL);
    right = false;
  }
  if (!right) s->type.form = TYPE_ERROR;
}

const char *model_signature(const model *m, const symbol *f) {
  const char *all = "";
  for (int i = 0; i < f->n_params; i++) all = arena_printf(m->arena, "%s%s%s", all, i ? "," : "", model_type_text(m, &f->params[i]));
  return arena_printf(m->arena, "%s(%s)", model_type_text(m, &f->type), all);
}

/* Equal but for blanks. */
static bool same_signature(const char *a, const char *b) {
  for (;; a++, b++) {
    while (*a == ' ') a++;
    while (*b == ' ') b++;
    if (*a != *b) return false;
    if (!*a) return true;
  }
}

static void declare_native(model *m, ast_decl *d) {
  symbol *s = add_symbol(m, SYM_NATIVE, d->name, d->name_span, d);
  if (!s) return;
  s->library = d->text;
  if (reserved(m, d->name, d->name_span)) s->type.form = TYPE_ERROR;
  bool right = stored_type(m, &d->type, &s->type);
  for (const ast_param *p = d->params; p; p = p->next) {
    if (s->n_params == 8) {
      report_add(m->report, DIAG_WRONG_ARG_COUNT, d->name_span, d->name, "8", "9", NULL);
      break;
    }
    if (!stored_type(m, &p->type, &s->params[s->n_params++])) right = false;
  }
  const ppr_native *known = m->natives && right ? natives_find(m->natives, d->name) : NULL;
  if (known && !same_signature(known->signature, model_signature(m, s))) {
    report_add(m->report, DIAG_NATIVE_TYPE, d->name_span, d->name, known->signature, NULL);
    right = false;
  }
  if (!right) s->type.form = TYPE_ERROR;
  s->native_lo = INT64_MIN;
  s->native_hi = INT64_MAX;
  switch (s->type.form) {
  case TYPE_DATE: s->native_lo = DAY_MIN, s->native_hi = DAY_MAX; break;
  case TYPE_QUARTER: s->native_lo = quarter_of(1, 1), s->native_hi = quarter_of(9999, 4); break;
  case TYPE_BOOL: s->native_lo = 0, s->native_hi = 1; break;
  case TYPE_ENUM: s->native_lo = 0, s->native_hi = s->type.enumeration->count - 1; break;
  case TYPE_NUMBER:
  case TYPE_BRUCH:
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: break;
  }
}

void model_declare(model *m) {
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_UNIT) declare_units(m, m->decls[i]);
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == DECL_ENUM) declare_enum(m, m->decls[i]);
  if (m->input) declare_input(m, m->input);
  for (size_t i = 0; i < m->n_decls; i++) {
    ast_decl *d = m->decls[i];
    switch (d->form) {
    case DECL_READING: declare_reading(m, d); break;
    case DECL_INPUT:
      m->n_kinds++;
      if (d == m->input) break; /* declared first */
      declare_foreign(m, d);
      break;
    case DECL_TABLE:
    case DECL_LIMIT: declare_table(m, d); break;
    case DECL_SERIES: declare_series(m, d); break;
    case DECL_TIERS: declare_tiers(m, d); break;
    case DECL_RULE: declare_rule(m, d, SYM_RULE); break;
    case DECL_CHECK: declare_rule(m, d, SYM_CHECK); break;
    case DECL_NATIVE: declare_native(m, d); break;
    case DECL_UNIT:
    case DECL_ENUM:
    case DECL_OPEN:
    case DECL_OUTPUT:
    case DECL_TEST:
    default: break;
    }
  }
  if (!m->input) report_add(m->report, DIAG_SCHEMA_COUNT, m->file->head, NULL);
}

/* ---- elements ---- */

int model_element(const symbol *s, const int *index) {
  int e = 0;
  for (int i = 0; i < s->n_axes; i++) e = e * s->axes[i].of->count + index[i];
  return e;
}

void model_split(const symbol *s, int element, int *index) {
  for (int i = s->n_axes - 1; i >= 0; i--) {
    index[i] = element % s->axes[i].of->count;
    element /= s->axes[i].of->count;
  }
}

const char *model_label(const model *m, const symbol *s, int element) {
  if (!s->n_axes) return s->name;
  int index[MAX_AXES];
  model_split(s, element, index);
  const char *inside = "";
  for (int i = 0; i < s->n_axes; i++)
    inside = arena_printf(m->arena, "%s%s%s", inside, i ? "," : "", s->axes[i].of->members[index[i]].name);
  return arena_printf(m->arena, "%s[%s]", s->name, inside);
}
