/* ppr: compare two texts of a Regelwerk. Needs the library ppr-lang. */
#ifndef PPR_DIFF_H
#define PPR_DIFF_H
#include <ppr/ppr.h>
#include <ppr/run.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum ppr_diff_form { PPR_DIFF_TEXT, PPR_DIFF_JSON, PPR_DIFF_HTML } ppr_diff_form;
/* Which answers: the changed declarations; every result proved equal or with records where it is not; what changes for given records. */
enum { PPR_DIFF_STRUCTURE = 1, PPR_DIFF_MEANING = 2, PPR_DIFF_DATA = 4 };

typedef struct ppr_diff_opts {
  size_t size;
  const char *old_path, *new_path; /* rule file or folder; new_path NULL: the same as old_path */
  const char *from,
      *to;             /* Fassung of the old and of the new text; NULL: the last of its path, of the old text in the same path the one before `to`. With scenarios
                          (ppr_engine_scenarios) the new text is the old one changed by them: NULL is the last Fassung they change, `from` the same */
  const char *record;  /* kind of record; NULL: all of them, of data the first */
  const char *quarter; /* "2024-Q3": the point in time MEANING compares at; NULL: the first quarter of the new text */
  unsigned parts;      /* PPR_DIFF_…; 0: STRUCTURE and MEANING, and DATA if there is some */
  const ppr_run_opts *data; /* records for DATA (input, form, readings; not stdin); NULL: none */
  uint64_t budget;          /* steps per question of MEANING, 0: chosen; the answer depends on it, never on time */
  ppr_diff_form form;
  ppr_language language;
} ppr_diff_opts;
#define PPR_DIFF_OPTS_INIT                                                                                                                           \
  { sizeof(ppr_diff_opts), 0, 0, 0, 0, 0, 0, 0, 0, 0, PPR_DIFF_TEXT, PPR_GERMAN }

/* An option that names nothing there is. */
typedef enum ppr_diff_option {
  PPR_DIFF_OPTION_NONE,
  PPR_DIFF_OPTION_FROM,
  PPR_DIFF_OPTION_TO,
  PPR_DIFF_OPTION_RECORD,
  PPR_DIFF_OPTION_QUARTER
} ppr_diff_option;
typedef struct ppr_diff_summary {
  size_t changes;                                     /* declarations added, removed, changed */
  size_t equal, different, undecided, added, removed; /* results, over all kinds of record */
  size_t records, records_changed;                    /* of the data: compared; with a changed yes/no */
  ppr_diff_option wrong;                              /* PPR_MISUSE: the option it is about */
} ppr_diff_summary;

/* Compares. *text (to be freed with ppr_free) is the answer in the form asked for. Both texts must compile (PPR_DIAGNOSED otherwise). PPR_MISUSE: see
 * summary->wrong. */
PPR_API ppr_status ppr_diff_paths(ppr_engine *engine, const ppr_diff_opts *opts, ppr_diff_summary *summary, char **text, ppr_report *report);

#ifdef __cplusplus
}
#endif
#endif
