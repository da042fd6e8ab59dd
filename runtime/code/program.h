/* The immutable program: one Regelwerk with its editions (Fassungen), each a bytecode unit with schema, results and notes for explanation. */
#ifndef PPR_CODE_PROGRAM_H
#define PPR_CODE_PROGRAM_H

#include "base/arena.h"
#include "base/wide.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PPR_NONE UINT32_MAX

typedef enum {
#define PPR_TYPE(number, name, ctype, text) PPR_T_##name = number,
#include "code/types.def"
#undef PPR_TYPE
} ppr_type;

typedef enum {
#define OP(number, name, result, shape, flags, text) PPR_OP_##name = number,
#include "code/opcodes.def"
#undef OP
} ppr_op;

/* What a value is to the user. NUMBER and PERCENT have a scale (of the printed number) and a unit. A PERCENT with scale s is stored with scale s + 2.
 */
typedef enum { PPR_KIND_NUMBER, PPR_KIND_PERCENT, PPR_KIND_BOOL, PPR_KIND_DATE, PPR_KIND_QUARTER, PPR_KIND_ENUM, PPR_KIND_TEXT } ppr_kind;
/* State of a value (presence byte of columns, BOOL registers of states). */
typedef enum { PPR_PRESENT, PPR_FEHLT, PPR_ENTFAELLT, PPR_UNBESTIMMT } ppr_state;
enum {
  PPR_FIELD_OPTIONAL = 1,
  PPR_FIELD_PRESET = 2,
  PPR_FIELD_SUM = 4,
  PPR_FIELD_KEY = 8,
  PPR_FIELD_PERIOD = 16,
  PPR_FIELD_READING = 32,
  PPR_FIELD_PARAMETER = 64
};
#define PPR_FIELD_SET (PPR_FIELD_READING | PPR_FIELD_PARAMETER) /* set for a run, no column of the input */
typedef enum {
#define ROUNDING(name, word, de, en, evidence) PPR_ROUND_##name,
#include "code/rounding.def"
#undef ROUNDING
  PPR_ROUND_MODES
} ppr_round_mode;
typedef enum { PPR_CELL_OUTPUT, PPR_CELL_TEXT, PPR_CELL_FIELD } ppr_cell_kind;
typedef enum { PPR_BRANCH_BASE, PPR_BRANCH_EXCEPTION, PPR_BRANCH_CASE, PPR_BRANCH_ELSE } ppr_branch_form;
typedef enum { PPR_RULE_RULE, PPR_RULE_TABLE, PPR_RULE_LIMIT, PPR_RULE_SERIES, PPR_RULE_TIERS, PPR_RULE_CHECK } ppr_rule_form;
typedef enum { PPR_DEP_INST, PPR_DEP_INPUT, PPR_DEP_CONST } ppr_dep_kind;
/* How a parameter or reading varies: RANGE and LIST span a grid, the others are drawn. */
typedef enum { PPR_DOMAIN_RANGE, PPR_DOMAIN_LIST, PPR_DOMAIN_UNIFORM, PPR_DOMAIN_TRIANGLE, PPR_DOMAIN_NORMAL, PPR_DOMAIN_WEIGHTED } ppr_domain_form;
typedef enum { PPR_PART_GROUP, PPR_PART_SHARE, PPR_PART_SUM, PPR_PART_SPREAD } ppr_part_form;

/* Row structs, all members fixed width (sections.def). */
#define U(member) uint32_t member;
#define L(member) int64_t member;
#define SECTION(number, name, members)                                                                                                               \
  typedef struct ppr_##name {                                                                                                                        \
    members                                                                                                                                          \
  } ppr_##name;
#include "code/sections.def"
#undef SECTION
#undef U
#undef L

/* Of an opened image: what is decoded when it is needed; image.c. */
typedef struct image_part image_part;
typedef struct image_rest image_rest;

/* One edition. For each section NAME: rows ppr_NAME *NAME and uint32_t n_NAME. Days count from 1970-01-01; quarters are year * 4 + (1..4) - 1. */
typedef struct ppr_edition {
  uint32_t name, decision, title;       /* str: "2024-07", Beschluss and publication as text, title of the Regelwerk */
  uint32_t record;                      /* str: kind of record (name of the eingabe) */
  int64_t decided_day;                  /* day of the Beschluss: from then on the text is known */
  int64_t from_day, until_day;          /* in force, both ends inclusive; until_day INT64_MAX: open */
  int64_t written_until;                /* the end its own text names, INT64_MAX if none: until_day before a successor cut it */
  uint32_t period_input;                /* input slot of the quarter (zeitraum), PPR_NONE if the schema has none */
  uint32_t period_year, period_quarter; /* key positions it is built from */
  uint32_t cost;                        /* worst-case instructions per record */
#define SECTION(number, name, members)                                                                                                               \
  ppr_##name *name;                                                                                                                                  \
  uint32_t n_##name;
#include "code/sections.def"
#undef SECTION
  image_part *late; /* where rows of code and explanation are, unless they are here; NULL: they are here (image.h) */
  bool ready;       /* they have come here from the part */
} ppr_edition;

typedef struct ppr_source_digest {
  uint32_t name; /* str: file name without folder */
  uint8_t sha256[32];
} ppr_source_digest;

/* A whole Regelwerk. Owned by its arena; strings[0] is "". Editions of one kind of record stand together, ordered by from_day, without gap or
 * overlap. */
struct ppr_program {
  ppr_arena *arena;
  uint32_t name;       /* str */
  char *text;          /* all strings, each NUL-terminated */
  uint32_t *string_at; /* offset of each string in text */
  uint32_t n_string;
  size_t n_text;
  ppr_edition *editions;
  uint32_t n_editions;
  ppr_source_digest *sources;
  uint32_t n_sources;
  image_rest *rest;                   /* NULL: everything is here */
  const struct native_table *natives; /* functions it was linked with (natives_link), NULL before */
};
typedef struct ppr_program ppr_program;

static inline const char *program_string(const ppr_program *p, uint32_t id) { return p->text + p->string_at[id]; }

/* One row of the opcode table, derived from opcodes.def. */
typedef enum {
  SHAPE_IN,
  SHAPE_K,
  SHAPE_R,
  SHAPE_RR,
  SHAPE_RK,
  SHAPE_LIST,
  SHAPE_DOT,
  SHAPE_SEL,
  SHAPE_RT,
  SHAPE_RRT,
  SHAPE_CALL,
  SHAPE_WHEN,
  SHAPE_ELSE,
  SHAPE_END
} ppr_shape;
enum { OPF_FAULTS = 1, OPF_ROUND = 2, OPF_REGION = 4 };
typedef struct ppr_op_info {
  const char *name, *meaning;
  uint8_t result;  /* ppr_type */
  uint8_t shape;   /* ppr_shape */
  uint8_t operand; /* ppr_type of the operands */
  uint8_t flags;
} ppr_op_info;
enum { OP_NUMBERS = 128 };
extern const ppr_op_info instr_table[OP_NUMBERS]; /* by number; without name where no opcode has it */
/* NULL for an unknown opcode number. */
static inline const ppr_op_info *instr_info(uint32_t op) { return op < OP_NUMBERS && instr_table[op].name ? &instr_table[op] : NULL; }
#endif
