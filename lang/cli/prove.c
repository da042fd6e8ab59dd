/* `ppr prove`: what is proved of each Fassung, and the records that refute the rest. */
#include "data.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KINDS = 3, METHODS = 4, PLACES = 512, PATH_ROOM = 4096 };

typedef struct finding {
  char *text; /* as it is printed, without the count of repetitions */
  char place[256];
  size_t more;
} finding;

/* What the callbacks brought: counts of the Fassung at hand, findings until it is complete. */
typedef struct proofs {
  const cli *c;
  const char *folder; /* NULL: tables are not written */
  bool json, failed, any;
  char edition[128], record[256];
  size_t counts[KINDS][3], methods[KINDS][METHODS], total[3];
  finding found[PLACES];
  size_t n_found, written;
} proofs;

static const message kind_names[KINDS] = {MSG_PROVE_COVER, MSG_PROVE_EXCLUDE, MSG_PROVE_FAULT};

/* ---- files ---- */

static bool make_folder(proofs *p, const char *path) {
  if (mkdir(path, 0777) == 0 || errno == EEXIST) return true;
  cli_cannot_write(p->c, path);
  return false;
}

static bool write_table(proofs *p, const char *folder, const ppr_proof_table *t) {
  char path[PATH_ROOM];
  int n = snprintf(path, sizeof path, "%s/%s.csv", folder, t->name);
  if (n >= 0 && (size_t)n < sizeof path) return cli_write_file(p->c, path, t->text, strlen(t->text)) == EXIT_FINE;
  errno = ENAMETOOLONG;
  cli_cannot_write(p->c, folder);
  return false;
}

static bool write_record(proofs *p, const ppr_proof *x, char *folder, size_t size) {
  if (!p->written && !make_folder(p, p->folder)) return false;
  int n = snprintf(folder, size, "%s/%zu", p->folder, ++p->written);
  if (n < 0 || (size_t)n >= size || !make_folder(p, folder)) return false;
  bool right = true;
  for (size_t i = 0; i < x->n_tables && right; i++) right = write_table(p, folder, &x->tables[i]);
  return right;
}

/* ---- text ---- */

static void print_indented(FILE *out, const char *text, const char *indent) {
  for (const char *line = text; *line;) {
    size_t n = strcspn(line, "\n");
    fprintf(out, "%s%.*s\n", indent, (int)n, line);
    line += n + (line[n] == '\n');
  }
}

static void print_head(const proofs *p, FILE *out, const ppr_proof *x) {
  static const message words[KINDS] = {MSG_PROVE_GAP, MSG_PROVE_CLASH, MSG_PROVE_FAILS};
  const char *paint = p->c->color_out ? "\033[1;31m" : "", *plain = p->c->color_out ? "\033[0m" : "";
  bool open = x->status == PPR_UNDECIDED;
  fprintf(out, "%s:%u:%u: %s%s%s: ", x->file, x->line, x->column, paint, cli_text(p->c, words[x->kind]), plain);
  if (open) fprintf(out, "%s: ", cli_text(p->c, MSG_PROVE_OPEN));
  fputs(*x->element ? x->element : x->rule, out);
  if (*x->first) {
    fputs(", ", out);
    fprintf(out, cli_text(p->c, MSG_PROVE_PAIR), x->first, x->second);
  } else if (x->kind == PPR_PROOF_FAULT) fprintf(out, ", %s %s", x->fault, x->message);
  fprintf(out, "%s%s\n", *x->citation ? "  " : "", x->citation);
  if (open) fprintf(out, cli_text(p->c, MSG_PROVE_REASON), x->reason), fputc('\n', out);
}

static void print_witness(proofs *p, FILE *out, const ppr_proof *x) {
  fprintf(out, cli_text(p->c, MSG_PROVE_RECORD), x->key);
  fputc('\n', out);
  for (size_t i = 0; i < x->n_tables; i++) {
    if (!x->tables[i].rows) continue;
    fprintf(out, "    %s.csv\n", x->tables[i].name);
    print_indented(out, x->tables[i].text, "      ");
  }
  if (x->n_readings) {
    fputs(cli_text(p->c, MSG_PROVE_READINGS), out);
    for (size_t i = 0; i < x->n_readings; i++) fprintf(out, " --reading \"%s\"", x->readings[i]);
    fputc('\n', out);
  }
  if (x->n_parameters) {
    fputs(cli_text(p->c, MSG_PROVE_PARAMETERS), out);
    for (size_t i = 0; i < x->n_parameters; i++) fprintf(out, " --parameter \"%s\"", x->parameters[i]);
    fputc('\n', out);
  }
  if (x->refused) fprintf(out, "%s\n", cli_text(p->c, MSG_PROVE_REFUSED));
  fprintf(out, "%s\n", cli_text(p->c, MSG_PROVE_RUN));
  print_indented(out, x->run, "  ");
  char folder[PATH_ROOM];
  if (!p->folder) return;
  if (write_record(p, x, folder, sizeof folder)) fprintf(out, cli_text(p->c, MSG_PROVE_WRITTEN), folder), fputc('\n', out);
  else p->failed = true;
}

static void end_edition(proofs *p) {
  if (!*p->edition) return;
  printf("\n");
  printf(cli_text(p->c, MSG_EDITION), p->edition);
  printf(" (%s)\n", p->record);
  for (int k = 0; k < KINDS; k++) {
    size_t *n = p->counts[k], *by = p->methods[k];
    printf(cli_text(p->c, MSG_PROVE_COUNTS), cli_text(p->c, kind_names[k]), n[PPR_PROVED], n[PPR_WITNESS], n[PPR_UNDECIDED]);
    printf("\n");
    if (n[PPR_PROVED]) printf(cli_text(p->c, MSG_PROVE_METHODS), by[0], by[1], by[2], by[3]), printf("\n");
  }
  for (size_t i = 0; i < p->n_found; i++) {
    printf("\n%s", p->found[i].text);
    if (p->found[i].more) printf(cli_text(p->c, MSG_PROVE_MORE), p->found[i].more), printf("\n");
    free(p->found[i].text);
  }
  p->n_found = 0;
  memset(p->counts, 0, sizeof p->counts);
  memset(p->methods, 0, sizeof p->methods);
}

/* Findings of one place are one: the others are counted. */
static void keep_finding(proofs *p, const ppr_proof *x) {
  char place[sizeof p->found[0].place];
  snprintf(place, sizeof place, "%d %d %u %u %.60s %.60s %.60s", (int)x->kind, (int)x->status, x->line, x->column, x->fault, x->first, x->second);
  for (size_t i = 0; i < p->n_found; i++)
    if (!strcmp(p->found[i].place, place)) {
      p->found[i].more++;
      return;
    }
  if (p->n_found == PLACES) return; /* counted all the same */
  finding *f = &p->found[p->n_found];
  size_t size;
  FILE *out = open_memstream(&f->text, &size);
  if (!out) {
    p->failed = true;
    return;
  }
  print_head(p, out, x);
  if (x->status == PPR_WITNESS) print_witness(p, out, x);
  if (fclose(out) != 0) p->failed = true;
  else {
    f->more = 0;
    memcpy(f->place, place, sizeof place);
    p->n_found++;
  }
}

/* ---- JSON ---- */

static void member(const char *name, const char *text, bool first) {
  printf("%s\"%s\": ", first ? "" : ", ", name);
  cli_json_string(stdout, text);
}

static void print_json(proofs *p, const ppr_proof *x) {
  static const char *const kinds[KINDS] = {"cover", "exclude", "fault"}, *const states[] = {"proved", "witness", "undecided"};
  static const char *const methods[METHODS] = {"compiler", "form", "conditions", "inputs"};
  printf("%s\n  {", p->any ? "," : "");
  member("edition", x->edition, true);
  member("record", x->record, false);
  member("kind", kinds[x->kind], false);
  member("status", states[x->status], false);
  if (x->status == PPR_PROVED) member("method", methods[x->method], false);
  member("rule", x->rule, false);
  if (*x->element) member("element", x->element, false);
  if (*x->first) member("first", x->first, false), member("second", x->second, false);
  member("citation", x->citation, false);
  member("fault", x->fault, false);
  member("file", x->file, false);
  printf(", \"line\": %u, \"column\": %u", x->line, x->column);
  if (*x->reason) member("reason", x->reason, false);
  if (x->status == PPR_WITNESS && !x->repeated) {
    char folder[PATH_ROOM];
    member("key", x->key, false);
    member("run", x->run, false);
    printf(", \"readings\": [");
    for (size_t i = 0; i < x->n_readings; i++) printf("%s", i ? ", " : ""), cli_json_string(stdout, x->readings[i]);
    printf("], \"parameters\": [");
    for (size_t i = 0; i < x->n_parameters; i++) printf("%s", i ? ", " : ""), cli_json_string(stdout, x->parameters[i]);
    printf("], \"refused\": %s, \"tables\": {", x->refused ? "true" : "false");
    for (size_t i = 0; i < x->n_tables; i++) member(x->tables[i].name, x->tables[i].text, i == 0);
    printf("}");
    if (p->folder) {
      if (write_record(p, x, folder, sizeof folder)) member("folder", folder, false);
      else p->failed = true;
    }
  }
  printf("}");
}

static void take(const ppr_proof *x, void *ctx) {
  proofs *p = ctx;
  if (p->json) print_json(p, x);
  else if (strcmp(p->edition, x->edition) || strcmp(p->record, x->record)) {
    end_edition(p);
    snprintf(p->edition, sizeof p->edition, "%s", x->edition);
    snprintf(p->record, sizeof p->record, "%s", x->record);
  }
  p->any = true;
  p->counts[x->kind][x->status]++;
  p->total[x->status]++;
  if (x->status == PPR_PROVED) p->methods[x->kind][x->method]++;
  else if (!p->json) keep_finding(p, x);
}

/* ---- the command ---- */

/* Of an edition and a rule, which one is it that there is not? */
static bool has_edition(session *s, const char *path, const char *name) {
  ppr_edition_info e;
  if (ppr_compile_path(&s->program, s->engine, path, s->report) != PPR_OK) return true; /* the rule is as likely */
  for (size_t i = 0; i < ppr_program_editions(s->program); i++)
    if (ppr_program_edition(s->program, i, &e) == PPR_OK && cli_is_edition(e.name, name)) return true;
  return false;
}

static exit_code conclude(proofs *p, session *s, ppr_status status, const ppr_prove_opts *opts, const char *path) {
  if (status == PPR_MISUSE) {
    bool rule = opts->rule && (!opts->edition || has_edition(s, path, opts->edition));
    cli_say(p->c, rule ? MSG_PROVE_NO_RULE : MSG_UNKNOWN_EDITION, rule ? opts->rule : opts->edition);
    return EXIT_USAGE;
  }
  if (status == PPR_OK) { /* warnings belong to `check` */
    if (!p->json) {
      if (!p->total[PPR_WITNESS] && !p->total[PPR_UNDECIDED]) printf(cli_text(p->c, MSG_PROVE_ALL), path);
      else printf(cli_text(p->c, MSG_PROVE_SUM), path, p->total[PPR_PROVED], p->total[PPR_WITNESS], p->total[PPR_UNDECIDED]);
      printf("\n");
    }
    if (p->failed) return EXIT_IO;
    if (!p->total[PPR_WITNESS] && ppr_compile_path(&s->program, s->engine, path, s->report) != PPR_OK) cli_say(p->c, MSG_PROVE_STRICTER);
    return p->total[PPR_WITNESS] ? EXIT_FINDINGS : p->total[PPR_UNDECIDED] ? EXIT_UNDECIDED : EXIT_FINE;
  }
  return session_end(s, p->c, status, true);
}

exit_code command_prove(cli *c, int argc, char **argv) {
  enum { JSON = OPT_FIRST, EDITION, RULE, STEPS };
  static const struct option options[] = {{"json", no_argument, NULL, JSON},        {"edition", required_argument, NULL, EDITION},
                                          {"rule", required_argument, NULL, RULE},  {"budget", required_argument, NULL, STEPS},
                                          {"output", required_argument, NULL, 'o'}, CLI_SCENARIO, CLI_COMMON};
  ppr_prove_opts opts = PPR_PROVE_OPTS_INIT;
  proofs *p = calloc(1, sizeof *p);
  int option;
  exit_code code = EXIT_FINE;
  if (!p) {
    cli_say(c, MSG_NO_MEMORY);
    return EXIT_INTERNAL;
  }
  p->c = c;
  while (code == EXIT_FINE && (option = cli_option(c, argc, argv, "o:", options)) >= 0) {
    if (option == JSON) p->json = true;
    if (option == EDITION) opts.edition = optarg;
    if (option == RULE) opts.rule = optarg;
    if (option == 'o') p->folder = optarg;
    if (option == STEPS && !data_number(optarg, 1, UINT64_MAX, &opts.budget)) code = cli_usage(c, MSG_BAD_BUDGET, optarg);
  }
  if (code == EXIT_FINE && option < -1) {
    free(p);
    return CLI_DONE(option);
  }
  if (code == EXIT_FINE && optind == argc) code = cli_missing(c, MSG_ARG_PATH);
  else if (code == EXIT_FINE && optind + 1 < argc) code = cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  if (code == EXIT_FINE) code = cli_check_rules(c, argv[optind]);
  if (code == EXIT_FINE) code = cli_check_folder(c, p->folder);
  session s;
  if (code == EXIT_FINE && (code = session_open(&s, c)) == EXIT_FINE) {
    opts.language = c->language;
    if (p->json) printf("[");
    ppr_status status = ppr_prove_path(s.engine, argv[optind], &opts, s.report, take, p);
    if (p->json) printf("%s]\n", p->any ? "\n" : "");
    else {
      end_edition(p);
      if (p->any) printf("\n");
    }
    code = conclude(p, &s, status, &opts, argv[optind]);
    session_close(&s);
  }
  free(p);
  return code;
}
