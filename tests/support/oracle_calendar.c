/* Days, months and quarters by counting; see oracle_calendar.h. */
#include "support/oracle_calendar.h"
#include <string.h>

static bool leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }
static int month_length(int64_t y, int month) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return lengths[month - 1] + (month == 2 && leap(y));
}
static int64_t day_number(int64_t y, int month, int day) {
  int64_t n = day - 1;
  for (int64_t i = 1970; i < y; i++) n += leap(i) ? 366 : 365;
  for (int64_t i = y; i < 1970; i++) n -= leap(i) ? 366 : 365;
  for (int i = 1; i < month; i++) n += month_length(y, i);
  return n;
}
static void day_parts(int64_t n, int64_t *y, int *month, int *day) {
  *y = 1970;
  while (n < 0) n += leap(--*y) ? 366 : 365;
  while (n >= (leap(*y) ? 366 : 365)) n -= leap((*y)++) ? 366 : 365;
  for (*month = 1; n >= month_length(*y, *month); ++*month) n -= month_length(*y, *month);
  *day = (int)n + 1;
}
int64_t oracle_first_day(int64_t quarter) { return day_number(quarter / 4, (int)(quarter % 4) * 3 + 1, 1); }

static bool in_calendar(int64_t day) { return day >= day_number(1, 1, 1) && day <= day_number(9999, 12, 31); }

bool oracle_calendar(const char *name, const int64_t *a, int64_t *out, bool *known) {
  const int64_t far = 10000 * 366; /* more than this and no date is near; keeps sums small */
  int64_t year;
  int month, day;
  bool quarter = a[0] >= 4 && a[0] <= 39999;
  if (!strcmp(name, "beginn") || !strcmp(name, "ende") || !strcmp(name, "tage") || !strcmp(name, "nächte") || !strcmp(name, "jahr")) {
    if (!quarter) return false;
    if (!strcmp(name, "jahr")) *out = a[0] / 4;
    else if (!strcmp(name, "beginn")) *out = oracle_first_day(a[0]);
    else if (!strcmp(name, "ende")) *out = oracle_first_day(a[0] + 1) - 1;
    else *out = oracle_first_day(a[0] + 1) - oracle_first_day(a[0]);
    return true;
  }
  if (!in_calendar(a[0])) return false;
  if (!strcmp(name, "quartal")) {
    day_parts(a[0], &year, &month, &day);
    *out = year * 4 + (month - 1) / 3;
    return true;
  }
  if (!strcmp(name, "monat") || !strcmp(name, "wochentag") || !strcmp(name, "kalenderwoche")) {
    day_parts(a[0], &year, &month, &day);
    int64_t monday = day_number(2024, 1, 1), weekday = ((a[0] - monday) % 7 + 7) % 7; /* 1 January 2024 was a Monday */
    if (!strcmp(name, "monat")) *out = month;
    else if (!strcmp(name, "wochentag")) *out = weekday + 1;
    else {
      int64_t here = a[0] - weekday, first = 0; /* 4 January lies in week 1: of the next year, of this one, or of the one before */
      for (int64_t y = year + 1; y >= year - 1; y--) {
        first = day_number(y, 1, 4) - ((day_number(y, 1, 4) - monday) % 7 + 7) % 7;
        if (first <= here) break;
      }
      *out = 1;
      for (; first < here; first += 7) ++*out;
    }
    return true;
  }
  if (!strcmp(name, "tagezwischen")) {
    *out = a[1] - a[0];
    return in_calendar(a[1]);
  }
  if (a[1] > far || a[1] < -far) return false;
  if (!strcmp(name, "plustage")) *out = a[0] + a[1];
  else if (!strcmp(name, "pluswochen")) *out = a[0] + 7 * a[1];
  else if (!strcmp(name, "plusmonate")) {
    day_parts(a[0], &year, &month, &day);
    int64_t months = year * 12 + month - 1 + a[1];
    if (months < 12 || months >= 120000) return false;
    int length = month_length(months / 12, (int)(months % 12) + 1);
    *out = day_number(months / 12, (int)(months % 12) + 1, day < length ? day : length);
  } else *known = false;
  return *known && in_calendar(*out);
}
