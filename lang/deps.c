/* Order of evaluation: rules, series and tiers after what they use; circles are refused. Needs: check_model. Leaves: m->order. */
#include "model.h"
#include <string.h>

enum { UNSEEN, OPEN, DONE };

static bool visit(model *m, symbol *s, symbol **path, size_t depth) {
  path[depth] = s;
  if (s->mark == DONE) return true;
  if (s->mark == OPEN) {
    size_t from = depth - 1;
    while (path[from] != s) from--;
    const char *circle = s->name;
    for (size_t i = from + 1; i <= depth; i++) circle = arena_printf(m->arena, "%s → %s", circle, path[i]->name);
    report_add(m->report, DIAG_CYCLE, s->decl->name_span, circle, NULL);
    return false;
  }
  s->mark = OPEN;
  bool right = true;
  for (size_t i = 0; i < s->n_uses && right; i++) right = visit(m, s->uses[i], path, depth + 1);
  s->mark = DONE;
  if (s->form == SYM_RULE || s->form == SYM_SERIES || s->form == SYM_TIERS) m->order[m->n_order++] = s;
  return right;
}

bool deps_order(model *m) {
  size_t n = 0;
  for (symbol *s = m->symbols; s; s = s->next) n++;
  symbol **path = arena_array(m->arena, n + 2, sizeof *path);
  m->order = arena_array(m->arena, n + 1, sizeof *m->order);
  if (!path || !m->order) return false;
  m->n_order = 0;
  bool right = true;
  for (symbol *s = m->symbols; s; s = s->next) s->mark = UNSEEN;
  for (symbol *s = m->symbols; s; s = s->next)
    if (s->mark == UNSEEN) right = visit(m, s, path, 0) && right;
  return right;
}
