/* The opcode table, derived row by row from opcodes.def. */
#include "code/program.h"

/* Shape words of opcodes.def: the shape and the type of its operands. */
#define WORD_IN SHAPE_IN, PPR_T_INT
#define WORD_K SHAPE_K, PPR_T_INT
#define WORD_R_I SHAPE_R, PPR_T_INT
#define WORD_R_B SHAPE_R, PPR_T_BOOL
#define WORD_R_W SHAPE_R, PPR_T_WIDE
#define WORD_RR_I SHAPE_RR, PPR_T_INT
#define WORD_RR_B SHAPE_RR, PPR_T_BOOL
#define WORD_RR_W SHAPE_RR, PPR_T_WIDE
#define WORD_RK_I SHAPE_RK, PPR_T_INT
#define WORD_RK_B SHAPE_RK, PPR_T_BOOL
#define WORD_LIST_I SHAPE_LIST, PPR_T_INT
#define WORD_LIST_B SHAPE_LIST, PPR_T_BOOL
#define WORD_DOT_I SHAPE_DOT, PPR_T_INT
#define WORD_SEL_I SHAPE_SEL, PPR_T_INT
#define WORD_SEL_B SHAPE_SEL, PPR_T_BOOL
#define WORD_SEL_W SHAPE_SEL, PPR_T_WIDE
#define WORD_RT SHAPE_RT, PPR_T_INT
#define WORD_RRT SHAPE_RRT, PPR_T_INT
#define WORD_CALL SHAPE_CALL, PPR_T_INT
#define WORD_WHEN SHAPE_WHEN, PPR_T_BOOL
#define WORD_ELSE SHAPE_ELSE, PPR_T_BOOL
#define WORD_END SHAPE_END, PPR_T_BOOL

/* Flag words; a row combines them with |, and 0 is none. */
#define FAULTS OPF_FAULTS
#define ROUND OPF_ROUND
#define REGION OPF_REGION

#define ROW(name, text, result, shape_and_operand, flags)                                                                                            \
  { name, text, result, shape_and_operand, flags }
const ppr_op_info instr_table[OP_NUMBERS] = {
#define OP(number, name, result, shape, flags, text) [number] = ROW(#name, text, PPR_T_##result, WORD_##shape, flags),
#include "code/opcodes.def"
#undef OP
};

/* Two rows with one number do not compile. */
enum {
#define OP(number, name, result, shape, flags, text) ONCE_##number,
#include "code/opcodes.def"
#undef OP
};
