/* UTF-8 and its neighbours; see text.h. Decoding accepts exactly the well-formed sequences of the Unicode standard. */
#include "base/text.h"
#include <string.h>

#define WORD_LONGEST 128 /* characters of a word that text_distance looks at */

size_t text_bom(const char *text, size_t n) { return n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; }

bool text_is_bidi(uint32_t cp) {
  return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200E || cp == 0x200F || cp == 0x061C;
}

bool text_is_hidden(uint32_t cp) { return cp == 0xAD || (cp >= 0x200B && cp <= 0x200D) || cp == 0x2060 || cp == 0xFEFF; }

typedef struct char_range {
  uint32_t first, last;
} char_range;

static bool within(uint32_t cp, const char_range *ranges, size_t count) {
  for (size_t i = 0; i < count && ranges[i].first <= cp; i++)
    if (cp <= ranges[i].last) return true;
  return false;
}

size_t text_width(uint32_t cp) {
  static const char_range none[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},    {0x1AB0, 0x1AFF},
                                    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
  static const char_range two[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},  {0xA960, 0xA97F},
                                   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                                   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
  if (cp < 0x300) return 1;
  if (within(cp, none, sizeof none / sizeof *none)) return 0;
  return within(cp, two, sizeof two / sizeof *two) ? 2 : 1;
}

bool text_is_control(uint32_t cp) { return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029; }

size_t text_decode(uint32_t *cp, const char *text, size_t n) {
  const unsigned char *s = (const unsigned char *)text;
  uint32_t first = s[0], c, least;
  size_t length;
  *cp = TEXT_REPLACEMENT;
  if (first < 0x80) {
    *cp = first;
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) length = 2, c = first & 0x1F, least = 0x80;
  else if ((first & 0xF0) == 0xE0) length = 3, c = first & 0x0F, least = 0x800;
  else if (first >= 0xF0 && first <= 0xF4) length = 4, c = first & 0x07, least = 0x10000;
  else return 1;
  if (n < length) return 1;
  for (size_t i = 1; i < length; i++) {
    if ((s[i] & 0xC0) != 0x80) return 1;
    c = c << 6 | (s[i] & 0x3Fu);
  }
  if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 1;
  *cp = c;
  return length;
}

size_t text_encode(char out[4], uint32_t cp) {
  if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF)) cp = TEXT_REPLACEMENT;
  if (cp < 0x80) {
    out[0] = (char)cp;
    return 1;
  }
  size_t length = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = length; i-- > 1; cp >>= 6) out[i] = (char)(unsigned char)(0x80 | (cp & 0x3F));
  out[0] = (char)(unsigned char)(lead[length] | cp);
  return length;
}

size_t text_plain(const char *text, size_t n) {
  const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
  size_t i = 0;
  for (uint64_t word, deleted; n - i >= 8; i += 8) { /* the high bit of a byte: beyond ASCII, below a blank, or DEL */
    memcpy(&word, text + i, 8);
    deleted = word ^ ones * 0x7F;
    if ((word | (word - ones * 0x20) | ((deleted - ones) & ~deleted)) & high) break;
  }
  while (i < n && (unsigned char)text[i] >= 0x20 && (unsigned char)text[i] < 0x7F) i++;
  return i;
}

text_problem text_check(const char *text, size_t n, size_t *at) {
  for (size_t i = 0; (i += text_plain(text + i, n - i)) < n;) {
    unsigned char byte = (unsigned char)text[i];
    if (byte - 1u < 0x7Fu) { /* 01 to 7F */
      i++;
      continue;
    }
    *at = i;
    if (byte == 0) return TEXT_NUL;
    uint32_t cp;
    size_t length = text_decode(&cp, text + i, n - i);
    if (length == 1) return TEXT_MALFORMED;
    if (text_is_bidi(cp)) return TEXT_BIDI;
    i += length;
  }
  *at = n;
  return TEXT_OK;
}

size_t text_length(const char *text, size_t n) {
  size_t count = 0;
  uint32_t cp;
  for (size_t i = 0; i < n; count++) i += text_decode(&cp, text + i, n - i);
  return count;
}

void text_put_clean(ppr_buf *out, const char *text, size_t n, size_t limit) {
  for (size_t i = 0; i < n; limit--) {
    if (limit == 0) {
      buf_puts(out, "…");
      return;
    }
    uint32_t cp;
    size_t length = text_decode(&cp, text + i, n - i);
    if (cp == '\n' || cp == '\r' || cp == '\t') cp = ' ';
    else if (text_is_control(cp) || text_is_bidi(cp) || text_is_hidden(cp)) cp = TEXT_REPLACEMENT;
    char bytes[4];
    buf_put(out, bytes, text_encode(bytes, cp));
    i += length;
  }
}

bool text_from_cp1252(ppr_buf *out, const char *text, size_t n, size_t *at) {
  /* 80 to 9F; the other bytes are the character of the same number. 0: no meaning. */
  static const uint16_t high[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  bool good = true;
  for (size_t i = 0; i < n; i++) {
    uint32_t cp = (unsigned char)text[i];
    if (cp >= 0x80 && cp < 0xA0) {
      cp = high[cp - 0x80];
      if (cp == 0) {
        cp = TEXT_REPLACEMENT;
        if (good && at) *at = i;
        good = false;
      }
    }
    char bytes[4];
    buf_put(out, bytes, text_encode(bytes, cp));
  }
  return good;
}

/* Characters of a word; SIZE_MAX when it is too long to be compared. */
static size_t characters(uint32_t out[WORD_LONGEST], const char *text, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; count++) {
    if (count == WORD_LONGEST) return SIZE_MAX;
    i += text_decode(&out[count], text + i, n - i);
  }
  return count;
}

size_t text_distance(const char *a, size_t na, const char *b, size_t nb, size_t limit) {
  uint32_t x[WORD_LONGEST], y[WORD_LONGEST];
  size_t nx = characters(x, a, na), ny = characters(y, b, nb);
  if (limit > WORD_LONGEST) limit = WORD_LONGEST;
  if (nx == SIZE_MAX || ny == SIZE_MAX) return limit + 1;
  if ((nx > ny ? nx - ny : ny - nx) > limit) return limit + 1;
  size_t rows[3][WORD_LONGEST + 1]; /* the last rows of the matrix; a swap looks two rows back */
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= ny; j++) above[j] = before[j] = j;
  for (size_t i = 1; i <= nx; i++) {
    size_t least = row[0] = i;
    for (size_t j = 1; j <= ny; j++) {
      size_t best = above[j - 1] + (x[i - 1] != y[j - 1]);
      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      row[j] = best;
      if (best < least) least = best;
    }
    if (least > limit + 1) return limit + 1; /* a swap can still lower the next row by one */
    size_t *spare = before;
    before = above;
    above = row;
    row = spare;
  }
  return above[ny] > limit ? limit + 1 : above[ny];
}

size_t text_nearest(const char *word, const char *const *candidates, size_t count) {
  size_t length = strlen(word), best = SIZE_MAX, limit = text_length(word, length) / 3;
  if (limit > 3) limit = 3;
  for (size_t i = 0; i < count && limit > 0; i++) {
    size_t distance = text_distance(word, length, candidates[i], strlen(candidates[i]), limit);
    if (distance > limit) continue;
    best = i;
    if (distance == 0) break;
    limit = distance - 1; /* from here on only something nearer */
    if (distance == 1) break;
  }
  return best;
}

void text_put_json(ppr_buf *out, const char *text, size_t n) {
  buf_putc(out, '"');
  for (size_t i = 0; i < n;) {
    unsigned char c = (unsigned char)text[i];
    uint32_t cp;
    char utf8[4];
    if (c == '"' || c == '\\') {
      buf_putc(out, '\\');
      buf_putc(out, (char)c);
      i++;
    } else if (c < 0x20 || c == 0x7F) {
      buf_printf(out, "\\u%04x", c);
      i++;
    } else if (c < 0x80) {
      buf_putc(out, (char)c);
      i++;
    } else {
      i += text_decode(&cp, text + i, n - i);
      buf_put(out, utf8, text_encode(utf8, cp));
    }
  }
  buf_putc(out, '"');
}
