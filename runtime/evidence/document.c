/* Reading of document.h by yajl, which hands on the text of a number as it stands. */
#include "evidence/document.h"
#include <string.h>
#include <yajl/yajl_parse.h>

enum { DEEPEST = 16 };

typedef struct reading {
  ppr_arena *arena;
  doc *root, *at; /* at: the open list or object */
  const char *name;
  unsigned depth;
} reading;

static doc *add(reading *r, doc_kind kind, const char *text) {
  doc *d = arena_alloc(r->arena, sizeof *d);
  if (!d || (!r->at && r->root)) return NULL;
  *d = (doc){.kind = kind, .text = text, .parent = r->at};
  if (!r->at) {
    r->root = d;
    return d;
  }
  if (r->at->kind == DOC_OBJECT) {
    if (doc_member(r->at, r->name)) return NULL;
    d->name = r->name;
  }
  if (r->at->last) r->at->last->next = d;
  else r->at->first = d;
  r->at->last = d;
  r->at->n++;
  return d;
}

static const char *keep(reading *r, const void *text, size_t n) { return memchr(text, 0, n) ? NULL : arena_strndup(r->arena, text, n); }

static int on_null(void *ctx) { return add(ctx, DOC_NULL, "null") != NULL; }
static int on_truth(void *ctx, int truth) { return add(ctx, DOC_TRUTH, truth ? "true" : "false") != NULL; }
static int on_number(void *ctx, const char *text, size_t n) {
  const char *kept = keep(ctx, text, n);
  return kept && add(ctx, DOC_NUMBER, kept);
}
static int on_text(void *ctx, const unsigned char *text, size_t n) {
  const char *kept = keep(ctx, text, n);
  return kept && add(ctx, DOC_TEXT, kept);
}
static int on_name(void *ctx, const unsigned char *text, size_t n) {
  reading *r = ctx;
  r->name = keep(r, text, n);
  return r->name != NULL;
}

static int open_one(reading *r, doc_kind kind) {
  doc *d = r->depth < DEEPEST ? add(r, kind, NULL) : NULL;
  if (!d) return 0;
  r->at = d;
  r->depth++;
  return 1;
}
static int on_object(void *ctx) { return open_one(ctx, DOC_OBJECT); }
static int on_list(void *ctx) { return open_one(ctx, DOC_LIST); }
static int on_close(void *ctx) {
  reading *r = ctx;
  r->at = r->at->parent;
  r->depth--;
  return 1;
}

const doc *doc_read(ppr_arena *arena, const char *bytes, size_t size) {
  static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                           .yajl_boolean = on_truth,
                                           .yajl_number = on_number,
                                           .yajl_string = on_text,
                                           .yajl_start_map = on_object,
                                           .yajl_map_key = on_name,
                                           .yajl_end_map = on_close,
                                           .yajl_start_array = on_list,
                                           .yajl_end_array = on_close};
  reading r = {.arena = arena};
  yajl_handle parser = yajl_alloc(&callbacks, NULL, &r);
  if (!parser) return NULL;
  bool good = yajl_parse(parser, (const unsigned char *)bytes, size) == yajl_status_ok && yajl_complete_parse(parser) == yajl_status_ok;
  yajl_free(parser);
  return good && !arena_failed(arena) ? r.root : NULL;
}

const doc *doc_member(const doc *object, const char *name) {
  if (!object || object->kind != DOC_OBJECT) return NULL;
  for (const doc *d = object->first; d; d = d->next)
    if (strcmp(d->name, name) == 0) return d;
  return NULL;
}
