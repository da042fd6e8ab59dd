/* What kernels see: a resolved instruction (kern_step), the block of lanes it works on, and one function per opcode. */
#ifndef PPR_VM_KERN_H
#define PPR_VM_KERN_H
#include "code/program.h"
#include "ppr/ppr.h"
#include "vm/native_table.h"

/* Kernels are cloned for the vector units of newer x86 processors and chosen at load time. Sanitizers, other compilers and other systems get one
 * copy. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) &&                                \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PPR_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PPR_KERNEL
#endif
#define PPR_INLINE static inline __attribute__((always_inline))

/* The lanes of one block. A kernel computes every lane below n; faults go to active lanes that have none yet. */
typedef struct kern_block {
  uint32_t n;
  uint32_t ahead;        /* rows of the next block, worth fetching from memory meanwhile */
  void **reg;            /* where each register is during this block: own memory, or a column of the caller */
  const uint8_t *active; /* 0 or 1 per lane */
  ppr_fault *faults;
  const ppr_column *in; /* columns of the whole batch */
  size_t row;           /* row of lane 0 */
  const native_table *natives;
} kern_block;

/* Unsigned division by a constant: quotient(n) = (t + ((n - t) >> pre)) >> post with t = high word of n * magic; for n < 2^31 also (n * narrow) >>
 * shift. */
typedef struct kern_divisor {
  uint64_t by, magic, bias;
  uint32_t narrow;
  uint8_t pre, post, shift;
  bool negative;
} kern_divisor;

typedef struct kern_step kern_step;
typedef void kern_fn(const kern_step *s, const kern_block *k);

/* What loading an input needs to know. */
typedef struct kern_input {
  int64_t lo, hi, preset;
  uint32_t slot, flags;
  void *own; /* memory of the register */
  bool copy; /* never lend the caller's column */
} kern_input;

typedef struct kern_table {
  const int64_t *cells;
  uint32_t rows, cols;
} kern_table;

/* One instruction, prepared to be run; a cache line. d is the register of the result, a, b, c or list are those of the operands. */
struct kern_step {
  kern_fn *fn;
  const uint32_t *list;
  int64_t k; /* constant operand */
  union {
    const kern_input *in;
    const kern_table *table;
    const kern_divisor *divisor;
    const int64_t *factors; /* of DOT */
    const ppr_wide *wide;
    const ppr_native *native;
  } x;
  uint32_t d, a, b, c;
  uint32_t pc;
  union {
    uint32_t count;  /* of list */
    uint32_t target; /* regions: step to go on with when no lane is left */
  };
  uint8_t op, mode;
  bool quiet; /* its faults do not count: no output needs it */
};
_Static_assert(sizeof(kern_step) <= 64, "steps are read in sequence for every block");

#define OP(number, name, result, shape, flags, text) kern_fn kern_##name;
#include "code/opcodes.def"
#undef OP

/* A register into the caller's array; absent values (state not 0; state may be NULL) are 0 there. */
void kern_store(int64_t *out, const void *reg, ppr_type type, const uint8_t *state, uint32_t n);

/* Prepare the division by a constant; by <> 0. */
void kern_divisor_init(kern_divisor *d, int64_t by, uint32_t mode);

/* Memory of an operand for reading, of a result for writing. */
PPR_INLINE const void *kern_in(const kern_block *k, uint32_t reg) { return k->reg[reg]; }
PPR_INLINE void *kern_out(const kern_block *k, const kern_step *s) { return k->reg[s->d]; }

/* Records a fault on one lane. */
PPR_INLINE void kern_fault(const kern_step *s, const kern_block *k, uint32_t lane, uint32_t code) {
  if (k->active[lane] && k->faults[lane].code == 0) k->faults[lane] = (ppr_fault){code, s->pc};
}

PPR_INLINE uint64_t prim_magnitude(int64_t a) { return a < 0 ? 0 - (uint64_t)a : (uint64_t)a; }
PPR_INLINE int64_t prim_sign(uint64_t q, bool negative) { return (int64_t)(negative ? 0 - q : q); }
PPR_INLINE int64_t prim_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
PPR_INLINE int64_t prim_sub(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
PPR_INLINE int64_t prim_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }
/* What is added to a magnitude before a truncating division, for every mode but half to even. */
PPR_INLINE uint64_t prim_bias(uint64_t by, uint32_t mode) { return mode == PPR_ROUND_HALF_UP ? by / 2 : mode == PPR_ROUND_UP ? by - 1 : 0; }
/* Half to even: one more than the truncated quotient q with remainder r? */
PPR_INLINE uint64_t prim_even(uint64_t q, uint64_t r, uint64_t by) { return r > by - r || (r == by - r && (q & 1)); }
#endif
