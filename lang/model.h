/* The meaning of one Fassung: its names with their types. Built by `model`, read by `check`, `cases`, `lower` and `schema`. Lives in the compile
 * arena. */
#ifndef PPR_LANG_MODEL_H
#define PPR_LANG_MODEL_H

#include "ast.h"
#include "code/program.h"
#include "ppr/ppr.h"
#include "vm/native_table.h"

enum { MAX_AXES = 3, MAX_UNITS = 4, MAX_SLOTS = 24, MAX_ELEMENTS = 65536 };

/* Product of units with exponents, sorted by unit; n = 0: no unit. */
typedef struct unit_product {
  int n;
  struct {
    int unit, power;
  } factor[MAX_UNITS];
} unit_product;

typedef enum { TYPE_ERROR, TYPE_NUMBER, TYPE_BRUCH, TYPE_BOOL, TYPE_DATE, TYPE_QUARTER, TYPE_ENUM, TYPE_TEXT, TYPE_STATE } type_form;
/* Static type of an expression. NUMBER: stored with `scale` decimals; percent: shown times 100, so with scale - 2 decimals. STATE: a bare state
 * literal. */
typedef struct check_type {
  type_form form;
  unit_product unit;
  int scale;
  bool percent;
  bool rounded; /* the expression ends in a rounding to `scale` */
  struct enumeration *enumeration;
} check_type;

typedef struct unit {
  const char *name;
  int base;
  int64_t factor;
  int factor_scale;
} unit; /* base -1: none; else this = factor units of base */

typedef struct member {
  const char *name, *code, *label;
  uint64_t attrs;
} member;
typedef struct enumeration {
  const char *name;
  ast_decl *decl;
  member *members;
  int count;
  const char **attrs;
  int n_attrs;
  bool reading; /* variants of an auslegung */
  uint32_t id;  /* left by schema: row in the image */
} enumeration;

typedef struct axis {
  const char *name;
  enumeration *of;
  const char *column;
} axis; /* name: alias or the enumeration's */

typedef enum { SYM_FIELD, SYM_TABLE, SYM_SERIES, SYM_TIERS, SYM_RULE, SYM_CHECK, SYM_NATIVE } symbol_form;
typedef struct cell {
  uint8_t state;
  int64_t value; /* of a parameter its preset, in the scale of the table */
  ast_cite *cites;
  struct symbol *parameter; /* that stands here by its name, NULL: the value is written out */
} cell;
typedef struct step {
  int64_t from, until;
  cell value;
  ast_entry *entry;
} step; /* series: quarters; tiers: stored numbers of the argument; both ends inclusive */

typedef struct symbol {
  symbol_form form;
  const char *name;
  ast_decl *decl;
  ast_field *field; /* FIELD of an eingabe */
  ast_block *block;
  check_type type;
  unsigned states; /* possible states, bit 1 << ppr_state; PRESENT always */
  axis axes[MAX_AXES];
  int n_axes;
  int elements; /* product of the axes' counts */
  bool limit;   /* TABLE: a `grenze` */
  cell *cells;  /* TABLE: elements */
  step *steps;
  int n_steps; /* SERIES, TIERS */
  /* FIELD */
  uint32_t flags; /* PPR_FIELD_* */
  int64_t lo, hi, preset;
  int reading;            /* FIELD of an auslegung: 1 */
  bool foreign;           /* FIELD of another kind of record */
  uint32_t row;           /* FIELD: left by schema, its row */
  struct symbol *assumed; /* FIELD: the rule that stands in its place everywhere but in itself */
  struct symbol *assumes; /* RULE: the field it stands in front of */
  /* NATIVE */
  const ppr_native *native;
  check_type params[8];
  int n_params;
  int64_t native_lo, native_hi;
  const char *library;
  /* RULE, CHECK, SERIES, TIERS: left by `check` */
  struct symbol **uses;
  size_t n_uses, cap_uses;
  int mark;           /* left by `deps`: visit state */
  bool needed;        /* reachable from a root */
  bool excluded, own; /* left by `kinds`: rests on fields of another kind of record; of this one */
  /* left by `lower` */
  struct value *values;       /* elements */
  uint32_t *insts;            /* elements: inst index + 1 */
  uint32_t *groups;           /* elements: group index + 1 */
  uint32_t *inputs;           /* FIELD: first input of each element */
  uint32_t *labels;           /* elements: string of the label + 1, 0: not made yet */
  uint32_t *told;             /* TABLE: the same of what a note says about the cell */
  struct trace_node **traces; /* elements, of a lowering with a trace: how each came about; NULL: it is not computed */
  uint32_t rule;              /* rule row + 1 */
  struct symbol *next;
} symbol;

/* What a name in an expression means: left in ast_expr.bound of EX_REF. */
typedef struct binding {
  enum { BOUND_AXIS, BOUND_SYMBOL, BOUND_MEMBER } form;
  int slot;       /* AXIS */
  symbol *symbol; /* SYMBOL */
  enumeration *enumeration;
  int member; /* MEMBER */
  struct {
    int slot;
    ast_expr *expr;
  } index[MAX_AXES]; /* SYMBOL: per axis an axis slot, or an expression (expr not NULL) */
} binding;

/* bound of EX_IS */
typedef struct is_binding {
  enumeration *enumeration;
  int member;
  int attr;
} is_binding; /* member or attr is -1 */

typedef struct model {
  ppr_report *report;
  ppr_arena *arena;
  const native_table *natives;
  ast_file *file; /* head of the Fassung */
  ast_decl **decls;
  size_t n_decls;            /* consolidated, in text order */
  const char **decl_edition; /* name of the Fassung whose text declares each */
  ast_decl **struck;
  size_t n_struck;             /* what this or an earlier Fassung strikes */
  int64_t from_day, until_day; /* until_day INT64_MAX: open */
  unit *units;
  int n_units;
  enumeration **enums;
  int n_enums;
  bool asks_evidence;            /* then the program has the enumeration Beleg */
  enumeration *evidence;         /* the enumeration Beleg of `beleg(…)`; NULL where the rule file has a name of its own for it */
  symbol *symbols, *last_symbol; /* in text order; added by model_add */
  symbol **slots;                /* the same by name: a hash table */
  size_t n_symbols, n_slots;
  symbol **order;
  size_t n_order; /* left by deps: rules, series, tiers before their users */
  symbol **keys;
  int n_keys;
  symbol *period;
  int period_year, period_quarter;
  struct variation *domains; /* left by vary_check: how parameters and readings vary */
  ast_decl *input;           /* the eingabe whose kind of record this is about */
  struct trace *trace;       /* of its lowering: trace.h; NULL: none */
  struct lower_room *room;   /* of its lowering: lower.h; NULL: memory of its own */
  bool proving;              /* gaps and overlaps are no errors: proof/prove.c asks for records that fall into them */
  size_t errors_before;      /* in the report when it was begun: what is more there belongs to it */
  bool *skipped;             /* left by schema_check: outputs of other kinds, by declaration */
  int n_kinds;
} model;

/* model.c: names, units, types, literals; declare.c: declarations to symbols. */
model *model_new(ppr_report *report, ppr_arena *arena, const native_table *natives);
void model_declare(model *m); /* from m->decls */
enumeration *model_enum(const model *m, const char *name);
symbol *model_symbol(const model *m, const char *name);
symbol *model_add(model *m, symbol *s); /* behind the others; its name is new. NULL when out of memory */
int model_member(const enumeration *e, const char *name);
int model_find_unit(const model *m, const char *name); /* -1: none */
bool model_reserved(const char *name);                 /* a type or function of the language, so no unit, enumeration or function */
/* UNKNOWN_MEMBER for a word that is no member. */
void model_unknown_member(model *m, ast_name word, const enumeration *of);
enumeration *model_axis(model *m, const ast_axis *a);          /* diagnoses */
ppr_span model_place(const symbol *s);                         /* of its name */
const char *model_signature(const model *m, const symbol *f);  /* "Datum(Datum,Zahl(0))" of a NATIVE */
bool model_type(model *m, const ast_type *t, check_type *out); /* diagnoses */
bool model_unit(model *m, ast_name name, ast_name per, unit_product *out, bool *percent);
/* Conversion factor from unit a to b: value_b = value_a * num / den. */
bool model_convert(const model *m, const unit_product *a, const unit_product *b, ppr_wide *num, ppr_wide *den);
const char *model_unit_text(const model *m, const unit_product *u);
/* UNIT_MISMATCH (left, right) or UNIT_DECLARED (declared, found) with advice. */
diag *model_unit_error(model *m, diag_code code, ppr_span span, const unit_product *a, const unit_product *b);
const char *model_type_text(const model *m, const check_type *t);
/* Stored number of a literal (number, percent, date, quarter, yes/no, member name) for a declared type; false after a diagnostic. */
bool model_literal(model *m, ast_expr *e, const check_type *t, cell *out, diag_code code);
/* The same for a value of a table, series or tier, which may be a parameter. */
bool model_constant(model *m, ast_expr *e, const check_type *t, cell *out);
const char *model_value_text(const model *m, const check_type *t, uint8_t state, int64_t value);
/* „Meinten Sie …?“ for a near name, or "". de/en are arena texts; candidate NULL when nothing is near. */
typedef struct near_name {
  const char *de, *en, *name;
} near_name;
near_name model_near(const model *m, const char *name);
/* UNKNOWN_MEMBER for a word that is none of the names of an enumeration. */
void model_unknown_word(model *m, ast_name word, const enumeration *of, const char *const *names, size_t count);
/* Points to where an amendment has struck an unknown name. */
void model_struck_note(model *m, diag *d, const char *name);
near_name model_near_in(const model *m, const char *name, const char *const *names, size_t count);
const char *model_state_word(uint8_t state);
/* Source text of a span without comments, every run of white space as one blank. */
const char *model_source_text(const model *m, ppr_span span);
/* Element index of a multi-axis element and back. */
int model_element(const symbol *s, const int *index);
void model_split(const symbol *s, int element, int *index);
const char *model_label(const model *m, const symbol *s, int element); /* "VKS-Mind[b]" */

/* check.c: binds names, types every expression, collects uses. */
void check_model(model *m);
/* Types an assignment target and value of a test (called by tests.c). */
bool check_target(model *m, ast_expr *target, symbol **out, int index[MAX_AXES], bool *all);
/* Types a free expression in the scope of the given axes (outputs, conditions). */
bool check_expression(model *m, ast_expr *e, const axis *axes, int n_axes, symbol *user, const check_type *expected);

/* vary.c: the `für` of the Fassung. Needs: model_declare. Leaves: m->domains. */
void vary_check(model *m);

/* deps.c: order and cycles; which rules belong to this kind of record. */
bool deps_order(model *m);
void deps_kinds(model *m);
/* cases.c: gaps and overlaps of rules. */
void cases_model(model *m);
#endif
