/* Rows of a table against the schema sections block, cond and field of each edition; nothing about hospitals is here. */
#include "io/table.h"
#include "base/decimal.h"
#include <string.h>

/* --- binding --- */

bool table_header(bound_table *t, const csv_row *row, ppr_alloc alloc, table_complain complain, void *ctx) {
  ppr_buf list;
  buf_init(&list, alloc, 4000);
  textmap_init(&t->header, t->arena);
  t->n_columns = row->count;
  bool good = true;
  for (size_t i = 0; i < row->count; i++) {
    csv_cell c = row->cells[i];
    if (i) buf_puts(&list, ", ");
    buf_puts(&list, shown(t->arena, c.text, c.size));
    if (c.size == 0) continue;
    if (textmap_find(&t->header, c.text, c.size) != TEXTMAP_NONE) {
      complain(ctx, t, row->line, DIAG_COLUMN_TWICE, shown(t->arena, c.text, c.size), NULL);
      good = false;
    }
    textmap_add(&t->header, c.text, c.size, (uint32_t)i, NULL);
  }
  t->columns = list.data ? arena_strndup(t->arena, list.data, list.size) : "";
  buf_fini(&list);
  if (row->problem) {
    complain(ctx, t, row->line, row->problem, NULL, NULL);
    good = false;
  }
  t->key_column = arena_array(t->arena, t->schema->n_keys, sizeof *t->key_column);
  if (!t->key_column || !t->columns) return false;
  for (size_t k = 0; k < t->schema->n_keys; k++) t->key_column[k] = TEXTMAP_NONE;
  for (size_t i = 0; i < t->n_keys; i++) {
    uint32_t k = t->keys[i];
    t->key_column[k] = textmap_find(&t->header, t->schema->keys[k], strlen(t->schema->keys[k]));
    if (t->key_column[k] != TEXTMAP_NONE) continue;
    complain(ctx, t, row->line, DIAG_COLUMN_MISSING, t->schema->keys[k], t->columns);
    good = false;
  }
  t->led = t->n_keys > 0;
  for (size_t i = 0; i < t->n_keys; i++) t->led = t->led && t->key_column[t->keys[i]] < t->n_keys;
  return good;
}

static uint32_t find_column(const bound_table *t, edition_bind *eb, uint32_t name) {
  const char *text = schema_str(t->schema, name);
  uint32_t at = textmap_find(&t->header, text, strlen(text));
  if (at == TEXTMAP_NONE && !eb->missing) eb->missing = text;
  return at;
}

static bool is_key_column(const bound_table *t, const char *name) {
  for (size_t k = 0; k < t->schema->n_keys; k++)
    if (strcmp(t->schema->keys[k], name) == 0) return true;
  return false;
}

static ppr_status bind_block(bound_table *t, edition_bind *eb, const ppr_edition *e, const ppr_block *b) {
  block_bind *bb = &eb->blocks[eb->n_blocks++];
  bb->block = b;
  bb->conds = arena_array(t->arena, b->conds + 1, sizeof *bb->conds);
  bb->field_column = arena_array(t->arena, b->fields + 1, sizeof *bb->field_column);
  if (!bb->conds || !bb->field_column) return PPR_NOMEM;
  for (uint32_t i = 0; i < b->fields; i++)
    if (!(e->field[b->first_field + i].flags & (PPR_FIELD_OPTIONAL | PPR_FIELD_PRESET))) eb->required = true;
  if (t->absent) return PPR_OK;
  uint32_t texts = 0;
  bool on_key = false;
  for (uint32_t i = 0; i < b->conds; i++) {
    const ppr_cond *c = &e->cond[b->first_cond + i];
    const char *text = schema_str(t->schema, c->text);
    bb->conds[i] = (cond_bind){c, text, strlen(text), find_column(t, eb, c->column)};
    texts += c->key == 0 && bb->conds[i].column != TEXTMAP_NONE;
    on_key = on_key || is_key_column(t, schema_str(t->schema, c->column));
  }
  bb->passes = b->fields == 0 && on_key && texts == b->conds;
  t->passes = t->passes || bb->passes;
  if (b->axis1) bb->axis_column[0] = find_column(t, eb, b->column1);
  if (b->axis2) bb->axis_column[1] = find_column(t, eb, b->column2);
  for (uint32_t i = 0; i < b->fields; i++) {
    const ppr_field *f = &e->field[b->first_field + i];
    bb->field_column[i] = find_column(t, eb, f->column ? f->column : f->name);
  }
  return PPR_OK;
}

ppr_status table_bind(bound_table *t) {
  uint32_t n = t->schema->program->n_editions;
  t->editions = arena_array(t->arena, n, sizeof *t->editions);
  if (!t->editions) return PPR_NOMEM;
  for (uint32_t i = 0; i < n; i++) {
    const ppr_edition *e = t->schema->editions[i].e;
    edition_bind *eb = &t->editions[i];
    eb->blocks = arena_array(t->arena, e->n_block + 1, sizeof *eb->blocks);
    if (!eb->blocks) return PPR_NOMEM;
    for (uint32_t b = 0; b < e->n_block; b++) {
      if (strcmp(schema_str(t->schema, e->block[b].table), t->name) != 0) continue;
      ppr_status status = bind_block(t, eb, e, &e->block[b]);
      if (status != PPR_OK) return status;
    }
  }
  return PPR_OK;
}

/* --- one row --- */

bool table_trusts(const bound_table *t, const csv_row *row, size_t cell) {
  size_t count = row->cut && row->count < t->n_columns ? row->count - 1 : row->count;
  return cell < count && csv_cell_sound(row, cell);
}

diag_code table_damage(const bound_table *t, const csv_row *row) {
  if (row->problem) return row->problem;
  if (row->count == t->n_columns) return (diag_code)0;
  return row->cut && row->count < t->n_columns ? DIAG_TRUNCATED : DIAG_CELL_COUNT;
}

static bool text_holds(const cond_bind *c, csv_cell cell) { return cell.size == c->size && memcmp(cell.text, c->text, c->size) == 0; }

/* Is the row of a kind that some block of the edition passes over? */
static bool edition_passes(const bound_table *t, const edition_bind *eb, const csv_row *row) {
  for (uint32_t i = 0; i < eb->n_blocks; i++) {
    const block_bind *b = &eb->blocks[i];
    bool holds = b->passes;
    for (uint32_t c = 0; holds && c < b->block->conds; c++)
      holds = table_trusts(t, row, b->conds[c].column) && text_holds(&b->conds[c], row->cells[b->conds[c].column]);
    if (holds) return true;
  }
  return false;
}

/* The edition is that of the quarter in the row; where it names none, any will do. */
bool table_passes(const bound_table *t, const csv_row *row) {
  if (!t->passes) return false;
  const io_schema *s = t->schema;
  uint32_t edition = s->dated ? PPR_NONE : 0;
  if (s->dated && table_trusts(t, row, t->key_column[s->year]) && table_trusts(t, row, t->key_column[s->quarter]))
    edition = store_edition_of(s, row->cells[t->key_column[s->year]], row->cells[t->key_column[s->quarter]]);
  if (edition != PPR_NONE) return edition_passes(t, &t->editions[edition], row);
  for (uint32_t i = 0; i < s->program->n_editions; i++)
    if (edition_passes(t, &t->editions[i], row)) return true;
  return false;
}

void table_view(key_view *view, const io_schema *schema, const char *key, uint32_t edition) {
  view->edition = edition;
  for (size_t k = 0; k < schema->n_keys; k++, key += strlen(key) + 1) {
    view->text[k] = key;
    view->whole[k] = dec_parse(&view->number[k], key, strlen(key), 0, ',') == DEC_OK;
  }
}

/* Does the block take the row? *wrong: the condition whose cell should be a whole number and is none. */
static bool conds_hold(const key_view *view, const block_bind *b, const csv_row *row, const cond_bind **wrong) {
  *wrong = NULL;
  for (uint32_t i = 0; i < b->block->conds; i++) {
    const cond_bind *c = &b->conds[i];
    csv_cell cell = row->cells[c->column];
    if (c->cond->key == 0) {
      if (!text_holds(c, cell)) return false;
      continue;
    }
    uint32_t k = c->cond->key - 1;
    int64_t number, wanted;
    if (!view->whole[k]) {
      if (cell.size != strlen(view->text[k]) || memcmp(cell.text, view->text[k], cell.size) != 0) return false;
    } else if (dec_parse(&number, cell.text, cell.size, 0, ',') != DEC_OK) {
      *wrong = c;
      return false;
    } else if (__builtin_add_overflow(view->number[k], c->cond->offset, &wanted) || number != wanted) {
      return false;
    }
  }
  return true;
}

bool table_takes(const bound_table *t, const key_view *view, const csv_row *row) {
  if (view->edition == PPR_NONE || table_damage(t, row)) return true;
  const edition_bind *eb = &t->editions[view->edition];
  bool taken = eb->missing != NULL; /* reported once for the bound_table */
  const cond_bind *wrong;
  for (uint32_t i = 0; !taken && i < eb->n_blocks; i++) taken = conds_hold(view, &eb->blocks[i], row, &wrong) || wrong;
  return taken;
}

static void take_row(const bound_table *t, record_store *store, store_record *r, const block_bind *b, const csv_row *row) {
  const ppr_edition *e = t->schema->editions[r->edition].e;
  const uint32_t axis[2] = {b->block->axis1, b->block->axis2}, column[2] = {b->block->column1, b->block->column2};
  uint32_t element = 0;
  for (int i = 0; i < 2; i++) {
    if (!axis[i]) continue;
    value_fault fault;
    uint32_t member = schema_member(t->schema, r->edition, axis[i] - 1, row->cells[b->axis_column[i]], &fault, store->issues);
    if (member == TEXTMAP_NONE) {
      store_issue_add(store, r, &fault, t->name, row->line, schema_str(t->schema, column[i]));
      return;
    }
    element = element * e->enumeration[axis[i] - 1].count + member;
  }
  for (uint32_t i = 0; i < b->block->fields; i++) {
    const ppr_field *f = &e->field[b->block->first_field + i];
    if (element < f->inputs) store_cell(store, r, f, f->first_input + element, row->cells[b->field_column[i]], ',', t->name, row->line);
  }
}

bool table_give(const bound_table *t, record_store *store, store_record *r, const key_view *view, const csv_row *row) {
  diag_code damage = table_damage(t, row);
  if (damage) {
    value_fault fault = {damage, {arena_printf(store->issues, "%zu", row->count), arena_printf(store->issues, "%zu", t->n_columns), NULL, NULL}};
    store_issue_add(store, r, &fault, t->name, row->line, "");
    return true;
  }
  if (r->edition == PPR_NONE) return true;
  const edition_bind *eb = &t->editions[r->edition];
  bool taken = eb->missing != NULL;
  for (uint32_t i = 0; !eb->missing && i < eb->n_blocks; i++) {
    const cond_bind *wrong;
    if (conds_hold(view, &eb->blocks[i], row, &wrong)) {
      take_row(t, store, r, &eb->blocks[i], row);
      taken = true;
    } else if (wrong) {
      csv_cell cell = row->cells[wrong->column];
      value_fault fault = {DIAG_CELL_NUMBER, {shown(store->issues, cell.text, cell.size), NULL, NULL, NULL}};
      store_issue_add(store, r, &fault, t->name, row->line, schema_str(t->schema, wrong->cond->column));
      taken = true;
    }
  }
  return taken;
}

void table_unread(const bound_table *t, record_store *store, store_record *r, const csv_row *row) {
  value_fault fault = {DIAG_ROW_UNREAD, {NULL, NULL, NULL, NULL}};
  store_issue_add(store, r, &fault, t->name, row->line, "");
}
