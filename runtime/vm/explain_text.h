/* The words of an explanation: values, states, inputs, branches, roundings, tables. Knows how something reads, not what is told. */
#ifndef PPR_VM_EXPLAIN_TEXT_H
#define PPR_VM_EXPLAIN_TEXT_H
#include "vm/explain_reach.h"
#include "vm/explain_tree.h"

typedef struct teller {
  tree *tree;
  ppr_buf *out; /* the line of the tree */
  const ppr_program *p;
  const ppr_edition *e;
  const ppr_vm *vm;
  ppr_vm **whole; /* for flips_find */
  const ppr_column *in;
  ppr_arena *arena;
  ppr_alloc alloc;
  reach reach;
  bool *told;      /* per instance: its derivation is above */
  bool *reading;   /* per input: a reading the text speaks of */
  uint32_t *named; /* per input: inst + 1 of the instance whose operands named it last */
  bool *cited;     /* per edition of the program: a rule of its text was told */
  ppr_lang lang;
  bool full, hint; /* hint: say what shows more; a letter about a record, that is `ppr explain` */
} teller;

static inline const char *say_word(const teller *t, const char *de, const char *en) { return t->lang == PPR_LANG_DE ? de : en; }
static inline const char *say_string(const teller *t, uint32_t id) { return program_string(t->p, id); }
/* A line of the tree: begin, texts, end. */
static inline void say_begin(const teller *t, tree_kind kind, unsigned depth) { tree_begin(t->tree, kind, depth); }
static inline void say_end(const teller *t) { tree_end(t->tree); }
void say_part(const teller *t, tree_role role, const char *text);
/* A line of one text. */
void say_line(const teller *t, tree_kind kind, unsigned depth, const char *text);
/* Takes back what was appended to the line since `from` and returns it; "" when out of memory. */
static inline const char *say_taken(const teller *t, size_t from) { return tree_taken(t->tree, from); }

/* The line "Wochen[A1] = 4,86 Woche" of an instance. */
void say_step(const teller *t, const ppr_inst *i, unsigned depth);
/* "4,86 Woche", "nein", "b (Pflegefachpersonen)", "entfällt". */
void say_inst_value(const teller *t, const ppr_inst *i);
void say_output_value(const teller *t, const ppr_output *o);
/* The value an input counts with; its state; plain: without the label of a member. */
ppr_state say_input_value(const teller *t, uint32_t input, bool plain);
/* " (§ 6 Abs. 2)" or nothing. */
void say_cite(const teller *t, uint32_t cite);
/* The line "label = value, Eingabe (§)", the label filled up to `width`. */
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
/* What is shown like an instance or an input; a difference has its sign and, of dates, the unit days. */
typedef struct say_look {
  uint32_t kind, enumeration, unit, scale;
} say_look;
void say_value(const teller *t, say_look look, ppr_wide value, bool plain);
void say_difference(const teller *t, say_look look, ppr_wide value);
say_look say_look_of_input(const teller *t, uint32_t input);

/* A table of the tree. Unless `every` row is wanted, rows that differ in the first column only become one. */
void say_rows(const teller *t, const tree_table *table, bool every, unsigned depth);
#endif
