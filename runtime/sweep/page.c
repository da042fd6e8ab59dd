/* The page as a whole: what its sections share, and their order; see page.h. */
#include "sweep/page.h"
#include <string.h>

static const char hatch[] =
    "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" style=\"fill:var(--down);opacity:.35\"/>"
    "<rect width=\"2.4\" height=\"6\" style=\"fill:var(--down)\"/></pattern></defs></svg>\n";

void page_text(page *p, const char *text) {
  for (; *text; text++) switch (*text) {
    case '<': page_put(p, "&lt;"); break;
    case '>': page_put(p, "&gt;"); break;
    case '&': page_put(p, "&amp;"); break;
    case '"': page_put(p, "&quot;"); break;
    default: buf_putc(p->out, (unsigned char)*text < ' ' ? ' ' : *text); break;
    }
}

void page_element(page *p, const char *tag, const char *class, const char *text) {
  buf_printf(p->out, *class ? "<%s class=\"%s\">" : "<%s>", tag, class);
  page_text(p, text);
  buf_printf(p->out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

/* Units come from rule files: they are escaped like names. */
static void unit(page *p, const book_measure *m) {
  if (m->kind == BOOK_PERCENT) page_put(p, "\xC2\xA0%");
  else if (*m->unit) {
    page_put(p, "\xC2\xA0");
    page_text(p, m->unit);
  }
}

void page_amount(page *p, const book_measure *m, ppr_wide value) {
  amount_put(p->out, m, value, p->style);
  unit(p, m);
}

void page_percent(page *p, book_level level) {
  amount_rate(p->out, level.num, level.den, PAGE_DECIMALS, p->style);
  if (level.den) page_put(p, "\xC2\xA0%");
}

void page_level(page *p, const book_part *part, book_level level) {
  if (part->form == BOOK_SHARE || !level.den) page_percent(p, level);
  else page_amount(p, &part->measure, level.num);
}

void page_moved(page *p, const book_part *part, book_level is, book_level was) {
  ppr_wide moved;
  if (part->form == BOOK_SHARE) {
    amount_rate_moved(p->out, is, was, PAGE_DECIMALS, p->moved);
    page_put(p, page_say(p, "\xC2\xA0PP", "\xC2\xA0pp"));
  } else if (is.den && was.den && wide_sub(&moved, is.num, was.num)) {
    amount_put(p->out, &part->measure, moved, p->moved);
    if (part->measure.kind == BOOK_PERCENT) page_put(p, page_say(p, "\xC2\xA0PP", "\xC2\xA0pp"));
    else unit(p, &part->measure);
  } else {
    page_put(p, "–");
  }
}

void page_word(page *p, const book_parameter *of, int64_t value) {
  if (of->measure.kind == BOOK_WORD) page_text(p, book_word_of(of, value));
  else page_amount(p, &of->measure, value);
}

int page_direction(book_level is, book_level was) {
  int order = is.den && was.den ? book_compare(is, was) : 0;
  return 1 + (order > 0) - (order < 0);
}

const char *page_arrow(int direction) {
  static const char *const arrows[] = {"▼", "=", "▲"};
  return arrows[direction];
}

static void section(page *p, const char *id, const char *de, const char *en) {
  buf_printf(p->out, "<section id=\"%s\">\n", id);
  page_element(p, "h2", "", page_say(p, de, en));
  buf_putc(p->out, '\n');
}

void page_table(page *p, const char *caption) {
  page_put(p, "<div class=\"scroll\"><table>");
  if (*caption) page_element(p, "caption", "", caption);
  buf_putc(p->out, '\n');
}

void page_table_end(page *p) { page_put(p, "</tbody></table></div>\n"); }

void *page_array(page *p, size_t count, size_t size) { return arena_array(p->arena, count ? count : 1, size); }

const char *page_part(page *p, const book_survey *s, size_t part) {
  size_t same = 0;
  for (size_t i = 0; i < p->b->n_surveys; i++)
    for (size_t k = p->b->surveys[i].n_groups; k < p->b->surveys[i].n_parts; k++)
      same += strcmp(p->b->surveys[i].parts[k].name, s->parts[part].name) == 0;
  if (same < 2) return s->parts[part].name;
  const char *name = arena_printf(p->arena, "%s: %s", s->name, s->parts[part].name);
  return name ? name : "";
}

bool page_like_baseline(const book *b, const book_scenario *c) {
  for (size_t i = 0; i < b->slots; i++)
    if (!book_same(&c->figures[i], &b->scenarios[0].figures[i])) return false;
  return true;
}

size_t page_all(const book_survey *s) { return s->n_cells && s->cells[0].n_groups == 0 ? 0 : s->n_cells; }

size_t page_group_cells(const book_survey *s, size_t group, size_t *cells, size_t most) {
  size_t n = 0;
  for (size_t k = 0; k < s->n_cells && n < most; k++)
    if (s->cells[k].groups == 1u << group) cells[n++] = k;
  return n;
}

/* --- */

typedef struct chapter {
  const char *id, *de, *en;
  void (*write)(page *);
} chapter;

static const chapter chapters[] = {
    {"", "", "", page_head},
    {"blick", "Auf einen Blick", "At a glance", page_glance},
    {"annahmen", "Was angenommen ist", "What is assumed", page_assumed},
    {"vergleich", "Ausgangslage und Szenarien", "Baseline and scenarios", page_summary},
    {"gewinner", "Gewinner und Verlierer", "Winners and losers", page_winners},
    {"wechsel", "Wechsel des Ergebnisses", "Changed verdicts", page_flips},
    {"verteilungen", "Verteilungen", "Distributions", page_spreads},
    {"felder", "Zwei Merkmale zugleich", "Two groups at once", page_pairs},
    {"kurven", "Kurven über Parameter", "Curves over parameters", page_curves},
    {"ziehungen", "Unsichere Angaben", "Uncertain inputs", page_draws},
    {"lesarten", "Landkarte der Lesarten", "Map of readings", page_readings},
    {"liste", "Wer wechselt", "Who changes", page_records},
    {"herkunft", "Woraus gerechnet wurde", "What it was computed from", page_sources},
    {"verfahren", "Wie gerechnet wurde", "How it was computed", page_method},
};

static void begin(page *p) {
  buf_printf(
      p->out,
      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
      p->english ? "en" : "de");
  page_text(p, p->b->rules);
  page_put(p, page_say(p, ": Szenarien", ": scenarios"));
  page_put(p, "</title>\n<style>\n");
  page_put(p, page_style);
  page_put(p, "</style>\n</head>\n<body>\n");
  page_put(p, hatch);
  page_put(p, "<main>\n");
}

static void contents(page *p, const bool *has) {
  buf_printf(p->out, "<nav aria-label=\"%s\">", page_say(p, "Inhalt", "Contents"));
  for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++)
    if (has[i] && *chapters[i].id) {
      buf_printf(p->out, "<a href=\"#%s\">", chapters[i].id);
      page_text(p, page_say(p, chapters[i].de, chapters[i].en));
      page_put(p, "</a> ");
    }
  page_put(p, "</nav>\n</header>\n");
}

/* A chapter that writes nothing is not in the contents; so all are written before these. */
static bool write_all(page *p) {
  enum { N = sizeof chapters / sizeof *chapters };
  ppr_buf texts[N], *out = p->out;
  bool has[N], failed = false;
  for (size_t i = 0; i < N; i++) {
    buf_init(&texts[i], out->alloc, out->ceiling);
    p->out = &texts[i];
    if (p->b->status == PPR_OK) chapters[i].write(p);
    has[i] = texts[i].size > 0;
  }
  p->out = out;
  begin(p);
  for (size_t i = 0; i < N; i++) {
    if (has[i] && *chapters[i].id) {
      section(p, chapters[i].id, chapters[i].de, chapters[i].en);
      buf_put(out, texts[i].data, texts[i].size);
      page_put(p, "</section>\n");
    } else if (has[i]) {
      buf_put(out, texts[i].data, texts[i].size);
      contents(p, has);
    }
    failed = failed || texts[i].failed;
    buf_fini(&texts[i]);
  }
  page_put(p, "<footer>");
  page_text(p, page_say(p, "Erstellt mit ppr allein aus dem Laufbuch. Jede Zahl steht in den CSV-Dateien desselben Laufbuchs mit allen Stellen.",
                        "Made by ppr from the ledger alone. Every number stands with all its digits in the CSV files of the same ledger."));
  page_put(p, "</footer>\n</main>\n</body>\n</html>\n");
  return !failed;
}

bool page_write(book *b, bool english, ppr_buf *out) {
  char mark = english ? '.' : ',';
  page p = {.b = b, .out = out, .english = english, .style = {mark, true, false}, .moved = {mark, true, true}};
  p.arena = arena_new(ppr_alloc_default);
  bool fine = p.arena && write_all(&p) && !arena_failed(p.arena) && !out->failed && b->status == PPR_OK;
  arena_free(p.arena);
  return fine;
}
