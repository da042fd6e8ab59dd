/* `ppr fmt`: rule files in canonical layout, in place, to standard output, or only checked. */
#include "cli.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef enum { IN_PLACE, TO_STDOUT, CHECK } mode;

typedef struct task {
  mode mode;
  size_t changed;
} task;

static void take(const ppr_formatted *file, void *ctx) {
  task *t = ctx;
  if (t->mode == TO_STDOUT) fwrite(file->text, 1, file->size, stdout);
  else if (file->changed) printf("%s\n", file->file);
  if (file->changed) t->changed++;
}

/* Standard input to standard output. */
static exit_code format_stdin(session *s, const cli *c, task *t) {
  size_t size = 0, cap = 1 << 16;
  char *text = malloc(cap), *result = NULL;
  while (text && !feof(stdin) && !ferror(stdin)) {
    if (size == cap) {
      char *more = realloc(text, cap *= 2);
      if (!more) free(text);
      text = more;
      if (!text) break;
    }
    size += fread(text + size, 1, cap - size, stdin);
  }
  ppr_status status = PPR_NOMEM;
  if (text && ferror(stdin)) {
    free(text);
    cli_say(c, MSG_CANNOT_READ, "-", ppr_system_error(errno, c->language));
    return EXIT_IO;
  }
  if (text) status = ppr_format(s->engine, &(ppr_source_text){"-", text, size}, &result, s->report);
  if (status == PPR_OK) {
    ppr_formatted file = {.file = "-", .text = result, .size = strlen(result)};
    file.changed = file.size != size || memcmp(result, text, size) != 0;
    take(&file, t);
  }
  ppr_free(result);
  free(text);
  return session_end(s, c, status, true);
}

exit_code command_fmt(cli *c, int argc, char **argv) {
  enum { OPT_CHECK = OPT_FIRST, OPT_STDOUT };
  static const struct option options[] = {{"check", no_argument, NULL, OPT_CHECK}, {"stdout", no_argument, NULL, OPT_STDOUT}, CLI_COMMON};
  task t = {IN_PLACE, 0};
  int option;
  while ((option = cli_option(c, argc, argv, "", options)) >= 0)
    if (t.mode != CHECK) t.mode = option == OPT_CHECK ? CHECK : TO_STDOUT; /* --check writes nothing, whatever else is said */
  if (option < -1) return CLI_DONE(option);
  if (optind == argc) return cli_missing(c, MSG_ARG_PATH);
  exit_code worst = EXIT_FINE;
  for (int i = optind; i < argc; i++) {
    session s;
    exit_code code = cli_check_rules(c, argv[i]);
    if (code == EXIT_FINE) code = session_open(&s, c);
    if (code != EXIT_FINE) return code;
    if (strcmp(argv[i], "-") == 0) {
      task piped = {t.mode == CHECK ? CHECK : TO_STDOUT, 0};
      code = format_stdin(&s, c, &piped);
      t.changed += piped.changed;
    } else {
      ppr_status status = ppr_format_path(s.engine, argv[i], t.mode == IN_PLACE, take, &t, s.report);
      code = session_end(&s, c, status, true);
    }
    session_close(&s);
    if (worst == EXIT_FINE) worst = code;
  }
  if (worst != EXIT_FINE || t.mode != CHECK || !t.changed) return worst;
  cli_say(c, MSG_FMT_HINT);
  return EXIT_FINDINGS;
}
