/* What a name means: type, unit, scale, range, citation, and its value in each Fassung. */
#include "base/quarter.h"
#include "lsp/ask.h"
#include "print.h"
#include <inttypes.h>
#include <string.h>

enum { MOST_TEXT = 1 << 20, LONGEST_VALUE = 400, MOST_ROWS = 60, MOST_CHANGES = 12 };

typedef struct hover {
  ask *a;
  ppr_buf *out; /* Markdown */
  const occurrence *at;
  size_t edition; /* the one that speaks for the file */
} hover;

static const builtin builtins[] = {
#define BUILTIN(name, form, de, en) {name, form, de, en},
#include "lsp/builtins.def"
#undef BUILTIN
#define ROUNDING(name, word, de, en, evidence) {word, "gerundet " word " auf n", de, en},
#include "code/rounding.def"
#undef ROUNDING
};

const builtin *hover_builtins(size_t *count) {
  *count = sizeof builtins / sizeof *builtins;
  return builtins;
}

const builtin *hover_builtin(const char *name) {
  for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
    if (strcmp(builtins[i].name, name) == 0) return &builtins[i];
  return NULL;
}

const char *hover_keyword(const symbol *s) {
  switch (s->form) {
  case SYM_FIELD:
    return s->flags & PPR_FIELD_READING     ? "auslegung"
           : s->flags & PPR_FIELD_PARAMETER ? "parameter"
           : s->flags & PPR_FIELD_KEY       ? "schlüssel"
                                            : "eingabe";
  case SYM_TABLE: return s->limit ? "grenze" : "tabelle";
  case SYM_SERIES: return "zeitreihe";
  case SYM_TIERS: return "staffel";
  case SYM_RULE: return "regel";
  case SYM_CHECK: return "prüfung";
  case SYM_NATIVE: return "funktion";
  default: return "";
  }
}

/* ---- texts; they live in the arena of the request ---- */

static const char *keep(hover *h, ppr_buf *text) {
  const char *kept = text->failed ? NULL : arena_strndup(h->a->arena, text->data ? text->data : "", text->size);
  buf_fini(text);
  return kept ? kept : "";
}

static void begin(hover *h, ppr_buf *text) { buf_init(text, h->a->w->alloc, MOST_TEXT); }

static const char *expr_text(hover *h, const ast_expr *e) {
  ppr_buf text;
  begin(h, &text);
  if (e) print_expr(&text, e);
  return keep(h, &text);
}

static const char *cites_text(hover *h, const ast_cite *first, const ast_cite *second) {
  ppr_buf text;
  begin(h, &text);
  print_cites(&text, first);
  if (first && second) buf_puts(&text, "; ");
  print_cites(&text, second);
  return keep(h, &text);
}

static const char *states_text(hover *h, unsigned states) {
  const char *text = "";
  for (unsigned state = PPR_FEHLT; state <= PPR_UNBESTIMMT; state++)
    if (states >> state & 1) text = arena_printf(h->a->arena, "%s oder %s", text, model_state_word((uint8_t)state));
  return text ? text : "";
}

static const char *axes_text(hover *h, const symbol *s) {
  const char *text = "";
  for (int i = 0; i < s->n_axes && text; i++) {
    const axis *x = &s->axes[i];
    bool named = strcmp(x->name, x->of->name) != 0;
    text = arena_printf(h->a->arena, "%s%s%s%s%s", text, i ? ", " : " je ", x->of->name, named ? " als " : "", named ? x->name : "");
  }
  return text ? text : "";
}

/* ---- value of a symbol in one Fassung ---- */

static const char *rule_value(hover *h, const ast_decl *d) {
  const ast_branch *b = d->branches;
  if (!b) return "";
  int more = 0;
  for (const ast_branch *k = b->next; k; k = k->next) more++;
  const char *value = expr_text(h, b->value), *cond = b->cond ? expr_text(h, b->cond) : NULL;
  const char *text = b->form == BRANCH_CASE ? arena_printf(h->a->arena, "fall %s wenn %s = %s", b->label.text, cond, value)
                                            : arena_printf(h->a->arena, "= %s", value);
  if (!more || !text) return text ? text : "";
  return arena_printf(h->a->arena, ask_say(h->a, "%s (und %d weitere)", "%s (and %d more)"), text, more);
}

static const char *series_value(hover *h, const model *m, const symbol *s) {
  const char *text = "";
  for (int i = 0; i < s->n_steps && text; i++) {
    const step *now = &s->steps[i];
    const char *value = model_value_text(m, &s->type, now->value.state, now->value.value), *bound = "";
    char day[16];
    if (s->form == SYM_SERIES) {
      day_print(day, now->entry->from->number);
      bound = arena_printf(h->a->arena, "ab %s", day);
    } else {
      const ast_entry *e = now->entry;
      const char *from = e->from ? expr_text(h, e->from) : NULL, *until = e->until ? expr_text(h, e->until) : NULL;
      if (e->from && e->from == e->until) bound = from;
      else
        bound = arena_printf(h->a->arena, "%s%s%s%s%s",
                             !from               ? ""
                             : e->from_exclusive ? "über "
                                                 : "ab ",
                             from ? from : "", from && until ? " " : "",
                             !until               ? ""
                             : e->until_exclusive ? "unter "
                                                  : "bis ",
                             until ? until : "");
    }
    text = arena_printf(h->a->arena, "%s%s%s: %s", text, i ? "; " : "", bound, value);
  }
  return text ? text : "";
}

static const char *field_value(hover *h, const model *m, const symbol *s) {
  if (s->flags & PPR_FIELD_READING) {
    const enumeration *of = s->type.enumeration;
    if (s->preset < 0 || s->preset >= of->count) return "";
    const member *preset = &of->members[s->preset];
    return arena_printf(h->a->arena, "vorgabe %s: %s", preset->name, preset->label);
  }
  const char *text = "";
  if (s->type.form == TYPE_NUMBER || s->type.form == TYPE_DATE)
    text = arena_printf(h->a->arena, "%s .. %s", model_value_text(m, &s->type, 0, s->lo), model_value_text(m, &s->type, 0, s->hi));
  if (s->field && s->field->column) text = arena_printf(h->a->arena, "%s%sspalte \"%s\"", text, *text ? ", " : "", s->field->column);
  if (s->field && s->field->preset) text = arena_printf(h->a->arena, "%s%sfehlend %s", text, *text ? ", " : "", expr_text(h, s->field->preset));
  if (s->field && s->field->optional) text = arena_printf(h->a->arena, "%s%soptional", text, *text ? ", " : "");
  if (s->block) text = arena_printf(h->a->arena, "%s%saus \"%s\"", text, *text ? ", " : "", s->block->table);
  return text ? text : "";
}

/* Element of a label "A1,a"; -1: none. */
static int element_of(const symbol *s, const char *label) {
  int index[MAX_AXES];
  for (int i = 0; i < s->n_axes; i++) {
    size_t n = strcspn(label, ",");
    index[i] = -1;
    for (int k = 0; k < s->axes[i].of->count; k++) {
      const char *name = s->axes[i].of->members[k].name;
      if (strlen(name) == n && memcmp(name, label, n) == 0) index[i] = k;
    }
    if (index[i] < 0) return -1;
    label += label[n] ? n + 1 : n;
  }
  return *label ? -1 : model_element(s, index);
}

static const char *element_label(hover *h, const symbol *s, int element) {
  int index[MAX_AXES];
  const char *text = "";
  model_split(s, element, index);
  for (int i = 0; i < s->n_axes && text; i++) text = arena_printf(h->a->arena, "%s%s%s", text, i ? "," : "", s->axes[i].of->members[index[i]].name);
  return text ? text : "";
}

static const char *cell_value(const model *m, const symbol *s, int element) {
  const cell *c = &s->cells[element];
  return model_value_text(m, &s->type, c->state, c->value);
}

/* Without its unit, which stands in the head. */
static const char *bare_value(const model *m, const symbol *s, int element) {
  check_type t = s->type;
  t.unit.n = 0;
  return model_value_text(m, &t, s->cells[element].state, s->cells[element].value);
}

/* Every cell, to compare Fassungen. */
static const char *cells_value(hover *h, const model *m, const symbol *s) {
  ppr_buf text;
  begin(h, &text);
  for (int i = 0; i < s->elements; i++) buf_printf(&text, "%s = %s; ", element_label(h, s, i), cell_value(m, s, i));
  return keep(h, &text);
}

static const char *symbol_value(hover *h, const model *m, const symbol *s, const char *element) {
  switch (s->form) {
  case SYM_FIELD: return field_value(h, m, s);
  case SYM_TABLE: {
    if (!s->cells) return "";
    if (!element) return cells_value(h, m, s);
    int at = element_of(s, element);
    return at < 0 ? NULL : cell_value(m, s, at);
  }
  case SYM_SERIES:
  case SYM_TIERS: return series_value(h, m, s);
  case SYM_RULE: return rule_value(h, s->decl);
  case SYM_CHECK: return expr_text(h, s->decl->cond);
  case SYM_NATIVE: return model_signature(m, s);
  default: return "";
  }
}

static const char *member_value(hover *h, const enumeration *of, const char *name) {
  int at = model_member(of, name);
  if (at < 0) return NULL;
  const member *k = &of->members[at];
  const char *text = strcmp(k->code, k->name) ? arena_printf(h->a->arena, "= \"%s\" ", k->code) : "";
  if (text && *k->label) text = arena_printf(h->a->arena, "%s\"%s\"", text, k->label);
  for (int i = 0; i < of->n_attrs && text; i++)
    if (k->attrs >> i & 1) text = arena_printf(h->a->arena, "%s %s", text, of->attrs[i]);
  return text ? text : "";
}

static const char *members_value(hover *h, const enumeration *of, const char *attr) {
  const char *text = "";
  int at = -1;
  for (int i = 0; attr && i < of->n_attrs; i++)
    if (strcmp(of->attrs[i], attr) == 0) at = i;
  if (attr && at < 0) return NULL;
  for (int i = 0; i < of->count && text; i++)
    if (!attr || of->members[i].attrs >> at & 1) text = arena_printf(h->a->arena, "%s%s%s", text, *text ? ", " : "", of->members[i].name);
  return text ? text : "";
}

static const char *unit_value(hover *h, const model *m, const char *name) {
  int at = model_find_unit(m, name);
  if (at < 0) return NULL;
  const unit *u = &m->units[at];
  if (u->base < 0) return ask_say(h->a, "Grundeinheit", "base unit");
  unit_product base = {1, {{u->base, 1}}};
  check_type t = {.form = TYPE_NUMBER, .unit = base, .scale = u->factor_scale};
  return arena_printf(h->a->arena, "= %s", model_value_text(m, &t, PPR_PRESENT, u->factor));
}

static const ast_decl *named_decl(const model *m, ast_decl_form form, const char *name) {
  for (size_t i = 0; i < m->n_decls; i++)
    if (m->decls[i]->form == form && strcmp(m->decls[i]->name, name) == 0) return m->decls[i];
  return NULL;
}

static const ast_branch *labelled(const ast_decl *rule, const char *label) {
  for (const ast_branch *b = rule ? rule->branches : NULL; b; b = b->next)
    if (b->label.text && name_is(b->label, label)) return b;
  return NULL;
}

/* Value of what is at the place in one Fassung, NULL where the Fassung does not know it; and its citations. */
static const char *value_in(hover *h, size_t edition, const char **cites) {
  const model *m = h->a->now->models[edition];
  const entity *of = h->at->of;
  *cites = "";
  switch (of->form) {
  case ENTITY_SYMBOL: {
    const symbol *s = model_symbol(m, of->name);
    if (!s) return NULL;
    if (s->decl)
      *cites = cites_text(h, s->field ? s->field->cites : s->decl->cites, s->form == SYM_RULE && s->decl->branches ? s->decl->branches->cites : NULL);
    int at = s->form == SYM_TABLE && s->cells && h->at->element ? element_of(s, h->at->element) : -1;
    if (at >= 0 && s->cells[at].cites) *cites = cites_text(h, s->cells[at].cites, NULL);
    return symbol_value(h, m, s, h->at->element);
  }
  case ENTITY_ENUM: {
    const enumeration *e = model_enum(m, of->name);
    if (e && e->decl) *cites = cites_text(h, e->decl->cites, NULL);
    return e ? members_value(h, e, NULL) : NULL;
  }
  case ENTITY_MEMBER:
  case ENTITY_ATTR: {
    const enumeration *e = model_enum(m, of->scope);
    if (!e) return NULL;
    return of->form == ENTITY_ATTR ? members_value(h, e, of->name) : member_value(h, e, of->name);
  }
  case ENTITY_UNIT: return unit_value(h, m, of->name);
  case ENTITY_LABEL: {
    const ast_branch *b = labelled(named_decl(m, DECL_RULE, of->scope), of->name);
    if (!b) return NULL;
    *cites = cites_text(h, b->cites, NULL);
    return arena_printf(h->a->arena, "wenn %s = %s", expr_text(h, b->cond), expr_text(h, b->value));
  }
  case ENTITY_KIND: {
    const ast_decl *d = named_decl(m, DECL_INPUT, of->name);
    const char *text = d ? "" : NULL;
    for (const ast_field *f = d ? d->keys : NULL; f && text; f = f->next)
      text = arena_printf(h->a->arena, "%s%s%s", text, *text ? ", " : "schlüssel ", f->name.text);
    if (d) *cites = cites_text(h, d->cites, NULL);
    return text;
  }
  case ENTITY_OPEN: {
    const ast_decl *d = named_decl(m, DECL_OPEN, of->name);
    if (d) *cites = cites_text(h, d->cites, NULL);
    return d ? d->text : NULL;
  }
  case ENTITY_ALIAS:
  case ENTITY_EDITION:
  case ENTITY_FUNCTION:
  default: return NULL;
  }
}

/* ---- the text ---- */

/* A cell of a Markdown table. */
static void put_cell(hover *h, const char *text) {
  size_t n = strlen(text), shown = n < LONGEST_VALUE ? n : LONGEST_VALUE;
  while (shown && shown < n && ((unsigned char)text[shown] & 0xC0) == 0x80) shown--;
  for (size_t i = 0; i < shown; i++) {
    if (text[i] == '|') buf_putc(h->out, '\\');
    buf_putc(h->out, text[i] == '\n' ? ' ' : text[i]);
  }
  if (shown < n) buf_puts(h->out, " …");
}

static const char *span_text(hover *h, size_t first, size_t last) {
  const char *from = snapshot_edition(h->a->now, first), *to = snapshot_edition(h->a->now, last);
  return first == last ? from : arena_printf(h->a->arena, "%s – %s", from, to);
}

/* A row for every run of Fassungen with the same value and citation. */
static void put_editions(hover *h) {
  size_t n = h->a->now->n_editions;
  buf_puts(h->out, ask_say(h->a, "\n| Fassung | Wert | Fundstelle |\n|---|---|---|\n", "\n| edition | value | citation |\n|---|---|---|\n"));
  for (size_t i = 0, end; i < n; i = end) {
    const char *cites, *more_cites, *value = value_in(h, i, &cites), *more;
    for (end = i + 1; end < n; end++) {
      more = value_in(h, end, &more_cites);
      if (!value != !more || (value && (strcmp(value, more) || strcmp(cites, more_cites)))) break;
    }
    buf_printf(h->out, "| %s | ", span_text(h, i, end - 1));
    put_cell(h, value ? value : "—");
    buf_puts(h->out, " | ");
    put_cell(h, cites);
    buf_puts(h->out, " |\n");
  }
}

/* The cells of a whole table as the file's Fassung has them. */
static void put_matrix(hover *h, const model *m, const symbol *s) {
  int columns = s->n_axes == 2 ? s->axes[1].of->count : 1, rows = s->axes[0].of->count;
  buf_puts(h->out, "\n| |");
  for (int i = 0; i < columns; i++)
    buf_printf(h->out, " %s |", s->n_axes == 2 ? s->axes[1].of->members[i].name : snapshot_edition(h->a->now, h->edition));
  buf_puts(h->out, "\n|---|");
  for (int i = 0; i < columns; i++) buf_puts(h->out, "---|");
  buf_putc(h->out, '\n');
  for (int r = 0; r < rows && r < MOST_ROWS; r++) {
    buf_printf(h->out, "| %s |", s->axes[0].of->members[r].name);
    for (int c = 0; c < columns; c++) {
      buf_putc(h->out, ' ');
      put_cell(h, bare_value(m, s, r * columns + c));
      buf_puts(h->out, " |");
    }
    buf_putc(h->out, '\n');
  }
  if (rows > MOST_ROWS) buf_printf(h->out, ask_say(h->a, "\n… und weitere Zeilen: %d\n", "\n… and more rows: %d\n"), rows - MOST_ROWS);
}

/* How another Fassung's table differs. */
static const char *table_changes(hover *h, const symbol *here, size_t edition) {
  const model *m = h->a->now->models[edition], *own = h->a->now->models[h->edition];
  const symbol *s = model_symbol(m, here->name);
  if (!s || s->form != SYM_TABLE || !s->cells) return "—";
  const char *text = "";
  int changes = 0;
  for (int i = 0; i < s->elements && text; i++) {
    const char *label = element_label(h, s, i), *value = bare_value(m, s, i);
    int same = element_of(here, label);
    if (same >= 0 && strcmp(bare_value(own, here, same), value) == 0) continue;
    if (changes++ < MOST_CHANGES) text = arena_printf(h->a->arena, "%s%s%s: %s", text, *text ? "; " : "", label, value);
  }
  int gone = 0;
  for (int i = 0; i < here->elements; i++) gone += element_of(s, element_label(h, here, i)) < 0;
  if (changes > MOST_CHANGES) text = arena_printf(h->a->arena, ask_say(h->a, "%s; und %d weitere", "%s; and %d more"), text, changes - MOST_CHANGES);
  if (gone && text)
    text = arena_printf(
        h->a->arena, ask_say(h->a, gone == 1 ? "%s%sohne %d Feld" : "%s%sohne %d Felder", gone == 1 ? "%s%swithout %d cell" : "%s%swithout %d cells"),
        text, *text ? "; " : "", gone);
  if (!text || !*text) return ask_say(h->a, "dieselben Werte", "the same values");
  return text;
}

static void put_table(hover *h, const symbol *s) {
  const model *m = h->a->now->models[h->edition];
  put_matrix(h, m, s);
  buf_puts(h->out, ask_say(h->a, "\n| Fassung | anders als hier |\n|---|---|\n", "\n| edition | differs from here |\n|---|---|\n"));
  for (size_t i = 0, end; i < h->a->now->n_editions; i = end) {
    const char *text = table_changes(h, s, i);
    for (end = i + 1; end < h->a->now->n_editions && strcmp(text, table_changes(h, s, end)) == 0;) end++;
    buf_printf(h->out, "| %s | ", span_text(h, i, end - 1));
    put_cell(h, text);
    buf_puts(h->out, " |\n");
  }
}

static void put_type(hover *h, const model *m, const symbol *s) {
  if (s->form == SYM_CHECK || s->type.form == TYPE_ERROR) return;
  const check_type *t = &s->type;
  buf_printf(h->out, "\n%s: `%s%s`", ask_say(h->a, "Typ", "type"), model_type_text(m, t), states_text(h, s->states));
  if (t->form == TYPE_NUMBER || t->form == TYPE_BRUCH) {
    const char *of = t->unit.n ? model_unit_text(m, &t->unit) : t->percent ? "Prozent" : ask_say(h->a, "keine", "none");
    buf_printf(h->out, ", %s: %s", ask_say(h->a, "Einheit", "unit"), of);
    if (t->form == TYPE_NUMBER) buf_printf(h->out, ", %s: %d", ask_say(h->a, "Nachkommastellen", "decimals"), t->scale - (t->percent ? 2 : 0));
  }
  if (s->form == SYM_FIELD && (t->form == TYPE_NUMBER || t->form == TYPE_DATE))
    buf_printf(h->out, ", %s: %s .. %s", ask_say(h->a, "Bereich", "range"), model_value_text(m, t, 0, s->lo), model_value_text(m, t, 0, s->hi));
  buf_putc(h->out, '\n');
}

static void put_symbol(hover *h) {
  const entity *of = h->at->of;
  const symbol *s = NULL;
  size_t n = h->a->now->n_editions;
  for (size_t i = h->edition + 1; i > 0 && !s; i--) s = model_symbol(h->a->now->models[h->edition = i - 1], of->name); /* struck here: as it was */
  for (size_t i = 0; i < n && !s; i++) s = model_symbol(h->a->now->models[h->edition = i], of->name);
  if (!s) return;
  const model *m = h->a->now->models[h->edition];
  const char *element = h->at->element;
  if (s->form == SYM_NATIVE) buf_printf(h->out, "```ppr\nfunktion %s : %s\n```\n", s->name, model_signature(m, s));
  else
    buf_printf(h->out, "```ppr\n%s %s%s%s%s%s : %s%s\n```\n", hover_keyword(s), s->name, element ? "[" : "", element ? element : "",
               element ? "]" : "", element ? "" : axes_text(h, s),
               s->form == SYM_CHECK ? (s->decl->hint ? "hinweis" : "fehler") : model_type_text(m, &s->type), states_text(h, s->states));
  if (s->decl && s->decl->text && s->form != SYM_NATIVE) buf_printf(h->out, "\n%s\n", s->decl->text);
  put_type(h, m, s);
  if (s->decl)
    buf_printf(h->out, "\n%s: %s\n", ask_say(h->a, "Fundstelle", "citation"), cites_text(h, s->field ? s->field->cites : s->decl->cites, NULL));
  if (s->form == SYM_TABLE && s->cells && s->n_axes && !element) put_table(h, s);
  else put_editions(h);
}

static void put_edition(hover *h) {
  const snapshot *now = h->a->now;
  for (size_t i = 0; i < now->n_editions; i++) {
    const edition_text *e = &now->editions[i];
    if (!name_is(e->file->fassung, h->at->of->name)) continue;
    char from[16], until[16], decided[16];
    day_print(from, e->from_day);
    day_print(until, e->until_day == INT64_MAX ? 0 : e->until_day);
    day_print(decided, e->file->decision_day);
    buf_printf(h->out, "**%s** %s %s\n", e->file->regelwerk.text, ask_say(h->a, "Fassung", "edition"), h->at->of->name);
    if (e->file->title) buf_printf(h->out, "\n%s\n", e->file->title);
    if (e->file->has_decision)
      buf_printf(h->out, "\n%s %s, %s\n", ask_say(h->a, "Beschluss vom", "decided on"), decided, e->file->publication ? e->file->publication : "");
    buf_printf(h->out, "\n%s %s", ask_say(h->a, "gilt ab", "in force from"), from);
    if (e->until_day != INT64_MAX) buf_printf(h->out, " %s %s", ask_say(h->a, "bis", "until"), until);
    buf_putc(h->out, '\n');
    return;
  }
}

/* An alias stands behind the name of its enumeration. */
static void put_alias(hover *h) {
  const snapshot *now = h->a->now;
  for (size_t i = 1; i < now->n_occurrences; i++)
    if (now->occurrences[i].of == h->at->of && now->occurrences[i].declares)
      buf_printf(h->out, "%s `%s` %s %s\n", ask_say(h->a, "Achse", "axis"), h->at->of->name, ask_say(h->a, "über", "over"),
                 now->occurrences[i - 1].of->name);
}

static void put_builtin(hover *h, const builtin *b) { buf_printf(h->out, "```ppr\n%s\n```\n\n%s\n", b->form, ask_say(h->a, b->de, b->en)); }

static void put_function(hover *h) {
  const builtin *b = hover_builtin(h->at->of->name);
  const ppr_native *n = natives_find(h->a->natives, h->at->of->name);
  if (b) put_builtin(h, b);
  else if (n)
    buf_printf(h->out, "```ppr\n%s : %s\n```\n\n%s\n\n`%s`\n", n->name, n->signature,
               ask_say(h->a, n->doc_de ? n->doc_de : "", n->doc_en ? n->doc_en : ""), n->example ? n->example : "");
}

static void put_entity(hover *h) {
  const entity *of = h->at->of;
  const char *what = "";
  switch (of->form) {
  case ENTITY_SYMBOL: put_symbol(h); return;
  case ENTITY_EDITION: put_edition(h); return;
  case ENTITY_ALIAS: put_alias(h); return;
  case ENTITY_FUNCTION: put_function(h); return;
  case ENTITY_ENUM: what = "aufzählung"; break;
  case ENTITY_MEMBER: what = of->scope; break;
  case ENTITY_ATTR: what = ask_say(h->a, "Merkmal", "attribute"); break;
  case ENTITY_UNIT: what = "einheit"; break;
  case ENTITY_LABEL: what = of->scope; break;
  case ENTITY_KIND: what = "eingabe"; break;
  case ENTITY_OPEN: what = "offen"; break;
  default: break;
  }
  buf_printf(h->out, "```ppr\n%s%s %s\n```\n", what, of->form == ENTITY_LABEL || of->form == ENTITY_MEMBER ? " :" : "", of->name);
  put_editions(h);
}

static void finish(ask *a, ppr_buf *text, size_t begin_at, size_t end_at) {
  if (!text->size || text->failed) buf_puts(a->out, "null");
  else {
    buf_puts(a->out, "{\"contents\":{\"kind\":\"markdown\",\"value\":");
    json_put(a->out, text->data);
    buf_puts(a->out, "},\"range\":");
    place_put_range(a->out, report_source(a->now->report, a->file->source), a->encoding, begin_at, end_at);
    buf_putc(a->out, '}');
  }
  buf_fini(text);
}

void hover_answer(ask *a) {
  ppr_buf text;
  hover h = {.a = a, .out = &text, .at = ask_occurrence(a), .edition = ask_edition(a)};
  size_t at = 0, end = 0;
  begin(&h, &text);
  if (h.at && a->now->n_editions) {
    at = h.at->span.begin;
    end = h.at->span.end;
    put_entity(&h);
  } else {
    const char *use = tokens_keyword(a, &at, &end);
    if (use) buf_puts(&text, use);
  }
  finish(a, &text, at, end);
}
