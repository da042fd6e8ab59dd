/* The assembler of asm.h and the sample program of the tests of runtime/code. */
#include "support/asm.h"
#include <stdlib.h>
#include <string.h>

/* Tests do not go on without memory. */
static void must(bool good) {
  if (!good) abort();
}

uint32_t asm_string(asm_code *c, const char *text) { return build_string(c->b, text); }

void asm_edition(asm_code *c, const char *name, int64_t from_day, int64_t until_day) {
  if (c->e) c->e->cost = c->e->n_instr;
  must(c->depth == 0);
  c->e = build_edition(c->b);
  c->e->name = asm_string(c, name);
  c->e->from_day = from_day;
  c->e->until_day = until_day;
}

void asm_begin(asm_code *c) {
  *c = (asm_code){.b = build_new(ppr_alloc_default)};
  must(c->b != NULL);
  build_name(c->b, "Probe");
  asm_edition(c, "2024-01", 19723, INT64_MAX); /* 01.01.2024 */
}

ppr_program *asm_end(asm_code *c) {
  must(c->depth == 0);
  c->e->cost = c->e->n_instr;
  ppr_program *p = build_finish(c->b);
  must(p != NULL);
  return p;
}

uint32_t asm_input(asm_code *c, const char *label, ppr_kind kind, uint32_t scale, int64_t lo, int64_t hi, uint32_t flags) {
  uint32_t type = kind == PPR_KIND_BOOL ? PPR_T_BOOL : PPR_T_INT;
  uint32_t field = build_field(c->b, (ppr_field){.name = asm_string(c, label),
                                                 .kind = kind,
                                                 .scale = scale,
                                                 .flags = flags,
                                                 .first_input = c->e->n_input,
                                                 .inputs = 1,
                                                 .column = asm_string(c, label),
                                                 .lo = lo,
                                                 .hi = hi,
                                                 .preset = lo});
  return build_input(c->b, (ppr_input){.label = asm_string(c, label), .field = field, .type = type});
}

uint32_t asm_konst(asm_code *c, int64_t value) { return build_konst(c->b, (ppr_konst){value}); }

uint32_t asm_wide(asm_code *c, int64_t hi, int64_t lo) { return build_wide_konst(c->b, (ppr_wide_konst){hi, lo}); }

uint32_t asm_table(asm_code *c, const char *name, uint32_t rows, uint32_t cols, const int64_t *cells) {
  uint32_t first = c->e->n_konst;
  for (uint32_t i = 0; i < rows * cols; i++) asm_konst(c, cells[i]);
  return build_table(c->b, (ppr_table){first, rows, cols, asm_string(c, name)});
}

uint32_t asm_import(asm_code *c, const char *name, const char *signature) {
  return build_import(c->b, (ppr_import){asm_string(c, name), asm_string(c, signature), 0});
}

uint32_t asm_args(asm_code *c, uint32_t count, const uint32_t *words) {
  uint32_t first = c->e->n_arg;
  for (uint32_t i = 0; i < count; i++) build_arg(c->b, (ppr_arg){words[i]});
  return first;
}

static uint32_t emit(asm_code *c, uint32_t op, uint32_t m, uint32_t a, uint32_t b, uint32_t operand_c) {
  const ppr_op_info *info = instr_info(op);
  must(info != NULL);
  uint32_t d = (info->flags & OPF_REGION) ? PPR_NONE : build_reg(c->b, (ppr_reg){info->result});
  build_pos(c->b, (ppr_pos){asm_string(c, "2024-01.ppr"), c->e->n_instr + 1, 1});
  build_instr(c->b, (ppr_instr){op, m, d, a, b, operand_c});
  return d;
}

uint32_t asm_op(asm_code *c, uint32_t op, uint32_t a, uint32_t b, uint32_t operand_c) { return emit(c, op, 0, a, b, operand_c); }
uint32_t asm_round(asm_code *c, uint32_t op, ppr_round_mode mode, uint32_t a, uint32_t b) { return emit(c, op, mode, a, b, 0); }
uint32_t asm_int(asm_code *c, int64_t value) { return asm_op(c, PPR_OP_CONST_INT, asm_konst(c, value), 0, 0); }
uint32_t asm_bool(asm_code *c, int64_t value) { return asm_op(c, PPR_OP_CONST_BOOL, asm_konst(c, value), 0, 0); }

void asm_when(asm_code *c, uint32_t condition) {
  must(c->depth < ASM_DEPTH);
  c->when[c->depth++] = c->e->n_instr;
  emit(c, PPR_OP_WHEN, 0, condition, 0, 0);
}

void asm_else(asm_code *c) {
  must(c->depth > 0);
  c->e->instr[c->when[c->depth - 1]].b = c->e->n_instr;
  c->otherwise[c->depth - 1] = c->e->n_instr;
  emit(c, PPR_OP_ELSE, 0, 0, 0, 0);
}

void asm_end_when(asm_code *c) {
  must(c->depth > 0);
  c->e->instr[c->otherwise[--c->depth]].b = c->e->n_instr;
  emit(c, PPR_OP_END, 0, 0, 0, 0);
}

uint32_t asm_output(asm_code *c, const char *label, ppr_kind kind, uint32_t scale, uint32_t reg, uint32_t state) {
  return build_output(c->b, (ppr_output){.label = asm_string(c, label), .kind = kind, .scale = scale, .reg = reg, .state = state});
}

/* Schema of the sample: keys IK, Jahr, Quartal, the quarter they name, a yes/no that may be absent, days per Bereich, a reading. */
static void sample_schema(asm_code *c) {
  ppr_builder *b = c->b;
  build_enumeration(b, (ppr_enumeration){asm_string(c, "Bereich"), 0, 2});
  build_enumeration(b, (ppr_enumeration){asm_string(c, "Lesart"), 2, 2});
  const char *members[] = {"A1", "A2", "eng", "weit"};
  for (int i = 0; i < 4; i++) build_member(b, (ppr_member){asm_string(c, members[i]), asm_string(c, members[i]), 0});
  uint32_t key = PPR_FIELD_KEY;
  build_field(b, (ppr_field){.name = asm_string(c, "IK"), .kind = PPR_KIND_TEXT, .flags = key, .column = asm_string(c, "IK")});
  build_field(b, (ppr_field){.name = asm_string(c, "Jahr"), .flags = key, .inputs = 1, .column = asm_string(c, "Jahr"), .lo = 2020, .hi = 2099});
  build_field(
      b, (ppr_field){
             .name = asm_string(c, "Quartal"), .flags = key, .first_input = 1, .inputs = 1, .column = asm_string(c, "Quartal"), .lo = 1, .hi = 4});
  build_field(b, (ppr_field){.name = asm_string(c, "Berichtsquartal"),
                             .kind = PPR_KIND_QUARTER,
                             .flags = PPR_FIELD_PERIOD,
                             .first_input = 2,
                             .inputs = 1,
                             .lo = 8080,
                             .hi = 8399}); /* 2020-Q1 to 2099-Q4 */
  build_field(b, (ppr_field){.name = asm_string(c, "Zuschlag"),
                             .kind = PPR_KIND_BOOL,
                             .flags = PPR_FIELD_OPTIONAL,
                             .block = 1,
                             .first_input = 3,
                             .inputs = 1,
                             .column = asm_string(c, "Zuschlag"),
                             .hi = 1});
  build_field(b, (ppr_field){.name = asm_string(c, "Tage"),
                             .unit = asm_string(c, "Tag"),
                             .flags = PPR_FIELD_PRESET | PPR_FIELD_SUM,
                             .block = 2,
                             .axis1 = 1,
                             .first_input = 4,
                             .inputs = 2,
                             .column = asm_string(c, "Tage"),
                             .cite = asm_string(c, "§ 6"),
                             .hi = 99999});
  build_field(b, (ppr_field){.name = asm_string(c, "Frage"),
                             .kind = PPR_KIND_ENUM,
                             .enumeration = 2,
                             .flags = PPR_FIELD_READING | PPR_FIELD_PRESET,
                             .first_input = 6,
                             .inputs = 1,
                             .hi = 1,
                             .preset = 1});
  build_block(b, (ppr_block){.table = asm_string(c, "A1"), .first_field = 4, .fields = 1, .keys = 2});
  build_block(b, (ppr_block){.table = asm_string(c, "A3.3"),
                             .axis1 = 1,
                             .conds = 2,
                             .first_field = 5,
                             .fields = 1,
                             .column1 = asm_string(c, "Behandlungsbereich"),
                             .first_key = 2,
                             .keys = 2});
  static const uint32_t block_keys[] = {0, 1, 1, 0};
  for (size_t i = 0; i < 4; i++) build_block_key(b, (ppr_block_key){block_keys[i]});
  build_cond(b, (ppr_cond){asm_string(c, "Bezugsjahr"), 2, 0, -1});
  build_cond(b, (ppr_cond){asm_string(c, "Dienst"), 0, asm_string(c, "T"), 0});
  static const struct {
    const char *label;
    uint32_t field, type;
  } inputs[] = {{"Jahr", 1, PPR_T_INT},      {"Quartal", 2, PPR_T_INT},  {"Berichtsquartal", 3, PPR_T_INT},
                {"Zuschlag", 4, PPR_T_BOOL}, {"Tage[A1]", 5, PPR_T_INT}, {"Tage[A2]", 5, PPR_T_INT},
                {"Frage", 6, PPR_T_INT}};
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
    build_input(b, (ppr_input){asm_string(c, inputs[i].label), inputs[i].field, inputs[i].type});
  for (uint32_t i = 0; i < 3; i++) build_key(b, (ppr_key){i});
  build_reading(b, (ppr_reading){asm_string(c, "Frage"), 6, asm_string(c, "Wie ist § 6 zu lesen?"), asm_string(c, "§ 6")});
  c->e->period_input = 2;
  c->e->period_year = 1;
  c->e->period_quarter = 2;
}

/* Code of the sample; the comments give register and instruction. */
static void sample_code(asm_code *c) {
  uint32_t k100 = asm_konst(c, 100), k7 = asm_konst(c, 7), k50 = asm_konst(c, 50), k0 = asm_konst(c, 0);
  uint32_t big = asm_wide(c, 5, 7766279631452241920); /* 10^20 */
  uint32_t steps = asm_table(c, "Stufen", 2, 1, (int64_t[]){0, 1000}), rates = asm_table(c, "Satz", 3, 1, (int64_t[]){0, 10, 20});
  uint32_t a1 = asm_op(c, PPR_OP_IN_INT, 4, 0, 0), a2 = asm_op(c, PPR_OP_IN_INT, 5, 0, 0);                  /* r0, r1: 0, 1 */
  uint32_t days = asm_op(c, PPR_OP_SUM, asm_args(c, 2, (uint32_t[]){a1, a2}), 2, 0);                        /* r2: 2 */
  uint32_t weeks = asm_round(c, PPR_OP_DIVK, PPR_ROUND_HALF_UP, asm_op(c, PPR_OP_MULK, days, k100, 0), k7); /* r3, r4: 3, 4 */
  uint32_t present = asm_op(c, PPR_OP_EQBK, asm_op(c, PPR_OP_IN_STATE, 3, 0, 0), k0, 0);                    /* r5, r6: 5, 6 */
  asm_when(c, present);                                                                                     /* 7 */
  uint32_t extra = asm_op(c, PPR_OP_IN_BOOL, 3, 0, 0), more = asm_op(c, PPR_OP_ADDK, weeks, k50, 0);        /* r7, r8: 8, 9 */
  asm_else(c);                                                                                              /* 10 */
  uint32_t no = asm_op(c, PPR_OP_CONST_BOOL, k0, 0, 0);                                                     /* r9: 11 */
  asm_end_when(c);                                                                                          /* 12 */
  uint32_t granted = asm_op(c, PPR_OP_SEL_BOOL, present, extra, no);                                        /* r10: 13 */
  uint32_t result = asm_op(c, PPR_OP_SEL_INT, granted, more, weeks);                                        /* r11: 14 */
  uint32_t square = asm_op(c, PPR_OP_MULWI, result, result, 0);                                             /* r12: 15 */
  uint32_t small = asm_op(c, PPR_OP_LTW, square, asm_op(c, PPR_OP_CONST_WIDE, big, 0, 0), 0);               /* r13, r14: 16, 17 */
  uint32_t rate = asm_op(c, PPR_OP_LOOK, asm_op(c, PPR_OP_RANK, days, steps, 0), rates, 0);                 /* r15, r16: 18, 19 */
  uint32_t dot = asm_op(c, PPR_OP_DOT, asm_args(c, 4, (uint32_t[]){a1, k7, a2, k100}), 2, k50);             /* r17: 20 */
  uint32_t plus = asm_import(c, "plus", "Zahl(0)(Zahl(0),Zahl(0))");
  uint32_t sum = asm_op(c, PPR_OP_CALL, asm_args(c, 2, (uint32_t[]){rate, dot}), 2, plus); /* r18: 21 */
  uint32_t seven = asm_op(c, PPR_OP_CONST_INT, k7, 0, 0);                                  /* r19: 22 */

  ppr_builder *b = c->b;
  uint32_t unit = asm_string(c, "Woche"), file = asm_string(c, "2024-01.ppr"), cite = asm_string(c, "§ 6 Abs. 2");
  build_output(b, (ppr_output){.label = asm_string(c, "Wochen"), .unit = unit, .scale = 2, .reg = result, .inst = 1});
  build_output(b, (ppr_output){.label = asm_string(c, "klein"), .kind = PPR_KIND_BOOL, .reg = small, .state = present + 1});
  build_output(b, (ppr_output){.label = asm_string(c, "Summe"), .reg = sum});
  build_file(b, (ppr_file){asm_string(c, "A5.1"), 0, 3});
  const char *columns[] = {"Jahr", "Art", "Wochen"};
  for (int i = 0; i < 3; i++) build_col(b, (ppr_col){asm_string(c, columns[i])});
  build_sum_key(b, (ppr_sum_key){0, 0});
  build_line(b, (ppr_line){0, 2, 0, 3});
  build_cell(b, (ppr_cell){PPR_CELL_FIELD, 1});
  build_cell(b, (ppr_cell){PPR_CELL_TEXT, asm_string(c, "gesamt")});
  build_cell(b, (ppr_cell){PPR_CELL_OUTPUT, 0});
  build_check(b, (ppr_check){asm_string(c, "Größe"), 2, asm_string(c, "klein"), 1, cite, file, 9, 0});
  build_rule(b, (ppr_rule){asm_string(c, "Wochen"), PPR_RULE_RULE, cite, file, 4, asm_string(c, "2024-01")});
  build_rule(b, (ppr_rule){asm_string(c, "Grundwochen"), PPR_RULE_RULE, cite, file, 2, asm_string(c, "2024-01")});
  build_inst(b, (ppr_inst){.label = asm_string(c, "Wochen"), .unit = unit, .scale = 2, .reg = result, .branches = 2});
  build_inst(b,
             (ppr_inst){.label = asm_string(c, "Grundwochen"), .rule = 1, .unit = unit, .scale = 2, .reg = weeks, .first_branch = 2, .branches = 1});
  build_branch(b, (ppr_branch){.formula = asm_string(c, "Grundwochen"), .deps = 1});
  build_branch(b, (ppr_branch){.label = asm_string(c, "Zuschlag"),
                               .cite = cite,
                               .formula = asm_string(c, "Grundwochen + 0,5"),
                               .cond = granted + 1,
                               .form = PPR_BRANCH_EXCEPTION,
                               .first_dep = 1,
                               .deps = 2});
  build_branch(b, (ppr_branch){.formula = asm_string(c, "summe über Bereich : Tage / 7"), .first_dep = 3, .deps = 2, .rounds = 1});
  build_dep(b, (ppr_dep){PPR_DEP_INST, 1, asm_string(c, "Grundwochen")});
  build_dep(b, (ppr_dep){PPR_DEP_INST, 1, asm_string(c, "Grundwochen")});
  build_dep(b, (ppr_dep){PPR_DEP_CONST, k50, asm_string(c, "0,5")});
  build_dep(b, (ppr_dep){PPR_DEP_INPUT, 4, asm_string(c, "Tage[A1]")});
  build_dep(b, (ppr_dep){PPR_DEP_INPUT, 5, asm_string(c, "Tage[A2]")});
  build_round(b, (ppr_round){weeks, days, seven, PPR_ROUND_HALF_UP, 2, PPR_T_INT});
  build_open(b, (ppr_open){asm_string(c, "Rest"), asm_string(c, "Was gilt im Schaltjahr?"), cite});
}

ppr_program *asm_sample(void) {
  asm_code c;
  asm_begin(&c);
  c.e->title = asm_string(&c, "Probe der Werkzeuge");
  c.e->decision = asm_string(&c, "19.10.2023 (BAnz AT 05.02.2024 B4)");
  sample_schema(&c);
  sample_code(&c);
  asm_edition(&c, "2023-01", 19358, 19722); /* 01.01.2023 to 31.12.2023 */
  asm_output(&c, "eins", PPR_KIND_NUMBER, 0, asm_int(&c, 1), 0);
  uint8_t digest[32];
  memset(digest, 0xAB, sizeof digest);
  build_source(c.b, "2023-01.ppr", digest);
  digest[0] = 0x01;
  build_source(c.b, "2024-01.ppr", digest);
  return asm_end(&c);
}
