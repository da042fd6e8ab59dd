/* What the two halves of the generator share: symbols, scopes, expressions with what is known about them. Only program_*.c include this. */
#ifndef TESTS_SUPPORT_PROGRAM_INT_H
#define TESTS_SUPPORT_PROGRAM_INT_H
#include "support/program_gen.h"
#include "ast.h"

enum { UNITS = 6, MAX_ENUMS = 6, MAX_MEMBERS = 4, MAX_SYMBOLS = 96, MAX_AXES_IN_SCOPE = 5, MAX_FACTS = 6, MAX_DECLS = 160, MAX_BITS = 118 };
enum { FEHLT = 1 << 1, ENTFAELLT = 1 << 2, OPEN = 1 << 3, ABSENT = FEHLT | ENTFAELLT };

typedef struct dim {
  int power[UNITS];
} dim;
typedef enum { NUMBER, BRUCH, BOOL, DATE, QUARTER, ENUM } form;
typedef struct type {
  form form;
  dim dim;
  int scale; /* of the stored number */
  bool percent;
  int of; /* ENUM */
} type;

typedef struct axis_name {
  const char *name;
  int of;
} axis_name;
typedef struct sym {
  enum { FIELD, TABLE, STEPS, RULE } kind;
  const char *name;
  type type;
  unsigned states;
  int n_axes;
  axis_name axes[2];
  int nb, db, vs; /* bounds: bits of numerator and denominator, decimals of the numerator */
} sym;

/* An expression: text, how strongly it binds, and what is known about it. text NULL: could not be made. */
typedef struct ex {
  const char *text;
  ast_bind bind;
  type type;
  bool rounded, konst;
  int nb, db, vs;
} ex;

typedef struct scope {
  axis_name axes[MAX_AXES_IN_SCOPE];
  int n, n_facts, nested;
  const char *facts[MAX_FACTS]; /* references known to be there */
  const sym *fact_of[MAX_FACTS];
  bool open; /* may be unbestimmt */
} scope;

typedef struct gen {
  prng *p;
  ppr_arena *a;
  struct {
    const char *name, *members[MAX_MEMBERS];
    int count, attrs;
    bool reading;
  } enums[MAX_ENUMS];
  int n_enums, n_plain;
  sym syms[MAX_SYMBOLS];
  int n_syms;
  const char *decls[MAX_DECLS];
  int n_decls, numbers;
  scope s;
} gen;

typedef struct goal {
  type type;
  unsigned states;
} goal; /* of a rule */

#define SAY(g, ...) arena_printf((g)->a, __VA_ARGS__)

int gen_below(gen *g, int n);
/* One in n. */
bool gen_chance(gen *g, int n);
void gen_declare(gen *g, const char *text);
int gen_bits(int64_t v);
/* Bits of 10^n. */
int gen_ten_bits(int n);
int gen_larger(int a, int b);
/* At most one unit above and one below: what can be written. */
bool gen_expressible(dim d);
/* none: text for no unit. */
const char *gen_unit_text(gen *g, dim d, const char *none);
dim gen_some_dim(gen *g);
/* A unit something here has, so that expressions meet. */
dim gen_known_dim(gen *g);
const char *gen_type_text(gen *g, const type *t);
const char *gen_decimal(gen *g, int64_t v, int scale);
int64_t gen_some_number(gen *g);
/* A plain value of the type, for `falls` and cells. */
const char *gen_literal(gen *g, const type *t);
const char *gen_reference(gen *g, const sym *s);
/* A reference whose absence is treated. */
ex gen_treated(gen *g, const sym *s, const char *text);
/* Type of two numbers that may stand for each other. */
ex gen_united(ex a, ex b);
ex gen_rounded(gen *g, ex a, int decimals);
/* bruch: it may be a quotient. depth: levels still allowed. */
ex gen_number(gen *g, dim d, bool bruch, int depth);
ex gen_member(gen *g, int of, int depth);
ex gen_boolean(gen *g, int depth);
/* A value of the type with the rounding a rule needs. */
ex gen_plain_value(gen *g, const type *t, int depth);
/* What may stand behind the `=` of a branch: also states, and choices between such. */
ex gen_value_of(gen *g, const goal *w, int depth);
#endif
