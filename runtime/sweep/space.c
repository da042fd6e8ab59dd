/* Grids are numbered with the last parameter fastest; behind the place in the grid comes the number of the draw; see space.h. */
#include "sweep/space.h"
#include "io/cells.h"
#include <stdio.h>
#include <string.h>

static bool drawn(const ppr_domain *d) { return d->form != PPR_DOMAIN_RANGE && d->form != PPR_DOMAIN_LIST; }

static uint64_t steps_of(const ppr_domain *d, const ppr_domain_value *v) {
  if (drawn(d)) return 0;
  return d->form == PPR_DOMAIN_LIST ? d->values : (uint64_t)(((ppr_wide)v[1].value - v[0].value) / v[2].value) + 1;
}

/* Variants of a reading have one number in all runs, so they must be the same ones in the same order, with the same preset. */
static bool same_variants(const io_schema *schema, const space_axis *a, uint32_t edition, const ppr_field *g) {
  const ppr_edition *e = schema->editions[a->edition].e, *o = schema->editions[edition].e;
  if (a->field->kind != PPR_KIND_ENUM || !a->field->enumeration || !g->enumeration) return true;
  const ppr_enumeration *x = &e->enumeration[a->field->enumeration - 1], *y = &o->enumeration[g->enumeration - 1];
  if (x->count != y->count || a->preset != schema->editions[edition].preset[g - o->field]) return false;
  for (uint32_t i = 0; i < x->count; i++)
    if (strcmp(schema_str(schema, e->member[x->first + i].name), schema_str(schema, o->member[y->first + i].name)) != 0) return false;
  return true;
}

static bool same(const io_schema *schema, const space_axis *a, uint32_t edition, const ppr_domain *d, const ppr_domain_value *values) {
  const ppr_edition *e = schema->editions[edition].e;
  const ppr_domain *x = a->domain;
  const ppr_field *f = a->field, *g = &e->field[d->field];
  if (!same_variants(schema, a, edition, g)) return false;
  if (x->form != d->form || x->values != d->values || x->keys != d->keys || x->every != d->every || f->kind != g->kind || f->scale != g->scale)
    return false;
  if (memcmp(a->values, values, d->values * sizeof *values) != 0) return false;
  return d->keys == 0 || memcmp(a->key, e->domain_key + d->first_key, d->keys * sizeof *a->key) == 0;
}

static ppr_status add_axis(space *s, ppr_arena *arena, const io_schema *schema, uint32_t edition, const ppr_domain *d, const ppr_domain_value *values,
                           size_t *cap, ppr_report *report) {
  const ppr_edition *e = schema->editions[edition].e;
  const ppr_field *f = &e->field[d->field];
  const char *name = schema_str(schema, f->name);
  size_t at = 0;
  while (at < s->n_axes && strcmp(s->axes[at].name, name) != 0) at++;
  if (at < s->n_axes) {
    space_axis *a = &s->axes[at];
    a->input[edition] = f->first_input;
    if (same(schema, a, edition, d, values)) return PPR_OK;
    report_add(report, DIAG_SWEEP_DIFFERS, SPAN_NONE, name, schema_edition_name(schema, a->edition), schema_edition_name(schema, edition), NULL);
    return PPR_DIAGNOSED;
  }
  s->axes = arena_grow(arena, s->axes, s->n_axes, cap, at + 1, sizeof *s->axes);
  uint32_t n = schema->program->n_editions, *input = arena_array(arena, n, sizeof *input);
  if (!s->axes || !input) return PPR_NOMEM;
  for (uint32_t i = 0; i < n; i++) input[i] = PPR_NONE;
  input[edition] = f->first_input;
  s->axes[s->n_axes++] = (space_axis){.name = name,
                                      .domain = d,
                                      .values = values,
                                      .key = e->domain_key + d->first_key,
                                      .field = f,
                                      .edition = edition,
                                      .steps = steps_of(d, values),
                                      .hash = draw_hash(0, name, strlen(name)),
                                      .keyed = d->keys || d->every,
                                      .input = input,
                                      .preset = schema->editions[edition].preset[d->field]};
  return PPR_OK;
}

/* Strides, and the number of sets. */
static ppr_status multiply(space *out, uint64_t draws, uint64_t limit, ppr_report *report) {
  bool large = false, any = false;
  for (size_t i = out->n_axes; i-- > 0;) {
    space_axis *a = &out->axes[i];
    a->stride = out->grid;
    if (a->steps && __builtin_mul_overflow(out->grid, a->steps, &out->grid)) large = true;
    any = any || !a->steps;
  }
  if (any) out->draws = draws;
  if (__builtin_mul_overflow(out->grid, out->draws, &out->sets) || out->sets > INT64_MAX / 2) large = true;
  if (out->n_axes == 0) out->sets = 0;
  if (!large && (!limit || out->sets <= limit)) return PPR_OK;
  char most[24], have[24];
  snprintf(most, sizeof most, "%llu", (unsigned long long)limit);
  snprintf(have, sizeof have, large ? "> 10^18" : "%llu", (unsigned long long)out->sets);
  report_add(report, DIAG_SWEEP_LARGE, SPAN_NONE, have, most, NULL);
  return PPR_DIAGNOSED;
}

ppr_status space_open(space *out, ppr_arena *arena, const io_schema *schema, uint64_t seed, uint64_t draws, uint64_t limit, ppr_report *report) {
  size_t cap = 0;
  *out = (space){.grid = 1, .draws = 1, .seed = seed};
  for (uint32_t i = 0; i < schema->program->n_editions; i++) {
    const ppr_edition *e = schema->editions[i].e;
    for (uint32_t d = 0; d < e->n_domain; d++) {
      ppr_status status = add_axis(out, arena, schema, i, &e->domain[d], e->domain_value + e->domain[d].first, &cap, report);
      if (status != PPR_OK) return status;
    }
  }
  return multiply(out, draws, limit, report);
}

/* A domain over all variants of a reading. */
static ppr_domain *all_variants(ppr_arena *arena, const ppr_edition *e, const ppr_reading *r, ppr_domain_value **values) {
  uint32_t n = e->enumeration[e->field[r->field].enumeration - 1].count;
  ppr_domain *d = arena_alloc(arena, sizeof *d);
  *values = arena_array(arena, (size_t)n + 1, sizeof **values);
  if (!d || !*values) return NULL;
  for (uint32_t i = 0; i < n; i++) (*values)[i].value = i;
  *d = (ppr_domain){.field = r->field, .form = PPR_DOMAIN_LIST, .values = n};
  return d;
}

ppr_status space_readings(space *out, ppr_arena *arena, const io_schema *schema, bool singly, uint64_t limit, ppr_report *report) {
  size_t cap = 0;
  *out = (space){.grid = 1, .draws = 1, .singly = singly};
  for (uint32_t i = 0; i < schema->program->n_editions; i++) {
    const ppr_edition *e = schema->editions[i].e;
    for (uint32_t r = 0; r < e->n_reading; r++) {
      ppr_domain_value *values;
      ppr_domain *d = all_variants(arena, e, &e->reading[r], &values);
      ppr_status status = d ? add_axis(out, arena, schema, i, d, values, &cap, report) : PPR_NOMEM;
      if (status != PPR_OK) return status;
    }
  }
  if (!singly) return multiply(out, 1, limit, report);
  out->grid = 0;
  for (size_t i = 0; i < out->n_axes; i++) {
    out->axes[i].stride = out->grid; /* sets of the axes before it */
    out->grid += out->axes[i].steps - 1;
  }
  out->sets = out->grid;
  return PPR_OK;
}

bool space_keys(space *s, ppr_arena *arena, const record_store *store) {
  uint32_t n = store->schema->program->n_editions;
  for (size_t i = 0; i < s->n_axes; i++) {
    space_axis *a = &s->axes[i];
    if (!a->keyed) continue;
    if (!(a->keys = arena_array(arena, n, sizeof *a->keys))) return false;
    for (uint32_t k = 0; k < n; k++)
      if (!(a->keys[k] = arena_array(arena, (size_t)store->parts[k].records + 1, sizeof **a->keys))) return false;
    for (size_t r = 0; r < store->count; r++) {
      const store_record *record = &store->records[r];
      if (record->edition == PPR_NONE) continue;
      uint64_t hash = 1;
      size_t keys = a->domain->every ? store->schema->n_keys : a->domain->keys;
      for (size_t k = 0; k < keys; k++) {
        const char *text = cells_key_text(record, a->domain->every ? k : a->key[k].key);
        hash = draw_hash(hash, text, strlen(text) + 1);
      }
      a->keys[record->edition][record->local] = hash;
    }
  }
  return true;
}

bool space_varies(const space *s, const space_axis *a, uint64_t run) {
  return run && (!s->singly || (run - 1 >= a->stride && run - 1 < a->stride + a->steps - 1));
}

int64_t space_value(const space *s, const space_axis *a, uint64_t run, uint32_t edition, uint32_t record) {
  uint64_t set = run - 1, place = set / s->draws;
  if (s->singly) {
    if (!space_varies(s, a, run)) return a->preset;
    int64_t other = (int64_t)(set - a->stride); /* the value of this number, the preset left out */
    return other < a->preset ? other : other + 1;
  }
  if (!a->steps) {
    draw_stream stream = draw_begin(s->seed, a->hash, set % s->draws, a->keyed ? a->keys[edition][record] : 0);
    return draw_value(&stream, a->domain, a->values, a->field->lo, a->field->hi);
  }
  uint64_t index = place / a->stride % a->steps;
  return a->domain->form == PPR_DOMAIN_LIST ? a->values[index].value : (int64_t)(a->values[0].value + (ppr_wide)index * a->values[2].value);
}
