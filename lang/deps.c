/* Order of evaluation: rules, series and tiers after what they use; circles are refused. Needs: check_model. Leaves: m->order. */
#include "model.h"
#include <string.h>

enum { UNSEEN, OPEN, DONE };

/* The way from the symbol the walk began at to the one it is at, with the use that comes next. */
typedef struct step_down {
  symbol *at;
  size_t next;
} step_down;

static void report_circle(model *m, const step_down *path, size_t depth, const symbol *again) {
  size_t from = depth;
  while (path[from].at != again) from--;
  const char *circle = again->name;
  for (size_t i = from + 1; i <= depth; i++) circle = arena_printf(m->arena, "%s → %s", circle, path[i].at->name);
  circle = arena_printf(m->arena, "%s → %s", circle, again->name);
  diag *d = report_add(m->report, DIAG_CYCLE, again->decl->name_span, circle, NULL);
  for (size_t i = from + 1; i <= depth; i++)
    diag_add_note(m->report, d, path[i].at->decl->name_span, "hier geht der Kreis weiter", "the circle goes on here");
}

/* Depth first, without recursion: a chain of rules may be long. */
static bool walk(model *m, symbol *start, step_down *path) {
  bool right = true;
  size_t depth = 0;
  path[0] = (step_down){start, 0};
  start->mark = OPEN;
  for (;;) {
    step_down *here = &path[depth];
    if (here->next < here->at->n_uses) {
      symbol *used = here->at->uses[here->next++];
      if (used->mark == UNSEEN) {
        used->mark = OPEN;
        path[++depth] = (step_down){used, 0};
      } else if (used->mark == OPEN) {
        report_circle(m, path, depth, used);
        right = false;
      }
      continue;
    }
    symbol *s = here->at;
    s->mark = DONE;
    if (s->form == SYM_RULE || s->form == SYM_SERIES || s->form == SYM_TIERS) m->order[m->n_order++] = s;
    if (depth-- == 0) return right;
  }
}

bool deps_order(model *m) {
  size_t n = 0;
  for (symbol *s = m->symbols; s; s = s->next) n++;
  step_down *path = arena_array(m->arena, n + 1, sizeof *path);
  m->order = arena_array(m->arena, n + 1, sizeof *m->order);
  if (!path || !m->order) return false;
  m->n_order = 0;
  bool right = true;
  for (symbol *s = m->symbols; s; s = s->next) s->mark = UNSEEN;
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->mark == UNSEEN) right = walk(m, s, path) && right;
  return right;
}

/* What rests on fields of another kind of record is not part of this one. Keys, the quarter, readings and parameters belong to every kind. */
void deps_kinds(model *m) {
  bool again = true;
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->form == SYM_FIELD) {
      s->excluded = s->foreign;
      s->own = !s->foreign && !(s->flags & (PPR_FIELD_KEY | PPR_FIELD_PERIOD | PPR_FIELD_SET));
    }
  while (again) {
    again = false;
    for (symbol *s = m->symbols; s; s = s->next) {
      bool excluded = s->excluded, own = s->own;
      for (size_t i = 0; i < s->n_uses; i++) {
        excluded = excluded || s->uses[i]->excluded;
        own = own || s->uses[i]->own;
      }
      again = again || excluded != s->excluded || own != s->own;
      s->excluded = excluded;
      s->own = own;
    }
  }
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->form != SYM_FIELD && s->excluded && s->own) report_add(m->report, DIAG_KINDS_MIXED, s->decl->name_span, s->name, NULL);
}
