/* Small programs by hand: one call per instruction, each result in a register of its own, fields and outputs with defaults. For tests. */
#ifndef PPR_TESTS_TINY_H
#define PPR_TESTS_TINY_H
#include "code/build.h"

typedef struct tiny {
  ppr_builder *b;
  ppr_edition *e;
  uint32_t pc, regs, inputs, outputs, konsts, args;
} tiny;

static inline tiny tiny_new(void) {
  tiny t = {.b = build_new(ppr_alloc_default)};
  build_name(t.b, "Probe");
  t.e = build_edition(t.b);
  t.e->name = build_string(t.b, "2024-01");
  t.e->title = build_string(t.b, "Proberegelwerk");
  t.e->from_day = 19723; /* 01.01.2024 */
  t.e->until_day = INT64_MAX;
  t.e->period_input = PPR_NONE;
  return t;
}

static inline uint32_t tiny_k(tiny *t, int64_t value) { return t->konsts++, build_konst(t->b, (ppr_konst){value}); }

static inline void tiny_emit(tiny *t, ppr_instr i) {
  build_instr(t->b, i);
  build_pos(t->b, (ppr_pos){build_string(t->b, "probe.ppr"), t->pc + 1, 1});
  t->pc++;
  t->e->cost = t->pc;
}

/* An instruction with a result; returns its register. */
static inline uint32_t tiny_op(tiny *t, ppr_op op, uint32_t mode, uint32_t a, uint32_t b, uint32_t c) {
  uint32_t reg = build_reg(t->b, (ppr_reg){instr_info(op)->result});
  t->regs++;
  tiny_emit(t, (ppr_instr){op, mode, reg, a, b, c});
  return reg;
}
static inline uint32_t tiny1(tiny *t, ppr_op op, uint32_t a) { return tiny_op(t, op, 0, a, 0, 0); }
static inline uint32_t tiny2(tiny *t, ppr_op op, uint32_t a, uint32_t b) { return tiny_op(t, op, 0, a, b, 0); }
static inline uint32_t tiny3(tiny *t, ppr_op op, uint32_t a, uint32_t b, uint32_t c) { return tiny_op(t, op, 0, a, b, c); }
static inline uint32_t tiny_const(tiny *t, int64_t value) { return tiny1(t, PPR_OP_CONST_INT, tiny_k(t, value)); }

/* Lists: items are registers, or pairs of register and constant index. Returns the first argument. */
static inline uint32_t tiny_args(tiny *t, const uint32_t *items, uint32_t n) {
  uint32_t first = t->args;
  for (uint32_t i = 0; i < n; i++) build_arg(t->b, (ppr_arg){items[i]});
  t->args += n;
  return first;
}

/* A field of one element with its input; returns the input slot. */
static inline uint32_t tiny_input(tiny *t, const char *label, ppr_kind kind, uint32_t flags, int64_t lo, int64_t hi, int64_t preset) {
  uint32_t slot = t->inputs++, name = build_string(t->b, label);
  ppr_field f = {.name = name, .kind = kind, .flags = flags, .first_input = slot, .inputs = 1, .lo = lo, .hi = hi, .preset = preset};
  uint32_t field = build_field(t->b, f);
  return build_input(t->b, (ppr_input){name, field, kind == PPR_KIND_BOOL ? PPR_T_BOOL : PPR_T_INT});
}
/* The same, loaded into a register. */
static inline uint32_t tiny_in(tiny *t, const char *label, int64_t lo, int64_t hi) {
  return tiny1(t, PPR_OP_IN_INT, tiny_input(t, label, PPR_KIND_NUMBER, 0, lo, hi, 0));
}

/* state: register + 1 or 0 */
static inline uint32_t tiny_output(tiny *t, const char *label, ppr_kind kind, uint32_t reg, uint32_t state) {
  t->outputs++;
  return build_output(t->b, (ppr_output){.label = build_string(t->b, label), .kind = kind, .reg = reg, .state = state});
}

/* Regions: the caller keeps the pcs; targets are patched when they are known. */
static inline uint32_t tiny_when(tiny *t, uint32_t cond) {
  tiny_emit(t, (ppr_instr){PPR_OP_WHEN, 0, PPR_NONE, cond, 0, 0});
  return t->pc - 1;
}
static inline uint32_t tiny_else(tiny *t, uint32_t when) {
  t->e->instr[when].b = t->pc;
  tiny_emit(t, (ppr_instr){PPR_OP_ELSE, 0, PPR_NONE, 0, 0, 0});
  return t->pc - 1;
}
static inline void tiny_end(tiny *t, uint32_t otherwise) {
  t->e->instr[otherwise].b = t->pc;
  tiny_emit(t, (ppr_instr){PPR_OP_END, 0, PPR_NONE, 0, 0, 0});
}
#endif
