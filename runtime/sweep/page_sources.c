/* What was computed from: rule texts and files of the input with their digests, and what was chosen when the sweep was called. */
#include "sweep/page.h"

static void file_row(page *p, const book_file *f, bool text) {
  page_put(p, "<tr><th scope=\"row\">");
  page_text(p, f->name);
  page_put(p, "</th>");
  if (text) page_element(p, "td class=\"t\"", "", *f->used ? f->used : page_say(p, "alle", "all"));
  else {
    page_put(p, "<td>");
    amount_count(p->out, f->bytes, p->style);
    page_put(p, "</td>");
  }
  page_element(p, "td", "t mono hash", f->sha256);
  page_put(p, "</tr>\n");
}

static void files(page *p, const char *title, const char *second, const book_file *at, size_t n, bool text) {
  if (!n) return;
  page_element(p, "h3", "", title);
  page_put(p, "\n");
  page_table(p, "");
  buf_printf(p->out, "<thead><tr><th>%s</th><th%s>%s</th><th class=\"t\">SHA-256</th></tr></thead><tbody>\n", page_say(p, "Datei", "file"),
             text ? " class=\"t\"" : "", second);
  for (size_t i = 0; i < n; i++) file_row(p, &at[i], text);
  page_table_end(p);
}

static void chosen(page *p, const char *name, const char *value) {
  if (!*value) return;
  page_put(p, "<li>");
  page_text(p, name);
  page_put(p, ": ");
  page_text(p, value);
  page_put(p, "</li>\n");
}

void page_sources(page *p) {
  const book *b = p->b;
  if (!b->n_texts && !b->n_files) return;
  page_element(
      p, "p", "",
      page_say(p,
               "Dieselben Dateien, mit denselben Angaben gerechnet, ergeben dieselben Zahlen. Den Prüfwert einer Datei nennt auch sha256sum; "
               "der Prüfwert der Daten bei den Annahmen ist der dieser Liste.",
               "The same files, computed with the same options, give the same numbers. The digest of a file is what sha256sum tells; the "
               "digest of the data told with the assumptions is that of this list."));
  page_put(p, "<ul>\n");
  chosen(p, "ppr", b->ppr);
  chosen(p, page_say(p, "Art der Datensätze", "kind of record"), b->record);
  chosen(p, page_say(p, "Stand des Wissens", "knowledge date"), b->as_of);
  chosen(p, page_say(p, "gewählte Lesarten", "readings chosen"), b->readings);
  chosen(p, page_say(p, "gesetzte Parameter", "parameters set"), b->parameters);
  chosen(p, page_say(p, "Startwert", "seed"), b->seed);
  page_put(p, "</ul>\n");
  files(p, page_say(p, "Regeltexte", "Rule texts"), page_say(p, "Szenarien", "scenarios"), b->texts, b->n_texts, true);
  files(p, page_say(p, "Eingabe", "Input"), "Bytes", b->files, b->n_files, false);
}
