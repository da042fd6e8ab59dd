/* The comparison as one HTML page: summary, amendment, results with witnesses side by side, records; nothing is fetched, everything prints. */
#include "diff/diff.h"
#include <string.h>

enum { RECORDS_SHOWN = 2000 };

static const char style[] =
    ":root{--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--paper:#fff;--back:#f3f5f8;--yes:#1d7a46;--no:#b3261e;--mark:#274b8f}\n"
    "*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,\"Noto Sans\",Arial,sans-serif}\n"
    "main{max-width:80rem;margin:2rem auto;padding:2rem 3rem;background:var(--paper);border:1px solid var(--line);border-radius:8px}\n"
    "h1{font-size:1.6rem;margin:0}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:2px solid var(--line)}h3{font-size:1.05rem;margin:1.4rem "
    "0 .3rem}\n"
    "p{margin:.25rem 0}.soft{color:var(--soft)}.boxes{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}\n"
    ".box{border:1px solid var(--line);border-left:6px solid var(--mark);border-radius:6px;padding:.4rem 1rem}.box "
    "b{display:block;font-size:1.3rem}\n"
    "pre{margin:.4rem 0;padding:.6rem .8rem;background:var(--back);border-radius:4px;font:.85rem/1.45 ui-monospace,\"DejaVu Sans Mono\",monospace;"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "ins{color:var(--yes);text-decoration:none}del{color:var(--no);text-decoration:line-through}.key{color:var(--mark);font-weight:600}\n"
    "table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.5rem 0}th,td{padding:.2rem .7rem;text-align:left;"
    "vertical-align:top;border-bottom:1px solid var(--line)}td.n{text-align:right}.equal{color:var(--yes)}.different{color:var(--no)}\n"
    ".two{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.scroll{overflow-x:auto}section.region{border-left:3px solid "
    "var(--mark);padding-left:1rem;"
    "margin:1.2rem 0}\n"
    "@media (max-width:50rem){main{margin:0;padding:1rem}.two{grid-template-columns:1fr}}\n"
    "@media print{body{background:#fff;font-size:10pt}main{max-width:none;margin:0;padding:0;border:0}pre{background:none;border:1px solid #bbb}"
    "h2,h3{break-after:avoid}tr,.box{break-inside:avoid}.scroll{overflow:visible}details>*{display:block}@page{margin:16mm}}\n";

typedef struct page {
  const diffing *d;
  ppr_buf *out;
  bool english;
} page;

static const char *say(const page *p, const char *de, const char *en) { return p->english ? en : de; }
static void put(const page *p, const char *html) { buf_puts(p->out, html); }

static void text_n(const page *p, const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) switch (text[i]) {
    case '<': put(p, "&lt;"); break;
    case '>': put(p, "&gt;"); break;
    case '&': put(p, "&amp;"); break;
    case '"': put(p, "&quot;"); break;
    default: buf_putc(p->out, text[i]); break;
    }
}

static void text(const page *p, const char *t) { text_n(p, t, strlen(t)); }

/* <tag class>text</tag>; class may be empty. */
static void element(const page *p, const char *tag, const char *class, const char *t) {
  buf_printf(p->out, *class ? "<%s class=\"%s\">" : "<%s>", tag, class);
  text(p, t);
  buf_printf(p->out, "</%s>", tag);
}

static void cell_number(const page *p, size_t n) { buf_printf(p->out, "<td class=\"n\">%zu</td>", n); }

static void head_row(const page *p, const char *const *names, size_t n) {
  put(p, "<div class=\"scroll\"><table><thead><tr>");
  for (size_t i = 0; i < n; i++) element(p, "th", "", names[i]);
  put(p, "</tr></thead><tbody>\n");
}
static void end_table(const page *p) { put(p, "</tbody></table></div>\n"); }

static void box(const page *p, size_t n, const char *name) {
  buf_printf(p->out, "<div class=\"box\"><b>%zu</b>", n);
  text(p, name);
  put(p, "</div>");
}

/* ---- structure ---- */

/* The words that begin what an amendment does stand out. */
static void amendment(const page *p, const char *t) {
  static const char *const words[] = {"ändere ", "ergänze ", "streiche "};
  put(p, "<pre>");
  while (*t) {
    size_t n = strcspn(t, "\n"), w = 0;
    while (w < 3 && strncmp(t, words[w], strlen(words[w]))) w++;
    if (w < 3) {
      size_t k = strlen(words[w]) - 1;
      put(p, "<span class=\"key\">");
      text_n(p, t, k);
      put(p, "</span>");
      if (w == 2) put(p, "<del>");
      text_n(p, t + k, n - k);
      if (w == 2) put(p, "</del>");
    } else text_n(p, t, n);
    buf_putc(p->out, '\n');
    t += n + (t[n] == '\n');
  }
  put(p, "</pre>\n");
}

static void details(const page *p, const diff_detail *at, size_t n) {
  for (size_t i = 0; i < n; i++) {
    put(p, "<p>");
    element(p, "span", "soft", diff_part_name(at[i].part, p->d->opts->language));
    if (*at[i].name) put(p, " ");
    text(p, at[i].name);
    put(p, ": ");
    if (at[i].before && !*at[i].before) text(p, say(p, "gestrichen", "struck")); /* said, not struck itself */
    else if (at[i].before) element(p, "del", "", at[i].before);
    if (at[i].before && at[i].after) put(p, " ");
    if (at[i].after) element(p, "ins", "", *at[i].after ? at[i].after : say(p, "neu", "new"));
    put(p, "</p>");
  }
}

static void structure(const page *p) {
  const diff_structure *s = &p->d->structure;
  const char *const how[] = {say(p, "neu", "new"), say(p, "gestrichen", "struck"), say(p, "geändert", "changed")};
  const char *const names[] = {"", say(p, "Stelle", "place"), say(p, "Änderung", "change")};
  element(p, "h2", "", say(p, "Änderungen des Textes", "Changes of the text"));
  details(p, s->head, s->n_head);
  if (s->n == 0) {
    element(p, "p", "equal", say(p, "Der Text ist derselbe.", "The text is the same."));
    return;
  }
  head_row(p, names, 3);
  for (size_t i = 0; i < s->n; i++) {
    const diff_change *c = &s->changes[i];
    put(p, "<tr>");
    element(p, "td", "soft", how[c->how]);
    put(p, "<td>");
    element(p, "span", "soft", c->word);
    put(p, " ");
    text(p, c->name);
    put(p, "</td><td>");
    details(p, c->details, c->n_details);
    put(p, "</td></tr>\n");
  }
  end_table(p);
  element(p, "h3", "", say(p, "Als Änderung geschrieben", "Written as an amendment"));
  amendment(p, s->amendment);
}

static void change_names(const page *p, const size_t *through, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const diff_change *c = &p->d->structure.changes[through[i]];
    if (i) put(p, ", ");
    element(p, "span", "soft", c->word);
    put(p, " ");
    text(p, c->name);
  }
}

/* ---- meaning ---- */

static void csv_table(const page *p, const ppr_proof_table *t) {
  element(p, "p", "soft", t->name);
  put(p, "<div class=\"scroll\"><table>");
  for (const char *line = t->text; *line;) {
    size_t n = strcspn(line, "\n");
    put(p, "<tr>");
    for (size_t at = 0; at <= n;) {
      size_t k = at;
      bool quoted = false;
      for (; k < n && (quoted || line[k] != ';'); k++) quoted ^= line[k] == '"';
      put(p, line == t->text ? "<th>" : "<td>");
      text_n(p, line + at, k - at);
      put(p, line == t->text ? "</th>" : "</td>");
      at = k + 1;
    }
    put(p, "</tr>\n");
    line += n + (line[n] == '\n');
  }
  put(p, "</table></div>\n");
}

static void side(const page *p, const char *name, const char *value, const char *explanation) {
  put(p, "<div>");
  element(p, "h3", "", name);
  element(p, "p", "key", value);
  if (*explanation) element(p, "pre", "", explanation);
  put(p, "</div>");
}

static void region(const page *p, const diff_kind *k, uint32_t at) {
  const diff_region *r = &k->regions[at];
  put(p, "<section class=\"region\"><h3>");
  buf_printf(p->out, "%u. ", at + 1);
  if (r->n_through) {
    put(p, say(p, "durch ", "through "));
    change_names(p, r->through, r->n_through);
  } else text(p, r->step.rule);
  put(p, "</h3><p>");
  put(p, say(p, "verschieden: ", "different: "));
  bool any = false;
  for (size_t i = 0; i < k->n_outputs; i++) {
    if (k->outputs[i].verdict != OUTPUT_DIFFERENT || k->outputs[i].region != at) continue;
    if (any) put(p, ", ");
    text(p, k->outputs[i].label);
    any = true;
  }
  put(p, "</p><p>");
  put(p, say(p, "Hier trennen sich die Wege: ", "This is where they part: "));
  text(p, r->step.label);
  put(p, " ");
  element(p, "del", "", r->step.old_value);
  put(p, " ");
  element(p, "ins", "", r->step.new_value);
  put(p, " ");
  element(p, "span", "soft", r->step.old_cite);
  if (strcmp(r->step.old_cite, r->step.new_cite) != 0) {
    put(p, " → ");
    element(p, "span", "soft", r->step.new_cite);
  }
  put(p, "</p><p>");
  buf_printf(p->out, say(p, "Angaben anders als üblich: %zu; Datensatz ", "inputs not as usual: %zu; record "), r->moved);
  text(p, r->key);
  put(p, "</p>");
  for (size_t i = 0; i < r->n_readings; i++) element(p, "p", "soft", r->readings[i]);
  for (size_t i = 0; i < r->n_parameters; i++) element(p, "p", "soft", r->parameters[i]);
  for (size_t i = 0; i < r->n_tables; i++)
    if (r->tables[i].rows) csv_table(p, &r->tables[i]);
  element(p, "p", "", r->output);
  put(p, "<div class=\"two\">");
  side(p, say(p, "alt", "old"), r->old_value, r->old_text);
  side(p, say(p, "neu", "new"), r->new_value, r->new_text);
  put(p, "</div></section>\n");
}

static void meaning(const page *p, const diff_kind *k) {
  const char *const words[] = {say(p, "gleich (bewiesen)", "equal (proved)"), say(p, "verschieden", "different"),
                               say(p, "nicht entschieden", "not decided"), say(p, "nur neu", "only new"), say(p, "nur alt", "only old")};
  const char *const names[] = {say(p, "Ergebnis", "result"), "", ""};
  buf_puts(p->out, "<h2>");
  text(p, say(p, "Ergebnisse: ", "Results: "));
  text(p, k->record);
  put(p, ", ");
  text(p, k->quarter);
  put(p, "</h2>\n");
  if (*k->reason) {
    element(p, "p", "different", k->reason);
    return;
  }
  put(p, "<div class=\"boxes\">");
  for (size_t i = 0; i < 5; i++) box(p, k->counts[i], words[i]);
  put(p, "</div>\n");
  for (uint32_t i = 0; i < k->n_regions; i++) region(p, k, i);
  put(p, "<details><summary>");
  text(p, say(p, "Alle Ergebnisse", "All results"));
  put(p, "</summary>");
  head_row(p, names, 3);
  for (size_t i = 0; i < k->n_outputs; i++) {
    const diff_output *o = &k->outputs[i];
    put(p, "<tr>");
    element(p, "td", "", o->label);
    element(p, "td", o->verdict == OUTPUT_EQUAL ? "equal" : "different", words[o->verdict]);
    put(p, "<td>");
    if (o->verdict == OUTPUT_DIFFERENT) buf_printf(p->out, "%u.", o->region + 1);
    else text(p, o->reason);
    put(p, "</td></tr>\n");
  }
  end_table(p);
  put(p, "</details>\n");
}

/* ---- data ---- */

static void columns(const page *p, const ppr_comparison *c) {
  const char *const names[] = {say(p, "Spalte", "column"),
                               say(p, "Datensätze", "records"),
                               say(p, "Zellen", "cells"),
                               say(p, "ja→nein", "yes→no"),
                               say(p, "nein→ja", "no→yes"),
                               say(p, "anders", "other"),
                               say(p, "Summe", "sum"),
                               say(p, "kleinste", "least"),
                               "¼",
                               "½",
                               "¾",
                               say(p, "größte", "greatest")};
  head_row(p, names, sizeof names / sizeof *names);
  for (size_t i = 0; i < c->n_columns; i++) {
    const ppr_compared_column *k = &c->columns[i];
    const char *const numbers[] = {k->sum, k->least, k->lower, k->median, k->upper, k->most};
    put(p, "<tr><td>");
    text(p, k->file);
    put(p, ": ");
    text(p, k->column);
    put(p, "</td>");
    cell_number(p, k->records);
    cell_number(p, k->cells);
    cell_number(p, k->yes_to_no);
    cell_number(p, k->no_to_yes);
    cell_number(p, k->other);
    for (size_t n = 0; n < 6; n++) element(p, "td", "n", numbers[n] ? numbers[n] : "");
    put(p, "</tr>\n");
  }
  end_table(p);
}

static void data(const page *p) {
  const ppr_comparison *c = p->d->data;
  const char *const names[] = {say(p, "Datensatz", "record"), say(p, "Ergebnis", "result"), say(p, "alt", "old"), say(p, "neu", "new"),
                               say(p, "durch", "through")};
  element(p, "h2", "", say(p, "Datensätze", "Records"));
  put(p, "<div class=\"boxes\">");
  box(p, c->records, say(p, "unter beiden Texten gerechnet", "evaluated under both texts"));
  box(p, c->changed, say(p, "mit anderem ja/nein", "with another yes/no"));
  box(p, c->changed_any, say(p, "mit anderem Wert", "with another value"));
  box(p, c->only_before, say(p, "Ergebnis nur alt", "results only old"));
  box(p, c->only_after, say(p, "Ergebnis nur neu", "results only new"));
  put(p, "</div>\n");
  element(p, "p", "soft",
          say(p, "Jeder Datensatz wurde mit seinem Quartal unter beiden Texten gerechnet, gleich welche Fassung dann gilt.",
              "Each record was evaluated with its quarter under both texts, whichever edition is in force then."));
  columns(p, c);
  if (c->n_cells) head_row(p, names, 5);
  for (size_t i = 0; i < c->n_cells && i < RECORDS_SHOWN; i++) {
    const ppr_compared_cell *x = &c->cells[i];
    put(p, "<tr>");
    element(p, "td", "", x->key);
    element(p, "td", "", x->output);
    element(p, "td", "", x->before);
    element(p, "td", "", x->after);
    put(p, "<td>");
    for (size_t n = 0; n < x->n_through; n++) {
      if (n) put(p, ", ");
      change_names(p, &p->d->data_change[x->through[n]], 1);
    }
    if (!x->n_through) text(p, say(p, "mehrere Änderungen zusammen", "several changes together"));
    put(p, "</td></tr>\n");
  }
  if (c->n_cells) end_table(p);
  if (c->n_cells + c->more_cells > RECORDS_SHOWN)
    buf_printf(p->out, say(p, "<p>… und %zu weitere</p>", "<p>… and %zu more</p>"), c->n_cells + c->more_cells - RECORDS_SHOWN);
}

void diff_page(const diffing *d, ppr_buf *out) {
  page p = {d, out, d->opts->language == PPR_ENGLISH};
  const char *old = d->side[0].text->file->fassung.text, *now = d->side[1].text->file->fassung.text, *name = d->side[1].text->file->regelwerk.text;
  buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>",
             p.english ? "en" : "de");
  text(&p, name);
  put(&p, " ");
  text(&p, old);
  put(&p, " → ");
  text(&p, now);
  buf_printf(out, "</title><style>%s</style></head><body><main>\n<h1>", style);
  text(&p, name);
  put(&p, ": ");
  text(&p, old);
  put(&p, " → ");
  text(&p, now);
  put(&p, "</h1>\n<div class=\"boxes\">");
  box(&p, d->structure.n, say(&p, "Änderungen des Textes", "changes of the text"));
  size_t counts[5] = {0};
  for (size_t i = 0; i < d->n_kinds; i++)
    for (int v = 0; v < 5; v++) counts[v] += d->kinds[i].counts[v];
  if (d->n_kinds) {
    box(&p, counts[OUTPUT_EQUAL], say(&p, "Ergebnisse gleich (bewiesen)", "results equal (proved)"));
    box(&p, counts[OUTPUT_DIFFERENT], say(&p, "Ergebnisse verschieden", "results different"));
    box(&p, counts[OUTPUT_UNDECIDED], say(&p, "nicht entschieden", "not decided"));
  }
  if (d->data) box(&p, d->data->changed, say(&p, "Datensätze mit anderem ja/nein", "records with another yes/no"));
  put(&p, "</div>\n");
  if (diff_tells(d, PPR_DIFF_STRUCTURE)) structure(&p);
  for (size_t i = 0; i < d->n_kinds; i++) meaning(&p, &d->kinds[i]);
  if (d->data) data(&p);
  put(&p, "</main></body></html>\n");
}
