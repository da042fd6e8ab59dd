/* Shared by lower.c (rules, notes), lower_expr.c (forms of expressions) and lower_value.c (arithmetic on values). */
#ifndef PPR_LANG_LOWER_INT_H
#define PPR_LANG_LOWER_INT_H
#include "lower.h"

#define PRESENT (1u << PPR_PRESENT)
#define OPEN (1u << PPR_UNBESTIMMT)

/* Appends to an arena array of the lowering. */
#define PUSH(l, items, n, cap, item)                                                                                                                 \
  do {                                                                                                                                               \
    void *grown_ = arena_grow((l)->m->arena, (l)->items, (l)->n, &(l)->cap, (l)->n + 1, sizeof *(l)->items);                                         \
    if (!grown_) (l)->e.failed = true;                                                                                                               \
    else {                                                                                                                                           \
      (l)->items = grown_;                                                                                                                           \
      (l)->items[(l)->n++] = (item);                                                                                                                 \
    }                                                                                                                                                \
  } while (0)

void lower_note(lowering *l, ppr_dep_kind kind, uint32_t index, const char *label, opnd item);
value val_absent(unsigned state);
value val_open(opnd evidence); /* unbestimmt, for what rests on this evidence */
value val_quotient(opnd num, opnd den, int scale);
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
void val_weaken(lowering *l, value *v, opnd evidence); /* v rests on this evidence too */
void val_carry_open(lowering *l, value *r, const value *operand);
value val_choose(lowering *l, opnd cond, value a, value b, const check_type *t);
value val_compare(lowering *l, ast_expr *e, value a, value b);
bool val_is_one(const opnd *o);
value val_multiply(lowering *l, value a, value b, bool divide);
value val_number(opnd num, int scale);
value val_plain(opnd num);
value val_round(lowering *l, value v, int scale, ppr_round_mode mode);
bool val_same(const opnd *a, const opnd *b);
opnd val_state(const value *v);
bool val_strict(lowering *l, const value *v, const ast_expr *e);
opnd val_known(lowering *l, const value *cond); /* the condition where it is present, else false */
opnd val_ten_times(lowering *l, opnd o, int power);
value val_truth(bool v);
/* duty.c: nothing where l->duties is NULL. The end of the branches of an element is reached; branch `at` of those in order applies. */
void duty_gap(lowering *l, const symbol *s, int element);
void duty_pairs(lowering *l, const symbol *s, int element, ast_branch *const *branches, int n, int at);
/* The argument of tiers or the quarter of a series lies in one step. Returns the steps by ascending beginnings. */
const step *duty_steps(lowering *l, symbol *s, const value *argument, int *n);
value lower_expr(lowering *l, ast_expr *e);
value lower_input(lowering *l, const symbol *s, int element);
void lower_learn(lowering *l, ast_expr *cond, bool holds);
#endif
