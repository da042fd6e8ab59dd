/* What the texts of a folder mean at one moment: trees, one model per Fassung, and every place where a name stands with what it means there. Answers
 * are read from it; it is made anew when a text has changed. A declaration that is broken at the moment counts as it was when its file last had no
 * syntax errors. */
#ifndef PPR_LANG_LSP_SNAPSHOT_H
#define PPR_LANG_LSP_SNAPSHOT_H
#include "editions.h"
#include "lsp/world.h"
#include "model.h"

typedef enum {
  ENTITY_SYMBOL, /* field, table, limit, series, tiers, rule, reading, check, declared function */
  ENTITY_ENUM,
  ENTITY_MEMBER, /* scope: its enumeration */
  ENTITY_ATTR,   /* scope: its enumeration */
  ENTITY_UNIT,
  ENTITY_ALIAS, /* of an axis; scope: where it is declared */
  ENTITY_LABEL, /* of a branch; scope: its rule */
  ENTITY_KIND,  /* of record */
  ENTITY_OPEN,
  ENTITY_EDITION,
  ENTITY_FUNCTION /* built in */
} entity_form;

/* One thing that has a name, over all Fassungen. */
typedef struct entity {
  entity_form form;
  const char *scope, *name; /* scope "" where names are the Regelwerk's */
} entity;

/* A place where an entity is named; occurrences do not overlap. */
typedef struct occurrence {
  ppr_span span;
  const entity *of;
  size_t edition;      /* Fassung of the file, SIZE_MAX: it has none */
  bool declares;       /* the name is given here */
  bool cell;           /* a value of a table, not a name */
  const char *element; /* "A1,a": the element of a table meant here, NULL: all */
} occurrence;

typedef struct snapshot_file {
  const rule_text *text;
  ast_file *tree;
  uint32_t source, old_source; /* in the report; old: the good text, UINT32_MAX where it was not needed */
  place_change moved;          /* from the good text to the present one */
  size_t edition;              /* SIZE_MAX: none */
} snapshot_file;

typedef struct snapshot {
  ppr_alloc alloc;
  uint64_t generation;
  ppr_arena *arena;
  ppr_report *report; /* the first `syntax` diagnostics are about syntax */
  size_t syntax;
  bool broken; /* some file has syntax errors */
  snapshot_file *files;
  size_t n_files;
  edition_text *editions; /* by date */
  model **models;         /* of its first kind of record; the others are foreign fields there */
  size_t n_editions;
  const entity **entities; /* hash table */
  size_t n_entities, n_slots;
  occurrence *occurrences; /* by source and place */
  size_t n_occurrences, cap_occurrences;
} snapshot;

/* NULL when out of memory. Notes the good texts of the folder. */
snapshot *snapshot_new(const world *w, folder *f, const native_table *natives);
void snapshot_free(snapshot *s); /* NULL allowed */
const snapshot_file *snapshot_file_of(const snapshot *s, const rule_text *t);
/* The occurrence at an offset of a source (its end counts too), NULL: none. */
const occurrence *snapshot_at(const snapshot *s, uint32_t source, size_t offset);
/* Where the occurrence or any span is in the present text: file and bytes. False for none. */
bool snapshot_place(const snapshot *s, ppr_span span, const snapshot_file **file, size_t *begin, size_t *end);
/* The same entity for equal form, scope and name; NULL when out of memory. */
const entity *snapshot_entity(snapshot *s, entity_form form, const char *scope, const char *name);
void snapshot_note(snapshot *s, occurrence o);
/* Name of a Fassung: "2024-07". */
const char *snapshot_edition(const snapshot *s, size_t edition);

/* walk.c: notes the names of one file; the model is that of its Fassung, just checked. */
void walk_file(snapshot *s, const snapshot_file *file, model *m);
#endif
