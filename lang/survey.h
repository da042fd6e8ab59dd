/* The `auswertung` declarations of a Fassung: what a sweep counts. */
#ifndef PPR_LANG_SURVEY_H
#define PPR_LANG_SURVEY_H
#include "schema.h"

/* Types conditions and parts; marks the rules they need. */
void survey_check(lowering *l);
/* Outputs, and rows of the sections survey and part. Needs: rules lowered. */
void survey_put(lowering *l);
#endif
