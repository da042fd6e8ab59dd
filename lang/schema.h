/* The edition's tables besides code: enumerations, input schema, readings, open points, result files, checks. */
#ifndef PPR_LANG_SCHEMA_H
#define PPR_LANG_SCHEMA_H
#include "lower.h"

/* Enumerations, fields, inputs, blocks, keys, readings, open points to the builder's current edition; numbers the inputs. After schema_check, before
 * lower_inputs. */
void schema_inputs(lowering *l, ppr_edition *edition);
/* Types the expressions of outputs and checks and marks what they need. Before lower_rules. */
void schema_check(lowering *l);
/* Declaration i uses what root uses: marks it, unless it is about another kind of record, which is noted. */
/* The axes of an output or survey. False: diagnosed. */
bool schema_axes(model *m, const ast_decl *d, axis *axes, int *n);
/* Label of a column or part for one element of `shape`, the axes of d. */
const char *schema_label(lowering *l, const ast_decl *d, const char *column, const symbol *shape, int element);
void schema_root(lowering *l, size_t i, const symbol *root);
/* Result files and checks. After lower_rules. */
void schema_outputs(lowering *l);
#endif
