/* The limits of all readers as one struct, derived from limits.def. */
#ifndef PPR_IO_LIMITS_H
#define PPR_IO_LIMITS_H
#include <stddef.h>

typedef struct io_limits {
#define LIMIT(member, value, text) size_t member;
#include "io/limits.def"
#undef LIMIT
} io_limits;

static const io_limits io_limits_default = {
#define LIMIT(member, value, text) .member = value,
#include "io/limits.def"
#undef LIMIT
};
#endif
