/* One pass over the instructions; see ranges.h. */
#include "vm/ranges.h"
#include "vm/plan.h"

static const interval all64 = {INT64_MIN, INT64_MAX}, all128 = {WIDE_MIN, WIDE_MAX}, truth = {0, 1}, states = {PPR_PRESENT, PPR_UNBESTIMMT};

typedef struct finder {
  interval *range;
  const ppr_edition *e;
  const ppr_program *p;
  const native_table *natives;
  bool assume;
} finder;

bool ranges_exact(interval r) { return interval_within(r, -KERN_EXACT, KERN_EXACT); }

static interval point(ppr_wide value) { return (interval){value, value}; }

/* The field's range, and what stands for an absent value. */
static interval of_input(const finder *f, uint32_t slot) {
  const ppr_field *field = &f->e->field[f->e->input[slot].field];
  interval r = {field->lo, field->hi};
  if (field->flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET)) r = interval_join(r, point(0));
  if (field->flags & PPR_FIELD_PRESET) r = interval_join(r, point(field->preset));
  return r;
}

static interval of_call(const finder *f, uint32_t import) {
  const ppr_native *native = f->natives ? natives_find(f->natives, program_string(f->p, f->e->import[import].name)) : NULL;
  return native ? (interval){native->lo, native->hi} : all64;
}

static interval of_sum(const finder *f, const ppr_instr *i) {
  interval sum = point(0);
  for (uint32_t j = 0; j < i->b; j++) sum = interval_add(sum, f->range[f->e->arg[i->a + j].value]);
  return sum;
}

static interval of_dot(const finder *f, const ppr_instr *i) {
  interval sum = point(f->e->konst[i->c].value);
  for (uint32_t j = 0; j < i->b; j++) {
    ppr_wide factor = f->e->konst[f->e->arg[i->a + 2 * j + 1].value].value;
    sum = interval_add(sum, interval_mul(f->range[f->e->arg[i->a + 2 * j].value], point(factor)));
  }
  return sum;
}

static interval of_table(const finder *f, uint32_t table) {
  const ppr_table *t = &f->e->table[table];
  size_t cells = (size_t)t->rows * t->cols;
  return cells ? interval_of(&f->e->konst[t->first].value, cells) : point(0);
}
_Static_assert(sizeof(ppr_konst) == sizeof(int64_t), "tables are read as numbers");

static interval of_quotient(const finder *f, const ppr_instr *i) {
  interval a = f->range[i->a], b = f->range[i->b], r = interval_div(a, b, i->m);
  if (!f->assume || interval_fits32(r) || i->m == PPR_ROUND_HALF_EVEN || !ranges_exact(a) || !ranges_exact(b)) return r;
  return interval_clip(r, -KERN_ASSUMED, KERN_ASSUMED);
}

static interval of_instr(const finder *f, const ppr_instr *i) {
  const interval *r = f->range;
  const ppr_konst *k = f->e->konst;
  switch ((ppr_op)i->op) {
  case PPR_OP_IN_INT: return of_input(f, i->a);
  case PPR_OP_CONST_INT:
  case PPR_OP_CONST_BOOL: return point(k[i->a].value);
  case PPR_OP_CONST_WIDE: return point((ppr_wide)f->e->wide_konst[i->a].hi * ((ppr_wide)1 << 64) + (uint64_t)f->e->wide_konst[i->a].lo);
  case PPR_OP_ADD:
  case PPR_OP_ADDW: return interval_add(r[i->a], r[i->b]);
  case PPR_OP_SUB:
  case PPR_OP_SUBW: return interval_sub(r[i->a], r[i->b]);
  case PPR_OP_MUL:
  case PPR_OP_MULW:
  case PPR_OP_MULWI: return interval_mul(r[i->a], r[i->b]);
  case PPR_OP_MIN: return interval_min(r[i->a], r[i->b]);
  case PPR_OP_MAX: return interval_max(r[i->a], r[i->b]);
  case PPR_OP_NEG:
  case PPR_OP_NEGW: return interval_neg(r[i->a]);
  case PPR_OP_ABS:
  case PPR_OP_ABSW: return interval_abs(r[i->a]);
  case PPR_OP_ADDK: return interval_add(r[i->a], point(k[i->b].value));
  case PPR_OP_MULK: return interval_mul(r[i->a], point(k[i->b].value));
  case PPR_OP_SUM: return of_sum(f, i);
  case PPR_OP_DOT: return of_dot(f, i);
  case PPR_OP_DIV: return of_quotient(f, i);
  case PPR_OP_DIVW: return interval_div(r[i->a], r[i->b], i->m);
  case PPR_OP_DIVK: return interval_div(r[i->a], point(k[i->b].value), i->m);
  case PPR_OP_NONZERO:
  case PPR_OP_NONZEROW:
  case PPR_OP_WIDEN: return r[i->a];
  case PPR_OP_NARROW: return interval_clip(r[i->a], INT64_MIN, INT64_MAX);
  case PPR_OP_COUNT: return (interval){0, i->b};
  case PPR_OP_SEL_INT:
  case PPR_OP_SEL_BOOL:
  case PPR_OP_SEL_WIDE: return interval_join(r[i->b], r[i->c]);
  case PPR_OP_LOOK: return of_table(f, i->b);
  case PPR_OP_LOOK2: return of_table(f, i->c);
  case PPR_OP_RANK: return interval_rank(r[i->a], &k[f->e->table[i->b].first].value, f->e->table[i->b].rows);
  case PPR_OP_INTOF: return r[i->a];
  case PPR_OP_CALL: return of_call(f, i->c);
  case PPR_OP_IN_STATE:
  case PPR_OP_STATEOF: return states;
  case PPR_OP_IN_BOOL:
  case PPR_OP_EQ:
  case PPR_OP_LT:
  case PPR_OP_LE:
  case PPR_OP_EQK:
  case PPR_OP_LTK:
  case PPR_OP_LEK:
  case PPR_OP_EQW:
  case PPR_OP_LTW:
  case PPR_OP_LEW:
  case PPR_OP_EQB:
  case PPR_OP_EQBK:
  case PPR_OP_NOT:
  case PPR_OP_AND:
  case PPR_OP_OR:
  case PPR_OP_ANY:
  case PPR_OP_ALL:
  case PPR_OP_BOOLOF:
  case PPR_OP_FAIL: return truth;
  case PPR_OP_WHEN:
  case PPR_OP_ELSE:
  case PPR_OP_END: break;
  }
  return all128;
}

void ranges_find(interval *out, const ppr_edition *e, const ppr_program *p, const native_table *natives, bool assume) {
  finder f = {out, e, p, natives, assume};
  for (uint32_t reg = 0; reg < e->n_reg; reg++) out[reg] = all128;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    const ppr_instr *i = &e->instr[pc];
    if (!plan_defines(i)) continue;
    interval r = of_instr(&f, i);
    out[i->d] = e->reg[i->d].type == PPR_T_INT && !interval_fits64(r) ? all64 : r; /* what leaves 64 bits wraps */
  }
}
