/* The calendar by counting in eras of 400 years that begin on 1 March, so that the leap day is the last day of a year. */
#include "base/quarter.h"
#include <stdio.h>
#include <string.h>

#define ERA_DAYS 146097 /* days of 400 years */
#define EPOCH_ERAS 4    /* 1970-01-01 is this many eras and EPOCH_REST days after 0000-03-01 */
#define EPOCH_REST 135080

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static int64_t floor_mod(int64_t a, int64_t b) { return a % b + (a % b < 0 ? b : 0); }

/* The arithmetic wraps instead of overflowing: kernels run it on lanes whose values mean nothing. */
static int64_t wrap_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static int64_t wrap_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }

int64_t day_of(int64_t year, int month, int day) {
  int shifted = month - 3;
  if (shifted < 0) shifted += 12, year = wrap_add(year, -1);
  int64_t era = floor_div(year, 400), of_era = floor_mod(year, 400);
  int64_t of_year = (153 * (int64_t)shifted + 2) / 5 + day - 1;
  int64_t rest = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return wrap_add(wrap_mul(wrap_add(era, -EPOCH_ERAS), ERA_DAYS), rest - EPOCH_REST);
}

void day_split(int64_t day, int64_t *year, int *month, int *dom) {
  int64_t era = floor_div(day, ERA_DAYS) + EPOCH_ERAS, of_era = floor_mod(day, ERA_DAYS) + EPOCH_REST;
  if (of_era >= ERA_DAYS) of_era -= ERA_DAYS, era++;
  int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int shifted = (int)((5 * of_year + 2) / 153);
  *dom = (int)(of_year - (153 * (int64_t)shifted + 2) / 5 + 1);
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = era * 400 + year_of_era + (*month <= 2);
}

int month_days(int64_t year, int month) {
  static const signed char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

bool day_valid(int64_t year, int month, int dom) { return year >= 1 && year <= 9999 && dom >= 1 && dom <= month_days(year, month); }

int64_t day_plus_months(int64_t day, int64_t months) {
  const int64_t far = 240000; /* leaves the calendar from any of its days */
  if (months > far) months = far;
  if (months < -far) months = -far;
  int64_t year;
  int month, dom;
  day_split(day, &year, &month, &dom);
  int64_t index = wrap_add(wrap_mul(year, 12), month - 1 + months);
  year = floor_div(index, 12);
  month = (int)floor_mod(index, 12) + 1;
  int last = month_days(year, month);
  return day_of(year, month, dom < last ? dom : last);
}

int day_weekday(int64_t day) { return (int)((floor_mod(day, 7) + 3) % 7) + 1; } /* 1970-01-01 was a Thursday */

/* An era is a whole number of weeks, so the weeks of all eras are alike. */
int day_week(int64_t day) {
  int64_t thursday = floor_mod(day, ERA_DAYS) + 4 - day_weekday(day), year;
  int month, dom;
  day_split(thursday, &year, &month, &dom);
  return (int)((thursday - day_of(year, 1, 1)) / 7) + 1;
}

int64_t quarter_of_day(int64_t day) {
  int64_t year;
  int month, dom;
  day_split(day, &year, &month, &dom);
  return wrap_add(wrap_mul(year, 4), (month - 1) / 3);
}

int64_t quarter_first_day(int64_t quarter) { return day_of(floor_div(quarter, 4), (int)floor_mod(quarter, 4) * 3 + 1, 1); }

int64_t quarter_last_day(int64_t quarter) { return wrap_add(quarter_first_day(wrap_add(quarter, 1)), -1); }

/* `count` digits of v, right to left. */
static void put_digits(char *out, int64_t v, int count) {
  for (int i = count; i-- > 0; v /= 10) out[i] = (char)('0' + v % 10);
}

size_t day_print(char *out, int64_t day) {
  memcpy(out, "??.??.????", 11);
  if (day < DAY_MIN || day > DAY_MAX) return 10;
  int64_t year;
  int month, dom;
  day_split(day, &year, &month, &dom);
  put_digits(out, dom, 2);
  put_digits(out + 3, month, 2);
  put_digits(out + 6, year, 4);
  return 10;
}

size_t quarter_print(char *out, int64_t quarter) {
  memcpy(out, "\?\?\?\?-Q\?", 8); /* escaped: no trigraphs */
  if (quarter < quarter_of(1, 1) || quarter > quarter_of(9999, 4)) return 7;
  put_digits(out, quarter / 4, 4);
  put_digits(out + 6, quarter % 4 + 1, 1);
  return 7;
}

/* Exactly `count` digits. */
static bool take_digits(int *out, const char *text, int count) {
  int v = 0;
  for (int i = 0; i < count; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    v = v * 10 + (text[i] - '0');
  }
  *out = v;
  return true;
}

bool day_parse(int64_t *out, const char *text, size_t n) {
  int dom, month, year;
  *out = 0;
  if (n != 10 || text[2] != '.' || text[5] != '.') return false;
  if (!take_digits(&dom, text, 2) || !take_digits(&month, text + 3, 2) || !take_digits(&year, text + 6, 4)) return false;
  if (!day_valid(year, month, dom)) return false;
  *out = day_of(year, month, dom);
  return true;
}

bool quarter_parse(int64_t *out, const char *text, size_t n) {
  int year, number;
  *out = 0;
  if (n != 7 || text[4] != '-' || text[5] != 'Q' || !take_digits(&year, text, 4) || !take_digits(&number, text + 6, 1)) return false;
  if (year < 1 || number < 1 || number > 4) return false;
  *out = quarter_of(year, number);
  return true;
}
