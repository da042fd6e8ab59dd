/* What the operating system says of a failed call, in German and English; the words are in oserror.def. */
#ifndef PPR_BASE_OSERROR_H
#define PPR_BASE_OSERROR_H
#include "base/report.h"

/* In one language; of a number without a row what strerror says, valid until the next call of strerror. */
const char *oserror_text(int error, ppr_lang lang);
/* As an argument of report_add, in both (DIAG_BOTH). */
const char *oserror_both(int error);
#endif
