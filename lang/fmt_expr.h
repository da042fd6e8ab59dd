/* The layout of expressions. */
#ifndef PPR_LANG_FMT_EXPR_H
#define PPR_LANG_FMT_EXPR_H
#include "fmt_line.h"

/* Writes the expression that begins at token i; its further lines begin at `margin`. Returns the token behind it. */
size_t fmt_expr(fmt *f, size_t i, size_t margin);
#endif
