/* Fassungen of a Regelwerk in order, amendments applied; see editions.h. Needs: parsed files. Leaves: for each Fassung the declarations in force. */
#include "editions.h"
#include "base/quarter.h"
#include "base/text.h"
#include <string.h>

static const char *day_text(ppr_arena *arena, int64_t day) {
  char out[16];
  day_print(out, day);
  return arena_printf(arena, "%s", out);
}

static void head_complete(ppr_report *r, const ast_file *f) {
  if (!f->regelwerk.text) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "regelwerk NAME", NULL);
  if (!f->fassung.text) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "fassung JJJJ-MM", NULL);
  if (!f->has_decision) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "beschluss DATUM \"Fundstelle\"", NULL);
  if (!f->has_from) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "gilt ab DATUM", NULL);
}

static int declared_name(const ast_decl *a, const ast_decl *b) {
  if (a->form == DECL_UNIT || a->form == DECL_TEST || a->form == DECL_OUTPUT || !a->name || !b->name) return 0;
  return a->form == b->form && !strcmp(a->name, b->name);
}

typedef struct decl_list { ast_decl **at; const char **edition; size_t n, cap, cap_edition; } decl_list;

static bool append(ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition) {
  ast_decl **at = arena_grow(arena, list->at, list->n, &list->cap, list->n + 1, sizeof *at);
  const char **names = arena_grow(arena, list->edition, list->n, &list->cap_edition, list->n + 1, sizeof *names);
  if (!at || !names) return false;
  list->at = at;
  list->edition = names;
  list->at[list->n] = d;
  list->edition[list->n++] = edition;
  return true;
}

static void drop(decl_list *list, size_t i) {
  memmove(&list->at[i], &list->at[i + 1], (list->n - i - 1) * sizeof *list->at);
  memmove(&list->edition[i], &list->edition[i + 1], (list->n - i - 1) * sizeof *list->edition);
  list->n--;
}

static void unknown(ppr_report *r, ppr_arena *arena, const decl_list *list, const ast_decl *d) {
  const char **names = arena_array(arena, list->n + 1, sizeof *names);
  size_t n = 0;
  for (size_t i = 0; names && i < list->n; i++)
    if (list->at[i]->form == d->form && list->at[i]->name) names[n++] = list->at[i]->name;
  size_t near = names ? text_nearest(d->name, names, n) : SIZE_MAX;
  const char *de = near == SIZE_MAX ? "" : arena_printf(arena, "Meinten Sie „%s“?", names[near]);
  const char *en = near == SIZE_MAX ? "" : arena_printf(arena, "Did you mean “%s”?", names[near]);
  diag *g = report_add(r, DIAG_AMEND_UNKNOWN, d->name_span, d->name, de, en, NULL);
  if (near != SIZE_MAX) diag_set_fix(r, g, d->name_span, names[near]);
}

/* Outputs are amended by file: `ändere ausgabe "X"` replaces every block of X. */
static bool amend_output(ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition, bool *found) {
  size_t at = list->n;
  for (size_t i = 0; i < list->n;) {
    if (list->at[i]->form == DECL_OUTPUT && !strcmp(list->at[i]->name, d->name) && list->at[i]->change != CHANGE_REPLACE) {
      if (at > i) at = i;
      drop(list, i);
      *found = true;
    } else i++;
  }
  return d->change == CHANGE_REMOVE ? true : append(arena, list, d, edition);
}

static bool amend(ppr_report *r, ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition) {
  size_t at = 0;
  bool found = false;
  if (d->form == DECL_OUTPUT && d->change != CHANGE_NONE) {
    bool right = amend_output(arena, list, d, edition, &found);
    if (!found) unknown(r, arena, list, d);
    return right;
  }
  while (at < list->n && !declared_name(list->at[at], d)) at++;
  switch (d->change) {
  case CHANGE_NONE:
    if (at < list->n) {
      diag *g = report_add(r, DIAG_AMEND_EXISTS, d->name_span, d->name, NULL);
      diag_add_note(r, g, list->at[at]->name_span, "hier steht die bisherige Form", "the present form is here");
      return true;
    }
    return append(arena, list, d, edition);
  case CHANGE_REPLACE:
    if (at == list->n) {
      unknown(r, arena, list, d);
      return true;
    }
    list->at[at] = d;
    list->edition[at] = edition;
    return true;
  case CHANGE_REMOVE:
    if (at == list->n) unknown(r, arena, list, d);
    else drop(list, at);
    return true;
  default: return true;
  }
}

enum { UNSEEN, BUSY, DONE };

static bool consolidate(ppr_report *r, ppr_arena *arena, edition_text *all, size_t n, edition_text *e) {
  if (e->state == DONE) return true;
  if (e->state == BUSY) {
    report_add(r, DIAG_CYCLE, e->file->head, e->file->fassung.text, NULL);
    return false;
  }
  e->state = BUSY;
  decl_list list = {0};
  bool right = true, amends = e->file->basis == BASIS_AMENDS;
  if (amends) {
    edition_text *base = NULL;
    for (size_t i = 0; i < n; i++)
      if (name_is(e->file->predecessor, all[i].file->fassung.text)) base = &all[i];
    if (!base || base == e) {
      report_add(r, DIAG_PREDECESSOR_UNKNOWN, e->file->predecessor.span, e->file->predecessor.text, NULL);
      right = false;
    } else right = consolidate(r, arena, all, n, base);
    for (size_t i = 0; right && base && i < base->n_decls; i++)
      if (base->decls[i]->form != DECL_TEST) right = append(arena, &list, base->decls[i], base->decl_edition[i]);
  }
  for (ast_decl *d = e->file->decls; d && right; d = d->next) {
    if (!amends && d->change != CHANGE_NONE) report_add(r, DIAG_AMEND_WITHOUT_BASIS, d->span, NULL);
    right = amends ? amend(r, arena, &list, d, e->file->fassung.text) : append(arena, &list, d, e->file->fassung.text);
  }
  e->decls = list.at;
  e->n_decls = list.n;
  e->decl_edition = list.edition;
  e->state = DONE;
  return right;
}

edition_text *editions_arrange(ppr_report *r, ppr_arena *arena, ast_file **files, size_t count, size_t *n) {
  edition_text *all = arena_array(arena, count + 1, sizeof *all);
  *n = 0;
  if (!all) return NULL;
  for (size_t i = 0; i < count; i++) {
    ast_file *f = files[i];
    head_complete(r, f);
    if (!f->fassung.text || !f->has_from || !f->regelwerk.text) continue;
    if (*n && !name_is(f->regelwerk, all[0].file->regelwerk.text))
      report_add(r, DIAG_REGELWERK_DIFFERS, f->regelwerk.span, f->regelwerk.text, all[0].file->regelwerk.text, NULL);
    if (quarter_first_day(quarter_of_day(f->from_day)) != f->from_day) report_add(r, DIAG_EDITION_QUARTER, f->head, day_text(arena, f->from_day), NULL);
    if (f->has_until && quarter_last_day(quarter_of_day(f->until_day)) != f->until_day)
      report_add(r, DIAG_EDITION_QUARTER, f->head, day_text(arena, f->until_day), NULL);
    if (f->has_until && f->until_day < f->from_day) report_add(r, DIAG_SERIES_ORDER, f->head, NULL);
    size_t at = (*n)++;
    while (at && all[at - 1].from_day > f->from_day) {
      all[at] = all[at - 1];
      at--;
    }
    all[at] = (edition_text){.file = f, .from_day = f->from_day, .until_day = f->has_until ? f->until_day : INT64_MAX};
  }
  for (size_t i = 0; i + 1 < *n; i++) {
    edition_text *a = &all[i], *b = &all[i + 1];
    const char *na = a->file->fassung.text, *nb = b->file->fassung.text;
    if (!strcmp(na, nb)) report_add(r, DIAG_EDITION_TWICE, b->file->fassung.span, nb, NULL);
    else if (a->from_day == b->from_day || (a->file->has_until && a->until_day >= b->from_day))
      report_add(r, DIAG_EDITION_OVERLAP, b->file->head, na, nb, day_text(arena, b->from_day), NULL);
    else if (a->file->has_until && a->until_day + 1 < b->from_day) report_add(r, DIAG_EDITION_GAP, b->file->head, na, nb, day_text(arena, a->until_day + 1), NULL);
    else a->until_day = b->from_day - 1;
  }
  for (size_t i = 0; i < *n; i++) consolidate(r, arena, all, *n, &all[i]);
  return *n ? all : NULL;
}
