/* Documents and folders. What is on disk is read when a document of the folder is opened, saved or closed, and when the client tells of changes. */
#include "lsp/world.h"
#include "ast.h"
#include "base/file.h"
#include "lsp/snapshot.h"
#include <string.h>

enum { MAX_RULE_FILE = 16 << 20 };

static void text_free(world *w, rule_text *t) {
  buf_fini(&t->text);
  buf_fini(&t->good);
  w->alloc.fn(w->alloc.ctx, t, sizeof *t, 0);
}

static void folder_free(world *w, folder *f) {
  snapshot_free(f->now);
  report_free(f->checked);
  for (size_t i = 0; i < f->n; i++) text_free(w, f->texts[i]);
  arena_free(f->arena);
  w->alloc.fn(w->alloc.ctx, f, sizeof *f, 0);
}

void world_free(world *w) {
  for (folder *f = w->folders, *next; f; f = next) {
    next = f->next;
    folder_free(w, f);
  }
  w->folders = NULL;
}

rule_text *world_find(const world *w, const char *uri, folder **in) {
  for (*in = w->folders; *in; *in = (*in)->next)
    for (size_t i = 0; i < (*in)->n; i++)
      if ((*in)->texts[i]->open && strcmp((*in)->texts[i]->uri, uri) == 0) return (*in)->texts[i];
  return NULL;
}

rule_text *folder_find(const folder *f, const char *path) {
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->texts[i]->path, path) == 0) return f->texts[i];
  return NULL;
}

void folder_changed(folder *f) {
  f->generation++;
  snapshot_free(f->now);
  f->now = NULL;
}

static folder *folder_at(world *w, const char *path, size_t size) {
  for (folder *f = w->folders; f; f = f->next)
    if (strlen(f->path) == size && memcmp(f->path, path, size) == 0) return f;
  folder *f = w->alloc.fn(w->alloc.ctx, NULL, 0, sizeof *f);
  if (!f) return NULL;
  *f = (folder){.arena = arena_new(w->alloc), .next = w->folders};
  if (f->arena && (f->path = arena_strndup(f->arena, path, size))) return w->folders = f;
  arena_free(f->arena);
  w->alloc.fn(w->alloc.ctx, f, sizeof *f, 0);
  return NULL;
}

/* A new text at its place among the sorted ones. */
static rule_text *folder_add(world *w, folder *f, const char *path, const char *uri) {
  rule_text *t = w->alloc.fn(w->alloc.ctx, NULL, 0, sizeof *t);
  rule_text **grown = arena_grow(f->arena, f->texts, f->n, &f->cap, f->n + 1, sizeof(rule_text *));
  if (!t || !grown) {
    w->alloc.fn(w->alloc.ctx, t, sizeof *t, 0);
    return NULL;
  }
  f->texts = grown;
  *t = (rule_text){.path = arena_strndup(f->arena, path, strlen(path)), .uri = uri ? uri : place_uri(f->arena, path)};
  buf_init(&t->text, w->alloc, MAX_RULE_FILE);
  buf_init(&t->good, w->alloc, MAX_RULE_FILE);
  if (!t->path || !t->uri) {
    text_free(w, t);
    return NULL;
  }
  size_t at = f->n++;
  for (; at && strcmp(f->texts[at - 1]->path, path) > 0; at--) f->texts[at] = f->texts[at - 1];
  return f->texts[at] = t;
}

static void folder_drop(world *w, folder *f, size_t at) {
  folder_changed(f);
  text_free(w, f->texts[at]);
  memmove(&f->texts[at], &f->texts[at + 1], (--f->n - at) * sizeof *f->texts);
}

static void set_text(folder *f, rule_text *t, const char *text, size_t size) {
  if (t->text.size == size && (size == 0 || memcmp(t->text.data, text, size) == 0)) return;
  t->text.size = 0;
  buf_put(&t->text, text, size);
  folder_changed(f);
}

void folder_refresh(world *w, folder *f) {
  ppr_arena *arena = arena_new(w->alloc);
  const char **paths = NULL;
  size_t n = 0;
  if (!arena) return;
  const char *path = f->rules ? f->rules : f->path;
  if (*path != '/' || file_list(arena, path, ".ppr", &paths, &n) != FILE_OK) n = 0;
  for (size_t i = 0; i < f->n; i++) f->texts[i]->on_disk = false;
  for (size_t i = 0; i < n; i++) {
    rule_text *t = folder_find(f, paths[i]);
    char *data;
    size_t size;
    if (t && t->open) {
      t->on_disk = true;
      continue;
    }
    if (file_read(w->alloc, paths[i], MAX_RULE_FILE, &data, &size) != FILE_OK) continue;
    if (!t && (t = folder_add(w, f, paths[i], NULL))) folder_changed(f);
    if (t) {
      t->on_disk = true;
      set_text(f, t, data, size);
    }
    file_free(w->alloc, data, size);
  }
  for (size_t i = f->n; i > 0; i--)
    if (!f->texts[i - 1]->on_disk && !f->texts[i - 1]->open) folder_drop(w, f, i - 1);
  arena_free(arena);
}

rule_text *world_open(world *w, const char *uri, const char *text, size_t size, int64_t version, folder **in) {
  ppr_arena *arena = arena_new(w->alloc);
  if (!arena) return NULL;
  const char *path = place_path(arena, uri), *slash = path ? strrchr(path, '/') : NULL;
  rule_text *t = world_find(w, uri, in);
  if (!t) {
    const char *scenario;
    bool apart = slash && slash != path && parse_head(arena, text, size, &scenario) == PARSE_SCENARIO;
    if (!path) path = uri;
    *in = folder_at(w, path, apart || !slash ? strlen(path) : slash == path ? 1 : (size_t)(slash - path));
    if (*in && apart && !(*in)->rules) {
      size_t above = (size_t)(slash - path);
      while (above > 1 && path[above - 1] != '/') above--;
      (*in)->rules = arena_strndup((*in)->arena, path, above > 1 ? above - 1 : above);
    }
    if (*in) {
      const char *own = arena_strndup((*in)->arena, uri, strlen(uri));
      t = folder_find(*in, path);
      if (!t && own && (t = folder_add(w, *in, path, own))) folder_changed(*in);
      if (t && own) t->uri = own;
    }
  }
  if (t) {
    t->open = true;
    t->version = version;
    set_text(*in, t, text, size);
    folder_refresh(w, *in);
  }
  arena_free(arena);
  return t;
}

void world_close(world *w, const char *uri, folder **in) {
  rule_text *t = world_find(w, uri, in);
  if (!t) return;
  t->open = false;
  folder_refresh(w, *in); /* drops it when it is no file */
  for (size_t i = 0; i < (*in)->n; i++)
    if ((*in)->texts[i]->open) return;
  folder **link = &w->folders;
  while (*link != *in) link = &(*link)->next;
  *link = (*in)->next;
  folder_free(w, *in);
  *in = NULL;
}

bool folder_edit(folder *f, rule_text *t, size_t begin, size_t end, const char *insert, size_t size) {
  ppr_buf *b = &t->text;
  size_t old = b->size, tail = old - end;
  if (end > old || begin > end) return false;
  if (size > end - begin) { /* room at the end, then the tail moves there */
    for (size_t more = size - (end - begin), now; more; more -= now) {
      static const char blank[256];
      now = more < sizeof blank ? more : sizeof blank;
      buf_put(b, blank, now);
    }
    if (b->failed) {
      b->failed = false;
      b->size = old;
      return false;
    }
  }
  if (tail) memmove(b->data + begin + size, b->data + end, tail);
  if (size) memcpy(b->data + begin, insert, size);
  b->size = begin + size + tail;
  folder_changed(f);
  return true;
}
