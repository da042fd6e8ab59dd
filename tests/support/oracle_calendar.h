/* A second calendar for the oracle: counts days one year after the other. */
#ifndef TESTS_SUPPORT_ORACLE_CALENDAR_H
#define TESTS_SUPPORT_ORACLE_CALENDAR_H
#include <stdbool.h>
#include <stdint.h>

/* First day of a quarter (year * 4 + number - 1), in days since 1970-01-01. */
int64_t oracle_first_day(int64_t quarter);
/* The calendar's functions by name. False: a fault, or no such function (*known is false then). */
bool oracle_calendar(const char *name, const int64_t *arguments, int64_t *out, bool *known);
#endif
