/* The list of standard natives, derived from the .def tables. */
#include "standard.h"
#include "base/quarter.h"
#include "calendar.h"

static const ppr_native natives[] = {
#define NATIVE(name, fn, signature, params, lo, hi, de, en, example) {name, signature, (ppr_native_fn)fn, de, en, example, lo, hi},
#include "calendar.def"
#undef NATIVE
};

const ppr_native *standard_natives(size_t *count) {
  *count = sizeof natives / sizeof *natives;
  return natives;
}
