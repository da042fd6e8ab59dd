/* `ppr goal`: which value of a parameter makes a share of the records fulfil; which single change turns a result of one record. */
#include "data.h"
#include <ppr/sweep.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_KEYS = 32, MAX_DECIMALS = 6 };

typedef struct request {
  data_opts data;
  ppr_goal_opts goal;
  char *key;
  const char *result, *share; /* the share as it was written */
  bool json;
} request;

/* --- numbers as they are read --- */

/* A stored number with its decimals and unit; out has 96 bytes. */
static const char *number(const cli *c, char out[96], const ppr_value_info *v, int64_t value) {
  char digits[32];
  if (v->kind == PPR_DATE) return cli_day(out, value);
  if (v->kind == PPR_YESNO) return cli_text(c, value ? MSG_YES : MSG_NO);
  uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  int n = snprintf(digits, sizeof digits, "%0*llu", v->scale + 1, (unsigned long long)magnitude);
  char mark = c->language == PPR_ENGLISH ? '.' : ',';
  int whole = n - v->scale;
  snprintf(out, 96, "%s%.*s%.*s%s%s%s", value < 0 ? "-" : "", whole, digits, v->scale ? 1 : 0, &mark, digits + whole,
           v->kind == PPR_PERCENT ? " %" : "", v->kind == PPR_PERCENT || !*v->unit ? "" : " ");
  if (v->kind != PPR_PERCENT) strncat(out, v->unit, 95 - strlen(out));
  return out;
}

/* "3.361 von 5.604 (59,97 %)", the percentage cut, not rounded: 59,999 % is no 60 %. */
static const char *portion(const cli *c, char out[96], uint64_t yes, uint64_t of) {
  char a[32], b[32];
  uint64_t hundredths = of ? yes * 10000 / of : 0;
  snprintf(out, 96, cli_text(c, MSG_GOAL_PORTION), cli_count(c, a, yes), cli_count(c, b, of), (unsigned long long)(hundredths / 100),
           c->language == PPR_ENGLISH ? '.' : ',', (unsigned long long)(hundredths % 100));
  return out;
}

/* --- a share --- */

static void print_span(const cli *c, const ppr_goal *g, const ppr_goal_span *s) {
  char first[96], last[96], at_first[96], at_last[96];
  const char *of_first = number(c, first, &g->parameter, s->first), *of_last = number(c, last, &g->parameter, s->last);
  portion(c, at_first, s->yes_first, s->of_first);
  portion(c, at_last, s->yes_last, s->of_last);
  printf("  %s ", cli_text(c, s->met ? MSG_GOAL_MET : MSG_GOAL_MISSED));
  if (s->first == s->last) printf(cli_text(c, MSG_GOAL_POINT), of_first, at_first);
  else printf(cli_text(c, MSG_GOAL_SPAN), of_first, of_last, at_first, at_last);
  printf("\n");
}

static void print_goal(const cli *c, const request *r, const ppr_goal *g) {
  char a[96], b[96], n[CLI_NUMBER];
  size_t met = 0;
  bool looked = true;
  for (size_t i = 0; i < g->n_spans; i++) met += g->spans[i].met != 0, looked = looked && g->spans[i].looked;
  printf(cli_text(c, r->goal.at_most ? MSG_GOAL_AT_MOST : MSG_GOAL_AT_LEAST), r->goal.part, r->goal.cell ? r->goal.cell : cli_text(c, MSG_GOAL_ALL),
         r->share);
  printf("\n");
  const char *preset = number(c, a, &g->parameter, g->preset);
  portion(c, b, g->yes, g->of);
  printf(cli_text(c, MSG_GOAL_PRESET), g->parameter.name, preset, b);
  printf("\n\n%s\n", cli_text(c, met == 0 ? MSG_GOAL_NEVER : met == g->n_spans ? MSG_GOAL_ALWAYS : MSG_GOAL_WHERE));
  for (size_t i = 0; i < g->n_spans; i++) print_span(c, g, &g->spans[i]);
  printf("\n");
  if (looked) printf(cli_text(c, MSG_GOAL_PROVED), cli_count(c, n, (size_t)g->evaluated));
  else printf(cli_text(c, MSG_GOAL_SAMPLED), cli_number(c, n, (size_t)g->evaluated, NOUN_VALUE));
  printf("\n");
}

static void json_goal(const request *r, const ppr_goal *g) {
  printf("{\"part\": ");
  cli_json_string(stdout, r->goal.part);
  printf(", \"cell\": ");
  cli_json_string(stdout, r->goal.cell ? r->goal.cell : "");
  printf(", \"at_most\": %s, \"numerator\": %llu, \"denominator\": %llu, \"parameter\": ", r->goal.at_most ? "true" : "false",
         (unsigned long long)r->goal.numerator, (unsigned long long)r->goal.denominator);
  cli_json_string(stdout, g->parameter.name);
  printf(", \"unit\": ");
  cli_json_string(stdout, g->parameter.kind == PPR_PERCENT ? "%" : g->parameter.unit);
  printf(", \"scale\": %d, \"preset\": %lld, \"yes\": %llu, \"of\": %llu, \"evaluated\": %llu, \"spans\": [", g->parameter.scale,
         (long long)g->preset, (unsigned long long)g->yes, (unsigned long long)g->of, (unsigned long long)g->evaluated);
  for (size_t i = 0; i < g->n_spans; i++) {
    const ppr_goal_span *s = &g->spans[i];
    printf("%s\n  {\"first\": %lld, \"last\": %lld, \"met\": %s, \"every_value\": %s, \"yes\": [%llu, %llu], \"of\": [%llu, %llu]}", i ? "," : "",
           (long long)s->first, (long long)s->last, s->met ? "true" : "false", s->looked ? "true" : "false", (unsigned long long)s->yes_first,
           (unsigned long long)s->yes_last, (unsigned long long)s->of_first, (unsigned long long)s->of_last);
  }
  printf("]}\n");
}

static exit_code share(const cli *c, session *s, request *r, const ppr_run_opts *run) {
  ppr_goal goal;
  r->goal.run = run;
  ppr_status status = ppr_find_goal(s->engine, s->program, &r->goal, &goal, s->report);
  exit_code code = session_end(s, c, status, false);
  if (code != EXIT_FINE) return code;
  if (r->json) json_goal(r, &goal);
  else print_goal(c, r, &goal);
  bool met = false;
  for (size_t i = 0; i < goal.n_spans; i++) met = met || goal.spans[i].met;
  ppr_free(goal.spans);
  return met ? EXIT_FINE : EXIT_FINDINGS;
}

/* --- a record --- */

static void print_turn(const cli *c, const ppr_turn *t, const ppr_turn_input *in, int answer) {
  char now[96], last[96], first[96];
  const char *a = in->now ? in->now : number(c, now, &in->info, t->now), *b = in->last ? in->last : number(c, last, &in->info, t->last);
  const char *d = in->first ? in->first : number(c, first, &in->info, t->first);
  printf("  ");
  if (in->now || in->info.kind == PPR_YESNO) printf(cli_text(c, MSG_GOAL_TURN_WORD), t->name, a, d, cli_text(c, answer ? MSG_NO : MSG_YES));
  else printf(cli_text(c, MSG_GOAL_TURN), t->name, a, d, cli_text(c, answer ? MSG_NO : MSG_YES), b, cli_text(c, answer ? MSG_YES : MSG_NO));
  printf("%s\n", t->nearest ? "" : cli_text(c, MSG_GOAL_NOT_NEAREST));
}

static exit_code record(const cli *c, session *s, request *r, const ppr_run_opts *run) {
  const char *key[MAX_KEYS];
  size_t keys = 0;
  for (char *at = r->key; at && keys < MAX_KEYS;) {
    char *comma = strchr(at, ',');
    key[keys++] = at;
    if (comma) *comma++ = 0;
    at = comma;
  }
  int answer;
  ppr_turns turns;
  ppr_turn_input *inputs;
  ppr_status status = ppr_find_turns(s->engine, s->program, run, key, keys, r->result, &answer, &turns, &inputs, s->report);
  exit_code code = session_end(s, c, status, false);
  if (code != EXIT_FINE) return code;
  if (r->json) {
    printf("{\"result\": ");
    cli_json_string(stdout, r->result);
    printf(", \"answer\": %s, \"complete\": %s, \"turns\": [", answer ? "true" : "false", turns.complete ? "true" : "false");
    for (size_t i = 0; i < turns.n; i++) {
      const ppr_turn *t = &turns.turns[i];
      printf("%s\n  {\"input\": ", i ? "," : "");
      cli_json_string(stdout, t->name);
      printf(", \"unit\": ");
      cli_json_string(stdout, inputs[i].info.kind == PPR_PERCENT ? "%" : inputs[i].info.unit);
      printf(", \"scale\": %d, \"now\": %lld, \"last\": %lld, \"first\": %lld, \"nearest\": %s}", inputs[i].info.scale, (long long)t->now,
             (long long)t->last, (long long)t->first, t->nearest ? "true" : "false");
    }
    printf("]}\n");
  } else {
    printf(cli_text(c, MSG_GOAL_ANSWER), r->result, cli_text(c, answer ? MSG_YES : MSG_NO));
    printf("\n%s\n", cli_text(c, turns.n ? MSG_GOAL_TURNS : turns.complete ? MSG_GOAL_NO_TURN : MSG_GOAL_NONE_FOUND));
    for (size_t i = 0; i < turns.n; i++) print_turn(c, &turns.turns[i], &inputs[i], answer);
    if (turns.n) printf("\n%s\n", cli_text(c, turns.complete ? MSG_GOAL_COMPLETE : MSG_GOAL_INCOMPLETE));
  }
  code = turns.n ? EXIT_FINE : EXIT_FINDINGS;
  ppr_free(turns.turns);
  ppr_free(inputs);
  return code;
}

/* --- the call --- */

/* "60", "59,5": per cent, as a fraction. */
static bool percent(const char *text, ppr_goal_opts *o) {
  size_t whole = strspn(text, "0123456789"), decimals = 0;
  uint64_t value, tail = 0, power = 1;
  char digits[16];
  if (whole == 0 || whole > 9) return false;
  snprintf(digits, sizeof digits, "%.*s", (int)whole, text);
  value = strtoull(digits, NULL, 10);
  text += whole;
  if (*text == ',' || *text == '.') {
    decimals = strspn(++text, "0123456789");
    if (decimals == 0 || decimals > MAX_DECIMALS) return false;
    snprintf(digits, sizeof digits, "%.*s", (int)decimals, text);
    tail = strtoull(digits, NULL, 10);
    text += decimals;
  }
  while (*text == ' ') text++;
  if (*text == '%') text++;
  for (; decimals; decimals--) power *= 10;
  o->numerator = value * power + tail;
  o->denominator = 100 * power;
  return !*text && o->numerator <= o->denominator;
}

exit_code command_goal(cli *c, int argc, char **argv) {
  enum { SHARE = OPT_FIRST, SURVEY, CELL, LEAST, MOST, VARY, FROM, UNTIL, LIMIT, KEY, RESULT, JSON };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"share", required_argument, NULL, SHARE},
                                          {"survey", required_argument, NULL, SURVEY},
                                          {"cell", required_argument, NULL, CELL},
                                          {"at-least", required_argument, NULL, LEAST},
                                          {"at-most", required_argument, NULL, MOST},
                                          {"vary", required_argument, NULL, VARY},
                                          {"from", required_argument, NULL, FROM},
                                          {"until", required_argument, NULL, UNTIL},
                                          {"limit", required_argument, NULL, LIMIT},
                                          {"key", required_argument, NULL, KEY},
                                          {"result", required_argument, NULL, RESULT},
                                          {"json", no_argument, NULL, JSON},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  request r = {.data = {.form = PPR_FORM_TABLES}, .goal = PPR_GOAL_OPTS_INIT};
  ppr_run_opts run = PPR_RUN_OPTS_INIT;
  int option;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0) {
    exit_code code = data_option(&r.data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == SHARE) r.goal.part = optarg;
    if (option == SURVEY) r.goal.survey = optarg;
    if (option == CELL) r.goal.cell = optarg;
    if (option == VARY) r.goal.parameter = optarg;
    if (option == FROM) r.goal.from = optarg;
    if (option == UNTIL) r.goal.until = optarg;
    if (option == KEY) r.key = optarg;
    if (option == RESULT) r.result = optarg;
    if (option == JSON) r.json = true;
    if (option == LIMIT && !data_number(optarg, 2, 1000000000, &r.goal.limit)) return cli_usage(c, MSG_BAD_LIMIT, optarg);
    if (option != LEAST && option != MOST) continue;
    if (!percent(optarg, &r.goal)) return cli_usage(c, MSG_BAD_THRESHOLD, optarg);
    r.goal.at_most = option == MOST;
    r.share = optarg;
  }
  if (option < -1) return CLI_DONE(option);
  if (argc - optind < 1) return cli_missing(c, MSG_ARG_PATH);
  if (argc - optind < 2 || strcmp(argv[optind + 1], "-") == 0) return cli_missing(c, MSG_ARG_INPUT);
  if (argc - optind > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 2]);
  bool of_record = r.key || r.result;
  if (of_record && !r.key) return cli_usage(c, MSG_MISSING_ARGUMENT, "--key");
  if (of_record && !r.result) return cli_usage(c, MSG_MISSING_ARGUMENT, "--result");
  if (of_record && (r.goal.part || r.goal.parameter || r.share)) return cli_usage(c, MSG_EXTRA_ARGUMENT, "--share, --vary");
  if (!of_record && !r.goal.part) return cli_usage(c, MSG_MISSING_ARGUMENT, "--share");
  if (!of_record && !r.goal.parameter) return cli_usage(c, MSG_MISSING_ARGUMENT, "--vary");
  if (!of_record && !r.share) return cli_usage(c, MSG_MISSING_ARGUMENT, "--at-least");
  session s;
  exit_code code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  data_fill(&r.data, c, argv[optind + 1], &run);
  code = of_record ? record(c, &s, &r, &run) : share(c, &s, &r, &run);
  session_close(&s);
  return code;
}
