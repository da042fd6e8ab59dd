/* The layout of what stands in columns: rows of tables, entries of time series and tiers. */
#ifndef PPR_LANG_FMT_TABLE_H
#define PPR_LANG_FMT_TABLE_H
#include "fmt_line.h"

/* Writes the rows from token i up to `end`; headed: the first line names the columns. False when out of memory. */
bool fmt_table_rows(fmt *f, ppr_arena *arena, size_t i, size_t end, bool headed);
/* Column of the citations of the entries between two tokens, 0: they are not aligned. */
size_t fmt_table_entries(const fmt *f, size_t begin, size_t end);
#endif
