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
} ppr_test_result;
typedef void (*ppr_test_fn)(const ppr_test_result *result, void *ctx);
/* Run the `test` declarations of the rule files at path; calls fn once per test in order. */
PPR_API ppr_status ppr_test_path(ppr_engine *engine, const char *path, ppr_language language, ppr_report *report, ppr_test_fn fn, void *ctx);

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
