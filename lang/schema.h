/* The edition's tables besides code: enumerations, input schema, readings, open points, result files, checks. */
#ifndef PPR_LANG_SCHEMA_H
#define PPR_LANG_SCHEMA_H
#include "lower.h"

/* Enumerations, fields, inputs, blocks, keys, readings, open points to the builder's current edition; numbers the inputs. After schema_check, before
 * lower_inputs. */
void schema_inputs(lowering *l, ppr_edition *edition);
/* Types the expressions of outputs and checks and marks what they need. Before lower_rules. */
void schema_check(lowering *l);
/* The axes of an output or survey. False: diagnosed. */
bool schema_axes(model *m, const ast_decl *d, axis *axes, int *n);
/* Name of a column or part that is no plain rule or field: "A5.1.VKS-Mind", from the second block of a file on "A5.1.2.VKS-Mind". */
const char *schema_name(lowering *l, const ast_decl *d, const char *column);
/* Its label for one element of `shape`, the axes of its declaration: "A5.1.VKS-Mind[b]". */
const char *schema_label(const lowering *l, const char *name, const symbol *shape, int element);
/* Declaration i uses what root uses: marks it, unless it is about another kind of record, which is noted. */
void schema_root(lowering *l, size_t i, const symbol *root);
/* Result files and checks. After lower_rules. */
void schema_outputs(lowering *l);
#endif
