/* Kernels of comparison; their results are 0 or 1. */
#include "vm/kern_lanes.h"

#define COMPARE(NAME, W, EXPR)                                                                                                                       \
  KERNEL_OF(NAME, W, W, 8) {                                                                                                                         \
    kern_8 *restrict d = kern_out(k, s);                                                                                                             \
    const kern_##W *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);                                                                   \
    EACH_LANE(i) d[i] = EXPR;                                                                                                                        \
  }
COMPARE(EQ, 32, a[i] == b[i])
COMPARE(EQ, 64, a[i] == b[i])
COMPARE(LT, 32, a[i] < b[i])
COMPARE(LT, 64, a[i] < b[i])
COMPARE(LE, 32, a[i] <= b[i])
COMPARE(LE, 64, a[i] <= b[i])
COMPARE(EQW, 128, a[i] == b[i])
COMPARE(LTW, 128, a[i] < b[i])
COMPARE(LEW, 128, a[i] <= b[i])
COMPARE(EQB, 8, a[i] == b[i])

#define COMPARE_K(NAME, W, EXPR)                                                                                                                     \
  KERNEL_OF(NAME, W, W, 8) {                                                                                                                         \
    kern_8 *restrict d = kern_out(k, s);                                                                                                             \
    const kern_##W *restrict a = kern_in(k, s->a), c = (kern_##W)s->k;                                                                               \
    EACH_LANE(i) d[i] = EXPR;                                                                                                                        \
  }
COMPARE_K(EQK, 32, a[i] == c)
COMPARE_K(EQK, 64, a[i] == c)
COMPARE_K(LTK, 32, a[i] < c)
COMPARE_K(LTK, 64, a[i] < c)
COMPARE_K(LEK, 32, a[i] <= c)
COMPARE_K(LEK, 64, a[i] <= c)
COMPARE_K(EQBK, 8, a[i] == c)

/* The distance of a and b, times k, against c; the opposite where mode is 1. */
#define DISTANCE(NAME, W, EXPR)                                                                                                                      \
  KERNEL_OF(NAME, W, W, 8) {                                                                                                                         \
    kern_8 *restrict d = kern_out(k, s), flip = s->mode;                                                                                             \
    const kern_##W *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b), *restrict c = kern_in(k, s->c);                                   \
    kern_u##W factor = (kern_u##W)s->k;                                                                                                              \
    EACH_LANE(i) {                                                                                                                                   \
      kern_u##W apart = (kern_u##W)a[i] - (kern_u##W)b[i];                                                                                           \
      kern_##W far = (kern_##W)(((kern_##W)apart < 0 ? 0 - apart : apart) * factor);                                                                 \
      d[i] = (kern_8)((EXPR) ^ flip);                                                                                                                \
    }                                                                                                                                                \
  }
DISTANCE(FAR, 32, c[i] < far)
DISTANCE(FAR, 64, c[i] < far)
DISTANCE(NEAR, 32, far < c[i])
DISTANCE(NEAR, 64, far < c[i])
