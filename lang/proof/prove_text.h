/* The words of a proof: reasons, the run of a record, places. */
#ifndef PPR_LANG_PROOF_PROVE_TEXT_H
#define PPR_LANG_PROOF_PROVE_TEXT_H
#include "lower.h"
#include "ppr/compile.h"
#include "proof/box.h"

/* Places a record was told for, so that the elements of one rule do not repeat it. */
typedef struct proof_told {
  ppr_proof *at;
  size_t n, cap;
} proof_told;
bool prove_told(const proof_told *told, const ppr_proof *p);
bool prove_tell(proof_told *told, ppr_arena *arena, const ppr_proof *p); /* false: out of memory */

/* Why something is not decided. */
const char *prove_reason_budget(ppr_arena *arena, ppr_language language, const box_result *box, uint64_t tried);
const char *prove_reason_hidden(ppr_arena *arena, ppr_language language, const ppr_program *p, const ppr_edition *e, uint32_t pc);
const char *prove_reason_unconfirmed(ppr_language language);
const char *prove_reason_memory(ppr_language language);

/* Code and message of a fault about `what` into out. */
void prove_fault(ppr_arena *arena, ppr_language language, diag_code code, const char *what, ppr_proof *out);
/* The declaration around a line of the file of this name (without folder), or NULL. */
const ast_decl *prove_decl_at(const model *m, const char *file, uint32_t line);

/* A record and what it is a record of. */
typedef struct prove_source {
  const model *m;
  const ppr_program *program;
  const ppr_edition *e;
  ppr_alloc alloc;
  ppr_arena *arena;
  ppr_language language;
  const int64_t *values;
  const uint8_t *states;
} prove_source;
/* What the run of the record showed: the conditions of the branches, the values they rest on, the fault. NULL: out of memory. */
const char *prove_run(const prove_source *s, const graph_site *site, const lower_duty *duty);
#endif
