/* The pages about messages: docs/meldungen, inside the program. */
#ifndef PPR_CLI_PAGES_H
#define PPR_CLI_PAGES_H
#include <stdbool.h>
#include <stddef.h>

/* All pages as one NUL-terminated text; made from docs/meldungen when ppr is built. */
extern const unsigned char pages_text[];

typedef struct page_part {
  const char *text;
  size_t size;
} page_part;

typedef struct page {
  char code[8];                /* "PPR2014" */
  page_part title[2], text[2]; /* German, English */
  page_part examples;          /* the fenced blocks, up to the next page */
  const char *next;            /* where the search for the next page goes on */
} page;

/* The page behind `p`, the first if p->next is NULL; false: there is none. */
bool page_next(page *p);
/* The page of a code ("PPR2014"); false: it has none. */
bool page_find(page *p, const char *code);

typedef struct page_example {
  bool right;     /* how it should be */
  page_part file; /* name of the file it belongs to, may be empty */
  page_part text;
} page_example;
/* The next example of a page; `rest` is its examples at first. */
bool page_next_example(page_part *rest, page_example *out);
#endif
