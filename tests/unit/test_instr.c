/* The opcode table: rows as opcodes.def says them, unknown numbers, the wording of meanings, and a digest that makes every change a conscious one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/buf.h"
#include "base/digest.h"
#include "code/program.h"
#include <string.h>

static const uint32_t numbers[] = {
#define OP(number, name, result, shape, flags, text) number,
#include "code/opcodes.def"
#undef OP
};
enum { OPS = sizeof numbers / sizeof *numbers };

static void check(uint32_t op, const char *name, ppr_type result, ppr_shape shape, ppr_type operand, unsigned flags) {
  const ppr_op_info *row = instr_info(op);
  assert_non_null(row);
  assert_string_equal(row->name, name);
  assert_int_equal(row->result, result);
  assert_int_equal(row->shape, shape);
  assert_int_equal(row->operand, operand);
  assert_int_equal(row->flags, flags);
}

static void rows(void **state) {
  (void)state;
  check(1, "IN_INT", PPR_T_INT, SHAPE_IN, PPR_T_INT, OPF_FAULTS);
  check(6, "CONST_WIDE", PPR_T_WIDE, SHAPE_K, PPR_T_INT, 0);
  check(10, "ADD", PPR_T_INT, SHAPE_RR, PPR_T_INT, 0);
  check(20, "DOT", PPR_T_INT, SHAPE_DOT, PPR_T_INT, 0);
  check(22, "DIVK", PPR_T_INT, SHAPE_RK, PPR_T_INT, OPF_ROUND);
  check(31, "NARROW", PPR_T_INT, SHAPE_R, PPR_T_WIDE, OPF_FAULTS);
  check(35, "DIVW", PPR_T_WIDE, SHAPE_RR, PPR_T_WIDE, OPF_FAULTS | OPF_ROUND);
  check(38, "MULWI", PPR_T_WIDE, SHAPE_RR, PPR_T_INT, 0);
  check(57, "LTW", PPR_T_BOOL, SHAPE_RR, PPR_T_WIDE, 0);
  check(60, "EQBK", PPR_T_BOOL, SHAPE_RK, PPR_T_BOOL, 0);
  check(75, "COUNT", PPR_T_INT, SHAPE_LIST, PPR_T_BOOL, 0);
  check(82, "SEL_WIDE", PPR_T_WIDE, SHAPE_SEL, PPR_T_WIDE, 0);
  check(91, "LOOK2", PPR_T_INT, SHAPE_RRT, PPR_T_INT, OPF_FAULTS);
  check(100, "CALL", PPR_T_INT, SHAPE_CALL, PPR_T_INT, OPF_FAULTS);
  check(101, "FAIL", PPR_T_BOOL, SHAPE_K, PPR_T_INT, OPF_FAULTS);
  check(110, "WHEN", PPR_T_BOOL, SHAPE_WHEN, PPR_T_BOOL, OPF_REGION);
  check(112, "END", PPR_T_BOOL, SHAPE_END, PPR_T_BOOL, OPF_REGION);
}

static void unknown(void **state) {
  (void)state;
  assert_null(instr_info(0));
  assert_null(instr_info(7));
  assert_null(instr_info(113));
  assert_null(instr_info(UINT32_MAX));
}

/* Which operands a shape has, so that a meaning names all of them and no other. */
static const char *places(ppr_shape shape) {
  switch (shape) {
  case SHAPE_IN:
  case SHAPE_K:
  case SHAPE_R:
  case SHAPE_LIST:
  case SHAPE_WHEN: return "a";
  case SHAPE_RR:
  case SHAPE_RK:
  case SHAPE_RT: return "ab";
  case SHAPE_SEL:
  case SHAPE_RRT: return "abc";
  case SHAPE_DOT:
  case SHAPE_CALL: return "ac";
  case SHAPE_ELSE:
  case SHAPE_END: break;
  }
  return "";
}

static void meanings(void **state) {
  (void)state;
  for (int i = 0; i < OPS; i++) {
    const ppr_op_info *row = instr_info(numbers[i]);
    const char *wanted = places((ppr_shape)row->shape);
    for (const char *letter = "abc"; *letter; letter++) {
      char place[] = {'{', *letter, '}', 0};
      bool named = strstr(row->meaning, place) != NULL;
      if (named != (strchr(wanted, *letter) != NULL)) fail_msg("%s: {%c}", row->name, *letter);
    }
    if ((strstr(row->meaning, "{m}") != NULL) != ((row->flags & OPF_ROUND) != 0)) fail_msg("%s: {m}", row->name);
    bool defines = !(row->flags & OPF_REGION) && numbers[i] != PPR_OP_FAIL;
    if ((strncmp(row->meaning, "{d} = ", 6) == 0) != defines) fail_msg("%s: {d}", row->name);
  }
}

/* Numbers, shapes and rows are in images that were written: a change of what is there breaks them. Appending is fine: then correct the digest here
 * and the list of tests/arch/frozen.txt. */
static void digest(void **state) {
  (void)state;
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 20);
#define PPR_TYPE(number, name, ctype, text) buf_puts(&b, #number " " #name " " #ctype "\n");
#include "code/types.def"
#undef PPR_TYPE
  for (int i = 0; i < OPS; i++) {
    const ppr_op_info *row = instr_info(numbers[i]);
    buf_printf(&b, "%u %s %d %d %d %d\n", (unsigned)numbers[i], row->name, row->result, row->shape, row->operand, row->flags);
  }
#define U(member) " " #member
#define L(member) " " #member ":64"
#define SECTION(number, name, members) buf_puts(&b, #number " " #name members "\n");
#include "code/sections.def"
#undef SECTION
#undef U
#undef L
  assert_false(b.failed);
  uint8_t hash[32];
  char text[65];
  sha256(hash, b.data, b.size);
  sha256_text(text, hash);
  assert_string_equal(text, "a0645feed698a709ba8295eadd671d7bd884a68429ea9ed1978868e963a8d06a");
  buf_fini(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(unknown), cmocka_unit_test(meanings), cmocka_unit_test(digest)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
