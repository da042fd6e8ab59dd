/* Proof before use: one linear pass over an edition. A program that passes cannot make the machine read or write out of bounds. */
#ifndef PPR_CODE_VERIFY_H
#define PPR_CODE_VERIFY_H
#include "base/report.h"
#include "code/program.h"
/* True when every edition is sound; else a named diagnostic (6xxx) in r. */
bool verify_program(const ppr_program *p, ppr_report *r);
#endif
