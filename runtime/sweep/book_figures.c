/* Figures of runs, values of parameters; see book.h. */
#include "sweep/book.h"
#include <string.h>

/* The figure a row of share, total or spread is about: columns survey, cell, part come first. */
static book_figure *figure_of(const book_rows *r, book_figure *figures, bool share, const char *table) {
  const book_survey *s = book_find_survey(r->b, book_int(r, 0));
  const book_cell *c = s ? book_find_cell(s, book_text(r, 1)) : NULL;
  const book_part *p = c ? book_find_part(s, book_int(r, 2)) : NULL;
  if (!p || p->form == BOOK_GROUP || (p->form == BOOK_SHARE) != share) {
    book_damaged(r->b, table);
    return NULL;
  }
  return &figures[book_slot(s, (size_t)(c - s->cells), (size_t)(p - s->parts))];
}

static void read_shares(book *b, book_rows *r, book_figure *figures) {
  while (book_next(r)) {
    book_figure *f = figure_of(r, figures, true, "share");
    if (!f) break;
    *f = (book_figure){true,
                       false,
                       book_count(r, 3, "share"),
                       book_count(r, 4, "share"),
                       book_count(r, 5, "share"),
                       book_count(r, 6, "share"),
                       book_count(r, 7, "share"),
                       0,
                       {0}};
    if (f->yes > INT64_MAX / 4 || f->no > INT64_MAX / 4 || f->absent > INT64_MAX / 4) book_damaged(b, "share");
  }
}

static void read_totals(book_rows *r, book_figure *figures) {
  while (book_next(r)) {
    book_figure *f = figure_of(r, figures, false, "total");
    if (!f) break;
    *f = (book_figure){.there = true, .yes = book_count(r, 3, "total"), .absent = book_count(r, 4, "total"), .sum = book_wide(r, 5)};
  }
}

static void read_spreads(book *b, book_rows *r, book_figure *figures) {
  while (book_next(r)) {
    book_figure *f = figure_of(r, figures, false, "spread");
    int rank = 0;
    if (!f) break;
    while (rank < BOOK_RANKS && book_percent[rank] != book_int(r, 3)) rank++;
    if (rank == BOOK_RANKS) {
      book_damaged(b, "spread");
      break;
    }
    f->rank[rank] = book_int(r, 4);
    f->spread = true;
  }
}

bool book_run(book *b, const book_scenario *c, int64_t run, book_figure *figures, int64_t *failed) {
  static const char *const queries[] = {
      "SELECT survey, cell, part, yes, no, absent, gained, lost FROM share WHERE scenario = ? AND run = ? ORDER BY survey, cell, part",
      "SELECT survey, cell, part, n, absent, sum FROM total WHERE scenario = ? AND run = ? ORDER BY survey, cell, part",
      "SELECT survey, cell, part, rank, value FROM spread WHERE scenario = ? AND run = ? ORDER BY survey, cell, part, rank",
      "SELECT n FROM failed WHERE scenario = ? AND run = ?"};
  memset(figures, 0, b->slots * sizeof *figures);
  *failed = 0;
  for (int i = 0; i < 4; i++) {
    book_rows *r = &b->of_run[i];
    if (!r->statement) *r = book_ask(b, queries[i]);
    book_again(r);
    book_bind(r, 1, c->id);
    book_bind(r, 2, run);
    if (i == 0) read_shares(b, r, figures);
    else if (i == 1) read_totals(r, figures);
    else if (i == 2) read_spreads(b, r, figures);
    else if (book_next(r)) *failed = book_count(r, 0, "failed");
  }
  return b->status == PPR_OK;
}

bool book_same(const book_figure *a, const book_figure *b) {
  return a->there == b->there && a->spread == b->spread && a->yes == b->yes && a->no == b->no && a->absent == b->absent && a->gained == b->gained &&
         a->lost == b->lost && a->sum == b->sum && memcmp(a->rank, b->rank, sizeof a->rank) == 0;
}

int64_t book_next_run(const book_scenario *c, int64_t run) {
  for (size_t i = 0; i < c->n_chunks; i++) {
    int64_t first = c->chunks[i].first, end = first + c->chunks[i].n;
    if (run + 1 < end) return run + 1 > first ? run + 1 : first;
  }
  return -1;
}

static size_t find_parameter(const book_scenario *c, int64_t id) {
  size_t i = 0;
  while (i < c->n_parameters && c->parameters[i].id != id) i++;
  return i;
}

bool book_values(book *b, book_scenario *c) {
  if (c->values || b->status != PPR_OK) return b->status == PPR_OK;
  size_t runs = (size_t)c->last + 1;
  int64_t *values = arena_array(b->arena, runs * c->n_parameters + 1, sizeof *values);
  uint8_t *known = arena_array(b->arena, runs * c->n_parameters + 1, sizeof *known);
  if (!values || !known) book_fail(b, PPR_NOMEM);
  book_rows r = book_ask(b, "SELECT run, parameter, value FROM value WHERE scenario = ? ORDER BY run, parameter");
  book_bind(&r, 1, c->id);
  while (book_next(&r)) {
    int64_t run = book_int(&r, 0);
    size_t p = find_parameter(c, book_int(&r, 1));
    if (run < 0 || p == c->n_parameters) {
      book_damaged(b, "value");
      break;
    }
    if (run > c->last) continue; /* of a chunk that is not done */
    values[p * runs + (size_t)run] = book_int(&r, 2);
    known[p * runs + (size_t)run] = 1;
  }
  book_end(&r);
  c->values = values;
  c->known = known;
  return b->status == PPR_OK;
}

bool book_value(const book_scenario *c, size_t parameter, int64_t run, int64_t *value) {
  size_t at = parameter * ((size_t)c->last + 1) + (size_t)run;
  *value = c->values[at];
  return c->known[at];
}

const char *book_word_of(const book_parameter *p, int64_t value) {
  for (size_t i = 0; i < p->n_words; i++)
    if (p->words[i].value == value) return p->words[i].word;
  return "";
}

int book_compare(book_level a, book_level b) {
  if (!a.den || !b.den) return (a.den != 0) - (b.den != 0);
  ppr_wide left, right;
  if (a.den == b.den) return (a.num > b.num) - (a.num < b.num);
  if (!wide_mul(&left, a.num, b.den) || !wide_mul(&right, b.num, a.den)) return 0; /* counts are below 2^61: never for shares */
  return (left > right) - (left < right);
}

bool book_series(book *b, const book_scenario *c, const book_survey *s, size_t cell, size_t part, book_level *out) {
  bool share = s->parts[part].form == BOOK_SHARE;
  memset(out, 0, ((size_t)c->last + 1) * sizeof *out);
  book_rows r = book_ask(b, share ? "SELECT run, yes, no FROM share WHERE scenario = ? AND survey = ? AND cell = ? AND part = ? ORDER BY run"
                                  : "SELECT run, n, absent, sum FROM total WHERE scenario = ? AND survey = ? AND cell = ? AND part = ? ORDER BY run");
  book_bind(&r, 1, c->id);
  book_bind(&r, 2, s->id);
  book_bind_text(&r, 3, s->cells[cell].key);
  book_bind(&r, 4, s->parts[part].id);
  while (book_next(&r)) {
    int64_t run = book_int(&r, 0);
    if (run < 0 || run > c->last) continue;
    book_figure f = {
        .there = true, .yes = book_count(&r, 1, "share"), .no = share ? book_count(&r, 2, "share") : 0, .sum = share ? 0 : book_wide(&r, 3)};
    if (f.yes > INT64_MAX / 4 || f.no > INT64_MAX / 4) book_damaged(b, "share");
    else out[run] = book_level_of(&f, s->parts[part].form);
  }
  book_end(&r);
  return b->status == PPR_OK;
}

static size_t rank_of(int64_t percent) {
  size_t i = 0;
  while (i < BOOK_RANKS && book_percent[i] != percent) i++;
  return i;
}

bool book_ranks(book *b, const book_scenario *c, const book_survey *s, size_t cell, size_t part, book_level *out) {
  size_t runs = (size_t)c->last + 1;
  memset(out, 0, BOOK_RANKS * runs * sizeof *out);
  book_rows r = book_ask(b, "SELECT run, rank, value FROM spread WHERE scenario = ? AND survey = ? AND cell = ? AND part = ? ORDER BY run, rank");
  book_bind(&r, 1, c->id);
  book_bind(&r, 2, s->id);
  book_bind_text(&r, 3, s->cells[cell].key);
  book_bind(&r, 4, s->parts[part].id);
  while (book_next(&r)) {
    int64_t run = book_int(&r, 0);
    size_t rank = rank_of(book_int(&r, 1));
    if (run < 0 || run > c->last) continue; /* of a chunk that is not done */
    if (rank == BOOK_RANKS) book_damaged(b, "spread.rank");
    else out[rank * runs + (size_t)run] = (book_level){book_int(&r, 2), 1};
  }
  book_end(&r);
  return b->status == PPR_OK;
}
