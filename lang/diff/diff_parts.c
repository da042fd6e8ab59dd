/* Which parts of a declaration changed: cells, rows, entries, members, branches, fields, citations, each before and after. */
#include "diff/diff.h"
#include "print.h"
#include <string.h>

static const char *const part_words[] = {
#define PART(name, word, de, en) word,
#include "diff/parts.def"
#undef PART
};
static const char *const part_names[][2] = {
#define PART(name, word, de, en) {de, en},
#include "diff/parts.def"
#undef PART
};
const char *diff_part_word(diff_part part) { return part_words[part]; }
const char *diff_part_name(diff_part part, ppr_language language) { return part_names[part][language == PPR_ENGLISH]; }

static bool same(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

void diff_add_detail(diffing *d, diff_detail **items, size_t *n, size_t *cap, diff_detail detail) {
  if (same(detail.before, detail.after)) return;
  diff_detail *grown = arena_grow(d->arena, *items, *n, cap, *n + 1, sizeof *grown);
  if (!grown || !detail.name) {
    d->failed = true;
    return;
  }
  *items = grown;
  (*items)[(*n)++] = detail;
}

/* ---- comparing two declarations ---- */

typedef struct comparing {
  diffing *d;
  diff_change *change;
} comparing;

static void tell(comparing *c, diff_part part, const char *name, const char *before, const char *after) {
  diff_add_detail(c->d, &c->change->details, &c->change->n_details, &c->change->cap_details, (diff_detail){part, name, before, after});
}

static ppr_buf begin(void) {
  ppr_buf b;
  buf_init(&b, ppr_alloc_default, SIZE_MAX);
  return b;
}

static const char *cites_text(comparing *c, const ast_cite *cites) {
  if (!cites) return NULL;
  ppr_buf b = begin();
  print_cites(&b, cites);
  return diff_take(c->d, &b);
}

static const char *expr_text(comparing *c, const ast_expr *e) {
  if (!e) return NULL;
  ppr_buf b = begin();
  print_constant(&b, e);
  return diff_take(c->d, &b);
}

static const char *type_text(comparing *c, const ast_type *t) {
  ppr_buf b = begin();
  print_type(&b, t);
  return diff_take(c->d, &b);
}

static const char *axes_text(comparing *c, const ast_axis *axes) {
  if (!axes) return NULL;
  ppr_buf b = begin();
  print_axes(&b, axes);
  const char *text = diff_take(c->d, &b);
  return text ? text + 1 : NULL; /* without the blank before */
}

static const char *names_text(comparing *c, const ast_named *names) {
  if (!names) return NULL;
  ppr_buf b = begin();
  for (const ast_named *n = names; n; n = n->next) buf_printf(&b, "%s%s", n == names ? "" : ", ", n->name.text);
  return diff_take(c->d, &b);
}

static void cites(comparing *c, const char *name, const ast_cite *before, const ast_cite *after) {
  tell(c, PART_CITE, name, cites_text(c, before), cites_text(c, after));
}

/* ---- lists whose items have names ---- */

typedef struct item {
  const char *name, *text;
  const void *node;
} item;
typedef struct item_list {
  item *at;
  size_t n, cap;
} item_list;

static void add(comparing *c, item_list *list, const char *name, const char *text, const void *node) {
  item *grown = arena_grow(c->d->arena, list->at, list->n, &list->cap, list->n + 1, sizeof *grown);
  if (!grown || !name || !text) {
    c->d->failed = true;
    return;
  }
  list->at = grown;
  list->at[list->n++] = (item){name, text, node};
}

static const item *find(const item_list *list, const char *name) {
  for (size_t i = 0; i < list->n; i++)
    if (!strcmp(list->at[i].name, name)) return &list->at[i];
  return NULL;
}

/* What is the same in both stands in another order. */
static bool reordered(const item_list *a, const item_list *b) {
  size_t at = 0;
  for (size_t i = 0; i < b->n; i++) {
    const item *old = find(a, b->at[i].name);
    if (!old) continue;
    if ((size_t)(old - a->at) < at) return true;
    at = (size_t)(old - a->at);
  }
  return false;
}

static const char *order_text(comparing *c, const item_list *list) {
  ppr_buf b = begin();
  for (size_t i = 0; i < list->n; i++) buf_printf(&b, "%s%s", i ? ", " : "", *list->at[i].name ? list->at[i].name : "–");
  return diff_take(c->d, &b);
}

typedef void (*compare_fn)(comparing *c, const char *name, const void *before, const void *after);

/* Items that are new or gone as a whole; of the others what `both` says, NULL: their texts. */
static void lists(comparing *c, diff_part part, const item_list *a, const item_list *b, compare_fn both) {
  for (size_t i = 0; i < a->n && !c->d->failed; i++) {
    const item *now = find(b, a->at[i].name);
    if (!now) tell(c, part, a->at[i].name, a->at[i].text, NULL);
    else if (both) both(c, a->at[i].name, a->at[i].node, now->node);
    else tell(c, part, a->at[i].name, a->at[i].text, now->text);
  }
  for (size_t i = 0; i < b->n && !c->d->failed; i++)
    if (!find(a, b->at[i].name)) tell(c, part, b->at[i].name, NULL, b->at[i].text);
  if (!c->d->failed && reordered(a, b)) tell(c, PART_ORDER, "", order_text(c, a), order_text(c, b));
}

/* ---- tables ---- */

static const char *row_text(comparing *c, const ast_row *r) {
  ppr_buf b = begin();
  for (const ast_cell *x = r->cells; x; x = x->next) {
    if (x != r->cells) buf_putc(&b, ' ');
    print_constant(&b, x->value);
  }
  return diff_take(c->d, &b);
}

static int column_of(const ast_decl *d, const char *name) {
  for (int i = 0; i < d->header_count; i++)
    if (name_is(d->header[i], name)) return i;
  return -1;
}

static const char *cell_at(comparing *c, const ast_row *r, int column) {
  const ast_cell *x = r->cells;
  while (x && r->count > 1 && column-- > 0) x = x->next; /* a single word stands for the whole row */
  return x ? expr_text(c, x->value) : NULL;
}

static void tables(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list rows[2] = {{0}}, columns[2] = {{0}};
  const ast_decl *of[2] = {a, b};
  for (int s = 0; s < 2; s++) {
    for (const ast_row *r = of[s]->rows; r; r = r->next) add(c, &rows[s], r->label.text, row_text(c, r), r);
    for (int i = 0; i < of[s]->header_count; i++) add(c, &columns[s], of[s]->header[i].text, "", NULL);
  }
  lists(c, PART_COLUMN, &columns[0], &columns[1], NULL);
  lists(c, PART_ROW, &rows[0], &rows[1], NULL);
  /* rows of both: cell by cell instead */
  size_t kept = 0;
  for (size_t i = 0; i < c->change->n_details; i++) {
    const diff_detail *t = &c->change->details[i];
    if (t->part == PART_ROW && t->before && t->after) continue;
    c->change->details[kept++] = *t;
  }
  c->change->n_details = kept;
  for (const ast_row *r = a->rows; r && !c->d->failed; r = r->next) {
    const item *now = find(&rows[1], r->label.text);
    if (!now) continue;
    const ast_row *other = now->node;
    if (a->header_count == 0 || (r->count == 1 && other->count == 1)) tell(c, PART_CELL, r->label.text, row_text(c, r), row_text(c, other));
    else if (r->count == 1 || other->count == 1) tell(c, PART_ROW, r->label.text, row_text(c, r), row_text(c, other));
    for (int i = 0; a->header_count && r->count > 1 && other->count > 1 && i < a->header_count; i++) {
      int k = column_of(b, a->header[i].text);
      if (k < 0) continue;
      tell(c, PART_CELL, arena_printf(c->d->arena, "%s, %s", r->label.text, a->header[i].text), cell_at(c, r, i), cell_at(c, other, k));
    }
    cites(c, r->label.text, r->cites, other->cites);
  }
}

/* ---- time series and tiers ---- */

static void compare_entry(comparing *c, const char *name, const void *before, const void *after) {
  const ast_entry *a = before, *b = after;
  tell(c, PART_ENTRY, name, expr_text(c, a->value), expr_text(c, b->value));
  cites(c, name, a->cites, b->cites);
}

static void entries(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_entry *of[2] = {a->entries, b->entries};
  for (int s = 0; s < 2; s++)
    for (const ast_entry *e = of[s]; e && !c->d->failed; e = e->next) {
      ppr_buf bounds = begin();
      print_bounds(&bounds, e);
      const char *name = diff_take(c->d, &bounds);
      add(c, &list[s], name, expr_text(c, e->value), e);
    }
  lists(c, PART_ENTRY, &list[0], &list[1], compare_entry);
}

/* ---- rules ---- */

static const char *branch_name(const ast_branch *b) { return b->form == BRANCH_BASE ? "" : b->form == BRANCH_ELSE ? "sonst" : b->label.text; }

static const char *before_text(comparing *c, const ast_before *before) {
  if (!before) return NULL;
  ppr_buf b = begin();
  for (const ast_before *x = before; x; x = x->next) buf_printf(&b, "%s%s", x == before ? "vor " : ", ", x->label.text);
  return diff_take(c->d, &b);
}

static const char *branch_text(comparing *c, const ast_branch *b) {
  ppr_buf t = begin();
  if (b->cond) {
    buf_puts(&t, "wenn ");
    print_expr(&t, b->cond);
    buf_putc(&t, ' ');
  }
  buf_puts(&t, "= ");
  print_expr(&t, b->value);
  return diff_take(c->d, &t);
}

static void compare_branch(comparing *c, const char *name, const void *before, const void *after) {
  const ast_branch *a = before, *b = after;
  tell(c, PART_PRIORITY, name, before_text(c, a->before), before_text(c, b->before));
  tell(c, PART_CONDITION, name, expr_text(c, a->cond), expr_text(c, b->cond));
  tell(c, PART_VALUE, name, expr_text(c, a->value), expr_text(c, b->value));
  cites(c, name, a->cites, b->cites);
}

static void branches(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_branch *of[2] = {a->branches, b->branches};
  for (int s = 0; s < 2; s++)
    for (const ast_branch *x = of[s]; x && !c->d->failed; x = x->next) add(c, &list[s], branch_name(x), branch_text(c, x), x);
  lists(c, PART_BRANCH, &list[0], &list[1], compare_branch);
}

/* ---- enumerations, readings ---- */

static void members(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_member *of[2] = {a->members, b->members};
  for (int s = 0; s < 2; s++)
    for (const ast_member *m = of[s]; m && !c->d->failed; m = m->next) {
      ppr_buf t = begin();
      print_member(&t, m);
      add(c, &list[s], m->name.text, diff_take(c->d, &t), m);
    }
  lists(c, PART_MEMBER, &list[0], &list[1], NULL);
}

static void variants(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_variant *of[2] = {a->variants, b->variants};
  for (int s = 0; s < 2; s++)
    for (const ast_variant *v = of[s]; v && !c->d->failed; v = v->next)
      add(c, &list[s], v->name.text, arena_printf(c->d->arena, "%s%s", v->preset ? "vorgabe " : "", v->source), v);
  lists(c, PART_VARIANT, &list[0], &list[1], NULL);
}

/* ---- input ---- */

static void fields(comparing *c, const char *prefix, const ast_field *a, const ast_field *b, diff_part part) {
  item_list list[2] = {{0}};
  const ast_field *of[2] = {a, b};
  for (int s = 0; s < 2; s++)
    for (const ast_field *f = of[s]; f && !c->d->failed; f = f->next) {
      ppr_buf t = begin();
      print_field(&t, f);
      add(c, &list[s], arena_printf(c->d->arena, "%s%s", prefix, f->name.text), diff_take(c->d, &t), f);
    }
  lists(c, part, &list[0], &list[1], NULL);
}

static void compare_block(comparing *c, const char *name, const void *before, const void *after) {
  const ast_block *a = before, *b = after;
  (void)name;
  fields(c, "", a->fields, b->fields, PART_FIELD);
}

static void blocks(comparing *c, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_decl *of[2] = {a, b};
  fields(c, "", a->keys, b->keys, PART_KEY);
  const char *period[2];
  for (int s = 0; s < 2; s++) {
    period[s] =
        of[s]->period.text ? arena_printf(c->d->arena, "%s = %s, %s", of[s]->period.text, of[s]->period_year.text, of[s]->period_quarter.text) : NULL;
    for (const ast_block *x = of[s]->blocks; x && !c->d->failed; x = x->next) {
      ppr_buf t = begin();
      print_block_head(&t, x);
      const char *head = diff_take(c->d, &t);
      for (const ast_field *f = x->fields; f; f = f->next) head = head ? arena_printf(c->d->arena, "%s; %s", head, f->name.text) : NULL;
      ppr_buf name = begin();
      print_block_head(&name, x);
      add(c, &list[s], diff_take(c->d, &name), head, x);
    }
  }
  tell(c, PART_PERIOD, "", period[0], period[1]);
  lists(c, PART_BLOCK, &list[0], &list[1], compare_block);
}

/* ---- output ---- */

static void compare_output(comparing *c, const char *name, const ast_decl *a, const ast_decl *b) {
  item_list list[2] = {{0}};
  const ast_decl *of[2] = {a, b};
  tell(c, PART_AXES, name, axes_text(c, a->axes), axes_text(c, b->axes));
  tell(c, PART_CONDITION, name, expr_text(c, a->cond), expr_text(c, b->cond));
  tell(c, PART_KEY, name, names_text(c, a->summed), names_text(c, b->summed));
  for (int s = 0; s < 2; s++)
    for (const ast_column *x = of[s]->columns; x && !c->d->failed; x = x->next) add(c, &list[s], x->name, expr_text(c, x->value), x);
  lists(c, PART_COLUMN, &list[0], &list[1], NULL);
  cites(c, name, a->cites, b->cites);
}

/* ---- every form ---- */

void diff_details(diffing *d, diff_change *change, const ast_decl *a, const ast_decl *b) {
  comparing c = {d, change};
  if (a->form == DECL_OUTPUT) {
    compare_output(&c, "", a, b);
    return;
  }
  tell(&c, PART_AXES, "", axes_text(&c, a->axes), axes_text(&c, b->axes));
  if (a->form == DECL_TABLE || a->form == DECL_LIMIT || a->form == DECL_SERIES || a->form == DECL_TIERS || a->form == DECL_RULE ||
      a->form == DECL_NATIVE)
    tell(&c, PART_TYPE, "", type_text(&c, &a->type), type_text(&c, &b->type));
  cites(&c, "", a->cites, b->cites);
  tell(&c, PART_TEXT, "", a->text, b->text);
  if (a->form == DECL_CHECK) {
    tell(&c, PART_SEVERITY, "", a->hint ? "hinweis" : "fehler", b->hint ? "hinweis" : "fehler");
    tell(&c, PART_CONDITION, "", expr_text(&c, a->cond), expr_text(&c, b->cond));
  }
  tell(&c, PART_ARGUMENT, "", expr_text(&c, a->argument), expr_text(&c, b->argument));
  if (a->form == DECL_TABLE || a->form == DECL_LIMIT) tables(&c, a, b);
  if (a->form == DECL_SERIES || a->form == DECL_TIERS) entries(&c, a, b);
  if (a->form == DECL_RULE) branches(&c, a, b);
  if (a->form == DECL_ENUM) members(&c, a, b);
  if (a->form == DECL_READING) variants(&c, a, b);
  if (a->form == DECL_INPUT) blocks(&c, a, b);
}
