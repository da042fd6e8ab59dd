/* Baseline and scenarios in tables: what comes out, who wins and loses, which verdicts change, two groups at once, the records that change. */
#include "sweep/page.h"
#include "sweep/svg.h"
#include "base/text.h"
#include <string.h>

enum { BESIDE = 5, CELLS_MOST = 60, PAIRS_MOST = 24, RECORDS_SHOWN = 50, RECORDS_LEAST = 10, COLUMNS_MOST = 8, LABEL = 34, COLUMN_LABEL = 26 };

static const char *const direction_class[] = {"down", "same", "up"};

/* --- baseline and scenarios --- */

static book_level at(const book_scenario *c, const book_survey *v, size_t cell, size_t part) {
  return book_level_of(book_at(c, v, cell, part), v->parts[part].form);
}

/* What a table shows of a part: share, sum, or median. */
static book_level shown(const book_scenario *c, const book_survey *v, size_t cell, size_t part) {
  const book_figure *f = book_at(c, v, cell, part);
  if (v->parts[part].form != BOOK_SPREAD) return book_level_of(f, v->parts[part].form);
  return f && f->spread ? (book_level){f->rank[BOOK_RANKS / 2], 1} : (book_level){0, 0};
}

static void part_name(page *p, const book_part *of) {
  page_text(p, of->name);
  if (of->form == BOOK_SPREAD) page_put(p, page_say(p, " <span class=\"soft\">(Median)</span>", " <span class=\"soft\">(median)</span>"));
}

/* A sum over some of the records is told as such. */
static void without_value(page *p, const book_part *of, const book_figure *f) {
  if (of->form != BOOK_SUM || !f || !f->absent) return;
  page_put(p, "<small>");
  page_put(p, page_say(p, "ohne Wert: ", "no value: "));
  amount_count(p->out, f->absent, p->style);
  page_put(p, "</small>");
}

/* A figure, and below it how far it is from the baseline; f: to tell how many have no value, or NULL. */
static void compared(page *p, const book_part *of, book_level is, book_level was, const book_figure *f) {
  int direction = page_direction(is, was);
  page_put(p, "<td>");
  page_level(p, of, is);
  buf_printf(p->out, "<small class=\"%s\">", direction_class[direction]);
  if (!is.den || !was.den) page_put(p, "–");
  else if (direction == 1) page_put(p, "=");
  else page_put(p, page_arrow(direction)), page_put(p, "\xC2\xA0"), page_moved(p, of, is, was);
  page_put(p, "</small>");
  without_value(p, of, f);
  page_put(p, "</td>");
}

static void summary_row(page *p, const book_survey *v, size_t part, const book_scenario *const *beside, size_t n) {
  const book_part *of = &v->parts[part];
  size_t all = page_all(v);
  book_level was = shown(&p->b->scenarios[0], v, all, part);
  page_put(p, "<tr><th scope=\"row\">");
  part_name(p, of);
  page_put(p, "</th><td>");
  page_level(p, of, was);
  without_value(p, of, book_at(&p->b->scenarios[0], v, all, part));
  page_put(p, "</td>");
  for (size_t i = 0; i < n; i++) compared(p, of, shown(beside[i], v, all, part), was, book_at(beside[i], v, all, part));
  page_put(p, "</tr>\n");
}

static void summary_of(page *p, const book_scenario *const *beside, size_t n) {
  const book *b = p->b;
  page_table(p, "");
  page_put(p, "<thead><tr><th></th>");
  page_element(p, "th scope=\"col\"", "", b->scenarios[0].name);
  for (size_t i = 0; i < n; i++) page_element(p, "th scope=\"col\"", "", beside[i]->name);
  page_put(p, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < b->n_surveys; i++) {
    const book_survey *v = &b->surveys[i];
    if (page_all(v) == v->n_cells) continue;
    if (b->n_surveys > 1) {
      buf_printf(p->out, "<tr class=\"head\"><th colspan=\"%zu\" scope=\"rowgroup\">", 2 + n);
      page_text(p, v->name);
      page_put(p, "</th></tr>\n");
    }
    for (size_t k = v->n_groups; k < v->n_parts; k++) {
      bool any = shown(&b->scenarios[0], v, page_all(v), k).den != 0;
      for (size_t c = 0; c < n; c++) any = any || shown(beside[c], v, page_all(v), k).den;
      if (any) summary_row(p, v, k, beside, n);
    }
  }
  page_table_end(p);
}

void page_summary(page *p) {
  const book *b = p->b;
  const book_scenario *beside[BESIDE] = {NULL};
  size_t n = 0, alike = 0, tables = 0;
  for (size_t i = 1; i < b->n_scenarios; i++) {
    if (page_like_baseline(b, &b->scenarios[i])) {
      alike++;
      continue;
    }
    beside[n++] = &b->scenarios[i];
    if (n < BESIDE) continue;
    summary_of(p, beside, n);
    tables++;
    n = 0;
  }
  if (n || !tables) summary_of(p, beside, n);
  if (!alike) return;
  page_put(p, "<p class=\"soft\">");
  page_put(p, page_say(p, "Mit allen Parametern auf ihrer Vorgabe in allem wie die Ausgangslage: ",
                       "With all parameters at their presets like the baseline in everything: "));
  for (size_t i = 1, told = 0; i < b->n_scenarios; i++)
    if (page_like_baseline(b, &b->scenarios[i])) {
      if (told++) page_put(p, ", ");
      page_text(p, b->scenarios[i].name);
    }
  page_put(p, ".</p>\n");
}

/* --- winners and losers --- */

/* Bars to the left for what is lost, to the right for what is gained, on one scale. */
static void winner_bars(page *p, const book_scenario *c, const book_survey *v, size_t part, const size_t *cells, size_t n) {
  enum { ROW = 270, GAP = 110, TOP = 260, FROM = 2900, ROOM = 3300 };
  int64_t gained = 0, lost = 0;
  int height = TOP + 60;
  for (size_t i = 0; i < n; i++) {
    const book_figure *f = book_at(c, v, cells[i], part);
    if (f && f->gained > gained) gained = f->gained;
    if (f && f->lost > lost) lost = f->lost;
    height += ROW + (i && v->cells[cells[i]].groups != v->cells[cells[i - 1]].groups ? GAP : 0);
  }
  if (gained + lost == 0) return;
  int middle = FROM + (int)((ppr_wide)lost * ROOM / (gained + lost)), y = TOP;
  const char *title = arena_printf(p->arena, "%s, %s: %s", c->name, v->parts[part].name, page_say(p, "Gewinner und Verlierer", "winners and losers"));
  svg_open(p, 7200, height, title ? title : "",
           page_say(p, "Balken nach links: neu nein; nach rechts: neu ja; je Zeile ein Wert der Gruppe, Zahlen daneben",
                    "bars to the left: newly no; to the right: newly yes; a row per value of the group, numbers beside"));
  svg_text(p, "soft", 'e', middle - 80, 140, page_say(p, "neu nein ◂", "newly no ◂"));
  svg_text(p, "soft", 's', middle + 80, 140, page_say(p, "▸ neu ja", "▸ newly yes"));
  svg_line(p, "axis", middle, TOP - 60, middle, height - 40);
  for (size_t i = 0; i < n; i++, y += ROW) {
    const book_figure *f = book_at(c, v, cells[i], part);
    const book_cell *cell = &v->cells[cells[i]];
    int right = (int)((ppr_wide)(f ? f->gained : 0) * ROOM / (gained + lost)), left = (int)((ppr_wide)(f ? f->lost : 0) * ROOM / (gained + lost));
    if (i && cell->groups != v->cells[cells[i - 1]].groups) y += GAP;
    svg_label(p, cell->n_groups ? "" : "strong", 'e', FROM - 500, y + 155, cell->n_groups ? cell->label : page_say(p, "alle", "all"), LABEL);
    if (left) svg_rect(p, "loss", middle - left, y + 40, left, ROW - 100);
    if (right) svg_rect(p, "gain", middle, y + 40, right, ROW - 100);
    svg_text_begin(p, "", 'e', middle - left - 60, y + 155);
    amount_count(p->out, f ? f->lost : 0, p->style);
    svg_text_end(p);
    svg_text_begin(p, "", 's', middle + right + 60, y + 155);
    amount_count(p->out, f ? f->gained : 0, p->style);
    svg_text_end(p);
  }
  svg_close(p);
}

/* All records, then the values of every group. */
static size_t single_cells(const book_survey *v, size_t *cells) {
  size_t n = 0, all = page_all(v);
  if (all < v->n_cells) cells[n++] = all;
  for (size_t g = 0; g < v->n_groups; g++) n += page_group_cells(v, g, cells + n, CELLS_MOST - n);
  return n;
}

static bool has_moved(const book_scenario *c, const book_survey *v, size_t part) {
  size_t all = page_all(v);
  const book_figure *f = all < v->n_cells ? book_at(c, v, all, part) : NULL;
  return f && (f->gained || f->lost);
}

/* Figures of a scenario by group, of the parts that differ somewhere from the baseline. */
static void group_table(page *p, const book_scenario *c, const book_survey *v, const size_t *cells, size_t n) {
  const book_scenario *base = &p->b->scenarios[0];
  size_t parts[COLUMNS_MOST], m = 0;
  for (size_t k = v->n_groups; k < v->n_parts && m < COLUMNS_MOST; k++) {
    bool moves = false;
    for (size_t i = 0; i < n; i++) moves = moves || book_compare(shown(c, v, cells[i], k), shown(base, v, cells[i], k)) != 0;
    if (moves) parts[m++] = k;
  }
  if (!m || n < 2) return;
  page_table(p, "");
  page_put(p, "<thead><tr><th></th>");
  for (size_t k = 0; k < m; k++) {
    page_put(p, "<th scope=\"col\">");
    part_name(p, &v->parts[parts[k]]);
    page_put(p, "</th>");
  }
  page_put(p, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < n; i++) {
    const book_cell *cell = &v->cells[cells[i]];
    for (size_t g = 0; g < v->n_groups; g++)
      if (cell->groups == 1u << g && (i == 0 || v->cells[cells[i - 1]].groups != cell->groups)) {
        buf_printf(p->out, "<tr class=\"head\"><th colspan=\"%zu\" scope=\"rowgroup\">", m + 1);
        page_text(p, v->parts[g].name);
        page_put(p, "</th></tr>\n");
      }
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, cell->n_groups ? cell->label : page_say(p, "alle", "all"));
    page_put(p, "</th>");
    for (size_t k = 0; k < m; k++) compared(p, &v->parts[parts[k]], shown(c, v, cells[i], parts[k]), shown(base, v, cells[i], parts[k]), NULL);
    page_put(p, "</tr>\n");
  }
  page_table_end(p);
}

static void winners_of(page *p, const book_scenario *c, const book_survey *v) {
  size_t cells[CELLS_MOST], n = single_cells(v, cells);
  for (size_t k = v->n_groups; k < v->n_parts; k++) {
    if (v->parts[k].form != BOOK_SHARE || !has_moved(c, v, k)) continue;
    page_put(p, "<figure><h3>");
    page_text(p, c->name);
    page_put(p, " <span class=\"soft\">· ");
    page_text(p, page_part(p, v, k));
    page_put(p, "</span></h3>\n");
    winner_bars(p, c, v, k, cells, n);
    page_put(p, "</figure>\n");
  }
  group_table(p, c, v, cells, n);
}

void page_winners(page *p) {
  const book *b = p->b;
  for (size_t i = 1; i < b->n_scenarios; i++)
    for (size_t s = 0; s < b->n_surveys && !page_like_baseline(b, &b->scenarios[i]); s++) winners_of(p, &b->scenarios[i], &b->surveys[s]);
}

/* --- changed verdicts --- */

enum { NO, YES, ABSENT, STATES };

/* How many went from one state to another, out of the changes of records; what did not change is what is left of the baseline. */
static bool count_flips(book *b, const book_scenario *c, const book_survey *v, size_t part, int64_t counts[STATES][STATES]) {
  const book_figure *base = book_at(&b->scenarios[0], v, page_all(v), part);
  memset(counts, 0, STATES * sizeof *counts);
  if (!base) return false;
  const int64_t was[STATES] = {base->no, base->yes, base->absent};
  book_rows r = book_ask(
      b, "SELECT before, after, count(*) FROM change WHERE scenario = ? AND survey = ? AND part = ? GROUP BY before, after ORDER BY before, after");
  book_bind(&r, 1, c->id);
  book_bind(&r, 2, v->id);
  book_bind(&r, 3, v->parts[part].id);
  while (book_next(&r)) {
    int from = book_null(&r, 0) ? ABSENT : book_int(&r, 0) ? YES : NO, to = book_null(&r, 1) ? ABSENT : book_int(&r, 1) ? YES : NO;
    counts[from][to] += book_int(&r, 2);
  }
  book_end(&r);
  for (int from = 0; from < STATES; from++) {
    int64_t gone = 0;
    for (int to = 0; to < STATES; to++) gone += counts[from][to];
    counts[from][from] += was[from] - gone;
    if (counts[from][from] < 0) counts[from][from] = 0; /* results the baseline has none of */
  }
  return b->status == PPR_OK;
}

static void flip_matrix(page *p, const book_scenario *c, const book_survey *v, size_t part) {
  int64_t counts[STATES][STATES], all = 0;
  if (!count_flips(p->b, c, v, part, counts)) return;
  bool absent = false;
  for (int i = 0; i < STATES; i++) {
    absent = absent || counts[i][ABSENT] || counts[ABSENT][i];
    for (int k = 0; k < STATES; k++) all += counts[i][k];
  }
  const int order[] = {YES, NO, ABSENT}, n = absent ? 3 : 2;
  const char *const words[] = {page_say(p, "nein", "no"), page_say(p, "ja", "yes"), page_say(p, "ohne Wert", "no value")};
  page_put(p, "<div><h3>");
  page_text(p, c->name);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, v, part));
  buf_printf(p->out, "</span></h3>\n<table class=\"flip\"><thead><tr><th scope=\"col\">%s</th>",
             page_say(p, "Ausgangslage ↓ &nbsp; Szenario →", "baseline ↓ &nbsp; scenario →"));
  for (int k = 0; k < n; k++) page_element(p, "th scope=\"col\"", "", words[order[k]]);
  page_put(p, "</tr></thead><tbody>\n");
  for (int i = 0; i < n; i++) {
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, words[order[i]]);
    page_put(p, "</th>");
    for (int k = 0; k < n; k++) {
      int from = order[i], to = order[k];
      int64_t count = counts[from][to];
      const char *class = count == 0 || from == to || from == ABSENT || to == ABSENT ? "stay" : to == YES ? "gain" : "loss";
      buf_printf(p->out, "<td class=\"%s\">", class);
      if (*class != 's') page_put(p, to == YES ? "▲ " : "▼ ");
      amount_count(p->out, count, p->style);
      page_put(p, "<small>");
      page_percent(p, (book_level){count, all});
      page_put(p, "</small></td>");
    }
    page_put(p, "</tr>\n");
  }
  page_put(p, "</tbody></table></div>\n");
}

void page_flips(page *p) {
  const book *b = p->b;
  bool any = false;
  for (size_t i = 1; i < b->n_scenarios; i++)
    for (size_t s = 0; s < b->n_surveys; s++)
      for (size_t k = b->surveys[s].n_groups; k < b->surveys[s].n_parts; k++) {
        const book_survey *v = &b->surveys[s];
        if (v->parts[k].form != BOOK_SHARE || page_all(v) == v->n_cells || !book_at(&b->scenarios[i], v, page_all(v), k)) continue;
        if (!has_moved(&b->scenarios[i], v, k)) continue;
        if (!any) page_put(p, "<div class=\"grid2\">\n");
        any = true;
        flip_matrix(p, &b->scenarios[i], v, k);
      }
  if (any) page_put(p, "</div>\n");
}

/* --- two groups at once --- */

/* u4 … d4 by how far a share moved: beyond 0, 1, 3 and 10 percentage points. */
static const char *tint(book_level is, book_level was) {
  static const char *const classes[2][4] = {{"d1", "d2", "d3", "d4"}, {"u1", "u2", "u3", "u4"}};
  static const int points[] = {1, 3, 10};
  int direction = page_direction(is, was), depth = 0;
  ppr_wide left, right, den, moved;
  if (direction == 1 || !wide_mul(&left, is.num, was.den) || !wide_mul(&right, was.num, is.den) || !wide_mul(&den, is.den, was.den)) return "z";
  if (!wide_mul(&moved, wide_abs(left - right), 100)) return "z";
  while (depth < 3 && moved / points[depth] >= den) depth++;
  return classes[direction == 2][depth];
}

/* The cell of two values; n_cells: none. */
static size_t pair_cell(const book_survey *v, const book_cell *a, size_t group_a, const book_cell *b, size_t group_b) {
  uint32_t groups = 1u << group_a | 1u << group_b;
  for (size_t k = 0; k < v->n_cells; k++) {
    const book_cell *c = &v->cells[k];
    if (c->groups == groups && !strcmp(c->value[group_a], a->value[group_a]) && !strcmp(c->value[group_b], b->value[group_b])) return k;
  }
  return v->n_cells;
}

/* Columns are called by their labels; where one is too long for that by their codes, which are explained below the table. */
static bool long_labels(const book_survey *v, const size_t *columns, size_t m) {
  for (size_t k = 0; k < m; k++)
    if (text_length(v->cells[columns[k]].label, strlen(v->cells[columns[k]].label)) > COLUMN_LABEL) return true;
  return false;
}

static void explain_codes(page *p, const book_survey *v, const size_t *columns, size_t m, size_t across) {
  page_put(p, "<p class=\"soft small\">");
  for (size_t k = 0; k < m; k++) {
    const book_cell *column = &v->cells[columns[k]];
    page_put(p, k ? "; <b>" : "<b>");
    page_text(p, column->value[across]);
    page_put(p, "</b>\xC2\xA0");
    page_text(p, column->label);
  }
  page_put(p, "</p>\n");
}

static void pair_cell_of(page *p, const book_scenario *c, const book_survey *v, size_t part, size_t cell) {
  const book_scenario *base = &p->b->scenarios[0];
  book_level is = {0, 0}, was = {0, 0};
  if (cell < v->n_cells) is = at(c, v, cell, part), was = at(base, v, cell, part);
  buf_printf(p->out, "<td class=\"%s\">", c == base || !is.den || !was.den ? "z" : tint(is, was));
  if (is.den) page_put(p, "<b>"), page_percent(p, is), page_put(p, "</b>");
  else page_put(p, "–");
  if (c != base && is.den && was.den) {
    int direction = page_direction(is, was);
    page_put(p, "<small>");
    if (direction == 1) page_put(p, "=");
    else page_put(p, page_arrow(direction)), page_put(p, "\xC2\xA0"), page_moved(p, &v->parts[part], is, was);
    page_put(p, "</small>");
  }
  page_put(p, "</td>");
}

/* One table: the baseline, then each scenario in which the share moves. */
static void pair_table(page *p, const book_survey *v, size_t part, size_t down, size_t across) {
  size_t rows[CELLS_MOST], columns[CELLS_MOST], n = page_group_cells(v, down, rows, CELLS_MOST), m = page_group_cells(v, across, columns, CELLS_MOST);
  bool codes = long_labels(v, columns, m);
  page_put(p, "<h3>");
  page_text(p, page_part(p, v, part));
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, v->parts[down].name);
  page_put(p, " × ");
  page_text(p, v->parts[across].name);
  page_put(p, "</span></h3>\n<div class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>");
  for (size_t k = 0; k < m; k++) page_element(p, "th scope=\"col\"", "", codes ? v->cells[columns[k]].value[across] : v->cells[columns[k]].label);
  page_put(p, "</tr></thead>\n");
  for (size_t c = 0; c < p->b->n_scenarios; c++) {
    if (c > 0 && !has_moved(&p->b->scenarios[c], v, part)) continue;
    buf_printf(p->out, "<tbody><tr class=\"head\"><th colspan=\"%zu\" scope=\"rowgroup\">", m + 1);
    page_text(p, p->b->scenarios[c].name);
    page_put(p, "</th></tr>\n");
    for (size_t i = 0; i < n; i++) {
      page_put(p, "<tr>");
      page_element(p, "th scope=\"row\"", "", v->cells[rows[i]].label);
      for (size_t k = 0; k < m; k++)
        pair_cell_of(p, &p->b->scenarios[c], v, part, pair_cell(v, &v->cells[rows[i]], down, &v->cells[columns[k]], across));
      page_put(p, "</tr>\n");
    }
    page_put(p, "</tbody>\n");
  }
  page_put(p, "</table></div>\n");
  if (codes) explain_codes(p, v, columns, m, across);
}

/* The same share wherever there are two groups, in the baseline and in every scenario. */
static bool nothing_to_see(const book *b, const book_survey *v, size_t part, uint32_t groups) {
  book_level one = {0, 0};
  for (size_t i = 1; i < b->n_scenarios; i++)
    if (has_moved(&b->scenarios[i], v, part)) return false;
  for (size_t k = 0; k < v->n_cells; k++) {
    book_level is = v->cells[k].groups == groups ? at(&b->scenarios[0], v, k, part) : (book_level){0, 0};
    if (is.den && one.den && book_compare(is, one) != 0) return false;
    if (is.den) one = is;
  }
  return true;
}

static bool has_pairs(const book_survey *v, size_t a, size_t b) {
  for (size_t k = 0; k < v->n_cells; k++)
    if (v->cells[k].groups == (1u << a | 1u << b)) return true;
  return false;
}

void page_pairs(page *p) {
  const book *b = p->b;
  size_t shown = 0, left = 0;
  for (size_t s = 0; s < b->n_surveys; s++) {
    const book_survey *v = &b->surveys[s];
    for (size_t g = 0; g < v->n_groups; g++)
      for (size_t h = g + 1; h < v->n_groups; h++)
        for (size_t k = v->n_groups; k < v->n_parts && has_pairs(v, g, h); k++) {
          if (v->parts[k].form != BOOK_SHARE || nothing_to_see(b, v, k, 1u << g | 1u << h)) continue;
          if (shown == PAIRS_MOST) {
            left++;
            continue;
          }
          if (!shown++)
            page_element(
                p, "p", "soft",
                page_say(p,
                         "In jeder Zelle der Anteil und, bei Szenarien, die Differenz zur Ausgangslage. Getönt ist die Differenz: ab 0, 1, 3 "
                         "und 10 Prozentpunkten. Szenarien, die den Anteil nicht ändern, fehlen.",
                         "In each cell the share and, for scenarios, the difference to the baseline. The tint is the difference: from 0, 1, "
                         "3 and 10 percentage points on. Scenarios that leave the share as it is are left out."));
          pair_table(p, v, k, g, h);
        }
  }
  if (left)
    buf_printf(p->out,
               page_say(p, "<p class=\"soft\">Weitere Tabellen stehen in Anteile.csv: %zu.</p>\n",
                        "<p class=\"soft\">Further tables are in Anteile.csv: %zu.</p>\n"),
               left);
}

/* --- records that change --- */

/* The verdicts of one record that change: in one direction. */
typedef struct flips {
  const char *names[3]; /* by direction: gained, lost, with no value on one side; comma separated */
} flips;

static void add_flip(page *p, flips *f, const book_rows *r, const book_survey *v, size_t part) {
  bool known = !book_null(r, 5) && !book_null(r, 6);
  int which = !known ? 2 : book_int(r, 6) ? 0 : 1;
  const char *element = book_text(r, 2), *had = f->names[which];
  f->names[which] = arena_printf(p->arena, "%s%s%s%s%s%s", had ? had : "", had ? ", " : "", page_part(p, v, part), *element ? "\xC2\xA0[" : "",
                                 element, *element ? "]" : "");
}

static void record_row(page *p, const char *record, const char *cell, const flips *f) {
  static const char *const classes[] = {"up", "down", "same"}, *const signs[] = {"▲ ", "▼ ", "– "};
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, record);
  page_put(p, "</th><td class=\"t\">");
  page_text(p, cell);
  page_put(p, "</td><td class=\"t\">");
  for (int i = 0; i < 3; i++) {
    if (!f->names[i]) continue;
    buf_printf(p->out, "<div><span class=\"%s\">%s</span>", classes[i], signs[i]);
    page_text(p, f->names[i]);
    page_put(p, "</div>");
  }
  page_put(p, "</td></tr>\n");
}

static void records_of(page *p, const book_scenario *c, size_t most) {
  book *b = p->b;
  size_t records = 0;
  const char *record = NULL, *cell = NULL;
  flips f = {{NULL}};
  book_rows r = book_ask(
      b, "SELECT record, c.survey, element, c.part, cell, before, after FROM change AS c JOIN part AS p ON p.survey = c.survey AND p.id = c.part "
         "WHERE scenario = ? AND form = 'anteil' ORDER BY record, c.survey, c.part, element");
  book_bind(&r, 1, c->id);
  while (book_next(&r)) {
    const book_survey *v = book_find_survey(b, book_int(&r, 1));
    const book_part *part = v ? book_find_part(v, book_int(&r, 3)) : NULL;
    if (!part) {
      book_damaged(b, "change");
      break;
    }
    if (!record || strcmp(record, book_text(&r, 0)) != 0) {
      if (record && records <= most) record_row(p, record, cell, &f);
      if (records++ == 0) {
        page_table(p, "");
        buf_printf(p->out, "<thead><tr class=\"head\"><th colspan=\"3\">");
        page_text(p, c->name);
        buf_printf(
            p->out,
            "</th></tr><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"t\">%s</th><th scope=\"col\" class=\"t\">%s</th></tr></thead><tbody>\n",
            page_say(p, "Datensatz", "record"), page_say(p, "Merkmale", "groups"),
            page_say(p, "neu ja ▲ und neu nein ▼", "newly yes ▲ and newly no ▼"));
      }
      record = book_keep(&r, 0);
      cell = book_keep(&r, 4);
      f = (flips){{NULL}};
      if (!record || !cell) break;
    }
    if (records <= most) add_flip(p, &f, &r, v, (size_t)(part - v->parts));
  }
  book_end(&r);
  if (!record || !cell) return;
  if (records <= most) record_row(p, record, cell, &f);
  page_table_end(p);
  if (records <= most) return;
  page_put(p, page_say(p, "<p class=\"soft\">Die ersten ", "<p class=\"soft\">The first "));
  amount_count(p->out, (int64_t)most, p->style);
  page_put(p, page_say(p, " von ", " of "));
  amount_count(p->out, (int64_t)records, p->style);
  page_put(p, page_say(p, " Datensätzen; alle stehen in Wechsel.csv.</p>\n", " records; all are in Wechsel.csv.</p>\n"));
}

void page_records(page *p) {
  size_t changed = 0;
  for (size_t i = 1; i < p->b->n_scenarios; i++) changed += !page_like_baseline(p->b, &p->b->scenarios[i]);
  size_t most = RECORDS_SHOWN / (changed ? changed : 1);
  for (size_t i = 1; i < p->b->n_scenarios; i++) records_of(p, &p->b->scenarios[i], most < RECORDS_LEAST ? RECORDS_LEAST : most);
}
