/* Shared by lower.c (rules, notes), lower_expr.c (forms of expressions) and lower_value.c (arithmetic on values). */
#ifndef PPR_LANG_LOWER_INT_H
#define PPR_LANG_LOWER_INT_H
#include "lower.h"

#define PRESENT (1u << PPR_PRESENT)
#define OPEN (1u << PPR_UNBESTIMMT)

/* Appends to an arena array of the lowering. */
#define PUSH(l, items, n, cap, item)                                                                                                                 \
  do {                                                                                                                                               \
    void *grown_ = arena_extend((l)->room, (l)->items, (l)->n, &(l)->cap, (l)->n + 1, sizeof *(l)->items);                                           \
    if (!grown_) (l)->e.failed = true;                                                                                                               \
    else {                                                                                                                                           \
      (l)->items = grown_;                                                                                                                           \
      (l)->items[(l)->n++] = (item);                                                                                                                 \
    }                                                                                                                                                \
  } while (0)

void lower_note(lowering *l, ppr_dep_kind kind, uint32_t index, uint32_t label); /* label: string */
static inline value val_quotient(opnd num, opnd den, int scale) { return (value){num, den, scale, PRESENT, opnd_level(0), opnd_level(0)}; }
static inline value val_number(opnd num, int scale) { return val_quotient(num, opnd_const(1), scale); }
static inline value val_plain(opnd num) { return val_number(num, 0); }
static inline value val_truth(bool v) { return val_plain((opnd){PPR_NONE, PPR_T_BOOL, v, v}); }
static inline value val_absent(unsigned state) { return (value){opnd_const(0), opnd_const(1), 0, 1u << state, opnd_level(state), opnd_level(0)}; }
static inline value val_open(opnd_small evidence) { /* unbestimmt, for what rests on this evidence */
  value v = val_absent(PPR_UNBESTIMMT);
  v.evidence = evidence;
  return v;
}
static inline bool val_is_one(const opnd *o) { return opnd_is_const(o) && o->lo == 1; }
static inline bool val_same(const opnd *a, const opnd *b) { return opnd_is_const(a) ? opnd_is_const(b) && a->lo == b->lo : a->reg == b->reg; }
/* Runs what is lowered between the two only where v is present: a meaningless number may fault. False, without effect, when v is never unbestimmt. */
typedef struct val_guard {
  bool on;
  opnd present;
  emit_mark mark;
} val_guard;
val_guard val_guard_begin(lowering *l, const value *v);
value val_guard_end(lowering *l, val_guard *g, value r, const check_type *t);
value val_add(lowering *l, value a, value b, bool minus);
void val_align(lowering *l, value *a, value *b);
void val_rest_on(lowering *l, value *v, opnd_small evidence);
static inline void val_weaken(lowering *l, value *v, opnd_small evidence) { /* v rests on this evidence too */
  if (evidence.hi > 0) val_rest_on(l, v, evidence);
}
void val_open_with(lowering *l, value *r, const value *operand);
/* Result of an operation: unbestimmt where an operand is, and no better founded. */
static inline void val_carry_open(lowering *l, value *r, const value *operand) {
  val_weaken(l, r, operand->evidence);
  if (operand->states & OPEN) val_open_with(l, r, operand);
}
value val_choose(lowering *l, opnd cond, value a, value b, const check_type *t);
value val_compare(lowering *l, ast_expr *e, value a, value b);
value val_multiply(lowering *l, value a, value b, bool divide);
value val_round(lowering *l, value v, int scale, ppr_round_mode mode);
opnd val_state(const value *v);
bool val_strict(lowering *l, const value *v, const ast_expr *e);
opnd val_known(lowering *l, const value *cond); /* the condition where it is present, else false */
opnd val_ten_times(lowering *l, opnd o, int power);
/* duty.c: nothing where l->duties is NULL. The end of the branches of an element is reached; branch `at` of those in order applies. */
void duty_gap(lowering *l, const symbol *s, int element);
void duty_pairs(lowering *l, const symbol *s, int element, ast_branch *const *branches, int n, int at);
/* The argument of tiers or the quarter of a series lies in one step. Returns the steps by ascending beginnings. */
const step *duty_steps(lowering *l, symbol *s, const value *argument, int *n);
value lower_expr(lowering *l, ast_expr *e);
value lower_input(lowering *l, const symbol *s, int element);
/* The parameter in a cell of s where `hit` holds, else v, which is of the same state and evidence there. */
value lower_cell(lowering *l, const symbol *s, const cell *c, opnd hit, value v);
void lower_learn(lowering *l, ast_expr *cond, bool holds);
#endif
