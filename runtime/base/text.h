/* UTF-8: validity, characters, dangerous characters, the old Windows encoding, and how far two words are apart. */
#ifndef PPR_BASE_TEXT_H
#define PPR_BASE_TEXT_H
#include "base/buf.h"

#define TEXT_REPLACEMENT 0xFFFDu

typedef enum {
  TEXT_OK,
  TEXT_MALFORMED, /* not UTF-8: stray, missing or cut continuation bytes, overlong forms, surrogates, beyond U+10FFFF */
  TEXT_NUL,
  TEXT_BIDI /* invisible character that reorders what the reader sees: U+202A-202E, U+2066-2069, U+200E, U+200F, U+061C */
} text_problem;

/* Bytes at the beginning of the text that are visible ASCII or blanks: no control characters, no DEL. */
size_t text_plain(const char *text, size_t n);
/* The first problem of the text and its byte offset *at (n when TEXT_OK). */
text_problem text_check(const char *text, size_t n, size_t *at);
/* 3 when the text begins with a byte order mark, else 0. */
size_t text_bom(const char *text, size_t n);
/* First character of the n >= 1 bytes; returns its length in bytes. A byte that begins no character gives TEXT_REPLACEMENT and length 1. */
size_t text_decode(uint32_t *cp, const char *text, size_t n);
/* Returns the length, 1 to 4; what is no character is written as U+FFFD. */
size_t text_encode(char out[4], uint32_t cp);
/* Number of characters, each undecodable byte counting as one. */
size_t text_length(const char *text, size_t n);
bool text_is_bidi(uint32_t cp);
/* Invisible, though harmless to the reading order: soft hyphen, zero-width characters, a byte order mark. */
bool text_is_hidden(uint32_t cp);
/* Columns a character takes in a terminal: 0 for combining marks, 2 for East Asian wide characters and pictures, else 1. */
size_t text_width(uint32_t cp);
/* C0 and C1 control characters, line and paragraph separators. */
bool text_is_control(uint32_t cp);
/* Append the text so that it is harmless on one line of a terminal or file: control, bidi and hidden characters and undecodable bytes become U+FFFD,
 * line ends and tabs a blank. At most `limit` characters, the rest becomes an ellipsis. */
void text_put_clean(ppr_buf *out, const char *text, size_t n, size_t limit);
/* Append the text as a JSON string with its quotes; undecodable bytes become U+FFFD. */
void text_put_json(ppr_buf *out, const char *text, size_t n);
/* Append Windows-1252 text as UTF-8. False when a byte has no meaning there: *at (may be NULL) is the first such byte, U+FFFD stands for it. */
bool text_from_cp1252(ppr_buf *out, const char *text, size_t n, size_t *at);
/* Changes (insert, delete, replace a character, swap two neighbours) from a to b; limit + 1 when there are more than `limit`. */
size_t text_distance(const char *a, size_t na, const char *b, size_t nb, size_t limit);
/* Index of the candidate nearest to `word` for "meinten Sie": the first of the best with at most a third of its characters and
 * at most three changed; SIZE_MAX if none. */
size_t text_nearest(const char *word, const char *const *candidates, size_t count);
#endif
