/* What the rows of an edition refer to, as data: for the verifier, which checks every reference, and the builder, which moves editions between string
 * tables. What no row of the table can say: tables (a product), cells and deps (by kind) and checks are looked at where they are verified; operands in
 * verify_code.c. */
#ifndef PPR_CODE_REFERENCES_H
#define PPR_CODE_REFERENCES_H
#include "code/program.h"
#include <string.h>

enum {
#define SECTION(number, name, members) SEC_##name,
#include "code/sections.def"
#undef SECTION
  SECTIONS
};

typedef enum {
  REF_TEXT,  /* string id */
  REF_INDEX, /* row of the target */
  REF_MAYBE, /* row + 1 of the target, 0 for none */
  REF_SLICE, /* first row and count of rows of the target */
  REF_WORD   /* a number up to `last` */
} reference_form;

/* The 32-bit member at byte `at` of the rows of a section; for SLICE the count is the member at `count_at`. */
typedef struct reference {
  uint8_t section, form, target;
  uint16_t at, count_at;
  uint32_t last;
  const char *member;
} reference;
const reference *references(size_t *n);

typedef struct section_rows {
  const char *name;
  char *rows;
  size_t size; /* of a row */
  uint32_t count;
} section_rows;
section_rows references_rows(const ppr_edition *e, uint32_t section);

static inline uint32_t references_word(const char *row, size_t at) {
  uint32_t word;
  memcpy(&word, row + at, sizeof word);
  return word;
}

/* Every string id of an edition, id, becomes now[id]. */
void references_rename(ppr_edition *e, const uint32_t *now);
#endif
