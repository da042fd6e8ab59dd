/* The report: owns sources and diagnostics, drops repetitions, keeps order. How it looks is report_print.c. */
#include "base/report.h"
#include "base/hash.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* More than this in one file helps nobody; errors have their own quota, so that warnings cannot hide them. */
#define QUOTA_FILE 100
#define QUOTA_NO_FILE 1000

typedef struct quota {
  uint32_t errors, others; /* added so far */
  uint32_t dropped;
  char *dropped_text; /* argument of the closing diagnostic */
} quota;

struct ppr_report {
  ppr_alloc alloc;
  ppr_arena *arena;
  ppr_buf scratch;
  ppr_source *sources;
  quota *quotas; /* per source */
  size_t n_sources, cap_sources, cap_quotas;
  quota no_file;
  diag *first, *last;
  size_t by_severity[3], added[3]; /* kept; asked to keep */
  diag **slots;                    /* hash table of diagnostics with a place, linear probing */
  size_t n_slots, used_slots;
  bool failed;
  diag sink; /* takes what cannot be kept */
};

/* One row per message; the switch makes a number used twice an error of the C compiler. */
static const diag_row rows[] = {
#define DIAG(number, name, severity, de, en, help_de, help_en) {DIAG_##name, #name, PPR_SEV_##severity, de, en, help_de, help_en},
#include "base/diagnostics.def"
#undef DIAG
};
enum {
#define DIAG(number, name, severity, de, en, help_de, help_en) ROW_##name,
#include "base/diagnostics.def"
#undef DIAG
  ROW_COUNT
};

const diag_row *diag_rows(size_t *count) {
  *count = ROW_COUNT;
  return rows;
}

const diag_row *diag_find(diag_code code) {
  switch ((int)code) {
#define DIAG(number, name, severity, de, en, help_de, help_en)                                                                                       \
  case number:                                                                                                                                       \
    return &rows[ROW_##name];
#include "base/diagnostics.def"
#undef DIAG
  default: return NULL;
  }
}

ppr_report *report_new(ppr_alloc alloc) {
  ppr_report *r = alloc.fn(alloc.ctx, NULL, 0, sizeof *r);
  if (!r) return NULL;
  *r = (ppr_report){.alloc = alloc, .arena = arena_new(alloc)};
  buf_init(&r->scratch, alloc, SIZE_MAX);
  if (r->arena) return r;
  alloc.fn(alloc.ctx, r, sizeof *r, 0);
  return NULL;
}

void report_free(ppr_report *r) {
  if (!r) return;
  buf_fini(&r->scratch);
  arena_free(r->arena);
  r->alloc.fn(r->alloc.ctx, r, sizeof *r, 0);
}

ppr_arena *report_arena(ppr_report *r) { return r->arena; }

ppr_buf *report_scratch(ppr_report *r) {
  r->scratch.size = 0;
  r->scratch.failed = false;
  if (r->scratch.data) r->scratch.data[0] = 0;
  return &r->scratch;
}

static bool index_lines(ppr_report *r, ppr_source *s) {
  uint32_t count = 1;
  for (const char *p = s->text, *end = s->text + s->size; (p = memchr(p, '\n', (size_t)(end - p))); p++) count++;
  s->line_at = arena_array(r->arena, count, sizeof *s->line_at);
  if (!s->line_at) return false;
  s->lines = 1;
  for (const char *p = s->text, *end = s->text + s->size; (p = memchr(p, '\n', (size_t)(end - p))); p++)
    s->line_at[s->lines++] = (uint32_t)(p + 1 - s->text);
  return true;
}

uint32_t report_add_source(ppr_report *r, const char *name, const char *text, size_t size) {
  ppr_source s = {.size = size};
  if (size < UINT32_MAX && r->n_sources < UINT32_MAX) {
    r->sources = arena_grow(r->arena, r->sources, r->n_sources, &r->cap_sources, r->n_sources + 1, sizeof *r->sources);
    r->quotas = arena_grow(r->arena, r->quotas, r->n_sources, &r->cap_quotas, r->n_sources + 1, sizeof *r->quotas);
    s.name = arena_strndup(r->arena, name, strlen(name));
    s.text = arena_strndup(r->arena, text, size);
  }
  if (!s.text || !s.name || !r->sources || !r->quotas || !index_lines(r, &s)) {
    r->n_sources = r->sources && r->quotas ? r->n_sources : 0;
    r->failed = true;
    return UINT32_MAX;
  }
  r->sources[r->n_sources] = s;
  r->quotas[r->n_sources] = (quota){0};
  return (uint32_t)r->n_sources++;
}

void report_borrow_sources(ppr_report *r, const ppr_report *from) {
  r->quotas = arena_array(r->arena, from->n_sources, sizeof *r->quotas);
  r->sources = from->sources;
  r->n_sources = r->quotas ? from->n_sources : 0;
  r->failed = r->failed || !r->quotas;
}

const ppr_source *report_source(const ppr_report *r, uint32_t index) { return index < r->n_sources ? &r->sources[index] : NULL; }
uint32_t report_sources(const ppr_report *r) { return (uint32_t)r->n_sources; }

void report_place(const ppr_report *r, ppr_span span, uint32_t *line, uint32_t *col) {
  *line = *col = 1;
  const ppr_source *s = report_source(r, span.file);
  if (!s) return;
  uint32_t at = span.begin < s->size ? span.begin : (uint32_t)s->size, low = 0, high = s->lines;
  while (high - low > 1) { /* line_at[low] <= at < line_at[high] */
    uint32_t middle = low + (high - low) / 2;
    if (s->line_at[middle] <= at) low = middle;
    else high = middle;
  }
  *line = low + 1;
  *col = (uint32_t)text_length(s->text + s->line_at[low], at - s->line_at[low]) + 1;
}

static uint64_t hash_diag(diag_code code, ppr_span span, const char *const args[6]) {
  const uint32_t words[] = {(uint32_t)code, span.file, span.begin, span.end};
  uint64_t h = hash_bytes(0, words, sizeof words);
  for (int i = 0; i < 6 && args[i]; i++) h = hash_text(h, args[i]);
  return h;
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }
static bool same_span(ppr_span a, ppr_span b) { return a.file == b.file && a.begin == b.begin && a.end == b.end; }

static bool same_diag(const diag *d, diag_code code, ppr_span span, const char *const args[6]) {
  if (d->code != code || !same_span(d->span, span)) return false;
  for (int i = 0; i < 6; i++)
    if (!same_text(d->args[i], args[i])) return false;
  return true;
}

/* The slot of an equal diagnostic or the free one where it belongs; NULL when out of memory. */
static diag **slot_for(ppr_report *r, diag_code code, ppr_span span, const char *const args[6]) {
  if (2 * (r->used_slots + 1) > r->n_slots) {
    size_t n = r->n_slots ? 2 * r->n_slots : 64;
    diag **slots = arena_array(r->arena, n, sizeof(diag *));
    if (!slots) return NULL;
    for (size_t i = 0; i < r->n_slots; i++) {
      if (!r->slots[i]) continue;
      size_t at = hash_diag(r->slots[i]->code, r->slots[i]->span, r->slots[i]->args) & (n - 1);
      while (slots[at]) at = (at + 1) & (n - 1);
      slots[at] = r->slots[i];
    }
    r->slots = slots;
    r->n_slots = n;
  }
  size_t at = hash_diag(code, span, args) & (r->n_slots - 1);
  while (r->slots[at] && !same_diag(r->slots[at], code, span, args)) at = (at + 1) & (r->n_slots - 1);
  return &r->slots[at];
}

static diag *to_sink(ppr_report *r, diag_code code, ppr_span span) {
  const diag_row *row = diag_find(code);
  r->sink = (diag){.code = code, .severity = row ? row->severity : PPR_SEV_ERROR, .span = span};
  return &r->sink;
}

static void append(ppr_report *r, diag *d) {
  if (r->last) r->last->next = d;
  else r->first = d;
  r->last = d;
  r->by_severity[d->severity]++;
}

/* Counts a diagnostic of the file against its quota; false when it is to be dropped. The first one dropped puts the closing diagnostic at the end of
 * the file. */
static bool within_quota(ppr_report *r, ppr_span span, ppr_severity severity) {
  const ppr_source *s = report_source(r, span.file);
  quota *q = s ? &r->quotas[span.file] : &r->no_file;
  uint32_t *count = severity == PPR_SEV_ERROR ? &q->errors : &q->others;
  if (*count < (s ? QUOTA_FILE : QUOTA_NO_FILE)) {
    ++*count;
    return true;
  }
  if (!q->dropped_text) {
    diag *d = arena_alloc(r->arena, sizeof *d);
    q->dropped_text = arena_alloc(r->arena, 16);
    if (!d || !q->dropped_text) {
      r->failed = true;
      return false;
    }
    *d = (diag){
        .code = DIAG_SUPPRESSED, .severity = PPR_SEV_HINT, .span = s ? (ppr_span){span.file, (uint32_t)s->size, (uint32_t)s->size} : SPAN_NONE};
    d->args[0] = q->dropped_text;
    append(r, d);
  }
  if (q->dropped < UINT32_MAX) q->dropped++;
  snprintf(q->dropped_text, 16, "%lu", (unsigned long)q->dropped);
  return false;
}

diag *report_add(ppr_report *r, diag_code code, ppr_span span, ...) {
  const char *args[6] = {0};
  va_list list;
  va_start(list, span);
  for (int i = 0; i < 6; i++)
    if (!(args[i] = va_arg(list, const char *))) break;
  va_end(list);

  const diag_row *row = diag_find(code);
  ppr_severity severity = row ? row->severity : PPR_SEV_ERROR;
  r->added[severity]++;

  /* Without a place two equal diagnostics may still be about different data: `where` comes later. */
  diag **slot = NULL;
  if (span.file < r->n_sources) {
    slot = slot_for(r, code, span, args);
    if (slot && *slot) return *slot;
  }
  if (!within_quota(r, span, severity)) return to_sink(r, code, span);
  diag *d = arena_alloc(r->arena, sizeof *d);
  if (d) {
    *d = (diag){.code = code, .severity = severity, .span = span};
    for (int i = 0; i < 6 && args[i]; i++) d->args[i] = arena_strndup(r->arena, args[i], strlen(args[i]));
  }
  if (!d || arena_failed(r->arena)) {
    r->failed = true;
    return to_sink(r, code, span);
  }
  if (slot) *slot = d, r->used_slots++;
  append(r, d);
  return d;
}

void diag_add_note(ppr_report *r, diag *d, ppr_span span, const char *de, const char *en) {
  if (d == &r->sink) return;
  diag_note **end = &d->notes;
  for (; *end; end = &(*end)->next)
    if (same_span((*end)->span, span) && same_text((*end)->de, de)) return;
  diag_note *note = arena_alloc(r->arena, sizeof *note);
  if (note) {
    *note = (diag_note){.span = span, .de = arena_strndup(r->arena, de, strlen(de)), .en = arena_strndup(r->arena, en, strlen(en))};
    if (note->de && note->en) *end = note;
  }
  if (arena_failed(r->arena)) r->failed = true;
}

void diag_set_fix(ppr_report *r, diag *d, ppr_span span, const char *replacement) {
  if (d == &r->sink) return;
  d->fix = arena_strndup(r->arena, replacement, strlen(replacement));
  d->fix_span = span;
  if (!d->fix) r->failed = true;
}

void diag_set_where(ppr_report *r, diag *d, const char *where) {
  if (d == &r->sink) return;
  d->where = arena_strndup(r->arena, where, strlen(where));
  if (!d->where) r->failed = true;
}

void report_take(ppr_report *to, ppr_report *from) {
  to->failed = to->failed || report_failed(from);
  if (!from->first) return;
  for (const diag *d = from->first; d; d = d->next) {
    if (d->code == DIAG_SUPPRESSED) continue;
    diag *own = report_add(to, d->code, SPAN_NONE, d->args[0], d->args[1], d->args[2], d->args[3], d->args[4], d->args[5], NULL);
    if (d->where) diag_set_where(to, own, d->where);
  }
  ppr_severity dropped = from->no_file.errors < QUOTA_NO_FILE ? PPR_SEV_HINT : PPR_SEV_ERROR; /* its quota is used up here as well */
  for (uint32_t i = 0; i < from->no_file.dropped; i++) within_quota(to, SPAN_NONE, dropped);
  from->first = from->last = NULL;
  from->no_file = (quota){0};
  memset(from->by_severity, 0, sizeof from->by_severity);
  ppr_arena *fresh = arena_new(from->alloc);
  if (fresh) {
    arena_free(from->arena);
    from->arena = fresh;
  } else {
    from->failed = to->failed = true;
  }
}

bool report_failed(const ppr_report *r) { return r->failed || arena_failed(r->arena); }
size_t report_count(const ppr_report *r, ppr_severity severity) { return r->by_severity[severity]; }
size_t report_added(const ppr_report *r, ppr_severity severity) { return r->added[severity]; }
const diag *report_first(const ppr_report *r) { return r->first; }

/* a not after b? Equal places keep their order. */
static bool in_order(const diag *a, const diag *b) {
  if (a->span.file != b->span.file) return a->span.file < b->span.file;
  if (a->span.begin != b->span.begin) return a->span.begin < b->span.begin;
  return true;
}

static diag *merge(diag *a, diag *b) {
  diag *first = NULL, **end = &first;
  while (a && b) {
    diag **take = in_order(a, b) ? &a : &b;
    *end = *take;
    end = &(*take)->next;
    *take = *end;
  }
  *end = a ? a : b;
  return first;
}

void report_sort(ppr_report *r) {
  diag *runs[64] = {0}; /* runs[i]: sorted, 2^i long */
  for (diag *d = r->first, *next; d; d = next) {
    next = d->next;
    d->next = NULL;
    size_t i = 0;
    for (; runs[i]; i++) d = merge(runs[i], d), runs[i] = NULL;
    runs[i] = d;
  }
  diag *all = NULL;
  for (size_t i = 0; i < 64; i++) all = merge(runs[i], all);
  r->first = r->last = all;
  while (r->last && r->last->next) r->last = r->last->next;
}

void diag_code_text(char out[8], diag_code code) {
  memcpy(out, "PPR0000", 8);
  unsigned n = (unsigned)code;
  for (int i = 6; i > 2; i--, n /= 10) out[i] = (char)('0' + n % 10);
}
