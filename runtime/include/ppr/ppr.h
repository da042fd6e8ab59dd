/* ppr: load and evaluate rule programs. The stable public interface; see docs/embedding.md.
 * Numbers are scaled integers: a value of scale s is stored as value * 10^s; percent of scale s as fraction * 10^(s+2); yes/no as 0/1; dates as days
 * since 1970-01-01; quarters as year * 4 + number - 1; enumeration values as index into the enumeration. */
#ifndef PPR_PPR_H
#define PPR_PPR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PPR_API __attribute__((visibility("default")))
#else
#define PPR_API
#endif

#define PPR_VERSION_MAJOR 0
#define PPR_VERSION_MINOR 1
#define PPR_VERSION_PATCH 0

typedef enum ppr_status {
  PPR_OK = 0,
  PPR_NOMEM = 1,
  PPR_IO = 2,
  PPR_FORMAT = 3,          /* not an image, or a damaged one */
  PPR_VERSION = 4,         /* image needs a newer reader */
  PPR_INVALID_PROGRAM = 5, /* image refused by the verifier */
  PPR_DIAGNOSED = 6,       /* read the report */
  PPR_LIMIT = 7,
  PPR_MISUSE = 8, /* argument error of the caller */
  PPR_REFUSED = 9 /* some records were refused; results of the others are complete */
} ppr_status;

typedef struct ppr_engine ppr_engine;       /* allocator and natives; configure once, then share */
typedef struct ppr_program ppr_program;     /* immutable, shareable between threads */
typedef struct ppr_evaluator ppr_evaluator; /* one thread's registers */
typedef struct ppr_report ppr_report;       /* diagnostics of a call */

typedef enum ppr_language { PPR_GERMAN = 0, PPR_ENGLISH = 1 } ppr_language;

/* "0.1.0"; static. */
PPR_API const char *ppr_version(void);
PPR_API const char *ppr_status_text(ppr_status status);
/* Why a call of the operating system failed, by its errno; valid until the next call of strerror. */
PPR_API const char *ppr_system_error(int error, ppr_language language);

/* A new engine with the standard library registered; NULL when out of memory. Free it after everything made from it. */
PPR_API ppr_engine *ppr_engine_new(void);
PPR_API void ppr_engine_free(ppr_engine *engine);
/* Allow rule files and images to load natives from this shared library (the name written in the rule file; path: file to open). Refused by default.
 */
PPR_API ppr_status ppr_engine_allow_library(ppr_engine *engine, const char *name, const char *path);

PPR_API ppr_report *ppr_report_new(void);
PPR_API void ppr_report_free(ppr_report *report);
typedef struct ppr_diagnostic {
  const char *code;           /* "PPR2014" */
  int severity;               /* 0 error, 1 warning, 2 hint */
  const char *file;           /* NULL: no place in a file */
  uint32_t line, column;      /* 1-based, columns in characters */
  const char *message, *help; /* in the language asked for; valid until the next call on this report */
  const char *fix;            /* proposed text, NULL if none; it stands in place of what lies between the two places, which may be nothing */
  uint32_t fix_line, fix_column, fix_end_line, fix_end_column;
  uint32_t end_line, end_column; /* behind the last character of the place; 0 without a place */
  const char *fix_file;          /* file of the proposal, NULL if none */
} ppr_diagnostic;
PPR_API size_t ppr_report_count(const ppr_report *report);
PPR_API ppr_status ppr_report_get(ppr_report *report, size_t index, ppr_language language, ppr_diagnostic *out);
/* Another place a diagnostic points to, with what is there. Lives like the texts of ppr_diagnostic. PPR_MISUSE: it has no more notes. */
typedef struct ppr_note {
  const char *file, *text; /* file NULL: no place */
  uint32_t line, column, end_line, end_column;
} ppr_note;
PPR_API ppr_status ppr_report_note(const ppr_report *report, size_t index, size_t note, ppr_language language, ppr_note *out);
/* All diagnostics as text with source lines and carets; valid until the next call on this report. */
PPR_API const char *ppr_report_text(ppr_report *report, ppr_language language);

/* Load and verify an image. The bytes may be freed afterwards. */
PPR_API ppr_status ppr_program_load(ppr_program **out, ppr_engine *engine, const void *bytes, size_t size, ppr_report *report);
/* The same for bytes that stay as they are, as long as the program or a selection of it lives: code and explanation of an edition are read and verified
 * when they are needed first. Until then a forged image may pass; making an evaluator of such an edition, listing or saving it gives
 * PPR_INVALID_PROGRAM or PPR_FORMAT. Damage is found at once. */
PPR_API ppr_status ppr_program_open(ppr_program **out, ppr_engine *engine, const void *bytes, size_t size, ppr_report *report);
/* The image of a program; *bytes is to be freed with ppr_free. Same program, same bytes. */
PPR_API ppr_status ppr_program_save(const ppr_program *program, void **bytes, size_t *size);
PPR_API void ppr_free(void *memory);
PPR_API void ppr_program_free(ppr_program *program);
PPR_API const char *ppr_program_name(const ppr_program *program);

typedef struct ppr_edition_info {
  const char *name, *decision;
  const char *record;          /* kind of record */
  int64_t decided_day;         /* day of the Beschluss */
  int64_t from_day, until_day; /* inclusive; until_day INT64_MAX: open */
  size_t inputs, outputs;
  uint32_t cost; /* worst-case instructions per record */
} ppr_edition_info;
/* What a program is about when asked for one kind of record (name of the `eingabe`; NULL: the first) as it was known on a day (the last day of
 * Beschlüsse that count; INT64_MAX: all): a superseded text then goes on applying. The selection borrows from `program`, which must outlive it; free
 * it as a program. PPR_MISUSE: no such kind, or nothing was known. */
PPR_API ppr_status ppr_program_select(ppr_program **out, const ppr_program *program, const char *record, int64_t known_day);
PPR_API size_t ppr_program_editions(const ppr_program *program);
PPR_API ppr_status ppr_program_edition(const ppr_program *program, size_t edition, ppr_edition_info *out);
/* Index of the edition in force on the first day of the quarter, or -1. */
PPR_API int ppr_program_edition_for(const ppr_program *program, int64_t quarter);

typedef enum ppr_value_kind { PPR_NUMBER, PPR_PERCENT, PPR_YESNO, PPR_DATE, PPR_QUARTER, PPR_ENUMERATION, PPR_TEXT } ppr_value_kind;
typedef struct ppr_value_info {
  const char *name; /* "Behandlungstage[A1]" */
  ppr_value_kind kind;
  const char *unit; /* "" for none */
  int scale;        /* decimals of the printed number */
  int64_t lo, hi;   /* inputs: allowed range of the stored number; outputs: of ppr_evaluator_output */
  int required;     /* inputs: absence is a fault */
} ppr_value_info;
PPR_API ppr_status ppr_program_input(const ppr_program *program, size_t edition, size_t input, ppr_value_info *out);
PPR_API ppr_status ppr_program_output(const ppr_program *program, size_t edition, size_t output, ppr_value_info *out);
/* Index by name, or -1. */
PPR_API int ppr_program_find_input(const ppr_program *program, size_t edition, const char *name);
PPR_API int ppr_program_find_output(const ppr_program *program, size_t edition, const char *name);

/* What the rule text leaves to the reader. `index` counts from 0; PPR_MISUSE beyond the last. */
typedef struct ppr_reading_info {
  const char *name, *question, *citation;
  size_t variants;
  size_t preset; /* index of the variant that holds unless a run chooses */
} ppr_reading_info;
PPR_API ppr_status ppr_program_reading(const ppr_program *program, size_t edition, size_t index, ppr_reading_info *out);
/* Name of a variant of a reading, or NULL. */
PPR_API const char *ppr_program_variant(const ppr_program *program, size_t edition, size_t reading, size_t variant);
/* What the rule text says for this variant: the source beside its name; or NULL. */
PPR_API const char *ppr_program_variant_source(const ppr_program *program, size_t edition, size_t reading, size_t variant);
/* A number, date or ja/nein that a run may set: an input without column, whose preset counts where it is absent. `index` counts from 0; PPR_MISUSE
 * beyond the last. */
typedef struct ppr_parameter_info {
  const char *name, *citation, *unit; /* unit "" for none */
  ppr_value_kind kind;
  int scale;              /* decimals of the printed number */
  int64_t lo, hi, preset; /* as stored */
  size_t input;
} ppr_parameter_info;
PPR_API ppr_status ppr_program_parameter(const ppr_program *program, size_t edition, size_t index, ppr_parameter_info *out);
typedef struct ppr_open_info {
  const char *name, *text, *citation;
} ppr_open_info;
PPR_API ppr_status ppr_program_open_point(const ppr_program *program, size_t edition, size_t index, ppr_open_info *out);
/* Listing of the code of one edition, or of all with edition -1; *text is to be freed with ppr_free. */
PPR_API ppr_status ppr_program_listing(const ppr_program *program, int edition, char **text);

/* Evaluation. States: 0 present, 1 fehlt, 2 entfällt, 3 unbestimmt. */
typedef struct ppr_column {
  const int64_t *values;
  const uint8_t *states;
  const int32_t *narrow; /* instead of values: the same numbers in half the memory, which is half the time to read them. A number beyond 32 bits may be
                            given as the nearest one within: it is out of range where lo..hi lies strictly inside of 32 bits. */
} ppr_column; /* borrowed; states NULL: all present; values and narrow NULL: all absent */
typedef struct ppr_result {
  int64_t *values;
  uint8_t *states;
  int32_t *narrow; /* instead of values; only where lo..hi of ppr_evaluator_output fits 32 bits, else PPR_MISUSE */
} ppr_result; /* caller's arrays; each may be NULL */
typedef struct ppr_fault {
  uint32_t code;
  uint32_t pc;
} ppr_fault; /* code 0: none; else the number of PPRnnnn; pc: instruction */
typedef struct ppr_evaluator_opts {
  size_t size;    /* sizeof(ppr_evaluator_opts) */
  uint32_t lanes; /* records per block, 1..1024; 0: chosen */
  int keep;       /* keep every register (for explanations) */
  int profile;      /* time every step (ppr_evaluator_profile); costs a third or more */
  uint32_t kernels; /* 0: the best for this processor and so many lanes; else a set of ppr_kernels */
} ppr_evaluator_opts;
#define PPR_EVALUATOR_OPTS_INIT                                                                                                                      \
  { sizeof(ppr_evaluator_opts), 0, 0, 0, 0 }
/* The sets of kernels this processor can run, the best for many records first: "AVX-512", "AVX2", "baseline", "one by one"; NULL beyond the last.
 * Results are the same. */
PPR_API const char *ppr_kernels(uint32_t index);
PPR_API ppr_status ppr_evaluator_new(ppr_evaluator **out, const ppr_program *program, size_t edition, const ppr_evaluator_opts *opts);
/* Another evaluator of the same edition with the same options, for another thread or one more batch at a time: it shares what `like` has worked out
 * and gets registers of its own, so it is ready at once. `like` may be evaluating in its thread meanwhile; which of them is freed first does not
 * matter. Times of steps (`profile`) are told for each by itself. PPR_NOMEM; PPR_MISUSE for NULL. */
PPR_API ppr_status ppr_evaluator_like(ppr_evaluator **out, const ppr_evaluator *like);
PPR_API void ppr_evaluator_free(ppr_evaluator *evaluator);
/* As ppr_program_output, with lo..hi proved: no record without fault gives another number. */
PPR_API ppr_status ppr_evaluator_output(const ppr_evaluator *evaluator, size_t output, ppr_value_info *out);
/* in: one column per input, out: one per output (arrays of their own, none of in), faults: rows entries. Outputs of a faulted row are meaningless,
 * the other rows are complete. Every row is a record by itself: what an output sums over records (`summe über`) is added up by ppr_run alone. */
PPR_API ppr_status ppr_evaluator_eval(ppr_evaluator *evaluator, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults);
/* Where the time went: one row per kernel that ran. */
typedef struct ppr_profile_row {
  const char *name;                   /* instruction, and bits of its operands and result */
  uint64_t steps, lanes, nanoseconds; /* how often; on how many records in all; without the cost of the clock */
} ppr_profile_row;
/* By index from 0; PPR_MISUSE beyond the last, or for an evaluator made without `profile`. */
PPR_API ppr_status ppr_evaluator_profile(const ppr_evaluator *evaluator, size_t index, ppr_profile_row *out);
/* How much an explanation tells: SHORT what can have mattered, elements of one rule together; FULL every operand by itself. */
typedef enum ppr_explain_detail { PPR_EXPLAIN_SHORT = 0, PPR_EXPLAIN_FULL = 1 } ppr_explain_detail;
/* TEXT: a letter; HTML: the same as a page that needs nothing but itself; JSON: evidence that the program ppr-evidence recomputes (docs/evidence.md),
 * always in German. */
typedef enum ppr_explain_form { PPR_EXPLAIN_TEXT = 0, PPR_EXPLAIN_HTML = 1, PPR_EXPLAIN_JSON = 2 } ppr_explain_form;
typedef struct ppr_letter_opts {
  size_t size; /* sizeof(ppr_letter_opts) */
  ppr_language language;
  ppr_explain_detail detail;
  ppr_explain_form form;
  const char *record; /* how the record is called in the letter; NULL: not told */
} ppr_letter_opts;
#define PPR_LETTER_OPTS_INIT                                                                                                                         \
  { sizeof(ppr_letter_opts), PPR_GERMAN, PPR_EXPLAIN_SHORT, PPR_EXPLAIN_TEXT, 0 }
/* A letter about n outputs of one row; outputs NULL: about all verdicts of the record, the yes/no columns of result files of which it has a row.
 * Of a record with a fault the fault is told, as text or page. Valid until the next call on this evaluator. */
PPR_API ppr_status ppr_evaluator_letter(ppr_evaluator *evaluator, const ppr_column *in, size_t row, const size_t *outputs, size_t n,
                                        const ppr_letter_opts *opts, const char **text);
/* A value that, changed alone, turns a yes/no result into the other answer. Numbers as stored. */
typedef struct ppr_turn {
  const char *name;         /* "VKS-Ist[b]"; borrowed from the program */
  int input;                /* its index, or -1: the value of a rule, everything it is made of put aside */
  int64_t now, last, first; /* the value of the record, the last on the way that keeps the answer, the first that turns it */
  int nearest;              /* proved: none between now and first turns it; else first is what the search found first */
} ppr_turn;
typedef struct ppr_turns {
  ppr_turn *turns; /* free with ppr_free */
  size_t n;
  int complete; /* proved: no other value of an input that was looked at turns the result by itself */
} ppr_turns;
/* What turns an output of one row; evaluating the row with input = first and input = last shows it. None for what is not a present yes/no. Key,
 * quarter and absent inputs are left as they are. */
PPR_API ppr_status ppr_evaluator_turns(ppr_evaluator *evaluator, const ppr_column *in, size_t row, size_t output, ppr_turns *turns);
/* German or English text explaining one output of one row down to the inputs; valid until the next call on this evaluator. */
PPR_API ppr_status ppr_evaluator_explain(ppr_evaluator *evaluator, const ppr_column *in, size_t row, size_t output, ppr_language language,
                                         ppr_explain_detail detail, const char **text);

#ifdef __cplusplus
}
#endif
#endif
