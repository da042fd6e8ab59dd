/* Insides of the handles of the public interface, for api.c, the compiler and the jobs on files. */
#ifndef PPR_ENGINE_H
#define PPR_ENGINE_H
#include "vm/native_table.h"

struct ppr_engine {
  ppr_alloc alloc;
  native_table *natives;
  const char *const *scenarios; /* files that change the rule texts read by path */
  size_t n_scenarios;
  uint32_t jobs; /* threads for compiling */
};
#endif
