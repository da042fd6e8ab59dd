/* The programs of a Regelwerk: each Fassung for each kind of record, compiled by one thread or several. */
#ifndef PPR_LANG_PROGRAMS_H
#define PPR_LANG_PROGRAMS_H
#include "code/build.h"
#include "engine.h"

/* Reads sources first .. first + count of the report and compiles them into the builder, which is new: name, sources and programs, always in the same
 * order, however many threads of the engine make them. PPR_DIAGNOSED: findings that are errors are in the report. Where one of several threads meets a
 * finding of any kind, the work is done again by one, so that findings are told in order. */
ppr_status programs_make(const ppr_engine *engine, ppr_report *r, ppr_builder *b, uint32_t first, size_t count);
/* verify_program with the threads of the engine; what is wrong with the first program that is not sound goes to the report. */
bool programs_verify(const ppr_engine *engine, const ppr_program *p, ppr_report *r);
#endif
