/* Verifier, the rows besides code: what refers to what, then what rows say about each other. */
#include "base/decimal.h"
#include "code/references.h"
#include "code/verify_int.h"
#include <string.h>

static bool is_late(uint32_t section) { return section <= SEC_pos || (section >= SEC_inst && section <= SEC_round); }

bool verify_references(const verifier *v, bool late) {
  size_t n;
  for (const reference *all = references(&n), *f = all; f < all + n; f++) {
    if (is_late(f->section) != late) continue;
    section_rows s = references_rows(v->e, f->section);
    uint32_t target = references_rows(v->e, f->target).count;
    for (uint32_t i = 0; i < s.count; i++) {
      const char *row = s.rows + i * s.size;
      uint32_t word = references_word(row, f->at), count;
      switch ((reference_form)f->form) {
      case REF_TEXT:
        if (word >= v->p->n_string) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, s.name, i, f->member, word, 0);
        break;
      case REF_INDEX:
        if (word >= target) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, s.name, i, f->member, word, 0);
        break;
      case REF_MAYBE:
        if (word > target) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, s.name, i, f->member, word, 0);
        break;
      case REF_SLICE:
        count = references_word(row, f->count_at);
        if (word > target || count > target - word) return verify_fail_row(v, DIAG_VERIFY_SLICE, s.name, i, f->member, count, word);
        break;
      case REF_WORD:
        if (word > f->last) return verify_fail_row(v, DIAG_VERIFY_WORD, s.name, i, f->member, word, 0);
        break;
      }
    }
  }
  const ppr_edition *e = v->e;
  for (uint32_t i = 0; late && i < e->n_table; i++) {
    const ppr_table *t = &e->table[i];
    uint64_t cells = (uint64_t)t->rows * t->cols;
    if (t->cols == 0 || t->first > e->n_konst || cells > e->n_konst - t->first)
      return verify_fail_row(v, DIAG_VERIFY_SLICE, "table", i, "first", cells, t->first);
  }
  for (uint32_t i = 0; !late && i < e->n_import; i++)
    if (verify_arity(program_string(v->p, e->import[i].signature)) < 0) {
      report_add(v->r, DIAG_VERIFY_SIGNATURE, SPAN_NONE, program_string(v->p, e->import[i].name), program_string(v->p, e->import[i].signature), NULL);
      return false;
    }
  return true;
}

/* Kind, scale and enumeration of a value belong together. */
static bool value_kind(const verifier *v, const char *section, uint32_t row, uint32_t kind, uint32_t scale, uint32_t enumeration) {
  if (scale > DEC_MAX_SCALE - (kind == PPR_KIND_PERCENT ? 2 : 0)) return verify_fail_row(v, DIAG_VERIFY_SCALE, section, row, "scale", scale, 0);
  if (kind == PPR_KIND_ENUM && enumeration == 0) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, section, row, "enumeration", 0, 0);
  return true;
}

static uint64_t axis_size(const ppr_edition *e, uint32_t axis) { return axis ? e->enumeration[axis - 1].count : 1; }

static bool field(const verifier *v, uint32_t i) {
  const ppr_edition *e = v->e;
  const ppr_field *f = &e->field[i];
  if (!value_kind(v, "field", i, f->kind, f->scale, f->enumeration)) return false;
  int64_t least = INT64_MIN, most = INT64_MAX;
  if (f->kind == PPR_KIND_BOOL) least = 0, most = 1;
  if (f->kind == PPR_KIND_ENUM) least = 0, most = (int64_t)e->enumeration[f->enumeration - 1].count - 1;
  if (f->kind != PPR_KIND_TEXT) {
    if (f->lo > f->hi || f->lo < least || f->hi > most) return verify_fail_row(v, DIAG_VERIFY_FIELD, "field", i, "lo", 0, 0);
    if ((f->flags & PPR_FIELD_PRESET) && (f->preset < f->lo || f->preset > f->hi))
      return verify_fail_row(v, DIAG_VERIFY_FIELD, "field", i, "preset", 0, 0);
  }
  uint64_t elements = axis_size(e, f->axis1) * axis_size(e, f->axis2);
  if (f->inputs && f->inputs != elements) return verify_fail_row(v, DIAG_VERIFY_ELEMENTS, "field", i, "inputs", f->inputs, elements);
  for (uint32_t k = f->first_input; k < f->first_input + f->inputs; k++) {
    if (e->input[k].field != i) return verify_fail_row(v, DIAG_VERIFY_OWNER, "input", k, "field", 0, 0);
    if (e->input[k].type != (f->kind == PPR_KIND_BOOL ? PPR_T_BOOL : PPR_T_INT))
      return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "input", k, "type", 0, 0);
  }
  return true;
}

/* Where the first block of a table is noted, +1; 0: there is none yet. */
static uint32_t *table_slot(const ppr_edition *e, uint32_t *slots, uint32_t mask, uint32_t table) {
  uint32_t at = table & mask;
  while (slots[at] && e->block[slots[at] - 1].table != table) at = (at + 1) & mask;
  return &slots[at];
}

/* The keys of a block are listed once, for it alone, and are those of the other blocks of its table. */
static bool block_keys(const verifier *v) {
  const ppr_edition *e = v->e;
  if (e->n_block_key == 0) return true;
  uint32_t size = 16;
  while (size / 2 < e->n_block && size < UINT32_MAX / 2) size *= 2;
  uint32_t *slots = arena_array(report_arena(v->r), size, sizeof *slots);
  uint32_t *lister = arena_array(report_arena(v->r), e->n_key, sizeof *lister); /* last block that lists the key, +1 */
  uint64_t all = 0;
  if (!slots || !lister) return false;
  for (uint32_t i = 0; i < e->n_block; i++) {
    const ppr_block *b = &e->block[i];
    if ((all += b->keys) > e->n_block_key) return verify_fail_row(v, DIAG_VERIFY_SHARED, "block", i, "keys", 0, 0);
    for (uint32_t k = b->first_key; k < b->first_key + b->keys; k++) {
      uint32_t *last = &lister[e->block_key[k].key];
      if (*last == i + 1) return verify_fail_row(v, DIAG_VERIFY_KEYS, "block_key", k, "key", 0, 0);
      *last = i + 1;
    }
    uint32_t *slot = table_slot(e, slots, size - 1, b->table);
    if (!*slot) *slot = i + 1;
    const ppr_block *first = &e->block[*slot - 1];
    bool same = first->keys == b->keys;
    for (uint32_t k = first->first_key; same && k < first->first_key + first->keys; k++) same = lister[e->block_key[k].key] == i + 1;
    if (!same) return verify_fail_row(v, DIAG_VERIFY_KEYS, "block", i, "keys", 0, 0);
  }
  return true;
}

static bool schema(const verifier *v) {
  const ppr_edition *e = v->e;
  for (uint32_t i = 0; i < e->n_field; i++)
    if (!field(v, i)) return false;
  for (uint32_t i = 0; i < e->n_input; i++) {
    const ppr_field *f = &e->field[e->input[i].field];
    if (i - f->first_input >= f->inputs) return verify_fail_row(v, DIAG_VERIFY_OWNER, "input", i, "field", 0, 0);
    if (e->input[i].label == 0) return verify_fail_row(v, DIAG_VERIFY_LABEL, "input", i, "label", 0, 0);
  }
  for (uint32_t i = 0; i < e->n_block; i++) {
    const ppr_block *b = &e->block[i];
    for (uint32_t k = b->first_field; k < b->first_field + b->fields; k++) {
      const ppr_field *f = &e->field[k];
      if (f->block != i + 1 || f->axis1 != b->axis1 || f->axis2 != b->axis2) return verify_fail_row(v, DIAG_VERIFY_OWNER, "field", k, "block", 0, 0);
    }
  }
  if (!block_keys(v)) return false;
  for (uint32_t i = 0; i < e->n_key; i++)
    if (!(e->field[e->key[i].field].flags & PPR_FIELD_KEY)) return verify_fail_row(v, DIAG_VERIFY_OWNER, "key", i, "field", 0, 0);
  for (uint32_t i = 0; i < e->n_reading; i++)
    if (!(e->field[e->reading[i].field].flags & PPR_FIELD_READING)) return verify_fail_row(v, DIAG_VERIFY_OWNER, "reading", i, "field", 0, 0);
  if (e->period_input != PPR_NONE) {
    bool there =
        e->period_input < e->n_input && e->input[e->period_input].type == PPR_T_INT && e->period_year < e->n_key && e->period_quarter < e->n_key;
    if (!there) return verify_fail_row(v, DIAG_VERIFY_PERIOD, "edition", 0, "period", 0, 0);
  }
  return true;
}

/* A register that results are read from: there is one after every run. */
static bool result(const verifier *v, const char *section, uint32_t row, const char *member, uint32_t reg, uint32_t type) {
  if (v->e->reg[reg].type != type) return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, section, row, member, reg, 0);
  if (v->arm[reg] != ARM_TOP) return verify_fail_row(v, DIAG_VERIFY_VALUE_SCOPE, section, row, member, reg, 0);
  return true;
}

/* Each key at most once per file, and nothing in these files that cannot be added up. */
static bool sums(const verifier *v) {
  const ppr_edition *e = v->e;
  for (uint32_t i = 1; i < e->n_sum_key; i++) {
    const ppr_sum_key *a = &e->sum_key[i - 1], *b = &e->sum_key[i];
    if (a->file > b->file || (a->file == b->file && a->key >= b->key)) return verify_fail_row(v, DIAG_VERIFY_SUM, "sum_key", i, "key", b->key, 0);
  }
  if (e->n_sum_key == 0) return true;
  bool *summed = arena_array(report_arena(v->r), e->n_file, sizeof *summed);
  if (!summed) return false;
  for (uint32_t i = 0; i < e->n_sum_key; i++) summed[e->sum_key[i].file] = true;
  for (uint32_t i = 0; i < e->n_line; i++) {
    const ppr_line *l = &e->line[i];
    for (uint32_t c = l->first_cell; summed[l->file] && c < l->first_cell + l->cells; c++)
      if (e->cell[c].kind == PPR_CELL_OUTPUT && e->output[e->cell[c].value].kind == PPR_KIND_PERCENT)
        return verify_fail_row(v, DIAG_VERIFY_SUM, "cell", c, "value", e->cell[c].value, 0);
  }
  return true;
}

static bool results(const verifier *v) {
  const ppr_edition *e = v->e;
  for (uint32_t i = 0; i < e->n_output; i++) {
    const ppr_output *o = &e->output[i];
    if (!value_kind(v, "output", i, o->kind, o->scale, o->enumeration)) return false;
    if (o->label == 0) return verify_fail_row(v, DIAG_VERIFY_LABEL, "output", i, "label", 0, 0);
  }
  for (uint32_t i = 0; i < e->n_line; i++) {
    const ppr_line *l = &e->line[i];
    if (l->when && e->output[l->when - 1].kind != PPR_KIND_BOOL) return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "line", i, "when", 0, 0);
    if (l->cells != e->file[l->file].cols) return verify_fail_row(v, DIAG_VERIFY_ELEMENTS, "line", i, "cells", l->cells, e->file[l->file].cols);
  }
  for (uint32_t i = 0; i < e->n_cell; i++) {
    const ppr_cell *c = &e->cell[i];
    uint32_t limit = c->kind == PPR_CELL_OUTPUT ? e->n_output : c->kind == PPR_CELL_TEXT ? v->p->n_string : e->n_field;
    if (c->value >= limit) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, "cell", i, "value", c->value, 0);
  }
  for (uint32_t i = 0; i < e->n_check; i++)
    if (e->output[e->check[i].output].kind != PPR_KIND_BOOL) return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "check", i, "output", 0, 0);
  return true;
}

/* Takes `delta` from (or adds it to) the number of users of everything instance i depends on; those left without are appended to `ready`. */
static void count_users(const ppr_edition *e, uint32_t i, uint32_t *users, bool add, uint32_t *ready, uint32_t *n) {
  const ppr_inst *inst = &e->inst[i];
  for (uint32_t b = inst->first_branch; b < inst->first_branch + inst->branches; b++) {
    const ppr_branch *branch = &e->branch[b];
    for (uint32_t d = branch->first_dep; d < branch->first_dep + branch->deps; d++) {
      const ppr_dep *dep = &e->dep[d];
      if (dep->kind != PPR_DEP_INST) continue;
      if (add) users[dep->index]++;
      else if (--users[dep->index] == 0) ready[(*n)++] = dep->index;
    }
  }
}

/* Users before what they use, as long as there are any: what is left over depends on itself. */
static bool no_circle(const verifier *v) {
  const ppr_edition *e = v->e;
  uint32_t *users = arena_array(report_arena(v->r), e->n_inst, sizeof *users), *ready = arena_array(report_arena(v->r), e->n_inst, sizeof *ready),
           n = 0;
  if (!users || !ready) return false;
  for (uint32_t i = 0; i < e->n_inst; i++) count_users(e, i, users, true, ready, &n);
  for (uint32_t i = 0; i < e->n_inst; i++)
    if (users[i] == 0) ready[n++] = i;
  for (uint32_t done = 0; done < n; done++) count_users(e, ready[done], users, false, ready, &n);
  for (uint32_t i = 0; i < e->n_inst; i++)
    if (users[i]) return verify_fail_row(v, DIAG_VERIFY_CIRCLE, "inst", i, "reg", 0, 0);
  return true;
}

bool verify_notes(const verifier *v) {
  const ppr_edition *e = v->e;
  for (uint32_t i = 0; i < e->n_output; i++) {
    const ppr_output *o = &e->output[i];
    if (!result(v, "output", i, "reg", o->reg, o->kind == PPR_KIND_BOOL ? PPR_T_BOOL : PPR_T_INT)) return false;
    if (o->state && !result(v, "output", i, "state", o->state - 1, PPR_T_BOOL)) return false;
  }
  uint64_t branches = 0, deps = 0; /* shared rows would make walks quadratic */
  for (uint32_t i = 0; i < e->n_inst; i++) {
    const ppr_inst *inst = &e->inst[i];
    if (!value_kind(v, "inst", i, inst->kind, inst->scale, inst->enumeration)) return false;
    if (inst->state && e->reg[inst->state - 1].type != PPR_T_BOOL) return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "inst", i, "state", 0, 0);
    if ((branches += inst->branches) > e->n_branch) return verify_fail_row(v, DIAG_VERIFY_SHARED, "inst", i, "branches", 0, 0);
  }
  for (uint32_t i = 0; i < e->n_branch; i++) {
    const ppr_branch *b = &e->branch[i];
    if (b->cond && e->reg[b->cond - 1].type != PPR_T_BOOL) return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "branch", i, "cond", 0, 0);
    if ((deps += b->deps) > e->n_dep) return verify_fail_row(v, DIAG_VERIFY_SHARED, "branch", i, "deps", 0, 0);
  }
  for (uint32_t i = 0; i < e->n_dep; i++) {
    const ppr_dep *d = &e->dep[i];
    uint32_t limit = d->kind == PPR_DEP_INST ? e->n_inst : d->kind == PPR_DEP_INPUT ? e->n_input : e->n_konst;
    if (d->index >= limit) return verify_fail_row(v, DIAG_VERIFY_REFERENCE, "dep", i, "index", d->index, 0);
  }
  for (uint32_t i = 0; i < e->n_round; i++) {
    const ppr_round *r = &e->round[i];
    if (e->reg[r->num].type != r->type || e->reg[r->den].type != r->type)
      return verify_fail_row(v, DIAG_VERIFY_VALUE_TYPE, "round", i, "type", r->type, 0);
  }
  return no_circle(v);
}

bool verify_rows(const verifier *v) { return schema(v) && results(v) && sums(v) && verify_sweeps(v); }
