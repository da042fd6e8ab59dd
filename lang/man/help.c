/* Reads the tables of commands, options, texts and messages. */
#include "help.h"
#include <stdlib.h>
#include <string.h>

static const subject commands[] = {
#define COMMAND(name, args_de, args_en, de, en, help_de, help_en) {#name, {args_de, args_en}, {de, en}, {help_de, help_en}},
#include "cli/commands.def"
#undef COMMAND
};

#define EXITS(de, en)
const subject help_evidence =
#define COMMAND(name, args_de, args_en, de, en, help_de, help_en) {"ppr-evidence", {args_de, args_en}, {de, en}, {help_de, help_en}};
#include "evidence/usage.def"
#undef COMMAND
#undef EXITS

    enum {
      MSG_FIRST = -1,
#define MSG(name, de, en) MSG_##name,
#include "cli/messages.def"
#undef MSG
    };
static const char *const messages[][LANGUAGES] = {
#define MSG(name, de, en) {de, en},
#include "cli/messages.def"
#undef MSG
};

const subject help_ppr = {
    "ppr", {"[--lang de|en] BEFEHL …", "[--lang de|en] COMMAND …"}, {"Regelwerke der Personalausstattung rechnen", "evaluate staffing regulations"}, {"", ""}};

static const unsigned codes[] = {
#define DIAG(number, name, severity, de, en, help_de, help_en) number,
#include "base/diagnostics.def"
#undef DIAG
    0};

bool help_command(size_t i, subject *out) {
  if (i >= sizeof commands / sizeof *commands) return false;
  *out = commands[i];
  for (char *p = out->name; (p = strchr(p, '_')); p++) *p = '-';
  return true;
}

const char *help_say(help_text t, language l) {
  static const char *const evidence_exits[LANGUAGES] = {
#define COMMAND(name, args_de, args_en, de, en, help_de, help_en)
#define EXITS(de, en) de, en
#include "evidence/usage.def"
#undef COMMAND
#undef EXITS
  };
  switch (t) {
  case TEXT_TAGLINE: return messages[MSG_TAGLINE][l];
  case TEXT_COMMON_OPTIONS: return messages[MSG_COMMON_OPTIONS][l];
  case TEXT_MAIN_OPTIONS: return messages[MSG_MAIN_OPTIONS][l];
  case TEXT_EXIT_LIST: return messages[MSG_EXIT_LIST][l];
  case TEXT_ENVIRONMENT_LIST: return messages[MSG_ENVIRONMENT_LIST][l];
  case TEXT_FIRST_STEPS: return messages[MSG_FIRST_STEPS][l];
  case TEXT_EVIDENCE_EXITS: return evidence_exits[l];
  }
  return "";
}

unsigned help_code(size_t i) { return codes[i]; }

void help_refuse(const char *what, const char *text) {
  fprintf(stderr, "ppr-pages: %s: %s\n", what, text);
  exit(1);
}

static void copy(char *out, size_t size, const char *from, size_t n, const char *what) {
  if (n >= size) help_refuse(what, from);
  memcpy(out, from, n);
  out[n] = 0;
}

/* "-o, --output DATEI": letters, names and the value. */
static void read_head(help_line *out) {
  const char *p = out->head;
  while (*p == '-' && p[1]) {
    size_t hyphens = p[1] == '-' ? 2 : 1, n = strcspn(p + hyphens, ", ");
    if (n == 0 || (hyphens == 1 && (n != 1 || out->letter))) help_refuse("no option", out->head);
    if (hyphens == 1) out->letter = p[1];
    else if (out->n_names == NAMES_MAX) help_refuse("too many names", out->head);
    else copy(out->names[out->n_names++], NAME_SIZE, p + hyphens, n, "name too long");
    p += hyphens + n;
    if (*p == ',') p += strspn(p, ", ");
  }
  if (*p == ' ') copy(out->value, sizeof out->value, p + 1, strlen(p + 1), "value too long");
  else if (*p && strcmp(p, "-") != 0) help_refuse("no option", out->head);
  if (*out->value == '-' || strchr(out->value, ' ')) help_refuse("no value", out->head);
}

bool help_next(const char **at, help_line *out) {
  const char *p = *at;
  if (!*p) return false;
  *out = (help_line){0};
  size_t n = strcspn(p, "\n");
  if (strncmp(p, "  -", 3) == 0) {
    const char *gap = strstr(p, "  -") + 2;
    size_t head = 0;
    while (head < n - 2 && strncmp(gap + head, "  ", 2) != 0) head++;
    copy(out->head, sizeof out->head, gap, head, "option too long");
    if (head == n - 2) help_refuse("an option without text", out->head);
    out->option = true;
    const char *text = gap + head + strspn(gap + head, " ");
    copy(out->text, sizeof out->text, text, (size_t)(p + n - text), "text too long");
    read_head(out);
  } else {
    copy(out->text, sizeof out->text, p, n, "line too long");
  }
  p += n + (p[n] == '\n');
  while (out->option && strncmp(p, "   ", 3) == 0) { /* the text goes on */
    const char *more = p + strspn(p, " ");
    n = strcspn(more, "\n");
    size_t used = strlen(out->text);
    copy(out->text + used, sizeof out->text - used, " ", 1, "text too long");
    copy(out->text + used + 1, sizeof out->text - used - 1, more, n, "text too long");
    p = more + n + (more[n] == '\n');
  }
  *at = p;
  return true;
}

bool help_next_pair(const char **at, char word[64], char text[LINE_SIZE]) {
  const char *p = *at + strspn(*at, " ");
  if (!*p) return false;
  size_t n = strcspn(p, "\n"), head = 0;
  while (head < n && strncmp(p + head, "  ", 2) != 0 && !(p[head] == ' ' && head > 0 && p[head - 1] >= '0' && p[head - 1] <= '9')) head++;
  copy(word, 64, p, head, "word too long");
  const char *rest = p + head + strspn(p + head, " ");
  copy(text, LINE_SIZE, rest, (size_t)(p + n - rest), "text too long");
  *at = p + n + (p[n] == '\n');
  return true;
}

value_kind help_value(const char *value) {
  static const char *const files[] = {"DATEI", "FILE", "EINGABE", "INPUT", "AUSGABE", "OUTPUT", "PFAD", "PATH"}, *const folders[] = {"ORDNER", "FOLDER"};
  if (!*value) return VALUE_NONE;
  if (strchr(value, '|')) return VALUE_WORDS;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (strcmp(value, files[i]) == 0) return VALUE_FILE;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (strcmp(value, folders[i]) == 0) return VALUE_FOLDER;
  return VALUE_ANY;
}

bool help_takes_codes(const subject *s) { return strstr(s->arguments[0], "PPRnnnn") != NULL; }

bool help_takes_files(const subject *s) { return *s->arguments[0] && !help_takes_codes(s); }

FILE *help_open(const char *folder, const char *name) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) help_refuse("path too long", folder);
  FILE *out = fopen(path, "w");
  if (!out) help_refuse("cannot write", path);
  return out;
}

void help_close(FILE *out, const char *name) {
  bool bad = ferror(out) != 0;
  if (fclose(out) != 0 || bad) help_refuse("cannot write", name);
}
