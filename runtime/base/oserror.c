/* The table of the words for errno; see oserror.h. */
#include "base/oserror.h"
#include <errno.h>
#include <string.h>

typedef struct oserror_row {
  int error;
  const char *de, *en, *both;
} oserror_row;

static const oserror_row rows[] = {
#define OSERROR(error, de, en) {error, de, en, DIAG_BOTH(de, en)},
#include "base/oserror.def"
#undef OSERROR
};

static const oserror_row *find(int error) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].error == error) return &rows[i];
  return NULL;
}

const char *oserror_text(int error, ppr_lang lang) {
  const oserror_row *row = find(error);
  return !row ? strerror(error) : lang == PPR_LANG_DE ? row->de : row->en;
}

const char *oserror_both(int error) {
  const oserror_row *row = find(error);
  return row ? row->both : strerror(error);
}
