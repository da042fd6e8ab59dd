/* parse_dump [--print] FILE …: parses each file and writes its diagnostics and its tree, or with --print its canonical text. For goldens. */
#include "support/ast_dump.h"
#include "print.h"
#include "base/report.h"
#include <stdio.h>
#include <string.h>

static bool read_file(ppr_buf *text, const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) return false;
  char part[4096];
  for (size_t n; (n = fread(part, 1, sizeof part, in)) > 0;) buf_put(text, part, n);
  bool ok = !ferror(in) && !text->failed;
  fclose(in);
  return ok;
}

static int dump_file(const char *path, bool print) {
  const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  int result = 2;
  ppr_buf text, out;
  buf_init(&text, ppr_alloc_default, (size_t)1 << 26);
  buf_init(&out, ppr_alloc_default, (size_t)1 << 26);
  ppr_report *report = report_new(ppr_alloc_default);
  ppr_arena *arena = arena_new(ppr_alloc_default);
  if (!report || !arena || !read_file(&text, path)) {
    fprintf(stderr, "cannot read %s\n", path);
    goto done;
  }
  uint32_t source = report_add_source(report, name, text.size ? text.data : "", text.size);
  ast_file *file = source == UINT32_MAX ? NULL : parse_source(report, arena, source);
  if (!file) goto done;
  report_print(&out, report, PPR_LANG_DE, false);
  if (print && !file->broken) print_file(&out, file);
  else if (!print && !file->broken) ast_dump(&out, file, report);
  fwrite(out.data ? out.data : "", 1, out.size, stdout);
  result = file->broken ? 1 : 0;
done:
  arena_free(arena);
  report_free(report);
  buf_fini(&out);
  buf_fini(&text);
  return result;
}

int main(int argc, char **argv) {
  bool print = argc > 1 && strcmp(argv[1], "--print") == 0;
  int worst = argc > 1 + print ? 0 : 2;
  for (int i = 1 + print; i < argc; i++) {
    int result = dump_file(argv[i], print);
    if (result > worst) worst = result;
  }
  return worst;
}
