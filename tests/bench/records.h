/* The records of the benchmark: facility-quarters of adult psychiatry, always the same ones, and the checksum of what is computed from them. */
#ifndef PPR_BENCH_RECORDS_H
#define PPR_BENCH_RECORDS_H
#include <stddef.h>
#include <stdint.h>

enum { AREAS = 14, PROFESSIONS = 6, RESULTS = 15 };

/* Anlage 1 and what hangs on an area or a profession. An area without minute value has zeros. Here, so that the references see constants. */
static const char *const area_name[AREAS] = {"A1", "A2", "A6", "A7", "A8", "A9", "S1", "S2", "S6", "S9", "G1", "G2", "G6", "G9"};
static const int32_t area_week[AREAS] = {7, 7, 5, 7, 5, 7, 7, 7, 5, 7, 7, 7, 5, 7}; /* days of treatment in a week; day clinics 5 */
static const int32_t minute_value[AREAS][PROFESSIONS] = {
    {207, 856, 49, 122, 28, 76},   /* A1 */
    {257, 1536, 35, 117, 29, 74},  /* A2 */
    {114, 329, 107, 176, 17, 67},  /* A6 */
    {265, 509, 132, 102, 50, 49},  /* A7 */
    {265, 201, 132, 102, 50, 49},  /* A8 */
    {0},                           /* A9 */
    {226, 835, 61, 72, 35, 109},   /* S1 */
    {256, 1562, 68, 51, 34, 153},  /* S2 */
    {115, 318, 105, 154, 16, 101}, /* S6 */
    {0},                           /* S9 */
    {183, 1270, 56, 102, 35, 75},  /* G1 */
    {211, 1645, 37, 78, 40, 51},   /* G2 */
    {115, 372, 107, 167, 26, 68},  /* G6 */
    {0},                           /* G9 */
};
static const int32_t cap_percent[PROFESSIONS] = {0, 10, 10, 10, 5, 5};

/* Days are whole, hours in 1/100. */
typedef struct record {
  int64_t facility, year, quarter, duty, previous[AREAS], current[AREAS], hours[PROFESSIONS], credited[PROFESSIONS];
} record;

/* Hours, degrees in 1/100 %, sanction in 1/10000: fifteen numbers in the order of the outputs of kernel.ppr. */
typedef struct outcome {
  int64_t minimum[PROFESSIONS], degree[PROFESSIONS], facility_degree, fulfilled, sanction;
} outcome;
_Static_assert(sizeof(outcome) == RESULTS * sizeof(int64_t), "the checksum reads an outcome as an array");

/* Percent that VKS-Ist must reach in a year. */
static inline int64_t threshold_of(int64_t year) { return year < 2022 ? 85 : year < 2027 ? 90 : year < 2029 ? 95 : 100; }

/* What stays the same for all quarters of a facility. */
typedef struct facility {
  int64_t days[AREAS], duty, quality; /* quality: staff in place of staff required, 1/1000 */
} facility;
typedef struct record_source {
  uint64_t state;
  facility f;
  size_t made;
} record_source;

/* The first n records; a shorter list is the beginning of a longer one. Or some after the other, for lists that are held nowhere. */
void records_make(record *out, size_t n);
record_source records_begin(void);
void records_next(record_source *s, record *out, size_t n);

typedef struct checksum {
  int64_t plain, placed; /* sum of the records' hashes; the same weighted with their places, so that order counts */
  size_t n;
} checksum;
void checksum_add(checksum *c, const int64_t results[RESULTS]);
/* The published checksum of the first n records, or NULL. "plain:placed". */
const char *checksum_published(size_t n);
#endif
