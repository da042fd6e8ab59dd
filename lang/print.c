/* The text of a syntax tree. Parentheses stand only where the binding strengths need them; how long lines and columns look is fmt.c's. */
#include "print.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "code/program.h"
#include <string.h>

static void put(ppr_buf *out, const char *text) { buf_puts(out, text); }

/* A text in the quotation marks it does not contain. */
static void put_text(ppr_buf *out, const char *text) {
  if (strchr(text, '"')) buf_printf(out, "„%s“", text);
  else buf_printf(out, "\"%s\"", text);
}

static void put_optional(ppr_buf *out, const char *before, const char *text) {
  if (!text) return;
  put(out, before);
  put_text(out, text);
}

void print_cites(ppr_buf *out, const ast_cite *cites) {
  for (const ast_cite *c = cites; c; c = c->next) {
    buf_printf(out, "%s%s", c == cites ? "" : "; ", c->text);
    if (c->evidence != EVIDENCE_CONFIRMED)
      buf_printf(out, " [%s%s%s]", ast_evidence_word(c->evidence), c->source ? ": " : "", c->source ? c->source : "");
  }
}

static void put_cites(ppr_buf *out, const ast_cite *cites) {
  if (!cites) return;
  put(out, " ");
  print_cites(out, cites);
}

static void put_names(ppr_buf *out, const char *before, const ast_named *names) {
  for (const ast_named *n = names; n; n = n->next) buf_printf(out, "%s%s", n == names ? before : ", ", n->name.text);
}

static void put_day(ppr_buf *out, int64_t day) {
  char text[16];
  day_print(text, day);
  put(out, text);
}

static void put_decimal(ppr_buf *out, int64_t value, int scale) {
  char text[DEC_TEXT];
  dec_print(text, value, scale, ',');
  put(out, text);
}

static const char *state_word(unsigned state) {
  switch (state) {
  case PPR_FEHLT: return "fehlt";
  case PPR_ENTFAELLT: return "entfällt";
  case PPR_UNBESTIMMT: return "unbestimmt";
  default: return "vorhanden";
  }
}

void print_axes(ppr_buf *out, const ast_axis *axes) {
  for (const ast_axis *a = axes; a; a = a->next) {
    buf_printf(out, "%s%s", a == axes ? " je " : ", ", a->enumeration.text);
    if (a->alias.text) buf_printf(out, " als %s", a->alias.text);
    put_optional(out, " spalte ", a->column);
  }
}

void print_type(ppr_buf *out, const ast_type *t) {
  if (t->form == AST_TYPE_BOOL) put(out, "ja/nein");
  if (t->form == AST_TYPE_BRUCH) put(out, t->name.text ? "Bruch " : "Bruch");
  if (t->name.text) put(out, t->name.text);
  if (t->per.text) buf_printf(out, " je %s", t->per.text);
  if (t->form == AST_TYPE_NUMBER) buf_printf(out, "(%d)", t->scale);
  for (unsigned state = PPR_FEHLT; state <= PPR_UNBESTIMMT; state++)
    if (t->states >> state & 1) buf_printf(out, " oder %s", state_word(state));
}

/* Expressions */

static void put_expr(ppr_buf *out, const ast_expr *e, ast_bind least);

static void put_list(ppr_buf *out, const ast_expr *e, const char *open, const char *close) {
  put(out, open);
  for (const ast_expr *item = e; item; item = item->next) {
    if (item != e) put(out, ", ");
    put_expr(out, item, BIND_PREFIX);
  }
  put(out, close);
}

static void put_unit(ppr_buf *out, const ast_expr *e) {
  put(out, e->name.text);
  if (e->per.text) buf_printf(out, " je %s", e->per.text);
}

static void put_binary(ppr_buf *out, const ast_expr *e) {
  static const char *const signs[] = {"+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "und", "oder"};
  ast_bind strength = ast_strength(e);
  put_expr(out, e->a, strength == BIND_COMPARE ? BIND_ROUND : strength); /* comparisons do not chain */
  buf_printf(out, " %s ", signs[e->op]);
  put_expr(out, e->b, strength + 1);
}

static void put_aggregate(ppr_buf *out, const ast_expr *e) {
  static const char *const heads[] = {[EX_SUM] = "summe über", [EX_ANY] = "irgendein",     [EX_ALL] = "alle",
                                      [EX_COUNT] = "anzahl",   [EX_MIN] = "kleinste über", [EX_MAX] = "größte über"};
  buf_printf(out, "%s %s", heads[e->form], e->axis->enumeration.text);
  if (e->axis->alias.text) buf_printf(out, " als %s", e->axis->alias.text);
  if (e->filter) {
    put(out, " mit ");
    put_expr(out, e->filter, e->a ? BIND_DEFAULT : BIND_PREFIX);
  }
  if (e->a) {
    put(out, " : ");
    put_expr(out, e->a, BIND_PREFIX);
  }
}

static void put_state(ppr_buf *out, const ast_expr *e) {
  put(out, e->name.text ? e->name.text : state_word(e->state));
  put_optional(out, " ", e->text);
}

static void put_bare(ppr_buf *out, const ast_expr *e) {
  char text[16];
  switch (e->form) {
  case EX_NUMBER:
    put_decimal(out, e->number, e->scale);
    put(out, e->percent ? " %" : e->name.text ? " " : "");
    if (e->name.text) put_unit(out, e);
    break;
  case EX_DATE: put_day(out, e->number); break;
  case EX_QUARTER:
    quarter_print(text, e->number);
    put(out, text);
    break;
  case EX_BOOL: put(out, e->number ? "ja" : "nein"); break;
  case EX_STATE: put_state(out, e); break;
  case EX_EDITION: put(out, "Fassung"); break;
  case EX_REF:
    put(out, e->name.text);
    if (e->args) put_list(out, e->args, "[", "]");
    break;
  case EX_CALL:
    put(out, e->name.text);
    put_list(out, e->args, "(", ")");
    break;
  case EX_NEGATE:
    put(out, "-");
    put_expr(out, e->a, BIND_SIGN);
    break;
  case EX_NOT:
    put(out, "nicht ");
    put_expr(out, e->a, BIND_NOT);
    break;
  case EX_BINARY: put_binary(out, e); break;
  case EX_IS:
    put_expr(out, e->a, BIND_ROUND);
    buf_printf(out, " ist %s%s", e->negated ? "nicht " : "", e->name.text);
    break;
  case EX_HAS:
    put_expr(out, e->a, BIND_ROUND);
    buf_printf(out, " %s", state_word(e->state));
    break;
  case EX_DEFAULT:
    put_expr(out, e->a, BIND_DEFAULT);
    buf_printf(out, " falls %s ", state_word(e->state));
    put_expr(out, e->b, BIND_OR);
    break;
  case EX_IF:
    put(out, "wenn ");
    put_expr(out, e->a, BIND_DEFAULT);
    put(out, " dann ");
    put_expr(out, e->b, BIND_DEFAULT);
    put(out, " sonst ");
    put_expr(out, e->c, BIND_PREFIX);
    break;
  case EX_SUM:
  case EX_ANY:
  case EX_ALL:
  case EX_COUNT:
  case EX_MIN:
  case EX_MAX: put_aggregate(out, e); break;
  case EX_ROUND:
    put_expr(out, e->a, BIND_ROUND);
    buf_printf(out, " gerundet %s auf %d", e->name.text, (int)e->number);
    break;
  case EX_CONVERT:
    put_expr(out, e->a, BIND_ROUND);
    put(out, " in ");
    put_unit(out, e);
    break;
  }
}

static void put_expr(ppr_buf *out, const ast_expr *e, ast_bind least) {
  bool weaker = ast_strength(e) < least;
  if (weaker) put(out, "(");
  put_bare(out, e);
  if (weaker) put(out, ")");
}

void print_expr(ppr_buf *out, const ast_expr *e) { put_expr(out, e, BIND_PREFIX); }

/* A value of a table, time series or tier: what is open has its own word there. */
void print_constant(ppr_buf *out, const ast_expr *e) {
  if (e->form == EX_STATE && e->state == PPR_UNBESTIMMT && !e->text) put(out, "offen");
  else print_expr(out, e);
}

/* Declarations */

void print_member(ppr_buf *out, const ast_member *m) {
  put(out, m->name.text);
  put_optional(out, " = ", m->code);
  put_optional(out, " ", m->label);
  for (const ast_attr *a = m->attrs; a; a = a->next) buf_printf(out, " %s", a->name.text);
}

static void put_members(ppr_buf *out, const ast_member *m) {
  for (; m; m = m->next) {
    put(out, "\n  ");
    print_member(out, m);
    if (m->next) put(out, ",");
  }
}

static void put_units(ppr_buf *out, const ast_unit *units) {
  for (const ast_unit *u = units; u; u = u->next) {
    buf_printf(out, "%s%s", u == units ? " " : ", ", u->name.text);
    if (!u->has_factor) continue;
    put(out, " = ");
    put_decimal(out, u->factor, u->factor_scale);
    buf_printf(out, " %s", u->base.text);
  }
}

static void put_range(ppr_buf *out, const ast_range *r) {
  if (!r->present) return;
  put(out, " ");
  print_expr(out, r->lo);
  put(out, "..");
  print_expr(out, r->hi);
}

void print_field(ppr_buf *out, const ast_field *f) {
  buf_printf(out, "%s : ", f->name.text);
  print_type(out, &f->type);
  put_range(out, &f->range);
  put_optional(out, " spalte ", f->column);
  if (f->optional) put(out, " optional");
  if (f->preset) {
    put(out, " fehlend ");
    print_expr(out, f->preset);
  }
  if (f->sum) put(out, " summe");
  put_cites(out, f->cites);
}

void print_block_head(ppr_buf *out, const ast_block *b) {
  put_optional(out, "aus ", b->table);
  print_axes(out, b->axes);
  put_names(out, " schlüssel ", b->keys);
  for (const ast_where *w = b->wheres; w; w = w->next) {
    put_optional(out, w == b->wheres ? " wo " : ", ", w->column);
    put(out, " = ");
    if (w->form == WHERE_TEXT) put_text(out, w->text);
    else put(out, w->key.text);
    if (w->form == WHERE_KEY && w->offset)
      buf_printf(out, " %c %lld", w->offset < 0 ? '-' : '+', (long long)(w->offset < 0 ? -w->offset : w->offset));
  }
  put_cites(out, b->cites);
}

static void put_block(ppr_buf *out, const ast_block *b) {
  put(out, "\n  ");
  print_block_head(out, b);
  for (const ast_field *f = b->fields; f; f = f->next) {
    put(out, "\n    ");
    print_field(out, f);
  }
}

static void put_input(ppr_buf *out, const ast_decl *d) {
  for (const ast_field *f = d->keys; f; f = f->next) {
    put(out, f == d->keys ? "\n  schlüssel " : ", ");
    print_field(out, f);
  }
  if (d->period.text) buf_printf(out, "\n  zeitraum %s = %s, %s", d->period.text, d->period_year.text, d->period_quarter.text);
  for (const ast_block *b = d->blocks; b; b = b->next) put_block(out, b);
}

static void put_table(ppr_buf *out, const ast_decl *d) {
  if (d->header) put(out, "\n ");
  for (int i = 0; d->header && i < d->header_count; i++) buf_printf(out, " %s", d->header[i].text);
  for (const ast_row *r = d->rows; r; r = r->next) {
    buf_printf(out, "\n  %s", r->label.text);
    for (const ast_cell *c = r->cells; c; c = c->next) {
      put(out, " ");
      print_constant(out, c->value);
    }
    put_cites(out, r->cites);
  }
}

void print_bounds(ppr_buf *out, const ast_entry *e) {
  if (e->from && e->from == e->until) {
    print_expr(out, e->from);
  } else {
    if (e->from) {
      put(out, e->from_exclusive ? "über " : "ab ");
      print_expr(out, e->from);
    }
    if (e->until) {
      put(out, e->from ? " " : "");
      put(out, e->until_exclusive ? "unter " : "bis ");
      print_expr(out, e->until);
    }
  }
}

void print_entry(ppr_buf *out, const ast_entry *e) {
  print_bounds(out, e);
  put(out, " : ");
  print_constant(out, e->value);
  put_cites(out, e->cites);
}

static void put_branch(ppr_buf *out, const ast_branch *b) {
  bool labelled = b->form == BRANCH_EXCEPTION || b->form == BRANCH_CASE;
  if (labelled) {
    buf_printf(out, "\n  %s %s", b->form == BRANCH_CASE ? "fall" : "ausnahme", b->label.text);
    for (const ast_before *v = b->before; v; v = v->next) buf_printf(out, "%s%s", v == b->before ? " vor " : ", ", v->label.text);
    put_cites(out, b->cites);
    put(out, "\n    wenn ");
    print_expr(out, b->cond);
    put(out, "\n    = ");
  } else {
    put(out, b->form == BRANCH_ELSE ? "\n  sonst = " : "\n  = ");
  }
  print_expr(out, b->value);
  if (!labelled) put_cites(out, b->cites);
}

static void put_variants(ppr_buf *out, const ast_variant *variants) {
  for (const ast_variant *v = variants; v; v = v->next) {
    buf_printf(out, "\n  %s%s ", v->preset ? "vorgabe " : "", v->name.text);
    put_text(out, v->source);
    if (v->next) put(out, ",");
  }
}

static void put_assigns(ppr_buf *out, const char *word, const ast_assign *assigns) {
  for (const ast_assign *a = assigns; a; a = a->next) {
    if (a == assigns) buf_printf(out, "\n  %s ", word);
    else put(out, "; ");
    print_expr(out, a->target);
    put(out, " = ");
    if (a->fault) put_optional(out, "Fehler ", a->fault);
    else print_expr(out, a->value);
  }
}

const char *print_form_word(ast_decl_form form) {
  switch (form) {
  case DECL_UNIT: return "einheit";
  case DECL_ENUM: return "aufzählung";
  case DECL_INPUT: return "eingabe";
  case DECL_TABLE: return "tabelle";
  case DECL_LIMIT: return "grenze";
  case DECL_SERIES: return "zeitreihe";
  case DECL_TIERS: return "staffel";
  case DECL_RULE: return "regel";
  case DECL_READING: return "auslegung";
  case DECL_CHECK: return "prüfung";
  case DECL_OPEN: return "offen";
  case DECL_OUTPUT: return "ausgabe";
  case DECL_TEST: return "test";
  case DECL_NATIVE: return "funktion";
  case DECL_PARAMETER: return "parameter";
  case DECL_ASSUMPTION: return "annahme";
  case DECL_DOMAIN: return "für";
  case DECL_SURVEY: return "auswertung";
  }
  return "";
}

static void put_parameter(ppr_buf *out, const ast_field *f) {
  put(out, " : ");
  print_type(out, &f->type);
  put_range(out, &f->range);
  put(out, " vorgabe ");
  print_expr(out, f->preset);
}

static void put_choices(ppr_buf *out, const ast_choice *values) {
  for (const ast_choice *c = values; c; c = c->next) {
    put(out, c == values ? " " : "; ");
    print_expr(out, c->value);
    if (c->weight) buf_printf(out, " : %lld", (long long)c->weight);
  }
}

static void put_domain(ppr_buf *out, const ast_domain *d) {
  static const char *const words[][3] = {[PPR_DOMAIN_RANGE] = {" von ", " bis ", " schritt "},
                                         [PPR_DOMAIN_UNIFORM] = {" gleichverteilt von ", " bis "},
                                         [PPR_DOMAIN_NORMAL] = {" normal ", " streuung "}};
  if (d->form != PPR_DOMAIN_RANGE && d->form != PPR_DOMAIN_LIST) put(out, " gezogen");
  put_names(out, " je ", d->keys);
  switch ((ppr_domain_form)d->form) {
  case PPR_DOMAIN_RANGE:
  case PPR_DOMAIN_UNIFORM:
  case PPR_DOMAIN_NORMAL: {
    const ast_choice *c = d->values;
    for (int i = 0; c && i < 3; c = c->next, i++) {
      put(out, words[d->form][i]);
      print_expr(out, c->value);
    }
    return;
  }
  case PPR_DOMAIN_LIST: put(out, d->all ? " in alle" : " in"); break;
  case PPR_DOMAIN_TRIANGLE: put(out, " dreieckig"); break;
  case PPR_DOMAIN_WEIGHTED: put(out, " aus"); break;
  }
  put_choices(out, d->values);
}

static void put_parts(ppr_buf *out, const ast_part *parts) {
  static const char *const words[] = {
      [PPR_PART_GROUP] = "gruppe", [PPR_PART_SHARE] = "anteil", [PPR_PART_SUM] = "summe", [PPR_PART_SPREAD] = "verteilung"};
  for (const ast_part *p = parts; p; p = p->next) {
    buf_printf(out, "\n  %s ", words[p->form]);
    put_text(out, p->name);
    put(out, " = ");
    print_expr(out, p->value);
  }
}

/* First line of a declaration, up to its citations. */
static void put_head(ppr_buf *out, const ast_decl *d) {
  bool typed = false;
  static const char *const changes[] = {
      [CHANGE_NONE] = "", [CHANGE_REPLACE] = "ändere ", [CHANGE_REMOVE] = "streiche ", [CHANGE_EXTEND] = "ergänze "};
  put(out, changes[d->change]);
  put(out, print_form_word(d->form));
  if (d->form == DECL_UNIT) {
    put_units(out, d->units);
  } else if (d->form == DECL_OUTPUT || d->form == DECL_TEST || d->form == DECL_SURVEY) {
    put_optional(out, " ", d->name);
  } else {
    buf_printf(out, " %s", d->name);
  }
  put_names(out, " : ", d->removed);
  put_names(out, " spalte ", d->removed_columns);
  if (d->change == CHANGE_REMOVE) return;
  print_axes(out, d->axes);
  put_names(out, " summe über ", d->summed);
  if (d->change == CHANGE_EXTEND) typed = false; /* the type is that of what is extended */
  else if (d->form == DECL_TABLE || d->form == DECL_LIMIT || d->form == DECL_SERIES || d->form == DECL_RULE) typed = true;
  if (d->form == DECL_TIERS) {
    put(out, " nach ");
    print_expr(out, d->argument);
    typed = true;
  }
  if (d->form == DECL_NATIVE) {
    for (const ast_param *p = d->params; p; p = p->next) {
      put(out, p == d->params ? "(" : ", ");
      print_type(out, &p->type);
    }
    put(out, ")");
    typed = true;
  }
  if (typed) {
    put(out, " : ");
    print_type(out, &d->type);
  }
  if (d->form == DECL_NATIVE) put_optional(out, " aus ", d->text);
  if (d->form == DECL_READING || d->form == DECL_OPEN) put_optional(out, " ", d->text);
  if (d->form == DECL_CHECK) put(out, d->hint ? " hinweis" : " fehler");
  if (d->parameter) put_parameter(out, d->parameter);
  if (d->domain) put_domain(out, d->domain);
  if ((d->form == DECL_OUTPUT || d->form == DECL_SURVEY) && d->cond) {
    put(out, " wenn ");
    print_expr(out, d->cond);
  }
  put_cites(out, d->cites);
}

void print_decl(ppr_buf *out, const ast_decl *d) {
  put_head(out, d);
  if (d->change != CHANGE_REMOVE) {
    put_members(out, d->members);
    put_input(out, d);
    put_table(out, d);
    for (const ast_entry *e = d->entries; e; e = e->next) {
      put(out, "\n  ");
      print_entry(out, e);
    }
    for (const ast_branch *b = d->branches; b; b = b->next) put_branch(out, b);
    put_variants(out, d->variants);
    if (d->form == DECL_CHECK) {
      put(out, "\n  wenn ");
      print_expr(out, d->cond);
      put_optional(out, "\n  ", d->text);
    }
    for (const ast_column *c = d->columns; c; c = c->next) {
      put_optional(out, "\n  spalte ", c->name);
      put(out, " = ");
      print_expr(out, c->value);
    }
    put_parts(out, d->parts);
    put_assigns(out, "gegeben", d->given);
    put_assigns(out, "erwarte", d->expected);
  }
  put(out, "\n");
}

void print_file(ppr_buf *out, const ast_file *f) {
  buf_printf(out, "regelwerk %s", f->regelwerk.text);
  put_optional(out, " ", f->title);
  if (f->scenario.text) {
    put_optional(out, "\nszenario ", f->scenario.text);
    const char *between = " auf fassung ";
    for (const ast_named *n = f->targets; n; n = n->next, between = f->target_range ? " bis " : ", ") buf_printf(out, "%s%s", between, n->name.text);
    put_optional(out, "\n  ", f->description);
    put(out, "\n");
  } else {
    buf_printf(out, "\nfassung %s\n", f->fassung.text);
  }
  if (f->has_decision) {
    put(out, "  beschluss ");
    put_day(out, f->decision_day);
    put_optional(out, " ", f->publication);
    put(out, "\n");
  }
  if (f->has_from) {
    put(out, "  gilt ab ");
    put_day(out, f->from_day);
    if (f->has_until) {
      put(out, " bis ");
      put_day(out, f->until_day);
    }
    put(out, "\n");
  }
  if (f->basis != BASIS_NONE) buf_printf(out, "  %s fassung %s\n", f->basis == BASIS_AMENDS ? "ändert" : "ersetzt", f->predecessor.text);
  for (const ast_decl *d = f->decls; d; d = d->next) {
    put(out, "\n");
    print_decl(out, d);
  }
}
