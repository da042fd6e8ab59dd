/* `ppr check`: diagnostics of rule texts, then what each Fassung is, leaves open and costs. */
#include "cli.h"
#include <inttypes.h>
#include <string.h>

/* A stored number as the text says it: "132", "2,50", "01.07.2024", "ja". */
static void print_value(const cli *c, const ppr_parameter_info *p, int64_t value) {
  char day[16];
  if (p->kind == PPR_YESNO) printf("%s", cli_text(c, value ? MSG_YES : MSG_NO));
  else if (p->kind == PPR_DATE) printf("%s", cli_day(day, value));
  else {
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, power = 1;
    for (int i = 0; i < p->scale; i++) power *= 10;
    printf("%s%" PRIu64, value < 0 ? "-" : "", size / power);
    if (p->scale) printf(",%0*" PRIu64, p->scale, size % power);
  }
}

static void print_parameters(const cli *c, const ppr_program *p, size_t edition) {
  ppr_parameter_info q;
  for (size_t i = 0; ppr_program_parameter(p, edition, i, &q) == PPR_OK; i++) {
    if (i == 0) printf("  %s:\n", cli_text(c, MSG_PARAMETERS));
    printf("    %s: ", q.name);
    print_value(c, &q, q.preset);
    if (q.kind != PPR_YESNO) {
      printf(" (");
      print_value(c, &q, q.lo);
      printf("..");
      print_value(c, &q, q.hi);
      printf(")");
    }
    printf("%s%s%s%s\n", q.kind == PPR_PERCENT ? " %" : *q.unit ? " " : "", q.unit, *q.citation ? "  " : "", q.citation);
  }
}

static void print_edition(const cli *c, const ppr_program *p, size_t edition) {
  ppr_edition_info e, first, last;
  char from[16], until[16];
  if (ppr_program_edition(p, edition, &e) != PPR_OK || ppr_program_edition(p, 0, &first) != PPR_OK) return;
  if (ppr_program_edition(p, ppr_program_editions(p) - 1, &last) != PPR_OK) return;
  printf("\n");
  printf(cli_text(c, MSG_EDITION), e.name);
  if (strcmp(first.record, last.record) != 0) printf(" (%s)", e.record); /* several kinds of record */
  printf("  ");
  if (e.until_day == INT64_MAX) printf(cli_text(c, MSG_IN_FORCE_OPEN), cli_day(from, e.from_day));
  else printf(cli_text(c, MSG_IN_FORCE), cli_day(from, e.from_day), cli_day(until, e.until_day));
  printf("  %s\n  ", e.decision);
  char inputs[CLI_NUMBER], outputs[CLI_NUMBER], steps[CLI_NUMBER];
  printf(cli_text(c, MSG_SIZES), cli_number(c, inputs, e.inputs, NOUN_INPUT), cli_number(c, outputs, e.outputs, NOUN_RESULT),
         cli_number(c, steps, e.cost, NOUN_STEP));
  printf("\n");
  if (strcmp(e.record, first.record) != 0) return; /* readings and open points belong to the text, told once */
  ppr_reading_info r;
  for (size_t i = 0; ppr_program_reading(p, edition, i, &r) == PPR_OK; i++) {
    if (i == 0) printf("  %s:\n", cli_text(c, MSG_READINGS));
    printf("    %s: %s", r.name, r.question);
    for (size_t v = 0; v < r.variants; v++) {
      const char *name = ppr_program_variant(p, edition, i, v);
      printf("%s %s", v ? "," : " –", name ? name : "");
      if (v == r.preset) printf(" (%s)", cli_text(c, MSG_PRESET_MARK));
    }
    printf("%s%s\n", *r.citation ? "  " : "", r.citation);
  }
  print_parameters(c, p, edition);
  ppr_open_info o;
  for (size_t i = 0; ppr_program_open_point(p, edition, i, &o) == PPR_OK; i++) {
    if (i == 0) printf("  %s:\n", cli_text(c, MSG_OPEN_POINTS));
    printf("    %s: %s%s%s\n", o.name, o.text, *o.citation ? "  " : "", o.citation);
  }
}

/* Every edition, or those of one name; false when there is none of that name. */
static bool print_editions(const cli *c, const ppr_program *p, const char *name) {
  ppr_edition_info e;
  bool found = !name;
  for (size_t i = 0; i < ppr_program_editions(p); i++) {
    if (name && (ppr_program_edition(p, i, &e) != PPR_OK || !cli_is_edition(e.name, name))) continue;
    print_edition(c, p, i);
    found = true;
  }
  return found;
}

static void count_findings(ppr_report *report, size_t counts[3]) {
  ppr_diagnostic d;
  for (size_t i = 0, n = ppr_report_count(report); i < n; i++)
    if (ppr_report_get(report, i, PPR_GERMAN, &d) == PPR_OK && d.severity >= 0 && d.severity < 3) counts[d.severity]++;
}

typedef enum { AS_TEXT, AS_JSON, AS_SARIF, NO_FORM } form;

static form read_form(const char *word) {
  static const char *const words[] = {"text", "json", "sarif"};
  form f = AS_TEXT;
  while (f < NO_FORM && strcmp(words[f], word) != 0) f++;
  return f;
}

exit_code command_check(cli *c, int argc, char **argv) {
  enum { JSON = OPT_FIRST, FORMAT, EDITION };
  static const struct option options[] = {{"json", no_argument, NULL, JSON},
                                          {"format", required_argument, NULL, FORMAT},
                                          {"edition", required_argument, NULL, EDITION},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  form as = AS_TEXT;
  const char *edition = NULL;
  int option;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0)
    if (option == EDITION) edition = optarg;
    else if ((as = option == JSON ? AS_JSON : read_form(optarg)) == NO_FORM) return cli_usage(c, MSG_BAD_FORMAT, optarg);
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PATH);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  session s;
  exit_code code = cli_check_rules(c, argv[optind]);
  if (code == EXIT_FINE) code = session_open(&s, c);
  if (code != EXIT_FINE) return code;
  ppr_status status = ppr_compile_path(&s.program, s.engine, argv[optind], s.report);
  size_t counts[3] = {0, 0, 0};
  count_findings(s.report, counts);
  if (as != AS_TEXT) {
    (as == AS_JSON ? cli_print_report_json : cli_print_report_sarif)(c, s.report, stdout);
    ppr_report_free(s.report); /* said once */
    s.report = status == PPR_DIAGNOSED ? NULL : ppr_report_new();
    code = status == PPR_DIAGNOSED ? EXIT_FINDINGS : s.report ? session_end(&s, c, status, true) : EXIT_INTERNAL;
  } else {
    code = session_end(&s, c, status, true);
    if (counts[0] + counts[1] + counts[2]) {
      ppr_diagnostic first;
      char errors[CLI_NUMBER], warnings[CLI_NUMBER], hints[CLI_NUMBER];
      cli_say(c, MSG_CHECK_FINDINGS, cli_number(c, errors, counts[0], NOUN_ERROR), cli_number(c, warnings, counts[1], NOUN_WARNING),
              cli_number(c, hints, counts[2], NOUN_HINT));
      if (ppr_report_get(s.report, 0, c->language, &first) == PPR_OK) cli_say(c, MSG_MORE_ON_CODES, first.code);
    }
    if (status == PPR_OK) {
      printf(cli_text(c, MSG_CHECK_FINE), ppr_program_name(s.program));
      printf("\n");
      if (!print_editions(c, s.program, edition)) code = cli_usage(c, MSG_UNKNOWN_EDITION, edition);
    }
  }
  session_close(&s);
  return code;
}
