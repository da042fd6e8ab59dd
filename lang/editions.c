/* Fassungen of a Regelwerk in order, amendments applied; see editions.h. Needs: parsed files. Leaves: for each Fassung the declarations in force. */
#include "editions.h"
#include "amend.h"
#include "base/quarter.h"
#include "base/text.h"
#include <string.h>

static const char *day_text(ppr_arena *arena, int64_t day) {
  char out[16];
  day_print(out, day);
  return arena_printf(arena, "%s", out);
}

static void head_complete(ppr_report *r, const ast_file *f) {
  if (!f->has_decision) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "`beschluss TT.MM.JJJJ \"Fundstelle\"`", NULL);
  if (!f->has_from) report_add(r, DIAG_EDITION_INCOMPLETE, f->head, "`gilt ab TT.MM.JJJJ`", NULL);
}

static bool declares_same(const ast_decl *a, const ast_decl *b) {
  if (a->form == DECL_UNIT || a->form == DECL_TEST || a->form == DECL_OUTPUT || !a->name || !b->name) return false;
  return a->form == b->form && !strcmp(a->name, b->name);
}

typedef struct decl_list {
  ast_decl **at;
  const char **edition;
  size_t n, cap, cap_edition;
} decl_list;

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

static void unknown(ppr_report *r, ppr_arena *arena, const decl_list *list, ast_decl_form form, ast_name name) {
  size_t n = 0, most = 1;
  for (size_t i = 0; i < list->n; i++) {
    most++;
    for (const ast_unit *u = list->at[i]->units; u; u = u->next) most++;
  }
  const char **names = arena_array(arena, most, sizeof *names);
  for (size_t i = 0; names && i < list->n; i++) {
    if (list->at[i]->form != form) continue;
    if (list->at[i]->name) names[n++] = list->at[i]->name;
    for (const ast_unit *u = list->at[i]->units; u; u = u->next) names[n++] = u->name.text;
  }
  size_t near = names ? text_nearest(name.text, names, n) : SIZE_MAX;
  const char *de = near == SIZE_MAX ? "" : arena_printf(arena, "Meinten Sie „%s“?", names[near]);
  const char *en = near == SIZE_MAX ? "" : arena_printf(arena, "Did you mean “%s”?", names[near]);
  diag *g = report_add(r, DIAG_AMEND_UNKNOWN, name.span, name.text, de, en, NULL);
  if (near != SIZE_MAX)
    diag_set_fix(r, g, name.span, form == DECL_OUTPUT || form == DECL_SURVEY ? arena_printf(arena, "\"%s\"", names[near]) : names[near]);
}

/* Where an amending declaration goes: in place of what it replaces. */
static bool insert(ppr_arena *arena, decl_list *list, size_t at, ast_decl *d, const char *edition) {
  if (!append(arena, list, d, edition)) return false;
  memmove(&list->at[at + 1], &list->at[at], (list->n - 1 - at) * sizeof *list->at);
  memmove(&list->edition[at + 1], &list->edition[at], (list->n - 1 - at) * sizeof *list->edition);
  list->at[at] = d;
  list->edition[at] = edition;
  return true;
}

/* Outputs are amended by file: `ändere ausgabe "X"` replaces every earlier block of X; several such blocks follow one another. */
static bool amend_output(ppr_report *r, ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition) {
  size_t at = list->n;
  bool found = false;
  for (size_t i = 0; i < list->n;) {
    bool named = list->at[i]->form == DECL_OUTPUT && !strcmp(list->at[i]->name, d->name);
    if (named && list->edition[i] != edition) {
      drop(list, i);
      if (!found) at = i;
      found = true;
      continue;
    }
    if (named) {
      at = i + 1; /* behind the blocks this Fassung has already put there */
      found = true;
    }
    i++;
  }
  if (!found) unknown(r, arena, list, DECL_OUTPUT, (ast_name){d->name, d->name_span});
  return d->change == CHANGE_REMOVE ? true : insert(arena, list, at < list->n ? at : list->n, d, edition);
}

/* Units stand in lists: the one that changes is taken out of its list, which other Fassungen keep. */
static bool amend_units(ppr_report *r, ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition) {
  size_t at = list->n;
  for (const ast_unit *u = d->units; u; u = u->next) {
    bool found = false;
    for (size_t i = 0; i < list->n; i++) {
      const ast_unit *has = list->at[i]->units;
      while (has && !name_is(has->name, u->name.text)) has = has->next;
      if (!has || list->edition[i] == edition) continue;
      ast_decl *copy = arena_alloc(arena, sizeof *copy);
      if (!copy) return false;
      *copy = *list->at[i];
      copy->units = NULL;
      ast_unit **end = &copy->units;
      for (const ast_unit *k = list->at[i]->units; k; k = k->next) {
        if (k == has) continue;
        if (!(*end = arena_alloc(arena, sizeof **end))) return false;
        **end = (ast_unit){.name = k->name, .has_factor = k->has_factor, .factor = k->factor, .factor_scale = k->factor_scale, .base = k->base};
        end = &(*end)->next;
      }
      list->at[i] = copy;
      at = i + 1;
      found = true;
    }
    if (!found) unknown(r, arena, list, DECL_UNIT, u->name);
  }
  return d->change == CHANGE_REMOVE ? true : insert(arena, list, at, d, edition);
}

static bool amend(ppr_report *r, ppr_arena *arena, decl_list *list, ast_decl *d, const char *edition) {
  size_t at = 0;
  if (d->change != CHANGE_NONE && d->form == DECL_OUTPUT) return amend_output(r, arena, list, d, edition);
  if (d->change != CHANGE_NONE && d->form == DECL_UNIT) return amend_units(r, arena, list, d, edition);
  while (at < list->n && !declares_same(list->at[at], d)) at++;
  if (d->change == CHANGE_EXTEND || d->removed || d->removed_columns) {
    if (at == list->n) {
      unknown(r, arena, list, d->form, (ast_name){d->name, d->name_span});
      return true;
    }
    list->edition[at] = edition;
    return (list->at[at] = amend_parts(r, arena, list->at[at], d)) != NULL;
  }
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
      unknown(r, arena, list, d->form, (ast_name){d->name, d->name_span});
      return true;
    }
    list->at[at] = d;
    list->edition[at] = edition;
    return true;
  case CHANGE_REMOVE:
    if (at == list->n) unknown(r, arena, list, d->form, (ast_name){d->name, d->name_span});
    else drop(list, at);
    return true;
  case CHANGE_EXTEND:
  default: return true;
  }
}

static bool consolidate(ppr_report *r, ppr_arena *arena, edition_text *all, size_t n, edition_text *e) {
  if (e->done) return true;
  e->done = true;
  decl_list list = {0}, struck = {0};
  bool right = true, amends = e->file->basis == BASIS_AMENDS;
  if (amends) {
    edition_text *base = NULL;
    for (size_t i = 0; i < n; i++)
      if (name_is(e->file->predecessor, all[i].file->fassung.text)) base = &all[i];
    if (!base) {
      report_add(r, DIAG_PREDECESSOR_UNKNOWN, e->file->predecessor.span, e->file->predecessor.text, NULL);
      right = false;
    } else if (base->from_day >= e->from_day) { /* so the amendments cannot run in a circle */
      report_add(r, DIAG_PREDECESSOR_LATER, e->file->predecessor.span, e->file->predecessor.text, day_text(arena, base->from_day), NULL);
      right = false;
    } else right = consolidate(r, arena, all, n, base);
    for (size_t i = 0; right && base && i < base->n_struck; i++) right = append(arena, &struck, base->struck[i], NULL);
    for (size_t i = 0; right && base && i < base->n_decls; i++)
      if (base->decls[i]->form != DECL_TEST) right = append(arena, &list, base->decls[i], base->decl_edition[i]);
  }
  for (ast_decl *d = e->file->decls; d && right; d = d->next) {
    if (!amends && d->change != CHANGE_NONE) report_add(r, DIAG_AMEND_WITHOUT_BASIS, d->span, NULL);
    if (amends && d->change == CHANGE_REMOVE && !d->removed && !d->removed_columns) right = append(arena, &struck, d, NULL);
    if (right) right = amends ? amend(r, arena, &list, d, e->file->fassung.text) : append(arena, &list, d, e->file->fassung.text);
  }
  e->struck = struck.at;
  e->n_struck = struck.n;
  e->decls = list.at;
  e->n_decls = list.n;
  e->decl_edition = list.edition;
  return right;
}

/* Points to the dates of the other Fassung. */
static void about(ppr_report *r, diag *d, const ast_file *other) {
  diag_add_note(r, d, other->has_until ? other->until_span : other->from_span, "hier steht, wann die andere Fassung gilt",
                "here is when the other edition is in force");
}

/* ---- scenarios ---- */

bool edition_is(const edition_text *text, const char *name) { return !strcmp(text->name, name) || name_is(text->file->fassung, name); }

static size_t find_edition(ppr_report *r, ppr_arena *arena, const edition_text *all, size_t n, const ast_file *scenario, ast_name name) {
  const char *known = "";
  for (size_t i = 0; i < n; i++) {
    if (name_is(name, all[i].name)) return i;
    known = arena_printf(arena, "%s%s%s", known, i ? ", " : "", all[i].name);
  }
  report_add(r, DIAG_SCENARIO_EDITION, name.span, scenario->scenario.text, name.text, known ? known : "", NULL);
  return n;
}

/* Does the scenario change the i-th Fassung? Ranges are checked before. */
static bool changes(const edition_text *all, size_t i, const ast_file *scenario) {
  const ast_named *t = scenario->targets;
  if (scenario->target_range) {
    size_t from = i, until = i;
    while (from && !name_is(t->name, all[from].name)) from--;
    for (; all[until].name && !name_is(t->next->name, all[until].name);) until++;
    return name_is(t->name, all[from].name) && all[until].name;
  }
  while (t && !name_is(t->name, all[i].name)) t = t->next;
  return t != NULL;
}

/* Does the Fassung, as it is written, reach the quarter a test is about? */
static bool reaches(const edition_text *e, const ast_decl *test) {
  bool in = true;
  for (const ast_assign *a = test->given; a; a = a->next) {
    if (!a->value || a->value->form != EX_QUARTER) continue;
    int64_t q = a->value->number;
    in = in && q >= quarter_of_day(e->from_day) && (!e->file->has_until || q <= quarter_of_day(e->file->until_day));
  }
  return in;
}

/* A test of a scenario belongs to those of its Fassungen that reach its quarter; to all if none does, where it is refused. */
static bool tests(const edition_text *all, size_t n, const edition_text *e, const ast_file *scenario, const ast_decl *test) {
  bool other = false;
  if (reaches(e, test)) return true;
  for (size_t i = 0; i < n; i++) other = other || (changes(all, i, scenario) && reaches(&all[i], test));
  return !other;
}

/* A scenario is an amendment of the text as it is: everything is inherited but the tests, which say what another text yields. */
static bool apply(ppr_report *r, ppr_arena *arena, const edition_text *all, size_t n, edition_text *e, const ast_file *scenario, ast_name target) {
  for (size_t i = 0; i < e->n_scenarios; i++)
    if (!strcmp(e->scenarios[i]->scenario.text, scenario->scenario.text)) {
      report_add(r, DIAG_SCENARIO_TWICE, target.span, scenario->scenario.text, e->name, NULL);
      return true;
    }
  const ast_file **grown = arena_grow(arena, e->scenarios, e->n_scenarios, &e->cap_scenarios, e->n_scenarios + 1, sizeof *grown);
  ast_file *file = arena_alloc(arena, sizeof *file);
  const char *shown = arena_printf(arena, "%s + %s", e->file->fassung.text, scenario->scenario.text);
  if (!grown || !file || !shown) return false;
  e->scenarios = grown;
  e->scenarios[e->n_scenarios++] = scenario;
  *file = *e->file;
  file->fassung.text = shown;
  e->file = file;
  decl_list list = {0}, struck = {0};
  bool right = true;
  for (size_t i = 0; right && i < e->n_struck; i++) right = append(arena, &struck, e->struck[i], NULL);
  for (size_t i = 0; right && i < e->n_decls; i++)
    if (e->decls[i]->form != DECL_TEST) right = append(arena, &list, e->decls[i], e->decl_edition[i]);
  for (ast_decl *d = scenario->decls; right && d; d = d->next) {
    if (d->change == CHANGE_REMOVE && !d->removed && !d->removed_columns) right = append(arena, &struck, d, NULL);
    if (right && (d->form != DECL_TEST || tests(all, n, e, scenario, d))) right = amend(r, arena, &list, d, shown);
  }
  e->struck = struck.at;
  e->n_struck = struck.n;
  e->decls = list.at;
  e->n_decls = list.n;
  e->decl_edition = list.edition;
  return right;
}

static bool apply_all(ppr_report *r, ppr_arena *arena, edition_text *all, size_t n, const ast_file *scenario) {
  bool right = true;
  if (!name_is(scenario->regelwerk, all[0].file->regelwerk.text))
    report_add(r, DIAG_REGELWERK_DIFFERS, scenario->regelwerk.span, scenario->regelwerk.text, all[0].file->regelwerk.text, NULL);
  if (scenario->target_range) {
    ast_name first = scenario->targets->name, last = scenario->targets->next->name;
    size_t from = find_edition(r, arena, all, n, scenario, first), until = find_edition(r, arena, all, n, scenario, last);
    if (from == n || until == n) return true;
    if (from > until) report_add(r, DIAG_SCENARIO_RANGE, last.span, first.text, last.text, NULL);
    for (size_t i = from; right && i <= until; i++) right = apply(r, arena, all, n, &all[i], scenario, last);
    return right;
  }
  for (const ast_named *t = scenario->targets; right && t; t = t->next) {
    size_t i = find_edition(r, arena, all, n, scenario, t->name);
    if (i < n) right = apply(r, arena, all, n, &all[i], scenario, t->name);
  }
  return right;
}

edition_text *editions_arrange(ppr_report *r, ppr_arena *arena, ast_file **files, size_t count, size_t *n) {
  edition_text *all = arena_array(arena, count + 1, sizeof *all);
  *n = 0;
  if (!all) return NULL;
  for (size_t i = 0; i < count; i++) {
    ast_file *f = files[i];
    if (f->scenario.text) continue;
    head_complete(r, f);
    if (!f->has_from) continue;
    if (*n && !name_is(f->regelwerk, all[0].file->regelwerk.text))
      report_add(r, DIAG_REGELWERK_DIFFERS, f->regelwerk.span, f->regelwerk.text, all[0].file->regelwerk.text, NULL);
    if (quarter_first_day(quarter_of_day(f->from_day)) != f->from_day)
      report_add(r, DIAG_EDITION_QUARTER, f->from_span, day_text(arena, f->from_day), NULL);
    if (f->has_until && quarter_last_day(quarter_of_day(f->until_day)) != f->until_day)
      report_add(r, DIAG_EDITION_QUARTER, f->until_span, day_text(arena, f->until_day), NULL);
    if (f->has_until && f->until_day < f->from_day) report_add(r, DIAG_SERIES_ORDER, f->until_span, NULL);
    size_t at = (*n)++;
    while (at && all[at - 1].from_day > f->from_day) {
      all[at] = all[at - 1];
      at--;
    }
    all[at] = (edition_text){.file = f, .name = f->fassung.text, .from_day = f->from_day, .until_day = f->has_until ? f->until_day : INT64_MAX};
  }
  for (size_t i = 0; i + 1 < *n; i++) {
    edition_text *a = &all[i], *b = &all[i + 1];
    const char *na = a->file->fassung.text, *nb = b->file->fassung.text;
    if (!strcmp(na, nb)) about(r, report_add(r, DIAG_EDITION_TWICE, b->file->fassung.span, nb, NULL), a->file);
    else if (a->from_day == b->from_day || (a->file->has_until && a->until_day >= b->from_day))
      about(r, report_add(r, DIAG_EDITION_OVERLAP, b->file->from_span, na, nb, day_text(arena, b->from_day), NULL), a->file);
    else if (a->file->has_until && a->until_day + 1 < b->from_day)
      about(r, report_add(r, DIAG_EDITION_GAP, b->file->from_span, na, nb, day_text(arena, a->until_day + 1), NULL), a->file);
    else a->until_day = b->from_day - 1;
  }
  for (size_t i = 0; i < *n; i++) consolidate(r, arena, all, *n, &all[i]);
  for (size_t i = 0; i < count; i++) {
    if (!files[i]->scenario.text) continue;
    if (!*files[i]->scenario.text) report_add(r, DIAG_NAME_EMPTY, files[i]->scenario.span, NULL);
    else if (*n == 0) report_add(r, DIAG_SCENARIO_ALONE, files[i]->scenario.span, files[i]->scenario.text, NULL);
    else if (!apply_all(r, arena, all, *n, files[i])) return NULL;
  }
  return *n ? all : NULL;
}
