/* Loading a program for a subcommand, and what its end means: printed report and exit code. */
#include "cli.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IMAGE_LIMIT = 1 << 28 };

exit_code session_open(session *s, const cli *c) {
  *s = (session){.engine = ppr_engine_new(), .report = ppr_report_new()};
  if (s->engine && s->report) {
    ppr_engine_scenarios(s->engine, c->scenarios, c->n_scenarios);
    ppr_engine_jobs(s->engine, c->jobs);
    return EXIT_FINE;
  }
  cli_say(c, MSG_NO_MEMORY);
  session_close(s);
  return EXIT_INTERNAL;
}

void session_close(session *s) {
  ppr_program_free(s->program);
  ppr_report_free(s->report);
  ppr_engine_free(s->engine);
  if (s->image) munmap(s->image, s->image_size);
  *s = (session){0};
}

/* Rule texts are folders and *.ppr files; everything else is taken for an image. */
static bool is_rules(const char *path) {
  struct stat st;
  size_t n = strlen(path);
  return (n > 4 && strcmp(path + n - 4, ".ppr") == 0) || stat(path, &st) != 0 || S_ISDIR(st.st_mode);
}

/* The bytes of a file; mapped, so that only what is needed comes into memory. `compile` never writes into a file that is there: it renames a new one,
 * and whoever has the old one keeps it. False: errno says why. */
static bool map_file(session *s, const char *path, off_t *size) {
  struct stat st;
  int fd = open(path, O_RDONLY);
  bool right = fd >= 0 && fstat(fd, &st) == 0;
  *size = right ? st.st_size : 0;
  if (right && st.st_size > 0 && st.st_size <= IMAGE_LIMIT) {
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    right = bytes != MAP_FAILED;
    if (right) s->image = bytes, s->image_size = (size_t)st.st_size;
  }
  int why = errno;
  if (fd >= 0) close(fd);
  errno = why;
  return right;
}

static exit_code load_image(session *s, const cli *c, const char *path) {
  off_t size;
  if (!map_file(s, path, &size)) {
    cli_say(c, MSG_CANNOT_READ, path, ppr_system_error(errno, c->language));
    return EXIT_IO;
  }
  if (size > IMAGE_LIMIT) {
    cli_say(c, MSG_FILE_TOO_LARGE, path);
    return EXIT_REFUSED;
  }
  ppr_status status = ppr_program_open(&s->program, s->engine, s->image, s->image_size, s->report);
  if (status == PPR_OK) return EXIT_FINE;
  cli_say(c, MSG_REFUSED_IMAGE, path);
  return session_end(s, c, status == PPR_DIAGNOSED ? PPR_INVALID_PROGRAM : status, true);
}

exit_code session_load(session *s, const cli *c, const char *path) {
  exit_code code = session_open(s, c);
  if (code != EXIT_FINE) return code;
  if (!is_rules(path)) code = c->n_scenarios ? cli_usage(c, MSG_SCENARIO_IMAGE, path) : load_image(s, c, path);
  else {
    ppr_status status = ppr_compile_path(&s->program, s->engine, path, s->report);
    if (status != PPR_OK) code = session_end(s, c, status, true);
  }
  if (code != EXIT_FINE) {
    session_close(s);
    return code;
  }
  ppr_report_free(s->report); /* warnings about rule texts belong to `check` */
  s->report = ppr_report_new();
  if (s->report) return EXIT_FINE;
  cli_say(c, MSG_NO_MEMORY);
  session_close(s);
  return EXIT_INTERNAL;
}

/* The first error decides: unreadable paths are no findings, wrong names in the call are usage. */
static exit_code code_of_report(ppr_report *report, bool rules) {
  size_t n = ppr_report_count(report);
  ppr_diagnostic d;
  for (size_t i = 0; i < n; i++) {
    if (ppr_report_get(report, i, PPR_GERMAN, &d) != PPR_OK || d.severity != 0) continue;
    long number = strtol(d.code + 3, NULL, 10);
    if (number >= 7000 && number < 7100) return EXIT_IO;
    if (number == 5005 || number == 5006 || number == 5007 || number == 5021 || number == 5029) return EXIT_REFUSED;
    if ((number >= 5024 && number <= 5028) || number == 5040 || number == 5041 || number == 5046 || number == 5047 || number == 5049)
      return EXIT_USAGE;
    if ((number >= 5431 && number <= 5433) || number == 5435 || (number >= 5454 && number <= 5457)) return EXIT_USAGE;
    break;
  }
  return rules ? EXIT_FINDINGS : EXIT_DATA;
}

exit_code session_end(session *s, const cli *c, ppr_status status, bool rules) {
  cli_print_report(c, s->report);
  switch (status) {
  case PPR_OK: return EXIT_FINE;
  case PPR_DIAGNOSED: return code_of_report(s->report, rules);
  case PPR_REFUSED: return EXIT_DATA;
  case PPR_FORMAT:
  case PPR_VERSION:
  case PPR_INVALID_PROGRAM:
  case PPR_LIMIT: return EXIT_REFUSED;
  case PPR_IO: return EXIT_IO;
  case PPR_NOMEM: cli_say(c, MSG_NO_MEMORY); return EXIT_INTERNAL;
  case PPR_MISUSE: break;
  }
  cli_say(c, MSG_INTERNAL, ppr_status_text(status));
  return EXIT_INTERNAL;
}

/* Colours the word of severity and its code: "… Fehler PPR2014: …". */
static void print_colored(const char *line, size_t n) {
  static const struct {
    const char *word, *color;
  } marks[] = {{"Fehler PPR", "1;31"},  {"error PPR", "1;31"},   {"Warnung PPR", "1;35"},
               {"warning PPR", "1;35"}, {"Hinweis PPR", "1;36"}, {"hint PPR", "1;36"}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *at = strstr(line, marks[i].word);
    if (!at || at >= line + n) continue;
    const char *end = memchr(at, ':', (size_t)(line + n - at));
    if (!end) continue;
    fprintf(stderr, "%.*s\033[%sm%.*s\033[0m%.*s\n", (int)(at - line), line, marks[i].color, (int)(end - at), at, (int)(line + n - end), end);
    return;
  }
  fprintf(stderr, "%.*s\n", (int)n, line);
}

void cli_print_report(const cli *c, ppr_report *report) {
  const char *text = ppr_report_text(report, c->language);
  if (!c->color_err) fputs(text, stderr);
  else
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) print_colored(text, (size_t)(end - text));
}

void cli_json_string(FILE *out, const char *text) {
  fputc('"', out);
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    if (*p == '"' || *p == '\\') fputc('\\', out);
    if (*p < 0x20) fprintf(out, "\\u%04x", *p);
    else fputc(*p, out);
  }
  fputc('"', out);
}

void cli_print_report_json(const cli *c, ppr_report *report, FILE *out) {
  static const char *const severity[] = {"error", "warning", "hint"};
  size_t n = ppr_report_count(report);
  fputc('[', out);
  for (size_t i = 0; i < n; i++) {
    ppr_diagnostic d;
    if (ppr_report_get(report, i, c->language, &d) != PPR_OK) break;
    fprintf(out, "%s\n  {\"code\": ", i ? "," : "");
    cli_json_string(out, d.code);
    fprintf(out, ", \"severity\": \"%s\"", severity[d.severity < 0 || d.severity > 2 ? 0 : d.severity]);
    if (d.file) {
      fputs(", \"file\": ", out);
      cli_json_string(out, d.file);
    }
    if (d.line) fprintf(out, ", \"line\": %u, \"column\": %u", d.line, d.column);
    fputs(", \"message\": ", out);
    cli_json_string(out, d.message);
    fputs(", \"help\": ", out);
    cli_json_string(out, d.help);
    if (d.fix) {
      fputs(", \"fix\": {\"replacement\": ", out);
      cli_json_string(out, d.fix);
      fprintf(out, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u}", d.fix_line, d.fix_column, d.fix_end_line,
              d.fix_end_column);
    }
    fputc('}', out);
  }
  fputs(n ? "\n]\n" : "]\n", out);
}
