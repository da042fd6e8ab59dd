/* Proof before use: one linear pass over an edition. A program that passes cannot make the machine read or write out of bounds.
 *
 * What the machine may rely on:
 * - every register is defined by exactly one instruction, before its use, with the types of the opcode table; region instructions have d = PPR_NONE;
 * - WHEN, ELSE, END nest; WHEN.b is the pc of its ELSE, ELSE.b the pc of its END; nesting is at most VERIFY_MAX_DEPTH;
 * - a register defined in an arm (between WHEN and ELSE, or ELSE and END) is used only while that arm is open, except as operand b or c of SEL_*:
 *   these choose between values of arms, and a lane that was not active in an arm must not choose its value (the compiler sees to that: it is
 *   no matter of memory safety). Outputs and states of outputs are defined outside of all regions;
 * - constants of BOOL instructions are states (0 to 3), the constant of DIVK is not 0, the constant of FAIL is a 52xx code;
 * - tables lie within konst, tables of RANK are ascending; lists lie within arg and have at most
 *   VERIFY_MAX_OPERANDS operands together (they may overlap); a native has at most VERIFY_MAX_ARITY parameters;
 * - every reference between rows is in range, slices included, and every enumerated word (kind, form, mode, flags …) is known;
 * - a field has no input or one per element of its axes, which are the axes of its block; its preset lies within its range, the range of an
 *   enumeration field within the enumeration;
 * - the instances of the explanation do not depend on each other in a circle.
 * Values of enumeration outputs and dates are not bounded: who prints them must look. */
#ifndef PPR_CODE_VERIFY_H
#define PPR_CODE_VERIFY_H
#include "base/report.h"
#include "code/program.h"

enum { VERIFY_MAX_INSTR = 1000000, VERIFY_MAX_OPERANDS = 4000000, VERIFY_MAX_DEPTH = 1024, VERIFY_MAX_ARITY = 16 };

/* True when every edition is sound; else a named diagnostic (61xx to 64xx) in r, or r is failed for lack of memory. */
bool verify_program(const ppr_program *p, ppr_report *r);
/* In two parts: everything but code and explanation, of which only the counts are needed; then these of an edition of p that passed the first. */
bool verify_schema(const ppr_program *p, ppr_report *r);
bool verify_edition(const ppr_program *p, const ppr_edition *e, ppr_report *r);
#endif
