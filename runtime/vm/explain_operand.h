/* The operands of an instance: names, elements, values, and whether they can have mattered to this record. */
#ifndef PPR_VM_EXPLAIN_OPERAND_H
#define PPR_VM_EXPLAIN_OPERAND_H
#include "vm/explain_text.h"

/* By growing weight: the record did not ask for it; asked, but it cannot have changed the result; not visible in the code; mattered. */
typedef enum { USE_NONE, USE_IDLE, USE_FIXED, USE_LIVE } operand_use;

typedef struct operand {
  ppr_dep dep;
  const char *label;          /* "Minutenwert[A6,d]"; of a constant with value and citation */
  size_t name, element_size;  /* bytes of "Minutenwert" and of "A6,d" */
  const char *element;        /* not ended */
  const char *value, *source; /* texts; source: of inputs and constants */
  operand_use use;
  bool several; /* one of several of this name */
  bool fixed;   /* the code does not show it, or not by itself */
} operand;

typedef struct operands {
  uint32_t inst;
  operand *ops;
  uint32_t n;
} operands;

operand operand_of(teller *t, const ppr_dep *d);
/* Those of the applied branch, and those because of which others did not apply. False when out of memory. */
bool operands_gather(teller *t, uint32_t inst, operands *m);
bool operand_same(const operand *a, const operand *b);
/* Both of one rule, field or table with elements, or the same without. */
bool operand_same_name(const operand *a, const operand *b);
/* Do the elements have a member of an axis in common ("A6" and "A6,d")? */
bool operand_share_axis(const operand *a, const operand *b);
/* A rule that is zero, no, or not there, a table cell that is not there: what is nothing in a family of several. */
bool operand_is_nothing(const teller *t, const operand *o);
static inline bool operand_matters(const operand *o) { return o->use == USE_LIVE || o->use == USE_FIXED; }
#endif
