/* Makes snapshots: parses the texts, keeps what is broken as it was, checks each Fassung and collects its names. */
#include "lsp/snapshot.h"
#include "base/hash.h"
#include "compile.h"
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static const entity **entity_slot(const entity **slots, size_t n, entity_form form, const char *scope, const char *name) {
  size_t at = (size_t)hash_text(hash_text((uint64_t)form, scope), name) & (n - 1);
  while (slots[at] && (slots[at]->form != form || strcmp(slots[at]->scope, scope) || strcmp(slots[at]->name, name))) at = (at + 1) & (n - 1);
  return &slots[at];
}

const entity *snapshot_entity(snapshot *s, entity_form form, const char *scope, const char *name) {
  if (2 * (s->n_entities + 1) > s->n_slots) {
    size_t n = s->n_slots ? 2 * s->n_slots : 1024;
    const entity **slots = arena_array(s->arena, n, sizeof(entity *));
    if (!slots) return NULL;
    for (size_t i = 0; i < s->n_slots; i++)
      if (s->entities[i]) *entity_slot(slots, n, s->entities[i]->form, s->entities[i]->scope, s->entities[i]->name) = s->entities[i];
    s->entities = slots;
    s->n_slots = n;
  }
  const entity **slot = entity_slot(s->entities, s->n_slots, form, scope, name);
  if (*slot) return *slot;
  entity *made = arena_alloc(s->arena, sizeof *made);
  if (!made) return NULL;
  *made = (entity){form, scope, name};
  s->n_entities++;
  return *slot = made;
}

void snapshot_note(snapshot *s, occurrence o) {
  if (!o.of || o.span.file == UINT32_MAX || o.span.begin >= o.span.end) return;
  occurrence *grown = arena_grow(s->arena, s->occurrences, s->n_occurrences, &s->cap_occurrences, s->n_occurrences + 1, sizeof *grown);
  if (!grown) return;
  s->occurrences = grown;
  s->occurrences[s->n_occurrences++] = o;
}

static int by_place(const void *a, const void *b) {
  const occurrence *x = a, *y = b;
  if (x->span.file != y->span.file) return x->span.file < y->span.file ? -1 : 1;
  if (x->span.begin != y->span.begin) return x->span.begin < y->span.begin ? -1 : 1;
  return x->declares == y->declares ? 0 : x->declares ? -1 : 1;
}

/* Each place once. */
static void sort_occurrences(snapshot *s) {
  if (!s->n_occurrences) return;
  qsort(s->occurrences, s->n_occurrences, sizeof *s->occurrences, by_place);
  size_t n = 1;
  for (size_t i = 1; i < s->n_occurrences; i++) {
    const ppr_span *last = &s->occurrences[n - 1].span, *now = &s->occurrences[i].span;
    if (last->file != now->file || now->begin >= last->end) s->occurrences[n++] = s->occurrences[i];
  }
  s->n_occurrences = n;
}

const occurrence *snapshot_at(const snapshot *s, uint32_t source, size_t offset) {
  size_t low = 0, high = s->n_occurrences;
  while (low < high) { /* the first that begins behind the offset */
    size_t middle = low + (high - low) / 2;
    const ppr_span *span = &s->occurrences[middle].span;
    if (span->file < source || (span->file == source && span->begin <= offset)) low = middle + 1;
    else high = middle;
  }
  const occurrence *o = low ? &s->occurrences[low - 1] : NULL;
  return o && o->span.file == source && offset <= o->span.end ? o : NULL;
}

const char *snapshot_edition(const snapshot *s, size_t edition) { return s->editions[edition].file->fassung.text; }

/* ---- files ---- */

const snapshot_file *snapshot_file_of(const snapshot *s, const rule_text *t) {
  for (size_t i = 0; i < s->n_files; i++)
    if (s->files[i].text == t) return &s->files[i];
  return NULL;
}

bool snapshot_place(const snapshot *s, ppr_span span, const snapshot_file **file, size_t *begin, size_t *end) {
  for (size_t i = 0; i < s->n_files; i++) {
    const snapshot_file *f = &s->files[i];
    if (span.file != f->source && span.file != f->old_source) continue;
    bool old = span.file != f->source;
    *file = f;
    *begin = old ? place_moved(f->moved, span.begin) : span.begin;
    *end = old ? place_moved(f->moved, span.end) : span.end;
    return true;
  }
  return false;
}

static bool referred_to(const ast_decl *d) {
  return d->form != DECL_TEST && d->form != DECL_OUTPUT && d->form != DECL_CHECK && d->form != DECL_OPEN && d->form != DECL_ASSUMPTION &&
         d->form != DECL_DOMAIN && d->form != DECL_SURVEY;
}

static bool declares(const ast_file *tree, const ast_decl *d) {
  const ast_decl *has = tree->decls;
  for (; has; has = has->next) {
    if (has->form != d->form || has->change != d->change) continue;
    if (d->form == DECL_UNIT ? has->units && d->units && name_is(has->units->name, d->units->name.text) : strcmp(has->name, d->name) == 0) break;
  }
  return has != NULL;
}

/* Puts what a broken tree lacks into it. */
static void keep_good(ast_file *tree, ast_file *good) {
  if ((!tree->has_from && !tree->scenario.text) || !tree->regelwerk.text) {
    ast_decl *decls = tree->decls;
    uint32_t source = tree->source;
    ast_decl *good_decls = good->decls;
    *tree = *good;
    tree->source = source;
    tree->decls = decls;
    tree->broken = true;
    good->decls = good_decls;
  } else if (tree->basis == BASIS_NONE) {
    tree->basis = good->basis;
    tree->predecessor = good->predecessor;
  }
  ast_decl **end = &tree->decls;
  while (*end) end = &(*end)->next;
  for (ast_decl *d = good->decls, *next; d; d = next) {
    next = d->next;
    if (!referred_to(d) || declares(tree, d)) continue;
    d->next = NULL;
    *end = d;
    end = &d->next;
  }
}

static bool read_file(snapshot *s, snapshot_file *file, rule_text *t) {
  const char *text = t->text.data ? t->text.data : "";
  t->looked = true;
  file->text = t;
  file->edition = SIZE_MAX;
  file->old_source = UINT32_MAX;
  file->source = report_add_source(s->report, t->path, text, t->text.size);
  file->tree = file->source == UINT32_MAX ? NULL : parse_source(s->report, s->arena, file->source);
  if (!file->tree) return false;
  if (!file->tree->broken) {
    t->good.size = 0;
    buf_put(&t->good, text, t->text.size);
    t->has_good = !t->good.failed;
    t->good.failed = false;
  }
  s->broken = s->broken || file->tree->broken;
  return true;
}

/* After all files are read, so that their syntax errors come first. */
static bool mend_file(snapshot *s, snapshot_file *file) {
  const rule_text *t = file->text;
  if (!file->tree->broken || !t->has_good || !t->good.data) return true;
  file->old_source = report_add_source(s->report, t->path, t->good.data, t->good.size);
  ast_file *good = file->old_source == UINT32_MAX ? NULL : parse_source(s->report, s->arena, file->old_source);
  if (!good) return false;
  file->moved = place_compare(t->good.data, t->good.size, t->text.data ? t->text.data : "", t->text.size);
  keep_good(file->tree, good);
  return true;
}

static bool read_files(snapshot *s, folder *f) {
  if (!(s->files = arena_array(s->arena, f->n + 1, sizeof *s->files))) return false;
  for (; s->n_files < f->n; s->n_files++)
    if (!read_file(s, &s->files[s->n_files], f->texts[s->n_files])) return false;
  for (const diag *d = report_first(s->report); d; d = d->next) s->syntax++;
  for (size_t i = 0; i < s->n_files; i++)
    if (!mend_file(s, &s->files[i])) return false;
  return true;
}

static bool read_editions(snapshot *s, const native_table *natives) {
  ast_file **trees = arena_array(s->arena, s->n_files + 1, sizeof(ast_file *));
  if (!trees) return false;
  for (size_t i = 0; i < s->n_files; i++) trees[i] = s->files[i].tree;
  s->editions = editions_arrange(s->report, s->arena, trees, s->n_files, &s->n_editions);
  if (!s->editions) s->n_editions = 0;
  s->models = arena_array(s->arena, s->n_editions + 1, sizeof(model *));
  for (size_t i = 0; s->models && i < s->n_editions; i++) {
    const edition_text *text = &s->editions[i];
    s->models[i] = compile_names(s->report, s->arena, natives, &s->editions[i], compile_kind(&s->editions[i], 0));
    if (!s->models[i]) return false;
    for (snapshot_file *file = s->files; file < s->files + s->n_files; file++) { /* now: trees carry the meaning of the last check */
      bool own = file->tree->source == text->file->source, changes = false;
      for (size_t k = 0; k < text->n_scenarios; k++) changes = changes || file->tree == text->scenarios[k];
      if (!own && !(changes && file->edition == SIZE_MAX)) continue; /* a scenario is read under the first Fassung it changes */
      file->edition = i;
      walk_file(s, file, s->models[i]);
    }
  }
  return s->models != NULL;
}

snapshot *snapshot_new(const world *w, folder *f, const native_table *natives) {
  snapshot *s = w->alloc.fn(w->alloc.ctx, NULL, 0, sizeof *s);
  if (!s) return NULL;
  *s = (snapshot){.alloc = w->alloc, .generation = f->generation, .arena = arena_new(w->alloc), .report = report_new(w->alloc)};
  bool right = s->arena && s->report && read_files(s, f) && read_editions(s, natives);
  if (right) sort_occurrences(s);
  if (right && !arena_failed(s->arena)) return s;
  snapshot_free(s);
  return NULL;
}

void snapshot_free(snapshot *s) {
  if (!s) return;
  arena_free(s->arena);
  report_free(s->report);
  s->alloc.fn(s->alloc.ctx, s, sizeof *s, 0);
}
