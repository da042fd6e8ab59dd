/* Kernels of 128-bit values: everything is checked, a result that does not fit is a fault of its lane and 0. */
#include "base/decimal.h"
#include "vm/kern_lanes.h"

KERNEL_OF(WIDEN, 64, 64, 128) {
  ppr_wide *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = a[i];
}

KERNEL_OF(MULWI, 64, 64, 128) {
  ppr_wide *restrict d = kern_out(k, s);
  const int64_t *restrict a = kern_in(k, s->a), *restrict b = kern_in(k, s->b);
  for (uint32_t i = 0, n = k->n; i < n; i++) d[i] = (ppr_wide)a[i] * b[i];
}

KERNEL_OF(NARROW, 128, 128, 64) {
  int64_t *d = kern_out(k, s);
  const ppr_wide *a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) {
    bool fits = wide_fits64(a[i]);
    d[i] = fits ? (int64_t)a[i] : 0;
    if (!fits) kern_fault(s, k, i, DIAG_FAULT_OVERFLOW);
  }
}

#define CHECKED(NAME, CALL)                                                                                                                          \
  KERNEL_OF(NAME, 128, 128, 128) {                                                                                                                   \
    ppr_wide *d = kern_out(k, s);                                                                                                                    \
    const ppr_wide *a = kern_in(k, s->a), *b = kern_in(k, s->b);                                                                                     \
    (void)b;                                                                                                                                         \
    for (uint32_t i = 0, n = k->n; i < n; i++)                                                                                                       \
      if (!CALL) kern_fault(s, k, i, DIAG_FAULT_OVERFLOW);                                                                                           \
  }
CHECKED(ADDW, wide_add(&d[i], a[i], b[i]))
CHECKED(SUBW, wide_sub(&d[i], a[i], b[i]))
CHECKED(MULW, wide_mul(&d[i], a[i], b[i]))
CHECKED(NEGW, wide_sub(&d[i], 0, a[i]))
CHECKED(ABSW, (a[i] < 0 ? wide_sub(&d[i], 0, a[i]) : wide_add(&d[i], 0, a[i])))

KERNEL_OF(DIVW, 128, 128, 128) {
  ppr_wide *d = kern_out(k, s);
  const ppr_wide *a = kern_in(k, s->a), *b = kern_in(k, s->b);
  for (uint32_t i = 0, n = k->n; i < n; i++) {
    d[i] = 0;
    if (b[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);
    else if (!dec_div_round(&d[i], a[i], b[i], (int)s->mode)) {
      d[i] = 0;
      kern_fault(s, k, i, DIAG_FAULT_OVERFLOW);
    }
  }
}

KERNEL_OF(NONZEROW, 128, 128, 128) {
  ppr_wide *d = kern_out(k, s);
  const ppr_wide *a = kern_in(k, s->a);
  for (uint32_t i = 0, n = k->n; i < n; i++) {
    d[i] = a[i];
    if (a[i] == 0) kern_fault(s, k, i, DIAG_FAULT_DIVISION);
  }
}
