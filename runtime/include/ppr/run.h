/* ppr: the main job on files: tables of the Nachweis, flat CSV, NDJSON. */
#ifndef PPR_RUN_H
#define PPR_RUN_H
#include <ppr/ppr.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum ppr_record_form { PPR_FORM_TABLES, PPR_FORM_FLAT, PPR_FORM_NDJSON } ppr_record_form;

typedef struct ppr_reading_choice {
  const char *name, *variant;
} ppr_reading_choice;

typedef struct ppr_parameter_choice {
  const char *name, *value; /* "132", "95 %", "ja", "01.01.2025" */
} ppr_parameter_choice;

/* How often a yes/no column of a result file said what; group: code of the enumeration in the key ("" without one). */
typedef struct ppr_run_count {
  const char *file, *column, *group;
  size_t yes, no, absent;
} ppr_run_count;

typedef struct ppr_run_summary {
  size_t records, refused, faults,
      findings;          /* refused: records without results, faults among them; findings: lines in Fehler that are not refusals */
  size_t by_edition[64]; /* records per edition */
  double seconds;
  ppr_run_count *counts; /* in order of appearance; free with ppr_free (their strings belong to it) */
  size_t n_counts;
  ppr_profile_row *profile; /* with opts->profile: time of the kernels, all threads together; free with ppr_free */
  size_t n_profile;
  double reading, evaluating, writing; /* of ppr_run: seconds spent with each, all threads together, without waiting for one another */
} ppr_run_summary;

/* progress: called now and then with records done and total (0: unknown), by one thread at a time, with several jobs not always the same; may be
 * NULL. */
typedef struct ppr_run_opts {
  size_t size;
  const char *input;    /* folder of tables, or file; NULL or "-" for stdin (flat, NDJSON) */
  const char *output;   /* folder for CSV results (made if missing), file for NDJSON; NULL or "-": NDJSON to stdout */
  ppr_record_form form; /* of the input */
  int output_ndjson;    /* NDJSON instead of CSV files */
  const ppr_reading_choice *readings;
  size_t n_readings;
  uint32_t lanes;
  ppr_language language;
  void (*progress)(size_t done, size_t total, void *ctx);
  void *ctx;
  const char *record;            /* kind of record (name of the `eingabe`); NULL: the first */
  const char *as_of;             /* "01.03.2024" or "2024-03-01": only Beschlüsse made by then count; NULL: all */
  int explain_full;              /* of ppr_run_explain: every operand by itself (PPR_EXPLAIN_FULL) */
  ppr_explain_form explain_form; /* of ppr_run_explain */
  int explain_verdicts;          /* of ppr_run_explain: without an output, a letter about all verdicts instead of names */
  const char *explain_file;      /* of ppr_run_explain: file the text goes to; NULL or "-": none */
  uint32_t jobs;                 /* of ppr_run: threads, at most 64; 0: one. Results and messages are the same for any number */
  int profile;                   /* of ppr_run: time every step of the machine; costs a third of its time or more */
  const ppr_parameter_choice *parameters; /* instead of their presets; in every Fassung that has them */
  size_t n_parameters;
} ppr_run_opts;
#define PPR_RUN_OPTS_INIT                                                                                                                            \
  { sizeof(ppr_run_opts), 0, 0, PPR_FORM_TABLES, 0, 0, 0, 0, PPR_GERMAN, 0, 0, 0, 0, 0, PPR_EXPLAIN_TEXT, 0, 0, 0, 0, 0, 0 }

/* Reads records, evaluates each under the Fassung of its quarter, writes every result file and Fehler.csv whole or not at all.
 * Here, and only here, rows of outputs with `summe über` are added up over records; a warning of the report says how many records the sums lack.
 * PPR_OK, PPR_REFUSED (some records were refused), PPR_DIAGNOSED (nothing written: missing folder, table, column …), PPR_IO, PPR_LIMIT. */
PPR_API ppr_status ppr_run(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, ppr_run_summary *summary, ppr_report *report);

/* Explain one output of one record: key values in order, e.g. {"991000000","770000","2024","1","29"}; output: "erfüllt[b]" or NULL for all outputs'
 * names or, with explain_verdicts, all verdicts. *text is to be freed with ppr_free; with opts->explain_file the text goes to that file, whole or not
 * at all, and *text is NULL. */
PPR_API ppr_status ppr_run_explain(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, const char *const *key, size_t keys,
                                   const char *output, char **text, ppr_report *report);

/* How many records a variant changes that the run does not choose. A verdict is a column of a result file that says yes or no. Each number counts a
 * record once, however many of its rows and columns change; a row of a result file that appears or goes changes the verdicts in it. Rows that are
 * summed over records are compared before they are summed. */
typedef struct ppr_reading_effect {
  const char *reading, *variant; /* strings are borrowed from the program */
  const char *instead_of;        /* the variant the run holds; NULL: not the same in every Fassung */
  const char *file, *column;     /* of one verdict; NULL: all verdicts together */
  size_t records;                /* compared: their Fassung has the variant and the run does not hold it anyway */
  size_t without;                /* of these: results only with the variant or only without it (faults, failed checks) */
  size_t changed;                /* in a verdict; next: in which direction, one record may count in several */
  size_t yes_to_no, no_to_yes, other;
  size_t any; /* in whatever value of a result file; beside one verdict the same as changed */
} ppr_reading_effect;

/* Evaluates the records once as `opts` says and once more under each variant of each reading that it does not choose, and counts what changes. Per
 * variant one item with file NULL, behind it one per verdict that changed anywhere; *effects is to be freed with ppr_free. opts->output: CSV file
 * of every changed cell (key, reading, variant, file, column, name of the result as in ppr_run_explain, before, after), written whole or not at all;
 * NULL: none. The records are read once; refused ones are reported as by ppr_run and not compared. `summary` has no counts. Status as ppr_run. */
PPR_API ppr_status ppr_run_readings(const ppr_program *program, ppr_engine *engine, const ppr_run_opts *opts, ppr_run_summary *summary,
                                    ppr_reading_effect **effects, size_t *n_effects, ppr_report *report);

/* What becomes of given records under another text. Values are compared as printed, before rows are summed over records. */
typedef struct ppr_compared_column { /* a column of a result file in which something changes */
  const char *file, *column, *unit;
  ppr_value_kind kind;
  size_t records, cells;              /* with a change; changed */
  size_t yes_to_no, no_to_yes, other; /* cells of a yes/no; other: absent before or after, as also of numbers */
  size_t measured;                    /* cells with a number before and after; of after - before the sum and, of the sorted differences, the first, */
  const char *sum, *least, *lower, *median, *upper,
      *most;                   /* those at a quarter, half and three quarters (rank rounded up), and the last; else NULL */
  const size_t *alone, *moved; /* per partial program: cells it makes what they are after; cells it changes at all */
} ppr_compared_column;
typedef struct ppr_compared_cell {          /* a yes/no of one record that changes */
  const char *key, *file, *column, *output; /* key: parts separated by commas; output: as in ppr_run_explain */
  const char *before, *after;
  const size_t *through; /* partial programs that make it what it is after, else those that change it at all */
  size_t n_through;
  int alone; /* the former */
} ppr_compared_cell;
typedef struct ppr_comparison {
  size_t records, only_before, only_after, without; /* results under both texts, under one, under none */
  size_t changed, changed_any;                      /* of `records`: in a yes/no; in any value */
  ppr_compared_column *columns;
  size_t n_columns;
  ppr_compared_cell *cells;   /* in the order of the input */
  size_t n_cells, more_cells; /* told here; and those beyond 100000 */
  unsigned char *ran;         /* per partial program: it was evaluated; it is not where it reads other input than both texts */
  void *memory;
} ppr_comparison;
/* Evaluates every record under `before` and under `after`, and where results differ under the partial programs (`before` with one change each, say);
 * each has one edition (ppr_program_select). opts: input (not stdin), form, readings, lanes; readings a text lacks are passed over.
 * *out is to be freed with ppr_comparison_free. Status as ppr_run; PPR_MISUSE: more than one edition. */
PPR_API ppr_status ppr_run_compare(const ppr_program *before, const ppr_program *after, const ppr_program *const *partial, size_t n_partial,
                                   ppr_engine *engine, const ppr_run_opts *opts, ppr_comparison **out, ppr_report *report);
PPR_API void ppr_comparison_free(ppr_comparison *comparison); /* NULL allowed */
#ifdef __cplusplus
}
#endif
#endif
