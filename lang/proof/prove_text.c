/* The words of a proof; see prove_text.h. */
#include "proof/prove_text.h"
#include "proof/record.h"
#include "vm/exec.h"
#include <inttypes.h>
#include <string.h>

static const char *say(ppr_language language, const char *de, const char *en) { return language == PPR_ENGLISH ? en : de; }

bool prove_told(const proof_told *told, const ppr_proof *p) {
  for (size_t i = 0; i < told->n; i++) {
    const ppr_proof *o = &told->at[i];
    if (o->kind == p->kind && o->line == p->line && o->column == p->column && !strcmp(o->file, p->file) && !strcmp(o->first, p->first) &&
        !strcmp(o->second, p->second) && !strcmp(o->fault, p->fault))
      return true;
  }
  return false;
}

bool prove_tell(proof_told *told, ppr_arena *arena, const ppr_proof *p) {
  ppr_proof *grown = arena_grow(arena, told->at, told->n, &told->cap, told->n + 1, sizeof *grown);
  if (!grown) return false;
  told->at = grown;
  told->at[told->n++] = *p;
  return true;
}

/* ---- reasons ---- */

const char *prove_reason_budget(ppr_arena *arena, ppr_language language, const box_result *box, uint64_t tried) {
  const char *text;
  if (box->answer == BOX_UNKNOWN)
    text = arena_printf(arena,
                        say(language,
                            "rechnet mit Zahlen, über die sich vorab nichts sagen lässt (jenseits von 128 Bit); %" PRIu64 " Datensätze versucht",
                            "rests on numbers nothing is known of beforehand (beyond 128 bits); %" PRIu64 " records tried"),
                        tried);
  else
    text = arena_printf(arena,
                        say(language, "nach %" PRIu64 " Schritten und %" PRIu64 " versuchten Datensätzen weder Beweis noch Gegenbeispiel (--budget)",
                            "neither proof nor record after %" PRIu64 " steps and %" PRIu64 " records tried (--budget)"),
                        box->spent, tried);
  return text ? text : "";
}

const char *prove_reason_hidden(ppr_arena *arena, ppr_language language, const ppr_program *p, const ppr_edition *e, uint32_t pc) {
  const char *text =
      arena_printf(arena, say(language, "nur in Datensätzen, in denen vorher %s:%u fehlschlägt", "only in records in which %s:%u fails before"),
                   program_string(p, e->pos[pc].file), e->pos[pc].line);
  return text ? text : "";
}

const char *prove_reason_unconfirmed(ppr_language language) {
  return say(language, "der gefundene Datensatz ließ sich nicht bestätigen", "the record found could not be confirmed");
}

const char *prove_reason_memory(ppr_language language) { return say(language, "der Speicher reicht nicht", "out of memory"); }

void prove_fault(ppr_arena *arena, ppr_language language, diag_code code, const char *what, ppr_proof *out) {
  diag d = {.code = code, .args = {what}};
  char text[8];
  ppr_buf b;
  diag_code_text(text, code);
  out->fault = arena_printf(arena, "%s", text);
  buf_init(&b, ppr_alloc_default, 1 << 16);
  diag_message(&b, &d, language == PPR_ENGLISH ? PPR_LANG_EN : PPR_LANG_DE);
  out->message = arena_strndup(arena, b.data ? b.data : "", b.size);
  buf_fini(&b);
  if (!out->fault || !out->message) out->fault = out->message = "";
}

const ast_decl *prove_decl_at(const model *m, const char *file, uint32_t line) {
  for (size_t i = 0; i < m->n_decls; i++) {
    const ast_decl *d = m->decls[i];
    if (d->span.file == UINT32_MAX || d->form == DECL_TEST) continue;
    const char *name = report_source(m->report, d->span.file)->name, *slash = strrchr(name, '/');
    uint32_t from, to, col;
    report_place(m->report, d->span, &from, &col);
    report_place(m->report, (ppr_span){d->span.file, d->span.end, d->span.end}, &to, &col);
    if (!strcmp(slash ? slash + 1 : name, file) && from <= line && line <= to) return d;
  }
  return NULL;
}

/* ---- the run ---- */

typedef struct telling {
  const prove_source *s;
  ppr_vm *vm;
  ppr_buf out;
} telling;

static const char *state_text(const telling *t, ppr_state state) {
  static const char *const en[] = {"", "missing", "not applicable", "undetermined"};
  return t->s->language == PPR_ENGLISH ? en[state] : model_state_word((uint8_t)state);
}

static const char *yes_no(const telling *t, bool yes) { return yes ? say(t->s->language, "ja", "yes") : say(t->s->language, "nein", "no"); }

static void put_value(telling *t, uint32_t kind, uint32_t of, uint32_t unit_name, uint32_t scale, int64_t stored, ppr_state state) {
  const prove_source *s = t->s;
  if (state != PPR_PRESENT) {
    buf_puts(&t->out, state_text(t, state));
    return;
  }
  const char *name = program_string(s->program, unit_name), *text = record_value(s->arena, s->program, s->e, kind, of, scale, stored);
  bool number = kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT;
  const char *comma = number && s->language == PPR_ENGLISH ? strchr(text, ',') : NULL;
  if (kind == PPR_KIND_BOOL) buf_puts(&t->out, yes_no(t, stored != 0));
  else if (comma) buf_printf(&t->out, "%.*s.%s", (int)(comma - text), text, comma + 1);
  else buf_puts(&t->out, text);
  if (kind == PPR_KIND_PERCENT) buf_puts(&t->out, " %");
  else if (*name) buf_printf(&t->out, " %s", name);
}

static void put_input(telling *t, uint32_t input) {
  const prove_source *s = t->s;
  const ppr_field *f = &s->e->field[s->e->input[input].field];
  buf_printf(&t->out, "  %s = ", program_string(s->program, s->e->input[input].label));
  put_value(t, f->kind, f->enumeration, f->unit, f->scale, s->values[input], (ppr_state)s->states[input]);
  buf_putc(&t->out, '\n');
}

static void put_inst(telling *t, const ppr_inst *i) {
  const prove_source *s = t->s;
  ppr_state state = i->state ? (ppr_state)(vm_register(t->vm, i->state - 1) & 3) : PPR_PRESENT;
  ppr_wide now = vm_register(t->vm, i->reg);
  if (i->den || !wide_fits64(now)) return; /* an exact quotient: what it is made of is told */
  buf_printf(&t->out, "  %s = ", program_string(s->program, i->label));
  put_value(t, i->kind, i->enumeration, i->unit, i->scale, (int64_t)now, state);
  buf_putc(&t->out, '\n');
}

/* The row of an element of a rule: in the program a label may belong to one only. */
static const ppr_inst *inst_of(const prove_source *s, const char *label) {
  for (uint32_t i = 0; i < s->e->n_inst; i++)
    if (!strcmp(program_string(s->program, s->e->inst[i].label), label)) return &s->e->inst[i];
  return NULL;
}

/* The element of a rule an instruction belongs to: code of elements stands one behind the other, each ends with its value. NULL: of none. */
static const ppr_inst *inst_at(const prove_source *s, uint32_t pc, const char *rule) {
  const ppr_inst *found = NULL;
  uint32_t end = UINT32_MAX;
  for (uint32_t i = 0; i < s->e->n_inst; i++) {
    const ppr_inst *inst = &s->e->inst[i];
    if (strcmp(program_string(s->program, s->e->rule[inst->rule].name), rule) != 0) continue;
    uint32_t at = pc;
    while (at < end && at < s->e->n_instr && s->e->instr[at].d != inst->reg) at++;
    if (at < end && at < s->e->n_instr) found = inst, end = at;
  }
  return found;
}

/* What the branches of the element read. */
static void put_deps(telling *t, const ppr_inst *inst) {
  const ppr_edition *e = t->s->e;
  for (uint32_t b = 0; b < inst->branches; b++) {
    const ppr_branch *branch = &e->branch[inst->first_branch + b];
    for (uint32_t i = 0; i < branch->deps; i++) {
      const ppr_dep *d = &e->dep[branch->first_dep + i];
      bool known = false;
      for (uint32_t k = inst->first_branch; k <= inst->first_branch + b && !known; k++)
        for (uint32_t j = 0; j < e->branch[k].deps && !known && !(k == inst->first_branch + b && j == i); j++)
          known = e->dep[e->branch[k].first_dep + j].kind == d->kind && e->dep[e->branch[k].first_dep + j].index == d->index;
      if (known) continue;
      if (d->kind == PPR_DEP_INPUT) put_input(t, d->index);
      if (d->kind == PPR_DEP_INST) put_inst(t, &e->inst[d->index]);
    }
  }
}

static void put_condition(telling *t, const ast_branch *b, bool holds) {
  const prove_source *s = t->s;
  const char *form = b->form == BRANCH_EXCEPTION ? say(s->language, "Ausnahme", "exception") : say(s->language, "Fall", "case");
  buf_printf(&t->out, say(s->language, "  %s „%s“: wenn %s → %s\n", "  %s “%s”: wenn %s → %s\n"), form, b->label.text,
             model_source_text(s->m, b->cond->span), yes_no(t, holds));
}

/* Every branch with what its condition said; those compiled away never hold. */
static void put_branches(telling *t, const lower_duty *d, const ppr_inst *inst) {
  const ppr_edition *e = t->s->e;
  for (const ast_branch *b = d->rule->decl->branches; b; b = b->next) {
    bool holds = b == d->first || b == d->second;
    if (!b->cond || (d->form == DUTY_EXCLUDE && !holds)) continue;
    for (uint32_t i = 0; inst && !holds && i < inst->branches; i++) {
      const ppr_branch *row = &e->branch[inst->first_branch + i];
      if (row->cond && !strcmp(program_string(t->s->program, row->label), b->label.text)) holds = vm_register(t->vm, row->cond - 1) == 1;
    }
    put_condition(t, b, holds);
  }
}

static bool run(telling *t) {
  const prove_source *s = t->s;
  ppr_fault fault;
  ppr_column *in = arena_array(s->arena, (size_t)s->e->n_input + 1, sizeof *in);
  if (!in || vm_new(&t->vm, s->alloc, s->program, 0, 1, true, s->program->natives) != PPR_OK) return false;
  for (uint32_t i = 0; i < s->e->n_input; i++) in[i] = (ppr_column){&s->values[i], &s->states[i], NULL};
  return vm_eval(t->vm, in, 1, NULL, &fault) == PPR_OK;
}

/* The line of the rule text, and what the rule reads. */
static void put_line(telling *t, uint32_t pc) {
  const prove_source *s = t->s;
  const ppr_pos *pos = &s->e->pos[pc];
  const char *file = program_string(s->program, pos->file);
  const ast_decl *d = prove_decl_at(s->m, file, pos->line);
  if (!d) return;
  const ppr_inst *inst = inst_at(s, pc, d->name);
  if (inst) put_deps(t, inst);
  const ppr_source *source = report_source(s->m->report, d->span.file);
  const char *at = source->text, *end;
  for (uint32_t line = 1; line < pos->line; line++) {
    const char *next = strchr(at, '\n');
    if (!next) return;
    at = next + 1;
  }
  while (*at == ' ') at++;
  end = strchr(at, '\n');
  buf_printf(&t->out, "  %.*s\n", (int)(end ? end - at : (long)strlen(at)), at);
}

const char *prove_run(const prove_source *s, const graph_site *site, const lower_duty *duty) {
  telling t = {.s = s};
  char code[8];
  const char *text = NULL;
  buf_init(&t.out, s->alloc, 1 << 20);
  if (run(&t)) {
    const ppr_pos *pos = &s->e->pos[site->pc];
    if (duty) {
      const ppr_inst *inst = inst_of(s, model_label(s->m, duty->rule, duty->element));
      if (inst) put_deps(&t, inst);
      put_branches(&t, duty, inst);
    } else put_line(&t, site->pc);
    diag_code_text(code, (diag_code)site->code);
    buf_printf(&t.out, "  %s %s:%u\n", code, program_string(s->program, pos->file), pos->line);
    if (!t.out.failed) text = arena_strndup(s->arena, t.out.data, t.out.size);
  }
  vm_free(t.vm);
  buf_fini(&t.out);
  return text;
}
