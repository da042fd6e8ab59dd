/* Scenarios: what they change in which Fassung, parameters in cells, series and tiers against the text with the number written in place, assumptions
 * in front of fields, and the rows that say how something varies and what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/quarter.h"
#include "code/program.h"
#include "ppr/compile.h"
#include "ppr/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ppr_engine *engine;
static ppr_report *report;

static int setup(void **state) {
  (void)state;
  engine = ppr_engine_new();
  report = ppr_report_new();
  return engine && report ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  ppr_report_free(report);
  ppr_engine_free(engine);
  return 0;
}

static ppr_status compile(ppr_program **p, const char *const *texts, size_t n) {
  static const char *const names[] = {"2024-01.ppr", "2024-07.ppr", "s1.ppr", "s2.ppr"};
  ppr_source_text files[4];
  for (size_t i = 0; i < n; i++) files[i] = (ppr_source_text){names[i], texts[i], strlen(texts[i])};
  return ppr_compile(p, engine, files, n, report);
}

static ppr_program *compiled(const char *const *texts, size_t n) {
  ppr_program *p = NULL;
  if (compile(&p, texts, n) != PPR_OK) fail_msg("%s", ppr_report_text(report, PPR_GERMAN));
  return p;
}

/* ---- parameters in the places of numbers ---- */

static const char PLACES[] =
    "regelwerk T \"T\"\nfassung 2024-01\n  beschluss 01.01.2024 \"x\"\n  gilt ab 01.01.2024\n"
    "einheit Minute\naufzählung Bereich § 3\n  A1, A2, A3\naufzählung Gruppe § 5\n  a, b\n"
    "eingabe N § 1\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4\n  zeitraum Q = Jahr, Quartal\n"
    "  aus \"H\"\n    Art : Bereich\n    Rolle : Gruppe\n    Betten : Zahl(0) 0..200\n"
    "parameter Zelle : Minute(1) 0..999 vorgabe 5\nparameter Anteil : Prozent(1) -300 %%..300 %% vorgabe 10 %%\n"
    "parameter Geltung : ja/nein vorgabe ja\nparameter Stichtag : Datum 01.01.2020..31.12.2030 vorgabe 01.01.2024\nparameter Wahrheit : ja/nein "
    "vorgabe nein\n"
    "tabelle Paar je Bereich, Gruppe : Minute(2) § 1\n      a     b\n  A1  1,25  %1$s\n  A2  %1$s  entfällt\n  A3  7     8\n"
    "tabelle Anteile je Bereich : Prozent(1) § 1\n  A1 %2$s\n  A2 20 %%\n  A3 entfällt\n"
    "tabelle Merkmal je Bereich : ja/nein § 1\n  A1 %3$s\n  A2 ja\n  A3 nein\n"
    "zeitreihe Reihe : Prozent(1) § 1\n  ab 01.01.2024 : 50 %%\n  ab 01.01.2025 : %2$s\n  ab 01.01.2026 : 70 %%\n"
    "staffel Stufe nach Betten : Minute(1) § 1\n  bis 49 : 0\n  ab 50 bis 99 : %1$s\n  ab 100 : 3\n"
    "grenze Frist je Gruppe : Datum § 1\n  a %4$s\n  b keine\n"
    "regel ganz : Minute(2) oder entfällt § 1\n  = Paar[Art, Rolle]\nregel halb : Minute(2) § 1\n  = Paar[Art, a]\n"
    "regel quer : Minute(2) oder entfällt § 1\n  = Paar[A1, Rolle] falls entfällt 0\n"
    "regel fest : Minute(2) § 1\n  = Paar[A1, b] + Paar[A2, a]\nregel Satz : Prozent(1) oder entfällt § 1\n  = Anteile[Art]\n"
    "regel Summe : Minute(3) § 1\n  = summe über Bereich mit Anteile vorhanden : Anteile * Paar[Bereich, a] gerundet kaufmännisch auf 3\n"
    "regel wahr : ja/nein § 1\n  = Merkmal[Art] und (Geltung oder Merkmal[A1])\n"
    "regel spät : ja/nein § 1\n  = wenn Frist[Rolle] vorhanden dann beginn(Q) >= Frist[Rolle] sonst nein\n"
    "ausgabe \"x\"\n  spalte \"ganz\" = ganz\n  spalte \"halb\" = halb\n  spalte \"quer\" = quer\n  spalte \"fest\" = fest\n  spalte \"Satz\" = "
    "Satz\n"
    "  spalte \"Summe\" = Summe\n  spalte \"wahr\" = wahr\n  spalte \"Reihe\" = Reihe\n  spalte \"Stufe\" = Stufe\n  spalte \"spät\" = spät\n"
    "  spalte \"dabei\" = Wahrheit\n";

enum { OUTPUTS = 11, INPUTS = 9, ROWS = 3 * 2 * 3 * 12 };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static ppr_program *placed(const char *cell, const char *share, const char *truth, const char *day) {
  char text[8192];
  int n = snprintf(text, sizeof text, PLACES, cell, share, truth, day);
  assert_in_range(n, 1, sizeof text - 1);
  return compiled((const char *const[]){text}, 1);
}
#pragma GCC diagnostic pop

typedef struct results {
  int64_t values[OUTPUTS][ROWS];
  uint8_t states[OUTPUTS][ROWS];
} results;

/* Every Art, every Rolle, beds at the edges of the tiers, every quarter of three years, under these parameters; -1: the preset. */
static void evaluate(results *r, const ppr_program *p, int64_t cell, int64_t share, int64_t truth, int64_t day) {
  static const char *const names[INPUTS] = {"Jahr", "Quartal", "Q", "Art", "Rolle", "Betten", "Zelle", "Anteil", "Stichtag"};
  static const int64_t beds[] = {49, 50, 100};
  static int64_t column[INPUTS][ROWS], yes[ROWS];
  ppr_column in[16] = {0};
  ppr_result out[OUTPUTS];
  ppr_fault faults[ROWS];
  size_t row = 0;
  for (int art = 0; art < 3; art++)
    for (int role = 0; role < 2; role++)
      for (int b = 0; b < 3; b++)
        for (int q = 0; q < 12; q++, row++) {
          const int64_t values[INPUTS] = {2024 + q / 4, q % 4 + 1, quarter_of(2024 + q / 4, q % 4 + 1), art, role, beds[b], cell, share, day};
          for (int i = 0; i < INPUTS; i++) column[i][row] = values[i];
          yes[row] = truth;
        }
  for (int i = 0; i < INPUTS; i++) {
    int at = ppr_program_find_input(p, 0, names[i]);
    assert_in_range(at, 0, 15);
    bool preset = (i == 6 && cell < 0) || (i == 7 && share == -1) || (i == 8 && day < 0);
    if (!preset) in[at].values = column[i];
  }
  if (truth >= 0) in[ppr_program_find_input(p, 0, "Wahrheit")].values = yes;
  for (int i = 0; i < OUTPUTS; i++) out[i] = (ppr_result){.values = r->values[i], .states = r->states[i]};
  ppr_evaluator *e = NULL;
  ppr_edition_info info;
  assert_int_equal(ppr_program_edition(p, 0, &info), PPR_OK);
  assert_int_equal(info.outputs, OUTPUTS);
  assert_int_equal(ppr_evaluator_new(&e, p, 0, NULL), PPR_OK);
  assert_int_equal(ppr_evaluator_eval(e, in, ROWS, out, faults), PPR_OK);
  for (size_t i = 0; i < ROWS; i++) assert_int_equal(faults[i].code, 0);
  ppr_evaluator_free(e);
}

/* A program that names parameters, with them set, and the text with their values written in place, compiled again. */
static void in_place(void **state) {
  (void)state;
  static const struct {
    const char *cell, *share, *truth, *day;
    int64_t values[4]; /* as stored; -1: the preset, which the text repeats */
  } cases[] = {
      {"5", "10 %", "nein", "01.01.2024", {-1, -1, -1, -1}},      {"0", "0 %", "ja", "01.01.2020", {0, 0, 1, 0}},
      {"999", "300 %", "nein", "31.12.2030", {9990, 3000, 0, 0}}, {"12,5", "-12,5 %", "ja", "01.04.2025", {125, -125, 1, 0}},
      {"0,1", "0,1 %", "nein", "02.04.2025", {1, 1, 0, 0}},
  };
  static results named, written, preset;
  ppr_program *p = placed("Zelle", "Anteil", "Wahrheit", "Stichtag");
  evaluate(&preset, p, -1, -1, -1, -1);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t day = -1;
    ppr_program *q = placed(cases[i].cell, cases[i].share, cases[i].truth, cases[i].day);
    if (i) assert_true(day_parse(&day, cases[i].day, strlen(cases[i].day)));
    evaluate(&named, p, cases[i].values[0], cases[i].values[1], cases[i].values[2], day);
    evaluate(&written, q, -1, -1, cases[i].values[2], -1);
    for (int o = 0; o < OUTPUTS; o++)
      for (int row = 0; row < ROWS; row++) {
        bool same = named.states[o][row] == written.states[o][row] && (named.states[o][row] || named.values[o][row] == written.values[o][row]);
        if (!same)
          fail_msg("case %zu, output %d, row %d: %lld, written %lld", i, o, row, (long long)named.values[o][row], (long long)written.values[o][row]);
      }
    if (i) assert_memory_not_equal(&named, &preset, sizeof named); /* it does matter */
    ppr_program_free(q);
  }
  ppr_program_free(p);
}

static void told(void **state) {
  (void)state;
  ppr_program *p = placed("Zelle", "Anteil", "Wahrheit", "Stichtag");
  ppr_parameter_info q;
  assert_int_equal(ppr_program_parameter(p, 0, 0, &q), PPR_OK);
  assert_string_equal(q.name, "Zelle");
  assert_string_equal(q.unit, "Minute");
  assert_int_equal(q.kind, PPR_NUMBER);
  assert_int_equal(q.scale, 1);
  assert_int_equal(q.lo, 0);
  assert_int_equal(q.hi, 9990);
  assert_int_equal(q.preset, 50);
  assert_int_equal((int)q.input, ppr_program_find_input(p, 0, "Zelle"));
  assert_int_equal(ppr_program_parameter(p, 0, 1, &q), PPR_OK);
  assert_int_equal(q.kind, PPR_PERCENT);
  assert_int_equal(q.lo, -3000);
  assert_int_equal(q.preset, 100);
  assert_int_equal(ppr_program_parameter(p, 0, 2, &q), PPR_OK);
  assert_int_equal(q.kind, PPR_YESNO);
  assert_int_equal(q.preset, 1);
  assert_int_equal(ppr_program_parameter(p, 0, 5, &q), PPR_MISUSE);
  assert_int_equal(ppr_program_parameter(p, 1, 0, &q), PPR_MISUSE);
  ppr_program_free(p);
}

/* ---- Fassungen ---- */

#define HEAD(name, from) "regelwerk T \"T\"\nfassung " name "\n  beschluss 01.01.2024 \"x\"\n  gilt ab " from "\n"
static const char FIRST[] =
    HEAD("2024-01", "01.01.2024") "aufzählung Art § 3\n  x, y\n"
                                  "eingabe N § 1\n  schlüssel Haus : Text, Jahr : Zahl(0) 2020..2099, Quartal : Zahl(0) 1..4, Ort : Art\n  zeitraum "
                                  "Q = Jahr, Quartal\n"
                                  "  aus \"H\"\n    Betten : Zahl(0) 0..200\n  aus \"T\" je Art spalte \"Art\"\n    Tage : Zahl(0) 0..999 fehlend 0\n"
                                  "auslegung Lesart \"Welche?\" § 7\n  vorgabe eine \"§ 7\",\n  andere \"§ 8\",\n  dritte \"§ 9\"\n"
                                  "regel doppelt : Zahl(0) § 2\n  = 2 * Betten\nregel Tagesumme : Zahl(0) § 3\n  = summe über Art : Tage\n"
                                  "prüfung viele hinweis § 2\n  wenn Betten > 150 \"viele\"\n"
                                  "ausgabe \"x\"\n  spalte \"doppelt\" = doppelt\n  spalte \"Betten\" = Betten\n  spalte \"Tage\" = Tagesumme\n  "
                                  "spalte \"Fassung\" = Fassung\n";
static const char SECOND[] = HEAD("2024-07", "01.07.2024") "  ändert fassung 2024-01\nändere regel doppelt : Zahl(0) § 2\n  = 3 * Betten\n";

static const char *edition_name(const ppr_program *p, size_t i) {
  ppr_edition_info info;
  assert_int_equal(ppr_program_edition(p, i, &info), PPR_OK);
  return info.name;
}

/* One record in the first quarter of a Fassung: what the output is. */
static int64_t value_of(const ppr_program *p, size_t edition, const char *output, int64_t beds, const int64_t days[2]) {
  const int64_t year = 2024, number = edition ? 3 : 1, q = quarter_of(2024, (int)number), zero = 0;
  int64_t values[16];
  uint8_t states[16];
  ppr_column in[16] = {0};
  ppr_result out[16] = {0};
  ppr_fault fault;
  const struct {
    const char *name;
    const int64_t *at;
  } given[] = {{"Jahr", &year}, {"Quartal", &number}, {"Q", &q}, {"Ort", &zero}, {"Betten", &beds}, {"Tage[x]", &days[0]}, {"Tage[y]", &days[1]}};
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) in[ppr_program_find_input(p, edition, given[i].name)].values = given[i].at;
  for (int i = 0; i < 16; i++) out[i] = (ppr_result){.values = &values[i], .states = &states[i]};
  ppr_evaluator *e = NULL;
  assert_int_equal(ppr_evaluator_new(&e, p, edition, NULL), PPR_OK);
  assert_int_equal(ppr_evaluator_eval(e, in, 1, out, &fault), PPR_OK);
  ppr_evaluator_free(e);
  assert_int_equal(fault.code, 0);
  int at = ppr_program_find_output(p, edition, output);
  assert_in_range(at, 0, 15);
  assert_int_equal(states[at], PPR_PRESENT);
  return values[at];
}

static void stacked(void **state) {
  (void)state;
  static const char one[] = "regelwerk T\nszenario \"eins\" auf fassung 2024-07\nändere regel doppelt : Zahl(0) § 2\n  = 4 * Betten\n",
                    two[] = "regelwerk T\nszenario \"zwei\" auf fassung 2024-01 bis 2024-07\nparameter mehr : Zahl(0) 0..9 vorgabe 1\n"
                            "ändere regel Tagesumme : Zahl(0) § 3\n  = (summe über Art : Tage) + mehr\n";
  const int64_t days[2] = {3, 4};
  ppr_program *p = compiled((const char *const[]){FIRST, SECOND, one, two}, 4);
  assert_int_equal(ppr_program_editions(p), 2);
  assert_string_equal(edition_name(p, 0), "2024-01 + zwei");
  assert_string_equal(edition_name(p, 1), "2024-07 + eins + zwei");
  assert_int_equal(ppr_program_edition_for(p, quarter_of(2024, 3)), 1);
  assert_int_equal(value_of(p, 0, "doppelt", 10, days), 20); /* the successor does not inherit from a scenario, nor does the predecessor */
  assert_int_equal(value_of(p, 1, "doppelt", 10, days), 40);
  assert_int_equal(value_of(p, 0, "Tagesumme", 10, days), 8);
  assert_int_equal(value_of(p, 1, "Tagesumme", 10, days), 8);
  const ppr_edition *e = &p->editions[1];
  for (uint32_t i = 0; i < e->n_rule; i++) {
    const char *name = program_string(p, e->rule[i].name), *edition = program_string(p, e->rule[i].edition);
    assert_string_equal(edition, strcmp(name, "doppelt") == 0     ? "2024-07 + eins"
                                 : strcmp(name, "Tagesumme") == 0 ? "2024-07 + eins + zwei"
                                                                  : "2024-01");
  }
  bool shown = false;
  for (uint32_t i = 0; i < e->n_cell; i++)
    shown = shown || (e->cell[i].kind == PPR_CELL_TEXT && strcmp(program_string(p, e->cell[i].value), "2024-07 + eins + zwei") == 0);
  assert_true(shown);
  ppr_program_free(p);
  p = compiled((const char *const[]){FIRST, SECOND, two, one}, 4); /* the order is that of the files */
  assert_string_equal(edition_name(p, 1), "2024-07 + zwei + eins");
  ppr_program_free(p);
}

static void refused(const char *const *texts, size_t n, const char *code) {
  ppr_program *p = NULL;
  ppr_diagnostic d;
  ppr_report_free(report);
  report = ppr_report_new();
  assert_int_equal(compile(&p, texts, n), PPR_DIAGNOSED);
  assert_null(p);
  assert_int_equal(ppr_report_get(report, 0, PPR_GERMAN, &d), PPR_OK);
  assert_string_equal(d.code, code);
  ppr_report_free(report);
  report = ppr_report_new();
}

static void wrong(void **state) {
  (void)state;
  static const char alone[] = "regelwerk T\nszenario \"s\" auf fassung 2024-01\n", other[] = "regelwerk U\nszenario \"s\" auf fassung 2024-01\n",
                    there[] = "regelwerk T\nszenario \"s\" auf fassung 2024-01\nregel doppelt : Zahl(0) § 2\n  = 1\n",
                    circle[] = "regelwerk T\nszenario \"s\" auf fassung 2024-01\nannahme Betten\n  = doppelt\n";
  refused((const char *const[]){alone}, 1, "PPR3043");
  refused((const char *const[]){FIRST, other}, 2, "PPR3034");
  refused((const char *const[]){FIRST, there}, 2, "PPR3036");
  refused((const char *const[]){FIRST, SECOND, alone, alone}, 4, "PPR3047");
  refused((const char *const[]){FIRST, circle}, 2, "PPR2018"); /* doppelt sees what is assumed */
}

/* ---- assumptions ---- */

static void assumed(void **state) {
  (void)state;
  static const char scenario[] = "regelwerk T\nszenario \"s\" auf fassung 2024-01\nparameter Zuwachs : Prozent(0) 0 %..100 % vorgabe 10 %\n"
                                 "annahme Betten\n  = Betten * (100 % + Zuwachs) gerundet aufwärts auf 0\n"
                                 "annahme Tage\n  = Tage\n  ausnahme eingefroren\n    wenn Art ist y\n    = 7\n";
  const int64_t days[2] = {5, 6};
  ppr_program *p = compiled((const char *const[]){FIRST, scenario}, 2);
  assert_int_equal(value_of(p, 0, "Betten", 11, days), 13); /* 11 * 1,1 = 12,1; the column shows what is assumed */
  assert_int_equal(value_of(p, 0, "doppelt", 11, days), 26);
  assert_int_equal(value_of(p, 0, "Tagesumme", 11, days), 12);
  assert_int_equal(value_of(p, 0, "viele", 140, days), 1); /* 154 > 150: checks see it too */
  assert_int_equal(value_of(p, 0, "viele", 136, days), 0); /* 149,6 = 150 */
  ppr_program_free(p);
}

/* ---- what varies, what is counted ---- */

static void varied(void **state) {
  (void)state;
  static const char scenario[] =
      "regelwerk T\nszenario \"s\" auf fassung 2024-01\nparameter A : Prozent(1) 0 %..100 % vorgabe 5 %\nparameter B : Zahl(2) -5..5 vorgabe 0\n"
      "parameter C : Datum vorgabe 01.01.2025\nparameter D : ja/nein vorgabe nein\nparameter E : Zahl(0) 0..9 vorgabe 1\n"
      "parameter F : Zahl(0) 0..9 vorgabe 1\nparameter G : Zahl(0) 0..9 vorgabe 1\n"
      "für A von 5 % bis 10 % schritt 2,5 %\nfür B gezogen je Haus, Ort normal -1,5 streuung 0,25\n"
      "für C von 01.01.2025 bis 15.01.2025 schritt 14\nfür D gezogen je Datensatz aus ja : 2; nein : 3\nfür E gezogen gleichverteilt von 2 bis 4\n"
      "für F gezogen dreieckig 1; 1; 9\nfür G in 4; 2\nfür Lesart in alle\n";
  static const struct {
    const char *name;
    uint32_t form, values, keys, every;
    int64_t value[3], weight[3];
  } want[] = {{"A", PPR_DOMAIN_RANGE, 3, 0, 0, {50, 100, 25}, {0}},
              {"B", PPR_DOMAIN_NORMAL, 2, 2, 0, {-150, 25}, {0}},
              {"C", PPR_DOMAIN_RANGE, 3, 0, 0, {20089, 20103, 14}, {0}},
              {"D", PPR_DOMAIN_WEIGHTED, 2, 0, 1, {1, 0}, {2, 3}},
              {"E", PPR_DOMAIN_UNIFORM, 2, 0, 0, {2, 4}, {0}},
              {"F", PPR_DOMAIN_TRIANGLE, 3, 0, 0, {1, 1, 9}, {0}},
              {"G", PPR_DOMAIN_LIST, 2, 0, 0, {4, 2}, {0}},
              {"Lesart", PPR_DOMAIN_LIST, 3, 0, 0, {0, 1, 2}, {0}}};
  ppr_program *p = compiled((const char *const[]){FIRST, scenario}, 2);
  const ppr_edition *e = &p->editions[0];
  assert_int_equal(e->n_parameter, 7);
  assert_int_equal(e->n_domain, 8);
  for (uint32_t i = 0; i < e->n_domain; i++) {
    const ppr_domain *d = &e->domain[i];
    assert_string_equal(program_string(p, e->field[d->field].name), want[i].name);
    assert_int_equal(d->form, want[i].form);
    assert_int_equal(d->values, want[i].values);
    assert_int_equal(d->keys, want[i].keys);
    assert_int_equal(d->every, want[i].every);
    assert_int_equal(d->line, 10 + i);
    for (uint32_t k = 0; k < d->values; k++) {
      assert_int_equal(e->domain_value[d->first + k].value, want[i].value[k]);
      assert_int_equal(e->domain_value[d->first + k].weight, want[i].weight[k]);
    }
  }
  assert_int_equal(e->domain_key[e->domain[1].first_key].key, 0);
  assert_int_equal(e->domain_key[e->domain[1].first_key + 1].key, 3);
  ppr_program_free(p);
}

static void counted(void **state) {
  (void)state;
  static const char scenario[] =
      "regelwerk T\nszenario \"s\" auf fassung 2024-01\nauswertung \"Häuser\" wenn Betten > 0\n  gruppe \"Ort\" = Ort\n"
      "  gruppe \"Quartal\" = Q\n  anteil \"groß\" = Betten >= 100\n  summe \"Betten\" = doppelt\n  verteilung \"Tage\" = Tagesumme\n";
  static const uint32_t forms[] = {PPR_PART_GROUP, PPR_PART_GROUP, PPR_PART_SHARE, PPR_PART_SUM, PPR_PART_SPREAD};
  const int64_t days[2] = {1, 2};
  ppr_program *p = compiled((const char *const[]){FIRST, scenario}, 2);
  const ppr_edition *e = &p->editions[0];
  assert_int_equal(e->n_survey, 1);
  assert_string_equal(program_string(p, e->survey[0].name), "Häuser");
  assert_int_equal(e->survey[0].parts, 5);
  assert_int_not_equal(e->survey[0].when, 0);
  for (uint32_t i = 0; i < 5; i++) assert_int_equal(e->part[e->survey[0].first_part + i].form, forms[i]);
  assert_int_equal(value_of(p, 0, "Häuser.groß", 100, days), 1);
  assert_int_equal(value_of(p, 0, "Häuser.groß", 99, days), 0);
  assert_int_equal(value_of(p, 0, "Häuser.Betten", 7, days), 14);
  assert_int_equal(value_of(p, 0, "Häuser.Tage", 7, days), 3);
  assert_int_equal(value_of(p, 0, "Häuser.Quartal", 7, days), quarter_of(2024, 1));
  assert_int_equal(value_of(p, 0, "Häuser.wenn", 0, days), 0);
  for (uint32_t i = 0; i < e->n_cell; i++) /* no result file shows them */
    if (e->cell[i].kind == PPR_CELL_OUTPUT) assert_null(strstr(program_string(p, e->output[e->cell[i].value].label), "Häuser."));
  assert_int_equal(e->n_file, 1);
  ppr_program_free(p);
}

/* ---- runs ---- */

static ppr_status run(const ppr_program *p, const char *name, const char *number, ppr_report *r, char *out, size_t size) {
  char folder[] = "/tmp/ppr-scenario-XXXXXX", in[64], json[64];
  assert_non_null(mkdtemp(folder));
  snprintf(in, sizeof in, "%s/in.csv", folder);
  snprintf(json, sizeof json, "%s/out.ndjson", folder);
  FILE *f = fopen(in, "w");
  assert_non_null(f);
  fputs("Haus;Jahr;Quartal;Ort;Betten\n1;2024;1;x;10\n", f);
  fclose(f);
  ppr_run_opts opts = PPR_RUN_OPTS_INIT;
  ppr_parameter_choice choice = {name, number};
  ppr_run_summary summary;
  opts.input = in;
  opts.output = json;
  opts.form = PPR_FORM_FLAT;
  opts.output_ndjson = 1;
  opts.parameters = &choice;
  opts.n_parameters = 1;
  ppr_status status = ppr_run(p, engine, &opts, &summary, r);
  if (status == PPR_OK) ppr_free(summary.counts);
  f = fopen(json, "r");
  size_t n = f ? fread(out, 1, size - 1, f) : 0;
  out[n] = 0;
  if (f) fclose(f);
  remove(json);
  remove(in);
  remove(folder);
  return status;
}

static void set(void **state) {
  (void)state;
  static const char scenario[] = "regelwerk T\nszenario \"s\" auf fassung 2024-01\nparameter Faktor : Zahl(1) 0..9,5 vorgabe 2\n"
                                 "ändere regel doppelt : Zahl(0) § 2\n  = Faktor * Betten gerundet kaufmännisch auf 0\n";
  static const struct {
    const char *name, *number, *code, *message;
  } bad[] = {{"Faktoren", "2", "PPR5046", "Parameter „Faktoren“ gibt es nicht"},
             {"Faktor", "9,6", "PPR5047", "Parameter „Faktor“: 9,6 liegt nicht zwischen 0,0 und 9,5"},
             {"Faktor", "0,25", "PPR5047", "Parameter „Faktor“: „0,25“ hat mehr als 1 Nachkommastelle"},
             {"Faktor", "zwei", "PPR5047", "Parameter „Faktor“: „zwei“ ist keine Zahl"}};
  char out[2000];
  ppr_program *p = compiled((const char *const[]){FIRST, scenario}, 2);
  assert_int_equal(run(p, "Faktor", "2,5", report, out, sizeof out), PPR_OK);
  assert_non_null(strstr(out, "\"doppelt\":25"));
  assert_non_null(strstr(out, "\"Fassung\":\"2024-01 + s\""));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ppr_report *r = ppr_report_new();
    ppr_diagnostic d;
    assert_int_equal(run(p, bad[i].name, bad[i].number, r, out, sizeof out), PPR_DIAGNOSED);
    assert_int_equal(ppr_report_get(r, 0, PPR_GERMAN, &d), PPR_OK);
    assert_string_equal(d.code, bad[i].code);
    assert_string_equal(d.message, bad[i].message);
    ppr_report_free(r);
  }
  ppr_program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(in_place), cmocka_unit_test(told),   cmocka_unit_test(stacked), cmocka_unit_test(wrong),
                                     cmocka_unit_test(assumed),  cmocka_unit_test(varied), cmocka_unit_test(counted), cmocka_unit_test(set)};
  return cmocka_run_group_tests(tests, setup, teardown);
}
