/* Reads the pages about messages. A page is `## CODE German title`, German text, `### English title`, English text, and blocks fenced with ``` whose
 * first line is `falsch` (wrong) or `richtig` (right) and may name a file. */
#include "pages.h"
#include <string.h>

static const char *line_end(const char *p) {
  const char *end = strchr(p, '\n');
  return end ? end : p + strlen(p);
}

static const char *next_line(const char *p) {
  const char *end = line_end(p);
  return *end ? end + 1 : end;
}

static bool starts(const char *p, const char *with) { return strncmp(p, with, strlen(with)) == 0; }

/* Up to the first line that starts with one of the marks; without the empty lines around it. */
static page_part part_until(const char **p, const char *mark, const char *other) {
  while (**p == '\n') ++*p;
  page_part part = {*p, 0};
  while (**p && !starts(*p, mark) && !starts(*p, other)) *p = next_line(*p);
  part.size = (size_t)(*p - part.text);
  while (part.size && part.text[part.size - 1] == '\n') part.size--;
  return part;
}

static page_part rest_of_line(const char *p) { return (page_part){p, (size_t)(line_end(p) - p)}; }

bool page_next(page *p) {
  const char *at = p->next ? p->next : (const char *)pages_text;
  while (*at && !starts(at, "## PPR")) at = next_line(at);
  if (strlen(at) < 11) return false;
  *p = (page){.title = {rest_of_line(at + 11)}};
  memcpy(p->code, at + 3, 7);
  at = next_line(at);
  p->text[0] = part_until(&at, "### ", "## ");
  if (starts(at, "### ")) {
    p->title[1] = rest_of_line(at + 4);
    at = next_line(at);
  }
  p->text[1] = part_until(&at, "```", "## ");
  p->examples = part_until(&at, "## ", "# ");
  p->next = at;
  return true;
}

bool page_find(page *p, const char *code) {
  *p = (page){0};
  while (page_next(p))
    if (strcmp(p->code, code) == 0) return true;
  return false;
}

bool page_next_example(page_part *rest, page_example *out) {
  const char *p = rest->text, *end = p + rest->size;
  while (p < end && !starts(p, "```")) p = next_line(p);
  if (p >= end) return false;
  p += 3;
  out->right = starts(p, "richtig");
  out->file = rest_of_line(p);
  size_t word = strcspn(out->file.text, " \n");
  word += out->file.text[word] == ' ';
  if (word > out->file.size) word = out->file.size;
  out->file.text += word;
  out->file.size -= word;
  p = next_line(p);
  out->text = (page_part){p, 0};
  while (p < end && !starts(p, "```")) p = next_line(p);
  out->text.size = (size_t)(p - out->text.text);
  p = next_line(p);
  *rest = (page_part){p, p < end ? (size_t)(end - p) : 0};
  return true;
}
