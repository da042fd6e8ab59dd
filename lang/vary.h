/* The `für` declarations of a Fassung: how parameters and readings vary in a sweep. */
#ifndef PPR_LANG_VARY_H
#define PPR_LANG_VARY_H
#include "lower.h"

typedef struct variation {
  symbol *of;
  const ast_decl *decl;
  unsigned form;            /* ppr_domain_form */
  ppr_domain_value *values; /* as in the section domain_value */
  size_t n_values;
  uint32_t *keys; /* positions it is drawn for */
  size_t n_keys;
  bool every; /* drawn for all keys of the record */
  struct variation *next;
} variation;

/* Rows of the sections domain, domain_value and domain_key. Needs: fields numbered. */
void vary_put(lowering *l);
#endif
