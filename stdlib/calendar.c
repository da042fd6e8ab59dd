/* Days, quarters and months as natives. Every function checks its arguments: hosts and images may pass anything. */
#include "calendar.h"
#include "base/quarter.h"

enum { OUTSIDE_CALENDAR = 1 };
#define QUARTER_MIN 4     /* 0001-Q1 */
#define QUARTER_MAX 39999 /* 9999-Q4 */

static bool is_day(int64_t day) { return day >= DAY_MIN && day <= DAY_MAX; }
static bool is_quarter(int64_t q) { return q >= QUARTER_MIN && q <= QUARTER_MAX; }

static int give(int64_t *out, bool valid, int64_t value) {
  *out = valid ? value : 0;
  return valid ? 0 : OUTSIDE_CALENDAR;
}

int calendar_begin(int64_t *out, int64_t q) { return is_quarter(q) ? give(out, true, quarter_first_day(q)) : give(out, false, 0); }

int calendar_end(int64_t *out, int64_t q) { return is_quarter(q) ? give(out, true, quarter_last_day(q)) : give(out, false, 0); }

int calendar_days(int64_t *out, int64_t q) {
  return is_quarter(q) ? give(out, true, quarter_last_day(q) - quarter_first_day(q) + 1) : give(out, false, 0);
}

/* A night belongs to the day it begins on, so there are as many nights as days. */
int calendar_nights(int64_t *out, int64_t q) { return calendar_days(out, q); }

/* n steps of `length` days; n is bounded first, so that the product fits. */
static int plus(int64_t *out, int64_t day, int64_t n, int64_t length) {
  const int64_t most = DAY_MAX - DAY_MIN;
  if (!is_day(day) || n < -most || n > most) return give(out, false, 0);
  return give(out, is_day(day + n * length), day + n * length);
}

int calendar_plus_days(int64_t *out, int64_t day, int64_t n) { return plus(out, day, n, 1); }

int calendar_plus_weeks(int64_t *out, int64_t day, int64_t n) { return plus(out, day, n, 7); }

int calendar_plus_months(int64_t *out, int64_t day, int64_t n) {
  const int64_t most = 12 * 9999;
  if (!is_day(day) || n < -most || n > most) return give(out, false, 0);
  int64_t later = day_plus_months(day, n);
  return give(out, is_day(later), later);
}

int calendar_days_between(int64_t *out, int64_t from, int64_t to) {
  return is_day(from) && is_day(to) ? give(out, true, to - from) : give(out, false, 0);
}

int calendar_quarter(int64_t *out, int64_t day) { return is_day(day) ? give(out, true, quarter_of_day(day)) : give(out, false, 0); }

int calendar_month(int64_t *out, int64_t day) {
  int64_t year;
  int month = 0, dom;
  if (is_day(day)) day_split(day, &year, &month, &dom);
  return give(out, is_day(day), month);
}

int calendar_weekday(int64_t *out, int64_t day) { return is_day(day) ? give(out, true, day_weekday(day)) : give(out, false, 0); }

int calendar_week(int64_t *out, int64_t day) { return is_day(day) ? give(out, true, day_week(day)) : give(out, false, 0); }

int calendar_year(int64_t *out, int64_t q) { return is_quarter(q) ? give(out, true, q / 4) : give(out, false, 0); }
