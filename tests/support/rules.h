/* Rule texts for tests: what every file begins with, and a compiled text with what the report says about it. */
#ifndef TESTS_SUPPORT_RULES_H
#define TESTS_SUPPORT_RULES_H
#include <ppr/compile.h>
#include <string.h>

#define RULES_HEAD "regelwerk Beispiel \"Test\"\nfassung 2024-01\n  beschluss 19.10.2023 \"BAnz AT 05.02.2024 B4\"\n  gilt ab 01.01.2024\n"
#define RULES_INPUT                                                                                                                                  \
  "eingabe Nachweis § 3\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Berichtsquartal = Jahr, Quartal\n"
/* Output of one rule named Ergebnis. */
#define RULES_OUTPUT "ausgabe \"Ergebnis\"\n  spalte \"Ergebnis\" = Ergebnis\n"

typedef struct rules {
  ppr_engine *engine;
  ppr_report *report;
  ppr_program *program; /* NULL after errors */
  ppr_status status;
} rules;

static inline rules rules_compile(const char *text) {
  rules r = {ppr_engine_new(), ppr_report_new(), NULL, PPR_NOMEM};
  ppr_source_text file = {"t.ppr", text, strlen(text)};
  if (r.engine && r.report) r.status = ppr_compile(&r.program, r.engine, &file, 1, r.report);
  return r;
}

static inline void rules_free(rules *r) {
  ppr_program_free(r->program);
  ppr_report_free(r->report);
  ppr_engine_free(r->engine);
}

/* How often a code was reported; NULL counts everything but hints. */
static inline size_t rules_count(rules *r, const char *code) {
  size_t n = 0;
  ppr_diagnostic d;
  for (size_t i = 0; ppr_report_get(r->report, i, PPR_GERMAN, &d) == PPR_OK; i++) n += code ? strcmp(d.code, code) == 0 : d.severity < 2;
  return n;
}

/* Is there a diagnostic of this code whose message contains the words, in this line (0: any)? */
static inline int rules_says(rules *r, const char *code, const char *words, uint32_t line) {
  ppr_diagnostic d;
  for (size_t i = 0; ppr_report_get(r->report, i, PPR_GERMAN, &d) == PPR_OK; i++)
    if (strcmp(d.code, code) == 0 && strstr(d.message, words) && (line == 0 || d.line == line)) return 1;
  return 0;
}
#endif
