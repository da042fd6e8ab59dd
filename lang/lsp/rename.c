/* Renaming a thing in every Fassung. A new name is taken only if the renamed texts, read and checked again, mean what they meant before. */
#include "lexer.h"
#include "lsp/ask.h"
#include "parser.h"
#include <stdlib.h>
#include <string.h>

typedef struct edit {
  size_t file, begin, end; /* file: index in the snapshot */
  const char *text;
} edit;

typedef struct renaming {
  ask *a;
  const entity *of;
  const char *name;                      /* the new one */
  const char *old_reading, *new_reading; /* the enumeration of the variants, if a reading is renamed */
  edit *edits;                           /* by file and place */
  size_t n, cap;
} renaming;

static bool renamable(ask *a, const occurrence *o) {
  if (!o || o->cell) return false;
  if (a->now->broken) {
    ask_fail(a, ASK_FAILED, "Erst die Syntaxfehler beheben, dann umbenennen.", "Correct the syntax errors first, then rename.");
    return false;
  }
  bool declared = false;
  for (size_t i = 0; i < a->now->n_occurrences; i++) declared = declared || (a->now->occurrences[i].of == o->of && a->now->occurrences[i].declares);
  if (o->of->form != ENTITY_FUNCTION && o->of->form != ENTITY_EDITION && declared) return true;
  ask_fail(a, ASK_FAILED, "Dieser Name steht fest: Er gehört zur Sprache oder nennt eine Fassung.",
           "This name is fixed: it belongs to the language or names an edition.");
  return false;
}

void rename_prepare(ask *a) {
  const occurrence *o = ask_occurrence(a);
  if (!renamable(a, o)) {
    if (!a->error) buf_puts(a->out, "null");
    return;
  }
  buf_puts(a->out, "{\"range\":");
  place_put_range(a->out, report_source(a->now->report, o->span.file), a->encoding, o->span.begin, o->span.end);
  buf_puts(a->out, ",\"placeholder\":");
  json_put(a->out, o->of->name);
  buf_putc(a->out, '}');
}

/* The text is one name as the lexer stores it. */
static bool is_name(ask *a, const char *text) {
  ppr_report *report = report_new(a->w->alloc);
  uint32_t source = report ? report_add_source(report, "", text, strlen(text)) : UINT32_MAX;
  lexer l;
  bool right = false;
  if (source != UINT32_MAX && lexer_init(&l, report, a->arena, source)) {
    token first = lexer_scan(&l);
    right = first.kind == T_NAME && strcmp(first.name.text, text) == 0 && lexer_scan(&l).kind == T_YYEOF && !l.broken;
  }
  report_free(report);
  return right;
}

static bool one_word(entity_form form) { return form == ENTITY_MEMBER || form == ENTITY_ATTR; }

static bool acceptable(ask *a, const entity *of, const char *name) {
  if (!name || !is_name(a, name) || (one_word(of->form) && strchr(name, ' '))) {
    ask_fail(a, ASK_INVALID_PARAMS,
             "Das ist kein Name: Wörter aus Buchstaben, Ziffern, „_“ und „-“, ohne Schlüsselwort; Werte von Aufzählungen sind ein Wort.",
             "This is no name: words of letters, digits, “_” and “-”, no keyword; members of enumerations are one word.");
    return false;
  }
  if (model_reserved(name) || hover_builtin(name) || natives_find(a->natives, name) || strcmp(name, "Beleg") == 0) {
    ask_fail(a, ASK_FAILED, "Diesen Namen gibt es schon in der Sprache.", "The language has this name already.");
    return false;
  }
  return true;
}

static void add_edit(renaming *r, ppr_span span, const char *text) {
  for (size_t i = 0; i < r->a->now->n_files; i++) {
    if (r->a->now->files[i].source != span.file) continue;
    edit *grown = arena_grow(r->a->arena, r->edits, r->n, &r->cap, r->n + 1, sizeof *grown);
    if (!grown || !text) return;
    r->edits = grown;
    r->edits[r->n++] = (edit){i, span.begin, span.end, text};
  }
}

static ppr_span behind(ppr_span span) { return (ppr_span){span.file, span.end, span.end}; }

/* What the name of a field stands for in the data is kept: its column. */
static void keep_columns(renaming *r, const ast_field *list) {
  for (; list; list = list->next)
    if (!list->column && name_is(list->name, r->of->name))
      add_edit(r, behind(list->range.present ? list->range.hi->span : list->type.span), arena_printf(r->a->arena, " spalte \"%s\"", r->of->name));
}

/* The same of a member: its code. */
static void keep_codes(renaming *r, const ast_member *list) {
  for (; list; list = list->next)
    if (!list->code && name_is(list->name, r->of->name)) add_edit(r, behind(list->name.span), arena_printf(r->a->arena, " = \"%s\"", r->of->name));
}

static void keep_data(renaming *r) {
  for (size_t i = 0; i < r->a->now->n_files; i++)
    for (const ast_decl *d = r->a->now->files[i].tree->decls; d; d = d->next) {
      if (r->of->form == ENTITY_SYMBOL && d->form == DECL_INPUT && d->change != CHANGE_REMOVE) {
        keep_columns(r, d->keys);
        for (const ast_block *b = d->blocks; b; b = b->next) keep_columns(r, b->fields);
      }
      if (r->of->form == ENTITY_MEMBER && d->form == DECL_ENUM && strcmp(d->name, r->of->scope) == 0) keep_codes(r, d->members);
    }
}

static int by_place(const void *a, const void *b) {
  const edit *x = a, *y = b;
  if (x->file != y->file) return x->file < y->file ? -1 : 1;
  if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? 1 : x->end > y->end ? -1 : 0; /* an insertion behind the name it belongs to begins where that ends */
}

/* ---- the same meaning ---- */

static bool new_text(renaming *r, size_t file, ppr_buf *out) {
  const ppr_buf *old = &r->a->now->files[file].text->text;
  size_t at = 0;
  for (size_t i = 0; i < r->n; i++) {
    if (r->edits[i].file != file) continue;
    buf_put(out, old->data + at, r->edits[i].begin - at);
    buf_puts(out, r->edits[i].text);
    at = r->edits[i].end;
  }
  if (old->size > at) buf_put(out, old->data + at, old->size - at);
  return !out->failed;
}

/* The scope of an entity after the renaming. */
static const char *new_scope(renaming *r, const entity *e) {
  bool of_enum = r->of->form == ENTITY_ENUM && (e->form == ENTITY_MEMBER || e->form == ENTITY_ATTR);
  bool of_rule = r->of->form == ENTITY_SYMBOL && e->form == ENTITY_LABEL;
  if ((of_enum || of_rule) && strcmp(e->scope, r->of->name) == 0) return r->name;
  return r->old_reading && e->form == ENTITY_MEMBER && strcmp(e->scope, r->old_reading) == 0 ? r->new_reading : e->scope;
}

static size_t declared_at(const snapshot *s, const entity *of) {
  size_t i = 0;
  while (i < s->n_occurrences && !(s->occurrences[i].of == of && s->occurrences[i].declares)) i++;
  return i;
}

static bool same_meaning(renaming *r, const snapshot *was, const snapshot *is) {
  if (is->broken || was->n_occurrences != is->n_occurrences || was->n_editions != is->n_editions) return false;
  for (size_t i = 0; i < was->n_occurrences; i++) {
    const occurrence *x = &was->occurrences[i], *y = &is->occurrences[i];
    if (x->span.file != y->span.file || x->declares != y->declares || x->of->form != y->of->form) return false;
    if (strcmp(x->of == r->of ? r->name : x->of->name, y->of->name)) return false;
    if (x->of->form == ENTITY_ALIAS) { /* whose scope is a place */
      if (declared_at(was, x->of) != declared_at(is, y->of)) return false;
    } else if (strcmp(new_scope(r, x->of), y->of->scope)) return false;
  }
  return true;
}

/* What the checker has against the new texts. */
static void refuse(renaming *r, const snapshot *is) {
  ask *a = r->a;
  ask_fail(a, ASK_FAILED, "Mit diesem Namen hätten andere Stellen eine andere Bedeutung.", "With this name other places would change their meaning.");
  for (const diag *d = is ? report_first(is->report) : NULL; d; d = d->next) {
    if (d->severity != PPR_SEV_ERROR || report_count(a->now->report, PPR_SEV_ERROR)) continue;
    ppr_buf text;
    buf_init(&text, a->w->alloc, 4096);
    diag_message(&text, d, a->language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE);
    const char *why = text.failed ? NULL : arena_strndup(a->arena, text.data, text.size);
    buf_fini(&text);
    if (why) a->why = why;
    return;
  }
}

/* Reads the renamed texts as a folder of their own. */
static bool proved(renaming *r) {
  ask *a = r->a;
  const snapshot *was = a->now;
  folder f = *a->folder;
  rule_text *texts = arena_array(a->arena, f.n + 1, sizeof *texts);
  f.texts = arena_array(a->arena, f.n + 1, sizeof *f.texts);
  if (!texts || !f.texts) return false;
  bool right = true;
  for (size_t i = 0; i < f.n; i++) {
    texts[i] = (rule_text){.path = was->files[i].text->path, .uri = was->files[i].text->uri};
    f.texts[i] = &texts[i];
    buf_init(&texts[i].text, a->w->alloc, SIZE_MAX);
    buf_init(&texts[i].good, a->w->alloc, SIZE_MAX);
    right = new_text(r, i, &texts[i].text) && right;
  }
  snapshot *is = right ? snapshot_new(a->w, &f, a->natives) : NULL;
  right = is && same_meaning(r, was, is) && report_count(is->report, PPR_SEV_ERROR) <= report_count(was->report, PPR_SEV_ERROR);
  if (!right) refuse(r, is);
  snapshot_free(is);
  for (size_t i = 0; i < f.n; i++) {
    buf_fini(&texts[i].text);
    buf_fini(&texts[i].good);
  }
  return right;
}

static void put_edits(renaming *r) {
  ask *a = r->a;
  buf_puts(a->out, "{\"changes\":{");
  for (size_t i = 0; i < r->n; i++) {
    const snapshot_file *file = &a->now->files[r->edits[i].file];
    bool first = i == 0 || r->edits[i - 1].file != r->edits[i].file;
    if (first) {
      buf_puts(a->out, i ? "]," : "");
      json_put(a->out, file->text->uri);
      buf_puts(a->out, ":[");
    } else buf_putc(a->out, ',');
    ask_put_edit(a, file, r->edits[i].begin, r->edits[i].end, r->edits[i].text);
  }
  buf_puts(a->out, r->n ? "]}}" : "}}");
}

void rename_answer(ask *a) {
  const occurrence *at = ask_occurrence(a);
  renaming r = {.a = a, .name = json_text(json_at(a->params, "newName", NULL))};
  if (!renamable(a, at)) {
    if (!a->error) ask_fail(a, ASK_FAILED, "Hier steht kein Name.", "There is no name here.");
    return;
  }
  r.of = at->of;
  if (!acceptable(a, r.of, r.name)) return;
  if (r.of->form == ENTITY_SYMBOL) {
    r.old_reading = arena_printf(a->arena, "Auslegung %s", r.of->name);
    r.new_reading = arena_printf(a->arena, "Auslegung %s", r.name);
    if (!r.new_reading) return; /* out of memory, which is told */
  }
  if (strcmp(r.name, r.of->name) != 0) {
    for (size_t i = 0; i < a->now->n_occurrences; i++)
      if (a->now->occurrences[i].of == r.of && !a->now->occurrences[i].cell) add_edit(&r, a->now->occurrences[i].span, r.name);
    keep_data(&r);
    if (r.n) qsort(r.edits, r.n, sizeof *r.edits, by_place);
    if (!proved(&r)) return;
  }
  put_edits(&r);
}
