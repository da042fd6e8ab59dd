/* Reader of the tables of a Nachweis: one CSV file per table, joined by key, bound by the schema sections of each edition. */
#ifndef PPR_IO_TABLES_H
#define PPR_IO_TABLES_H
#include "io/store.h"

/* Reads every table of the program from the folder into the store and finishes it. PPR_DIAGNOSED: a file, column or key is missing or unreadable. */
ppr_status tables_read(record_store *store, const char *folder, ppr_report *report);
#endif
