/* Case tables; see table.h. */
#include "test/table.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "io/csv.h"
#include <stdlib.h>
#include <string.h>

#define CASE_COLUMN "Fall"
#define CITE_COLUMN "Fundstelle"
#define REMARK_COLUMN "Bemerkung"
#define EDITION_COLUMN "Fassung"
#define EXPECTED "erwarte "

typedef enum { COLUMN_NOTE, COLUMN_CASE, COLUMN_CITE, COLUMN_EDITION, COLUMN_GIVEN, COLUMN_EXPECTED } column_form;
typedef struct column {
  column_form form;
  const char *head;
  ast_expr *target;
  ppr_span span;
} column;

typedef struct table {
  ppr_report *report;
  ppr_arena *arena;
  uint32_t source;
  const ppr_source *text;
  size_t read; /* bytes of the text given to the reader */
  const edition_text *texts;
  size_t n_texts;
  column *columns;
  size_t n_columns;
  bool failed;
} table;

/* --- places --- */

static long read_text(void *ctx, char *out, size_t size) {
  table *t = ctx;
  size_t n = t->text->size - t->read < size ? t->text->size - t->read : size;
  memcpy(out, t->text->text + t->read, n);
  t->read += n;
  return (long)n;
}

/* The cells of a row as they stand in the text. */
typedef struct places {
  uint32_t file, at, end;
  char separator;
} places;

static ppr_span next_place(places *p, const char *text) {
  uint32_t from = p->at, to = p->at;
  bool quoted = false;
  for (; to < p->end && (quoted || text[to] != p->separator); to++)
    if (text[to] == '"') quoted = !quoted;
  p->at = to < p->end ? to + 1 : to;
  while (to > from && (text[to - 1] == '\n' || text[to - 1] == '\r' || text[to - 1] == ' ')) to--;
  while (from < to && text[from] == ' ') from++;
  return (ppr_span){p->file, from, to};
}

/* The text of a cell, runs of blanks as one. */
static const char *cell_text(table *t, const csv_cell *from) {
  char *text = arena_strndup(t->arena, from->text, from->size), *to = text;
  if (!text) {
    t->failed = true;
    return "";
  }
  for (const char *p = text; *p; p++) {
    bool blank = *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r';
    if (!blank) *to++ = *p;
    else if (to > text && to[-1] != ' ') *to++ = ' ';
  }
  if (to > text && to[-1] == ' ') to--;
  *to = 0;
  return text;
}

static void *make(table *t, size_t size) {
  void *made = arena_alloc(t->arena, size);
  if (!made) t->failed = true;
  return made;
}

/* --- the header --- */

/* Where the character at `index` of the text of a cell (cell_text) stands in the file. */
static uint32_t place_in(const table *t, ppr_span whole, size_t index) {
  const char *text = t->text->text;
  uint32_t at = whole.begin;
  for (size_t i = 0; at < whole.end; i++) {
    while (at < whole.end && text[at] == '"' && text[at + 1] != '"') at++;
    if (i == index || at >= whole.end) break;
    bool blank = strchr(" \t\r\n", text[at]) != NULL;
    if (text[at] == '"') at++; /* two for one */
    at++;
    while (blank && at < whole.end && strchr(" \t\r\n", text[at])) at++;
  }
  return at;
}

/* A name in the text of a cell, which begins at `head`; its own place is in `whole`. */
static ast_expr *reference(table *t, const char *head, const char *text, size_t n, ppr_span whole) {
  while (n && *text == ' ') text++, n--;
  while (n && text[n - 1] == ' ') n--;
  ppr_span span = {whole.file, place_in(t, whole, (size_t)(text - head)), 0};
  span.end = n ? place_in(t, whole, (size_t)(text - head) + n - 1) + 1 : span.begin;
  ast_expr *e = make(t, sizeof *e);
  const char *name = arena_strndup(t->arena, text, n);
  if (!e || !name) {
    t->failed = true;
    return NULL;
  }
  *e = (ast_expr){.form = EX_REF, .span = span, .name = {name, span}};
  return e;
}

/* "VKS-Ist[b]", "Minutenwert[A6, d]"; the whole cell is its place, the name its own. */
static ast_expr *target_of(table *t, const char *head, const char *text, ppr_span span, size_t number) {
  size_t n = strcspn(text, "["), all = strlen(text);
  ast_expr *e = reference(t, head, text, n, span);
  if (!e) return NULL;
  e->span = span;
  e->number = (int64_t)number;
  if (n == all || text[all - 1] != ']') return e;
  ast_expr **end = &e->args;
  for (const char *at = text + n + 1; at < text + all; at += strcspn(at, ",]") + 1) {
    *end = reference(t, head, at, strcspn(at, ",]"), span);
    if (!*end) return NULL;
    end = &(*end)->next;
  }
  return e;
}

static column column_of(table *t, const char *head, ppr_span span, size_t number) {
  column c = {COLUMN_GIVEN, head, NULL, span};
  if (!*head || strcmp(head, REMARK_COLUMN) == 0) c.form = COLUMN_NOTE;
  else if (strcmp(head, CASE_COLUMN) == 0) c.form = COLUMN_CASE;
  else if (strcmp(head, CITE_COLUMN) == 0) c.form = COLUMN_CITE;
  else if (strcmp(head, EDITION_COLUMN) == 0) c.form = COLUMN_EDITION;
  else if (strncmp(head, EXPECTED, strlen(EXPECTED)) == 0) c.form = COLUMN_EXPECTED, head += strlen(EXPECTED);
  if (c.form >= COLUMN_GIVEN) c.target = target_of(t, c.head, head, span, number);
  return c;
}

/* Every table has cases with names and something to compare. */
static bool header_right(table *t) {
  const char *heads = "";
  bool named = false, compared = false;
  for (size_t i = 0; i < t->n_columns; i++) {
    const column *c = &t->columns[i];
    heads = arena_printf(t->arena, "%s%s%s", heads, i ? ", " : "", c->head);
    if (!heads) return false;
    named = named || c->form == COLUMN_CASE;
    compared = compared || c->form == COLUMN_EXPECTED;
    for (size_t k = 0; k < i && *c->head; k++)
      if (strcmp(t->columns[k].head, c->head) == 0) report_add(t->report, DIAG_COLUMN_TWICE, c->span, c->head, NULL);
  }
  ppr_span line = {t->source, t->columns[0].span.begin, t->columns[t->n_columns - 1].span.end};
  if (!named) report_add(t->report, DIAG_COLUMN_MISSING, line, CASE_COLUMN, heads, NULL);
  if (!compared) report_add(t->report, DIAG_COLUMN_MISSING, line, EXPECTED "…", heads, NULL);
  return named && compared;
}

static bool read_header(table *t, const csv_row *row, places *at) {
  t->n_columns = row->count;
  if (!(t->columns = arena_array(t->arena, row->count + 1, sizeof *t->columns))) return false;
  for (size_t i = 0; i < row->count; i++) t->columns[i] = column_of(t, cell_text(t, &row->cells[i]), next_place(at, t->text->text), i + 1);
  return !t->failed && header_right(t);
}

/* --- rows --- */

static const ast_decl *input_of(const edition_text *text) {
  for (size_t i = 0; i < text->n_decls; i++)
    if (text->decls[i]->form == DECL_INPUT) return text->decls[i];
  return NULL;
}

static const ast_assign *given_named(const ast_decl *test, const char *name) {
  const ast_assign *a = test->given;
  while (a && (!name || strcmp(a->target->name.text, name) != 0)) a = a->next;
  return a;
}

static bool whole(const ast_assign *a, int64_t *out) {
  return a && dec_parse(out, a->value->name.text, strlen(a->value->name.text), 0, ',') == DEC_OK;
}

/* The quarter a row is about: the cell of the zeitraum, or those it is made of. False without. */
static bool quarter_named(const ast_decl *input, const ast_decl *test, int64_t *quarter, ppr_span *span) {
  int64_t year, number;
  const ast_assign *a = input ? given_named(test, input->period.text) : NULL;
  if (a) {
    *span = a->span;
    return quarter_parse(quarter, a->value->name.text, strlen(a->value->name.text));
  }
  a = input ? given_named(test, input->period_year.text) : NULL;
  if (!a || !whole(a, &year) || !whole(given_named(test, input->period_quarter.text), &number)) return false;
  if (year < 1 || year > 9999 || number < 1 || number > 4) return false;
  *span = a->span;
  *quarter = quarter_of(year, (int)number);
  return true;
}

static const char *day_text(table *t, int64_t day) {
  char text[16];
  day_print(text, day);
  return arena_strndup(t->arena, text, strlen(text));
}

/* The Fassung in force in the quarter of the row; without one, or named, that one; else the last. NULL after a diagnostic. */
static const edition_text *edition_of(table *t, const ast_decl *test, const char *named, ppr_span span) {
  const edition_text *first = &t->texts[0], *last = &t->texts[t->n_texts - 1];
  int64_t quarter;
  if (*named) {
    const char *known = "";
    for (size_t i = 0; i < t->n_texts; i++) {
      if (edition_is(&t->texts[i], named)) return &t->texts[i];
      known = arena_printf(t->arena, "%s%s%s", known ? known : "", i ? ", " : "", t->texts[i].name);
    }
    report_add(t->report, DIAG_CODE_UNKNOWN, span, named, EDITION_COLUMN, known ? known : "", NULL);
    return NULL;
  }
  if (!quarter_named(input_of(last), test, &quarter, &span)) return last;
  int64_t day = quarter_first_day(quarter);
  char text[16];
  quarter_print(text, quarter);
  for (size_t i = 0; i < t->n_texts; i++)
    if (day >= t->texts[i].from_day && day <= t->texts[i].until_day) return &t->texts[i];
  if (day < first->from_day) report_add(t->report, DIAG_BEFORE_FIRST, span, text, first->file->fassung.text, day_text(t, first->from_day), NULL);
  else report_add(t->report, DIAG_AFTER_LAST, span, text, last->file->fassung.text, day_text(t, last->until_day), NULL);
  return NULL;
}

/* "Fehler PPR5204": the code, else NULL. */
static const char *fault_of(const char *text) {
  static const char word[] = "Fehler ";
  return strncmp(text, word, sizeof word - 1) == 0 ? text + sizeof word - 1 : NULL;
}

static void assign(table *t, const column *c, const char *text, ppr_span span, ast_assign ***end) {
  ast_assign *a = make(t, sizeof *a);
  ast_expr *value = reference(t, text, text, strlen(text), span);
  if (!a || !value || !c->target) return;
  *a = (ast_assign){.target = c->target, .value = value, .span = span};
  if (c->form == COLUMN_EXPECTED) a->fault = fault_of(text);
  **end = a;
  *end = &a->next;
}

/* False: nothing stands in the row, or what stands there is wrong. */
static bool read_row(table *t, const csv_row *row, places at, table_case *out) {
  ast_decl *d = make(t, sizeof *d);
  const char *edition = "";
  ppr_span line = {t->source, at.at, at.end}, edition_span = line;
  bool any = false;
  if (!d) return false;
  while (line.end > line.begin && (t->text->text[line.end - 1] == '\n' || t->text->text[line.end - 1] == '\r')) line.end--;
  *d = (ast_decl){.form = DECL_TEST, .span = line, .name_span = line, .name = ""};
  ast_assign **given = &d->given, **expected = &d->expected;
  for (size_t i = 0; i < row->count; i++) {
    const char *text = cell_text(t, &row->cells[i]);
    ppr_span span = next_place(&at, t->text->text);
    any = any || *text;
    if (i >= t->n_columns || !*text) continue;
    const column *c = &t->columns[i];
    switch (c->form) {
    case COLUMN_NOTE: break;
    case COLUMN_CASE: d->name = text; break;
    case COLUMN_CITE:
      if ((d->cites = make(t, sizeof *d->cites))) *d->cites = (ast_cite){.text = text, .span = span};
      break;
    case COLUMN_EDITION: edition = text, edition_span = span; break;
    case COLUMN_GIVEN: assign(t, c, text, span, &given); break;
    case COLUMN_EXPECTED: assign(t, c, text, span, &expected); break;
    }
  }
  if (!any) return false; /* spreadsheets leave rows of nothing but separators */
  if (row->count != t->n_columns) {
    report_add(t->report, DIAG_CELL_COUNT, line, arena_printf(t->arena, "%zu", row->count), arena_printf(t->arena, "%zu", t->n_columns), NULL);
    return false;
  }
  *out = (table_case){d, edition_of(t, d, edition, edition_span)};
  return out->text != NULL;
}

bool table_read(ppr_report *r, ppr_arena *arena, ppr_alloc alloc, uint32_t source, const edition_text *texts, size_t n_texts, table_case **cases,
                size_t *count) {
  table t = {.report = r, .arena = arena, .source = source, .text = report_source(r, source), .texts = texts, .n_texts = n_texts};
  csv_reader *csv = csv_open(alloc, t.text->name, 0, read_text, &t, &io_limits_default, r);
  const csv_row *row;
  size_t cap = 0;
  csv_step got = CSV_FAILED;
  *cases = NULL;
  *count = 0;
  if (!csv) return false;
  while (!t.failed && (got = csv_next(csv, &row)) == CSV_ROW) {
    places at = {source, (uint32_t)row->at, (uint32_t)(row->at + row->size), csv_separator(csv)};
    if (row->problem) {
      report_add(r, row->problem, (ppr_span){source, at.at, at.end}, NULL);
      continue;
    }
    if (!t.columns) {
      if (!read_header(&t, row, &at)) break;
      continue;
    }
    table_case made;
    if (!read_row(&t, row, at, &made)) continue;
    table_case *grown = arena_grow(arena, *cases, *count, &cap, *count + 1, sizeof *grown);
    if (!grown) t.failed = true;
    else {
      *cases = grown;
      grown[(*count)++] = made;
    }
  }
  if (got == CSV_END && !t.columns) report_add(r, DIAG_FILE_EMPTY, (ppr_span){source, 0, 0}, t.text->name, NULL);
  t.failed = t.failed || csv_failed_memory(csv);
  csv_close(csv);
  return !t.failed;
}

/* --- cells --- */

static bool number_value(model *m, const ast_expr *e, const check_type *t, cell *out) {
  const char *text = e->name.text;
  size_t n = strlen(text);
  int scale = t->percent ? t->scale - 2 : t->scale;
  if (t->percent && n && text[n - 1] == '%') n--;
  while (n && text[n - 1] == ' ') n--;
  switch (dec_parse(&out->value, text, n, scale, ',')) {
  case DEC_OK: return true;
  case DEC_WRONG_MARK: report_add(m->report, DIAG_CELL_MARK, e->span, text, ",", NULL); break;
  case DEC_TOO_PRECISE: report_add(m->report, DIAG_CELL_PRECISE, e->span, text, arena_printf(m->arena, "%d", scale), NULL); break;
  case DEC_TOO_LARGE: report_add(m->report, DIAG_CELL_LARGE, e->span, text, NULL); break;
  case DEC_EMPTY:
  case DEC_NOT_A_NUMBER:
  default: report_add(m->report, DIAG_CELL_NUMBER, e->span, text, NULL); break;
  }
  return false;
}

static bool member_value(model *m, const ast_expr *e, const enumeration *of, cell *out) {
  const char *known = "";
  for (int i = 0; i < of->count; i++) {
    const member *k = &of->members[i];
    if (strcmp(k->code, e->name.text) == 0 || strcmp(k->name, e->name.text) == 0) {
      out->value = i;
      return true;
    }
    known = arena_printf(m->arena, "%s%s%s", known ? known : "", i ? ", " : "", k->code);
  }
  report_add(m->report, DIAG_CODE_UNKNOWN, e->span, e->name.text, of->name, known ? known : "", NULL);
  return false;
}

bool table_value(model *m, const ast_expr *e, const check_type *t, cell *out) {
  const char *text = e->name.text;
  *out = (cell){0};
  for (unsigned s = PPR_FEHLT; s <= PPR_UNBESTIMMT; s++) {
    if (strcmp(text, model_state_word((uint8_t)s)) != 0) continue;
    out->state = (uint8_t)s;
    return true;
  }
  diag_code wrong = DIAG_CELL_NUMBER;
  bool right = false;
  switch (t->form) {
  case TYPE_NUMBER: return number_value(m, e, t, out);
  case TYPE_ENUM: return member_value(m, e, t->enumeration, out);
  case TYPE_BOOL:
    wrong = DIAG_CELL_YESNO;
    out->value = strcmp(text, "ja") == 0;
    right = out->value || strcmp(text, "nein") == 0;
    break;
  case TYPE_DATE:
    wrong = DIAG_CELL_DATE;
    right = day_parse(&out->value, text, strlen(text));
    break;
  case TYPE_QUARTER:
    wrong = DIAG_CELL_QUARTER;
    right = quarter_parse(&out->value, text, strlen(text));
    break;
  case TYPE_BRUCH:
  case TYPE_TEXT:
  case TYPE_STATE:
  case TYPE_ERROR:
  default: return false;
  }
  if (!right) report_add(m->report, wrong, e->span, text, NULL);
  return right;
}
