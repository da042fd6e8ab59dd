/* The pipeline from rule text to verified program. Start reading here. */
#include "compile.h"
#include "base/file.h"
#include "code/build.h"
#include "engine.h"
#include "lower.h"
#include "programs.h"
#include "schema.h"
#include <string.h>

enum { MAX_RULE_FILE = 16 << 20 };

edition_text *compile_front(ppr_report *r, ppr_arena *arena, uint32_t first, size_t count, size_t *n) {
  ast_file **files = arena_array(arena, count + 1, sizeof(ast_file *));
  bool broken = false;
  if (!files) return NULL;
  for (size_t i = 0; i < count; i++) {
    if (!(files[i] = parse_source(r, arena, first + (uint32_t)i))) return NULL;
    broken = broken || files[i]->broken;
  }
  return broken ? NULL : editions_arrange(r, arena, files, count, n);
}

static model *model_of(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input, bool proving) {
  model *m = model_new(r, arena, natives);
  if (!m) return NULL;
  m->proving = proving;
  m->errors_before = report_added(r, PPR_SEV_ERROR);
  m->file = text->file;
  m->decls = text->decls;
  m->n_decls = text->n_decls;
  m->decl_edition = text->decl_edition;
  m->struck = text->struck;
  m->n_struck = text->n_struck;
  m->from_day = text->from_day;
  m->until_day = text->file->has_until ? text->file->until_day : INT64_MAX; /* as written: a successor does not change what the text says */
  m->input = input;
  model_declare(m);
  check_model(m);
  return m;
}

static model *ordered(model *m) {
  if (!m) return NULL;
  cases_model(m);
  deps_order(m);
  deps_kinds(m);
  return m;
}

model *compile_names(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input) {
  return model_of(r, arena, natives, text, input, false);
}

model *compile_model(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input) {
  return ordered(model_of(r, arena, natives, text, input, false));
}

model *compile_model_proving(ppr_report *r, ppr_arena *arena, const native_table *natives, const edition_text *text, ast_decl *input) {
  return ordered(model_of(r, arena, natives, text, input, true));
}

ast_decl *compile_kind(const edition_text *text, size_t index) {
  for (size_t i = 0; i < text->n_decls; i++)
    if (text->decls[i]->form == DECL_INPUT && index-- == 0) return text->decls[i];
  return NULL;
}

lowering *compile_lower(model *m, const edition_text *text, ppr_builder *b, uint32_t first, lower_duties *duties) {
  ppr_report *r = m->report;
  size_t before = m->errors_before; /* a model with errors is looked through to the end, but has no code */
  lowering *l = arena_alloc(m->arena, sizeof *l);
  ppr_edition *e = build_edition(b);
  if (!l || !e) return NULL;
  tests_check(m);
  e->name = build_string(b, text->file->fassung.text);
  e->title = build_string(b, text->file->title);
  e->decision = build_string(b, text->file->publication);
  e->record = build_string(b, m->input ? m->input->name : "");
  e->decided_day = text->file->decision_day;
  e->from_day = text->from_day;
  e->until_day = text->until_day;
  e->written_until = m->until_day;
  lower_init(l, m, b, first);
  l->duties = duties;
  l->e.apart = duties != NULL;
  schema_check(l);
  for (symbol *s = m->symbols; duties && s; s = s->next) /* what no output shows can be wrong too */
    if ((s->form == SYM_RULE || s->form == SYM_SERIES || s->form == SYM_TIERS) && !s->excluded) lower_mark_needed(s);
  schema_inputs(l, e);
  if (report_added(r, PPR_SEV_ERROR) != before) return NULL;
  lower_inputs(l);
  lower_rules(l);
  schema_outputs(l);
  if (l->e.too_large) report_add(r, DIAG_CONST_TOO_LARGE, text->file->head, NULL);
  if (report_added(r, PPR_SEV_ERROR) != before) return NULL;
  lower_finish(l, e);
  return l;
}

static ppr_status compile_sources(ppr_program **out, ppr_engine *engine, uint32_t first, size_t count, ppr_report *r) {
  ppr_builder *b = build_new(engine->alloc);
  ppr_status status = b ? programs_make(engine, r, b, first, count) : PPR_NOMEM;
  if (status == PPR_OK) {
    ppr_program *p = build_finish(b);
    b = NULL;
    if (!p) status = PPR_NOMEM;
    else if (!programs_verify(engine, p, r) || natives_link(engine->natives, p, r) != PPR_OK) status = report_failed(r) ? PPR_NOMEM : PPR_DIAGNOSED;
    if (status == PPR_OK) *out = p;
    else program_free(p);
  }
  build_discard(b);
  report_sort(r);
  return report_failed(r) ? PPR_NOMEM : status;
}

ppr_status ppr_compile(ppr_program **out, ppr_engine *engine, const ppr_source_text *files, size_t count, ppr_report *report) {
  if (!out || !engine || !report || (count && !files)) return PPR_MISUSE;
  *out = NULL;
  uint32_t first = report_sources(report);
  for (size_t i = 0; i < count; i++) report_add_source(report, files[i].name, files[i].text, files[i].size);
  if (count == 0) {
    report_add(report, DIAG_NO_RULE_FILE, SPAN_NONE, "(nichts)", NULL);
    return PPR_DIAGNOSED;
  }
  return compile_sources(out, engine, first, count, report);
}

/* One file more. */
static ppr_status read_file(ppr_report *r, ppr_arena *arena, const char *path, ppr_source_text *out) {
  char *data;
  size_t size;
  file_status status = file_read(ppr_alloc_default, path, MAX_RULE_FILE, &data, &size);
  if (status != FILE_OK) {
    file_report(r, status, path, MAX_RULE_FILE);
    return PPR_DIAGNOSED;
  }
  *out = (ppr_source_text){arena_strndup(arena, path, strlen(path)), arena_strndup(arena, data, size), size};
  file_free(ppr_alloc_default, data, size);
  return out->text && out->name ? PPR_OK : PPR_NOMEM;
}

/* A scenario counts where it is named, a Fassung where it stands. */
static ppr_status in_place(ppr_report *r, ppr_arena *arena, const ppr_source_text *file, bool named) {
  const char *scenario;
  parse_form form = parse_head(arena, file->text, file->size, &scenario);
  if (form == PARSE_NEITHER || (form == PARSE_SCENARIO) == named) return PPR_OK; /* what is neither has syntax errors */
  if (named) report_add(r, DIAG_SCENARIO_NONE, SPAN_NONE, file->name, NULL);
  else report_add(r, DIAG_SCENARIO_AMONG, SPAN_NONE, scenario, file->name, NULL);
  return PPR_DIAGNOSED;
}

/* A folder of scenarios alone is told once, not file by file. */
static bool only_scenarios(ppr_arena *arena, const ppr_source_text *files, size_t n) {
  const char *name;
  for (size_t i = 0; i < n; i++)
    if (parse_head(arena, files[i].text, files[i].size, &name) != PARSE_SCENARIO) return false;
  return true;
}

ppr_status compile_read(ppr_report *r, ppr_arena *arena, const ppr_engine *scenarios, const char *path, ppr_source_text **files, size_t *count) {
  const char **paths = NULL;
  file_status status = FILE_OK;
  bool folder = file_kind_of(path) == FILE_KIND_FOLDER;
  size_t n = 1, more = scenarios ? scenarios->n_scenarios : 0;
  if (folder) status = file_list(arena, path, ".ppr", &paths, &n);
  else if (!(paths = arena_array(arena, 1, sizeof *paths))) return PPR_NOMEM;
  else paths[0] = path;
  if (status != FILE_OK) {
    file_report(r, status, path, MAX_RULE_FILE);
    return PPR_DIAGNOSED;
  }
  if (n == 0) {
    report_add(r, DIAG_NO_RULE_FILE, SPAN_NONE, path, NULL);
    return PPR_DIAGNOSED;
  }
  *count = n + more;
  if (!(*files = arena_array(arena, *count, sizeof **files))) return PPR_NOMEM;
  ppr_status result = PPR_OK;
  for (size_t i = 0; i < *count; i++) {
    bool named = i >= n;
    ppr_status one = read_file(r, arena, named ? scenarios->scenarios[i - n] : paths[i], &(*files)[i]);
    if (one == PPR_NOMEM) return one;
    if (one != PPR_OK) result = one;
  }
  if (result != PPR_OK || !scenarios) return result;
  if (folder && only_scenarios(arena, *files, n)) {
    report_add(r, DIAG_SCENARIO_FOLDER, SPAN_NONE, path, (*files)[0].name, NULL);
    return PPR_DIAGNOSED;
  }
  for (size_t i = folder ? 0 : n; i < *count; i++)
    if (in_place(r, arena, &(*files)[i], i >= n) != PPR_OK) result = PPR_DIAGNOSED;
  return result;
}

ppr_status ppr_engine_scenarios(ppr_engine *engine, const char *const *paths, size_t n) {
  if (!engine || (n && !paths)) return PPR_MISUSE;
  engine->scenarios = paths;
  engine->n_scenarios = n;
  return PPR_OK;
}

ppr_status ppr_engine_jobs(ppr_engine *engine, uint32_t jobs) {
  if (!engine || jobs == 0) return PPR_MISUSE;
  engine->jobs = jobs;
  return PPR_OK;
}

ppr_status ppr_compile_path(ppr_program **out, ppr_engine *engine, const char *path, ppr_report *report) {
  if (!out || !engine || !path || !report) return PPR_MISUSE;
  *out = NULL;
  ppr_arena *arena = arena_new(engine->alloc);
  ppr_source_text *files = NULL;
  size_t count = 0;
  if (!arena) return PPR_NOMEM;
  ppr_status status = compile_read(report, arena, engine, path, &files, &count);
  if (status == PPR_OK) status = ppr_compile(out, engine, files, count, report);
  arena_free(arena);
  return status;
}
