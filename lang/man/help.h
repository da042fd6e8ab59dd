/* The tables of commands and options as manual pages and completion need them: subjects, and the lines of their help. */
#ifndef PPR_MAN_HELP_H
#define PPR_MAN_HELP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* German first, as in the rows; the number is an index. */
typedef enum { DE, EN, LANGUAGES } language;
enum { NAMES_MAX = 4, NAME_SIZE = 24, LINE_SIZE = 512 };

/* A subcommand of ppr, or a program by itself (ppr, ppr-evidence). */
typedef struct subject {
  char name[NAME_SIZE]; /* as users write it */
  const char *arguments[LANGUAGES], *summary[LANGUAGES], *help[LANGUAGES];
} subject;

/* Subcommands in the order of the table; false behind the last. */
bool help_command(size_t i, subject *out);
extern const subject help_ppr, help_evidence;

/* Texts the program prints, too. */
typedef enum {
  TEXT_TAGLINE,
  TEXT_COMMON_OPTIONS,
  TEXT_MAIN_OPTIONS,
  TEXT_EXIT_LIST,
  TEXT_ENVIRONMENT_LIST,
  TEXT_FIRST_STEPS,
  TEXT_EVIDENCE_EXITS
} help_text;
const char *help_say(help_text t, language l);

typedef enum { VALUE_NONE, VALUE_ANY, VALUE_WORDS, VALUE_FILE, VALUE_FOLDER } value_kind;

/* One line of a help. An option has names without hyphens, a letter or both; the sign "-" by itself has neither. */
typedef struct help_line {
  bool option;
  char letter;
  size_t n_names;
  char names[NAMES_MAX][NAME_SIZE];
  char value[64];       /* "DATEI", "text|json"; empty: none */
  char head[96];        /* "-o, --output DATEI" */
  char text[LINE_SIZE]; /* what it does; of a line that is no option, the line */
} help_line;

/* The next line of a help, `*at` moves on; false at the end. Exits with a message when a line looks like an option and is none. */
bool help_next(const char **at, help_line *out);
/* "  0  fine": the word and the text behind it. */
bool help_next_pair(const char **at, char word[64], char text[LINE_SIZE]);
value_kind help_value(const char *value);
/* Does the subject take names of files, numbers of messages (PPRnnnn) as arguments? */
bool help_takes_files(const subject *s);
bool help_takes_codes(const subject *s);
/* Numbers of all messages; 0 behind the last. */
unsigned help_code(size_t i);

/* These end the program when something is wrong. */
_Noreturn void help_refuse(const char *what, const char *text);
FILE *help_open(const char *folder, const char *name);
void help_close(FILE *out, const char *name);

void man_write(const char *folder, const char *version);
void complete_bash(FILE *out);
void complete_zsh(FILE *out);
void complete_fish(FILE *out);
#endif
