/* Pieces of the file are scanned straight into one block of 32-bit columns; nothing else is kept. See stream.h. */
#define _POSIX_C_SOURCE 200809L
#include "stream.h"
#include "columnar.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 17, LONGEST = 1024 }; /* bytes read at once; of a row */

static const char *number(const char *p, int32_t *out) {
  int32_t x = 0;
  unsigned d;
  while ((d = (unsigned)(*p++ - '0')) < 10) x = x * 10 + (int32_t)d;
  *out = x;
  return p;
}

/* In hundredths. */
static const char *hours(const char *p, int32_t *out) {
  int32_t x = 0;
  unsigned d, decimals = 0;
  while ((d = (unsigned)(*p++ - '0')) < 10) x = x * 10 + (int32_t)d;
  if (p[-1] == '.')
    while ((d = (unsigned)(*p++ - '0')) < 10) x = x * 10 + (int32_t)d, decimals++;
  for (; decimals < 2; decimals++) x *= 10;
  *out = x;
  return p;
}

/* One row into lane i; the start of the next one. */
static const char *row(const char *p, columnar *c, size_t i) {
  int32_t ignored;
  p = number(p, &ignored);
  p = number(p, &c->year[i]);
  p = number(p, &ignored);
  c->duty[i] = *p == 'j';
  p += c->duty[i] ? 3 : 5; /* "ja," "nein," */
  for (int a = 0; a < AREAS; a++) p = number(p, &c->previous[a][i]);
  for (int a = 0; a < AREAS; a++) p = number(p, &c->current[a][i]);
  for (int k = 0; k < PROFESSIONS; k++) p = hours(p, &c->hours[k][i]);
  for (int k = 0; k < PROFESSIONS; k++) p = hours(p, &c->credited[k][i]);
  return p[-1] == '\n' ? p : NULL;
}

static void hash_block(columnar *c, size_t rows, checksum *out) {
  columnar_evaluate_native(c, rows);
  for (size_t i = 0; i < rows; i++) {
    int64_t results[RESULTS];
    for (int k = 0; k < RESULTS; k++) results[k] = c->result[k][i];
    checksum_add(out, results);
  }
}

bool stream_file(const char *path, checksum *out) {
  static char space[PIECE + LONGEST + 64];
  static _Alignas(64) columnar block;
  char *p = space, *end = space;
  size_t rows = 0;
  bool header = true, more = true;
  int fd = open(path, O_RDONLY);
  *out = (checksum){0, 0, 0};
  if (fd < 0) return perror(path), false;
  while (more || p < end) {
    if (more && end - p < LONGEST) {
      memmove(space, p, (size_t)(end - p));
      end = space + (end - p);
      p = space;
      ssize_t got = read(fd, end, PIECE);
      if (got < 0) return perror(path), false;
      more = got > 0;
      end += got;
      *end = 0;
      if (header) p = strchr(p, '\n') + 1;
      header = false;
      continue;
    }
    p = (char *)row(p, &block, rows++);
    if (!p) return fprintf(stderr, "%s: not the file it should be\n", path), false;
    if (rows == BLOCK) hash_block(&block, rows, out), rows = 0;
  }
  if (rows) hash_block(&block, rows, out);
  close(fd);
  return true;
}
