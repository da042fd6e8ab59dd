/* The listing of the sample program, written by hand, and that the listing reads whatever it is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "code/dis.h"
#include "support/asm.h"
#include <string.h>

/* clang-format off */
static const char head[] =
    "Regelwerk Probe\n"
    "Quelle 2023-01.ppr SHA-256 abababababababababababababababababababababababababababababababab\n"
    "Quelle 2024-01.ppr SHA-256 01ababababababababababababababababababababababababababababababab\n";

static const char edition_2023[] =
    "\n"
    "Fassung 2023-01, gilt ab 01.01.2023 bis 31.12.2023\n"
    "Eingaben: 0\n"
    "Code: 1 Befehle, 1 Register\n"
    "    0  r0 int  = 1                                      2024-01.ppr:1:1\n"
    "Ausgaben: 1\n"
    "    0  eins                             r0    Zahl(0)\n"
    "Aufwand je Datensatz: höchstens 1 Befehle\n";

static const char edition_2024[] =
    "\n"
    "Fassung 2024-01, gilt ab 01.01.2024\n"
    "Probe der Werkzeuge\n"
    "Beschluss 19.10.2023 (BAnz AT 05.02.2024 B4)\n"
    "Eingaben: 7\n"
    "    0  Jahr                             int   Zahl(0)       2020..2099, Schlüssel\n"
    "    1  Quartal                          int   Zahl(0)       1..4, Schlüssel\n"
    "    2  Berichtsquartal                  int   Quartal       2020-Q1..2099-Q4, Zeitraum\n"
    "    3  Zuschlag                         bool  ja/nein       nein..ja, optional\n"
    "    4  Tage[A1]                         int   Tag(0)        0..99999, summe, fehlend 0\n"
    "    5  Tage[A2]                         int   Tag(0)        0..99999, summe, fehlend 0\n"
    "    6  Frage                            int   Lesart        eng..weit, Auslegung, fehlend weit\n"
    "Code: 23 Befehle, 20 Register\n"
    "    0  r0 int  = Eingabe „Tage[A1]“                     2024-01.ppr:1:1\n"
    "    1  r1 int  = Eingabe „Tage[A2]“                     2024-01.ppr:2:1\n"
    "    2  r2 int  = Summe(r0, r1)                          2024-01.ppr:3:1         64 Bit bewiesen\n"
    "    3  r3 int  = r2 * 100                               2024-01.ppr:4:1         64 Bit bewiesen\n"
    "    4  r4 int  = r3 / 7, gerundet kaufmännisch          2024-01.ppr:5:1         64 Bit bewiesen\n"
    "    5  r5 bool = Zustand der Eingabe „Zuschlag“         2024-01.ppr:6:1\n"
    "    6  r6 bool = r5 = 0                                 2024-01.ppr:7:1\n"
    "    7  wenn r6                                          2024-01.ppr:8:1\n"
    "    8    r7 bool = Eingabe „Zuschlag“                   2024-01.ppr:9:1\n"
    "    9    r8 int  = r4 + 50                              2024-01.ppr:10:1        64 Bit bewiesen\n"
    "   10  sonst                                            2024-01.ppr:11:1\n"
    "   11    r9 bool = 0                                    2024-01.ppr:12:1\n"
    "   12  ende                                             2024-01.ppr:13:1\n"
    "   13  r10 bool = wenn r6 dann r7 sonst r9              2024-01.ppr:14:1\n"
    "   14  r11 int  = wenn r10 dann r8 sonst r4             2024-01.ppr:15:1\n"
    "   15  r12 wide = r11 * r11                             2024-01.ppr:16:1        128 Bit\n"
    "   16  r13 wide = 100000000000000000000                 2024-01.ppr:17:1        128 Bit\n"
    "   17  r14 bool = r12 < r13                             2024-01.ppr:18:1        128 Bit\n"
    "   18  r15 int  = Zahl der Grenzen in Tabelle „Stufen“, die r2 nicht unterschreitet  2024-01.ppr:19:1\n"
    "   19  r16 int  = Tabelle „Satz“ [r15]                  2024-01.ppr:20:1\n"
    "   20  r17 int  = 50 + Summe(r0 * 7, r1 * 100)          2024-01.ppr:21:1        64 Bit bewiesen\n"
    "   21  r18 int  = Funktion plus(r16, r17)               2024-01.ppr:22:1\n"
    "   22  r19 int  = 7                                     2024-01.ppr:23:1\n"
    "Ausgaben: 3\n"
    "    0  Wochen                           r11   Woche(2)\n"
    "    1  klein                            r14   ja/nein       Zustand r6\n"
    "    2  Summe                            r18   Zahl(0)\n"
    "Summen: „A5.1“ über IK\n"
    "Aufwand je Datensatz: höchstens 23 Befehle\n";
/* clang-format on */

static char *listing(ppr_buf *b, const ppr_program *p, uint32_t edition) {
  buf_init(b, ppr_alloc_default, 1 << 20);
  dis_program(b, p, edition);
  buf_putc(b, 0);
  assert_false(b->failed);
  return b->data;
}

/* The text begins with what is expected; else the first line that differs is shown. */
static const char *begins(const char *text, const char *expected) {
  size_t line = 0, i = 0;
  for (; expected[i] && text[i] == expected[i]; i++)
    if (expected[i] == '\n') line = i + 1;
  if (expected[i])
    fail_msg("expected: %.*s\nis:       %.*s", (int)strcspn(expected + line, "\n"), expected + line, (int)strcspn(text + line, "\n"), text + line);
  return text + i;
}

static void sample(void **state) {
  (void)state;
  ppr_program *p = asm_sample();
  ppr_buf b;
  assert_string_equal(begins(begins(listing(&b, p, 1), head), edition_2024), "");
  buf_fini(&b);
  program_free(p);
}

static void all_editions(void **state) {
  (void)state;
  ppr_program *p = asm_sample();
  ppr_buf b;
  assert_string_equal(begins(begins(begins(listing(&b, p, UINT32_MAX), head), edition_2023), edition_2024), "");
  buf_fini(&b);
  program_free(p);
}

/* One instruction of each remaining shape and wording. */
static void wording(void **state) {
  (void)state;
  asm_code c;
  asm_begin(&c);
  const int64_t cells[] = {1, 2, 3, 4};
  uint32_t table = asm_table(&c, "Tafel", 2, 2, cells);
  uint32_t one = asm_int(&c, 1), yes = asm_bool(&c, 1);
  asm_op(&c, PPR_OP_LOOK2, one, one, table);
  asm_round(&c, PPR_OP_DIV, PPR_ROUND_UP, one, one);
  uint32_t wide = asm_op(&c, PPR_OP_CONST_WIDE, asm_wide(&c, -1, -5), 0, 0);
  asm_round(&c, PPR_OP_DIVW, PPR_ROUND_HALF_EVEN, wide, wide);
  asm_op(&c, PPR_OP_NARROW, wide, 0, 0);
  asm_op(&c, PPR_OP_COUNT, asm_args(&c, 2, (uint32_t[]){yes, yes}), 2, 0);
  asm_op(&c, PPR_OP_FAIL, asm_konst(&c, 5204), 0, 0);
  asm_op(&c, PPR_OP_EQK, one, asm_konst(&c, -3), 0);
  ppr_program *p = asm_end(&c);
  ppr_buf b;
  const char *text = listing(&b, p, 0);
  static const char *const parts[] = {
      "\n    2  r2 int  = Tabelle „Tafel“ [r0, r0] ",
      "\n    3  r3 int  = r0 / r0, gerundet aufwärts ",
      "\n    4  r4 wide = -5 ",
      "\n    5  r5 wide = r4 / r4, gerundet gerade ",
      "\n    6  r6 int  = r4 ",
      "\n    7  r7 int  = Anzahl(r1, r1) ",
      "\n    8  Fehler PPR5204 ",
      "\n    9  r9 bool = r0 = -3 ",
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(text, parts[i])) fail_msg("not in the listing: %s\n%s", parts[i], text);
  buf_fini(&b);
  program_free(p);
}

/* Values by their kind. */
static void ranges(void **state) {
  (void)state;
  asm_code c;
  asm_begin(&c);
  asm_input(&c, "Quote", PPR_KIND_PERCENT, 2, 0, 10000, 0);
  asm_input(&c, "Stichtag", PPR_KIND_DATE, 0, 19723, 20088, 0); /* 01.01.2024 to 31.12.2024 */
  asm_input(&c, "Betrag", PPR_KIND_NUMBER, 2, -250, 99, PPR_FIELD_PRESET);
  asm_input(&c, "weit weg", PPR_KIND_DATE, 0, INT64_MIN, INT64_MAX, 0);
  ppr_program *p = asm_end(&c);
  ppr_buf b;
  const char *text = listing(&b, p, 0);
  static const char *const parts[] = {
      " Prozent(2)    0,00 %..100,00 %\n",
      " Datum         01.01.2024..31.12.2024\n",
      " Zahl(2)       -2,50..0,99, fehlend -2,50\n",
      " Datum         -9223372036854775808..9223372036854775807\n",
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(text, parts[i])) fail_msg("not in the listing: %s\n%s", parts[i], text);
  buf_fini(&b);
  program_free(p);
}

/* Every word of every instruction turned into nonsense: the listing says `?` and reads nothing that is not there. */
static void unverified(void **state) {
  (void)state;
  static const uint32_t nonsense[] = {0, 23, 5000, PPR_NONE};
  for (size_t n = 0; n < sizeof nonsense / sizeof *nonsense; n++) {
    ppr_program *p = asm_sample();
    ppr_edition *e = &p->editions[1];
    for (uint32_t i = 0; i < e->n_instr; i++) {
      ppr_instr *in = &e->instr[i];
      in->m = in->d = in->a = in->c = nonsense[n];
      if (in->b > 2) in->b = nonsense[n];
    }
    for (uint32_t i = 0; i < e->n_input; i++) e->input[i] = (ppr_input){nonsense[n], nonsense[n], nonsense[n]};
    for (uint32_t i = 0; i < e->n_output; i++) e->output[i].enumeration = e->output[i].kind = e->output[i].unit = nonsense[n];
    for (uint32_t i = 0; i < e->n_reg; i++) e->reg[i].type = nonsense[n];
    for (uint32_t i = 0; i < e->n_field; i++) e->field[i].enumeration = e->field[i].scale = e->field[i].kind = nonsense[n];
    e->from_day = INT64_MIN;
    e->title = nonsense[n];
    ppr_buf b;
    assert_non_null(strstr(listing(&b, p, 1), "Aufwand"));
    buf_fini(&b);
    program_free(p);
  }
}

static void ceiling(void **state) {
  (void)state;
  ppr_program *p = asm_sample();
  for (size_t n = 0; n < 3000; n += 37) {
    ppr_buf b;
    buf_init(&b, ppr_alloc_default, n);
    dis_program(&b, p, UINT32_MAX);
    assert_true(b.failed);
    buf_fini(&b);
  }
  program_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sample), cmocka_unit_test(all_editions), cmocka_unit_test(wording),
                                     cmocka_unit_test(ranges), cmocka_unit_test(unverified),   cmocka_unit_test(ceiling)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
