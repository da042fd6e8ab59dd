/* The text of a tree: parentheses, quotation marks, numbers, types, and the lines of declarations. */
#include "print.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define HEAD "regelwerk R\nfassung 2024-07\n"

/* Prints the declarations of a text that has only the head above, or of a rule around an expression. */
static void assert_printed(const char *decls, const char *expected) {
  ppr_buf text, out;
  buf_init(&text, ppr_alloc_default, 1 << 16);
  buf_init(&out, ppr_alloc_default, 1 << 16);
  buf_printf(&text, HEAD "%s", decls);
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  assert_non_null(report);
  assert_non_null(arena);
  ast_file *file = parse_source(report, arena, report_add_source(report, "t.ppr", text.data, text.size));
  assert_non_null(file);
  if (file->broken) report_print(&out, report, PPR_LANG_EN, false);
  for (const ast_decl *d = file->decls; d && !file->broken; d = d->next) print_decl(&out, d);
  buf_putc(&out, 0);
  assert_false(out.failed);
  assert_string_equal(out.data, expected);
  arena_free(arena);
  report_free(report);
  buf_fini(&text);
  buf_fini(&out);
}

static void assert_expr(const char *written, const char *expected) {
  char decl[1024], printed[1024];
  snprintf(decl, sizeof decl, "regel A : ja/nein = %s", written);
  snprintf(printed, sizeof printed, "regel A : ja/nein\n  = %s\n", expected);
  assert_printed(decl, printed);
}

static void parentheses(void **state) {
  (void)state;
  assert_expr("((a) + (b * c)) - (d - (e))", "a + b * c - (d - e)");
  assert_expr("(a + b) * -(c + d) / (e / f)", "(a + b) * -(c + d) / (e / f)");
  assert_expr("nicht (a und b) oder (c und d)", "nicht (a und b) oder c und d");
  assert_expr("(nicht a) und nicht (b = c)", "nicht a und nicht b = c");
  assert_expr("(a = b) = (c < d)", "(a = b) = (c < d)");
  assert_expr("(a vorhanden) = (b ist nicht x)", "(a vorhanden) = (b ist nicht x)");
  assert_expr("((a + b) gerundet gerade auf 2) * c", "(a + b gerundet gerade auf 2) * c");
  assert_expr("(wenn a dann b sonst c) und (summe über X : (y)) > 0", "(wenn a dann b sonst c) und (summe über X : y) > 0");
  assert_expr("a falls fehlt (b falls entfällt c)", "a falls fehlt (b falls entfällt c)");
  assert_expr("(a falls fehlt b) falls unbestimmt c", "a falls fehlt b falls unbestimmt c");
  assert_expr("irgendein X als x mit (alle Y : y) : (z)", "irgendein X als x mit (alle Y : y) : z");
  assert_expr("anzahl X mit (a und b)", "anzahl X mit a und b");
}

static void words(void **state) {
  (void)state;
  assert_expr("x×2,50−7 Tag  je Woche≥90% ", "x * 2,50 - 7 Tag je Woche >= 90 %");
  assert_expr("min( a,b [ A1,2 ] )≠01.07.2024", "min(a, b[A1, 2]) <> 01.07.2024");
  assert_expr("f()=2024-Q3 oder Fassung=nein", "f() = 2024-Q3 oder Fassung = nein");
  assert_expr("unbestimmt „sagt \"nichts\"“", "unbestimmt „sagt \"nichts\"“");
  assert_expr("unbestimmt „einfach“", "unbestimmt \"einfach\"");
}

static void tables(void **state) {
  (void)state;
  assert_printed("tabelle T je X, Y : Stunde je Tag(1) oder entfällt oder fehlt § 1\na bb ccc\nA1 1,5 20 offen § 2\nÄÄ10 -1 2 ja\nA9 entfällt\n",
                 "tabelle T je X, Y : Stunde je Tag(1) oder fehlt oder entfällt § 1\n"
                 "  a bb ccc\n"
                 "  A1 1,5 20 offen § 2\n"
                 "  ÄÄ10 -1 2 ja\n"
                 "  A9 entfällt\n");
  assert_printed("grenze G je X : Prozent(0)\na keine\nlang 10 %", "grenze G je X : Prozent(0)\n  a keine\n  lang 10 %\n");
}

static void declarations(void **state) {
  (void)state;
  assert_printed("einheit Tag,Stunde=60 Minute,Meile=1,6 km", "einheit Tag, Stunde = 60 Minute, Meile = 1,6 km\n");
  assert_printed("aufzählung X: a,b=\"1\" \"eins\" p q,c \"drei\" § 1; 2", "aufzählung X § 1; § 2\n  a,\n  b = \"1\" \"eins\" p q,\n  c \"drei\"\n");
  assert_printed("eingabe N schlüssel J : Zahl(0) 1..4, K : Text zeitraum Q = J, K aus \"A\" § 3\nwo \"c\"=J - 1,\"d\"=\"x\" je X als x spalte "
                 "\"s\"\nF : Datum 01.01.2020..31.12.2020 "
                 "optional aus \"B\"\n",
                 "eingabe N\n  schlüssel J : Zahl(0) 1..4, K : Text\n  zeitraum Q = J, K\n  aus \"A\" je X als x spalte \"s\" wo \"c\" = J - 1, "
                 "\"d\" = \"x\" § 3\n"
                 "    F : Datum 01.01.2020..31.12.2020 optional\n  aus \"B\"\n");
  assert_printed("staffel S nach a[b] : Zahl(0) § 1\n unter 5 : 1 über 6 bis 7 : 2 8 : keine",
                 "staffel S nach a[b] : Zahl(0) § 1\n  unter 5 : 1\n  über 6 bis 7 : 2\n  8 : keine\n");
  assert_printed("regel A : Bruch Stunde je Tag § 1\n fall a vor b, c wenn d § 2\n = e § 3\n sonst = f § 4",
                 "regel A : Bruch Stunde je Tag § 1\n  fall a vor b, c § 2; § 3\n    wenn d\n    = e\n  sonst = f § 4\n");
  assert_printed("prüfung P je X hinweis wenn a \"t\" § 1", "prüfung P je X hinweis § 1\n  wenn a\n  \"t\"\n");
  assert_printed("ausgabe \"A\" wenn a > 1 § 1\nspalte \"x\" = 1 spalte \"y\" = Fassung",
                 "ausgabe \"A\" wenn a > 1 § 1\n  spalte \"x\" = 1\n  spalte \"y\" = Fassung\n");
  assert_printed("funktion f(Datum, Zahl(2)) : ja/nein aus \"lib\"", "funktion f(Datum, Zahl(2)) : ja/nein aus \"lib\"\n");
  assert_printed("test \"t\" gegeben a = 1; b[c] = fehlt erwarte d = Fehler \"PPR5201\"",
                 "test \"t\"\n  gegeben a = 1; b[c] = fehlt\n  erwarte d = Fehler \"PPR5201\"\n");
  assert_printed("streiche regel A\nstreiche ausgabe \"x\"\nstreiche einheit Tag\nändere offen O \"t\" § 1",
                 "streiche regel A\nstreiche ausgabe \"x\"\nstreiche einheit Tag\nändere offen O \"t\" § 1\n");
}

static void amendments(void **state) {
  (void)state;
  assert_printed("ergänze tabelle T § 1[sekundär : x];2\na bb\nA1 1 2 § 3 [ungeklärt]\nÄ10 entfällt",
                 "ergänze tabelle T § 1 [sekundär: x]; § 2\n  a bb\n  A1 1 2 § 3 [ungeklärt]\n  Ä10 entfällt\n");
  assert_printed("ergänze grenze G\n  A1 wort\n", "ergänze grenze G\n  A1 wort\n");
  assert_printed("ergänze aufzählung X : a, b = \"1\" p", "ergänze aufzählung X\n  a,\n  b = \"1\" p\n");
  assert_printed("ergänze zeitreihe Z ab 01.01.2025 bis 31.12.2025 : 5 % § 1", "ergänze zeitreihe Z\n  ab 01.01.2025 bis 31.12.2025 : 5 % § 1\n");
  assert_printed("streiche tabelle T:A4,A5 streiche grenze G spalte e,f streiche aufzählung X:a streiche aufzählung Y",
                 "streiche tabelle T : A4, A5\nstreiche grenze G spalte e, f\nstreiche aufzählung X : a\nstreiche aufzählung Y\n");
}

static void keys_and_sums(void **state) {
  (void)state;
  assert_printed("eingabe N schlüssel K : Text aus \"A\" wo \"c\" = \"x\" schlüssel K,L je X\n",
                 "eingabe N\n  schlüssel K : Text\n  aus \"A\" je X schlüssel K, L wo \"c\" = \"x\"\n");
  assert_printed("ausgabe \"A\" je X summe über K,L § 1\nwenn a spalte \"x\" = 1",
                 "ausgabe \"A\" je X summe über K, L wenn a § 1\n  spalte \"x\" = 1\n");
  assert_printed("ausgabe \"A\" summe über K § 1", "ausgabe \"A\" summe über K § 1\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parentheses),  cmocka_unit_test(words),      cmocka_unit_test(tables),
      cmocka_unit_test(declarations), cmocka_unit_test(amendments), cmocka_unit_test(keys_and_sums),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
