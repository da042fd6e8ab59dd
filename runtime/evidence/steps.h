/* The steps of an evidence and their evaluation in whole numbers of 128 bits. */
#ifndef PPR_EVIDENCE_STEPS_H
#define PPR_EVIDENCE_STEPS_H
#include "base/wide.h"
#include "evidence/document.h"

typedef enum {
  INPUT,
  FACT,
  STATE,
  ADD,
  SUBTRACT,
  MULTIPLY,
  WEIGHTED_SUM,
  DIVIDE,
  NEGATE,
  ABSOLUTE,
  LEAST,
  GREATEST,
  NOT_ZERO,
  EQUAL,
  LESS,
  AT_MOST,
  NOT,
  ALL,
  ANY,
  COUNT,
  CHOOSE,
  LOOK,
  RANK,
  STATE_OF,
  CALL,
  FAIL,
  OPERATIONS
} operation;
/* Its word, the least and the greatest number of operands, the member it has besides. */
typedef struct operation_info {
  const char *name;
  uint32_t least, most;
  const char *member;
} operation_info;
extern const operation_info steps_operations[OPERATIONS];

typedef struct operand {
  bool step;
  uint32_t n;     /* of the step */
  ppr_wide value; /* of a constant */
} operand;

typedef struct operands {
  operand *at;
  uint32_t n;
} operands;

typedef struct step {
  operation op;
  operands of, when, not ;
  uint32_t input, table, mode;
  const char *function;
  bool has_is;
  ppr_wide is;
} step;

typedef struct look {
  uint32_t kind, scale;
  const char *unit;
  const doc *members;
} look;

typedef struct input {
  look look;
  uint32_t state;
  ppr_wide is, least, most;
  bool used;
} input;

typedef struct table {
  ppr_wide *cells;
  uint32_t n, columns;
  bool used;
} table;

typedef struct rule {
  look look;
  operand is, per, state;
  bool has_per, has_state, used;
} rule;

typedef struct check {
  ppr_arena *arena;
  bool english, failed;
  char why[400]; /* the first thing wrong; what follows is of no account */
  step *steps;
  bool *used; /* per step */
  input *inputs;
  table *tables;
  rule *rules;
  const doc **members;
  bool *members_used;
  uint32_t n_steps, n_inputs, n_tables, n_rules, n_members;
  ppr_wide *value; /* per step, of the last evaluation */
  bool *known;
} check;

/* Notes what is wrong, in German and English with the same arguments. */
void steps_fail(check *c, const char *german, const char *english, ...) __attribute__((format(printf, 3, 4)));
/* The value of an operand; false when its step is not computed. */
bool steps_get(const check *c, const operand *o, ppr_wide *out);
/* The same where it must have been computed. */
ppr_wide steps_need(check *c, const operand *o);
/* All steps in order; step `fixed` has that value instead of its own (fixed = n_steps: none). */
void steps_evaluate(check *c, uint32_t fixed, ppr_wide value);
#endif
