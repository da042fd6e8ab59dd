/* Texts of `ppr test`; see test_report.h. */
#include "test_report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- cases --- */

/* Every line of a text behind some blanks. */
static void print_lines(FILE *out, const char *text, const char *margin) {
  while (*text) {
    size_t n = strcspn(text, "\n");
    fprintf(out, "%s%.*s\n", n ? margin : "", (int)n, text);
    text += n + (text[n] == '\n');
  }
}

static void print_case(const test_report *t, const ppr_test_result *r) {
  const char *paint = t->c->color_out ? (r->passed ? "\033[32m" : "\033[1;31m") : "", *plain = t->c->color_out ? "\033[0m" : "";
  printf(cli_text(t->c, MSG_TEST_LINE), r->file, r->line, paint, cli_text(t->c, r->passed ? MSG_TEST_OK : MSG_TEST_BAD), plain, r->edition, r->title,
         *r->citation ? "  " : "", r->citation);
  printf("\n");
  print_lines(stdout, r->details, "    ");
  print_lines(stdout, r->explanation, "      ");
}

static void json_member(FILE *out, const char *name, const char *text) {
  fprintf(out, ", \"%s\": ", name);
  cli_json_string(out, text);
}

static void json_case(FILE *out, const ppr_test_result *r, bool first) {
  fputs(first ? "\n    {\"file\": " : ",\n    {\"file\": ", out);
  cli_json_string(out, r->file);
  fprintf(out, ", \"line\": %u", r->line);
  json_member(out, "edition", r->edition);
  json_member(out, "title", r->title);
  json_member(out, "citation", r->citation);
  fprintf(out, ", \"passed\": %s", r->passed ? "true" : "false");
  json_member(out, "details", r->details);
  json_member(out, "explanation", r->explanation);
  fputc('}', out);
}

/* Text of an element or attribute: what XML does not know becomes U+FFFD. */
static void xml_text(FILE *out, const char *text) {
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    if (*p == '&') fputs("&amp;", out);
    else if (*p == '<') fputs("&lt;", out);
    else if (*p == '>') fputs("&gt;", out);
    else if (*p == '"') fputs("&quot;", out);
    else if (*p < 0x20 && *p != '\n' && *p != '\t') fputs("\xEF\xBF\xBD", out);
    else fputc(*p, out);
  }
}

static void xml_attribute(FILE *out, const char *name, const char *text, size_t n) {
  char *part = strndup(text, n);
  fprintf(out, " %s=\"", name);
  xml_text(out, part ? part : "");
  fputc('"', out);
  free(part);
}

static void xml_case(FILE *out, const ppr_test_result *r) {
  fputs("    <testcase", out);
  xml_attribute(out, "name", r->title, strlen(r->title));
  xml_attribute(out, "classname", r->edition, strlen(r->edition));
  xml_attribute(out, "file", r->file, strlen(r->file));
  fprintf(out, " line=\"%u\"", r->line);
  if (r->passed) {
    fputs("/>\n", out);
    return;
  }
  fputs(">\n      <failure", out);
  xml_attribute(out, "message", r->details, strcspn(r->details, "\n"));
  fputc('>', out);
  xml_text(out, *r->citation ? r->citation : "");
  if (*r->citation) fputc('\n', out);
  xml_text(out, r->details);
  xml_text(out, r->explanation);
  fputs("</failure>\n    </testcase>\n", out);
}

static void end_suite(test_report *t) {
  if (!t->suite) return;
  fclose(t->suite);
  t->suite = NULL;
  fputs("  <testsuite", t->suites);
  xml_attribute(t->suites, "name", t->file ? t->file : "", t->file ? strlen(t->file) : 0);
  fprintf(t->suites, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n%s  </testsuite>\n", t->suite_tests, t->suite_failures,
          t->suite_text ? t->suite_text : "");
  free(t->suite_text);
  free(t->file);
  t->suite_text = t->file = NULL;
}

/* Cases of one file are one suite. */
static void take_suite(test_report *t, const ppr_test_result *r) {
  if (!t->file || strcmp(t->file, r->file) != 0) {
    end_suite(t);
    t->file = strdup(r->file);
    t->suite = open_memstream(&t->suite_text, &t->suite_size);
    t->suite_tests = t->suite_failures = 0;
  }
  if (!t->suite) return;
  t->suite_tests++;
  t->suite_failures += !r->passed;
  xml_case(t->suite, r);
}

bool test_report_begin(test_report *t, const cli *c, bool verbose, bool json, bool junit) {
  *t = (test_report){.c = c, .verbose = verbose, .json = json};
  if (json) t->cases = open_memstream(&t->cases_text, &t->cases_size);
  if (junit) t->suites = open_memstream(&t->suites_text, &t->suites_size);
  return (!json || t->cases) && (!junit || t->suites);
}

void test_report_end(test_report *t) {
  end_suite(t);
  if (t->cases) fclose(t->cases);
  if (t->suites) fclose(t->suites);
  free(t->cases_text);
  free(t->suites_text);
  *t = (test_report){.c = t->c};
}

void test_report_take(const ppr_test_result *r, void *ctx) {
  test_report *t = ctx;
  if (t->cases) json_case(t->cases, r, t->passed + t->failed == 0);
  if (t->suites) take_suite(t, r);
  if (r->passed) t->passed++;
  else t->failed++;
  if (!t->json && (!r->passed || t->verbose)) print_case(t, r);
}

exit_code test_report_junit(test_report *t, const char *path) {
  char *text = NULL;
  size_t size = 0;
  end_suite(t);
  FILE *out = open_memstream(&text, &size);
  if (!out || fflush(t->suites) != 0) {
    cli_say(t->c, MSG_NO_MEMORY);
    if (out) fclose(out);
    free(text);
    return EXIT_INTERNAL;
  }
  fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n%s</testsuites>\n",
          t->passed + t->failed, t->failed, t->suites_text);
  exit_code code = fclose(out) == 0 ? cli_write_file(t->c, path, text, size) : EXIT_INTERNAL;
  free(text);
  return code;
}

/* --- coverage --- */

enum { KINDS = PPR_COVER_BOUNDARY + 1 };
static const message kind_names[KINDS] = {MSG_COVER_ELEMENTS, MSG_COVER_BRANCHES, MSG_COVER_CHOICES,
                                          MSG_COVER_CELLS,    MSG_COVER_STEPS,    MSG_COVER_BOUNDARIES};
static const char *const kind_words[KINDS] = {"element", "branch", "choice", "cell", "step", "boundary"};

typedef struct tally {
  size_t goals, reached;
} tally;

static size_t bits(int set) { return (size_t)((set & PPR_COVER_YES) != 0) + (size_t)((set & PPR_COVER_NO) != 0); }

static void count(tally *t, const ppr_cover_item *i) {
  t->goals += bits(i->goals);
  t->reached += bits(i->reached);
}

/* "97,2": rounded down, so that 100,0 is all of them. */
static const char *percent(const cli *c, char out[48], tally t) {
  size_t tenths = t.goals ? t.reached * 1000 / t.goals : 1000;
  snprintf(out, 48, "%zu%c%zu", tenths / 10, c->language == PPR_ENGLISH ? '.' : ',', tenths % 10);
  return out;
}

/* A line of the summary: its head in 40 columns, however many bytes its characters take. */
static void print_tally(const cli *c, const char *head, tally t) {
  char share[48];
  int width = 0;
  for (const char *p = head; *p; p++) width += (*p & 0xC0) != 0x80;
  printf("  %s%*s", head, width < 40 ? 40 - width : 0, "");
  printf(cli_text(c, MSG_COVER_COUNTS), t.reached, t.goals, percent(c, share, t));
  printf("\n");
}

static void print_kinds(const cli *c, const ppr_coverage *v) {
  tally kinds[KINDS] = {{0, 0}};
  size_t met = 0, boundaries = 0;
  for (size_t i = 0; i < v->n_items; i++) {
    count(&kinds[v->items[i].kind], &v->items[i]);
    if (v->items[i].kind != PPR_COVER_BOUNDARY) continue;
    boundaries++;
    met += v->items[i].equal != 0;
  }
  for (int k = 0; k < KINDS; k++)
    if (kinds[k].goals) print_tally(c, cli_text(c, kind_names[k]), kinds[k]);
  if (!boundaries) return;
  printf("    ");
  printf(cli_text(c, MSG_COVER_EQUAL), met, boundaries);
  printf("\n");
}

/* Items from `from` on that stand in the same file; with `declaration` in the same declaration. */
static size_t run_of(const ppr_coverage *v, size_t from, bool declaration) {
  const ppr_cover_item *a = &v->items[from];
  size_t n = from;
  while (n < v->n_items && strcmp(v->items[n].file, a->file) == 0 && (!declaration || strcmp(v->items[n].declaration, a->declaration) == 0)) n++;
  return n;
}

static tally tally_of(const ppr_coverage *v, size_t from, size_t to) {
  tally t = {0, 0};
  for (size_t i = from; i < to; i++) count(&t, &v->items[i]);
  return t;
}

/* How near a boundary was approached: " (gleich, darunter 0,01 Stunde)". */
static void print_near(const cli *c, const ppr_cover_item *i) {
  const char *comma = " (";
  if (!i->equal && !i->below && !i->above) return;
  if (i->equal) printf("%s%s", comma, cli_text(c, MSG_COVER_MET)), comma = ", ";
  if (i->below) printf("%s%s %s", comma, cli_text(c, MSG_COVER_BELOW), i->below), comma = ", ";
  if (i->above) printf("%s%s %s", comma, cli_text(c, MSG_COVER_ABOVE), i->above);
  putchar(')');
}

static void print_item(const cli *c, const ppr_cover_item *i) {
  static const message yes[KINDS] = {MSG_COVER_NOT_COMPUTED, MSG_COVER_NOT_APPLIED, MSG_COVER_NEVER_YES,
                                     MSG_COVER_NOT_USED,     MSG_COVER_NOT_USED,    MSG_COVER_NEVER_TRUE};
  static const message no[KINDS] = {MSG_COVER_NOT_COMPUTED, MSG_COVER_ALWAYS_APPLIED, MSG_COVER_NEVER_NO,
                                    MSG_COVER_NOT_USED,     MSG_COVER_NOT_USED,       MSG_COVER_NEVER_FALSE};
  int missing = i->goals & ~i->reached;
  printf("      %u:%u: %s", i->line, i->column, i->what);
  if (missing & PPR_COVER_YES) printf(": %s", cli_text(c, yes[i->kind]));
  if (missing & PPR_COVER_NO) printf("%s%s", missing & PPR_COVER_YES ? ", " : ": ", cli_text(c, no[i->kind]));
  if (i->kind == PPR_COVER_BOUNDARY && !missing && i->goals == (PPR_COVER_YES | PPR_COVER_NO)) printf(": %s", cli_text(c, MSG_COVER_BOTH));
  if (i->kind == PPR_COVER_BOUNDARY) print_near(c, i);
  printf("\n");
}

/* Elements that were never computed share a line, and cells that were never used. */
static void print_missing(const cli *c, const ppr_coverage *v, size_t from, size_t to, ppr_cover_kind kind, message how) {
  size_t all = 0, missing = 0;
  for (size_t i = from; i < to; i++) {
    if (v->items[i].kind != kind) continue;
    all++;
    missing += !v->items[i].reached;
  }
  if (!missing) return;
  printf("      %s", cli_text(c, how));
  const char *comma = ": ";
  for (size_t i = from; i < to; i++) {
    if (v->items[i].kind != kind || v->items[i].reached) continue;
    printf("%s%s", comma, v->items[i].what);
    comma = "; ";
  }
  if (missing < all) printf(" "), printf(cli_text(c, MSG_COVER_OF), missing, all);
  printf("\n");
}

static void print_declaration(const cli *c, const ppr_coverage *v, size_t from, size_t to) {
  char share[48];
  tally t = tally_of(v, from, to);
  printf("    %s:%u: %s  ", v->items[from].file, v->items[from].line, v->items[from].declaration);
  printf(cli_text(c, MSG_COVER_COUNTS), t.reached, t.goals, percent(c, share, t));
  printf("\n");
  print_missing(c, v, from, to, PPR_COVER_ELEMENT, MSG_COVER_NOT_COMPUTED);
  print_missing(c, v, from, to, PPR_COVER_CELL, MSG_COVER_NOT_USED);
  for (size_t i = from; i < to; i++) {
    const ppr_cover_item *item = &v->items[i];
    bool told = item->kind == PPR_COVER_ELEMENT || item->kind == PPR_COVER_CELL;
    if (!told && (item->goals != item->reached || item->kind == PPR_COVER_BOUNDARY)) print_item(c, item);
  }
}

void test_report_coverage(const cli *c, const ppr_coverage *v, bool every) {
  printf("\n%s\n", cli_text(c, MSG_COVER_HEAD));
  print_kinds(c, v);
  for (size_t i = 0, end; i < v->n_items; i = end) {
    end = run_of(v, i, false);
    print_tally(c, v->items[i].file, tally_of(v, i, end));
    for (size_t d = i, next; every && d < end; d = next) {
      next = run_of(v, d, true);
      print_declaration(c, v, d, next);
    }
  }
  print_tally(c, cli_text(c, MSG_COVER_ALL), (tally){v->goals, v->reached});
}

static void json_coverage(FILE *out, const ppr_coverage *v) {
  fprintf(out, ",\n  \"coverage\": {\"goals\": %zu, \"reached\": %zu, \"items\": [", v->goals, v->reached);
  for (size_t i = 0; i < v->n_items; i++) {
    const ppr_cover_item *k = &v->items[i];
    fputs(i ? ",\n    {\"file\": " : "\n    {\"file\": ", out);
    cli_json_string(out, k->file);
    fprintf(out, ", \"line\": %u, \"column\": %u, \"kind\": \"%s\"", k->line, k->column, kind_words[k->kind]);
    json_member(out, "declaration", k->declaration);
    json_member(out, "what", k->what);
    for (int bit = PPR_COVER_YES; bit <= PPR_COVER_NO; bit++)
      if (k->goals & bit) fprintf(out, ", \"%s\": %s", bit == PPR_COVER_YES ? "yes" : "no", k->reached & bit ? "true" : "false");
    if (k->kind == PPR_COVER_BOUNDARY) fprintf(out, ", \"equal\": %s", k->equal ? "true" : "false");
    if (k->below) json_member(out, "below", k->below);
    if (k->above) json_member(out, "above", k->above);
    fputc('}', out);
  }
  fputs(v->n_items ? "\n  ]}" : "]}", out);
}

void test_report_json(test_report *t, const ppr_coverage *coverage) {
  if (fflush(t->cases) != 0) return;
  printf("{\"passed\": %zu, \"failed\": %zu, \"tests\": [%s%s", t->passed, t->failed, t->cases_text, t->cases_size ? "\n  ]" : "]");
  if (coverage) json_coverage(stdout, coverage);
  printf("}\n");
}
