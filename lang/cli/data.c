/* Options of the subcommands that read records, and their progress. */
#include "data.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

exit_code data_option(data_opts *d, const cli *c, int option, char *arg) {
  if (option == DATA_FLAT) d->form = PPR_FORM_FLAT;
  if (option == DATA_NDJSON) d->form = PPR_FORM_NDJSON;
  if (option == DATA_RECORD) d->record = arg;
  if (option == DATA_AS_OF) d->as_of = arg;
  bool reading = option == DATA_READING;
  if (!reading && option != DATA_PARAMETER) return EXIT_FINE;
  char *eq = strchr(arg, '=');
  if (!eq || eq == arg || !eq[1]) return cli_usage(c, reading ? MSG_BAD_READING : MSG_BAD_PARAMETER, arg);
  if (reading ? d->n_readings == DATA_READINGS_MAX : d->n_parameters == DATA_PARAMETERS_MAX) {
    if (reading) cli_say(c, MSG_TOO_MANY_READINGS, DATA_READINGS_MAX);
    else cli_say(c, MSG_TOO_MANY_PARAMETERS, DATA_PARAMETERS_MAX);
    return EXIT_USAGE;
  }
  *eq = 0;
  for (size_t i = 0; i < d->n_readings && reading; i++)
    if (strcmp(d->readings[i].name, arg) == 0) return cli_usage(c, MSG_READING_TWICE, arg);
  for (size_t i = 0; i < d->n_parameters && !reading; i++)
    if (strcmp(d->parameters[i].name, arg) == 0) return cli_usage(c, MSG_PARAMETER_TWICE, arg);
  if (reading) d->readings[d->n_readings++] = (ppr_reading_choice){arg, eq + 1};
  else d->parameters[d->n_parameters++] = (ppr_parameter_choice){arg, eq + 1};
  return EXIT_FINE;
}

void data_fill(const data_opts *d, const cli *c, const char *input, ppr_run_opts *opts) {
  opts->input = input;
  opts->form = d->form;
  opts->readings = d->readings;
  opts->n_readings = d->n_readings;
  opts->parameters = d->parameters;
  opts->n_parameters = d->n_parameters;
  opts->record = d->record;
  opts->as_of = d->as_of;
  opts->language = c->language;
}

bool data_number(const char *text, uint64_t least, uint64_t most, uint64_t *out) {
  char *end;
  errno = 0;
  *out = strtoull(text, &end, 10);
  return *text >= '0' && *text <= '9' && !*end && !errno && *out >= least && *out <= most;
}

static int64_t now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void show(size_t done, size_t total, void *ctx) {
  data_progress *p = ctx;
  int64_t t = now(), passed = t - p->begin;
  if (!p->tty || passed < 1000 || t - p->last < 200) return;
  char a[CLI_NUMBER], b[CLI_NUMBER], r[32], left[32];
  size_t rate = (size_t)((uint64_t)done * 1000 / (uint64_t)passed);
  if (total) cli_count(p->c, a, done), cli_number(p->c, b, total, NOUN_OF_RECORDS);
  else cli_number(p->c, a, done, NOUN_RECORD);
  cli_count(p->c, r, rate);
  cli_count(p->c, left, rate > 0 && total > done ? (total - done) / rate + 1 : 0);
  fputs("\r\033[K", stderr);
  if (total) fprintf(stderr, cli_text(p->c, MSG_PROGRESS_LEFT), a, b, r, left);
  else fprintf(stderr, cli_text(p->c, MSG_PROGRESS), a, r);
  fflush(stderr);
  p->last = t;
  p->drawn = true;
}

void data_progress_start(data_progress *p, const cli *c, bool quiet, ppr_run_opts *opts) {
  *p = (data_progress){.c = c, .begin = now(), .tty = isatty(STDERR_FILENO) && !quiet};
  opts->progress = show;
  opts->ctx = p;
}

void data_progress_end(const data_progress *p) {
  if (p->drawn) fputs("\r\033[K", stderr);
}

const char *data_seconds(const cli *c, char out[32], double seconds) {
  unsigned long hundredths = ((unsigned long)(seconds * 1000) + 5) / 10;
  snprintf(out, 32, "%lu%c%02lu", hundredths / 100, c->language == PPR_ENGLISH ? '.' : ',', hundredths % 100);
  return out;
}

void data_print_records(const cli *c, const ppr_run_summary *s) {
  char records[CLI_NUMBER], seconds[32];
  fprintf(stderr, cli_text(c, MSG_SUM_RECORDS), cli_number(c, records, s->records, NOUN_RECORD), data_seconds(c, seconds, s->seconds));
  fputc('\n', stderr);
}
