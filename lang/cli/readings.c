/* `ppr readings`: what the rule text leaves to the reader, and with data how many records depend on it. */
#include "data.h"
#include <stdlib.h>
#include <string.h>

/* --- the list --- */

/* A reading as one Fassung has it. */
typedef struct place {
  size_t edition, index;
  ppr_reading_info info;
  bool told;
} place;

typedef struct listing {
  const cli *c;
  const ppr_program *program;
  place *places;
  size_t n;
} listing;

static const char *edition_name(const listing *l, const place *p) {
  ppr_edition_info e;
  return ppr_program_edition(l->program, p->edition, &e) == PPR_OK ? e.name : "";
}

/* The readings of the first kind of record: they belong to the text, whatever the kind. False: out of memory. */
static bool collect(listing *l, const char *edition) {
  size_t editions = ppr_program_editions(l->program), cap = 0;
  ppr_edition_info first, e;
  for (size_t i = 0; i < editions && ppr_program_edition(l->program, 0, &first) == PPR_OK; i++) {
    if (ppr_program_edition(l->program, i, &e) != PPR_OK || strcmp(e.record, first.record) != 0) continue;
    if (edition && !cli_is_edition(e.name, edition)) continue;
    place p = {.edition = i};
    for (; ppr_program_reading(l->program, i, p.index, &p.info) == PPR_OK; p.index++) {
      if (l->n == cap) {
        place *more = realloc(l->places, (cap = cap ? cap * 2 : 32) * sizeof *more);
        if (!more) return false;
        l->places = more;
      }
      l->places[l->n++] = p;
    }
  }
  return true;
}

static const char *variant(const listing *l, const place *p, size_t v) {
  const char *name = ppr_program_variant(l->program, p->edition, p->index, v);
  return name ? name : "";
}
static const char *source(const listing *l, const place *p, size_t v) {
  const char *text = ppr_program_variant_source(l->program, p->edition, p->index, v);
  return text ? text : "";
}

/* Two Fassungen say the same of a reading. */
static bool same(const listing *l, const place *a, const place *b) {
  if (strcmp(a->info.name, b->info.name) != 0 || strcmp(a->info.question, b->info.question) != 0 || strcmp(a->info.citation, b->info.citation) != 0)
    return false;
  if (a->info.variants != b->info.variants || a->info.preset != b->info.preset) return false;
  for (size_t v = 0; v < a->info.variants; v++)
    if (strcmp(variant(l, a, v), variant(l, b, v)) != 0 || strcmp(source(l, a, v), source(l, b, v)) != 0) return false;
  return true;
}

static void print_text(const listing *l, const place *p) {
  printf("\n%s\n  %s\n", p->info.name, p->info.question);
  if (*p->info.citation) printf("  %s\n", p->info.citation);
  printf("  %s", cli_text(l->c, MSG_EDITIONS));
  const char *between = " ";
  for (const place *other = p; other < l->places + l->n; other++) {
    if (!same(l, p, other)) continue;
    printf("%s%s", between, edition_name(l, other));
    between = ", ";
  }
  printf("\n");
  for (size_t v = 0; v < p->info.variants; v++) {
    printf("    %s", variant(l, p, v));
    if (v == p->info.preset) printf(" (%s)", cli_text(l->c, MSG_PRESET_MARK));
    printf("\n");
    if (*source(l, p, v)) printf("      %s\n", source(l, p, v));
  }
}

static void put_member(const char *name, const char *value) {
  printf(", \"%s\": ", name);
  cli_json_string(stdout, value);
}

static void print_json(const listing *l, const place *p, bool first) {
  printf("%s\n  {\"name\": ", first ? "" : ",");
  cli_json_string(stdout, p->info.name);
  put_member("question", p->info.question);
  put_member("citation", p->info.citation);
  const char *between = ", \"editions\": [";
  for (const place *other = p; other < l->places + l->n; other++) {
    if (!same(l, p, other)) continue;
    printf("%s", between);
    cli_json_string(stdout, edition_name(l, other));
    between = ", ";
  }
  printf("], \"variants\": [");
  for (size_t v = 0; v < p->info.variants; v++) {
    printf("%s\n    {\"name\": ", v ? "," : "");
    cli_json_string(stdout, variant(l, p, v));
    put_member("source", source(l, p, v));
    printf(", \"preset\": %s}", v == p->info.preset ? "true" : "false");
  }
  printf("]}");
}

/* By name in order of appearance; under a name one entry per way the Fassungen put it. */
static void print_places(const listing *l, bool json) {
  bool first = true;
  for (place *name = l->places; name < l->places + l->n; name++)
    for (place *p = name->told ? l->places + l->n : name; p < l->places + l->n; p++) {
      if (p->told || strcmp(p->info.name, name->info.name) != 0) continue;
      if (json) print_json(l, p, first);
      else print_text(l, p);
      first = false;
      for (place *other = p; other < l->places + l->n; other++) other->told = other->told || same(l, p, other);
    }
  if (json) printf(first ? "]\n" : "\n]\n");
}

static size_t count_names(const listing *l) {
  size_t names = 0;
  for (size_t i = 0; i < l->n; i++) {
    size_t k = 0;
    while (strcmp(l->places[k].info.name, l->places[i].info.name) != 0) k++;
    names += k == i;
  }
  return names;
}

static bool has_edition(const ppr_program *program, const char *name) {
  ppr_edition_info e;
  for (size_t i = 0; ppr_program_edition(program, i, &e) == PPR_OK; i++)
    if (cli_is_edition(e.name, name)) return true;
  return false;
}

static exit_code list(const cli *c, const session *s, const char *edition, bool json) {
  if (edition && !has_edition(s->program, edition)) return cli_usage(c, MSG_UNKNOWN_EDITION, edition);
  listing l = {.c = c, .program = s->program};
  if (!collect(&l, edition)) {
    free(l.places);
    cli_say(c, MSG_NO_MEMORY);
    return EXIT_INTERNAL;
  }
  if (json) printf("[");
  else if (l.n == 0) printf(cli_text(c, MSG_NO_READINGS), ppr_program_name(s->program));
  else printf(cli_text(c, MSG_READINGS_OF), ppr_program_name(s->program), count_names(&l));
  if (!json) printf("\n");
  print_places(&l, json);
  free(l.places);
  return EXIT_FINE;
}

/* --- what depends on them --- */

enum { NAME_WIDTH = 42, NUMBER_WIDTH = 12 };

/* Width in characters, however many bytes they take. */
static int missing(const char *text, int width) {
  for (const char *p = text; *p; p++) width -= (*p & 0xC0) != 0x80;
  return width < 0 ? 0 : width;
}
static void put_name(const char *indent, const char *name) { printf("%s%s%*s", indent, name, missing(name, NAME_WIDTH - (int)strlen(indent)), ""); }
static void put_right(const char *text) { printf("%*s%s", missing(text, NUMBER_WIDTH), "", text); }
static void put_count(const cli *c, size_t n) {
  char text[32];
  put_right(cli_count(c, text, n));
}

/* "12,34 %" of the records compared, half up. */
static void put_share(const cli *c, size_t part, size_t whole) {
  char text[32];
  unsigned long long hundredths = whole ? ((unsigned long long)part * 20000 + whole) / (2 * (unsigned long long)whole) : 0;
  snprintf(text, sizeof text, "%llu%c%02llu %%", hundredths / 100, c->language == PPR_ENGLISH ? '.' : ',', hundredths % 100);
  put_right(whole ? text : "–");
}

static void print_effects(const cli *c, const ppr_reading_effect *effects, size_t n) {
  static const message heads[] = {MSG_EFFECT_RECORDS, MSG_EFFECT_CHANGED, MSG_EFFECT_SHARE, MSG_EFFECT_YES_NO,
                                  MSG_EFFECT_NO_YES,  MSG_EFFECT_OTHER,   MSG_EFFECT_ANY};
  put_name("", "");
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) put_right(cli_text(c, heads[i]));
  printf("\n");
  char text[32];
  for (size_t i = 0; i < n; i++) {
    const ppr_reading_effect *e = &effects[i];
    if (i == 0 || strcmp(effects[i - 1].reading, e->reading) != 0) {
      printf("%s", e->reading);
      if (e->instead_of) printf(", "), printf(cli_text(c, MSG_INSTEAD_OF), e->instead_of);
      printf("\n");
    }
    if (e->file) {
      char name[256];
      snprintf(name, sizeof name, "%.100s: %.150s", e->file, e->column);
      put_name("    ", name);
      put_right("");
    } else {
      put_name("  ", e->variant);
      put_count(c, e->records);
    }
    put_count(c, e->changed);
    put_share(c, e->changed, e->records);
    put_count(c, e->yes_to_no);
    put_count(c, e->no_to_yes);
    put_count(c, e->other);
    if (!e->file) put_count(c, e->any);
    printf("\n");
    if (!e->file && e->without) printf(cli_text(c, MSG_EFFECT_WITHOUT), cli_count(c, text, e->without)), printf("\n");
  }
  printf("\n%s\n", cli_text(c, MSG_EFFECT_LEGEND));
}

static void json_numbers(const ppr_reading_effect *e) {
  printf("\"changed\": %zu, \"yes_to_no\": %zu, \"no_to_yes\": %zu, \"other\": %zu", e->changed, e->yes_to_no, e->no_to_yes, e->other);
}

static void print_effects_json(const ppr_run_summary *s, const ppr_reading_effect *effects, size_t n) {
  printf("{\"records\": %zu, \"refused\": %zu, \"faults\": %zu, \"effects\": [", s->records, s->refused, s->faults);
  for (size_t i = 0; i < n;) {
    const ppr_reading_effect *e = &effects[i];
    printf("%s\n  {\"reading\": ", i ? "," : "");
    cli_json_string(stdout, e->reading);
    put_member("variant", e->variant);
    if (e->instead_of) put_member("instead_of", e->instead_of);
    printf(", \"records\": %zu, \"without\": %zu, ", e->records, e->without);
    json_numbers(e);
    printf(", \"any\": %zu, \"verdicts\": [", e->any);
    for (size_t first = ++i; i < n && effects[i].file; i++) {
      printf("%s\n    {\"file\": ", i == first ? "" : ",");
      cli_json_string(stdout, effects[i].file);
      put_member("column", effects[i].column);
      printf(", ");
      json_numbers(&effects[i]);
      printf("}");
    }
    printf("]}");
  }
  printf(n ? "\n]}\n" : "]}\n");
}

static void print_summary(const cli *c, const ppr_run_summary *s, const char *list) {
  char a[32], b[32];
  data_print_records(c, s);
  fprintf(stderr, cli_text(c, MSG_SUM_REFUSED), cli_count(c, a, s->refused), cli_count(c, b, s->faults));
  fputc('\n', stderr);
  if (s->refused) fprintf(stderr, "%s\n", cli_text(c, MSG_EFFECT_REFUSED));
  if (list) fprintf(stderr, cli_text(c, MSG_LIST_IN), list), fputc('\n', stderr);
}

static exit_code measure(const cli *c, session *s, const ppr_run_opts *given, bool json, bool quiet) {
  data_progress p;
  ppr_run_opts opts = *given;
  ppr_run_summary summary;
  ppr_reading_effect *effects;
  size_t n;
  data_progress_start(&p, c, quiet, &opts);
  ppr_status status = ppr_run_readings(s->program, s->engine, &opts, &summary, &effects, &n, s->report);
  data_progress_end(&p);
  exit_code code = session_end(s, c, status, false);
  if (status == PPR_OK || status == PPR_REFUSED) {
    if (json) print_effects_json(&summary, effects, n);
    else if (n) print_effects(c, effects, n);
    else printf(cli_text(c, MSG_NO_READINGS), ppr_program_name(s->program)), printf("\n");
    fflush(stdout); /* before the summary on stderr */
    if (!quiet) print_summary(c, &summary, opts.output);
  }
  ppr_free(effects);
  return code;
}

exit_code command_readings(cli *c, int argc, char **argv) {
  enum { EDITION = OPT_FIRST, JSON, QUIET };
  static const struct option options[] = {DATA_OPTIONS,
                                          {"edition", required_argument, NULL, EDITION},
                                          {"json", no_argument, NULL, JSON},
                                          {"output", required_argument, NULL, 'o'},
                                          {"quiet", no_argument, NULL, QUIET},
                                          CLI_SCENARIO,
                                          CLI_COMMON};
  data_opts data = {.form = PPR_FORM_TABLES};
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  const char *edition = NULL;
  bool json = false, quiet = false;
  int option;
  while ((option = cli_option(c, argc, argv, "o:q", options)) >= 0) {
    exit_code code = data_option(&data, c, option, optarg);
    if (code != EXIT_FINE) return code;
    if (option == EDITION) edition = optarg;
    if (option == JSON) json = true;
    if (option == 'o') opts.output = optarg;
    if (option == QUIET || option == 'q') quiet = true;
  }
  if (option < -1) return CLI_DONE(option);
  int words = argc - optind;
  const char *input = words > 1 ? argv[optind + 1] : NULL;
  bool with_data = input || data.form != PPR_FORM_TABLES;
  if (words < 1) return cli_missing(c, MSG_ARG_PROGRAM);
  if (words > 2) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 2]);
  if (with_data && edition) return cli_usage(c, MSG_EXTRA_ARGUMENT, "--edition");
  if (!with_data && (opts.output || data.n_readings || data.record || data.as_of)) return cli_missing(c, MSG_ARG_INPUT);
  if (with_data && data.form == PPR_FORM_TABLES && strcmp(input, "-") == 0) return cli_missing(c, MSG_ARG_INPUT);
  if (opts.output && strcmp(opts.output, "-") == 0) return cli_missing(c, MSG_ARG_OUTPUT_FILE);
  session s;
  exit_code code = cli_check_output(c, opts.output);
  if (code == EXIT_FINE) code = session_load(&s, c, argv[optind]);
  if (code != EXIT_FINE) return code;
  data_fill(&data, c, input, &opts);
  code = with_data ? measure(c, &s, &opts, json, quiet) : list(c, &s, edition, json);
  session_close(&s);
  return code;
}
