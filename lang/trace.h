/* What lowering made of every expression, node by node, so that a run can be asked afterwards what it did: which branches applied, which side of a
 * comparison was reached. A lowering with a trace keeps every value of a node in a register. */
#ifndef PPR_LANG_TRACE_H
#define PPR_LANG_TRACE_H
#include "lower.h"

/* An expression as it was lowered for certain elements; below it, in order, what was lowered for it. What the compiler decided has no node. */
typedef struct trace_node {
  const ast_expr *expr; /* NULL: an element of a rule, tier or series; v of the latter is the argument */
  value v;
  int item;             /* element of the innermost axis */
  symbol *symbol;       /* a reference: what it means, and which element; roots: their rule */
  opnd index[MAX_AXES]; /* constants and INT registers */
  uint32_t run;         /* roots: left by cover.c, the last run that asked for them */
  struct trace_node *first, *last, *next, *outer;
  struct trace_node *all; /* the node made before */
} trace_node;

typedef struct trace {
  ppr_arena *arena;
  trace_node *open, *all;
} trace;

/* All of these do nothing where the lowering has no trace. */
trace_node *trace_begin(lowering *l, const ast_expr *e);
void trace_end(lowering *l, trace_node *n, const value *v); /* n NULL: nothing was begun */
/* An element of a rule, tier or series; the argument of the latter. */
void trace_root(lowering *l, symbol *s, int element);
void trace_argument(lowering *l, const value *v);
void trace_leave(lowering *l);
/* The reference at work is the element of a symbol; the lowering has a trace. */
void trace_means(lowering *l, symbol *s, const opnd *index);
/* Registers of all nodes stay. Before emit_finish. */
void trace_need(lowering *l);
#endif
