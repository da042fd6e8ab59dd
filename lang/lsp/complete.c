/* What could be written at a place: the grammar says which words and whether a name, the tokens before say of what. */
#include "lexer.h"
#include "lsp/ask.h"
#include "parser.h"
#include <string.h>

enum { MOST_KINDS = 128 };

/* CompletionItemKind of the protocol. */
typedef enum {
  ITEM_FUNCTION = 3,
  ITEM_FIELD = 5,
  ITEM_VARIABLE = 6,
  ITEM_CLASS = 7,
  ITEM_UNIT = 11,
  ITEM_VALUE = 12,
  ITEM_ENUM = 13,
  ITEM_KEYWORD = 14,
  ITEM_MEMBER = 20,
  ITEM_CONSTANT = 21
} item_kind;

typedef struct completion {
  ask *a;
  const model *m;      /* NULL: nothing is known yet */
  const token *before; /* tokens before the name */
  size_t n;
  size_t name_begin, word_begin; /* of what is being typed: the whole name, its last word */
  int expected[MOST_KINDS];
  int n_expected;
  bool first;
} completion;

/* ---- items ---- */

static void put_item(completion *c, const char *label, item_kind kind, const char *detail, size_t begin, int rank) {
  ppr_buf *out = c->a->out;
  buf_puts(out, c->first ? "{\"label\":" : ",{\"label\":");
  c->first = false;
  json_put(out, label);
  buf_printf(out, ",\"kind\":%d,\"sortText\":\"%d", (int)kind, rank);
  ppr_buf sorted;
  buf_init(&sorted, out->alloc, 1 << 16);
  json_put(&sorted, label);
  if (sorted.data) buf_puts(out, sorted.data + 1);
  else buf_putc(out, '"');
  buf_fini(&sorted);
  if (detail) {
    buf_puts(out, ",\"detail\":");
    json_put(out, detail);
  }
  buf_puts(out, ",\"textEdit\":");
  ask_put_edit(c->a, c->a->file, begin, c->a->offset, label);
  buf_putc(out, '}');
}

static void put_name(completion *c, const char *name, item_kind kind, const char *detail, int rank) {
  put_item(c, name, kind, detail, c->name_begin, rank);
}

static bool expects(const completion *c, int kind) {
  for (int i = 0; i < c->n_expected; i++)
    if (c->expected[i] == kind) return true;
  return false;
}

/* Asks the grammar what may follow the text up to `end`. */
static void ask_grammar(completion *c, size_t end) {
  ppr_report *report = report_new(c->a->w->alloc);
  const char *text = c->a->text->text.data ? c->a->text->text.data : "";
  uint32_t source = report ? report_add_source(report, "", text, end) : UINT32_MAX;
  c->n_expected = source == UINT32_MAX ? 0 : parse_expected(report, c->a->arena, source, c->expected, MOST_KINDS);
  report_free(report);
}

/* ---- reserved words ---- */

static bool begins_line(const completion *c, size_t at) {
  const char *text = c->a->text->text.data;
  while (at && (text[at - 1] == ' ' || text[at - 1] == '\t')) at--;
  return at == 0 || text[at - 1] == '\n';
}

static void put_keywords(completion *c) {
  bool fresh = begins_line(c, c->word_begin), ends = fresh && expects(c, T_END);
  for (int kind = T_REGELWERK; kind <= T_EDITION_NAME; kind++) {
    const char *word = lexer_keyword(kind);
    if (!word || !(expects(c, kind) || (ends && lexer_declares(kind, true)))) continue;
    const char *use = NULL;
    switch (kind) {
#define KEYWORD(token, text, english, role, what)                                                                                                    \
  case T_##token:                                                                                                                                    \
    use = what;                                                                                                                                      \
    break;
#include "keywords.def"
#undef KEYWORD
    default: break;
    }
    put_item(c, word, ITEM_KEYWORD, use, c->word_begin, 5);
  }
}

/* ---- names ---- */

static int kind_before(const completion *c, size_t back) { return c->n >= back ? c->before[c->n - back].kind : 0; }
static const token *token_before(const completion *c, size_t back) { return c->n >= back ? &c->before[c->n - back] : NULL; }

static void put_enums(completion *c) {
  for (int i = 0; i < c->m->n_enums; i++)
    if (!c->m->enums[i]->reading) put_name(c, c->m->enums[i]->name, ITEM_ENUM, "aufzählung", 1);
  if (c->m->evidence) put_name(c, c->m->evidence->name, ITEM_ENUM, "aufzählung", 2);
}

static void put_units(completion *c, bool with_percent) {
  for (int i = 0; i < c->m->n_units; i++) put_name(c, c->m->units[i].name, ITEM_UNIT, "einheit", 1);
  if (with_percent) put_name(c, "Prozent", ITEM_UNIT, NULL, 1);
}

static void put_types(completion *c) {
  static const char *const words[] = {"Zahl", "Prozent", "Datum", "Quartal", "Text"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) put_name(c, words[i], ITEM_CLASS, NULL, 1);
  put_units(c, false);
  put_enums(c);
}

static void put_members(completion *c, const enumeration *of, bool attrs, int rank) {
  if (!of) return;
  for (int i = 0; i < of->count; i++) put_name(c, of->members[i].name, ITEM_MEMBER, *of->members[i].label ? of->members[i].label : of->name, rank);
  for (int i = 0; attrs && i < of->n_attrs; i++) put_name(c, of->attrs[i], ITEM_MEMBER, of->name, rank);
}

static bool is_value(const symbol *s) { return s->form != SYM_CHECK && s->form != SYM_NATIVE; }

static item_kind item_of(const symbol *s) {
  switch (s->form) {
  case SYM_FIELD: return ITEM_FIELD;
  case SYM_TABLE:
  case SYM_SERIES:
  case SYM_TIERS: return ITEM_CONSTANT;
  case SYM_RULE:
  case SYM_CHECK: return ITEM_VARIABLE;
  case SYM_NATIVE: return ITEM_FUNCTION;
  default: return ITEM_VALUE;
  }
}

static void put_symbol(completion *c, const symbol *s, int rank) {
  const char *type = model_type_text(c->m, &s->type), *axes = "";
  for (int i = 0; i < s->n_axes; i++) axes = arena_printf(c->a->arena, "%s%s%s", axes, i ? ", " : " je ", s->axes[i].name);
  put_name(c, s->name, item_of(s), arena_printf(c->a->arena, "%s%s : %s", hover_keyword(s), axes, type), rank);
}

/* The axes in scope: names behind `je`, `über`, …, `als` of the declaration being written. */
static void put_scope(completion *c) {
  size_t from = c->n;
  while (from && !lexer_declares(c->before[from - 1].kind, false)) from--;
  bool axes = false;
  for (size_t i = from; i < c->n; i++) {
    int kind = c->before[i].kind;
    if (kind == T_JE || kind == T_UEBER || kind == T_IRGENDEIN || kind == T_ALLE || kind == T_ANZAHL || kind == T_ALS) axes = true;
    else if (kind == T_NAME && axes) {
      bool alias = c->before[i - 1].kind == T_ALS;
      if (alias || model_enum(c->m, c->before[i].name.text)) put_name(c, c->before[i].name.text, ITEM_ENUM, alias ? "als" : "je", 0);
    } else if (kind != T_COMMA) axes = false;
  }
}

static void put_values(completion *c) {
  put_scope(c);
  for (const symbol *s = c->m->symbols; s; s = s->next)
    if (is_value(s)) put_symbol(c, s, 2);
  size_t n;
  const builtin *b = hover_builtins(&n);
  for (size_t i = 0; i < n; i++)
    if (strchr(b[i].form, '(')) put_name(c, b[i].name, ITEM_FUNCTION, b[i].form, 3);
  for (size_t i = 0; i < natives_count(c->a->natives); i++)
    put_name(c, natives_at(c->a->natives, i)->name, ITEM_FUNCTION, natives_at(c->a->natives, i)->signature, 3);
  for (const symbol *s = c->m->symbols; s; s = s->next)
    if (s->form == SYM_NATIVE && s->decl) put_symbol(c, s, 3);
}

/* The enumeration the value of a name belongs to. */
static const enumeration *enumeration_of(const completion *c, const token *t) {
  if (!t || t->kind != T_NAME) return NULL;
  const symbol *s = model_symbol(c->m, t->name.text);
  if (s) return s->type.form == TYPE_ENUM ? s->type.enumeration : NULL;
  const enumeration *of = model_enum(c->m, t->name.text);
  for (size_t i = 0; !of && i + 2 < c->n; i++) /* an alias: `Bereich als b` */
    if (c->before[i + 1].kind == T_ALS && c->before[i].kind == T_NAME && c->before[i + 2].kind == T_NAME &&
        name_is(c->before[i + 2].name, t->name.text))
      of = model_enum(c->m, c->before[i].name.text);
  return of;
}

/* The name before the bracket that is open, and which index is being written. */
static const symbol *indexed(const completion *c, int *index) {
  int depth = 0;
  *index = 0;
  for (size_t i = c->n; i > 1; i--) {
    int kind = c->before[i - 1].kind;
    if (kind == T_INDEX_END || kind == T_CLOSE) depth++;
    else if (depth && (kind == T_INDEX || kind == T_OPEN)) depth--;
    else if (kind == T_INDEX) return c->before[i - 2].kind == T_NAME ? model_symbol(c->m, c->before[i - 2].name.text) : NULL;
    else if (kind == T_OPEN || lexer_declares(kind, false)) return NULL;
    else if (kind == T_COMMA && depth == 0) ++*index;
  }
  return NULL;
}

/* The table whose rows are being written. */
static const symbol *table_at_work(const completion *c) {
  for (size_t i = c->n; i > 0; i--) {
    int kind = c->before[i - 1].kind;
    if (!lexer_declares(kind, false) || (kind == T_OFFEN && !c->before[i - 1].fresh)) continue;
    bool table = (kind == T_TABELLE || kind == T_GRENZE) && i < c->n && c->before[i].kind == T_NAME;
    const symbol *s = table ? model_symbol(c->m, c->before[i].name.text) : NULL;
    return s && s->form == SYM_TABLE && s->n_axes ? s : NULL;
  }
  return NULL;
}

static void put_labels(completion *c) {
  size_t from = c->n;
  while (from && c->before[from - 1].kind != T_REGEL) from--;
  for (size_t i = from; i + 1 < c->n; i++)
    if ((c->before[i].kind == T_AUSNAHME || c->before[i].kind == T_FALL) && c->before[i + 1].kind == T_NAME)
      put_name(c, c->before[i + 1].name.text, ITEM_VALUE, lexer_keyword(c->before[i].kind), 1);
}

static bool has_form(const symbol *s, int keyword) {
  const char *word = lexer_keyword(keyword);
  return word && s->decl && strcmp(hover_keyword(s), word) == 0;
}

/* Behind `ändere regel` and the like: what the amended Fassung has. */
static void put_amended(completion *c, int keyword) {
  const snapshot *now = c->a->now;
  size_t here = ask_edition(c->a), base = here;
  for (size_t i = 0; i < now->n_editions; i++)
    if (name_is(now->editions[here].file->predecessor, snapshot_edition(now, i))) base = i;
  const model *m = now->models[base];
  for (const symbol *s = m->symbols; s; s = s->next)
    if (has_form(s, keyword)) put_symbol(c, s, 1);
  for (int i = 0; keyword == T_AUFZAEHLUNG && i < m->n_enums; i++)
    if (!m->enums[i]->reading) put_name(c, m->enums[i]->name, ITEM_ENUM, NULL, 1);
  for (int i = 0; keyword == T_EINHEIT && i < m->n_units; i++) put_name(c, m->units[i].name, ITEM_UNIT, NULL, 1);
  for (size_t i = 0; i < m->n_decls; i++)
    if ((keyword == T_OFFEN && m->decls[i]->form == DECL_OPEN) || (keyword == T_EINGABE && m->decls[i]->form == DECL_INPUT))
      put_name(c, m->decls[i]->name, ITEM_VALUE, NULL, 1);
}

static void put_targets(completion *c) {
  for (const symbol *s = c->m->symbols; s; s = s->next)
    if (s->form == SYM_FIELD || s->form == SYM_RULE) put_symbol(c, s, 2);
}

static void put_keys(completion *c) {
  for (const symbol *s = c->m->symbols; s; s = s->next)
    if (s->form == SYM_FIELD && s->flags & PPR_FIELD_KEY) put_symbol(c, s, 1);
}

static void put_round_modes(completion *c) {
  size_t n;
  const builtin *b = hover_builtins(&n);
  for (size_t i = 0; i < n; i++)
    if (!strchr(b[i].form, '(')) put_name(c, b[i].name, ITEM_VALUE, ask_say(c->a, b[i].de, b[i].en), 1);
}

static bool changes(int kind) { return kind == T_AENDERE || kind == T_STREICHE || kind == T_ERGAENZE; }
static bool names_new(int kind) { return kind == T_AUSNAHME || kind == T_FALL || kind == T_ALS || kind == T_VORGABE || kind == T_REGELWERK; }
static bool compares(int kind) { return kind == T_EQUAL || kind == T_NOT_EQUAL; }

/* The keyword of the declaration being written, 0: none. */
static int declaration_at_work(const completion *c) {
  for (size_t i = c->n; i > 0; i--)
    if (lexer_declares(c->before[i - 1].kind, false)) return c->before[i - 1].kind;
  return 0;
}

static void put_names(completion *c) {
  int last = kind_before(c, 1), second = kind_before(c, 2), third = kind_before(c, 3), index;
  bool expression = expects(c, T_OPEN) && expects(c, T_WENN);
  const symbol *s = indexed(c, &index);
  if (expects(c, T_LINE) && begins_line(c, c->name_begin)) {
    const symbol *table = table_at_work(c);
    if (table) put_members(c, table->axes[0].of, false, 0);
    return;
  }
  if (!expects(c, T_NAME) && !expects(c, T_UNIT)) return;
  if (s) {
    put_members(c, index < s->n_axes ? s->axes[index].of : NULL, false, 1);
    put_scope(c);
  } else if (expects(c, T_BRUCH)) put_types(c);
  else if (last == T_JE) {
    put_enums(c);
    if (second == T_NAME && (third == T_COLON || third == T_NUMBER || third == T_IN || third == T_BRUCH)) put_units(c, false);
  } else if (last == T_UEBER || last == T_IRGENDEIN || last == T_ALLE || last == T_ANZAHL) {
    put_enums(c);
    if (!begins_line(c, c->name_begin) && second == T_SUMME && !expression) put_keys(c);
  } else if (last == T_IST) put_members(c, enumeration_of(c, token_before(c, 2)), true, 1);
  else if (last == T_NICHT && second == T_IST) put_members(c, enumeration_of(c, token_before(c, 3)), true, 1);
  else if (last == T_GERUNDET) put_round_modes(c);
  else if (last == T_IN) put_units(c, true);
  else if (expects(c, T_UNIT) && !expects(c, T_OFFEN)) put_units(c, false);
  else if (last == T_VOR) put_labels(c);
  else if (lexer_declares(last, false) && changes(second)) put_amended(c, last);
  else if (lexer_declares(last, false) || names_new(last)) return;
  else if (expression) {
    if (compares(last)) put_members(c, enumeration_of(c, token_before(c, 2)), false, 0);
    put_values(c);
  } else if (expects(c, T_OFFEN) && expects(c, T_NUMBER)) { /* the cells of a row, the value of an entry */
    const symbol *table = table_at_work(c);
    if (table && table->type.form == TYPE_ENUM) put_members(c, table->type.enumeration, false, 0);
  } else if (last == T_NACH) put_values(c);
  else if (declaration_at_work(c) == T_TEST) put_targets(c);
  else if (declaration_at_work(c) == T_EINGABE && (last == T_EQUAL || last == T_COMMA || last == T_SCHLUESSEL)) put_keys(c);
}

/* Nothing is proposed in a comment, a citation or a text. */
static bool inside_words(const completion *c, const token_list *list) {
  const char *text = c->a->text->text.data;
  size_t from = list->n ? list->at[list->n - 1].span.end : 0;
  for (size_t i = c->a->offset; i > from && text[i - 1] != '\n'; i--)
    if (text[i - 1] == '#') return true;
  if (!list->n || memchr(text + from, '\n', c->a->offset - from)) return false;
  const token *last = &list->at[list->n - 1];
  if (last->kind == T_CITE) return true;
  return last->kind == T_TEXT && last->span.end == c->a->offset;
}

static bool is_word(const token *t) { return t->kind == T_NAME || lexer_keyword(t->kind); }

void complete_answer(ask *a) {
  completion c = {.a = a, .name_begin = a->offset, .word_begin = a->offset, .first = true};
  token_list list;
  size_t edition = ask_edition(a);
  if (edition != SIZE_MAX) c.m = a->now->models[edition];
  buf_puts(a->out, "{\"isIncomplete\":false,\"items\":[");
  bool read = tokens_before(a, a->offset, &list);
  if (read && !inside_words(&c, &list)) {
    const char *text = a->text->text.data ? a->text->text.data : "";
    c.before = list.at;
    c.n = list.n;
    const token *last = list.n ? &list.at[list.n - 1] : NULL;
    bool same_line = last && !memchr(text + last->span.end, '\n', a->offset - last->span.end);
    bool touching = last && last->span.end == a->offset && is_word(last);
    if (touching) {
      c.word_begin = last->span.begin;
      for (size_t i = last->span.begin; i < a->offset; i++)
        if (text[i] == ' ' || text[i] == '\t') c.word_begin = i + 1;
    }
    if (touching || (same_line && last->kind == T_NAME)) {
      c.name_begin = last->span.begin;
      c.n--;
    }
    ask_grammar(&c, c.word_begin);
    put_keywords(&c);
    if (c.name_begin != c.word_begin) ask_grammar(&c, c.name_begin);
    if (c.m) put_names(&c);
  }
  report_free(list.report);
  buf_puts(a->out, "]}");
}
