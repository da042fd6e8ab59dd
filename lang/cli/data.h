/* Options of the subcommands that read records, and how far they have come. */
#ifndef PPR_CLI_DATA_H
#define PPR_CLI_DATA_H
#include "cli.h"

enum {
  DATA_FLAT = OPT_FIRST + 100,
  DATA_NDJSON,
  DATA_READING,
  DATA_RECORD,
  DATA_AS_OF,
  DATA_PARAMETER,
  DATA_READINGS_MAX = 64,
  DATA_PARAMETERS_MAX = 64
};
#define DATA_OPTIONS                                                                                                                                 \
  {"flat", no_argument, NULL, DATA_FLAT}, {"ndjson", no_argument, NULL, DATA_NDJSON}, {"reading", required_argument, NULL, DATA_READING},            \
      {"parameter", required_argument, NULL, DATA_PARAMETER}, {"record", required_argument, NULL, DATA_RECORD}, {                                    \
    "as-of", required_argument, NULL, DATA_AS_OF                                                                                                     \
  }

typedef struct data_opts {
  ppr_record_form form;
  const char *record, *as_of;
  ppr_reading_choice readings[DATA_READINGS_MAX];
  size_t n_readings;
  ppr_parameter_choice parameters[DATA_PARAMETERS_MAX];
  size_t n_parameters;
} data_opts;

/* Takes one of the options above; the text of a reading or parameter is cut in place. */
exit_code data_option(data_opts *d, const cli *c, int option, char *arg);
/* Into the options of a job; input: argument after the rules, NULL: none. */
void data_fill(const data_opts *d, const cli *c, const char *input, ppr_run_opts *opts);

/* A whole number within least..most and nothing else. */
bool data_number(const char *text, uint64_t least, uint64_t most, uint64_t *out);

/* Progress on a terminal, from the first second on. Times in milliseconds. */
typedef struct data_progress {
  const cli *c;
  int64_t begin, last;
  bool tty, drawn;
} data_progress;
/* Sets the callback of the job, which `p` must outlive. */
void data_progress_start(data_progress *p, const cli *c, bool quiet, ppr_run_opts *opts);
void data_progress_end(const data_progress *p);
/* "0,43". */
const char *data_seconds(const cli *c, char out[32], double seconds);
/* "5.604 Datensätze in 0,43 s" to stderr. */
void data_print_records(const cli *c, const ppr_run_summary *s);
#endif
