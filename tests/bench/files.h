/* Input files of any length, always the same ones: the records of the kernel as a flat file, facility quarters as tables for rules/ppp-rl. */
#ifndef PPR_BENCH_FILES_H
#define PPR_BENCH_FILES_H
#include <stdbool.h>
#include <stddef.h>

/* One row per record; each is a facility of its own, because records moved to another quarter would repeat one. False with a message on stderr. */
bool files_flat(const char *path, size_t records);
/* Tables of `quarters` facility quarters of 2024, in the order of their keys. */
bool files_tables(const char *folder, size_t quarters);
#endif
