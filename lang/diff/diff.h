/* What a changed text changes: shared by the parts of `ppr diff`. Everything lives in one arena. */
#ifndef PPR_LANG_DIFF_DIFF_H
#define PPR_LANG_DIFF_DIFF_H
#include "editions.h"
#include "ppr/compile.h"
#include "ppr/diff.h"
#include "ppr/run.h"

typedef enum {
#define PART(name, word, de, en) PART_##name,
#include "diff/parts.def"
#undef PART
} diff_part;
const char *diff_part_word(diff_part part);                        /* as in JSON */
const char *diff_part_name(diff_part part, ppr_language language); /* for readers */

/* ---- structure ---- */

typedef struct diff_detail {
  diff_part part;
  const char *name;           /* "A6, b"; "" where the declaration has one such part */
  const char *before, *after; /* NULL: not there */
} diff_detail;

typedef enum { CHANGED_ADDED, CHANGED_REMOVED, CHANGED_CHANGED } diff_how;
/* One declaration that is not the same in both texts. Units count one by one, outputs by file. */
typedef struct diff_change {
  diff_how how;
  ast_decl_form form;
  const char *word, *name; /* "tabelle", "Minutenwert" */
  ast_decl **amending;     /* what makes the new declaration of the old one */
  size_t n_amending;
  const char *text;                /* the same as rule text */
  const char *old_text, *new_text; /* the whole declarations, "" where there is none */
  diff_detail *details;            /* of CHANGED */
  size_t n_details, cap_details;
} diff_change;

typedef struct diff_structure {
  diff_change *changes; /* removed, changed, added */
  size_t n, cap;
  diff_detail *head; /* what differs in the heads */
  size_t n_head, cap_head;
  const char *amendment; /* rule file that amends the old text to the new one; "" when nothing changed */
} diff_structure;

/* ---- meaning ---- */

typedef enum { OUTPUT_EQUAL, OUTPUT_DIFFERENT, OUTPUT_UNDECIDED, OUTPUT_ADDED, OUTPUT_REMOVED } diff_verdict;
typedef enum { EQUAL_FORM, EQUAL_CONDITIONS, EQUAL_INPUTS } diff_proof; /* the same node; by boxes over conditions alone; down to the inputs */
typedef struct diff_output {
  const char *label;
  diff_verdict verdict;
  diff_proof proof;   /* EQUAL */
  const char *reason; /* UNDECIDED, else "" */
  uint32_t region;    /* DIFFERENT: index of the region */
} diff_output;

typedef struct diff_step {  /* where the explanations part */
  const char *label, *rule; /* "Minuten[a]", "Minuten" */
  const char *old_value, *new_value;
  const char *old_cite, *new_cite;
} diff_step;

/* Records that differ through the same changed declarations, and the smallest one found. */
typedef struct diff_region {
  const char *output; /* that the witness shows */
  const char *old_value, *new_value;
  diff_step step;
  const size_t *through; /* changes of the structure the step rests on */
  size_t n_through;
  size_t moved; /* inputs of the witness that are not as usual */
  const ppr_proof_table *tables;
  size_t n_tables;
  const char **readings;
  size_t n_readings;
  const char **parameters;
  size_t n_parameters;
  const char *key;
  const char *old_text, *new_text; /* explanations */
} diff_region;

/* One kind of record. */
typedef struct diff_kind {
  const char *record;
  const char *quarter;
  const char *reason; /* why nothing could be compared, "" otherwise */
  diff_output *outputs;
  size_t n_outputs, cap_outputs;
  diff_region *regions;
  size_t n_regions, cap_regions;
  size_t counts[5]; /* by diff_verdict */
} diff_kind;

/* ---- all of it ---- */

typedef struct diff_side {
  const edition_text *text;
  const char *path;
} diff_side;

typedef struct diffing {
  ppr_engine *engine;
  ppr_report *report; /* what the user sees */
  ppr_report *spare;  /* the same sources, for what is tried without being said */
  const ppr_diff_opts *opts;
  ppr_arena *arena;
  diff_side side[2]; /* old, new */
  diff_structure structure;
  diff_kind *kinds;
  size_t n_kinds;
  ppr_comparison *data; /* NULL: no data */
  size_t *data_change;  /* change of each partial program */
  size_t data_changes;
  const char **data_notes;   /* per change: why it was not run by itself, NULL: it was, or changes words only */
  const char *data_range[2]; /* which quarters each text was taken for */
  int64_t quarter;           /* of the comparison by meaning */
  ppr_diff_option wrong;
  bool failed; /* out of memory */
} diffing;

/* "tabelle". */
const char *diff_form_word(ast_decl_form form);
/* Text of a buffer in the arena; the buffer is given back. */
const char *diff_take(diffing *d, ppr_buf *text);
/* Rule text in canonical layout. */
const char *diff_layout(diffing *d, const ppr_buf *text);

/* The rule text has the name as a word, or words, of its own. */
bool diff_mentions(const char *text, const char *name);

/* diff_text.c */
void diff_structures(diffing *d);
/* diff_parts.c: details of two declarations of one name. */
void diff_details(diffing *d, diff_change *change, const ast_decl *before, const ast_decl *after);
void diff_add_detail(diffing *d, diff_detail **items, size_t *n, size_t *cap, diff_detail detail); /* nothing when before and after are the same */
/* diff_program.c: the text as a program of one Fassung for one kind of record; decls NULL: as they are. wide: in force at any time, or as far as its
 * time series reach. NULL: it does not compile or memory ran out (d->failed). */
ppr_program *diff_program(diffing *d, const edition_text *text, ast_decl **decls, size_t n, const char *record);
const char *diff_kind_name(const edition_text *text, size_t index); /* NULL beyond the last */
/* diff_meaning.c */
void diff_meanings(diffing *d);
/* diff_data.c; the status is that of the run. */
ppr_status diff_data(diffing *d);

/* Whether an answer is wanted. */
static inline bool diff_tells(const diffing *d, unsigned part) { return !d->opts->parts || (d->opts->parts & part); }
/* Results as text, one page, or JSON. */
void diff_tell(const diffing *d, ppr_buf *out);
void diff_page(const diffing *d, ppr_buf *out);
void diff_json(const diffing *d, ppr_buf *out);
/* Whether anything is different; false where something is open. */
bool diff_different(const diffing *d);
#endif
