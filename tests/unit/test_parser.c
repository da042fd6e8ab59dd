/* The grammar: binding strengths, places, recovery after errors, limits, and running out of memory. The full language is in tests/golden/parse. */
#include "ast.h"
#include "support/ast_dump.h"
#include "support/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define HEAD "regelwerk R \"Titel\"\nfassung 2024-07\n"

typedef struct parse {
  ppr_report *report;
  ppr_arena *arena;
  ast_file *file;
} parse;

static parse parse_text(const char *text) {
  parse p = {report_new(ppr_alloc_default), arena_new(ppr_alloc_default), NULL};
  assert_non_null(p.report);
  assert_non_null(p.arena);
  p.file = parse_source(p.report, p.arena, report_add_source(p.report, "t.ppr", text, strlen(text)));
  assert_non_null(p.file);
  return p;
}

static void finish(parse *p) {
  arena_free(p->arena);
  report_free(p->report);
}

/* Shape of an expression without blanks and line ends: (+ a (* b c)). */
static void shape(ppr_buf *out, const ast_expr *e) {
  static const char *const ops[] = {"+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "und", "oder"};
  static const char *const names[] = {"n",   "d",     "q",    "b",     "state",     "F",    "",       "call",     "neg",    "nicht", "",  "ist",
                                      "has", "falls", "wenn", "summe", "irgendein", "alle", "anzahl", "kleinste", "größte", "rund",  "in"};
  if (e->form == EX_REF && !e->args) {
    buf_puts(out, e->name.text);
    return;
  }
  if (e->form == EX_NUMBER) {
    buf_printf(out, "%d", (int)e->number);
    return;
  }
  buf_printf(out, "(%s", e->form == EX_BINARY ? ops[e->op] : e->form == EX_REF || e->form == EX_CALL ? e->name.text : names[e->form]);
  const ast_expr *parts[] = {e->filter, e->a, e->b, e->c, e->args};
  for (int i = 0; i < 5; i++)
    for (const ast_expr *x = parts[i]; x; x = i == 4 ? x->next : NULL) {
      buf_putc(out, ' ');
      shape(out, x);
    }
  buf_putc(out, ')');
}

static void assert_shape(const char *text, const char *expected) {
  ppr_buf source, found;
  buf_init(&source, ppr_alloc_default, 1 << 16);
  buf_init(&found, ppr_alloc_default, 1 << 16);
  buf_printf(&source, HEAD "regel A : ja/nein\n  = %s", text);
  buf_putc(&source, 0);
  parse p = parse_text(source.data);
  if (p.file->broken) report_print(&found, p.report, PPR_LANG_EN, false);
  else shape(&found, p.file->decls->branches->value);
  buf_putc(&found, 0);
  assert_string_equal(found.data, expected);
  finish(&p);
  buf_fini(&source);
  buf_fini(&found);
}

static void binding(void **state) {
  (void)state;
  assert_shape("a + b * c - d / e", "(- (+ a (* b c)) (/ d e))");
  assert_shape("a - b - c", "(- (- a b) c)");
  assert_shape("-a * -b", "(* (neg a) (neg b))");
  assert_shape("a oder b und nicht c = d + e", "(oder a (und b (nicht (= c (+ d e)))))");
  assert_shape("a und b oder c und d", "(oder (und a b) (und c d))");
  assert_shape("a + b gerundet kaufmännisch auf 2 > c in Stunde", "(> (rund (+ a b)) (in c))");
  assert_shape("a / b in Prozent gerundet gerade auf 2", "(rund (in (/ a b)))");
  assert_shape("a + b vorhanden und c fehlt", "(und (has (+ a b)) (has c))");
  assert_shape("a ist nicht x und b ist y", "(und (ist a) (ist b))");
  assert_shape("a oder b falls fehlt c oder d", "(falls (oder a b) (oder c d))");
  assert_shape("a falls fehlt b falls entfällt c", "(falls (falls a b) c)");
  assert_shape("wenn a dann b sonst c + d", "(wenn a b (+ c d))");
  assert_shape("wenn a dann wenn b dann c sonst d sonst e", "(wenn a (wenn b c d) e)");
  assert_shape("summe über X mit a : b + c", "(summe a (+ b c))");
  assert_shape("(summe über X : b) + c", "(+ (summe b) c)");
  assert_shape("irgendein X : alle Y : a und b", "(irgendein (alle (und a b)))");
  assert_shape("anzahl X mit a oder b", "(anzahl (oder a b))");
  assert_shape("min(a, b[c, d], 3)", "(min a (b c d) 3)");
  assert_shape("(a + b) * c", "(* (+ a b) c)");
  assert_shape("a * summe über X : b + c", "(* a (summe (+ b c)))");
}

/* Text of the source under a span. */
static void assert_span(const parse *p, ppr_span span, const char *expected) {
  const ppr_source *s = report_source(p->report, span.file);
  assert_int_equal(span.end - span.begin, strlen(expected));
  assert_memory_equal(s->text + span.begin, expected, strlen(expected));
}

static void spans(void **state) {
  (void)state;
  parse p = parse_text(
      HEAD "regel Tage je Bereich als x : Tag(0) oder fehlt § 6\n  = (a + 7 Tag je Woche) * c[x]\ntabelle T je X, Y : Zahl(0)\n  a b\n u 1  -2\n");
  assert_false(p.file->broken);
  const ast_decl *d = p.file->decls;
  assert_span(&p, p.file->head, "regelwerk R \"Titel\"\nfassung 2024-07");
  assert_span(&p, d->name_span, "Tage");
  assert_span(&p, d->axes->alias.span, "x");
  assert_span(&p, d->type.span, "Tag(0) oder fehlt");
  assert_span(&p, d->cites->span, "§ 6");
  const ast_expr *e = d->branches->value;
  assert_span(&p, e->span, "(a + 7 Tag je Woche) * c[x]");
  assert_span(&p, e->a->span, "(a + 7 Tag je Woche)");
  assert_span(&p, e->a->b->span, "7 Tag je Woche");
  assert_span(&p, e->b->args->span, "x");
  d = d->next;
  assert_span(&p, d->header[1].span, "b");
  assert_span(&p, d->rows->span, "u 1  -2");
  assert_span(&p, d->rows->cells->next->span, "-2");
  assert_int_equal(d->rows->count, 2);
  finish(&p);
}

static void recovery(void **state) {
  (void)state;
  parse p = parse_text(HEAD "regel A : Zahl(0)\n  = * 1\n  fall x wenn a\n    = 2\n"
                            "regel : Zahl(0)\n  = 1\n"
                            "regel B : Zahl(0)\n  = 3\n"
                            "tabelle T je X : Zahl(0)\n  a 1\n  b ) 2\n  c 3\n");
  assert_true(p.file->broken);
  assert_int_equal(report_count(p.report, PPR_SEV_ERROR), 3);
  const ast_decl *a = p.file->decls; /* A without its base, B, T without the row b */
  assert_string_equal(a->name, "A");
  assert_int_equal(a->branches->form, BRANCH_CASE);
  assert_string_equal(a->next->name, "B");
  assert_string_equal(a->next->next->name, "T");
  assert_string_equal(a->next->next->rows->label.text, "a");
  assert_string_equal(a->next->next->rows->next->label.text, "c");
  assert_null(a->next->next->rows->next->next);
  finish(&p);
}

static void misspelled_declaration(void **state) {
  (void)state;
  parse p = parse_text(HEAD "Regel A : Zahl(0)\n  = 1\nTabelle T je X : Zahl(0)\n  a 1\nregeln B : Zahl(0)\n  = 2\n");
  assert_int_equal(report_count(p.report, PPR_SEV_ERROR), 3);
  static const char *const names[] = {"A", "T", "B"};
  const ast_decl *d = p.file->decls;
  for (int i = 0; i < 3; i++, d = d->next) assert_string_equal(d->name, names[i]);
  for (const diag *x = report_first(p.report); x; x = x->next) assert_int_equal(x->code, DIAG_KEYWORD_SPELLING);
  finish(&p);
}

static void assert_names(const ast_named *n, const char *first, const char *second) {
  assert_non_null(n);
  assert_string_equal(n->name.text, first);
  if (second) assert_string_equal(n->next->name.text, second);
  assert_null(second ? n->next->next : n->next);
}

static void amendments(void **state) {
  (void)state;
  parse p = parse_text(HEAD "ergänze tabelle T § 1\n  a b\n  A1 x y\nergänze tabelle U\n  A1 x y\nergänze tabelle V\n  A1 x § 2\n  A2 y\n"
                            "ergänze grenze G\n  A1 1\n  A2 x\nergänze zeitreihe Z § 3\n  ab 01.01.2025 : 1\nergänze aufzählung E : A1, A2\n"
                            "streiche tabelle T : A1, A2\nstreiche grenze G spalte e\nstreiche aufzählung E : A1\nstreiche tabelle T\n");
  assert_false(p.file->broken);
  const ast_decl *d = p.file->decls;
  assert_int_equal(d->change, CHANGE_EXTEND); /* T: a line of words before rows is their header */
  assert_int_equal(d->header_count, 2);
  assert_string_equal(d->rows->label.text, "A1");
  assert_int_equal(d->rows->count, 2);
  assert_null(d->axes);
  d = d->next; /* U: alone it is a row */
  assert_null(d->header);
  assert_int_equal(d->header_count, 0);
  assert_string_equal(d->rows->label.text, "A1");
  assert_int_equal(d->rows->count, 2);
  assert_span(&p, d->rows->span, "A1 x y");
  assert_span(&p, d->rows->cells->next->span, "y");
  assert_string_equal(d->rows->cells->next->value->name.text, "y");
  assert_null(d->rows->next);
  d = d->next; /* V: a header has no citation */
  assert_null(d->header);
  assert_string_equal(d->rows->next->label.text, "A2");
  d = d->next;
  assert_int_equal(d->form, DECL_LIMIT);
  assert_null(d->header);
  assert_string_equal(d->rows->next->cells->value->name.text, "x");
  d = d->next;
  assert_int_equal(d->form, DECL_SERIES);
  assert_string_equal(d->cites->text, "§ 3");
  assert_non_null(d->entries);
  d = d->next;
  assert_string_equal(d->members->next->name.text, "A2");
  assert_int_equal(d->change, CHANGE_EXTEND);
  d = d->next;
  assert_int_equal(d->change, CHANGE_REMOVE);
  assert_names(d->removed, "A1", "A2");
  assert_null(d->removed_columns);
  d = d->next;
  assert_names(d->removed_columns, "e", NULL);
  assert_null(d->removed);
  assert_names(d->next->removed, "A1", NULL);
  assert_null(d->next->next->removed);
  finish(&p);

  static const char *const refused[] = {"ergänze tabelle T",
                                        "ergänze zeitreihe Z § 1",
                                        "ergänze regel A = 1",
                                        "ergänze aufzählung E",
                                        "ergänze tabelle T je X\n a 1",
                                        "streiche zeitreihe Z : A1",
                                        "streiche aufzählung E spalte a",
                                        "streiche tabelle T :",
                                        "streiche tabelle T spalte e : A1",
                                        "ergänze zeitreihe Z : Zahl(0) ab 01.01.2025 : 1",
                                        "ergänze ausgabe \"X\""};
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    char text[256];
    snprintf(text, sizeof text, HEAD "%s\nregel B : Zahl(0)\n  = 1\n", refused[i]);
    p = parse_text(text);
    assert_int_equal(report_count(p.report, PPR_SEV_ERROR), 1);
    const ast_decl *last = p.file->decls;
    while (last->next) last = last->next;
    assert_string_equal(last->name, "B"); /* the next declaration is read again */
    finish(&p);
  }
}

static void header_to_row(void **state) {
  (void)state;
  parse p = parse_text(HEAD "ergänze tabelle T\n  A1 x\n  A2 y\n");
  ast_decl *d = p.file->decls;
  assert_int_equal(d->header_count, 2);
  assert_true(ast_header_to_row(p.arena, d));
  assert_null(d->header);
  assert_string_equal(d->rows->label.text, "A1");
  assert_int_equal(d->rows->count, 1);
  assert_int_equal(d->rows->cells->value->form, EX_REF);
  assert_null(d->rows->cells->next);
  assert_string_equal(d->rows->next->label.text, "A2");
  finish(&p);
}

static void keys_and_sums(void **state) {
  (void)state;
  parse p = parse_text(
      HEAD "eingabe N\n  schlüssel IK : Text, Jahr : Zahl(0) 2020..2099\n  aus \"T\" schlüssel IK,\n   Jahr wo \"E\" = \"297\" schlüssel K\n"
           "    F : ja/nein\n  aus \"U\"\neingabe M\n  schlüssel IK : Text\n"
           "ausgabe \"A\" je X summe über Fall, K wenn a § 1\n  spalte \"x\" = 1\nausgabe \"B\" summe über Fall § 2 [sekundär]\n");
  assert_false(p.file->broken);
  const ast_decl *d = p.file->decls;
  assert_names(d->blocks->keys->next, "Jahr", "K");
  assert_string_equal(d->blocks->wheres->text, "297");
  assert_span(&p, d->blocks->span, "aus \"T\" schlüssel IK,\n   Jahr wo \"E\" = \"297\" schlüssel K");
  assert_string_equal(d->blocks->fields->name.text, "F");
  assert_null(d->blocks->next->keys);
  d = d->next;
  assert_int_equal(d->form, DECL_INPUT);
  assert_string_equal(d->name, "M");
  d = d->next;
  assert_names(d->summed, "Fall", "K");
  assert_non_null(d->cond);
  assert_names(d->next->summed, "Fall", NULL);
  assert_int_equal(d->next->cites->evidence, EVIDENCE_SECONDARY);
  finish(&p);
}

static void empty_files(void **state) {
  (void)state;
  static const char *const texts[] = {"",       "# nur ein Kommentar", "\n\n", "regel A : Zahl(0) = 1", "regelwerk", "§ 6", "\"offen",
                                      "ändere", "streiche streiche"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    parse p = parse_text(texts[i]);
    assert_true(p.file->broken);
    assert_true(report_count(p.report, PPR_SEV_ERROR) > 0);
    finish(&p);
  }
}

/* `count` times open, then x, then `count` times close, as a rule. */
static parse parse_nested(const char *open, const char *close, int count) {
  ppr_buf text;
  buf_init(&text, ppr_alloc_default, 1 << 22);
  buf_puts(&text, HEAD "regel A : ja/nein\n  = ");
  for (int i = 0; i < count; i++) buf_puts(&text, open);
  buf_puts(&text, "x");
  for (int i = 0; i < count; i++) buf_puts(&text, close);
  buf_puts(&text, "\nregel B : ja/nein\n  = ja\n");
  buf_putc(&text, 0);
  assert_false(text.failed);
  parse p = parse_text(text.data);
  buf_fini(&text);
  return p;
}

static void depth_limit(void **state) {
  (void)state;
  static const struct {
    const char *open, *close;
    int fine;
  } forms[] = {{"nicht ", "", AST_MAX_DEPTH - 1},    {"", " + x", AST_MAX_DEPTH - 1},
               {"f(", ")", AST_MAX_DEPTH - 1},       {"wenn a dann b sonst ", "", AST_MAX_DEPTH - 1},
               {"alle X : ", "", AST_MAX_DEPTH - 1}, {"(", ")", 900}};
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    parse p = parse_nested(forms[i].open, forms[i].close, forms[i].fine);
    assert_false(p.file->broken);
    finish(&p);
    p = parse_nested(forms[i].open, forms[i].close, 20000);
    assert_true(p.file->broken);
    assert_int_equal(report_first(p.report)->code, DIAG_SYNTAX_DEPTH);
    assert_null(report_first(p.report)->next);
    for (const ast_decl *d = p.file->decls; d; d = d->next)
      if (d->branches) assert_in_range(d->branches->value->depth, 0, AST_MAX_DEPTH);
    finish(&p);
  }
}

static void out_of_memory(void **state) {
  (void)state;
  static const char text[] =
      HEAD "einheit Tag, Stunde = 60 Minute\naufzählung X\n A1 = \"1\" \"l\" attr, B\n"
           "eingabe N\n schlüssel K : Text\n aus \"T\" je X spalte \"c\" wo \"d\" = K schlüssel K\n F : Tag(0) 0..9 fehlend 1\n"
           "tabelle T je X, Y : Zahl(0) § 1; 2\n a b\n c 1 offen\n"
           "regel R je X : Zahl(0) § 1\n = wenn a[b] dann min(1, 2) sonst -3 Tag\n ausnahme E vor F wenn x ist y\n = 2.5\n"
           "auslegung L \"q\" vorgabe v \"s\"\nergänze tabelle T § 1 [sekundär: x]; § 2 [sekundar]\n c d\n"
           "ergänze zeitreihe Z ab 01.01.2025 : 1\nergänze zeitreihe leer\nstreiche tabelle T : a, b\n"
           "ausgabe \"A\" summe über K\ntest \"t\" gegeben a = unbestimmt erwarte b = Fehler \"PPR5201\"\n"
           "regel kaputt : : Zahl(0)\nRegel S : Zahl(0) = (1\n";
  bool complete = false;
  for (size_t fail_at = 1; !complete; fail_at++) {
    memory m = {.fail_at = fail_at};
    ppr_report *report = report_new(memory_alloc(&m));
    ppr_arena *arena = report ? arena_new(memory_alloc(&m)) : NULL;
    uint32_t source = arena ? report_add_source(report, "t.ppr", text, sizeof text - 1) : UINT32_MAX;
    ast_file *file = source != UINT32_MAX ? parse_source(report, arena, source) : NULL;
    complete = file && m.requests < fail_at;
    if (file) assert_true(file->broken);
    else assert_true(m.requests >= fail_at);
    arena_free(arena);
    report_free(report);
    assert_int_equal(m.bytes, 0);
    assert_int_equal(m.blocks, 0);
    assert_in_range(fail_at, 1, 10000);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(binding),     cmocka_unit_test(spans),         cmocka_unit_test(recovery),      cmocka_unit_test(misspelled_declaration),
      cmocka_unit_test(amendments),  cmocka_unit_test(header_to_row), cmocka_unit_test(keys_and_sums), cmocka_unit_test(empty_files),
      cmocka_unit_test(depth_limit), cmocka_unit_test(out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
