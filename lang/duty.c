/* What a proof is to show of a rule, as faults in its code: that some branch applies, that no two do without a stated priority, that tiers and series
 * have one value. Only where a lowering has duties; see lower.h. */
#include "lower_int.h"
#include <string.h>

static void put_duty(lowering *l, duty_form form, const symbol *s, int element, const ast_branch *first, const ast_branch *second, bool stated) {
  const emitter *e = &l->e;
  uint32_t reg = stated && e->n_effects ? e->code[e->effects[e->n_effects - 1]].row.d : PPR_NONE;
  lower_duty d = {form, (symbol *)(uintptr_t)s, element, first, second, reg};
  lower_duty *grown = arena_grow(l->m->arena, l->duties->items, l->duties->n, &l->duties->cap, l->duties->n + 1, sizeof *grown);
  if (!grown) {
    l->e.failed = true;
    return;
  }
  l->duties->items = grown;
  l->duties->items[l->duties->n++] = d;
}

/* A fault where the condition holds; false: it never does. */
static bool state_fault(lowering *l, opnd when, diag_code code, ppr_span at) {
  ppr_span outer = l->e.at;
  if (opnd_is_const(&when) && !when.lo) return false;
  l->e.at = at;
  if (opnd_is_const(&when)) emit_fail(&l->e, code);
  else {
    emit_mark mark = emit_when(&l->e, when);
    emit_fail(&l->e, code);
    emit_else(&l->e, &mark);
    emit_end(&l->e, &mark);
  }
  l->e.at = outer;
  return true;
}

void duty_gap(lowering *l, const symbol *s, int element) {
  if (!l->duties) return;
  state_fault(l, (opnd){PPR_NONE, PPR_T_BOOL, 1, 1}, DIAG_FAULT_GAP, s->decl->name_span);
  put_duty(l, DUTY_COVER, s, element, NULL, NULL, true);
}

static const ast_branch *labelled(const ast_decl *d, const char *label) {
  for (const ast_branch *b = d->branches; b; b = b->next)
    if (b->label.text && name_is(b->label, label)) return b;
  return NULL;
}

/* Does a go before b by `vor`, directly or through others? There are no circles. */
static bool goes_before(const ast_decl *d, const ast_branch *a, const ast_branch *b) {
  bool found = false;
  for (const ast_before *w = a->before; w && !found; w = w->next) {
    const ast_branch *next = labelled(d, w->label.text);
    found = next && (next == b || goes_before(d, next, b));
  }
  return found;
}

/* Can the other branch hold too where the present region is? A condition that says nothing there (of a value whose state the first one excludes)
 * cannot. What it computes is no part of the explanation. */
static void duty_pair(lowering *l, const symbol *s, int element, const ast_branch *a, ast_branch *b) {
  ppr_report *report = l->m->report;
  size_t deps = l->n_deps, rounds = l->n_rounds, errors = report_added(l->duties->spare, PPR_SEV_ERROR);
  l->m->report = l->duties->spare;
  value c = lower_expr(l, b->cond);
  val_strict(l, &c, b->cond);
  l->m->report = report;
  bool silent = report_added(l->duties->spare, PPR_SEV_ERROR) != errors || !(c.states & PRESENT);
  bool stated = !silent && state_fault(l, val_known(l, &c), DIAG_FAULT_CLASH, b->label.span);
  put_duty(l, DUTY_EXCLUDE, s, element, a, b, stated);
  l->n_deps = deps;
  l->n_rounds = rounds;
}

void duty_pairs(lowering *l, const symbol *s, int element, ast_branch *const *branches, int n, int at) {
  const ast_branch *a = branches[at];
  for (int i = at + 1; l->duties && i < n; i++) {
    ast_branch *b = branches[i];
    if (b->form == a->form && b->cond && !goes_before(s->decl, a, b)) duty_pair(l, s, element, a, b);
  }
}

/* ---- tiers and series ---- */

static opnd either(lowering *l, opnd found, opnd x, ppr_wide lo, ppr_wide hi) {
  if (lo > hi) return found;
  opnd above = emit_compare(&l->e, CMP_GE, x, opnd_const(lo)), below = emit_compare(&l->e, CMP_LE, x, opnd_const(hi));
  return emit_or(&l->e, found, emit_and(&l->e, above, below));
}

const step *duty_steps(lowering *l, symbol *s, const value *argument, int *n) {
  if (!l->duties) return s->steps;
  step *sorted = arena_array(l->m->arena, (size_t)*n + 1, sizeof *sorted);
  opnd none = {PPR_NONE, PPR_T_BOOL, 0, 0}, gap = none, clash = none, x = argument->num;
  if (!sorted) {
    l->e.failed = true;
    return s->steps;
  }
  int count = 0;
  for (int i = 0; i < *n; i++) {
    int at = count++;
    for (; at > 0 && sorted[at - 1].from > s->steps[i].from; at--) sorted[at] = sorted[at - 1];
    sorted[at] = s->steps[i];
  }
  ppr_wide reach = x.lo - 1;
  int kept = 0;
  for (int i = 0; i < count; i++) {
    const step now = sorted[i];
    if (now.from > now.until) continue; /* of a series: no quarter begins in it */
    ppr_wide from = now.from > x.lo ? now.from : x.lo, until = now.until < x.hi ? now.until : x.hi;
    if (from <= until) {
      if (from > reach + 1) gap = either(l, gap, x, reach + 1, from - 1);
      clash = either(l, clash, x, from, until < reach ? until : reach);
      reach = until > reach ? until : reach;
    }
    if (!kept || sorted[kept - 1].from < now.from) sorted[kept++] = now; /* tables have ascending bounds */
  }
  if (reach < x.hi) gap = either(l, gap, x, reach + 1, x.hi);
  if (argument->states != PRESENT) {
    opnd present = emit_equal_bool(&l->e, val_state(argument), opnd_const(PPR_PRESENT));
    gap = emit_and(&l->e, present, gap);
    clash = emit_and(&l->e, present, clash);
  }
  put_duty(l, DUTY_COVER, s, 0, NULL, NULL, state_fault(l, gap, DIAG_FAULT_GAP, s->decl->name_span));
  put_duty(l, DUTY_EXCLUDE, s, 0, NULL, NULL, state_fault(l, clash, DIAG_FAULT_CLASH, s->decl->name_span));
  *n = kept;
  return sorted;
}
