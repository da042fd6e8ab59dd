/* The record of a lowering; see trace.h. */
#include "trace.h"
#include <string.h>

static trace_node *add(lowering *l, const ast_expr *e) {
  trace *t = l->trace;
  trace_node *n = arena_alloc(t->arena, sizeof *n);
  if (!n) {
    l->e.failed = true;
    return NULL;
  }
  n->expr = e;
  n->v = (value){opnd_const(0), opnd_const(1), 0, 1u << PPR_PRESENT, opnd_level(0), opnd_level(0)};
  n->item = l->depth > 0 ? l->elem[l->depth - 1] : 0;
  n->outer = t->open;
  n->all = t->all;
  t->all = t->open = n;
  trace_node *outer = n->outer;
  if (outer) {
    if (outer->last) outer->last->next = n;
    else outer->first = n;
    outer->last = n;
  }
  return n;
}

trace_node *trace_begin(lowering *l, const ast_expr *e) { return l->trace ? add(l, e) : NULL; }

void trace_end(lowering *l, trace_node *n, const value *v) {
  if (!n) return;
  n->v = *v;
  l->trace->open = n->outer;
}

void trace_root(lowering *l, symbol *s, int element) {
  if (!l->trace) return;
  if (!s->traces && !(s->traces = arena_array(l->trace->arena, (size_t)s->elements, sizeof *s->traces))) {
    l->e.failed = true;
    return;
  }
  l->trace->open = NULL;
  trace_node *n = add(l, NULL);
  if (n) n->symbol = s;
  s->traces[element] = n;
}

void trace_argument(lowering *l, const value *v) {
  if (l->trace && l->trace->open) l->trace->open->v = *v;
}

void trace_leave(lowering *l) {
  if (l->trace) l->trace->open = NULL;
}

void trace_means(lowering *l, symbol *s, const opnd *index) {
  if (!l->trace->open) return;
  l->trace->open->symbol = s;
  memcpy(l->trace->open->index, index, (size_t)s->n_axes * sizeof *index);
}

void trace_need(lowering *l) {
  for (const trace_node *n = l->trace ? l->trace->all : NULL; n; n = n->all) {
    emit_need(&l->e, n->v.num.reg);
    emit_need(&l->e, n->v.den.reg);
    emit_need(&l->e, n->v.state.reg);
    for (int i = 0; n->symbol && n->expr && i < n->symbol->n_axes; i++) emit_need(&l->e, n->index[i].reg);
  }
}
