/* The syntax tree as s-expressions: one line per declaration part, one per expression node. */
#include "support/ast_dump.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "code/program.h"
#include <string.h>

typedef struct dump {
  ppr_buf *out;
  const ppr_report *places;
  int indent;
} dump;

static void line(dump *d) {
  buf_putc(d->out, '\n');
  for (int i = 0; i < d->indent; i++) buf_puts(d->out, "  ");
}

static void place(dump *d, ppr_span span) {
  if (!d->places) return;
  uint32_t line1, col1, line2, col2;
  report_place(d->places, span, &line1, &col1);
  report_place(d->places, (ppr_span){span.file, span.end, span.end}, &line2, &col2);
  if (line1 == line2) buf_printf(d->out, " @%u:%u-%u", line1, col1, col2);
  else buf_printf(d->out, " @%u:%u-%u:%u", line1, col1, line2, col2);
}

static void open_node(dump *d, const char *what) {
  line(d);
  buf_printf(d->out, "(%s", what);
  d->indent++;
}

static void close_node(dump *d) {
  buf_putc(d->out, ')');
  d->indent--;
}

static void text(dump *d, const char *t) {
  if (t) buf_printf(d->out, " \"%s\"", t);
}

static void labelled(dump *d, const char *label, const char *t) {
  if (t) buf_printf(d->out, " %s \"%s\"", label, t);
}

static const char *state_name(unsigned state) {
  static const char *const names[] = {"vorhanden", "fehlt", "entfällt", "unbestimmt"};
  return names[state & 3];
}

static const char *form_name(const ast_expr *e) {
  static const char *const names[] = {"number", "date",    "quarter", "bool", "state", "edition", "ref",   "call", "negate", "not",   "binary", "is",
                                      "has",    "default", "if",      "sum",  "any",   "all",     "count", "min",  "max",    "round", "convert"};
  static const char *const ops[] = {"+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "und", "oder"};
  return e->form == EX_BINARY ? ops[e->op] : names[e->form];
}

static void axes(dump *d, const ast_axis *a) {
  for (; a; a = a->next) {
    buf_printf(d->out, " (je \"%s\"", a->enumeration.text);
    labelled(d, "als", a->alias.text);
    labelled(d, "spalte", a->column);
    buf_putc(d->out, ')');
  }
}

static void literal(dump *d, const ast_expr *e) {
  char out[DEC_TEXT];
  if (e->form == EX_NUMBER) {
    dec_print(out, e->number, e->scale, ',');
    buf_printf(d->out, " %s%s", out, e->percent ? "%" : "");
    if (e->name.text) buf_printf(d->out, " unit \"%s\"", e->name.text);
    labelled(d, "je", e->per.text);
  } else if (e->form == EX_DATE) {
    day_print(out, e->number);
    buf_printf(d->out, " %s", out);
  } else if (e->form == EX_QUARTER) {
    quarter_print(out, e->number);
    buf_printf(d->out, " %s", out);
  } else if (e->form == EX_BOOL) {
    buf_puts(d->out, e->number ? " ja" : " nein");
  }
}

static void expr(dump *d, const ast_expr *e) {
  if (!e) return;
  open_node(d, form_name(e));
  literal(d, e);
  if (e->form == EX_STATE || e->form == EX_HAS || e->form == EX_DEFAULT) buf_printf(d->out, " %s", state_name(e->state));
  if (e->form == EX_REF || e->form == EX_CALL || e->form == EX_IS || e->form == EX_CONVERT || e->form == EX_ROUND) {
    buf_printf(d->out, "%s \"%s\"", e->negated ? " nicht" : "", e->name.text);
    if (e->form == EX_CONVERT) labelled(d, "je", e->per.text);
    if (e->form == EX_ROUND) buf_printf(d->out, " %d", (int)e->number);
  }
  text(d, e->text);
  axes(d, e->axis);
  place(d, e->span);
  expr(d, e->filter);
  expr(d, e->a);
  expr(d, e->b);
  expr(d, e->c);
  for (const ast_expr *arg = e->args; arg; arg = arg->next) expr(d, arg);
  close_node(d);
}

static void cites(dump *d, const ast_cite *c) {
  for (; c; c = c->next) {
    open_node(d, "cite");
    text(d, c->text);
    if (c->evidence) buf_printf(d->out, " %s", ast_evidence_word(c->evidence));
    labelled(d, "source", c->source);
    place(d, c->span);
    close_node(d);
  }
}

static void names(dump *d, const char *what, const ast_named *n) {
  if (!n) return;
  open_node(d, what);
  for (; n; n = n->next) {
    text(d, n->name.text);
    place(d, n->name.span);
  }
  close_node(d);
}

static void type(dump *d, const ast_type *t) {
  static const char *const forms[] = {"number", "bruch", "bool", "named"};
  open_node(d, "type");
  buf_printf(d->out, " %s", forms[t->form]);
  text(d, t->name.text);
  labelled(d, "je", t->per.text);
  if (t->form == AST_TYPE_NUMBER) buf_printf(d->out, " %d", t->scale);
  for (unsigned state = PPR_FEHLT; state <= PPR_UNBESTIMMT; state++)
    if (t->states >> state & 1) buf_printf(d->out, " oder %s", state_name(state));
  place(d, t->span);
  close_node(d);
}

static void field(dump *d, const char *what, const ast_field *f) {
  open_node(d, what);
  text(d, f->name.text);
  labelled(d, "spalte", f->column);
  buf_printf(d->out, "%s%s", f->optional ? " optional" : "", f->sum ? " summe" : "");
  place(d, f->name.span);
  type(d, &f->type);
  if (f->range.present) {
    expr(d, f->range.lo);
    expr(d, f->range.hi);
  }
  if (f->preset) {
    open_node(d, "fehlend");
    expr(d, f->preset);
    close_node(d);
  }
  cites(d, f->cites);
  close_node(d);
}

static void block(dump *d, const ast_block *b) {
  open_node(d, "aus");
  text(d, b->table);
  axes(d, b->axes);
  place(d, b->span);
  for (const ast_where *w = b->wheres; w; w = w->next) {
    open_node(d, "wo");
    text(d, w->column);
    if (w->form == WHERE_TEXT) buf_printf(d->out, " text \"%s\"", w->text);
    else buf_printf(d->out, " key \"%s\" %+lld", w->key.text, (long long)w->offset);
    place(d, w->span);
    close_node(d);
  }
  names(d, "schlüssel", b->keys);
  cites(d, b->cites);
  for (const ast_field *f = b->fields; f; f = f->next) field(d, "feld", f);
  close_node(d);
}

static void row(dump *d, const ast_row *r) {
  open_node(d, "row");
  buf_printf(d->out, " \"%s\" %d", r->label.text, r->count);
  place(d, r->span);
  for (const ast_cell *c = r->cells; c; c = c->next) expr(d, c->value);
  cites(d, r->cites);
  close_node(d);
}

static void entry(dump *d, const ast_entry *e) {
  open_node(d, "entry");
  buf_printf(d->out, "%s%s", e->from_exclusive ? " over" : "", e->until_exclusive ? " under" : "");
  place(d, e->span);
  if (e->from) {
    open_node(d, "from");
    expr(d, e->from);
    close_node(d);
  }
  if (e->until) {
    open_node(d, "until");
    expr(d, e->until);
    close_node(d);
  }
  expr(d, e->value);
  cites(d, e->cites);
  close_node(d);
}

static void branch(dump *d, const ast_branch *b) {
  static const char *const forms[] = {"base", "ausnahme", "fall", "sonst"};
  open_node(d, forms[b->form]);
  text(d, b->label.text);
  for (const ast_before *v = b->before; v; v = v->next) labelled(d, "vor", v->label.text);
  place(d, b->span);
  expr(d, b->cond);
  expr(d, b->value);
  cites(d, b->cites);
  close_node(d);
}

static void assigns(dump *d, const char *what, const ast_assign *a) {
  for (; a; a = a->next) {
    open_node(d, what);
    labelled(d, "Fehler", a->fault);
    place(d, a->span);
    expr(d, a->target);
    expr(d, a->value);
    close_node(d);
  }
}

static void domain(dump *d, const ast_domain *x) {
  static const char *const forms[] = {"range", "list", "uniform", "triangle", "normal", "weighted"};
  open_node(d, forms[x->form]);
  if (x->all) buf_puts(d->out, " alle");
  names(d, "je", x->keys);
  for (const ast_choice *c = x->values; c; c = c->next) {
    if (c->weight) buf_printf(d->out, " %lld *", (long long)c->weight);
    expr(d, c->value);
  }
  close_node(d);
}

static void part(dump *d, const ast_part *p) {
  static const char *const forms[] = {"gruppe", "anteil", "summe", "verteilung"};
  open_node(d, forms[p->form]);
  text(d, p->name);
  place(d, p->span);
  expr(d, p->value);
  close_node(d);
}

static void decl(dump *d, const ast_decl *x) {
  static const char *const forms[] = {"einheit", "aufzählung", "eingabe", "tabelle", "grenze",   "zeitreihe", "staffel", "regel", "auslegung",
                                      "prüfung", "offen",      "ausgabe", "test",    "funktion", "parameter", "annahme", "für",   "auswertung"};
  static const char *const changes[] = {"", " ändere", " streiche", " ergänze"};
  open_node(d, forms[x->form]);
  text(d, x->name);
  buf_printf(d->out, "%s%s", changes[x->change], x->hint ? " hinweis" : "");
  axes(d, x->axes);
  labelled(d, "text", x->text);
  place(d, x->span);
  bool typed = x->form == DECL_TABLE || x->form == DECL_LIMIT || x->form == DECL_SERIES || x->form == DECL_TIERS || x->form == DECL_RULE ||
               x->form == DECL_NATIVE;
  if (typed && x->change != CHANGE_REMOVE && x->change != CHANGE_EXTEND) type(d, &x->type);
  names(d, "entfernt", x->removed);
  names(d, "spalten", x->removed_columns);
  names(d, "summe", x->summed);
  cites(d, x->cites);
  for (const ast_unit *u = x->units; u; u = u->next) {
    char number[DEC_TEXT];
    open_node(d, "unit");
    text(d, u->name.text);
    dec_print(number, u->factor, u->factor_scale, ',');
    if (u->has_factor) buf_printf(d->out, " = %s \"%s\"", number, u->base.text);
    close_node(d);
  }
  for (const ast_member *m = x->members; m; m = m->next) {
    open_node(d, "member");
    text(d, m->name.text);
    labelled(d, "code", m->code);
    labelled(d, "label", m->label);
    for (const ast_attr *a = m->attrs; a; a = a->next) buf_printf(d->out, " %s", a->name.text);
    place(d, m->name.span);
    close_node(d);
  }
  for (const ast_field *f = x->keys; f; f = f->next) field(d, "schlüssel", f);
  if (x->period.text) {
    line(d);
    buf_printf(d->out, "(zeitraum \"%s\" \"%s\" \"%s\")", x->period.text, x->period_year.text, x->period_quarter.text);
  }
  for (const ast_block *b = x->blocks; b; b = b->next) block(d, b);
  if (x->header) {
    open_node(d, "header");
    for (int i = 0; i < x->header_count; i++) text(d, x->header[i].text);
    close_node(d);
  }
  for (const ast_row *r = x->rows; r; r = r->next) row(d, r);
  expr(d, x->argument);
  for (const ast_entry *e = x->entries; e; e = e->next) entry(d, e);
  for (const ast_branch *b = x->branches; b; b = b->next) branch(d, b);
  for (const ast_variant *v = x->variants; v; v = v->next) {
    open_node(d, "variant");
    buf_printf(d->out, "%s \"%s\" \"%s\"", v->preset ? " vorgabe" : "", v->name.text, v->source);
    close_node(d);
  }
  expr(d, x->cond);
  for (const ast_column *c = x->columns; c; c = c->next) {
    open_node(d, "spalte");
    text(d, c->name);
    place(d, c->span);
    expr(d, c->value);
    close_node(d);
  }
  if (x->parameter && x->parameter->cites == x->cites) { /* told above */
    ast_field f = *x->parameter;
    f.cites = NULL;
    field(d, "feld", &f);
  }
  if (x->domain) domain(d, x->domain);
  for (const ast_part *p = x->parts; p; p = p->next) part(d, p);
  assigns(d, "gegeben", x->given);
  assigns(d, "erwarte", x->expected);
  for (const ast_param *p = x->params; p; p = p->next) type(d, &p->type);
  close_node(d);
}

void ast_dump(ppr_buf *out, const ast_file *f, const ppr_report *places) {
  dump d = {out, places, 0};
  char day[16];
  buf_puts(out, "(datei");
  d.indent++;
  labelled(&d, "regelwerk", f->regelwerk.text);
  labelled(&d, "titel", f->title);
  labelled(&d, "fassung", f->fassung.text);
  labelled(&d, "szenario", f->scenario.text);
  labelled(&d, "beschreibung", f->description);
  if (f->targets) names(&d, f->target_range ? "von bis" : "auf", f->targets);
  if (f->has_decision) {
    day_print(day, f->decision_day);
    buf_printf(out, " beschluss %s", day);
    labelled(&d, "publikation", f->publication);
  }
  if (f->has_from) {
    day_print(day, f->from_day);
    buf_printf(out, " ab %s", day);
  }
  if (f->has_until) {
    day_print(day, f->until_day);
    buf_printf(out, " bis %s", day);
  }
  if (f->basis != BASIS_NONE) labelled(&d, f->basis == BASIS_AMENDS ? "ändert" : "ersetzt", f->predecessor.text);
  if (f->regelwerk.text) place(&d, f->head);
  for (const ast_decl *x = f->decls; x; x = x->next) decl(&d, x);
  buf_puts(out, ")\n");
}
