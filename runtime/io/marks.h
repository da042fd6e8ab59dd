/* Which of 64 bytes are what one looks for, as bits of a word, found without a branch: bit i stands for byte i. */
#ifndef PPR_IO_MARKS_H
#define PPR_IO_MARKS_H
#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { MARKS = 64, MARKS_PARTS = 4 };
typedef unsigned char marks_part __attribute__((vector_size(MARKS / MARKS_PARTS)));
typedef struct marks_text {
  marks_part part[MARKS_PARTS];
} marks_text;

static inline marks_text marks_load(const char *p) {
  marks_text t;
  for (size_t i = 0; i < MARKS_PARTS; i++)
    memcpy(&t.part[i], p + i * sizeof(marks_part), sizeof(marks_part)); /* all at once goes by way of the stack */
  return t;
}

/* The high bits of bytes in any processor: a product gathers eight of them. */
static inline uint32_t marks_high_by_words(marks_part part) {
  uint64_t word[2];
  memcpy(word, &part, sizeof word);
  for (int i = 0; i < 2; i++) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word[i] = __builtin_bswap64(word[i]);
#endif
    word[i] = (word[i] >> 7 & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080) >> 56;
  }
  return (uint32_t)(word[0] | word[1] << 8);
}

/* The same; every 64-bit x86 processor has an instruction for it. */
static inline uint32_t marks_high_of(marks_part part) {
#ifdef __SSE2__
  typedef char signs __attribute__((vector_size(sizeof part)));
  uint32_t bits = (uint32_t)__builtin_ia32_pmovmskb128((signs)part);
  assert(bits == marks_high_by_words(part));
  return bits;
#else
  return marks_high_by_words(part);
#endif
}

/* Bytes whose high bit is set. */
static inline uint64_t marks_high(marks_text t) {
  uint64_t all = 0;
  for (int i = 0; i < MARKS_PARTS; i++) all |= (uint64_t)marks_high_of(t.part[i]) << (sizeof(marks_part) * (size_t)i);
  return all;
}

/* Bytes that are c. */
static inline uint64_t marks_equal(marks_text t, char c) {
  for (int i = 0; i < MARKS_PARTS; i++) t.part[i] = (marks_part)(t.part[i] == (unsigned char)c);
  return marks_high(t);
}

/* Bytes that are no digits. */
static inline uint64_t marks_no_digits(marks_text t) {
  for (int i = 0; i < MARKS_PARTS; i++) t.part[i] = (marks_part)(t.part[i] - '0' > 9);
  return marks_high(t);
}

/* Bytes that are no printable ASCII, and quotes. */
static inline uint64_t marks_unprinted(marks_text t) {
  for (int i = 0; i < MARKS_PARTS; i++) t.part[i] = (marks_part)(t.part[i] - ' ' > '~' - ' ') | (marks_part)(t.part[i] == '"');
  return marks_high(t);
}

/* Bytes that are no text by themselves: quotes, NUL, and what is not ASCII. */
static inline uint64_t marks_odd(marks_text t) {
  for (int i = 0; i < MARKS_PARTS; i++) t.part[i] |= (marks_part)(t.part[i] == '"') | (marks_part)(t.part[i] == 0);
  return marks_high(t);
}

/* Bytes that are no printable ASCII, blanks and quotes. */
static inline uint64_t marks_no_word(marks_text t) {
  for (int i = 0; i < MARKS_PARTS; i++) t.part[i] = (marks_part)(t.part[i] - '!' > '~' - '!') | (marks_part)(t.part[i] == '"');
  return marks_high(t);
}

/* Adds to what was seen whether there are quotes or bytes beyond ASCII: then some high bit is set. */
static inline marks_part marks_seen(marks_part seen, marks_text t) {
  for (int i = 0; i < MARKS_PARTS; i++) seen |= t.part[i] | (marks_part)(t.part[i] == '"');
  return seen;
}

/* All marks below the lowest of these; all there are when there is none. */
static inline uint64_t marks_below(uint64_t marks) { return (marks & -marks) - 1; }

/* The lowest of the marks and those below it; all when there is none. */
static inline uint64_t marks_upto(uint64_t marks) { return marks ^ (marks - 1); }
#endif
