/* Writers of results: one CSV file per result file of the program and Fehler.csv, or one JSON object per record. Whole or not at all. */
#ifndef PPR_IO_WRITER_H
#define PPR_IO_WRITER_H
#include "io/cells.h"

#define WRITER_ERRORS "Fehler" /* name of the error file */

typedef struct result_writer result_writer;
/* Into files of the folder `output`. */
ppr_status writer_open_csv(result_writer **out, record_store *store, const char *output, ppr_lang lang, ppr_report *report);
/* Without Fehler.csv, for results that are tables of other rules: the caller sees to records that have issues. Before the first record. */
void writer_drop_errors(result_writer *w);
/* To the file `output`, or stdout when NULL. */
ppr_status writer_open_json(result_writer **out, record_store *store, const char *output, ppr_lang lang, ppr_report *report);
/* A writer of the same rows for another store, in another thread: it keeps its text until the writer it is a part of takes it. */
ppr_status writer_part(result_writer **out, const result_writer *of, record_store *store);
/* In the order of the records: text and counts of a part since the last time. Its store still holds the records. */
void writer_take(result_writer *w, result_writer *part);
/* Of a record whose rows a part has written: what is added up over records. */
void writer_sum(result_writer *w, result_writer *part, const store_record *r, const result_view *results);
/* Finds the lines that some record of the edition has, all records of its store, of which `out` has the results. */
void writer_find(result_writer *w, uint32_t edition, const ppr_result *out);
/* Rows of a record and its issues; results NULL: it has none. Of lines only those found, where a part has looked since it was taken last. */
void writer_record(result_writer *w, const store_record *r, const result_view *results);
/* After writer_commit the files are there (PPR_OK) or none of them has changed. Frees the writer, as writer_abort does (NULL allowed). */
ppr_status writer_commit(result_writer *w);
void writer_abort(result_writer *w);
/* What the yes/no columns said: one allocation of `alloc`, strings included. */
ppr_status writer_counts(result_writer *w, ppr_run_count **counts, size_t *n);

/* Whether a record has this line of a result file. */
bool writer_wants(const ppr_line *line, const result_view *v);
/* Key parts joined by "/", for messages. In the arena. */
const char *writer_key(const io_schema *s, const store_record *r, ppr_arena *arena);
/* Message (and help) of an issue. */
void writer_issue_text(ppr_buf *out, const store_issue *issue, ppr_lang lang);
#endif
