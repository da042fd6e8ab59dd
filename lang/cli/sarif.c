/* Diagnostics as SARIF 2.1.0, the exchange format of code scanners. Columns count characters (unicodeCodePoints); an end lies behind the last one. */
#include "cli.h"
#include "pages.h"
#include <string.h>

enum { RULES = 1024 }; /* more than there are codes */

static void put_text(FILE *out, const char *key, const char *text) {
  fprintf(out, "\"%s\": ", key);
  cli_json_string(out, text);
}

/* `"key": {"text": …}` */
static void put_message(FILE *out, const char *key, const char *text, const char *more) {
  char joined[4096];
  snprintf(joined, sizeof joined, "%s%s%s", text, *more ? "\n" : "", more);
  fprintf(out, "\"%s\": {", key);
  put_text(out, "text", joined);
  fputc('}', out);
}

/* A path as a URI reference: absolute ones with a scheme, bytes that mean something there escaped. */
static void put_uri(FILE *out, const char *path) {
  fprintf(out, "\"uri\": \"%s", *path == '/' ? "file://" : "");
  for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
    bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("-._~/", *p);
    if (plain) fputc(*p, out);
    else fprintf(out, "%%%02X", *p);
  }
  fputc('"', out);
}

static void put_region(FILE *out, const char *key, uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column) {
  fprintf(out, "\"%s\": {\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u}", key, line, column, end_line, end_column);
}

static void put_location(FILE *out, const char *file, uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column) {
  fputs("\"physicalLocation\": {\"artifactLocation\": {", out);
  put_uri(out, file);
  fputc('}', out);
  if (line) {
    fputs(", ", out);
    put_region(out, "region", line, column, end_line, end_column);
  }
  fputc('}', out);
}

static void put_notes(FILE *out, const cli *c, const ppr_report *report, size_t index) {
  ppr_note note;
  size_t shown = 0;
  for (size_t i = 0; ppr_report_note(report, index, i, c->language, &note) == PPR_OK; i++) {
    if (!note.file) continue;
    fprintf(out, "%s\n      {\"id\": %zu, ", shown ? "," : ",\n     \"relatedLocations\": [", shown);
    put_location(out, note.file, note.line, note.column, note.end_line, note.end_column);
    fputs(", ", out);
    put_message(out, "message", note.text, "");
    fputc('}', out);
    shown++;
  }
  if (shown) fputc(']', out);
}

static void put_fix(FILE *out, const ppr_diagnostic *d) {
  if (!d->fix || !d->fix_file) return;
  fputs(",\n     \"fixes\": [{\"artifactChanges\": [{\"artifactLocation\": {", out);
  put_uri(out, d->fix_file);
  fputs("}, \"replacements\": [{", out);
  put_region(out, "deletedRegion", d->fix_line, d->fix_column, d->fix_end_line, d->fix_end_column);
  if (*d->fix) {
    fputs(", ", out);
    put_message(out, "insertedContent", d->fix, "");
  }
  fputs("}]}]}]", out);
}

static const char *level_of(int severity) { return severity == 0 ? "error" : severity == 1 ? "warning" : "note"; }

/* The codes of a report in the order in which they first occur: its rules. */
typedef struct rules {
  char code[RULES][8];
  int severity[RULES];
  size_t n;
} rules;

static size_t rule_of(rules *r, const ppr_diagnostic *d) {
  size_t i = 0;
  while (i < r->n && strcmp(r->code[i], d->code) != 0) i++;
  if (i == r->n && r->n < RULES) {
    snprintf(r->code[i], sizeof r->code[i], "%s", d->code);
    r->severity[r->n++] = d->severity;
  }
  return i;
}

static void put_rule(FILE *out, const cli *c, const char *code, int severity) {
  char title[256] = "", text[4096] = "";
  page p;
  if (page_find(&p, code)) {
    bool english = c->language == PPR_ENGLISH;
    snprintf(title, sizeof title, "%.*s", (int)p.title[english].size, p.title[english].text);
    snprintf(text, sizeof text, "%.*s", (int)p.text[english].size, p.text[english].text);
  }
  fputs("{", out);
  put_text(out, "id", code);
  if (*title) {
    fputs(", ", out);
    put_message(out, "shortDescription", title, "");
    fputs(", ", out);
    put_message(out, "fullDescription", text, "");
  }
  fprintf(out, ", \"defaultConfiguration\": {\"level\": \"%s\"}}", level_of(severity));
}

void cli_print_report_sarif(const cli *c, ppr_report *report, FILE *out) {
  rules r = {.n = 0};
  ppr_diagnostic d;
  for (size_t i = 0; ppr_report_get(report, i, c->language, &d) == PPR_OK; i++) rule_of(&r, &d);
  fprintf(out,
          "{\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n\"version\": \"2.1.0\",\n\"runs\": [{\n"
          "  \"tool\": {\"driver\": {\"name\": \"ppr\", \"version\": \"%s\", \"rules\": [",
          ppr_version());
  for (size_t i = 0; i < r.n; i++) {
    fputs(i ? ",\n    " : "\n    ", out);
    put_rule(out, c, r.code[i], r.severity[i]);
  }
  fprintf(out, "]}},\n  \"language\": \"%s\",\n  \"columnKind\": \"unicodeCodePoints\",\n  \"results\": [", c->language == PPR_ENGLISH ? "en" : "de");
  for (size_t i = 0; ppr_report_get(report, i, c->language, &d) == PPR_OK; i++) {
    fprintf(out, "%s\n    {\"ruleId\": \"%s\", \"ruleIndex\": %zu, \"level\": \"%s\", ", i ? "," : "", d.code, rule_of(&r, &d), level_of(d.severity));
    put_message(out, "message", d.message, d.help);
    if (d.file) {
      fputs(",\n     \"locations\": [{", out);
      put_location(out, d.file, d.line, d.column, d.end_line, d.end_column);
      fputs("}]", out);
    }
    put_notes(out, c, report, i);
    put_fix(out, &d);
    fputc('}', out);
  }
  fputs("]\n}]\n}\n", out);
}
