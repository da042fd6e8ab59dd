/* Worked example of a library a rule file names: `funktion Arbeitstage(Datum, Datum) : Zahl(0) aus "kalender"`. Monday to Friday, both days counted.
 */
#include <stdint.h>

/* 1970-01-01 was a Thursday: Monday is 0. */
static int64_t weekday(int64_t day) { return ((day + 3) % 7 + 7) % 7; }

__attribute__((visibility("default"))) int Arbeitstage(int64_t *out, int64_t from, int64_t until);
int Arbeitstage(int64_t *out, int64_t from, int64_t until) {
  if (until < from || until - from > 40000) return 1; /* the record faults with PPR5205 */
  *out = 0;
  for (int64_t day = from; day <= until; day++) *out += weekday(day) < 5;
  return 0;
}
