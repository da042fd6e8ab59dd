/* The text listing: what a program says, for people. Reads unverified programs too: what leads nowhere prints as `?`. */
#include "code/dis.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/quarter.h"
#include "base/text.h"
#include <inttypes.h>
#include <string.h>

enum { PLACE_COLUMN = 56, MARK_COLUMN = 80, NAME_COLUMN = 40, TYPE_COLUMN = 46, RANGE_COLUMN = 60, TEXT_LIMIT = 120, LIST_LIMIT = 64 };

typedef struct listing {
  ppr_buf *out;
  const ppr_program *p;
  const ppr_edition *e;
  size_t line; /* where the current line begins */
} listing;

static const char *const type_text[] = {
#define PPR_TYPE(number, name, ctype, text) [number] = text,
#include "code/types.def"
#undef PPR_TYPE
};

static const char *const mode_text[] = {
#define ROUNDING(name, word, de, en, evidence) word,
#include "code/rounding.def"
#undef ROUNDING
};

/* Blanks up to a column of the current line, at least two. */
static void tab(listing *l, size_t column) {
  buf_putc(l->out, ' ');
  if (l->out->failed) return;
  size_t at = text_length(l->out->data + l->line, l->out->size - l->line);
  do { buf_putc(l->out, ' '); } while (++at < column);
}

static void end_line(listing *l) {
  buf_putc(l->out, '\n');
  l->line = l->out->size;
}

static void put_string(listing *l, uint32_t id) {
  if (id >= l->p->n_string) {
    buf_putc(l->out, '?');
    return;
  }
  const char *text = program_string(l->p, id);
  text_put_clean(l->out, text, strlen(text), TEXT_LIMIT);
}

static void put_number(listing *l, ppr_wide value, int scale) {
  char text[DEC_TEXT];
  dec_print(text, value, scale, ',');
  buf_puts(l->out, text);
}

static void put_day(listing *l, int64_t day) {
  char text[16];
  if (day < DAY_MIN || day > DAY_MAX) {
    put_number(l, day, 0);
    return;
  }
  day_print(text, day);
  buf_puts(l->out, text);
}

/* A stored number as users read it. */
static void put_value(listing *l, int64_t value, uint32_t kind, uint32_t scale, uint32_t enumeration) {
  char text[16];
  int decimals = scale <= DEC_MAX_SCALE ? (int)scale : 0;
  switch (kind) {
  case PPR_KIND_PERCENT:
    put_number(l, value, decimals);
    buf_puts(l->out, " %");
    return;
  case PPR_KIND_BOOL: buf_puts(l->out, value ? "ja" : "nein"); return;
  case PPR_KIND_DATE: put_day(l, value); return;
  case PPR_KIND_QUARTER:
    if (value < 0 || value >= quarter_of(10000, 1)) break;
    quarter_print(text, value);
    buf_puts(l->out, text);
    return;
  case PPR_KIND_ENUM:
    if (enumeration - 1 < l->e->n_enumeration) {
      const ppr_enumeration *of = &l->e->enumeration[enumeration - 1];
      if (value >= 0 && value < of->count && of->first + value < l->e->n_member) {
        put_string(l, l->e->member[of->first + value].name);
        return;
      }
    }
    break;
  default: break;
  }
  put_number(l, value, decimals);
}

/* The type as in rule files: "Stunde(2)", "Prozent(1)", "Bereich". */
static void put_kind(listing *l, uint32_t kind, uint32_t scale, uint32_t unit, uint32_t enumeration) {
  switch (kind) {
  case PPR_KIND_NUMBER:
    if (unit) put_string(l, unit);
    else buf_puts(l->out, "Zahl");
    buf_printf(l->out, "(%" PRIu32 ")", scale);
    return;
  case PPR_KIND_PERCENT: buf_printf(l->out, "Prozent(%" PRIu32 ")", scale); return;
  case PPR_KIND_BOOL: buf_puts(l->out, "ja/nein"); return;
  case PPR_KIND_DATE: buf_puts(l->out, "Datum"); return;
  case PPR_KIND_QUARTER: buf_puts(l->out, "Quartal"); return;
  case PPR_KIND_TEXT: buf_puts(l->out, "Text"); return;
  case PPR_KIND_ENUM:
    if (enumeration - 1 < l->e->n_enumeration) {
      put_string(l, l->e->enumeration[enumeration - 1].name);
      return;
    }
    break;
  default: break;
  }
  buf_putc(l->out, '?');
}

static void put_reg(listing *l, uint32_t reg) { buf_printf(l->out, "r%" PRIu32, reg); }

static void put_constant(listing *l, uint32_t index, uint32_t type) {
  if (type == PPR_T_WIDE && index < l->e->n_wide_konst) {
    const ppr_wide_konst *k = &l->e->wide_konst[index];
    put_number(l, (ppr_wide)((unsigned __int128)(ppr_wide)k->hi << 64 | (uint64_t)k->lo), 0);
  } else if (type != PPR_T_WIDE && index < l->e->n_konst) {
    put_number(l, l->e->konst[index].value, 0);
  } else {
    buf_putc(l->out, '?');
  }
}

static void put_table(listing *l, uint32_t index) {
  if (index >= l->e->n_table) {
    buf_putc(l->out, '?');
    return;
  }
  buf_puts(l->out, "„");
  put_string(l, l->e->table[index].name);
  buf_puts(l->out, "“");
}

/* Operands of LIST and CALL: r1, r2; of DOT: r1 * 7, r2 * 5. */
static void put_list(listing *l, const ppr_instr *i, bool pairs) {
  for (uint32_t k = 0; k < i->b; k++) {
    uint64_t at = i->a + (uint64_t)k * (pairs ? 2 : 1);
    if (k) buf_puts(l->out, ", ");
    if (k == LIST_LIMIT || at + pairs >= l->e->n_arg) {
      buf_puts(l->out, k == LIST_LIMIT ? "…" : "?");
      return;
    }
    put_reg(l, l->e->arg[at].value);
    if (!pairs) continue;
    buf_puts(l->out, " * ");
    put_constant(l, l->e->arg[at + 1].value, PPR_T_INT);
  }
}

static void put_a(listing *l, const ppr_instr *i, const ppr_op_info *op) {
  switch ((ppr_shape)op->shape) {
  case SHAPE_IN:
    buf_puts(l->out, "„");
    put_string(l, i->a < l->e->n_input ? l->e->input[i->a].label : PPR_NONE);
    buf_puts(l->out, "“");
    return;
  case SHAPE_K:
    if (i->op == PPR_OP_FAIL) buf_puts(l->out, "PPR");
    put_constant(l, i->a, op->result);
    return;
  case SHAPE_LIST:
  case SHAPE_CALL: put_list(l, i, false); return;
  case SHAPE_DOT: put_list(l, i, true); return;
  case SHAPE_R:
  case SHAPE_RR:
  case SHAPE_RK:
  case SHAPE_SEL:
  case SHAPE_RT:
  case SHAPE_RRT:
  case SHAPE_WHEN:
  case SHAPE_ELSE:
  case SHAPE_END: break;
  }
  put_reg(l, i->a);
}

static void put_operand(listing *l, const ppr_instr *i, const ppr_op_info *op, char letter) {
  if (letter == 'd') {
    const char *type = i->d < l->e->n_reg && l->e->reg[i->d].type <= PPR_T_WIDE ? type_text[l->e->reg[i->d].type] : "?";
    buf_printf(l->out, "r%" PRIu32 " %-4s", i->d, type);
  } else if (letter == 'm') {
    buf_puts(l->out, i->m < PPR_ROUND_MODES ? mode_text[i->m] : "?");
  } else if (letter == 'a') {
    put_a(l, i, op);
  } else if (letter == 'b') {
    if (op->shape == SHAPE_RK) put_constant(l, i->b, op->operand);
    else if (op->shape == SHAPE_RT) put_table(l, i->b);
    else put_reg(l, i->b);
  } else {
    if (op->shape == SHAPE_DOT) put_constant(l, i->c, op->operand);
    else if (op->shape == SHAPE_RRT) put_table(l, i->c);
    else if (op->shape == SHAPE_CALL) put_string(l, i->c < l->e->n_import ? l->e->import[i->c].name : PPR_NONE);
    else put_reg(l, i->c);
  }
}

/* The meaning of the table with its places filled in. */
static void put_meaning(listing *l, const ppr_instr *i, const ppr_op_info *op) {
  for (const char *c = op->meaning; *c; c++) {
    if (c[0] == '{' && c[1] && c[2] == '}') {
      put_operand(l, i, op, c[1]);
      c += 2;
    } else {
      buf_putc(l->out, *c);
    }
  }
}

/* INT arithmetic is only there where 64 bits are proved; what touches 128 bits is checked. */
static const char *width_mark(const ppr_op_info *op) {
  if (op->result == PPR_T_WIDE || op->operand == PPR_T_WIDE) return "128 Bit";
  bool numbers = op->shape == SHAPE_R || op->shape == SHAPE_RR || op->shape == SHAPE_RK || op->shape == SHAPE_LIST || op->shape == SHAPE_DOT;
  return numbers && op->result == PPR_T_INT && op->operand == PPR_T_INT ? "64 Bit bewiesen" : NULL;
}

static void code(listing *l) {
  const ppr_edition *e = l->e;
  buf_printf(l->out, "Code: %" PRIu32 " Befehle, %" PRIu32 " Register", e->n_instr, e->n_reg);
  end_line(l);
  uint32_t depth = 0;
  for (uint32_t pc = 0; pc < e->n_instr; pc++) {
    const ppr_instr *i = &e->instr[pc];
    const ppr_op_info *op = instr_info(i->op);
    if (op && (op->shape == SHAPE_ELSE || op->shape == SHAPE_END) && depth) depth--;
    buf_printf(l->out, "%5" PRIu32 "  %*s", pc, (int)(depth < 20 ? depth : 20) * 2, "");
    if (op && (op->shape == SHAPE_ELSE || op->shape == SHAPE_WHEN)) depth++;
    if (op) put_meaning(l, i, op);
    else buf_printf(l->out, "? Befehl %" PRIu32, i->op);
    if (pc < e->n_pos) {
      tab(l, PLACE_COLUMN);
      put_string(l, e->pos[pc].file);
      buf_printf(l->out, ":%" PRIu32 ":%" PRIu32, e->pos[pc].line, e->pos[pc].col);
    }
    const char *mark = op ? width_mark(op) : NULL;
    if (mark) {
      tab(l, MARK_COLUMN);
      buf_puts(l->out, mark);
    }
    end_line(l);
  }
}

static void input_flags(listing *l, const ppr_field *f) {
  static const struct {
    uint32_t flag;
    const char *text;
  } words[] = {{PPR_FIELD_KEY, ", Schlüssel"},
               {PPR_FIELD_PERIOD, ", Zeitraum"},
               {PPR_FIELD_READING, ", Auslegung"},
               {PPR_FIELD_PARAMETER, ", Parameter"},
               {PPR_FIELD_OPTIONAL, ", optional"},
               {PPR_FIELD_SUM, ", summe"}};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (f->flags & words[k].flag) buf_puts(l->out, words[k].text);
  if (f->flags & PPR_FIELD_PRESET) {
    buf_puts(l->out, ", fehlend ");
    put_value(l, f->preset, f->kind, f->scale, f->enumeration);
  }
}

static void inputs(listing *l) {
  const ppr_edition *e = l->e;
  buf_printf(l->out, "Eingaben: %" PRIu32, e->n_input);
  end_line(l);
  for (uint32_t k = 0; k < e->n_input; k++) {
    const ppr_input *in = &e->input[k];
    buf_printf(l->out, "%5" PRIu32 "  ", k);
    put_string(l, in->label);
    tab(l, NAME_COLUMN);
    buf_puts(l->out, in->type <= PPR_T_WIDE ? type_text[in->type] : "?");
    if (in->field < e->n_field) {
      const ppr_field *f = &e->field[in->field];
      tab(l, TYPE_COLUMN);
      put_kind(l, f->kind, f->scale, f->unit, f->enumeration);
      tab(l, RANGE_COLUMN);
      put_value(l, f->lo, f->kind, f->scale, f->enumeration);
      buf_puts(l->out, "..");
      put_value(l, f->hi, f->kind, f->scale, f->enumeration);
      input_flags(l, f);
    }
    end_line(l);
  }
}

static void outputs(listing *l) {
  const ppr_edition *e = l->e;
  buf_printf(l->out, "Ausgaben: %" PRIu32, e->n_output);
  end_line(l);
  for (uint32_t k = 0; k < e->n_output; k++) {
    const ppr_output *o = &e->output[k];
    buf_printf(l->out, "%5" PRIu32 "  ", k);
    put_string(l, o->label);
    tab(l, NAME_COLUMN);
    put_reg(l, o->reg);
    tab(l, TYPE_COLUMN);
    put_kind(l, o->kind, o->scale, o->unit, o->enumeration);
    if (o->state) {
      tab(l, RANGE_COLUMN);
      buf_puts(l->out, "Zustand ");
      put_reg(l, o->state - 1);
    }
    end_line(l);
  }
}

/* Files whose rows are added up over records, with the keys summed over. */
static void sums(listing *l) {
  const ppr_edition *e = l->e;
  for (uint32_t k = 0; k < e->n_sum_key; k++) {
    const ppr_sum_key *s = &e->sum_key[k];
    bool first = k == 0 || e->sum_key[k - 1].file != s->file;
    if (first) {
      buf_puts(l->out, "Summen: „");
      put_string(l, s->file < e->n_file ? e->file[s->file].name : PPR_NONE);
      buf_puts(l->out, "“ über ");
    } else buf_puts(l->out, ", ");
    uint32_t field = s->key < e->n_key ? e->key[s->key].field : PPR_NONE;
    put_string(l, field < e->n_field ? e->field[field].name : PPR_NONE);
    if (k + 1 == e->n_sum_key || e->sum_key[k + 1].file != s->file) end_line(l);
  }
}

static void edition(listing *l) {
  const ppr_edition *e = l->e;
  end_line(l);
  buf_puts(l->out, "Fassung ");
  put_string(l, e->name);
  buf_puts(l->out, ", gilt ab ");
  put_day(l, e->from_day);
  if (e->until_day != INT64_MAX) {
    buf_puts(l->out, " bis ");
    put_day(l, e->until_day);
  }
  end_line(l);
  if (e->title) {
    put_string(l, e->title);
    end_line(l);
  }
  if (e->decision) {
    buf_puts(l->out, "Beschluss ");
    put_string(l, e->decision);
    end_line(l);
  }
  inputs(l);
  code(l);
  outputs(l);
  sums(l);
  buf_printf(l->out, "Aufwand je Datensatz: höchstens %" PRIu32 " Befehle", e->cost);
  end_line(l);
}

void dis_program(ppr_buf *out, const ppr_program *p, uint32_t which) {
  listing l = {.out = out, .p = p, .line = out->size};
  buf_puts(out, "Regelwerk ");
  put_string(&l, p->name);
  end_line(&l);
  for (uint32_t i = 0; i < p->n_sources; i++) {
    char digest[65];
    sha256_text(digest, p->sources[i].sha256);
    buf_puts(out, "Quelle ");
    put_string(&l, p->sources[i].name);
    buf_printf(out, " SHA-256 %s", digest);
    end_line(&l);
  }
  for (uint32_t i = 0; i < p->n_editions; i++) {
    if (which != UINT32_MAX && which != i) continue;
    l.e = &p->editions[i];
    edition(&l);
  }
}
