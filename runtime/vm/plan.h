/* Plans: what an edition's instructions become when they run, and where registers live. Nothing else decides about either. */
#ifndef PPR_VM_PLAN_H
#define PPR_VM_PLAN_H
#include "code/interval.h"
#include "code/program.h"
#include "vm/kern.h"

/* One step to be: an instruction, several in one, or a change of width. Registers are those of the edition and, from its n_reg on, wide copies. */
typedef struct plan_row {
  uint32_t pc;       /* the instruction whose faults it has */
  uint32_t d;        /* its result, PPR_NONE: none */
  uint32_t a, b, c;  /* operands, PPR_NONE: none */
  uint32_t index;    /* input slot, table, wide constant, native */
  uint32_t count;    /* of list */
  uint8_t op;        /* plan_op */
  uint8_t kernel;    /* kern_id */
  uint8_t mode;      /* rounding; comparisons of distances: 1 the opposite */
  bool needed : 1;   /* some output needs it, or it checks an input or states a fault; only these may fault */
  bool sure : 1;     /* proved not to fault */
  bool positive : 1; /* SCALE: neither operand nor factor can be negative */
  bool assumed : 1;  /* QUOTIENT: that it stays within KERN_ASSUMED was not proved */
  bool dead : 1;
  uint32_t *list; /* further operands */
  int64_t k;      /* constant operand, factor */
  union {
    int64_t by;       /* SCALE: divisor */
    int64_t other;    /* QUOTIENT: value where b is 0 */
    int64_t *factors; /* DOT: one for each of list */
    uint32_t ranks;   /* STAIRS: table of bounds */
  };
} plan_row;
_Static_assert(sizeof(plan_row) <= 64, "an edition has thousands of them");

typedef struct vm_plan {
  plan_row *row; /* in no order that matters */
  uint32_t n_row;
  uint32_t *order; /* the rows that run, one after the other */
  uint32_t n;
  uint32_t n_reg;  /* registers of the edition and wide copies */
  uint8_t *class;  /* per register: kern_class */
  uint32_t *wide;  /* per register of the edition: its copy in 64 bits, PPR_NONE: none */
  uint32_t *slot;  /* per register: slot among those of its class, PPR_NONE when nothing defines it in this plan */
  interval *range; /* per register of the edition: the numbers it can hold in a record without fault */
  uint32_t slots[KERN_CLASSES];
} vm_plan;

static inline plan_row *plan_at(const vm_plan *p, uint32_t at) { return &p->row[p->order[at]]; }

/* What no output needs is left out, regions without content too; patterns of instructions are fused; numbers that fit 32 bits have them. A slot is
 * free again after the last use of its register. Constants have slots of their own: they are written before the first block and stay. A register
 * defined in a region may hold stale (initialised) memory on lanes that did not enter it. natives: where the ranges of natives are found, may be
 * NULL. assume: quotients are taken to stay within KERN_ASSUMED, ranges rest on it, and their rows say that somebody must look. False when out of
 * memory. */
bool plan_bulk(vm_plan *out, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives, bool assume);
/* The bulk plan in two parts over the same registers: `fixed`, which does not depend on the varying inputs, and `again`, which may run any number of
 * times after it. What `again` reads of `fixed` keeps its slot. varies: per input. */
bool plan_split(vm_plan *fixed, vm_plan *again, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives,
                bool assume, const bool *varies);
/* Every instruction runs, every number has 64 bits, every register keeps its own slot. */
bool plan_keep(vm_plan *out, ppr_arena *arena, const ppr_edition *e, const ppr_program *p, const native_table *natives);

/* Per instruction: some output needs it, or it checks an input or states a fault; only these may fault. NULL when out of memory. */
bool *plan_needed(ppr_arena *arena, const ppr_edition *e);

/* Register operands of an instruction in order: register(j) for j < count. */
typedef struct plan_operands {
  uint32_t direct[3];
  const ppr_arg *list;
  uint32_t count, stride;
} plan_operands;
plan_operands plan_operands_of(const ppr_edition *e, const ppr_instr *i);
static inline uint32_t plan_operand(const plan_operands *o, uint32_t j) { return o->list ? o->list[(size_t)j * o->stride].value : o->direct[j]; }
/* Is its register the same for all records? */
bool plan_constant(const ppr_instr *i);
/* Does the instruction define its register d? */
bool plan_defines(const ppr_instr *i);

/* Operands of a row: a, b, c where they are registers, then the list. */
static inline uint32_t plan_row_operands(const plan_row *r) { return 3 + r->count; }
static inline uint32_t *plan_row_operand(plan_row *r, uint32_t j) { return j == 0 ? &r->a : j == 1 ? &r->b : j == 2 ? &r->c : &r->list[j - 3]; }
/* Is its register the same for all records? */
static inline bool plan_row_constant(const plan_row *r) { return r->op == PLAN_CONST_INT || r->op == PLAN_CONST_BOOL || r->op == PLAN_CONST_WIDE; }
bool plan_may_fault(const plan_row *r);
static inline bool plan_region(const plan_row *r) { return r->op == PLAN_WHEN || r->op == PLAN_ELSE || r->op == PLAN_END; }
#endif
