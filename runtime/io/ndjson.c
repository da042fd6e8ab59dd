/* Reader of JSON records on yajl. Numbers are taken as their text; no value passes through a double. The values of a record are collected first,
 * because its key may stand anywhere in the object. yajl itself allocates with malloc: it cannot report a failed allocation of a hook. */
#include "io/ndjson.h"
#include "base/oserror.h"
#include "base/text.h"
#include "io/names.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { CHUNK = 65536, PATH = 3 };
typedef enum { LEAF_NUMBER, LEAF_STRING, LEAF_BOOL } leaf_form;
typedef struct slice {
  size_t at, size;
} slice; /* in the text buffer */
typedef struct leaf {
  slice path[PATH], text;
  int depth;
  leaf_form form;
} leaf;

struct ndjson_reader {
  ppr_alloc alloc;
  record_store *store;
  const io_schema *schema;
  ppr_report *report;
  ppr_arena *arena;
  const char *name;
  io_read_fn read;
  void *ctx;
  yajl_handle parser;
  unsigned char chunk[CHUNK];
  size_t scanned; /* bytes of the chunk whose line ends are counted */
  uint64_t line;  /* at `scanned` */
  uint64_t record_line;
  size_t record_bytes; /* since the end of the last record, whole chunks */
  bool array, started, ended;
  bool blank;   /* nothing but white space so far */
  size_t depth; /* open objects */
  slice path[PATH];
  leaf *leaves;
  size_t n_leaves, cap_leaves;
  ppr_buf text;
  csv_cell *key;
  key_set *keys;
  size_t records;
  ppr_status status; /* why the parser was stopped */
};

static void count_lines(ndjson_reader *j, size_t upto) {
  for (; j->scanned < upto && j->scanned < CHUNK; j->scanned++) j->line += j->chunk[j->scanned] == '\n';
}

static int stop(ndjson_reader *j, diag_code code, const char *a, const char *b, const char *c) {
  char where[512];
  count_lines(j, yajl_get_bytes_consumed(j->parser));
  snprintf(where, sizeof where, "%.400s:%llu", j->name, (unsigned long long)j->line);
  diag *d = a && b ? report_add(j->report, code, SPAN_NONE, a, b, c, NULL) : report_add(j->report, code, SPAN_NONE, a, NULL);
  diag_set_where(j->report, d, where);
  j->status = PPR_DIAGNOSED;
  return 0;
}

static int stop_limit(ndjson_reader *j, const char *limit, size_t value) {
  char text[24];
  snprintf(text, sizeof text, "%zu", value);
  return stop(j, DIAG_JSON_LIMIT, text, limit, NULL);
}

static int stop_memory(ndjson_reader *j) {
  j->status = PPR_NOMEM;
  return 0;
}

static bool keep(ndjson_reader *j, const char *text, size_t size, slice *out) {
  *out = (slice){j->text.size, size};
  buf_put(&j->text, text, size);
  return !j->text.failed;
}

static int on_leaf(ndjson_reader *j, leaf_form form, const char *text, size_t size) {
  if (j->depth == 0) return stop(j, DIAG_JSON_SHAPE, "JSON", DIAG_BOTH("ein einzelner Wert", "a single value"), DIAG_BOTH("ein Objekt", "an object"));
  if (j->n_leaves == j->store->limits->columns) return stop_limit(j, DIAG_BOTH("Werte je Datensatz", "values per record"), j->store->limits->columns);
  if (j->n_leaves == j->cap_leaves) {
    ppr_alloc alloc = j->alloc;
    size_t cap = j->cap_leaves ? j->cap_leaves * 2 : 64;
    leaf *leaves = alloc.fn(alloc.ctx, j->leaves, j->cap_leaves * sizeof *leaves, cap * sizeof *leaves);
    if (!leaves) return stop_memory(j);
    j->leaves = leaves;
    j->cap_leaves = cap;
  }
  leaf *l = &j->leaves[j->n_leaves++];
  *l = (leaf){.depth = (int)j->depth, .form = form};
  memcpy(l->path, j->path, sizeof l->path);
  return keep(j, text, size, &l->text) ? 1 : stop_memory(j);
}

static csv_cell cell_of(const ndjson_reader *j, slice s) { return (csv_cell){j->text.data + s.at, s.size}; }

static void take_leaf(ndjson_reader *j, store_record *r, const leaf *l) {
  input_name name = {.field = cell_of(j, l->path[0]), .axes = l->depth - 1};
  for (int i = 1; i < l->depth; i++) name.member[i - 1] = cell_of(j, l->path[i]);
  if (l->depth == 1) name_split(&name, name.field); /* "VKS[a,b]": 1 is as good as "VKS": {"a": {"b": 1}} */
  const char *label = arena_strndup(j->store->issues, name.field.text, name.field.size);
  if (!label) return;
  for (int i = 0; i < name.axes && label; i++)
    label = arena_printf(j->store->issues, "%s%s%.*s%s", label, i ? "," : "[", (int)(name.member[i].size < 100 ? name.member[i].size : 100),
                         name.member[i].text, i + 1 == name.axes ? "]" : "");
  uint32_t field, input;
  if (!name_resolve(j->schema, r->edition, &name, &field, &input)) {
    uint32_t other = name_edition(j->schema, &name);
    if (other == PPR_NONE) {
      diag *d = report_add(j->report, DIAG_COLUMN_UNKNOWN, SPAN_NONE, shown(j->arena, label, strlen(label)), NULL);
      diag_set_where(j->report, d, j->name);
      return;
    }
    value_fault fault = {DIAG_FIELD_EDITION, {label, schema_edition_name(j->schema, r->edition), schema_edition_name(j->schema, other), NULL}};
    store_issue_add(j->store, r, &fault, "", r->line, label);
    return;
  }
  const ppr_field *f = &j->schema->editions[r->edition].e->field[field];
  csv_cell cell = cell_of(j, l->text);
  if ((l->form == LEAF_BOOL) != (f->kind == PPR_KIND_BOOL) && l->form != LEAF_STRING) {
    value_fault fault = {DIAG_JSON_SHAPE,
                         {label, shown(j->store->issues, cell.text, cell.size), f->kind == PPR_KIND_BOOL ? "true/false" : "1.5 / \"…\"", NULL}};
    store_set(j->store, r, input, 0, PPR_FEHLT);
    store_issue_add(j->store, r, &fault, "", r->line, label);
    return;
  }
  store_cell(j->store, r, f, input, cell, '.', "", r->line);
}

static int finish_record(ndjson_reader *j) {
  record_store *store = j->store;
  bool twice = false;
  for (size_t k = 0; k < j->schema->n_keys; k++) j->key[k] = (csv_cell){"", 0};
  for (size_t i = 0; i < j->n_leaves; i++) {
    leaf *l = &j->leaves[i];
    uint32_t k = l->depth == 1 ? name_key(j->schema, cell_of(j, l->path[0])) : PPR_NONE;
    if (k == PPR_NONE) continue;
    l->depth = 0; /* done */
    twice = twice || j->key[k].size;
    j->key[k] = cell_of(j, l->text);
  }
  if (j->records == store->limits->records) return stop_limit(j, DIAG_BOTH("Datensätze", "records"), store->limits->records);
  store_record *r = store_append(store, j->key, "", j->record_line, '.');
  if (!r) return stop_memory(j);
  j->records++;
  if (twice) {
    value_fault fault = {DIAG_CELL_DUPLICATE, {j->schema->keys[0], NULL, NULL, NULL}};
    store_row_issue(store, r, &fault, "", r->line);
  }
  for (size_t i = 0; i < j->n_leaves && r->edition != PPR_NONE; i++)
    if (j->leaves[i].depth > 0) take_leaf(j, r, &j->leaves[i]);
  j->n_leaves = 0;
  j->text.size = 0;
  j->record_bytes = 0;
  return store->failed ? stop_memory(j) : 1;
}

static int on_open(void *ctx) {
  ndjson_reader *j = ctx;
  if (j->depth == 0) {
    count_lines(j, yajl_get_bytes_consumed(j->parser));
    j->record_line = j->line;
  }
  size_t deepest = j->store->limits->json_depth < PATH ? j->store->limits->json_depth : PATH;
  if (j->depth == deepest) return stop_limit(j, DIAG_BOTH("Tiefe", "depth"), deepest);
  j->depth++;
  return 1;
}
static int on_close(void *ctx) {
  ndjson_reader *j = ctx;
  return --j->depth > 0 ? 1 : finish_record(j);
}
static int on_key(void *ctx, const unsigned char *text, size_t size) {
  ndjson_reader *j = ctx;
  return keep(j, (const char *)text, size, &j->path[j->depth - 1]) ? 1 : stop_memory(j);
}
static int on_null(void *ctx) {
  ndjson_reader *j = ctx; /* null says what a missing name says */
  return j->depth ? 1 : stop(j, DIAG_JSON_SHAPE, "JSON", "null", DIAG_BOTH("ein Objekt", "an object"));
}
static int on_bool(void *ctx, int value) { return on_leaf(ctx, LEAF_BOOL, value ? "ja" : "nein", value ? 2 : 4); }
static int on_number(void *ctx, const char *text, size_t size) { return on_leaf(ctx, LEAF_NUMBER, text, size); }
static int on_string(void *ctx, const unsigned char *text, size_t size) { return on_leaf(ctx, LEAF_STRING, (const char *)text, size); }
static int on_array(void *ctx) {
  ndjson_reader *j = ctx;
  if (j->depth || j->array)
    return stop(j, DIAG_JSON_SHAPE, "JSON", DIAG_BOTH("eine Liste", "a list"), DIAG_BOTH("ein Objekt oder ein Wert", "an object or a value"));
  j->array = true;
  return 1;
}
static int on_array_end(void *ctx) {
  (void)ctx;
  return 1;
}

static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                         .yajl_boolean = on_bool,
                                         .yajl_number = on_number,
                                         .yajl_string = on_string,
                                         .yajl_start_map = on_open,
                                         .yajl_map_key = on_key,
                                         .yajl_end_map = on_close,
                                         .yajl_start_array = on_array,
                                         .yajl_end_array = on_array_end};

ppr_status ndjson_open(ndjson_reader **out, record_store *store, const char *name, io_read_fn read, void *ctx, ppr_report *report) {
  *out = NULL;
  ppr_arena *arena = arena_new(store->alloc);
  ndjson_reader *j = arena ? arena_alloc(arena, sizeof *j) : NULL;
  csv_cell *key = j ? arena_array(arena, store->schema->n_keys, sizeof *key) : NULL;
  if (!key) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  j->alloc = store->alloc;
  j->store = store;
  j->schema = store->schema;
  j->report = report;
  j->arena = arena;
  j->name = name;
  j->read = read;
  j->ctx = ctx;
  j->line = 1;
  j->blank = true;
  j->key = key;
  buf_init(&j->text, store->alloc, store->limits->json_bytes * 2 + CHUNK);
  j->keys = keyset_new(store->alloc);
  j->parser = yajl_alloc(&callbacks, NULL, j);
  if (!j->parser || !j->keys) {
    ndjson_close(j);
    return PPR_NOMEM;
  }
  yajl_config(j->parser, yajl_allow_multiple_values, 1);
  *out = j;
  return PPR_OK;
}

/* What the parser says in its own words, in those of the messages; what is not known as it is. */
static const char *in_words(ppr_arena *arena, const char *said) {
  static const struct {
    const char *part, *words;
  } known[] = {
      {"premature EOF", DIAG_BOTH("der Text bricht ab", "the text breaks off")},
      {"after key and value", DIAG_BOTH("hinter einer Angabe fehlt , oder }", "behind a value , or } is missing")},
      {"after array element", DIAG_BOTH("hinter einem Element fehlt , oder ]", "behind an element , or ] is missing")},
      {"separated by a colon", DIAG_BOTH("hinter einem Namen fehlt der Doppelpunkt", "the colon behind a name is missing")},
      {"invalid object key", DIAG_BOTH("hier steht ein Name in Anführungszeichen", "a name in quotation marks stands here")},
      {"UTF8", DIAG_BOTH("kein gültiges UTF-8", "not valid UTF-8")},
      {"inside a string", DIAG_BOTH("unzulässiges Zeichen in einem Text", "invalid character in a text")},
      {"inside string", DIAG_BOTH("unzulässiges Zeichen in einem Text", "invalid character in a text")},
      {"malformed number", DIAG_BOTH("eine Zahl ist nicht vollständig", "a number is incomplete")},
      {"comment found", DIAG_BOTH("Kommentare gibt es in JSON nicht", "there are no comments in JSON")},
      {"invalid char", DIAG_BOTH("hier steht etwas, das nicht dorthin gehört", "something stands here that does not belong")},
      {"invalid string", DIAG_BOTH("hier steht etwas, das nicht dorthin gehört", "something stands here that does not belong")},
      {"unallowed token", DIAG_BOTH("hier steht etwas, das nicht dorthin gehört", "something stands here that does not belong")},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(said, known[i].part)) return known[i].words;
  size_t n = strlen(said);
  while (n > 0 && (said[n - 1] == '\n' || said[n - 1] == ' ')) n--;
  return shown(arena, said, n);
}

static ppr_status failed(ndjson_reader *j, yajl_status status, const unsigned char *text, size_t size) {
  if (status == yajl_status_client_canceled && j->status != PPR_OK) return j->status;
  unsigned char *message = yajl_get_error(j->parser, 0, text, size);
  stop(j, DIAG_JSON_SYNTAX, in_words(j->arena, message ? (char *)message : "?"), NULL, NULL);
  if (message) yajl_free_error(j->parser, message);
  return PPR_DIAGNOSED;
}

/* Feeds one chunk; at the end of the input what the parser still holds. */
static ppr_status feed(ndjson_reader *j) {
  size_t have = 0;
  do { /* the mark may come in pieces */
    long got = j->read(j->ctx, (char *)j->chunk + have, CHUNK - have);
    if (got < 0) {
      report_add(j->report, DIAG_FILE_UNREADABLE, SPAN_NONE, j->name, oserror_both(errno), NULL);
      return PPR_DIAGNOSED;
    }
    if (got == 0) j->ended = true;
    have += (size_t)got;
  } while (!j->started && !j->ended && have < 3);
  size_t from = j->started ? 0 : text_bom((char *)j->chunk, have);
  j->started = true;
  yajl_status status = yajl_status_ok;
  if (have > from) {
    j->record_bytes += have - from;
    /* the parser counts from where it was fed: shift so that its offsets are those of the chunk */
    if (from) memmove(j->chunk, j->chunk + from, have -= from);
    j->scanned = 0;
    for (size_t i = 0; i < have && j->blank; i++) j->blank = strchr(" \t\r\n", j->chunk[i]) && j->chunk[i];
    status = yajl_parse(j->parser, j->chunk, have);
    if (status != yajl_status_ok) return failed(j, status, j->chunk, have);
    count_lines(j, have);
    if (j->record_bytes > j->store->limits->json_bytes) {
      stop_limit(j, DIAG_BOTH("Bytes je Datensatz", "bytes per record"), j->store->limits->json_bytes);
      return PPR_LIMIT;
    }
  }
  if (!j->ended) return PPR_OK;
  j->scanned = CHUNK; /* nothing of the chunk is left to count */
  if (j->blank) return PPR_OK;
  status = yajl_complete_parse(j->parser);
  return status == yajl_status_ok ? PPR_OK : failed(j, status, NULL, 0);
}

ppr_status ndjson_read(ndjson_reader *j, size_t max, bool *more) {
  while (j->store->count < max && !j->ended) {
    ppr_status status = feed(j);
    if (status != PPR_OK) return status;
  }
  *more = !j->ended;
  store_finish(j->store);
  return !j->store->failed && store_unique(j->store, j->keys) ? PPR_OK : PPR_NOMEM;
}

void ndjson_into(ndjson_reader *j, record_store *store, ppr_report *report) {
  j->store = store;
  j->report = report;
}

void ndjson_close(ndjson_reader *j) {
  if (!j) return;
  if (j->parser) yajl_free(j->parser);
  if (j->leaves) j->alloc.fn(j->alloc.ctx, j->leaves, j->cap_leaves * sizeof *j->leaves, 0);
  buf_fini(&j->text);
  keyset_free(j->keys);
  arena_free(j->arena);
}
