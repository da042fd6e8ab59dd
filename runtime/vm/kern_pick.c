/* Kernels of choice: selection by a condition, tables, conversions between numbers, yes/no and states. */
#include "vm/kern_lanes.h"

#define SELECT(NAME, W)                                                                                                                              \
  KERNEL_OF(NAME, W, W, W) {                                                                                                                         \
    kern_##W *restrict d = kern_out(k, s);                                                                                                           \
    const kern_8 *restrict a = kern_in(k, s->a);                                                                                                     \
    const kern_##W *restrict b = kern_in(k, s->b), *restrict c = kern_in(k, s->c);                                                                   \
    EACH_LANE(i) {                                                                                                                                   \
      kern_##W x = b[i], y = c[i]; /* both read: nothing keeps the loop from vectors */                                                              \
      d[i] = a[i] ? x : y;                                                                                                                           \
    }                                                                                                                                                \
  }
SELECT(SEL_INT, 32)
SELECT(SEL_INT, 64)
SELECT(SEL_BOOL, 8)
SELECT(SEL_WIDE, 128)

#define LOOK_OF(W, D)                                                                                                                                \
  KERNEL_OF(LOOK, W, W, D) {                                                                                                                         \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a);                                                                                                   \
    const kern_table *t = s->x.table;                                                                                                                \
    uint64_t size = (uint64_t)t->rows * t->cols;                                                                                                     \
    for (uint32_t i = 0, n = k->n; i < n; i++) {                                                                                                     \
      bool found = (uint64_t)a[i] < size;                                                                                                            \
      d[i] = found ? (kern_##D)t->cells[a[i]] : 0;                                                                                                   \
      if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);                                                                                             \
    }                                                                                                                                                \
  }
LOOK_OF(32, 32)
LOOK_OF(32, 64)
LOOK_OF(64, 64)

#define LOOK2_OF(W, D)                                                                                                                               \
  KERNEL_OF(LOOK2, W, W, D) {                                                                                                                        \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);                                                                   \
    const kern_table *t = s->x.table;                                                                                                                \
    for (uint32_t i = 0, n = k->n; i < n; i++) {                                                                                                     \
      bool found = (uint64_t)a[i] < t->rows && (uint64_t)b[i] < t->cols;                                                                             \
      d[i] = found ? (kern_##D)t->cells[(uint64_t)a[i] * t->cols + (uint64_t)b[i]] : 0;                                                              \
      if (!found) kern_fault(s, k, i, DIAG_FAULT_INDEX);                                                                                             \
    }                                                                                                                                                \
  }
LOOK2_OF(32, 32)
LOOK2_OF(32, 64)
LOOK2_OF(64, 64)

#define RANK_OF(W)                                                                                                                                   \
  KERNEL_OF(RANK, W, W, W) {                                                                                                                         \
    kern_##W *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a);                                                                                                   \
    EACH_LANE(i) d[i] = 0;                                                                                                                           \
    for (uint32_t j = 0; j < s->x.table->rows; j++) {                                                                                                \
      kern_##W bound = (kern_##W)s->x.table->cells[j];                                                                                               \
      EACH_LANE(i) d[i] += bound <= a[i];                                                                                                            \
    }                                                                                                                                                \
  }
RANK_OF(32)
RANK_OF(64)

#define STAIRS_OF(W)                                                                                                                                 \
  KERNEL_OF(STAIRS, W, W, W) {                                                                                                                       \
    kern_##W *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a), ground = (kern_##W)s->x.stairs->ground;                                                           \
    EACH_LANE(i) d[i] = ground;                                                                                                                      \
    for (uint32_t j = 0; j < s->x.stairs->n; j++) {                                                                                                  \
      kern_##W bound = (kern_##W)s->x.stairs->bound[j], rise = (kern_##W)s->x.stairs->rise[j];                                                       \
      EACH_LANE(i) d[i] = (kern_##W)((kern_u##W)d[i] + (kern_u##W)(bound <= a[i] ? rise : 0));                                                       \
    }                                                                                                                                                \
  }
STAIRS_OF(32)
STAIRS_OF(64)

#define CONVERT(NAME, W, D, EXPR)                                                                                                                    \
  KERNEL_OF(NAME, W, W, D) {                                                                                                                         \
    kern_##D *restrict d = kern_out(k, s);                                                                                                           \
    const kern_##W *restrict a = kern_in(k, s->a);                                                                                                   \
    EACH_LANE(i) d[i] = EXPR;                                                                                                                        \
  }
CONVERT(BOOLOF, 32, 8, a[i] != 0)
CONVERT(BOOLOF, 64, 8, a[i] != 0)
CONVERT(INTOF, 8, 32, a[i])
CONVERT(INTOF, 8, 64, a[i])
/* There are four states; a number that is none of them keeps its low bits, so that the result always is one. */
CONVERT(STATEOF, 32, 8, (kern_8)(a[i] & 3))
CONVERT(STATEOF, 64, 8, (kern_8)(a[i] & 3))
