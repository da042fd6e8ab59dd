/* Writes the completion of bash, zsh and fish. */
#include "help.h"
#include <string.h>

/* Everything completed below one word: its options, and those every subcommand has. */
typedef struct options {
  const char *parts[3]; /* helps, read one after the other */
  size_t part;
} options;

static options options_of(const subject *s, language l) {
  if (s == &help_ppr) return (options){{help_say(TEXT_COMMON_OPTIONS, l), help_say(TEXT_MAIN_OPTIONS, l), NULL}, 0};
  return (options){{s->help[l], s == &help_evidence ? NULL : help_say(TEXT_COMMON_OPTIONS, l), NULL}, 0};
}

static bool options_next(options *o, help_line *out) {
  for (; o->parts[o->part]; o->part++)
    while (help_next(&o->parts[o->part], out))
      if (out->option && (out->letter || out->n_names)) return true;
  return false;
}

/* "text|json" as words apart. */
static void put_words(FILE *out, const char *words) {
  for (; *words; words++) fputc(*words == '|' ? ' ' : *words, out);
}

static void put_codes(FILE *out) {
  for (size_t i = 0; help_code(i); i++) fprintf(out, "%sPPR%04u", i ? " " : "", help_code(i));
}

static void put_commands(FILE *out, const char *last) {
  subject s;
  for (size_t i = 0; help_command(i, &s); i++) fprintf(out, "%s%s", i ? " " : "", s.name);
  if (*last) fprintf(out, " %s", last);
}

/* --- bash --- */

/* A case of options that take a value, and all options of a subject as words. */
static void bash_subject(FILE *out, const subject *s, const char *label) {
  options o = options_of(s, DE);
  help_line l;
  fprintf(out, "    %s)\n      case $previous in\n", label);
  while (options_next(&o, &l)) {
    value_kind kind = help_value(l.value);
    if (kind == VALUE_NONE) continue;
    fputs("        ", out);
    if (l.letter) fprintf(out, "-%c", l.letter);
    for (size_t i = 0; i < l.n_names; i++) fprintf(out, "%s--%s", i || l.letter ? "|" : "", l.names[i]);
    if (kind == VALUE_WORDS) fputs(") words='", out), put_words(out, l.value), fputs("' ;;\n", out);
    else fprintf(out, ") value=%s ;;\n", kind == VALUE_FILE ? "file" : kind == VALUE_FOLDER ? "folder" : "any");
  }
  fputs("      esac\n      options='", out);
  o = options_of(s, DE);
  for (bool first = true; options_next(&o, &l); first = false) {
    if (l.letter) fprintf(out, "%s-%c", first ? "" : " ", l.letter);
    for (size_t i = 0; i < l.n_names; i++) fprintf(out, "%s--%s", first && !i && !l.letter ? "" : " ", l.names[i]);
  }
  fputs("'\n", out);
  if (help_takes_codes(s)) fputs("      arguments='", out), put_codes(out), fputs("'\n", out);
  if (s != &help_ppr && help_takes_files(s)) fputs("      files=yes\n", out);
  fputs("      ;;\n", out);
}

void complete_bash(FILE *out) {
  fputs("# Completion of ppr and ppr-evidence in bash. Written when building, from the table of commands.\n\n"
        "_ppr() {\n"
        "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= options= arguments= words= value= files= i\n"
        "  COMPREPLY=()\n"
        "  if [[ $current == = ]]; then current=\n" /* bash cuts words at = */
        "  elif [[ $previous == = ]] && ((COMP_CWORD > 1)); then previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "  fi\n"
        "  if [[ ${COMP_WORDS[0]##*/} == ppr-evidence ]]; then command=ppr-evidence\n"
        "  else\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "      case ${COMP_WORDS[i]} in\n"
        "        --lang) [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++)); ((i++)) ;;\n"
        "        -*) ;;\n"
        "        *) command=${COMP_WORDS[i]}; break ;;\n"
        "      esac\n"
        "    done\n"
        "  fi\n"
        "  case $command in\n",
        out);
  subject s;
  for (size_t i = 0; help_command(i, &s); i++) bash_subject(out, &s, s.name);
  bash_subject(out, &help_evidence, help_evidence.name);
  bash_subject(out, &help_ppr, "''");
  fputs("    help) ;;\n    *) return ;;\n  esac\n"
        "  case $command in ''|help) arguments='",
        out);
  put_commands(out, "help");
  fputs("' ;; esac\n"
        "  if [[ $words ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "  elif [[ $value == folder ]]; then compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
        "  elif [[ $value == any ]]; then return\n"
        "  elif [[ -z $value && $current == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
        "  elif [[ -z $value && $arguments ]]; then COMPREPLY=($(compgen -W \"$arguments\" -- \"$current\"))\n"
        "  elif [[ $value || $files ]]; then compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
        "  fi\n"
        "}\n\ncomplete -F _ppr ppr ppr-evidence\n",
        out);
}

/* --- zsh --- */

/* Within '…', and within the [ ] of a specification. */
static void zsh_text(FILE *out, const char *text) {
  for (; *text; text++) {
    if (*text == '\'') fputs("'\\''", out);
    else if (strchr("[]:\\", *text)) fprintf(out, "\\%c", *text);
    else fputc(*text, out);
  }
}

static void zsh_option(FILE *out, const char *spelled, const help_line *l) {
  fprintf(out, "        '*%s[", spelled), zsh_text(out, l->text), fputc(']', out);
  value_kind kind = help_value(l->value);
  if (kind != VALUE_NONE) fputc(':', out), zsh_text(out, kind == VALUE_WORDS ? " " : l->value), fputc(':', out);
  if (kind == VALUE_WORDS) fputc('(', out), put_words(out, l->value), fputc(')', out);
  if (kind == VALUE_FILE) fputs("_files", out);
  if (kind == VALUE_FOLDER) fputs("_files -/", out);
  fputs("'\n", out);
}

static void zsh_subject(FILE *out, const subject *s, const char *label, language l) {
  options o = options_of(s, l);
  help_line line;
  char spelled[NAME_SIZE + 4];
  fprintf(out, "    %s)\n      specs=(\n", label);
  while (options_next(&o, &line)) {
    snprintf(spelled, sizeof spelled, "-%c", line.letter);
    if (line.letter) zsh_option(out, spelled, &line);
    for (size_t i = 0; i < line.n_names; i++) {
      snprintf(spelled, sizeof spelled, "--%s%s", line.names[i], *line.value ? "=" : "");
      zsh_option(out, spelled, &line);
    }
  }
  if (help_takes_codes(s)) fputs("        '1: :(", out), put_codes(out), fputs(")'\n", out);
  else if (s != &help_ppr && help_takes_files(s)) fputs("        '*: :_files'\n", out);
  fputs("      ) ;;\n", out);
}

void complete_zsh(FILE *out) {
  static const char *const suffix[LANGUAGES] = {"de", "en"};
  fputs("#compdef ppr ppr-evidence\n# Completion in zsh. Written when building, from the table of commands.\n\n", out);
  subject s;
  for (language l = 0; l < LANGUAGES; l++) {
    fprintf(out, "_ppr_specs_%s() {\n  case $1 in\n", suffix[l]);
    for (size_t i = 0; help_command(i, &s); i++) zsh_subject(out, &s, s.name, l);
    zsh_subject(out, &help_evidence, help_evidence.name, l);
    zsh_subject(out, &help_ppr, "ppr", l);
    fputs("    help) specs=('1: :(", out), put_commands(out, ""), fputs(")') ;;\n  esac\n}\n\n_ppr_commands_", out);
    fprintf(out, "%s() {\n  commands=(\n", suffix[l]);
    for (size_t i = 0; help_command(i, &s); i++) fprintf(out, "    '%s:", s.name), zsh_text(out, s.summary[l]), fputs("'\n", out);
    fputs("    'help'\n  )\n}\n\n", out);
  }
  fputs("_ppr() {\n"
        "  local curcontext=$curcontext state line language=de\n"
        "  local -a specs commands\n"
        "  local -A opt_args\n"
        "  [[ ${LC_ALL:-${LC_MESSAGES:-$LANG}} == en* ]] && language=en\n"
        "  if [[ $service == ppr-evidence ]]; then\n"
        "    _ppr_specs_$language ppr-evidence\n"
        "    _arguments $specs\n"
        "    return\n"
        "  fi\n"
        "  _ppr_specs_$language ppr\n"
        "  _arguments -C $specs '1: :->command' '*:: :->rest' && return\n"
        "  case $state in\n"
        "    command) _ppr_commands_$language; _describe -t commands ppr commands ;;\n"
        "    rest) specs=(); _ppr_specs_$language $words[1]; _arguments $specs ;;\n"
        "  esac\n"
        "}\n\n_ppr \"$@\"\n",
        out);
}

/* --- fish --- */

static void fish_text(FILE *out, const char *text) {
  fputc('\'', out);
  for (; *text; text++) {
    if (*text == '\'' || *text == '\\') fputc('\\', out);
    fputc(*text, out);
  }
  fputc('\'', out);
}

static void fish_subject(FILE *out, const subject *s, const char *program, const char *condition, language l) {
  options o = options_of(s, l);
  help_line line;
  while (options_next(&o, &line)) {
    value_kind kind = help_value(line.value);
    fprintf(out, "    complete -c %s%s", program, condition);
    if (line.letter) fprintf(out, " -s %c", line.letter);
    for (size_t i = 0; i < line.n_names; i++) fprintf(out, " -l %s", line.names[i]);
    if (kind == VALUE_WORDS) fputs(" -x -a '", out), put_words(out, line.value), fputc('\'', out);
    if (kind == VALUE_FILE) fputs(" -r -F", out);
    if (kind == VALUE_FOLDER) fputs(" -x -a '(__fish_complete_directories)'", out);
    if (kind == VALUE_ANY) fputs(" -x", out);
    fputs(" -d ", out), fish_text(out, line.text), fputc('\n', out);
  }
}

static void fish_language(FILE *out, language l) {
  char condition[96];
  subject s;
  fish_subject(out, &help_ppr, "ppr", " -n __fish_use_subcommand", l);
  fish_subject(out, &help_evidence, help_evidence.name, "", l);
  for (size_t i = 0; help_command(i, &s); i++) {
    fprintf(out, "    complete -c ppr -n __fish_use_subcommand -a %s -d ", s.name), fish_text(out, s.summary[l]), fputc('\n', out);
    snprintf(condition, sizeof condition, " -n '__fish_seen_subcommand_from %s'", s.name);
    fish_subject(out, &s, "ppr", condition, l);
  }
}

void complete_fish(FILE *out) {
  subject s;
  fputs("# Completion of ppr and ppr-evidence in fish. Written when building, from the table of commands.\n\n"
        "complete -c ppr -f\n"
        "complete -c ppr -n __fish_use_subcommand -a help\n"
        "complete -c ppr -n '__fish_seen_subcommand_from help' -a '",
        out);
  put_commands(out, "");
  fputs("'\n", out);
  for (size_t i = 0; help_command(i, &s); i++) {
    if (help_takes_files(&s)) fprintf(out, "complete -c ppr -n '__fish_seen_subcommand_from %s' -F\n", s.name);
    if (help_takes_codes(&s)) fprintf(out, "complete -c ppr -n '__fish_seen_subcommand_from %s' -a '", s.name), put_codes(out), fputs("'\n", out);
  }
  fputs("\nset -l ppr_language \"$LC_ALL\" \"$LC_MESSAGES\" \"$LANG\"\n"
        "set -l ppr_language (string match -v '' -- $ppr_language)\n"
        "if string match -q 'en*' -- $ppr_language[1]\n",
        out);
  fish_language(out, EN);
  fputs("else\n", out);
  fish_language(out, DE);
  fputs("end\n", out);
}
