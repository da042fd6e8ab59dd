/* The operands of explain_operand.h. Their use is found by three walks from the value of the instance, each narrower than the one before. */
#include "vm/explain_operand.h"
#include "vm/explain.h"
#include <string.h>

static const ppr_inst *inst_of(const teller *t, uint32_t inst) { return &t->e->inst[inst]; }

static void name_parts(operand *o) {
  size_t head = o->dep.kind == PPR_DEP_CONST ? strcspn(o->label, "=") : strlen(o->label);
  const char *open = memchr(o->label, '[', head), *close = open ? memchr(open, ']', head - (size_t)(open - o->label)) : NULL;
  o->name = close ? (size_t)(open - o->label) : head;
  o->element = close ? open + 1 : "";
  o->element_size = close ? (size_t)(close - open - 1) : 0;
}

/* "NAME[ELEMENT] = VALUE (CITE)" of a constant. */
static void constant_parts(teller *t, operand *o) {
  const char *value = strstr(o->label, " = "), *cite = strstr(o->label, " (§");
  const char *end = cite && (!value || cite > value) ? cite : o->label + strlen(o->label);
  value = value && value < end ? value + 3 : end;
  o->value = arena_strndup(t->arena, value, (size_t)(end - value));
  o->source = cite && cite == end ? arena_strndup(t->arena, cite + 2, strlen(cite + 2) - (cite[strlen(cite) - 1] == ')')) : "";
  if (!o->value) o->value = "";
  if (!o->source) o->source = "";
}

operand operand_of(teller *t, const ppr_dep *d) {
  operand o = {.dep = *d, .source = ""};
  size_t from = t->out->size;
  switch ((ppr_dep_kind)d->kind) {
  case PPR_DEP_INST:
    o.label = say_string(t, inst_of(t, d->index)->label);
    say_inst_value(t, inst_of(t, d->index));
    break;
  case PPR_DEP_INPUT:
    o.label = say_string(t, t->e->input[d->index].label);
    say_input_value(t, d->index, true);
    break;
  case PPR_DEP_CONST: o.label = say_string(t, d->label); break;
  }
  name_parts(&o);
  if (d->kind == PPR_DEP_CONST) constant_parts(t, &o);
  else o.value = say_taken(t, from);
  if (d->kind == PPR_DEP_INPUT) {
    say_input_source(t, d->index);
    o.source = say_taken(t, from);
  }
  return o;
}

bool operand_same_name(const operand *a, const operand *b) {
  return a->dep.kind == b->dep.kind && a->name == b->name && !a->element_size == !b->element_size && memcmp(a->label, b->label, a->name) == 0;
}

bool operand_same(const operand *a, const operand *b) { return memcmp(&a->dep, &b->dep, sizeof a->dep) == 0; }

bool operand_is_nothing(const teller *t, const operand *o) {
  if (o->dep.kind == PPR_DEP_CONST) return strcmp(o->value, "entfällt") == 0; /* a zero in a table is a number like others */
  if (o->dep.kind != PPR_DEP_INST) return false;
  const ppr_inst *i = inst_of(t, o->dep.index);
  if (i->state && vm_register(t->vm, i->state - 1) != PPR_PRESENT) return true;
  return (i->kind == PPR_KIND_NUMBER || i->kind == PPR_KIND_PERCENT || i->kind == PPR_KIND_BOOL) && vm_register(t->vm, i->reg) == 0;
}

bool operand_share_axis(const operand *a, const operand *b) {
  for (size_t i = 0; i < a->element_size;) {
    size_t n = 0;
    while (i + n < a->element_size && a->element[i + n] != ',') n++;
    for (size_t j = 0; n && j < b->element_size;) {
      size_t k = 0;
      while (j + k < b->element_size && b->element[j + k] != ',') k++;
      if (n == k && memcmp(a->element + i, b->element + j, n) == 0) return true;
      j += k + 1;
    }
    i += n + 1;
  }
  return false;
}

/* Elements of one rule that share their registers: the code does not tell which of them it meant. */
static bool same_registers(const teller *t, const operand *a, const operand *b) {
  if (a->dep.kind != PPR_DEP_INST || b->dep.kind != PPR_DEP_INST) return false;
  const ppr_inst *x = inst_of(t, a->dep.index), *y = inst_of(t, b->dep.index);
  return x->reg == y->reg && x->state == y->state && x->den == y->den;
}

/* Finds the families, and what of them the code does not show: table cells, rules that are constant or computed once for several elements. */
static void find_families(const teller *t, operands *m) {
  for (uint32_t i = 0; i < m->n; i++) {
    operand *o = &m->ops[i];
    o->fixed = o->use == USE_FIXED;
    for (uint32_t k = 0; k < m->n; k++) {
      if (k == i || !operand_same_name(o, &m->ops[k])) continue;
      o->several = true;
      o->fixed = o->fixed || same_registers(t, o, &m->ops[k]);
    }
    if (o->fixed && o->use == USE_LIVE) o->use = USE_FIXED;
    if (o->use == USE_FIXED && o->several && operand_is_nothing(t, o)) o->use = USE_IDLE;
  }
}

/* Where these are mere factors, an element of them goes with what the other families have for it. */
static void settle_factors(operands *m) {
  for (uint32_t i = 0; i < m->n; i++) {
    operand *o = &m->ops[i];
    if (o->use != USE_FIXED || !o->several) continue;
    bool idle = false, needed = false;
    for (uint32_t k = 0; k < m->n && !needed; k++) {
      const operand *other = &m->ops[k];
      if (!other->several || other->fixed || operand_same_name(o, other) || !operand_share_axis(o, other)) continue;
      needed = operand_matters(other);
      idle = true;
    }
    if (idle && !needed) o->use = USE_IDLE;
  }
}

static void add_reasons(teller *t, const ppr_inst *i, const ppr_branch *applied, operands *m) {
  for (uint32_t j = i->first_branch; j < i->first_branch + i->branches; j++) {
    const ppr_branch *b = &t->e->branch[j];
    if (!explain_refused(b, applied)) continue;
    reach_from(&t->reach, b->cond - 1, REACH_MATTERED, true);
    for (uint32_t k = b->first_dep; k < b->first_dep + b->deps; k++) {
      const ppr_dep *d = &t->e->dep[k];
      if (!reach_met(&t->reach, d) || (d->kind == PPR_DEP_INPUT && say_is_reading(t, d->index))) continue;
      operand o = operand_of(t, d);
      uint32_t at = 0;
      while (at < m->n && !operand_same(&m->ops[at], &o)) at++;
      if (at == m->n) m->ops[m->n++] = o;
      m->ops[at].use = USE_LIVE;
    }
  }
}

bool operands_gather(teller *t, uint32_t inst, operands *m) {
  const ppr_inst *i = inst_of(t, inst);
  const ppr_branch *b = explain_applied(t, i);
  size_t most = 0;
  for (uint32_t j = 0; j < i->branches; j++) most += t->e->branch[i->first_branch + j].deps;
  *m = (operands){inst, arena_array(t->arena, most + 1, sizeof *m->ops), 0};
  if (!m->ops) return false;
  if (!b) return true;
  for (uint32_t j = 0; j < b->deps; j++) m->ops[m->n++] = operand_of(t, &t->e->dep[b->first_dep + j]);
  reach_within(&t->reach, i);
  static const operand_use uses[] = {[REACH_CODE] = USE_NONE, [REACH_ASKED] = USE_IDLE, [REACH_MATTERED] = USE_LIVE};
  for (uint32_t j = 0; j < m->n; j++) m->ops[j].use = USE_FIXED;
  for (reach_mode mode = REACH_CODE; mode <= REACH_MATTERED; mode++) {
    reach_result(&t->reach, i, mode);
    for (uint32_t j = 0; j < m->n; j++)
      if (reach_met(&t->reach, &m->ops[j].dep)) m->ops[j].use = uses[mode];
  }
  bool factors = !t->reach.constants;
  find_families(t, m);
  add_reasons(t, i, b, m);
  if (factors) settle_factors(m);
  return true;
}
