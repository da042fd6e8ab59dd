/* What the tests of a Regelwerk reach: the goals a text has, and which of them the compared results asked for, read from kept runs. */
#ifndef PPR_LANG_TEST_COVER_H
#define PPR_LANG_TEST_COVER_H
#include "ppr/compile.h"
#include "trace.h"
#include "vm/exec.h"

typedef struct cover cover;
cover *cover_new(ppr_alloc alloc, ppr_report *report, ppr_language language); /* NULL when out of memory */
void cover_free(cover *c);                                                    /* NULL allowed */
/* Counts as goals what this lowering can do. What the compiler proved cannot happen in any Fassung is none. After lower_finish. */
void cover_possible(cover *c, model *m);
/* A run under the keep plan, after vm_eval of one row; map: lowering.map of its program. */
typedef struct cover_run {
  model *m;
  const ppr_vm *vm;
  const uint32_t *map;
} cover_run;
/* The run was asked for an element of a symbol: what it asked for in turn is reached. */
void cover_asked(cover *c, const cover_run *run, symbol *s, int element);
/* The next run begins. */
void cover_next(cover *c);
/* PPR_NOMEM: *out is NULL. */
ppr_status cover_result(const cover *c, ppr_coverage **out);
#endif
