/* Numbers of a ledger as text: exact where they are exact, else rounded half away from zero to the decimals asked for. */
#ifndef PPR_SWEEP_AMOUNT_H
#define PPR_SWEEP_AMOUNT_H
#include "base/buf.h"
#include "sweep/book.h"

/* mark: ',' or '.'. group: digits in threes from five digits on, and a true minus sign; for people. sign: also a plus sign. */
typedef struct amount_style {
  char mark;
  bool group, sign;
} amount_style;

/* A stored number without its unit; dates and words of other kinds as they are written. */
void amount_put(ppr_buf *out, const book_measure *m, ppr_wide value, amount_style style);
/* Unit behind a number: " VKS", " %" or nothing. */
void amount_unit(ppr_buf *out, const book_measure *m);
/* 100 * num / den with so many decimals; den 0: an en dash. */
void amount_rate(ppr_buf *out, ppr_wide num, ppr_wide den, int decimals, amount_style style);
/* The same of a - b, which is not the difference of two rounded rates. */
void amount_rate_moved(ppr_buf *out, book_level a, book_level b, int decimals, amount_style style);
/* A count. */
void amount_count(ppr_buf *out, int64_t n, amount_style style);
/* num / den * 10^decimals rounded; false: den is 0 or it does not fit 64 bits. */
bool amount_scaled(int64_t *out, ppr_wide num, ppr_wide den, int decimals);
#endif
