/* Kernels of arithmetic. The bounds of every result were proved; the kernels wrap, so that lanes whose values mean nothing stay defined. */
#include "vm/kern_lanes.h"

/* D bits of an operand, as an unsigned number. */
#define WRAP(D, value) ((kern_u##D)(kern_##D)(value))

#define BINARY(NAME, W, D, EXPR)                                                                                                                     \
  KERNEL_OF(NAME, W, W, D) {                                                                                                                         \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);                                                                   \
    EACH_LANE(i) {                                                                                                                                   \
      kern_##W x = a[i], y = b[i];                                                                                                                   \
      d[i] = (kern_##D)(EXPR);                                                                                                                       \
    }                                                                                                                                                \
  }
BINARY(ADD, 32, 32, WRAP(32, x) + WRAP(32, y))
BINARY(ADD, 32, 64, (kern_64)x + y)
BINARY(ADD, 64, 64, WRAP(64, x) + WRAP(64, y))
BINARY(SUB, 32, 32, WRAP(32, x) - WRAP(32, y))
BINARY(SUB, 32, 64, (kern_64)x - y)
BINARY(SUB, 64, 64, WRAP(64, x) - WRAP(64, y))
BINARY(MUL, 32, 32, WRAP(32, x) * WRAP(32, y))
BINARY(MUL, 32, 64, (kern_64)x *y)
BINARY(MUL, 64, 64, WRAP(64, x) * WRAP(64, y))
BINARY(MIN, 32, 32, x < y ? x : y)
BINARY(MIN, 64, 64, x < y ? x : y)
BINARY(MAX, 32, 32, x > y ? x : y)
BINARY(MAX, 64, 64, x > y ? x : y)

/* C: bits of the constant operand. */
#define UNARY(NAME, W, D, C, EXPR)                                                                                                                   \
  KERNEL_OF(NAME, W, W, D) {                                                                                                                         \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a);                                                                                                   \
    kern_##C c = (kern_##C)s->k;                                                                                                                     \
    (void)c;                                                                                                                                         \
    EACH_LANE(i) {                                                                                                                                   \
      kern_##W x = a[i];                                                                                                                             \
      d[i] = (kern_##D)(EXPR);                                                                                                                       \
    }                                                                                                                                                \
  }
UNARY(NEG, 32, 32, 32, 0 - WRAP(32, x))
UNARY(NEG, 64, 64, 64, 0 - WRAP(64, x))
UNARY(ABS, 32, 32, 32, x < 0 ? 0 - WRAP(32, x) : WRAP(32, x))
UNARY(ABS, 64, 64, 64, prim_magnitude(x))
UNARY(ADDK, 32, 32, 32, WRAP(32, x) + WRAP(32, c))
UNARY(ADDK, 32, 64, 32, (kern_64)x + c)
UNARY(ADDK, 64, 64, 64, WRAP(64, x) + WRAP(64, c))
UNARY(MULK, 32, 32, 32, WRAP(32, x) * WRAP(32, c))
UNARY(MULK, 32, 64, 32, (kern_64)x *c)
UNARY(MULK, 64, 64, 64, WRAP(64, x) * WRAP(64, c))
UNARY(EXTEND, 32, 64, 32, x)

/* --- sums. Terms go in groups, so that the running sum is stored once per group; the first group starts it. --- */

/* GROUP(n): a loop over the lanes that adds n terms from the j-th on to START. */
#define IN_GROUPS(COUNT, START, GROUP)                                                                                                               \
  uint32_t j = 0, n = (COUNT);                                                                                                                       \
  if (n >= 8) GROUP(8, START)                                                                                                                        \
  else if (n >= 4) GROUP(4, START)                                                                                                                   \
  else if (n >= 2) GROUP(2, START)                                                                                                                   \
  else if (n == 1) GROUP(1, START)                                                                                                                   \
  else EACH_LANE(i) d[i] = START;                                                                                                                    \
  while (n - j >= 8) GROUP(8, d[i])                                                                                                                  \
  if (n - j >= 4) GROUP(4, d[i])                                                                                                                     \
  if (n - j >= 2) GROUP(2, d[i])                                                                                                                     \
  if (n - j) GROUP(1, d[i])

#define EACH_1(M, ...) M(0, __VA_ARGS__)
#define EACH_2(M, ...) EACH_1(M, __VA_ARGS__) M(1, __VA_ARGS__)
#define EACH_4(M, ...) EACH_2(M, __VA_ARGS__) M(2, __VA_ARGS__) M(3, __VA_ARGS__)
#define EACH_8(M, ...) EACH_4(M, __VA_ARGS__) M(4, __VA_ARGS__) M(5, __VA_ARGS__) M(6, __VA_ARGS__) M(7, __VA_ARGS__)

/* The registers, factors and terms of a group. */
#define COLUMN(t, W, D) const kern_##W *restrict a##t = kern_in(k, s->list[j + t]);
#define FACTOR(t, W, D) const kern_##W k##t = (kern_##W)s->x.factors[j + t];
#define PAIR(t, W, D) const kern_##W *restrict a##t = kern_in(k, s->list[2 * (j + t)]), *restrict b##t = kern_in(k, s->list[2 * (j + t) + 1]);
#define VALUE_TERM(t, W, D) +WRAP(D, a##t[i])
#define DOT_TERM(t, W, D) +PRODUCT_##W##_##D(a##t[i], k##t)
#define PAIR_TERM(t, W, D) +PRODUCT_##W##_##D(a##t[i], b##t[i])
/* W bits by W bits, wrapped to D. */
#define PRODUCT_32_32(x, y) WRAP(32, x) * WRAP(32, y)
#define PRODUCT_32_64(x, y) WRAP(64, (kern_64)(x) * (y))
#define PRODUCT_64_64(x, y) WRAP(64, x) * WRAP(64, y)

#define SUM_OF(W, D)                                                                                                                                 \
  KERNEL_OF(SUM, W, W, D) {                                                                                                                          \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    IN_GROUPS(s->count, 0, SUM_GROUP_##W##_##D)                                                                                                      \
  }
#define SUM_GROUP(N, START, W, D)                                                                                                                    \
  {                                                                                                                                                  \
    EACH_##N(COLUMN, W, D) EACH_LANE(i) d[i] = (kern_##D)(WRAP(D, START) EACH_##N(VALUE_TERM, W, D));                                                \
    j += N;                                                                                                                                          \
  }
#define SUM_GROUP_32_32(N, START) SUM_GROUP(N, START, 32, 32)
#define SUM_GROUP_32_64(N, START) SUM_GROUP(N, START, 32, 64)
#define SUM_GROUP_64_64(N, START) SUM_GROUP(N, START, 64, 64)
SUM_OF(32, 32)
SUM_OF(32, 64)
SUM_OF(64, 64)

#define DOT_OF(W, D)                                                                                                                                 \
  KERNEL_OF(DOT, W, W, D) {                                                                                                                          \
    kern_##D *restrict d = kern_out(k, s), summand = (kern_##D)s->k;                                                                                 \
    IN_GROUPS(s->count, summand, DOT_GROUP_##W##_##D)                                                                                                \
  }
#define DOT_GROUP(N, START, W, D)                                                                                                                    \
  {                                                                                                                                                  \
    EACH_##N(COLUMN, W, D) EACH_##N(FACTOR, W, D) EACH_LANE(i) d[i] = (kern_##D)(WRAP(D, START) EACH_##N(DOT_TERM, W, D));                           \
    j += N;                                                                                                                                          \
  }
#define DOT_GROUP_32_32(N, START) DOT_GROUP(N, START, 32, 32)
#define DOT_GROUP_32_64(N, START) DOT_GROUP(N, START, 32, 64)
#define DOT_GROUP_64_64(N, START) DOT_GROUP(N, START, 64, 64)
DOT_OF(32, 32)
DOT_OF(32, 64)
DOT_OF(64, 64)

/* The registers of a product stand beside each other. */
#define PRODUCTS_OF(W, D)                                                                                                                            \
  KERNEL_OF(PRODUCTS, W, W, D) {                                                                                                                     \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    IN_GROUPS(s->count / 2, 0, PAIR_GROUP_##W##_##D)                                                                                                 \
  }
#define PAIR_GROUP(N, START, W, D)                                                                                                                   \
  {                                                                                                                                                  \
    EACH_##N(PAIR, W, D) EACH_LANE(i) d[i] = (kern_##D)(WRAP(D, START) EACH_##N(PAIR_TERM, W, D));                                                   \
    j += N;                                                                                                                                          \
  }
#define PAIR_GROUP_32_32(N, START) PAIR_GROUP(N, START, 32, 32)
#define PAIR_GROUP_32_64(N, START) PAIR_GROUP(N, START, 32, 64)
#define PAIR_GROUP_64_64(N, START) PAIR_GROUP(N, START, 64, 64)
PRODUCTS_OF(32, 32)
PRODUCTS_OF(32, 64)
PRODUCTS_OF(64, 64)
