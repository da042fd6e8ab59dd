/* The comparison as one JSON object; numbers that are not counts are text with decimal comma, as printed. */
#include "base/text.h"
#include "diff/diff.h"
#include <string.h>

static void text(ppr_buf *out, const char *value) {
  if (value) text_put_json(out, value, strlen(value));
  else buf_puts(out, "null");
}

static void member(ppr_buf *out, const char *name, const char *value) {
  buf_printf(out, ", \"%s\": ", name);
  text(out, value);
}

static void count(ppr_buf *out, const char *name, size_t n) { buf_printf(out, ", \"%s\": %zu", name, n); }

static void details(ppr_buf *out, const diff_detail *at, size_t n) {
  buf_putc(out, '[');
  for (size_t i = 0; i < n; i++) {
    buf_printf(out, "%s{\"part\": \"%s\"", i ? ", " : "", diff_part_word(at[i].part));
    member(out, "name", at[i].name);
    member(out, "before", at[i].before);
    member(out, "after", at[i].after);
    buf_putc(out, '}');
  }
  buf_putc(out, ']');
}

static void structure(ppr_buf *out, const diff_structure *s) {
  static const char *const how[] = {[CHANGED_ADDED] = "added", [CHANGED_REMOVED] = "removed", [CHANGED_CHANGED] = "changed"};
  buf_puts(out, ",\n \"structure\": {\"head\": ");
  details(out, s->head, s->n_head);
  buf_puts(out, ", \"changes\": [");
  for (size_t i = 0; i < s->n; i++) {
    const diff_change *c = &s->changes[i];
    buf_printf(out, "%s\n  {\"how\": \"%s\"", i ? "," : "", how[c->how]);
    member(out, "form", c->word);
    member(out, "name", c->name);
    member(out, "amendment", c->text);
    buf_puts(out, ", \"details\": ");
    details(out, c->details, c->n_details);
    buf_putc(out, '}');
  }
  buf_puts(out, "], \"amendment\": ");
  text(out, s->amendment);
  buf_putc(out, '}');
}

static void numbers(ppr_buf *out, const char *name, const size_t *at, size_t n) {
  buf_printf(out, ", \"%s\": [", name);
  for (size_t i = 0; i < n; i++) buf_printf(out, "%s%zu", i ? ", " : "", at[i]);
  buf_putc(out, ']');
}

static void region(ppr_buf *out, const diff_region *r) {
  buf_puts(out, "{\"output\": ");
  text(out, r->output);
  member(out, "before", r->old_value);
  member(out, "after", r->new_value);
  numbers(out, "through", r->through, r->n_through);
  buf_puts(out, ", \"step\": {\"result\": ");
  text(out, r->step.label);
  member(out, "rule", r->step.rule);
  member(out, "before", r->step.old_value);
  member(out, "after", r->step.new_value);
  member(out, "citation_before", r->step.old_cite);
  member(out, "citation_after", r->step.new_cite);
  buf_puts(out, "}");
  member(out, "key", r->key);
  count(out, "moved", r->moved);
  buf_puts(out, ", \"tables\": {");
  for (size_t i = 0; i < r->n_tables; i++) {
    buf_puts(out, i ? ", " : "");
    text(out, r->tables[i].name);
    buf_puts(out, ": ");
    text(out, r->tables[i].text);
  }
  buf_puts(out, "}, \"readings\": [");
  for (size_t i = 0; i < r->n_readings; i++) {
    buf_puts(out, i ? ", " : "");
    text(out, r->readings[i]);
  }
  buf_puts(out, "], \"parameters\": [");
  for (size_t i = 0; i < r->n_parameters; i++) {
    buf_puts(out, i ? ", " : "");
    text(out, r->parameters[i]);
  }
  buf_putc(out, ']');
  member(out, "explanation_before", r->old_text);
  member(out, "explanation_after", r->new_text);
  buf_putc(out, '}');
}

static void meaning(ppr_buf *out, const diff_kind *k) {
  static const char *const verdicts[] = {"equal", "different", "undecided", "added", "removed"}, *const proofs[] = {"form", "conditions", "inputs"};
  buf_puts(out, "{\"record\": ");
  text(out, k->record);
  member(out, "quarter", k->quarter);
  member(out, "reason", *k->reason ? k->reason : NULL);
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) count(out, verdicts[i], k->counts[i]);
  buf_puts(out, ", \"results\": [");
  for (size_t i = 0; i < k->n_outputs; i++) {
    const diff_output *o = &k->outputs[i];
    buf_printf(out, "%s\n   {\"name\": ", i ? "," : "");
    text(out, o->label);
    member(out, "verdict", verdicts[o->verdict]);
    if (o->verdict == OUTPUT_EQUAL) member(out, "proof", proofs[o->proof]);
    if (o->verdict == OUTPUT_UNDECIDED) member(out, "reason", o->reason);
    if (o->verdict == OUTPUT_DIFFERENT) count(out, "region", o->region);
    buf_putc(out, '}');
  }
  buf_puts(out, "], \"regions\": [");
  for (size_t i = 0; i < k->n_regions; i++) {
    buf_puts(out, i ? ",\n   " : "\n   ");
    region(out, &k->regions[i]);
  }
  buf_puts(out, "]}");
}

static void column(ppr_buf *out, const diffing *d, const ppr_compared_column *c) {
  static const char *const kinds[] = {"number", "percent", "yesno", "date", "quarter", "enumeration", "text"};
  buf_puts(out, "{\"file\": ");
  text(out, c->file);
  member(out, "column", c->column);
  member(out, "kind", kinds[c->kind]);
  member(out, "unit", c->unit);
  count(out, "records", c->records);
  count(out, "cells", c->cells);
  count(out, "yes_to_no", c->yes_to_no);
  count(out, "no_to_yes", c->no_to_yes);
  count(out, "other", c->other);
  count(out, "measured", c->measured);
  if (c->sum) {
    member(out, "sum", c->sum);
    member(out, "least", c->least);
    member(out, "lower", c->lower);
    member(out, "median", c->median);
    member(out, "upper", c->upper);
    member(out, "most", c->most);
  }
  buf_puts(out, ", \"through\": [");
  bool any = false;
  for (size_t i = 0; i < d->data_changes; i++) {
    if (!c->moved[i]) continue;
    buf_printf(out, "%s{\"change\": %zu, \"alone\": %zu, \"moved\": %zu}", any ? ", " : "", d->data_change[i], c->alone[i], c->moved[i]);
    any = true;
  }
  buf_puts(out, "]}");
}

static void cell(ppr_buf *out, const diffing *d, const ppr_compared_cell *c) {
  buf_puts(out, "{\"key\": ");
  text(out, c->key);
  member(out, "file", c->file);
  member(out, "column", c->column);
  member(out, "result", c->output);
  member(out, "before", c->before);
  member(out, "after", c->after);
  buf_puts(out, ", \"through\": [");
  for (size_t i = 0; i < c->n_through; i++) buf_printf(out, "%s%zu", i ? ", " : "", d->data_change[c->through[i]]);
  buf_printf(out, "], \"alone\": %s}", c->alone ? "true" : "false");
}

static void data(ppr_buf *out, const diffing *d) {
  const ppr_comparison *c = d->data;
  buf_printf(out, ",\n \"data\": {\"records\": %zu", c->records);
  count(out, "only_before", c->only_before);
  count(out, "only_after", c->only_after);
  count(out, "without", c->without);
  count(out, "changed", c->changed);
  count(out, "changed_any", c->changed_any);
  member(out, "range_before", d->data_range[0]);
  member(out, "range_after", d->data_range[1]);
  buf_puts(out, ", \"not_alone\": [");
  bool any = false;
  for (size_t i = 0; i < d->structure.n; i++) {
    if (!d->data_notes[i]) continue;
    buf_printf(out, "%s{\"change\": %zu", any ? ", " : "", i);
    member(out, "reason", d->data_notes[i]);
    buf_putc(out, '}');
    any = true;
  }
  buf_puts(out, "],\n  \"columns\": [");
  for (size_t i = 0; i < c->n_columns; i++) {
    buf_puts(out, i ? ",\n   " : "\n   ");
    column(out, d, &c->columns[i]);
  }
  buf_puts(out, "],\n  \"verdicts\": [");
  for (size_t i = 0; i < c->n_cells; i++) {
    buf_puts(out, i ? ",\n   " : "\n   ");
    cell(out, d, &c->cells[i]);
  }
  buf_puts(out, "]");
  count(out, "more_verdicts", c->more_cells);
  buf_putc(out, '}');
}

static void side(ppr_buf *out, const diff_side *s) {
  buf_puts(out, "{\"path\": ");
  text(out, s->path);
  member(out, "edition", s->text->file->fassung.text);
  buf_putc(out, '}');
}

void diff_json(const diffing *d, ppr_buf *out) {
  buf_puts(out, "{\"regelwerk\": ");
  text(out, d->side[1].text->file->regelwerk.text);
  buf_puts(out, ", \"old\": ");
  side(out, &d->side[0]);
  buf_puts(out, ", \"new\": ");
  side(out, &d->side[1]);
  if (diff_tells(d, PPR_DIFF_STRUCTURE) || d->n_kinds || d->data) structure(out, &d->structure); /* the others refer to its changes */
  if (d->n_kinds) {
    buf_puts(out, ",\n \"meaning\": [");
    for (size_t i = 0; i < d->n_kinds; i++) {
      buf_puts(out, i ? ",\n  " : "\n  ");
      meaning(out, &d->kinds[i]);
    }
    buf_puts(out, "]");
  }
  if (d->data) data(out, d);
  buf_puts(out, "\n}\n");
}
