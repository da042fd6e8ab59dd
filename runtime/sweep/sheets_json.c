/* ergebnisse.json: numbers are exact, with a decimal point; dates and words are text. See sheets.h. */
#include "io/cells.h"
#include "sweep/amount.h"
#include "sweep/ledger.h"
#include "sweep/sheets.h"
#include <string.h>

static const amount_style plain = {'.', false, false};

static void member(ppr_buf *out, const char *name, const char *text) {
  buf_printf(out, ", \"%s\": ", name);
  cells_json_text(out, text);
}

static void count(ppr_buf *out, const char *name, int64_t n) {
  buf_printf(out, ", \"%s\": ", name);
  amount_count(out, n, plain);
}

static void value(ppr_buf *out, const book_measure *m, ppr_wide n) {
  bool text = m->kind == BOOK_DATE || m->kind == BOOK_QUARTER;
  if (m->kind == BOOK_YESNO && (n == 0 || n == 1)) {
    buf_puts(out, n ? "true" : "false");
    return;
  }
  if (text) buf_putc(out, '"');
  amount_put(out, m, n, plain);
  if (text) buf_putc(out, '"');
}

static void parameter_value(ppr_buf *out, const book_parameter *p, int64_t n) {
  if (p->measure.kind == BOOK_WORD) cells_json_text(out, book_word_of(p, n));
  else value(out, &p->measure, n);
}

static void measure(ppr_buf *out, const book_measure *m) {
  static const char *const kinds[] = {"number", "percent", "date", "quarter", "yesno", "word"};
  member(out, "kind", kinds[m->kind]);
  member(out, "unit", m->kind == BOOK_PERCENT ? "%" : m->unit);
}

static void survey(ppr_buf *out, const book_survey *v) {
  static const char *const forms[] = {"group", "share", "sum", "spread"};
  buf_puts(out, "{\"name\": ");
  cells_json_text(out, v->name);
  buf_puts(out, ",\n   \"parts\": [");
  for (size_t p = 0; p < v->n_parts; p++) {
    buf_printf(out, "%s{\"name\": ", p ? ", " : "");
    cells_json_text(out, v->parts[p].name);
    member(out, "form", forms[v->parts[p].form]);
    if (v->parts[p].form >= BOOK_SUM) measure(out, &v->parts[p].measure);
    buf_putc(out, '}');
  }
  buf_puts(out, "],\n   \"cells\": [");
  for (size_t k = 0; k < v->n_cells; k++) {
    const book_cell *c = &v->cells[k];
    buf_printf(out, "%s\n    {\"cell\": ", k ? "," : "");
    cells_json_text(out, c->key);
    member(out, "label", c->label);
    buf_puts(out, ", \"groups\": {");
    bool any = false;
    for (size_t g = 0; g < v->n_groups; g++) {
      if (!(c->groups >> g & 1)) continue;
      if (any) buf_puts(out, ", ");
      cells_json_text(out, v->parts[g].name);
      buf_puts(out, ": ");
      cells_json_text(out, c->value[g]);
      any = true;
    }
    buf_puts(out, "}}");
  }
  buf_puts(out, "]}");
}

static void file(ppr_buf *out, size_t i, const book_file *f, bool text) {
  buf_printf(out, "%s\n  {\"name\": ", i ? "," : "");
  cells_json_text(out, f->name);
  member(out, "sha256", f->sha256);
  if (!text) count(out, "bytes", f->bytes);
  else if (*f->used) member(out, "scenarios", f->used);
  buf_putc(out, '}');
}

void json_head(sheets *s, ppr_buf *out) {
  const book *b = s->b;
  buf_puts(out, "{\"format\": \"" LEDGER_FORMAT "\"");
  member(out, "rules", b->rules);
  member(out, "record", b->record);
  member(out, "seed", b->seed);
  if (*b->ppr) member(out, "ppr", b->ppr);
  buf_puts(out, ",\n \"texts\": [");
  for (size_t i = 0; i < b->n_texts; i++) file(out, i, &b->texts[i], true);
  buf_puts(out, "],\n \"input\": [");
  for (size_t i = 0; i < b->n_files; i++) file(out, i, &b->files[i], false);
  buf_puts(out, "],\n \"surveys\": [");
  for (size_t i = 0; i < b->n_surveys; i++) {
    buf_puts(out, i ? ",\n  " : "\n  ");
    survey(out, &b->surveys[i]);
  }
  buf_puts(out, "],\n \"scenarios\": [");
}

void json_scenario(sheets *s, ppr_buf *out, size_t index) {
  const book_scenario *c = &s->b->scenarios[index];
  buf_printf(out, "%s\n {\"name\": ", index ? "," : "");
  cells_json_text(out, c->name);
  member(out, "program", c->program);
  member(out, "data", c->data);
  count(out, "records", c->records);
  count(out, "refused", c->refused);
  count(out, "grid", c->grid);
  count(out, "draws", c->draws);
  count(out, "sets", c->sets);
  buf_puts(out, ",\n  \"parameters\": [");
  for (size_t i = 0; i < c->n_parameters; i++) {
    const book_parameter *p = &c->parameters[i];
    buf_puts(out, i ? ",\n   {\"name\": " : "\n   {\"name\": ");
    cells_json_text(out, p->name);
    measure(out, &p->measure);
    buf_puts(out, ", \"preset\": ");
    parameter_value(out, p, p->preset);
    if (*p->presets) member(out, "presets", p->presets);
    member(out, "form", p->form);
    member(out, "text", p->text);
    member(out, "keys", p->keyed);
    count(out, "steps", p->steps);
    buf_putc(out, '}');
  }
  buf_puts(out, "],\n  \"runs\": [");
}

static void figure(ppr_buf *out, const book_survey *v, size_t k, size_t p, const book_figure *f) {
  const book_measure *m = &v->parts[p].measure;
  buf_puts(out, "{\"survey\": ");
  cells_json_text(out, v->name);
  member(out, "part", v->parts[p].name);
  member(out, "cell", v->cells[k].key);
  if (v->parts[p].form == BOOK_SHARE) {
    count(out, "yes", f->yes);
    count(out, "no", f->no);
    count(out, "absent", f->absent);
    count(out, "gained", f->gained);
    count(out, "lost", f->lost);
  } else {
    count(out, "n", f->yes);
    count(out, "absent", f->absent);
    buf_puts(out, ", \"sum\": ");
    value(out, m, f->sum);
  }
  if (f->spread) {
    buf_puts(out, ", \"quantiles\": {");
    for (int i = 0; i < BOOK_RANKS; i++) {
      buf_printf(out, "%s\"%d\": ", i ? ", " : "", book_percent[i]);
      value(out, m, f->rank[i]);
    }
    buf_putc(out, '}');
  }
  buf_putc(out, '}');
}

void json_run(sheets *s, ppr_buf *out, const book_scenario *c, int64_t run, const book_figure *figures, int64_t failed, uint32_t most) {
  bool any = false;
  buf_printf(out, "%s\n   {\"run\": %lld", run ? "," : "", (long long)run);
  count(out, "without", failed);
  buf_puts(out, ", \"parameters\": {");
  for (size_t p = 0; p < c->n_parameters; p++) {
    int64_t n = 0;
    if (!book_value(c, p, run, &n)) {
      if (run != 0 || *c->parameters[p].presets) continue;
      n = c->parameters[p].preset;
    }
    if (any) buf_puts(out, ", ");
    any = true;
    cells_json_text(out, c->parameters[p].name);
    buf_puts(out, ": ");
    parameter_value(out, &c->parameters[p], n);
  }
  buf_puts(out, "}, \"figures\": [");
  any = false;
  for (size_t i = 0; i < s->b->n_surveys; i++) {
    const book_survey *v = &s->b->surveys[i];
    for (size_t p = v->n_groups; p < v->n_parts; p++)
      for (size_t k = 0; k < v->n_cells && v->cells[k].n_groups <= most; k++) {
        const book_figure *f = &figures[book_slot(v, k, p)];
        if (!f->there) continue;
        buf_puts(out, any ? ",\n    " : "\n    ");
        any = true;
        figure(out, v, k, p, f);
      }
  }
  buf_puts(out, "]}");
}

void json_bin(ppr_buf *out, bool first, const book_survey *v, size_t cell, size_t part, int64_t low, int64_t high, int64_t n) {
  const book_measure *m = &v->parts[part].measure;
  buf_puts(out, first ? "\n   {\"survey\": " : ",\n   {\"survey\": ");
  cells_json_text(out, v->name);
  member(out, "part", v->parts[part].name);
  member(out, "cell", v->cells[cell].key);
  buf_puts(out, ", \"low\": ");
  value(out, m, low);
  buf_puts(out, ", \"high\": ");
  value(out, m, high);
  count(out, "n", n);
  buf_putc(out, '}');
}
