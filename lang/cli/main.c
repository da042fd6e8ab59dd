/* The program `ppr`: global options, help, dispatch to the subcommands of commands.def. */
#include "cli.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct command {
  const char *name, *arguments[2], *summary[2], *help[2];
  exit_code (*run)(cli *, int, char **);
} command;

static const command commands[] = {
#define COMMAND(name, args_de, args_en, de, en, help_de, help_en) {#name, {args_de, args_en}, {de, en}, {help_de, help_en}, command_##name},
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
  fprintf(out, "%s\n\n%s: %s\n\n%s:\n", cli_text(c, MSG_TAGLINE), cli_text(c, MSG_USAGE), cli_text(c, MSG_CALL), cli_text(c, MSG_COMMANDS));
  for (size_t i = 0; i < COMMANDS; i++) fprintf(out, "  %-12s %s\n", spelled(name, &commands[i]), commands[i].summary[c->language]);
  fprintf(out, "\n%s:\n%s%s\n%s:\n%s\n%s:\n%s\n%s\n", cli_text(c, MSG_OPTIONS), cli_text(c, MSG_COMMON_OPTIONS), cli_text(c, MSG_MAIN_OPTIONS),
          cli_text(c, MSG_EXITS), cli_text(c, MSG_EXIT_LIST), cli_text(c, MSG_ENVIRONMENT), cli_text(c, MSG_ENVIRONMENT_LIST),
          cli_text(c, MSG_MORE_HELP));
}

/* Length of "  -o, --output DATEI" at the beginning of a line of help, up to the blanks before the text; 0: it is no option. */
static size_t option_length(const char *line, size_t n) {
  if (n < 3 || strncmp(line, "  -", 3) != 0) return 0;
  size_t i = 3;
  while (i < n && !(line[i] == ' ' && i + 1 < n && line[i + 1] == ' ')) i++;
  return i;
}

/* Characters, not bytes. */
static size_t width_of(const char *text, size_t n) {
  size_t width = 0;
  for (size_t i = 0; i < n; i++) width += ((unsigned char)text[i] & 0xC0) != 0x80;
  return width;
}

/* The texts of all options of several helps begin in one column. */
static void put_help(const char *const *helps, size_t n) {
  size_t column = 0;
  for (int pass = 0; pass < 2; pass++)
    for (size_t h = 0; h < n; h++)
      for (const char *line = helps[h]; *line;) {
        size_t length = strcspn(line, "\n"), option = option_length(line, length), width = width_of(line, option);
        size_t rest = option + strspn(line + option, " ");
        if (pass == 0 && width > column) column = width;
        if (pass == 1 && option) printf("%.*s%*s%.*s\n", (int)option, line, (int)(column - width) + 2, "", (int)(length - rest), line + rest);
        else if (pass == 1 && rest > 2) printf("%*s%.*s\n", (int)column + 2, "", (int)(length - rest), line + rest);
        else if (pass == 1) printf("%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
      }
}

void cli_print_command_help(const cli *c, const char *name) {
  const command *cmd = find(name);
  if (!cmd) return;
  char own[NAME_SIZE];
  const char *arguments = cmd->arguments[c->language], *helps[] = {cmd->help[c->language], cli_text(c, MSG_COMMON_OPTIONS)};
  printf("%s: ppr %s%s%s\n\n%s.\n\n", cli_text(c, MSG_USAGE), spelled(own, cmd), *arguments ? " " : "", arguments, cmd->summary[c->language]);
  put_help(helps, sizeof helps / sizeof *helps);
}

static void print_first_steps(const cli *c) {
  fprintf(stderr, "%s\n\n%s:\n%s\n%s\n", cli_text(c, MSG_TAGLINE), cli_text(c, MSG_EXAMPLES), cli_text(c, MSG_FIRST_STEPS),
          cli_text(c, MSG_MORE_HELP));
}

/* The same beginning, or the same letters in another order. */
static bool is_like(const char *name, const char *word) {
  int letters[256] = {0};
  if (strncmp(name, word, 2) == 0) return true;
  for (const char *p = name; *p; p++) letters[(unsigned char)*p]++;
  for (const char *p = word; *p; p++) letters[(unsigned char)*p]--;
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    if (letters[i]) return false;
  return true;
}

static exit_code unknown_command(const cli *c, const char *name) {
  char own[NAME_SIZE];
  cli_say(c, MSG_UNKNOWN_COMMAND, name);
  for (size_t i = 0; i < COMMANDS; i++)
    if (is_like(spelled(own, &commands[i]), name))
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
    if (optind + 1 < argc && !find(argv[optind + 1])) return (int)unknown_command(&c, argv[optind + 1]);
    if (optind + 1 < argc) cli_print_command_help(&c, argv[optind + 1]);
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
    cli_say(&c, MSG_CANNOT_WRITE, "stdout", ppr_system_error(errno ? errno : EIO, c.language));
    if (code == EXIT_FINE) code = EXIT_IO;
  }
  return (int)code;
}
