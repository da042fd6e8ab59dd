/* An explanation as a tree of lines and tables, told once and rendered as text or as a page. A line knows which of its characters are a name, a
 * value, a formula or a citation; nothing here knows programs. */
#ifndef PPR_VM_EXPLAIN_TREE_H
#define PPR_VM_EXPLAIN_TREE_H
#include "base/buf.h"
#include "base/report.h"

typedef enum {
  TREE_VERDICT, /* a result with its value, at the top */
  TREE_HEAD,    /* what it is about: Regelwerk, Fassung, record */
  TREE_SECTION, /* begins a part of the letter */
  TREE_STEP,    /* a value and, below it, how it came about */
  TREE_RULE,
  TREE_FORMULA,
  TREE_REFUSED, /* a branch that did not apply */
  TREE_ROUND,
  TREE_LEAF, /* an input or a table cell */
  TREE_FOLD, /* values told without derivation */
  TREE_NOTE,
  TREE_TABLE
} tree_kind;
typedef enum { PART_NAME, PART_VALUE, PART_FORMULA, PART_CITE } tree_role;

/* Rows of equal columns; cell[row * cols + col], the first row is the head. Empty rows (first cell NULL) are not shown. */
typedef struct tree_table {
  const char **cell;
  uint32_t rows, cols;
} tree_table;

typedef struct tree_part {
  tree_role role;
  size_t from, to; /* bytes of the text */
} tree_part;

typedef struct tree_node {
  tree_kind kind;
  unsigned depth; /* of the indentation within its section */
  bool silent;    /* of a section: text shows no heading */
  const char *text;
  const tree_part *parts;
  uint32_t n_parts;
  const tree_table *table;
  struct tree_node *first, *last, *next; /* children in order; the next sibling */
} tree_node;

enum { TREE_DEPTH = 80, TREE_PARTS = 8 };

typedef struct tree {
  ppr_arena *arena;
  tree_node root;
  ppr_buf line; /* the text of the open line; between lines also room for making texts */
  tree_kind kind;
  unsigned depth;
  tree_part part[TREE_PARTS];
  uint32_t n_parts;
  bool part_open;
  tree_node *at[TREE_DEPTH + 2]; /* the last node of each depth, [0] that of the section */
} tree;

void tree_init(tree *t, ppr_arena *arena, ppr_alloc alloc);
void tree_fini(tree *t); /* nodes stay with the arena */
bool tree_failed(const tree *t);
/* A part of the letter with its heading; lines that follow belong to it. */
void tree_section(tree *t, const char *heading, bool silent);
/* Between begin and end the text of the line is appended to t->line. */
void tree_begin(tree *t, tree_kind kind, unsigned depth);
void tree_end(tree *t);
/* Between these the text is of that role; no nesting, and none counted when there are too many. */
void tree_part_begin(tree *t, tree_role role);
void tree_part_end(tree *t);
/* Takes back what was appended to the line since `from` and returns it; "" when out of memory. */
const char *tree_taken(tree *t, size_t from);
void tree_put_table(tree *t, const tree_table *table, unsigned depth);

void tree_text(ppr_buf *out, const tree *t);
/* One page that needs nothing but itself. */
void tree_html(ppr_buf *out, const tree *t, const char *title, ppr_lang lang);
#endif
