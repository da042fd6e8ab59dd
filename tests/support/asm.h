/* A small assembler for hand-made programs in tests: one edition at a time, registers numbered as they are defined, region targets filled in.
 *
 *   asm_code c;
 *   asm_begin(&c);
 *   uint32_t days = asm_op(&c, PPR_OP_IN_INT, asm_input(&c, "Tage", PPR_KIND_NUMBER, 0, 0, 99999, 0), 0, 0);
 *   asm_output(&c, "doppelt", PPR_KIND_NUMBER, 0, asm_op(&c, PPR_OP_MULK, days, asm_konst(&c, 2), 0), 0);
 *   ppr_program *p = asm_end(&c);
 */
#ifndef TESTS_SUPPORT_ASM_H
#define TESTS_SUPPORT_ASM_H
#include "code/build.h"

enum { ASM_DEPTH = 64 };
typedef struct asm_code {
  ppr_builder *b;
  ppr_edition *e;
  uint32_t when[ASM_DEPTH], otherwise[ASM_DEPTH], depth; /* open regions */
} asm_code;

/* A program "Probe" with an edition "2024-01" in force from 01.01.2024 on. */
void asm_begin(asm_code *c);
/* A further edition; it may be an earlier one, the program sorts them. */
void asm_edition(asm_code *c, const char *name, int64_t from_day, int64_t until_day);
/* Seals; every edition gets the cost of its code. */
ppr_program *asm_end(asm_code *c);

uint32_t asm_string(asm_code *c, const char *text);
/* A field without axes and its input; returns the slot. ENUM: use build_field. */
uint32_t asm_input(asm_code *c, const char *label, ppr_kind kind, uint32_t scale, int64_t lo, int64_t hi, uint32_t flags);
uint32_t asm_konst(asm_code *c, int64_t value);
uint32_t asm_wide(asm_code *c, int64_t hi, int64_t lo);
uint32_t asm_table(asm_code *c, const char *name, uint32_t rows, uint32_t cols, const int64_t *cells);
uint32_t asm_import(asm_code *c, const char *name, const char *signature);
/* Appends operands to the lists; returns the place of the first. */
uint32_t asm_args(asm_code *c, uint32_t count, const uint32_t *words);

/* One instruction; returns the register it defines. The source place is line pc + 1, column 1. */
uint32_t asm_op(asm_code *c, uint32_t op, uint32_t a, uint32_t b, uint32_t operand_c);
uint32_t asm_round(asm_code *c, uint32_t op, ppr_round_mode mode, uint32_t a, uint32_t b);
uint32_t asm_int(asm_code *c, int64_t value);
uint32_t asm_bool(asm_code *c, int64_t value);
void asm_when(asm_code *c, uint32_t condition);
void asm_else(asm_code *c);
void asm_end_when(asm_code *c);

/* state: register + 1, 0 for always present. Returns the output. */
uint32_t asm_output(asm_code *c, const char *label, ppr_kind kind, uint32_t scale, uint32_t reg, uint32_t state);

/* A sound program with two editions and rows in every section; its listing is in test_dis.c. */
ppr_program *asm_sample(void);
#endif
