/* Writes the input files; see files.h. */
#include "files.h"
#include "records.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOME = 4096 };

static bool finish(FILE *f, const char *path) {
  bool fine = f && !ferror(f);
  if (f && fclose(f) != 0) fine = false;
  if (!fine) perror(path);
  return fine;
}

/* Hundredths with a decimal mark. */
static void put_hours(FILE *f, char before, int64_t hours, char mark) {
  fprintf(f, "%c%" PRId64 "%c%02d", before, hours / 100, mark, (int)(hours % 100));
}

static void put_row(FILE *f, size_t number, const record *r) {
  fprintf(f, "%zu,%" PRId64 ",%" PRId64 ",%s", 260000 + number, r->year, r->quarter, r->duty ? "ja" : "nein");
  for (int a = 0; a < AREAS; a++) fprintf(f, ",%" PRId64, r->previous[a]);
  for (int a = 0; a < AREAS; a++) fprintf(f, ",%" PRId64, r->current[a]);
  for (int p = 0; p < PROFESSIONS; p++) put_hours(f, ',', r->hours[p], '.');
  for (int p = 0; p < PROFESSIONS; p++) put_hours(f, ',', r->credited[p], '.');
  fputc('\n', f);
}

bool files_flat(const char *path, size_t records) {
  FILE *f = fopen(path, "w");
  record *some = malloc(SOME * sizeof *some);
  record_source source = records_begin();
  if (f && some) {
    fputs("Einrichtung,Jahr,Quartal,Pflichtversorgung", f);
    for (int a = 0; a < AREAS; a++) fprintf(f, ",Vorjahrestage[%s]", area_name[a]);
    for (int a = 0; a < AREAS; a++) fprintf(f, ",Behandlungstage[%s]", area_name[a]);
    for (int p = 0; p < PROFESSIONS; p++) fprintf(f, ",gemeldete Stunden[%c]", 'a' + p);
    for (int p = 0; p < PROFESSIONS; p++) fprintf(f, ",Hilfskräfte[%c]", 'a' + p);
    fputc('\n', f);
  }
  for (size_t done = 0; f && some && done < records;) {
    size_t n = records - done < SOME ? records - done : SOME;
    records_next(&source, some, n);
    for (size_t i = 0; i < n; i++) put_row(f, done + i, &some[i]);
    done += n;
  }
  free(some);
  return finish(f, path);
}

/* --- tables --- */

enum { A1, A31, A33, A51, A54, TABLES };

static const struct {
  const char *name, *head;
} table_of[TABLES] = {
    {"A1", "Pflichtversorgung;BT_Unterbringung;BT_Pflichtaufnahme"},
    {"A3.1", "Bezugsjahr;Behandlungstage"},
    {"A3.3", "Bezugsjahr;Behandlungsbereich;Behandlungstage"},
    {"A5.1", "Berufsgruppe;VKS-Ist;Anrechnung_5;Anrechnung_6;Anrechnung_7"},
    {"A5.4", "Nachtdienst;VKS-Ist_Nacht;Naechte;Betten;BT_intensiv_Q1-Q3_Vorjahr;BT_vollstationaer_Q1-Q3_Vorjahr;Naechte_erfuellt"}};

static void put_days(FILE *sums, FILE *days, const char *key, int year, const int64_t of[AREAS]) {
  int64_t sum = 0;
  for (int a = 0; a < AREAS; a++) {
    sum += of[a];
    if (of[a]) fprintf(days, "%s;%d;%s;%" PRId64 "\n", key, year, area_name[a], of[a]);
  }
  fprintf(sums, "%s;%d;%" PRId64 "\n", key, year, sum);
}

static void put_quarter(FILE *const f[TABLES], const char *key, int quarter, const record *r) {
  fprintf(f[A1], "%s;%s;0;0\n", key, r->duty ? "ja" : "nein");
  put_days(f[A31], f[A33], key, 2023, r->previous);
  put_days(f[A31], f[A33], key, 2024, r->current);
  for (int p = 0; p < PROFESSIONS; p++) {
    fprintf(f[A51], "%s;%c", key, 'a' + p);
    put_hours(f[A51], ';', r->hours[p], ',');
    fputs(";0,00;0,00;0,00\n", f[A51]);
  }
  int64_t before = 0;
  for (int a = 0; a < AREAS; a++) before += r->previous[a];
  fprintf(f[A54], "%s;ja;2412;%d;38;0;%" PRId64 ";82\n", key, quarter < 3 ? 91 : 92, 3 * before);
}

bool files_tables(const char *folder, size_t quarters) {
  FILE *f[TABLES];
  char path[TABLES][600], key[80];
  bool fine = true;
  record_source source = records_begin();
  for (int t = 0; t < TABLES; t++) {
    snprintf(path[t], sizeof path[t], "%s/%s.csv", folder, table_of[t].name);
    f[t] = fopen(path[t], "w");
    if (f[t]) fprintf(f[t], "IK;Standort;Jahr;Quartal;Einrichtung;%s\n", table_of[t].head);
    fine = fine && f[t];
  }
  for (size_t i = 0; fine && i < quarters; i++) {
    record r;
    int quarter = (int)(i % 4) + 1;
    records_next(&source, &r, 1);
    snprintf(key, sizeof key, "%zu;%zu;2024;%d;29", 100000000 + i / 4, 770000 + i / 4 % 9999, quarter);
    put_quarter(f, key, quarter, &r);
  }
  for (int t = 0; t < TABLES; t++) fine = finish(f[t], path[t]) && fine;
  return fine;
}
