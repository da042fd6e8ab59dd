/* Declarations to symbols: units and their conversion, literals as stored numbers, texts of values, elements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/quarter.h"
#include "compile.h"
#include "support/rules.h"

typedef struct made {
  ppr_report *report;
  ppr_arena *arena;
  model *m;
} made;

/* The model of one text, declared and checked. */
static made make(const char *text) {
  made k = {report_new(ppr_alloc_default), arena_new(ppr_alloc_default), NULL};
  assert_non_null(k.report);
  assert_non_null(k.arena);
  uint32_t source = report_add_source(k.report, "t.ppr", text, strlen(text));
  size_t n = 0;
  edition_text *e = compile_front(k.report, k.arena, source, 1, &n);
  assert_non_null(e);
  assert_int_equal(n, 1);
  k.m = compile_model(k.report, k.arena, NULL, e, compile_kind(e, 0));
  assert_non_null(k.m);
  return k;
}

static void drop(made *k) {
  arena_free(k->arena);
  report_free(k->report);
}

#define UNITS "einheit Tag, Woche, Minute, Stunde = 60 Minute, Schicht = 7,5 Stunde, Euro\n"
#define DECLARED RULES_HEAD UNITS "aufzählung Art § 3\n  x, y = \"07\" \"Ypsilon\" klein, z klein rot\naufzählung Gruppe § 5\n  a, b\n" RULES_INPUT

static unit_product unit_of(made *k, const char *name, const char *per) {
  unit_product u;
  bool percent = false;
  assert_true(model_unit(k->m, (ast_name){name, SPAN_NONE}, (ast_name){per, SPAN_NONE}, &u, &percent));
  return u;
}

static void test_conversion(void **state) {
  (void)state;
  made k = make(DECLARED "  aus \"H\"\n    n : Zahl(0) 0..9\nausgabe \"n\"\n  spalte \"n\" = n\n");
  assert_int_equal(report_count(k.report, PPR_SEV_ERROR), 0);
  unit_product minute = unit_of(&k, "Minute", NULL), stunde = unit_of(&k, "Stunde", NULL), schicht = unit_of(&k, "Schicht", NULL),
               tag = unit_of(&k, "Tag", NULL);
  unit_product je_tag = unit_of(&k, "Minute", "Tag"), stunde_je_tag = unit_of(&k, "Stunde", "Tag"), euro_je_stunde = unit_of(&k, "Euro", "Stunde"),
               euro_je_minute = unit_of(&k, "Euro", "Minute");
  ppr_wide num, den;
  assert_true(model_convert(k.m, &stunde, &minute, &num, &den));
  assert_true(num == 60 && den == 1);
  assert_true(model_convert(k.m, &minute, &stunde, &num, &den));
  assert_true(num == 1 && den == 60);
  assert_true(model_convert(k.m, &schicht, &minute, &num, &den));
  assert_true(num == 450 && den == 1);
  assert_true(model_convert(k.m, &minute, &schicht, &num, &den));
  assert_true(num == 1 && den == 450);
  assert_true(model_convert(k.m, &stunde_je_tag, &je_tag, &num, &den));
  assert_true(num == 60 && den == 1);
  assert_true(model_convert(k.m, &euro_je_stunde, &euro_je_minute, &num, &den)); /* per: the other way round */
  assert_true(num == 1 && den == 60);
  assert_false(model_convert(k.m, &tag, &stunde, &num, &den));
  assert_string_equal(model_unit_text(k.m, &je_tag), "Minute je Tag");
  assert_string_equal(model_unit_text(k.m, &(unit_product){0}), "Zahl");
  drop(&k);
}

static const symbol *symbol_of(const made *k, const char *name) {
  const symbol *s = model_symbol(k->m, name);
  assert_non_null(s);
  return s;
}

static void test_ranges_and_presets(void **state) {
  (void)state;
  made k = make(DECLARED
                "  aus \"H\"\n    zwei : Zahl(2) -1,5..10 fehlend 2,5\n    satz : Prozent(1) 0 %..12,5 %\n    tag : Datum 29.02.2024..31.12.2024\n"
                "    art : Art fehlend z\n    frei : ja/nein optional\n    zeit : Minute je Tag(0) 0..1440\nausgabe \"n\"\n  spalte \"n\" = zwei\n");
  assert_int_equal(report_count(k.report, PPR_SEV_ERROR), 0);
  const symbol *s = symbol_of(&k, "zwei");
  assert_int_equal(s->lo, -150);
  assert_int_equal(s->hi, 1000);
  assert_int_equal(s->preset, 250);
  assert_int_equal(s->flags, PPR_FIELD_PRESET);
  s = symbol_of(&k, "satz");
  assert_int_equal(s->hi, 125); /* 12,5 % is stored as 0,125 */
  assert_int_equal(s->type.scale, 3);
  assert_string_equal(model_type_text(k.m, &s->type), "Prozent(1)");
  s = symbol_of(&k, "tag");
  assert_int_equal(s->lo, day_of(2024, 2, 29));
  s = symbol_of(&k, "art");
  assert_int_equal(s->preset, 2);
  assert_int_equal(s->hi, 2);
  s = symbol_of(&k, "frei");
  assert_int_equal(s->states, 1 << PPR_PRESENT | 1 << PPR_FEHLT);
  s = symbol_of(&k, "zeit");
  assert_string_equal(model_type_text(k.m, &s->type), "Minute je Tag(0)");
  assert_string_equal(model_value_text(k.m, &s->type, PPR_PRESENT, 15), "15 Minute je Tag");
  assert_string_equal(model_value_text(k.m, &symbol_of(&k, "satz")->type, PPR_PRESENT, 125), "12,5 %");
  assert_string_equal(model_value_text(k.m, &symbol_of(&k, "tag")->type, PPR_PRESENT, day_of(2024, 2, 29)), "29.02.2024");
  assert_string_equal(model_value_text(k.m, &symbol_of(&k, "art")->type, PPR_PRESENT, 1), "y");
  assert_string_equal(model_value_text(k.m, &symbol_of(&k, "art")->type, PPR_ENTFAELLT, 1), "entfällt");
  drop(&k);
}

static void test_enumerations(void **state) {
  (void)state;
  made k = make(DECLARED "  aus \"H\"\n    n : Zahl(0) 0..9\nausgabe \"n\"\n  spalte \"n\" = n\n");
  const enumeration *e = model_enum(k.m, "Art");
  assert_int_equal(e->count, 3);
  assert_string_equal(e->members[0].code, "x");
  assert_string_equal(e->members[1].code, "07");
  assert_string_equal(e->members[1].label, "Ypsilon");
  assert_int_equal(model_member(e, "z"), 2);
  assert_int_equal(model_member(e, "klein"), -1);
  assert_int_equal(e->n_attrs, 2);
  assert_int_equal(e->members[0].attrs, 0);
  assert_int_equal(e->members[1].attrs, 1);
  assert_int_equal(e->members[2].attrs, 3);
  drop(&k);
}

/* Row-major over the axes, and back. */
static void test_elements(void **state) {
  (void)state;
  made k =
      make(DECLARED "  aus \"H\" je Art spalte \"A\", Gruppe spalte \"G\"\n    n : Zahl(0) 0..9\nausgabe \"n\" je Art, Gruppe\n  spalte \"n\" = n\n");
  const symbol *s = symbol_of(&k, "n");
  assert_int_equal(s->elements, 6);
  assert_int_equal(model_element(s, (int[]){2, 1}), 5);
  assert_string_equal(model_label(k.m, s, 5), "n[z,b]");
  assert_string_equal(model_label(k.m, symbol_of(&k, "Jahr"), 0), "Jahr");
  for (int i = 0; i < 6; i++) {
    int index[MAX_AXES];
    model_split(s, i, index);
    assert_int_equal(model_element(s, index), i);
  }
  drop(&k);
}

/* Cells in the order of the enumerations, whatever the order in the text. */
static void test_tables(void **state) {
  (void)state;
  made k = make(DECLARED "  aus \"H\"\n    n : Zahl(0) 0..9\ntabelle T je Art, Gruppe : Zahl(1) § 7\n      b    a\n  z  1    2\n  x  3,5  entfällt\n "
                         " y  offen\nausgabe \"n\"\n  spalte \"n\" = n\n");
  assert_int_equal(report_count(k.report, PPR_SEV_ERROR), 0);
  const symbol *s = symbol_of(&k, "T");
  static const cell expected[] = {{.state = PPR_ENTFAELLT},  {.value = 35}, {.state = PPR_UNBESTIMMT},
                                  {.state = PPR_UNBESTIMMT}, {.value = 20}, {.value = 10}};
  for (int i = 0; i < 6; i++) {
    assert_int_equal(s->cells[i].state, expected[i].state);
    if (expected[i].state == PPR_PRESENT) assert_int_equal(s->cells[i].value, expected[i].value);
  }
  assert_int_equal(s->states, 1 << PPR_PRESENT | 1 << PPR_ENTFAELLT | 1 << PPR_UNBESTIMMT);
  drop(&k);
}

/* A value of a time series counts for the quarters whose first day it covers. */
static void test_series_by_quarter(void **state) {
  (void)state;
  made k = make(DECLARED "  aus \"H\"\n    n : Zahl(0) 0..9\nzeitreihe Z : Zahl(0) § 7\n  ab 01.01.2023 : 1\n  ab 15.02.2024 : 2\n  ab 01.07.2024 "
                         "bis 31.12.2024 : 3\n  ab 01.01.2025 : 4\n"
                         "ausgabe \"n\"\n  spalte \"n\" = n\n");
  assert_int_equal(report_count(k.report, PPR_SEV_ERROR), 0);
  const symbol *s = symbol_of(&k, "Z");
  assert_int_equal(s->n_steps, 4);
  assert_int_equal(s->steps[0].from, quarter_of(2023, 1));
  assert_int_equal(s->steps[0].until, quarter_of(2024, 1)); /* still on 01.01.2024 */
  assert_int_equal(s->steps[1].from, quarter_of(2024, 2));
  assert_int_equal(s->steps[1].until, quarter_of(2024, 2));
  assert_int_equal(s->steps[2].until, quarter_of(2024, 4));
  assert_int_equal(s->steps[3].from, quarter_of(2025, 1));
  drop(&k);
}

static void test_tiers_in_stored_numbers(void **state) {
  (void)state;
  made k = make(DECLARED "  aus \"H\"\n    satz : Prozent(1) 0 %..100 %\nstaffel S nach satz : Zahl(0) § 7\n  unter 50 % : 1\n  50 % : 2\n  über 50 "
                         "% bis 80 % : 3\n  über 80 % : 4\n"
                         "ausgabe \"n\"\n  spalte \"n\" = S\n");
  assert_int_equal(report_count(k.report, PPR_SEV_ERROR), 0);
  const symbol *s = symbol_of(&k, "S");
  assert_int_equal(s->n_steps, 4);
  assert_int_equal(s->steps[0].until, 499); /* 49,9 % */
  assert_int_equal(s->steps[1].from, 500);
  assert_int_equal(s->steps[1].until, 500);
  assert_int_equal(s->steps[2].from, 501);
  assert_int_equal(s->steps[2].until, 800);
  assert_int_equal(s->steps[3].from, 801);
  drop(&k);
}

static void test_source_text(void **state) {
  (void)state;
  made k =
      make(DECLARED "  aus \"H\"\n    n : Zahl(0) 0..9\nregel R : ja/nein § 1\n  = n >   # mehr als\n    3\nausgabe \"n\"\n  spalte \"n\" = R\n");
  const ast_decl *d = symbol_of(&k, "R")->decl;
  assert_string_equal(model_source_text(k.m, d->branches->value->span), "n > 3");
  assert_string_equal(model_source_text(k.m, SPAN_NONE), "");
  drop(&k);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_conversion),
      cmocka_unit_test(test_ranges_and_presets),
      cmocka_unit_test(test_enumerations),
      cmocka_unit_test(test_elements),
      cmocka_unit_test(test_tables),
      cmocka_unit_test(test_series_by_quarter),
      cmocka_unit_test(test_tiers_in_stored_numbers),
      cmocka_unit_test(test_source_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
