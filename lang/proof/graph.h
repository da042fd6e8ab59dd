/* The normal form of compiled code: a hash-consed graph over the inputs of a record. What is computed in the same way, in one program or in several,
 * is one node, however it is spelt: sums are linear forms with sorted parts, comparisons are bounds of such forms, operands of commutative operations
 * are sorted, regions are conditions. Every node is a whole number (yes/no: 0 or 1; states: ppr_state); 64 and 128 bits are not told apart. */
#ifndef PPR_LANG_PROOF_GRAPH_H
#define PPR_LANG_PROOF_GRAPH_H
#include "base/arena.h"
#include "base/wide.h"
#include "code/program.h"
#include "vm/native_table.h"

typedef uint32_t node_id; /* operands have smaller numbers than what is made of them */
#define NODE_NONE UINT32_MAX

typedef enum {
  NODE_CONST,  /* k */
  NODE_LEAF,   /* part of an input: leaf `extra` */
  NODE_LINEAR, /* k + sum of coef * operand; operands ascending, no zero coefficient, none linear or constant itself; also `not x` as 1 - x */
  NODE_MUL,    /* product of two operands, neither constant */
  NODE_DIV,    /* quotient of two operands rounded in mode `extra`; 0 where the divisor is 0 */
  NODE_MIN,    /* least of the operands (ascending); max(a, b) is -min(-a, -b) */
  NODE_ABS,
  NODE_CHOICE, /* second operand where the first is 1, else the third */
  NODE_LE,     /* operand <= k */
  NODE_EQ,     /* operand = k */
  NODE_AND,    /* all operands (ascending); `or` is its dual */
  NODE_LOOK,   /* cell of table `extra` at the operand; 0 outside of it */
  NODE_RANK,   /* number of the ascending cells of table `extra` that are not above the operand */
  NODE_CALL,   /* function `extra`; 0 where it fails */
  NODE_FAILS,  /* does function `extra` fail for these operands? */
  NODE_BEYOND, /* does the sum (extra 0), difference (1) or product (2) of two operands leave 128 bits? */
  NODE_UNKNOWN /* a number nothing is known of but its interval: what leaves 128 bits */
} node_op;

typedef struct graph_node {
  node_op op;
  uint32_t first, count; /* operands: g->arg[first ..], coefficients of LINEAR: g->coef[first ..] */
  uint32_t extra;
  ppr_wide k;
  ppr_wide lo, hi; /* values it can take when every leaf is within its interval */
} graph_node;

/* An input of the records has up to two leaves: its value, and, if it is optional, whether it is absent (then it reads as 0). Year and quarter of the
 * key have none: they are computed from the leaf of the period. */
typedef struct graph_leaf {
  const char *label; /* "Behandlungstage[A1]" */
  bool absence;      /* 1: the input is absent */
  int64_t lo, hi;
  int64_t usual; /* what is there when nothing is said: preset, else what is nearest to 0; a witness is moved there */
  node_id node;
} graph_leaf;

typedef struct graph_table {
  const int64_t *cells;
  uint32_t n;
} graph_table;

typedef struct graph {
  ppr_arena *arena;
  const native_table *natives;
  graph_node *node;
  size_t n_node, cap_node;
  node_id *arg;
  ppr_wide *coef;
  size_t n_arg, cap_arg, cap_coef;
  graph_leaf *leaf;
  size_t n_leaf, cap_leaf;
  graph_table *table;
  size_t n_table, cap_table;
  const ppr_native **native;
  size_t n_native, cap_native;
  uint32_t *hash;
  size_t hash_cap;
  bool failed; /* out of memory */
} graph;

/* Where a program can fault: the instruction, the code, and when. A fault counts only if no other precedes it in the record. */
typedef struct graph_site {
  uint32_t pc;
  uint32_t code; /* diag_code: DIAG_FAULT_… */
  node_id when;
} graph_site;

/* One edition in the graph. */
typedef struct graph_program {
  const ppr_program *program;
  const ppr_edition *edition;
  node_id *reg;            /* per register */
  uint32_t *value, *empty; /* per input: leaf of its value, leaf of its absence; PPR_NONE: none */
  graph_site *sites;       /* faults some output needs, in program order; those of the inputs themselves are left out */
  uint32_t n_sites;
} graph_program;

/* graph_code.c: programs to nodes and records to the machine.
 * An empty graph in the arena; natives may be NULL (functions are then unknown numbers). NULL: out of memory. */
graph *graph_new(ppr_arena *arena, const native_table *natives);
/* Enters a verified, linked edition. Inputs of one label are one leaf; if two programs allow different values, the leaf has those both allow (false
 * with g->failed unset: there are none). quarters: first and last quarter of the records in question, NULL: those of the edition. */
bool graph_add(graph *g, graph_program *out, const ppr_program *p, uint32_t edition, const int64_t *quarters);

/* Nodes in normal form (graph.c); what leaves 128 bits is NODE_UNKNOWN. Yes/no operands of not, and, or, choice are nodes within 0..1. */
node_id graph_const(graph *g, ppr_wide k);
node_id graph_sum(graph *g, const node_id *parts, const ppr_wide *by, size_t count, ppr_wide k); /* k + sum of by * part; by NULL: ones */
node_id graph_add2(graph *g, node_id a, node_id b);
node_id graph_sub(graph *g, node_id a, node_id b);
node_id graph_scale(graph *g, node_id a, ppr_wide k);
node_id graph_mul(graph *g, node_id a, node_id b);
node_id graph_div(graph *g, node_id a, node_id b, int mode); /* ppr_round_mode */
node_id graph_min(graph *g, node_id a, node_id b);
node_id graph_max(graph *g, node_id a, node_id b);
node_id graph_abs(graph *g, node_id a);
node_id graph_truth(graph *g, node_id a); /* a <> 0 */
node_id graph_not(graph *g, node_id a);
node_id graph_and(graph *g, node_id a, node_id b);
node_id graph_or(graph *g, node_id a, node_id b);
node_id graph_le(graph *g, node_id a, ppr_wide k);
node_id graph_less(graph *g, node_id a, node_id b, bool or_equal);
node_id graph_eq(graph *g, node_id a, node_id b);
node_id graph_choice(graph *g, node_id c, node_id a, node_id b);
node_id graph_look(graph *g, node_id a, const int64_t *cells, uint32_t n);
node_id graph_rank(graph *g, node_id a, const int64_t *bounds, uint32_t n);
node_id graph_call(graph *g, const ppr_native *f, const node_id *args, uint32_t n, bool fails); /* f NULL: not known */
node_id graph_beyond(graph *g, int operation, node_id a, node_id b);
node_id graph_unknown(graph *g, ppr_wide lo, ppr_wide hi);
/* The leaf of a label, new or known; its interval is narrowed to lo..hi. */
node_id graph_leaf_node(graph *g, const char *label, bool absence, int64_t lo, int64_t hi, int64_t usual, uint32_t *leaf);

static inline bool graph_is(const graph *g, node_id a, ppr_wide k) { return g->node[a].op == NODE_CONST && g->node[a].k == k; }

/* calls.c: what is known of functions of the standard library. They fail only beyond an end of an argument, and most rise or fall in each, so two
 * corners bound them; by: the result is the sum of by * argument, 0: it is not. */
typedef struct graph_known_call {
  const char *name;
  int8_t rises[2]; /* 1 rises, -1 falls, 0 neither */
  int8_t by[2];
} graph_known_call;
const graph_known_call *graph_known(const char *name); /* NULL: nothing is known */
const graph_known_call *graph_known_calls(size_t *count);
/* Ends of function `native` where argument i is within lo[i]..hi[i], for all of which it does not fail; false: not known. */
bool graph_call_range(const graph *g, uint32_t native, uint32_t n, const ppr_wide *lo, const ppr_wide *hi, ppr_wide result[2]);
/* What function node `n` gives for these arguments; false: they leave 64 bits. */
bool graph_call_value(const graph *g, const graph_node *n, const ppr_wide *args, ppr_wide *out);
/* Value of one node from those of its operands (value[id]); false when it leaves 128 bits or is UNKNOWN. */
bool graph_value(const graph *g, node_id id, const int64_t *leaves, const ppr_wide *value, ppr_wide *out);
/* The nodes `roots` are made of, ascending, in `arena`. */
node_id *graph_cone(const graph *g, ppr_arena *arena, const node_id *roots, size_t n_roots, size_t *n);
/* One record for the machine: values and states of every input (arrays of edition->n_input) from the values of the leaves. */
void graph_fill(const graph *g, const graph_program *p, const int64_t *leaves, int64_t *values, uint8_t *states);
#endif
