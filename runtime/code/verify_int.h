/* What the parts of the verifier share: verify.c (editions), verify_code.c (instructions), verify_rows.c (all other sections),
 * verify_sweeps.c (what scenarios add). */
#ifndef PPR_CODE_VERIFY_INT_H
#define PPR_CODE_VERIFY_INT_H
#include "code/verify.h"

typedef struct verifier {
  const ppr_program *p;
  const ppr_edition *e;
  ppr_report *r;
  uint32_t *arm; /* left by verify_code: the arm that defines each register, ARM_NONE before */
} verifier;
enum { ARM_NONE, ARM_TOP }; /* each WHEN and each ELSE opens a further one */

/* Both return false, so that checks end with `return verify_…`. Numbers are printed; a place is edition:pc or edition section[row].member. */
bool verify_fail_at(const verifier *v, diag_code code, uint32_t pc, uint64_t value);
bool verify_fail_row(const verifier *v, diag_code code, const char *section, uint32_t row, const char *member, uint64_t value, uint64_t other);

/* Every reference of every row is in range, every enumerated word is known: of code and explanation (late), or of the other sections. First of the
 * checks of its part: the others may then follow references. */
bool verify_references(const verifier *v, bool late);
/* What the rows of the other sections say about each other. */
bool verify_rows(const verifier *v);
/* The linear pass over the instructions; leaves v->arm. */
bool verify_code(verifier *v);
/* What outputs say about registers, and what the explanation says; after verify_code. */
bool verify_notes(const verifier *v);
/* Parameters, how they vary, what is counted; part of verify_rows. */
bool verify_sweeps(const verifier *v);
/* Number of parameters of "Datum(Datum,Zahl(0))", -1 when it is no signature. */
int verify_arity(const char *signature);
#endif
