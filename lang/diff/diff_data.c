/* Data: the records of a run under both texts, and under the old text with one change each, so that every changed result is traced to its change. */
#include "base/quarter.h"
#include "diff/diff.h"
#include <string.h>

/* ---- one change alone ---- */

/* The change cannot stand without the other: its text needs a name the other brings, or still has a name the other strikes; members of enumerations
 * are names too. */
static bool needs(const diff_change *c, const diff_change *other) {
  if (other->how == CHANGED_ADDED) return c->how != CHANGED_REMOVED && diff_mentions(c->new_text, other->name);
  if (other->form == DECL_ENUM || other->form == DECL_INPUT || other->form == DECL_READING)
    for (size_t i = 0; i < other->n_details; i++) {
      const diff_detail *t = &other->details[i];
      if (!*t->name) continue;
      if (!t->before && diff_mentions(c->new_text, t->name)) return true;
      if (!t->after && diff_mentions(c->old_text, t->name)) return true;
    }
  return c->how == CHANGED_REMOVED && diff_mentions(other->old_text, c->name) && !diff_mentions(other->new_text, c->name);
}

/* The declarations of the old text with those changes; NULL: out of memory. */
static ast_decl **with_changes(diffing *d, const bool *in, size_t *n) {
  const edition_text *old = d->side[0].text, *now = d->side[1].text;
  ast_decl **made = arena_array(d->arena, old->n_decls + now->n_decls + d->structure.n + 1, sizeof *made);
  size_t count = 0;
  if (!made) d->failed = true;
  for (size_t i = 0; made && i < old->n_decls; i++) {
    ast_decl *decl = old->decls[i];
    bool kept = decl->form != DECL_TEST;
    for (size_t k = 0; k < d->structure.n && kept; k++) {
      const diff_change *c = &d->structure.changes[k];
      if (!in[k] || c->form != decl->form || c->how == CHANGED_ADDED) continue;
      kept = decl->form == DECL_UNIT || strcmp(decl->name, c->name);
    }
    if (kept) made[count++] = decl;
  }
  for (size_t k = 0; made && k < d->structure.n; k++) {
    const diff_change *c = &d->structure.changes[k];
    if (!in[k] || c->how == CHANGED_REMOVED || c->form == DECL_UNIT) continue;
    for (size_t i = 0; i < now->n_decls; i++)
      if (now->decls[i]->form == c->form && !strcmp(now->decls[i]->name, c->name)) made[count++] = now->decls[i];
  }
  *n = count;
  return made;
}

/* The old text with the change, and with what it cannot do without. Units stay: their change is told, not run. */
static ppr_program *with_change(diffing *d, size_t change, const char *record) {
  bool *in = arena_array(d->arena, d->structure.n + 1, sizeof *in);
  if (!in) {
    d->failed = true;
    return NULL;
  }
  in[change] = true;
  for (bool more = true; more;) {
    size_t n;
    ast_decl **decls = with_changes(d, in, &n);
    ppr_program *p = decls ? diff_program(d, d->side[0].text, decls, n, record) : NULL;
    if (p || d->failed) return p;
    more = false;
    bool *next = arena_array(d->arena, d->structure.n + 1, sizeof *next);
    if (!next) {
      d->failed = true;
      return NULL;
    }
    memcpy(next, in, d->structure.n * sizeof *next);
    for (size_t i = 0; i < d->structure.n; i++)
      for (size_t k = 0; k < d->structure.n && in[i]; k++) {
        if (next[k] || !needs(&d->structure.changes[i], &d->structure.changes[k])) continue;
        next[k] = more = true;
      }
    in = next;
  }
  return NULL;
}

/* Nothing a record could meet. */
static bool only_words(const diff_change *c) {
  if (c->form == DECL_OPEN || c->form == DECL_UNIT) return true;
  for (size_t i = 0; i < c->n_details; i++)
    if (c->details[i].part != PART_CITE && c->details[i].part != PART_TEXT) return false;
  return c->how == CHANGED_CHANGED;
}

/* ---- the comparison ---- */

static const char *range_of(diffing *d, const ppr_program *program) {
  ppr_edition_info info;
  if (ppr_program_edition(program, 0, &info) != PPR_OK) return "";
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 4096);
  char day[16];
  day_print(day, info.from_day);
  bool german = d->opts->language == PPR_GERMAN;
  buf_printf(&b, "%s %s", german ? "ab" : "from", day);
  if (info.until_day != INT64_MAX) {
    day_print(day, info.until_day);
    buf_printf(&b, " %s %s", german ? "bis" : "until", day);
  }
  return diff_take(d, &b);
}

ppr_status diff_data(diffing *d) {
  const char *record = d->opts->record ? d->opts->record : diff_kind_name(d->side[1].text, 0);
  size_t n = d->structure.n, many = 0;
  const ppr_program *two[2] = {NULL, NULL};
  const ppr_program **partial = arena_array(d->arena, n + 1, sizeof *partial);
  d->data_change = arena_array(d->arena, n + 1, sizeof *d->data_change);
  d->data_notes = arena_array(d->arena, n + 1, sizeof *d->data_notes);
  ppr_status status = partial && d->data_change && d->data_notes && record ? PPR_OK : PPR_NOMEM;
  for (int s = 0; s < 2 && status == PPR_OK; s++) {
    two[s] = diff_program(d, d->side[s].text, NULL, 0, record);
    if (!two[s]) status = d->failed ? PPR_NOMEM : PPR_MISUSE;
    else d->data_range[s] = range_of(d, two[s]);
  }
  for (size_t i = 0; i < n && status == PPR_OK; i++) {
    if (only_words(&d->structure.changes[i])) continue;
    const ppr_program *p = with_change(d, i, record);
    if (d->failed) status = PPR_NOMEM;
    else if (!p)
      d->data_notes[i] = d->opts->language == PPR_GERMAN ? "gilt nur zusammen mit anderen Änderungen" : "holds only together with other changes";
    else {
      d->data_change[many] = i;
      partial[many++] = p;
    }
  }
  ppr_run_opts opts = *d->opts->data;
  d->data_changes = many;
  opts.record = NULL; /* the programs have one kind */
  opts.as_of = NULL;
  if (status == PPR_OK) status = ppr_run_compare(two[0], two[1], partial, many, d->engine, &opts, &d->data, d->report);
  for (size_t i = 0; status == PPR_OK && i < many; i++)
    if (!d->data->ran[i])
      d->data_notes[d->data_change[i]] =
          d->opts->language == PPR_GERMAN ? "liest andere Eingaben als beide Texte" : "reads other input than both texts";
  for (size_t i = 0; i < many; i++) ppr_program_free((ppr_program *)(uintptr_t)partial[i]);
  for (int s = 0; s < 2; s++) ppr_program_free((ppr_program *)(uintptr_t)two[s]);
  return status;
}
