/* The program `ppr`: global options, help, dispatch to the subcommands of commands.def. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct command {
  const char *name, *arguments, *summary[2], *help[2];
  exit_code (*run)(cli *, int, char **);
} command;

static const command commands[] = {
#define COMMAND(name, arguments, de, en, help_de, help_en) {#name, arguments, {de, en}, {help_de, help_en}, command_##name},
#include "commands.def"
#undef COMMAND
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* The name as users write it: `explain_code` is `explain-code`. Buffers of names have this size. */
enum { NAME_SIZE = 32 };
static const char *spelled(char out[NAME_SIZE], const command *cmd) {
  snprintf(out, NAME_SIZE, "%s", cmd->name);
  for (char *p = out; (p = strchr(p, '_')); p++) *p = '-';
  return out;
}

static const command *find(const char *name) {
  char own[NAME_SIZE];
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(spelled(own, &commands[i]), name) == 0) return &commands[i];
  return NULL;
}

/* German unless the environment clearly says English. */
static ppr_language environment_language(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < 3; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) return strncmp(value, "en", 2) == 0 ? PPR_ENGLISH : PPR_GERMAN;
  }
  return PPR_GERMAN;
}

static void print_help(const cli *c, FILE *out) {
  char name[NAME_SIZE];
  fprintf(out, "%s\n\n%s: ppr [--lang de|en] BEFEHL …\n\n%s:\n", cli_text(c, MSG_TAGLINE), cli_text(c, MSG_USAGE), cli_text(c, MSG_COMMANDS));
  for (size_t i = 0; i < COMMANDS; i++) fprintf(out, "  %-12s %s\n", spelled(name, &commands[i]), commands[i].summary[c->language]);
  fprintf(out, "\n%s:\n%s%s\n%s:\n%s\n%s:\n%s\n%s\n", cli_text(c, MSG_OPTIONS), cli_text(c, MSG_COMMON_OPTIONS), cli_text(c, MSG_MAIN_OPTIONS),
          cli_text(c, MSG_EXITS), cli_text(c, MSG_EXIT_LIST), cli_text(c, MSG_ENVIRONMENT), cli_text(c, MSG_ENVIRONMENT_LIST),
          cli_text(c, MSG_MORE_HELP));
}

void cli_print_command_help(const cli *c, const char *name) {
  const command *cmd = find(name);
  if (!cmd) return;
  char own[NAME_SIZE];
  printf("%s: ppr %s %s\n\n%s.\n\n%s%s", cli_text(c, MSG_USAGE), spelled(own, cmd), cmd->arguments, cmd->summary[c->language], cmd->help[c->language],
         cli_text(c, MSG_COMMON_OPTIONS));
}

static void print_first_steps(const cli *c) {
  fprintf(stderr, "%s\n\n%s:\n%s\n%s\n", cli_text(c, MSG_TAGLINE), cli_text(c, MSG_EXAMPLES), cli_text(c, MSG_FIRST_STEPS),
          cli_text(c, MSG_MORE_HELP));
}

static exit_code unknown_command(const cli *c, const char *name) {
  char own[NAME_SIZE];
  cli_say(c, MSG_UNKNOWN_COMMAND, name);
  for (size_t i = 0; i < COMMANDS; i++)
    if (strncmp(commands[i].name, name, 2) == 0)
      fprintf(stderr, "ppr: "), fprintf(stderr, cli_text(c, MSG_DID_YOU_MEAN), spelled(own, &commands[i])), fputc('\n', stderr);
  return EXIT_USAGE;
}

static uint32_t processors(void) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > CLI_MOST_JOBS ? CLI_MOST_JOBS : (uint32_t)n;
}

int main(int argc, char **argv) {
  bool plain = getenv("NO_COLOR") && *getenv("NO_COLOR");
  cli c = {.language = environment_language(),
           .color_out = !plain && isatty(STDOUT_FILENO),
           .color_err = !plain && isatty(STDERR_FILENO),
           .jobs = processors()};
  static const struct option options[] = {{"version", no_argument, NULL, OPT_FIRST}, CLI_COMMON};
  int option;
  while ((option = cli_option(&c, argc, argv, "+", options)) >= 0) {
    printf("ppr %s\n", ppr_version());
    return EXIT_FINE;
  }
  if (option < -1) {
    if (CLI_DONE(option) == EXIT_FINE) print_help(&c, stdout);
    return (int)CLI_DONE(option);
  }
  if (optind == argc) {
    print_first_steps(&c);
    return EXIT_USAGE;
  }
  const command *cmd = find(argv[optind]);
  if (!cmd && strcmp(argv[optind], "help") == 0) {
    if (optind + 1 < argc && find(argv[optind + 1])) cli_print_command_help(&c, argv[optind + 1]);
    else print_help(&c, stdout);
    return EXIT_FINE;
  }
  if (!cmd) return (int)unknown_command(&c, argv[optind]);
  c.command = argv[optind];
  argc -= optind;
  argv += optind;
  optind = 0; /* start over with the options of the subcommand */
  exit_code code = cmd->run(&c, argc, argv);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    cli_say(&c, MSG_CANNOT_WRITE, "stdout", "");
    if (code == EXIT_FINE) code = EXIT_IO;
  }
  return (int)code;
}
