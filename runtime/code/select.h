/* A program seen for one kind of record as known on a day: a copy of the edition rows that shares everything else. */
#ifndef PPR_CODE_SELECT_H
#define PPR_CODE_SELECT_H
#include "code/program.h"
#include "ppr/ppr.h"
/* See ppr_program_select. Freed by program_free; `p` must outlive it. */
ppr_status program_select(ppr_program **out, const ppr_program *p, const char *record, int64_t known_day);
#endif
