/* Trees to instructions: every rule for every element of its axes. Shared by the compiler of a Fassung (schema.c) and by the tests of rule files
 * (tests.c). */
#ifndef PPR_LANG_LOWER_H
#define PPR_LANG_LOWER_H
#include "code/build.h"
#include "emit.h"
#include "model.h"

/* A value during lowering: num / den * 10^-scale for numbers (den 1 unless it is a Bruch), num for everything else; and its state. */
typedef struct value {
  opnd num, den;
  int scale;
  unsigned states;     /* possible states, bits 1 << ppr_state */
  opnd_small state;    /* when more than one is possible */
  opnd_small evidence; /* weakest evidence it rests on: ast_evidence as a number */
} value;

typedef struct note_round {
  uint32_t reg, num, den;
  int mode, scale;
  ppr_type type;
} note_round;
typedef struct note_branch {
  ppr_branch row;
  uint32_t cond;
} note_branch;
typedef struct note_inst {
  ppr_inst row;
  uint32_t reg, state, den;
} note_inst;
typedef struct note_output {
  ppr_output row;
  uint32_t reg, state;
} note_output;
typedef struct fact {
  uint32_t reg;
  unsigned mask;
} fact;

/* What lowering one element of a rule brought: effects of the emitter and links to the elements it uses. */
typedef struct lower_group {
  size_t first_effect, effects, first_link, links;
  bool live;
} lower_group;

typedef struct override {
  symbol *symbol;
  int element;
  uint32_t input;
  int64_t value;
  uint8_t state;
} override; /* a rule's value given by a test */

/* A place in the text, looked up. Line 0: none yet. */
typedef struct lower_spot {
  ppr_span of;
  ppr_pos pos;
} lower_spot;
enum { LOWER_SPOTS = 1024 };

/* What a proof is to show, each with the FAIL that stands for its violation: in a program of its own, which is never saved. */
typedef enum { DUTY_COVER, DUTY_EXCLUDE } duty_form; /* some branch, tier or entry applies; two do not apply at once */
typedef struct lower_duty {
  duty_form form;
  symbol *rule;
  int element;
  const ast_branch *first, *second; /* EXCLUDE of branches */
  uint32_t reg;                     /* of the FAIL; PPR_NONE: it cannot happen, as the intervals and states of the compiler show */
} lower_duty;
typedef struct lower_duties {
  ppr_report *spare; /* with the same sources: for conditions that say nothing where another holds */
  lower_duty *items;
  size_t n, cap;
} lower_duties;

typedef struct lowering {
  model *m;
  ppr_arena *room; /* where the arrays of notes grow */
  emitter e;
  ppr_builder *b;
  uint32_t first_source; /* report index of the program's first source */
  int elem[MAX_SLOTS], depth;
  fact facts[64];
  int n_facts;
  ppr_dep *deps;
  size_t n_deps, cap_deps;
  note_round *rounds;
  size_t n_rounds, cap_rounds;
  note_branch *branches;
  size_t n_branches, cap_branches;
  note_inst *insts;
  size_t n_insts, cap_insts;
  note_output *outputs;
  size_t n_outputs, cap_outputs;
  uint32_t *named; /* by string: the output of that name + 1 */
  size_t cap_named;
  size_t branch_deps; /* first dep of the branch being lowered */
  uint32_t *noted;    /* by string: the dep of that label noted last + 1 */
  size_t cap_noted;
  const check_type *unit_of; /* whose unit was named last, and the string */
  uint32_t unit;
  uint32_t n_inputs;
  override *overrides;
  size_t n_overrides;
  bool silent; /* no notes for explanation: only what outputs need stays */
  lower_group *groups;
  size_t n_groups, cap_groups;
  uint32_t *links;
  size_t n_links, cap_links; /* groups */
  symbol **natives;
  size_t n_natives, cap_natives;
  lower_spot *places;                /* LOWER_SPOTS looked up before, by where they begin: the elements of a rule share their spans */
  uint32_t place_source, place_file; /* a source + 1 and the string of its name */
  lower_duties *duties;              /* NULL: the program is to be run */
  struct trace *trace;               /* trace.h, NULL: nobody asks afterwards */
  uint32_t *map;                     /* left by lower_finish: register of before, now */
} lowering;

/* What a lowering leaves to the next one: the memory of its arrays. */
typedef struct lower_room {
  ppr_arena *arena;
  lowering done;
} lower_room;
lower_room *lower_room_new(ppr_alloc alloc); /* NULL when out of memory */
void lower_room_free(lower_room *room);

/* m->room: the memory of the lowering before, or NULL. */
void lower_init(lowering *l, model *m, ppr_builder *b, uint32_t first_source);
/* IN instructions of every field before anything else; required fields are loaded even when unused, so that their absence is found. A silent lowering
 * leaves this out: its fields are loaded where they are used. */
void lower_inputs(lowering *l);
/* Rules, series and tiers marked `needed`, in order. */
void lower_rules(lowering *l);
/* Expression for the elements elem[0..n-1] of n axes. */
value lower_value(lowering *l, ast_expr *e, const int *elem, int n);
/* The same for a condition of an output or check: its absence must have been treated. */
value lower_condition(lowering *l, ast_expr *e, const int *elem, int n);
/* Value of a symbol's element. */
value lower_element(lowering *l, symbol *s, int element, ppr_span at);
/* Output of a value; returns its index. The value must have no FEHLT that is not told (states are printed). */
uint32_t lower_output(lowering *l, const char *label, const check_type *t, value v, uint32_t inst);
/* Ends the edition: code, notes and outputs go to the builder. */
void lower_finish(lowering *l, ppr_edition *edition);

/* Marks what a symbol uses, transitively. */
void lower_mark_needed(symbol *root);
const char *cite_text(const model *m, const ast_cite *c);
unsigned cite_evidence(const ast_cite *c); /* the weakest of the list */
ppr_pos lower_place(lowering *l, ppr_span span);
uint32_t lower_label(lowering *l, symbol *s, int element); /* string of model_label */
uint32_t kind_of(const check_type *t);
int shown_scale(const check_type *t);
const char *unit_label(const model *m, const check_type *t); /* "" for none */
uint32_t enum_row(const check_type *t);                      /* enumeration + 1 */
uint32_t physical_type(const check_type *t);
#endif
