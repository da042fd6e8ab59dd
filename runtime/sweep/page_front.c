/* The beginning of the page and its end: what was computed, what came out in a few words, what is assumed, how numbers are to be read. */
#include "sweep/fan.h"
#include <string.h>

enum { DIGEST_SHOWN = 16, READINGS_LISTED = 5 };

static void fact(page *p, const char *name, const char *text) {
  page_put(p, "<div>");
  page_element(p, "dt", "", name);
  page_element(p, "dd", "", text);
  page_put(p, "</div>");
}

static void fact_count(page *p, const char *name, int64_t n) {
  page_put(p, "<div>");
  page_element(p, "dt", "", name);
  page_put(p, "<dd>");
  amount_count(p->out, n, p->style);
  page_put(p, "</dd></div>");
}

static void head_facts(page *p) {
  const book *b = p->b;
  int64_t runs = 0;
  bool drawn = false;
  for (size_t i = 0; i < b->n_scenarios; i++) {
    runs += b->scenarios[i].done;
    for (size_t k = 0; k < b->scenarios[i].n_parameters; k++) drawn = drawn || !b->scenarios[i].parameters[k].steps;
  }
  page_put(p, "<dl class=\"facts\">");
  fact_count(p, page_say(p, "Datensätze", "records"), b->scenarios[0].records);
  fact_count(p, page_say(p, "Szenarien neben der Ausgangslage", "scenarios beside the baseline"), (int64_t)b->n_scenarios - 1);
  fact_count(p, page_say(p, "Läufe", "runs"), runs);
  if (b->input) fact(p, page_say(p, "Daten", "data"), b->input);
  if (drawn) fact(p, page_say(p, "Startwert der Ziehungen", "seed of the draws"), b->seed);
  page_put(p, "</dl>\n");
}

/* What is missing: scenarios that are not complete, records without results. */
static void head_missing(page *p) {
  for (size_t i = 0; i < p->b->n_scenarios; i++) {
    const book_scenario *c = &p->b->scenarios[i];
    if (c->done < c->sets + 1) {
      page_put(p, "<p class=\"note warn\"><b>");
      page_text(p, c->name);
      page_put(p, page_say(p, "</b>: erst ", "</b>: only "));
      amount_count(p->out, c->done, p->style);
      page_put(p, page_say(p, " von ", " of "));
      amount_count(p->out, c->sets + 1, p->style);
      page_put(p, page_say(p, " Läufen sind gerechnet. Was hier steht, gilt nur für diese.",
                           " runs are computed. What is told here holds for these only."));
      page_put(p, "</p>\n");
    }
  }
}

void page_head(page *p) {
  const book *b = p->b;
  page_put(p, "<header>\n");
  page_element(p, "p", "kind",
               b->origin ? page_say(p, "Szenarienbericht über erfundene Daten", "Scenario report on invented data")
                         : page_say(p, "Szenarienbericht", "Scenario report"));
  page_element(p, "h1", "", b->rules);
  if (b->n_scenarios > 1) {
    page_put(p, "<p class=\"lead\">");
    page_text(p, b->scenarios[0].name);
    page_put(p, page_say(p, " im Vergleich mit: ", " compared with: "));
    for (size_t i = 1; i < b->n_scenarios; i++) {
      if (i > 1) page_put(p, i + 1 < b->n_scenarios ? ", " : page_say(p, " und ", " and "));
      page_text(p, b->scenarios[i].name);
    }
    page_put(p, "</p>\n");
  }
  if (b->origin) page_element(p, "p", "note warn", b->origin);
  head_facts(p);
  head_missing(p);
}

/* --- at a glance --- */

/* The first share is the headline; other shares and the sums follow. */
static bool headline_of(const book *b, const book_survey **survey, size_t *part) {
  for (size_t i = 0; i < b->n_surveys; i++)
    for (size_t k = 0; k < b->surveys[i].n_parts; k++)
      if (b->surveys[i].parts[k].form == BOOK_SHARE && page_all(&b->surveys[i]) < b->surveys[i].n_cells) {
        *survey = &b->surveys[i];
        *part = k;
        return true;
      }
  return false;
}

static void moved_span(page *p, const book_part *part, book_level is, book_level was) {
  static const char *const classes[] = {"down", "same", "up"};
  int direction = page_direction(is, was);
  buf_printf(p->out, "<span class=\"%s\">%s\xC2\xA0", classes[direction], page_arrow(direction));
  page_moved(p, part, is, was);
  page_put(p, "</span>");
}

static void card_line(page *p, const book_scenario *c, const book_survey *v, size_t part) {
  size_t all = page_all(v);
  book_level is = book_level_of(book_at(c, v, all, part), v->parts[part].form);
  book_level was = book_level_of(book_at(&p->b->scenarios[0], v, all, part), v->parts[part].form);
  if (!is.den || !was.den) return;
  page_put(p, "<div>");
  page_element(p, "dt", "", page_part(p, v, part));
  page_put(p, "<dd>");
  if (book_compare(is, was) == 0) page_put(p, page_say(p, "<span class=\"same\">unverändert</span>", "<span class=\"same\">as before</span>"));
  else moved_span(p, &v->parts[part], is, was);
  page_put(p, "</dd></div>");
}

/* Over all runs of a scenario: least, median and greatest share. */
static void card_runs(page *p, book_scenario *c, const book_survey *v, size_t part) {
  fan_runs runs;
  if (!book_values(p->b, c) || !fan_group(p, c, c->n_parameters, &runs) || runs.n == 0) return;
  const fan_point *q = fan_points(p, c, &runs, v, page_all(v), part);
  if (!q || !q->n) return;
  bool one = book_compare(q->rank[0], q->rank[FAN_RANKS - 1]) == 0;
  page_put(p, "<div class=\"runs\"><b>");
  page_percent(p, q->rank[0]);
  if (!one) page_put(p, page_say(p, " bis ", " to ")), page_percent(p, q->rank[FAN_RANKS - 1]);
  page_put(p, page_say(p, "</b><br>bei veränderten Parametern: ", "</b><br>with other parameters: "));
  amount_count(p->out, (int64_t)q->n, p->style);
  page_put(p, q->n == 1 ? page_say(p, " Lauf", " run") : page_say(p, " Läufe", " runs"));
  if (!one) page_put(p, page_say(p, ", Median ", ", median ")), page_percent(p, q->rank[FAN_MEDIAN]);
  page_put(p, "</div>");
}

static void card(page *p, book_scenario *c, const book_survey *v, size_t part) {
  size_t all = page_all(v);
  const book_figure *f = book_at(c, v, all, part), *base = book_at(&p->b->scenarios[0], v, all, part);
  book_level is = book_level_of(f, BOOK_SHARE), was = book_level_of(base, BOOK_SHARE);
  page_put(p, "<div class=\"card\">");
  page_element(p, "h3", "", c->name);
  page_put(p, "<div class=\"soft small\">");
  page_text(p, page_part(p, v, part));
  page_put(p, "</div>");
  if (f && base && !page_like_baseline(p->b, c)) {
    page_put(p, "<div class=\"big\"><span class=\"was\">");
    page_percent(p, was);
    page_put(p, "&nbsp;→</span> ");
    page_percent(p, is);
    page_put(p, "</div><div>");
    moved_span(p, &v->parts[part], is, was);
    page_put(p, page_say(p, "<br>neu ja ", "<br>newly yes "));
    amount_count(p->out, f->gained, p->style);
    page_put(p, page_say(p, ", neu nein ", ", newly no "));
    amount_count(p->out, f->lost, p->style);
    page_put(p, "</div><dl>");
    for (size_t i = 0; i < p->b->n_surveys; i++)
      for (size_t k = p->b->surveys[i].n_groups; k < p->b->surveys[i].n_parts; k++) {
        const book_survey *other = &p->b->surveys[i];
        if ((other != v || k != part) && other->parts[k].form != BOOK_SPREAD && page_all(other) < other->n_cells) card_line(p, c, other, k);
      }
    page_put(p, "</dl>");
  } else {
    page_put(p, "<div class=\"big\"><span class=\"was\">");
    page_percent(p, was);
    page_put(p, c->sets ? page_say(p, "</span></div><div class=\"soft\">mit den Vorgaben wie in der Ausgangslage</div>",
                                   "</span></div><div class=\"soft\">with the presets as in the baseline</div>")
                        : page_say(p, "</span></div><div class=\"soft\">in allem wie in der Ausgangslage</div>",
                                   "</span></div><div class=\"soft\">in everything as in the baseline</div>"));
  }
  if (c->sets) card_runs(p, c, v, part);
  page_put(p, "</div>\n");
}

void page_glance(page *p) {
  const book_survey *v;
  size_t part;
  if (p->b->n_scenarios < 2 || !headline_of(p->b, &v, &part)) return;
  page_put(p, "<p>");
  page_text(
      p,
      page_say(p,
               "Große Zahlen: alle Parameter auf ihrer Vorgabe, links die Ausgangslage. Darunter, was sich gegenüber ihr ändert (▲ mehr, ▼ weniger; "
               "ob das besser ist, sagen Zeichen und Farbe nicht), und die Spanne über alle Läufe.",
               "Large numbers: all parameters at their presets, left the baseline. Below, what changes against it (▲ more, ▼ less; whether that is "
               "better the signs and colours do not tell), and the span over all runs."));
  page_put(p, "</p>\n<div class=\"cards\">\n");
  for (size_t i = 1; i < p->b->n_scenarios; i++) card(p, &p->b->scenarios[i], v, part);
  page_put(p, "</div>\n");
}

/* --- what is assumed --- */

static void digest(page *p, const char *text) {
  buf_printf(p->out, "<td class=\"mono\">%s", "");
  char shown[DIGEST_SHOWN + 1] = {0};
  strncpy(shown, text, DIGEST_SHOWN);
  page_text(p, shown);
  if (strlen(text) > DIGEST_SHOWN) page_put(p, "…");
  page_put(p, "</td>");
}

static void count_cell(page *p, int64_t n) {
  page_put(p, "<td>");
  amount_count(p->out, n, p->style);
  page_put(p, "</td>");
}

static const char *form_words(page *p, const char *form) {
  static const char *const words[][3] = {{"range", "Raster", "grid"},
                                         {"list", "einzelne Werte", "single values"},
                                         {"uniform", "gezogen, gleichverteilt", "drawn, uniform"},
                                         {"triangle", "gezogen, dreieckig", "drawn, triangular"},
                                         {"normal", "gezogen, normal", "drawn, normal"},
                                         {"weighted", "gezogen, gewichtet", "drawn, weighted"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(form, words[i][0]) == 0) return page_say(p, words[i][1], words[i][2]);
  return form;
}

/* Least and greatest value among the runs there are. */
static bool value_range(const book_scenario *c, size_t parameter, int64_t *lo, int64_t *hi) {
  bool any = false;
  for (int64_t run = book_next_run(c, 0); run > 0; run = book_next_run(c, run)) {
    int64_t value;
    if (!book_value(c, parameter, run, &value)) continue;
    if (!any || value < *lo) *lo = value;
    if (!any || value > *hi) *hi = value;
    any = true;
  }
  return any;
}

static void parameter_row(page *p, const book_scenario *c, size_t i) {
  const book_parameter *of = &c->parameters[i];
  int64_t lo, hi;
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, of->name);
  page_put(p, "</th><td>");
  if (*of->presets) page_text(p, of->presets);
  else page_word(p, of, of->preset);
  page_put(p, "</td><td class=\"t\">");
  if (*of->text) page_text(p, of->text);
  else {
    page_text(p, form_words(p, of->form));
    if (*of->keyed) {
      page_put(p, page_say(p, " je ", " for each "));
      page_text(p, of->keyed);
    }
  }
  page_put(p, "</td><td>");
  if (of->measure.kind == BOOK_WORD) {
    for (size_t w = 0; w < of->n_words; w++) {
      if (w) page_put(p, ", ");
      page_text(p, of->words[w].word);
    }
  } else if (value_range(c, i, &lo, &hi)) {
    amount_put(p->out, &of->measure, lo, p->style);
    page_put(p, page_say(p, " bis ", " to "));
    page_amount(p, &of->measure, hi);
  }
  page_put(p, "</td><td>");
  if (of->steps) amount_count(p->out, of->steps, p->style);
  page_put(p, "</td></tr>\n");
}

static void parameters(page *p) {
  bool any = false;
  for (size_t i = 0; i < p->b->n_scenarios; i++) any = any || p->b->scenarios[i].n_parameters;
  if (!any) return;
  page_put(p, "<h3>");
  page_text(p, page_say(p, "Was variiert", "What varies"));
  page_put(p, "</h3>\n");
  page_table(p, "");
  buf_printf(p->out, "<thead><tr><th>%s</th><th>%s</th><th class=\"t\">%s</th><th>%s</th><th>%s</th></tr></thead><tbody>\n",
             page_say(p, "Parameter oder Lesart", "parameter or reading"), page_say(p, "Vorgabe", "preset"), page_say(p, "Werte", "values"),
             page_say(p, "gerechnet", "computed"), page_say(p, "Anzahl", "number"));
  for (size_t i = 0; i < p->b->n_scenarios; i++) {
    book_scenario *c = &p->b->scenarios[i];
    if (!c->n_parameters || !book_values(p->b, c)) continue;
    page_put(p, "<tr class=\"head\"><th colspan=\"5\" scope=\"rowgroup\">");
    page_text(p, c->name);
    page_put(p, "</th></tr>\n");
    size_t readings = 0;
    for (size_t k = 0; k < c->n_parameters; k++) readings += c->parameters[k].measure.kind == BOOK_WORD;
    for (size_t k = 0; k < c->n_parameters; k++)
      if (readings <= READINGS_LISTED || c->parameters[k].measure.kind != BOOK_WORD) parameter_row(p, c, k);
    if (readings <= READINGS_LISTED) continue;
    buf_printf(p->out,
               page_say(p, "<tr><th scope=\"row\">%zu Lesarten</th><td></td><td class=\"t\" colspan=\"3\">",
                        "<tr><th scope=\"row\">%zu readings</th><td></td><td class=\"t\" colspan=\"3\">"),
               readings);
    page_text(p, page_say(p, "ihre anderen Varianten, siehe ", "their other variants, see "));
    page_put(p, page_say(p, "<a href=\"#lesarten\">Landkarte der Lesarten</a></td></tr>\n", "<a href=\"#lesarten\">Map of readings</a></td></tr>\n"));
  }
  page_table_end(p);
}

void page_assumed(page *p) {
  page_put(p, "<p>");
  page_text(
      p, page_say(
             p,
             "Jedes Szenario ist ein geänderter Regeltext, angewendet auf dieselben Angaben. Was Einrichtungen daraufhin täten, ist nicht "
             "berücksichtigt, außer wo ein Szenario es ausdrücklich annimmt. Welcher Text gerechnet wurde, sagt der Prüfwert des Programms.",
             "Each scenario is a changed text of the rules, applied to the same data. What facilities would do about it is left out, except where a "
             "scenario expressly assumes it. Which text was computed is told by the digest of the program."));
  page_put(p, "</p>\n");
  page_table(p, "");
  buf_printf(p->out,
             "<thead><tr><th>%s</th><th class=\"t\">%s</th><th class=\"t\">%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr></thead><tbody>\n",
             page_say(p, "Szenario", "scenario"), page_say(p, "Programm", "program"), page_say(p, "Daten", "data"),
             page_say(p, "Datensätze", "records"), page_say(p, "davon abgewiesen", "of them refused"),
             page_say(p, "ohne Ergebnis", "without results"), page_say(p, "Läufe", "runs"));
  for (size_t i = 0; i < p->b->n_scenarios; i++) {
    const book_scenario *c = &p->b->scenarios[i];
    page_put(p, "<tr>");
    page_put(p, "<th scope=\"row\">");
    page_text(p, c->name);
    page_put(p, "</th>");
    digest(p, c->program);
    digest(p, c->data);
    count_cell(p, c->records);
    count_cell(p, c->refused);
    count_cell(p, c->failed);
    count_cell(p, c->done);
    page_put(p, "</tr>\n");
  }
  page_table_end(p);
  parameters(p);
}

/* --- method --- */

static void item(page *p, const char *de, const char *en) {
  page_put(p, "<li>");
  page_text(p, page_say(p, de, en));
  page_put(p, "</li>\n");
}

void page_method(page *p) {
  page_put(p, "<ul>\n");
  item(p,
       "Gerechnet wird mit ganzen Zahlen und genauen Dezimalbrüchen; Summen und Anzahlen sind genau. Anteile und ihre Differenzen sind kaufmännisch "
       "auf zwei "
       "Nachkommastellen gerundet, jede Differenz aus den genauen Anteilen.",
       "Computation is in whole numbers and exact decimals; sums and counts are exact. Shares and their differences are rounded half away from zero "
       "to two decimals, "
       "each difference from the exact shares.");
  item(p,
       "Ein Anteil ist ja geteilt durch ja und nein zusammen. Ergebnisse ohne Wert (weil es das Geforderte dort nicht gibt) stehen in keinem Anteil.",
       "A share is yes divided by yes and no together. Results without a value (because what is asked for does not exist there) are in no share.");
  item(p, "Eine Summe enthält nur Ergebnisse mit Wert; wie viele keinen haben, steht bei Ausgangslage und Szenarien unter ihr.",
       "A sum has only results with a value; how many have none is told below it with baseline and scenarios.");
  item(p, "Neu ja und neu nein vergleichen denselben Datensatz in der Ausgangslage und im Szenario.",
       "Newly yes and newly no compare the same record in the baseline and in the scenario.");
  item(p, "Ein Quantil ist ein vorkommender Wert: der kleinste, unter oder auf dem mindestens so viele Prozent der Werte liegen.",
       "A quantile is a value that occurs: the smallest at or below which at least so many per cent of the values lie.");
  item(p, "Datensätze ohne Ergebnis (abgewiesen oder mit einem Fehler) sind in keiner Zahl enthalten; wie viele es sind, steht bei den Annahmen.",
       "Records without results (refused or with a fault) are in no number; how many there are is told with the assumptions.");
  item(p, "PP heißt Prozentpunkte.", "pp means percentage points.");
  page_put(p, "</ul>\n");
}
