/* The CSV files: semicolon, decimal comma, exact numbers; rates are rounded, their columns say so. See sheets.h. */
#include "sweep/sheets.h"
#include "io/cells.h"
#include "sweep/amount.h"
#include <string.h>

#define FLUSH_AT ((size_t)1 << 16)
#define TEXT_MOST ((size_t)1 << 30)

enum { RATE_DECIMALS = 4 };

static const amount_style plain = {',', false, false};

static const char *const file_names[SHEETS] = {
#define SHEET(kind, file, text) file,
#include "sweep/sheets.def"
#undef SHEET
};

/* --- cells of a row --- */

static ppr_buf *text_of(sheets *s, sheet_kind kind) { return &s->sheet[kind].text; }

static void cell(ppr_buf *out, const char *text) {
  if (*text) cells_csv(out, text, strlen(text)); /* nothing to say is not a text without characters */
  buf_putc(out, ';');
}

static void number(ppr_buf *out, int64_t n) {
  amount_count(out, n, plain);
  buf_putc(out, ';');
}

static void amount(ppr_buf *out, const book_measure *m, ppr_wide value) {
  amount_put(out, m, value, plain);
  buf_putc(out, ';');
}

static void rate(ppr_buf *out, book_level level) {
  if (level.den) amount_rate(out, level.num, level.den, RATE_DECIMALS, plain);
  buf_putc(out, ';');
}

static void empty(ppr_buf *out, int n) {
  while (n--) buf_putc(out, ';');
}

static const char *unit_of(const book_measure *m) { return m->kind == BOOK_PERCENT ? "%" : m->unit; }

static void end_row(ppr_buf *out) {
  if (out->size) out->data[out->size - 1] = '\n'; /* in place of the last semicolon */
}

/* Name of the cell, and its value of every group. */
static void place(sheets *s, ppr_buf *out, const book_survey *v, const book_cell *c) {
  cell(out, c->label);
  for (size_t k = 0; k < s->n_groups; k++) {
    for (size_t g = 0; g < v->n_groups; g++)
      if (c->groups >> g & 1 && strcmp(v->parts[g].name, s->groups[k]) == 0) cells_csv(out, c->value[g], strlen(c->value[g]));
    buf_putc(out, ';');
  }
}

static void about(ppr_buf *out, const book_scenario *c, const book_survey *v, const book_part *p) {
  cell(out, c->name);
  cell(out, v->name);
  cell(out, p->name);
}

/* --- heads --- */

static void head(sheets *s, sheet_kind kind, const char *de, const char *en) {
  ppr_buf *out = text_of(s, kind);
  for (const char *p = s->english ? en : de; *p;) { /* a star stands for the columns of the groups, a plus sign for those of the parameters */
    size_t n = strcspn(p, ";");
    if (*p == '*')
      for (size_t i = 0; i < s->n_groups; i++) cell(out, s->groups[i]);
    else if (*p == '+')
      for (size_t i = 0; i < s->n_parameters; i++) cell(out, s->parameters[i]);
    else buf_put(out, p, n), buf_putc(out, ';');
    p += n + (p[n] == ';');
  }
  end_row(out);
}

static void heads(sheets *s) {
  head(s, SHEET_SCENARIOS, "Nummer;Szenario;Programm;Daten;Datensätze;abgewiesen;ohne Ergebnis;Rasterpunkte;Ziehungen;Läufe;davon gerechnet",
       "number;scenario;program;data;records;refused;without results;grid points;draws;runs;of these computed");
  head(s, SHEET_SOURCES, "Art;Datei;Bytes;SHA-256;Szenarien", "kind;file;bytes;SHA-256;scenarios");
  head(s, SHEET_PARAMETERS, "Szenario;Parameter;Vorgabe;Einheit;Variation;gezogen je;Werte",
       "scenario;parameter;preset;unit;variation;drawn for;values");
  head(s, SHEET_SHARES,
       "Szenario;Auswertung;Kennzahl;Zelle;*;ja;nein;ohne;Anteil in % (gerundet);neu ja;neu nein;Ausgangslage ja;Ausgangslage nein;Ausgangslage "
       "ohne;Ausgangslage Anteil in % "
       "(gerundet);Differenz in Prozentpunkten (gerundet)",
       "scenario;survey;figure;cell;*;yes;no;absent;share in % (rounded);gained;lost;baseline yes;baseline no;baseline absent;baseline share in % "
       "(rounded);difference in percentage points (rounded)");
  head(s, SHEET_SUMS, "Szenario;Auswertung;Kennzahl;Einheit;Zelle;*;Anzahl;ohne;Summe;Ausgangslage Anzahl;Ausgangslage Summe;Differenz",
       "scenario;survey;figure;unit;cell;*;number;absent;sum;baseline number;baseline sum;difference");
  head(s, SHEET_SPREADS, "Szenario;Auswertung;Kennzahl;Einheit;Zelle;*;Anzahl;ohne;kleinster Wert;5 %;10 %;25 %;50 %;75 %;90 %;95 %;größter Wert",
       "scenario;survey;figure;unit;cell;*;number;absent;least;5 %;10 %;25 %;50 %;75 %;90 %;95 %;greatest");
  head(s, SHEET_BINS, "Szenario;Auswertung;Kennzahl;Einheit;Zelle;*;von;bis unter;Anzahl", "scenario;survey;figure;unit;cell;*;from;to below;number");
  head(s, SHEET_RUNS,
       "Szenario;Lauf;ohne Ergebnis;+;Auswertung;Kennzahl;Einheit;Zelle;*;ja;nein;ohne;Anteil in % (gerundet);neu ja;neu nein;Anzahl;Summe;Median",
       "scenario;run;without results;+;survey;figure;unit;cell;*;yes;no;absent;share in % (rounded);gained;lost;number;sum;median");
  head(s, SHEET_CHANGES, "Szenario;Datensatz;Auswertung;Kennzahl;Einheit;Element;Zelle;vorher;nachher;Differenz",
       "scenario;record;survey;figure;unit;element;cell;before;after;difference");
}

/* Columns in the order in which names appear. */
static bool add_column(book *b, const char ***columns, size_t *n, size_t *cap, const char *name) {
  for (size_t i = 0; i < *n; i++)
    if (strcmp((*columns)[i], name) == 0) return true;
  const char **grown = arena_grow(b->arena, *columns, *n, cap, *n + 1, sizeof **columns);
  if (!grown) return false;
  *columns = grown;
  grown[(*n)++] = name;
  return true;
}

static bool columns(sheets *s) {
  book *b = s->b;
  size_t cap = 0, cap_parameters = 0;
  for (size_t i = 0; i < b->n_surveys; i++)
    for (size_t g = 0; g < b->surveys[i].n_groups; g++)
      if (!add_column(b, &s->groups, &s->n_groups, &cap, b->surveys[i].parts[g].name)) return false;
  for (size_t i = 0; i < b->n_scenarios; i++)
    for (size_t p = 0; p < b->scenarios[i].n_parameters; p++)
      if (!add_column(b, &s->parameters, &s->n_parameters, &cap_parameters, b->scenarios[i].parameters[p].name)) return false;
  return true;
}

/* --- run 0 --- */

static void scenario_row(sheets *s, const book_scenario *c) {
  ppr_buf *out = text_of(s, SHEET_SCENARIOS);
  number(out, c->id);
  cell(out, c->name);
  cell(out, c->program);
  cell(out, c->data);
  const int64_t numbers[] = {c->records, c->refused, c->failed, c->grid, c->draws, c->sets + 1, c->done};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) number(out, numbers[i]);
  end_row(out);
}

static void value_cell(ppr_buf *out, const book_parameter *p, int64_t value) {
  if (p->measure.kind == BOOK_WORD) cell(out, book_word_of(p, value));
  else amount(out, &p->measure, value);
}

static void preset_cell(ppr_buf *out, const book_parameter *p) {
  if (*p->presets) cell(out, p->presets);
  else value_cell(out, p, p->preset);
}

static void source_rows(sheets *s) {
  ppr_buf *out = text_of(s, SHEET_SOURCES);
  for (size_t i = 0; i < s->b->n_texts; i++) {
    cell(out, s->english ? "rules" : "Regeltext");
    cell(out, s->b->texts[i].name);
    empty(out, 1);
    cell(out, s->b->texts[i].sha256);
    cell(out, *s->b->texts[i].used ? s->b->texts[i].used : s->english ? "all" : "alle");
    end_row(out);
  }
  for (size_t i = 0; i < s->b->n_files; i++) {
    cell(out, s->english ? "input" : "Eingabe");
    cell(out, s->b->files[i].name);
    number(out, s->b->files[i].bytes);
    cell(out, s->b->files[i].sha256);
    cell(out, s->english ? "all" : "alle");
    end_row(out);
  }
}

static void parameter_row(sheets *s, const book_scenario *c, const book_parameter *p) {
  ppr_buf *out = text_of(s, SHEET_PARAMETERS);
  cell(out, c->name);
  cell(out, p->name);
  preset_cell(out, p);
  cell(out, unit_of(&p->measure));
  cell(out, p->text);
  cell(out, p->keyed);
  if (p->steps) number(out, p->steps);
  else empty(out, 1);
  end_row(out);
}

static void share_row(sheets *s, const book_scenario *c, const book_survey *v, size_t k, size_t p, const book_figure *f) {
  ppr_buf *out = text_of(s, SHEET_SHARES);
  const book_figure *base = book_at(&s->b->scenarios[0], v, k, p);
  book_level is = book_level_of(f, BOOK_SHARE), was = book_level_of(base, BOOK_SHARE);
  about(out, c, v, &v->parts[p]);
  place(s, out, v, &v->cells[k]);
  const int64_t counts[] = {f->yes, f->no, f->absent}, moved[] = {f->gained, f->lost};
  for (int i = 0; i < 3; i++) number(out, counts[i]);
  rate(out, is);
  for (int i = 0; i < 2; i++) number(out, moved[i]);
  const int64_t before[] = {base ? base->yes : 0, base ? base->no : 0, base ? base->absent : 0};
  for (int i = 0; i < 3; i++) number(out, before[i]);
  rate(out, was);
  if (is.den && was.den) amount_rate_moved(out, is, was, RATE_DECIMALS, plain);
  buf_putc(out, ';');
  end_row(out);
}

static void sum_row(sheets *s, const book_scenario *c, const book_survey *v, size_t k, size_t p, const book_figure *f) {
  ppr_buf *out = text_of(s, SHEET_SUMS);
  const book_measure *m = &v->parts[p].measure;
  const book_figure *base = book_at(&s->b->scenarios[0], v, k, p);
  ppr_wide was = base ? base->sum : 0, moved;
  about(out, c, v, &v->parts[p]);
  cell(out, unit_of(m));
  place(s, out, v, &v->cells[k]);
  number(out, f->yes);
  number(out, f->absent);
  amount(out, m, f->sum);
  number(out, base ? base->yes : 0);
  amount(out, m, was);
  if (wide_sub(&moved, f->sum, was)) amount(out, m, moved);
  else empty(out, 1);
  end_row(out);
}

static void spread_row(sheets *s, const book_scenario *c, const book_survey *v, size_t k, size_t p, const book_figure *f) {
  ppr_buf *out = text_of(s, SHEET_SPREADS);
  const book_measure *m = &v->parts[p].measure;
  about(out, c, v, &v->parts[p]);
  cell(out, unit_of(m));
  place(s, out, v, &v->cells[k]);
  number(out, f->yes);
  number(out, f->absent);
  for (int i = 0; i < BOOK_RANKS; i++)
    if (f->spread) amount(out, m, f->rank[i]);
    else empty(out, 1);
  end_row(out);
}

static void figure_rows(sheets *s, const book_scenario *c) {
  for (size_t i = 0; i < s->b->n_surveys; i++) {
    const book_survey *v = &s->b->surveys[i];
    for (size_t p = v->n_groups; p < v->n_parts; p++)
      for (size_t k = 0; k < v->n_cells; k++) {
        const book_figure *f = book_at(c, v, k, p);
        if (!f) continue;
        if (v->parts[p].form == BOOK_SHARE) share_row(s, c, v, k, p, f);
        else sum_row(s, c, v, k, p, f);
        if (v->parts[p].form == BOOK_SPREAD) spread_row(s, c, v, k, p, f);
      }
  }
}

/* Bins in the order of the figures, not of the ledger. */
static void bin_rows(sheets *s, const book_scenario *c) {
  book_rows r = book_ask(s->b, "SELECT low, high, n FROM bin WHERE scenario = ? AND survey = ? AND cell = ? AND part = ? ORDER BY low");
  bool first = true;
  for (size_t i = 0; i < s->b->n_surveys; i++) {
    const book_survey *v = &s->b->surveys[i];
    for (size_t p = v->n_groups; p < v->n_parts; p++) {
      const book_measure *m = &v->parts[p].measure;
      if (v->parts[p].form != BOOK_SPREAD) continue;
      for (size_t k = 0; k < v->n_cells; k++) {
        book_again(&r);
        book_bind(&r, 1, c->id);
        book_bind(&r, 2, v->id);
        book_bind_text(&r, 3, v->cells[k].key);
        book_bind(&r, 4, v->parts[p].id);
        while (book_next(&r)) {
          ppr_buf *out = text_of(s, SHEET_BINS);
          about(out, c, v, &v->parts[p]);
          cell(out, unit_of(m));
          place(s, out, v, &v->cells[k]);
          amount(out, m, book_int(&r, 0));
          amount(out, m, book_int(&r, 1));
          number(out, book_int(&r, 2));
          end_row(out);
          json_bin(text_of(s, SHEET_JSON), first, v, k, p, book_int(&r, 0), book_int(&r, 1), book_int(&r, 2));
          first = false;
        }
      }
    }
  }
  book_end(&r);
}

/* --- runs --- */

static void run_values(sheets *s, ppr_buf *out, const book_scenario *c, int64_t run) {
  for (size_t i = 0; i < s->n_parameters; i++) {
    size_t p = 0;
    int64_t value;
    while (p < c->n_parameters && strcmp(c->parameters[p].name, s->parameters[i]) != 0) p++;
    if (p == c->n_parameters) empty(out, 1);
    else if (book_value(c, p, run, &value)) value_cell(out, &c->parameters[p], value);
    else if (run == 0) preset_cell(out, &c->parameters[p]);
    else cell(out, s->english ? "drawn per key" : "je Schlüssel gezogen");
  }
}

static void run_rows(sheets *s, const book_scenario *c, int64_t run, const book_figure *figures, int64_t failed) {
  ppr_buf *out = text_of(s, SHEET_RUNS);
  for (size_t i = 0; i < s->b->n_surveys; i++) {
    const book_survey *v = &s->b->surveys[i];
    for (size_t p = v->n_groups; p < v->n_parts; p++)
      for (size_t k = 0; k < v->n_cells && v->cells[k].n_groups <= 1; k++) {
        const book_figure *f = &figures[book_slot(v, k, p)];
        const book_measure *m = &v->parts[p].measure;
        bool share = v->parts[p].form == BOOK_SHARE;
        if (!f->there) continue;
        cell(out, c->name);
        number(out, run);
        number(out, failed);
        run_values(s, out, c, run);
        cell(out, v->name);
        cell(out, v->parts[p].name);
        cell(out, share ? "%" : unit_of(m));
        place(s, out, v, &v->cells[k]);
        if (share) {
          const int64_t counts[] = {f->yes, f->no, f->absent};
          for (int n = 0; n < 3; n++) number(out, counts[n]);
          rate(out, book_level_of(f, BOOK_SHARE));
          number(out, f->gained);
          number(out, f->lost);
          empty(out, 3);
        } else {
          empty(out, 2);
          number(out, f->absent);
          empty(out, 3);
          number(out, f->yes);
          amount(out, m, f->sum);
          if (f->spread) amount(out, m, f->rank[BOOK_RANKS / 2]);
          else empty(out, 1);
        }
        end_row(out);
      }
  }
}

/* --- records --- */

static void side(ppr_buf *out, const book_rows *r, int column, const book_part *p) {
  if (book_null(r, column)) empty(out, 1);
  else if (p->form == BOOK_SHARE) cell(out, book_int(r, column) ? "ja" : "nein");
  else amount(out, &p->measure, book_int(r, column));
}

static void change_rows(sheets *s, const book_scenario *c, ppr_status (*flush)(sheets *, sheet_kind), ppr_status *status) {
  book_rows r = book_ask(
      s->b, "SELECT record, survey, element, part, cell, before, after FROM change WHERE scenario = ? ORDER BY record, survey, part, element");
  book_bind(&r, 1, c->id);
  while (*status == PPR_OK && book_next(&r)) {
    ppr_buf *out = text_of(s, SHEET_CHANGES);
    const book_survey *v = book_find_survey(s->b, book_int(&r, 1));
    const book_part *p = v ? book_find_part(v, book_int(&r, 3)) : NULL;
    if (!p) {
      book_damaged(s->b, "change");
      break;
    }
    cell(out, c->name);
    cell(out, book_text(&r, 0));
    cell(out, v->name);
    cell(out, p->name);
    cell(out, p->form == BOOK_SHARE ? "" : unit_of(&p->measure));
    cell(out, book_text(&r, 2));
    cell(out, book_text(&r, 4));
    side(out, &r, 5, p);
    side(out, &r, 6, p);
    bool both = !book_null(&r, 5) && !book_null(&r, 6) && p->form != BOOK_SHARE && p->form != BOOK_GROUP;
    if (both) amount(out, &p->measure, (ppr_wide)book_int(&r, 6) - book_int(&r, 5));
    else empty(out, 1);
    end_row(out);
    *status = flush(s, SHEET_CHANGES);
  }
  book_end(&r);
}

/* --- writing --- */

static ppr_status unwritable(sheets *s, file_status status, const char *path) {
  if (status == FILE_NO_MEMORY) return PPR_NOMEM;
  file_report(s->b->report, status, path, 0);
  return PPR_IO;
}

static ppr_status flush(sheets *s, sheet_kind kind, size_t most) {
  sheet *h = &s->sheet[kind];
  if (h->text.failed) return PPR_NOMEM;
  if (h->text.size <= most) return PPR_OK;
  file_sink_write(h->sink, h->text.data, h->text.size);
  h->text.size = 0;
  return PPR_OK;
}

static ppr_status flush_full(sheets *s, sheet_kind kind) { return flush(s, kind, FLUSH_AT); }

static ppr_status flush_some(sheets *s, ppr_status status) {
  for (int i = 0; i < SHEETS && status == PPR_OK; i++) status = flush_full(s, (sheet_kind)i);
  return status == PPR_OK ? s->b->status : status;
}

static ppr_status open_all(sheets *s, const char *folder) {
  file_status made = file_make_folder(folder);
  if (made != FILE_OK) return unwritable(s, made, folder);
  for (int i = 0; i < SHEETS; i++) {
    sheet *h = &s->sheet[i];
    buf_init(&h->text, ppr_alloc_default, TEXT_MOST);
    h->path = arena_printf(s->b->arena, "%s/%s", folder, file_names[i]);
    if (!h->path) return PPR_NOMEM;
    file_status opened = file_sink_open(&h->sink, ppr_alloc_default, h->path);
    if (opened != FILE_OK) {
      h->sink = NULL;
      return unwritable(s, opened, h->path);
    }
  }
  return columns(s) ? PPR_OK : PPR_NOMEM;
}

static ppr_status write_scenario(sheets *s, book_scenario *c, book_figure *figures) {
  ppr_status status = PPR_OK;
  ppr_buf *json = text_of(s, SHEET_JSON);
  scenario_row(s, c);
  for (size_t p = 0; p < c->n_parameters; p++) parameter_row(s, c, &c->parameters[p]);
  figure_rows(s, c);
  if (!book_values(s->b, c)) return s->b->status;
  json_run(s, json, c, 0, c->figures, c->failed, BOOK_GROUPS);
  if (c->n_parameters) run_rows(s, c, 0, c->figures, c->failed);
  for (int64_t run = book_next_run(c, 0); run > 0 && status == PPR_OK; run = book_next_run(c, run)) {
    int64_t failed;
    if (!book_run(s->b, c, run, figures, &failed)) return s->b->status;
    run_rows(s, c, run, figures, failed);
    json_run(s, json, c, run, figures, failed, 1);
    status = flush_some(s, status);
  }
  buf_puts(json, "],\n  \"bins\": [");
  bin_rows(s, c);
  buf_puts(json, "]}");
  change_rows(s, c, flush_full, &status);
  return flush_some(s, status);
}

static ppr_status write_all(sheets *s, const char *folder) {
  ppr_status status = open_all(s, folder);
  if (status != PPR_OK) return status;
  book_figure *figures = arena_array(s->b->arena, s->b->slots + 1, sizeof *figures);
  if (!figures) return PPR_NOMEM;
  heads(s);
  source_rows(s);
  json_head(s, text_of(s, SHEET_JSON));
  for (size_t i = 0; i < s->b->n_scenarios && status == PPR_OK; i++) {
    json_scenario(s, text_of(s, SHEET_JSON), i);
    status = write_scenario(s, &s->b->scenarios[i], figures);
  }
  buf_puts(text_of(s, SHEET_JSON), "\n]}\n");
  for (int i = 0; i < SHEETS && status == PPR_OK; i++) status = flush(s, (sheet_kind)i, 0);
  for (int i = 0; i < SHEETS && status == PPR_OK; i++) {
    file_status finished = file_sink_finish(s->sheet[i].sink);
    if (finished != FILE_OK) status = unwritable(s, finished, s->sheet[i].path);
  }
  for (int i = 0; i < SHEETS && status == PPR_OK; i++) {
    file_status committed = file_sink_commit(s->sheet[i].sink);
    s->sheet[i].sink = NULL;
    if (committed != FILE_OK) status = unwritable(s, committed, s->sheet[i].path);
  }
  return status;
}

ppr_status sheets_write(book *b, const char *folder, bool english) {
  sheets s = {.b = b, .english = english};
  ppr_status status = write_all(&s, folder);
  for (int i = 0; i < SHEETS; i++) {
    file_sink_abort(s.sheet[i].sink);
    buf_fini(&s.sheet[i].text);
  }
  return status;
}
