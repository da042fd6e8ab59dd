/* The conversation: messages in order, their answers, and what is told unasked. */
#include "lsp/server.h"
#include "base/text.h"
#include "engine.h"
#include "lsp/ask.h"
#include "lsp/job.h"
#include "lsp/wire.h"
#include <stdio.h>
#include <string.h>

enum {
  PARSE_ERROR = -32700,
  INVALID_REQUEST = -32600,
  METHOD_NOT_FOUND = -32601,
  INVALID_PARAMS = -32602,
  INTERNAL_ERROR = -32603,
  NOT_INITIALIZED = -32002,
  CANCELLED = -32800
};
enum { QUIET = 150 }; /* milliseconds without a change before texts are compiled */
enum { MESSAGE_ERROR = 1, MESSAGE_INFO = 3 };

/* A message that waits; or the request to run a test, which is answered later. */
typedef struct waiting {
  ppr_arena *arena;
  const json *message;
  bool cancelled;
  struct waiting *next;
} waiting;

struct server {
  ppr_engine *engine;
  ppr_alloc alloc;
  native_table *natives; /* own copy: the thread works with the engine's */
  ppr_language language;
  place_encoding encoding;
  world world;
  wire wire;
  ppr_buf out, body;
  waiting *messages, *tests; /* in order */
  waiting *running;          /* the test at work */
  job job;
  int64_t now;
  bool initialized, watches, prepares, shut;
  server_state state;
};

/* ---- sending ---- */

static void send_body(server *s) {
  if (s->body.failed) { /* out of memory: the client hears at least that */
    buf_fini(&s->body);
    buf_init(&s->body, s->alloc, SIZE_MAX);
    buf_puts(&s->body, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32603,\"message\":\"out of memory\"}}");
  }
  buf_printf(&s->out, "Content-Length: %zu\r\n\r\n", s->body.size);
  buf_put(&s->out, s->body.data, s->body.size);
  s->body.size = 0;
}

static void put_id(server *s, const json *id) {
  buf_puts(&s->body, "{\"jsonrpc\":\"2.0\",\"id\":");
  if (id && id->form == JSON_STRING) text_put_json(&s->body, id->text, id->size);
  else if (id && id->form == JSON_NUMBER) buf_puts(&s->body, id->text);
  else buf_puts(&s->body, "null");
}

static void send_error(server *s, const json *id, int code, const char *why) {
  s->body.size = 0;
  put_id(s, id);
  buf_printf(&s->body, ",\"error\":{\"code\":%d,\"message\":", code);
  json_put(&s->body, why);
  buf_puts(&s->body, "}}");
  send_body(s);
}

static void send_null(server *s, const json *id) {
  put_id(s, id);
  buf_puts(&s->body, ",\"result\":null}");
  send_body(s);
}

static const char *say(const server *s, const char *de, const char *en) { return s->language == PPR_ENGLISH ? en : de; }

static void show_message(server *s, int type, const char *text) {
  buf_printf(&s->body, "{\"jsonrpc\":\"2.0\",\"method\":\"window/showMessage\",\"params\":{\"type\":%d,\"message\":", type);
  json_put(&s->body, text);
  buf_puts(&s->body, "}}");
  send_body(s);
}

/* ---- diagnostics ---- */

static void publish(server *s, const folder *f, rule_text *t, const ppr_report *r, size_t count) {
  buf_puts(&s->body, "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":");
  bool shows = advise_put(&s->body, f, t, r, count, s->encoding, s->language) > 0;
  buf_putc(&s->body, '}');
  if (shows || t->shown || t->open) send_body(s);
  s->body.size = 0;
  t->shown = shows;
}

static void publish_all(server *s, folder *f, const ppr_report *r, size_t count) {
  for (size_t i = 0; i < f->n; i++)
    if (!f->rules || f->texts[i]->open) publish(s, f, f->texts[i], r, count); /* Fassungen are told about where they are at home */
}

static bool look(server *s, folder *f) {
  if (!f->now) f->now = snapshot_new(&s->world, f, s->natives);
  return f->now != NULL;
}

/* Syntax errors are told at once; when there are none any more, those on display go. */
static void tell_syntax(server *s, folder *f) {
  if (f->published_for == f->generation || !look(s, f)) return;
  size_t count;
  const ppr_report *r = advise_report(f, &count);
  if (f->now->broken || f->syntax_shown) publish_all(s, f, f->now->broken ? r : NULL, count);
  f->syntax_shown = f->now->broken;
  f->published_for = f->generation;
}

static bool needs_check(const folder *f) { return !(f->now && f->now->broken) && !(f->checked && f->checked_for == f->generation); }

/* ---- the thread ---- */

static void drop(waiting *w, server *s) {
  if (!w) return;
  arena_free(w->arena);
  s->alloc.fn(s->alloc.ctx, w, sizeof *w, 0);
}

static void answer_test(server *s) {
  const job *j = &s->job;
  waiting *w = s->running;
  const json *id = json_at(w->message, "id", NULL);
  s->running = NULL;
  if (w->cancelled) send_error(s, id, CANCELLED, "cancelled");
  else if (!j->found) {
    send_error(s, id, ASK_FAILED,
               say(s, "Der Test kann nicht laufen: Der Regeltext hat Fehler, oder dort steht kein Test.",
                   "The test cannot run: the rule text has errors, or there is no test."));
  } else {
    put_id(s, id);
    buf_printf(&s->body, ",\"result\":{\"passed\":%s,\"title\":", j->passed ? "true" : "false");
    json_put(&s->body, j->title);
    buf_puts(&s->body, ",\"details\":");
    json_put(&s->body, j->details);
    buf_puts(&s->body, "}}");
    send_body(s);
    const char *form =
        j->passed ? say(s, "Test „%s“: bestanden%s", "Test “%s”: passed%s") : say(s, "Test „%s“: nicht bestanden\n%s", "Test “%s”: failed\n%s");
    const char *text = arena_printf(w->arena, form, j->title, j->passed ? "" : j->details);
    show_message(s, j->passed ? MESSAGE_INFO : MESSAGE_ERROR, text);
  }
  drop(w, s);
}

static void collect(server *s) {
  job *j = &s->job;
  if (!j->busy) return;
  job_ended(j, true);
  if (s->running) answer_test(s);
  else if (j->folder && j->generation == j->folder->generation) {
    folder *f = j->folder;
    report_free(f->checked);
    f->checked = j->report;
    f->checked_for = f->generation;
    j->report = NULL;
    if (!f->now || !f->now->broken) publish_all(s, f, f->checked, SIZE_MAX);
  }
  job_clear(j);
}

/* Starts the next test; false when none waits or there is no memory. */
static bool start_test(server *s) {
  while (s->tests) {
    waiting *w = s->tests;
    const json *arguments = json_at(w->message, "params", "arguments", NULL), *first = arguments ? arguments->first : NULL;
    const char *uri = json_text(json_at(first, "uri", NULL));
    int64_t line = -1;
    folder *f;
    rule_text *t = uri ? world_find(&s->world, uri, &f) : NULL;
    bool right = t && json_whole(json_at(first, "line", NULL), 0, INT32_MAX, &line);
    s->tests = w->next;
    w->next = NULL;
    if (w->cancelled) send_error(s, json_at(w->message, "id", NULL), CANCELLED, "cancelled");
    else if (!right)
      send_error(s, json_at(w->message, "id", NULL), INVALID_PARAMS,
                 say(s, "uri und line eines offenen Textes fehlen", "uri and line of an open text are missing"));
    else if (job_start(&s->job, f, t->path, (uint32_t)line + 1, s->language)) {
      s->running = w;
      return true;
    } else send_error(s, json_at(w->message, "id", NULL), INTERNAL_ERROR, "out of memory");
    drop(w, s);
  }
  return false;
}

int64_t server_rest(server *s, int64_t now) {
  int64_t next = INT64_MAX;
  s->now = now;
  if (job_ended(&s->job, false)) collect(s);
  for (folder *f = s->world.folders; f; f = f->next) tell_syntax(s, f);
  if (s->job.busy || start_test(s)) return s->job.done ? now : INT64_MAX;
  for (folder *f = s->world.folders; f; f = f->next) {
    if (!needs_check(f)) continue;
    int64_t when = f->quiet_since + QUIET;
    if (when > now) next = when < next ? when : next;
    else if (job_start(&s->job, f, NULL, 0, s->language)) return s->job.done ? now : INT64_MAX;
  }
  return next;
}

/* ---- texts ---- */

static void changed(server *s, folder *f) { f->quiet_since = s->now; }

static void did_open(server *s, const json *params) {
  const json *d = json_at(params, "textDocument", NULL), *text = json_at(d, "text", NULL);
  const char *uri = json_text(json_at(d, "uri", NULL));
  int64_t version = 0;
  folder *f;
  json_whole(json_at(d, "version", NULL), INT32_MIN, INT32_MAX, &version);
  if (!uri || !text || text->form != JSON_STRING) return;
  if (world_open(&s->world, uri, text->text, text->size, version, &f)) changed(s, f);
}

static void change_text(server *s, folder *f, rule_text *t, const json *change) {
  const json *text = json_at(change, "text", NULL), *range = json_at(change, "range", NULL);
  size_t begin = 0, end = t->text.size;
  const char *old = t->text.data ? t->text.data : "";
  if (!text || text->form != JSON_STRING) return;
  if (range && (!place_read(json_at(range, "start", NULL), old, t->text.size, s->encoding, &begin) ||
                !place_read(json_at(range, "end", NULL), old, t->text.size, s->encoding, &end)))
    return;
  if (begin <= end) folder_edit(f, t, begin, end, text->text, text->size);
}

static void did_change(server *s, const json *params) {
  const char *uri = json_text(json_at(params, "textDocument", "uri", NULL));
  const json *changes = json_at(params, "contentChanges", NULL);
  folder *f;
  rule_text *t = uri ? world_find(&s->world, uri, &f) : NULL;
  if (!t || !changes || changes->form != JSON_ARRAY) return;
  json_whole(json_at(params, "textDocument", "version", NULL), INT32_MIN, INT32_MAX, &t->version);
  if (!t->looked) look(s, f); /* what it said before it is half typed */
  for (const json *change = changes->first; change; change = change->next) change_text(s, f, t, change);
  changed(s, f);
}

static void did_close(server *s, const json *params) {
  const char *uri = json_text(json_at(params, "textDocument", "uri", NULL));
  folder *f;
  if (!uri || !world_find(&s->world, uri, &f)) return;
  for (size_t i = 0; i < f->n; i++) /* what is on display goes with the folder, or with the text that is no file */
    if (f->texts[i]->shown || f->texts[i]->open) publish(s, f, f->texts[i], NULL, 0);
  folder *before = f;
  world_close(&s->world, uri, &f);
  if (!f && s->job.folder == before) s->job.folder = NULL;
  if (!f) return;
  f->published_for = UINT64_MAX; /* tell again of those that stay */
  report_free(f->checked);
  f->checked = NULL;
  changed(s, f);
}

/* What is on disk may have changed. */
static void did_save(server *s, const json *params) {
  (void)params;
  for (folder *f = s->world.folders; f; f = f->next) {
    uint64_t before = f->generation;
    folder_refresh(&s->world, f);
    if (f->generation != before) changed(s, f);
  }
}

/* ---- the beginning and the end ---- */

static bool offers(const json *list, const char *word) {
  for (const json *i = list && list->form == JSON_ARRAY ? list->first : NULL; i; i = i->next) {
    const char *text = json_text(i);
    if (text && strcmp(text, word) == 0) return true;
  }
  return false;
}

static void initialize(server *s, const json *id, const json *params) {
  static const char *const names[] = {[PLACE_UTF16] = "utf-16", [PLACE_UTF8] = "utf-8", [PLACE_UTF32] = "utf-32"};
  const json *client = json_at(params, "capabilities", NULL), *encodings = json_at(client, "general", "positionEncodings", NULL);
  if (!encodings) encodings = json_at(client, "offsetEncoding", NULL); /* as clients said it before version 3.17 */
  s->encoding = offers(encodings, "utf-8") ? PLACE_UTF8 : PLACE_UTF16;
  if (encodings && s->encoding == PLACE_UTF16 && !offers(encodings, "utf-16") && offers(encodings, "utf-32")) s->encoding = PLACE_UTF32;
  const char *locale = json_text(json_at(params, "locale", NULL));
  if (locale) s->language = strncmp(locale, "en", 2) == 0 ? PPR_ENGLISH : PPR_GERMAN;
  s->watches = json_true(json_at(client, "workspace", "didChangeWatchedFiles", "dynamicRegistration", NULL));
  s->prepares = json_true(json_at(client, "textDocument", "rename", "prepareSupport", NULL));
  s->initialized = true;
  put_id(s, id);
  buf_printf(&s->body,
             ",\"result\":{\"capabilities\":{\"positionEncoding\":\"%s\",\"textDocumentSync\":{\"openClose\":true,\"change\":2,\"save\":true},"
             "\"hoverProvider\":true,\"definitionProvider\":true,\"referencesProvider\":true,\"documentHighlightProvider\":true,"
             "\"documentSymbolProvider\":true,\"documentFormattingProvider\":true,\"renameProvider\":%s,"
             "\"completionProvider\":{\"triggerCharacters\":[\"[\"]},\"codeActionProvider\":{\"codeActionKinds\":[\"quickfix\"]},"
             "\"codeLensProvider\":{},\"executeCommandProvider\":{\"commands\":[\"ppr.runTest\"]}},"
             "\"offsetEncoding\":\"%s\",\"serverInfo\":{\"name\":\"ppr\",\"version\":\"%s\"}}}",
             names[s->encoding], s->prepares ? "{\"prepareProvider\":true}" : "true", names[s->encoding], ppr_version());
  send_body(s);
}

static void on_initialized(server *s, const json *params) {
  (void)params;
  if (!s->watches) return;
  buf_puts(&s->body,
           "{\"jsonrpc\":\"2.0\",\"id\":\"ppr-watch\",\"method\":\"client/registerCapability\",\"params\":{\"registrations\":[{\"id\":\"ppr-watch\","
           "\"method\":\"workspace/didChangeWatchedFiles\",\"registerOptions\":{\"watchers\":[{\"globPattern\":\"**/*.ppr\"}]}}]}}");
  send_body(s);
}

static bool same_id(const json *a, const json *b) {
  return a && b && a->form == b->form && (a->form == JSON_STRING || a->form == JSON_NUMBER) && a->size == b->size &&
         memcmp(a->text, b->text, a->size) == 0;
}

static void cancel(server *s, const json *id) {
  waiting *lists[] = {s->messages, s->tests, s->running};
  for (size_t i = 0; i < 3; i++)
    for (waiting *w = lists[i]; w; w = w->next)
      if (same_id(json_at(w->message, "id", NULL), id) && json_at(w->message, "method", NULL)) w->cancelled = true;
}

/* ---- messages ---- */

static const struct {
  const char *name;
  void (*answer)(ask *);
  bool place;
} methods[] = {
#define PLACE true
#define TEXT false
#define METHOD(name, answer, needs) {name, answer, needs},
#include "lsp/methods.def"
#undef METHOD
#undef PLACE
#undef TEXT
};

static const struct {
  const char *name;
  void (*take)(server *, const json *);
} notes[] = {
    {"initialized", on_initialized},      {"textDocument/didOpen", did_open}, {"textDocument/didChange", did_change},
    {"textDocument/didClose", did_close}, {"textDocument/didSave", did_save}, {"workspace/didChangeWatchedFiles", did_save},
};

/* What the answer needs to know; false after an error. */
static bool prepare(server *s, ask *a, bool place) {
  const char *uri = json_text(json_at(a->params, "textDocument", "uri", NULL));
  a->text = uri ? world_find(a->w, uri, &a->folder) : NULL;
  if (!a->text) {
    ask_fail(a, INVALID_PARAMS, "Dieser Text ist nicht offen.", "This text is not open.");
    return false;
  }
  const char *text = a->text->text.data ? a->text->text.data : "";
  if (place && !place_read(json_at(a->params, "position", NULL), text, a->text->text.size, s->encoding, &a->offset)) {
    ask_fail(a, INVALID_PARAMS, "Die Position fehlt.", "The position is missing.");
    return false;
  }
  if (!look(s, a->folder)) {
    ask_fail(a, INTERNAL_ERROR, "zu wenig Speicher", "out of memory");
    return false;
  }
  a->now = a->folder->now;
  a->file = snapshot_file_of(a->now, a->text);
  return a->file != NULL;
}

/* Texts a model makes live as long as the answer, not as the snapshot. */
static void lend_arena(const snapshot *now, ppr_arena *arena) {
  for (size_t i = 0; now && i < now->n_editions; i++) now->models[i]->arena = arena;
}

static void answer(server *s, ppr_arena *arena, size_t method, const json *id, const json *params) {
  ask a = {.language = s->language,
           .encoding = s->encoding,
           .engine = s->engine,
           .natives = s->natives,
           .w = &s->world,
           .params = params,
           .arena = arena,
           .out = &s->body};
  put_id(s, id);
  buf_puts(&s->body, ",\"result\":");
  if (prepare(s, &a, methods[method].place)) {
    lend_arena(a.now, arena);
    methods[method].answer(&a);
    lend_arena(a.now, a.now->arena);
  } else if (!a.error) ask_fail(&a, INTERNAL_ERROR, "innerer Fehler", "internal error");
  if (!a.error && arena_failed(arena)) ask_fail(&a, INTERNAL_ERROR, "zu wenig Speicher", "out of memory");
  if (a.error) {
    send_error(s, id, a.error, a.why);
    return;
  }
  buf_putc(&s->body, '}');
  send_body(s);
}

/* True when the message is to be kept: it is answered later. */
static bool request(server *s, waiting *w, const char *name, const json *id, const json *params) {
  if (strcmp(name, "initialize") == 0) {
    if (s->initialized) send_error(s, id, INVALID_REQUEST, "initialize was sent before");
    else initialize(s, id, params);
    return false;
  }
  if (!s->initialized) {
    send_error(s, id, NOT_INITIALIZED, "initialize comes first");
    return false;
  }
  if (s->shut) {
    send_error(s, id, INVALID_REQUEST, "the server is shut down");
    return false;
  }
  if (strcmp(name, "shutdown") == 0) {
    s->shut = true;
    send_null(s, id);
    return false;
  }
  if (strcmp(name, "workspace/executeCommand") == 0) {
    const char *command = json_text(json_at(params, "command", NULL));
    if (command && strcmp(command, "ppr.runTest") == 0) return true;
    send_error(s, id, INVALID_PARAMS, say(s, "Diesen Befehl gibt es nicht.", "There is no such command."));
    return false;
  }
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    if (strcmp(methods[i].name, name) != 0) continue;
    answer(s, w->arena, i, id, params);
    return false;
  }
  send_error(s, id, METHOD_NOT_FOUND, name);
  return false;
}

static void notification(server *s, const char *name, const json *params) {
  if (strcmp(name, "exit") == 0) s->state = s->shut ? SERVER_DONE : SERVER_LEFT;
  if (!s->initialized || s->shut) return;
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
    if (strcmp(notes[i].name, name) == 0) notes[i].take(s, params);
}

/* True when the message is to be kept. */
static bool take(server *s, waiting *w) {
  const json *m = w->message, *id = json_at(m, "id", NULL), *method = json_at(m, "method", NULL), *params = json_at(m, "params", NULL);
  const char *version = json_text(json_at(m, "jsonrpc", NULL)), *name = json_text(method);
  bool right_id = !id || id->form == JSON_STRING || id->form == JSON_NUMBER;
  if (m->form != JSON_OBJECT || !version || strcmp(version, "2.0") != 0 || !right_id || (method && !name)) {
    send_error(s, right_id ? id : NULL, INVALID_REQUEST, "not a message of JSON-RPC 2.0");
    return false;
  }
  if (!name) { /* the answer to a request of the server */
    if (!json_at(m, "result", NULL) && !json_at(m, "error", NULL)) send_error(s, id, INVALID_REQUEST, "no method");
    return false;
  }
  if (!id) {
    notification(s, name, params);
    return false;
  }
  if (w->cancelled) {
    send_error(s, id, CANCELLED, "cancelled");
    return false;
  }
  return request(s, w, name, id, params);
}

static void append(waiting **list, waiting *w) {
  while (*list) list = &(*list)->next;
  w->next = NULL;
  *list = w;
}

bool server_step(server *s) {
  waiting *w = s->messages;
  if (!w || s->state != SERVER_RUNNING) return false;
  s->messages = w->next;
  if (take(s, w)) append(&s->tests, w);
  else drop(w, s);
  return true;
}

static void enqueue(server *s, const char *text, size_t size) {
  ppr_arena *arena = arena_new(s->alloc);
  const json *message = arena ? json_read(arena, text, size) : NULL;
  const char *name = json_text(json_at(message, "method", NULL));
  if (!message) send_error(s, NULL, PARSE_ERROR, "not JSON, or nested too deeply");
  else if (name && strcmp(name, "$/cancelRequest") == 0) cancel(s, json_at(message, "params", "id", NULL));
  else {
    waiting *w = s->alloc.fn(s->alloc.ctx, NULL, 0, sizeof *w);
    if (w) {
      *w = (waiting){.arena = arena, .message = message};
      append(&s->messages, w);
      return;
    }
    send_error(s, json_at(message, "id", NULL), INTERNAL_ERROR, "out of memory");
  }
  arena_free(arena);
}

void server_feed(server *s, const void *bytes, size_t n, int64_t now) {
  const char *text;
  size_t size;
  s->now = now;
  wire_put(&s->wire, bytes, n);
  for (;;) {
    switch (wire_next(&s->wire, &text, &size)) {
    case WIRE_MORE: return;
    case WIRE_MESSAGE: enqueue(s, text, size); break;
    case WIRE_BAD_HEADER: send_error(s, NULL, PARSE_ERROR, "no Content-Length"); break;
    case WIRE_TOO_LARGE: send_error(s, NULL, INVALID_REQUEST, "message too large"); break;
    default: return;
    }
  }
}

/* ---- life ---- */

static native_table *copy_natives(const ppr_engine *engine) {
  native_table *t = natives_new(engine->alloc);
  for (size_t i = 0; t && i < natives_count(engine->natives); i++) {
    if (natives_register(t, natives_at(engine->natives, i)) == PPR_OK) continue;
    natives_free(t);
    return NULL;
  }
  return t;
}

server *server_new(ppr_engine *engine, ppr_language language) {
  server *s = engine->alloc.fn(engine->alloc.ctx, NULL, 0, sizeof *s);
  if (!s) return NULL;
  *s = (server){.engine = engine, .alloc = engine->alloc, .natives = copy_natives(engine), .language = language, .world = {engine->alloc, NULL}};
  wire_init(&s->wire, s->alloc);
  buf_init(&s->out, s->alloc, SIZE_MAX);
  buf_init(&s->body, s->alloc, SIZE_MAX);
  job_init(&s->job, engine, s->alloc);
  if (s->natives) return s;
  server_free(s);
  return NULL;
}

static void drop_all(server *s, waiting *list) {
  for (waiting *next; list; list = next) {
    next = list->next;
    drop(list, s);
  }
}

void server_free(server *s) {
  if (!s) return;
  job_fini(&s->job);
  drop_all(s, s->messages);
  drop_all(s, s->tests);
  drop(s->running, s);
  world_free(&s->world);
  wire_fini(&s->wire);
  buf_fini(&s->out);
  buf_fini(&s->body);
  natives_free(s->natives);
  s->alloc.fn(s->alloc.ctx, s, sizeof *s, 0);
}

int server_thread(server *s) { return job_threads(&s->job) ? s->job.wake[0] : -1; }
ppr_buf *server_out(server *s) { return &s->out; }
server_state server_where(const server *s) { return s->state; }
