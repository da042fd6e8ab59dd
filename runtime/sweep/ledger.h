/* The ledger of a sweep: an SQLite file whose tables are rows of ledger.def. What is in it is complete chunk by chunk, whatever happens to the
 * program. */
#ifndef PPR_SWEEP_LEDGER_H
#define PPR_SWEEP_LEDGER_H
#include "base/report.h"
#include "ppr/ppr.h"

#define LEDGER_FORMAT "ppr-sweep 3"

typedef enum {
#define TABLE(name, columns, text) LEDGER_##name,
#include "sweep/ledger.def"
#undef TABLE
  LEDGER_TABLES
} ledger_table;

typedef struct ledger ledger;
/* Opens a ledger, or makes one where there is no file (create). PPR_DIAGNOSED: not a ledger, another format, in use, unreadable; the file is then as
 * it was. */
ppr_status ledger_open(ledger **out, ppr_alloc alloc, const char *path, bool create, ppr_report *report);
void ledger_close(ledger *l); /* NULL allowed */
/* What a row of meta must be: written into a new ledger, compared in another (PPR_DIAGNOSED: the sweep there is a different one). */
ppr_status ledger_meta(ledger *l, const char *key, const char *value);
/* A row of meta that is only told: the first value stays, and others are no contradiction. */
void ledger_note(ledger *l, const char *key, const char *value);
ppr_status ledger_begin(ledger *l);
/* Adds a row, or puts it in place of that with the same key. Columns: i int64_t, t const char *, x: no value (no argument). Failures stick and are
 * told by commit. */
void ledger_put(ledger *l, ledger_table table, const char *columns, ...);
ppr_status ledger_commit(ledger *l);
/* Undoes everything since begin. */
void ledger_undo(ledger *l);
/* The number in the first column of the first row, or otherwise. Arguments as many as there are ? in sql. */
int64_t ledger_number(ledger *l, int64_t otherwise, const char *sql, const char *columns, ...);
/* The same as text, in the arena; NULL: no row. */
const char *ledger_text(ledger *l, ppr_arena *arena, const char *sql, const char *columns, ...);
/* The numbers in the first column of all rows. False: out of memory. */
bool ledger_list(ledger *l, ppr_arena *arena, int64_t **numbers, size_t *n, const char *sql, const char *columns, ...);
/* Adds all rows of another ledger of the same sweep, which may have begun fewer scenarios. PPR_DIAGNOSED: of a different one. */
ppr_status ledger_merge(ledger *into, const char *from);
#endif
