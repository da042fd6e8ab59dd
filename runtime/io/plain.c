/* The short way of plain rows; see plain.h. Its judgement of a cell is that of store_cell, or none. */
#include "io/plain.h"
#include "io/marks.h"
#include <string.h>

enum { EIGHT = 8, DIGITS = 18 }; /* digits of a number that is read at once; of one that stays below 2^63 */

static const int64_t pow10_of[DIGITS + 1] = {1,
                                             10,
                                             100,
                                             1000,
                                             10000,
                                             100000,
                                             1000000,
                                             10000000,
                                             100000000,
                                             1000000000,
                                             10000000000,
                                             100000000000,
                                             1000000000000,
                                             10000000000000,
                                             100000000000000,
                                             1000000000000000,
                                             10000000000000000,
                                             100000000000000000,
                                             1000000000000000000};

plain_column plain_column_of(const ppr_field *f, uint32_t input) {
  plain_column c = {.field = f, .lo = f->lo, .hi = f->hi, .at = input * STORE_APART, .form = PLAIN_VALUE, .scale = (uint8_t)f->scale};
  bool number = f->kind == PPR_KIND_NUMBER || f->kind == PPR_KIND_PERCENT;
  if (number && f->scale <= EIGHT) c.form = PLAIN_NUMBER;
  if (f->kind == PPR_KIND_BOOL) c.form = PLAIN_YESNO;
  return c;
}

static bool ends_cell(char c, char separator) { return c == separator || c == '\n' || c == '\r'; }

/* The text from p up to the end of its cell: printable ASCII without quotes, no blank at either end. */
static const char *plain_text(csv_cell *cell, const char *p, char separator) {
  const char *from = p;
  while (!ends_cell(*p, separator)) {
    unsigned char c = (unsigned char)*p;
    if (c < ' ' || c > '~' || c == '"') return NULL;
    p++;
  }
  *cell = (csv_cell){from, (size_t)(p - from)};
  return p > from && (*from == ' ' || p[-1] == ' ') ? NULL : p;
}

const char *plain_cells(csv_cell *cells, size_t n, const char *text, char separator) {
  marks_text t = marks_load(text);
  uint64_t ends = marks_equal(t, separator), bad = marks_unprinted(t);
  const char *begin = text;
  size_t i = 0;
  for (; i < n && ends; i++, ends &= ends - 1) { /* mostly all of them */
    const char *to = begin + __builtin_ctzll(ends);
    cells[i] = (csv_cell){text, (size_t)(to - text)};
    if (bad & marks_upto(ends) || (to > text && (*text == ' ' || to[-1] == ' '))) return NULL;
    text = to + 1;
  }
  for (; i < n; i++) {
    text = plain_text(&cells[i], text, separator);
    if (!text || *text != separator) return NULL;
    text++;
  }
  return text;
}

/* --- the bytes of a row that are no digits, one after the other, found 64 at a time --- */

typedef struct finder {
  const char *base;
  uint64_t left; /* of the 64 bytes at base: those that are no digits, and come next */
} finder;

static inline uint64_t load(const char *p) {
  uint64_t w;
  memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  w = __builtin_bswap64(w);
#endif
  return w;
}

static inline const char *find(finder *f) {
  while (!f->left) {
    f->base += MARKS;
    f->left = marks_no_digits(marks_load(f->base));
  }
  const char *at = f->base + __builtin_ctzll(f->left);
  f->left &= f->left - 1;
  return at;
}

/* Up to eight digits at p; the missing ones in front are zeros. A product adds what stands in one half of a pair, times 10, 100, 10000, to the other. */
static inline uint64_t digits(const char *p, size_t n) {
  if (n <= 4) {
    uint32_t w = ((uint32_t)load(p) ^ 0x30303030u) << (32 - 8 * n);
    w = w * (1 + (10u << 8)) >> 8 & 0x00ff00ffu;
    return w * (1 + (100u << 16)) >> 16;
  }
  uint64_t w = (load(p) ^ UINT64_C(0x3030303030303030)) << (64 - 8 * n);
  w = w * (1 + (UINT64_C(10) << 8)) >> 8 & UINT64_C(0x00ff00ff00ff00ff);
  w = w * (1 + (UINT64_C(100) << 16)) >> 16 & UINT64_C(0x0000ffff0000ffff);
  return w * (1 + (UINT64_C(10000) << 32)) >> 32;
}

/* The same, by far mostly two. */
static inline uint64_t fraction(const char *p, size_t n) { return n == 2 ? (uint64_t)((p[0] - '0') * 10 + p[1] - '0') : digits(p, n); }

/* --- cells --- */

/* A number within its range at p, whose first byte that is no digit is *end; the end of its cell into *end. Not for all numbers that are right. */
static inline bool plain_number(int64_t *out, const plain_column *c, const char *p, const char **end, finder *f, char mark) {
  size_t n = (size_t)(*end - p), decimals = 0;
  if (n == 0 || n > EIGHT) return false;
  *out = (int64_t)digits(p, n);
  if (**end == mark) {
    p = *end + 1;
    *end = find(f);
    decimals = (size_t)(*end - p);
    if (decimals == 0 || decimals > c->scale) return false;
    *out = *out * pow10_of[decimals] + (int64_t)fraction(p, decimals);
  }
  *out *= pow10_of[c->scale - decimals];
  return *out >= c->lo && *out <= c->hi;
}

static bool plain_yesno(int64_t *out, const char *p, const char *end) {
  *out = *p == 'j';
  if (end - p == 2) return memcmp(p, "ja", 2) == 0;
  return end - p == 4 && memcmp(p, "nein", 4) == 0;
}

static bool plain_value(int64_t *out, record_store *store, const store_record *r, const plain_column *c, csv_cell cell, char mark) {
  value_fault ignored;
  if (c->form != PLAIN_VALUE || cell.size > store->limits->cell_bytes || c->field->kind == PPR_KIND_TEXT) return false;
  return schema_parse(store->schema, r->edition, c->field, cell, mark, out, &ignored, store->issues);
}

/* The end of the cell at p, of which *end is the first byte that is no digit; NULL when it is not plain text. */
static const char *plain_end(const char *p, const char *end, finder *f, char separator) {
  while (!ends_cell(*end, separator)) {
    unsigned char c = (unsigned char)*end;
    if (c < ' ' || c > '~' || c == '"') return NULL;
    end = find(f);
  }
  return end > p && (*p == ' ' || end[-1] == ' ') ? NULL : end;
}

/* A cell that is no plain number into *out; what follows as plain_row. *empty: there is nothing to store. */
static const char *other_cell(int64_t *out, bool *empty, record_store *store, const store_record *r, const plain_column *c, const char *p,
                              const char *end, finder *f, char separator, char mark) {
  end = plain_end(p, end, f, separator);
  if (!end) return NULL;
  *empty = end == p || c->form == PLAIN_PASS; /* empty: like a row that is not there */
  if (*empty) return end;
  if (c->form == PLAIN_YESNO) return plain_yesno(out, p, end) ? end : NULL;
  return plain_value(out, store, r, c, (csv_cell){p, (size_t)(end - p)}, mark) ? end : NULL;
}

/* All inputs of the columns into use. */
static void use_all(record_store *store, const store_record *r, store_block *block, const plain_column *columns, size_t n) {
  for (const plain_column *c = columns; c < columns + n; c++)
    if (c->form != PLAIN_PASS && c->form != PLAIN_NEVER) store_use(store, r, c->at / STORE_APART);
  block->bound = columns;
}

const char *plain_row(record_store *store, const store_record *r, const plain_column *columns, size_t n, const char *text, char separator,
                      char mark) {
  store_block *block = store_block_of(store, r);
  if (block->bound != columns) use_all(store, r, block, columns, n);
  int64_t *restrict values = block->values + r->local % STORE_LANES;
  uint8_t *restrict states = block->states + r->local % STORE_LANES;
  finder f = {text, marks_no_digits(marks_load(text))};
  const char *p = text, *end = text;
  for (const plain_column *c = columns; c < columns + n; c++, p = end + 1) {
    int64_t value = 0;
    if (c > columns && *end != separator) return NULL;
    end = find(&f);
    if (c->form == PLAIN_NUMBER && end > p) {
      if (!plain_number(&value, c, p, &end, &f, mark)) return NULL;
    } else { /* in copies, so that the usual case stays in registers */
      finder g = f;
      int64_t other = 0;
      bool empty;
      end = other_cell(&other, &empty, store, r, c, p, end, &g, separator, mark);
      f = g;
      value = other;
      if (!end) return NULL;
      if (empty) continue;
    }
    values[c->at] = value;
    states[c->at] = PPR_PRESENT;
  }
  if (*end == '\r') end++;
  return *end == '\n' ? end + 1 : NULL;
}
