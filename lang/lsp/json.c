/* JSON texts to trees, on yajl. Numbers stay texts; yajl itself allocates with malloc. */
#include "lsp/json.h"
#include "base/text.h"
#include <stdarg.h>
#include <string.h>
#include <yajl/yajl_parse.h>

typedef struct reader {
  ppr_arena *arena;
  json *root, *open[JSON_DEPTH];
  const char *key;
  int depth;
} reader;

static json *add(reader *r, json_form form) {
  json *made = arena_alloc(r->arena, sizeof *made);
  if (!made) return NULL;
  made->form = form;
  made->key = r->key;
  r->key = NULL;
  if (r->depth == 0) return r->root = made;
  json *in = r->open[r->depth - 1];
  if (in->last) in->last->next = made;
  else in->first = made;
  return in->last = made;
}

static int add_text(reader *r, json_form form, const void *text, size_t size) {
  json *made = add(r, form);
  if (!made) return 0;
  made->text = arena_strndup(r->arena, text, size);
  made->size = size;
  return made->text != NULL;
}

static int begin(reader *r, json_form form) {
  if (r->depth == JSON_DEPTH) return 0;
  json *made = add(r, form);
  if (made) r->open[r->depth++] = made;
  return made != NULL;
}

static int end(void *ctx) {
  reader *r = ctx;
  r->depth--;
  return 1;
}

static int on_null(void *ctx) { return add(ctx, JSON_NULL) != NULL; }
static int on_bool(void *ctx, int truth) {
  json *made = add(ctx, JSON_BOOL);
  if (made) made->truth = truth != 0;
  return made != NULL;
}
static int on_number(void *ctx, const char *text, size_t size) { return add_text(ctx, JSON_NUMBER, text, size); }
static int on_string(void *ctx, const unsigned char *text, size_t size) { return add_text(ctx, JSON_STRING, text, size); }
static int on_object(void *ctx) { return begin(ctx, JSON_OBJECT); }
static int on_array(void *ctx) { return begin(ctx, JSON_ARRAY); }
static int on_key(void *ctx, const unsigned char *text, size_t size) {
  reader *r = ctx;
  r->key = arena_strndup(r->arena, (const char *)text, size);
  return r->key != NULL;
}

json *json_read(ppr_arena *arena, const char *text, size_t size) {
  static const yajl_callbacks callbacks = {
      .yajl_null = on_null,
      .yajl_boolean = on_bool,
      .yajl_number = on_number,
      .yajl_string = on_string,
      .yajl_start_map = on_object,
      .yajl_map_key = on_key,
      .yajl_end_map = end,
      .yajl_start_array = on_array,
      .yajl_end_array = end,
  };
  reader r = {.arena = arena};
  yajl_handle parser = yajl_alloc(&callbacks, NULL, &r);
  if (!parser) return NULL;
  bool right = yajl_parse(parser, (const unsigned char *)text, size) == yajl_status_ok && yajl_complete_parse(parser) == yajl_status_ok;
  yajl_free(parser);
  return right && r.depth == 0 ? r.root : NULL;
}

const json *json_at(const json *value, ...) {
  va_list names;
  va_start(names, value);
  for (const char *name; value && (name = va_arg(names, const char *));) {
    value = value->form == JSON_OBJECT ? value->first : NULL;
    while (value && strcmp(value->key, name) != 0) value = value->next;
  }
  va_end(names);
  return value;
}

const char *json_text(const json *value) { return value && value->form == JSON_STRING && strlen(value->text) == value->size ? value->text : NULL; }

bool json_whole(const json *value, int64_t lo, int64_t hi, int64_t *out) {
  if (!value || value->form != JSON_NUMBER || value->size > 18) return false;
  int64_t number = 0;
  const char *p = value->text;
  bool negative = *p == '-';
  for (p += negative; *p; p++) {
    if (*p < '0' || *p > '9') return false;
    number = number * 10 + (*p - '0');
  }
  *out = negative ? -number : number;
  return lo <= *out && *out <= hi;
}

bool json_true(const json *value) { return value && value->form == JSON_BOOL && value->truth; }

void json_put(ppr_buf *out, const char *text) {
  if (text) text_put_json(out, text, strlen(text));
  else buf_puts(out, "null");
}
