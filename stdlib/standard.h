/* The standard library: natives every engine has. */
#ifndef PPR_STDLIB_STANDARD_H
#define PPR_STDLIB_STANDARD_H
#include "ppr/native.h"

/* The natives of the standard library; static. */
const ppr_native *standard_natives(size_t *count);
#endif
