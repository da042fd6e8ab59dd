/* What the subcommands share: language, colour, exit codes, options, loading programs, printing reports. Public headers only. */
#ifndef PPR_CLI_H
#define PPR_CLI_H
#include <getopt.h>
#include <ppr/compile.h>
#include <ppr/run.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum { EXIT_FINE = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_DATA = 3, EXIT_REFUSED = 4, EXIT_IO = 5, EXIT_UNDECIDED = 6, EXIT_INTERNAL = 70 } exit_code;

typedef enum {
#define MSG(name, de, en) MSG_##name,
#include "messages.def"
#undef MSG
  MSG_COUNT
} message;

typedef enum {
#define NOUN(name, de_one, de_many, en_one, en_many) NOUN_##name,
#include "nouns.def"
#undef NOUN
} noun;

enum { CLI_SCENARIOS_MAX = 32, CLI_MOST_JOBS = 64 };
typedef struct cli {
  ppr_language language;
  bool color_out, color_err;
  const char *command; /* name of the subcommand, NULL: none yet */
  const char *scenarios[CLI_SCENARIOS_MAX]; /* files that change the rule texts */
  size_t n_scenarios;
  char *const *reads; /* the arguments that are no options: what the command reads */
  size_t n_reads;
  uint32_t jobs; /* threads for compiling and running */
} cli;

const char *cli_text(const cli *c, message m);
/* Message lines to stderr: "ppr: …" and, for usage errors, where help is. */
void cli_say(const cli *c, message m, ...);
exit_code cli_usage(const cli *c, message m, const char *arg);
/* An argument is missing; what: its name as the help has it. */
exit_code cli_missing(const cli *c, message what);
void cli_print_command_help(const cli *c, const char *command);

/* Options of every subcommand, and those of one: getopt_long with --lang and --help done. Returns the option, -1 at the end, or a negative exit code
 * below -1: -(code) - 2 (help printed: EXIT_FINE). */
int cli_option(cli *c, int argc, char **argv, const char *letters, const struct option *options);
#define CLI_DONE(result) ((exit_code)(-(result)-2))
enum { OPT_LANG = 1000, OPT_HELP, OPT_SCENARIO, OPT_FIRST }; /* values of long options; those of a subcommand from OPT_FIRST */
#define CLI_COMMON                                                                                                                                   \
  {"lang", required_argument, NULL, OPT_LANG}, {"help", no_argument, NULL, OPT_HELP}, { NULL, 0, NULL, 0 }
/* Of the subcommands that take rule texts; cli_option takes it. */
#define CLI_SCENARIO {"scenario", required_argument, NULL, OPT_SCENARIO}
/* Set the language; false when the word is no language. */
bool cli_set_language(cli *c, const char *word);

/* An engine, a report and the program of a rule path or image. */
typedef struct session {
  ppr_engine *engine;
  ppr_report *report;
  ppr_program *program;
  void *image; /* bytes the program lives on; NULL: it was compiled */
  size_t image_size;
} session;
exit_code session_open(session *s, const cli *c);                   /* no program yet */
exit_code session_load(session *s, const cli *c, const char *path); /* compiles or loads; prints what is wrong */
void session_close(session *s);
/* Prints the report to stderr and returns the exit code of a status; `rules`: diagnostics are about rule texts, not data. */
exit_code session_end(session *s, const cli *c, ppr_status status, bool rules);
void cli_print_report(const cli *c, ppr_report *report);
void cli_print_report_json(const cli *c, ppr_report *report, FILE *out);
void cli_print_report_sarif(const cli *c, ppr_report *report, FILE *out);
void cli_json_string(FILE *out, const char *text);

/* EXIT_FINE, or EXIT_USAGE, said: the output would replace a rule text or what the command reads. NULL, "-": standard output. */
exit_code cli_check_output(const cli *c, const char *path);
/* EXIT_FINE, or EXIT_USAGE, said: the output is a folder, and "-" is none. NULL: no output. */
exit_code cli_check_folder(const cli *c, const char *path);
/* EXIT_FINE, or EXIT_USAGE, said: the output is a file of its own and would replace nothing that is read; "-" is none. NULL: no output. */
exit_code cli_check_file(const cli *c, const char *path);
/* EXIT_FINE, or EXIT_USAGE, said: the path is a program file where only rule texts will do. */
exit_code cli_check_rules(const cli *c, const char *path);
/* Says that a file or folder cannot be written, and why errno says so. */
exit_code cli_cannot_write(const cli *c, const char *path);
/* The file whole or not at all: under another name first. */
exit_code cli_write_file(const cli *c, const char *path, const void *bytes, size_t size);
/* Whether a Fassung, perhaps with scenarios ("2024-07 + NAME"), is the wanted one. */
bool cli_is_edition(const char *name, const char *wanted);
/* "1.234.567" or "1,234,567"; out has 32 bytes. */
const char *cli_count(const cli *c, char *out, size_t value);
/* "1 Datensatz", "1.234 Datensätze"; out has CLI_NUMBER bytes. */
enum { CLI_NUMBER = 64 };
const char *cli_number(const cli *c, char *out, size_t value, noun what);
/* "01.07.2024"; out has 16 bytes. */
const char *cli_day(char *out, int64_t day);

#define COMMAND(name, args_de, args_en, de, en, help_de, help_en) exit_code command_##name(cli *c, int argc, char **argv);
#include "commands.def"
#undef COMMAND
#endif
