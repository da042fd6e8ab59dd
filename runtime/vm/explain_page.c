/* The tree of explain_tree.h as one HTML page: verdict on top, steps to open and close, tables; nothing is fetched, everything prints. */
#include "vm/explain_tree.h"
#include <string.h>

enum { OPEN_DEPTH = 2 }; /* steps above are open at first */

static const char style[] =
    ":root{--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--paper:#fff;--back:#f3f5f8;--yes:#1d7a46;--no:#b3261e;--mark:#274b8f}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa6b6;--line:#333c49;--paper:#1a2029;--back:#11161d;--yes:#5cc98d;--no:#ff8a80;"
    "--mark:#9db8f2}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",\"Noto Sans\",Arial,sans-serif}\n"
    "main{max-width:70rem;margin:2rem auto;padding:2.5rem 3rem;background:var(--paper);border:1px solid var(--line);border-radius:8px}\n"
    "header{border-bottom:2px solid var(--line);padding-bottom:1.25rem;margin-bottom:1rem}\n"
    ".verdicts{display:flex;flex-wrap:wrap;gap:.75rem;margin-bottom:1rem}\n"
    ".verdict{border:1px solid var(--line);border-left:6px solid var(--mark);border-radius:6px;padding:.5rem 1rem}\n"
    ".verdict .name{display:block;color:var(--soft);font-size:.9rem}\n"
    ".verdict .value{display:block;font-size:1.35rem;font-weight:650;color:inherit}\n"
    ".verdict.yes{border-left-color:var(--yes)}.verdict.yes .value{color:var(--yes)}\n"
    ".verdict.no{border-left-color:var(--no)}.verdict.no .value{color:var(--no)}\n"
    "header p{margin:.15rem 0;color:var(--soft)}header h1{font-size:1rem;font-weight:500;color:var(--soft);margin:0 0 .75rem;letter-spacing:.04em;"
    "text-transform:uppercase}\n"
    "h2{font-size:1.15rem;margin:2rem 0 .6rem}\n"
    "p{margin:.2rem 0}\n"
    "details{border-left:2px solid var(--line);margin:.4rem 0;padding-left:.9rem}\n"
    "details[open]{border-left-color:var(--mark)}\n"
    "summary{cursor:pointer;font-size:1rem;padding:.1rem 0}summary:hover{color:var(--mark)}\n"
    ".body{padding:.1rem 0 .3rem .3rem}\n"
    ".name{font-weight:600}.value{font-weight:600;color:var(--mark);font-variant-numeric:tabular-nums}\n"
    ".formula{font-family:ui-monospace,\"Cascadia Mono\",\"DejaVu Sans Mono\",Menlo,monospace;font-size:.9em}\n"
    ".cite{color:var(--soft);font-style:italic}\n"
    ".rule,.note,.fold{color:var(--soft);font-size:.93rem}.formula-line{background:var(--back);border-radius:4px;padding:.25rem .6rem;margin:.3rem "
    "0}\n"
    ".refused{color:var(--soft);font-size:.93rem;padding-left:1.2rem;text-indent:-1.2rem}.refused::before{content:\"\\2717\\00a0\\00a0\";color:var(--"
    "no)}\n"
    ".round::before{content:\"\\2248\\00a0\";color:var(--mark)}\n"
    ".scroll{overflow-x:auto;margin:.5rem 0}\n"
    "table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.2rem .8rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}\n"
    "th{font-weight:600;border-bottom:2px solid var(--line)}th:first-child,td:first-child{text-align:left;font-weight:600}\n"
    "footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--soft);font-size:.85rem}\n"
    "button{font:inherit;font-size:.85rem;color:var(--mark);background:none;border:1px solid var(--line);border-radius:4px;padding:.1rem .7rem;"
    "cursor:pointer;margin-right:.4rem}\n"
    "@media (max-width:40rem){main{margin:0;padding:1.2rem;border:0;border-radius:0}}\n"
    "@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--back:#fff;--yes:#000;--no:#000;--mark:#000}body{font-size:10pt}"
    "main{max-width:none;margin:0;padding:0;border:0}button{display:none}.scroll{overflow:visible}th,td{padding:.1rem .4rem;white-space:normal}"
    "p,tr,summary{break-inside:avoid}h2{break-after:avoid}@page{margin:18mm}}\n";

/* Opening and closing all steps; before printing all are opened. Without scripts each step still opens by itself. */
static const char script[] = "const all=o=>document.querySelectorAll('details').forEach(d=>{d.open=o});"
                             "document.querySelectorAll('button').forEach((b,i)=>{b.hidden=false;b.onclick=()=>all(i===0)});"
                             "addEventListener('beforeprint',()=>all(true));";

static void put_escaped(ppr_buf *out, const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) {
    switch (text[i]) {
    case '<': buf_puts(out, "&lt;"); break;
    case '>': buf_puts(out, "&gt;"); break;
    case '&': buf_puts(out, "&amp;"); break;
    case '"': buf_puts(out, "&quot;"); break;
    default: buf_putc(out, text[i]); break;
    }
  }
}

static void put_text(ppr_buf *out, const char *text) { put_escaped(out, text, strlen(text)); }

static const char *role_class(tree_role role) {
  switch (role) {
  case PART_NAME: return "name";
  case PART_VALUE: return "value";
  case PART_FORMULA: return "formula";
  case PART_CITE: return "cite";
  }
  return "";
}

/* The characters of a line, its parts marked. */
static void put_line(ppr_buf *out, const tree_node *n) {
  size_t at = 0, size = strlen(n->text);
  for (uint32_t j = 0; j < n->n_parts; j++) {
    const tree_part *p = &n->parts[j];
    if (p->from < at || p->to > size) continue;
    put_escaped(out, n->text + at, p->from - at);
    buf_printf(out, "<span class=\"%s\">", role_class(p->role));
    put_escaped(out, n->text + p->from, p->to - p->from);
    buf_puts(out, "</span>");
    at = p->to;
  }
  put_escaped(out, n->text + at, size - at);
}

static void put_table(ppr_buf *out, const tree_table *table) {
  buf_puts(out, "<div class=\"scroll\"><table>\n");
  for (uint32_t r = 0; r < table->rows; r++) {
    const char **row = table->cell + (size_t)r * table->cols;
    if (!row[0]) continue;
    buf_puts(out, r ? "<tr>" : "<thead><tr>");
    for (uint32_t c = 0; c < table->cols; c++) {
      buf_puts(out, r ? "<td>" : "<th>");
      put_text(out, row[c]);
      buf_puts(out, r ? "</td>" : "</th>");
    }
    buf_puts(out, r ? "</tr>\n" : "</tr></thead><tbody>\n");
  }
  buf_puts(out, "</tbody></table></div>\n");
}

static const char *line_class(tree_kind kind) {
  switch (kind) {
  case TREE_RULE: return "rule";
  case TREE_FORMULA: return "formula-line";
  case TREE_REFUSED: return "refused";
  case TREE_ROUND: return "round";
  case TREE_LEAF: return "leaf";
  case TREE_FOLD: return "fold";
  case TREE_VERDICT:
  case TREE_HEAD:
  case TREE_SECTION:
  case TREE_STEP:
  case TREE_NOTE:
  case TREE_TABLE: break;
  }
  return "note";
}

static void put_nodes(ppr_buf *out, const tree_node *first) {
  for (const tree_node *n = first; n; n = n->next) {
    if (n->kind == TREE_TABLE) {
      put_table(out, n->table);
    } else if (n->first) {
      buf_printf(out, "<details%s><summary>", n->depth < OPEN_DEPTH ? " open" : "");
      put_line(out, n);
      buf_puts(out, "</summary><div class=\"body\">\n");
      put_nodes(out, n->first);
      buf_puts(out, "</div></details>\n");
      continue;
    } else {
      buf_printf(out, "<p class=\"%s\">", line_class(n->kind));
      put_line(out, n);
      buf_puts(out, "</p>\n");
    }
    put_nodes(out, n->first);
  }
}

/* yes, no, or nothing of it. */
static const char *verdict_class(const tree_node *n) {
  static const char *const words[][2] = {{"ja", " yes"}, {"yes", " yes"}, {"nein", " no"}, {"no", " no"}};
  const tree_part *p = n->n_parts ? &n->parts[n->n_parts - 1] : NULL;
  for (size_t i = 0; p && i < sizeof words / sizeof *words; i++)
    if (p->to - p->from == strlen(words[i][0]) && memcmp(n->text + p->from, words[i][0], p->to - p->from) == 0) return words[i][1];
  return "";
}

/* The parts of a verdict stand one above the other: its equals sign is left out. */
static void put_verdict(ppr_buf *out, const tree_node *n) {
  buf_printf(out, "<div class=\"verdict%s\">", verdict_class(n));
  for (uint32_t j = 0; j < n->n_parts; j++) {
    buf_printf(out, "<span class=\"%s\">", role_class(n->parts[j].role));
    put_escaped(out, n->text + n->parts[j].from, n->parts[j].to - n->parts[j].from);
    buf_puts(out, "</span>");
  }
  if (!n->n_parts) put_text(out, n->text);
  buf_puts(out, "</div>\n");
  if (n->first) put_nodes(out, n->first);
}

void tree_html(ppr_buf *out, const tree *t, const char *title, ppr_lang lang) {
  bool german = lang == PPR_LANG_DE;
  const tree_node *n = t->root.first;
  buf_printf(
      out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
      german ? "de" : "en");
  put_text(out, n ? n->text : "");
  if (title) buf_puts(out, " · ");
  if (title) put_text(out, title);
  buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<header>\n<h1>%s</h1>\n<div class=\"verdicts\">\n", style,
             german ? "Begründung" : "Reasons");
  for (; n && n->kind == TREE_VERDICT; n = n->next) put_verdict(out, n);
  buf_puts(out, "</div>\n");
  for (; n && n->kind == TREE_HEAD; n = n->next) {
    buf_puts(out, "<p>");
    put_line(out, n);
    buf_puts(out, "</p>\n");
  }
  buf_printf(out, "</header>\n<button type=\"button\" hidden>%s</button><button type=\"button\" hidden>%s</button>\n",
             german ? "alles aufklappen" : "open all", german ? "alles zuklappen" : "close all");
  for (; n; n = n->next) {
    buf_puts(out, "<section>\n<h2>");
    put_text(out, n->text);
    buf_puts(out, "</h2>\n");
    put_nodes(out, n->first);
    buf_puts(out, "</section>\n");
  }
  buf_printf(
      out, "<footer>%s</footer>\n</main>\n<script>%s</script>\n</body>\n</html>\n",
      german ? "Erstellt mit ppr. Jede Zahl steht so im Rechengang; die Form json desselben Befehls rechnet ppr-evidence unabhängig nach."
             : "Made by ppr. Every number stands like this in the computation; the form json of the same command is computed again by ppr-evidence.",
      script);
}
