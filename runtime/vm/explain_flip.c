/* The distance of a yes/no from the other answer, as a table of the letter. */
#include "vm/explain.h"
#include "vm/explain_text.h"
#include "vm/flip.h"

enum { COLUMNS = 6, SHOWN = 6 }; /* of each sort in the short form */

static say_look look_of(const teller *t, const flip *f) {
  if (f->is_input) return say_look_of_input(t, f->index);
  const ppr_inst *i = &t->e->inst[f->index];
  return (say_look){i->kind, i->enumeration, i->unit, i->scale};
}

static bool between(say_look l) { return l.kind != PPR_KIND_BOOL && l.kind != PPR_KIND_ENUM; }

static const char *value_text(const teller *t, say_look l, int64_t value) {
  size_t from = t->out->size;
  say_value(t, l, value, true);
  return say_taken(t, from);
}

static const char *difference_text(const teller *t, say_look l, const flip *f) {
  size_t from = t->out->size;
  say_difference(t, l, (ppr_wide)f->first - f->now);
  return say_taken(t, from);
}

static void fill_row(const teller *t, const flip *f, const char **row, uint32_t cols) {
  say_look l = look_of(t, f);
  row[0] = say_string(t, f->is_input ? t->e->input[f->index].label : t->e->inst[f->index].label);
  row[1] = value_text(t, l, f->now);
  row[2] = value_text(t, l, f->first);
  row[3] = between(l) ? difference_text(t, l, f) : "";
  row[4] = between(l) ? value_text(t, l, f->last) : "";
  if (cols == COLUMNS) row[5] = f->nearest ? "" : say_word(t, "erste gefundene Stelle", "first place found");
}

/* Rows of one sort under a heading; in the short form the first of them. */
static void tell_rows(const teller *t, const flips *found, bool inputs, const char *heading, const char *answer) {
  uint32_t n = 0, rows = 1, cols = COLUMNS - 1;
  for (uint32_t k = 0; k < found->n; k++) {
    n += found->item[k].is_input == inputs;
    if (found->item[k].is_input == inputs && !found->item[k].nearest) cols = COLUMNS; /* a remark */
  }
  uint32_t shown = !t->full && n > SHOWN ? SHOWN : n;
  tree_table table = {arena_array(t->arena, ((size_t)shown + 1) * cols + 1, sizeof *table.cell), shown + 1, cols};
  if (!n || !table.cell) return;
  table.cell[0] = heading;
  table.cell[1] = say_word(t, "jetzt", "now");
  table.cell[2] = say_word(t, "kippt bei", "turns at");
  table.cell[3] = say_word(t, "Abstand", "distance");
  const char *kept = arena_printf(t->arena, say_word(t, "noch %s bei", "still %s at"), answer);
  table.cell[4] = kept ? kept : "";
  if (cols == COLUMNS) table.cell[5] = "";
  for (uint32_t k = 0; k < found->n && rows <= shown; k++)
    if (found->item[k].is_input == inputs) fill_row(t, &found->item[k], &table.cell[(size_t)rows++ * cols], cols);
  say_rows(t, &table, true, 1);
  if (shown == n) return;
  say_begin(t, TREE_NOTE, 1);
  buf_printf(t->out, say_word(t, "… und %u weitere", "… and %u more"), n - shown);
  if (t->hint) buf_puts(t->out, say_word(t, "; --full zeigt sie", "; see --full"));
  say_end(t);
}

ppr_status flip_tell(teller *t, uint32_t edition, uint32_t output) {
  const ppr_output *o = &t->e->output[output];
  if (o->kind != PPR_KIND_BOOL || !o->inst || (o->state && vm_register(t->vm, o->state - 1) != PPR_PRESENT)) return PPR_OK;
  flips found;
  ppr_status status = flips_find(&found, t->arena, t->alloc, t->p, edition, t->vm, t->whole, t->in, output);
  if (status != PPR_OK) return status;
  const char *answer = vm_register(t->vm, o->reg) ? say_word(t, "ja", "yes") : say_word(t, "nein", "no");
  const char *heading = arena_printf(t->arena, say_word(t, "Was %s kippt, wenn alles Übrige bleibt", "What turns %s while everything else stays"),
                                     say_string(t, o->label));
  tree_section(t->tree, heading ? heading : "", false);
  if (!found.n)
    say_line(t, TREE_NOTE, 1,
             found.complete
                 ? say_word(t, "Keine einzelne Zahl und keine einzelne Angabe kippt das Ergebnis.", "No single number or fact turns the result.")
                 : say_word(t, "Unter den geprüften Werten kippt keiner das Ergebnis.", "None of the values looked at turns the result."));
  tell_rows(t, &found, false, say_word(t, "Wert einer Regel", "value of a rule"), answer);
  tell_rows(t, &found, true, say_word(t, "einzelne Eingabe", "single input"), answer);
  if (found.n && !found.complete) say_line(t, TREE_NOTE, 1, say_word(t, "Nicht alle Werte wurden geprüft.", "Not all values were looked at."));
  return PPR_OK;
}
