/* What a sweep is and what it found, as rows of its ledger; see sweep_write.h. */
#include "sweep/sweep_write.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "io/cells.h"
#include <stdio.h>
#include <string.h>

/* --- what a scenario is --- */

static const char *const forms[] = {[PPR_DOMAIN_RANGE] = "range",       [PPR_DOMAIN_LIST] = "list",     [PPR_DOMAIN_UNIFORM] = "uniform",
                                    [PPR_DOMAIN_TRIANGLE] = "triangle", [PPR_DOMAIN_NORMAL] = "normal", [PPR_DOMAIN_WEIGHTED] = "weighted"};
static const char *const kinds[] = {
    [PPR_KIND_NUMBER] = "zahl",     [PPR_KIND_PERCENT] = "prozent", [PPR_KIND_BOOL] = "ja/nein", [PPR_KIND_DATE] = "datum",
    [PPR_KIND_QUARTER] = "quartal", [PPR_KIND_ENUM] = "wort",       [PPR_KIND_TEXT] = "text"};
static const char *const part_forms[] = {
    [PPR_PART_GROUP] = "gruppe", [PPR_PART_SHARE] = "anteil", [PPR_PART_SUM] = "summe", [PPR_PART_SPREAD] = "verteilung"};

/* Decimals of the stored number: those of a percentage are of the fraction. */
static int64_t stored_scale(uint32_t kind, uint32_t scale) { return (int64_t)scale + (kind == PPR_KIND_PERCENT ? 2 : 0); }

/* Keys it is drawn for, with commas between them; NULL: out of memory. */
static const char *keyed_for(const sweep_writer *w, const space_axis *a) {
  const scenario *s = w->s;
  const char *out = "";
  size_t n = !a->keyed ? 0 : a->domain->every ? s->input.schema->n_keys : a->domain->keys;
  for (size_t k = 0; k < n && out; k++) {
    uint32_t at = a->domain->every ? (uint32_t)k : a->key[k].key;
    out = arena_printf(w->arena, "%s%s%s", out, k ? "," : "", s->input.schema->keys[at]);
  }
  return out;
}

static const char *word_of(const scenario *s, const space_axis *a, int64_t value) {
  const ppr_edition *e = s->input.schema->editions[a->edition].e;
  if (a->field->kind != PPR_KIND_ENUM || !a->field->enumeration) return "";
  return schema_str(s->input.schema, e->member[e->enumeration[a->field->enumeration - 1].first + (uint64_t)value].name);
}

/* --- `für` as it could be written --- */

static void print_value(ppr_buf *out, const scenario *s, const space_axis *a, int64_t value) {
  if (a->field->kind == PPR_KIND_ENUM) buf_puts(out, word_of(s, a, value));
  else schema_print(out, s->input.schema, a->edition, a->field->kind, 0, a->field->scale, value, ',');
  if (a->field->kind == PPR_KIND_PERCENT) buf_puts(out, " %");
}

/* A step or deviation: of days it is a number of them. */
static void print_distance(ppr_buf *out, const scenario *s, const space_axis *a, int64_t value) {
  if (a->field->kind == PPR_KIND_DATE || a->field->kind == PPR_KIND_QUARTER) buf_printf(out, "%lld", (long long)value);
  else print_value(out, s, a, value);
}

static void print_domain(ppr_buf *out, const scenario *s, const space_axis *a) {
  const ppr_domain *d = a->domain;
  const ppr_domain_value *v = a->values;
  switch ((ppr_domain_form)d->form) {
  case PPR_DOMAIN_RANGE:
  case PPR_DOMAIN_UNIFORM:
    buf_puts(out, d->form == PPR_DOMAIN_RANGE ? "von " : "gleichverteilt von ");
    print_value(out, s, a, v[0].value);
    buf_puts(out, " bis ");
    print_value(out, s, a, v[1].value);
    if (d->form == PPR_DOMAIN_UNIFORM) break;
    buf_puts(out, " schritt ");
    print_distance(out, s, a, v[2].value);
    break;
  case PPR_DOMAIN_NORMAL:
    buf_puts(out, "normal ");
    print_value(out, s, a, v[0].value);
    buf_puts(out, " streuung ");
    print_distance(out, s, a, v[1].value);
    break;
  case PPR_DOMAIN_LIST:
  case PPR_DOMAIN_TRIANGLE:
  case PPR_DOMAIN_WEIGHTED:
    buf_puts(out, d->form == PPR_DOMAIN_LIST ? "in " : d->form == PPR_DOMAIN_TRIANGLE ? "dreieckig " : "aus ");
    for (uint32_t i = 0; i < d->values; i++) {
      if (i) buf_puts(out, "; ");
      print_value(out, s, a, v[i].value);
      if (d->form == PPR_DOMAIN_WEIGHTED) buf_printf(out, " : %lld", (long long)v[i].weight);
    }
    break;
  }
}

/* "von 80 % bis 120 % schritt 1 %", "gezogen je IK dreieckig -10,0 %; 0,0 %; 10,0 %"; NULL: out of memory. */
static const char *text_of(const sweep_writer *w, const space_axis *a, const char *keys) {
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, (size_t)1 << 20);
  if (!a->steps) buf_puts(&out, "gezogen ");
  if (a->keyed) buf_printf(&out, "je %s ", a->domain->every ? "Datensatz" : keys);
  print_domain(&out, w->s, a);
  const char *text = out.failed ? NULL : arena_strndup(w->arena, out.data, out.size);
  buf_fini(&out);
  return text;
}

static int64_t preset_of(const scenario *s, const space_axis *a, uint32_t edition) {
  const schema_edition *se = &s->input.schema->editions[edition];
  return se->preset[se->e->input[a->input[edition]].field];
}

static bool one_preset(const scenario *s, const space_axis *a) {
  for (uint32_t e = 0; e < s->program->n_editions; e++)
    if (a->input[e] != PPR_NONE && preset_of(s, a, e) != preset_of(s, a, a->edition)) return false;
  return true;
}

/* "95 % (2024-01); 90 % (2024-07 bis 2026-01)", by the names of the Fassungen without their scenarios. */
static void print_presets(ppr_buf *out, const scenario *s, const space_axis *a) {
  for (uint32_t e = 0, next; e < s->program->n_editions; e = next) {
    uint32_t last = e;
    for (next = e + 1; a->input[e] != PPR_NONE && next < s->program->n_editions; next++) {
      if (a->input[next] == PPR_NONE) continue;
      if (preset_of(s, a, next) != preset_of(s, a, e)) break;
      last = next;
    }
    if (a->input[e] == PPR_NONE) continue;
    const char *from = schema_edition_name(s->input.schema, e), *until = schema_edition_name(s->input.schema, last);
    if (out->size) buf_puts(out, "; ");
    print_value(out, s, a, preset_of(s, a, e));
    buf_printf(out, " (%.*s", (int)strcspn(from, " "), from);
    if (last != e) buf_printf(out, " bis %.*s", (int)strcspn(until, " "), until);
    buf_putc(out, ')');
  }
}

/* NULL: out of memory. */
static const char *presets_of(const sweep_writer *w, const space_axis *a) {
  if (one_preset(w->s, a)) return "";
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, (size_t)1 << 20);
  print_presets(&out, w->s, a);
  const char *text = out.failed ? NULL : arena_strndup(w->arena, out.data, out.size);
  buf_fini(&out);
  return text;
}

ppr_status sweep_write_scenario(const sweep_writer *w, const char *program, const char *data) {
  const scenario *s = w->s;
  const space *sp = &s->space;
  int64_t refused = 0;
  for (size_t i = 0; i < s->input.store.count; i++) refused += s->input.store.records[i].refused;
  ledger_put(w->book, LEDGER_scenario, "itttiiiii", (int64_t)s->id, s->name, program, data, (int64_t)s->input.store.count, refused, (int64_t)sp->grid,
             (int64_t)sp->draws, (int64_t)sp->sets);
  for (uint32_t i = 0; i < s->program->n_sources; i++) {
    char digest[65];
    sha256_text(digest, s->program->sources[i].sha256);
    ledger_put(w->book, LEDGER_source, "itt", (int64_t)s->id, program_string(s->program, s->program->sources[i].name), digest);
  }
  for (size_t i = 0; i < sp->n_axes; i++) {
    const space_axis *a = &sp->axes[i];
    const char *keys = keyed_for(w, a), *text = keys ? text_of(w, a, keys) : NULL, *presets = presets_of(w, a);
    if (!text || !presets) return PPR_NOMEM;
    ledger_put(w->book, LEDGER_parameter, "iitttiitttti", (int64_t)s->id, (int64_t)i, a->name, schema_str(s->input.schema, a->field->unit),
               kinds[a->field->kind], stored_scale(a->field->kind, a->field->scale), preset_of(s, a, a->edition), presets, forms[a->domain->form],
               text, keys, (int64_t)a->steps);
  }
  for (size_t i = 0; i < w->plan->n_surveys; i++) {
    const tally_survey *v = &w->plan->surveys[i];
    ledger_put(w->book, LEDGER_survey, "it", (int64_t)i, v->name);
    for (uint32_t k = 0; k < v->n_parts; k++)
      ledger_put(w->book, LEDGER_part, "iitttti", (int64_t)i, (int64_t)k, part_forms[v->parts[k].form], v->parts[k].name, v->parts[k].unit,
                 kinds[v->parts[k].kind], stored_scale(v->parts[k].kind, v->parts[k].scale));
  }
  return PPR_OK;
}

void sweep_write_input(const sweep_writer *w, const data_files *d) {
  for (size_t i = 0; i < d->n; i++) ledger_put(w->book, LEDGER_file, "tit", d->files[i].name, (int64_t)d->files[i].bytes, d->files[i].sha256);
}

/* --- what it found --- */

static const char *wide_text(ppr_wide value, char out[DEC_TEXT]) {
  dec_print(out, value, 0, ',');
  return out;
}

void sweep_write_row(const sweep_writer *w, const tally_row *r) {
  char sum[DEC_TEXT];
  int64_t s = w->s->id, run = (int64_t)r->run, survey = r->survey, part = r->part;
  if (r->form == PPR_PART_SHARE) {
    ledger_put(w->book, LEDGER_share, "iiitiiiiii", s, run, survey, r->cell, part, (int64_t)r->yes, (int64_t)r->no, (int64_t)r->absent,
               (int64_t)r->gained, (int64_t)r->lost);
    return;
  }
  ledger_put(w->book, LEDGER_total, "iiitiiit", s, run, survey, r->cell, part, (int64_t)r->yes, (int64_t)r->absent, wide_text(r->sum, sum));
  for (int k = 0; r->form == PPR_PART_SPREAD && r->yes && k < TALLY_RANKS; k++)
    ledger_put(w->book, LEDGER_spread, "iiitiii", s, run, survey, r->cell, part, (int64_t)tally_percent[k], r->rank[k]);
}

void sweep_write_cell(const sweep_writer *w, const tally_cell *c) {
  ledger_put(w->book, LEDGER_cell, "iti", (int64_t)c->survey, c->cell, (int64_t)c->groups);
  for (uint32_t g = 0; g < TALLY_GROUPS; g++)
    if (c->groups >> g & 1)
      ledger_put(w->book, LEDGER_cell_group, "ititti", (int64_t)c->survey, c->cell, (int64_t)g, c->value[g], c->label[g], c->place[g]);
}

void sweep_write_bin(const tally_bin *b, void *writer) {
  const sweep_writer *w = writer;
  ledger_put(w->book, LEDGER_bin, "iitiiii", (int64_t)w->s->id, (int64_t)b->survey, b->cell, (int64_t)b->part, b->low, b->high, (int64_t)b->n);
}

void sweep_write_values(const sweep_writer *w, uint64_t run) {
  const space *sp = &w->s->space;
  for (size_t i = 0; i < sp->n_axes; i++) {
    const space_axis *a = &sp->axes[i];
    if (a->keyed || (!run && !one_preset(w->s, a))) continue;
    int64_t value = run ? space_value(sp, a, run, a->edition, 0) : preset_of(w->s, a, a->edition);
    ledger_put(w->book, LEDGER_value, "iiiit", (int64_t)w->s->id, (int64_t)run, (int64_t)i, value, word_of(w->s, a, value));
  }
}

static const char *key_text(const sweep_writer *w, const store_record *r) {
  const char *out = "";
  for (size_t k = 0; k < w->s->input.schema->n_keys && out; k++) out = arena_printf(w->arena, "%s%s%s", out, k ? "," : "", cells_key_text(r, k));
  return out;
}

/* A value of an instance, false: there is none. */
static bool value_of(const tally_result *r, const tally_instance *in, uint32_t part, uint32_t record, int64_t *value) {
  if (!r->fine[record] || (in->when && r->values[(in->when - 1) * r->records + record] != 1)) return false;
  size_t at = in->column[part] * r->records + record;
  *value = r->values[at];
  return r->states[at] == PPR_PRESENT;
}

ppr_status sweep_write_changes(const sweep_writer *w, tally *t, const tally_result *result) {
  const scenario *s = w->s, *base = s->baseline;
  for (uint32_t e = 0; base && e < s->program->n_editions; e++) {
    if (s->before[e] == PPR_NONE || !s->editions[e].n_instances) continue;
    const tally_edition *was = &base->editions[s->before[e]];
    const tally_result *before = &base->result[s->before[e]], *after = &result[e];
    tally_block b = {.schema = base->input.schema,
                     .edition = s->before[e],
                     .of = was,
                     .n = (uint32_t)before->records,
                     .stride = before->records,
                     .values = before->values,
                     .states = before->states,
                     .fine = before->fine};
    for (uint32_t i = 0; i < after->records; i++) {
      uint32_t at = s->place[e][i];
      const char *key = NULL;
      for (uint32_t k = 0; at != PPR_NONE && k < s->editions[e].n_instances; k++) {
        const tally_instance *in = &s->editions[e].instances[k], *old = in->before == PPR_NONE ? NULL : &was->instances[in->before];
        const tally_survey *survey = &w->plan->surveys[in->survey];
        for (uint32_t p = survey->n_groups; old && p < survey->n_parts; p++) {
          int64_t x = 0, y = 0;
          bool has_x = value_of(before, old, p, at, &x), has_y = value_of(after, in, p, i, &y);
          if (has_x == has_y && (!has_x || x == y)) continue;
          const tally_cell *cell = before->fine[at] ? tally_cell_of(t, &b, in->before, at) : NULL;
          if (!key && !(key = key_text(w, s->records[e][i]))) return PPR_NOMEM;
          ledger_put(w->book, LEDGER_change,
                     !has_x   ? "itititxi"
                     : !has_y ? "itititix"
                              : "itititii",
                     (int64_t)s->id, key, (int64_t)in->survey, in->element, (int64_t)p, cell ? cell->cell : "", has_x ? x : y, y);
        }
      }
    }
  }
  return PPR_OK;
}
