/* Building the tree of explain_tree.h, and the tree as indented text. */
#include "vm/explain_tree.h"
#include "base/text.h"
#include <string.h>

#define COLUMN_MAX 60                 /* columns are aligned up to this width */
#define LINE_LIMIT ((size_t)64 << 20) /* longest line */

void tree_init(tree *t, ppr_arena *arena, ppr_alloc alloc) {
  memset(t, 0, sizeof *t);
  t->arena = arena;
  buf_init(&t->line, alloc, LINE_LIMIT);
  t->at[0] = &t->root;
}

void tree_fini(tree *t) { buf_fini(&t->line); }

bool tree_failed(const tree *t) { return t->line.failed || arena_failed(t->arena); }

static tree_node *append(tree_node *parent, tree_node *node) {
  if (parent->last) parent->last->next = node;
  else parent->first = node;
  parent->last = node;
  return node;
}

static tree_node *add(tree *t, tree_kind kind, unsigned depth) {
  tree_node *node = arena_alloc(t->arena, sizeof *node);
  if (!node) return NULL;
  node->kind = kind;
  node->depth = depth;
  unsigned above = depth < TREE_DEPTH ? depth : TREE_DEPTH;
  while (!t->at[above]) above--;
  append(t->at[above], node);
  unsigned own = (depth < TREE_DEPTH ? depth : TREE_DEPTH) + 1;
  t->at[own] = node;
  for (unsigned d = own + 1; d < TREE_DEPTH + 2; d++) t->at[d] = NULL;
  return node;
}

void tree_section(tree *t, const char *heading, bool silent) {
  memset(t->at, 0, sizeof t->at);
  t->at[0] = &t->root;
  tree_node *node = add(t, TREE_SECTION, 0);
  if (!node) return;
  node->text = heading;
  node->silent = silent;
  t->at[0] = node;
  t->at[1] = NULL;
}

void tree_begin(tree *t, tree_kind kind, unsigned depth) {
  t->kind = kind;
  t->depth = depth;
  t->n_parts = 0;
  t->part_open = false;
  t->line.size = 0;
}

void tree_end(tree *t) {
  tree_node *node = add(t, t->kind, t->depth);
  if (!node) return;
  const char *text = arena_strndup(t->arena, t->line.data ? t->line.data : "", t->line.size);
  tree_part *parts = t->n_parts ? arena_array(t->arena, t->n_parts, sizeof *parts) : NULL;
  node->text = text ? text : "";
  if (parts) {
    memcpy(parts, t->part, t->n_parts * sizeof *parts);
    node->parts = parts;
    node->n_parts = t->n_parts;
  }
  t->line.size = 0;
}

void tree_part_begin(tree *t, tree_role role) {
  t->part_open = t->n_parts < TREE_PARTS;
  if (t->part_open) t->part[t->n_parts] = (tree_part){role, t->line.size, t->line.size};
}

void tree_part_end(tree *t) {
  if (!t->part_open) return;
  t->part[t->n_parts].to = t->line.size;
  if (t->part[t->n_parts].to > t->part[t->n_parts].from) t->n_parts++;
  t->part_open = false;
}

const char *tree_taken(tree *t, size_t from) {
  if (t->line.failed || t->line.size <= from) return "";
  const char *text = arena_strndup(t->arena, t->line.data + from, t->line.size - from);
  t->line.size = from;
  t->line.data[from] = 0;
  while (t->n_parts && t->part[t->n_parts - 1].to > from) t->n_parts--;
  return text ? text : "";
}

void tree_put_table(tree *t, const tree_table *table, unsigned depth) {
  tree_table *kept = arena_alloc(t->arena, sizeof *kept);
  tree_node *node = kept ? add(t, TREE_TABLE, depth) : NULL;
  if (!node) return;
  *kept = *table;
  node->text = "";
  node->table = kept;
}

/* --- as text --- */

static void put_indent(ppr_buf *out, unsigned depth) { buf_printf(out, "%*s", (int)depth * 2, ""); }
static size_t width_of(const char *text) { return text ? text_length(text, strlen(text)) : 0; }
static int missing_to(size_t width, const char *text) { return width_of(text) < width ? (int)(width - width_of(text)) : 0; }

static void put_table(ppr_buf *out, const tree *t, const tree_table *table, unsigned depth) {
  size_t *width = arena_array(t->arena, table->cols, sizeof *width);
  if (!width) return;
  for (uint32_t r = 0; r < table->rows; r++)
    for (uint32_t c = 0; c < table->cols && (!r || table->cell[r * table->cols]); c++) {
      size_t n = width_of(table->cell[r * table->cols + c]);
      if (n > width[c] && n <= COLUMN_MAX) width[c] = n;
    }
  for (uint32_t r = 0; r < table->rows; r++) {
    const char **row = table->cell + (size_t)r * table->cols;
    if (!row[0]) continue;
    put_indent(out, depth);
    buf_printf(out, "%s%*s", row[0], missing_to(width[0], row[0]), "");
    uint32_t cols = table->cols;
    while (cols > 1 && !*row[cols - 1]) cols--;
    for (uint32_t c = 1; c < cols; c++) buf_printf(out, "  %*s%s", missing_to(width[c], row[c]), "", row[c]);
    buf_puts(out, "\n");
  }
}

static void put_nodes(ppr_buf *out, const tree *t, const tree_node *first) {
  for (const tree_node *n = first; n; n = n->next) {
    if (n->kind == TREE_TABLE) {
      put_table(out, t, n->table, n->depth);
    } else if (n->kind == TREE_SECTION) {
      buf_puts(out, "\n");
      if (!n->silent) buf_printf(out, "%s:\n", n->text);
    } else {
      put_indent(out, n->depth);
      buf_printf(out, "%s\n", n->text);
    }
    put_nodes(out, t, n->first);
  }
}

void tree_text(ppr_buf *out, const tree *t) { put_nodes(out, t, t->root.first); }
