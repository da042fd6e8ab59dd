/* The comparison as text. */
#include "base/quarter.h"
#include "diff/diff.h"
#include <string.h>

enum { RECORDS_TOLD = 20, RESULTS_TOLD = 12 };

typedef struct telling {
  const diffing *d;
  ppr_buf *out;
  bool english;
} telling;

static const char *say(const telling *t, const char *de, const char *en) { return t->english ? en : de; }

static void indented(const telling *t, const char *text, const char *indent) {
  for (const char *line = text; *line;) {
    size_t n = strcspn(line, "\n");
    if (n) buf_puts(t->out, indent);
    buf_put(t->out, line, n);
    buf_putc(t->out, '\n');
    line += n + (line[n] == '\n');
  }
}

/* ---- structure ---- */

static void detail(const telling *t, const diff_detail *x, const char *indent) {
  buf_printf(t->out, "%s%s%s%s: ", indent, diff_part_name(x->part, t->d->opts->language), *x->name ? " " : "", x->name);
  const char *alone = x->before ? x->before : x->after;
  if (!x->before || !x->after)
    buf_printf(t->out, "%s%s%s\n", x->before ? say(t, "gestrichen", "struck") : say(t, "neu", "new"), *alone ? ": " : "", alone);
  else buf_printf(t->out, "%s → %s\n", x->before, x->after);
}

static void structure(const telling *t) {
  const diff_structure *s = &t->d->structure;
  size_t how[3] = {0};
  for (size_t i = 0; i < s->n; i++) how[s->changes[i].how]++;
  if (s->n == 0) buf_puts(t->out, say(t, "Text: keine Änderung\n", "Text: no change\n"));
  else
    buf_printf(t->out,
               say(t, "Text, Änderungen: %zu (gestrichen %zu, geändert %zu, neu %zu)\n", "Text, changes: %zu (struck %zu, changed %zu, new %zu)\n"),
               s->n, how[CHANGED_REMOVED], how[CHANGED_CHANGED], how[CHANGED_ADDED]);
  for (size_t i = 0; i < s->n_head; i++) detail(t, &s->head[i], "  ");
  const char *const words[] = {say(t, "neu       ", "new    "), say(t, "gestrichen", "struck "), say(t, "geändert  ", "changed")};
  for (size_t i = 0; i < s->n; i++) {
    const diff_change *c = &s->changes[i];
    buf_printf(t->out, "  %s  %s %s\n", words[c->how], c->word, c->name);
    for (size_t k = 0; k < c->n_details; k++) detail(t, &c->details[k], "      ");
  }
  if (s->n) {
    buf_puts(t->out, say(t, "\nAls Änderung geschrieben:\n\n", "\nWritten as an amendment:\n\n"));
    indented(t, s->amendment, "  ");
  }
}

/* ---- meaning ---- */

static void change_names(const telling *t, const size_t *through, size_t n) {
  for (size_t i = 0; i < n; i++)
    buf_printf(t->out, "%s%s %s", i ? ", " : "", t->d->structure.changes[through[i]].word, t->d->structure.changes[through[i]].name);
}

static void region_results(const telling *t, const diff_kind *k, uint32_t region) {
  size_t n = 0;
  for (size_t i = 0; i < k->n_outputs; i++) {
    if (k->outputs[i].verdict != OUTPUT_DIFFERENT || k->outputs[i].region != region) continue;
    if (n++ < RESULTS_TOLD) buf_printf(t->out, "%s%s", n > 1 ? ", " : "", k->outputs[i].label);
  }
  if (n > RESULTS_TOLD) buf_printf(t->out, say(t, " und %zu weitere", " and %zu more"), n - RESULTS_TOLD);
}

static void region(const telling *t, const diff_kind *k, uint32_t i) {
  const diff_region *r = &k->regions[i];
  buf_printf(t->out, "\n  %u. ", i + 1);
  if (r->n_through) {
    buf_puts(t->out, say(t, "durch ", "through "));
    change_names(t, r->through, r->n_through);
  } else buf_printf(t->out, "%s %s", say(t, "bei", "at"), r->step.rule);
  buf_puts(t->out, say(t, "\n     verschieden: ", "\n     different: "));
  region_results(t, k, i);
  buf_printf(t->out, say(t, "\n     Datensatz %s (Angaben anders als üblich: %zu):\n", "\n     record %s (inputs not as usual: %zu):\n"), r->key,
             r->moved);
  for (size_t n = 0; n < r->n_tables; n++) {
    if (!r->tables[n].rows) continue;
    buf_printf(t->out, "       %s.csv\n", r->tables[n].name);
    indented(t, r->tables[n].text, "         ");
  }
  for (size_t n = 0; n < r->n_readings; n++) buf_printf(t->out, "       %s %s\n", say(t, "Auslegung", "reading"), r->readings[n]);
  for (size_t n = 0; n < r->n_parameters; n++) buf_printf(t->out, "       %s %s\n", say(t, "Parameter", "parameter"), r->parameters[n]);
  buf_printf(t->out, "     %s: %s → %s\n", r->output, r->old_value, r->new_value);
  buf_printf(t->out, say(t, "     Hier trennen sich die Wege: %s: %s → %s", "     This is where they part: %s: %s → %s"), r->step.label,
             r->step.old_value, r->step.new_value);
  bool cites = *r->step.old_cite || *r->step.new_cite, moved = strcmp(r->step.old_cite, r->step.new_cite) != 0;
  if (cites) buf_printf(t->out, "  %s%s%s", r->step.old_cite, moved ? " → " : "", moved ? r->step.new_cite : "");
  buf_puts(t->out, say(t, "\n     alt:\n", "\n     old:\n"));
  indented(t, r->old_text, "       ");
  buf_puts(t->out, say(t, "     neu:\n", "     new:\n"));
  indented(t, r->new_text, "       ");
}

static bool same_rule(const char *a, const char *b) {
  size_t n = strcspn(a, "[");
  return n == strcspn(b, "[") && !strncmp(a, b, n);
}

/* Elements of one rule on one line. */
static void undecided(const telling *t, const diff_kind *k) {
  for (size_t i = 0; i < k->n_outputs; i++) {
    const diff_output *o = &k->outputs[i];
    if (o->verdict != OUTPUT_UNDECIDED) continue;
    size_t before = 0, more = 0;
    for (size_t n = 0; n < k->n_outputs; n++)
      if (n != i && k->outputs[n].verdict == OUTPUT_UNDECIDED && same_rule(k->outputs[n].label, o->label)) *(n < i ? &before : &more) += 1;
    if (before) continue;
    buf_printf(t->out, "  %s: %s", say(t, "nicht entschieden", "not decided"), o->label);
    if (more) buf_printf(t->out, say(t, " und %zu weitere dieser Regel", " and %zu more of this rule"), more);
    buf_printf(t->out, ": %s\n", o->reason);
  }
}

static void meaning(const telling *t, const diff_kind *k) {
  buf_printf(t->out, "\n%s %s, %s: ", say(t, "Bedeutung", "Meaning"), k->record, k->quarter);
  if (*k->reason) {
    buf_printf(t->out, "%s: %s\n", say(t, "nicht entschieden", "not decided"), k->reason);
    return;
  }
  buf_printf(t->out,
             say(t, "%zu %s gleich (bewiesen), %zu verschieden, %zu nicht entschieden, %zu nur neu, %zu nur alt\n",
                 "%zu %s equal (proved), %zu different, %zu not decided, %zu only new, %zu only old\n"),
             k->counts[OUTPUT_EQUAL], k->counts[OUTPUT_EQUAL] == 1 ? say(t, "Ergebnis", "result") : say(t, "Ergebnisse", "results"),
             k->counts[OUTPUT_DIFFERENT], k->counts[OUTPUT_UNDECIDED], k->counts[OUTPUT_ADDED], k->counts[OUTPUT_REMOVED]);
  undecided(t, k);
  for (uint32_t i = 0; i < k->n_regions; i++) region(t, k, i);
}

/* ---- data ---- */

static void column(const telling *t, const ppr_compared_column *c) {
  buf_printf(t->out, "  %s: %s  ", c->file, c->column);
  buf_printf(t->out, say(t, "Datensätze %zu, Zellen %zu", "records %zu, cells %zu"), c->records, c->cells);
  if (c->kind == PPR_YESNO)
    buf_printf(t->out, say(t, "; ja→nein %zu, nein→ja %zu, anders %zu", "; yes→no %zu, no→yes %zu, other %zu"), c->yes_to_no, c->no_to_yes, c->other);
  else if (c->other) buf_printf(t->out, say(t, "; neu oder entfallen %zu", "; new or gone %zu"), c->other);
  buf_putc(t->out, '\n');
  if (c->sum)
    buf_printf(t->out,
               say(t, "      Änderung%s%s: Summe %s; kleinste %s, Viertel %s, Mitte %s, drei Viertel %s, größte %s\n",
                   "      change%s%s: sum %s; least %s, quarter %s, middle %s, three quarters %s, greatest %s\n"),
               *c->unit ? " in " : "", c->kind == PPR_PERCENT ? "" : c->unit, c->sum, c->least, c->lower, c->median, c->upper, c->most);
  for (size_t i = 0; t->d->data_change && i < t->d->data_changes; i++) {
    if (!c->moved[i]) continue;
    const diff_change *x = &t->d->structure.changes[t->d->data_change[i]];
    buf_printf(t->out, say(t, "      %s %s: allein ausschlaggebend %zu, beteiligt %zu\n", "      %s %s: decides alone %zu, takes part %zu\n"),
               x->word, x->name, c->alone[i], c->moved[i]);
  }
}

static void cell(const telling *t, const ppr_compared_cell *c) {
  buf_printf(t->out, "  %s  %s: %s → %s", c->key, c->output, *c->before ? c->before : "–", *c->after ? c->after : "–");
  for (size_t i = 0; i < c->n_through; i++) {
    const diff_change *x = &t->d->structure.changes[t->d->data_change[c->through[i]]];
    buf_printf(t->out, "%s%s %s",
               i          ? ", "
               : c->alone ? say(t, "  durch ", "  through ")
                          : say(t, "  beteiligt ", "  takes part: "),
               x->word, x->name);
  }
  if (!c->n_through) buf_puts(t->out, say(t, "  erst durch mehrere Änderungen zusammen", "  through several changes together only"));
  buf_putc(t->out, '\n');
}

static void data(const telling *t) {
  const ppr_comparison *c = t->d->data;
  buf_printf(t->out,
             say(t, "\nDaten: %zu %s mit Ergebnis unter beiden Texten; ein ja/nein ändert sich bei %zu, irgendein Wert bei %zu\n",
                 "\nData: %zu %s with results under both texts; a yes/no changes in %zu, any value in %zu\n"),
             c->records, c->records == 1 ? say(t, "Datensatz", "record") : say(t, "Datensätze", "records"), c->changed, c->changed_any);
  buf_printf(t->out,
             say(t, "  Ergebnis nur unter dem alten Text: %zu, nur unter dem neuen: %zu, unter keinem: %zu\n",
                 "  results under the old text only: %zu, under the new only: %zu, under neither: %zu\n"),
             c->only_before, c->only_after, c->without);
  buf_printf(t->out,
             say(t, "  Jeder Datensatz wurde mit seinem Quartal unter beiden Texten gerechnet, gleich welche Fassung dann gilt (alt: %s; neu: %s).\n",
                 "  Each record was evaluated with its quarter under both texts, whichever edition is in force then (old: %s; new: %s).\n"),
             t->d->data_range[0], t->d->data_range[1]);
  for (size_t i = 0; i < t->d->structure.n; i++)
    if (t->d->data_notes[i])
      buf_printf(t->out, say(t, "  nicht einzeln gerechnet: %s %s, %s\n", "  not run by itself: %s %s, %s\n"), t->d->structure.changes[i].word,
                 t->d->structure.changes[i].name, t->d->data_notes[i]);
  buf_putc(t->out, '\n');
  for (size_t i = 0; i < c->n_columns; i++) column(t, &c->columns[i]);
  if (c->n_cells) buf_putc(t->out, '\n');
  for (size_t i = 0; i < c->n_cells && i < RECORDS_TOLD; i++) cell(t, &c->cells[i]);
  if (c->n_cells + c->more_cells > RECORDS_TOLD)
    buf_printf(t->out,
               say(t, "  … und %zu weitere; alle mit --format json oder html\n", "  … and %zu more; all of them with --format json or html\n"),
               c->n_cells + c->more_cells - RECORDS_TOLD);
}

void diff_tell(const diffing *d, ppr_buf *out) {
  telling t = {d, out, d->opts->language == PPR_ENGLISH};
  buf_printf(out, "%s %s → %s\n\n", d->side[1].text->file->regelwerk.text, d->side[0].text->file->fassung.text, d->side[1].text->file->fassung.text);
  if (diff_tells(d, PPR_DIFF_STRUCTURE)) structure(&t);
  for (size_t i = 0; i < d->n_kinds; i++) meaning(&t, &d->kinds[i]);
  if (d->data) data(&t);
}
