/* The map of readings: per variant that the baseline does not hold, how many verdicts it changes and what it moves, the weightiest first. */
#include "sweep/page.h"
#include "sweep/svg.h"
#include <stdlib.h>
#include <string.h>

enum { READINGS_MOST = 200, LABEL = 46 };

typedef struct reading {
  const book_scenario *c;
  size_t parameter;
  const book_word *variant;
  int64_t run;          /* in which it alone differs from the presets; -1: there is none */
  int64_t runs;         /* without such a run: how many have the variant */
  int64_t gained, lost; /* verdicts of all shares; without a run of its own over all its runs */
  bool matters;         /* something that is counted differs from the baseline */
  ppr_wide moved;       /* what it moves of the first sum there is, without sign */
  book_figure *figures; /* of the run */
} reading;

/* The run in which only this parameter is not what it is preset to. */
static int64_t own_run(const book_scenario *c, size_t parameter, int64_t value) {
  for (int64_t run = book_next_run(c, 0); run > 0; run = book_next_run(c, run)) {
    bool own = true;
    for (size_t k = 0; k < c->n_parameters && own; k++) {
      int64_t is;
      own = book_value(c, k, run, &is) && is == (k == parameter ? value : c->parameters[k].preset);
    }
    if (own) return run;
  }
  return -1;
}

static void count_run(page *p, reading *r) {
  const book *b = p->b;
  int64_t failed;
  r->figures = page_array(p, b->slots, sizeof *r->figures);
  if (!r->figures || !book_run(p->b, r->c, r->run, r->figures, &failed)) return;
  for (size_t s = 0; s < b->n_surveys; s++) {
    const book_survey *v = &b->surveys[s];
    for (size_t k = v->n_groups; k < v->n_parts && page_all(v) < v->n_cells; k++) {
      const book_figure *f = &r->figures[book_slot(v, page_all(v), k)];
      const book_figure *base = &b->scenarios[0].figures[book_slot(v, page_all(v), k)];
      ppr_wide moved;
      r->matters = r->matters || !book_same(f, base);
      if (v->parts[k].form == BOOK_SUM && r->moved == 0 && wide_sub(&moved, f->sum, base->sum) && moved != WIDE_MIN) r->moved = wide_abs(moved);
      if (v->parts[k].form != BOOK_SHARE || !f->there) continue;
      r->gained += f->gained;
      r->lost += f->lost;
    }
  }
}

/* All combinations of readings at once: what the variant does on average. */
static void count_runs(page *p, reading *r) {
  book_rows q = book_ask(
      p->b,
      "SELECT count(DISTINCT share.run), sum(gained), sum(lost) FROM value JOIN share ON share.scenario = value.scenario AND share.run = value.run "
      "WHERE value.scenario = ? AND parameter = ? AND value = ? AND value.run > 0 AND cell = ''");
  book_bind(&q, 1, r->c->id);
  book_bind(&q, 2, r->c->parameters[r->parameter].id);
  book_bind(&q, 3, r->variant->value);
  if (book_next(&q)) {
    r->runs = book_int(&q, 0);
    r->gained = book_int(&q, 1);
    r->lost = book_int(&q, 2);
    r->matters = r->gained || r->lost;
  }
  book_end(&q);
}

/* (gained + lost) per run, greatest first; then what is moved; then as they stand in the ledger. */
static int by_weight(const void *a, const void *b) {
  const reading *x = a, *y = b;
  book_level one = {(ppr_wide)x->gained + x->lost, x->runs ? x->runs : 1}, other = {(ppr_wide)y->gained + y->lost, y->runs ? y->runs : 1};
  int order = book_compare(other, one);
  if (order) return order;
  if (x->matters != y->matters) return x->matters ? -1 : 1;
  if (x->moved != y->moved) return x->moved > y->moved ? -1 : 1;
  if (x->c != y->c) return x->c < y->c ? -1 : 1;
  if (x->parameter != y->parameter) return x->parameter < y->parameter ? -1 : 1;
  return (x->variant > y->variant) - (x->variant < y->variant);
}

static size_t collect(page *p, reading *out) {
  size_t n = 0;
  for (size_t i = 0; i < p->b->n_scenarios; i++) {
    book_scenario *c = &p->b->scenarios[i];
    if (!c->sets || !book_values(p->b, c)) continue;
    for (size_t k = 0; k < c->n_parameters; k++)
      for (size_t w = 0; c->parameters[k].measure.kind == BOOK_WORD && w < c->parameters[k].n_words && n < READINGS_MOST; w++) {
        const book_word *variant = &c->parameters[k].words[w];
        if (variant->value == c->parameters[k].preset) continue;
        reading *r = &out[n++];
        *r = (reading){.c = c, .parameter = k, .variant = variant, .run = own_run(c, k, variant->value)};
        if (r->run > 0) count_run(p, r);
        else count_runs(p, r);
      }
  }
  return n;
}

static void count_per_run(page *p, int64_t count, const reading *r) {
  if (r->runs > 1) {
    page_put(p, "⌀\xC2\xA0");
    amount_rate(p->out, count, (ppr_wide)r->runs * 100, 1, p->style);
  } else {
    amount_count(p->out, count, p->style);
  }
}

static void bars(page *p, const reading *all, size_t n) {
  enum { ROW = 400, TOP = 300, MIDDLE = 5150, HALF = 1550 };
  book_level most = {0, 1};
  for (size_t i = 0; i < n; i++) {
    int64_t runs = all[i].runs ? all[i].runs : 1;
    book_level gained = {all[i].gained, runs}, lost = {all[i].lost, runs};
    if (book_compare(gained, most) > 0) most = gained;
    if (book_compare(lost, most) > 0) most = lost;
  }
  int height = TOP + ROW * (int)n + 40;
  svg_open(p, 7200, height, page_say(p, "Landkarte der Lesarten", "Map of readings"),
           page_say(p, "Je Zeile eine Variante: Balken nach links neu nein, nach rechts neu ja; die gewichtigste zuerst",
                    "a row per variant: bars to the left newly no, to the right newly yes; the weightiest first"));
  svg_text(p, "soft", 'e', MIDDLE - 80, 160, page_say(p, "neu nein ◂", "newly no ◂"));
  svg_text(p, "soft", 's', MIDDLE + 80, 160, page_say(p, "▸ neu ja", "▸ newly yes"));
  svg_line(p, "axis", MIDDLE, TOP - 60, MIDDLE, height - 60);
  for (size_t i = 0; i < n; i++) {
    const reading *r = &all[i];
    int64_t runs = r->runs ? r->runs : 1;
    int y = TOP + ROW * (int)i, left = 0, right = 0;
    if (most.num) {
      left = (int)((ppr_wide)r->lost * most.den * HALF / (most.num * runs));
      right = (int)((ppr_wide)r->gained * most.den * HALF / (most.num * runs));
    }
    svg_label(p, "strong", 's', 0, y + 120, r->c->parameters[r->parameter].name, LABEL);
    svg_label(p, "soft", 's', 0, y + 270, r->variant->word, LABEL);
    if (left) svg_rect(p, "loss", MIDDLE - left, y + 60, left, ROW - 200);
    if (right) svg_rect(p, "gain", MIDDLE, y + 60, right, ROW - 200);
    svg_text_begin(p, "", 'e', MIDDLE - left - 60, y + 195);
    count_per_run(p, r->lost, r);
    svg_text_end(p);
    svg_text_begin(p, "", 's', MIDDLE + right + 60, y + 195);
    count_per_run(p, r->gained, r);
    svg_text_end(p);
  }
  svg_close(p);
}

static void part_cells(page *p, const reading *r) {
  const book *b = p->b;
  for (size_t s = 0; s < b->n_surveys; s++) {
    const book_survey *v = &b->surveys[s];
    for (size_t k = v->n_groups; k < v->n_parts && page_all(v) < v->n_cells; k++) {
      if (v->parts[k].form == BOOK_SPREAD) continue;
      book_level is = r->figures ? book_level_of(&r->figures[book_slot(v, page_all(v), k)], v->parts[k].form) : (book_level){0, 0};
      book_level was = book_level_of(book_at(&b->scenarios[0], v, page_all(v), k), v->parts[k].form);
      page_put(p, "<td>");
      if (!is.den || !was.den) page_put(p, "–");
      else if (book_compare(is, was) == 0) page_put(p, "=");
      else page_moved(p, &v->parts[k], is, was);
      page_put(p, "</td>");
    }
  }
}

static void table(page *p, const reading *all, size_t n) {
  const book *b = p->b;
  page_table(p, page_say(p, "Was jede Variante gegenüber der Ausgangslage verschiebt", "What each variant moves against the baseline"));
  buf_printf(p->out, "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"t\">%s</th><th scope=\"col\">%s</th>",
             page_say(p, "Lesart", "reading"), page_say(p, "Variante", "variant"), page_say(p, "andere Urteile", "other verdicts"));
  for (size_t s = 0; s < b->n_surveys; s++)
    for (size_t k = b->surveys[s].n_groups; k < b->surveys[s].n_parts && page_all(&b->surveys[s]) < b->surveys[s].n_cells; k++)
      if (b->surveys[s].parts[k].form != BOOK_SPREAD) page_element(p, "th scope=\"col\"", "", page_part(p, &b->surveys[s], k));
  page_put(p, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < n; i++) {
    const reading *r = &all[i];
    page_put(p, "<tr><th scope=\"row\">");
    page_text(p, r->c->parameters[r->parameter].name);
    page_put(p, "</th><td class=\"t\">");
    page_text(p, r->variant->word);
    page_put(p, page_say(p, "<small>statt ", "<small>instead of "));
    page_text(p, book_word_of(&r->c->parameters[r->parameter], r->c->parameters[r->parameter].preset));
    page_put(p, "</small></td><td>");
    count_per_run(p, r->gained + r->lost, r);
    page_put(p, "</td>");
    part_cells(p, r);
    page_put(p, "</tr>\n");
  }
  page_table_end(p);
}

/* Variants that change nothing here. */
static void idle(page *p, const reading *all, size_t n) {
  if (!n) return;
  page_put(p, "<p class=\"soft\">");
  page_text(p, page_say(p, "Auf diesen Daten ändert nichts von dem, was gezählt wird: ", "On these data, nothing that is counted is changed by: "));
  for (size_t i = 0; i < n; i++) {
    if (i) page_put(p, "; ");
    page_text(p, all[i].c->parameters[all[i].parameter].name);
    page_put(p, " (");
    page_text(p, all[i].variant->word);
    page_put(p, ")");
  }
  page_put(p, ".</p>\n");
}

void page_readings(page *p) {
  reading *all = page_array(p, READINGS_MOST, sizeof *all);
  size_t n = all ? collect(p, all) : 0;
  if (!n || p->b->status != PPR_OK) return;
  bool average = false;
  qsort(all, n, sizeof *all, by_weight);
  for (size_t i = 0; i < n; i++) average = average || all[i].runs > 1;
  page_element(p, "p", "",
               page_say(p,
                        "Wo der Regeltext verschieden gelesen werden kann, rechnet die Ausgangslage mit der Vorgabe. Jede Zeile zeigt eine andere "
                        "Variante für sich allein: oben steht, "
                        "welcher offene Punkt am meisten ausmacht. Gezählt sind Ergebnisse aller Anteile.",
                        "Where the rules can be read in different ways, the baseline takes the preset. Each row shows another variant by itself: on "
                        "top is the open point that "
                        "matters most. Counted are the results of all shares."));
  if (average)
    page_element(p, "p", "soft",
                 page_say(p, "⌀: Mittel über die Läufe mit dieser Variante, weil keiner sie allein ändert; gerundet auf eine Nachkommastelle.",
                          "⌀: mean over the runs with this variant, because none changes it alone; rounded to one decimal."));
  size_t verdicts = 0, matter = 0;
  while (verdicts < n && all[verdicts].gained + all[verdicts].lost) verdicts++;
  while (matter < n && all[matter].matters) matter++;
  if (verdicts) {
    page_put(p, "<figure>\n");
    bars(p, all, verdicts);
    page_put(p, "</figure>\n");
  }
  if (matter) table(p, all, matter);
  idle(p, all + matter, n - matter);
}
