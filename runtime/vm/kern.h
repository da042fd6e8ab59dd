/* What kernels see: a resolved step (kern_step), the block of lanes it works on, and the sets of kernels, one per vector unit. */
#ifndef PPR_VM_KERN_H
#define PPR_VM_KERN_H
#include "code/program.h"
#include "ppr/ppr.h"
#include "vm/native_table.h"

#define PPR_INLINE static inline __attribute__((always_inline))

/* Widths of registers in memory. */
typedef enum { CLASS_8, CLASS_32, CLASS_64, CLASS_128, KERN_CLASSES } kern_class;
typedef uint8_t kern_8;
typedef int32_t kern_32;
typedef int64_t kern_64;
typedef ppr_wide kern_128;

PPR_INLINE size_t kern_size(kern_class c) {
  static const uint8_t size[KERN_CLASSES] = {
      [CLASS_8] = sizeof(kern_8), [CLASS_32] = sizeof(kern_32), [CLASS_64] = sizeof(kern_64), [CLASS_128] = sizeof(kern_128)};
  return size[c];
}

/* Instructions, and what plans make of them. */
typedef enum {
#define OP(number, name, result, shape, flags, text) PLAN_##name = number,
#include "code/opcodes.def"
#undef OP
#define PLAN_OP(number, name, text) PLAN_##name = number,
#include "vm/kernels.def"
} plan_op;

typedef enum {
#define KERNEL(name, w, wb, d) KERN_##name##_##w##_##wb##_##d,
#include "vm/kernels.def"
  KERNELS
} kern_id;
_Static_assert(KERNELS < 256, "a step keeps it in a byte");

/* Kernels compute lanes in groups, so that no loop has a remainder: the memory of every register reaches so far, whatever stands there. Most lanes a
 * group of any set has: */
#define KERN_GROUP 16u

/* The lanes of one block. A kernel may compute every lane below `full`; only those below n are records, and faults go to active ones that have none
 * yet. */
typedef struct kern_block {
  uint32_t n, full;
  bool lend;             /* registers may lie in the caller's columns */
  void **reg;            /* where each register is during this block: in `memory`, or a column of the caller */
  char *memory;          /* of the machine's registers */
  const uint8_t *active; /* 0 or 1 per lane */
  ppr_fault *faults;
  const ppr_column *in; /* columns of the whole batch */
  size_t row;           /* row of lane 0 */
  const native_table *natives;
  bool *spoiled; /* set where an assumption does not hold: nothing the block computed counts */
} kern_block;

/* a * factor / by for by > 0 through binary64, rounded: the bits of factor / by and of what the mode adds / by. positive: a, factor and result are
 * not negative. */
typedef struct kern_scale {
  uint64_t multiplier, added;
  bool positive;
} kern_scale;

/* Unsigned division by a constant: quotient(n) = (t + ((n - t) >> pre)) >> post with t = high word of n * magic. */
typedef struct kern_divisor {
  uint64_t by, magic, bias;
  uint8_t pre, post;
  bool negative;
  bool small; /* numerators up to KERN_EXACT may be scaled */
  kern_scale scale;
} kern_divisor;

/* Steps of a staircase: before bound[0] it is `ground`, from bound[j] on it rises by rise[j]. */
typedef struct kern_stairs {
  const int64_t *bound, *rise;
  int64_t ground;
  uint32_t n;
} kern_stairs;

typedef struct kern_step kern_step;
typedef void kern_fn(const kern_step *s, const kern_block *k);

/* What loading an input needs to know. */
typedef struct kern_input {
  int64_t lo, hi, preset;
  uint32_t slot, flags;
  size_t home; /* place of the register in the memory of a machine */
} kern_input;

typedef struct kern_table {
  const int64_t *cells;
  uint32_t rows, cols;
} kern_table;

/* One step, prepared to be run; a cache line. d is the register of the result, a, b, c or list are those of the operands. */
struct kern_step {
  kern_fn *fn;
  const uint32_t *list;
  int64_t k; /* constant operand */
  union {
    const kern_input *in;
    const kern_table *table;
    const kern_divisor *divisor;
    const kern_scale *scale;
    const kern_stairs *stairs;
    const int64_t *factors; /* of DOT */
    const ppr_wide *wide;
    const ppr_native *native;
    int64_t other; /* of QUOTIENT */
  } x;
  uint32_t d, a, b, c;
  uint32_t pc;
  union {
    uint32_t count;  /* of list */
    uint32_t target; /* regions: step to go on with when no lane is left */
  };
  uint8_t op, mode, kernel;
  bool quiet;   /* its faults do not count: no output needs it */
  bool sure;    /* it was proved not to fault */
  bool assumed; /* QUOTIENT: that its results stay within KERN_ASSUMED was not proved */
};
_Static_assert(sizeof(kern_step) <= 64, "steps are read in sequence for every block");

/* mask = parent and condition, or the lanes of the parent not in mask yet; is any of the first n left? */
typedef bool kern_enter_fn(uint8_t *mask, const uint8_t *parent, const uint8_t *cond, uint32_t n);
typedef bool kern_other_fn(uint8_t *mask, const uint8_t *parent, uint32_t n);
/* A register into the caller's array; absent values (state not 0; state may be NULL) are 0 there. */
typedef void kern_store_fn(void *out, const void *reg, const uint8_t *state, uint32_t n);

/* The kernels as compiled for one vector unit. */
typedef struct kern_set {
  const char *name;
  uint32_t group; /* lanes it computes together */
  kern_fn *fn[KERNELS];
  kern_enter_fn *enter;
  kern_other_fn *other;
  kern_store_fn *store[KERN_CLASSES][2]; /* to 32 bits, to 64 bits */
} kern_set;
#define KERN_SETS 4
/* The sets this processor can run, the best for many records first, that for single ones last; returns how many, at least two. */
uint32_t kern_sets(const kern_set *out[KERN_SETS]);
/* The best one for blocks of so many lanes; 0: many. */
const kern_set *kern_best(uint32_t lanes);

/* Prepare the division by a constant; by <> 0. */
void divisor_init(kern_divisor *d, int64_t by, uint32_t mode);
/* Prepare a SCALE; by > 0, not for half to even. */
kern_scale divisor_scale(int64_t factor, int64_t by, uint32_t mode, bool positive);
/* SCALE is exact where neither |a * factor| nor by is beyond this, QUOTIENT where neither |a * factor| nor |b| nor the value for b = 0 is. */
#define KERN_EXACT ((int64_t)1 << 48)
/* What a quotient is assumed to stay within: 32 bits, with room for a sum or two. */
#define KERN_ASSUMED (((int64_t)1 << 30) - 1)

/* Memory of an operand for reading, of a result for writing. */
PPR_INLINE const void *kern_in(const kern_block *k, uint32_t reg) { return k->reg[reg]; }
PPR_INLINE void *kern_out(const kern_block *k, const kern_step *s) { return k->reg[s->d]; }

/* Records a fault on one lane; the first instruction counts, in whatever order they run. */
PPR_INLINE void kern_fault(const kern_step *s, const kern_block *k, uint32_t lane, uint32_t code) {
  ppr_fault *f = &k->faults[lane];
  if (k->active[lane] && (f->code == 0 || s->pc < f->pc)) *f = (ppr_fault){code, s->pc};
}

PPR_INLINE uint64_t prim_magnitude(int64_t a) { return a < 0 ? 0 - (uint64_t)a : (uint64_t)a; }
PPR_INLINE int64_t prim_sign(uint64_t q, bool negative) { return (int64_t)(negative ? 0 - q : q); }
/* What is added to a magnitude before a truncating division, for every mode but half to even. */
PPR_INLINE uint64_t prim_bias(uint64_t by, uint32_t mode) { return mode == PPR_ROUND_HALF_UP ? by / 2 : mode == PPR_ROUND_UP ? by - 1 : 0; }
/* Half to even: one more than the truncated quotient q with remainder r? */
PPR_INLINE uint64_t prim_even(uint64_t q, uint64_t r, uint64_t by) { return r > by - r || (r == by - r && (q & 1)); }
#endif
