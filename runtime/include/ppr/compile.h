/* ppr: compile rule files. Needs the library ppr-lang. */
#ifndef PPR_COMPILE_H
#define PPR_COMPILE_H
#include <ppr/ppr.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ppr_source_text {
  const char *name;
  const char *text;
  size_t size;
} ppr_source_text;

/* Compile the rule files of one Regelwerk (one file per Fassung) to a verified program. PPR_DIAGNOSED: read the report; warnings may be there on
 * PPR_OK. */
PPR_API ppr_status ppr_compile(ppr_program **out, ppr_engine *engine, const ppr_source_text *files, size_t count, ppr_report *report);
/* The same for a file or for all *.ppr files of a folder (sorted by name). */
PPR_API ppr_status ppr_compile_path(ppr_program **out, ppr_engine *engine, const char *path, ppr_report *report);

/* The consolidated rule file of one Fassung (NULL: the last): every amendment applied, in canonical layout, without comments. *text is to be freed
 * with ppr_free. PPR_MISUSE: no such Fassung. */
PPR_API ppr_status ppr_consolidate_path(ppr_engine *engine, const char *path, const char *edition, char **text, ppr_report *report);

typedef struct ppr_test_result {
  const char *edition, *title, *file;
  uint32_t line;
  int passed;
  const char *details; /* German or English lines "erfüllt[b]: erwartet ja, ist nein"; "" when passed */
} ppr_test_result;
typedef void (*ppr_test_fn)(const ppr_test_result *result, void *ctx);
/* Run the `test` declarations of the rule files at path; calls fn once per test in order. */
PPR_API ppr_status ppr_test_path(ppr_engine *engine, const char *path, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx);

#ifdef __cplusplus
}
#endif
#endif
