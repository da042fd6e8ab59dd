/* Text listing of a program. */
#ifndef PPR_CODE_DIS_H
#define PPR_CODE_DIS_H
#include "base/buf.h"
#include "code/program.h"
/* One edition (index) or all (UINT32_MAX): head, inputs, code with source places, types and "64 bit" / "128 bit" marks, outputs. */
void dis_program(ppr_buf *out, const ppr_program *p, uint32_t edition);
#endif
