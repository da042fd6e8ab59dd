/* Records between reader and machine: key, edition, input columns in blocks of lanes, and what is wrong with each record. */
#ifndef PPR_IO_STORE_H
#define PPR_IO_STORE_H
#include "io/keyset.h"
#include "io/limits.h"
#include "io/schema.h"

enum {
  STORE_LANES = 256, /* records on their way together: read, evaluated, written. With 1024 of them 1000 inputs are 8 MB, which no cache holds */
  STORE_APART = STORE_LANES + 8, /* lanes from one input to the next: a cache line of distance keeps equal lanes out of the same cache sets */
  STORE_QUARTERS = 64,
  STORE_ABSENT = 255 /* state before finishing: no row gave a value */
};

typedef struct store_issue {
  diag_code code;
  uint64_t line; /* 0: none */
  const char *table, *field;
  const char *args[4];
  struct store_issue *next;
} store_issue;

typedef struct store_record {
  const char *key; /* key texts, each NUL-terminated, one behind the other */
  store_issue *first, *last;
  store_issue *row; /* the one about the row as a whole */
  uint64_t line;    /* where it first appeared */
  uint32_t key_size;
  uint32_t edition; /* PPR_NONE: no Fassung, nothing but issues */
  uint32_t local;   /* position among the records of its edition */
  uint32_t issues;
  bool refused;
} store_record;

/* Of a thousand inputs most have no value for any record. Only those in use, which some record had a value for, have columns of their own. */
typedef struct store_block {
  int64_t *values; /* [input * STORE_APART + lane], as states */
  uint8_t *states;
  uint32_t *used; /* the inputs in use */
  uint32_t n_used;
  bool *uses;        /* per input: is it in use? */
  const void *bound; /* whose inputs are all in use, a set of columns of plain.c */
} store_block;
typedef struct store_part {
  store_block *blocks;
  size_t n_blocks, cap;
  uint32_t records, finished;
  uint32_t *checks, n_checks; /* those that say something, found by judge.c (checked) */
  bool checked;
  ppr_column *rest; /* per input: the column of one that is not in use, its preset or FEHLT; NULL as long as there was no record */
} store_part;       /* the records of one edition in order */

/* A part of a key as the record keeps it; whole: it is a number. */
typedef struct store_key {
  csv_cell text;
  int64_t number;
  bool whole;
} store_key;

/* Edition of a quarter met before. */
typedef struct store_quarter {
  int64_t quarter;
  uint32_t edition;
} store_quarter;

typedef struct record_store {
  ppr_alloc alloc;
  const io_schema *schema;
  const io_limits *limits;
  ppr_arena *arena;  /* lives as long as the store */
  ppr_arena *issues; /* keys and issues of the records held now */
  store_record *records;
  size_t count, cap;
  store_part *parts;
  ppr_buf join;
  store_key *key; /* of the record appended last */
  store_quarter quarters[STORE_QUARTERS];
  bool failed; /* out of memory */
} record_store;

bool store_init(record_store *s, ppr_alloc alloc, const io_schema *schema, const io_limits *limits);
void store_fini(record_store *s);
/* A new record with these key cells, its quarter, edition and key inputs set, or issues that say why not. `table` names the file in its issues. NULL
 * when out of memory. */
store_record *store_append(record_store *s, const csv_cell *key, const char *table, uint64_t line, char mark);
/* Forgets the record appended last, which is in no issue's way: as if its row had not been read yet. */
void store_undo(record_store *s);
/* Refuses a record whose key is that of record `number` already (counted from 0): nothing else is said but what is about its row as a whole. */
void store_repeat(record_store *s, store_record *r, uint32_t number);
/* Finds those records whose key was taken before, and takes those of the others. False: out of memory. */
bool store_unique(record_store *s, key_set *keys);
/* The edition of the quarter in these cells, PPR_NONE: they name none that any edition covers. Only where the schema is dated. */
uint32_t store_edition_of(const io_schema *s, csv_cell year, csv_cell quarter);
/* The texts of all keys (only NULL), or of the n at the positions `only`, each ended by NUL, into out: whole numbers in their shortest form, because
 * "01" and "1" name the same quarter. False: out of memory. */
bool store_join(ppr_buf *out, const io_schema *s, const io_limits *limits, const csv_cell *key, const uint32_t *only, size_t n);
/* Adds an issue; one of severity error refuses the record. The strings of `fault` and `field` live in s->issues or longer. */
void store_issue_add(record_store *s, store_record *r, const value_fault *fault, const char *table, uint64_t line, const char *field);
/* Value and state of an input of a record that has an edition. Without a state that is PPR_PRESENT the value means nothing. */
const int64_t *store_value(const record_store *s, const store_record *r, uint32_t input);
const uint8_t *store_state(const record_store *s, const store_record *r, uint32_t input);
void store_set(record_store *s, const store_record *r, uint32_t input, int64_t value, uint8_t state);
/* The block of a record, where inputs that are in use may be written to; and how an input comes into use. */
store_block *store_block_of(const record_store *s, const store_record *r);
void store_use(record_store *s, const store_record *r, uint32_t input);
/* Reads a cell into an input of a field; a second value is an error or is added, by the field. Empty cells are `fehlt`. */
void store_cell(record_store *s, store_record *r, const ppr_field *f, uint32_t input, csv_cell cell, char mark, const char *table, uint64_t line);
/* An issue about the row of a record as a whole. */
void store_row_issue(record_store *s, store_record *r, const value_fault *fault, const char *table, uint64_t line);
/* Presets, optional and missing values of all records held. */
void store_finish(record_store *s);
/* Columns of the inputs of an edition for the evaluator, from a lane of a block on, `rows` long. */
void store_columns(const record_store *s, uint32_t edition, size_t block, size_t lane, size_t rows, ppr_column *in);
/* Forget the records held. */
void store_clear(record_store *s);
#endif
