/* Reading ledgers; see book.h. Every query names its order, so that nothing depends on when a row was written. */
#include "sweep/book.h"
#include "base/file.h"
#include "base/text.h"
#include "sweep/ledger.h"
#include <sqlite3.h>
#include <string.h>

#define RUNS_MOST 100000000 /* more runs than anybody computes: such a number is damage */
#define SCALE_MOST 20       /* decimals of a percent are two more than those of other numbers */

const int book_percent[BOOK_RANKS] = {0, 5, 10, 25, 50, 75, 90, 95, 100};

/* --- rows --- */

void book_fail(book *b, ppr_status status) {
  if (b->status == PPR_OK) b->status = status;
}

void book_damaged(book *b, const char *where) {
  if (b->status != PPR_OK) return;
  report_add(b->report, DIAG_LEDGER_DAMAGED, SPAN_NONE, b->path, where, NULL);
  book_fail(b, PPR_DIAGNOSED);
}

static void refused(book *b, int code) {
  if (b->status != PPR_OK) return;
  if (code == SQLITE_NOMEM) book_fail(b, PPR_NOMEM);
  else book_damaged(b, sqlite3_errmsg(b->db));
}

book_rows book_ask(book *b, const char *sql) {
  book_rows r = {b, NULL};
  if (b->status != PPR_OK) return r;
  int code = sqlite3_prepare_v2(b->db, sql, -1, &r.statement, NULL);
  if (code != SQLITE_OK) refused(b, code);
  return r;
}

void book_bind(book_rows *r, int index, int64_t value) {
  if (r->statement) sqlite3_bind_int64(r->statement, index, value);
}

void book_bind_text(book_rows *r, int index, const char *text) {
  if (r->statement && sqlite3_bind_text(r->statement, index, text, -1, SQLITE_TRANSIENT) != SQLITE_OK) book_fail(r->b, PPR_NOMEM);
}

bool book_next(book_rows *r) {
  if (!r->statement || r->b->status != PPR_OK) return false;
  int code = sqlite3_step(r->statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) refused(r->b, code);
  return code == SQLITE_ROW;
}

void book_again(book_rows *r) {
  if (r->statement) sqlite3_reset(r->statement);
}

void book_end(book_rows *r) {
  sqlite3_finalize(r->statement);
  r->statement = NULL;
}

int64_t book_int(const book_rows *r, int column) { return sqlite3_column_int64(r->statement, column); }
bool book_null(const book_rows *r, int column) { return sqlite3_column_type(r->statement, column) == SQLITE_NULL; }

const char *book_text(const book_rows *r, int column) {
  const char *text = (const char *)sqlite3_column_text(r->statement, column);
  size_t at;
  if (!text) return "";
  if (text_check(text, strlen(text), &at) == TEXT_OK) return text;
  book_damaged(r->b, sqlite3_column_name(r->statement, column));
  return "";
}

char *book_keep(const book_rows *r, int column) {
  const char *text = book_text(r, column);
  char *kept = arena_strndup(r->b->arena, text, strlen(text));
  if (!kept) book_fail(r->b, PPR_NOMEM);
  return kept;
}

/* A count: never negative. */
int64_t book_count(const book_rows *r, int column, const char *table) {
  int64_t n = book_int(r, column);
  if (n < 0) book_damaged(r->b, table);
  return n < 0 ? 0 : n;
}

/* Sums are text, because they may exceed 64 bits. */
ppr_wide book_wide(const book_rows *r, int column) {
  const char *p = book_text(r, column);
  bool negative = *p == '-', fits = p[negative] != 0;
  ppr_wide value = 0;
  for (p += negative; *p; p++) {
    if (*p < '0' || *p > '9' || !wide_mul(&value, value, 10) || !wide_add(&value, value, negative ? '0' - *p : *p - '0')) {
      fits = false;
      break;
    }
  }
  if (!fits || value == WIDE_MIN) book_damaged(r->b, "total.sum");
  return fits ? value : 0;
}

/* --- the small tables --- */

static book_measure measure_of(const book_rows *r, int unit, int kind, int scale, const char *table) {
  static const struct {
    const char *word;
    book_kind kind;
  } kinds[] = {{"zahl", BOOK_NUMBER},     {"prozent", BOOK_PERCENT}, {"datum", BOOK_DATE},
               {"quartal", BOOK_QUARTER}, {"ja/nein", BOOK_YESNO},   {"wort", BOOK_WORD}};
  book_measure m = {book_keep(r, unit), BOOK_NUMBER, 0};
  int64_t decimals = book_int(r, scale);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(book_text(r, kind), kinds[i].word) == 0) m.kind = kinds[i].kind;
  if (decimals < (m.kind == BOOK_PERCENT ? 2 : 0) || decimals > SCALE_MOST) book_damaged(r->b, table);
  else m.scale = (int)decimals;
  return m;
}

/* Room for one more of an array that grows row by row. */
static void *more(book *b, void *items, size_t count, size_t *cap, size_t size) {
  void *grown = arena_grow(b->arena, items, count, cap, count + 1, size);
  if (!grown) book_fail(b, PPR_NOMEM);
  return grown;
}

static void read_meta(book *b) {
  const char *format = NULL;
  book_rows r = book_ask(b, "SELECT key, value FROM meta ORDER BY key");
  while (book_next(&r)) {
    const char *key = book_text(&r, 0);
    if (strcmp(key, "format") == 0) format = book_keep(&r, 1);
    else if (strcmp(key, "rules") == 0) b->rules = book_keep(&r, 1);
    else if (strcmp(key, "record") == 0) b->record = book_keep(&r, 1);
    else if (strcmp(key, "seed") == 0) b->seed = book_keep(&r, 1);
    else if (strcmp(key, "input") == 0) b->input = book_keep(&r, 1);
    else if (strcmp(key, "origin") == 0) b->origin = book_keep(&r, 1);
    else if (strcmp(key, "ppr") == 0) b->ppr = book_keep(&r, 1);
    else if (strcmp(key, "as-of") == 0) b->as_of = book_keep(&r, 1);
    else if (strcmp(key, "readings") == 0) b->readings = book_keep(&r, 1);
    else if (strcmp(key, "parameters") == 0) b->parameters = book_keep(&r, 1);
  }
  book_end(&r);
  if (b->status != PPR_OK) return;
  if (!format) {
    report_add(b->report, DIAG_LEDGER_NONE, SPAN_NONE, b->path, NULL);
    book_fail(b, PPR_DIAGNOSED);
  } else if (strcmp(format, LEDGER_FORMAT) != 0) {
    report_add(b->report, DIAG_LEDGER_FORMAT, SPAN_NONE, b->path, format, LEDGER_FORMAT, NULL);
    book_fail(b, PPR_DIAGNOSED);
  }
}

static void read_scenarios(book *b) {
  size_t cap = 0;
  book_rows r = book_ask(b, "SELECT id, name, program, data, records, refused, grid, draws, sets FROM scenario ORDER BY id");
  while (book_next(&r)) {
    book_scenario *grown = more(b, b->scenarios, b->n_scenarios, &cap, sizeof *grown);
    if (!grown) break;
    b->scenarios = grown;
    b->scenarios[b->n_scenarios++] = (book_scenario){.id = book_int(&r, 0),
                                                     .name = book_keep(&r, 1),
                                                     .program = book_keep(&r, 2),
                                                     .data = book_keep(&r, 3),
                                                     .records = book_count(&r, 4, "scenario"),
                                                     .refused = book_count(&r, 5, "scenario"),
                                                     .grid = book_count(&r, 6, "scenario"),
                                                     .draws = book_count(&r, 7, "scenario"),
                                                     .sets = book_count(&r, 8, "scenario")};
  }
  book_end(&r);
  if (b->status == PPR_OK && (b->n_scenarios == 0 || b->scenarios[0].id != 0)) book_damaged(b, "scenario");
}

static const char *scenario_name(const book *b, int64_t id) {
  for (size_t i = 0; i < b->n_scenarios; i++)
    if (b->scenarios[i].id == id) return b->scenarios[i].name;
  return "";
}

/* Rule texts: rows of one text follow each other, scenario by scenario. */
static void read_texts(book *b) {
  size_t cap = 0, uses = 0;
  book_rows r =
      book_ask(b, "SELECT name, sha256, scenario, (SELECT min(scenario) FROM source AS s WHERE s.name = source.name AND s.sha256 = source.sha256) "
                  "AS begins FROM source ORDER BY begins, name, sha256, scenario");
  while (book_next(&r)) {
    const char *used = scenario_name(b, book_int(&r, 2));
    book_file *last = b->n_texts ? &b->texts[b->n_texts - 1] : NULL;
    if (last && strcmp(last->name, book_text(&r, 0)) == 0 && strcmp(last->sha256, book_text(&r, 1)) == 0) {
      last->used = ++uses == b->n_scenarios ? "" : arena_printf(b->arena, "%s; %s", last->used, used);
      if (!last->used) book_fail(b, PPR_NOMEM);
      continue;
    }
    book_file *grown = more(b, b->texts, b->n_texts, &cap, sizeof *grown);
    if (!grown) break;
    b->texts = grown;
    b->texts[b->n_texts++] = (book_file){.name = book_keep(&r, 0), .sha256 = book_keep(&r, 1), .used = b->n_scenarios == 1 ? "" : used};
    uses = 1;
  }
  book_end(&r);
}

static void read_files(book *b) {
  size_t cap = 0;
  book_rows r = book_ask(b, "SELECT name, bytes, sha256 FROM file ORDER BY name");
  while (book_next(&r)) {
    book_file *grown = more(b, b->files, b->n_files, &cap, sizeof *grown);
    if (!grown) break;
    b->files = grown;
    b->files[b->n_files++] = (book_file){.name = book_keep(&r, 0), .bytes = book_count(&r, 1, "file"), .sha256 = book_keep(&r, 2), .used = ""};
  }
  book_end(&r);
}

static void read_chunks(book *b, book_scenario *c) {
  size_t cap = 0;
  int64_t end = 0;
  book_rows r = book_ask(b, "SELECT first, n FROM chunk WHERE scenario = ? ORDER BY first");
  book_bind(&r, 1, c->id);
  while (book_next(&r)) {
    int64_t first = book_int(&r, 0), n = book_int(&r, 1);
    book_chunk *grown = more(b, c->chunks, c->n_chunks, &cap, sizeof *grown);
    if (!grown) break;
    c->chunks = grown;
    if (first < end || n < 0 || first > RUNS_MOST || n > RUNS_MOST) {
      book_damaged(b, "chunk");
      break;
    }
    end = first + n;
    c->chunks[c->n_chunks++] = (book_chunk){first, n};
    c->done += n;
  }
  book_end(&r);
  c->last = end > 0 ? end - 1 : 0;
}

static void read_parameters(book *b, book_scenario *c) {
  size_t cap = 0;
  book_rows r =
      book_ask(b, "SELECT id, name, unit, kind, scale, preset, presets, form, text, keyed, steps FROM parameter WHERE scenario = ? ORDER BY id");
  book_bind(&r, 1, c->id);
  while (book_next(&r)) {
    book_parameter *grown = more(b, c->parameters, c->n_parameters, &cap, sizeof *grown);
    if (!grown) break;
    c->parameters = grown;
    c->parameters[c->n_parameters++] = (book_parameter){.id = book_int(&r, 0),
                                                        .name = book_keep(&r, 1),
                                                        .measure = measure_of(&r, 2, 3, 4, "parameter"),
                                                        .preset = book_int(&r, 5),
                                                        .presets = book_keep(&r, 6),
                                                        .form = book_keep(&r, 7),
                                                        .text = book_keep(&r, 8),
                                                        .keyed = book_keep(&r, 9),
                                                        .steps = book_count(&r, 10, "parameter")};
  }
  book_end(&r);
}

static void read_words(book *b, book_scenario *c) {
  book_rows r = book_ask(b, "SELECT value, min(word) FROM value WHERE scenario = ? AND parameter = ? AND word <> '' GROUP BY value ORDER BY value");
  for (size_t i = 0; i < c->n_parameters; i++) {
    book_parameter *p = &c->parameters[i];
    size_t cap = 0;
    if (p->measure.kind != BOOK_WORD) continue;
    book_again(&r);
    book_bind(&r, 1, c->id);
    book_bind(&r, 2, p->id);
    while (book_next(&r)) {
      book_word *grown = more(b, p->words, p->n_words, &cap, sizeof *grown);
      if (!grown) break;
      p->words = grown;
      p->words[p->n_words++] = (book_word){book_int(&r, 0), book_keep(&r, 1)};
    }
  }
  book_end(&r);
}

static void read_parts(book *b, book_survey *s) {
  static const char *const forms[] = {[BOOK_GROUP] = "gruppe", [BOOK_SHARE] = "anteil", [BOOK_SUM] = "summe", [BOOK_SPREAD] = "verteilung"};
  size_t cap = 0;
  book_rows r = book_ask(b, "SELECT id, form, name, unit, kind, scale FROM part WHERE survey = ? ORDER BY id");
  book_bind(&r, 1, s->id);
  while (book_next(&r)) {
    size_t form = 0;
    book_part *grown = more(b, s->parts, s->n_parts, &cap, sizeof *grown);
    if (!grown) break;
    s->parts = grown;
    while (form < 4 && strcmp(forms[form], book_text(&r, 1)) != 0) form++;
    s->parts[s->n_parts] = (book_part){book_int(&r, 0), (book_form)form, book_keep(&r, 2), measure_of(&r, 3, 4, 5, "part")};
    if (form == 4 || (form == BOOK_GROUP && s->n_groups < s->n_parts) || (form == BOOK_GROUP && s->n_groups == BOOK_GROUPS)) {
      book_damaged(b, "part");
      break;
    }
    s->n_groups += form == BOOK_GROUP;
    s->n_parts++;
  }
  book_end(&r);
}

static int by_place(const book_cell *a, const book_cell *b) {
  if (a->n_groups != b->n_groups) return a->n_groups < b->n_groups ? -1 : 1;
  for (uint32_t g = 0; g < BOOK_GROUPS; g++) /* the first group before the second */
    if ((a->groups >> g & 1) != (b->groups >> g & 1)) return a->groups >> g & 1 ? -1 : 1;
  for (uint32_t g = 0; g < BOOK_GROUPS; g++)
    if (a->place[g] != b->place[g]) return a->place[g] < b->place[g] ? -1 : 1;
  return strcmp(a->key, b->key);
}

/* Positions of cells in order; merges halves into `spare`. */
static void sort_cells(const book_cell *cells, uint32_t *at, uint32_t *spare, size_t n, bool by_key) {
  if (n < 2) return;
  size_t half = n / 2, i = 0, k = half, to = 0;
  sort_cells(cells, at, spare, half, by_key);
  sort_cells(cells, at + half, spare, n - half, by_key);
  while (i < half || k < n) {
    bool first = k == n || (i < half && (by_key ? strcmp(cells[at[i]].key, cells[at[k]].key) : by_place(&cells[at[i]], &cells[at[k]])) <= 0);
    spare[to++] = first ? at[i++] : at[k++];
  }
  memcpy(at, spare, n * sizeof *at);
}

book_cell *book_find_cell(const book_survey *s, const char *key) {
  size_t lo = 0, hi = s->n_cells;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    int order = strcmp(s->cells[s->by_key[mid]].key, key);
    if (order == 0) return &s->cells[s->by_key[mid]];
    if (order < 0) lo = mid + 1;
    else hi = mid;
  }
  return NULL;
}

book_part *book_find_part(const book_survey *s, int64_t id) {
  for (size_t i = 0; i < s->n_parts; i++)
    if (s->parts[i].id == id) return &s->parts[i];
  return NULL;
}

static void read_groups(book *b, book_survey *s) {
  book_rows r = book_ask(b, "SELECT cell, part, value, label, place FROM cell_group WHERE survey = ? ORDER BY cell, part");
  book_bind(&r, 1, s->id);
  while (book_next(&r)) {
    book_cell *c = book_find_cell(s, book_text(&r, 0));
    const book_part *p = book_find_part(s, book_int(&r, 1));
    if (!c || !p || p->form != BOOK_GROUP) {
      book_damaged(b, "cell_group");
      break;
    }
    size_t g = (size_t)(p - s->parts);
    c->groups |= 1u << g;
    c->n_groups++;
    c->value[g] = book_keep(&r, 2);
    c->label_of[g] = book_keep(&r, 3);
    c->place[g] = book_int(&r, 4);
    c->label = *c->label ? arena_printf(b->arena, "%s, %s", c->label, c->label_of[g]) : c->label_of[g];
    if (!c->label) book_fail(b, PPR_NOMEM);
  }
  book_end(&r);
}

static void read_cells(book *b, book_survey *s) {
  size_t cap = 0;
  book_rows r = book_ask(b, "SELECT cell FROM cell WHERE survey = ? ORDER BY cell");
  book_bind(&r, 1, s->id);
  while (book_next(&r)) {
    book_cell *grown = more(b, s->cells, s->n_cells, &cap, sizeof *grown);
    if (!grown) break;
    s->cells = grown;
    s->cells[s->n_cells++] = (book_cell){.key = book_keep(&r, 0), .label = ""};
  }
  book_end(&r);
  if (s->n_cells > UINT32_MAX / 2) book_damaged(b, "cell");
  uint32_t *at = arena_array(b->arena, s->n_cells + 1, sizeof *at), *spare = arena_array(b->arena, s->n_cells + 1, sizeof *spare);
  s->by_key = arena_array(b->arena, s->n_cells + 1, sizeof *s->by_key);
  if (!at || !spare || !s->by_key) book_fail(b, PPR_NOMEM);
  if (b->status != PPR_OK) return;
  for (uint32_t i = 0; i < s->n_cells; i++) s->by_key[i] = at[i] = i; /* SQLite sorts bytewise, as strcmp does */
  sort_cells(s->cells, s->by_key, spare, s->n_cells, true);
  read_groups(b, s);
  if (b->status != PPR_OK) return;
  sort_cells(s->cells, at, spare, s->n_cells, false);
  book_cell *sorted = arena_array(b->arena, s->n_cells + 1, sizeof *sorted);
  if (!sorted) {
    book_fail(b, PPR_NOMEM);
    return;
  }
  for (size_t i = 0; i < s->n_cells; i++) sorted[i] = s->cells[at[i]];
  for (uint32_t i = 0; i < s->n_cells; i++) spare[at[i]] = i;
  for (size_t i = 0; i < s->n_cells; i++) s->by_key[i] = spare[s->by_key[i]];
  s->cells = sorted;
}

static void read_surveys(book *b) {
  size_t cap = 0;
  book_rows r = book_ask(b, "SELECT id, name FROM survey ORDER BY id");
  while (book_next(&r)) {
    book_survey *grown = more(b, b->surveys, b->n_surveys, &cap, sizeof *grown);
    if (!grown) break;
    b->surveys = grown;
    b->surveys[b->n_surveys++] = (book_survey){.id = book_int(&r, 0), .name = book_keep(&r, 1)};
  }
  book_end(&r);
  for (size_t i = 0; i < b->n_surveys && b->status == PPR_OK; i++) {
    book_survey *s = &b->surveys[i];
    read_parts(b, s);
    read_cells(b, s);
    s->first_slot = b->slots;
    b->slots += s->n_cells * (s->n_parts - s->n_groups);
  }
}

/* --- figures --- */

book_survey *book_find_survey(book *b, int64_t id) {
  for (size_t i = 0; i < b->n_surveys; i++)
    if (b->surveys[i].id == id) return &b->surveys[i];
  return NULL;
}

/* --- opening --- */

static void read_figures(book *b, book_scenario *c) {
  c->figures = arena_array(b->arena, b->slots + 1, sizeof *c->figures);
  if (!c->figures) book_fail(b, PPR_NOMEM);
  if (b->status == PPR_OK) book_run(b, c, 0, c->figures, &c->failed);
}

static bool any_figure(const book *b, const book_scenario *c) {
  for (size_t i = 0; i < b->slots; i++)
    if (c->figures[i].there) return true;
  return false;
}

static void read_all(book *b) {
  read_meta(b);
  if (b->status == PPR_OK) read_scenarios(b);
  for (size_t i = 0; i < b->n_scenarios && b->status == PPR_OK; i++) {
    read_chunks(b, &b->scenarios[i]);
    read_parameters(b, &b->scenarios[i]);
    read_words(b, &b->scenarios[i]);
  }
  if (b->status == PPR_OK) read_texts(b);
  if (b->status == PPR_OK) read_files(b);
  if (b->status == PPR_OK) read_surveys(b);
  for (size_t i = 0; i < b->n_scenarios && b->status == PPR_OK; i++) read_figures(b, &b->scenarios[i]);
  if (b->status == PPR_OK && (b->scenarios[0].n_chunks == 0 || !any_figure(b, &b->scenarios[0]))) {
    report_add(b->report, DIAG_LEDGER_EMPTY, SPAN_NONE, b->path, NULL);
    book_fail(b, PPR_DIAGNOSED);
  }
}

/* All reading is one transaction: a sweep may go on writing meanwhile. A file that is no database, and a database that is no ledger, say so at the
 * first look. */
static void look(book *b) {
  int code = sqlite3_open_v2(b->path, &b->db, SQLITE_OPEN_READONLY, NULL);
  sqlite3_stmt *first = NULL;
  if (code == SQLITE_OK) sqlite3_busy_timeout(b->db, 10000);
  if (code == SQLITE_OK) code = sqlite3_exec(b->db, "BEGIN", NULL, NULL, NULL);
  if (code == SQLITE_OK) code = sqlite3_prepare_v2(b->db, "SELECT key, value FROM meta", -1, &first, NULL);
  sqlite3_finalize(first);
  if (code == SQLITE_OK) return;
  if (code == SQLITE_NOMEM) {
    book_fail(b, PPR_NOMEM);
  } else if (code == SQLITE_NOTADB || code == SQLITE_ERROR || code == SQLITE_CORRUPT) {
    report_add(b->report, DIAG_LEDGER_NONE, SPAN_NONE, b->path, NULL);
    book_fail(b, PPR_DIAGNOSED);
  } else {
    report_add(b->report, DIAG_LEDGER_FAILED, SPAN_NONE, b->path, b->db ? sqlite3_errmsg(b->db) : sqlite3_errstr(code), NULL);
    book_fail(b, PPR_IO);
  }
}

ppr_status book_open(book **out, const char *path, ppr_report *report) {
  *out = NULL;
  file_kind kind = file_kind_of(path);
  if (kind == FILE_KIND_NONE || kind == FILE_KIND_FOLDER) {
    file_report(report, kind == FILE_KIND_NONE ? FILE_NOT_FOUND : FILE_IS_FOLDER, path, 0);
    return PPR_IO;
  }
  ppr_arena *arena = arena_new(ppr_alloc_default);
  book *b = arena ? arena_alloc(arena, sizeof *b) : NULL;
  if (!b) {
    arena_free(arena);
    return PPR_NOMEM;
  }
  *b = (book){.arena = arena,
              .report = report,
              .path = path,
              .rules = "",
              .record = "",
              .seed = "",
              .ppr = "",
              .as_of = "",
              .readings = "",
              .parameters = ""};
  look(b);
  if (b->status == PPR_OK) read_all(b);
  ppr_status status = b->status == PPR_OK && arena_failed(arena) ? PPR_NOMEM : b->status;
  if (status == PPR_OK) *out = b;
  else book_close(b);
  return status;
}

void book_close(book *b) {
  if (!b) return;
  for (int i = 0; i < 4; i++) book_end(&b->of_run[i]);
  sqlite3_close(b->db);
  arena_free(b->arena);
}
