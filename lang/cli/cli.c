/* Texts, options and formats the subcommands share. */
#include "cli.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const texts[MSG_COUNT][2] = {
#define MSG(name, de, en) {de, en},
#include "messages.def"
#undef MSG
};

const char *cli_text(const cli *c, message m) { return texts[m][c->language == PPR_ENGLISH]; }

void cli_say(const cli *c, message m, ...) {
  va_list args;
  va_start(args, m);
  fflush(stdout); /* in a file, too, what was said first stands first */
  fputs("ppr: ", stderr);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  vfprintf(stderr, cli_text(c, m), args);
#pragma GCC diagnostic pop
  fputc('\n', stderr);
  va_end(args);
}

exit_code cli_usage(const cli *c, message m, const char *arg) {
  cli_say(c, m, arg);
  fprintf(stderr, "ppr: ppr %s%s--help\n", c->command ? c->command : "", c->command ? " " : "");
  return EXIT_USAGE;
}

exit_code cli_missing(const cli *c, message what) { return cli_usage(c, MSG_MISSING_ARGUMENT, cli_text(c, what)); }

bool cli_set_language(cli *c, const char *word) {
  if (strcmp(word, "de") == 0) c->language = PPR_GERMAN;
  else if (strcmp(word, "en") == 0) c->language = PPR_ENGLISH;
  else return false;
  return true;
}

int cli_option(cli *c, int argc, char **argv, const char *letters, const struct option *options) {
  char all[32];
  opterr = 0;
  snprintf(all, sizeof all, "%s:h", *letters == '+' ? "+" : "");
  strncat(all, *letters == '+' ? letters + 1 : letters, sizeof all - strlen(all) - 1);
  for (;;) {
    int at = optind ? optind : 1, option = getopt_long(argc, argv, all, options, NULL);
    const char *word = at < argc ? argv[at] : "";
    char letter[3] = {'-', (char)optopt, 0};
    switch (option) {
    case OPT_LANG:
      if (cli_set_language(c, optarg)) break;
      return -2 - (int)cli_usage(c, MSG_BAD_LANG, optarg);
    case OPT_SCENARIO:
      if (c->n_scenarios == CLI_SCENARIOS_MAX) {
        cli_say(c, MSG_TOO_MANY_SCENARIOS, CLI_SCENARIOS_MAX);
        return -2 - EXIT_USAGE;
      }
      c->scenarios[c->n_scenarios++] = optarg;
      break;
    case 'h':
    case OPT_HELP:
      if (c->command) cli_print_command_help(c, c->command);
      return -2 - EXIT_FINE;
    case '?': return -2 - (int)cli_usage(c, MSG_UNKNOWN_OPTION, optopt && optopt < 256 ? letter : optind > 0 ? argv[optind - 1] : word);
    case ':': return -2 - (int)cli_usage(c, MSG_OPTION_VALUE, optopt && optopt < 256 ? letter : argv[optind - 1]);
    case -1:
      c->reads = argv + optind;
      c->n_reads = (size_t)(argc - optind);
      return option;
    default: return option;
    }
  }
}

/* Rule texts are kept from every writer but `fmt`, also those of a folder and of another call: an hour's work is in them. */
static bool is_read(const cli *c, const char *path) {
  struct stat output, input;
  size_t n = strlen(path);
  if (n > 4 && strcmp(path + n - 4, ".ppr") == 0) return true;
  if (stat(path, &output) != 0 || !S_ISREG(output.st_mode)) return false;
  for (size_t i = 0; i < c->n_reads + c->n_scenarios; i++) {
    const char *read = i < c->n_reads ? c->reads[i] : c->scenarios[i - c->n_reads];
    if (stat(read, &input) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino) return true;
  }
  return false;
}

exit_code cli_check_output(const cli *c, const char *path) { return path && is_read(c, path) ? cli_usage(c, MSG_OUTPUT_IS_INPUT, path) : EXIT_FINE; }

exit_code cli_check_folder(const cli *c, const char *path) {
  return path && strcmp(path, "-") == 0 ? cli_usage(c, MSG_OUTPUT_IS_FOLDER, path) : EXIT_FINE;
}

exit_code cli_check_file(const cli *c, const char *path) {
  return path && strcmp(path, "-") == 0 ? cli_usage(c, MSG_OUTPUT_IS_FILE, path) : cli_check_output(c, path);
}

exit_code cli_check_rules(const cli *c, const char *path) {
  static const char magic[4] = {'P', 'P', 'R', 'B'};
  char head[sizeof magic];
  struct stat st;
  FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
  bool image = f && fread(head, 1, sizeof head, f) == sizeof head && memcmp(head, magic, sizeof magic) == 0;
  if (f) fclose(f);
  return image ? cli_usage(c, MSG_NEEDS_RULES, path) : EXIT_FINE;
}

bool cli_is_edition(const char *name, const char *wanted) {
  size_t n = strlen(wanted);
  return strncmp(name, wanted, n) == 0 && (name[n] == 0 || strncmp(name + n, " + ", 3) == 0);
}

const char *cli_count(const cli *c, char *out, size_t value) {
  char digits[24];
  int n = snprintf(digits, sizeof digits, "%zu", value), at = 0;
  for (int i = 0; i < n; i++) {
    if (i && (n - i) % 3 == 0) out[at++] = c->language == PPR_ENGLISH ? ',' : '.';
    out[at++] = digits[i];
  }
  out[at] = 0;
  return out;
}

const char *cli_number(const cli *c, char *out, size_t value, noun what) {
  static const char *const words[][2][2] = {
#define NOUN(name, de_one, de_many, en_one, en_many) {{de_one, de_many}, {en_one, en_many}},
#include "nouns.def"
#undef NOUN
  };
  char digits[32];
  snprintf(out, CLI_NUMBER, "%s %s", cli_count(c, digits, value), words[what][c->language == PPR_ENGLISH][value != 1]);
  return out;
}

exit_code cli_cannot_write(const cli *c, const char *path) {
  cli_say(c, MSG_CANNOT_WRITE, path, ppr_system_error(errno, c->language));
  return EXIT_IO;
}

exit_code cli_write_file(const cli *c, const char *path, const void *bytes, size_t size) {
  struct stat st;
  size_t n = strlen(path);
  char *temporary = malloc(n + 8);
  if (!temporary) {
    cli_say(c, MSG_NO_MEMORY);
    return EXIT_INTERNAL;
  }
  bool direct = stat(path, &st) == 0 && !S_ISREG(st.st_mode); /* /dev/null stays what it is */
  memcpy(temporary, path, n);
  memcpy(temporary + n, direct ? "" : ".neu", direct ? 1 : 5);
  FILE *f = fopen(temporary, "wb");
  bool good = f && fwrite(bytes, 1, size, f) == size;
  if (f && fclose(f) != 0) good = false;
  if (good && !direct) good = rename(temporary, path) == 0;
  if (!good) {
    cli_cannot_write(c, path);
    if (f && !direct) remove(temporary);
  }
  free(temporary);
  return good ? EXIT_FINE : EXIT_IO;
}

/* Civil date of a day number; the library keeps its calendar inside. */
const char *cli_day(char *out, int64_t day) {
  if (day < -700000 || day > 2900000) {
    memcpy(out, "?", 2);
    return out;
  }
  int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  int64_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9, y = yoe + era * 400 + (m <= 2);
  snprintf(out, 16, "%02d.%02d.%04d", (int)d % 100, (int)m % 100, (int)y % 10000);
  return out;
}
