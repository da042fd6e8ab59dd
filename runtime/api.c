/* The public interface: argument checks and forwarding, nothing else. Jobs on files are in io/run.c, compilation in lang/compile.c. */
#include "base/buf.h"
#include "base/oserror.h"
#include "base/quarter.h"
#include "base/report.h"
#include "code/select.h"
#include "code/build.h"
#include "code/dis.h"
#include "code/image.h"
#include "engine.h"
#include "ppr/native.h"
#include "ppr/ppr.h"
#include "standard.h"
#include "vm/exec.h"
#include "vm/explain.h"
#include "vm/flip.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT ((size_t)64 << 20) /* longest explanation */

#define TEXT_OF(n) #n
#define VERSION_TEXT(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *ppr_version(void) { return VERSION_TEXT(PPR_VERSION_MAJOR, PPR_VERSION_MINOR, PPR_VERSION_PATCH); }

const char *ppr_status_text(ppr_status status) {
  switch (status) {
  case PPR_OK: return "ok";
  case PPR_NOMEM: return "out of memory";
  case PPR_IO: return "cannot read or write";
  case PPR_FORMAT: return "not a program image, or a damaged one";
  case PPR_VERSION: return "the image needs a newer version";
  case PPR_INVALID_PROGRAM: return "the program was refused by the verifier";
  case PPR_DIAGNOSED: return "see the report";
  case PPR_LIMIT: return "a limit was exceeded";
  case PPR_MISUSE: return "invalid argument";
  case PPR_REFUSED: return "some records were refused";
  }
  return "unknown status";
}

const char *ppr_system_error(int error, ppr_language language) { return oserror_text(error, language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE); }

void ppr_free(void *memory) { free(memory); }

/* --- engine --- */

static ppr_status register_standard(native_table *t) {
  size_t count;
  const ppr_native *natives = standard_natives(&count);
  ppr_status status = PPR_OK;
  for (size_t i = 0; i < count && status == PPR_OK; i++) status = natives_register(t, &natives[i]);
  return status;
}

ppr_engine *ppr_engine_new(void) {
  ppr_alloc alloc = ppr_alloc_default;
  ppr_engine *engine = alloc.fn(alloc.ctx, NULL, 0, sizeof *engine);
  if (!engine) return NULL;
  *engine = (ppr_engine){.alloc = alloc, .natives = natives_new(alloc)};
  if (engine->natives && register_standard(engine->natives) == PPR_OK) return engine;
  ppr_engine_free(engine);
  return NULL;
}

void ppr_engine_free(ppr_engine *engine) {
  if (!engine) return;
  natives_free(engine->natives);
  engine->alloc.fn(engine->alloc.ctx, engine, sizeof *engine, 0);
}

ppr_status ppr_engine_allow_library(ppr_engine *engine, const char *name, const char *path) {
  return engine ? natives_allow(engine->natives, name, path) : PPR_MISUSE;
}

ppr_status ppr_engine_register(ppr_engine *engine, const ppr_native *native) {
  return engine && native ? natives_register(engine->natives, native) : PPR_MISUSE;
}

/* --- report --- */

ppr_report *ppr_report_new(void) { return report_new(ppr_alloc_default); }

void ppr_report_free(ppr_report *report) {
  if (report) report_free(report);
}

size_t ppr_report_count(const ppr_report *report) {
  size_t n = 0;
  for (const diag *d = report ? report_first(report) : NULL; d; d = d->next) n++;
  return n;
}

static ppr_lang lang_of(ppr_language language) { return language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE; }

static const diag *diag_at(const ppr_report *report, size_t index) {
  const diag *d = report_first(report);
  while (d && index--) d = d->next;
  return d;
}

/* Places of the beginning and the end of a span; zeros without a file. */
static const char *places(const ppr_report *report, ppr_span span, uint32_t *line, uint32_t *column, uint32_t *end_line, uint32_t *end_column) {
  const ppr_source *s = report_source(report, span.file);
  if (!s) return NULL;
  report_place(report, span, line, column);
  report_place(report, (ppr_span){span.file, span.end > span.begin ? span.end : span.begin, 0}, end_line, end_column);
  return s->name;
}

ppr_status ppr_report_note(const ppr_report *report, size_t index, size_t note, ppr_language language, ppr_note *out) {
  if (!report || !out) return PPR_MISUSE;
  const diag *d = diag_at(report, index);
  const diag_note *n = d ? d->notes : NULL;
  while (n && note--) n = n->next;
  if (!n) return PPR_MISUSE;
  *out = (ppr_note){.text = lang_of(language) == PPR_LANG_EN ? n->en : n->de};
  out->file = places(report, n->span, &out->line, &out->column, &out->end_line, &out->end_column);
  return PPR_OK;
}

ppr_status ppr_report_get(ppr_report *report, size_t index, ppr_language language, ppr_diagnostic *out) {
  if (!report || !out) return PPR_MISUSE;
  const diag *d = diag_at(report, index);
  if (!d) return PPR_MISUSE;
  ppr_buf *text = report_scratch(report);
  char code[8];
  diag_code_text(code, d->code);
  buf_put(text, code, sizeof code);
  size_t message = text->size;
  diag_message(text, d, lang_of(language));
  buf_putc(text, 0);
  size_t help = text->size;
  diag_help(text, d, lang_of(language));
  buf_putc(text, 0);
  if (text->failed) return PPR_NOMEM;
  *out =
      (ppr_diagnostic){.code = text->data, .severity = (int)d->severity, .message = text->data + message, .help = text->data + help, .fix = d->fix};
  if (d->span.file != UINT32_MAX) {
    out->file = places(report, d->span, &out->line, &out->column, &out->end_line, &out->end_column);
    if (d->fix) out->fix_file = places(report, d->fix_span, &out->fix_line, &out->fix_column, &out->fix_end_line, &out->fix_end_column);
  } else {
    out->file = d->where;
  }
  return PPR_OK;
}

const char *ppr_report_text(ppr_report *report, ppr_language language) {
  if (!report) return "";
  ppr_buf *text = report_scratch(report);
  report_print(text, report, lang_of(language), false);
  return text->data && !text->failed ? text->data : "";
}

/* --- program --- */

/* A program read with this status is given to the caller once its functions are found. */
static ppr_status linked(ppr_program **out, ppr_engine *engine, ppr_status status, ppr_program *p, ppr_report *report) {
  if (status == PPR_OK) status = natives_link(engine->natives, p, report);
  if (status == PPR_OK) *out = p;
  else ppr_program_free(p);
  return status;
}

/* Code and explanation of an edition, or of all (UINT32_MAX). */
static ppr_status code_of(const ppr_program *program, uint32_t edition) {
  ppr_status status = PPR_OK;
  for (uint32_t i = 0; i < program->n_editions && status == PPR_OK; i++)
    if (edition == UINT32_MAX || edition == i) status = image_code(program, i, NULL);
  return status;
}

ppr_status ppr_program_load(ppr_program **out, ppr_engine *engine, const void *bytes, size_t size, ppr_report *report) {
  if (!out) return PPR_MISUSE;
  *out = NULL;
  if (!engine || !report || (!bytes && size)) return PPR_MISUSE;
  ppr_program *p = NULL;
  ppr_status status = image_decode(&p, engine->alloc, bytes, size, report);
  return linked(out, engine, status, p, report);
}

ppr_status ppr_program_open(ppr_program **out, ppr_engine *engine, const void *bytes, size_t size, ppr_report *report) {
  if (!out) return PPR_MISUSE;
  *out = NULL;
  if (!engine || !report || (!bytes && size)) return PPR_MISUSE;
  ppr_program *p = NULL;
  ppr_status status = image_open(&p, engine->alloc, bytes, size, report);
  return linked(out, engine, status, p, report);
}

ppr_status ppr_program_save(const ppr_program *program, void **bytes, size_t *size) {
  if (!program || !bytes || !size) return PPR_MISUSE;
  ppr_status status = code_of(program, UINT32_MAX);
  if (status != PPR_OK) return status;
  ppr_buf image;
  buf_init(&image, ppr_alloc_default, SIZE_MAX);
  image_encode(&image, program);
  if (image.failed) {
    buf_fini(&image);
    return PPR_NOMEM;
  }
  *bytes = image.data; /* given away: ppr_free frees what the default allocator gave */
  *size = image.size;
  return PPR_OK;
}

void ppr_program_free(ppr_program *program) {
  if (program) program_free(program);
}

const char *ppr_program_name(const ppr_program *program) { return program ? program_string(program, program->name) : ""; }

ppr_status ppr_program_select(ppr_program **out, const ppr_program *program, const char *record, int64_t known_day) {
  if (!out || !program) return PPR_MISUSE;
  return program_select(out, program, record, known_day);
}

size_t ppr_program_editions(const ppr_program *program) { return program ? program->n_editions : 0; }

static const ppr_edition *edition_of(const ppr_program *program, size_t edition) {
  return program && edition < program->n_editions ? &program->editions[edition] : NULL;
}

ppr_status ppr_program_edition(const ppr_program *program, size_t edition, ppr_edition_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out) return PPR_MISUSE;
  *out = (ppr_edition_info){.name = program_string(program, e->name),
                            .decision = program_string(program, e->decision),
                            .record = program_string(program, e->record),
                            .decided_day = e->decided_day,
                            .from_day = e->from_day,
                            .until_day = e->until_day,
                            .inputs = e->n_input,
                            .outputs = e->n_output,
                            .cost = e->cost};
  return PPR_OK;
}

int ppr_program_edition_for(const ppr_program *program, int64_t quarter) {
  if (!program || quarter < 0 || quarter > INT32_MAX) return -1;
  int64_t day = quarter_first_day(quarter);
  for (uint32_t i = 0; i < program->n_editions; i++)
    if (program->editions[i].from_day <= day && day <= program->editions[i].until_day) return (int)i;
  return -1;
}

static ppr_value_kind kind_of(uint32_t kind) {
  switch ((ppr_kind)kind) {
  case PPR_KIND_NUMBER: return PPR_NUMBER;
  case PPR_KIND_PERCENT: return PPR_PERCENT;
  case PPR_KIND_BOOL: return PPR_YESNO;
  case PPR_KIND_DATE: return PPR_DATE;
  case PPR_KIND_QUARTER: return PPR_QUARTER;
  case PPR_KIND_ENUM: return PPR_ENUMERATION;
  case PPR_KIND_TEXT: break;
  }
  return PPR_TEXT;
}

ppr_status ppr_program_input(const ppr_program *program, size_t edition, size_t input, ppr_value_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out || input >= e->n_input) return PPR_MISUSE;
  const ppr_field *f = &e->field[e->input[input].field];
  *out = (ppr_value_info){.name = program_string(program, e->input[input].label),
                          .kind = kind_of(f->kind),
                          .unit = program_string(program, f->unit),
                          .scale = (int)f->scale,
                          .lo = f->lo,
                          .hi = f->hi,
                          .required = !(f->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))};
  return PPR_OK;
}

ppr_status ppr_program_output(const ppr_program *program, size_t edition, size_t output, ppr_value_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out || output >= e->n_output) return PPR_MISUSE;
  const ppr_output *o = &e->output[output];
  *out = (ppr_value_info){.name = program_string(program, o->label),
                          .kind = kind_of(o->kind),
                          .unit = program_string(program, o->unit),
                          .scale = (int)o->scale,
                          .lo = INT64_MIN,
                          .hi = INT64_MAX};
  return PPR_OK;
}

int ppr_program_find_input(const ppr_program *program, size_t edition, const char *name) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !name) return -1;
  for (uint32_t i = 0; i < e->n_input; i++)
    if (strcmp(program_string(program, e->input[i].label), name) == 0) return (int)i;
  return -1;
}

int ppr_program_find_output(const ppr_program *program, size_t edition, const char *name) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !name) return -1;
  for (uint32_t i = 0; i < e->n_output; i++)
    if (strcmp(program_string(program, e->output[i].label), name) == 0) return (int)i;
  return -1;
}

ppr_status ppr_program_reading(const ppr_program *program, size_t edition, size_t index, ppr_reading_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out || index >= e->n_reading) return PPR_MISUSE;
  const ppr_reading *r = &e->reading[index];
  const ppr_field *f = &e->field[r->field];
  *out = (ppr_reading_info){.name = program_string(program, r->name),
                            .question = program_string(program, r->question),
                            .citation = program_string(program, r->cite),
                            .variants = f->enumeration ? e->enumeration[f->enumeration - 1].count : 0,
                            .preset = (size_t)f->preset};
  return PPR_OK;
}

static const ppr_member *variant_of(const ppr_program *program, size_t edition, size_t reading, size_t variant) {
  ppr_reading_info info;
  if (ppr_program_reading(program, edition, reading, &info) != PPR_OK || variant >= info.variants) return NULL;
  const ppr_edition *e = &program->editions[edition];
  return &e->member[e->enumeration[e->field[e->reading[reading].field].enumeration - 1].first + variant];
}

const char *ppr_program_variant(const ppr_program *program, size_t edition, size_t reading, size_t variant) {
  const ppr_member *m = variant_of(program, edition, reading, variant);
  return m ? program_string(program, m->name) : NULL;
}

const char *ppr_program_variant_source(const ppr_program *program, size_t edition, size_t reading, size_t variant) {
  const ppr_member *m = variant_of(program, edition, reading, variant);
  return m ? program_string(program, m->label) : NULL;
}

ppr_status ppr_program_parameter(const ppr_program *program, size_t edition, size_t index, ppr_parameter_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out || index >= e->n_parameter) return PPR_MISUSE;
  const ppr_field *f = &e->field[e->parameter[index].field];
  *out = (ppr_parameter_info){.name = program_string(program, e->parameter[index].name),
                              .citation = program_string(program, e->parameter[index].cite),
                              .unit = program_string(program, f->unit),
                              .kind = kind_of(f->kind),
                              .scale = (int)f->scale,
                              .lo = f->lo,
                              .hi = f->hi,
                              .preset = f->preset,
                              .input = f->first_input};
  return PPR_OK;
}

ppr_status ppr_program_open_point(const ppr_program *program, size_t edition, size_t index, ppr_open_info *out) {
  const ppr_edition *e = edition_of(program, edition);
  if (!e || !out || index >= e->n_open) return PPR_MISUSE;
  const ppr_open *o = &e->open[index];
  *out = (ppr_open_info){program_string(program, o->name), program_string(program, o->text), program_string(program, o->cite)};
  return PPR_OK;
}

ppr_status ppr_program_listing(const ppr_program *program, int edition, char **text) {
  if (!text) return PPR_MISUSE;
  *text = NULL;
  if (!program || edition < -1 || (edition >= 0 && (uint32_t)edition >= program->n_editions)) return PPR_MISUSE;
  ppr_status status = code_of(program, edition < 0 ? UINT32_MAX : (uint32_t)edition);
  if (status != PPR_OK) return status;
  ppr_buf listing;
  buf_init(&listing, ppr_alloc_default, SIZE_MAX);
  dis_program(&listing, program, edition < 0 ? UINT32_MAX : (uint32_t)edition);
  buf_puts(&listing, "");
  if (listing.failed) {
    buf_fini(&listing);
    return PPR_NOMEM;
  }
  *text = listing.data;
  return PPR_OK;
}

/* --- evaluator --- */

struct ppr_evaluator {
  const ppr_program *program;
  uint32_t edition;
  ppr_vm *vm, *kept; /* kept: of the row explained last */
  ppr_column *row;   /* columns of the row explained; behind them a number for each */
  ppr_buf text;
};

static size_t row_bytes(const ppr_evaluator *v) {
  return (v->program->editions[v->edition].n_input + (size_t)1) * (sizeof *v->row + sizeof *v->row->values);
}

/* The columns of one row; explanations read 64-bit numbers. */
static void one_row(ppr_evaluator *v, const ppr_column *in, size_t row) {
  size_t n = v->program->editions[v->edition].n_input;
  int64_t *value = (int64_t *)(v->row + n);
  for (size_t i = 0; i < n; i++) {
    v->row[i] = (ppr_column){in[i].values ? in[i].values + row : NULL, in[i].states ? in[i].states + row : NULL, NULL};
    if (!in[i].narrow) continue;
    value[i] = in[i].narrow[row];
    v->row[i].values = &value[i];
  }
}

const char *ppr_kernels(uint32_t index) {
  const kern_set *sets[KERN_SETS];
  return index < kern_sets(sets) ? sets[index]->name : NULL;
}

ppr_status ppr_evaluator_new(ppr_evaluator **out, const ppr_program *program, size_t edition, const ppr_evaluator_opts *opts) {
  if (!out) return PPR_MISUSE;
  *out = NULL;
  ppr_evaluator_opts given = PPR_EVALUATOR_OPTS_INIT;
  if (opts) given = *opts;
  const kern_set *sets[KERN_SETS];
  if (!edition_of(program, edition) || given.size != sizeof given || given.lanes > 1024 || given.kernels >= kern_sets(sets)) return PPR_MISUSE;
  ppr_alloc alloc = ppr_alloc_default;
  ppr_evaluator *v = alloc.fn(alloc.ctx, NULL, 0, sizeof *v);
  if (!v) return PPR_NOMEM;
  *v = (ppr_evaluator){.program = program, .edition = (uint32_t)edition};
  buf_init(&v->text, alloc, TEXT_LIMIT);
  ppr_status status = vm_new_with(&v->vm, alloc, program, v->edition, given.lanes, given.keep != 0, program->natives,
                                  given.kernels ? sets[given.kernels] : kern_best(given.lanes));
  if (status == PPR_OK && given.profile && !vm_profile(v->vm)) status = PPR_NOMEM;
  if (status == PPR_OK) *out = v;
  else ppr_evaluator_free(v);
  return status;
}

ppr_status ppr_evaluator_like(ppr_evaluator **out, const ppr_evaluator *like) {
  if (!out) return PPR_MISUSE;
  *out = NULL;
  if (!like) return PPR_MISUSE;
  ppr_alloc alloc = ppr_alloc_default;
  ppr_evaluator *v = alloc.fn(alloc.ctx, NULL, 0, sizeof *v);
  if (!v) return PPR_NOMEM;
  *v = (ppr_evaluator){.program = like->program, .edition = like->edition};
  buf_init(&v->text, alloc, TEXT_LIMIT);
  ppr_status status = vm_like(&v->vm, alloc, like->vm);
  if (status == PPR_OK) *out = v;
  else ppr_evaluator_free(v);
  return status;
}

ppr_status ppr_evaluator_profile(const ppr_evaluator *evaluator, size_t index, ppr_profile_row *out) {
  if (!evaluator || !out) return PPR_MISUSE;
  vm_profile_row row;
  for (uint32_t kernel = 0; vm_profile_get(evaluator->vm, kernel, &row); kernel++) {
    if (!row.steps || index--) continue;
    *out = (ppr_profile_row){row.name, row.steps, row.lanes, row.nanoseconds};
    return PPR_OK;
  }
  return PPR_MISUSE;
}

void ppr_evaluator_free(ppr_evaluator *evaluator) {
  if (!evaluator) return;
  ppr_alloc alloc = evaluator->text.alloc;
  vm_free(evaluator->vm);
  vm_free(evaluator->kept);
  if (evaluator->row) alloc.fn(alloc.ctx, evaluator->row, row_bytes(evaluator), 0);
  buf_fini(&evaluator->text);
  alloc.fn(alloc.ctx, evaluator, sizeof *evaluator, 0);
}

ppr_status ppr_evaluator_output(const ppr_evaluator *evaluator, size_t output, ppr_value_info *out) {
  if (!evaluator) return PPR_MISUSE;
  ppr_status status = ppr_program_output(evaluator->program, evaluator->edition, output, out);
  if (status == PPR_OK) vm_output_range(evaluator->vm, (uint32_t)output, &out->lo, &out->hi);
  return status;
}

ppr_status ppr_evaluator_eval(ppr_evaluator *evaluator, const ppr_column *in, size_t rows, const ppr_result *out, ppr_fault *faults) {
  if (!evaluator) return PPR_MISUSE;
  const ppr_edition *e = &evaluator->program->editions[evaluator->edition];
  if (rows && ((!in && e->n_input) || (!out && e->n_output) || !faults)) return PPR_MISUSE;
  return vm_eval(evaluator->vm, in, rows, out, faults);
}

/* A machine that has computed one row and kept every register; another one for every row, so that no register holds anything of another row. */
static ppr_status keep_row(ppr_evaluator *v, const ppr_column *in, size_t row) {
  const ppr_edition *e = &v->program->editions[v->edition];
  if (!in && e->n_input) return PPR_MISUSE;
  ppr_alloc alloc = v->text.alloc;
  if (!v->row) v->row = alloc.fn(alloc.ctx, NULL, 0, row_bytes(v));
  if (!v->row) return PPR_NOMEM;
  one_row(v, in, row);
  ppr_vm *before = v->kept;
  ppr_status status = before ? vm_like(&v->kept, alloc, before) : vm_new(&v->kept, alloc, v->program, v->edition, 1, true, v->program->natives);
  vm_free(before);
  return status;
}

static ppr_status tell(ppr_evaluator *v, const uint32_t *outputs, uint32_t n, const explain_opts *opts, const char **text) {
  v->text.size = 0;
  v->text.failed = false;
  ppr_status status = explain_letter(&v->text, v->kept, v->program, v->edition, v->row, outputs, n, opts);
  if (status == PPR_OK && v->text.data) *text = v->text.data;
  return status;
}

ppr_status ppr_evaluator_letter(ppr_evaluator *evaluator, const ppr_column *in, size_t row, const size_t *outputs, size_t n,
                                const ppr_letter_opts *opts, const char **text) {
  if (!evaluator || !text) return PPR_MISUSE;
  *text = "";
  ppr_letter_opts given = PPR_LETTER_OPTS_INIT;
  if (opts) given = *opts;
  size_t n_output = evaluator->program->editions[evaluator->edition].n_output;
  if (given.size != sizeof given || given.form > PPR_EXPLAIN_JSON || (outputs && n > n_output)) return PPR_MISUSE;
  uint32_t *which = NULL;
  ppr_arena *arena = arena_new(evaluator->text.alloc);
  ppr_status status = arena && (!outputs || (which = arena_array(arena, n + 1, sizeof *which))) ? PPR_OK : PPR_NOMEM;
  for (size_t j = 0; status == PPR_OK && outputs && j < n; j++) {
    if (outputs[j] >= n_output) status = PPR_MISUSE;
    which[j] = (uint32_t)outputs[j];
  }
  if (status == PPR_OK) status = keep_row(evaluator, in, row);
  if (status == PPR_OK)
    status = tell(evaluator, which, (uint32_t)n,
                  &(explain_opts){lang_of(given.language), given.detail == PPR_EXPLAIN_FULL, given.form, given.record, false}, text);
  arena_free(arena);
  return status;
}

ppr_status ppr_evaluator_turns(ppr_evaluator *evaluator, const ppr_column *in, size_t row, size_t output, ppr_turns *turns) {
  if (!turns) return PPR_MISUSE;
  *turns = (ppr_turns){0};
  if (!evaluator) return PPR_MISUSE;
  const ppr_program *p = evaluator->program;
  const ppr_edition *e = &p->editions[evaluator->edition];
  if (output >= e->n_output) return PPR_MISUSE;
  ppr_status status = keep_row(evaluator, in, row);
  ppr_fault fault;
  flips found = {0};
  ppr_vm *whole = NULL;
  if (status != PPR_OK) return status;
  ppr_arena *arena = arena_new(evaluator->text.alloc);
  status = arena ? vm_eval(evaluator->kept, evaluator->row, 1, NULL, &fault) : PPR_NOMEM;
  if (status == PPR_OK && !fault.code)
    status = flips_find(&found, arena, evaluator->text.alloc, p, evaluator->edition, evaluator->kept, &whole, evaluator->row, (uint32_t)output);
  vm_free(whole);
  ppr_alloc given = ppr_alloc_default; /* ppr_free frees what it gave */
  if (status == PPR_OK && found.n && !(turns->turns = given.fn(given.ctx, NULL, 0, found.n * sizeof *turns->turns))) status = PPR_NOMEM;
  for (uint32_t k = 0; status == PPR_OK && k < found.n; k++) {
    const flip *f = &found.item[k];
    const char *name = program_string(p, f->is_input ? e->input[f->index].label : e->inst[f->index].label);
    turns->turns[k] = (ppr_turn){name, f->is_input ? (int)f->index : -1, f->now, f->last, f->first, f->nearest};
    turns->n = found.n;
  }
  turns->complete = found.complete;
  arena_free(arena);
  return status;
}

ppr_status ppr_evaluator_explain(ppr_evaluator *evaluator, const ppr_column *in, size_t row, size_t output, ppr_language language,
                                 ppr_explain_detail detail, const char **text) {
  ppr_letter_opts opts = PPR_LETTER_OPTS_INIT;
  opts.language = language;
  opts.detail = detail;
  return ppr_evaluator_letter(evaluator, in, row, &output, 1, &opts, text);
}
