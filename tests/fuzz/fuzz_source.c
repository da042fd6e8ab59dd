/* Any bytes as a rule file: parsing ends, and what is accepted prints to a text that is accepted with the same tree and prints the same. */
#include "print.h"
#include "support/ast_dump.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 1 << 26 };

static void require(bool condition) {
  if (!condition) abort();
}

/* Tree and text of a file; false when it is refused. */
static bool parse(const char *text, size_t size, ppr_buf *tree, ppr_buf *printed, ppr_buf *messages) {
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  uint32_t source = report && arena ? report_add_source(report, "fuzz.ppr", text, size) : UINT32_MAX;
  ast_file *file = source == UINT32_MAX ? NULL : parse_source(report, arena, source);
  bool accepted = file && !file->broken;
  if (file) require(file->broken == (report_count(report, PPR_SEV_ERROR) > 0));
  if (accepted) {
    ast_dump(tree, file, NULL);
    print_file(printed, file);
  }
  if (file) report_print(messages, report, PPR_LANG_DE, false);
  arena_free(arena);
  report_free(report);
  return accepted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ppr_buf bufs[6];
  for (int i = 0; i < 6; i++) buf_init(&bufs[i], ppr_alloc_default, LIMIT);
  ppr_buf *tree = &bufs[0], *text = &bufs[1], *tree2 = &bufs[2], *text2 = &bufs[3], *messages = &bufs[4];
  if (parse((const char *)data, size, tree, text, messages) && !text->failed) {
    require(parse(text->data, text->size, tree2, text2, messages));
    require(tree->size == tree2->size && memcmp(tree->data, tree2->data, tree->size) == 0);
    require(text->size == text2->size && memcmp(text->data, text2->data, text->size) == 0);
  }
  for (int i = 0; i < 6; i++) buf_fini(&bufs[i]);
  return 0;
}
