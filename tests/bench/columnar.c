/* The kernel over blocks of columns, straight-line code that the compiler turns into vector instructions. Constants divide by multiplication; the
 * divisions by VKS-Mind go through binary64, exact here because all numerators stay below 2^53 and a quotient that is no integer keeps a distance of
 * 1/divisor from the next one. */
#include "columnar.h"

/* Compiled once for each kind of machine. */
#define BENCH_PASTE_(name, isa) name##_##isa
#define BENCH_PASTE(name, isa) BENCH_PASTE_(name, isa)
#define BENCH_NAME(name) BENCH_PASTE(name, BENCH_ISA)

#define SUM_AREAS(TERM)                                                                                                                              \
  (TERM(0) + TERM(1) + TERM(2) + TERM(3) + TERM(4) + TERM(6) + TERM(7) + TERM(8) + TERM(10) + TERM(11) + TERM(12)) /* those with minute values */
#define WEEKS(a) uint32_t week##a = area_week[a] == 5 ? 20 * days(c, a, leaves, i) : (100 * days(c, a, leaves, i) + 3) / 7

/* Current days where leaves is all ones, previous ones where it is zero. */
static inline uint32_t days(const columnar *c, int a, int32_t leaves, int i) {
  return (uint32_t)(c->previous[a][i] ^ ((c->previous[a][i] ^ c->current[a][i]) & leaves));
}

static inline int32_t apart(const columnar *c, int a, int i) {
  int32_t d = c->current[a][i] - c->previous[a][i];
  return 40 * (d < 0 ? -d : d) > c->previous[a][i];
}

static void minimums(columnar *restrict c) {
  for (int i = 0; i < BLOCK; i++) {
    int32_t leaves = 0;
#define LEAVES(a) leaves |= apart(c, a, i)
    LEAVES(0), LEAVES(1), LEAVES(2), LEAVES(3), LEAVES(4), LEAVES(5), LEAVES(6), LEAVES(7), LEAVES(8), LEAVES(9), LEAVES(10), LEAVES(11), LEAVES(12),
        LEAVES(13);
    leaves = -leaves;
    WEEKS(0);
    WEEKS(1);
    WEEKS(2);
    WEEKS(3);
    WEEKS(4);
    WEEKS(6);
    WEEKS(7);
    WEEKS(8);
    WEEKS(10);
    WEEKS(11);
    WEEKS(12);
    uint32_t reduced = c->duty[i] ? 0 : UINT32_MAX;
#define MINIMUM(p)                                                                                                                                   \
  do {                                                                                                                                               \
    uint32_t sum = SUM_AREAS(PART_##p);                                                                                                              \
    sum -= (sum + 4) / 10 & reduced; /* nine tenths, half up */                                                                                      \
    c->result[p][i] = (int32_t)((sum + 3000) / 6000);                                                                                                \
  } while (0)
#define PART(a, p) week##a *(uint32_t)minute_value[a][p]
#define PART_0(a) PART(a, 0)
#define PART_1(a) PART(a, 1)
#define PART_2(a) PART(a, 2)
#define PART_3(a) PART(a, 3)
#define PART_4(a) PART(a, 4)
#define PART_5(a) PART(a, 5)
    MINIMUM(0);
    MINIMUM(1);
    MINIMUM(2);
    MINIMUM(3);
    MINIMUM(4);
    MINIMUM(5);
  }
}

static void degrees(columnar *restrict c) {
  for (int i = 0; i < BLOCK; i++) {
    int32_t year = c->year[i], threshold = 85 + 5 * ((year >= 2022) + (year >= 2027) + (year >= 2029)), total = 0, missing = 0, fulfilled = 1;
    double weighted = 0;
#define DEGREE(p)                                                                                                                                    \
  do {                                                                                                                                               \
    int32_t minimum = c->result[p][i], over = c->credited[p][i] - minimum * cap_percent[p], actual = c->hours[p][i] - (over > 0 ? over : 0);         \
    double m = minimum, none = minimum == 0 ? 1e12 : 0; /* no minimum: the quotient is 0 */                                                          \
    int32_t degree = (int32_t)((200.0 * actual + m) / (2.0 * m + none)) | (10000 & -(minimum == 0));                                                 \
    int32_t less = degree < 100 * threshold;                                                                                                         \
    c->result[PROFESSIONS + p][i] = degree;                                                                                                          \
    total += minimum;                                                                                                                                \
    weighted += degree * m;                                                                                                                          \
    fulfilled &= !less;                                                                                                                              \
    missing += (threshold * minimum - actual) & -less;                                                                                               \
  } while (0)
    DEGREE(0);
    DEGREE(1);
    DEGREE(2);
    DEGREE(3);
    DEGREE(4);
    DEGREE(5);
    double all = total, none = total == 0, due = threshold * all;
    c->result[12][i] = (int32_t)((2.0 * weighted + all + 1e4 * none) / (2.0 * all + none));
    c->result[13][i] = fulfilled;
    c->result[14][i] = (int32_t)((13000.0 * missing + due) / (2.0 * due + none)) & -((year == 2026) | (year == 2027));
  }
}

void BENCH_NAME(columnar_evaluate)(columnar *blocks, size_t n) {
  for (size_t b = 0; b * BLOCK < n; b++) {
    minimums(&blocks[b]);
    degrees(&blocks[b]);
  }
}
