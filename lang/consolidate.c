/* The consolidated text of a Fassung: its head and every declaration in force, in canonical layout. */
#include "compile.h"
#include "engine.h"
#include "fmt.h"
#include "print.h"
#include <string.h>

static bool put_edition(ppr_buf *out, ppr_report *r, ppr_arena *arena, const edition_text *text) {
  ast_file whole = *text->file;
  ast_decl **end = &whole.decls;
  whole.basis = BASIS_NONE;
  whole.predecessor = (ast_name){0};
  whole.decls = NULL;
  whole.fassung.text = text->name;
  for (size_t i = 0; i < text->n_decls; i++) { /* copies: the lists belong to the files */
    ast_decl *d = arena_alloc(arena, sizeof *d);
    if (!d) return false;
    *d = *text->decls[i];
    d->change = CHANGE_NONE;
    d->next = NULL;
    *end = d;
    end = &d->next;
  }
  ppr_buf plain;
  buf_init(&plain, ppr_alloc_default, SIZE_MAX);
  for (size_t i = 0; i < text->n_scenarios; i++) buf_printf(&plain, "# Szenario „%s“\n", text->scenarios[i]->scenario.text);
  print_file(&plain, &whole);
  bool done = !plain.failed && fmt_text(out, r, arena, "", plain.data, plain.size);
  buf_fini(&plain);
  return done;
}

ppr_status ppr_consolidate_path(ppr_engine *engine, const char *path, const char *edition, char **text, ppr_report *report) {
  if (!engine || !path || !text || !report) return PPR_MISUSE;
  *text = NULL;
  ppr_program *whole = NULL;
  uint32_t first = report_sources(report);
  ppr_status status = ppr_compile_path(&whole, engine, path, report);
  if (status != PPR_OK) return status;
  ppr_program_free(whole);
  ppr_arena *arena = arena_new(engine->alloc);
  size_t n = 0;
  edition_text *texts = arena ? compile_front(report, arena, first, report_sources(report) - first, &n) : NULL;
  const edition_text *wanted = NULL;
  for (size_t i = 0; texts && i < n; i++)
    if (!edition || edition_is(&texts[i], edition)) wanted = &texts[i];
  ppr_buf out;
  buf_init(&out, ppr_alloc_default, SIZE_MAX);
  if (!texts) status = PPR_NOMEM;
  else if (!wanted) status = PPR_MISUSE;
  else if (!put_edition(&out, report, arena, wanted)) status = PPR_NOMEM;
  if (status == PPR_OK) *text = out.data;
  else buf_fini(&out);
  arena_free(arena);
  return status;
}
