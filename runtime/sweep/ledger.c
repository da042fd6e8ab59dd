/* The only place that speaks SQLite to write; see ledger.h. */
#include "sweep/ledger.h"
#include "base/file.h"
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct ledger {
  sqlite3 *db;
  ppr_alloc alloc;
  ppr_report *report;
  const char *path; /* in the report */
  bool fresh, failed;
  sqlite3_stmt *put[LEDGER_TABLES];
};

static const struct {
  const char *name, *columns;
} tables[LEDGER_TABLES] = {
#define TABLE(name, columns, text) {#name, columns},
#include "sweep/ledger.def"
#undef TABLE
};

/* Says what SQLite said; always PPR_DIAGNOSED. */
static ppr_status complain(ledger *l) {
  int code = sqlite3_errcode(l->db);
  if (code == SQLITE_NOMEM) return PPR_NOMEM;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) report_add(l->report, DIAG_LEDGER_BUSY, SPAN_NONE, l->path, NULL);
  else if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) report_add(l->report, DIAG_LEDGER_NONE, SPAN_NONE, l->path, NULL);
  else report_add(l->report, DIAG_LEDGER_FAILED, SPAN_NONE, l->path, sqlite3_errmsg(l->db), NULL);
  return PPR_DIAGNOSED;
}

/* What becomes of a row that is there already: the same row, but that members of an enumeration may have other places and labels in another Fassung
 * or scenario. The least ones stay, whichever comes first. */
#define SAME_CELL " ON CONFLICT(survey, cell, part) DO UPDATE SET label = min(label, excluded.label), place = min(place, excluded.place)"

static ppr_status execute(ledger *l, const char *sql) { return sqlite3_exec(l->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PPR_OK : complain(l); }

/* --- making and opening --- */

static ppr_status make_tables(ledger *l) {
  ppr_status status = execute(l, "BEGIN IMMEDIATE");
  for (int i = 0; i < LEDGER_TABLES && status == PPR_OK; i++) {
    const char *sql = arena_printf(report_arena(l->report), "CREATE TABLE %s(%s)%s", tables[i].name, tables[i].columns,
                                   strstr(tables[i].columns, "INTEGER PRIMARY KEY") ? "" : " WITHOUT ROWID");
    status = sql ? execute(l, sql) : PPR_NOMEM;
  }
  if (status == PPR_OK) status = execute(l, "INSERT INTO meta VALUES('format', '" LEDGER_FORMAT "')");
  return status == PPR_OK ? execute(l, "COMMIT") : status;
}

static ppr_status look_at(ledger *l) {
  int64_t any = ledger_number(l, -1, "SELECT count(*) FROM sqlite_master", "");
  if (any < 0) return l->failed ? complain(l) : PPR_DIAGNOSED;
  if (any == 0) {
    l->fresh = true;
    return make_tables(l);
  }
  bool meta = ledger_number(l, 0, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'", "") == 1;
  const char *format = meta ? ledger_text(l, report_arena(l->report), "SELECT value FROM meta WHERE key = 'format'", "") : NULL;
  l->fresh = meta && ledger_number(l, 0, "SELECT count(*) FROM meta", "") == 1; /* ended before it was said what is in it */
  if (format && strcmp(format, LEDGER_FORMAT) == 0) return PPR_OK;
  if (format) report_add(l->report, DIAG_LEDGER_FORMAT, SPAN_NONE, l->path, format, LEDGER_FORMAT, NULL);
  else report_add(l->report, DIAG_LEDGER_NONE, SPAN_NONE, l->path, NULL);
  return PPR_DIAGNOSED;
}

ppr_status ledger_open(ledger **out, ppr_alloc alloc, const char *path, bool create, ppr_report *report) {
  *out = NULL;
  if (file_kind_of(path) == FILE_KIND_NONE && !create) {
    report_add(report, DIAG_PATH_NOT_FOUND, SPAN_NONE, path, NULL);
    return PPR_DIAGNOSED;
  }
  ledger *l = alloc.fn(alloc.ctx, NULL, 0, sizeof *l);
  if (!l) return PPR_NOMEM;
  *l = (ledger){.alloc = alloc, .report = report, .path = arena_printf(report_arena(report), "%s", path)};
  int opened = sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0), NULL);
  ppr_status status = !l->path || !l->db ? PPR_NOMEM : opened == SQLITE_OK ? PPR_OK : complain(l);
  if (status == PPR_OK) {
    sqlite3_busy_timeout(l->db, 5000);
    status = look_at(l);
  }
  /* A program that is killed leaves whole transactions behind in any case; only a machine without power might lose the last ones. */
  if (status == PPR_OK) status = execute(l, "PRAGMA synchronous = NORMAL");
  if (status == PPR_OK) *out = l;
  else ledger_close(l);
  return status;
}

void ledger_close(ledger *l) {
  if (!l) return;
  for (int i = 0; i < LEDGER_TABLES; i++) sqlite3_finalize(l->put[i]);
  sqlite3_close(l->db);
  l->alloc.fn(l->alloc.ctx, l, sizeof *l, 0);
}

/* --- rows --- */

static void bind(sqlite3_stmt *s, const char *columns, va_list args) {
  for (int i = 0; columns[i]; i++) {
    if (columns[i] == 'i') sqlite3_bind_int64(s, i + 1, va_arg(args, int64_t));
    else if (columns[i] == 't') sqlite3_bind_text(s, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    else sqlite3_bind_null(s, i + 1);
  }
}

void ledger_put(ledger *l, ledger_table table, const char *columns, ...) {
  sqlite3_stmt **s = &l->put[table];
  if (l->failed) return;
  if (!*s) {
    char sql[320], marks[64] = "?";
    for (size_t i = 1; columns[i] && i < 31; i++) marks[2 * i - 1] = ',', marks[2 * i] = '?', marks[2 * i + 1] = 0;
    bool cell = table == LEDGER_cell_group;
    snprintf(sql, sizeof sql, "INSERT %s INTO %s VALUES(%s)%s", cell ? "" : "OR REPLACE", tables[table].name, marks, cell ? SAME_CELL : "");
    if (sqlite3_prepare_v2(l->db, sql, -1, s, NULL) != SQLITE_OK) {
      l->failed = true;
      return;
    }
  }
  va_list args;
  va_start(args, columns);
  bind(*s, columns, args);
  va_end(args);
  if (sqlite3_step(*s) != SQLITE_DONE) l->failed = true;
  sqlite3_reset(*s);
}

ppr_status ledger_begin(ledger *l) { return execute(l, "BEGIN IMMEDIATE"); }

void ledger_undo(ledger *l) {
  sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
  l->failed = false;
}

ppr_status ledger_commit(ledger *l) {
  ppr_status status = l->failed ? complain(l) : execute(l, "COMMIT");
  if (status != PPR_OK) ledger_undo(l);
  return status;
}

static sqlite3_stmt *ask(ledger *l, const char *sql, const char *columns, va_list args) {
  sqlite3_stmt *s = NULL;
  if (sqlite3_prepare_v2(l->db, sql, -1, &s, NULL) != SQLITE_OK) {
    l->failed = true;
    return NULL;
  }
  bind(s, columns, args);
  if (sqlite3_step(s) == SQLITE_ROW) return s;
  sqlite3_finalize(s);
  return NULL;
}

int64_t ledger_number(ledger *l, int64_t otherwise, const char *sql, const char *columns, ...) {
  va_list args;
  va_start(args, columns);
  sqlite3_stmt *s = ask(l, sql, columns, args);
  va_end(args);
  if (s) otherwise = sqlite3_column_int64(s, 0);
  sqlite3_finalize(s);
  return otherwise;
}

const char *ledger_text(ledger *l, ppr_arena *arena, const char *sql, const char *columns, ...) {
  va_list args;
  va_start(args, columns);
  sqlite3_stmt *s = ask(l, sql, columns, args);
  va_end(args);
  const char *text = s ? arena_printf(arena, "%s", (const char *)sqlite3_column_text(s, 0)) : NULL;
  sqlite3_finalize(s);
  return text;
}

bool ledger_list(ledger *l, ppr_arena *arena, int64_t **numbers, size_t *n, const char *sql, const char *columns, ...) {
  size_t cap = 0;
  va_list args;
  *numbers = NULL;
  *n = 0;
  va_start(args, columns);
  sqlite3_stmt *s = ask(l, sql, columns, args);
  va_end(args);
  for (bool more = s; more; more = sqlite3_step(s) == SQLITE_ROW) {
    if (!(*numbers = arena_grow(arena, *numbers, *n, &cap, *n + 1, sizeof **numbers))) break;
    (*numbers)[(*n)++] = sqlite3_column_int64(s, 0);
  }
  sqlite3_finalize(s);
  return !arena_failed(arena);
}

/* What a row of meta is called in messages. */
static const char *told(const char *key) {
  static const struct {
    const char *key, *text;
  } names[] = {{"rules", DIAG_BOTH("das Regelwerk", "the Regelwerk")},
               {"record", DIAG_BOTH("die Art der Datensätze", "the kind of record")},
               {"as-of", DIAG_BOTH("der Stand des Wissens", "the knowledge date")},
               {"seed", DIAG_BOTH("der Startwert", "the seed")},
               {"draws", DIAG_BOTH("die Zahl der Ziehungen", "the number of draws")},
               {"scenarios", DIAG_BOTH("die Zahl der Szenarien", "the number of scenarios")},
               {"readings", DIAG_BOTH("die Wahl der Auslegungen", "the choice of readings")},
               {"parameters", DIAG_BOTH("die Wahl der Parameter", "the choice of parameters")}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i].key, key) == 0) return names[i].text;
  return key;
}

ppr_status ledger_meta(ledger *l, const char *key, const char *value) {
  const char *has = ledger_text(l, report_arena(l->report), "SELECT value FROM meta WHERE key = ?", "t", key);
  if (!has && !l->failed) {
    if (l->fresh) ledger_put(l, LEDGER_meta, "tt", key, value);
    else has = "–";
  }
  if (l->failed) return complain(l);
  if (!has || strcmp(has, value) == 0) return PPR_OK;
  report_add(l->report, DIAG_LEDGER_OTHER, SPAN_NONE, l->path, told(key), has, value, NULL);
  return PPR_DIAGNOSED;
}

void ledger_note(ledger *l, const char *key, const char *value) {
  const char *has = ledger_text(l, report_arena(l->report), "SELECT value FROM meta WHERE key = ?", "t", key);
  if (!has && !l->failed) ledger_put(l, LEDGER_meta, "tt", key, value);
}

/* --- several ledgers --- */

#define METAS(of) "SELECT * FROM " of "meta WHERE key NOT IN ('input', 'origin', 'ppr')" /* no notes */

/* The same sweep: the same meta, and no scenario that differs. */
static ppr_status same_sweep(ledger *l, const char *from) {
  int64_t metas = ledger_number(
      l, -1,
      "SELECT (SELECT count(*) FROM (" METAS("") " EXCEPT " METAS("other.") ")) + (SELECT count(*) FROM (" METAS("other.") " EXCEPT " METAS("") "))",
      "");
  int64_t scenarios = ledger_number(
      l, -1, "SELECT count(*) FROM (SELECT * FROM other.scenario WHERE id IN (SELECT id FROM scenario) EXCEPT SELECT * FROM scenario)", "");
  if (metas == 0 && scenarios == 0) return PPR_OK;
  report_add(l->report, metas < 0 || scenarios < 0 ? DIAG_LEDGER_NONE : DIAG_LEDGER_MERGE, SPAN_NONE, from, l->path, NULL);
  l->failed = false;
  return PPR_DIAGNOSED;
}

ppr_status ledger_merge(ledger *l, const char *from) {
  ledger *other; /* says what is wrong with it */
  ppr_status status = ledger_open(&other, l->alloc, from, false, l->report);
  if (status != PPR_OK) return status;
  ledger_close(other);
  char *sql = sqlite3_mprintf("ATTACH %Q AS other", from);
  status = sql ? execute(l, sql) : PPR_NOMEM;
  sqlite3_free(sql);
  if (status != PPR_OK) return status;
  status = execute(l, "BEGIN IMMEDIATE");
  if (status == PPR_OK && l->fresh)
    status = execute(l, "DELETE FROM meta; INSERT INTO meta SELECT * FROM other.meta; INSERT INTO scenario SELECT * FROM other.scenario");
  if (status == PPR_OK) status = same_sweep(l, from);
  for (int i = 0; i < LEDGER_TABLES && status == PPR_OK; i++) {
    bool cell = i == LEDGER_cell_group;
    const char *copy = arena_printf(report_arena(l->report), "INSERT %s INTO %s SELECT * FROM other.%s WHERE true%s", cell ? "" : "OR IGNORE",
                                    tables[i].name, tables[i].name, cell ? SAME_CELL : "");
    status = copy ? execute(l, copy) : PPR_NOMEM;
  }
  if (status == PPR_OK) status = execute(l, "COMMIT");
  else ledger_undo(l);
  if (status == PPR_OK) l->fresh = false;
  sqlite3_exec(l->db, "DETACH other", NULL, NULL, NULL);
  return status;
}
