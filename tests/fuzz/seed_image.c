/* Writes images of hand-made programs, so that the replay always has some in the present format: seed_image FOLDER. */
#include "code/image.h"
#include "support/asm.h"
#include <stdio.h>

/* Every kind of instruction that needs no native, so that it can run: list, table, choice, 128 bits, nested regions. */
static ppr_program *machine(void) {
  asm_code c;
  asm_begin(&c);
  uint32_t x = asm_op(&c, PPR_OP_IN_INT, asm_input(&c, "x", PPR_KIND_NUMBER, 2, -5000, 5000, PPR_FIELD_PRESET), 0, 0);
  uint32_t slot = asm_input(&c, "frei", PPR_KIND_BOOL, 0, 0, 1, PPR_FIELD_OPTIONAL);
  uint32_t state = asm_op(&c, PPR_OP_IN_STATE, slot, 0, 0), present = asm_op(&c, PPR_OP_EQBK, state, asm_konst(&c, 0), 0);
  uint32_t steps = asm_table(&c, "Stufen", 3, 1, (int64_t[]){-10, 0, 700}), rates = asm_table(&c, "Satz", 2, 2, (int64_t[]){5, 6, 7, 8});
  uint32_t rank = asm_op(&c, PPR_OP_RANK, x, steps, 0), rate = asm_op(&c, PPR_OP_LOOK2, rank, rank, rates);
  uint32_t dot = asm_op(&c, PPR_OP_DOT, asm_args(&c, 4, (uint32_t[]){x, 1, rate, 2}), 2, 0);
  uint32_t week = asm_round(&c, PPR_OP_DIVK, PPR_ROUND_HALF_EVEN, dot, asm_konst(&c, 7)), root = asm_op(&c, PPR_OP_NONZERO, week, 0, 0);
  uint32_t wide = asm_op(&c, PPR_OP_MULWI, dot, dot, 0), big = asm_op(&c, PPR_OP_CONST_WIDE, asm_wide(&c, INT64_MAX, -1), 0, 0);
  asm_when(&c, present);
  uint32_t given = asm_op(&c, PPR_OP_IN_BOOL, slot, 0, 0);
  asm_when(&c, given);
  asm_op(&c, PPR_OP_MULW, wide, big, 0);
  uint32_t quotient = asm_op(&c, PPR_OP_NARROW, asm_round(&c, PPR_OP_DIVW, PPR_ROUND_HALF_UP, big, wide), 0, 0);
  asm_else(&c);
  asm_op(&c, PPR_OP_FAIL, asm_konst(&c, 5207), 0, 0);
  uint32_t ratio = asm_round(&c, PPR_OP_DIV, PPR_ROUND_UP, week, rate);
  asm_end_when(&c);
  uint32_t inner = asm_op(&c, PPR_OP_SEL_INT, given, quotient, ratio);
  asm_else(&c);
  uint32_t least = asm_op(&c, PPR_OP_MIN, x, asm_op(&c, PPR_OP_SUM, asm_args(&c, 3, (uint32_t[]){x, week, root}), 3, 0), 0);
  asm_end_when(&c);
  uint32_t outer = asm_op(&c, PPR_OP_SEL_INT, present, inner, least);
  uint32_t all = asm_op(&c, PPR_OP_ALL, asm_args(&c, 2, (uint32_t[]){present, asm_op(&c, PPR_OP_LTW, wide, big, 0)}), 2, 0);
  asm_output(&c, "Wert", PPR_KIND_NUMBER, 2, outer, state + 1);
  asm_output(&c, "alle", PPR_KIND_BOOL, 0, all, 0);
  return asm_end(&c);
}

static int write_image(const char *folder, const char *name, ppr_program *p) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 24);
  image_encode(&b, p);
  FILE *file = b.failed ? NULL : fopen(path, "wb");
  bool written = file && fwrite(b.data, 1, b.size, file) == b.size;
  if (file && fclose(file) != 0) written = false;
  buf_fini(&b);
  program_free(p);
  return written ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  return write_image(argv[1], "sample.pprb", asm_sample()) | write_image(argv[1], "machine.pprb", machine());
}
