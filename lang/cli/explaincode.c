/* `ppr explain-code`: the page about a message. */
#include "cli.h"
#include "pages.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NEAREST = 3, WIDTH = 100 };

static void put_part(page_part part) { fwrite(part.text, 1, part.size, stdout); }

/* Columns of a word: bytes that begin a character. */
static size_t columns(const char *word, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) count += ((unsigned char)word[i] & 0xC0) != 0x80;
  return count;
}

/* Paragraphs, filled up to WIDTH columns. */
static void put_text(page_part part) {
  size_t col = 0;
  for (const char *p = part.text, *end = p + part.size; p < end;) {
    if (p[0] == '\n' && p + 1 < end && p[1] == '\n') {
      printf("\n\n");
      col = 0;
      p += 2;
      continue;
    }
    const char *word = p;
    while (p < end && *p != ' ' && *p != '\n') p++;
    size_t n = (size_t)(p - word), width = columns(word, n);
    if (n) {
      if (col && col + 1 + width > WIDTH) putchar('\n'), col = 0;
      printf("%s%.*s", col ? " " : "", (int)n, word);
      col += (col > 0) + width;
    }
    if (p < end && !(p[0] == '\n' && p + 1 < end && p[1] == '\n')) p++;
  }
}

/* The lines of an example behind a margin. */
static void put_example(const cli *c, const page_example *e) {
  printf("\n%s%s%s", c->color_out ? (e->right ? "\033[32m" : "\033[1;31m") : "", cli_text(c, e->right ? MSG_PAGE_RIGHT : MSG_PAGE_WRONG),
         c->color_out ? "\033[0m" : "");
  if (e->file.size) printf(" (%.*s)", (int)e->file.size, e->file.text);
  printf(":\n");
  for (const char *p = e->text.text, *end = p + e->text.size; p < end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    int n = (int)((stop ? stop : end) - p);
    printf("%s%.*s\n", n ? "    " : "", n, p);
    p += n + 1;
  }
}

static void put_page(const cli *c, const page *p) {
  bool english = c->language == PPR_ENGLISH;
  printf("%s%s%s  ", c->color_out ? "\033[1m" : "", p->code, c->color_out ? "\033[0m" : "");
  put_part(p->title[english]);
  printf("\n\n");
  put_text(p->text[english]);
  printf("\n");
  page_part rest = p->examples;
  for (page_example e; page_next_example(&rest, &e);) put_example(c, &e);
}

static void put_line(const cli *c, FILE *out, const page *p) {
  page_part title = p->title[c->language == PPR_ENGLISH];
  fprintf(out, "%s  %.*s\n", p->code, (int)title.size, title.text);
}

/* "2014", "ppr2014" and "PPR2014" are the same; false: no code at all. */
static bool read_code(char out[8], const char *word) {
  if (strlen(word) >= 3 && toupper((unsigned char)word[0]) == 'P' && toupper((unsigned char)word[1]) == 'P' && toupper((unsigned char)word[2]) == 'R')
    word += 3;
  if (strlen(word) != 4 || strspn(word, "0123456789") != 4) return false;
  snprintf(out, 8, "PPR%.4s", word);
  return true;
}

/* What a wrong number is a slip for: numbers of which it differs in one digit, else those next to it. */
static long distance(const char *a, const char *b) {
  long digits = 0, far = labs(strtol(a + 3, NULL, 10) - strtol(b + 3, NULL, 10));
  for (int i = 3; i < 7; i++) digits += a[i] != b[i];
  return digits == 1 ? far % 10 : 10000 * digits + far;
}

static exit_code unknown_code(const cli *c, const char *word, const char *code) {
  cli_say(c, MSG_UNKNOWN_CODE, word);
  page best[NEAREST] = {0};
  size_t n = 0;
  page p = {0};
  while (code && page_next(&p)) {
    size_t at = n;
    while (at > 0 && distance(code, p.code) < distance(code, best[at - 1].code)) at--;
    if (at == NEAREST) continue;
    if (n < NEAREST) n++;
    for (size_t i = n - 1; i > at; i--) best[i] = best[i - 1];
    best[at] = p;
  }
  if (n) fprintf(stderr, "ppr: %s\n", cli_text(c, MSG_NEAREST_CODES));
  for (size_t i = 0; i < n; i++) {
    fprintf(stderr, "  ");
    put_line(c, stderr, &best[i]);
  }
  return EXIT_USAGE;
}

exit_code command_explain_code(cli *c, int argc, char **argv) {
  static const struct option options[] = {CLI_COMMON};
  int option = cli_option(c, argc, argv, "", options);
  if (option < -1) return CLI_DONE(option);
  if (optind + 1 < argc) return cli_usage(c, MSG_EXTRA_ARGUMENT, argv[optind + 1]);
  page p = {0};
  if (optind == argc) {
    while (page_next(&p)) put_line(c, stdout, &p);
    return EXIT_FINE;
  }
  char code[8];
  if (!read_code(code, argv[optind])) return unknown_code(c, argv[optind], NULL);
  if (!page_find(&p, code)) return unknown_code(c, argv[optind], code);
  put_page(c, &p);
  return EXIT_FINE;
}
