/* The evidence for results of one record: docs/evidence.md. */
#ifndef PPR_VM_EXPLAIN_EVIDENCE_H
#define PPR_VM_EXPLAIN_EVIDENCE_H
#include "vm/explain_text.h"

/* Append the evidence of these outputs; after vm_eval of one row under keep, without fault. */
ppr_status evidence_put(ppr_buf *out, const teller *t, uint32_t edition, const uint32_t *outputs, uint32_t n, const char *record);
#endif
