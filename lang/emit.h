/* Instructions with proof: every operand carries the interval of its values; constants fold; equal computations are made once; results that are not
 * proved to fit 64 bits are computed in 128. Registers live in the current edition of a builder. */
#ifndef PPR_LANG_EMIT_H
#define PPR_LANG_EMIT_H
#include "base/arena.h"
#include "base/report.h"
#include "base/wide.h"
#include "code/program.h"

/* A constant (reg PPR_NONE, lo = hi) or a register with the interval of its values. */
typedef struct opnd {
  uint32_t reg;
  ppr_type type; /* of the register */
  ppr_wide lo, hi;
} opnd;

typedef struct emit_instr {
  ppr_instr row;
  ppr_span at; /* in the text */
  uint32_t region;
  bool dead, live, faults, risky;
} emit_instr; /* faults: not proved that it cannot; risky: it or what it reads */
typedef struct emit_region {
  uint32_t parent, cond;
  bool faults, needed;
  size_t when, otherwise, end;
} emit_region; /* one arm; markers by pc */
typedef struct emit_slot {
  uint32_t pc, hash; /* pc + 1; 0: free */
} emit_slot;

typedef struct emitter {
  ppr_arena *arena, *room; /* room: where the arrays below grow */
  bool failed;             /* out of memory */
  bool too_large;          /* a constant left 128 bits */
  bool apart;              /* every stated fault is one of its own, even where an equal one precedes it */
  ppr_span at;             /* source place of what is emitted now */
  uint32_t name;           /* str: what a table looked up now is called in listings */
  emit_instr *code;
  size_t n_code, cap_code;
  uint8_t *types;
  uint32_t *defs;
  size_t n_regs, cap_regs, cap_defs; /* per register: ppr_type, defining pc */
  opnd *ranges;
  size_t cap_ranges;
  uint32_t konst_at[256]; /* index + 1 of the constant of each hash used last */
  int64_t *konst;
  size_t n_konst, cap_konst;
  ppr_wide *wide;
  size_t n_wide, cap_wide;
  uint32_t *args;
  size_t n_args, cap_args;
  ppr_table *tables;
  size_t n_tables, cap_tables;
  emit_region *regions;
  size_t n_regions, cap_regions;
  uint32_t *effects;
  size_t n_effects, cap_effects; /* pc of stated faults */
  uint32_t region;               /* current; 0 is the whole program */
  emit_slot *hash;
  size_t hash_cap, hash_used;
} emitter;

void emit_init(emitter *e, ppr_arena *arena);
/* The same with the arrays of an emitter that is done, in `room`. */
void emit_again(emitter *e, ppr_arena *arena, const emitter *done, ppr_arena *room);
/* Arrays in `room` that most programs do not outgrow; what they do not use of them they do not touch. */
void emit_reserve(emitter *e, ppr_arena *room);

/* The same for the small numbers that go along with every value: states and evidence. */
typedef struct opnd_small {
  uint32_t reg;
  uint8_t type, lo, hi;
} opnd_small;

static inline opnd_small opnd_pack(opnd o) { return (opnd_small){o.reg, (uint8_t)o.type, (uint8_t)o.lo, (uint8_t)o.hi}; }
static inline opnd opnd_unpack(opnd_small o) { return (opnd){o.reg, (ppr_type)o.type, o.lo, o.hi}; }
static inline opnd_small opnd_level(unsigned n) { return (opnd_small){PPR_NONE, PPR_T_INT, (uint8_t)n, (uint8_t)n}; }
static inline opnd opnd_const(ppr_wide value) { return (opnd){PPR_NONE, PPR_T_INT, value, value}; }
static inline bool opnd_is_const(const opnd *o) { return o->reg == PPR_NONE; }
/* A register for an operand, whatever it is: BOOL for states and conditions, INT when the interval fits, else WIDE. */
uint32_t emit_reg(emitter *e, opnd o, ppr_type type);

opnd emit_input(emitter *e, uint32_t input, ppr_type type, int64_t lo, int64_t hi);
opnd emit_input_state(emitter *e, uint32_t input);
opnd emit_add(emitter *e, opnd a, opnd b);
opnd emit_sub(emitter *e, opnd a, opnd b);
opnd emit_mul(emitter *e, opnd a, opnd b);
opnd emit_neg(emitter *e, opnd a);
opnd emit_abs(emitter *e, opnd a);
opnd emit_min(emitter *e, opnd a, opnd b);
opnd emit_max(emitter *e, opnd a, opnd b);
/* Sum of n operands; products by a constant become one DOT. */
opnd emit_sum(emitter *e, const opnd *items, size_t n);
/* Rounded quotient; a zero divisor faults. */
opnd emit_div(emitter *e, opnd a, opnd b, ppr_round_mode mode);
opnd emit_nonzero(emitter *e, opnd a);
/* INT result of an operand: NARROW when it is not proved to fit. */
opnd emit_narrow(emitter *e, opnd a);
/* Is the value computed wherever the current region runs? What was made in an arm leaves it by a choice only. */
bool emit_visible(const emitter *e, const opnd *o);
typedef enum { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE } emit_compare_op;
opnd emit_compare(emitter *e, emit_compare_op op, opnd a, opnd b); /* numbers; BOOL result */
opnd emit_equal_bool(emitter *e, opnd a, opnd b);
opnd emit_not(emitter *e, opnd a);
opnd emit_and(emitter *e, opnd a, opnd b);
opnd emit_or(emitter *e, opnd a, opnd b);
opnd emit_any(emitter *e, const opnd *items, size_t n);
opnd emit_all(emitter *e, const opnd *items, size_t n);
opnd emit_count(emitter *e, const opnd *items, size_t n);
/* An operand made in an arm that is closed, for use outside of it: some value of its interval on the lanes of the other arm. first: the arm of WHEN.
 */
opnd emit_bring(emitter *e, opnd cond, opnd o, bool first);
opnd emit_select(emitter *e, opnd cond, opnd a, opnd b);      /* numbers */
opnd emit_select_bool(emitter *e, opnd cond, opnd a, opnd b); /* conditions, states */
opnd emit_bool_of(emitter *e, opnd a);                        /* INT 0/1 to BOOL */
opnd emit_int_of(emitter *e, opnd a);                         /* BOOL to INT */
opnd emit_state_of(emitter *e, opnd a);                       /* INT to state BOOL */
/* Table of values (row-major) looked up by one or two INT operands within 0..rows-1, 0..cols-1. */
opnd emit_look(emitter *e, const int64_t *values, uint32_t rows, uint32_t cols, const opnd *index, int n_index);
/* Number of ascending bounds not above a. */
opnd emit_rank(emitter *e, const int64_t *bounds, uint32_t n, opnd a);
opnd emit_call(emitter *e, uint32_t native, const opnd *args, uint32_t n, int64_t lo, int64_t hi);
void emit_fail(emitter *e, diag_code code);

/* Regions: mark = emit_when(c); … emit_else(e, mark) … emit_end(e, mark). A region in which nothing can fault disappears: its arms are computed on
 * all lanes. */
typedef struct emit_mark {
  size_t when, otherwise;
  uint32_t outer, region_when, region_else;
} emit_mark;
emit_mark emit_when(emitter *e, opnd cond);
void emit_else(emitter *e, emit_mark *mark);
void emit_end(emitter *e, emit_mark *mark);

/* Marks a register, or the effects [first, end), as needed by an output or note; then drops what nothing needs and numbers code and registers anew.
 * map[old register] = new or PPR_NONE. */
void emit_need(emitter *e, uint32_t reg);
void emit_need_effects(emitter *e, size_t first, size_t end);
uint32_t *emit_finish(emitter *e);
#endif
