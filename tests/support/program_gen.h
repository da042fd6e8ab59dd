/* Random well-typed rule files as text, for property tests. */
#ifndef TESTS_SUPPORT_PROGRAM_GEN_H
#define TESTS_SUPPORT_PROGRAM_GEN_H
#include "base/arena.h"
#include "support/prng.h"

typedef struct program_text {
  const char *text;  /* a whole file; every rule that is no Bruch is in an output */
  const char *extra; /* one more rule and its output: to be put behind the text, changes no other result */
} program_text;

/* Same numbers, same text. `size`: 1 small … 10 large. Texts live in the arena. */
program_text program_gen(prng *p, ppr_arena *arena, int size);
#endif
