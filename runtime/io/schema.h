/* What a program says about its input and results, prepared for reading cells: codes, keys, names, chosen readings. And how values are read and
 * printed. */
#ifndef PPR_IO_SCHEMA_H
#define PPR_IO_SCHEMA_H
#include "base/report.h"
#include "code/program.h"
#include "io/csv.h"
#include "io/textmap.h"
#include "ppr/run.h"

typedef struct schema_edition {
  const ppr_edition *e;
  textmap *codes;  /* per enumeration: code or name → index of the member in it */
  textmap fields;  /* name of a field → its index */
  int64_t *preset; /* per field, readings and parameters as chosen */
} schema_edition;

typedef struct io_schema {
  const ppr_program *program;
  ppr_arena *arena;
  size_t n_keys;
  const char **keys;      /* key columns, the same in every edition */
  bool dated;             /* the keys give the quarter; else there is one edition */
  uint32_t year, quarter; /* positions in the keys */
  schema_edition *editions;
} io_schema;

/* Why a value was refused: a code of 51xx and its arguments. */
typedef struct value_fault {
  diag_code code;
  const char *args[4];
} value_fault;

/* PPR_DIAGNOSED: no schema, keys that differ, unknown reading. Everything lives in the arena. */
ppr_status schema_open(io_schema **out, ppr_arena *arena, const ppr_program *p, const ppr_reading_choice *readings, size_t n_readings,
                       ppr_report *report);
/* Sets parameters instead of their presets, in every edition that has them. PPR_DIAGNOSED: no edition has it, or one refuses the value. */
ppr_status schema_set(io_schema *s, const ppr_parameter_choice *choices, size_t n, ppr_report *report);
/* Says that none of the programs has a parameter of this name, and which there are; always PPR_DIAGNOSED. */
ppr_status schema_no_parameter(ppr_arena *arena, const ppr_program *const *programs, size_t n_programs, const char *name, ppr_report *report);
static inline const char *schema_str(const io_schema *s, uint32_t id) { return program_string(s->program, id); }
static inline const char *schema_edition_name(const io_schema *s, uint32_t edition) { return schema_str(s, s->editions[edition].e->name); }
/* Column of a field: as declared, else its name. */
const char *schema_column(const io_schema *s, const ppr_field *f);
const char *schema_code(const io_schema *s, const ppr_member *m);
/* Code of the member with this index of an enumeration counted from 1; "": there is none. */
const char *schema_word(const io_schema *s, uint32_t edition, uint32_t enumeration, int64_t index);
/* Index of the member of an enumeration with this code; TEXTMAP_NONE and a fault when there is none. */
uint32_t schema_member(const io_schema *s, uint32_t edition, uint32_t enumeration, csv_cell cell, value_fault *fault, ppr_arena *arena);
/* Value of a cell of a field by its kind, scale and range. Not for TEXT. Arguments of the fault live in the arena. */
bool schema_parse(const io_schema *s, uint32_t edition, const ppr_field *f, csv_cell cell, char mark, int64_t *out, value_fault *fault,
                  ppr_arena *arena);
/* A present value as text; mark is the decimal mark. */
void schema_print(ppr_buf *out, const io_schema *s, uint32_t edition, uint32_t kind, uint32_t enumeration, uint32_t scale, int64_t value, char mark);
/* "fehlt", "entfällt", "unbestimmt". */
const char *state_word(uint8_t state);
/* Text for messages: one harmless line of at most 60 characters, in the arena. */
const char *shown(ppr_arena *arena, const char *text, size_t size);
#endif
