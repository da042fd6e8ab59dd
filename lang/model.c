/* Look-up, units, types and literals of one Fassung: what its names mean and how its values are written. */
#include "model.h"
#include "base/decimal.h"
#include "base/hash.h"
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

static bool same(const char *a, const char *b) { return *a == *b && strcmp(a, b) == 0; } /* most differ at once */

enumeration *model_enum(const model *m, const char *name) {
  for (int i = 0; i < m->n_enums; i++)
    if (same(m->enums[i]->name, name)) return m->enums[i];
  return m->evidence && !strcmp(m->evidence->name, name) ? m->evidence : NULL;
}

static symbol **symbol_slot(symbol **slots, size_t n, const char *name) {
  size_t at = (size_t)hash_text(0, name) & (n - 1);
  while (slots[at] && strcmp(slots[at]->name, name)) at = (at + 1) & (n - 1);
  return &slots[at];
}

symbol *model_symbol(const model *m, const char *name) { return m->n_slots ? *symbol_slot(m->slots, m->n_slots, name) : NULL; }

symbol *model_add(model *m, symbol *s) {
  if (2 * (m->n_symbols + 1) > m->n_slots) {
    size_t n = m->n_slots ? 2 * m->n_slots : 256;
    symbol **slots = arena_array(m->arena, n, sizeof *slots);
    if (!slots) return NULL;
    for (symbol *k = m->symbols; k; k = k->next) *symbol_slot(slots, n, k->name) = k;
    m->slots = slots;
    m->n_slots = n;
  }
  if (m->last_symbol) m->last_symbol->next = s;
  else m->symbols = s;
  m->n_symbols++;
  *symbol_slot(m->slots, m->n_slots, s->name) = s;
  return m->last_symbol = s;
}

int model_member(const enumeration *e, const char *name) {
  for (int i = 0; i < e->count; i++)
    if (same(e->members[i].name, name)) return i;
  return -1;
}

int model_find_unit(const model *m, const char *name) {
  for (int i = 0; i < m->n_units; i++)
    if (same(m->units[i].name, name)) return i;
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
  int u = model_find_unit(m, name.text);
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
    else if ((out->enumeration = model_enum(m, t->name.text)))
      out->form = TYPE_ENUM, m->asks_evidence = m->asks_evidence || out->enumeration == m->evidence;
    else if (model_find_unit(m, t->name.text) >= 0 || name_is(t->name, "Zahl") || name_is(t->name, "Prozent")) {
      report_add(m->report, DIAG_TYPE_MISMATCH, t->span,
                 arena_printf(m->arena, DIAG_BOTH("`%s(…)` mit der Zahl der Nachkommastellen", "`%s(…)` with the number of decimals"), t->name.text,
                              t->name.text),
                 t->name.text, NULL);
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
        if (!wide_mul(power > 0 ? num : den, power > 0 ? *num : *den, f) || !wide_mul(power > 0 ? den : num, power > 0 ? *den : *num, g))
          return false;
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

static const char *unit_phrase(const model *m, const unit_product *u) {
  return u->n ? model_unit_text(m, u) : DIAG_BOTH("eine Zahl ohne Einheit", "a number without unit");
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
  return report_add(m->report, code, span, unit_phrase(m, a), unit_phrase(m, b), de, en, NULL);
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

void model_unknown_member(model *m, ast_name word, const enumeration *of) {
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
        model_unknown_member(m, n->name, t->enumeration);
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

bool model_constant(model *m, ast_expr *e, const check_type *t, cell *out) {
  symbol *p = e->form == EX_REF && !e->args && t->form != TYPE_ENUM ? model_symbol(m, e->name.text) : NULL;
  if (!p || !(p->flags & PPR_FIELD_PARAMETER)) return model_literal(m, e, t, out, DIAG_CELL_TYPE);
  *out = (cell){.parameter = p};
  const check_type *has = &p->type;
  if (has->form == TYPE_ERROR) return false; /* diagnosed where it is declared */
  ppr_wide value = p->preset;
  bool right = has->form == t->form && has->percent == t->percent && !memcmp(&has->unit, &t->unit, sizeof t->unit) && has->scale <= t->scale &&
               wide_mul(&value, value, dec_pow10(t->scale - has->scale)) && wide_fits64(value);
  out->value = right ? (int64_t)value : 0;
  if (!right)
    report_add(m->report, DIAG_CELL_TYPE, e->span, model_type_text(m, t), arena_printf(m->arena, "%s : %s", p->name, model_type_text(m, has)), NULL);
  return right;
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
  const char *name[MAX_AXES];
  size_t of_symbol = strlen(s->name), size[MAX_AXES], all = of_symbol + 2;
  for (int i = 0; i < s->n_axes; i++) {
    name[i] = s->axes[i].of->members[index[i]].name;
    all += (size[i] = strlen(name[i])) + 1;
  }
  char *label = arena_alloc(m->arena, all), *at = label;
  if (!label) return "";
  memcpy(at, s->name, of_symbol);
  at += of_symbol;
  for (int i = 0; i < s->n_axes; i++) { /* there are too many labels for printf */
    *at++ = i ? ',' : '[';
    memcpy(at, name[i], size[i]);
    at += size[i];
  }
  *at = ']';
  return label;
}
