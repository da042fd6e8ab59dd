/* Writes the manual pages, in both languages, as man(7). */
#include "help.h"
#include <ctype.h>
#include <string.h>

typedef enum { NAME, SYNOPSIS, DESCRIPTION, COMMANDS, OPTIONS, EXITS, ENVIRONMENT, EXAMPLES, SEE_ALSO } section;
static const char *const titles[][LANGUAGES] = {[NAME] = {"BEZEICHNUNG", "NAME"},
                                                [SYNOPSIS] = {"ÜBERSICHT", "SYNOPSIS"},
                                                [DESCRIPTION] = {"BESCHREIBUNG", "DESCRIPTION"},
                                                [COMMANDS] = {"BEFEHLE", "COMMANDS"},
                                                [OPTIONS] = {"OPTIONEN", "OPTIONS"},
                                                [EXITS] = {"RÜCKGABEWERTE", "EXIT STATUS"},
                                                [ENVIRONMENT] = {"UMGEBUNG", "ENVIRONMENT"},
                                                [EXAMPLES] = {"BEISPIELE", "EXAMPLES"},
                                                [SEE_ALSO] = {"SIEHE AUCH", "SEE ALSO"}};

typedef struct page {
  FILE *out;
  language language;
} page;

static void heading(const page *p, section s) { fprintf(p->out, ".SH \"%s\"\n", titles[s][p->language]); }

/* Text that roff takes as it is; what stands between `…` is bold, a hyphen that begins a word is the sign that users type. */
static void put(const page *p, const char *text) {
  bool bold = false, start = true;
  if (*text == '.' || *text == '\'') fputs("\\&", p->out);
  for (const char *at = text; *at; at++) {
    if (*at == '\\') fputs("\\e", p->out);
    else if (*at == '-' && (start || bold || at[-1] == '-')) fputs("\\-", p->out);
    else if (*at == '`') fputs((bold = !bold) ? "\\fB" : "\\fR", p->out);
    else fputc(*at, p->out);
    start = isspace((unsigned char)*at) || *at == '(' || *at == '`';
  }
}

static void put_line(const page *p, const char *text) {
  put(p, text);
  fputc('\n', p->out);
}

/* A program or `ppr run` as it is typed. */
static void put_bold(const page *p, const char *text) {
  fputs("\\fB", p->out);
  for (; *text; text++) fputs(*text == '-' ? "\\-" : (char[]){*text, 0}, p->out);
  fputs("\\fR", p->out);
}

static void put_option(const page *p, const help_line *l) {
  fputs(".TP\n", p->out);
  if (l->letter) put_bold(p, (char[]){'-', l->letter, 0});
  for (size_t i = 0; i < l->n_names; i++) {
    if (l->letter || i) fputs(", ", p->out);
    put_bold(p, "--"), put_bold(p, l->names[i]);
  }
  if (!l->letter && !l->n_names) put_bold(p, l->head);
  if (*l->value) fprintf(p->out, " \\fI"), put(p, l->value), fputs("\\fR", p->out);
  fputc('\n', p->out);
  put_line(p, l->text);
}

static void put_options(const page *p, const char *help) {
  help_line l;
  while (help_next(&help, &l))
    if (l.option) put_option(p, &l);
}

static void put_pairs(const page *p, section s, const char *list) {
  char word[64], text[LINE_SIZE];
  heading(p, s);
  while (help_next_pair(&list, word, text)) {
    fputs(".TP\n", p->out), put_bold(p, word), fputc('\n', p->out);
    put_line(p, text);
  }
}

/* The head of a page, `title` as ppr-run, and its first sections. */
static page begin(const char *folder, const char *title, language l, const char *version, const char *summary) {
  char name[64];
  snprintf(name, sizeof name, "%s/%s.1", l == DE ? "de/man1" : "man1", title);
  page p = {help_open(folder, name), l};
  fputs(".\\\" Written when building, from the table of commands.\n.TH \"", p.out);
  for (const char *at = title; *at; at++) fputc(toupper((unsigned char)*at), p.out);
  fprintf(p.out, "\" \"1\" \"\" \"ppr %s\" \"ppr\"\n", version);
  heading(&p, NAME);
  for (const char *at = title; *at; at++) fputs(*at == '-' ? "\\-" : (char[]){*at, 0}, p.out);
  fputs(" \\- ", p.out), put_line(&p, summary);
  heading(&p, SYNOPSIS);
  return p;
}

static void see(const page *p, const char *title, bool last) {
  fputs(".BR ", p->out);
  for (; *title; title++) fputs(*title == '-' ? "\\-" : (char[]){*title, 0}, p->out);
  fprintf(p->out, " (1)%s\n", last ? "" : ",");
}

/* The page of a subcommand or of ppr-evidence. */
static void write_subject(const char *folder, const char *version, const subject *s, language l, bool program) {
  char title[64], call[64];
  snprintf(title, sizeof title, "%s%s", program ? "" : "ppr-", s->name);
  snprintf(call, sizeof call, "%s%s", program ? "" : "ppr ", s->name);
  page p = begin(folder, title, l, version, s->summary[l]);
  put_bold(&p, call), fputc(' ', p.out), put_line(&p, s->arguments[l]);
  help_line line;
  bool prose = false, options = false;
  for (const char *at = s->help[l]; help_next(&at, &line);) {
    options |= line.option;
    if (line.option) continue;
    if (!prose) heading(&p, DESCRIPTION);
    prose = true;
    put_line(&p, line.text);
  }
  if (!program || options) heading(&p, OPTIONS);
  put_options(&p, s->help[l]);
  if (!program) put_options(&p, help_say(TEXT_COMMON_OPTIONS, l));
  put_pairs(&p, EXITS, help_say(program ? TEXT_EVIDENCE_EXITS : TEXT_EXIT_LIST, l));
  heading(&p, SEE_ALSO);
  see(&p, program ? "ppr-explain" : "ppr", true);
  help_close(p.out, title);
}

static void write_program(const char *folder, const char *version, language l) {
  page p = begin(folder, help_ppr.name, l, version, help_ppr.summary[l]);
  put_bold(&p, help_ppr.name), fputc(' ', p.out), put_line(&p, help_ppr.arguments[l]);
  heading(&p, DESCRIPTION);
  put_line(&p, help_say(TEXT_TAGLINE, l));
  heading(&p, COMMANDS);
  subject s;
  char title[64];
  for (size_t i = 0; help_command(i, &s); i++) {
    snprintf(title, sizeof title, "ppr-%s", s.name);
    fputs(".TP\n", p.out), see(&p, title, true), put_line(&p, s.summary[l]);
  }
  heading(&p, OPTIONS);
  put_options(&p, help_say(TEXT_COMMON_OPTIONS, l));
  put_options(&p, help_say(TEXT_MAIN_OPTIONS, l));
  put_pairs(&p, EXITS, help_say(TEXT_EXIT_LIST, l));
  put_pairs(&p, ENVIRONMENT, help_say(TEXT_ENVIRONMENT_LIST, l));
  heading(&p, EXAMPLES);
  fputs(".EX\n", p.out), put(&p, help_say(TEXT_FIRST_STEPS, l)), fputs(".EE\n", p.out);
  heading(&p, SEE_ALSO);
  for (size_t i = 0; help_command(i, &s); i++) {
    snprintf(title, sizeof title, "ppr-%s", s.name);
    see(&p, title, false);
  }
  see(&p, help_evidence.name, true);
  help_close(p.out, help_ppr.name);
}

void man_write(const char *folder, const char *version) {
  subject s;
  for (language l = 0; l < LANGUAGES; l++) {
    write_program(folder, version, l);
    for (size_t i = 0; help_command(i, &s); i++) write_subject(folder, version, &s, l, false);
    write_subject(folder, version, &help_evidence, l, true);
  }
}
