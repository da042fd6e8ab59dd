/* A text as a program of one Fassung, in force for as long as its time series let it be: so that two texts meet the same records. */
#include "code/build.h"
#include "compile.h"
#include "lower.h"
#include "code/verify.h"
#include "diff/diff.h"
#include "engine.h"
#include "base/quarter.h"
#include <string.h>

const char *diff_kind_name(const edition_text *text, size_t index) {
  ast_decl *input = compile_kind(text, index);
  return input ? input->name : NULL;
}

static ast_decl *input_of(const edition_text *text, const char *record) {
  for (size_t i = 0; i < text->n_decls; i++)
    if (text->decls[i]->form == DECL_INPUT && !strcmp(text->decls[i]->name, record)) return text->decls[i];
  return NULL;
}

static ppr_program *compile(diffing *d, const edition_text *text, const char *record) {
  size_t before = report_added(d->spare, PPR_SEV_ERROR);
  ppr_arena *arena = arena_new(d->engine->alloc);
  ppr_builder *b = build_new(d->engine->alloc);
  ppr_program *program = NULL;
  static const uint8_t none[32];
  model *m = arena && b ? compile_model(d->spare, arena, d->engine->natives, text, input_of(text, record)) : NULL;
  bool failed = !m;
  if (m && report_added(d->spare, PPR_SEV_ERROR) == before) {
    build_name(b, text->file->regelwerk.text);
    for (uint32_t i = 0; i < report_sources(d->spare); i++) {
      const char *name = report_source(d->spare, i)->name, *slash = strrchr(name, '/');
      build_source(b, slash ? slash + 1 : name, none);
    }
    lowering *l = compile_lower(m, text, b, 0, NULL);
    failed = l && (l->e.failed || build_failed(b));
    if (l && !failed) {
      program = build_finish(b);
      b = NULL;
      failed = !program;
    }
    if (program && (!verify_program(program, d->spare) || natives_link(d->engine->natives, program, d->spare) != PPR_OK)) {
      program_free(program);
      program = NULL;
    }
  }
  d->failed = d->failed || failed || (arena && arena_failed(arena));
  build_discard(b);
  arena_free(arena);
  return program;
}

ppr_program *diff_program(diffing *d, const edition_text *text, ast_decl **decls, size_t n, const char *record) {
  int64_t earliest = d->side[0].text->from_day < d->side[1].text->from_day ? d->side[0].text->from_day : d->side[1].text->from_day;
  for (int i = 0; i < 4; i++) { /* a time series may not reach as far back, or as far ahead */
    bool early = i % 2 == 0, open = i < 2;
    edition_text wide = *text;
    ast_file file = *text->file;
    if (decls) {
      wide.decls = decls;
      wide.n_decls = n;
      wide.decl_edition = arena_array(d->arena, n + 1, sizeof *wide.decl_edition);
      for (size_t k = 0; k < n && wide.decl_edition; k++) wide.decl_edition[k] = text->file->fassung.text;
      if (!wide.decl_edition) d->failed = true;
    }
    if (d->failed) return NULL;
    if ((early && earliest == text->from_day && i) || (open && !file.has_until && i >= 2)) continue;
    if (early) file.from_day = wide.from_day = earliest;
    if (open) file.has_until = false;
    wide.until_day = file.has_until ? file.until_day : INT64_MAX;
    wide.file = &file;
    ppr_program *p = compile(d, &wide, record);
    if (p || d->failed) return p;
  }
  return NULL;
}
