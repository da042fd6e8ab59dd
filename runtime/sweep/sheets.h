/* The results of a sweep as CSV files and as one JSON file: baseline beside scenarios, runs beside their parameters, results that change. */
#ifndef PPR_SWEEP_SHEETS_H
#define PPR_SWEEP_SHEETS_H
#include "base/file.h"
#include "sweep/book.h"

typedef enum sheet_kind {
#define SHEET(kind, file, text) SHEET_##kind,
#include "sweep/sheets.def"
#undef SHEET
  SHEETS
} sheet_kind;

/* One file: what was written into text goes to the sink now and then. */
typedef struct sheet {
  const char *path;
  file_sink *sink;
  ppr_buf text;
} sheet;

typedef struct sheets {
  book *b;
  bool english;
  sheet sheet[SHEETS];
  const char **groups, **parameters; /* columns for the groups of all surveys; for the parameters of all scenarios */
  size_t n_groups, n_parameters;
} sheets;

/* All files of the folder, which is made; whole or not at all. */
ppr_status sheets_write(book *b, const char *folder, bool english);

/* --- of sheets_json.c: the parts of ergebnisse.json in their order --- */
void json_head(sheets *s, ppr_buf *out);
void json_scenario(sheets *s, ppr_buf *out, size_t index);
/* Figures of a run: what `figures` has, `failed` records without results; cells with more groups than `most` are left out. */
void json_run(sheets *s, ppr_buf *out, const book_scenario *c, int64_t run, const book_figure *figures, int64_t failed, uint32_t most);
void json_bin(ppr_buf *out, bool first, const book_survey *v, size_t cell, size_t part, int64_t low, int64_t high, int64_t n);
#endif
