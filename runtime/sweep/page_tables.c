/* Baseline and scenarios in tables: what comes out, who wins and loses, which verdicts change, two groups at once, the records that change. */
#include "sweep/page.h"
#include "sweep/svg.h"
#include <string.h>

enum { BESIDE = 4, CELLS_MOST = 60, PAIRS_MOST = 24, RECORDS_SHOWN = 50 };

static const char *const direction_class[] = {"down", "same", "up"};

/* --- baseline and scenarios --- */

static void moved_cell(page *p, const book_part *part, book_level is, book_level was) {
  int direction = page_direction(is, was);
  buf_printf(p->out, "<td class=\"%s\">", direction_class[direction]);
  if (!is.den || !was.den) page_put(p, "–");
  else if (direction == 1) page_put(p, "=");
  else page_moved(p, part, is, was);
  page_put(p, "</td>");
}

static book_level at(const book_scenario *c, const book_survey *v, size_t cell, size_t part) {
  return book_level_of(book_at(c, v, cell, part), v->parts[part].form);
}

static void summary_row(page *p, const book_survey *v, size_t part, size_t from, size_t to) {
  const book *b = p->b;
  const book_part *of = &v->parts[part];
  size_t all = page_all(v);
  book_level was = at(&b->scenarios[0], v, all, part);
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, of->name);
  page_put(p, "</th><td>");
  page_level(p, of, was);
  page_put(p, "</td>");
  for (size_t i = from; i < to; i++) {
    book_level is = at(&b->scenarios[i], v, all, part);
    page_put(p, "<td class=\"first\">");
    page_level(p, of, is);
    page_put(p, "</td>");
    moved_cell(p, of, is, was);
  }
  page_put(p, "</tr>\n");
}

static void median_row(page *p, const book_survey *v, size_t part, size_t from, size_t to) {
  const book *b = p->b;
  const book_part *of = &v->parts[part];
  size_t all = page_all(v);
  const book_figure *base = book_at(&b->scenarios[0], v, all, part);
  book_level was = base && base->spread ? (book_level){base->rank[BOOK_RANKS / 2], 1} : (book_level){0, 0};
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, of->name);
  page_put(p, page_say(p, " <span class=\"soft\">(Median)</span>", " <span class=\"soft\">(median)</span>"));
  page_put(p, "</th><td>");
  page_level(p, of, was);
  page_put(p, "</td>");
  for (size_t i = from; i < to; i++) {
    const book_figure *f = book_at(&b->scenarios[i], v, all, part);
    book_level is = f && f->spread ? (book_level){f->rank[BOOK_RANKS / 2], 1} : (book_level){0, 0};
    page_put(p, "<td class=\"first\">");
    page_level(p, of, is);
    page_put(p, "</td>");
    moved_cell(p, of, is, was);
  }
  page_put(p, "</tr>\n");
}

static void summary_of(page *p, size_t from, size_t to) {
  const book *b = p->b;
  page_table(p, "");
  page_put(p, "<thead><tr><th></th>");
  page_element(p, "th", "", b->scenarios[0].name);
  for (size_t i = from; i < to; i++) {
    page_put(p, "<th colspan=\"2\" class=\"first\" scope=\"col\">");
    page_text(p, b->scenarios[i].name);
    page_put(p, "</th>");
  }
  page_put(p, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < b->n_surveys; i++) {
    const book_survey *v = &b->surveys[i];
    if (page_all(v) == v->n_cells) continue;
    if (b->n_surveys > 1) {
      buf_printf(p->out, "<tr class=\"head\"><th colspan=\"%zu\" scope=\"rowgroup\">", 2 + 2 * (to - from));
      page_text(p, v->name);
      page_put(p, "</th></tr>\n");
    }
    for (size_t k = v->n_groups; k < v->n_parts; k++) {
      if (v->parts[k].form == BOOK_SPREAD) median_row(p, v, k, from, to);
      else summary_row(p, v, k, from, to);
    }
  }
  page_table_end(p);
}

void page_summary(page *p) {
  size_t n = p->b->n_scenarios;
  if (n < 2) summary_of(p, 1, 1);
  for (size_t from = 1; from < n; from += BESIDE) summary_of(p, from, from + BESIDE < n ? from + BESIDE : n);
}

/* --- winners and losers --- */

static int64_t most_moved(const book_scenario *c, const book_survey *v, size_t part, const size_t *cells, size_t n) {
  int64_t most = 0;
  for (size_t i = 0; i < n; i++) {
    const book_figure *f = book_at(c, v, cells[i], part);
    if (f && f->gained > most) most = f->gained;
    if (f && f->lost > most) most = f->lost;
  }
  return most;
}

/* Bars to the left for what is lost, to the right for what is gained. */
static void winner_bars(page *p, const book_scenario *c, const book_survey *v, size_t part, const size_t *cells, size_t n) {
  enum { ROW = 270, MIDDLE = 4600, HALF = 1900, TOP = 260 };
  int64_t most = most_moved(c, v, part, cells, n);
  int height = TOP + ROW * (int)n + 60;
  const char *title = arena_printf(p->arena, "%s, %s: %s", c->name, v->parts[part].name, page_say(p, "Gewinner und Verlierer", "winners and losers"));
  svg_open(p, 7200, height, title ? title : "",
           page_say(p, "Balken nach links: nicht mehr erfüllt; nach rechts: neu erfüllt; je Zeile ein Wert der Gruppe, Zahlen daneben",
                    "bars to the left: no longer met; to the right: newly met; a row per value of the group, numbers beside"));
  svg_text(p, "soft", 'e', MIDDLE - 80, 140, page_say(p, "nicht mehr erfüllt ◂", "no longer met ◂"));
  svg_text(p, "soft", 's', MIDDLE + 80, 140, page_say(p, "▸ neu erfüllt", "▸ newly met"));
  svg_line(p, "axis", MIDDLE, TOP - 60, MIDDLE, height - 40);
  for (size_t i = 0; i < n; i++) {
    const book_figure *f = book_at(c, v, cells[i], part);
    int y = TOP + ROW * (int)i;
    int64_t gained = f ? f->gained : 0, lost = f ? f->lost : 0;
    int right = most ? (int)((ppr_wide)gained * HALF / most) : 0, left = most ? (int)((ppr_wide)lost * HALF / most) : 0;
    const book_cell *cell = &v->cells[cells[i]];
    if (cell->n_groups == 0) svg_text(p, "strong", 'e', MIDDLE - HALF - 500, y + 155, page_say(p, "alle", "all"));
    else svg_text(p, "", 'e', MIDDLE - HALF - 500, y + 155, cell->label);
    if (lost) svg_rect(p, "loss", MIDDLE - left, y + 40, left, ROW - 100);
    if (gained) svg_rect(p, "gain", MIDDLE, y + 40, right, ROW - 100);
    svg_text_begin(p, "", 'e', MIDDLE - left - 60, y + 155);
    amount_count(p->out, lost, p->style);
    svg_text_end(p);
    svg_text_begin(p, "", 's', MIDDLE + right + 60, y + 155);
    amount_count(p->out, gained, p->style);
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

void page_winners(page *p) {
  const book *b = p->b;
  for (size_t i = 1; i < b->n_scenarios; i++)
    for (size_t s = 0; s < b->n_surveys; s++) {
      const book_survey *v = &b->surveys[s];
      size_t cells[CELLS_MOST], n = single_cells(v, cells);
      for (size_t k = v->n_groups; k < v->n_parts; k++) {
        if (v->parts[k].form != BOOK_SHARE || !has_moved(&b->scenarios[i], v, k)) continue;
        page_put(p, "<figure><h3>");
        page_text(p, b->scenarios[i].name);
        page_put(p, " <span class=\"soft\">· ");
        page_text(p, page_part(p, v, k));
        page_put(p, "</span></h3>\n");
        winner_bars(p, &b->scenarios[i], v, k, cells, n);
        page_put(p, "</figure>\n");
      }
    }
}

/* --- changed verdicts --- */

enum { NO, YES, ABSENT, STATES };

/* How many went from one state to another, out of the changes of records; what did not change is what is left of the baseline. */
static bool count_flips(book *b, const book_scenario *c, const book_survey *v, size_t part, int64_t counts[STATES][STATES]) {
  const book_figure *base = book_at(&b->scenarios[0], v, page_all(v), part);
  memset(counts, 0, STATES * sizeof *counts);
  if (!base) return false;
  const int64_t was[STATES] = {base->no, base->yes, base->absent};
  book_rows r = book_ask(b, "SELECT before, after, count(*) FROM change WHERE scenario = ? AND survey = ? AND part = ? GROUP BY before, after ORDER BY before, after");
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
  const char *const words[] = {page_say(p, "nicht erfüllt", "not met"), page_say(p, "erfüllt", "met"), page_say(p, "ohne Wert", "no value")};
  page_put(p, "<div><h3>");
  page_text(p, c->name);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, v, part));
  buf_printf(p->out, "</span></h3>\n<table class=\"flip\"><thead><tr><th scope=\"col\">%s</th>", page_say(p, "Bestand ↓ &nbsp; Szenario →", "baseline ↓ &nbsp; scenario →"));
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
    if (c->groups == groups && c->place[group_a] == a->place[group_a] && c->place[group_b] == b->place[group_b]) return k;
  }
  return v->n_cells;
}

static void pair_table(page *p, const book_scenario *c, const book_survey *v, size_t part, size_t down, size_t across) {
  size_t rows[CELLS_MOST], columns[CELLS_MOST], n = page_group_cells(v, down, rows, CELLS_MOST), m = page_group_cells(v, across, columns, CELLS_MOST);
  const book_scenario *base = &p->b->scenarios[0];
  page_put(p, "<h3>");
  page_text(p, c->name);
  page_put(p, " <span class=\"soft\">· ");
  page_text(p, page_part(p, v, part));
  page_put(p, "</span></h3>\n<div class=\"scroll\"><table class=\"heat\"><thead><tr><th scope=\"col\">");
  page_text(p, v->parts[down].name);
  page_put(p, " × ");
  page_text(p, v->parts[across].name);
  page_put(p, "</th>");
  for (size_t k = 0; k < m; k++) page_element(p, "th scope=\"col\"", "", v->cells[columns[k]].label);
  page_put(p, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < n; i++) {
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, v->cells[rows[i]].label);
    page_put(p, "</th>");
    for (size_t k = 0; k < m; k++) {
      size_t cell = pair_cell(v, &v->cells[rows[i]], down, &v->cells[columns[k]], across);
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
    page_put(p, "</tr>\n");
  }
  page_put(p, "</tbody></table></div>\n");
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
        for (size_t k = v->n_groups; k < v->n_parts && has_pairs(v, g, h); k++)
          for (size_t i = 0; i < b->n_scenarios && v->parts[k].form == BOOK_SHARE; i++) {
            if (i > 0 && !has_moved(&b->scenarios[i], v, k)) continue;
            if (shown == PAIRS_MOST) {
              left++;
              continue;
            }
            if (!shown++)
              page_element(p, "p", "soft",
                           page_say(p, "In jeder Zelle der Anteil und, bei Szenarien, die Differenz zum Bestand. Getönt ist die Differenz: ab 0, 1, 3 und 10 Prozentpunkten.",
                                    "In each cell the share and, for scenarios, the difference to the baseline. The tint is the difference: from 0, 1, 3 and 10 "
                                    "percentage points on."));
            pair_table(p, &b->scenarios[i], v, k, g, h);
          }
  }
  if (left) buf_printf(p->out, page_say(p, "<p class=\"soft\">Weitere %zu Tabellen stehen in Anteile.csv.</p>\n", "<p class=\"soft\">Another %zu tables are in Anteile.csv.</p>\n"), left);
}

/* --- records that change --- */

static void record_row(page *p, const book_rows *r, const book_scenario *c, const book_survey *v, const book_part *part) {
  bool known = !book_null(r, 5) && !book_null(r, 6), yes = known && book_int(r, 6);
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, book_text(r, 0));
  page_put(p, "</th><td class=\"t\">");
  page_text(p, c->name);
  page_put(p, "</td><td class=\"t\">");
  if (p->b->n_surveys > 1) page_text(p, v->name), page_put(p, ": ");
  page_text(p, part->name);
  if (*book_text(r, 2)) page_put(p, " ["), page_text(p, book_text(r, 2)), page_put(p, "]");
  page_put(p, "</td><td class=\"t\">");
  page_text(p, book_text(r, 4));
  buf_printf(p->out, "</td><td class=\"t %s\">%s ", !known ? "same" : yes ? "up" : "down", !known ? "" : yes ? "▲" : "▼");
  const char *const words[] = {page_say(p, "nicht erfüllt", "not met"), page_say(p, "erfüllt", "met"), page_say(p, "ohne Wert", "no value")};
  page_text(p, words[book_null(r, 5) ? 2 : book_int(r, 5) != 0]);
  page_put(p, " → ");
  page_text(p, words[book_null(r, 6) ? 2 : book_int(r, 6) != 0]);
  page_put(p, "</td></tr>\n");
}

void page_records(page *p) {
  book *b = p->b;
  int64_t all = 0, shown = 0;
  book_rows r = book_ask(b, "SELECT record, survey, element, part, cell, before, after, scenario FROM change ORDER BY scenario, record, survey, part, element");
  while (book_next(&r)) {
    const book_scenario *c = NULL;
    const book_survey *v = NULL;
    const book_part *part = NULL;
    for (size_t i = 0; i < b->n_scenarios; i++)
      if (b->scenarios[i].id == book_int(&r, 7)) c = &b->scenarios[i];
    for (size_t i = 0; i < b->n_surveys; i++)
      if (b->surveys[i].id == book_int(&r, 1)) v = &b->surveys[i];
    for (size_t i = 0; v && i < v->n_parts; i++)
      if (v->parts[i].id == book_int(&r, 3)) part = &v->parts[i];
    if (!c || !part) {
      book_damaged(b, "change");
      break;
    }
    if (part->form != BOOK_SHARE || all++ >= RECORDS_SHOWN) continue;
    if (!shown++) {
      page_table(p, "");
      buf_printf(p->out, "<thead><tr><th>%s</th><th class=\"t\">%s</th><th class=\"t\">%s</th><th class=\"t\">%s</th><th class=\"t\">%s</th></tr></thead><tbody>\n",
                 page_say(p, "Datensatz", "record"), page_say(p, "Szenario", "scenario"), page_say(p, "Ergebnis", "result"), page_say(p, "Merkmale", "groups"),
                 page_say(p, "Wechsel", "change"));
    }
    record_row(p, &r, c, v, part);
  }
  book_end(&r);
  if (!shown) return;
  page_table_end(p);
  if (all > shown) {
    page_put(p, "<p class=\"soft\">");
    page_put(p, page_say(p, "Das sind die ersten ", "These are the first "));
    amount_count(p->out, shown, p->style);
    page_put(p, page_say(p, " von ", " of "));
    amount_count(p->out, all, p->style);
    page_put(p, page_say(p, "; alle stehen in Wechsel.csv.", "; all are in Wechsel.csv."));
    page_put(p, "</p>\n");
  }
}
