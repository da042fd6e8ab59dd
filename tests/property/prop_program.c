/* Random well-formed programs: they verify, encode and decode are inverses, and no change of a byte gets past the checksum; with the checksum put
 * right a changed image is refused or is a sound program again, with the changed image as its only image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/crc.h"
#include "code/dis.h"
#include "code/image.h"
#include "code/verify.h"
#include "support/asm.h"
#include "support/prng.h"
#include <string.h>

static const uint32_t numbers[] = {
#define OP(number, name, result, shape, flags, text) number,
#include "code/opcodes.def"
#undef OP
};
enum { OPS = sizeof numbers / sizeof *numbers, TYPES = 3, REGS = 512, CELLS = 6 };

/* What the generator knows while it writes an edition. */
typedef struct gen {
  prng *random;
  asm_code c;
  uint32_t visible[TYPES][REGS], n_visible[TYPES]; /* registers that may be used here */
  uint32_t closed[TYPES][REGS], n_closed[TYPES];   /* of arms that are closed: for SEL only */
  uint32_t marks[ASM_DEPTH][TYPES];                /* n_visible when the arm was opened */
  bool in_else[ASM_DEPTH];
  uint32_t slot[2]; /* first input of type BOOL, INT */
  uint32_t n_slot[2];
  uint32_t k_state, k_number, k_fault, tables, import;
} gen;

static uint32_t below(gen *g, uint32_t n) { return (uint32_t)prng_below(g->random, n); }

static void add(uint32_t *list, uint32_t *n, uint32_t reg) {
  if (*n < REGS) list[(*n)++] = reg;
}

static uint32_t defined(gen *g, uint32_t type, uint32_t reg) {
  add(g->visible[type], &g->n_visible[type], reg);
  return reg;
}

/* A register of the type that may be used here; there is one of each since the edition began. */
static uint32_t pick(gen *g, uint32_t type) { return g->visible[type][below(g, g->n_visible[type])]; }

static uint32_t pick_chosen(gen *g, uint32_t type) {
  if (g->n_closed[type] && below(g, 2)) return g->closed[type][below(g, g->n_closed[type])];
  return pick(g, type);
}

static void schema(gen *g) {
  asm_code *c = &g->c;
  static const ppr_kind kinds[] = {PPR_KIND_NUMBER, PPR_KIND_PERCENT, PPR_KIND_DATE, PPR_KIND_QUARTER};
  uint32_t members = 1 + below(g, 3);
  build_enumeration(c->b, (ppr_enumeration){asm_string(c, "Achse"), 0, members});
  for (uint32_t i = 0; i < members; i++) build_member(c->b, (ppr_member){asm_string(c, "Glied"), asm_string(c, i ? "b" : "a"), 0});
  g->slot[0] = 0;
  g->n_slot[0] = 1 + below(g, 3);
  for (uint32_t i = 0; i < g->n_slot[0]; i++) asm_input(c, "frei", PPR_KIND_BOOL, 0, 0, 1, below(g, 2));
  g->slot[1] = c->e->n_input;
  for (uint32_t i = 0, n = 1 + below(g, 4); i < n; i++) {
    int64_t lo = prng_between(g->random, -1000000, 1000000), hi = prng_between(g->random, lo, 2000000);
    asm_input(c, "Zahl", kinds[below(g, 4)], below(g, 17), lo, hi, below(g, 4));
  }
  uint32_t field = build_field(
      c->b, (ppr_field){.name = asm_string(c, "Tage"), .axis1 = 1, .axis2 = below(g, 2), .block = 1, .first_input = c->e->n_input, .hi = 9});
  ppr_field *f = &c->e->field[field];
  f->inputs = members * (f->axis2 ? members : 1);
  for (uint32_t i = 0; i < f->inputs; i++) build_input(c->b, (ppr_input){asm_string(c, "Tage[…]"), field, PPR_T_INT});
  build_block(c->b, (ppr_block){.table = asm_string(c, "A1"), .axis1 = 1, .axis2 = f->axis2, .first_field = field, .fields = 1});
  g->n_slot[1] = c->e->n_input - g->slot[1];
}

static void constants(gen *g) {
  asm_code *c = &g->c;
  g->k_state = asm_konst(c, 0);
  for (int64_t i = 1; i <= 3; i++) asm_konst(c, i);
  g->k_number = asm_konst(c, (int64_t)prng_next(g->random) | 1); /* a divisor is not 0 */
  asm_konst(c, INT64_MIN);
  asm_konst(c, prng_between(g->random, 1, 100));
  g->k_fault = asm_konst(c, 5204);
  asm_wide(c, (int64_t)prng_next(g->random), (int64_t)prng_next(g->random));
  int64_t cells[CELLS], last = prng_between(g->random, -50, 50);
  for (int i = 0; i < CELLS; i++) cells[i] = last += prng_between(g->random, 0, 20);
  g->tables = asm_table(c, "Stufen", 1 + below(g, CELLS), 1, cells);
  asm_table(c, "Tafel", 2, 3, cells);
  static const char *const signatures[] = {"Zahl(0)()", "Zahl(0)(Zahl(0))", "Datum(Datum,Zahl(0))"};
  for (int i = 0; i < 3; i++) {
    uint32_t at = asm_import(c, "f", signatures[i]);
    if (i == 0) g->import = at;
  }
}

static uint32_t args(gen *g, uint32_t type, uint32_t count, bool pairs) {
  uint32_t words[16], n = 0;
  for (uint32_t i = 0; i < count; i++) {
    words[n++] = pick(g, type);
    if (pairs) words[n++] = g->k_number + below(g, 3);
  }
  return asm_args(&g->c, n, words);
}

static void close_arm(gen *g) {
  for (uint32_t type = 0; type < TYPES; type++) {
    uint32_t *mark = &g->marks[g->c.depth - 1][type];
    for (uint32_t i = *mark; i < g->n_visible[type]; i++) add(g->closed[type], &g->n_closed[type], g->visible[type][i]);
    g->n_visible[type] = *mark;
  }
}

static void region(gen *g, ppr_shape shape) {
  asm_code *c = &g->c;
  if (shape == SHAPE_WHEN && c->depth < 6) {
    asm_when(c, pick(g, PPR_T_BOOL));
    memcpy(g->marks[c->depth - 1], g->n_visible, sizeof g->n_visible);
    g->in_else[c->depth - 1] = false;
  } else if (c->depth && !g->in_else[c->depth - 1]) {
    close_arm(g);
    asm_else(c);
    g->in_else[c->depth - 1] = true;
  } else if (c->depth) {
    close_arm(g);
    asm_end_when(c);
  }
}

static void instruction(gen *g) {
  asm_code *c = &g->c;
  uint32_t op = numbers[below(g, OPS)], n = below(g, 5);
  const ppr_op_info *row = instr_info(op);
  uint32_t type = row->operand, m = (row->flags & OPF_ROUND) ? below(g, PPR_ROUND_MODES) : 0;
  uint32_t konst = type == PPR_T_BOOL ? g->k_state + below(g, 4) : g->k_number + below(g, 3), reg = 0;
  switch ((ppr_shape)row->shape) {
  case SHAPE_IN: {
    uint32_t of = op == PPR_OP_IN_STATE ? below(g, 2) : row->result;
    reg = asm_op(c, op, g->slot[of] + below(g, g->n_slot[of]), 0, 0);
    break;
  }
  case SHAPE_K:
    if (op == PPR_OP_FAIL) konst = g->k_fault;
    else if (row->result == PPR_T_WIDE) konst = 0;
    else if (row->result == PPR_T_BOOL) konst = g->k_state + below(g, 4);
    reg = asm_op(c, op, konst, 0, 0);
    break;
  case SHAPE_R: reg = asm_op(c, op, pick(g, type), 0, 0); break;
  case SHAPE_RR: reg = asm_round(c, op, (ppr_round_mode)m, pick(g, type), pick(g, type)); break;
  case SHAPE_RK: reg = asm_round(c, op, (ppr_round_mode)m, pick(g, type), konst); break;
  case SHAPE_LIST: reg = asm_op(c, op, args(g, type, n, false), n, 0); break;
  case SHAPE_DOT: reg = asm_op(c, op, args(g, type, n, true), n, konst); break;
  case SHAPE_SEL: reg = asm_op(c, op, pick(g, PPR_T_BOOL), pick_chosen(g, type), pick_chosen(g, type)); break;
  case SHAPE_RT: reg = asm_op(c, op, pick(g, type), g->tables + (op == PPR_OP_RANK ? 0 : below(g, 2)), 0); break;
  case SHAPE_RRT: reg = asm_op(c, op, pick(g, type), pick(g, type), g->tables + below(g, 2)); break;
  case SHAPE_CALL: n = below(g, 3), reg = asm_op(c, op, args(g, type, n, false), n, g->import + n); break;
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END: region(g, (ppr_shape)row->shape); return;
  }
  defined(g, row->result, reg);
}

/* Outputs of registers that exist after the run; instances that depend on earlier ones. */
static void results(gen *g) {
  asm_code *c = &g->c;
  build_rule(c->b, (ppr_rule){.name = asm_string(c, "Regel")});
  for (uint32_t i = 0, n = 1 + below(g, 4); i < n; i++) {
    bool yes_no = below(g, 2);
    ppr_kind kind = yes_no ? PPR_KIND_BOOL : PPR_KIND_NUMBER;
    uint32_t reg = pick(g, yes_no ? PPR_T_BOOL : PPR_T_INT), state = below(g, 2) ? pick(g, PPR_T_BOOL) + 1 : 0;
    asm_output(c, "Ergebnis", kind, below(g, 4), reg, state);
    build_dep(c->b, (ppr_dep){i ? PPR_DEP_INST : PPR_DEP_INPUT, i ? below(g, i) : 0, 0});
    uint32_t wide = pick(g, PPR_T_WIDE);
    build_round(c->b, (ppr_round){pick_chosen(g, PPR_T_INT), wide, wide, below(g, PPR_ROUND_MODES), below(g, 19), PPR_T_WIDE});
    build_branch(c->b, (ppr_branch){.cond = pick_chosen(g, PPR_T_BOOL) + 1, .first_dep = i, .deps = 1, .first_round = i, .rounds = 1});
    build_inst(c->b, (ppr_inst){.label = asm_string(c, "Regel"), .kind = kind, .reg = pick_chosen(g, PPR_T_INT), .first_branch = i, .branches = 1});
  }
}

static ppr_program *generate(prng *random) {
  gen g = {.random = random};
  asm_begin(&g.c);
  uint32_t editions = 1 + below(&g, 3);
  for (uint32_t i = 0; i < editions; i++) {
    if (i) asm_edition(&g.c, "spaeter", 0, 0);
    g.c.e->from_day = 10000 + 100 * (int64_t)i;
    g.c.e->until_day = i + 1 < editions ? 10099 + 100 * (int64_t)i : INT64_MAX;
    memset(g.n_visible, 0, sizeof g.n_visible);
    memset(g.n_closed, 0, sizeof g.n_closed);
    schema(&g);
    constants(&g);
    for (uint32_t type = 0; type < TYPES; type++) {
      static const uint32_t first[] = {PPR_OP_CONST_BOOL, PPR_OP_CONST_INT, PPR_OP_CONST_WIDE};
      defined(&g, type, asm_op(&g.c, first[type], 0, 0, 0));
    }
    for (uint32_t k = below(&g, 60); k > 0; k--) instruction(&g);
    while (g.c.depth) region(&g, SHAPE_END);
    results(&g);
  }
  uint8_t digest[32];
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)below(&g, 256);
  build_source(g.c.b, "probe.ppr", digest);
  return asm_end(&g.c);
}

static ppr_buf encoded(const ppr_program *p) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1 << 24);
  image_encode(&b, p);
  assert_false(b.failed);
  return b;
}

static void must_verify(const ppr_program *p) {
  ppr_report *r = report_new(ppr_alloc_default);
  if (!verify_program(p, r)) {
    ppr_buf text;
    buf_init(&text, ppr_alloc_default, 1 << 20);
    diag_message(&text, report_first(r), PPR_LANG_DE);
    dis_program(&text, p, UINT32_MAX);
    fail_msg("%.*s", (int)text.size, text.data);
  }
  report_free(r);
}

/* The program of an image, or NULL. */
static ppr_program *decoded(const ppr_buf *b, ppr_status *status) {
  ppr_report *r = report_new(ppr_alloc_default);
  ppr_program *p;
  *status = image_decode(&p, ppr_alloc_default, b->data, b->size, r);
  assert_true((*status == PPR_OK) == (p != NULL));
  assert_true((*status == PPR_OK) == (report_first(r) == NULL));
  report_free(r);
  ppr_program *late = NULL;
  r = report_new(ppr_alloc_default);
  ppr_status opened = image_open(&late, ppr_alloc_default, b->data, b->size, r);
  for (uint32_t i = 0; opened == PPR_OK && i < late->n_editions; i++) opened = image_code(late, i, r);
  assert_true((*status == PPR_OK) == (opened == PPR_OK));
  assert_true((opened == PPR_OK) == (report_first(r) == NULL));
  program_free(late);
  report_free(r);
  return p;
}

static void round_trip(void **state) {
  prng random = prng_new("round_trip");
  (void)state;
  bool used[OPS] = {false};
  for (int i = 0; i < 400; i++) {
    ppr_program *p = generate(&random);
    must_verify(p);
    ppr_buf first = encoded(p);
    ppr_status status;
    ppr_program *q = decoded(&first, &status);
    assert_int_equal(status, PPR_OK);
    ppr_buf second = encoded(q);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    for (uint32_t k = 0; k < p->editions[0].n_instr; k++)
      for (int o = 0; o < OPS; o++) used[o] |= numbers[o] == p->editions[0].instr[k].op;
    buf_fini(&first);
    buf_fini(&second);
    program_free(p);
    program_free(q);
  }
  for (int o = 0; o < OPS; o++)
    if (!used[o]) fail_msg("%s was never generated", instr_info(numbers[o])->name);
}

enum { CHECK = 4 }; /* bytes of the check sum at the end of an image */

static void seal(ppr_buf *b) {
  uint32_t check = crc32c(b->data, b->size - CHECK);
  for (unsigned i = 0; i < CHECK; i++) b->data[b->size - CHECK + i] = (char)(check >> 8 * i);
}

/* A sealed image that was changed: refused, or a sound program that has this image and a listing. Returns whether it was accepted. */
static bool refused_or_sound(const ppr_buf *b) {
  ppr_status status;
  ppr_program *p = decoded(b, &status);
  if (!p) {
    assert_true(status == PPR_FORMAT || status == PPR_VERSION || status == PPR_INVALID_PROGRAM);
    return false;
  }
  ppr_buf again = encoded(p), text;
  if (b->data[4] == 1 && memcmp(b->data + 5, "\0\0\0", 3) == 0) { /* later versions may hold what is skipped */
    assert_int_equal(again.size, b->size);
    assert_memory_equal(again.data, b->data, b->size);
  }
  buf_init(&text, ppr_alloc_default, 1 << 20);
  dis_program(&text, p, UINT32_MAX);
  buf_fini(&text);
  buf_fini(&again);
  program_free(p);
  return true;
}

static void every_byte(void **state) {
  prng random = prng_new("every_byte");
  (void)state;
  ppr_program *p = generate(&random);
  ppr_buf b = encoded(p);
  program_free(p);
  ppr_status status;
  size_t accepted = 0;
  for (size_t at = 0; at < b.size; at++) {
    char change = (char)(1 + prng_below(&random, 255)), old = b.data[at];
    b.data[at] ^= change;
    assert_null(decoded(&b, &status));
    if (at < b.size - CHECK) {
      seal(&b);
      accepted += refused_or_sound(&b);
    }
    b.data[at] = old;
    seal(&b);
  }
  assert_in_range(accepted, 1, b.size); /* constants, for example */
  buf_fini(&b);
}

/* Whole words replaced by what programs are sensitive to. */
static void words(void **state) {
  prng random = prng_new("words");
  (void)state;
  static const uint32_t values[] = {0, 1, 2, 3, 4, 5, 7, 16, 255, 65535, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
  for (int i = 0; i < 20; i++) {
    ppr_program *p = generate(&random);
    ppr_buf b = encoded(p);
    program_free(p);
    for (int k = 0; k < 150; k++) {
      size_t at[3];
      uint32_t old[3];
      int n = 1 + (int)prng_below(&random, 3);
      for (int j = 0; j < n; j++) {
        at[j] = 20 + (size_t)prng_below(&random, b.size - CHECK - 24);
        memcpy(&old[j], b.data + at[j], 4);
        memcpy(b.data + at[j], &values[prng_below(&random, sizeof values / sizeof *values)], 4);
      }
      seal(&b);
      refused_or_sound(&b);
      while (n-- > 0) memcpy(b.data + at[n], &old[n], 4);
    }
    buf_fini(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(every_byte), cmocka_unit_test(words)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
