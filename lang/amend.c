/* Amendments of tables, enumerations, time series and inputs by their parts; see amend.h. Lists of the base are copied before they change: other
 * Fassungen share them. */
#include "amend.h"
#include "base/text.h"
#include <string.h>

typedef struct amending {
  ppr_report *r;
  ppr_arena *arena;
  const ast_decl *base;
  bool failed;
} amending;

static void *copy(amending *a, const void *item, size_t size) {
  void *made = arena_alloc(a->arena, size);
  if (made) memcpy(made, item, size);
  else a->failed = true;
  return made;
}

static void unknown_part(amending *a, ast_name name, const char *const *names, size_t n) {
  size_t near = text_nearest(name.text, names, n);
  const char *de = near == SIZE_MAX ? "" : arena_printf(a->arena, "Meinten Sie „%s“?", names[near]);
  const char *en = near == SIZE_MAX ? "" : arena_printf(a->arena, "Did you mean “%s”?", names[near]);
  diag *d = report_add(a->r, DIAG_AMEND_PART_UNKNOWN, name.span, name.text, a->base->name, de ? de : "", en ? en : "", NULL);
  if (near != SIZE_MAX) diag_set_fix(a->r, d, name.span, names[near]);
}

/* ---- rows ---- */

static ast_row *find_row(ast_row *rows, ast_name label) {
  for (; rows; rows = rows->next)
    if (name_is(rows->label, label.text)) return rows;
  return NULL;
}

/* The rows again, each its own. */
static ast_row *copy_rows(amending *a, const ast_row *rows) {
  ast_row *first = NULL, **end = &first;
  for (; rows; rows = rows->next) {
    ast_row *made = copy(a, rows, sizeof *made);
    if (!made) return NULL;
    made->next = NULL;
    *end = made;
    end = &made->next;
  }
  return first;
}

/* Cells in the order of the base's columns: column[i] is the place of the i-th. */
static void reorder(amending *a, ast_row *row, const int *column, int n) {
  ast_cell *first = NULL, **end = &first;
  if (row->count != n) return; /* a single word for the whole row, or a wrong count the check of the table reports */
  for (int i = 0; i < n; i++) {
    const ast_cell *c = row->cells;
    for (int k = 0; k < column[i]; k++) c = c->next;
    ast_cell *made = copy(a, c, sizeof *made);
    if (!made) return;
    made->next = NULL;
    *end = made;
    end = &made->next;
  }
  row->cells = first;
}

static int *header_order(amending *a, const ast_decl *base, const ast_decl *change) {
  int *column = arena_array(a->arena, (size_t)base->header_count + 1, sizeof *column);
  const char **names = arena_array(a->arena, (size_t)base->header_count + 1, sizeof *names);
  if (!column || !names) {
    a->failed = true;
    return NULL;
  }
  for (int i = 0; i < base->header_count; i++) {
    names[i] = base->header[i].text;
    column[i] = -1;
    for (int k = 0; k < change->header_count; k++)
      if (name_is(base->header[i], change->header[k].text)) column[i] = k;
    if (column[i] < 0) {
      report_add(a->r, DIAG_TABLE_COLUMN_MISSING, change->name_span, change->name, base->header[i].text, NULL);
      return NULL;
    }
  }
  for (int k = 0; k < change->header_count; k++) {
    bool known = false;
    for (int i = 0; i < base->header_count; i++) known = known || column[i] == k;
    if (known) continue;
    unknown_part(a, change->header[k], names, (size_t)base->header_count);
    return NULL;
  }
  return column;
}

static void extend_table(amending *a, ast_decl *made, ast_decl *change) {
  if (made->header_count == 0 && change->header_count) {
    if (!ast_header_to_row(a->arena, change)) a->failed = true;
  }
  int *column = NULL;
  if (change->header_count && !(column = header_order(a, made, change))) return;
  made->rows = copy_rows(a, made->rows);
  for (const ast_row *row = change->rows; row && !a->failed; row = row->next) {
    ast_row *fresh = copy(a, row, sizeof *fresh), *old = find_row(made->rows, row->label);
    if (!fresh) return;
    if (!fresh->cites) fresh->cites = change->cites;
    if (column) reorder(a, fresh, column, made->header_count);
    if (old) {
      fresh->next = old->next;
      *old = *fresh;
    } else {
      ast_row **end = &made->rows;
      while (*end) end = &(*end)->next;
      fresh->next = NULL;
      *end = fresh;
    }
  }
}

static void strike_rows(amending *a, ast_decl *made, const ast_named *removed) {
  made->rows = copy_rows(a, made->rows);
  for (; removed && !a->failed; removed = removed->next) {
    size_t n = 0;
    for (const ast_row *r = made->rows; r; r = r->next) n++;
    const char **names = arena_array(a->arena, n + 1, sizeof *names);
    ast_row **at = &made->rows;
    n = 0;
    for (const ast_row *r = made->rows; names && r; r = r->next) names[n++] = r->label.text;
    while (*at && !name_is((*at)->label, removed->name.text)) at = &(*at)->next;
    if (*at) *at = (*at)->next;
    else if (names) unknown_part(a, removed->name, names, n);
  }
}

static void strike_columns(amending *a, ast_decl *made, const ast_named *removed) {
  made->rows = copy_rows(a, made->rows);
  for (; removed && !a->failed; removed = removed->next) {
    int at = 0, n = made->header_count;
    const char **names = arena_array(a->arena, (size_t)n + 1, sizeof *names);
    ast_name *header = arena_array(a->arena, (size_t)n + 1, sizeof *header);
    int *column = arena_array(a->arena, (size_t)n + 1, sizeof *column);
    if (!names || !header || !column) {
      a->failed = true;
      return;
    }
    for (int i = 0; i < n; i++) names[i] = made->header[i].text;
    while (at < n && !name_is(made->header[at], removed->name.text)) at++;
    if (at == n) {
      unknown_part(a, removed->name, names, (size_t)n);
      continue;
    }
    int k = 0;
    for (int i = 0; i < n; i++)
      if (i != at) {
        header[k] = made->header[i];
        column[k++] = i;
      }
    for (ast_row *r = made->rows; r && !a->failed; r = r->next) {
      if (r->count != n) continue;
      r->count = k;
      ast_cell *first = NULL, **end = &first;
      int i = 0;
      for (const ast_cell *c = r->cells; c; c = c->next, i++) {
        if (i == at) continue;
        ast_cell *kept = copy(a, c, sizeof *kept);
        if (!kept) return;
        kept->next = NULL;
        *end = kept;
        end = &kept->next;
      }
      r->cells = first;
    }
    made->header = header;
    made->header_count = k;
  }
}

/* ---- members ---- */

static ast_member *copy_members(amending *a, const ast_member *members) {
  ast_member *first = NULL, **end = &first;
  for (; members; members = members->next) {
    ast_member *made = copy(a, members, sizeof *made);
    if (!made) return NULL;
    made->next = NULL;
    *end = made;
    end = &made->next;
  }
  return first;
}

static ast_member **find_member(ast_member **at, ast_name name) {
  while (*at && !name_is((*at)->name, name.text)) at = &(*at)->next;
  return at;
}

static void extend_enum(amending *a, ast_decl *made, const ast_decl *change) {
  made->members = copy_members(a, made->members);
  for (const ast_member *m = change->members; m && !a->failed; m = m->next) {
    ast_member **at = find_member(&made->members, m->name), *fresh = copy(a, m, sizeof *fresh);
    if (!fresh) return;
    fresh->next = *at ? (*at)->next : NULL;
    *at = fresh;
  }
}

static void strike_members(amending *a, ast_decl *made, const ast_named *removed) {
  made->members = copy_members(a, made->members);
  for (; removed && !a->failed; removed = removed->next) {
    ast_member **at = find_member(&made->members, removed->name);
    if (*at) {
      *at = (*at)->next;
      continue;
    }
    size_t n = 0;
    for (const ast_member *m = made->members; m; m = m->next) n++;
    const char **names = arena_array(a->arena, n + 1, sizeof *names);
    n = 0;
    for (const ast_member *m = made->members; names && m; m = m->next) names[n++] = m->name.text;
    if (names) unknown_part(a, removed->name, names, n);
  }
}

/* ---- entries: from the first date of the change on its entries stand alone ---- */

static void extend_series(amending *a, ast_decl *made, const ast_decl *change) {
  const ast_entry *begin = change->entries;
  ast_entry *first = NULL, **end = &first, *last = NULL;
  if (!begin || !begin->from) return;
  for (const ast_entry *e = made->entries; e && !a->failed; e = e->next) {
    if (e->from && e->from->number >= begin->from->number) break;
    ast_entry *kept = copy(a, e, sizeof *kept);
    if (!kept) return;
    kept->next = NULL;
    *end = last = kept;
    end = &kept->next;
  }
  if (last && last->until && last->until->number >= begin->from->number) last->until = NULL; /* ends where the change begins */
  for (const ast_entry *e = begin; e && !a->failed; e = e->next) {
    ast_entry *fresh = copy(a, e, sizeof *fresh);
    if (!fresh) return;
    fresh->next = NULL;
    if (!fresh->cites) fresh->cites = change->cites;
    *end = fresh;
    end = &fresh->next;
  }
  made->entries = first;
}

/* ---- blocks of an input: those of the change stand behind ---- */

static void add_blocks(amending *a, ast_block ***end, const ast_block *blocks, ast_cite *cites) {
  for (; blocks && !a->failed; blocks = blocks->next) {
    ast_block *made = copy(a, blocks, sizeof *made);
    if (!made) return;
    made->next = NULL;
    if (!made->cites) made->cites = cites;
    **end = made;
    *end = &made->next;
  }
}

static void extend_input(amending *a, ast_decl *made, const ast_decl *change) {
  ast_block *first = NULL, **end = &first;
  add_blocks(a, &end, made->blocks, NULL);
  add_blocks(a, &end, change->blocks, change->cites);
  made->blocks = first;
}

ast_decl *amend_parts(ppr_report *r, ppr_arena *arena, const ast_decl *base, ast_decl *change) {
  amending a = {r, arena, base, false};
  ast_decl *made = copy(&a, base, sizeof *made);
  if (!made) return NULL;
  made->next = NULL;
  made->change = CHANGE_NONE;
  bool table = base->form == DECL_TABLE || base->form == DECL_LIMIT;
  if (change->change == CHANGE_EXTEND) {
    if (table) extend_table(&a, made, change);
    else if (base->form == DECL_ENUM) extend_enum(&a, made, change);
    else if (base->form == DECL_SERIES) extend_series(&a, made, change);
    else if (base->form == DECL_INPUT) extend_input(&a, made, change);
  } else {
    if (table && change->removed) strike_rows(&a, made, change->removed);
    if (table && change->removed_columns) strike_columns(&a, made, change->removed_columns);
    if (base->form == DECL_ENUM) strike_members(&a, made, change->removed);
  }
  return a.failed ? NULL : made;
}
