/* Prints the tokens of a rule file as the compiler reads it: "BEGIN END CLASS" in bytes, one per line. The colours of editors are compared with it.
 */
#include "base/file.h"
#include "lexer.h"
#include "parser.h"
#include <stdio.h>

static const char *class_of(const token *t) {
  if (lexer_keyword(t->kind)) return "keyword";
  switch (t->kind) {
  case T_NAME: return "name";
  case T_NUMBER: return "number";
  case T_DATE: return "date";
  case T_QUARTER: return "quarter";
  case T_EDITION: return "edition";
  case T_TEXT: return "text";
  case T_CITE: return "cite";
  default: return "sign";
  }
}

int main(int argc, char **argv) {
  char *data;
  size_t size;
  lexer l;
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  if (argc != 2 || !report || !arena || file_read(ppr_alloc_default, argv[1], 1 << 24, &data, &size) != FILE_OK) return 2;
  uint32_t source = report_add_source(report, argv[1], data, size);
  bool right = lexer_init(&l, report, arena, source);
  for (token t = {.kind = -1}; right && t.kind != T_YYEOF;) {
    t = lexer_scan(&l);
    if (t.kind != T_YYEOF) printf("%u %u %s\n", t.span.begin, t.span.end, class_of(&t));
  }
  right = right && !l.broken && !l.failed;
  file_free(ppr_alloc_default, data, size);
  arena_free(arena);
  report_free(report);
  return right ? 0 : 1;
}
