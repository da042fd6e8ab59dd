/* Natives known to an engine, and those an edition needs, prepared for libffi. Only call.c knows libffi. */
#ifndef PPR_VM_NATIVE_TABLE_H
#define PPR_VM_NATIVE_TABLE_H
#include "base/report.h"
#include "code/program.h"
#include "ppr/native.h"

#define PPR_NATIVE_PARAMS 16 /* most parameters of a native */

typedef struct native_table native_table;
native_table *natives_new(ppr_alloc alloc);
void natives_free(native_table *t);
ppr_status natives_register(native_table *t, const ppr_native *native);
ppr_status natives_allow(native_table *t, const char *name, const char *path);
/* NULL if unknown. */
const ppr_native *natives_find(const native_table *t, const char *name);
size_t natives_count(const native_table *t);
const ppr_native *natives_at(const native_table *t, size_t index);
/* Make sure every native of the program is there with the same signature, opening allowed libraries, and note the table in the program (p->natives);
 * diagnoses 65xx otherwise. */
ppr_status natives_link(native_table *t, ppr_program *p, ppr_report *r);
/* Call one native through libffi: args are n int64 values; returns its code. */
int natives_call(const native_table *t, const ppr_native *native, int64_t *out, const int64_t *args, unsigned n);
/* Equal but for blanks. */
bool native_same_signature(const char *a, const char *b);
/* Parse "Datum(Datum,Zahl(0))": number of parameters, or -1. */
int native_arity(const char *signature);
/* Text of result (index -1) or parameter type into out (64 bytes). */
bool native_type(const char *signature, int index, char *out);
#endif
