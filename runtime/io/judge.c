/* Faults and findings in the words of the rule text. */
#include "io/judge.h"
#include "io/results.h"
#include <string.h>

/* The rule whose text the place lies in: the last one of the file that begins at or before the line. */
static const ppr_rule *rule_at(const ppr_edition *e, const ppr_pos *pos) {
  const ppr_rule *best = NULL;
  for (uint32_t i = 0; i < e->n_rule; i++) {
    const ppr_rule *rule = &e->rule[i];
    if (rule->file == pos->file && rule->line <= pos->line && (!best || rule->line > best->line)) best = rule;
  }
  return best;
}

void judge_fault(record_store *store, store_record *r, const ppr_fault *fault) {
  const io_schema *s = store->schema;
  const ppr_edition *e = s->editions[r->edition].e;
  value_fault issue = {(diag_code)fault->code, {"", NULL, NULL, NULL}};
  const char *field = "", *table = "";
  if (!diag_find(issue.code)) issue.code = DIAG_FAULT_NATIVE;
  const ppr_instr *instr = fault->pc < e->n_instr ? &e->instr[fault->pc] : NULL;
  if (instr && instr_info(instr->op)->shape == SHAPE_IN) {
    const ppr_field *f = &e->field[e->input[instr->a].field];
    field = issue.args[0] = schema_str(s, e->input[instr->a].label);
    if (f->block) table = schema_str(s, e->block[f->block - 1].table);
  } else if (instr && fault->pc < e->n_pos) {
    const ppr_pos *pos = &e->pos[fault->pc];
    const ppr_rule *rule = rule_at(e, pos);
    field = rule ? schema_str(s, rule->name) : "";
    const char *text =
        arena_printf(store->issues, "%s%s%s:%lu%s", field, *field ? " (" : "", schema_str(s, pos->file), (unsigned long)pos->line, *field ? ")" : "");
    if (text) issue.args[0] = text;
  }
  store_issue_add(store, r, &issue, table, 0, field);
}

void judge_find(record_store *store, uint32_t edition, const ppr_result *out) {
  const ppr_edition *e = store->schema->editions[edition].e;
  store_part *part = &store->parts[edition];
  if (!part->checks) part->checks = arena_array(store->arena, (size_t)e->n_check + 1, sizeof *part->checks);
  part->n_checks = 0;
  part->checked = part->checks != NULL;
  for (uint32_t i = 0; i < e->n_check && part->checked; i++)
    if (results_any(&out[e->check[i].output], part->records)) part->checks[part->n_checks++] = i;
}

void judge_checks(record_store *store, store_record *r, const result_view *results) {
  const io_schema *s = store->schema;
  const ppr_edition *e = s->editions[r->edition].e;
  const store_part *part = &store->parts[r->edition];
  for (uint32_t i = 0, n = part->checked ? part->n_checks : e->n_check; i < n; i++) {
    const ppr_check *c = &e->check[part->checked ? part->checks[i] : i];
    if (!results_yes(&results->out[c->output], results->row)) continue;
    value_fault issue = {c->severity == 0 ? DIAG_CHECK_ERROR : DIAG_CHECK_HINT,
                         {schema_str(s, c->label ? c->label : c->name), schema_str(s, c->text), NULL, NULL}};
    store_issue_add(store, r, &issue, "", 0, schema_str(s, c->name));
  }
}
