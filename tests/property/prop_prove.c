/* Proofs against brute force: random rules over few records are asked, and every record is tried by an evaluator of its own; and the graph against
 * the machine: random records of the published rules have the same results in both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "engine.h"
#include "proof/search.h"
#include "support/prng.h"
#include "support/rules.h"

static const char *source_dir;

/* ---- records: a, b, c (may be missing), p, Art ---- */

typedef struct record {
  int a, b, c, p, art; /* c -1: fehlt */
} record;
enum { A_MAX = 6, B_MAX = 6, C_MAX = 3, ARTS = 3, RECORDS = (A_MAX + 1) * (B_MAX + 1) * (C_MAX + 2) * 2 * ARTS };

static record record_at(int i) {
  record r;
  r.a = i % (A_MAX + 1), i /= A_MAX + 1;
  r.b = i % (B_MAX + 1), i /= B_MAX + 1;
  r.c = i % (C_MAX + 2) - 1, i /= C_MAX + 2;
  r.p = i % 2, i /= 2;
  r.art = i;
  return r;
}

/* ---- conditions: text and meaning from the same choices ---- */

enum { FORMS = 13 };
typedef struct cond {
  int form, k, m, op; /* op: 0 <, 1 <=, 2 >, 3 >=, 4 =, 5 <> */
  struct cond *x, *y; /* form FORMS: und, FORMS + 1: oder */
} cond;

static bool compared(int op, int x, int y) {
  const bool results[] = {x<y, x <= y, x> y, x >= y, x == y, x != y};
  return results[op];
}
static const char *const op_text[] = {"<", "<=", ">", ">=", "=", "<>"};

static int least(int x, int y) { return x < y ? x : y; }

static bool holds(const cond *c, const record *r) {
  switch (c->form) {
  case 0: return compared(c->op, r->a + r->b, c->k);
  case 1: return compared(c->op, 2 * r->a, r->b + c->k);
  case 2: return compared(c->op, r->a * r->b, c->k * c->m);
  case 3: return compared(c->op, (r->a + 1) / 2, r->b); /* half away from zero */
  case 4: return r->p == 1;
  case 5: return r->p == 0;
  case 6: return r->art == c->k % ARTS;
  case 7: return r->art != 1; /* attribute of x and z */
  case 8: return r->c < 0;
  case 9: return compared(c->op, r->c < 0 ? c->m : r->c, r->a);
  case 10: return compared(c->op, least(r->a, r->b), c->k);
  case 11: return compared(c->op, abs(r->a - r->b), c->k);
  case 12: return compared(c->op, r->a, c->k);
  case FORMS: return holds(c->x, r) && holds(c->y, r);
  default: return holds(c->x, r) || holds(c->y, r);
  }
}

static size_t put(char *out, size_t room, const cond *c) {
  const char *op = op_text[c->op];
  switch (c->form) {
  case 0: return (size_t)snprintf(out, room, "a + b %s %d", op, c->k);
  case 1: return (size_t)snprintf(out, room, "2 * a %s b + %d", op, c->k);
  case 2: return (size_t)snprintf(out, room, "a * b %s %d", op, c->k * c->m);
  case 3: return (size_t)snprintf(out, room, "(a / 2 gerundet kaufmännisch auf 0) %s b", op);
  case 4: return (size_t)snprintf(out, room, "p");
  case 5: return (size_t)snprintf(out, room, "nicht p");
  case 6: return (size_t)snprintf(out, room, "Form ist %c", 'x' + c->k % ARTS);
  case 7: return (size_t)snprintf(out, room, "Form ist halb");
  case 8: return (size_t)snprintf(out, room, "c fehlt");
  case 9: return (size_t)snprintf(out, room, "(c falls fehlt %d) %s a", c->m, op);
  case 10: return (size_t)snprintf(out, room, "min(a, b) %s %d", op, c->k);
  case 11: return (size_t)snprintf(out, room, "abs(a - b) %s %d", op, c->k);
  case 12: return (size_t)snprintf(out, room, "a %s %d", op, c->k);
  default: break;
  }
  size_t n = (size_t)snprintf(out, room, "(");
  n += put(out + n, room - n, c->x);
  n += (size_t)snprintf(out + n, room - n, c->form == FORMS ? ") und (" : ") oder (");
  n += put(out + n, room - n, c->y);
  return n + (size_t)snprintf(out + n, room - n, ")");
}

static cond *draw(prng *p, cond *pool, int *used, int depth) {
  cond *c = &pool[(*used)++];
  *c = (cond){(int)prng_below(p, depth ? FORMS + 4 : FORMS), (int)prng_below(p, 9), 1 + (int)prng_below(p, 3), (int)prng_below(p, 6), NULL, NULL};
  if (c->form < FORMS) return c;
  c->form = FORMS + (c->form & 1);
  c->x = draw(p, pool, used, depth - 1);
  c->y = draw(p, pool, used, depth - 1);
  return c;
}

/* ---- rules ---- */

enum { BRANCHES = 4, STEPS = 3 };
typedef struct random_rule {
  cond pool[64];
  cond *cond[BRANCHES];
  bool divides[BRANCHES + 1]; /* value 10 / (a - b); the last is the base or sonst */
  int before[BRANCHES];       /* index of a later branch it goes before, -1 */
  int n;
  bool cases, otherwise;
  struct {
    int from, until;
  } step[STEPS];
  int n_steps;
  char text[16384], tiers[2048]; /* two texts: a fault of one rule would hide those of the other in the same record */
} random_rule;

#define HEAD                                                                                                                                         \
  RULES_HEAD "aufzählung Art § 3\n  x halb, y, z halb\n" RULES_INPUT                                                                                 \
             "  aus \"Haus\"\n    a : Zahl(0) 0..%d\n    b : Zahl(0) 0..%d\n    c : Zahl(0) 0..%d optional\n    p : ja/nein\n    Form : Art\n"

static const char *value_text(bool divides) { return divides ? "10 / (a - b) gerundet abwärts auf 0" : "1"; }

static void draw_rule(prng *p, random_rule *r) {
  int used = 0;
  memset(r, 0, sizeof *r);
  r->n = 2 + (int)prng_below(p, BRANCHES - 1);
  r->cases = prng_below(p, 2);
  r->otherwise = !r->cases || prng_below(p, 4) == 0;
  r->n_steps = 1 + (int)prng_below(p, STEPS);
  for (int i = 0; i < r->n; i++) {
    r->cond[i] = draw(p, r->pool, &used, 2);
    r->before[i] = i + 1 < r->n && prng_below(p, 4) == 0 ? i + 1 + (int)prng_below(p, (uint64_t)(r->n - i - 1)) : -1;
  }
  for (int i = 0; i <= r->n; i++) r->divides[i] = prng_below(p, 5) == 0;
  for (int i = 0; i < r->n_steps; i++) {
    r->step[i].from = (int)prng_below(p, A_MAX + 1);
    r->step[i].until = r->step[i].from + (int)prng_below(p, (uint64_t)(A_MAX + 1 - r->step[i].from));
  }
  size_t room = sizeof r->text, n = 0;
#define SAY(...) n += (size_t)snprintf(r->text + n, room - n, __VA_ARGS__)
  SAY(HEAD, A_MAX, B_MAX, C_MAX);
  SAY("regel Ergebnis : Zahl(0) § 1\n");
  if (!r->cases) SAY("  = %s\n", value_text(r->divides[r->n]));
  for (int i = 0; i < r->n; i++) {
    SAY("  %s F%d", r->cases ? "fall" : "ausnahme", i);
    if (r->before[i] >= 0) SAY(" vor F%d", r->before[i]);
    SAY(" § 1\n    wenn ");
    n += put(r->text + n, room - n, r->cond[i]);
    SAY("\n    = %s\n", value_text(r->divides[i]));
  }
  if (r->cases && r->otherwise) SAY("  sonst = %s § 1\n", value_text(r->divides[r->n]));
  SAY("%s", RULES_OUTPUT);
#undef SAY
  assert_in_range(n, 1, room - 1);
  room = sizeof r->tiers, n = 0;
#define SAY(...) n += (size_t)snprintf(r->tiers + n, room - n, __VA_ARGS__)
  SAY(HEAD, A_MAX, B_MAX, C_MAX);
  SAY("staffel Ergebnis nach a : Zahl(0) § 2\n");
  for (int i = 0; i < r->n_steps; i++) SAY("  ab %d bis %d : %d\n", r->step[i].from, r->step[i].until, i);
  SAY("%s", RULES_OUTPUT);
#undef SAY
  assert_in_range(n, 1, room - 1);
}

/* Does a go before b by `vor`, through others? */
static bool prevails(const random_rule *r, int a, int b) {
  for (int at = r->before[a]; at >= 0; at = r->before[at])
    if (at == b) return true;
  return false;
}

static int first_of(const random_rule *r, const record *x) {
  int i = 0;
  while (i < r->n && !holds(r->cond[i], x)) i++;
  return i;
}

static bool clashes(const random_rule *r, int first, const record *x) {
  for (int k = first + 1; k < r->n; k++)
    if (!prevails(r, first, k) && holds(r->cond[k], x)) return true;
  return false;
}

static int steps_at(const random_rule *r, int a) {
  int n = 0;
  for (int i = 0; i < r->n_steps; i++) n += a >= r->step[i].from && a <= r->step[i].until;
  return n;
}

/* ---- what prove says ---- */

typedef struct heard {
  const random_rule *rule;
  bool tiers; /* its second text */
  ppr_proof_status gap, step_gap, step_clash, pair[BRANCHES][BRANCHES];
  size_t faults[3]; /* by status, without repeated ones */
  size_t witnesses, proved;
} heard;

static int whole(const char *text) { return (int)strtol(text, NULL, 10); }

/* The record of a witness, from its table. */
static record witness_of(const ppr_proof *x) {
  record r = {0};
  for (size_t i = 0; i < x->n_tables; i++) {
    if (strcmp(x->tables[i].name, "Haus")) continue;
    char cells[8][8] = {{0}};
    assert_int_equal(strncmp(x->tables[i].text, "Haus;Jahr;Quartal;a;b;c;p;Form\n", 31), 0);
    size_t n = 0, k = 0;
    for (const char *at = x->tables[i].text + 31; *at && *at != '\n'; at++) {
      if (*at == ';') n++, k = 0;
      else if (n < 8 && k + 1 < sizeof cells[n]) cells[n][k++] = *at;
    }
    assert_int_equal(n, 7);
    r.a = whole(cells[3]);
    r.b = whole(cells[4]);
    r.c = *cells[5] ? whole(cells[5]) : -1;
    const char *p = cells[6], *art = cells[7];
    r.p = strcmp(p, "ja") == 0;
    r.art = *art - 'x';
  }
  return r;
}

static void take(const ppr_proof *x, void *ctx) {
  heard *h = ctx;
  const random_rule *r = h->rule;
  record w = {0};
  bool tiers = h->tiers;
  h->proved += x->status == PPR_PROVED;
  if (x->status == PPR_WITNESS && !x->repeated) {
    w = witness_of(x);
    h->witnesses++;
  }
  if (x->kind == PPR_PROOF_FAULT) {
    if (!x->repeated) h->faults[x->status]++;
    if (x->status == PPR_WITNESS && !x->repeated) assert_int_equal(w.a, w.b);
  } else if (x->kind == PPR_PROOF_COVER) {
    *(tiers ? &h->step_gap : &h->gap) = x->status;
    if (x->status == PPR_WITNESS && !x->repeated) assert_true(tiers ? steps_at(r, w.a) == 0 : first_of(r, &w) == r->n);
  } else if (tiers) {
    h->step_clash = x->status;
    if (x->status == PPR_WITNESS) assert_true(steps_at(r, w.a) > 1);
  } else {
    int i = whole(x->first + 1), k = whole(x->second + 1);
    h->pair[i][k] = x->status;
    if (x->status == PPR_WITNESS && !x->repeated && !(first_of(r, &w) == i && holds(r->cond[k], &w))) {
      print_error("no clash of F%d and F%d: a %d, b %d, c %d, p %d, Form %d\n%s%s\n", i, k, w.a, w.b, w.c, w.p, w.art, r->text, x->run);
      fail();
    }
  }
}

static void same(const random_rule *r, const char *what, ppr_proof_status found, bool exists) {
  if (found == (exists ? PPR_WITNESS : PPR_PROVED)) return;
  print_error("%s: %s, but %s\n%s\n", what,
              found == PPR_PROVED    ? "proved"
              : found == PPR_WITNESS ? "refuted"
                                     : "undecided",
              exists ? "there is a record" : "there is none", r->text);
  fail();
}

static void against_brute_force(const random_rule *r, const heard *h, size_t *refuted) {
  bool gap = false, step_gap = false, step_clash = false, pair[BRANCHES][BRANCHES] = {{false}}, fault[BRANCHES + 1] = {false},
       hidden[BRANCHES + 1] = {false};
  for (int i = 0; i < RECORDS; i++) {
    record x = record_at(i);
    int first = first_of(r, &x), steps = steps_at(r, x.a);
    step_gap = step_gap || steps == 0;
    step_clash = step_clash || steps > 1;
    gap = gap || (first == r->n && !r->otherwise);
    for (int k = first + 1; k < r->n; k++) pair[first][k] = pair[first][k] || (holds(r->cond[k], &x) && !prevails(r, first, k));
    if (!r->divides[first] || x.a != x.b || (first == r->n && !r->otherwise)) continue;
    if (first < r->n && clashes(r, first, &x)) hidden[first] = true;
    else fault[first] = true;
  }
  same(r, "gap", h->gap, gap);
  same(r, "gap of tiers", h->step_gap, step_gap);
  same(r, "clash of tiers", h->step_clash, step_clash);
  for (int i = 0; i < r->n; i++)
    for (int k = i + 1; k < r->n; k++) same(r, "clash", h->pair[i][k], pair[i][k]);
  size_t faults = 0, open = 0;
  for (int i = 0; i <= r->n; i++) {
    faults += fault[i];
    open += hidden[i] && !fault[i];
  }
  if (h->faults[PPR_WITNESS] != faults || h->faults[PPR_UNDECIDED] != open) {
    print_error("faults: %zu refuted, %zu undecided; by brute force %zu and %zu hidden\n%s\n", h->faults[PPR_WITNESS], h->faults[PPR_UNDECIDED],
                faults, open, r->text);
    fail();
  }
  *refuted += h->witnesses;
}

static void random_rules(void **state) {
  ppr_engine *engine = *state;
  prng p = prng_new("random_rules");
  size_t rounds = getenv("PPR_ROUNDS") ? (size_t)strtoul(getenv("PPR_ROUNDS"), NULL, 10) : 300, refuted = 0, proved = 0;
  random_rule *r = malloc(sizeof *r);
  assert_non_null(r);
  for (size_t i = 0; i < rounds; i++) {
    draw_rule(&p, r);
    heard h = {.rule = r};
    for (int k = 0; k < 2; k++) {
      const char *text = k ? r->tiers : r->text;
      ppr_report *report = ppr_report_new();
      ppr_source_text file = {"t.ppr", text, strlen(text)};
      ppr_prove_opts opts = PPR_PROVE_OPTS_INIT;
      h.tiers = k != 0;
      ppr_status status = ppr_prove(engine, &file, 1, &opts, report, take, &h);
      if (status != PPR_OK) print_error("%s\n%s\n", ppr_report_text(report, PPR_GERMAN), text);
      assert_int_equal(status, PPR_OK);
      ppr_report_free(report);
    }
    against_brute_force(r, &h, &refuted);
    proved += h.proved;
  }
  printf("%zu rules: %zu obligations proved, %zu refuted\n", rounds, proved, refuted);
  assert_true(refuted > rounds && proved > rounds);
  free(r);
}

/* ---- the graph and the machine ---- */

static int64_t draw_leaf(prng *p, const graph_leaf *l) {
  uint64_t form = prng_below(p, 4);
  if (form == 0) return l->usual;
  if (form == 1) return prng_between(p, l->lo, l->hi);
  int64_t high = l->lo + (int64_t)(((uint64_t)l->hi - (uint64_t)l->lo) >> prng_below(p, 40));
  return prng_between(p, l->lo, high < l->lo ? l->hi : high);
}

static void graph_is_the_machine(void **state) {
  ppr_engine *engine = *state;
  prng p = prng_new("graph_is_the_machine");
  char path[4096];
  snprintf(path, sizeof path, "%s/rules/ppp-rl", source_dir);
  ppr_report *report = ppr_report_new();
  ppr_program *program = NULL;
  assert_int_equal(ppr_compile_path(&program, engine, path, report), PPR_OK);
  size_t compared_values = 0, faulted = 0;
  for (uint32_t e = 0; e < program->n_editions; e++) {
    ppr_arena *arena = arena_new(ppr_alloc_default);
    graph *g = graph_new(arena, engine->natives);
    graph_program code;
    search_machine *m;
    assert_true(graph_add(g, &code, program, e, NULL));
    assert_int_equal(search_machine_new(&m, ppr_alloc_default, g, &code), PPR_OK);
    int64_t *leaves = calloc(g->n_leaf + 1, sizeof *leaves);
    ppr_wide *value = calloc(g->n_node + 1, sizeof *value);
    assert_true(leaves && value);
    for (int round = 0; round < 6; round++) {
      for (size_t i = 0; i < g->n_leaf; i++) leaves[i] = draw_leaf(&p, &g->leaf[i]);
      for (node_id i = 0; i < g->n_node; i++)
        if (!graph_value(g, i, leaves, value, &value[i])) value[i] = 0;
      assert_true(search_evaluate(m, leaves, 1));
      ppr_fault f = search_fault(m, 0);
      size_t now = 0;
      for (uint32_t i = 0; i < code.n_sites; i++) now += value[code.sites[i].when] != 0;
      assert_int_equal(now != 0, f.code != 0); /* a fault exactly where one of the questions says so */
      faulted += f.code != 0;
      for (uint32_t i = 0; !f.code && i < code.edition->n_output; i++) {
        const ppr_output *o = &code.edition->output[i];
        uint8_t here;
        int64_t v = search_output(m, 0, i, &here);
        assert_int_equal(o->state ? (uint8_t)value[code.reg[o->state - 1]] : 0, here);
        if (here == PPR_PRESENT) assert_true(v == (int64_t)value[code.reg[o->reg]]);
        compared_values++;
      }
    }
    free(leaves);
    free(value);
    search_machine_free(m);
    arena_free(arena);
  }
  printf("%zu results compared, %zu records with faults\n", compared_values, faulted);
  assert_true(compared_values > 10000);
  ppr_program_free(program);
  ppr_report_free(report);
}

static int setup(void **state) { return (*state = ppr_engine_new()) ? 0 : -1; }
static int teardown(void **state) {
  ppr_engine_free(*state);
  return 0;
}

int main(int argc, char **argv) {
  source_dir = argc > 1 ? argv[1] : PPR_SOURCE_DIR;
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_rules), cmocka_unit_test(graph_is_the_machine)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
