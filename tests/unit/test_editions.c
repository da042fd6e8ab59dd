/* Fassungen: their order and dates, and what is in force after amendments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "base/quarter.h"
#include "compile.h"

typedef struct texts {
  ppr_report *report;
  ppr_arena *arena;
  edition_text *e;
  size_t n;
} texts;

static texts arrange(const char *const *files, size_t count) {
  texts t = {report_new(ppr_alloc_default), arena_new(ppr_alloc_default), NULL, 0};
  for (size_t i = 0; i < count; i++) {
    char name[32];
    snprintf(name, sizeof name, "%zu.ppr", i);
    report_add_source(t.report, name, files[i], strlen(files[i]));
  }
  t.e = compile_front(t.report, t.arena, 0, count, &t.n);
  return t;
}

static void drop(texts *t) {
  arena_free(t->arena);
  report_free(t->report);
}

#define FASSUNG(name, dates) "regelwerk B \"t\"\nfassung " name "\n  beschluss 19.10.2023 \"BAnz\"\n  gilt ab " dates "\n"
#define AMENDS(name, dates, base) FASSUNG(name, dates) "  ändert fassung " base "\n"
#define FIRST                                                                                                                                        \
  FASSUNG("2024-01", "01.01.2024")                                                                                                                   \
  "einheit Tag, Stunde\nregel a : Zahl(0) § 1\n  = 1\nregel b : Zahl(0) § 1\n  = 2\nausgabe \"X\"\n  spalte \"a\" = a\n"                           \
  "ausgabe \"Y\"\n  spalte \"b\" = b\ntest \"t\" § 1\n  erwarte a = 1\n"

static bool says(const texts *t, diag_code code) {
  for (const diag *d = report_first(t->report); d; d = d->next)
    if (d->code == code) return true;
  return false;
}

static const ast_decl *decl(const edition_text *e, ast_decl_form form, const char *name) {
  for (size_t i = 0; i < e->n_decls; i++)
    if (e->decls[i]->form == form && (!name || (e->decls[i]->name && !strcmp(e->decls[i]->name, name)))) return e->decls[i];
  return NULL;
}

static size_t count(const edition_text *e, ast_decl_form form) {
  size_t n = 0;
  for (size_t i = 0; i < e->n_decls; i++) n += e->decls[i]->form == form;
  return n;
}

static int64_t value_of(const edition_text *e, const char *rule) {
  const ast_decl *d = decl(e, DECL_RULE, rule);
  assert_non_null(d);
  return d->branches->value->number;
}

static void test_order_and_dates(void **state) {
  (void)state;
  texts t = arrange(
      (const char *[]){FASSUNG("2025-01", "01.01.2025"), FASSUNG("2024-01", "01.01.2024"), FASSUNG("2024-07", "01.07.2024 bis 31.12.2024")}, 3);
  assert_int_equal(report_count(t.report, PPR_SEV_ERROR), 0);
  assert_int_equal(t.n, 3);
  static const char *const names[] = {"2024-01", "2024-07", "2025-01"};
  for (size_t i = 0; i < 3; i++) assert_string_equal(t.e[i].file->fassung.text, names[i]);
  assert_int_equal(t.e[0].until_day, day_of(2024, 6, 30));
  assert_int_equal(t.e[1].until_day, day_of(2024, 12, 31));
  assert_true(t.e[2].until_day == INT64_MAX);
  drop(&t);
}

static void test_dates_that_do_not_fit(void **state) {
  (void)state;
  static const struct {
    const char *first, *second;
    diag_code code;
  } samples[] = {
      {FASSUNG("2024-01", "01.01.2024 bis 30.09.2024"), FASSUNG("2024-07", "01.07.2024"), DIAG_EDITION_OVERLAP},
      {FASSUNG("2024-01", "01.01.2024"), FASSUNG("2024-07", "01.01.2024"), DIAG_EDITION_OVERLAP},
      {FASSUNG("2024-01", "01.01.2024 bis 31.03.2024"), FASSUNG("2024-07", "01.07.2024"), DIAG_EDITION_GAP},
      {FASSUNG("2024-01", "01.01.2024"), FASSUNG("2024-01", "01.07.2024"), DIAG_EDITION_TWICE},
      {FASSUNG("2024-01", "02.01.2024"), FASSUNG("2024-07", "01.07.2024"), DIAG_EDITION_QUARTER},
      {FASSUNG("2024-01", "01.01.2024 bis 29.06.2024"), FASSUNG("2024-07", "30.06.2024"), DIAG_EDITION_QUARTER},
      {FASSUNG("2024-01", "01.01.2024 bis 31.12.2023"), FASSUNG("2024-07", "01.07.2024"), DIAG_SERIES_ORDER},
      {FASSUNG("2024-01", "01.01.2024"), AMENDS("2024-07", "01.07.2024", "2023-01"), DIAG_PREDECESSOR_UNKNOWN},
      {AMENDS("2024-01", "01.01.2024", "2024-07"), FASSUNG("2024-07", "01.07.2024"), DIAG_PREDECESSOR_LATER},
      {AMENDS("2024-01", "01.01.2024", "2024-07"), AMENDS("2024-07", "01.07.2024", "2024-01"), DIAG_PREDECESSOR_LATER}, /* in a circle */
      {AMENDS("2024-01", "01.01.2024", "2024-01"), FASSUNG("2024-07", "01.07.2024"), DIAG_PREDECESSOR_LATER},           /* itself */
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    texts t = arrange((const char *[]){samples[i].first, samples[i].second}, 2);
    assert_true(says(&t, samples[i].code));
    drop(&t);
  }
}

static void test_chain_of_three(void **state) {
  (void)state;
  texts t = arrange(
      (const char *[]){FIRST, AMENDS("2024-07", "01.07.2024", "2024-01") "ändere regel a : Zahl(0) § 1\n  = 10\nregel c : Zahl(0) § 1\n  = 3\n",
                       AMENDS("2025-01", "01.01.2025", "2024-07") "ändere regel c : Zahl(0) § 1\n  = 30\nstreiche regel b\n"},
      3);
  assert_int_equal(report_count(t.report, PPR_SEV_ERROR), 0);
  assert_int_equal(value_of(&t.e[0], "a"), 1);
  assert_int_equal(value_of(&t.e[1], "a"), 10);
  assert_int_equal(value_of(&t.e[2], "a"), 10);
  assert_int_equal(value_of(&t.e[1], "b"), 2);
  assert_null(decl(&t.e[2], DECL_RULE, "b"));
  assert_int_equal(value_of(&t.e[1], "c"), 3);
  assert_int_equal(value_of(&t.e[2], "c"), 30);
  assert_null(decl(&t.e[0], DECL_RULE, "c"));
  /* tests stay with their Fassung; what was struck is remembered */
  assert_int_equal(count(&t.e[0], DECL_TEST), 1);
  assert_int_equal(count(&t.e[1], DECL_TEST), 0);
  assert_int_equal(t.e[2].n_struck, 1);
  /* a replaced rule stays in its place, and each declaration knows whose text it is */
  assert_string_equal(t.e[2].decls[1]->name, "a");
  assert_string_equal(t.e[2].decl_edition[1], "2024-07");
  assert_string_equal(t.e[2].decl_edition[0], "2024-01");
  drop(&t);
}

static void test_outputs_and_units(void **state) {
  (void)state;
  texts t =
      arrange((const char *[]){FIRST,
                               AMENDS("2024-07", "01.07.2024",
                                      "2024-01") "ändere ausgabe \"X\"\n  spalte \"neu\" = a\nändere ausgabe \"X\" wenn a > 1\n  spalte \"neu\" = b\n"
                                                 "ändere einheit Stunde = 24 Tag\n",
                               AMENDS("2025-01", "01.01.2025",
                                      "2024-07") "ändere ausgabe \"X\"\n  spalte \"zuletzt\" = a\nstreiche ausgabe \"Y\"\nstreiche einheit Stunde\n"},
              3);
  assert_int_equal(report_count(t.report, PPR_SEV_ERROR), 0);
  assert_int_equal(count(&t.e[1], DECL_OUTPUT), 3); /* both new blocks of X, then Y */
  assert_string_equal(decl(&t.e[1], DECL_OUTPUT, "X")->columns->name, "neu");
  assert_int_equal(count(&t.e[2], DECL_OUTPUT), 1);
  assert_string_equal(decl(&t.e[2], DECL_OUTPUT, "X")->columns->name, "zuletzt");
  const char *const units[3] = {"Tag Stunde ", "Tag Stunde=", "Tag "};
  for (int i = 0; i < 3; i++) {
    char all[64] = "";
    for (size_t k = 0; k < t.e[i].n_decls; k++)
      for (const ast_unit *u = t.e[i].decls[k]->units; u; u = u->next) {
        size_t n = strlen(all);
        snprintf(all + n, sizeof all - n, "%s%s", u->name.text, u->has_factor ? "=" : " ");
      }
    assert_string_equal(all, units[i]);
  }
  drop(&t);
}

/* Blocks of further tables stand behind those of the predecessor, which keeps its own; without a citation they have that of the head. */
static void test_extended_input(void **state) {
  (void)state;
  texts t = arrange(
      (const char *[]){FIRST "eingabe N § 1\n  schlüssel IK : Text\n  aus \"A\" § 2\n    x : Tag(0) 0..9\n",
                       AMENDS("2024-07", "01.07.2024", "2024-01") "ergänze eingabe N § 3\n  aus \"B\" schlüssel IK\n    y : Tag(0) 0..9 optional\n"
                                                                  "  aus \"A\" § 4\n    z : Tag(0) 0..9\n"},
      2);
  assert_int_equal(report_count(t.report, PPR_SEV_ERROR), 0);
  static const char *const tables[] = {"A", "B", "A"}, *const fields[] = {"x", "y", "z"}, *const cites[] = {"§ 2", "§ 3", "§ 4"};
  for (int e = 0; e < 2; e++) {
    const ast_decl *d = decl(&t.e[e], DECL_INPUT, "N");
    int n = 0;
    for (const ast_block *b = d->blocks; b; b = b->next, n++) {
      assert_string_equal(b->table, tables[n]);
      assert_string_equal(b->fields->name.text, fields[n]);
      assert_string_equal(b->cites->text, cites[n]);
    }
    assert_int_equal(n, e ? 3 : 1);
    assert_string_equal(d->keys->name.text, "IK");
    assert_string_equal(d->cites->text, "§ 1");
  }
  drop(&t);
}

static void test_amendments_that_do_not_fit(void **state) {
  (void)state;
  static const struct {
    const char *text;
    diag_code code;
  } samples[] = {
      {"ändere regel x : Zahl(0) § 1\n  = 1\n", DIAG_AMEND_UNKNOWN},
      {"streiche regel x\n", DIAG_AMEND_UNKNOWN},
      {"streiche tabelle a\n", DIAG_AMEND_UNKNOWN}, /* a rule has that name */
      {"streiche ausgabe \"Z\"\n", DIAG_AMEND_UNKNOWN},
      {"ergänze eingabe N § 1\n  aus \"A\"\n    x : Tag(0) 0..9\n", DIAG_AMEND_UNKNOWN},
      {"streiche einheit Meter\n", DIAG_AMEND_UNKNOWN},
      {"regel a : Zahl(0) § 1\n  = 1\n", DIAG_AMEND_EXISTS},
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    char text[1024];
    snprintf(text, sizeof text, "%s%s", AMENDS("2024-07", "01.07.2024", "2024-01"), samples[i].text);
    texts t = arrange((const char *[]){FIRST, text}, 2);
    assert_true(says(&t, samples[i].code));
    assert_int_equal(report_count(t.report, PPR_SEV_ERROR), 1);
    drop(&t);
  }
  texts t = arrange((const char *[]){FASSUNG("2024-01", "01.01.2024") "streiche regel x\n"}, 1);
  assert_true(says(&t, DIAG_AMEND_WITHOUT_BASIS));
  drop(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_dates), cmocka_unit_test(test_dates_that_do_not_fit), cmocka_unit_test(test_chain_of_three),
      cmocka_unit_test(test_extended_input),  cmocka_unit_test(test_outputs_and_units),     cmocka_unit_test(test_amendments_that_do_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
