/* The declarations of a file as an outline, and the lenses over its tests. */
#include "lsp/ask.h"
#include <string.h>

/* SymbolKind of the protocol. */
typedef enum {
  KIND_FIELD = 8,
  KIND_ENUM = 10,
  KIND_INTERFACE = 11,
  KIND_FUNCTION = 12,
  KIND_VARIABLE = 13,
  KIND_CONSTANT = 14,
  KIND_ARRAY = 18,
  KIND_OBJECT = 19,
  KIND_KEY = 20,
  KIND_NULL = 21,
  KIND_MEMBER = 22,
  KIND_STRUCT = 23,
  KIND_EVENT = 24,
  KIND_OPERATOR = 25
} symbol_kind;

typedef struct outline {
  ask *a;
  const ppr_source *source;
  bool first;
} outline;

static void open_item(outline *o, const char *name, const char *detail, symbol_kind kind, ppr_span span, ppr_span selected) {
  ppr_buf *out = o->a->out;
  if (selected.file != span.file || selected.begin < span.begin || selected.end > span.end) selected = (ppr_span){span.file, span.begin, span.begin};
  if (!o->first) buf_putc(out, ',');
  buf_puts(out, "{\"name\":");
  json_put(out, name && *name ? name : "?"); /* the protocol wants one */
  if (detail) {
    buf_puts(out, ",\"detail\":");
    json_put(out, detail);
  }
  buf_printf(out, ",\"kind\":%d,\"range\":", (int)kind);
  place_put_range(out, o->source, o->a->encoding, span.begin, span.end);
  buf_puts(out, ",\"selectionRange\":");
  place_put_range(out, o->source, o->a->encoding, selected.begin, selected.end);
  buf_puts(out, ",\"children\":[");
  o->first = true;
}

static void close_item(outline *o) {
  buf_puts(o->a->out, "]}");
  o->first = false;
}

static void leaf(outline *o, ast_name name, const char *detail, symbol_kind kind, ppr_span span) {
  if (!name.text || span.file != o->a->file->source) return; /* parts an amendment took over */
  open_item(o, name.text, detail, kind, span, name.span);
  close_item(o);
}

static void put_fields(outline *o, const ast_field *list, symbol_kind kind) {
  for (; list; list = list->next) leaf(o, list->name, NULL, kind, list->name.span);
}

static void put_parts(outline *o, const ast_decl *d) {
  for (const ast_member *k = d->members; k; k = k->next) leaf(o, k->name, k->label, KIND_MEMBER, k->name.span);
  for (const ast_variant *v = d->variants; v; v = v->next) leaf(o, v->name, v->preset ? "vorgabe" : NULL, KIND_MEMBER, v->name.span);
  for (const ast_branch *b = d->branches; b; b = b->next)
    leaf(o, b->label, b->form == BRANCH_CASE ? "fall" : "ausnahme", KIND_OPERATOR, (ppr_span){b->span.file, b->span.begin, b->span.end});
  put_fields(o, d->keys, KIND_KEY);
  for (const ast_block *b = d->blocks; b; b = b->next) put_fields(o, b->fields, KIND_FIELD);
  for (const ast_unit *u = d->form == DECL_UNIT && d->units ? d->units->next : NULL; u; u = u->next)
    leaf(o, u->name, "einheit", KIND_CONSTANT, u->name.span);
}

static symbol_kind kind_of_decl(const ast_decl *d, const char **keyword) {
  static const struct {
    const char *keyword;
    symbol_kind kind;
  } kinds[] = {
      [DECL_UNIT] = {"einheit", KIND_CONSTANT},
      [DECL_ENUM] = {"aufzählung", KIND_ENUM},
      [DECL_INPUT] = {"eingabe", KIND_STRUCT},
      [DECL_TABLE] = {"tabelle", KIND_ARRAY},
      [DECL_LIMIT] = {"grenze", KIND_ARRAY},
      [DECL_SERIES] = {"zeitreihe", KIND_ARRAY},
      [DECL_TIERS] = {"staffel", KIND_ARRAY},
      [DECL_RULE] = {"regel", KIND_FUNCTION},
      [DECL_READING] = {"auslegung", KIND_VARIABLE},
      [DECL_CHECK] = {"prüfung", KIND_EVENT},
      [DECL_OPEN] = {"offen", KIND_NULL},
      [DECL_OUTPUT] = {"ausgabe", KIND_OBJECT},
      [DECL_TEST] = {"test", KIND_EVENT},
      [DECL_NATIVE] = {"funktion", KIND_INTERFACE},
      [DECL_PARAMETER] = {"parameter", KIND_VARIABLE},
      [DECL_ASSUMPTION] = {"annahme", KIND_FUNCTION},
      [DECL_DOMAIN] = {"für", KIND_VARIABLE},
      [DECL_SURVEY] = {"auswertung", KIND_OBJECT},
  };
  *keyword = kinds[d->form].keyword;
  return kinds[d->form].kind;
}

static const char *changed(const ask *a, const ast_decl *d, const char *keyword) {
  static const char *const words[] = {[CHANGE_NONE] = NULL, [CHANGE_REPLACE] = "ändere", [CHANGE_REMOVE] = "streiche", [CHANGE_EXTEND] = "ergänze"};
  return words[d->change] ? arena_printf(a->arena, "%s %s", words[d->change], keyword) : keyword;
}

void outline_symbols(ask *a) {
  outline o = {a, report_source(a->now->report, a->file->source), true};
  buf_putc(a->out, '[');
  for (const ast_decl *d = a->file->tree->decls; d; d = d->next) {
    const char *keyword;
    symbol_kind kind = kind_of_decl(d, &keyword);
    if (d->span.file != a->file->source) continue; /* kept from the good text */
    bool units = d->form == DECL_UNIT && d->units;
    open_item(&o, units ? d->units->name.text : d->name, changed(a, d, keyword), kind, d->span, units ? d->units->name.span : d->name_span);
    put_parts(&o, d);
    close_item(&o);
  }
  buf_putc(a->out, ']');
}

void outline_lenses(ask *a) {
  const ppr_source *source = report_source(a->now->report, a->file->source);
  bool first = true;
  buf_putc(a->out, '[');
  for (const ast_decl *d = a->file->tree->decls; d; d = d->next) {
    uint32_t line, column;
    if (d->form != DECL_TEST || d->span.file != a->file->source) continue;
    report_place(a->now->report, d->span, &line, &column);
    buf_puts(a->out, first ? "{\"range\":" : ",{\"range\":");
    first = false;
    place_put_range(a->out, source, a->encoding, d->name_span.begin, d->name_span.end);
    buf_puts(a->out, ",\"command\":{\"title\":");
    json_put(a->out, ask_say(a, "▶ Test ausführen", "▶ Run test"));
    buf_puts(a->out, ",\"command\":\"ppr.runTest\",\"arguments\":[{\"uri\":");
    json_put(a->out, a->text->uri);
    buf_puts(a->out, ",\"title\":");
    json_put(a->out, d->name);
    buf_printf(a->out, ",\"line\":%u}]}}", line - 1);
  }
  buf_putc(a->out, ']');
}
