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
/* Compiling takes so many threads from now on; one at first. The program is the same whatever their number. PPR_MISUSE: 0. */
PPR_API ppr_status ppr_engine_jobs(ppr_engine *engine, uint32_t jobs);
/* The same for a file or for all *.ppr files of a folder (sorted by name). */
PPR_API ppr_status ppr_compile_path(ppr_program **out, ppr_engine *engine, const char *path, ppr_report *report);

/* Scenario files that change, in this order, every rule text that this engine reads by path from now on: ppr_compile_path and all others but
 * ppr_format_path; n 0: none. ppr_diff_paths leaves the old text unchanged. The array and its texts are borrowed. Texts in memory name their scenarios
 * among their files. */
PPR_API ppr_status ppr_engine_scenarios(ppr_engine *engine, const char *const *paths, size_t n);

/* The consolidated rule file of one Fassung (NULL: the last): every amendment applied, in canonical layout, without comments. *text is to be freed
 * with ppr_free. PPR_MISUSE: no such Fassung. */
PPR_API ppr_status ppr_consolidate_path(ppr_engine *engine, const char *path, const char *edition, char **text, ppr_report *report);

/* The text of one rule file in the one layout there is, comments included; it has the same meaning. *text is to be freed with ppr_free.
 * PPR_DIAGNOSED: syntax errors; whether the text compiles does not matter. */
PPR_API ppr_status ppr_format(ppr_engine *engine, const ppr_source_text *file, char **text, ppr_report *report);
typedef struct ppr_formatted {
  const char *file, *text; /* its path, its text in canonical layout */
  size_t size;
  int changed; /* it was laid out differently */
} ppr_formatted;
typedef void (*ppr_format_fn)(const ppr_formatted *file, void *ctx);
/* The same for a file or for all *.ppr files of a folder (sorted by name); calls fn (NULL: nobody) for each. write: those that change are replaced,
 * whole or not at all. A file with errors is left as it is and makes the result PPR_DIAGNOSED; the others are laid out all the same. */
PPR_API ppr_status ppr_format_path(ppr_engine *engine, const char *path, int write, ppr_format_fn fn, void *ctx, ppr_report *report);

typedef struct ppr_test_result {
  const char *edition, *title, *file;
  uint32_t line;
  int passed;
  const char *details; /* German or English lines "erfüllt[b]: erwartet ja, ist nein"; "" when passed */
  const char *citation;    /* "" without one */
  const char *explanation; /* how the first wrong value came about, in the order of the rules; "" when passed or not asked for */
} ppr_test_result;
typedef void (*ppr_test_fn)(const ppr_test_result *result, void *ctx);
/* Run the `test` declarations of the rule files at path; calls fn once per test in order. */
PPR_API ppr_status ppr_test_path(ppr_engine *engine, const char *path, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx);

/* What tests reach. Goals are places of the rule text: an element of a rule computed; a branch applied (YES) and, where it has a condition, not applied
 * (NO); both arms of `wenn … dann … sonst` and `falls`; a table cell used; an entry of a series or tier used; a comparison true and false. What the
 * compiler proves cannot happen in any Fassung is no goal. A goal is reached when a compared value asked for it. */
typedef enum ppr_cover_kind {
  PPR_COVER_ELEMENT,
  PPR_COVER_BRANCH,
  PPR_COVER_CHOICE,
  PPR_COVER_CELL,
  PPR_COVER_STEP,
  PPR_COVER_BOUNDARY
} ppr_cover_kind;
enum { PPR_COVER_YES = 1, PPR_COVER_NO = 2 };
typedef struct ppr_cover_item {
  ppr_cover_kind kind;
  const char *file, *declaration, *what; /* "Wochen", "Ausnahme „Tagesklinik“" */
  uint32_t line, column;
  int goals, reached;        /* sets of PPR_COVER_YES and NO */
  const char *below, *above; /* BOUNDARY: how far the left side came to the right one from below and above, "0,01 Stunde"; NULL: never */
  int equal;                 /* BOUNDARY: both sides were equal */
} ppr_cover_item;
typedef struct ppr_coverage {
  ppr_cover_item *items; /* by file and place */
  size_t n_items;
  size_t goals, reached; /* counting YES and NO each */
  void *memory;
} ppr_coverage;
PPR_API void ppr_coverage_free(ppr_coverage *coverage); /* NULL allowed */

typedef struct ppr_test_opts {
  size_t size;
  const char *cases; /* case tables: a CSV file or a folder of them; NULL: the folder `faelle` beside the rule files, if there is one */
  ppr_language language;
  int explain; /* tell how wrong values came about */
} ppr_test_opts;
#define PPR_TEST_OPTS_INIT                                                                                                                           \
  { sizeof(ppr_test_opts), 0, PPR_GERMAN, 0 }
/* Run the `test` declarations of the rule files at path, then the rows of the case tables (docs/handbuch/testen.md); calls fn once per test.
 * coverage: NULL, or where what was reached goes, also when some tests have errors (PPR_DIAGNOSED); free with ppr_coverage_free. */
PPR_API ppr_status ppr_test(ppr_engine *engine, const char *path, const ppr_test_opts *opts, ppr_report *report, ppr_test_fn fn, void *ctx,
                            ppr_coverage **coverage);

/* What `ppr prove` shows of every rule, for all records the input schema allows: some branch (tier, entry) applies; no two do without a stated
 * priority; nothing else faults (division by zero, a number beyond 64 bits, no table value, a failing function, an empty `kleinste über`). */
typedef enum ppr_proof_kind { PPR_PROOF_COVER, PPR_PROOF_EXCLUDE, PPR_PROOF_FAULT } ppr_proof_kind;
/* WITNESS: there is a record, confirmed by running it. UNDECIDED: neither a proof nor a record was found, see reason. */
typedef enum ppr_proof_status { PPR_PROVED, PPR_WITNESS, PPR_UNDECIDED } ppr_proof_status;
/* How it was proved: by intervals and states when compiling; the question folds to no in the normal form; by boxes over the conditions alone; by boxes
 * down to the inputs. */
typedef enum ppr_proof_method { PPR_PROOF_COMPILER, PPR_PROOF_FORM, PPR_PROOF_CONDITIONS, PPR_PROOF_INPUTS } ppr_proof_method;
typedef struct ppr_proof_table {
  const char *name, *text; /* "A1"; CSV with header line */
  size_t rows;
} ppr_proof_table;
typedef struct ppr_proof {
  const char *edition, *record; /* kind of record */
  ppr_proof_kind kind;
  ppr_proof_status status;
  ppr_proof_method method;      /* PROVED */
  const char *rule, *citation;  /* what is declared at the place; "" if nothing is */
  const char *element;          /* "Stufe[a]"; "" where it is not known */
  const char *first, *second;   /* EXCLUDE of branches: their labels, else "" */
  const char *fault, *message;  /* "PPR5204" and what it says */
  const char *file;
  uint32_t line, column;
  const char *reason;           /* UNDECIDED, else "" */
  int repeated;                 /* WITNESS: one for this place was told before; no record */
  int refused;                  /* WITNESS: a `prüfung` refuses the record anyhow; none was found that none refuses */
  const ppr_proof_table *tables; /* WITNESS: the record, every table of the input, to be run as it is */
  size_t n_tables;
  const char *const *readings; /* "NAME=VARIANTE" to be chosen for it */
  size_t n_readings;
  const char *const *parameters; /* "NAME=VALUE" to be set for it */
  size_t n_parameters;
  const char *key; /* of the record, as ppr_run_explain takes it: parts separated by commas */
  const char *run; /* lines about the run */
} ppr_proof;
typedef void (*ppr_proof_fn)(const ppr_proof *proof, void *ctx);
typedef struct ppr_prove_opts {
  size_t size;
  const char *edition, *rule; /* only these; NULL: all */
  uint64_t budget;            /* steps per question, 0: chosen; the answer depends on it, never on time */
  ppr_language language;
} ppr_prove_opts;
#define PPR_PROVE_OPTS_INIT                                                                                                                          \
  { sizeof(ppr_prove_opts), 0, 0, 0, PPR_GERMAN }
/* Proves the rule files of one Regelwerk; calls fn once per obligation, Fassung by Fassung. Gaps and overlaps are no errors here, so that a text that
 * does not compile for them is answered by records; any other error of the text is (PPR_DIAGNOSED). PPR_MISUSE also: no such Fassung or rule. */
PPR_API ppr_status ppr_prove(ppr_engine *engine, const ppr_source_text *files, size_t count, const ppr_prove_opts *opts, ppr_report *report,
                             ppr_proof_fn fn, void *ctx);
/* The same for a file or for all *.ppr files of a folder (sorted by name). */
PPR_API ppr_status ppr_prove_path(ppr_engine *engine, const char *path, const ppr_prove_opts *opts, ppr_report *report, ppr_proof_fn fn, void *ctx);

#ifdef __cplusplus
}
#endif
#endif
