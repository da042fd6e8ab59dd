/* The calendar: days since 1970-01-01 (proleptic Gregorian), quarters as year * 4 + (number - 1). */
#ifndef PPR_BASE_QUARTER_H
#define PPR_BASE_QUARTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_MIN (-719162) /* 0001-01-01 */
#define DAY_MAX 2932896   /* 9999-12-31 */

int64_t day_of(int64_t year, int month, int day); /* no check of its arguments */
void day_split(int64_t day, int64_t *year, int *month, int *dom);
bool day_valid(int64_t year, int month, int dom); /* year 1..9999 and an existing day */
int month_days(int64_t year, int month);
int64_t day_plus_months(int64_t day, int64_t months); /* the last day of the month where the day does not exist */
int day_weekday(int64_t day);                         /* 1 Monday … 7 Sunday */
int day_week(int64_t day);                            /* ISO 8601: a week belongs to the year its Thursday lies in */
static inline int64_t quarter_of(int64_t year, int number) { return year * 4 + number - 1; }
int64_t quarter_of_day(int64_t day);
int64_t quarter_first_day(int64_t quarter);
int64_t quarter_last_day(int64_t quarter);
/* "01.07.2024" and "2024-Q3"; out has 16 bytes. */
size_t day_print(char *out, int64_t day);
size_t quarter_print(char *out, int64_t quarter);
bool day_parse(int64_t *out, const char *text, size_t n);     /* DD.MM.YYYY only */
bool quarter_parse(int64_t *out, const char *text, size_t n); /* YYYY-Qn only */
#endif
