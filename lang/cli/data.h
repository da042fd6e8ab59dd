/* Options of the subcommands that read records. */
#ifndef PPR_CLI_DATA_H
#define PPR_CLI_DATA_H
#include "cli.h"

enum { DATA_FLAT = OPT_FIRST + 100, DATA_NDJSON, DATA_READING, DATA_RECORD, DATA_AS_OF, DATA_READINGS_MAX = 64 };
#define DATA_OPTIONS                                                                                                                                 \
  {"flat", no_argument, NULL, DATA_FLAT}, {"ndjson", no_argument, NULL, DATA_NDJSON}, {"reading", required_argument, NULL, DATA_READING},            \
      {"record", required_argument, NULL, DATA_RECORD}, {                                                                                            \
    "as-of", required_argument, NULL, DATA_AS_OF                                                                                                     \
  }

typedef struct data_opts {
  ppr_record_form form;
  const char *record, *as_of;
  ppr_reading_choice readings[DATA_READINGS_MAX];
  size_t n_readings;
} data_opts;

/* Takes one of the options above; the text of a reading is cut in place. */
exit_code data_option(data_opts *d, const cli *c, int option, char *arg);
#endif
