/* Options of the subcommands that read records. */
#include "data.h"
#include <string.h>

exit_code data_option(data_opts *d, const cli *c, int option, char *arg) {
  if (option == DATA_FLAT) d->form = PPR_FORM_FLAT;
  if (option == DATA_NDJSON) d->form = PPR_FORM_NDJSON;
  if (option == DATA_RECORD) d->record = arg;
  if (option == DATA_AS_OF) d->as_of = arg;
  if (option != DATA_READING) return EXIT_FINE;
  char *eq = strchr(arg, '=');
  if (!eq || eq == arg || !eq[1]) return cli_usage(c, MSG_BAD_READING, arg);
  if (d->n_readings == DATA_READINGS_MAX) {
    cli_say(c, MSG_TOO_MANY_READINGS, DATA_READINGS_MAX);
    return EXIT_USAGE;
  }
  *eq = 0;
  d->readings[d->n_readings++] = (ppr_reading_choice){arg, eq + 1};
  return EXIT_FINE;
}
