/* A hand-made Regelwerk for tests of reading and writing: three tables, two Fassungen, one reading; and folders of files for it. */
#ifndef TESTS_SUPPORT_PROBE_H
#define TESTS_SUPPORT_PROBE_H
#include "code/build.h"
#include "io/store.h"

/* Keys IK (text), Jahr (2020..2099), Quartal (1..4), Einrichtung (Fachgebiet: 29, 30).
 * Table T1: Pflicht (yes/no), Stunden (2 decimals, 0..999999,99, optional), Teiler (0..99, preset 1), Ab (date, optional).
 * Table T2 je Bereich (column Gebiet) where Jahrgang = Jahr - 1: Tage (0..99999, preset 0).
 * Table T3 je Gruppe (Von), Gruppe (Auf) where Dienst = T: VKS (2 decimals, 0..1000, preset 0, sum); rows with Dienst = N are not read.
 * Reading Lesart: streng (preset), mild.
 * Fassung 2024-01 (until 30.06.2024) has the areas A1, A2, A4; Fassung 2024-07 (until 31.12.2024) has A1, A2.
 * Results: Summe = sum of Tage; erfüllt = Summe <= 100, or Summe <= 200 with Lesart mild; Quote = Summe / Teiler (one decimal, half up).
 * File R: Summe, erfüllt, Quote, Fassung. File G: one row per Gruppe: Gruppe, VKS[g,g], only where Pflicht.
 * Checks: Summe > 1000 refuses ("zu viel"), Summe > 500 is a hint ("viel"). */
ppr_program *probe_program(void);

/* A new folder for files; removed with everything in it by probe_remove. */
void probe_folder(char out[64]);
void probe_write(const char *folder, const char *name, const char *text);
void probe_write_bytes(const char *folder, const char *name, const void *bytes, size_t size);
/* Text of a file, to be freed; NULL when it is not there. */
char *probe_read(const char *folder, const char *name);
void probe_remove(const char *folder);
/* T1 to T3 of one good record: 260100001;2024;1;29. */
void probe_tables(const char *folder);

/* Bytes in memory behind an io_read_fn, given out at most `piece` at a time (0: all). */
typedef struct probe_bytes {
  const char *text;
  size_t size, at, piece;
} probe_bytes;
long probe_read_fn(void *ctx, char *out, size_t size);
#endif
