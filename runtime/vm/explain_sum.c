/* The proof and the table of explain_sum.h. Found by values: two families whose elements pair off and whose products add up to the result. */
#include "vm/explain_sum.h"
#include "base/decimal.h"
#include <string.h>

enum { FAMILIES = 8, TERMS = 1024, SCALE = 2 * DEC_MAX_SCALE };

typedef struct number {
  ppr_wide value;
  uint32_t scale;
} number;

static bool is_number(uint32_t kind) { return kind == PPR_KIND_NUMBER || kind == PPR_KIND_PERCENT; }
static uint32_t stored_scale(uint32_t kind, uint32_t scale) { return scale + (kind == PPR_KIND_PERCENT ? 2 : 0); }

static bool inst_number(const teller *t, const ppr_inst *i, number *out) {
  *out = (number){vm_register(t->vm, i->reg), stored_scale(i->kind, i->scale)};
  return is_number(i->kind) && !i->den && !(i->state && vm_register(t->vm, i->state - 1) != PPR_PRESENT);
}

/* "109,80 Minute je Woche", "10 %": rule texts have the decimal comma. */
static bool text_number(const char *text, number *out) {
  size_t n = strcspn(text, " ");
  const char *comma = memchr(text, ',', n);
  uint32_t decimals = comma ? (uint32_t)(text + n - comma - 1) : 0;
  int64_t value;
  if (decimals > DEC_MAX_SCALE - 2 || dec_parse(&value, text, n, (int)decimals, ',') != DEC_OK) return false;
  *out = (number){value, decimals + (text[n] && strcmp(text + n, " %") == 0 ? 2 : 0)};
  return true;
}

static bool number_of(const teller *t, const operand *o, number *out) {
  switch ((ppr_dep_kind)o->dep.kind) {
  case PPR_DEP_INST: return inst_number(t, &t->e->inst[o->dep.index], out);
  case PPR_DEP_CONST: return text_number(o->value, out);
  case PPR_DEP_INPUT: break;
  }
  const ppr_column *c = &t->in[o->dep.index];
  const ppr_field *f = &t->e->field[t->e->input[o->dep.index].field];
  bool present = c->values && !(c->states && c->states[0]);
  *out = (number){present ? c->values[0] : f->preset, stored_scale(f->kind, f->scale)};
  return is_number(f->kind) && (present || (f->flags & PPR_FIELD_PRESET));
}

/* a * 10^-a_scale = b * 10^-b_scale, without rounding. */
static bool equal(ppr_wide a, uint32_t a_scale, ppr_wide b, uint32_t b_scale) {
  if (a_scale > b_scale) return equal(b, b_scale, a, a_scale);
  return b_scale <= SCALE && wide_mul(&a, a, dec_pow10((int)(b_scale - a_scale))) && a == b;
}

/* Is this rounding one of exactly value * 10^-scale? */
static bool rounds(const teller *t, const ppr_round *r, ppr_wide value, uint32_t scale) {
  ppr_wide num = vm_register(t->vm, r->num), den = vm_register(t->vm, r->den), product;
  return den != 0 && wide_mul(&product, value, den) && equal(num, r->scale, product, scale);
}

static bool add_to(ppr_wide *total, ppr_wide value) { return wide_add(total, *total, value); }

/* The partner of an element, when there is exactly one. */
static const operand *partner(const operand *of, const operand *like, const operands *m) {
  const operand *found = NULL;
  for (uint32_t k = 0; k < m->n; k++) {
    const operand *o = &m->ops[k];
    if (!operand_matters(o) || !operand_same_name(o, like) || !operand_share_axis(of, o)) continue;
    if (found) return NULL;
    found = o;
  }
  return found;
}

static bool pair_off(sum_block *sum, const teller *t, const operand *left, const operand *right, const operands *m) {
  uint32_t partners = 0;
  sum->n = 0;
  for (uint32_t k = 0; k < m->n; k++) {
    const operand *o = &m->ops[k];
    if (!operand_matters(o)) continue;
    partners += operand_same_name(o, right);
    if (!operand_same_name(o, left)) continue;
    sum_term *term = &sum->terms[sum->n++];
    number a, b;
    *term = (sum_term){.left = o, .right = partner(o, right, m)};
    if (!term->right || !number_of(t, o, &a) || !number_of(t, term->right, &b) || !wide_mul(&term->product, a.value, b.value)) return false;
    if (sum->n > 1 && sum->scale != a.scale + b.scale) return false;
    sum->scale = a.scale + b.scale;
  }
  return sum->n > 1 && partners == sum->n;
}

static bool round_terms(sum_block *sum, const teller *t, const ppr_inst *i, const ppr_branch *b) {
  for (uint32_t k = 0; k < sum->n; k++) {
    sum_term *term = &sum->terms[k];
    for (uint32_t j = 0; j < b->rounds && j < TERMS && !term->round; j++) {
      const ppr_round *r = &t->e->round[b->first_round + j];
      if (!say_is_last(t, i, r) && rounds(t, r, term->product, sum->scale)) term->round = r;
    }
    if (!term->round || term->round->scale != sum->terms[0].round->scale) return false;
  }
  return true;
}

/* The products, the rounded products, or the whole rounded make the value of the instance. */
static bool adds_up(sum_block *sum, const teller *t, const ppr_inst *i, const ppr_branch *b) {
  number want;
  if (!inst_number(t, i, &want)) return false;
  sum->total = 0;
  sum->total_scale = sum->scale;
  for (uint32_t k = 0; k < sum->n; k++)
    if (!add_to(&sum->total, sum->terms[k].product)) return false;
  if (equal(sum->total, sum->total_scale, want.value, want.scale)) return true;
  for (uint32_t j = 0; j < b->rounds; j++) {
    const ppr_round *r = &t->e->round[b->first_round + j];
    if (say_is_last(t, i, r) && rounds(t, r, sum->total, sum->scale)) return true;
  }
  if (!round_terms(sum, t, i, b)) return false;
  sum->total = 0;
  sum->total_scale = sum->terms[0].round->scale;
  for (uint32_t k = 0; k < sum->n; k++)
    if (!add_to(&sum->total, vm_register(t->vm, sum->terms[k].round->reg))) return false;
  return equal(sum->total, sum->total_scale, want.value, want.scale);
}

bool sum_find(sum_block *out, const teller *t, const ppr_inst *i, const ppr_branch *b, const operands *m) {
  const operand *family[FAMILIES];
  uint32_t n = 0;
  if (!b || m->n > TERMS || !(out->terms = arena_array(t->arena, (size_t)m->n + 1, sizeof *out->terms))) return false;
  for (uint32_t k = 0; k < m->n && n < FAMILIES; k++) {
    uint32_t f = 0;
    while (f < n && !operand_same_name(family[f], &m->ops[k])) f++;
    if (f == n && m->ops[k].several && operand_matters(&m->ops[k])) family[n++] = &m->ops[k];
  }
  for (uint32_t f = 0; f < n; f++)
    for (uint32_t g = 0; g < n; g++)
      if (f != g && family[f]->element_size <= family[g]->element_size && pair_off(out, t, family[f], family[g], m) && adds_up(out, t, i, b))
        return true;
  return false;
}

bool sum_has(const sum_block *sum, const operand *o) { return operand_same_name(sum->terms[0].left, o) || operand_same_name(sum->terms[0].right, o); }

static const char *text_of(const teller *t, ppr_wide value, uint32_t scale) {
  char text[96];
  size_t n = scale <= DEC_MAX_SCALE ? dec_print(text, value, (int)scale, t->lang == PPR_LANG_DE ? ',' : '.') : 0;
  const char *kept = arena_strndup(t->arena, text, n);
  return kept ? kept : "";
}

void sum_tell(const sum_block *sum, const teller *t, unsigned depth) {
  bool rounded = sum->terms[0].round != NULL;
  uint32_t cols = rounded ? 8 : 6;
  tree_table table = {arena_array(t->arena, ((size_t)sum->n + 2) * cols, sizeof *table.cell), sum->n + 2, cols};
  if (!table.cell) return;
  for (size_t k = 0; k < (size_t)table.rows * cols; k++) table.cell[k] = "";
  const operand *left = sum->terms[0].left, *right = sum->terms[0].right;
  table.cell[1] = arena_strndup(t->arena, left->label, left->name);
  table.cell[2] = "×";
  table.cell[3] = arena_strndup(t->arena, right->label, right->name);
  for (uint32_t k = 0; k < sum->n; k++) {
    const sum_term *term = &sum->terms[k];
    const char **row = &table.cell[((size_t)k + 1) * cols];
    row[0] = arena_strndup(t->arena, term->left->element, term->left->element_size);
    row[1] = term->left->value;
    row[2] = "×";
    row[3] = term->right->value;
    row[4] = "=";
    row[5] = text_of(t, term->product, sum->scale);
    if (!rounded) continue;
    row[6] = "→";
    row[7] = text_of(t, vm_register(t->vm, term->round->reg), term->round->scale);
  }
  const char **last = &table.cell[((size_t)sum->n + 1) * cols];
  last[0] = say_word(t, "Summe", "sum");
  last[rounded ? 6 : 4] = "=";
  last[rounded ? 7 : 5] = text_of(t, sum->total, sum->total_scale);
  if (!arena_failed(t->arena)) say_rows(t, &table, true, depth);
}
