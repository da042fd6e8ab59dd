/* What turns a yes/no: every turn an explanation tells, evaluated again by the public interface on both sides, on the shipped example records and on
 * random changes of them; nothing nearer turns where that is claimed; and evidence is made for all of them. argv[1]: folder with rules/, else the one
 * it was built from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "io/tables.h"
#include "support/prng.h"
#include "support/rules.h"

enum { ROWS = 64, RECORDS = 6, VERDICTS = 12 };

static const char *source_dir;

typedef struct world {
  ppr_engine *engine;
  ppr_report *report;
  ppr_program *program;
  ppr_evaluator *evaluator;
  size_t edition;
  ppr_edition_info info;
  int64_t *value; /* [input * ROWS + row] */
  uint8_t *state;
  ppr_column *in;
  ppr_result *out;
  int64_t *result;
  uint8_t *result_state;
  ppr_fault faults[ROWS];
  size_t checked, rules, scanned;
} world;

static void open_edition(world *w, size_t edition) {
  w->edition = edition;
  assert_int_equal(ppr_program_edition(w->program, edition, &w->info), PPR_OK);
  ppr_evaluator_opts opts = PPR_EVALUATOR_OPTS_INIT;
  opts.lanes = ROWS;
  assert_int_equal(ppr_evaluator_new(&w->evaluator, w->program, edition, &opts), PPR_OK);
  size_t n = w->info.inputs, m = w->info.outputs;
  w->value = calloc(n * ROWS, sizeof *w->value);
  w->state = calloc(n * ROWS, 1);
  w->in = calloc(n, sizeof *w->in);
  w->out = calloc(m, sizeof *w->out);
  w->result = calloc(m * ROWS, sizeof *w->result);
  w->result_state = calloc(m * ROWS, 1);
  for (size_t i = 0; i < n; i++) w->in[i] = (ppr_column){w->value + i * ROWS, w->state + i * ROWS, NULL};
  for (size_t o = 0; o < m; o++) w->out[o] = (ppr_result){w->result + o * ROWS, w->result_state + o * ROWS, NULL};
}

static void close_edition(world *w) {
  ppr_evaluator_free(w->evaluator);
  free(w->value);
  free(w->state);
  free(w->in);
  free(w->out);
  free(w->result);
  free(w->result_state);
}

/* The record in row 0 in all rows. */
static void spread_record(world *w) {
  for (size_t i = 0; i < w->info.inputs; i++)
    for (size_t row = 1; row < ROWS; row++) {
      w->value[i * ROWS + row] = w->value[i * ROWS];
      w->state[i * ROWS + row] = w->state[i * ROWS];
    }
}

static bool evaluate(world *w, size_t rows) {
  assert_int_equal(ppr_evaluator_eval(w->evaluator, w->in, rows, w->out, w->faults), PPR_OK);
  return w->faults[0].code == 0;
}

/* Does the row say `answer`? */
static bool says(const world *w, size_t output, size_t row, bool answer) {
  return !w->faults[row].code && !w->result_state[output * ROWS + row] && (w->result[output * ROWS + row] != 0) == answer;
}

static void set(world *w, int input, size_t row, int64_t value) {
  w->value[(size_t)input * ROWS + row] = value;
  w->state[(size_t)input * ROWS + row] = 0;
}

/* last keeps, first turns, nothing between now and first turns: all of it for short distances, else values at random. Row 0 is the record. */
static void check_input(world *w, prng *p, size_t output, bool answer, const ppr_turn *t) {
  ppr_value_info info;
  assert_int_equal(ppr_program_input(w->program, w->edition, (size_t)t->input, &info), PPR_OK);
  assert_string_equal(info.name, t->name);
  assert_true(info.lo <= t->first && t->first <= info.hi);
  bool between = info.kind != PPR_YESNO && info.kind != PPR_ENUMERATION;
  int64_t step = t->first > t->now ? 1 : -1, distance = (t->first - t->now) * step;
  if (between) assert_int_equal(t->last, t->first - step);
  else assert_int_equal(t->last, t->now);
  set(w, t->input, 1, t->last);
  set(w, t->input, 2, t->first);
  size_t rows = 3;
  for (int64_t d = 1; between && t->nearest && d < distance && rows + 1 < ROWS; d++) {
    int64_t at = distance < ROWS ? d : prng_between(p, 1, distance - 1);
    set(w, t->input, rows++, t->now + step * at);
    int64_t other = t->now - step * at; /* the other direction is no nearer */
    if (other >= info.lo && other <= info.hi && rows < ROWS) set(w, t->input, rows++, other);
  }
  evaluate(w, rows);
  if (!says(w, output, 1, answer)) fail_msg("%s: %" PRId64 " does not keep the answer", t->name, t->last);
  if (!says(w, output, 2, !answer)) fail_msg("%s: %" PRId64 " does not turn the answer", t->name, t->first);
  for (size_t row = 3; row < rows; row++, w->scanned++)
    if (says(w, output, row, !answer))
      fail_msg("%s: %" PRId64 " is nearer than %" PRId64, t->name, w->value[(size_t)t->input * ROWS + row], t->first);
  for (size_t row = 1; row < rows; row++) set(w, t->input, row, w->value[(size_t)t->input * ROWS]);
  for (size_t row = 1; row < rows; row++) w->state[(size_t)t->input * ROWS + row] = w->state[(size_t)t->input * ROWS];
  w->checked++;
}

/* Of inputs that are not told random values do not turn the answer, if all is told. */
static void check_others(world *w, prng *p, size_t output, bool answer, const ppr_turns *turns) {
  for (int tries = 0; tries < 24 && turns->complete; tries++) {
    size_t input = prng_below(p, w->info.inputs), k = 0;
    ppr_value_info info;
    assert_int_equal(ppr_program_input(w->program, w->edition, input, &info), PPR_OK);
    while (k < turns->n && turns->turns[k].input != (int)input) k++;
    bool key = strcmp(info.name, "Jahr") == 0 || strcmp(info.name, "Quartal") == 0 || info.kind == PPR_QUARTER || info.kind == PPR_TEXT;
    if (k < turns->n || key || w->state[input * ROWS]) continue;
    for (size_t row = 1; row < 16; row++) {
      int64_t hi = row % 2 || info.hi / 1000 < info.lo ? info.hi : info.hi / 1000; /* small values too */
      set(w, (int)input, row, info.kind == PPR_YESNO ? (int64_t)(row % 2) : prng_between(p, info.lo, hi));
    }
    evaluate(w, 16);
    for (size_t row = 1; row < 16; row++)
      if (says(w, output, row, !answer)) fail_msg("%s = %" PRId64 " turns the answer and is not told", info.name, w->value[input * ROWS + row]);
    for (size_t row = 1; row < 16; row++) set(w, (int)input, row, w->value[input * ROWS]);
  }
}

/* False: it is not there. */
static bool value_of(const world *w, const char *output, int64_t *out) {
  int at = ppr_program_find_output(w->program, w->edition, output);
  assert_true(at >= 0);
  *out = w->result[(size_t)at * ROWS];
  return w->result_state[(size_t)at * ROWS] == 0;
}

/* § 16 Abs. 1 by hand: fulfilled from Einführungsstufe * VKS-Mind on. VKS-Ist has two decimals, VKS-Mind none, the stage is in hundredths. (VKS-Mind
 * is not judged here: credited hours, and so VKS-Ist, depend on it too.) */
static void check_degree(world *w, const char *group, bool answer, const ppr_turn *t) {
  char mind_name[64], ist_name[64];
  int64_t stage, mind, ist;
  snprintf(mind_name, sizeof mind_name, "VKS-Mind[%s]", group);
  snprintf(ist_name, sizeof ist_name, "VKS-Ist[%s]", group);
  evaluate(w, 1);
  if (!value_of(w, "Einführungsstufe", &stage) || !value_of(w, mind_name, &mind) || !value_of(w, ist_name, &ist) || strcmp(t->name, ist_name) != 0)
    return; /* hours that cannot be decided are judged by § 7 Abs. 4 Satz 1 */
  assert_int_equal(t->now, ist);
  assert_true(t->nearest);
  if ((t->last >= stage * mind) != answer || (t->first >= stage * mind) == answer)
    fail_msg("%s: VKS-Mind %" PRId64 ", %" PRId64 " percent; %" PRId64 " to %" PRId64, t->name, mind, stage, t->last, t->first);
  w->rules++;
}

static void check_verdict(world *w, prng *p, size_t output) {
  ppr_value_info info;
  ppr_turns turns;
  assert_int_equal(ppr_program_output(w->program, w->edition, output, &info), PPR_OK);
  evaluate(w, 1);
  bool answer = w->result[output * ROWS] != 0;
  assert_int_equal(ppr_evaluator_turns(w->evaluator, w->in, 0, output, &turns), PPR_OK);
  for (size_t k = 0; k < turns.n; k++) {
    const ppr_turn *t = &turns.turns[k];
    assert_true(t->first != t->now);
    if (t->input >= 0) check_input(w, p, output, answer, t);
    else if (strncmp(info.name, "erfüllt[", strlen("erfüllt[")) == 0) check_degree(w, (char[2]){info.name[strlen("erfüllt[")], 0}, answer, t);
  }
  check_others(w, p, output, answer, &turns);
  ppr_free(turns.turns);
}

static void check_record(world *w, prng *p) {
  spread_record(w);
  if (!evaluate(w, 1)) return;
  size_t told = 0;
  for (size_t o = 0; o < w->info.outputs && told < VERDICTS; o++) {
    ppr_value_info info;
    assert_int_equal(ppr_program_output(w->program, w->edition, o, &info), PPR_OK);
    evaluate(w, 1);
    bool group = strncmp(info.name, "erfüllt[", strlen("erfüllt[")) == 0;
    if (info.kind != PPR_YESNO || w->result_state[o * ROWS] || (!group && prng_below(p, 8) != 0)) continue;
    check_verdict(w, p, o);
    told++;
  }
}

/* Some numbers of the record multiplied or replaced. */
static void change_record(world *w, prng *p) {
  for (size_t i = 0; i < w->info.inputs; i++) {
    ppr_value_info info;
    assert_int_equal(ppr_program_input(w->program, w->edition, i, &info), PPR_OK);
    int64_t *v = &w->value[i * ROWS];
    if (info.kind != PPR_NUMBER || w->state[i * ROWS] || strcmp(info.name, "Jahr") == 0 || strcmp(info.name, "Quartal") == 0) continue;
    int64_t changed = *v;
    if (*v && prng_below(p, 3) == 0) changed = *v * prng_between(p, 50, 150) / 100;
    else if (prng_below(p, 20) == 0) changed = prng_between(p, 0, 300);
    if (changed >= info.lo && changed <= info.hi) *v = changed;
  }
}

static void examples(void **state) {
  (void)state;
  prng p = prng_new("prop_turns");
  char folder[1000], data[1100];
  snprintf(folder, sizeof folder, "%s/rules/ppp-rl", source_dir);
  snprintf(data, sizeof data, "%s/beispiele", folder);
  world w = {.engine = ppr_engine_new(), .report = ppr_report_new()};
  assert_int_equal(ppr_compile_path(&w.program, w.engine, folder, w.report), PPR_OK);
  ppr_program *chosen;
  assert_int_equal(ppr_program_select(&chosen, w.program, NULL, INT64_MAX), PPR_OK);
  ppr_program *whole = w.program;
  w.program = chosen;
  ppr_arena *arena = arena_new(ppr_alloc_default);
  io_schema *schema;
  record_store store;
  assert_int_equal(schema_open(&schema, arena, chosen, NULL, 0, w.report), PPR_OK);
  assert_true(store_init(&store, ppr_alloc_default, schema, &io_limits_default));
  assert_int_equal(tables_read(&store, data, w.report), PPR_OK);
  assert_true(store.count > RECORDS);
  for (size_t k = 0; k < RECORDS; k++) {
    const store_record *r = &store.records[prng_below(&p, store.count)];
    if (r->refused || r->edition == PPR_NONE) continue;
    open_edition(&w, r->edition);
    for (uint32_t i = 0; i < w.info.inputs; i++) {
      w.value[(size_t)i * ROWS] = *store_value(&store, r, i);
      w.state[(size_t)i * ROWS] = *store_state(&store, r, i);
    }
    if (k % 2) change_record(&w, &p);
    check_record(&w, &p);
    close_edition(&w);
  }
  printf("%zu inputs turned on both sides, %zu values of rules by hand, %zu values between\n", w.checked, w.rules, w.scanned);
  assert_true(w.checked > 50 && w.rules > 10);
  store_fini(&store);
  arena_free(arena);
  ppr_program_free(chosen);
  ppr_program_free(whole);
  ppr_report_free(w.report);
  ppr_engine_free(w.engine);
}

/* A result that turns twice, one that intervals do not decide, dates, and answers that cannot be turned. X from 0 to 1 000 000. */
static void not_monotone(void **state) {
  (void)state;
  static const struct {
    const char *rule;
    int64_t now, first; /* of X; first < 0: nothing turns */
    int nearest;
  } cases[] = {
      {"X >= 500 und X <= 700", 650, 701, 1}, /* 150 down, 51 up */
      {"X >= 500 und X <= 700", 520, 499, 1}, /* 21 down */
      {"X >= 500 und X <= 700", 0, 500, 1},
      {"X * X - 10 * X + 21 <= 0", 10, 7, 1}, /* zeros at 3 and 7 */
      {"X * X - 10 * X + 21 <= 0", 0, 3, 1},
      {"X * X - 2 * X + 1 >= 0", 40, -1, 1},                /* a square */
      {"pluswochen(01.01.2024, X) > 31.12.2024", 0, 53, 1}, /* 52 weeks later it is 30.12.2024 */
      {"X + 1 > X", 5, -1, 1},
      {"X > 999999", 0, 1000000, 1}, /* the end of the range */
      {"X > 1000000", 0, -1, 1},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    char text[2000];
    snprintf(text, sizeof text, "%s%s  aus \"Fall\"\n    X : Zahl(0) 0..1000000\nregel Ergebnis : ja/nein § 1\n  = %s\n%s", RULES_HEAD, RULES_INPUT,
             cases[k].rule, RULES_OUTPUT);
    rules r = rules_compile(text);
    if (!r.program) fail_msg("%s\n%s", text, ppr_report_text(r.report, PPR_ENGLISH));
    ppr_evaluator *v;
    assert_int_equal(ppr_evaluator_new(&v, r.program, 0, NULL), PPR_OK);
    ppr_column in[8] = {{0}};
    static const int64_t year = 2024, one = 1, quarter = 2024 * 4;
    in[ppr_program_find_input(r.program, 0, "Jahr")].values = &year;
    in[ppr_program_find_input(r.program, 0, "Quartal")].values = &one;
    int period = ppr_program_find_input(r.program, 0, "Berichtsquartal"), x = ppr_program_find_input(r.program, 0, "X");
    if (period >= 0) in[period].values = &quarter;
    in[x].values = &cases[k].now;
    ppr_turns turns;
    assert_int_equal(ppr_evaluator_turns(v, in, 0, (size_t)ppr_program_find_output(r.program, 0, "Ergebnis"), &turns), PPR_OK);
    if (turns.n != (cases[k].first >= 0)) fail_msg("%s: %zu turns", cases[k].rule, turns.n);
    if (turns.n && (turns.turns[0].first != cases[k].first || turns.turns[0].nearest != cases[k].nearest || turns.turns[0].input != x))
      fail_msg("%s at %" PRId64 ": %" PRId64, cases[k].rule, cases[k].now, turns.turns[0].first);
    ppr_free(turns.turns);
    ppr_evaluator_free(v);
    rules_free(&r);
  }
}

int main(int argc, char **argv) {
  source_dir = argc > 1 ? argv[1] : PPR_SOURCE_DIR;
  const struct CMUnitTest tests[] = {cmocka_unit_test(not_monotone), cmocka_unit_test(examples)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
