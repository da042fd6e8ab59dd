/* Lines and characters to bytes and back, in the encoding the client speaks. */
#include "lsp/place.h"
#include "base/text.h"
#include <string.h>

/* Units the character at `at` counts, and its bytes. */
static size_t units_of(const char *at, size_t n, place_encoding encoding, size_t *bytes) {
  uint32_t cp;
  *bytes = text_decode(&cp, at, n);
  switch (encoding) {
  case PLACE_UTF8: return *bytes;
  case PLACE_UTF32: return 1;
  case PLACE_UTF16:
  default: return cp >= 0x10000 ? 2 : 1;
  }
}

size_t place_offset(const char *text, size_t size, place_encoding encoding, int64_t line, int64_t character) {
  const char *at = text, *end = text + size;
  for (; line > 0; line--) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    if (!next) return size;
    at = next + 1;
  }
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  if (!stop) stop = end;
  if (stop > at && stop[-1] == '\r') stop--;
  while (at < stop && character > 0) {
    size_t bytes;
    character -= (int64_t)units_of(at, (size_t)(stop - at), encoding, &bytes);
    if (character < 0) break; /* inside of a character: its beginning */
    at += bytes;
  }
  return (size_t)(at - text);
}

bool place_read(const json *position, const char *text, size_t size, place_encoding encoding, size_t *offset) {
  int64_t line, character;
  if (!json_whole(json_at(position, "line", NULL), 0, INT32_MAX, &line)) return false;
  if (!json_whole(json_at(position, "character", NULL), 0, INT32_MAX, &character)) return false;
  *offset = place_offset(text, size, encoding, line, character);
  return true;
}

void place_put_position(ppr_buf *out, const ppr_source *source, place_encoding encoding, size_t offset) {
  if (offset > source->size) offset = source->size;
  uint32_t low = 0, high = source->lines;
  while (high - low > 1) { /* line_at[low] <= offset < line_at[high] */
    uint32_t middle = low + (high - low) / 2;
    if (source->line_at[middle] <= offset) low = middle;
    else high = middle;
  }
  size_t character = 0, bytes;
  for (size_t at = source->line_at[low]; at < offset; at += bytes) character += units_of(source->text + at, source->size - at, encoding, &bytes);
  buf_printf(out, "{\"line\":%u,\"character\":%zu}", low, character);
}

void place_put_range(ppr_buf *out, const ppr_source *source, place_encoding encoding, size_t begin, size_t end) {
  buf_puts(out, "{\"start\":");
  place_put_position(out, source, encoding, begin);
  buf_puts(out, ",\"end\":");
  place_put_position(out, source, encoding, end < begin ? begin : end);
  buf_putc(out, '}');
}

static bool inside_character(const char *text, size_t size, size_t at) { return at < size && ((unsigned char)text[at] & 0xC0) == 0x80; }

place_change place_compare(const char *old_text, size_t old_size, const char *new_text, size_t new_size) {
  size_t least = old_size < new_size ? old_size : new_size, begin = 0, tail = 0;
  while (begin < least && old_text[begin] == new_text[begin]) begin++;
  while (begin && (inside_character(old_text, old_size, begin) || inside_character(new_text, new_size, begin))) begin--;
  while (tail < least - begin && old_text[old_size - tail - 1] == new_text[new_size - tail - 1]) tail++;
  while (tail && inside_character(old_text, old_size, old_size - tail)) tail--;
  return (place_change){begin, old_size - tail, new_size - tail};
}

size_t place_moved(place_change change, size_t offset) {
  if (offset <= change.begin) return offset;
  return offset < change.old_end ? change.begin : offset - change.old_end + change.new_end;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *place_path(ppr_arena *arena, const char *uri) {
  static const char scheme[] = "file://";
  if (strncmp(uri, scheme, sizeof scheme - 1) != 0) return NULL;
  const char *at = strchr(uri + sizeof scheme - 1, '/'); /* behind the host */
  char *path = at ? arena_alloc(arena, strlen(at) + 1) : NULL, *to = path;
  if (!path) return NULL;
  while (*at) {
    int high = *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
    if (low >= 0) {
      *to++ = (char)(high * 16 + low);
      at += 3;
    } else *to++ = *at++;
  }
  return strlen(path) == (size_t)(to - path) ? path : NULL; /* %00 */
}

const char *place_uri(ppr_arena *arena, const char *path) {
  static const char hex[] = "0123456789ABCDEF";
  char *uri = arena_alloc(arena, strlen(path) * 3 + 8), *to = uri;
  if (!uri) return NULL;
  memcpy(to, "file://", 7);
  to += 7;
  for (const char *p = path; *p; p++) {
    unsigned char c = (unsigned char)*p;
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("/-._~", c);
    if (plain) *to++ = (char)c;
    else {
      *to++ = '%';
      *to++ = hex[c >> 4];
      *to++ = hex[c & 15];
    }
  }
  return uri;
}
