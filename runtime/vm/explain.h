/* The explanation of one result: a run that keeps every register, told along the notes of the program (instances, branches, operands, roundings). */
#ifndef PPR_VM_EXPLAIN_H
#define PPR_VM_EXPLAIN_H
#include "base/buf.h"
#include "base/report.h"
#include "vm/exec.h"

/* Evaluate row 0 of `in` on `vm` (made with keep and one lane for this edition) and append the explanation of one output to out.
 * Branches of an instance are expected in the order in which they are tried: the first whose condition holds applies, else the one without condition.
 */
ppr_status explain_output(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, uint32_t output, ppr_lang lang,
                          ppr_explain_detail detail);

typedef struct explain_opts {
  ppr_lang lang;
  bool full;
  ppr_explain_form form;
  const char *record; /* how the record is called; NULL: not told */
  bool partial;       /* the derivations alone; a fault of the record is none of these outputs, which are told all the same */
} explain_opts;
/* The same for several outputs in one letter of the form; outputs NULL: all verdicts of the record, that is the yes/no columns of result files of
 * which it has a row, those that are not fulfilled with their derivation. */
ppr_status explain_letter(ppr_buf *out, ppr_vm *vm, const ppr_program *p, uint32_t edition, const ppr_column *in, const uint32_t *outputs, uint32_t n,
                          const explain_opts *opts);

/* --- for explain_short.c --- */

#define EXPLAIN_MAX_DEPTH 60 /* deeper derivations are cut; no rule text comes near */
struct teller;
/* The branch that applied; NULL when there are no notes. */
const ppr_branch *explain_applied(const struct teller *t, const ppr_inst *i);
/* Was the condition of a branch looked at in vain before `applied` was chosen? */
bool explain_refused(const ppr_branch *b, const ppr_branch *applied);
/* The roundings of a branch, of many only those with effect; last: the one that gives the value of the instance alone. */
void explain_rounds(const struct teller *t, const ppr_inst *i, const ppr_branch *b, bool last, unsigned depth);
/* Lines for the branches that did not apply to these instances of one rule with one applied branch; grouped: those with the same reason in one line.
 */
void explain_not_applied(struct teller *t, const uint32_t *insts, uint32_t n, bool grouped, unsigned depth);
/* An instance with everything below it, every operand by itself. */
void explain_full(struct teller *t, uint32_t inst, unsigned depth);
/* A section of what turns a yes/no; nothing for other results. */
ppr_status flip_tell(struct teller *t, uint32_t edition, uint32_t output);
/* One line: value and rule, without derivation; `note` goes behind. */
void explain_line(struct teller *t, uint32_t inst, const char *note, unsigned depth);
#endif
