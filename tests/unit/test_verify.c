/* The verifier: the sample is sound, and each way to break it has its own message. The last test demands a case for every message of the verifier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "code/verify.h"
#include "code/verify_int.h"
#include "support/asm.h"
#include <string.h>

static uint8_t seen[10000];

static void expect(ppr_program *p, int code, const char *what) {
  ppr_report *r = report_new(ppr_alloc_default);
  bool sound = verify_program(p, r);
  const diag *d = report_first(r);
  int got = d ? (int)d->code : 0;
  if (sound != (code == 0) || got != code)
    fail_msg("%s: expected %d, is %d%s%s", what, code, got, d && d->args[0] ? " at " : "", d && d->args[0] ? d->args[0] : "");
  seen[code] = 1;
  report_free(r);
  program_free(p);
}

/* The sample with one change to it (p) or to its second, full edition (e). Places in code, registers and rows: see asm_sample. */
#define CASE(code, ...)                                                                                                                              \
  do {                                                                                                                                               \
    ppr_program *p = asm_sample();                                                                                                                   \
    ppr_edition *e = &p->editions[1];                                                                                                                \
    (void)e;                                                                                                                                         \
    __VA_ARGS__;                                                                                                                                     \
    expect(p, code, #__VA_ARGS__);                                                                                                                   \
  } while (0)

static void sound(void **state) {
  (void)state;
  CASE(0, (void)0);
}

static void instructions(void **state) {
  (void)state;
  CASE(6101, e->instr[3].op = 999);
  CASE(6101, e->instr[0].op = 0);
  CASE(6102, e->instr[4].m = 4);
  CASE(6102, e->instr[3].m = 1);
  CASE(0, e->instr[4].m = 3);
  CASE(6103, e->instr[3].d = 20);
  CASE(6103, e->instr[7].d = 3);
  CASE(6103, e->instr[3].d = PPR_NONE);
  CASE(6104, e->instr[3].d = 0);
  CASE(6105, e->reg[3].type = PPR_T_WIDE);
  CASE(6121, e->n_instr = e->n_pos = e->cost = 22);
  CASE(6121, e->n_instr = e->n_pos = e->cost = 5);
  CASE(6122, e->n_instr = 1000001);
  CASE(6123, e->cost = 24);
  CASE(6124, e->n_pos = 22);
}

static void operands(void **state) {
  (void)state;
  CASE(6106, e->instr[3].a = 20);
  CASE(6106, e->instr[15].b = PPR_NONE);
  CASE(6106, e->arg[1].value = 20);
  CASE(6107, e->instr[3].a = 3);
  CASE(6107, e->instr[14].c = 19);
  CASE(6107, e->arg[2].value = 18);
  CASE(6108, e->instr[13].a = 0);
  CASE(6108, e->instr[15].a = 6);
  CASE(6108, e->instr[14].b = 7);
  CASE(6108, e->instr[7].a = 4);
  CASE(6108, e->arg[7].value = 6);
  CASE(6117, e->instr[0].a = 7);
  CASE(6117, e->instr[0].a = 3);
  CASE(6117, e->instr[8].a = 4);
  CASE(0, e->instr[5].a = 4); /* the state of any input */
  CASE(6117, e->instr[5].a = 7);
}

static void constants_and_tables(void **state) {
  (void)state;
  CASE(6110, e->instr[3].b = 9);
  CASE(6110, e->instr[22].a = PPR_NONE);
  CASE(6110, e->instr[16].a = 1);
  CASE(6110, e->arg[3].value = 9);
  CASE(6110, e->instr[20].c = 9);
  CASE(6111, e->instr[11].a = 0); /* yes/no 100 */
  CASE(6111, e->instr[6].b = 0);
  CASE(0, e->konst[3].value = 3); /* state unbestimmt */
  CASE(6111, e->konst[3].value = -1);
  CASE(6111, e->instr[4].b = 3);             /* division by the constant 0 */
  CASE(6111, e->instr[11].op = PPR_OP_FAIL); /* fault 0 */
  CASE(6111, e->instr[11].op = PPR_OP_FAIL; e->instr[11].a = 0; e->konst[0].value = 5299);
  CASE(6111, e->instr[11].op = PPR_OP_FAIL; e->instr[11].a = 0; e->konst[0].value = 6101);
  CASE(0, e->instr[11].op = PPR_OP_FAIL; e->instr[11].a = 0; e->konst[0].value = 5204);
  CASE(6112, e->instr[18].b = 2);
  CASE(6112, e->instr[19].b = PPR_NONE);
  CASE(6113, e->konst[4].value = 1001);
  CASE(0, e->konst[4].value = 1000);
  CASE(6113, e->table[0].rows = 1; e->table[0].cols = 2);
  CASE(0, e->table[0].rows = 0);
  CASE(6203, e->table[0].cols = 0);
  CASE(6203, e->table[1].first = 7);
  CASE(6203, e->table[1].rows = e->table[1].cols = 1u << 31);
}

static void lists_and_natives(void **state) {
  (void)state;
  CASE(6114, e->instr[2].b = 9);
  CASE(6114, e->instr[2].a = 9);
  CASE(6114, e->instr[2].a = PPR_NONE);
  CASE(6114, e->instr[2].b = PPR_NONE);
  CASE(6114, e->instr[20].b = 4);
  CASE(6114, e->instr[20].b = 1u << 31);
  CASE(0, e->instr[2].b = 0);
  CASE(6115, e->instr[21].c = 1);
  CASE(6116, e->instr[21].b = 1);
  CASE(6210, e->import[0].signature = e->import[0].name);
}

static void regions(void **state) {
  (void)state;
  CASE(6109, e->instr[15].a = 8);                               /* after the region */
  CASE(6109, e->instr[11].op = PPR_OP_NOT; e->instr[11].a = 7); /* the other arm */
  CASE(6109, e->instr[13].a = 7);                               /* SEL only chooses between values of arms */
  CASE(6109, e->arg[7].value = 8);                              /* in a list */
  CASE(6118, e->instr[10].op = PPR_OP_END);
  CASE(6118, e->instr[12].op = PPR_OP_ELSE);
  CASE(6118, e->instr[12].op = PPR_OP_WHEN; e->instr[12].a = 6);
  CASE(6118, e->instr[7].op = PPR_OP_ELSE);
  CASE(6118, e->instr[7].op = PPR_OP_END);
  CASE(6119, e->instr[7].b = 11);
  CASE(6119, e->instr[7].b = 12);
  CASE(6119, e->instr[10].b = 13);
  CASE(6119, e->instr[10].b = PPR_NONE);
}

/* `depth` empty conditions, one in the other. */
static ppr_program *nested(uint32_t depth) {
  asm_code c;
  asm_begin(&c);
  uint32_t yes = asm_bool(&c, 1), last = 2 * depth;
  for (uint32_t i = 1; i <= depth; i++) build_instr(c.b, (ppr_instr){PPR_OP_WHEN, 0, PPR_NONE, yes, depth + 1 + 2 * (depth - i), 0});
  for (uint32_t i = depth + 1; i <= depth + last; i += 2) {
    build_instr(c.b, (ppr_instr){PPR_OP_ELSE, 0, PPR_NONE, 0, i + 1, 0});
    build_instr(c.b, (ppr_instr){PPR_OP_END, 0, PPR_NONE, 0, 0, 0});
  }
  while (c.e->n_pos < c.e->n_instr) build_pos(c.b, (ppr_pos){0, 1, 1});
  return asm_end(&c);
}

static void depth(void **state) {
  (void)state;
  expect(nested(3), 0, "3 regions");
  expect(nested(1024), 0, "1024 regions");
  expect(nested(1025), 6120, "1025 regions");
}

/* 41 sums over the same 100 000 operands. */
static void operands_together(void **state) {
  (void)state;
  for (uint32_t sums = 40; sums <= 41; sums++) {
    asm_code c;
    asm_begin(&c);
    uint32_t one = asm_int(&c, 1);
    for (int i = 0; i < 100000; i++) build_arg(c.b, (ppr_arg){one});
    for (uint32_t i = 0; i < sums; i++) asm_op(&c, PPR_OP_SUM, 0, 100000, 0);
    expect(asm_end(&c), sums == 40 ? 0 : 6125, "sums");
  }
}

static void references(void **state) {
  (void)state;
  CASE(6201, e->name = p->n_string);
  CASE(6201, p->editions[0].title = p->n_string);
  CASE(6201, p->name = p->n_string);
  CASE(6201, p->sources[1].name = p->n_string);
  CASE(6201, e->pos[3].file = p->n_string);
  CASE(6201, e->field[5].unit = p->n_string);
  CASE(6201, e->branch[0].formula = PPR_NONE);
  CASE(6201, e->check[0].label = PPR_NONE);
  CASE(6201, e->open[0].cite = p->n_string);
  CASE(6201, e->input[0].field = 7);
  CASE(6201, e->field[4].block = 3);
  CASE(6201, e->field[5].axis2 = 3);
  CASE(6201, e->block[1].axis1 = PPR_NONE);
  CASE(6201, e->cond[0].key = 4);
  CASE(6201, e->key[0].field = 7);
  CASE(6201, e->reading[0].field = PPR_NONE);
  CASE(6201, e->output[0].reg = 20);
  CASE(6201, e->output[0].reg = PPR_NONE);
  CASE(6201, e->output[1].state = 21);
  CASE(6201, e->output[0].inst = 3);
  CASE(6201, e->output[0].kind = PPR_KIND_ENUM);
  CASE(6201, e->line[0].file = 1);
  CASE(6201, e->line[0].when = 4);
  CASE(6201, e->cell[0].value = 7);
  CASE(6201, e->cell[1].value = p->n_string);
  CASE(6201, e->cell[2].value = 3);
  CASE(6201, e->check[0].output = 3);
  CASE(6201, e->inst[0].rule = 2);
  CASE(6201, e->inst[1].reg = 20);
  CASE(6201, e->branch[1].cond = 21);
  CASE(6201, e->round[0].den = 20);
  CASE(6201, e->dep[0].index = 2);
  CASE(6201, e->dep[2].index = 9);
  CASE(6201, e->dep[3].index = 7);
  CASE(6203, e->enumeration[1].count = 3);
  CASE(6203, e->enumeration[0].first = PPR_NONE);
  CASE(6203, e->block[0].first_field = 7);
  CASE(6203, e->block[1].conds = 3);
  CASE(6201, e->block_key[0].key = 3);
  CASE(6203, e->block[1].keys = 3);
  CASE(6203, e->field[6].first_input = 7);
  CASE(6203, e->field[6].inputs = PPR_NONE);
  CASE(6203, e->file[0].cols = 4);
  CASE(6201, e->sum_key[0].file = 1);
  CASE(6201, e->sum_key[0].key = e->n_key);
  CASE(6203, e->line[0].cells = 4);
  CASE(6203, e->inst[0].branches = 4);
  CASE(6203, e->branch[0].deps = 6);
  CASE(6203, e->branch[2].rounds = 2);
}

static void words(void **state) {
  (void)state;
  CASE(6202, e->reg[3].type = 3);
  CASE(6202, e->input[0].type = PPR_T_WIDE);
  CASE(6202, e->field[3].kind = 7);
  CASE(6202, e->field[3].flags = 128);
  CASE(6202, e->output[0].kind = PPR_KIND_TEXT);
  CASE(6202, e->cell[0].kind = 3);
  CASE(6202, e->check[0].severity = 3);
  CASE(6202, e->inst[0].kind = PPR_KIND_TEXT);
  CASE(6202, e->rule[0].form = 6);
  CASE(6202, e->branch[0].form = 4);
  CASE(6202, e->dep[0].kind = 3);
  CASE(6202, e->round[0].mode = 4);
  CASE(6202, e->round[0].scale = 19);
  CASE(6202, e->round[0].type = 3);
  CASE(6212, e->field[5].scale = 19);
  CASE(6212, e->output[0].kind = PPR_KIND_PERCENT; e->output[0].scale = 17);
  CASE(0, e->output[0].kind = PPR_KIND_PERCENT; e->output[0].scale = 16; e->n_sum_key = 0);
  CASE(6212, e->inst[0].scale = PPR_NONE);
  CASE(6204, p->text[p->string_at[e->title]] = (char)0xFF);
}

static void schema(void **state) {
  (void)state;
  CASE(6205, e->field[5].lo = 100000);
  CASE(6205, e->field[4].hi = 2);
  CASE(6205, e->field[6].hi = 2);
  CASE(6205, e->field[6].lo = -1);
  CASE(6205, e->field[6].preset = 2);
  CASE(6205, e->field[5].preset = -1);
  CASE(6206, e->field[5].inputs = 1);
  CASE(6206, e->field[5].axis2 = 1; e->block[1].axis2 = 1);
  CASE(6207, e->input[4].field = 4);
  CASE(6207, e->field[6].inputs = 0);
  CASE(6207, e->field[4].block = 0);
  CASE(6207, e->block[0].axis1 = 1);
  CASE(6207, e->field[0].flags = 0);
  CASE(6207, e->reading[0].field = 1);
  CASE(6208, e->input[6].type = PPR_T_BOOL);
  CASE(6211, e->input[1].label = 0);
  CASE(6213, e->period_input = 7);
  CASE(6213, e->period_input = 3);
  CASE(6213, e->period_year = 3);
  CASE(6213, e->period_quarter = PPR_NONE);
  CASE(0, e->period_input = PPR_NONE);
}

/* Blocks of the sample: A1 by the keys 0 and 1, A3.3 by 1 and 0. */
static void keys_of_tables(void **state) {
  (void)state;
  CASE(6214, e->block_key[1].key = 0);
  CASE(0, e->block[1].table = e->block[0].table);
  CASE(6214, e->block[1].table = e->block[0].table; e->block_key[3].key = 2);
  CASE(6214, e->block[1].table = e->block[0].table; e->block[1].keys = 1);
  CASE(6214, e->block[1].table = e->block[0].table; e->block[1].keys = 0);
  CASE(6401, e->block[1].first_key = 0; e->block[0].keys = 3; e->block_key[2].key = 2);
}

static void results(void **state) {
  (void)state;
  static ppr_sum_key twice[] = {{0, 1}, {0, 1}}, falling[] = {{0, 2}, {0, 1}}, all[] = {{0, 0}, {0, 1}, {0, 2}};
  CASE(6215, e->sum_key = twice; e->n_sum_key = 2);
  CASE(6215, e->sum_key = falling; e->n_sum_key = 2);
  CASE(0, e->sum_key = all; e->n_sum_key = 3);
  CASE(6215, e->output[0].kind = PPR_KIND_PERCENT);
  CASE(6206, e->line[0].cells = 2);
  CASE(6208, e->output[0].reg = 14);
  CASE(6208, e->output[1].reg = 12);
  CASE(6208, e->output[1].state = 1);
  CASE(6208, e->line[0].when = 1);
  CASE(6208, e->check[0].output = 0);
  CASE(6208, e->inst[0].state = 1);
  CASE(6208, e->branch[1].cond = 1);
  CASE(6208, e->round[0].type = PPR_T_WIDE);
  CASE(6209, e->output[0].reg = 8);
  CASE(6209, e->output[1].state = 10);
  CASE(6211, e->output[2].label = 0);
  CASE(0, e->inst[0].reg = 8); /* notes may look into arms */
}

static void notes(void **state) {
  (void)state;
  CASE(6401, e->inst[1].first_branch = 0; e->inst[1].branches = 3);
  CASE(6401, e->branch[2].first_dep = 0; e->branch[2].deps = 5);
  CASE(6402, e->dep[3].kind = PPR_DEP_INST; e->dep[3].index = 0);
  CASE(6402, e->dep[3].kind = PPR_DEP_INST; e->dep[3].index = 1);
}

/* The reading of the sample (field 6, words 0 and 1) as a parameter 0..1 that a run may set. */
static void make_parameter(ppr_edition *e) {
  static ppr_parameter row;
  row = (ppr_parameter){.field = 6};
  e->field[6].kind = PPR_KIND_NUMBER;
  e->field[6].flags = PPR_FIELD_PARAMETER | PPR_FIELD_PRESET;
  e->n_reading = 0;
  e->parameter = &row;
  e->n_parameter = 1;
}

/* How field 6 varies: these values, of the form, drawn for so many keys from the first on. */
static void vary(ppr_edition *e, ppr_domain_form form, uint32_t values, const int64_t *value, const int64_t *weight, uint32_t keys) {
  static ppr_domain row;
  static ppr_domain_value rows[4];
  static ppr_domain_key key[] = {{0}, {1}, {2}};
  for (uint32_t i = 0; i < values; i++) rows[i] = (ppr_domain_value){value[i], weight ? weight[i] : 0};
  row = (ppr_domain){.field = 6, .form = form, .values = values, .keys = keys};
  e->domain = &row;
  e->n_domain = 1;
  e->domain_value = rows;
  e->n_domain_value = values;
  e->domain_key = key;
  e->n_domain_key = keys;
}

static void parameters(void **state) {
  (void)state;
  CASE(0, make_parameter(e));
  CASE(6216, make_parameter(e); e->n_parameter = 0); /* a field nobody lists */
  CASE(6216, make_parameter(e); e->parameter[0].field = 5);
  CASE(6216, make_parameter(e); e->field[6].flags = PPR_FIELD_PARAMETER);
  CASE(6216, make_parameter(e); e->field[6].kind = PPR_KIND_ENUM);
  CASE(6216, ppr_parameter twice[] = {{.field = 6}, {.field = 6}}; make_parameter(e); e->parameter = twice; e->n_parameter = 2);
}

#define VALUES(...) ((const int64_t[]){__VA_ARGS__})

static void domains(void **state) {
  (void)state;
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(0, 1, 1), NULL, 0));
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(1, 1, 7), NULL, 0)); /* one value */
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(0, 1, 2), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(0, 1, 0), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(1, 0, 1), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(0, 2, 1), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 2, VALUES(0, 1), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_RANGE, 3, VALUES(0, 1, 1), NULL, 1)); /* a grid is not drawn */
  CASE(0, vary(e, PPR_DOMAIN_LIST, 2, VALUES(0, 1), NULL, 0));                           /* of a reading */
  CASE(6216, vary(e, PPR_DOMAIN_LIST, 2, VALUES(0, 2), NULL, 0));
  CASE(6216, vary(e, PPR_DOMAIN_LIST, 0, NULL, NULL, 0));
  CASE(6216, vary(e, PPR_DOMAIN_LIST, 1, VALUES(0), VALUES(1), 0));
  CASE(6216, vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 0)); /* words have no order */
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 2));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(1, 0), NULL, 0));
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_TRIANGLE, 3, VALUES(0, 1, 1), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_TRIANGLE, 3, VALUES(0, 1, 0), NULL, 0));
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_NORMAL, 2, VALUES(1, 9), NULL, 0)); /* cut at the range */
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_NORMAL, 2, VALUES(2, 9), NULL, 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_NORMAL, 2, VALUES(1, -1), NULL, 0));
  CASE(0, make_parameter(e); vary(e, PPR_DOMAIN_WEIGHTED, 2, VALUES(0, 1), VALUES(3, INT64_MAX - 3), 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_WEIGHTED, 2, VALUES(0, 1), VALUES(4, INT64_MAX - 3), 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_WEIGHTED, 2, VALUES(0, 1), VALUES(1, 0), 0));
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 2); e->domain[0].every = 1);
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 2); e->domain_key[1].key = 0);
  CASE(6216, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 0); e->domain[0].field = 5);
  CASE(6216, ppr_domain two[2]; make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 0); two[0] = two[1] = e->domain[0];
       two[1].values = 0; e->domain = two; e->n_domain = 2);
  CASE(6202, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 0); e->domain[0].form = 6);
  CASE(6203, make_parameter(e); vary(e, PPR_DOMAIN_UNIFORM, 2, VALUES(0, 1), NULL, 0); e->domain[0].values = 3);
}

/* Outputs of the sample: 0 a number with 2 decimals, 1 yes/no, 2 a whole number. */
static void surveys(void **state) {
  (void)state;
  static ppr_survey one;
  static ppr_part parts[2];
#define SURVEY(form1, output1, form2, output2)                                                                                                       \
  one = (ppr_survey){.name = 1, .parts = 2};                                                                                                         \
  parts[0] = (ppr_part){1, form1, output1};                                                                                                          \
  parts[1] = (ppr_part){1, form2, output2};                                                                                                          \
  e->survey = &one;                                                                                                                                  \
  e->n_survey = 1;                                                                                                                                   \
  e->part = parts;                                                                                                                                   \
  e->n_part = 2
  CASE(0, SURVEY(PPR_PART_GROUP, 1, PPR_PART_SHARE, 1));
  CASE(0, SURVEY(PPR_PART_GROUP, 2, PPR_PART_SUM, 0); one.when = 2);
  CASE(0, SURVEY(PPR_PART_SPREAD, 0, PPR_PART_SPREAD, 2));
  CASE(6217, SURVEY(PPR_PART_GROUP, 0, PPR_PART_SUM, 0));
  CASE(6217, SURVEY(PPR_PART_SHARE, 2, PPR_PART_SUM, 0));
  CASE(6217, SURVEY(PPR_PART_SUM, 1, PPR_PART_SUM, 0));
  CASE(6217, SURVEY(PPR_PART_SPREAD, 1, PPR_PART_SUM, 0));
  CASE(6217, SURVEY(PPR_PART_SUM, 0, PPR_PART_SUM, 0); one.when = 1);
  CASE(6211, SURVEY(PPR_PART_SUM, 0, PPR_PART_SUM, 0); one.name = 0);
  CASE(6211, SURVEY(PPR_PART_SUM, 0, PPR_PART_SUM, 0); parts[1].name = 0);
  CASE(6202, SURVEY(4, 0, PPR_PART_SUM, 0));
  CASE(6201, SURVEY(PPR_PART_SUM, 9, PPR_PART_SUM, 0));
}

static void editions(void **state) {
  (void)state;
  CASE(6301, p->n_editions = 0);
  CASE(6302, e->until_day = e->from_day - 1);
  CASE(0, e->until_day = e->from_day);
  CASE(6303, p->editions[0].until_day = 19721); /* a day without Fassung */
  CASE(6303, p->editions[0].until_day = 19723); /* a day with two */
  CASE(6303, p->editions[0].until_day = INT64_MAX);
  CASE(6303, ppr_edition first = p->editions[0]; p->editions[0] = *e; *e = first);
}

static void arity(void **state) {
  (void)state;
  assert_int_equal(verify_arity("Datum(Datum,Zahl(0))"), 2);
  assert_int_equal(verify_arity("Zahl(0)(Zahl(0), Zahl(2), ja/nein)"), 3);
  assert_int_equal(verify_arity("Zahl(0)()"), 0);
  assert_int_equal(verify_arity("Datum( )"), 0);
  assert_int_equal(verify_arity("int(int)"), 1);
  assert_int_equal(verify_arity("f(a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a)"), 16);
  assert_int_equal(verify_arity("f(a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a)"), -1);
  static const char *const bad[] = {"", "Datum", "(Datum)", "f(", "f)", "f(a", "f(a))", "f(a,)", "f(,a)", "f(,)", "f(a, )"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (verify_arity(bad[i]) != -1) fail_msg("%s", bad[i]);
}

static void place_and_message(void **state) {
  (void)state;
  ppr_program *p = asm_sample();
  ppr_report *r = report_new(ppr_alloc_default);
  p->editions[1].instr[3].a = 77;
  assert_false(verify_program(p, r));
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, 1000);
  diag_message(&b, report_first(r), PPR_LANG_DE);
  buf_putc(&b, 0);
  assert_string_equal(b.data, "2024-01:3: Register 77 gibt es nicht");
  buf_fini(&b);
  report_free(r);
  r = report_new(ppr_alloc_default);
  p->editions[1].instr[3].a = 2;
  p->editions[1].block[1].conds = 3;
  assert_false(verify_program(p, r));
  buf_init(&b, ppr_alloc_default, 1000);
  diag_message(&b, report_first(r), PPR_LANG_EN);
  buf_putc(&b, 0);
  assert_string_equal(b.data, "2024-01 block[1].first_cond: there are no 3 rows from 0");
  buf_fini(&b);
  report_free(r);
  program_free(p);
}

static void every_message(void **state) {
  (void)state;
  static const int codes[] = {
#define DIAG(number, name, severity, de, en, help_de, help_en) number,
#include "base/diagnostics.def"
#undef DIAG
  };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i] >= 6100 && codes[i] < 6500 && !seen[codes[i]]) fail_msg("no case for PPR%d", codes[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sound),
      cmocka_unit_test(instructions),
      cmocka_unit_test(operands),
      cmocka_unit_test(constants_and_tables),
      cmocka_unit_test(lists_and_natives),
      cmocka_unit_test(regions),
      cmocka_unit_test(depth),
      cmocka_unit_test(operands_together),
      cmocka_unit_test(references),
      cmocka_unit_test(words),
      cmocka_unit_test(schema),
      cmocka_unit_test(keys_of_tables),
      cmocka_unit_test(results),
      cmocka_unit_test(notes),
      cmocka_unit_test(parameters),
      cmocka_unit_test(domains),
      cmocka_unit_test(surveys),
      cmocka_unit_test(editions),
      cmocka_unit_test(arity),
      cmocka_unit_test(place_and_message),
      cmocka_unit_test(every_message),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
