/* The words of an explanation: values, states, inputs, branches, roundings, tables. Knows how something reads, not what is told. */
#ifndef PPR_VM_EXPLAIN_TEXT_H
#define PPR_VM_EXPLAIN_TEXT_H
#include "base/buf.h"
#include "base/report.h"
#include "vm/explain_reach.h"

typedef struct teller {
  ppr_buf *out;
  const ppr_program *p;
  const ppr_edition *e;
  const ppr_vm *vm;
  const ppr_column *in;
  ppr_arena *arena;
  reach reach;
  bool *told;      /* per instance: its derivation is above */
  bool *reading;   /* per input: a reading the text speaks of */
  uint32_t *named; /* per input: inst + 1 of the instance whose operands named it last */
  ppr_lang lang;
  bool full;
} teller;

static inline const char *say_word(const teller *t, const char *de, const char *en) { return t->lang == PPR_LANG_DE ? de : en; }
static inline const char *say_string(const teller *t, uint32_t id) { return program_string(t->p, id); }
void say_indent(const teller *t, unsigned depth);
/* Takes back what was appended to the text since `from` and returns it; "" when out of memory. */
const char *say_taken(const teller *t, size_t from);

/* "4,86 Woche", "nein", "b (Pflegefachpersonen)", "entfällt". */
void say_inst_value(const teller *t, const ppr_inst *i);
void say_output_value(const teller *t, const ppr_output *o);
/* The value an input counts with; its state; plain: without the label of a member. */
ppr_state say_input_value(const teller *t, uint32_t input, bool plain);
/* " (§ 6 Abs. 2)" or nothing. */
void say_cite(const teller *t, uint32_t cite);
/* "label = value, Eingabe (§)" and the end of the line, the label filled up to `width`. */
void say_input(const teller *t, uint32_t input, size_t width, unsigned depth);
/* "Eingabe (§)". */
void say_input_source(const teller *t, uint32_t input);
bool say_is_reading(const teller *t, uint32_t input);

/* "Regel „Wochen“, Fassung 2024-01, § 6 Abs. 2" */
void say_rule(const teller *t, const ppr_rule *r);
/* "Ausnahme", plural "Ausnahmen" */
const char *say_form(const teller *t, uint32_t form, bool plural);
/* " „Tagesklinik“ (§ 6 Abs. 2 Satz 2)" */
void say_branch_name(const teller *t, const ppr_branch *b);
/* The branch that applied: "= FORMULA" or "angewandt: Ausnahme „…“ (§): FORMULA". */
void say_applied(const teller *t, const ppr_inst *i, const ppr_branch *b, unsigned depth);
/* "Rundung kaufmännisch auf 2: 12,342857… → 12,34"; nothing when the division was not done. */
void say_round(const teller *t, const ppr_inst *i, const ppr_round *r, unsigned depth);
/* Does this rounding give the value of the instance? */
bool say_is_last(const teller *t, const ppr_inst *i, const ppr_round *r);
/* The exact value before a rounding, "" when the division was not done. */
const char *say_exact(const teller *t, const ppr_inst *i, const ppr_round *r);
void say_number(const teller *t, ppr_wide value, uint32_t scale);

/* Rows of equal columns; cell[row * cols + col], the first row is the head. Unless `every` is wanted, rows that differ in the first column only
 * become one. */
typedef struct say_table {
  const char **cell;
  uint32_t rows, cols;
  bool every;
} say_table;
void say_rows(const teller *t, const say_table *table, unsigned depth);
#endif
