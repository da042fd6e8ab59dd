/* Records between reader and machine: key, edition, input columns in blocks of lanes, and what is wrong with each record. */
#ifndef PPR_IO_STORE_H
#define PPR_IO_STORE_H
#include "io/limits.h"
#include "io/schema.h"

enum { STORE_LANES = 1024, STORE_ABSENT = 255 /* state before finishing: no row gave a value */ };

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
  uint64_t line;    /* where it first appeared */
  uint32_t edition; /* PPR_NONE: no Fassung, nothing but issues */
  uint32_t local;   /* position among the records of its edition */
  uint32_t issues;
  bool refused;
} store_record;

typedef struct store_block {
  int64_t *values;
  uint8_t *states;
} store_block; /* [input * STORE_LANES + lane] */
typedef struct store_part {
  store_block *blocks;
  size_t n_blocks, cap;
  uint32_t records;
} store_part; /* the records of one edition in order */

typedef struct record_store {
  ppr_alloc alloc;
  const io_schema *schema;
  const io_limits *limits;
  ppr_arena *keys;   /* lives as long as the store */
  ppr_arena *issues; /* of the records held now */
  textmap index;     /* joined key → number of the record since the first */
  store_record *records;
  size_t count, cap;
  size_t before; /* records cleared away */
  store_part *parts;
  ppr_buf join;
  bool failed; /* out of memory */
} record_store;

/* The records by some of their keys, in their order: made when all of them are there. */
typedef struct store_join {
  const uint32_t *keys; /* positions, ascending */
  size_t n_keys;
  textmap first;  /* joined keys → first record */
  uint32_t *next; /* per record the next one with the same keys, PPR_NONE: last */
} store_join;

bool store_init(record_store *s, ppr_alloc alloc, const io_schema *schema, const io_limits *limits);
void store_fini(record_store *s);
/* The record with these key cells (found or new); PPR_NONE when out of memory or beyond the limit of records (store_full). *fresh: it is new.
 * A new record has its quarter, edition and key inputs set, or issues that say why not. `table` names the file in its issues. */
uint32_t store_add(record_store *s, const csv_cell *key, const char *table, uint64_t line, char mark, bool *fresh);
/* A record that stands for itself only and is refused: its key is that of record `number` already. */
uint32_t store_repeat(record_store *s, const csv_cell *key, const char *table, uint64_t line, uint32_t number);
/* The edition of the quarter in these cells, PPR_NONE: they name none that any edition covers. Only where the schema is dated. */
uint32_t store_edition_of(const record_store *s, csv_cell year, csv_cell quarter);
/* False: out of memory. The join lives in the arena and serves as long as no record is added. */
bool store_join_open(record_store *s, store_join *j, ppr_arena *arena, const uint32_t *keys, size_t n_keys);
/* First record with these keys; `key` has a cell per key of the schema, those of the join count. PPR_NONE: there is none, or out of memory. */
uint32_t store_join_find(record_store *s, const store_join *j, const csv_cell *key);
bool store_full(const record_store *s);
/* Adds an issue; one of severity error refuses the record. The strings of `fault` and `field` live in s->issues or longer. */
void store_issue_add(record_store *s, store_record *r, const value_fault *fault, const char *table, uint64_t line, const char *field);
/* Value and state of an input of a record that has an edition. */
int64_t *store_value(record_store *s, const store_record *r, uint32_t input);
uint8_t *store_state(record_store *s, const store_record *r, uint32_t input);
/* Reads a cell into an input of a field; a second value is an error or is added, by the field. Empty cells are `fehlt`. */
void store_cell(record_store *s, store_record *r, const ppr_field *f, uint32_t input, csv_cell cell, char mark, const char *table, uint64_t line);
/* Presets, optional and missing values of all records held. */
void store_finish(record_store *s);
/* Forget the records held, not their keys. */
void store_clear(record_store *s);
#endif
