/* Calendar functions as natives of the engine; see calendar.def. */
#ifndef PPR_STDLIB_CALENDAR_H
#define PPR_STDLIB_CALENDAR_H
#include <stdint.h>

#define NATIVE(name, fn, signature, params, lo, hi, de, en, example) int fn params;
#include "calendar.def"
#undef NATIVE
#endif
