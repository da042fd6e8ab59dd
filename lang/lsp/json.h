/* JSON of the language server: a message as a tree in an arena, and how texts are written. */
#ifndef PPR_LANG_LSP_JSON_H
#define PPR_LANG_LSP_JSON_H
#include "base/arena.h"
#include "base/buf.h"

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_form;
typedef struct json {
  json_form form;
  bool truth;       /* BOOL */
  const char *text; /* STRING, without escapes; NUMBER as written; NUL-terminated */
  size_t size;      /* of the text: a STRING may contain NUL */
  const char *key;  /* member of an OBJECT: its name */
  struct json *first, *last, *next;
} json;

enum { JSON_DEPTH = 64 }; /* deepest nesting that is read */

/* The value the text consists of, NULL when it is no JSON, nested too deeply, or out of memory. */
json *json_read(ppr_arena *arena, const char *text, size_t size);
/* Member of an object; NULL when it is not there, or `value` is NULL or no object. Names follow one another down the tree, ended by NULL. */
const json *json_at(const json *value, ... /* const char *, NULL */);
/* A string without NUL, else NULL. */
const char *json_text(const json *value);
/* A whole number lo..hi. */
bool json_whole(const json *value, int64_t lo, int64_t hi, int64_t *out);
bool json_true(const json *value);
/* Appends a text in quotation marks; NULL is `null`. */
void json_put(ppr_buf *out, const char *text);
#endif
