/* Printing; see amount.h. */
#include "sweep/amount.h"
#include "base/decimal.h"
#include "base/quarter.h"
#include "code/program.h"
#include <string.h>

#define THIN "\xE2\x80\xAF"  /* narrow no-break space */
#define MINUS "\xE2\x88\x92" /* minus sign */
#define DASH "\xE2\x80\x93"

static void put_number(ppr_buf *out, ppr_wide value, int scale, amount_style style) {
  char text[DEC_TEXT];
  size_t n = dec_print(text, value, scale, style.mark), at = text[0] == '-', whole = strcspn(text, style.mark == ',' ? "," : ".");
  if (style.sign && value > 0) buf_putc(out, '+');
  if (at) buf_puts(out, style.group ? MINUS : "-");
  bool grouped = style.group && whole - at > 4;
  for (; at < n; at++) {
    buf_putc(out, text[at]);
    if (grouped && at + 1 < whole && (whole - at - 1) % 3 == 0) buf_puts(out, THIN);
  }
}

void amount_put(ppr_buf *out, const book_measure *m, ppr_wide value, amount_style style) {
  char text[16];
  bool day = value >= DAY_MIN && value <= DAY_MAX, quarter = value >= 0 && value <= (ppr_wide)9999 * 4 + 3;
  if (m->kind == BOOK_DATE && day && !style.sign) buf_put(out, text, day_print(text, (int64_t)value));
  else if (m->kind == BOOK_QUARTER && quarter && !style.sign) buf_put(out, text, quarter_print(text, (int64_t)value));
  else if (m->kind == BOOK_YESNO && !style.sign && (value == 0 || value == 1)) buf_puts(out, value ? "ja" : "nein");
  else put_number(out, value, m->kind == BOOK_PERCENT ? m->scale - 2 : m->scale, style);
}

void amount_unit(ppr_buf *out, const book_measure *m) {
  if (m->kind == BOOK_PERCENT) buf_puts(out, "\xC2\xA0%");
  else if (*m->unit) buf_puts(out, "\xC2\xA0"), buf_puts(out, m->unit);
}

bool amount_scaled(int64_t *out, ppr_wide num, ppr_wide den, int decimals) {
  ppr_wide value;
  *out = 0;
  if (!den || !wide_mul(&value, num, dec_pow10(decimals)) || !dec_div_round(&value, value, den, PPR_ROUND_HALF_UP) || !wide_fits64(value))
    return false;
  *out = (int64_t)value;
  return true;
}

void amount_rate(ppr_buf *out, ppr_wide num, ppr_wide den, int decimals, amount_style style) {
  int64_t value;
  if (amount_scaled(&value, num, den, decimals + 2)) put_number(out, value, decimals, style);
  else buf_puts(out, DASH);
}

void amount_rate_moved(ppr_buf *out, book_level a, book_level b, int decimals, amount_style style) {
  ppr_wide left, right, den;
  if (a.den && b.den && wide_mul(&left, a.num, b.den) && wide_mul(&right, b.num, a.den) && wide_mul(&den, a.den, b.den) &&
      wide_sub(&left, left, right))
    amount_rate(out, left, den, decimals, style);
  else buf_puts(out, DASH);
}

void amount_count(ppr_buf *out, int64_t n, amount_style style) { put_number(out, n, 0, style); }
